/* SPDX-License-Identifier: Apache-2.0
 *
 * What may bear the name of an exercise.
 */
#include "node/exercise.h"

/* --- what is known --- */

static struct json_val
parse_brief(struct call *c, const struct index_row *row)
{
	struct json *doc = arena_alloc(&c->mem, sizeof *doc);

	return json_parse_arena(arena_copy(&c->mem, row->brief),
	    LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, &c->mem, doc, NULL) ==
		ERR_NONE ? json_root(doc) : (struct json_val){ 0 };
}

static struct span
mark_of(struct call *c, struct json_val body)
{
	struct span s;

	return json_text(json_get(body, "exercise"), &c->mem, &s) == ERR_NONE ?
	    s : span_str("");
}

struct span
exercise_of_row(struct call *c, const struct index_row *row)
{
	return (row->flags & INDEX_EXERCISE) == 0 ? span_str("") :
	    mark_of(c, parse_brief(c, row));
}

struct search {
	struct call *call;
	struct span name;
	struct exercise *out;
	bool found, is_live;
};

static bool
look_at(void *ctx, const struct index_row *row)
{
	struct search *x = ctx;
	struct call *c = x->call;
	struct exercise e = { .row = *row, .brief = parse_brief(c, row),
		.kind = kind_find(c->service->schema, row->kind) };
	bool live;

	if (!span_is_equal(mark_of(c, e.brief), x->name) ||
	    row->state != STORE_BODY_HELD)
		return true;
	e.row.iss = arena_copy(&c->mem, row->iss);
	e.row.kind = arena_copy(&c->mem, row->kind);
	e.row.brief = arena_copy(&c->mem, row->brief);
	e.state = life_state(e.kind->life, e.brief, &c->mem);
	live = !life_is_final(e.kind->life, e.state);
	if (!x->found || (live && !x->is_live)) {
		*x->out = e;
		x->found = true;
		x->is_live = live;
	}
	return !x->is_live;
}

bool
exercise_is_stopped(struct call *c, const struct index_row *row,
    struct index_row *real)
{
	return index_newest_real(c->service->index, LEVEL_MAX, &c->mem,
		   real) == ERR_NONE && real->iat_s >= row->iat_s;
}

bool
exercise_find(struct call *c, struct span name, struct exercise *out)
{
	struct index_filter filter = { .cases = true, .ended = true,
		.limit = LIMIT_LIST_ROWS };
	struct search x = { .call = c, .name = name, .out = out };

	for (size_t i = 0; i < kind_count(c->service->schema); i++) {
		const struct kind *k = kind_at(c->service->schema, i);

		if (!k->exercise || k->life == NULL)
			continue;
		filter.kind = span_str(k->name);
		(void)!index_inbox(c->service->index, &filter, look_at, &x,
		    NULL);
	}
	if (x.found)
		out->is_paused = span_is_str(out->state, "running") &&
		    exercise_is_stopped(c, &out->row, &out->real);
	return x.found;
}

bool
exercise_is_running(const struct exercise *x)
{
	return span_is_str(x->state, "running") && !x->is_paused;
}

/* --- the mark --- */

void
exercise_put_mark(struct call *c, const struct index_row *row,
    struct json_out *w)
{
	struct span name = exercise_of_row(c, row);

	if (name.n != 0)
		json_put_member_span(w, "exercise", name);
}

/* What the plan refers to by its envelope; false: nothing, or not here. */
static bool
find_subject(struct call *c, const struct plan_ask *ask, struct index_row *out)
{
	if (ask->earlier != NULL) {
		*out = *ask->earlier;
		return true;
	}
	return ask->has_re && index_by_digest(c->service->index, &ask->re,
	    &c->mem, out) == ERR_NONE;
}

void
exercise_complete(struct call *c, const struct plan_ask *ask,
    struct json_val body, struct json_out *w)
{
	struct index_row row;

	if (json_get(body, "exercise").type == JSON_ABSENT &&
	    find_subject(c, ask, &row))
		exercise_put_mark(c, &row, w);
}

static enum err
check_row(struct call *c, const struct index_row *row, struct span mine,
    const char *place, struct fault *f)
{
	struct span theirs = exercise_of_row(c, row);

	if ((row->flags & INDEX_PRIVATE) != 0 || span_is_equal(mine, theirs))
		return ERR_NONE;
	if (mine.n == 0)
		return fault_at(f, ERR_RULE, 0, place, "is of the exercise "
		    "%.*s, and this would be real", SPAN_FMT(theirs));
	if (theirs.n == 0)
		return fault_at(f, ERR_RULE, 0, place, "is real, and this is "
		    "of the exercise %.*s", SPAN_FMT(mine));
	return fault_at(f, ERR_RULE, 0, place, "is of another exercise, %.*s",
	    SPAN_FMT(theirs));
}

