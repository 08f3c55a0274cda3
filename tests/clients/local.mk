# Tests with real clients: socket.io-client of three generations, and Chromium.

check_PROGRAMS += tests/clients/kit.fcgi
TESTS += tests/clients/run.sh
EXTRA_DIST += \
	tests/clients/run.sh \
	tests/clients/package.json \
	tests/clients/package-lock.json \
	tests/clients/browser-chat.mjs \
	tests/clients/browser.test.mjs \
	tests/clients/clients.mjs \
	tests/clients/clients.test.mjs \
	tests/clients/gateway.mjs \
	tests/clients/load.test.mjs \
	tests/clients/swarm.mjs \
	tests/clients/tap.mjs

tests_clients_kit_fcgi_SOURCES = tests/clients/kit.c
tests_clients_kit_fcgi_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/include
tests_clients_kit_fcgi_CFLAGS = $(AM_CFLAGS) $(JSON_C_CFLAGS)
# -no-install: a program of the build tree, not a wrapper script
tests_clients_kit_fcgi_LDFLAGS = $(AM_LDFLAGS) -no-install
tests_clients_kit_fcgi_LDADD = handlers/c/libsiogate-handler.la \
	$(JSON_C_LIBS)

# Removes the npm packages that the tests have installed in the build.
.PHONY: clients-clean
clients-clean:
	rm -rf tests/clients/npm
clean-local: clients-clean
