/* SPDX-License-Identifier: Apache-2.0
 *
 * The body of the draft: what a reader acts on comes first, so that it is the
 * rest that does not fit.
 */
#include "gateways/csaf_map.h"

#include "base/instant.h"
#include "base/text.h"
#include "schema/level.h"
#include "schema/plain.h"
#include "schema/words.h"

#include <stdio.h>
#include <strings.h>

enum { REFERENCES_MAX = 64, SUMMARY_MAX = 4000 };

struct csaf_mark_at
csaf_map_mark(const struct csaf_map *m)
{
	return (struct csaf_mark_at){ m->body.n, m->w.comma };
}

void
csaf_map_back(struct csaf_map *m, struct csaf_mark_at at)
{
	m->body.n = at.n;
	m->body.over = false;
	m->w.comma = at.comma;
}

bool
csaf_map_keep(struct csaf_map *m, struct csaf_mark_at at)
{
	if (!m->body.over && m->body.n + m->reserve <= CSAF_BODY_MAX)
		return true;
	csaf_map_back(m, at);
	return false;
}

void
csaf_map_leave(struct csaf_map *m, const char *path, size_t count)
{
	char text[CSAF_LEFT_BYTES];

	if (count == 0 || m->left_count == CSAF_LEFT_MAX)
		return;
	snprintf(text, sizeof text, "%s (%zu)", path, count);
	m->left[m->left_count++] = arena_copy(m->a, span_str(text));
}

struct span
csaf_map_clean(struct csaf_map *m, struct span s, size_t max, bool lines,
    size_t *cut)
{
	unsigned char *p = arena_alloc(m->d->a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n;) {
		size_t hides = plain_is_hiding(s.p + i, s.n - i, lines);

		if (hides == 0) {
			p[n++] = s.p[i++];
			continue;
		}
		/* "\r\n" is one line break; else a word must not join */
		if (s.p[i] != '\r' || i + 1 == s.n || s.p[i + 1] != '\n')
			p[n++] = ' ';
		i += hides;
	}
	if (n > max) {
		n = text_cut((struct text){ span_of(p, n) }, max);
		if (cut != NULL)
			++*cut;
	}
	return span_of(p, n);
}

void
csaf_map_item(struct csaf_map *m, struct span s, size_t max, size_t *cut)
{
	if (s.n != 0)
		json_put_span(&m->w, csaf_map_clean(m, s, max, false, cut));
}

void
csaf_map_text(struct csaf_map *m, const char *key, struct span s, size_t max,
    size_t *cut)
{
	if (s.n == 0)
		return;
	json_put_key(&m->w, key);
	csaf_map_item(m, s, max, cut);
}

struct span
csaf_map_url(struct csaf_map *m, struct span s)
{
	static const char *const schemes[] = { "https://", "http://",
		"mailto:", "tel:" };

	(void)m;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f)
			return (struct span){ 0 };
	}
	for (size_t i = 0; i < 4 && s.n <= 1000; i++) {
		size_t n = strlen(schemes[i]);

		if (s.n > n && memcmp(s.p, schemes[i], n) == 0)
			return s;
	}
	return (struct span){ 0 };
}

void
csaf_map_date(struct csaf_map *m, const char *key, struct span date)
{
	struct wall t;

	if (wall_parse(date, &t) != ERR_NONE || t.ms < 0)
		return;
	json_put_member_u64(&m->w, key, (uint64_t)t.ms / 1000);
}

/* The tag of the document if a notice may carry it, else "und". */
static const char *
language_of(const struct csaf_doc *d)
{
	struct span s = csaf_text(d, d->document, "lang");

	return lang_is_tag(s) ? arena_string(d->a, s) : "und";
}

static bool
has_word(struct span s, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= s.n; i++) {
		if (strncasecmp((const char *)s.p + i, word, n) == 0)
			return true;
	}
	return false;
}

/* The label; a text that speaks of a stricter one wins. */
static void
find_label(const struct csaf_doc *d, struct csaf_draft *out)
{
	struct json_val distribution = json_get(d->document, "distribution");
	struct span label = csaf_text(d, json_get(distribution, "tlp"),
	    "label");
	struct span text = csaf_text(d, distribution, "text");

	out->tlp_stated = tlp_import(label, &out->tlp) == ERR_NONE;
	if (!out->tlp_stated)
		out->tlp = TLP_AMBER;
	if (has_word(text, "TLP:AMBER+STRICT"))
		out->tlp = tlp_stricter(out->tlp, TLP_AMBER_STRICT);
	if (has_word(text, "TLP:RED"))
		out->tlp = tlp_stricter(out->tlp, TLP_RED);
}

