#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Two zones and a change to summer time between them: New York goes to it on
# 2027-03-14, Lima never does. What is due at nine o'clock in each falls together
# before and an hour apart after, for test alerts by a schedule and for shifts.
# Clocks are moved.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2153,SC2154
. "$(dirname "$0")/lib.sh"

for zone in America/New_York America/Lima; do
	[ -f "/usr/share/zoneinfo/$zone" ] || skip_all "no zone $zone"
done
[ "$(date -u +%s)" -lt "$(date -u -d 2027-03-01 +%s)" ] ||
    skip_all 'the change is past'

network_make uy br
for team in uy br; do echo 'prove_days 0' >> "$dir/$team/almenarad.conf"; done
at() { # TIME: all are ended, and begin then
	local later=$(($(date -u -d "$1" +%s) - EPOCHSECONDS)) team
	for team in uy br; do node_kill "$team"; done
	for team in uy br; do LATER_S=$later LD_PRELOAD=$LATER node_start "$team"
	done
	for team in uy br; do within 60 node_is_ready "$team" || return 1
	done
	within 60 is_linked uy 1
}
ok 'it is a Friday in March' at 2027-03-05T12:00:00Z
me=$(id -un)
for who in "$me" nobody; do
	ok "$who is a person" quietly ask uy person_add \
	    "{\"unix_user\":\"$who\",\"post\":\"duty officer\",
	    \"roles\":[\"team_lead\"]}"
done
set_at() { # ZONE: a test alert each Sunday at nine there
	cmd uy test-alert schedule set --to br --every week --day sunday \
	    --hour 09:00 --zone "$1" --spread 0
}
york=$(set_at America/New_York) lima=$(set_at America/Lima)
ok 'a schedule for each zone' test -n "$york" -a -n "$lima"
shift_at() { # POST PERSON ZONE: from nine to ten each day there
	quietly cmd uy roster add "$1" --person "$2" --zone "$3" \
	    --start 2027-03-01T09:00 --end 2027-03-01T10:00 --every 1
}
ok 'a shift in New York' shift_at first "$me" America/New_York
ok 'and one in Lima' shift_at second nobody America/Lima

next_of() { # SCHEDULE TIME: that is its next round
	cmd uy test-alert schedule list | grep "^${1: -8}" | grep -qF "$2"
}
holds() { # POST: somebody has it by the roster now
	ask uy roster | grep -o "\"post\":\"$1\",[^]]*\]" | head -n 1 |
	    grep -q '\[[^]]'
}
rounds() { ask br inbox | grep -o '"kind":"test-alert"' | wc -l; }
ok 'both are due at once' next_of "$york" 2027-03-07T14:00
ok 'at fourteen hours UTC' next_of "$lima" 2027-03-07T14:00
ok 'nobody has a shift now' fails holds first

ok 'before the change' at 2027-03-07T14:05:00Z
ok 'both go' within 60 is 2 rounds
ok 'and both shifts are there' holds first
ok 'in Lima too' holds second
ok 'the next one of New York is an hour earlier' within 20 next_of "$york" \
    2027-03-14T13:00
ok 'that of Lima is not' next_of "$lima" 2027-03-14T14:00

ok 'the day of the change' at 2027-03-14T13:05:00Z
ok 'New York is due' within 60 is 3 rounds
ok 'and has a shift' holds first
ok 'Lima has not' fails holds second

ok 'an hour later' at 2027-03-14T14:05:00Z
ok 'Lima is due' within 60 is 4 rounds
ok 'its shift is there' holds second
ok 'that of New York is over' fails holds first
ok 'none went twice' is 4 rounds
for team in uy br; do ok "$team stops in order" node_stop "$team"; done
finish
