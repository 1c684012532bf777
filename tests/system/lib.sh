# SPDX-License-Identifier: Apache-2.0
#
# For the system tests: networks of real nodes on the loopback, in a folder of
# their own. Sourced by bash after ALMENARA, ALMENARAD and ASK are set (meson
# does). Prints TAP. Ends only processes that it started.
set -u
: "${ALMENARA:?}" "${ALMENARAD:?}" "${ASK:?}"
dir=$(mktemp -d "${TMPDIR:-/tmp}/almenara-test.XXXXXX")
declare -A pid=()
n_tests=0 n_failed=0

cleanup() {
	local team
	for team in "${!pid[@]}"; do node_kill "$team"; done
	wait
	[ -z "${mounted:-}" ] || umount "$mounted"
	if [ "$n_failed" -eq 0 ]; then rm -rf "$dir"
	else echo "# kept: $dir"; fi
}
trap cleanup EXIT
trap 'n_failed=1; exit 1' INT TERM

ok() { # ok NAME COMMAND...: one test
	local name=$1
	shift
	n_tests=$((n_tests + 1))
	if "$@"; then echo "ok $n_tests - $name"
	else
		n_failed=$((n_failed + 1))
		echo "not ok $n_tests - $name"
	fi
}

finish() {
	echo "1..$n_tests"
	[ "$n_failed" -eq 0 ]
	exit
}

skip_all() { echo "1..0 # SKIP $1"; exit 0; }

# network_make TEAM...: folders, keys, charter, register. How a team is
# reached may be said before in addresses[TEAM], with PORT for its port; its
# state in states[TEAM].
declare -A addresses=() states=()
network_make() {
	local team ports words i=0
	mapfile -t ports < <("$ASK" -p $#)
	for team; do
		words=${addresses[$team]---listen 127.0.0.1:PORT}
		read -ra words <<< "${words//PORT/${ports[i]}}"
		"$ALMENARA" init -q --no-input --domain test.example \
		    --team "$team" --state "${states[$team]:-UY}" --name "Team $team" \
		    --agreement 018f2f3e-7c1d-7a2b-9c3d-0123456789ab \
		    --dir "$dir/$team" "${words[@]}" > /dev/null ||
		    { echo "Bail out! init $team"; exit 1; }
		port[$team]=${ports[i]}
		i=$((i + 1))
		printf '%s\n' 'ask_wait_ms 200' 'dial_least_ms 20' \
		    'dial_most_s 1' 'log_level detail' \
		    >> "$dir/$team/almenarad.conf"
	done
	"$ALMENARA" network create -q --no-input --domain test.example \
	    --out "$dir/net" "$dir"/*/*.card.json > /dev/null ||
	    { echo 'Bail out! network create'; exit 1; }
	for team; do
		"$ALMENARA" network join -q --dir "$dir/$team" "$dir/net" \
		    > /dev/null ||
		    { echo "Bail out! join $team"; exit 1; }
	done
}
declare -A port=()

node_start() {
	"$ALMENARAD" -f "$dir/$1/almenarad.conf" 2>> "$dir/$1/err" &
	pid[$1]=$!
}

# SIGKILL to the parent; its children end with it
node_kill() {
	[ -n "${pid[$1]:-}" ] || return 0
	kill -9 "${pid[$1]}" 2> /dev/null
	wait "${pid[$1]}" 2> /dev/null
	unset "pid[$1]"
}

node_stop() { # in order
	kill -TERM "${pid[$1]}"
	wait "${pid[$1]}"
	local status=$?
	unset "pid[$1]"
	return $status
}

# The child of $1's parent that was started as $2 (keeper, node)
child_pid() {
	local p
	for p in $(cat "/proc/${pid[$1]}/task/${pid[$1]}/children"); do
		tr '\0' ' ' < "/proc/$p/cmdline" | grep -q -- "-R $2" &&
		    echo "$p"
	done
}

# ask TEAM [-g PATH] COMMAND [ARGS]
ask() {
	local team=$1 opt=()
	shift
	# -g PATH, or -r or -w FILE to be passed
	if [[ $1 == -? ]]; then opt=("$1" "$2"); shift 2; fi
	"$ASK" "${opt[@]}" "$dir/$team/control" "$@" 2>> "$dir/$team/ask"
}

# within SECONDS COMMAND...: try until it holds; the longer it takes, the less
# often, for each try costs others the processor
within() {
	local begin=$SECONDS end=$((SECONDS + $1)) tenths
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		tenths=$((SECONDS - begin + 1))
		[ "$tenths" -lt 10 ] || tenths=9
		sleep "0.$tenths"
	done
}

is() { # is EXPECTED COMMAND...
	local want=$1 got
	shift
	got=$("$@" 2> /dev/null)
	[ "$got" = "$want" ]
}

quietly() { "$@" > /dev/null 2>&1; }

exits() { # exits STATUS COMMAND...
	local want=$1
	shift
	"$@" > /dev/null 2>&1
	[ $? -eq "$want" ]
}

node_is_ready() { is ready ask "$1" -g state status; }

is_linked() { # TEAM COUNT
	[ "$(ask "$1" peers | grep -o '"linked":true' | wc -l)" -eq "$2" ]
}

# A warning's body with a title of its own
warning() {
	cat <<- END
	{"title":{"en":"$1"},"language":"en","severity":"Severe",
	"urgency":"Immediate","certainty":"Observed","level":4,
	"rsit":["fraud/phishing"],"states":["UY"],"sectors":["financial"],
	"requested_action":"mitigate","attack_vector":"mail",
	"impact":{"en":"accounts are taken over"},"outlook":"worsening"}
	END
}

# release TEAM TLP AUD TITLE: prints the id
release() {
	local id
	id=$(ask "$1" -g draft draft_save "{\"kind\":\"warning\",
	    \"tlp\":\"$2\",\"aud\":$3,\"body\":$(warning "$4")}") &&
	    ask "$1" -g notice release "{\"id\":\"$id\"}"
}

fails() { ! "$@"; }

cmd() { # TEAM WORDS...: the command of a person there
	local team=$1
	shift
	timeout 30 "$ALMENARA" "$@" --node "$dir/$team/control" --no-input \
	    2> "$dir/$team/cmd.err"
}
says() { # PATTERN COMMAND...: what it prints
	local want=$1 got
	shift
	got=$("$@" 2>&1)
	grep -qE -- "$want" <<< "$got" && return
	echo "# no $want"
	head -n 3 <<< "$got" | cut -c 1-300 | sed 's/^/#   /'
	return 1
}
refuses() { # PATTERN TEAM WORDS...: refused, and why
	local want=$1 team=$2
	shift
	! cmd "$@" > /dev/null && says "$want" cat "$dir/$team/cmd.err"
}
