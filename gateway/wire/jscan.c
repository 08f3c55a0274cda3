/*
 * jscan: one pass over JSON text, and walks over what has passed.
 *
 * The check keeps one bit for each open bracket, object or array, and so
 * neither recurses nor allocates. Strings are skipped eight bytes at a time.
 * UTF-8 is checked only in strings that hold a byte above 127.
 *
 * The walks trust the text's grammar, but not its end: no pointer leaves the
 * span that a walk began with.
 */

/* system */
#include <string.h>

/* wire */
#include "jscan.h"
#include "jscan_priv.h"
#include "utf8.h"

/* The deepest nesting that is ever accepted. */
enum { DEPTH_CAP = 1024 };

/* Bytes by what they mean to the check. */
enum {
	C_STOP = 1,   /* ends a run of plain bytes in a string */
	C_DIGIT = 2,  /* 0 to 9 */
	C_HEX = 4,    /* hexadecimal */
	C_ESCAPE = 8, /* may follow a backslash, "u" apart */
	C_MARK = 16,  /* a quote or bracket */
	C_END = 32    /* ends a number or literal */
};

static const uint8_t classes[256] = {
	[0 ... 8] = C_STOP,
	['\t'] = C_STOP | C_END,
	['\n'] = C_STOP | C_END,
	[11 ... 12] = C_STOP,
	['\r'] = C_STOP | C_END,
	[14 ... 31] = C_STOP,
	[' '] = C_END,
	[','] = C_END,
	['"'] = C_STOP | C_ESCAPE | C_MARK,
	['\\'] = C_STOP | C_ESCAPE,
	['/'] = C_ESCAPE,
	['0' ... '9'] = C_DIGIT | C_HEX,
	['A'] = C_HEX,
	['B'] = C_HEX,
	['C' ... 'F'] = C_HEX,
	['a'] = C_HEX,
	['b'] = C_HEX | C_ESCAPE,
	['c' ... 'e'] = C_HEX,
	['f'] = C_HEX | C_ESCAPE,
	['n'] = C_ESCAPE,
	['r'] = C_ESCAPE,
	['t'] = C_ESCAPE,
	['['] = C_MARK,
	['{'] = C_MARK,
	[']'] = C_MARK | C_END,
	['}'] = C_MARK | C_END,
};

/* A check under way. */
struct scan {
	const char *p;
	const char *end;
	unsigned flags;
	unsigned depth; /* brackets that are open */
	unsigned max_depth;
	uint64_t objects[DEPTH_CAP / 64]; /* bit i: bracket i is a brace */
};

/* True when the byte at p is one of a class. */
static inline bool
is_class(const char *p, unsigned c)
{
	return (classes[(unsigned char)*p] & c) != 0;
}

/* Moves to the next token. False at the end of the text. */
static inline bool
scan_space(struct scan *s)
{
	for (; s->p < s->end; s->p++) {
		if ((unsigned char)*s->p > ' ')
			return true;
		if (*s->p == '\n' || *s->p == '\r')
			s->flags |= JSCAN_F_NEWLINE;
		else if (*s->p != ' ' && *s->p != '\t')
			return true;
	}
	return false;
}

/* Moves behind a run of bytes that need no look inside a string. Returns a
 * word with the eighth bit of a byte set when the run was not all ASCII. */
static inline uint64_t
scan_plain(struct scan *s)
{
	const char *p = s->p;
	uint64_t seen = 0;
	uint64_t w;

	while (s->end - p >= 8) {
		memcpy(&w, p, 8);
		if (jscan_word_zero(w ^ JSCAN_WORD('"')) |
		    jscan_word_zero(w ^ JSCAN_WORD('\\')) |
		    ((w - JSCAN_WORD(0x20)) & ~w & JSCAN_WORD(0x80)))
			break;
		seen |= w;
		p += 8;
	}
	for (; p < s->end && !is_class(p, C_STOP); p++)
		seen |= (unsigned char)*p;
	s->p = p;
	return seen;
}

