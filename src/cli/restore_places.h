/* SPDX-License-Identifier: Apache-2.0
 *
 * Where an installed node lies: its configuration in /etc/almenara, the rest
 * where that says, owned by the user of the service. A node is put there whole
 * or not at all: the configuration comes last, and without it nothing starts.
 */
#ifndef CLI_RESTORE_PLACES_H
#define CLI_RESTORE_PLACES_H

#include "cli/cli.h"
#include "node/config.h"

#include <sys/types.h>

#define PLACES_CONF "/etc/almenara/almenarad.conf"
#define PLACES_USER "almenara"

struct places {
	struct cli *c;
	const char *root;    /* absolute, before each path; "" for none */
	const char *user;
	uid_t uid;
	gid_t gid;
	const char *conf, *rules, *keyring, *documents, *data, *sentinel;
	const char *failed;  /* the path concerned */
	struct places_made *made; /* by this run, the last one first */
};

/* `root` (may be NULL) is the folder of another system, such as /mnt; the user
 * is then looked for there. CLI_OK, or it has been told. */
MUST int places_init(struct places *p, struct cli *c, const char *root,
    const char *user);

/* Take the places from `config`, see that nothing is in any of them, and make
 * the folders that are missing. ERR_EXISTS, ERR_DENIED, ERR_IO, with the path
 * in `f`. */
MUST enum err places_open(struct places *p, const struct config *config,
    struct fault *f);

/* Put there what lies in `at`, a folder inside `data`, as `almenara restore
 * --to` makes it, and `keyring`, unless that is empty. On errors `failed` says
 * where. */
MUST enum err places_fill(struct places *p, const char *at,
    struct span keyring);

/* Take away what this run has made. */
void places_undo(struct places *p);

/* Give a folder and all below it to the user. ERR_DENIED. */
MUST enum err places_own(const struct places *p, const char *folder);

#endif
