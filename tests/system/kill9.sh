#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Sender and receiver are killed at random moments while notices flow. What
# was answered as released is never lost, comes exactly once, and the logs
# verify; nothing comes that its sender does not have. ALMENARA_ROUNDS (10).
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

rounds=${ALMENARA_ROUNDS:-10}
seed=${ALMENARA_SEED:-$$}
RANDOM=$seed
echo "# rounds $rounds, seed $seed"
network_make uy br
for team in uy br; do node_start "$team"; done
for team in uy br; do
	ok "$team is ready" within 10 node_is_ready "$team"
done

sent="$dir/sent"
: > "$sent"
# A writer that goes on through everything; an id is written down only when
# the node has answered that it is released.
writer() {
	local i=0 id tlp aud
	while [ ! -e "$dir/enough" ]; do
		i=$((i + 1))
		if [ $((i % 2)) -eq 0 ]; then tlp=TLP:CLEAR aud=null
		else tlp=TLP:AMBER aud='["br"]'; fi
		if id=$(release uy "$tlp" "$aud" "Notice $i") &&
		    [ -n "$id" ]; then
			echo "$id" >> "$sent"
		else
			sleep 0.05
		fi
	done
}
writer &
writer_pid=$!

for ((r = 0; r < rounds; r++)); do
	sleep "0.$((RANDOM % 60 + 10))"
	victim=uy
	[ $((RANDOM % 2)) -eq 0 ] && victim=br
	case $((RANDOM % 3)) in
	0) # one process of it: the parent begins again
		p=$(child_pid "$victim" node)
		[ -n "$p" ] && kill -9 "$p" 2> /dev/null ;;
	*)
		node_kill "$victim"
		sleep "0.0$((RANDOM % 9 + 1))"
		node_start "$victim" ;;
	esac
done
sleep 0.5
touch "$dir/enough"
wait "$writer_pid"
for team in uy br; do
	ok "$team is ready again" within 40 node_is_ready "$team"
done

inbox() { # ids at a node, sorted, page by page
	local next=0 page
	while page=$(ask "$1" inbox "{\"limit\":1000,\"before\":$next}"); do
		grep -o '"id":"[0-9a-f-]*"' <<< "$page" | cut -d '"' -f 4
		next=$(grep -o '"next":[0-9]*' <<< "$page" | cut -d : -f 2)
		[ "$next" -ne 0 ] || break
	done | sort
}
sort -u "$sent" > "$dir/want"
echo "# released $(wc -l < "$dir/want")"
ok 'something was released' test -s "$dir/want"
all_there() {
	inbox br > "$dir/got"
	[ -z "$(comm -23 "$dir/want" "$dir/got")" ]
}
ok 'everything that was released has arrived' within 40 all_there
inbox uy > "$dir/have"
ok 'nothing came twice' test -z "$(uniq -d "$dir/got")"
ok 'nothing came that its sender does not have' \
    test -z "$(comm -13 "$dir/have" "$dir/got")"
own_size() { ask uy -g logs.0.size log; }
same_head() {
	[ "$(ask uy -g logs.0.root log)" = "$(ask br log |
	    grep -o '"root":"[^"]*"' | cut -d '"' -f 4 |
	    grep -Fx "$(ask uy -g logs.0.root log)")" ]
}
ok 'both have one history, in one order' within 20 same_head
ok 'no entry of it is missing' within 20 \
    bash -c "! '$ASK' '$dir/br/control' log | grep -q '\"missing\":[1-9]'"
for team in uy br; do
	ok "$team verifies every log" quietly ask "$team" log_verify
	ok "$team was never told of two histories" \
	    bash -c "! grep -q 'restored\\|halted\\|frozen' '$dir/$team/err'"
done
for team in uy br; do
	ok "$team stops in order" node_stop "$team"
done
finish
