/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages of the form. They stand in the frame of the page of the site that
 * tells how to report, so that they look as the site does, whatever its theme.
 */
#include "web/forms_inside.h"

#include "base/code.h"
#include "base/embed.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"
#include "crypto/hpke.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "web/frame.h"

#include <stdlib.h>

extern const struct embed_set schema_files, site_templates;

enum { PAGE_MOST = 1048576, OPENED_MOST = 65536 };

static const char *const names[FORMS_PAGES] = {
	[FORMS_REPORT] = "intake-report.html",
	[FORMS_WEAKNESS] = "intake-weakness.html",
	[FORMS_CHECK] = "intake-check.html",
	[FORMS_RECEIPT] = "intake-receipt.html",
	[FORMS_FOLLOW] = "intake-follow.html" };

static const char *const errors[WRONG_COUNT] = { [WRONG_BROKEN] = "broken",
	[WRONG_LARGE] = "large", [WRONG_LATER] = "later",
	[WRONG_TOPIC] = "topic", [WRONG_WHAT] = "what", [WRONG_LONG] = "long",
	[WRONG_TEXT] = "text", [WRONG_CODE] = "code",
	[WRONG_NOTHING] = "nothing", [WRONG_FULL] = "full",
	[WRONG_SEALED] = "sealed", [WRONG_PRODUCT] = "product" };

static const struct {
	enum forms_field field;
	const char *name;
} values[] = { { TYPED_TRAP, "website" }, { TYPED_TOPIC, "topic" },
	{ TYPED_WHAT, "what" }, { TYPED_ONGOING, "ongoing" },
	{ TYPED_WHEN, "when" }, { TYPED_CONTACT, "contact" },
	{ TYPED_SHARE, "share_value" }, { TYPED_NAMED, "named_value" },
	{ TYPED_CODE, "code" }, { TYPED_MESSAGE, "message" },
	{ TYPED_PRODUCT, "product" }, { TYPED_VENDOR, "vendor" },
	{ TYPED_VERSION, "version" }, { TYPED_EXPLOITED, "exploited" },
	{ TYPED_INFORMED, "informed" }, { TYPED_PUBLISH, "publish" },
	{ TYPED_CREDIT, "credit" } };

/* --- opening --- */

static enum err
find_template(void *ctx, const char *name, struct span *out)
{
	const struct embed *f = embed_find(&site_templates, name);

	(void)ctx;
	if (f == NULL)
		return ERR_NOT_FOUND;
	*out = span_of(f->p, f->n);
	return ERR_NONE;
}

enum err
forms_pages_open(struct forms *i, const char *root)
{
	const struct template_source from = { NULL, find_template };
	struct fault f = { 0 };
	enum err e = schema_load(&schema_files, &i->schema, &f);

	if (e == ERR_NONE)
		i->kind = kind_find(i->schema, span_str("report"));
	for (int p = 0; e == ERR_NONE && p < FORMS_PAGES; p++)
		e = template_compile(&from, names[p], &i->page[p], &f);
	for (int l = 0; e == ERR_NONE && l < LANG_COUNT; l++)
		e = catalogue_open(&locale_files, (enum lang)l, &i->words[l],
		    &f);
	if (e != ERR_NONE)
		log_event(LOG_ERROR, "web.forms", log_err("error", e),
		    log_str("field", f.field), log_str("rule", f.rule));
	i->files = files_create(root);
	return e;
}

void
forms_pages_close(struct forms *i)
{
	for (int p = 0; p < FORMS_PAGES; p++)
		template_free(i->page[p]);
	schema_free(i->schema);
	files_free(i->files);
}

/* --- what they say --- */

const char *
forms_label(const struct forms *i, const char *field, struct span value,
    enum lang lang)
{
	const struct field *f = field_find(i->kind, span_str(field));
	const struct choice *c = f != NULL && f->choices != NULL ?
	    choice_find(f->choices, value) : NULL;

	return c != NULL ? c->names.in[lang] : "";
}

