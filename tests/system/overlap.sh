#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# br and uy each tell cl the same observable, and not each other: cl's people
# see the two linked and a watch is proposed that names neither; each is asked
# alone; until both agree it does not go to them. What is of an exercise or of
# TLP:RED is not told to anybody; a node that is killed in between finds it once.
# A third origin, pe, that agrees later is told with the others, by a revision.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

network_make br cl pe uy
for team in br cl pe uy; do node_start "$team"; done
for team in br cl pe uy; do
	ok "$team is linked" within 30 is_linked "$team" 3
done

# seen TEAM TLP VALUE TITLE [MORE]: a watch to cl alone
seen() {
	local id
	id=$(ask "$1" -g draft draft_save "{\"kind\":\"watch\",\"tlp\":\"$2\",
	    \"aud\":[\"cl\"],\"body\":{\"title\":{\"en\":\"$4\"},
	    \"language\":\"en\",\"severity\":\"Minor\",\"urgency\":\"Unknown\",
	    \"certainty\":\"Possible\",\"level\":2,\"states\":[\"UY\"],
	    \"sectors\":[\"government\"],\"requested_action\":\"check\",
	    \"rsit\":[\"other/undetermined\"],\"observation\":{\"en\":\"$4\"},
	    \"question\":{\"en\":\"Who else?\"},
	    \"observables\":[{\"type\":\"domain\",\"value\":\"$3\"}]${5:-}}}") &&
	    ask "$1" -g notice release "{\"id\":\"$id\"}"
}
overlaps() { ask cl -g 'rows.#' overlaps; }

a=$(seen br TLP:AMBER 'Evil[.]Example' 'From Zanahoria')
b=$(seen uy TLP:AMBER 'evil.example' 'From Rabanito')
ok 'both were released' test -n "$a" -a -n "$b"
ok 'cl links them within a minute' within 60 is 1 overlaps
id=$(ask cl -g rows.0.id overlaps)
ok 'by the observable' is domain:evil.example ask cl -g rows.0.observable overlaps
ok 'its people see both' says 'br .*uy|uy .*br' cmd cl overlap list
ok 'and that nobody was asked' says 'br.*not asked|br.*unasked' \
    cmd cl overlap show "$id"
ok 'the alarm says where to look' within 10 \
    grep -q "almenara overlap show $id" "$dir/cl/err"
ok 'neither of them links anything' is 0 ask br -g 'rows.#' overlaps

draft=$(ask cl -g draft overlap "{\"id\":\"$id\"}")
ok 'a watch is proposed' says 'Several teams hold the same' \
    cmd cl draft show "$draft"
ok 'that names neither, nor a word of theirs' fails \
    says 'Zanahoria|Rabanito|evil|"br"|"uy"' ask cl draft "{\"id\":\"$draft\"}"
ok 'no list of drafts does either' fails says 'Zanahoria|Rabanito|evil' \
    ask cl drafts

# --- it does not show one to the other
ok 'somebody completes it' quietly ask cl draft_save "{\"id\":\"$draft\",
    \"kind\":\"watch\",\"tlp\":\"TLP:AMBER\",\"aud\":[\"br\",\"uy\"],
    \"body\":{\"title\":{\"en\":\"Several teams\"},\"language\":\"en\",
    \"severity\":\"Minor\",\"urgency\":\"Unknown\",\"certainty\":\"Possible\",
    \"level\":2,\"states\":[\"UY\"],\"sectors\":[\"government\"],
    \"requested_action\":\"check\",\"rsit\":[\"other/undetermined\"],
    \"observation\":{\"en\":\"The same\"},\"question\":{\"en\":\"Who?\"}}}"
ok 'to both it may not go' refuses 'has not agreed to be named' \
    cl preview "$draft"
ok 'nor is it released so' refuses 'has not agreed to be named' \
    cl release "$draft" --yes

# --- asked alone
ok 'a real one is not asked of who has none' refuses 'nobody whom' \
    cl overlap ask "$id" --team cl --yes
ok 'each is asked' quietly cmd cl overlap ask "$id" --yes
ok 'and not twice' refuses 'nobody whom one may ask|were asked' \
    cl overlap ask "$id" --yes
question() { # TEAM NOTICE: the id of the question there
	ask "$1" -g notice.others.0.id show "{\"id\":\"$2\"}"
}
has_question() { test -n "$(question "$@")"; }
ok 'br is asked' within 20 has_question br "$a"
ok 'uy is asked' within 20 has_question uy "$b"
qa=$(question br "$a") qb=$(question uy "$b")
ok 'it says what' says 'domain:evil.example' ask br show "{\"id\":\"$qa\"}"
ok 'and nothing of uy' fails says '[^A-Za-z0-9_-]uy[^A-Za-z0-9_-]|Rabanito' \
    ask br -g notice show "{\"id\":\"$qa\"}"
