/* SPDX-License-Identifier: Apache-2.0
 *
 * Virtual links. Each end has four queues as a real connection has: the head
 * of the highest class that is due goes first, frames of one class keep their
 * order. A cut link loses what is under way; its ends learn of it one by one.
 */
#include "sim.h"

#include "base/mem.h"

#include <stdlib.h>

static void
drop_frames(struct sim_end *e)
{
	for (int k = 0; k < 4; k++) {
		while (e->head[k] != NULL) {
			struct sim_frame *f = e->head[k];

			e->head[k] = f->next;
			free(f->bytes);
			free(f);
		}
		e->tail[k] = &e->head[k];
	}
	e->queued = 0;
}

static struct sim_end *
other(struct sim_end *e)
{
	return &e->conn->end[e == &e->conn->end[0]];
}

static void
free_conn(struct sim_conn *c)
{
	drop_frames(&c->end[0]);
	drop_frames(&c->end[1]);
	c->used = false;
}

/* --- frames on their way --- */

static struct sim_frame *
make_frame(struct sim *s, uint8_t type, struct span payload)
{
	struct sim_frame *f = mem_alloc(sizeof *f);

	f->type = type;
	f->n = payload.n;
	f->bytes = mem_copy(payload.p, payload.n);
	f->due_ms = s->now.mono.ms + 1 +
	    sim_random(s, (uint32_t)s->latency_ms);
	return f;
}

static void
queue_frame(struct sim *s, struct sim_end *e, unsigned klass,
    struct sim_frame *f)
{
	/* a class may overtake lower ones, never be overtaken by them */
	for (unsigned k = 0; k <= klass; k++)
		if (e->head[k] != NULL && f->due_ms < e->last_ms[k])
			f->due_ms = e->last_ms[k];
	e->last_ms[klass] = f->due_ms;
	*e->tail[klass] = f;
	e->tail[klass] = &f->next;
	e->queued += f->n;
	s->frames++;
	s->bytes += f->n;
	s->sent[e->node->i] += f->n + SIM_FRAME_COST;
}

/* A way, or a sender, that does not keep what it is given. */
static void
mangle(struct sim *s, struct sim_end *e, unsigned klass, struct sim_frame *f)
{
	enum sim_mangle how = s->mangle[e->node->i][other(e)->node->i];

	if (how == MANGLE_NO || f->n == 0 ||
	    (s->mangle_type != 0 && s->mangle_type != f->type) ||
	    ++s->mangled % s->mangle_every != 0) {
		queue_frame(s, e, klass, f);
		return;
	}
	s->struck = true;
	if (how == MANGLE_DROP) {
		free(f->bytes);
		free(f);
		return;
	}
	if (how == MANGLE_TWICE)
		queue_frame(s, e, klass,
		    make_frame(s, f->type, span_of(f->bytes, f->n)));
	if (how == MANGLE_SHORT)
		f->n = sim_random(s, (uint32_t)f->n);
	if (how == MANGLE_FLIP)
		f->bytes[sim_random(s, (uint32_t)f->n)] ^=
		    (unsigned char)(1u << sim_random(s, 8));
	if (how == MANGLE_SWAP && e->head[klass] != NULL) {
		f->due_ms = e->head[klass]->due_ms;
		f->next = e->head[klass];
		e->head[klass] = f;
		e->queued += f->n;
		return;
	}
	queue_frame(s, e, klass, f);
}

/* --- what a hub asks of its host --- */

static enum err
host_send(void *ctx, void *conn, unsigned klass, uint8_t type,
    struct span payload)
{
	struct sim_node *n = ctx;
	struct sim *s = n->sim;
	struct sim_end *e = conn;
	struct sim_frame *f;

	if (sim_is_dead(n) || e->closed)
		return ERR_NONE; /* the power is gone */
	if (n->kill_send != 0 && --n->kill_send == 0) {
		sim_die(n);
		return ERR_NONE;
	}
	judge_sent(n, other(e)->node, type, payload);
	if (e->conn->cut)
		return ERR_NONE;
	if (s->cut[n->i][other(e)->node->i]) {
		/* what is lost is never acknowledged: the link dies of it */
		e->conn->cut = true;
		e->conn->down_ms = s->now.mono.ms + 1 +
		    sim_random(s, 30000);
		return ERR_NONE;
	}
	if (type == WIRE_HELLO && n->rude)
		queue_frame(s, e, klass, make_frame(s, WIRE_BODY_WANT,
		    span_of("\0\0\0", 3)));
	f = make_frame(s, type, payload);
	if (type == WIRE_HELLO && n->pretends != NULL)
		memcpy(f->bytes + 3, n->pretends->team, 2);
	if (type == WIRE_HELLO && n->version != 0)
		f->bytes[0] = f->bytes[1] = n->version;
	if (type == WIRE_HELLO && n->claims != 0)
		for (size_t i = 0; i < 8; i++)
			f->bytes[f->n - 40 + i] =
			    (unsigned char)(n->claims >> (56 - 8 * i));
	mangle(s, e, klass, f);
	return ERR_NONE;
}

