/*
 * fuzz_config: the input is a configuration file.
 *
 * Whatever it holds: a result and the messages agree, each message is a line
 * that names the file, and what was taken keeps to the bounds.
 */

/* system */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* base */
#include "buf.h"
#include "gw_assert.h"
#include "span.h"

/* own */
#include "config_file.h"
#include "settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Every line of the messages begins with the name of the file. */
static void
check_errors(struct span left)
{
	unsigned lines = 0;

	while (left.n) {
		struct span line = span_cut(left, '\n', &left);

		gw_assert(left.p != NULL);
		gw_assert(span_starts(line, SPAN("fuzz.conf:")));
		lines++;
	}
	gw_assert(lines <= 21);
}

/* What the table promises of some settings. */
static void
check_settings(const struct settings *s)
{
	const struct settings_gateway *g = &s->gateway;
	size_t i;

	gw_assert(g->listen.n > 0 && g->listen.items[g->listen.n] == NULL);
	gw_assert(g->transports >= 1 && g->transports <= 3);
	gw_assert(g->ping_timeout > 0);
	gw_assert(g->deflate_level >= 1 && g->deflate_level <= 9);
	gw_assert(g->path[0] == '/' && g->path[strlen(g->path) - 1] == '/');
	for (i = 0; i < s->n_pools; i++) {
		const struct settings_pool *p = &s->pools[i];

		gw_assert(p->workers_max >= 1);
		gw_assert(p->workers_min <= p->workers_max);
		gw_assert(settings_find_pool(s, span_str(p->name)) == p);
	}
	for (i = 0; i < s->n_namespaces; i++)
		gw_assert(s->namespaces[i].name[0] == '/');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	FILE *f = n ? fmemopen((void *)(uintptr_t)data, n, "r") : NULL;
	struct buf errors = BUF_INIT, warnings = BUF_INIT;
	struct settings s;
	int rc;

	if (f == NULL)
		return 0;
	settings_init(&s);
	rc = config_file_read_stream(&s, f, "fuzz.conf", &errors);
	fclose(f);
	gw_assert((rc == 0) == (errors.len == 0));
	check_errors(buf_span(&errors));
	check_settings(&s);
	free(s.gateway.control_token_file); /* name no file of this machine */
	s.gateway.control_token_file = NULL;
	buf_clear(&errors);
	rc = settings_finish(&s, &errors, &warnings);
	gw_assert((rc == 0) == (errors.len == 0));
	settings_release(&s);
	buf_release(&errors);
	buf_release(&warnings);
	return 0;
}
