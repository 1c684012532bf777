#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Holders of authority, each on a machine of her own without node or network:
# found a network, change its register, suspend, designate, replace a holder,
# found it anew. One file goes from hand to hand; what is not signable is
# refused with the rule, and changes nothing.
# shellcheck disable=SC1091,SC2154,SC2317
. "$(dirname "$0")/lib.sh"
export LC_ALL=C.UTF-8
cd "${dir:?}" || exit 1
for h in br jm cr uy py; do echo "pass of $h" > $h.pass; done

a() { "$ALMENARA" "authority" "$@"; }
key() { # key HOLDER
	a key -q --name "$1" --out "$1.key" --passphrase-file "$1.pass" > /dev/null
}
sign() { # sign HOLDER FILE
	a sign -q --yes --key "$1.key" --passphrase-file "$1.pass" "$2" 2>&1
}
says() { # says TEXT COMMAND...
	local text=$1
	shift
	"$@" 2>&1 | grep -qF -- "$text"
}
card() { # card TEAM STATE
	"$ALMENARA" init -q --no-input --domain test.example --team "$1" \
	    --state "$2" --dir "$dir/$1" --listen "127.0.0.1:${3:-7331}" \
	    > /dev/null
}

# --- founding ---
for h in br jm cr uy; do key $h; done
ok 'a key lies under its passphrase' says almenara-secret-1 head -1 br.key
ok 'and is not written over' exits 1 key br
ok 'without a passphrase there is no key' exits 1 a key --no-input \
    --name xx --out xx.key
a charter -q --out c1 --domain test.example --add br.key.pub \
    --add jm.key.pub --add cr.key.pub --add uy.key.pub --k-charter 3 \
    --k-register 3 --k-suspend 2 > /dev/null
ok 'a first charter is proposed' says 'authority jm added' a show c1
ok 'a wrong passphrase signs nothing' exits 1 a sign --yes --key br.key \
    --passphrase-file jm.pass c1
ok 'nobody who says yes, no signature' exits 5 a sign --no-input \
    --key br.key --passphrase-file br.pass c1
ok 'one signs' quietly sign br c1
ok 'who signed and who is missing' says \
    '1 of 3; signed: br; missing 2 of jm, cr, uy' a show c1
ok 'in Spanish too' says '1 de 3; firmaron: br; faltan 2 de jm, cr, uy' \
    a show --lang es c1
ok 'the same again is refused' says 'br has signed already' sign br c1
key py
ok 'a stranger is refused' says 'this key may not sign here' sign py c1
ok 'unfinished is not finished' exits 6 a finish c1 --to net
cp c1 c1.b
quietly sign jm c1
quietly sign cr c1.b
ok 'copies signed side by side come together' quietly a merge c1 c1.b \
    --out c1.all
ok 'then it is complete' exits 0 a show c1.all
ok 'and becomes a document and a root' quietly a finish c1.all --to net
ok 'the root is there' test -s net/root

mapfile -t ports < <("$ASK" -p 2)
card br BR "${ports[0]}"
card cl CL "${ports[1]}"
card uy UY
a register -q --with net --out r1 --add br/br.card.json \
    --add cl/cl.card.json --days 365 > /dev/null
for h in br jm cr; do quietly sign $h r1; done
ok 'a first register' quietly a finish r1 --to net
a designate -q --with net --out d1 --team br --instrument 'Decree 9.637' \
    --authority Presidency --issued 2018-12-26 --review 2099-01-01 > /dev/null
for h in br jm cr; do quietly sign $h d1; done
ok 'a designation' quietly a finish d1 --to net
ok 'a node joins what was founded so' quietly "$ALMENARA" network join \
    --dir "$dir/br" net
ok 'and accepts all who stand under the root' is 2 \
    grep -c '^accept key' br/documents/pins
ok 'the list of pins says whose keys they are' says '  cl  first join' \
    "$ALMENARA" pin list --node "$dir/br"
halts_for() { # halts_for TEAM WHY
	says "$2" "$ALMENARA" status --node "$dir/$1"
}
node_start br
ok 'without keysets it says what is missing' within 20 halts_for br \
    'no keyset of this team is among the documents'
node_kill br
cp br/br.card.json cl/cl.card.json net
for t in br cl; do
	ok "$t joins with the cards" quietly "$ALMENARA" network join \
	    --dir "$dir/$t" net
	node_start $t
done
ok 'the nodes of that network see each other' within 20 is_linked br 1
ok 'and release to one another' test -n "$(release br TLP:GREEN null 'first')"
has_come() { says first "$ALMENARA" inbox --node "$dir/cl"; }
ok 'it arrives' within 20 has_come
ok 'a card is offered for its keyset' quietly "$ALMENARA" network offer \
    --node "$dir/br" cl/cl.card.json
for t in br cl; do node_kill $t; done

# --- its register ends ---
clock() { LATER_S=$days_s LD_PRELOAD=$LATER "$@"; }
start_then() { # start_then DAYS
	days_s=$(($1 * 86400))
	for t in br cl; do clock node_start $t; done
	within 20 is_linked br 1
}
ok 'two weeks before' start_then 351
ok 'it warns' within 20 says 'register: until' "$ALMENARA" status \
    --node "$dir/br"
for t in br cl; do node_kill $t; done
ok 'past its date they see each other' start_then 400
ok 'and are told' within 20 says 'register: past its date since' "$ALMENARA" \
    status --node "$dir/br"
