#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A test alert goes the whole way to persons in other states: one acknowledges
# it, one is silent and is flagged, one has hours of silence of its own. It is
# a test wherever it is seen, and goes nowhere else.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

network_make uy br cl pe
cmd_all() { # with what it narrates
	local team=$1
	shift
	timeout 30 "$ALMENARA" "$@" --node "$dir/$team/control" --no-input 2>&1
}
cat > "$dir/siren" <<- 'END'
	#!/bin/bash
	read -r to
	cat >> "$1/text"
	echo "$to" >> "$1/sent"
	END
chmod +x "$dir/siren"
for team in br cl pe; do
	mkdir "$dir/$team/hook"
	touch "$dir/$team/hook/sent"
	cat >> "$dir/$team/almenarad.conf" <<- END
		prove_days 0
		hooks {
		  siren "$dir/siren $dir/$team/hook"
		}
		END
done
echo 'test_answer_s 86400' >> "$dir/uy/almenarad.conf"
echo 'test_quiet "00:00 23:59 UTC"' >> "$dir/pe/almenarad.conf"
cat >> "$dir/br/almenarad.conf" <<- 'END'
	test_most_per_day 1
	END
for team in uy br cl pe; do node_start "$team"; done
for team in uy br cl pe; do
	ok "$team is ready" within 20 node_is_ready "$team"
done
person() { # TEAM LOGIN LANG
	ask "$1" person_add "{\"unix_user\":\"$2\",\"post\":\"duty officer\",
	    \"language\":\"$3\",\"languages\":[\"$3\"],
	    \"roles\":[\"duty_officer\"],\"channels\":[{\"kind\":\"command\",
	    \"address\":\"siren:$2\",\"verified\":true}]}"
}
me=$(id -un)
ok 'somebody is on duty in cl' quietly person cl "$me" es
ok 'and in br' quietly person br bia pt
ok 'and in pe' quietly person pe paz es
ok 'all are linked' within 20 is_linked uy 3

# --- what would be sent ---
ok 'a preview says who' says '3 states.*TLP:AMBER.*Level 5' cmd uy \
    test-alert send --to br,cl,pe --level 5 --dry-run --lang en
ok 'and nothing was sent' is '[]' ask uy -g tests test_alert_results
ok 'who is meant must be said' exits 2 cmd uy test-alert send --yes
ok 'a level must be one' exits 2 cmd uy test-alert send --to br --level 9 --yes
ok 'an unknown team is refused' refuses 'xx' uy test-alert send --to xx --yes
# shown before, by its content: why it would not go
would() { # TLP AUD BODY
	ask uy preview "{\"draft\":{\"kind\":\"test-alert\",\"tlp\":\"$1\",
	    \"aud\":$2,\"body\":{$3\"title\":{\"en\":\"t\"},\"level\":4,
	    \"author_post\":\"o\"}}}" 2>&1
	tail -n 1 "$dir/uy/ask"
}
mark='"exercise":"test",'
ok 'marked and by name it would go' says '"readers":.*"team":"br"' would \
    TLP:AMBER '["br"]' "$mark"
ok 'a draft of that kind cannot be slipped in unmarked' says \
    'test-alert bears this mark' would TLP:AMBER '["br"]' ''
ok 'nor for everybody' says 'test-alert goes to teams alone' would \
    TLP:CLEAR '"all"' "$mark"

# --- the whole way ---
id=$(cmd uy test-alert send --to br,cl,pe --level 5 --yes)
ok 'a test alert is sent' test -n "$id"
ok 'what comes next is what came of it' grep -q \
    "almenara test-alert results ${id: -8}" "$dir/uy/cmd.err"
called() { test -s "$dir/$1/hook/sent"; }
ok 'a person in cl is called' within 20 called cl
ok 'and one in br' within 20 called br
ok 'in her language, as a test' grep -q 'TESTE: Almenara: Alerta de teste' \
    "$dir/br/hook/text"
ok 'which says that nothing has happened' grep -q 'Nada aconteceu' \
    "$dir/br/hook/text"
ok 'and in Spanish there' grep -q 'PRUEBA: Almenara: Alerta de prueba' \
    "$dir/cl/hook/text"
result() { # TEAM: of the one test
	ask uy test_alert_results "{\"id\":\"$id\"}" |
	    grep -o "{\"team\":\"$1\"[^}]*}"
}
reached() { result "$1" | grep -q '"result":"delivered","delivered":'; }
ok 'pe has it' within 20 reached pe
held() { grep -q 'test.held.*why=quiet' "$dir/pe/err"; }
ok 'but its hours are its own' within 20 held
ok 'nobody is called there' test ! -s "$dir/pe/hook/sent"
inbox_has() { cmd cl inbox --lang "$2" 2>&1 | grep -q "\[$1\]"; }
ok 'a list marks it in English' inbox_has TEST en
ok 'in Spanish' inbox_has PRUEBA es
ok 'in Portuguese' inbox_has TESTE pt
ok 'in French' inbox_has ESSAI fr
ok 'who watches there owes an answer' says '5 TEST.*we owe an answer' \
    cmd cl watch --count 1 --lang en
