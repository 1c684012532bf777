/* SPDX-License-Identifier: Apache-2.0
 *
 * Passing on.
 */
#include "record/handling.h"

static enum err
breach(struct fault *f, const char *field, const char *rule)
{
	return fault_at(f, ERR_RULE, 0, field, "%s", rule);
}

/* Does the consent name `team`? Without a list it means all members. */
static bool
permits_team(const struct handling *h, struct arena *a, struct span team)
{
	struct json_val to = json_get(h->consent_body, "to");
	struct span s;

	if (h->consent == NULL)
		return false;
	for (struct json_val m = json_first(to); m.type != JSON_ABSENT;
	     m = json_next(to, m))
		if (json_text(m, a, &s) == ERR_NONE && span_is_equal(s, team))
			return true;
	return to.type == JSON_ABSENT;
}

/* The most open label that the origin allows. */
static enum tlp
widest(const struct handling *h, enum tlp label, struct arena *a)
{
	struct span text;
	enum tlp consented;

	if (h->consent == NULL ||
	    json_text(json_get(h->consent_body, "tlp"), a, &text) !=
		ERR_NONE ||
	    tlp_parse(text, &consented) != ERR_NONE || consented > label)
		return label;
	return consented;
}

static enum err
check_consent(const struct handling *h, struct fault *f)
{
	if (h->consent == NULL)
		return ERR_NONE;
	if (!span_is_equal(h->consent->iss, h->original->iss))
		return breach(f, "consent", "is not of its origin");
	if (!h->consent->has_re ||
	    !digest_is_equal(&h->consent->re, h->of))
		return breach(f, "consent", "is about another document");
	return ERR_NONE;
}

static enum err
check_label(const struct handling *h, enum tlp label, enum tlp most,
    struct fault *f)
{
	if (span_is_equal(h->by, h->original->iss))
		return breach(f, "of", "it is the team's own: a revision or a "
		    "release reaches more readers");
	if (h->original->has_embargo)
		return breach(f, "of", "it was under embargo: its origin "
		    "alone releases it");
	if (label == TLP_RED)
		return breach(f, "tlp", "TLP:RED is never passed on");
	if (label == TLP_AMBER_STRICT)
		return breach(f, "tlp", "TLP:AMBER+STRICT is never passed on "
		    "to another team");
	if (h->tlp < most)
		return breach(f, "tlp", "the label may only become stricter, "
		    "unless the origin consents");
	if (h->open && most != TLP_CLEAR)
		return breach(f, "tlp", "it is not for the public");
	return ERR_NONE;
}

static enum err
check_readers(const struct handling *h, enum tlp label, struct arena *a,
    struct fault *f)
{
	const struct entry *o = h->original;

	if (h->open)
		return ERR_NONE;
	for (size_t i = 0; i < h->to_n; i++) {
		struct span team = h->to[i];

		if (label <= TLP_GREEN || span_is_equal(team, h->by) ||
		    span_is_equal(team, o->iss) ||
		    span_is_among(team, o->aud, o->aud_n) ||
		    permits_team(h, a, team))
			continue;
		return fault_at(f, ERR_RULE, 0, "to", "TLP:AMBER is for a "
		    "team's own constituents; %.*s may have it only if the "
		    "origin consents", SPAN_FMT(team));
	}
	if (!span_is_among(o->iss, h->to, h->to_n))
		return breach(f, "to", "its origin must be among the readers");
	return ERR_NONE;
}

enum err
handling_check(const struct handling *h, struct arena *a, struct fault *f)
{
	enum tlp label;
	enum err e = check_consent(h, f);

	if (e == ERR_NONE && tlp_parse(h->original->tlp, &label) != ERR_NONE)
		e = breach(f, "tlp", "is not a TLP 2.0 label");
	if (e == ERR_NONE)
		e = check_label(h, label, widest(h, label, a), f);
	return e != ERR_NONE ? e : check_readers(h, label, a, f);
}

enum tlp
handling_label(const struct entry *e, const enum tlp *released)
{
	enum tlp label;

	if (released != NULL)
		return *released;
	if (tlp_parse(e->tlp, &label) != ERR_NONE)
		return TLP_RED;
	return e->sealed && e->has_embargo ?
	    tlp_stricter(label, TLP_AMBER_STRICT) : label;
}
