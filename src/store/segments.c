/* SPDX-License-Identifier: Apache-2.0
 *
 * Segments of a backup, and their list.
 */
#include "store/segments.h"

#include "base/limits.h"
#include "base/reader.h"
#include "crypto/secret.h"
#include "store/row.h"

#include <string.h>

#define MAGIC "almenara-manifest-1\n"
#define KEY_WORDS "almenara backup segments"

enum {
	MAGIC_N = sizeof MAGIC - 1,
	/* rows of a log in one segment, as a power of two */
	RECORD_BITS = 10,
	BODY_BITS = 6
};

/* --- where they begin --- */

static uint64_t
range_of(const struct store_row *r)
{
	unsigned bits = r->kind == ROW_RECORD ? RECORD_BITS : BODY_BITS;

	/* the bits of the log stand above those of the index */
	return row_tail(r->row.key) >> bits;
}

/* One of 256, whatever stands around it. */
static bool
is_milestone(const struct store_row *r)
{
	struct digest d = hash_sha256(r->row.key);

	return d.b[0] == 0;
}

bool
segment_begins(struct segment_cut *c, const struct store_row *r)
{
	bool is_of_log = r->kind == ROW_RECORD || r->kind == ROW_BODY;
	uint64_t range = is_of_log ? range_of(r) : 0;
	bool begins = !c->has_row || c->kind != r->kind ||
	    c->range != range || (r->kind > ROW_BODY && is_milestone(r));

	*c = (struct segment_cut){ true, r->kind, range };
	return begins;
}

/* --- names --- */

void
segment_key(struct span secret, const struct digest *kid,
    unsigned char out[SEGMENT_KEY])
{
	struct hash_key *key = hash_key_create(secret);
	unsigned char in[sizeof KEY_WORDS + sizeof kid->b];
	struct digest d;

	memcpy(in, KEY_WORDS, sizeof KEY_WORDS);
	memcpy(in + sizeof KEY_WORDS, kid->b, sizeof kid->b);
	d = hash_hmac(key, span_of(in, sizeof in));
	memcpy(out, d.b, SEGMENT_KEY);
	secret_wipe(&d, sizeof d);
	hash_key_free(key);
}

struct digest
segment_name(const struct hash_key *key, const struct digest *content)
{
	return hash_hmac(key, digest_span(content));
}

/* --- the manifest --- */

size_t
segments_count(const struct segments *m)
{
	return m->names.n / sizeof(struct digest);
}

struct digest
segments_at(const struct segments *m, size_t i)
{
	struct digest d;

	memcpy(d.b, m->names.p + i * sizeof d.b, sizeof d.b);
	return d;
}

void
segments_write(const struct segments *m, struct buf *out)
{
	buf_put_str(out, MAGIC);
	buf_put_mem(out, m->key, sizeof m->key);
	buf_put_span32(out, m->head);
	buf_put_span32(out, m->names);
	buf_put_span32(out, m->end);
}

static enum err
magic_take(struct span in, struct fault *f)
{
	if (in.n >= MAGIC_N && memcmp(in.p, MAGIC, MAGIC_N) == 0)
		return ERR_NONE;
	if (in.n >= MAGIC_N && memcmp(in.p, MAGIC, MAGIC_N - 2) == 0)
		return fault_at(f, ERR_UNSUPPORTED, 0, "manifest",
		    "a later version wrote this backup");
	return fault_at(f, ERR_SYNTAX, 0, "manifest",
	    "this is no manifest: it begins otherwise");
}

enum err
segments_parse(struct span in, struct segments *out, struct fault *f)
{
	const size_t most = (size_t)LIMIT_BACKUP_SEGMENTS *
	    sizeof(struct digest);
	struct segments m;
	struct reader r;
	enum err e = magic_take(in, f);

	if (e != ERR_NONE)
		return e;
	reader_init(&r, span_of(in.p + MAGIC_N, in.n - MAGIC_N));
	reader_copy(&r, m.key, sizeof m.key);
	m.head = reader_span32(&r, LIMIT_BACKUP_MEMBER);
	m.names = reader_span32(&r, most);
	m.end = reader_span32(&r, LIMIT_BACKUP_MEMBER);
	e = reader_check(&r, true);
	if (e != ERR_NONE)
		return fault_at(f, e, MAGIC_N, "manifest",
		    "it has not its parts: key, head, names and end");
	if (m.names.n % sizeof(struct digest) != 0)
		return fault_at(f, ERR_SYNTAX, MAGIC_N, "manifest",
		    "a name in it is cut");
	*out = m;
	return ERR_NONE;
}
