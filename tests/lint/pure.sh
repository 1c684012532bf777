#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# usage: pure.sh BUILD
#
# The deciding layers take values and give values: no clock, no file, no
# socket, no environment, no log, no process, no randomness of their own.
set -u
build=${1:?usage: pure.sh BUILD}

layers='schema record ledger watch rules gateways'
calls='time|clock_gettime|gettimeofday|nanosleep|sleep|usleep|getenv'
calls+='|secure_getenv|open|openat|open64|fopen|fopen64|fdopen|read|write'
calls+='|printf|puts|fprintf|fputs|fwrite|socket|connect|send|recv|poll|fork'
calls+='|clock_mono_ms|clock_wall_ms|getrandom|arc4random|random_bytes|log_[a-z_]*|pthread_[a-z_]*'
status=0 seen=0
for layer in $layers; do
	for file in "$build/src/$layer"/*.a; do
		[ -e "$file" ] || continue
		seen=$((seen + 1))
		found=$(nm -u "$file" 2>/dev/null | sed -n 's/^ *[Uw] //p' |
		    sed 's/@.*//; s/^__\(.*\)_chk$/\1/' |
		    grep -E "^($calls)$" | sort -u)
		[ -z "$found" ] && continue
		echo "pure: src/$layer calls" "$found" >&2
		status=1
	done
done
[ "$seen" -gt 0 ] || { echo "pure: nothing in $build/src" >&2; exit 1; }
exit $status
