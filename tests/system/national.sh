#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What a team does at home with what it was told: the organisations that it
# serves, and how a notice reaches them.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/relay.sh"

network_make br uy
mail_start
: > "$dir/hooked"
receiver_start
printf '%s\n' 'mail uy pass-word' "webhook 127.0.0.1 $secret" > "$dir/secrets"
chmod 600 "$dir/secrets"
cat >> "$dir/uy/almenarad.conf" <<- END
	mail_relay localhost:$smtp
	mail_from watch@uy.test.example
	courier_credentials $dir/secrets
	courier_ca $dir/mx/cert
	courier_networks "127.0.0.0/8"
	courier_wait_s 2
	mailings_per_s 1000
	reply_socket $dir/reply
END
node_start br
node_start uy
ok 'uy is ready' within 10 node_is_ready uy
ok 'and linked' within 20 is_linked uy 1
ok 'a mail server listens' within 10 listens "$smtp"
ok 'and a receiver' within 10 listens "$http"
count() { is "$1" wc -l < <(cmd uy constituent list "${@:2}"); }

# constituents
cat > "$dir/served.csv" <<- 'END'
	Nombre;Sector;domains;Redes;products;mail;webhook;language;agreement;note
	Banco del Litoral;financial/banking;Litoral.example|pagos.example;192.0.2.0/24;Acme Gate|pkg:deb/debian/openssl;soc@litoral.example;;es;2026/1;
	"Luz ""del"" Sur; S.A.";energy/electricity;luz.example;2001:db8:17::/48;cpe:2.3:a:acme:gate:9.1:*:*:*:*:*:*:*;;https://luz.example/hook;pt;2026/2;
	Puerto de la Paloma;transport/maritime;;;;guardia@puerto.example;;es;;"Uno.
	Dos."
	END
ok 'constituents come from a table' cmd uy constituent import "$dir/served.csv"
ok 'as many as it has' count 3
ok 'their codes are shown in words' says 'Luz "del" Sur; S.A..*Electricity' \
    cmd uy constituent list
ok 'as one register among others' says '^constituent' cmd uy register list
first_is() { is "$1" ask uy -g rows.0.body."$2" register \
    '{"kind":"constituent"}'; }
ok 'line breaks in a cell stay' first_is $'Uno.\nDos.' note
bad() { # LINE WHY
	printf '%s\n' 'name,sector,domains,mail' 'A,energy,,' 'B,energy,"b.example
	c.example",' "$1" > "$dir/bad.csv"
	refuses "$2" uy constituent import "$dir/bad.csv"
}
ok 'a name of no domain is refused' bad 'C,energy,sal ud,' 'line 5'
ok 'and what is wrong is said' says 'domains\[0\] is not the name of a domain' \
    cat "$dir/uy/cmd.err"
ok 'no address of mail' bad 'C,energy,,x@y' 'mail\[0\]'
ok 'no sector' bad 'C,casino,,' 'sector'
ok 'an open quote' bad '"C,energy' 'not closed'
printf 'name,colour\nA,red\n' > "$dir/bad.csv"
ok 'a column that is no field' refuses '"colour" is no field' uy constituent \
    import "$dir/bad.csv"
ok 'nothing of all that was taken' count 3
id=$(cmd uy constituent add --set 'name=Hospital Central' \
    --set sector=health/hospitals --set prefixes=198.51.100.0/25)
ok 'one is added' count 4
ok 'changed' quietly cmd uy constituent set "$id" --set mail=ti@hospital.example
ok 'and shown' says 'ti@hospital.example' cmd uy constituent show "$id"
service=$(cmd uy register add critical-service --set name=Red \
    --set sector=energy --set state=ok)
ok 'a row of another register is none' refuses 'critical-service' uy \
    constituent remove "$service" --reason x
ok 'one is removed' quietly cmd uy constituent remove "$id" --reason 'Se mudó'
ok 'and gone' count 3
ok 'but not lost' count 4 --all
ok 'so many are listed as asked for' count 2 --most 2

# redistribution
seen='"observables":[{"type":"url","value":
    "hxxps://login.litoral[.]example/x"},{"type":"ipv4","value":"192.0.2.77"}]'
