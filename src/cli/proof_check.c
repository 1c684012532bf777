/* SPDX-License-Identifier: Apache-2.0
 *
 * Entries, proofs and receipts against the documents.
 */
#include "cli/proof_check.h"

#include "base/code.h"
#include "crypto/jws.h"
#include "ledger/leaf.h"
#include "ledger/tlog_proof.h"
#include "record/receipt.h"

enum { COSIGNERS_MAX = 1024 };

static enum err
check_signature(const struct registry *r, const struct jws *jws,
    struct proof_entry *out, struct fault *f)
{
	struct digest kid = kid_digest(&jws->kid);
	struct sign_public public;
	struct registry_key key;
	enum key_state state = registry_entry_state(r, out->entry.iss, &kid,
	    out->entry.log, out->index);

	if ((state != KEY_IN_FORCE && state != KEY_VOID) ||
	    registry_key_find(r, out->entry.iss, &kid, KEY_ENTRY, &key) !=
		ERR_NONE)
		return fault_at(f, ERR_KEY, 0, "signature",
		    "is by a key that its issuer had not in force there");
	public = jwk_sign_public(&key.key->key);
	if (!jws_is_signed_by(jws, &public))
		return fault_at(f, ERR_SIGNATURE, 0, "signature",
		    "does not verify");
	out->is_void = state == KEY_VOID;
	return ERR_NONE;
}

/* The record that is in the tree must be that of the entry. */
static enum err
check_record(const struct tlog_proof *p, struct proof_entry *out,
    struct digest *hash, struct fault *f)
{
	unsigned char room[LEAF_SEALED_BYTES];
	struct leaf leaf;
	struct buf b;
	enum err e;

	buf_init(&b, sizeof room);
	e = code_parse_base64(p->extra, &b);
	if (e == ERR_NONE)
		e = leaf_parse(buf_span(&b), &leaf);
	if (e == ERR_NONE && (leaf.sealed != out->entry.sealed ||
	    !digest_is_equal(&leaf.entry, &out->digest)))
		e = ERR_DIGEST;
	if (e == ERR_NONE)
		*hash = leaf_hash(buf_span(&b));
	buf_release(&b);
	return e == ERR_NONE ? e : fault_at(f, e, 0, "record",
	    "is not that of this entry");
}

/* Keys with which nodes of other teams cosign. */
static size_t
cosigners_find(const struct registry *r, struct span iss, struct arena *a,
    struct note_key *out, struct span *team)
{
	const size_t max = (size_t)LIMIT_TEAMS * LIMIT_NODES_PER_TEAM;
	const struct keyset_node **node = arena_alloc(a, max * sizeof *node);
	size_t nodes = registry_nodes(r, node, max), n = 0;

	for (size_t i = 0; i < nodes && n < COSIGNERS_MAX; i++) {
		const struct team *owner = NULL;
		struct sign_public public;
		struct registry_key key;

		if (registry_node_find(r, node[i]->name, &owner) == NULL ||
		    owner == NULL || span_is_equal(owner->id, iss) ||
		    registry_cosign_find(r, node[i]->name, NULL, &key) !=
			ERR_NONE)
			continue;
		public = jwk_sign_public(&key.key->key);
		if (note_key_registered(node[i]->name, NOTE_COSIGNATURE,
		    &public, &out[n]) == ERR_NONE)
			team[n++] = owner->id;
	}
	return n;
}

/* Is `i` the first of its team that counts? */
static bool
counts(const struct note_found *found, const struct span *team, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (found[k].valid && span_is_equal(team[k], team[i]))
			return false;
	return found[i].valid;
}

static size_t
witnesses_count(const struct note_found *found, const struct span *team,
    size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += counts(found, team, i);
	return count;
}

/* The time at which as many as are needed had cosigned; 0: never. */
static uint64_t
witnessed_by(const struct note_found *found, const struct span *team,
    size_t n)
{
	uint64_t by = 0, first;

	/* the next later time, so many times */
	for (size_t have = 0; have < PROOF_WITNESSES;) {
		size_t at = 0;

		first = UINT64_MAX;
		for (size_t i = 0; i < n; i++)
			if (counts(found, team, i) && found[i].time_s > by &&
			    found[i].time_s < first)
				first = found[i].time_s;
		if (first == UINT64_MAX)
			return 0;
		for (size_t i = 0; i < n; i++)
			at += counts(found, team, i) &&
			    found[i].time_s == first;
		by = first;
		have += at;
	}
	return by;
}

static enum err
check_proof(const struct registry *r, const struct tlog_proof *p,
    const struct digest *hash, struct arena *a, struct proof_entry *out,
    struct fault *f)
{
	struct note_key *cosigner = arena_alloc(a,
	    COSIGNERS_MAX * sizeof *cosigner);
	struct span *team = arena_alloc(a, COSIGNERS_MAX * sizeof *team);
	struct note_found *found;
	struct checkpoint checkpoint;
	struct registry_log log;
	struct note_key key;
	size_t n;
	enum err e = registry_log_find(r, out->entry.log, &log);

