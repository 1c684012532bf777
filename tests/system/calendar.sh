#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The roster as a calendar: shown before it is taken, taken whole or not at
# all, written so that it comes back the same; what is made to hurt is refused.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

[ -e /usr/share/zoneinfo/America/New_York ] ||
    skip_all 'a roster needs tzdata'
network_make uy br
node_start uy
ok 'uy is ready' within 10 node_is_ready uy
uy() { "$ALMENARA" "$@" --node "$dir/uy/control" --no-input; }
persons() { # TEAM: those whom the calendars name
	local who
	for who in ana eva rita luis; do
		quietly ask "$1" person_add "{\"unix_user\":\"$who\",
		    \"post\":\"officer\",\"roles\":[\"duty_officer\"]}" ||
		    return 1
	done
}
ok 'with persons' persons uy
shifts() { ask uy -g 'shifts.#' roster; }
file() { # NAME LINES of events: a calendar
	{
		printf 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n'
		cat
		printf 'END:VCALENDAR\r\n'
	} > "$dir/$1.ics"
}
event() { # SUMMARY START END RULE
	printf '%s\r\n' BEGIN:VEVENT "UID:$RANDOM" DTSTAMP:20260101T000000Z \
	    "DTSTART;TZID=America/New_York:$2" \
	    "DTEND;TZID=America/New_York:$3" ${4:+"RRULE:$4"} "SUMMARY:$1" \
	    END:VEVENT
}
{
	event 'first: ana\, eva' 20260101T060000 20260101T180000 \
	    'FREQ=DAILY'
	event 'first: rita' 20260101T180000 20260102T060000 \
	    'FREQ=DAILY;UNTIL=20270101T000000Z'
	event 'lead: luis' 20260105T090000 20260105T170000 \
	    'FREQ=WEEKLY;BYDAY=MO,FR'
} | file good

# --- shown, then taken ---
ok 'a calendar is shown' says '4 would be new; nothing was changed' \
    uy roster import "$dir/good.ics"
ok 'which changes nothing' is 0 shifts
ok 'then it is taken' says '4 are new' uy roster import --apply \
    "$dir/good.ics"
ok 'as four shifts' is 4 shifts
until_of() {
	ask uy roster | jq -r '.shifts[]
	    | select(.persons == ["rita"]) | .until'
}
if command -v jq > /dev/null; then
	# 2027-01-01 00:00 UTC is 19:00 there, after the one of that day began
	ok 'which end where the rule does' is 2026-12-31 until_of
fi
ok 'again it is the same' says '0 are new' uy roster import --apply \
    "$dir/good.ics"
ok 'as many' is 4 shifts

# --- refused, whole ---
bad() { # PATTERN: the calendar `bad` is refused for this
	! uy roster import --apply "$dir/bad.ics" > "$dir/out" 2>&1 &&
	    says "$1" cat "$dir/out" && is 4 shifts
}
{
	event 'second: ana' 20260101T060000 20260101T180000 'FREQ=DAILY'
	event 'first: luis' 20260101T120000 20260101T160000 'FREQ=DAILY'
} | file bad
ok 'a shift over another' bad 'shift 2: start it overlaps another shift'
event 'first: luis' 20290101T120000 20290101T160000 | file bad
ok 'also in years' bad 'it overlaps another shift'
event 'second: luis' 20260101T060000 20260102T180000 'FREQ=DAILY' | file bad
ok 'over its own next one' bad 'it overlaps the next one of its own'
event 'second: ana\, luisa' 20260101T060000 20260101T180000 | file bad
ok 'somebody whom the node does not know' bad 'shift 1: person luisa is no'
unknown() { # WORDS...: refused at the console too
	refuses 'luisa is no person of this node' uy roster "$@"
}
ok 'nor in a shift' unknown add second --person luisa --zone UTC \
    --start 2026-01-01T06:00 --end 2026-01-01T18:00
ok 'nor in a swap' unknown swap first luisa --from 2026-01-01T06:00:00Z \
    --to 2026-01-01T08:00:00Z
ok 'nor on leave' unknown leave luisa --from 2026-01-01T06:00:00Z \
    --to 2026-01-01T08:00:00Z
event 'second: luis' 20260101T180000 20260101T060000 | file bad
ok 'one that ends before it begins' bad 'DTEND: is not after DTSTART'
event 'cook: luis' 20260101T060000 20260101T180000 | file bad
ok 'a post that there is not' bad 'shift 1: post'
event 'second: luis' 20260101T060000 20260101T180000 'FREQ=SECONDLY' |
    file bad
ok 'a rule without rest' bad 'VEVENT 1, RRULE: is neither DAILY nor WEEKLY'
for _ in {1..300}; do
	event 'second: luis' 20260101T060000 20260101T060100
done | file bad
ok 'too many' bad 'too many shifts'
for _ in {1..9}; do printf 'BEGIN:VEVENT\r\n'; done | file bad
ok 'nested' bad 'is nested too deeply'
head -c 1100000 /dev/zero | tr '\0' A > "$dir/bad.ics"
ok 'huge' bad 'at most 1048576 bytes|more than 1048576 bytes'

# --- written, and read again ---
ok 'another one in turn' quietly ask uy roster_add '{"post":"second",
    "persons":["eva","luis","rita"],"zone":"UTC","every":2,
    "start":"2026-03-01T00:00","end":"2026-03-03T00:00",
    "until":"2030-01-01"}'
uy roster export > "$dir/roster.ics"
ok 'the roster is a calendar' says 'TZID:America/New_York' \
    cat "$dir/roster.ics"
node_start br
ok 'br is ready' within 10 node_is_ready br
ok 'with the same persons' persons br
ok 'that another node takes' quietly "$ALMENARA" roster import --apply \
    "$dir/roster.ics" --node "$dir/br/control"
posts() { ask "$1" roster | sed 's/"shifts".*//'; }
same() { [ "$(posts uy)" = "$(posts br)" ]; }
ok 'with the same people now' same
gaps() { ask "$1" roster | sed 's/.*"gaps"//'; }
same_gaps() { [ "$(gaps uy)" = "$(gaps br)" ]; }
# counted from now: both in one second
ok 'and the same gaps of 60 days' within 20 same_gaps
ok 'turns are shifts of their own there' is 8 ask br -g 'shifts.#' roster

# --- a shift goes on to the end of its last day, and no further ---
day() { date -u -d "$1 days" +%F; }
last=$(day 3) # shifts begin at six: on this day too
ok 'a post each day, for some days' quietly uy roster add alternate \
    --person luis --zone UTC --start "$(day -1)T06:00" --end "$(day 0)T06:00" \
    --every 1 --until "$last"
ends_s=$(($(date -u -d "$last 06:00" +%s) + 86400))
ok 'is without anybody from the end of the last one on' says \
    "\"post\":\"alternate\",\"what\":\"gap\",\"from\":$ends_s," ask uy roster

for team in uy br; do ok "$team stops in order" node_stop "$team"; done
finish
