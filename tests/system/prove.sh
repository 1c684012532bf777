#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A folder of proof is checked by our own command without a node, and by the
# tools that its README names: OpenSSL, jose of npm, the Go project's packages
# for transparency logs. What was altered is found by each.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

network_make uy br cl pe
for team in uy br cl pe; do node_start "$team"; done
ok 'uy is linked to all' within 20 is_linked uy 3
id=$(release uy TLP:AMBER '["br","pe"]' 'For two')
ok 'it arrives' within 10 is "$id" ask br -g rows.0.id inbox
ok 'br answers' quietly ask br -g id ack "{\"id\":\"$id\",\"answer\":\"affected\"}"
ok 'uy withdraws it' quietly ask uy -g notice cancel \
    "{\"notice\":\"$id\",\"reason\":\"False alarm\"}"
proves() { # nodes cosign every 10 seconds
	rm -rf "$dir/proof"
	"$ALMENARA" prove -q --node "$dir/uy" --lang en --out "$dir/proof" \
	    "$id" > /dev/null && [ -e "$dir/proof/ack-br-0.jws" ] &&
	    [ -e "$dir/proof/receipt-br.proof" ] &&
	    [ -e "$dir/proof/receipt-pe.proof" ] &&
	    "$ALMENARA" verify "$dir/proof" > /dev/null 2>&1
}
ok 'it is proved' within 40 proves
cp -r "$dir/proof" "$dir/good"

# asked by an older revision, the folder is of the newest all the same: so are
# its receipts
first=$(openssl dgst -sha256 -binary "$dir/good/entry-0.jws" | base64 |
    tr '+/' '-_' | tr -d '=')
ok 'proved by the digest of the first' quietly "$ALMENARA" prove -q \
    --node "$dir/uy" --out "$dir/first" "$first"
ok 'with receipts' [ -e "$dir/first/receipt-br.proof" ]
ok 'that verify' quietly "$ALMENARA" verify "$dir/first"

# br's key is revoked: what it signed before stands below the cut, but a receipt
# stands in no log
revokes() {
	"$ALMENARA" keyset prepare -q --node "$dir/br" --out "$dir/k" \
	    --revoke entry --reason 'the disk was copied' \
	    --cut "$(ask br -g logs.0.size log)" > /dev/null &&
	    "$ALMENARA" authority sign --yes --key "$dir/br/identity.jwk" \
		"$dir/k" > /dev/null &&
	    "$ALMENARA" keyset take -q --node "$dir/br" "$dir/k" > /dev/null
}
proves_anew() { # once the new keyset is here
	rm -rf "$dir/later"
	"$ALMENARA" prove --node "$dir/uy" --lang en --out "$dir/later" \
	    "$id" > "$dir/said" 2>&1 && [ -e "$dir/later/documents/keyset-br-2.json" ]
}
ok 'br revokes its entry key' revokes 2>> "$dir/br/err"
ok 'it is proved again' within 40 proves_anew
ok 'the receipt by that key is left out' fails [ -e "$dir/later/receipt-br.jws" ]
ok 'and that is said' grep -q '^br: its receipt is by a key that is revoked' \
    "$dir/said"
ok 'that of pe is not' [ -e "$dir/later/receipt-pe.proof" ]
ok 'which verifies' quietly "$ALMENARA" verify "$dir/later"
for team in uy br cl pe; do
	ok "$team stops in order" node_stop "$team"
done

root=$(cat "$dir/net/root")
check() { "$ALMENARA" verify --root "$root" "$dir/proof" > "$dir/out" 2>&1; }
ok 'without a node, from the published root' check
ok 'two revisions, the answer, two receipts, the documents' is 6 \
    grep -c 'good' "$dir/out"
ok 'no other root leads there' exits 8 "$ALMENARA" verify \
    --root AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA "$dir/proof"
ok 'the receipts are tied to the history' is 2 grep -c \
    '^receipt-.*good.*of this history' "$dir/out"
ok 'a folder that is there is not written over' exits 1 \
    "$ALMENARA" prove --node "$dir/uy" --out "$dir/proof" "$id"

