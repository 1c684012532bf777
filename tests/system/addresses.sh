#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# How a node is reached: the addresses of its keyset take turns, those of the
# configuration go before them.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2034,SC2154
. "$(dirname "$0")/lib.sh"

# nobody can dial uy; br's first address is dead; cl's is known to uy alone
addresses[uy]=''
addresses[br]='--listen 127.0.0.1:PORT --address 127.0.0.1:1 --address 127.0.0.1:PORT'
addresses[cl]=''
network_make uy br cl
echo "listen 127.0.0.1:${port[cl]}" >> "$dir/cl/almenarad.conf"
printf 'peers {\n\tcl 127.0.0.1:%s\n}\n' "${port[cl]}" \
    >> "$dir/uy/almenarad.conf"
for team in uy br cl; do node_start "$team"; done
is_linked_to() { # TEAM OTHER
	ask "$1" peers | grep -q "\"team\":\"$2\"[^}]*\"linked\":true"
}
ok 'the second address of br is tried after the first' \
    within 10 is_linked_to uy br
ok 'cl is reached by an address that no keyset has' \
    within 10 is_linked_to uy cl
for team in uy br cl; do
	ok "$team stops in order" node_stop "$team"
done
finish
