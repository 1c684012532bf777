#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A group of br, cl and uy gets a secret; each shows keyed digests. br and uy
# have seen the same and learn it, each by what it has seen itself; cl, which
# has not, learns nothing. Whoever leaves
# the group ends the secret. ht is in no group and has none of it.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

network_make br cl ht uy
for team in br cl ht uy; do node_start "$team"; done
for team in br cl ht uy; do
	ok "$team is linked" within 30 is_linked "$team" 3
done
ok 'a group' quietly cmd uy group new andes --members br,cl --yes
has_group() { says andes cmd "$1" group list; }
ok 'br knows it' within 20 has_group br
ok 'cl knows it' within 20 has_group cl
ok 'a group that is not there gets none' refuses 'group' uy blind new nobody --yes
ok 'the group gets a secret' quietly cmd uy blind new andes --yes
key() { ask "$1" -g rows.0.id blinds; }
has_key() { test -n "$(key "$1")"; }
for team in br cl uy; do ok "$team has it" within 20 has_key "$team"; done
ok 'ht has none' is 0 ask ht -g 'rows.#' blinds

printf '# seen\nhxxp://Same[.]example:80/x\n\nonly-br.example\n' > "$dir/br.txt"
ok 'words are no observable' refuses 'no address' br blind publish \
    "$(key br)" 'some words' --yes
ok 'br shows two' quietly cmd br blind publish "$(key br)" \
    --file "$dir/br.txt" --yes
ok 'cl shows another' quietly cmd cl blind publish "$(key cl)" \
    only-cl.example --yes
shown() { [ "$(ask uy -g 'rows.0.shown.#' blinds)" = "$1" ]; }
ok 'uy has both' within 20 shown 2
ok 'and overlaps with nobody' is 0 ask uy -g 'rows.#' overlaps
ok 'uy shows one of them too' quietly cmd uy blind publish "$(key uy)" \
    http://same.example/x 203.0.113.9 --yes
overlaps() { ask "$1" -g 'rows.#' overlaps; }
for team in br uy; do
	ok "$team learns it" within 60 is 1 overlaps "$team"
	ok "$team knows what" is 'url:http://same.example/x' \
	    ask "$team" -g rows.0.stands_for overlaps
done
ok 'and with whom' says 'br.*circle' cmd uy overlap show \
    "$(ask uy -g rows.0.id overlaps)"
ok 'the watch of br is told' says 'several origins hold the same' \
    cmd br watch --count 1
for i in 0 1; do
	id=$(ask br -g "sides.$i.id" overlap \
	    "{\"id\":\"$(ask br -g rows.0.id overlaps)\"}")
	ok "what was shown names the other team ($i)" \
	    says 'the same is held by: (uy|br) ' cmd br show "$id"
done
ok 'no watch is proposed' fails says '"draft"' ask uy overlaps
has_three() { [ "$(ask cl -g 'rows.0.shown.#' blinds)" = 3 ]; }
ok 'cl has all digests' within 20 has_three
ok 'and learns nothing' is 0 overlaps cl
ok 'what was shown says nothing of itself' fails says 'example' \
    ask cl blinds
ok 'who has left ends the secret' quietly cmd cl group leave andes --yes
gone() { refuses 'no more in the group' uy blind publish "$(key uy)" \
	late.example --yes; }
ok 'so nothing more is shown under it' within 20 gone
ok 'another one is made' quietly cmd uy blind new andes --yes
newer() { [ "$(ask br -g 'rows.#' blinds)" = 2 ]; }
ok 'br has it' within 20 newer
ok 'and shows again' quietly cmd br blind publish "$(key br)" \
    late.example --yes
finish
