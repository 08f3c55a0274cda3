#!/bin/sh
# Runs siogatectl against a stand-in for the control API.
#
# usage: test_ctl.sh, in the folder of the built siogatectl; or with its path
# in $SIOGATECTL.
#
# Each check prints "ok" or "not ok"; the exit status says whether all passed.

set -u

here=$(cd "$(dirname "$0")" && pwd)
ctl=${SIOGATECTL:-./siogatectl}
case $ctl in
/*) ;;
*) ctl=$(pwd)/$ctl ;;
esac

command -v node >/dev/null || {
	echo "SKIP: node is not here"
	exit 77
}
[ -x "$ctl" ] || {
	echo "not ok: there is no program $ctl"
	exit 1
}
unset SIOGATE_CONTROL SIOGATE_TOKEN NO_COLOR http_proxy ALL_PROXY

dir=$(mktemp -d)
pids=
finish() {
	for pid in $pids; do
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' INT TERM
cd "$dir" || exit 1
mkdir run

passed=0
failed=0

# Counts a check: its name, and the status of what was checked.
check() {
	if [ "$2" -eq 0 ]; then
		passed=$((passed + 1))
		echo "ok - $1"
		return
	fi
	failed=$((failed + 1))
	echo "not ok - $1"
	sed 's/^/#  out: /' out
	sed 's/^/#  err: /' err
	tail -n 1 log | sed 's/^/#  log: /'
}

# Runs siogatectl with the arguments behind the name and the exit status that
# it must have; its output stays in the files out and err.
run() {
	name=$1 want=$2
	shift 2
	"$ctl" "$@" >out 2>err
	got=$?
	[ "$got" -eq "$want" ]
	check "$name: exit status $want (is $got)" $?
}

# The file $2 holds the text $3; it holds the text not; it is empty.
has() {
	grep -qF -e "$3" "$2"
	check "$1" $?
}
lacks() {
	! grep -qF -e "$3" "$2"
	check "$1" $?
}
empty() {
	[ ! -s "$2" ]
	check "$1" $?
}

# The file $2 is the text $3.
is() {
	printf '%s\n' "$3" >want
	cmp -s want "$2"
	check "$1" $?
}

# No byte of the file $2 can harm a terminal.
harmless() {
	! LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]')" "$2"
	check "$1" $?
}

# What the stand-in was sent last, into the file got: a member of its log line,
# without the line feed at its end.
last() {
	tail -n 1 log | node -e '
		const all = require("fs").readFileSync(0, "utf8");
		const value = JSON.parse(all)[process.argv[1]] ?? "none";
		console.log(value.replace(/\n$/, ""));' "$1" >got
}

# Waits until a command succeeds.
wait_for() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ "$tries" -lt 500 ] || return 1
		sleep 0.02
	done
}

# Starts a stand-in: its WHERE and the file for its address.
start() {
	node "$here/fake_control.mjs" log "$1" >"$2" &
	pids="$pids $!"
	wait_for test -s "$2" || {
		echo "not ok: the stand-in does not start"
		exit 1
	}
}

: >log
: >out
: >err

# Nobody there.
run "no gateway" 3 -s ./run/control.sock status
has "says which socket" err "unix:./run/control.sock"
has "says what is wrong" err "No such file or directory"
has "says what to do" err "SIOGATE_CONTROL"
run "no gateway on TCP" 3 -s http://127.0.0.1:1 status
has "says which address" err "http://127.0.0.1:1"
: >run/dead.sock
run "no socket but a file" 3 -s run/dead.sock status
has "says why" err "Connection refused"
run "path too long" 3 -s "$(printf '%0200d' 0)" status
printf '{"emit":"x"}\n' >lines
run "push to nobody" 3 push -s run/control.sock lines
has "push says which lines" err "line 1 to 1"

start "$dir/run/control.sock" unix.where
start tcp tcp.where
tcp=$(cat tcp.where)

# Bad usage.
run "no command" 2
has "usage on standard error" err "usage: siogatectl"
run "unknown command" 2 frobnicate
has "names the command" err "no command frobnicate"
run "unknown option" 2 --frob status
run "option of another command" 2 status -n /chat
has "names the option" err "status takes no --nsp"
run "too many arguments" 2 status now
run "too few arguments" 2 emit
run "disconnect whom" 2 disconnect
run "bad namespace" 2 sockets -n chat
has "says what it begins with" err "/chat"
run "bad limit" 2 sockets -l 0
run "bad limit" 2 sockets -l 5x
run "bad timeout" 2 --timeout -1 status
run "bad URL" 2 -s http:// status
run "bad scheme" 2 -s ftp://x/ status
run "empty socket" 2 -s unix: status
run "empty token" 2 --token '' status
run "token with a line feed" 2 --token 'a
b: c' status
run "token file missing" 2 --token-file nowhere status
has "names the file" err nowhere
run "file to push missing" 2 push nowhere
run "event not UTF-8" 2 emit "$(printf '\377')"
run "argument not UTF-8" 2 emit x "$(printf 'a\303')"
harmless "shows it escaped" err
[ ! -s log ]
check "nothing was sent so far" $?

# Help and version.
run "help" 0 -h
for word in push emit status namespaces sockets rooms pools disconnect \
	metrics health --token-file --string; do
	has "help knows $word" out "$word"
done
run "help behind a command" 0 emit -h
run "version" 0 -V
has "version" out "siogatectl "

# Questions.
run "status" 0 status
has "status: known member" out "version            1.2.3"
has "status: time" out "uptime             1d02h"
has "status: big integer" out "events.in          18446744073709551615"
has "status: number as it came" out "events.per-second  1.50"
has "status: boolean" out "paused             no"
has "status: list" out "listeners          tcp:8080,unix:x"
has "status: null" out "later              -"
last url
is "status: path" got /v1/status
last auth
is "no token by itself" got none
run "status in JSON" 0 status --json
has "JSON as it came" out '"in":18446744073709551615,"per-second":1.50}'
run "option before the command" 0 --json status
has "JSON, too" out '{"version":"1.2.3"'

run "namespaces" 0 namespaces
is "namespaces: table" out "NAME  SOCKETS  ROOMS  POOL  ACL
/          12      3  main  open"

run "sockets" 0 sockets -n /chat -r 'a b&c=é' --limit 2
last url
is "sockets: query" got '/v1/sockets?nsp=%2Fchat&room=a%20b%26c%3D%C3%A9&limit=2'
row() {
	printf '%-4s  %-5s  %-9s  %8s  %-9s  %9s  %5s  %-41s  %s\n' "$@"
}
# shellcheck disable=SC1003 # these backslashes are meant
wanted=$(
	row SID NSP TRANSPORT PROTOCOL ADDRESS CONNECTED QUEUE ROOMS SHOE
	row AAAA /chat websocket 5 127.0.0.1 1m05s 0 \
		'lobby,\u001b[2Jroom\u0007\u009b1m\u202e\\' -
	row BB /chat polling 1 ::1 3s 1200 - 'größe 日本'
)
is "sockets: table" out "$wanted"
harmless "sockets: no raw control characters" out
empty "sockets: no remark" err
run "more sockets" 0 sockets -n /more
has "says that there are more" err "there are more"
run "no sockets" 0 sockets -n /none
is "headings only" out \
	"SID  NSP  TRANSPORT  PROTOCOL  ADDRESS  CONNECTED  QUEUE  ROOMS"
run "sockets in JSON" 0 sockets --json
harmless "JSON without raw control characters" out
has "JSON escaped" out '\u001b[2Jroom\u0007\u009b1m\u202e'
node -e '
	const all = require("fs").readFileSync(0, "utf8");
	process.exit(JSON.parse(all).sockets[0].rooms[1] ===
		"\u001b[2Jroom\u0007\u009b1m\u202e\\" ? 0 : 1);' <out
check "JSON says the same" $?

run "rooms" 0 rooms -n /chat
has "rooms: table" out "NSP    ROOM"
harmless "rooms: no raw control characters" out
last url
is "rooms: query" got '/v1/rooms?nsp=%2Fchat'
run "pools" 0 pools
is "pools: table" out \
	"NAME  WORKERS  IDLE  BUSY  STARTING  QUEUE  REQUESTS  FAILED  RESTARTS
main        4     3     1         0      0        99       1         0"
run "metrics" 0 metrics
is "metrics: text" out '# TYPE siogate_clients gauge
siogate_clients{n="a\"\u001b"} 2'
run "health" 0 health
is "health: text" out ok
run "health in JSON" 0 health --json
is "health: JSON" out '{"ok":true}'

# Refusals.
run "refused" 1 sockets -n /refused
has "gives the reason" err 'no namespace\u001b[31m /refused (HTTP 404)'
harmless "reason without raw control characters" err
run "refused in plain text" 1 sockets -n /text
is "gives the first line" err "siogatectl: bad gateway (HTTP 502)"
run "not siogate" 1 sockets -n /html
has "says so" err "does not speak siogate's control API"
run "not siogate, with --json" 1 sockets -n /html --json
empty "prints nothing" out
run "rows of another shape" 1 sockets -n /shape
has "says so" err "does not speak siogate's control API"
run "connection lost" 3 sockets -n /drop
has "names the socket" err "run/control.sock"
run "no answer" 3 --timeout 1 sockets -n /hang
has "says how long it waited" err "within 1 seconds"

# Emit.
run "emit" 0 emit -n /chat -t one -t 'r"2' -x three news hi 1 1.50 \
	12345678901234567890123 '{"b":1, "a":[2]}' 007 NaN '"q"' '' -- -5 true
is "emit: answer" out "sent to 1 socket"
last body
is "emit: line" got '{"emit":"news","args":["hi",1,1.50,12345678901234567890123,{"b":1, "a":[2]},"007","NaN","q","","--",-5,true],"nsp":"/chat","to":["one","r\"2"],"except":["three"]}'
last type
is "emit: type of the body" got application/x-ndjson
run "emit strings" 0 emit --string --volatile --local news 1 '{"a":1}' 'x
y'
is "emit: answer" out "sent to 3 sockets"
last body
is "emit: line" got '{"emit":"news","args":["1","{\"a\":1}","x\ny"],"nsp":"/","volatile":true,"local":true}'
run "emit over several lines" 0 emit news '[1,
2]'
last body
is "emit: one line" got '{"emit":"news","args":[[1, 2]],"nsp":"/"}'
run "emit without arguments" 0 emit news --json
last body
is "emit: options end at the event" got '{"emit":"news","args":["--json"],"nsp":"/"}'
run "emit in JSON" 0 --json emit news
is "emit: answer" out '{"ok":true,"sent":3}'
run "emit refused" 1 emit bad
is "gives the reason" err "siogatectl: no such thing"
run "emit refused in JSON" 1 --json emit bad
is "gives the answer" out '{"ok":false,"error":"no such thing","line":0}'
deep=$(printf '%0300d' 0 | tr 0 '[')
run "emit nested too deep" 2 emit x "$deep$(printf '%0300d' 0 | tr 0 ']')"
run "emit without an answer" 1 emit silent
has "says so" err "answered 0 of 1 actions"
run "emit and no siogate" 1 emit html

# Disconnect.
run "disconnect" 0 disconnect -n /chat one "$(printf 'a\033b')"
is "disconnect: answer" out 'one: disconnected 1 socket
a\u001bb: disconnected 3 sockets'
last body
is "disconnect: lines" got '{"disconnect":true,"nsp":"/chat","to":["one"]}
{"disconnect":true,"nsp":"/chat","to":["a\u001bb"]}'
run "close" 1 disconnect --close bad -- -sid
is "close: answer" out "-sid: closed 3 sockets"
is "close: reason" err "siogatectl: bad: no such thing"
last body
is "close: lines" got '{"close":true,"nsp":"/","to":["bad"]}
{"close":true,"nsp":"/","to":["-sid"]}'

# Push.
printf '%s\n' '{"emit":"a"}' '' '{"emit":"bad"}' '   ' >lines
printf '{"emit":"b"}\r\nnonsense\n{"join":"r"}\n' >>lines
run "push" 1 push lines
empty "push: quiet" out
is "push: failures" err 'siogatectl: line 3: no such thing
siogatectl: line 6: not JSON: nonsense\u001b[1m'
last body
is "push: lines" got '{"emit":"a"}
{"emit":"bad"}
{"emit":"b"}
nonsense
{"join":"r"}'
run "push in JSON" 1 push --json lines
is "push: answers" out '{"ok":true,"sent":3}
{"ok":false,"error":"no such thing","line":3}
{"ok":true,"sent":3}
{"ok":false,"error":"not JSON: nonsense\u001b[1m","line":6}
{"ok":true}'
run "push nothing" 0 push /dev/null
printf '%s\n' '{"emit":"toobig"}' >lines
run "push too much" 1 push lines
has "gives the reason" err "the body is too long (HTTP 413)"
printf '%s\n' '{"emit":"closing"}' >lines
run "push to a gateway that ends" 1 push lines
has "gives the reason" err "shutting down (HTTP 503)"
run "push a folder" 1 push .
has "says why" err "cannot read .: Is a directory"

count=20000
awk -v n=$count 'BEGIN {
	for (i = 1; i <= n; i++)
		print i % 5000 ? "{\"emit\":\"e\",\"args\":[" i "]}" : "bad"
}' >lines
"$ctl" push --json <lines >out 2>err
[ $? -eq 1 ] && [ "$(wc -l <out)" -eq $count ]
check "push a long file: each line has its answer" $?
is "push a long file: the right lines failed" err \
	"$(for i in 5000 10000 15000 20000; do
		printf '%s\n' "siogatectl: line $i: not JSON: bad\\u001b[1m"
	done)"
awk 'BEGIN {
	s = "x"
	while (length(s) < 17 * 1024 * 1024)
		s = s s
	print s
	print "{\"emit\":\"a\"}"
}' >lines
run "push a line without end" 1 push lines
has "says which line" err "line 1: longer than"
last body
is "and sends the next" got '{"emit":"a"}'

# Lines that trickle in go out as they come.
: >log
mkfifo pipe
"$ctl" push --json <pipe >out 2>err &
push=$!
pids="$pids $push"
exec 3>pipe
seen() {
	[ "$(wc -l <log)" -eq "$1" ] && [ "$(wc -l <out)" -eq "$2" ]
}
printf '{"emit":"one"}\n{"em' >&3
wait_for seen 1 1
check "the first line is sent and answered at once" $?
printf 'it":"two"}\n' >&3
wait_for seen 2 2
check "the second one, too" $?
last body
is "put together" got '{"emit":"two"}'
printf '{"emit":"three"}' >&3
exec 3>&-
wait $push
check "it ends with its input" $?
seen 3 3
check "the last line needs no line feed" $?

# TCP and tokens.
run "no token" 1 -s "$tcp" status
has "gives the reason" err "a token is needed (HTTP 401)"
has "says what to do" err "--token-file"
run "wrong token" 1 -s "$tcp" --token wrong status
run "token" 0 -s "$tcp/" --token open-sesame status
last auth
is "token: header" got "Bearer open-sesame"
echo open-sesame >token
run "token file" 0 -s "$tcp" --token-file token status
run "token file for push" 0 -s "$tcp" --token-file token emit x
: >none
run "empty token file" 2 -s "$tcp" --token-file none status
SIOGATE_TOKEN=open-sesame SIOGATE_CONTROL=$tcp
export SIOGATE_TOKEN SIOGATE_CONTROL
run "token and address of the environment" 0 status
run "option before environment" 1 --token wrong status
run "socket before environment" 0 -s "unix:$dir/run/control.sock" status
http_proxy=http://127.0.0.1:1
export http_proxy
run "no proxy" 0 status
unset SIOGATE_TOKEN SIOGATE_CONTROL http_proxy

# A terminal, where there is a program that makes one.
if command -v script >/dev/null; then
	bold=$(printf '\033[1mNAME\033[0m')
	TERM=xterm script -qec "'$ctl' pools" typescript </dev/null >out 2>err
	has "headings stand out on a terminal" out "$bold"
	NO_COLOR=1 TERM=xterm script -qec "'$ctl' pools" typescript \
		</dev/null >out 2>err
	has "headings with NO_COLOR" out NAME
	lacks "NO_COLOR is heeded" out "$(printf '\033')"
else
	echo "skipped: script is not here, so no terminal is tried"
fi
if [ -w /dev/full ]; then
	"$ctl" status >/dev/full 2>err
	[ $? -eq 1 ]
	check "a full disk is an error" $?
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
