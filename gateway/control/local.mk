# The control interface: actions from outside, status, metrics.

noinst_LIBRARIES += gateway/control/libcontrol.a
gateway_control_libcontrol_a_SOURCES = \
	gateway/control/control.c \
	gateway/control/control.h \
	gateway/control/metrics.c \
	gateway/control/metrics.h \
	gateway/control/status.c \
	gateway/control/status.h
gateway_control_libcontrol_a_CPPFLAGS = $(AM_CPPFLAGS) \
	-I$(srcdir)/gateway/base -I$(srcdir)/gateway/wire \
	-I$(srcdir)/gateway/net -I$(srcdir)/gateway/transport \
	-I$(srcdir)/gateway/pool -I$(srcdir)/gateway/backend \
	-I$(srcdir)/gateway/socket -I$(srcdir)/gateway/dispatch \
	-I$(srcdir)/gateway/control \
	$(LIBUV_CFLAGS) $(MICROHTTPD_CFLAGS) $(NETTLE_CFLAGS)
