#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Officials who read notices with a token: what its label and the rules let
# out and nothing else, each reading in the audit trail, the token itself on no
# disk.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
umask 022

mapfile -t web_ports < <("$ASK" -p 1)
web=${web_ports[0]}
network_make uy br
cat >> "$dir/uy/almenarad.conf" <<- END
	site_dir $dir/public
	site_url http://127.0.0.1:$web/
	site_api yes
	web_listen 127.0.0.1:$web
	web_connections_each 0
END
for team in uy br; do node_start "$team"; done
for team in uy br; do
	ok "$team is linked" within 30 is_linked "$team" 1
done

at=http://127.0.0.1:$web/api/v1/notices
get() { # TOKEN ADDRESS CURL-OPTIONS
	local token=$1 where=$2
	shift 2
	local end=$((SECONDS + 30)) status
	# the web process begins anew when the site's folder is made
	while :; do
		curl -s --max-time 30 -H "Authorization: Bearer $token" "$@" \
		    "$where"
		status=$?
		[ $status -eq 7 ] && [ $SECONDS -lt $end ] || return $status
		sleep 0.1
	done
}
code() { get "$@" -o /dev/null -w '%{http_code}\n' | grep -v 000; }
has() { get "$1" "$at" | grep -qF "\"$2\""; } # TOKEN ID
answers() { [ "$(code "$1" "$at")" = 200 ]; }

# --- tokens ---
ok 'a token names who gets it' exits 2 cmd uy token create
ok 'it is at most TLP:AMBER' refuses 'at most TLP:AMBER' uy token create \
    --for x --most RED
ok 'also not AMBER+STRICT' refuses 'at most TLP:AMBER' uy token create \
    --for x --most TLP:AMBER+STRICT
ok 'and ends within a year' refuses 'more than 365 days' uy token create \
    --for x --until "$(date -u -d '+370 days' +%Y-%m-%dT%H:%M:%SZ)"
ok 'and not in the past' refuses 'passed already' uy token create \
    --for x --until 2020-01-01T00:00:00Z
green=$(cmd uy token create --for 'Ana, Ministry')
amber=$(cmd uy token create --for 'Rui, Defence' --most AMBER)
over=$(cmd uy token create --for 'Zoe, Police' \
    --until "$(date -u -d '+3 seconds' +%Y-%m-%dT%H:%M:%SZ)")
ok 'it is printed' says '^alm_[A-Za-z0-9_-]{43}$' echo "$green"
ok 'each another' test "$green" != "$amber"
ok 'the list has whose it is, and up to what' says 'Ana, Ministry.TLP:GREEN' \
    cmd uy token list
ok 'and not the token or its digest' fails says 'alm_|digest' \
    cmd uy token list --json

# --- what is to be seen, and what is not ---
clear=$(release uy TLP:CLEAR null 'Clear one')
open=$(release br TLP:GREEN null 'Green two')
narrow=$(release br TLP:AMBER '["uy"]' 'Amber three')
strict=$(release br TLP:AMBER+STRICT '["uy"]' 'Strict four')
red=$(release br TLP:RED '["uy"]' 'Red five')
own=$(release uy TLP:RED '["br"]' 'Red six')
e=$(ask uy -g draft draft_save "{\"kind\":\"warning\",\"tlp\":\"TLP:GREEN\",
    \"body\":$(warning 'Embargoed seven')}")
quietly cmd uy release "$e" --embargo \
    "$(date -u -d '+3600 seconds' +%Y-%m-%dT%H:%M:%SZ)" --then publish \
    --to br --yes
held=$(ask uy -g rows.0.id embargo_list)
cmd uy exercise new FARO --title 'Faro' --type functional --to br --yes \
    > "$dir/ex"
ok 'an exercise starts' quietly cmd uy exercise start "$(cat "$dir/ex")" --yes
e=$(ask uy -g draft draft_save "{\"kind\":\"warning\",\"tlp\":\"TLP:AMBER\",
    \"aud\":[\"br\"],\"body\":$(warning 'Exercise eight' |
    sed 's/^{/{"exercise":"FARO",/')}")
