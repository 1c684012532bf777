#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The public site in a real browser: a node with notices of every kind and
# state, its web process, and headless Chromium, which browser.mjs drives over
# every page that the site names or links. Pictures of all that was looked at
# are left in SCREENSHOTS; with ALMENARA_FEW_PICTURES of each page only the wide
# one by day, for they take a fifth of the time. With ALMENARA_SOAK every language, look and width is seen with all the
# others, not each around one base.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

. "$here/browser_tools.sh"

umask 022
mapfile -t web_ports < <("$ASK" -p 2)
at=http://127.0.0.1:${web_ports[0]} joint_at=http://127.0.0.1:${web_ports[1]}
network_make uy br
site=$dir/site
cat >> "$dir/uy/almenarad.conf" <<- END
	site_dir $site
	site_url https://cert.test.example/
	site_name "CERT Pruebas"
	site_phone "+598 2000 0000"
	site_mail cert@test.example
	web_listen 127.0.0.1:${web_ports[0]}
END
# the other is the joint site of all
joint=$dir/joint
cat >> "$dir/br/almenarad.conf" <<- END
	site_dir $joint
	site_url https://cert.test.example/
	site_name "Secretaría"
	site_joint yes
	web_listen 127.0.0.1:${web_ports[1]}
END
node_start uy
node_start br
ok 'uy is linked' within 60 is_linked uy 1
is_served() { curl -sf --max-time 20 -o /dev/null "$at/en/"; }
ok 'the site is served' within 60 is_served

# --- what stands on it ---
sample() { # TEAM KIND JQ: a notice of that kind with all its fields
	local body draft
	body=$(jq -c "del(.exercise) | $3" "$here/../vectors/kinds/$2.json") &&
	    draft=$(ask "$1" -g draft draft_save "{\"kind\":\"$2\",
	    \"tlp\":\"TLP:CLEAR\",\"body\":$body}") &&
	    ask "$1" -g notice release "{\"id\":\"$draft\"}"
}
word='Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamten'
ok 'a warning' test -n "$(sample uy warning '.level = 5 |
    .title.en = "Payment servers are being encrypted now"')"
ok 'an advisory' test -n "$(sample uy advisory .)"
ok 'a watch' test -n "$(sample uy watch ".summary.en = \"$word \" * 3")"
plain=$(release uy TLP:CLEAR null 'Stands as it was written')
changed=$(release uy TLP:CLEAR null 'Changed later')
gone=$(release uy TLP:CLEAR null 'Withdrawn later')
closed=$(sample uy watch '.title.en = "Closed later"')
theirs=$(release br TLP:CLEAR null 'Of another team')
taken=$(sample br watch '.title.en = "Taken off later"')
ok 'one is revised' quietly cmd uy update "$changed" --title 'en:Changed' --yes
ok 'one is withdrawn' quietly cmd uy cancel "$gone" --reason 'A false alarm' \
    --yes
ok 'one is closed' quietly cmd uy close "$closed" --outcome explained \
    --note 'A test of the provider' --yes
stands() { grep -q "$2" "$site/en/w/$1/index.html" 2> /dev/null; }
ok 'the other team is heard' within 60 stands "br/$theirs" 'another team'
ok 'twice' within 60 stands "br/$taken" 'Taken off'
ok 'and the change' within 60 stands "uy/$changed" 'revision 1'
ok 'and the withdrawal' within 60 stands "uy/$gone" 'was withdrawn'
ok 'and the end' within 60 stands "uy/$closed" 'is closed'
ok 'and what was left alone' within 60 stands "uy/$plain" 'as it was'
echo 'block export watch from br to public' > "$dir/rules"
cat "$dir/uy/almenara.rules" >> "$dir/rules"
cp "$dir/rules" "$dir/uy/almenara.rules"
ok 'a line keeps one off' quietly cmd uy rules load
ok 'whose page says so' within 60 stands "br/$taken" 'no longer for the public'
key=$(ask uy -g key site)
checked() { quietly cmd uy site verify "$site" --key "$key"; }
ok 'all of it is signed' within 60 checked

# --- what it looks like ---
if [ -n "${ALMENARA_SOAK:-}" ]; then how=full
elif [ -n "${ALMENARA_TENTH:-}" ]; then how=base
else how=some; fi
shots=${SCREENSHOTS:-$dir/shots}
mkdir -p "$shots"
rm -f "$shots"/*.png
# others that run now come first
CONTROL=$dir/uy/control nice timeout "${BROWSER_S:-1700}" \
    node "$here/browser.mjs" "$dir/npm" "$chromium" "$at" "$site" "$shots" "$how" > "$dir/seen"
status=$?
cat "$dir/seen"
ok 'every page is as it should be' test "$status" -eq 0
shown() { curl -sf --max-time 20 "$joint_at/en/search/?q=changed" | grep -q 'en/w/uy/'; }
ok 'the joint site finds what is on it' within 60 shown
joint_pages=(/en/ /en/members/ /en/from/uy/ "/en/w/uy/$gone/" "/en/w/br/$theirs/"
    /en/search/ '/en/search/?q=changed' /en/report/vulnerability/)
nice timeout "${BROWSER_S:-1700}" node "$here/browser.mjs" "$dir/npm" "$chromium" \
    "$joint_at" "$joint" "$shots" "$how" "${joint_pages[@]}"
ok 'and so is every page of a joint site' test $? -eq 0
ok 'the watch has what was typed' says 'written with keys alone' \
    cmd uy reports show "$(sed -n 's/^# report //p' "$dir/seen" | head -1)"
finish
