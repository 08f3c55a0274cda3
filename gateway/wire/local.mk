noinst_LIBRARIES += gateway/wire/libwire.a
gateway_wire_libwire_a_SOURCES = \
	gateway/wire/action.c \
	gateway/wire/action.h \
	gateway/wire/cgi_answer.c \
	gateway/wire/cgi_answer.h \
	gateway/wire/eio4.c \
	gateway/wire/eio4.h \
	gateway/wire/fcgi.c \
	gateway/wire/fcgi.h \
	gateway/wire/jscan.c \
	gateway/wire/jscan.h \
	gateway/wire/jscan_merge.c \
	gateway/wire/jscan_priv.h \
	gateway/wire/jscan_string.c \
	gateway/wire/origin.c \
	gateway/wire/origin.h \
	gateway/wire/outpacket.c \
	gateway/wire/outpacket.h \
	gateway/wire/packet.c \
	gateway/wire/packet.h \
	gateway/wire/packet_bytes.c \
	gateway/wire/sio5.c \
	gateway/wire/sio5.h \
	gateway/wire/utf8.c \
	gateway/wire/utf8.h \
	gateway/wire/ws_decoder.c \
	gateway/wire/ws_decoder.h \
	gateway/wire/ws_deflate.c \
	gateway/wire/ws_deflate.h \
	gateway/wire/ws_frame.c \
	gateway/wire/ws_frame.h \
	gateway/wire/ws_handshake.c \
	gateway/wire/ws_handshake.h
gateway_wire_libwire_a_CPPFLAGS = $(AM_CPPFLAGS) \
	-I$(srcdir)/gateway/base \
	-I$(srcdir)/gateway/wire \
	$(JSON_C_CFLAGS) $(NETTLE_CFLAGS) $(ZLIB_CFLAGS) $(FCGI_CFLAGS)
