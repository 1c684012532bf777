/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: sighting, sightings, sighting_tally. Feedback goes to the origin
 * of a notice alone, which sees who gave it; all other readers learn how many
 * teams there were, and the names of those who agreed to be named.
 */
#include "node/issue.h"
#include "node/subject.h"

static const char not_told[] = "the count was not sent";

enum { RESULTS = 16, NAMED = 256 };

struct seen {
	const struct choice *result;
	struct span team[LIMIT_TEAMS];
	size_t team_n;
	uint64_t count;
};

struct sightings {
	struct call *call;
	struct index_row *row;
	size_t n, cap;
	struct seen seen[RESULTS];
	size_t seen_n;
	struct span named[NAMED];
	size_t named_n;
};

void
cmd_feedback(struct call *c)
{
	const struct kind *k = kind_find(c->service->schema,
	    call_arg(c, "kind"));

	if (k == NULL || !k->feedback)
		call_misused(c, "%.64s is no kind of feedback",
		    arena_string(&c->mem, call_arg(c, "kind")));
	else
		cmd_about(c);
}

/* --- counting --- */

static bool
keep(void *ctx, const struct index_row *row)
{
	struct sightings *s = ctx;
	struct index_row *more;

	if (s->n == s->cap) {
		s->cap = s->cap == 0 ? 64 : 2 * s->cap;
		more = arena_alloc(&s->call->mem, s->cap * sizeof *more);
		if (s->n != 0)
			memcpy(more, s->row, s->n * sizeof *more);
		s->row = more;
	}
	s->row[s->n] = *row;
	s->row[s->n].iss = arena_copy(&s->call->mem, row->iss);
	s->row[s->n].kind = arena_copy(&s->call->mem, row->kind);
	s->row[s->n++].brief = arena_copy(&s->call->mem, row->brief);
	return true;
}

static bool
add_team(struct span *list, size_t *n, size_t most, struct span team)
{
	for (size_t i = 0; i < *n; i++)
		if (span_is_equal(list[i], team))
			return false;
	if (*n < most)
		list[(*n)++] = team;
	return true;
}

/* The first coded field of a kind: what its records are counted by. */
static const struct field *
coded_field(const struct kind *k)
{
	for (size_t i = 0; i < k->field_count; i++)
		if (k->field[i].type == FIELD_ENUM)
			return &k->field[i];
	return NULL;
}

static struct seen *
seen_of(struct sightings *s, const struct choice *result)
{
	for (size_t i = 0; i < s->seen_n; i++)
		if (s->seen[i].result == result)
			return &s->seen[i];
	if (s->seen_n == RESULTS)
		return NULL;
	s->seen[s->seen_n] = (struct seen){ .result = result };
	return &s->seen[s->seen_n++];
}

static void
count(struct sightings *s, const struct index_row *row)
{
	struct call *c = s->call;
	const struct kind *k = kind_find(c->service->schema, row->kind);
	const struct field *fd = k != NULL && k->feedback ? coded_field(k) :
							    NULL;
	const struct choice *result;
	struct seen *x;
	struct record r;
	struct span text;
	uint64_t n = 1;
	bool named = false;

	if (fd == NULL || row->state != STORE_BODY_HELD ||
	    (row->flags & INDEX_NEWEST) == 0 ||
	    !call_look(c, row, EXIT_SHOW, &r) ||
	    json_text(json_get(r.body, fd->name), &c->mem, &text) != ERR_NONE)
		return;
	result = choice_find(fd->choices, text);
	x = result != NULL ? seen_of(s, result) : NULL;
	if (x == NULL)
		return;
	(void)!json_u64(json_get(r.body, "count"), &n);
	x->count += n;
	(void)add_team(x->team, &x->team_n, LIMIT_TEAMS, row->iss);
	if (json_bool(json_get(r.body, "named"), &named) == ERR_NONE && named)
		(void)add_team(s->named, &s->named_n, NAMED, row->iss);
}

static struct sightings *
gather(struct call *c, const struct index_row *row)
{
	struct sightings *s = arena_alloc(&c->mem, sizeof *s);
	const struct index_notice want = { .other = keep, .ctx = s };

	s->call = c;
	(void)!index_notice(c->service->index, row, &want, &c->mem, NULL);
	for (size_t i = 0; i < s->n; i++)
		count(s, &s->row[i]);
	return s;
}

