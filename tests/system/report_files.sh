#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Files with reports of the public: from the form to the watch, sealed on the
# way, with a store that is looked through for what was in them; and forms that
# bring too much, are broken, or end in the middle.
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
mapfile -t web_ports < <("$ASK" -p 1)
at=http://127.0.0.1:${web_ports[0]}
network_make uy
mkdir "$dir/uy/site" # the web process begins anew when one appears
cat >> "$dir/uy/almenarad.conf" <<- END
site_url https://cert.example/
site_name "CERT of the test"
site_dir $dir/uy/site
web_listen 127.0.0.1:${web_ports[0]}
END
node_start uy
within 60 node_is_ready uy || { echo 'Bail out! no node'; exit 1; }

get() { curl -sS --max-time 60 "$@" 2>> "$dir/curl"; }
has_form() { get "$at/es/report" | grep -q 'name="token"'; }
page() { cat "$dir/page"; }
post() { # PATH ARGUMENT...: of curl; each from a network of its own
	local net=$((SRANDOM % 16000))
	get -o "$dir/page" -w '%{http_code}' --interface "127.$((net / 250 + 16)).$((net % 250)).1" \
	    "${@:2}" "$at/$1" | tee -a "$dir/codes"
	echo " $*" >> "$dir/codes"
}
report() { # LANG WORDS ARGUMENT...
	post "$1/report" -F step=send -F topic=deceived -F "what=$2" "${@:3}"
}
receipt() {
	number=$(sed -nE 's/.*<b>(UY-[0-9]+-[0-9]+)<.*/\1/p' "$dir/page")
	follow=$(sed -nE 's/.*class="code">([^<]*)<.*/\1/p' "$dir/page")
}
blobs() { find "$dir/uy/data/attachments" -type f | wc -l; }
whole() { find "$dir/uy/data/attachments" -type f ! -name '*.part' | wc -l; }
parts() { find "$dir/uy/data/attachments" -name '*.part' | wc -l; }
part_bytes() { find "$dir/uy/data/attachments" -name '*.part' -size +100k | wc -l; }
take() { # N: file N of the report, as the watch takes it
	rm -f "$dir/out"
	cmd uy reports file "$number" "$1" --output "$dir/out" > /dev/null
}
same() { # N FILE
	take "$1" && cmp "$dir/out" "$2"
}

# what is sent lies outside of the node's folder
in=$dir/in
mkdir "$in"
mark='papaya morada'
yes "$mark" | head -c 3000000 > "$in/mail.eml"
yes "$mark" | head -c 65536 > "$in/full.log"
: > "$in/empty"
head -c 200000 /dev/urandom > "$in/picture.png"
yes "$mark" | head -c 21000000 > "$in/large"

ok 'the form is there' within 30 has_form
ok 'files can be chosen before it is sent' is 200 post es/report -F step=check -F topic=other -F what=algo
ok 'without a script' says 'type="file" name="files" multiple' page
ok 'a form goes without one that was chosen' is 200 report es 'sin archivo' \
    -F 'files=;filename='
receipt
ok 'and has none then' fails says SHA-256 cmd uy reports show "$number"

# good ones
ok 'four files are taken' is 200 report es 'con archivos' \
    -F "files=@$in/mail.eml;type=message/rfc822" -F "files=@$in/full.log" \
    -F "files=@$in/empty" -F "files=@$in/picture.png;type=image/png"
receipt
ok 'the receipt names them' says 'mail.eml \(2.9 MiB\)' page
ok 'each' says 'empty \(0 B\)' page
ok 'the watch sees them' says 'mail.eml.*3000000.*message/rfc822' cmd uy reports show "$number"
sha=$(sha256sum < "$in/picture.png")
ok 'with their SHA-256' says "picture.png.*200000.*${sha%% *}" cmd uy reports show "$number"
ok 'how many there are stands in the list' says '"files":4' cmd uy reports list --json
ok 'keys are not shown' fails says '"key"' cmd uy reports show "$number" --json
n=0
for f in mail.eml full.log empty picture.png; do
	n=$((n + 1))
	ok "$f is as it was" same "$n" "$in/$f"
