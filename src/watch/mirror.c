/* SPDX-License-Identifier: Apache-2.0
 *
 * What to do with a checkpoint of another origin.
 */
#include "watch/mirror.h"

#include "base/limits.h"

enum mirror_verdict
mirror_judge(const struct mirror_view *v, const struct mirror_offer *o)
{
	if (v->closed && o->size > v->closed_size)
		return MIRROR_BEYOND; /* void, whatever it is */
	if (o->size <= v->size)
		return digest_is_equal(&v->root_there, &o->root) ?
		    MIRROR_KNOWN : MIRROR_CONTRADICTS;
	if (o->first <= v->size && o->first + o->count == o->size)
		return MIRROR_APPLY;
	return o->size - v->size <= LIMIT_GAP_BY_PUSH ? MIRROR_WANT_RECORDS :
							MIRROR_WANT_TILES;
}

enum mirror_state
mirror_find_state(const struct mirror_view *v, uint64_t newest, bool frozen)
{
	if (frozen)
		return MIRROR_FROZEN;
	if (v->closed && v->size >= v->closed_size)
		return MIRROR_CLOSED;
	if (newest > v->size)
		return MIRROR_FILLING;
	return v->size == 0 ? MIRROR_UNKNOWN : MIRROR_CURRENT;
}

const char *
mirror_name(enum mirror_state state)
{
	static const char *const names[] = { "unknown", "current", "filling",
		"frozen", "closed" };

	return names[state];
}