notice() { # TLP AUD: a warning of br about a bank
	local body draft
	body=$(warning "Mail to $1")
	body=${body/financial/transport}
	draft=$(ask br -g draft draft_save "{\"kind\":\"warning\",
	    \"tlp\":\"$1\",\"aud\":$2,\"body\":${body%\}},$seen}}") &&
	    ask br -g notice release "{\"id\":\"$draft\"}"
}
lacks() { ! says "$@" > /dev/null; }
has() { is "$1" ask uy -g 'rows.#' inbox; }
amber=$(notice TLP:AMBER '["uy"]')
ok 'a notice comes' within 10 has 1
proposal() { cmd uy redistribute "$@"; }
tells() { says "$1" cat "$dir/uy/cmd.err"; }
ok 'without a line it goes to nobody' says 'rule .no line' proposal "$amber"
ok 'which is said' tells '0 readers.*domain 1, network 1, sector 1'
printf 'allow redistribute warning up to amber to sector financial transport\n' \
    >> "$dir/uy/almenara.rules"
ok 'a line is written' quietly cmd uy rules load
code=$(proposal "$amber" | tail -n 1)
ok 'with it, to those whom it concerns' tells '2 readers'
row() { says "$1" proposal "$amber"; }
ok 'by domain and network' row 'Litoral.*domain network.*mail'
ok 'by sector' row 'Paloma.*sector.*mail'
ok 'and to nobody else' lacks Luz proposal "$amber"
ok 'the same is asked by constituent match' says 'Litoral' cmd uy constituent \
    match "$amber"
ok 'reasons may be chosen' lacks 'Paloma' proposal "$amber" --by domain
ok 'nothing has gone' fails quietly letter
ok 'another code sends nothing' refuses 'not those that the code was for' uy \
    redistribute "$amber" --send 00000000
quietly cmd uy constituent add --set 'name=Aduana' --set sector=transport \
    --set "webhook=http://127.0.0.1:$http/fails/aduana" --set language=pt
ok 'nor the code of other readers' refuses 'not those' uy redistribute \
    "$amber" --send "$code"
code=$(proposal "$amber" | tail -n 1)
ok 'the code that was shown sends' cmd uy redistribute "$amber" --send "$code"
state() { # FIELD VALUE of the newest
	is "$2" ask uy -g "rows.0.$1" redistribute_status "{\"id\":\"$amber\"}"
}
ok 'two are reached' within 20 state reached 2
ok 'one is tried again' within 10 state unreached.0.why 'HTTP 500'
ok 'and named' says 'Aduana.*webhook' cmd uy redistribute status "$amber"
ok 'by mail it says only that there is something' says 'concierne a su' letter
ok 'and nothing of the text' lacks 'Mail to|accounts|litoral\.example/x' \
    letter
ok 'in the reader.s language' says 'diz respeito' cat "$dir/hooked"
again() {
	quietly cmd uy redistribute status "$amber" --retry
	state reached 3
}
ok 'it is reached at last' within 20 again
ok 'that is the end' within 10 state over true
keys() { grep "^/fails/aduana " "$dir/hooked" | cut -d' ' -f2 | sort -u | wc -l; }
ok 'all tries were one and the same' is 1 keys
ok 'nobody is proposed twice' says '^$' proposal "$amber"
ok 'all have it' tells '3 have it already'

