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

# --- sightings ---
ok 'br saw it, and may be named' quietly cmd br sighting "$id" --count 40 \
    --observable 'hxxp://a[.]example' --named --yes
ok 'once more' quietly cmd br sighting "$id" --count 2 --yes
counted() { ask uy -g "rows.0.$1" sightings "{\"id\":\"$id\"}"; }
ok 'its origin counts' within 5 is 42 counted count
ok 'and knows who' is br counted by.0
ok 'others learn how many' quietly cmd uy sighting tally "$id" --yes
ok 'without asking who' within 5 is 42 ask br -g told.rows.0.count sightings \
    "{\"id\":\"$id\"}"
ok 'named by consent' says 'named":\["br"\]' cmd br sighting list "$id" --json
wide=$(release uy TLP:GREEN '"all"' 'For all')
ok 'all have the wide one' within 5 has_it cl "$wide"
quietly cmd br sighting "$wide" --result false_positive --yes
ok 'cl does not see the sighting of br' fails says '"Sighting' cmd cl show \
    "$wide" --json
ok 'uy does' within 5 says 'False positive.*br' cmd uy sighting list "$wide"
quietly cmd uy sighting tally "$wide" --yes
ok 'cl sees one team, and no name' within 5 says '^false_positive.1.1.?$' \
    cmd cl sighting list "$wide"
ok 'only the origin tells' refuses 'only the origin' br sighting tally \
    "$id" --yes

# --- a watch ends ---
watch() {
	warning "$1" | sed -e 's/"attack_vector":"mail",//' \
	    -e 's/"impact":{[^}]*},"outlook":"worsening"/"observation":{"en":"scans"},"question":{"en":"you too?"},"hypotheses":[{"text":{"en":"a worm"},"likelihood":"likely"}]/'
}
w=$(ask uy -g notice release "{\"id\":\"$(ask uy -g draft draft_save \
    "{\"kind\":\"watch\",\"tlp\":\"TLP:AMBER\",\"aud\":[\"br\"],
    \"body\":$(watch 'Odd scans')}")\"}")
ok 'br has the watch' within 5 has_it br "$w"
ok 'with its hypotheses, in its language' says 'Provável' \
    cmd br show "$w" --lang pt
h=$(cmd uy draft new --kind watch --tlp AMBER --aud br --title 'Odd mail' \
    --hypothesis 'likely:es:un gusano' --hypothesis 'unlikely:a joke')
ok 'hypotheses are said by options' is unlikely ask uy \
    -g body.hypotheses.1.likelihood draft "{\"id\":\"$h\"}"
ok 'each in its language' is 'un gusano' ask uy \
    -g body.hypotheses.0.text.es draft "{\"id\":\"$h\"}"
quietly cmd uy draft edit "$h" --hypothesis 'certain:a worm'
ok 'a likelihood is one of a list' refuses 'likelihood' uy release "$h" --yes
d=$(cmd uy draft new --from "$w" --tlp AMBER --aud br --set outlook=worsening \
    --set attack_vector=scan --impact 'en:all hosts')
ok 'a warning grows out of it' test -n "$d"
ok 'with what was known' is 'Odd scans' ask uy -g body.title.en draft \
    "{\"id\":\"$d\"}"
