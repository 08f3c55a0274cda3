/*
 * text: the library's byte buffer, and JSON strings written into it.
 *
 * All zero is an empty buffer. A buffer that could not grow is failed: it takes
 * nothing more until it is cleared, so that its owner can ask once, at the end.
 */
#ifndef SIOGATE_HANDLER_TEXT_H
#define SIOGATE_HANDLER_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct siogate_text {
	char *data; /* NULL while cap is 0 */
	size_t len; /* bytes in use */
	size_t cap; /* bytes allocated */
	bool failed;
};

/* Frees the memory; the buffer is empty and usable again. */
void siogate_text_release(struct siogate_text *t);

/* Empties the buffer; memory beyond keep bytes is given back. */
void siogate_text_clear(struct siogate_text *t, size_t keep);

/* Makes room for n more bytes. False when memory is short: the buffer has
 * failed. */
bool siogate_text_reserve(struct siogate_text *t, size_t n);

/* Appends bytes, a C string, a number. */
void siogate_text_add(struct siogate_text *t, const void *p, size_t n);
void siogate_text_adds(struct siogate_text *t, const char *s);
void siogate_text_addi64(struct siogate_text *t, int64_t v);

/* Appends a string literal. */
#define SIOGATE_TEXT_ADD(t, lit) siogate_text_add((t), (lit), sizeof(lit) - 1)

/* Appends text as a JSON string with its quotes; what is not UTF-8 becomes
 * U+FFFD. */
void siogate_text_quote(struct siogate_text *t, const char *p, size_t n);

/* Appends JSON text of valid grammar; line breaks become blanks, and what is
 * not UTF-8 U+FFFD. */
void siogate_text_add_json(struct siogate_text *t, const char *p, size_t n);

/* Appends base64 with padding. */
void siogate_text_base64(
    struct siogate_text *t, const unsigned char *p, size_t n);

#endif
