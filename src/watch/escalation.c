/* SPDX-License-Identifier: Apache-2.0
 *
 * The clock of one unanswered notice.
 */
#include "watch/escalation.h"

/* From the step before, or the arming, to the next one or the end. */
static int64_t
gap_ms(const struct escalation *e, const struct ladder *l)
{
	int64_t before = e->step == 0 || l->n == 0 ? 0 :
	    l->step[(e->step < l->n ? e->step : l->n) - 1].after_ms;
	int64_t next = e->step < l->n ? l->step[e->step].after_ms :
	    l->exhausted_ms;

	/* the ladder may have become shorter since */
	return next > before ? next - before : 0;
}

/* What is overdue stays so for all steps that follow, but only by a clock that
 * is trusted: by another one, one step comes at once and the next in time. */
static int64_t
left_by_wall(const struct escalation *e, const struct ladder *l,
    struct wall now, bool is_trusted)
{
	int64_t gap = gap_ms(e, l), left = e->from_ms + gap - now.ms;
	int64_t least = is_trusted && !e->is_doubted ? -l->exhausted_ms : 0;

	return left < least ? least : left > gap ? gap : left;
}

void
escalation_arm(struct escalation *e, const struct ladder *l, struct wall at,
    struct now now, bool is_trusted)
{
	*e = (struct escalation){ .from_ms = at.ms,
		.is_doubted = !is_trusted };
	(void)escalation_resume(e, l, now, is_trusted);
}

bool
escalation_resume(struct escalation *e, const struct ladder *l,
    struct now now, bool is_trusted)
{
	bool is_back = now.wall.ms < e->from_ms;

	if (is_back) {
		e->from_ms = now.wall.ms;
		e->is_doubted = true;
	}
	e->due.ms = now.mono.ms + left_by_wall(e, l, now.wall, is_trusted);
	return is_back;
}

void
escalation_resync(struct escalation *e, const struct ladder *l,
    struct now now)
{
	int64_t due = now.mono.ms + left_by_wall(e, l, now.wall, true);

	if (!e->is_doubted && due < e->due.ms)
		e->due.ms = due;
}

enum escalation_act
escalation_look(const struct escalation *e, const struct ladder *l,
    struct mono now, int64_t *wait_ms)
{
	*wait_ms = -1;
	if (e->state == ESCALATION_DONE)
		return ESCALATION_WAIT;
	if (now.ms < e->due.ms) {
		*wait_ms = e->due.ms - now.ms;
		return ESCALATION_WAIT;
	}
	return e->step < l->n ? ESCALATION_STEP : ESCALATION_EXHAUST;
}

void
escalation_hasten(struct escalation *e, const struct ladder *l,
    struct now now, bool is_trusted)
{
	e->from_ms = now.wall.ms - gap_ms(e, l);
	e->is_doubted = !is_trusted;
	e->due = now.mono;
}

struct escalation
escalation_after(const struct escalation *e, const struct ladder *l,
    enum escalation_act act)
{
	struct escalation next = *e;

	if (act == ESCALATION_EXHAUST)
		return escalation_ended(e, ESCALATION_EXHAUSTED);
	if (act != ESCALATION_STEP)
		return next;
	next.from_ms += gap_ms(e, l);
	next.step++;
	next.state = ESCALATION_CALLING;
	next.due.ms += gap_ms(&next, l);
	return next;
}

struct escalation
escalation_ended(const struct escalation *e, enum escalation_end end)
{
	struct escalation next = *e;

	next.state = ESCALATION_DONE;
	next.end = end;
	return next;
}

struct escalation
escalation_answered(const struct escalation *e, const struct ladder *l,
    unsigned posts)
{
	struct escalation next = *e;

	next.answered |= posts;
	return (l->answers & ~next.answered) == 0 ?
	    escalation_ended(&next, ESCALATION_ANSWERED) : next;
}