# what they say comes back
answer=$(cat "$dir"/mx/spool/input/*-D | grep -oE '[0-9A-Z]{5}-[0-9A-Z]{5}' |
    head -n 1)
feedback() { cmd uy redistribute feedback "$amber" "$@"; }
ok 'an answer by code is kept' quietly feedback --code "$answer" --result seen
sighted() { says 'Seen.1.1.uy' cmd br sighting list "$amber" > /dev/null; }
ok 'and its origin learns that it was seen' within 10 sighted
ok 'not by whom' lacks 'Litoral|Paloma' cmd br sighting list "$amber" --json
ok 'a code of nobody is refused' refuses 'nobody with this code' uy \
    redistribute feedback "$amber" --code 00000-00000 --result seen
ok 'nor is there such a result' refuses 'result:' uy redistribute feedback \
    "$amber" --code "$answer" --result maybe

# and by letter, as a mail server pipes it in
mine=$(cat "$dir"/mx/spool/input/*-D | grep -oE '[0-9A-Z]{5}-[0-9A-Z]{5}' |
    grep -v "$answer" | head -n 1)
letter_says() { # TEXT: what the node answers
	printf 'From: soc@litoral.example\n\n%s\n' "$1" |
	    "$ALMENARA" reply --lang en --socket "$dir/reply" 2>&1
}
ok 'a letter with its code is an answer' within 10 says 'answer was kept' \
    letter_says "$mine no visto"
not_seen() { says 'Not seen.1.1.uy' cmd br sighting list "$amber" > /dev/null; }
ok 'and its origin learns that it was not seen' within 10 not_seen
ok 'the same once more changes nothing' says 'said so already' \
    letter_says "$mine not seen"
ok 'nor does a word that is none' says 'behind the code' \
    letter_says "$mine perhaps"
ok 'a code without a word means seen' says 'said so already' \
    letter_says "$answer"
ok 'another word is what they say now' says 'answer was kept' \
    letter_says "$mine useful"
ok 'a code of nobody is none' says 'No page has this code' \
    letter_says '00000-00000 seen'
ok 'the origin has three kinds of answers' within 10 is 3 ask br -g 'rows.#' \
    sightings "{\"id\":\"$amber\"}"

# what follows goes to the same, whatever it names now
ok 'the notice is revised' quietly cmd br update "$amber" --yes \
    --set sectors=energy --set 'observables=[]'
revised() { is 1 ask uy -g rows.0.rev inbox; }
ok 'which comes' within 10 revised
outdated() { ask uy -g outdated.0."$1" escalations; }
ok 'the watch shows it' within 10 is update outdated act
ok 'with what to do' says "almenara redistribute ${amber: -8}" \
    cmd uy watch --count 1
told() { # HOW MANY: alarms about it
	[ "$(grep -c "alarm.*: almenara redistribute $amber" "$dir/uy/err")" \
	    -eq "$1" ]
}
ok 'an alarm says so' within 10 told 1
ok 'it is told that a newer one is there' quietly cmd uy redistribute \
    status "$amber"
ok 'with the command for it' tells "newer revision: almenara redistribute"
printf 'allow redistribute warning up to amber to sector energy\n' \
    >> "$dir/uy/almenara.rules"
quietly cmd uy rules load
code=$(proposal "$amber" | tail -n 1)
ok 'to those who had the first, and to whom it concerns now' \
    tells '4 readers.*sector 1, told before 3'
node_kill uy
node_start uy
ok 'after a kill' within 20 node_is_ready uy
ok 'it is still shown' within 10 is update outdated act
sleep 2 # time in which it could be told once more
ok 'the code still stands' within 10 quietly cmd uy redistribute "$amber" \
    --send "$code"
node_kill uy
node_start uy
ok 'killed at once' within 20 node_is_ready uy
gone() { state count 4 && state over true; }
ok 'it goes to all of them' within 30 gone
ok 'now nothing is out of date' within 10 is 0 ask uy -g 'outdated.#' escalations
ok 'nor was that told twice, after kills' told 1
# what a kill left unwritten is sent again, under the id that it had
each_once() { # each reader knows each letter by one id
	[ "$(find "$dir/mx/spool/input" -name '*-H' -exec awk '
	    FNR == 1 { n++ }
	    / (To|Subject|Message-ID): / { sub(/^[0-9]+. */, ""); of[n] = of[n] $0 "\t" }
	    END { for (i in of) print of[i] }' {} + | sort -u |
	    sed 's/Message-ID: [^\t]*\t//' | sort | uniq -d | wc -l)" -eq 0 ]
}
ok 'nobody twice' each_once
ok 'it says that it is an update' says 'Atualiza' cat "$dir/hooked"
ok 'the notice is withdrawn' quietly cmd br cancel "$amber" --yes \
    --reason 'en:A mistake'
withdrawn() { proposal "$amber" > "$dir/code" && tells '4 readers'; }
ok 'that goes to the same' within 10 withdrawn
ok 'that is told too' within 10 told 2
ok 'as an end' is end outdated act
ok 'too' quietly cmd uy redistribute "$amber" --send "$(tail -n 1 "$dir/code")"
ended() { state act end && state over true; }
ok 'and ends it for them' within 20 ended
for ((i = 0; i < 2500; i++)); do
	echo "{\"name\":\"Org $i\",\"sector\":\"transport/road\",\"mail\":[\"o$i@org.example\"]}"
done > "$dir/many.jsonl"
quietly cmd uy constituent import "$dir/many.jsonl"
size() { ask uy -g size log_show '{"which":"private","count":1}'; }
open=$(notice TLP:CLEAR '"all"')
printf 'allow redistribute any to constituents\n' >> "$dir/uy/almenara.rules"
quietly cmd uy rules load
ok 'an open notice comes' within 10 quietly proposal "$open"
code=$(proposal "$open" | tail -n 1) before=$(size)
quietly cmd uy redistribute "$open" --send "$code"
queued() { # in a few records, not one each
	[ $(($(size) - before)) -le 12 ] && is 2503 ask uy -g rows.0.count \
	    redistribute_status "{\"id\":\"$open\"}"
}
ok 'very many are queued in few records' queued
whole() { grep -q 'Mail to TLP:CLEAR' <(letter); }
ok 'of which the text goes' within 10 whole
strict=$(notice TLP:AMBER+STRICT '["uy"]')
ok 'one for the team alone' within 10 quietly proposal "$strict"
ok 'goes to none' tells '0 readers'
ok 'by its label' tells 'refused: label'
finish
