#!/usr/bin/env bats
# The first handlers of the README, as they stand there.

load helper

teardown() {
	gateway_stop
}

# block FILE BEGIN: the first block of a Markdown file that begins with ```BEGIN
block() {
	awk -v begin="\`\`\`$2" '
		$0 == begin && !done { inside = 1; next }
		inside && /^```$/ { inside = 0; done = 1 }
		inside { print }
	' "$1"
}

# make_variable NAME: what the build's Makefile says
make_variable() {
	sed -n "s/^$1 = //p" "$SIOGATE_BUILD/Makefile" | head -1
}

# says_hello TEXT: the gateway in RUN answers the event hello with it
says_hello() {
	handshake
	join
	is "$(post '427["hello"]')" ok
	is "$(poll)" "437[\"$1\"]"
}

@test "the handler in C of the README" {
	local libs=$SIOGATE_BUILD/handlers/c/.libs
	gateway_dir
	block "$SRCDIR/README.md" c >"$RUN/hello.c"
	grep -q siogate_run "$RUN/hello.c"
	# shellcheck disable=SC2046
	$(make_variable CC) $(make_variable SAN_LDFLAGS) -Wall -Werror \
		-I "$SRCDIR/include" -o "$RUN/hello.fcgi" "$RUN/hello.c" \
		-L "$libs" -Wl,-rpath,"$libs" -lsiogate-handler
	gateway_up --listen 127.0.0.1:0 --handler "/=$RUN/hello.fcgi"
	says_hello "hello from C"
}

@test "the handler in Perl of the README" {
	perl -MFCGI -e 1 2>/dev/null || skip "FCGI.pm is missing"
	gateway_dir
	block "$SRCDIR/README.md" perl >"$RUN/hello.fcgi"
	grep -q Accept "$RUN/hello.fcgi"
	chmod +x "$RUN/hello.fcgi"
	gateway_up --listen 127.0.0.1:0 --handler "/=$RUN/hello.fcgi"
	says_hello "hello from Perl"
}

@test "the handler in Perl of the examples" {
	perl -MFCGI -e 1 2>/dev/null || skip "FCGI.pm is missing"
	gateway --handler "/=$SRCDIR/examples/perl/hello.pl"
	handshake
	join
	is "$(post '427["hello","ann"]')" ok
	is "$(poll)" '437["Hello, ann"]'
}
