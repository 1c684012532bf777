/* SPDX-License-Identifier: Apache-2.0
 *
 * The clock of exercises.
 */
#include "node/drills.h"

#include "base/log.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "node/drafts.h"
#include "node/exercise.h"
#include "schema/check.h"
#include "watch/drill.h"

#include <stdlib.h>

/* --- records --- */

enum err
inject_read(struct service *s, const struct index_row *row, struct arena *a,
    struct inject *out)
{
	struct inject x = { .row = *row };
	struct record r;
	enum err e = record_read(s, row->log, row->index, a, &r);

	if (e == ERR_NONE)
		e = json_text(json_get(r.body, "exercise"), a, &x.exercise);
	if (e == ERR_NONE)
		e = json_text(json_get(r.body, "draft"), a, &x.draft);
	if (e == ERR_NONE)
		e = json_i64(json_get(r.body, "at"), &x.at_s);
	if (e == ERR_NONE)
		e = json_u64(json_get(r.body, "uid"), &x.uid);
	if (e != ERR_NONE)
		return e;
	if (json_text(json_get(r.body, "expected"), a, &x.expected) !=
	    ERR_NONE)
		x.expected = span_str("");
	*out = x;
	return e;
}

static void
write_body(struct service *s, const struct inject *x, const char *state,
    const char *why, struct buf *b)
{
	struct json_out w;

	json_out_init(&w, b);
	json_put_open(&w, '{');
	json_put_member_span(&w, "exercise", x->exercise);
	json_put_member_str(&w, "state", state);
	json_put_member_u64(&w, "at", (uint64_t)x->at_s);
	json_put_member_span(&w, "draft", x->draft);
	if (x->expected.n != 0)
		json_put_member_span(&w, "expected", x->expected);
	if (strcmp(state, "done") == 0)
		json_put_member_u64(&w, "played",
		    (uint64_t)(loop_now(s->loop).wall.ms / 1000));
	if (why[0] != '\0')
		json_put_member_str(&w, "why", why);
	json_put_member_u64(&w, "uid", x->uid);
	json_put_close(&w, '}');
}

enum err
inject_append(struct service *s, const struct inject *x, const char *state,
    const char *why, struct arena *a, hub_append_fn *done, void *ctx,
    struct fault *f)
{
	struct hub_draft h = home_draft(s, "inject");
	unsigned char random[10];
	struct json doc;
	struct buf b;
	enum err e;

	buf_init(&b, 16384);
	write_body(s, x, state, why, &b);
	e = home_check(s, h.kind, buf_span(&b), a, &doc, f);
	if (e == ERR_NONE) {
		h.has_id = true;
		h.id = x->row.id;
		if (x->row.kind.n == 0) {
			random_fill(random, sizeof random);
			h.id = uuid_make(loop_now(s->loop).wall, random);
		} else {
			h.rev = x->row.rev + 1;
			h.replaces = &x->row.digest;
			h.replaces_n = 1;
		}
		h.body = buf_span(&b);
		hub_append(s->hub, &h, done, ctx);
		service_stir(s);
	}
	buf_release(&b);
	return e;
}

/* --- playing --- */

/* The one that is being played. */
struct playing {
	struct service *service;
	struct arena mem;
	struct inject inject;
};

static void
play_end(struct playing *p)
{
	p->service->drill_plays = false;
	arena_release(&p->mem);
	free(p);
}

static void
on_noted(void *ctx, const struct hub_appended *result)
{
	struct playing *p = ctx;

	draft_on_moved(p->service, result);
	play_end(p);
}

static void
note(struct playing *p, const char *state, const char *why)
{
	struct fault f = { 0 };

	if (inject_append(p->service, &p->inject, state, why, &p->mem,
		on_noted, p, &f) == ERR_NONE)
		return;
	log_event(LOG_WARNING, "inject.lost", log_str("field", f.field),
	    log_str("rule", f.rule));
	play_end(p);
}

static void
on_played(void *ctx, enum err e, const char *why)
{
	struct playing *p = ctx;

	if (e == ERR_NONE) {
		note(p, "done", "");
		return;
	}
	service_alarm(p->service, "an inject was not played: almenara "
	    "exercise injects");
	note(p, "discarded", why);
}

