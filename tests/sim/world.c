/* SPDX-License-Identifier: Apache-2.0
 *
 * The simulated world: nodes and time.
 */
#include "sim.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const teams[SIM_NODES] = { "br", "cl", "ht", "jm", "us",
	"uy" };

/* --- randomness --- */

/* splitmix64 */
static uint64_t
next(uint64_t *x)
{
	uint64_t z = *x += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint32_t
sim_random(struct sim *s, uint32_t below)
{
	return (uint32_t)(next(&s->rng) >> 32) % below;
}

void
sim_fail(struct sim *s, const char *format, ...)
{
	char text[sizeof s->failed_text];
	va_list ap;

	if (s->failed != NULL)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	if (s->forgiven != NULL && text[0] == 'I' &&
	    strchr(s->forgiven, text[1]) != NULL && text[2] == ':') {
		if (s->breached[0] == '\0')
			memcpy(s->breached, text, sizeof text);
		return;
	}
	memcpy(s->failed_text, text, sizeof text);
	s->failed = s->failed_text;
}

void
sim_must(enum err e, const char *what)
{
	if (e == ERR_NONE)
		return;
	fprintf(stderr, "simulator: %s: %s\n", what, err_sentence(e));
	abort();
}

/* --- nodes --- */

void
sim_init(struct sim *s, unsigned nodes, uint64_t seed,
    const struct schema *schema, int64_t expires_ms, size_t circle_least,
    bool follows)
{
	struct sentinel_state first = { .size = 0 };

	*s = (struct sim){ .seed = seed, .rng = seed, .n = nodes,
		.mangle_every = 1, .circle_least = circle_least,
		.follows = follows,
		.schema = schema, .latency_ms = 20,
		.now = { { 1767225600000 }, { 1000 } } };
	s->expires_s = expires_ms == 0 ? 2000000000 :
	    (s->now.wall.ms + expires_ms) / 1000;
	first.root = tree_empty_root();
	for (unsigned i = 0; i < nodes; i++) {
		struct sim_node *n = &s->node[i];

		n->sim = s;
		n->i = i;
		n->called = teams[i];
		n->event_tail = &n->event;
		memcpy(n->team, teams[i], SIM_TEAM);
		snprintf(n->origin, sizeof n->origin,
		    "almenara.example/log/%s/0000000%u", n->team, i);
		snprintf(n->private_origin, sizeof n->private_origin,
		    "almenara.example/private/%s/0000000%u", n->team, i);
		snprintf(n->name, sizeof n->name, "almenara.example/node/%s",
		    n->team);
		keys_make_ring(n);
		n->store = store_memory_create();
		n->blobs = blobs_memory();
		n->sentinel = sentinel_memory();
		guard_make(n);
		memcpy(first.origin, n->origin, sizeof n->origin);
		sim_must(sentinel_write(n->sentinel, &first), "sentinel");
	}
	keys_make_documents(s);
	for (unsigned i = 0; i < nodes; i++)
		sim_boot(&s->node[i]);
}

void
sim_release(struct sim *s)
{
	for (unsigned i = 0; i < s->n; i++) {
		struct sim_node *n = &s->node[i];

		wire_node_gone(n);
		if (n->hub != NULL)
			machine_down(n);
		store_free(n->store);
		blobs_close(n->blobs);
		sentinel_close(n->sentinel);
		store_free(n->backup);
		free(n->guard);
		free(n->pen);
		keyring_free(n->keyring);
		free(n->entry);
		judge_release(n);
	}
	for (size_t i = 0; i < s->log_n; i++) {
		free(s->log[i].leaf);
		for (unsigned k = 0; k < SIM_NODES; k++) {
			ranges_release(&s->log[i].receipted[k]);
			ranges_release(&s->log[i].accepted[k]);
		}
	}
	arena_release(&s->mem);
}

struct sim_node *
sim_find(struct sim *s, struct span team)
{
	for (unsigned i = 0; i < s->n; i++)
		if (span_is_str(team, s->node[i].team))
			return &s->node[i];
	return NULL;
}

/* --- time --- */

static void
turn(struct sim_node *n)
{
	n->turn_due = false;
	/* there is a person who goes on */
	if (!n->sim->scripted && n->restored &&
	    start_is(hub_start(n->hub), START_RESTORED))
		sim_open(n);
	if (n->full)
		store_memory_arm(n->store, 1, ERR_FULL);
	hub_turn(n->hub, sim_now(n));
	if (sim_is_dead(n) || (!n->sim->scripted &&
				  start_is(hub_start(n->hub), START_HALT)))
		sim_crash(n, n->sim->now.mono.ms + 50 +
			sim_random(n->sim, 4000));
}

static int64_t
next_time(const struct sim *s)
{
	int64_t t = wire_next(s);

	for (unsigned i = 0; i < s->n; i++) {
		const struct sim_node *n = &s->node[i];
		int64_t due = n->hub == NULL ? n->boot_ms :
		    n->turn_due		     ? s->now.mono.ms :
					       hub_wake(n->hub).ms;

		if (due < t)
			t = due;
	}
	return t;
}

static void
advance(struct sim *s, int64_t to)
{
	if (to <= s->now.mono.ms)
		return;
	s->now.wall.ms += to - s->now.mono.ms;
	s->now.mono.ms = to;
}

static void
step_nodes(struct sim *s)
{
	for (unsigned i = 0; i < s->n; i++) {
		struct sim_node *n = &s->node[i];

		if (n->hub == NULL && n->boot_ms <= s->now.mono.ms)
			sim_boot(n);
		else if (n->hub != NULL &&
		    (n->turn_due || hub_wake(n->hub).ms <= s->now.mono.ms))
			turn(n);
	}
}

void
sim_run(struct sim *s, int64_t ms)
{
	int64_t end = s->now.mono.ms + ms;

	while (s->failed == NULL) {
		int64_t t = next_time(s);

		if (t > end)
			break;
		advance(s, t);
		/* a few frames, then a turn, as a loop would */
		for (unsigned k = sim_random(s, 6); k != 0 && wire_step(s); k--)
			;
		if (sim_random(s, 3) != 0)
			(void)wire_step(s);
		step_nodes(s);
		views_step(s);
		if (++s->events > 4000000)
			sim_fail(s, "the simulation does not come to rest");
	}
	advance(s, end);
}
