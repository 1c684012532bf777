/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading and writing delivery receipts.
 */
#include "record/receipt.h"

#include "base/json.h"
#include "base/limits.h"
#include "record/entry.h"

void
receipt_release(struct receipt *r)
{
	ranges_release(&r->held);
	ranges_release(&r->missing);
}

static void
put_ranges(struct json_out *w, const char *key, const struct ranges *set)
{
	json_put_key(w, key);
	json_put_open(w, '[');
	for (size_t i = 0; i < set->n; i++) {
		json_put_open(w, '[');
		json_put_u64(w, set->v[i].first);
		json_put_u64(w, set->v[i].last);
		json_put_close(w, ']');
	}
	json_put_close(w, ']');
}

enum err
receipt_write(const struct receipt *r, struct buf *out)
{
	char text[ENTRY_DIGEST_TEXT + 1];
	size_t start = out->n;
	struct json_out w;

	if (r->held.n > LIMIT_RECEIPT_RANGES ||
	    r->missing.n > LIMIT_RECEIPT_RANGES)
		return ERR_LIMIT;
	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_span(&w, "log", r->log);
	json_put_member_u64(&w, "size", r->size);
	entry_write_digest(&r->root, text);
	json_put_member_str(&w, "root", text);
	put_ranges(&w, "held", &r->held);
	put_ranges(&w, "missing", &r->missing);
	json_put_member_span(&w, "by", r->by);
	json_put_key(&w, "at");
	json_put_i64(&w, r->at_s);
	if (r->has_since) {
		entry_write_digest(&r->since, text);
		json_put_member_str(&w, "since", text);
	}
	json_put_close(&w, '}');
	if (buf_check(out) != ERR_NONE || out->n - start > LIMIT_PAYLOAD) {
		out->n = start;
		return ERR_LIMIT;
	}
	return ERR_NONE;
}

/* One [first, last] pair, which must lie behind `set` and below `size`. */
static enum err
read_pair(struct json_val v, uint64_t size, struct ranges *set)
{
	struct json_val first = json_first(v), last = json_next(v, first);
	uint64_t a, b;

	if (v.type != JSON_ARRAY || json_count(v) != 2 ||
	    json_u64(first, &a) != ERR_NONE || json_u64(last, &b) != ERR_NONE)
		return ERR_SCHEMA;
	if (a > b || b >= size ||
	    (set->n != 0 && a <= set->v[set->n - 1].last + 1))
		return ERR_CANONICAL;
	ranges_add(set, a, b);
	return ERR_NONE;
}

static enum err
read_ranges(struct json_val root, const char *key, uint64_t size,
    struct ranges *set, struct fault *f)
{
	struct json_val v = json_get(root, key);
	enum err e;

	if (v.type != JSON_ARRAY)
		return fault_at(f, ERR_SCHEMA, json_at(v), key,
		    "must be an array of [first, last]");
	if (json_count(v) > LIMIT_RECEIPT_RANGES)
		return fault_at(f, ERR_LIMIT, json_at(v), key,
		    "more than %d ranges", LIMIT_RECEIPT_RANGES);
	for (struct json_val m = json_first(v); m.type != JSON_ABSENT;
	     m = json_next(v, m)) {
		e = read_pair(m, size, set);
		if (e != ERR_NONE)
			return fault_at(f, e, json_at(m), key,
			    "must be ascending [first, last] below size");
	}
	return ERR_NONE;
}

static enum err
read_digest(struct json_val v, struct arena *a, struct digest *out)
{
	struct span s;
	enum err e = json_text(v, a, &s);

	return e != ERR_NONE ? e : entry_parse_digest(s, out);
}

static enum err
read_scalars(struct json_val root, struct arena *a, struct receipt *r,
    struct fault *f)
{
	struct json_val since = json_get(root, "since");

	r->has_since = since.type != JSON_ABSENT;
	if (root.type != JSON_OBJECT ||
	    json_count(root) != 7u + (r->has_since ? 1u : 0u))
		return fault_at(f, ERR_SCHEMA, 0, NULL,
		    "a receipt has log, size, root, held, missing, by, at");
	if (json_text(json_get(root, "log"), a, &r->log) != ERR_NONE)
		return fault_at(f, ERR_SCHEMA, 0, "log", "must be a string");
	if (json_u64(json_get(root, "size"), &r->size) != ERR_NONE)
		return fault_at(f, ERR_SCHEMA, 0, "size", "must be an integer");
	if (read_digest(json_get(root, "root"), a, &r->root) != ERR_NONE)
		return fault_at(f, ERR_SCHEMA, 0, "root", "must be a digest");
	if (json_text(json_get(root, "by"), a, &r->by) != ERR_NONE ||
	    !entry_is_team_id(r->by))
		return fault_at(f, ERR_SCHEMA, 0, "by", "must be a team id");
	if (json_i64(json_get(root, "at"), &r->at_s) != ERR_NONE)
		return fault_at(f, ERR_SCHEMA, 0, "at", "must be an integer");
	if (r->has_since && read_digest(since, a, &r->since) != ERR_NONE)
		return fault_at(f, ERR_SCHEMA, 0, "since", "must be a digest");
	return ERR_NONE;
}

enum err
receipt_parse(struct span payload, struct arena *a, struct receipt *out,
    struct fault *f)
{
	struct receipt r = { 0 };
	struct json_val root;
	struct json doc;
	enum err e;

	e = json_parse_arena(payload, 3, LIMIT_JSON_TOKENS, a, &doc, f);
	if (e != ERR_NONE)
		return e;
	root = json_root(&doc);
	e = read_scalars(root, a, &r, f);
	if (e == ERR_NONE)
		e = read_ranges(root, "held", r.size, &r.held, f);
	if (e == ERR_NONE)
		e = read_ranges(root, "missing", r.size, &r.missing, f);
	if (e == ERR_NONE)
		*out = r;
	else
		receipt_release(&r);
	return e;
}
