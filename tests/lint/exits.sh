#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Every way by which content leaves stands in src/rules/exits.def: a file that
# calls what reads content is named there, names the ways it makes, and nobody
# but exit_decide makes a pass. With a folder as $2 that tree is looked at.
set -u
cd "${2:-$(dirname "$0")/../..}/src" || exit 2
table=rules/exits.def

# what gives text, titles, names or containers
reads='hub_read_entry|record_read|call_read|call_look|store_get_body'
reads+='|own_unwrap|index_unwrap|index_inbox|index_find|index_by_digest'
reads+='|store_copy|index_drafts?|index_persons|index_person_by_user|index_notice'
reads+='|show_record|show_title|show_line|draft_open|serve_body'
# where these are defined or declared, and the store's own files
exempt='^(store/|.*\.h$|node/drafts)'

status=0
breach()
{
	echo "exits: $1" >&2
	status=1
}

# one row a line, comments gone
rows=$(sed 's|/\*.*\*/||; \|/\*|,\|\*/|d; /^#/d' "$table" | tr -s ' \t\n' ' ' |
    sed 's/) *\(EXIT\|INSIDE\)(/)\n\1(/g')
named=' '
while read -r row; do
	name=$(sed -nE 's/^EXIT\(([A-Z_]+),.*/\1/p' <<< "$row")
	file=$(sed -nE 's/^INSIDE\("([^"]*)".*/\1/p' <<< "$row")
	if [ -n "$file" ]; then
		[ -f "$file" ] || breach "$table: there is no src/$file"
		named+="$file "
		continue
	fi
	[ -n "$name" ] || { breach "$table: what is this? $row"; continue; }
	files=$(sed -nE 's/.*"([^"]*)" ?\).*/\1/p' <<< "$row")
	later=false
	[[ $row == *LATER* ]] && later=true
	$later && [ -n "$files" ] && breach "EXIT_$name is LATER and in $files"
	$later || [ -n "$files" ] || breach "EXIT_$name is made nowhere"
	for file in $files; do
		[ -f "$file" ] || { breach "$table: no src/$file"; continue; }
		grep -qw "EXIT_$name" "$file" ||
			breach "src/$file does not name EXIT_$name"
		named+="$file "
	done
	while read -r file; do
		[ "${file#rules/}" = "$file" ] || continue
		[[ " $files " == *" $file "* ]] || [ "$file" = node/exits.c ] ||
			breach "src/$file makes EXIT_$name without a row"
	done < <(grep -rlw --include='*.[ch]' "EXIT_$name" .  | sed 's|^\./||')
done <<< "$rows"
[ "$(grep -c '^EXIT' <<< "$rows")" -ge 10 ] || breach 'the table is not read'

found=0
while read -r file; do
	found=$((found + 1))
	[[ $file =~ $exempt ]] && continue
	[[ $named == *" $file "* ]] ||
		breach "src/$file reads content and is not in $table"
done < <(grep -rlE --include='*.[ch]' "\b($reads) ?\(" . | sed 's|^\./||')
[ "$found" -ge 10 ] || breach 'nothing that reads content was found'

# a pass is made by exit_decide alone
while read -r place; do
	breach "$place: a pass is made by exit_decide alone"
done < <(grep -rnE --include='*.c' \
    '(->|\.)stamp\b|struct exit_pass\) ?\{|pass(->|\.)fields *=[^=]' . |
    grep -v '^\./rules/exit\.c:' | cut -d: -f1,2)
exit $status
