#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The public site: what stands on it and what never does, revisions and
# withdrawals, which files are written, and that a copy can be checked.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

network_make uy br
site=$dir/public
# it fails the first time, and copies whole from then on
cat > "$dir/carry" <<- 'END'
	#!/bin/bash
	PATH=/usr/bin:/bin
	at=$1
	{ cat; env; } > "$at/carry.in"
	ls -l /proc/self/fd > "$at/carry.fds"
	echo run >> "$at/carry.runs"
	[ -e "$at/carry.fails" ] && exit 23
	[ -e "$at/carry.hangs" ] && sleep 1000
	# as doc/site.md says it, where it is installed
	if command -v rsync > /dev/null; then
		rsync -a --delay-updates --delete "$at/public/" "$at/carried/"
		exit
	fi
	rm -rf "$at/carried.new"
	cp -r "$at/public" "$at/carried.new" && rm -rf "$at/carried" &&
	    mv "$at/carried.new" "$at/carried"
END
chmod +x "$dir/carry"
: > "$dir/carry.fails"
cat >> "$dir/uy/almenarad.conf" <<- END
	site_dir $site
	site_url https://cert.test.example/
	site_name "CERT of the test"
	site_phone "+598 2000 0000"
	site_mail cert@test.example
	site_publish "$dir/carry $dir"
	site_publish_s 20
END
node_start uy
node_start br
ok 'uy is linked' within 15 is_linked uy 1
signed() { [ -s "$site/manifest.jws" ]; }
ok 'there is a site' within 10 signed
ok 'nothing is in force' grep -q '0 notices in force' "$site/en/index.html"
key=$(ask uy -g key site)
checked() { cmd uy site verify "$site" --key "$key" > /dev/null; }
ok 'it is signed' checked
ok 'it needs the key' exits 2 "$ALMENARA" site verify "$site"
ok 'another key did not sign it' exits 8 "$ALMENARA" site verify "$site" \
    --key "${key%?????}AAAAA"
ok 'other tools check its files' quietly bash -c \
    "cd '$site' && sha256sum -c --quiet --strict manifest.txt"

# --- the command that carries it on ---
failed_first() { [ "$(ask uy -g failures site)" -ge 1 ]; }
ok 'a command that fails is told' within 20 failed_first
ok 'in what the status says' says 'last failure.*ended with status 23' \
    cmd uy site status
doctor() { "$ALMENARA" doctor --conf "$dir/uy/almenarad.conf" "$@"; }
ok 'and by the doctor' says 'Site published.*ended with status 23.*site build' \
    doctor
ok 'in other languages' says 'Sitio publicado.*status 23' doctor --lang es
ok 'nothing was published' is 0 ask uy -g published site
rm "$dir/carry.fails"
carried() { cmp -s "$site/manifest.jws" "$dir/carried/manifest.jws"; }
ok 'it is tried again' within 60 carried
went_well() { [ "$(ask uy -g failures site)" = 0 ]; }
ok 'which ends the failures' within 20 went_well
ok 'the time is told' fails is 0 ask uy -g published site
ok 'the status shows site and age' says \
    '^site.https://cert.test.example/: last page written 0 min ago' cmd uy \
    status
ok 'that it is published' says '^site_publish.*T.*Z$' cmd uy status
ok 'and no web process' says '^web.none: no web_listen' cmd uy status
ok 'without a site that is said' says '^site.none is written' cmd br status
copied() { "$ALMENARA" site verify "$dir/carried" --key "$key" > /dev/null; }
ok 'the copy is what was signed' copied
ok 'the command knows the folder' says "^folder: $site$" cat "$dir/carry.in"
ok 'it has no environment of ours' fails grep -q '^\(HOME\|ALMENARA\|TMPDIR\)=' \
    "$dir/carry.in"
ok 'and no handle but its own' fails grep -qv \
    'total\|/memfd:text\|/dev/null\|/proc/\|/carry.fds$' "$dir/carry.fds"

# --- what is for the public, and what is not ---
shown() { grep -rqF -- "$1" "$site"; }
id=$(release uy TLP:CLEAR null 'Lighthouse <b>one</b>')
page=w/uy/$id
ok 'a public notice is shown' within 10 test -f "$site/es/$page/index.html"
ok 'once all is signed' within 5 checked
ok 'its words stand as they are' grep -qF 'Lighthouse &lt;b&gt;one' \
    "$site/pt/$page/index.html"
