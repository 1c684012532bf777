#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# gcc -fanalyzer over the libraries and programs of src/. One of its warnings
# is off: use-of-uninitialized-value does not know that outputs are set when
# a function of another file succeeds.
set -u
cd "$(dirname "$0")/../.." || exit 2

build="build-analyzer"
if [ ! -f $build/build.ninja ]; then
	CC=gcc meson setup $build -Dwerror=true -Ddebug=false -Dc_args="-fanalyzer \
-Wno-analyzer-use-of-uninitialized-value" || exit 1
fi
mapfile -t targets < <(ninja -C $build -t targets all |
    sed -nE 's/^(src\/[^:]*\.o): .*/\1/p')
[ ${#targets[@]} -gt 0 ] || { echo 'analyzer: nothing to do' >&2; exit 1; }
ninja -C $build -j"$(nproc)" "${targets[@]}"
