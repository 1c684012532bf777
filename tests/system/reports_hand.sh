#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A report is handed on to the team of another state: with the consent of who
# made it, and no more than she allowed; it is a report there, and she sees what
# that team says of it.
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
number='' code='' there=''
mapfile -t web_ports < <("$ASK" -p 1)
at=http://127.0.0.1:${web_ports[0]}
network_make br uy
cat >> "$dir/uy/almenarad.conf" <<- END
site_url https://cert.example/
site_name "CERT of the test"
site_dir $dir/uy/site
web_listen 127.0.0.1:${web_ports[0]}
END
mkdir "$dir/uy/site" # the web process begins anew when one appears
for t in br uy; do node_start $t; done
for t in br uy; do
	within 60 node_is_ready $t || { echo "Bail out! no node $t"; exit 1; }
done
for t in br uy; do
	within 60 is_linked $t 1 || { echo "Bail out! no link $t"; exit 1; }
done

get() { curl -s --max-time 30 "$@"; }
has_form() { get "$at/es/report" | grep -q 'name="token"'; }
page() { cat "$dir/page"; }
post() { # PATH NAME=VALUE...: a form, as a browser sends it
	local path=$1 arg=() a net=$((SRANDOM % 16000))
	shift
	for a; do arg+=(--form-string "$a"); done
	get -o "$dir/page" -w '%{http_code}' --interface "127.$((net / 250 + 16)).$((net % 250)).1" \
	    "${arg[@]}" "$at/$path"
}
send() { # NAME=VALUE...: sets number and code
	[ "$(post es/report step=send topic=deceived "$@")" = 200 ] || return 1
	number=$(sed -nE 's/.*<b>(UY-[0-9]+-[0-9]+)<.*/\1/p' "$dir/page")
	code=$(sed -nE 's/.*class="code">([^<]*)<.*/\1/p' "$dir/page")
	[ -n "$number" ] && [ "${#code}" -eq 21 ]
}
look() { is 200 post es/report/follow step=look "code=$1"; }
follow_says() { look "$1" && grep -qE -- "$2" "$dir/page"; }
arrived() { # TEXT: sets there, the number at br of what says so
	there=''
	local n
	for n in $(cmd br reports list --all | grep -oE 'UY-[0-9]+-[0-9]+'); do
		cmd br reports show "$n" | grep -q "$1" && there=$n
	done
	[ -n "$there" ]
}
count_in() { cmd br --json reports show "$1" | grep -oE '"sha256"' | wc -l; }
count_of() { cmd "$1" reports list --all | grep -cE 'UY-[0-9]+-[0-9]+'; }

ok 'the form is there' within 30 has_form
ok 'it asks for the consent' says 'name="named"' get "$at/es/report"

# without consent nothing leaves
ok 'a report without consent' send 'what=granada roja' contact=eva@example.org
silent=$number silent_code=$code
ok 'is not handed on' refuses 'has not allowed' uy reports hand "$silent" --to br
ok 'and says so in the audit trail' says 'refused' cmd uy audit
ok 'who made it is told what she has allowed' follow_says "$code" 'No</dd>'

# of a weakness all that was said of it goes, and no name
weak() { post es/report/vulnerability step=send 'product=Portal 7' version=7.1 \
    'what=higo negro' informed=ayer credit=Berenjena contact=eva@example.org share=network; }
ok 'a weakness that may be handed on' is 200 weak
weakness=$(sed -nE 's/.*<b>(UY-[0-9]+-[0-9]+)<.*/\1/p' "$dir/page")
ok 'goes to the team of the maker' cmd uy reports hand "$weakness" --to br
ok 'where it is a report' within 60 arrived 'higo negro'
ok 'with its product' says 'product.Portal 7' cmd br reports show "$there"
ok 'and whether its maker knows' says 'maker told.ayer' cmd br reports show "$there"
ok 'without the name to be thanked by' fails says 'Berenjena' cmd br reports show "$there"

# with consent to the text alone
ok 'a report that may be handed on' send 'what=papaya verde' contact=ana@example.org share=network
first=$number first_code=$code
ok 'a team that is none is told' refuses 'no team of the network' uy reports hand "$first" --to nobody
ok 'nor to the own team' refuses 'with this team' uy reports hand "$first" --to uy

# nor by one person, if the sharing rules ask for another
cp "$dir/uy/almenara.rules" "$dir/rules"
sed 's/^allow release .*/& approvals 1/' "$dir/rules" > "$dir/uy/almenara.rules"
ok 'rules that ask for another person' quietly cmd uy rules load
ok 'hold it back' refuses 'another person' uy reports hand "$first" --to br
ok 'and it is not told as handed' fails says 'handed to' cmd uy reports show "$first"
cp "$dir/rules" "$dir/uy/almenara.rules"
ok 'rules that do not' quietly cmd uy rules load
ok 'it is handed on' cmd uy reports hand "$first" --to br --note 'Es de ustedes' --text 'Lo tiene Brasil'
ok 'and is a report there' within 60 arrived 'papaya verde'
ok 'with the number that it had' says "$first" cmd br reports show "$there"
ok 'from whom it came' says "$there.*uy" cmd br reports list
ok 'with the remark' says 'Es de ustedes' cmd br reports show "$there"
ok 'not how to reach who wrote it' fails says 'ana@example.org' cmd br reports show "$there"
ok 'nor anywhere there' fails grep -rqa 'ana@example.org' "$dir/br"
ok 'the text lies nowhere in the clear' fails grep -rqa 'papaya' "$dir/br/data" "$dir/uy/data"
ok 'the watch there is called' says "alarm.*report $there handed over by uy" cat "$dir/br/err"
ok 'who made it sees with whom it is' follow_says "$first_code" 'br \(UY\)'
ok 'and what she was told' says 'Lo tiene Brasil' page
ok 'and that it has come, with the number there' within 60 follow_says "$first_code" "$there"
ok 'the watch sees that too' says "$there" cmd uy reports show "$first"

