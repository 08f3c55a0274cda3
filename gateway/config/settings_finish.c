/*
 * settings_finish: what concerns several settings at once.
 *
 * Called once, when the file and the command line are read. Mistakes go to
 * errors, things that are legal but hardly meant to warnings, one line each.
 * The only file it opens is control_token_file.
 */

/* system */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* base */
#include "buf.h"
#include "fdutil.h"
#include "mem.h"
#include "span.h"

/* own */
#include "settings.h"
#include "settings_text.h"

enum {
	TOKEN_MAX = 4096,
	/* ms; proxies that end an idle connection do it after 60 s mostly */
	PING_LONG = 55000
};

/* Reads the token's file into *text. -1: a line was added to errors. */
static int
token_read(const char *path, struct buf *text, struct buf *errors)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = -1;

	if (fd != -1)
		n = read(fd, buf_reserve(text, TOKEN_MAX + 1), TOKEN_MAX + 1);
	if (n == -1) {
		buf_addf(errors, "control_token_file: %s: %s\n", path,
		    strerror(errno));
		fdutil_close(&fd);
		return -1;
	}
	text->len = (size_t)n;
	fdutil_close(&fd);
	return 0;
}

/* Cuts blanks and ends of lines off the end of s. */
static struct span
token_trim(struct span s)
{
	while (s.n && strchr(" \t\r\n", s.p[s.n - 1]) && s.p[s.n - 1])
		s.n--;
	return s;
}

/* Puts the token of control_token_file into control_token. */
static void
token_load(struct settings_gateway *g, struct buf *errors, struct buf *warnings)
{
	struct buf text = BUF_INIT, words = BUF_INIT;
	struct stat st;
	struct span token;

	if (token_read(g->control_token_file, &text, errors) == 0) {
		token = token_trim(buf_span(&text));
		if (token.n == 0 || token.n > TOKEN_MAX)
			buf_addf(errors, "control_token_file: %s is %s\n",
			    g->control_token_file,
			    token.n ? "too long" : "empty");
		else if (settings_text_token(token, &words) == -1)
			buf_addf(errors, "control_token_file: %s\n",
			    buf_cstr(&words));
		else
			g->control_token = mem_strndup(token.p, token.n);
		if (stat(g->control_token_file, &st) == 0 &&
		    (st.st_mode & S_IROTH))
			buf_addf(warnings,
			    "control_token_file: everybody may read %s\n",
			    g->control_token_file);
	}
	buf_release(&text);
	buf_release(&words);
}

/* Puts in the default address, which depends on run_dir; NULL when off. */
static void
settle_control(struct settings_gateway *g)
{
	struct buf address = BUF_INIT;

	if (g->control == NULL) {
		buf_addf(&address, "unix:%s/control.sock", g->run_dir);
		g->control = mem_strdup(buf_cstr(&address));
		buf_release(&address);
	} else if (strcmp(g->control, "none") == 0) {
		free(g->control);
		g->control = NULL;
	}
}

/* The control interface and its token. */
static void
finish_control(
    struct settings_gateway *g, struct buf *errors, struct buf *warnings)
{
	settle_control(g);
	if (g->control_token && g->control_token_file)
		buf_adds(errors, "control_token and control_token_file are "
				 "both given\n");
	else if (g->control_token_file)
		token_load(g, errors, warnings);
	if (g->control && strncmp(g->control, "unix:", 5) != 0 &&
	    g->control_token == NULL && g->control_token_file == NULL)
		buf_addf(errors,
		    "control: %s can be reached over the network and needs "
		    "control_token or control_token_file\n",
		    g->control);
}

/* [gateway] */
static void
finish_gateway(struct settings *s, struct buf *errors, struct buf *warnings)
{
	struct settings_gateway *g = &s->gateway;

	finish_control(g, errors, warnings);
	if (g->state_dir == NULL)
		g->state_dir = mem_strdup(g->run_dir);
	if (g->authorize &&
	    settings_find_pool(s, span_str(g->authorize)) == NULL)
		buf_addf(
		    errors, "authorize: there is no pool %s\n", g->authorize);
	if (g->ping_interval > PING_LONG)
		buf_addf(warnings,
		    "ping_interval: %u ms is long; idle time-outs of proxies "
		    "are often 60 s\n",
		    g->ping_interval);
}

/* True when a namespace or the handshake uses the pool. */
static bool
pool_is_used(const struct settings *s, const char *name)
{
	size_t i;

	if (s->gateway.authorize && strcmp(s->gateway.authorize, name) == 0)
		return true;
	for (i = 0; i < s->n_namespaces; i++)
		if (s->namespaces[i].pool &&
		    strcmp(s->namespaces[i].pool, name) == 0)
			return true;
	return false;
}

/* The jobs that a pool runs at a time when the configuration leaves it open. */
static unsigned
pool_jobs(const struct settings_pool *p)
{
	size_t all = p->workers_max;

	if (p->address.n)
		all = p->connections * p->address.n;
	return all < 4 ? 1 : (unsigned)(all / 2);
}

/* [pool NAME] */
static void
finish_pool(const struct settings *s, struct settings_pool *p,
    struct buf *errors, struct buf *warnings)
{
	bool command = p->command && *p->command;

	if (command && p->address.n)
		buf_addf(errors,
		    "pool %s: command and address are both given\n", p->name);
	else if (!command && p->address.n == 0)
		buf_addf(errors,
		    "pool %s: neither command nor address is given\n", p->name);
	if (p->restart_delay > p->restart_delay_max)
		buf_addf(errors,
		    "pool %s: restart_delay is more than "
		    "restart_delay_max\n",
		    p->name);
	if (p->jobs == 0)
		p->jobs = pool_jobs(p);
	if (!pool_is_used(s, p->name))
		buf_addf(warnings, "pool %s: nothing uses it\n", p->name);
}

int
settings_finish(struct settings *s, struct buf *errors, struct buf *warnings)
{
	size_t before = errors->len, i;

	finish_gateway(s, errors, warnings);
	for (i = 0; i < s->n_pools; i++)
		finish_pool(s, &s->pools[i], errors, warnings);
	for (i = 0; i < s->n_namespaces; i++) {
		const struct settings_namespace *n = &s->namespaces[i];

		if (n->pool && settings_find_pool(s, span_str(n->pool)) == NULL)
			buf_addf(errors, "namespace %s: there is no pool %s\n",
			    n->name, n->pool);
	}
	if (s->n_namespaces == 0)
		buf_adds(warnings, "there is no namespace: every client will "
				   "be refused\n");
	return errors->len == before ? 0 : -1;
}
