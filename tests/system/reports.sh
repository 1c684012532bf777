#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Reports of the public, from the form to the watch and back, without a script
# in the browser: real processes, a real store that is looked through for what
# was written, and readers that mean harm.
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
mapfile -t web_ports < <("$ASK" -p 1)
at=http://127.0.0.1:${web_ports[0]}
network_make uy
cat >> "$dir/uy/almenarad.conf" <<- END
site_url https://cert.example/
site_name "CERT of the test"
site_phone "+598 2000 0000"
site_dir $dir/uy/site
web_listen 127.0.0.1:${web_ports[0]}
END
node_start uy
within 60 node_is_ready uy || { echo 'Bail out! no node'; exit 1; }

get() { curl -s --max-time 30 "$@"; }
code() { get -o /dev/null -w '%{http_code}' "$@"; }
field() { sed -nE "s/.*name=\"$1\" value=\"([^\"]*)\".*/\1/p" | head -1; }
has_form() { get "$at/es/report" | grep -q 'name="token"'; }
page() { cat "$dir/page"; }
post() { # PATH NAME=VALUE...: a form, as a browser sends it
	local path=$1 arg=() a
	shift
	for a; do arg+=(--form-string "$a"); done
	# each from a network of its own: how many of one are taken is below
	local net=$((SRANDOM % 16000))
	get -o "$dir/page" -w '%{http_code}' --interface "127.$((net / 250 + 16)).$((net % 250)).1" \
	    "${arg[@]}" "$at/$path"
}

secret='zanahoria azul <script>alert(1)</script>'

ok 'the form is there' within 20 has_form
frame_is_there() { get "$at/es/report" | grep -q 'CERT of the test'; }
ok 'in the frame of the site' within 20 frame_is_there
ok 'in the language of its address' says 'Informar un incidente' get "$at/es/report"
ok 'and not kept by caches' says '^Cache-Control: no-store' \
    get -D - -o /dev/null "$at/pt/report"
ok 'with the policy of every page' says "^Content-Security-Policy: default-src 'none'" \
    get -D - -o /dev/null "$at/fr/report"
ok 'and another one to follow' says 'name="code"' get "$at/en/report/follow"

token=$(get "$at/es/report" | field token)
ok 'without answers it is not taken' is 422 post es/report step=check "token=$token"
ok 'a summary says what is missing' says 'href="#topic".*Elija' page
ok 'and what else' says 'href="#what"' page
ok 'what was typed is kept' is 422 post es/report step=check what=algo
ok 'as it was' says '>algo</textarea>' page
ok 'answers are shown to be checked' is 200 post es/report step=check \
    "token=$token" topic=locked "what=$secret" contact=ana@example.org share=network
ok 'escaped' says 'zanahoria azul &lt;script&gt;' page
ok 'never as they came' fails grep -q '<script>alert' "$dir/page"
ok 'with the name of what was chosen' says 'Archivos o sistemas bloqueados' page
ok 'they can be changed' is 200 post es/report step=change topic=locked "what=$secret"
ok 'and are there again' says 'zanahoria azul' page

token=$(get "$at/es/report" | field token)
ok 'it is sent' is 200 post es/report step=send "token=$token" topic=locked \
    "what=$secret" contact=ana@example.org share=network
number=$(sed -nE 's/.*<b>(UY-[0-9]+-[0-9]+)<.*/\1/p' "$dir/page")
follow=$(sed -nE 's/.*class="code">([^<]*)<.*/\1/p' "$dir/page")
ok 'the receipt has a number' test -n "$number"
ok 'and a code' test "${#follow}" -eq 21
ok 'the watch is told' says "report $number|lane.*slow|$number" cmd uy reports list
ok 'one that came at once is in the slow lane' says 'slow' \
    cmd uy reports list
ok 'the watch reads it' says 'zanahoria azul' cmd uy reports show "$number"
ok 'with who can be reached' says 'ana@example.org' cmd uy reports show "$number"
ok 'who has read it stands in the audit trail' says 'report|opened' cmd uy audit

