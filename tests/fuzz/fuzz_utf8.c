/*
 * fuzz_utf8: the validator against a slow one that decodes each character, fed
 * whole and in pieces. The first byte of the input says how it is cut.
 */

/* system */
#include <stddef.h>
#include <stdint.h>

/* base */
#include "gw_assert.h"
#include "span.h"

/* wire */
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Decodes one character of at most n bytes. Its length, or 0. */
static size_t
decode(const uint8_t *p, size_t n, uint32_t *c_r)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len, i;
	uint32_t c;

	if (p[0] < 0x80)
		len = 1;
	else if (p[0] >> 5 == 6)
		len = 2;
	else if (p[0] >> 4 == 14)
		len = 3;
	else if (p[0] >> 3 == 30)
		len = 4;
	else
		return 0;
	if (len > n)
		return 0;
	c = len == 1 ? p[0] : p[0] & (0x7fu >> len);
	for (i = 1; i < len; i++) {
		if (p[i] >> 6 != 2)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*c_r = c;
	return len;
}

/* The slow validator, which counts UTF-16 units, too. */
static bool
slow_valid(const uint8_t *p, size_t n, size_t *units_r)
{
	uint32_t c;
	size_t len;

	*units_r = 0;
	for (; n; p += len, n -= len) {
		len = decode(p, n, &c);
		if (len == 0)
			return false;
		*units_r += c > 0xffff ? 2 : 1;
	}
	return true;
}

/* The validator, fed in pieces. */
static bool
valid_in_pieces(const uint8_t *p, size_t n, size_t piece)
{
	struct utf8 u = { 0 };

	while (n > piece) {
		if (utf8_feed(&u, p, piece) != 0)
			return false;
		p += piece;
		n -= piece;
	}
	return utf8_feed(&u, p, n) == 0 && utf8_complete(&u);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	size_t units;
	bool valid;

	if (n == 0)
		return 0;
	valid = slow_valid(data + 1, n - 1, &units);
	gw_assert(utf8_valid(span_of(data + 1, n - 1)) == valid);
	gw_assert(valid_in_pieces(data + 1, n - 1, data[0] % 16 + 1u) == valid);
	if (valid)
		gw_assert(utf8_utf16_len(span_of(data + 1, n - 1)) == units);
	return 0;
}
