/* SPDX-License-Identifier: Apache-2.0
 *
 * The queue of one notice to many.
 */
#include "watch/mailing.h"

#include "base/limits.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t least_ms = 30000, most_ms = 7200000;

void
mailing_init(struct mailing *m)
{
	memset(m, 0, sizeof *m);
	m->why_n = 1; /* 0: none */
	m->soonest_ms = INT64_MAX;
}

void
mailing_release(struct mailing *m)
{
	free(m->one);
	m->one = NULL;
	m->n = m->cap = 0;
}

static void
move(struct mailing *m, struct mailing_one *x, enum mailing_state to)
{
	m->count[x->state]--;
	m->count[to]++;
	x->state = (uint8_t)to;
}

/* Too many different reasons become the last one. */
static uint8_t
keep_why(struct mailing *m, const char *why)
{
	char text[MAILING_WHY];
	size_t i = 1;

	if (why[0] == '\0')
		return 0;
	snprintf(text, sizeof text, "%s", why);
	while (i < m->why_n && strcmp(m->why[i], text) != 0)
		i++;
	if (i == MAILING_WHYS)
		i--;
	memcpy(m->why[i], text, sizeof text);
	if (i == m->why_n)
		m->why_n++;
	return (uint8_t)i;
}

static void
one_more(struct mailing_one *x)
{
	if (x->tries < MAILING_TRIES)
		x->tries++;
}

enum err
mailing_add(struct mailing *m, const struct uuid *who,
    enum mailing_channel channel)
{
	struct mailing_one *more;

	if (m->n == LIMIT_MAILING)
		return ERR_LIMIT;
	if (m->n == m->cap) {
		m->cap = m->cap == 0 ? MAILING_PART : 2 * m->cap;
		more = mem_array(m->cap, sizeof *more);
		if (m->n != 0)
			memcpy(more, m->one, m->n * sizeof *more);
		free(m->one);
		m->one = more;
	}
	m->one[m->n++] = (struct mailing_one){ .who = *who,
		.channel = (uint8_t)channel };
	m->count[MAILING_WAITING]++;
	return ERR_NONE;
}

void
mailing_see(struct mailing *m, size_t at, enum mailing_state state,
    const char *why)
{
	struct mailing_one *x = at < m->n ? &m->one[at] : NULL;

	if (x == NULL)
		return;
	x->why = keep_why(m, why);
	if (state == MAILING_WAITING) {
		one_more(x);
		return;
	}
	move(m, x, state);
}

/* --- sending --- */

static void
begin_round(struct mailing *m)
{
	m->looked = 0;
	m->soonest_ms = INT64_MAX;
}

bool
mailing_next(struct mailing *m, struct mono now, size_t *at, int64_t *wait_ms)
{
	*wait_ms = -1;
	if (m->count[MAILING_WAITING] == 0)
		return false;
	for (size_t i = 0; i < MAILING_LOOK; i++) {
		struct mailing_one *x = &m->one[m->at];

		if (m->looked == m->n) {
			*wait_ms = m->soonest_ms == INT64_MAX ||
				m->soonest_ms < now.ms ? 0 :
			    m->soonest_ms - now.ms;
			begin_round(m);
			return false;
		}
		*at = m->at;
		m->at = (m->at + 1) % m->n;
		m->looked++;
		if (x->state != MAILING_WAITING)
			continue;
		if (x->due_ms <= now.ms) {
			move(m, x, MAILING_UNDER_WAY);
			return true;
		}
		if (x->due_ms < m->soonest_ms)
			m->soonest_ms = x->due_ms;
	}
	*wait_ms = 0;
	return false;
}

static void
wait_for(struct mailing *m, struct mailing_one *x, int64_t due_ms)
{
	x->due_ms = due_ms;
	if (due_ms < m->soonest_ms)
		m->soonest_ms = due_ms;
	move(m, x, MAILING_WAITING);
}

void
mailing_done(struct mailing *m, size_t at, enum mailing_result result,
    const char *why, struct mono now, uint32_t random)
{
	struct mailing_one *x = at < m->n ? &m->one[at] : NULL;
	int64_t wait_ms = least_ms;

	if (x == NULL || x->state != MAILING_UNDER_WAY)
		return;
	x->why = keep_why(m, why);
	one_more(x);
	if (result == MAILING_LATER && x->tries < MAILING_TRIES) {
		for (unsigned i = 1; i < x->tries && wait_ms < most_ms; i++)
			wait_ms *= 3;
		if (wait_ms > most_ms)
			wait_ms = most_ms;
		wait_for(m, x, now.ms + wait_ms - random % (wait_ms / 4));
		return;
	}
	x->ends = result == MAILING_OK ? MAILING_REACHED : MAILING_GIVEN_UP;
	x->is_told = false;
	move(m, x, MAILING_TELLING);
}

void
mailing_put_off(struct mailing *m, size_t at, struct mono from)
{
	if (at < m->n && m->one[at].state == MAILING_UNDER_WAY)
		wait_for(m, &m->one[at], from.ms);
}

void
mailing_lost(struct mailing *m, struct mono now)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->one[i].state == MAILING_UNDER_WAY)
			wait_for(m, &m->one[i], now.ms);
	begin_round(m);
}

size_t
mailing_hasten(struct mailing *m, struct mono now)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++)
		if (m->one[i].state == MAILING_WAITING &&
		    m->one[i].due_ms > now.ms) {
			m->one[i].due_ms = now.ms;
			n++;
		}
	begin_round(m);
	return n;
}

/* --- telling --- */

size_t
mailing_tell(struct mailing *m, size_t from)
{
	if (m->count[MAILING_TELLING] == 0)
		return SIZE_MAX;
	for (size_t i = from; i < m->n; i++) {
		struct mailing_one *x = &m->one[i];

		if (x->state != MAILING_TELLING || x->is_told)
			continue;
		x->is_told = true;
		return i;
	}
	return SIZE_MAX;
}

void
mailing_untold(struct mailing *m)
{
	for (size_t i = 0; i < m->n; i++)
		m->one[i].is_told = false;
}

bool
mailing_is_over(const struct mailing *m)
{
	return m->count[MAILING_REACHED] + m->count[MAILING_GIVEN_UP] == m->n;
}

const char *
mailing_why(const struct mailing *m, size_t at)
{
	return at < m->n && m->one[at].why < m->why_n ?
	    m->why[m->one[at].why] : "";
}

const char *
mailing_channel_word(enum mailing_channel c)
{
	return c == MAILING_WEBHOOK ? "webhook" : "mail";
}

enum mailing_due
mailing_due(const struct digest *sent, const struct digest *newest,
    size_t readers, bool is_held, bool is_ended)
{
	if (readers == 0 || !is_held || digest_is_equal(sent, newest))
		return MAILING_CURRENT;
	return is_ended ? MAILING_END : MAILING_UPDATE;
}
