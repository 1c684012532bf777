#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A backup of a node that works, sealed to an offline key; what is damaged or
# for another key is refused; a machine is lost and restored, twice from the
# same backup: each goes on with a log of its own, everything comes back from
# the others, and nobody sees two histories.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2034,SC2154
. "$(dirname "$0")/lib.sh"

network_make uy br cl
# one of tests, without a passphrase: opening takes no time
public='"kty":"OKP","x":"eicHHLDju7V3DCDpjtQ-ZcJjeXG0yNRFHbC-XmyV_B8"}'
echo "{\"crv\":\"X25519\",$public" > "$dir/plain.pub"
echo "{\"crv\":\"X25519\",\"d\":\
\"0D1d0zZIOvgMVzDqprL8PgmcbARKWoFHK0JV19KPZ0U\",$public" > "$dir/plain"
echo "backup_key \"$dir/plain.pub\"" >> "$dir/uy/almenarad.conf"
for team in uy br cl; do node_start "$team"; done
for team in uy br cl; do
	ok "$team is linked" within 20 is_linked "$team" 2
done
titles() { # TEAM TITLE [ARGUMENTS]: how often it is there
	ask "$1" inbox "${3:-{\}}" | grep -o "\"title\":\"$2\"" | wc -l
}
mine='{"mine":true}'
printf 'correct horse battery\n' > "$dir/pass"
printf 'wrong horse\n' > "$dir/wrong"

# keys
ok 'a key for backups' quietly "$ALMENARA" backup key --out "$dir/k" \
    --passphrase-file "$dir/pass"
ok 'never over another' fails quietly "$ALMENARA" backup key \
    --out "$dir/k" --passphrase-file "$dir/pass"
ok 'the keyring, sealed' quietly "$ALMENARA" backup keyring "$dir/keys" \
    --node "$dir/uy"
ok 'not to a private key' fails quietly "$ALMENARA" backup keyring \
    "$dir/keys2" --node "$dir/uy" --key "$dir/plain"

# something to lose
head -c 12000000 /dev/urandom > "$dir/sample.bin"
draft=$(ask uy -g draft draft_save "{\"kind\":\"warning\",
    \"tlp\":\"TLP:AMBER\",\"aud\":[\"br\"],
    \"body\":$(warning 'with a sample')}")
ok 'a file goes along' quietly "$ALMENARA" draft attach "$draft" \
    "$dir/sample.bin" --node "$dir/uy"
sample=$(ask uy -g notice release "{\"id\":\"$draft\"}")
release uy TLP:AMBER '["br"]' 'before the backup' > /dev/null
release br TLP:AMBER '["uy"]' 'to uy' > /dev/null
unsent=$(ask uy -g draft draft_save "{\"kind\":\"warning\",
    \"tlp\":\"TLP:AMBER\",\"aud\":[\"br\"],\"body\":$(warning unsent)}")
ok 'br has it' within 10 is 1 titles br 'before the backup'
ok 'uy has it' within 10 is 1 titles uy 'to uy'

# while it works
load() { # releases until it is told to stop
	while [ -e "$dir/load" ]; do
		release uy TLP:AMBER '["br"]' 'under load' > /dev/null
	done
}
said() { ask uy -g logs.0.size log; }
private() { ask uy -g logs.1.size log; }
touch "$dir/load"
load & loader=$!
is_loaded() { [ "$(titles uy 'under load' "$mine")" -ge 1 ]; }
ok 'there is load' within 10 is_loaded
from=$(said) audited=$(private)
ok 'a backup under load' quietly "$ALMENARA" backup "$dir/b" \
    --node "$dir/uy"
ok 'the node worked on meanwhile' test "$(said)" -gt "$from"
rm "$dir/load"
wait "$loader"
check() { # FILE [OPTIONS]
	"$ALMENARA" backup check "$@" --key "$dir/plain"
}
check "$dir/b" --keyring "$dir/keys" --json > "$dir/checked" 2> "$dir/why"
ok 'it is whole, with all keys' test $? -eq 0
saved=$(grep -o '"size":[0-9]*' "$dir/checked" | head -1 | cut -d: -f2)
ok 'it is of a moment in between' test "$saved" -ge "$from"
ok 'and not later' test "$saved" -le "$(said)"
ok 'with the attachment' grep -q '"attachments":1,' "$dir/checked"
ok 'it stands in the audit trail' test "$(private)" -ge $((audited + 2))
ok 'no text is readable in it' fails grep -qa 'before the backup' "$dir/b"
ok 'never over another file' fails quietly "$ALMENARA" backup "$dir/b" \
    --node "$dir/uy"
