#!/bin/sh
#
# replay.sh: runs every fuzzer that was built over its stored inputs.
#
# tests/fuzz/fuzz_NAME runs over tests/fuzz/corpus/NAME. Called by make check in
# the top build folder. Fails when an input fails, when a fuzzer has no inputs
# or when no fuzzer was built.

corpus=${srcdir:-.}/tests/fuzz/corpus
ran=0
failed=0

for program in tests/fuzz/fuzz_*; do
	case $program in
	*.*) continue ;;
	esac
	[ -x "$program" ] || continue
	name=${program##*/fuzz_}
	ran=$((ran + 1))
	printf '%s: ' "$name"
	if ! "$program" "$corpus/$name"; then
		echo "$name: failed"
		failed=1
	fi
done

if [ "$ran" -eq 0 ]; then
	echo "no fuzzer was built"
	exit 1
fi
exit "$failed"