/* What the threats say of exploitation; NULL: nothing that can be relied on,
 * a person decides. A text that denies anything is never taken for a yes. */
static const char *
exploitation_of(const struct csaf_doc *d)
{
	static const char *const denials[] = { "no ", "not ", "none",
		"unaware", ":no" };
	static const char *const attacks[] = { "exploited", "in the wild",
		"active exploitation" };
	static const char *const proofs[] = { "proof of concept",
		"proof-of-concept", "poc", "public exploit" };
	const char *found = NULL;

	CSAF_EACH(v, d->vulnerabilities) {
		CSAF_EACH(t, json_get(v, "threats")) {
			struct span s = csaf_text(d, t, "details");
			bool no = false, yes = false, proof = false;

			if (!json_is_str(json_get(t, "category"),
			    "exploit_status"))
				continue;
			for (size_t i = 0; i < 5; i++)
				no = no || has_word(s, denials[i]);
			for (size_t i = 0; i < 3; i++)
				yes = yes || has_word(s, attacks[i]);
			for (size_t i = 0; i < 4; i++)
				proof = proof || has_word(s, proofs[i]);
			if (yes && !no)
				return "observed";
			if (proof && !no)
				found = "poc";
			else if (no && !proof && found == NULL)
				found = "none_known";
		}
	}
	return found;
}

static const char *
fix_of(const struct csaf_doc *d)
{
	const char *found = NULL;

	CSAF_EACH(v, d->vulnerabilities) {
		CSAF_EACH(r, json_get(v, "remediations")) {
			struct json_val c = json_get(r, "category");

			if (json_is_str(c, "vendor_fix"))
				return "available";
			if (json_is_str(c, "none_available") ||
			    json_is_str(c, "no_fix_planned"))
				found = "none";
		}
	}
	return found;
}

static double
highest_score(const struct csaf_doc *d)
{
	double high = 0, x;

	CSAF_EACH(v, d->vulnerabilities) {
		CSAF_EACH(s, json_get(v, "scores")) {
			CSAF_EACH(cvss, s) {
				if (json_double(json_get(cvss, "baseScore"),
				    &x) == ERR_NONE && x > high)
					high = x;
			}
		}
	}
	return high;
}

static MUST enum err
put_level(struct csaf_map *m, const struct csaf_context *c,
    struct csaf_draft *out)
{
	const char *exploited = exploitation_of(m->d), *fix = fix_of(m->d);
	double high = highest_score(m->d);
	bool observed = exploited != NULL && strcmp(exploited, "observed") == 0;
	bool poc = exploited != NULL && strcmp(exploited, "poc") == 0;
	bool fixed = fix != NULL && strcmp(fix, "available") == 0;
	const char *severity = high >= 9 ? "Extreme" : high >= 7 ? "Severe" :
	    high >= 4 ? "Moderate" : high > 0 ? "Minor" : "Unknown";
	const char *urgency = observed ? "Immediate" : high >= 7 || fixed ?
	    "Expected" : high > 0 ? "Future" : "Unknown";
	const char *certainty = observed ? "Observed" : poc ? "Likely" :
	    high > 0 ? "Possible" : "Unknown";
	const struct level_input in = { .severity = span_str(severity),
		.urgency = span_str(urgency),
		.certainty = span_str(certainty), .cvss = high,
		.exploited = observed };
	enum err e = level_compute(schema_levels(c->schema), &in,
	    &out->level);

	if (e != ERR_NONE)
		return e;
	json_put_member_u64(&m->w, "level", (uint64_t)out->level);
	json_put_member_str(&m->w, "severity", severity);
	json_put_member_str(&m->w, "urgency", urgency);
	json_put_member_str(&m->w, "certainty", certainty);
	json_put_key(&m->w, "rsit");
	json_put_raw(&m->w, span_str("[\"vulnerable/vulnerable-system\"]"));
	if (exploited != NULL)
		json_put_member_str(&m->w, "exploitation", exploited);
	if (fix != NULL)
		json_put_member_str(&m->w, "fix", fix);
	return ERR_NONE;
}