ok 'who opens it sees the same' says 'NO HA PASADO NADA' cmd cl show "$id" \
    --lang es
ok 'it is not passed on' refuses 'its readers alone' cl reshare "$id" \
    --to pe --yes
ok 'nor sent on' fails quietly cmd cl redistribute "$id" --yes
ok 'br has not answered yet' says '"result":"delivered"' result br
ok 'no machine has answered' fails says '"result":"acknowledged"' result cl

# --- a person answers, by the code of the page ---
code=$(grep -oxE '[0-9A-Z]{5}-[0-9A-Z]{5}' "$dir/cl/hook/text" | tail -n 1)
ok 'the page bears a code' test -n "$code"
ok 'which acknowledges' says 'acusada en su nombre' cmd_all cl ack \
    --code "$code"
answered() {
	result cl | grep -q '"result":"acknowledged".*"by_post":"duty officer"'
}
ok 'its sender sees who answered' within 20 answered
ok 'when and by what she was called' says \
    '"called":[0-9]+,"channel":"command","called_post":"first"' result cl
ok 'and that cl is proved' says '"proved":[1-9][0-9]*,"flagged":false' \
    result cl
ok 'a table shows it' says 'cl.*acknowledged.*command.*duty officer' \
    cmd uy test-alert results "$id" --lang en

# --- whom br calls is for br to say ---
ok 'a second one goes' quietly cmd uy test-alert send --to br --level 5 --yes
held_many() { grep -q 'test.held.*why=many' "$dir/br/err"; }
ok 'a second one a day calls nobody in br' within 20 held_many
ok 'one page was made there' is 1 grep -c . "$dir/br/hook/sent"

# --- silence ---
node_kill uy
sed -i 's/^test_answer_s .*/test_answer_s 3/' "$dir/uy/almenarad.conf"
node_start uy
ok 'uy is back' within 20 node_is_ready uy
id=$(cmd uy test-alert send --to br,pe --level 4 --yes)
flagged() {
	result "$1" | grep -q '"result":"unanswered".*"flagged":true'
}
ok 'br does not answer, and is flagged' within 40 flagged br
ok 'pe as well' within 20 flagged pe
told() { grep -q 'test.unanswered.*team=br' "$dir/uy/err"; }
ok 'the log tells it' within 60 told
ok 'people are told once' is 1 grep -c 'alarm.*not answered a test' \
    "$dir/uy/err"
ok 'the command ends with 1' exits 1 cmd uy test-alert results "$id"
ok 'in words' says 'br.*NADIE RESPONDIÓ' cmd uy test-alert results "$id" \
    --lang es
ok 'cl stays proved' says '^cl.[0-9]' cmd uy test-alert results --lang en
proved() { # TEAM: when it was last proved, of the peers
	ask uy peers | grep -o "\"team\":\"$1\".*" |
	    grep -o '"proved":{[^}]*}' | head -n 1
}
ok 'the list of peers has when a person of cl answered' says \
    '"receipt":[1-9][0-9]*,"person":[1-9][0-9]*,"flagged":false' \
    proved cl
ok 'that of br none ever did, and that it is flagged' says \
    '"receipt":[1-9][0-9]*,"person":0,"flagged":true' proved br
ok 'in words' says 'br.*NO PERSON ANSWERED' cmd uy peer list --lang en
ok 'in Spanish' says 'br.*NADIE RESPONDIÓ' cmd uy peer list --lang es
ok 'the board too' says 'br.*SILENT never' cmd uy heartbeat --lang en
ok 'and when it was another' says 'cl.*[0-9] (s|min).*[0-9] (s|min)' \
    cmd uy heartbeat --lang en
receipt() { proved br | grep -o '"receipt":[0-9]*' | cut -d: -f2; }
before=$(receipt)
ok 'one more is sent' quietly cmd uy test-alert send --to br --yes
is_newer() { [ "$(receipt)" -gt "$before" ]; }
ok 'a new receipt proves anew' within 20 is_newer
node_kill br
node_kill uy
node_start uy
ok 'uy is back again' within 20 node_is_ready uy
ok 'that proof outlives it, before br is heard' says \
    '"heartbeat":0,"receipt":[1-9][0-9]*,"person":0,"flagged":true' proved br
node_start br
ok 'and nobody else was told of it' fails grep -q 'does not answer' \
    "$dir/uy/err"
: > "$dir/cl/hook/sent"
ok 'one of the usual level' quietly cmd uy test-alert send --to cl --yes
ok 'reaches by telephone who has no screen open' within 30 called cl
for team in uy br cl pe; do
	ok "$team stops in order" node_stop "$team"
done
finish
