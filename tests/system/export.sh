#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# An exported entry is proof without us: verify_export.py shares no line with
# the program. Witnesses are the three other nodes that must cosign.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
python=/usr/bin/python3
verify=$(dirname "$0")/verify_export.py
"$python" -c 'import cryptography' 2> /dev/null ||
    skip_all 'needs python3-cryptography'

network_make uy br cl pe
for team in uy br cl pe; do node_start "$team"; done
ok 'uy is linked to all' within 20 is_linked uy 3
clear=$(release uy TLP:CLEAR null 'For everybody')
sealed=$(release uy TLP:AMBER '["br","pe"]' 'For two')
again=$(release uy TLP:AMBER '["br"]' 'Later')
export_to() { # STEM ID
	rm -f "$dir/$1".*
	"$ALMENARA" log export -q --node "$dir/uy" --out "$dir/$1" "$2" \
	    > /dev/null
}
witnessed() { is 3 ask uy -g witnesses log_export "{\"id\":\"$1\"}"; }
# nodes cosign every 10 seconds
for id in "$again" "$sealed" "$clear"; do
	ok 'three others cosign' within 25 witnessed "$id"
done
passes() { "$python" "$verify" "$dir/net" "$@" > /dev/null; }
refuses() { ! "$python" "$verify" "$dir/net" "$@" > /dev/null 2> "$dir/why" &&
	grep -q 'Error\|InvalidSignature' "$dir/why"; }
ok 'a sealed notice is exported' export_to sealed "$sealed"
ok 'and verified: entry, record, proof, log, witnesses' \
    passes "$dir/sealed" 3 br
ok 'it was for pe too' passes "$dir/sealed" 3 pe
ok 'not for cl' refuses "$dir/sealed" 3 cl
ok 'there is no fourth witness' refuses "$dir/sealed" 4 br
ok 'an open one is exported' export_to clear "$clear"
ok 'and verified' passes "$dir/clear" 3
ok 'the last one too' export_to again "$again"
ok 'and verified' passes "$dir/again" 3 br
"$ALMENARA" log export -q --node "$dir/br" --out "$dir/other" "$sealed" \
    > /dev/null
ok 'another node exports it with fewer witnesses' passes "$dir/other" 0 br

# what was altered is found
cp "$dir/clear.tlog-proof" "$dir/mixed.tlog-proof"
cp "$dir/sealed.jws" "$dir/mixed.jws"
ok 'an entry with the proof of another' refuses "$dir/mixed" 0 br
alter() { # STEM SED-EXPRESSION
	cp "$dir/sealed.jws" "$dir/$1.jws"
	sed "$2" "$dir/sealed.tlog-proof" > "$dir/$1.tlog-proof"
}
index=$(sed -n 's/^index //p' "$dir/sealed.tlog-proof")
alter index "s/^index .*/index $((index + 1))/"
ok 'another index' refuses "$dir/index" 0 br
alter root '/^test.example.log/{n;s/.*/99/}'
ok 'another size' refuses "$dir/root" 0 br
alter extra 's/^extra .\{8\}/&A/;s/^\(extra .*\)./\1/'
ok 'another record' refuses "$dir/extra" 0 br
for team in uy br cl pe; do
	ok "$team stops in order" node_stop "$team"
done
finish