done
ok 'nobody else may read it' is 600 stat -c %a "$dir/out"
ok 'no file is written over' refuses 'there already|exists' uy reports file "$number" 1 --output "$dir/out"
ok 'and it is what it was' cmp "$dir/out" "$in/picture.png"
ok 'a file that did not come is told' refuses 'no file of that number' \
    uy reports file "$number" 5 --output "$dir/none"
ok 'and leaves nothing' fails test -e "$dir/none"
ok 'who took it stands in the audit trail' says 'attachment.*done' cmd uy audit
ok 'four lie there, sealed' is 4 whole
ok 'nothing of them lies there in the clear' fails grep -rqa "$mark" "$dir/uy"
ok 'nor what they are called' fails grep -rqa 'mail\.eml' "$dir/uy"

# with a message
follow() { post es/report/follow -F "code=$follow" "$@"; }
ok 'a message brings one too' is 200 follow -F step=write -F 'message=uno más' \
    -F "files=@$in/full.log;filename=más.log"
ok 'who sent it sees that' says 'más.log \(64.0 KiB\)' page
ok 'the watch too' says '5.*más.log.*65536' cmd uy reports show "$number"
ok 'and reads it' same 5 "$in/full.log"
ok 'a file alone is a message' is 200 follow -F step=write -F "files=@$in/picture.png"
ok 'that has it' same 6 "$in/picture.png"

# from a terminal
ok 'from a terminal' says '^UY-' "$ALMENARA" report "$at" --topic deceived --text x \
    --file "$in/full.log" --file "$in/picture.png" --lang es
number=${number%?}3
ok 'both' same 2 "$in/picture.png"
ok 'with the type of its name' says 'full.log.*text/plain' cmd uy reports show "$number"
wrong() { # PATTERN COMMAND...
	local said
	said=$("${@:2}" 2>&1) && return 1
	grep -qE "$1" <<< "$said"
}
ok 'too much is told before it is sent' wrong 'large: five files' "$ALMENARA" report "$at" \
    --topic other --text x --file "$in/large"
was=$(blobs)

# too much, or broken: told in words, what was typed is kept, nothing is left
ok 'too large a file is told' is 422 report pt 'pera verde' -F "files=@$in/large"
ok 'in words' says 'Os arquivos são grandes demais' page
ok 'and what was typed is there' says 'pera verde' page
truncate -s 80M "$in/huge"
ok 'one far too large is told' is 422 report es 'uva negra' -F "files=@$in/huge" -F 'contact=eva@example.org'
ok 'in words as well' says 'Los archivos son demasiado grandes' page
ok 'with what was typed before it' says 'uva negra' page
ok 'and after it' says 'eva@example.org' page
truncate -s 1100M "$in/huge"
ok 'more than a gigabyte is not read' is 413 report es 'uva negra' -F "files=@$in/huge"
ok 'which is told too' says 'Se envió demasiado' page
rm "$in/huge"
six=()
for f in 1 2 3 4 5 6; do six+=(-F "files=@$in/full.log;filename=$f"); done
ok 'six files are told' is 422 report fr 'pera verde' "${six[@]}"
ok 'in words too' says 'Les fichiers sont trop grands' page
ok 'also with a message' is 422 follow -F step=write -F 'message=pera roja' "${six[@]}"
ok 'which is kept' says 'pera roja' page
ok 'five go' is 200 report fr cinq "${six[@]:0:10}"
ok 'none of the others is left' within 20 is $((was + 5)) blobs
was=$(blobs)
ok 'files with a form that is not sent yet' is 200 post es/report -F step=check \
    -F topic=other -F what=x -F "files=@$in/full.log"
ok 'or that lacks an answer' is 422 post es/report -F step=send -F what=x -F "files=@$in/full.log"
broken() { # a form whose second part has another boundary
	{
		printf -- '--q\r\nContent-Disposition: form-data; name="what"\r\n\r\nmanzana\r\n--q\r\n'
		printf 'Content-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
		head -c 200000 "$in/mail.eml"
		printf '\r\n--r--\r\n'
	} | get -o "$dir/page" -w '%{http_code}' -H 'Content-Type: multipart/form-data; boundary=q' \
	    --data-binary @- "$at/es/report"
}
ok 'a file without its end is told' is 422 broken
ok 'with what came' says 'manzana' page
ok 'all of them leave nothing' within 20 is "$was" blobs