drill=$(ask uy -g notice release "{\"id\":\"$e\"}")
last=$(release br TLP:CLEAR null 'Clear nine')
are_ids() { for id; do [ "${#id}" = 36 ] || return; done; }
ok 'the notices are there' are_ids "$strict" "$red" "$own" "$held" "$drill"
arrived() { is "$1" ask uy -g notice.envelope.id show "{\"id\":\"$1\"}"; }
for id in "$open" "$narrow" "$strict" "$red" "$last"; do
	ok 'one of br has come' within 30 arrived "$id"
done
ok 'a token is let in' within 30 answers "$green"
ok 'and sees the public one' within 30 has "$green" "$clear"
ok 'the newest' within 30 has "$green" "$last"
ok 'that of the community' has "$green" "$open"
ok 'its label is held' fails has "$green" "$narrow"
ok 'another one reads up to AMBER' has "$amber" "$narrow"
ok 'one of its own is found' is 200 code "$amber" "$at/$narrow"
ok 'not for who has less' is 404 code "$green" "$at/$narrow"
for id in "$strict" "$red" "$own" "$held" "$drill"; do
	ok 'nobody sees this one' fails has "$amber" "$id"
	ok 'nor by its id' is 404 code "$amber" "$at/$id"
done
ok 'an answer has no title of them' fails says \
    'Strict four|Red five|Red six|Embargoed|Exercise' get "$amber" "$at"
get "$amber" "$at/$narrow" > "$dir/one"
ok 'whose it is, and what was verified' says '"tlp":"TLP:AMBER".*"origin":\{"team":"br","log":"[^"]*br[^"]*"\},"verified":\{"signature":true,"identity":"confirmed","checkpoint":true\}' \
    cat "$dir/one"
ok 'with its text' says 'Amber three.*accounts are taken over' cat "$dir/one"
count() { get "$amber" "$at?$1" | grep -o '"rev":' | wc -l; }
ok 'all there are' is 4 count limit=50
ok 'as many as asked for' is 1 count limit=1
next=$(get "$amber" "$at?limit=3" | grep -oP '"next":"\K[0-9]+')
ok 'and the rest' is 1 count "before=$next"
ok 'none that was issued before' is 0 count since=4000000000

# --- who is not let in ---
ok 'no token' is 401 code '' "$at"
ok 'and how it is shown' says 'WWW-Authenticate: Bearer' get '' "$at" -i
ok 'a wrong one' is 401 code "alm_${green:5}A" "$at"
ok 'with details, kept by nobody' says 'Cache-Control: no-store' \
    get "${green%?????}AAAAA" "$at" -i
ok 'in JSON' says '"status":401' get "${green%?????}AAAAA" "$at"
ok 'one that has expired' within 30 is 401 code "$over" "$at"
ok 'which the list says' says 'Zoe.*EXPIRED' cmd uy token list --lang en
ok 'nothing is written' is 405 code "$green" "$at" -X POST -d x
ok 'a wrong argument' is 400 code "$green" "$at?limit=51"
ok 'a wrong id' is 404 code "$green" "$at/../x" --path-as-is
ok 'the site is there beside' within 60 is 404 code "$green" "${at}x"
id=$(ask uy -g rows.2.id tokens)
ok 'who gave it takes it back' quietly cmd uy token revoke "$id"
ok 'not twice' refuses 'no token in force' uy token revoke "$id"
ok 'it is good for nothing more' is 401 code "$green" "$at"
ok 'another one is' is 200 code "$amber" "$at"

# --- what stays ---
ok 'who gave it is in the trail' says 'Ana, Ministry' cmd uy audit \
    --act token
trail() { cmd uy audit --act api --json; }
ok 'who read which notice' says "token: Rui, Defence" trail
ok 'by its id' says "$narrow" trail
ok 'who was refused' says 'the token has expired' trail
told() { trail | grep -o '"act":"api"' | wc -l; }
before=$(told)
ok 'the same again' is 200 code "$amber" "$at/$narrow"
ok 'and again' is 200 code "$amber" "$at/$narrow"
ok 'is told once a minute' test "$(told)" -le $((before + 1))
often() {
	for _ in {1..70}; do
		[ "$(code "$amber" "$at?limit=2")" = 429 ] && return
	done
	return 1
}
ok 'a token has its pace' often
ok 'and says when to come again' says 'Retry-After: 60' get "$amber" "$at" -i
node_stop uy
nowhere() { ! grep -raqF -e "$1" -e "${1#alm_}" "$dir/uy" "$dir/public"; }
for token in "$green" "$amber" "$over"; do
	ok 'no disk has the token' nowhere "$token"
