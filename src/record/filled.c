/* SPDX-License-Identifier: Apache-2.0
 *
 * Forms that were filled in by a browser.
 */
#include "record/filled.h"

#include "base/limits.h"

enum { TOKENS = 64, MEMBERS = 14, PRODUCT = 7 };

static const struct {
	const char *name;
	size_t most;
	bool must;
} members[MEMBERS] = { { "topic", FILLED_TOPIC, true },
	{ "what", LIMIT_REPORT_TEXT, true },
	{ "ongoing", FILLED_SHORT, false }, { "when", FILLED_SHORT, false },
	{ "contact", FILLED_SHORT, false }, { "share", FILLED_TOPIC, false },
	{ "named", FILLED_TOPIC, false },
	[PRODUCT] = { "product", FILLED_SHORT, false },
	{ "vendor", FILLED_SHORT, false }, { "version", FILLED_SHORT, false },
	{ "exploited", FILLED_SHORT, false },
	{ "informed", FILLED_SHORT, false },
	{ "publish", FILLED_SHORT, false }, { "credit", FILLED_SHORT, false } };

static bool
has_controls(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < ' ' && s.p[i] != '\n' && s.p[i] != '\t') ||
		    s.p[i] == 0x7f)
			return true;
	return false;
}

static enum err
take(struct json_val root, size_t k, struct arena *a, struct span *out,
    struct fault *f)
{
	const char *name = members[k].name;
	struct json_val v = json_get(root, name);

	if (v.type == JSON_ABSENT && !members[k].must)
		return ERR_NONE;
	if (json_text(v, a, out) != ERR_NONE)
		return fault_at(f, ERR_SCHEMA, 0, name, "a text belongs here");
	if (out->n > members[k].most)
		return fault_at(f, ERR_LIMIT, json_at(v), name, "is too long");
	if (has_controls(*out))
		return fault_at(f, ERR_SCHEMA, json_at(v), name,
		    "has characters that are none of a text");
	if (out->n == 0 && members[k].must)
		return fault_at(f, ERR_SCHEMA, json_at(v), name,
		    "may not be empty");
	return ERR_NONE;
}

enum err
filled_parse(struct span in, struct arena *a, struct filled *out,
    struct fault *f)
{
	struct span got[MEMBERS] = { { 0 } };
	struct json doc;
	struct json_val root;
	size_t known = 0;
	enum err e = json_parse_arena(in, 1, TOKENS, a, &doc, f);

	if (e != ERR_NONE)
		return e;
	root = json_root(&doc);
	if (root.type != JSON_OBJECT)
		return fault_at(f, ERR_SCHEMA, 0, "form", "is no object");
	for (size_t k = 0; e == ERR_NONE && k < MEMBERS; k++) {
		known += json_get(root, members[k].name).type != JSON_ABSENT;
		e = take(root, k, a, &got[k], f);
	}
	if (e != ERR_NONE)
		return e;
	if (known != json_count(root))
		return fault_at(f, ERR_SCHEMA, 0, "form",
		    "has a member that is none of the form");
	if (got[5].n != 0 && !span_is_str(got[5], "network"))
		return fault_at(f, ERR_SCHEMA, 0, "share",
		    "is \"network\" or empty");
	if (got[6].n != 0 && !span_is_str(got[6], "yes"))
		return fault_at(f, ERR_SCHEMA, 0, "named",
		    "is \"yes\" or empty");
	for (size_t k = 1; k < FILLED_WEAKNESS && got[PRODUCT].n == 0; k++)
		if (got[PRODUCT + k].n != 0)
			return fault_at(f, ERR_SCHEMA, 0, "product",
			    "may not be empty where more is said of it");
	*out = (struct filled){ got[0], got[1], got[2], got[3], got[4],
		got[5], got[6], { { 0 } } };
	memcpy(out->weakness, got + PRODUCT, sizeof out->weakness);
	return ERR_NONE;
}

const char *
filled_consent(struct span share, struct span named)
{
	if (span_is_str(named, "yes"))
		return "contact";
	return span_is_str(share, "network") ? "text" : "none";
}

void
filled_write(const struct filled *x, struct json_out *w)
{
	const struct span all[] = { x->what, x->ongoing, x->when, x->contact,
		x->share };

	json_put_open(w, '{');
	for (size_t k = 0; k < sizeof all / sizeof *all; k++)
		if (all[k].n != 0)
			json_put_member_span(w, members[k + 1].name, all[k]);
	for (size_t k = 0; k < FILLED_WEAKNESS; k++)
		if (x->weakness[k].n != 0)
			json_put_member_span(w, members[PRODUCT + k].name,
			    x->weakness[k]);
	json_put_close(w, '}');
}
