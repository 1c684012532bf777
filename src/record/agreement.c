/* SPDX-License-Identifier: Apache-2.0
 *
 * Agreements on handling.
 */
#include "record/agreement.h"

#include "base/limits.h"
#include "base/uuid.h"

enum { DAY_MS = 86400000, DATE_TEXT = 10, VALUE_MAX = 64 };

static enum err
wrong(struct fault *f, struct json_val v, const char *field, const char *rule)
{
	return fault_at(f, ERR_SCHEMA, json_at(v), field, "%s", rule);
}

static bool
is_there(struct json_val v)
{
	return v.type != JSON_ABSENT && v.type != JSON_NULL;
}

/* --- reading --- */

/* The first moment of a day; `out` untouched if it is not said. */
static enum err
parse_date(struct json_val terms, const char *name, int64_t add_ms,
    struct arena *a, int64_t *out, struct fault *f)
{
	struct json_val v = json_get(terms, name);
	char text[DATE_TEXT + 16];
	struct wall t;
	struct span s;

	if (!is_there(v))
		return ERR_NONE;
	if (json_text(v, a, &s) != ERR_NONE || s.n != DATE_TEXT)
		return wrong(f, v, name, "a day such as 2027-12-31 belongs "
		    "here");
	snprintf(text, sizeof text, "%.*sT00:00:00Z", SPAN_FMT(s));
	if (wall_parse(span_str(text), &t) != ERR_NONE)
		return wrong(f, v, name, "there is no such day");
	*out = t.ms + add_ms;
	return ERR_NONE;
}

static enum err
parse_terms(struct json_val terms, struct arena *a, struct agreement *out,
    struct fault *f)
{
	struct uuid id;
	struct span label;
	enum err e;

	if (terms.type != JSON_OBJECT)
		return wrong(f, terms, "terms", "a policy of IEP 2.0 belongs "
		    "here");
	if (json_text(json_get(terms, "id"), a, &out->id) != ERR_NONE ||
	    uuid_parse(out->id, &id) != ERR_NONE)
		return wrong(f, terms, "id", "a UUID belongs here");
	if (json_text(json_get(terms, "name"), a, &out->name) != ERR_NONE ||
	    out->name.n == 0)
		return wrong(f, terms, "name", "is missing");
	if (json_text(json_get(terms, "tlp"), a, &label) != ERR_NONE ||
	    tlp_parse(label, &out->most) != ERR_NONE)
		return wrong(f, terms, "tlp", "a label of TLP 2.0 belongs "
		    "here");
	e = parse_date(terms, "start_date", 0, a, &out->from_ms, f);
	if (e == ERR_NONE)
		e = parse_date(terms, "end_date", DAY_MS, a, &out->until_ms,
		    f);
	if (e == ERR_NONE && out->from_ms >= out->until_ms)
		e = wrong(f, terms, "end_date", "is before start_date");
	return e;
}

enum err
agreement_parse(struct json_val body, struct arena *a, struct agreement *out,
    struct fault *f)
{
	struct json_val terms = json_get(body, "terms");
	struct json_val state = json_get(body, "state");
	struct agreement x = { .from_ms = INT64_MIN, .until_ms = INT64_MAX,
		.left = json_is_str(state, "left") };
	enum err e;

	if (!x.left && !json_is_str(state, "signed"))
		return wrong(f, body, "state", "\"signed\" or \"left\" "
		    "belongs here");
	e = parse_terms(terms, a, &x, f);
	if (e != ERR_NONE)
		return e;
	x.text = json_raw(terms);
	x.terms = hash_sha256(x.text);
	*out = x;
	return ERR_NONE;
}

/* --- writing --- */

static const char *const members[] = { "id", "name", "description",
	"iep_version", "start_date", "end_date", "tlp", "encrypt_in_transit",
	"permitted_actions", "affected_party_notifications", "attribution",
	"unmodified_resale", "external_reference" };

static bool
is_coded(const char *name)
{
	return strcmp(name, "encrypt_in_transit") == 0 ||
	    strcmp(name, "permitted_actions") == 0 ||
	    strcmp(name, "affected_party_notifications") == 0 ||
	    strcmp(name, "attribution") == 0 ||
	    strcmp(name, "unmodified_resale") == 0;
}

static enum err
check_members(struct json_val policy, struct arena *a, struct fault *f)
{
	for (struct json_val m = json_first(policy); m.type != JSON_ABSENT;
	     m = json_next(policy, m)) {
		struct span key = json_key(m, a);
		bool known = false;

		for (size_t i = 0; i < sizeof members / sizeof *members; i++)
			known = known || span_is_str(key, members[i]);
		if (!known)
			return fault_at(f, ERR_SCHEMA, json_at(m), "policy",
			    "%.*s is no member of a policy of IEP 2.0",
			    (int)(key.n < VALUE_MAX ? key.n : VALUE_MAX),
			    (const char *)key.p);
	}
	return ERR_NONE;
}

