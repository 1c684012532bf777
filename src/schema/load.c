/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading schemas/: first what others refer to (levels, lists), then labels,
 * words and kinds. A schema is part of the program, yet it is checked as hard
 * as foreign bytes, because a mistake here would be one on every node.
 */
#include "schema/set.h"

#include "base/limits.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

enum err
load_refuse(const struct load *ld, struct json_val v, const char *what,
    const char *rule)
{
	char field[96];

	snprintf(field, sizeof field, "%s%s%s", ld->file,
	    *what == '\0' ? "" : ": ", what);
	return fault_at(ld->f, ERR_SCHEMA,
	    v.type == JSON_ABSENT ? 0 : json_at(v), field, "%s", rule);
}

enum err
load_open(struct load *ld, const struct embed *file, struct json_val *out)
{
	struct json *doc = arena_alloc(&ld->tmp, sizeof *doc);
	struct fault f;
	enum err e;

	ld->file = file->name;
	e = json_parse_arena(span_of(file->p, file->n), LIMIT_JSON_DEPTH,
	    LIMIT_DOCUMENT_TOKENS, &ld->tmp, doc, &f);
	if (e != ERR_NONE)
		return fault_at(ld->f, e, f.at, file->name, "%s", f.rule);
	*out = json_root(doc);
	if (out->type != JSON_OBJECT)
		return load_refuse(ld, *out, "", "is not an object");
	return ERR_NONE;
}

enum err
load_string(struct load *ld, struct json_val v, const char *key,
    const char **out)
{
	struct json_val m = json_get(v, key);
	struct span s;

	if (json_text(m, &ld->tmp, &s) != ERR_NONE || s.n == 0)
		return load_refuse(ld, m.type == JSON_ABSENT ? v : m, key,
		    "is missing, empty or no string");
	*out = arena_string(&ld->s->mem, s);
	return ERR_NONE;
}

enum err
load_names(struct load *ld, struct json_val v, const char *what,
    struct names *out)
{
	for (int l = 0; l < LANG_COUNT; l++) {
		const char *tag = lang_tag((enum lang)l);
		struct span s;

		if (json_text(json_get(v, tag), &ld->tmp, &s) != ERR_NONE ||
		    s.n == 0)
			return load_refuse(ld, v, what,
			    "has no label in each of en, es, pt, fr");
		out->in[l] = arena_string(&ld->s->mem, s);
	}
	return ERR_NONE;
}

enum err
load_only(struct load *ld, struct json_val v, const char *what,
    const char *const *known)
{
	struct json_val m;

	if (v.type != JSON_OBJECT)
		return load_refuse(ld, v, what, "is not an object");
	for (m = json_first(v); m.type != JSON_ABSENT; m = json_next(v, m)) {
		struct span key = json_key(m, &ld->tmp);
		const char *const *k = known;

		while (*k != NULL && !span_is_str(key, *k))
			k++;
		if (*k == NULL)
			return load_refuse(ld, m, what,
			    "has a member that schemas/README.md does not "
			    "know");
	}
	return ERR_NONE;
}

enum err
load_choices(struct load *ld, struct json_val array, const char *name,
    struct choices *out)
{
	static const char *const known[] = { "value", "weight", "en", "es",
		"pt", "fr", NULL };
	struct choice *c;
	struct json_val v;
	size_t n = 0;
	enum err e;

	if (array.type != JSON_ARRAY || json_count(array) == 0)
		return load_refuse(ld, array, name, "has no values");
	c = arena_alloc(&ld->s->mem, json_count(array) * sizeof *c);
	for (v = json_first(array); v.type != JSON_ABSENT;
	    v = json_next(array, v)) {
		struct json_val w = json_get(v, "weight");
		int64_t weight = 0;

		if ((e = load_only(ld, v, name, known)) != ERR_NONE ||
		    (e = load_string(ld, v, "value", &c[n].value)) !=
		    ERR_NONE ||
		    (e = load_names(ld, v, c[n].value, &c[n].names)) !=
		    ERR_NONE)
			return e;
		if (w.type != JSON_ABSENT && (json_i64(w, &weight) !=
		    ERR_NONE || weight < -LEVEL_MAX || weight > LEVEL_MAX))
			return load_refuse(ld, w, name, "has a wrong weight");
		c[n].weight = (int)weight;
		*out = (struct choices){ name, c, n };
		if (choice_find(out, span_str(c[n].value)) != NULL)
			return load_refuse(ld, v, name, "has a value twice");
		n++;
	}
	*out = (struct choices){ name, c, n };
	return ERR_NONE;
}

static enum err
load_list(struct load *ld, const struct embed *file)
{
	static const char *const known[] = { "list", "values", NULL };
	struct schema *s = ld->s;
	struct json_val v;
	const char *name;
	enum err e;

	if ((e = load_open(ld, file, &v)) != ERR_NONE ||
	    (e = load_only(ld, v, "", known)) != ERR_NONE ||
	    (e = load_string(ld, v, "list", &name)) != ERR_NONE)
		return e;
	if (choices_find(s, name) != NULL)
		return load_refuse(ld, v, name, "is a list already");
	e = load_choices(ld, json_get(v, "values"), name,
	    &s->list[s->list_count]);
	if (e == ERR_NONE)
		s->list_count++;
	return e;
}

