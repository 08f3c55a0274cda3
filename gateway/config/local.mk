noinst_LIBRARIES += gateway/config/libconfig.a
gateway_config_libconfig_a_SOURCES = \
	gateway/config/config_file.c \
	gateway/config/config_file.h \
	gateway/config/options.c \
	gateway/config/options.h \
	gateway/config/settings.c \
	gateway/config/settings.h \
	gateway/config/settings_doc.c \
	gateway/config/settings_doc.h \
	gateway/config/settings_finish.c \
	gateway/config/settings_table.c \
	gateway/config/settings_table.h \
	gateway/config/settings_text.c \
	gateway/config/settings_text.h \
	gateway/config/settings_value.c \
	gateway/config/settings_value.h
gateway_config_libconfig_a_CPPFLAGS = $(AM_CPPFLAGS) \
	-I$(srcdir)/gateway/base -I$(srcdir)/gateway/wire \
	-I$(srcdir)/gateway/config $(INIH_CFLAGS)
