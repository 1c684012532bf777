#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Embargo, release, re-sharing, consent, dispute, breach and a case of
# disclosure between real processes, with the commands that people use.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

network_make uy br cl ar
for team in uy br cl ar; do node_start "$team"; done
for team in uy br cl ar; do
	ok "$team is linked" within 15 is_linked "$team" 3
done

draft() { # TEAM TLP TITLE
	ask "$1" -g draft draft_save "{\"kind\":\"warning\",\"tlp\":\"$2\",
	    \"body\":$(warning "$3")}"
}
newest() { ask "$1" -g rows.0.id inbox; }
state() { ask "$1" -g notice.embargo.state show "{\"id\":\"$2\"}"; }
has_it() { is "$2" ask "$1" -g notice.envelope.id show "{\"id\":\"$2\"}"; }
soon() { date -u -d "+$1 seconds" +%Y-%m-%dT%H:%M:%SZ; }

# --- embargo ---
id=$(draft uy TLP:CLEAR 'Under embargo')
ok 'a time that has passed is refused' refuses 'within the year' uy \
    release "$id" --embargo 2020-01-01T00:00:00Z --then publish --to br --yes
id2=$(draft uy TLP:RED 'Not by itself')
ok 'RED is not published by itself' refuses 'not published by itself' uy \
    release "$id2" --embargo "$(soon 60)" --then publish --to br --yes
ok 'the preview says who reads it until then' \
    says 'only these teams read it; then it goes by itself to everybody' \
    cmd uy preview "$id" --embargo "$(soon 60)" --then publish --to br
echo 'what the sample says' > "$dir/sample.txt"
ok 'a file goes along' quietly cmd uy draft attach "$id" "$dir/sample.txt"
until=$(soon 6)
id=$(cmd uy release "$id" --embargo "$until" --then publish --to br --yes)
ok 'it is released under embargo' test -n "$id"
ok 'the advance group has it' within 5 is "$id" newest br
ok 'nobody else' is '' newest cl
ok 'its readers see the time and what may be done' \
    says 'AMBER\+STRICT: under embargo' cmd br show "$id"
ok 'it stands in the list' says 'released by itself' cmd br embargo list
ok 'a reader does not release it' refuses 'its origin, uy, releases it' br \
    embargo release "$id" --yes
ok 'nor pass it on' refuses 'under embargo' br reshare "$id" --to cl --yes
node_kill uy
node_start uy
ok 'the origin is back' within 10 node_is_ready uy
early=0
if [ "$(date +%s)" -lt "$(date -d "$until" +%s)" ] && has_it cl "$id"; then
	early=1
fi
ok 'not before its time' test $early -eq 0
ok 'at its time everybody has it' within 40 has_it cl "$id"
ok 'not early' test "$(date +%s)" -ge "$(date -d "$until" +%s)"
ok 'as the original' is uy ask cl -g notice.envelope.iss show \
    "{\"id\":\"$id\"}"
ok 'with its file' quietly cmd cl attachment get "$id" -o "$dir/got.txt"
ok 'which is the same' cmp -s "$dir/sample.txt" "$dir/got.txt"
ok 'whoever had it sees it once, released' within 5 is released state br "$id"
ok 'as one revision' is 1 ask br -g 'notice.revisions.#' show \
    "{\"id\":\"$id\"}"
ok 'and it can be answered' quietly cmd cl ack "$id" \
    --answer affected
cites() { # the newest that left for cl: the line by which it went
	cmd uy audit left --to cl --jsonl | grep '"kind":"release"' |
	    tail -n 1 | grep -qE '"rule":"[0-9]+: allow release'
}
ok 'the trail says by which line it went to all' within 20 cites
ok 'the answer is about the original' within 5 is affected \
    ask uy -g notice.acknowledgements.0.answer show "{\"id\":\"$id\"}"

# --- a person decides; early; broken ---
id=$(cmd uy release "$id2" --tlp RED --embargo "$(soon 3600)" --then ask \
    --to br --yes)
ok 'ask: br has it' within 5 is "$id" newest br
ok 'br says that it is in public' quietly cmd br embargo broken "$id" \
    --where https://news.example/x --yes
ok 'the origin is alarmed' within 5 grep -q 'Embargo broken' "$dir/uy/err"
ok 'it can be extended' quietly cmd uy embargo extend "$id" \
    --until "$(soon 7200)" --yes
ok 'an early release needs a reason' refuses 'needs a reason' uy \
    embargo release "$id" --tlp GREEN --yes
ok 'with a reason it goes' quietly cmd uy embargo release "$id" --tlp GREEN \
    --reason 'It is in public' --yes
