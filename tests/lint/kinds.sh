#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What differs between kinds of record is an attribute in schemas/kinds/; C
# asks for attributes and names no kind. Except: src/gateways/, whose work is
# to map kinds; src/cli/, whose commands and options are the words of people
# ("draft", "comment"); src/base/, which knows no kinds ("warning" there is the
# level of a log line); in src/index/ the lists of drafts, of persons and of the
# audit trail, which are of one kind each by what they are; in src/node/ the
# records that the node itself writes into its private log (drafts, persons, the
# audit trail, approvals, reviews, the sharing rules, escalations and what they
# make, injects), and the name of a field, "comment"; in src/watch/ the desk, which writes
# the bodies of escalations: there they are names of members and reasons; and
# in src/record/designation.c a member, "review"; "group" is a command and a verb of the sharing rules. "release", "reshare",
# "exercise" and
# "consent" are also names of acts, of attributes and of fields.
set -u
cd "$(dirname "$0")/../.." || exit 2

kinds=
for file in schemas/kinds/*.json; do
	kinds+="|$(basename "$file" .json)"
done
[ "$kinds" != '|*' ] || { echo 'kinds: no kinds' >&2; exit 1; }
found=$(grep -rnE --include='*.[ch]' "\"(${kinds#|})\"" src |
    grep -vE '^src/index/[a-z]+\.c:.*"(draft|person|audit)"' |
    grep -vE '^src/node/[a-z_]+\.[ch]:.*"(draft|person|audit|comment|approval|review|rules|inject)"' |
    grep -vE '^src/node/[a-z_]+\.[ch]:.*"(escalation|page|page-stop|unanswered|attempt)"' |
    grep -vE '^src/watch/desk[a-z_]*\.c:.*"(escalation|page|person|unanswered)"' |
    grep -vE '^src/record/designation\.c:.*"review"' |
    grep -vE '"(release|reshare|consent|exercise|group)"' |
    grep -vE '^src/(base|gateways|cli)/')
[ -z "$found" ] || { printf 'kinds: named in C:\n%s\n' "$found" >&2; exit 1; }