/* --- showing --- */

static void
put_teams(struct json_out *w, const char *name, const struct span *list,
    size_t n)
{
	json_put_key(w, name);
	json_put_open(w, '[');
	for (size_t i = 0; i < n; i++)
		json_put_span(w, list[i]);
	json_put_close(w, ']');
}

static void
put_rows(struct json_out *w, const struct sightings *s, bool names,
    enum lang lang)
{
	json_put_key(w, "rows");
	json_put_open(w, '[');
	for (size_t i = 0; i < s->seen_n; i++) {
		const struct seen *x = &s->seen[i];

		json_put_open(w, '{');
		json_put_member_str(w, "result", x->result->value);
		json_put_member_u64(w, "teams", x->team_n);
		json_put_member_u64(w, "count", x->count);
		if (names) {
			json_put_member_str(w, "label",
			    x->result->names.in[lang]);
			put_teams(w, "by", x->team, x->team_n);
		}
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

/* The newest count that the origin itself has sent. */
static void
put_tally(struct call *c, const struct sightings *s, struct span origin)
{
	struct record r;

	for (size_t i = s->n; i-- > 0;) {
		const struct kind *k = kind_find(c->service->schema,
		    s->row[i].kind);

		if (k == NULL || !k->sums ||
		    !span_is_equal(s->row[i].iss, origin) ||
		    !call_look(c, &s->row[i], EXIT_SHOW, &r) ||
		    r.body.type != JSON_OBJECT)
			continue;
		json_put_key(&c->w, "told");
		json_put_raw(&c->w, json_raw(r.body));
		json_put_member_u64(&c->w, "told_at",
		    (uint64_t)s->row[i].iat_s);
		return;
	}
}

void
cmd_sightings(struct call *c)
{
	struct sightings *s;
	struct index_row row;
	struct record r;

	if (!call_find(c, INDEX_SHARED, "id", &row) ||
	    !call_read(c, &row, EXIT_SHOW, &r))
		return;
	s = gather(c, &row);
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "id", call_id(c, &row.id));
	json_put_member_bool(&c->w, "mine", (row.flags & INDEX_MINE) != 0);
	put_rows(&c->w, s, true, c->lang);
	put_teams(&c->w, "named", s->named, s->named_n);
	put_tally(c, s, row.iss);
	json_put_close(&c->w, '}');
	call_done(c);
}

/* --- telling the others --- */

static const struct kind *
tally_kind(const struct service *s)
{
	for (size_t i = 0; i < kind_count(s->schema); i++)
		if (kind_at(s->schema, i)->sums)
			return kind_at(s->schema, i);
	return NULL;
}

static enum err
write_tally(struct call *c, const struct sightings *s, struct json *doc,
    struct fault *f)
{
	struct json_out w;
	struct buf b;
	enum err e;

	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	put_rows(&w, s, false, c->lang);
	put_teams(&w, "named", s->named, s->named_n);
	json_put_close(&w, '}');
	e = json_parse_buf(&b, &c->mem, doc, f);
	return e;
}

void
cmd_sighting_tally(struct call *c)
{
	const struct kind *k = tally_kind(c->service);
	struct plan_ask ask = { .any_kind = true, .has_re = true };
	const struct sightings *seen;
	struct fault f = { 0 };
	struct subject s;
	struct json doc;
	enum err e;

	if (k == NULL) {
		call_misused(c, "this node knows no kind that counts");
		return;
	}
	if (!subject_open(c, &s))
		return;
	if ((s.row.flags & INDEX_MINE) == 0) {
		call_fail(c, ERR_RULE, EXIT_REFUSED, not_told,
		    "only the origin of a notice knows it", call_text(c,
			"almenara sighting list %s", call_id(c, &s.row.id)));
		return;
	}
	seen = gather(c, &s.row);
	e = write_tally(c, seen, &doc, &f);
	if (e != ERR_NONE) {
		issue_refuse(c, "about", e, call_id(c, &s.row.id), not_told,
		    &f, "");
		return;
	}
	ask.kind = span_str(k->name);
	ask.re = s.row.digest;
	ask.body = json_root(&doc);
	subject_address(c, &s, false, &ask);
	issue_run(c, &ask, "about", not_told);
}
