/* SPDX-License-Identifier: Apache-2.0
 *
 * What is unanswered: notices that this team owes an answer, and own ones that
 * others have not receipted or answered.
 */
#include "node/escalations_inside.h"

#include "node/trials.h"

#include <stdio.h>
#include <string.h>

enum {
	ROWS = 256,
	SLICE = 256, /* of what is open, compared at once */
	PAGES = 16, /* of so many rows, at a start */
	WORDS = 8,  /* of each log, then */
	SENDER_S = 2 * 86400
};

struct rows {
	struct arena a;
	struct index_row row[ROWS];
	size_t n;
};

static bool
keep_row(void *ctx, const struct index_row *row)
{
	struct rows *r = ctx;

	r->row[r->n] = *row;
	r->row[r->n].iss = arena_copy(&r->a, row->iss);
	r->row[r->n].kind = arena_copy(&r->a, row->kind);
	r->row[r->n].brief = span_str("");
	return ++r->n < ROWS;
}

struct desk_notice
escalations_notice(struct service *s, const struct index_row *row,
    struct span silent, struct arena *a)
{
	size_t log = log_find(s, row->log);
	struct desk_notice n = { .id = row->id, .digest = row->digest,
		.number = row->index, .iat_s = row->iat_s,
		.exp_s = row->exp_s,
		.level = row->level,
		.exercise = (row->flags & INDEX_EXERCISE) != 0,
		.issuer = arena_string(a, row->iss),
		.silent = arena_string(a, silent) };

	if (log != SIZE_MAX)
		n.origin = arena_string(a, hub_log(s->hub, log).origin);
	return n;
}

/* Nobody is called any more for what its origin says is past. */
static bool
is_past(const struct escalations *m, int64_t exp_s)
{
	return trust_has_expired(hub_clock(m->service->hub), exp_s,
	    loop_now(m->service->loop).wall);
}

/* The campaign of a record: read when it is first asked for, once for all
 * teams that the record goes to. */
struct campaign {
	bool is_read;
	char text[DESK_CAMPAIGN + 1];
};

static const char *
campaign_of(struct service *s, const struct index_row *row, struct campaign *c)
{
	struct arena a = { 0 };
	struct span text;
	struct record r;

	if (!c->is_read &&
	    record_read(s, row->log, row->index, &a, &r) == ERR_NONE &&
	    json_text(json_get(r.body, "campaign"), &a, &text) == ERR_NONE)
		snprintf(c->text, sizeof c->text, "%.*s", SPAN_FMT(text));
	c->is_read = true;
	arena_release(&a);
	return c->text;
}

static void
arm(struct escalations *m, enum ladder_case what, const struct index_row *row,
    struct campaign *campaign, struct span silent, bool is_trusted)
{
	struct service *s = m->service;
	struct now now = loop_now(s->loop);
	struct arena a = { 0 };
	struct desk_notice n = escalations_notice(s, row, silent, &a);
	struct wall at = now.wall;

	if (row->level >= LEVEL_MIN && row->level <= LEVEL_MAX &&
	    !is_past(m, row->exp_s) && !desk_knows(m->desk, what, &n) &&
	    (what != LADDER_TEST || trials_admit(s, row))) {
		if (!ladder_is_owed(what) && row->iat_s * 1000 < at.ms)
			at.ms = row->iat_s * 1000;
		n.campaign = campaign_of(s, row, campaign);
		(void)desk_arm(m->desk, what, &n, at, now, is_trusted);
	}
	arena_release(&a);
}

static void
compare_owed(struct escalations *m, const struct index_row *row,
    bool is_trusted)
{
	struct campaign campaign = { 0 };

	if (row->state == STORE_BODY_HELD)
		arm(m, trials_is(m->service, row->kind) ? LADDER_TEST :
		    LADDER_RECIPIENT, row, &campaign, m->service->own_team,
		    is_trusted);
}

/* --- own notices --- */

struct own {
	struct escalations *m;
	const struct index_row *row;
	struct span answered[LIMIT_TEAMS];
	size_t answered_n;
	struct campaign campaign;
	struct arena a;
	bool is_trusted;
};

