/* SPDX-License-Identifier: Apache-2.0
 *
 * Step 17 of the validation order: what an entry carries. Whether it is what
 * its origin signed and once logged is the carrier's fault if not, and sets
 * the carrier aside; whether it may be passed on so is judged by the label,
 * and a breach is shown with the entry and told, naming who passed it on.
 */
#include "peer/carrying.h"

#include "base/limits.h"
#include "ledger/leaf.h"
#include "peer/bodies.h"
#include "peer/erasure.h"
#include "peer/ids.h"
#include "peer/rejudge.h"
#include "record/carried.h"
#include "record/handling.h"

#include <stdio.h>

const char carrying_no_key[] =
    "what it carries was signed by a key that was not in force";

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

/* The record at the stated place commits to it, if that record is here; if it
 * is not, that is looked at when it comes. */
static bool
check_place(struct look *x, const struct carrying_place *place,
    const struct digest *of, const struct entry *e, const char *what)
{
	const struct hub_log *log = hub_find_log(x->h, place->log);
	struct leaf leaf;

	if (log == x->log && place->index >= x->index)
		return bad(x, what, "is not before the entry itself");
	if (place->is_early ||
	    bodies_find_leaf(x->h, log, place->index, &leaf) != ERR_NONE)
		return true;
	if (!digest_is_equal(&leaf.entry, of) || leaf.sealed != e->sealed)
		return bad(x, what, "is the place of another entry");
	return true;
}

static void
note_place(struct look *x, struct span origin, uint64_t index)
{
	const struct hub_log *log = hub_find_log(x->h, origin);

	x->out->place[x->out->place_n++] = (struct carrying_place){ origin,
		index, log == NULL || index >= log->tree.size };
}

/* All are noted, whatever the first is: each is looked at again. */
static bool
check_places(struct look *x)
{
	const struct carried *c = &x->c;
	struct digest consent = hash_sha256(c->consent_jws.text);

	note_place(x, c->log, c->index);
	if (c->has_consent)
		note_place(x, c->consent.log, c->consent_index);
	return check_place(x, &x->out->place[0], &c->of, &c->entry, "index") &&
	    (!c->has_consent || check_place(x, &x->out->place[1], &consent,
				    &c->consent, "consent_index"));
}

/* By a key that was in force there. A revoked one leaves void what carries it
 * too; that may change with the keyset, and it is judged again then. */
static bool
check_signature(struct look *x, const struct jws *jws, const struct entry *e,
    uint64_t index, const char *what)
{
	enum key_state state;
	enum err err = carried_verify(x->h->parts.registry, jws, e->iss,
	    e->log, index, &state);

	if (err == ERR_KEY) {
		snprintf(x->out->why, sizeof x->out->why, "%s", carrying_no_key);
		return false;
	}
	if (err != ERR_NONE)
		return bad(x, what, "is not signed by its origin");
	if (state == KEY_VOID) {
		x->out->is_void = true;
		snprintf(x->out->why, sizeof x->out->why,
		    "what it carries was signed by a revoked key");
	}
	return true;
}

/* All of them, before anything is made of their keys: what is forged is not
 * void. */
static bool
check_signatures(struct look *x)
{
	const struct carried *c = &x->c;

	return check_signature(x, &c->jws, &c->entry, c->index, "jws") &&
	    (!c->has_consent || check_signature(x, &c->consent_jws,
				    &c->consent, c->consent_index, "consent"));
}

/* Without a key nobody has the name by it. */
static void
give_up_name(struct look *x)
{
	const struct hub_log *log = hub_find_log(x->h, x->c.log);

	if (log != NULL)
		ids_give_up(x->h, log, x->c.index, &x->c.entry);
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
	if (!check_places(&x))
		return false;
	if (!check_signatures(&x) || out->is_void) {
		give_up_name(&x);
		return false;
	}
	if (!check_name(&x))
		return false;
	out->urgent = x.c.kind != NULL && x.c.kind->notice &&
	    json_u64(json_get(x.c.body, "level"), &level) == ERR_NONE &&
	    level >= 4;
	out->is_erased = erasure_covers(h, &x.c, &out->by);
	if (k->carries == CARRIES_RESHARE)
		judge_handling(&x);
	return true;
}

/* What is released is of a log of our own, and judged again with it. */
void
carrying_stage(struct hub *h, const struct kind *k, struct span body,
    uint64_t index)
{
	struct json doc;
	struct span log;

	if (k != NULL && k->carries == CARRIES_RESHARE &&
	    json_parse_arena(body, LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS,
		&h->turn, &doc, NULL) == ERR_NONE &&
	    json_text(json_get(json_root(&doc), "log"), &h->turn, &log) ==
		ERR_NONE)
		rejudge_with(h, hub_own(h), index, log);
}
