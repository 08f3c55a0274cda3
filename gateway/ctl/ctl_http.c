/*
 * ctl_http: requests to the control API, over a unix socket or TCP.
 *
 * libcurl does the work; one handle keeps one connection open from request to
 * request. Proxies of the environment are not used and redirects are not
 * followed: the token is for the gateway alone.
 *
 * DIAGNOSTICS
 *	Nothing is printed here: each failure leaves a text and a hint behind.
 */

/* system */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* libraries */
#include <curl/curl.h>

/* base */
#include "gw_assert.h"
#include "mem.h"

/* own */
#include "ctl_http.h"

/* An answer longer than this is not read. */
enum { CTL_HTTP_BODY_MAX = 256 << 20 };

struct ctl_http {
	CURL *easy;
	struct curl_slist *get_headers;
	struct curl_slist *post_headers;
	char *where; /* for people */
	char *base;  /* URL without a slash at its end */
	bool is_unix;
	unsigned timeout;
	struct buf *body; /* where the answer goes; during a request */
	struct buf error; /* NUL-terminated by buf_cstr */
	const char *hint; /* constant text, or NULL */
	char curl_text[CURL_ERROR_SIZE];
};

/* Takes a piece of the answer. */
static size_t
ctl_http_write(char *p, size_t size, size_t n, void *arg)
{
	struct ctl_http *h = arg;

	n *= size;
	if (h->body->len + n > CTL_HTTP_BODY_MAX)
		return 0;
	buf_add(h->body, p, n);
	return n;
}

/* True when the URL is one of http or https and names a host. */
static bool
ctl_http_url_valid(const char *url)
{
	CURLU *u = curl_url();
	bool valid;

	gw_assert(u != NULL);
	valid = curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK;
	curl_url_cleanup(u);
	return valid;
}

/* True for a token that can stand in a header. */
static bool
ctl_http_token_valid(const char *token)
{
	if (*token == '\0')
		return false;
	for (; *token; token++)
		if ((unsigned char)*token <= ' ' || *token == 127)
			return false;
	return true;
}

/* Fills in where to connect to. Returns what is wrong with it, or NULL. */
static const char *
ctl_http_aim(struct ctl_http *h, const char *target)
{
	struct span t = span_str(target);

	if (span_starts(t, SPAN("http://")) ||
	    span_starts(t, SPAN("https://"))) {
		if (!ctl_http_url_valid(target))
			return "the address of the gateway is no valid URL";
		while (t.n && t.p[t.n - 1] == '/')
			t.n--;
		h->base = mem_strndup(t.p, t.n);
		h->where = mem_strdup(h->base);
		return NULL;
	}
	if (strstr(target, "://"))
		return "the gateway is reached by unix:PATH, http:// or "
		       "https:// only";
	if (span_starts(t, SPAN("unix:")))
		t = span_skip(t, strlen("unix:"));
	if (t.n == 0)
		return "the path of the control socket is empty";
	h->is_unix = true;
	h->base = mem_strdup("http://localhost");
	h->where = mem_alloc(t.n + sizeof("unix:"));
	snprintf(h->where, t.n + sizeof("unix:"), "unix:%.*s", SPAN_FMT(t));
	return NULL;
}

/* Appends a header to a list. */
static void
ctl_http_add_header(struct curl_slist **list, const char *header)
{
	struct curl_slist *longer = curl_slist_append(*list, header);

	gw_assert(longer != NULL);
	*list = longer;
}

/* Puts the headers of both kinds of request together. */
static void
ctl_http_set_headers(struct ctl_http *h, const char *token)
{
	struct buf line = BUF_INIT;

	ctl_http_add_header(
	    &h->post_headers, "Content-Type: application/x-ndjson");
	ctl_http_add_header(&h->post_headers, "Expect:");
	if (token == NULL)
		return;
	buf_addf(&line, "Authorization: Bearer %s", token);
	ctl_http_add_header(&h->get_headers, buf_cstr(&line));
	ctl_http_add_header(&h->post_headers, buf_cstr(&line));
	buf_release(&line);
}

/* Sets what is the same in each request. */
static void
ctl_http_set_options(struct ctl_http *h)
{
	CURL *e = h->easy;

	curl_easy_setopt(e, CURLOPT_ERRORBUFFER, h->curl_text);
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, ctl_http_write);
	curl_easy_setopt(e, CURLOPT_WRITEDATA, h);
	curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(e, CURLOPT_PROXY, "");
	curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(e, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(e, CURLOPT_TIMEOUT, (long)h->timeout);
	if (h->is_unix)
		curl_easy_setopt(
		    e, CURLOPT_UNIX_SOCKET_PATH, h->where + strlen("unix:"));
}

