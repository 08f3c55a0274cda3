/*
 * fcgi: FastCGI records and name-value pairs.
 */

/* system */
#include <fastcgi.h>
#include <string.h>

/* base */
#include "buf.h"
#include "gw_assert.h"
#include "span.h"

/* wire */
#include "fcgi.h"

/* Bytes of END_REQUEST that mean something. */
enum { END_LEN = sizeof(FCGI_EndRequestBody) };

void
fcgi_put_header(
    void *p, uint8_t type, uint16_t id, uint16_t len, uint8_t padding)
{
	uint8_t *head = p;

	head[0] = FCGI_VERSION_1;
	head[1] = type;
	head[2] = (uint8_t)(id >> 8);
	head[3] = (uint8_t)id;
	head[4] = (uint8_t)(len >> 8);
	head[5] = (uint8_t)len;
	head[6] = padding;
	head[7] = 0;
}

/* Appends one record of at most FCGI_RECORD_MAX bytes. */
static void
add_record(struct buf *out, uint8_t type, uint16_t id, struct span content)
{
	fcgi_put_header(buf_reserve(out, FCGI_HEADER_LEN), type, id,
	    (uint16_t)content.n, 0);
	out->len += FCGI_HEADER_LEN;
	buf_addspan(out, content);
}

void
fcgi_add_begin(struct buf *out, uint16_t id, bool keep_conn)
{
	char body[sizeof(FCGI_BeginRequestBody)] = {
		0,
		FCGI_RESPONDER,
		keep_conn ? FCGI_KEEP_CONN : 0,
	};

	add_record(out, FCGI_BEGIN_REQUEST, id, span_of(body, sizeof(body)));
}

void
fcgi_add_abort(struct buf *out, uint16_t id)
{
	add_record(out, FCGI_ABORT_REQUEST, id, SPAN_EMPTY);
}

void
fcgi_add_get_values(struct buf *out)
{
	struct buf pairs = BUF_INIT;

	fcgi_add_pair(&pairs, SPAN(FCGI_MAX_CONNS), SPAN_EMPTY);
	fcgi_add_pair(&pairs, SPAN(FCGI_MAX_REQS), SPAN_EMPTY);
	fcgi_add_pair(&pairs, SPAN(FCGI_MPXS_CONNS), SPAN_EMPTY);
	add_record(
	    out, FCGI_GET_VALUES, FCGI_NULL_REQUEST_ID, buf_span(&pairs));
	buf_release(&pairs);
}

void
fcgi_add_stream(struct buf *out, uint8_t type, uint16_t id, struct span content)
{
	size_t n;

	while (content.n) {
		n = content.n < FCGI_RECORD_MAX ? content.n : FCGI_RECORD_MAX;
		add_record(out, type, id, span_of(content.p, n));
		content = span_skip(content, n);
	}
}

void
fcgi_add_end_of_stream(struct buf *out, uint8_t type, uint16_t id)
{
	add_record(out, type, id, SPAN_EMPTY);
}

/* Appends the length of a name or value. */
static void
add_length(struct buf *out, size_t n)
{
	gw_assert(n <= INT32_MAX);
	if (n >= 128) {
		buf_addch(out, (char)(n >> 24 | 0x80));
		buf_addch(out, (char)(n >> 16));
		buf_addch(out, (char)(n >> 8));
	}
	buf_addch(out, (char)n);
}

void
fcgi_add_pair(struct buf *out, struct span name, struct span value)
{
	add_length(out, name.n);
	add_length(out, value.n);
	buf_addspan(out, name);
	buf_addspan(out, value);
}

/* Takes the length of a name or value off *s. False when it is incomplete. */
static bool
take_length(struct span *s, size_t *n_r)
{
	const unsigned char *p = (const unsigned char *)s->p;

	if (s->n == 0)
		return false;
	if (p[0] < 128) {
		*n_r = p[0];
		*s = span_skip(*s, 1);
		return true;
	}
	if (s->n < 4)
		return false;
	*n_r = (size_t)(p[0] & 0x7f) << 24 | (size_t)p[1] << 16 |
	       (size_t)p[2] << 8 | p[3];
	*s = span_skip(*s, 4);
	return true;
}

int
fcgi_next_pair(struct span *pairs, struct span *name_r, struct span *value_r)
{
	struct span s = *pairs;
	size_t name, value;

	if (!take_length(&s, &name) || !take_length(&s, &value) || s.n < name ||
	    s.n - name < value)
		return 0;
	*name_r = span_of(s.p, name);
	*value_r = span_of(s.p + name, value);
	*pairs = span_skip(s, name + value);
	return 1;
}

void
fcgi_decoder_init(struct fcgi_decoder *d)
{
	memset(d, 0, sizeof(*d));
}

bool
fcgi_decoder_idle(const struct fcgi_decoder *d)
{
	return d->head_len == 0;
}

/* Gets ready for the next header when the record is over. */
static void
settle(struct fcgi_decoder *d)
{
	if (d->left == 0 && d->padding == 0)
		d->head_len = 0;
}

/* Takes header bytes. True when the header is complete; *bad_r says that it is
 * not a header of this protocol. */
