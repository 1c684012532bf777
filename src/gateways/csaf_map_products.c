/* SPDX-License-Identifier: Apache-2.0
 *
 * Products and their states. Products that differ in the version alone are
 * one row; `cve` of a row is left away if it is of all vulnerabilities.
 */
#include "gateways/csaf_map.h"

#include <stdlib.h>

enum { ROWS_MAX = 1000, VERSIONS_MAX = 60, CVES_MAX = 128 };

enum state { AFFECTED, FIXED, NOT_AFFECTED, UNDER_INVESTIGATION, NOT_STATED };

static const char *const state_names[] = { "affected", "fixed",
	"not_affected", "under_investigation", "not_stated" };

static const struct {
	const char *status;
	enum state state;
} status_states[] = {
	{ "known_affected", AFFECTED }, { "first_affected", AFFECTED },
	{ "last_affected", AFFECTED }, { "fixed", FIXED },
	{ "first_fixed", FIXED }, { "recommended", FIXED },
	{ "known_not_affected", NOT_AFFECTED },
	{ "under_investigation", UNDER_INVESTIGATION },
};

/* A product in a state, with the vulnerabilities of which that is said. */
struct row {
	const struct csaf_product *p;
	enum state state;
	unsigned char *of; /* a bit a vulnerability */
	bool used;
};

struct rows {
	struct row *at;
	size_t count;
	size_t of_bytes;
	size_t vulnerabilities;
};

static void
mark_rows(const struct csaf_doc *d, struct rows *r)
{
	size_t v_at = 0;

	CSAF_EACH(v, d->vulnerabilities) {
		struct json_val all = json_get(v, "product_status");

		for (size_t i = 0;
		    i < sizeof status_states / sizeof *status_states; i++) {
			CSAF_EACH(id, json_get(all, status_states[i].status)) {
				long at = csaf_product_find(d,
				    csaf_string(d, id));
				struct row *row;

				if (at < 0)
					continue;
				row = &r->at[(size_t)at * NOT_STATED +
				    status_states[i].state];
				row->used = true;
				if (row->of == NULL)
					row->of = arena_alloc(d->a,
					    r->of_bytes);
				row->of[v_at / 8] |=
				    (unsigned char)(1U << v_at % 8);
			}
		}
		v_at++;
	}
}

static int
compare_rows(const void *x, const void *y)
{
	const struct row *a = x, *b = y;
	int c;

	if (a->state != b->state)
		return a->state < b->state ? -1 : 1;
	if ((c = span_compare(a->p->vendor, b->p->vendor)) != 0 ||
	    (c = span_compare(a->p->family, b->p->family)) != 0 ||
	    (c = span_compare(a->p->name, b->p->name)) != 0)
		return c;
	return (a->p->at.i > b->p->at.i) - (a->p->at.i < b->p->at.i);
}

/* Rows in use, those of a product without any status included. */
static struct rows
collect(const struct csaf_doc *d)
{
	struct rows r = { 0 }, out = { 0 };

	r.vulnerabilities = json_count(d->vulnerabilities);
	r.of_bytes = r.vulnerabilities / 8 + 1;
	r.at = arena_alloc(d->a,
	    (d->product_count * NOT_STATED + 1) * sizeof *r.at);
	mark_rows(d, &r);
	out = r;
	out.at = arena_alloc(d->a,
	    (d->product_count * NOT_STATED + 1) * sizeof *out.at);
	for (size_t i = 0; i < d->product_count; i++) {
		bool any = false;

		for (int s = 0; s < NOT_STATED; s++) {
			struct row row = r.at[i * NOT_STATED + (size_t)s];

			if (!row.used)
				continue;
			row.p = &d->product[i];
			row.state = (enum state)s;
			out.at[out.count++] = row;
			any = true;
		}
		if (!any)
			out.at[out.count++] = (struct row){
				.p = &d->product[i], .state = NOT_STATED };
	}
	qsort(out.at, out.count, sizeof *out.at, compare_rows);
	return out;
}

static struct json_val
helper_of(const struct row *r)
{
	return json_get(r->p->at, "product_identification_helper");
}

