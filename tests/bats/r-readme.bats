#!/usr/bin/env bats
# The README's recipes, as they stand there.

load helper

setup_file() {
	gateway --handler "/=$ECHO"
}

teardown_file() {
	gateway_stop
}

# recipes: the commands of all recipes in one script, which prints a mark with
# the recipe's name before each
recipes() {
	awk '
		/^<!-- recipe: / { name = $3; next }
		name && /^```sh$/ { print "echo \"=== " name "\""; in_sh = 1; next }
		in_sh && /^```$/ { in_sh = 0; name = ""; next }
		in_sh { print }
	' "$SRCDIR/README.md"
}

@test "every recipe has commands and an output" {
	local n
	n=$(grep -c '^<!-- recipe: ' "$SRCDIR/README.md")
	[ "$n" -ge 8 ]
	is "$(recipes | grep -c '^echo "=== ')" "$n"
	is "$(expected_names)" "$(grep '^<!-- recipe: ' "$SRCDIR/README.md" | awk '{ print $3 }')"
}

# expected_names: the recipes that have an output
expected_names() {
	awk '/^<!-- recipe: / { name = $3 } /^```text$/ && name { print name; name = "" }' "$SRCDIR/README.md"
}

@test "they print what they say" {
	local want got line n=0
	recipes >"$BATS_TEST_TMPDIR/script"
	PATH="$SIOGATE_BUILD:$PATH" sh "$BATS_TEST_TMPDIR/script" >"$BATS_TEST_TMPDIR/got" 2>&1
	awk '/^<!-- recipe: / { name = $3; print "=== " name } /^```text$/ && name { t = 1; next }
		/^```$/ { if (t) { t = 0; name = "" } next } t { print }' "$SRCDIR/README.md" >"$BATS_TEST_TMPDIR/want"
	exec 5<"$BATS_TEST_TMPDIR/want" 6<"$BATS_TEST_TMPDIR/got"
	while IFS= read -r want <&5; do
		n=$((n + 1))
		IFS= read -r got <&6 || fail "line $n is missing: $want"
		# … matches anything, all else itself
		line=$(sed -e 's/[][\\*?]/\\&/g' -e 's/…/*/g' <<<"$want")
		like "$got" "$line"
	done
	IFS= read -r got <&6 && fail "there is more: $got"
	exec 5<&- 6<&-
}
