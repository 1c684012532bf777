/* SPDX-License-Identifier: Apache-2.0
 *
 * The contract of store.h over an engine of ordered rows: what is a conflict,
 * what is damaged, what may be done when. Written once, so that every store
 * means the same.
 */
#include "base/buf.h"
#include "base/mem.h"
#include "base/reader.h"
#include "store/engine.h"
#include "store/row.h"

struct table_log {
	enum store_role role;
	struct span origin; /* in table.names */
};

struct table {
	struct store store;
	struct engine *e;
	struct buf key, last, meta, value; /* of the row at hand */
	struct arena names;
	struct table_log *log; /* by id - 1 */
	uint32_t logs;
	uint32_t logs_begin;   /* when the transaction began */
	bool open;
	bool dead;
	enum err failed;       /* of a put inside the open transaction */
};

static struct table *
table_of(struct store *s)
{
	return (struct table *)(void *)s;
}

struct engine *
table_engine(const struct store *s)
{
	return ((const struct table *)(const void *)s)->e;
}

/* Reading one row or many: what the callbacks share. */
struct walk {
	struct arena *a;
	struct table *t;
	enum err e;
	bool found;
	bool with_bytes;
	struct span got;  /* opened value, copied to `a` if there is one */
	struct span want; /* what it is compared with */
	bool same;
	uint64_t next;
	size_t skip;
	enum row_kind kind;
	void *fn_ctx;
	union {
		store_log_fn *log;
		store_record_fn *record;
		store_body_fn *body;
		store_document_fn *document;
		store_receipt_fn *receipt;
		store_item_fn *item;
	} fn;
};

static enum err
scan(struct table *t, enum row_kind kind, struct span first, struct span last,
    bool with_value, row_fn *fn, struct walk *w)
{
	enum err e;

	w->kind = kind;
	w->t = t;
	e = t->e->ops->scan(t->e, kind, first, last, with_value, fn, w);
	return e != ERR_NONE ? e : w->e;
}

static bool
on_get(void *ctx, const struct row *r)
{
	struct walk *w = ctx;
	struct span v;

	w->found = true;
	w->e = row_open(w->kind, ROW_VALUE, r->key, r->value, &v);
	if (w->e != ERR_NONE)
		return false;
	w->same = span_is_equal(v, w->want);
	if (w->a != NULL)
		w->got = arena_copy(w->a, v);
	return false;
}

/* The value at t->key into `a` (may be NULL). ERR_NOT_FOUND. */
static enum err
get(struct table *t, enum row_kind kind, struct walk *w)
{
	struct span key = buf_span(&t->key);
	enum err e = scan(t, kind, key, key, true, on_get, w);

	if (e == ERR_NONE && !w->found)
		e = ERR_NOT_FOUND;
	return e;
}

static enum err
key_of_index(struct table *t, struct buf *b, uint32_t log, uint64_t index)
{
	buf_clear(b);
	if (log == 0 || log > t->logs)
		return ERR_NOT_FOUND;
	return row_key_index(b, log, index);
}

/* Failing writes other than refusals spoil the transaction: something of the
 * caller's change is missing, so it must not be committed. */
static enum err
spoil(struct table *t, enum err e)
{
	if (e != ERR_NONE && t->failed == ERR_NONE)
		t->failed = e;
	return e;
}

static enum err
may_write(const struct table *t)
{
	return t->dead || !t->open ? ERR_STATE : t->failed;
}

/* Write t->value (begun with row_begin) at t->key. ERR_EXISTS if it is to be
 * a new row and there is one. */
static enum err
put_row(struct table *t, enum row_kind kind, bool is_new)
{
	struct row r = { .key = buf_span(&t->key) };
	enum err e = buf_check(&t->key);

	row_end(&t->value, kind, ROW_VALUE, r.key);
	if (e == ERR_NONE)
		e = buf_check(&t->value);
	if (e != ERR_NONE)
		return e;
	r.value = buf_span(&t->value);
	if (kind == ROW_BODY) {
		row_end(&t->meta, kind, ROW_META, r.key);
		r.meta = buf_span(&t->meta);
	}
	if (!is_new)
		return spoil(t, t->e->ops->put(t->e, kind, &r));
	e = t->e->ops->add(t->e, kind, &r);
	return e == ERR_EXISTS ? e : spoil(t, e);
}

