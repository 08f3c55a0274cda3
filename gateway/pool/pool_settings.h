/*
 * pool_settings: a pool's own copy of its settings.
 */
#ifndef SIOGATE_POOL_SETTINGS_H
#define SIOGATE_POOL_SETTINGS_H

struct pool_settings;

/* Fills *copy with a deep copy of *from; defaults are put in for zeros and
 * limits that contradict each other are mended. */
void pool_settings_copy(
    struct pool_settings *copy, const struct pool_settings *from);

/* Frees what a copy holds. */
void pool_settings_release(struct pool_settings *copy);

#endif
