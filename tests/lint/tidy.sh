#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# clang-tidy over src/, by the options of a clang build; .clang-tidy says
# which checks. Asks for nothing to be built but what is generated.
set -u
cd "$(dirname "$0")/../.." || exit 2

build="build-asan"
[ -f $build/compile_commands.json ] || build="build-fuzz"
if [ ! -f $build/compile_commands.json ]; then
	echo '# skipped: needs build-asan/ (tests/check sanitizers)'
	exit 77
fi
find src -name '*.c' -print0 | sort -z |
    xargs -0 -P"$(nproc)" -n8 clang-tidy --quiet -p $build \
        2> >(grep -vE 'warnings? (generated|treated)|^Suppressed|^Use -' >&2)