/* Put a frame on the way as if `from` had sent it. */
bool
wire_inject(struct sim *s, unsigned from, unsigned to, uint8_t type,
    struct span payload)
{
	for (unsigned i = 0; i < SIM_CONNS; i++)
		for (int k = 0; k < 2; k++) {
			struct sim_conn *c = &s->conn[i];

			if (!c->used || !c->up || c->cut ||
			    c->end[k].node->i != from ||
			    c->end[!k].node->i != to ||
			    c->end[!k].link == NULL)
				continue;
			queue_frame(s, &c->end[k], 0,
			    make_frame(s, type, payload));
			return true;
		}
	return false;
}

static bool
host_has_room(void *ctx, void *conn)
{
	struct sim_end *e = conn;

	(void)ctx;
	return e->queued < 1 << 20;
}

static void
host_close(void *ctx, void *conn)
{
	struct sim_end *e = conn;

	(void)ctx;
	e->link = NULL;
	e->closed = true;
}

static void
host_zstd(void *ctx, void *conn, bool on)
{
	(void)ctx;
	(void)conn;
	(void)on;
}

static void
host_notify(void *ctx, const struct hub_event *e)
{
	judge_event(ctx, e);
}

static void
host_dial(void *ctx, struct span node, struct span address)
{
	struct sim_node *n = ctx, *to = NULL;
	struct sim *s = n->sim;
	struct sim_conn *c = NULL;

	(void)address;
	n->dials++;
	/* of two machines of one name the address is that which answers */
	for (unsigned i = 0; i < s->n; i++)
		if (span_is_str(node, s->node[i].name) && (to == NULL ||
			(s->node[i].hub != NULL && !s->node[i].isolated &&
			    (to->hub == NULL || to->isolated))))
			to = &s->node[i];
	for (unsigned i = 0; c == NULL && i < SIM_CONNS; i++)
		if (!s->conn[i].used)
			c = &s->conn[i];
	if (to == NULL)
		return; /* its machine has become a clone of another */
	if (c == NULL)
		abort();
	*c = (struct sim_conn){ .used = true,
		.up_ms = s->now.mono.ms + 1 +
		    sim_random(s, (uint32_t)s->latency_ms * 2) };
	for (int i = 0; i < 2; i++) {
		c->end[i].conn = c;
		c->end[i].node = i == 0 ? n : to;
		drop_frames(&c->end[i]);
	}
}

void
wire_host(struct sim_node *n, struct hub_host *host)
{
	(void)n;
	host->send = host_send;
	host->has_room = host_has_room;
	host->close = host_close;
	host->set_zstd = host_zstd;
	host->dial = host_dial;
	host->notify = host_notify;
}

/* --- time --- */

static void
come_up(struct sim *s, struct sim_conn *c)
{
	struct sim_node *a = c->end[0].node, *b = c->end[1].node;
	struct digest key[2];

	c->up = true;
	if (b->hub == NULL || a->isolated || b->isolated ||
	    s->cut[a->i][b->i] || s->cut[b->i][a->i]) {
		free_conn(c);
		hub_dial_failed(a->hub, span_str(b->name), sim_now(a));
		a->turn_due = true;
		return;
	}
	key[0] = kid_digest(&keyring_find(a->keyring, KEYRING_TLS)->kid);
	key[1] = kid_digest(&keyring_find(b->keyring, KEYRING_TLS)->kid);
	c->end[0].link = hub_link_up(a->hub, &c->end[0], &key[1],
	    span_str(b->name), sim_now(a));
	c->end[1].link = hub_link_up(b->hub, &c->end[1], &key[0],
	    span_str(""), sim_now(b));
	for (int i = 0; i < 2; i++) {
		c->end[i].closed = c->end[i].link == NULL;
		c->end[i].node->turn_due = true;
	}
}

static void
end_down(struct sim_end *e)
{
	struct hub_link *l = e->link;

	e->link = NULL;
	e->closed = true;
	drop_frames(other(e));
	if (l != NULL && e->node->hub != NULL) {
		hub_link_down(e->node->hub, l, ERR_CLOSED,
		    sim_now(e->node));
		e->node->turn_due = true;
	}
}

/* The head frame that is due, highest class first. */
static struct sim_frame *
take(struct sim *s, struct sim_end *e)
{
	uint64_t rate = other(e)->node->rate;

	if (e->busy_ms > s->now.mono.ms)
		return NULL;
	for (int k = 0; k < 4; k++) {
		struct sim_frame *f = e->head[k];

		if (f == NULL || f->due_ms > s->now.mono.ms)
			continue;
		e->head[k] = f->next;
		if (f->next == NULL)
			e->tail[k] = &e->head[k];
		e->queued -= f->n;
		if (rate != 0)
			e->busy_ms = s->now.mono.ms +
			    (int64_t)(f->n * 1000 / rate);
		return f;
	}
	return NULL;
}

