/* SPDX-License-Identifier: Apache-2.0
 *
 * The contract of store.h: what stands beside logs. Documents, receipts and
 * items.
 */
#include "store/table_inside.h"

/* ---- documents ---- */

enum err
table_put_document(struct store *s, const struct store_document *d)
{
	struct table *t = table_of(s);
	enum err e = table_may_write(t);

	buf_clear(&t->key);
	if (e == ERR_NONE)
		e = row_key_name(&t->key, d->kind);
	if (e == ERR_NONE)
		e = row_key_name(&t->key, d->team);
	if (e == ERR_NONE && d->bytes.n > LIMIT_DOCUMENT)
		e = ERR_LIMIT;
	if (e != ERR_NONE)
		return e;
	buf_put_u64(&t->key, d->version);
	buf_put(&t->key, digest_span(&d->hash));
	row_begin(&t->value);
	buf_put(&t->value, digest_span(&d->hash));
	buf_put(&t->value, d->bytes);
	return table_set_once(t, ROW_DOCUMENT);
}

/* The name before the next zero byte of a key. */
static struct span
next_name(struct span key, size_t *at)
{
	const unsigned char *p = key.p + *at;
	const unsigned char *z = memchr(p, 0, key.n - *at);
	size_t n = z != NULL ? (size_t)(z - p) : 0;

	*at += n + 1;
	return span_of(p, n);
}

static bool
on_document(void *ctx, const struct row *r)
{
	struct walk *w = ctx;
	struct store_document d;
	struct span v;
	size_t at = 0;

	w->e = row_open(ROW_DOCUMENT, ROW_VALUE, r->key, r->value, &v);
	if (w->e == ERR_NONE && (v.n < sizeof d.hash.b || r->key.n < 10))
		w->e = ERR_DAMAGED;
	if (w->e != ERR_NONE)
		return false;
	d.kind = next_name(r->key, &at);
	d.team = next_name(r->key, &at);
	if (at > r->key.n || r->key.n - at < sizeof d.version) {
		w->e = ERR_DAMAGED;
		return false;
	}
	/* the hash behind it is not in rows of the first stores */
	d.version = row_tail(span_of(r->key.p, at + sizeof d.version));
	memcpy(d.hash.b, v.p, sizeof d.hash.b);
	d.bytes = span_of(v.p + sizeof d.hash.b, v.n - sizeof d.hash.b);
	return w->fn.document(w->fn_ctx, &d);
}

static void
whole_range(struct table *t)
{
	buf_clear(&t->key);
	buf_clear(&t->last);
	buf_put_u8(&t->key, 0);
	for (int i = 0; i < 8; i++)
		buf_put_u8(&t->last, 0xff);
}

enum err
table_scan_documents(struct store *s, store_document_fn *fn, void *ctx)
{
	struct walk w = { .fn.document = fn, .fn_ctx = ctx };

	whole_range(table_of(s));
	return table_scan_range(table_of(s), ROW_DOCUMENT, true, on_document, &w);
}

/* ---- receipts ---- */

enum { RECEIPT_HEAD = 4 + 8 }; /* log and size, before the team */

static enum err
key_of_receipt(struct buf *b, uint32_t log, uint64_t of, struct span team,
    uint64_t seq)
{
	enum err e;

	buf_clear(b);
	buf_put_u32(b, log);
	buf_put_u64(b, of);
	e = row_key_name(b, team);
	buf_put_u64(b, seq);
	return e;
}

enum err
table_put_receipt(struct store *s, uint32_t log, struct span team, uint64_t of,
    uint64_t seq, struct span jws)
{
	struct table *t = table_of(s);
	enum err e = table_may_write(t);

	if (e == ERR_NONE && (log == 0 || log > t->logs))
		e = ERR_NOT_FOUND;
	if (e == ERR_NONE && jws.n > ROW_RECEIPT_MAX)
		e = ERR_LIMIT;
	if (e == ERR_NONE)
		e = key_of_receipt(&t->key, log, of, team, seq);
	if (e != ERR_NONE)
		return e;
	row_begin(&t->value);
	buf_put(&t->value, jws);
	return table_set_once(t, ROW_RECEIPT);
}

static bool
on_receipt(void *ctx, const struct row *r)
{
	struct walk *w = ctx;
	struct span v;

	w->e = row_open(ROW_RECEIPT, ROW_VALUE, r->key, r->value, &v);
	w->found = w->e != ERR_NONE ||
	    !w->fn.receipt(w->fn_ctx, row_tail(r->key), v);
	return !w->found;
}

