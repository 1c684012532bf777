/* SPDX-License-Identifier: Apache-2.0
 *
 * Claims on the work about a document, and the clock that frees them.
 */
#include "node/claims.h"

#include "base/log.h"
#include "node/drills.h"
#include "node/exits.h"
#include "node/schedules.h"
#include "node/trials.h"

enum {
	CLAIMS_MOST = 256,    /* about one document; of one kind for the clock */
	LAPSE_AGAIN_MS = 1000 /* if the index is not whole */
};

static const struct kind *
kind_of_claim(const struct service *s, const struct index_row *row)
{
	const struct kind *k = kind_find(s->schema, row->kind);

	return k != NULL && k->life != NULL && k->life->one != NULL &&
		row->state == STORE_BODY_HELD &&
		(row->flags & INDEX_NEWEST) != 0 ? k : NULL;
}

/* --- about one document --- */

struct gathering {
	struct call *call;
	struct claim *first, **tail;
	size_t n;
};

static bool
gather(void *ctx, const struct index_row *row)
{
	struct gathering *g = ctx;
	const struct kind *k = kind_of_claim(g->call->service, row);
	struct arena *a = &g->call->mem;
	struct claim *x;

	if (k == NULL)
		return true;
	if (g->n++ == CLAIMS_MOST)
		return false;
	x = arena_alloc(a, sizeof *x);
	*x = (struct claim){ .row = *row, .kind = k };
	x->row.iss = arena_copy(a, row->iss);
	x->row.kind = arena_copy(a, row->kind);
	x->row.brief = arena_copy(a, row->brief);
	*g->tail = x;
	g->tail = &x->next;
	return true;
}

/* Is it live now? Fills what its text says. */
static bool
look_live(struct call *c, struct claim *x)
{
	const struct life *l = x->kind->life;
	int64_t now_s = call_now_s(c);
	struct record r;

	if (!call_look(c, &x->row, EXIT_SHOW, &r) ||
	    life_is_final(l, life_now(l, r.body, now_s, &c->mem)))
		return false;
	x->until_s = life_lapses_at(l, r.body, &c->mem);
	return json_text(json_get(r.body, l->one), &c->mem, &x->value) ==
	    ERR_NONE;
}

struct claim *
claims_find(struct call *c, const struct index_row *row)
{
	struct gathering g = { .call = c };
	const struct index_notice want = { .other = gather, .ctx = &g };
	struct claim **at;

	g.tail = &g.first;
	(void)!index_notice(c->service->index, row, &want, &c->mem, NULL);
	for (at = &g.first; *at != NULL;)
		if (look_live(c, *at))
			at = &(*at)->next;
		else
			*at = (*at)->next;
	return g.first;
}

static const char *
label_of(struct call *c, const struct claim *x)
{
	const struct field *fd = field_find(x->kind,
	    span_str(x->kind->life->one));
	const struct choice *word = choice_find(fd->choices, x->value);

	return word != NULL ? word->names.in[c->lang] :
			      arena_string(&c->mem, x->value);
}

