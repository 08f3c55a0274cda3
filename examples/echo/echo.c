/*
 * echo: the smallest handler, for tests and measurements.
 *
 *	echo args…	acknowledges with the same arguments
 *	shout args…	sends "shout" with the same arguments to everybody in
 *			the namespace
 *	add a b		acknowledges with the sum of two whole numbers
 *
 * It serves every namespace. Arguments are passed on as text, so what comes
 * back is byte for byte what was sent.
 */

/* system */
#include <siogate/handler.h>

/* Gives the arguments back. */
static int
on_echo(struct siogate_request *req, void *user)
{
	(void)user;
	return siogate_ack(req, siogate_args_raw(req, NULL));
}

/* Gives the arguments to everybody. */
static int
on_shout(struct siogate_request *req, void *user)
{
	struct siogate_opts all = { .to = "*" };

	(void)user;
	return siogate_emit(req, "shout", siogate_args_raw(req, NULL), &all);
}

/* Adds two numbers. */
static int
on_add(struct siogate_request *req, void *user)
{
	int64_t a, b, sum;

	(void)user;
	if (!siogate_arg_int(req, 0, &a) || !siogate_arg_int(req, 1, &b) ||
	    __builtin_add_overflow(a, b, &sum))
		return siogate_error(req, "invalid_method_args",
		    "add needs two whole numbers", NULL, false);
	return siogate_ack_int(req, sum);
}

/* Registers the handlers and serves. */
int
main(void)
{
	struct siogate *app = siogate_new();
	int rc;

	if (app == NULL || siogate_on_event(app, NULL, "echo", on_echo, NULL) ||
	    siogate_on_event(app, NULL, "shout", on_shout, NULL) ||
	    siogate_on_event(app, NULL, "add", on_add, NULL))
		return 1;
	rc = siogate_run(app);
	siogate_free(&app);
	return rc ? 1 : 0;
}
