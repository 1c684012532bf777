#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Who is previewed is who reads: random labels and audiences, in networks where
# some team has no keys or is accepted by nobody. What preview says, what
# release says and the audience in the signed entry are one list.
#
# usage: readers.sh [SEED [DRAWS]]
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

RANDOM=${1:-20261121}
draws=${2:-8}
teams=(ar br cl ht uy)
network_make "${teams[@]}"

readers() { # of a plan, sorted
	grep -o '"readers":\[[^]]*\]' | grep -o '"team":"[^"]*' |
	    cut -d'"' -f4 | sort | tr '\n' ' '
}
labels=(TLP:GREEN TLP:AMBER TLP:AMBER+STRICT TLP:RED TLP:CLEAR)
# into `aud`: a subshell would draw numbers of its own
random_audience() {
	local team list=
	[ $((RANDOM % 5)) -ne 0 ] || { aud='"all"'; return; }
	for team in "${teams[@]}"; do
		[ $((RANDOM % 3)) -eq 0 ] && list+="${list:+,}\"$team\""
	done
	aud="[$list]"
}
agreed=0 refused=0 sealed=0
draw() { # true if all three say the same, or all refuse
	local tlp=${labels[RANDOM % 5]} aud draft before after signed id plan
	random_audience
	case $tlp in TLP:GREEN | TLP:CLEAR) aud=null ;; esac
	plan="\"kind\":\"warning\",\"tlp\":\"$tlp\",\"aud\":$aud,
	    \"body\":$(warning "Draw $tlp")"
	draft=$(ask uy -g draft draft_save "{$plan}") || return 1
	before=$(ask uy preview "{\"id\":\"$draft\"}") || before=
	after=$(ask uy release "{\"id\":\"$draft\"}") || after=
	if [ -z "$before" ] || [ -z "$after" ]; then
		refused=$((refused + 1))
		[ -z "$before$after" ]
		return
	fi
	id=$(grep -o '"notice":"[^"]*' <<< "$after" | cut -d'"' -f4)
	signed=$(ask uy show "{\"id\":\"$id\"}" |
	    grep -o '"aud":\[[^]]*\]' | head -1 | grep -o '"[a-z]*"' |
	    grep -v '"aud"' | tr -d '"' | sort | tr '\n' ' ')
	before=$(readers <<< "$before") after=$(readers <<< "$after")
	[ "$before" = "$after" ] || return 1
	agreed=$((agreed + 1))
	[ "$tlp" != TLP:CLEAR ] || { [ -z "$signed" ]; return; }
	sealed=$((sealed + 1))
	[ "$before" = "$signed" ] || {
		echo "# $tlp $aud: previewed $before, signed $signed"
		return 1
	}
}
world() { # NAME
	local i good=0
	node_start uy
	ok "$1: uy is ready" within 15 node_is_ready uy
	for ((i = 0; i < draws; i++)); do draw && good=$((good + 1)); done
	ok "$1: $draws draws agree" test "$good" -eq "$draws"
	node_stop uy
}
# what a node has seen it keeps: the world without comes first
mv "$dir/uy/documents/keyset-cl.json" "$dir/later.json"
world 'a team without keys'
mv "$dir/later.json" "$dir/uy/documents/keyset-cl.json"
world 'all teams'
echo "# $agreed agreed, $sealed of them sealed, $refused refused by both"
ok 'many were sealed' test "$sealed" -ge $((draws / 2))
ok 'and some refused' test "$refused" -gt 0
finish
