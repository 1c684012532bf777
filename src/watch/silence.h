/* SPDX-License-Identifier: Apache-2.0
 *
 * Silence is proved: how long ago a node's heartbeat was heard.
 *
 *   UNKNOWN --beat--> HEARD --alarm time--> SILENT --more--> UNREACHABLE
 *                       ^______________beat_____________________|
 *
 * Heartbeat times strictly increase per node; more than 120 s off the local
 * clock is a clock alarm, told once until it is good again.
 */
#ifndef WATCH_SILENCE_H
#define WATCH_SILENCE_H

#include "base/instant.h"

#include <stdbool.h>
#include <stdint.h>

enum silence_state {
	SILENCE_UNKNOWN,
	SILENCE_HEARD,
	SILENCE_SILENT,
	SILENCE_UNREACHABLE
};

enum { SILENCE_CLOCK_S = 120 };

struct silence {
	enum silence_state state;
	struct mono heard;   /* since when the present silence counts */
	uint64_t time_s;     /* of the newest heartbeat */
	bool clock_off;
};

void silence_init(struct silence *s, struct mono now);

/* A verified heartbeat that states `time_s`. False if it is not newer than
 * the last one (a replay: ignored). */
bool silence_beat(struct silence *s, uint64_t time_s, struct now now);

/* Time passes; true if the state changed. */
bool silence_step(struct silence *s, int64_t alarm_ms, int64_t unreachable_ms,
    struct mono now);

const char *silence_name(enum silence_state state);

#endif
