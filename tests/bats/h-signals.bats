#!/usr/bin/env bats
# TERM, HUP, and a second TERM, with clients and handlers at work.

load helper

teardown() {
	local pid
	for pid in ${CLIENTS:-}; do
		kill "$pid" 2>/dev/null || true
	done
	gateway_stop
}

# stay: a WebSocket client that stays; NSID is its sid, OUT what it prints
stay() {
	OUT=$BATS_TEST_TMPDIR/out$RANDOM
	raw one stay "$OUT.sid" >"$OUT" 2>/dev/null 3>&- &
	CLIENTS="${CLIENTS:-} $!"
	wait_for test -s "$OUT.sid"
	NSID=$(<"$OUT.sid")
}

# conf_p [LINE...]: a configuration with the pool p in RUN/conf
write_conf() {
	{
		cat <<-END
		[pool p]
		command = @ACTOR@
		env = ACTOR_DIR=@RUN@
		kill_grace = 200
		END
		cat
	} | conf >"$RUN/conf"
}

# reload: HUP, and waits until it is done
reload() {
	local n
	n=$(grep -c 'reload: ' "$LOG" || true)
	kill -HUP "$GW_PID"
	wait_for reloaded "$n"
}

reloaded() {
	[[ $(grep -c 'reload: ' "$LOG") -gt $1 ]]
}

@test "TERM: clients are closed so that they come again, disconnect events are sent, workers end" {
	gateway_dir
	write_conf <<-END
	[namespace /]
	pool = p
	END
	gateway_up -c "$RUN/conf" --listen 127.0.0.1:0 -o drain_time=100
	stay
	local NSID2=$NSID
	handshake
	join
	kill -TERM "$GW_PID"
	wait_for grep -q '^closed 100[01]$' "$OUT"
	gateway_check
	run ! grep -q '^41' "$OUT"
	grep -q "\"type\":\"disconnect\".*\"sid\":\"$NSID2\".*\"reason\":\"server shutting down\"" "$RUN/events"
	log_has 'stopping: 2 clients'
	log_has 'stopped$'
}

@test "TERM: a held poll is answered, and no new client is let in" {
	gateway --handler "/=$ACTOR" -o drain_time=5s
	stay
	stay
	handshake
	join
	poll >"$BATS_TEST_TMPDIR/held" 3>&- &
	local held=$!
	kill -TERM "$GW_PID"
	wait_for log_has stopping
	# the listeners are closed
	run curl -o /dev/null "$EIO"
	[ "$status" -ne 0 ]
	is "$(curl --unix-socket "$CONTROL" http://x/v1/status | jq .stopping)" true
	is "$(curl --unix-socket "$CONTROL" -d '{"emit":"x"}' -o /dev/null -w '%{http_code}' http://x/v1/actions)" 503
	kill -TERM "$GW_PID"
	gateway_check
	wait $held || true
	log_has 'stopping at once'
}

@test "TERM: a request under way gets its time" {
	gateway_dir
	write_conf <<-END
	[namespace /]
	pool = p
	END
	gateway_up -c "$RUN/conf" --listen 127.0.0.1:0 -o drain_time=0
	handshake
	join
	is "$(post '42["hold","release",{"log":"it was carried out"}]')" ok
	wait_for test -e "$RUN/release.begun"
	kill -TERM "$GW_PID"
	wait_for log_has stopping
	touch "$RUN/release"
	gateway_check
	log_has 'it was carried out'
}

@test "TERM: shutdown_timeout is the bound" {
	gateway_dir
	write_conf <<-END
	[namespace /]
	pool = p
	END
	gateway_up -c "$RUN/conf" --listen 127.0.0.1:0 -o drain_time=0 -o shutdown_timeout=200
	handshake
	join
	is "$(post '42["hold","never"]')" ok
	wait_for test -e "$RUN/never.begun"
	kill -TERM "$GW_PID"
	gateway_check
}

@test "a second TERM ends it at once, even with a worker that ignores TERM" {
	gateway_dir
	write_conf <<-END
	[namespace /]
	pool = p
	END
	gateway_up -c "$RUN/conf" --listen 127.0.0.1:0 -o shutdown_timeout=1h -o drain_time=0
	handshake
	join
	is "$(post "42[\"deaf\"]"$'\x1e''42["hold","never"]')" ok
	wait_for test -e "$RUN/never.begun"
	kill -TERM "$GW_PID"
	wait_for log_has stopping
	kill -TERM "$GW_PID"
	gateway_check
}

