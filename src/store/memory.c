/* SPDX-License-Identifier: Apache-2.0
 *
 * The store without a disk: sorted arrays, one for each kind and log, and a
 * list of what to put back if the transaction does not come to its end.
 */
#include "store/memory.h"

#include "base/mem.h"
#include "store/engine.h"
#include "store/row.h"

struct cell {
	unsigned char *p; /* key, meta, value in one piece */
	uint32_t key, meta, value;
};

/* Rows of one kind whose keys share a prefix (a log), ascending. */
struct shelf {
	enum row_kind kind;
	uint64_t prefix;
	struct cell *cell;
	size_t n, cap;
};

/* What stood at a key before the transaction; p NULL: nothing did. */
struct undo {
	enum row_kind kind;
	struct cell old;
	unsigned char *key;
	size_t key_n;
};

struct memory {
	struct engine e;
	struct shelf *shelf; /* sorted by kind, prefix */
	size_t shelves;
	struct undo *undo;
	size_t undos, undo_cap;
	bool open;
	bool dead;
	bool kept;
	enum err fail_with;
	uint64_t fail_nth; /* counted down to 0 */
	uint64_t kill_nth;
};

static struct memory *
memory_of(struct engine *e)
{
	return (struct memory *)(void *)e;
}

static struct memory *
of_store(const struct store *s)
{
	return memory_of(table_engine(s));
}

static uint64_t
prefix_of(enum row_kind kind, struct span key)
{
	switch (kind) {
	case ROW_RECORD:
	case ROW_BODY:
		return row_tail(key) >> ROW_INDEX_BITS;
	case ROW_NODE:
	case ROW_RECEIPT:
		return key.n < 4 ? 0 : row_tail(span_of(key.p, 4));
	case ROW_LOG:
	case ROW_HEAD:
	case ROW_DOCUMENT:
	case ROW_ITEM:
	case ROW_KINDS:
		break;
	}
	return 0;
}