/* Checks the escape whose backslash is at s->p. */
static bool
scan_escape(struct scan *s)
{
	const char *p = s->p + 1;
	int i;

	if (p == s->end)
		return false;
	if (*p++ == 'u') {
		for (i = 0; i < 4; i++, p++)
			if (p == s->end || !is_class(p, C_HEX))
				return false;
	} else if (!is_class(p - 1, C_ESCAPE)) {
		return false;
	}
	s->p = p;
	return true;
}

/* Sets the flags that a string calls for. raw has its quotes. */
static void
scan_note(struct scan *s, struct span raw, bool escaped)
{
	if (!escaped && raw.n != sizeof("\"$bytes\"") - 1 &&
	    raw.n != sizeof("\"_placeholder\"") - 1)
		return;
	if (jscan_string_is(raw, SPAN("$bytes")))
		s->flags |= JSCAN_F_BYTES;
	else if (jscan_string_is(raw, SPAN("_placeholder")))
		s->flags |= JSCAN_F_PLACEHOLDER;
}

/* Checks the string whose opening quote is at s->p. */
static enum jscan_result
scan_string(struct scan *s)
{
	const char *start = s->p++;
	bool escaped = false;
	uint64_t seen = 0;
	struct span raw;

	for (;;) {
		seen |= scan_plain(s);
		if (s->p == s->end)
			return JSCAN_INVALID;
		if (*s->p == '"')
			break;
		if (*s->p != '\\' || !scan_escape(s))
			return JSCAN_INVALID;
		escaped = true;
	}
	raw = span_of(start, (size_t)(++s->p - start));
	if ((seen & JSCAN_WORD(0x80)) && !utf8_valid(raw))
		return JSCAN_UTF8;
	scan_note(s, raw, escaped);
	return JSCAN_OK;
}

/* Moves behind digits. False when there are none. */
static bool
scan_digits(struct scan *s)
{
	const char *start = s->p;

	while (s->p < s->end && is_class(s->p, C_DIGIT))
		s->p++;
	return s->p > start;
}

/* Moves behind the byte at s->p when it is c or d. */
static bool
scan_either(struct scan *s, char c, char d)
{
	if (s->p == s->end || (*s->p != c && *s->p != d))
		return false;
	s->p++;
	return true;
}

/* Checks a number. */
static enum jscan_result
scan_number(struct scan *s)
{
	scan_either(s, '-', '-');
	if (!scan_either(s, '0', '0') && !scan_digits(s))
		return JSCAN_INVALID;
	if (scan_either(s, '.', '.') && !scan_digits(s))
		return JSCAN_INVALID;
	if (!scan_either(s, 'e', 'E'))
		return JSCAN_OK;
	scan_either(s, '+', '-');
	return scan_digits(s) ? JSCAN_OK : JSCAN_INVALID;
}

/* Checks one of the three literals. */
static enum jscan_result
scan_literal(struct scan *s, struct span word)
{
	if (!span_starts(span_of(s->p, (size_t)(s->end - s->p)), word))
		return JSCAN_INVALID;
	s->p += word.n;
	return JSCAN_OK;
}

/* True when the innermost open bracket is a brace. */
static inline bool
scan_in_object(const struct scan *s)
{
	unsigned i = s->depth - 1;

	return (s->objects[i / 64] >> (i % 64)) & 1;
}

/* Takes an opening bracket. */
static enum jscan_result
scan_open(struct scan *s, bool object)
{
	unsigned i = s->depth;

	if (s->depth == s->max_depth)
		return JSCAN_DEPTH;
	s->objects[i / 64] &= ~(UINT64_C(1) << (i % 64));
	s->objects[i / 64] |= (uint64_t)object << (i % 64);
	s->depth++;
	s->p++;
	return JSCAN_OK;
}

