#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What doc/operations.md says to do when a key is lost or stolen, a team
# changes or a designation ends, on running nodes: traffic goes on, what was
# taken away counts no more, and nobody is trusted before the operator said so.
# shellcheck disable=SC1091,SC2154,SC2317
. "$(dirname "$0")/lib.sh"
export LC_ALL=C.UTF-8

network_make uy br cl
for t in uy br cl; do node_start $t; done
for t in uy br cl; do within 10 node_is_ready $t; done
for t in uy br cl; do
	ok "$t is linked to both others" within 15 is_linked $t 2
done

a() { "$ALMENARA" "$@" 2>> "$dir/said"; }
authority() { # authority OUT ARGS...: propose, sign by the founder, finish
	local out=$dir/$1
	shift
	a network export -q --node "$dir/uy" "$dir/pub" > /dev/null
	a authority "$@" --with "$dir/pub" --out "$out" > /dev/null &&
	    a authority sign --yes --key "$dir/net/authority-founder.jwk" \
		"$out" > /dev/null &&
	    a authority finish "$out" --to "$dir/done"
}
offer() { # offer TEAM FILE
	quietly a network offer --node "$dir/$1" "$2"
}
keyset_now() { # keyset_now TEAM ARGS...: prepare, sign by identity, take
	local team=$1
	shift
	a keyset prepare -q --node "$dir/$team" --out "$dir/k" "$@" \
	    > /dev/null &&
	    a authority sign --yes --key "$dir/$team/identity.jwk" "$dir/k" \
		> /dev/null &&
	    a keyset take -q --node "$dir/$team" "$dir/k" > /dev/null
}
has_renewed() { # has_renewed TEAM PID: another node process is ready
	local now
	now=$(child_pid "$1" node)
	[ -n "$now" ] && [ "$now" != "$2" ] && node_is_ready "$1"
}
keyset() { # the same, and the node has begun again with it
	local old
	old=$(child_pid "$1" node)
	keyset_now "$@" && within 20 has_renewed "$1" "$old"
}
version() { # version TEAM WHOSE: of a keyset, as one team sees it
	ask "$1" documents | grep -o '{[^{}]*}' | grep '"kind":"keyset"' |
	    grep "\"team\":\"$2\"" | grep -o '"version":[0-9]*' | cut -d: -f2
}
key_of() { # key_of TEAM ROLE: thumbprints in its newest keyset
	a keyset show --node "$dir/$1" | awk -v r="$2" '$1 == r { print $2 }'
}
arrives() { # arrives AT TITLE
	ask "$1" inbox | grep -q "$2"
}
held_by_both() { # held_by_both TEAM ID
	is 2 eval "ask $1 receipts '{\"id\":\"$2\"}' |
	    grep -o '\"state\":\"stored\"' | wc -l"
}
says() { # says TEXT COMMAND...
	local text=$1
	shift
	"$@" 2>&1 | grep -qF -- "$text"
}

# --- all hot keys are rotated while notices go out ---
before=$(child_pid br node)
ok 'entry, cosign, enc and tls keys are rotated' keyset_now br --rotate entry \
    --rotate cosign --rotate enc --rotate tls
release br TLP:AMBER '["uy","cl"]' 'while keys turn' > /dev/null
release uy TLP:AMBER '["br"]' 'to the old key' > /dev/null
ok 'the node begins again with them' within 20 has_renewed br "$before"
ok 'both are linked again' within 20 is_linked br 2
id=$(release br TLP:AMBER '["uy","cl"]' 'after the turn')
ok 'what was on its way arrives' within 10 arrives uy 'while keys turn'
ok 'both ways' within 10 arrives br 'to the old key'
ok 'and what comes after' within 10 arrives uy 'after the turn'
ok 'and is proved by receipts' within 10 held_by_both br "$id"
ok 'the others know the keyset' is 2 version uy br
ok 'two entry keys stand side by side' is 2 eval 'key_of br entry | wc -l'
ok 'the older enc and tls keys are retired' keyset br --retire enc \
    --retire tls
ok 'and gone from the keyset' is 1 eval 'key_of br enc | wc -l'
ok 'their secrets are kept' grep -q '"retired":' "$dir/br/keyring"
ok 'for thirty days' says '"keys":0' "$ALMENARA" keyset prune --json \
    --node "$dir/br"
within 20 is_linked br 2

# --- a stolen entry key ---
cp "$dir/br/keyring" "$dir/stolen"
size=$(ask br -g logs.0.size log)
ok 'a stolen key is revoked at a cut' keyset br --revoke entry \
    --reason 'the disk was copied' --cut $((size - 1))
ok 'what it signed beyond the cut is struck at the others' within 20 eval \
    '! arrives uy "after the turn"'
ok 'below it holds' arrives uy 'while keys turn'
within 20 is_linked br 2
release br TLP:AMBER '["uy"]' 'with the new key' > /dev/null
ok 'and the team writes on' within 10 arrives uy 'with the new key'

# --- a stolen tls key: the running link is closed on receipt ---
old=$(key_of br tls | tail -1)
ok 'a tls key is revoked' keyset br --revoke tls --reason 'copied too'
ok 'its links are closed when the keyset comes' within 10 \
    grep -q 'its key or team is not admitted any more' "$dir/uy/err"
ok 'and made again with the new one' within 20 is_linked uy 2
ok 'which is another' eval "[ '$old' != \"\$(key_of br tls | tail -1)\" ]"

# --- a lost identity key ---
echo secret > "$dir/pass"
quietly a authority key --name br --out "$dir/br.new" \
    --passphrase-file "$dir/pass"
