/* SPDX-License-Identifier: Apache-2.0
 *
 * Test alerts, joined to log and watch.
 */
#include "node/trials.h"

#include "base/log.h"
#include "base/mem.h"
#include "node/escalations_inside.h"
#include "node/zone_file.h"
#include "watch/lapse.h"

#include <stdlib.h>

enum {
	PAGES_READ = 512,     /* for who was called first */
	ATTEMPTS_READ = 2048,
	PAGES_OF = 64
};

struct trials {
	struct arena mem;
	struct trial_policy policy;
	struct digest held; /* told already that it waits, */
	enum trial_verdict why;
};

/* --- policy --- */

/* "22:00 06:00 America/Lima" */
static enum err
parse_quiet(struct trials *t, struct span text, struct fault *f)
{
	struct span word[3];
	size_t n = 0, i = 0;

	while (i < text.n && n < 3) {
		size_t from = i;

		while (i < text.n && text.p[i] != ' ')
			i++;
		if (i > from)
			word[n++] = span_of(text.p + from, i - from);
		else
			i++;
	}
	if (n != 3 || i != text.n)
		return fault_at(f, ERR_SCHEMA, 0, "test_quiet", "is not two "
		    "times and a zone, as 22:00 06:00 America/Lima");
	t->policy.has_quiet = true;
	return hours_parse(word[0], word[1], &t->policy.quiet, f) !=
		ERR_NONE || zone_file_load(word[2], &t->mem, &t->policy.zone,
		f) != ERR_NONE ? ERR_CONFIG : ERR_NONE;
}

enum err
trials_open(struct service *s)
{
	struct trials *t = mem_alloc(sizeof *t);
	struct span quiet = span_str(s->config->test_quiet);
	struct fault f = { 0 };

	s->trials = t;
	t->policy.most = (unsigned)s->config->test_most_per_day;
	if (quiet.n == 0 || parse_quiet(t, quiet, &f) == ERR_NONE)
		return ERR_NONE;
	log_event(LOG_ERROR, "test.config", log_str("option", "test_quiet"),
	    log_str("rule", f.rule));
	return ERR_CONFIG;
}

void
trials_close(struct service *s)
{
	if (s->trials == NULL)
		return;
	arena_release(&s->trials->mem);
	free(s->trials);
	s->trials = NULL;
}

const struct kind *
trials_kind(const struct service *s)
{
	for (size_t i = 0; i < kind_count(s->schema); i++)
		if (kind_at(s->schema, i)->tests)
			return kind_at(s->schema, i);
	return NULL;
}

bool
trials_is(const struct service *s, struct span kind)
{
	const struct kind *k = kind_find(s->schema, kind);

	return k != NULL && k->tests;
}

/* --- those that came --- */

static struct json_val
brief_of(const struct index_row *row, struct arena *a)
{
	struct json *doc = arena_alloc(a, sizeof *doc);

	return json_parse_arena(arena_copy(a, row->brief), LIMIT_JSON_DEPTH,
		   LIMIT_JSON_TOKENS, a, doc, NULL) == ERR_NONE ?
	    json_root(doc) : (struct json_val){ 0 };
}

struct counting {
	int64_t from_s;
	struct arena a;
	unsigned n;
};

static bool
see_escalation(void *ctx, const struct index_row *row)
{
	struct counting *x = ctx;

	if (row->iat_s < x->from_s)
		return false;
	x->n += json_is_str(json_get(brief_of(row, &x->a), "case"),
	    ladder_case_word(LADDER_TEST));
	return true;
}

/* Tests of the last day; and those whose first step is not written yet. */
static unsigned
count_today(struct service *s)
{
	struct counting x = { .from_s = loop_now(s->loop).wall.ms / 1000 -
		TRIAL_DAY_S };
	const struct desk_item *it;

	(void)!index_home_all(s->index, "escalation", 0, see_escalation, &x);
	for (size_t i = 0; (it = escalations_at(s, i)) != NULL; i++)
		x.n += it->what == LADDER_TEST && !it->has_record;
	arena_release(&x.a);
	return x.n;
}

static bool
is_real_open(const struct service *s)
{
	const struct desk_item *it;

	for (size_t i = 0; (it = escalations_at(s, i)) != NULL; i++)
		if (it->what == LADDER_RECIPIENT && !it->notice.exercise &&
		    it->notice.level >= TRIAL_URGENT &&
		    it->wanted == ESCALATION_OPEN)
			return true;
	return false;
}

