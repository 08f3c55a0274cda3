#!/usr/bin/env bash
# bench.sh: measures siogate beside Node's socket.io and a bare epoll program.
#
# Every measurement is one run of the same load generator against one server;
# the servers take turns, so that what else the machine does hits them alike.
# Prints a table, and writes all figures to a JSON file. README.md says what
# they mean. Exit status: 0, 1 for a failed measurement, 2 for wrong use or a
# missing tool, 130 when interrupted.

set -u -o pipefail

here=$(cd "$(dirname "$0")" && pwd)
build=. gateway='' handler='' servers=gateway,node,bare only='' out=''
rounds=3 time=2000 warmup=500 settle=2000 connects=3000 big=10000

usage() {
	cat <<-EOF
	usage: bench.sh [OPTION]...
	  --build DIR      where loadgen and bare are, and where to work (.)
	  --gateway PROG   the gateway
	  --handler PROG   its echo handler, FastCGI
	  --servers LIST   of gateway,node,bare (all)
	  --only LIST      scenarios: echo1,echo16,fan1k,fan10k,idle,connect (all)
	  --rounds N       measurements of each kind (3)
	  --out FILE       figures (DIR/bench.json)
	  --quick          one short round
	EOF
}

die() {
	printf 'bench: %s\n' "$2" >&2
	exit "$1"
}

note() {
	printf 'bench: %s\n' "$*" >&2
}

while [ $# -gt 0 ]; do
	case $1 in
	--quick) rounds=1 time=700 warmup=250 settle=700 connects=1000 ;;
	--help) usage; exit 0 ;;
	--build | --gateway | --handler | --servers | --only | --rounds | --out)
		[ $# -ge 2 ] || die 2 "$1: no value"
		printf -v "${1#--}" %s "$2"
		shift
		;;
	*) usage >&2; exit 2 ;;
	esac
	shift
done
[[ $rounds =~ ^[1-9][0-9]*$ ]] || die 2 "--rounds: a number, please"
IFS=, read -r -a names <<<"$servers"

# ------------------------------------------------------------------ servers

declare -A pid=() port=() children=()
spawned='' # what was started last
load=''    # the load generator that holds idle clients

# The processes below one, itself first.
tree_of() {
	ps -e -o pid= -o ppid= | awk -v root="$1" '
		{ parent[$1] = $2 }
		END {
			print root
			for (p in parent)
				for (q = p; q in parent; q = parent[q])
					if (parent[q] == root) {
						print p
						break
					}
		}'
}

# Starts a server's program, with $1 as the instance's name: standard output and
# errors go to files of that name, the process id to spawned.
spawn_node() {
	NODE_ENV=production node "$build/node-peer/server.mjs" \
		>"$tmp/$1.log" 2>"$tmp/$1.err" &
	spawned=$!
}

spawn_bare() {
	"$build/bare" >"$tmp/$1.log" 2>"$tmp/$1.err" &
	spawned=$!
}

spawn_gateway() {
	"$gateway" --listen 127.0.0.1:0 --handler "/=$handler" --workers 1 \
		--control "unix:$tmp/$1.sock" --max-connections 15000 \
		>"$tmp/$1.log" 2>"$tmp/$1.err" &
	spawned=$!
}

# The port that an instance has told, or nothing yet.
port_of() {
	sed -n -e 's/^{"port": *\([0-9]*\)}$/\1/p' \
		-e 's/.*listening on 127\.0\.0\.1:\([0-9]*\).*/\1/p' \
		"$tmp/$1.log" "$tmp/$1.err" | head -n 1
}

# Starts server $1 as instance $2 and waits until it listens.
start() {
	local i

	: >"$tmp/$2.log"
	: >"$tmp/$2.err"
	"spawn_$1" "$2"
	pid[$2]=$spawned
	for ((i = 0; i < 400; i++)); do
		port[$2]=$(port_of "$2")
		[ -z "${port[$2]}" ] || return 0
		kill -0 "${pid[$2]}" 2>/dev/null || break
		sleep 0.05
	done
	cat "$tmp/$2.log" "$tmp/$2.err" >&2
	die 1 "$1 does not listen"
}

