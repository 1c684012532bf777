#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The site for machines, seen by checkers that are not ours: CSAF documents by
# the validator of Secvisogram, signatures by gpg and sqv, CAP by xmllint, feeds
# by a library that reads them and by their required elements, all of it as
# our web process shows it, and other web servers. A tool that is not installed
# is passed over with a line that says so.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)

network_make uy br
site=$dir/public
web=$("$ASK" -p 1)
cat >> "$dir/uy/almenarad.conf" <<- END
	site_dir $site
	site_url https://cert.test.example/
	site_name "CERT of the test (team) <1>"
	site_phone "+598 2000 0000"
	site_mail cert@test.example
	web_listen 127.0.0.1:$web
END
node_start uy
node_start br
ok 'uy is linked' within 20 is_linked uy 1
signed() { [ -s "$site/manifest.jws" ]; }
ok 'there is a site' within 20 signed
key=$(ask uy -g key site)
checked() { cmd uy site verify "$site" --key "$key" > /dev/null; }
ok 'it is signed' within 20 checked
metadata=$site/.well-known/csaf/provider-metadata.json
ok 'an empty provider says who it is' is csaf_trusted_provider \
    jq -r .role "$metadata"
ok 'and has no document' test ! -s "$site/csaf/white/index.txt"

# --- three notices, one of them revised, one withdrawn ---
advisory() { # TITLE
	jq -n --arg t "$1" '{title: {es: $t, en: ($t + " (en)")},
	    language: "es", severity: "Severe", urgency: "Expected",
	    certainty: "Likely", level: 4, rsit: ["vulnerable/vulnerable-system"],
	    states: ["UY"], sectors: ["energy"], requested_action: "mitigate",
	    cve: ["CVE-2026-12345"], exploitation: "poc", fix: "available",
	    cvss: [{score: 9.8, version: "3.1", cve: "CVE-2026-12345",
	      vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
	    products: [{vendor: "Acme", name: "Gate", versions: ["< 2.0"],
	      state: "affected"}, {vendor: "Acme", name: "Gate",
	      versions: ["2.0"], state: "fixed"}],
	    remediations: [{kind: "fix", text: {es: "Instale la 2.0"}}]}'
}
draft=$(ask uy -g draft draft_save "{\"kind\":\"advisory\",
    \"tlp\":\"TLP:CLEAR\",\"body\":$(advisory 'Puerta <abierta> & más')}")
id=$(ask uy -g notice release "{\"id\":\"$draft\"}")
ok 'an advisory is released' test -n "$id"
two=$(release uy TLP:CLEAR null 'A warning')
three=$(release uy TLP:CLEAR null 'To be withdrawn')
theirs=$(release br TLP:CLEAR null 'Of another team')
release uy TLP:AMBER '["br"]' 'Not for all' > /dev/null
year=$(date -u +%Y)
doc() { echo "$site/csaf/white/$year/uy-$1.json"; }
there() { [ -s "$(doc "$1")" ]; }
for n in "$id" "$two" "$three"; do
	ok "there is a document of ${n: -4}" within 20 there "$n"
done
ok "another team's notice is there" within 20 \
    test -f "$site/en/w/br/$theirs/index.html"
ok 'and its document is its own to provide' fails there "$theirs"
ok 'an update' quietly cmd uy update "$two" --title 'en:A warning, again' --yes
ok 'a withdrawal' quietly cmd uy cancel "$three" --reason 'It was none' --yes
says_it() { grep -qF "$2" "$(doc "$1")"; }
ok 'the update stands in its document' within 20 says_it "$two" 'again'
ok 'the withdrawal too' within 20 says_it "$three" 'It was none'
ok 'as revision 2' is 2 jq -r .document.tracking.version "$(doc "$two")"
ok 'all is signed again' within 20 checked
ok 'the page leads to it' grep -q "csaf/white/$year/uy-$id.json" \
    "$site/fr/w/uy/$id/index.html"

# --- every list has every document, and nothing else ---
find "$site/csaf/white" -name '*.json' -path "*/$year/*" \
    -printf "$year/%f\n" | sort > "$dir/all"
ok 'three documents' is 3 wc -l < "$dir/all"
ok 'index.txt' cmp -s "$dir/all" <(sort "$site/csaf/white/index.txt")
ok 'changes.csv' cmp -s "$dir/all" \
    <(cut -d'"' -f2 "$site/csaf/white/changes.csv" | sort)
ok 'the listing' cmp -s "$dir/all" \
    <(grep -o "\"$year/[^\"]*\"" "$site/csaf/white/index.html" | tr -d '"' | sort)
feed=$site/csaf/white/feed.json
ok 'the feed' cmp -s "$dir/all" <(jq -r '.feed.entry[].content.src' "$feed" |
    sed "s|https://cert.test.example/csaf/white/||" | sort)
ok 'newest first' is true jq '[.feed.entry[].updated] |
    . == (sort | reverse)' "$feed"
same_dates() {
	local path date
	while IFS=, read -r path date; do
		[ "$(jq .document.tracking.current_release_date \
		    "$site/csaf/white/${path//\"/}")" = "$date" ] || return 1
	done < "$site/csaf/white/changes.csv"
}
ok 'dates in changes.csv are those of the documents' same_dates
linked() { # what the feed links to is there
	jq -r '.feed.entry[].link[].href' "$feed" |
	    sed 's|https://cert.test.example/||' > "$dir/linked"
	[ "$(wc -l < "$dir/linked")" = 12 ] && (cd "$site" &&
	    xargs ls < "$dir/linked" > /dev/null)
}
ok 'and every link of the feed leads somewhere' linked
digests() { (cd "$site/csaf/white/$year" && "$1" -c --quiet --strict ./*."$2"); }
ok 'SHA-256' digests sha256sum sha256
ok 'SHA-512' digests sha512sum sha512

# --- gpg and sqv ---
signatures=("$site/csaf/white/$year/"*.asc)
each() { # COMMAND...: of each document and its signature
	local s
	for s in "${signatures[@]}"; do
		"$@" "$s" "${s%.asc}" > /dev/null 2>&1 || return 1
	done
}
if command -v sqv > /dev/null; then
	ok 'sqv: each is signed' each sqv --keyring "$site/csaf/openpgp.asc"
	cp "$(doc "$id")" "$dir/changed" && echo >> "$dir/changed"
	ok 'sqv: what was changed is not' fails quietly sqv --keyring \
	    "$site/csaf/openpgp.asc" "$(doc "$id").asc" "$dir/changed"
else
	echo '# skipped: sqv is not installed'
fi
if command -v gpg > /dev/null; then
	mkdir -m 700 "$dir/gpg"
	gpg_() { gpg --homedir "$dir/gpg" --batch "$@" 2> /dev/null; }
	ok 'gpg takes the key' gpg_ --import "$site/csaf/openpgp.asc"
	ok 'which has the name of the metadata' is \
	    "$(jq -r '.public_openpgp_keys[0].fingerprint' "$metadata")" \
	    sh -c "gpg --homedir '$dir/gpg' --with-colons -k 2> /dev/null |
		grep -o '[0-9A-F]\{40\}' | head -1"
	ok 'gpg: each is signed' each gpg_ --verify
	ok 'and security.txt' gpg_ --verify "$site/.well-known/security.txt"
	ok 'which leads to the metadata' grep -qx \
	    "CSAF: https://cert.test.example/.well-known/csaf/provider-metadata.json" \
	    "$site/.well-known/security.txt"
	gpgconf --homedir "$dir/gpg" --kill all 2> /dev/null
else
	echo '# skipped: gpg is not installed'
fi

# --- CSAF, CAP and feeds ---
if [ -n "${ALMENARA_TENTH:-}" ]; then
	echo '# passed over: checkers in other languages, which ours do not concern'
elif command -v npm > /dev/null && timeout 120 npm install --no-audit --no-fund \
    --prefix "$dir/npm" @secvisogram/csaf-validator-lib@2.0.10 feedsmith@3.0.1 \
    > /dev/null 2>&1
then
	valid() { node "$here/csaf_valid.mjs" "$dir/npm" "$@"; }
	mapfile -t files < <(sed "s|^|$site/csaf/white/|" "$dir/all")
	mkdir "$dir/out"
	if [ -x "${CSAF_OUT:-}" ]; then
		(cd "$here/../.." && ALMENARA_CSAF_OUT=$dir/out "$CSAF_OUT") \
		    > /dev/null 2>&1
		# it takes its time: here those that differ most
		if [ -n "${ALMENARA_SOAK:-}" ]; then
			files+=("$dir"/out/*.json)
		else
			files+=("$dir"/out/{rough,withdrawn,cvd_case}.json)
		fi
	fi
	ok 'the validator finds no fault' valid "${files[@]}"
	jq 'del(.document.tracking.id)' "$(doc "$id")" > "$dir/bad.json"
	ok 'and would' fails quietly valid "$dir/bad.json"
	feeds() { node "$here/feeds_read.mjs" "$dir/npm" "$1" "$(sed -n \
	    's/^site_url //p' "$dir/uy/almenarad.conf")"; }
	ok 'a reader of feeds reads them all' feeds "$site"
	mkdir -p "$dir/spoilt" && cp -r "$site"/{en,es,pt,fr,cap} "$dir/spoilt"
	sed -i 's|/es/w/|/es/v/|' "$dir/spoilt/es/feed.atom"
	ok 'and would tell a fault' fails quietly feeds "$dir/spoilt"
else
	echo '# skipped: npm and its packages are not to be had here'
fi
if command -v xmllint > /dev/null; then
	cap() { xmllint --nonet --noout --schema "$here/cap12.xsd" "$@" \
	    2> /dev/null; }
	ok 'CAP: each message keeps the schema' cap "$site"/w/*/*/notice.cap
	sed 's/-00:00/Z/' "$site/w/uy/$id/notice.cap" > "$dir/bad.cap"
	ok 'and another would not' fails cap "$dir/bad.cap"
	for f in en/feed.atom es/feed.atom pt/feed.atom fr/feed.atom \
	    cap/index.atom; do
		ok "$f is good XML" xmllint --nonet --noout "$site/$f"
		for e in id title updated; do
			ok "with $e for each entry" is true xmllint --xpath \
			    "count(//*[local-name()='entry']) > 0 and
			    count(//*[local-name()='entry']/*[local-name()='$e'])
			    = count(//*[local-name()='entry'])" "$site/$f"
		done
	done
	ok 'the site map too' xmllint --nonet --noout "$site/sitemap.xml"
else
	echo '# skipped: xmllint is not installed'
fi

# --- by our web process, and by other web servers ---
type_of() { get "$1" -o /dev/null -w '%{content_type}'; }
policy_of() { get "$1" -D - -o /dev/null | grep -i "^$2:"; }
shown_by() { # NAME: at $port
	get() { curl -sS --max-time 20 "http://127.0.0.1:$port/$1" "${@:2}"; }
	ok "$1 serves it" within 20 quietly get en/ -f
	ok 'a page is HTML in UTF-8' is 'text/html; charset=utf-8' type_of es/
	ok 'a document of CSAF is JSON and no more' is application/json \
	    type_of "csaf/white/$year/uy-$id.json"
	ok 'its signature is one of OpenPGP' is application/pgp-signature \
	    type_of "csaf/white/$year/uy-$id.json.asc"
	ok 'a message of CAP too' is application/cap+xml \
	    type_of "w/uy/$id/notice.cap"
	ok 'the signed original as well' is application/jose \
	    type_of "w/uy/$id/notice.jws"
	ok 'and a feed' is application/atom+xml type_of es/feed.atom
	ok 'security.txt is text' is 'text/plain; charset=utf-8' \
	    type_of .well-known/security.txt
	ok 'what is compressed comes so' grep -qi '^content-encoding: gzip' \
	    <(get en/ -H 'Accept-Encoding: gzip' -D - -o /dev/null)
	ok 'with a policy' grep -qi "^content-security-policy: default-src 'none'" \
	    <(get en/ -D - -o /dev/null)
	ok 'no other site may frame a page' says "frame-ancestors 'none'" \
	    policy_of es/ content-security-policy
	ok 'but the widget' says 'frame-ancestors \*' \
	    policy_of es/widget.html content-security-policy
	ok 'whose feed is soon asked again' says 'max-age=30,' \
	    policy_of es/banner.json cache-control
	ok 'from any site' says '\*' policy_of es/banner.json \
	    access-control-allow-origin
	ok 'its script is one' is 'text/javascript; charset=utf-8' \
	    type_of widget.js
	ok 'the style is kept for ever' says 'public, max-age=31536000, immutable' \
	    policy_of "$(basename "$site"/style-*.css)" cache-control
	ok 'other files are not' says 'max-age=60,' policy_of widget.js cache-control
	ok 'what is not there is told on a page' grep -q '<main' <(get nothing)
	ok 'by its number' is 404 get nothing -o /dev/null -w '%{http_code}'
	ok 'in the language of the address' grep -q '<html lang="pt"' \
	    <(get pt/nothing)
	ok 'and the mirror is checked' exits 0 "$ALMENARA" site verify \
	    "http://127.0.0.1:$port/" --key "$key"
}
server_stop() { # NAME
	kill "${pid[$1]}"
	wait "${pid[$1]}" 2> /dev/null
	unset "pid[$1]"
}
port=$web
shown_by almenara-web
nginx=$(PATH=$PATH:/usr/sbin command -v nginx)
if [ -n "$nginx" ]; then
	port=$("$ASK" -p 1)
	sed "s|^root .*|root $site;|" "$here/../../packaging/nginx-site.conf" \
	    > "$dir/site.conf"
	cat > "$dir/nginx.conf" <<- END
		daemon off; worker_processes 1; pid $dir/nginx.pid;
		error_log $dir/nginx.err;
		$([ "$(id -u)" -ne 0 ] || echo 'user root;')
		events { }
		http {
		  access_log off;
		  client_body_temp_path $dir; proxy_temp_path $dir;
		  fastcgi_temp_path $dir; uwsgi_temp_path $dir;
		  scgi_temp_path $dir;
		  server { listen 127.0.0.1:$port; include $dir/site.conf; }
		}
	END
	"$nginx" -c "$dir/nginx.conf" 2> "$dir/nginx.start" &
	# shellcheck disable=SC2034
	pid[nginx]=$! # lib.sh ends it
	shown_by nginx
	server_stop nginx
else
	echo '# skipped: nginx is not installed'
fi
if command -v caddy > /dev/null; then
	port=$("$ASK" -p 1)
	mkdir "$dir/caddy"
	{
		printf '{\n\tadmin off\n\tauto_https off\n}\n'
		sed -e "s|^cert.example |http://127.0.0.1:$port |" \
		    -e "s|root \* .*|root * $site|" "$here/../../packaging/Caddyfile"
	} > "$dir/Caddyfile"
	HOME=$dir/caddy XDG_DATA_HOME=$dir/caddy XDG_CONFIG_HOME=$dir/caddy \
	    caddy run --config "$dir/Caddyfile" --adapter caddyfile 2> "$dir/caddy.err" &
	pid[caddy]=$!
	shown_by caddy
	server_stop caddy
else
	echo '# skipped: caddy is not installed'
fi
ok 'no page has a fault' is 0 ask uy -g faults site
finish
