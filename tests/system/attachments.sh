#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A file goes along with a notice: sealed on arrival, fetched on demand from
# whoever holds it, checked; never more of it in memory than some pieces.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

network_make uy br cl jm
for team in uy br cl jm; do node_start "$team"; done
for team in uy br cl jm; do
	ok "$team is linked" within 10 is_linked "$team" 3
done
size=${ALMENARA_TENTH:+3000001}
size=${size:-33000001}
{ echo 'a text that is nowhere'; head -c "$size" /dev/urandom; } \
    > "$dir/sample.bin"
: > "$dir/empty.txt"
almenara() { # TEAM WORDS...
	local team=$1
	shift
	"$ALMENARA" "$@" --control "$dir/$team/control" 2>> "$dir/$team/cli"
}
peak() { # the largest memory of a node's process so far, in KiB
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' \
	    "/proc/$(child_pid "$1" node)/status"
}
before=$(peak uy) before_br=$(peak br)

draft=$(ask uy -g draft draft_save "{\"kind\":\"warning\",
    \"tlp\":\"TLP:AMBER\",\"aud\":[\"br\",\"cl\"],
    \"body\":$(warning 'With a sample')}")
ok 'a large file is attached' quietly almenara uy draft attach "$draft" \
    "$dir/sample.bin"
ok 'an empty one too' quietly almenara uy draft attach "$draft" \
    "$dir/empty.txt" --name nothing.txt
ok 'one that is not there is not' exits 3 \
    almenara uy draft attach "$draft" "$dir/none"
ok 'nor one with a name that leads elsewhere' exits 5 almenara uy \
    draft attach "$draft" "$dir/empty.txt" --name ../../x
truncate -s 67108865 "$dir/huge"
ok 'nor one of more than 64 MiB' exits 5 \
    almenara uy draft attach "$draft" "$dir/huge"
rm "$dir/huge"
files() { # how many the node has open
	find "/proc/$(child_pid uy node)/fd" | wc -l
}
name='{"name":"a","media":"text/plain"}' opened=$(files)
ok 'a request without a file is refused' exits 2 ask uy attach "$name"
ok 'a file that cannot be read too' exits 4 \
    ask uy -w "$dir/sample.bin" attach "$name"
ok 'and one that is on no disk' exits 1 ask uy -r /proc/version attach "$name"
ok 'and what is no file' exits 2 ask uy -r /dev/zero attach "$name"
ok 'a request that needs no file is answered all the same' quietly \
    ask uy -r "$dir/empty.txt" status
ok 'none of them is kept open' within 5 is "$opened" files
ok 'its text is nowhere on the disk' exits 1 \
    grep -rqa 'a text that is nowhere' "$dir/uy"
id=$(ask uy -g notice release "{\"id\":\"$draft\"}")
ok 'it is released' test -n "$id"
for team in br cl; do
	ok "it arrives at $team" within 5 is "$id" \
	    ask "$team" -g rows.0.id inbox
done
get() { # TEAM NAME
	rm -f "$dir/got"
	almenara "$1" attachment get "$id" "$2" -o "$dir/got"
}
ok 'nothing of it was sent without being asked for' test \
    -z "$(find "$dir/br" -path '*attachments/*' -type f)"
ok 'br fetches it from uy' quietly get br sample.bin
ok 'which is in the audit trail' within 5 is 1 ask br -g 'rows.#' audit \
    '{"act":"attachment"}'
ok 'it is the same' cmp -s "$dir/sample.bin" "$dir/got"
ok 'an empty one comes too' quietly get br nothing.txt
ok 'and is empty' test ! -s "$dir/got" -a -e "$dir/got"
ok 'nothing is written behind what is in a file' exits 1 ask br \
    -w "$dir/sample.bin" attachment_write "{\"id\":\"$id\",\"name\":\"sample.bin\"}"
: > "$dir/got"
ok 'nor into one that cannot be written' exits 4 ask br \
    -r "$dir/got" attachment_write "{\"id\":\"$id\",\"name\":\"sample.bin\"}"
ok 'a file that is there is not written over' exits 1 \
    almenara br attachment get "$id" sample.bin -o "$dir/sample.bin"
ok 'which one, has to be said' exits 3 almenara br attachment get "$id"
ok 'there is none of another name' exits 3 get br other
ok 'jm, who is no reader, has no such notice' exits 3 get jm sample.bin
grown=$(($(peak uy) - before)) grown_br=$(($(peak br) - before_br))
echo "# memory: uy $before + $grown KiB, br $before_br + $grown_br KiB"
# sanitizers keep what is freed
most=${ALMENARA_TENTH:+98304}
ok 'uy took no more than 16 MiB for it' test "$grown" -le "${most:-16384}"
ok 'nor did br' test "$grown_br" -le "${most:-16384}"
# the keys of a reader and of jm, who asks for what it cannot know
mapfile -t blobs < <(find "$dir/uy" -path '*attachments/*' -type f -size +1M)
origin=$(ask uy -g logs.0.origin log)
index=$(ask uy -g notice.index show "{\"id\":\"$id\"}")
pieces() { # TEAM INDEX: bytes that come for its asking
	"$LIAR" "$dir/$1/keyring" "$1" "${port[uy]}" \
	    "blob=$origin,$2,${blobs[0]##*/}" 2>> "$dir/liar"
}
ok 'jm stops' node_stop jm
ok 'br stops for a moment' node_stop br
ok 'to a reader uy gives it' is 262144 pieces br "$index"
ok 'to another it gives nothing' is 0 pieces jm "$index"
open=$(release uy TLP:CLEAR null 'For everybody')
open_index=$(ask uy -g notice.index show "{\"id\":\"$open\"}")
ok 'nor for the sake of an entry that does not list it' is 0 \
    pieces br "$open_index"
for team in br jm; do node_start "$team"; done
ok 'they are back' within 15 is_linked uy 3
ok 'uy goes away' node_stop uy
ok 'cl has it from br' quietly get cl sample.bin
ok 'the same too' cmp -s "$dir/sample.bin" "$dir/got"
ok 'cl goes away' node_stop cl
mapfile -t held < <(find "$dir/br" -path '*attachments/*' -type f)
for f in "${held[@]}"; do
	printf x | dd of="$f" bs=1 seek=15 conv=notrunc 2> /dev/null
done
ok 'changed on the disk it is given to nobody' exits 1 get br sample.bin
ok 'and nothing is left of the try' test ! -e "$dir/got"
rm "${held[@]}"
ok 'with nobody who has it, br says so' exits 9 get br sample.bin
for team in br jm; do
	ok "$team stops in order" node_stop "$team"
done
finish