void
claims_put(struct call *c, const struct index_row *row)
{
	struct json_out *w = &c->w;

	json_put_key(w, "claims");
	json_put_open(w, '[');
	for (struct claim *x = claims_find(c, row); x != NULL; x = x->next) {
		json_put_open(w, '{');
		json_put_member_str(w, "id", call_id(c, &x->row.id));
		json_put_member_span(w, "team", x->row.iss);
		json_put_member_str(w, "kind", x->kind->name);
		json_put_member_span(w, "value", x->value);
		json_put_member_str(w, "label", label_of(c, x));
		json_put_member_u64(w, "since", (uint64_t)x->row.iat_s);
		json_put_member_u64(w, "until", (uint64_t)x->until_s);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

/* --- opening one --- */

static const char *
time_text(struct call *c, int64_t s)
{
	char *text = arena_alloc(&c->mem, INSTANT_TEXT_MAX);

	wall_write((struct wall){ s * 1000 }, text);
	return text;
}

static void
refuse(struct call *c, const struct claim *x, const struct subject *s)
{
	static const struct names held = { {
		"somebody works on this already",
		"alguien ya trabaja en esto",
		"alguém já trabalha nisto",
		"quelqu’un y travaille déjà" } };
	static const struct names joining = { {
		": ask that team, or join its work",
		": pregunte a ese equipo, o súmese a su trabajo",
		": pergunte a essa equipe, ou junte-se ao trabalho dela",
		" : demandez à cette équipe, ou joignez-vous à elle" } };
	bool mine = (x->row.flags & INDEX_MINE) != 0;
	const char *until = time_text(c, x->until_s);

	call_fail(c, ERR_CONFLICT, EXIT_REFUSED, held.in[c->lang],
	    call_text(c, "%.*s, %s, %s%s", SPAN_FMT(x->row.iss),
		label_of(c, x), until, mine ? "" : joining.in[c->lang]),
	    mine ? call_text(c, "almenara claim extend %s --until TIME",
		       call_id(c, &x->row.id)) :
		   call_text(c, "almenara claim %s --aspect %.*s --until %s "
		       "--join", call_id(c, &s->row.id), SPAN_FMT(x->value),
		       until));
}

bool
claims_may_open(struct call *c, const struct kind *k, struct json_val body,
    const struct subject *s, const struct claim **holder)
{
	bool join = false;
	struct span value;

	*holder = NULL;
	if (json_text(json_get(body, k->life->one), &c->mem, &value) !=
	    ERR_NONE)
		return true; /* the kind will say so */
	if (json_bool(json_get(c->args, "join"), &join) != ERR_NONE)
		join = false;
	for (struct claim *x = claims_find(c, &s->row); x != NULL;
	     x = x->next) {
		if (x->kind != k || !span_is_equal(x->value, value))
			continue;
		if ((x->row.flags & INDEX_MINE) != 0 || !join) {
			refuse(c, x, s);
			return false;
		}
		if (*holder == NULL)
			*holder = x;
	}
	return true;
}

/* --- the clock --- */

struct look {
	struct service *service;
	struct arena mem;
	struct wall now;
};

/* What the index has of it is enough: coded values and times. */
static bool
look_at(void *ctx, const struct index_row *row)
{
	struct look *x = ctx;
	struct service *s = x->service;
	const struct kind *k = kind_find(s->schema, row->kind);
	char id[UUID_TEXT + 1], text[128];
	struct json doc;
	int64_t at_s;

	if (k == NULL || json_parse_arena(row->brief, LIMIT_JSON_DEPTH,
		LIMIT_JSON_TOKENS, &x->mem, &doc, NULL) != ERR_NONE)
		return true;
	at_s = life_lapses_at(k->life, json_root(&doc), &x->mem);
	if (at_s == 0 || !lapse_look(&s->lapse, at_s, x->now))
		return true;
	uuid_write(&row->id, id);
	snprintf(text, sizeof text, k->life->one != NULL ?
	    "%.32s has lapsed, the work is free: almenara show %s" :
	    "the time of %.32s has passed: almenara show %s", k->name, id);
	service_alarm(s, text);
	return true;
}

static void
on_lapses(void *ctx)
{
	struct service *s = ctx;
	struct look x = { .service = s, .now = loop_now(s->loop).wall };
	struct index_filter filter = { .cases = true, .limit = CLAIMS_MOST };

	if (s->is_stopping)
		return;
	/* what is not found now would never be told */
	if (!index_is_whole(s->index)) {
		loop_timer_start(s->lapses, LAPSE_AGAIN_MS, 0);
		return;
	}
	s->lapse.wait_ms = LAPSE_LOOK_MS;
	for (size_t i = 0; i < kind_count(s->schema); i++) {
		const struct kind *k = kind_at(s->schema, i);

		if (k->life == NULL || k->life->lapse_count == 0 ||
		    k->is_private)
			continue;
		filter.kind = span_str(k->name);
		(void)!index_inbox(s->index, &filter, look_at, &x, NULL);
	}
	trials_look(s);
	lapse_end(&s->lapse, x.now);
	arena_release(&x.mem);
	drills_look(s, &s->lapse.wait_ms);
	schedules_look(s, &s->lapse.wait_ms);
	loop_timer_start(s->lapses, (uint64_t)s->lapse.wait_ms, 0);
}

void
claims_start(struct service *s)
{
	lapse_begin(&s->lapse, loop_now(s->loop).wall);
	s->lapses = loop_timer_create(s->loop, on_lapses, s);
	claims_stir(s);
}

void
claims_stir(struct service *s)
{
	if (s->lapses != NULL)
		loop_timer_start(s->lapses, 0, 0);
}

void
claims_stop(struct service *s)
{
	loop_timer_free(s->lapses);
	s->lapses = NULL;
}
