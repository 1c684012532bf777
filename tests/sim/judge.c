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
 *  I14 nothing under embargo leaves before its time: embargo.c is asked for
 *      each entry that is released
 *
 * What everybody shows is in views.c (I8, I9, I10, I13).
 */
#include "sim.h"

#include "base/limits.h"
#include "base/mem.h"
#include "crypto/jws.h"
#include "ledger/checkpoint.h"
#include "record/entry.h"
#include "record/name.h"
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
}

struct sim_log *
judge_log(struct sim *s, struct span origin)
{
	struct sim_node *owner = sim_find(s, name_log_team(origin));
	struct sim_log *l;

	for (size_t i = 0; i < s->log_n; i++)
		if (span_is_str(origin, s->log[i].origin))
			return &s->log[i];
	if (owner == NULL || s->log_n == SIM_LOGS ||
	    origin.n >= sizeof l->origin)
		return NULL;
	l = &s->log[s->log_n++];
	memcpy(l->origin, origin.p, origin.n);
	l->owner = owner;
	return l;
}

/* I6: the record at each index is the one first seen by anybody. */
static void
see_record(struct sim_log *o, uint64_t index, struct span record)
{
	struct digest leaf = leaf_hash(record);

	if (o->owner->forked)
		return; /* it lies: what the others make of it is judged */

	if (index == o->leaf_n) {
		o->leaf = mem_grow(o->leaf, (o->leaf_n + 1) * sizeof *o->leaf);
		o->leaf[o->leaf_n++] = leaf;
	} else if (index > o->leaf_n ||
	    !digest_is_equal(&o->leaf[index], &leaf)) {
		sim_fail(o->owner->sim, "I6: record %llu of %s changed",
		    (unsigned long long)index, o->origin);
	}
}

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
log_id(struct sim_node *n, const struct sim_log *log, uint32_t *id)
{
	char origin[sizeof log->origin];

	memcpy(origin, log->origin, sizeof origin);
	found_log = NULL;
	if (store_scan_logs(n->store, match_log, origin) != ERR_NONE ||
	    found_log == NULL)
		return false;
	*id = found_log->id;
	return true;
}

static bool
learn_one(void *ctx, uint64_t index, struct span record)
{
	struct sim_log *o = ctx;

	if (index == o->leaf_n)
		see_record(o, index, record);
	return true;
}

/* A checkpoint may be shown before the records under it, which a line still
 * carries; but the origin must hold them. */
static void
learn(struct sim_log *o, uint64_t size)
{
	uint32_t id;

	if (o->owner->hub != NULL && log_id(o->owner, o, &id))
		(void)!store_scan_records(o->owner->store, id, o->leaf_n,
		    size - o->leaf_n, learn_one, o);
}

/* I1: one root a size, and it is that of the records seen. */
static void
see_checkpoint(struct sim_log *o, const struct checkpoint *c)
{
	struct tree old = { 0 };
	struct tree *t = c->size < o->tree.size ? &old : &o->tree;
	struct digest root;

	if (o->owner->forked)
		return;
	if (c->size > o->leaf_n)
		learn(o, c->size);
	if (c->size > o->leaf_n) {
		sim_fail(o->owner->sim, "I2: %s shows a checkpoint for %llu "
		    "records but holds %zu", o->owner->team,
		    (unsigned long long)c->size,
		    o->leaf_n);
		return;
	}
	while (t->size < c->size)
		tree_append(t, &o->leaf[t->size], NULL);
	root = tree_root(t);
	if (!digest_is_equal(&root, &c->root))
		sim_fail(o->owner->sim, "I1: %s signed another history at "
		    "size %llu", o->owner->team, (unsigned long long)c->size);
}

/* I2: what a node shows of its own log its sentinel covers. */
static void
see_sentinel(struct sim_log *o, const struct checkpoint *c)
{
	struct sentinel_state s = { .size = 0 };
	bool read = sentinel_read(o->owner->sentinel, &s) == ERR_NONE;

	if (o->owner->restored &&
	    (!read || strcmp(s.origin, o->origin) != 0))
		return; /* what it signed before: the scenario judges */
	if (!read || s.size < c->size)
		sim_fail(o->owner->sim, "I2: %s shows a checkpoint for %llu "
		    "records that its sentinel does not cover",
		    o->owner->team, (unsigned long long)c->size);
}

