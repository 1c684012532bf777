/* SPDX-License-Identifier: Apache-2.0
 *
 * The contract of store.h: what stands in logs. Records, nodes and bodies.
 */
#include "store/table_inside.h"

enum err
table_put_record(struct store *s, uint32_t log, uint64_t index,
    struct span record)
{
	struct table *t = table_of(s);
	enum err e = table_may_write(t);

	if (e == ERR_NONE)
		e = table_key_of_index(t, &t->key, log, index);
	if (e == ERR_NONE && record.n > STORE_RECORD_MAX)
		e = ERR_LIMIT;
	if (e != ERR_NONE)
		return e;
	row_begin(&t->value);
	buf_put(&t->value, record);
	return table_set_once(t, ROW_RECORD);
}

/* Keys of [first, first + count), cut at the largest index. ERR_NOT_FOUND if
 * that is nothing. */
static enum err
keys_of_range(struct table *t, uint32_t log, uint64_t first, uint64_t count)
{
	uint64_t max = ((uint64_t)1 << ROW_INDEX_BITS) - 1;

	if (count == 0 || first > max)
		return ERR_NOT_FOUND;
	if (count - 1 > max - first)
		count = max - first + 1;
	buf_clear(&t->key);
	buf_clear(&t->last);
	if (log == 0 || log >> ROW_LOG_BITS != 0)
		return ERR_NOT_FOUND;
	if (row_key_index(&t->key, log, first) != ERR_NONE ||
	    row_key_index(&t->last, log, first + count - 1) != ERR_NONE)
		return ERR_NOT_FOUND;
	return ERR_NONE;
}

static bool
on_record(void *ctx, const struct row *r)
{
	struct walk *w = ctx;
	struct span v;

	w->e = row_open(ROW_RECORD, ROW_VALUE, r->key, r->value, &v);
	return w->e == ERR_NONE &&
	    w->fn.record(w->fn_ctx, row_index(r->key), v);
}

enum err
table_scan_records(struct store *s, uint32_t log, uint64_t first, uint64_t
    count, store_record_fn *fn, void *ctx)
{
	struct walk w = { .fn.record = fn, .fn_ctx = ctx };

	if (keys_of_range(table_of(s), log, first, count) != ERR_NONE)
		return ERR_NONE;
	return table_scan_range(table_of(s), ROW_RECORD, true, on_record, &w);
}

enum err
table_put_node(struct store *s, uint32_t log, unsigned level, uint64_t n,
    const struct digest *hash)
{
	struct table *t = table_of(s);
	enum err e = table_may_write(t);

	if (e != ERR_NONE)
		return e;
	if (log == 0 || log > t->logs)
		return ERR_NOT_FOUND;
	if (level == 0 || level > 8)
		return ERR_LIMIT;
	buf_clear(&t->key);
	row_key_node(&t->key, log, level, n);
	row_begin(&t->value);
	buf_put(&t->value, digest_span(hash));
	return table_set_once(t, ROW_NODE);
}

enum err
table_get_node(struct store *s, uint32_t log, unsigned level, uint64_t n,
    struct digest *out)
{
	struct table *t = table_of(s);
	struct arena a = { NULL };
	struct walk w = { .a = &a };
	enum err e;

	if (level == 0 || level > 8)
		return ERR_NOT_FOUND;
	buf_clear(&t->key);
	row_key_node(&t->key, log, level, n);
	e = table_get(t, ROW_NODE, &w);
	if (e == ERR_NONE && w.got.n != sizeof out->b)
		e = ERR_DAMAGED;
	if (e == ERR_NONE)
		memcpy(out->b, w.got.p, sizeof out->b);
	arena_release(&a);
	return e;
}

/* ---- bodies ---- */

enum err
table_put_body(struct store *s, uint32_t log, uint64_t index,
    const struct store_body *b)
{
	struct table *t = table_of(s);
	enum err e = table_may_write(t);

	if (e == ERR_NONE)
		e = table_key_of_index(t, &t->key, log, index);
	if (e == ERR_NONE && (b->meta.n > ROW_META_MAX ||
	    b->bytes.n > ROW_BODY_MAX || b->opened.n > ROW_BODY_MAX))
		e = ERR_LIMIT;
	if (e != ERR_NONE)
		return e;
	row_begin(&t->meta);
	buf_put_u8(&t->meta, (uint8_t)b->state);
	buf_put(&t->meta, b->meta);
	row_begin(&t->value);
	buf_put_span32(&t->value, b->opened);
	buf_put(&t->value, b->bytes);
	return table_set(t, ROW_BODY);
}

enum err
table_parse_body(const struct row *r, bool with_bytes, struct store_body *out)
{
	struct store_body b = { .opened = { NULL, 0 } };
	struct span m, v;
	struct reader rd;
	enum err e = row_open(ROW_BODY, ROW_META, r->key, r->meta, &m);

	if (e != ERR_NONE)
		return e;
	if (m.n < 1 || m.p[0] > STORE_BODY_ERASED)
		return ERR_DAMAGED;
	b.state = (enum store_body_state)m.p[0];
	b.meta = span_of(m.p + 1, m.n - 1);
	if (with_bytes) {
		e = row_open(ROW_BODY, ROW_VALUE, r->key, r->value, &v);
		if (e != ERR_NONE)
			return e;
		reader_init(&rd, v);
		b.opened = reader_span32(&rd, ROW_BODY_MAX);
		b.bytes = reader_rest(&rd);
		if (reader_check(&rd, false) != ERR_NONE)
			return ERR_DAMAGED;
	}
	*out = b;
	return ERR_NONE;
}

static bool
on_body(void *ctx, const struct row *r)
{
	struct walk *w = ctx;
	struct store_body b;
	enum err e = table_parse_body(r, w->with_bytes, &b);

	w->found = true;
	/* one bad body must not hide those behind it */
	if (e != ERR_NONE)
		b = (struct store_body){ .state = STORE_BODY_DAMAGED };
	return w->fn.body(w->fn_ctx, row_index(r->key), &b);
}

enum err
table_scan_bodies(struct store *s, uint32_t log, uint64_t first, uint64_t count,
    bool with_bytes, store_body_fn *fn, void *ctx)
{
	struct walk w = { .fn.body = fn, .fn_ctx = ctx,
		.with_bytes = with_bytes };

	if (keys_of_range(table_of(s), log, first, count) != ERR_NONE)
		return ERR_NONE;
	return table_scan_range(table_of(s), ROW_BODY, with_bytes, on_body, &w);
}

static bool
on_one_body(void *ctx, const struct row *r)
{
	struct walk *w = ctx;
	struct store_body *b = w->fn_ctx;

	w->found = true;
	w->e = table_parse_body(r, true, b);
	if (w->e == ERR_NONE) {
		b->meta = arena_copy(w->a, b->meta);
		b->opened = arena_copy(w->a, b->opened);
		b->bytes = arena_copy(w->a, b->bytes);
	}
	return false;
}

enum err
table_get_body(struct store *s, uint32_t log, uint64_t index, struct arena *a,
    struct store_body *out)
{
	struct store_body b;
	struct walk w = { .a = a, .fn_ctx = &b };
	enum err e = keys_of_range(table_of(s), log, index, 1);

	if (e == ERR_NONE)
                e = table_scan_range(table_of(s), ROW_BODY, true, on_one_body,
    &w);
	if (e == ERR_NONE && !w.found)
		e = ERR_NOT_FOUND;
	if (e == ERR_NONE)
		*out = b;
	return e;
}
