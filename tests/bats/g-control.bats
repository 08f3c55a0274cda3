#!/usr/bin/env bats
# The control API, with curl and with siogatectl.

load helper

setup_file() {
	gateway_conf <<-END
	[pool p]
	command = @ACTOR@
	env = ACTOR_DIR=@RUN@
	workers = 2
	[namespace /]
	pool = p
	[namespace /chat]
	pool = p
	END
	# a client over polling in each of them: SID, A and B
	handshake
	join
	A=$NSID
	join /chat
	B=$NSID
	export SID A B
}

teardown_file() {
	gateway_stop
}

ctl() {
	"$SIOGATECTL" "$@"
}

# http METHOD PATH [CURL ARG...]: the status
http() {
	curl --unix-socket "$CONTROL" -o /dev/null -w '%{http_code}' -X "$1" "http://x$2" "${@:3}"
}

@test "push with curl: an answer for each line" {
	is "$(push '{"emit":"news","args":[1]}')" '{"ok":true,"sent":1}'
	is "$(poll)" '42["news",1]'
	run -0 push '{"emit":"a","nsp":"/chat"}

nonsense
{"emit":"b","to":"nobody"}
{"emit":"c","nsp":"/nowhere"}
{"ack":[]}
{"session":{}}
{"emit":"d","tag":1}
{"accept":true}
{"disconnect":true}
{"log":"from outside"}'
	is "$(jq -c '[.ok, .sent, .line]' <<<"$output" | tr '\n' ' ')" \
		'[true,1,null] [false,null,2] [true,0,null] [false,null,4] [false,null,5] [false,null,6] [false,null,7] [false,null,8] [false,null,9] [true,1,null] '
	is "$(poll)" '42/chat,["a"]'
	wait_for log_has 'handler: from outside'
}

