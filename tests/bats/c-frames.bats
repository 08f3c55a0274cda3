#!/usr/bin/env bats
# WebSocket frames, held against RFC 6455.

load helper

setup_file() {
	gateway --handler "/=$ECHO" -o max_payload=100000 -o max_queue=1M
}

teardown_file() {
	gateway_stop
}

@test "unmasked frames: 1002" {
	raw frames unmasked
}

@test "reserved bits: 1002" {
	raw frames rsv
}

@test "reserved opcodes: 1002" {
	raw frames opcodes
}

@test "control frames in fragments or too long: 1002" {
	raw frames control
}

@test "continuations out of place: 1002" {
	raw frames continuation
}

@test "lengths not in their shortest form: 1002" {
	raw frames lengths
}

@test "messages over max_payload: 1009" {
	raw frames too_big
}

@test "invalid UTF-8: 1007" {
	raw frames utf8
}

@test "close codes are echoed" {
	raw frames close_codes
}

@test "close frames with a code or reason that is none" {
	raw frames bad_close
}

@test "nothing counts behind a close frame" {
	raw frames after_close
}

@test "pings are answered, pongs passed over" {
	raw frames ping
	raw frames ping_flood
}

@test "fragments, cut anywhere, pings between them" {
	raw frames fragments
}

@test "frames byte by byte" {
	raw frames byte_by_byte
}

@test "binary frames are attachments" {
	raw frames binary_frames
}

@test "half-closed, reset and cut connections end the session" {
	wait_for metric_is siogate_clients 0
	raw frames half_close
	raw frames reset
	raw frames cut_frame
}

@test "a slow reader is closed and counted, others go on" {
	wait_for metric_is siogate_clients 0
	raw frames slow_reader
}
