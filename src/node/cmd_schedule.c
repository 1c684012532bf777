/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: test_schedules, test_schedule_set, test_schedule_stop.
 */
#include "crypto/random.h"
#include "node/claims.h"
#include "node/cmd_test_alert.h"
#include "node/issue.h"
#include "node/schedules.h"

static const char not_set[] = "the schedule was not set";
static const char not_stopped[] = "the schedule was not stopped";
static const char next_list[] = "almenara test-alert schedule list";

/* --- showing --- */

static void
put_schedule(struct call *c, const struct schedule *t)
{
	static const char *const hidden[] = { "login", "uid", "seed",
		"over", NULL };
	struct json_out *w = &c->w;
	int64_t next_s = round_next(&t->plan, call_now_s(c));

	json_put_open(w, '{');
	json_put_member_str(w, "id", call_id(c, &t->row.id));
	if (next_s != 0 && !json_is_str(json_get(t->body, "state"), "done"))
		json_put_member_u64(w, "next", (uint64_t)next_s);
	json_put_rest(w, t->body, hidden, &c->mem);
	json_put_close(w, '}');
}

struct listing {
	struct call *call;
	struct index_row row[2 * SCHEDULES_MOST];
	size_t n;
};

static bool
keep(void *ctx, const struct index_row *row)
{
	struct listing *x = ctx;

	x->row[x->n] = *row;
	x->row[x->n].iss = x->row[x->n].kind = x->row[x->n].brief =
	    span_str("");
	return ++x->n < sizeof x->row / sizeof *x->row;
}

void
cmd_test_schedules(struct call *c)
{
	struct listing *x = arena_alloc(&c->mem, sizeof *x);

	*x = (struct listing){ .call = c };
	(void)!index_home_all(c->service->index, SCHEDULE_KIND, 0, keep, x);
	json_put_open(&c->w, '{');
	json_put_key(&c->w, "rows");
	json_put_open(&c->w, '[');
	for (size_t i = 0; i < x->n; i++) {
		struct schedule t;
		struct fault f;

		/* what a person has stopped is gone; what has stopped by
		 * itself is to be seen */
		if (schedule_read(c->service, &x->row[i], &c->mem, &t, &f) ==
			ERR_NONE &&
		    (!json_is_str(json_get(t.body, "state"), "done") ||
			json_get(t.body, "why").type != JSON_ABSENT))
			put_schedule(c, &t);
	}
	json_put_close(&c->w, ']');
	json_put_close(&c->w, '}');
	call_done(c);
}

/* --- writing --- */

static void
on_written(void *ctx, const struct hub_appended *result)
{
	struct call *c = ctx;
	struct service *s = c->service;

	if (!call_is_written(c, result, not_set))
		return;
	claims_stir(s);
	json_put_member_str(&c->w, "id", call_id(c, &result->id));
	json_put_close(&c->w, '}');
	call_done_indexed(c);
}

/* The arguments, and who set it. */
static void
write_body(struct call *c, int level, uint64_t spread, struct buf *b)
{
	static const char *const said[] = { "every", "week", "day", "hour",
		NULL };
	struct json_val aud = json_get(c->args, "aud");
	struct span zone = call_arg(c, "zone");
	bool is_all = json_is_str(aud, "all");
	unsigned char random[10];
	struct uuid seed;
	struct json_out w;

	random_fill(random, sizeof random);
	seed = uuid_make(loop_now(c->service->loop).wall, random);
	json_out_init(&w, b);
	json_put_open(&w, '{');
	json_put_member_bool(&w, "all", is_all);
	json_put_key(&w, "teams");
	json_put_raw(&w, is_all ? span_str("[]") : json_raw(aud));
	for (size_t i = 0; said[i] != NULL; i++)
		if (call_arg(c, said[i]).n != 0)
			json_put_member_span(&w, said[i],
			    call_arg(c, said[i]));
	json_put_member_span(&w, "zone", zone.n != 0 ? zone :
	    span_str("UTC"));
	json_put_member_u64(&w, "spread", spread);
	json_put_member_u64(&w, "level", (uint64_t)level);
	json_put_member_u64(&w, "set", (uint64_t)call_now_s(c));
	json_put_member_str(&w, "post", c->caller.post);
	if (c->caller.login[0] != '\0')
		json_put_member_str(&w, "login", c->caller.login);
	json_put_member_u64(&w, "uid", c->caller.uid);
	json_put_member_str(&w, "seed", call_id(c, &seed));
	json_put_member_str(&w, "state", "in_force");
	json_put_close(&w, '}');
}

