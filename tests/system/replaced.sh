#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What doc/operations.md says to do when a team has lost its hot keys (its node
# is made anew) and when too many keys of authority are lost (the network is
# founded anew), with nodes that run.
# shellcheck disable=SC1091,SC2154,SC2317
. "$(dirname "$0")/lib.sh"
export LC_ALL=C.UTF-8

network_make uy br cl
a() { "$ALMENARA" "$@" 2>> "$dir/said"; }
start() { # start TEAM...: linked to one another
	local t
	for t; do node_start "$t"; done
	for t; do
		ok "$t is linked" within 40 is_linked "$t" $(($# - 1))
	done
}
has() { # has TEAM TITLE
	ask "$1" inbox | grep -q "\"title\":\"$2\""
}
signed() { # signed FILE KEY: finished, into a folder of its own
	a authority sign --yes --key "$2" "$dir/$1" > /dev/null &&
	    a authority finish "$dir/$1" --to "$dir/$1.done"
}

start uy br cl
release br TLP:AMBER '["uy"]' 'by the lost keys' > /dev/null
ok 'br has said something' within 10 has uy 'by the lost keys'

# --- hot keys are lost: the node is made anew ---
node_stop br
mv "$dir/br" "$dir/lost"
a init -q --no-input --domain test.example --team br --state UY \
    --name 'Team br' --agreement 018f2f3e-7c1d-7a2b-9c3d-0123456789ab \
    --listen "127.0.0.1:${port[br]}" --dir "$dir/br" > /dev/null
printf '%s\n' 'ask_wait_ms 200' 'dial_least_ms 20' 'dial_most_s 1' \
    'log_level detail' >> "$dir/br/almenarad.conf"
a network export -q --node "$dir/uy" "$dir/pub" > /dev/null
a authority register --with "$dir/pub" --replace "$dir/br/br.card.json" \
    --out "$dir/r2" > /dev/null
register=$(signed r2 "$dir/net/authority-founder.jwk")
ok 'a register with its new identity' test -s "$register"
ok 'and its card go to another team' quietly a network offer \
    --node "$dir/uy" "$register" "$dir/br/br.card.json"
ok 'it joins with the documents of another node' quietly eval \
    'a network export -q --node "$dir/uy" "$dir/pub2" &&
    cp "$dir/br/br.card.json" "$dir/pub2/" &&
    a network join -q --dir "$dir/br" "$dir/pub2"'
node_start br
ok 'br is linked again' within 40 is_linked br 2
ok 'what its lost keys said is still read' has uy 'by the lost keys'
ok 'nothing is sealed to it before the operator says so' test -z \
    "$(release uy TLP:AMBER '["br"]' 'too early')"
for t in uy cl; do
	ok "$t confirms the new identity" quietly a pin accept \
	    --node "$dir/$t" br --remark 'by voice'
done
release uy TLP:AMBER '["br"]' 'to the new keys' > /dev/null
ok 'then it is' within 20 has br 'to the new keys'
release br TLP:AMBER '["uy","cl"]' 'by the new keys' > /dev/null
ok 'and br releases again' within 20 has cl 'by the new keys'
ok 'log verify names the log of the lost keys' refuses 'in no keyset' uy \
    log verify

# --- too many keys of authority are lost: the network is founded anew ---
echo secret > "$dir/pass"
a authority key -q --name py --out "$dir/py.key" \
    --passphrase-file "$dir/pass" > /dev/null
finish_py() { # finish_py FILE: signed by the new holder
	a authority sign --yes --key "$dir/py.key" \
	    --passphrase-file "$dir/pass" "$dir/$1" > /dev/null &&
	    a authority finish "$dir/$1" --to "$dir/net3" > /dev/null
}
a network export -q --node "$dir/uy" "$dir/pub3" > /dev/null
a authority charter --with "$dir/pub3" --refound --add "$dir/py.key.pub" \
    --k-charter 1 --k-register 1 --k-suspend 1 --out "$dir/c3" > /dev/null
ok 'a charter of the new holder' finish_py c3
a authority register --with "$dir/net3" --add "$dir/uy/uy.card.json" \
    --add "$dir/br/br.card.json" --add "$dir/cl/cl.card.json" \
    --out "$dir/r4" > /dev/null
ok 'and a register' finish_py r4
a authority designate --with "$dir/net3" --team uy \
    --instrument 'Decree 1' --authority 'Presidency' --issued 2026-01-01 \
    --review 2036-01-01 --out "$dir/d4" > /dev/null
ok 'and a designation' finish_py d4
for t in uy br cl; do
	node_stop $t
	ok "$t takes the root that was compared" quietly a network join \
	    --dir "$dir/$t" --new-root "$(cat "$dir/net3/root")" "$dir/net3"
done
start uy br cl
release uy TLP:AMBER '["br"]' 'in the new network' > /dev/null
ok 'teams, keysets and logs are what they were' within 20 has br \
    'in the new network'
ok 'and what was said before is there' has uy 'by the new keys'
finish
