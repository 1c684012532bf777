/* SPDX-License-Identifier: Apache-2.0
 *
 * The queue of pages.
 */
#include "watch/courier.h"

#include "base/limits.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	LATE_MS = 10000,   /* over the time that a try may take */
	AGAIN_MS = 1000,   /* an attempt that could not be written */
	SAME_S = 600,      /* the same is not said again for so long */
	LEVELS = 6
};

/* How patient each channel is, and how many go out at once. */
static const struct policy {
	const char *word;
	int64_t least_ms, most_ms;
	uint32_t tries;
	unsigned parallel;
} policies[COURIER_CHANNELS] = {
	[COURIER_MAIL] = { "mail", 15000, 600000, 12, 16 },
	[COURIER_WEBHOOK] = { "webhook", 5000, 300000, 15, 16 },
	[COURIER_COMMAND] = { "command", 10000, 120000, 6, 4 },
	[COURIER_PUSH] = { "push", 5000, 300000, 10, 16 },
	[COURIER_SCREEN] = { "screen", 2000, 30000, 8, 64 },
};

static const char *const result_words[COURIER_RESULTS] = {
	[COURIER_ACCEPTED] = "accepted", [COURIER_FAILED] = "failed",
	[COURIER_GIVEN_UP] = "given-up", [COURIER_CANCELLED] = "cancelled"
};

static bool
is_zero(const void *p, size_t n)
{
	const unsigned char *at = p;

	for (size_t i = 0; i < n; i++)
		if (at[i] != 0)
			return false;
	return true;
}

void
courier_init(struct courier *q, int64_t wait_ms)
{
	*q = (struct courier){ .wait_ms = wait_ms };
}

void
courier_release(struct courier *q)
{
	free(q->item);
	*q = (struct courier){ .wait_ms = q->wait_ms };
}

static struct courier_item *
find(const struct courier *q, const struct uuid *page)
{
	for (size_t i = 0; i < q->n; i++)
		if (uuid_is_equal(&q->item[i].page.id, page))
			return &q->item[i];
	return NULL;
}

const struct courier_item *
courier_find(const struct courier *q, const struct uuid *page)
{
	return find(q, page);
}

static void
remove_item(struct courier *q, struct courier_item *it)
{
	size_t at = (size_t)(it - q->item);

	memmove(it, it + 1, (q->n - at - 1) * sizeof *it);
	q->n--;
}

/* The end of a page, for the log. */
static void
tell(struct courier_item *it, enum courier_result result, const char *why)
{
	it->state = COURIER_TELLING;
	it->result = result;
	it->is_written = false;
	it->late = (struct mono){ 0 };
	if (why != it->why)
		snprintf(it->why, sizeof it->why, "%s", why);
}

/* --- what the log says --- */

static void
start_item(struct courier_item *it, const struct courier_page *p,
    struct now now)
{
	const struct policy *by = &policies[p->channel];
	int64_t off_s = p->from_s - now.wall.ms / 1000;

	*it = (struct courier_item){ .page = *p, .until = { -1 },
		.from = now.mono };
	backoff_init(&it->backoff, by->least_ms, by->most_ms, now.mono);
	if (p->level >= COURIER_URGENT)
		it->page.gathered = false;
	else if (off_s > 0)
		it->from.ms += off_s * 1000;
	if (p->until_s != 0)
		it->until.ms = now.mono.ms +
		    (p->until_s * 1000 > now.wall.ms ?
			p->until_s * 1000 - now.wall.ms : 0);
}

bool
courier_see_page(struct courier *q, const struct courier_page *p,
    struct now now)
{
	if (find(q, &p->id) != NULL)
		return true;
	if (q->n >= LIMIT_PAGES)
		return false;
	if (q->n == q->cap) {
		q->cap = q->cap == 0 ? 64 : q->cap * 2;
		q->item = mem_grow(q->item, q->cap * sizeof *q->item);
	}
	start_item(&q->item[q->n++], p, now);
	return true;
}

