#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Pages to receivers that speak TLS: one with a certificate of the right
# authority gets them; one with another name, of another authority, expired or
# that leads elsewhere gets nothing, and the reason is told.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
secret=0123456789abcdef0123
mapfile -t ports < <("$ASK" -p 4)

network_make uy
# --- two authorities ---
ca=$dir/ca
mkdir "$ca"
authority() { # NAME
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$1" \
	    -addext basicConstraints=critical,CA:TRUE -keyout "$ca/$1.key" \
	    -out "$ca/$1.pem" 2> /dev/null
}
certificate() { # NAME AUTHORITY HOST DAYS
	openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" \
	    -keyout "$ca/$1.key" -out "$ca/$1.csr" 2> /dev/null
	printf 'subjectAltName=DNS:%s\n' "$3" > "$ca/$1.ext"
	openssl x509 -req -in "$ca/$1.csr" -CA "$ca/$2.pem" \
	    -CAkey "$ca/$2.key" -CAcreateserial -days "$4" \
	    -extfile "$ca/$1.ext" -out "$ca/$1.pem" 2> /dev/null
}
authority ours
authority theirs
certificate good ours localhost 2
certificate named ours other.example 2
certificate foreign theirs localhost 2
certificate over ours localhost 0
all=(good named foreign over)
: > "$dir/hooked"
for i in "${!all[@]}"; do
	python3 "$here/receiver.py" "${ports[i]}" "$secret" "$dir/hooked" \
	    "$ca/${all[i]}.pem" "$ca/${all[i]}.key" 2> "$dir/${all[i]}.err" &
	name=${all[i]}
	# shellcheck disable=SC2034,SC2004
	pid[$name]=$! # lib.sh ends it
done
printf 'webhook localhost %s\n' "$secret" > "$dir/secrets"
chmod 600 "$dir/secrets"
cat >> "$dir/uy/almenarad.conf" <<- END
	courier_credentials $dir/secrets
	courier_ca $ca/ours.pem
	courier_networks "127.0.0.0/8 ::1/128"
	courier_wait_s 10
END
node_start uy
ok 'uy is ready' within 20 node_is_ready uy
listens() { (: < "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }
for i in "${!all[@]}"; do
	ok "the receiver ${all[i]} listens" within 20 listens "${ports[i]}"
done

declare -A p=()
page() { # WHO PORT PATH
	ask uy person_add "{\"unix_user\":\"$1\",\"post\":\"officer\",
	    \"roles\":[\"duty_officer\"],\"channels\":[{\"kind\":\"webhook\",
	    \"address\":\"https://localhost:$2/$3/$1\",\"verified\":true}]}" \
	    > /dev/null
	p[$1]=$(ask uy -g pages.0.page courier_test "{\"person\":\"$1\"}")
}
ended() { # WHO RESULT: with a reason that fits, if there is a third
	grep "page.attempt.*${p[$1]}" "$dir/uy/err" | tail -n 1 |
	    grep -q "result=$2 .*${3:-}"
}
came() { grep -c "/$1 ${p[$1]} good" "$dir/hooked"; }
page good "${ports[0]}" ok
page named "${ports[1]}" ok
page foreign "${ports[2]}" ok
page over "${ports[3]}" ok
page moved "${ports[0]}" moved
ok 'a certificate that fits: it is taken' within 20 ended good accepted
ok 'once, signed' is 1 came good
ok 'one of another name is not spoken to' within 20 ended named failed \
    "no alternative certificate subject name matches"
ok 'nor one of another authority' within 20 ended foreign failed \
    'unable to get local issuer'
ok 'nor one that has expired' within 20 ended over failed 'has expired'
for who in named foreign over; do
	ok "and nothing came to $who" is 0 came "$who"
done
ok 'who redirects to the inside is given up' within 20 ended moved given-up \
    'redirects are not followed'
ok 'and nothing came there' fails grep -q '^/ok/moved' "$dir/hooked"
reason() { ask uy courier | grep -o '"person":"named".*' |
	grep -q '"state":"failing".*"why":"[^"]*alternative'; }
ok 'the operator sees which and why' within 10 reason
finish
