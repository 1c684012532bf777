/* SPDX-License-Identifier: Apache-2.0
 *
 * The audience of a notice.
 */
#include "node/audience.h"

#include "base/limits.h"
#include "record/entry.h"

static bool
has_key(const struct registry *r, struct span team)
{
	const struct keyset_key *key[1];

	return registry_enc_keys(r, team, key, 1) != 0;
}

bool
audience_can_read(const struct registry *r, struct span team, struct wall now)
{
	return registry_is_good(r, team, now) && has_key(r, team) &&
	    registry_is_confirmed(r, team);
}

/* `own`: the own team, which needs nobody's consent. */
static void
add(const struct registry *r, struct wall now, struct span team, bool own,
    struct audience *out)
{
	if (span_is_among(team, out->team, out->n) ||
	    span_is_among(team, out->left_out, out->left_out_n))
		return;
	if (own ? registry_is_good(r, team, now) && has_key(r, team) :
		  audience_can_read(r, team, now))
		out->team[out->n++] = team;
	else
		out->left_out[out->left_out_n++] = team;
}

static enum err
check_label(const struct audience_ask *ask, struct fault *f)
{
	if (ask->had_open && ask->tlp != TLP_CLEAR)
		return fault_at(f, ERR_RULE, 0, "tlp",
		    "an earlier revision was open to everybody, so this one "
		    "must be too");
	if (((ask->named_n != 0 && ask->tlp <= TLP_GREEN) ||
		(ask->grouped && ask->tlp == TLP_CLEAR)) && !ask->all)
		return fault_at(f, ERR_RULE, 0, "aud", "%s goes to %s; name "
		    "an audience only with TLP:AMBER and stricter",
		    tlp_label(ask->tlp),
		    ask->tlp == TLP_CLEAR ? "everybody" : "all teams");
	if (ask->tlp > TLP_GREEN && !ask->all && ask->named_n == 0 &&
	    ask->had_n == 0 && !ask->grouped)
		return fault_at(f, ERR_AUDIENCE, 0, "aud",
		    "%s needs an audience: name teams, or all",
		    tlp_label(ask->tlp));
	if (ask->named_n > LIMIT_TEAMS || ask->had_n > LIMIT_TEAMS)
		return fault_at(f, ERR_LIMIT, 0, "aud", "more than %d teams",
		    LIMIT_TEAMS);
	return ERR_NONE;
}

static enum err
check_named(const struct registry *r, const struct audience_ask *ask,
    struct wall now, struct fault *f)
{
	for (size_t i = 0; i < ask->named_n; i++) {
		struct span team = ask->named[i];

		if (registry_team(r, team) == NULL)
			return fault_at(f, ERR_AUDIENCE, 0, "aud",
			    "%.*s is no team of this network, and no group",
			    SPAN_FMT(team));
		if (!registry_is_good(r, team, now))
			return fault_at(f, ERR_AUDIENCE, 0, "aud",
			    "%.*s is not in good standing", SPAN_FMT(team));
		if (!has_key(r, team))
			return fault_at(f, ERR_AUDIENCE, 0, "aud",
			    "%.*s has no key to seal to", SPAN_FMT(team));
		if (!span_is_equal(team, ask->own) &&
		    !registry_is_confirmed(r, team))
			return fault_at(f, ERR_AUDIENCE, 0, "aud",
			    "nobody has accepted the identity of %.*s here "
			    "yet (almenara pin accept)",
			    SPAN_FMT(team));
	}
	return ERR_NONE;
}

enum err
audience_make(const struct registry *r, const struct audience_ask *ask,
    struct wall now, struct arena *a, struct audience *out, struct fault *f)
{
	const struct team *good[LIMIT_TEAMS];
	struct audience made = { .open = ask->tlp == TLP_CLEAR };
	size_t max = ask->named_n + ask->member_n + ask->had_n + LIMIT_TEAMS +
	    1, n;
	enum err e = check_label(ask, f);

	if (e == ERR_NONE)
		e = check_named(r, ask, now, f);
	if (e != ERR_NONE)
		return e;
	if (made.open) {
		*out = made;
		return ERR_NONE;
	}
	made.team = arena_alloc(a, max * sizeof *made.team);
	made.left_out = arena_alloc(a, max * sizeof *made.left_out);
	n = registry_good_teams(r, now, good, LIMIT_TEAMS);
	for (size_t i = 0; i < n; i++)
		if (ask->all || (ask->tlp == TLP_GREEN && !ask->grouped))
			add(r, now, good[i]->id,
			    span_is_equal(good[i]->id, ask->own), &made);
	for (size_t i = 0; i < ask->named_n; i++)
		add(r, now, ask->named[i],
		    span_is_equal(ask->named[i], ask->own), &made);
	for (size_t i = 0; i < ask->member_n; i++)
		add(r, now, ask->member[i],
		    span_is_equal(ask->member[i], ask->own), &made);
	for (size_t i = 0; i < ask->had_n; i++)
		add(r, now, ask->had[i],
		    span_is_equal(ask->had[i], ask->own), &made);
	add(r, now, ask->own, true, &made);
	made.n = entry_sort_teams(made.team, made.n);
	made.left_out_n = entry_sort_teams(made.left_out, made.left_out_n);
	if (made.n == 0 || made.n > LIMIT_RECIPIENTS)
		return fault_at(f, ERR_AUDIENCE, 0, "aud",
		    "nobody of the audience can read it now");
	*out = made;
	return ERR_NONE;
}