static enum err
load_tlp(struct load *ld, const struct embed *file)
{
	static const char *const known[] = { "label", "rule", "en", "es", "pt",
		"fr", NULL };
	struct json_val v, rows;
	unsigned seen = 0;
	enum err e;

	if ((e = load_open(ld, file, &v)) != ERR_NONE)
		return e;
	rows = json_get(v, "tlp");
	for (v = json_first(rows); v.type != JSON_ABSENT;
	    v = json_next(rows, v)) {
		const char *label;
		enum tlp t;

		if ((e = load_only(ld, v, "tlp", known)) != ERR_NONE ||
		    (e = load_string(ld, v, "label", &label)) != ERR_NONE)
			return e;
		if (tlp_parse(span_str(label), &t) != ERR_NONE)
			return load_refuse(ld, v, label, "is no label");
		if ((e = load_names(ld, v, label, &ld->s->tlp[t].names)) !=
		    ERR_NONE ||
		    (e = load_names(ld, json_get(v, "rule"), label,
		    &ld->s->tlp[t].rule)) != ERR_NONE)
			return e;
		seen |= 1U << t;
	}
	if (seen != (1U << TLP_COUNT) - 1)
		return load_refuse(ld, rows, "tlp", "does not name all five");
	return ERR_NONE;
}

static enum err
load_words(struct load *ld, const struct embed *file)
{
	static const char *const known[] = { "id", "en", "es", "pt", "fr",
		NULL };
	struct schema *s = ld->s;
	struct json_val v, rows;
	enum err e;

	if ((e = load_open(ld, file, &v)) != ERR_NONE)
		return e;
	rows = json_get(v, "words");
	s->word = arena_alloc(&s->mem, json_count(rows) * sizeof *s->word);
	for (v = json_first(rows); v.type != JSON_ABSENT;
	    v = json_next(rows, v)) {
		struct word_row *w = &s->word[s->word_count];

		if ((e = load_only(ld, v, "words", known)) != ERR_NONE ||
		    (e = load_string(ld, v, "id", &w->id)) != ERR_NONE ||
		    (e = load_names(ld, v, w->id, &w->names)) != ERR_NONE)
			return e;
		for (size_t i = 0; i < s->word_count; i++) {
			if (strcmp(s->word[i].id, w->id) == 0)
				return load_refuse(ld, v, w->id,
				    "is a word already");
		}
		s->word_count++;
	}
	return ERR_NONE;
}

static bool
is_below(const struct embed *file, const char *folder)
{
	return strncmp(file->name, folder, strlen(folder)) == 0;
}

/* One named file that there must be. */
static enum err
load_one(struct load *ld, const char *name,
    enum err (*read)(struct load *, const struct embed *))
{
	const struct embed *file = embed_find(ld->files, name);

	if (file == NULL)
		return fault_at(ld->f, ERR_SCHEMA, 0, name, "is missing");
	return read(ld, file);
}

static enum err
load_all(struct load *ld)
{
	struct schema *s = ld->s;
	enum err e;

	if ((e = load_one(ld, "levels.json", load_levels)) != ERR_NONE ||
	    (e = load_one(ld, "tlp.json", load_tlp)) != ERR_NONE ||
	    (e = load_one(ld, "words.json", load_words)) != ERR_NONE)
		return e;
	for (size_t i = 0; i < ld->files->count; i++) {
		if (!is_below(&ld->files->file[i], "lists/"))
			continue;
		if ((e = load_list(ld, &ld->files->file[i])) != ERR_NONE)
			return e;
	}
	for (size_t i = 0; i < ld->files->count; i++) {
		struct kind *k = &s->kind[s->kind_count];

		if (!is_below(&ld->files->file[i], "kinds/"))
			continue;
		if ((e = load_kind(ld, &ld->files->file[i], k)) != ERR_NONE)
			return e;
		s->kind_count++;
	}
	return ERR_NONE;
}

enum err
schema_load(const struct embed_set *files, struct schema **out,
    struct fault *f)
{
	struct schema *s;
	struct load ld;
	enum err e;

	if (files->count > LIMIT_SCHEMA_FILES)
		return fault_at(f, ERR_LIMIT, 0, NULL, "too many files");
	s = mem_alloc(sizeof *s);
	/* levels.json brings three lists of its own */
	s->list = arena_alloc(&s->mem, (files->count + 3) * sizeof *s->list);
	s->kind = arena_alloc(&s->mem, files->count * sizeof *s->kind + 1);
	ld = (struct load){ .files = files, .s = s, .f = f, .file = "" };
	e = load_all(&ld);
	arena_release(&ld.tmp);
	if (e == ERR_NONE)
		*out = s;
	else
		schema_free(s);
	return e;
}

void
schema_free(struct schema *s)
{
	if (s == NULL)
		return;
	arena_release(&s->mem);
	free(s);
}
