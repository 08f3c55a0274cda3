#!/usr/bin/env bats
# Static files and the client's scripts.

load helper

setup_file() {
	local www=$BATS_FILE_TMPDIR/www
	mkdir -p "$www/sub/deep" "$www/.git" "$BATS_FILE_TMPDIR/client/dist" "$BATS_FILE_TMPDIR/www-secret"
	echo '<p>index</p>' >"$www/index.html"
	echo '<p>sub</p>' >"$www/sub/index.html"
	echo 'let x;' >"$www/sub/a.js"
	echo 'p {}' >"$www/a.css"
	echo data >"$www/data"
	echo blank >"$www/a b.txt"
	: >"$www/empty.txt"
	echo secret >"$www/.secret"
	echo secret >"$www/.git/config"
	echo secret >"$BATS_FILE_TMPDIR/secret.txt"
	echo secret >"$BATS_FILE_TMPDIR/www-secret/x.txt"
	ln -s ../secret.txt "$www/out.txt"
	ln -s "$BATS_FILE_TMPDIR" "$www/outdir"
	ln -s data "$www/in.txt"
	mkfifo "$www/fifo"
	echo unreadable >"$www/closed.txt"
	chmod 0 "$www/closed.txt"
	echo 'the client' >"$BATS_FILE_TMPDIR/client/dist/socket.io.js"
	echo 'the map' >"$BATS_FILE_TMPDIR/client/dist/socket.io.js.map"
	echo '{}' >"$BATS_FILE_TMPDIR/client/package.json"
	gateway --root "$www" --client "$BATS_FILE_TMPDIR/client" --handler "/=$ECHO"
}

teardown_file() {
	gateway_stop
}

# code PATH [CURL ARG...]: the status of the answer
code() {
	curl --path-as-is -o /dev/null -w '%{http_code}' "${@:2}" "$BASE$1"
}

@test "files and their types" {
	run -0 curl -i "$BASE/"
	like "$output" "HTTP/1.1 200*<p>index</p>"
	grep -iq '^content-type: text/html; charset=utf-8' <<<"$output"
	grep -iq '^x-content-type-options: nosniff' <<<"$output"
	is "$(curl -o /dev/null -w '%{content_type}' "$BASE/sub/a.js")" "text/javascript; charset=UTF-8"
	is "$(curl -o /dev/null -w '%{content_type}' "$BASE/a.css")" "text/css; charset=UTF-8"
	is "$(curl -o /dev/null -w '%{content_type}' "$BASE/data")" "application/octet-stream"
	is "$(curl "$BASE/a%20b.txt")" blank
	is "$(curl "$BASE/index.html?x=../../secret")" '<p>index</p>'
	is "$(curl -w '%{http_code} %{size_download}' "$BASE/empty.txt")" '200 0'
}

@test "a folder: its index, or a redirection to it" {
	is "$(curl "$BASE/sub/")" '<p>sub</p>'
	is "$(code /sub)" 301
	like "$(curl -i "$BASE/sub")" '*ocation: /sub/*'
	is "$(curl -L "$BASE/sub")" '<p>sub</p>'
	is "$(code /sub/deep/)" 404
}

@test "ETag and 304" {
	local tag
	tag=$(curl -i "$BASE/data" | sed -n 's/^[Ee][Tt]ag: \(.*\)\r$/\1/p')
	[ -n "$tag" ]
	is "$(code /data -H "If-None-Match: $tag")" 304
	is "$(code /data -H "If-None-Match: W/$tag, \"x\"")" 304
	is "$(code /data -H 'If-None-Match: "x"')" 200
}

@test "HEAD has the headers and no body" {
	run -0 curl -I "$BASE/data"
	like "$output" "HTTP/1.1 200*"
	grep -iq '^content-length: 5' <<<"$output"
}

@test "POST and others: 405 with Allow" {
	local m
	for m in POST PUT DELETE OPTIONS PATCH; do
		is "$(code /data -X $m)" 405
	done
	like "$(curl -i -d x "$BASE/data")" "*llow: GET, HEAD*"
	is "$(code /socket.io/socket.io.js -d x)" 405
}

@test "no way out of the root" {
	local p
	for p in /../secret.txt /%2e%2e/secret.txt /sub/../../secret.txt /..%2fsecret.txt \
		/%2e%2e%2fsecret.txt /sub/%2e%2e/%2e%2e/secret.txt '/..\secret.txt' /..%5csecret.txt \
		//etc/passwd /%2fetc%2fpasswd /sub//../../secret.txt /../www-secret/x.txt \
		/%252e%252e/secret.txt /..%00/secret.txt /secret.txt%00.html /.%2e/secret.txt; do
		is "$(code "$p")" 404 || fail "$p"
	done
}

@test "symbolic links lead nowhere outside" {
	is "$(code /out.txt)" 404
	is "$(code /outdir/secret.txt)" 404
	is "$(code /outdir/)" 404
	is "$(curl "$BASE/in.txt")" data
}

@test "dotfiles are not there" {
	is "$(code /.secret)" 404
	is "$(code /.git/config)" 404
	is "$(code /%2esecret)" 404
}

@test "odd names and odd files" {
	local p
	for p in /% /%4 /%zz /fifo /fifo/ /data/ /data/x "/$(printf 'x%.0s' {1..300})" /nothing; do
		is "$(code "$p")" 404 || fail "$p"
	done
}

@test "a file that may not be read is not there" {
	[ "$(id -u)" -ne 0 ] || skip "root may read everything"
	is "$(code /closed.txt)" 404
}

@test "the client's scripts, and nothing else of their folder" {
	is "$(curl "$BASE/socket.io/socket.io.js")" 'the client'
	is "$(curl -o /dev/null -w '%{content_type}' "$BASE/socket.io/socket.io.js")" "text/javascript; charset=UTF-8"
	is "$(curl "$BASE/socket.io/socket.io.js.map")" 'the map'
	is "$(code /socket.io/package.json)" 404
	is "$(code /socket.io/../package.json)" 404
	is "$(code /socket.io/socket.io.min.js)" 404
	is "$(code /socket.io/dist/socket.io.js)" 404
}

@test "a folder of scripts without dist works as well" {
	gateway --client "$BATS_FILE_TMPDIR/client/dist" --handler "/=$ECHO"
	is "$(curl "$BASE/socket.io/socket.io.js")" 'the client'
	is "$(code /index.html)" 404
	gateway_stop
}

@test "without client_dir the answer says what is missing" {
	gateway --handler "/=$ECHO"
	like "$(curl "$BASE/socket.io/socket.io.js")" "*client_dir*"
	gateway_stop
}
