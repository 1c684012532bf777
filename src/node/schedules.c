/* SPDX-License-Identifier: Apache-2.0
 *
 * Sending by schedules.
 */
#include "node/schedules.h"

#include "base/log.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "node/audience.h"
#include "node/claims.h"
#include "node/groups.h"
#include "node/plan.h"
#include "node/zone_file.h"

#include <stdlib.h>

enum { LAG_MS = 1000, REST_MS = 30000, WHY_MAX = 160 };

static const char missed_word[] = "missed";
static const char refused_word[] = "refused";

/* --- records --- */

static struct span
text_of(struct json_val v, const char *key, struct arena *a)
{
	struct span s;

	return json_text(json_get(v, key), a, &s) == ERR_NONE ? s :
	    span_str("");
}

enum err
schedule_parse(struct json_val body, struct arena *a, struct round_plan *out,
    struct fault *f)
{
	static const struct zone utc = { .until_s = INT64_MAX };
	struct span zone = text_of(body, "zone", a);
	struct round_plan p = { .zone = &utc };
	uint64_t spread = SCHEDULE_SPREAD;
	enum err e = round_parse(text_of(body, "every", a),
	    text_of(body, "week", a), text_of(body, "day", a),
	    text_of(body, "hour", a), &p, f);

	if (e == ERR_NONE && json_get(body, "spread").type != JSON_ABSENT &&
	    (json_u64(json_get(body, "spread"), &spread) != ERR_NONE ||
		spread > ROUND_SPREAD_MOST_S / 60))
		e = fault_at(f, ERR_SCHEMA, 0, "spread",
		    "is not 0 to %d minutes", ROUND_SPREAD_MOST_S / 60);
	if (e == ERR_NONE && zone.n != 0 && !span_is_str(zone, "UTC"))
		e = zone_file_load(zone, a, &p.zone, f);
	p.spread_s = (int64_t)spread * 60;
	if (e == ERR_NONE)
		*out = p;
	return e;
}

enum err
schedule_read(struct service *s, const struct index_row *row,
    struct arena *a, struct schedule *out, struct fault *f)
{
	struct schedule t = { .row = *row };
	struct record r;
	enum err e = record_read(s, row->log, row->index, a, &r);

	if (e != ERR_NONE)
		return fault_at(f, e, 0, "", "%s", err_sentence(e));
	t.row.kind = span_str(SCHEDULE_KIND);
	t.body = r.body;
	e = schedule_parse(r.body, a, &t.plan, f);
	if (e == ERR_NONE)
		e = json_bool(json_get(r.body, "all"), &t.is_all);
	if (e == ERR_NONE)
		e = json_u64(json_get(r.body, "level"), &t.level);
	if (e == ERR_NONE)
		e = json_u64(json_get(r.body, "uid"), &t.uid);
	if (e == ERR_NONE)
		e = json_i64(json_get(r.body, "set"), &t.set_s);
	if (e == ERR_NONE)
		e = uuid_parse(text_of(r.body, "seed", a), &t.seed);
	if (e != ERR_NONE)
		return e;
	t.login = text_of(r.body, "login", a);
	(void)!json_i64(json_get(r.body, "over"), &t.over_s);
	(void)!json_i64(json_get(r.body, "round"), &t.left_s);
	*out = t;
	return e;
}

void
schedule_append(struct service *s, const struct schedule *earlier,
    struct span body, hub_append_fn *done, void *ctx)
{
	struct hub_draft d = home_draft(s, SCHEDULE_KIND);
	unsigned char random[10];

	d.has_id = true;
	if (earlier != NULL) {
		d.id = earlier->row.id;
		d.rev = earlier->row.rev + 1;
		d.replaces = &earlier->row.digest;
		d.replaces_n = 1;
	} else {
		random_fill(random, sizeof random);
		d.id = uuid_make(loop_now(s->loop).wall, random);
	}
	d.body = body;
	hub_append(s->hub, &d, done, ctx);
	service_stir(s);
}

/* --- what is being done: one at a time --- */

struct doing {
	struct service *service;
	struct arena mem;
	struct schedule schedule;
	int64_t round_s;
	struct span team;    /* that is sent to */
	const char *alarm;   /* once it is noted; NULL: none */
};

static struct doing *
doing_begin(struct service *s, const struct schedule *t, int64_t round_s)
{
	struct doing *d = mem_alloc(sizeof *d);
	struct fault f;

	d->service = s;
	d->round_s = round_s;
	if (schedule_read(s, &t->row, &d->mem, &d->schedule, &f) !=
	    ERR_NONE) {
		arena_release(&d->mem);
		free(d);
		return NULL;
	}
	s->schedule_runs = true;
	return d;
}