# names that mean harm
hostile() { # NAME: a file of that name, and as what the watch sees it
	report en x -F "files=@$in/empty;filename=\"$1\"" > /dev/null
	receipt
	cmd uy reports show "$number" | sed -n '/^files/,$p' | tail -1 | cut -f 2
}
ok 'a path is none' is passwd hostile '../../etc/passwd'
ok 'nor is one of Windows' is 'b_exe' hostile $'C:\\temp\\b\texe'
ok 'a name does not steer the terminal' is 'a_[31mb' hostile $'a\e[31mb'
ok 'nor turn what is read' is 'a_gpj.exe' hostile $'a\xe2\x80\xaegpj.exe'
ok 'bytes that are no text are none' is 'a__.txt' hostile $'a\xff\xfe.txt'
ok 'it is not hidden' is '_profile' hostile '.profile'
ok 'it is what it is for the watch' is '<script>alert(1)<script>.htm' \
    hostile '<script>alert(1)<script>.htm'
ok 'and escaped in the page' says '&lt;script&gt;alert' page
ok 'never as it came' fails grep -q '<script>alert' "$dir/page"
long=$(printf 'x%.0s' {1..400})
ok 'a long one loses its front' is 200 eval "hostile $long.pdf | tr -d '\n' | wc -c"
ok 'not its end' says '\.pdf$' hostile "$long.pdf"
was=$(blobs)

# cut in the middle
half() { # a form of 3 MB of which a half comes, and no more while this lives
	exec python3 - "${web_ports[0]}" "$in/mail.eml" <<- 'END'
	import socket, sys, time
	text = open(sys.argv[2], 'rb').read()
	body = (b'--q\r\nContent-Disposition: form-data; name="files"; filename="a"'
	    b'\r\n\r\n' + text + b'\r\n--q--\r\n')
	s = socket.create_connection(('127.0.0.1', int(sys.argv[1])),
	    source_address=('127.5.0.1', 0))
	s.sendall(b'POST /en/report HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n'
	    b'Content-Type: multipart/form-data; boundary=q\r\n\r\n' % len(body))
	s.sendall(body[:len(body) // 2])
	time.sleep(600)
	END
}
half &
half_pid=$!
ok 'half a file lies there, in a part' within 30 is 1 part_bytes
ok 'sealed' fails grep -rqa "$mark" "$dir/uy"
kill -9 "$half_pid"
ok 'who leaves takes it along' within 120 is 0 parts
half &
half_pid=$!
ok 'another half' within 30 is 1 part_bytes
kill -9 "$(child_pid uy web)"
ok 'goes with the web process' within 30 is 0 parts
kill -9 "$half_pid" 2> /dev/null
ok 'which is there again' within 30 has_form
half &
half_pid=$!
ok 'a third half' within 30 is 1 part_bytes
ok 'sealed too' fails grep -rqa "$mark" "$dir/uy"
kill -9 "$(child_pid uy node)"
ok 'goes with the node' within 60 is 0 parts
kill -9 "$half_pid" 2> /dev/null
ok 'which is there again too' within 60 node_is_ready uy
ok 'with its form' within 30 has_form
half &
half_pid=$!
ok 'a last half' within 30 is 1 part_bytes
node_kill uy
node_start uy
ok 'when all ends at once it begins anew' within 60 node_is_ready uy
ok 'without it' is 0 parts
ok 'and with all that was taken' is "$was" whole
kill -9 "$half_pid" 2> /dev/null
ok 'there is the form' within 30 has_form
ok 'files are taken as before' is 200 report es 'otra vez' -F "files=@$in/mail.eml"
receipt
ok 'whole' same 1 "$in/mail.eml"
ok 'nothing of all that lies there in the clear' fails grep -rqa "$mark" "$dir/uy"
finish
