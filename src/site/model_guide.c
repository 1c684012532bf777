/* SPDX-License-Identifier: Apache-2.0
 *
 * What the page of a guide says.
 */
#include "site/model.h"

#include "schema/show.h"

static struct span
put_text(const struct site_model *m, struct json_out *w, const char *key,
    struct json_val body, struct json_val ml, enum lang lang)
{
	struct span own, tag = { 0 }, text;

	if (json_text(json_get(body, "language"), m->a, &own) != ERR_NONE)
		own = span_str("");
	text = show_ml(ml, lang, own, m->a, &tag);
	json_put_member_span(w, key, text);
	return tag;
}

static void
put_list(const struct site_model *m, struct json_out *w, const char *key,
    struct json_val body, enum lang lang)
{
	struct json_val list = json_get(body, key);

	json_put_key(w, key);
	json_put_open(w, '[');
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		json_put_open(w, '{');
		json_put_member_span(w, "tag", put_text(m, w, "text", body,
		    json_get(v, "text"), lang));
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

void
model_guide(const struct site_model *m, struct json_out *w, enum lang lang,
    struct json_val body)
{
	struct span name, review, tag;

	if (json_text(json_get(body, "name"), m->a, &name) != ERR_NONE)
		name = span_str("");
	if (json_text(json_get(body, "review"), m->a, &review) != ERR_NONE)
		review = span_str("");
	json_put_member_span(w, "name", name);
	json_put_member_span(w, "review", review);
	tag = put_text(m, w, "title", body, json_get(body, "title"), lang);
	json_put_member_span(w, "title_lang", tag);
	json_put_member_bool(w, "foreign", tag.n < 2 ||
	    memcmp(tag.p, lang_tag(lang), 2) != 0);
	json_put_member_span(w, "summary_lang", put_text(m, w, "summary",
	    body, json_get(body, "summary"), lang));
	put_list(m, w, "steps", body, lang);
	put_list(m, w, "avoid", body, lang);
}
