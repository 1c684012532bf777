#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# usage: banned.sh BUILD
#
# No library or program under BUILD/src asks the system for a function that
# src/base/banned.h forbids, also where the compiler put in a checked form.
set -u
build=${1:?usage: banned.sh BUILD}
cd "$(dirname "$0")/../.." || exit 2

words=$(sed -n 's/^#pragma GCC poison//p' src/base/banned.h | tr -s ' ' '\n' |
    sed '/^$/d')
[ -n "$words" ] || { echo 'banned: no words in banned.h' >&2; exit 1; }
words=$(printf '%s\n' "$words" rand random drand48 mktemp tmpnam)
pattern="^($(paste -sd '|' <<<"$words"))$"
status=0 seen=0
while IFS= read -r file; do
	seen=$((seen + 1))
	found=$(nm -u "$file" 2>/dev/null | sed -n 's/^ *[Uw] //p' |
	    sed 's/@.*//; s/^__\(.*\)_chk$/\1/; s/^__isoc[0-9]*_//' |
	    grep -E "$pattern" | sort -u)
	[ -z "$found" ] && continue
	echo "banned: $file:" "$found" >&2
	status=1
done < <(find "$build/src" -type f \( -name '*.a' -o -perm -100 \) \
    ! -name '*.so*')
[ "$seen" -gt 0 ] || { echo "banned: nothing in $build/src" >&2; exit 1; }
exit $status
