/* SPDX-License-Identifier: Apache-2.0
 *
 * What others promised.
 */
#include "node/awaited.h"

/* What a team said of the notice. */
struct said {
	struct span team;
	struct index_row answer; /* the newest */
	struct index_row other;  /* the newest other word */
	bool has_answer, has_other;
	int64_t at_s, next_s;
};

struct heard {
	struct service *service;
	struct arena *a;
	struct said said[LIMIT_TEAMS];
	size_t n;
};

static struct said *
said_by(struct heard *x, struct span team)
{
	for (size_t i = 0; i < x->n; i++)
		if (span_is_equal(x->said[i].team, team))
			return &x->said[i];
	if (x->n == LIMIT_TEAMS || span_is_equal(team, x->service->own_team))
		return NULL;
	x->said[x->n] = (struct said){ .team = arena_copy(x->a, team) };
	return &x->said[x->n++];
}

/* Within a log its order counts; a team that began another has a clock. */
static bool
is_later(const struct index_row *x, const struct index_row *y)
{
	return x->log == y->log ? x->index > y->index : x->iat_s > y->iat_s;
}

static bool
see_answer(void *ctx, const struct index_row *row)
{
	struct heard *x = ctx;
	struct said *s = said_by(x, row->iss);
	struct json doc;

	if (s == NULL || (s->has_answer && !is_later(row, &s->answer)) ||
	    json_parse_arena(arena_copy(x->a, row->brief), LIMIT_JSON_DEPTH,
		LIMIT_JSON_TOKENS, x->a, &doc, NULL) != ERR_NONE)
		return true;
	s->has_answer = true;
	s->answer = *row;
	s->at_s = row->iat_s;
	s->next_s = 0;
	(void)!json_i64(json_get(json_root(&doc), "at"), &s->at_s);
	(void)!json_i64(json_get(json_root(&doc), "next_update"),
	    &s->next_s);
	return true;
}

static bool
see_other(void *ctx, const struct index_row *row)
{
	struct said *s = said_by(ctx, row->iss);

	if (s == NULL || (s->has_other && !is_later(row, &s->other)))
		return true;
	s->has_other = true;
	s->other = *row;
	return true;
}

/* Until when is all known that its node has said? 0: not at all. */
static int64_t
known_s(struct service *s, struct span team)
{
	struct now now = loop_now(s->loop);

	for (size_t i = 0; i < hub_peer_count(s->hub); i++) {
		struct hub_peer_info p = hub_peer(s->hub, i, now);

		if (span_is_equal(p.team, team) && p.heard_ms_ago >= 0 &&
		    p.theirs_due == 0)
			return (now.wall.ms - p.heard_ms_ago) / 1000;
	}
	return 0;
}

size_t
awaited_of(struct service *s, const struct index_row *row, struct arena *a,
    struct awaited *out, size_t max)
{
	struct heard *x = arena_alloc(a, sizeof *x);
	const struct index_notice want = { .answer = see_answer,
		.other = see_other, .ctx = x };
	int64_t now_s = loop_now(s->loop).wall.ms / 1000;
	struct pledge open[PLEDGE_COUNT];
	size_t n = 0;

	x->service = s;
	x->a = a;
	(void)!index_notice(s->index, row, &want, a, NULL);
	for (size_t i = 0; i < x->n && n < max; i++) {
		const struct said *t = &x->said[i];
		const struct pledge_facts f = { .said_s = t->has_answer ?
			t->at_s : 0, .next_s = t->next_s,
			.is_heard = t->has_answer && t->has_other &&
			    is_later(&t->other, &t->answer) };

		if (pledge_open(&f, open) == 0)
			continue;
		out[n] = (struct awaited){ row->id, row->level,
			(row->flags & INDEX_EXERCISE) != 0, { 0 },
			open[0].due_s, pledge_awaits(open[0].due_s,
			known_s(s, t->team), now_s) };
		snprintf(out[n].team, sizeof out[n].team, "%.*s",
		    SPAN_FMT(t->team));
		n++;
	}
	return n;
}
