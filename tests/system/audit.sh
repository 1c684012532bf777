#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Who did what stays known: what is done over the control socket stands in the
# audit trail, once; the trail answers who has seen a notice, what left for a
# team and by which line, and what the file of a case holds.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

network_make uy br cl
for team in uy br cl; do node_start "$team"; done
ok 'uy is ready' within 10 node_is_ready uy
ok 'uy is linked' within 20 is_linked uy 2

# how often: acts TEAM ACT
acts() { ask "$1" -g 'rows.#' audit "{\"act\":\"$2\"}"; }
# the newest of an act: newest TEAM ACT MEMBER
newest() { ask "$1" -g "rows.0.$3" audit "{\"act\":\"$2\",\"limit\":1}"; }
almenara() { # TEAM WORDS...
	local team=$1
	shift
	"$ALMENARA" "$@" --node "$dir/$team" 2>> "$dir/$team/said"
}

# --- what is done is told ---

id=$(release uy TLP:AMBER '["br"]' 'First')
ok 'a draft is told' is 1 acts uy draft
ok 'a release is told' is 1 acts uy release
ok 'under the id of the notice' is "$id" newest uy release subject
ok 'with the line that let it out' \
    grep -q 'allow' <<< "$(newest uy release rule)"
ok 'br has it' within 5 is First ask br -g rows.0.title inbox
ok 'a list is told' is 1 acts br list
quietly ask br inbox
ok 'but not twice an hour' is 1 acts br list
ok 'br opens it' quietly ask br show "{\"id\":\"$id\"}"
ok 'which is told' is 1 acts br view
ok 'by id' is "$id" newest br view subject
quietly ask br show "{\"id\":\"$id\"}"
ok 'but not twice a minute' is 1 acts br view
ok 'taking it away is told' quietly ask br log_export "{\"id\":\"$id\"}"
ok 'each time' quietly ask br log_export "{\"id\":\"$id\"}"
ok 'twice' is 2 acts br log_export
ok 'br answers' quietly ask br ack "{\"id\":\"$id\",\"answer\":\"affected\"}"
ok 'which is told too' is affected newest br acknowledge outcome
ok 'a dry run is told as one' quietly ask uy cancel \
    "{\"notice\":\"$id\",\"reason\":\"Over\",\"dry_run\":true}"
ok 'and changes nothing' is 'dry run' newest uy cancel outcome
ok 'what is refused is told' fails quietly ask uy release \
    '{"id":"ffffffff-0000-7000-8000-000000000000"}'
ok 'a remark that may not be' fails quietly ask br update \
    "{\"notice\":\"$id\",\"body\":$(warning Not)}"
ok 'as refused' is refused newest br update outcome
kill -HUP "${pid[uy]}"
ok 'a configuration read again is told' within 5 is 1 acts uy config
ok 'of the node itself' is node newest uy config client

# --- who has seen it ---

here() { ask br -g 'here.#' audit_seen "{\"id\":\"$id\"}"; }
ok 'one view, two exports, an answer, a refusal' is 5 here
seen() { almenara uy audit "$id"; }
ok 'uy sees who got it' within 5 grep -q 'br.*uy.*TLP:AMBER.*affected' \
    <(seen)
ok 'and when it was received' test "$(ask uy -g teams.0.received \
    audit_seen "{\"id\":\"$id\"}")" -gt 0
ok 'asking is told' test "$(acts uy audit)" -gt 2
ok 'with the question' \
    grep -q "$id" <<< "$(ask uy audit '{"act":"audit"}')"

# --- what left ---

release uy TLP:AMBER '["cl"]' 'Second' > /dev/null
open=$(release uy TLP:GREEN null 'Third')
left() { almenara uy audit left --to "$@"; }
count() { is "$1" bash -c "wc -l <<< '$(left "${@:2}")'"; }
ok 'two left for br' count 2 br
ok 'two for cl' count 2 cl
ok 'the newest first' grep -q "^[0-9]*	[^	]*	$open" \
    <(left br --limit 1)
ok 'with line, digest and actor' grep -qE \
    "TLP:AMBER	[0-9]+: allow [^	]*	[A-Za-z0-9_-]{43}	administrator" \
    <(left cl)
ok 'not before it was' is '' left br --until 2020-01-01
ok 'not after' is '' left br --from 2100-01-01
ok 'a page is followed by another' test "$(ask uy -g next audit_left \
    '{"to":"br","limit":1}')" -gt 0
page=$(ask uy -g next audit_left '{"to":"br","limit":1}')
ok 'with what is older' is "$id" ask uy -g rows.0.id audit_left \
    "{\"to\":\"br\",\"limit\":1,\"before\":$page}"
