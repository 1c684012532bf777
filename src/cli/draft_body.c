/* SPDX-License-Identifier: Apache-2.0
 *
 * Bodies from options.
 */
#include "cli/draft_body.h"

#include "base/limits.h"
#include "cli/file.h"
#include "cli/out.h"

#include <string.h>

enum { GIVEN_MAX = 256 };

/* Options whose name is not that of the field. */
static const struct {
	const char *option, *field;
} renamed[] = { { "action", "requested_action" },
	{ "hypothesis", "hypotheses" } };

static const char *const plain[] = { "title", "summary", "impact",
	"severity", "urgency", "certainty", "level", "states", "sectors",
	"rsit", "action", "exercise", "hypothesis" };

/* One value meant for one field. */
struct given {
	struct span field;
	struct span value;
};

static size_t
given_collect(struct cli *c, struct given *out)
{
	size_t n = 0;

	for (size_t i = 0; i < c->args.given_count && n < GIVEN_MAX; i++) {
		const struct args_given *g = &c->args.given[i];
		const char *name = g->option->name;
		const char *eq = strchr(g->value, '=');

		if (strcmp(name, "set") == 0 && eq != NULL) {
			out[n++] = (struct given){ span_of(g->value,
			    (size_t)(eq - g->value)), span_str(eq + 1) };
			continue;
		}
		for (size_t k = 0; k < sizeof plain / sizeof plain[0]; k++) {
			if (strcmp(plain[k], name) == 0)
				out[n++] = (struct given){ span_str(name),
				    span_str(g->value) };
		}
	}
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < sizeof renamed / sizeof renamed[0];
		    k++) {
			if (span_is_str(out[i].field, renamed[k].option))
				out[i].field = span_str(renamed[k].field);
		}
	}
	return n;
}

bool
draft_body_is_given(const struct cli *c)
{
	if (args_has(&c->args, "set"))
		return true;
	for (size_t k = 0; k < sizeof plain / sizeof plain[0]; k++) {
		if (args_has(&c->args, plain[k]))
			return true;
	}
	return false;
}

/* "pt:Texto" -> pt; without a tag the user's language. */
static struct span
ml_tag(struct cli *c, struct span *value)
{
	for (size_t n = 2; n <= 5 && n < value->n; n++) {
		struct span tag = span_of(value->p, n);

		if (value->p[n] != ':' || !lang_is_tag(tag))
			continue;
		*value = span_of(value->p + n + 1, value->n - n - 1);
		return tag;
	}
	return span_str(lang_tag(c->lang));
}

static void
ml_put(struct cli *c, struct json_out *w, struct json_val old,
    const struct given *g, size_t n, struct span field)
{
	struct span tags[16];
	size_t count = 0;

	json_put_open(w, '{');
	for (size_t i = 0; i < n && count < 16; i++) {
		struct span value = g[i].value;

		if (!span_is_equal(g[i].field, field))
			continue;
		tags[count] = ml_tag(c, &value);
		json_put_key_span(w, tags[count++]);
		json_put_span(w, value);
	}
	/* other languages stay as they were */
	for (struct json_val m = json_first(old); m.type != JSON_ABSENT;
	    m = json_next(old, m)) {
		struct span tag = json_key(m, &c->arena);
		bool is_new = true;

		for (size_t i = 0; i < count; i++)
			is_new = is_new && !span_is_equal(tags[i], tag);
		if (is_new) {
			json_put_key_span(w, tag);
			json_put_raw(w, json_raw(m));
		}
	}
	json_put_close(w, '}');
}

static void
list_put(struct json_out *w, const struct given *g, size_t n,
    struct span field)
{
	json_put_open(w, '[');
	for (size_t i = 0; i < n; i++) {
		struct span v = g[i].value;

		if (!span_is_equal(g[i].field, field))
			continue;
		while (v.n > 0) {
			const unsigned char *comma = memchr(v.p, ',', v.n);
			size_t len = comma != NULL ? (size_t)(comma - v.p) :
			    v.n;

			if (len > 0)
				json_put_span(w, span_of(v.p, len));
			v = len < v.n ? span_of(v.p + len + 1,
			    v.n - len - 1) : span_of(v.p + v.n, 0);
		}
	}
	json_put_close(w, ']');
}

/* Is the text a JSON value other than a bare word? */
static bool
is_json(struct cli *c, struct span v)
{
	struct json json;

	return json_parse_arena(v, LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS,
	    &c->arena, &json, NULL) == ERR_NONE;
}

static bool
is_text_list(const struct field *fd)
{
	return fd->type == FIELD_LIST && fd->item->type != FIELD_OBJECT &&
	    fd->item->type != FIELD_ML && fd->item->type != FIELD_INT &&
	    fd->item->type != FIELD_TS && fd->item->type != FIELD_LIST;
}

/* The member of this type, if items of the list are objects of one word of a
 * list and one text: those are written WORD:[LANG:]TEXT. */
static const struct field *
pair_find(const struct field *fd, enum field_type type)
{
	if (fd == NULL || fd->type != FIELD_LIST ||
	    fd->item->type != FIELD_OBJECT || fd->item->field_count != 2)
		return NULL;
	for (size_t i = 0; i < 2; i++)
		if (fd->item->field[i].type == type)
			return &fd->item->field[i];
	return NULL;
}