ok 'also on the first page' grep -qF 'Lighthouse &lt;b&gt;one' \
    "$site/fr/index.html"
for f in en/feed.atom en/feed.json cap/index.atom "$page/notice.cap" \
    "$page/notice.json" "en/$page/notice.txt" \
    "en/archive/$(date -u +%Y-%m)/index.html"; do
	ok "and in $f" grep -q 'Lighthouse' "$site/$f"
done
ok 'the signed original is there' test -s "$site/$page/notice.jws"
ok 'its address is in the site map' grep -qF "/es/$page/" "$site/sitemap.xml"
ok 'counted in Spanish' grep -q '1 comunicación vigente' "$site/es/index.html"
listed() { grep -qF "$1" "$site/manifest.txt"; }
ok 'the list has it' listed "es/$page/index.html"
ok 'it is carried on' within 30 carried

release uy TLP:AMBER '["br"]' 'Ambergris two' > /dev/null
release uy TLP:GREEN '["br"]' 'Greenfinch three' > /dev/null
e=$(ask uy -g draft draft_save "{\"kind\":\"warning\",\"tlp\":\"TLP:CLEAR\",
    \"body\":$(warning 'Embargoed four')}")
soon=$(date -u -d '+3600 seconds' +%Y-%m-%dT%H:%M:%SZ)
ok 'one is released under embargo' quietly cmd uy release "$e" --embargo \
    "$soon" --then publish --to br --yes
cmd uy exercise new FARO --title 'Faro' --type functional --to br --yes \
    > "$dir/ex"
ok 'an exercise starts' quietly cmd uy exercise start "$(cat "$dir/ex")" --yes
x=$(ask uy -g draft draft_save "{\"kind\":\"warning\",\"tlp\":\"TLP:GREEN\",
    \"aud\":[\"br\"],\"body\":$(warning 'Exercised five' |
    sed 's/^{/{"exercise":"FARO",/')}")
ok 'and one is released in it' quietly cmd uy release "$x" --yes
ask uy draft_save "{\"kind\":\"warning\",\"tlp\":\"TLP:CLEAR\",
    \"body\":$(warning 'Drafted six')}" > /dev/null
theirs=$(release br TLP:CLEAR null 'Neighbour seven')
ok 'what another member tells everybody is shown' within 10 \
    test -f "$site/en/w/br/$theirs/index.html"
ok 'and by whom' within 10 grep -q 'w/br/' "$site/en/index.html"
last=$(release uy TLP:CLEAR null 'Latest eight')
# the list is written when all else of a turn stands
ok 'the writer has read so far' within 10 listed "en/w/uy/$last/index.html"
for word in Ambergris Greenfinch Embargoed Exercised Drafted FARO; do
	ok "no file says $word" fails shown "$word"
	ok "nor the writer's own" fails grep -rqaF "$word" "$dir/uy/data/site"
done

# --- revisions ---
find "$site" -type f -printf '%i %P\n' | sort > "$dir/inodes"
cmd uy update "$id" --title 'en:Lighthouse once more' --yes \
    > /dev/null || cat "$dir/uy/cmd.err"
again() { grep -q 'Lighthouse once more' "$site/en/$page/index.html"; }
ok 'an update stands at the same address' within 10 again
ok 'signed again' within 5 checked
ok 'the first text is told by its time' grep -q 'first text' \
    "$site/en/$page/index.html"
ok 'and not by its words' fails shown 'Lighthouse &lt;b&gt;'
ok 'CAP updates by reference' grep -q "<msgType>Update" \
    "$site/$page/notice.cap"
ok 'which is the one before' grep -q \
    "<references>cert.test.example,urn:almenara:uy:$id:0,2" \
    "$site/$page/notice.cap"
find "$site" -type f -printf '%i %P\n' | sort > "$dir/inodes.after"
comm -13 "$dir/inodes" "$dir/inodes.after" | cut -d' ' -f2 > "$dir/written"
ok 'other notices were not written' fails grep -q "w/br/\|$last" \
    "$dir/written"
ok 'nor what does not change' fails grep -q 'verify/\|network/\|style-\|404' \
    "$dir/written"
