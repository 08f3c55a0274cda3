# helper: starts gateways for tests, drives them, and looks after their end.
#
# Programs are looked for in SIOGATE_BUILD, the build directory. A gateway is
# started once for a file (gateway in setup_file) or for a test; what it wrote
# to its log, its exit status, and reports of sanitizers are checked when it
# is stopped: call gateway_stop in the teardown that fits.

: "${SIOGATE_BUILD:=$PWD}"
: "${SRCDIR:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}"
export SIOGATE_BUILD SRCDIR

SIOGATE=$SIOGATE_BUILD/siogate
SIOGATECTL=$SIOGATE_BUILD/siogatectl
ECHO=$SIOGATE_BUILD/examples/echo/echo.fcgi
ACTOR=$SIOGATE_BUILD/tests/bats/handlers/actor
SCRIPTED=$SIOGATE_BUILD/tests/bats/handlers/scripted

bats_require_minimum_version 1.5.0

# curl, without proxies and without waiting for ever
curl() {
	command curl -sS --noproxy '*' --max-time 15 "$@"
}

# fail TEXT: fails the test
fail() {
	echo "$@" >&2
	return 1
}

# wait_for COMMAND [ARG...]: until it succeeds, 15 seconds at most
wait_for() {
	local i
	for ((i = 0; i < 500; i++)); do
		if "$@" >/dev/null 2>&1; then
			return 0
		fi
		sleep 0.03
	done
	fail "this did not come true: $*"
}

# is TEXT TEXT: both are the same
is() {
	[[ "$1" == "$2" ]] || fail "got:      $1
expected: $2"
}

# like TEXT PATTERN: the text matches the pattern of the shell
like() {
	# shellcheck disable=SC2053
	[[ "$1" == $2 ]] || fail "got:      $1
expected: $2"
}

# gateway_spawn [ARG...]: starts a gateway in RUN, without waiting for it
gateway_spawn() {
	rm -f "$RUN/pid" "$RUN/status"
	# shellcheck disable=SC2016
	(
		cd "$RUN" || exit
		sh -c 'echo $$ >pid.new; mv pid.new pid; exec "$@"' sh \
			"$SIOGATE" --run-dir "$RUN/run" "$@" >>"$RUN/log" 2>&1 &&
			echo 0 >"$RUN/status.new" || echo $? >"$RUN/status.new"
		mv "$RUN/status.new" "$RUN/status"
	) </dev/null >/dev/null 2>&1 3>&- &
	wait_for test -s "$RUN/pid"
	GW_PID=$(<"$RUN/pid")
	export GW_PID
}

# has_ended: the gateway in RUN is no more
has_ended() {
	test -s "$RUN/status"
}

# is_up_or_ended: it has started, or has given up
is_up_or_ended() {
	has_ended || grep -q 'siogate [0-9.]* is up' "$RUN/log"
}

# gateway_dir [NAME]: makes a folder for a gateway, and names it RUN
gateway_dir() {
	if [[ -z ${BATS_TEST_NUMBER:-} ]]; then
		RUN=$BATS_FILE_TMPDIR/${1:-gw}
	else
		RUN=$BATS_TEST_TMPDIR/${1:-gw}
	fi
	rm -rf "$RUN"
	mkdir -p "$RUN"
	LOG=$RUN/log
	CONTROL=$RUN/run/control.sock
	export RUN LOG CONTROL ACTOR_DIR=$RUN SIOGATE_CONTROL=$CONTROL
}

# gateway_up [ARG...]: starts one in RUN and waits until it listens
gateway_up() {
	gateway_spawn "$@"
	wait_for is_up_or_ended
	if has_ended; then
		cat "$RUN/log" >&2
		fail "the gateway did not start"
	fi
	PORT=$(sed -n 's/.* listening on 127\.0\.0\.1:\([0-9]*\)$/\1/p' "$RUN/log" | tail -1)
	BASE=http://127.0.0.1:$PORT
	EIO="$BASE/socket.io/?EIO=4&transport=polling"
	export PORT BASE EIO
}

