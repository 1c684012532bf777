/* SPDX-License-Identifier: Apache-2.0
 *
 * What a register of 200 teams with five signatures costs a node that gets it:
 * parsed, verified and put in place, together with its charter. A register must
 * never be what delays a warning: at most 50 ms.
 */
#include "bench.h"

#include "../tests/unit/registry_world.h"
#include "record/change.h"

enum { TEAMS = 200 };

struct scene {
	struct arena a;
	struct doc charter, reg;
};

static void
set_up(struct scene *s)
{
	struct charter c = world_charter(&s->a, 1, NULL, 1);
	struct register_doc r;

	s->charter = world_put_charter(&s->a, &c, WORLD_ALL);
	change_register(NULL, NULL, &s->charter.hash, &s->a, &r);
	r.expires_s = WORLD_EXPIRES_S;
	for (int i = 0; i < TEAMS; i++) {
		char id[16];
		struct team t = { .state = span_str("XX") };

		snprintf(id, sizeof id, "team%03d", i);
		t.id = arena_copy(&s->a, span_str(id));
		t.identity = world_key(id);
		if (register_add(&r, &t, NULL) != ERR_NONE)
			bench_die("the register does not take a team");
	}
	s->reg = world_put_register(&s->a, &r, 0x3e);
}

static void
offer(void *ctx)
{
	struct scene *s = ctx;
	struct registry *r = registry_create(&s->charter.hash, NULL, 0);

	if (registry_offer(r, s->charter.bytes, NULL) != REGISTRY_ACCEPTED ||
	    registry_offer(r, s->reg.bytes, NULL) != REGISTRY_ACCEPTED)
		bench_die("the register is not taken");
	registry_free(r);
}

int
main(int argc, char **argv)
{
	static struct scene s;
	static struct bench b;

	bench_start(&b, "registry", argc, argv);
	set_up(&s);
	for (size_t round = 0; round < BENCH_ROUNDS; round++) {
		double us = bench_us(offer, &s, 20);

		bench_row(&b, "product", "200 teams", round, us, "us");
		bench_put(&b, "register of 200 teams, us", 50000, true, us);
	}
	arena_release(&s.a);
	return bench_end(&b);
}
