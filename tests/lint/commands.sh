#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A command that a message or a page tells people to type is one of the table.
# What follows "almenara" in a string of src/ or in a `code` span of a page
# must begin with the name of a command, or be an option or a placeholder.
set -u
cd "$(dirname "$0")/../.." || exit 2
mapfile -t names < <(sed -n 's/^\t\.name = "\([a-z -]*\)".*/\1/p' \
    src/cli/cmd/*.c | sort -u)
[ ${#names[@]} -gt 10 ] || { echo 'no command table found' >&2; exit 1; }

# Strings of C that the compiler would join are joined; then one command a
# line: FILE<TAB>words
found=$(
	for f in src/{node,cli,cli/cmd,peer}/*.c; do
		tr '\n\t' '  ' < "$f" | sed 's/" *"//g' |
		    grep -oE '"[^"]*almenara [^"]*"' |
		    grep -oE '(^"|: |; |`| - )almenara [a-z-]+( [a-z-]+)?' |
		    sed "s|^.*almenara |$f\t|"
	done
	grep -oHE '`almenara [a-z-]+( [a-z-]+)?' ./*.md doc/*.md |
	    sed 's/:`almenara /\t/'
	grep -HE '^ {4}(\$ )?almenara [a-z]' ./*.md doc/*.md |
	    sed -E 's/:    (\$ )?almenara /\t/; s/(\t[a-z-]+( [a-z-]+)?).*/\1/'
)
status=0
while IFS=$'\t' read -r file words; do
	for name in "${names[@]}"; do
		case "$words " in "$name "*) continue 2 ;; esac
	done
	echo "$file: almenara $words: no such command" >&2
	status=1
done <<< "$found"
[ "$(wc -l <<< "$found")" -gt 20 ] ||
    { echo 'too few commands found: has the way of writing changed?' >&2
	exit 1; }
exit $status
