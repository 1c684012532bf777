/* SPDX-License-Identifier: Apache-2.0
 *
 * Kind files: reading their fields, and finding kinds, fields and values.
 */
#include "schema/kind.h"

#include "base/limits.h"
#include "schema/set.h"

#include <stdint.h>
#include <stdio.h>

static const char *const type_names[FIELD_TYPE_COUNT] = {
	[FIELD_TEXT] = "text",     [FIELD_ML] = "ml",
	[FIELD_INT] = "int",       [FIELD_NUM] = "num",
	[FIELD_BOOL] = "bool",     [FIELD_TS] = "ts",
	[FIELD_DATE] = "date",     [FIELD_ENUM] = "enum",
	[FIELD_LEVEL] = "level",   [FIELD_LIST] = "list",
	[FIELD_OBJECT] = "object", [FIELD_CC] = "cc",
	[FIELD_LANG] = "lang",     [FIELD_URL] = "url",
	[FIELD_TEAM] = "team",     [FIELD_ID] = "id",
	[FIELD_DIGEST] = "digest", [FIELD_HEX] = "hex",
	[FIELD_DOMAIN] = "domain", [FIELD_PREFIX] = "prefix",
	[FIELD_MAIL] = "mail",     [FIELD_ANY] = "any",
};

enum {
	BYTES_DEFAULT = 200, /* of a text that names no maximum */
	ITEMS_DEFAULT = 64,
	ML_LANGUAGES = 16,
	RANK_DEFAULT = 50
};

static MUST enum err load_field(struct load *ld, struct json_val v,
    bool is_item, struct field *out);

static MUST enum err
load_type(struct load *ld, struct json_val v, struct field *out)
{
	struct json_val m = json_get(v, "type");

	for (int t = 0; t < FIELD_TYPE_COUNT; t++) {
		if (json_is_str(m, type_names[t])) {
			out->type = (enum field_type)t;
			return ERR_NONE;
		}
	}
	return load_refuse(ld, v, out->name, "has no type that is known");
}

static MUST enum err
load_need(struct load *ld, struct json_val v, struct field *out)
{
	struct json_val m = json_get(v, "need");

	if (m.type == JSON_ABSENT)
		out->need = NEED_NOT;
	else if (json_is_str(m, "issued"))
		out->need = NEED_ISSUED;
	else if (json_is_str(m, "always"))
		out->need = NEED_ALWAYS;
	else
		return load_refuse(ld, m, out->name,
		    "need is neither issued nor always");
	return ERR_NONE;
}

/* An optional member that must be `true` if it is there. */
static MUST enum err
load_flag(struct load *ld, struct json_val v, const char *key, bool *out)
{
	struct json_val m = json_get(v, key);

	if (m.type != JSON_ABSENT && m.type != JSON_TRUE)
		return load_refuse(ld, m, key, "is there and not true");
	*out = m.type == JSON_TRUE;
	return ERR_NONE;
}

/* An optional whole number from `low` to `high`. */
static MUST enum err
load_number(struct load *ld, struct json_val v, const char *key, int64_t low,
    int64_t high, int64_t *out)
{
	struct json_val m = json_get(v, key);
	int64_t n;

	if (m.type == JSON_ABSENT)
		return ERR_NONE;
	if (json_i64(m, &n) != ERR_NONE || n < low || n > high)
		return load_refuse(ld, m, key, "is no number in its bounds");
	*out = n;
	return ERR_NONE;
}

static MUST enum err
load_flags(struct load *ld, struct json_val v, struct field *out)
{
	enum err e;

	if ((e = load_flag(ld, v, "lines", &out->lines)) != ERR_NONE ||
	    (e = load_flag(ld, v, "ends", &out->ends)) != ERR_NONE ||
	    (e = load_flag(ld, v, "brief", &out->brief)) != ERR_NONE ||
	    (e = load_flag(ld, v, "hidden", &out->hidden)) != ERR_NONE)
		return e;
	return load_flag(ld, v, "raw", &out->raw);
}

static MUST enum err
load_bounds(struct load *ld, struct json_val v, struct field *out)
{
	int64_t bytes = BYTES_DEFAULT, least = 0, rank = RANK_DEFAULT;
	int64_t items = out->type == FIELD_ML ? ML_LANGUAGES : ITEMS_DEFAULT;
	enum err e;

	out->low = INT64_MIN;
	out->high = INT64_MAX;
	if ((e = load_number(ld, v, "max", 1, LIMIT_PAYLOAD, &bytes)) !=
	    ERR_NONE ||
	    (e = load_number(ld, v, "items", 1, LIMIT_JSON_TOKENS, &items)) !=
	    ERR_NONE ||
	    (e = load_number(ld, v, "least", 1, LIMIT_JSON_TOKENS, &least)) !=
	    ERR_NONE ||
	    (e = load_number(ld, v, "rank", 0, 100, &rank)) != ERR_NONE ||
	    (e = load_number(ld, v, "low", INT64_MIN, INT64_MAX, &out->low)) !=
	    ERR_NONE ||
	    (e = load_number(ld, v, "high", INT64_MIN, INT64_MAX,
	    &out->high)) != ERR_NONE)
		return e;
	out->max_bytes = (size_t)bytes;
	out->max_items = (size_t)items;
	out->least = (size_t)least;
	out->rank = (unsigned)rank;
	if (json_get(v, "form").type != JSON_ABSENT)
		return load_string(ld, v, "form", &out->form);
	return ERR_NONE;
}