/* It was released, and the node ended before that was noted. */
static bool
is_played(struct playing *p)
{
	struct call c = { .service = p->service };
	struct draft d = { 0 };
	bool yes = index_draft(p->service->index, p->inject.draft, &c.mem,
		&d.row, NULL, NULL) == ERR_NONE &&
	    draft_read(&c, &d) == ERR_NONE && span_is_str(d.state, "issued");

	arena_release(&c.mem);
	return yes;
}

static void
play(struct service *s, const struct index_row *row)
{
	struct playing *p = mem_alloc(sizeof *p);
	char args[128];

	p->service = s;
	s->drill_plays = true;
	if (inject_read(s, row, &p->mem, &p->inject) != ERR_NONE) {
		play_end(p);
		return;
	}
	if (is_played(p)) {
		note(p, "done", "");
		return;
	}
	snprintf(args, sizeof args, "{\"id\":\"%.*s\"}",
	    SPAN_FMT(p->inject.draft));
	call_home(s, (uint32_t)p->inject.uid, "release", args, NULL,
	    on_played, p);
}

/* --- the clock --- */

struct look {
	struct call call; /* only its service and its memory */
	int64_t *wait_ms;
	struct index_row row[64];
	size_t n;
};

static bool
keep(void *ctx, const struct index_row *row)
{
	struct look *x = ctx;
	struct index_row *r = &x->row[x->n];

	if (x->n == sizeof x->row / sizeof *x->row)
		return false;
	*r = *row;
	r->iss = arena_copy(&x->call.mem, row->iss);
	r->kind = arena_copy(&x->call.mem, row->kind);
	r->brief = arena_copy(&x->call.mem, row->brief);
	x->n++;
	return true;
}

static bool
is_due(struct look *x, const struct index_row *row)
{
	struct service *s = x->call.service;
	struct exercise e;
	struct inject i;
	struct drill d;

	if (inject_read(s, row, &x->call.mem, &i) != ERR_NONE ||
	    !exercise_find(&x->call, i.exercise, &e) ||
	    (e.row.flags & INDEX_MINE) == 0 ||
	    json_i64(json_get(e.brief, "started"), &d.started_s) != ERR_NONE)
		return false;
	d.runs = exercise_is_running(&e);
	return drill_is_due(&d, i.at_s, loop_now(s->loop).wall, x->wait_ms);
}

/* Tell people, once for each real notice. */
static void
look_stopped(struct look *x, const struct index_row *row)
{
	struct service *s = x->call.service;
	struct span name = exercise_of_row(&x->call, row);
	struct exercise e;
	char text[128], id[UUID_TEXT + 1];

	if (name.n == 0 || !exercise_find(&x->call, name, &e) ||
	    !e.is_paused || digest_is_equal(&s->drill_told, &e.real.digest))
		return;
	s->drill_told = e.real.digest;
	uuid_write(&e.row.id, id);
	snprintf(text, sizeof text, "an exercise is paused by a real notice of "
	    "level 5: almenara exercise show %s", id);
	service_alarm(s, text);
}

void
drills_look(struct service *s, int64_t *wait_ms)
{
	struct look *x = mem_alloc(sizeof *x);
	struct index_filter filter = { .cases = true, .limit = 32 };

	x->call.service = s;
	x->wait_ms = wait_ms;
	for (size_t i = 0; i < kind_count(s->schema); i++) {
		const struct kind *k = kind_at(s->schema, i);

		if (!k->exercise)
			continue;
		filter.kind = span_str(k->name);
		(void)!index_inbox(s->index, &filter, keep, x, NULL);
	}
	for (size_t i = 0; i < x->n; i++)
		look_stopped(x, &x->row[i]);
	x->n = 0;
	(void)!index_home(s->index, "inject", keep, x);
	for (size_t i = 0; i < x->n && !s->drill_plays; i++)
		if (is_due(x, &x->row[i])) {
			play(s, &x->row[i]);
			*wait_ms = 100; /* is there another? */
		}
	arena_release(&x->call.mem);
	free(x);
}
