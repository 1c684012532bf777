/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is called by a step. A storm of notices makes one page, nobody is called
 * all the time, and a night is kept where the level allows it; yet the step
 * itself is always taken.
 */
#include "watch/desk_inside.h"

#include <stdio.h>

/* In the order in which they are tried when one fails. */
static const enum channel loudest[] = { CHANNEL_COMMAND, CHANNEL_PUSH,
	CHANNEL_MAIL, CHANNEL_WEBHOOK, CHANNEL_SCREEN };

void
desk_call_mark(const struct desk_item *it, char out[DESK_MARK + 1])
{
	char id[UUID_TEXT + 1];

	uuid_write(&it->id, id);
	snprintf(out, DESK_MARK + 1, "%s/%u", id, it->e.step);
}

void
desk_storm_mark(const struct desk_item *it, char out[DESK_MARK + 1])
{
	struct digest d = hash_sha256(span_str(it->notice.campaign));

	/* the name of a campaign may say too much */
	snprintf(out, DESK_MARK + 1, "storm/%02x%02x%02x%02x%02x%02x%02x%02x",
	    d.b[0], d.b[1], d.b[2], d.b[3], d.b[4], d.b[5], d.b[6], d.b[7]);
}

/* Unanswered notices of the campaign of `it`, itself among them. */
static unsigned
storm_size(const struct desk *d, const struct desk_item *it)
{
	unsigned n = 0;

	for (size_t i = 0; i < d->n; i++)
		n += d->item[i]->what == LADDER_RECIPIENT &&
		    d->item[i]->e.state != ESCALATION_DONE &&
		    strcmp(d->item[i]->notice.campaign,
			it->notice.campaign) == 0;
	return n;
}

static bool
is_stormed(const struct desk *d, const char *person, const char *dedup,
    struct mono now)
{
	for (size_t i = 0; i < d->call_n && i < DESK_RECALL; i++)
		if (strcmp(d->call[i].dedup, dedup) == 0 &&
		    strcmp(d->call[i].person, person) == 0 &&
		    now.ms - d->call[i].at_ms < DESK_STORM_MS)
			return true;
	return false;
}

/* Calls of the last hour; the channels of one are one. */
static unsigned
calls_of(const struct desk *d, const char *person, const char *mark,
    struct mono now)
{
	unsigned n = 0;

	for (size_t i = 0; i < d->call_n && i < DESK_RECALL; i++)
		n += strcmp(d->call[i].person, person) == 0 &&
		    strcmp(d->call[i].call, mark) != 0 &&
		    now.ms - d->call[i].at_ms < DESK_CALLS_MS;
	return n;
}

void
desk_called(struct desk *d, const struct desk_item *it,
    const struct desk_out *o, struct mono now)
{
	char mark[DESK_MARK + 1], dedup[DESK_MARK + 1] = "";
	struct desk_call *c;

	desk_call_mark(it, mark);
	if (o->count > 1)
		desk_storm_mark(it, dedup);
	for (size_t i = 0; i < d->call_n && i < DESK_RECALL; i++)
		if (strcmp(d->call[i].call, mark) == 0 &&
		    strcmp(d->call[i].person, o->person) == 0)
			return;
	c = &d->call[d->call_n++ % DESK_RECALL];
	*c = (struct desk_call){ .at_ms = now.ms };
	snprintf(c->person, sizeof c->person, "%s", o->person);
	snprintf(c->call, sizeof c->call, "%s", mark);
	snprintf(c->dedup, sizeof c->dedup, "%s", dedup);
}

/* Those that are silent at this hour. */
static unsigned
silent(const struct ladder *l, const struct desk_holder *h)
{
	bool is_kept = h->is_quiet && (l->quiet == QUIET_KEPT ||
	    (l->quiet == QUIET_ON_CALL && !h->on_call));

	return is_kept ? ~(1U << CHANNEL_SCREEN | 1U << CHANNEL_MAIL) : 0;
}

/* The channels of one person by this step, were it day. A test takes no other
 * way than its ladder says: it is the one that is tried. */
static unsigned
pick(const struct ladder_step *s, const struct desk_holder *h, bool is_strict)
{
	unsigned has = h->channels | 1U << CHANNEL_SCREEN;
	unsigned set = has & s->channels;

	/* none of those that the step wants: what there is, the loudest */
	for (size_t i = 0; !is_strict && (set & ~(1U << CHANNEL_SCREEN)) == 0 &&
	     (s->channels & ~(1U << CHANNEL_SCREEN)) != 0 &&
	     i < sizeof loudest / sizeof *loudest; i++)
		set |= has & 1U << loudest[i];
	return set;
}

static bool
is_called(const struct desk_item *it, const char *person, enum channel by)
{
	for (size_t i = 0; i < it->out_n; i++)
		if (!it->out[i].is_word && it->out[i].channel == by &&
		    strcmp(it->out[i].person, person) == 0)
			return true;
	return false;
}

