# The C handler library. It stands alone: no gateway folder is on its path.

lib_LTLIBRARIES += handlers/c/libsiogate-handler.la
handlers_c_libsiogate_handler_la_SOURCES = \
	handlers/c/actions.c \
	handlers/c/app.c \
	handlers/c/bytes.c \
	handlers/c/handler_priv.h \
	handlers/c/line.c handlers/c/line.h \
	handlers/c/messages.c \
	handlers/c/request.c \
	handlers/c/run.c \
	handlers/c/scan.c handlers/c/scan.h \
	handlers/c/serve.c \
	handlers/c/text.c handlers/c/text.h
handlers_c_libsiogate_handler_la_CPPFLAGS = $(AM_CPPFLAGS) \
	-I$(srcdir)/include -I$(srcdir)/handlers/c
handlers_c_libsiogate_handler_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden \
	$(JSON_C_CFLAGS) $(FCGI_CFLAGS)
handlers_c_libsiogate_handler_la_LIBADD = $(FCGI_LIBS) $(JSON_C_LIBS)
handlers_c_libsiogate_handler_la_LDFLAGS = $(AM_LDFLAGS) \
	-version-info 0:0:0 -no-undefined

siogateincludedir = $(includedir)/siogate
siogateinclude_HEADERS = include/siogate/handler.h

pkgconfig_DATA += handlers/c/siogate-handler.pc
