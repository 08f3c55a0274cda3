noinst_LIBRARIES += gateway/dispatch/libdispatch.a
gateway_dispatch_libdispatch_a_SOURCES = \
	gateway/dispatch/disconnects.c \
	gateway/dispatch/disconnects.h \
	gateway/dispatch/dispatch.c \
	gateway/dispatch/dispatch.h \
	gateway/dispatch/dispatch_priv.h \
	gateway/dispatch/execute.c \
	gateway/dispatch/execute.h \
	gateway/dispatch/job.c \
	gateway/dispatch/job.h \
	gateway/dispatch/lane.c \
	gateway/dispatch/lane.h \
	gateway/dispatch/request.c \
	gateway/dispatch/request.h \
	gateway/dispatch/service.c \
	gateway/dispatch/service.h \
	gateway/dispatch/service_conn.c \
	gateway/dispatch/service_priv.h \
	gateway/dispatch/service_run.c \
	gateway/dispatch/service_settings.c \
	gateway/dispatch/service_settings.h \
	gateway/dispatch/welcome.c \
	gateway/dispatch/welcome.h
gateway_dispatch_libdispatch_a_CPPFLAGS = $(AM_CPPFLAGS) \
	-I$(srcdir)/gateway/base \
	-I$(srcdir)/gateway/wire \
	-I$(srcdir)/gateway/net \
	-I$(srcdir)/gateway/transport \
	-I$(srcdir)/gateway/pool \
	-I$(srcdir)/gateway/backend \
	-I$(srcdir)/gateway/socket \
	-I$(srcdir)/gateway/dispatch \
	$(LIBUV_CFLAGS)
