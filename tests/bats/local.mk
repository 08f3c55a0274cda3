# Tests of the running gateway, and the handlers they are driven with.

check_PROGRAMS += tests/bats/handlers/actor tests/bats/handlers/scripted
TESTS += tests/bats/run.sh
EXTRA_DIST += \
	tests/bats/a-start.bats \
	tests/bats/b-errors.bats \
	tests/bats/b-files.bats \
	tests/bats/b-http.bats \
	tests/bats/b-polling.bats \
	tests/bats/b-timers.bats \
	tests/bats/c-deflate.bats \
	tests/bats/c-frames.bats \
	tests/bats/c-upgrade.bats \
	tests/bats/d-packets.bats \
	tests/bats/e-external.bats \
	tests/bats/e-failures.bats \
	tests/bats/f-actions.bats \
	tests/bats/f-handshake.bats \
	tests/bats/g-control.bats \
	tests/bats/h-killed.bats \
	tests/bats/h-signals.bats \
	tests/bats/helper.bash \
	tests/bats/r-handlers.bats \
	tests/bats/r-readme.bats \
	tests/bats/s-monkey.bats \
	tests/bats/raw/actions.mjs \
	tests/bats/raw/client.mjs \
	tests/bats/raw/deflate.mjs \
	tests/bats/raw/failures.mjs \
	tests/bats/raw/frames.mjs \
	tests/bats/raw/http.mjs \
	tests/bats/raw/monkey.mjs \
	tests/bats/raw/one.mjs \
	tests/bats/raw/packets.mjs \
	tests/bats/raw/upgrade.mjs \
	tests/bats/run.sh

tests_bats_handlers_actor_SOURCES = tests/bats/handlers/actor.c
tests_bats_handlers_actor_CPPFLAGS = $(AM_CPPFLAGS) \
	-I$(srcdir)/gateway/base -I$(srcdir)/gateway/wire
tests_bats_handlers_actor_CFLAGS = $(AM_CFLAGS) $(FCGI_CFLAGS)
tests_bats_handlers_actor_LDADD = gateway/wire/libwire.a \
	gateway/base/libbase.a $(FCGI_LIBS)

tests_bats_handlers_scripted_SOURCES = tests/bats/handlers/scripted.c
tests_bats_handlers_scripted_CPPFLAGS = $(AM_CPPFLAGS) \
	-I$(srcdir)/gateway/base
tests_bats_handlers_scripted_CFLAGS = $(AM_CFLAGS) $(FCGI_CFLAGS)
tests_bats_handlers_scripted_LDADD = gateway/base/libbase.a
