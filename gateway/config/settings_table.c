/*
 * settings_table: the table of all settings.
 *
 * Whoever adds a setting adds a field to a struct of settings.h and an entry
 * here, and prints the manual's reference anew (tests/unit/test_conf_doc.sh
 * says how, and fails until it is done). The table is constant data; nothing
 * here can fail.
 */

/* system */
#include <stddef.h>
#include <stdint.h>

/* base */
#include "span.h"

/* own */
#include "settings.h"
#include "settings_table.h"
#include "settings_text.h"

enum {
	NAME_MAX_LEN = 40, /* longer names are near nothing */
	SECOND = 1000,
	MINUTE = 60 * SECOND,
	HOUR = 60 * MINUTE,
	DAY = 24 * HOUR,
	KILO = 1024,
	MEGA = 1024 * KILO,
	GIGA = 1024 * MEGA
};

#define G(type_, field_)                                               \
	.section = SETTINGS_GATEWAY, .type = (type_), .name = #field_, \
	.offset = offsetof(struct settings_gateway, field_)
#define P(type_, field_)                                            \
	.section = SETTINGS_POOL, .type = (type_), .name = #field_, \
	.offset = offsetof(struct settings_pool, field_)
#define N(type_, field_)                                                 \
	.section = SETTINGS_NAMESPACE, .type = (type_), .name = #field_, \
	.offset = offsetof(struct settings_namespace, field_)

