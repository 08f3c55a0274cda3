# tests/bench: the benchmark. Its programs are built by `make bench` only.

EXTRA_PROGRAMS += tests/bench/loadgen tests/bench/bare

tests_bench_loadgen_SOURCES = \
	tests/bench/loadgen.c \
	tests/bench/scenario.c tests/bench/scenario.h \
	tests/bench/wsclient.c tests/bench/wsclient.h \
	tests/bench/meter.c tests/bench/meter.h \
	tests/bench/fail.c tests/bench/fail.h
tests_bench_loadgen_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/bench

tests_bench_bare_SOURCES = tests/bench/bare.c
tests_bench_bare_CPPFLAGS = $(AM_CPPFLAGS) $(NETTLE_CFLAGS)
tests_bench_bare_LDADD = $(NETTLE_LIBS)

EXTRA_DIST += \
	tests/bench/README.md \
	tests/bench/bench.sh \
	tests/bench/node/package.json \
	tests/bench/node/package-lock.json \
	tests/bench/node/server.mjs

CLEANFILES += \
	tests/bench/loadgen$(EXEEXT) \
	tests/bench/bare$(EXEEXT) \
	tests/bench/bench.json

bench_programs = \
	siogate$(EXEEXT) \
	examples/echo/echo.fcgi$(EXEEXT) \
	tests/bench/loadgen$(EXEEXT) \
	tests/bench/bare$(EXEEXT)
bench_run = $(srcdir)/tests/bench/bench.sh --build tests/bench \
	--gateway ./siogate$(EXEEXT) \
	--handler "$(abs_builddir)/examples/echo/echo.fcgi$(EXEEXT)"

# Options for the script: make bench BENCHFLAGS='--rounds 5 --only echo1'
BENCHFLAGS =

.PHONY: bench bench-quick bench-clean
bench: $(bench_programs)
	$(bench_run) $(BENCHFLAGS)

bench-quick: $(bench_programs)
	$(bench_run) --quick $(BENCHFLAGS)

# Removes the Node peer that the benchmark installed.
bench-clean:
	rm -rf tests/bench/node-peer
