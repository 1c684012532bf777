/* SPDX-License-Identifier: Apache-2.0
 *
 * Equivocation proofs.
 */
#include "ledger/equivocation.h"

#include "base/code.h"
#include "base/json.h"
#include "ledger/checkpoint.h"

enum {
	JSON_DEPTH = 2,
	JSON_TOKENS = 2 * 5 + 2 + LIMIT_PROOF_HASHES
};

/* Fill the second form of `e`: a and b are what its notes say. */
static enum err
prove(const struct checkpoint *a, const struct checkpoint *b,
    const struct tree_source *larger, struct equivocation *e,
    struct fault *f)
{
	struct digest root;
	enum err r;

	if (larger == NULL)
		return fault_at(f, ERR_USAGE, 0, NULL,
		    "the tree of the larger checkpoint is needed");
	r = tree_root_at(larger, b->size, &root);
	if (r == ERR_NONE && !digest_is_equal(&root, &b->root))
		return fault_at(f, ERR_USAGE, 0, NULL,
		    "the tree is not that of the larger checkpoint");
	if (r == ERR_NONE)
		r = tree_root_at(larger, a->size, &e->alt_root);
	if (r == ERR_NONE && digest_is_equal(&e->alt_root, &a->root))
		return fault_at(f, ERR_NOT_FOUND, 0, NULL,
		    "the checkpoints do not contradict each other");
	if (r == ERR_NONE)
		r = proof_make_consistency(larger, a->size, b->size,
		    &e->proof);
	e->has_proof = true;
	return r;
}

enum err
equivocation_make(struct span note_1, struct span note_2,
    const struct note_key *log, const struct tree_source *larger,
    struct equivocation *out, struct fault *f)
{
	struct equivocation e = { .a = note_1, .b = note_2 };
	struct checkpoint a, b, t;
	enum err r;

	r = checkpoint_check(note_1, log, &a, f);
	if (r == ERR_NONE)
		r = checkpoint_check(note_2, log, &b, f);
	if (r != ERR_NONE)
		return r;
	if (a.size > b.size) {
		t = a;
		a = b;
		b = t;
		e.a = note_2;
		e.b = note_1;
	}
	if (a.size < b.size)
		r = prove(&a, &b, larger, &e, f);
	else if (digest_is_equal(&a.root, &b.root))
		r = fault_at(f, ERR_NOT_FOUND, 0, NULL,
		    "the checkpoints are the same");
	if (r == ERR_NONE)
		*out = e;
	return r;
}

enum err
equivocation_check(const struct equivocation *e, const struct note_key *log,
    struct fault *f)
{
	struct checkpoint a, b;
	enum err r;

	r = checkpoint_check(e->a, log, &a, f);
	if (r == ERR_NONE)
		r = checkpoint_check(e->b, log, &b, f);
	if (r != ERR_NONE)
		return r;
	if (!e->has_proof) {
		if (a.size != b.size)
			return fault_at(f, ERR_PROOF, 0, NULL,
			    "the sizes differ and there is no proof");
		if (digest_is_equal(&a.root, &b.root))
			return fault_at(f, ERR_PROOF, 0, NULL,
			    "the roots are equal");
		return ERR_NONE;
	}
	if (a.size >= b.size)
		return fault_at(f, ERR_PROOF, 0, NULL,
		    "a is not smaller than b");
	if (digest_is_equal(&a.root, &e->alt_root))
		return fault_at(f, ERR_PROOF, 0, "alt_root",
		    "alt_root is the root of a");
	return proof_check_consistency(&e->proof, a.size, b.size,
	    &e->alt_root, &b.root, f);
}

static void
put_digest(struct json_out *w, const struct digest *d)
{
	struct buf b;

	buf_init(&b, 64);
	code_write_base64(&b, digest_span(d));
	json_put_span(w, buf_span(&b));
	buf_release(&b);
}

