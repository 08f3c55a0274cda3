/*
 * outpacket: a packet on its way to clients, encoded once.
 */

/* system */
#include <stdlib.h>

/* base */
#include "buf.h"
#include "gw_assert.h"
#include "mem.h"

/* own */
#include "outpacket.h"
#include "sio5.h"
#include "ws_deflate.h"
#include "ws_frame.h"

enum {
	OUTPACKET_MAGIC = 0x6f757470,
	OUTPACKET_WS_HEAD = 10 /* the longest header of a frame without mask */
};

enum outpacket_kind { OUTPACKET_SIO, OUTPACKET_ENGINE, OUTPACKET_RAW };

struct outpacket {
	unsigned magic;
	unsigned refs;
	enum outpacket_kind kind;
	enum eio_type type; /* of an Engine.IO packet */
	struct packet pkt;  /* of a Socket.IO packet */
	struct span text;   /* of an Engine.IO packet, or raw bytes */
	struct span blob;   /* attachments */
	const size_t *ends; /* where each attachment ends */
	char *kept;         /* our copy of the source, once there is one */
	struct outpacket_bytes {
		char *mem;
		size_t skip, len;
	} enc[OUTPACKET_ENCODINGS];
};

/* A packet with one reference. */
static struct outpacket *
outpacket_alloc(enum outpacket_kind kind)
{
	struct outpacket *p = mem_zalloc(sizeof(*p));

	p->magic = OUTPACKET_MAGIC;
	p->refs = 1;
	p->kind = kind;
	return p;
}

struct outpacket *
outpacket_new(const struct packet *pkt, struct span blob, const size_t *ends)
{
	struct outpacket *p = outpacket_alloc(OUTPACKET_SIO);

	p->pkt = *pkt;
	p->blob = blob;
	p->ends = ends;
	return p;
}

/* Makes a copy of text the packet's own. */
static void
outpacket_own(struct outpacket *p, struct span text)
{
	p->kept = mem_dup(text.p, text.n);
	p->text = span_of(p->kept, text.n);
}

struct outpacket *
outpacket_new_engine(enum eio_type type, struct span text)
{
	struct outpacket *p = outpacket_alloc(OUTPACKET_ENGINE);

	p->type = type;
	outpacket_own(p, text);
	return p;
}

struct outpacket *
outpacket_new_raw(struct span bytes)
{
	struct outpacket *p = outpacket_alloc(OUTPACKET_RAW);

	outpacket_own(p, bytes);
	return p;
}

struct outpacket *
outpacket_ref(struct outpacket *p)
{
	GW_MAGIC_CHECK(p, OUTPACKET_MAGIC);
	p->refs++;
	return p;
}

void
outpacket_unref(struct outpacket **pp)
{
	struct outpacket *p = *pp;
	int i;

	GW_MAGIC_CHECK(p, OUTPACKET_MAGIC);
	*pp = NULL;
	if (--p->refs)
		return;
	for (i = 0; i < OUTPACKET_ENCODINGS; i++)
		free(p->enc[i].mem);
	free(p->kept);
	p->magic = 0;
	free(p);
}

/* Copies s to *at, moves *at on, and returns the span over the copy. */
static struct span
outpacket_copy(char **at, struct span s)
{
	struct span copy = span_of(*at, s.n);

	if (s.n)
		memcpy(*at, s.p, s.n);
	*at += s.n;
	return copy;
}

void
outpacket_keep(struct outpacket *p)
{
	size_t ends = p->pkt.attachments * sizeof(size_t);
	char *at;

	if (p->kept)
		return;
	p->kept = at = mem_alloc(
	    ends + p->pkt.nsp.n + p->pkt.query.n + p->pkt.data.n + p->blob.n);
	if (ends)
		p->ends =
		    (const void *)outpacket_copy(&at, span_of(p->ends, ends)).p;
	p->pkt.nsp = outpacket_copy(&at, p->pkt.nsp);
	p->pkt.query = outpacket_copy(&at, p->pkt.query);
	p->pkt.data = outpacket_copy(&at, p->pkt.data);
	p->blob = outpacket_copy(&at, p->blob);
}

