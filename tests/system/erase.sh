#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A court has a notice erased: its text is gone from the disks of all who
# follow, drafts, words and attachments too; record, tree and proofs stay, and
# nobody takes it for lost.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

network_make uy br cl
printf '%s\n' 'follow_erasure no' >> "$dir/cl/almenarad.conf"
for team in uy br cl; do node_start "$team"; done
for team in uy br cl; do
	ok "$team is linked" within 10 is_linked "$team" 2
done
almenara() { # TEAM WORDS...
	local team=$1
	shift
	"$ALMENARA" "$@" --no-input --control "$dir/$team/control" \
	    2>> "$dir/$team/cli"
}
on_disk() { # TEAM PATTERN: in how many of its files
	grep -rlaE --exclude=cli --exclude=ask "$2" "$dir/$1" | wc -l
}
is_on_disk() { [ "$(on_disk "$@")" -gt 0 ]; } # TEAM PATTERN
state() { # TEAM ID
	ask "$1" -g notice.state show "{\"id\":\"$2\"}"
}
erased() { ask "$1" -g erased log_verify; }

# --- an open one, in clear on every disk, and a sealed one with a file ---
open=$(release uy TLP:CLEAR null 'Zanzibar canary')
head -c 300000 /dev/urandom > "$dir/sample"
draft=$(ask uy -g draft draft_save "{\"kind\":\"warning\",
    \"tlp\":\"TLP:AMBER\",\"aud\":[\"br\",\"cl\"],
    \"body\":$(warning 'With a sample')}")
almenara uy draft attach "$draft" "$dir/sample" > "$dir/out"
sealed=$(ask uy -g notice release "{\"id\":\"$draft\"}")
kept=$(release uy TLP:CLEAR null 'This one stays')
for team in br cl; do
	for id in "$open" "$sealed" "$kept"; do
		ok "$team has it" within 10 is new state "$team" "$id"
	done
	almenara "$team" attachment get "$sealed" -o "$dir/got.$team" \
	    > "$dir/out"
	ok "$team has the file" cmp -s "$dir/sample" "$dir/got.$team"
done
# the signed text stands on the disk as it is: a piece of its payload
almenara uy log export "$open" --out "$dir/proof" > "$dir/out"
ask uy -g jws log_export "{\"id\":\"$open\"}" > "$dir/jws"
words=$(cut -d. -f2 "$dir/jws" | cut -c500-560)
container=$(grep -aoh '"ciphertext":"[A-Za-z0-9_-]\{60\}' \
    "$dir/uy/data/log.db"* | tail -1)
ok 'the text is on the disk of uy' test "$(on_disk uy "$words")" -gt 0
ok 'and of br' test "$(on_disk br "$words")" -gt 0
ok 'and the other container' test -n "$container" -a \
    "$(on_disk br "$container")" -gt 0
ok 'and its word in the index' test "$(on_disk br '[Zz]anzibar')" -gt 0
blobs() { find "$dir/$1" -path '*attachments/*' -type f | wc -l; }
ok 'the attachment lies at uy' is 1 blobs uy
ok 'and at br' is 1 blobs br

# --- two persons and an instrument ---
ok 'without an instrument nothing is begun' exits 2 \
    almenara uy erase "$open" --reason 'because'
ok 'nobody erases what another said' exits 5 almenara br erase "$open" \
    --instrument 'Law 1' --reason 'because'
first=$(almenara uy erase "$open" --instrument 'Judgment 12/2026' \
    --reason 'It named a person.')
ok 'a draft is made' test -n "$first"
ok 'which one person cannot release, be she the administrator' exits 6 \
    ask uy release "{\"id\":\"$first\"}"
ok 'and nothing is erased' is new state uy "$open"
if [ "$(id -u)" -ne 0 ] || ! quietly setpriv --reuid nobody true; then
	echo '# skipped: two persons need root and the user nobody'
	for team in uy br cl; do node_stop "$team"; done
	finish
fi
ask uy person_add '{"unix_user":"nobody","post":"Lead",
    "roles":["team_lead"],"languages":["en"]}' > "$dir/out"
