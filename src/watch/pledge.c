/* SPDX-License-Identifier: Apache-2.0
 *
 * What is owed after the answer.
 */
#include "watch/pledge.h"

static const char *const words[] = { [PLEDGE_ASSESSMENT] = "assessment",
	[PLEDGE_UPDATE] = "update" };

const char *
pledge_word(enum pledge_what what)
{
	return words[what];
}

size_t
pledge_open(const struct pledge_facts *f, struct pledge out[PLEDGE_COUNT])
{
	size_t n = 0;

	if (f->assess_s != 0 && !f->is_assessed)
		out[n++] = (struct pledge){ PLEDGE_ASSESSMENT,
			f->came_s + f->assess_s, f->assess_s };
	if (f->said_s != 0 && f->next_s > f->said_s && !f->is_heard)
		out[n++] = (struct pledge){ PLEDGE_UPDATE, f->next_s,
			f->next_s - f->said_s };
	return n;
}

enum pledge_call
pledge_call(enum promise_state told, enum promise_state state, bool is_there)
{
	if (state <= told)
		return PLEDGE_NOBODY;
	return state == PROMISE_NEAR && is_there ? PLEDGE_PERSON : PLEDGE_POST;
}

enum pledge_awaits
pledge_awaits(int64_t due_s, int64_t known_s, int64_t now_s)
{
	if (now_s < due_s)
		return PLEDGE_AHEAD;
	return known_s > due_s ? PLEDGE_BROKEN : PLEDGE_UNHEARD;
}

const char *
pledge_awaits_word(enum pledge_awaits a)
{
	static const char *const all[] = { [PLEDGE_AHEAD] = "open",
		[PLEDGE_BROKEN] = "late", [PLEDGE_UNHEARD] = "unheard" };

	return all[a];
}
