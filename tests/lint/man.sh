#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The manual pages are good mdoc.
set -u
cd "$(dirname "$0")/../.." || exit 2

mapfile -t pages < <(find man -name '*.[1-9]' 2>/dev/null | sort)
if [ ${#pages[@]} -eq 0 ]; then
	echo '# skipped: no manual pages'
	exit 77
fi
# warnings and worse; style and base remarks differ between versions. Links
# to pages that this machine lacks are no fault.
found=$(mandoc -T lint -W warning "${pages[@]}" 2>&1 |
    grep -v 'referenced manual not found')
[ -z "$found" ] || { echo "$found" >&2; exit 1; }
