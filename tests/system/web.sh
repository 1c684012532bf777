#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The web process: what it serves, what it refuses, whom it lets go, what it
# may do, and that it goes on while the node begins again. Its readers come
# over the loopback.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
reader="$(dirname "$0")/web_reader.py"
site="$dir/site"
umask 022

mapfile -t web_ports < <("$ASK" -p 2)
web=${web_ports[0]} tls=${web_ports[1]}
network_make uy
mkdir -p "$site/es/w/1" "$site/en" "$site/fr" "$site/.well-known" "$dir/out"
{ echo '<!doctype html><title>Avisos</title>'; head -c 10000 /dev/zero |
    tr '\0' x; } > "$site/es/index.html"
echo '<!doctype html><title>Notices</title>' > "$site/en/index.html"
echo '<!doctype html><title>Avis</title>' > "$site/fr/index.html"
echo '<!doctype html><title>Uno</title>' > "$site/es/w/1/index.html"
echo '<!doctype html><title>Nada aquí</title>' > "$site/es/404.html"
echo '{}' > "$site/es/feed.json"
echo 'Contact: x' > "$site/.well-known/security.txt"
echo secret > "$site/.hidden"
echo secret > "$dir/out/secret"
ln -s ../out/secret "$site/link"
ln -s ../out "$site/folder"
gzip -k -9 "$site/es/index.html"
echo brotli > "$site/es/index.html.br"
head -c 8000000 /dev/zero > "$site/large.bin"
cat >> "$dir/uy/almenarad.conf" <<- END
site_dir $site
web_listen 127.0.0.1:$web
web_connections 40
web_connections_each 12
web_wait_ms 1500
END
node_start uy
within 20 node_is_ready uy || { echo 'Bail out! no node'; exit 1; }

at=http://127.0.0.1:$web
get() { curl -s --max-time 20 "$@"; }
code() { get -o /dev/null -w '%{http_code}\n' "$@"; }
head_of() { # NAME CURL-ARGS...: a header of the answer
	local name=$1
	shift
	get -o /dev/null -D - "$@" | tr -d '\r' |
	    sed -n "s/^$name: //Ip"
}
raw() { timeout 60 python3 "$reader" "$web" "$@"; }
web_pid() { child_pid uy web; }
is_served() { [ "$(code "$at/es/")" = 200 ]; }

ok 'a page is served' within 10 is_served
ok 'with its type' is 'text/html; charset=utf-8' head_of content-type "$at/es/"
ok 'and with what a browser may do with it' says \
    "^default-src 'none'; .*frame-ancestors 'none'$" \
    head_of content-security-policy "$at/es/"
ok 'types are not guessed' is nosniff head_of x-content-type-options "$at/es/"
ok 'nobody is told where a reader came from' is no-referrer \
    head_of referrer-policy "$at/es/"
ok 'no promise of TLS without it' is '' \
    head_of strict-transport-security "$at/es/"

# languages
ok 'the root leads to the language that is wished' is /fr/ \
    head_of location -H 'Accept-Language: fr-CA, en;q=0.5' "$at/"
ok 'and to another one for another reader' is /es/ \
    head_of location -H 'Accept-Language: de, es;q=0.2' "$at/"
ok 'caches are told' is Accept-Language head_of vary "$at/"
ok 'a folder has a slash' is /es/w/1/ head_of location "$at/es/w/1"
ok 'what is not there is told in the language of the path' \
    says 'Nada aquí' get "$at/es/no"
ok 'or of the reader' says 'lang="pt"' get -H 'Accept-Language: pt' "$at/no"
ok 'as 404' is 404 code "$at/es/no"

# codings
ok 'gzip for who takes it' is gzip head_of content-encoding \
    -H 'Accept-Encoding: gzip' "$at/es/"
ok 'brotli before it' is br head_of content-encoding \
    -H 'Accept-Encoding: gzip, br' "$at/es/"
ok 'neither for who takes none' is '' head_of content-encoding \
    -H 'Accept-Encoding: br;q=0' "$at/es/"
ok 'not compressed, since there is no such file' is '' head_of \
    content-encoding -H 'Accept-Encoding: gzip' "$at/en/"