static void
judge_push(struct sim_node *from, struct span payload)
{
	struct sim *s = from->sim;
	struct checkpoint c;
	struct sim_log *o;
	struct wire_push m;
	struct reader r;
	bool is_read = wire_parse_push(payload, &m) == ERR_NONE &&
	    checkpoint_read(m.note, &c, NULL) == ERR_NONE;

	if (is_read && sim_find(s, name_log_team(m.origin)) == NULL)
		return; /* of a team that has no node here */
	if (!is_read || (o = judge_log(s, m.origin)) == NULL) {
		sim_fail(s, "%s sends a PUSH that cannot be read", from->team);
		return;
	}
	reader_init(&r, m.records);
	for (uint64_t i = 0; i < m.count; i++)
		see_record(o, m.first + i, reader_span8(&r, UINT8_MAX));
	see_checkpoint(o, &c);
	if (from != o->owner)
		return;
	see_sentinel(o, &c);
	if (c.size > o->released)
		o->released = c.size;
}

/* I3: records and the note of what is cosigned are on its disk. */
static void
see_cosigned(struct sim_node *from, const struct sim_log *o, uint64_t size)
{
	struct arena a = { 0 };
	struct store_head head;
	uint32_t id;

	if (!log_id(from, o, &id) ||
	    store_get_head(from->store, id, &a, &head) != ERR_NONE ||
	    head.size < size || head.cosigned_size < size)
		sim_fail(from->sim, "I3: %s cosigned %llu of %s, which is not "
		    "durable there", from->team, (unsigned long long)size,
		    o->origin);
	arena_release(&a);
}

static void
judge_cosignature(struct sim_node *from, struct span payload)
{
	struct sim *s = from->sim;
	struct sim_log *o;
	struct wire_beat m;

	if (wire_parse_beat(payload, false, &m) != ERR_NONE ||
	    (o = judge_log(s, m.head.origin)) == NULL)
		return;
	if (m.head.size < o->cosigned[from->i])
		sim_fail(s, "I3: %s cosigned %llu of %s after %llu",
		    from->team, (unsigned long long)m.head.size, o->origin,
		    (unsigned long long)o->cosigned[from->i]);
	o->cosigned[from->i] = m.head.size;
	see_cosigned(from, o, m.head.size);
	see_checkpoint(o, &(struct checkpoint){ m.head.origin, m.head.size,
			      m.head.root });
}

/* --- receipts: what was said must be on the disk --- */

/* The state of its body row, -1 if there is none. */
static int
body_state(struct sim_node *n, const struct sim_log *log, uint64_t index)
{
	struct arena a = { 0 };
	struct store_body body;
	uint32_t id;
	int state = log_id(n, log, &id) && store_get_body(n->store, id, index,
	    &a, &body) == ERR_NONE ? (int)body.state : -1;

	arena_release(&a);
	return state;
}

bool
judge_holds(struct sim_node *n, const struct sim_log *log, uint64_t index)
{
	return body_state(n, log, index) != -1;
}

uint64_t
judge_shown(const struct hub_log_info *log)
{
	struct checkpoint c;

	return log->checkpoint.n != 0 &&
	    checkpoint_read(log->checkpoint, &c, NULL) == ERR_NONE ?
	    c.size : 0;
}

/* Can it pass it on? What no checkpoint covers it never showed, and the old
 * log is not signed any more. */
static bool
can_show(struct sim_node *n, const struct sim_entry *e)
{
	for (size_t i = 0; n->hub != NULL && i < hub_log_count(n->hub); i++) {
		struct hub_log_info log = hub_log(n->hub, i);

		if (span_is_str(log.origin, e->log->origin))
			return judge_shown(&log) > e->index;
	}
	return n->hub == NULL;
}

bool
judge_is_lost(struct sim *s, const struct sim_entry *e)
{
	if (!e->log->owner->restored)
		return false;
	/* who sets it aside keeps it, and passes it on to nobody */
	for (unsigned i = 0; i < s->n && !e->spoiled; i++) {
		int state = body_state(&s->node[i], e->log, e->index);

		/* a mark that nobody has it is no copy */
		if (state != -1 && state != STORE_BODY_DAMAGED &&
		    can_show(&s->node[i], e))
			return false;
	}
	return true;
}