/* Checks a key and the colon behind it. */
static enum jscan_result
scan_key(struct scan *s)
{
	enum jscan_result r;

	if (!scan_space(s) || *s->p != '"')
		return JSCAN_INVALID;
	r = scan_string(s);
	if (r != JSCAN_OK)
		return r;
	if (!scan_space(s) || *s->p != ':')
		return JSCAN_INVALID;
	s->p++;
	return JSCAN_OK;
}

/* Checks a value that is neither array nor object. */
static enum jscan_result
scan_scalar(struct scan *s)
{
	switch (*s->p) {
	case '"':
		return scan_string(s);
	case 't':
		return scan_literal(s, SPAN("true"));
	case 'f':
		return scan_literal(s, SPAN("false"));
	case 'n':
		return scan_literal(s, SPAN("null"));
	default:
		return scan_number(s);
	}
}

/* Checks up to the end of the next scalar or empty bracket, through all the
 * brackets that open before it. */
static enum jscan_result
scan_value(struct scan *s)
{
	enum jscan_result r = JSCAN_OK;
	bool object;

	while (r == JSCAN_OK) {
		if (!scan_space(s))
			return JSCAN_INVALID;
		object = *s->p == '{';
		if (!object && *s->p != '[')
			return scan_scalar(s);
		r = scan_open(s, object);
		if (r != JSCAN_OK)
			return r;
		if (!scan_space(s))
			return JSCAN_INVALID;
		if (*s->p == (object ? '}' : ']')) {
			s->p++;
			s->depth--;
			return JSCAN_OK;
		}
		if (object)
			r = scan_key(s);
	}
	return r;
}

/* Checks what stands behind a value, up to where the next one begins, or to
 * the last closing bracket. */
static enum jscan_result
scan_after(struct scan *s)
{
	char c;

	while (s->depth > 0) {
		if (!scan_space(s))
			return JSCAN_INVALID;
		c = *s->p++;
		if (c == ',')
			return scan_in_object(s) ? scan_key(s) : JSCAN_OK;
		if (c != (scan_in_object(s) ? '}' : ']'))
			return JSCAN_INVALID;
		s->depth--;
	}
	return JSCAN_OK;
}

enum jscan_result
jscan_check(struct span text, unsigned max_depth, unsigned *flags_r)
{
	enum jscan_result r;
	struct scan s;

	if (text.n == 0)
		text = SPAN("");
	s.p = text.p;
	s.end = text.p + text.n;
	s.flags = 0;
	s.depth = 0;
	s.max_depth = max_depth < DEPTH_CAP ? max_depth : DEPTH_CAP;
	memset(s.objects, 0, sizeof(s.objects));
	do {
		r = scan_value(&s);
		if (r == JSCAN_OK)
			r = scan_after(&s);
	} while (r == JSCAN_OK && s.depth > 0);
	if (r == JSCAN_OK && scan_space(&s))
		r = JSCAN_INVALID;
	if (flags_r != NULL)
		*flags_r = s.flags;
	return r;
}

const char *
jscan_strerror(enum jscan_result r)
{
	switch (r) {
	case JSCAN_OK:
		return "valid JSON";
	case JSCAN_INVALID:
		return "not valid JSON";
	case JSCAN_UTF8:
		return "not valid UTF-8";
	case JSCAN_DEPTH:
		return "JSON nested too deep";
	}
	return "unknown";
}

struct span
jscan_trim(struct span value)
{
	const char *p, *end;

	if (value.n == 0)
		return value;
	end = value.p + value.n;
	p = jscan_skip_space(value.p, end);
	while (end > p && (end[-1] == ' ' || end[-1] == '\t' ||
			      end[-1] == '\n' || end[-1] == '\r'))
		end--;
	return span_of(p, (size_t)(end - p));
}

