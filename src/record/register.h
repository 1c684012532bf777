/* SPDX-License-Identifier: Apache-2.0
 *
 * The register: a snapshot of all member teams with their identity keys,
 * signed by k_register authorities of the charter that it names. And the
 * suspension: k_suspend authorities take trust from one team for at most
 * seven days; a second one for the same team needs a new register.
 */
#ifndef RECORD_REGISTER_H
#define RECORD_REGISTER_H

#include "record/charter.h"

enum { SUSPENSION_MAX_S = 7 * 24 * 3600, REGISTER_ROLES = 16 };

enum team_status {
	TEAM_MEMBER, /* "member" */
	TEAM_FORMER  /* "former": old entries stay readable, nothing new */
};

struct team {
	struct span id;
	struct span state; /* ISO 3166-1 alpha-2 */
	struct jwk identity;
	struct span *roles;
	size_t role_count;
	enum team_status status;
};

struct suspended {
	struct span team;
	int64_t until_s;
	struct span reason;
};

struct register_doc {
	uint64_t version;
	struct digest prev;    /* zero in version 1 */
	struct digest charter; /* payload hash of the charter it stands under */
	struct team *teams;    /* ascending by id */
	size_t team_count;
	struct suspended *suspended; /* ascending by team */
	size_t suspended_count;
	int64_t expires_s;
};

/* {kind, register, team, from, until, reason}: only takes trust away, holds
 * while the register it names is the newest. */
struct suspension {
	struct digest register_hash;
	struct span team;
	int64_t from_s;
	int64_t until_s; /* from < until <= from + SUSPENSION_MAX_S */
	struct span reason;
};

/* Parse the payload of `d`; `a` holds what `out` points to. Besides the form:
 * at most LIMIT_TEAMS, distinct identities, none weak, and no two teams that
 * could share a node name. Errors as charter_parse; `out` is untouched on
 * failure. */
MUST enum err register_parse(const struct document *d, struct arena *a,
    struct register_doc *out, struct fault *f);
void register_write(const struct register_doc *r, struct buf *out);

/* Have at least c's k_register authorities signed the register `d`?
 * ERR_SIGNATURE if not. */
MUST enum err register_check(const struct document *d,
    const struct charter *c, struct fault *f);

/* The team of this id or NULL. */
const struct team *register_find(const struct register_doc *r,
    struct span team);

MUST enum err suspension_parse(const struct document *d, struct arena *a,
    struct suspension *out, struct fault *f);
void suspension_write(const struct suspension *s, struct buf *out);

/* Have at least c's k_suspend authorities signed the suspension `d`? */
MUST enum err suspension_check(const struct document *d,
    const struct charter *c, struct fault *f);

const char *team_status_token(enum team_status s);

#endif