ok 'all have it' within 5 has_it ar "$id"
ok 'as released early' is true ask ar -g notice.embargo.early show \
    "{\"id\":\"$id\"}"

# --- remarks ---
ok 'a dispute' quietly cmd br dispute "$id" --ground facts --text 'Not so' --yes
ok 'a comment' quietly cmd ar comment "$id" --text 'Seen here' --yes
ok 'both are shown beside the notice' within 5 is 3 \
    ask uy -g 'notice.others.#' show "{\"id\":\"$id\"}"
ok 'which is as it was' is 'Not by itself' ask uy -g notice.body.title.en show \
    "{\"id\":\"$id\"}"

# --- passing on ---
id=$(release uy TLP:AMBER '["br"]' 'For br')
ok 'br has the notice' within 5 is "$id" newest br
ok 'AMBER is not passed on' refuses 'own constituents' br \
    reshare "$id" --to cl --yes
ok 'unless its origin consents' quietly cmd uy consent "$id" --to cl --yes
ok 'the consent arrives' within 5 is 1 \
    ask br -g 'notice.others.#' show "{\"id\":\"$id\"}"
ok 'then it is' quietly cmd br reshare "$id" --to cl --yes
ok 'cl has it' within 5 has_it cl "$id"
ok 'from br, without a breach' is '' \
    ask cl -g notice.copies.0.why show "{\"id\":\"$id\"}"
ok 'not to others, all the same' refuses 'own constituents' br \
    reshare "$id" --to ar --yes
ok 'the origin sees who has it' within 5 says 'cl.*passed on' \
    cmd uy readers "$id"

cp "$dir/br/almenara.rules" "$dir/br.rules"
{ echo 'block release warning from uy to ar'; cat "$dir/br.rules"; } \
    > "$dir/br/almenara.rules"
quietly cmd br rules load
green=$(release uy TLP:GREEN null 'Of uy')
ok 'a GREEN one is here' within 10 has_it br "$green"
ok 'a line for what another team issued holds it' refuses \
    'ar.*block release warning from uy to ar' br reshare "$green" --tlp AMBER \
    --to ar --yes
ok 'and that alone' quietly cmd br reshare "$green" --tlp AMBER --to cl --yes
cp "$dir/br.rules" "$dir/br/almenara.rules"
quietly cmd br rules load

# --- breach ---
ok 'a case is opened' quietly cmd cl breach open "$id" --how label_lost \
    --extent 'Forty readers' --by br --yes
ok 'its origin is told' within 5 grep -q 'Handling breach' "$dir/uy/err"
case=$(ask cl -g rows.0.id cases '{"kind":"breach"}')
ok 'no step is left out' refuses 'no step contain' cl breach step "$case" \
    contain --yes
ok 'confirmed' quietly cmd cl breach step "$case" confirm --yes
ok 'containing needs what was done' refuses 'is needed' cl \
    breach step "$case" contain --yes
ok 'contained' quietly cmd cl breach step "$case" contain \
    --containment 'Withdrawn' --yes
ok 'told' quietly cmd cl breach step "$case" notify --told uy,br --to br --yes
ok 'closed' quietly cmd cl breach step "$case" review --lessons 'Ask first' \
    --yes
ok 'it is in the past' says '' cmd cl breach list
ok 'with all its states' is 5 ask cl -g 'past.#' case "{\"id\":\"$case\"}"
ok 'and who could read' says '^br.*uy.*sealed by its origin' \
    cmd cl breach show "$case"

# --- a case of disclosure ---
case=$(cmd uy case open --title 'A valve' --coordinator uy --to br \
    --until "$(soon 864000)" --yes)
ok 'a case of disclosure' test -n "$case"
ok 'its party has it' within 5 says 'A valve' cmd br case list
ok 'another party' quietly cmd uy case party "$case" --to cl --yes
ok 'has it too' within 5 says 'A valve' cmd cl case list
ok 'steps' quietly cmd uy case step "$case" validate --yes
ok 'the vendor is told' quietly cmd uy case step "$case" contact_vendor \
    --vendor 'Example Controls' --yes
ok 'and answers' quietly cmd uy case step "$case" vendor_answers --yes
ok 'the date is moved' quietly cmd uy case extend "$case" \
    --until "$(soon 900000)" --reason 'Another build' --yes
ok 'it is not published before' refuses 'not come' uy case publish "$case" \
    --yes
ok 'unless there is a reason' quietly cmd uy case publish "$case" \
    --reason 'It is exploited' --yes
ok 'it has ended' within 5 is published ask br -g state case \
    "{\"id\":\"$case\"}"

