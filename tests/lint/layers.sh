#!/bin/sh
# Holds every include of the gateway against the table of layers: a folder may
# include its own headers and those of the folders named here, nothing else.
set -eu
cd "${srcdir:-.}"

layers='
base
wire base
net wire base
transport net wire base
pool net base
backend net wire base
socket transport net wire base
dispatch socket transport net wire base pool backend
control dispatch socket transport net wire base pool backend
config wire base
ctl wire base
'
bad=0
files=0
while read -r folder lower; do
	[ -n "$folder" ] || continue
	for file in gateway/"$folder"/*.[ch]; do
		files=$((files + 1))
		# shellcheck disable=SC2013 # headers have no blanks
		for header in $(sed -n 's/^#include "\(.*\)"/\1/p' "$file"); do
			found=no
			for dir in $folder $lower; do
				[ ! -f "gateway/$dir/$header" ] || found=yes
			done
			if [ $found = no ]; then
				echo "$file: includes $header, which is not below it"
				bad=$((bad + 1))
			fi
		done
	done
done <<TABLE
$layers
TABLE
[ "$files" -gt 50 ] || { echo "only $files files seen"; exit 1; }
# names are unique, so that an include by bare name means one file
twice=$(for f in gateway/*/*.h; do basename "$f"; done | sort | uniq -d)
[ -z "$twice" ] || { echo "headers of the same name: $twice"; bad=$((bad + 1)); }
[ "$bad" -eq 0 ] || exit 1
echo "ok: $files files"