bool
trials_admit(struct service *s, const struct index_row *row)
{
	struct trials *t = s->trials;
	enum trial_verdict v = trial_admit(&t->policy, count_today(s),
	    is_real_open(s), loop_now(s->loop).wall.ms / 1000);

	if (v == TRIAL_CALL)
		return true;
	if (t->why != v || !digest_is_equal(&t->held, &row->digest)) {
		char id[UUID_TEXT + 1];

		uuid_write(&row->id, id);
		log_event(LOG_NOTICE, "test.held", log_str("id", id),
		    log_str("why", trial_verdict_word(v)));
	}
	t->held = row->digest;
	t->why = v;
	return false;
}

/* --- who was reached first --- */

struct reached {
	struct service *service;
	const struct index_row *row;
	struct arena a;
	struct { struct uuid id; struct span post; } page[PAGES_OF];
	size_t n, looked;
	int64_t at_s; /* 0: nobody */
	struct span channel, post;
};

static bool
take_id(struct json_val v, struct arena *a, struct uuid *out)
{
	struct span s;

	return json_text(v, a, &s) == ERR_NONE &&
	    uuid_parse(s, out) == ERR_NONE;
}

static bool
see_page(void *ctx, const struct index_row *row)
{
	struct reached *x = ctx;
	struct digest of;
	struct record r;
	struct span s;

	if (x->looked++ == PAGES_READ || x->n == PAGES_OF)
		return false;
	if (!json_is_str(json_get(brief_of(row, &x->a), "reason"),
		"trial") ||
	    record_read(x->service, row->log, row->index, &x->a, &r) !=
		ERR_NONE ||
	    json_text(json_get(json_get(r.body, "notice"), "digest"), &x->a,
		&s) != ERR_NONE ||
	    entry_parse_digest(s, &of) != ERR_NONE ||
	    !digest_is_equal(&of, &x->row->digest) ||
	    !take_id(json_get(r.body, "id"), &x->a, &x->page[x->n].id) ||
	    json_text(json_get(r.body, "post"), &x->a, &x->page[x->n].post) !=
		ERR_NONE)
		return true;
	x->n++;
	return true;
}

static bool
see_attempt(void *ctx, const struct index_row *row)
{
	struct reached *x = ctx;
	struct record r;
	struct uuid id;
	int64_t at;

	if (x->looked++ == ATTEMPTS_READ)
		return false;
	if (!json_is_str(json_get(brief_of(row, &x->a), "result"),
		"accepted") ||
	    record_read(x->service, row->log, row->index, &x->a, &r) !=
		ERR_NONE ||
	    !take_id(json_get(r.body, "page"), &x->a, &id) ||
	    json_i64(json_get(r.body, "at"), &at) != ERR_NONE)
		return true;
	for (size_t i = 0; i < x->n; i++)
		if (uuid_is_equal(&x->page[i].id, &id) &&
		    (x->at_s == 0 || at < x->at_s) &&
		    json_text(json_get(r.body, "channel"), &x->a,
			&x->channel) == ERR_NONE) {
			x->at_s = at;
			x->post = x->page[i].post;
		}
	return true;
}

void
trials_put_called(struct call *c, const struct index_row *row,
    struct json_out *w)
{
	struct reached x = { .service = c->service, .row = row };

	if (!trials_is(c->service, row->kind))
		return;
	(void)!index_home_all(c->service->index, "page", 0, see_page, &x);
	x.looked = 0;
	if (x.n != 0)
		(void)!index_home_all(c->service->index, "attempt", 0,
		    see_attempt, &x);
	if (x.at_s != 0) {
		json_put_key(w, "called");
		json_put_open(w, '{');
		json_put_member_u64(w, "at", (uint64_t)x.at_s);
		json_put_member_span(w, "channel", x.channel);
		json_put_member_span(w, "post", x.post);
		json_put_close(w, '}');
	}
	arena_release(&x.a);
}

/* --- those that were sent --- */

struct gathering {
	struct service *service;
	struct arena *a;
	struct index_row *row;
	size_t n, max;
};

static bool
keep_row(void *ctx, const struct index_row *row)
{
	struct gathering *g = ctx;
	struct index_row *r = &g->row[g->n];

	*r = *row;
	r->iss = arena_copy(g->a, row->iss);
	r->kind = arena_copy(g->a, row->kind);
	r->brief = arena_copy(g->a, row->brief);
	return ++g->n < g->max;
}

