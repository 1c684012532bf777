#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Every shell script passes shellcheck.
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/lint/files.sh

mapfile -t scripts < <(files | while IFS= read -r f; do
	head -c 64 "$f" | head -n 1 | tr -d '\0' |
	    grep -qE '^#!.*[/ ](ba|da)?sh( |$)' && echo "$f"
done)
[ ${#scripts[@]} -gt 0 ] || { echo 'shell: no scripts' >&2; exit 1; }
printf "%s\0" "${scripts[@]}" | xargs -0 -P"$(nproc)" -n8 shellcheck