static bool
deliver(struct sim *s, struct sim_end *from)
{
	struct sim_end *to = other(from);
	struct sim_frame *f = take(s, from);

	if (f == NULL)
		return false;
	if (to->link != NULL && to->node->hub != NULL) {
		to->node->turn_due = true;
		(void)!hub_frame(to->node->hub, to->link, f->type,
		    span_of(f->bytes, f->n), sim_now(to->node));
		if (sim_is_dead(to->node))
			sim_crash(to->node, s->now.mono.ms + 50 +
				sim_random(s, 4000));
	}
	free(f->bytes);
	free(f);
	return true;
}

static bool
step_conn(struct sim *s, struct sim_conn *c)
{
	if (!c->up) {
		if (c->up_ms > s->now.mono.ms)
			return false;
		come_up(s, c);
		return true;
	}
	if (c->cut) {
		drop_frames(&c->end[0]);
		drop_frames(&c->end[1]);
		if (c->down_ms > s->now.mono.ms)
			return false;
		for (int i = 0; i < 2; i++)
			if (c->end[i].link != NULL) {
				end_down(&c->end[i]);
				c->down_ms += sim_random(s, 3000);
				return true;
			}
		free_conn(c);
		return true;
	}
	for (int i = 0; i < 2; i++)
		if (deliver(s, &c->end[i]))
			return true;
	/* an end that has closed, and all that it said has arrived */
	for (int i = 0; i < 2; i++)
		if (c->end[i].closed && c->end[i].queued == 0 &&
		    c->end[i].head[0] == NULL) {
			struct sim_end *e = &c->end[!i];

			if (e->link == NULL) {
				free_conn(c);
			} else {
				end_down(e);
			}
			return true;
		}
	return false;
}

bool
wire_step(struct sim *s)
{
	unsigned first = sim_random(s, SIM_CONNS);

	for (unsigned i = 0; i < SIM_CONNS; i++) {
		struct sim_conn *c = &s->conn[(first + i) % SIM_CONNS];

		if (c->used && step_conn(s, c))
			return true;
	}
	return false;
}

/* The sooner of `t` and when the head of a queue may be taken. */
static int64_t
frame_due(const struct sim_end *e, int k, int64_t t)
{
	int64_t due = e->head[k]->due_ms;

	if (due < e->busy_ms)
		due = e->busy_ms;
	return due < t ? due : t;
}

int64_t
wire_next(const struct sim *s)
{
	int64_t t = INT64_MAX;

	for (unsigned i = 0; i < SIM_CONNS; i++) {
		const struct sim_conn *c = &s->conn[i];

		if (!c->used)
			continue;
		if (!c->up && c->up_ms < t)
			t = c->up_ms;
		if (c->cut && c->down_ms < t)
			t = c->down_ms;
		for (int e = 0; c->up && !c->cut && e < 2; e++) {
			if (c->end[e].closed && c->end[e].busy_ms <= s->now.mono.ms &&
			    t > s->now.mono.ms + 1)
				t = s->now.mono.ms + 1;
			for (int k = 0; k < 4; k++)
				if (c->end[e].head[k] != NULL)
					t = frame_due(&c->end[e], k, t);
		}
	}
	return t;
}

/* The machine of `n` is gone: the others learn of it soon. */
void
wire_node_gone(struct sim_node *n)
{
	for (unsigned i = 0; i < SIM_CONNS; i++) {
		struct sim_conn *c = &n->sim->conn[i];

		if (!c->used ||
		    (c->end[0].node != n && c->end[1].node != n))
			continue;
		if (!c->up) {
			if (c->end[0].node == n)
				free_conn(c);
			continue;
		}
		for (int e = 0; e < 2; e++)
			if (c->end[e].node == n) {
				c->end[e].link = NULL;
				c->end[e].closed = true;
			}
		drop_frames(&c->end[0]);
		drop_frames(&c->end[1]);
		c->cut = true;
		c->down_ms = n->sim->now.mono.ms + 1 +
		    sim_random(n->sim, 2000);
	}
}

void
wire_cut(struct sim *s, unsigned a, unsigned b)
{
	for (unsigned i = 0; i < SIM_CONNS; i++) {
		struct sim_conn *c = &s->conn[i];
		unsigned x = c->used ? c->end[0].node->i : SIM_NODES;
		unsigned y = c->used ? c->end[1].node->i : SIM_NODES;

		if (!c->used || !c->up || c->cut ||
		    !((x == a && y == b) || (x == b && y == a)))
			continue;
		drop_frames(&c->end[0]);
		drop_frames(&c->end[1]);
		c->cut = true;
		c->down_ms = s->now.mono.ms + 1 + sim_random(s, 3000);
	}
}