static MUST enum err
load_field_choices(struct load *ld, struct json_val v, struct field *out)
{
	struct json_val values = json_get(v, "values");
	struct choices *c;
	const char *from;
	enum err e;

	if (values.type == JSON_ABSENT) {
		if ((e = load_string(ld, v, "from", &from)) != ERR_NONE)
			return e;
		out->choices = choices_find(ld->s, from);
		if (out->choices == NULL)
			return load_refuse(ld, v, from, "is no list");
		return ERR_NONE;
	}
	c = arena_alloc(&ld->s->mem, sizeof *c);
	out->choices = c;
	return load_choices(ld, values, "", c);
}

/* Is a field of that name among the first `n`? */
static bool
is_taken(const struct field *fd, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(fd[i].name, name) == 0)
			return true;
	}
	return false;
}

/* Append the fields of `array` to `fd`, which has room. */
static MUST enum err
load_fields(struct load *ld, struct json_val array, struct field *fd,
    size_t *count)
{
	struct json_val v;
	enum err e;

	for (v = json_first(array); v.type != JSON_ABSENT;
	    v = json_next(array, v)) {
		struct field *next = &fd[*count];

		if ((e = load_field(ld, v, false, next)) != ERR_NONE)
			return e;
		if (is_taken(fd, *count, next->name))
			return load_refuse(ld, v, next->name,
			    "is a field already");
		++*count;
	}
	return ERR_NONE;
}

/* What an enum, a list or an object holds. */
static MUST enum err
load_inside(struct load *ld, struct json_val v, struct field *out)
{
	struct json_val fields = json_get(v, "fields");
	struct field *inside;

	if (out->type == FIELD_ENUM)
		return load_field_choices(ld, v, out);
	if (out->type == FIELD_LIST) {
		inside = arena_alloc(&ld->s->mem, sizeof *inside);
		out->item = inside;
		return load_field(ld, json_get(v, "of"), true, inside);
	}
	if (out->type != FIELD_OBJECT)
		return ERR_NONE;
	if (fields.type != JSON_ARRAY || json_count(fields) == 0)
		return load_refuse(ld, v, out->name, "has no fields");
	inside = arena_alloc(&ld->s->mem, json_count(fields) * sizeof *inside);
	out->field = inside;
	return load_fields(ld, fields, inside, &out->field_count);
}

static enum err
load_field(struct load *ld, struct json_val v, bool is_item,
    struct field *out)
{
	static const char *const known[] = { "name", "type", "need", "lines",
		"ends", "brief", "hidden", "raw", "rank", "max", "items",
		"least", "low", "high", "form", "values", "from", "of",
		"fields", "en", "es", "pt", "fr", NULL };
	enum err e;

	*out = (struct field){ .name = "" };
	for (int l = 0; l < LANG_COUNT; l++)
		out->names.in[l] = "";
	if ((e = load_only(ld, v, "fields", known)) != ERR_NONE)
		return e;
	if (!is_item &&
	    ((e = load_string(ld, v, "name", &out->name)) != ERR_NONE ||
	    (e = load_names(ld, v, out->name, &out->names)) != ERR_NONE))
		return e;
	if ((e = load_type(ld, v, out)) != ERR_NONE ||
	    (e = load_need(ld, v, out)) != ERR_NONE ||
	    (e = load_flags(ld, v, out)) != ERR_NONE ||
	    (e = load_bounds(ld, v, out)) != ERR_NONE)
		return e;
	return load_inside(ld, v, out);
}