# what was written lies nowhere in the clear
ok 'nowhere on the disk in the clear' fails grep -rqa 'zanahoria' "$dir/uy"
ok 'nor the code' fails grep -rqa "$follow" "$dir/uy"

# following
ok 'a wrong code is told' is 422 post es/report/follow step=look code=AAAA-BBBB-CCCC-DDDD-E
ok 'one that nobody has too' is 404 post es/report/follow step=look code=0000-0000-0000-0000-0
ok 'the right one shows the state' is 200 post es/report/follow step=look "code=${follow,,}"
ok 'with the number' says "$number" page
ok 'in words' says 'Recibido' page
ok 'the watch answers' cmd uy reports answer "$number" --text '¿Cuántos <b>equipos</b>?' --state waiting
ok 'who reported reads it' is 200 post es/report/follow step=look "code=$follow"
ok 'escaped too' says 'Cuántos &lt;b&gt;equipos' page
ok 'and that she is waited for' says 'Espera a quien informa' page
ok 'no other code opens the answer' fails grep -rqa 'Cuántos' "$dir/uy/data"
ok 'she writes back' is 200 post es/report/follow step=write "code=$follow" 'message=Tres, y la pera verde'
ok 'sees it herself' says 'pera verde' page
ok 'and that it goes on' says 'En curso' page
ok 'the watch reads that' says 'pera verde' cmd uy reports show "$number"
ok 'it stays sealed on the disk' fails grep -rqa 'pera verde' "$dir/uy"
ok 'the watch hands it on' cmd uy reports state "$number" --state handed --text 'x'
ok 'and closes it' cmd uy reports close "$number" --text 'Gracias'
ok 'then it is on no list' fails says "$number" cmd uy reports list
ok 'but on that of all' says "$number" cmd uy reports list --all
ok 'she withdraws it' is 200 post es/report/follow step=withdraw "code=$follow"
ok 'that is shown' says 'Retirado' page
ok 'nobody answers then' refuses 'withdrawn' uy reports answer "$number" --text 'y'
ok 'what is no report is told' refuses 'nothing with the id|no report' uy reports show UY-2020-00001

# a second one has the next number
ok 'the next report' is 200 post en/report step=send topic=weakness what=two
ok 'has the next number' says "${number%?}2" page

# from a terminal, with the work of the form done: for the watch at once
wrong() { # PATTERN COMMAND...
	local said
	said=$("${@:2}" 2>&1) && return 1
	grep -qE "$1" <<< "$said"
}
terminal() { "$ALMENARA" report "$at" "$@"; }
told() { grep -c 'alarm.*report UY-.* from the public' "$dir/uy/err"; }
ok 'nobody was called for those that came too fast' is 0 told
ok 'one comes from a terminal' says "^${number%?}3.[0-9A-Z*~$=-]{21}$" terminal \
    --topic down --text 'todo caído' --contact luis@example.org --lang es
ok 'that is no slow one' fails says "${number%?}3.*slow" cmd uy reports list
ok 'and the watch is called' within 5 is 1 told
ok 'who reads it' says 'todo caído' cmd uy reports show "${number%?}3"
ok 'a topic that is none is told' wrong 'missing' terminal \
    --topic nothing --text x
ok 'and a site that has no form' wrong 'answers 404' "$ALMENARA" report \
    "$at/es" --topic down --text x

