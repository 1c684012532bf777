/* SPDX-License-Identifier: Apache-2.0
 *
 * The designations: parse, write, check, find.
 */
#include "record/designation.h"

#include "base/limits.h"
#include "record/name.h"

static const char *const tokens[DISSEMINATION_COUNT] = {
	[DISSEMINATION_OWN] = "own_decision",
	[DISSEMINATION_APPROVED] = "with_approval",
	[DISSEMINATION_NO] = "no",
};

const char *
dissemination_token(enum dissemination d)
{
	return tokens[d];
}

enum err
dissemination_parse(struct span word, enum dissemination *out)
{
	for (unsigned i = 0; i < DISSEMINATION_COUNT; i++) {
		if (!span_is_str(word, tokens[i]))
			continue;
		*out = (enum dissemination)i;
		return ERR_NONE;
	}
	return ERR_SCHEMA;
}

static enum err
parse_texts(struct json_val v, struct arena *a, struct designation *d,
    struct fault *f)
{
	enum err e = document_team(json_get(v, "team"), "teams.team", a,
	    &d->team, f);

	if (e == ERR_NONE)
		e = document_text(json_get(v, "state"), "teams.state", 2, a,
		    &d->state, f);
	if (e == ERR_NONE && !name_is_state(d->state))
		return fault_at(f, ERR_SCHEMA, json_at(v), "teams.state",
		    "a state is two capitals of ISO 3166");
	if (e == ERR_NONE)
		e = document_line(json_get(v, "instrument"),
		    "teams.instrument", DESIGNATION_LINE, a, &d->instrument,
		    f);
	if (e == ERR_NONE)
		e = document_line(json_get(v, "authority"), "teams.authority",
		    DESIGNATION_LINE, a, &d->authority, f);
	if (e == ERR_NONE && json_get(v, "note").type != JSON_ABSENT)
		e = document_line(json_get(v, "note"), "teams.note",
		    DESIGNATION_LINE, a, &d->note, f);
	return e;
}

enum err
designation_parse(struct json_val v, struct arena *a, struct designation *out,
    struct fault *f)
{
	static const char *const keys[] = { "team", "state", "instrument",
		"issued", "authority", "dissemination", "review", "?note",
		NULL };
	struct designation d = { 0 };
	struct span word;
	enum err e = document_members(v, keys, f);

	if (e == ERR_NONE)
		e = parse_texts(v, a, &d, f);
	if (e == ERR_NONE)
		e = document_time(json_get(v, "issued"), "teams.issued",
		    &d.issued_s, f);
	if (e == ERR_NONE)
		e = document_time(json_get(v, "review"), "teams.review",
		    &d.review_s, f);
	if (e == ERR_NONE)
		e = document_text(json_get(v, "dissemination"),
		    "teams.dissemination", 32, a, &word, f);
	if (e != ERR_NONE)
		return e;
	if (dissemination_parse(word, &d.dissemination) != ERR_NONE)
		return fault_at(f, ERR_SCHEMA, json_at(v),
		    "teams.dissemination",
		    "own_decision, with_approval or no");
	if (d.review_s <= d.issued_s)
		return fault_at(f, ERR_SCHEMA, json_at(v), "teams.review",
		    "the review comes after the day of issue");
	*out = d;
	return ERR_NONE;
}

static enum err
parse_list(struct json_val list, struct arena *a, struct designations *s,
    struct fault *f)
{
	enum err e = document_list(list, "teams", LIMIT_TEAMS, f);

	if (e != ERR_NONE)
		return e;
	s->list = arena_alloc(a, json_count(list) * sizeof *s->list);
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		struct designation *d = &s->list[s->count];

		e = designation_parse(v, a, d, f);
		if (e != ERR_NONE)
			return e;
		if (s->count > 0 && span_compare(d[-1].team, d->team) >= 0)
			return fault_at(f, ERR_SCHEMA, json_at(v), "teams",
			    "teams do not ascend at %.*s", SPAN_FMT(d->team));
		s->count++;
	}
	return ERR_NONE;
}

enum err
designations_parse(const struct document *d, struct arena *a,
    struct designations *out, struct fault *f)
{
	static const char *const keys[] = { "kind", "version", "prev",
		"charter", "teams", NULL };
	struct json_val root = json_root(&d->json);
	struct designations s = { 0 };
	enum err e = document_members(root, keys, f);

	if (e == ERR_NONE && d->kind != DOCUMENT_DESIGNATIONS)
		return fault_at(f, ERR_SCHEMA, 0, "kind", "no designations");
	if (e == ERR_NONE)
		e = document_version(root, a, &s.version, &s.prev, f);
	if (e == ERR_NONE)
		e = document_digest(json_get(root, "charter"), "charter", a,
		    &s.charter, f);
	if (e == ERR_NONE)
		e = parse_list(json_get(root, "teams"), a, &s, f);
	if (e == ERR_NONE)
		*out = s;
	return e;
}

void
designation_write(struct json_out *w, const struct designation *d)
{
	json_put_open(w, '{');
	json_put_member_span(w, "team", d->team);
	json_put_member_span(w, "state", d->state);
	json_put_member_span(w, "instrument", d->instrument);
	json_put_member_u64(w, "issued", (uint64_t)d->issued_s);
	json_put_member_span(w, "authority", d->authority);
	json_put_member_str(w, "dissemination", tokens[d->dissemination]);
	json_put_member_u64(w, "review", (uint64_t)d->review_s);
	if (d->note.n != 0)
		json_put_member_span(w, "note", d->note);
	json_put_close(w, '}');
}

void
designations_write(const struct designations *s, struct buf *out)
{
	struct json_out w;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_str(&w, "kind", "designations");
	document_put_version(&w, s->version, &s->prev);
	document_put_digest(&w, "charter", &s->charter);
	json_put_key(&w, "teams");
	json_put_open(&w, '[');
	for (size_t i = 0; i < s->count; i++)
		designation_write(&w, &s->list[i]);
	json_put_close(&w, ']');
	json_put_close(&w, '}');
}

enum err
designations_check(const struct document *d, const struct charter *c,
    struct fault *f)
{
	return charter_check_signers(c, d, c->k_register, f);
}

const struct designation *
designations_find(const struct designations *s, struct span team)
{
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = span_compare(s->list[mid].team, team);

		if (c == 0)
			return &s->list[mid];
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}