# it is worked on there
ok 'the team there says how it stands' cmd br reports state "$there" --state working
ok 'which she sees' within 60 follow_says "$first_code" 'En curso, '
ok 'it cannot write to her itself' refuses 'only uy' br reports answer "$there" --text 'x'
ok 'nor hand it further' refuses 'another team handed it over' br reports hand "$there" --to uy
entry=$(cmd br --json reports show "$there" | grep -oE "\"entry\": *\"[0-9a-f-]+" | grep -oE "[0-9a-f-]{36}")
ok 'but writes to the team it came from' quietly cmd br comment -y "$entry" --text 'Gracias'

# consent is given later, and with how to reach her
is_allowed() { is 200 post es/report/follow step=allow-contact "code=$silent_code"; }
ok 'she allows it later' is_allowed || cat "$dir/page"
ok 'sees that' says 'Sí, con mis archivos y mis datos de contacto</dd>' page
ok 'then it is handed on' cmd uy reports hand "$silent" --to br
ok 'with how to reach her' within 60 arrived 'eva@example.org'
ok 'and nothing came twice' is 3 count_of br

last=$there

# files that are chosen go along, with consent to how to reach her
yes 'guayaba blanca' | head -c 200000 > "$dir/mail.eml"
head -c 90000 /dev/urandom > "$dir/other"
mkdir "$dir/same"
yes 'lima dulce' | head -c 70000 > "$dir/same/mail.eml"
with_files() { # NAME=VALUE...: in a form with files; sets number and code
	local arg=() a net=$((SRANDOM % 16000))
	for a in step=send topic=deceived "$@"; do arg+=(--form-string "$a"); done
	is 200 get -o "$dir/page" -w '%{http_code}' --interface "127.$((net / 250 + 16)).$((net % 250)).1" \
	    "${arg[@]}" -F "files=@$dir/mail.eml" -F "files=@$dir/other" -F "files=@$dir/same/mail.eml" "$at/es/report" &&
	    number=$(sed -nE 's/.*<b>(UY-[0-9]+-[0-9]+)<.*/\1/p' "$dir/page") &&
	    code=$(sed -nE 's/.*class="code">([^<]*)<.*/\1/p' "$dir/page")
}
blobs() { find "$dir/$1/data/attachments" -type f ! -name '*.part' -printf '%f\n' | sort; }
ok 'a report with files' with_files 'what=mora azul' contact=eva@example.org share=network
blobs uy > "$dir/blobs"
ok 'whose files may show who sent them' refuses 'files may show' uy reports hand "$number" --to br --file 1
ok 'are not even copied then' is "$(cat "$dir/blobs")" blobs uy
ok 'she allows that' is 200 post es/report/follow step=allow-contact "code=$code"
ok 'a file that is none is told' refuses 'no file 4' uy reports hand "$number" --to br --file 4
ok 'nor is a word a number' refuses 'reports show' uy reports hand "$number" --to br --file one
ok 'two of them are handed on' cmd uy reports hand "$number" --to br --file 3 --file 1
ok 'and it is told that one stays' says 'Files that stay here: 1' cat "$dir/uy/cmd.err"
ok 'with what she wrote' within 60 arrived 'mora azul'
handed=$there
ok 'both are listed there' is 2 count_in "$handed"
ok 'with names that differ' says '1.mail.eml' cmd br reports show "$handed"
ok 'by a number' says '2.2-mail.eml' cmd br reports show "$handed"
ok 'and no key is shown' fails says '"key"' cmd br --json reports show "$handed"
ok 'one is taken there' quietly cmd br reports file "$handed" 2 --output "$dir/out"
ok 'as it was' cmp "$dir/out" "$dir/mail.eml"
ok 'and the other' quietly cmd br reports file "$handed" 1 --output "$dir/out1"
ok 'as it was too' cmp "$dir/out1" "$dir/same/mail.eml"
ok 'that stands in the audit trail there' says 'attachment' cmd br audit
ok 'a third is not there' refuses 'no file of that number' br reports file "$handed" 3 --output "$dir/out2"
ok 'nor in the clear anywhere' fails grep -rqa 'guayaba\|lima dulce' "$dir/br/data" "$dir/uy/data"
ok 'under keys of their own' test -z "$(comm -12 "$dir/blobs" <(blobs br))"
ok 'here they are as they were' quietly cmd uy reports file "$number" 3 --output "$dir/out3"
ok 'to the last byte' cmp "$dir/out3" "$dir/same/mail.eml"

# the same again, and after a kill
there=$last
ok 'handed on a second time' cmd uy reports hand "$silent" --to br
node_kill br
node_start br
within 60 node_is_ready br || echo '# br is not back'
ok 'it closes it there' within 60 quietly cmd br reports close "$there"
ok 'which she sees' within 60 follow_says "$silent_code" 'Cerrado, '
ok 'it is still one report there' is 4 count_of br
ok 'no more is handed on when she takes that back' is 200 post es/report/follow step=allow-none "code=$silent_code"
ok 'as told' refuses 'has not allowed' uy reports hand "$silent" --to br
ok 'nor when it is withdrawn' is 200 post es/report/follow step=withdraw "code=$first_code"
ok 'as told too' refuses 'withdrawn' uy reports hand "$first" --to br
finish
