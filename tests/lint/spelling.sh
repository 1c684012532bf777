#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# English in pages, comments and names. spelling.txt lists words that are right here.
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/lint/files.sh

# string literals are for people of four languages: only what is around them
copy=$(mktemp -d) || exit 2
trap 'rm -rf "$copy"' EXIT
while IFS= read -r file; do
	mkdir -p "$copy/$(dirname "$file")"
	case $file in
	*.[ch] | *.def) sed -E 's/"([^"\\]|\\.)*"/""/g' "$file" >"$copy/$file" ;;
	*) cp "$file" "$copy/$file" ;;
	esac
done < <(files | grep -vE \
    '^(schemas|src/cli/proof|examples|locale|site/guides|tests/vectors|tests/unit/config|fuzz/dict)/|^LICENSE$|^site/team-card\.json$')
words=$PWD/tests/lint/spelling.txt
rm "$copy/tests/lint/spelling.txt"
found=$(cd "$copy" && codespell --ignore-words="$words" 2>&1)
[ -z "$found" ] || { printf 'spelling:\n%s\n' "$found" >&2; exit 1; }
