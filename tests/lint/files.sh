# SPDX-License-Identifier: Apache-2.0
#
# Sourced by lint scripts, in the root of the project: `files` prints the
# text files of the project, those of git where it is there.

files()
{
	if [ -e .git ] && command -v git >/dev/null; then
		git -c safe.directory='*' ls-files -co --exclude-standard
	else
		find . -path ./build\* -prune -o -type f -print | sed 's|^\./||'
	fi | grep -vE '^fuzz/corpus/|\.(png|ico|woff2|gz)$' |
	    while IFS= read -r f; do [ -f "$f" ] && printf '%s\n' "$f"; done
}