	if (e != ERR_NONE || !span_is_equal(log.team->id, out->entry.iss))
		return fault_at(f, ERR_KEY, 0, "log",
		    "is none of its issuer's");
	e = note_key_registered(out->entry.log, NOTE_ED25519, &log.log->key,
	    &key);
	n = cosigners_find(r, out->entry.iss, a, cosigner, team);
	found = arena_alloc(a, (n + 1) * sizeof *found);
	if (e == ERR_NONE)
		e = tlog_proof_check(p, hash, &key, NULL, 0, 0, &checkpoint,
		    f);
	if (e == ERR_NONE)
		e = checkpoint_check_cosigned(p->checkpoint, &key, cosigner, n,
		    &checkpoint, found, f);
	if (e != ERR_NONE)
		return e;
	out->leaf = *hash;
	out->size = checkpoint.size;
	out->witnesses = witnesses_count(found, team, n);
	out->by_s = witnessed_by(found, team, n);
	return ERR_NONE;
}

enum err
proof_check_entry(const struct registry *r, struct span text,
    struct span proof, struct arena *a, struct proof_entry *out,
    struct fault *f)
{
	struct proof_entry found = { .digest = hash_sha256(text) };
	struct tlog_proof *p = arena_alloc(a, sizeof *p);
	struct digest hash;
	struct jws jws;
	enum err e = jws_parse(text, ENTRY_TYP, a, &jws, f);

	if (e == ERR_NONE)
		e = entry_parse(jws.payload, a, &found.entry, NULL, f);
	if (e == ERR_NONE)
		e = tlog_proof_parse(proof, p, f);
	if (e != ERR_NONE)
		return e;
	found.index = p->index;
	e = check_signature(r, &jws, &found, f);
	if (e == ERR_NONE)
		e = check_record(p, &found, &hash, f);
	if (e == ERR_NONE)
		e = check_proof(r, p, &hash, a, &found, f);
	if (e == ERR_NONE)
		*out = found;
	return e;
}

/* Does the receipt speak of the entry? */
static bool
speaks_of(const struct receipt *r, struct span team,
    const struct proof_entry *e)
{
	if (!span_is_equal(r->by, team) ||
	    !span_is_equal(r->log, e->entry.log) || e->index >= r->size)
		return false;
	return e->entry.sealed ? ranges_has(&r->held, e->index) :
				 !ranges_has(&r->missing, e->index);
}

/* A receipt stands in no log: nothing tells what a revoked key signed before
 * it was lost from what it signed after. */
static enum err
check_signer(const struct registry *r, struct span team, const struct jws *jws,
    struct fault *f)
{
	struct digest kid = kid_digest(&jws->kid);
	struct sign_public public;
	struct registry_key key;

	if (registry_key_find(r, team, &kid, KEY_ENTRY, &key) != ERR_NONE)
		return fault_at(f, ERR_KEY, 0, "receipt",
		    "is by no key of the team");
	public = jwk_sign_public(&key.key->key);
	if (!jws_is_signed_by(jws, &public))
		return fault_at(f, ERR_SIGNATURE, 0, "receipt",
		    "does not verify");
	if (key.revoked != NULL)
		return fault_at(f, ERR_KEY, 0, "receipt",
		    "is by a key that the team has revoked");
	return ERR_NONE;
}

/* Was it this entry that stood there, in the history that the receipt names? */
static enum err
check_history(const struct receipt *r, struct span proof,
    const struct proof_entry *e, struct arena *a, struct fault *f)
{
	struct tlog_proof *p = arena_alloc(a, sizeof *p);
	enum err err;

	if (proof.n == 0)
		return fault_at(f, ERR_NOT_FOUND, 0, "receipt",
		    "is not tied to the history: its proof is missing");
	err = tlog_proof_parse_bare(proof, p, f);
	if (err != ERR_NONE)
		return err;
	if (p->index != e->index ||
	    proof_check_inclusion(&p->proof, p->index, r->size, &e->leaf,
		&r->root, NULL) != ERR_NONE)
		return fault_at(f, ERR_PROOF, 0, "receipt",
		    "is not of this history: the entry is not under its root");
	return ERR_NONE;
}

enum err
proof_check_receipt(const struct registry *r, struct span team,
    struct span text, struct span proof, const struct proof_entry *entry,
    struct arena *a, int64_t *at_s, struct fault *f)
{
	struct receipt receipt = { 0 };
	struct jws jws;
	enum err e = jws_parse(text, RECEIPT_TYP, a, &jws, f);

	if (e == ERR_NONE)
		e = receipt_parse(jws.payload, a, &receipt, f);
	if (e == ERR_NONE)
		e = check_signer(r, team, &jws, f);
	if (e == ERR_NONE && !speaks_of(&receipt, team, entry))
		e = fault_at(f, ERR_RULE, 0, "receipt",
		    "does not say that the team holds this entry");
	if (e == ERR_NONE)
		e = check_history(&receipt, proof, entry, a, f);
	if (e == ERR_NONE)
		*at_s = receipt.at_s;
	receipt_release(&receipt);
	return e;
}