static void
doing_end(struct doing *d)
{
	struct service *s = d->service;

	s->schedule_runs = false;
	if (!s->is_stopping)
		claims_stir(s);
	arena_release(&d->mem);
	free(d);
}

/* Something that is no decision failed: later again. */
static void
put_off(struct doing *d, enum err e, const char *why)
{
	struct service *s = d->service;

	if (!s->is_stopping)
		log_event(LOG_WARNING, "test.put_off", log_err("error", e),
		    log_str("why", why));
	s->schedule_rest_ms = loop_now(s->loop).wall.ms + REST_MS;
	doing_end(d);
}

/* --- noting what was not sent --- */

struct left {
	const struct span *team;
	size_t n;
	const char *what;
	const char *why;
};

/* Those noted before, if they are of this round. */
static void
put_left(struct doing *d, struct json_out *w, const struct left *more)
{
	struct schedule *t = &d->schedule;
	struct json_val list = json_get(t->body, "left");
	bool is_old = t->left_s == d->round_s;

	if (!is_old && more->n == 0) {
		/* of an earlier round: it stays to be seen */
		if (t->left_s == 0)
			return;
		json_put_member_u64(w, "round", (uint64_t)t->left_s);
		json_put_key(w, "left");
		json_put_raw(w, json_raw(list));
		return;
	}
	json_put_member_u64(w, "round", (uint64_t)d->round_s);
	json_put_key(w, "left");
	json_put_open(w, '[');
	for (struct json_val v = json_first(list); is_old &&
	     v.type != JSON_ABSENT; v = json_next(list, v))
		json_put_raw(w, json_raw(v));
	for (size_t i = 0; i < more->n; i++) {
		json_put_open(w, '{');
		json_put_member_span(w, "team", more->team[i]);
		json_put_member_str(w, "what", more->what);
		if (more->why[0] != '\0')
			json_put_member_str(w, "why", more->why);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

static void
on_noted(void *ctx, const struct hub_appended *result)
{
	struct doing *d = ctx;
	struct service *s = d->service;

	if (result->err != ERR_NONE) {
		put_off(d, result->err, result->text);
		return;
	}
	if (d->alarm != NULL)
		service_alarm(s, d->alarm);
	doing_end(d);
}

/* `stop`: why nothing more is sent by it; NULL: it goes on. */
static void
note(struct doing *d, const struct left *more, bool is_over, const char *stop)
{
	struct schedule *t = &d->schedule;
	int64_t over_s = is_over ? d->round_s : t->over_s;
	struct fault f = { 0 };
	struct json_out w;
	struct json doc;
	struct buf b;
	enum err e;

	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_rest(&w, t->body, JSON_WITHOUT("over", "round", "left",
	    "state", "why"), &d->mem);
	if (over_s != 0)
		json_put_member_u64(&w, "over", (uint64_t)over_s);
	put_left(d, &w, more);
	json_put_member_str(&w, "state", stop == NULL ? "in_force" : "done");
	if (stop != NULL)
		json_put_member_str(&w, "why", stop);
	json_put_close(&w, '}');
	e = buf_check(&b);
	if (e == ERR_NONE)
		e = home_check(d->service, span_str(SCHEDULE_KIND),
		    buf_span(&b), &d->mem, &doc, &f);
	if (e == ERR_NONE)
		schedule_append(d->service, t, buf_span(&b), on_noted, d);
	else
		put_off(d, e, f.rule);
	buf_release(&b);
}

/* Was it told of this round already? */
static bool
is_told(struct doing *d, const char *what)
{
	struct json_val list = json_get(d->schedule.body, "left");

	if (d->schedule.left_s != d->round_s)
		return false;
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v))
		if (json_is_str(json_get(v, "what"), what))
			return true;
	return false;
}

static void
note_left(struct doing *d, const struct left *more, bool is_over)
{
	char id[UUID_TEXT + 1], text[160];

	uuid_write(&d->schedule.row.id, id);
	for (size_t i = 0; i < more->n; i++)
		log_event(LOG_WARNING, "test.left", log_str("schedule", id),
		    log_span("team", more->team[i]),
		    log_str("what", more->what), log_str("why", more->why));
	if (!is_told(d, more->what)) {
		snprintf(text, sizeof text, "test alerts of a schedule were "
		    "%s: almenara test-alert schedule list",
		    more->what == missed_word ? "skipped, the node was away" :
						"refused");
		d->alarm = arena_string(&d->mem, span_str(text));
	}
	note(d, more, is_over, NULL);
}

static void
stop(struct doing *d, const char *why)
{
	const struct left none = { 0 };
	char id[UUID_TEXT + 1];

	uuid_write(&d->schedule.row.id, id);
	log_event(LOG_WARNING, "test.stopped", log_str("schedule", id),
	    log_str("why", why));
	d->alarm = "a schedule of test alerts has stopped: almenara "
	    "test-alert schedule list";
	note(d, &none, false, why);
}

