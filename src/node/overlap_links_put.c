/* SPDX-License-Identifier: Apache-2.0
 *
 * Showing what is linked with what: on a notice, and on the watch.
 */
#include "node/overlap_links.h"

enum { LINKS_MOST = 64 }; /* the newest, that are looked through */

struct listed {
	struct call *call;
	struct index_row row[LINKS_MOST];
	size_t n;
};

static bool
keep(void *ctx, const struct index_row *row)
{
	struct listed *l = ctx;

	if (l->n == LINKS_MOST)
		return false;
	l->row[l->n] = *row;
	l->row[l->n].iss = arena_copy(&l->call->mem, row->iss);
	l->row[l->n].kind = arena_copy(&l->call->mem, row->kind);
	l->row[l->n++].brief = span_str("");
	return true;
}

/* The records that tell of links, of this team and of others. */
static struct listed *
list_links(struct call *c)
{
	struct listed *l = arena_alloc(&c->mem, sizeof *l);
	const struct kind *k = overlap_link_kind(c->service);
	struct index_filter filter = { .limit = LINKS_MOST };

	l->call = c;
	if (k == NULL)
		return l;
	filter.kind = span_str(k->name);
	(void)!index_inbox(c->service->index, &filter, keep, l, NULL);
	return l;
}

/* --- on a notice --- */

static bool
has_side(const struct overlap_side *side, size_t n, const struct index_row *row)
{
	for (size_t i = 0; i < n; i++)
		if (uuid_is_equal(&side[i].id, &row->id) &&
		    span_is_equal(side[i].team, row->iss))
			return true;
	return false;
}

/* The teams but for that of the notice, each once. */
static void
put_link(struct call *c, const char *what, const struct uuid *id,
    struct span iss, const struct overlap_side *side, size_t n,
    const struct index_row *notice)
{
	struct json_out *w = &c->w;

	json_put_open(w, '{');
	json_put_member_str(w, "id", call_id(c, id));
	json_put_member_str(w, "what", what);
	json_put_member_span(w, "iss", iss);
	json_put_key(w, "teams");
	json_put_open(w, '[');
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < i && !span_is_equal(side[k].team, side[i].team))
			k++;
		if (k == i && !span_is_equal(side[i].team, notice->iss))
			json_put_span(w, side[i].team);
	}
	json_put_close(w, ']');
	json_put_close(w, '}');
}

static bool
may_see(struct call *c, const struct overlap *o)
{
	struct index_row row;
	struct record r;

	return index_find(c->service->index, INDEX_AT_HOME,
	    span_str(call_id(c, &o->id)), &c->mem, &row, NULL, NULL) ==
		ERR_NONE && call_look(c, &row, EXIT_REGISTER, &r);
}

void
overlap_links_put(struct call *c, const struct index_row *notice)
{
	struct overlap_side *side = arena_alloc(&c->mem,
	    LIMIT_OVERLAP_SIDES * sizeof *side);
	const struct listed *l = list_links(c);
	const struct overlap *all;
	struct record r;
	size_t n;

	json_put_key(&c->w, "links");
	json_put_open(&c->w, '[');
	for (size_t i = 0; i < l->n; i++) {
		if (!call_look(c, &l->row[i], EXIT_SHOW, &r))
			continue;
		n = overlap_link_sides(r.body, &c->mem, side);
		if (has_side(side, n, notice))
			put_link(c, "link", &l->row[i].id, l->row[i].iss,
			    side, n, notice);
	}
	all = overlaps_all(c->service, &c->mem, &n);
	for (size_t i = 0; i < n; i++)
		if (has_side(all[i].side, all[i].n, notice) &&
		    may_see(c, &all[i]))
			put_link(c, "overlap", &all[i].id,
			    c->service->own_team, all[i].side, all[i].n,
			    notice);
	json_put_close(&c->w, ']');
}

/* --- on the watch --- */

static void
put_item(struct call *c, const struct index_row *row, const char *what)
{
	if (call_was_opened(c, &row->digest))
		return;
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "id", call_id(c, &row->id));
	json_put_member_str(&c->w, "what", what);
	json_put_member_bool(&c->w, "exercise",
	    (row->flags & INDEX_EXERCISE) != 0);
	json_put_member_u64(&c->w, "since", (uint64_t)row->iat_s);
	json_put_close(&c->w, '}');
}

void
overlap_links_put_watch(struct call *c)
{
	const struct listed *links = list_links(c);
	struct listed *found = arena_alloc(&c->mem, sizeof *found);

	found->call = c;
	(void)!index_home(c->service->index, "overlap", keep, found);
	json_put_key(&c->w, "overlaps");
	json_put_open(&c->w, '[');
	for (size_t i = 0; i < links->n; i++)
		if ((links->row[i].flags & INDEX_MINE) == 0)
			put_item(c, &links->row[i], "link");
	for (size_t i = 0; i < found->n; i++)
		put_item(c, &found->row[i], "overlap");
	json_put_close(&c->w, ']');
}
