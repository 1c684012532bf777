/* SPDX-License-Identifier: Apache-2.0
 *
 * The document and its history. Members stand in the order of their names, as
 * the standard recommends.
 */
#include "gateways/csaf_out.h"

#include "base/code.h"
#include "base/instant.h"
#include "gateways/csaf.h"
#include "gateways/csaf_inside.h"
#include "gateways/csaf_out_inside.h"
#include "schema/show.h"
#include "schema/tlp.h"

enum { ALIASES_MAX = 257 };

struct span
csaf_out_str(const struct csaf_work *k, struct json_val object,
    const char *key)
{
	struct span s = { 0 };

	if (json_text(json_get(object, key), k->a, &s) != ERR_NONE)
		return (struct span){ 0 };
	return s;
}

struct span
csaf_out_text(const struct csaf_work *k, struct json_val ml)
{
	struct span s = { 0 };

	if (k->tag.n != 0 && json_text(json_get(ml, arena_string(k->a,
	    k->tag)), k->a, &s) == ERR_NONE && s.n != 0)
		return s;
	return show_ml(ml, k->lang, k->tag, k->a, NULL);
}

void
csaf_out_put(struct csaf_work *k, const char *key, struct span s)
{
	if (s.n != 0)
		json_put_member_span(k->w, key, s);
}

/* RFC 3986 has fewer characters than people write. */
static void
put_encoded(struct csaf_work *k, const char *key, struct span s)
{
	static const char refused[] = "\"<>\\^`{|}";
	struct buf b;

	buf_init(&b, 3 * s.n + 1);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];
		bool bad = c <= ' ' || c >= 0x7f || strchr(refused, c) != NULL;

		if (c == '%') {
			unsigned char hex;

			bad = i + 2 >= s.n || code_parse_hex_fixed(span_of(
			    (const char[]){ (char)(s.p[i + 1] | 32),
			    (char)(s.p[i + 2] | 32) }, 2), &hex, 1) !=
			    ERR_NONE;
		}
		if (bad)
			buf_put_format(&b, "%%%02X", c);
		else
			buf_put_u8(&b, c);
	}
	json_put_member_span(k->w, key, buf_span(&b));
	buf_release(&b);
}

void
csaf_out_url(struct csaf_work *k, const char *key, struct span s)
{
	if (s.n != 0)
		put_encoded(k, key, s);
}

static void
put_time(struct csaf_work *k, const char *key, int64_t s)
{
	char iso[INSTANT_TEXT_MAX];

	wall_write((struct wall){ s * 1000 }, iso);
	json_put_member_str(k->w, key, iso);
}

void
csaf_out_date(struct csaf_work *k, const char *key, struct json_val ts)
{
	int64_t s;

	if (json_i64(ts, &s) == ERR_NONE && s >= 0)
		put_time(k, key, s);
}

void
csaf_out_note(struct csaf_work *k, const char *category, struct span text,
    const char *title)
{
	if (text.n == 0)
		return;
	json_put_open(k->w, '{');
	json_put_member_str(k->w, "category", category);
	json_put_member_span(k->w, "text", text);
	if (title != NULL && *title != '\0')
		json_put_member_str(k->w, "title", title);
	json_put_close(k->w, '}');
}

static struct json_val
member(const struct csaf_work *k, const char *name)
{
	return json_get(k->n->body, name);
}

/* --- notes --- */

static void
put_field(struct csaf_work *k, const char *name, const char *category)
{
	const struct field *fd = field_find(k->n->kind, span_str(name));

	csaf_out_note(k, category, csaf_out_text(k, member(k, name)),
	    fd != NULL ? fd->names.in[k->lang] : NULL);
}

static void
put_asked(struct csaf_work *k)
{
	const struct show how = { .schema = k->n->schema, .lang = k->lang };
	const struct field *fd = field_find(k->n->kind,
	    span_str("requested_action"));
	struct span value = csaf_out_str(k, k->n->body, "requested_action");

	if (fd != NULL && fd->choices != NULL && value.n != 0)
		csaf_out_note(k, "details", span_str(show_choice(&how, fd,
		    value, k->a)), fd->names.in[k->lang]);
}

/* That it was withdrawn, or is over, and why. */
static void
put_end(struct csaf_work *k, const char *name)
{
	const struct field *fd = field_find(k->n->kind, span_str(name));
	struct json_val end = member(k, name);
	struct span why = csaf_out_text(k, json_get(end, "reason"));

	if (fd == NULL || end.type == JSON_ABSENT)
		return;
	if (why.n == 0)
		why = span_str(fd->names.in[k->lang]);
	csaf_out_note(k, "general", why, fd->names.in[k->lang]);
}