ok 'and the link' is "$(ask uy -g notice.digest show "{\"id\":\"$w\"}")" \
    ask uy -g body.related.0 draft "{\"id\":\"$d\"}"
ok 'but not its question' is '' ask uy -g body.question.en draft \
    "{\"id\":\"$d\"}"
ok 'an outcome is one of four' refuses 'outcome' uy close "$w" \
    --outcome perhaps --yes
ok 'it goes on as a warning' quietly cmd uy close "$w" --outcome promoted \
    --became "$id" --yes
ok 'which br sees' within 5 is promoted ask br \
    -g notice.body.closed.outcome show "{\"id\":\"$w\"}"
ok 'with the link' is "$(ask uy -g notice.digest show "{\"id\":\"$id\"}")" \
    ask br -g notice.body.closed.became.0 show "{\"id\":\"$w\"}"

# --- help ---
ok 'no expert without consent' exits 2 cmd br expert add --post 'Analyst' \
    --fields malware --languages pt --yes
ok 'an expert is listed' quietly cmd br expert add --post 'Analyst' \
    --fields malware,network --languages pt,es --consent --yes
ok 'all see the roster' within 5 says 'br.*Listed.*Analyst.*malware network' \
    cmd uy expert list
ok 'nobody knows that' exits 3 cmd uy ask --title 'Help' --need analysis \
    --text 'A sample' --by "$(soon 600)" --field victims --yes
req=$(cmd uy ask --title 'Help' --need analysis --text 'A sample' \
    --by "$(soon 600)" --field malware --language pt --to cl --yes)
ok 'asked of whoever knows' is br ask uy -g body.asked_of.0 case \
    "{\"id\":\"$req\"}"
ok 'and of cl' is cl ask uy -g body.asked_of.1 case "{\"id\":\"$req\"}"
ok 'br sees it' within 5 says 'Help' cmd br assistance list
offer=$(cmd br offer "$req" --capability analysis --conditions 'AMBER' --yes)
ok 'br offers' test -n "$offer"
ok 'cl declines' quietly cmd cl decline "$req" --note 'No one free' --yes
replies() { ask uy -g 'replies.#' case "{\"id\":\"$req\"}"; }
ok 'uy has both answers' within 5 is 2 replies
ok 'and how soon they came' says '"after_s":[0-9]' cmd uy assistance show \
    "$req" --json
ok 'who declined' says 'cl.*Cannot help' cmd uy assistance show "$req"
ok 'cl does not see what br offers' fails says 'Offered' cmd cl assistance \
    show "$req"
ok 'taken' quietly cmd uy assistance accept "$req" "$offer" --yes
ok 'ended' quietly cmd uy assistance close "$req" --feedback 'Solved' --yes
ok 'which all see' within 5 says 'Closed' cmd cl assistance list --all
ok 'the expert goes' quietly cmd br expert remove "$(ask br -g rows.0.id \
    cases '{"kind":"expert"}')" --yes
ok 'and is gone' within 5 says 'rows":\[\]' cmd uy expert list --json

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
ok 'a finding needs an owner and a date' exits 2 cmd uy exercise finding \
    "$ex" --title 'No second number' --yes
fd=$(cmd uy exercise finding "$ex" --title 'No second number' \
    --owner 'Head of watch' --due "$(soon 3)" --yes)
ok 'a finding is noted' test -n "$fd"
late=$(cmd uy exercise finding FARO --title 'Slow gateway' \
    --owner 'Networks' --due "$(soon 9000)" --yes)
ok 'and another' test -n "$late"
ok 'the report has both' within 5 says 'No second number.*|Slow gateway' \
    cmd uy exercise report "$ex"
found() { cmd uy exercise report "$ex" --json > "$dir/report" && "$@"; }
ok 'also for programs' found says 'findings":\[\{.*No second number.*Networks|findings":\[\{.*Networks.*No second number' \
    cat "$dir/report"
open_findings() { ask uy -g 'rows.#' cases '{"kind":"finding"}'; }
ok 'two are open' is 2 open_findings
ok 'nobody else knows of them' is 0 ask br -g 'rows.#' cases \
    '{"kind":"finding"}'
ok 'with its lessons' quietly cmd uy exercise close "$ex" \
    --lessons 'Answer sooner' --yes
ok 'no finding is noted any more' refuses 'not running' uy exercise finding \
    FARO --title 'Late' --owner 'X' --due "$(soon 9)" --yes
ok 'the first is overdue' within 10 says '"state":"overdue"' \
    cmd uy exercise findings --json
ok 'and an alarm, once its time has passed' within 40 grep -q \
    "the time of finding has passed: almenara show $fd" "$dir/uy/err"
ok 'it is not closed without a word' exits 2 cmd uy exercise mend "$fd" --yes
ok 'it gets another date' quietly cmd uy exercise mend "$fd" \
    --due "$(soon 9000)" --yes
ok 'and is open again' within 5 fails says '"state":"overdue"' \
    cmd uy exercise findings --json
ok 'it is mended, though the exercise is closed' quietly cmd uy exercise \
    mend "$fd" --result 'There is one now' --yes
ok 'the other is dropped' quietly cmd uy exercise mend "$late" \
    --drop 'Bought anew' --yes
ok 'none is left' within 5 is 0 open_findings
ok 'the report still has them' says 'No second number' \
    cmd uy exercise report "$ex"
ok 'another exercise' quietly cmd uy exercise new CABO --title 'Cabo' \
    --type functional --to br --yes
has_none() { is 0 ask uy -g 'findings.#' exercise_report '{"id":"CABO"}'; }
ok 'has none of them' within 10 has_none
ok 'nothing follows' within 5 refuses 'not running' br comment "$xid" \
    --text 'Late' --yes

finish
