/* SPDX-License-Identifier: Apache-2.0
 *
 * A notice as a message of the Common Alerting Protocol (CAP 1.2, OASIS
 * Standard, 1 July 2010; doc/decisions has what we make of it): one block for
 * each language that the notice speaks, all with the same coded values; a
 * revision updates what came before it by reference, a withdrawal cancels it.
 */
#include "site/model.h"

#include "base/limits.h"
#include "record/entry.h"
#include "schema/show.h"

enum { CAP_LIFE_S = 7 * 24 * 3600, CAP_HEADLINE = 140 };

/* RFC 3339 with an offset in figures: CAP has no "Z" and no fractions. */
static void
cap_time(int64_t s, char out[INSTANT_TEXT_MAX])
{
	char iso[INSTANT_TEXT_MAX];

	wall_write((struct wall){ s * 1000 }, iso);
	snprintf(out, INSTANT_TEXT_MAX, "%.19s-00:00", iso);
}

static void
put_time(struct json_out *w, const char *key, int64_t s)
{
	char text[INSTANT_TEXT_MAX];

	cap_time(s, text);
	json_put_member_str(w, key, text);
}

static void
cap_identifier(const struct site_notice *n, uint64_t rev, struct buf *out)
{
	char id[UUID_TEXT + 1];

	uuid_write(&n->id, id);
	buf_put_format(out, "urn:almenara:%.*s:%s:%llu", SPAN_FMT(n->iss), id,
	    (unsigned long long)rev);
}

static const char *
team_address(const struct site_model *m, struct span team, struct span domain)
{
	struct buf b;
	const char *s;

	buf_init(&b, 512);
	buf_put_format(&b, "%.*s@%.*s", SPAN_FMT(team), SPAN_FMT(domain));
	s = arena_string(m->a, buf_span(&b));
	buf_release(&b);
	return s;
}

/* The host of the site: a sender has neither blanks, commas nor brackets. */
static const char *
sender_of(const struct site_model *m, const struct site_notice *n)
{
	const char *s = strstr(m->about->url, "://");
	struct span log = n->mark.log;
	size_t k = 0;

	/* what a joint site passes on is sent by its team, of the domain that
	 * names its log */
	if (m->about->is_joint && !span_is_str(n->iss, m->about->team)) {
		while (k < log.n && log.p[k] != '/')
			k++;
		return team_address(m, n->iss, span_of(log.p, k));
	}
	if (s == NULL)
		return m->about->team;
	s += 3;
	k = strcspn(s, "/:");
	return arena_string(m->a, span_of(s, k));
}

static struct span
coded(const struct site_model *m, const struct site_notice *n,
    const char *name, const char *fallback)
{
	struct span s;

	if (json_text(json_get(n->body, name), m->a, &s) != ERR_NONE)
		s = span_str(fallback);
	return s;
}

static void
put_references(const struct site_model *m, struct json_out *w,
    const struct site_notice *n)
{
	char at[INSTANT_TEXT_MAX];
	struct buf b;

	buf_init(&b, LIMIT_PAYLOAD);
	for (size_t i = 0; i < n->past_n; i++) {
		buf_put_format(&b, "%s%s,", i == 0 ? "" : " ", sender_of(m, n));
		cap_identifier(n, n->past[i].rev, &b);
		cap_time(n->past[i].iat_s, at);
		buf_put_format(&b, ",%s", at);
	}
	json_put_member_span(w, "references", buf_span(&b));
	buf_release(&b);
}

/* --- one language --- */

static struct span
own_language(const struct site_model *m, const struct site_notice *n)
{
	struct span s = { 0 };

	if (json_text(json_get(n->body, "language"), m->a, &s) != ERR_NONE)
		s = span_str("");
	return s;
}

static void
add_text(const struct site_model *m, const struct site_notice *n,
    struct json_val ml, enum lang lang, struct buf *out)
{
	struct span s = show_ml(ml, lang, own_language(m, n), m->a, NULL);

	if (s.n == 0)
		return;
	if (out->n != 0)
		buf_put_str(out, "\n\n");
	buf_put(out, s);
}

static void
put_description(const struct site_model *m, struct json_out *w,
    const struct site_notice *n, enum lang lang)
{
	struct json_val public = json_get(n->body, "public_text");
	struct buf b;

	buf_init(&b, LIMIT_PAYLOAD);
	add_text(m, n, public.type == JSON_OBJECT ? public :
	    json_get(n->body, "summary"), lang, &b);
	add_text(m, n, json_get(n->body, "impact"), lang, &b);
	add_text(m, n, json_get(json_get(n->body, "withdrawn"), "reason"),
	    lang, &b);
	json_put_member_span(w, "description", buf_span(&b));
	buf_release(&b);
}

static void
put_instruction(const struct site_model *m, struct json_out *w,
    const struct site_notice *n, enum lang lang)
{
	const struct field *fd = field_find(n->kind,
	    span_str("requested_action"));
	const struct show how = { .schema = m->schema, .lang = lang };
	struct json_val list = json_get(n->body, "remediations");
	struct span asked = coded(m, n, "requested_action", "");
	struct buf b;

	buf_init(&b, LIMIT_PAYLOAD);
	if (fd != NULL && fd->choices != NULL && asked.n != 0)
		buf_put_str(&b, show_choice(&how, fd, asked, m->a));
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v))
		add_text(m, n, json_get(v, "text"), lang, &b);
	json_put_member_span(w, "instruction", buf_span(&b));
	buf_release(&b);
}

