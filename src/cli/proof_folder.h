/* SPDX-License-Identifier: Apache-2.0
 *
 * A folder that proves what became of a notice, for people who have neither
 * this program nor a reason to trust it:
 *
 *	README.txt            what is what, and how to check it with other tools
 *	entry-N.jws           revision N as its issuer signed it
 *	entry-N.tlog-proof    its place in the log (C2SP tlog-proof)
 *	entry-N.json          its payload, to be read
 *	ack-TEAM-N.jws, .tlog-proof, .json   the answers, in the same way
 *	receipt-TEAM.jws      who says to hold it
 *	receipt-TEAM.proof    that it was this entry: its place under the root
 *	                      that the receipt names
 *	documents/            charter, register, keysets: whose keys these are
 *	keys/                 the keys in question, as PEM for OpenSSL
 *	SHA256SUMS            of all other files
 */
#ifndef CLI_PROOF_FOLDER_H
#define CLI_PROOF_FOLDER_H

#include "cli/cli.h"

/* Write the folder (it must not be there) from the answer to "prove". CLI_OK,
 * or the trouble has been told and no folder is left. */
MUST int proof_folder_write(struct cli *c, const char *folder,
    struct json_val data);

/* Check such a folder and tell what was found. `root` is the digest of the
 * charter to start from, NULL: the folder's own word, which is then told. CLI
 * exit code; 8 if anything does not verify. */
MUST int proof_folder_check(struct cli *c, const char *folder,
    const char *root);

#endif