void
equivocation_write(const struct equivocation *e, struct buf *out)
{
	struct json_out w;
	size_t i;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_str(&w, "kind", "equivocation");
	json_put_member_span(&w, "a", e->a);
	json_put_member_span(&w, "b", e->b);
	if (e->has_proof) {
		json_put_key(&w, "alt_root");
		put_digest(&w, &e->alt_root);
		json_put_key(&w, "proof");
		json_put_open(&w, '[');
		for (i = 0; i < e->proof.count; i++)
			put_digest(&w, &e->proof.hash[i]);
		json_put_close(&w, ']');
	}
	json_put_close(&w, '}');
}

static enum err
get_digest(struct json_val v, struct arena *a, const char *field,
    struct digest *out, struct fault *f)
{
	struct span s;
	enum err r;

	r = json_text(v, a, &s);
	if (r == ERR_NONE)
		r = code_parse_base64_fixed(s, out->b, sizeof out->b);
	if (r != ERR_NONE)
		return fault_at(f, r, json_at(v), field,
		    "a hash is 32 bytes in canonical base64");
	return ERR_NONE;
}

static enum err
get_proof(struct json_val v, struct arena *a, struct proof *out,
    struct fault *f)
{
	struct json_val m;
	enum err r;

	if (v.type != JSON_ARRAY)
		return fault_at(f, ERR_SCHEMA, json_at(v), "proof",
		    "not an array");
	if (json_count(v) > LIMIT_PROOF_HASHES)
		return fault_at(f, ERR_LIMIT, json_at(v), "proof",
		    "more than %d hashes", LIMIT_PROOF_HASHES);
	for (m = json_first(v); m.type != JSON_ABSENT; m = json_next(v, m)) {
		r = get_digest(m, a, "proof", &out->hash[out->count], f);
		if (r != ERR_NONE)
			return r;
		out->count++;
	}
	return ERR_NONE;
}

/* Members: kind, a, b and both or none of alt_root and proof; no others. */
static enum err
members_check(struct json_val root, bool has_proof, struct fault *f)
{
	if (root.type != JSON_OBJECT ||
	    !json_is_str(json_get(root, "kind"), "equivocation"))
		return fault_at(f, ERR_SCHEMA, 0, "kind",
		    "not an equivocation proof");
	if (json_count(root) != (has_proof ? 5u : 3u))
		return fault_at(f, ERR_SCHEMA, 0, NULL,
		    "unknown or missing members");
	return ERR_NONE;
}

enum err
equivocation_parse(struct span json, struct arena *a,
    struct equivocation *out, struct fault *f)
{
	struct json_tok tok[JSON_TOKENS];
	struct equivocation e = { 0 };
	struct json_val root;
	struct json doc;
	enum err r;

	if (json.n > LIMIT_FRAME)
		return fault_at(f, ERR_LIMIT, 0, NULL,
		    "an equivocation proof over %d bytes", LIMIT_FRAME);
	r = json_parse(json, JSON_DEPTH, tok, JSON_TOKENS, &doc, f);
	if (r != ERR_NONE)
		return r;
	root = json_root(&doc);
	e.has_proof = json_get(root, "proof").type != JSON_ABSENT;
	r = members_check(root, e.has_proof, f);
	if (r != ERR_NONE)
		return r;
	if (json_text(json_get(root, "a"), a, &e.a) != ERR_NONE ||
	    json_text(json_get(root, "b"), a, &e.b) != ERR_NONE)
		return fault_at(f, ERR_SCHEMA, 0, "a",
		    "a and b are signed notes");
	if (e.has_proof) {
		r = get_digest(json_get(root, "alt_root"), a, "alt_root",
		    &e.alt_root, f);
		if (r == ERR_NONE)
			r = get_proof(json_get(root, "proof"), a, &e.proof,
			    f);
		if (r != ERR_NONE)
			return r;
	}
	*out = e;
	return ERR_NONE;
}
