# Unit tests of the base, of sockets and time-outs, and of rooms, broadcasts
# and acknowledgements.
CORE_TESTS = \
	tests/unit/test_ack \
	tests/unit/test_acl \
	tests/unit/test_buf \
	tests/unit/test_deadline \
	tests/unit/test_emit \
	tests/unit/test_listener \
	tests/unit/test_log \
	tests/unit/test_outbox \
	tests/unit/test_outpacket
check_PROGRAMS += $(CORE_TESTS)
TESTS += $(CORE_TESTS)

CORE_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) $(LIBUV_CFLAGS) \
	$(MICROHTTPD_CFLAGS) \
	-I$(srcdir)/gateway/base -I$(srcdir)/gateway/wire \
	-I$(srcdir)/gateway/net -I$(srcdir)/gateway/transport \
	-I$(srcdir)/gateway/socket -I$(srcdir)/tests/unit
CORE_LDADD = gateway/socket/libsocket.a gateway/transport/libtransport.a \
	gateway/net/libnet.a gateway/wire/libwire.a gateway/base/libbase.a \
	$(CMOCKA_LIBS) $(MICROHTTPD_LIBS) $(LIBUV_LIBS) $(JSON_C_LIBS) \
	$(NETTLE_LIBS) $(ZLIB_LIBS)
CORE_HUB_BENCH = tests/unit/hub_bench.c tests/unit/hub_bench.h

tests_unit_test_ack_SOURCES = tests/unit/test_ack.c $(CORE_HUB_BENCH)
tests_unit_test_ack_CPPFLAGS = $(CORE_CPPFLAGS)
tests_unit_test_ack_LDADD = $(CORE_LDADD)

tests_unit_test_acl_SOURCES = tests/unit/test_acl.c
tests_unit_test_acl_CPPFLAGS = $(CORE_CPPFLAGS)
tests_unit_test_acl_LDADD = $(CORE_LDADD)

tests_unit_test_buf_SOURCES = tests/unit/test_buf.c
tests_unit_test_buf_CPPFLAGS = $(CORE_CPPFLAGS)
tests_unit_test_buf_LDADD = $(CORE_LDADD)

tests_unit_test_deadline_SOURCES = tests/unit/test_deadline.c
tests_unit_test_deadline_CPPFLAGS = $(CORE_CPPFLAGS)
tests_unit_test_deadline_LDADD = $(CORE_LDADD)

tests_unit_test_emit_SOURCES = tests/unit/test_emit.c $(CORE_HUB_BENCH)
tests_unit_test_emit_CPPFLAGS = $(CORE_CPPFLAGS)
tests_unit_test_emit_LDADD = $(CORE_LDADD)

tests_unit_test_listener_SOURCES = tests/unit/test_listener.c
tests_unit_test_listener_CPPFLAGS = $(CORE_CPPFLAGS)
tests_unit_test_listener_LDADD = $(CORE_LDADD)

tests_unit_test_log_SOURCES = tests/unit/test_log.c
tests_unit_test_log_CPPFLAGS = $(CORE_CPPFLAGS)
tests_unit_test_log_LDADD = $(CORE_LDADD)

tests_unit_test_outbox_SOURCES = tests/unit/test_outbox.c
tests_unit_test_outbox_CPPFLAGS = $(CORE_CPPFLAGS)
tests_unit_test_outbox_LDADD = $(CORE_LDADD)

tests_unit_test_outpacket_SOURCES = tests/unit/test_outpacket.c
tests_unit_test_outpacket_CPPFLAGS = $(CORE_CPPFLAGS)
tests_unit_test_outpacket_LDADD = $(CORE_LDADD)