static bool
take_header(struct fcgi_decoder *d, const char **p, size_t *n, bool *bad_r)
{
	size_t take = sizeof(d->head) - d->head_len;

	if (take > *n)
		take = *n;
	if (take == 0)
		return false;
	memcpy(d->head + d->head_len, *p, take);
	d->head_len = (uint8_t)(d->head_len + take);
	*p += take;
	*n -= take;
	*bad_r = d->head[0] != FCGI_VERSION_1;
	if (d->head_len < sizeof(d->head))
		return false;
	d->type = d->head[1];
	d->id = (uint16_t)(d->head[2] << 8 | d->head[3]);
	d->left = (uint16_t)(d->head[4] << 8 | d->head[5]);
	d->padding = d->head[6];
	d->body_len = 0;
	return true;
}

/* What a header alone has to report; FCGI_EV_NEED_MORE is nothing. */
static enum fcgi_event
begin_record(struct fcgi_decoder *d)
{
	switch (d->type) {
	case FCGI_STDOUT:
		return d->left ? FCGI_EV_NEED_MORE : FCGI_EV_STDOUT_END;
	case FCGI_STDERR:
		return FCGI_EV_NEED_MORE;
	case FCGI_END_REQUEST:
		return d->left < END_LEN ? FCGI_EV_ERROR : FCGI_EV_NEED_MORE;
	case FCGI_GET_VALUES_RESULT:
		if (d->left == 0)
			return FCGI_EV_VALUES;
		if (d->left <= sizeof(d->body))
			return FCGI_EV_NEED_MORE;
		break;
	default:
		break;
	}
	/* From here on it is content to be skipped. */
	d->type = FCGI_UNKNOWN_TYPE;
	return FCGI_EV_OTHER;
}

/* Takes up to n bytes of content. */
static struct span
take_content(struct fcgi_decoder *d, const char **p, size_t *n, size_t most)
{
	size_t take = d->left < *n ? d->left : *n;
	struct span s;

	if (take > most)
		take = most;
	s = span_of(*p, take);
	d->left = (uint16_t)(d->left - take);
	*p += take;
	*n -= take;
	return s;
}

/* Gathers content until body holds want bytes. True when it does. */
static bool
gather(struct fcgi_decoder *d, const char **p, size_t *n, size_t want)
{
	struct span s = take_content(d, p, n, want - d->body_len);

	memcpy(d->body + d->body_len, s.p, s.n);
	d->body_len = (uint16_t)(d->body_len + s.n);
	return d->body_len == want;
}

/* Takes content of END_REQUEST. */
static enum fcgi_event
take_end(struct fcgi_decoder *d, const char **p, size_t *n,
    struct fcgi_record *rec_r)
{
	const uint8_t *b = d->body;

	if (!gather(d, p, n, END_LEN))
		return FCGI_EV_NEED_MORE;
	rec_r->app_status = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
			    (uint32_t)b[2] << 8 | b[3];
	rec_r->protocol_status = b[4];
	d->type = FCGI_UNKNOWN_TYPE;
	return FCGI_EV_END;
}

/* Takes content, of which there is some. FCGI_EV_NEED_MORE: nothing to
 * report. */
static enum fcgi_event
take_piece(struct fcgi_decoder *d, const char **p, size_t *n,
    struct fcgi_record *rec_r)
{
	switch (d->type) {
	case FCGI_STDOUT:
		rec_r->content = take_content(d, p, n, SIZE_MAX);
		return FCGI_EV_STDOUT;
	case FCGI_STDERR:
		rec_r->content = take_content(d, p, n, SIZE_MAX);
		return FCGI_EV_STDERR;
	case FCGI_END_REQUEST:
		return take_end(d, p, n, rec_r);
	case FCGI_GET_VALUES_RESULT:
		if (!gather(d, p, n, (size_t)d->body_len + d->left))
			return FCGI_EV_NEED_MORE;
		rec_r->content = span_of(d->body, d->body_len);
		return FCGI_EV_VALUES;
	default:
		take_content(d, p, n, SIZE_MAX);
		return FCGI_EV_NEED_MORE;
	}
}

/* Skips padding. */
static void
skip_padding(struct fcgi_decoder *d, const char **p, size_t *n)
{
	size_t take = d->padding < *n ? d->padding : *n;

	d->padding = (uint8_t)(d->padding - take);
	*p += take;
	*n -= take;
}

enum fcgi_event
fcgi_decoder_next(struct fcgi_decoder *d, const char **p, size_t *n,
    struct fcgi_record *rec_r)
{
	enum fcgi_event ev;
	bool bad = false;

	memset(rec_r, 0, sizeof(*rec_r));
	while (*n > 0) {
		if (d->head_len < sizeof(d->head)) {
			if (!take_header(d, p, n, &bad) && !bad)
				return FCGI_EV_NEED_MORE;
			ev = bad ? FCGI_EV_ERROR : begin_record(d);
		} else if (d->left > 0) {
			ev = take_piece(d, p, n, rec_r);
		} else {
			skip_padding(d, p, n);
			ev = FCGI_EV_NEED_MORE;
		}
		settle(d);
		rec_r->id = d->id;
		if (ev != FCGI_EV_NEED_MORE)
			return ev;
	}
	return FCGI_EV_NEED_MORE;
}
