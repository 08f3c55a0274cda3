/*
 * packet_bytes: binary arguments, between the placeholders of the wire and the
 * base64 objects of the handlers.
 *
 * What stands between the replaced objects is copied in runs, byte for byte.
 */

/* system */
#include <string.h>

/* base */
#include "buf.h"
#include "span.h"

/* wire */
#include "eio4.h"
#include "jscan.h"
#include "jscan_priv.h"
#include "packet.h"

/*
 * Client to handler. A placeholder is known for what it is at its closing
 * brace, and what its other members added is then taken back.
 */

struct bytes_in {
	const char *end;    /* of the text */
	const char *copied; /* up to here it is in out, or replaced there */
	const struct span *attachments;
	unsigned n;
	size_t start; /* length of out before the first byte */
	size_t max;   /* bytes that may be added to out */
	struct buf *out;
};

static const char *in_value(struct bytes_in *in, const char *p);

/* Appends the object that stands for an attachment. -1 when there would be too
 * much in out. */
static int
add_bytes(struct bytes_in *in, struct span bytes)
{
	static const char head[] = "{\"$bytes\":\"";
	static const char tail[] = "\"}";
	size_t used = in->out->len - in->start;
	size_t fixed = sizeof(head) - 1 + sizeof(tail) - 1;

	if (used > in->max || in->max - used < fixed ||
	    bytes.n / 3 * 4 + (bytes.n % 3 ? 4 : 0) > in->max - used - fixed)
		return -1;
	buf_adds(in->out, head);
	eio4_base64_encode(in->out, bytes);
	buf_adds(in->out, tail);
	return 0;
}

/* Replaces the object from start to end. -1 when it names no attachment or
 * there would be too much in out. */
static int
in_replace(
    struct bytes_in *in, const char *start, const char *end, struct span num)
{
	int64_t i;

	buf_add(in->out, in->copied, (size_t)(start - in->copied));
	in->copied = end;
	if (!jscan_i64(num, &i) || i < 0 || i >= (int64_t)in->n)
		return -1;
	return add_bytes(in, in->attachments[i]);
}

/* Goes through the object that begins at p. Behind it; NULL on failure. */
static const char *
in_object(struct bytes_in *in, const char *p)
{
	const char *start = p;
	const char *copied = in->copied;
	size_t len = in->out->len;
	bool placeholder = false;
	struct span key, value, num = SPAN_EMPTY;
	const char *at;

	for (p = jscan_skip_space(p + 1, in->end); *p != '}';) {
		at = jscan_skip_string(p, in->end);
		key = span_of(p, (size_t)(at - p));
		/* Behind the colon. */
		at = jscan_skip_space(at, in->end) + 1;
		at = jscan_skip_space(at, in->end);
		p = in_value(in, at);
		if (p == NULL)
			return NULL;
		value = span_of(at, (size_t)(p - at));
		if (jscan_string_is(key, SPAN("_placeholder")))
			placeholder = jscan_type(value) == JSCAN_TRUE;
		else if (jscan_string_is(key, SPAN("num")))
			num = value;
		p = jscan_skip_space(p, in->end);
		if (*p == ',')
			p = jscan_skip_space(p + 1, in->end);
	}
	p++;
	if (!placeholder)
		return p;
	in->out->len = len;
	in->copied = copied;
	return in_replace(in, start, p, num) == 0 ? p : NULL;
}

/* Goes through the array that begins at p. Behind it; NULL on failure. */
static const char *
in_array(struct bytes_in *in, const char *p)
{
	for (p = jscan_skip_space(p + 1, in->end); *p != ']';) {
		p = in_value(in, p);
		if (p == NULL)
			return NULL;
		p = jscan_skip_space(p, in->end);
		if (*p == ',')
			p = jscan_skip_space(p + 1, in->end);
	}
	return p + 1;
}

