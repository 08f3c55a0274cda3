#!/usr/bin/env bats
# Packets of Socket.IO.

load helper

setup_file() {
	gateway_conf -o max_depth=10 -o max_attachments=3 -o max_namespaces=3 <<-END
	[pool p]
	command = @ACTOR@
	env = ACTOR_DIR=@RUN@
	workers = 2
	[namespace /]
	pool = p
	[namespace /chat]
	pool = p
	[namespace /third]
	[namespace /fourth]
	END
}

teardown_file() {
	gateway_stop
}

@test "packets that cannot be read end the connection" {
	raw packets syntax
}

@test "so does invalid JSON" {
	raw packets json
}

@test "JSON that is nested too deep" {
	raw packets depth
}

@test "payloads that do not fit the packet, and reserved names" {
	raw packets payload
}

@test "packets for a namespace that was not joined" {
	raw packets not_joined
}

@test "joining twice" {
	raw packets double_connect
}

@test "packets that only a server sends" {
	raw packets server_packets
}

@test "an acknowledgement nobody asked for is counted" {
	raw packets unasked_ack
}

@test "attachments that do not fit" {
	raw packets attachments
	raw packets attachments_missing
}

@test "one attachment named many times" {
	raw packets attachment_bomb
}

@test "names of namespaces, and too many of them" {
	raw packets namespaces
}

@test "numbers, escapes, order and duplicates of keys stay as they are" {
	raw packets numbers
}

@test "line breaks between tokens become blanks" {
	raw packets newlines
}

@test "names of events" {
	raw packets event_names
}

@test "an option given twice: the last counts; an action twice: refused" {
	raw packets duplicate_keys
}

@test "a large event" {
	raw packets big_event
}

@test "ids of acknowledgements" {
	raw packets ids
}

@test "binary at any depth, in any order" {
	raw packets binary_deep
}

@test "binary from handlers" {
	raw packets handlers_bytes
}
