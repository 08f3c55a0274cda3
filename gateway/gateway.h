/*
 * gateway: everything put together.
 *
 * One struct gateway owns the loop and all modules; it is made from the
 * settings, runs until it is told to stop, and stops in order.
 */
#ifndef SIOGATE_GATEWAY_H
#define SIOGATE_GATEWAY_H

struct buf;
struct gateway;
struct log;
struct options;
struct settings;

/* Makes a gateway and opens its listeners; *settings is taken over (left all
 * zero). options are read again at each reload, so they must live as long. NULL
 * with lines in errors. */
struct gateway *gateway_new(struct settings *settings,
    const struct options *options, struct log *log, struct buf *errors);

/* Runs until it has stopped. Returns the process's exit status. */
int gateway_run(struct gateway *g);

/* Frees it; leaves *g NULL. */
void gateway_free(struct gateway **g);

#endif
