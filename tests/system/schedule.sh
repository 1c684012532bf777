#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Test alerts by a schedule: each state gets one a round, whatever ends the
# node meanwhile; what the rules refuse, what a downtime has swallowed and an
# author who may not any more are told, once each. Clocks are moved.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2153,SC2154
. "$(dirname "$0")/lib.sh"

network_make uy br cl
for team in uy br cl; do
	printf '%s\n' 'prove_days 0' >> "$dir/$team/almenarad.conf"
done
later=0
start() { LATER_S=$later LD_PRELOAD=$LATER node_start "$1"; }
at_hour() { # HOURS: all are ended as by a failure of power, and begin then
	later=$(($1 * 3600))
	for team in uy br cl; do node_kill "$team"; done
	for team in uy br cl; do start "$team"; done
	for team in uy br cl; do within 60 node_is_ready "$team" || return 1
	done
	within 60 is_linked uy 2
}
ok 'all are there' at_hour 0
begun=$EPOCHSECONDS
me=$(id -un)
ok 'who sets it is a person' quietly ask uy person_add \
    "{\"unix_user\":\"$me\",\"post\":\"duty officer\",\"language\":\"en\",
    \"languages\":[\"en\"],\"roles\":[\"team_lead\"]}"

# --- setting ---
schedule() { cmd uy test-alert schedule "$@"; }
when() { # MINUTES from now: the options
	LC_ALL=C date -u -d "@$((begun + $1 * 60))" \
	    '+--day %A --hour %H:%M' | tr '[:upper:]' '[:lower:]'
}
read -ra soon <<< "$(when 120)"
ok 'a day must be one' refuses 'day: is not monday' uy test-alert schedule \
    set --to br --every week --day lunes --hour 09:00
ok 'a month needs to know which' refuses 'week: is not 1 to 4' uy \
    test-alert schedule set --to br --every month --day monday --hour 09:00
ok 'a zone must be one' refuses 'zone' uy test-alert schedule set --to br \
    --every week --day monday --hour 09:00 --zone Mars/Olympus
ok 'a team must be one' refuses 'xx' uy test-alert schedule set --to xx \
    --every week --day monday --hour 09:00
ok 'nobody else says of which round it is' fails quietly ask uy \
    test_alert_send '{"aud":["br"],"round":1795226400,
    "plan":"018f2f3e-7c1d-7a2b-9c3d-0123456789ab",
    "id":"018f2f3e-7c1d-7a2b-9c3d-0123456789ac"}'
ok 'nor has a test an id of its own' fails quietly ask uy test_alert_send \
    '{"aud":["br"],"id":"018f2f3e-7c1d-7a2b-9c3d-0123456789ac"}'
ok 'nothing of that is kept' is 0 ask uy -g 'rows.#' test_schedules
plan=$(schedule set --to all --every week "${soon[@]}" --spread 20)
ok 'a schedule is set' test -n "$plan"
ok 'it is listed with its next round' says \
    "${plan: -8}.*all.*week.*${soon[3]}.*UTC.*20.*20[0-9-]+T" schedule list
read -ra gone <<< "$(when -60)"
past=$(schedule set --to br --every week "${gone[@]}" --spread 0)
ok 'another one too, whose round of this week is past' test -n "$past"
rounds() { # TEAM: how many tests of the schedule it has
	ask "$1" inbox | grep -o '"kind":"test-alert"' | wc -l
}
ok 'nothing goes before its time' is 0 rounds uy

# --- its round, while the node is ended again and again ---
ok 'three hours later' at_hour 3
some() { [ "$(rounds uy)" -gt 0 ]; }
ok 'it is made up' within 60 some
node_kill uy
start uy
all() { [ "$(rounds br)" -gt 0 ] && [ "$(rounds cl)" -gt 0 ]; }
ok 'each state has it' within 60 all
ok 'none is left out' fails says '"left"' ask uy test_schedules
node_kill uy
start uy
ok 'uy is back' within 60 is_linked uy 2
ok 'each has one' is '1 1' echo "$(rounds br) $(rounds cl)"
ok 'of uy are two: a round from before it was set is none' is 2 rounds uy
ok 'that schedule is stopped' quietly schedule stop "$past"
ids() { ask uy test_alert_results | grep -o "\"plan\":\"$plan\",\"round\":[0-9]*"; }
ok 'results name schedule and round' is 2 grep -c . <(ids)
ok 'which is the same' is 1 grep -c . <(ids | sort -u)
ok 'and are found by the schedule' says '"team":"br".*"team":"cl"|"team":"cl".*"team":"br"' \
    cmd uy test-alert results "$plan" --json
trail() { # how many were sent for me
	ask uy audit '{"act":"test_alert"}' | grep -o '{[^{}]*}' |
	    grep "\"actor\":\"$me\"" | grep -c '"client":"test-alert schedule"'
}
ok 'the audit trail says for whom, and by what' is 2 trail

# --- a downtime that is too long ---
ok 'a week and a day later' at_hour $((7 * 24 + 3 + 24))
skipped() { grep -c 'alarm.*skipped' "$dir/uy/err"; }
ok 'what was missed is told' within 60 is 1 skipped
ok 'and named' says 'br: skipped.*cl: skipped|cl: skipped.*br: skipped' \
    schedule list --lang en
ok 'nobody is told the seed' fails says seed ask uy test_schedules
ok 'nothing was sent' is 2 rounds uy
node_kill uy
start uy
ok 'uy is back again' within 60 is_linked uy 2
ok 'it is not told again' is 1 skipped

# --- what the rules refuse ---
sed -i '1i block release test-alert to cl' "$dir/uy/almenara.rules"
ok 'a round was missed again, the next one is due' at_hour $((21 * 24 + 3))
refused() { grep -c 'alarm.*refused' "$dir/uy/err"; }
ok 'a refusal is told' within 60 is 1 refused
ok 'of whom, and why' says 'cl: refused, .*block release test-alert to cl' \
    schedule list --lang en
br_has() { is "$1" rounds br; }
ok 'and that a round was missed' is 2 skipped
ok 'the other has it' within 60 br_has 2
ok 'who is refused has not' is 1 rounds cl
node_kill uy
start uy
ok 'uy is back once more' within 60 is_linked uy 2
ok 'it is not told again either' is 1 refused
tries() { # how often the rules were asked for who is refused
	ask uy audit '{"act":"test_alert"}' | grep -o '{[^{}]*}' |
	    grep '"client":"test-alert schedule"' | grep -c '"outcome":"refused"'
}
ok 'nor is it tried again within its round' is 1 tries
left_out() { ask uy test_schedules | grep -o '"team":"cl","what":"refused"' | wc -l; }
ok 'and noted once' is 1 left_out

# --- who set it is gone ---
ok 'who set it goes' quietly ask uy person_change \
    "{\"unix_user\":\"$me\",\"active\":false}"
ok 'at the next one' at_hour $((28 * 24 + 3))
stopped() { grep -c 'alarm.*has stopped' "$dir/uy/err"; }
ok 'that it stopped is told' within 60 is 1 stopped
ok 'and why' says 'STOPPED.*no active person' schedule list --lang en
ok 'nothing was sent for nobody' is 2 rounds br
ok 'it is put away' quietly schedule stop "$plan"
ok 'and gone' is 0 ask uy -g 'rows.#' test_schedules
for team in uy br cl; do
	ok "$team stops in order" node_stop "$team"
done
finish
