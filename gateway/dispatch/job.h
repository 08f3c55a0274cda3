/*
 * job: requests that run beside the lane, at once, later, or again and again.
 *
 * A job belongs to a namespace socket, and ends with it, or to nobody (from the
 * control API). A job without a timer is gone when its request has ended.
 */
#ifndef SIOGATE_JOB_H
#define SIOGATE_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "span.h"

struct dispatch;
struct job;
struct namespace;
struct nsocket;
struct request;

/* Starts a job. name is what it is called, name_json the same as a JSON string;
 * args a raw array or empty. after and every in ms; 0: none. Returns 0; or -1
 * when n has too many. */
int job_spawn(struct dispatch *d, struct namespace *ns, struct nsocket *n,
    struct span name, struct span name_json, struct span args, uint64_t after,
    uint64_t every);

/* Ends the jobs with this name, of n or of nobody in ns. Returns how many there
 * were. */
unsigned job_kill(struct dispatch *d, struct namespace *ns, struct nsocket *n,
    struct span name);

/* Ends all jobs of a list. */
void job_end_all(struct job **list);

/* A job's request has ended. */
void job_request_ended(struct job *job);

#endif