cmd uy cancel "$id" --reason 'A false alarm' --yes > /dev/null
gone() { grep -q 'This notice was withdrawn' "$site/en/$page/index.html"; }
ok 'a withdrawal stands there too' within 10 gone
ok 'and is signed' within 5 checked
ok 'with its reason' grep -q 'A false alarm' "$site/en/$page/index.html"
ok 'CAP cancels' grep -q '<msgType>Cancel' "$site/$page/notice.cap"
ok 'it is not in force' fails grep -q "$page" "$site/en/index.html"
ok 'but in the archive' grep -rq "$page" "$site/en/archive/"

# --- what a line of the rules keeps off it ---
cp "$dir/uy/almenara.rules" "$dir/rules"
block() {
	{ echo "$1"; cat "$dir/rules"; } > "$dir/uy/almenara.rules" &&
	    quietly cmd uy rules load
}
off() { ! shown 'Neighbour seven' && ! test -e "$site/w/br/$theirs/notice.jws"; }
{ echo 'block export warning from br to public'; cat "$dir/rules"; } \
    > "$dir/other.rules"
cmd uy rules try "$dir/other.rules" > "$dir/tried"
ok 'the other rules would take off what another team says' grep -q \
    'export	public	refused	1: block export warning from br' "$dir/tried"
ok 'and nothing else' is 1 grep -c '	export	' "$dir/tried"
ok 'a line blocks what another team says' \
    block 'block export warning from br to public'
ok 'it is taken off' within 10 off
ok 'nothing else is' test -f "$site/en/w/uy/$last/index.html"
writer=$(child_pid uy site)
kill -9 "$writer"
anew() { w=$(child_pid uy site) && [ -n "$w" ] && [ "$w" != "$writer" ]; }
ok 'a writer that begins anew' within 15 anew
ok 'has built' says 'written or removed' cmd uy site build
ok 'and knows the line' off
ok 'without it' block '#'
ok 'it is shown again' within 10 test -f "$site/w/br/$theirs/notice.jws"
ok 'signed as well' within 10 checked

# --- the writer, and what becomes of its files ---
ok 'no page has a fault' is 0 ask uy -g faults site
cp -r "$site" "$dir/mirror"
echo '<!-- x -->' >> "$dir/mirror/es/$page/index.html"
ok 'a copy that was changed is found' exits 8 "$ALMENARA" site verify \
    "$dir/mirror" --key "$key"
ok 'by the file' says "es/$page/index.html" "$ALMENARA" site verify \
    "$dir/mirror" --key "$key"
cp "$site/es/$page/index.html" "$dir/mirror/es/$page/"
ok 'put right it is good' exits 0 "$ALMENARA" site verify "$dir/mirror" \
    --key "$key"
rm "$dir/mirror/en/feed.atom"
ok 'what is missing is found' exits 8 "$ALMENARA" site verify "$dir/mirror" \
    --key "$key"
echo x >> "$site/fr/index.html"
rm "$site/en/$page/notice.txt"
echo y > "$site/en/more.html"
writer=$(child_pid uy site)
kill -9 "$writer"
ok 'a writer that ends is started again and looks at all' within 15 checked
ok 'what nobody wrote is gone' test ! -e "$site/en/more.html"
ok 'what was removed is back' test -s "$site/en/$page/notice.txt"
ok 'a build looks at all of it' says 'written or removed' cmd uy site build
ok 'the writer has no file of keys open' bash -c \
    "! ls -l /proc/$(child_pid uy site)/fd | grep -q keyring"
ok 'its status tells the key' says "$key" cmd uy site status

# --- guides ---
guide=$site/es/guides/ransomware/index.html
ok 'a guide stands in Spanish' grep -q 'Separe la computadora de la red' \
    "$guide"
ok 'with the day of its review' grep -q 'datetime="2027-11-30"' "$guide"
ok 'all nine have pages' is 9 sh -c "ls '$site/pt/guides' | grep -vc index"
ok 'which the first one lists' is 9 grep -c 'href="../../fr/guides/[a-z-]*/"' \
    "$site/fr/guides/index.html"
ok 'and the command, with the policy on weaknesses' is 10 sh -c "'$ALMENARA' guide list | wc -l"
ok 'a guide is shown as a draft' quietly jq -e '.body.steps | length > 3' \
    <("$ALMENARA" guide show phishing)
