/* SPDX-License-Identifier: Apache-2.0
 *
 * What nobody has answered although all steps were taken, and what other teams
 * say of who does not answer: no clock runs for these any more, or here, and
 * they must not be lost from sight.
 */
#include "node/escalations_inside.h"

enum {
	LOOKED = 256,       /* escalations, the newest */
	WORDS_MOST = 64,    /* words of others, the newest */
	SHOWN_S = 2 * 86400
};

struct listed {
	struct call *call;
	struct index_row row[LOOKED];
	size_t n, max;
};

static bool
keep(void *ctx, const struct index_row *row)
{
	struct listed *l = ctx;
	int64_t now_s = loop_now(l->call->service->loop).wall.ms / 1000;

	if (l->n == l->max || row->iat_s < now_s - SHOWN_S)
		return false;
	l->row[l->n] = *row;
	l->row[l->n].iss = arena_copy(&l->call->mem, row->iss);
	l->row[l->n++].brief = arena_copy(&l->call->mem, row->brief);
	return true;
}

static struct json_val
brief_of(struct call *c, const struct index_row *row)
{
	struct json *doc = arena_alloc(&c->mem, sizeof *doc);

	if (json_parse_arena(row->brief, LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS,
		&c->mem, doc, NULL) != ERR_NONE)
		return (struct json_val){ 0 };
	return json_root(doc);
}

/* --- all steps were taken --- */

struct answer {
	const struct digest *of;
	struct span team;
	bool is_there;
};

static bool
see_answer(void *ctx, const struct index_row *row)
{
	struct answer *a = ctx;

	a->is_there |= digest_is_equal(&row->re, a->of) &&
	    span_is_equal(row->iss, a->team);
	return !a->is_there;
}

/* Is what all steps were taken for still as it was? */
static bool
stands(struct call *c, struct json_val body, struct index_row *notice)
{
	struct service *s = c->service;
	bool is_owed = json_is_str(json_get(body, "case"), "recipient");
	struct answer a = { .is_there = false };
	const struct index_notice want = { .answer = see_answer, .ctx = &a };
	struct digest d;
	struct span text;

	if (json_text(json_get(json_get(body, "notice"), "digest"), &c->mem,
		&text) != ERR_NONE ||
	    entry_parse_digest(text, &d) != ERR_NONE ||
	    index_by_digest(s->index, &d, &c->mem, notice) != ERR_NONE ||
	    (notice->flags & INDEX_NEWEST) == 0 ||
	    (notice->flags & (INDEX_ENDED | INDEX_REPLACED)) != 0 ||
	    json_text(json_get(body, "silent"), &c->mem, &a.team) != ERR_NONE)
		return false;
	if (is_owed)
		return (notice->flags & INDEX_OWED) != 0 &&
		    (notice->flags & INDEX_ACKNOWLEDGED) == 0;
	a.of = &notice->digest;
	(void)!index_notice(s->index, notice, &want, &c->mem, NULL);
	return !a.is_there &&
	    (!json_is_str(json_get(body, "case"), "no_receipt") ||
		!hub_is_delivered(s->hub, notice->log, a.team, notice->index));
}

static void
put_exhausted(struct call *c, const struct index_row *row)
{
	struct json_val brief = brief_of(c, row);
	struct json_out *w = &c->w;
	struct index_row notice;
	struct span text;
	struct record r;

	if (!json_is_str(json_get(brief, "end"), "exhausted") ||
	    json_is_str(json_get(brief, "case"), "test") ||
	    record_read(c->service, row->log, row->index, &c->mem, &r) !=
		ERR_NONE || !stands(c, r.body, &notice))
		return;
	json_put_open(w, '{');
	json_put_member_str(w, "what", "exhausted");
	json_put_member_str(w, "notice", call_id(c, &notice.id));
	if (json_text(json_get(r.body, "case"), &c->mem, &text) == ERR_NONE)
		json_put_member_span(w, "case", text);
	if (json_text(json_get(r.body, "silent"), &c->mem, &text) == ERR_NONE)
		json_put_member_span(w, "silent", text);
	json_put_member_u64(w, "level", (uint64_t)notice.level);
	json_put_member_u64(w, "since", (uint64_t)row->iat_s);
	json_put_member_bool(w, "exercise",
	    (notice.flags & INDEX_EXERCISE) != 0);
	json_put_close(w, '}');
}

/* --- what others say --- */

static bool
said_before(struct call *c, const struct listed *l, size_t i,
    struct span silent)
{
	for (size_t k = 0; k < i; k++) {
		struct span other;

		if (span_is_equal(l->row[k].iss, l->row[i].iss) &&
		    json_text(json_get(brief_of(c, &l->row[k]), "silent"),
			&c->mem, &other) == ERR_NONE &&
		    span_is_equal(other, silent))
			return true;
	}
	return false;
}

/* The newest of a team about a team stands for those before it. */
static void
put_word(struct call *c, const struct listed *l, size_t i)
{
	const struct index_row *row = &l->row[i];
	struct json_out *w = &c->w;
	struct span silent;
	uint64_t level = 0;
	struct record r;

	if ((row->flags & INDEX_MINE) != 0 ||
	    json_text(json_get(brief_of(c, row), "silent"), &c->mem,
		&silent) != ERR_NONE || said_before(c, l, i, silent) ||
	    call_was_opened(c, &row->digest) ||
	    !call_look(c, row, EXIT_SHOW, &r))
		return;
	(void)!json_u64(json_get(r.body, "level"), &level);
	json_put_open(w, '{');
	json_put_member_str(w, "what", "word");
	json_put_member_str(w, "id", call_id(c, &row->id));
	json_put_member_span(w, "team", row->iss);
	json_put_member_span(w, "silent", silent);
	json_put_member_u64(w, "level", level);
	json_put_member_u64(w, "since", (uint64_t)row->iat_s);
	json_put_member_bool(w, "exercise",
	    json_get(r.body, "exercise").type == JSON_TRUE);
	json_put_close(w, '}');
}

void
escalations_put_over(struct call *c)
{
	const struct index_filter words = { .any = true,
		.kind = span_str("unanswered"), .limit = WORDS_MOST };
	struct listed *l = arena_alloc(&c->mem, sizeof *l);

	json_put_key(&c->w, "over");
	json_put_open(&c->w, '[');
	*l = (struct listed){ .call = c, .max = LOOKED };
	(void)!index_home_all(c->service->index, "escalation", 0, keep, l);
	for (size_t i = 0; i < l->n; i++)
		put_exhausted(c, &l->row[i]);
	l->n = 0;
	l->max = WORDS_MOST;
	(void)!index_inbox(c->service->index, &words, keep, l, NULL);
	for (size_t i = 0; i < l->n; i++)
		put_word(c, l, i);
	json_put_close(&c->w, ']');
}
