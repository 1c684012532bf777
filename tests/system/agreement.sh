#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Agreements by record between real nodes: unsigned teams get GREEN and no
# more, signing and leaving count at once, and who is left out is told why.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

teams=(uy br cl)
network_make "${teams[@]}"
for team in "${teams[@]}"; do
	sed -i '/^agreement/d' "$dir/$team/almenara.rules"
	node_start "$team"
done
for team in "${teams[@]}"; do
	ok "$team is linked" within 20 is_linked "$team" 2
done
example=$(dirname "$0")/../../examples/agreement.json

draft() { # TEAM LABEL AUD
	ask "$1" -g draft draft_save "{\"kind\":\"warning\",\"tlp\":\"$2\",
	    \"aud\":$3,\"body\":$(warning 'To whom')}"
}
refused() { # PATTERN TEAM LABEL AUD: by preview
	local id
	id=$(draft "$2" "$3" "$4") && refuses "$1" "$2" preview "$id"
}
goes() { # TEAM LABEL AUD
	[ -n "$(release "$@" Goes)" ]
}
why() { # TEAM DRAFT OTHER: the code of rules explain
	ask "$1" rules_explain "{\"id\":\"$2\"}" | grep -o '{"team":[^{}]*}' |
	    grep "\"team\":\"$3\"" | grep -o '"code":"[^"]*' | cut -d'"' -f4
}
here() { ask "$1" -g agreements.0.here agreements; }
list() { cmd "$1" agreement list; }

# --- nobody has signed ---
ok 'GREEN needs none' goes uy TLP:GREEN null
ok 'AMBER does' refused 'no agreement with this team' uy TLP:AMBER '["br"]'
amber=$(draft uy TLP:AMBER '["br"]')
explained() { says 'almenara agreement list' cmd uy rules explain "$amber"; }
ok 'and what is next is said' explained
ok 'there is none' test -z "$(list uy)"

# --- terms ---
bad() { # PATTERN JSON
	echo "$2" > "$dir/bad.json"
	refuses "$1" uy agreement new "$dir/bad.json" --yes
}
ok 'terms have a label' bad 'tlp' '{"name":"x"}'
ok 'and nothing else than IEP 2.0' bad 'colour' \
    '{"name":"x","tlp":"amber","colour":1}'
ok 'of its values' bad 'permitted_actions' \
    '{"name":"x","tlp":"amber","permitted_actions":"all"}'
ok 'whom it binds reads it' refuses 'TLP:CLEAR or TLP:GREEN' uy agreement \
    new "$example" --tlp AMBER --yes
ok 'uy signs' quietly cmd uy agreement new "$example" --yes
id=$(ask uy -g agreements.0.id agreements)
ok 'it is told at home' is signed here uy
ok 'br sees it' within 5 is unsigned here br
ok 'one signature binds nobody' refused 'no agreement with' uy TLP:AMBER \
    '["br"]'
next() { says "almenara agreement show $id" cmd uy rules explain "$amber"; }
ok 'but is shown as the next step' next
ok 'nor does it bind the other' refused 'has not signed' br TLP:AMBER '["uy"]'
theirs=$(draft br TLP:AMBER '["uy"]')
ok 'which is told how to sign' says "almenara agreement sign $id" \
    cmd br rules explain "$theirs"

# --- both ---
ok 'br signs' quietly cmd br agreement sign "${id: -8}" --yes
ok 'once' refuses 'signed it already' br agreement sign "$id" --yes
ok 'AMBER goes at once' goes br TLP:AMBER '["uy"]'
both() { is 2 ask uy -g 'agreements.0.parties.#' agreements; }
ok 'uy has it' within 5 both
ok 'and AMBER goes there too' goes uy TLP:AMBER '["br"]'
ok 'nothing stricter' refused 'ends at a lower label' uy TLP:RED '["br"]'
ok 'nothing for a third' refused 'no agreement' uy TLP:AMBER '["br","cl"]'
ok 'list says who' says "^${id: -8}.Agreement on.*.TLP:AMBER.signed.*br" list uy
ok 'show says whom it binds' says '^br.signed.*binds' cmd uy agreement show "$id"
ok 'and the terms' says 'attribution: must-not' cmd uy agreement show "$id"
record=$(ask uy -g parties.0.record agreement "{\"id\":\"$id\"}")
ok 'it is a record like any other' says 'Agreement on handling' cmd uy show \
    "$record"

# --- leaving counts at once, and over a line ---
ok 'br leaves' quietly cmd br agreement leave "$id" --note 'No mandate' --yes
ok 'at once' refused 'has not signed' br TLP:AMBER '["uy"]'
ok 'not twice' refuses 'left it already' br agreement leave "$id" --yes
ok 'nor who never signed' refuses 'has not signed it' cl agreement leave \
    "$id" --yes
left() { is rule_left why uy "$amber" br; }
ok 'uy knows' within 5 left
ok 'and is told why' refused 'the team has left' uy TLP:AMBER '["br"]'
echo "agreement $id with all" >> "$dir/uy/almenara.rules"
ok 'a line that claims otherwise' quietly cmd uy rules load
ok 'does not count' is rule_left why uy "$amber" br
ok 'also for who never signed' is rule_no_agreement why uy "$amber" cl
ok 'GREEN goes on' goes uy TLP:GREEN null

# --- what ends an embargo needs one too ---
until=$(date -u -d '+1 day' +%Y-%m-%dT%H:%M:%SZ)
ok 'br comes back' quietly cmd br agreement sign "$id" --yes
bound() { is rule_allowed why uy "$amber" br; }
ok 'which uy knows' within 5 bound
held=$(cmd uy release "$amber" --embargo "$until" --then ask --yes --json |
    grep -o '"notice":"[^"]*' | cut -d'"' -f4)
ok 'under embargo' test -n "$held"
ok 'it is not opened for an unsigned team' refuses 'no agreement' uy embargo \
    release "$held" --tlp AMBER --to br,cl --reason 'It is out' --yes
ok 'but for who has signed' quietly cmd uy embargo release "$held" \
    --tlp AMBER --to br --reason 'It is out' --yes

# --- it holds after a crash, and is on record ---
ok 'cl signs' quietly cmd cl agreement sign "$id" --yes
three() { is 3 ask uy -g 'agreements.0.parties.#' agreements; }
ok 'which uy has' within 5 three
node_kill uy
node_start uy
ok 'uy is back' within 20 is_linked uy 2
ok 'and bound' is rule_allowed why uy "$amber" cl
acts() { # ACT: those done, not those refused
	ask br audit "{\"act\":\"$1\"}" | grep -o '{[^{}]*}' |
	    grep "\"$1\"" | grep -c '"outcome":"done"'
}
on_record() { is 2 acts agreement_sign && is 1 acts agreement_leave; }
ok 'who did what is on record' on_record
finish