ok 'which is the last' is 0 ask uy -g next audit_left \
    "{\"to\":\"br\",\"limit\":1,\"before\":$page}"
answers() { is acknowledgement ask br -g rows.0.kind audit_left '{"to":"uy"}'; }
ok 'an answer leaves too' answers
ok 'a time must be one' exits 2 almenara uy audit left --to br --from soon

# --- the file of a case ---

case=$(ask br -g notice case_open "{\"kind\":\"breach\",\"id\":\"$id\",
    \"body\":{\"how\":\"public_posting\",\"found\":$(date +%s),
    \"extent\":{\"en\":\"posted\"},\"author_post\":\"Desk\"}}")
ok 'a breach is opened' test -n "$case"
file() { ask br -g "$1" audit_case "{\"id\":\"$case\"}"; }
ok 'its file has the report' within 5 is reported file steps.0.state
ok 'with a place in the log' is 1 file steps.0.index
ok 'its clocks' is originator file clocks.0.clock
ok 'who had the notice' is br file teams.0.team
ok 'and what was done' grep -q '"act":"case_open"' <(file here)
ok 'the place proves it' within 5 quietly ask br log_export \
    "{\"id\":\"$(file steps.0.digest)\"}"
ok 'as a table' grep -q reported <(almenara br audit case "$case")
ok 'a notice is no case' exits 5 almenara br audit case "$id"

# --- made again ---

before=$(ask br -g 'rows.#' audit)
ok 'the index is made again' quietly ask br log_reindex
ok 'and finds the same, and itself' test \
    "$(ask br -g 'rows.#' audit)" -ge "$((before + 2))"
ok 'uy goes on after a stop' node_stop uy
node_start uy
ok 'and is ready' within 10 node_is_ready uy
ok 'with its trail' is "$id" ask uy -g rows.1.id audit_left '{"to":"br"}'

# --- who may ask ---

if [ "$(id -u)" -eq 0 ] && quietly setpriv --reuid nobody true; then
	chmod 711 "$dir" "$dir/uy"
	chmod 666 "$dir/uy/control"
	cp "$ASK" "$dir/ask-as-nobody"
	chmod 755 "$dir/ask-as-nobody"
	nobody() {
		setpriv --reuid nobody --clear-groups "$dir/ask-as-nobody" \
		    -g "$1" "$dir/uy/control" "${@:2}" 2> /dev/null
	}
	is_now() {
		ask uy person_add "{\"unix_user\":\"nobody\",\"post\":\"Desk\",
		    \"roles\":[\"$1\"],\"languages\":[\"en\"]}" > /dev/null
	}
	ok 'a stranger asks nothing' exits 4 nobody 'rows.#' audit
	ok 'which is told' is refused newest uy audit outcome
	ok 'a duty officer' is_now duty_officer
	ok 'may not ask' exits 4 nobody 'rows.#' audit
	ok 'but views' quietly nobody notice.digest show "{\"id\":\"$id\"}"
	ok 'under her name' is nobody newest uy view actor
	ok 'and her post' is Desk newest uy view post
	ok 'an auditor' is_now auditor
	ok 'asks' is nobody nobody here.0.actor audit_seen "{\"id\":\"$id\"}"
	ok 'and sees who has it' is br nobody teams.0.team \
	    audit_seen "{\"id\":\"$id\"}"
	ok 'not the notice' exits 4 nobody notice.digest show \
	    "{\"id\":\"$id\"}"
	ok 'which is on record' is nobody newest uy view actor
	ok 'as denied' is denied newest uy view outcome
else
	echo '# skipped: rights of persons need root and the user nobody'
fi
for team in uy br cl; do ok "$team stops in order" node_stop "$team"; done

# --- asked faster than it can be written ---
# a node that still asks the others for its log writes nothing
sed -i 's/^ask_wait_ms .*/ask_wait_ms 30000/' "$dir/uy/almenarad.conf"
node_start uy
ok 'it waits for the others' within 10 is asking ask uy -g state status
if command -v /usr/bin/python3 > /dev/null; then
	/usr/bin/python3 "$(dirname "$0")/flood.py" "$dir/uy/control" 4000 \
	    530 "$dir/first" &
	flood=$!
	ok 'answers end' within 30 test -s "$dir/first"
	ok 'when it owes as many entries as it may' grep -q yes "$dir/first"
	for team in br cl; do node_start "$team"; done
	ok 'and then all is answered' wait "$flood"
else
	echo '# skipped: needs python3'
fi
finish
