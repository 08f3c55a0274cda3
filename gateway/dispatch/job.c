/*
 * job: requests that run beside the lane, at once, later, or again and again.
 *
 * A repeated job whose request still runs when its time comes again leaves that
 * turn out.
 *
 * DIAGNOSTICS
 *	Turns that were left out are logged at level debug.
 */

/* system */
#include <stdlib.h>

#include <utlist.h>

/* base */
#include "gw_assert.h"
#include "log.h"
#include "mem.h"

/* wire */
#include "jscan.h"

/* socket */
#include "namespace.h"
#include "nsocket.h"

/* own */
#include "dispatch_priv.h"
#include "job.h"
#include "lane.h"
#include "request.h"
#include "service.h"

enum { JOB_MAGIC = 0x6a6f6220, JOB_FREE_MAX = 1000 };

struct job {
	unsigned magic;
	uv_timer_t timer;
	struct dispatch *d;
	struct namespace *ns;
	struct nsocket *n; /* NULL: of nobody; the lane holds the reference */
	struct job **list; /* the one it stands in */
	struct job *prev, *next;
	struct request *req; /* under way */
	char *name;
	struct buf name_json, args; /* args: raw elements */
	uint64_t every;
	bool again; /* a timer will start it (again) */
};

/* The loop has let go of the timer. */
static void
job_on_close(uv_handle_t *handle)
{
	struct job *job = handle->data;

	GW_MAGIC_CHECK(job, JOB_MAGIC);
	buf_release(&job->name_json);
	buf_release(&job->args);
	free(job->name);
	job->magic = 0;
	free(job);
}

/* Takes a job off its list; it is freed when the loop has let go. */
static void
job_free(struct job *job)
{
	DL_DELETE(*job->list, job);
	job->d->stats.jobs--;
	uv_close((uv_handle_t *)&job->timer, job_on_close);
}

/* Sends the job's request. */
static void
job_run(struct job *job)
{
	struct request *req = request_new(job->d, REQUEST_JOB, job->ns, job->n);

	req->job = job;
	job->req = req;
	request_begin(req);
	request_set_event(req, span_str(job->name), buf_span(&job->name_json));
	request_set_args(req, buf_span(&job->args));
	request_finish(req);
	dispatch_submit(req);
}

/* The job's time has come. */
static void
job_on_timer(uv_timer_t *timer)
{
	struct job *job = timer->data;

	GW_MAGIC_CHECK(job, JOB_MAGIC);
	if (job->n && job->n->state == NSOCKET_GONE) {
		uv_timer_stop(timer); /* its lane will end it */
		return;
	}
	if (job->every == 0)
		job->again = false;
	if (job->req == NULL)
		job_run(job);
	else
		log_debug(job->d->log, "job %s still runs; a turn is left out",
		    job->name);
}

/* The list of n's jobs, or of those of nobody; NULL when n is gone. */
static struct job **
job_list(struct dispatch *d, struct nsocket *n)
{
	struct lane *lane;

	if (n == NULL)
		return &d->jobs;
	lane = n->state == NSOCKET_GONE ? NULL : lane_of(n);
	return lane ? lane_jobs(lane) : NULL;
}

int
job_spawn(struct dispatch *d, struct namespace *ns, struct nsocket *n,
    struct span name, struct span name_json, struct span args, uint64_t after,
    uint64_t every)
{
	struct job **list = job_list(d, n);
	unsigned max = n ? d->set.max_jobs : JOB_FREE_MAX;
	struct jscan_iter it;
	struct job *job;
	unsigned count = 0;

	if (list == NULL)
		return -1;
	DL_FOREACH (*list, job) {
		count++;
	}
	if (count >= max)
		return -1;
	job = mem_zalloc(sizeof(*job));
	job->magic = JOB_MAGIC;
	job->d = d;
	job->ns = ns;
	job->n = n;
	job->list = list;
	job->name = mem_strndup(name.p, name.n);
	buf_addspan(&job->name_json, name_json);
	if (args.n) {
		jscan_array(&it, args);
		buf_addspan(&job->args, jscan_rest(&it));
	}
	job->every = every;
	gw_assert(uv_timer_init(d->loop, &job->timer) == 0);
	job->timer.data = job;
	DL_APPEND(*list, job);
	d->stats.jobs++;
	if (after || every) {
		job->again = true;
		uv_timer_start(
		    &job->timer, job_on_timer, after ? after : every, every);
	} else {
		job_run(job);
	}
	return 0;
}

/* Ends one job. */
static void
job_end(struct job *job)
{
	job->again = false;
	uv_timer_stop(&job->timer);
	if (job->req) {
		/* its end frees the job, maybe inside this call */
		service_abort(job->req->service, job->req);
		return;
	}
	job_free(job);
}

unsigned
job_kill(struct dispatch *d, struct namespace *ns, struct nsocket *n,
    struct span name)
{
	struct job **list = job_list(d, n);
	struct job *job, *next;
	unsigned count = 0;

	if (list == NULL)
		return 0;
	DL_FOREACH_SAFE (*list, job, next) {
		if (job->ns != ns || !span_eq(span_str(job->name), name))
			continue;
		count++;
		job_end(job);
	}
	return count;
}

void
job_end_all(struct job **list)
{
	struct job *job, *next;

	DL_FOREACH_SAFE (*list, job, next) {
		/* what still runs loses its list and its client */
		if (job->req) {
			DL_DELETE(*list, job);
			job->list = &job->d->jobs;
			DL_APPEND(*job->list, job);
			job->n = NULL;
		}
		job_end(job);
	}
}

void
job_request_ended(struct job *job)
{
	GW_MAGIC_CHECK(job, JOB_MAGIC);
	job->req = NULL;
	if (!job->again)
		job_free(job);
}
