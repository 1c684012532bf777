/* SPDX-License-Identifier: Apache-2.0
 *
 * The products of a notice as the tree of CSAF: vendor, family, product,
 * version. A version of a product is a product of its own there, with an
 * identifier; those that came in from another document keep theirs.
 */
#include "gateways/csaf_inside.h"
#include "gateways/csaf_out_inside.h"

#include "schema/check.h"

#include <ctype.h>
#include <stdlib.h>

static int
by_id(const void *x, const void *y, void *ctx)
{
	const struct csaf_work *k = ctx;
	const size_t *a = x, *b = y;
	int c = span_compare(k->item[*a].id, k->item[*b].id);

	return c != 0 ? c : (*a > *b) - (*a < *b);
}

long
csaf_out_find(const struct csaf_work *k, struct span id)
{
	size_t low = 0, high = k->items;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (span_compare(k->item[k->by_id[mid]].id, id) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == k->items ||
	    !span_is_equal(k->item[k->by_id[low]].id, id))
		return -1;
	return (long)k->by_id[low];
}

static enum csaf_standing
standing_of(struct json_val row)
{
	static const char *const words[] = { "affected", "fixed",
		"not_affected", "under_investigation" };
	int i = 0;

	while (i < CSAF_NOT_STATED &&
	    !json_is_str(json_get(row, "state"), words[i]))
		i++;
	return (enum csaf_standing)i;
}

static struct span
at_place(const struct csaf_work *k, struct json_val list, size_t i)
{
	struct span s = { 0 };
	size_t n = 0;

	CSAF_EACH(v, list)
		if (n++ == i && json_text(v, k->a, &s) == ERR_NONE)
			return s;
	return (struct span){ 0 };
}

/* Does anything of the notice speak of this identifier? Else it may be the
 * number of a model, which came in beside it. */
static bool
is_named(const struct csaf_work *k, struct span id)
{
	static const char *const lists[] = { "remediations", "threats",
		"cvss" };

	for (size_t i = 0; i < 3; i++) {
		CSAF_EACH(item, json_get(k->n->body, lists[i])) {
			CSAF_EACH(v, json_get(item, "products")) {
				struct span s;

				if (json_text(v, k->a, &s) == ERR_NONE &&
				    span_is_equal(s, id))
					return true;
			}
		}
	}
	return false;
}

static void
add_item(struct csaf_work *k, struct csaf_row *row, struct span id,
    struct span version)
{
	char made[40];

	if (id.n == 0) {
		snprintf(made, sizeof made, "almenara-product-%zu",
		    k->items + 1);
		id = arena_copy(k->a, span_str(made));
	}
	k->item[k->items++] = (struct csaf_item){ .id = id,
		.version = version };
	row->items++;
}

static void
add_row(struct csaf_work *k, struct json_val at)
{
	struct csaf_row *row = &k->row[k->rows++];
	struct json_val versions = json_get(at, "versions"),
	    ids = json_get(at, "ids");
	size_t n = json_count(versions), m = json_count(ids);

	*row = (struct csaf_row){ .at = at, .first = k->items,
		.standing = standing_of(at) };
	for (size_t i = 0; i < (n == 0 ? 1 : n); i++)
		add_item(k, row, i < m ? at_place(k, ids, i) :
		    (struct span){ 0 }, at_place(k, versions, i));
	for (size_t i = n == 0 ? 1 : n; i < m; i++) {
		struct span id = at_place(k, ids, i);

		if (id.n != 0 && is_named(k, id))
			add_item(k, row, id, (struct span){ 0 });
	}
	if (row->items == 1 && n <= 1 && m > 1)
		row->models = m - 1;
}

static void
join_items(struct csaf_work *k)
{
	k->by_id = arena_alloc(k->a, (k->items + 1) * sizeof *k->by_id);
	for (size_t i = 0; i < k->items; i++)
		k->by_id[i] = i;
	if (k->items != 0)
		qsort_r(k->by_id, k->items, sizeof *k->by_id, by_id, k);
	for (size_t i = 0; i < k->items; i++) {
		struct csaf_item *it = &k->item[k->by_id[i]];

		it->same = k->by_id[i];
		if (i > 0 && span_is_equal(it->id,
		    k->item[k->by_id[i - 1]].id))
			it->same = k->item[k->by_id[i - 1]].same;
	}
	for (size_t r = 0; r < k->rows; r++)
		for (size_t i = 0; i < k->row[r].items; i++)
			k->row[r].own += k->item[k->row[r].first + i].same ==
			    k->row[r].first + i;
}

static void
collect_products(struct csaf_work *k)
{
	struct json_val list = json_get(k->n->body, "products");
	size_t n = 0;

	CSAF_EACH(p, list)
		n += 1 + json_count(json_get(p, "versions")) +
		    json_count(json_get(p, "ids"));
	k->row = arena_alloc(k->a, (json_count(list) + 1) * sizeof *k->row);
	k->item = arena_alloc(k->a, (n + 1) * sizeof *k->item);
	CSAF_EACH(p, list)
		add_row(k, p);
	join_items(k);
	k->standing = arena_alloc(k->a, k->items + 1);
}

