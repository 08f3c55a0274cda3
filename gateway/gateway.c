/*
 * gateway: everything put together.
 *
 * Stopping goes by phases, each a state with a timer, never a wait:
 *
 *	RUNNING    until TERM or INT
 *	DRAINING   no new clients; those that are there are let go in slices
 *	ANSWERING  requests in flight get a bounded time
 *	ENDING     the workers are ended
 *	STOPPED    the loop has nothing left to do
 *
 * A second TERM or INT skips what is left of DRAINING and ANSWERING.
 *
 * DIAGNOSTICS
 *	What keeps the gateway from starting is told to the caller. A reload
 *	with mistakes changes nothing; the mistakes are logged.
 */

/* system */
#include <sys/stat.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uv.h>

/* base */
#include "buf.h"
#include "fdutil.h"
#include "gw_assert.h"
#include "log.h"
#include "mem.h"
#include "rand.h"

/* wire */
#include "ws_deflate.h"

/* net */
#include "http.h"
#include "turn.h"

/* transport */
#include "front.h"
#include "transport.h"

/* socket */
#include "acl.h"
#include "hub.h"
#include "namespace.h"

/* dispatch, control */
#include "control.h"
#include "dispatch.h"
#include "service.h"

/* config */
#include "options.h"
#include "settings.h"

/* own */
#include "gateway.h"
#include "gateway_map.h"

enum {
	GATEWAY_SLICE = 50,     /* ms between slices of clients let go */
	GATEWAY_SPARE_FDS = 64, /* for everything that is no client */
	GATEWAY_SIGNALS = 4,
	GATEWAY_LAST_POLLS = 1000, /* ms for clients to fetch what waits */
	GATEWAY_TERM = 2000,       /* ms that workers get to end */
	GATEWAY_TERM_FAST = 200
};

enum gateway_phase {
	GATEWAY_RUNNING,
	GATEWAY_DRAINING,
	GATEWAY_ANSWERING,
	GATEWAY_ENDING,
	GATEWAY_STOPPED
};

struct gateway {
	uv_loop_t loop;
	struct settings settings;
	const struct options *options;
	struct log *log;
	char instance[RAND_ID_LEN + 1];
	char *worker_dir;
	struct turn *turn;
	struct transport_ctx transports;
	struct ws_deflate *deflate;
	struct hub *hub;
	struct dispatch *dispatch;
	struct front *front;
	struct http_server *http;
	struct control *control;
	uv_signal_t signals[GATEWAY_SIGNALS];
	unsigned n_signals;
	uv_timer_t timer; /* of stopping */
	enum gateway_phase phase;
	uint64_t phase_end; /* loop time, ms */
	uint64_t answering; /* when the last client was let go */
	unsigned slice;     /* clients let go at a time */
};

/*
 * Namespaces and pools.
 */

/* Adds or renews the services. 0, or -1 with a line in errors. */
static int
gateway_apply_pools(struct gateway *g, struct settings *s, struct buf *errors)
{
	size_t i;

	for (i = 0; i < s->n_pools; i++) {
		struct service_settings set;
		struct service *old =
		    dispatch_find_service(g->dispatch, s->pools[i].name);
		const char *error = NULL;

		gateway_map_service(
		    s, &s->pools[i], g->instance, g->worker_dir, g->log, &set);
		if (old && service_reload(old, &set) == -1)
			error = "a change between command and address needs a "
				"restart";
		else if (old == NULL)
			dispatch_add_service(g->dispatch, &set, &error);
		gateway_map_free_env(&set);
		if (error) {
			buf_addf(
			    errors, "pool %s: %s\n", s->pools[i].name, error);
			return -1;
		}
	}
	return 0;
}

/* Says who is asked about new clients. */
static void
gateway_apply_greeter(struct gateway *g, struct settings *s)
{
	dispatch_set_greeter(g->dispatch,
	    s->gateway.authorize
		? dispatch_find_service(g->dispatch, s->gateway.authorize)
		: NULL);
}

/* Adds or renews the namespaces; those no longer there take nobody new. */
static void
gateway_apply_namespaces(struct gateway *g, struct settings *s)
{
	struct namespace *ns;
	size_t i;

	for (ns = g->hub->namespaces; ns; ns = ns->hh.next)
		ns->removed = true;
	for (i = 0; i < s->n_namespaces; i++) {
		const struct settings_namespace *set = &s->namespaces[i];

		ns = namespace_find(g->hub, span_str(set->name));
		if (ns == NULL)
			ns = namespace_add(g->hub, span_str(set->name));
		ns->removed = false;
		namespace_set_acl(ns,
		    set->acl_set ? acl_new((const char *const *)set->acl.items,
				       set->acl.n)
				 : NULL);
		dispatch_bind(g->dispatch, ns,
		    set->pool ? dispatch_find_service(g->dispatch, set->pool)
			      : NULL,
		    set->order == SETTINGS_ORDER_SERIAL);
	}
}

