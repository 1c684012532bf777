#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Nothing in the tree belongs to one machine, names a package registry, or
# marks work as unfinished.
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/lint/files.sh

status=0
refuse()
{
	local found
	found=$(files | grep -vx 'tests/lint/words\.sh' |
	    tr '\n' '\0' | xargs -0 grep -InHE -e "$2" --)
	[ -z "$found" ] && return
	printf 'words: %s\n%s\n' "$1" "$found" >&2
	status=1
}
refuse 'a path of one machine' '(^|[^a-zA-Z0-9_.])/(work|root|home|Users)/[a-z]|/tmp/[a-z]+/[a-z]'
refuse 'a registry' 'registry\.npmjs|registry\.yarnpkg|pypi\.org|crates\.io|proxy\.golang|rubygems\.org|deb\.debian\.org|docker\.io'
refuse 'a mark of unfinished work' '\b(TODO|FIXME|XXX|HACK)\b'
refuse 'whitespace at the end of a line, or a return' "[[:blank:]]$|$(printf '\r')"
[ "$(files | wc -l)" -gt 50 ] || { echo 'words: no files' >&2; status=1; }
exit $status
