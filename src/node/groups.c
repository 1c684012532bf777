/* SPDX-License-Identifier: Apache-2.0
 *
 * Groups as the index has them.
 */
#include "node/groups.h"

const struct kind *
groups_kind(const struct service *s)
{
	for (size_t i = 0; i < kind_count(s->schema); i++)
		if (kind_at(s->schema, i)->unites)
			return kind_at(s->schema, i);
	return NULL;
}

const struct kind *
groups_leave_kind(const struct service *s)
{
	for (size_t i = 0; i < kind_count(s->schema); i++)
		if (kind_at(s->schema, i)->leaves)
			return kind_at(s->schema, i);
	return NULL;
}

bool
groups_is_leave(const struct service *s, const struct index_row *row)
{
	const struct kind *k = kind_find(s->schema, row->kind);

	return k != NULL && k->leaves && (row->flags & INDEX_NEWEST) != 0 &&
	    row->state == STORE_BODY_HELD;
}

struct gathering {
	struct call *call;
	struct groups_item *first, **tail;
};

static bool
gather(void *ctx, const struct index_row *row)
{
	struct gathering *g = ctx;
	struct arena *a = &g->call->mem;
	struct groups_item *x = arena_alloc(a, sizeof *x);

	*x = (struct groups_item){ .row = *row };
	x->row.iss = arena_copy(a, row->iss);
	x->row.kind = arena_copy(a, row->kind);
	x->row.brief = arena_copy(a, row->brief);
	*g->tail = x;
	g->tail = &x->next;
	return true;
}

static bool
is_owner_good(struct call *c, const struct index_row *row)
{
	const struct registry *r = c->service->registry;

	return (row->flags & INDEX_MINE) != 0 ||
	    (registry_is_good(r, row->iss, loop_now(c->service->loop).wall) &&
		registry_is_confirmed(r, row->iss));
}

/* --- who has left --- */

struct leaving {
	struct call *call;
	struct groups_item *item;
};

static bool
see_leave(void *ctx, const struct index_row *row)
{
	struct leaving *l = ctx;
	struct groups_item *x = l->item;

	if (groups_is_leave(l->call->service, row) &&
	    (row->flags & INDEX_ENDED) == 0 && x->left_n < LIMIT_TEAMS &&
	    group_has(&x->group, row->iss))
		x->left[x->left_n++] = arena_copy(&l->call->mem, row->iss);
	return true;
}

static void
find_left(struct call *c, struct groups_item *x)
{
	struct leaving l = { c, x };
	const struct index_notice want = { .other = see_leave, .ctx = &l };

	x->left = arena_alloc(&c->mem, LIMIT_TEAMS * sizeof *x->left);
	(void)!index_notice(c->service->index, &x->row, &want, &c->mem, NULL);
	group_drop(&x->group, x->left, x->left_n);
}

/* --- those in force --- */

static bool
is_in_force(struct call *c, bool ended, struct groups_item *x)
{
	if (x->row.state != STORE_BODY_HELD || !is_owner_good(c, &x->row) ||
	    record_read(c->service, x->row.log, x->row.index, &c->mem,
		&x->record) != ERR_NONE ||
	    group_parse(x->record.body, &c->mem, &x->group, NULL) !=
		ERR_NONE ||
	    (x->group.closed && !ended))
		return false;
	find_left(c, x);
	return true;
}

static void
put_in_order(struct groups_item **list, struct groups_item *x)
{
	while (*list != NULL &&
	    span_compare((*list)->group.name, x->group.name) <= 0)
		list = &(*list)->next;
	x->next = *list;
	*list = x;
}

