/* SPDX-License-Identifier: Apache-2.0
 *
 * What was told of a clock.
 */
#include "node/clock_told.h"

enum { TOLD_MOST = 64 };

struct told {
	struct service *service;
	struct arena *mem;
	const char *reason;
	enum promise_state state;
};

const char *
clock_word(enum promise_state state)
{
	static const char *const words[] = { [PROMISE_QUIET] = "open",
		[PROMISE_NEAR] = "near", [PROMISE_LATE] = "late" };

	return words[state];
}

static bool
see_told(void *ctx, uint64_t at, uint32_t log, uint64_t index)
{
	struct told *t = ctx;
	struct record r;

	(void)at;
	if (record_read(t->service, log, index, t->mem, &r) != ERR_NONE ||
	    !json_is_str(json_get(r.body, "reason"), t->reason))
		return true;
	for (int s = PROMISE_NEAR; s <= PROMISE_LATE; s++)
		if (json_is_str(json_get(r.body, "outcome"),
			clock_word((enum promise_state)s)) &&
		    s > (int)t->state)
			t->state = (enum promise_state)s;
	return t->state != PROMISE_LATE;
}

enum promise_state
clock_told(struct service *s, struct arena *a, enum act act, const char *id,
    const char *reason)
{
	struct told t = { .service = s, .mem = a, .reason = reason };
	const struct index_trace_ask ask = { .by = INDEX_TRACE_OF,
		.value = span_str(id), .and_n = 1,
		.and_by = INDEX_TRACE_ACT,
		.and_value = span_str(act_token(act)), .limit = TOLD_MOST };

	(void)!index_traces(s->index, &ask, see_told, &t, NULL);
	return t.state;
}