/* The bytes of attachment i. */
static struct span
outpacket_attachment(const struct outpacket *p, unsigned i)
{
	size_t from = i ? p->ends[i - 1] : 0;
	size_t n = p->ends[i] - from;

	/* nothing but empty ones: there is no blob */
	return n ? span_of(p->blob.p + from, n) : SPAN_EMPTY;
}

/* Appends the packet's text of Engine.IO 4, type digit included. */
static void
outpacket_add_text(const struct outpacket *p, struct buf *out)
{
	if (p->kind == OUTPACKET_ENGINE) {
		buf_addch(out, (char)('0' + p->type));
		buf_addspan(out, p->text);
	} else {
		buf_addch(out, '0' + EIO_MESSAGE);
		sio5_codec.encode(out, &p->pkt);
	}
}

/* Makes the WebSocket frames. The text is written behind room for the longest
 * header, and the header then right before it. */
static void
outpacket_make_ws(struct outpacket *p, struct outpacket_bytes *b)
{
	struct buf out = BUF_INIT, head = BUF_INIT;
	unsigned i;

	buf_reserve(&out,
	    OUTPACKET_WS_HEAD + p->pkt.data.n + p->pkt.nsp.n + p->text.n + 32);
	out.len = OUTPACKET_WS_HEAD;
	outpacket_add_text(p, &out);
	ws_frame_add_header(
	    &head, WS_OP_TEXT, false, out.len - OUTPACKET_WS_HEAD);
	b->skip = OUTPACKET_WS_HEAD - head.len;
	memcpy(out.data + b->skip, head.data, head.len);
	buf_release(&head);
	for (i = 0; i < p->pkt.attachments; i++)
		ws_frame_add(
		    &out, WS_OP_BINARY, false, outpacket_attachment(p, i));
	b->mem = buf_take(&out, &b->len);
	b->len -= b->skip;
}

/* Appends one message, compressed if that makes it smaller. */
static void
outpacket_add_deflated(struct buf *out, struct ws_deflate *deflate,
    enum ws_opcode op, struct span payload, size_t threshold)
{
	if (payload.n < threshold ||
	    ws_frame_add_deflated(out, deflate, op, payload) == -1)
		ws_frame_add(out, op, false, payload);
}

/* Makes the WebSocket frames, compressed where it pays. */
static void
outpacket_make_deflated(struct outpacket *p, struct outpacket_bytes *b,
    struct ws_deflate *deflate, size_t threshold)
{
	struct buf out = BUF_INIT, text = BUF_INIT;
	unsigned i;

	outpacket_add_text(p, &text);
	outpacket_add_deflated(
	    &out, deflate, WS_OP_TEXT, buf_span(&text), threshold);
	for (i = 0; i < p->pkt.attachments; i++)
		outpacket_add_deflated(&out, deflate, WS_OP_BINARY,
		    outpacket_attachment(p, i), threshold);
	buf_release(&text);
	b->mem = buf_take(&out, &b->len);
}

/* Makes the text that stands in a polling payload. */
static void
outpacket_make_polling(struct outpacket *p, struct outpacket_bytes *b)
{
	struct buf out = BUF_INIT;
	unsigned i;

	outpacket_add_text(p, &out);
	for (i = 0; i < p->pkt.attachments; i++) {
		buf_addch(&out, EIO4_SEPARATOR);
		buf_addch(&out, 'b');
		eio4_base64_encode(&out, outpacket_attachment(p, i));
	}
	b->mem = buf_take(&out, &b->len);
}

struct span
outpacket_encode(struct outpacket *p, enum outpacket_encoding enc,
    struct ws_deflate *deflate, size_t threshold)
{
	struct outpacket_bytes *b = &p->enc[enc];

	GW_MAGIC_CHECK(p, OUTPACKET_MAGIC);
	if (p->kind == OUTPACKET_RAW)
		return p->text;
	if (b->mem == NULL) {
		switch (enc) {
		case OUTPACKET_EIO4_WS:
			outpacket_make_ws(p, b);
			break;
		case OUTPACKET_EIO4_WS_DEFLATE:
			outpacket_make_deflated(p, b, deflate, threshold);
			break;
		case OUTPACKET_EIO4_POLLING:
			outpacket_make_polling(p, b);
			break;
		}
	}
	return span_of(b->mem + b->skip, b->len);
}
