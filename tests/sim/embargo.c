/* SPDX-License-Identifier: Apache-2.0
 *
 * I14: what is under embargo does not leave before its time by the node's own
 * act, whatever becomes of its clock; and the release is an entry like any
 * other, to be delivered and held. Times are those of the simulator, which no
 * node's clock can move.
 */
#include "sim.h"

#include "base/limits.h"
#include "base/mem.h"
#include "crypto/jws.h"
#include "record/carried.h"

void
embargo_note(struct sim_node *n, const struct digest *d, int64_t until_ms)
{
	if (n->embargo_n == SIM_EMBARGOES) {
		sim_fail(n->sim, "too many embargoes for the simulator");
		return;
	}
	n->embargo[n->embargo_n++] = (struct sim_embargo){ *d, until_ms, 0,
		0 };
}

static struct sim_embargo *
find(struct sim_node *n, const struct digest *d)
{
	for (unsigned i = 0; i < n->embargo_n; i++)
		if (digest_is_equal(&n->embargo[i].digest, d))
			return &n->embargo[i];
	return NULL;
}

/* The release stands in the own log: it is owed to its readers. */
static void
add_entry(struct sim_node *n, const struct entry *e, const struct digest *d,
    uint64_t index)
{
	struct sim_entry x = { .index = index, .digest = *d, .urgent = true,
		.released_ms = n->sim->now.mono.ms };

	x.log = judge_log(n->sim, hub_log(n->hub, 0).origin);
	for (unsigned i = 0; i < n->sim->n; i++)
		if (i != n->i && entry_has_reader(e,
				     span_str(n->sim->node[i].team)))
			x.readers |= 1u << i;
	n->entry = mem_grow(n->entry, (n->entry_n + 1) * sizeof *n->entry);
	n->entry[n->entry_n++] = x;
}

static void
judge(struct sim_node *n, const struct carried *c, uint64_t index)
{
	struct sim_embargo *x = find(n, &c->of);
	int64_t now_ms = n->sim->now.wall.ms;

	if (x == NULL) {
		sim_fail(n->sim, "%s released what was not under embargo",
		    n->team);
		return;
	}
	if (now_ms < x->until_ms)
		sim_fail(n->sim, "I14: %s released an embargo %lld s before "
		    "its time", n->team,
		    (long long)(x->until_ms - now_ms) / 1000);
	if (x->released_ms != 0)
		sim_fail(n->sim, "%s released an embargo twice", n->team);
	x->released_ms = now_ms;
	x->index = index;
}

void
embargo_judge(struct sim_node *n, uint64_t index)
{
	struct arena a = { 0 };
	struct store_body stored;
	struct json_val body;
	const struct kind *k;
	struct carried c;
	struct entry e;
	struct span text;
	struct digest d;
	struct jws jws;

	if (hub_read_entry(n->hub, hub_log(n->hub, 0).id, index, &a, &stored,
		&text) != ERR_NONE ||
	    jws_parse(text, ENTRY_TYP, &a, &jws, NULL) != ERR_NONE ||
	    entry_parse(jws.payload, &a, &e, &body, NULL) != ERR_NONE)
		goto out;
	k = kind_find(n->sim->schema, e.kind);
	if (k == NULL || k->carries != CARRIES_RELEASE)
		goto out;
	if (carried_parse(&e, body, k->carries, n->sim->schema, &a, &c,
		NULL) != ERR_NONE) {
		sim_fail(n->sim, "%s released what cannot be read", n->team);
		goto out;
	}
	d = hash_sha256(text);
	add_entry(n, &e, &d, index);
	judge(n, &c, index);
out:
	arena_release(&a);
}
