# SPDX-License-Identifier: Apache-2.0
#
# For the system tests that send to the outside: a mail server and a receiver of
# webhooks, both on the loopback. Sourced after lib.sh.
# what lib.sh brings is not followed
# shellcheck disable=SC2154
exim=$(command -v exim4 || command -v /usr/sbin/exim4) ||
    skip_all 'needs exim4-daemon-light'
here=$(cd "$(dirname "$0")" && pwd)
secret=0123456789abcdef0123
mapfile -t extra < <("$ASK" -p 2)
smtp=${extra[0]} http=${extra[1]}

# a mail server of its own, that keeps what it takes in its queue
mail_start() {
	local me group
	me=$(id -un) group=$(id -gn)
	mkdir -p "$dir/mx/spool" "$dir/mx/log"
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
	    -addext subjectAltName=DNS:localhost -keyout "$dir/mx/key" \
	    -out "$dir/mx/cert" 2> /dev/null
	cat > "$dir/mx/conf" <<- END
	primary_hostname = mx.test.example
	pid_file_path = $dir/mx/pid
	spool_directory = $dir/mx/spool
	log_file_path = $dir/mx/log/%slog
	exim_user = $me
	exim_group = $group
	never_users =
	keep_environment =
	queue_only = true
	host_lookup =
	rfc1413_query_timeout = 0s
	tls_advertise_hosts = *
	tls_certificate = $dir/mx/cert
	tls_privatekey = $dir/mx/key
	auth_advertise_hosts = \${if def:tls_in_cipher {*}}
	acl_smtp_rcpt = rcpt
	begin acl
	rcpt:
	  deny !authenticated = *
	  deny local_parts = unknown
	       message = there is no such person
	  defer condition = \${if exists{$dir/mx/later}}
	       message = come again
	  accept
	begin authenticators
	plain:
	  driver = plaintext
	  public_name = PLAIN
	  server_prompts = :
	  server_condition = \${if and{{eq{\$auth2}{uy}}{eq{\$auth3}{pass-word}}}}
	  server_set_id = \$auth2
	END
	"$exim" -C "$dir/mx/conf" -bdf -oX "127.0.0.1.$smtp" \
	    2> "$dir/mx/err" &
	pid[mx]=$!
}

receiver_start() {
	python3 "$here/receiver.py" "$http" "$secret" "$dir/hooked" \
	    2> "$dir/receiver.err" &
	# shellcheck disable=SC2034
	pid[receiver]=$! # lib.sh ends it
}

listens() { (: < "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }
letter() { cat "$dir"/mx/spool/input/*-H "$dir"/mx/spool/input/*-D; }
