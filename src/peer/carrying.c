/* SPDX-License-Identifier: Apache-2.0
 *
 * Step 17 of the validation order: what an entry carries. Whether it is what
 * its origin signed and once logged is the carrier's fault if not, and sets
 * the carrier aside; whether it may be passed on so is judged by the label,
 * and a breach is shown with the entry and told, naming who passed it on.
 */
#include "peer/hub_internal.h"

#include "ledger/leaf.h"
#include "record/carried.h"
#include "record/handling.h"

#include <stdio.h>

struct look {
	struct hub *h;
	const struct hub_log *log;
	uint64_t index;
	const struct entry *outer;
	struct carried c;
	struct carrying *out;
};

static bool
bad(struct look *x, const char *what, const char *rule)
{
	snprintf(x->out->why, sizeof x->out->why, "%.40s %.100s", what, rule);
	return false;
}

/* The record at the stated place commits to it, if that record is here. */
static bool
check_place(struct look *x)
{
	const struct hub_log *log = hub_find_log(x->h, x->c.log);
	struct leaf leaf;

	if (log == x->log && x->c.index >= x->index)
		return bad(x, "index", "is not before the entry itself");
	if (log == NULL || x->c.index >= log->tree.size ||
	    bodies_find_leaf(x->h, log, x->c.index, &leaf) != ERR_NONE)
		return true;
	if (!digest_is_equal(&leaf.entry, &x->c.of) ||
	    leaf.sealed != x->c.entry.sealed)
		return bad(x, "index", "is the place of another entry");
	return true;
}

static bool
check_signatures(struct look *x)
{
	const struct carried *c = &x->c;
	const struct registry *r = x->h->parts.registry;

	if (carried_verify(r, &c->jws, c->entry.iss, c->log, c->index) !=
	    ERR_NONE)
		return bad(x, "jws", "is not signed by its origin");
	if (c->has_consent && carried_verify(r, &c->consent_jws,
				  c->consent.iss, c->consent.log,
				  c->consent_index) != ERR_NONE)
		return bad(x, "consent", "is not signed by its origin");
	return true;
}

static bool
check_name(struct look *x)
{
	const struct hub_log *log = hub_find_log(x->h, x->c.log);
	const char *why = log == NULL ? NULL :
	    ids_claim(x->h, log, x->c.index, &x->c.entry, &x->c.of);

	return why == NULL || bad(x, "jws:", why);
}

static void
judge_handling(struct look *x)
{
	const struct carried *c = &x->c;
	const struct kind *k = c->has_consent ?
	    kind_find(x->h->parts.schema, c->consent.kind) : NULL;
	struct handling how = { .of = &c->of, .original = &c->entry,
		.by = x->outer->iss, .open = !x->outer->sealed,
		.to = x->outer->aud, .to_n = x->outer->aud_n };
	struct fault f = { 0 };

	if (k != NULL && k->permits) {
		how.consent = &c->consent;
		how.consent_body = c->consent_body;
	}
	if (tlp_parse(x->outer->tlp, &how.tlp) == ERR_NONE &&
	    handling_check(&how, &x->h->turn, &f) == ERR_NONE)
		return;
	x->out->is_breach = true;
	snprintf(x->out->why, sizeof x->out->why,
	    "%.*s passed on an entry of %.*s: %.100s", SPAN_FMT(how.by),
	    SPAN_FMT(c->entry.iss), f.rule);
}

bool
carrying_check(struct hub *h, const struct hub_log *log, uint64_t index,
    const struct entry *outer, struct json_val body, const struct kind *k,
    struct carrying *out)
{
	struct look x = { h, log, index, outer, .out = out };
	struct fault f = { 0 };
	uint64_t level;

	*out = (struct carrying){ 0 };
	if (carried_parse(outer, body, k->carries, h->parts.schema, &h->turn,
		&x.c, &f) != ERR_NONE)
		return bad(&x, f.field, f.rule);
	if (!check_place(&x) || !check_signatures(&x) || !check_name(&x))
		return false;
	out->urgent = x.c.kind != NULL && x.c.kind->notice &&
	    json_u64(json_get(x.c.body, "level"), &level) == ERR_NONE &&
	    level >= 4;
	out->is_erased = erasure_covers(h, &x.c, &out->by);
	if (k->carries == CARRIES_RESHARE)
		judge_handling(&x);
	return true;
}
