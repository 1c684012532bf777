/* SPDX-License-Identifier: Apache-2.0
 *
 * The roster out of the private log.
 */
#include "node/rosters.h"

#include "base/log.h"
#include "base/mem.h"
#include "node/duties.h"
#include "node/zone_file.h"
#include "schema/check.h"

#include <stdlib.h>

enum { SOON_S = 3600, AHEAD_DAYS = 60, SPANS = 128 };

struct rosters {
	struct service *service;
	struct arena mem;
	struct roster roster;
	struct roster_shift shift[LIMIT_ROSTER];
	struct uuid id[LIMIT_ROSTER]; /* of shifts */
	struct roster_swap swap[LIMIT_ROSTER];
	struct roster_leave leave[LIMIT_ROSTER];
	bool is_read;
	int64_t told_s[POST_COUNT]; /* the gap that was told last */
};

static struct rosters *
rosters_of(struct service *s)
{
	if (s->rosters == NULL) {
		s->rosters = mem_alloc(sizeof *s->rosters);
		s->rosters->service = s;
	}
	return s->rosters;
}

void
rosters_close(struct service *s)
{
	if (s->rosters == NULL)
		return;
	arena_release(&s->rosters->mem);
	free(s->rosters);
	s->rosters = NULL;
}

/* --- reading --- */

/* "2026-11-21T06:00" as if it were UTC. */
static enum err
local_time(struct json_val v, const char *key, struct arena *a, int64_t *out,
    struct fault *f)
{
	char text[INSTANT_TEXT_MAX];
	struct span s;
	struct wall t;

	if (json_text(json_get(v, key), a, &s) != ERR_NONE || s.n != 16)
		return fault_at(f, ERR_SCHEMA, 0, key,
		    "is no time such as 2026-11-21T06:00");
	snprintf(text, sizeof text, "%.*s:00Z", SPAN_FMT(s));
	if (wall_parse(span_str(text), &t) != ERR_NONE)
		return fault_at(f, ERR_SCHEMA, 0, key, "is no date and time");
	*out = t.ms / 1000;
	return ERR_NONE;
}

static enum err
read_until(struct json_val v, struct arena *a, int64_t *out, struct fault *f)
{
	char text[INSTANT_TEXT_MAX];
	struct span s;
	struct wall t;

	*out = 0;
	if (json_get(v, "until").type == JSON_ABSENT)
		return ERR_NONE;
	if (json_text(json_get(v, "until"), a, &s) != ERR_NONE || s.n != 10)
		return fault_at(f, ERR_SCHEMA, 0, "until", "is no date");
	snprintf(text, sizeof text, "%.*sT23:59:59Z", SPAN_FMT(s));
	if (wall_parse(span_str(text), &t) != ERR_NONE)
		return fault_at(f, ERR_SCHEMA, 0, "until", "is no date");
	*out = t.ms / 1000;
	return ERR_NONE;
}

static enum err
read_name(struct json_val v, char out[ROSTER_PERSON + 1], struct arena *a,
    struct fault *f)
{
	struct span s;

	if (json_text(v, a, &s) != ERR_NONE || s.n == 0 ||
	    s.n > ROSTER_PERSON)
		return fault_at(f, ERR_SCHEMA, 0, "person", "is no name");
	snprintf(out, ROSTER_PERSON + 1, "%.*s", SPAN_FMT(s));
	return ERR_NONE;
}

static enum err
read_post(struct json_val v, struct arena *a, enum post *out,
    struct fault *f)
{
	struct span s;

	if (json_text(json_get(v, "post"), a, &s) != ERR_NONE ||
	    (*out = post_find(s)) == POST_COUNT)
		return fault_at(f, ERR_SCHEMA, 0, "post", "is not first, "
		    "second, lead, alternate or authority");
	return ERR_NONE;
}

static enum err
read_shift(struct json_val v, struct arena *a, struct roster_shift *out,
    struct fault *f)
{
	struct json_val list = json_get(v, "persons");
	struct roster_shift s = { 0 };
	struct span zone = span_str("");
	uint64_t every = 0;
	enum err e = read_post(v, a, &s.post, f);

