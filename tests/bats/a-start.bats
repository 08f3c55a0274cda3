#!/usr/bin/env bats
# The command line, the configuration, and starting.

load helper

teardown() {
	gateway_stop
}

@test "-h prints the options, -h settings all settings" {
	run -0 "$SIOGATE" -h
	like "$output" "usage: siogate *--listen*"
	run -0 "$SIOGATE" --help=settings
	like "$output" "*ping_interval = time*restart_delay = time*order = word*"
	run -0 "$SIOGATE" -h settings
	like "$output" "*ping_interval = time*"
}

@test "-V prints the version" {
	run -0 "$SIOGATE" -V
	like "$output" "siogate [0-9]*.*"
	run -0 "$SIOGATE" --version
}

@test "mistakes on the command line: status 2, and a hint" {
	run -2 "$SIOGATE" --bogus
	like "$output" "*unknown option: --bogus*siogate --help*"
	run -2 "$SIOGATE" -o pong_interval=1
	like "$output" "*-o pong_interval: unknown setting of \[gateway\]*"
	run -2 "$SIOGATE" -o ping_interval
	run -2 "$SIOGATE" -c
	run -2 "$SIOGATE" --handler nonsense
	run -2 "$SIOGATE" stray
}

@test "a value on the command line that is none: status 2 or 1, named" {
	run "$SIOGATE" -o ping_interval=fast
	[ "$status" -ne 0 ]
	like "$output" "*ping_interval*fast*"
	run "$SIOGATE" -o max_connections=0
	[ "$status" -ne 0 ]
	like "$output" "*max_connections*"
}

@test "-t says ok" {
	gateway_dir
	printf '[gateway]\nlisten = 127.0.0.1:0\n[namespace /]\n' >"$RUN/c"
	run -0 "$SIOGATE" -t -c "$RUN/c"
	is "$output" "$RUN/c: ok"
}

@test "-t names file and line of each mistake, status 1" {
	gateway_dir
	cat >"$RUN/c" <<-END
	[gateway]
	nonsense = 1
	ping_interval = fast
	ping_intervall = 3s

	[namespace chat]
	[pool p]
	workers = 5..2
	END
	run -1 "$SIOGATE" -t -c "$RUN/c"
	like "$output" "*c:2: nonsense: unknown setting of \[gateway\]*"
	like "$output" "*c:3: ping_interval: not a time: fast*"
	like "$output" "*c:4: ping_intervall: *did you mean ping_interval*"
	like "$output" "*c:6: *"
	like "$output" "*c:8: workers*"
}

@test "-t finds what does not fit together" {
	gateway_dir
	cat >"$RUN/c" <<-END
	[pool both]
	command = /bin/true
	address = unix:/x
	[pool neither]
	[namespace /x]
	pool = nosuch
	END
	run -1 "$SIOGATE" -t -c "$RUN/c"
	like "$output" "*both*"
	like "$output" "*neither*"
	like "$output" "*nosuch*"
}

@test "a file that is not there, a folder, and a file of garbage: status 1" {
	gateway_dir
	run -1 "$SIOGATE" -t -c "$RUN/nothing"
	like "$output" "*nothing: No such file or directory*"
	run -1 "$SIOGATE" -t -c "$RUN"
	head -c 4000 /dev/urandom >"$RUN/c"
	run -1 "$SIOGATE" -t -c "$RUN/c"
	run ! grep Sanitizer <<<"$output"
}

@test "it runs without a file, and TERM ends it with status 0" {
	gateway
	is "$(curl -o /dev/null -w '%{http_code}' "$BASE/")" 404
	kill -TERM "$GW_PID"
	gateway_check
	log_has 'stopped$'
}

@test "INT ends it too" {
	gateway
	kill -INT "$GW_PID"
	gateway_check
}

@test "a mistake in the file keeps it from starting" {
	gateway_dir
	echo '[gateway' >"$RUN/c"
	run -1 "$SIOGATE" -c "$RUN/c" --run-dir "$RUN/run"
	like "$output" "*c:1:*"
}

@test "the command line overrides the file" {
	gateway_conf -o ping_interval=1234 <<-END
	[gateway]
	ping_interval = 99s
	ping_timeout = 5s
	END
	handshake
	like "$OPEN" '*"pingInterval":1234,"pingTimeout":5000,*'
}

