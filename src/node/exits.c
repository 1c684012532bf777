/* SPDX-License-Identifier: Apache-2.0
 *
 * Facts for the decision on what goes out.
 */
#include "node/exits.h"

#include "crypto/circle.h"
#include "node/ruling.h"
#include "record/handling.h"

static enum exit_standing
standing_of(enum store_body_state state, const struct index_row *row)
{
	if (state == STORE_BODY_VOID)
		return EXIT_VOID;
	if (state != STORE_BODY_HELD)
		return EXIT_SET_ASIDE;
	if (row == NULL)
		return EXIT_STANDS;
	if ((row->flags & INDEX_REPLACED) != 0 ||
	    ((row->flags & INDEX_NOTICE) != 0 &&
		(row->flags & INDEX_NEWEST) == 0))
		return EXIT_SUPERSEDED;
	return (row->flags & INDEX_ENDED) != 0 ? EXIT_ENDED : EXIT_STANDS;
}

/* What hands out a key is shown to nobody: it is of no team's text. */
static void
hide(struct exit_notice *n)
{
	n->mine = n->open = n->aud_checked = false;
	n->aud = NULL;
	n->aud_n = 0;
}

static bool
is_home(const struct service *s, uint32_t log)
{
	size_t i = log_find(s, log);

	return i != SIZE_MAX && hub_log(s->hub, i).role == STORE_PRIVATE;
}

struct exit_notice
exits_about_row(const struct exits_about *x, const struct index_row *row)
{
	bool mine = (row->flags & INDEX_MINE) != 0;
	struct exit_notice n = {
		.home = (row->flags & INDEX_PRIVATE) != 0,
		.has_tlp = row->has_tlp, .tlp = row->tlp, .mine = mine,
		.open = (row->flags & INDEX_OPEN) != 0,
		.has_embargo = (row->flags & INDEX_EMBARGOED) != 0,
		/* that it is for this team was checked before it was held */
		.aud_checked = row->state == STORE_BODY_HELD,
		.standing = standing_of(row->state, row),
		.unconfirmed = !mine &&
		    !registry_is_confirmed(x->registry, row->iss),
		.exercise = (row->flags & INDEX_EXERCISE) != 0 };

	if (span_is_str(row->kind, CIRCLE_KIND))
		hide(&n);
	return n;
}

struct exit_notice
exits_of_row(const struct service *s, const struct index_row *row)
{
	const struct exits_about x = { s->registry, s->own_team };

	return exits_about_row(&x, row);
}

struct exit_notice
exits_about_entry(const struct exits_about *x, bool home,
    const struct entry *e, struct json_val body,
    enum store_body_state state, const struct index_row *row,
    struct arena *a)
{
	struct json_val exercise = json_get(body, "exercise");
	struct exit_notice n = { .home = home,
		.mine = span_is_equal(e->iss, x->own),
		.open = !e->sealed, .aud = e->aud, .aud_n = e->aud_n,
		.standing = standing_of(state, row),
		.exercise = exercise.type != JSON_ABSENT &&
		    exercise.type != JSON_FALSE,
		.has_embargo = e->has_embargo,
		.embargo_until_s = e->embargo_until_s };

	n.has_tlp = tlp_parse(e->tlp, &n.tlp) == ERR_NONE;
	if (n.has_tlp)
		n.tlp = handling_label(e, NULL);
	n.unconfirmed = !n.mine && !registry_is_confirmed(x->registry, e->iss);
	(void)!json_text(json_get(body, "pap"), a, &n.pap);
	if (span_is_str(e->kind, CIRCLE_KIND))
		hide(&n);
	return n;
}

struct exit_notice
exits_of_entry(const struct service *s, uint32_t log, const struct entry *e,
    struct json_val body, enum store_body_state state,
    const struct index_row *row, struct arena *a)
{
	const struct exits_about x = { s->registry, s->own_team };

	return exits_about_entry(&x, is_home(s, log), e, body, state, row, a);
}

void
exits_carried(struct exit_notice *n, const struct entry *carrier,
    const struct index_row *row)
{
	n->open = !carrier->sealed;
	n->aud = carrier->aud;
	n->aud_n = carrier->aud_n;
	n->released = (row->flags & INDEX_RELEASED) != 0;
	n->has_tlp = tlp_parse(carrier->tlp, &n->tlp) == ERR_NONE;
}

static struct exit_pass
decide(const struct service *s, enum exit_way way,
    const struct exit_notice *n, enum exit_who who, bool may_read,
    enum exit_rule rule, const char **reason)
{
	const struct exit_reader to = { .who = who, .own = s->own_team,
		.may_read = may_read, .rule = rule };
	struct exit_pass pass;