static enum err
put(struct table *t, enum row_kind kind)
{
	return put_row(t, kind, false);
}

/* Write it unless it is there: ERR_CONFLICT if it differs. A row whose
 * checksum is wrong is healed by writing it again. */
static enum err
put_once(struct table *t, enum row_kind kind)
{
	struct walk w = { .want = span_of(t->value.p + ROW_SUM,
		t->value.n - ROW_SUM) };
	enum err e = put_row(t, kind, true);

	if (e != ERR_EXISTS)
		return e;
	e = get(t, kind, &w);
	if (e == ERR_NOT_FOUND || e == ERR_DAMAGED)
		return put(t, kind);
	if (e != ERR_NONE)
		return e;
	return w.same ? ERR_NONE : ERR_CONFLICT;
}

/* ---- transactions ---- */

static void
t_free(struct store *s)
{
	struct table *t = table_of(s);

	t->e->ops->free(t->e);
	buf_release(&t->key);
	buf_release(&t->last);
	buf_release(&t->meta);
	buf_release(&t->value);
	arena_release(&t->names);
	free(t->log);
	free(t);
}

static enum err
t_begin(struct store *s)
{
	struct table *t = table_of(s);
	enum err e;

	if (t->open || t->dead || t->e->read_only)
		return ERR_STATE;
	e = t->e->ops->begin(t->e);
	if (e != ERR_NONE)
		return e;
	t->open = true;
	t->failed = ERR_NONE;
	t->logs_begin = t->logs;
	return ERR_NONE;
}

static void
t_rollback(struct store *s)
{
	struct table *t = table_of(s);

	if (!t->open)
		return;
	t->e->ops->rollback(t->e);
	t->open = false;
	t->logs = t->logs_begin;
}

static enum err
t_commit(struct store *s)
{
	struct table *t = table_of(s);
	enum err e;

	if (!t->open || t->dead)
		return ERR_STATE;
	e = t->failed;
	if (e == ERR_NONE)
		e = t->e->ops->commit(t->e);
	if (e == ERR_NONE) {
		t->open = false;
		return ERR_NONE;
	}
	t_rollback(s);
	if (e != ERR_FULL)
		t->dead = true;
	return e;
}

static enum err
t_shred(struct store *s)
{
	struct table *t = table_of(s);

	if (t->open || t->dead)
		return ERR_STATE;
	return t->e->ops->shred == NULL ? ERR_NONE : t->e->ops->shred(t->e);
}

/* ---- logs and heads ---- */

static bool
on_log(void *ctx, const struct row *r)
{
	struct walk *w = ctx;
	struct table *t = w->t;
	struct table_log *l;
	struct span v;

	w->e = row_open(ROW_LOG, ROW_VALUE, r->key, r->value, &v);
	if (w->e == ERR_NONE && (row_tail(r->key) != ++w->next || v.n < 1 ||
	    v.n > 1 + LIMIT_NAME || v.p[0] > STORE_MIRROR))
		w->e = ERR_DAMAGED;
	if (w->e != ERR_NONE)
		return false;
	if (w->next > t->logs)
		t->log = mem_grow(t->log, (size_t)w->next * sizeof *t->log);
	l = &t->log[w->next - 1];
	if (w->next > t->logs ||
	    !span_is_equal(l->origin, span_of(v.p + 1, v.n - 1)))
		l->origin = arena_copy(&t->names, span_of(v.p + 1, v.n - 1));
	l->role = (enum store_role)v.p[0];
	t->logs = (uint32_t)w->next;
	return true;
}

static enum err
load_logs(struct table *t)
{
	struct walk w = { .found = false };
	unsigned char first[8] = { 0 }, last[8];

	memset(last, 0xff, sizeof last);
	last[0] = 0x7f;
	return scan(t, ROW_LOG, span_of(first, 8), span_of(last, 8), true,
	    on_log, &w);
}

static enum err
t_put_head(struct store *s, uint32_t log, const struct store_head *h)
{
	struct table *t = table_of(s);
	enum err e = may_write(t);

	if (e != ERR_NONE)
		return e;
	if (log == 0 || log > t->logs)
		return ERR_NOT_FOUND;
	buf_clear(&t->key);
	row_key_log(&t->key, log);
	row_begin(&t->value);
	e = row_write_head(&t->value, h);
	return e != ERR_NONE ? e : put(t, ROW_HEAD);
}

