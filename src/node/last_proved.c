/* SPDX-License-Identifier: Apache-2.0
 *
 * When a state was last proved.
 */
#include "node/last_proved.h"

#include "node/receipt_find.h"

struct last_proved *
last_proved_read(struct call *c)
{
	struct last_proved *x = arena_alloc(&c->mem, sizeof *x);

	x->n = trials_standings(c->service, &c->mem, x->team, LIMIT_TEAMS);
	return x;
}

static const struct trial_standing *
standing_of(const struct last_proved *x, struct span team)
{
	static const struct trial_standing none;

	for (size_t i = 0; i < x->n; i++)
		if (span_is_equal(x->team[i].team, team))
			return &x->team[i].standing;
	return &none;
}

void
last_proved_put(struct call *c, const struct last_proved *x,
    const struct hub_peer_info *p)
{
	const struct trial_standing *t = standing_of(x, p->team);
	struct json_out *w = &c->w;
	int64_t heard_s = p->heard_ms_ago < 0 ? 0 :
	    call_now_s(c) - p->heard_ms_ago / 1000;
	int64_t receipt_s = receipt_newest(c->service, p);

	json_put_key(w, "proved");
	json_put_open(w, '{');
	json_put_member_u64(w, "heartbeat", (uint64_t)heard_s);
	json_put_member_u64(w, "receipt", (uint64_t)receipt_s);
	json_put_member_u64(w, "person", (uint64_t)t->proved_s);
	json_put_member_bool(w, "flagged", t->is_flagged);
	json_put_close(w, '}');
}