void
courier_see_stop(struct courier *q, const struct uuid *what,
    const unsigned char *person)
{
	for (size_t i = 0; i < q->n; i++) {
		struct courier_item *it = &q->item[i];

		if (!uuid_is_equal(&it->page.id, what) &&
		    (is_zero(&it->page.escalation, sizeof it->page.escalation) ||
			!uuid_is_equal(&it->page.escalation, what)))
			continue;
		if (person != NULL &&
		    memcmp(it->page.person, person, COURIER_KEY) != 0)
			continue;
		it->is_stopped = true;
		if (it->state == COURIER_WAITING)
			tell(it, COURIER_CANCELLED, "stopped");
	}
}

static void
remember(struct courier *q, const struct courier_page *p, struct now now)
{
	struct courier_sent *s = &q->sent[q->sent_at % COURIER_SENT];

	if (is_zero(p->dedup, sizeof p->dedup))
		return;
	memcpy(s->to, p->to, sizeof s->to);
	memcpy(s->dedup, p->dedup, sizeof s->dedup);
	s->at_s = now.wall.ms / 1000;
	q->sent_at = (q->sent_at + 1) % COURIER_SENT;
}

void
courier_see_attempt(struct courier *q, const struct uuid *page,
    enum courier_result result, uint32_t tries, struct now now,
    uint32_t random)
{
	struct courier_item *it = find(q, page);

	if (it == NULL || (result == COURIER_FAILED && tries <= it->tries))
		return;
	if (result == COURIER_ACCEPTED)
		remember(q, &it->page, now);
	if (result != COURIER_FAILED) {
		remove_item(q, it);
		return;
	}
	it->tries = tries;
	backoff_failed(&it->backoff, random, now.mono);
	it->state = COURIER_WAITING;
	if (it->is_stopped)
		tell(it, COURIER_CANCELLED, "stopped");
	else if (tries >= policies[it->page.channel].tries)
		tell(it, COURIER_GIVEN_UP, it->why[0] != '\0' ? it->why :
		    "too many tries");
}

/* --- what comes back --- */

static bool
is_of(const struct courier_item *it, const struct uuid *page)
{
	return uuid_is_equal(&it->page.id, page) ||
	    (it->state == COURIER_UNDER_WAY && uuid_is_equal(&it->lead, page));
}

static void
done_one(struct courier_item *it, enum courier_result result, bool is_final,
    const char *why)
{
	if (result == COURIER_ACCEPTED)
		tell(it, COURIER_ACCEPTED, why);
	else if (it->is_stopped)
		tell(it, COURIER_CANCELLED, "stopped");
	else
		tell(it, is_final ? COURIER_GIVEN_UP : COURIER_FAILED, why);
}

void
courier_done(struct courier *q, const struct uuid *page, uint32_t try_now,
    enum courier_result result, bool is_final, const char *why)
{
	for (size_t i = 0; i < q->n; i++) {
		struct courier_item *it = &q->item[i];
		bool is_now = it->state == COURIER_UNDER_WAY &&
		    it->try_now == try_now;

		if (!is_of(it, page) ||
		    (it->state == COURIER_TELLING && it->is_written))
			continue;
		if (is_now || result == COURIER_ACCEPTED)
			done_one(it, result, is_final, why);
	}
}

void
courier_put_off(struct courier *q, const struct uuid *page, struct mono until)
{
	for (size_t i = 0; i < q->n; i++) {
		struct courier_item *it = &q->item[i];

		if (it->state != COURIER_UNDER_WAY || !is_of(it, page))
			continue;
		it->state = COURIER_WAITING;
		it->from = until;
		it->try_now = it->tries;
		it->is_put_off = true;
	}
}

void
courier_ready(struct courier *q, struct now now)
{
	for (size_t i = 0; i < q->n; i++)
		if (q->item[i].state == COURIER_WAITING &&
		    q->item[i].is_put_off)
			q->item[i].from = now.mono;
}

void
courier_lost(struct courier *q, struct now now)
{
	for (size_t i = 0; i < q->n; i++) {
		struct courier_item *it = &q->item[i];

		if (it->state != COURIER_UNDER_WAY)
			continue;
		it->state = COURIER_WAITING;
		it->from = now.mono;
		if (it->is_stopped)
			tell(it, COURIER_CANCELLED,
			    "stopped; whether it went out is not known");
	}
}

