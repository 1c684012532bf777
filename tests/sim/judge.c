/* SPDX-License-Identifier: Apache-2.0
 *
 * The invariants. They are judged by what leaves a node and by what a node
 * finds on its disk after a crash, from outside the hub.
 *
 *  I1  no two checkpoints of one origin are inconsistent
 *  I2  a released checkpoint is covered by durable records, bodies, fence and
 *      sentinel
 *  I3  cosigned sizes never decrease; durable before they are sent
 *  I4  what is receipted is durable at the receiver
 *  I5  what is current is complete
 *  I6  records never change
 *  I7  no container goes to a team outside its audience
 *  I8  which revision is the newest does not depend on the order of arrival
 *  I9  which entries are void depends on documents and contents alone
 *  I10 no register counts without its thresholds, and versions never decrease
 *  I11 a bad body never blocks later ones
 *  I12 with fair links every entry reaches every live recipient
 *  I13 a split view between two linked honest nodes is found within two
 *      exchanges of heads
 *  I14 nothing under embargo leaves before its time: judge_embargo is asked
 *      for each body that leaves
 *
 * What everybody shows is in views.c (I8, I9, I10, I13).
 */
#include "sim.h"

#include "base/limits.h"
#include "base/mem.h"
#include "crypto/jws.h"
#include "ledger/checkpoint.h"
#include "record/entry.h"
#include "record/receipt.h"

#include <stdio.h>
#include <stdlib.h>

void
judge_release(struct sim_node *n)
{
	while (n->event != NULL) {
		struct sim_event *e = n->event;

		n->event = e->next;
		free(e);
	}
	free(n->leaf);
	free(n->root);
	for (unsigned i = 0; i < SIM_NODES; i++) {
		ranges_release(&n->receipted[i]);
		ranges_release(&n->accepted[i]);
	}
}

static struct sim_node *
origin_of(struct sim *s, struct span origin)
{
	for (unsigned i = 0; i < s->n; i++)
		if (span_is_str(origin, s->node[i].origin))
			return &s->node[i];
	return NULL;
}

/* I6: the record at each index is the one first seen by anybody. */
static void
see_record(struct sim_node *o, uint64_t index, struct span record)
{
	struct digest leaf = leaf_hash(record);

	if (o->forked)
		return; /* it lies: what the others make of it is judged */

	if (index == o->leaf_n) {
		o->leaf = mem_grow(o->leaf, (o->leaf_n + 1) * sizeof *o->leaf);
		o->leaf[o->leaf_n++] = leaf;
	} else if (index > o->leaf_n ||
	    !digest_is_equal(&o->leaf[index], &leaf)) {
		sim_fail(o->sim, "I6: record %llu of %s changed",
		    (unsigned long long)index, o->team);
	}
}

/* I1: one root a size, and it is that of the records seen. */
static void
see_checkpoint(struct sim_node *o, const struct checkpoint *c)
{
	struct tree t = { 0 };
	struct digest root;

	if (o->forked)
		return;
	if (c->size > o->leaf_n) {
		sim_fail(o->sim, "I2: %s shows a checkpoint for %llu records "
		    "but has shown %zu", o->team, (unsigned long long)c->size,
		    o->leaf_n);
		return;
	}
	for (uint64_t i = 0; i < c->size; i++)
		tree_append(&t, &o->leaf[i], NULL);
	root = tree_root(&t);
	if (!digest_is_equal(&root, &c->root))
		sim_fail(o->sim, "I1: %s signed another history at size %llu",
		    o->team, (unsigned long long)c->size);
}

/* I2: what a node shows of its own log its sentinel covers. */
static void
see_sentinel(struct sim_node *o, const struct checkpoint *c)
{
	struct sentinel_state s;

	if (o->restored)
		return; /* the scenario judges */
	if (sentinel_read(o->sentinel, &s) != ERR_NONE || s.size < c->size)
		sim_fail(o->sim, "I2: %s shows a checkpoint for %llu records "
		    "that its sentinel does not cover", o->team,
		    (unsigned long long)c->size);
}

