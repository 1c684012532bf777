#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# usage: rounds.sh [-n ROUNDS] [-s SEED] [-p PARTS]
#
# Three nodes write to each other while, round by round, things go wrong:
# processes are killed, cables are cut, stalled, slowed and reset, a volume is
# full, rows of a stopped node are damaged. When the round's faults are over
# and without anybody's doing, every notice whose release was answered is at
# each of its readers, once, under the digest that was answered; the readers'
# copies of each log have its root, hence its order; every receipt is back.
# The seed decides what happens to whom and when. 100 rounds, or 10 if
# ALMENARA_TENTH is set, the PARTS-th part of them in one of so many runs; a
# round that takes more than ROUND_S is broken.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2034,SC2154
. "$(dirname "$0")/lib.sh"
: "${GATE:?}"

rounds=100 seed=$((($$ * 7919 + $(date +%s)) % 32768))
[ -z "${ALMENARA_TENTH:-}" ] || rounds=10
while getopts n:s:p: option; do
	case $option in
	n) rounds=$OPTARG ;;
	s) seed=$OPTARG ;;
	p) rounds=$((rounds / OPTARG)) ;;
	*) exit 2 ;;
	esac
done
RANDOM=$seed
echo "# $rounds rounds, seed $seed; again: rounds.sh -n $rounds -s $seed"

readonly ROUND_S=45 TRIES=5
teams=(uy br cl)
small=$dir/small
has_volume=false

# --- the network ---

network_make "${teams[@]}"
mapfile -t gate_port < <("$ASK" -p 6)
ways=() i=0
for a in "${teams[@]}"; do
	{
		echo 'peers {'
		for b in "${teams[@]}"; do
			[ "$a" != "$b" ] || continue
			# one name for both directions of a cable
			[[ $a < $b ]] && name=$a-$b || name=$b-$a
			echo "	$b \"127.0.0.1:${gate_port[i]}\""
			ways+=("$name:${gate_port[i]}:${port[$b]}")
			i=$((i + 1))
		done
		echo '}'
	} >> "$dir/$a/almenarad.conf"
done
cables=(br-uy br-cl cl-uy)
mkfifo "$dir/gate.in" "$dir/gate.out"
"$GATE" "${ways[@]}" < "$dir/gate.in" > "$dir/gate.out" 2> "$dir/gate.err" &
pid[gate]=$!
exec 8> "$dir/gate.in" 9< "$dir/gate.out"
gate_said() { local word; read -r -t 10 word <&9 && [ "$word" = ok ]; }
gate() { echo "$*" >&8; gate_said; }
gate_said || { echo 'Bail out! gate'; exit 1; }

# cl has a volume of its own where that is possible
mkdir "$small"
if mount -t tmpfs -o "size=$((64 + rounds / 2))m" tmpfs "$small" 2> /dev/null; then
	mounted=$small
	has_volume=true
	mv "$dir/cl/data" "$small/data"
	sed -i "s|^data_dir .*|data_dir \"$small/data\"|" \
	    "$dir/cl/almenarad.conf"
else
	echo '# a small volume cannot be mounted: no disk is filled'
fi
data_of() {
	if [ "$1" = cl ] && $has_volume; then echo "$small/data"
	else echo "$dir/$1/data"; fi
}

# --- those who write, all the time ---

writer() { # TEAM ROUND: TRIES attempts, what is answered goes to a file
	local team=$1 round=$2 i id tlp aud
	local others=()
	for id in "${teams[@]}"; do
		[ "$id" = "$team" ] || others+=("$id")
	done
	for ((i = 0; i < TRIES; i++)); do
		case $(((i + round) % 4)) in
		0) tlp=TLP:CLEAR aud=null ;;
		1) tlp=TLP:AMBER aud="[\"${others[0]}\"]" ;;
		2) tlp=TLP:GREEN aud=null ;;
		3) tlp=TLP:AMBER aud="[\"${others[1]}\"]" ;;
		esac
		id=$(ask "$team" -g draft draft_save "{\"kind\":\"warning\",
		    \"tlp\":\"$tlp\",\"aud\":$aud,
		    \"body\":$(warning "Round $round, $team $i")}") &&
		    ask "$team" release "{\"id\":\"$id\"}" \
			>> "$dir/sent/$team"
		sleep 0.05
	done
}

# --- what goes wrong ---

pause() { # MS
	local s
	printf -v s '%d.%03d' $(($1 / 1000)) $(($1 % 1000))
	sleep "$s"
}