static enum err
t_add_log(struct store *s, enum store_role role, struct span origin,
    struct store_log *out)
{
	struct table *t = table_of(s);
	struct store_head empty = { .size = 0 };
	uint32_t i;
	enum err e;

	if (origin.n == 0 || origin.n > LIMIT_NAME)
		return ERR_LIMIT;
	e = load_logs(t);
	if (e != ERR_NONE)
		return e;
	for (i = 0; i < t->logs; i++) {
		if (!span_is_equal(t->log[i].origin, origin))
			continue;
		if (t->log[i].role != role)
			return ERR_CONFLICT;
		*out = (struct store_log){ i + 1, role, t->log[i].origin };
		return ERR_NONE;
	}
	e = may_write(t);
	if (e != ERR_NONE)
		return e;
	if ((t->logs + 1) >> ROW_LOG_BITS != 0)
		return ERR_LIMIT;
	buf_clear(&t->key);
	row_key_log(&t->key, t->logs + 1);
	row_begin(&t->value);
	buf_put_u8(&t->value, (uint8_t)role);
	buf_put(&t->value, origin);
	e = put(t, ROW_LOG);
	if (e != ERR_NONE)
		return e;
	t->log = mem_grow(t->log, ((size_t)t->logs + 1) * sizeof *t->log);
	t->log[t->logs++] = (struct table_log){ role,
		arena_copy(&t->names, origin) };
	empty.root = hash_sha256(span_of(NULL, 0));
	e = t_put_head(s, t->logs, &empty);
	if (e == ERR_NONE)
		*out = (struct store_log){ t->logs, role,
			t->log[t->logs - 1].origin };
	return e;
}

static enum err
t_scan_logs(struct store *s, store_log_fn *fn, void *ctx)
{
	struct table *t = table_of(s);
	enum err e = load_logs(t);

	for (uint32_t i = 0; e == ERR_NONE && i < t->logs; i++) {
		struct store_log l = { i + 1, t->log[i].role,
			t->log[i].origin };

		if (!fn(ctx, &l))
			break;
	}
	return e;
}

static enum err
t_get_head(struct store *s, uint32_t log, struct arena *a,
    struct store_head *out)
{
	struct table *t = table_of(s);
	struct walk w = { .a = a };
	enum err e;

	buf_clear(&t->key);
	row_key_log(&t->key, log);
	e = get(t, ROW_HEAD, &w);
	if (e == ERR_NOT_FOUND && log != 0 && log <= t->logs)
		e = ERR_DAMAGED; /* each log has one */
	return e != ERR_NONE ? e : row_parse_head(w.got, out);
}

/* ---- records and nodes ---- */

static enum err
t_put_record(struct store *s, uint32_t log, uint64_t index,
    struct span record)
{
	struct table *t = table_of(s);
	enum err e = may_write(t);

	if (e == ERR_NONE)
		e = key_of_index(t, &t->key, log, index);
	if (e == ERR_NONE && record.n > STORE_RECORD_MAX)
		e = ERR_LIMIT;
	if (e != ERR_NONE)
		return e;
	row_begin(&t->value);
	buf_put(&t->value, record);
	return put_once(t, ROW_RECORD);
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

/* Callbacks may use the store, so the keys of a scan are kept apart. */
static enum err
scan_range(struct table *t, enum row_kind kind, bool with_value, row_fn *fn,
    struct walk *w)
{
	unsigned char first[ENGINE_KEY_MAX], last[ENGINE_KEY_MAX];
	size_t n = t->key.n, m = t->last.n;

