#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A volume without room: the node says so, refuses what is new, serves what it
# has, and goes on by itself when there is room again.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2034,SC2154
. "$(dirname "$0")/lib.sh"

mkdir "$dir/small"
if ! mount -t tmpfs -o size=4m tmpfs "$dir/small" 2> /dev/null; then
	skip_all 'a small volume cannot be mounted here'
fi
small=$dir/small
mounted=$small

network_make uy br
mv "$dir/uy/data" "$small/data"
sed -i "s|^data_dir .*|data_dir \"$small/data\"|" "$dir/uy/almenarad.conf"
for team in uy br; do node_start "$team"; done
for team in uy br; do
	ok "$team is ready" within 10 node_is_ready "$team"
done
id=$(release uy TLP:AMBER '["br"]' 'Before')
ok 'a notice passes' within 5 is "$id" ask br -g rows.0.id inbox
ok 'and is in the own list' is "$id" ask uy -g rows.0.id inbox

head -c 8000000 /dev/zero > "$small/filler" 2> /dev/null
fill() { # until the node says that it is full
	for _ in $(seq 60); do
		release uy TLP:CLEAR null 'Filling' > /dev/null || break
	done
	is full ask uy -g state status
}
ok 'the node says that it is full' within 20 fill
ok 'and what to do' grep -q 'free room' "$dir/uy/ask"
ok 'it still shows what it has' quietly ask uy show "{\"id\":\"$id\"}"
rm "$small/filler"
ok 'it goes on by itself' within 15 node_is_ready uy
after() { id=$(release uy TLP:AMBER '["br"]' 'After'); [ -n "$id" ]; }
ok 'and releases again' within 10 after
ok 'which arrives' within 15 is "$id" ask br -g rows.0.id inbox
ok 'its logs verify' quietly ask uy log_verify
for team in uy br; do
	ok "$team stops in order" node_stop "$team"
done
finish
