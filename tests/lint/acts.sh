#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Who did what stays known: every word given to audit() is an act of
# src/node/acts.def. (That each control command names an act, or says why
# nothing is recorded, is held by the compiler: src/node/commands.def.) With a
# folder as $2 that tree is looked at.
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
[ "$(wc -l <<< "$acts")" -ge 20 ] || breach 'the acts are not read'

# the words in the code, wherever the line breaks
while read -r word; do
	grep -q " $word\$" <<< "$acts" || breach "\"$word\" is no act"
done < <(cat ./*.c | tr -d '\n\t' | grep -oE \
    '\b(audit|audit_by|issue_run|issue_plan)\([^,;]*,[^,;]*, *"[a-z_]+"|\b(audit_self|issue_refuse)\([^,;]*, *"[a-z_]+"|\bruling_audit\([^,;]*,[^,;]*, *"[a-z_]+"' |
    grep -oE '"[a-z_]+"$' | tr -d '"' | sort -u)
exit $status
