/*
 * config_file: the configuration file.
 *
 *	[gateway]
 *	ping_interval = 25s
 *	[pool chat]
 *	command = /usr/local/lib/chat-handler
 *	env = APP_MODE=live
 *	      "GREETING=hello there"
 *	[namespace /chat]
 *	pool = chat
 *
 * A line that begins with a blank goes on with the value before it: its items
 * are added to a list, its words to a text.
 */
#ifndef SIOGATE_CONFIG_FILE_H
#define SIOGATE_CONFIG_FILE_H

#include <stdio.h>

struct buf;
struct settings;

/*
 * Reads the file at path into *s. Returns 0, or -1 with a line in errors for
 * each mistake, at most 20 ("siogate.conf:12: ping_interval: not a time: abc");
 * *s then holds what could be read.
 */
int config_file_read(struct settings *s, const char *path, struct buf *errors);

/* The same from an open stream; name stands for it in messages. */
int config_file_read_stream(
    struct settings *s, FILE *stream, const char *name, struct buf *errors);

#endif
