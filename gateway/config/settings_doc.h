/*
 * settings_doc: the table of settings as text and as manual page.
 */
#ifndef SIOGATE_SETTINGS_DOC_H
#define SIOGATE_SETTINGS_DOC_H

struct buf;

/* Writes all settings as plain text, for siogate -h settings. */
void settings_doc_text(struct buf *out);

/* Writes them in mdoc(7), for the reference in siogate.conf(5). */
void settings_doc_mdoc(struct buf *out);

#endif
