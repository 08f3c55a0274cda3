# All tests. Unit tests and the replay of the fuzzers' corpora are C programs;
# tests/bats drives the running gateway.

include tests/unit/wire_a.mk
include tests/unit/wire_b.mk
include tests/unit/pool.mk
include tests/unit/config.mk
include tests/unit/handler.mk
include tests/unit/ctl.mk
include tests/unit/control.mk
include tests/unit/core.mk
include tests/fuzz/wire_a.mk
include tests/fuzz/wire_b.mk
include tests/fuzz/config.mk
include tests/bats/local.mk
include tests/clients/local.mk
include tests/bench/local.mk
include tests/lint/local.mk

EXTRA_DIST += tests/run-all.sh

# The fuzzers alone, for a build that was configured with --enable-fuzz.
.PHONY: fuzzers
fuzzers: tests/fuzz/fuzz_utf8 tests/fuzz/fuzz_ws_frame tests/fuzz/fuzz_eio4 \
	tests/fuzz/fuzz_origin tests/fuzz/fuzz_jscan tests/fuzz/fuzz_packet \
	tests/fuzz/fuzz_packet_bytes tests/fuzz/fuzz_fcgi \
	tests/fuzz/fuzz_cgi_answer tests/fuzz/fuzz_action \
	tests/fuzz/fuzz_config