@test "siogatectl push: nothing for what succeeds, numbers for what fails" {
	run -0 ctl push <<<'{"emit":"x","args":[12345678901234567890,1.0]}'
	is "$output" ''
	is "$(poll)" '42["x",12345678901234567890,1.0]'
	run -1 ctl push <<-END
	{"emit":"one"}

	{"emit":
	{"emit":"two"}
	END
	like "$output" "*3*"
	is "$(poll)" $'42["one"]\x1e42["two"]'
}

@test "siogatectl emit and its options" {
	run -0 ctl emit news 'plain text' '{"a":1.0}' -5 true
	is "$output" 'sent to 1 socket'
	is "$(poll)" '42["news","plain text",{"a":1.0},-5,true]'
	run -0 ctl emit -n /chat -t "$B" --string news 5
	is "$(poll)" '42/chat,["news","5"]'
	run -0 ctl emit -x "$A" news
	is "$output" 'sent to 0 sockets'
	run -1 ctl emit -n /nowhere news
	run -1 ctl emit connect
}

@test "status, namespaces, sockets, rooms and pools agree with what is there" {
	push '{"join":"lobby","to":"*"}' >/dev/null
	is "$(status status '[.clients, .sockets, .namespaces, .websockets, .stopping] | tostring')" '[1,2,2,0,false]'
	is "$(status namespaces '[.namespaces[] | [.name, .sockets, .rooms, .pool]] | sort | tostring')" \
		'[["/",1,1,"p"],["/chat",1,0,"p"]]'
	is "$(status 'sockets?nsp=/' '.sockets[] | [.sid, .nsp, .transport, .protocol, .address, .rooms] | tostring')" \
		"[\"$A\",\"/\",\"polling\",5,\"127.0.0.1\",[\"lobby\"]]"
	is "$(status 'sockets?nsp=/&room=lobby' '.sockets | length')" 1
	is "$(status 'sockets?nsp=/&room=none' '.sockets | length')" 0
	is "$(status 'sockets?limit=1' '[(.sockets | length), .more] | tostring')" '[1,true]'
	is "$(status rooms '.rooms | tostring')" '[{"nsp":"/","room":"lobby","sockets":1}]'
	is "$(status pools '.pools[] | [.name, .kind, .workers, .queue, .failed] | tostring')" '["p","workers",2,0,0]'
	run -0 ctl status
	like "$output" "*clients*1*"
	run -0 ctl sockets -n / -r lobby
	like "$output" "*$A*"
	run -0 ctl rooms
	like "$output" "*lobby*"
	run -0 ctl namespaces
	like "$output" "*/chat*"
	run -0 ctl pools
	like "$output" "*workers*"
	run -0 ctl health
	is "$output" ok
	run -0 ctl --json status
	jq -e '.clients == 1' <<<"$output"
	push '{"leave":"lobby","to":"*"}' >/dev/null
	is "$(status rooms '.rooms | length')" 0
}

@test "no session id, which is a credential, in any answer" {
	local path
	for path in v1/status v1/namespaces v1/sockets v1/rooms v1/pools metrics; do
		run ! grep -F "$SID" <<<"$(curl --unix-socket "$CONTROL" "http://x/$path")"
	done
}

@test "metrics can be parsed: HELP, TYPE, samples, each name once" {
	curl --unix-socket "$CONTROL" http://x/metrics >"$BATS_TEST_TMPDIR/m"
	run -0 awk '
		/^# HELP / { help[$3]++; next }
		/^# TYPE / { if ($4 !~ /^(counter|gauge|histogram)$/) print "type: " $0; type[$3] = $4; next }
		/^[a-z_]+(\{([a-z_]+="([^"\\]|\\.)*"(,|\}))+)? -?[0-9.e+-]+$/ {
			name = $0; sub(/[{ ].*/, "", name)
			base = name; sub(/_(bucket|sum|count)$/, "", base)
			if (!(name in type) && type[base] != "histogram") print "no type: " $0
			key = $0; sub(/ [^ ]*$/, "", key)
			if (seen[key]++) print "twice: " key
			next
		}
		{ print "unreadable: " $0 }
		END { for (n in help) if (help[n] > 1) print "help twice: " n }
	' "$BATS_TEST_TMPDIR/m"
	is "$output" ''
	[ "$(grep -c '^# TYPE' "$BATS_TEST_TMPDIR/m")" -gt 40 ]
	is "$(metric siogate_clients)" 1
	is "$(metric 'siogate_sockets{namespace="/chat"}')" 1
	is "$(ctl metrics | grep -c '^# TYPE')" "$(grep -c '^# TYPE' "$BATS_TEST_TMPDIR/m")"
}

@test "methods, paths and limits" {
	is "$(http GET /v1/actions)" 405
	is "$(http POST /v1/status)" 405
	is "$(http GET /nothing)" 404
	is "$(http GET /v1/)" 404
	is "$(http GET '/v1/sockets?limit=x')" 400
	is "$(http GET '/v1/sockets?nsp=/nowhere')" 404
	is "$(http GET /healthz)" 200
	is "$(http HEAD /v1/status -I)" 200
}

@test "a web page has no access" {
	is "$(http GET /v1/status -H 'Origin: http://x')" 403
	is "$(http POST /v1/actions -H 'Origin: null' -d '{"emit":"x"}')" 403
	is "$(http GET /healthz -H 'Origin: http://x')" 403
}

@test "siogatectl: its exit status" {
	run -2 ctl
	run -2 ctl nonsense
	run -2 ctl emit
	run -2 ctl push "$BATS_TEST_TMPDIR/nothing"
	run -3 ctl -s "$BATS_TEST_TMPDIR/nothing" status
	like "$output" "*cannot reach the gateway*"
	run -0 ctl -h
	run -0 ctl -V
}

@test "jobs of nobody: spawn and kill" {
	is "$(push '{"spawn":"act","args":[{"emit":"job","to":"*"}]}')" '{"ok":true,"sent":1}'
	is "$(poll)" '42["job"]'
	push '{"spawn":"act","every":100000}
{"spawn":"act","after":100000}' >/dev/null
	is "$(metric siogate_jobs)" 2
	is "$(push '{"kill":"act"}')" '{"ok":true,"sent":2}'
	is "$(metric siogate_jobs)" 0
}

@test "the control socket is for its owner's group at most" {
	[[ "$(stat -c %a "$CONTROL")" =~ ^(6|7)[0-7]0$ ]]
}

@test "over TCP a token is needed" {
	gateway_dir
	printf 'tok en\n' >"$RUN/token"
	run -1 "$SIOGATE" --listen 127.0.0.1:0 --control 127.0.0.1:0 --run-dir "$RUN/run"
	like "$output" "*token*"
	gateway_up --listen 127.0.0.1:0 --control 127.0.0.1:0 -o control_token=s3cret
	local where
	where=$(sed -n 's/.*control on \(127[0-9.:]*\)$/\1/p' "$LOG")
	is "$(curl -o /dev/null -w '%{http_code}' "http://$where/v1/status")" 401
	is "$(curl -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer s3cre' "http://$where/v1/status")" 401
	is "$(curl -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer s3cret ' "http://$where/v1/status")" 200
	is "$(curl -o /dev/null -w '%{http_code}' -H 'Authorization: Basic s3cret' "http://$where/v1/status")" 401
	is "$(curl -o /dev/null -w '%{http_code}' "http://$where/healthz")" 200
	run -1 ctl -s "http://$where" status
	like "$output" "*token*"
	run -0 ctl -s "http://$where" --token s3cret status
	SIOGATE_TOKEN=s3cret run -0 ctl -s "http://$where" status
	log_has 'refused, the token is missing or wrong'
	run ! grep s3cret "$LOG"
	gateway_stop
}

@test "disconnect ends sockets by sid or room" {
	run -0 ctl disconnect -n /chat -- "$B"
	is "$(poll)" '41/chat,'
	is "$(status status .sockets)" 1
	run -0 ctl disconnect --close -- "$A"
	is "$(poll)" $'41\x1e1'
	is "$(status status .clients)" 0
}
