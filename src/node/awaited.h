/* SPDX-License-Identifier: Apache-2.0
 *
 * What others promised about notices of this team: by when each said that it
 * would have news (watch/pledge.h). It is worked out from their answers, and kept
 * nowhere.
 */
#ifndef NODE_AWAITED_H
#define NODE_AWAITED_H

#include "node/command.h"
#include "watch/pledge.h"

enum { AWAITED_MOST = 256 };

struct awaited {
	struct uuid notice;
	int level;
	bool exercise;
	char team[LIMIT_TEAM_NAME + 1];
	int64_t due_s;
	enum pledge_awaits state;
};

/* Those that no word of the team has kept yet, about the own notice of `row`; at
 * most `max`, the count is returned. Uses `a`. */
size_t awaited_of(struct service *s, const struct index_row *row,
    struct arena *a, struct awaited *out, size_t max);

#endif