@test "several listeners: IPv4, IPv6 and a unix socket" {
	grep -qs '^0\{31\}1 ' /proc/net/if_inet6 || skip "there is no IPv6 here"
	gateway --listen "[::1]:0" --listen "unix:$BATS_TEST_TMPDIR/u.sock"
	local six
	six=$(sed -n 's/.* listening on \[::1\]:\([0-9]*\)$/\1/p' "$LOG")
	[ -n "$six" ]
	like "$(curl "$EIO")" '0{"sid":"*'
	like "$(curl -g "http://[::1]:$six/socket.io/?EIO=4&transport=polling")" '0{"sid":"*'
	like "$(curl --unix-socket "$BATS_TEST_TMPDIR/u.sock" "http://x/socket.io/?EIO=4&transport=polling")" '0{"sid":"*'
}

@test "listen_mode is the mode of a unix socket; it goes with the gateway" {
	gateway --listen "unix:$BATS_TEST_TMPDIR/u.sock" -o listen_mode=0600
	is "$(stat -c %a "$BATS_TEST_TMPDIR/u.sock")" 600
	gateway_stop
	[ ! -e "$BATS_TEST_TMPDIR/u.sock" ]
}

@test "a port in use: it says so, and ends with status 1" {
	gateway
	mkdir "$RUN/other"
	run -1 "$SIOGATE" --listen "127.0.0.1:$PORT" --run-dir "$RUN/other"
	like "$output" "*127.0.0.1:$PORT*in use*"
	like "$(curl "$EIO")" '0{"sid":"*'
}

@test "a unix socket in use is not taken away; one left behind is" {
	gateway --listen "unix:$BATS_TEST_TMPDIR/u.sock"
	mkdir "$RUN/other"
	run -1 "$SIOGATE" --listen "unix:$BATS_TEST_TMPDIR/u.sock" --run-dir "$RUN/other"
	like "$(curl --unix-socket "$BATS_TEST_TMPDIR/u.sock" "http://x/socket.io/?EIO=4&transport=polling")" '0{"sid":"*'
	kill -KILL "$GW_PID"
	wait_for has_ended
	rm -rf "$RUN/run"/workers.*
	gateway --listen "unix:$BATS_TEST_TMPDIR/u.sock"
	like "$(curl --unix-socket "$BATS_TEST_TMPDIR/u.sock" "http://x/socket.io/?EIO=4&transport=polling")" '0{"sid":"*'
}

@test "addresses that are none: status 1" {
	gateway_dir
	local a
	for a in 127.0.0.1:99999 nonsense unix: 192.0.2.1:80; do
		run "$SIOGATE" --listen "$a" --run-dir "$RUN/run"
		[ "$status" -ne 0 ] || fail "$a was taken"
	done
}

@test "a folder that cannot be made: status 1, named" {
	gateway_dir
	run -1 "$SIOGATE" --listen 127.0.0.1:0 --run-dir "$RUN/a/b/c"
	like "$output" "*$RUN/a/b/c*"
}

@test "a handler that is not there: it starts, and says so" {
	gateway --handler "/=$BATS_TEST_TMPDIR/nothing"
	wait_for log_has 'pool handler.*nothing|nothing.*No such file'
	handshake
	like "$OPEN" '0{*'
}

@test "USR1 opens the log file again" {
	gateway_dir
	gateway_spawn --listen 127.0.0.1:0 --log "$RUN/file" --log-level info
	wait_for grep -q 'is up' "$RUN/file"
	mv "$RUN/file" "$RUN/old"
	kill -USR1 "$GW_PID"
	wait_for test -e "$RUN/file"
	kill -TERM "$GW_PID"
	wait_for has_ended
	grep -q stopped "$RUN/file"
	run ! grep -q stopped "$RUN/old"
}

@test "the log level holds back what is less" {
	gateway_dir
	gateway_spawn --listen 127.0.0.1:0 --log-level error
	wait_for test -S "$CONTROL"
	wait_for curl --unix-socket "$CONTROL" http://x/healthz
	[ ! -s "$LOG" ]
}

@test "max_connections: the one too many is refused with 503" {
	gateway --max-connections 1
	raw http too_many
}

@test "control = none: there is no control socket" {
	gateway --control none
	[ ! -e "$CONTROL" ]
}
