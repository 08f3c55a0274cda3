# Unit tests of the configuration.
CONFIG_TEST_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/gateway/base \
	-I$(srcdir)/gateway/wire -I$(srcdir)/gateway/config $(CMOCKA_CFLAGS)
CONFIG_TEST_LDADD = gateway/config/libconfig.a gateway/wire/libwire.a \
	gateway/base/libbase.a $(INIH_LIBS)

check_PROGRAMS += \
	tests/unit/conf_doc \
	tests/unit/test_options \
	tests/unit/test_settings
TESTS += \
	tests/unit/test_conf_doc.sh \
	tests/unit/test_options \
	tests/unit/test_settings
EXTRA_DIST += tests/unit/test_conf_doc.sh

tests_unit_conf_doc_SOURCES = tests/unit/conf_doc.c
tests_unit_conf_doc_CPPFLAGS = $(CONFIG_TEST_CPPFLAGS)
tests_unit_conf_doc_LDADD = $(CONFIG_TEST_LDADD)

tests_unit_test_options_SOURCES = tests/unit/test_options.c
tests_unit_test_options_CPPFLAGS = $(CONFIG_TEST_CPPFLAGS)
tests_unit_test_options_LDADD = $(CONFIG_TEST_LDADD) $(CMOCKA_LIBS)

tests_unit_test_settings_SOURCES = tests/unit/test_settings.c
tests_unit_test_settings_CPPFLAGS = $(CONFIG_TEST_CPPFLAGS)
tests_unit_test_settings_LDADD = $(CONFIG_TEST_LDADD) $(CMOCKA_LIBS)
