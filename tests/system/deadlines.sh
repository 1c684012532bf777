#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# National duties to report: a profile is looked through and applied; its clocks
# are seen, told once each although the node is killed, and ended by what
# fulfils them. The days pass by setting the node's clock ahead.
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
: "${LATER:?}"
number=""
profile=$(dirname "$0")/../../examples/almenara.deadlines
mapfile -t web_ports < <("$ASK" -p 1)
at=http://127.0.0.1:${web_ports[0]}
network_make uy
cat >> "$dir/uy/almenarad.conf" <<- END
site_url https://cert.example/
site_dir $dir/uy/site
web_listen 127.0.0.1:${web_ports[0]}
deadlines $dir/uy/profile
prove_days 0
hooks {
	bell "$dir/hook $dir/uy"
}
END
cat > "$dir/hook" <<- 'END'
	#!/bin/bash
	grep -oE 'Almenara: [^:,]*' | head -n 1 >> "$1/sent"
END
chmod 755 "$dir/hook"

look() { "$ALMENARA" reports deadlines "$dir/uy/profile" --lang en; }
ahead() { # MINUTES: the node again, that much later than at first
	node_kill uy
	LATER_S=$(($1 * 60)) LD_PRELOAD=$LATER \
	    "$ALMENARAD" -f "$dir/uy/almenarad.conf" 2>> "$dir/uy/err" &
	# shellcheck disable=SC2034 # read by lib.sh
	pid[uy]=$!
	within 60 node_is_ready uy
}

# a profile that is wrong
echo 'duty vital early-warning to "b" within 3 weeks of received' > "$dir/uy/profile"
ok 'a mistake is told with its place' says 'profile:1:42: minutes, hours' look
node_start uy
refused() { grep -q 'deadlines.refused.*field=1:42' "$dir/uy/err"; }
ok 'a node does not start with it' within 30 refused
node_kill uy
cp "$profile" "$dir/uy/profile"
ok 'the example is well written' says 'vital-services.early-warning.*national authority.*3 h received' look
ahead 0 || { echo 'Bail out! no node'; exit 1; }
has_form() { curl -s --max-time 10 "$at/en/report" | grep -q 'name="token"'; }
within 30 has_form || { echo 'Bail out! no form'; exit 1; }
report() { # TOPIC: sets number
	number=$("$ALMENARA" report "$at/" --topic "$1" --text 'papaya' --lang en |
	    grep -oE 'UY-[0-9]+-[0-9]+')
	[ -n "$number" ]
}
me=$(id -un)
ok 'I am on watch' quietly ask uy person_add "{\"unix_user\":\"$me\",\"post\":\"Desk\",
    \"roles\":[\"duty_officer\",\"auditor\"],\"channels\":[{\"kind\":\"command\",\"address\":\"bell:me\",\"verified\":true}]}"
called() { grep -c 'A duty to report' "$dir/uy/sent"; }

# the web process begins anew when the site's folder is made
ok 'a report comes' within 30 report down
ok 'as it is no duty runs' fails says 'early-warning' cmd uy reports show "$number"
ok 'a harm that is none is told' fails cmd uy reports class "$number" --harm huge
ok 'it is classified' cmd uy reports class "$number" --sector energy/electricity --harm vital
ok 'then three duties run' says "vital-services early-warning to national authority by .*almenara reports told $number --law vital-services --step early-warning" \
    cmd uy reports show "$number" --lang en
ok 'also in the list' says 'early-warning' cmd uy reports list
watched() { cmd uy watch --count 1 --lang en | grep -q "vital-services notification"; }
ok 'and on the watch' within 30 watched
alarms() { grep -c "alarm.*vital-services: $1 .*$2" "$dir/uy/err"; }

# two hours and a half later it ends soon; after three it is late
ok 'later, by minutes' ahead 150
ok 'it is told before it ends' within 60 is 1 alarms early-warning 'is due soon'
told() { ask uy audit '{"act":"deadline"}' | grep -o '{[^{}]*}' | grep -c "\"outcome\":\"$1\""; }
ok 'and on record' within 30 is 1 told near
ok 'the post is called' within 30 is 1 called
ok 'after a kill and three hours' ahead 180
ok 'it is late' within 60 is 1 alarms early-warning 'is late'
ok 'the post is called again' within 30 is 2 called
ok 'with that on record too' within 30 is 1 told late
ok 'seen as such' says 'early-warning.*LATE' cmd uy reports show "$number" --lang en
ok 'and in the state of the node' says 'deadlines_late":1' ask uy status
ok 'another kill' ahead 180
ok 'after which it was looked at' within 30 says 'deadlines_late":1' ask uy status
ok 'on record still once' within 30 is 1 told late
ok 'the post was called twice in all' is 2 called
ok 'told once, too' is 1 alarms early-warning 'is late'

# the act that fulfils it
ok 'a duty that does not run is told' refuses 'no duty' uy reports told "$number" --law finance --step final
ok 'a time to come too' refuses 'not between' uy reports told "$number" --law vital-services --step early-warning --at 2100-01-01T00:00:00Z
ok 'the authority was told' cmd uy reports told "$number" --law vital-services --step early-warning
ok 'which ends the clock' says 'early-warning to national authority: done' cmd uy reports show "$number" --lang en
ok 'once' refuses 'already' uy reports told "$number" --law vital-services --step early-warning
ok 'nothing is late now' within 30 says 'deadlines_late":0' ask uy status
ok 'the next runs on' says 'notification.*almenara reports told' cmd uy reports show "$number" --lang en
ok 'closed' cmd uy reports close "$number"
ok 'no clock is shown' within 30 fails watched
finish
