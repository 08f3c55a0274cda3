/*
 * gateway_map: from what the configuration says to the settings of each module.
 */

/* system */
#include <stdlib.h>
#include <string.h>

/* base */
#include "buf.h"
#include "mem.h"

/* config */
#include "settings.h"

/* own */
#include "gateway_map.h"

/* How long an emit waits for acknowledgements when it names no time. */
enum { GATEWAY_ACK_TIMEOUT = 60000 };

/* The environment that workers have in any case, if the gateway has it. */
static const char *const gateway_map_env[] = { "PATH", "HOME", "LANG", "LC_ALL",
	"TZ", "TMPDIR" };

void
gateway_map_hub(const struct settings *s, struct hub_settings *out)
{
	const struct settings_gateway *g = &s->gateway;

	*out = (struct hub_settings){
		.ping_interval = g->ping_interval,
		.ping_timeout = g->ping_timeout,
		.upgrade_timeout = g->upgrade_timeout,
		.connect_timeout = g->connect_timeout,
		.ack_timeout = GATEWAY_ACK_TIMEOUT,
		.packet = { .max_depth = g->max_depth,
		    .max_attachments = g->max_attachments,
		    .max_nsp = g->max_namespace_name },
		.max_namespaces = g->max_namespaces,
		.max_rooms = g->max_rooms,
		.max_room_name = g->max_room_name,
		.max_pending_acks = g->max_pending_acks,
		.max_session = g->max_session,
	};
}

void
gateway_map_front(
    const struct settings *s, struct log *log, struct front_settings *out)
{
	const struct settings_gateway *g = &s->gateway;

	*out = (struct front_settings){
		.path = g->path,
		.origins = g->origins,
		.root = g->root,
		.client_dir = g->client_dir,
		.cors_max_age = g->cors_max_age / 1000,
		.polling = g->transports & SETTINGS_TRANSPORT_POLLING,
		.websocket = g->transports & SETTINGS_TRANSPORT_WEBSOCKET,
		.authorize = g->authorize != NULL,
		.log = log,
	};
}

void
gateway_map_dispatch(const struct settings *s, const char *instance,
    struct dispatch_settings *out)
{
	const struct settings_gateway *g = &s->gateway;

	*out = (struct dispatch_settings){
		.instance = instance,
		.software = "siogate/" PACKAGE_VERSION,
		.max_depth = g->max_depth,
		.max_waiting = g->max_waiting,
		.max_jobs = g->max_jobs,
		.refresh_before = g->refresh_before,
		.disconnect_rate = g->disconnect_rate,
		.disconnect_queue = g->disconnect_queue,
	};
}

void
gateway_map_transports(const struct settings *s, struct transport_ctx *out)
{
	const struct settings_gateway *g = &s->gateway;

	out->max_payload = g->max_payload;
	out->max_queue = g->max_queue;
	out->deflate_threshold = g->deflate_threshold;
	out->compress_polls = g->http_compression;
}

/* Adds an entry to an environment that is being made. */
static void
gateway_map_add(char **env, size_t *n, const char *name, const char *value)
{
	struct buf b = BUF_INIT;

	if (value == NULL)
		return;
	buf_addf(&b, "%s=%s", name, value);
	buf_cstr(&b);
	env[(*n)++] = b.data;
}

/* The environment of a pool's workers. */
static const char *const *
gateway_map_make_env(const struct settings *s, const struct settings_pool *pool,
    const char *instance)
{
	size_t fixed = sizeof(gateway_map_env) / sizeof(gateway_map_env[0]);
	char **env = mem_zalloc((fixed + pool->env.n + 4) * sizeof(*env));
	size_t i, n = 0;

	for (i = 0; i < fixed; i++)
		gateway_map_add(
		    env, &n, gateway_map_env[i], getenv(gateway_map_env[i]));
	gateway_map_add(env, &n, "SIOGATE_INSTANCE", instance);
	gateway_map_add(env, &n, "SIOGATE_POOL", pool->name);
	gateway_map_add(env, &n, "SIOGATE_STATE_DIR", s->gateway.state_dir);
	for (i = 0; i < pool->env.n; i++) {
		const char *item = pool->env.items[i];

		if (strchr(item, '='))
			env[n++] = mem_strdup(item);
		else
			gateway_map_add(env, &n, item, getenv(item));
	}
	return (const char *const *)env;
}

void
gateway_map_free_env(struct service_settings *out)
{
	size_t i;

	for (i = 0; out->pool.env && out->pool.env[i]; i++)
		free((void *)(uintptr_t)out->pool.env[i]);
	free((void *)(uintptr_t)out->pool.env);
	out->pool.env = NULL;
}

void
gateway_map_service(const struct settings *s, const struct settings_pool *pool,
    const char *instance, const char *run_dir, struct log *log,
    struct service_settings *out)
{
	*out = (struct service_settings){
		.name = pool->name,
		.command = pool->command,
		.addresses = (const char *const *)pool->address.items,
		.connections = pool->connections,
		.keepalive = pool->keepalive,
		.document_root = pool->document_root,
		.script_filename = pool->script_filename,
		.script_name = pool->script_name,
		.timeout = pool->timeout,
		.job_timeout = pool->job_timeout,
		.jobs = pool->jobs,
		.queue = pool->queue,
		.retry = pool->retry == SETTINGS_RETRY_IDEMPOTENT,
		.apply_end = pool->apply == SETTINGS_APPLY_END,
		.headers = pool->headers,
		.max_line = pool->max_line,
		.hold_down = pool->hold_down,
		.pool = { .name = pool->name,
		    .command = pool->command,
		    .launcher = "/proc/self/exe",
		    .directory = pool->directory,
		    .run_dir = run_dir,
		    .env = gateway_map_make_env(s, pool, instance),
		    .min_workers = pool->workers_min,
		    .max_workers = pool->workers_max,
		    .idle_timeout = pool->idle_timeout,
		    .restart_delay = pool->restart_delay,
		    .restart_delay_max = pool->restart_delay_max,
		    .kill_grace = pool->kill_grace,
		    .max_requests = pool->max_requests,
		    .log = log },
	};
}
