#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Pages to persons: through a mail server, to a webhook's receiver that fails,
# hangs and redirects, by a program of the site; and what happens when the
# courier or the node is killed in the middle.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

. "$(dirname "$0")/relay.sh"

network_make uy
mail_start
: > "$dir/hooked"
receiver_start
printf '%s\n' 'mail uy pass-word' "webhook 127.0.0.1 $secret" \
    "webhook [::1] $secret" > "$dir/secrets"
chmod 600 "$dir/secrets"
cat > "$dir/siren" <<- 'END'
	#!/bin/bash
	read -r to; to=${to#to: }
	[ "$to" = broken ] && exit 75
	[ "$to" = nobody ] && exit 67
	{ env | grep -cv '^\(_\|PWD\|SHLVL\)='; ls /proc/self/fd | wc -l
	  cat; } > "$1/siren.$to"
	END
chmod +x "$dir/siren"
cat >> "$dir/uy/almenarad.conf" <<- END
	mail_relay localhost:$smtp
	mail_from watch@uy.test.example
	courier_credentials $dir/secrets
	courier_ca $dir/mx/cert
	courier_networks "127.0.0.0/8"
	courier_wait_s 2
	hooks {
	  siren "$dir/siren $dir"
	}
	END
node_start uy
ok 'uy is ready' within 10 node_is_ready uy
ok 'so is its mail server' within 10 listens "$smtp"
ok 'and a receiver' within 10 listens "$http"

person() { # LOGIN LANGUAGE CHANNELS
	ask uy person_add "{\"unix_user\":\"$1\",\"post\":\"officer\",
	    \"roles\":[\"duty_officer\"],\"language\":\"$2\",\"channels\":[$3]}" \
	    > /dev/null
}
channel() { printf '{"kind":"%s","address":"%s","verified":true}' "$@"; }
hook() { channel webhook "http://127.0.0.1:$http/$1"; }
page() { # PERSON: prints the id of its one page
	ask uy -g pages.0.page courier_test "{\"person\":\"$1\"}"
}
ended() { # PAGE RESULT: what the private log says of it, last
	attempts | grep "$1" | tail -n 1 | grep -q "\"$2\""
}
attempts() {
	ask uy log_show '{"which":"private","from":0,"limit":1000}' |
	    grep -o '"kind":"attempt"' > /dev/null
	grep page.attempt "$dir/uy/err" | sed 's/result=\([a-z-]*\)/"\1"/'
}

person ana es "$(channel mail ana@uy.test.example)"
person eve en "$(channel mail unknown@uy.test.example)"
person bad en "$(channel mail 'x@y.example>\\r\\nBcc: all@y.example')"
person wok en "$(hook ok/wok)"
person wfail en "$(hook fails/wfail)"
person wbad en "$(hook bad/wbad)"
person wslow en "$(hook slow/wslow)"
person wmove en "$(hook moved/wmove)"
person wlong en "$(hook long/wlong)"
person wother en "$(channel webhook "http://[::1]:$http/ok/other")"
person si en "$(channel command siren:coast)"
person sibroken en "$(channel command siren:broken)"
person sinobody en "$(channel command siren:nobody)"
declare -A p=()
for who in ana eve bad wok wfail wbad wslow wmove wlong wother si sibroken \
    sinobody; do
	p[$who]=$(page "$who")
done
ok 'a letter is accepted by the mail server' within 10 ended "${p[ana]}" accepted
ok 'under the id of the page' grep -q "<${p[ana]}@uy.test.example>" <(letter)
ok 'over TLS, with a name' grep -q 'A=plain:uy.*X=TLS\|X=TLS.*A=plain:uy' \
    <(cat "$dir"/mx/log/*)
ok 'in the language of the person' grep -q 'Esto es una prueba' <(letter)
ok 'one that nobody has is given up' within 5 ended "${p[eve]}" given-up
ok 'an address that ends a header is refused' ended "${p[bad]}" given-up
ok 'and never came to the mail server' fails grep -qr Bcc "$dir/mx/spool"
taken() { # PATH COUNT
	[ "$(grep -c "^/$1 .* good " "$dir/hooked")" -eq "$2" ]
}
ok 'a webhook is signed' within 5 taken ok/wok 1
ok 'and its page accepted' within 5 ended "${p[wok]}" accepted
ok '400 gives up' within 5 ended "${p[wbad]}" given-up
ok 'a redirect is not followed' within 5 ended "${p[wmove]}" given-up
ok 'so that nothing came there' taken ok/moved 0
ok 'an address of the inside that is not named is refused' \
    within 5 ended "${p[wother]}" given-up
ok 'and nothing came there' taken ok/other 0
ok 'an endless answer harms nobody' within 5 ended "${p[wlong]}" accepted
ok '500 is tried again' within 5 ended "${p[wfail]}" failed
fails_retried() {
	ask uy courier_retry > /dev/null
	ended "${p[wfail]}" accepted
}
ok 'until it is taken' within 10 fails_retried
same_key() {
	[ "$(grep '^/fails/wfail ' "$dir/hooked" | cut -d' ' -f2 |
	    sort -u)" = "${p[wfail]}" ] && taken fails/wfail 3
}
ok 'under one key' same_key
ok 'one that hangs delayed nobody and failed' within 8 \
    ended "${p[wslow]}" failed
ok 'a program of the site carries a page' within 5 ended "${p[si]}" accepted
ok 'with an empty environment and no handle' \
    test "$(head -n 2 "$dir/siren.coast" | tr '\n' ' ')" = '0 4 '
ok 'and learns which page it is' grep -q "page: ${p[si]}" "$dir/siren.coast"
ok 'one that says later is tried again' ended "${p[sibroken]}" failed
ok 'one that says never is given up' ended "${p[sinobody]}" given-up
ok 'a page is stopped' quietly ask uy courier_stop "{\"page\":\"${p[wslow]}\"}"
ok 'and that is its end' within 5 ended "${p[wslow]}" cancelled

# the courier alone is killed: another one begins, and nothing is lost
kill -9 "$(child_pid uy courier)"
touch "$dir/mx/later"
p[later]=$(page ana)
ok 'a new courier takes over' within 10 ended "${p[later]}" failed
node_kill uy
node_start uy
ok 'the node was killed and is ready' within 10 node_is_ready uy
rm "$dir/mx/later"
later_retried() {
	ask uy courier_retry > /dev/null
	ended "${p[later]}" accepted
}
ok 'and sends what was not sent' within 10 later_retried
ok 'once' test "$(grep -rl "<${p[later]}@" "$dir/mx/spool/input" |
    wc -l)" -eq 1

# --- the short ways: a line to a push service, a line on the screen ---
person pu fr "$(channel push "http://127.0.0.1:$http/ok/pu")"
p[pu]=$(page pu)
ok 'a push service gets a page' within 5 ended "${p[pu]}" accepted
ok 'one line of it, under its id' grep -q \
    "^/ok/pu ${p[pu]} bad Almenara: Essai, Niveau 3\$" "$dir/hooked"
person "$(id -un)" pt "$(channel screen -)"
p[dark]=$(page "$(id -un)")
ok 'a screen that is not open takes none' within 5 ended "${p[dark]}" failed
timeout 60 "$ALMENARA" events --node "$dir/uy/control" > "$dir/screen" \
    2> /dev/null &
# shellcheck disable=SC2034
pid[screen]=$! # lib.sh ends it
shown() {
	ask uy courier_retry > /dev/null
	ended "${p[dark]}" accepted
}
ok 'an open one does' within 10 shown
ok 'and shows it to the person' grep -q 'Almenara: Teste' "$dir/screen"
waiting() { ask uy -g waiting courier; }
ok 'what was accepted before is not sent again' \
    test "$(grep -c '^/ok/wok' "$dir/hooked")" -eq 1
finish