const char *
jscan_skip_string(const char *p, const char *end)
{
	uint64_t w;

	for (p++; p < end; p++) {
		while (end - p >= 8) {
			memcpy(&w, p, 8);
			if (jscan_word_zero(w ^ JSCAN_WORD('"')) |
			    jscan_word_zero(w ^ JSCAN_WORD('\\')))
				break;
			p += 8;
		}
		while (p < end && *p != '"' && *p != '\\')
			p++;
		if (p < end && *p == '"')
			return p + 1;
		if (p < end)
			p++;
	}
	return end;
}

/* Behind the array or object that begins at p. */
static const char *
skip_brackets(const char *p, const char *end)
{
	size_t depth = 0;

	while (p < end) {
		if (!is_class(p, C_MARK)) {
			p++;
		} else if (*p == '"') {
			p = jscan_skip_string(p, end);
		} else if (*p++ == '[' || p[-1] == '{') {
			depth++;
		} else if (--depth == 0) {
			return p;
		}
	}
	return end;
}

const char *
jscan_skip_value(const char *p, const char *end)
{
	if (p == end)
		return end;
	if (*p == '"')
		return jscan_skip_string(p, end);
	if (*p == '[' || *p == '{')
		return skip_brackets(p, end);
	while (p < end && !is_class(p, C_END))
		p++;
	return p;
}

enum jscan_type
jscan_type(struct span value)
{
	struct span s = jscan_trim(value);

	switch (s.n ? *s.p : 'n') {
	case 'n':
		return JSCAN_NULL;
	case 'f':
		return JSCAN_FALSE;
	case 't':
		return JSCAN_TRUE;
	case '"':
		return JSCAN_STRING;
	case '[':
		return JSCAN_ARRAY;
	case '{':
		return JSCAN_OBJECT;
	default:
		return JSCAN_NUMBER;
	}
}

/* Starts a walk between the brackets of value; over nothing when it has none of
 * this kind. */
static void
walk(struct jscan_iter *it, struct span value, char open)
{
	struct span s = jscan_trim(value);

	it->p = it->end = s.p;
	if (s.n < 2 || *s.p != open)
		return;
	it->end = s.p + s.n - 1;
	it->p = jscan_skip_space(s.p + 1, it->end);
}

/* Moves to the next token, behind a separator if there is one. */
static void
walk_on(struct jscan_iter *it, char separator)
{
	it->p = jscan_skip_space(it->p, it->end);
	if (it->p < it->end && *it->p == separator)
		it->p = jscan_skip_space(it->p + 1, it->end);
}

/* Takes the value at hand and stays behind it. */
static struct span
walk_take(struct jscan_iter *it)
{
	const char *start = it->p;

	it->p = jscan_skip_value(it->p, it->end);
	return span_of(start, (size_t)(it->p - start));
}

void
jscan_array(struct jscan_iter *it, struct span array)
{
	walk(it, array, '[');
}

bool
jscan_next(struct jscan_iter *it, struct span *value_r)
{
	if (it->p == it->end)
		return false;
	*value_r = walk_take(it);
	walk_on(it, ',');
	return true;
}

struct span
jscan_rest(const struct jscan_iter *it)
{
	return jscan_trim(span_of(it->p, (size_t)(it->end - it->p)));
}

void
jscan_object(struct jscan_iter *it, struct span object)
{
	walk(it, object, '{');
}

bool
jscan_member(struct jscan_iter *it, struct span *key_r, struct span *value_r)
{
	if (it->p == it->end)
		return false;
	*key_r = walk_take(it);
	walk_on(it, ':');
	*value_r = walk_take(it);
	walk_on(it, ',');
	return true;
}

bool
jscan_find(struct span object, struct span key, struct span *value_r)
{
	struct jscan_iter it;
	struct span name, value;
	bool found = false;

	jscan_object(&it, object);
	while (jscan_member(&it, &name, &value)) {
		if (!jscan_string_is(name, key))
			continue;
		*value_r = value;
		found = true;
	}
	return found;
}
