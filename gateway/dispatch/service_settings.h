/*
 * service_settings: copies of a service's settings.
 */
#ifndef SIOGATE_SERVICE_SETTINGS_H
#define SIOGATE_SERVICE_SETTINGS_H

#include <stdbool.h>

struct service_settings;

/* Makes *to a copy that owns its strings (those of .pool are not copied, but
 * name and command point to ours). */
void service_settings_copy(
    struct service_settings *to, const struct service_settings *from);

/* Frees the strings of a copy. */
void service_settings_release(struct service_settings *s);

/* True when both have the same addresses in the same order. */
bool service_settings_same_addresses(
    const struct service_settings *a, const struct service_settings *b);

/* Exchanges the lists of addresses of two copies. */
void service_settings_swap_addresses(
    struct service_settings *a, struct service_settings *b);

#endif