# When a process began: with its id this names it for ever.
start_time() {
	sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20
}

# Remembers an instance's children with their start times.
note_children() {
	local p

	children[$1]=''
	for p in $(tree_of "${pid[$1]}" | tail -n +2); do
		children[$1]+="$p:$(start_time "$p") "
	done
}

# True when a process that began at time $2 ends within two seconds.
ends() {
	local i

	for ((i = 0; i < 40; i++)); do
		[ "$(start_time "$1")" = "$2" ] || return 0
		sleep 0.05
	done
	return 1
}

# Ends an instance, and children that it left behind.
stop() {
	local i c

	[ -n "${pid[$1]:-}" ] || return 0
	note_children "$1"
	kill "${pid[$1]}" 2>/dev/null
	for ((i = 0; i < 200; i++)); do
		kill -0 "${pid[$1]}" 2>/dev/null || break
		sleep 0.05
	done
	if [ "$i" -eq 200 ]; then
		note "$1 did not end in 10 s"
		kill -KILL "${pid[$1]}" 2>/dev/null
	fi
	wait "${pid[$1]}" 2>/dev/null
	pid[$1]=''
	for c in ${children[$1]}; do
		if ! ends "${c%:*}" "${c#*:}"; then
			note "$1 left process ${c%:*} behind"
			kill -KILL "${c%:*}" 2>/dev/null
		fi
	done
}

cleanup() {
	local s

	trap '' INT TERM
	exec 9>&-
	if [ -n "$load" ]; then
		kill "$load" 2>/dev/null
		wait "$load" 2>/dev/null
	fi
	for s in "${!pid[@]}"; do
		stop "$s"
	done
	rm -rf "$tmp"
}

# Waits until an instance has nothing left to do, such as to close connections.
quiet() {
	local i before now=''

	for ((i = 0; i < 50; i++)); do
		before=$now
		now=$(for p in $(tree_of "${pid[$1]}"); do
			sed 's/.*) //' "/proc/$p/stat" 2>/dev/null
		done | awk '{ n += $12 + $13 } END { print n + 0 }')
		if [ -n "$before" ] && [ $((now - before)) -le 1 ]; then
			return 0
		fi
		sleep 0.1
	done
	note "$1 does not come to rest"
}

# ------------------------------------------------------------- measurements

# Keeps a result: name of the scenario, server, round; JSON on standard input.
keep() {
	local line

	read -r line || return 1
	jq -c --arg name "$1" --arg server "$2" --argjson round "$3" \
		--argjson more "${4:-null}" \
		'{name: $name, server: $server, round: $round} + . + ($more // {})' \
		<<<"$line" >>"$tmp/results" || return 1
	if [ "$1" != idle ] &&
		jq -e '.client_share > 0.9' <<<"$line" >/dev/null; then
		note "warning: $1, $2: the load generator is the bottleneck" \
			"($(jq '.client_share * 100 | round' <<<"$line")% busy)"
	fi
}

# Runs the load generator against an instance: name, then its arguments.
generate() {
	local instance=$1

	shift
	"$build/loadgen" "$@" --server "127.0.0.1:${port[$instance]}" \
		--pid-tree "${pid[$instance]}"
}

# Measures one scenario with one server: name, server, round, arguments.
measure() {
	local name=$1 server=$2 round=$3

	shift 3
	generate "$server" "$@" >"$tmp/result" ||
		die 1 "$name failed with $server"
	keep "$name" "$server" "$round" <"$tmp/result" ||
		die 1 "$name, $server: no result"
	quiet "$server"
}

# Memory of an instance in KiB: its processes' proportional set sizes.
pss_once() {
	local p

	for p in $(tree_of "${pid[$1]}"); do
		cat "/proc/$p/smaps_rollup" 2>/dev/null
	done | awk '$1 == "Pss:" { n += $2 } END { print n + 0 }'
}

# The same, when it has settled to within a hundredth.
pss() {
	local i before=0 now=0

	for ((i = 0; i < 10; i++)); do
		before=$now
		now=$(pss_once "$1")
		if [ $((now > before ? now - before : before - now)) \
			-le $((now / 100)) ]; then
			break
		fi
		sleep 0.3
	done
	echo "$now"
}