/* --- sending --- */

/* A decision, which another try would not change. */
static bool
is_refusal(enum err e)
{
	return e == ERR_RULE || e == ERR_AUDIENCE || e == ERR_DENIED ||
	    e == ERR_SCHEMA || e == ERR_LIMIT || e == ERR_USAGE;
}

static void
on_sent(void *ctx, enum err e, const char *why)
{
	struct doing *d = ctx;
	struct left one = { &d->team, 1, refused_word, "" };
	char text[WHY_MAX + 1];
	size_t n = strlen(why);

	if (e == ERR_NONE || e == ERR_EXISTS) {
		doing_end(d);
		return;
	}
	if (!is_refusal(e) || d->service->is_stopping) {
		put_off(d, e, why);
		return;
	}
	if (n > WHY_MAX)
		n = WHY_MAX;
	/* not within a character */
	while (n != 0 && n < strlen(why) && ((unsigned char)why[n] & 0xc0) ==
	    0x80)
		n--;
	snprintf(text, sizeof text, "%.*s", (int)n, why);
	one.why = text;
	note_left(d, &one, false);
}

/* Why nothing can be sent for who set it; NULL: it can. */
static const char *
author_fault(struct service *s, const struct schedule *t)
{
	struct caller who;

	caller_find(s, (uint32_t)t->uid, &who);
	if (t->login.n != 0 && !span_is_str(t->login, who.login))
		return "who set it is no active person any more";
	return caller_may(&who, RIGHT_RELEASE) ? NULL :
	    "who set it may not send any more";
}

static void
ring(struct service *s, const struct schedule *t, int64_t round_s,
    struct span team)
{
	struct doing *d = doing_begin(s, t, round_s);
	const char *why = author_fault(s, t);
	char plan[UUID_TEXT + 1], id[UUID_TEXT + 1], args[256];
	struct uuid entry = round_id(&t->seed, round_s, team);

	if (d == NULL)
		return;
	if (why != NULL) {
		stop(d, why);
		return;
	}
	d->team = arena_copy(&d->mem, team);
	uuid_write(&t->row.id, plan);
	uuid_write(&entry, id);
	snprintf(args, sizeof args, "{\"aud\":[\"%.*s\"],\"level\":%u,"
	    "\"plan\":\"%s\",\"round\":%lld,\"id\":\"%s\"}", SPAN_FMT(team),
	    (unsigned)t->level, plan, (long long)round_s, id);
	call_home(s, (uint32_t)t->uid, "test_alert_send", args,
	    "test-alert schedule", on_sent, d);
}

/* --- looking --- */

struct look {
	struct call call; /* only its service and its memory */
	int64_t now_s;
	int64_t *wait_ms;
	struct index_row row[SCHEDULES_MOST];
	size_t n;
};

static bool
keep(void *ctx, const struct index_row *row)
{
	struct look *x = ctx;

	x->row[x->n] = *row;
	x->row[x->n].iss = x->row[x->n].kind = x->row[x->n].brief =
	    span_str("");
	return ++x->n < SCHEDULES_MOST;
}

static void
sooner(struct look *x, int64_t at_s)
{
	int64_t wait_ms = (at_s - x->now_s) * 1000;

	if (wait_ms > 0 && wait_ms < *x->wait_ms)
		*x->wait_ms = wait_ms;
}

/* Each once: also who is named and in a group. */
static void
add_team(struct span *team, size_t *n, struct span more)
{
	for (size_t i = 0; i < *n; i++)
		if (span_is_equal(team[i], more))
			return;
	team[(*n)++] = more;
}

static enum err
teams_of(struct look *x, const struct schedule *t, struct span **out,
    size_t *n, struct fault *f)
{
	struct service *s = x->call.service;
	struct audience_ask want = { .tlp = TLP_AMBER, .own = s->own_team,
		.all = true };
	struct groups_named by = { 0 };
	struct audience all = { 0 };
	struct span *named = NULL;
	size_t named_n = 0;
	bool is_all;
	enum err e;

	if (t->is_all) {
		e = audience_make(s->registry, &want, loop_now(s->loop).wall,
		    &x->call.mem, &all, f);
		*out = all.team;
		*n = all.n;
		return e;
	}
	e = plan_parse_teams(&x->call, json_get(t->body, "teams"), &is_all,
	    &named, &named_n, f);
	if (e == ERR_NONE)
		e = groups_expand(&x->call, named, named_n, TLP_AMBER, &by,
		    f);
	if (e != ERR_NONE)
		return e;
	*out = arena_alloc(&x->call.mem, (by.team_n + by.member_n + 1) *
	    sizeof **out);
	for (size_t i = 0; i < by.team_n; i++)
		add_team(*out, n, by.team[i]);
	for (size_t i = 0; i < by.member_n; i++)
		add_team(*out, n, by.member[i]);
	return ERR_NONE;
}

