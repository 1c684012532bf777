/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading schemas/levels.json and computing levels from it.
 */
#include "schema/level.h"

#include "schema/set.h"

static MUST enum err
load_part(struct load *ld, struct json_val v, const char *key,
    const struct choices **out)
{
	struct choices *c = &ld->s->list[ld->s->list_count];
	enum err e = load_choices(ld, json_get(v, key), key, c);

	if (e != ERR_NONE)
		return e;
	ld->s->list_count++;
	*out = c;
	return ERR_NONE;
}

static MUST enum err
load_floor(struct load *ld, struct json_val v, struct level_floor *out)
{
	static const char *const known[] = { "states_down", "cvss",
		"exploited", "level", NULL };
	struct json_val down = json_get(v, "states_down");
	struct json_val cvss = json_get(v, "cvss");
	struct level_floor fl = { 0 };
	uint64_t n = 0;
	enum err e;

	if ((e = load_only(ld, v, "floors", known)) != ERR_NONE)
		return e;
	if (down.type != JSON_ABSENT &&
	    (json_u64(down, &n) != ERR_NONE || n == 0 || n > 16))
		return load_refuse(ld, down, "floors", "has wrong states_down");
	if (cvss.type != JSON_ABSENT && json_double(cvss, &fl.cvss) != ERR_NONE)
		return load_refuse(ld, cvss, "floors", "has a wrong cvss");
	fl.states_down = (unsigned)n;
	fl.exploited = json_get(v, "exploited").type == JSON_TRUE;
	fl.level = level_of(v);
	if (fl.level == 0)
		return load_refuse(ld, v, "floors", "has no level");
	*out = fl;
	return ERR_NONE;
}

static MUST enum err
load_level(struct load *ld, struct json_val v, struct level *out)
{
	static const char *const known[] = { "level", "id", "sign", "ascii",
		"colour", "meaning", "en", "es", "pt", "fr", NULL };
	enum err e;

	if ((e = load_only(ld, v, "levels", known)) != ERR_NONE ||
	    (e = load_string(ld, v, "id", &out->id)) != ERR_NONE ||
	    (e = load_string(ld, v, "sign", &out->sign)) != ERR_NONE ||
	    (e = load_string(ld, v, "ascii", &out->ascii)) != ERR_NONE ||
	    (e = load_string(ld, v, "colour", &out->colour)) != ERR_NONE ||
	    (e = load_names(ld, v, out->id, &out->names)) != ERR_NONE)
		return e;
	return load_names(ld, json_get(v, "meaning"), out->id, &out->meaning);
}

enum err
load_levels(struct load *ld, const struct embed *file)
{
	struct levels *l = &ld->s->levels;
	struct json_val v, rows, row;
	enum err e;

	if ((e = load_open(ld, file, &v)) != ERR_NONE ||
	    (e = load_part(ld, v, "severity", &l->severity)) != ERR_NONE ||
	    (e = load_part(ld, v, "urgency", &l->urgency)) != ERR_NONE ||
	    (e = load_part(ld, v, "certainty", &l->certainty)) != ERR_NONE)
		return e;
	rows = json_get(v, "levels");
	for (row = json_first(rows); row.type != JSON_ABSENT;
	    row = json_next(rows, row)) {
		int n = level_of(row);

		if (n == 0 || l->at[n - 1].level != 0)
			return load_refuse(ld, row, "levels",
			    "has a wrong level or one twice");
		if ((e = load_level(ld, row, &l->at[n - 1])) != ERR_NONE)
			return e;
		l->at[n - 1].level = n;
	}
	if (json_count(rows) != LEVEL_MAX)
		return load_refuse(ld, rows, "levels", "are not five");
	rows = json_get(v, "floors");
	if (json_count(rows) > LEVEL_FLOORS_MAX)
		return load_refuse(ld, rows, "floors", "are too many");
	for (row = json_first(rows); row.type != JSON_ABSENT;
	    row = json_next(rows, row)) {
		e = load_floor(ld, row, &l->floor[l->floor_count]);
		if (e != ERR_NONE)
			return e;
		l->floor_count++;
	}
	return ERR_NONE;
}

