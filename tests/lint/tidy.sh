#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# clang-tidy over src/, by the options of a clang build; .clang-tidy says
# which checks. Asks for nothing to be built but what is generated. Paths are
# followed for NODES steps a function, in a small part of the time that clang's
# own bound takes; with ALMENARA_SOAK (`make soak`) up to that one.
set -u
cd "$(dirname "$0")/../.." || exit 2

build="build-asan"
if [ ! -f $build/compile_commands.json ]; then
	echo '# skipped: needs build-asan/ (tests/check sanitizers)'
	exit 77
fi
NODES=20000
[ -z "${ALMENARA_SOAK:-}" ] || NODES=225000
bound=()
for word in -Xclang -analyzer-config -Xclang max-nodes=$NODES; do
	bound+=("--extra-arg=$word")
done
find src -name '*.c' -print0 | sort -z |
    xargs -0 -P"$(nproc)" -n8 clang-tidy --quiet -p $build "${bound[@]}" \
        2> >(grep -vE 'warnings? (generated|treated)|^Suppressed|^Use -' >&2)
