#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The leak guard between real nodes: what it finds in a draft, in a passage of
# a stricter notice, and what a strict node asks for.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

network_make uy br cl
printf '%s\n' 'guard_domains "ad.gub.example x.example"' >> "$dir/br/almenarad.conf"
for team in uy br; do node_start "$team"; done
ok 'uy is ready' within 10 node_is_ready uy
ok 'br is ready' within 10 node_is_ready br
ok 'br is linked' within 20 is_linked br 1

passage='the attackers entered through the maintenance account of the pension
 fund and stayed for nine weeks before anybody saw them'
passage=${passage//$'\n'/}
with() { # TEXT: a body that has it
	local b
	b=$(warning Guarded)
	echo "${b/accounts are taken over/$1}"
}
id=$(ask uy -g draft draft_save "{\"kind\":\"warning\",\"tlp\":\"TLP:RED\",
    \"aud\":[\"br\"],\"body\":$(with "$passage")}")
ok 'uy warns br' quietly ask uy release "{\"id\":\"$id\"}"
titled() { is Guarded ask br -g rows.0.title inbox; }
ok 'br has it' within 10 titled

rules() { grep -o '"rule":"guard-[^"]*' | cut -d'"' -f4 | sort -u | tr '\n' ' '; }
preview() { # TLP AUD TEXT
	ask br preview "{\"tlp\":\"$1\",\"draft\":{\"kind\":\"warning\",
	    \"aud\":$2,\"body\":$(with "$3")}}" | rules
}
ok 'nothing is found in a plain text' is '' preview TLP:AMBER '["uy"]' 'plain'
ok 'a passage of it under a weaker label' is 'guard-copy ' \
    preview TLP:AMBER '["cl"]' "Told: $passage, it is said."
ok 'not under the same label' is '' preview TLP:RED '["uy"]' "$passage"
ok 'addresses, names, persons' is \
    'guard-address guard-host guard-mail ' preview TLP:AMBER '["cl"]' \
    'seen at 10.1.2.3 on dc1.ad.gub.example by ana.perez@mides.gub.uy'
ok 'secrets, numbers, labels' is \
    'guard-credential guard-person-id guard-words ' preview TLP:AMBER \
    '["cl"]' 'password: Hunter22 of CPF 529.982.247-25, was TLP:RED'
ok 'not if it stays at home' is '' preview TLP:AMBER '["br"]' 'at 10.1.2.3'

save() { # TLP TEXT
	ask br -g draft draft_save "{\"kind\":\"warning\",\"tlp\":\"$1\",
	    \"aud\":[\"uy\"],\"body\":$(with "$2")}"
}
draft=$(save TLP:RED 'plain')
ok 'a label that the draft did not have' is 'guard-label ' \
    eval "ask br preview '{\"id\":\"$draft\",\"tlp\":\"TLP:AMBER\"}' | rules"
draft=$(save TLP:AMBER 'seen at 10.1.2.3')
ok 'it warns and lets go' quietly ask br release "{\"id\":\"$draft\"}"

# a strict node
ok 'br stops in order' node_stop br
printf '%s\n' 'guard_strict yes' >> "$dir/br/almenarad.conf"
node_start br
ok 'br is ready again' within 10 node_is_ready br
draft=$(save TLP:AMBER 'seen at 10.1.2.3')
ok 'wants a reason' exits 5 ask br release "{\"id\":\"$draft\"}"
ok 'and takes it' quietly ask br release "{\"id\":\"$draft\",
    \"reason\":\"The sensor is known to all\"}"
draft=$(save TLP:AMBER 'plain')
ok 'nothing found needs none' quietly ask br release "{\"id\":\"$draft\"}"
ok 'its logs verify' quietly ask br log_verify
for team in uy br; do ok "$team stops in order" node_stop "$team"; done
finish
