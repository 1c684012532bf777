/* SPDX-License-Identifier: Apache-2.0
 *
 * The keyset: all nodes, hot keys, logs and revocations of one team, signed
 * by the team's identity key alone. A revocation names cuts (log, size),
 * never a time: below the size the key's entries hold, at or above it they
 * are void, at every node alike and whatever arrives first.
 */
#ifndef RECORD_KEYSET_H
#define RECORD_KEYSET_H

#include "record/document.h"

/* Reading: an open end of a key's range. */
#define KEYSET_OPEN UINT64_MAX

enum {
	KEYSET_ADDRESSES = 8, /* per node */
	KEYSET_REVOKED = 256,
	KEYSET_CUTS = 64      /* per revoked key */
};

enum key_role {
	KEY_ENTRY,  /* Ed25519; signs entries and receipts */
	KEY_COSIGN, /* Ed25519; cosignatures and heartbeats */
	KEY_ENC,    /* X25519 or P-256; containers are sealed to it */
	KEY_TLS,    /* Ed25519 or P-256; peer links */
	KEY_INTAKE, /* X25519; public reports */
	KEY_ROLE_COUNT
};

struct keyset_key {
	enum key_role role;
	struct jwk key;
	struct digest kid; /* RFC 7638 thumbprint */
	/* entry keys only: in force for indices [from, until) of `log` */
	struct span log;
	uint64_t from;
	uint64_t until; /* KEYSET_OPEN: no end */
};

struct keyset_node {
	struct span name;
	struct span *addrs;
	size_t addr_count;
	struct keyset_key *keys;
	size_t key_count;
};

struct keyset_log {
	struct span origin;
	struct span vkey;
	struct sign_public key; /* that of the vkey */
	bool closed;            /* then entries at or above `size` are void */
	uint64_t size;
	struct digest root;
};

struct keyset_cut {
	struct span log;
	uint64_t size;
};

struct keyset_revoked {
	struct digest kid;
	struct keyset_cut *cuts; /* an entry key has one for each of its logs;
	                          * a log without a cut is void from 0 */
	size_t cut_count;
	struct span reason;
};

struct keyset {
	struct span team;
	uint64_t version;
	struct digest prev; /* zero in version 1 */
	struct keyset_node *nodes;
	size_t node_count;
	struct keyset_log *logs;
	size_t log_count;
	struct keyset_revoked *revoked;
	size_t revoked_count;
};

enum key_state {
	KEY_IN_FORCE,
	KEY_UNKNOWN, /* not in the keyset, or not for this log */
	KEY_EARLY,   /* index below `from` */
	KEY_ENDED,   /* index at or above `until` */
	KEY_VOID     /* at or above a revocation cut or the log's closing size */
};

/* Parse the payload of `d`. Names are held against `domain`; every public key
 * stands in one role and at one node, and none is weak. Errors as
 * charter_parse; `out` is untouched on failure. */
MUST enum err keyset_parse(const struct document *d, struct span domain,
    struct arena *a, struct keyset *out, struct fault *f);

/* Append the payload of `k`. A log's vkey text is written as it is. */
void keyset_write(const struct keyset *k, struct buf *out);

/* Is the keyset `d` signed by `identity`? ERR_SIGNATURE if not. */
MUST enum err keyset_check(const struct document *d,
    const struct jwk *identity, struct fault *f);

/* May the entry key `kid` have signed index `index` of log `origin`? */
enum key_state keyset_entry_state(const struct keyset *k,
    const struct digest *kid, struct span origin, uint64_t index);

/* The same without regard to revocation and closing: never KEY_VOID. */
enum key_state keyset_range_state(const struct keyset *k,
    const struct digest *kid, struct span origin, uint64_t index);

const struct keyset_revoked *keyset_revoked_find(const struct keyset *k,
    const struct digest *kid);
const struct keyset_log *keyset_log_find(const struct keyset *k,
    struct span origin);

const char *key_role_token(enum key_role role);

#endif
