/* SPDX-License-Identifier: Apache-2.0
 *
 * What is open when the watch changes hands: escalations, notices without an
 * answer, assessments and news that are owed, claims and cases of this team,
 * drafts under way, peers that are down.
 */
#include "node/duties_inside.h"

#include "base/mem.h"
#include "node/escalations.h"
#include "node/pledges.h"

#include <stdlib.h>
#include <string.h>

enum { LOOKED = 256 };

struct listing {
	struct service *service;
	struct arena mem;
	const char *what; /* NULL: a case or a claim */
	struct duties_item item[5 * LOOKED]; /* what is too much is left out */
	size_t n;
};

static void
add(struct listing *l, const char *what, const struct uuid *id, int level,
    bool exercise)
{
	/* a notice that escalates is one thing */
	for (size_t i = 0; i < l->n; i++)
		if (uuid_is_equal(&l->item[i].id, id))
			return;
	if (l->n < sizeof l->item / sizeof *l->item)
		l->item[l->n++] = (struct duties_item){ what, *id,
			level >= 0 && level <= 5 ? level : 0, exercise,
			{ 0 } };
}

/* Its level is what its author has written so far. */
static bool
see_draft(void *ctx, const struct index_row *row)
{
	struct listing *l = ctx;
	struct json_val content;
	uint64_t level = 0;
	struct record r;

	if (record_read(l->service, row->log, row->index, &l->mem, &r) !=
	    ERR_NONE)
		return true;
	content = json_get(r.body, "content");
	if (json_u64(json_get(content, "level"), &level) != ERR_NONE ||
	    level > 5)
		level = 0;
	add(l, "draft", &row->id, (int)level,
	    json_get(content, "exercise").type == JSON_STRING);
	return l->n < sizeof l->item / sizeof *l->item;
}

/* One that was just linked has not had the time to say that it is alive. */
static bool
is_down(const struct hub_peer_info *p)
{
	return p->silence == SILENCE_UNKNOWN ? !p->linked :
	    p->silence != SILENCE_HEARD;
}

/* A node that this one does not hear. */
static void
list_peers(struct listing *l)
{
	struct service *s = l->service;

	for (size_t i = 0; i < hub_peer_count(s->hub); i++) {
		struct hub_peer_info p = hub_peer(s->hub, i,
		    loop_now(s->loop));

		if (is_down(&p) &&
		    l->n < sizeof l->item / sizeof *l->item)
			l->item[l->n++] = (struct duties_item){
				.what = "peer", .team = p.team };
	}
}

static bool
see_row(void *ctx, const struct index_row *row)
{
	struct listing *l = ctx;
	struct service *s = l->service;
	const struct kind *k = kind_find(s->schema, row->kind);
	const char *what = l->what;
	struct json doc;

	if (what == NULL) {
		if (k == NULL || json_parse_arena(row->brief, LIMIT_JSON_DEPTH,
			LIMIT_JSON_TOKENS, &l->mem, &doc, NULL) != ERR_NONE ||
		    life_is_final(k->life, life_now(k->life, json_root(&doc),
			loop_now(s->loop).wall.ms / 1000, &l->mem)))
			return true;
		what = k->life->one != NULL ? "work" : "case";
	}
	add(l, what, &row->id, row->level, (row->flags & INDEX_EXERCISE) != 0);
	return true;
}

/* Claims and cases; who is in a group, or bound by an agreement, is no work. */
static void
list_work(struct listing *l)
{
	const struct schema *schema = l->service->schema;
	struct index_filter mine = { .cases = true, .mine = true,
		.limit = LOOKED };

	for (size_t i = 0; i < kind_count(schema); i++) {
		const struct kind *k = kind_at(schema, i);

		if (k->life == NULL || k->is_private || k->unites || k->binds)
			continue;
		mine.kind = span_str(k->name);
		(void)!index_inbox(l->service->index, &mine, see_row, l,
		    NULL);
	}
}

static int
compare(const void *a, const void *b)
{
	const struct duties_item *x = a, *y = b;

	return y->level - x->level;
}

static struct listing *
list_all(struct service *s)
{
	const struct index_filter owed = { .unacknowledged = true,
		.ended = true, .limit = LOOKED };
	struct listing *l = mem_alloc(sizeof *l);

	l->service = s;
	for (size_t i = 0; escalations_at(s, i) != NULL; i++) {
		const struct desk_notice *n = &escalations_at(s, i)->notice;

		add(l, "escalation", &n->id, n->level, n->exercise);
	}
	l->what = "notice";
	(void)!index_inbox(s->index, &owed, see_row, l, NULL);
	for (size_t i = 0; pledges_at(s, i) != NULL; i++) {
		const struct pledges_item *p = pledges_at(s, i);

		add(l, pledge_word(p->pledge.what), &p->notice, p->level,
		    p->exercise);
	}
	l->what = NULL;
	list_work(l);
	(void)!index_drafts(s->index, see_draft, l);
	list_peers(l);
	arena_release(&l->mem);
	qsort(l->item, l->n, sizeof l->item[0], compare);
	return l;
}

size_t
duties_list(struct service *s, struct duties_item *out, unsigned *more)
{
	struct listing *l = list_all(s);
	size_t n = l->n < DUTIES_OPEN ? l->n : DUTIES_OPEN;

	for (size_t i = 0; i < n; i++)
		out[i] = l->item[i];
	*more = (unsigned)(l->n - n);
	free(l);
	return n;
}

unsigned
duties_urgent(struct service *s)
{
	struct listing *l = list_all(s);
	unsigned n = 0;

	for (size_t i = 0; i < l->n; i++)
		n += l->item[i].level >= LEVEL_URGENT &&
		    !l->item[i].exercise &&
		    strcmp(l->item[i].what, "draft") != 0;
	free(l);
	return n;
}

void
duties_put_open(struct service *s, struct json_out *w)
{
	struct duties_item item[DUTIES_OPEN];
	unsigned more;
	size_t n = duties_list(s, item, &more);
	char id[UUID_TEXT + 1];

	json_put_key(w, "open");
	json_put_open(w, '[');
	for (size_t i = 0; i < n; i++) {
		uuid_write(&item[i].id, id);
		json_put_open(w, '{');
		json_put_member_str(w, "what", item[i].what);
		if (item[i].team.n == 0)
			json_put_member_str(w, "id", id);
		else
			json_put_member_span(w, "team", item[i].team);
		json_put_member_u64(w, "level", (uint64_t)item[i].level);
		json_put_member_bool(w, "exercise", item[i].exercise);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
	if (more != 0)
		json_put_member_u64(w, "more", more);
}
