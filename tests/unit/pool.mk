# Tests of gateway/pool and gateway/backend.

pool_test_programs = \
	tests/unit/test_pool \
	tests/unit/test_pool_policy \
	tests/unit/test_backend_address \
	tests/unit/test_backend_failures \
	tests/unit/test_backend_fcgi
check_PROGRAMS += $(pool_test_programs) tests/unit/pool_child
TESTS += $(pool_test_programs)

pool_test_cppflags = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) $(LIBUV_CFLAGS) \
	-I$(srcdir)/gateway/base -I$(srcdir)/gateway/wire \
	-I$(srcdir)/gateway/net -I$(srcdir)/gateway/pool \
	-I$(srcdir)/gateway/backend -I$(srcdir)/tests/unit
pool_test_ldadd = gateway/pool/libpool.a gateway/base/libbase.a \
	$(CMOCKA_LIBS) $(LIBUV_LIBS)
backend_test_ldadd = gateway/backend/libbackend.a gateway/wire/libwire.a \
	gateway/base/libbase.a $(CMOCKA_LIBS) $(LIBUV_LIBS) $(NETTLE_LIBS) \
	$(ZLIB_LIBS) $(JSON_C_LIBS)
backend_bench_sources = \
	tests/unit/backend_bench.c tests/unit/backend_bench.h \
	tests/unit/fake_worker.c tests/unit/fake_worker.h

tests_unit_pool_child_SOURCES = tests/unit/pool_child.c

tests_unit_test_pool_SOURCES = tests/unit/test_pool.c
tests_unit_test_pool_CPPFLAGS = $(pool_test_cppflags)
tests_unit_test_pool_LDADD = $(pool_test_ldadd)

tests_unit_test_pool_policy_SOURCES = tests/unit/test_pool_policy.c
tests_unit_test_pool_policy_CPPFLAGS = $(pool_test_cppflags)
tests_unit_test_pool_policy_LDADD = $(pool_test_ldadd)

tests_unit_test_backend_address_SOURCES = tests/unit/test_backend_address.c
tests_unit_test_backend_address_CPPFLAGS = $(pool_test_cppflags)
tests_unit_test_backend_address_LDADD = $(backend_test_ldadd)

tests_unit_test_backend_failures_SOURCES = \
	tests/unit/test_backend_failures.c $(backend_bench_sources)
tests_unit_test_backend_failures_CPPFLAGS = $(pool_test_cppflags)
tests_unit_test_backend_failures_LDADD = $(backend_test_ldadd)

tests_unit_test_backend_fcgi_SOURCES = \
	tests/unit/test_backend_fcgi.c $(backend_bench_sources)
tests_unit_test_backend_fcgi_CPPFLAGS = $(pool_test_cppflags)
tests_unit_test_backend_fcgi_LDADD = $(backend_test_ldadd)
