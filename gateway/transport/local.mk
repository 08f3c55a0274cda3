noinst_LIBRARIES += gateway/transport/libtransport.a
gateway_transport_libtransport_a_SOURCES = \
	gateway/transport/front.c \
	gateway/transport/front.h \
	gateway/transport/handshake.c \
	gateway/transport/handshake.h \
	gateway/transport/outbox.c \
	gateway/transport/outbox.h \
	gateway/transport/transport.c \
	gateway/transport/transport.h \
	gateway/transport/transport_polling.c \
	gateway/transport/transport_priv.h \
	gateway/transport/transport_ws.c
gateway_transport_libtransport_a_CPPFLAGS = $(AM_CPPFLAGS) \
	-I$(srcdir)/gateway/base \
	-I$(srcdir)/gateway/wire \
	-I$(srcdir)/gateway/net \
	-I$(srcdir)/gateway/transport \
	$(LIBUV_CFLAGS)
