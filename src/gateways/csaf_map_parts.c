/* SPDX-License-Identifier: Apache-2.0
 *
 * Remediations, scores and identifiers of a draft. What vulnerabilities repeat
 * is written once.
 */
#include "gateways/csaf_map.h"

#include "base/limits.h"

#include <stdlib.h>

enum { REMEDIATIONS_MAX = 128, REMEDIATION_PRODUCTS = 256, SCORES_MAX = 512,
	SCORE_PRODUCTS = 256, CVE_MAX = 512, CWE_MAX = 256, IDS_MAX = 256 };

struct remedy {
	struct span category, text, url, date, restart;
	struct json_val first;
	bool *of; /* products */
	int rank;
};

static int
rank_of(struct json_val category)
{
	static const char *const order[] = { "vendor_fix", "workaround",
		"mitigation", "no_fix_planned" };
	int i = 0;

	while (i < 4 && !json_is_str(category, order[i]))
		i++;
	return i;
}

static int
compare_remedies(const void *x, const void *y)
{
	const struct remedy *a = x, *b = y;
	int c;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	if ((c = span_compare(a->text, b->text)) != 0 ||
	    (c = span_compare(a->url, b->url)) != 0 ||
	    (c = span_compare(a->date, b->date)) != 0 ||
	    (c = span_compare(a->restart, b->restart)) != 0)
		return c;
	return (a->first.i > b->first.i) - (a->first.i < b->first.i);
}

static bool
is_repeated(const struct remedy *a, const struct remedy *b)
{
	return a->rank == b->rank && span_is_equal(a->text, b->text) &&
	    span_is_equal(a->url, b->url) &&
	    span_is_equal(a->date, b->date) &&
	    span_is_equal(a->restart, b->restart);
}

static int
compare_first(const void *x, const void *y)
{
	const struct remedy *a = x, *b = y;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return (a->first.i > b->first.i) - (a->first.i < b->first.i);
}

/* All remediations, equal ones joined, fixes first, then as they stand. */
static struct remedy *
collect(const struct csaf_doc *d, size_t *count, size_t *lost)
{
	struct remedy *all;
	size_t n = 0, kept = 0;

	CSAF_EACH(v, d->vulnerabilities)
		n += json_count(json_get(v, "remediations"));
	all = arena_alloc(d->a, (n + 1) * sizeof *all);
	n = 0;
	CSAF_EACH(v, d->vulnerabilities) {
		CSAF_EACH(r, json_get(v, "remediations"))
			all[n++] = (struct remedy){
				.category = csaf_text(d, r, "category"),
				.text = csaf_text(d, r, "details"),
				.url = csaf_text(d, r, "url"),
				.date = csaf_text(d, r, "date"), .first = r,
				.restart = csaf_text(d, json_get(r,
				    "restart_required"), "category"),
				.rank = rank_of(json_get(r, "category")) };
	}
	qsort(all, n, sizeof *all, compare_remedies);
	for (size_t i = 0; i < n; i++) {
		if (kept == 0 || !is_repeated(&all[kept - 1], &all[i])) {
			if (kept == LIMIT_IMPORT_REMEDIATIONS) {
				*lost = n - i;
				break;
			}
			all[kept] = all[i];
			all[kept++].of = arena_alloc(d->a,
			    d->product_count + 1);
		}
		csaf_mark(d, all[i].first, all[kept - 1].of);
	}
	qsort(all, kept, sizeof *all, compare_first);
	*count = kept;
	return all;
}

static void
write_remedy(struct csaf_map *m, const struct remedy *r, const char *language,
    size_t *cut)
{
	bool fix = span_is_str(r->category, "vendor_fix");
	struct span url = csaf_map_url(m, r->url);
	size_t written = 0;

	json_put_open(&m->w, '{');
	csaf_map_text(m, "kind", fix ? span_str("fix") : r->category, 64, cut);
	json_put_key(&m->w, "text");
	json_put_open(&m->w, '{');
	json_put_member_span(&m->w, language,
	    csaf_map_clean(m, r->text, 4000, true, cut));
	json_put_close(&m->w, '}');
	csaf_map_text(m, "url", url, 1000, cut);
	*cut += r->url.n != 0 && url.n == 0;
	json_put_key(&m->w, "products");
	json_put_open(&m->w, '[');
	for (size_t i = 0; i < m->d->product_count; i++) {
		if (!r->of[i])
			continue;
		if (written++ < REMEDIATION_PRODUCTS)
			csaf_map_item(m, m->d->product[i].id, 300, cut);
		else
			++*cut;
	}
	json_put_close(&m->w, ']');
	csaf_map_text(m, "restart", r->restart, 32, cut);
	csaf_map_date(m, "date", r->date);
	json_put_close(&m->w, '}');
}

