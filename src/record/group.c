/* SPDX-License-Identifier: Apache-2.0
 *
 * Groups of teams.
 */
#include "record/group.h"

#include "base/limits.h"
#include "record/entry.h"

static enum err
parse_members(struct json_val v, struct arena *a, struct group *out,
    struct fault *f)
{
	size_t n = 0;

	if (v.type != JSON_ARRAY || json_count(v) == 0 ||
	    json_count(v) > LIMIT_TEAMS)
		return fault_at(f, ERR_SCHEMA, json_at(v), "members",
		    "a list of teams belongs here");
	out->member = arena_alloc(a, json_count(v) * sizeof *out->member);
	for (struct json_val m = json_first(v); m.type != JSON_ABSENT;
	     m = json_next(v, m))
		if (json_text(m, a, &out->member[n]) != ERR_NONE ||
		    !entry_is_team_id(out->member[n++]))
			return fault_at(f, ERR_SCHEMA, json_at(m), "members",
			    "is no team's id");
	out->n = entry_sort_teams(out->member, n);
	return ERR_NONE;
}

enum err
group_parse(struct json_val body, struct arena *a, struct group *out,
    struct fault *f)
{
	struct group g = { .closed = json_is_str(json_get(body, "state"),
				"closed") };
	struct span label;
	enum err e;

	if (json_text(json_get(body, "name"), a, &g.name) != ERR_NONE ||
	    !entry_is_team_id(g.name))
		return fault_at(f, ERR_SCHEMA, json_at(body), "name",
		    "2 to 32 of a-z, 0-9 and - belong here");
	if (json_text(json_get(body, "ceiling"), a, &label) != ERR_NONE ||
	    tlp_parse(label, &g.ceiling) != ERR_NONE ||
	    g.ceiling == TLP_CLEAR)
		return fault_at(f, ERR_SCHEMA, json_at(body), "ceiling",
		    "a label from TLP:GREEN to TLP:RED belongs here");
	e = parse_members(json_get(body, "members"), a, &g, f);
	if (e == ERR_NONE)
		*out = g;
	return e;
}

bool
group_has(const struct group *g, struct span team)
{
	for (size_t i = 0; i < g->n; i++)
		if (span_is_equal(g->member[i], team))
			return true;
	return false;
}

size_t
group_drop(struct group *g, const struct span *left, size_t left_n)
{
	size_t kept = 0;

	for (size_t i = 0; i < g->n; i++) {
		bool is_left = false;

		for (size_t k = 0; k < left_n && !is_left; k++)
			is_left = span_is_equal(left[k], g->member[i]);
		if (!is_left)
			g->member[kept++] = g->member[i];
	}
	g->n = kept;
	return kept;
}

enum err
group_check(const struct group *g, enum tlp label, struct fault *f)
{
	if (label <= g->ceiling)
		return ERR_NONE;
	return fault_at(f, ERR_RULE, 0, "aud",
	    "%s is above the ceiling of the group %.*s, which is %s",
	    tlp_label(label), SPAN_FMT(g->name), tlp_label(g->ceiling));
}

bool
group_split(struct span token, struct span *name, struct span *owner)
{
	const unsigned char *at = token.n == 0 ? NULL :
	    memchr(token.p, '@', token.n);
	size_t n = at == NULL ? token.n : (size_t)(at - token.p);

	*name = span_of(token.p, n);
	*owner = at == NULL ? span_str("") :
	    span_of(token.p + n + 1, token.n - n - 1);
	return entry_is_team_id(*name) &&
	    (at == NULL || entry_is_team_id(*owner));
}
