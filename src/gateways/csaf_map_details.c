/* SPDX-License-Identifier: Apache-2.0
 *
 * What is said of each vulnerability: threats, titles, dates, notes. Dates and
 * titles of all come before the notes of any.
 */
#include "gateways/csaf_map.h"

enum { THREATS_MAX = 256, THREATS_TRIED = 1024, THREAT_PRODUCTS = 256,
	DETAILS_MAX = 512, TEXT_MAX = 2000, TITLE_MAX = 300 };

static void
put_ml(struct csaf_map *m, const char *key, const char *language,
    struct span s, size_t max, bool lines, size_t *cut)
{
	if (s.n == 0)
		return;
	json_put_key(&m->w, key);
	json_put_open(&m->w, '{');
	json_put_member_span(&m->w, language,
	    csaf_map_clean(m, s, max, lines, cut));
	json_put_close(&m->w, '}');
}

/* Products that the threat names; none are listed if it names all. */
static void
put_threat_products(struct csaf_map *m, struct json_val t, bool *set,
    size_t *cut)
{
	size_t n = 0, written = 0;

	memset(set, 0, m->d->product_count);
	csaf_mark(m->d, t, set);
	for (size_t i = 0; i < m->d->product_count; i++)
		n += set[i];
	if (n == 0 || n == m->d->product_count)
		return;
	json_put_key(&m->w, "products");
	json_put_open(&m->w, '[');
	for (size_t i = 0; i < m->d->product_count; i++) {
		if (!set[i])
			continue;
		if (written++ < THREAT_PRODUCTS)
			csaf_map_item(m, m->d->product[i].id, 300, cut);
		else
			++*cut;
	}
	json_put_close(&m->w, ']');
}

struct threats {
	const char *language;
	bool *set;
	size_t tried, written, lost, cut;
};

static void
put_threat(struct csaf_map *m, struct threats *all, struct json_val v,
    struct json_val t)
{
	struct csaf_mark_at at = csaf_map_mark(m);
	size_t cut = 0;

	if (all->written == THREATS_MAX || all->tried++ >= THREATS_TRIED) {
		all->lost++;
		return;
	}
	json_put_open(&m->w, '{');
	csaf_map_text(m, "kind", csaf_text(m->d, t, "category"), 32, &cut);
	put_ml(m, "text", all->language, csaf_text(m->d, t, "details"),
	    TEXT_MAX, true, &cut);
	csaf_map_text(m, "cve", csaf_text(m->d, v, "cve"), 32, &cut);
	put_threat_products(m, t, all->set, &cut);
	csaf_map_date(m, "date", csaf_text(m->d, t, "date"));
	json_put_close(&m->w, '}');
	if (csaf_map_keep(m, at)) {
		all->written++;
		all->cut += cut;
	} else {
		all->lost++;
	}
}

void
csaf_map_threats(struct csaf_map *m, const char *language)
{
	static const char *const order[] = { "exploit_status", "impact",
		"target_set" };
	struct threats all = { .language = language };

	all.set = arena_alloc(m->d->a, m->d->product_count + 1);
	json_put_key(&m->w, "threats");
	json_put_open(&m->w, '[');
	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		CSAF_EACH(v, m->d->vulnerabilities) {
			CSAF_EACH(t, json_get(v, "threats")) {
				if (json_is_str(json_get(t, "category"),
				    order[i]))
					put_threat(m, &all, v, t);
			}
		}
	}
	json_put_close(&m->w, ']');
	csaf_map_leave(m, "vulnerabilities[].threats that did not fit",
	    all.lost);
	csaf_map_leave(m, "vulnerabilities[].threats: parts cut", all.cut);
}

