#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A member of the network, with valid keys, that sends what no node would:
# each time it is cut with one line that names it and the rule, or it is
# served no faster than others are; and the others' notices pass meanwhile.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
: "${LIAR:?}"

network_make uy br xx
for team in uy br; do node_start "$team"; done
for team in uy br; do
	ok "$team is ready" within 15 node_is_ready "$team"
done
ok 'they are linked' within 10 is_linked uy 1

lie() { "$LIAR" "$dir/xx/keyring" xx "${port[uy]}" "$1" 2>> "$dir/xx/err"; }
lines() { # of the log of uy, since the mark, about xx and with a reason
	tail -n "+$mark" "$dir/uy/err" |
	    grep -c 'warning.*team=xx.*error=' || true
}
passes() { # a notice, while that goes on
	local id
	id=$(release uy TLP:AMBER '["br"]' "In spite of $1") &&
	    within 5 is "$id" ask br -g rows.0.id inbox
}

for what in noise long type early name push receipt; do
	mark=$(($(wc -l < "$dir/uy/err") + 1))
	ok "$what: it is cut" lie "$what"
	ok "$what: one line names it" within 3 is 1 lines
	ok "$what: a notice passes" passes "$what"
done
for what in flood drip; do
	lie "$what" &
	liar=$!
	ok "$what: a notice passes" passes "$what"
	ok "$what: another too" passes "$what"
	wait "$liar"
done
ok 'the link to br never fell' test \
    "$(grep -c 'peer.link.down.*team=br' "$dir/uy/err")" -eq \
    "$(grep -c 'peer.link.down.*team=br.*\(another link\|text=HELLO\)' "$dir/uy/err")"
ok 'its logs are sound' quietly ask uy log_verify
for team in uy br; do
	ok "$team stops in order" node_stop "$team"
done
finish
