/* SPDX-License-Identifier: Apache-2.0
 *
 * Test alerts: whom they call, and what came of them.
 */
#include "watch/trial.h"

static const char *const verdicts[] = { [TRIAL_CALL] = "call",
	[TRIAL_QUIET] = "quiet", [TRIAL_MANY] = "many",
	[TRIAL_REAL] = "real" };
static const char *const states[TRIAL_STATES] = { [TRIAL_SENT] = "sent",
	[TRIAL_DELIVERED] = "delivered",
	[TRIAL_ACKNOWLEDGED] = "acknowledged", [TRIAL_LATE] = "late",
	[TRIAL_UNDELIVERED] = "undelivered",
	[TRIAL_UNANSWERED] = "unanswered",
	[TRIAL_WITHDRAWN] = "withdrawn" };

enum trial_verdict
trial_admit(const struct trial_policy *p, unsigned today, bool is_real_open,
    int64_t now_s)
{
	if (is_real_open)
		return TRIAL_REAL;
	if (p->has_quiet && hours_has(&p->quiet, p->zone, now_s))
		return TRIAL_QUIET;
	return today >= p->most ? TRIAL_MANY : TRIAL_CALL;
}

const char *
trial_verdict_word(enum trial_verdict v)
{
	return verdicts[v];
}

int64_t
trial_due(const struct trial_facts *f)
{
	int64_t day = f->iat_s + TRIAL_DAY_S;

	return f->exp_s != 0 && f->exp_s < day ? f->exp_s : day;
}

enum trial_state
trial_judge(const struct trial_facts *f, int64_t now_s)
{
	int64_t due = trial_due(f);

	if (f->acknowledged_s != 0)
		return f->acknowledged_s <= due ? TRIAL_ACKNOWLEDGED :
						  TRIAL_LATE;
	if (f->is_withdrawn)
		return TRIAL_WITHDRAWN;
	if (now_s < due)
		return f->is_delivered ? TRIAL_DELIVERED : TRIAL_SENT;
	return f->is_delivered ? TRIAL_UNANSWERED : TRIAL_UNDELIVERED;
}

/* Who was too late was flagged, and has proved the way all the same. */
bool
trial_is_flagged(enum trial_state s)
{
	return s == TRIAL_UNDELIVERED || s == TRIAL_UNANSWERED;
}

const char *
trial_state_word(enum trial_state s)
{
	return states[s];
}

void
trial_stand(struct trial_standing *t, const struct trial_facts *f,
    int64_t now_s)
{
	enum trial_state s = trial_judge(f, now_s);

	if (f->acknowledged_s > t->proved_s)
		t->proved_s = f->acknowledged_s;
	if (t->is_decided || s == TRIAL_SENT || s == TRIAL_DELIVERED ||
	    s == TRIAL_WITHDRAWN)
		return;
	t->is_decided = true;
	t->is_flagged = trial_is_flagged(s);
}