static MUST enum err
load_block(struct load *ld, struct json_val name, struct field *fd,
    size_t *count)
{
	static const char *const known[] = { "block", "fields", NULL };
	const char *kind_file = ld->file;
	const struct embed *file;
	struct json_val v, fields;
	struct span s;
	char path[80];
	enum err e;

	if (json_text(name, &ld->tmp, &s) != ERR_NONE || s.n > 64)
		return load_refuse(ld, name, "uses", "names no block");
	snprintf(path, sizeof path, "blocks/%.*s.json", SPAN_FMT(s));
	file = embed_find(ld->files, path);
	if (file == NULL)
		return load_refuse(ld, name, path, "is missing");
	if ((e = load_open(ld, file, &v)) != ERR_NONE ||
	    (e = load_only(ld, v, "", known)) != ERR_NONE)
		return e;
	fields = json_get(v, "fields");
	if (*count + json_count(fields) > LIMIT_FIELDS)
		return load_refuse(ld, v, "", "has too many fields");
	if ((e = load_fields(ld, fields, fd, count)) == ERR_NONE)
		ld->file = kind_file;
	return e;
}

/* What every kind has that leaves its node, unless it says so in its own way. */
static MUST enum err
load_common(struct load *ld, struct kind *k, struct field *fd)
{
	const struct embed *file = embed_find(ld->files, "blocks/common.json");
	const char *kind_file = ld->file;
	struct json_val v, fields;
	enum err e;

	if (file == NULL || k->is_private)
		return ERR_NONE;
	if ((e = load_open(ld, file, &v)) != ERR_NONE)
		return e;
	fields = json_get(v, "fields");
	if (k->field_count + json_count(fields) > LIMIT_FIELDS)
		return load_refuse(ld, v, "", "has too many fields");
	for (struct json_val m = json_first(fields);
	     e == ERR_NONE && m.type != JSON_ABSENT; m = json_next(fields, m)) {
		struct field *next = &fd[k->field_count];

		e = load_field(ld, m, false, next);
		if (e == ERR_NONE && !is_taken(fd, k->field_count, next->name))
			k->field_count++;
	}
	ld->file = kind_file;
	return e;
}

static MUST enum err
load_carries(struct load *ld, struct json_val v, struct kind *k)
{
	struct json_val m = json_get(v, "carries");

	if (json_is_str(m, "release"))
		k->carries = CARRIES_RELEASE;
	else if (json_is_str(m, "reshare"))
		k->carries = CARRIES_RESHARE;
	else if (m.type != JSON_ABSENT)
		return load_refuse(ld, m, "carries",
		    "is neither release nor reshare");
	return ERR_NONE;
}

static MUST enum err
load_attributes(struct load *ld, struct json_val v, struct kind *k)
{
	enum err e;

	if ((e = load_flag(ld, v, "notice", &k->notice)) != ERR_NONE ||
	    (e = load_flag(ld, v, "private", &k->is_private)) != ERR_NONE ||
	    (e = load_flag(ld, v, "register", &k->is_register)) != ERR_NONE ||
	    (e = load_flag(ld, v, "answers", &k->answers)) != ERR_NONE ||
	    (e = load_flag(ld, v, "is_answer", &k->is_answer)) != ERR_NONE ||
	    (e = load_flag(ld, v, "levelled", &k->levelled)) != ERR_NONE ||
	    (e = load_flag(ld, v, "reviewed", &k->reviewed)) != ERR_NONE ||
	    (e = load_flag(ld, v, "about", &k->about)) != ERR_NONE)
		return e;
	if ((e = load_flag(ld, v, "permits", &k->permits)) != ERR_NONE ||
	    (e = load_flag(ld, v, "unites", &k->unites)) != ERR_NONE ||
	    (e = load_flag(ld, v, "leaves", &k->leaves)) != ERR_NONE ||
	    (e = load_flag(ld, v, "binds", &k->binds)) != ERR_NONE ||
	    (e = load_flag(ld, v, "alarms", &k->alarms)) != ERR_NONE ||
	    (e = load_flag(ld, v, "to_origin", &k->to_origin)) != ERR_NONE ||
	    (e = load_flag(ld, v, "exercise", &k->exercise)) != ERR_NONE ||
	    (e = load_flag(ld, v, "tests", &k->tests)) != ERR_NONE ||
	    (e = load_flag(ld, v, "feedback", &k->feedback)) != ERR_NONE ||
	    (e = load_flag(ld, v, "sums", &k->sums)) != ERR_NONE ||
	    (e = load_flag(ld, v, "guides", &k->guides)) != ERR_NONE ||
	    (e = load_flag(ld, v, "describes", &k->describes)) != ERR_NONE ||
	    (e = load_flag(ld, v, "erases", &k->erases)) != ERR_NONE ||
	    (e = load_flag(ld, v, "own", &k->own)) != ERR_NONE ||
	    (e = load_flag(ld, v, "proposed", &k->proposed)) != ERR_NONE ||
	    (e = load_flag(ld, v, "asks_name", &k->asks_name)) != ERR_NONE ||
	    (e = load_flag(ld, v, "hands", &k->hands)) != ERR_NONE ||
	    (e = load_flag(ld, v, "hand_state", &k->hand_state)) !=
		ERR_NONE ||
	    (e = load_flag(ld, v, "gives_name", &k->gives_name)) !=
		ERR_NONE ||
	    (e = load_flag(ld, v, "introduces", &k->introduces)) !=
		ERR_NONE ||
	    (e = load_flag(ld, v, "blind_key", &k->blind_key)) != ERR_NONE ||
	    (e = load_flag(ld, v, "blinds", &k->blinds)) != ERR_NONE ||
	    (e = load_carries(ld, v, k)) != ERR_NONE)
		return e;
	return load_flag(ld, v, "nonce", &k->nonce);
}

