#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Groups and the keys of their circles between real processes: who is in a
# group, who reads what goes to it, and who does not any more.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

teams=(uy br cl pe)
network_make "${teams[@]}"
for team in "${teams[@]}"; do
	echo 'circle_least 2' >> "$dir/$team/almenarad.conf"
	node_start "$team"
done
for team in "${teams[@]}"; do
	ok "$team is linked" within 20 is_linked "$team" 3
done

draft() { # TEAM LABEL AUD TITLE
	ask "$1" -g draft draft_save "{\"kind\":\"warning\",\"tlp\":\"$2\",
	    \"aud\":$3,\"body\":$(warning "$4")}"
}
readers() { # TEAM LABEL AUD: who will be able to read
	local id
	id=$(draft "$1" "$2" "$3" 'To whom') &&
	    ask "$1" preview "{\"id\":\"$id\"}" |
	    grep -o '"readers":\[[^]]*\]' | grep -o '"team":"[a-z]*"' |
	    cut -d'"' -f4 | tr '\n' ' ' | sed 's/ $//'
}
has_it() { [ "$(ask "$1" -g notice.envelope.id show "{\"id\":\"$2\"}")" = "$2" ]; }
members() { ask "$1" -g 'members.#' group '{"name":"mercosur"}'; }
sealed_to_circle() { cat "$dir/$1"/data/*.db* | grep -aoF '"alg":"A256KW"' | wc -l; }

# --- a group ---
ok 'a group needs members' exits 2 cmd uy group new mercosur --yes
ok 'no team gives its name to one' refuses 'is a team' uy group new br \
    --members br --yes
ok 'nor is anybody in it whom no register knows' refuses 'no team' uy \
    group new mercosur --members br,zz --yes
ok 'a group' quietly cmd uy group new mercosur --members br,cl \
    --up-to AMBER --title 'Southern market' --yes
ok 'not twice' refuses 'already' uy group new mercosur --members br --yes
ok 'its members know it' within 5 says '^mercosur.uy.TLP:AMBER.3.Southern' \
    cmd br group list
ok 'others do not' test -z "$(cmd pe group list)"
ok 'its owner is in it' says '^uy.UY.Yes' cmd br group show mercosur
ok 'a draft may name it' is 'br cl uy' readers br TLP:AMBER '["mercosur"]'
ok 'or say whose it is' is 'br cl uy' readers br TLP:AMBER '["mercosur@uy"]'
ok 'with teams beside it' is 'br cl pe uy' readers br TLP:AMBER \
    '["mercosur","pe"]'
ok 'what is GREEN goes to it alone' is 'br cl uy' readers br TLP:GREEN \
    '["mercosur"]'
file=$(dirname "$0")/../../examples/exercise-warning.json
ok 'nothing above its ceiling' refuses 'above the ceiling of the group' br \
    draft new "$file" --tlp RED --aud mercosur
none=$(draft pe TLP:AMBER '["mercosur"]' 'To nobody')
ok 'no group that is not here' refuses 'and no group' pe preview "$none"

# --- what goes to it ---
one=$(release br TLP:AMBER '["mercosur"]' 'For the group')
ok 'every member reads it' within 5 has_it cl "$one"
ok 'and the owner' within 5 has_it uy "$one"
ok 'nobody else' fails has_it pe "$one"
two=$(release br TLP:AMBER '["mercosur"]' 'And the next')
ok 'the next too' within 5 has_it cl "$two"
ok 'by the key of the circle' test "$(sealed_to_circle cl)" -gt 0
before=$(sealed_to_circle uy)
red=$(release br TLP:RED '["uy","cl"]' 'For your eyes')
ok 'what is RED' within 5 has_it uy "$red"
ok 'is sealed for each reader' test "$(sealed_to_circle uy)" -eq "$before"
node_kill cl
node_start cl
ok 'cl is back' within 20 is_linked cl 3
three=$(release br TLP:AMBER '["mercosur"]' 'After a crash')
ok 'it has its keys' within 5 has_it cl "$three"
node_kill br
node_start br
ok 'br is back' within 20 is_linked br 3
four=$(release br TLP:AMBER '["mercosur"]' 'After another')
ok 'so has the origin' within 5 has_it cl "$four"

# --- nobody sees a key ---
key=$(ask br -g records.1.digest log_show)
ok 'the key is the second entry' is TLP:RED ask br -g \
    notice.revisions.0.tlp show "{\"id\":\"$key\",\"full\":true}"
ok 'whose text is shown to nobody' says '"body":null' ask br show \
    "{\"id\":\"$key\",\"full\":true}"
echo 'allow export any to gateway file proof' >> "$dir/br/almenara.rules"
quietly cmd br rules load
ok 'nor given out' says '"jws":""' ask br log_export "{\"id\":\"$key\"}"
ok 'nor proved' is 0 ask br -g 'entries.#' prove "{\"id\":\"$key\"}"

# --- leaving, and coming back ---
ok 'who is not in it cannot leave' refuses 'no group' pe group leave \
    mercosur --yes
ok 'cl leaves' quietly cmd cl group leave mercosur --note 'No mandate' --yes
ok 'which counts at br at once' within 5 is 'br uy' readers br TLP:AMBER \
    '["mercosur"]'
ok 'and is shown' says '^has_left.cl' cmd br group show mercosur
five=$(release br TLP:AMBER '["mercosur"]' 'Without cl')
ok 'uy reads it' within 5 has_it uy "$five"
six=$(release br TLP:AMBER '["mercosur"]' 'Again without cl')
ok 'and the next' within 5 has_it uy "$six"
ok 'cl does not' fails has_it cl "$five"
ok 'nor what its old key would open' fails has_it cl "$six"
ok 'the owner cannot bring it back' quietly cmd uy group change mercosur \
    --add cl --yes
ok 'it stays out' within 5 is 'br uy' readers br TLP:AMBER '["mercosur"]'
ok 'not twice' refuses 'no member' cl group leave mercosur --yes
ok 'cl comes back' quietly cmd cl group leave mercosur --back --yes
ok 'and is in it' within 5 is 'br cl uy' readers br TLP:AMBER '["mercosur"]'

# --- the owner's word ---
ok 'only the owner changes it' refuses 'only its owner' br group change \
    mercosur --remove cl --yes
ok 'pe joins, cl is out' quietly cmd uy group change mercosur --add pe \
    --remove cl --yes
ok 'which counts at br' within 5 is 'br pe uy' readers br TLP:AMBER \
    '["mercosur"]'
ok 'pe reads nothing of before' fails has_it pe "$one"
seven=$(release br TLP:AMBER '["mercosur"]' 'With pe')
eight=$(release br TLP:AMBER '["mercosur"]' 'And again')
ok 'but what follows' within 5 has_it pe "$seven"
ok 'and follows' within 5 has_it pe "$eight"
ok 'cl reads nothing of that' fails has_it cl "$seven"
ok 'nor by any key' fails has_it cl "$eight"
ok 'who is refused here is left out' quietly "$ALMENARA" pin refuse \
    --node "$dir/br" pe
ok 'of the group too' within 5 is 'br uy' readers br TLP:AMBER '["mercosur"]'
ok 'and only here' is 'br pe uy' readers uy TLP:AMBER '["mercosur"]'
ok 'closed' quietly cmd uy group change mercosur --close --yes
ok 'nobody is addressed by it' within 5 test -z "$(cmd uy group list)"
ok 'it is on record' says '^mercosur' cmd uy group list --all
finish