void
courier_unwritten(struct courier *q, const struct uuid *page, struct now now)
{
	struct courier_item *it = find(q, page);

	if (it == NULL || it->state != COURIER_TELLING)
		return;
	it->is_written = false;
	it->late.ms = now.mono.ms + AGAIN_MS;
}

size_t
courier_retry(struct courier *q, const struct uuid *page, struct now now)
{
	size_t n = 0;

	for (size_t i = 0; i < q->n; i++) {
		struct courier_item *it = &q->item[i];

		if (it->state != COURIER_WAITING ||
		    (page != NULL && !uuid_is_equal(&it->page.id, page)))
			continue;
		it->from = it->backoff.due = now.mono;
		n++;
	}
	return n;
}

/* --- what is to be done --- */

struct pass {
	struct courier *q;
	struct now now;
	courier_fn *fn;
	void *ctx;
	unsigned out[COURIER_CHANNELS];
	const unsigned char *busy[COURIER_CHANNELS * 64]; /* addresses */
	size_t busy_n;
	int64_t wait_ms;
};

static void
come_again(struct pass *p, struct mono at)
{
	int64_t ms = at.ms - p->now.mono.ms;

	if (ms < 0)
		ms = 0;
	if (p->wait_ms < 0 || ms < p->wait_ms)
		p->wait_ms = ms;
}

static void
mark_busy(struct pass *p, const struct courier_item *it)
{
	p->out[it->page.channel]++;
	if (p->busy_n < sizeof p->busy / sizeof *p->busy)
		p->busy[p->busy_n++] = it->page.to;
}

static bool
is_busy(const struct pass *p, const struct courier_item *it)
{
	if (p->out[it->page.channel] >= policies[it->page.channel].parallel)
		return true;
	for (size_t i = 0; i < p->busy_n; i++)
		if (memcmp(p->busy[i], it->page.to, COURIER_KEY) == 0)
			return true;
	return false;
}

static bool
says_the_same(const struct courier_item *it, const unsigned char *to,
    const unsigned char *dedup)
{
	return memcmp(it->page.to, to, COURIER_KEY) == 0 &&
	    memcmp(it->page.dedup, dedup, COURIER_KEY) == 0;
}

/* The same was accepted a short while ago. */
static bool
was_said(const struct pass *p, const struct courier_item *it)
{
	const struct courier *q = p->q;

	if (is_zero(it->page.dedup, COURIER_KEY))
		return false;
	for (size_t i = 0; i < COURIER_SENT; i++)
		if (says_the_same(it, q->sent[i].to, q->sent[i].dedup) &&
		    p->now.wall.ms / 1000 - q->sent[i].at_s < SAME_S)
			return true;
	return false;
}

/* An earlier page that says the same is not ended yet: this one is wanted only
 * if that one is given up. */
static bool
is_behind(const struct pass *p, const struct courier_item *it)
{
	if (is_zero(it->page.dedup, COURIER_KEY))
		return false;
	for (const struct courier_item *o = p->q->item; o < it; o++)
		if (says_the_same(it, o->page.to, o->page.dedup))
			return true;
	return false;
}

static void
put_under_way(struct pass *p, struct courier_item *it,
    const struct courier_item *lead)
{
	it->state = COURIER_UNDER_WAY;
	it->is_put_off = false;
	it->is_cancel_told = false;
	it->try_now = lead == it ? it->tries + 1 : lead->try_now;
	it->lead = lead->page.id;
	it->late.ms = p->now.mono.ms + p->q->wait_ms + LATE_MS;
	come_again(p, it->late);
}

static bool
is_due(struct pass *p, const struct courier_item *it)
{
	struct mono at = it->from.ms > it->backoff.due.ms ? it->from :
							    it->backoff.due;

	if (p->now.mono.ms >= at.ms)
		return true;
	come_again(p, at);
	return false;
}

