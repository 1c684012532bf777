/* SPDX-License-Identifier: Apache-2.0
 *
 * Trust in the wall clock.
 */
#include "watch/trust.h"

#include <string.h>

void
trust_init(struct trust *c, int64_t last_ms, struct now now)
{
	int64_t gap = now.wall.ms - last_ms;

	*c = (struct trust){ .state = TRUST_TRUSTED, .seen = now };
	if (last_ms != 0 && (gap < -TRUST_JUMP_MS || gap > TRUST_GAP_MS))
		c->state = TRUST_UNSURE;
}

static size_t
voices(const struct trust *c, struct mono now)
{
	size_t n = 0;

	for (size_t i = 0; i < TRUST_NEED; i++)
		n += c->voice[i].who != NULL &&
		    now.ms - c->voice[i].at.ms <= TRUST_VOICE_MS;
	return n;
}

static bool
is_confirmed(const struct trust *c, size_t peers, struct now now)
{
	size_t need = peers < TRUST_NEED ? peers : TRUST_NEED;

	/* nobody to ask and nobody to be early for */
	if (need == 0)
		return c->state == TRUST_UNSURE;
	return voices(c, now.mono) >= need;
}

bool
trust_step(struct trust *c, size_t peers, struct now now)
{
	int64_t wall = now.wall.ms - c->seen.wall.ms;
	int64_t apart = wall - (now.mono.ms - c->seen.mono.ms);
	enum trust_state was = c->state;

	c->seen = now;
	if (apart > TRUST_JUMP_MS || apart < -TRUST_JUMP_MS) {
		/* what agreed before agreed with another clock */
		memset(c->voice, 0, sizeof c->voice);
		c->state = TRUST_JUMPED;
	} else if (c->state != TRUST_TRUSTED && is_confirmed(c, peers, now)) {
		c->state = TRUST_TRUSTED;
	}
	return c->state != was;
}

/* The place of `who`, or the one that is worth least. */
static struct trust_voice *
place_of(struct trust *c, const void *who)
{
	struct trust_voice *least = &c->voice[0];

	for (size_t i = 0; i < TRUST_NEED; i++) {
		struct trust_voice *v = &c->voice[i];

		if (v->who == who)
			return v;
		if (v->who == NULL || (least->who != NULL &&
			v->at.ms < least->at.ms))
			least = v;
	}
	return least;
}

void
trust_beat(struct trust *c, const void *who, uint64_t time_s, struct now now)
{
	struct trust_voice *v = place_of(c, who);
	int64_t off = time_s > INT64_MAX / 1000 ? INT64_MAX :
	    (int64_t)time_s * 1000 - now.wall.ms;

	if (off >= -TRUST_JUMP_MS && off <= TRUST_JUMP_MS)
		*v = (struct trust_voice){ who, now.mono };
	else if (v->who == who)
		*v = (struct trust_voice){ 0 };
}

void
trust_confirm(struct trust *c, struct now now)
{
	c->state = TRUST_TRUSTED;
	c->seen = now;
}