/* The first shelf not before (kind, prefix). */
static size_t
shelf_place(const struct memory *m, enum row_kind kind, uint64_t prefix)
{
	size_t lo = 0, hi = m->shelves;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct shelf *s = &m->shelf[mid];

		if (s->kind < kind ||
		    (s->kind == kind && s->prefix < prefix))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct shelf *
shelf_make(struct memory *m, enum row_kind kind, struct span key)
{
	uint64_t prefix = prefix_of(kind, key);
	size_t at = shelf_place(m, kind, prefix);

	if (at < m->shelves && m->shelf[at].kind == kind &&
	    m->shelf[at].prefix == prefix)
		return &m->shelf[at];
	m->shelf = mem_grow(m->shelf, (m->shelves + 1) * sizeof *m->shelf);
	memmove(&m->shelf[at + 1], &m->shelf[at],
	    (m->shelves - at) * sizeof *m->shelf);
	m->shelves++;
	m->shelf[at] = (struct shelf){ .kind = kind, .prefix = prefix };
	return &m->shelf[at];
}

static struct span
cell_key(const struct cell *c)
{
	return span_of(c->p, c->key);
}

/* The first cell whose key is not before `key`. */
static size_t
cell_place(const struct shelf *s, struct span key)
{
	size_t lo = 0, hi = s->n;

	/* almost every row comes last */
	if (s->n != 0 && span_compare(cell_key(&s->cell[s->n - 1]), key) < 0)
		return s->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (span_compare(cell_key(&s->cell[mid]), key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct cell
cell_of(const struct row *r)
{
	struct cell c = { mem_alloc(r->key.n + r->meta.n + r->value.n),
		(uint32_t)r->key.n, (uint32_t)r->meta.n,
		(uint32_t)r->value.n };

	memcpy(c.p, r->key.p, r->key.n);
	if (r->meta.n != 0)
		memcpy(c.p + c.key, r->meta.p, r->meta.n);
	if (r->value.n != 0)
		memcpy(c.p + c.key + c.meta, r->value.p, r->value.n);
	return c;
}

/* Put `c` (p NULL: nothing) at `key`; what was there. */
static struct cell
exchange(struct memory *m, enum row_kind kind, struct span key, struct cell c)
{
	struct shelf *s = shelf_make(m, kind, key);
	size_t at = cell_place(s, key);
	struct cell old = { .p = NULL };

	if (at < s->n && span_is_equal(cell_key(&s->cell[at]), key)) {
		old = s->cell[at];
		if (c.p != NULL) {
			s->cell[at] = c;
		} else {
			s->n--;
			memmove(&s->cell[at], &s->cell[at + 1],
			    (s->n - at) * sizeof *s->cell);
		}
		return old;
	}
	if (c.p == NULL)
		return old;
	if (s->n == s->cap) {
		s->cap = s->cap != 0 ? s->cap * 2 : 8;
		s->cell = mem_grow(s->cell, s->cap * sizeof *s->cell);
	}
	memmove(&s->cell[at + 1], &s->cell[at],
	    (s->n - at) * sizeof *s->cell);
	s->cell[at] = c;
	s->n++;
	return old;
}

static void
change(struct memory *m, enum row_kind kind, struct span key, struct cell c)
{
	struct undo *u;

	if (m->undos == m->undo_cap) {
		m->undo_cap = m->undo_cap != 0 ? m->undo_cap * 2 : 16;
		m->undo = mem_grow(m->undo, m->undo_cap * sizeof *m->undo);
	}
	u = &m->undo[m->undos++];
	u->kind = kind;
	u->key = mem_copy(key.p, key.n);
	u->key_n = key.n;
	u->old = exchange(m, kind, key, c);
}

static void
forget_undo(struct memory *m)
{
	for (size_t i = 0; i < m->undos; i++) {
		free(m->undo[i].key);
		free(m->undo[i].old.p);
	}
	m->undos = 0;
	m->open = false;
}

static void
m_rollback(struct engine *e)
{
	struct memory *m = memory_of(e);

	for (size_t i = m->undos; i-- > 0;) {
		struct undo *u = &m->undo[i];

		free(exchange(m, u->kind, span_of(u->key, u->key_n),
		    u->old).p);
		u->old.p = NULL;
	}
	forget_undo(m);
}

/* One counted operation: does the disk or the process fail at it? */
static enum err
count_down(struct memory *m)
{
	if (m->dead)
		return ERR_IO;
	if (m->kill_nth != 0 && --m->kill_nth == 0) {
		m->dead = true;
		m_rollback(&m->e);
		return ERR_IO;
	}
	if (m->fail_nth != 0 && --m->fail_nth == 0)
		return m->fail_with;
	return ERR_NONE;
}

static enum err
m_begin(struct engine *e)
{
	struct memory *m = memory_of(e);

	if (m->dead)
		return ERR_IO;
	m->open = true;
	return ERR_NONE;
}

static enum err
m_commit(struct engine *e)
{
	struct memory *m = memory_of(e);
	bool kept = m->kept && m->fail_nth == 1;
	enum err err = count_down(m);

	if (err == ERR_NONE)
		e->store->syncs++;
	if (err == ERR_NONE || (kept && !m->dead))
		forget_undo(m);
	return err;
}

static enum err
m_put(struct engine *e, enum row_kind kind, const struct row *r)
{
	struct memory *m = memory_of(e);
	enum err err = count_down(m);

	if (err == ERR_NONE)
		change(m, kind, r->key, cell_of(r));
	return err;
}

static enum err
m_remove(struct engine *e, enum row_kind kind, struct span key)
{
	struct memory *m = memory_of(e);
	enum err err = count_down(m);

	if (err == ERR_NONE)
		change(m, kind, key, (struct cell){ .p = NULL });
	return err;
}

static bool
give(const struct cell *c, bool with_value, row_fn *fn, void *ctx)
{
	struct row r = { cell_key(c), span_of(c->p + c->key, c->meta),
		span_of(c->p + c->key + c->meta, c->value) };

	if (!with_value)
		r.value = span_of(NULL, 0);
	return fn(ctx, &r);
}

static enum err
m_scan(struct engine *e, enum row_kind kind, struct span first,
    struct span last, bool with_value, row_fn *fn, void *ctx)
{
	struct memory *m = memory_of(e);
	size_t i = shelf_place(m, kind, prefix_of(kind, first));

	if (m->dead)
		return ERR_IO;
	for (; i < m->shelves && m->shelf[i].kind == kind; i++) {
		const struct shelf *s = &m->shelf[i];

		for (size_t j = cell_place(s, first); j < s->n; j++) {
			if (span_compare(cell_key(&s->cell[j]), last) > 0 ||
			    !give(&s->cell[j], with_value, fn, ctx))
				return ERR_NONE;
		}
	}
	return ERR_NONE;
}

static bool
on_any(void *ctx, const struct row *r)
{
	bool *found = ctx;

	(void)r;
	*found = true;
	return false;
}

static enum err
m_add(struct engine *e, enum row_kind kind, const struct row *r)
{
	bool found = false;
	enum err err = m_scan(e, kind, r->key, r->key, false, on_any, &found);

	if (err == ERR_NONE && found)
		err = ERR_EXISTS;
	return err != ERR_NONE ? err : m_put(e, kind, r);
}

static void
m_free(struct engine *e)
{
	struct memory *m = memory_of(e);

	m_rollback(e);
	for (size_t i = 0; i < m->shelves; i++) {
		for (size_t j = 0; j < m->shelf[i].n; j++)
			free(m->shelf[i].cell[j].p);
		free(m->shelf[i].cell);
	}
	free(m->shelf);
	free(m->undo);
	free(m);
}

static const struct engine_ops memory_ops = {
	.free = m_free,
	.begin = m_begin,
	.commit = m_commit,
	.rollback = m_rollback,
	.put = m_put,
	.add = m_add,
	.remove = m_remove,
	.scan = m_scan,
};

struct store *
store_memory_create(void)
{
	struct memory *m = mem_alloc(sizeof *m);
	struct store *s;

	m->e.ops = &memory_ops;
	if (table_create(&m->e, &s) != ERR_NONE)
		abort(); /* an empty one cannot be damaged */
	return s;
}

static struct cell
cell_copy(const struct cell *c)
{
	struct cell copy = *c;

	copy.p = mem_copy(c->p, c->key + c->meta + c->value);
	return copy;
}

/* A row as it was before the open transaction is what counts. */
struct store *
store_memory_copy(const struct store *s)
{
	struct store *out = store_memory_create();
	const struct memory *m = of_store(s);
	struct memory *to = of_store(out);
	enum err e;

	for (size_t i = 0; i < m->shelves; i++)
		for (size_t j = 0; j < m->shelf[i].n; j++) {
			struct cell c = cell_copy(&m->shelf[i].cell[j]);

			free(exchange(to, m->shelf[i].kind, cell_key(&c),
			    c).p);
		}
	for (size_t i = m->undos; i-- > 0;) {
		const struct undo *u = &m->undo[i];
		struct cell c = { .p = NULL };

		if (u->old.p != NULL)
			c = cell_copy(&u->old);
		free(exchange(to, u->kind, span_of(u->key, u->key_n), c).p);
	}
	e = table_reopen(out);
	(void)e; /* a damaged row shows when it is read */
	return out;
}

bool
store_memory_is_armed(const struct store *s)
{
	return of_store(s)->fail_nth != 0 || of_store(s)->kill_nth != 0;
}

void
store_memory_arm(struct store *s, uint64_t nth, enum err e)
{
	struct memory *m = of_store(s);

	m->fail_nth = nth;
	m->fail_with = e;
	m->kept = false;
}

void
store_memory_arm_kept(struct store *s, uint64_t nth)
{
	store_memory_arm(s, nth, ERR_IO);
	of_store(s)->kept = true;
}

void
store_memory_kill(struct store *s, uint64_t nth)
{
	of_store(s)->kill_nth = nth;
}

/* A damaged row of the logs is found by whoever scans them; the handle itself
 * must come back to life whatever it holds. */
static void
reopen(struct store *s)
{
	enum err e = table_reopen(s);

	(void)e;
}

void
store_memory_revive(struct store *s)
{
	struct memory *m = of_store(s);

	m->kill_nth = 0;
	m->dead = false;
	reopen(s);
}

void
store_memory_cut(struct store *s)
{
	store_memory_arm(s, 0, ERR_NONE);
	store_memory_revive(s);
}

bool
store_memory_is_dead(const struct store *s)
{
	return of_store(s)->dead;
}

static struct cell *
nth_cell(struct memory *m, enum row_kind kind, uint64_t n)
{
	for (size_t i = 0; i < m->shelves; i++) {
		if (m->shelf[i].kind != kind)
			continue;
		if (n < m->shelf[i].n)
			return &m->shelf[i].cell[n];
		n -= m->shelf[i].n;
	}
	return NULL;
}

static struct cell *
find_cell(struct memory *m, enum row_kind kind, uint64_t key)
{
	unsigned char k[8];
	struct shelf *s;
	size_t at;

	for (int i = 0; i < 8; i++)
		k[i] = (unsigned char)(key >> (56 - 8 * i));
	s = shelf_make(m, kind, span_of(k, 8));
	at = cell_place(s, span_of(k, 8));
	return at < s->n && span_is_equal(cell_key(&s->cell[at]),
	    span_of(k, 8)) ? &s->cell[at] : NULL;
}

static struct cell *
part_cell(struct memory *m, enum store_memory_part part, uint32_t log,
    uint64_t index, enum row_kind *kind)
{
	uint64_t key = (uint64_t)log << ROW_INDEX_BITS | index;

	switch (part) {
	case STORE_PART_RECORD:
		*kind = ROW_RECORD;
		return find_cell(m, *kind, key);
	case STORE_PART_BODY:
	case STORE_PART_META:
		*kind = ROW_BODY;
		return find_cell(m, *kind, key);
	case STORE_PART_HEAD:
		*kind = ROW_HEAD;
		return find_cell(m, *kind, log);
	case STORE_PART_DOCUMENT:
		*kind = ROW_DOCUMENT;
		return nth_cell(m, *kind, index);
	case STORE_PART_ITEM:
		*kind = ROW_ITEM;
		return nth_cell(m, *kind, index);
	}
	return NULL;
}

enum err
store_memory_damage(struct store *s, enum store_memory_part part,
    uint32_t log, uint64_t index, uint64_t bit, bool quiet)
{
	bool meta = part == STORE_PART_META;
	enum row_kind kind;
	struct cell *c = part_cell(of_store(s), part, log, index, &kind);
	unsigned char *p;
	struct buf b;
	size_t n, at;

	if (c == NULL)
		return ERR_NOT_FOUND;
	p = c->p + c->key + (meta ? 0 : c->meta);
	n = meta ? c->meta : c->value;
	if (n <= ROW_SUM)
		return ERR_NOT_FOUND;
	/* the opened part of a body has a length before it: leave it be */
	at = ROW_SUM + (kind == ROW_BODY && !meta ? 4 : 0);
	if (n <= at)
		return ERR_NOT_FOUND;
	bit %= (n - at) * 8;
	p[at + bit / 8] ^= (unsigned char)(1U << (bit % 8));
	if (!quiet)
		return ERR_NONE;
	buf_init(&b, n);
	buf_put_mem(&b, p, n);
	row_end(&b, kind, meta ? ROW_META : ROW_VALUE, cell_key(c));
	memcpy(p, b.p, ROW_SUM);
	buf_release(&b);
	return ERR_NONE;
}