ok 'uy does not have the question to br' fails quietly \
    ask uy show "{\"id\":\"$qa\"}"
ok 'a question is answered by who was asked' \
    refuses 'nobody asks this team' cl overlap answer "$qa" --agree --yes
ok 'br agrees' quietly cmd br overlap answer "$qa" --agree --yes
agreed() { cmd cl overlap show "$id" --json | grep -q "\"team\":\"$1\"[^}]*\"$2\""; }
ok 'cl reads it' within 20 agreed br agreed
ok 'one is not enough' refuses 'uy has not agreed to be named' \
    cl preview "$draft"
ok 'uy does not' quietly cmd uy overlap answer "$qb" --no --yes
ok 'cl reads that too' within 20 agreed uy declined
ok 'so it does not go' refuses 'uy has not agreed' cl preview "$draft"
ok 'uy agrees after all' quietly cmd uy overlap answer "$qb" --agree --yes
ok 'cl reads it' within 20 agreed uy agreed
ok 'now it may go' quietly cmd cl preview "$draft"

# --- who agreed is told of the other, by the node itself, once
link_of() { ask cl -g link overlap "{\"id\":\"$id\"}"; }
has_link() { test -n "$(link_of)"; }
links_at() { # TEAM: how many such records are there
	ask "$1" inbox '{"kind":"overlap-link"}' | grep -o '"kind":"overlap-link"' |
	    wc -l
}
ok 'both are told' within 60 has_link
link=$(link_of)
told_n() { ask cl -g 'told.#' overlap "{\"id\":\"$1\"}"; }
ok 'of one another' is 2 told_n "$id"
ok 'br has it' within 20 is 1 links_at br
ok 'and uy' within 20 is 1 links_at uy
ok 'one record for both' is "$link" ask uy -g rows.0.id inbox \
    '{"kind":"overlap-link"}'
on_watch() { # TEAM LANG PATTERN: an item of the watch
	says "$3" cmd "$1" watch --count 1 --lang "$2"
}
ok 'the watch of br is told' on_watch br en \
    "others hold the same as this team.*almenara show"
ok 'in Spanish' on_watch br es 'otros tienen lo mismo que este equipo'
ok 'in Portuguese' on_watch br pt 'outros têm o mesmo que esta equipe'
ok 'in French' on_watch br fr 'autres détiennent la même chose que cette équipe'
ok 'and that of uy' on_watch uy en 'others hold the same as this team'
ok 'not that of cl, which has opened the overlap' fails \
    on_watch cl en 'several origins hold the same|others hold the same'
ok 'the alarm of br tells too' within 10 \
    grep -q 'Link between teams' "$dir/br/err"
ok 'nobody else reads it' is '["br","cl","uy"]' \
    ask br -g notice.envelope.aud show "{\"id\":\"$link\"}"
ok 'it has no word of theirs' fails says 'Zanahoria|Rabanito' \
    ask br show "{\"id\":\"$link\"}"
ok 'br sees it on its notice' says 'the same is held by: uy' cmd br show "$a"
ok 'uy on its own' says 'the same is held by: br' cmd uy show "$b"
ok 'cl on both' says 'the same is held by: br.*overlap show' cmd cl show "$b"
ok 'another notice has none' fails says 'the same is held by' \
    cmd br show "$link"
is_off() { ! ask "$1" escalations | grep -q "\"id\":\"$link\""; }
ok 'who has read it is told no more' within 10 is_off br
ok 'who has not, still' fails is_off uy
ok 'it is not told again' refuses 'told already' cl overlap tell "$id" --yes

# --- a third origin that agrees later
p=$(seen pe TLP:AMBER 'EVIL.example' 'From Pimiento')
sides_n() { ask cl -g 'sides.#' overlap "{\"id\":\"$id\"}"; }
ok 'a third origin has the same' within 60 is 3 sides_n
ok 'it is no other overlap' is 1 overlaps
ok 'who agreed is not asked again' refuses 'it was asked already' \
    cl overlap ask "$id" --team br --yes
ok 'the third one is' quietly cmd cl overlap ask "$id" --yes
ok 'pe is asked' within 20 has_question pe "$p"
ok 'pe has no word of the others' is 0 links_at pe
qp=$(question pe "$p")
ok 'nor has the question' fails says 'Zanahoria|Rabanito|[^A-Za-z0-9_-](br|uy)[^A-Za-z0-9_-]' \
    ask pe -g notice show "{\"id\":\"$qp\"}"
