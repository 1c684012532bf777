#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Who may do what: rights of persons, approval by another, revisions to every
# earlier reader, what is previewed is what is released, events, and SIGHUP.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

network_make uy br cl

# SIGHUP: the documents folder is read again, and the log level
mv "$dir/uy/documents/keyset-cl.json" "$dir/later.json"
node_start uy
ok 'uy is ready' within 10 node_is_ready uy
documents() { ask uy -g 'documents.#' documents; }
ok 'a document is missing' is 5 documents
mv "$dir/later.json" "$dir/uy/documents/keyset-cl.json"
kill -HUP "${pid[uy]}"
ok 'SIGHUP brings it' within 10 is 6 documents
released_lines() { grep -c entry.released "$dir/uy/err"; }
release uy TLP:AMBER '["br"]' 'In detail' > /dev/null
ok 'the log tells details' within 60 is 1 released_lines
sed 's/^log_level .*/log_level warning/' "$dir/uy/almenarad.conf" \
    > "$dir/other.conf"
mv "$dir/other.conf" "$dir/uy/almenarad.conf" # a new file in its place
kill -HUP "${pid[uy]}"
quiet() { # a level that has changed shows in what is not written any more
	local before
	before=$(released_lines)
	release uy TLP:AMBER '["br"]' 'In silence' > /dev/null
	[ "$(released_lines)" = "$before" ]
}
ok 'until SIGHUP brings another level' within 60 quiet

for team in br cl; do node_start "$team"; done
ok 'uy is linked' within 20 is_linked uy 2

# events, in the order in which things happen
watch_events() { # TEAM
	"$ALMENARA" events --json --count 40 --node "$dir/$1" \
	    > "$dir/$1.events" 2> /dev/null < /dev/null &
	watchers+=($!)
}
watchers=()
for team in uy br; do watch_events "$team"; done
is_watching() { find "/proc/$1/fd" -lname 'socket:*' 2> /dev/null | grep -q .; }
for p in "${watchers[@]}"; do within 60 is_watching "$p"; done
sleep 0.5

readers() { grep -o '"readers":\[[^]]*\]'; }
draft=$(ask uy -g draft draft_save "{\"kind\":\"warning\",
    \"tlp\":\"TLP:AMBER\",\"aud\":[\"br\"],\"body\":$(warning First)}")
shown=$(ask uy preview "{\"id\":\"$draft\"}" | readers)
done=$(ask uy release "{\"id\":\"$draft\"}")
id=$(grep -o '"notice":"[^"]*' <<< "$done" | cut -d'"' -f4)
ok 'what was previewed' test -n "$shown"
ok 'is what was released' test "$shown" = "$(readers <<< "$done")"
has_state() { # TEAM STATE
	is "$2" ask "$1" -g notice.state show "{\"id\":\"$id\"}"
}
ok 'br has it' within 60 has_state br new
ok 'br answers' quietly ask br ack "{\"id\":\"$id\",\"answer\":\"affected\"}"
answered() { is affected ask uy -g rows.0.answer receipts "{\"id\":\"$id\"}"; }
ok 'uy has the answer' within 60 answered

# in the file $1.events: a line with $2 before one with $3
in_order() {
	awk -v a="$2" -v b="$3" 'index($0, a) && !seen { seen = NR }
	    seen && NR > seen && index($0, b) { found = 1 }
	    END { exit !found }' "$dir/$1.events"
}
ok 'uy: released, then receipted' within 60 \
    in_order uy '"event":"released"' '"event":"receipted"'
ok 'uy: receipted, then acknowledged' within 60 \
    in_order uy '"event":"receipted"' '"event":"acknowledged"'
ok 'br: accepted, then its own answer' within 60 \
    in_order br '"event":"accepted"' '"event":"acknowledged"'
kill "${watchers[@]}" 2> /dev/null
wait "${watchers[@]}" 2> /dev/null

# revisions
ok 'an update for cl' quietly ask uy update "{\"notice\":\"$id\",
    \"aud\":[\"cl\"],\"body\":$(warning Second)}"
for team in br cl; do
	ok "reaches $team" within 60 is Second \
	    ask "$team" -g rows.0.title inbox
