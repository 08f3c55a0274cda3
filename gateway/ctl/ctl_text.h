/*
 * ctl_text: text from elsewhere made safe for a terminal.
 *
 * Names of rooms, events and sockets come from clients. Nothing that moves the
 * cursor, changes the terminal or turns the direction of writing is passed on.
 */
#ifndef SIOGATE_CTL_TEXT_H
#define SIOGATE_CTL_TEXT_H

#include <stddef.h>

#include "buf.h"
#include "span.h"

/* Appends text as one line: control characters become \u001b, bytes that are
 * not UTF-8 become \xff, and a backslash becomes two. */
void ctl_text_escape(struct buf *out, struct span text);

/* Appends text of several lines: like ctl_text_escape, but line feeds stay and
 * backslashes are not doubled. */
void ctl_text_lines(struct buf *out, struct span text);

/* Appends JSON text: what would be escaped becomes \u001b, which says the same
 * inside a JSON string. Line feeds, tabs and backslashes stay. */
void ctl_text_json(struct buf *out, struct span text);

/* How many columns of a terminal a text from ctl_text_escape takes. */
size_t ctl_text_width(struct span text);

#endif
