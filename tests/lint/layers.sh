#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Includes obey the layers: a folder includes itself and what src/LAYERS
# allows it, and each outside header stands in the one place named below.
set -u
cd "$(dirname "$0")/../../src" || exit 2

# header (a pattern of the shell) and where it may stand
outside='
sqlite3.h       store/sqlite_disk.h
uv.h            net/loop.c
openssl/*       crypto/* net/tls.c
sodium.h        crypto/*
zstd.h          net/frame.c
ucl.h           node/config.c
seccomp.h       node/sandbox.c
linux/landlock.h node/sandbox.c
microhttpd.h    web/*
curl/curl.h     courier/* cli/fetch.c
libical/ical.h  gateways/ical.c
'
status=0
breach()
{
	echo "layers: $1" >&2
	status=1
}

includes=$(grep -rnE --include='*.[chS]' --include='*.def' \
    '^[[:space:]]*#[[:space:]]*include[[:space:]]' .)
[ -n "$includes" ] || breach 'no include was found'

# our own: file:line:#include "folder/name"
while IFS=' ' read -r place target; do
	from=${place%%/*} to=${target%%/*}
	[ "$from" = "$place" ] && continue
	if [ "$to" = "$target" ]; then
		# a table that the build makes stands in no folder
		[[ $target == *.def && ! -e $from/$target ]] && continue
		breach "$place: include \"$target\" from src/"
		continue
	fi
	[ -e "$target" ] || breach "$place: there is no $target"
	[ "$from" = "$to" ] && continue
	allowed=$(sed -n "s/^$from: *//p" LAYERS)
	grep -q "^$from:" LAYERS || breach "LAYERS has no row '$from'"
	[[ " $allowed " == *" $to "* ]] ||
		breach "$place: $from/ may not include $to/"
done < <(sed -nE 's|^\./([^:]*):[0-9]+:.*include[[:space:]]*"([^"]*)".*|\1 \2|p' \
    <<<"$includes")

# outside
while read -r place header; do
	while read -r pattern places; do
		# shellcheck disable=SC2053
		[ -n "$pattern" ] && [[ $header == $pattern ]] || continue
		found=false
		set -f
		for allowed in $places; do
			# shellcheck disable=SC2053
			[[ $place == $allowed ]] && found=true
		done
		set +f
		$found || breach "$place: <$header> belongs to $places"
	done <<<"$outside"
done < <(sed -nE 's|^\./([^:]*):[0-9]+:.*include[[:space:]]*<([^>]*)>.*|\1 \2|p' \
    <<<"$includes")
exit $status