static struct desk_out *
add_page(struct desk_item *it, const char *person, enum post post,
    enum channel by, unsigned count)
{
	struct desk_out *o;

	if (is_called(it, person, by) || (o = desk_add_out(it)) == NULL)
		return NULL;
	*o = (struct desk_out){ .post = post, .channel = by, .count = count };
	snprintf(o->person, sizeof o->person, "%s", person);
	o->id = desk_id(it->e.from_ms, "page", &it->id, it->e.step,
	    span_str(o->person), by);
	return o;
}

/* On record as what would have been made. */
static void
add_quiet(struct desk_item *it, const char *person, enum post post,
    enum channel by)
{
	struct desk_out *o = add_page(it, person, post, by, 0);

	if (o != NULL)
		o->is_quiet = o->is_written = true;
}

static void
call_person(struct desk *d, struct desk_item *it, enum post post,
    const struct desk_holder *h, struct mono now)
{
	const struct ladder *l = desk_ladder(d, it);
	unsigned set = pick(&l->step[it->e.step - 1], h,
	    it->what == LADDER_TEST), count = 0;
	unsigned quiet = set & silent(l, h);
	char mark[DESK_MARK + 1];

	if (it->what == LADDER_RECIPIENT && it->notice.campaign[0] != '\0')
		count = storm_size(d, it);
	if (count > DESK_STORM) {
		desk_storm_mark(it, mark);
		if (is_stormed(d, h->person, mark, now)) {
			it->merged++;
			return;
		}
	}
	desk_call_mark(it, mark);
	if (calls_of(d, h->person, mark, now) >= DESK_CALLS) {
		it->held++;
		return;
	}
	set &= ~quiet;
	if (set == 0)
		set = 1U << CHANNEL_SCREEN;
	for (enum channel by = 0; by < CHANNEL_COUNT; by++)
		if ((set & 1U << by) != 0)
			(void)add_page(it, h->person, post, by,
			    count > DESK_STORM ? count : 0);
		else if ((quiet & 1U << by) != 0)
			add_quiet(it, h->person, post, by);
}

/* False if people hold the post, and nobody of them is known to be there. */
static bool
call_post(struct desk *d, struct desk_item *it, enum post post,
    struct mono now)
{
	struct desk_holder h[DESK_HOLDERS];
	size_t n = d->host.holders(d->host.ctx, post, h, DESK_HOLDERS);
	unsigned absent = 0;

	for (size_t i = 0; i < n; i++) {
		call_person(d, it, post, &h[i], now);
		absent += h[i].is_absent;
	}
	it->absent += absent;
	return n == 0 || absent < n;
}

/* A post of the step; and the posts behind it until somebody is there, unless
 * it is a test. */
static void
call_down(struct desk *d, struct desk_item *it, enum post post,
    unsigned *called, struct mono now)
{
	for (enum post p = post; p <= POST_ALTERNATE || p == post; p++) {
		if ((*called & 1U << p) != 0)
			return;
		*called |= 1U << p;
		if (call_post(d, it, p, now) || it->what == LADDER_TEST)
			return;
	}
}

static void
add_word(struct desk_item *it, enum told told)
{
	struct desk_out *o = desk_add_out(it);

	if (o == NULL)
		return;
	*o = (struct desk_out){ .is_word = true, .told = told };
	o->id = desk_id(it->e.from_ms, "word", &it->id, it->e.step,
	    span_str(""), told);
}

void
desk_plan(struct desk *d, struct desk_item *it, struct now now)
{
	const struct ladder *l = desk_ladder(d, it);
	const struct ladder_step *s = &l->step[it->e.step - 1];
	unsigned called = 0;

	it->out_n = 0;
	it->merged = it->held = it->absent = 0;
	for (enum told t = 0; t < TOLD_COUNT; t++)
		if ((s->tell & 1U << t) != 0)
			add_word(it, t);
	for (enum post p = 0; p < POST_COUNT; p++)
		if ((s->posts & 1U << p) != 0)
			call_down(d, it, p, &called, now.mono);
}

bool
desk_plan_other(struct desk *d, struct desk_item *it,
    const struct desk_out *failed)
{
	struct desk_holder h[DESK_HOLDERS];
	struct desk_out was = *failed;
	size_t n = it->what == LADDER_TEST ? 0 :
	    d->host.holders(d->host.ctx, was.post, h, DESK_HOLDERS);

	for (size_t k = 0; k < n; k++) {
		unsigned has = (h[k].channels | 1U << CHANNEL_SCREEN) &
		    ~silent(desk_ladder(d, it), &h[k]);

		if (strcmp(h[k].person, was.person) != 0)
			continue;
		for (size_t i = 0; i < sizeof loudest / sizeof *loudest; i++) {
			if ((has & 1U << loudest[i]) == 0 ||
			    is_called(it, was.person, loudest[i]) ||
			    it->out_n == DESK_OUTS)
				continue;
			return add_page(it, was.person, was.post, loudest[i],
			    was.count) != NULL;
		}
	}
	return false;
}