	memcpy(first, t->key.p, n);
	memcpy(last, t->last.p, m);
	return scan(t, kind, span_of(first, n), span_of(last, m), with_value,
	    fn, w);
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

static enum err
t_scan_records(struct store *s, uint32_t log, uint64_t first, uint64_t count,
    store_record_fn *fn, void *ctx)
{
	struct walk w = { .fn.record = fn, .fn_ctx = ctx };

	if (keys_of_range(table_of(s), log, first, count) != ERR_NONE)
		return ERR_NONE;
	return scan_range(table_of(s), ROW_RECORD, true, on_record, &w);
}

static enum err
t_put_node(struct store *s, uint32_t log, unsigned level, uint64_t n,
    const struct digest *hash)
{
	struct table *t = table_of(s);
	enum err e = may_write(t);

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
	return put_once(t, ROW_NODE);
}

static enum err
t_get_node(struct store *s, uint32_t log, unsigned level, uint64_t n,
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
	e = get(t, ROW_NODE, &w);
	if (e == ERR_NONE && w.got.n != sizeof out->b)
		e = ERR_DAMAGED;
	if (e == ERR_NONE)
		memcpy(out->b, w.got.p, sizeof out->b);
	arena_release(&a);
	return e;
}

/* ---- bodies ---- */

static enum err
t_put_body(struct store *s, uint32_t log, uint64_t index,
    const struct store_body *b)
{
	struct table *t = table_of(s);
	enum err e = may_write(t);

	if (e == ERR_NONE)
		e = key_of_index(t, &t->key, log, index);
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
	return put(t, ROW_BODY);
}

static enum err
parse_body(const struct row *r, bool with_bytes, struct store_body *out)
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
	enum err e = parse_body(r, w->with_bytes, &b);

	w->found = true;
	/* one bad body must not hide those behind it */
	if (e != ERR_NONE)
		b = (struct store_body){ .state = STORE_BODY_DAMAGED };
	return w->fn.body(w->fn_ctx, row_index(r->key), &b);
}

static enum err
t_scan_bodies(struct store *s, uint32_t log, uint64_t first, uint64_t count,
    bool with_bytes, store_body_fn *fn, void *ctx)
{
	struct walk w = { .fn.body = fn, .fn_ctx = ctx,
		.with_bytes = with_bytes };

	if (keys_of_range(table_of(s), log, first, count) != ERR_NONE)
		return ERR_NONE;
	return scan_range(table_of(s), ROW_BODY, with_bytes, on_body, &w);
}

static bool
on_one_body(void *ctx, const struct row *r)
{
	struct walk *w = ctx;
	struct store_body *b = w->fn_ctx;

	w->found = true;
	w->e = parse_body(r, true, b);
	if (w->e == ERR_NONE) {
		b->meta = arena_copy(w->a, b->meta);
		b->opened = arena_copy(w->a, b->opened);
		b->bytes = arena_copy(w->a, b->bytes);
	}
	return false;
}

static enum err
t_get_body(struct store *s, uint32_t log, uint64_t index, struct arena *a,
    struct store_body *out)
{
	struct store_body b;
	struct walk w = { .a = a, .fn_ctx = &b };
	enum err e = keys_of_range(table_of(s), log, index, 1);