# a weakness: a path of its own
weak=es/report/vulnerability
ok 'a weakness has a form of its own' says 'Informar una vulnerabilidad' get "$at/$weak/"
ok 'in its own frame' says '<title>Signaler une vuln' get "$at/fr/report/vulnerability"
ok 'the other form leads to it' says 'href="/es/report/vulnerability/"' get "$at/es/report"
token=$(get "$at/$weak/" | field token)
ok 'without a product it is not taken' is 422 post $weak step=check what=algo
ok 'a summary says so' says 'href="#product"' page
ok 'nor without what is wrong' is 422 post $weak step=check "product=Portal <7>"
ok 'that is said too' says 'href="#what"' page
ok 'and what was typed kept' says 'value="Portal &lt;7&gt;"' page
weakness=("token=$token" topic=down "product=Portal <7>" vendor=Zarzamora version=7.1
    'what=sandía rayada' exploited=Sí informed=ayer publish=2027-02-01
    credit=Berenjena contact=eva@example.org)
ok 'its answers are shown' is 200 post $weak step=check "${weakness[@]}"
ok 'each' says '<dd>2027-02-01</dd>' page
ok 'and are sent to its own address' says 'action="/es/report/vulnerability"' page
sent() { sed -nE 's/.*name="credit" value="([^"]*)".*/\1/p' "$dir/page"; }
ok 'with what they were' is Berenjena sent
ok 'it is sent' is 200 post $weak step=send "${weakness[@]}"
weak_number=$(sed -nE 's/.*<b>(UY-[0-9]+-[0-9]+)<.*/\1/p' "$dir/page")
weak_code=$(sed -nE 's/.*class="code">([^<]*)<.*/\1/p' "$dir/page")
ok 'with the next number' is "${number%?}4" echo "$weak_number"
weak_shown() { cmd uy reports show "$weak_number" > "$dir/shown" 2>&1; cat "$dir/shown"; }
ok 'whatever it says to be about, it is a weakness' says 'weakness of a product' weak_shown
for row in 'product +Portal <7>' 'maker +Zarzamora' 'version +7.1' 'exploited +Sí' \
    'maker told +ayer' 'publication planned +2027-02-01' \
    'to be thanked +Berenjena' 'contact +eva@example.org' 'sandía rayada'; do
	ok "the watch reads: $row" grep -qP "^ *${row/ +/\\t}" "$dir/shown"
done
ok 'none of it in the clear on the disk' fails grep -rqaE 'sandía|Berenjena|Zarzamora' "$dir/uy"

# the same from a terminal
finder() { # its number
	"$ALMENARA" report "$at" --product 'Puente <8>' --vendor Frambuesa --version 8.2 \
	    --exploited 'aún no' --informed hoy --publish 2027-03-01 --credit Grosella \
	    --contact iris@example.org --share --named --text 'pera dorada' --lang pt | cut -f 1
}
ok 'a weakness comes from a terminal' says '^UY-' finder
finder_number=${weak_number%?}5
cmd uy reports show "$finder_number" > "$dir/shown" 2>&1
for row in 'about +A weakness of a product' 'product +Puente <8>' 'maker +Frambuesa' \
    'version +8.2' 'exploited +aún no' 'maker told +hoy' 'publication planned +2027-03-01' \
    'to be thanked +Grosella' 'contact +iris@example.org' 'may be handed on +contact' 'pera dorada'; do
	ok "the watch reads: $row" grep -qP "^ *${row/ +/\\t}" "$dir/shown"
done
ok 'of no product it is not sent' wrong 'product' terminal --vendor x --text x
ok 'nor as anything else' wrong 'product' terminal --topic down --product x --text x

# how far its coordination is
followed() { post en/report/follow step=look "code=$weak_code" > "$dir/status" && page; }
at_stage() { followed | grep -q "aria-current=\"step\">$1<"; }
ok 'at first it is received' at_stage Received
ok 'the watch says that it is so' cmd uy reports state "$weak_number" --stage confirmed
ok 'who reported sees it' at_stage Confirmed
ok 'and what comes' says 'Maker told.*Mended.*Published' page
ok 'then that the maker knows' cmd uy reports state "$weak_number" --stage informed \
    --state working --text 'El fabricante lo sabe'
