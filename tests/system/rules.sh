#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Sharing rules with real nodes: nothing goes without a line, a refusal names
# its line, a kind is closed at once, a file with a mistake changes nothing,
# what decided is on record, and what another file would have done.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

uuid=018f2f3e-7c1d-7a2b-9c3d-0123456789ab
network_make uy br cl
rules=$dir/uy/almenara.rules
cp "$rules" "$dir/first.rules"

put() { # a new file in the place of the old one: what an editor does
	cat > "$dir/new.rules" && mv "$dir/new.rules" "$rules"
}
al() { "$ALMENARA" "$@" --node "$dir/uy" --no-input 2> "$dir/said"; }
load() { al rules load; }
# refused STATUS TLP AUD: a release that fails so; what is said in $dir/said
refused() {
	local id
	id=$(ask uy -g draft draft_save "{\"kind\":\"warning\",
	    \"tlp\":\"$2\",\"aud\":$3,\"body\":$(warning Refused)}") &&
	    al release "$id" --yes > "$dir/out"
	[ $? -eq "$1" ] && ! ask uy show "{\"id\":\"$id\"}" > /dev/null
}
out() { al "$@" > "$dir/out"; }
said() { grep -qF -- "$1" "$dir/said"; }
goes() { release uy "$@" Goes > "$dir/id" && [ -s "$dir/id" ]; }
show() { al rules show --json | grep -o "\"$1\":\"[^\"]*" | cut -d'"' -f4; }

for team in uy br cl; do node_start "$team"; done
for team in uy br cl; do
	ok "$team is ready" within 10 node_is_ready "$team"
done
ok 'what init wrote lets GREEN go' goes TLP:GREEN null
ok 'and shows itself' test "$(al rules show --json |
    grep -c 'allow release any to all')" = 1
ok 'what is built in is shown' test \
    "$(al rules show | grep -c '^allow release acknowledgement')" = 1

# the first line that fits, named in the refusal
put <<- END
	# of uy
	block release any to cl
	allow release warning up to amber to br cl
	agreement "$uuid" with br
END
ok 'load puts it in force' load
ok 'a named team that is blocked' refused 5 TLP:AMBER '["br","cl"]'
ok 'is refused by line 2' said '2: block release any to cl'
ok 'and why' said 'a line of the rules blocks it'
ok 'the other is not' goes TLP:AMBER '["br"]'
ok 'GREEN goes to whom it may' goes TLP:GREEN null
id=$(cat "$dir/id")
leaves_out() {
	al show "$id" --json > "$dir/out" &&
	    grep -q '"aud":\["br","uy"\]' "$dir/out"
}
ok 'and leaves the other out' leaves_out
digest=$(show rules)
on_record() { # LINE
	al rules explain "$id" --json > "$dir/out" &&
	    grep -qF "\"decided\":{\"rule\":\"$1\",\"rules\":\"$digest\"" \
	    "$dir/out"
}
ok 'line and digest are on record' on_record \
    '3: allow release warning up to amber to br cl'
ok 'RED fits no line' refused 5 TLP:RED '["br"]'
ok 'and that is said' said 'no line'
ok 'TLP:CLEAR has no line' refused 5 TLP:CLEAR null

# agreements
put <<- END
	allow release any to all
	agreement "$uuid" with br until 2020-01-01
END
ok 'load again' load
ok 'the record does not change' on_record \
    '3: allow release warning up to amber to br cl'
ok 'an agreement that ended' refused 5 TLP:AMBER '["br"]'
ok 'is what is said' said 'no agreement with this team is in force'
ok 'GREEN needs none' goes TLP:GREEN null

# who, how many, and what stays at home
put <<- END
	allow release warning up to green to all approvals 1
	allow release warning up to amber to br by duty_officer
	agreement "$uuid" with br
END
ok 'load once more' load
ok 'a line for others' refused 5 TLP:AMBER '["br"]'
ok 'names them' said '2: allow release warning up to amber to br by duty_o'
waits() { refused 6 TLP:GREEN null && said '0 of 1 other persons'; }
ok 'a line with approvals waits, also at level 4' waits
put <<- END
	allow release any up to amber to all approvals 1
	agreement "$uuid" with br cl