static const struct settings_entry table[] = {
	{ G(SETTINGS_LIST, listen), .unit = "address ...",
	    .flags = SETTINGS_FEW, .def = "127.0.0.1:8080",
	    .check = settings_text_listen,
	    .description =
		"Addresses to listen on: host:port ([::1]:8080 for IPv6, "
		"*:8080 for all addresses) or unix:path." },
	{ G(SETTINGS_MODE, listen_mode), .max = 0777, .def = "0666",
	    .description = "Permissions of unix sockets listened on." },
	{ G(SETTINGS_WORD, root), .unit = "directory",
	    .flags = SETTINGS_NONE_OK, .def = "none",
	    .description =
		"Directory whose files are served outside of path." },
	{ G(SETTINGS_WORD, client_dir), .unit = "directory",
	    .flags = SETTINGS_NONE_OK, .def = "none",
	    .description =
		"Directory of the npm package socket.io-client, or its dist "
		"directory; its scripts are served under path." },
	{ G(SETTINGS_WORD, path), .unit = "path", .def = "/socket.io/",
	    .check = settings_text_url_path,
	    .description = "Where Socket.IO clients connect to. "
			   "Begins and ends with a slash." },
	{ G(SETTINGS_SET, transports), .unit = "word ...",
	    .def = "polling websocket", .choices = "polling websocket",
	    .description = "Transports that clients may use." },
	{ G(SETTINGS_TEXT, origins), .unit = "origin ...", .def = "",
	    .check = settings_text_origins,
	    .description =
		"Origins whose pages may connect besides the gateway's own: "
		"https://app.example, https://*.app.example, with :port where "
		"it is not the scheme's own (:* is any), null, or * for "
		"all. When empty, only pages of the same origin may." },
	{ G(SETTINGS_TIME, cors_max_age), .max = DAY, .def = "10m",
	    .description = "How long browsers may remember the answer to a "
			   "preflight request." },
	{ G(SETTINGS_TIME, ping_interval), .min = 10, .max = DAY,
	    .def = "25000",
	    .description = "Time between two pings. Should stay below the "
			   "idle time-outs of proxies on the way, which are "
			   "often 60 seconds." },
	{ G(SETTINGS_TIME, ping_timeout), .min = 10, .max = DAY, .def = "20000",
	    .description = "A client that has not answered a ping for so "
			   "long is gone." },
	{ G(SETTINGS_TIME, upgrade_timeout), .min = 10, .max = DAY,
	    .def = "10000", .description = "Bound on a change of transport." },
	{ G(SETTINGS_TIME, connect_timeout), .min = 10, .max = DAY,
	    .def = "45000",
	    .description = "A client that has joined no namespace for so "
			   "long is disconnected." },
	{ G(SETTINGS_TIME, close_timeout), .min = 10, .max = DAY,
	    .def = "30000",
	    .description = "Bound on the end of a connection: closing "
			   "handshakes and what is still to be sent." },
	{ G(SETTINGS_SIZE, max_payload), .min = 1, .max = GIGA,
	    .def = "1000000",
	    .description = "Largest message or polling body of a client." },
	{ G(SETTINGS_UINT, max_connections), .min = 1, .max = 1000000,
	    .def = "10000", .unit = "connections",
	    .description = "Open connections of clients; more are refused." },
	{ G(SETTINGS_SIZE, max_header), .min = 2 * KILO, .max = MEGA,
	    .def = "16k",
	    .description = "Memory for the headers of an HTTP request." },
	{ G(SETTINGS_TIME, header_timeout), .min = 10, .max = DAY, .def = "20s",
	    .description = "Time for the headers of a request to arrive." },
	{ G(SETTINGS_TIME, body_timeout), .min = 10, .max = DAY, .def = "20s",
	    .description = "Time for the body of a request to arrive." },
	{ G(SETTINGS_TIME, send_timeout), .min = 10, .max = DAY, .def = "60s",
	    .description = "Time for a client to take an answer." },
	{ G(SETTINGS_BOOL, http_compression), .def = "yes",
	    .description = "Compress HTTP answers for clients that can "
			   "read them so." },
	{ G(SETTINGS_BOOL, permessage_deflate), .def = "no",
	    .description = "Compress WebSocket messages for clients that offer "
			   "it. Costs memory for each of them." },
	{ G(SETTINGS_SIZE, deflate_threshold), .max = GIGA, .def = "1024",
	    .description = "Messages and answers that are smaller are not "
			   "compressed." },
	{ G(SETTINGS_UINT, deflate_level), .min = 1, .max = 9, .def = "1",
	    .description = "How hard to compress: 1 is fast, 9 is small." },
	{ G(SETTINGS_SIZE, max_queue), .min = KILO, .max = GIGA, .def = "8M",
	    .description =
		"Bytes that may wait for one client. A client that is slower "
		"loses volatile packets first, then its connection." },
	{ G(SETTINGS_SIZE, max_session), .min = 2, .max = 64 * MEGA,
	    .def = "64k",
	    .description = "Largest session object of one client, as JSON." },
	{ G(SETTINGS_UINT, max_depth), .min = 1, .max = 1000, .def = "64",
	    .unit = "levels",
	    .description = "Nesting of JSON that is taken from clients and "
			   "handlers." },
	{ G(SETTINGS_UINT, max_attachments), .max = 1000, .def = "10",
	    .unit = "attachments",
	    .description = "Binary attachments of one packet of a client." },
	{ G(SETTINGS_UINT, max_namespaces), .min = 1, .max = 1000, .def = "32",
	    .unit = "namespaces",
	    .description = "Namespaces that one client may join." },
	{ G(SETTINGS_SIZE, max_namespace_name), .min = 1, .max = 4 * KILO,
	    .def = "256",
	    .description = "Longest name of a namespace in a packet." },
	{ G(SETTINGS_UINT, max_rooms), .min = 1, .max = 1000000, .def = "1000",
	    .unit = "rooms",
	    .description = "Rooms that one namespace socket may be in." },
	{ G(SETTINGS_SIZE, max_room_name), .min = 1, .max = 4 * KILO,
	    .def = "256", .description = "Longest name of a room." },
	{ G(SETTINGS_UINT, max_pending_acks), .max = 1000000, .def = "1000",
	    .unit = "acknowledgements",
	    .description =
		"Acknowledgements that may be awaited from one client." },
	{ G(SETTINGS_UINT, max_waiting), .min = 1, .max = 1000000, .def = "100",
	    .unit = "events",
	    .description =
		"Events of one namespace socket that may wait for the one "
		"before them. When there are more, nothing is read from the "
		"client until some are done." },
	{ G(SETTINGS_UINT, max_jobs), .max = 10000, .def = "16", .unit = "jobs",
	    .description = "Jobs that one namespace socket may have." },
	{ G(SETTINGS_WORD, authorize), .unit = "pool",
	    .flags = SETTINGS_NONE_OK, .def = "none",
	    .check = settings_text_pool,
	    .description =
		"Name of the pool that is asked about each new client, before "
		"any namespace (the event handshake)." },
	{ G(SETTINGS_TIME, refresh_before), .max = DAY, .def = "30s",
	    .description =
		"How long before an authorisation expires its renewal is "
		"asked for (the event refresh)." },
	{ G(SETTINGS_UINT, disconnect_rate), .min = 1, .max = 1000000,
	    .def = "1000", .unit = "events a second",
	    .description = "How fast handlers are told of clients that "
			   "have left." },
	{ G(SETTINGS_UINT, disconnect_queue), .max = 10000000, .def = "20000",
	    .unit = "events",
	    .description = "Events disconnect that may wait; more are "
			   "counted and not sent." },
	{ G(SETTINGS_WORD, control), .unit = "address",
	    .check = settings_text_control,
	    .description =
		"Address of the control interface: unix:path, or host:port, "
		"which needs a token. The word none turns it off. Without "
		"this setting it is control.sock in run_dir." },
	{ G(SETTINGS_WORD, control_token), .unit = "token",
	    .flags = SETTINGS_NONE_OK | SETTINGS_SECRET, .def = "none",
	    .check = settings_text_token,
	    .description = "What users of the control interface must "
			   "present as a bearer token." },
	{ G(SETTINGS_WORD, control_token_file), .unit = "file",
	    .flags = SETTINGS_NONE_OK, .def = "none",
	    .description = "A file that holds the token, instead of "
			   "control_token." },
	{ G(SETTINGS_SIZE, control_max_body), .min = KILO, .max = GIGA,
	    .def = "16M", .description = "Largest body of a control request." },
	{ G(SETTINGS_WORD, run_dir), .unit = "directory", .def = "run",
	    .description = "Directory for sockets, made when it is missing." },
	{ G(SETTINGS_WORD, state_dir), .unit = "directory",
	    .flags = SETTINGS_NONE_OK, .def = "none",
	    .description = "Directory for what outlives the process; run_dir "
			   "when none is given." },
	{ G(SETTINGS_WORD, log), .unit = "file", .flags = SETTINGS_NONE_OK,
	    .def = "none",
	    .description = "Log file; standard error when none is given." },
	{ G(SETTINGS_ENUM, log_level), .def = "info",
	    .choices = "error warning info debug",
	    .description = "What is written to the log: this and worse." },
	{ G(SETTINGS_TIME, shutdown_timeout), .max = HOUR, .def = "10s",
	    .description = "Bound on the end of the process: requests and "
			   "workers that are left are cut off." },
	{ G(SETTINGS_TIME, drain_time), .max = HOUR, .def = "3s",
	    .description = "At the end of the process, the time over which "
			   "the clients are disconnected." },

	{ P(SETTINGS_TEXT, command), .unit = "command", .def = NULL,
	    .description =
		"Program to run as workers. It finds its listening socket at "
		"descriptor 0, as FastCGI has it." },
	{ P(SETTINGS_LIST, address), .unit = "address ...", .def = "",
	    .check = settings_text_worker,
	    .description =
		"Addresses of workers that somebody else runs: unix:path or "
		"tcp:host:port. A pool has a command or addresses." },
	{ P(SETTINGS_ENUM, protocol), .def = "fcgi", .choices = "fcgi",
	    .description = "What is spoken with the workers." },
	{ .section = SETTINGS_POOL,
	    .type = SETTINGS_RANGE,
	    .name = "workers",
	    .offset = offsetof(struct settings_pool, workers_min),
	    .also = offsetof(struct settings_pool, workers_max),
	    .max = 10000,
	    .def = "1..4",
	    .unit = "processes",
	    .description = "Least and most processes to run, or one number "
			   "for both." },
	{ P(SETTINGS_UINT, connections), .min = 1, .max = 10000, .def = "4",
	    .unit = "connections",
	    .description = "Connections to each address at a time." },
	{ P(SETTINGS_WORD, directory), .unit = "directory",
	    .flags = SETTINGS_NONE_OK, .def = "none",
	    .description = "Working directory of the processes; the gateway's "
			   "own when none is given." },
	{ P(SETTINGS_LIST, env), .unit = "variable ...",
	    .flags = SETTINGS_BLANKS, .def = "", .check = settings_text_env,
	    .description =
		"Environment of the processes: NAME=value, or NAME to pass "
		"the gateway's own value on." },
	{ P(SETTINGS_WORD, document_root), .unit = "directory",
	    .flags = SETTINGS_NONE_OK, .def = "none",
	    .description = "Meta-variable DOCUMENT_ROOT of each request." },
	{ P(SETTINGS_WORD, script_filename), .unit = "file",
	    .flags = SETTINGS_NONE_OK, .def = "none",
	    .description = "Meta-variable SCRIPT_FILENAME of each request: "
			   "the script that PHP-FPM runs." },
	{ P(SETTINGS_WORD, script_name), .unit = "path",
	    .flags = SETTINGS_NONE_OK, .def = "none",
	    .description = "Meta-variable SCRIPT_NAME of each request." },
	{ P(SETTINGS_TIME, timeout), .min = 10, .max = DAY, .def = "30s",
	    .description = "Bound on one request that is not a job." },
	{ P(SETTINGS_TIME, job_timeout), .max = 7 * DAY, .def = "0",
	    .description = "Bound on one job; 0 is none." },
	{ P(SETTINGS_UINT, jobs), .max = 10000, .def = "0", .unit = "jobs",
	    .description =
		"Jobs that may run at a time. With 0 it is half of the "
		"workers or connections, but at least 1." },
	{ P(SETTINGS_UINT, queue), .min = 1, .max = 1000000, .def = "1000",
	    .unit = "requests",
	    .description =
		"Requests that may wait for a worker. When it is full, "
		"nothing is read from the clients that fill it." },
	{ P(SETTINGS_UINT, keepalive), .max = 10000, .def = "0",
	    .unit = "connections",
	    .description =
		"Idle connections that are kept open to each address. Workers "
		"that the gateway runs always keep theirs." },
	{ P(SETTINGS_ENUM, retry), .def = "never",
	    .choices = "never idempotent",
	    .description =
		"Whether a request that failed half-way may be sent "
		"again: idempotent says that doing it twice does no harm." },
	{ P(SETTINGS_ENUM, apply), .def = "line", .choices = "line end",
	    .description =
		"When the lines of an answer are carried out: each as it "
		"comes, or all of them once the request has ended well." },
	{ P(SETTINGS_BOOL, headers), .def = "yes",
	    .description = "Whether answers begin with CGI headers." },
	{ P(SETTINGS_SIZE, max_line), .min = 64, .max = GIGA, .def = "1M",
	    .description = "Longest line of an answer." },
	{ P(SETTINGS_UINT, max_requests), .max = 1000000000, .def = "0",
	    .unit = "requests",
	    .description = "A process is replaced after so many requests; 0 "
			   "is never." },
	{ P(SETTINGS_TIME, idle_timeout), .min = 10, .max = DAY, .def = "30s",
	    .description = "A process above the least number is ended after "
			   "so long without a request." },
	{ P(SETTINGS_TIME, restart_delay), .min = 10, .max = HOUR,
	    .def = "250ms",
	    .description = "First delay before a process is started again "
			   "that ended before it had served a request. It "
			   "doubles each time." },
	{ P(SETTINGS_TIME, restart_delay_max), .min = 10, .max = DAY,
	    .def = "60s", .description = "Longest such delay." },
	{ P(SETTINGS_TIME, kill_grace), .min = 10, .max = HOUR, .def = "5s",
	    .description = "Time between the signals TERM and KILL." },
	{ P(SETTINGS_TIME, hold_down), .max = HOUR, .def = "5s",
	    .description = "An address that failed is left out for so "
			   "long." },

	{ N(SETTINGS_WORD, pool), .unit = "pool", .flags = SETTINGS_NONE_OK,
	    .def = "none", .check = settings_text_pool,
	    .description =
		"Name of the pool that handles the events. Without one "
		"everybody is admitted and events are dropped." },
	{ N(SETTINGS_LIST, acl), .unit = "name ...", .check = settings_text_acl,
	    .also = offsetof(struct settings_namespace, acl_set),
	    .description =
		"What clients may do until a handler changes it: on_EVENT, "
		"recv_connect, recv_message, recv_json, recv_error, "
		"recv_disconnect. Without this setting it is everything, with "
		"an empty list it is nothing." },
	{ N(SETTINGS_ENUM, order), .def = "serial", .choices = "serial none",
	    .description =
		"Whether the events of one socket are handled one after the "
		"other (serial) or side by side (none)." },
};

