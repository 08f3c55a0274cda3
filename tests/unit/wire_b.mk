# Unit tests of the JSON, packet and handler codecs.
WIRE_B_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/gateway/base -I$(srcdir)/gateway/wire $(CMOCKA_CFLAGS)
WIRE_B_LDADD = gateway/wire/libwire.a gateway/base/libbase.a \
	$(CMOCKA_LIBS) $(JSON_C_LIBS) $(NETTLE_LIBS) $(ZLIB_LIBS)

WIRE_B_TESTS = \
	tests/unit/test_jscan \
	tests/unit/test_merge_patch \
	tests/unit/test_packet \
	tests/unit/test_packet_bytes \
	tests/unit/test_fcgi \
	tests/unit/test_cgi_answer \
	tests/unit/test_action

check_PROGRAMS += $(WIRE_B_TESTS)
TESTS += $(WIRE_B_TESTS)

tests_unit_test_jscan_SOURCES = tests/unit/test_jscan.c
tests_unit_test_jscan_CPPFLAGS = $(WIRE_B_CPPFLAGS)
tests_unit_test_jscan_LDADD = $(WIRE_B_LDADD)

tests_unit_test_merge_patch_SOURCES = tests/unit/test_merge_patch.c
tests_unit_test_merge_patch_CPPFLAGS = $(WIRE_B_CPPFLAGS)
tests_unit_test_merge_patch_LDADD = $(WIRE_B_LDADD)

tests_unit_test_packet_SOURCES = tests/unit/test_packet.c
tests_unit_test_packet_CPPFLAGS = $(WIRE_B_CPPFLAGS)
tests_unit_test_packet_LDADD = $(WIRE_B_LDADD)

tests_unit_test_packet_bytes_SOURCES = tests/unit/test_packet_bytes.c
tests_unit_test_packet_bytes_CPPFLAGS = $(WIRE_B_CPPFLAGS)
tests_unit_test_packet_bytes_LDADD = $(WIRE_B_LDADD)

tests_unit_test_fcgi_SOURCES = tests/unit/test_fcgi.c
tests_unit_test_fcgi_CPPFLAGS = $(WIRE_B_CPPFLAGS)
tests_unit_test_fcgi_LDADD = $(WIRE_B_LDADD)

tests_unit_test_cgi_answer_SOURCES = tests/unit/test_cgi_answer.c
tests_unit_test_cgi_answer_CPPFLAGS = $(WIRE_B_CPPFLAGS)
tests_unit_test_cgi_answer_LDADD = $(WIRE_B_LDADD)

tests_unit_test_action_SOURCES = tests/unit/test_action.c
tests_unit_test_action_CPPFLAGS = $(WIRE_B_CPPFLAGS)
tests_unit_test_action_LDADD = $(WIRE_B_LDADD)
