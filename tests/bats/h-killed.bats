#!/usr/bin/env bats
# What is left of a gateway that was killed.

load helper

# gone PID: there is no such process, or it is a zombie
gone() {
	! grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$1/status"
}

# two_run: two workers are there, and have become the handler
two_run() {
	[[ $(pgrep -c -P "$GW_PID" echo) -eq 2 ]]
}

@test "workers end with a gateway that was killed" {
	local pids
	gateway --handler "/=$ECHO" --workers 2..2
	wait_for two_run
	pids=$(pgrep -P "$GW_PID")
	kill -9 "$GW_PID"
	for pid in $pids; do
		wait_for gone "$pid"
	done
}
