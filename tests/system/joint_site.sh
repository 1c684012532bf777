#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The joint site of a secretariat: the public notices of all members, each
# marked with its origin, how far each log is held, and search, which knows
# nothing but what is public.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2034,SC2154
. "$(dirname "$0")/lib.sh"
umask 022

mapfile -t web_ports < <("$ASK" -p 1)
web=${web_ports[0]}
states[br]=BR states[oas]=US states[cl]=CL
network_make oas uy br cl
site=$dir/public
cat >> "$dir/oas/almenarad.conf" <<- END
	site_dir $site
	site_url http://127.0.0.1:$web/
	site_name "CICTE, CITEL, REMJA"
	site_joint yes
	web_listen 127.0.0.1:$web
	web_connections_each 0
END
printf '%s\n' "site_dir $dir/alone" 'site_url https://cert.test.example/' \
    >> "$dir/uy/almenarad.conf"
# cl belongs to the network, and never starts
for team in oas uy br; do node_start "$team"; done
for team in oas uy br; do
	ok "$team is linked" within 30 is_linked "$team" 2
done
signed() { [ -s "$site/manifest.jws" ]; }
ok 'there is a joint site' within 30 signed
key=$(ask oas -g key site)
checked() { cmd oas site verify "$site" --key "$key" > /dev/null; }

# --- what stands on it, and what never does ---
notice() { # TEAM TITLE-ES LEVEL: one for the public with a title in Spanish
	local id body severity=Severe
	[ "$3" = 3 ] && severity=Moderate
	body=$(warning "$2" | sed "s/^{\"title\":{\"en\"/{\"title\":{\"es\"/
	    s/\"language\":\"en\"/\"language\":\"es\"/
	    s/\"severity\":\"Severe\"/\"severity\":\"$severity\"/
	    s/\"level\":4/\"level\":$3/
	    s/\"impact\":{\"en\"/\"impact\":{\"es\"/")
	id=$(ask "$1" -g draft draft_save "{\"kind\":\"warning\",
	    \"tlp\":\"TLP:CLEAR\",\"body\":$body}") &&
	    ask "$1" -g notice release "{\"id\":\"$id\"}"
}
listed() { grep -qF "$1" "$site/manifest.txt"; }
faro=$(release uy TLP:CLEAR null 'Lighthouse warning')
accion=$(notice br 'Ação contra Estafa Telefónica' 4)
ok 'a notice of br comes' within 30 listed "es/w/br/$accion/index.html"
signed_root=$(ask br -g checkpoint log_show | sed -n 3p)
own=$(notice oas 'Aviso de la secretaría' 3)
amber=$(release uy TLP:AMBER '["oas"]' 'Ambergris two')
green=$(release br TLP:GREEN null 'Greenfinch three')
e=$(ask oas -g draft draft_save "{\"kind\":\"warning\",\"tlp\":\"TLP:CLEAR\",
    \"body\":$(warning 'Embargoed four')}")
ok 'one is released under embargo' quietly cmd oas release "$e" --embargo \
    "$(date -u -d '+3600 seconds' +%Y-%m-%dT%H:%M:%SZ)" --then publish \
    --to br --yes
cmd uy exercise new FARO --title 'Faro' --type functional --to oas --yes \
    > "$dir/ex"
ok 'an exercise starts' quietly cmd uy exercise start "$(cat "$dir/ex")" --yes
x=$(ask uy -g draft draft_save "{\"kind\":\"warning\",\"tlp\":\"TLP:AMBER\",
    \"aud\":[\"oas\"],\"body\":$(warning 'Exercised five' |
    sed 's/^{/{"exercise":"FARO",/')}")
ok 'and one is released in it' quietly cmd uy release "$x" --yes
ask oas draft_save "{\"kind\":\"warning\",\"tlp\":\"TLP:CLEAR\",
    \"body\":$(warning 'Drafted six')}" > /dev/null
last=$(release br TLP:CLEAR null 'Latest seven')
for n in "uy/$faro" "br/$accion" "oas/$own" "br/$last"; do
	ok "$n is shown" within 30 listed "es/w/$n/index.html"
done
ok 'all of it is signed' within 20 checked
for n in "$amber" "$green"; do
	here() { is "$n" ask oas -g notice.envelope.id show "{\"id\":\"$n\"}"; }
	ok "$n, not for the public, is at the secretariat" within 20 here
done
exercised() { says Exercised cmd oas inbox > /dev/null; }
ok 'and that of the exercise' within 20 exercised

# --- where each is from ---
page=w/br/$accion
origin() { jq -r ".origin.$1" "$site/$page/notice.json"; }
log=$(origin log) root=$(origin checkpoint)
ok 'the log is told' says '^test.example/log/br/[0-9a-f]{8}$' echo "$log"
ok 'the checkpoint by its root' says '^[A-Za-z0-9+/]{43}=$' echo "$root"
ok 'which is the one that br signed' is "$signed_root" origin checkpoint
ok 'the team' is br origin team
ok 'its state' is BR origin code
for f in "fr/$page/index.html" "fr/$page/notice.txt" "$page/notice.cap"; do
	ok "the log stands in $f" grep -qF "$log" "$site/$f"
	ok "the checkpoint in $f" grep -qF "$root" "$site/$f"
