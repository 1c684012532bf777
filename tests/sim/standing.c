/* SPDX-License-Identifier: Apache-2.0
 *
 * Who may be linked to changes while links are up: a suspension that one node
 * gets reaches the others and ends the links to the suspended team at once;
 * when its time is over the links come back by themselves.
 */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>

enum { LAST = 2, SUSPENDED_S = 600 };

static bool
is_linked(struct sim *s, unsigned from, unsigned to)
{
	struct hub *h = s->node[from].hub;

	for (size_t i = 0; i < hub_peer_count(h); i++) {
		struct hub_peer_info p = hub_peer(h, i, s->now);

		if (span_is_str(p.team, s->node[to].team))
			return p.linked;
	}
	return false;
}

static bool
check(const char *what, bool good)
{
	static unsigned n;

	printf("%s %u - %s\n", good ? "ok" : "not ok", ++n, what);
	return good;
}

/* Does an entry for node 1 and 2 with such a permit enter the log? */
static bool
enters(struct sim *s, unsigned permit)
{
	struct sim_node *n = &s->node[0];
	uint64_t size = hub_log(n->hub, 0).size;

	n->next_permit = permit;
	sim_append(n, 1u << 1 | 1u << LAST, false, false);
	sim_run(s, 2000);
	return hub_log(n->hub, 0).size != size;
}

static bool
refuses_undecided(struct sim *s)
{
	bool good = enters(s, PERMIT_FITS);

	for (unsigned p = PERMIT_NONE; p <= PERMIT_OTHER_READER; p++)
		good = !enters(s, p) && good &&
		    strstr(s->node[0].refusal, "no line") != NULL;
	return good && s->node[0].refused == 3;
}

int
main(void)
{
	static struct sim s;
	struct schema *schema;
	bool good;

	if (schema_load(&schema_files, &schema, NULL) != ERR_NONE)
		return 1;
	printf("1..6\n");
	sim_init(&s, LAST + 1, 1, schema, 0, 0, false);
	sim_run(&s, 20000);
	good = check("all are linked", is_linked(&s, 0, LAST) &&
		is_linked(&s, 1, LAST) && is_linked(&s, 0, 1));
	good &= check("nothing enters the log that was not decided",
	    refuses_undecided(&s));
	s.node[0].next_kind = "acknowledgement";
	good &= check("but for what is built in", enters(&s, PERMIT_NONE));
	if (hub_offer_document(s.node[0].hub,
		sim_suspension(&s, LAST, SUSPENDED_S), s.now, NULL) !=
	    REGISTRY_ACCEPTED)
		good = false;
	s.node[0].turn_due = true;
	sim_run(&s, 5000);
	good &= check("the suspended team is let go", !is_linked(&s, 0, LAST) &&
		!is_linked(&s, 1, LAST) && is_linked(&s, 0, 1));
	sim_run(&s, 60000);
	good &= check("and does not come back", !is_linked(&s, 0, LAST) &&
		!is_linked(&s, 1, LAST));
	sim_run(&s, (SUSPENDED_S + 120) * INT64_C(1000));
	good &= check("before its time", is_linked(&s, 0, LAST) &&
		is_linked(&s, 1, LAST));
	if (s.failed != NULL)
		printf("# %s\n", s.failed_text);
	good &= s.failed == NULL;
	sim_release(&s);
	schema_free(schema);
	return !good;
}
