#!/bin/sh
# run: all tests of the running gateway; prints TAP.
#
# Works in the build directory. Arguments, if there are any, name the .bats
# files to run.
here=$(cd "$(dirname "$0")" && pwd)
SIOGATE_BUILD=${SIOGATE_BUILD:-$PWD}
SRCDIR=${SRCDIR:-$(cd "$here/../.." && pwd)}
export SIOGATE_BUILD SRCDIR

[ "${SIOGATE_TESTS:-all}" = all ] || {
	echo "1..0 # SKIP only the $SIOGATE_TESTS tests are wanted"
	exit 77
}
for tool in bats curl jq node; do
	if ! command -v "$tool" >/dev/null 2>&1; then
		echo "1..0 # SKIP $tool is missing"
		exit 77
	fi
done
[ $# -gt 0 ] || set -- "$here"/*.bats
exec bats --tap "$@"
