#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A page is answered by its code: by a letter that a mail server pipes in, by
# the signed answer of a webhook's receiver, by the command; for the person who
# was called, once, and only after the notice was shown to her.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

exim=$(command -v exim4 || command -v /usr/sbin/exim4) ||
    skip_all 'needs exim4-daemon-light'
id nobody > /dev/null 2>&1 || skip_all 'needs a user nobody'
here=$(cd "$(dirname "$0")" && pwd)
me=$(id -un)
secret=0123456789abcdef0123
mapfile -t extra < <("$ASK" -p 2)
smtp=${extra[0]} http=${extra[1]}

# It keeps what goes out, and pipes what comes to watch@ into the node. As root
# exim starts nothing.
mailer=$me
[ "$me" != root ] || mailer=nobody
chmod 711 "$dir"
cp "$ALMENARA" "$dir/almenara"
mkdir -p "$dir/mx/spool" "$dir/mx/log"
cat > "$dir/mx/conf" << END
primary_hostname = mx.test.example
pid_file_path = $dir/mx/pid
spool_directory = $dir/mx/spool
log_file_path = $dir/mx/log/%slog
exim_user = $me
exim_group = $(id -gn)
never_users =
keep_environment =
queue_only = true
host_lookup =
rfc1413_query_timeout = 0s
acl_smtp_rcpt = accept
begin routers
watch:
  driver = accept
  local_parts = watch
  transport = watch
begin transports
watch:
  driver = pipe
  command = $dir/almenara reply --lang en --socket $dir/reply
  user = $mailer
  return_fail_output
END
"$exim" -C "$dir/mx/conf" -bdf -oX "127.0.0.1.$smtp" 2> "$dir/mx/err" &
pid[mx]=$!
: > "$dir/hooked"
python3 "$here/receiver.py" "$http" "$secret" "$dir/hooked" \
    2> "$dir/receiver.err" &
# shellcheck disable=SC2034
pid[receiver]=$! # lib.sh ends it

network_make uy br
printf '%s\n' "webhook 127.0.0.1 $secret" > "$dir/secrets"
chmod 600 "$dir/secrets"
cat >> "$dir/br/almenarad.conf" << END
mail_relay 127.0.0.1:$smtp
mail_from watch@br.test.example
mail_tls plain
courier_credentials $dir/secrets
courier_networks "127.0.0.0/8"
courier_wait_s 5
reply_socket $dir/reply
hooks {
  sms "$dir/sms $dir"
}
escalation {
	2 "0s first by screen mail; 72h lead by mail; exhausted 96h; quiet kept"
	4 "0s first by screen mail command; 20m first second lead by webhook; 40m alternate authority by command; 50m authority by mail tell neighbour; exhausted 1h; quiet never"
}
END
cat > "$dir/sms" <<- 'END'
	#!/bin/bash
	cat >> "$1/sms.out"
	END
chmod +x "$dir/sms"
for team in uy br; do node_start "$team"; done
for team in uy br; do ok "$team is ready" within 10 node_is_ready "$team"; done
ok 'they are linked' within 20 is_linked br 1
channel() { printf '{"kind":"%s","address":"%s","verified":true}' "$@"; }
person() { # LOGIN CHANNELS
	ask br person_add "{\"unix_user\":\"$1\",\"post\":\"Desk $1\",
	    \"roles\":[\"duty_officer\",\"node_admin\",\"auditor\"],\"language\":\"en\",
	    \"channels\":[$2]}"
}
officer() { # [WEBHOOK]
	person "$me" "$(channel mail ana@br.test.example)${1:+,$(channel \
	    webhook "http://127.0.0.1:$http/$1")}"
}
ok 'a duty officer' quietly officer
ok 'and another one' quietly person nobody "$(channel command sms:+55)"

