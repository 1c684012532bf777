/* SPDX-License-Identifier: Apache-2.0
 *
 * What scenarios do and expect about embargoes.
 */
#include "play.h"

/* embargo NODE TIME publish|ask [tlp LABEL] to=A,B */
void
embargo_command(struct play *p, unsigned readers)
{
	struct sim_node *n = play_node(p, 1);
	const char *tlp = play_after(p, "tlp");

	if (n->hub == NULL) {
		play_fail(p, "that node is down");
		return;
	}
	n->next_tlp = tlp != NULL ? tlp : "TLP:CLEAR";
	n->next_until_ms = n->sim->now.wall.ms +
	    play_time(p, play_word(p, 2));
	n->next_publish = strcmp(play_word(p, 3), "publish") == 0;
	/* the label is said in whole seconds, not earlier */
	n->next_until_ms = (n->next_until_ms + 999) / 1000 * 1000;
	sim_append(n, readers | 1u << n->i, false, false);
}

/* expect released NODE within TIME: the newest embargo, after its time;
 * expect embargoed NODE: it is not released. */
void
embargo_expect(struct play *p)
{
	struct sim_node *n = play_node(p, 2);
	const char *within = play_after(p, "within");
	const struct sim_embargo *x;

	if (n->embargo_n == 0) {
		play_fail(p, "there was no embargo");
		return;
	}
	x = &n->embargo[n->embargo_n - 1];
	if (strcmp(p->argv[1], "embargoed") == 0) {
		if (x->released_ms != 0)
			play_fail(p, "it was released");
	} else if (x->released_ms == 0) {
		play_fail(p, "it was not released");
	} else if (within != NULL && x->released_ms - x->until_ms >
	    play_time(p, within)) {
		sim_fail(&p->sim, "it was released %lld ms after its time",
		    (long long)(x->released_ms - x->until_ms));
	}
}

/* expect reached NODE ORIGIN within TIME: NODE holds the release of ORIGIN's
 * newest embargo, so long after its time. */
void
embargo_expect_reached(struct play *p)
{
	struct sim_node *n = play_node(p, 2), *o = play_node(p, 3);
	const char *within = play_after(p, "within");
	const struct sim_embargo *x = o->embargo_n != 0 ?
	    &o->embargo[o->embargo_n - 1] : NULL;
	int64_t late;

	for (size_t i = 0; x != NULL && within != NULL && i < o->entry_n;
	     i++) {
		const struct sim_entry *e = &o->entry[i];

		if (e->index != x->index || e->held_ms[n->i] == 0)
			continue;
		late = n->sim->now.wall.ms - n->sim->now.mono.ms +
		    e->held_ms[n->i] - x->until_ms;
		if (late > play_time(p, within))
			sim_fail(&p->sim, "%s had it %lld ms after its time",
			    n->team, (long long)late);
		return;
	}
	play_fail(p, "it does not hold the release");
}

/* confirm NODE: an operator says that its clock is right. */
void
embargo_confirm(struct play *p)
{
	struct sim_node *n = play_node(p, 1);

	if (n->hub == NULL)
		play_fail(p, "that node is down");
	else
		hub_clock_confirm(n->hub, sim_now(n));
}