/* Goes through the value that begins at p. Behind it; NULL on failure. */
static const char *
in_value(struct bytes_in *in, const char *p)
{
	if (*p == '{')
		return in_object(in, p);
	if (*p == '[')
		return in_array(in, p);
	return jscan_skip_value(p, in->end);
}

int
packet_bytes_in(struct span json, const struct span *attachments, unsigned n,
    size_t max, struct buf *out)
{
	struct span text = jscan_trim(json);
	struct bytes_in in = {
		.copied = text.p,
		.attachments = attachments,
		.n = n,
		.start = out->len,
		.max = max,
		.out = out,
	};

	if (text.n == 0)
		return 0;
	in.end = text.p + text.n;
	if (in_value(&in, text.p) != NULL) {
		buf_add(out, in.copied, (size_t)(in.end - in.copied));
		if (out->len - in.start <= max)
			return 0;
	}
	out->len = in.start;
	return -1;
}

/*
 * Handler to client. The object has just one member, so that it is known at
 * its opening brace.
 */

/* True when the object at p has just the member $bytes with a string, which
 * *raw_r then is; *after_r stands behind the object. */
static bool
out_match(
    const char *p, const char *end, struct span *raw_r, const char **after_r)
{
	const char *at;

	p = jscan_skip_space(p + 1, end);
	if (p == end || *p != '"')
		return false;
	at = jscan_skip_string(p, end);
	if (!jscan_string_is(span_of(p, (size_t)(at - p)), SPAN("$bytes")))
		return false;
	p = jscan_skip_space(at, end);
	if (p == end)
		return false;
	p = jscan_skip_space(p + 1, end);
	if (p == end || *p != '"')
		return false;
	at = jscan_skip_string(p, end);
	*raw_r = span_of(p, (size_t)(at - p));
	p = jscan_skip_space(at, end);
	*after_r = p + 1;
	return p < end && *p == '}';
}

/* Appends the bytes that a raw string of base64 stands for. */
static int
out_decode(struct span raw, struct buf *blob)
{
	struct buf text = BUF_INIT;
	int r = -1;

	if (memchr(raw.p, '\\', raw.n) == NULL) {
		raw = span_of(raw.p + 1, raw.n - 2);
		return raw.n % 4 ? -1 : eio4_base64_decode(raw, blob);
	}
	if (jscan_string(raw, &text, NULL) == 0 && text.len % 4 == 0)
		r = eio4_base64_decode(buf_span(&text), blob);
	buf_release(&text);
	return r;
}

/* Appends the placeholder of attachment i. */
static void
out_placeholder(struct buf *out, unsigned i)
{
	buf_adds(out, "{\"_placeholder\":true,\"num\":");
	buf_addu64(out, i);
	buf_addch(out, '}');
}

/* Does the work of packet_bytes_out, but leaves a mess on failure. */
static int
out_text(struct span json, struct buf *out, struct buf *blob, size_t *ends,
    unsigned max)
{
	const char *end = json.p + json.n;
	const char *copied = json.p;
	const char *p = json.p;
	struct span raw;
	const char *after;
	unsigned n = 0;

	while (p < end) {
		if (*p == '"') {
			p = jscan_skip_string(p, end);
		} else if (*p != '{' || !out_match(p, end, &raw, &after)) {
			p++;
		} else {
			if (n == max || out_decode(raw, blob) != 0)
				return -1;
			buf_add(out, copied, (size_t)(p - copied));
			out_placeholder(out, n);
			ends[n++] = blob->len;
			p = copied = after;
		}
	}
	buf_add(out, copied, (size_t)(end - copied));
	return (int)n;
}

int
packet_bytes_out(struct span json, struct buf *out, struct buf *blob,
    size_t *ends, unsigned max)
{
	size_t out_len = out->len;
	size_t blob_len = blob->len;
	int n = json.n ? out_text(json, out, blob, ends, max) : 0;

	if (n < 0) {
		out->len = out_len;
		blob->len = blob_len;
	}
	return n;
}
