/* SPDX-License-Identifier: Apache-2.0
 *
 * When a state was last proved, and by what: that its node lives (a heartbeat),
 * that it stores what it is sent (a receipt), that a person there answers (a test
 * alert acknowledged, watch/trial.h). Each is verified when it comes; heartbeats
 * alone are forgotten by a restart.
 */
#ifndef NODE_LAST_PROVED_H
#define NODE_LAST_PROVED_H

#include "node/trials.h"

/* All teams, for one command. */
struct last_proved {
	struct trial_team team[LIMIT_TEAMS];
	size_t n;
};

/* In the memory of the call. */
struct last_proved *last_proved_read(struct call *c);

/* Write the member `proved` of a peer: heartbeat, receipt, person (POSIX seconds,
 * 0: never), flagged (no person answered the newest test that has ended). */
void last_proved_put(struct call *c, const struct last_proved *x,
    const struct hub_peer_info *p);

#endif
