#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# usage: docs.sh BUILD
#
# What the pages name is there: links to files, paths in `...` below the
# folders of the project, targets of make, and commands of almenara (asked
# of the program itself, once it is built).
set -u
build=${1:?usage: docs.sh BUILD}
cd "$(dirname "$0")/../.." || exit 2
. tests/lint/files.sh

status=0
breach()
{
	echo "docs: $1" >&2
	status=1
}
mapfile -t pages < <(files | grep -E '\.md$')
[ ${#pages[@]} -gt 0 ] || breach 'no pages'

for page in "${pages[@]}"; do
	folder=$(dirname "$page")
	while IFS= read -r link; do
		link=${link%%#*}
		[ -z "$link" ] || [ -e "$folder/$link" ] ||
			breach "$page: no file for the link '$link'"
	done < <(grep -oE '\]\([^) ]+\)' "$page" | sed 's/^](//; s/)$//' |
	    grep -vE '^(https?|mailto):')
	while IFS= read -r path; do
		compgen -G "$path" >/dev/null ||
			breach "$page: there is no '$path'"
	done < <(grep -oE '`[^` ]+`' "$page" | tr -d '`' |
	    grep -E '^(src|tests|fuzz|tools|schemas|man|doc|packaging)/' |
	    grep -vE '[<>{}]')
	while IFS= read -r target; do
		grep -qE "^$target:" Makefile ||
			breach "$page: the Makefile has no '$target'"
	done < <(grep -oE '(`|^ {4}|^\$ )make [a-z]+' "$page" |
	    sed 's/.*make //' | sort -u)
done

program=$(find "$build" -maxdepth 3 -name almenara -type f -perm -100 |
    head -n 1)
if [ -z "$program" ]; then
	echo '# skipped: almenara is not built'
	exit $status
fi
if ! help=$("$program" help --json </dev/null); then
	breach "'almenara help --json' fails"
	exit 1
fi
# every string of the answer is a word that may follow `almenara`
words=$(jq -r '[.. | strings | select(test("^[a-z][a-z0-9 -]*$"))
    | split(" ")[0]] | unique | .[]' <<<"$help")
while read -r page word; do
	grep -qx -e "$word" <<<"$words" ||
		breach "$page: almenara has no command '$word'"
done < <(grep -oHE '(`|^ {4}|^\$ |sudo )almenara [a-z-]+' "${pages[@]}" |
    sed -E 's/^([^:]*):.*almenara /\1 /' | sort -u)
exit $status
