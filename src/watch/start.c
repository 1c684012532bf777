/* SPDX-License-Identifier: Apache-2.0
 *
 * May this node go on with its own log?
 */
#include "watch/start.h"

#include <stdarg.h>
#include <stdio.h>

#define BIT(s) (1u << START_##s)

static const struct machine_state states[] = {
	[START_BOOT] = { "boot", BIT(ASK) | BIT(RESTORED) | BIT(HALT) },
	[START_ASK] = { "ask",
	    BIT(READY) | BIT(RESTORED) | BIT(FULL) | BIT(HALT) },
	[START_READY] = { "ready", BIT(FULL) | BIT(RESTORED) | BIT(HALT) },
	[START_FULL] = { "full", BIT(READY) | BIT(RESTORED) | BIT(HALT) },
	[START_RESTORED] = { "restored", BIT(EPOCH) | BIT(HALT) },
	[START_EPOCH] = { "epoch", BIT(READY) | BIT(RESTORED) | BIT(HALT) },
	[START_HALT] = { "halt", 0 },
};

void
start_init(struct start *s, int64_t wait_ms, unsigned expected,
    struct mono now)
{
	*s = (struct start){ .began = now, .wait_ms = wait_ms,
		.expected = expected };
	machine_init(&s->machine, states, sizeof states / sizeof *states,
	    START_BOOT);
}

static void PRINTF_LIKE(3, 4)
move(struct start *s, enum start_state to, const char *format, ...)
{
	va_list ap;

	if (!machine_may(&s->machine, to) || s->machine.state == (unsigned)to)
		return; /* HALT and RESTORED keep their first reason */
	machine_move(&s->machine, to);
	va_start(ap, format);
	vsnprintf(s->why, sizeof s->why, format, ap);
	va_end(ap);
}

void
start_check(struct start *s, const struct start_found *f)
{
	if (!digest_is_equal(&f->root, &f->head_root))
		move(s, START_HALT, "the stored records of the own log do not "
		    "give its root: the store is damaged");
	else if (f->size < f->fence_size)
		move(s, START_HALT, "the own log has %llu records but %llu "
		    "were released: the store is damaged",
		    (unsigned long long)f->size,
		    (unsigned long long)f->fence_size);
	else if (f->frozen)
		move(s, START_RESTORED, "two histories of the own log were "
		    "signed: it is frozen everywhere");
	else if (f->restored)
		move(s, START_RESTORED, "the store was made from a backup: its "
		    "log is never signed again");
	else if (!f->sentinel_held)
		move(s, START_RESTORED, "the sentinel file is missing or "
		    "unreadable: the store may be a restored backup");
	else if (!f->sentinel_same_origin)
		move(s, START_RESTORED,
		    "the sentinel file belongs to another log");
	else if (f->sentinel_size > f->size)
		move(s, START_RESTORED, "the store holds %llu records of the "
		    "own log but %llu were released: it is a restored backup",
		    (unsigned long long)f->size,
		    (unsigned long long)f->sentinel_size);
	else if (!digest_is_equal(&f->sentinel_root, &f->root_at_sentinel))
		move(s, START_RESTORED, "the store holds another history of "
		    "the own log than was released");
	else
		move(s, START_ASK, "%s", "");
}

void
start_link_up(struct start *s, struct mono now)
{
	if (start_is(s, START_ASK) && now.ms - s->began.ms <= s->wait_ms)
		s->up++;
}

void
start_answered(struct start *s)
{
	s->answered++;
}

void
start_link_down(struct start *s, bool had_answered)
{
	if (!start_is(s, START_ASK))
		return;
	if (had_answered && s->answered != 0)
		s->answered--;
	if (s->up != 0)
		s->up--;
}

bool
start_proved_behind(struct start *s, const char *whom, uint64_t size,
    uint64_t ours)
{
	bool was = start_is(s, START_RESTORED);

	if (start_is(s, START_EPOCH))
		return false; /* what it is opened for */
	if (size > ours)
		move(s, START_RESTORED, "%s holds a checkpoint of ours for "
		    "%llu records, the store has %llu: it is a restored backup",
		    whom, (unsigned long long)size, (unsigned long long)ours);
	else
		move(s, START_RESTORED, "%s holds a checkpoint of ours for "
		    "%llu records with another root: two histories of the own "
		    "log exist", whom, (unsigned long long)size);
	return !was && start_is(s, START_RESTORED);
}

void
start_superseded(struct start *s, struct span origin)
{
	if (origin.n != 0)
		move(s, START_RESTORED, "the team has a later log, %.*s: "
		    "another machine goes on, or this is a restored backup",
		    SPAN_FMT(origin));
	else
		move(s, START_RESTORED, "%s",
		    "the team's keyset has closed the log of this node");
}

bool
start_epoch(struct start *s, struct mono now)
{
	if (!start_is(s, START_RESTORED))
		return false;
	move(s, START_EPOCH, "%s", "a new log is being opened");
	s->began = now;
	return true;
}

void
start_opened(struct start *s)
{
	move(s, START_READY, "%s", "");
}

void
start_unopened(struct start *s, const char *why)
{
	move(s, START_RESTORED, "%s", why);
}

bool
start_has_asked(const struct start *s, struct mono now)
{
	return start_is(s, START_EPOCH) &&
	    now.ms - s->began.ms >= s->wait_ms;
}

void
start_full(struct start *s)
{
	move(s, START_FULL, "%s", "the disk is full: nothing more is accepted "
	    "until there is room");
}

void
start_room(struct start *s)
{
	if (start_is(s, START_FULL))
		move(s, START_READY, "%s", "");
}

void
start_halt(struct start *s, const char *why)
{
	move(s, START_HALT, "%s", why);
}

bool
start_step(struct start *s, struct mono now)
{
	int64_t age = now.ms - s->began.ms;
	bool all = s->answered >= s->up &&
	    (age >= s->wait_ms || s->up >= s->expected);

	if (!start_is(s, START_ASK) || (!all && age < START_ANSWER_MS))
		return false;
	move(s, START_READY, "%s", "");
	return true;
}

bool
start_may_write(const struct start *s)
{
	return !start_is(s, START_FULL) && !start_is(s, START_HALT) &&
	    !start_is(s, START_BOOT);
}
