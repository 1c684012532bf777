#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Marked words, sealed to two of four: no disk and no memory of a node that is
# no reader has them, nor who the readers are; no reader's disk has them in
# clear; and where they must be the same search finds them.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
: "${SEARCH:?}"
[ "$(id -u)" -eq 0 ] || skip_all 'the memory of other processes needs root'

network_make br cl ht uy
for team in br cl ht uy; do node_start "$team"; done
for team in br cl ht uy; do
	ok "$team is ready" within 20 node_is_ready "$team"
done
ok 'uy is linked' within 20 is_linked uy 3
ok 'ht is linked' within 20 is_linked ht 3

title=Quetzalvioleta text=Chinchillanocturna
body=$(warning "$title")
body=${body/accounts are taken over/$text}
seal() { # TLP AUD
	local id
	id=$(ask uy -g draft draft_save "{\"kind\":\"warning\",\"tlp\":\"$1\",
	    \"aud\":$2,\"body\":$body}") &&
	    ask uy -g notice release "{\"id\":\"$id\"}"
}
id=$(seal TLP:RED "${CANARY_AUD:-[\"br\",\"cl\"]}")
ok 'a marked notice is released' test -n "$id"
for team in br cl; do
	ok "$team reads it" within 10 is "$title" ask "$team" -g rows.0.title inbox
done
# ht has what everybody has, and all of it
open=$(release uy TLP:CLEAR null 'For everybody')
ok 'ht has what comes after it' within 10 is "$open" ask ht -g rows.0.id inbox
ok 'and nothing else' is 1 ask ht -g 'rows.#' inbox
ok 'a body is withheld from it' is 1 ask ht -g withheld log_verify
ok 'br finds it by its words' is "$id" \
    ask br -g rows.0.id inbox "{\"search\":\"$text\"}"
ok 'br answers' quietly ask br ack "{\"id\":\"$id\",\"answer\":\"affected\"}"

places() { # TEAM: its three processes
	echo "pid:${pid[$1]}" "pid:$(child_pid "$1" node)" \
	    "pid:$(child_pid "$1" keeper)"
}
# as the readers stand in an entry, beside a body and in the index
readers=('"aud":["br","cl","uy"]' 'br cl uy|' $'br\ncl\nuy\n')
found() { "$SEARCH" "$@"; }
nowhere() { "$SEARCH" "$@"; [ $? -eq 1 ]; }
# shellcheck disable=SC2046
{
ok 'the disk of ht has neither text, title nor readers' \
    nowhere "$title" "$text" "${readers[@]}" -- "$dir/ht"
ok 'nor has the memory of its processes' \
    nowhere "$title" "$text" "${readers[@]}" -- $(places ht)
for team in br cl uy; do
	ok "the disk of $team has no text in clear" \
	    nowhere "$title" "$text" -- "$dir/$team"
done
ask br show "{\"id\":\"$id\"}" > "$dir/shown"
ok 'br shows it, and the search sees it' \
    found "$text" -- "$dir/shown"
rm -f "$dir/shown"
# what br has shown it may have freed again: a process that holds it for sure
CANARY="$title $text" sleep 60 &
holder=$!
ok 'and in the memory of a process' within 5 \
    found "$title" "$text" -- "pid:$holder"
kill "$holder"
ok 'with its readers' found "${readers[@]}" -- $(places br)
}
# only now: the question itself brings the word to ht
ok 'ht does not find it by its words' is 0 \
    ask ht -g 'rows.#' inbox "{\"search\":\"$text\"}"
# the log of the node says nothing either, also when it tells everything
ok 'no log has a word of it' bash -c \
    "! grep -qiE '$title|$text' '$dir'/*/err"
for team in br cl ht uy; do ok "$team stops in order" node_stop "$team"; done
ok 'nor has the disk of ht afterwards' \
    nowhere "$title" "$text" "${readers[@]}" -- "$dir/ht"
ok 'nor that of br in clear' nowhere "$title" "$text" -- "$dir/br"
finish
