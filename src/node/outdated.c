/* SPDX-License-Identifier: Apache-2.0
 *
 * What was sent on, against what stands.
 */
#include "node/outdated.h"

#include "base/mem.h"
#include "watch/mailing.h"

#include <stdlib.h>

enum {
	LOOKED = 512,   /* redistributions, the newest */
	TOLD = 64,      /* records that are looked through */
	PENDING = 64,
	AGAIN_MS = 1000
};

struct outdated {
	struct service *service;
	struct loop_timer *timer;
	bool is_stirred;
	struct digest pending[PENDING]; /* told, and not yet in the index */
	size_t pending_n;
};

/* The newest redistribution of a notice. */
struct sent {
	struct uuid notice;
	struct digest digest;
	uint64_t rev, count;
	struct index_row row; /* of the revision that stands */
	enum mailing_due due;
};

struct look {
	struct service *service;
	struct arena mem;
	struct sent at[LOOKED];
	size_t n;
};

/* --- looking --- */

static bool
is_known(const struct look *x, const struct uuid *notice)
{
	for (size_t i = 0; i < x->n; i++)
		if (uuid_is_equal(&x->at[i].notice, notice))
			return true;
	return false;
}

static bool
keep(void *ctx, const struct index_row *row)
{
	struct look *x = ctx;
	struct sent *s = &x->at[x->n];
	struct json_val v;
	struct json doc;
	struct span text;

	if (x->n == LOOKED)
		return false;
	if (json_parse_arena(row->brief, LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS,
	    &x->mem, &doc, NULL) != ERR_NONE)
		return true;
	v = json_root(&doc);
	*s = (struct sent){ .due = MAILING_CURRENT };
	if (json_text(json_get(v, "notice"), &x->mem, &text) != ERR_NONE ||
	    uuid_parse(text, &s->notice) != ERR_NONE ||
	    is_known(x, &s->notice) ||
	    json_text(json_get(v, "digest"), &x->mem, &text) != ERR_NONE ||
	    entry_parse_digest(text, &s->digest) != ERR_NONE)
		return true;
	(void)!json_u64(json_get(v, "rev"), &s->rev);
	(void)!json_u64(json_get(v, "count"), &s->count);
	x->n++;
	return true;
}

static void
compare(struct look *x, struct sent *s)
{
	char id[UUID_TEXT + 1];

	uuid_write(&s->notice, id);
	if (index_find(x->service->index, INDEX_NOTICES, span_str(id),
		&x->mem, &s->row, NULL, NULL) != ERR_NONE)
		return;
	s->due = mailing_due(&s->digest, &s->row.digest, (size_t)s->count,
	    s->row.state == STORE_BODY_HELD,
	    (s->row.flags & INDEX_ENDED) != 0);
}

static struct look *
look(struct service *s)
{
	struct look *x = mem_alloc(sizeof *x);

	x->service = s;
	(void)!index_home_all(s->index, "mailing", 0, keep, x);
	for (size_t i = 0; i < x->n; i++)
		compare(x, &x->at[i]);
	return x;
}

static void
look_end(struct look *x)
{
	arena_release(&x->mem);
	free(x);
}

/* --- telling --- */

struct told {
	struct look *look;
	bool found;
};

static bool
see_told(void *ctx, uint64_t at, uint32_t log, uint64_t index)
{
	struct told *t = ctx;
	struct record r;

	(void)at;
	t->found = record_read(t->look->service, log, index, &t->look->mem,
	    &r) == ERR_NONE && json_is_str(json_get(r.body, "outcome"), "due");
	return !t->found;
}

static bool
was_told(struct look *x, const struct digest *d)
{
	struct told t = { .look = x };
	char text[ENTRY_DIGEST_TEXT + 1];
	struct index_trace_ask ask = { .by = INDEX_TRACE_OF, .and_n = 1,
		.and_by = INDEX_TRACE_ACT,
		.and_value = span_str(act_token(ACT_REDISTRIBUTE)),
		.limit = TOLD };

	entry_write_digest(d, text);
	ask.value = span_str(text);
	(void)!index_traces(x->service->index, &ask, see_told, &t, NULL);
	return t.found;
}

static bool
is_pending(struct outdated *m, const struct digest *d)
{
	for (size_t i = 0; i < m->pending_n; i++)
		if (digest_is_equal(&m->pending[i], d))
			return true;
	if (m->pending_n == PENDING)
		m->pending_n = 0;
	m->pending[m->pending_n++] = *d;
	return false;
}

static void
tell(struct outdated *m, struct look *x, const struct sent *s)
{
	char id[UUID_TEXT + 1], text[200];

	if (was_told(x, &s->row.digest) || is_pending(m, &s->row.digest))
		return;
	uuid_write(&s->notice, id);
	audit_self(m->service, act_token(ACT_REDISTRIBUTE), &s->row.digest,
	    id, "due", s->due == MAILING_END ? "end" : "update");
	snprintf(text, sizeof text, "%s, and those who are served have the "
	    "earlier one: almenara redistribute %s", s->due == MAILING_END ?
	    "a notice was withdrawn or closed" : "a notice has a new revision",
	    id);
	service_alarm(m->service, text);
}

static void
on_timer(void *ctx)
{
	struct outdated *m = ctx;
	struct service *s = m->service;
	struct look *x;

	if (s->is_stopping)
		return;
	/* what was told, and what was sent, must have been taken */
	if (index_lag(s->index) != 0) {
		loop_timer_start(m->timer, AGAIN_MS, 0);
		return;
	}
	m->is_stirred = false;
	x = look(s);
	for (size_t i = 0; i < x->n; i++)
		if (x->at[i].due != MAILING_CURRENT)
			tell(m, x, &x->at[i]);
	look_end(x);
}

/* --- showing --- */

void
outdated_put(struct service *s, struct json_out *w)
{
	struct look *x = look(s);
	char id[UUID_TEXT + 1];

	json_put_key(w, "outdated");
	json_put_open(w, '[');
	for (size_t i = 0; i < x->n; i++) {
		if (x->at[i].due == MAILING_CURRENT)
			continue;
		uuid_write(&x->at[i].notice, id);
		json_put_open(w, '{');
		json_put_member_str(w, "notice", id);
		json_put_member_u64(w, "rev", x->at[i].rev);
		json_put_member_str(w, "act", x->at[i].due == MAILING_END ?
			"end" : "update");
		json_put_member_u64(w, "count", x->at[i].count);
		json_put_member_u64(w, "since",
		    (uint64_t)x->at[i].row.iat_s);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
	look_end(x);
}

/* --- life --- */

void
outdated_start(struct service *s)
{
	struct outdated *m = mem_alloc(sizeof *m);

	m->service = s;
	m->timer = loop_timer_create(s->loop, on_timer, m);
	s->outdated = m;
	outdated_stir(s);
}

void
outdated_stop(struct service *s)
{
	if (s->outdated == NULL)
		return;
	loop_timer_free(s->outdated->timer);
	free(s->outdated);
	s->outdated = NULL;
}

void
outdated_stir(struct service *s)
{
	if (s->outdated == NULL || s->outdated->is_stirred)
		return;
	s->outdated->is_stirred = true;
	loop_timer_start(s->outdated->timer, AGAIN_MS, 0);
}
