#!/usr/bin/env bats
# Opening a WebSocket, and moving to one from polling.

load helper

setup_file() {
	gateway --handler "/=$ECHO"
}

teardown_file() {
	gateway_stop
}

@test "a WebSocket from the start" {
	raw upgrade direct
}

@test "frames that come with the request are not lost" {
	raw upgrade early
	raw upgrade early_half
	raw upgrade early_error
}

@test "probe and upgrade" {
	raw upgrade upgrade
}

@test "packets in flight arrive once and in order" {
	raw upgrade in_flight
}

@test "binary in flight is encoded again" {
	raw upgrade binary_in_flight
}

@test "a second upgrade is refused" {
	raw upgrade second_upgrade
}

@test "of two upgrades at the same time one wins" {
	raw upgrade race
}

@test "a probe that goes wrong does no harm" {
	raw upgrade bad_probe
}

@test "the session ends during a probe" {
	raw upgrade session_ends
}

@test "other versions than 13: 426" {
	raw upgrade version
}

@test "a key that is missing or none: 400" {
	raw upgrade key
}

@test "Upgrade and Connection are lists of tokens" {
	raw upgrade tokens
	raw upgrade post_upgrade
}