static bool
count(void *ctx, const struct index_row *row)
{
	size_t *n = ctx;

	(void)row;
	return ++*n < SCHEDULES_MOST;
}

/* Would it go by the rules as they are now? */
static enum err
check(struct call *c, int level, struct round_plan *rounds, struct plan *p,
    struct fault *f)
{
	size_t n = 0;
	enum err e = schedule_parse(c->args, &c->mem, rounds, f);

	(void)!index_home(c->service->index, SCHEDULE_KIND, count, &n);
	if (e == ERR_NONE && n == SCHEDULES_MOST)
		e = fault_at(f, ERR_LIMIT, 0, "", "there are %d already",
		    SCHEDULES_MOST);
	if (e == ERR_NONE && round_next(rounds, call_now_s(c)) == 0)
		e = fault_at(f, ERR_RULE, 0, "zone",
		    "knows no such day to come");
	return e != ERR_NONE ? e : test_alert_plan(c, json_get(c->args,
	    "aud"), level, NULL, p, f);
}

void
cmd_test_schedule_set(struct call *c)
{
	struct round_plan rounds;
	struct fault f = { 0 };
	struct json doc;
	struct plan p;
	struct buf b;
	enum err e;
	int level;

	if (!test_alert_level(c, &level))
		return;
	e = check(c, level, &rounds, &p, &f);
	buf_init(&b, LIMIT_PAYLOAD / 2);
	if (e == ERR_NONE) {
		write_body(c, level, (uint64_t)rounds.spread_s / 60, &b);
		e = buf_check(&b);
	}
	if (e == ERR_NONE)
		e = home_check(c->service, span_str(SCHEDULE_KIND),
		    buf_span(&b), &c->mem, &doc, &f);
	if (e != ERR_NONE) {
		issue_refuse(c, "test_alert", e, "", not_set, &f, next_list);
	} else {
		json_put_open(&c->w, '{');
		json_put_member_u64(&c->w, "next", (uint64_t)round_next(
		    &rounds, call_now_s(c)));
		plan_write(c, &p);
		audit(c->service, &c->caller, "test_alert", NULL, "schedule",
		    "done", "");
		schedule_append(c->service, NULL, buf_span(&b), on_written,
		    c);
	}
	buf_release(&b);
}

void
cmd_test_schedule_stop(struct call *c)
{
	struct service *s = c->service;
	struct index_row row;
	struct schedule t;
	struct json_out w;
	struct fault f;
	struct buf b;

	if (!call_find(c, INDEX_AT_HOME, "id", &row))
		return;
	if (!span_is_str(row.kind, SCHEDULE_KIND) ||
	    schedule_read(s, &row, &c->mem, &t, &f) != ERR_NONE) {
		call_fail(c, ERR_NOT_FOUND, EXIT_NOT_FOUND, not_stopped,
		    "this is no schedule of test alerts", next_list);
		return;
	}
	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_rest(&w, t.body, JSON_WITHOUT("state", "why"), &c->mem);
	json_put_member_str(&w, "state", "done");
	json_put_close(&w, '}');
	json_put_open(&c->w, '{');
	audit(s, &c->caller, "test_alert", &row.digest, call_id(c, &row.id),
	    "stopped", "");
	schedule_append(s, &t, buf_span(&b), on_written, c);
	buf_release(&b);
}
