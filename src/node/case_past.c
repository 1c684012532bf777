/* SPDX-License-Identifier: Apache-2.0
 *
 * The states of a case, from the index.
 */
#include "node/case_past.h"

static bool
note_state(void *ctx, const struct index_row *row)
{
	struct case_past *h = ctx;
	struct json *doc = arena_alloc(h->mem, sizeof *doc);
	struct span state;

	if (row->state != STORE_BODY_HELD || h->n == CASE_PAST_MOST ||
	    json_parse_arena(arena_copy(h->mem, row->brief),
		LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, h->mem, doc, NULL) !=
		ERR_NONE)
		return true;
	state = life_state(h->life, json_root(doc), h->mem);
	if (h->n == 0 || !span_is_equal(h->past[h->n - 1].state, state))
		h->past[h->n++] = (struct life_past){ state, row->iat_s };
	return true;
}

struct case_past *
case_past_of(struct service *s, struct arena *a, const struct kind *k,
    const struct index_row *row)
{
	struct case_past *h = arena_alloc(a, sizeof *h);
	const struct index_notice want = { .revision = note_state, .ctx = h };

	h->life = k->life;
	h->mem = a;
	(void)!index_notice(s->index, row, &want, a, NULL);
	return h;
}
