#!/bin/sh
# The C sources look as .clang-format says.
set -eu
cd "${srcdir:-.}"

if ! command -v clang-format >/dev/null; then
	echo "clang-format is missing"
	[ "${SIOGATE_CI:-}" = 1 ] && exit 1
	exit 77
fi
find gateway handlers include examples tests -name '*.[ch]' \
	-not -path '*/node_modules/*' -print0 |
	xargs -0 clang-format --dry-run --Werror
echo ok