done
# --- not behind a proxy: each network by itself, and in the clear for nobody ---
mapfile -t outside < <(hostname -I | tr ' ' '\n' | grep -E '^[0-9.]+$')
mapfile -t web_ports < <("$ASK" -p 1)
sed -i -e '/web_connections_each/d' -e "s/^web_listen .*/& ${outside[0]:-127.0.0.1}:${web_ports[0]}/" \
    "$dir/uy/almenarad.conf"
node_start uy
token=
fresh() { token=$(cmd uy token create --for 'Eva, Justice' --most GREEN) && [ -n "$token" ]; }
ok 'another token' within 30 fresh
from() { [ "$(code "$token" "$at?limit=1" --interface "$1")" = "$2" ]; }
ok 'is let in' within 30 from 127.5.0.1 200
rules() { # LINE: before all others
	cp "$dir/uy/almenara.rules" "$dir/rules"
	{ echo "$1"; cat "$dir/rules"; } > "$dir/uy/almenara.rules"
	quietly cmd uy rules load
}
ok 'a line keeps those of br from tokens' rules 'block export warning from br to gateway api'
ok 'which it holds to at once' fails has "$token" "$open"
ok 'by its id too' is 404 code "$token" "$at/$open"
ok 'others are as they were' has "$token" "$clear"
explained() { cmd uy rules explain "$1" | grep -o '^gateway api.*'; }
ok 'explain names that line' says '1: block export warning from br.*No' explained "$open"
ok 'and says of another that none is needed' says 'no line.*Yes.*no line is needed' explained "$clear"
ok 'nothing of what no token reads' fails quietly explained "$red"
ok 'try tells what would be read without it' says 'gateway api.exported.no line' cmd uy rules try "$dir/rules"
cp "$dir/rules" "$dir/uy/almenara.rules"
ok 'without the line' quietly cmd uy rules load
ok 'it is there again' has "$token" "$open"
ok 'try tells what a line would keep' says 'gateway api.refused.1: block export' \
    cmd uy rules try <(echo 'block export warning from br to gateway api'; cat "$dir/rules")
ok 'a line strips what is in it' rules 'strip impact from any to gateway api'
ok 'so no token reads it' fails has "$token" "$open"
ok 'nor by its id' is 404 code "$token" "$at/$open"
ok 'explain says what it strips' says 'No.*strips what its signature covers: impact' explained "$open"
cp "$dir/rules" "$dir/uy/almenara.rules"
ok 'without that line too' quietly cmd uy rules load
if [ ${#outside[@]} -eq 0 ]; then
	echo '# skipped: this machine has no other address'
else
	ok 'in the clear a token is not taken from elsewhere' is 403 code "$token" \
	    "http://${outside[0]}:${web_ports[0]}/api/v1/notices"
	ok 'and its owner is told what to do' says 'have it revoked' get "$token" \
	    "http://${outside[0]}:${web_ports[0]}/api/v1/notices"
fi
hurry() { # NETWORK: until it is told to wait, before the token is
	for _ in {1..200}; do
		[ "$(code "alm_${token:5}A" "$at" --interface "$1")" = 429 ] && return
	done
	return 1
}
ok 'a network has a pace' hurry 127.7.0.1
ok 'and another one its own' from 127.8.0.1 200
node=$(child_pid uy node)
ok 'a node that stands still' kill -STOP "$node"
ok 'is waited for, then it is told' is 503 code "$token" "$at" --interface 127.9.0.1
kill -CONT "$node"
ok 'and later it answers' within 60 from 127.9.0.1 200
node_stop uy

sed -i 's/site_api yes/site_api no/' "$dir/uy/almenarad.conf"
node_start uy
is_missing() { [ "$(code "$amber" "$at")" = 404 ]; }
ok 'without site_api there is no such address' within 30 is_missing
finish
