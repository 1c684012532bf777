/* SPDX-License-Identifier: Apache-2.0
 *
 * The vulnerabilities of a notice: which products each concerns, how bad it
 * is, what is known and what to do. The notice says most of this once for
 * all; here it is said again of each.
 */
#include "gateways/csaf_inside.h"
#include "gateways/csaf_out_inside.h"
#include "gateways/cvss.h"

#include "base/instant.h"

enum { NONE = CSAF_NOT_STATED }; /* of an item: nothing is said */

static bool
concerns(const struct csaf_work *k, const struct csaf_row *r,
    const struct csaf_vulnerability *v)
{
	struct json_val list = json_get(r->at, "cve");
	struct span s;

	if (json_count(list) == 0)
		return true;
	CSAF_EACH(c, list)
		if (json_text(c, k->a, &s) == ERR_NONE && s.n != 0 &&
		    span_is_equal(s, v->cve))
			return true;
	return false;
}

/* The first that is said of a product counts: two would contradict. Returns
 * whether anything is said of any. */
static bool
judge_items(struct csaf_work *k, const struct csaf_vulnerability *v)
{
	bool any = false;

	memset(k->standing, NONE, k->items);
	for (size_t i = 0; i < k->rows; i++) {
		const struct csaf_row *r = &k->row[i];

		if (r->standing == CSAF_NOT_STATED || !concerns(k, r, v))
			continue;
		for (size_t j = r->first; j < r->first + r->items; j++) {
			unsigned char *to = &k->standing[k->item[j].same];

			if (*to == NONE)
				*to = (unsigned char)r->standing;
			any = true;
		}
	}
	return any;
}

bool
csaf_out_is_stated(struct csaf_work *k)
{
	for (size_t i = 0; i < k->vulnerabilities; i++)
		if (!judge_items(k, &k->vulnerability[i]))
			return false;
	return true;
}

static void
put_status(struct csaf_work *k)
{
	static const struct {
		const char *key;
		enum csaf_standing standing;
	} order[] = { { "fixed", CSAF_FIXED },
		{ "known_affected", CSAF_AFFECTED },
		{ "known_not_affected", CSAF_NOT_AFFECTED },
		{ "under_investigation", CSAF_INVESTIGATED } };

	json_put_key(k->w, "product_status");
	json_put_open(k->w, '{');
	for (size_t s = 0; s < 4; s++) {
		bool any = false;

		for (size_t i = 0; i < k->items; i++) {
			if (k->item[i].same != i ||
			    k->standing[i] != order[s].standing)
				continue;
			if (!any) {
				json_put_key(k->w, order[s].key);
				json_put_open(k->w, '[');
			}
			any = true;
			json_put_span(k->w, k->item[i].id);
		}
		if (any)
			json_put_close(k->w, ']');
	}
	json_put_close(k->w, '}');
}

/* --- lists of products --- */

struct chosen {
	bool *is;
	size_t n;
};

/* Those of `list` of which this vulnerability speaks, or of which nothing is
 * said at all; those that fit it best, if there is no list. */
static struct chosen
choose(struct csaf_work *k, struct json_val list, bool affected_first)
{
	struct chosen c = { .is = arena_alloc(k->a, k->items + 1) };
	struct span id;

	CSAF_EACH(p, list) {
		long at = json_text(p, k->a, &id) == ERR_NONE ?
		    csaf_out_find(k, id) : -1;

		if (at >= 0)
			c.is[k->item[at].same] = true;
	}
	for (int pass = affected_first ? 0 : 1; pass < 2 &&
	    json_count(list) == 0 && c.n == 0; pass++)
		for (size_t i = 0; i < k->items; i++) {
			c.is[i] = k->item[i].same == i &&
			    k->standing[i] != NONE && (pass == 1 ||
			    k->standing[i] == CSAF_AFFECTED);
			c.n += c.is[i];
		}
	c.n = 0;
	for (size_t i = 0; i < k->items; i++)
		c.n += c.is[i];
	return c;
}

static bool
is_of(const struct csaf_work *k, const struct chosen *c)
{
	for (size_t i = 0; i < k->items; i++)
		if (c->is[i] && k->standing[i] != NONE)
			return true;
	return false;
}

