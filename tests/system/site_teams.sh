#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What teams say of themselves on the public site: the directory and the text
# by RFC 2350; and what other sites show of the highest level: the feed, the
# page for a frame, and the script, in a browser if there is one.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
umask 022

mapfile -t web_ports < <("$ASK" -p 2)
web=${web_ports[0]} other=${web_ports[1]}
network_make uy br
site=$dir/public
cat >> "$dir/uy/almenarad.conf" <<- END
	site_dir $site
	site_url http://127.0.0.1:$web/
	site_name "CERT of the test"
	site_phone "+598 2000 0000"
	site_mail cert@test.example
	web_listen 127.0.0.1:$web
END
# its clock can be set ahead while it runs
later() { printf '%012d' "$1" | dd of="$dir/later" conv=notrunc status=none; }
later 0
LATER_FILE=$dir/later LD_PRELOAD=${LATER:?} node_start uy
node_start br
ok 'uy is linked' within 15 is_linked uy 1
signed() { [ -s "$site/manifest.jws" ]; }
ok 'there is a site' within 20 signed
key=$(ask uy -g key site)
checked() { cmd uy site verify "$site" --key "$key" > /dev/null; }

# --- before any team has said anything ---
page=$site/es/directory/index.html
ok 'the own team is reached by the settings' grep -q 'mailto:cert@test.example' \
    "$page"
ok 'the other has not said' grep -q 'Este equipo aún no ha dicho' "$page"
ok 'states without a team are told' grep -q '<li>Argentina</li>' "$page"
ok 'the text by RFC 2350 says what it does not know' grep -q \
    'Not stated by the team' "$site/rfc2350.txt"
ok 'and, before it, how weaknesses are dealt with' grep -q \
    "^Policy: http://127.0.0.1:$web/en/disclosure/" "$site/.well-known/security.txt"
ok 'and where they are reported' grep -q \
    "^Contact: http://127.0.0.1:$web/en/report/vulnerability/" \
    "$site/.well-known/security.txt"
policy=$site/fr/disclosure/index.html
ok 'nothing is promised in the name of the team' grep -q 'pas encore dit' "$policy"
ok 'nor in a guide' fails grep -rq '90 jours' "$site/fr/"
ok 'the page of the form stands there without it' grep -q 'mailto:cert@test.example' \
    "$site/pt/report/vulnerability/index.html"
for f in report/ report/vulnerability/; do
	ok "$f is in the site map" grep -q "/fr/$f</loc>" "$site/sitemap.xml"
done
for f in directory/ rfc2350/; do
	ok "$f is in the site map" grep -q "/fr/$f</loc>" "$site/sitemap.xml"
	ok "and on the page of the network" grep -q "href=\"../../fr/$f\"" \
	    "$site/fr/network/index.html"
done
ok 'security.txt names it' grep -q "^Policy: http://127.0.0.1:$web/en/rfc2350/" \
    "$site/.well-known/security.txt"
for f in rfc2350.txt fr/rfc2350/rfc2350.txt en/directory/index.html widget.js \
    pt/widget.html; do
	ok "the list has $f" grep -q "  $f$" "$site/manifest.txt"
done
if command -v xmllint > /dev/null; then
	html() { # known to it are the tags of HTML 4 alone
		! xmllint --html --noout "$1" 2>&1 | grep error |
		    grep -v 'Tag \(header\|nav\|main\|footer\|section\|article\|time\) invalid'
	}
	for f in "$site"/*/{directory,rfc2350,network,disclosure}/index.html \
	    "$site"/*/widget.html; do
		html "$f" || bad=$f
	done
	ok 'the pages are well made' test -z "${bad:-}"
	ok 'so is the site map' quietly xmllint --noout "$site/sitemap.xml"
else
	echo '# skipped: xmllint is not installed'
fi