done
ok 'it is the team that answers' grep -q "L’équipe nommée ici répond de cet avis" \
    "$site/fr/$page/index.html"
ok 'in lists too' grep -q 'Publicado por <a href="../es/from/br/">br</a> (Brasil)' \
    "$site/es/index.html"
ok 'in Atom' grep -q '<author><name>br</name></author>' "$site/es/feed.atom"
ok 'in JSON Feed' quietly jq -e --arg log "$log" '[.items[] |
    select(.authors[0].name == "br" and ._almenara.origin.log == $log)] |
    length == 2' "$site/es/feed.json"
ok 'CAP is sent by the team, not by the site' grep -q \
    '<sender>br@test.example</sender>' "$site/$page/notice.cap"
ok 'CSAF is of the own team alone' is 1 sh -c \
    "grep -c . '$site/csaf/white/index.txt'"
ok 'which is no aggregator' test ! -e "$site/.well-known/csaf-aggregator"
if command -v xmllint > /dev/null; then
	ok 'CAP is as its schema says' quietly xmllint --noout --schema \
	    "$(dirname "$0")/cap12.xsd" "$site/$page/notice.cap"
	ok 'the feed is well made' xmllint --noout "$site/es/feed.atom"
fi
ok 'no page has a fault' is 0 ask oas -g faults site
ok 'a site that is not joint has none of it' test ! -e \
    "$dir/alone/es/members" -a ! -e "$dir/alone/search.words"

# --- a page for each team, and how far its log is held ---
ok 'br has a page' grep -q 'Comunicaciones de br (Brasil)' \
    "$site/es/from/br/index.html"
ok 'with its two' is 2 grep -c "href=\"../../../es/w/br/" \
    "$site/es/from/br/index.html"
ok 'and none of others' fails grep -q '/w/uy/' "$site/es/from/br/index.html"
member() { jq -r ".members[] | select(.team == \"$1\") | .$2" \
    "$site/members.json"; }
for team in oas uy br; do
	whole() { is true member "$team" whole; }
	ok "the log of $team is held whole" within 20 whole
done
ok 'that of cl is not held' is false member cl held
ok 'which the page says' says 'cl.*não mantido aqui' \
    sh -c "tr -d '\n' < '$site/pt/members/index.html'"
ok 'notices are counted' is 2 member br count
ok 'by the full hour' says 'T[0-9]{2}:00:00' member br until.iso
ok 'and not how long a log is' fails grep -rqE '"(size|index|entries)"' \
    "$site/members.json" "$site/$page/notice.json"

# --- search ---
at=http://127.0.0.1:$web
get() { curl -s --max-time 20 "$@"; }
code() { get -o /dev/null -w '%{http_code}\n' "$@"; }
find() { # LANG WORDS [ARGUMENT...]: the titles found
	local lang=$1 words=$2 more=()
	shift 2
	for a; do more+=(--data-urlencode "$a"); done
	get -G --data-urlencode "q=$words" "${more[@]}" \
	    "$at/$lang/search/" | tr '\n' ' ' | grep -o '<h2>.*' |
	    grep -oP '<h2><a[^>]*>\K[^<]*' | paste -sd'|'
}
is_up() { [ "$(code "$at/es/search/")" = 200 ]; }
ok 'there is a search' within 20 is_up
ok 'which the pages lead to' grep -q 'href="../es/search/">Buscar' \
    "$site/es/index.html"
ok 'a word is found' is 'Lighthouse warning' find en lighthouse
ok 'without its accents, in any case' is 'Ação contra Estafa Telefónica' \
    find pt ACAO
ok 'with them' is 'Ação contra Estafa Telefónica' find fr telefónica
ok 'by how it begins' is 'Ação contra Estafa Telefónica' find es telef
ok 'and by what a code says in any language' says 'Lighthouse warning' \
    find en 'lighthouse appliquez'
ok 'the state by its name in any language' is 'Ação contra Estafa Telefónica' \
    find es 'brésil estafa'
ok 'all words must be there' is '' find es 'lighthouse estafa'
ok 'the newest first' says '^Latest seven\|.*\|' find es warning
ok 'or the best' says '^Lighthouse warning\|.*\|' find es warning by=match
ok 'of one state' is 'Latest seven|Ação contra Estafa Telefónica' find pt '' \
    state=BR
fours() { find fr '' level=4 | tr '|' '\n' | grep -c .; }
ok 'from a level on' is 3 fours
ok 'both together' is 'Latest seven' find en latest state=BR level=4
ok 'none of a state that says nothing' is '' find en '' state=CL
for lang in en es pt fr; do
	ok "the page is in $lang" says "<html lang=\"$lang\"" get \
	    "$at/$lang/search/?q=estafa"
