/*
 * fcgi: FastCGI records, the web server's side (FastCGI specification 1.0).
 *
 * Constants are those of <fastcgi.h>. The encoder appends records to a buffer;
 * the decoder takes what a worker sent, cut anywhere, and gives out pieces of
 * stream content as they come: it never gathers a record.
 */
#ifndef SIOGATE_FCGI_H
#define SIOGATE_FCGI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"

enum { FCGI_RECORD_MAX = 65535 };

/* Writes a record header into p (8 bytes). */
void fcgi_put_header(
    void *p, uint8_t type, uint16_t id, uint16_t len, uint8_t padding);

/* Appends FCGI_BEGIN_REQUEST for the responder role. */
void fcgi_add_begin(struct buf *out, uint16_t id, bool keep_conn);

/* Appends FCGI_ABORT_REQUEST. */
void fcgi_add_abort(struct buf *out, uint16_t id);

/* Appends FCGI_GET_VALUES asking for the three known variables. */
void fcgi_add_get_values(struct buf *out);

/* Appends a stream (FCGI_PARAMS, FCGI_STDIN) of content, in as many records as
 * it takes, without the empty record that ends it. */
void fcgi_add_stream(
    struct buf *out, uint8_t type, uint16_t id, struct span content);

/* Appends the empty record that ends a stream. */
void fcgi_add_end_of_stream(struct buf *out, uint8_t type, uint16_t id);

/* Appends one name-value pair (section 3.4), bare, not in a record. */
void fcgi_add_pair(struct buf *out, struct span name, struct span value);

/* Takes the next whole pair off *pairs. 1; 0 when *pairs holds no whole pair
 * (the rest is unchanged, more bytes may follow); spans point into *pairs. */
int fcgi_next_pair(
    struct span *pairs, struct span *name_r, struct span *value_r);

struct fcgi_decoder {
	uint8_t head[8];
	uint8_t head_len;
	uint8_t type;
	uint8_t padding; /* bytes of padding still to come */
	uint16_t id;
	uint16_t left;     /* content bytes still to come */
	uint8_t body[256]; /* content of a record that is gathered */
	uint16_t body_len;
};

enum fcgi_event {
	FCGI_EV_NEED_MORE,
	FCGI_EV_STDOUT,     /* a piece of content */
	FCGI_EV_STDOUT_END, /* the stream's empty record */
	FCGI_EV_STDERR,     /* a piece of content */
	FCGI_EV_END,        /* app_status and protocol_status are set */
	FCGI_EV_VALUES,     /* content: pairs of FCGI_GET_VALUES_RESULT */
	FCGI_EV_OTHER,      /* a record of another type, skipped */
	FCGI_EV_ERROR       /* not FastCGI: wrong version, short END_REQUEST */
};

struct fcgi_record {
	uint16_t id;
	struct span content; /* valid until the input or decoder changes */
	uint32_t app_status;
	uint8_t protocol_status; /* FCGI_REQUEST_COMPLETE, ... */
};

/* Prepares a decoder; it owns no memory. */
void fcgi_decoder_init(struct fcgi_decoder *d);

/* Takes bytes from *p, of which *n are left, until there is something to
 * report, and moves *p and *n on. Call it until it says FCGI_EV_NEED_MORE.
 * The empty record that ends stderr is not reported. A GET_VALUES_RESULT longer
 * than the decoder's body is FCGI_EV_OTHER. After FCGI_EV_ERROR it must not be
 * fed again. */
enum fcgi_event fcgi_decoder_next(struct fcgi_decoder *d, const char **p,
    size_t *n, struct fcgi_record *rec_r);

/* True between records, with nothing half read. */
bool fcgi_decoder_idle(const struct fcgi_decoder *d);

#endif
