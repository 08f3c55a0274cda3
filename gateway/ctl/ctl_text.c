/*
 * ctl_text: text from elsewhere made safe for a terminal.
 *
 * Pure: bytes in, bytes out. Widths need a locale with UTF-8, which main sets;
 * without one each character counts as one column.
 */

/* system */
#include <stdbool.h>
#include <stdint.h>
#include <wchar.h>

/* own */
#include "ctl_text.h"

/* Characters that are not shown: C0, DEL, C1, and those that separate lines or
 * turn the direction of writing. */
static const struct {
	uint32_t first, last;
} ctl_text_hidden[] = {
	{ 0x0000, 0x001f },
	{ 0x007f, 0x009f },
	{ 0x061c, 0x061c },
	{ 0x200e, 0x200f },
	{ 0x2028, 0x202e },
	{ 0x2066, 0x2069 },
	{ 0xfeff, 0xfeff },
};

enum { CTL_TEXT_HIDDEN = sizeof(ctl_text_hidden) / sizeof(ctl_text_hidden[0]) };

/* Reads the first character of a text that is not empty. Returns its bytes, or
 * 0 when they are not UTF-8. */
static size_t
ctl_text_decode(struct span s, uint32_t *cp_r)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)s.p;
	size_t n, i;

	if (p[0] < 0x80) {
		*cp_r = p[0];
		return 1;
	}
	if (p[0] < 0xc0 || p[0] > 0xf7)
		return 0;
	n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (s.n < n)
		return 0;
	*cp_r = p[0] & (0x7fu >> n);
	for (i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*cp_r = *cp_r << 6 | (p[i] & 0x3fu);
	}
	if (*cp_r < least[n] || *cp_r > 0x10ffff ||
	    (*cp_r >= 0xd800 && *cp_r <= 0xdfff))
		return 0;
	return n;
}

/* True when the character must not reach a terminal. */
static bool
ctl_text_is_hidden(uint32_t cp)
{
	size_t i;

	for (i = 0; i < CTL_TEXT_HIDDEN; i++)
		if (cp >= ctl_text_hidden[i].first &&
		    cp <= ctl_text_hidden[i].last)
			return true;
	return false;
}

/* Appends text; the characters in keep pass although they are hidden ones, and
 * bad stands for a byte that is not UTF-8. */
static void
ctl_text_add(struct buf *out, struct span s, const char *keep, const char *bad)
{
	while (s.n) {
		uint32_t cp = 0;
		size_t n = ctl_text_decode(s, &cp);

		if (n == 0) {
			buf_addf(out, bad, (unsigned char)s.p[0]);
			n = 1;
		} else if (!ctl_text_is_hidden(cp) ||
			   (cp != 0 && cp < 0x80 && strchr(keep, (int)cp))) {
			buf_add(out, s.p, n);
		} else {
			buf_addf(out, "\\u%04x", (unsigned)cp);
		}
		s = span_skip(s, n);
	}
}

void
ctl_text_escape(struct buf *out, struct span text)
{
	struct span rest;

	while (text.n) {
		ctl_text_add(out, span_cut(text, '\\', &rest), "", "\\x%02x");
		if (rest.p)
			buf_adds(out, "\\\\");
		text = rest;
	}
}

void
ctl_text_lines(struct buf *out, struct span text)
{
	ctl_text_add(out, text, "\n", "\\x%02x");
}

void
ctl_text_json(struct buf *out, struct span text)
{
	ctl_text_add(out, text, "\n\t", "\\u00%02x");
}

size_t
ctl_text_width(struct span text)
{
	size_t width = 0;

	while (text.n) {
		uint32_t cp = 0;
		size_t n = ctl_text_decode(text, &cp);
		int w = n ? wcwidth((wchar_t)cp) : 1;

		width += w < 0 ? 1 : (size_t)w;
		text = span_skip(text, n ? n : 1);
	}
	return width;
}
