/*
 * sio5: packets of Socket.IO protocol 5.
 */

/* base */
#include "buf.h"
#include "gw_assert.h"
#include "span.h"

/* wire */
#include "jscan.h"
#include "sio5.h"
#include "utf8.h"

/* Number.MAX_SAFE_INTEGER: JavaScript counts no further. */
#define ID_MAX ((UINT64_C(1) << 53) - 1)

/* Type digits, by position. */
static const struct {
	enum packet_type type;
	bool binary;
} types[] = {
	{ PACKET_CONNECT, false },
	{ PACKET_DISCONNECT, false },
	{ PACKET_EVENT, false },
	{ PACKET_ACK, false },
	{ PACKET_ERROR, false },
	{ PACKET_EVENT, true },
	{ PACKET_ACK, true },
};

enum { TYPE_COUNT = sizeof(types) / sizeof(types[0]) };

/* Takes decimal digits off *text. Returns 1; 0 when there are none; -1 when the
 * number is above max. */
static int
take_digits(struct span *text, uint64_t max, uint64_t *value_r)
{
	const char *start = text->p;
	uint64_t v = 0;

	for (; text->n; *text = span_skip(*text, 1)) {
		unsigned digit = (unsigned char)*text->p - (unsigned)'0';

		if (digit > 9)
			break;
		if (digit > max || v > (max - digit) / 10)
			return -1;
		v = v * 10 + digit;
	}
	*value_r = v;
	return text->p > start;
}

/* Takes the type digit off *text. */
static enum packet_error
take_type(struct span *text, struct packet *out)
{
	unsigned digit;

	if (text->n == 0)
		return PACKET_E_SYNTAX;
	digit = (unsigned char)*text->p - (unsigned)'0';
	if (digit >= TYPE_COUNT)
		return PACKET_E_SYNTAX;
	out->type = types[digit].type;
	out->binary = types[digit].binary;
	*text = span_skip(*text, 1);
	return PACKET_OK;
}

/* Takes "<n>-" off *text when the packet is a binary one. */
static enum packet_error
take_attachments(struct span *text, unsigned max, struct packet *out)
{
	uint64_t n = 0;
	int digits;

	if (!out->binary)
		return PACKET_OK;
	digits = take_digits(text, max, &n);
	if (digits < 0)
		return PACKET_E_ATTACHMENTS;
	if (digits == 0 || text->n == 0 || *text->p != '-')
		return PACKET_E_SYNTAX;
	if (n == 0)
		return PACKET_E_ATTACHMENTS;
	out->attachments = (unsigned)n;
	*text = span_skip(*text, 1);
	return PACKET_OK;
}

/* True when the name holds no control character and is UTF-8. */
static bool
nsp_is_text(struct span name)
{
	unsigned char seen = 0;
	size_t i;

	for (i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (c < 32 || c == 127)
			return false;
		seen |= c;
	}
	return seen < 0x80 || utf8_valid(name);
}

/* Takes "/name?query," off *text when it is there. */
static enum packet_error
take_nsp(struct span *text, size_t max, struct packet *out)
{
	struct span whole, rest;

	out->nsp = SPAN("/");
	if (text->n == 0 || *text->p != '/')
		return PACKET_OK;
	whole = span_cut(*text, ',', &rest);
	out->nsp = span_cut(whole, '?', &out->query);
	*text = rest;
	if (out->nsp.n > max || !nsp_is_text(whole))
		return PACKET_E_NSP;
	return PACKET_OK;
}

/* Takes the id off *text when there is one. */
static enum packet_error
take_id(struct span *text, struct packet *out)
{
	int digits = take_digits(text, ID_MAX, &out->id);

	if (digits < 0)
		return PACKET_E_SYNTAX;
	out->has_id = digits > 0;
	if (out->type == PACKET_ACK && !out->has_id)
		return PACKET_E_SYNTAX;
	return PACKET_OK;
}

/* True when data is an array that begins with what may name an event. */
static bool
is_event(struct span data)
{
	struct jscan_iter it;
	struct span name;

	jscan_array(&it, data);
	if (!jscan_next(&it, &name))
		return false;
	if (jscan_type(name) == JSCAN_NUMBER)
		return true;
	return jscan_type(name) == JSCAN_STRING && !packet_raw_reserved(name);
}

/* True when data is what a packet of this type carries. */
static bool
fits(const struct packet *pkt)
{
	enum jscan_type type = jscan_type(pkt->data);
	bool empty = pkt->data.n == 0;

	switch (pkt->type) {
	case PACKET_CONNECT:
		return empty || type == JSCAN_OBJECT;
	case PACKET_DISCONNECT:
		return empty;
	case PACKET_EVENT:
		return is_event(pkt->data);
	case PACKET_ACK:
		return type == JSCAN_ARRAY;
	case PACKET_ERROR:
		return type == JSCAN_STRING || type == JSCAN_OBJECT;
	default:
		return false;
	}
}

/* Checks the packet's data. */
static enum packet_error
check_data(struct packet *out, unsigned max_depth)
{
	enum jscan_result r = JSCAN_OK;

	if (out->data.n)
		r = jscan_check(out->data, max_depth, &out->json_flags);
	if (r == JSCAN_DEPTH)
		return PACKET_E_DEPTH;
	if (r != JSCAN_OK)
		return PACKET_E_JSON;
	return fits(out) ? PACKET_OK : PACKET_E_PAYLOAD;
}

/* Decodes one packet; see struct packet_codec. */
static enum packet_error
decode(struct span text, const struct packet_limits *lim, struct packet *out)
{
	enum packet_error e;

	*out = (struct packet){ 0 };
	e = take_type(&text, out);
	if (e == PACKET_OK)
		e = take_attachments(&text, lim->max_attachments, out);
	if (e == PACKET_OK)
		e = take_nsp(&text, lim->max_nsp, out);
	if (e == PACKET_OK)
		e = take_id(&text, out);
	if (e != PACKET_OK)
		return e;
	out->data = text;
	return check_data(out, lim->max_depth);
}

/* The digit of the packet's type. */
static char
type_digit(const struct packet *pkt)
{
	unsigned i;

	for (i = 0; i < TYPE_COUNT; i++)
		if (types[i].type == pkt->type &&
		    types[i].binary == pkt->binary)
			return (char)('0' + i);
	gw_unreachable();
}

/* Appends a packet; see struct packet_codec. */
static void
encode(struct buf *out, const struct packet *pkt)
{
	buf_addch(out, type_digit(pkt));
	if (pkt->binary) {
		buf_addu64(out, pkt->attachments);
		buf_addch(out, '-');
	}
	if (pkt->nsp.n > 1 || pkt->query.n) {
		buf_addspan(out, pkt->nsp.n ? pkt->nsp : SPAN("/"));
		if (pkt->query.n)
			buf_addch(out, '?');
		buf_addspan(out, pkt->query);
		buf_addch(out, ',');
	}
	if (pkt->has_id)
		buf_addu64(out, pkt->id);
	buf_addspan(out, pkt->data);
}

const struct packet_codec sio5_codec = {
	.protocol = 5,
	.decode = decode,
	.encode = encode,
};
