#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What differs between kinds of record is an attribute in schemas/kinds/; C
# asks for attributes and names no kind. Except: the kinds of the private log,
# which the node itself writes and lists (src/node/, src/index/, and src/watch/,
# which makes their bodies), and two more that it writes, "unanswered" and
# "anchor";
# src/gateways/, whose work is to map kinds; src/cli/, whose commands and options
# are the words of people ("comment"); src/base/, which knows no kinds ("warning"
# there is the level of a log line). Some words are names of acts, attributes or
# fields as well.
set -u
cd "$(dirname "$0")/../.." || exit 2

shared='' home='unanswered|anchor'
for file in schemas/kinds/*.json; do
	kind=$(basename "$file" .json)
	if grep -q '^ "private": true' "$file"; then home+="|$kind"
	else shared+="|$kind"; fi
done
[ "$shared" != '|*' ] || { echo 'kinds: no kinds' >&2; exit 1; }
words='report|release|reshare|consent|exercise|brief|comment|review|group|constituent|agreement'
found=$(grep -rnE --include='*.[ch]' "\"(${shared#|}|$home)\"" src |
    grep -vE "^src/(node|index|watch)/[a-z_]+\.[ch]:.*\"($home)\"" |
    grep -vE "\"($words)\"" |
    grep -vE '^src/(base|gateways|cli)/')
[ -z "$found" ] || { printf 'kinds: named in C:\n%s\n' "$found" >&2; exit 1; }