	(void)exit_decide(n, way, &to, loop_now(s->loop).wall, &pass, reason);
	return pass;
}

struct exit_pass
exits_by_line(const struct call *c, enum exit_way way,
    const struct exit_notice *n, enum exit_rule rule, const char **reason)
{
	bool may_read = caller_may(&c->caller, RIGHT_READ);

	/* the list of staff needs no right to read notices */
	if (way == EXIT_STAFF)
		may_read = caller_may(&c->caller, RIGHT_STATUS);
	/* who asks reads it out to an authority of the own state */
	if (way == EXIT_BRIEF)
		return decide(c->service, way, n, EXIT_TO_CONSTITUENT,
		    may_read, rule, reason);
	return decide(c->service, way, n, may_read ? EXIT_TO_PERSON :
						     EXIT_TO_AUDITOR,
	    may_read, rule, reason);
}

struct exit_pass
exits_to_caller(const struct call *c, enum exit_way way,
    const struct exit_notice *n)
{
	return exits_by_line(c, way, n, EXIT_RULE_NONE, NULL);
}

struct exit_pass
exits_to_readers(struct service *s, enum exit_way way,
    const struct exit_notice *n)
{
	return decide(s, way, n, EXIT_TO_PERSON, true, EXIT_RULE_NONE, NULL);
}

static void
ask_public(const struct rules *r, struct span own,
    const struct exits_what *what, const struct exit_notice *n,
    struct wall now, struct rules_answer *a)
{
	const struct rules_ask ask = { .act = RULES_EXPORT,
		.kind = what->kind, .tlp = n->has_tlp ? n->tlp : TLP_RED,
		.level = what->level, .exercise = n->exercise,
		.iss = what->iss, .own = own,
		.to = RULES_TO_PUBLIC, .any_role = true, .now = now };

	rules_decide(r, &ask, a);
}

enum exit_rule
exits_blocked(const struct rules *r, struct span own,
    const struct exits_what *what, const struct exit_notice *n,
    struct wall now)
{
	struct rules_answer a;

	ask_public(r, own, what, n, now, &a);
	return a.why == RULES_BLOCKED ? EXIT_RULE_DENIES : EXIT_RULE_NONE;
}

struct exit_pass
exits_to_public(struct service *s, enum exit_way way,
    const struct exits_what *what, const struct exit_notice *n)
{
	return decide(s, way, n, EXIT_TO_PUBLIC, false,
	    exits_blocked(s->rulebook.rules, s->own_team, what, n,
		loop_now(s->loop).wall), NULL);
}

struct exit_pass
exits_to_official(const struct service *s, const struct rules *r,
    enum tlp most, const struct exits_what *what, struct json_val body,
    const struct exit_notice *n, struct arena *a, struct rules_answer *out,
    struct span *stripped)
{
	const struct rules_ask ask = { .kind = what->kind,
		.tlp = n->has_tlp ? n->tlp : TLP_RED, .level = what->level,
		.exercise = n->exercise, .iss = what->iss,
		.own = s->own_team, .any_role = true,
		.now = loop_now(s->loop).wall };

	*stripped = ruling_by_gateway(r, EXIT_API, &ask, body, a, out);
	return decide(s, EXIT_API, n, EXIT_TO_CONSTITUENT,
	    n->has_tlp && n->tlp <= most, out->allow ? EXIT_RULE_NONE :
	    EXIT_RULE_DENIES, NULL);
}

struct exit_pass
exits_to_site(const struct service *s, const struct rules *r,
    const struct exits_what *what, const struct exit_notice *n,
    struct rules_answer *a)
{
	ask_public(r, s->own_team, what, n, loop_now(s->loop).wall, a);
	return decide(s, EXIT_SITE, n, EXIT_TO_PUBLIC, false,
	    a->why == RULES_BLOCKED ? EXIT_RULE_DENIES : EXIT_RULE_NONE,
	    NULL);
}

struct exit_pass
exits_to_backup(struct service *s)
{
	const struct exit_notice strictest = { .home = true,
		.standing = EXIT_SET_ASIDE };

	return decide(s, EXIT_BACKUP, &strictest, EXIT_TO_SELF, true,
	    EXIT_RULE_NONE, NULL);
}

struct exit_pass
exits_to_log(struct service *s, const struct exit_notice *n)
{
	const struct exit_notice unknown = { 0 };

	return decide(s, EXIT_LOG, n != NULL ? n : &unknown, EXIT_TO_SELF,
	    true, EXIT_RULE_NONE, NULL);
}
