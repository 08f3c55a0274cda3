#!/usr/bin/env bats
# Heartbeats and the time that clients have.

load helper

teardown() {
	gateway_stop
}

@test "a ping comes, and a pong keeps the session" {
	gateway --handler "/=$ECHO" -o ping_interval=200 -o ping_timeout=5000
	handshake
	join
	local i
	for i in 1 2 3; do
		is "$(poll)" 2
		is "$(post 3)" ok
	done
	is "$(post '421["echo"]')" ok
	like "$(poll)" '*431\[\]*'
}

@test "no pong in time: the session ends, and is counted" {
	gateway --handler "/=$ACTOR" -o ping_interval=100 -o ping_timeout=200
	handshake
	join || true
	wait_for metric_is siogate_ping_timeouts_total 1
	is "$(poll)" '{"code":1,"message":"Session ID unknown"}'
	is "$(metric siogate_clients)" 0
}

@test "no namespace in time: the session ends" {
	gateway -o connect_timeout=200
	handshake
	is "$(poll)" 1
	is "$(poll)" '{"code":1,"message":"Session ID unknown"}'
	is "$(metric siogate_connect_timeouts_total)" 1
	raw upgrade connect_timeout
}

@test "a refused namespace does not count as joined" {
	gateway -o connect_timeout=300
	handshake
	is "$(post '40/x,')" ok
	like "$(poll)" '44/x,*'
	is "$(poll)" 1
}

@test "an upgrade that does not come to its end is given up" {
	gateway --handler "/=$ECHO" -o upgrade_timeout=200
	raw upgrade given_up
}

@test "polling turned off: only WebSocket connects" {
	gateway --handler "/=$ECHO" -o transports=websocket
	like "$(curl "$EIO")" '{"code":0,*'
	raw upgrade direct
}

@test "WebSocket turned off: no upgrade is offered, and none is made" {
	gateway --handler "/=$ECHO" -o transports=polling
	handshake
	like "$OPEN" '*"upgrades":\[\]*'
	like "$(curl -H 'Upgrade: websocket' -H 'Connection: Upgrade' \
		"$BASE/socket.io/?EIO=4&transport=websocket")" '{"code":0,*'
}

@test "another path" {
	gateway --handler "/=$ECHO" -o path=/rt/io/
	like "$(curl "$BASE/rt/io/?EIO=4&transport=polling")" '0{*'
	is "$(curl -o /dev/null -w '%{http_code}' "$EIO")" 404
}
