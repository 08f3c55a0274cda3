#!/bin/bash
# Every test there is, in the order of how soon they fail: called by
# ./quickstart test, which has installed what they need. Prints at the end
# "N passed, N failed" on a line of its own; details are in build/.
#
#	gcc    warnings are errors; unit tests, corpora, lints, bats, clients
#	clang  warnings are errors, AddressSanitizer and UBSan; the same tests
#	fuzz   each fuzzer for FUZZ_SECONDS (5)
#	dist   make distcheck, with the unit tests
set -u
cd "$(dirname "$0")/.." || exit 1
top=$PWD
jobs=${1:-2}
fuzz_seconds=${FUZZ_SECONDS:-5}
passed=0
failed=0
export SIOGATE_CI=1
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1

say() {
	printf '\n== %s\n' "$*"
}

# count NAME STATUS: one test more.
count() {
	if [ "$2" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'FAILED: %s\n' "$1"
	fi
}

# step NAME COMMAND...: runs a command, quietly unless it fails.
step() {
	local name=$1 log status
	shift
	log=build/$name.log
	"$@" >"$log" 2>&1
	status=$?
	count "$name" $status
	[ $status -eq 0 ] || tail -n 40 "$log"
	return $status
}

# count_logs DIR: adds up what the tests of make check in DIR say.
count_logs() {
	local trs log ok bad
	while read -r trs; do
		log=${trs%.trs}.log
		ok=$(grep -cE '^ok |^\[ +OK \]' "$log")
		bad=$(grep -cE '^not ok |^\[ +FAILED +\] [a-z].*[a-z]$' "$log")
		if grep -q '^:test-result: PASS' "$trs"; then
			passed=$((passed + (ok > 0 ? ok : 1)))
		else
			passed=$((passed + ok))
			failed=$((failed + (bad > 0 ? bad : 1)))
			printf 'FAILED: %s\n' "${log#build/}"
			tail -n 60 "$log"
		fi
	done < <(find "$1" -name '*.trs' | sort)
}

# configure_in DIR ARGUMENT...
configure_in() {
	local dir=$1
	shift
	(cd "$dir" && "$top/configure" -q "$@")
}

# build_and_check NAME CONFIGURE-ARGUMENT...
build_and_check() {
	local name=$1 dir=build/$1
	shift
	say "$name: build"
	mkdir -p "$dir"
	step "$name-configure" configure_in "$dir" "$@" || return
	step "$name-make" make -C "$dir" -j "$jobs" || return
	say "$name: make check"
	find "$dir" -name '*.trs' -delete
	make -C "$dir" -k check -j "$jobs" >"build/$name-check.log" 2>&1
	count_logs "$dir"
	if ! grep -q '^# TOTAL' "build/$name-check.log"; then
		count "$name-check" 1
		tail -n 40 "build/$name-check.log"
	fi
	printf 'so far %d passed, %d failed\n' "$passed" "$failed"
}

# Runs each fuzzer for a few seconds on its corpus.
fuzz() {
	local dir=build/fuzz fuzzer name
	say "fuzz: build"
	mkdir -p "$dir"
	step fuzz-configure configure_in "$dir" CC=clang CFLAGS='-O1 -g' --enable-fuzz \
		--enable-asan --enable-ubsan || return
	step fuzz-make make -C "$dir" -j "$jobs" fuzzers || return
	say "fuzz: $fuzz_seconds seconds each"
	for fuzzer in tests/fuzz/fuzz_*.c; do
		name=$(basename "$fuzzer" .c)
		mkdir -p "$dir/found/${name#fuzz_}"
		step "$name" "$dir/tests/fuzz/$name" \
			-max_total_time="$fuzz_seconds" -timeout=10 \
			-rss_limit_mb=2048 -print_final_stats=1 \
			-artifact_prefix="$dir/" "$dir/found/${name#fuzz_}" \
			"tests/fuzz/corpus/${name#fuzz_}"
	done
}

build_and_check gcc --enable-werror CFLAGS='-O2 -g'
build_and_check clang CC=clang --enable-werror --enable-asan --enable-ubsan \
	--enable-debug CFLAGS='-O1 -g'
fuzz
say "dist: make distcheck"
step distcheck make -C build/gcc distcheck SIOGATE_TESTS=unit

printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