static bool
on_size(void *ctx, const struct row *r)
{
	struct walk *w = ctx;

	w->found = r->key.n > RECEIPT_HEAD;
	if (w->found)
		w->next = row_tail(span_of(r->key.p, RECEIPT_HEAD));
	else
		w->e = ERR_DAMAGED;
	return false;
}

/* The next size above `of` that any team's receipt speaks of. */
static enum err
next_size(struct table *t, uint32_t log, uint64_t *of, bool *found)
{
	struct walk w = { .found = false };
	enum err e;

	*found = false;
	if (*of == UINT64_MAX)
		return ERR_NONE;
	buf_clear(&t->key);
	buf_put_u32(&t->key, log);
	buf_put_u64(&t->key, *of + 1);
	buf_clear(&t->last);
	buf_put_u32(&t->last, log);
	for (int i = 0; i < 9; i++)
		buf_put_u8(&t->last, 0xff);
	e = table_scan_range(t, ROW_RECEIPT, false, on_size, &w);
	if (e == ERR_NONE && w.found) {
		*found = true;
		*of = w.next;
	}
	return e;
}

/* From size to size, so that what other teams said is not looked through. */
enum err
table_scan_receipts(struct store *s, uint32_t log, struct span team,
    uint64_t first_of, uint64_t first_seq, store_receipt_fn *fn, void *ctx)
{
	struct table *t = table_of(s);
	uint64_t of = first_of;
	bool more = true;

	while (more) {
		struct walk w = { .fn.receipt = fn, .fn_ctx = ctx };
		enum err e = key_of_receipt(&t->key, log, of, team,
		    first_seq);

		if (e == ERR_NONE)
			e = key_of_receipt(&t->last, log, of, team,
			    UINT64_MAX);
		if (e == ERR_NONE)
			e = table_scan_range(t, ROW_RECEIPT, true, on_receipt, &w);
		if (e == ERR_NONE && !w.found)
			e = next_size(t, log, &of, &more);
		if (e != ERR_NONE || w.found)
			return e;
	}
	return ERR_NONE;
}

/* ---- items ---- */

static enum err
key_of_item(struct table *t, const char *table, struct span key)
{
	enum err e;

	buf_clear(&t->key);
	e = row_key_name(&t->key, span_str(table));
	if (e == ERR_NONE && key.n > ROW_ITEM_KEY_MAX)
		e = ERR_LIMIT;
	if (e == ERR_NONE)
		buf_put(&t->key, key);
	return e;
}

enum err
table_put_item(struct store *s, const char *table, struct span key,
    struct span value)
{
	struct table *t = table_of(s);
	enum err e = table_may_write(t);

	if (e == ERR_NONE)
		e = key_of_item(t, table, key);
	if (e == ERR_NONE && value.n > ROW_ITEM_MAX)
		e = ERR_LIMIT;
	if (e != ERR_NONE)
		return e;
	if (value.n == 0)
		return table_spoil(t, t->e->ops->remove(t->e, ROW_ITEM,
		    buf_span(&t->key)));
	row_begin(&t->value);
	buf_put(&t->value, value);
	return table_set(t, ROW_ITEM);
}

enum err
table_get_item(struct store *s, const char *table, struct span key,
    struct arena *a, struct span *out)
{
	struct table *t = table_of(s);
	struct walk w = { .a = a };
	enum err e = key_of_item(t, table, key);

	if (e == ERR_NONE)
		e = table_get(t, ROW_ITEM, &w);
	if (e == ERR_NONE)
		*out = w.got;
	return e;
}

static bool
on_item(void *ctx, const struct row *r)
{
	struct walk *w = ctx;
	struct span v;

	w->e = row_open(ROW_ITEM, ROW_VALUE, r->key, r->value, &v);
	return w->e == ERR_NONE && w->fn.item(w->fn_ctx,
	    span_of(r->key.p + w->skip, r->key.n - w->skip), v);
}

enum err
table_scan_items(struct store *s, const char *table, struct span from,
    store_item_fn *fn, void *ctx)
{
	struct table *t = table_of(s);
	struct walk w = { .fn.item = fn, .fn_ctx = ctx,
		.skip = strlen(table) + 1 };
	enum err e = key_of_item(t, table, from);
	unsigned char *end;

	if (e != ERR_NONE)
		return e;
	buf_clear(&t->last);
	buf_put(&t->last, span_of(t->key.p, w.skip));
	end = buf_extend(&t->last, ROW_ITEM_KEY_MAX);
	if (end != NULL)
		memset(end, 0xff, ROW_ITEM_KEY_MAX);
	return table_scan_range(t, ROW_ITEM, true, on_item, &w);
}
