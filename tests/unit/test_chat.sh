#!/bin/sh
# test_chat: the chat example, one event at a time.
#
# Started without a FastCGI socket, the program is a plain CGI: it reads one
# event from standard input and prints its actions, which jq takes apart. Each
# start is a worker that knows nothing but the state file.
#
# CHAT_FCGI names the program; it is the build's by default.
set -u

chat=${CHAT_FCGI:-./examples/chat/chat.fcgi}
failures=0

if ! command -v jq >/dev/null 2>&1; then
	echo "SKIP: no jq"
	exit 77
fi
if [ ! -x "$chat" ]; then
	echo "FAIL: there is no $chat"
	exit 1
fi
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
SIOGATE_STATE_DIR=$dir
SIOGATE_INSTANCE=run-1
export SIOGATE_STATE_DIR SIOGATE_INSTANCE

# send JSON: hands one event to a new worker; its actions without the headers
send() {
	printf '%s\n' "$1" >"$dir/body.$$"
	CONTENT_LENGTH=$(wc -c <"$dir/body.$$") "$chat" <"$dir/body.$$" |
		tr -d '\r' | sed '1,/^$/d'
}

# event SID SESSION NAME ARGS: an event that asks for an acknowledgement
event() {
	send '{"type":"event","nsp":"/chat","sid":"'"$1"'","event":"'"$3"'","args":'"$4"',"ack":true,"session":'"$2"'}'
}

# join SID NAME ROOM
join() {
	event "$1" '{}' join '[{"name":"'"$2"'","room":"'"$3"'"}]'
}

# gone SID
gone() {
	send '{"type":"disconnect","nsp":"/chat","sid":"'"$1"'","reason":"transport close","session":{}}'
}

# check WHAT OUTPUT FILTER: the filter has to be true of the array of actions
check() {
	if printf '%s\n' "$2" | jq -s -e "$3" >/dev/null 2>&1; then
		printf 'ok: %s\n' "$1"
	else
		printf 'FAIL: %s\n  filter: %s\n' "$1" "$3"
		printf '%s\n' "$2" | sed 's/^/  /'
		failures=$((failures + 1))
	fi
}

ack='(map(select(.ack))[0].ack[0])'
emits() {
	echo "map(select(.emit==\"$1\"))"
}

out=$(join s1 '  Ann ' ' lobby ')
check "join acknowledges, trimmed" "$out" "$ack"' | .ok and .name=="Ann" and
	.room=="lobby" and .users==["Ann"] and .history==[] and
	.rooms==[{"name":"lobby","users":1}]'
check "join enters the rooms" "$out" \
	'map(.join // empty) == ["room:lobby","user:ann"]'
check "join keeps name and room in the session" "$out" \
	'map(.session // empty) | add == {"name":"Ann","room":"lobby"}'
check "the room hears of it" "$out" "$(emits joined)"' | length==1 and
	(.[0] | .to=="room:lobby" and .broadcast and .args[0].name=="Ann" and
	.args[0].users==["Ann"])'
check "everybody gets the rooms" "$out" "$(emits rooms)"' | length==1 and
	.[0].to=="*" and .[0].args[0]==[{"name":"lobby","users":1}]'

out=$(join s2 'aNN' lobby)
check "a name is taken whatever its case" "$out" \
	"$ack"' | .ok==false and (.error | length > 0)'
check "and nothing else happens" "$out" 'length==1'
out=$(join s2 'Émile' lobby)
check "letters of other scripts" "$out" "$ack"' | .users==["Ann","Émile"]'
check "have small ones" "$out" 'map(.join // empty) | .[1]=="user:émile"'
out=$(join s3 'éMILE' lobby)
check "which count as the same" "$out" "$ack.ok==false"

for bad in '{"name":"","room":"r"}' '{"name":"  ","room":"r"}' \
	'{"name":"1234567890123456789012345","room":"r"}' \
	'{"name":"a\u0000b","room":"r"}' '{"name":"a\nb","room":"r"}' \
	'{"name":1,"room":"r"}' '{"name":"a"}' '{"name":"a","room":""}' \
	'{"name":"a","room":"123456789012345678901234567890123"}' \
	'"a"' 'null' '[]'; do
	check "join refuses $bad" "$(event s9 '{}' join "[$bad]")" \
		"length==1 and $ack.ok==false"
done
check "join refuses no arguments" "$(event s9 '{}' join '[]')" \
	"length==1 and $ack.ok==false"
out=$(event s9 '{}' join '[{"name":"ééééééééééééééééééééxxxx","room":"r"}]')
check "24 characters are a name" "$out" "$ack.ok"
out=$(gone s9)
check "who goes leaves the room empty" "$out" "$(emits left)"' |
	.[0].to=="room:r" and .[0].args[0].users==[]'

ann='{"name":"Ann","room":"lobby"}'
out=$(event s1 "$ann" say '["hi \"you\"\n\u0000"]')
check "say acknowledges" "$out" \
	"$ack"' | .ok and (.id|type)=="number" and .at > 1500000000000'
check "say reaches the others" "$out" "$(emits said)"' | .[0] |
	.to=="room:lobby" and .broadcast and .args[0].name=="Ann" and
	.args[0].text=="hi \"you\"\n\u0000"'
check "no sid is shown" "$out" 'tostring | contains("s1") | not'
check "say needs a room" "$(event s5 '{}' say '["x"]')" \
	"length==1 and $ack.ok==false"
for bad in '""' '"  "' 1 null; do
	check "say refuses $bad" "$(event s1 "$ann" say "[$bad]")" \
		"length==1 and $ack.ok==false"