/* Others that are due and go in the same letter. */
static size_t
gather(struct pass *p, struct courier_item *lead,
    const struct courier_item *with[COURIER_GATHER])
{
	size_t n = 0;

	for (struct courier_item *o = lead + 1;
	     lead->page.gathered && o < p->q->item + p->q->n &&
	     n < COURIER_GATHER; o++) {
		if (!o->page.gathered || o->state != COURIER_WAITING ||
		    memcmp(o->page.to, lead->page.to, COURIER_KEY) != 0 ||
		    !is_due(p, o) || is_behind(p, o))
			continue;
		put_under_way(p, o, lead);
		with[n++] = o;
	}
	return n;
}

static void
step_waiting(struct pass *p, struct courier_item *it)
{
	const struct courier_item *with[COURIER_GATHER];

	if (it->until.ms >= 0 && p->now.mono.ms >= it->until.ms) {
		tell(it, COURIER_GIVEN_UP, it->why[0] != '\0' ? it->why :
		    "not sent in time");
		return;
	}
	if (it->until.ms >= 0)
		come_again(p, it->until);
	if (!is_due(p, it) || is_busy(p, it) || is_behind(p, it))
		return; /* what it waits for stirs the queue when it ends */
	if (was_said(p, it)) {
		tell(it, COURIER_CANCELLED, "the same was said already");
		return;
	}
	put_under_way(p, it, it);
	mark_busy(p, it);
	p->fn(p->ctx, COURIER_SEND, it, with, gather(p, it, with));
}

static void
step_under_way(struct pass *p, struct courier_item *it)
{
	if (it->is_stopped && !it->is_cancel_told) {
		it->is_cancel_told = true;
		p->fn(p->ctx, COURIER_CANCEL, it, NULL, 0);
	}
	if (p->now.mono.ms >= it->late.ms)
		done_one(it, COURIER_FAILED, false, "no answer");
	else
		come_again(p, it->late);
}

static void
step_telling(struct pass *p, struct courier_item *it)
{
	struct courier_item told = *it;

	if (it->is_written)
		return;
	if (p->now.mono.ms < it->late.ms) {
		come_again(p, it->late);
		return;
	}
	it->is_written = true;
	/* the number of the try that this is the end of */
	if (it->try_now > it->tries)
		told.tries = it->try_now;
	p->fn(p->ctx, COURIER_WRITE, &told, NULL, 0);
}

int64_t
courier_step(struct courier *q, struct now now, courier_fn *fn, void *ctx)
{
	struct pass p = { .q = q, .now = now, .fn = fn, .ctx = ctx,
		.wait_ms = -1 };
	bool has[LEVELS] = { false };

	for (size_t i = 0; i < q->n; i++) {
		struct courier_item *it = &q->item[i];

		if (it->state == COURIER_UNDER_WAY)
			step_under_way(&p, it);
		if (it->state == COURIER_UNDER_WAY &&
		    uuid_is_equal(&it->lead, &it->page.id))
			mark_busy(&p, it);
		if (it->state == COURIER_WAITING)
			has[it->page.level] = true;
	}
	for (int level = LEVELS - 1; level >= 0; level--)
		for (size_t i = 0; has[level] && i < q->n; i++)
			if (q->item[i].state == COURIER_WAITING &&
			    q->item[i].page.level == level)
				step_waiting(&p, &q->item[i]);
	for (size_t i = 0; i < q->n; i++)
		if (q->item[i].state == COURIER_TELLING)
			step_telling(&p, &q->item[i]);
	return p.wait_ms;
}

/* --- words --- */

const char *
courier_channel_word(enum courier_channel c)
{
	return policies[c].word;
}

enum courier_channel
courier_channel_find(struct span word)
{
	unsigned i = 0;

	while (i < COURIER_CHANNELS && !span_is_str(word, policies[i].word))
		i++;
	return (enum courier_channel)i;
}

const char *
courier_result_word(enum courier_result r)
{
	return result_words[r];
}

enum courier_result
courier_result_find(struct span word)
{
	unsigned i = 0;

	while (i < COURIER_RESULTS && !span_is_str(word, result_words[i]))
		i++;
	return (enum courier_result)i;
}