ok 'before it agrees nobody is told of it' is 2 told_n "$id"
ok 'pe agrees' quietly cmd pe overlap answer "$qp" --agree --yes
ok 'all three are told' within 60 is 3 told_n "$id"
ok 'by a revision of the same record' is "$link" link_of
ok 'pe has it' within 20 is 1 links_at pe
rev() { ask "$1" -g notice.envelope.rev show "{\"id\":\"$link\"}"; }
for team in br pe uy; do
	ok "$team has the next revision" within 20 is 1 rev "$team"
	ok "and one record" is 1 links_at "$team"
done
names() { says "the same is held by: $3" cmd "$1" show "$2"; }
ok 'pe sees both others' within 10 names pe "$p" '(br,? uy|uy,? br)'
ok 'br sees both others' within 10 names br "$a" '(pe,? uy|uy,? pe)'
ok 'uy sees both others' within 10 names uy "$b" '(br,? pe|pe,? br)'
ok 'nobody else reads it' is '["br","cl","pe","uy"]' \
    ask br -g notice.envelope.aud show "{\"id\":\"$link\"}"
ok 'nor is that told again' refuses 'told already' \
    cl overlap tell "$id" --yes

# --- labels
seen br TLP:RED red.example 'Red one' > "$dir/id"
ok 'one of TLP:RED' test -s "$dir/id"
seen uy TLP:AMBER red.example 'Amber one' > "$dir/id"
ok 'is linked for the own people' within 60 is 2 overlaps
red=$(ask cl -g rows.0.id overlaps)
ok 'its origin is not to be told' says 'br.*(not to be told|shut)' \
    cmd cl overlap show "$red"
ok 'nor is a watch proposed' fails says '"draft"' \
    ask cl overlap "{\"id\":\"$red\"}"
ok 'nor is anybody told' refuses 'fewer than two' cl overlap tell "$red" --yes
ok 'nor may br be asked' refuses 'label or its embargo' \
    cl overlap ask "$red" --team br --yes
ok 'it is put aside' quietly cmd cl overlap close "$red"
ok 'and is no more in the list' is 1 overlaps

# --- exercises: marked, with the same observable as what is real
seen uy TLP:AMBER 'evil.example' 'Played' ',"exercise":"EX-1"' > "$dir/id"
ok 'one of an exercise came' within 20 is "$(cat "$dir/id")" \
    ask cl -g rows.0.id inbox

# --- killed and started: the same, once
node_kill cl
c=$(seen br TLP:AMBER late.example 'Late one')
node_start cl
ok 'cl is linked again' within 30 is_linked cl 3
d=$(seen uy TLP:AMBER late.example 'Late two')
ok 'two more' test -n "$c" -a -n "$d"
ok 'are linked' within 60 is 2 overlaps
node_kill cl
node_start cl
ok 'cl is back' within 30 is_linked cl 3
ok 'the index is made again' quietly ask cl log_reindex
e=$(seen br TLP:AMBER last.example 'Last one')
seen uy TLP:AMBER last.example 'Last two' > "$dir/id"
ok 'what comes then' test -n "$e"
ok 'is linked too, and nothing else again' within 60 is 3 overlaps
ok 'not the one of the exercise' fails says EX-1 ask cl overlaps
ok 'one that nobody has opened is on the watch' says \
    'several origins hold the same: almenara overlap show' \
    cmd cl watch --count 1

# --- killed when both have agreed, before and after they are told
third=$(ask cl -g rows.0.id overlaps)
last=$(ask cl -g sides.0.id overlap "{\"id\":\"$third\"}")
other=$(ask cl -g sides.1.id overlap "{\"id\":\"$third\"}")
[ "$last" = "$e" ] || { other=$last last=$e; }
ok 'each is asked of that too' quietly cmd cl overlap ask "$third" --yes
ok 'br is' within 20 has_question br "$last"
ok 'uy is' within 20 has_question uy "$other"
node_kill cl
ok 'br agrees' quietly cmd br overlap answer "$(question br "$last")" \
    --agree --yes
ok 'and uy' quietly cmd uy overlap answer "$(question uy "$other")" \
    --agree --yes
node_start cl
ok 'both answers come, and both are told' within 60 is 2 told_n "$third"
node_kill cl
node_start cl
ok 'cl is back' within 30 is_linked cl 3
ok 'br has both links' within 20 is 2 links_at br
ok 'and no more' is 2 links_at cl
finish
