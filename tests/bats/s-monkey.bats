#!/usr/bin/env bats
# Thousands of clients that misbehave: the gateway lives, serves those who
# behave, and forgets them all. MONKEY_SECONDS says for how long (5).

load helper

teardown() {
	gateway_stop
}

# figure NAME: of the gateway's status
figure() {
	"$SIOGATECTL" --json status | jq ".$1"
}

# forgotten: nothing is left of any client
forgotten() {
	[[ "$(figure clients) $(figure connections) $(figure websockets) $(figure requests)" == "0 0 0 0" ]]
}

@test "clients that misbehave leave nothing behind" {
	local out before
	gateway --root "$SRCDIR/examples/chat/www" --workers 1..1 \
		--handler "/=$ECHO" --handler "/chat=$ECHO" \
		-o permessage_deflate=yes -o ping_interval=500 \
		-o ping_timeout=300 -o header_timeout=500 -o body_timeout=500 \
		-o close_timeout=500 -o max_queue=20000 -o max_waiting=5 \
		-o upgrade_timeout=300 -o connect_timeout=2000 \
		-o disconnect_rate=100000 -o disconnect_queue=50
	# both workers are connected to from here on
	handshake
	join
	join /chat
	is "$(post '1')" ok
	wait_for forgotten
	before=$(find "/proc/$GW_PID/fd" | wc -l)
	out=$(node "$BATS_TEST_DIRNAME/raw/monkey.mjs" "$PORT" "${MONKEY_SECONDS:-5}")
	echo "# $out" >&3
	like "$out" "made [0-9][0-9][0-9]*"
	handshake
	join
	is "$(post '427["add",2,3]')" ok
	is "$(poll)" '437[5]'
	is "$(post '1')" ok
	wait_for forgotten
	is "$(find "/proc/$GW_PID/fd" | wc -l)" "$before"
	[ "$(figure errors.json)" -gt 0 ]
	[ "$(figure errors.syntax)" -gt 0 ]
}