static bool
see_answer(void *ctx, const struct index_row *row)
{
	struct own *o = ctx;

	if (digest_is_equal(&row->re, &o->row->digest) &&
	    o->answered_n < LIMIT_TEAMS)
		o->answered[o->answered_n++] = arena_copy(&o->a, row->iss);
	return true;
}

static bool
has_answered(const struct own *o, struct span team)
{
	for (size_t i = 0; i < o->answered_n; i++)
		if (span_is_equal(o->answered[i], team))
			return true;
	return false;
}

static void
compare_team(struct own *o, struct span team)
{
	struct service *s = o->m->service;
	const struct index_row *row = o->row;

	if (span_is_equal(team, s->own_team))
		return;
	if (has_answered(o, team)) {
		desk_heard(o->m->desk, LADDER_NO_RECEIPT, &row->digest, team);
		desk_heard(o->m->desk, LADDER_NO_ANSWER, &row->digest, team);
	} else if (!hub_is_delivered(s->hub, row->log, team, row->index)) {
		arm(o->m, LADDER_NO_RECEIPT, row, &o->campaign, team,
		    o->is_trusted);
	} else {
		desk_heard(o->m->desk, LADDER_NO_RECEIPT, &row->digest, team);
		arm(o->m, LADDER_NO_ANSWER, row, &o->campaign, team,
		    o->is_trusted);
	}
}

static void
compare_own(struct escalations *m, const struct index_row *row,
    bool is_trusted)
{
	struct service *s = m->service;
	const struct kind *k = kind_find(s->schema, row->kind);
	struct own o = { .m = m, .row = row, .is_trusted = is_trusted };
	const struct index_notice want = { .answer = see_answer, .ctx = &o };
	struct index_audience aud = { 0 };

	if (row->level < LEVEL_MIN || row->level > LEVEL_MAX || k == NULL ||
	    !k->answers || k->tests || (row->flags & (INDEX_ENDED |
	    INDEX_REPLACED | INDEX_EMBARGOED)) != 0 ||
	    row->iat_s < loop_now(s->loop).wall.ms / 1000 - SENDER_S ||
	    m->ladders.at[LADDER_NO_ANSWER][row->level].n == 0)
		return;
	if (index_notice(s->index, row, &want, &o.a, &aud) == ERR_NONE) {
		for (size_t i = 0; i < aud.n; i++)
			compare_team(&o, aud.team[i]);
		for (size_t i = 0; aud.open && i < hub_peer_count(s->hub); i++)
			compare_team(&o, hub_peer(s->hub, i,
			    loop_now(s->loop)).team);
	}
	arena_release(&o.a);
}

typedef void compare_fn(struct escalations *m, const struct index_row *row,
    bool is_trusted);

/* The newest; the others were seen when they came, but not by a node that has
 * just started. */
static void
compare_list(struct escalations *m, struct index_filter list,
    compare_fn *compare, bool is_trusted)
{
	int pages = m->compared_ms == 0 ? PAGES : 1;

	do {
		struct rows all = { .n = 0 };

		if (index_inbox(m->service->index, &list, keep_row, &all,
			&list.before) != ERR_NONE)
			list.before = 0;
		for (size_t i = 0; i < all.n; i++)
			compare(m, &all.row[i], is_trusted);
		if (list.before == 0 && all.n == ROWS)
			list.before = all.row[ROWS - 1].at;
		arena_release(&all.a);
	} while (list.before != 0 && --pages > 0);
}

/* --- what is open --- */

/* How does what the item is about stand now? */
static void
compare_item(struct escalations *m, const struct desk_item *it)
{
	struct service *s = m->service;
	struct digest about = it->notice.digest;
	struct arena a = { 0 };
	struct index_row row;
	uint32_t gone = INDEX_ENDED | INDEX_REPLACED;
	enum err e = index_by_digest(s->index, &about, &a, &row);

	if (e != ERR_NONE) {
		arena_release(&a);
		return;
	}
	if (row.state != STORE_BODY_HELD ||
	    (row.flags & INDEX_NEWEST) == 0 || (row.flags & INDEX_REPLACED) !=
		0 || is_past(m, row.exp_s))
		desk_cancel(m->desk, &about);
	else if (!ladder_is_owed(it->what) && (row.flags & gone) != 0)
		desk_cancel(m->desk, &about);
	else if (ladder_is_owed(it->what) &&
	    (row.flags & INDEX_ACKNOWLEDGED) != 0)
		desk_answered(m->desk, &about, span_str(""), 0,
		    loop_now(s->loop));
	else if (ladder_is_owed(it->what) &&
	    (row.flags & INDEX_OWED) == 0)
		desk_cancel(m->desk, &about);
	arena_release(&a);
}

