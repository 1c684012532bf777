#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Working together between real processes, with the commands that people use.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

network_make uy br cl
for team in uy br cl; do node_start "$team"; done
for team in uy br cl; do
	ok "$team is linked" within 15 is_linked "$team" 2
done

cmd() { # TEAM WORDS...: the command of a person there
	local team=$1
	shift
	timeout 30 "$ALMENARA" "$@" --node "$dir/$team/control" --no-input \
	    2> "$dir/$team/cmd.err"
}
says() { # PATTERN COMMAND...: what it prints
	local want=$1 got
	shift
	got=$("$@" 2>&1)
	grep -qE -- "$want" <<< "$got" || { echo "# no $want"; return 1; }
}
refuses() { # PATTERN TEAM WORDS...: refused, and why
	local want=$1 team=$2
	shift
	! cmd "$@" > /dev/null && says "$want" cat "$dir/$team/cmd.err"
}
newest() { ask "$1" -g rows.0.id inbox; }
soon() { date -u -d "+$1 seconds" +%Y-%m-%dT%H:%M:%SZ; }
has_it() { is "$2" ask "$1" -g notice.envelope.id show "{\"id\":\"$2\"}"; }
claims() { ask "$1" -g 'notice.claims.#' show "{\"id\":\"$2\"}"; }

# --- claims ---
id=$(release uy TLP:AMBER '["br"]' 'For br')
ok 'br has the notice' within 5 is "$id" newest br
ok 'a claim in the past is refused' refuses 'passed already' br claim "$id" \
    --aspect malware --until 2020-01-01T00:00:00Z --yes
ok 'nor for longer than a week' refuses 'more than 168 hours' br claim "$id" \
    --aspect malware --until "$(soon 700000)" --yes
ok 'no claim reaches who cannot read the notice' refuses \
    'cl does not read' br claim "$id" --aspect malware \
    --until "$(soon 600)" --to cl --yes
ok 'nor under a label more open' refuses 'more open' br claim "$id" \
    --aspect malware --until "$(soon 600)" --tlp CLEAR --yes
claim=$(cmd br claim "$id" --aspect malware --until "$(soon 600)" --yes)
ok 'br claims an aspect' test -n "$claim"
ok 'uy sees it' within 2 is 1 claims uy "$id"
ok 'before it reads the notice' says '^.*br: Malware, until' \
    head -n 1 <(cmd uy show "$id")
ok 'in its language' says 'br: Código malicioso, até' \
    cmd uy show "$id" --lang pt
ok 'the second is told who holds it' refuses 'br, Malware' uy claim "$id" \
    --aspect malware --until "$(soon 600)" --yes
ok 'and how to join' says 'claim .* --aspect malware .* --join' \
    cat "$dir/uy/cmd.err"
ok 'another aspect is free' quietly cmd uy claim "$id" --aspect network \
    --until "$(soon 600)" --yes
ok 'it joins' quietly cmd uy claim "$id" --aspect malware \
    --until "$(soon 600)" --join --yes
ok 'br sees all' within 5 is 3 claims br "$id"
ok 'not twice' refuses 'claim extend' br claim "$id" --aspect malware \
    --until "$(soon 600)" --join --yes
ok 'longer' quietly cmd br claim extend "$claim" --until "$(soon 700)" --yes
ok 'twice' quietly cmd br claim extend "$claim" --until "$(soon 800)" --yes
ok 'not three times' refuses 'extended' br claim extend "$claim" \
    --until "$(soon 900)" --yes
ok 'done needs a result' exits 2 cmd br claim "done" "$claim" --yes
ok 'done' quietly cmd br claim "done" "$claim" --result 'A loader' --yes
ok 'it is over' within 5 is 2 claims uy "$id"
ok 'with its result' says 'A loader' cmd uy show "$claim"
ok 'given up' quietly cmd uy claim release "$(ask uy -g rows.0.id cases \
    '{"kind":"claim"}')" --yes
ok 'one is left' within 5 is 1 claims br "$id"
ok 'the list has it' says 'Network traffic' cmd br claim list
lapse=$(cmd br claim "$id" --aspect victims --until "$(soon 2)" --yes)
ok 'uy sees the short one' within 2 is 2 claims uy "$id"
ok 'it frees itself, and uy is told' within 6 grep -q \
    "claim has lapsed, the work is free: almenara show $lapse" "$dir/uy/err"
ok 'it is free' is 1 claims uy "$id"
ok 'and said so' says '"state":"expired"' cmd uy claim list --all --json
ok 'once' is 1 grep -c 'has lapsed' "$dir/uy/err"
ok 'nobody else knows of any of it' says 'rows":\[\]' cmd cl claim list \
    --all --json
ok 'no step leads on' refuses 'no step release' br claim release "$lapse" --yes

# --- an exercise is never real ---
drill() { # TEAM TITLE LEVEL-4 BODY with a name: a draft
	ask "$1" -g draft draft_save "{\"kind\":\"warning\",\"tlp\":\"$3\",
	    \"aud\":$4,\"body\":$(warning "$2" |
	    sed 's/^{/{"exercise":"FARO",/')}"
}
ex=$(cmd uy exercise new FARO --title 'Faro' --type functional --to br --yes)
ok 'an exercise is planned' test -n "$ex"
ok 'its name is taken' refuses 'of this name already' uy exercise new FARO \
    --title 'Faro' --to br --yes
