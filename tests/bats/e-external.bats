#!/usr/bin/env bats
# Pools of workers that somebody else runs.

load helper

setup() {
	command -v perl >/dev/null || skip "perl is missing"
}

teardown() {
	gateway_stop
	local pid
	for pid in ${WORKERS:-}; do
		kill "$pid" 2>/dev/null || true
	done
}

# worker_unix PATH, worker_tcp: starts the actor behind a listening socket;
# PLACE is its address
worker() {
	rm -f "$BATS_TEST_TMPDIR/place"
	perl -MIO::Socket::UNIX -MIO::Socket::INET -MPOSIX -e '
		my ($place, $path, @command) = @ARGV;
		my $s = $path ? IO::Socket::UNIX->new(Local => $path, Listen => 50)
			: IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 50);
		die "listen: $!" unless $s;
		open my $f, ">", "$place.new"; print $f $path ? "unix:$path" : "tcp:127.0.0.1:" . $s->sockport; close $f;
		POSIX::dup2(fileno($s), 0);
		rename "$place.new", $place;
		exec @command;
	' "$BATS_TEST_TMPDIR/place" "$@" >/dev/null 2>&1 3>&- &
	WORKERS="${WORKERS:-} $!"
	wait_for test -s "$BATS_TEST_TMPDIR/place"
	PLACE=$(<"$BATS_TEST_TMPDIR/place")
}

@test "over a unix socket and over TCP, one address down: nobody notices" {
	local one two
	export ACTOR_DIR=$BATS_TEST_TMPDIR
	worker "$BATS_TEST_TMPDIR/w.sock" "$ACTOR"
	one=$PLACE
	worker "" "$ACTOR"
	two=$PLACE
	gateway_conf <<-END
	[pool away]
	address = unix:$BATS_TEST_TMPDIR/nobody.sock, $one, $two
	connections = 1
	hold_down = 1h
	[namespace /away]
	pool = away
	END
	raw failures external
	wait_for log_has 'pool away: unix:.*nobody.sock: .*left out for'
	is "$(metric 'siogate_pool_bad_lines_total{pool="away"}')" 0
}

@test "keepalive keeps the connection open, its end is noticed" {
	export ACTOR_DIR=$BATS_TEST_TMPDIR
	worker "$BATS_TEST_TMPDIR/w.sock" "$ACTOR"
	gateway_conf <<-END
	[pool away]
	address = $PLACE
	connections = 1
	keepalive = 1
	hold_down = 100
	[namespace /]
	pool = away
	END
	like "$(raw one emit pid)" '431\[*\]'
	like "$(raw one emit pid)" '431\[*\]'
	# it ends after its answer: the event at hand is lost, the next finds
	# nobody, and when there is a new worker all is well
	like "$(raw one emit kill)" '*handler_failed*'
	rm -f "$BATS_TEST_TMPDIR/w.sock"
	worker "$BATS_TEST_TMPDIR/w.sock" "$ACTOR"
	wait_for works
}

# works: an event is answered
works() {
	[[ "$(raw one emit pid)" == 43*1'['*']' ]]
}

@test "all addresses are down: handler_unavailable at once, and again well later" {
	export ACTOR_DIR=$BATS_TEST_TMPDIR
	gateway_conf <<-END
	[pool down]
	address = unix:$BATS_TEST_TMPDIR/w.sock, tcp:127.0.0.1:1
	hold_down = 100
	[namespace /down]
	pool = down
	END
	raw failures all_down
	is "$(metric 'siogate_requests_total{pool="down",result="unavailable"}')" 1
	worker "$BATS_TEST_TMPDIR/w.sock" "$ACTOR"
	NSP=/down wait_for works
}

@test "a worker that hangs costs its event, not the pool" {
	export ACTOR_DIR=$BATS_TEST_TMPDIR
	worker "$BATS_TEST_TMPDIR/w.sock" "$SCRIPTED"
	gateway_conf <<-END
	[pool away]
	address = $PLACE
	timeout = 300
	[namespace /]
	pool = away
	END
	like "$(raw one emit garbage)" '*handler_failed*'
	like "$(raw one emit stall)" '*"line"*'
	wait_for metric_is 'siogate_requests_total{pool="away",result="timeout"}' 1
}
