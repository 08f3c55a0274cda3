# All tests. Unit tests and the replay of the fuzzers' corpora are C programs;
# tests/bats drives the running gateway.

include tests/unit/wire_a.mk
include tests/unit/wire_b.mk
include tests/unit/pool.mk
include tests/unit/config.mk
include tests/unit/handler.mk
include tests/unit/ctl.mk
include tests/fuzz/wire_a.mk
include tests/fuzz/wire_b.mk
include tests/fuzz/config.mk
include tests/bench/local.mk
