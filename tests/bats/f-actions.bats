#!/usr/bin/env bats
# What handlers can have done: each action and each option.

load helper

setup_file() {
	gateway_conf -o refresh_before=700 -o max_queue=4M <<-END
	[pool p]
	command = @ACTOR@
	env = ACTOR_DIR=@RUN@
	workers = 4
	script_filename = /srv/x.php
	[namespace /]
	pool = p
	[namespace /chat]
	pool = p
	[namespace /free]
	pool = p
	order = none
	[namespace /few]
	pool = p
	acl = recv_connect, on_act
	  on_two_words
	[namespace /closed]
	pool = p
	acl =
	[namespace /empty]
	END
}

teardown_file() {
	gateway_stop
}

setup() {
	# clients of the test before are gone
	wait_for metric_is siogate_clients 0
}

@test "emit, send and json" {
	raw actions emit
}

@test "ack, once" {
	raw actions ack
}

@test "join and leave; to, except and broadcast with rooms" {
	raw actions rooms
}

@test "broadcast, to everybody, except some" {
	raw actions broadcast
}

@test "to one client by its sid; join and leave for others" {
	raw actions to_sid
}

@test "names of rooms, and how many" {
	raw actions odd_rooms
}

@test "to another namespace" {
	raw actions nsp
}

@test "volatile events are dropped for a slow client, others kept" {
	raw actions volatile
}

@test "the session: merge patch, shared by namespaces, bounded" {
	raw actions session
}

@test "numbers and texts in the session stay as they are" {
	raw actions session_text
}

@test "acl: only, allow, deny, lift, reset" {
	raw actions acl
}

@test "acl from the configuration" {
	raw actions acl_initial
}

@test "acl, rooms and session set while connecting" {
	raw actions acl_on_connect
}

@test "error on connect: message and data" {
	raw actions connect_error
}

@test "accept, and the first emit, let a client in" {
	raw actions accept
}

@test "nothing reaches a client that is not let in" {
	raw actions not_yet_in
}

@test "disconnect" {
	raw actions disconnect
}

@test "close" {
	raw actions close
}

@test "why a client went" {
	raw actions reasons
}

@test "what the answer to disconnect does to others" {
	raw actions bye
}

@test "spawn" {
	raw actions spawn
}

@test "spawn with after" {
	raw actions after
}

@test "spawn with every, and kill" {
	raw actions every
}

@test "jobs end with their client" {
	raw actions jobs_end
}

@test "kill ends a job that runs" {
	raw actions kill_running
}

@test "max_jobs" {
	raw actions too_many_jobs
}

@test "lines are carried out as they come" {
	raw actions stream
}

@test "expires: the end" {
	raw actions expires
}

@test "expires: renewed by refresh" {
	raw actions refresh
}

@test "tag: an answer, a time-out, bytes" {
	raw actions tag
}

@test "tag on a broadcast" {
	raw actions tag_broadcast
}

@test "error" {
	raw actions error
}

@test "lines that are none" {
	raw actions bad_lines
}

@test "events of one client are in order, others go on meanwhile" {
	raw actions order
}

@test "order = none" {
	raw actions no_order
}

@test "events of a client that has gone are dropped" {
	raw actions gone
}

@test "a namespace without a handler" {
	raw actions no_handler
}

@test "meta-variables" {
	raw actions variables
}

@test "log writes a line at its level" {
	raw one act '{"log":"a word from the handler","level":"warning"}' '{"log":"another"}' '{"log":"third","level":"silly"}'
	wait_for log_has 'warning pool p: handler: a word from the handler'
	wait_for log_has 'info pool p: handler: another'
	wait_for log_has 'info pool p: handler: third'
}
