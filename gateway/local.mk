# The daemon: a convenience library for each folder, whose include path names
# lower folders only.

include gateway/base/local.mk
include gateway/wire/local.mk
include gateway/net/local.mk
include gateway/transport/local.mk
include gateway/pool/local.mk
include gateway/backend/local.mk
include gateway/socket/local.mk
include gateway/dispatch/local.mk
include gateway/control/local.mk
include gateway/config/local.mk
include gateway/ctl/local.mk

sbin_PROGRAMS += siogate
siogate_SOURCES = gateway/main.c gateway/gateway.c gateway/gateway.h \
	gateway/gateway_map.c gateway/gateway_map.h
siogate_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/gateway \
	-I$(srcdir)/gateway/base -I$(srcdir)/gateway/wire \
	-I$(srcdir)/gateway/net -I$(srcdir)/gateway/transport \
	-I$(srcdir)/gateway/pool -I$(srcdir)/gateway/backend \
	-I$(srcdir)/gateway/socket -I$(srcdir)/gateway/dispatch \
	-I$(srcdir)/gateway/control -I$(srcdir)/gateway/config \
	$(LIBUV_CFLAGS)
siogate_LDADD = gateway/config/libconfig.a gateway/control/libcontrol.a \
	gateway/dispatch/libdispatch.a gateway/socket/libsocket.a \
	gateway/transport/libtransport.a gateway/backend/libbackend.a \
	gateway/pool/libpool.a gateway/net/libnet.a gateway/wire/libwire.a \
	gateway/base/libbase.a $(MICROHTTPD_LIBS) $(LIBUV_LIBS) \
	$(JSON_C_LIBS) $(INIH_LIBS) $(NETTLE_LIBS) $(ZLIB_LIBS)
