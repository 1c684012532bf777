/* SPDX-License-Identifier: Apache-2.0
 *
 * Making and checking proofs. The checks follow RFC 9162 step by step and
 * keep its names (fn, sn, fr, sr), so that they can be read beside it.
 */
#include "ledger/proof.h"

#include "base/code.h"
#include "ledger/line.h"

static void
reverse(struct proof *p)
{
	struct digest t;
	size_t i;

	for (i = 0; i < p->count / 2; i++) {
		t = p->hash[i];
		p->hash[i] = p->hash[p->count - 1 - i];
		p->hash[p->count - 1 - i] = t;
	}
}

enum err
proof_make_inclusion(const struct tree_source *source, uint64_t index,
    uint64_t size, struct proof *out)
{
	struct proof p = { 0 };
	uint64_t lo = 0, hi = size, mid;
	enum err e = ERR_NONE;

	if (index >= size || size > TREE_SIZE_MAX)
		return ERR_USAGE;
	while (hi - lo > 1 && e == ERR_NONE) {
		mid = lo + tree_split(hi - lo);
		if (index < mid) {
			e = tree_range(source, mid, hi, &p.hash[p.count++]);
			hi = mid;
		} else {
			e = tree_range(source, lo, mid, &p.hash[p.count++]);
			lo = mid;
		}
	}
	if (e != ERR_NONE)
		return e;
	reverse(&p);
	*out = p;
	return ERR_NONE;
}

enum err
proof_make_consistency(const struct tree_source *source, uint64_t old_size,
    uint64_t size, struct proof *out)
{
	struct proof p = { 0 };
	uint64_t lo = 0, hi = size, mid;
	enum err e = ERR_NONE;

	if (old_size > size || size > TREE_SIZE_MAX)
		return ERR_USAGE;
	while (old_size != 0 && hi != old_size && e == ERR_NONE) {
		mid = lo + tree_split(hi - lo);
		if (old_size <= mid) {
			e = tree_range(source, mid, hi, &p.hash[p.count++]);
			hi = mid;
		} else {
			e = tree_range(source, lo, mid, &p.hash[p.count++]);
			lo = mid;
		}
	}
	/* the reader has the old root itself if it is one whole subtree */
	if (lo != 0 && e == ERR_NONE)
		e = tree_range(source, lo, hi, &p.hash[p.count++]);
	if (e != ERR_NONE)
		return e;
	reverse(&p);
	*out = p;
	return ERR_NONE;
}

static enum err
refuse(struct fault *f, const char *rule)
{
	return fault_at(f, ERR_PROOF, 0, NULL, "%s", rule);
}

/* RFC 9162: shift both until the lowest bit of fn is set or fn is 0. */
static void
shift_to_odd(uint64_t *fn, uint64_t *sn)
{
	while ((*fn & 1) == 0 && *fn != 0) {
		*fn >>= 1;
		*sn >>= 1;
	}
}

enum err
proof_check_inclusion(const struct proof *proof, uint64_t index,
    uint64_t size, const struct digest *leaf, const struct digest *root,
    struct fault *f)
{
	uint64_t fn = index, sn = size - 1;
	struct digest r = *leaf;
	size_t i;

	if (index >= size)
		return refuse(f, "the index is not below the size");
	for (i = 0; i < proof->count; i++) {
		if (sn == 0)
			return refuse(f, "the proof is too long");
		if ((fn & 1) != 0 || fn == sn) {
			r = tree_node_hash(&proof->hash[i], &r);
			shift_to_odd(&fn, &sn);
		} else {
			r = tree_node_hash(&r, &proof->hash[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	if (sn != 0)
		return refuse(f, "the proof is too short");
	if (!digest_is_equal(&r, root))
		return refuse(f, "the proof leads to another root");
	return ERR_NONE;
}

/* The cases that need no hashing: 0 and equal sizes. */
static enum err
check_trivial(const struct proof *proof, const struct digest *want,
    const struct digest *old_root, struct fault *f)
{
	if (proof->count != 0)
		return refuse(f, "the proof is too long");
	if (!digest_is_equal(old_root, want))
		return refuse(f, "the roots of one size differ");
	return ERR_NONE;
}

enum err
proof_check_consistency(const struct proof *proof, uint64_t old_size,
    uint64_t size, const struct digest *old_root, const struct digest *root,
    struct fault *f)
{
	uint64_t fn = old_size - 1, sn = size - 1;
	struct digest fr, sr, empty = tree_empty_root();
	const struct digest *c;
	size_t i = 0;

	if (old_size > size)
		return refuse(f, "the older size is the larger one");
	if (old_size == size || old_size == 0)
		return check_trivial(proof, old_size == size ? root : &empty,
		    old_root, f);
	if (proof->count == 0)
		return refuse(f, "the proof is too short");
	fr = (old_size & (old_size - 1)) == 0 ? *old_root : proof->hash[i++];
	sr = fr;
	while (fn & 1) {
		fn >>= 1;
		sn >>= 1;
	}
	for (; i < proof->count; i++) {
		c = &proof->hash[i];
		if (sn == 0)
			return refuse(f, "the proof is too long");
		if ((fn & 1) != 0 || fn == sn) {
			fr = tree_node_hash(c, &fr);
			sr = tree_node_hash(c, &sr);
			shift_to_odd(&fn, &sn);
		} else {
			sr = tree_node_hash(&sr, c);
		}
		fn >>= 1;
		sn >>= 1;
	}
	if (sn != 0)
		return refuse(f, "the proof is too short");
	if (!digest_is_equal(&fr, old_root))
		return refuse(f, "the proof leads to another old root");
	if (!digest_is_equal(&sr, root))
		return refuse(f, "the proof leads to another root");
	return ERR_NONE;
}

void
proof_write(const struct proof *proof, struct buf *out)
{
	size_t i;

	for (i = 0; i < proof->count; i++) {
		code_write_base64(out, digest_span(&proof->hash[i]));
		buf_put_u8(out, '\n');
	}
}

enum err
proof_step(struct span *rest, struct proof *out, struct fault *f)
{
	struct proof p = { 0 };
	struct span s = *rest, line;
	size_t at;
	enum err e;

	for (;;) {
		at = rest->n - s.n;
		e = line_step(&s, &line);
		if (e != ERR_NONE)
			return fault_at(f, e, at, NULL,
			    "no empty line after the hashes");
		if (line.n == 0)
			break;
		if (p.count == LIMIT_PROOF_HASHES)
			return fault_at(f, ERR_LIMIT, at, NULL,
			    "more than %d hashes", LIMIT_PROOF_HASHES);
		e = code_parse_base64_fixed(line, p.hash[p.count].b,
		    sizeof p.hash[0].b);
		if (e != ERR_NONE)
			return fault_at(f, e, at, NULL,
			    "a hash is 32 bytes in canonical base64");
		p.count++;
	}
	*rest = s;
	*out = p;
	return ERR_NONE;
}