static struct span
cut(struct span s, size_t characters)
{
	size_t i = 0;

	for (; i < s.n; i++)
		if ((s.p[i] & 0xc0) != 0x80 && characters-- == 0)
			break;
	return span_of(s.p, i);
}

/* "fraud/phishing" as CAP codes have it: "fraud:phishing". */
static void
put_codes(const struct site_model *m, struct json_out *w,
    const struct site_notice *n)
{
	struct json_val list = json_get(n->body, "rsit");

	json_put_key(w, "codes");
	json_put_open(w, '[');
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		struct span s;
		char *code, *slash;

		if (json_text(v, m->a, &s) != ERR_NONE)
			continue;
		code = arena_string(m->a, s);
		slash = strchr(code, '/');
		if (slash != NULL)
			*slash = ':';
		json_put_str(w, code);
	}
	json_put_close(w, ']');
}

static void
put_areas(const struct site_model *m, struct json_out *w,
    const struct site_notice *n, enum lang lang)
{
	const struct choices *states = choices_find(m->schema, "states");
	struct json_val list = json_get(n->body, "states");

	json_put_key(w, "areas");
	json_put_open(w, '[');
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		const struct choice *c;
		struct span s;

		if (json_text(v, m->a, &s) != ERR_NONE)
			continue;
		c = states != NULL ? choice_find(states, s) : NULL;
		json_put_open(w, '{');
		json_put_member_span(w, "code", s);
		json_put_member_span(w, "name", c != NULL ?
		    span_str(c->names.in[lang]) : s);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

static const char *
response(const struct site_notice *n)
{
	if (n->stand != SITE_STANDS)
		return "AllClear";
	if (n->level >= 4)
		return "Execute";
	return n->level == 3 ? "Prepare" : "Monitor";
}

static void
put_info(const struct site_model *m, struct json_out *w,
    const struct site_notice *n, enum lang lang, struct span tag)
{
	char place[SITE_PLACE], level[8];
	int64_t most = n->iat_s + CAP_LIFE_S;
	struct span title_tag;
	struct buf web;

	site_place(n, place);
	buf_init(&web, 1024);
	buf_put_format(&web, "%s%s/%s", m->about->url, lang_tag(lang), place);
	json_put_open(w, '{');
	json_put_member_span(w, "language", tag);
	json_put_member_str(w, "event", n->kind->names.in[lang]);
	json_put_member_str(w, "response", response(n));
	json_put_member_span(w, "urgency", n->stand == SITE_STANDS ?
	    coded(m, n, "urgency", "Unknown") : span_str("Past"));
	json_put_member_span(w, "severity", coded(m, n, "severity",
	    "Unknown"));
	json_put_member_span(w, "certainty", coded(m, n, "certainty",
	    "Unknown"));
	put_codes(m, w, n);
	put_time(w, "expires", n->exp_s != 0 && n->exp_s < most ? n->exp_s :
								  most);
	json_put_member_span(w, "headline", cut(site_title(n, lang, m->a,
	    &title_tag), CAP_HEADLINE));
	put_description(m, w, n, lang);
	put_instruction(m, w, n, lang);
	json_put_member_span(w, "web", buf_span(&web));
	json_put_member_str(w, "contact", m->about->mail);
	snprintf(level, sizeof level, "%d", n->level);
	json_put_member_str(w, "level", level);
	put_areas(m, w, n, lang);
	json_put_close(w, '}');
	buf_release(&web);
}

/* Those of the four that it speaks; one of another language stands alone. */
static void
put_infos(const struct site_model *m, struct json_out *w,
    const struct site_notice *n)
{
	bool any = false;

	json_put_key(w, "infos");
	json_put_open(w, '[');
	for (int l = 0; l < LANG_COUNT; l++) {
		if (!site_speaks(n, (enum lang)l, m->a))
			continue;
		put_info(m, w, n, (enum lang)l,
		    span_str(lang_tag((enum lang)l)));
		any = true;
	}
	if (!any) {
		struct span tag;

		(void)site_title(n, LANG_EN, m->a, &tag);
		put_info(m, w, n, LANG_EN, tag);
	}
	json_put_close(w, ']');
}

void
model_cap(const struct site_model *m, const struct site_notice *n)
{
	char digest[ENTRY_DIGEST_TEXT + 1];
	struct json_out w;
	struct buf b;
	const char *type = "Alert";

	/* without predecessors there is nothing to update or cancel */
	if (n->past_n != 0)
		type = n->stand == SITE_WITHDRAWN ? "Cancel" : "Update";
	json_out_init(&w, m->out);
	buf_init(&b, 256);
	cap_identifier(n, n->rev, &b);
	json_put_open(&w, '{');
	json_put_member_span(&w, "identifier", buf_span(&b));
	json_put_member_str(&w, "sender", sender_of(m, n));
	put_time(&w, "sent", n->iat_s);
	json_put_member_str(&w, "type", type);
	put_references(m, &w, n);
	entry_write_digest(&n->digest, digest);
	json_put_member_str(&w, "digest", digest);
	json_put_member_span(&w, "iss", n->iss);
	model_origin(m, &w, LANG_EN, n);
	put_infos(m, &w, n);
	json_put_close(&w, '}');
	buf_release(&b);
}