# --- the code ---
title='Very secret matter'
id=$(release uy TLP:AMBER '["br"]' "$title")
letters() { # the text of what went out by mail
	cat "$dir"/mx/spool/input/*-D 2> /dev/null |
	    perl -MMIME::QuotedPrint -0pe '$_ = decode_qp($_)'
}
form='[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}'
codes() { letters | grep -oxE "$form"; }
ok 'the letter bears a code' within 10 says "$form" codes
ok 'and does not say what it is about' fails grep -q "$title" <(letters)
code=$(codes | tail -n 1)
ok 'so does the message of the other' within 10 says "$form" \
    cat "$dir/sms.out"
others=$(grep -oxE "$form" "$dir/sms.out" | tail -n 1)
ok 'it is another code' test "$code" != "$others"

# --- by letter ---
reply() { # FROM TEXT: a letter through the mail server; what came of it
	printf '%s\n' "From: Ana <$1>" 'To: watch@br.test.example' \
	    'Subject: Re: Almenara' '' "$2" |
	    "$exim" -C "$dir/mx/conf" -odf -i -f "$1" watch@br.test.example
	grep T=watch "$dir/mx/log/mainlog" | tail -n 1
}
acks() { # as the sender has them
	ask uy show "{\"id\":\"$id\"}" | grep -o '"by_post":"[^"]*"'
}
trail() { ask br audit "{\"act\":\"$1\"}"; }
pipe() { # TEXT: what the courier says, without a mail server
	printf 'From: %s\n\n%s\n' "${from:-ana@br.test.example}" "$1" |
	    "$ALMENARA" reply --lang en --socket "$dir/reply" 2>&1
}
sends() { # STATUS PATTERN TEXT
	local got status
	got=$(pipe "$3")
	status=$?
	[ "$status" -eq "$1" ] && grep -q "$2" <<< "$got" ||
	    { echo "# $status $got"; return 1; }
}
ok 'before it was shown it does not count' sends 5 'Read the notice first' \
    "$code"
ok 'and that is recorded' within 3 says 'code not shown yet: by mail' trail reply
ok 'the person reads it' quietly ask br show "{\"id\":\"$id\"}"
ok 'a wrong code is refused' sends 5 'No page has this code' 00000-00000
ok 'the code of one who has not read it too' sends 5 'Read the notice first' \
    "$others"
ok 'a code that is another person s is not taken from who is signed in' \
    refuses 'sent to another person' br ack --lang en --code "$others"
ok 'a letter without one is refused' sends 5 'no reply code' 'I am on it'
ok 'nothing was acknowledged by all that' fails says Desk acks
ok 'paging goes on' says '"state":"calling"' ask br escalations
ok 'the letter with the code acknowledges' says '=> watch' \
    reply ana@br.test.example "$(printf 'On it.\n%s\n' "${code,,}")"
ok 'for the person who was called' within 5 is "\"by_post\":\"Desk $me\"" acks
none_open() { ask br escalations | grep -q '"escalations":\[\]'; }
ok 'paging ends' within 2 none_open
ok 'the record says by what' says 'mail reply to page' trail acknowledge
ok 'a second time it is refused' sends 5 'acknowledged this notice already' \
    "$code"
ok 'and the mail server tells its sender' says 'returned 5' \
    reply ana@br.test.example "$code"
ok 'and there is one acknowledgement' test "$(acks | wc -l)" -eq 1

# --- after a kill ---
node_kill br
ok 'while nobody listens the mail server is to come again' \
    sends 75 'not taken now' "$code"
node_start br
ok 'br is ready again' within 10 node_is_ready br
again() { sends 5 'acknowledged this notice already' "$code"; }
ok 'a used code stays used' within 10 again

# --- many wrong ones ---
from=eve@br.test.example
for n in 1 2 3 4 5; do
	ok "guess $n is refused" sends 5 'No page' "AAAAA-0000$n"
done
ok 'then none is looked at' sends 75 'not looked at now' AAAAA-00006
from=ana@br.test.example
ok 'but those of others are' sends 5 'acknowledged this notice already' "$code"
ok 'it was recorded when that began' says 'none is looked at from there' \
    trail reply

# --- by a webhook's answer: read, then called again, and answered there ---
ok 'a receiver that answers' quietly officer answers/ana
second=$(release uy TLP:AMBER '["br"]' 'Another matter')
id=$second
called() { says "$second" ask br escalations; }
ok 'another notice calls' within 5 called
ok 'it is read' quietly ask br show "{\"id\":\"$second\"}"
# its screen is closed, so the receiver may have been called already
quietly "$ALMENARA" escalate "$second" --node "$dir/br"
ok 'the receiver answers with the code, signed' within 10 \
    is "\"by_post\":\"Desk $me\"" acks
ok 'which is on record' says 'webhook reply to page' \
    trail acknowledge

# --- by the command ---
ok 'a receiver that does not know the secret' quietly officer forges/ana
third=$(release uy TLP:AMBER '["br"]' 'A third matter')
id=$third
three() { [ "$(codes | sort -u | wc -l)" -ge 3 ]; }
ok 'a third letter' within 10 three
ok 'is read' quietly ask br show "{\"id\":\"$third\"}"
hastened() {
	"$ALMENARA" escalate "$third" --node "$dir/br" > /dev/null &&
	    within 10 grep -q '^/forges/ana' "$dir/hooked"
}
ok 'the receiver answers with a code that it did not sign' hastened
taken() {
	local page
	page=$(grep -m 1 '^/forges/ana' "$dir/hooked" | cut -d' ' -f2)
	grep -q "page.attempt page=$page.*result=accepted" "$dir/br/err"
}
ok 'it was taken' within 3 taken
ok 'and counts for nothing' says "$third" ask br escalations
try_all() { # the newest file is not the last by name
	local k
	for k in $(codes | sort -u); do
		cmd br ack --lang en --code "$k" > /dev/null && return 0
	done
	return 1
}
ok 'one of the codes acknowledges by the command' try_all
ok 'as an answer of that person' within 5 is "\"by_post\":\"Desk $me\"" acks
# --- what is not urgent waits for the morning of the person ---
if [ -e /usr/share/zoneinfo/America/Lima ]; then
	ok 'one who sleeps until 05:45 in Lima' quietly ask br person_add \
	    "{\"unix_user\":\"$me\",\"post\":\"Desk $me\",
	    \"roles\":[\"duty_officer\",\"node_admin\"],
	    \"channels\":[$(channel mail ana@br.test.example)],\"quiet\":
	    {\"from\":\"22:00\",\"until\":\"05:45\",
	    \"zone\":\"America/Lima\"}}"
	warning() {
		echo "{\"title\":{\"en\":\"$1\"},\"language\":\"en\",
		    \"severity\":\"Minor\",\"urgency\":\"Future\",
		    \"certainty\":\"Observed\",\"level\":2,
		    \"rsit\":[\"fraud/phishing\"],\"states\":[\"UY\"],
		    \"sectors\":[\"financial\"],
		    \"requested_action\":\"mitigate\",
		    \"attack_vector\":\"mail\",
		    \"impact\":{\"en\":\"none\"},\"outlook\":\"stable\"}"
	}
	low=$(release uy TLP:AMBER '["br"]' 'Of no haste')
	ok 'something of level 2' test -n "$low"
	morning() { # 10:45 UTC
		local now at
		now=$(date +%s)
		at=$((now / 86400 * 86400 + 38700))
		[ "$at" -gt "$now" ] || at=$((at + 86400))
		ask br courier | grep -o '"level":2,"state":"waiting"[^}]*' |
		    grep -q "\"from\":$at\b"
	}
	ok 'waits until then' within 5 morning
else
	echo '# skipped: the morning needs tzdata'
fi
for team in uy br; do ok "$team stops in order" node_stop "$team"; done
finish
