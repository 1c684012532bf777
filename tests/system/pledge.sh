#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# After the answer: a first assessment and the news that were promised are
# asked for in time, first of who promised, then of the post, each once, also
# through a kill.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

network_make uy br
cat > "$dir/hook" << 'END'
#!/bin/bash
read -r to
echo "${to##*:}: $(grep -oE 'Almenara: [^:,]*' | head -n 1)" >> "$1/sent"
END
chmod 755 "$dir/hook"
cat >> "$dir/br/almenarad.conf" << END
prove_days 0
heartbeat_s 1
escalation {
	4-assess 12s
}
hooks {
	bell "$dir/hook $dir/br"
}
END
for team in uy br; do node_start "$team"; done
for team in uy br; do ok "$team is ready" within 10 node_is_ready "$team"; done
ok 'they are linked' within 20 is_linked br 1
me=$(id -un)
person() { # LOGIN
	quietly ask br person_add "{\"unix_user\":\"$1\",\"post\":\"Desk\",
	    \"roles\":[\"duty_officer\"],\"channels\":[{\"kind\":\"command\",
	    \"address\":\"bell:$1\",\"verified\":true}]}"
}
ok 'I am on watch' person "$me"
ok 'and another one' person nobody
count() { grep -c "$1" "$dir/br/sent"; }
alarms() { grep -c "alarm.*$1" "$dir/br/err"; }

# --- what was promised ---
second=$(release uy TLP:AMBER '["br"]' 'Second matter')
owed() { # WHAT STATE...
	ask br escalations | grep -qE "\"what\":\"$1\",\"due\":[0-9]+,\"state\":\"($2)"
}
ok 'a first assessment is owed' within 10 owed assessment 'open|near|late'
ok 'the live list shows it' within 5 says \
    "first assessment by.*almenara ack ${second: -8} --answer" \
    cmd br watch --count 1 --lang en
ok 'a promise that is past is refused' refuses 'is not ahead' br ack \
    "$second" --next-update 2020-01-01T00:00:00Z
ok 'nor does one reach a year' refuses 'by more than 90 days' br ack \
    "$second" --next-update 2100-01-01T00:00:00Z
id=$(release uy TLP:AMBER '["br"]' 'First matter')
came() { quietly ask br show "{\"id\":\"$id\"}"; }
ok 'another one' within 10 came
at() { date -u -d "@$(($(date +%s) + $1))" +%Y-%m-%dT%H:%M:%SZ; }
ok 'I answer, and promise news' quietly cmd br ack "$id" \
    --answer affected --next-update "$(at 12)"
ok 'they are owed' within 5 owed update 'open|near|late'
ok 'and handed over as such' says '"what":"update"' ask br duty
reminded() { [ "$(count "$me: Almenara: News that was promised is due")" -ge 1 ]; }
ok 'I am reminded' within 30 reminded
node_kill br
node_start br
ok 'after a kill' within 20 node_is_ready br
ok 'it is late' within 30 owed update late
ok 'now the post is called, the other one too' within 20 is 1 count \
    'nobody: Almenara: News that was promised is due'
ok 'with an alarm' within 5 is 1 alarms "the promised news of $id is late"
# --- and who waits for the news is told
awaits() { # STATE: at the sender
	ask uy escalations |
	    grep -q "\"team\":\"br\",\"due\":[0-9]*,\"state\":\"$1\""
}
told_uy() { grep -c "alarm.*br promised news of $id and sent none" "$dir/uy/err"; }
ok 'the sender knows that it is late' within 40 awaits late
ok 'with an alarm' within 10 is 1 told_uy
promised_by() { # LANG PATTERN
	says "$2.*almenara receipts ${id: -8}" cmd uy watch --count 1 --lang "$1"
}
ok 'on its watch' promised_by en 'br: news promised for .*LATE'
ok 'in Spanish' promised_by es 'br: novedad prometida para .*VENCIDA'
ok 'in Portuguese' promised_by pt 'br: novidade prometida para .*VENCIDA'
ok 'in French' promised_by fr 'br: nouvelles promises pour .*EN RETARD'
ok 'and beside the answer' says 'br.*affected.*LATE' cmd uy receipts "$id" \
    --lang en
node_kill uy
node_start uy
ok 'after a kill the sender' within 20 node_is_ready uy
ok 'still knows' within 40 awaits late
ok 'the first assessment of the second is late as well' within 30 is 1 alarms \
    "first assessment of $second is late"
ok 'status says so' within 5 says 'are late' cmd br status --lang en
node_kill br
node_start br
ok 'after another kill' within 20 node_is_ready br
ok 'it is still late' within 20 owed update late
ok 'it is assessed' quietly cmd br ack "$second" --answer not_affected
assessed() { ! owed assessment 'open|near|late'; }
ok 'so no assessment is owed' within 20 assessed
ok 'news are given' quietly cmd br comment "$id" --text 'All is well' \
    --lang en --yes
none() { is 0 ask br -g 'pledges.#' escalations; }
ok 'nothing is owed any more' within 20 none
kept() { is 0 ask uy -g 'awaited.#' escalations; }
ok 'nor does the sender wait for any' within 40 kept
ok 'it was told once' is 1 told_uy
ok 'nobody was called twice for it' is 1 count \
    'nobody: Almenara: News that was promised is due'
twice() { # before it was late, and when it was
	[ "$(count "$me: Almenara: News that was promised is due")" -le 2 ]
}
ok 'nor I, but for the two steps' twice
ok 'nor was the alarm raised again' is 1 alarms 'the promised news'
ok 'more news are promised' quietly cmd br ack "$id" --answer affected \
    --next-update "$(at 3)"
soon() { ask uy receipts "{\"id\":\"$id\"}" | grep -q "\"promise\":\"$1\""; }
ok 'and the sender sees by when' within 20 soon 'open\|late'
node_kill br
ok 'of who is cut off it is not said that it broke it' within 40 \
    awaits unheard
ok 'nor told' is 1 told_uy
ok 'but that it is not heard' says 'br: news promised for .*not heard since' \
    cmd uy watch --count 1 --lang en
node_start br
ok 'once it is heard it is late' within 60 awaits late
ok 'and told' within 10 is 2 told_uy
for team in uy br; do ok "$team stops in order" node_stop "$team"; done
finish
