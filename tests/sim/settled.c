/* SPDX-License-Identifier: Apache-2.0
 *
 * Has everything come to rest, with nothing missing anywhere?
 */
#include "sim.h"

#include <stdarg.h>
#include <stdio.h>

static bool PRINTF_LIKE(2, 3)
unsettled(struct sim *s, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(s->unsettled, sizeof s->unsettled, format, ap);
	va_end(ap);
	return false;
}

/* A mirror is as long as anybody's copy, and has its bodies. */
static bool
is_whole(struct sim *s, struct sim_node *n, struct hub_log_info log)
{
	struct sim_node *from = sim_find(s, log.team);
	uint64_t most = 0;

	if (from == NULL || from->hub == NULL)
		return unsettled(s, "an origin is down");
	for (unsigned i = 0; i < s->n; i++)
		for (size_t k = 0; s->node[i].hub != NULL &&
		     k < hub_log_count(s->node[i].hub); k++) {
			struct hub_log_info x = hub_log(s->node[i].hub, k);

			if (span_is_equal(x.origin, log.origin) &&
			    judge_shown(&x) > most)
				most = judge_shown(&x);
		}
	/* what was lost with a disk is told apart by the entries */
	if (judge_shown(&log) == most && (log.bodies_missing == 0 || from->restored))
		return true;
	return unsettled(s, "%s has %llu of %llu of %.*s, lacks %llu bodies",
	    n->team, (unsigned long long)log.size, (unsigned long long)most,
	    SPAN_FMT(log.origin), (unsigned long long)log.bodies_missing);
}

/* After a rollback: everybody who reads it has it again, the origin too. */
static bool
is_back(struct sim *s, struct sim_node *n, const struct sim_entry *e)
{
	unsigned who = e->readers | (n->restored ? 1u << n->i : 0);

	if (!s->rolled_back || judge_is_lost(s, e))
		return true;
	for (unsigned i = 0; i < s->n; i++)
		if ((who & 1u << i) != 0 &&
		    !judge_holds(&s->node[i], e->log, e->index))
			return unsettled(s, "%s lacks entry %llu of %s",
			    s->node[i].team, (unsigned long long)e->index,
			    e->log->origin);
	return true;
}

/* What the sentinel alone had for a while: the newest checkpoint. */
static bool
is_stored(struct sim *s, struct sim_node *n)
{
	struct hub_log_info own = hub_log(n->hub, 0);
	struct arena a = { 0 };
	struct store_head head;
	bool is = store_get_head(n->store, own.id, &a, &head) == ERR_NONE &&
	    head.checkpoint_size == own.size;

	arena_release(&a);
	return is || unsettled(s, "the store of %s has no checkpoint of %llu",
	    n->team, (unsigned long long)own.size);
}

/* Every accepted entry is held by every reader and the origin has receipts
 * for all of it. */
bool
sim_is_settled(struct sim *s)
{
	for (unsigned i = 0; i < s->n; i++) {
		struct sim_node *n = &s->node[i];

		if (n->hub == NULL || n->waiting != 0 ||
		    !start_is(hub_start(n->hub), START_READY))
			return unsettled(s, "%s is %s, %u appends wait; "
			    "%s", n->team, n->hub == NULL ? "down" :
			    machine_name(&hub_start(n->hub)->machine),
			    n->waiting, n->hub == NULL ? "" :
			    hub_start(n->hub)->why);
		for (size_t p = 0; p < hub_peer_count(n->hub); p++) {
			struct hub_peer_info peer = hub_peer(n->hub, p, s->now);

			if (peer.due != 0)
				return unsettled(s, "%s owes %llu to %.*s, "
				    "linked %d", n->team,
				    (unsigned long long)peer.due,
				    SPAN_FMT(peer.team), peer.linked);
		}
		if (!is_stored(s, n))
			return false;
		for (size_t l = 2; l < hub_log_count(n->hub); l++)
			if (!is_whole(s, n, hub_log(n->hub, l)))
				return false;
		for (size_t k = 0; k < n->entry_n; k++)
			if (!is_back(s, n, &n->entry[k]))
				return false;
	}
	return true;
}

void
sim_heal(struct sim *s, int64_t most_ms)
{
	int64_t end = s->now.mono.ms + most_ms;

	s->calm = true;
	memset(s->cut, 0, sizeof s->cut);
	memset(s->mangle, 0, sizeof s->mangle);
	for (unsigned i = 0; i < s->n; i++) {
		s->node[i].isolated = false;
		s->node[i].full = false;
		s->node[i].rate = 0;
		s->node[i].version = 0;
		s->node[i].claims = 0;
		store_memory_arm(s->node[i].store, 0, ERR_NONE);
	}
	do
		sim_run(s, 1000);
	while (s->failed == NULL && !sim_is_settled(s) &&
	    s->now.mono.ms < end);
	if (s->failed == NULL && !sim_is_settled(s))
		sim_fail(s, "I12: not everything is delivered %lld s after "
		    "all was repaired: %s", (long long)(most_ms / 1000),
		    s->unsettled);
	if (s->failed == NULL)
		judge_end(s);
}