ok 'one that is none is refused' exits 3 "$ALMENARA" guide show nothing
"$ALMENARA" guide show ransomware | jq '.body.steps[0].text.es =
    "Llame primero a nuestra guardia" | .body.language = "es"' \
    > "$dir/guide.json"
draft=$(cmd uy draft new "$dir/guide.json" --json | jq -r .draft)
ok 'the team writes its own' test -n "$draft"
own_guide=$(ask uy -g notice release "{\"id\":\"$draft\"}")
ours() { grep -q 'Llame primero a nuestra guardia' "$guide"; }
ok 'which takes its place' within 20 ours
ok 'and is no notice in force' fails grep -rq "$own_guide" \
    "$site/es/index.html" "$site/es/feed.atom" "$site/cap/index.atom"
ok 'nor a document of CSAF' fails grep -q "$own_guide" \
    "$site/csaf/white/index.txt"
ok 'it is withdrawn' quietly cmd uy cancel "$own_guide" --reason 'Old' --yes
brought() { grep -q 'Separe la computadora de la red' "$guide"; }
ok 'and the first stands again' within 20 brought
ok 'signed' within 20 checked

# --- a mirror on the web ---
mirrored() { # whole, as no run of the writer has touched it meanwhile
	rm -rf "$dir/web" && cp -r "$site" "$dir/web" && sleep 1 &&
	    diff -rq "$site" "$dir/web" > /dev/null
}
ok 'a mirror takes a copy' within 30 mirrored
python3 -u -m http.server --bind 127.0.0.1 --directory "$dir/web" 0 \
    > "$dir/web.log" 2>&1 &
# shellcheck disable=SC2034
pid[mirror]=$! # lib.sh ends it
serves() { grep -q 'port [0-9]' "$dir/web.log"; }
ok 'a mirror serves the files' within 20 serves
url=http://127.0.0.1:$(sed -n 's/.*port \([0-9]*\).*/\1/p' "$dir/web.log")
ok 'it is what the team wrote' exits 0 "$ALMENARA" site verify "$url" \
    --key "$key"
echo >> "$dir/web/fr/feed.json"
ok 'one byte more is found' exits 8 "$ALMENARA" site verify "$url" \
    --key "$key"
ok 'by its name' says 'fr/feed.json' "$ALMENARA" site verify "$url/" \
    --key "$key"
rm "$dir/web/manifest.jws"
ok 'without a signature nothing is said' exits 1 "$ALMENARA" site verify \
    "$url" --key "$key"

# --- a look of one's own ---
mkdir "$dir/theme"
echo '<p>{{title}}</p><script>{{title}}</script>' > "$dir/theme/item.html"
ok 'an unsafe template is refused by its line' says \
    'item.html:1: a value may not stand in a script' \
    "$ALMENARA" site check "$dir/theme"
echo 'x' > "$dir/theme/itme.html"
rm "$dir/theme/item.html"
ok 'and a file that is none' says 'itme.html: is no template' \
    "$ALMENARA" site check "$dir/theme"
rm "$dir/theme/itme.html"
echo '<p class="own">{{title}}</p>' > "$dir/theme/item.html"
echo 'p{color:red}' > "$dir/theme/style.css"
ok 'a good one is not' exits 0 "$ALMENARA" site check "$dir/theme"
ok 'the node stops in order' node_stop uy
echo "site_theme $dir/theme" >> "$dir/uy/almenarad.conf"
sed -i 's/^site_publish_s.*/site_publish_s 5/' "$dir/uy/almenarad.conf"
: > "$dir/carry.hangs"
node_start uy
own() { grep -q '<p class="own">Latest eight' "$site/en/index.html"; }
ok 'the site has its own look' within 15 own
hung() { says 'did not end in its time' cmd uy site status > /dev/null; }
ok 'a command that hangs is ended' within 30 hung
rm "$dir/carry.hangs"
at_once() { quietly cmd uy site build && sleep 1 && went_well; }
ok 'and is out once it does not' within 60 at_once
ok 'and its own style' grep -q red "$site"/style-*.css
ok 'signed' within 5 checked
for file in "$site"/en/*.html "$site/en/$page/index.html"; do
	size=$(gzip -c "$file" "$site"/style-*.css | wc -c)
	[ "$size" -le 30720 ] || big=1
done
ok 'each first view is small' test -z "${big:-}"
finish
