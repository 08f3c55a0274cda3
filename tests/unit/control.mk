# Unit tests of the control interface.
check_PROGRAMS += tests/unit/test_control
TESTS += tests/unit/test_control

tests_unit_test_control_SOURCES = tests/unit/test_control.c
tests_unit_test_control_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) \
	$(LIBUV_CFLAGS) $(MICROHTTPD_CFLAGS) \
	-I$(srcdir)/gateway/base -I$(srcdir)/gateway/wire \
	-I$(srcdir)/gateway/net -I$(srcdir)/gateway/transport \
	-I$(srcdir)/gateway/pool -I$(srcdir)/gateway/backend \
	-I$(srcdir)/gateway/socket -I$(srcdir)/gateway/dispatch \
	-I$(srcdir)/gateway/control
tests_unit_test_control_LDADD = \
	gateway/control/libcontrol.a gateway/dispatch/libdispatch.a \
	gateway/socket/libsocket.a gateway/transport/libtransport.a \
	gateway/backend/libbackend.a gateway/pool/libpool.a \
	gateway/net/libnet.a gateway/wire/libwire.a gateway/base/libbase.a \
	$(CMOCKA_LIBS) $(MICROHTTPD_LIBS) $(LIBUV_LIBS) $(JSON_C_LIBS) \
	$(NETTLE_LIBS) $(ZLIB_LIBS)
