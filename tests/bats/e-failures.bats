#!/usr/bin/env bats
# Handlers and workers that fail, each in its own way.

load helper

setup_file() {
	export MY_SECRET=1 PASSED=on
	gateway_conf -o max_waiting=100 --log-level debug <<-END
	[pool scripted]
	command = @SCRIPTED@
	workers = 2
	timeout = 1s
	max_line = 100k
	restart_delay = 10
	restart_delay_max = 20
	kill_grace = 200
	[namespace /]
	pool = scripted

	[pool end]
	command = @SCRIPTED@
	workers = 1
	apply = end
	restart_delay = 10
	restart_delay_max = 20
	[namespace /end]
	pool = end

	[pool overloaded]
	command = @SCRIPTED@ overloaded
	workers = 2
	[namespace /overloaded]
	pool = overloaded

	[pool dead]
	command = /bin/false
	timeout = 500
	restart_delay = 200
	restart_delay_max = 60s
	[namespace /dead]
	pool = dead

	[pool retry]
	command = @SCRIPTED@
	workers = 1
	retry = idempotent
	restart_delay = 10
	restart_delay_max = 20
	[namespace /retry]
	pool = retry

	[pool bare]
	command = @SCRIPTED@
	workers = 1
	headers = no
	restart_delay = 10
	restart_delay_max = 20
	[namespace /bare]
	pool = bare

	[pool slow]
	command = @ACTOR@
	env = ACTOR_DIR=@RUN@
	workers = 1
	timeout = 300
	kill_grace = 200
	[namespace /slow]
	pool = slow

	[pool queue]
	command = @ACTOR@
	env = ACTOR_DIR=@RUN@ "GIVEN=hello there" PASSED
	workers = 1
	queue = 2
	timeout = 3s
	kill_grace = 200
	restart_delay = 10
	restart_delay_max = 20
	[namespace /queue]
	pool = queue
	END
}

teardown_file() {
	gateway_stop
}

LINE='["line",1]'

# the scripted answer EVENT has the RESULT, the error NAME and the LINES
answer() {
	raw failures one "$@"
}

@test "garbage instead of FastCGI" {
	answer garbage garbage handler_failed
}

@test "an answer of no bytes is an empty one" {
	answer empty ok -
}

@test "headers without an end are an empty answer, no headers are garbage" {
	answer no_blank_line ok -
	answer no_headers garbage handler_failed
}

@test "the last line may lack its newline" {
	answer open_line ok - "$LINE" '["last"]'
}

@test "half a line and the end of the connection: what had arrived stays done" {
	answer half_line died handler_failed "$LINE"
}

@test "a wrong version" {
	answer wrong_version garbage handler_failed
}

@test "a record of a type that is unknown" {
	answer unknown_type ok - "$LINE"
}

@test "a record of another request" {
	answer wrong_id garbage handler_failed
}

@test "a role that the worker does not know" {
	answer bad_role garbage handler_failed
}

@test "a line over max_line" {
	answer flood_line garbage handler_failed "$LINE"
}

@test "headers over 64 KiB" {
	answer flood_headers garbage handler_failed
}

@test "2,000 lines, cut anywhere" {
	raw failures flood_lines
}

@test "an answer in records of one byte" {
	answer bytes ok - "$LINE"
}

@test "never an answer: handler_timeout" {
	answer silent timeout handler_timeout
	answer stall timeout handler_timeout "$LINE"
}

@test "the worker ends or crashes while it answers" {
	answer exit died handler_failed "$LINE"
	answer crash died handler_failed
	wait_for log_has 'pool scripted: worker [0-9]*: exit status 3'
	wait_for log_has 'pool scripted: worker [0-9]*: .*(signal 6|SIGABRT|Aborted)'
}

@test "the connection closes without a word" {
	answer close died handler_failed
}

@test "standard error goes to the log, and is no failure" {
	answer stderr ok - "$LINE"
}

@test "Status: 500: a failure; its body goes to the log" {
	answer status status handler_failed
}

@test "an application status" {
	answer app_status status handler_failed "$LINE"
}

@test "OVERLOADED is tried again, then handler_unavailable" {
	answer overloaded unavailable handler_unavailable
	answer overloaded_once ok - "$LINE"
	raw failures connect /overloaded handler_unavailable
}

@test "lines that are none are logged and counted, the others are carried out" {
	local before
	before=$(metric 'siogate_pool_bad_lines_total{pool="scripted"}')
	answer bad_lines ok - "$LINE"
	is "$(metric 'siogate_pool_bad_lines_total{pool="scripted"}')" $((before + 10))
}

@test "what comes behind the end reaches nobody" {
	answer more_after_end ok - "$LINE"
}

@test "nothing is sent twice, unless retry = idempotent" {
	answer die_once died handler_failed
	NSP=/retry POOL=retry raw failures one die_once ok - "$LINE"
}

@test "apply = end" {
	raw failures apply_end
}

@test "workers that die at once: the delay grows, connect is refused" {
	raw failures connect /dead "handler_(failed|unavailable)"
	[[ $(metric 'siogate_pool_restart_delay_seconds{pool="dead"}') != 0.000 ]]
	local n
	n=$(metric 'siogate_pool_workers_ended_total{pool="dead"}')
	[ "$n" -ge 1 ]
	[ "$n" -lt 12 ]
	wait_for log_has 'pool dead: worker [0-9]*: exit status 1'
}

@test "no worker is free in time" {
	raw failures no_worker_in_time
}

@test "a full queue holds clients back, nothing is lost" {
	raw failures queue_full
}

@test "max_waiting holds a client back, nothing is lost" {
	raw failures max_waiting
}

@test "a worker inherits its three descriptors and no more" {
	raw failures fds
}

@test "a worker's environment holds what it should, and no secrets" {
	raw failures env
}

@test "a worker's children end with it" {
	raw failures children
}

@test "a worker that ignores TERM is killed" {
	raw failures deaf
}

@test "an idle worker that dies is replaced" {
	raw failures idle_killed
}

@test "headers = no: the body begins at once" {
	gateway_conf <<-END
	[pool bare]
	command = @SCRIPTED@
	headers = no
	[namespace /]
	pool = bare
	END
	is "$(raw one emit no_headers)" '42["line",1]'
	gateway_stop
}

@test "failures and standard error in the log" {
	gateway --handler "/=$SCRIPTED"
	raw one emit status
	wait_for log_has 'pool handler: event request in / failed: status: status 500: .*a stack trace'
	raw one emit garbage
	wait_for log_has 'pool handler: event request in / failed: garbage'
	raw one emit stderr
	wait_for log_has 'pool handler: event request in / says: something is odd'
	wait_for log_has 'says: and more'
	raw one emit bad_lines
	wait_for log_has 'pool handler: .* in /: .*nonsense'
	gateway_stop
	gateway --handler "/=$ACTOR"
	raw one act '{"emit":"x"}' >/dev/null
	raw one call say '"oh dear"'
	wait_for log_has 'pool handler: event request in / says: record: oh dear'
	wait_for log_has 'pool handler: worker [0-9]* says: descriptor: oh dear'
	gateway_stop
}