same() { cmp -s <(get --compressed -H 'Accept-Encoding: gzip' "$at/es/") \
    "$site/es/index.html"; }
ok 'the same comes out' same

# caches
tag=$(head_of etag "$at/es/")
ok 'who has it gets nothing again' is 304 code -H "If-None-Match: $tag" \
    "$at/es/"
ok 'each coding has its tag' fails is "$tag" head_of etag \
    -H 'Accept-Encoding: gzip' "$at/es/"
ok 'what others hold is not overwritten' is 412 code -H 'If-Match: "x"' \
    "$at/es/"
ok 'nothing is sent with a head' is 10037 head_of content-length -I "$at/es/"
changed() { [ "$(head_of etag "$at/es/w/1/")" != "$tag1" ]; }
tag1=$(head_of etag "$at/es/w/1/")
echo '<!doctype html><title>Dos</title>' > "$site/new"
mv "$site/new" "$site/es/w/1/index.html"
ok 'a page that was swapped is seen' within 5 changed
ok 'and is the new one' says Dos get "$at/es/w/1/"
rm "$site/es/w/1/index.html"
ok 'one that was taken away is gone' within 5 is 404 code "$at/es/w/1/"

# parts
ok 'a part' is 206 code -r 0-9 "$at/es/"
ok 'is that part' is '<!doctype ' get -r 0-9 "$at/es/index.html"
ok 'the end' is 10 get -r -10 -o /dev/null -w '%{size_download}' "$at/es/"
ok 'beyond the end' is 416 code -r 99999- "$at/es/"
ok 'says how much there is' is 'bytes */10037' head_of content-range \
    -r 99999- "$at/es/"
ok 'of another version it is the whole' is 200 code -r 0-9 \
    -H 'If-Range: "x"' "$at/es/"
ok 'of a large file too' is 100 get -r 7999900- -o /dev/null \
    -w '%{size_download}' "$at/large.bin"
ok 'which is only to be saved' is attachment head_of content-disposition \
    "$at/large.bin"
whole() { get "$at/large.bin" | cmp -s - "$site/large.bin"; }
ok 'and comes whole' whole

# methods and content
ok 'nothing is posted' is 405 code -X POST "$at/es/"
ok 'what is allowed is said' is 'GET, HEAD' head_of allow -X DELETE "$at/es/"
ok 'content is not taken' is 413 code -X GET -d x=1 "$at/es/"

# names that are none
for path in /../out/secret /%2e%2e/out/secret /es/..%2f..%2fout/secret \
    /.hidden /%2ehidden '/es\..\index.html' //es/ /es//index.html /%00 \
    '/es/%0d%0aX:y' /%c0%ae%c0%ae/; do
	ok "refused: $path" is 400 code --path-as-is "$at$path"
done
ok 'no link leads out' is 404 code "$at/link"
ok 'nor that of a folder' is 404 code "$at/folder/secret"
ok 'a long name' is 414 code "$at/$(printf 'a%.0s' {1..2000})"
ok 'no host' is 400 raw raw 'GET /es/ HTTP/1.1\r\n\r\n'
ok 'no request at all' is 0 raw raw 'hello\r\n\r\n'
giant() {
	case $(raw raw "GET /es/ HTTP/1.1\r\nHost: x\r\nX: $(printf \
	    'a%.0s' {1..20000})\r\n\r\n") in
	431 | 413 | 414 | 0) ;;
	*) return 1 ;;
	esac
}
ok 'a head without end' giant
ok 'two requests over one connection' is '200 200 ' raw two
ok 'still served' is_served

# greed
drips() { [ "$(raw drip)" -lt 200 ]; }
ok 'who sends a byte now and then is let go' drips
ok 'who takes no answer is let go' is gone raw deaf /large.bin
ok 'so many from one address, and no more' is 12 raw hold 20
raw hold 12 127.0.0.1 4 > "$dir/held" &
held() { [ -s "$dir/held" ]; }
within 10 held
ok 'while one has all of his' is 0 raw hold 3
ok 'others are served' is 3 raw hold 3 127.0.0.2
wait $!
ok 'and he again, later' within 10 is_served

