#!/bin/sh
# No two types of objects carry the same magic word, and no header lacks its
# guard.
set -eu
cd "${srcdir:-.}"

twice=$(grep -rhoE '[A-Z_]+_MAGIC = 0x[0-9a-f]+' gateway handlers |
	sed 's/.*= //' | sort | uniq -d)
[ -z "$twice" ] || { echo "used twice: $twice"; exit 1; }
n=0
for header in gateway/*.h gateway/*/*.h include/siogate/*.h handlers/c/*.h; do
	n=$((n + 1))
	grep -q '^#ifndef SIOGATE_' "$header" || { echo "$header: no guard"; exit 1; }
done
echo "ok: $n headers"