ok 'notices go on' test -n "$(release br TLP:GREEN null 'second')"
has_come_again() { says second "$ALMENARA" inbox --node "$dir/cl"; }
ok 'and arrive' within 20 has_come_again
quietly clock "$ALMENARA" pin remove cl --node "$dir/br"
cp br/documents/pins pins.before
ok 'but nobody is accepted under it' says 'register has expired' clock \
    "$ALMENARA" pin accept cl --yes --node "$dir/br"
ok 'and the pins stay as they were' cmp pins.before br/documents/pins
ok 'to refuse is no addition' quietly clock "$ALMENARA" pin refuse cl \
    --node "$dir/br"
quietly clock "$ALMENARA" pin remove cl --node "$dir/br"
for t in br cl; do node_kill $t; done

# --- changes ---
a register -q --with net --out r2 --add uy/uy.card.json --remove cl \
    --suspend br --until 2099-01-01 --reason 'keys in doubt' > /dev/null
ok 'a new team is told' says 'uy (UY): new team; operator confirmation wanted' \
    a show r2
ok 'one removed is told' says 'cl: no longer a member' a show r2
ok 'one suspended is told' says 'br: suspended until' a show r2
a key -q --name br --out br.new --passphrase-file br.pass > /dev/null
a register -q --with net --out r2i --identity br=br.new.pub > /dev/null
ok 'a new identity is told' says 'br: new identity key' a show r2i
ok 'with its words' says "$(a show --json r2i | grep -o '"kid":"[^"]*"' |
    head -1 | cut -c8-14)" a show --json r2i
# hot keys are lost: a new node of the same team
"$ALMENARA" init -q --no-input --domain test.example --team br --state BR \
    --dir "$dir/br2" --listen 127.0.0.1:7332 > /dev/null
a register -q --with net --out r2b --replace br2/br.card.json > /dev/null
ok 'a node made anew takes the place of the old one' says \
    'br: new identity key; operator confirmation wanted' a show r2b
ok 'and of nobody who is not there' says 'uy is not there' a register \
    --with net --out x --replace uy/uy.card.json
for h in br jm cr; do quietly sign $h r2; done
quietly a finish r2 --to net
ok 'differences of documents' says 'uy (UY): new team' a diff \
    net/register-1.json net/register-2.json
ok 'and the other way round' says 'uy: removed' a diff \
    net/register-2.json net/register-1.json
ok 'in Portuguese' says 'uy: retirada' a diff --lang pt \
    net/register-2.json net/register-1.json
ok 'in French' says 'uy : retirée' a diff --lang fr \
    net/register-2.json net/register-1.json
ok 'charter and register are no pair' exits 1 a diff net/charter-1.json \
    net/register-1.json
ok 'a second add is refused' says 'uy is there already' a register \
    --with net --out x --add uy/uy.card.json
ok 'and wrote nothing' test ! -e x
ok 'who is not there cannot go' says 'pe is not there' a register \
    --with net --out x --remove pe

a suspend -q uy --with net --out s1 --days 3 --reason 'seen signing lies' \
    > /dev/null
quietly sign jm s1
ok 'a suspension needs two' says '1 of 2; signed: jm; missing one of br, cr, uy' \
    a show s1
quietly sign uy s1
ok 'and then it is one' quietly a finish s1 --to net
ok 'eight days are refused' exits 2 a suspend uy --with net --out x \
    --days 8 --reason 'too long'

# --- the next charter ---
a charter -q --with net --out c2 --remove uy --add py.key.pub \
    --k-suspend 1 > /dev/null
ok 'a holder replaced is told' says 'authority uy replaced by py' a show c2
ok 'a threshold too' says 'suspension: 2 become 1' a show c2
for h in br jm; do quietly sign $h c2; done
quietly sign py c2
ok 'the old list must have enough too' says \
    'authorities of charter 1: 2 of 3; signed: br, jm; missing one of cr, uy' \
    a show c2
quietly sign cr c2
ok 'with both it is complete' quietly a finish c2 --to net
a register -q --with net --out r3 --resume br > /dev/null
ok 'the next register stands under it' says 'under a newer charter' a show r3
ok 'a former holder signs no more' says 'may not sign here' sign uy r3

# --- what was changed on the way ---
sed 's/"with":\[/"with":[{"payload":"e30","signatures":[]},/' r3 > r3.bad
ok 'a document that is none is refused' exits 1 a show r3.bad
head -c 300 r3 > r3.cut
ok 'half a file is refused' exits 1 a show r3.cut
ok 'nothing is refused' exits 1 a show /dev/null
sed 's/"payload":"..../"payload":"eyJ4/' r3 > r3.other
ok 'another payload is refused' exits 1 a show r3.other

# --- founded anew: too many keys are lost ---
a charter -q --with net --refound --out c3 --add jm.key.pub \
    --add py.key.pub > /dev/null
ok 'founding anew says so' says 'THIS FOUNDS THE NETWORK ANEW' a show c3
for h in jm py; do quietly sign $h c3; done
ok 'and asks only the new ones' quietly a finish c3 --to net3
a register -q --with net3 --out r4 --add br/br.card.json > /dev/null
for h in jm py; do quietly sign $h r4; done
quietly a finish r4 --to net3
ok 'a node does not take another root by itself' exits 1 "$ALMENARA" \
    network join --dir "$dir/br" net3
ok 'not with a root that is not that of the folder' exits 1 "$ALMENARA" \
    network join --dir "$dir/br" --new-root "$(cat net/root)" net3
ok 'but with the one that a person typed' quietly "$ALMENARA" \
    network join --dir "$dir/br" --new-root "$(cat net3/root)" net3
ok 'which it now pins' cmp -s net3/root br/documents/root
finish