/*
 * Reload.
 */

/* Logs lines of text, each at the given level. */
static void
gateway_log_lines(struct gateway *g, enum log_level level, struct buf *lines)
{
	struct span rest = buf_span(lines);

	while (rest.n) {
		struct span line = span_cut(rest, '\n', &rest);

		if (line.n)
			log_write(g->log, level, "%.*s", SPAN_FMT(line));
	}
}

/* Puts new settings in force. */
static void
gateway_apply(struct gateway *g, struct settings *s, struct buf *errors)
{
	struct hub_settings hub;
	struct front_settings front;
	struct dispatch_settings dispatch;

	log_set_level(g->log, s->gateway.log_level);
	gateway_map_hub(s, &hub);
	gateway_map_front(s, g->log, &front);
	gateway_map_dispatch(s, g->instance, &dispatch);
	gateway_map_transports(s, &g->transports);
	hub_set(g->hub, &hub);
	front_set(g->front, &front);
	dispatch_set(g->dispatch, &dispatch);
	http_server_set_limits(g->http, s->gateway.max_connections);
	gateway_apply_pools(g, s, errors);
	gateway_apply_greeter(g, s);
	gateway_apply_namespaces(g, s);
}

/* HUP: reads the configuration again and replaces the workers. */
static void
gateway_reload(struct gateway *g)
{
	struct settings s = { 0 };
	struct buf errors = BUF_INIT, warnings = BUF_INIT;

	if (g->phase != GATEWAY_RUNNING)
		return;
	if (options_load(g->options, &s, &errors, &warnings) == -1) {
		gateway_log_lines(g, LOG_LVL_ERROR, &errors);
		log_error(g->log,
		    "reload: the configuration has mistakes; the old one "
		    "stays in force");
		settings_release(&s);
	} else {
		struct settings old = g->settings;

		gateway_apply(g, &s, &errors);
		g->settings = s;
		settings_release(&old);
		gateway_log_lines(g, LOG_LVL_ERROR, &errors);
		log_info(g->log, "reload: done");
	}
	gateway_log_lines(g, LOG_LVL_WARNING, &warnings);
	buf_release(&errors);
	buf_release(&warnings);
}

/*
 * Stopping.
 */

/* The loop has let go of a handle that is part of the gateway. */
static void
gateway_on_handle_closed(uv_handle_t *handle)
{
	(void)handle;
}

/* The last worker is gone: frees all that lives in the loop, which then ends.
 */
static void
gateway_on_workers_ended(void *owner)
{
	struct gateway *g = owner;

	g->phase = GATEWAY_STOPPED;
	uv_timer_stop(&g->timer);
	uv_stop(&g->loop);
}

static void gateway_on_timer(uv_timer_t *timer);

/* Goes on to the next phase, which ends after ms at the latest. */
static void
gateway_enter(struct gateway *g, enum gateway_phase phase, unsigned ms)
{
	g->phase = phase;
	g->phase_end = uv_now(&g->loop) + ms;
	uv_timer_start(
	    &g->timer, gateway_on_timer, GATEWAY_SLICE, GATEWAY_SLICE);
}

/* Ends the workers. */
static void
gateway_end(struct gateway *g, unsigned timeout)
{
	gateway_enter(g, GATEWAY_ENDING, timeout);
	uv_timer_stop(&g->timer);
	dispatch_stop(g->dispatch, timeout, gateway_on_workers_ended, g);
}

/* A step of stopping. */
static void
gateway_on_timer(uv_timer_t *timer)
{
	struct gateway *g = timer->data;
	bool over = uv_now(&g->loop) >= g->phase_end;
	unsigned left;

	if (g->phase == GATEWAY_DRAINING) {
		left = hub_let_go(g->hub, over ? UINT32_MAX : g->slice);
		g->answering = uv_now(&g->loop);
		if (left == 0)
			gateway_enter(g, GATEWAY_ANSWERING,
			    g->settings.gateway.shutdown_timeout);
	} else if (g->phase == GATEWAY_ANSWERING) {
		/* polling clients may never fetch what waits for them */
		bool gone =
		    g->hub->stats.clients == 0 ||
		    uv_now(&g->loop) >= g->answering + GATEWAY_LAST_POLLS;

		if ((gone && dispatch_requests(g->dispatch) == 0) || over)
			gateway_end(g, GATEWAY_TERM);
	}
}