reg=$(authority r2 register --identity "br=$dir/br.new.pub")
cp "$reg" "$dir/br/documents/"
a keyset prepare -q --node "$dir/br" --out "$dir/k" > /dev/null
ok 'the old identity cannot sign the next keyset' eval '! a authority sign \
    --yes --key "$dir/br/identity.jwk" "$dir/k" > /dev/null'
ok 'the new one can' quietly a authority sign --yes --key "$dir/br.new" \
    --passphrase-file "$dir/pass" "$dir/k"
a authority finish "$dir/k" --to "$dir/done" > /dev/null
ok 'register and keyset go to another team' quietly a network offer \
    --node "$dir/uy" "$reg" "$dir"/done/keyset-br-*.json
before=$(child_pid br node)
ok 'and to its own node' quietly a keyset take --node "$dir/br" "$dir/k"
within 20 has_renewed br "$before"
ok 'the team is back by its new identity' within 30 is_linked br 2
ok 'the operator is asked to confirm it' within 10 says '"team":"br"' eval \
    'ask uy status | grep -o "\"confirm\":\[[^]]*\]"'
ok 'in words too' says 'confirmation wanted' a pin list --node "$dir/uy"
ok 'nothing is sealed to it before' eval \
    '! release uy TLP:AMBER "[\"br\"]" "too early" > /dev/null'
ok 'the operator confirms' quietly a pin accept --node "$dir/uy" br \
    --remark 'by voice'
release uy TLP:AMBER '["br"]' 'now it may' > /dev/null
ok 'and then it is' within 10 arrives br 'now it may'
ok 'and is not asked any more' exits 1 eval \
    'a pin list --node "$dir/uy" | grep -q "^br: confirmation"'

# --- pins win, and are seen ---
private() { ask uy log | grep -o '"role":"private"[^}]*"size":[0-9]*' |
    grep -o '[0-9]*$'; }
audited=$(private)
ok 'a team is refused here' quietly a pin refuse --node "$dir/uy" cl
ok 'which is in the audit trail' within 10 is "$((audited + 1))" private
ok 'its link is closed' within 10 is_linked uy 1
ok 'whatever the register says' says 'refuse team cl' ask uy status
ok 'it is seen among the peers or gone' exits 0 eval \
    '! ask uy peers | grep -q "\"team\":\"cl\".*\"linked\":true"'
ok 'by people too' says 'refuse team cl' a status --node "$dir/uy"
ok 'and by the doctor' says 'refuse team cl' a doctor --node "$dir/uy"
ok 'what is there is not put twice' exits 1 a pin refuse --node "$dir/uy" cl
ok 'the pin is taken away' quietly a pin remove --node "$dir/uy" cl
ok 'and the team is back' within 20 is_linked uy 2
ok 'no such pin' exits 3 a pin remove --node "$dir/uy" pe
ok 'nonsense is refused' exits 2 a pin accept --node "$dir/uy" 'x y'

# --- designations ---
des=$(authority d2 designate --end cl)
ok 'a designation ends' offer cl "$des"
ok 'then the team releases nothing' says 'may not be released' eval \
    'release cl TLP:AMBER "[\"uy\"]" "without a mandate"; cat "$dir/cl/ask"'
ok 'and is told what to do' says 'almenara authority designate' \
    cat "$dir/cl/ask"
ok 'but takes part' is_linked cl 2
des=$(authority d3 designate --team cl --instrument 'Law 21.663' \
    --authority Congress --issued 2024-04-08 --review 2024-05-08)
ok 'a stale one' offer cl "$des"
ok 'is told' within 10 says '"kind":"designations","team":"cl"' eval \
    'ask uy status | grep -o "\"warnings\":\[[^]]*\]"'
release cl TLP:AMBER '["uy"]' 'with a stale mandate' > /dev/null
ok 'and stops nothing' within 10 arrives uy 'with a stale mandate'
des=$(authority d4 designate --team cl --review 2099-01-01 \
    --dissemination no)
offer cl "$des"
ok 'one that does not authorise it refuses' says 'does not authorise' eval \
    'release cl TLP:AMBER "[\"uy\"]" "no"; cat "$dir/cl/ask"'

# --- a team is suspended, then removed ---
standing() { ask cl -g standing status; }
shut_out() { ask cl status | grep -q '"shut_out_by":\["'; }
told() { grep -c "$1" "$dir/cl/err"; }
ok 'cl is in good standing' is good standing
sus=$(authority s1 suspend cl --days 1 --reason 'in doubt')
ok 'a suspension' offer uy "$sus"
ok 'cuts the team off' within 20 is_linked uy 1
ok 'which it learns' within 10 is suspended standing
ok 'everybody sees who did it, and why' says ', by founder: in doubt' \
    "$ALMENARA" status --node "$dir/uy" --lang en
ok 'and its operator, once' is 1 told 'this team is suspended'
ok 'with the next step' says 'suspended: no node links' \
    "$ALMENARA" status --node "$dir/cl" --lang en
ok 'in Spanish too' says 'suspendido: ningún nodo' \
    "$ALMENARA" status --node "$dir/cl" --lang es
ok 'cl goes away' node_stop cl
reg=$(authority r3 register --remove cl)
ok 'a register removes it' offer uy "$reg"
node_start cl
ok 'cl, who was away, is told by the others' within 30 shut_out
ok 'and that it was removed' says 'removed from the register' \
    cat "$dir/cl/err"
ok 'what it wrote stays readable' arrives uy 'with a stale mandate'
finish
