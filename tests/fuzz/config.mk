# Fuzzer of the configuration file.
check_PROGRAMS += tests/fuzz/fuzz_config
EXTRA_DIST += tests/fuzz/corpus/config

tests_fuzz_fuzz_config_SOURCES = tests/fuzz/fuzz_config.c $(FUZZ_MAIN)
tests_fuzz_fuzz_config_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/gateway/base \
	-I$(srcdir)/gateway/wire -I$(srcdir)/gateway/config
tests_fuzz_fuzz_config_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LINK)
tests_fuzz_fuzz_config_LDADD = gateway/config/libconfig.a \
	gateway/wire/libwire.a gateway/base/libbase.a $(INIH_LIBS)
