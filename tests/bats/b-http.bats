#!/usr/bin/env bats
# HTTP itself: connections, time-outs, odd requests.

load helper

setup_file() {
	gateway_conf <<-END
	[gateway]
	root = $BATS_FILE_TMPDIR/www
	header_timeout = 300
	body_timeout = 300
	send_timeout = 300
	ping_interval = 700
	ping_timeout = 2000
	max_waiting = 1
	[pool p]
	command = @ACTOR@
	env = ACTOR_DIR=@RUN@
	workers = 2
	[namespace /]
	pool = p
	END
	mkdir "$BATS_FILE_TMPDIR/www"
	head -c 30000000 /dev/zero >"$BATS_FILE_TMPDIR/www/big.bin"
}

teardown_file() {
	gateway_stop
}

@test "keep-alive, over errors as well" {
	raw http keep_alive
}

@test "pipelined requests are answered in order" {
	raw http pipelining
	raw http pipelined_session
}

@test "a request byte by byte" {
	raw http byte_by_byte
}

@test "a chunked body" {
	raw http chunked
}

@test "HTTP/1.0" {
	raw http http10
	raw http http10_upgrade
}

@test "HTTP/1.1 without Host: 400" {
	raw http no_host
}

@test "a flood of headers: 431 or the end of the connection" {
	raw http header_flood
	raw http long_target
}

@test "garbage" {
	raw http garbage
}

@test "lengths that are none, and two that contradict" {
	raw http bad_lengths
	raw http both_lengths
}

@test "a slow header ends the connection, however steadily it drips" {
	raw http slow_header
	raw http silent
}

@test "a slow body ends the connection, not the session" {
	raw http slow_body
}

@test "a held poll is not subject to these time-outs" {
	raw http poll_is_held
}

@test "a client that does not take its answer is closed" {
	raw http slow_taker
}

@test "a client that hangs up a held poll ends its session" {
	wait_for metric_is siogate_clients 0
	raw http hang_up
	raw http hang_up_reset
}

@test "a second GET: 400, and the end of the session" {
	raw http duplicate_get
}

@test "a second POST: 400, and the end of the session" {
	raw http duplicate_post "$BATS_TEST_NAME"
	touch "$ACTOR_DIR/$BATS_TEST_NAME"
}
