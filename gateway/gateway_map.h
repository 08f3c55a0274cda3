/*
 * gateway_map: from what the configuration says to the settings of each module.
 */
#ifndef SIOGATE_GATEWAY_MAP_H
#define SIOGATE_GATEWAY_MAP_H

#include "dispatch.h"
#include "front.h"
#include "hub.h"
#include "service.h"

struct log;
struct settings;
struct settings_pool;
struct transport_ctx;

/* The strings of the results point into the settings. */
void gateway_map_hub(const struct settings *s, struct hub_settings *out);
void gateway_map_front(
    const struct settings *s, struct log *log, struct front_settings *out);
void gateway_map_dispatch(const struct settings *s, const char *instance,
    struct dispatch_settings *out);
void gateway_map_transports(
    const struct settings *s, struct transport_ctx *out);

/* A pool's; run_dir is where its workers' sockets go. out->pool.env is to be
 * freed with gateway_map_free_env. */
void gateway_map_service(const struct settings *s,
    const struct settings_pool *pool, const char *instance, const char *run_dir,
    struct log *log, struct service_settings *out);
void gateway_map_free_env(struct service_settings *out);

#endif
