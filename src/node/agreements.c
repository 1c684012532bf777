/* SPDX-License-Identifier: Apache-2.0
 *
 * Agreements as the index has them.
 */
#include "node/agreements.h"

#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>

struct agreements_book {
	struct arena mem;
	bool is_fresh;
	struct agreements set;
	struct agreement *word;
	struct index_row *row; /* of each word */
};

const struct kind *
agreements_kind(const struct service *s)
{
	for (size_t i = 0; i < kind_count(s->schema); i++)
		if (kind_at(s->schema, i)->binds)
			return kind_at(s->schema, i);
	return NULL;
}

static struct agreements_book *
book_of(struct service *s)
{
	if (s->agreements == NULL)
		s->agreements = memset(mem_alloc(sizeof *s->agreements), 0,
		    sizeof *s->agreements);
	return s->agreements;
}

struct gathering {
	struct arena *mem;
	struct index_row *row;
	size_t n, room;
};

/* The newest of a team are enough, however many it writes. */
static bool
is_full(const struct gathering *g, struct span team)
{
	size_t n = 0;

	for (size_t i = 0; i < g->n; i++)
		n += span_is_equal(g->row[i].iss, team);
	return n >= LIMIT_AGREEMENTS;
}

static bool
gather(void *ctx, const struct index_row *row)
{
	struct gathering *g = ctx;
	struct index_row *x;

	if (row->state != STORE_BODY_HELD || is_full(g, row->iss))
		return true;
	if (g->n == g->room) {
		size_t room = g->room == 0 ? 64 : 2 * g->room;
		struct index_row *grown = arena_alloc(g->mem,
		    room * sizeof *grown);

		for (size_t i = 0; i < g->n; i++)
			grown[i] = g->row[i];
		g->row = grown;
		g->room = room;
	}
	x = &g->row[g->n++];
	*x = *row;
	x->iss = arena_copy(g->mem, row->iss);
	x->kind = arena_copy(g->mem, row->kind);
	x->brief = span_str("");
	return true;
}

/* Newest first: a team's earlier word on the same agreement is past. */
static void
take(struct agreements_book *b, struct service *s, const struct index_row *row,
    struct arena *scratch)
{
	struct agreement x = { 0 };
	struct record r;

	if (record_read(s, row->log, row->index, scratch, &r) != ERR_NONE ||
	    agreement_parse(r.body, scratch, &x, NULL) != ERR_NONE ||
	    agreements_find(&b->set, row->iss, x.id) != NULL)
		return;
	x.team = row->iss;
	x.id = arena_copy(&b->mem, x.id);
	x.name = arena_copy(&b->mem, x.name);
	x.text = arena_copy(&b->mem, x.text);
	b->row[b->set.n] = *row;
	b->word[b->set.n++] = x;
}

static enum err
read_all(struct service *s, struct gathering *g)
{
	const struct kind *k = agreements_kind(s);
	struct index_filter filter = { .cases = true, .ended = true,
		.kind = span_str(k == NULL ? "" : k->name) };
	enum err e = ERR_NONE;

	if (k == NULL)
		return ERR_NONE;
	do
		e = index_inbox(s->index, &filter, gather, g, &filter.before);
	while (e == ERR_NONE && filter.before != 0);
	return e;
}

const struct agreements *
agreements_now(struct service *s)
{
	struct agreements_book *b = book_of(s);
	struct gathering g = { .mem = &b->mem };
	struct arena scratch = { 0 };
	enum err e;

	if (b->is_fresh)
		return &b->set;
	arena_release(&b->mem);
	b->set = (struct agreements){ 0 };
	e = read_all(s, &g);
	if (e != ERR_NONE) {
		/* then nothing is signed, and it is looked at again */
		log_event(LOG_WARNING, "agreements.read",
		    log_err("error", e));
		return &b->set;
	}
	b->word = arena_alloc(&b->mem, (g.n + 1) * sizeof *b->word);
	b->row = arena_alloc(&b->mem, (g.n + 1) * sizeof *b->row);
	b->set.at = b->word;
	for (size_t i = 0; i < g.n; i++) {
		take(b, s, &g.row[i], &scratch);
		arena_reset(&scratch);
	}
	arena_release(&scratch);
	b->is_fresh = true;
	return &b->set;
}

const struct index_row *
agreements_row(const struct service *s, size_t i)
{
	return &s->agreements->row[i];
}

void
agreements_stale(struct service *s)
{
	if (s->agreements != NULL)
		s->agreements->is_fresh = false;
}

void
agreements_free(struct service *s)
{
	if (s->agreements == NULL)
		return;
	arena_release(&s->agreements->mem);
	free(s->agreements);
	s->agreements = NULL;
}