	if (e == ERR_NONE)
		e = scan_range(table_of(s), ROW_BODY, true, on_one_body, &w);
	if (e == ERR_NONE && !w.found)
		e = ERR_NOT_FOUND;
	if (e == ERR_NONE)
		*out = b;
	return e;
}

/* ---- documents ---- */

static enum err
t_put_document(struct store *s, const struct store_document *d)
{
	struct table *t = table_of(s);
	enum err e = may_write(t);

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
	row_begin(&t->value);
	buf_put(&t->value, digest_span(&d->hash));
	buf_put(&t->value, d->bytes);
	return put_once(t, ROW_DOCUMENT);
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
	d.version = row_tail(r->key);
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

static enum err
t_scan_documents(struct store *s, store_document_fn *fn, void *ctx)
{
	struct walk w = { .fn.document = fn, .fn_ctx = ctx };

	whole_range(table_of(s));
	return scan_range(table_of(s), ROW_DOCUMENT, true, on_document, &w);
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

static enum err
t_put_receipt(struct store *s, uint32_t log, struct span team, uint64_t of,
    uint64_t seq, struct span jws)
{
	struct table *t = table_of(s);
	enum err e = may_write(t);

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
	return put_once(t, ROW_RECEIPT);
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
	e = scan_range(t, ROW_RECEIPT, false, on_size, &w);
	if (e == ERR_NONE && w.found) {
		*found = true;
		*of = w.next;
	}
	return e;
}

/* From size to size, so that what other teams said is not looked through. */
static enum err
t_scan_receipts(struct store *s, uint32_t log, struct span team,
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
			e = scan_range(t, ROW_RECEIPT, true, on_receipt, &w);
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

static enum err
t_put_item(struct store *s, const char *table, struct span key,
    struct span value)
{
	struct table *t = table_of(s);
	enum err e = may_write(t);

	if (e == ERR_NONE)
		e = key_of_item(t, table, key);
	if (e == ERR_NONE && value.n > ROW_ITEM_MAX)
		e = ERR_LIMIT;
	if (e != ERR_NONE)
		return e;
	if (value.n == 0)
		return spoil(t, t->e->ops->remove(t->e, ROW_ITEM,
		    buf_span(&t->key)));
	row_begin(&t->value);
	buf_put(&t->value, value);
	return put(t, ROW_ITEM);
}

static enum err
t_get_item(struct store *s, const char *table, struct span key,
    struct arena *a, struct span *out)
{
	struct table *t = table_of(s);
	struct walk w = { .a = a };
	enum err e = key_of_item(t, table, key);

	if (e == ERR_NONE)
		e = get(t, ROW_ITEM, &w);
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

static enum err
t_scan_items(struct store *s, const char *table, struct span from,
    store_item_fn *fn, void *ctx)
{
	struct table *t = table_of(s);
	struct walk w = { .fn.item = fn, .fn_ctx = ctx,
		.skip = strlen(table) + 1 };
	enum err e = key_of_item(t, table, from);

	if (e != ERR_NONE)
		return e;
	buf_clear(&t->last);
	buf_put(&t->last, span_of(t->key.p, w.skip));
	for (int i = 0; i < ROW_ITEM_KEY_MAX; i++)
		buf_put_u8(&t->last, 0xff);
	return scan_range(t, ROW_ITEM, true, on_item, &w);
}

/* ---- making, checking ---- */

static const struct store_ops table_ops = {
	.free = t_free,
	.begin = t_begin,
	.commit = t_commit,
	.rollback = t_rollback,
	.shred = t_shred,
	.add_log = t_add_log,
	.scan_logs = t_scan_logs,
	.put_head = t_put_head,
	.get_head = t_get_head,
	.put_record = t_put_record,
	.scan_records = t_scan_records,
	.put_node = t_put_node,
	.get_node = t_get_node,
	.put_body = t_put_body,
	.get_body = t_get_body,
	.scan_bodies = t_scan_bodies,
	.put_document = t_put_document,
	.scan_documents = t_scan_documents,
	.put_receipt = t_put_receipt,
	.scan_receipts = t_scan_receipts,
	.put_item = t_put_item,
	.get_item = t_get_item,
	.scan_items = t_scan_items,
};

enum err
table_create(struct engine *e, struct store **out)
{
	struct table *t = mem_alloc(sizeof *t);
	enum err err;

	t->store.ops = &table_ops;
	t->e = e;
	e->store = &t->store;
	buf_init(&t->key, ENGINE_KEY_MAX);
	buf_init(&t->last, ENGINE_KEY_MAX);
	buf_init(&t->meta, ROW_META_MAX + 64);
	buf_init(&t->value, ROW_MAX);
	err = load_logs(t);
	if (err != ERR_NONE)
		t_free(&t->store);
	else
		*out = &t->store;
	return err;
}

enum err
table_reopen(struct store *s)
{
	struct table *t = table_of(s);

	t_rollback(s);
	t->dead = false;
	t->logs = 0;
	return load_logs(t);
}

static bool
on_check(void *ctx, const struct row *r)
{
	struct walk *w = ctx;
	struct store_body b;
	struct span v;

	if (w->kind == ROW_BODY)
		w->e = parse_body(r, true, &b);
	else
		w->e = row_open(w->kind, ROW_VALUE, r->key, r->value, &v);
	w->next++;
	return w->e == ERR_NONE;
}

enum err
table_check(struct store *s, struct fault *f)
{
	static const char *const name[ROW_KINDS] = { "log", "head", "record",
		"body", "node", "document", "receipt", "item" };
	unsigned char first[8] = { 0 }, last[8];
	struct table *t = table_of(s);
	enum err e;

	for (int k = 0; k < ROW_KINDS; k++) {
		struct walk w = { .found = false };

		memset(last, 0xff, sizeof last);
		if (k <= ROW_BODY)
			last[0] = 0x7f;
		e = scan(t, (enum row_kind)k, span_of(first, 8),
		    span_of(last, 8), true, on_check, &w);
		if (e != ERR_NONE)
			return fault_at(f, e, (size_t)w.next, name[k],
			    "a row of the table \"%s\" is damaged", name[k]);
	}
	return ERR_NONE;
}
