#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The audit trail is anchored in the shared log; one that was altered or cut
# short on the disk is found. A clock of a case that has run out is told, once.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

network_make uy br
echo 'anchor_s 1' >> "$dir/uy/almenarad.conf"
for team in uy br; do node_start "$team"; done
ok 'uy is ready' within 10 node_is_ready uy
ok 'uy is linked' within 20 is_linked uy 1

verify() { ask uy "${@}" audit_verify; }
alarms() { grep -c "alarm.*$1" "$dir/uy/err"; }
private() { ask uy log | grep -o '"role":"private"[^}]*"size":[0-9]*' |
    grep -o '[0-9]*$'; }
data=$dir/uy/$(sed -n 's/^data_dir \(.*\/\)\?//p' "$dir/uy/almenarad.conf")
[ -f "$data/log.db" ] || data=$(dirname "$(find "$dir/uy" -name log.db)")

first=$(private)
release uy TLP:AMBER '["br"]' 'First' > /dev/null
has_anchor() { [ "$(verify -g anchored)" -gt "${1:-0}" ]; }
ok 'what was done is anchored' within 10 has_anchor "$first"
# asking is an act too, so the newest anchor is always a fresh one
is_witnessed() { sleep 3; [ "$(verify -g witnesses)" -ge 1 ]; }
ok 'and seen by another' within 30 is_witnessed
ok 'status says so' is good ask uy -g audit.state status
ok 'br has but the digests of it' fails eval \
    'ask br inbox | grep -q anchor'
ok 'no anchor is in an inbox' fails eval 'ask uy inbox | grep -q anchor'

# --- a clock of a case ---

id=$(release br TLP:AMBER '["uy"]' 'Second')
ok 'uy has it' within 10 is Second ask uy -g rows.0.title inbox
case=$(ask uy -g notice case_open "{\"kind\":\"breach\",\"id\":\"$id\",
    \"body\":{\"how\":\"public_posting\",\"found\":$(date +%s),
    \"extent\":{\"en\":\"posted\"},\"author_post\":\"Desk\"}}")
ok 'a breach is reported' test -n "$case"
clocks() { ask uy -g 'rows.#' audit '{"act":"case_clock"}'; }
outcome() { ask uy -g rows.0.outcome audit '{"act":"case_clock"}'; }
# the sanitizers want to be loaded before anything else
if ldd "$ALMENARAD" | grep -q 'lib[at]san'; then
	echo '# skipped: another clock cannot be put under sanitizers'
else
	later() { # HOURS
		node_stop uy
		LATER_S=$(($1 * 3600)) LD_PRELOAD=$LATER node_start uy
		within 10 quietly ask uy status
	}
	later 17
	sleep 1.5
	ok 'with seven hours left nothing is told' is 0 clocks
	later 19
	ok 'with five it is near' within 10 is near outcome
	ok 'which status counts' within 5 is 1 ask uy -g cases_near status
	ok 'and is told' within 5 is 1 alarms 'runs out soon'
	later 25
	ok 'after its day it is late' within 10 is late outcome
	ok 'which is told' within 5 is 1 alarms 'has run out'
	ok 'to people too' grep -q 'clocks of cases' \
	    <("$ALMENARA" status --node "$dir/uy" 2>&1)
	ok 'and stands in its file' grep -q case_clock \
	    <(ask uy audit_case "{\"id\":\"$case\"}")
	later 26
	sleep 1.5
	ok 'not told again' is 2 clocks
	ok 'nor heard again' is 1 alarms 'has run out'
	node_stop uy
	node_start uy
	ok 'uy is back in the present' within 10 node_is_ready uy
fi

# --- made worse on the disk ---

node_stop uy
cp -r "$data" "$dir/whole"
node_start uy
ok 'uy is back' within 10 node_is_ready uy
before=$(verify -g anchored)
release uy TLP:AMBER '["br"]' 'Third' > /dev/null
ok 'more is anchored' within 10 has_anchor "$before"
node_stop uy
cp -r "$data" "$dir/later"

tamper() { # SQL; ?1 is the number of the private log
	rm -rf "$data"
	cp -r "$dir/later" "$data"
	python3 - "$data/log.db" "$dir/whole/log.db" "$1" <<- 'END'
	import sqlite3, sys
	db = sqlite3.connect(sys.argv[1])
	db.execute("ATTACH ? AS old", (sys.argv[2],))
	log = [k for k, v in db.execute("SELECT k, v FROM log")
	    if b'private' in bytes(v)]
	assert len(log) == 1, log
	for sql in sys.argv[3].split(';'):
	    db.execute(sql, log)
	db.commit()
	db.close()
	END
}
start() {
	node_start uy
	within 10 node_is_ready uy
}

if quietly python3 -c 'import sqlite3'; then
	# a row is found by its log and, below, 44 bits of its index
	private='k / 17592186044416 = ?1'
	put_back() {
		printf ';DELETE FROM %s WHERE %s' "$1" "$2"
		printf ';INSERT INTO %s SELECT * FROM old.%s WHERE %s' \
		    "$1" "$1" "$2"
	}
	tamper "UPDATE body SET v = zeroblob(length(v))
	    WHERE k = ?1 * 17592186044416"
	start
	ok 'an altered row is found' exits 8 verify
	ok 'and where' grep -q '\\"index\\":0,' "$dir/uy/ask"
	ok 'with the hour up to which the rest holds' \
	    grep -q 'as they were anchored at 20' "$dir/uy/ask"
	node_stop uy
	tamper "SELECT ?1$(put_back record "$private")$(put_back body \
	    "$private")$(put_back head 'k = ?1')"
	: > "$dir/uy/err"
	start
	ok 'one that was cut short is found at the start' within 10 \
	    eval '[ "$(alarms "shorter than its anchor")" -ge 1 ]'
	ok 'status says so' is bad ask uy -g audit.state status
	ok 'to people too' grep -q 'shorter than its anchor' \
	    <("$ALMENARA" status --node "$dir/uy" 2>&1)
	ok 'and the doctor' grep -q 'almenara audit verify' \
	    <("$ALMENARA" doctor --node "$dir/uy" 2>&1)
	ok 'verifying finds it' exits 8 "$ALMENARA" audit verify \
	    --node "$dir/uy"
	size=$(ask uy -g logs.0.size log)
	ask uy show "{\"id\":\"$id\"}" > /dev/null
	sleep 1.5
	ok 'no anchor covers it up' is "$size" ask uy -g logs.0.size log
	node_stop uy
	rm -rf "$data"
	cp -r "$dir/later" "$data"
	start
	ok 'what was put back as it was holds again' within 10 is good \
	    ask uy -g audit.state status
	ok 'and is verified' quietly "$ALMENARA" audit verify \
	    --node "$dir/uy"
else
	echo '# skipped: altering the store needs python3'
fi
for team in uy br; do ok "$team stops in order" node_stop "$team"; done
finish