done
ok 'and is withdrawn' quietly ask uy cancel \
    "{\"notice\":\"$id\",\"reason\":\"Over\"}"
for team in br cl; do
	ok "at $team too" within 60 has_state "$team" withdrawn
done

# persons: another user of this machine
if [ "$(id -u)" -ne 0 ] || ! quietly setpriv --reuid nobody true; then
	echo '# skipped: rights of persons need root and the user nobody'
	for team in uy br cl; do
		ok "$team stops in order" node_stop "$team"
	done
	finish
fi
chmod 711 "$dir" "$dir/uy"
chmod 666 "$dir/uy/control"
cp "$ASK" "$dir/ask-as-nobody"
chmod 755 "$dir/ask-as-nobody"
nobody() { # [-g PATH] COMMAND [ARGS], of uy
	local opt=()
	if [ "$1" = -g ]; then opt=(-g "$2"); shift 2; fi
	setpriv --reuid nobody --clear-groups "$dir/ask-as-nobody" \
	    "${opt[@]}" "$dir/uy/control" "$@"
}
is_now() { # ROLES: what nobody is from now on
	ask uy person_add "{\"unix_user\":\"nobody\",\"post\":\"Desk\",
	    \"roles\":[$1],\"languages\":[\"en\"]}" > /dev/null
}
draft_as_nobody() { # TLP AUD
	nobody -g draft draft_save "{\"kind\":\"warning\",\"tlp\":\"$1\",
	    \"aud\":$2,\"body\":$(warning Person)}" 2> /dev/null
}
ok 'who has no record is not known' exits 4 nobody status
ok 'a translator' is_now '"translator"'
ok 'reads' quietly nobody inbox
ok 'does not write' exits 4 nobody draft_save "{\"kind\":\"warning\",
    \"tlp\":\"TLP:CLEAR\",\"body\":$(warning No)}"
ok 'an auditor' is_now '"auditor"'
ok 'sees the state' quietly nobody status
ok 'but no notice' exits 4 nobody inbox
ok 'an analyst' is_now '"analyst"'
draft=$(draft_as_nobody TLP:AMBER '["br"]')
ok 'drafts' test -n "$draft"
ok 'does not release' exits 4 nobody release "{\"id\":\"$draft\"}"
ok 'does not answer' exits 4 nobody ack "{\"id\":\"$id\",\"answer\":\"affected\"}"
ok 'appoints nobody' exits 4 nobody person_add \
    '{"unix_user":"nobody","post":"Desk","roles":["team_lead"]}'
ok 'a duty officer' is_now '"duty_officer"'
ok 'releases level 4 alone' quietly nobody release "{\"id\":\"$draft\"}"
draft=$(draft_as_nobody TLP:CLEAR null)
ok 'what is for the public waits' exits 6 nobody release "{\"id\":\"$draft\"}"
ok 'a team lead' is_now '"team_lead"'
ok 'does not approve an own draft' exits 6 \
    nobody release "{\"id\":\"$draft\"}"
ok 'nor does the administrator approve now' exits 6 \
    ask uy release "{\"id\":\"$draft\"}"
ok 'not by a word either' exits 4 ask uy approve "{\"id\":\"$draft\"}"

# a second person: another user
other=daemon
another() { # [-g PATH] COMMAND [ARGS], of uy
	local opt=()
	if [ "$1" = -g ]; then opt=(-g "$2"); shift 2; fi
	setpriv --reuid "$other" --clear-groups "$dir/ask-as-nobody" \
	    "${opt[@]}" "$dir/uy/control" "$@"
}
ok 'a second lead' quietly ask uy person_add "{\"unix_user\":\"$other\",
    \"post\":\"Lead\",\"roles\":[\"team_lead\"],\"languages\":[\"en\"]}"
waits() { [[ $(another waiting) == *"$1"* ]]; }
ok 'the draft waits for her' waits "$draft"
ok 'not for its author' bash -c "! [[ '$(nobody waiting)' == *$draft* ]]"
ok 'she approves' is approved another -g state approve "{\"id\":\"$draft\"}"
ok 'then its author releases' quietly nobody release "{\"id\":\"$draft\"}"
ok 'once' exits 5 nobody release "{\"id\":\"$draft\"}"