static void
put_products(struct csaf_work *k, const char *key, const struct chosen *c)
{
	json_put_key(k->w, key);
	json_put_open(k->w, '[');
	for (size_t i = 0; i < k->items; i++)
		if (c->is[i])
			json_put_span(k->w, k->item[i].id);
	json_put_close(k->w, ']');
}

/* An array that is begun with its first item. */
static void
open_once(struct csaf_work *k, const char *key, bool *is_open)
{
	if (*is_open)
		return;
	json_put_key(k->w, key);
	json_put_open(k->w, '[');
	*is_open = true;
}

static void
close_if(struct csaf_work *k, bool is_open)
{
	if (is_open)
		json_put_close(k->w, ']');
}

/* Does what has this CVE, or none, belong here? */
static bool
belongs(const struct csaf_work *k, struct json_val at,
    const struct csaf_vulnerability *v)
{
	struct span cve = csaf_out_str(k, at, "cve");

	if (cve.n != 0)
		return span_is_equal(cve, v->cve);
	return k->vulnerabilities == 1 || v->cve.n == 0;
}

/* --- parts --- */

static void
put_remediation(struct csaf_work *k, struct json_val r,
    const struct chosen *c)
{
	struct span kind = csaf_out_str(k, r, "kind"),
	    restart = csaf_out_str(k, r, "restart");

	json_put_open(k->w, '{');
	json_put_member_span(k->w, "category", span_is_str(kind, "fix") ?
	    span_str("vendor_fix") : kind);
	csaf_out_date(k, "date", json_get(r, "date"));
	json_put_member_span(k->w, "details",
	    csaf_out_text(k, json_get(r, "text")));
	put_products(k, "product_ids", c);
	if (restart.n != 0) {
		json_put_key(k->w, "restart_required");
		json_put_open(k->w, '{');
		json_put_member_span(k->w, "category", restart);
		json_put_close(k->w, '}');
	}
	csaf_out_url(k, "url", csaf_out_str(k, r, "url"));
	json_put_close(k->w, '}');
}

static void
put_remediations(struct csaf_work *k, bool is_first)
{
	bool open = false;

	CSAF_EACH(r, json_get(k->n->body, "remediations")) {
		struct chosen c = choose(k, json_get(r, "products"), true);

		/* what no vulnerability speaks of stands with the first */
		if (c.n == 0 || (!is_of(k, &c) && !is_first) ||
		    csaf_out_text(k, json_get(r, "text")).n == 0)
			continue;
		open_once(k, "remediations", &open);
		put_remediation(k, r, &c);
	}
	close_if(k, open);
}

static void
put_cvss(struct csaf_work *k, struct span vector, const struct cvss *c)
{
	static const char *const versions[] = { [CVSS_2_0] = "2.0",
		[CVSS_3_0] = "3.0", [CVSS_3_1] = "3.1" };
	int tenths = cvss_base(c);

	json_put_key(k->w, c->version == CVSS_2_0 ? "cvss_v2" : "cvss_v3");
	json_put_open(k->w, '{');
	json_put_key(k->w, "baseScore");
	json_put_double(k->w, tenths / 10.0);
	if (c->version != CVSS_2_0)
		json_put_member_str(k->w, "baseSeverity",
		    cvss_severity(tenths));
	json_put_member_span(k->w, "vectorString", vector);
	json_put_member_str(k->w, "version", versions[c->version]);
	json_put_close(k->w, '}');
}

static void
put_scores(struct csaf_work *k, const struct csaf_vulnerability *v)
{
	/* a product has one score of each version */
	unsigned char *scored = arena_alloc(k->a, k->items + 1);
	bool open = false;

	CSAF_EACH(s, json_get(k->n->body, "cvss")) {
		struct span vector = csaf_out_str(k, s, "vector");
		struct chosen c;
		struct cvss cvss;

		if (!belongs(k, s, v) || cvss_parse(vector, &cvss) != ERR_NONE)
			continue;
		c = choose(k, json_get(s, "products"), true);
		for (size_t i = 0; i < k->items; i++) {
			if (c.is[i] && (scored[i] >> cvss.version & 1) != 0) {
				c.is[i] = false;
				c.n--;
			}
			if (c.is[i])
				scored[i] |= (unsigned char)(1U <<
				    cvss.version);
		}
		if (c.n == 0)
			continue;
		open_once(k, "scores", &open);
		json_put_open(k->w, '{');
		put_cvss(k, vector, &cvss);
		put_products(k, "products", &c);
		json_put_close(k->w, '}');
	}
	close_if(k, open);
}

