/* SPDX-License-Identifier: Apache-2.0
 *
 * Random runs: nodes release notices while links are cut and nodes crash at
 * any operation of their disks; then all is repaired and everything must be
 * everywhere. Usage: sim_chaos [-n RUNS] [-s FIRST_SEED] [-v]
 * The environment's ALMENARA_TENTH=1 divides the runs by ten.
 * A failing seed is printed; `sim_chaos -n 1 -s SEED -v` replays it.
 */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void
release(struct sim *s, struct sim_node *n)
{
	unsigned all = (1u << s->n) - 1, readers;

	readers = sim_random(s, 3) == 0 ? 0 : 1 + sim_random(s, all);
	readers &= ~(1u << n->i);
	sim_append(n, readers, sim_random(s, 4) == 0,
	    sim_random(s, 25) == 0);
}

static void
misfortune(struct sim *s)
{
	unsigned a = sim_random(s, s->n), b = sim_random(s, s->n);
	struct sim_node *n = &s->node[a];

	switch (sim_random(s, 13)) {
	case 0:
		sim_crash(n, s->now.mono.ms + 10 + sim_random(s, 20000));
		break;
	case 1:
	case 2: /* at some operation of its disk, in the middle of a turn */
		if (n->hub != NULL)
			store_memory_kill(n->store, 1 + sim_random(s, 60));
		break;
	case 3:
	case 4:
		if (a != b)
			wire_cut(s, a, b);
		break;
	case 5: /* one way or both, for a while */
		if (a != b)
			s->cut[a][b] = !s->cut[a][b];
		wire_cut(s, a, b);
		break;
	case 6:
		n->isolated = !n->isolated;
		for (unsigned i = 0; i < s->n; i++)
			wire_cut(s, a, i);
		break;
	case 7: /* the disk is full at some write, once */
		if (n->hub != NULL)
			store_memory_arm(n->store, 1 + sim_random(s, 40),
			    ERR_FULL);
		break;
	case 8:
		s->latency_ms = 1 + sim_random(s, 800);
		break;
	case 9: /* the power goes at the sentinel, behind the checkpoint */
		if (n->hub != NULL)
			sentinel_memory_fail(n->sentinel,
			    1 + sim_random(s, 4), ERR_IO,
			    sim_random(s, 2) == 0);
		break;
	case 10: /* a backup is made, for some later day */
		if (n->hub != NULL && n->backup == NULL)
			sim_backup(n);
		break;
	case 11: /* and put back, as often as it comes to that */
		if (n->backup == NULL || n->hub == NULL)
			break;
		if (sim_random(s, 3) == 0)
			sentinel_memory_erase(n->sentinel);
		sim_restore(n, false, s->now.mono.ms + 10 +
			sim_random(s, 20000));
		break;
	default:
		break;
	}
}

static bool
run(uint64_t seed, const struct schema *schema, bool verbose)
{
	static struct sim s;
	unsigned rounds;
	bool good;

	sim_init(&s, 2 + (unsigned)(seed % 4), seed, schema, 0,
	    seed % 3 == 0 ? 2 : 0, false);
	s.verbose = verbose;
	s.to_self = true;
	rounds = 4 + sim_random(&s, 16);
	for (unsigned i = 0; i < rounds && s.failed == NULL; i++) {
		for (unsigned k = sim_random(&s, 4); k != 0; k--) {
			struct sim_node *n = &s.node[sim_random(&s, s.n)];

			if (n->hub != NULL)
				release(&s, n);
		}
		if (sim_random(&s, 2) == 0)
			misfortune(&s);
		sim_run(&s, sim_random(&s, 4) == 0 ?
			sim_random(&s, 60000) :
			sim_random(&s, 300));
	}
	s.latency_ms = 20;
	if (s.failed == NULL)
		sim_heal(&s, 600000);
	good = s.failed == NULL;
	if (!good)
		printf("# seed %llu: %s\n", (unsigned long long)seed,
		    s.failed_text);
	if (verbose)
		printf("# seed %llu: %u nodes, %llu events, %llu frames, "
		       "%llu bytes, %lld virtual s\n",
		    (unsigned long long)seed, s.n,
		    (unsigned long long)s.events, (unsigned long long)s.frames,
		    (unsigned long long)s.bytes,
		    (long long)(s.now.mono.ms / 1000));
	sim_release(&s);
	return good;
}

int
main(int argc, char **argv)
{
	uint64_t first = 1, runs = 2000, bad = 0;
	const char *tenth = getenv("ALMENARA_TENTH");
	struct schema *schema;
	bool verbose = false;
	int c;

	while ((c = getopt(argc, argv, "n:s:v")) != -1) {
		if (c == 'n')
			runs = strtoull(optarg, NULL, 10);
		else if (c == 's')
			first = strtoull(optarg, NULL, 10);
		else if (c == 'v')
			verbose = true;
		else
			return 2;
	}
	if (tenth != NULL && tenth[0] == '1')
		runs = (runs + 9) / 10;
	if (schema_load(&schema_files, &schema, NULL) != ERR_NONE)
		return 1;
	printf("1..1\n");
	for (uint64_t i = 0; i < runs && bad < 5; i++)
		bad += !run(first + i, schema, verbose);
	printf("%s 1 - %llu seeded runs from seed %llu\n",
	    bad == 0 ? "ok" : "not ok", (unsigned long long)runs,
	    (unsigned long long)first);
	schema_free(schema);
	return bad != 0;
}
