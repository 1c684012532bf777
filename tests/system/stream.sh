#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The public stream: what is for everybody and nothing else, in order, from
# where a reader was cut off, through restarts of the web process and of the
# node; who is gone is let go.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

web=$("$ASK" -p 1)
network_make uy br
mkdir -p "$dir/site/es"
echo '<!doctype html>' > "$dir/site/es/index.html"
cat >> "$dir/uy/almenarad.conf" <<- END
site_dir $dir/site
web_listen 127.0.0.1:$web
web_heartbeat_s 1
END
node_start uy
within 30 node_is_ready uy || { echo 'Bail out! no node'; exit 1; }
at=http://127.0.0.1:$web
is_served() { [ "$(curl -s -o /dev/null -w '%{http_code}' "$at/es/")" = 200 ]; }
within 30 is_served || { echo 'Bail out! no web process'; exit 1; }

declare -A follower=()
follow() { # NAME CURL-ARGS...: into a file of that name
	local name=$1
	shift
	curl -sN --max-time 120 "$@" "$at/events" > "$dir/$name" 2> /dev/null &
	follower[$name]=$!
	within 20 grep -qs "^: almenara" "$dir/$name"
}
leave() {
	kill "${follower[$1]}" 2> /dev/null
	wait "${follower[$1]}" 2> /dev/null
}
titles() { sed -n 's/.*"title":{"en":"\([^"]*\)".*/\1/p' "$dir/$1"; }
listed() { titles "$1" | tr '\n' ' '; }
has() { titles "$1" | grep -qx "$2"; }

ok 'a reader is greeted' follow one
release uy TLP:CLEAR null first > /dev/null
ok 'a notice for everybody is told' within 20 has one first
release uy TLP:AMBER '["br"]' secret > /dev/null
release uy TLP:GREEN '["br"]' green > /dev/null
release uy TLP:CLEAR null second > /dev/null
ok 'and the next one' within 20 has one second
ok 'nothing else is' fails grep -qE 'secret|green' "$dir/one"
ok 'in the order of the log' is 'first second ' listed one
ok 'each once' is 2 grep -c '^event: notice' "$dir/one"
beats() { [ "$(grep -c '^:$' "$dir/one")" -ge 2 ]; }
ok 'between them it shows that it lives' within 20 beats

# again
first=$(sed -n 's/^id: //p' "$dir/one" | head -n 1)
ok 'who comes again' follow two -H "Last-Event-ID: $first"
ok 'goes on where she was' within 20 is second titles two
ok 'who comes new hears what is new' follow three
ok 'and nothing of before' is '' titles three
ok 'of another log: all, and that something is missing' follow four \
    -H 'Last-Event-ID: 0000000000000000-0'
ok 'all' within 20 has four second
ok 'and that' grep -q '^event: gap' "$dir/four"

# restarts
before=$(child_pid uy web)
kill -9 "$before"
is_another() { [ -n "$(child_pid uy web)" ] &&
    [ "$(child_pid uy web)" != "$before" ] && is_served; }
within 30 is_another
ok 'a new web process' follow five -H "Last-Event-ID: $first"
ok 'goes on where the old one was' within 20 has five second
kill -9 "$(child_pid uy node)"
within 30 node_is_ready uy
release uy TLP:CLEAR null third > /dev/null
ok 'through a new node too' within 20 has five third
ok 'each once' is 'second third ' listed five
cp "$dir/uy/almenara.rules" "$dir/rules"
{ echo 'block export any to public'; cat "$dir/rules"; } \
    > "$dir/uy/almenara.rules"
quietly cmd uy rules load
release uy TLP:CLEAR null blocked > /dev/null
cp "$dir/rules" "$dir/uy/almenara.rules"
quietly cmd uy rules load
release uy TLP:CLEAR null fourth > /dev/null
ok 'what a line blocks is not told' within 20 has five fourth
ok 'and nothing else is held back' is 'second third fourth ' listed five

# those who are gone
for name in "${!follower[@]}"; do leave "$name"; done
open_n() { # connections of readers at the web process
	ss -Htn state established "sport = :$web" | wc -l
}
ok 'nobody is held who has left' within 10 is 0 open_n
# a machine that is gone acknowledges nothing and says nothing: how many beats
# of another reader it is held for
silent() {
	timeout 60 python3 - "$web" <<- 'END'
	import ctypes, socket, struct, sys
	port = int(sys.argv[1])
	def follow():
	    s = socket.create_connection(('127.0.0.1', port))
	    s.sendall(b'GET /events HTTP/1.1\r\nHost: x\r\n\r\n')
	    got = b''
	    while b': almenara' not in got:
	        got += s.recv(4096)
	    return s
	def is_held(s):
	    mine, its = s.getsockname()[1], 'rem_address'
	    with open('/proc/net/tcp') as f:
	        return any(r.split()[1].endswith(':%04X' % port) and
	            r.split()[2].endswith(':%04X' % mine) and
	            r.split()[3] == '01' for r in f if its not in r)
	other, gone = follow(), follow()
	assert is_held(gone)
	# a filter that lets nothing in
	code = ctypes.create_string_buffer(struct.pack('HBBI', 6, 0, 0, 0))
	gone.setsockopt(socket.SOL_SOCKET, 26,
	    struct.pack('HL', 1, ctypes.addressof(code)))
	beats = 0
	while is_held(gone) and beats < 25:
	    beats += other.recv(4096).count(b':\n\n')
	print(beats)
	END
}
silent > "$dir/silent"
echo "# a silent reader was held for $(cat "$dir/silent") beats"
ok 'one whose machine is silent is let go' test "$(cat "$dir/silent")" -le 10
follow deaf
kill -STOP "${follower[deaf]}"
for i in $(seq 300); do release uy TLP:CLEAR null "many $i" > /dev/null; done &
filling=$!
follow quick
ok 'others are not held up by one who does not read' \
    within 60 has quick 'many 20'
kill "$filling"
wait "$filling" 2> /dev/null
kill -CONT "${follower[deaf]}"
for name in deaf quick; do leave "$name"; done
ok 'nothing is posted to it' is 405 curl -s -o /dev/null -w '%{http_code}' \
    -X POST "$at/events"
node_stop uy
finish
