#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Reports that a browser seals before it sends them: the script of the form in
# headless Chromium, against the vectors that C is tried with; a whole report;
# and what travelled, byte by byte, through a proxy that keeps everything.
# shellcheck disable=SC1091,SC2154
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
. "$here/browser_tools.sh"

umask 022
mapfile -t web_ports < <("$ASK" -p 2)
at=http://127.0.0.1:${web_ports[0]} proxy=http://127.0.0.1:${web_ports[1]}
network_make uy
cat >> "$dir/uy/almenarad.conf" <<- END
	site_dir $dir/site
	site_url https://cert.test.example/
	site_name "CERT Pruebas"
	site_phone "+598 2000 0000"
	web_listen 127.0.0.1:${web_ports[0]}
END
node_start uy
get() { curl -s --max-time 20 "$@"; }
report_page() { get "$at/en/report"; }
has_script() { report_page | grep -q 'script type="module"'; }
ok 'the form has its script' within 60 has_script
script=$(report_page | sed -nE 's/.*<script type="module" src="([^"]*)".*/\1/p')
digest_of_script() { get "$at$script" | sha256sum | head -c 16; }
ok 'whose name is of its bytes' is "${script:8:16}" digest_of_script
forever='Cache-Control: public, max-age=31536000, immutable'
heads() { get -D - -o /dev/null "$at$1"; }
ok 'which browsers keep for ever' says "$forever" heads "$script"
style=/$(report_page | grep -oE "style-[0-9a-f]{16}\.css" | head -1)
ok 'as they keep the style' says "$forever" heads "$style"
ok 'pages they do not' says 'Cache-Control: max-age=60' heads /en/
is_signed() { grep -qF "${script#/}" "$dir/site/manifest.txt" 2> /dev/null; }
ok 'the script is in the signed list' within 60 is_signed
key=$("$ALMENARA" keyset show --dir "$dir/uy" | awk '$1 == "intake" { print $2 }')
ok 'the key is told by the name that keysets have' says "<code class=\"code\">$key</code>" \
    report_page

# what is sealed for another page, or is nothing, is not taken
post() { # NAME=VALUE...
	local arg=() a
	for a; do arg+=(--form-string "$a"); done
	get -o "$dir/page" -w '%{http_code}' "${arg[@]}" "$at/en/report"
}
token() { report_page | sed -nE 's/.*name="token" value="([^"]*)".*/\1/p' | head -1; }
zeros=$(head -c 2000 /dev/zero | tr '\0' A)
ok 'what no key opens is told' is 422 post step=send "token=$(token)" "sealed=$zeros"
ok 'in words' says 'sealed could not be opened' cat "$dir/page"
ok 'without a good token too' is 422 post step=send token=x "sealed=$zeros"
ok 'and what is no code of bytes' is 422 post step=send "token=$(token)" 'sealed=ab!!'
ok 'and what is too short' is 422 post step=send "token=$(token)" sealed=AAAA
ok 'none of it is a report' fails says 'UY-' cmd uy reports list

# files travel unsealed by the browser: none is lost beside what it has sealed
cp "$dir/site$script" "$dir/report.mjs"
cat > "$dir/sealed.mjs" <<- 'END'
	import { webcrypto } from 'node:crypto';
	const [, , script, key, token] = process.argv;
	const bytes = (text) => new TextEncoder().encode(text);
	globalThis.crypto ??= webcrypto;
	globalThis.addEventListener = () => {};
	const { base64url, unbase64url, filled, seal } = await import(script);
	console.log(base64url(await seal(unbase64url(key),
	    bytes('almenara report/1'), bytes(`form ${token}`),
	    filled({ topic: 'other', what: 'lima' }))));
END
sealed() { # ARGUMENT...: of curl
	local t k
	t=$(token)
	k=$(report_page | sed -nE 's/.*data-key="([^"]*)".*/\1/p')
	get -o "$dir/page" -w '%{http_code}' --form-string step=send --form-string "token=$t" \
	    --form-string "sealed=$(node "$dir/sealed.mjs" "$dir/report.mjs" "$k" "$t")" "$@" "$at/en/report"
}
ok 'a file beside what is sealed is refused' is 422 sealed -F "files=@$dir/sealed.mjs"
ok 'and nothing of it is a report' fails says 'UY-' cmd uy reports list
ok 'without it, it is one' is 200 sealed

# all that goes through it stands in the file
cat > "$dir/proxy.mjs" <<- 'END'
	import { createServer, connect } from 'node:net';
	import { appendFileSync } from 'node:fs';
	const [, , from, to, file] = process.argv;
	createServer((a) => {
		const b = connect(to, '127.0.0.1');
		for (const [x, y] of [[a, b], [b, a]]) {
			x.on('data', (d) => {
				appendFileSync(file, d);
				y.write(d);
			});
			x.on('end', () => y.end());
			x.on('error', () => y.destroy());
		}
	}).listen(from, '127.0.0.1');
END
node "$dir/proxy.mjs" "${web_ports[1]}" "${web_ports[0]}" "$dir/wire" &
proxy_pid=$!
is_open() { get -o /dev/null "$proxy/en/"; }
ok 'what travels is kept' within 30 is_open
mkdir -p "${SCREENSHOTS:=$dir/shots}"
export SCREENSHOTS
nice timeout 500 node "$here/browser_seal.mjs" "$dir/npm" "$chromium" "$proxy" \
    "$script" "$here/../vectors/hpke.txt" "$dir/wire" > "$dir/seen"
status=$?
kill "$proxy_pid"
cat "$dir/seen"
ok 'the script does what it should' test "$status" -eq 0
seen() { sed -n "s/^# $1 //p" "$dir/seen"; }
listed() { cmd uy reports list; }
shows() { says "$1" cmd uy reports show "$(seen sealed)"; }
ok 'the watch reads what was sealed' shows 'berenjena <b>&amp;'
ok 'in its lines' shows 'segunda línea "y"'
ok 'with who can be reached' shows 'ana@example.org'
ok 'what was chosen' shows 'A weakness'
ok 'and that others may be told' shows 'network'
ok 'it did not wait' fails says "$(seen sealed).*slow" listed
ok 'the watch was called' says "alarm.*report $(seen sealed) from the public" cat "$dir/uy/err"
ok 'it lies nowhere in the clear' fails grep -rqa 'berenjena' "$dir/uy"
weak() { cmd uy reports show "$(seen weak)"; }
ok 'a weakness is sealed too' says 'product.Portal <7>' weak
ok 'with what it is about' says 'A weakness' weak
ok 'and the name to be thanked by' says 'to be thanked.Eva' weak
ok 'one that was not sealed did not wait either' fails says "$(seen open).*slow" listed
count() { listed | grep -c 'UY-'; }
ok 'five came in all' is 5 count
finish