# --- the end of an embargo is a release: the rules are asked for its readers ---
cp "$dir/uy/almenara.rules" "$dir/plain.rules"
under() { # under LINE...: these lines before all others
	{ printf '%s\n' "$@"; cat "$dir/plain.rules"; } \
	    > "$dir/uy/almenara.rules" && quietly cmd uy rules load
}
held() { cmd uy release "$1" --embargo "$(soon "$2")" --then "$3" --to br --yes; }
under 'block release any to public'
id=$(draft uy TLP:CLEAR 'For nobody else')
ok 'nothing is published that a line keeps from the public' refuses \
    'would go to everybody.*block release any to public' uy release \
    "$id" --embargo "$(soon 60)" --then publish --to br --yes
id=$(held "$id" 3600 ask)
ok 'a person may be asked then' test -n "$id"
ok 'who does not publish it either' refuses 'block release any to public' uy \
    embargo release "$id" --reason 'Now' --yes
under 'block release any to cl'
ok 'nor send it to whom a line names' refuses 'cl.*block release any to cl' \
    uy embargo release "$id" --tlp AMBER --to cl,ar --reason 'Now' --yes
ok 'the others may have it' quietly cmd uy embargo release "$id" --tlp GREEN \
    --reason 'Now' --yes
ok 'and have it' within 10 has_it ar "$id"
byself=$(held "$(draft uy TLP:GREEN 'By itself')" 3 publish)
ok 'so by itself' within 30 has_it ar "$byself"
under 'strip outlook from warning to public'
ok 'nor what a line takes out' refuses 'would go to everybody' uy \
    release "$(draft uy TLP:CLEAR 'Whole')" --embargo "$(soon 60)" \
    --then publish --to br --yes
under 'allow release any to public approvals 1'
ok 'two persons for the public are two from the start' says '"approvals":1' \
    cmd uy preview "$(draft uy TLP:CLEAR 'Two')" --embargo "$(soon 60)" \
    --then publish --to br --json
under ''
id=$(held "$(draft uy TLP:CLEAR 'Closed meanwhile')" 8 publish)
under 'block release any to public'
ok 'a kind that is closed meanwhile stays' within 30 \
    grep -q 'the sharing rules hold it' "$dir/uy/err"
ok 'with the line in the trail' within 10 says \
    'refused.*block release any to public' cmd uy audit "$id"
under ''
ok 'until a person ends it' quietly cmd uy embargo release "$id" --yes
ok 'then everybody has it' within 10 has_it ar "$id"
ok 'what cl may not have it has not' fails has_it cl "$byself"

# --- so is consent to pass on: the rules are asked for whom that may reach ---
id=$(release uy TLP:AMBER '["br"]' 'To be passed on')
ok 'br has this one' within 10 has_it br "$id"
under 'block release warning to cl'
ok 'nobody is allowed to pass on what a line keeps' refuses \
    'cl could get it then.*block release warning to cl' uy consent "$id" \
    --to ar,cl --yes
ok 'nor under a label that all members read' refuses \
    'cl could get it then' uy consent "$id" --tlp GREEN --yes
ok 'which stands in the trail with the line' within 10 says \
    '"outcome":"refused".*"rule":"[0-9]+: block release warning to cl' \
    cmd uy audit "$id" --jsonl
ok 'to the others it may go' quietly cmd uy consent "$id" --to ar --yes
ok 'as the trail says, by which line' within 10 says \
    '"outcome":"done".*"rule":"[0-9]+: allow release' \
    cmd uy audit --act consent --jsonl
ok 'br passes it on' within 10 quietly cmd br reshare "$id" --to ar --yes
ok 'to those' within 10 has_it ar "$id"
under 'block release any to public'
ok 'a label for everybody asks for everybody' refuses \
    'everybody could get it then.*block release any to public' uy consent \
    "$id" --tlp CLEAR --to ar --yes
under 'strip outlook from warning to cl'
ok 'what a line takes out is not passed on whole' refuses \
    'cl could get it then' uy consent "$id" --to cl --yes
under 'allow release any to cl approvals 1'
ok 'one person does not allow what takes two' refuses \
    'asks for another person.*approvals 1' uy consent "$id" --to cl --yes
ok 'and is told what has a place for them' says 'almenara update' \
    cat "$dir/uy/cmd.err"
under ''
ok 'a name that is no team is not consented to' refuses 'zz is no team' uy \
    consent "$id" --to cl,zz --yes
ok 'the line is shown before' says '"rule":"[0-9]+: allow release' \
    cmd uy consent "$id" --to cl --dry-run --json

ok 'a clock that was not moved is trusted' says '"trusted":true' \
    cmd uy clock accept --json
for team in uy br cl ar; do
	ok "$team stops in order" node_stop "$team"
done
finish