# Memory of idle clients, with a server that has done nothing yet.
measure_idle() {
	local name=$1 server=$2 round=$3 clients=$4 before after

	start "$server" fresh
	before=$(pss fresh)
	rm -f "$tmp/hold"
	mkfifo "$tmp/hold"
	: >"$tmp/result"
	# not through generate: its process id would be a subshell's
	"$build/loadgen" idle --clients "$clients" \
		--server "127.0.0.1:${port[fresh]}" \
		--pid-tree "${pid[fresh]}" <"$tmp/hold" >"$tmp/result" &
	load=$!
	exec 9>"$tmp/hold"
	while [ ! -s "$tmp/result" ]; do
		kill -0 "$load" 2>/dev/null || break
		sleep 0.05
	done
	after=$(pss fresh)
	exec 9>&-
	wait "$load" || die 1 "$name failed with $server"
	load=''
	keep "$name" "$server" "$round" \
		"{\"pss_before\": $before, \"pss_after\": $after}" \
		<"$tmp/result" || die 1 "$name, $server: no result"
	stop fresh
}

# The scenarios by name: server and round follow.
scenario() {
	local common=(--time "$time" --warmup "$warmup" --payload 100)

	case $1 in
	echo1) measure "$@" echo --clients 50 --inflight 1 "${common[@]}" ;;
	echo16) measure "$@" echo --clients 50 --inflight 16 "${common[@]}" ;;
	fan1k) measure "$@" fanout --clients 1000 --inflight 4 "${common[@]}" ;;
	fan10k)
		measure "$@" fanout --clients "$big" --inflight 4 "${common[@]}"
		;;
	idle) measure_idle "$@" "$big" ;;
	connect) measure "$@" connect --clients 50 --count "$connects" ;;
	*) die 2 "no such scenario: $1" ;;
	esac
}

# ------------------------------------------------------------------- report

# All figures as one JSON document.
document() {
	jq -s --arg cpus "$(nproc)" --arg kernel "$(uname -sr)" \
		--arg node "$(node --version 2>/dev/null)" \
		--arg socketio "$(jq -r '.dependencies["socket.io"]' \
			"$here/node/package.json")" \
		--arg date "$(date -u +%FT%TZ)" --arg load "$load_before" \
		--arg rounds "$rounds" '
	def median: sort | if length % 2 == 1 then .[length / 2 | floor]
		else (.[length / 2 - 1] + .[length / 2]) / 2 end;
	def cost: if .name == "idle"
		then (.pss_after - .pss_before) / .clients else .server_us end;
	def group(f): group_by(f) | map({key: (.[0] | f), value: .})
		| from_entries;
	def figures: {
		cost: (map(cost) | median),
		unit: (if .[0].name == "idle" then "KiB/client"
			elif .[0].name == "connect" then "us/connect"
			else "us/message" end),
		rate: (map(.rate) | median),
		generator_us: (map(.client_us) | median),
		generator_share: (map(.client_share) | max),
		p50_us: (map(.p50_us) | median),
		p99_us: (map(.p99_us) | median),
		spread: (map(cost) | if median > 0
			then (max - min) / median else 0 end)
	};
	{date: $date, cpus: ($cpus | tonumber), kernel: $kernel, node: $node,
	 socketio: $socketio, load_before: ($load | tonumber),
	 rounds: ($rounds | tonumber),
	 summary: (group(.name) | map_values(group(.server) as $s | $s
		| map_values(figures)
		| .node as $n | map_values(. + (if $n == null then {} else {
			rate_to_node: (if $n.rate > 0
				then .rate / $n.rate else null end),
			cost_to_node: (if $n.cost > 0
				then .cost / $n.cost else null end)
		} end)))),
	 results: .}' "$tmp/results"
}

