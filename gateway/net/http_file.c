/*
 * http_file: static files, enough for an example page or a small site.
 *
 * The kernel keeps us inside of the root: openat2(2) with RESOLVE_BENEATH.
 * Where it does not exist, O_NOFOLLOW on the last part and a ban on ".." do.
 */

/* system */
#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* base */
#include "buf.h"
#include "fdutil.h"

/* own */
#include "http.h"
#include "http_file.h"

static const struct http_file_type {
	const char *suffix, *type;
} http_file_types[] = {
	{ ".html", "text/html; charset=UTF-8" },
	{ ".htm", "text/html; charset=UTF-8" },
	{ ".js", "text/javascript; charset=UTF-8" },
	{ ".mjs", "text/javascript; charset=UTF-8" },
	{ ".css", "text/css; charset=UTF-8" },
	{ ".json", "application/json" },
	{ ".map", "application/json" },
	{ ".txt", "text/plain; charset=UTF-8" },
	{ ".svg", "image/svg+xml" },
	{ ".png", "image/png" },
	{ ".jpg", "image/jpeg" },
	{ ".jpeg", "image/jpeg" },
	{ ".gif", "image/gif" },
	{ ".webp", "image/webp" },
	{ ".ico", "image/x-icon" },
	{ ".wasm", "application/wasm" },
	{ ".woff2", "font/woff2" },
	{ ".webmanifest", "application/manifest+json" },
};

static const char *const http_file_client_names[] = { "socket.io.js",
	"socket.io.min.js", "socket.io.esm.min.js", "socket.io.msgpack.min.js",
	"socket.io.js.map", "socket.io.min.js.map", "socket.io.esm.min.js.map",
	"socket.io.msgpack.min.js.map" };

/* The media type of a file's name. */
static const char *
http_file_type(const char *name)
{
	size_t i, n = strlen(name);

	for (i = 0; i < sizeof(http_file_types) / sizeof(http_file_types[0]);
	     i++) {
		size_t len = strlen(http_file_types[i].suffix);

		if (n > len &&
		    strcmp(name + n - len, http_file_types[i].suffix) == 0)
			return http_file_types[i].type;
	}
	return "application/octet-stream";
}

/* Answers with a short text. */
static void
http_file_text(struct http_request *req, unsigned status, const char *text)
{
	struct http_response resp = { .status = status,
		.content_type = "text/plain; charset=UTF-8",
		.body = span_str(text) };

	http_respond(req, &resp);
}

/* The value of a hexadecimal digit, or -1. */
static int
http_file_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 32);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes a path into out, relative. 0; or -1 when it is not acceptable: no
 * part of it may be empty, begin with a dot, or hold a NUL or backslash. */
static int
http_file_decode(struct span path, struct buf *out)
{
	size_t i;

	for (i = 0; i < path.n; i++) {
		char c = path.p[i];

		if (c == '%') {
			int hi, lo;

			if (path.n - i < 3)
				return -1;
			hi = http_file_hex(path.p[i + 1]);
			lo = http_file_hex(path.p[i + 2]);
			if (hi == -1 || lo == -1)
				return -1;
			c = (char)(hi * 16 + lo);
			i += 2;
			if (c == '/')
				return -1;
		}
		if (c == '\0' || c == '\\')
			return -1;
		if (c == '/' && out->len == 0)
			continue;
		if ((c == '.' || c == '/') &&
		    (out->len == 0 || out->data[out->len - 1] == '/'))
			return -1;
		buf_addch(out, c);
	}
	return 0;
}

/* Opens name below dir without leaving it. -1 with errno. */
static int
http_file_open(const char *dir, const char *name)
{
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
		.resolve = RESOLVE_BENEATH };
	int root = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd;

	if (root == -1)
		return -1;
	fd = (int)syscall(SYS_openat2, root, name, &how, sizeof(how));
	if (fd == -1 && (errno == ENOSYS || errno == EPERM))
		fd = openat(
		    root, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	fdutil_close(&root);
	return fd;
}

/* Answers with an open file, which is taken over. */
static void
http_file_send(
    struct http_request *req, int fd, const struct stat *st, const char *name)
{
	struct http_response resp = { .status = 200,
		.file = fd,
		.file_size = (size_t)st->st_size,
		.content_type = http_file_type(name) };
	const char *known = http_header(req, "If-None-Match");
	char etag[64], modified[64];
	struct tm tm;

	snprintf(etag, sizeof(etag), "\"%llx-%llx-%lx\"",
	    (unsigned long long)st->st_size,
	    (unsigned long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
	gmtime_r(&st->st_mtim.tv_sec, &tm);
	strftime(modified, sizeof(modified), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	http_answer_header(req, "ETag", etag);
	http_answer_header(req, "Last-Modified", modified);
	http_answer_header(req, "Cache-Control", "no-cache");
	http_answer_header(req, "X-Content-Type-Options", "nosniff");
	if (known && (strstr(known, etag) || strcmp(known, "*") == 0)) {
		resp = (struct http_response){ .status = 304 };
		close(fd);
	} else if (st->st_size == 0) {
		resp.file = 0;
		close(fd);
	}
	http_respond(req, &resp);
}

/* A folder that was named without its slash. */
static void
http_file_redirect(struct http_request *req, struct span path)
{
	struct http_response resp = { .status = 301 };
	struct buf to = BUF_INIT;

	buf_addspan(&to, path);
	buf_addch(&to, '/');
	http_answer_header(req, "Location", buf_cstr(&to));
	http_respond(req, &resp);
	buf_release(&to);
}

void
http_file_serve(struct http_request *req, const char *root, struct span path)
{
	struct buf name = BUF_INIT;
	struct stat st;
	int fd = -1;

	if (root && path.n && path.p[0] == '/' &&
	    (path.n < 2 || path.p[1] != '/') &&
	    http_file_decode(path, &name) == 0) {
		if (path.p[path.n - 1] == '/')
			buf_adds(&name, "index.html");
		fd = http_file_open(root, buf_cstr(&name));
	}
	if (fd != -1 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		http_file_send(req, fd, &st, buf_cstr(&name));
		fd = -1;
	} else if (fd != -1 && S_ISDIR(st.st_mode)) {
		http_file_redirect(req, path);
	} else {
		http_file_text(req, 404, "not found\n");
	}
	fdutil_close(&fd);
	buf_release(&name);
}

void
http_file_serve_client(
    struct http_request *req, const char *dir, struct span name)
{
	size_t i, n = sizeof(http_file_client_names) /
		      sizeof(http_file_client_names[0]);
	struct buf path = BUF_INIT;
	struct stat st;
	int fd = -1;

	for (i = 0; i < n; i++)
		if (span_eq(name, span_str(http_file_client_names[i])))
			break;
	if (i < n && dir) {
		buf_adds(&path, "dist/");
		buf_addspan(&path, name);
		fd = http_file_open(dir, buf_cstr(&path));
		if (fd == -1)
			fd = http_file_open(dir, buf_cstr(&path) + 5);
	}
	if (fd != -1 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		http_file_send(req, fd, &st, http_file_client_names[i]);
		fd = -1;
	} else if (i < n && dir == NULL) {
		http_file_text(req, 404,
		    "no client is served here: the setting client_dir names "
		    "the folder of the npm package socket.io-client\n");
	} else {
		http_file_text(req, 404, "not found\n");
	}
	fdutil_close(&fd);
	buf_release(&path);
}