static bool
is_left(const struct schedule *t, int64_t round_s, struct span team,
    struct arena *a)
{
	struct json_val list = json_get(t->body, "left");

	if (t->left_s != round_s)
		return false;
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v))
		if (span_is_equal(text_of(v, "team", a), team))
			return true;
	return false;
}

static bool
is_sent(struct look *x, const struct schedule *t, int64_t round_s,
    struct span team)
{
	struct uuid id = round_id(&t->seed, round_s, team);
	char text[UUID_TEXT + 1];
	struct index_row row;
	enum err e;

	uuid_write(&id, text);
	e = index_find(x->call.service->index, INDEX_SHARED, span_str(text),
	    &x->call.mem, &row, NULL, NULL);
	/* another team can have taken the id once it was seen, not before */
	return e == ERR_NONE || e == ERR_CONFLICT;
}

/* One round of one schedule: send to the first that is due, and if none is
 * note those that are too late, and that it is over. */
static void
look_round(struct look *x, const struct schedule *t, int64_t round_s,
    const struct span *team, size_t n)
{
	struct service *s = x->call.service;
	struct span *late = arena_alloc(&x->call.mem, (n + 1) * sizeof *late);
	struct left left = { late, 0, missed_word, "" };
	bool is_over = true;
	struct doing *d;

	for (size_t i = 0; i < n; i++) {
		int64_t at_s = round_moment(&t->plan, &t->seed, round_s,
		    team[i]);
		enum round_state state = round_judge(at_s,
		    s->config->test_answer_s, x->now_s);

		if (span_is_equal(team[i], s->own_team) ||
		    is_left(t, round_s, team[i], &x->call.mem) ||
		    is_sent(x, t, round_s, team[i]))
			continue;
		if (state == ROUND_DUE) {
			ring(s, t, round_s, team[i]);
			return;
		}
		if (state == ROUND_MISSED) {
			late[left.n++] = team[i];
		} else {
			is_over = false;
			sooner(x, at_s);
		}
	}
	if (left.n == 0 && !is_over)
		return;
	d = doing_begin(s, t, round_s);
	if (d != NULL && left.n != 0)
		note_left(d, &left, is_over);
	else if (d != NULL)
		note(d, &left, is_over, NULL);
}

static void
look_at(struct look *x, const struct index_row *row)
{
	struct service *s = x->call.service;
	struct fault f = { 0 };
	struct span *team = NULL;
	struct schedule t;
	int64_t round_s, before_s;
	size_t n = 0;

	if (schedule_read(s, row, &x->call.mem, &t, &f) != ERR_NONE) {
		log_event(LOG_WARNING, "test.unreadable",
		    log_str("field", f.field), log_str("rule", f.rule));
		return;
	}
	sooner(x, round_next(&t.plan, x->now_s));
	round_s = round_begun(&t.plan, x->now_s);
	/* one that is past is closed first; of still older ones nothing is
	 * told that this does not tell */
	before_s = round_begun(&t.plan, round_s - 1);
	if (before_s > t.set_s && before_s > t.over_s)
		round_s = before_s;
	if (round_s <= t.set_s || round_s <= t.over_s)
		return;
	if (teams_of(x, &t, &team, &n, &f) == ERR_NONE) {
		look_round(x, &t, round_s, team, n);
	} else {
		struct doing *d = doing_begin(s, &t, round_s);

		if (d != NULL)
			stop(d, f.rule);
	}
}

void
schedules_look(struct service *s, int64_t *wait_ms)
{
	struct wall now = loop_now(s->loop).wall;
	struct look *x;

	/* what was sent must have been read; and not by a clock in doubt */
	if (s->schedule_runs || hub_clock(s->hub) != TRUST_TRUSTED ||
	    (now.ms < s->schedule_rest_ms &&
		s->schedule_rest_ms - now.ms <= REST_MS))
		return;
	if (index_lag(s->index) != 0) {
		*wait_ms = *wait_ms < LAG_MS ? *wait_ms : LAG_MS;
		return;
	}
	x = mem_alloc(sizeof *x);
	x->call.service = s;
	x->now_s = now.ms / 1000;
	x->wait_ms = wait_ms;
	(void)!index_home(s->index, SCHEDULE_KIND, keep, x);
	for (size_t i = 0; i < x->n && !s->schedule_runs; i++)
		look_at(x, &x->row[i]);
	/* another may be due, and one that ended at once has stirred nothing */
	if (s->schedule_runs && *wait_ms > LAG_MS)
		*wait_ms = LAG_MS;
	arena_release(&x->call.mem);
	free(x);
}