void
csaf_map_remediations(struct csaf_map *m, const char *language)
{
	size_t count, lost = 0, cut = 0, written = 0;
	struct remedy *all = collect(m->d, &count, &lost);

	if (count == 0)
		return;
	json_put_key(&m->w, "remediations");
	json_put_open(&m->w, '[');
	for (size_t i = 0; i < count; i++) {
		struct csaf_mark_at at = csaf_map_mark(m);

		if (written < REMEDIATIONS_MAX) {
			write_remedy(m, &all[i], language, &cut);
			if (csaf_map_keep(m, at)) {
				written++;
				continue;
			}
		}
		lost++;
	}
	json_put_close(&m->w, ']');
	csaf_map_leave(m, "vulnerabilities[].remediations that did not fit",
	    lost);
	csaf_map_leave(m, "vulnerabilities[].remediations: parts cut", cut);
}

struct score {
	double value;
	struct json_val at;
	struct span cve, vector;
	struct json_val products; /* if the vulnerability has several scores */
};

static int
compare_scores(const void *x, const void *y)
{
	const struct score *a = x, *b = y;

	if (a->value > b->value || a->value < b->value)
		return a->value > b->value ? -1 : 1;
	return (a->at.i > b->at.i) - (a->at.i < b->at.i);
}

static size_t
add_score(const struct csaf_doc *d, struct json_val v, struct json_val score,
    const char *version, struct score *out, size_t n)
{
	struct json_val cvss = json_get(score, version);
	struct score s = { .at = cvss, .cve = csaf_text(d, v, "cve"),
		.vector = csaf_text(d, cvss, "vectorString") };

	if (json_double(json_get(cvss, "baseScore"), &s.value) != ERR_NONE)
		return n;
	if (json_count(json_get(v, "scores")) > 1)
		s.products = json_get(score, "products");
	out[n] = s;
	return n + 1;
}

static void
write_score(struct csaf_map *m, const struct score *s, size_t *lost)
{
	size_t cut = 0, n = 0;

	json_put_open(&m->w, '{');
	json_put_key(&m->w, "score");
	json_put_double(&m->w, s->value);
	csaf_map_text(m, "version", csaf_text(m->d, s->at, "version"), 8,
	    &cut);
	csaf_map_text(m, "vector", s->vector, 256, &cut);
	csaf_map_text(m, "cve", s->cve, 32, &cut);
	if (json_count(s->products) > 0) {
		json_put_key(&m->w, "products");
		json_put_open(&m->w, '[');
		CSAF_EACH(id, s->products) {
			if (n++ < SCORE_PRODUCTS)
				csaf_map_item(m, csaf_string(m->d, id), 300,
				    &cut);
		}
		json_put_close(&m->w, ']');
	}
	*lost += n > SCORE_PRODUCTS ? n - SCORE_PRODUCTS : 0;
	json_put_close(&m->w, '}');
}

/* One vulnerability often has the same score for several products. */
static bool
is_known(const struct score *all, size_t i)
{
	if (all[i].products.type != JSON_ABSENT)
		return false;
	for (size_t k = i; k-- > 0 && all[k].value >= all[i].value;) {
		if (span_is_equal(all[k].vector, all[i].vector) &&
		    span_is_equal(all[k].cve, all[i].cve))
			return true;
		if (i - k > SCORES_MAX)
			break;
	}
	return false;
}

