noinst_LIBRARIES += gateway/backend/libbackend.a
gateway_backend_libbackend_a_SOURCES = \
	gateway/backend/backend.h \
	gateway/backend/backend_address.c \
	gateway/backend/backend_address.h \
	gateway/backend/backend_answer.c \
	gateway/backend/backend_answer.h \
	gateway/backend/backend_conn.c \
	gateway/backend/backend_fcgi.c \
	gateway/backend/backend_out.c \
	gateway/backend/backend_out.h \
	gateway/backend/backend_priv.h
gateway_backend_libbackend_a_CPPFLAGS = $(AM_CPPFLAGS) $(LIBUV_CFLAGS) \
	-I$(srcdir)/gateway/base -I$(srcdir)/gateway/wire \
	-I$(srcdir)/gateway/net -I$(srcdir)/gateway/backend
