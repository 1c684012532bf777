#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The public site carried to an object store by the command of doc/site.md, as
# it stands there: every file is in the bucket, what is gone is taken away, and
# a reader of the bucket can check all of it.
# shellcheck disable=SC1091,SC2154
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
skip() { echo "# skipped: $1"; skip_all "$1"; }
[ -z "${ALMENARA_TENTH:-}" ] || skip 'it is tried without sanitizers'
command -v rclone > /dev/null || skip 'rclone is not installed here'
if ! python3 -m venv "$dir/py" > "$dir/pip.log" 2>&1 || ! timeout 240 "$dir/py/bin/pip" install -q \
    --prefer-binary 'moto[server]==5.1.4' >> "$dir/pip.log" 2>&1; then
	skip 'python3-venv and moto are not to be had here'
fi
mapfile -t ports < <("$ASK" -p 1)
bucket=http://127.0.0.1:${ports[0]}/site

"$dir/py/bin/moto_server" -H 127.0.0.1 -p "${ports[0]}" > "$dir/moto.log" 2>&1 &
moto_pid=$!
trap 'kill $moto_pid 2> /dev/null; cleanup' EXIT
cat > "$dir/rclone.conf" <<- END
	[mirror]
	type = s3
	provider = Other
	endpoint = http://127.0.0.1:${ports[0]}
	access_key_id = test
	secret_access_key = test
	force_path_style = true
	acl = public-read
END
# empty, as the node starts its commands
there() { env -i PATH="$PATH" rclone --config "$dir/rclone.conf" "$@" 2>> "$dir/rclone.log"; }
is_up() { there mkdir mirror:site; }
ok 'there is a store' within 120 is_up
sed -n '/^    #!\/bin\/sh/,/^$/s/^    //p' "$here/../../doc/site.md" |
    sed "s|/etc/almenara/rclone.conf|$dir/rclone.conf|" > "$dir/carry"
chmod +x "$dir/carry"
ok 'the command is the one of the manual' grep -q '^rclone' "$dir/carry"

umask 022
network_make uy br
site=$dir/site
cat >> "$dir/uy/almenarad.conf" <<- END
	site_dir $site
	site_url https://cert.test.example/
	site_publish "$dir/carry mirror:site"
	site_publish_s 120
END
node_start uy
node_start br
ok 'uy is linked' within 60 is_linked uy 1
key() { key=$(ask uy -g key site) && [ -n "$key" ]; }
ok 'the site has a key' within 60 key
id=$(release uy TLP:CLEAR null 'Carried to a bucket')
page=$bucket/en/w/uy/$id/index.html
shown() { says "$1" curl -sS --max-time 20 "$page"; }
ok 'a notice is in the bucket' within 180 shown 'Carried to a bucket'
verified() { quietly "$ALMENARA" site verify "$bucket" --key "$key"; }
ok 'all of it is what was signed' within 180 verified
type() { curl -sSI --max-time 20 "$bucket/$1" | tr -d '\r' | sed -nE 's/^content-type: //Ip'; }
ok 'pages are pages' says '^text/html' type en/index.html
ok 'alerts are alerts' says '^application/cap\+xml' type "w/uy/$id/notice.cap"
ok 'it is taken back' quietly cmd uy cancel "$id" --reason 'A false alarm' --yes
ok 'which the bucket tells' within 180 shown 'was withdrawn'
ok 'and can be checked' within 180 verified
echo more > "$dir/more"
there copyto "$dir/more" mirror:site/left.html
ok 'what is not of the site is there' quietly there lsf mirror:site/left.html
ok 'the site is carried again' quietly cmd uy site build
left() { there lsf mirror:site/left.html | grep -q .; }
gone() { fails left; }
ok 'and takes it away' within 180 gone
printf x | there rcat mirror:site/en/index.html
ok 'a changed one is found' fails verified
finish