static void
put_threats(struct csaf_work *k, const struct csaf_vulnerability *v)
{
	bool open = false;

	CSAF_EACH(t, json_get(k->n->body, "threats")) {
		struct span text = csaf_out_text(k, json_get(t, "text"));
		struct json_val list = json_get(t, "products");
		struct chosen c;

		if (!belongs(k, t, v) || text.n == 0)
			continue;
		open_once(k, "threats", &open);
		json_put_open(k->w, '{');
		json_put_member_span(k->w, "category",
		    csaf_out_str(k, t, "kind"));
		csaf_out_date(k, "date", json_get(t, "date"));
		json_put_member_span(k->w, "details", text);
		c = choose(k, list, false);
		if (json_count(list) != 0 && c.n != 0)
			put_products(k, "product_ids", &c);
		json_put_close(k->w, '}');
	}
	close_if(k, open);
}

static void
put_weakness(struct csaf_work *k, const struct csaf_vulnerability *v)
{
	struct json_val all = json_get(k->n->body, "cwe");
	struct span id = csaf_out_str(k, v->detail, "cwe");
	const char *name;

	if (id.n == 0 && k->vulnerabilities == 1 && json_count(all) == 1 &&
	    json_text(json_first(all), k->a, &id) != ERR_NONE)
		return;
	name = csaf_weakness(id);
	if (name == NULL)
		return;
	json_put_key(k->w, "cwe");
	json_put_open(k->w, '{');
	json_put_member_span(k->w, "id", id);
	json_put_member_str(k->w, "name", name);
	json_put_close(k->w, '}');
}

static void
put_ids(struct csaf_work *k, const struct csaf_vulnerability *v)
{
	if (v->id.n == 0)
		return;
	json_put_key(k->w, "ids");
	json_put_open(k->w, '[');
	json_put_open(k->w, '{');
	json_put_member_span(k->w, "system_name", v->issuer);
	json_put_member_span(k->w, "text", v->id);
	json_put_close(k->w, '}');
	json_put_close(k->w, ']');
}

/* Each must have a note. */
static void
put_note(struct csaf_work *k, const struct csaf_vulnerability *v)
{
	struct span text = csaf_out_text(k, json_get(v->detail, "text"));

	if (text.n == 0)
		text = csaf_out_text(k, json_get(v->detail, "title"));
	if (text.n == 0)
		text = csaf_out_text(k, json_get(k->n->body, "title"));
	json_put_key(k->w, "notes");
	json_put_open(k->w, '[');
	csaf_out_note(k, "description", text, NULL);
	json_put_close(k->w, ']');
}

static void
put_vulnerability(struct csaf_work *k, size_t i)
{
	const struct csaf_vulnerability *v = &k->vulnerability[i];
	bool stated = judge_items(k, v);

	json_put_open(k->w, '{');
	csaf_out_put(k, "cve", v->cve);
	put_weakness(k, v);
	csaf_out_date(k, "discovery_date", json_get(v->detail, "discovered"));
	put_ids(k, v);
	put_note(k, v);
	if (stated)
		put_status(k);
	csaf_out_date(k, "release_date", json_get(v->detail, "released"));
	put_remediations(k, i == 0);
	put_scores(k, v);
	put_threats(k, v);
	csaf_out_put(k, "title", csaf_out_text(k, json_get(v->detail,
	    "title")));
	json_put_close(k->w, '}');
}

void
csaf_out_vulnerabilities(struct csaf_work *k)
{
	if (k->vulnerabilities == 0)
		return;
	json_put_key(k->w, "vulnerabilities");
	json_put_open(k->w, '[');
	for (size_t i = 0; i < k->vulnerabilities; i++)
		put_vulnerability(k, i);
	json_put_close(k->w, ']');
}
