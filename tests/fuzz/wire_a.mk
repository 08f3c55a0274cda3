# Fuzzers of the transports' codecs. With --enable-fuzz they are built on
# libFuzzer; otherwise they replay the stored inputs in make check.
if FUZZ
FUZZ_MAIN =
FUZZ_LINK = -fsanitize=fuzzer
else
FUZZ_MAIN = tests/fuzz/replay_main.c
FUZZ_LINK =
TESTS += tests/fuzz/replay.sh
endif

WIRE_A_FUZZ_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/gateway/base -I$(srcdir)/gateway/wire
WIRE_A_FUZZ_LDADD = gateway/wire/libwire.a gateway/base/libbase.a $(NETTLE_LIBS) $(ZLIB_LIBS)

EXTRA_DIST += tests/fuzz/replay.sh tests/fuzz/replay_main.c \
	tests/fuzz/corpus/utf8 tests/fuzz/corpus/ws_frame \
	tests/fuzz/corpus/eio4 tests/fuzz/corpus/origin

check_PROGRAMS += \
	tests/fuzz/fuzz_utf8 \
	tests/fuzz/fuzz_ws_frame \
	tests/fuzz/fuzz_eio4 \
	tests/fuzz/fuzz_origin

tests_fuzz_fuzz_utf8_SOURCES = tests/fuzz/fuzz_utf8.c $(FUZZ_MAIN)
tests_fuzz_fuzz_utf8_CPPFLAGS = $(WIRE_A_FUZZ_CPPFLAGS)
tests_fuzz_fuzz_utf8_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LINK)
tests_fuzz_fuzz_utf8_LDADD = $(WIRE_A_FUZZ_LDADD)

tests_fuzz_fuzz_ws_frame_SOURCES = tests/fuzz/fuzz_ws_frame.c $(FUZZ_MAIN)
tests_fuzz_fuzz_ws_frame_CPPFLAGS = $(WIRE_A_FUZZ_CPPFLAGS)
tests_fuzz_fuzz_ws_frame_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LINK)
tests_fuzz_fuzz_ws_frame_LDADD = $(WIRE_A_FUZZ_LDADD)

tests_fuzz_fuzz_eio4_SOURCES = tests/fuzz/fuzz_eio4.c $(FUZZ_MAIN)
tests_fuzz_fuzz_eio4_CPPFLAGS = $(WIRE_A_FUZZ_CPPFLAGS)
tests_fuzz_fuzz_eio4_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LINK)
tests_fuzz_fuzz_eio4_LDADD = $(WIRE_A_FUZZ_LDADD)

tests_fuzz_fuzz_origin_SOURCES = tests/fuzz/fuzz_origin.c $(FUZZ_MAIN)
tests_fuzz_fuzz_origin_CPPFLAGS = $(WIRE_A_FUZZ_CPPFLAGS)
tests_fuzz_fuzz_origin_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LINK)
tests_fuzz_fuzz_origin_LDADD = $(WIRE_A_FUZZ_LDADD)
