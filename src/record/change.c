/* SPDX-License-Identifier: Apache-2.0
 *
 * Successors of charter, register and designations. Those of keysets are in
 * change_keyset.c.
 */
#include "record/change.h"

#include "base/limits.h"

/* A copy of `n` elements with room for `most`. */
static void *
copy_of(struct arena *a, const void *from, size_t n, size_t most, size_t size)
{
	void *p = arena_alloc(a, most * size);

	if (n != 0 && from != NULL)
		memcpy(p, from, n * size);
	return p;
}

static enum err
not_there(struct fault *f, const char *field, struct span name)
{
	return fault_at(f, ERR_NOT_FOUND, 0, field, "%.*s is not there",
	    SPAN_FMT(name));
}

static enum err
there_already(struct fault *f, const char *field, struct span name)
{
	return fault_at(f, ERR_EXISTS, 0, field, "%.*s is there already",
	    SPAN_FMT(name));
}

/* --- charter --- */

void
change_charter(const struct charter *old, const struct digest *hash,
    struct arena *a, struct charter *out)
{
	*out = (struct charter){ .version = 1 };
	if (old != NULL) {
		*out = *old;
		out->version = old->version + 1;
		out->prev = *hash;
	}
	out->authorities = copy_of(a, old != NULL ? old->authorities : NULL,
	    out->authority_count, LIMIT_DOCUMENT_SIGNATURES,
	    sizeof *out->authorities);
}

enum err
charter_add(struct charter *c, const struct authority *who, struct fault *f)
{
	struct digest kid = jwk_thumbprint(&who->key), other;

	if (c->authority_count == LIMIT_DOCUMENT_SIGNATURES)
		return fault_at(f, ERR_LIMIT, 0, "authorities",
		    "more than %d authorities", LIMIT_DOCUMENT_SIGNATURES);
	for (size_t i = 0; i < c->authority_count; i++) {
		other = jwk_thumbprint(&c->authorities[i].key);
		if (digest_is_equal(&kid, &other) ||
		    span_is_equal(c->authorities[i].name, who->name))
			return there_already(f, "authorities", who->name);
	}
	c->authorities[c->authority_count++] = *who;
	return ERR_NONE;
}

enum err
charter_remove(struct charter *c, struct span name, struct fault *f)
{
	size_t i = 0;

	while (i < c->authority_count &&
	    !span_is_equal(c->authorities[i].name, name))
		i++;
	if (i == c->authority_count)
		return not_there(f, "authorities", name);
	c->authority_count--;
	memmove(c->authorities + i, c->authorities + i + 1,
	    (c->authority_count - i) * sizeof *c->authorities);
	return ERR_NONE;
}

/* --- register --- */

void
change_register(const struct register_doc *old, const struct digest *hash,
    const struct digest *charter, struct arena *a, struct register_doc *out)
{
	*out = (struct register_doc){ .version = 1 };
	if (old != NULL) {
		*out = *old;
		out->version = old->version + 1;
		out->prev = *hash;
	}
	out->charter = *charter;
	out->teams = copy_of(a, old != NULL ? old->teams : NULL,
	    out->team_count, LIMIT_TEAMS, sizeof *out->teams);
	out->suspended = copy_of(a, old != NULL ? old->suspended : NULL,
	    out->suspended_count, LIMIT_TEAMS, sizeof *out->suspended);
}

static size_t
team_place(const struct register_doc *r, struct span id)
{
	size_t i = 0;

	while (i < r->team_count && span_compare(r->teams[i].id, id) < 0)
		i++;
	return i;
}

enum err
register_add(struct register_doc *r, const struct team *team, struct fault *f)
{
	size_t i = team_place(r, team->id);

	if (i < r->team_count && span_is_equal(r->teams[i].id, team->id))
		return there_already(f, "teams", team->id);
	if (r->team_count == LIMIT_TEAMS)
		return fault_at(f, ERR_LIMIT, 0, "teams",
		    "more than %d teams", LIMIT_TEAMS);
	memmove(r->teams + i + 1, r->teams + i,
	    (r->team_count - i) * sizeof *r->teams);
	r->teams[i] = *team;
	r->team_count++;
	return ERR_NONE;
}

enum err
register_replace(struct register_doc *r, const struct team *team,
    struct fault *f)
{
	size_t i = team_place(r, team->id);

	if (i == r->team_count || !span_is_equal(r->teams[i].id, team->id))
		return not_there(f, "teams", team->id);
	r->teams[i] = *team;
	return ERR_NONE;
}

enum err
register_set_status(struct register_doc *r, struct span team,
    enum team_status status, struct fault *f)
{
	size_t i = team_place(r, team);

	if (i == r->team_count || !span_is_equal(r->teams[i].id, team))
		return not_there(f, "teams", team);
	r->teams[i].status = status;
	return ERR_NONE;
}

enum err
register_suspend(struct register_doc *r, struct span team, int64_t until_s,
    struct span reason, struct fault *f)
{
	size_t i = 0;
	bool found;

	while (i < r->suspended_count &&
	    span_compare(r->suspended[i].team, team) < 0)
		i++;
	found = i < r->suspended_count &&
	    span_is_equal(r->suspended[i].team, team);
	if (register_find(r, team) == NULL || (until_s == 0 && !found))
		return not_there(f, "suspended", team);
	if (until_s == 0) {
		r->suspended_count--;
		memmove(r->suspended + i, r->suspended + i + 1,
		    (r->suspended_count - i) * sizeof *r->suspended);
		return ERR_NONE;
	}
	if (!found) {
		memmove(r->suspended + i + 1, r->suspended + i,
		    (r->suspended_count - i) * sizeof *r->suspended);
		r->suspended_count++;
	}
	r->suspended[i] = (struct suspended){ team, until_s, reason };
	return ERR_NONE;
}

/* --- designations --- */

void
change_designations(const struct designations *old, const struct digest *hash,
    const struct digest *charter, struct arena *a, struct designations *out)
{
	*out = (struct designations){ .version = 1 };
	if (old != NULL) {
		*out = *old;
		out->version = old->version + 1;
		out->prev = *hash;
	}
	out->charter = *charter;
	out->list = copy_of(a, old != NULL ? old->list : NULL, out->count,
	    LIMIT_TEAMS, sizeof *out->list);
}

static size_t
designation_place(const struct designations *s, struct span team, bool *found)
{
	size_t i = 0;

	while (i < s->count && span_compare(s->list[i].team, team) < 0)
		i++;
	*found = i < s->count && span_is_equal(s->list[i].team, team);
	return i;
}

enum err
designations_put(struct designations *s, const struct designation *d,
    struct fault *f)
{
	bool found;
	size_t i = designation_place(s, d->team, &found);

	if (!found && s->count == LIMIT_TEAMS)
		return fault_at(f, ERR_LIMIT, 0, "teams",
		    "more than %d teams", LIMIT_TEAMS);
	if (!found) {
		memmove(s->list + i + 1, s->list + i,
		    (s->count - i) * sizeof *s->list);
		s->count++;
	}
	s->list[i] = *d;
	return ERR_NONE;
}

enum err
designations_end(struct designations *s, struct span team, struct fault *f)
{
	bool found;
	size_t i = designation_place(s, team, &found);

	if (!found)
		return not_there(f, "teams", team);
	s->count--;
	memmove(s->list + i, s->list + i + 1,
	    (s->count - i) * sizeof *s->list);
	return ERR_NONE;
}