/* What removes a row of a register: the reason, as a text. */
static bool
has_end(const struct kind *k)
{
	for (size_t i = 0; i < k->field_count; i++)
		if (k->field[i].ends && k->field[i].type == FIELD_TEXT)
			return true;
	return false;
}

enum err
load_kind(struct load *ld, const struct embed *file, struct kind *out)
{
	static const char *const known[] = { "kind", "en", "es", "pt", "fr",
		"meaning", "notice", "private", "register", "answers",
		"is_answer", "levelled", "reviewed", "about", "nonce",
		"permits", "unites", "leaves", "binds", "alarms",
		"to_origin", "exercise", "tests", "feedback", "sums", "guides",
		"erases", "describes", "own",
		"proposed", "asks_name", "gives_name", "hands", "hand_state",
		"introduces",
		"blind_key", "blinds",
		"carries", "life", "uses", "fields", NULL };
	struct field *fd = arena_alloc(&ld->s->mem,
	    LIMIT_FIELDS * sizeof *fd);
	struct json_val v, use, uses, fields;
	struct kind k = { .field = fd };
	char path[80];
	enum err e;

	if ((e = load_open(ld, file, &v)) != ERR_NONE ||
	    (e = load_only(ld, v, "", known)) != ERR_NONE ||
	    (e = load_string(ld, v, "kind", &k.name)) != ERR_NONE ||
	    (e = load_names(ld, v, "", &k.names)) != ERR_NONE ||
	    (e = load_names(ld, json_get(v, "meaning"), "meaning",
	    &k.meaning)) != ERR_NONE ||
	    (e = load_attributes(ld, v, &k)) != ERR_NONE)
		return e;
	snprintf(path, sizeof path, "kinds/%s.json", k.name);
	if (strcmp(path, file->name) != 0)
		return load_refuse(ld, v, k.name, "is not the file's name");
	uses = json_get(v, "uses");
	for (use = json_first(uses); use.type != JSON_ABSENT;
	    use = json_next(uses, use)) {
		if ((e = load_block(ld, use, fd, &k.field_count)) != ERR_NONE)
			return e;
	}
	fields = json_get(v, "fields");
	if (k.field_count + json_count(fields) > LIMIT_FIELDS)
		return load_refuse(ld, v, "", "has too many fields");
	if ((e = load_fields(ld, fields, fd, &k.field_count)) != ERR_NONE ||
	    (e = load_common(ld, &k, fd)) != ERR_NONE)
		return e;
	if (k.levelled && field_find(&k, span_str("level")) == NULL)
		return load_refuse(ld, v, "", "is levelled and has no level");
	if (k.is_register && (!k.is_private || !has_end(&k)))
		return load_refuse(ld, v, "", "is a register and not private, "
		    "or has no text that ends a row");
	if ((e = load_life(ld, v, &k)) != ERR_NONE)
		return e;
	*out = k;
	return ERR_NONE;
}

size_t
kind_count(const struct schema *s)
{
	return s->kind_count;
}

bool
kind_is_news(const struct kind *k)
{
	return k->notice && !k->guides && !k->describes;
}

const struct kind *
kind_at(const struct schema *s, size_t i)
{
	return &s->kind[i];
}

const struct kind *
kind_find(const struct schema *s, struct span name)
{
	for (size_t i = 0; i < s->kind_count; i++) {
		if (span_is_str(name, s->kind[i].name))
			return &s->kind[i];
	}
	return NULL;
}

const struct field *
field_find(const struct kind *k, struct span name)
{
	for (size_t i = 0; i < k->field_count; i++) {
		if (span_is_str(name, k->field[i].name))
			return &k->field[i];
	}
	return NULL;
}

const struct choices *
choices_find(const struct schema *s, const char *name)
{
	for (size_t i = 0; i < s->list_count; i++) {
		if (strcmp(s->list[i].name, name) == 0)
			return &s->list[i];
	}
	return NULL;
}

const struct choice *
choice_find(const struct choices *c, struct span value)
{
	for (size_t i = 0; i < c->count; i++) {
		if (span_is_str(value, c->at[i].value))
			return &c->at[i];
	}
	return NULL;
}

const struct levels *
schema_levels(const struct schema *s)
{
	return &s->levels;
}
