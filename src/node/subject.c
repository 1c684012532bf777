/* SPDX-License-Identifier: Apache-2.0
 *
 * What something is about.
 */
#include "node/subject.h"

#include "node/groups.h"

static void
fill(struct call *c, struct subject *s)
{
	const struct index_notice nothing = { 0 };

	s->audience = (struct index_audience){ 0 };
	/* the whole of it, to go on */
	if (record_read(c->service, s->row.log, s->row.index, &c->mem,
		&s->record) != ERR_NONE)
		s->record = (struct record){ 0 };
	(void)!index_notice(c->service->index, &s->row, &nothing, &c->mem,
	    &s->audience);
}

bool
subject_open(struct call *c, struct subject *s)
{
	if (!call_find(c, INDEX_SHARED, "id", &s->row) ||
	    !call_read(c, &s->row, EXIT_SHOW, &s->record))
		return false;
	fill(c, s);
	if (s->row.state == STORE_BODY_HELD)
		return true;
	call_fail(c, ERR_STATE, EXIT_REFUSED,
	    "this document was set aside and is not to be relied on", "",
	    call_text(c, "almenara show %s", call_id(c, &s->row.id)));
	return false;
}

bool
subject_by_digest(struct call *c, const struct digest *d, struct subject *s)
{
	if (index_by_digest(c->service->index, d, &c->mem, &s->row) !=
	    ERR_NONE)
		return false;
	fill(c, s);
	return true;
}

static enum tlp
label_of(const struct subject *s)
{
	return s->row.has_tlp ? s->row.tlp : TLP_AMBER;
}

void
subject_address(struct call *c, const struct subject *s, bool to_origin,
    struct plan_ask *ask)
{
	const struct index_audience *a = &s->audience;
	struct span *also = arena_alloc(&c->mem, (a->n + 1) * sizeof *also);

	also[0] = s->row.iss;
	ask->also = also;
	ask->also_n = 1;
	/* about what everybody reads, to all members, but not outside */
	if (ask->tlp.n == 0)
		ask->tlp = span_str(tlp_label(tlp_stricter(label_of(s),
		    to_origin ? TLP_AMBER : TLP_GREEN)));
	for (size_t i = 0; !to_origin && i < a->n; i++)
		also[ask->also_n++] = a->team[i];
}

static bool
reads(const struct subject *s, struct span team)
{
	const struct index_audience *a = &s->audience;

	if (a->open || span_is_equal(team, s->row.iss))
		return true;
	for (size_t i = 0; i < a->n; i++)
		if (span_is_equal(team, a->team[i]))
			return true;
	return false;
}

static enum err
check_reads(const struct subject *s, const struct span *team, size_t n,
    struct fault *f)
{
	for (size_t i = 0; i < n; i++)
		if (!reads(s, team[i]))
			return fault_at(f, ERR_AUDIENCE, 0, "aud",
			    "%.*s does not read what it is about",
			    SPAN_FMT(team[i]));
	return ERR_NONE;
}

/* A label that leaves out nobody is no narrower one. */
static enum err
check_label(const struct subject *s, struct plan_ask *ask, bool is_narrower,
    struct fault *f)
{
	enum tlp least = tlp_stricter(label_of(s), is_narrower ? TLP_AMBER :
	    TLP_GREEN);
	enum tlp asked = least;

	if (ask->tlp.n != 0 && tlp_import(ask->tlp, &asked) != ERR_NONE)
		return fault_at(f, ERR_SCHEMA, 0, "tlp",
		    "%.*s is no label of TLP 2.0", SPAN_FMT(ask->tlp));
	if (asked < least)
		return fault_at(f, ERR_RULE, 0, "tlp", "%s is more open than "
		    "what it is about", tlp_label(asked));
	ask->tlp = span_str(tlp_label(asked));
	return ERR_NONE;
}

enum err
subject_address_narrower(struct call *c, const struct subject *s,
    struct plan_ask *ask, struct fault *f)
{
	struct groups_named by = { 0 };
	struct span *named = NULL;
	size_t named_n = 0;
	bool all = false;
	enum err e = plan_parse_teams(c, ask->aud, &all, &named, &named_n, f);

	if (e == ERR_NONE && all)
		e = fault_at(f, ERR_AUDIENCE, 0, "aud",
		    "it goes to the readers of what it is about; name some of "
		    "them, or nobody");
	if (e == ERR_NONE)
		e = groups_expand(c, named, named_n, label_of(s), &by, f);
	if (e == ERR_NONE)
		e = check_reads(s, by.team, by.team_n, f);
	if (e == ERR_NONE)
		e = check_reads(s, by.member, by.member_n, f);
	if (e == ERR_NONE)
		e = check_label(s, ask, named_n != 0, f);
	if (e == ERR_NONE)
		subject_address(c, s, named_n != 0, ask);
	return e;
}
