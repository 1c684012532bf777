/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys that wait to be looked at.
 */
#include "node/letter_keys.h"

#include "base/mem.h"
#include "node/pages.h"

#include <stdlib.h>

enum { WAIT_MS = 30000, LOOK_MS = 1000 };

struct question {
	struct call *call;
	letter_keys_fn *done;
	struct span text;
	uint32_t request;
	bool is_sent;
	int64_t until_ms;
	struct question *next;
};

struct letter_keys {
	struct service *service;
	struct loop_timer *timer;
	struct question *first;
	uint32_t request;
};

static void
end(struct question **at, const struct job_frame *f)
{
	struct question *q = *at;

	*at = q->next;
	q->done(q->call, f);
	free(q);
}

static void
refuse(struct question **at, const char *why)
{
	const struct job_frame f = { .type = JOB_CHECKED, .word = JOB_NO,
		.text = span_str(why) };

	end(at, &f);
}

static void
ask(struct letter_keys *k, struct question *q)
{
	const struct job_frame f = { .type = JOB_CHECK,
		.request = q->request, .text = q->text };

	q->is_sent = pages_post(k->service->pages, &f);
}

static void
on_timer(void *ctx)
{
	struct letter_keys *k = ctx;
	int64_t now_ms = loop_now(k->service->loop).mono.ms;

	for (struct question **at = &k->first; *at != NULL;) {
		if ((*at)->until_ms <= now_ms) {
			refuse(at, "was not looked at in time: does the courier "
			    "run? almenara courier status");
			continue;
		}
		if (!(*at)->is_sent)
			ask(k, *at);
		at = &(*at)->next;
	}
	if (k->first != NULL)
		loop_timer_start(k->timer, LOOK_MS, 0);
}

void
letter_keys_check(struct call *c, struct span text, letter_keys_fn *done)
{
	struct letter_keys *k = c->service->letter_keys;
	struct question *q = mem_alloc(sizeof *q);

	*q = (struct question){ .call = c, .done = done, .text = text,
		.request = ++k->request, .next = k->first,
		.until_ms = loop_now(c->service->loop).mono.ms + WAIT_MS };
	k->first = q;
	if (text.n == 0 || text.n > LIMIT_PAGE_KEY) {
		refuse(&k->first, text.n == 0 ? "is empty" : "is too long");
		return;
	}
	ask(k, q);
	loop_timer_start(k->timer, LOOK_MS, 0);
}

void
letter_keys_take(struct service *s, const struct job_frame *f)
{
	struct question **at = &s->letter_keys->first;

	while (*at != NULL && ((*at)->request != f->request ||
	    !(*at)->is_sent))
		at = &(*at)->next;
	if (*at != NULL)
		end(at, f);
}

/* Another courier begins: what was asked of the one before is asked again. */
void
letter_keys_lost(struct service *s)
{
	for (struct question *q = s->letter_keys->first; q != NULL;
	     q = q->next)
		q->is_sent = false;
}

void
letter_keys_ready(struct service *s)
{
	for (struct question *q = s->letter_keys->first; q != NULL;
	     q = q->next)
		if (!q->is_sent)
			ask(s->letter_keys, q);
}

struct letter_keys *
letter_keys_create(struct service *s)
{
	struct letter_keys *k = mem_alloc(sizeof *k);

	*k = (struct letter_keys){ .service = s };
	k->timer = loop_timer_create(s->loop, on_timer, k);
	return k;
}

void
letter_keys_free(struct letter_keys *k)
{
	struct question *next;

	if (k == NULL)
		return;
	for (struct question *q = k->first; q != NULL; q = next) {
		next = q->next;
		free(q);
	}
	loop_timer_free(k->timer);
	free(k);
}