# gateway [ARG...]: a gateway of its own folder on a port of its own
gateway() {
	gateway_dir
	gateway_up --listen 127.0.0.1:0 "$@"
}

# gateway_conf [ARG...]: the same with a configuration on standard input; the
# words @ACTOR@, @SCRIPTED@, @ECHO@ and @RUN@ are replaced in it
gateway_conf() {
	gateway_dir
	conf >"$RUN/conf"
	gateway_up -c "$RUN/conf" --listen 127.0.0.1:0 "$@"
}

# conf: replaces such words
conf() {
	sed -e "s|@ACTOR@|$ACTOR|; s|@SCRIPTED@|$SCRIPTED|; s|@ECHO@|$ECHO|; s|@RUN@|$RUN|g"
}

# gateway_check: the gateway has ended well, and nothing was reported
gateway_check() {
	local status
	# bats looks only at what a teardown returns, not at each command in it
	wait_for has_ended || {
		kill -9 "$GW_PID"
		fail "it does not end"
		return 1
	}
	status=$(<"$RUN/status")
	if grep -E 'Sanitizer|runtime error:|panic:|SIGSEGV|SIGABRT' "$RUN/log" >&2; then
		tail -n 60 "$RUN/log" >&2
		fail "there is a report in the log"
		return 1
	fi
	if [[ $status != 0 ]]; then
		tail -n 60 "$RUN/log" >&2
		fail "the gateway's exit status is $status"
		return 1
	fi
	[[ ! -e $RUN/run/workers.$GW_PID ]] || fail "the folder of the workers' sockets is left"
}

# gateway_stop: ends the gateway of RUN, at once, and checks it
gateway_stop() {
	local result=0
	[[ -n ${GW_PID:-} ]] || return 0
	if ! has_ended; then
		kill -TERM "$GW_PID"
		has_ended || sleep 0.01
		kill -TERM "$GW_PID" 2>/dev/null || true
	fi
	gateway_check || result=1
	GW_PID=
	return $result
}

# eio SID: the address of a session
eio() {
	echo "$EIO&sid=$1"
}

# handshake: opens a session over polling; SID is its id
handshake() {
	OPEN=$(curl "$EIO")
	SID=$(sed 's/.*"sid":"\([^"]*\)".*/\1/' <<<"$OPEN")
}

# post DATA [ARG...], poll: one request of the session SID
post() {
	curl "$(eio "$SID")" --data-binary "$@"
}

poll() {
	curl "$(eio "$SID")" "$@"
}

# join [NAMESPACE [AUTH]]: joins a namespace; NSID is the id in it
join() {
	local nsp=${1:-/} answer prefix=
	[[ $nsp == / ]] || prefix="$nsp,"
	is "$(post "40$prefix${2:-}")" ok
	answer=$(poll)
	like "$answer" "40$prefix{\"sid\":\"*\"}"
	NSID=$(sed 's/.*"sid":"\([^"]*\)".*/\1/' <<<"$answer")
}

# metric NAME[{LABELS}]: its value
metric() {
	curl --unix-socket "$CONTROL" http://x/metrics |
		awk -v name="$1" '{ v = $NF; sub(/ [^ ]*$/, ""); if ($0 == name) print v }'
}

# metric_is NAME VALUE
metric_is() {
	[[ $(metric "$1") == "$2" ]]
}

# raw FILE NAME [ARG...]: runs a test of tests/bats/raw
raw() {
	node "$SRCDIR/tests/bats/raw/$1.mjs" "${@:2}"
}

# log_has PATTERN: a line of the log matches the extended expression
log_has() {
	grep -Eq -e "$1" "$RUN/log"
}

# push LINE: carries out an action over the control socket
push() {
	curl --unix-socket "$CONTROL" --data-binary "$1" http://x/v1/actions
}

# status PATH FILTER: what jq makes of a control answer
status() {
	curl --unix-socket "$CONTROL" "http://x/v1/$1" | jq -r "$2"
}
