#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The life of a warning between real processes: released, delivered, receipted,
# acknowledged, withdrawn; sealed ones to their readers alone; a clean stop.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

network_make uy br cl
for team in uy br cl; do node_start "$team"; done
for team in uy br cl; do
	ok "$team is ready" within 10 node_is_ready "$team"
done
for team in uy br cl; do
	ok "$team is linked" within 10 is_linked "$team" 2
done

id=$(release uy TLP:AMBER '["br"]' 'Only for br')
ok 'a sealed notice is released' test -n "$id"
ok 'it arrives' within 5 is 1 ask br -g 'rows.#' inbox
ok 'nobody else has it' is 0 ask cl -g 'rows.#' inbox
ok 'its title is readable' is 'Only for br' ask br -g rows.0.title inbox
ok 'its receipt is back' within 5 is stored \
    ask uy -g rows.0.state receipts "{\"id\":\"$id\"}"
ok 'it is owed an answer' is true ask br -g rows.0.owed inbox
ok 'br answers' quietly ask br -g id ack "{\"id\":\"$id\",\"answer\":\"affected\"}"
ok 'the answer is back' within 5 is affected \
    ask uy -g rows.0.answer receipts "{\"id\":\"$id\"}"
ok 'uy may not answer itself' exits 5 \
    ask uy ack "{\"id\":\"$id\",\"answer\":\"affected\"}"
ok 'br may not withdraw it' exits 5 ask br cancel \
    "{\"notice\":\"$id\",\"reason\":\"no\"}"
ok 'uy withdraws it' quietly ask uy -g notice cancel \
    "{\"notice\":\"$id\",\"reason\":\"False alarm\"}"
ok 'the withdrawal arrives' within 5 is withdrawn \
    ask br -g notice.state show "{\"id\":\"$id\"}"
ok 'with both revisions' is 2 \
    ask br -g 'notice.revisions.#' show "{\"id\":\"$id\"}"
ok 'it is not withdrawn twice' exits 5 ask uy cancel \
    "{\"notice\":\"$id\",\"reason\":\"Again\"}"
ok 'nor corrected afterwards' exits 5 ask uy update \
    "{\"notice\":\"$id\",\"change\":{\"title\":{\"en\":\"Later\"}}}"

asleep=$(child_pid br node)
kill -STOP "$asleep"
id=$(release uy TLP:AMBER '["br"]' 'To one who sleeps')
ok 'to a peer that does not answer it is sent' within 5 is sent \
    ask uy -g rows.0.state receipts "{\"id\":\"$id\"}"
kill -CONT "$asleep"
ok 'and stored when its receipt is back' within 5 is stored \
    ask uy -g rows.0.state receipts "{\"id\":\"$id\"}"

id=$(release uy TLP:CLEAR null 'For everybody')
ok 'an open notice is released' test -n "$id"
for team in br cl; do
	ok "it arrives at $team" within 5 is "$id" \
	    ask "$team" -g rows.0.id inbox
	ok "$team verifies every log" quietly ask "$team" log_verify
done
id=$(release uy TLP:GREEN null 'For all teams')
for team in br cl; do
	ok "all teams read GREEN: $team" within 5 is "$id" \
	    ask "$team" -g rows.0.id inbox
done

draft=$(ask uy -g draft draft_save "{\"kind\":\"warning\",\"tlp\":\"TLP:AMBER\",
    \"aud\":[\"xx\"],\"body\":$(warning nobody)}")
refused=$(ask uy preview "{\"id\":\"$draft\"}")
ok 'a team that does not exist is refused' test -z "$refused"
ok 'by name' grep -q 'xx is no team' "$dir/uy/ask"
draft=$(ask uy -g draft draft_save "{\"kind\":\"warning\",\"tlp\":\"TLP:RED\",
    \"body\":$(warning nobody)}")
ok 'RED without an audience is refused' exits 5 \
    ask uy release "{\"id\":\"$draft\"}"

keeper=$(child_pid br keeper)
kill -9 "$keeper"
pair_is_new() { [ "$(child_pid br keeper)" != "$keeper" ] && node_is_ready br; }
ok 'a node whose keeper ended comes back' within 10 pair_is_new
id=$(release uy TLP:AMBER '["br"]' 'After the keeper')
ok 'and receives' within 10 is "$id" ask br -g rows.0.id inbox
for team in uy br cl; do
	ok "$team stops in order" node_stop "$team"
done
finish