/* What other teams said last, before this node started. */
static void
compare_words(struct escalations *m)
{
	struct service *s = m->service;

	for (size_t i = 0; i < hub_log_count(s->hub); i++) {
		struct hub_log_info log = hub_log(s->hub, i);
		uint64_t n = log.size > WORDS ? log.size - WORDS : 0;

		for (; n < log.size; n++)
			escalations_read_word(m, log.id, n);
	}
}

bool
escalations_compare(struct escalations *m, bool is_trusted)
{
	size_t end = m->compare_at + SLICE;

	if (m->compared_ms == 0 && m->compare_at == 0)
		compare_words(m);
	/* one that is put where another was is compared in the next round */
	while (m->compare_at < end && m->compare_at < desk_count(m->desk))
		compare_item(m, desk_at(m->desk, m->compare_at++));
	if (m->compare_at < desk_count(m->desk))
		return false;
	m->compare_at = 0;
	compare_list(m, (struct index_filter){ .unacknowledged = true,
	    .ended = true }, compare_owed, is_trusted);
	compare_list(m, (struct index_filter){ .mine = true }, compare_own,
	    is_trusted);
	return true;
}

/* --- what has changed --- */

static void
compare_record(struct escalations *m, const struct index_row *row,
    bool is_trusted)
{
	for (const struct desk_item *it = desk_next(m->desk, &row->id, NULL);
	     it != NULL; it = desk_next(m->desk, &row->id, it))
		compare_item(m, it);
	if (span_is_str(row->kind, "unanswered"))
		escalations_read_word(m, row->log, row->index);
	if ((row->flags & INDEX_NOTICE) == 0)
		return;
	if ((row->flags & INDEX_OWED) != 0)
		compare_owed(m, row, is_trusted);
	if ((row->flags & INDEX_MINE) != 0)
		compare_own(m, row, is_trusted);
}

static bool
is_receipted(struct service *s, const struct desk_item *it)
{
	for (size_t i = 0; i < hub_log_count(s->hub); i++) {
		struct hub_log_info log = hub_log(s->hub, i);

		if (span_is_str(log.origin, it->notice.origin))
			return hub_is_delivered(s->hub, log.id,
			    span_str(it->notice.silent), it->notice.number);
	}
	return false;
}

/* Who has it is no longer to be reached, but to be asked. */
static void
compare_receipts(struct escalations *m, bool is_trusted)
{
	struct arena a = { 0 };
	struct index_row row;

	for (size_t i = 0; i < desk_count(m->desk); i++) {
		const struct desk_item *it = desk_at(m->desk, i);
		struct digest about = it->notice.digest;

		if (it->what != LADDER_NO_RECEIPT ||
		    it->wanted != ESCALATION_OPEN ||
		    !is_receipted(m->service, it))
			continue;
		if (index_by_digest(m->service->index, &about, &a, &row) ==
		    ERR_NONE)
			compare_own(m, &row, is_trusted);
		arena_reset(&a);
	}
	arena_release(&a);
}

bool
escalations_compare_changes(struct escalations *m, bool is_trusted)
{
	bool has_receipts = m->has_receipts;
	struct rows all = { .n = 0 };
	enum err e = index_changes(m->service->index, keep_row, &all);

	m->has_receipts = false;
	for (size_t i = 0; i < desk_count(m->desk); i++) {
		const struct desk_notice *n = &desk_at(m->desk, i)->notice;

		if (is_past(m, n->exp_s))
			desk_cancel(m->desk, &n->digest);
	}
	for (size_t i = 0; e == ERR_NONE && i < all.n; i++)
		compare_record(m, &all.row[i], is_trusted);
	if (has_receipts)
		compare_receipts(m, is_trusted);
	arena_release(&all.a);
	return e == ERR_NONE;
}
