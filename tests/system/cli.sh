#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Every command of almenara against two real nodes, as a person or a script
# would use it. usage: cli.sh ALMENARA ALMENARAD
set -u
source=$(cd "$(dirname "$0")/../.." && pwd)
almenara=$(realpath "$1") almenarad=$(realpath "$2")
work=$(mktemp -d "${TMPDIR:-/tmp}/almenara-cli-XXXXXX") || exit 2
cd "$work" || exit 2
unset ALMENARA_CONTROL NO_COLOR CLICOLOR_FORCE COLUMNS
export LC_ALL=C
pids=()
stop()
{
	local pid
	for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null; done
	for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null; done
	rm -rf "$work"
}
trap stop EXIT

n=0
# ok NAME COMMAND...: passes if the command does
ok()
{
	local name=$1
	shift
	n=$((n + 1))
	if "$@"; then echo "ok $n - $name"; else echo "not ok $n - $name"; fi
}
# run EXIT WORDS...: run almenara with a time limit, compare its exit code
run()
{
	local want=$1 got
	shift
	timeout 30 "$almenara" "$@" >out 2>err </dev/null
	got=$?
	[ $got -eq "$want" ] && return
	echo "# almenara $*: exit $got, not $want: $(head -c 500 err)"
	return 1
}
has() { grep -qE -- "$1" "$2" || { echo "# no $1 in $2: $(head -c 300 "$2")"; return 1; }; }
lacks() { ! grep -qE -- "$1" "$2"; }

# --- without a node ---
words() { run 2 hlep && has 'almenara help' err; }
ok 'a typing mistake gets a suggestion' words
usage() { run 2 reports hand UY-1 --lang es && has '^almenara: falta --to TEAM$' err &&
    has '^  Uso: almenara reports hand \[opciones\] NUMBER$' err &&
    has 'almenara help reports hand$' err; }
ok 'what is missing is named, with the line of the command, in the language asked for' usage
operand() { run 2 show && has 'ID is missing|NOTICE is missing' err && has '^  Usage: almenara show ' err; }
ok 'so is an operand' operand
usage_json() { run 2 reports hand UY-1 --json && has '"usage":"almenara reports hand ' err; }
ok 'with --json too' usage_json
option() { run 2 init --tema uy && has 'did you mean --team' err; }
ok 'so does one in an option' option
json_error() { run 2 --json hlep && [ ! -s out ] && has '"exit":2' err &&
    has '^\{"schema":"almenara.error/1"' err; }
ok 'with --json an error is JSON on stderr and stdout is empty' json_error
codes() { run 0 help exit-codes && has '^  7 ' out && has '^130 ' out; }
ok 'the exit codes are documented' codes
table() { run 0 help --json && has '"name":"import csaf"' out &&
    [ "$(wc -l <out)" -eq 1 ]; }
ok 'the command table is one JSON document' table
languages()
{
	run 0 help --lang es && has 'empezar' out &&
	    run 0 help --lang pt && has 'começar' out &&
	    run 0 help --lang fr && has 'démarrer' out || return 1
	env LC_ALL=es_UY.UTF-8 "$almenara" help >out && has 'empezar' out &&
	    env LC_ALL= LC_MESSAGES=fr_HT.UTF-8 LANG=en "$almenara" help >out &&
	    has 'partager' out
}
ok 'help speaks four languages' languages
manual() { run 0 help --manual commands &&
    diff out "$source/man/almenara.1" >&2 &&
    run 0 help --manual config && diff out "$source/man/almenarad.conf.5" >&2; }
ok 'the manual pages are those that the tables write' manual
shells()
{
	run 0 completion bash && bash -n out && cp out bash.completion &&
	    run 0 completion zsh && cp out zsh.completion &&
	    run 0 completion fish && cp out fish.completion || return 1
	! command -v zsh >/dev/null || zsh -n zsh.completion || return 1
	! command -v fish >/dev/null || fish -n fish.completion
}
ok 'completion scripts are good' shells
completes()
{
	# shellcheck disable=SC1091,SC2034
	( . ./bash.completion
	COMP_WORDS=(almenara draft n) COMP_CWORD=2
	_almenara
	[ "${COMPREPLY[*]}" = new ] )
}
ok 'bash completes a subcommand' completes
absent() { run 1 status --node "$work/none" && has 'doctor' err; }
ok 'a node that is not there' absent

