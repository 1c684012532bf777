#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Strangers: noise, too much and too little on the peer port and the control
# socket. The node says so in a line and serves the others meanwhile.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

network_make uy br
for team in uy br; do node_start "$team"; done
for team in uy br; do
	ok "$team is ready" within 10 node_is_ready "$team"
done
ok 'they are linked' within 10 is_linked uy 1

# the control socket
raw() { "$ASK" -t 15 -s "$@"; }
says() { # says WORD, of what comes back from standard input
	raw "$dir/uy/control" < "$2" | tr -d '\0' | grep -q "$1"
}
head -c 65536 /dev/urandom | tr '\0' '\377' > "$dir/noise"
ok 'noise is refused' says '"ok":false' "$dir/noise"
printf '\0\0\0\5{"v":' > "$dir/short"
ok 'half a request is refused' says syntax "$dir/short"
printf '\0\0\0\23{"v":9,"id":1,"x":0}' > "$dir/version"
ok 'another version is refused' says '"ok":false' "$dir/version"
printf '\177\377\377\377' > "$dir/long"
ok 'a frame too long is refused' says limit "$dir/long"
{ printf '\0\20\0\0'; head -c 1048576 /dev/zero | tr '\0' '['; } > "$dir/deep"
ok 'a document too deep is refused' says '"ok":false' "$dir/deep"
ok 'each was told once' test "$(grep -c control.refused "$dir/uy/err")" -eq 5

# more clients than there may be: 256, and the others are told
clients=()
for _ in $(seq 300); do
	sleep 20 | raw "$dir/uy/control" > /dev/null 2>&1 &
	clients+=($!)
done
turned_away() { grep -c 'control.refused.*too many clients' "$dir/uy/err"; }
ok '44 of 300 clients are turned away' within 15 is 44 turned_away
: > "$dir/nothing"
ok 'and so is the next' says 'too many clients' "$dir/nothing"
for p in "${clients[@]}"; do kill "$p" 2> /dev/null; done
wait "${clients[@]}" 2> /dev/null
ok 'it answers when they are gone' within 10 node_is_ready uy
raw_slow() { { printf '\0\0\1\0{'; sleep 14; } | raw "$dir/uy/control"; }
slow=$(mktemp "$dir/slow.XXXXXX")
raw_slow > "$slow" &
slow_pid=$!
ok 'the node still answers' is ready ask uy -g state status

# the peer port
for _ in 1 2 3; do
	raw "127.0.0.1:${port[uy]}" < "$dir/noise" > /dev/null 2>&1
done
sleep 5 | raw "127.0.0.1:${port[uy]}" > /dev/null 2>&1 &
silent=$!
id=$(release uy TLP:AMBER '["br"]' 'In spite of noise')
ok 'a notice passes in spite of it' within 5 is "$id" \
    ask br -g rows.0.id inbox
ok 'the link never fell' test \
    "$(grep -c 'peer.link.down.*team=br' "$dir/uy/err")" -eq \
    "$(grep -c 'peer.link.down.*team=br.*\(another link\|text=HELLO\)' "$dir/uy/err")"
ok 'each of the three was told once, with address and reason' test \
    "$(grep -c 'peer.stranger address=127.0.0.1:[0-9]* error=' \
    "$dir/uy/err")" -eq 3
for _ in $(seq 20); do
	raw "127.0.0.1:${port[uy]}" < "$dir/noise" > /dev/null 2>&1
done
ok 'of many more only some are told' test \
    "$(grep -c 'peer.stranger ' "$dir/uy/err")" -eq 10
kill "$silent" 2> /dev/null
wait "$slow_pid"
ok 'one that sends too slowly is let go' grep -q timeout "$slow"
for team in uy br; do
	ok "$team stops in order" node_stop "$team"
done
finish
