#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# cppcheck over src/. uninitvar is left to the compilers: version 2.10 does
# not see that a pointer to a member or to an array fills it. internalAstError:
# it cannot parse a compound literal within `?:`.
set -u
cd "$(dirname "$0")/../.." || exit 2

cppcheck -q -j"$(nproc)" --std=c11 \
    --enable=warning,portability,performance --inline-suppr \
    --suppress=missingIncludeSystem --suppress=uninitvar \
    --suppress=internalAstError --error-exitcode=1 -D_GNU_SOURCE -Isrc src
