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
