#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Evidence in custody: a signed manifest, a chain of events that names each one
# before it, a time that other teams have cosigned, and a folder that is checked
# without the node. The files never leave the machine.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

network_make uy br cl pe
for team in uy br cl pe; do node_start "$team"; done
ok 'uy is linked to all' within 20 is_linked uy 3
mkdir "$dir/lab" "$dir/bad"
head -c 3000000 /dev/urandom > "$dir/lab/disk-heron.img"
echo 'From: attacker' > "$dir/lab/mail.eml"
cp "$dir/lab/"* "$dir/bad"
sed -i s/attacker/defender/ "$dir/bad/mail.eml" # as long as before
lab=("$dir/lab/disk-heron.img" "$dir/lab/mail.eml")
bad=("$dir/bad/disk-heron.img" "$dir/bad/mail.eml")
why=(--reason 'Order 7/2026')

# --- into custody ---
add() {
	cmd uy evidence add "${lab[@]}" --title 'Image of the mail server' \
	    --custodian 'Heron Laboratory' --method 'write blocker' \
	    --basis 'Order 7/2026' --place 'Box 4' "${why[@]}" --yes "$@"
}
ok 'only looked at, nothing is written' quietly add --dry-run
ok 'so there is none' is 0 ask uy -g 'rows.#' cases '{"kind":"evidence"}'
ok 'files are taken into custody' quietly add
id=$(ask uy -g rows.0.id cases '{"kind":"evidence"}')
ok 'it is listed' says 'Held.*Image of the mail server' cmd uy evidence list
show() { cmd uy evidence show "$id"; }
ok 'with its custodian' says 'Heron Laboratory' show
ok 'and its manifest' says \
    "disk-heron.img.*3000000.*$(sha256sum "${lab[0]}" | cut -c1-64)" show
ok 'without a reason nothing is done' exits 2 cmd uy evidence step "$id" seal
ok 'nor what there is no step for' exits 5 cmd uy evidence step "$id" forge \
    "${why[@]}" --yes
ok 'it is sealed' quietly cmd uy evidence step "$id" seal "${why[@]}" --yes
ok 'the node says what was done, nobody else' fails ask uy case_step \
    "{\"id\":\"$id\",\"action\":\"copy\",\"body\":{}}"
forged() {
	ask uy case_step "{\"id\":\"$id\",\"action\":\"copy\",\"body\":{
	    \"act\":{\"what\":\"destroy\",\"at\":1795200000,\"reason\":\"No\",
	    \"hash_checked\":false}}}" > /dev/null &&
	    is copy ask uy -g acts.2.event.what case "{\"id\":\"$id\"}"
}
ok 'not in the body of the step' forged
ok 'it goes to no other team' fails ask uy case_step \
    "{\"id\":\"$id\",\"action\":\"copy\",\"aud\":[\"br\"],\"body\":{
    \"act\":{\"at\":1795200000,\"reason\":\"No\",\"hash_checked\":false}}}"

# --- handed over ---
ok 'who does not have it yet cannot receive it' exits 5 \
    cmd uy evidence receive "$id" "${why[@]}" --yes
ok 'it is handed over' quietly cmd uy evidence transfer "$id" \
    --receiver 'Prosecutor Egret' "${why[@]}" --witness 'Notary Ibis' --yes
ok 'which is not yet received' says 'not received yet' show
ok 'nor may it be opened meanwhile' exits 5 cmd uy evidence step "$id" \
    access "${why[@]}" --yes
ok 'a changed file is not received' exits 8 cmd uy evidence receive "$id" \
    "${bad[@]}" "${why[@]}" --yes
ok 'it is named' says 'mail.eml.*was changed' cmd uy evidence verify "$id" \
    "${bad[@]}"
ok 'the others are as they were' says 'disk-heron.img.*the same' \
    cmd uy evidence verify "$id" "${bad[@]}"
ok 'a missing one is named' says 'mail.eml.*is missing' \
    cmd uy evidence verify "$id" "${lab[0]}"
ok 'the state is as before' says 'not received yet' show
ok 'the true files are' quietly cmd uy evidence receive "$id" "${lab[@]}" \
    "${why[@]}" --yes
ok 'whoever got it is the custodian' is 'Prosecutor Egret' ask uy \
    -g body.custodian case "{\"id\":\"$id\"}"
ok 'that their digests fit is on record' is true ask uy \
    -g acts.4.event.hash_checked case "{\"id\":\"$id\"}"
ok 'the chain is told' says 'transfer.*Heron Laboratory.*Prosecutor Egret' show
ok 'and who did it, in the audit trail' says '"act":"case_step"' \
    cmd uy audit --json
ok 'files still verify' exits 0 cmd uy evidence verify "$id" "${lab[@]}"

# --- what others see ---
size=$(ask uy -g size log_show)
ok 'others have its place' within 20 is "$size" ask br -g size log_show \
    '{"which":"uy"}'
unseen() {
	! grep -rqaE 'Heron|Egret|heron' "$dir/$1/data" &&
	    ! ask "$1" show "{\"id\":\"$id\"}" > /dev/null
}
for team in br cl pe; do ok "$team does not read it" unseen "$team"; done

# --- proved ---
sed -i '/export evidence/d' "$dir/uy/almenara.rules"
quietly cmd uy rules load
prove() { cmd uy prove "$id" --lang en --out "$dir/proof"; }
ok 'without a line it is not given out' exits 5 prove
ok 'which is said' grep -q 'allow export evidence to gateway proof' \
    "$dir/uy/cmd.err"
echo 'allow export evidence to gateway proof by evidence_custodian' \
    >> "$dir/uy/almenara.rules"
quietly cmd uy rules load
ok 'nor by a line for others' exits 5 prove
sed -i 's/ by evidence_custodian//' "$dir/uy/almenara.rules"
quietly cmd uy rules load
proves() { # nodes cosign every 10 seconds
	rm -rf "$dir/proof"
	quietly prove && "$ALMENARA" verify "$dir/proof" > /dev/null 2>&1
}
ok 'it is proved' within 40 proves
for team in uy br cl pe; do node_stop "$team"; done
cp -r "$dir/proof" "$dir/good"
check() { "$ALMENARA" verify "$dir/proof" --lang en --no-input 2>&1; }
ok 'without a node' exits 0 check
ok 'five events' is 5 eval 'ls "$dir/proof"/entry-*.jws | wc -l'
ok 'each not later than a time that three others signed' is 5 \
    eval 'check | grep -c "cosign.* 3.*not later than 20"'
held() { (cd "$1" && sha256sum -c "$dir/proof/evidence.sha256"); }
ok 'sha256sum: the files are those' quietly held "$dir/lab"
ok 'and others are not' fails quietly held "$dir/bad"
rm "$dir/proof/entry-2."*
ok 'an event that was taken out' exits 8 check
ok 'is missed' says 'names a revision that is not in this folder' check
rm -rf "$dir/proof" && cp -r "$dir/good" "$dir/proof"
ok 'put back it is whole' exits 0 check
sed -i 's/^\(.\{40\}\)./\1A/' "$dir/proof/entry-3.jws"
ok 'one that was altered is found' exits 8 check
finish
