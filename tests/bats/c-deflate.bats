#!/usr/bin/env bats
# Compressed WebSocket messages (RFC 7692).

load helper

setup_file() {
	gateway --handler "/=$ECHO" -o permessage_deflate=yes -o deflate_threshold=100 -o max_payload=100000
}

teardown_file() {
	gateway_stop
}

@test "it is off unless the configuration turns it on" {
	gateway --handler "/=$ECHO"
	raw deflate off
	gateway_stop
}

@test "negotiation" {
	raw deflate negotiate
}

@test "both directions" {
	raw deflate both_directions
}

@test "small messages are not compressed" {
	raw deflate small_ones_are_not
}

@test "fragments of a compressed message" {
	raw deflate fragments
}

@test "a broadcast to clients with and without" {
	raw deflate mixed
}

@test "a bomb is refused: 1009" {
	raw deflate bomb
}

@test "garbage and invalid UTF-8 inside are found" {
	raw deflate garbage
	raw deflate bad_utf8
	raw deflate empty
}

@test "control frames cannot be compressed" {
	raw deflate control_frames
}
