# siogatectl: the command line of a running gateway.

bin_PROGRAMS += siogatectl
siogatectl_SOURCES = \
	gateway/ctl/ctl.c \
	gateway/ctl/ctl.h \
	gateway/ctl/ctl_act.c \
	gateway/ctl/ctl_act.h \
	gateway/ctl/ctl_batch.c \
	gateway/ctl/ctl_batch.h \
	gateway/ctl/ctl_http.c \
	gateway/ctl/ctl_http.h \
	gateway/ctl/ctl_json.c \
	gateway/ctl/ctl_json.h \
	gateway/ctl/ctl_push.c \
	gateway/ctl/ctl_push.h \
	gateway/ctl/ctl_say.c \
	gateway/ctl/ctl_say.h \
	gateway/ctl/ctl_show.c \
	gateway/ctl/ctl_show.h \
	gateway/ctl/ctl_table.c \
	gateway/ctl/ctl_table.h \
	gateway/ctl/ctl_text.c \
	gateway/ctl/ctl_text.h
siogatectl_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/gateway/base \
	-I$(srcdir)/gateway/wire -I$(srcdir)/gateway/ctl \
	$(JSON_C_CFLAGS) $(LIBCURL_CFLAGS)
siogatectl_LDADD = gateway/wire/libwire.a gateway/base/libbase.a \
	$(JSON_C_LIBS) $(LIBCURL_LIBS)