/* TERM and INT. */
static void
gateway_stop(struct gateway *g)
{
	unsigned slices;

	if (g->phase == GATEWAY_DRAINING || g->phase == GATEWAY_ANSWERING) {
		log_warning(g->log, "stopping at once");
		gateway_end(g, GATEWAY_TERM_FAST);
		return;
	}
	if (g->phase != GATEWAY_RUNNING)
		return;
	log_info(g->log, "stopping: %u clients are let go in %u ms",
	    g->hub->stats.clients, g->settings.gateway.drain_time);
	http_server_stop_listening(g->http);
	front_stop(g->front);
	if (g->control)
		control_set_stopping(g->control);
	slices = g->settings.gateway.drain_time / GATEWAY_SLICE + 1;
	g->slice = g->hub->stats.clients / slices + 1;
	gateway_enter(g, GATEWAY_DRAINING, g->settings.gateway.drain_time);
	gateway_on_timer(&g->timer);
}

/* A signal has come. */
static void
gateway_on_signal(uv_signal_t *handle, int signum)
{
	struct gateway *g = handle->data;

	switch (signum) {
	case SIGHUP:
		gateway_reload(g);
		break;
	case SIGUSR1:
		if (log_reopen(g->log) == -1)
			log_error(g->log, "the log cannot be opened again: %s",
			    strerror(errno));
		break;
	default:
		gateway_stop(g);
		break;
	}
}

/*
 * Starting.
 */

/* Starts to listen for signals. */
static void
gateway_watch_signals(struct gateway *g)
{
	static const int numbers[GATEWAY_SIGNALS] = { SIGTERM, SIGINT, SIGHUP,
		SIGUSR1 };

	signal(SIGPIPE, SIG_IGN);
	for (; g->n_signals < GATEWAY_SIGNALS; g->n_signals++) {
		uv_signal_t *s = &g->signals[g->n_signals];

		gw_assert(uv_signal_init(&g->loop, s) == 0);
		s->data = g;
		uv_signal_start(s, gateway_on_signal, numbers[g->n_signals]);
	}
}

/* Makes a private folder for the workers' sockets. 0; -1 with a line. */
static int
gateway_make_worker_dir(struct gateway *g, struct buf *errors)
{
	const char *run_dir = g->settings.gateway.run_dir;
	struct buf path = BUF_INIT;

	if (mkdir(run_dir, 0750) == -1 && errno != EEXIST) {
		buf_addf(errors, "run_dir %s: %s\n", run_dir, strerror(errno));
		return -1;
	}
	buf_addf(&path, "%s/workers.%ld", run_dir, (long)getpid());
	buf_cstr(&path);
	g->worker_dir = path.data;
	if (mkdir(g->worker_dir, 0700) == -1 && errno != EEXIST) {
		buf_addf(errors, "%s: %s\n", g->worker_dir, strerror(errno));
		free(g->worker_dir);
		g->worker_dir = NULL;
		return -1;
	}
	return 0;
}

/* The number of WebSockets has changed. */
static void
gateway_on_websockets(void *owner, unsigned n)
{
	struct gateway *g = owner;

	if (g->http)
		http_server_set_upgraded(g->http, n);
}

/* Makes the modules, without listeners. */
static void
gateway_make(struct gateway *g)
{
	const struct settings_gateway *set = &g->settings.gateway;
	struct hub_settings hub;
	struct hub_events events = dispatch_hub_events;
	struct front_settings front;
	struct dispatch_settings dispatch;
	struct http_settings http = { .name = "http",
		.max_connections = set->max_connections,
		.max_header = set->max_header,
		.header_timeout = set->header_timeout,
		.body_timeout = set->body_timeout,
		.send_timeout = set->send_timeout,
		.log = g->log,
		.turn = g->turn };

	gateway_map_hub(&g->settings, &hub);
	gateway_map_front(&g->settings, g->log, &front);
	gateway_map_dispatch(&g->settings, g->instance, &dispatch);
	gateway_map_transports(&g->settings, &g->transports);
	if (set->permessage_deflate)
		g->deflate = ws_deflate_new((int)set->deflate_level);
	g->transports.loop = &g->loop;
	g->transports.turn = g->turn;
	g->transports.log = g->log;
	g->transports.deflate = g->deflate;
	g->transports.websockets_changed = gateway_on_websockets;
	g->transports.owner = g;
	transport_ctx_init(&g->transports, set->close_timeout);
	g->dispatch = dispatch_new(&g->loop, g->log, &dispatch);
	events.owner = g->dispatch;
	g->hub = hub_new(&g->transports, &hub, &events);
	dispatch_set_hub(g->dispatch, g->hub);
	g->front = front_new(&g->transports, &front, &hub_front_events, g->hub);
	g->http =
	    http_server_new(&g->loop, &http, &front_http_events, g->front);
}