END
ok 'load for all kinds' load
grouped() { al group new andes --members br,cl --yes; }
ok 'what nobody else can approve is refused' exits 5 grouped
ok 'by that line' said 'to all approvals 1" asks for another person'
printf 'strip targets title.es from any to br\nallow release any to all\n' | put
ok 'load with less' load
with_more() {
	warning Less | sed 's/{"en":"Less"}/{"en":"Less","es":"Menos"}/
	    s/"language":"en",/&"targets":["us"],/'
}
less=$(ask uy -g draft draft_save "{\"kind\":\"warning\",
    \"tlp\":\"TLP:GREEN\",\"body\":$(with_more)}")
ok 'it goes' quietly al release "$less" --yes
id=$(ask uy -g rows.0.id inbox '{"mine":true,"limit":1}')
stripped() {
	ask uy show "{\"id\":\"$id\"}" > "$dir/out" &&
	    grep -q '"title":{"en":"Less"}' "$dir/out" &&
	    ! grep -q '"targets"' "$dir/out"
}
ok 'without what never leaves' stripped
printf 'strip impact from any\nallow release any to all\n' | put
ok 'load with too much' load
ok 'what a notice needs cannot be stripped' refused 5 TLP:GREEN null
ok 'and that is said' said 'impact: is needed, and the sharing rules strip it'

