#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Each way to each person is tested by the node itself; one that fails is
# flagged, told, and proved again once it works; and the board of heartbeats
# tells who is silent.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

network_make uy br
cmd_all() { # with what it narrates
	local team=$1
	shift
	"$ALMENARA" "$@" --node "$dir/$team/control" --no-input 2>&1
}
cat > "$dir/siren" <<- 'END'
	#!/bin/bash
	read -r to
	echo "$to" >> "$1/sent"
	cat >> "$1/text"
	case $to in *broken) [ -e "$1/mended" ] || exit 75 ;; esac
	END
chmod +x "$dir/siren"
cat >> "$dir/uy/almenarad.conf" <<- END
	prove_look_s 1
	heartbeat_s 1
	silence_s 3
	unreachable_s 6
	hooks {
	  siren "$dir/siren $dir"
	}
	END
echo 'heartbeat_s 1' >> "$dir/br/almenarad.conf"
for team in uy br; do node_start "$team"; done
for team in uy br; do ok "$team is ready" within 10 node_is_ready "$team"; done
person() { # LOGIN CHANNELS [QUIET]
	ask uy person_add "{\"unix_user\":\"$1\",\"post\":\"officer\",
	    \"roles\":[\"duty_officer\"],\"channels\":[$2]${3:+,\"quiet\":$3}}"
}
hook() { printf '{"kind":"command","address":"siren:%s","verified":true}' "$1"; }
screen='{"kind":"screen","address":"-","verified":true}'
state() { # PERSON: of the one way
	ask uy courier | grep -o "\"person\":\"$1\",\"contacts\":\[{[^]]*" |
	    grep -o '"state":"[a-z]*"'
}
alarms() { grep -c 'alarm.*fail or are not proved' "$dir/uy/err"; }
sent() { grep -c "to: $1" "$dir/sent"; }

ok 'a person' quietly person ana "$(hook coast),$screen"
ok 'one who sleeps all day' quietly person eve "$(hook asleep)" \
    '{"from":"00:00","until":"23:59","zone":"UTC"}'
ok 'her way is tested by itself' within 10 is '"state":"proved"' state ana
ok 'by one page' is 1 sent coast
ok 'which is marked as a test' says 'Almenara: Test' cat "$dir/text"
ok 'nobody is waked for it' is '"state":"new"' state eve
ok 'and nothing is told' is 0 alarms
ok 'another one cannot be reached' quietly person bad "$(hook broken)"
ok 'that is found' within 10 is '"state":"failing"' state bad
ok 'and told' within 5 is 1 alarms
ok 'in the log too, with the way' grep -q \
    'contact.unproved person=bad channel=command state=failing' "$dir/uy/err"
ok 'it is shown to people' says 'bad.command.FAILING' cmd uy courier status \
    --lang en
ok 'also with the person' says '1 not proved: almenara courier status' \
    cmd uy person list --lang en
node_kill uy
node_start uy
ok 'after a kill' within 10 node_is_ready uy
ok 'what is known is known' within 5 is '"state":"failing"' state bad
ok 'what was proved too' is '"state":"proved"' state ana
: > "$dir/mended"
mended() {
	quietly ask uy courier_retry
	is '"state":"proved"' state bad
}
ok 'once it works it is proved' within 10 mended
ok 'a proved one is not tested again' is 1 sent coast

# --- to its end: the person answers ---
me=$(id -un)
ok 'a person who can sign in' quietly person "$me" "$(hook desk)"
ok 'is tested' within 10 is '"state":"proved"' state "$me"
code=$(grep -oxE '[0-9A-Z]{5}-[0-9A-Z]{5}' "$dir/text" | tail -n 1)
ok 'no answer is known yet' says "person\":\"$me\".*\"answered\":0" \
    ask uy courier
ok 'answers by the code of the test' says 'has reached you' \
    cmd_all uy ack --lang en --code "$code"
answered() {
	ask uy courier | grep -o "\"person\":\"$me\",\"contacts\":\[{[^]]*" |
	    grep -q '"answered":[1-9]'
}
ok 'and that is known' within 5 answered
node_kill uy
node_start uy
ok 'also after a kill' within 10 answered

# --- the board ---
ok 'the board tells that br is alive' within 10 says 'br.*alive' \
    cmd uy heartbeat --lang en
ok 'and ends with 0' quietly cmd uy heartbeat
ok 'by which it was proved' says '"heartbeat":[1-9][0-9]*,' ask uy peers
node_kill br
ok 'and when br is silent' within 20 says 'br.*SILENT' cmd uy heartbeat \
    --lang en
ok 'by its status too' exits 1 cmd uy heartbeat
ok 'also for programs' exits 1 cmd uy heartbeat --json
ok 'in other languages' says 'br.*EN SILENCIO' cmd uy heartbeat --lang es
ok 'uy stops in order' node_stop uy
finish
