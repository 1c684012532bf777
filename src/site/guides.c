/* SPDX-License-Identifier: Apache-2.0
 *
 * The guides: brought or the team's own.
 */
#include "site/guides.h"

#include "base/limits.h"

#include <stdlib.h>

static const char *const brought[] = { "report", "ransomware", "phishing",
	"account", "down", "small-firms", "schools", "ethics",
	"responsibilities", "disclosure" };

enum { BROUGHT = sizeof brought / sizeof *brought };

const char *
guides_brought(size_t i)
{
	return i < BROUGHT ? brought[i] : NULL;
}

/* It is part of an address. */
static bool
is_name(struct span s)
{
	if (s.n == 0 || s.n > GUIDE_NAME || s.p[0] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || s.p[i] == '-' ||
		    (s.p[i] >= '0' && s.p[i] <= '9')))
			return false;
	return true;
}

static bool
take(struct json_val body, struct guide *out)
{
	struct arena a = { 0 };
	struct span name;
	bool good = json_text(json_get(body, "name"), &a, &name) == ERR_NONE &&
	    is_name(name);

	if (good) {
		*out = (struct guide){ .body = body };
		memcpy(out->name, name.p, name.n);
		if (json_i64(json_get(body, "rank"), &out->rank) != ERR_NONE)
			out->rank = 1000;
	}
	arena_release(&a);
	return good;
}

enum err
guides_open(const struct template_source *from, struct guides *out,
    struct fault *f)
{
	struct guides *g = out;
	enum err e = ERR_NONE;

	*g = (struct guides){ 0 };
	for (size_t i = 0; i < BROUGHT && e == ERR_NONE; i++) {
		struct json *doc = arena_alloc(&g->a, sizeof *doc);
		char path[64];
		struct span text;

		snprintf(path, sizeof path, "guides/%s.json", brought[i]);
		e = from->find(from->ctx, path, &text);
		if (e != ERR_NONE) {
			e = fault_at(f, e, 0, path, "there is no such file");
			break;
		}
		e = json_parse_arena(text, LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS,
		    &g->a, doc, f);
		if (e == ERR_NONE &&
		    take(json_root(doc), &g->first[g->brought]))
			g->brought++;
	}
	if (e != ERR_NONE)
		guides_close(g);
	return e;
}

void
guides_close(struct guides *g)
{
	arena_release(&g->a);
	*g = (struct guides){ 0 };
}

static bool
is_policy(const struct guide *g)
{
	return strcmp(g->name, "disclosure") == 0;
}

static int
by_rank(const void *x, const void *y)
{
	const struct guide *a = x, *b = y;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return strcmp(a->name, b->name);
}

static bool
has(const struct guide *at, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(at[i].name, name) == 0)
			return true;
	return false;
}

void
guides_take(struct guides *g, const struct site_notice *const *notice,
    size_t n, const char *team)
{
	struct guide found[GUIDES_MAX];
	struct guide one;
	size_t k = 0;

	g->has_policy = false;
	for (size_t i = 0; i < n && k < GUIDES_MAX; i++) {
		const struct site_notice *s = notice[i];

		if (!s->kind->guides || s->stand != SITE_STANDS ||
		    !span_is_str(s->iss, team) || !take(s->body, &one) ||
		    has(found, k, one.name))
			continue;
		if (!is_policy(&one)) {
			found[k++] = one;
		} else if (!g->has_policy) {
			g->policy = one;
			g->has_policy = true;
		}
	}
	for (size_t i = 0; i < g->brought && k < GUIDES_MAX; i++)
		if (!has(found, k, g->first[i].name) &&
		    !is_policy(&g->first[i]))
			found[k++] = g->first[i];
	if (k != 0)
		qsort(found, k, sizeof *found, by_rank);
	memcpy(g->at, found, k * sizeof *found);
	g->n = k;
}
