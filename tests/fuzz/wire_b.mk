# Fuzzers of the JSON, packet and handler codecs. FUZZ_MAIN and FUZZ_LINK are
# those of wire_a.mk.
WIRE_B_FUZZ_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/gateway/base -I$(srcdir)/gateway/wire $(JSON_C_CFLAGS)
WIRE_B_FUZZ_LDADD = gateway/wire/libwire.a gateway/base/libbase.a \
	$(JSON_C_LIBS) $(NETTLE_LIBS) $(ZLIB_LIBS)

EXTRA_DIST += \
	tests/fuzz/corpus/jscan tests/fuzz/corpus/packet \
	tests/fuzz/corpus/packet_bytes tests/fuzz/corpus/fcgi \
	tests/fuzz/corpus/cgi_answer tests/fuzz/corpus/action

check_PROGRAMS += \
	tests/fuzz/fuzz_jscan \
	tests/fuzz/fuzz_packet \
	tests/fuzz/fuzz_packet_bytes \
	tests/fuzz/fuzz_fcgi \
	tests/fuzz/fuzz_cgi_answer \
	tests/fuzz/fuzz_action

tests_fuzz_fuzz_jscan_SOURCES = tests/fuzz/fuzz_jscan.c $(FUZZ_MAIN)
tests_fuzz_fuzz_jscan_CPPFLAGS = $(WIRE_B_FUZZ_CPPFLAGS)
tests_fuzz_fuzz_jscan_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LINK)
tests_fuzz_fuzz_jscan_LDADD = $(WIRE_B_FUZZ_LDADD)

tests_fuzz_fuzz_packet_SOURCES = tests/fuzz/fuzz_packet.c $(FUZZ_MAIN)
tests_fuzz_fuzz_packet_CPPFLAGS = $(WIRE_B_FUZZ_CPPFLAGS)
tests_fuzz_fuzz_packet_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LINK)
tests_fuzz_fuzz_packet_LDADD = $(WIRE_B_FUZZ_LDADD)

tests_fuzz_fuzz_packet_bytes_SOURCES = tests/fuzz/fuzz_packet_bytes.c $(FUZZ_MAIN)
tests_fuzz_fuzz_packet_bytes_CPPFLAGS = $(WIRE_B_FUZZ_CPPFLAGS)
tests_fuzz_fuzz_packet_bytes_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LINK)
tests_fuzz_fuzz_packet_bytes_LDADD = $(WIRE_B_FUZZ_LDADD)

tests_fuzz_fuzz_fcgi_SOURCES = tests/fuzz/fuzz_fcgi.c $(FUZZ_MAIN)
tests_fuzz_fuzz_fcgi_CPPFLAGS = $(WIRE_B_FUZZ_CPPFLAGS)
tests_fuzz_fuzz_fcgi_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LINK)
tests_fuzz_fuzz_fcgi_LDADD = $(WIRE_B_FUZZ_LDADD)

tests_fuzz_fuzz_cgi_answer_SOURCES = tests/fuzz/fuzz_cgi_answer.c $(FUZZ_MAIN)
tests_fuzz_fuzz_cgi_answer_CPPFLAGS = $(WIRE_B_FUZZ_CPPFLAGS)
tests_fuzz_fuzz_cgi_answer_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LINK)
tests_fuzz_fuzz_cgi_answer_LDADD = $(WIRE_B_FUZZ_LDADD)

tests_fuzz_fuzz_action_SOURCES = tests/fuzz/fuzz_action.c $(FUZZ_MAIN)
tests_fuzz_fuzz_action_CPPFLAGS = $(WIRE_B_FUZZ_CPPFLAGS)
tests_fuzz_fuzz_action_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LINK)
tests_fuzz_fuzz_action_LDADD = $(WIRE_B_FUZZ_LDADD)
