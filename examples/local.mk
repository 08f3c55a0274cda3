# Example applications: built with everything else, installed by nobody.

noinst_PROGRAMS += examples/chat/chat.fcgi examples/echo/echo.fcgi

examples_chat_chat_fcgi_SOURCES = \
	examples/chat/chat.c \
	examples/chat/chat_state.c examples/chat/chat_state.h \
	examples/chat/chat_text.c examples/chat/chat_text.h
examples_chat_chat_fcgi_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/include
examples_chat_chat_fcgi_CFLAGS = $(AM_CFLAGS) $(JSON_C_CFLAGS)
# -no-install: programs of the build tree, not wrapper scripts
examples_chat_chat_fcgi_LDFLAGS = $(AM_LDFLAGS) -no-install
examples_chat_chat_fcgi_LDADD = handlers/c/libsiogate-handler.la \
	$(JSON_C_LIBS)

examples_echo_echo_fcgi_SOURCES = examples/echo/echo.c
examples_echo_echo_fcgi_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/include
examples_echo_echo_fcgi_CFLAGS = $(AM_CFLAGS)
examples_echo_echo_fcgi_LDFLAGS = $(AM_LDFLAGS) -no-install
examples_echo_echo_fcgi_LDADD = handlers/c/libsiogate-handler.la

EXTRA_DIST += examples/perl/hello.pl examples/chat/www \
	examples/chat/package.json examples/chat/package-lock.json
