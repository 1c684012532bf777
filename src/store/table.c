/* SPDX-License-Identifier: Apache-2.0
 *
 * The contract of store.h over an engine of ordered rows: what is a conflict,
 * what is damaged, what may be done when. Written once, so that every store
 * means the same. Here: rows, transactions, logs and their heads.
 */
#include "store/table_inside.h"

#include "base/mem.h"

struct engine *
table_engine(const struct store *s)
{
	return ((const struct table *)(const void *)s)->e;
}

enum err
table_scan(struct table *t, enum row_kind kind, struct span first, struct span
    last, bool with_value, row_fn *fn, struct walk *w)
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

enum err
table_get(struct table *t, enum row_kind kind, struct walk *w)
{
	struct span key = buf_span(&t->key);
	enum err e = table_scan(t, kind, key, key, true, on_get, w);

	if (e == ERR_NONE && !w->found)
		e = ERR_NOT_FOUND;
	return e;
}

enum err
table_key_of_index(struct table *t, struct buf *b, uint32_t log, uint64_t index)
{
	buf_clear(b);
	if (log == 0 || log > t->logs)
		return ERR_NOT_FOUND;
	return row_key_index(b, log, index);
}

enum err
table_spoil(struct table *t, enum err e)
{
	if (e != ERR_NONE && t->failed == ERR_NONE)
		t->failed = e;
	return e;
}

enum err
table_may_write(const struct table *t)
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
		return table_spoil(t, t->e->ops->put(t->e, kind, &r));
	e = t->e->ops->add(t->e, kind, &r);
	return e == ERR_EXISTS ? e : table_spoil(t, e);
}

enum err
table_set(struct table *t, enum row_kind kind)
{
	return put_row(t, kind, false);
}

enum err
table_set_once(struct table *t, enum row_kind kind)
{
	struct walk w = { .want = span_of(t->value.p + ROW_SUM,
		t->value.n - ROW_SUM) };
	enum err e = put_row(t, kind, true);

	if (e != ERR_EXISTS)
		return e;
	e = table_get(t, kind, &w);
	if (e == ERR_NOT_FOUND || e == ERR_DAMAGED)
		return table_set(t, kind);
	if (e != ERR_NONE)
		return e;
	return w.same ? ERR_NONE : ERR_CONFLICT;
}

/* Callbacks may use the store, so the keys of a scan are kept apart. */
enum err
table_scan_range(struct table *t, enum row_kind kind, bool with_value, row_fn
    *fn, struct walk *w)
{
	unsigned char first[ENGINE_KEY_MAX], last[ENGINE_KEY_MAX];
	size_t n = t->key.n, m = t->last.n;

	memcpy(first, t->key.p, n);
	memcpy(last, t->last.p, m);
        return table_scan(t, kind, span_of(first, n), span_of(last, m),
    with_value, fn, w);
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
	return table_scan(t, ROW_LOG, span_of(first, 8), span_of(last, 8), true,
	    on_log, &w);
}

static enum err
t_put_head(struct store *s, uint32_t log, const struct store_head *h)
{
	struct table *t = table_of(s);
	enum err e = table_may_write(t);

	if (e != ERR_NONE)
		return e;
	if (log == 0 || log > t->logs)
		return ERR_NOT_FOUND;
	buf_clear(&t->key);
	row_key_log(&t->key, log);
	row_begin(&t->value);
	e = row_write_head(&t->value, h);
	return e != ERR_NONE ? e : table_set(t, ROW_HEAD);
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
	e = table_may_write(t);
	if (e != ERR_NONE)
		return e;
	if ((t->logs + 1) >> ROW_LOG_BITS != 0)
		return ERR_LIMIT;
	buf_clear(&t->key);
	row_key_log(&t->key, t->logs + 1);
	row_begin(&t->value);
	buf_put_u8(&t->value, (uint8_t)role);
	buf_put(&t->value, origin);
	e = table_set(t, ROW_LOG);
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
	e = table_get(t, ROW_HEAD, &w);
	if (e == ERR_NOT_FOUND && log != 0 && log <= t->logs)
		e = ERR_DAMAGED; /* each log has one */
	return e != ERR_NONE ? e : row_parse_head(w.got, out);
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
	.put_record = table_put_record,
	.scan_records = table_scan_records,
	.put_node = table_put_node,
	.get_node = table_get_node,
	.put_body = table_put_body,
	.get_body = table_get_body,
	.scan_bodies = table_scan_bodies,
	.put_document = table_put_document,
	.scan_documents = table_scan_documents,
	.put_receipt = table_put_receipt,
	.scan_receipts = table_scan_receipts,
	.put_item = table_put_item,
	.get_item = table_get_item,
	.scan_items = table_scan_items,
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
		w->e = table_parse_body(r, true, &b);
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
		e = table_scan(t, (enum row_kind)k, span_of(first, 8),
		    span_of(last, 8), true, on_check, &w);
		if (e != ERR_NONE)
			return fault_at(f, e, (size_t)w.next, name[k],
			    "a row of the table \"%s\" is damaged", name[k]);
	}
	return ERR_NONE;
}
