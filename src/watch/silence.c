/* SPDX-License-Identifier: Apache-2.0
 *
 * How long ago a node was heard.
 */
#include "watch/silence.h"

void
silence_init(struct silence *s, struct mono now)
{
	*s = (struct silence){ .heard = now };
}

bool
silence_beat(struct silence *s, uint64_t time_s, struct now now)
{
	uint64_t here = now.wall.ms > 0 ? (uint64_t)now.wall.ms / 1000 : 0;
	uint64_t off = time_s > here ? time_s - here : here - time_s;

	if (time_s <= s->time_s)
		return false;
	s->time_s = time_s;
	s->heard = now.mono;
	s->state = SILENCE_HEARD;
	s->clock_off = off > SILENCE_CLOCK_S;
	return true;
}

bool
silence_step(struct silence *s, int64_t alarm_ms, int64_t unreachable_ms,
    struct mono now)
{
	int64_t quiet_ms = now.ms - s->heard.ms;
	enum silence_state was = s->state;

	if (quiet_ms >= unreachable_ms)
		s->state = SILENCE_UNREACHABLE;
	else if (quiet_ms >= alarm_ms)
		s->state = SILENCE_SILENT;
	return s->state != was;
}

const char *
silence_name(enum silence_state state)
{
	static const char *const names[] = { "unknown", "heard", "silent",
		"unreachable" };

	return names[state];
}