static void
judge_receipt(struct sim_node *from, struct span payload)
{
	struct sim *s = from->sim;
	struct receipt r = { 0 };
	struct arena a = { 0 };
	struct wire_receipt m;
	const struct sim_node *owner;
	struct sim_log *o;
	struct jws jws;

	if (wire_parse_receipt(payload, &m) != ERR_NONE ||
	    jws_parse(m.jws, RECEIPT_TYP, &a, &jws, NULL) != ERR_NONE ||
	    receipt_parse(jws.payload, &a, &r, NULL) != ERR_NONE ||
	    (o = judge_log(s, r.log)) == NULL) {
		sim_fail(s, "%s sends a receipt that cannot be read",
		    from->team);
		arena_release(&a);
		return;
	}
	ranges_add_all(&o->receipted[from->i], &r.held);
	owner = o->owner;
	for (size_t i = 0; i < owner->entry_n; i++) {
		const struct sim_entry *e = &owner->entry[i];

		if (!owner->forked && e->log == o && e->index < r.size &&
		    e->readers == (((1u << s->n) - 1) & ~(1u << owner->i)) &&
		    !ranges_has(&r.missing, e->index) &&
		    (e->readers & 1u << from->i) != 0 && e->digest.b[0] != 0 &&
		    ranges_has(&o->accepted[from->i], e->index))
			ranges_add(&o->receipted[from->i], e->index,
			    e->index);
	}
	for (size_t i = 0; i < r.held.n; i++)
		for (uint64_t x = r.held.v[i].first; x <= r.held.v[i].last; x++)
			if (!judge_holds(from, o, x))
				sim_fail(s, "I4: %s receipts %llu of %s, which "
				    "it does not hold", from->team,
				    (unsigned long long)x, o->origin);
	receipt_release(&r);
	arena_release(&a);
}

/* I7, as far as it concerns this program: a container goes to its readers. */
static void
judge_body(struct sim_node *from, struct sim_node *to, struct span payload)
{
	struct sim *s = from->sim;
	struct sim_log *log;
	const struct sim_node *o;
	struct wire_body m;

	if (wire_parse_body(payload, true, &m) != ERR_NONE ||
	    (log = judge_log(s, m.origin)) == NULL) {
		sim_fail(s, "%s sends a BODY that cannot be read", from->team);
		return;
	}
	o = log->owner;
	for (size_t i = 0; i < o->entry_n && !o->forked; i++)
		if (o->entry[i].log == log && o->entry[i].index == m.index &&
		    o != to && (o->entry[i].readers & 1u << to->i) == 0)
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
	struct sim_log *log = judge_log(n->sim, own.origin);
	uint64_t released = log != NULL ? log->released : 0;
	struct checkpoint c;

	if (own.size < released)
		sim_fail(n->sim, "I2: %s released %llu records and has %llu",
		    n->team, (unsigned long long)released,
		    (unsigned long long)own.size);
	if (released != 0 &&
	    (store_get_head(n->store, own.id, &a, &head) != ERR_NONE ||
		head.cosigned_size < released))
		sim_fail(n->sim, "I2: %s released %llu records beyond its "
		    "fence", n->team, (unsigned long long)released);
	if (released != 0 && (checkpoint_read(own.checkpoint, &c, NULL) !=
		ERR_NONE || c.size < released))
		sim_fail(n->sim, "I2: %s released a checkpoint for %llu "
		    "records and does not have it", n->team,
		    (unsigned long long)released);
	arena_release(&a);
}

void
judge_boot(struct sim_node *n)
{
	const struct start *start = hub_start(n->hub);
	struct sim *s = n->sim;

	if (n->restored || n->forked || (s->scripted && n->damaged))
		return; /* its promises are off: the scenario judges */
	if (start_is(start, START_RESTORED) || start_is(start, START_HALT))
		sim_fail(s, "%s does not go on after a crash: %s", n->team,
		    start->why);
	judge_released(n);
	for (size_t i = 0; i < n->entry_n; i++)
		if (!judge_holds(n, n->entry[i].log, n->entry[i].index))
			sim_fail(s, "%s lost its accepted entry %llu", n->team,
			    (unsigned long long)n->entry[i].index);
	for (size_t o = 0; o < s->log_n; o++) {
		const struct ranges *said = &s->log[o].receipted[n->i];

		for (size_t i = 0; i < said->n; i++)
			for (uint64_t x = said->v[i].first;
			     x <= said->v[i].last; x++)
				if (!judge_holds(n, &s->log[o], x))
					sim_fail(s, "I4: %s receipted %llu of "
					    "%s and lost it", n->team,
					    (unsigned long long)x,
					    s->log[o].origin);
	}
}