done
ok 'its words too' says '1 comunicado encontrado' get \
    "$at/pt/search/?q=estafa"
ok 'whose it is' says 'Publié par <a href="/fr/from/br/">br</a> \(Brésil\)' \
    get "$at/fr/search/?q=estafa"
ok 'nobody keeps what was asked for' says '^Cache-Control: no-store' get -I \
    "$at/es/search/?q=estafa"
ok 'without words there is the form' says 'name="q"' get "$at/es/search/"
ok 'and nothing is found' fails says 'role="status"' get "$at/es/search/"
ok 'what is asked stays text' says 'value="&lt;b&gt;&#34;' get \
    "$at/es/search/?q=%3Cb%3E%22"

# --- a search tells of nothing else ---
page_of() { get "$at/es/search/?q=$1" | sed "s/$1//g"; }
same() { cmp -s <(page_of "$1") <(page_of Xylophant); }
for word in Ambergris Greenfinch Embargoed Exercised Drafted; do
	ok "$word is found as little as what there never was" same "$word"
	ok "no file says $word" fails grep -rqiF "$word" "$site"
done
block() {
	{ echo "$1"; cat "$dir/oas.rules"; } > "$dir/oas/almenara.rules" &&
	    quietly cmd oas rules load
}
cp "$dir/oas/almenara.rules" "$dir/oas.rules"
gone() { [ -z "$(find es estafa)" ]; }
back() { [ -n "$(find es estafa)" ]; }
ok 'a line of the rules keeps br off the site' block \
    'block export warning from br to public'
ok 'search does not know it any more' within 20 gone
ok 'nor a word of it' fails grep -q telefonica "$site/search.words"
ok 'without it' block '#'
ok 'it does' within 20 back
cmd uy cancel "$faro" --reason 'A false alarm' --yes > /dev/null
withdrawn() { get "$at/en/search/?q=lighthouse" | grep -q '<b>Withdrawn</b>'; }
ok 'what was withdrawn is found as that' within 20 withdrawn

# --- what it refuses ---
long=$(head -c 201 /dev/zero | tr '\0' a)
many=$(head -c 3000 /dev/zero | tr '\0' a)
for q in "q=$long" 'q=%zz' 'q=%' 'q=%ff' 'state=../' 'state=uy' 'level=9' \
    'level=-1' 'by=rank' 'p=0' 'p=99999' 'p=1x'; do
	ok "${q:0:12} is refused" is 400 code "$at/es/search/?$q"
done
ok 'nothing longer is read' says '^(400|414|431)$' code "$at/es/search/?q=$many$many$many"
for q in 'q=%00' 'q=*' "q='%20OR%201=1--" 'q=%22%22%22' 'q=NEAR(a,b)' \
    'q=a:b*' 'q=%5C%25_' 'q=a&p=9999' 'q=a+b+c+d+e+f+g+h+i+j' 'x=y&q'; do
	ok "$q is a search like any" is 200 code "$at/es/search/?$q"
done
ok 'more words than count are told' says 'Only the first words' get \
    "$at/en/search/?q=a+b+c+d+e+f+g+h+i+j"
ok 'nothing is sent to it' is 405 code -X PUT "$at/es/search/"
ok 'its writer has no fault' is 0 ask oas -g faults site

# --- a copy without a program ---
ok 'the page of a copy says where to search' grep -q \
    "http://127.0.0.1:$web/es/search/" "$site/es/search/index.html"

# --- many results, and too many questions ---
for i in $(seq 1 22); do
	id=$(release uy TLP:CLEAR null "Siren $i") || break
done
all_there() { listed "en/w/uy/$id/index.html" && checked; }
ok 'many more come' within 60 all_there
titles() { get "$at/en/search/?$1" | grep -c '<h2><a'; }
ok 'twenty on a page' within 20 is 20 titles 'q=siren'
ok 'the others on the next' is 2 titles 'q=siren&p=2'
ok 'to which it leads' says \
    'href="/en/search/\?q=siren&amp;state=&amp;level=&amp;by=time&amp;p=2" rel="next"' get \
    "$at/en/search/?q=siren"
ok 'and back' says 'p=1" rel="prev"' get "$at/en/search/?q=siren&p=2"
ok 'no title is long or short of it' says '22 notices found' get \
    "$at/en/search/?q=siren"
ok 'oas stops in order' node_stop oas
sed -i 's/^web_connections_each.*/web_connections_each 50/' \
    "$dir/oas/almenarad.conf"
node_start oas
ok 'it searches again' within 30 is_up
get "$at/es/search/?q=siren&n=[1-60]" -o /dev/null -w '%{http_code}\n' \
    > "$dir/codes"
ok 'one network asks no more than so often' grep -q 429 "$dir/codes"
ok 'but may ask' grep -q 200 "$dir/codes"
ok 'and reads pages all the while' is 200 code "$at/es/"
finish