# many more than usual: the node stands still meanwhile, and no file is read
reads() { sed -n 's/^syscr: //p' "/proc/$(web_pid)/io" 2> /dev/null; }
quietly get "$at/es/" "$at/en/"
stopped=$(child_pid uy node)
reads_before=$(reads)
kill -STOP "$stopped"
raw crowd 1000 > "$dir/crowd"
kill -CONT "$stopped"
ok 'a thousand readers are served without the node' is 1000 cat "$dir/crowd"
few_reads() {
	[ -n "$reads_before" ] || { echo '# skipped: not ours to look into'; return; }
	echo "# read from the disk for that: $(($(reads) - reads_before))"
	[ $(($(reads) - reads_before)) -lt 100 ]
}
ok 'and without the disk' few_reads

# what it may do
confined() {
	local p
	p=$(web_pid)
	grep -q '^Seccomp:.2$' "/proc/$p/status" &&
	    ! find "/proc/$p/fd" -lname "$dir/uy/*" \
	    ! -lname '*/err' | grep -q .
}
ok 'it is confined, and holds nothing of the node' confined

# starts and ends
before=$(web_pid)
kill -9 "$before"
is_another() { [ -n "$(web_pid)" ] && [ "$(web_pid)" != "$before" ]; }
ok 'it is started again' within 20 is_another
ok 'and serves' within 20 is_served
before=$(web_pid)
kill -9 "$(child_pid uy node)"
ok 'it serves while the node begins again' is_served
within 20 node_is_ready uy
ok 'and is the same one after that' is "$before" web_pid
ok 'the node stops in order' node_stop uy
gone() { ! [ -e "/proc/$before" ]; }
ok 'and it with it' within 5 gone

# TLS
certificate() { # NAME
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -days 2 -subj "/CN=$1" -addext 'subjectAltName=IP:127.0.0.1' \
	    -keyout "$dir/web.key.new" -out "$dir/web.pem.new" \
	    2> /dev/null
	chmod 600 "$dir/web.key.new"
	mv "$dir/web.key.new" "$dir/web.key"
	mv "$dir/web.pem.new" "$dir/web.pem"
}
certificate first
sed -i "s/^web_listen.*/web_listen 127.0.0.1:$tls/" "$dir/uy/almenarad.conf"
printf 'web_certificate %s\nweb_key %s\n' "$dir/web.pem" "$dir/web.key" \
    >> "$dir/uy/almenarad.conf"
at=https://127.0.0.1:$tls
get() { curl -s --max-time 20 --cacert "$dir/web.pem" "$@"; }
node_start uy
ok 'over TLS' within 20 is_served
ok 'which is to stay' says max-age= head_of strict-transport-security \
    "$at/es/"
ok 'TLS 1.2 is not spoken' fails get --tls-max 1.2 -o /dev/null "$at/es/"
ok 'nor HTTP without it' fails get -f -o /dev/null "http://127.0.0.1:$tls/es/"
face() { [ "$(ask uy status | jq -r ".web.$1")" = "$2" ]; }
ends() { # POSIX seconds
	date -d "$(openssl x509 -in "$dir/web.pem" -noout -enddate |
	    cut -d= -f2)" +%s
}
ok 'the status says that it is up' within 30 face up true
ok 'where' face 'address[0]' "127.0.0.1:$tls"
ok 'and when its certificate ends' face until "$(ends)"
ok 'which the doctor finds near' says '^(!|doubtful).Certificate.until.*renew it' \
    "$ALMENARA" doctor --conf "$dir/uy/almenarad.conf"
certificate second
ok 'a new certificate is taken up' within 20 is_served
ok 'and its end told' within 30 face until "$(ends)"
chmod 644 "$dir/web.key"
node_stop uy
node_start uy
refused() { grep -q 'web.refused.*chmod o=' "$dir/uy/err"; }
ok 'a key that others may read is refused' within 20 refused
ok 'and the node runs' within 20 node_is_ready uy
ok 'the status says that it does not' face up false
ok 'so does the doctor' says 'Web process.*not up.*is not heard' \
    "$ALMENARA" doctor --conf "$dir/uy/almenarad.conf"
finish