# --- two nodes ---
make_node() { run 0 init --domain almenara.example --team "$1" --state "$2" \
    --listen "127.0.0.1:$3" --dir "$1"; }
port() { echo $((20000 + ($$ * 2 + $1) % 20000)); }
ok 'init' make_node uy UY "$(port 0)"
ok 'init of another' make_node br BR "$(port 1)"
modes() { [ "$(stat -c %a uy/keyring uy/identity.jwk | sort -u)" = 600 ]; }
ok 'secrets are for their owner only' modes
twice()
{
	local before
	before=$(sha256sum uy/* 2>/dev/null)
	run 1 init --domain almenara.example --team uy --state UY --dir uy &&
	    [ "$before" = "$(sha256sum uy/* 2>/dev/null)" ]
}
ok 'init over a node changes nothing' twice
# in the places of the system, seen by nobody else
installed() {
	timeout 30 unshare -rm sh -c 'umask 022 && mount -t tmpfs t /etc &&
	    mount -t tmpfs t /var/lib && "$0" init --domain almenara.example \
	    --team uy --state UY > /dev/null 2>&1 &&
	    stat -c "%a %n" /etc/almenara /etc/almenara/* /var/lib/*' \
	    "$almenara" > out 2> err </dev/null || return 1
	[ "$(grep -c '^755 /etc/almenara$\|^644 .*/almenarad.conf$' out)" = 2 ] &&
	    [ "$(grep -c '^600 .*/keyring$\|^600 .*/identity.jwk$' out)" = 2 ] &&
	    [ "$(grep -c '^700 /var/lib/almenara' out)" = 2 ]
}
if unshare -rm mount -t tmpfs t /mnt 2> /dev/null; then
	ok 'init of the system: the service reads its configuration' installed
else
	echo '# skipped: no folders of its own can be mounted here'
fi
undone() { run 2 init --domain almenara.example --team uy --state UY \
    --dir new --listen nowhere; [ ! -e new ]; }
ok 'a refused init leaves nothing' undone
ok 'network create' run 0 network create --domain almenara.example --out net \
    uy/uy.card.json br/br.card.json
ok 'a team twice is refused' run 1 network create --domain almenara.example \
    --out net2 uy/uy.card.json uy/uy.card.json
ok 'and leaves nothing' test ! -e net2
join() { run 0 network join --dir uy net && run 0 network join --dir br net; }
ok 'network join' join
secret() { [ -z "$(find uy/documents -name "*.jwk")" ]; }
ok 'joining takes no secret key along' secret
other() { run 0 network create --domain almenara.example --out other \
    uy/uy.card.json && run 1 network join --dir uy other; }
ok 'another network does not go over it' other
for team in uy br; do
	printf 'ask_wait_ms 100\ndial_least_ms 50\ndial_most_s 1\n' \
	    >>$team/almenarad.conf
	"$almenarad" -f $team/almenarad.conf 2>$team/log &
	pids+=($!)
done
linked()
{
	for _ in $(seq 100); do
		run 0 peer list --node br 2>/dev/null >&2 &&
		    grep -q 'up' out && return
		sleep 0.1
	done
	cat br/log >&2
	return 1
}
ok 'the nodes find each other' linked
uy=(--node uy) br=(--node br)
ok 'status' run 0 status "${br[@]}"
ready() { run 0 status --json "${br[@]}" && has '"state":"ready"' out; }
ok 'status as JSON' ready
doctor() { run 0 doctor --json "${br[@]}" && has '"ok":true' out &&
    run 0 doctor --json --conf br/almenarad.conf && has '"ok":true' out; }
ok 'doctor' doctor
person() { run 0 person add "$(id -un)" --post 'Duty officer' \
    --role duty_officer,team_lead --language es "${uy[@]}" &&
    run 0 person list "${uy[@]}" && has 'Duty officer' out; }
ok 'person add and list' person

# --- a warning ---
draft()
{
	run 0 draft new --kind warning --tlp green --title 'es:Cifrado en curso' \
	    --title 'en:Encryption under way' --summary 'en:An exercise.' \
	    --impact 'en:Payments have stopped.' --severity Severe \
	    --urgency Immediate --certainty Observed --states BR \
	    --sectors financial/payments --rsit availability/outage \
	    --action check --set attack_vector=VPN --set outlook=worsening \
	    --exercise EX-1 "${br[@]}" || return 1
	draft=$(cat out)
	[ "$(wc -l <out)" -eq 1 ] && lacks 'missing' err
}
ok 'a whole warning from the command line' draft
listed() { run 0 draft list "${br[@]}" &&
    has "^$draft	warning	TLP:GREEN	4	draft	" out; }
ok 'draft list, tab-separated in a pipe' listed
shown() { run 0 draft show "$draft" --lang es "${br[@]}" &&
    has 'Cifrado en curso' out; }
ok 'draft show in Spanish' shown
edited() { run 0 draft edit "$draft" --summary 'en:It is an exercise.' \
    "${br[@]}" && run 0 draft show "$draft" --json "${br[@]}" &&
    has 'It is an exercise' out && has 'Cifrado' out; }
ok 'draft edit keeps the rest' edited
unknown() { run 2 draft edit "$draft" --set nonsense=1 "${br[@]}"; }
ok 'a field that the kind does not have' unknown
narrow() { run 5 draft edit "$draft" --aud nobody "${br[@]}" &&
    has 'may not name teams under TLP:GREEN' err && run 0 preview "$draft" "${br[@]}"; }
ok 'an audience that the label would widen is refused' narrow
preview() { run 0 preview "$draft" "${br[@]}" && has '\(UY\), TLP:GREEN' out; }
ok 'preview names the states' preview
dry() { run 0 release --dry-run "$draft" "${br[@]}" && has 'UY' out &&
    run 0 inbox "${br[@]}" && [ ! -s out ]; }
ok 'release --dry-run sends nothing' dry
unasked() { run 2 release "$draft" "${br[@]}" && has 'yes' err; }
ok 'without a terminal release wants --yes' unasked
release() { run 0 release --yes --wait 20 "$draft" "${br[@]}" &&
    id=$(cat out) && [ ${#id} -eq 36 ]; }
ok 'release, with all receipts' release
again() { run 5 release --yes "$draft" "${br[@]}" &&
    run 5 draft edit "$draft" --title en:Again "${br[@]}" &&
    has 'issued already' err && run 5 release --yes "$draft" "${br[@]}"; }
ok 'a draft goes out once' again
inbox() { run 0 inbox --json "${uy[@]}" && has "\"id\":\"$id\"" out &&
    [ "$(wc -l <out)" -eq 1 ] &&
    run 0 inbox --jsonl "${uy[@]}" && has '^\{"schema":"almenara.inbox/1"' out; }
ok 'it is in the inbox of the other node' inbox
golden()
{
	run 0 inbox "${uy[@]}" && [ "$(cut -f2- out | sed -E \
	    's/[0-9]{4}-[0-9-]+T[0-9:]+Z/TIME/')" = "$(printf \
	    '!!! 4\tWarning\tTLP:GREEN\tbr\tTIME\tNew\tanswer due\t[EXERCISE] Encryption under way')" ] ||
	    { cat out >&2; return 1; }
}
ok 'a row of it, byte for byte' golden
show() { run 0 show "${id: -6}" --lang es "${uy[@]}" &&
    has 'Cifrado en curso' out && has 'Severidad' out; }
ok 'show by the tail of its id, in Spanish' show
ok 'show of nothing' run 3 show ffffffffffff "${uy[@]}"
ackdry() { run 0 ack "$id" --dry-run "${uy[@]}"; }
ok 'ack --dry-run' ackdry
due() { run 0 inbox --unacknowledged "${uy[@]}" && has 'Encryption' out; }
ok 'and the answer is still due' due
ok 'a wrong answer' run 2 ack "$id" --answer maybe "${uy[@]}"
ok 'ack' run 0 ack "$id" --answer not_affected "${uy[@]}"
answered()
{
	for _ in $(seq 50); do
		run 0 receipts "$id" --json "${br[@]}" &&
		    grep -q '"answer":"not_affected"' out && return
		sleep 0.1
	done
	return 1
}
ok 'the sender sees the answer' answered
ok 'not for an own notice' run 5 ack "$id" "${br[@]}"
ok 'not by another team' run 5 cancel "$id" --reason x --yes "${uy[@]}"
updry() { run 0 update "$id" --dry-run --summary 'en:Later.' "${br[@]}" &&
    run 0 show "$id" --json "${br[@]}" && lacks 'Later' out; }
ok 'update --dry-run sends nothing' updry
update() { run 0 update "$id" --yes --wait 20 --summary 'en:Later.' \
    "${br[@]}" && run 0 show "$id" "${uy[@]}" && has 'Later' out; }
ok 'update reaches the other node' update
candry() { run 0 cancel "$id" --dry-run --reason x "${br[@]}" &&
    run 0 show "$id" "${br[@]}" && lacks 'Withdrawn' out; }
ok 'cancel --dry-run sends nothing' candry
cancel() { run 0 cancel "$id" --yes --wait 20 --reason 'It was an exercise' \
    "${br[@]}" && run 0 show "$id" "${uy[@]}" && has 'It was an exercise' out; }
ok 'cancel reaches the other node' cancel
discard() { run 0 draft new "$source/examples/exercise-warning.json" \
    "${br[@]}" && run 0 draft discard "$(cat out)" "${br[@]}"; }
ok 'draft new from a file, draft discard' discard

# --- logs ---
ok 'log verify' run 0 log verify "${uy[@]}"
heads() { run 0 log show "${uy[@]}" && has 'log/br/' out; }
ok 'log show' heads
entries() { run 0 log show own --count 2 "${br[@]}" && [ "$(wc -l <out)" -eq 2 ]; }
ok 'log show of one' entries
export_() { run 0 log export "$id" --out entry "${br[@]}" &&
    [ -s entry.jws ] && has '^c2sp.org/tlog-proof' entry.tlog-proof; }
ok 'log export' export_
ok 'log reindex' run 0 log reindex "${br[@]}"
ok 'clock accept' run 0 clock accept "${br[@]}"
ok 'who runs the node administers it, with a post too' \
    run 0 log reindex "${uy[@]}"
afterwards() { run 0 show "$id" "${br[@]}"; }
ok 'and everything is found as before' afterwards
events()
{
	timeout 20 "$almenara" events --jsonl --count 1 "${uy[@]}" >seen \
	    2>/dev/null </dev/null &
	local pid=$!
	sleep 0.5
	run 0 draft new "$source/examples/exercise-warning.json" "${br[@]}" &&
	    run 0 release --yes "$(cat out)" "${br[@]}"
	wait $pid && has '"event":' seen
}
ok 'events come as they happen' events

mistakes()
{
	run 2 inbox --kind nonsense "${uy[@]}" && has 'no kind' err &&
	    run 3 show deadbeef --lang es "${uy[@]}" &&
	    has 'no hay nada con el id deadbeef' err &&
	    run 2 draft attach "$draft" net "${br[@]}" &&
	    has 'not a regular file' err &&
	    run 0 status --lang pt "${uy[@]}" && has 'pronto' out
}
ok 'mistakes are named, in the language asked for' mistakes
few()
{
	run 0 prove --out few "$id" "${br[@]}" && has 'later' err &&
	    run 8 verify few && has 'entry-0.jws.*cosigned by 1' out &&
	    has 'receipt-uy.jws	good' out
}
ok 'too few witnesses spoil the entry alone' few

# --- import ---
mkdir csaf
echo '{"feed": {"entry": []}}' >csaf/feed.json
echo '{"document": ' >csaf/broken.json
import()
{
	run 0 draft list "${br[@]}" && cp out before
	run 5 import csaf --json csaf "${br[@]}" &&
	    has 'feed.json","outcome":"passed-over"' out &&
	    has 'broken.json","outcome":"refused"' out && has 'byte' out &&
	    run 0 draft list "${br[@]}" && cmp -s out before
}
ok 'a refused file changes nothing, other JSON is passed over' import
shared=${ALMENARA_SHARED:-$source/../shared}/data/csaf/cisa
if [ -d "$shared" ]; then
	real() { run 0 import csaf "$shared" "${br[@]}" &&
	    [ "$(grep -c '^Draft' out)" -eq 45 ] && has '^Passed over' out; }
	ok 'the real advisories become drafts' real
	largest=$(find "$shared" -name '*.json' -printf '%s %p\n' | sort -rn |
	    head -n 1 | cut -d' ' -f2-)
	whole() {
		local id
		run 0 import csaf --json "$largest" "${br[@]}" || return 1
		id=$(jq -r '.files[0].draft' out)
		run 0 draft show --json "$id" "${br[@]}" &&
		    [ "$(jq -r '.body.attachments[0].digest' out |
		    tr -- '-_' '+/' | sed 's/$/=/' | base64 -d | od -An -v \
		    -tx1 | tr -d ' \n')" = \
		    "$(sha256sum "$largest" | cut -c1-64)" ]
	}
	ok 'one too large for a notice goes along whole' whole
else
	n=$((n + 1))
	echo "ok $n # SKIP needs the shared data"
fi

# --- the demonstration ---
demo() { run 0 demo --json && has '"ok":true' out && has '"lost":0' out; }
ok 'demo --json' demo
told() { run 0 demo && has 'HT' out && has 'log verify' out; }
ok 'demo without a terminal does the three steps itself' told
interrupted()
{
	TMPDIR=$work "$almenara" demo >/dev/null 2>&1 </dev/null &
	local pid=$!
	sleep 0.7
	# a background job ignores SIGINT
	kill -TERM $pid
	wait $pid
	[ $? -eq 130 ] && [ -z "$(ls -d "$work"/almenara-demo* 2>/dev/null)" ]
}
ok 'interrupted, it leaves nothing behind' interrupted
seen() { # seen TEXT: within 20 s on the demonstration's terminal
	local i
	for ((i = 0; i < 200; i++)); do
		grep -qF -- "$1" typescript 2>/dev/null && return
		sleep 0.1
	done
	return 1
}
printed() { # printed STEP WORDS...: run the command that stands there
	local words
	read -ra words < <(grep -oE "[^ ]*almenara $1 [^[:cntrl:]]*" \
	    typescript | tail -n 1)
	shift
	"${words[@]}" "$@" > out 2> err
}
terminal()
{
	mkfifo keys || return 1
	TMPDIR=$work LANG=C script -qefc "$almenara demo" typescript \
	    < keys > /dev/null 2>&1 &
	local pid=$! good=0
	exec 9> keys
	seen 'q stops' && printed ack --answer assessing &&
	    seen 'UY acknowledged' && printed 'demo heal' &&
	    seen 'HT delivered' && printed 'log verify' &&
	    printf 3 >&9 && seen 'all sound' || good=1
	printf q >&9
	exec 9>&-
	wait $pid && [ $good -eq 0 ] &&
	    [ -z "$(ls -d "$work"/almenara-demo* 2>/dev/null)" ]
}
ok 'on a terminal the three commands work as printed, and q ends it' terminal
echo "1..$n"
