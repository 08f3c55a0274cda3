noinst_LIBRARIES += gateway/base/libbase.a
gateway_base_libbase_a_SOURCES = \
	gateway/base/buf.c \
	gateway/base/buf.h \
	gateway/base/fdutil.c \
	gateway/base/fdutil.h \
	gateway/base/gw_assert.c \
	gateway/base/gw_assert.h \
	gateway/base/log.c \
	gateway/base/log.h \
	gateway/base/mem.c \
	gateway/base/mem.h \
	gateway/base/rand.c \
	gateway/base/rand.h \
	gateway/base/span.h
gateway_base_libbase_a_CPPFLAGS = $(AM_CPPFLAGS) \
	-I$(srcdir)/gateway/base