/* --- vulnerabilities: each is told of once --- */

static void
add_cve(struct csaf_work *k, struct json_val v)
{
	struct span cve;

	if (json_text(v, k->a, &cve) != ERR_NONE ||
	    !form_match("CVE-####-####+", cve))
		return;
	for (size_t i = 0; i < k->vulnerabilities; i++)
		if (span_is_equal(k->vulnerability[i].cve, cve))
			return;
	k->vulnerability[k->vulnerabilities++] =
	    (struct csaf_vulnerability){ .cve = cve };
}

/* "issuer: id" as an importer has written it. */
static struct span
issuer_of(const struct csaf_work *k, struct span id)
{
	CSAF_EACH(v, json_get(k->n->body, "ids")) {
		struct span s;

		if (json_text(v, k->a, &s) == ERR_NONE && s.n > id.n + 2 &&
		    memcmp(s.p + s.n - id.n, id.p, id.n) == 0 &&
		    memcmp(s.p + s.n - id.n - 2, ": ", 2) == 0)
			return span_of(s.p, s.n - id.n - 2);
	}
	return span_str(k->n->publisher);
}

static void
add_detail(struct csaf_work *k, struct json_val v)
{
	struct span id = csaf_out_str(k, v, "id");
	struct csaf_vulnerability *to;

	if (form_match("CVE-####-####+", id)) {
		size_t n = k->vulnerabilities;

		add_cve(k, json_get(v, "id"));
		if (k->vulnerabilities != n)
			k->vulnerability[n].detail = v;
		return;
	}
	to = &k->vulnerability[k->vulnerabilities++];
	*to = (struct csaf_vulnerability){ .id = id, .detail = v };
	if (id.n != 0)
		to->issuer = issuer_of(k, id);
}

static size_t
most_vulnerabilities(const struct csaf_work *k)
{
	struct json_val b = k->n->body;
	size_t n = (size_t)json_count(json_get(b, "vulnerabilities")) +
	    json_count(json_get(b, "cve")) + json_count(json_get(b, "cvss")) +
	    json_count(json_get(b, "threats")) + 2;

	CSAF_EACH(p, json_get(b, "products"))
		n += json_count(json_get(p, "cve"));
	return n;
}

void
csaf_out_collect(struct csaf_work *k)
{
	struct json_val b = k->n->body;

	collect_products(k);
	k->vulnerability = arena_alloc(k->a,
	    most_vulnerabilities(k) * sizeof *k->vulnerability);
	CSAF_EACH(v, json_get(b, "vulnerabilities"))
		add_detail(k, v);
	CSAF_EACH(v, json_get(b, "cve"))
		add_cve(k, v);
	CSAF_EACH(p, json_get(b, "products"))
		CSAF_EACH(v, json_get(p, "cve"))
			add_cve(k, v);
	CSAF_EACH(s, json_get(b, "cvss"))
		add_cve(k, json_get(s, "cve"));
	CSAF_EACH(t, json_get(b, "threats"))
		add_cve(k, json_get(t, "cve"));
	/* one without a number, to say which products it concerns */
	for (size_t i = 0; i < k->rows && k->vulnerabilities == 0; i++)
		if (k->row[i].standing != CSAF_NOT_STATED)
			k->vulnerabilities = 1;
}

/* --- the tree --- */

static size_t
cpe_part(struct span s, size_t at, char end)
{
	size_t i = at;

	while (i < s.n && s.p[i] != (unsigned char)end) {
		if (s.p[i] == '\\' && i + 1 < s.n && ispunct(s.p[i + 1]))
			i++;
		else if (!isalnum(s.p[i]) && strchr("-._*?", s.p[i]) == NULL)
			return 0;
		i++;
	}
	/* "*" and "-" stand alone, or at an end */
	for (size_t j = at + 1; j + 1 < i; j++)
		if (s.p[j] == '*' && s.p[j - 1] != '\\')
			return 0;
	return i - at;
}

/* The form of CPE 2.3 (NIST IR 7695) that the schema of CSAF asks for. */
static bool
is_cpe(struct span s)
{
	static const char start[] = "cpe:2.3:";
	size_t i = sizeof start - 1;

	if (s.n <= i || memcmp(s.p, start, i) != 0 ||
	    strchr("aho*-", s.p[i]) == NULL)
		return false;
	i++;
	for (int part = 0; part < 10; part++) {
		size_t n;

		if (i >= s.n || s.p[i] != ':')
			return false;
		n = cpe_part(s, i + 1, ':');
		if (n == 0 || (part == 5 && !(n == 1 || (n >= 2 && n <= 6))))
			return false;
		i += 1 + n;
	}
	return i == s.n;
}

static void
put_full_name(struct csaf_work *k, const struct csaf_row *r,
    struct span version)
{
	struct span vendor = csaf_out_str(k, r->at, "vendor"),
	    name = csaf_out_str(k, r->at, "name");
	struct buf b;