const struct settings_entry *
settings_table_at(size_t i)
{
	return i < settings_table_size() ? &table[i] : NULL;
}

size_t
settings_table_size(void)
{
	return sizeof(table) / sizeof(table[0]);
}

size_t
settings_table_index(const struct settings_entry *e)
{
	return (size_t)(e - table);
}

const struct settings_entry *
settings_table_find(enum settings_section section, struct span name)
{
	size_t i;

	for (i = 0; i < settings_table_size(); i++)
		if (table[i].section == section &&
		    span_eq(name, span_str(table[i].name)))
			return &table[i];
	return NULL;
}

/* The smallest of three. */
static unsigned
min3(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* How many letters must be changed, added or left out to get from a to b; both
 * are at most NAME_MAX_LEN long. */
static unsigned
distance(struct span a, struct span b)
{
	unsigned row[NAME_MAX_LEN + 1];
	size_t i, j;

	for (j = 0; j <= b.n; j++)
		row[j] = (unsigned)j;
	for (i = 1; i <= a.n; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (j = 1; j <= b.n; j++) {
			unsigned above = row[j];

			row[j] = min3(above + 1, row[j - 1] + 1,
			    diagonal + (a.p[i - 1] != b.p[j - 1]));
			diagonal = above;
		}
	}
	return row[b.n];
}

const struct settings_entry *
settings_table_nearest(enum settings_section section, struct span name)
{
	const struct settings_entry *best = NULL;
	unsigned least = name.n < 6 ? 1 : (unsigned)name.n / 3;
	size_t i;

	if (name.n > NAME_MAX_LEN)
		return NULL;
	for (i = 0; i < settings_table_size(); i++) {
		unsigned d;

		if (table[i].section != section)
			continue;
		d = distance(name, span_str(table[i].name));
		if (d < least || (d == least && best == NULL)) {
			best = &table[i];
			least = d;
		}
	}
	return best;
}

const char *
settings_table_section(enum settings_section section)
{
	static const char *const names[] = { "gateway", "pool", "namespace" };

	return names[section];
}
