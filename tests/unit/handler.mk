# Tests of the C handler library and of what is built with it.

check_PROGRAMS += tests/unit/test_handler tests/unit/test_handler_fcgi
TESTS += tests/unit/test_handler tests/unit/test_handler_fcgi \
	tests/unit/test_chat.sh
EXTRA_DIST += tests/unit/test_chat.sh

tests_unit_test_handler_SOURCES = tests/unit/test_handler.c
tests_unit_test_handler_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/include
tests_unit_test_handler_CFLAGS = $(AM_CFLAGS) $(JSON_C_CFLAGS) \
	$(CMOCKA_CFLAGS)
tests_unit_test_handler_LDADD = handlers/c/libsiogate-handler.la \
	$(JSON_C_LIBS) $(CMOCKA_LIBS)

tests_unit_test_handler_fcgi_SOURCES = tests/unit/test_handler_fcgi.c
tests_unit_test_handler_fcgi_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/include
tests_unit_test_handler_fcgi_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_handler_fcgi_LDADD = handlers/c/libsiogate-handler.la \
	$(CMOCKA_LIBS)
