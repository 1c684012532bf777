#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Letters that only their reader opens: S/MIME and OpenPGP through a mail
# server, opened by the stock programs of a reader; what is refused as a key,
# and what goes out when a key has expired.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
command -v gpg > /dev/null || skip_all 'needs gpg'
. "$(dirname "$0")/relay.sh"

network_make cl uy
mail_start
printf '%s\n' 'mail uy pass-word' > "$dir/secrets"
chmod 600 "$dir/secrets"
cat >> "$dir/uy/almenarad.conf" <<- END
	mail_relay localhost:$smtp
	mail_from watch@uy.test.example
	courier_credentials $dir/secrets
	courier_ca $dir/mx/cert
	courier_wait_s 10
	mailings_per_s 1000
	escalation {
	  4 "0s first by mail; 20m second lead by mail; 40m alternate by mail; 50m authority by mail tell neighbour; exhausted 1h; quiet never"
	}
END

# --- keys of readers ---
k=$dir/keys
mkdir -m 700 "$k" "$k/gpg"
certificate() { # NAME BITS DAYS OPTIONS...
	local name=$1 bits=$2 days=$3
	shift 3
	openssl req -x509 -newkey "rsa:$bits" -nodes -days "$days" \
	    -subj "/CN=$name" -keyout "$k/$name.key" -out "$k/$name.pem" "$@" \
	    2> /dev/null
}
pgp() { gpg --homedir "$k/gpg" --batch --quiet --no-tty --no-autostart "$@"; }
pgp_key() { # NAME ALGORITHM USE UNTIL
	gpg --homedir "$k/gpg" --batch --quiet --no-tty --passphrase '' \
	    --faked-system-time "${5:-$(date +%s)}" \
	    --quick-generate-key "$1@uy.test.example" "$2" "$3" "$4" \
	    2> /dev/null
	pgp --armor --export "$1@uy.test.example" > "$k/$1.asc"
}
certificate ana 2048 30
certificate weak 1024 30
certificate signs 2048 30 -addext keyUsage=critical,digitalSignature
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
    -subj /CN=curve -keyout "$k/curve.key" -out "$k/curve.pem" 2> /dev/null
pgp_key pia future-default default 30d
pgp_key small rsa1024 encr 30d
pgp_key old future-default default 30d "$(date -d -90days +%s)"
gpg --homedir "$k/gpg" --batch --quiet --no-tty --passphrase '' \
    --pinentry-mode loopback --armor --export-secret-keys \
    pia@uy.test.example > "$k/secret.asc"
gpgconf --homedir "$k/gpg" --kill all
pgp_fpr=$(pgp --with-colons --list-keys pia@uy.test.example |
    awk -F: '$1 == "fpr" { print $10; exit }')
cert_fpr=$(openssl x509 -in "$k/ana.pem" -outform DER | sha256sum | cut -d' ' -f1)

node_start cl
node_start uy
ok 'uy is ready' within 20 node_is_ready uy
ok 'cl too' within 20 node_is_ready cl
ok 'and linked' within 20 is_linked uy 1
ok 'so is the mail server' within 20 listens "$smtp"

