#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# usage: hardening.sh BUILD
#
# The programs as linked: position independent, relocations read-only from
# the start, no executable stack, stack protector and fortified calls in use.
# One that is installed speaks for the libraries in it.
set -u
build=${1:?usage: hardening.sh BUILD}

status=0 seen=0
need()
{
	[ "$1" -eq 0 ] || { echo "hardening: $file: $2" >&2; status=1; }
}
while IFS= read -r file; do
	readelf -h "$file" 2>/dev/null | grep -qE 'Type:.*(DYN|EXEC)' ||
		continue
	seen=$((seen + 1))
	header=$(readelf -hW "$file")
	segments=$(readelf -lW "$file")
	dynamic=$(readelf -dW "$file")
	symbols=$(readelf --dyn-syms -W "$file")
	grep -q 'Type:.*DYN' <<<"$header"
	need $? 'not position independent'
	grep -q GNU_RELRO <<<"$segments"
	need $? 'relocations stay writable'
	grep -qE 'BIND_NOW|Flags:.*NOW' <<<"$dynamic"
	need $? 'symbols are bound late'
	grep -qE 'GNU_STACK.* RW +0x' <<<"$segments"
	need $? 'executable stack'
	grep -q '__stack_chk_fail' <<<"$symbols"
	need $? 'no stack protector'
	grep -qE '__[a-z]+_chk[ @]' <<<"$symbols"
	need $? 'no fortified calls'
	! grep -qE 'R(UN)?PATH' <<<"$dynamic"
	need $? 'looks for libraries in a path of its own'
done < <(find "$build/src" -type f -perm -100 ! -name '*.so*')
if [ "$seen" -eq 0 ]; then
	echo '# skipped: no program is built'
	exit 77
fi
exit $status