static void
put_notes(struct csaf_work *k)
{
	static const char *const from[] = { "summary", "public_text",
		"title" };
	struct span summary = { 0 };

	for (size_t i = 0; i < 3 && summary.n == 0; i++)
		summary = csaf_out_text(k, member(k, from[i]));
	if (summary.n == 0)
		summary = span_str(k->n->kind->names.in[k->lang]);
	json_put_key(k->w, "notes");
	json_put_open(k->w, '[');
	/* without a title: what is read again is the same */
	csaf_out_note(k, "summary", summary, NULL);
	put_field(k, "impact", "details");
	put_asked(k);
	put_end(k, "withdrawn");
	put_end(k, "closed");
	json_put_close(k->w, ']');
}

/* --- references --- */

static void
put_reference(struct csaf_work *k, const char *category, struct span summary,
    struct span url)
{
	json_put_open(k->w, '{');
	json_put_member_str(k->w, "category", category);
	json_put_member_span(k->w, "summary", summary);
	csaf_out_url(k, "url", url);
	json_put_close(k->w, '}');
}

static void
put_references(struct csaf_work *k)
{
	const struct csaf_out *n = k->n;
	struct json_val list = member(k, "references");

	json_put_key(k->w, "references");
	json_put_open(k->w, '[');
	put_reference(k, "self", span_str(n->id), span_str(n->self));
	put_reference(k, "external", span_str(n->kind->names.in[k->lang]),
	    span_str(n->page));
	CSAF_EACH(v, list) {
		struct span url;

		if (json_text(v, k->a, &url) != ERR_NONE || url.n == 0 ||
		    span_is_str(url, n->self) || span_is_str(url, n->page))
			continue;
		put_reference(k, "external", url, url);
	}
	json_put_close(k->w, ']');
}

/* --- history --- */

static bool
is_of_a_vulnerability(const struct csaf_work *k, struct span id)
{
	for (size_t i = 0; i < k->vulnerabilities; i++) {
		const struct csaf_vulnerability *v = &k->vulnerability[i];
		size_t n = v->issuer.n + 2 + v->id.n;

		if (v->id.n != 0 && v->issuer.n != 0 && id.n == n &&
		    memcmp(id.p, v->issuer.p, v->issuer.n) == 0 &&
		    memcmp(id.p + n - v->id.n, v->id.p, v->id.n) == 0)
			return true;
	}
	return false;
}

static size_t
add_alias(const struct csaf_work *k, struct span id, struct span *seen,
    size_t n)
{
	if (id.n == 0 || n == ALIASES_MAX || span_is_str(id, k->n->id) ||
	    is_of_a_vulnerability(k, id))
		return n;
	for (size_t i = 0; i < n; i++)
		if (span_is_equal(seen[i], id))
			return n;
	seen[n] = id;
	return n + 1;
}

static void
put_aliases(struct csaf_work *k)
{
	struct span seen[ALIASES_MAX], id;
	size_t n = 0;

	CSAF_EACH(v, member(k, "ids"))
		if (json_text(v, k->a, &id) == ERR_NONE)
			n = add_alias(k, id, seen, n);
	n = add_alias(k, csaf_out_str(k, member(k, "source"), "id"), seen, n);
	if (n == 0)
		return;
	json_put_key(k->w, "aliases");
	json_put_open(k->w, '[');
	for (size_t i = 0; i < n; i++)
		json_put_span(k->w, seen[i]);
	json_put_close(k->w, ']');
}

static const char *
revision_words(const struct csaf_work *k, size_t i)
{
	static const struct names words[] = {
		{ { "First published", "Primera publicación",
		    "Primeira publicação", "Première publication" } },
		{ { "Updated", "Actualización", "Atualização",
		    "Mise à jour" } },
		{ { "Withdrawn", "Retirada", "Retirada", "Retrait" } },
		{ { "Ended", "Finalizada", "Encerramento", "Fin" } } };
	bool last = i + 1 == k->n->revisions;

	if (last && member(k, "withdrawn").type != JSON_ABSENT)
		return words[2].in[k->lang];
	if (last && member(k, "closed").type != JSON_ABSENT)
		return words[3].in[k->lang];
	return words[i == 0 ? 0 : 1].in[k->lang];
}

/* No revision is older than the one before it, whatever the clocks said. */
static int64_t
time_of(const struct csaf_out *n, size_t i)
{
	int64_t at = n->at_s[0];

	for (size_t j = 1; j <= i; j++)
		if (n->at_s[j] > at)
			at = n->at_s[j];
	return at;
}