static void
pairs_put(struct cli *c, struct json_out *w, const struct field *word_of,
    const struct field *text_of, const struct given *g, size_t n,
    struct span field)
{
	json_put_open(w, '[');
	for (size_t i = 0; i < n; i++) {
		struct span word = g[i].value, text, tag;
		const unsigned char *colon = word.n > 0 ?
		    memchr(word.p, ':', word.n) : NULL;

		if (!span_is_equal(g[i].field, field))
			continue;
		word.n = colon != NULL ? (size_t)(colon - word.p) : 0;
		text = span_of(g[i].value.p + (colon != NULL ? word.n + 1 : 0),
		    g[i].value.n - (colon != NULL ? word.n + 1 : 0));
		tag = ml_tag(c, &text);
		json_put_open(w, '{');
		json_put_key(w, word_of->name);
		json_put_span(w, word);
		json_put_key(w, text_of->name);
		json_put_open(w, '{');
		json_put_key_span(w, tag);
		json_put_span(w, text);
		json_put_close(w, '}');
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

static void
value_put(struct cli *c, struct json_out *w, const struct field *fd,
    struct json_val old, const struct given *g, size_t n, size_t at)
{
	struct span v = g[at].value;
	const struct field *word_of = pair_find(fd, FIELD_ENUM);
	const struct field *text_of = pair_find(fd, FIELD_ML);
	bool is_value = v.n > 0 && is_json(c, v);

	if (fd != NULL && fd->type == FIELD_ML &&
	    !(is_value && v.p[0] == '{')) {
		ml_put(c, w, old, g, n, g[at].field);
	} else if (fd != NULL && is_text_list(fd) &&
	    !(is_value && v.p[0] == '[')) {
		list_put(w, g, n, g[at].field);
	} else if (word_of != NULL && text_of != NULL && !is_value) {
		pairs_put(c, w, word_of, text_of, g, n, g[at].field);
	} else if (is_value && (fd == NULL || (fd->type != FIELD_TEXT &&
	    fd->type != FIELD_ENUM && fd->type != FIELD_DATE))) {
		json_put_raw(w, v);
	} else {
		json_put_span(w, v);
	}
}

static bool
is_last_of_field(const struct given *g, size_t n, size_t at)
{
	for (size_t i = at + 1; i < n; i++) {
		if (span_is_equal(g[i].field, g[at].field))
			return false;
	}
	return true;
}

int
draft_body_make(struct cli *c, const struct kind *k, struct json_val body,
    struct buf *out)
{
	struct given g[GIVEN_MAX];
	size_t n = given_collect(c, g);
	struct json_out w;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	for (struct json_val m = json_first(body); m.type != JSON_ABSENT;
	    m = json_next(body, m)) {
		struct span key = json_key(m, &c->arena);
		bool is_new = true;

		for (size_t i = 0; i < n; i++)
			is_new = is_new && !span_is_equal(g[i].field, key);
		if (is_new) {
			json_put_key_span(&w, key);
			json_put_raw(&w, json_raw(m));
		}
	}
	for (size_t i = 0; i < n; i++) {
		const struct field *fd = field_find(k, g[i].field);
		char *key = arena_string(&c->arena, g[i].field);

		if (fd == NULL)
			return cli_usage(c, cli_text(c, T(c,
			    "a %s has no field \"%s\"",
			    "%s no tiene el campo \"%s\"",
			    "%s não tem o campo \"%s\"",
			    "%s n’a pas de champ \"%s\""),
			    k->names.in[c->lang], key));
		if (!is_last_of_field(g, n, i))
			continue;
		json_put_key(&w, key);
		value_put(c, &w, fd, json_get(body, key), g, n, i);
	}
	json_put_close(&w, '}');
	if (out->over)
		return cli_fail(c, &(struct trouble){ .exit = CLI_REFUSED,
		    .code = "limit", .what = err_sentence(ERR_LIMIT) });
	return CLI_OK;
}

int
draft_file_read(struct cli *c, const char *path, struct json_val *whole,
    struct json_val *body)
{
	struct json *json = arena_alloc(&c->arena, sizeof *json);
	struct fault f = { 0 };
	struct buf b;
	enum err e;

	buf_init(&b, LIMIT_CONTROL_FRAME / 2);
	e = file_read(path, &b);
	if (e == ERR_NONE)
		e = json_parse_arena(arena_copy(&c->arena, buf_span(&b)),
		    LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, &c->arena, json, &f);
	buf_release(&b);
	if (e == ERR_NONE && json_root(json).type != JSON_OBJECT)
		e = fault_at(&f, ERR_SCHEMA, 0, NULL, "is no JSON object");
	if (e != ERR_NONE)
		return cli_fail_file(c, e, path, &f);
	*whole = json_root(json);
	*body = json_get(*whole, "body");
	if (body->type != JSON_OBJECT) {
		*body = *whole;
		whole->type = JSON_ABSENT;
	}
	return CLI_OK;
}

void
draft_faults_tell(struct cli *c, struct json_val data)
{
	struct json_val list = json_get(data, "faults");

	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v))
		cli_say(c, "  %s: %s %s", cli_word(c, "to_complete"),
		    out_str(c, v, "field"), out_str(c, v, "rule"));
}
