noinst_LIBRARIES += gateway/net/libnet.a
gateway_net_libnet_a_SOURCES = \
	gateway/net/deadline.c \
	gateway/net/deadline.h \
	gateway/net/http.c \
	gateway/net/http.h \
	gateway/net/http_answer.c \
	gateway/net/http_file.c \
	gateway/net/http_file.h \
	gateway/net/http_priv.h \
	gateway/net/http_request.c \
	gateway/net/listener.c \
	gateway/net/listener.h \
	gateway/net/turn.c \
	gateway/net/turn.h
gateway_net_libnet_a_CPPFLAGS = $(AM_CPPFLAGS) \
	-I$(srcdir)/gateway/base \
	-I$(srcdir)/gateway/wire \
	-I$(srcdir)/gateway/net \
	$(LIBUV_CFLAGS) $(MICROHTTPD_CFLAGS) $(ZLIB_CFLAGS)