/* May `b` join the row that begins with `a`? */
static bool
is_same(const struct rows *all, const struct row *a, const struct row *b)
{
	/* with its version each has its identifier at the same place */
	if (a->state != b->state ||
	    (a->p->version.n == 0) != (b->p->version.n == 0) ||
	    !span_is_equal(a->p->vendor, b->p->vendor) ||
	    !span_is_equal(a->p->family, b->p->family) ||
	    !span_is_equal(a->p->name, b->p->name) ||
	    helper_of(a).type != JSON_ABSENT ||
	    helper_of(b).type != JSON_ABSENT)
		return false;
	return (a->of == NULL && b->of == NULL) ||
	    (a->of != NULL && b->of != NULL &&
	    memcmp(a->of, b->of, all->of_bytes) == 0);
}

static void
write_cves(struct csaf_map *m, const struct rows *all, const struct row *r,
    size_t *cut)
{
	size_t i = 0, n = 0, written = 0;

	for (size_t k = 0; r->of != NULL && k < all->vulnerabilities; k++)
		n += (r->of[k / 8] >> k % 8) & 1;
	if (r->of == NULL || n == all->vulnerabilities)
		return;
	json_put_key(&m->w, "cve");
	json_put_open(&m->w, '[');
	CSAF_EACH(v, m->d->vulnerabilities) {
		struct span cve = csaf_text(m->d, v, "cve");

		if (((r->of[i / 8] >> i % 8) & 1) != 0 && cve.n != 0) {
			if (written++ < CVES_MAX)
				csaf_map_item(m, cve, 32, cut);
			else
				++*cut;
		}
		i++;
	}
	json_put_close(&m->w, ']');
}

static void
write_more_ids(struct csaf_map *m, const struct row *r, size_t *cut)
{
	static const char *const lists[] = { "model_numbers",
		"serial_numbers", "skus" };
	size_t room = 63;

	for (size_t i = 0; i < 3; i++) {
		CSAF_EACH(x, json_get(helper_of(r), lists[i])) {
			if (room == 0) {
				++*cut;
				continue;
			}
			room--;
			csaf_map_item(m, csaf_string(m->d, x), 300, cut);
		}
	}
}

static void
write_row(struct csaf_map *m, const struct rows *all, size_t from, size_t to,
    size_t *cut)
{
	const struct row *r = &all->at[from];
	struct json_val helper = helper_of(r);
	bool versions = false;

	json_put_open(&m->w, '{');
	csaf_map_text(m, "vendor", r->p->vendor, 200, cut);
	csaf_map_text(m, "family", r->p->family, 200, cut);
	csaf_map_text(m, "name", r->p->name, 400, cut);
	for (size_t i = from; i < to; i++)
		versions = versions || all->at[i].p->version.n != 0;
	if (versions) {
		json_put_key(&m->w, "versions");
		json_put_open(&m->w, '[');
		for (size_t i = from; i < to; i++)
			csaf_map_item(m, all->at[i].p->version, 300, cut);
		json_put_close(&m->w, ']');
	}
	json_put_member_str(&m->w, "state", state_names[r->state]);
	csaf_map_text(m, "cpe", csaf_text(m->d, helper, "cpe"), 400, cut);
	csaf_map_text(m, "purl", csaf_text(m->d, helper, "purl"), 1000, cut);
	write_cves(m, all, r, cut);
	json_put_key(&m->w, "ids");
	json_put_open(&m->w, '[');
	for (size_t i = from; i < to; i++)
		csaf_map_item(m, all->at[i].p->id, 300, cut);
	write_more_ids(m, r, cut);
	json_put_close(&m->w, ']');
	json_put_close(&m->w, '}');
}

void
csaf_map_products(struct csaf_map *m)
{
	struct rows all = collect(m->d);
	size_t lost = 0, cut = 0, rows = 0;

	json_put_key(&m->w, "products");
	json_put_open(&m->w, '[');
	for (size_t i = 0, to; i < all.count; i = to) {
		struct csaf_mark_at at = csaf_map_mark(m);

		for (to = i + 1; to < all.count && to - i < VERSIONS_MAX &&
		    is_same(&all, &all.at[i], &all.at[to]); to++)
			;
		if (rows < ROWS_MAX) {
			write_row(m, &all, i, to, &cut);
			if (csaf_map_keep(m, at)) {
				rows++;
				continue;
			}
		}
		lost += to - i;
	}
	json_put_close(&m->w, ']');
	csaf_map_leave(m, "product_tree: products that did not fit", lost);
	csaf_map_leave(m, "product_tree: texts that were cut", cut);
}
