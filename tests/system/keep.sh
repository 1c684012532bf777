#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What a line keeps for 30 days is gone from the disk after 40: text, words,
# attachment, draft; not what is held or worked on, and record, tree and proofs
# stay. Nothing goes at another node.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

network_make uy br
for team in uy br; do node_start "$team"; done
for team in uy br; do
	ok "$team is linked" within 20 is_linked "$team" 1
done
on_disk() { # TEAM PATTERN: in how many of its files
	grep -rlaE --exclude=ask --exclude='*.err' "$2" "$dir/$1" | wc -l
}
state() { ask "$1" -g notice.state show "{\"id\":\"$2\"}"; }
erased() { ask "$1" -g erased log_verify '{"which":"uy"}'; }
goes() { cmd br rules keep --dry-run --json | grep -o '"goes":[0-9]*' |
    tail -1 | cut -d: -f2; }
why() { # ID: what the dry run says of it
	cmd br rules keep --dry-run --json | grep -o '{"id":[^{}]*}' |
	    grep "$1" | head -1 | grep -o '"code":"[^"]*' | cut -d'"' -f4
}

# --- what there is ---
open=$(release uy TLP:CLEAR null 'Zanzibar canary')
head -c 200000 /dev/urandom > "$dir/sample"
draft=$(ask uy -g draft draft_save "{\"kind\":\"warning\",
    \"tlp\":\"TLP:AMBER\",\"aud\":[\"br\"],\"body\":$(warning 'A sample')}")
quietly cmd uy draft attach "$draft" "$dir/sample"
sealed=$(ask uy -g notice release "{\"id\":\"$draft\"}")
held=$(release uy TLP:CLEAR null 'Evidence of a case')
worked=$(release uy TLP:CLEAR null 'Somebody works on it')
for id in "$open" "$sealed" "$held" "$worked"; do
	ok 'br has it' within 10 is new state br "$id"
done
ok 'and the file' quietly cmd br attachment get "$sealed" -o "$dir/got"
mine=$(ask br -g draft draft_save "{\"kind\":\"warning\",
    \"tlp\":\"TLP:GREEN\",\"body\":$(warning 'A draft')}")
ok 'br works on one' quietly cmd br claim "$worked" --aspect malware \
    --until "$(date -u -d '+2 days' +%Y-%m-%dT%H:%M:%SZ)" --yes
ok 'and is told of a breach' quietly cmd br breach open "$worked" \
    --how label_lost --extent 'Forty readers' --by br --yes
hold=$(cmd br register add hold --set record="$held" \
    --set 'instrument=Request 12/2026' --json |
    grep -o '[0-9a-f-]\{36\}' | head -1)
ok 'one is held' test -n "$hold"

# --- lines ---
ok 'without a line nothing goes' is 0 goes
printf 'keep warning 30 days\nkeep draft 1 month\nkeep any forever\n' \
    >> "$dir/br/almenara.rules"
ok 'lines' quietly cmd br rules load
line=$(grep -n 'keep warning' "$dir/br/almenara.rules" | cut -d: -f1)
ok 'explain tells them' says "^kept.$((line + 0)): keep warning 30 days" \
    cmd br rules explain "$mine"
cp "$dir/br/almenara.rules" "$dir/other.rules"
sed -i '/^keep/d' "$dir/other.rules"
ok 'try tells what is kept otherwise' quietly cmd br rules try "$dir/other.rules"
ok 'before its time nothing goes' is 0 goes
ok 'nothing goes without being told to' exits 2 cmd br rules keep

# --- 40 days later ---
ask br -g jws log_export "{\"id\":\"$open\"}" > "$dir/jws"
# the piece of the signed text that no other has: its title
payload=$(cut -d. -f2 "$dir/jws")
at=$(tr '_-' '/+' <<< "$payload" | base64 -d 2> /dev/null |
    grep -obaF 'Zanzibar canary' | head -1 | cut -d: -f1)
triple=$(((at + 2) / 3))
words=${payload:$((triple * 4)):16}
ok 'the text is on the disk' test "$(on_disk br "$words")" -gt 0
node_stop br
LATER_S=$((40 * 86400)) LD_PRELOAD=$LATER node_start br
ok 'br is back, later' within 30 node_is_ready br
held_back() { [ "$(why "$1")" = "$2" ]; }
ok 'what is held stays' within 10 held_back "$held" keep_held
ok 'and what is worked on' held_back "$worked" keep_case
ok 'the others go' held_back "$open" keep_goes
ok 'also what was sealed' held_back "$sealed" keep_goes
ok 'and the draft' held_back "$mine" keep_goes
ok 'so many' is 3 goes
ok 'which changes nothing' is new state br "$open"
ok 'it is told' says "$line: keep warning 30 days" cmd br rules keep --dry-run
ok 'now' quietly cmd br rules keep --yes
gone() { is erased state br "$1"; }
ok 'the open one is gone' within 15 gone "$open"
ok 'the sealed one too' within 15 gone "$sealed"
off_disk() { [ "$(on_disk br "$1")" -eq 0 ]; }
ok 'the text is off the disk' within 10 off_disk "$words"
ok 'its words too' within 10 off_disk '[Zz]anzibar'
blobs() { find "$dir/br" -path '*attachments/*' -type f | wc -l; }
ok 'and the file' within 10 is 0 blobs
draft_text() { [ "$(ask br drafts | grep -c "$mine")" -gt 0 ]; }
ok 'the draft is gone' within 10 fails draft_text
ok 'what is held is there' is new state br "$held"
ok 'and what is worked on' is new state br "$worked"
ok 'the log is whole' quietly cmd br log verify
told() {
	ask br audit '{"act":"retention"}' |
	    grep -q "\"rule\":\"$line: keep warning 30 days\""
}
ok 'who deleted what is on record, with its line' told
ok 'not twice' is 0 goes

# --- and stays so ---
node_kill br
LATER_S=$((40 * 86400)) LD_PRELOAD=$LATER node_start br
ok 'br is back' within 30 node_is_ready br
ok 'it stays gone' gone "$open"
ok 'and is not taken again' off_disk "$words"
ok 'uy keeps its own' is new state uy "$open"
ok 'when the hold is lifted' quietly cmd br register remove "$hold" \
    --reason 'Fulfilled'
ok 'it may go' within 10 held_back "$held" keep_goes
finish