void
csaf_map_scores(struct csaf_map *m)
{
	size_t n = 0, lost = 0, lost_products = 0, written = 0;
	struct score *all;

	CSAF_EACH(v, m->d->vulnerabilities)
		n += 2 * (size_t)json_count(json_get(v, "scores"));
	all = arena_alloc(m->d->a, (n + 1) * sizeof *all);
	n = 0;
	CSAF_EACH(v, m->d->vulnerabilities) {
		CSAF_EACH(s, json_get(v, "scores")) {
			n = add_score(m->d, v, s, "cvss_v3", all, n);
			n = add_score(m->d, v, s, "cvss_v2", all, n);
		}
	}
	qsort(all, n, sizeof *all, compare_scores);
	json_put_key(&m->w, "cvss");
	json_put_open(&m->w, '[');
	for (size_t i = 0; i < n; i++) {
		struct csaf_mark_at at = csaf_map_mark(m);

		if (is_known(all, i))
			continue;
		if (written < SCORES_MAX) {
			write_score(m, &all[i], &lost_products);
			if (csaf_map_keep(m, at)) {
				written++;
				continue;
			}
		}
		lost++;
	}
	json_put_close(&m->w, ']');
	csaf_map_leave(m, "vulnerabilities[].scores, the lowest", lost);
	csaf_map_leave(m, "vulnerabilities[].scores[].products",
	    lost_products);
}

static void
write_cwes(struct csaf_map *m)
{
	struct span seen[CWE_MAX];
	size_t n = 0, lost = 0;

	json_put_key(&m->w, "cwe");
	json_put_open(&m->w, '[');
	CSAF_EACH(v, m->d->vulnerabilities) {
		struct span id = csaf_text(m->d, json_get(v, "cwe"), "id");
		struct csaf_mark_at at = csaf_map_mark(m);
		size_t k = 0;

		while (k < n && !span_is_equal(seen[k], id))
			k++;
		if (id.n == 0 || k < n)
			continue;
		if (n < CWE_MAX) {
			csaf_map_item(m, id, 16, &lost);
			seen[n] = id;
			if (csaf_map_keep(m, at)) {
				n++;
				continue;
			}
		}
		lost++;
	}
	json_put_close(&m->w, ']');
	csaf_map_leave(m, "vulnerabilities[].cwe", lost);
}

/* "issuer: text". */
static struct span
id_text(struct csaf_map *m, struct json_val id)
{
	struct span issuer = csaf_text(m->d, id, "system_name");
	struct span text = csaf_text(m->d, id, "text");
	size_t n = issuer.n + 2 + text.n;
	unsigned char *p = arena_alloc(m->d->a, n);

	memcpy(p, issuer.p, issuer.n);
	memcpy(p + issuer.n, ": ", 2);
	memcpy(p + issuer.n + 2, text.p, text.n);
	return span_of(p, n);
}

static void
write_id(struct csaf_map *m, struct span s, size_t *n, size_t *lost)
{
	struct csaf_mark_at at = csaf_map_mark(m);

	if (*n < IDS_MAX) {
		csaf_map_item(m, s, 300, lost);
		if (csaf_map_keep(m, at)) {
			++*n;
			return;
		}
	}
	++*lost;
}

static void
write_ids(struct csaf_map *m)
{
	size_t n = 0, lost = 0;

	json_put_key(&m->w, "ids");
	json_put_open(&m->w, '[');
	CSAF_EACH(s, json_get(m->d->tracking, "aliases"))
		write_id(m, csaf_string(m->d, s), &n, &lost);
	CSAF_EACH(v, m->d->vulnerabilities) {
		CSAF_EACH(id, json_get(v, "ids"))
			write_id(m, id_text(m, id), &n, &lost);
	}
	json_put_close(&m->w, ']');
	csaf_map_leave(m, "aliases and vulnerabilities[].ids", lost);
}

void
csaf_map_identifiers(struct csaf_map *m)
{
	size_t n = 0, lost = 0;

	json_put_key(&m->w, "cve");
	json_put_open(&m->w, '[');
	CSAF_EACH(v, m->d->vulnerabilities) {
		struct span cve = csaf_text(m->d, v, "cve");
		struct csaf_mark_at at = csaf_map_mark(m);

		if (cve.n == 0)
			continue;
		if (n < CVE_MAX) {
			csaf_map_item(m, cve, 32, &lost);
			if (csaf_map_keep(m, at)) {
				n++;
				continue;
			}
		}
		lost++;
	}
	json_put_close(&m->w, ']');
	csaf_map_leave(m, "vulnerabilities[].cve", lost);
	write_cwes(m);
	write_ids(m);
}
