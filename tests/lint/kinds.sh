#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What differs between kinds of record is an attribute in schemas/kinds/; C
# asks for attributes and names no kind, except in src/gateways/ (whose work
# is to map kinds) and the demonstration. src/base/ knows no kinds at all, so
# that "warning" there is the level of a log line; in cli/cmd/help.c "watch"
# is a group of commands. src/index/ keeps two lists that are of one kind each
# by what they are: the drafts and the persons of this node.
set -u
cd "$(dirname "$0")/../.." || exit 2

kinds=
for file in schemas/kinds/*.json; do
	kinds+="|$(basename "$file" .json)"
done
[ "$kinds" != '|*' ] || { echo 'kinds: no kinds' >&2; exit 1; }
found=$(grep -rnE --include='*.[ch]' "\"(${kinds#|})\"" src |
    grep -vE '^src/index/[a-z]+\.c:.*"(draft|person)"' |
    grep -vE '^src/(base|gateways)/|^src/cli/(cmd/)?demo|^src/cli/cmd/help\.c')
[ -z "$found" ] || { printf 'kinds: named in C:\n%s\n' "$found" >&2; exit 1; }