	for (struct json_val p = json_first(list); e == ERR_NONE &&
	     p.type != JSON_ABSENT && s.person_n < ROSTER_TURN;
	     p = json_next(list, p))
		e = read_name(p, s.person[s.person_n++], a, f);
	(void)!json_text(json_get(v, "zone"), a, &zone);
	(void)!json_u64(json_get(v, "every"), &every);
	s.every = every > 366 ? 366 : (unsigned)every;
	s.zone_name = zone;
	if (e == ERR_NONE)
		e = zone_file_load(zone, a, &s.zone, f);
	if (e == ERR_NONE)
		e = local_time(v, "start", a, &s.start_s, f);
	if (e == ERR_NONE)
		e = local_time(v, "end", a, &s.end_s, f);
	if (e == ERR_NONE)
		e = read_until(v, a, &s.until_s, f);
	if (e == ERR_NONE)
		*out = s;
	return e;
}

static enum err
read_stretch(struct json_val v, char person[ROSTER_PERSON + 1],
    int64_t *from_s, int64_t *to_s, struct arena *a, struct fault *f)
{
	enum err e = read_name(json_get(v, "person"), person, a, f);

	if (e == ERR_NONE)
		e = json_i64(json_get(v, "from"), from_s);
	if (e == ERR_NONE)
		e = json_i64(json_get(v, "to"), to_s);
	if (e == ERR_NONE && *to_s <= *from_s)
		e = fault_at(f, ERR_RULE, 0, "to", "is not after from");
	return e;
}

static void
take_row(struct rosters *m, const struct index_row *row, struct json_val v)
{
	struct roster *r = &m->roster;
	struct roster_swap *w = &m->swap[r->swap_n];
	struct roster_leave *l = &m->leave[r->leave_n];
	struct fault f = { 0 };
	enum err e = ERR_LIMIT;

	if (span_is_str(row->kind, "duty-shift") && r->shift_n < LIMIT_ROSTER) {
		e = read_shift(v, &m->mem, &m->shift[r->shift_n], &f);
		m->id[r->shift_n] = row->id;
		r->shift_n += e == ERR_NONE;
	} else if (span_is_str(row->kind, "duty-swap") &&
	    r->swap_n < LIMIT_ROSTER) {
		e = read_post(v, &m->mem, &w->post, &f);
		if (e == ERR_NONE)
			e = read_stretch(v, w->person, &w->from_s, &w->to_s,
			    &m->mem, &f);
		r->swap_n += e == ERR_NONE;
	} else if (span_is_str(row->kind, "duty-leave") &&
	    r->leave_n < LIMIT_ROSTER) {
		e = read_stretch(v, l->person, &l->from_s, &l->to_s, &m->mem,
		    &f);
		r->leave_n += e == ERR_NONE;
	}
	if (e != ERR_NONE)
		log_event(LOG_WARNING, "roster.unreadable",
		    log_err("error", e), log_str("field", f.field),
		    log_str("rule", f.rule));
}

static bool
see_row(void *ctx, const struct index_row *row)
{
	struct rosters *m = ctx;
	struct record r;

	if (record_read(m->service, row->log, row->index, &m->mem, &r) ==
	    ERR_NONE)
		take_row(m, row, r.body);
	return true;
}

const struct roster *
rosters_now(struct service *s)
{
	struct rosters *m = rosters_of(s);

	/* of an index that is made anew nothing is known: it stays as it was */
	if (m->is_read || !index_is_whole(s->index))
		return &m->roster;
	arena_reset(&m->mem);
	m->roster = (struct roster){ m->shift, 0, m->swap, 0, m->leave, 0 };
	(void)!index_home(s->index, "duty-shift", see_row, m);
	(void)!index_home(s->index, "duty-swap", see_row, m);
	(void)!index_home(s->index, "duty-leave", see_row, m);
	/* what is not in the index yet is read the next time */
	m->is_read = index_lag(s->index) == 0;
	return &m->roster;
}

bool
rosters_find_gap(struct service *s, enum post *post, struct roster_span *gap)
{
	struct rosters *m = rosters_of(s);
	const struct roster *r = rosters_now(s);
	int64_t now_s = loop_now(s->loop).wall.ms / 1000;
	struct roster_span found[4];

	for (enum post p = 0; p < POST_COUNT; p++) {
		size_t n = !roster_has(r, p) ? 0 : roster_faults(r, p, now_s,
		    now_s + SOON_S, found, 4);

		for (size_t i = 0; i < n; i++) {
			/* one that goes on is the same one */
			if (found[i].holders != 0 ||
			    found[i].from_s < m->told_s[p])
				continue;
			m->told_s[p] = found[i].to_s;
			*post = p;
			*gap = found[i];
			return true;
		}
	}
	return false;
}

