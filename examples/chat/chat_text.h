/*
 * chat_text: names, rooms and messages as people type them.
 */
#ifndef CHAT_TEXT_H
#define CHAT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct json_object;

enum {
	CHAT_NAME_MAX = 24, /* characters */
	CHAT_ROOM_MAX = 32,
	CHAT_TEXT_MAX = 2000,
	CHAT_LABEL_SIZE = 4 * CHAT_ROOM_MAX + 1 /* bytes of a name or room */
};

/* Chooses a locale that knows the letters of all scripts. */
void chat_text_init(void);

/* Copies a name or a room without the white space around it. False when value
 * is no string, or has not 1 to max characters (CHAT_ROOM_MAX at most), or
 * holds a control character. */
bool chat_text_label(
    struct json_object *value, size_t max, char out[CHAT_LABEL_SIZE]);

/* Turns all letters small: names that differ in case only give the same key. */
void chat_text_key(const char *name, char out[CHAT_LABEL_SIZE]);

/* True when value is a string of 1 to CHAT_TEXT_MAX characters that are not all
 * white space. */
bool chat_text_message(struct json_object *value);

#endif