	buf_init(&b, 4096);
	if (vendor.n != 0 && (name.n < vendor.n ||
	    memcmp(name.p, vendor.p, vendor.n) != 0)) {
		buf_put(&b, vendor);
		buf_put_str(&b, " ");
	}
	buf_put(&b, name);
	if (version.n != 0) {
		buf_put_str(&b, " ");
		buf_put(&b, version);
	}
	json_put_member_span(k->w, "name", buf_span(&b));
	buf_release(&b);
}

/* What the source knew it by besides: numbers of models, for most vendors. */
static void
put_models(struct csaf_work *k, const struct csaf_row *r)
{
	json_put_key(k->w, "model_numbers");
	json_put_open(k->w, '[');
	for (size_t i = 0; i < r->models; i++)
		json_put_span(k->w, at_place(k, json_get(r->at, "ids"),
		    i + 1));
	json_put_close(k->w, ']');
}

static void
put_helper(struct csaf_work *k, const struct csaf_row *r)
{
	struct span cpe = csaf_out_str(k, r->at, "cpe"),
	    purl = csaf_out_str(k, r->at, "purl");

	if (!is_cpe(cpe))
		cpe.n = 0;
	if (!csaf_is_purl(purl))
		purl.n = 0;
	/* of one version only: else it would say too much */
	if (r->items != 1 || (cpe.n == 0 && purl.n == 0 && r->models == 0))
		return;
	json_put_key(k->w, "product_identification_helper");
	json_put_open(k->w, '{');
	csaf_out_put(k, "cpe", cpe);
	if (r->models != 0)
		put_models(k, r);
	csaf_out_put(k, "purl", purl);
	json_put_close(k->w, '}');
}

static void
put_product(struct csaf_work *k, const struct csaf_row *r,
    const struct csaf_item *it)
{
	json_put_key(k->w, "product");
	json_put_open(k->w, '{');
	put_full_name(k, r, it->version);
	json_put_member_span(k->w, "product_id", it->id);
	put_helper(k, r);
	json_put_close(k->w, '}');
}

static void
open_branch(struct csaf_work *k)
{
	json_put_open(k->w, '{');
	json_put_key(k->w, "branches");
	json_put_open(k->w, '[');
}

static void
close_branch(struct csaf_work *k, const char *category, struct span name)
{
	json_put_close(k->w, ']');
	json_put_member_str(k->w, "category", category);
	json_put_member_span(k->w, "name", name);
	json_put_close(k->w, '}');
}

static void
put_leaf(struct csaf_work *k, const struct csaf_row *r,
    const struct csaf_item *it, const char *category, struct span name)
{
	json_put_open(k->w, '{');
	json_put_member_str(k->w, "category", category);
	json_put_member_span(k->w, "name", name);
	put_product(k, r, it);
	json_put_close(k->w, '}');
}

static void
put_versions(struct csaf_work *k, const struct csaf_row *r, bool with_version)
{
	struct span name = csaf_out_str(k, r->at, "name");

	for (size_t i = r->first; i < r->first + r->items; i++) {
		const struct csaf_item *it = &k->item[i];

		if (it->same != i || (it->version.n != 0) != with_version)
			continue;
		put_leaf(k, r, it, !with_version ? "product_name" :
		    csaf_is_range(it->version) ? "product_version_range" :
		    "product_version", with_version ? it->version : name);
	}
}

static void
put_row(struct csaf_work *k, struct csaf_row *r)
{
	struct span family = csaf_out_str(k, r->at, "family");
	bool versions = false;

	r->is_written = true;
	for (size_t i = r->first; i < r->first + r->items; i++)
		versions = versions || (k->item[i].same == i &&
		    k->item[i].version.n != 0);
	if (family.n != 0)
		open_branch(k);
	if (versions) {
		open_branch(k);
		put_versions(k, r, true);
		close_branch(k, "product_name",
		    csaf_out_str(k, r->at, "name"));
	}
	put_versions(k, r, false);
	if (family.n != 0)
		close_branch(k, "product_family", family);
}

static void
put_vendor(struct csaf_work *k, size_t from)
{
	struct span vendor = csaf_out_str(k, k->row[from].at, "vendor");

	if (vendor.n != 0)
		open_branch(k);
	for (size_t i = from; i < k->rows; i++) {
		struct csaf_row *r = &k->row[i];

		if (!r->is_written && r->own != 0 && span_is_equal(vendor,
		    csaf_out_str(k, r->at, "vendor")))
			put_row(k, r);
	}
	if (vendor.n != 0)
		close_branch(k, "vendor", vendor);
}

void
csaf_out_tree(struct csaf_work *k)
{
	if (k->items == 0)
		return;
	json_put_key(k->w, "product_tree");
	json_put_open(k->w, '{');
	json_put_key(k->w, "branches");
	json_put_open(k->w, '[');
	for (size_t i = 0; i < k->rows; i++)
		if (!k->row[i].is_written && k->row[i].own != 0)
			put_vendor(k, i);
	json_put_close(k->w, ']');
	json_put_close(k->w, '}');
}