/* 2, 2.0, "2" and "2.0" are one version. */
static enum err
check_version(struct json_val v, struct fault *f)
{
	struct span raw = json_raw(v);

	if (!is_there(v) || json_is_str(v, "2.0") || json_is_str(v, "2") ||
	    span_is_str(raw, "2.0") || span_is_str(raw, "2"))
		return ERR_NONE;
	return wrong(f, v, "iep_version", "is not 2.0");
}

/* MUST and must are one value. */
static enum err
put_coded(const char *name, struct span s, struct json_val v,
    struct json_out *w, struct fault *f)
{
	char low[VALUE_MAX];

	if (s.n == 0 || s.n > sizeof low)
		return wrong(f, v, name, "is no value of IEP 2.0");
	for (size_t i = 0; i < s.n; i++)
		low[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ?
			s.p[i] + ('a' - 'A') : s.p[i]);
	json_put_member_span(w, name, span_of(low, s.n));
	return ERR_NONE;
}

static enum err
put_member(struct json_val policy, const char *name, const char *id,
    struct arena *a, struct json_out *w, struct fault *f)
{
	struct json_val v = json_get(policy, name);
	struct span s = span_str("");
	enum tlp label;

	if (strcmp(name, "iep_version") == 0) {
		json_put_member_str(w, name, "2.0");
		return ERR_NONE;
	}
	if (is_there(v) && json_text(v, a, &s) != ERR_NONE)
		return wrong(f, v, name, "a text belongs here");
	if (!is_there(v) && strcmp(name, "id") == 0) {
		json_put_member_str(w, name, id);
		return ERR_NONE;
	}
	if (strcmp(name, "tlp") == 0) {
		if (tlp_import(s, &label) != ERR_NONE)
			return wrong(f, v, name, "a label of TLP 2.0 belongs "
			    "here: nothing stricter goes by the agreement");
		json_put_member_str(w, name, tlp_label(label));
	} else if (is_there(v) && is_coded(name)) {
		return put_coded(name, s, v, w, f);
	} else if (is_there(v)) {
		json_put_member_span(w, name, s);
	} else if (strcmp(name, "name") == 0) {
		return wrong(f, policy, name, "is missing");
	}
	return ERR_NONE;
}

enum err
agreement_write(struct json_val policy, const char *id, struct arena *a,
    struct json_out *w, struct fault *f)
{
	enum err e = ERR_NONE;

	if (policy.type != JSON_OBJECT)
		return wrong(f, policy, "policy", "a JSON object belongs "
		    "here");
	e = check_members(policy, a, f);
	if (e == ERR_NONE)
		e = check_version(json_get(policy, "iep_version"), f);
	json_put_open(w, '{');
	for (size_t i = 0; e == ERR_NONE && i < sizeof members /
	     sizeof *members; i++)
		e = put_member(policy, members[i], id, a, w, f);
	json_put_close(w, '}');
	return e;
}

/* --- who is bound --- */

const struct agreement *
agreements_find(const struct agreements *v, struct span team, struct span id)
{
	for (size_t i = 0; v != NULL && i < v->n; i++)
		if (span_is_equal(v->at[i].team, team) &&
		    span_is_equal(v->at[i].id, id))
			return &v->at[i];
	return NULL;
}

static enum agreement_bond
bond_of(const struct agreement *own, const struct agreement *theirs,
    enum tlp label, struct wall now)
{
	if (theirs->left)
		return own != NULL ? AGREEMENT_LEFT : AGREEMENT_NONE;
	if (own == NULL || own->left)
		return AGREEMENT_UNSIGNED_HERE;
	if (!digest_is_equal(&own->terms, &theirs->terms))
		return AGREEMENT_OTHER_TERMS;
	if (now.ms < own->from_ms || now.ms >= own->until_ms)
		return AGREEMENT_OVER;
	return label <= own->most ? AGREEMENT_BOUND : AGREEMENT_LABEL;
}

enum agreement_bond
agreements_bond(const struct agreements *v, struct span own,
    struct span team, enum tlp label, struct wall now,
    const struct agreement **which)
{
	enum agreement_bond most = AGREEMENT_NONE;
	const struct agreement *found = NULL;

	for (size_t i = 0; v != NULL && i < v->n; i++) {
		const struct agreement *x = &v->at[i];
		enum agreement_bond b;

		if (span_is_equal(x->team, own) && !x->left && found == NULL)
			found = x; /* signed here: they may sign too */
		if (!span_is_equal(x->team, team))
			continue;
		b = bond_of(agreements_find(v, own, x->id), x, label, now);
		if (b > most) {
			most = b;
			found = x;
		}
	}
	if (which != NULL)
		*which = found;
	return most;
}