done
long=$(printf '%02000d' 0)
check "2000 characters are a message" \
	"$(event s1 "$ann" say "[\"$long\"]")" "$ack.ok"
check "2001 are none" "$(event s1 "$ann" say "[\"1$long\"]")" "$ack.ok==false"

out=$(event s1 "$ann" typing '[true]')
check "typing" "$out" "$(emits typing)"' | .[0] | .volatile and .broadcast and
	.to=="room:lobby" and .args==[{"name":"Ann","on":true}]'

out=$(event s1 "$ann" private '[{"to":" ÉMILE ","text":"psst"}]')
check "private reaches one" "$out" "$(emits private)"' | length==1 and (.[0] |
	.to=="user:émile" and .args[0].from=="Ann" and .args[0].to=="Émile" and
	.args[0].text=="psst" and .args[0].at > 0)'
check "private acknowledges" "$out" "$ack.ok"
out=$(event s1 "$ann" private '[{"to":"Zoe","text":"psst"}]')
check "private to nobody" "$out" \
	"length==1 and ($ack"' | .ok==false and .error=="Zoe is not here")'

out=$(join s3 Cid lobby)
check "history" "$out" "$ack"' | .history | length==2 and
	.[0].name=="Ann" and .[0].id < .[1].id'
out=$(join s3 Cid den)
check "moving leaves the old room" "$out" \
	'map(.leave // empty)==["room:lobby"]'
check "which hears of it" "$out" "$(emits left)"' | .[0] |
	.to=="room:lobby" and .args[0].name=="Cid" and
	.args[0].users==["Ann","Émile"]'
check "rooms are in order" "$out" "$(emits rooms)"' | .[0].args[0]==
	[{"name":"den","users":1},{"name":"lobby","users":2}]'
out=$(join s3 CID den)
check "a new spelling of one's own name" "$out" \
	"$ack.name==\"CID\""' and (map(.leave // empty)==[])'
out=$(join s3 CID den)
check "joining again changes nothing" "$out" \
	"$ack.ok"' and (map(select(.emit))==[])'
out=$(join s3 Dan den)
check "a new name leaves the old one's room" "$out" \
	'map(.leave // empty)==["user:cid"]'

out=$(gone s3)
check "disconnect" "$out" "$(emits left)"' | .[0].args[0].name=="Dan"'
check "disconnect changes the rooms" "$out" "$(emits rooms)"' |
	.[0].args[0]==[{"name":"lobby","users":2}]'
check "nobody leaves twice" "$(gone s3)" 'length==0'
check "the name is free" "$(join s4 dan den)" "$ack.ok"

out=$(send '{"type":"connect","nsp":"/chat","sid":"s3","args":[null],"recovered":true,"session":{"name":"Eve","room":"den"},"rooms":["room:den","user:eve"]}')
check "a restored client is here again" "$out" "$(emits joined)"' |
	.[0].args[0].users==["dan","Eve"]'
out=$(send '{"type":"connect","nsp":"/chat","sid":"s6","args":[null],"recovered":true,"session":{"name":"EVE","room":"den"},"rooms":["room:den","user:eve"]}')
check "unless the name is taken" "$out" \
	'map(.leave // empty)==["room:den","user:eve"]'
check "a connect is admitted" "$(send '{"type":"connect","nsp":"/chat","sid":"s7","session":{}}')" \
	'length==0'

# two workers at a time, 50 joins each, and 30 messages each: nothing is lost
many() {
	i=0
	while [ $i -lt 50 ]; do
		printf '{"type":"event","nsp":"/chat","sid":"%s-%d","event":"join","args":[{"name":"%s%d","room":"crowd"}],"ack":true,"session":{}}' \
			"$1" $i "$1" $i |
			"$chat" >"$dir/$1.$i" || return 1
		if [ $i -lt 30 ]; then
			printf '{"type":"event","nsp":"/chat","sid":"%s-%d","event":"say","args":["%s %d"],"session":{"name":"%s%d","room":"crowd"}}' \
				"$1" $i "$1" $i "$1" $i | "$chat" >/dev/null || return 1
		fi
		i=$((i + 1))
	done
}
many left &
one=$!
many right &
two=$!
wait $one || failures=$((failures + 1))
wait $two || failures=$((failures + 1))
out=$(join last Last crowd)
check "two workers lose nobody" "$out" \
	"$ack.users | length==101 and (unique | length)==101"
check "50 messages are kept" "$out" \
	"$ack.history | length==50 and (map(.id) | . == sort and (unique|length)==50)"

SIOGATE_INSTANCE=run-2
out=$(join s1 Ann lobby)
check "people of another run are forgotten" "$out" \
	"$ack"' | .users==["Ann"] and .rooms==[{"name":"lobby","users":1}]'
check "what was said is not" "$out" "$ack.history | length==2"

printf '{"users":[1,{"name":2}],"rooms":7,"last":"x"' >"$dir/chat.json"
check "a spoilt file is an empty one" "$(join s1 Ann lobby)" \
	"$ack"' | .ok and .history==[]'
printf '{"users":[1,{"name":2}],"rooms":{"lobby":3},"last":"x"}' \
	>"$dir/chat.json"
check "and one of wrong types" "$(join s1 Ann lobby)" "$ack.ok"
rm -f "$dir/chat.json"
ln -s "$dir/elsewhere" "$dir/chat.json"
check "a link is not followed" "$(join s1 Ann lobby 2>/dev/null)" \
	"$ack.ok==false"

[ $failures -eq 0 ]
