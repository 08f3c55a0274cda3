#!/usr/bin/env bats
# A handler is asked about each new client (authorize).

load helper

setup_file() {
	gateway_conf --origins https://app.example <<-END
	[gateway]
	authorize = p
	[pool p]
	command = @ACTOR@
	env = ACTOR_DIR=@RUN@
	workers = 2
	timeout = 1s
	restart_delay = 10
	restart_delay_max = 20
	kill_grace = 200
	[namespace /]
	pool = p
	END
}

teardown_file() {
	gateway_stop
}

# ask [CURL ARG...]: the handshake's status and body
ask() {
	curl -w ' %{http_code}' "$EIO" "$@"
}

# on_ws HEADER: the status of a handshake over WebSocket
on_ws() {
	curl -o /dev/null -w '%{http_code}' --max-time 5 -H 'Upgrade: websocket' -H 'Connection: Upgrade' \
		-H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' \
		-H "$1" "$BASE/socket.io/?EIO=4&transport=websocket"
}

@test "nothing to say: admitted" {
	like "$(ask)" '0{"sid":* 200'
}

@test "an error refuses with 403 and its message" {
	like "$(ask -H 'X-Act: [{"error":{"name":"no","message":"who are you?"}}]')" '*"who are you?"* 403'
	is "$(on_ws 'X-Act: [{"error":"no"}]')" 403
	run -0 curl -i "$EIO" -H 'Origin: https://app.example' -H 'X-Act: [{"error":"no"}]'
	grep -iq '^access-control-allow-origin: https://app.example' <<<"$output"
}

@test "session and headers" {
	run -0 curl -i "$EIO" -H 'X-Act: [{"session":{"user":"ann"}},{"header":{"Set-Cookie":"a=1; HttpOnly"}},{"header":{"X-Two":"2"}}]'
	grep -iq '^set-cookie: a=1; HttpOnly' <<<"$output"
	grep -iq '^x-two: 2' <<<"$output"
	SID=$(sed -n 's/.*"sid":"\([^"]*\)".*/\1/p' <<<"$output")
	join
	grep -q "\"sid\":\"$NSID\".*\"session\":{\"user\":\"ann\"}" "$RUN/events"
}

@test "a header cannot break out of its line" {
	run -0 curl -i "$EIO" -H 'X-Act: [{"header":{"X-One":"a\r\nX-Evil: b"}},{"header":{"X-Bad\r\nX-Evil2":"c"}}]'
	run ! grep -i '^x-evil' <<<"$output"
	like "$(ask)" '0{"sid":* 200'
}

@test "other actions do not belong there" {
	local before
	before=$(metric 'siogate_pool_bad_lines_total{pool="p"}')
	like "$(ask -H 'X-Act: [{"join":"x"},{"ack":[]},{"accept":true},{"acl":"lift"},{"expires":5},{"disconnect":true}]')" '0{"sid":* 200'
	is "$(metric 'siogate_pool_bad_lines_total{pool="p"}')" $((before + 6))
}

@test "a handler that dies or does not answer: 503" {
	like "$(ask -H 'X-Deed: "kill"')" '* 503'
	is "$(on_ws 'X-Deed: "kill"')" 503
	like "$(ask -H 'X-Hold: "never"')" '* 503'
	wait_for well
}

# well: a client is let in
well() {
	[[ $(ask) == '0{"sid":'*' 200' ]]
}

@test "a client that goes while it is asked about leaves nothing behind" {
	local before
	before=$(metric siogate_clients)
	command curl -s --noproxy "*" "$EIO" -H 'X-Hold: "later"' >/dev/null 2>&1 3>&- &
	wait_for test -e "$RUN/later.begun"
	local pid=$!
	kill $pid
	wait $pid || true
	touch "$RUN/later"
	wait_for metric_is siogate_requests_in_progress 0
	wait_for metric_is siogate_clients "$before"
	like "$(ask)" '0{"sid":* 200'
}

@test "a client that goes in the moment in which it is answered" {
	local pid
	command curl -s --noproxy "*" "$EIO" -H 'X-Hold: "moment"' \
		-H 'X-Done: "moment"' >/dev/null 2>&1 3>&- &
	pid=$!
	wait_for test -e "$RUN/moment.begun"
	# both are there when the gateway looks again: the end of the
	# connection, and the answer
	kill -STOP "$GW_PID"
	kill $pid
	wait $pid || true
	touch "$RUN/moment"
	wait_for test -e "$RUN/moment.done"
	kill -CONT "$GW_PID"
	wait_for metric_is siogate_requests_in_progress 0
	like "$(ask)" '0{"sid":* 200'
}