chmod 711 "$dir" "$dir/uy"
chmod 666 "$dir/uy/control"
cp "$ASK" "$dir/ask-as-nobody"
chmod 755 "$dir/ask-as-nobody"
erase() { # NOTICE: by two persons; prints the erasing notice
	local id
	id=$(almenara uy erase "$1" --instrument 'Judgment 12/2026' \
	    --reason 'It named a person.')
	setpriv --reuid nobody --clear-groups "$dir/ask-as-nobody" \
	    "$dir/uy/control" approve "{\"id\":\"$id\"}" > "$dir/out" &&
	    ask uy -g notice release "{\"id\":\"$id\"}"
}
other() { # COMMAND [ARGS]: asked by the other person
	setpriv --reuid nobody --clear-groups "$dir/ask-as-nobody" \
	    "$dir/uy/control" "$@"
}
by=$(erase "$open")
refused=0
for _ in $(seq 25); do # what is made anew meanwhile forgets nobody
	quietly other log && quietly other inbox '{}' || refused=$((refused + 1))
done
ok 'two persons erase it' test -n "$by"
ok 'and both are known all the while' test "$refused" -eq 0
ok 'at uy it is erased' within 10 is erased state uy "$open"
ok 'and at br' within 10 is erased state br "$open"
erase "$sealed" > "$dir/out"
for team in uy br; do
	ok "the other one too, at $team" within 10 \
	    is erased state "$team" "$sealed"
	ok 'the text is on no page of its disk' is 0 on_disk "$team" "$words"
	ok 'nor its container' is 0 on_disk "$team" "$container"
	ok 'nor a word of it' is 0 on_disk "$team" '[Zz]anzibar'
	ok 'its attachment is gone' within 5 is 0 blobs "$team"
	ok 'what was not named stays' is new state "$team" "$kept"
	ok 'the logs verify' within 10 quietly ask "$team" log_verify
	ok 'and tell what was erased' test "$(erased "$team")" -ge 2
	almenara "$team" show "$open" > "$dir/shown"
	ok 'who, when and why is shown' grep -q \
	    'erased on 20.* by uy .*Judgment 12/2026' "$dir/shown"
	ok 'and no more of it' exits 1 grep -qi zanzibar "$dir/shown"
	ok 'a stub is not exported' fails quietly \
	    ask "$team" log_export "{\"id\":\"$open\"}"
	ok 'nor is it found by its words' is 0 \
	    ask "$team" -g rows.# inbox '{"search":"zanzibar"}'
	ok 'what stays is' is 1 \
	    ask "$team" -g rows.# inbox '{"search":"stays"}'
	ok 'and nothing is left to be searched' is '' \
	    ask "$team" -g searched_since inbox '{"search":"stays"}'
done
ok 'the drafts of it are gone' test "$(erased uy)" -gt "$(erased br)"
ok 'cl, who does not follow, keeps it' is new state cl "$open"
ok 'and is told so' grep -q 'follow_erasure' "$dir/cl/err"

# --- copies: what a release carries, and what another team passed on ---
approved() { # DRAFT: by the other person
	setpriv --reuid nobody --clear-groups "$dir/ask-as-nobody" \
	    "$dir/uy/control" approve "{\"id\":\"$1\"${2-}}" > "$dir/out"
}
words_of() { # NOTICE: a piece of its signed text
	ask uy -g jws log_export "{\"id\":\"$1\"}" | cut -d. -f2 |
	    cut -c500-560
}
draft=$(ask uy -g draft draft_save "{\"kind\":\"warning\",
    \"tlp\":\"TLP:CLEAR\",\"body\":$(warning 'Ocelot canary')}")
until=$(($(date +%s) + 4))
under=",\"aud\":[\"br\"],\"embargo\":{\"until\":$until,\"then\":\"publish\"}"
approved "$draft" "$under"
later=$(ask uy -g notice release "{\"id\":\"$draft\"$under}")
ok 'one is under embargo' test -n "$later"
# what was erased before its time is never released, not by a decision either
draft=$(ask uy -g draft draft_save "{\"kind\":\"warning\",
    \"tlp\":\"TLP:CLEAR\",\"body\":$(warning 'Margay canary')}")
far=",\"aud\":[\"br\"],\"embargo\":{\"until\":$(($(date +%s) + 86400)),
    \"then\":\"publish\"}"
approved "$draft" "$far"
never=$(ask uy -g notice release "{\"id\":\"$draft\"$far}")
ok 'another is under embargo' test -n "$never"
erase "$never" > "$dir/out"
ok 'and is erased' within 10 is erased state uy "$never"
before=$(ask uy -g size log_show)
ok 'it is not released' exits 3 almenara uy embargo release "$never" \
    --reason 'Already known' --yes
