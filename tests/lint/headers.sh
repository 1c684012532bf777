#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Each header of src/ compiles alone, and twice in one file.
set -u
cd "$(dirname "$0")/../.." || exit 2

one()
{
	printf '#include "%s"\n#include "%s"\n' "${1#src/}" "${1#src/}" |
	    gcc -fsyntax-only -x c -std=gnu17 -D_GNU_SOURCE -Isrc \
	        -Wall -Wextra -Werror - ||
	    { echo "headers: $1 does not stand alone" >&2; return 1; }
}
export -f one
# conn_inside.h and the like belong to one module and still stand alone
find src -name '*.h' -print0 | sort -z |
    xargs -0 -P"$(nproc)" -I{} bash -c 'one "$1"' one {}
