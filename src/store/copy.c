/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows out of one store and into another.
 */
#include "store/copy.h"

#include "base/buf.h"
#include "store/row.h"

#include <string.h>

static const char *const words[ROW_KINDS] = { "log", "head", "record", "body",
	"node", "document", "receipt", "item" };

const char *
store_row_word(unsigned kind)
{
	return kind < ROW_KINDS ? words[kind] : "row";
}

/* --- what a row is --- */

static bool
has_integer_key(enum row_kind kind)
{
	return kind <= ROW_BODY;
}

enum err
store_row_check(const struct store_row *r, struct fault *f)
{
	const struct row *row = &r->row;
	const char *word = store_row_word(r->kind);
	struct span open;
	enum err e;

	if ((unsigned)r->kind >= ROW_KINDS)
		return fault_at(f, ERR_SYNTAX, 0, word,
		    "no store has rows of this kind");
	if (has_integer_key(r->kind) ? row->key.n != 8 || row->key.p[0] > 0x7f :
	    row->key.n == 0 || row->key.n > ENGINE_KEY_MAX)
		return fault_at(f, ERR_SYNTAX, 0, word,
		    "its key has not the form of the others");
	if (row->value.n > ROW_MAX || row->meta.n > ROW_META_MAX + ROW_SUM + 64)
		return fault_at(f, ERR_LIMIT, 0, word,
		    "it is larger than a row may be");
	e = row_open(r->kind, ROW_VALUE, row->key, row->value, &open);
	if (e == ERR_NONE && r->kind == ROW_BODY)
		e = row_open(r->kind, ROW_META, row->key, row->meta, &open);
	else if (e == ERR_NONE && row->meta.n != 0)
		e = ERR_DAMAGED;
	return e == ERR_NONE ? e : fault_at(f, e, 0, word,
	    "its checksum is not that of its bytes");
}

/* --- out --- */

struct step {
	struct store_cursor *c;
	store_row_fn *fn;
	void *ctx;
	struct fault *f;
	enum err e;
	bool is_enough;
};

static bool
see_row(void *ctx, const struct row *row)
{
	struct step *s = ctx;
	const struct store_row r = { (enum row_kind)s->c->kind, *row };
	bool others_have_it = r.kind == ROW_BODY || r.kind == ROW_RECEIPT;

	memcpy(s->c->key, row->key.p, row->key.n);
	s->c->key_n = row->key.n;
	s->e = store_row_check(&r, s->f);
	if (s->e == ERR_NONE) {
		s->is_enough = !s->fn(s->ctx, &r);
	} else if (others_have_it) {
		s->c->left_out++;
		s->e = ERR_NONE;
	}
	return s->e == ERR_NONE && !s->is_enough;
}

/* The smallest key above the last one that was given, which has no integer:
 * the same and a zero byte. False if no larger one can be. */
static bool
next_key(const struct store_cursor *c, unsigned char out[ENGINE_KEY_MAX + 1],
    size_t *n)
{
	bool has_integer = has_integer_key((enum row_kind)c->kind);

	*n = has_integer ? 8 : c->key_n + 1;
	memset(out, 0, *n);
	if (c->key_n == 0)
		return true;
	memcpy(out, c->key, c->key_n);
	if (!has_integer)
		return true;
	for (size_t i = 8; i-- > 0;)
		if (++out[i] != 0)
			return out[0] <= 0x7f;
	return false;
}

static enum err
copy_kind(struct engine *e, struct step *s)
{
	unsigned char first[ENGINE_KEY_MAX + 1], last[ENGINE_KEY_MAX];
	enum row_kind kind = (enum row_kind)s->c->kind;
	size_t n;
	enum err err;

	if (!next_key(s->c, first, &n))
		return ERR_NONE;
	memset(last, 0xff, sizeof last);
	if (has_integer_key(kind))
		last[0] = 0x7f;
	err = e->ops->scan(e, kind, span_of(first, n), span_of(last,
	    has_integer_key(kind) ? 8 : sizeof last), true, see_row, s);
	return err != ERR_NONE ? fault_at(s->f, err, 0, store_row_word(kind),
	    "the store cannot be read") : s->e;
}

enum err
store_copy(struct store *s, struct store_cursor *c, store_row_fn *fn,
    void *ctx, struct fault *f)
{
	struct step step = { c, fn, ctx, f, ERR_NONE, false };

	while (c->kind < ROW_KINDS) {
		enum err e = copy_kind(table_engine(s), &step);

		if (e != ERR_NONE || step.is_enough)
			return e;
		c->kind++;
		c->key_n = 0;
	}
	return ERR_NONE;
}

/* --- in --- */

enum err
store_copy_put(struct store *s, const struct store_row *r)
{
	struct engine *e = table_engine(s);

	return e->ops->add(e, r->kind, &r->row);
}
