/* SPDX-License-Identifier: Apache-2.0
 *
 * What the pages say of teams: each by what it says of itself, the own one
 * also by the settings of the site.
 */
#include "site/model.h"

#include "schema/show.h"

static struct span
own_language(struct json_val body, struct arena *a)
{
	struct span s;

	return json_text(json_get(body, "language"), a, &s) == ERR_NONE ? s :
									  span_str("");
}

/* {"tag", "lines"} under `key`; nothing if neither says it. */
static void
put_ml(const struct site_model *m, struct json_out *w, enum lang lang,
    const char *key, struct json_val body, struct json_val other)
{
	struct span tag = { 0 };
	struct span text = show_ml(json_get(body, key), lang,
	    own_language(body, m->a), m->a, &tag);

	if (text.n == 0)
		text = show_ml(json_get(other, key), lang,
		    own_language(other, m->a), m->a, &tag);
	if (text.n == 0)
		return;
	json_put_key(w, key);
	json_put_open(w, '{');
	json_put_member_span(w, "tag", tag);
	model_lines(w, "lines", text);
	json_put_close(w, '}');
}

static void
put_plain(const struct site_model *m, struct json_out *w, const char *key,
    struct json_val body, const char *other)
{
	struct span s;

	if (json_text(json_get(body, key), m->a, &s) != ERR_NONE)
		s = span_str(other);
	json_put_member_span(w, key, s);
}

static void
put_spoken(const struct site_model *m, struct json_out *w,
    struct json_val body)
{
	struct json_val list = json_get(body, "languages");
	struct span tag;
	struct buf b;

	buf_init(&b, 1024);
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		if (json_text(v, m->a, &tag) != ERR_NONE)
			continue;
		if (b.n != 0)
			buf_put_str(&b, ", ");
		buf_put(&b, model_language(tag));
	}
	json_put_member_span(w, "spoken", buf_span(&b));
	buf_release(&b);
}

/* As telephones want it: "+" and figures. */
static void
put_phone(const struct site_model *m, struct json_out *w,
    struct json_val body, const char *other)
{
	struct span s;

	if (json_text(json_get(body, "phone"), m->a, &s) != ERR_NONE)
		s = span_str(other);
	json_put_member_span(w, "phone", s);
	model_tel(w, s);
}

static void
put_title(const struct site_model *m, struct json_out *w, enum lang lang,
    struct json_val body, const char *other)
{
	struct span tag = span_str(lang_tag(lang));
	struct span s = show_ml(json_get(body, "title"), lang,
	    own_language(body, m->a), m->a, &tag);

	if (s.n == 0) {
		s = span_str(other);
		tag = span_str(lang_tag(lang));
	}
	json_put_member_span(w, "title", s);
	json_put_member_span(w, "title_lang", tag);
}

static void
put_key(struct json_out *w, const struct site_team *t)
{
	if (t->key_hex[0] == '\0')
		return;
	json_put_key(w, "key");
	json_put_open(w, '{');
	json_put_member_str(w, "words", t->key_words);
	json_put_member_str(w, "hex", t->key_hex);
	json_put_close(w, '}');
}

/* How it is reached. */
static void
put_contact(const struct site_model *m, struct json_out *w, enum lang lang,
    const struct site_team *t)
{
	static const struct site_about nobody = { .name = "", .phone = "",
		.mail = "" };
	static const char *const plain[] = { "short_name", "fax", "report_url",
		"web", "time_zone", "openpgp", "key_url" };
	const struct site_about *s = t->is_own ? m->about : &nobody;
	struct json_val body = t->card.body;

	json_put_member_str(w, "team", t->id);
	json_put_member_bool(w, "own", t->is_own);
	json_put_member_bool(w, "said", body.type == JSON_OBJECT ||
	    s->phone[0] != '\0' || s->mail[0] != '\0');
	put_title(m, w, lang, body, s->name);
	put_phone(m, w, body, s->phone);
	put_plain(m, w, "mail", body, s->mail);
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		put_plain(m, w, plain[i], body, "");
	put_ml(m, w, lang, "hours", body, (struct json_val){ 0 });
	put_ml(m, w, lang, "constituency", body, (struct json_val){ 0 });
	put_spoken(m, w, body);
	put_key(w, t);
}

void
model_card(const struct site_model *m, struct json_out *w, enum lang lang,
    const struct site_team *own, const struct site_card *brought)
{
	static const char *const texts[] = { "address", "telecom", "members",
		"mission", "affiliation", "authority", "support",
		"cooperation", "authentication", "response", "proactive",
		"forms", "disclaimer" };

	put_contact(m, w, lang, own);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		put_ml(m, w, lang, texts[i], own->card.body, brought->body);
	if (own->card.iat_s != 0)
		model_time(w, "updated", own->card.iat_s);
}

/* --- the network --- */

static void
put_teams(const struct site_model *m, struct json_out *w, enum lang lang,
    const char *state, const struct site_team *team, size_t n)
{
	size_t found = 0;

	json_put_key(w, "teams");
	json_put_open(w, '[');
	for (size_t i = 0; i < n; i++) {
		if (strcmp(team[i].state, state) != 0)
			continue;
		json_put_open(w, '{');
		put_contact(m, w, lang, &team[i]);
		json_put_close(w, '}');
		found++;
	}
	json_put_close(w, ']');
	json_put_member_bool(w, "answers", found != 0);
}

void
model_network(const struct site_model *m, struct json_out *w, enum lang lang,
    const struct site_team *team, size_t n)
{
	const struct choices *states = choices_find(m->schema, "states");

	json_put_key(w, "states");
	json_put_open(w, '[');
	for (size_t i = 0; states != NULL && i < states->count; i++) {
		json_put_open(w, '{');
		json_put_member_str(w, "code", states->at[i].value);
		json_put_member_str(w, "name", states->at[i].names.in[lang]);
		put_teams(m, w, lang, states->at[i].value, team, n);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}