# The table that people read.
table() {
	jq -r --arg order "$only" --arg servers "$servers" '
	def r(n): if . == null then "-" else
		(. * pow(10; n) | round / pow(10; n)) | tostring end;
	.rounds as $rounds | .summary as $s | ($order / ",")[] as $name
	| ($servers / ",")[] as $server
	| $s[$name][$server] // empty
	| (.unit == "KiB/client") as $idle
	| [$name, $server,
		(if $idle then "-" else .rate | r(0) end), (.cost | r(2)), .unit,
		(if $idle then "-" else .generator_us | r(2) end),
		(if $idle then "-" else .p50_us | r(0) end),
		(if $idle then "-" else .p99_us | r(0) end),
		(if $idle then "-" else .rate_to_node | r(3) end),
		(.cost_to_node | r(3)),
		(if $rounds < 2 then "-" else (.spread * 100 | r(0)) + "%" end)]
	| @tsv' "$1" |
		awk -F '\t' '
		BEGIN {
			f = "%-8s %-8s %9s %9s %-11s %8s %8s %8s %8s %8s %7s\n"
			printf f, "scenario", "server", "rate/s", "cost", "unit",
				"gen us", "p50 us", "p99 us", "rate/Nd",
				"cost/Nd", "spread"
		}
		{ printf f, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 }'
}

# ------------------------------------------------------------- preparations

# Tools, programs, limits.
prepare() {
	local t s limit

	for t in jq awk ps mkfifo; do
		command -v "$t" >/dev/null || die 2 "$t is missing"
	done
	[ -x "$build/loadgen" ] || die 2 "$build/loadgen is missing"
	for s in "${names[@]}"; do
		case $s in
		node) install_node ;;
		bare) [ -x "$build/bare" ] || die 2 "$build/bare is missing" ;;
		gateway)
			[ -x "$gateway" ] || die 2 "--gateway: no program"
			[ -x "$handler" ] || die 2 "--handler: no program"
			;;
		*) die 2 "no such server: $s" ;;
		esac
	done
	ulimit -n "$(ulimit -Hn)" 2>/dev/null
	limit=$(ulimit -n)
	if [ "$limit" != unlimited ] && [ "$limit" -lt $((big + 500)) ]; then
		big=$((limit - 500))
		note "only $limit descriptors: $big clients instead of 10000"
	fi
}

# Installs the Node peer below the build directory, unless it is there.
install_node() {
	local dir=$build/node-peer t

	for t in node npm; do
		command -v "$t" >/dev/null ||
			die 2 "$t is missing (see --servers)"
	done
	mkdir -p "$dir"
	if [ -e "$dir/.installed" ] &&
		cmp -s "$here/node/package-lock.json" "$dir/.installed"; then
		cp "$here/node/server.mjs" "$dir/"
		return
	fi
	cp "$here"/node/{package.json,package-lock.json,server.mjs} "$dir/"
	note "installing the Node peer"
	(cd "$dir" && npm ci --no-audit --no-fund --ignore-scripts) \
		>"$tmp/npm.log" 2>&1 || {
		cat "$tmp/npm.log" >&2
		die 2 "npm ci failed"
	}
	cp "$here/node/package-lock.json" "$dir/.installed"
}

# --------------------------------------------------------------------- main

tmp=$(mktemp -d) || exit 2
trap cleanup EXIT
trap 'exit 130' INT TERM HUP
build=$(cd "$build" && pwd) || exit 2
out=${out:-$build/bench.json}
only=${only:-echo1,echo16,fan1k,fan10k,idle,connect}
IFS=, read -r -a scenarios <<<"$only"
: >"$tmp/results"
prepare

load_before=$(cut -d' ' -f1 /proc/loadavg)
if awk -v l="$load_before" 'BEGIN { exit !(l > 0.5) }'; then
	note "warning: the machine is not idle (load $load_before)"
fi
for s in "${names[@]}"; do
	start "$s" "$s"
	# compilers that work while a program runs have had their time
	generate "$s" echo --clients 50 --inflight 16 --warmup 0 \
		--time "$settle" >/dev/null || die 1 "warm-up failed with $s"
done
for ((round = 0; round < rounds; round++)); do
	for name in "${scenarios[@]}"; do
		for ((i = 0; i < ${#names[@]}; i++)); do
			s=${names[(i + round) % ${#names[@]}]}
			note "round $((round + 1))/$rounds: $name, $s"
			scenario "$name" "$s" "$round"
		done
	done
done
document >"$out.new" || die 1 "can't write $out"
mv "$out.new" "$out"
table "$out"
note "all figures: $out"
