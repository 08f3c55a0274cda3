#!/bin/sh
#
# test_conf_doc.sh: holds the manual pages against the program.
#
# The reference in siogate.conf.5, between the lines "BEGIN settings" and "END
# settings", must be what the table of settings gives, and siogate.8 must have
# every option and no other. With UPDATE=1 the reference is written anew
# instead. Called by make check in the top build folder; CONF_DOC may name the
# program that prints.

set -u

top=${srcdir:-.}
doc=${CONF_DOC:-./tests/unit/conf_doc}
conf=$top/docs/man/siogate.conf.5
daemon=$top/docs/man/siogate.8
failed=0

dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT

"$doc" settings >"$dir/settings" || exit 99
"$doc" options | sort >"$dir/options" || exit 99
if ! [ -s "$dir/settings" ] || ! [ -s "$dir/options" ]; then
	echo "$doc printed nothing"
	exit 99
fi

if [ "${UPDATE:-0}" = 1 ]; then
	awk -v new="$dir/settings" '
		/^\.\\" END settings/ { skip = 0 }
		!skip { print }
		/^\.\\" BEGIN settings/ {
			while ((getline line <new) > 0)
				print line
			skip = 1
		}' "$conf" >"$dir/conf" && cat "$dir/conf" >"$conf"
fi

awk '/^\.\\" END settings/ { on = 0 }
	on { print }
	/^\.\\" BEGIN settings/ { on = 1 }' "$conf" >"$dir/reference"
if ! diff -u "$dir/reference" "$dir/settings"; then
	echo "siogate.conf.5 is not what the table of settings says;" \
		"run this test with UPDATE=1"
	failed=1
fi

sed -n 's/^\.It .*Fl -\([a-z-]*\).*/\1/p' "$daemon" | sort >"$dir/documented"
if ! diff -u "$dir/documented" "$dir/options"; then
	echo "siogate.8 does not have the options of the program"
	failed=1
fi

if command -v mandoc >/dev/null; then
	mandoc -Tlint -Wwarning "$conf" "$daemon" || failed=1
else
	echo "mandoc is not here: the pages' markup is not checked"
fi
exit "$failed"