# --- a team describes itself ---
card() { # TEAM JQ: prints the id of the record
	local draft
	"$ALMENARA" site card | jq ".body.language = \"es\" | $2" \
	    > "$dir/card.json"
	draft=$(cmd "$1" draft new "$dir/card.json" --json | jq -r .draft)
	ask "$1" -g notice release "{\"id\":\"$draft\"}"
}
theirs=$(card br '.body.title.es = "CERT <b>br" | .body.phone = "+55 11 5555"
    | .body.mail = "cert@br.example" | .body.web = "https://br.example/"
    | .body.languages = ["pt"] | .body.constituency.pt = "Todo o país"')
ok 'another team says how it is reached' test -n "$theirs"
has_card() { grep -q 'mailto:cert@br.example' "$page"; }
ok 'which the directory has' within 20 has_card
ok 'as text' grep -q 'CERT &lt;b&gt;br' "$page"
ok 'in its own words' grep -q '<p lang="pt">Todo o país' "$page"
ok 'the text of the own team has nothing of it' fails grep -rq br.example \
    "$site/rfc2350.txt" "$site/en/rfc2350"
doctor() { "$ALMENARA" doctor --conf "$dir/uy/almenarad.conf" "$@"; }
ok 'that the own team has not said who it is is told' says \
    'no description of the team.*almenara site card' doctor
ok 'by status too, in other languages' says 'no se publicó la descripción' \
    cmd uy status --lang es
ours=$(card uy '.body.title.es = "CERTuy" | .body.mission.es = "Ayudar."
    | .body.phone = "+598 2999 9999"')
says_ours() { grep -q '^      Ayudar\.' "$site/rfc2350.txt"; }
ok 'the own team has its text' within 20 says_ours
ok 'then nobody is told to' fails says 'no description' doctor
ok 'but of the policy for weaknesses' says 'no policy.*guide show disclosure' doctor
ok 'with the telephone of the record' grep -q '2999 9999' \
    "$site/es/rfc2350/index.html"
ok 'and the mail of the settings' grep -q '^      cert@test.example' \
    "$site/rfc2350.txt"
ok 'and the day of its change' grep -q "^      $(date -u +%Y-%m)" \
    "$site/rfc2350.txt"
if command -v gpg > /dev/null; then
	mkdir -m 700 "$dir/gpg"
	gpg_() { gpg --homedir "$dir/gpg" --batch "$@" 2> /dev/null; }
	gpg_ --import "$site/csaf/openpgp.asc"
	for f in rfc2350.txt es/rfc2350/rfc2350.txt; do
		ok "gpg: $f is signed" gpg_ --verify "$site/$f"
	done
	gpgconf --homedir "$dir/gpg" --kill all 2> /dev/null
else
	echo '# skipped: gpg is not installed'
fi
ok 'it is no notice' fails grep -rqF "$ours" "$site/es/index.html" \
    "$site/es/feed.atom" "$site/cap/index.atom" "$site/csaf/white/index.txt" \
    "$site/es/archive/"
ok 'signed' within 20 checked
# --- by which rules it deals with weaknesses ---
"$ALMENARA" guide show disclosure > "$dir/policy.json"
policy_draft=$(cmd uy draft new "$dir/policy.json" --json | jq -r .draft)
ok 'the team promises what the text to start from does' quietly \
    ask uy -g notice release "{\"id\":\"$policy_draft\"}"
promised() { grep -q '90 jours' "$policy"; }
ok 'its page says so' within 20 promised
ok 'and what is asked' grep -q 'allez pas plus loin' "$policy"
ok 'in each language' test "$(grep -lE '90 (days|días|dias|jours)' \
    "$site"/*/disclosure/index.html | wc -l)" -eq 4
ok 'it is no guide beside the others' fails grep -q disclosure \
    "$site/fr/guides/index.html" "$site/fr/index.html"
ok 'and in the site map' grep -q '/pt/disclosure/</loc>' "$site/sitemap.xml"
ok 'signed again' within 20 checked
find "$site" -type f -printf '%i %P\n' | sort > "$dir/inodes"
ok 'it is changed' quietly cmd uy update "$ours" --title es:CERT-UY --yes
renamed() { grep -q 'CERT-UY' "$site/es/rfc2350/rfc2350.txt"; }
ok 'on the site too' within 20 renamed
find "$site" -type f -printf '%i %P\n' | sort > "$dir/inodes.after"
comm -13 "$dir/inodes" "$dir/inodes.after" | cut -d' ' -f2 > "$dir/written"
ok 'nothing else was written' fails grep -q "guides/\|w/br/\|archive/\|verify/" \
    "$dir/written"
ok 'one is withdrawn' quietly cmd br cancel "$theirs" --reason Old --yes
no_card() { ! has_card; }
ok 'and off the directory' within 20 no_card
ok 'the team stays in it' grep -q '<h3>br' "$page"

# --- the highest level, for other sites ---
at=http://127.0.0.1:$web
get() { curl -s --max-time 20 "$@"; }
head_of() { # NAME URL: a header of the answer
	get -o /dev/null -D - "$2" | tr -d '\r' | sed -n "s/^$1: //Ip"
}
calm() { get "$at/es/banner.json" | jq -e '.emergencies == []' > /dev/null; }
ok 'nothing is at the highest level' within 20 calm
ok 'the feed of that is small' test "$(get "$at/es/banner.json" | wc -c)" -le 256
ok 'a frame shows nothing' grep -q '<main></main>' "$site/es/widget.html"
ok 'other sites may read the feed' is '*' head_of access-control-allow-origin \
    "$at/es/banner.json"
ok 'and soon again' says '^max-age=30,' head_of cache-control "$at/es/banner.json"
ok 'as well as the page for a frame' says '^max-age=30,' head_of cache-control \
    "$at/es/widget.html"
ok 'which they may frame' says 'frame-ancestors \*$' \
    head_of content-security-policy "$at/es/widget.html"
ok 'by one policy' is 1 sh -c "curl -s -o /dev/null -D - '$at/es/widget.html' |
    grep -ci '^content-security-policy:'"
ok 'and no other page' says "frame-ancestors 'none'$" \
    head_of content-security-policy "$at/es/"
ok 'who has it gets nothing again' is 304 get -o /dev/null -w '%{http_code}\n' \
    -H "If-None-Match: $(head_of etag "$at/es/banner.json")" \
    "$at/es/banner.json"

mkdir "$dir/other"
allowed="script-src $at; connect-src $at; frame-src $at"
cat > "$dir/other/index.html" <<- END
	<!doctype html><html lang="es-UY"><title>Otro sitio</title>
	<meta http-equiv="Content-Security-Policy"
	content="default-src 'none'; $allowed">
	<body><h1>Otro</h1><div id="almenara-banner"></div>
	<script src="$at/widget.js" defer></script></body></html>
END
python3 -u -m http.server --bind 127.0.0.1 --directory "$dir/other" "$other" \
    > "$dir/other.log" 2>&1 &
# shellcheck disable=SC2034
pid[other]=$! # lib.sh ends it
serves() { [ -n "$(get "http://127.0.0.1:$other/")" ]; }
chromium=$(command -v chromium-headless-shell || command -v chromium)
look() { # what the other site shows
	timeout 60 "$chromium" --headless --no-sandbox --disable-gpu \
	    --disable-dev-shm-usage --user-data-dir="$dir/browser" \
	    --virtual-time-budget=8000 --dump-dom \
	    "http://127.0.0.1:$other/" 2> "$dir/browser.err" |
	    tee "$dir/seen"
}
seen() { look | grep -qF "$1"; }
if [ -n "$chromium" ]; then
	ok 'the other site is served' within 20 serves
else
	echo '# skipped: chromium is not installed'
fi

alarm=$(ask uy -g draft draft_save "{\"kind\":\"warning\",
    \"tlp\":\"TLP:CLEAR\",\"body\":$(warning '<img src=x onerror=y> <b>all' |
    sed 's/Severe/Extreme/; s/"level":4/"level":5/')}")
alarm=$(ask uy -g notice release "{\"id\":\"$alarm\"}")
told() { get "$at/es/banner.json" | jq -e '.emergencies | length == 1' \
    > /dev/null; }
ok 'what is at the highest level is told' within 20 told
ok 'by its address' is "$at/es/w/uy/$alarm/" \
    sh -c "curl -s '$at/es/banner.json' | jq -r '.emergencies[0].url'"
ok 'with words in Portuguese' says Emerg \
    sh -c "curl -s '$at/pt/banner.json' | jq -r .heading"
ok 'a frame shows it' grep -q '&lt;img src=x onerror=y&gt;' \
    "$site/es/widget.html"
ok 'the feed of that is small too' test \
    "$(get "$at/es/banner.json" | wc -c)" -le 1024
if [ -n "$chromium" ]; then
	ok 'the other site shows it' within 120 seen \
	    '&lt;img src=x onerror=y&gt; &lt;b&gt;all</a>'
	ok 'as a link to it' grep -qF "href=\"$at/es/w/uy/$alarm/\"" "$dir/seen"
	ok 'with a heading' grep -q '<h2[^>]*>Emerg.* – CERT of the test</h2>' \
	    "$dir/seen"
	ok 'within the policy of that site' fails grep -q \
	    'violates the following Content Security' "$dir/browser.err"
fi
ok 'it is withdrawn' quietly cmd uy cancel "$alarm" --reason 'No more' --yes
ok 'and told no more' within 20 calm
empty() { grep -q '<main></main>' "$site/es/widget.html"; }
ok 'in no frame' within 20 empty
[ -z "$chromium" ] || ok 'nor on the other site' within 120 seen \
    '<div id="almenara-banner"></div>'
ok 'signed at the end' within 20 checked

# --- a node that nobody touches for months ---
ends() {
	date +%s -d "$(sed -n 's/^Expires: //p' "$site/.well-known/security.txt")"
}
ends_before=$(ends)
later $((70 * 86400))
release uy TLP:CLEAR null 'Much later' > /dev/null
renewed() { [ "$(ends)" -gt "$ends_before" ]; }
ok 'security.txt is renewed before it ends' within 20 renewed
ok 'for five months at the least' test \
    $(($(ends) - $(date +%s) - 70 * 86400)) -ge $((149 * 86400))
ok 'and in the signed list' within 20 checked
ok 'no page has a fault' is 0 ask uy -g faults site
finish
