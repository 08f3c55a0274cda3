noinst_LIBRARIES += gateway/pool/libpool.a
gateway_pool_libpool_a_SOURCES = \
	gateway/pool/pool.c \
	gateway/pool/pool.h \
	gateway/pool/pool_command.c \
	gateway/pool/pool_command.h \
	gateway/pool/pool_output.c \
	gateway/pool/pool_output.h \
	gateway/pool/pool_policy.c \
	gateway/pool/pool_policy.h \
	gateway/pool/pool_priv.h \
	gateway/pool/pool_settings.c \
	gateway/pool/pool_settings.h \
	gateway/pool/pool_spawn.c \
	gateway/pool/pool_spawn.h \
	gateway/pool/pool_status.c \
	gateway/pool/pool_status.h
gateway_pool_libpool_a_CPPFLAGS = $(AM_CPPFLAGS) $(LIBUV_CFLAGS) \
	-I$(srcdir)/gateway/base -I$(srcdir)/gateway/net \
	-I$(srcdir)/gateway/pool
