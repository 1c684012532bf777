/* SPDX-License-Identifier: Apache-2.0
 *
 * What the keyset commands share: a node's configuration, its keyring as a
 * file, and its team's newest keyset. They run on the node's machine by whoever
 * may write its files; the identity key is on another one.
 */
#ifndef CLI_KEYSET_WORK_H
#define CLI_KEYSET_WORK_H

#include "cli/cli.h"
#include "crypto/keyring.h"
#include "node/config.h"
#include "record/change.h"
#include "record/proposal.h"

struct keyset_work {
	struct cli *c;
	struct config config;
	struct registry *registry; /* of the documents folder and the node */
	struct keyring *ring;      /* the keyring, or the next one */
	struct parsed old;         /* the newest own keyset */
	bool old_counts;           /* signed by the identity of today */
	struct keyset next;
	struct keyset_node *node;  /* in `next`: this one */
	const char *ring_path, *next_path;
	const char *failed;
	struct fault f;
};

/* Read all of it. CLI_OK, or the exit code and the trouble has been told. */
int keyset_open(struct cli *c, struct keyset_work *w);
void keyset_release(struct keyset_work *w);

/* Read the keyring at `path` in place of the one that was read. */
MUST enum err keyset_ring_read(struct keyset_work *w, const char *path);

/* Write the keyring to `path`, whole, with the rights and owner of the one in
 * use and under the same passphrase. */
MUST enum err keyset_ring_write(struct keyset_work *w, const char *path);

/* Make a new key of a role in the keyring and in `next`; `from` is for entry
 * keys: the first index that it signs. A log key comes with a new log. */
MUST enum err keyset_rotate(struct keyset_work *w, const char *role,
    uint64_t from);

/* The row of the newest key of `role` at this node; NULL if there is none. */
const struct keyset_key *keyset_newest(const struct keyset_work *w,
    enum key_role role);

/* The log that this node signs now, in `next`. */
const struct keyset_log *keyset_log_in_use(const struct keyset_work *w);

MUST enum err keyset_role_find(const char *word, enum key_role *out);

#endif