# the commands of the README, as they stand there
commands() { # TEXT: what follows that paragraph
	sed -n "/$1/,\$p" "$dir/proof/README.txt" | awk '
	    /^    / { seen = 1; print substr($0, 5); next }
	    seen { exit }'
}
mkdir "$dir/scratch"
does() { # TEXT NAME
	(cd "$dir/proof" && commands "$1" > "$dir/script" &&
	    work=$dir/scratch name=$2 bash -e "$dir/script") > "$dir/out" 2>&1
}
ok 'sha256sum: the folder is whole' does 'folder whole' entry-0
for name in entry-0 entry-1 ack-br-0; do
	ok "openssl: $name is signed" does 'with OpenSSL' "$name"
	ok "the record is that of $name" does 'record in the log' "$name"
	ok 'both lines are equal' is 1 eval 'sort -u "$dir/out" | wc -l'
done
for lang in es pt fr; do
	ok "the same commands in $lang" diff -q \
	    <(grep '^    ' "$(dirname "$0")/../../src/cli/proof/README.en.txt") \
	    <(grep '^    ' "$(dirname "$0")/../../src/cli/proof/README.$lang.txt")
done
# Another history: pe itself signs a receipt, under the root of a log in which
# something else stands there.
unurl() { # base64url to bytes
	local text
	text=$(tr -- '-_' '+/')
	while [ $((${#text} % 4)) -ne 0 ]; do text+='='; done
	base64 -d <<< "$text"
}
url() { base64 -w 0 | tr -- '+/' '-_' | tr -d '='; }
forge() { # SED-EXPRESSION: pe's receipt with that done to its payload
	local head payload
	head=$(cut -d. -f1 "$dir/good/receipt-pe.jws")
	payload=$(cut -d. -f2 "$dir/good/receipt-pe.jws" | unurl | sed "$1" | url)
	{ printf '\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20'
	  sed 's/.*"role":"entry"[^}]*"d":"\([^"]*\)".*/\1/' "$dir/pe/keyring" |
	      unurl; } > "$dir/pe.der"
	printf '%s' "$head.$payload" > "$dir/input"
	openssl pkeyutl -sign -inkey "$dir/pe.der" -keyform DER -rawin \
	    -in "$dir/input" -out "$dir/sig" &&
	    printf '%s.%s' "$head.$payload" "$(url < "$dir/sig")" \
		> "$dir/proof/receipt-pe.jws"
}
other_root='s/"root":"A/"root":"B/;t;s/"root":"./"root":"A/'
ok 'what pe signs is its receipt' forge ''
ok 'byte for byte' cmp "$dir/good/receipt-pe.jws" "$dir/proof/receipt-pe.jws"
other_hash='3{s/^A/B/;t;s/^./A/}' # the first of a receipt's proof
if [ -n "${ALMENARA_TENTH:-}" ]; then
	echo '# passed over: the check in Go is the same whatever ours is built with'
elif command -v go > /dev/null && (cd "$dir/scratch" && mkdir probe && cd probe &&
    go mod init probe && timeout 60 go get golang.org/x/mod@v0.20.0) \
    > /dev/null 2>&1; then
	ok 'Go: the entry is in the log' does 'signature of the log' entry-0
	ok 'three others cosigned' is 3 grep -c '^cosigned by' "$dir/out"
	sed -i 's/^index .*/index 7/' "$dir/proof/entry-1.tlog-proof"
	rm -rf "$dir/scratch/check"
	ok 'at another index it is not' fails does 'signature of the log' entry-1
	cp "$dir/good/entry-1.tlog-proof" "$dir/proof"
	goes() { # check.go of entry-1, built before
		"$dir/scratch/check/check" "$dir/proof" entry-1 > "$dir/out" 2>&1
	}
	ok 'Go: the entry that was withdrawn is in the log' goes
	ok 'and two receipts are of this history' is 2 grep -c \
	    '^receipt of .*: holds it, in .* of this history' "$dir/out"
	sed -i "$other_hash" "$dir/proof/receipt-br.proof"
	ok 'Go: not a receipt of another history' fails goes
	ok 'which is said' grep -q '^receipt of br: is not of this history' \
	    "$dir/out"
	rm "$dir/proof/receipt-br.proof"
	ok 'Go: nor one that nothing ties to it' fails goes
	ok 'which is said' grep -q '^receipt of br: is not tied' "$dir/out"
	cp "$dir/good/receipt-br.proof" "$dir/proof"
	ok 'pe signs a receipt of another history' forge "$other_root"
	ok 'Go: it is none of this one' fails goes
	ok 'which is said' grep -q '^receipt of pe: is not of this history' \
	    "$dir/out"
	cp "$dir/good/receipt-pe.jws" "$dir/proof"
	cp "$dir/later/documents/keyset-br-2.json" "$dir/proof/documents"
	ok 'Go: nor one by a revoked key' fails goes
	ok 'which is said' grep -q '^receipt of br: is by a key .* revoked' \
	    "$dir/out"
	rm "$dir/proof/documents/keyset-br-2.json"
else
	echo '# skipped: Go and its packages are not to be had here'
fi
if command -v npm > /dev/null && timeout 60 npm install --prefix \
    "$dir/scratch/jose" jose@6 > /dev/null 2>&1; then
	ok 'jose: the entry is signed' does 'package of npm' entry-0
	ok 'and says so' grep -q '"kind":"warning"' "$dir/out"
	sed -i '2s/\(.\{24\}\)./\1A/' "$dir/proof/keys/entry-0.pem"
	ok 'not by another key' fails does 'package of npm' entry-0
else
	echo '# skipped: npm and jose are not to be had here'
fi

# what was altered is found
altered() { # FILE SED-EXPRESSION: found at the entry or receipt of that name
	rm -rf "$dir/proof"
	cp -r "$dir/good" "$dir/proof"
	sed -i "$2" "$dir/proof/$1"
	"$ALMENARA" verify --root "$root" "$dir/proof" > "$dir/out" 2>&1
	[ $? -eq 8 ] && grep -q "^${1%.*}.*does not verify" "$dir/out"
}
ok 'an entry of another signature' altered entry-0.jws 's/.\{4\}$/AAAA/'
ok 'a text to be read that was not signed' altered entry-0.json \
    's/For two/For six/'
ok 'a proof of another index' altered entry-0.tlog-proof \
    's/^index .*/index 5/'
ok 'a proof without witnesses' altered entry-0.tlog-proof '/node/d'
ok 'a receipt of another signature' altered receipt-br.jws \
    's/.\{4\}$/AAAA/'
ok 'a receipt with the place of another entry' altered receipt-br.proof \
    's/^index .*/index 0/'
refused() { # TEXT [TEAM]: so says verify of the folder as it stands, exit 8
	"$ALMENARA" verify --root "$root" "$dir/proof" > "$dir/out" 2>&1
	[ $? -eq 8 ] && grep -q "^receipt-${2:-br}.*$1" "$dir/out"
}
cp "$dir/good/receipt-br.proof" "$dir/proof"
sed -i "$other_hash" "$dir/proof/receipt-br.proof"
ok 'a receipt of another root' refused 'does not verify.*is not of this history'
cp "$dir/good/receipt-br.proof" "$dir/proof"
ok 'pe signs a receipt of another history' forge "$other_root"
ok 'which is none of this one' refused \
    'does not verify.*is not of this history' pe
cp "$dir/good/receipt-pe.jws" "$dir/proof"
rm "$dir/proof/receipt-br.proof"
ok 'a receipt of a folder of before' refused \
    'not tied to the history.*its proof is missing'
cp "$dir/good/receipt-br.proof" "$dir/proof"
cp "$dir/later/documents/keyset-br-2.json" "$dir/proof/documents"
ok 'a receipt by a key that is revoked since' refused \
    'does not verify.*has revoked'
rm -rf "$dir/proof" && cp -r "$dir/good" "$dir/proof"
cp "$dir/proof/receipt-br.jws" "$dir/proof/receipt-cl.jws"
ok 'a receipt in the name of another' exits 8 "$ALMENARA" verify "$dir/proof"
rm "$dir/proof/receipt-cl.jws"
cp "$dir/proof/entry-0.jws" "$dir/proof/ack-uy-0.jws"
cp "$dir/proof/entry-0.tlog-proof" "$dir/proof/ack-uy-0.tlog-proof"
ok 'what is no answer to it' exits 8 "$ALMENARA" verify "$dir/proof"
finish
