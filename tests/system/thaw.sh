#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What doc/operations.md says to do when a team's log has two histories: a
# machine was put back to an older day with its sentinel, while whoever knew
# better was away. Every node freezes the log and shows both; the team opens a
# new one, closes the old one by a keyset, and goes on.
# shellcheck disable=SC1091,SC2154,SC2317
. "$(dirname "$0")/lib.sh"
export LC_ALL=C.UTF-8

network_make uy br cl
start() { # start TEAM...: ready, and linked to one another
	local t
	for t; do node_start "$t"; done
	for t; do
		ok "$t is ready and linked" within 40 is_linked "$t" $(($# - 1))
	done
}
titles() { # TEAM TITLE: how often it is there
	ask "$1" inbox "${3:-{\}}" | grep -o "\"title\":\"$2\"" | wc -l
}
log_of_uy() { # TEAM MEMBER: of the first log of uy
	cmd "$1" log show --json | grep -o '{[^{}]*}' |
	    grep "\"origin\":\"$old\"" | grep -oP "\"$2\":\"?\K[^\",}]*"
}
disputed() { log_of_uy "$1" disputed_from | grep -q .; }
a() { "$ALMENARA" "$@" 2>> "$dir/said"; }
keyset() { # keyset ARGS...: prepared at uy, signed by its identity, taken
	a keyset prepare -q --node "$dir/uy" --out "$dir/k" "$@" \
	    > /dev/null &&
	    a authority sign --yes --key "$dir/uy/identity.jwk" "$dir/k" \
		> /dev/null && a keyset take -q --node "$dir/uy" "$dir/k" > /dev/null
}

start uy br cl
old=$(ask uy -g logs.0.origin log)
release uy TLP:GREEN null 'before' > /dev/null
ok 'all have what came before' within 10 is 1 titles cl before
for t in uy br cl; do node_stop $t; done
cp -a "$dir/uy" "$dir/uy.old"

# --- two histories ---
start uy br
release uy TLP:GREEN null 'one history' > /dev/null
ok 'br has one' within 10 is 1 titles br 'one history'
size=$(log_of_uy uy size) root=$(log_of_uy uy root)
node_stop uy
node_stop br
rm -rf "$dir/uy" && mv "$dir/uy.old" "$dir/uy"
start uy cl
release uy TLP:GREEN null 'the other' > /dev/null
ok 'cl has the other' within 10 is 1 titles cl 'the other'
node_start br
for t in uy br cl; do
	ok "$t sees that there are two" within 30 disputed $t
	ok "$t is alarmed" within 10 grep -q 'two histories' "$dir/$t/err"
done
quietly cmd br status
ok 'a person is told who ends it' grep -q 'keyset that closes this log' \
    "$dir/br/cmd.err"
ok 'both are still shown: one' is 1 titles br 'one history'
ok 'and the other' is 1 titles cl 'the other'
ok 'nothing more is released' test -z "$(release uy TLP:GREEN null no)"
node_stop uy
node_start uy
ok 'nor after a start' within 30 disputed uy
ok 'nobody chose' test "$(titles br 'the other')$(titles cl 'one history')" = 00

# --- its team ends it ---
ok 'a new log' within 30 quietly a epoch new --node "$dir/uy" \
    --reason 'a machine was put back'
ok 'the node goes on' within 20 node_is_ready uy
ok 'a log is not closed without size and root' fails keyset --close "$old"
ok 'the old one is closed with the history of br' keyset --close "$old" \
    --size "$size" --root "$root"
ok 'the node goes on with it' within 30 node_is_ready uy
ok 'br has nothing disputed any more' within 30 fails disputed br
ok 'cl shows what it has, as disputed' within 30 eval \
    'disputed cl && [ "$(titles cl "the other")" = 1 ]'
for t in br cl; do
	ok "$t knows that it is closed" within 30 is closed log_of_uy $t state
done
release uy TLP:GREEN null 'after the thaw' > /dev/null
ok 'what comes after reaches br' within 20 is 1 titles br 'after the thaw'
ok 'and cl' within 20 is 1 titles cl 'after the thaw'
ok 'a closed log is not opened again' fails keyset --close "$old" \
    --size "$((size + 1))" --root "$root"
finish
