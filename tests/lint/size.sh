#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A file of C has at most 1,200 lines (a test 1,500, warned from 1,200); a
# function at most 120, warned over 70; build files together at most 600.
# Prints what it warns of.
set -u
cd "$(dirname "$0")/../.." || exit 2

status=0
while read -r lines file; do
	[ "$file" = total ] && continue
	most=1200
	[[ $file == tests/* ]] && most=1500
	if [ "$lines" -gt $most ]; then
		echo "size: $file has $lines lines, most $most" >&2
		status=1
	elif [ "$lines" -gt 1200 ]; then
		echo "size: warning: $file has $lines lines"
	fi
done < <(find src tests fuzz tools bench -name '*.[ch]' \
    -exec wc -l {} + 2>/dev/null)

functions=0
while read -r name file line end; do
	functions=$((functions + 1))
	n=$((end - line + 1))
	if [ $n -gt 120 ]; then
		echo "size: $file:$line: $name has $n lines, most 120" >&2
		status=1
	elif [ $n -gt 70 ]; then
		echo "size: warning: $file:$line: $name has $n lines"
	fi
done < <(ctags -R -x --languages=C --kinds-C=f --fields=+e \
    --_xformat='%N %F %n %{end}' src fuzz tools)
[ $functions -gt 0 ] || { echo 'size: ctags found nothing' >&2; status=1; }

lines=$(find . \( -name 'build*' -o -name .git \) -prune -o \
    \( -name meson.build -o -name meson_options.txt -o -name Makefile \) \
    -type f -exec cat {} + | wc -l)
if [ "$lines" -gt 600 ]; then
	echo "size: build files have $lines lines, most 600" >&2
	status=1
fi
exit $status