static struct span
self_url(struct csaf_map *m)
{
	CSAF_EACH(r, json_get(m->d->document, "references")) {
		struct span url = csaf_map_url(m, csaf_text(m->d, r, "url"));

		if (json_is_str(json_get(r, "category"), "self") && url.n > 5 &&
		    memcmp(url.p + url.n - 5, ".json", 5) == 0)
			return url;
	}
	return (struct span){ 0 };
}

static void
put_source(struct csaf_map *m, struct span document,
    const struct csaf_context *c, const struct csaf_draft *out)
{
	const struct csaf_doc *d = m->d;
	struct json_val publisher = json_get(d->document, "publisher");
	size_t cut = 0;

	json_put_key(&m->w, "source");
	json_put_open(&m->w, '{');
	csaf_map_text(m, "id", csaf_text(d, d->tracking, "id"), 200, &cut);
	csaf_map_text(m, "publisher", csaf_text(d, publisher, "name"), 200,
	    &cut);
	json_put_member_str(&m->w, "format", "csaf-2.0");
	csaf_map_text(m, "version", csaf_text(d, d->tracking, "version"), 64,
	    &cut);
	csaf_map_text(m, "status", csaf_text(d, d->tracking, "status"), 16,
	    &cut);
	json_put_member_span(&m->w, "sha256", c->sha256);
	json_put_member_u64(&m->w, "size", document.n);
	csaf_map_text(m, "url", self_url(m), 1000, &cut);
	csaf_map_date(m, "released",
	    csaf_text(d, d->tracking, "initial_release_date"));
	csaf_map_date(m, "updated",
	    csaf_text(d, d->tracking, "current_release_date"));
	if (out->tlp_stated)
		csaf_map_text(m, "label", csaf_text(d, json_get(json_get(
		    d->document, "distribution"), "tlp"), "label"), 40, &cut);
	json_put_close(&m->w, '}');
	csaf_map_leave(m, "document: names of the source, cut", cut);
}

/* The whole document goes along where the notice cannot hold all of it. */
static void
put_attachment(struct csaf_map *m, const struct csaf_context *c)
{
	if (c->attachment.n == 0)
		return;
	json_put_key(&m->w, "attachments");
	json_put_open(&m->w, '[');
	json_put_raw(&m->w, c->attachment);
	json_put_close(&m->w, ']');
}

static bool
is_summary(struct json_val note)
{
	struct json_val c = json_get(note, "category");

	return json_is_str(c, "summary") || json_is_str(c, "description");
}

static void
add_note(const struct csaf_doc *d, struct json_val note, struct buf *out)
{
	struct span title = csaf_text(d, note, "title");

	if (out->n > 0)
		buf_put_str(out, "\n");
	buf_put(out, title);
	buf_put_str(out, title.n > 0 ? ": " : "");
	buf_put(out, csaf_text(d, note, "text"));
}

/* Notes that tell what it is about; the others are named. */
static void
put_summary(struct csaf_map *m, const char *language)
{
	struct json_val notes = json_get(m->d->document, "notes");
	struct csaf_mark_at at = csaf_map_mark(m);
	struct buf text;
	size_t others = 0, cut = 0;

	buf_init(&text, CSAF_BODY_MAX);
	CSAF_EACH(note, notes) {
		if (is_summary(note) && text.n < SUMMARY_MAX)
			add_note(m->d, note, &text);
		else
			others++;
	}
	cut += text.over;
	if (text.n > 0) {
		json_put_key(&m->w, "summary");
		json_put_open(&m->w, '{');
		json_put_member_span(&m->w, language, csaf_map_clean(m,
		    buf_span(&text), SUMMARY_MAX, true, &cut));
		json_put_close(&m->w, '}');
		cut += !csaf_map_keep(m, at);
	}
	buf_release(&text);
	csaf_map_leave(m, "document.notes: the summary was cut", cut);
	csaf_map_leave(m, "document.notes", others);
}

struct seen_urls {
	struct span at[REFERENCES_MAX];
	size_t n, lost;
};