ok 'not as a stub' is "$before" ask uy -g size log_show
draft=$(ask uy -g draft draft_save "{\"kind\":\"warning\",
    \"tlp\":\"TLP:CLEAR\",\"body\":$(warning 'Tapir canary')}")
approved "$draft"
passed=$(ask uy -g notice release "{\"id\":\"$draft\"}")
ok 'cl has what it passes on' within 10 is new state cl "$passed"
ok 'cl passes it on' quietly almenara cl reshare "$passed" --yes
ok 'the embargo ends' within 20 is new state cl "$later"
ocelot=$(words_of "$later") tapir=$(words_of "$passed")
# what is carried is encoded once more: its words are those of the index
for word in '[Oo]celot' '[Tt]apir'; do
	ok "br has ${word:4}" within 10 is_on_disk br "$word"
done
erase "$later" > "$dir/out"
erase "$passed" > "$dir/out"
for team in uy br; do
	for id in "$later" "$passed"; do
		ok "at $team it is erased" within 10 is erased state "$team" \
		    "$id"
	done
	for word in '[Oo]celot' '[Tt]apir'; do
		ok "no word of ${word:4} is left at $team" within 10 \
		    is 0 on_disk "$team" "$word"
	done
	ok 'nor of what was signed' is 0 on_disk "$team" "$ocelot|$tapir"
	ok 'its log verifies' within 10 quietly ask "$team" log_verify
done
ok 'cl has it still' is new state cl "$passed"
ok 'and passes it on once more' quietly almenara cl reshare "$passed" --yes
size_of_cl() { ask cl -g logs.0.size log; }
has_all_of_cl() {
	ask "$1" log | grep -o '"origin":"[^"]*/log/cl/[^}]*' |
	    grep -q "\"size\":$(size_of_cl),"
}
for team in uy br; do
	ok "$team has the record" within 10 has_all_of_cl "$team"
	ok 'and no word of it' is 0 on_disk "$team" '[Tt]apir'
	ok 'it is erased there still' is erased state "$team" "$passed"
	ok 'its log verifies still' within 10 quietly ask "$team" log_verify
done

# --- who was away ---
ok 'br goes away' node_stop br
away=$(ask uy -g draft draft_save "{\"kind\":\"warning\",
    \"tlp\":\"TLP:CLEAR\",\"body\":$(warning 'Quetzal canary')}")
setpriv --reuid nobody --clear-groups "$dir/ask-as-nobody" "$dir/uy/control" \
    approve "{\"id\":\"$away\"}" > "$dir/out"
away=$(ask uy -g notice release "{\"id\":\"$away\"}")
ok 'cl has what br has not' within 10 is new state cl "$away"
ok 'it is erased meanwhile' test -n "$(erase "$away")"
ok 'at uy' within 10 is erased state uy "$away"
owed() { ask uy peers | grep -o '"team":"br"[^}]*' | grep -c '"due":0'; }
node_start br
ok 'br comes back' within 20 is_linked br 2
all_there() { ask br log | grep -c '"missing":[1-9]'; }
ok 'and misses nothing' within 20 is 0 all_there
ok 'nor is anything owed to it' within 20 is 1 owed
ok 'nor has it a word of it' within 10 is 0 on_disk br '[Qq]uetzal'
first_answer() { # of a node that starts, to the other person
	for _ in $(seq 1000); do
		setpriv --reuid nobody --regid root --clear-groups \
		    "$dir/ask-as-nobody" "$dir/uy/control" log \
		    > "$dir/out" 2> "$dir/refused" && return
		grep -q 'does not know' "$dir/refused" && return 1
		sleep 0.01
	done
	return 1
}
for team in uy br; do
	ok "$team stops in order" node_stop "$team"
	rm "$dir/$team/data/index.db" # and is made from the logs
	node_start "$team"
	# who is not found yet waits, and is not taken for a stranger
	test "$team" = br || ok 'the other person is known at once' first_answer
	ok 'starts again' within 20 is_linked "$team" 2
	ok 'and has nothing of it back' is erased state "$team" "$open"
	ok 'nor an alarm for what is lost' exits 1 grep -qE \
	    'three nodes were asked|is damaged on this disk' "$dir/$team/err"
done
for team in uy br cl; do
	ok "$team stops in order" node_stop "$team"
done
finish