person() { # LOGIN
	ask uy person_add "{\"unix_user\":\"$1\",\"post\":\"officer\",
	    \"roles\":[\"duty_officer\"],\"language\":\"en\",\"channels\":[
	    {\"kind\":\"mail\",\"address\":\"$1@uy.test.example\",
	    \"verified\":true}]}" > /dev/null
}
person ana

# --- what is registered, and what is not ---
spaced() { sed 's/..../& /g; s/ $//' <<< "$1"; }
told() { says "$(spaced "$1")" cat "$dir/uy/cmd.err"; }
ok 'an OpenPGP key is registered' cmd uy person key ana "$k/pia.asc"
ok 'with its fingerprint' told "$pgp_fpr"
ok 'and a certificate' cmd uy person key ana "$k/ana.pem"
ok 'with its own' told "$cert_fpr"
ok 'who has which can be seen' says "\"fingerprint\":\"$cert_fpr\"" \
    ask uy persons
ok 'without the key' fails says 'BEGIN CERT' ask uy persons
ok 'a weak certificate is refused' refuses 'weak key: RSA of 1024' uy \
    person key ana "$k/weak.pem"
ok 'so is a weak OpenPGP key' refuses 'is weak: RSA of 1024' uy \
    person key ana "$k/small.asc"
ok 'one for signing' refuses 'signing only' uy person key ana "$k/signs.pem"
ok 'an expired one' refuses 'has expired' uy person key ana "$k/old.asc"
ok 'a private key in PEM' refuses 'private key' uy person key ana "$k/ana.key"
ok 'one of OpenPGP' refuses 'private key' uy person key ana "$k/secret.asc"
echo hello > "$k/text"
ok 'what is no key' refuses 'no certificate' uy person key ana "$k/text"
ok 'a change of the person keeps the key' \
    quietly cmd uy person change ana --language es,fr
ok 'as can be seen' says "\"fingerprint\":\"$cert_fpr\"" ask uy persons

same() { # still one record of her, with her key
	[ "$(ask uy persons | grep -o '"login":"ana"' | wc -l)" -eq 1 ] &&
	    says "\"fingerprint\":\"$cert_fpr\"" ask uy persons
}
inactive() { ask uy persons | grep -q '"login":"ana".*"active":false'; }
ok 'she is made inactive' quietly cmd uy person change ana --active no
ok 'which stands' inactive
ok 'she is there again' quietly cmd uy person change ana --active yes
ok 'as she is' fails inactive
ok 'the same one, with her key' same
quietly cmd uy person change ana --active no
ok 'or is added again' person ana
ok 'as she is again' fails inactive
ok 'with her key too' same
quietly cmd uy person change ana --active no
ok 'who is not active gets another key' cmd uy person key ana "$k/pia.asc"
ok 'and stays so' inactive
ok 'or her own' cmd uy person key ana "$k/ana.pem"
quietly cmd uy person change ana --active yes
ok 'nobody else is changed' refuses 'no such person' uy person change nobody \
    --active yes

# --- pages of a notice above TLP:CLEAR ---
headers() { # WHO: the newest letter to her
	grep -l "^$1@uy.test.example" "$dir"/mx/spool/input/*-H 2> /dev/null |
	    tail -n 1
}
# what a reader's program gets: header lines as they were, and the body
mail_of() { # WHO
	local h
	h=$(headers "$1")
	[ -n "$h" ] || return 1
	sed -n '/^[0-9]\{3\}[A-Z* ] /,$p' "$h" | sed 's/^[0-9]\{3\}[A-Z* ] //'
	echo
	tail -n +2 "${h%-H}-D"
}
duty=
on_duty() { # WHO: she alone
	[ "$duty" = "$1" ] && return
	[ -z "$duty" ] || ask uy person_change \
	    "{\"unix_user\":\"$duty\",\"active\":false}" > /dev/null
	duty=$1
	person "$1"
}
has_letter() { mail_of "$1" > "$dir/$1.eml"; }
called() { # WHO TITLE: a notice comes, and a letter of it
	release cl TLP:AMBER '["uy"]' "$2" > "$dir/notice"
	within 30 has_letter "$1"
}
secret='A secret of the harbour'
qp() { perl -MMIME::QuotedPrint -0pe '$_ = decode_qp($_)'; }
duty=ana
ok 'a letter goes to who has a certificate' called ana "$secret"
ok 'with a subject that says nothing of it' fails grep -q "$secret" \
    "$dir/ana.eml"
ok 'but which notice it is, as lists show it' grep -q \
    "Subject:.*Notice $(tail -c 9 "$dir/notice")" "$dir/ana.eml"
opened_smime() { # WHO KEY
	openssl cms -decrypt -inform SMIME -in "$dir/$1.eml" \
	    -recip "$k/$2.pem" -inkey "$k/$2.key" 2> "$dir/cms.err" | qp
}
ok 'openssl opens it' says "$secret" opened_smime ana ana
ok 'and finds the code in it' says '^[0-9A-Z]{5}-[0-9A-Z]{5}' opened_smime ana ana
ok 'with no other key' fails says "$secret" opened_smime ana signs
strong() {
	openssl cms -cmsout -print -inform SMIME -in "$dir/ana.eml" \
	    2> /dev/null
}
ok 'it is AES-256' says 'aes-256-cbc' strong
on_duty pia
ok 'another has an OpenPGP key' cmd uy person key pia "$k/pia.asc"
ok 'and gets a letter' called pia 'Another secret'
ok 'says nothing outside' fails grep -q 'Another secret' "$dir/pia.eml"
ok 'is PGP/MIME' grep -q 'protocol="application/pgp-encrypted"' "$dir/pia.eml"
opened_pgp() {
	sed -n '/BEGIN PGP/,/END PGP/p' "$dir/pia.eml" | gpg --homedir \
	    "$k/gpg" --batch --quiet --no-tty --pinentry-mode loopback \
	    --passphrase '' --decrypt 2> "$dir/gpg.err" | qp
}
ok 'gpg opens it' says 'Another secret' opened_pgp
whole() { opened_pgp | grep -q 'accounts are taken over'; }
ok 'it has the whole notice' whole
on_duty eva
ok 'who has no key is called' called eva 'A third secret'
plain() { qp < "$dir/eva.eml"; }
ok 'and told to log in' says 'Log in' plain
ok 'no more' fails says 'secret' plain
ok 'EC certificates too' quietly cmd uy person key eva "$k/curve.pem"
rm -f "$dir"/mx/spool/input/*
ok 'are written to' called eva 'A fourth secret'
ok 'and open' says 'A fourth secret' opened_smime eva curve

# --- a key that has expired since ---
openssl req -newkey rsa:2048 -nodes -subj /CN=brief -keyout "$k/brief.key" \
    -out "$k/brief.csr" 2> /dev/null
mkdir "$k/ca"
printf '[ca]\ndefault_ca=c\n[c]\ndatabase=%s\nnew_certs_dir=%s\n' \
    "$k/ca/index" "$k/ca" > "$k/ca/conf"
printf 'rand_serial=yes\ndefault_md=sha256\npolicy=p\n[p]\n%s\n' \
    'commonName=supplied' >> "$k/ca/conf"
# in force when it is registered, however slow that is
registered_brief() {
	local wait
	for wait in 4 20 100; do
		until_s=$(($(date +%s) + wait))
		: > "$k/ca/index"
		openssl ca -batch -notext -config "$k/ca/conf" -selfsign \
		    -in "$k/brief.csr" -keyfile "$k/brief.key" \
		    -out "$k/brief.pem" \
		    -startdate "$(date -u -d -1hour +%Y%m%d%H%M%SZ)" \
		    -enddate "$(date -u -d "@$until_s" +%Y%m%d%H%M%SZ)" \
		    2> /dev/null
		cmd uy person key brief "$k/brief.pem" && return
	done
	return 1
}
on_duty brief
ok 'one that will expire is registered' registered_brief
over() { [ "$(date +%s)" -gt "$until_s" ]; }
ok 'time goes by' within 120 over
ok 'a letter goes out all the same' called brief 'A fifth secret'
mail_brief() { qp < "$dir/brief.eml"; }
ok 'as if there were no key' says 'Log in' mail_brief
ok 'with nothing of the text' fails says 'secret' mail_brief
unsealed() { cmd uy courier status | grep 'brief' | grep -q 'has expired'; }
ok 'the operator sees why' within 10 unsealed
ok 'and is told' says 'page.unsealed.*not sealed: certificate has expired' \
    cat "$dir/uy/err"
ok 'it stands in the log' says 'without its text' cat "$dir/uy/err"
ok 'a key is taken away' quietly cmd uy person key brief --remove
ok 'and gone' fails says '"who":"CN=brief"' ask uy persons

# --- those who are served ---
rm -f "$dir"/mx/spool/input/*
id=$(cmd uy constituent add --set name=Puerto --set sector=financial \
    --set mail=pia@uy.test.example)
ok 'a constituent has a key' cmd uy constituent key "$id" "$k/pia.asc"
ok 'with its fingerprint' told "$pgp_fpr"
ok 'not a private one' refuses 'private key' uy constituent key "$id" \
    "$k/secret.asc"
ok 'the row stays as it was' says 'Puerto' cmd uy constituent show "$id"
rm -f "$dir"/mx/spool/input/*
printf 'allow redistribute warning up to amber to sector financial\n' \
    >> "$dir/uy/almenara.rules"
ok 'a rule lets it out' quietly cmd uy rules load
notice=$(release cl TLP:AMBER '["uy"]' 'A sixth secret')
code=
proposed() { code=$(cmd uy redistribute "$notice" 2> /dev/null | tail -n 1) &&
	[ -n "$code" ]; }
ok 'a notice is proposed' within 20 proposed
ok 'and sent' quietly cmd uy redistribute "$notice" --send "$code"
ok 'sealed' within 20 has_letter pia
ok 'with nothing of it outside' fails grep -q 'sixth' "$dir/pia.eml"
ok 'gpg opens it' says 'A sixth secret' opened_pgp
ok 'nothing is left of what gpg wrote' test -z "$(ls "$dir/uy/data/letters")"
finish