static void
put_tracking(struct csaf_work *k)
{
	const struct csaf_out *n = k->n;
	char number[24];

	json_put_key(k->w, "tracking");
	json_put_open(k->w, '{');
	put_aliases(k);
	put_time(k, "current_release_date", time_of(n, n->revisions - 1));
	json_put_key(k->w, "generator");
	json_put_raw(k->w, span_str("{\"engine\":{\"name\":\"Almenara\"}}"));
	json_put_member_str(k->w, "id", n->id);
	put_time(k, "initial_release_date", n->at_s[0]);
	json_put_key(k->w, "revision_history");
	json_put_open(k->w, '[');
	for (size_t i = 0; i < n->revisions; i++) {
		json_put_open(k->w, '{');
		put_time(k, "date", time_of(n, i));
		snprintf(number, sizeof number, "%zu", i + 1);
		json_put_member_str(k->w, "number", number);
		json_put_member_str(k->w, "summary", revision_words(k, i));
		json_put_close(k->w, '}');
	}
	json_put_close(k->w, ']');
	json_put_member_str(k->w, "status", "final");
	snprintf(number, sizeof number, "%zu", n->revisions);
	json_put_member_str(k->w, "version", number);
	json_put_close(k->w, '}');
}

/* --- the document --- */

static const char *
category_of(struct csaf_work *k)
{
	if (k->vulnerabilities == 0)
		return "csaf_informational_advisory";
	return k->items != 0 && csaf_out_is_stated(k) ?
	    "csaf_security_advisory" : "csaf_base";
}

static void
put_level(struct csaf_work *k)
{
	int64_t number;
	const struct level *l;

	if (json_i64(member(k, "level"), &number) != ERR_NONE)
		return;
	l = level_find(schema_levels(k->n->schema), (int)number);
	if (l == NULL)
		return;
	json_put_key(k->w, "aggregate_severity");
	json_put_open(k->w, '{');
	json_put_member_str(k->w, "text", l->names.in[k->lang]);
	json_put_close(k->w, '}');
}

static void
put_publisher(struct csaf_work *k)
{
	const struct csaf_out *n = k->n;

	json_put_key(k->w, "publisher");
	json_put_open(k->w, '{');
	json_put_member_str(k->w, "category", "coordinator");
	csaf_out_put(k, "contact_details", span_str(n->contact));
	json_put_member_str(k->w, "name", n->publisher);
	csaf_out_url(k, "namespace", span_str(n->namespace));
	json_put_close(k->w, '}');
}

static void
put_document(struct csaf_work *k)
{
	struct span title = csaf_out_text(k, member(k, "title"));

	if (title.n == 0)
		title = span_str(k->n->kind->names.in[k->lang]);
	json_put_key(k->w, "document");
	json_put_open(k->w, '{');
	put_level(k);
	json_put_member_str(k->w, "category", category_of(k));
	json_put_member_str(k->w, "csaf_version", "2.0");
	json_put_key(k->w, "distribution");
	json_put_raw(k->w, span_str("{\"text\":\"TLP:CLEAR\",\"tlp\":{"
	    "\"label\":\"WHITE\",\"url\":\"https://www.first.org/tlp/\"}}"));
	if (!span_is_str(k->tag, "und"))
		csaf_out_put(k, "lang", k->tag);
	put_notes(k);
	put_publisher(k);
	put_references(k);
	json_put_member_span(k->w, "title", title);
	put_tracking(k);
	json_put_close(k->w, '}');
}

static enum lang
nearest(struct span tag)
{
	for (int l = 0; l < LANG_COUNT; l++)
		if (tag.n >= 2 &&
		    memcmp(tag.p, lang_tag((enum lang)l), 2) == 0)
			return (enum lang)l;
	return LANG_EN;
}

enum err
csaf_write(const struct csaf_out *n, struct arena *a, struct buf *out,
    struct fault *f)
{
	struct json_out w;
	struct csaf_work k = { .n = n, .a = a, .w = &w };
	size_t from = out->n;
	enum err e;

	json_out_init(&w, out);
	k.tag = csaf_out_str(&k, n->body, "language");
	k.lang = nearest(k.tag);
	csaf_out_collect(&k);
	json_put_open(&w, '{');
	put_document(&k);
	csaf_out_tree(&k);
	csaf_out_vulnerabilities(&k);
	json_put_close(&w, '}');
	buf_put_str(out, "\n");
	e = buf_check(out);
	if (e != ERR_NONE)
		return fault_at(f, e, 0, n->id, "does not fit");
	return csaf_check(span_of(out->p + from, out->n - from), f);
}
