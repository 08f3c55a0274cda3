/*
 * gw_assert: assertions, by what they mean (after Varnish's vas.h).
 *
 * gw_assert        cannot happen; stays on in release builds
 * gw_debug_assert  cannot happen, but too dear to ask in release builds
 * gw_unreachable   this line is never reached
 *
 * None of them is ever used on what a peer sent: that is input, and input gets
 * an answer. GW_MAGIC_CHECK guards objects that travelled through a void *.
 */
#ifndef SIOGATE_GW_ASSERT_H
#define SIOGATE_GW_ASSERT_H

/* Prints the place and aborts. */
_Noreturn void gw_assert_fail(const char *file, int line, const char *what);

#define gw_assert(e) ((e) ? (void)0 : gw_assert_fail(__FILE__, __LINE__, #e))

#ifdef SIOGATE_DEBUG
#define gw_debug_assert(e) gw_assert(e)
#else
#define gw_debug_assert(e) ((void)sizeof((e) ? 1 : 0))
#endif

#define gw_unreachable() gw_assert_fail(__FILE__, __LINE__, "unreachable")

/* obj is not NULL and carries the magic word of its type. */
#define GW_MAGIC_CHECK(obj, word) \
	gw_assert((obj) != NULL && (obj)->magic == (word))

#endif