static void
judge_push(struct sim_node *from, struct span payload)
{
	struct sim *s = from->sim;
	struct checkpoint c;
	struct sim_node *o;
	struct wire_push m;
	struct reader r;

	if (wire_parse_push(payload, &m) != ERR_NONE ||
	    checkpoint_read(m.note, &c, NULL) != ERR_NONE ||
	    (o = origin_of(s, m.origin)) == NULL) {
		sim_fail(s, "%s sends a PUSH that cannot be read", from->team);
		return;
	}
	reader_init(&r, m.records);
	for (uint64_t i = 0; i < m.count; i++)
		see_record(o, m.first + i, reader_span8(&r, UINT8_MAX));
	if (m.count != 0 || c.size <= o->leaf_n)
		see_checkpoint(o, &c);
	if (from != o)
		return;
	see_sentinel(o, &c);
	if (c.size > o->released)
		o->released = c.size;
}

static void
judge_cosignature(struct sim_node *from, struct span payload)
{
	struct sim *s = from->sim;
	struct sim_node *o;
	struct wire_beat m;

	if (wire_parse_beat(payload, false, &m) != ERR_NONE ||
	    (o = origin_of(s, m.head.origin)) == NULL)
		return;
	if (m.head.size < from->cosigned[o->i])
		sim_fail(s, "I3: %s cosigned %llu of %s after %llu",
		    from->team, (unsigned long long)m.head.size, o->team,
		    (unsigned long long)from->cosigned[o->i]);
	from->cosigned[o->i] = m.head.size;
	see_checkpoint(o, &(struct checkpoint){ m.head.origin, m.head.size,
			      m.head.root });
}

/* --- receipts: what was said must be on the disk --- */

static const struct store_log *found_log;

static bool
match_log(void *ctx, const struct store_log *log)
{
	static struct store_log copy;

	if (!span_is_str(log->origin, ctx))
		return true;
	copy = *log;
	found_log = &copy;
	return false;
}

static bool
log_id(struct sim_node *n, char *origin, uint32_t *id)
{
	found_log = NULL;
	if (store_scan_logs(n->store, match_log, origin) != ERR_NONE ||
	    found_log == NULL)
		return false;
	*id = found_log->id;
	return true;
}

static bool
holds(struct sim_node *n, struct sim_node *o, uint64_t index)
{
	struct arena a = { 0 };
	struct store_body body;
	uint32_t id;
	bool held = log_id(n, o->origin, &id) &&
	    store_get_body(n->store, id, index, &a, &body) == ERR_NONE;

	arena_release(&a);
	return held;
}

static void
judge_receipt(struct sim_node *from, struct span payload)
{
	struct sim *s = from->sim;
	struct receipt r = { 0 };
	struct arena a = { 0 };
	struct wire_receipt m;
	struct sim_node *o;
	struct jws jws;

	if (wire_parse_receipt(payload, &m) != ERR_NONE ||
	    jws_parse(m.jws, RECEIPT_TYP, &a, &jws, NULL) != ERR_NONE ||
	    receipt_parse(jws.payload, &a, &r, NULL) != ERR_NONE ||
	    (o = origin_of(s, r.log)) == NULL) {
		sim_fail(s, "%s sends a receipt that cannot be read",
		    from->team);
		arena_release(&a);
		return;
	}
	ranges_add_all(&from->receipted[o->i], &r.held);
	for (size_t i = 0; i < o->entry_n; i++) {
		const struct sim_entry *e = &o->entry[i];

		if (!o->forked && e->index < r.size &&
		    e->readers == (((1u << s->n) - 1) & ~(1u << o->i)) &&
		    !ranges_has(&r.missing, e->index) &&
		    (e->readers & 1u << from->i) != 0 && e->digest.b[0] != 0 &&
		    ranges_has(&from->accepted[o->i], e->index))
			ranges_add(&from->receipted[o->i], e->index, e->index);
	}
	for (size_t i = 0; i < r.held.n; i++)
		for (uint64_t x = r.held.v[i].first; x <= r.held.v[i].last; x++)
			if (!holds(from, o, x))
				sim_fail(s, "I4: %s receipts %llu of %s, which "
				    "it does not hold", from->team,
				    (unsigned long long)x, o->team);
	receipt_release(&r);
	arena_release(&a);
}