/* The notes as one text, "title: text" a note. */
static struct span
notes_of(struct csaf_map *m, struct json_val v, size_t *cut)
{
	struct json_val notes = json_get(v, "notes");
	struct buf text;
	struct span out;

	if (json_count(notes) == 0)
		return (struct span){ 0 };
	buf_init(&text, CSAF_BODY_MAX);
	CSAF_EACH(note, notes) {
		struct span title = csaf_text(m->d, note, "title");

		if (text.n > TEXT_MAX) {
			++*cut;
			continue;
		}
		buf_put_str(&text, text.n > 0 ? "\n" : "");
		buf_put(&text, title);
		buf_put_str(&text, title.n > 0 ? ": " : "");
		buf_put(&text, csaf_text(m->d, note, "text"));
	}
	if (text.over)
		++*cut;
	out = csaf_map_clean(m, buf_span(&text), TEXT_MAX, true, cut);
	buf_release(&text);
	return out;
}

/* The CVE, else the first identifier of another system. */
static struct span
name_of(const struct csaf_doc *d, struct json_val v)
{
	struct span cve = csaf_text(d, v, "cve");

	return cve.n != 0 ? cve :
	    csaf_text(d, json_first(json_get(v, "ids")), "text");
}

static void
put_detail(struct csaf_map *m, struct json_val v, const char *language,
    struct span notes, size_t *cut)
{
	const struct csaf_doc *d = m->d;

	json_put_open(&m->w, '{');
	csaf_map_text(m, "id", name_of(d, v), 300, cut);
	put_ml(m, "title", language, csaf_text(d, v, "title"), TITLE_MAX,
	    false, cut);
	csaf_map_text(m, "cwe", csaf_text(d, json_get(v, "cwe"), "id"), 16,
	    cut);
	csaf_map_date(m, "discovered", csaf_text(d, v, "discovery_date"));
	csaf_map_date(m, "released", csaf_text(d, v, "release_date"));
	put_ml(m, "text", language, notes, TEXT_MAX, true, cut);
	json_put_close(&m->w, '}');
}

struct details {
	const char *language;
	size_t room;  /* bytes that notes may take */
	size_t lost, lost_notes, cut;
};

static void
put_with_notes(struct csaf_map *m, struct json_val v, struct details *all)
{
	const struct span none = { 0 };
	struct csaf_mark_at at = csaf_map_mark(m);
	size_t cut = 0, notes_cut = 0, bare;
	struct span notes = none;

	put_detail(m, v, all->language, none, &cut);
	bare = m->body.n - at.n;
	if (!csaf_map_keep(m, at)) {
		all->lost++;
		return;
	}
	all->cut += cut;
	if (all->room > 0)
		notes = notes_of(m, v, &notes_cut);
	if (notes.n == 0 || notes.n > all->room) {
		all->lost_notes += json_count(json_get(v, "notes"));
		return;
	}
	csaf_map_back(m, at);
	put_detail(m, v, all->language, notes, &cut);
	if (!m->body.over && m->body.n - at.n - bare <= all->room) {
		all->room -= m->body.n - at.n - bare;
		all->cut += notes_cut;
		return;
	}
	csaf_map_back(m, at);
	put_detail(m, v, all->language, none, &cut);
	all->lost_notes += json_count(json_get(v, "notes"));
}

static void
put_all(struct csaf_map *m, struct details *all)
{
	size_t n = 0;

	json_put_key(&m->w, "vulnerabilities");
	json_put_open(&m->w, '[');
	CSAF_EACH(v, m->d->vulnerabilities) {
		if (n++ < DETAILS_MAX)
			put_with_notes(m, v, all);
		else
			all->lost++;
	}
	json_put_close(&m->w, ']');
}

void
csaf_map_details(struct csaf_map *m, const char *language, size_t keep)
{
	struct csaf_mark_at at = csaf_map_mark(m);
	struct details bare = { .language = language }, all = bare;

	put_all(m, &bare);
	if (m->body.n + m->reserve + keep < CSAF_BODY_MAX)
		all.room = CSAF_BODY_MAX - m->reserve - keep - m->body.n;
	csaf_map_back(m, at);
	put_all(m, &all);
	csaf_map_leave(m, "vulnerabilities[]: titles and dates", all.lost);
	csaf_map_leave(m, "vulnerabilities[].notes that did not fit",
	    all.lost_notes);
	csaf_map_leave(m, "vulnerabilities[].title, notes: their ends",
	    all.cut);
}
