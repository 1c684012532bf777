#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# For the tests that need a browser: sourced after lib.sh. Sets `chromium` and
# brings the packages that drive it to $dir/npm, or skips the whole test.
# shellcheck disable=SC2154,SC2034
skip() { echo "# skipped: $1"; skip_all "$1"; }
chromium=
for name in chromium-headless-shell chromium; do
	chromium=$(command -v "$name") && break
done
[ -n "$chromium" ] || skip 'chromium is not installed here'
if ! command -v npm > /dev/null || ! timeout 120 npm install --no-audit \
    --no-fund --prefer-offline --prefix "$dir/npm" playwright-core@1.65.1 \
    axe-core@4.14.1 > "$dir/npm.log" 2>&1; then
	skip 'npm and its packages are not to be had here'
fi