/* I7, as far as it concerns this program: a container goes to its readers. */
static void
judge_body(struct sim_node *from, struct sim_node *to, struct span payload)
{
	struct sim *s = from->sim;
	struct sim_node *o;
	struct wire_body m;

	if (wire_parse_body(payload, true, &m) != ERR_NONE ||
	    (o = origin_of(s, m.origin)) == NULL) {
		sim_fail(s, "%s sends a BODY that cannot be read", from->team);
		return;
	}
	for (size_t i = 0; i < o->entry_n && !o->forked; i++)
		if (o->entry[i].index == m.index && o != to &&
		    (o->entry[i].readers & 1u << to->i) == 0)
			sim_fail(s, "I7: %s sends body %llu of %s to %s, who "
			    "is no reader", from->team,
			    (unsigned long long)m.index, o->team, to->team);
}

void
judge_sent(struct sim_node *from, struct sim_node *to, uint8_t type,
    struct span payload)
{
	switch (type) {
	case WIRE_PUSH:
		judge_push(from, payload);
		break;
	case WIRE_COSIGNATURE:
		judge_cosignature(from, payload);
		break;
	case WIRE_RECEIPT:
		judge_receipt(from, payload);
		break;
	case WIRE_BODY:
		judge_body(from, to, payload);
		break;
	default:
		break;
	}
}

/* --- after a crash --- */

/* I2: what was let go has its fence and its checkpoint. */
static void
judge_released(struct sim_node *n)
{
	struct hub_log_info own = hub_log(n->hub, 0);
	struct arena a = { 0 };
	struct store_head head;
	struct checkpoint c;

	if (own.size < n->released)
		sim_fail(n->sim, "I2: %s released %llu records and has %llu",
		    n->team, (unsigned long long)n->released,
		    (unsigned long long)own.size);
	if (n->released != 0 &&
	    (store_get_head(n->store, own.id, &a, &head) != ERR_NONE ||
		head.cosigned_size < n->released))
		sim_fail(n->sim, "I2: %s released %llu records beyond its "
		    "fence", n->team, (unsigned long long)n->released);
	if (n->released != 0 && (checkpoint_read(own.checkpoint, &c, NULL) !=
		ERR_NONE || c.size < n->released))
		sim_fail(n->sim, "I2: %s released a checkpoint for %llu "
		    "records and does not have it", n->team,
		    (unsigned long long)n->released);
	arena_release(&a);
}

void
judge_boot(struct sim_node *n)
{
	const struct start *start = hub_start(n->hub);
	struct hub_log_info own = hub_log(n->hub, 0);
	struct sim *s = n->sim;

	if (n->restored || n->forked || (s->scripted && n->damaged))
		return; /* its promises are off: the scenario judges */
	if (start_is(start, START_RESTORED) || start_is(start, START_HALT))
		sim_fail(s, "%s does not go on after a crash: %s", n->team,
		    start->why);
	judge_released(n);
	for (size_t i = 0; i < n->entry_n; i++)
		if (n->entry[i].index >= own.size ||
		    !holds(n, n, n->entry[i].index))
			sim_fail(s, "%s lost its accepted entry %llu", n->team,
			    (unsigned long long)n->entry[i].index);
	for (unsigned o = 0; o < s->n; o++) {
		const struct ranges *said = &n->receipted[o];

		for (size_t i = 0; i < said->n; i++)
			for (uint64_t x = said->v[i].first;
			     x <= said->v[i].last; x++)
				if (!holds(n, &s->node[o], x))
					sim_fail(s, "I4: %s receipted %llu of "
					    "%s and lost it", n->team,
					    (unsigned long long)x,
					    s->node[o].team);
	}
}

