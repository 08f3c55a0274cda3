#!/bin/sh
# Shell scripts hold up to shellcheck.
set -eu
cd "${srcdir:-.}"

if ! command -v shellcheck >/dev/null; then
	echo "shellcheck is missing"
	[ "${SIOGATE_CI:-}" = 1 ] && exit 1
	exit 77
fi
# .bats files are read as bash
shellcheck quickstart .ci/run tests/*/*.sh
echo ok
