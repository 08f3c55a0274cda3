#!/bin/sh
# The manual pages have no mistakes that mandoc knows of.
set -eu
cd "${srcdir:-.}"

if ! command -v mandoc >/dev/null; then
	echo "mandoc is missing"
	[ "${SIOGATE_CI:-}" = 1 ] && exit 1
	exit 77
fi
found=$(mandoc -Tlint -Wwarning docs/man/*.[1-9] || :)
[ -z "$found" ] || { echo "$found"; exit 1; }
echo ok