enum err
level_compute(const struct levels *l, const struct level_input *in, int *out)
{
	const struct choice *s = choice_find(l->severity, in->severity);
	const struct choice *u = choice_find(l->urgency, in->urgency);
	const struct choice *c = choice_find(l->certainty, in->certainty);
	int level;

	if (s == NULL || u == NULL || c == NULL)
		return ERR_SCHEMA;
	level = s->weight + u->weight + c->weight;
	if (level < LEVEL_MIN)
		level = LEVEL_MIN;
	if (level > LEVEL_MAX)
		level = LEVEL_MAX;
	for (size_t i = 0; i < l->floor_count; i++) {
		const struct level_floor *fl = &l->floor[i];

		if (in->states_down >= fl->states_down &&
		    in->cvss >= fl->cvss && (in->exploited || !fl->exploited) &&
		    level < fl->level)
			level = fl->level;
	}
	*out = level;
	return ERR_NONE;
}

/* The text of member `key`, `absent` if there is none. */
static struct span
text_of(struct json_val body, const char *key, const char *absent,
    struct arena *a)
{
	struct span s;

	if (json_text(json_get(body, key), a, &s) != ERR_NONE)
		return span_str(absent);
	return s;
}

/* Strings among the first few of the array that none before them equals: two
 * are all that any floor asks for, and the work stays bounded. */
static unsigned
count_distinct(struct json_val array, struct arena *a)
{
	struct span seen[16], s;
	struct json_val v;
	unsigned n = 0;

	if (array.type != JSON_ARRAY)
		return 0;
	for (v = json_first(array); v.type != JSON_ABSENT && n < 16;
	    v = json_next(array, v)) {
		unsigned i = 0;

		if (json_text(v, a, &s) != ERR_NONE)
			continue;
		while (i < n && !span_is_equal(seen[i], s))
			i++;
		if (i == n)
			seen[n++] = s;
	}
	return n;
}

void
level_input_of(struct json_val body, struct arena *a, struct level_input *out)
{
	struct json_val scores = json_get(body, "cvss"), v;
	double score;

	*out = (struct level_input){
		.severity = text_of(body, "severity", "Unknown", a),
		.urgency = text_of(body, "urgency", "Unknown", a),
		.certainty = text_of(body, "certainty", "Unknown", a),
		.states_down = count_distinct(json_get(body, "states_down"),
		    a),
		.exploited = json_is_str(json_get(body, "exploitation"),
		    "observed"),
	};
	if (scores.type != JSON_ARRAY)
		return;
	for (v = json_first(scores); v.type != JSON_ABSENT;
	    v = json_next(scores, v)) {
		if (json_double(json_get(v, "score"), &score) == ERR_NONE &&
		    score > out->cvss)
			out->cvss = score;
	}
}

enum err
level_check(const struct levels *l, struct json_val body, struct arena *a,
    struct fault *f)
{
	struct json_val stated = json_get(body, "level");
	struct json_val lowered = json_get(body, "level_lowered");
	struct level_input in;
	struct span reason, by;
	int computed;
	enum err e;

	level_input_of(body, a, &in);
	e = level_compute(l, &in, &computed);
	if (e != ERR_NONE)
		return fault_at(f, e, 0, "severity",
		    "severity, urgency or certainty is not a known value");
	if (level_of(body) >= computed)
		return ERR_NONE;
	if (json_text(json_get(lowered, "reason"), a, &reason) == ERR_NONE &&
	    json_text(json_get(lowered, "by"), a, &by) == ERR_NONE &&
	    reason.n != 0 && by.n != 0)
		return ERR_NONE;
	return fault_at(f, ERR_SCHEMA,
	    stated.type == JSON_ABSENT ? 0 : json_at(stated), "level",
	    "is below the computed level %d and level_lowered does not say "
	    "why", computed);
}

const struct level *
level_find(const struct levels *l, int level)
{
	if (level < LEVEL_MIN || level > LEVEL_MAX)
		return NULL;
	return &l->at[level - 1];
}

int
level_of(struct json_val body)
{
	uint64_t n;

	if (json_u64(json_get(body, "level"), &n) != ERR_NONE ||
	    n < LEVEL_MIN || n > LEVEL_MAX)
		return 0;
	return (int)n;
}
