# Unit tests of the transports' codecs.
WIRE_A_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/gateway/base -I$(srcdir)/gateway/wire $(CMOCKA_CFLAGS)
WIRE_A_LDADD = gateway/wire/libwire.a gateway/base/libbase.a \
	$(CMOCKA_LIBS) $(NETTLE_LIBS) $(ZLIB_LIBS)

WIRE_A_TESTS = \
	tests/unit/test_utf8 \
	tests/unit/test_ws_frame \
	tests/unit/test_ws_decoder \
	tests/unit/test_ws_deflate \
	tests/unit/test_ws_handshake \
	tests/unit/test_eio4 \
	tests/unit/test_origin

check_PROGRAMS += $(WIRE_A_TESTS)
TESTS += $(WIRE_A_TESTS)

tests_unit_test_utf8_SOURCES = tests/unit/test_utf8.c
tests_unit_test_utf8_CPPFLAGS = $(WIRE_A_CPPFLAGS)
tests_unit_test_utf8_LDADD = $(WIRE_A_LDADD)

tests_unit_test_ws_frame_SOURCES = tests/unit/test_ws_frame.c
tests_unit_test_ws_frame_CPPFLAGS = $(WIRE_A_CPPFLAGS)
tests_unit_test_ws_frame_LDADD = $(WIRE_A_LDADD)

tests_unit_test_ws_decoder_SOURCES = tests/unit/test_ws_decoder.c
tests_unit_test_ws_decoder_CPPFLAGS = $(WIRE_A_CPPFLAGS)
tests_unit_test_ws_decoder_LDADD = $(WIRE_A_LDADD)

tests_unit_test_ws_deflate_SOURCES = tests/unit/test_ws_deflate.c
tests_unit_test_ws_deflate_CPPFLAGS = $(WIRE_A_CPPFLAGS)
tests_unit_test_ws_deflate_LDADD = $(WIRE_A_LDADD)

tests_unit_test_ws_handshake_SOURCES = tests/unit/test_ws_handshake.c
tests_unit_test_ws_handshake_CPPFLAGS = $(WIRE_A_CPPFLAGS)
tests_unit_test_ws_handshake_LDADD = $(WIRE_A_LDADD)

tests_unit_test_eio4_SOURCES = tests/unit/test_eio4.c
tests_unit_test_eio4_CPPFLAGS = $(WIRE_A_CPPFLAGS)
tests_unit_test_eio4_LDADD = $(WIRE_A_LDADD)

tests_unit_test_origin_SOURCES = tests/unit/test_origin.c
tests_unit_test_origin_CPPFLAGS = $(WIRE_A_CPPFLAGS)
tests_unit_test_origin_LDADD = $(WIRE_A_LDADD)