size_t
trials_newest(struct service *s, struct arena *a, struct index_row *out,
    size_t max)
{
	const struct kind *k = trials_kind(s);
	struct gathering g = { s, a, out, 0, max };
	struct index_filter filter = { .mine = true, .ended = true,
		.limit = (unsigned)max };

	if (k == NULL)
		return 0;
	filter.kind = span_str(k->name);
	(void)!index_inbox(s->index, &filter, keep_row, &g, NULL);
	return g.n;
}

size_t
trials_replies(struct service *s, const struct index_row *row,
    struct arena *a, struct trial_reply *out, size_t max)
{
	struct gathering g = { s, a, arena_alloc(a,
		2 * LIMIT_TEAMS * sizeof *g.row), 0, 2 * LIMIT_TEAMS };
	const struct index_notice want = { .answer = keep_row, .ctx = &g };
	struct index_audience aud = { 0 };
	size_t n = 0;

	if (index_notice(s->index, row, &want, a, &aud) != ERR_NONE)
		return 0;
	for (size_t i = 0; i < aud.n && n < max; i++) {
		struct trial_reply *x = &out[n];

		if (span_is_equal(aud.team[i], s->own_team))
			continue;
		*x = (struct trial_reply){ .team = aud.team[i],
			.facts = { .iat_s = row->iat_s, .exp_s = row->exp_s,
			    .is_withdrawn = (row->flags & INDEX_ENDED) != 0,
			    .is_delivered = hub_is_delivered(s->hub, row->log,
				aud.team[i], row->index) } };
		for (size_t k = 0; k < g.n; k++)
			if (span_is_equal(g.row[k].iss, x->team) &&
			    (x->facts.acknowledged_s == 0 ||
				g.row[k].iat_s < x->facts.acknowledged_s)) {
				x->facts.acknowledged_s = g.row[k].iat_s;
				x->facts.is_delivered = true;
				x->answer = g.row[k];
			}
		n++;
	}
	return n;
}

static struct trial_team *
team_of(struct trial_team *all, size_t *n, size_t max, struct span team)
{
	for (size_t i = 0; i < *n; i++)
		if (span_is_equal(all[i].team, team))
			return &all[i];
	if (*n == max)
		return NULL;
	all[*n] = (struct trial_team){ .team = team };
	return &all[(*n)++];
}

size_t
trials_standings(struct service *s, struct arena *a, struct trial_team *out,
    size_t max)
{
	int64_t now_s = loop_now(s->loop).wall.ms / 1000;
	struct index_row *row = arena_alloc(a, TRIALS_NEWEST * sizeof *row);
	struct trial_reply *r = arena_alloc(a, LIMIT_TEAMS * sizeof *r);
	size_t tests = trials_newest(s, a, row, TRIALS_NEWEST), n = 0;

	for (size_t i = 0; i < tests; i++) {
		size_t m = trials_replies(s, &row[i], a, r, LIMIT_TEAMS);

		for (size_t k = 0; k < m; k++) {
			struct trial_team *t = team_of(out, &n, max,
			    r[k].team);

			if (t != NULL)
				trial_stand(&t->standing, &r[k].facts, now_s);
		}
	}
	return n;
}

/* --- telling --- */

static void
tell(struct service *s, const struct index_row *row, struct arena *a)
{
	struct trial_reply *r = arena_alloc(a, LIMIT_TEAMS * sizeof *r);
	int64_t now_s = loop_now(s->loop).wall.ms / 1000;
	size_t n = trials_replies(s, row, a, r, LIMIT_TEAMS);
	unsigned flagged = 0;
	char id[UUID_TEXT + 1], text[160];

	uuid_write(&row->id, id);
	for (size_t i = 0; i < n; i++) {
		enum trial_state state = trial_judge(&r[i].facts, now_s);

		if (!trial_is_flagged(state))
			continue;
		flagged++;
		log_event(LOG_WARNING, "test.unanswered", log_str("id", id),
		    log_span("team", r[i].team),
		    log_str("state", trial_state_word(state)));
	}
	if (flagged == 0)
		return;
	snprintf(text, sizeof text, "%u of %zu have not answered a test alert: "
	    "almenara test-alert results %s", flagged, n, id);
	service_alarm(s, text);
}

void
trials_look(struct service *s)
{
	struct arena a = { 0 };
	struct index_row row[TRIALS_NEWEST];
	size_t n = trials_newest(s, &a, row, TRIALS_NEWEST);

	for (size_t i = 0; i < n; i++) {
		const struct trial_facts f = { .iat_s = row[i].iat_s,
			.exp_s = row[i].exp_s };

		if (lapse_look(&s->lapse, trial_due(&f),
			loop_now(s->loop).wall))
			tell(s, &row[i], &a);
	}
	arena_release(&a);
}
