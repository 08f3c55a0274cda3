#!/usr/bin/env bats
# What Engine.IO requests are answered that break the rules.

load helper

setup_file() {
	gateway --handler "/=$ECHO" -o max_payload=1000 --origins "https://app.example https://*.wild.example"
}

teardown_file() {
	gateway_stop
}

# code STATUS CODE MESSAGE [CURL ARG...]: the answer is this error
code() {
	run -0 curl -w '\n%{http_code} %{content_type}' "${@:4}"
	is "$output" "{\"code\":$2,\"message\":\"$3\"}
$1 application/json"
}

@test "code 0: no transport, or an unknown one" {
	code 400 0 "Transport unknown" "$BASE/socket.io/?EIO=4"
	code 400 0 "Transport unknown" "$BASE/socket.io/?EIO=4&transport=tincan"
	code 400 0 "Transport unknown" "$BASE/socket.io/?EIO=4&transport="
	code 400 0 "Transport unknown" "$BASE/socket.io/"
}

@test "code 1: an unknown session" {
	code 400 1 "Session ID unknown" "$EIO&sid=nothing"
	code 400 1 "Session ID unknown" "$EIO&sid="
	code 400 1 "Session ID unknown" -d 40 "$EIO&sid=nothing"
	code 400 1 "Session ID unknown" "$EIO&sid=$(printf 'x%.0s' {1..500})"
	code 400 1 "Session ID unknown" "$EIO&sid=%00%ff"
}

@test "code 2: a handshake by POST, PUT, HEAD or DELETE" {
	code 400 2 "Bad handshake method" -d 40 "$EIO"
	code 400 2 "Bad handshake method" -X PUT "$EIO"
	code 400 2 "Bad handshake method" -X DELETE "$EIO"
	is "$(curl -I -o /dev/null -w '%{http_code}' "$EIO")" 400
}

@test "code 3: other methods for a session, and transports that do not fit" {
	handshake
	code 400 3 "Bad request" -X PUT "$(eio "$SID")"
	code 400 3 "Bad request" "$BASE/socket.io/?EIO=4&transport=websocket&sid=$SID"
	code 400 3 "Bad request" "$BASE/socket.io/?EIO=4&transport=websocket"
	is "$(post 40)" ok
}

@test "code 4: an origin that is not allowed; the log has the line to add" {
	code 403 4 Forbidden -H 'Origin: https://evil.example' "$EIO"
	log_has 'https://evil\.example refused.*origins = https://evil\.example'
	code 403 4 Forbidden -H 'Origin: https://evil.example' -X OPTIONS "$EIO"
	code 403 4 Forbidden -H 'Origin: null' "$EIO"
	code 403 4 Forbidden -H 'Origin: https://app.example.evil.com' "$EIO"
	code 403 4 Forbidden -H 'Origin: https://app.example:444' "$EIO"
	code 403 4 Forbidden -H 'Origin: http://app.example' "$EIO"
	handshake
	code 403 4 Forbidden -H 'Origin: https://evil.example' "$(eio "$SID")"
	code 403 4 Forbidden -H 'Origin: https://evil.example' -H 'Upgrade: websocket' \
		-H 'Connection: Upgrade' "$BASE/socket.io/?EIO=4&transport=websocket"
}

@test "code 5: other protocol versions" {
	code 400 5 "Unsupported protocol version" "$BASE/socket.io/?EIO=3&transport=polling"
	code 400 5 "Unsupported protocol version" "$BASE/socket.io/?transport=polling"
	code 400 5 "Unsupported protocol version" "$BASE/socket.io/?EIO=44&transport=polling"
}

@test "the counters of refusals" {
	local before
	before=$(metric siogate_unknown_sid_total)
	code 400 1 "Session ID unknown" "$EIO&sid=nothing"
	is "$(metric siogate_unknown_sid_total)" $((before + 1))
	[ "$(metric siogate_origin_refused_total)" -ge 1 ]
	[ "$(metric siogate_bad_requests_total)" -ge 1 ]
}

@test "same origin: allowed without CORS headers" {
	run -0 curl -i -H "Origin: $BASE" "$EIO"
	like "$output" "HTTP/1.1 200*"
	run ! grep -i access-control <<<"$output"
}

@test "an allowed origin: CORS with credentials" {
	run -0 curl -i -H "Origin: https://app.example" "$EIO"
	like "$output" "HTTP/1.1 200*"
	grep -iq '^access-control-allow-origin: https://app.example' <<<"$output"
	grep -iq '^access-control-allow-credentials: true' <<<"$output"
	grep -iq '^vary:.*origin' <<<"$output"
	run -0 curl -i -H "Origin: https://a.wild.example" "$EIO"
	grep -iq '^access-control-allow-origin: https://a.wild.example' <<<"$output"
}

@test "errors carry the CORS headers too, so that a page can read them" {
	run -0 curl -i -H "Origin: https://app.example" "$EIO&sid=nothing"
	like "$output" "HTTP/1.1 400*"
	grep -iq '^access-control-allow-origin: https://app.example' <<<"$output"
}

@test "a preflight needs no session" {
	run -0 curl -i -X OPTIONS -H "Origin: https://app.example" \
		-H 'Access-Control-Request-Method: POST' \
		-H 'Access-Control-Request-Headers: content-type,x-mine' "$EIO&sid=whatever"
	like "$output" "HTTP/1.1 204*"
	grep -iq '^access-control-allow-methods:.*POST' <<<"$output"
	grep -iq '^access-control-allow-headers: content-type,x-mine' <<<"$output"
	grep -iq '^access-control-max-age: 600' <<<"$output"
	grep -iq '^access-control-allow-credentials: true' <<<"$output"
}

@test "a body over max_payload: 413" {
	handshake
	head -c 1001 /dev/zero | tr '\0' x >"$BATS_TEST_TMPDIR/big"
	is "$(curl -o /dev/null -w '%{http_code}' --data-binary @"$BATS_TEST_TMPDIR/big" "$(eio "$SID")")" 413
	[ "$(metric siogate_http_too_large_total)" -ge 1 ]
}

@test "a chunked body over max_payload: 413" {
	raw http chunked_too_large
}

@test "a body of just max_payload passes" {
	handshake
	join
	is "$(post "42[\"shout\",\"$(printf 'x%.0s' {1..986})\"]")" ok
	is "$(poll | wc -c)" 1000
}

@test "a poll's sid is no WebSocket's; binary POST is refused" {
	handshake
	code 400 3 "Bad request" -H 'Content-Type: application/octet-stream' --data-binary 40 "$(eio "$SID")"
	code 400 1 "Session ID unknown" "$(eio "$SID")"
}