# on record
printf 'allow release any to all\n' | put
ok 'load the plainest' load
digest=$(show rules)
ok 'the digest of the rules' test ${#digest} -eq 43

# a kind is closed, by SIGHUP, also for a draft that waits
draft=$(ask uy -g draft draft_save "{\"kind\":\"warning\",
    \"tlp\":\"TLP:GREEN\",\"body\":$(warning Waiting)}")
ok 'it could go' out preview "$draft"
put <<- END
	block release warning to any
	allow release any to all
END
kill -HUP "${pid[uy]}"
another() { [ "$(show rules)" != "$digest" ] && [ -n "$(show rules)" ]; }
ok 'SIGHUP brings the new file' within 10 another
closed() { al release "$draft" --yes > /dev/null; [ $? -eq 5 ]; }
ok 'the kind is closed at once' closed
ok 'by line 1' said '1: block release warning to any'

# a mistake changes nothing
closed_by=$(show rules)
printf 'allow release any to all\nalow release any to public\n' | put
loads_not() { load > /dev/null; [ $? -eq 5 ]; }
ok 'a file with a mistake is refused' loads_not
ok 'with file, line and column' said "$rules:2:1: a line begins with"
ok 'what was in force stays' test "$(show rules)" = "$closed_by"
ok 'status names the line' \
    test "$(ask uy -g rules_refused status | grep -c 'almenara.rules:2:1')" = 1
ok 'and for people' test "$(al status | grep -c 'rules:2:1')" = 1
doctor() {
	"$ALMENARA" doctor --control "$dir/uy/control" > "$dir/out" 2>&1
	grep -q 'almenara.rules:2:1' "$dir/out"
}
ok 'and doctor' doctor
ok 'check says the same' exits 5 "$ALMENARA" rules check "$rules"
ok 'the kind is still closed' closed
node_stop uy
node_start uy
ok 'uy starts again' within 10 node_is_ready uy
ok 'by what was in force' test "$(show rules)" = "$closed_by"
ok 'and names the mistake' test -n "$(show refused)"
ok 'the kind is closed' closed

# no file, nothing
rm "$rules"
ok 'a missing file' load
ok 'shares nothing' closed
ok 'and says so' said 'no line'
cp "$dir/first.rules" "$rules"
ok 'what init wrote' load
ok 'lets it go again' quietly al release "$draft" --yes

# what is taken out with its signature needs a line too
printf 'allow release any to all\n' | put
ok 'load without export' load
id=$(cat "$dir/id")
held() { # COMMAND...: refused, nothing written, the missing line named
	rm -rf "$dir/taken"*
	al "$@" "$id" --out "$dir/taken" > "$dir/out"
	[ $? -eq 5 ] && [ ! -e "$dir/taken" ] && [ ! -e "$dir/taken.jws" ]
}
ok 'no file' held log export
ok 'the line that it takes is named' \
    said 'allow export warning to gateway file'
ok 'and the next step' said "almenara rules explain"
ok 'no proof' held prove
ok 'its line is another' said 'allow export warning to gateway proof'
ok 'explain tells of both' out rules explain "$id"
ok 'that there is none' test "$(grep -cP \
    '^gateway (file|proof)\tno line' "$dir/out")" = 2
told() { # ACT OUTCOME LINE
	al audit --json > "$dir/out" && grep -o '{[^{}]*}' "$dir/out" |
	    grep "\"act\":\"$1\"" | grep "\"outcome\":\"$2\"" |
	    grep -qF "\"rule\":\"$3\""
}
ok 'the refusal is on record, with its line' told log_export refused 'no line'
put <<- END
	allow release any to all
	block export any at least amber to any
	allow export warning up to green to gateway file by duty_officer
	allow export any to gateway proof
END
ok 'load with export' load
ok 'not by this person' held log export
ok 'the line is named' said '3: allow export warning up to green to gateway'
takes() { quietly al "$@" "$id" --out "$dir/taken"; }
ok 'the proof goes' takes prove
ok 'cites its line' told prove 'done' '4: allow export any to gateway proof'
printf 'strip impact from any to gateway file\n%s\n' \
    'allow export any to gateway file' | put
ok 'load with less of it' load
ok 'a signed text is not cut' held log export
ok 'says what' said 'strips what its signature covers: impact'
printf 'allow export any from br to gateway file\n' | put
ok 'load for those of others' load
ok 'not the own one' held log export
printf 'allow export any from uy to gateway file\n' | put
ok 'load for the own ones' load
ok 'the file goes' takes log export
ok 'with what proves it' test -s "$dir/taken.tlog-proof"
cp "$dir/first.rules" "$rules"
ok 'what init wrote, again' load

# explain and try
printf 'block release any to cl\nallow release any to br\nagreement %s with br\n' \
    "$uuid" > "$dir/other"
ok 'explain names a line for each team' out rules explain \
    "$(cat "$dir/id")"
ok 'for both others' test "$(grep -cP \
    '^(br|cl)\t.*: allow release any to all' "$dir/out")" = 2
ok 'try' out rules try "$dir/other"
ok 'tells who would be refused' grep -q '	cl	.*1: block release' \
    "$dir/out"
ok 'and nothing of the others' test "$(grep -c '	br	' "$dir/out")" = 0
ok 'counts' said 'readers less'
ok 'the same file makes no difference' out rules try "$rules"
within_three() { # what the second rules left out would have gone to cl
	[ "$(grep -c 'released' "$dir/out")" -le 1 ]
}
ok 'but for what was left out then' within_three
ok 'nor of what is taken out' said '0 exports less, 0 more'
grep -v '^allow export' "$rules" > "$dir/other"
ok 'try without export' out rules try "$dir/other"
ok 'tells of each gateway' test "$(grep -cP \
    '\texport\tgateway (file|proof)\trefused\tno line' "$dir/out")" -ge 2
ok 'and counts them' said "$(grep -cP '\texport\t' "$dir/out") exports less"
{ echo 'strip impact from any to gateway file'; cat "$rules"; } > "$dir/other"
ok 'try with a line that strips' out rules try "$dir/other"
ok 'tells of what has it' grep -q 'strips what its signature covers: impact' \
    "$dir/out"
ok 'and nothing of the other gateway' test "$(grep -c \
    '	gateway proof	' "$dir/out")" = 0
printf 'allow release any to all\n' | put
ok 'load without export, again' load
ok 'try with it' out rules try "$dir/first.rules"
ok 'tells of what would go' grep -qP \
    '\texport\tgateway file\texported\t[0-9]+: allow export' "$dir/out"
echo 'allow export any to br' > "$dir/other"
al rules try "$dir/other" > "$dir/out"
ok 'a line that nothing asks is refused' said 'export goes to gateways'
finish