mkdir "$dir/many"
ok 'a folder gets names' quietly "$ALMENARA" backup "$dir/many" \
    --node "$dir/uy" --key "$dir/k.pub"
ok 'of the team' test -e "$dir"/many/uy-*.almenara
opens() { # PASSPHRASE-FILE
	quietly "$ALMENARA" backup check "$dir"/many/* --key "$dir/k" \
	    --passphrase-file "$1"
}
ok 'its passphrase opens it' opens "$dir/pass"
ok 'another one does not' fails opens "$dir/wrong"
ok 'not without a key' exits 2 "$ALMENARA" backup "$dir/none" \
    --node "$dir/br"

# no power
"$ALMENARA" backup "$dir/killed" --node "$dir/uy" > /dev/null 2>&1 &
command=$!
within 5 compgen -G "$dir/killed.*" > /dev/null
kill -9 "$command"
wait "$command" 2> /dev/null
ok 'killed, it leaves no half file' test ! -e "$dir/killed"

# what is not whole
restore() { # FILE TO [OPTIONS]
	"$ALMENARA" restore "$1" --to "$2" --key "$dir/plain" "${@:3}"
}
refused() { # STATUS FILE WORDS: also as restore, which leaves nothing
	local status=$1 file=$2 words=$3
	shift 3
	check "$file" "$@" > /dev/null 2> "$dir/why"
	[ $? -eq "$status" ] && grep -q "$words" "$dir/why" || return 1
	restore "$file" "$dir/to" "$@" > /dev/null 2>&1
	[ $? -eq "$status" ] && [ -z "$(compgen -G "$dir/to*")" ]
}
size=$(stat -c %s "$dir/b")
changed() { # AT: the byte there is another
	cp "$dir/b" "$dir/bad"
	printf '\xa5' | dd of="$dir/bad" bs=1 seek="$1" conv=notrunc \
	    status=none
	cmp -s "$dir/b" "$dir/bad" && printf '\x5a' | dd of="$dir/bad" \
	    bs=1 seek="$1" conv=notrunc status=none
}
changed 3
ok 'another first line' refused 1 "$dir/bad" 'byte 0'
changed 700
ok 'a changed head' refused 1 "$dir/bad" 'head\|recipients\|byte'
changed $((size / 2))
ok 'a changed piece, with its place' refused 8 "$dir/bad" \
    "a piece was changed.*(byte [0-9]*)"
changed $((size - 1))
ok 'a changed end' refused 8 "$dir/bad" 'a piece was changed'
for n in 10 500 $((size / 2)) $((size - 1)); do
	head -c "$n" "$dir/b" > "$dir/bad"
	ok "cut after $n" fails quietly check "$dir/bad"
done
head -c $((size - 65552)) "$dir/b" > "$dir/bad"
ok 'a piece too few' refused 8 "$dir/bad" 'a piece was changed\|it was cut'
{ cat "$dir/b"; echo more; } > "$dir/bad"
ok 'more than its end' refused 8 "$dir/bad" 'byte'
ok 'another key' exits 1 "$ALMENARA" restore "$dir/b" --to "$dir/to" \
    --key "$dir/k" --passphrase-file "$dir/pass"
ok 'is no reason to make a folder' test ! -e "$dir/to"
ok 'keys are no backup' refused 1 "$dir/keys" 'of the keyring'
"$ALMENARA" backup keyring "$dir/keys-br" --node "$dir/br" \
    --key "$dir/plain.pub" > /dev/null 2>&1
ok 'keys of another node' refused 1 "$dir/b" 'not of the node' \
    --keyring "$dir/keys-br"
relayout() { "$RELAYOUT" "$dir/plain" "$1" < "$dir/b" > "$dir/relaid"; }
for n in -1 +1; do
	ok "with layout $n" relayout "$n"
	ok 'it is refused, with the way on' refused 1 "$dir/relaid" \
	    'has layout [0-9]*, this program knows [0-9]*: restore it with'
done
ok 'never over a log' fails quietly restore "$dir/b" "$dir/uy"

# into the places of an installed node, on a disk that is mounted here
root=$dir/root owner=$(id -u) group=$(id -g)
[ "$owner" -ne 0 ] || owner=4242 group=4243
mkdir -p "$root/etc" "$root/var/lib"
places() { # FILE [OPTIONS]
	"$ALMENARA" restore "$1" --root "$root" --key "$dir/plain" \
	    --keyring "$dir/keys" "${@:2}" > "$dir/told" 2> "$dir/why"
}
declines() { # STATUS WORDS FILE: and leaves everything as it was
	local was status=$1 words=$2
	was=$(find "$root" | sort)
	places "$3"
	[ $? -eq "$status" ] && grep -q -- "$words" "$dir/why" &&
	    [ "$was" = "$(find "$root" | sort)" ]
}
ok 'not without the user of the service' declines 3 'useradd --system' \
    "$dir/b"
printf '%s\n' 'root:x:0:0::/:/bin/sh' \
    "almenara:x:$owner:$group::/:/bin/false" > "$root/etc/passwd"
ok 'nor a changed one' declines 8 'byte' "$dir/bad"
ok 'nor one of another layout' declines 1 'layout [0-9]*, this program' \
    "$dir/relaid"
ok 'the same one with its layout' relayout 0
ok 'is whole, so it was for that' quietly check "$dir/relaid" \
    --keyring "$dir/keys"
for path in etc/almenara/almenarad.conf "$dir/uy/keyring" \
    etc/almenara/almenara.rules "$dir/uy/sentinel/sentinel" \
    "$dir/uy/data/log.db" "$dir/uy/documents/root"; do
	mkdir -p "$(dirname "$root/$path")"
	echo of-another > "$root/$path"
	ok "not over $(basename "$path")" declines 1 \
	    'is there already.*move that away' "$dir/b"
	rm "$root/$path"
done
rm -r "$root${dir:?}" "${root:?}/etc/almenara"
mkdir -p "$root$dir/uy/data/lost+found"
ok 'where nothing is' places "$dir/b"
ok 'the next step is told' grep -q 'systemctl start almenarad' "$dir/why"
ok 'and the one after it' grep -q 'almenara epoch new --reason' "$dir/why"
ok 'and what no backup has' grep -q "$root$dir/plain.pub" "$dir/why"
wrote() { grep -qx "$root$1" "$dir/told" && [ -e "$root$1" ]; }
for path in /etc/almenara/almenarad.conf /etc/almenara/almenara.rules \
    "$dir/uy/keyring" "$dir/uy/documents" "$dir/uy/data"; do
	ok "it wrote the $(basename "$path")" wrote "$path"
done
mode() { (cd "$root" && stat -c '%a %u' ".$1"); }
ok 'the keyring is of the service alone' is "600 $owner" mode \
    "$dir/uy/keyring"
ok 'as are the folders' is "700 $owner" mode "$dir/uy/documents"
ok 'and the one for the sentinel' is "700 $owner" mode "$dir/uy/sentinel"
foreign() { find "$root$dir/uy/data" "$root$dir/uy/documents" \
    ! -name lost+found ! -uid "$owner"; }
ok 'and all in them' test -z "$(foreign)"
ok 'nothing is left beside' test ! -e "$(compgen -G \
    "$root$dir/uy/data/restore*")"
ok 'the configuration says what it said' grep -q "^data_dir.*$dir/uy/data" \
    "$root/etc/almenara/almenarad.conf"
ok 'and never twice' declines 1 'is there already' "$dir/b"

ok 'the next one after a killed one works' within 20 quietly \
    "$ALMENARA" backup "$dir/next" --node "$dir/uy"
cp "$dir/uy/sentinel/sentinel" "$dir/sentinel" # of the same moment

# no room
mkdir "$dir/small"
if mount -t tmpfs -o size=1m tmpfs "$dir/small" 2> /dev/null; then
	mounted=$dir/small
	ok 'a full disk' fails quietly "$ALMENARA" backup "$dir/small/b" \
	    --node "$dir/uy"
	ok 'leaves no file' test -z "$(ls "$dir/small")"
	ok 'nor does restoring' fails quietly restore "$dir/b" "$dir/small/n"
	ok 'a folder' test -z "$(ls "$dir/small")"
	umount "$dir/small"
	unset mounted
else
	echo '# skipped: a small volume cannot be mounted here'
fi

# the machine is lost
release uy TLP:AMBER '["br"]' 'after the backup' > /dev/null
ok 'br has what came later' within 10 is 1 titles br 'after the backup'
loaded=$(titles br 'under load')
node_kill uy
mv "$dir/uy" "$dir/lost"
is_restored() { is restored ask "$1" -g state status; }
# as if that disk were the one to start from
cp -r "$root$dir/uy" "$dir/uy"
cp "$root"/etc/almenara/* "$dir/uy/"
node_start uy
ok 'what was put into its places starts' within 20 is_restored uy
ok 'and has its records' is 1 titles uy 'to uy'
node_stop uy
mv "$dir/uy" "$dir/uy4"
restore "$dir/b" "$dir/uy" --keyring "$dir/keys" > /dev/null 2> "$dir/why"
ok 'it is restored' test $? -eq 0
ok 'and told what comes next' grep -q \
    "almenara epoch new --node $dir/uy" "$dir/why"
ok 'without a sentinel' test ! -e "$dir/uy/sentinel/sentinel"
cp -a "$dir/uy" "$dir/uy2"
restore "$dir/next" "$dir/uy3" --keyring "$dir/keys" > /dev/null 2>&1
cp "$dir/sentinel" "$dir/uy3/sentinel/"
node_start uy3
ok 'with a sentinel that agrees it is restored' within 20 is_restored uy3
ok 'by its own word' grep -q 'made from a backup' "$dir/uy3/err"
node_stop uy3
node_start uy
ok 'the node knows that it was restored' within 20 is_restored uy
ok 'it releases nothing' test -z "$(release uy TLP:AMBER '["br"]' no)"
ok 'its log says so once' is 1 grep -c 'node.state.*made from a backup' \
    "$dir/uy/err"
has_unsent() { [[ $(ask uy drafts) == *$unsent* ]]; }
opened() { # TEAM
	"$ALMENARA" epoch new --node "$dir/$1" --reason 'the disk was lost' \
	    > /dev/null 2>&1
}
ok 'a new log is opened' opened uy
ok 'and it goes on' within 20 node_is_ready uy
first=$(ask uy -g logs.0.origin log)
ok 'what it said later is back' within 30 is 1 titles uy \
    'after the backup' "$mine"
ok 'all of it' within 30 is "$loaded" titles uy 'under load' "$mine"
ok 'what it took is there' is 1 titles uy 'to uy'
ok 'the unsent draft too' has_unsent
ok 'the attachment too' quietly "$ALMENARA" attachment get "$sample" \
    -o "$dir/got" --node "$dir/uy"
ok 'as it was' cmp -s "$dir/got" "$dir/sample.bin"
release uy TLP:AMBER '["br"]' 'in the new log' > /dev/null
ok 'it sends again' within 20 is 1 titles br 'in the new log'
ok 'nothing came twice' is 1 titles br 'after the backup'
ok 'its logs verify' quietly ask uy log_verify

# the same backup on a second machine, with another address
node_stop uy
mapfile -t ports < <("$ASK" -p 1)
sed -i "s|$dir/uy/|$dir/uy2/|g; s|^listen .*|listen 127.0.0.1:${ports[0]}|" \
    "$dir/uy2/almenarad.conf"
node_start uy2
ok 'it was restored as well' within 20 is_restored uy2
ok 'and opens a log' opened uy2
ok 'the second goes on' within 20 node_is_ready uy2
second=$(ask uy2 -g logs.0.origin log)
ok 'under another name' test -n "$second" -a "$second" != "$first"
ok 'everything is back there too' within 30 is 1 titles uy2 \
    'in the new log' "$mine"
release uy2 TLP:AMBER '["br"]' 'in the third log' > /dev/null
ok 'it sends' within 20 is 1 titles br 'in the third log'
ok 'all verify all' quietly ask br log_verify
node_start uy
ok 'the first one, back again, stops' within 20 is_restored uy
ok 'nobody saw two histories' exits 1 grep -q 'two histories' \
    "$dir"/uy/err "$dir"/uy2/err "$dir"/br/err "$dir"/cl/err
finish