enum err
groups_list(struct call *c, bool ended, struct groups_item **out)
{
	const struct kind *k = groups_kind(c->service);
	struct index_filter filter = { .cases = true, .ended = true,
		.kind = span_str(k == NULL ? "" : k->name) };
	struct gathering g = { .call = c };
	struct groups_item *list = NULL, *next;
	enum err e;

	*out = NULL;
	if (k == NULL)
		return ERR_NONE;
	g.tail = &g.first;
	do
		e = index_inbox(c->service->index, &filter, gather, &g,
		    &filter.before);
	while (e == ERR_NONE && filter.before != 0);
	if (e != ERR_NONE)
		return e;
	for (struct groups_item *x = g.first; x != NULL; x = next) {
		next = x->next;
		if (is_in_force(c, ended, x))
			put_in_order(&list, x);
	}
	*out = list;
	return ERR_NONE;
}

static enum err
choose(struct groups_item *list, struct span token, struct groups_item **out,
    struct fault *f)
{
	struct groups_item *found = NULL;
	struct span name, owner;

	if (!group_split(token, &name, &owner))
		return fault_at(f, ERR_NOT_FOUND, 0, "aud",
		    "%.*s is no name of a group", SPAN_FMT(token));
	for (struct groups_item *x = list; x != NULL; x = x->next) {
		if (!span_is_equal(x->group.name, name) ||
		    (owner.n != 0 && !span_is_equal(x->row.iss, owner)))
			continue;
		if (found != NULL)
			return fault_at(f, ERR_CONFLICT, 0, "aud", owner.n ?
				"%.*s has several groups %.*s" :
				"%.*s and others have a group %.*s: say "
				"NAME@OWNER",
			    SPAN_FMT(found->row.iss), SPAN_FMT(name));
		found = x;
	}
	if (found == NULL)
		return fault_at(f, ERR_NOT_FOUND, 0, "aud",
		    "no group %.*s is in force here", SPAN_FMT(token));
	*out = found;
	return ERR_NONE;
}

enum err
groups_find(struct call *c, struct span token, struct groups_item **out,
    struct fault *f)
{
	struct groups_item *list;
	enum err e = groups_list(c, false, &list);

	return e == ERR_NONE ? choose(list, token, out, f) :
	    fault_at(f, e, 0, "aud", "the index cannot be read");
}

/* --- in an audience --- */

static enum err
add_group(struct call *c, struct groups_item *list, struct span token,
    enum tlp label, struct groups_named *out, struct fault *f)
{
	struct groups_item *x = NULL;
	struct span *member;
	enum err e = choose(list, token, &x, f);

	if (e == ERR_NOT_FOUND) {
		out->team[out->team_n++] = token;
		return ERR_NONE;
	}
	if (e == ERR_NONE && x != NULL)
		e = group_check(&x->group, label, f);
	if (e != ERR_NONE || x == NULL)
		return e;
	out->grouped = true;
	member = arena_alloc(&c->mem, (out->member_n + x->group.n + 1) *
	    sizeof *member);
	for (size_t i = 0; i < out->member_n; i++)
		member[i] = out->member[i];
	for (size_t i = 0; i < x->group.n; i++)
		member[out->member_n + i] = x->group.member[i];
	out->member = member;
	out->member_n = entry_sort_teams(member, out->member_n + x->group.n);
	return ERR_NONE;
}

enum err
groups_expand(struct call *c, const struct span *named, size_t n,
    enum tlp label, struct groups_named *out, struct fault *f)
{
	struct groups_item *list = NULL;
	bool known = false;
	enum err e = ERR_NONE;

	*out = (struct groups_named){ .team = arena_alloc(&c->mem,
					  (n + 1) * sizeof *out->team) };
	for (size_t i = 0; e == ERR_NONE && i < n; i++) {
		if (registry_team(c->service->registry, named[i]) != NULL) {
			out->team[out->team_n++] = named[i];
			continue;
		}
		if (!known)
			e = groups_list(c, false, &list);
		known = true;
		if (e == ERR_NONE)
			e = add_group(c, list, named[i], label, out, f);
		else
			e = fault_at(f, e, 0, "aud",
			    "the index cannot be read");
	}
	return e;
}
