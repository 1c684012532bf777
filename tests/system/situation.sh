#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Registers of the own node, status reports made of numbers of them, and briefs
# for authorities.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

network_make uy br
for team in uy br; do node_start "$team"; done
ok 'the nodes are linked' within 20 is_linked uy 1

run() { # STATUS TEAM ARGS: the command as a person runs it
	local want=$1 team=$2
	shift 2
	"$ALMENARA" "$@" --no-input --node "$dir/$team" \
	    > "$dir/out" 2> "$dir/told" < /dev/null
	[ $? -eq "$want" ] && return
	sed 's/^/# /' "$dir/told"
	return 1
}
out_has() { grep -qF -- "$1" "$dir/out"; }
told() { grep -qF -- "$1" "$dir/told"; }
rows() { run 0 uy register list "$@" && wc -l < "$dir/out"; }

# registers
lists() { run 0 uy register list && out_has critical-service; }
ok 'the registers are listed' lists
ok 'there is no other' run 3 uy register list secrets
ok 'no kind that is not a register' run 3 uy register list person
ok 'a row wants what its kind wants' run 5 uy register add critical-service \
    --set 'name=Cámara de compensación'
ok 'and says what' told 'sector'
ok 'a row is added' run 0 uy register add critical-service \
    --set 'name=Cámara de compensación' --set sector=financial/payments \
    --set state=ok --set criticality=national
id=$(cat "$dir/out")
words() { run 0 uy register list critical-service && out_has 'Payment systems' &&
    out_has 'Works'; }
ok 'its codes are shown in words' words
ok 'it is changed' run 0 uy register set "$id" --set state=degraded
full() { run 0 uy register show "$id" && out_has 'Works in part' &&
    out_has 'Cámara de compensación'; }
ok 'and shown in full' full
late() { ask uy register_put "{\"kind\":\"critical-service\",\"rows\":[{
    \"id\":\"$id\",\"rev\":0,\"body\":{\"name\":\"x\",\"sector\":\"energy\",
    \"state\":\"ok\"}}]}"; }
ok 'who has not seen the newest does not overwrite it' exits 1 late
twice() { ask uy register_put "{\"kind\":\"critical-service\",\"rows\":[
    {\"id\":\"$id\",\"body\":{\"name\":\"x\",\"sector\":\"energy\",
    \"state\":\"ok\"}}, {\"id\":\"$id\",\"body\":{\"name\":\"y\",
    \"sector\":\"energy\",\"state\":\"ok\"}}]}"; }
ok 'nor twice at once' exits 1 twice
many() { # COUNT
	local i
	for ((i = 1; i <= $1; i++)); do
		echo "{\"name\":\"Planta $i\",\"sector\":\"energy\",\"state\":\"down\"}"
	done
}
many 250 > "$dir/rows.jsonl"
{ many 3; echo '{"name":"Planta","sector":"energía","state":"ok"}'
many 3; } > "$dir/bad.jsonl"
ok 'a bad line refuses a whole file' run 1 uy register import \
    critical-service "$dir/bad.jsonl"
ok 'and is named' told 'line 4'
ok 'nothing of it is there' is 1 rows critical-service
ok 'a file of many rows is taken' run 0 uy register import \
    critical-service "$dir/rows.jsonl"
ok 'all of them, in more than a page' is 251 rows critical-service
round() { run 0 uy register list critical-service --jsonl &&
    head -3 "$dir/out" > "$dir/again.jsonl" &&
    run 0 uy register import critical-service "$dir/again.jsonl"; }
ok 'what is listed can be taken again' round
ok 'and changes rows, adds none' is 251 rows critical-service
ok 'a row is removed' run 0 uy register remove "$id" --reason 'Cerrada'
ok 'and is gone' is 250 rows critical-service
ok 'but not lost' is 251 rows critical-service --all
ok 'of all that nothing left the node' is 0 ask br -g 'rows.#' inbox

# a status report: numbers by sector
run 0 uy register add critical-service --set name=Puerto \
    --set sector=transport --set state=degraded
ok 'a report is drafted' run 0 uy situation report --states UY \
    --title 'es:Situación de las 12' --set posture=heightened \
    --set outlook=stable
draft=$(head -1 "$dir/out")
ok 'and released' run 0 uy release "$draft" --yes
arrived() { run 0 br situation list && out_has 'Heightened' &&
    out_has 'energy 250/250' && out_has 'transport 1/1'; }
ok 'the others see how the state stands' within 10 arrived
report=$(ask br -g rows.0.id inbox)
nameless() { run 0 br show "$report" --json && ! out_has Puerto &&
    ! out_has Planta; }
ok 'and no name of a service' nameless
ok 'the next begins with the last' run 0 uy situation report \
    --title 'es:Situación de las 16' --set posture=normal
next_is_whole() { run 0 uy draft show "$(head -1 "$dir/out")" &&
    out_has 'Stable'; }
ok 'and needs only what has changed' next_is_whole

# a brief
ok 'a brief is made' run 0 br situation brief "$report" --for 'Ministry' \
    --ask 'Public notice?'
brief() { out_has 'TLP:AMBER' && out_has 'Ministry' &&
    out_has 'Public notice?' && out_has 'Situación de las 12'; }
ok 'with label, reader and text' brief
briefs() { run 0 br register list authority-brief && [ "$(wc -l < "$dir/out")" -eq 1 ]; }
ok 'what was given is kept' briefs
made=$(cut -f1 "$dir/out")
ok 'and that it was read' run 0 br situation read "$made" --by 'J. Silva'
was_read() { run 0 br register show "$made" && out_has 'J. Silva'; }
ok 'with the name' was_read
strict=$(release uy TLP:AMBER+STRICT '["br"]' 'For the team alone')
held() { is 2 ask br -g 'rows.#' inbox; }
ok 'a stricter document comes' within 10 held
ok 'it is not for authorities' run 4 br situation brief "$strict" \
    --for Ministry
ok 'and nothing of it was said' fails out_has 'For the team alone'
ok 'nor kept as given' briefs
finish
