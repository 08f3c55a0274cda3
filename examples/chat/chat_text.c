/*
 * chat_text: checks what people type.
 *
 * Characters are code points. Where no UTF-8 locale can be had, only the
 * letters of ASCII have a case.
 */

/* system */
#include <locale.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include <json-c/json_object.h>

/* own */
#include "chat_text.h"

void
chat_text_init(void)
{
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		setlocale(LC_CTYPE, "en_US.UTF-8");
}

/* Takes one character off the text: its length in bytes and its value. Bytes
 * that are none in this locale count as one character each. */
static size_t
take(const char *p, size_t n, wchar_t *c)
{
	mbstate_t state;
	size_t len;

	memset(&state, 0, sizeof(state));
	len = mbrtowc(c, p, n, &state);
	if (len == 0 || len > n) {
		*c = (unsigned char)*p;
		return 1;
	}
	return len;
}

/* True for what is cut off at the ends. */
static bool
is_space(wchar_t c)
{
	return iswspace((wint_t)c) || c == 0xa0 || c == 0xfeff;
}

/* A JSON string's text and length in bytes; NULL when it is none. */
static const char *
text_of(struct json_object *value, size_t *n_r)
{
	if (!json_object_is_type(value, json_type_string))
		return NULL;
	*n_r = (size_t)json_object_get_string_len(value);
	return json_object_get_string(value);
}

/* Measures the text: characters, and where the first and the last one that are
 * not white space begin and end. */
struct measure {
	size_t chars; /* all of them */
	size_t inner; /* from the first to the last */
	size_t from, to;
	bool controls;
};

/* Measures n bytes of text. */
static struct measure
measure(const char *p, size_t n)
{
	struct measure m = { 0, 0, 0, 0, false };
	size_t i, len, first = 0;
	wchar_t c;

	for (i = 0; i < n; i += len, m.chars++) {
		len = take(p + i, n - i, &c);
		if (is_space(c))
			continue;
		if (m.to == 0) {
			m.from = i;
			first = m.chars;
		}
		m.to = i + len;
		m.inner = m.chars - first + 1;
	}
	for (i = m.from; i < m.to; i += len) {
		len = take(p + i, m.to - i, &c);
		m.controls = m.controls || iswcntrl((wint_t)c) || c == 0;
	}
	return m;
}

bool
chat_text_label(
    struct json_object *value, size_t max, char out[CHAT_LABEL_SIZE])
{
	size_t n = 0;
	const char *p = text_of(value, &n);
	struct measure m;

	if (p == NULL)
		return false;
	m = measure(p, n);
	if (m.inner < 1 || m.inner > max || m.controls ||
	    m.to - m.from >= CHAT_LABEL_SIZE)
		return false;
	memcpy(out, p + m.from, m.to - m.from);
	out[m.to - m.from] = '\0';
	return true;
}

void
chat_text_key(const char *name, char out[CHAT_LABEL_SIZE])
{
	size_t n = strlen(name), i, len, made, at = 0;
	char bytes[16]; /* MB_CUR_MAX is 6 at most */
	mbstate_t state;
	wchar_t c;

	for (i = 0; i < n; i += len) {
		len = take(name + i, n - i, &c);
		memset(&state, 0, sizeof(state));
		made = wcrtomb(bytes, (wchar_t)towlower((wint_t)c), &state);
		if (made > sizeof(bytes) || made > 4) {
			made = len;
			memcpy(bytes, name + i, len);
		}
		if (at + made >= CHAT_LABEL_SIZE)
			break;
		memcpy(out + at, bytes, made);
		at += made;
	}
	out[at] = '\0';
}

bool
chat_text_message(struct json_object *value)
{
	size_t n = 0;
	const char *p = text_of(value, &n);
	struct measure m;

	if (p == NULL || n > 4 * CHAT_TEXT_MAX)
		return false;
	m = measure(p, n);
	return m.inner > 0 && m.chars <= CHAT_TEXT_MAX;
}
