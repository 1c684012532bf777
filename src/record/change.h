/* SPDX-License-Identifier: Apache-2.0
 *
 * Successors of register documents: a copy of the one before with the next
 * version, and the changes that people make to it. What comes out is checked
 * when it is written and read again, as everything is.
 *
 * All memory comes from the arena; what is put in is borrowed.
 */
#ifndef RECORD_CHANGE_H
#define RECORD_CHANGE_H

#include "record/designation.h"
#include "record/keyset.h"
#include "record/register.h"

/* --- charter --- */

/* `old` may be NULL: an empty charter of version 1. There is room for
 * LIMIT_DOCUMENT_SIGNATURES authorities. */
void change_charter(const struct charter *old, const struct digest *hash,
    struct arena *a, struct charter *out);
/* ERR_EXISTS (name or key), ERR_LIMIT. */
MUST enum err charter_add(struct charter *c, const struct authority *who,
    struct fault *f);
MUST enum err charter_remove(struct charter *c, struct span name,
    struct fault *f); /* ERR_NOT_FOUND */

/* --- register; room for LIMIT_TEAMS teams and suspensions --- */

void change_register(const struct register_doc *old,
    const struct digest *hash, const struct digest *charter, struct arena *a,
    struct register_doc *out);
/* ERR_EXISTS, ERR_LIMIT. */
MUST enum err register_add(struct register_doc *r, const struct team *team,
    struct fault *f);
/* Another team in the place of the one with this id: ERR_NOT_FOUND. */
MUST enum err register_replace(struct register_doc *r,
    const struct team *team, struct fault *f);
/* "former" (what it wrote stays readable) or "member": ERR_NOT_FOUND. */
MUST enum err register_set_status(struct register_doc *r, struct span team,
    enum team_status status, struct fault *f);
/* Put or change a suspension; `until_s` of 0 takes it away. ERR_NOT_FOUND. */
MUST enum err register_suspend(struct register_doc *r, struct span team,
    int64_t until_s, struct span reason, struct fault *f);

/* --- designations; room for LIMIT_TEAMS --- */

void change_designations(const struct designations *old,
    const struct digest *hash, const struct digest *charter, struct arena *a,
    struct designations *out);
/* Put or replace that of a team. ERR_LIMIT. */
MUST enum err designations_put(struct designations *s,
    const struct designation *d, struct fault *f);
MUST enum err designations_end(struct designations *s, struct span team,
    struct fault *f); /* ERR_NOT_FOUND */

/* --- keyset; room for one more log, and for every key and revocation --- */

void change_keyset(const struct keyset *old, const struct digest *hash,
    struct arena *a, struct keyset *out);
MUST enum err keyset_node_find(const struct keyset *k, struct span name,
    struct keyset_node **out, struct fault *f); /* ERR_NOT_FOUND */
/* Append a key; its kid is set. ERR_LIMIT, ERR_EXISTS. */
MUST enum err keyset_add_key(struct keyset_node *n,
    const struct keyset_key *key, struct fault *f);
/* Take away the keys of `role` that stand before its last `keep` ones, not
 * those that are revoked (they must stay findable). Returns how many. */
size_t keyset_retire(struct keyset *k, struct keyset_node *n,
    enum key_role role, size_t keep);
/* A log with its vkey: ERR_EXISTS, ERR_LIMIT. */
MUST enum err keyset_add_log(struct keyset *k, const struct keyset_log *log,
    struct fault *f);
MUST enum err keyset_close_log(struct keyset *k, struct span origin,
    uint64_t size, const struct digest *root, struct fault *f);
/* ERR_NOT_FOUND: no such key; ERR_EXISTS: revoked already; ERR_LIMIT. */
MUST enum err keyset_revoke(struct keyset *k, const struct keyset_revoked *r,
    struct fault *f);
void keyset_set_addresses(struct keyset_node *n, struct span *addrs,
    size_t count);

/* Where a key that was stolen is cut: the largest size that at least `least`
 * others had cosigned before `time_s`; 0 if there was none. */
struct seen_cosignature {
	uint64_t size;
	uint64_t time_s;
	struct span team;
};
uint64_t change_cut(const struct seen_cosignature *seen, size_t count,
    size_t least, uint64_t time_s);

#endif
