/*
 * http_file: static files.
 */
#ifndef SIOGATE_HTTP_FILE_H
#define SIOGATE_HTTP_FILE_H

#include "span.h"

struct http_request;

/*
 * Answers a GET or HEAD with a file below the folder root; path is the
 * request's, still percent-encoded. A path that ends in "/" means index.html; a
 * folder without its slash is redirected. Nothing outside of root is served,
 * whatever the path says: "..", names that begin with a dot, and NUL are
 * refused, and symbolic links are followed only inside of root (openat2 with
 * RESOLVE_BENEATH). Answers carry an ETag and Last-Modified and honour
 * If-None-Match. root NULL: 404.
 */
void http_file_serve(
    struct http_request *req, const char *root, struct span path);

/*
 * Answers with a file of the Socket.IO client (name: "socket.io.js",
 * "socket.io.min.js", "socket.io.esm.min.js", "socket.io.msgpack.min.js" and
 * their ".map" files; anything else is 404) from dir, which is the npm
 * package's folder or its dist folder. dir NULL: 404 with a text that names the
 * setting.
 */
void http_file_serve_client(
    struct http_request *req, const char *dir, struct span name);

#endif
