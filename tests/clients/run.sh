#!/bin/sh
# Tests the gateway with real clients: socket.io-client of three generations in
# Node, and the chat's page in Chromium. Prints TAP.
#
# usage: run.sh [NAME.test.mjs]...
#
# Runs in the top folder of a build, or in that of SIOGATE_BUILD. What it needs
# from npm is installed below there, once. The environment:
#
#	SIOGATE_TEST_SCALE	makes the loads larger or smaller: 0.1
#	SIOGATE_TEST_ONLY	a regular expression that picks checks
#	SIOGATE_TEST_SHOTS	a folder for pictures of the chat's page
#	SIOGATE_CI		1: what is missing is a failure, not a skip
#	CHROMIUM		the browser
#	SIOGATE_TESTS		"unit": these are left out
set -u

[ "${SIOGATE_TESTS:-all}" = all ] || {
	echo "1..0 # SKIP only the $SIOGATE_TESTS tests are wanted"
	exit 77
}
here=$(cd "$(dirname "$0")" && pwd)
SIOGATE_BUILD=$(cd "${SIOGATE_BUILD:-.}" && pwd) || exit 1
export SIOGATE_BUILD
work=$SIOGATE_BUILD/tests/clients/npm
[ $# -gt 0 ] || set -- clients.test.mjs load.test.mjs browser.test.mjs

# Leaves the tests out, or fails where they have to run.
skip() {
	if [ "${SIOGATE_CI:-}" = 1 ]; then
		echo "not ok - $1"
		exit 1
	fi
	echo "1..0 # SKIP $1"
	exit 77
}

for program in siogate siogatectl tests/clients/kit.fcgi \
	examples/chat/chat.fcgi; do
	[ -x "$SIOGATE_BUILD/$program" ] || {
		echo "not ok - there is no program $SIOGATE_BUILD/$program"
		exit 1
	}
done
command -v node >/dev/null || skip "node is not here"
command -v npm >/dev/null || skip "npm is not here"
for CHROMIUM in ${CHROMIUM:-chromium chromium-browser google-chrome}; do
	CHROMIUM=$(command -v "$CHROMIUM") && break
done
[ -n "$CHROMIUM" ] || skip "chromium is not here"
export CHROMIUM

# The packages, unless those of this lock file are there.
if ! cmp -s "$here/package-lock.json" "$work/installed.json"; then
	mkdir -p "$work" || exit 1
	cp "$here/package.json" "$here/package-lock.json" "$work" || exit 1
	(cd "$work" && npm ci --no-audit --no-fund --ignore-scripts \
		--loglevel=error) >"$work/npm.log" 2>&1 || {
		sed 's/^/# /' "$work/npm.log"
		skip "npm ci failed"
	}
	cp "$here/package-lock.json" "$work/installed.json" || exit 1
fi
cp "$here"/*.mjs "$work" || exit 1
SIOGATE_SOURCE=$(cd "$here/../.." && pwd)
export SIOGATE_SOURCE

# With sanitizers everything takes longer and more memory.
if grep -q __asan_init "$SIOGATE_BUILD/siogate"; then
	SIOGATE_TEST_SANITIZED=1
	SIOGATE_TEST_SCALE=${SIOGATE_TEST_SCALE:-0.3}
	export SIOGATE_TEST_SANITIZED SIOGATE_TEST_SCALE
fi

status=0
for test in "$@"; do
	echo "# $test"
	node "$work/$test" || status=1
done
exit $status
