noinst_LIBRARIES += gateway/socket/libsocket.a
gateway_socket_libsocket_a_SOURCES = \
	gateway/socket/ack.c \
	gateway/socket/ack.h \
	gateway/socket/acl.c \
	gateway/socket/acl.h \
	gateway/socket/emit.c \
	gateway/socket/emit.h \
	gateway/socket/hub.c \
	gateway/socket/hub.h \
	gateway/socket/namespace.c \
	gateway/socket/namespace.h \
	gateway/socket/nsocket.c \
	gateway/socket/nsocket.h \
	gateway/socket/vsocket.c \
	gateway/socket/vsocket.h \
	gateway/socket/vsocket_packet.c \
	gateway/socket/vsocket_packet.h \
	gateway/socket/vsocket_priv.h
gateway_socket_libsocket_a_CPPFLAGS = $(AM_CPPFLAGS) \
	-I$(srcdir)/gateway/base \
	-I$(srcdir)/gateway/wire \
	-I$(srcdir)/gateway/net \
	-I$(srcdir)/gateway/transport \
	-I$(srcdir)/gateway/socket \
	$(LIBUV_CFLAGS)