static void
put_references_of(struct csaf_map *m, struct json_val list,
    struct seen_urls *seen)
{
	CSAF_EACH(r, list) {
		struct span url = csaf_map_url(m, csaf_text(m->d, r, "url"));
		struct csaf_mark_at at = csaf_map_mark(m);
		size_t k = 0;

		while (k < seen->n && !span_is_equal(seen->at[k], url))
			k++;
		if (url.n != 0 && k < seen->n)
			continue;
		if (url.n != 0 && seen->n < REFERENCES_MAX) {
			json_put_span(&m->w, url);
			if (csaf_map_keep(m, at)) {
				seen->at[seen->n++] = url;
				continue;
			}
		}
		seen->lost++;
	}
}

static void
put_references(struct csaf_map *m)
{
	struct seen_urls seen = { .n = 0 };

	json_put_key(&m->w, "references");
	json_put_open(&m->w, '[');
	put_references_of(m, json_get(m->d->document, "references"), &seen);
	CSAF_EACH(v, m->d->vulnerabilities)
		put_references_of(m, json_get(v, "references"), &seen);
	json_put_close(&m->w, ']');
	csaf_map_leave(m, "references: addresses", seen.lost);
}

static void
put_left_out(struct csaf_map *m, struct csaf_draft *out)
{
	out->left_out = arena_alloc(m->a,
	    (m->left_count + 1) * sizeof *out->left_out);
	out->left_out_count = m->left_count;
	json_put_key(&m->w, "left_out");
	json_put_open(&m->w, '[');
	for (size_t i = 0; i < m->left_count; i++) {
		out->left_out[i] = m->left[i];
		json_put_span(&m->w, m->left[i]);
	}
	json_put_close(&m->w, ']');
}

/* Names are ours, so none is longer when escaped. */
static size_t
left_bytes(const struct csaf_map *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->left_count; i++)
		n += m->left[i].n + 3;
	return n;
}

/* The scores come last, but the notes leave them their room. */
static size_t
size_of_scores(struct csaf_map *m)
{
	struct csaf_mark_at at = csaf_map_mark(m);
	size_t names = m->left_count, n;

	csaf_map_scores(m);
	n = m->body.n - at.n;
	csaf_map_back(m, at);
	m->left_count = names;
	return n;
}

static MUST enum err
put_body(struct csaf_map *m, struct span document,
    const struct csaf_context *c, struct csaf_draft *out)
{
	const char *language = language_of(m->d);
	size_t cut = 0;
	enum err e;

	json_put_open(&m->w, '{');
	out->title = csaf_map_clean(m, csaf_text(m->d, m->d->document,
	    "title"), 200, false, &cut);
	csaf_map_leave(m, "document.title: its end", cut);
	json_put_key(&m->w, "title");
	json_put_open(&m->w, '{');
	json_put_member_span(&m->w, language, out->title);
	json_put_close(&m->w, '}');
	json_put_member_str(&m->w, "language", language);
	json_put_member_span(&m->w, "author_post", c->author_post);
	if ((e = put_level(m, c, out)) != ERR_NONE)
		return e;
	put_source(m, document, c, out);
	put_attachment(m, c);
	csaf_map_identifiers(m);
	csaf_map_products(m);
	csaf_map_remediations(m, language);
	put_summary(m, language);
	put_references(m);
	csaf_map_threats(m, language);
	csaf_map_details(m, language, size_of_scores(m));
	csaf_map_rest(m);
	/* of the names only that of the scores is still open */
	m->reserve = left_bytes(m) + CSAF_LEFT_BYTES + 64;
	csaf_map_scores(m);
	put_left_out(m, out);
	json_put_close(&m->w, '}');
	return buf_check(&m->body);
}

enum err
csaf_map(const struct csaf_doc *d, struct span document,
    const struct csaf_context *context, struct arena *a,
    struct csaf_draft *out, struct fault *f)
{
	struct csaf_map m = { .d = d, .a = a,
		.reserve = CSAF_LEFT_RESERVE };
	struct csaf_draft draft = { 0 };
	enum err e;

	buf_init(&m.body, CSAF_BODY_MAX);
	json_out_init(&m.w, &m.body);
	find_label(d, &draft);
	e = put_body(&m, document, context, &draft);
	if (e != ERR_NONE) {
		e = fault_at(f, e, 0, NULL, "does not fit into a notice");
		goto out;
	}
	draft.title = arena_copy(a, draft.title);
	draft.id = arena_copy(a, csaf_text(d, d->tracking, "id"));
	draft.body = arena_copy(a, buf_span(&m.body));
	*out = draft;
out:
	buf_release(&m.body);
	return e;
}
