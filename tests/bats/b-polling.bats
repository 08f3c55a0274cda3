#!/usr/bin/env bats
# Socket.IO over polling, as curl speaks it.

load helper

setup_file() {
	gateway --handler "/=$ECHO" --handler "/chat=$ECHO" -o max_attachments=3
}

teardown_file() {
	gateway_stop
}

RS=$'\x1e'

@test "the handshake has all fields, and a sid of its own" {
	handshake
	is "$(jq -c 'del(.sid)' <<<"${OPEN:1}")" \
		'{"upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}'
	[[ "$SID" =~ ^[A-Za-z0-9_-]{20,}$ ]]
	local first=$SID
	handshake
	[ "$SID" != "$first" ]
}

@test "the path works without its last slash" {
	like "$(curl "$BASE/socket.io?EIO=4&transport=polling")" '0{"sid":*'
}

@test "types of the answers" {
	handshake
	is "$(post 40 -w ' %{content_type}')" "ok text/html"
	like "$(poll -w ' %{content_type}')" "40{*} text/plain; charset=UTF-8"
}

@test "joining gives a sid that is not the session's" {
	handshake
	join
	[ "$NSID" != "$SID" ]
	join /chat '{"token":"x"}'
}

@test "a namespace that nobody configured: CONNECT_ERROR" {
	handshake
	is "$(post '40/nowhere,')" ok
	is "$(poll)" '44/nowhere,{"message":"Invalid namespace"}'
	is "$(post '40/nowhere?x=1,{"a":1}')" ok
	is "$(poll)" '44/nowhere,{"message":"Invalid namespace"}'
	join
}

@test "events and acknowledgements, in both namespaces" {
	handshake
	join
	join /chat
	is "$(post '42["shout",1,"two"]')" ok
	is "$(poll)" '42["shout",1,"two"]'
	is "$(post '427["echo",{"a":null},[]]')" ok
	is "$(poll)" '437[{"a":null},[]]'
	is "$(post '42/chat,0["echo"]')" ok
	is "$(poll)" '43/chat,0[]'
	is "$(post '42/chat,["shout"]')" ok
	is "$(poll)" '42/chat,["shout"]'
}

@test "arguments pass through byte for byte" {
	handshake
	join
	local args='12345678901234567890123,1.0,-0,1e400,"\u00e9é\ud83d\ude00\/","\ud800","\u0000",{"b":1,"a":2,"b":3},[ ]'
	is "$(post "421[\"echo\",$args]")" ok
	is "$(poll)" "431[$args]"
}

@test "several packets in one payload, both ways" {
	handshake
	is "$(post "40${RS}40/chat,${RS}421[\"echo\",1]${RS}42/chat,2[\"echo\",2]")" ok
	local all=
	while [[ $all != *'431[1]'* || $all != *'43/chat,2[2]'* ]]; do
		all+=$RS$(poll)
	done
	like "$all" '*40{"sid":*431\[1\]*'
	like "$all" '*40/chat,{"sid":*43/chat,2\[2\]*'
}

@test "what waits comes in one payload" {
	handshake
	join
	is "$(post 421'["echo",1]'"$RS"422'["echo",2]')" ok
	wait_for queued 2
	is "$(poll)" "431[1]${RS}432[2]"
}

# queued N: that many packets wait for the client NSID
queued() {
	[[ $(status sockets ".sockets[] | select(.sid == \"$NSID\") | .queue") == "$1" ]]
}

@test "binary: base64 packets, both ways" {
	handshake
	join
	is "$(post "451-1[\"echo\",{\"_placeholder\":true,\"num\":0}]${RS}bAQIDBA==")" ok
	is "$(poll)" "461-1[{\"_placeholder\":true,\"num\":0}]${RS}bAQIDBA=="
	is "$(post "452-[\"shout\",{\"_placeholder\":true,\"num\":1},{\"x\":{\"_placeholder\":true,\"num\":0}}]${RS}bAQ==${RS}b")" ok
	is "$(poll)" "452-[\"shout\",{\"_placeholder\":true,\"num\":0},{\"x\":{\"_placeholder\":true,\"num\":1}}]${RS}b${RS}bAQ=="
}

@test "attachments may come in a POST of their own" {
	handshake
	join
	is "$(post '451-7["echo",{"_placeholder":true,"num":0}]')" ok
	is "$(post 'bAQI=')" ok
	is "$(poll)" "461-7[{\"_placeholder\":true,\"num\":0}]${RS}bAQI="
}

@test "a close packet ends the session" {
	handshake
	join
	is "$(post 1)" ok
	is "$(poll)" '{"code":1,"message":"Session ID unknown"}'
}

@test "a close packet answers the poll that is held" {
	handshake
	join
	poll >"$BATS_TEST_TMPDIR/held" 3>&- &
	wait_for polls_held
	is "$(post 1)" ok
	wait
	is "$(cat "$BATS_TEST_TMPDIR/held")" 1
}

# polls_held: an HTTP connection besides the asking one is open
polls_held() {
	[[ $(metric siogate_http_connections) -ge 1 ]]
}

@test "leaving a namespace, the session stays" {
	handshake
	join
	is "$(post 41)" ok
	join
	is "$(post 423'["echo"]')" ok
	is "$(poll)" '433[]'
}

@test "packets that make no sense end the session" {
	local p
	for p in x 9 '' 4 4x 42 '42{}' '42[]' '42["a"' '42[1,]' '43[]' '45["a"]' 2 \
		"42[\"a\"]${RS}" '40[]' '404' bAQ== 'b!'; do
		handshake
		join
		post "$p" >/dev/null
		is "$(poll)" '{"code":1,"message":"Session ID unknown"}' || fail "packet $p"
	done
}

@test "what is not UTF-8 ends the session, with 400" {
	handshake
	join
	like "$(post $'42["echo","\xff"]')" '{"code":3,*'
	is "$(poll)" '{"code":1,"message":"Session ID unknown"}'
}

@test "large answers are compressed for those who ask" {
	handshake
	join
	local text
	text=$(printf 'x%.0s' {1..3000})
	is "$(post "42[\"shout\",\"$text\"]")" ok
	run -0 curl -i --compressed "$(eio "$SID")"
	grep -iq '^content-encoding: \(gzip\|deflate\)' <<<"$output"
	like "$output" "*42\[\"shout\",\"$text\"]"
	is "$(post "42[\"shout\",\"$text\"]")" ok
	run -0 curl -i "$(eio "$SID")"
	run ! grep -i '^content-encoding' <<<"$output"
}

@test "small ones are not, and gzip;q=0 is honoured" {
	handshake
	join
	is "$(post '42["shout"]')" ok
	run -0 curl -i --compressed "$(eio "$SID")"
	run ! grep -i '^content-encoding' <<<"$output"
	is "$(post "42[\"shout\",\"$(printf 'x%.0s' {1..3000})\"]")" ok
	run -0 curl -i -H 'Accept-Encoding: gzip;q=0, identity' "$(eio "$SID")"
	run ! grep -i '^content-encoding' <<<"$output"
}

@test "an acknowledgement that nobody asked for is counted, no more" {
	handshake
	join
	local before
	before=$(metric 'siogate_errors_total{kind="unasked_ack"}')
	is "$(post '4399[1]')" ok
	is "$(post '421["echo"]')" ok
	is "$(poll)" '431[]'
	is "$(metric 'siogate_errors_total{kind="unasked_ack"}')" $((before + 1))
}
