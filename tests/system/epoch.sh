#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A node's store is put back to an older day, twice, and its sentinel is lost:
# each time it stops, goes on with a new log when it is told to, and what it
# had sent and taken in between is there again, once.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

network_make uy br cl
for team in uy br cl; do node_start "$team"; done
for team in uy br cl; do
	ok "$team is linked" within 20 is_linked "$team" 2
done
titles() { # TEAM TITLE [ARGUMENTS]: how often it is there
	ask "$1" inbox "${3:-{\}}" | grep -o "\"title\":\"$2\"" | wc -l
}
mine='{"mine":true}'
rolled_back() { # the store of uy as it was
	node_stop uy
	rm -rf "$dir/uy/data"
	cp -a "$dir/backup" "$dir/uy/data"
	node_start uy
	ok 'the rollback is recognised' within 20 is restored \
	    ask uy -g state status
}
opened() {
	ok 'a new log is opened' quietly "$ALMENARA" epoch new \
	    --node "$dir/uy" --reason 'the disk was lost'
	ok 'and the node goes on' within 20 node_is_ready uy
}

release uy TLP:AMBER '["br"]' 'before the backup' > /dev/null
ok 'a notice arrives' within 10 is 1 titles br 'before the backup'
ok 'nothing to open while all is well' exits 5 "$ALMENARA" epoch new \
    --node "$dir/uy" --reason none
ok 'a clean stop' node_stop uy
cp -a "$dir/uy/data" "$dir/backup"
node_start uy
ok 'uy is ready' within 20 node_is_ready uy
release uy TLP:AMBER '["br"]' 'after the backup' > /dev/null
release br TLP:AMBER '["uy"]' 'to uy' > /dev/null
ok 'both ways' within 10 is 1 titles br 'after the backup'
ok 'to uy too' within 10 is 1 titles uy 'to uy'

rolled_back
ok 'nothing is released' test -z "$(release uy TLP:AMBER '["br"]' no)"
opened
ok 'what it took is back' within 30 is 1 titles uy 'to uy'
ok 'what it sent is back' within 30 is 1 titles uy 'after the backup' \
    "$mine"
release uy TLP:AMBER '["br"]' 'in the new log' > /dev/null
ok 'it sends again' within 20 is 1 titles br 'in the new log'
ok 'nothing came twice' is 1 titles br 'after the backup'
ok 'nor here' is 1 titles uy 'to uy'
ok 'all verify all' quietly ask br log_verify
ok 'and uy' quietly ask uy log_verify

rolled_back
rm -f "$dir/uy/sentinel/sentinel"
opened
ok 'all of it is back' within 30 is 1 titles uy 'in the new log' "$mine"
release uy TLP:AMBER '["br"]' 'in the third log' > /dev/null
ok 'it sends again' within 20 is 1 titles br 'in the third log'
ok 'nobody saw two histories' exits 1 grep -q 'two histories' \
    "$dir"/uy/err "$dir"/br/err "$dir"/cl/err
finish