static void
put_time(struct json_out *w, const char *name, uint64_t s)
{
	char iso[INSTANT_TEXT_MAX], text[INSTANT_TEXT_MAX];

	wall_write((struct wall){ (int64_t)s * 1000 }, iso);
	snprintf(text, sizeof text, "%.10s %.5s UTC", iso, iso + 11);
	json_put_key(w, name);
	json_put_open(w, '{');
	json_put_member_str(w, "text", text);
	json_put_close(w, '}');
}

static void
put_topics(const struct forms *i, enum lang lang, struct span chosen,
    struct json_out *w)
{
	const struct field *f = field_find(i->kind, span_str("topic"));

	json_put_key(w, "topics");
	json_put_open(w, '[');
	for (size_t k = 0; k < f->choices->count; k++) {
		const struct choice *c = &f->choices->at[k];

		json_put_open(w, '{');
		json_put_member_str(w, "value", c->value);
		json_put_member_str(w, "label", c->names.in[lang]);
		json_put_member_bool(w, "chosen", span_is_str(chosen,
		    c->value));
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

static void
put_errors(const struct visit *v, struct json_out *w)
{
	bool any = false;

	json_put_key(w, "error");
	json_put_open(w, '{');
	for (int k = 0; k < WRONG_COUNT; k++) {
		json_put_member_bool(w, errors[k], v != NULL && v->wrong[k]);
		any |= v != NULL && v->wrong[k];
	}
	json_put_close(w, '}');
	json_put_member_bool(w, "problem", any);
}

static void
put_token(struct forms *i, struct json_out *w)
{
	char token[TOKEN_TEXT + 1];
	unsigned char nonce[12];
	unsigned bits = token_bits(i->posts_before);

	random_fill(nonce, sizeof nonce);
	token_write(i->key, i->now_ms, bits, nonce, token);
	json_put_member_str(w, "token", token);
	json_put_member_u64(w, "bits", bits);
}

static void
put_model(struct forms *i, enum lang lang, bool is_weakness,
    const struct visit *v, struct span more, struct buf *out)
{
	const struct span none = { 0 };
	struct span topic = v != NULL ? buf_span(&v->field[TYPED_TOPIC]) : none;
	struct json_out w;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_str(&w, "lang", lang_tag(lang));
	json_put_member_str(&w, "root", "/");
	json_put_member_bool(&w, "is_weakness", is_weakness);
	put_token(i, &w);
	forms_put_key(i, &w);
	put_topics(i, lang, topic, &w);
	json_put_member_str(&w, "topic_label", forms_label(i, "topic", topic,
	    lang));
	put_errors(v, &w);
	for (size_t k = 0; k < sizeof values / sizeof *values; k++)
		json_put_member_span(&w, values[k].name, v != NULL ?
		    buf_span(&v->field[values[k].field]) : none);
	json_put_member_bool(&w, "share", v != NULL &&
	    span_is_str(buf_span(&v->field[TYPED_SHARE]), "network"));
	json_put_member_bool(&w, "named", v != NULL &&
	    span_is_str(buf_span(&v->field[TYPED_NAMED]), "yes"));
	json_put_member_bool(&w, "has_files", v != NULL && v->files.n != 0);
	if (v != NULL)
		forms_files_show(v, &w);
	buf_put(out, more);
	json_put_close(&w, '}');
}

/* --- how a report stands --- */

/* Names and sizes: ours, but who holds the code could have written others. */
static void
put_files(struct json_val list, struct arena *a, struct json_out *w)
{
	struct span name, size;

	json_put_member_bool(w, "has_files", json_count(list) != 0);
	json_put_key(w, "files");
	json_put_open(w, '[');
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		if (json_text(json_get(v, "name"), a, &name) != ERR_NONE ||
		    json_text(json_get(v, "size"), a, &size) != ERR_NONE)
			continue;
		json_put_open(w, '{');
		json_put_member_span(w, "name", name);
		json_put_member_span(w, "size", size);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

static void
put_message(const struct jwk *key, struct json_val m, struct arena *a,
    struct json_out *w)
{
	struct buf raw, text;
	struct span copy, said = span_str("");
	struct json_val root = { 0 };
	uint64_t at = 0;
	struct json doc;

	buf_init(&raw, OPENED_MOST);
	buf_init(&text, OPENED_MOST);
	if (json_text(json_get(m, "copy"), a, &copy) == ERR_NONE &&
	    code_parse_base64url(copy, &raw) == ERR_NONE &&
	    hpke_open(key, span_str("almenara report/1"), span_str("message"),
		buf_span(&raw), &text) == ERR_NONE &&
	    json_parse_arena(buf_span(&text), 4, 64, a, &doc, NULL) ==
		ERR_NONE)
		root = json_root(&doc);
	(void)!json_text(json_get(root, "text"), a, &said);
	(void)!json_u64(json_get(m, "at"), &at);
	json_put_open(w, '{');
	json_put_member_bool(w, "by_team", json_is_str(json_get(m, "from"),
	    "team"));
	put_time(w, "at", at);
	json_put_member_span(w, "text", said);
	put_files(json_get(root, "files"), a, w);
	json_put_close(w, '}');
	if (text.p != NULL)
		secret_wipe(text.p, text.cap);
	buf_release(&raw);
	buf_release(&text);
}

/* With which team it is now, if it was handed on. */
static void
put_handed(const struct visit *v, struct json_val root, struct arena *a,
    struct json_out *w)
{
	struct json_val handed = json_get(root, "handed");
	struct span team = span_str(""), country = span_str(""),
	    number = span_str(""), state = span_str("");
	uint64_t at = 0;

	if (handed.type != JSON_OBJECT)
		return;
	(void)!json_text(json_get(handed, "team"), a, &team);
	(void)!json_text(json_get(handed, "country"), a, &country);
	(void)!json_text(json_get(handed, "number"), a, &number);
	(void)!json_text(json_get(handed, "state"), a, &state);
	(void)!json_u64(json_get(handed, "at"), &at);
	json_put_key(w, "handed");
	json_put_open(w, '{');
	json_put_member_span(w, "team", team);
	json_put_member_span(w, "country", country);
	json_put_member_span(w, "number", number);
	json_put_member_str(w, "state_label", forms_label(v->forms, "state",
	    state, v->lang));
	put_time(w, "at", at);
	json_put_close(w, '}');
}

/* In her words, which the template has. */
static void
put_choice(struct json_out *w, const char *value)
{
	json_put_member_bool(w, "is_none", strcmp(value, "none") == 0);
	json_put_member_bool(w, "is_text", strcmp(value, "text") == 0);
	json_put_member_bool(w, "is_contact", strcmp(value, "contact") == 0);
}

/* What she allows, and the two other choices as buttons. */
static void
put_consent(struct json_val root, struct arena *a, struct json_out *w)
{
	static const struct {
		const char *value, *step;
	} all[] = { { "none", "allow-none" }, { "text", "allow" },
		{ "contact", "allow-contact" } };
	struct span is = span_str("none");

	(void)!json_text(json_get(root, "consent"), a, &is);
	json_put_key(w, "consent");
	json_put_open(w, '{');
	put_choice(w, arena_string(a, is));
	json_put_close(w, '}');
	json_put_key(w, "choices");
	json_put_open(w, '[');
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		if (span_is_str(is, all[i].value))
			continue;
		json_put_open(w, '{');
		json_put_member_str(w, "step", all[i].step);
		put_choice(w, all[i].value);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

/* Of a weakness: all stages, and which one it is at. */
static void
put_stages(const struct visit *v, struct json_val root, struct arena *a,
    struct json_out *w)
{
	const struct field *f = field_find(v->forms->kind, span_str("stage"));
	struct span is = span_str("received");

	if (!json_is_str(json_get(root, "topic"), "weakness"))
		return;
	(void)!json_text(json_get(root, "stage"), a, &is);
	json_put_key(w, "coordination");
	json_put_open(w, '{');
	json_put_key(w, "stages");
	json_put_open(w, '[');
	for (size_t k = 0; k < f->choices->count; k++) {
		json_put_open(w, '{');
		json_put_member_str(w, "label",
		    f->choices->at[k].names.in[v->lang]);
		json_put_member_bool(w, "is_now", span_is_str(is,
		    f->choices->at[k].value));
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
	json_put_close(w, '}');
}

static void
put_stand(const struct visit *v, struct json_val root, struct arena *a,
    struct json_out *w)
{
	struct json_val list = json_get(root, "messages");
	struct span number = span_str(""), state = span_str("");
	uint64_t received = 0;
	bool older = false;
	struct jwk key;

	(void)!json_text(json_get(root, "number"), a, &number);
	(void)!json_text(json_get(root, "state"), a, &state);
	(void)!json_u64(json_get(root, "received"), &received);
	(void)!json_bool(json_get(root, "older"), &older);
	json_put_open(w, '{');
	json_put_member_span(w, "number", number);
	json_put_member_str(w, "state_label", forms_label(v->forms, "state",
	    state, v->lang));
	json_put_member_bool(w, "is_open", !span_is_str(state, "withdrawn"));
	put_time(w, "received", received);
	put_stages(v, root, a, w);
	put_handed(v, root, a, w);
	put_consent(root, a, w);
	json_put_member_bool(w, "has_messages", json_count(list) != 0);
	json_put_member_bool(w, "older", older);
	json_put_key(w, "messages");
	json_put_open(w, '[');
	follow_key(v->code, &key);
	for (struct json_val m = json_first(list); m.type != JSON_ABSENT;
	    m = json_next(list, m))
		put_message(&key, m, a, w);
	jwk_wipe(&key);
	json_put_close(w, ']');
	json_put_close(w, '}');
}

enum err
forms_stand(const struct visit *v, struct buf *out)
{
	struct arena a = { 0 };
	struct json_out w;
	struct json doc;
	enum err e = json_parse_arena(buf_span(&v->reply), LIMIT_JSON_DEPTH,
	    4096, &a, &doc, NULL);

	if (e == ERR_NONE) {
		buf_put_str(out, ",\"report\":");
		json_out_init(&w, out);
		put_stand(v, json_root(&doc), &a, &w);
		e = buf_check(out);
	}
	arena_release(&a);
	return e != ERR_NONE ? ERR_SYNTAX : ERR_NONE;
}

/* --- the whole page --- */

void
forms_show(struct forms *i, struct http_call *call, enum lang lang,
    enum forms_page page, unsigned status, const struct visit *v,
    struct span more)
{
	bool is_weakness = page == FORMS_WEAKNESS ||
	    (v != NULL && v->page == FORMS_WEAKNESS);
	struct span before, after;
	struct arena a = { 0 };
	struct buf model, out;
	struct http_body *b;
	struct json doc;
	enum err e;

	buf_init(&model, PAGE_MOST);
	buf_init(&out, 2 * PAGE_MOST);
	put_model(i, lang, is_weakness, v, more, &model);
	frame_find(i->files, is_weakness ? "report/vulnerability/" : "report/", lang, i->now_ms, &before, &after);
	buf_put(&out, before);
	e = json_parse_arena(buf_span(&model), LIMIT_JSON_DEPTH, PAGE_MOST,
	    &a, &doc, NULL);
	if (e == ERR_NONE)
		e = template_render(i->page[page], json_root(&doc),
		    &i->words[lang], &a, &out, NULL, NULL);
	if (page == FORMS_REPORT || page == FORMS_WEAKNESS ||
	    page == FORMS_CHECK)
		forms_put_script(i, &out);
	buf_put(&out, after);
	if (e != ERR_NONE)
		log_event(LOG_ERROR, "web.form", log_err("error", e));
	b = http_body_of(buf_span(&out));
	http_body_header(b, "Content-Type", "text/html; charset=utf-8");
	http_body_header(b, "Content-Language", lang_tag(lang));
	http_body_header(b, "Cache-Control", "no-store");
	http_answer(call, e == ERR_NONE ? status : 503, b);
	http_body_free(b);
	secret_wipe(model.p, model.cap);
	secret_wipe(out.p, out.cap);
	buf_release(&model);
	buf_release(&out);
	arena_release(&a);
}