pick() { # of what is given
	picked=$((RANDOM % $#))
	picked=${*:picked+1:1}
}

# Rows of bodies that came from others, of a node that is not running, are no
# longer what was written. Prints how many.
damage() { # TEAM HOW_MANY NUMBER
	local db
	db=$(data_of "$1")/log.db
	sqlite3 -cmd '.timeout 2000' "$db" "
	    UPDATE body SET v = CAST(substr(v, 1, length(v) / 2) ||
		x'5a5a5a5a' || substr(v, length(v) / 2 + 5) AS BLOB)
	    WHERE k IN (SELECT k FROM body WHERE k >> 44 > 2
		ORDER BY (k * 7919 + $3) % 65537 LIMIT $2);
	    SELECT changes();" 2>> "$dir/sqlite.err"
}

fault_kill() { # TEAM PROCESS: SIGKILL to a process of it, or to all
	local p
	if [ "$2" = parent ]; then
		node_kill "$1"
		pause "$3"
		node_start "$1"
	else
		p=$(child_pid "$1" "$2")
		[ -z "$p" ] || kill -9 "$p" 2> /dev/null
	fi
}

# One fault, from beginning to end. All of it is decided at the round's start.
fault() { # KIND TEAM CABLE MS NUMBER
	local at
	case $1 in
	parent | keeper | node) fault_kill "$2" "$1" "$4" ;;
	reset) gate reset "$3" ;;
	cut | stall | slow)
		gate "$1" "$3"
		pause "$4"
		gate open "$3" ;;
	alone) # a node without any cable
		for at in "${cables[@]}"; do
			[[ $at != *"$2"* ]] || gate cut "$at"
		done
		pause "$4"
		gate open ;;
	full)
		head -c 4G /dev/zero > "$small/filler" 2> /dev/null
		pause "$4"
		rm -f "$small/filler" ;;
	damage)
		node_stop "$2" || node_failed=$2
		who_damaged=$2
		n_damaged=$(damage "$2" $(($5 % 6 + 1)) "$5")
		n_alarms=$(alarms)
		node_start "$2" ;;
	esac
}

alarms() { grep -c 'is damaged on this disk' "$dir/$who_damaged/err"; }

# --- what must be so afterwards ---

almenara() { # TEAM COMMAND...: as a person would, in JSON
	local team=$1
	shift
	"$ALMENARA" "$@" --json --node "$dir/$team" 2>> "$dir/$team/ask"
}

# each TEAM COMMAND...: what the command says at each team, the team's name
# before it, to be read by one jq: to begin one costs more than all it does here
each() {
	local team
	for team in "${teams[@]}"; do
		echo "\"$team\""
		almenara "$team" "$@"
	done
}
# What `each` says, as pairs of team and answer
readonly PAIRS='reduce inputs as $v ([]; if ($v | type) == "string" then
    . + [{team: $v, said: []}] else .[-1].said += [$v] end) | .[] |
    .team as $team | .said[] |'

# Each accepted notice of the round: "ORIGIN DIGEST ID TLP READER"
plan_write() {
	local team
	for team in "${teams[@]}"; do
		echo "\"$team\""
		[ ! -e "$dir/sent/$team" ] || cat "$dir/sent/$team"
	done | jq -nr "$PAIRS"' .digest as $digest | .notice as $id |
	    .readers[] | select(.team != $team) |
	    "\($team) \($digest) \($id) \(.team)"' | sort
}

# What each team has of this round, in the same form
arrived() { # ROUND
	each inbox --limit 100 | jq -nr --arg r "$1" "$PAIRS"' .rows[] |
	    select((.mine | not) and .rev == 0 and
	    (.title | tostring | contains("Round " + $r + ","))) |
	    "\(.iss) \(.digest) \(.id) \($team)"' | sort > "$dir/got"
	[ -z "$(comm -23 "$dir/want" "$dir/got")" ]
}