static void
remember(struct sim_node *n, const struct hub_event *e)
{
	struct sim_event *x;

	if (!n->sim->scripted || e->type == HUB_RELEASED ||
	    e->type == HUB_NOTED || e->type == HUB_ACCEPTED || e->type == HUB_RECEIPTED)
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
note_time(struct sim_node *n, struct sim_log *log, uint64_t index)
{
	struct sim_node *o = log->owner;

	for (size_t i = o->entry_n; i-- > 0;)
		if (o->entry[i].log == log && o->entry[i].index == index &&
		    o->entry[i].held_ms[n->i] == 0)
			o->entry[i].held_ms[n->i] = n->sim->now.mono.ms;
}

/* That three nodes lack an open body is true, and has to be told, while all who
 * hold it are out of reach. */
static bool
is_nowhere_near(struct sim_node *n, const struct sim_log *log, uint64_t index)
{
	struct sim *s = n->sim;
	bool near = false;

	for (unsigned r = 0; r < s->n && log != NULL; r++) {
		struct sim_node *x = &s->node[r];
		struct arena a = { 0 };
		struct store_body body;
		uint32_t id;

		if (x != n && x->hub != NULL && !s->cut[n->i][r] &&
		    !s->cut[r][n->i] && views_linked(n, x) &&
		    log_id(x, log, &id) &&
		    store_get_body(x->store, id, index, &a, &body) == ERR_NONE)
			near = near || body.bytes.n != 0;
		arena_release(&a);
	}
	return log != NULL && !near;
}

void
judge_event(struct sim_node *n, const struct hub_event *e)
{
	struct sim_log *o = judge_log(n->sim, e->origin);

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
	if (e->type == HUB_RELEASED)
		embargo_judge(n, e->index);
	if (e->type == HUB_ALARM && !n->sim->scripted &&
	    (!n->sim->rolled_back || strstr(e->text, "histories") != NULL) &&
	    !(strncmp(e->text, "three nodes", 11) == 0 &&
		is_nowhere_near(n, o, e->index)))
		sim_fail(n->sim, "%s raises an alarm: %s", n->team, e->text);
	if (o == NULL || (e->type != HUB_ACCEPTED &&
			     e->type != HUB_QUARANTINED))
		return;
	if (e->type == HUB_ACCEPTED)
		note_time(n, o, e->index);
	if (ranges_has(&o->accepted[n->i], e->index) && !n->damaged &&
	    !o->owner->forked && !n->restored)
		sim_fail(n->sim, "%s accepted entry %llu of %s twice", n->team,
		    (unsigned long long)e->index, o->origin);
	ranges_add(&o->accepted[n->i], e->index, e->index);
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
	uint32_t id, at;

	if (!log_id(n, e->log, &id) ||
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
	/* its origin does not judge itself */
	if (n != o && (body.state == STORE_BODY_QUARANTINED) != e->spoiled)
		sim_fail(s, "I11: entry %llu of %s is in state %d at %s: %.*s",
		    (unsigned long long)e->index, o->team, (int)body.state,
		    n->team, SPAN_FMT(body.meta));
	if (n != o && (!log_id(o, e->log, &at) ||
			  !hub_is_delivered(o->hub, at, span_str(n->team),
			      e->index)))
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
			if (k != 0 &&
			    o->entry[k].log == o->entry[k - 1].log &&
			    o->entry[k].index <= o->entry[k - 1].index)
				sim_fail(s, "%s: entries out of order",
				    o->team);
			if (judge_is_lost(s, &o->entry[k]))
				continue;
			/* and its origin, whatever became of its disk */
			for (unsigned r = 0; r < s->n; r++)
				if ((o->entry[k].readers & 1u << r) != 0 ||
				    (r == i && o->restored && s->to_self))
					judge_held(&s->node[r], o,
					    &o->entry[k]);
		}
	}
}