@test "no worker is left when the gateway is gone" {
	gateway_dir
	write_conf <<-END
	[namespace /]
	pool = p
	END
	gateway_up -c "$RUN/conf" --listen 127.0.0.1:0 -o drain_time=0
	local pid
	pid=$(raw one emit pid | sed 's/431\[\(.*\)\]/\1/')
	kill -0 "$pid"
	kill -TERM "$GW_PID"
	gateway_check
	run ! kill -0 "$pid"
}

@test "TERM during the start-up of workers" {
	gateway_dir
	write_conf <<-END
	workers = 8
	[namespace /]
	pool = p
	END
	gateway_spawn -c "$RUN/conf" --listen 127.0.0.1:0
	wait_for log_has 'is up'
	kill -TERM "$GW_PID"
	gateway_check
}

@test "HUP: another acl and another namespace; workers are replaced, clients stay" {
	gateway_dir
	write_conf <<-END
	[namespace /]
	pool = p
	END
	gateway_up -c "$RUN/conf" --listen 127.0.0.1:0
	local before
	before=$(raw one emit pid)
	stay
	handshake
	join
	is "$(post '40/new,')" ok
	like "$(poll)" '*Invalid namespace*'
	write_conf <<-END
	[namespace /]
	pool = p
	acl = recv_connect, on_act
	[pool second]
	command = @ECHO@
	[namespace /new]
	pool = second
	END
	reload
	log_has 'reload: done'
	join /new
	is "$(post '42["pid"]')" ok
	like "$(poll)" '*method_access_denied*'
	is "$(push "{\"emit\":\"still there\",\"to\":\"$NSID\",\"nsp\":\"/new\"}")" '{"ok":true,"sent":1}'
	is "$(push '{"emit":"still there"}')" '{"ok":true,"sent":2}'
	wait_for grep -q 'still there' "$OUT"
	write_conf <<-END
	[namespace /]
	pool = p
	END
	reload
	wait_for new_worker "$before"
	[ "$(metric 'siogate_pool_generation{pool="p"}')" -ge 1 ]
	# a namespace that is gone takes nobody new
	handshake
	is "$(post '40/new,')" ok
	like "$(poll)" '*Invalid namespace*'
}

# new_worker OLD: another worker answers
new_worker() {
	[[ $(raw one emit pid) != "$1" ]]
}

@test "HUP with mistakes: they are logged, the old configuration stays" {
	gateway_dir
	write_conf <<-END
	[namespace /]
	pool = p
	END
	gateway_up -c "$RUN/conf" --listen 127.0.0.1:0
	echo 'nonsense = 1' >>"$RUN/conf"
	reload
	log_has "conf:[0-9]*: nonsense"
	log_has 'the old one stays'
	like "$(raw one emit pid)" '431\[*'
	rm "$RUN/conf"
	reload
	like "$(raw one emit pid)" '431\[*'
}

@test "HUP without a configuration file does no harm" {
	gateway --handler "/=$ACTOR"
	reload
	like "$(raw one emit pid)" '431\[*'
}

@test "HUP takes a namespace's pool away while clients are there" {
	gateway_dir
	write_conf <<-END
	[namespace /]
	pool = p
	END
	gateway_up -c "$RUN/conf" --listen 127.0.0.1:0
	handshake
	join
	is "$(post '42["act",{"spawn":"act","every":50},{"emit":"done"}]')" ok
	is "$(poll)" '42["done"]'
	write_conf <<-END
	[namespace /]
	END
	reload
	is "$(post '42["act",{"emit":"dropped"}]')" ok
	wait_for dropped
	is "$(post 41)" ok
	join
	is "$(post 1)" ok
	wait_for metric_is siogate_clients 0
}

# dropped: some events were
dropped() {
	[[ $(metric siogate_events_dropped_total) -ge 2 ]]
}

@test "HUP with a request under way lets it end" {
	gateway_dir
	write_conf <<-END
	[namespace /]
	pool = p
	END
	gateway_up -c "$RUN/conf" --listen 127.0.0.1:0
	handshake
	join
	is "$(post '42["hold","release",{"emit":"held"}]')" ok
	wait_for test -e "$RUN/release.begun"
	reload
	touch "$RUN/release"
	is "$(poll)" '42["held"]'
}

@test "signals by the dozen" {
	gateway --handler "/=$ACTOR" -o drain_time=0
	local i
	for i in {1..20}; do
		kill -HUP "$GW_PID"
		kill -USR1 "$GW_PID"
	done
	wait_for log_has 'reload: done'
	like "$(raw one emit pid)" '431\[*'
	kill -TERM "$GW_PID"
	kill -HUP "$GW_PID" 2>/dev/null || true
	gateway_check
}