# Every copy of each log is as long as it and has its root; of one in which
# nothing stands nobody else knows yet.
same_logs() {
	local logs
	each log show | jq -nr "$PAIRS"' .logs[] |
	    select(.role != "private" and .size != 0) |
	    "\(.origin) \(.size) \(.root) \(.missing) \(.state)"' \
	    > "$dir/heads"
	logs=$(cut -d ' ' -f 1 "$dir/heads" | sort -u | wc -l)
	[ "$(wc -l < "$dir/heads")" -eq $((${#teams[@]} * logs)) ] &&
	    [ "$(cut -d ' ' -f 1-4 "$dir/heads" | sort -u |
		wc -l)" -eq "$logs" ] &&
	    ! cut -d ' ' -f 4 "$dir/heads" | grep -qv '^0$'
}

# Waited for longest, so asked for in the cheapest way.
nothing_due() {
	local team said
	for team in "${teams[@]}"; do
		said=$(ask "$team" peers) || return 1
		[[ $said == *'"due":0,'* && $said == *'"theirs_due":0,'* &&
		    ! $said =~ \"(theirs_)?due\":[1-9] ]] || return 1
	done
}

# The node has found by itself what was damaged.
found() {
	[ "$n_damaged" -eq 0 ] ||
	    [ "$(alarms)" -ge $((n_alarms + n_damaged)) ]
}

# The log of each node sound to the last row: nothing damaged has stayed.
all_sound() {
	local team
	# later on only now and then: all is read each time
	[ "$round" -le 100 ] || [ "$n_damaged" -ne 0 ] ||
	    [ $((round % 10)) -eq 0 ] || return 0
	for team in "${teams[@]}"; do
		almenara "$team" log verify > "$dir/$team/verified" || return 1
	done
}

in_order() { # what was answered, at each origin
	local team
	for team in "${teams[@]}"; do
		[ ! -e "$dir/sent/$team" ] ||
		    jq .index "$dir/sent/$team" | sort -nuc || return 1
	done
}

why() { # for whoever reads of a round that failed
	echo "# missing:"
	comm -23 "$dir/want" "$dir/got" | sed 's/^/#   /'
	[ ! -e "$dir/heads" ] || sed 's/^/#   /' "$dir/heads"
	cat "$dir"/*/verified 2> /dev/null | head -c 2000 | sed 's/^/#   /'
}

# --- the rounds ---

kinds=(parent parent parent keeper node node cut stall slow reset alone damage)
! $has_volume || kinds+=(full)
for team in "${teams[@]}"; do node_start "$team"; done
for team in "${teams[@]}"; do
	ok "$team is ready" within 20 node_is_ready "$team"
done

total=0 damaged=0
for ((round = 1; round <= rounds && n_failed == 0; round++)); do
	begin=$SECONDS
	rm -rf "$dir/sent"
	mkdir "$dir/sent"
	node_failed='' n_damaged=0 n_alarms=0
	plan=()
	for ((f = RANDOM % 2; f >= 0; f--)); do
		pick "${kinds[@]}" && kind=$picked
		[ "$kind" != damage ] || [ "${plan[*]#*damage}" = "${plan[*]}" ] ||
		    kind=node
		pick "${teams[@]}" && team=$picked
		pick "${cables[@]}" && cable=$picked
		plan+=("$((RANDOM % 300)) $kind $team $cable" \
		    "$((RANDOM % 500 + 20)) $RANDOM")
	done
	writers=()
	for team in "${teams[@]}"; do
		writer "$team" "$round" &
		writers+=($!)
	done
	for ((f = 0; f < ${#plan[@]}; f += 2)); do
		# shellcheck disable=SC2086
		set -- ${plan[f]} ${plan[f + 1]}
		pause "$1"
		shift
		fault "$@"
	done
	wait "${writers[@]}"
	plan_write > "$dir/want"
	n=$(cut -d ' ' -f 3 "$dir/want" | sort -u | wc -l)
	total=$((total + n)) damaged=$((damaged + n_damaged))
	what=$(printf '%s ' "${plan[@]}")
	is_good() {
		local left=$((ROUND_S - SECONDS + begin))
		within "$left" arrived "$round" &&
		    within "$left" same_logs && within "$left" nothing_due &&
		    within "$left" found && within "$left" all_sound &&
		    [ -z "$(uniq -d "$dir/got")" ] && in_order &&
		    [ -z "$node_failed" ]
	}
	ok "round $round: $n notices ($what)" is_good
	[ "$n_failed" -eq 0 ] || why
done
echo "# $total notices were answered as released, $damaged rows damaged"
ok 'notices were released' test "$total" -gt 0

# --- all of it once more ---

for team in "${teams[@]}"; do
	almenara "$team" inbox --limit 1000 | jq -r '.rows[].id' |
	    sort > "$dir/$team/ids"
	ok "nothing came twice to $team" test -z "$(uniq -d "$dir/$team/ids")"
	ok "$team was told of no second history" \
	    bash -c "! grep -q 'restored\\|frozen' '$dir/$team/err'"
done
for team in "${teams[@]}"; do
	ok "$team stops in order" node_stop "$team"
done
finish