/* Opens the listeners of clients. 0; -1 with a line in errors. */
static int
gateway_listen(struct gateway *g, struct buf *errors)
{
	const struct settings_gateway *set = &g->settings.gateway;
	char *error = NULL;
	size_t i;

	for (i = 0; i < set->listen.n; i++) {
		if (http_server_listen(g->http, set->listen.items[i],
			(int)set->listen_mode, &error) == -1) {
			buf_addf(errors, "listen: %s\n", error);
			free(error);
			return -1;
		}
		log_info(g->log, "listening on %s",
		    http_server_listener_name(g->http, (unsigned)i));
	}
	return 0;
}

/* Opens the control listener. 0; -1 with a line in errors. */
static int
gateway_open_control(struct gateway *g, struct buf *errors)
{
	const struct settings_gateway *set = &g->settings.gateway;
	struct control_settings cs = { .address = set->control,
		.token = set->control_token,
		.max_body = set->control_max_body,
		.version = PACKAGE_VERSION,
		.instance = g->instance,
		.log = g->log,
		.turn = g->turn };
	struct control_parts parts = { .dispatch = g->dispatch,
		.hub = g->hub,
		.front = g->front,
		.transports = &g->transports,
		.http = g->http };
	char *error = NULL;

	if (set->control == NULL)
		return 0;
	g->control = control_new(&g->loop, &cs, &parts, &error);
	if (g->control == NULL) {
		buf_addf(errors, "control: %s\n", error);
		free(error);
		return -1;
	}
	log_info(g->log, "control on %s", control_name(g->control));
	return 0;
}

/* Warns when the limit on descriptors is below what the settings promise. */
static void
gateway_check_limits(struct gateway *g)
{
	size_t limit = fdutil_raise_limit();

	if (limit <
	    (size_t)g->settings.gateway.max_connections + GATEWAY_SPARE_FDS)
		log_warning(g->log,
		    "max_connections is %u, but this process may open only "
		    "%zu descriptors",
		    g->settings.gateway.max_connections, limit);
}

struct gateway *
gateway_new(struct settings *settings, const struct options *options,
    struct log *log, struct buf *errors)
{
	struct gateway *g = mem_zalloc(sizeof(*g));

	g->settings = *settings;
	memset(settings, 0, sizeof(*settings));
	g->options = options;
	g->log = log;
	rand_id(g->instance);
	fdutil_keep_to_ourselves();
	gw_assert(uv_loop_init(&g->loop) == 0);
	gw_assert(uv_timer_init(&g->loop, &g->timer) == 0);
	g->timer.data = g;
	g->turn = turn_new(&g->loop);
	gateway_check_limits(g);
	gateway_make(g);
	if (gateway_make_worker_dir(g, errors) == -1 ||
	    gateway_open_control(g, errors) == -1 ||
	    gateway_apply_pools(g, &g->settings, errors) == -1) {
		gateway_free(&g);
		return NULL;
	}
	gateway_apply_greeter(g, &g->settings);
	gateway_apply_namespaces(g, &g->settings);
	if (gateway_listen(g, errors) == -1) {
		gateway_free(&g);
		return NULL;
	}
	gateway_watch_signals(g);
	return g;
}

int
gateway_run(struct gateway *g)
{
	log_info(g->log, "siogate " PACKAGE_VERSION " is up");
	uv_run(&g->loop, UV_RUN_DEFAULT);
	log_info(g->log, "stopped");
	return 0;
}

/* Ends the workers of a gateway that never ran. */
static void
gateway_end_workers(struct gateway *g)
{
	if (g->phase == GATEWAY_STOPPED)
		return;
	dispatch_stop(g->dispatch, 0, gateway_on_workers_ended, g);
	if (g->phase != GATEWAY_STOPPED)
		uv_run(&g->loop, UV_RUN_DEFAULT);
}

void
gateway_free(struct gateway **gp)
{
	struct gateway *g = *gp;

	if (g == NULL)
		return;
	gateway_end_workers(g);
	control_free(&g->control);
	hub_free(&g->hub);
	http_server_free(&g->http);
	front_free(&g->front);
	dispatch_free(&g->dispatch);
	while (g->n_signals)
		uv_close((uv_handle_t *)&g->signals[--g->n_signals],
		    gateway_on_handle_closed);
	uv_close((uv_handle_t *)&g->timer, gateway_on_handle_closed);
	/* lingering WebSockets give up with the queue of their deadlines */
	uv_run(&g->loop, UV_RUN_NOWAIT);
	transport_ctx_release(&g->transports);
	turn_free(&g->turn);
	uv_run(&g->loop, UV_RUN_NOWAIT);
	ws_deflate_free(&g->deflate);
	if (g->worker_dir)
		rmdir(g->worker_dir);
	free(g->worker_dir);
	uv_loop_close(&g->loop);
	settings_release(&g->settings);
	free(g);
	*gp = NULL;
}
