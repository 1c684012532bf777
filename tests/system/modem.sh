#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Pages as text messages: by a hook that speaks to a modem, which is played at
# a pseudo-terminal and takes, refuses, or falls silent.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

here=$(cd "$(dirname "$0")" && pwd)
hook=$here/../../examples/sms-modem
python3 "$here/modem.py" "$dir/tty" "$dir/sent" 2> "$dir/modem.err" &
# shellcheck disable=SC2034
pid[modem]=$! # lib.sh ends it
network_make uy
cat >> "$dir/uy/almenarad.conf" <<- END
	courier_wait_s 20
	hooks {
	  sms "$hook $dir/tty 9600 1"
	}
	END
node_start uy
ok 'uy is ready' within 10 node_is_ready uy
ok 'and its modem' within 5 test -e "$dir/tty"
person() { # LOGIN LANGUAGE NUMBER
	ask uy person_add "{\"unix_user\":\"$1\",\"post\":\"officer\",
	    \"roles\":[\"duty_officer\"],\"language\":\"$2\",\"channels\":[
	    {\"kind\":\"command\",\"address\":\"sms:$3\",\"verified\":true}]}" \
	    > /dev/null
}
page() { ask uy -g pages.0.page courier_test "{\"person\":\"$1\"}"; }
ended() { # PAGE RESULT
	grep "page.attempt page=$1" "$dir/uy/err" | tail -n 1 |
	    grep -q "result=$2"
}
sent() { grep -c "^$1 Almenara" "$dir/sent"; } # first parts

person ana es +59899000000
person uno en +59899000001
person dos en +59899000002
person tres fr +59899000003
person bad en 'ATH0'
declare -A p=()
p[ana]=$(page ana)
ok 'a message is taken' within 60 ended "${p[ana]}" accepted
ok 'with accents, in the language of the person' \
    says '^\+59899000000 .*Prueba.*Esto es una prueba. No ha pasado nada' \
    cat "$dir/sent"
for who in uno dos tres bad; do p[$who]=$(page "$who"); done
ok 'an error of the modem is tried again' within 60 ended "${p[uno]}" failed
ok 'so is silence, in its time' within 60 ended "${p[dos]}" failed
ok 'what is no number is given up' within 60 ended "${p[bad]}" given-up
ok 'and nothing of it came to the modem' fails grep -q ATH "$dir/sent"
ok 'silence in the middle too' within 60 ended "${p[tres]}" failed
retried() {
	ask uy courier_retry "{\"page\":\"${p[tres]}\"}" > /dev/null
	# six tries are all that a page has
	within 8 ended "${p[tres]}" accepted
}
ok 'after which it goes' within 60 retried
ok 'once' is 1 sent +59899000003
ok 'and nobody got one twice' is 1 sent +59899000000
ok 'uy stops in order' node_stop uy
finish