ok 'that is shown, with the answer' at_stage 'Maker told'
ok 'which is there' says 'El fabricante lo sabe' page
ok 'an answer of hers changes nothing of that' is 200 post en/report/follow step=write \
    "code=$weak_code" message=bien
ok 'it is where it was' at_stage 'Maker told'
ok 'the watch sees it' says 'coordination.Maker told' weak_shown
ok 'a stage that is none is told' refuses 'a stage is received' uy reports state \
    "$weak_number" --stage nothing
ok 'and one of what is no weakness' refuses 'only a report of a weakness' uy reports state \
    "${number%?}3" --stage confirmed
ok 'nothing has changed' at_stage 'Maker told'

# hostile bodies
many=$(head -c 9000 /dev/zero | tr '\0' x)
ok 'what is too long is told' is 422 post fr/report step=send topic=other "what=$many"
ok 'in the language of the reader' says 'trop long' page
ok 'and kept' says 'xxxxxxxxxx' page
broken() {
	printf -- '--q\r\nContent-Disposition: form-data; name="what"\r\n\r\nmanzana roja\r\n--q\r\nX' |
	    get -o "$dir/page" -w '%{http_code}' -H 'Content-Type: multipart/form-data; boundary=q' \
	    --data-binary @- "$at/es/report"
}
ok 'a form that is cut is told' is 422 broken
ok 'in words' says 'No llegó completo' page
ok 'and what came is kept' says 'manzana roja' page
ok 'another type of content is none' is 400 code -d step=send "$at/es/report"
ok 'too much is not read' is 413 code -H 'Content-Length: 1999999999' \
    -H 'Content-Type: multipart/form-data; boundary=q' -X POST --data-binary @/dev/null "$at/es/report"
ok 'bytes that are no text are told' is 422 post pt/report step=check topic=other $'what=a\xff\xfeb'
# one address floods, slowly and quickly; what others get is the same
flood() { # COUNT: posts from one address; how they were answered
	python3 - "${web_ports[0]}" "$1" <<- 'END'
	import collections, socket, sys
	head = (b'POST /en/report HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n'
	    b'Content-Type: multipart/form-data; boundary=q\r\n\r\n')
	# who begins a form and sends no more
	slow = [socket.create_connection(('127.0.0.1', int(sys.argv[1])),
	    source_address=('127.2.0.1', 0)) for _ in range(40)]
	for s in slow:
	    s.sendall(head)
	codes = collections.Counter()
	for _ in range(int(sys.argv[2])):
	    s = socket.create_connection(('127.0.0.1', int(sys.argv[1])),
	        source_address=('127.3.0.1', 0))
	    s.sendall(head + b'--q--\r\n\r\n')
	    codes[s.recv(12)[-3:].decode()] += 1
	    s.close()
	taken = sum(n for c, n in codes.items() if c != '429')
	print('few' if taken < sys.argv[2].__len__() * 50 else 'many', dict(codes))
	END
}
flood 1500 > "$dir/flood" &
flood_pid=$!
calm=0
for k in {1..20}; do
	[ "$(post en/report step=check topic=other "what=calm $k")" = 200 ] &&
	    calm=$((calm + 1))
done
wait "$flood_pid"
ok 'of 1,500 posts from one address few are taken' says '^few .*429' cat "$dir/flood"
ok 'all twenty of others are, meanwhile' test "$calm" -eq 20
guess() { # COUNT: codes from one address
	local k
	for ((k = 0; k < $1; k++)); do
		get -o /dev/null -w '%{http_code}\n' --interface 127.4.0.1 \
		    --form-string step=look --form-string \
		    code=0000-0000-0000-0000-0 "$at/en/report/follow"
	done | sort | uniq -c
}
guess 60 > "$dir/guessed"
ok 'guessing codes is slowed down' says ' 429' cat "$dir/guessed"
ok 'after some' says ' 404' cat "$dir/guessed"
ok 'the web process may still do nothing else' says 'Seccomp:.2' \
    cat "/proc/$(child_pid uy web)/status"
finish
