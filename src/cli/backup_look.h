/* SPDX-License-Identifier: Apache-2.0
 *
 * A backup held against itself while it is read: every log's root recomputed
 * from its records, every attachment against its name, the end against the
 * signature of the node that it names, and the keys that it needs against those
 * that are there. What is sound goes on to whoever wants it.
 */
#ifndef CLI_BACKUP_LOOK_H
#define CLI_BACKUP_LOOK_H

#include "cli/cli.h"
#include "cli/vault_file.h"
#include "crypto/keyring.h"
#include "ledger/tree.h"
#include "record/backup.h"

struct backup_log {
	uint64_t id;
	enum store_role role;
	struct span origin;
	uint64_t size;       /* as its head says */
	struct digest root;
	struct tree tree;    /* of the records that came */
	struct backup_log *next;
};

struct backup_look {
	struct arena *mem;
	bool wants_keys;             /* a backup of keys, not of a store */
	const struct archive_take *on; /* gets what was looked at, or NULL */
	struct archive_take take;    /* for vault_file_read */
	struct backup_head head;
	struct backup_end end;
	struct backup_log *logs;     /* ascending */
	struct backup_log *last;
	struct keyring *ring;        /* of a backup of keys */
};

/* `look` must not move. Spans live in `mem`. */
void backup_look_init(struct backup_look *look, struct arena *mem,
    bool wants_keys, const struct archive_take *on);
void backup_look_release(struct backup_look *look);

/* Are all keys that `look` needs in `ring`, and is it signed by one of them?
 * ERR_KEY with the reason. */
MUST enum err backup_look_fits(const struct backup_look *look,
    const struct keyring *ring, struct fault *f);

/* Read the two files: `path`, and the keys in `keys_path` (may be NULL; `keys`
 * is released by the caller either way). CLI_OK, or it has been told. */
MUST int backup_look_read(struct cli *c, const char *path,
    const char *keys_path, const struct jwk *key,
    const struct archive_take *on, struct backup_look *look,
    struct backup_look *keys, struct archive_counts *counts);

#endif