d=$(drill uy 'Drill one' TLP:AMBER '["br"]')
ok 'nothing is sent before it runs' refuses 'not running' uy release "$d" --yes
di=$(drill uy 'Drill by the clock' TLP:AMBER '["br"]')
ok 'a draft is put on the clock' quietly cmd uy exercise inject FARO "$di" \
    --after 1s --expected 'An answer'
ok 'no draft without the name' refuses 'bear the name' uy exercise inject \
    FARO "$(ask uy -g draft draft_save "{\"kind\":\"warning\",
    \"body\":$(warning 'Real')}")" --after 1s
ok 'players play, they do not direct' refuses 'directs' br exercise inject \
    "$ex" "$(drill br 'By br' TLP:AMBER '["uy"]')" --after 1s
ok 'it starts' quietly cmd uy exercise start "$ex" --yes
d2=$(drill uy 'For others' TLP:AMBER '["cl"]')
ok 'nothing goes to who does not play' refuses 'cl does not play' uy \
    release "$d2" --yes
d3=$(drill uy 'For everybody' TLP:CLEAR '"all"')
ok 'nor to everybody' refuses 'not everybody plays' uy release "$d3" --yes
xid=$(cmd uy release "$d" --yes)
ok 'players get it' within 5 has_it br "$xid"
ok 'its title begins with the word' says '"\[EXERCISE\] Drill one"' \
    cmd br inbox --json
ok 'what stands on the clock comes' within 8 says \
    '\[EXERCISE\] Drill by the clock' cmd br inbox
ok 'and is noted' within 5 says 'played' cmd uy exercise injects
for lang in en:EXERCISE es:EJERCICIO pt:EXERCÍCIO fr:EXERCICE; do
	ok "shown in ${lang%%:*}" says "\[${lang##*:}\] Drill one" \
	    cmd br show "$xid" --lang "${lang%%:*}"
	ok "and in lists" says "\[${lang##*:}\] Drill one" \
	    cmd br inbox --lang "${lang%%:*}"
done
ok 'they are counted apart' is 2 ask br -g exercises status
quietly cmd br ack "$xid" --answer affected
ok 'a player answers' within 5 is affected ask uy \
    -g notice.acknowledgements.0.answer show "{\"id\":\"$xid\"}"
ok 'and her answer bears the name' is FARO ask uy \
    -g notice.acknowledgements.0.exercise show "{\"id\":\"$xid\"}"
ok 'what is about it bears it too' quietly cmd br comment "$xid" \
    --text 'Played' --yes
ok 'which the other sees' within 5 says 'EXERCISE\] Comment' cmd uy show "$xid"
digest=$(ask uy -g notice.digest show "{\"id\":\"$xid\"}")
d4=$(ask uy -g draft draft_save "{\"kind\":\"warning\",\"tlp\":\"TLP:AMBER\",
    \"aud\":[\"br\"],\"body\":$(warning 'Real' |
    sed "s/^{/{\"related\":[\"$digest\"],/")}")
ok 'nothing real refers to it' refuses 'related: is of the exercise FARO' uy \
    release "$d4" --yes
real=$(ask uy -g notice.digest show "{\"id\":\"$id\"}")
d5=$(ask uy -g draft draft_save "{\"kind\":\"warning\",\"tlp\":\"TLP:AMBER\",
    \"aud\":[\"br\"],\"body\":$(warning 'Drill' |
    sed "s/^{/{\"exercise\":\"FARO\",\"related\":[\"$real\"],/")}")
ok 'nor it to anything real' refuses 'related: is real' uy release "$d5" --yes
ok 'nothing real becomes one' refuses 'replaces: is real' uy \
    update "$id" --exercise FARO --yes
five=$(ask uy -g draft draft_save "{\"kind\":\"warning\",\"tlp\":\"TLP:AMBER\",
    \"aud\":[\"br\"],\"body\":$(warning 'A real five' |
    sed 's/Severe/Extreme/; s/"level":4/"level":5/')}")
quietly cmd uy release "$five" --yes
d6=$(drill uy 'Drill two' TLP:AMBER '["br"]')
ok 'people are told that it stops' within 8 grep -q \
    "an exercise is paused by a real notice of level 5" "$dir/br/err"
ok 'and see it' says 'Paused' cmd br exercise list
ok 'a real notice of level 5 stops it' refuses 'paused' uy release "$d6" --yes
ok 'also at the players' within 5 refuses 'paused' br comment "$xid" \
    --text 'Late' --yes
sleep 1.1 # it goes on after the real one: times have seconds
ok 'the controller lets it go on' quietly cmd uy exercise resume "$ex" --yes
ok 'and it goes on' quietly cmd uy release "$d6" --yes
times() { ask uy -g "states.0.$1" exercise_report '{"id":"FARO"}'; }
ok 'the report: all three came' within 5 is 3 times receive.n
ok 'one was answered' is 1 times acknowledge.n
ok 'and acted upon' is 1 times act.n
ok 'the report says what it is' says '\[EXERCICE\] FARO' \
    cmd uy exercise report "$ex" --lang fr
ok 'paused by hand' quietly cmd uy exercise pause "$ex" --reason 'Lunch' --yes
ok 'and ended' quietly cmd uy exercise stop "$ex" --yes
ok 'with its lessons' quietly cmd uy exercise close "$ex" \
    --lessons 'Answer sooner' --yes
ok 'nothing follows' within 5 refuses 'not running' br comment "$xid" \
    --text 'Late' --yes

finish