static void
remember(struct sim_node *n, const struct hub_event *e)
{
	struct sim_event *x;

	if (!n->sim->scripted || e->type == HUB_RELEASED ||
	    e->type == HUB_ACCEPTED || e->type == HUB_RECEIPTED)
		return;
	x = mem_alloc(sizeof *x);
	x->type = e->type;
	x->at_ms = n->sim->now.mono.ms;
	snprintf(x->text, sizeof x->text, "%.*s %s: %s", SPAN_FMT(e->team),
	    err_token(e->err), e->text);
	*n->event_tail = x;
	n->event_tail = &x->next;
}

static void
note_time(struct sim_node *n, struct sim_node *o, uint64_t index)
{
	for (size_t i = o->entry_n; i-- > 0;)
		if (o->entry[i].index == index &&
		    o->entry[i].held_ms[n->i] == 0)
			o->entry[i].held_ms[n->i] = n->sim->now.mono.ms;
}

void
judge_event(struct sim_node *n, const struct hub_event *e)
{
	struct sim_node *o = origin_of(n->sim, e->origin);

	if (n->sim->verbose)
		printf("# %9lld %s event %d team %.*s origin %.*s %llu %s: "
		       "%s\n", (long long)n->sim->now.mono.ms, n->team,
		    (int)e->type, SPAN_FMT(e->team), SPAN_FMT(e->origin),
		    (unsigned long long)e->index, err_token(e->err), e->text);
	if (sim_is_dead(n))
		return; /* the power is gone: nobody hears it */
	remember(n, e);
	if (e->type == HUB_DOCUMENT)
		views_document(n);
	if (e->type == HUB_ALARM && !n->sim->scripted)
		sim_fail(n->sim, "%s raises an alarm: %s", n->team, e->text);
	if (o == NULL || (e->type != HUB_ACCEPTED &&
			     e->type != HUB_QUARANTINED))
		return;
	if (e->type == HUB_ACCEPTED)
		note_time(n, o, e->index);
	if (ranges_has(&n->accepted[o->i], e->index) && !n->damaged &&
	    !o->forked)
		sim_fail(n->sim, "%s accepted entry %llu of %s twice", n->team,
		    (unsigned long long)e->index, o->team);
	ranges_add(&n->accepted[o->i], e->index, e->index);
}

/* --- at the end: everybody has everything, as it was --- */

static void
judge_held(struct sim_node *n, struct sim_node *o, const struct sim_entry *e)
{
	struct sim *s = n->sim;
	struct arena a = { 0 };
	struct store_body body;
	struct span jws;
	struct digest d;
	uint32_t id;

	if (!log_id(n, o->origin, &id) ||
	    hub_read_entry(n->hub, id, e->index, &a, &body, &jws) !=
		ERR_NONE) {
		sim_fail(s, "I12: %s lacks entry %llu of %s", n->team,
		    (unsigned long long)e->index, o->team);
		arena_release(&a);
		return;
	}
	d = hash_sha256(jws);
	if (!digest_is_equal(&d, &e->digest))
		sim_fail(s, "%s holds another text of entry %llu of %s",
		    n->team, (unsigned long long)e->index, o->team);
	if ((body.state == STORE_BODY_QUARANTINED) != e->spoiled)
		sim_fail(s, "I11: entry %llu of %s is in state %d at %s: %.*s",
		    (unsigned long long)e->index, o->team, (int)body.state,
		    n->team, SPAN_FMT(body.meta));
	if (!hub_is_delivered(o->hub, span_str(n->team), e->index))
		sim_fail(s, "%s has no receipt of %s for entry %llu", o->team,
		    n->team, (unsigned long long)e->index);
	arena_release(&a);
}

void
judge_end(struct sim *s)
{
	views_end(s);
	for (unsigned i = 0; i < s->n; i++) {
		struct sim_node *o = &s->node[i];

		for (size_t k = 0; k < o->entry_n && s->failed == NULL; k++) {
			if (k != 0 && o->entry[k].index <=
				o->entry[k - 1].index)
				sim_fail(s, "%s: entries out of order",
				    o->team);
			for (unsigned r = 0; r < s->n; r++)
				if ((o->entry[k].readers & 1u << r) != 0)
					judge_held(&s->node[r], o,
					    &o->entry[k]);
		}
	}
}