/* The digests of a list in the body. */
static enum err
check_list(struct call *c, struct json_val list, struct span mine,
    const char *place, struct fault *f)
{
	struct index_row row;
	struct digest d;
	struct span s;
	enum err e = ERR_NONE;

	if (list.type != JSON_ARRAY)
		return ERR_NONE;
	for (struct json_val m = json_first(list);
	     e == ERR_NONE && m.type != JSON_ABSENT; m = json_next(list, m))
		if (json_text(m, &c->mem, &s) == ERR_NONE &&
		    entry_parse_digest(s, &d) == ERR_NONE &&
		    index_by_digest(c->service->index, &d, &c->mem, &row) ==
			ERR_NONE)
			e = check_row(c, &row, mine, place, f);
	return e;
}

static enum err
check_references(struct call *c, const struct plan_ask *ask,
    struct json_val body, struct span mine, struct fault *f)
{
	struct index_row row;
	enum err e = ERR_NONE;

	if (ask->earlier != NULL)
		e = check_row(c, ask->earlier, mine, "replaces", f);
	if (e == ERR_NONE && ask->has_re && index_by_digest(
	    c->service->index, &ask->re, &c->mem, &row) == ERR_NONE)
		e = check_row(c, &row, mine, "re", f);
	if (e == ERR_NONE)
		e = check_list(c, json_get(body, "related"), mine, "related",
		    f);
	return e != ERR_NONE ? e : check_list(c,
	    json_get(json_get(body, "closed"), "became"), mine, "closed", f);
}

/* --- who plays --- */

static bool
is_in(struct call *c, struct json_val list, struct span team)
{
	struct span s;

	if (list.type != JSON_ARRAY)
		return false;
	for (struct json_val m = json_first(list); m.type != JSON_ABSENT;
	     m = json_next(list, m))
		if (json_text(m, &c->mem, &s) == ERR_NONE &&
		    span_is_equal(s, team))
			return true;
	return false;
}

static enum err
check_readers(struct call *c, const struct exercise *x, const struct plan *p,
    struct fault *f)
{
	if (p->aud.open)
		return fault_at(f, ERR_AUDIENCE, 0, "tlp", "%s is open to "
		    "everybody, and not everybody plays",
		    tlp_label(p->tlp));
	for (size_t i = 0; i < p->aud.n; i++) {
		struct span team = p->aud.team[i];

		if (!span_is_equal(team, x->row.iss) &&
		    !is_in(c, json_get(x->brief, "players"), team) &&
		    !is_in(c, json_get(x->brief, "planners"), team))
			return fault_at(f, ERR_AUDIENCE, 0, "aud",
			    "%.*s does not play in this exercise",
			    SPAN_FMT(team));
	}
	return ERR_NONE;
}

static enum err
check_running(const struct exercise *x, const struct plan *p, struct fault *f)
{
	char id[UUID_TEXT + 1];

	if (x->is_paused) {
		uuid_write(&x->real.id, id);
		return fault_at(f, ERR_STATE, 0, "exercise",
		    "is paused: there is a real notice of level 5, %s", id);
	}
	/* findings come when it is over */
	if (exercise_is_running(x) || (!p->kind->notice && !p->kind->about &&
		!life_is_final(x->kind->life, x->state)))
		return ERR_NONE;
	return fault_at(f, ERR_STATE, 0, "exercise",
	    "is not running now; its state is %.*s", SPAN_FMT(x->state));
}

/* What it has shown is mended long after it was played. */
static bool
is_mending(const struct plan_ask *ask, const struct plan *p)
{
	return ask->earlier != NULL && p->kind->life != NULL &&
	    !p->kind->notice && !p->kind->about;
}

/* A test belongs to no exercise, but is as little real. */
static enum err
check_test(struct call *c, const struct plan_ask *ask, const struct plan *p,
    struct span mine, struct fault *f)
{
	if (mine.n == 0)
		return fault_at(f, ERR_RULE, 0, "exercise", "%s bears this "
		    "mark: almenara test-alert send", p->kind->name);
	if (p->aud.open)
		return fault_at(f, ERR_AUDIENCE, 0, "tlp", "%s goes to teams "
		    "alone, under TLP:AMBER", p->kind->name);
	return check_references(c, ask, json_root(&p->body_doc), mine, f);
}

enum err
exercise_check(struct call *c, const struct plan_ask *ask,
    const struct plan *p, struct fault *f)
{
	struct json_val body = json_root(&p->body_doc);
	struct span mine = mark_of(c, body);
	struct exercise x;
	enum err e;

	if (p->kind->carries != CARRIES_NOTHING)
		return ERR_NONE;
	if (p->kind->tests)
		return check_test(c, ask, p, mine, f);
	e = check_references(c, ask, body, mine, f);
	if (e != ERR_NONE || mine.n == 0)
		return e != ERR_NONE || !p->kind->exercise ? e : fault_at(f,
		    ERR_RULE, 0, "exercise", "an exercise needs a name");
	if (!exercise_find(c, mine, &x))
		return ERR_NONE; /* of another's or of none: marked it is */
	if (p->kind->exercise)
		return ask->earlier != NULL ||
		    life_is_final(x.kind->life, x.state) ? ERR_NONE :
		    fault_at(f, ERR_CONFLICT, 0, "exercise",
			"there is an exercise of this name already");
	e = is_mending(ask, p) ? ERR_NONE : check_running(&x, p, f);
	return e != ERR_NONE ? e : check_readers(c, &x, p, f);
}