draft=$(draft_as_nobody TLP:CLEAR null)
ok 'another one is approved' quietly another approve "{\"id\":\"$draft\"}"
ok 'and changed' quietly nobody draft_save "{\"id\":\"$draft\",
    \"tlp\":\"TLP:CLEAR\",\"body\":$(warning Changed)}"
ok 'the approval is void' exits 6 nobody release "{\"id\":\"$draft\"}"
ok 'it is returned' is draft another -g state return \
    "{\"id\":\"$draft\",\"reason\":\"Say more\"}"
ok 'not without a reason' exits 2 another return "{\"id\":\"$draft\"}"
ok 'a returned draft waits' exits 6 nobody release "{\"id\":\"$draft\"}"
ok 'nobody approves an own draft' exits 5 \
    nobody approve "{\"id\":\"$draft\"}"
ok 'also for who returned it' exits 6 another release "{\"id\":\"$draft\"}"
ok 'until it says more' quietly nobody draft_save "{\"id\":\"$draft\",
    \"tlp\":\"TLP:CLEAR\",\"body\":$(warning More)}"
ok 'releasing it is approving it' quietly \
    another release "{\"id\":\"$draft\"}"

# what was released is revised with the same eyes
public=$(ask uy -g rows.0.id inbox '{"limit":1}')
revised=$(nobody update "{\"notice\":\"$public\",
    \"body\":$(warning Corrected)}" 2>&1)
ok 'a revision for the public waits too' test "$?" -eq 6
draft=$(grep -o 'almenara approve [0-9a-f]*' <<< "$revised" |
    cut -d' ' -f3)
ok 'as a draft' waits "$draft"
ok 'another releases it' is 1 another -g rev release "{\"id\":\"$draft\"}"
title() { is Corrected ask uy -g rows.0.title inbox; }
ok 'it revises the notice' within 60 title

# alone: loud, and reviewed afterwards
draft=$(draft_as_nobody TLP:AMBER '["br"]')
alone=$(nobody -g notice release "{\"id\":\"$draft\"}")
ok 'level 4 goes out alone' test -n "$alone"
ok 'which is told' grep -q "alarm.*$alone was released by one person" \
    "$dir/uy/err"
due() { is "$1" ask uy -g reviews_due status; }
ok 'and is to be reviewed' within 60 due 1
ok 'not by who released it' exits 5 nobody review "{\"id\":\"$alone\"}"
ok 'it waits for another' waits "$alone"
ok 'who reviews it' quietly another review "{\"id\":\"$alone\"}"
ok 'none is due now' within 60 due 0
ok 'once is enough' exits 3 another review "{\"id\":\"$alone\"}"

# after a rollback nothing stays approved
draft=$(draft_as_nobody TLP:CLEAR null)
ok 'one more is approved' is approved another -g state approve \
    "{\"id\":\"$draft\"}"
ok 'uy stops' node_stop uy
rm "$dir/uy/sentinel/sentinel"
node_start uy
ok 'its sentinel is lost' within 20 is restored ask uy -g state status
chmod 666 "$dir/uy/control"
ok 'a new log' quietly ask uy epoch_new '{"reason":"a lost disk"}'
ok 'the draft waits anew' waits "$draft"
ok 'for another person' exits 6 nobody release "{\"id\":\"$draft\"}"
ok 'who approves again' is approved another -g state approve \
    "{\"id\":\"$draft\"}"
ok 'and now it goes' quietly nobody release "{\"id\":\"$draft\"}"

# who runs the node is not locked out by a record, and gets no post by it
is_root() {
	ask uy person_add "{\"unix_user\":\"root\",\"post\":\"Host\",
	    \"roles\":[\"translator\"],\"active\":$1}" > /dev/null
}
ok 'root gets a record' is_root true
ok 'releases nothing now' exits 4 ask uy cancel \
    "{\"notice\":\"$alone\",\"reason\":\"No\"}"
ok 'and still administers' is_root false
ok 'its logs verify' quietly ask uy log_verify
for team in uy br cl; do
	ok "$team stops in order" node_stop "$team"
done
finish
