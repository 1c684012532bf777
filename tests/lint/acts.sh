#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Who did what stays known: every row of the table of control commands names
# an act of src/node/acts.def, or acts.def says why nothing is recorded; every
# word given to audit() is an act. With a folder as $2 that tree is looked at.
set -u
cd "${2:-$(dirname "$0")/../..}/src/node" || exit 2
table=acts.def
status=0
breach()
{
	echo "acts: $1" >&2
	status=1
}

acts=$(grep -oE '^ACT\([A-Z_]+, "[a-z_]+"' "$table" | sed 's/^ACT(//; s/[,"]//g')
quiet=$(sed -nE 's/^QUIET\(([a-z_]+), "[^"]{8,}.*/\1/p' "$table")
rows=$(sed -n '/^static const struct command commands/,/^};/p' control.c |
    tr -d '\n\t' | grep -oE '\{ "[^}]*\}')
[ "$(wc -l <<< "$rows")" -ge 40 ] || breach 'the table is not read'
[ "$(wc -l <<< "$acts")" -ge 20 ] || breach 'the acts are not read'

while IFS=, read -r name _ act _; do
	name=$(tr -d '{" ' <<< "$name") act=${act// /}
	if [ "$act" = ACT_NONE ]; then
		grep -qx "$name" <<< "$quiet" || breach \
		    "$name has no act: give it one, or QUIET with the reason"
	elif ! grep -q "^${act#ACT_} " <<< "$acts"; then
		breach "$name: what act is $act?"
	elif grep -qx "$name" <<< "$quiet"; then
		breach "$name is QUIET and has the act $act"
	fi
done <<< "$rows"
while read -r name; do
	grep -q "\"$name\"" <<< "$rows" || breach "QUIET($name): no command"
done <<< "$quiet"

# the words in the code, wherever the line breaks
while read -r word; do
	grep -q " $word\$" <<< "$acts" || breach "\"$word\" is no act"
done < <(cat ./*.c | tr -d '\n\t' | grep -oE \
    '\b(audit|audit_by|issue_run|issue_plan)\([^,;]*,[^,;]*, *"[a-z_]+"|\b(audit_self|issue_refuse)\([^,;]*, *"[a-z_]+"|\bruling_audit\([^,;]*,[^,;]*, *"[a-z_]+"' |
    grep -oE '"[a-z_]+"$' | tr -d '"' | sort -u)
exit $status