/* --- showing --- */

static void
put_time(struct json_out *w, const char *key, int64_t s)
{
	json_put_key(w, key);
	json_put_i64(w, s);
}

static void
put_posts(struct call *c, const struct roster *r, int64_t now_s)
{
	struct json_out *w = &c->w;

	json_put_key(w, "posts");
	json_put_open(w, '[');
	for (enum post p = 0; p < POST_COUNT; p++) {
		const char *who[8];
		size_t n = roster_holders(r, p, now_s, who, 8);

		json_put_open(w, '{');
		json_put_member_str(w, "post", post_word(p));
		json_put_member_bool(w, "rostered", roster_has(r, p));
		json_put_key(w, "holders");
		json_put_open(w, '[');
		for (size_t i = 0; i < n; i++)
			json_put_str(w, who[i]);
		json_put_close(w, ']');
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

/* As the clock on the wall shows it: so many characters of it. */
static void
put_wall(struct json_out *w, const char *key, int64_t local_s, size_t n)
{
	char text[INSTANT_TEXT_MAX];

	wall_write((struct wall){ local_s * 1000 }, text);
	json_put_member_span(w, key, span_of(text, n));
}

static void
put_shifts(struct call *c, const struct rosters *m)
{
	struct json_out *w = &c->w;

	json_put_key(w, "shifts");
	json_put_open(w, '[');
	for (size_t i = 0; i < m->roster.shift_n; i++) {
		const struct roster_shift *s = &m->shift[i];

		json_put_open(w, '{');
		json_put_member_str(w, "id", call_id(c, &m->id[i]));
		json_put_member_str(w, "post", post_word(s->post));
		json_put_key(w, "persons");
		json_put_open(w, '[');
		for (size_t k = 0; k < s->person_n; k++)
			json_put_str(w, s->person[k]);
		json_put_close(w, ']');
		put_time(w, "start", zone_to_utc(s->zone, s->start_s));
		put_time(w, "end", zone_to_utc(s->zone, s->end_s));
		json_put_member_u64(w, "every", s->every);
		json_put_member_span(w, "zone", s->zone_name);
		put_wall(w, "first", s->start_s, 16);
		put_wall(w, "last", s->end_s, 16);
		if (s->until_s != 0)
			put_wall(w, "until", s->until_s, 10);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

static void
put_faults(struct call *c, const struct roster *r, int64_t now_s)
{
	struct roster_span *found = mem_array(SPANS, sizeof *found);
	struct json_out *w = &c->w;

	json_put_key(w, "gaps");
	json_put_open(w, '[');
	for (enum post p = 0; p < POST_COUNT; p++) {
		size_t n = !roster_has(r, p) ? 0 : roster_faults(r, p, now_s,
		    now_s + AHEAD_DAYS * 86400, found, SPANS);

		for (size_t i = 0; i < n; i++) {
			json_put_open(w, '{');
			json_put_member_str(w, "post", post_word(p));
			json_put_member_str(w, "what",
			    found[i].holders == 0 ? "gap" : "overlap");
			put_time(w, "from", found[i].from_s);
			put_time(w, "to", found[i].to_s);
			json_put_close(w, '}');
		}
	}
	json_put_close(w, ']');
	free(found);
}

void
cmd_roster(struct call *c)
{
	const struct roster *r = rosters_now(c->service);
	int64_t now_s = call_now_s(c);

	json_put_open(&c->w, '{');
	put_posts(c, r, now_s);
	put_shifts(c, c->service->rosters);
	put_faults(c, r, now_s);
	duties_put(c->service, &c->w);
	json_put_close(&c->w, '}');
	call_done(c);
}

/* --- writing --- */

static void
on_written(void *ctx, const struct hub_appended *result)
{
	struct call *c = ctx;
	struct service *s = c->service;

	if (!call_is_written(c, result, "the roster was not changed"))
		return;
	rosters_of(s)->is_read = false;
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "id", call_id(c, &result->id));
	json_put_close(&c->w, '}');
	call_done_indexed(c);
}

/* The arguments are the body, with the state. */
static struct span
body_of(struct call *c, struct json_val args, const char *state)
{
	struct span out;
	struct json_out w;
	struct buf b;

	buf_init(&b, LIMIT_PAYLOAD / 2);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_rest(&w, args, JSON_WITHOUT("state"), &c->mem);
	json_put_member_str(&w, "state", state);
	json_put_close(&w, '}');
	out = arena_copy(&c->mem, buf_span(&b));
	buf_release(&b);
	return out;
}

/* One that begins later is looked at from then on. */
static enum err
check_shift(struct call *c, const struct roster *r,
    const struct roster_shift *s, struct fault *f)
{
	int64_t now_s = call_now_s(c);
	int64_t from_s = zone_to_utc(s->zone, s->start_s);

	return roster_check(r, s, from_s > now_s ? from_s : now_s,
	    AHEAD_DAYS, f);
}

/* A name that nobody has would leave the post without anybody. */
static enum err
check_person(struct call *c, const char *name, struct fault *f)
{
	struct index_row row;
	struct record r;

	if (person_find(c, span_str(name), &row, &r) &&
	    json_get(r.body, "active").type != JSON_FALSE)
		return ERR_NONE;
	return fault_at(f, ERR_RULE, 0, "person",
	    "%s is no person of this node: almenara person add", name);
}

static enum err
check_body(struct call *c, const char *kind, struct span body,
    const struct roster *r, struct roster_shift *shift, struct fault *f)
{
	struct service *s = c->service;
	struct json *doc = arena_alloc(&c->mem, sizeof *doc);
	struct json_val root;
	char person[ROSTER_PERSON + 1];
	int64_t from, to;
	enum err e = home_check(s, span_str(kind), body, &c->mem, doc, f);

	if (e != ERR_NONE)
		return e;
	root = json_root(doc);
	if (strcmp(kind, "duty-shift") != 0) {
		e = read_stretch(root, person, &from, &to, &c->mem, f);
		return e == ERR_NONE ? check_person(c, person, f) : e;
	}
	e = read_shift(root, &c->mem, shift, f);
	for (size_t i = 0; e == ERR_NONE && i < r->shift_n; i++)
		if (roster_is_same(&r->shift[i], shift))
			return fault_at(f, ERR_EXISTS, 0, "start",
			    "there is the same shift");
	if (e == ERR_NONE)
		e = check_shift(c, r, shift, f);
	for (size_t i = 0; e == ERR_NONE && i < shift->person_n; i++)
		e = check_person(c, shift->person[i], f);
	return e;
}

static void
add(struct call *c, const char *kind)
{
	struct service *s = c->service;
	struct hub_draft d = home_draft(s, kind);
	struct roster_shift shift;
	struct fault f = { 0 };
	enum err e;

	d.body = body_of(c, c->args, "in_force");
	e = check_body(c, kind, d.body, rosters_now(s), &shift, &f);
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR, "the roster was not changed",
		    call_text(c, "%s %s", f.field, f.rule),
		    "almenara roster show");
		return;
	}
	audit(s, &c->caller, "roster", NULL, kind, "added", "");
	hub_append(s->hub, &d, on_written, c);
}

void
cmd_roster_add(struct call *c)
{
	add(c, "duty-shift");
}

void
cmd_roster_swap(struct call *c)
{
	add(c, "duty-swap");
}

void
cmd_roster_leave(struct call *c)
{
	add(c, "duty-leave");
}

void
cmd_roster_drop(struct call *c)
{
	struct service *s = c->service;
	struct index_row row;
	struct hub_draft d;
	struct record r;

	if (!call_find(c, INDEX_AT_HOME, "id", &row))
		return;
	if (!(span_is_str(row.kind, "duty-shift") ||
		span_is_str(row.kind, "duty-swap") ||
		span_is_str(row.kind, "duty-leave")) ||
	    record_read(s, row.log, row.index, &c->mem, &r) != ERR_NONE) {
		call_fail(c, ERR_NOT_FOUND, EXIT_NOT_FOUND,
		    "this is no part of the roster", "",
		    "almenara roster show");
		return;
	}
	d = home_draft(s, arena_string(&c->mem, row.kind));
	d.has_id = true;
	d.id = row.id;
	d.rev = row.rev + 1;
	d.replaces = &row.digest;
	d.replaces_n = 1;
	d.body = body_of(c, r.body, "done");
	audit(s, &c->caller, "roster", &row.digest, call_id(c, &row.id),
	    "dropped", "");
	hub_append(s->hub, &d, on_written, c);
}

/* --- import --- */

struct importing {
	struct roster roster;  /* what there is and what was looked at */
	struct roster_shift shift[LIMIT_ROSTER];
	struct span body[LIMIT_ROSTER_IMPORT]; /* of those that are new */
	size_t n;
	size_t left;           /* not durable yet */
	enum err err;
	const char *why;
};

static void
on_imported(void *ctx, const struct hub_appended *result)
{
	struct call *c = ctx;
	struct importing *m = c->state;
	struct service *s = c->service;

	if (result->err != ERR_NONE) {
		m->err = result->err;
		m->why = call_text(c, "%s", result->text);
	}
	rosters_of(s)->is_read = false;
	if (--m->left != 0)
		return;
	if (m->err != ERR_NONE)
		call_unwritten(c, m->err, "not all of it was written",
		    m->why);
	else
		call_done_indexed(c);
}

/* One shift: new, there already, or refused. */
static enum err
import_one(struct call *c, struct importing *m, struct json_val v,
    struct fault *f)
{
	struct span body = body_of(c, v, "in_force");
	struct roster_shift shift;
	enum err e = check_body(c, "duty-shift", body, &m->roster, &shift, f);

	json_put_open(&c->w, '{');
	json_put_member_bool(&c->w, "new", e == ERR_NONE);
	json_put_key(&c->w, "shift");
	json_put_raw(&c->w, json_raw(v));
	json_put_close(&c->w, '}');
	if (e == ERR_EXISTS)
		return ERR_NONE;
	if (e != ERR_NONE)
		return e;
	if (m->n == LIMIT_ROSTER_IMPORT || m->roster.shift_n == LIMIT_ROSTER)
		return fault_at(f, ERR_LIMIT, 0, "shifts", "too many");
	m->shift[m->roster.shift_n++] = shift;
	m->body[m->n++] = body;
	return ERR_NONE;
}

static void
write_imported(struct call *c, struct importing *m)
{
	struct service *s = c->service;

	audit(s, &c->caller, "roster", NULL, "duty-shift", "imported",
	    call_text(c, "%zu", m->n));
	m->left = m->n;
	for (size_t i = 0; i < m->n; i++) {
		struct hub_draft d = home_draft(s, "duty-shift");

		d.body = m->body[i];
		hub_append(s->hub, &d, on_imported, c);
	}
	service_stir(s);
}

/* All of it, or nothing. */
void
cmd_roster_import(struct call *c)
{
	const struct roster *r = rosters_now(c->service);
	struct importing *m = arena_alloc(&c->mem, sizeof *m);
	struct json_val list = json_get(c->args, "shifts");
	struct fault f = { 0 };
	size_t number = 0;
	bool dry = call_is_dry(c);
	enum err e = ERR_NONE;

	c->state = m;
	m->roster = (struct roster){ m->shift, r->shift_n, r->swap,
		r->swap_n, r->leave, r->leave_n };
	for (size_t i = 0; i < r->shift_n; i++)
		m->shift[i] = r->shift[i];
	json_put_open(&c->w, '{');
	json_put_key(&c->w, "rows");
	json_put_open(&c->w, '[');
	for (struct json_val v = json_first(list); e == ERR_NONE &&
	     v.type != JSON_ABSENT; v = json_next(list, v)) {
		number++;
		e = import_one(c, m, v, &f);
	}
	json_put_close(&c->w, ']');
	json_put_member_u64(&c->w, "new", m->n);
	json_put_member_bool(&c->w, "dry_run", dry);
	json_put_close(&c->w, '}');
	if (e != ERR_NONE)
		call_fail(c, e, EXIT_REFUSED, "the roster was not changed",
		    call_text(c, "shift %zu: %s %s", number, f.field, f.rule),
		    "almenara roster show");
	else if (dry || m->n == 0)
		call_done(c);
	else
		write_imported(c, m);
}