struct ctl_http *
ctl_http_new(const struct ctl_http_settings *set, const char **error_r)
{
	struct ctl_http *h = mem_zalloc(sizeof(*h));

	h->timeout = set->timeout;
	*error_r = ctl_http_aim(h, set->target);
	if (*error_r == NULL && set->token && !ctl_http_token_valid(set->token))
		*error_r = "the token is empty, or holds blanks or control "
			   "characters";
	if (*error_r) {
		ctl_http_free(&h);
		return NULL;
	}
	h->easy = curl_easy_init();
	gw_assert(h->easy != NULL);
	ctl_http_set_headers(h, set->token);
	ctl_http_set_options(h);
	return h;
}

void
ctl_http_free(struct ctl_http **hp)
{
	struct ctl_http *h = *hp;

	if (h == NULL)
		return;
	if (h->easy)
		curl_easy_cleanup(h->easy);
	curl_slist_free_all(h->get_headers);
	curl_slist_free_all(h->post_headers);
	buf_release(&h->error);
	free(h->where);
	free(h->base);
	free(h);
	*hp = NULL;
}

void
ctl_http_query(struct buf *path, const char *name, const char *value)
{
	bool first = path->len == 0 || !memchr(path->data, '?', path->len);
	char *text;

	if (value == NULL)
		return;
	text = curl_easy_escape(NULL, value, (int)strlen(value));
	gw_assert(text != NULL);
	buf_addf(path, "%c%s=%s", first ? '?' : '&', name, text);
	curl_free(text);
}

/* What to do when connecting failed. */
static const char *
ctl_http_hint_for(const struct ctl_http *h, long sys)
{
	if (h->is_unix && (sys == EACCES || sys == EPERM))
		return "the socket is not yours to use: run this as the "
		       "gateway's user, or as one of its group";
	if (h->is_unix)
		return "is siogate running? name its control socket with "
		       "-s PATH or $SIOGATE_CONTROL";
	return "is siogate running, and does its control listener use this "
	       "address? name it with -s URL or $SIOGATE_CONTROL";
}

/* Keeps why a request failed. */
static void
ctl_http_fail(struct ctl_http *h, CURLcode code)
{
	const char *text =
	    h->curl_text[0] ? h->curl_text : curl_easy_strerror(code);
	long sys = 0;

	curl_easy_getinfo(h->easy, CURLINFO_OS_ERRNO, &sys);
	h->hint = NULL;
	buf_clear(&h->error);
	if (code == CURLE_OPERATION_TIMEDOUT) {
		buf_addf(&h->error,
		    "no answer from the gateway at %s within "
		    "%u seconds",
		    h->where, h->timeout);
	} else if (code == CURLE_COULDNT_CONNECT ||
		   code == CURLE_COULDNT_RESOLVE_HOST) {
		buf_addf(&h->error, "cannot reach the gateway at %s: %s",
		    h->where, sys ? strerror((int)sys) : text);
		h->hint = ctl_http_hint_for(h, sys);
	} else {
		buf_addf(&h->error, "talking to the gateway at %s failed: %s",
		    h->where, text);
	}
	buf_cstr(&h->error);
}

/* Carries out the request that was prepared. */
static int
ctl_http_perform(
    struct ctl_http *h, const char *path, struct ctl_answer *answer)
{
	struct buf url = BUF_INIT;
	CURLcode code;

	buf_addf(&url, "%s%s", h->base, path);
	answer->status = 0;
	buf_clear(&answer->body);
	h->body = &answer->body;
	h->curl_text[0] = '\0';
	curl_easy_setopt(h->easy, CURLOPT_URL, buf_cstr(&url));
	code = curl_easy_perform(h->easy);
	buf_release(&url);
	h->body = NULL;
	if (code != CURLE_OK) {
		ctl_http_fail(h, code);
		return -1;
	}
	curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &answer->status);
	return 0;
}

int
ctl_http_get(struct ctl_http *h, const char *path, struct ctl_answer *answer)
{
	curl_easy_setopt(h->easy, CURLOPT_HTTPGET, 1L);
	curl_easy_setopt(h->easy, CURLOPT_HTTPHEADER, h->get_headers);
	return ctl_http_perform(h, path, answer);
}

int
ctl_http_post(struct ctl_http *h, const char *path, struct span lines,
    struct ctl_answer *answer)
{
	curl_easy_setopt(h->easy, CURLOPT_POST, 1L);
	curl_easy_setopt(
	    h->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)lines.n);
	curl_easy_setopt(h->easy, CURLOPT_POSTFIELDS, lines.p);
	curl_easy_setopt(h->easy, CURLOPT_HTTPHEADER, h->post_headers);
	return ctl_http_perform(h, path, answer);
}

void
ctl_answer_release(struct ctl_answer *answer)
{
	buf_release(&answer->body);
	answer->status = 0;
}

const char *
ctl_http_where(const struct ctl_http *h)
{
	return h->where;
}

const char *
ctl_http_error(const struct ctl_http *h)
{
	return h->error.len ? h->error.data : "";
}

const char *
ctl_http_hint(const struct ctl_http *h)
{
	return h->hint;
}
