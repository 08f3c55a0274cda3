/*
 * app: the registered handlers, and which of them an event goes to.
 *
 * The routes are a plain list: programs have a few dozen, and comparing them
 * costs less than the request's first system call.
 */

/* system */
#include <stdlib.h>
#include <string.h>

#include <json-c/json_tokener.h>

/* own */
#include "handler_priv.h"

/* What json-c is given as its bound, so that 128 levels pass. */
enum { APP_JSON_DEPTH = 129 };

struct siogate *
siogate_new(void)
{
	struct siogate *app = calloc(1, sizeof(*app));

	if (app == NULL)
		return NULL;
	app->tokener = json_tokener_new_ex(APP_JSON_DEPTH);
	if (app->tokener == NULL) {
		free(app);
		return NULL;
	}
	json_tokener_set_flags(app->tokener, JSON_TOKENER_STRICT);
	return app;
}

/* Frees what a route holds. */
static void
route_release(struct siogate_route *route)
{
	free(route->nsp);
	free(route->name);
}

void
siogate_free(struct siogate **app)
{
	struct siogate *gone = *app;
	size_t i;

	*app = NULL;
	if (gone == NULL)
		return;
	for (i = 0; i < gone->nroutes; i++)
		route_release(&gone->routes[i]);
	free(gone->routes);
	json_tokener_free(gone->tokener);
	siogate_text_release(&gone->body);
	siogate_text_release(&gone->out);
	siogate_text_release(&gone->scratch);
	free(gone);
}

/* True when both are NULL or the same text. */
static bool
same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* Fills a new route at the end of the list, which has room for it. */
static int
append(struct siogate *app, enum siogate_type type, const char *nsp,
    const char *name)
{
	struct siogate_route *route = &app->routes[app->nroutes];

	route->type = type;
	route->nsp = nsp ? strdup(nsp) : NULL;
	route->name = name ? strdup(name) : NULL;
	if ((nsp && route->nsp == NULL) || (name && route->name == NULL)) {
		route_release(route);
		return -1;
	}
	app->nroutes++;
	return 0;
}

/* True when events of the type have names. */
static bool
has_name(enum siogate_type type)
{
	return type == SIOGATE_EVENT || type == SIOGATE_JOB ||
	       type == SIOGATE_ACK;
}

int
siogate_on(struct siogate *app, enum siogate_type type, const char *nsp,
    const char *name, siogate_handler_fn *fn, void *user)
{
	struct siogate_route *routes;
	size_t i;

	if (fn == NULL || (name && !has_name(type)))
		return -1;
	for (i = 0; i < app->nroutes; i++)
		if (app->routes[i].type == type &&
		    same(app->routes[i].nsp, nsp) &&
		    same(app->routes[i].name, name))
			break;
	if (i == app->nroutes) {
		routes = realloc(app->routes, (i + 1) * sizeof(*routes));
		if (routes == NULL)
			return -1;
		app->routes = routes;
		if (append(app, type, nsp, name))
			return -1;
	}
	app->routes[i].fn = fn;
	app->routes[i].user = user;
	return 0;
}

/* How closely the route fits: 0 is not at all, 4 is best. */
static int
fit(const struct siogate_route *route, enum siogate_type type, const char *nsp,
    const char *name)
{
	if (route->type != type ||
	    (route->name && (!name || strcmp(route->name, name) != 0)) ||
	    (route->nsp && strcmp(route->nsp, nsp) != 0))
		return 0;
	return 1 + (route->name ? 2 : 0) + (route->nsp ? 1 : 0);
}

const struct siogate_route *
siogate_app_route(const struct siogate *app, enum siogate_type type,
    const char *nsp, const char *name)
{
	const struct siogate_route *best = NULL;
	int best_fit = 0, its_fit;
	size_t i;

	for (i = 0; i < app->nroutes; i++) {
		its_fit = fit(&app->routes[i], type, nsp, name);
		if (its_fit > best_fit) {
			best = &app->routes[i];
			best_fit = its_fit;
		}
	}
	return best;
}
