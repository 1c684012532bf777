/* SPDX-License-Identifier: Apache-2.0
 *
 * Letters to the courier, the most urgent first, at a bounded rate; and what it
 * says of them.
 */
#include "node/mailings_inside.h"

#include "base/mem.h"
#include "crypto/random.h"
#include "node/pages.h"
#include "watch/mailing_code.h"

enum {
	SEND_MOST = 32, /* looked at in one turn */
	GRACE_MS = 5000
};

static void
digest_of(const struct mailings *x, const char *what, struct span a,
    const struct uuid *who, struct digest *out)
{
	struct buf b;

	buf_init(&b, 256);
	buf_put_str(&b, what);
	buf_put(&b, a);
	buf_put_mem(&b, who->b, sizeof who->b);
	*out = hash_hmac(x->key, buf_span(&b));
	buf_release(&b);
}

/* The same for each try and each restart: of revision and reader. */
static struct uuid
letter_id(const struct mailings *x, const struct held *h,
    const struct uuid *who)
{
	struct digest d;
	struct uuid id;

	digest_of(x, "letter ", digest_span(&h->head.digest), who, &d);
	memcpy(id.b, d.b, sizeof id.b);
	id.b[6] = (unsigned char)((id.b[6] & 0x0f) | 0x80);
	id.b[8] = (unsigned char)((id.b[8] & 0x3f) | 0x80);
	return id;
}

static struct flight *
flight_free(struct mailings *x)
{
	for (size_t i = 0; i < MAILINGS_FLIGHTS; i++)
		if (x->flight[i].of == NULL)
			return &x->flight[i];
	return NULL;
}

static uint32_t
chance(void)
{
	uint32_t random;

	random_fill(&random, sizeof random);
	return random;
}

static void
ended(struct mailings *x, struct held *h, size_t at,
    enum mailing_result result, const char *why)
{
	mailing_done(&h->m, at, result, why, loop_now(x->service->loop).mono,
	    chance());
	if (result == MAILING_LATER && h->failed_n < MAILINGS_FAILED &&
	    h->m.one[at].state == MAILING_WAITING)
		h->failed[h->failed_n++] = at;
}

/* False: there is no courier yet. */
static bool
send_one(struct mailings *x, struct held *h, size_t at, struct flight *f)
{
	static const enum job_channel channel[MAILING_CHANNELS] = {
		[MAILING_MAIL] = JOB_MAIL, [MAILING_WEBHOOK] = JOB_WEBHOOK };
	const struct mailing_one *one = &h->m.one[at];
	int64_t wait_ms = (int64_t)x->service->config->courier_wait_s * 1000;
	struct job_frame job = { .type = JOB_SEND };
	struct mailing_text t = { .to = { 0 } };
	char code[MAILING_CODE + 1];
	struct arena a = { 0 };
	const char *why = "";
	bool good = true;

	mailing_code_write(x->key, &h->head.id, (uint32_t)at, code);
	if (!mailing_compose(x->service, &h->head, one, code, &a, &t, &why)) {
		ended(x, h, at, MAILING_NEVER, why);
	} else {
		job.job = (struct job){ .channel = channel[one->channel],
			.page = letter_id(x, h, &one->who),
			.try_now = one->tries + 1U,
			.wait_ms = (uint32_t)wait_ms, .at_s = h->head.at_s,
			.level = (uint8_t)h->head.level, .to = t.to,
			.subject = t.subject, .text = t.text,
			.certificate = t.key, .plain = t.plain };
		good = pages_post(x->service->pages, &job);
		*f = (struct flight){ .of = good ? h : NULL, .at = at,
			.page = job.job.page, .try_now = job.job.try_now,
			.late_ms = loop_now(x->service->loop).mono.ms +
			    wait_ms + GRACE_MS };
	}
	arena_release(&a);
	return good;
}

/* The most urgent that is released; of those the oldest. */
static bool
comes_before(const struct held *a, const struct held *b)
{
	if (b == NULL || a->head.level != b->head.level)
		return b == NULL || a->head.level > b->head.level;
	return a->head.at_s < b->head.at_s;
}

static struct held *
pick(struct mailings *x, size_t *at, int64_t *wait_ms)
{
	struct mono now = loop_now(x->service->loop).mono;
	struct held *best = NULL;

	for (struct held *h = x->first; h != NULL; h = h->next)
		if (h->is_released && h->m.count[MAILING_WAITING] != 0 &&
		    comes_before(h, best))
			best = h;
	if (best == NULL)
		return NULL;
	/* one whose readers all wait for another try holds up no other */
	if (mailing_next(&best->m, now, at, wait_ms))
		return best;
	for (struct held *h = x->first; h != NULL; h = h->next) {
		int64_t wait;

		if (h == best || !h->is_released)
			continue;
		if (mailing_next(&h->m, now, at, &wait))
			return h;
		if (wait >= 0 && (*wait_ms < 0 || wait < *wait_ms))
			*wait_ms = wait;
	}
	return NULL;
}

int64_t
mailings_send(struct mailings *x)
{
	int64_t now_us = loop_now(x->service->loop).mono.ms * 1000;
	int64_t step_us = 1000000 / x->service->config->mailings_per_s;
	int64_t wait = -1;

	if (x->next_us < now_us - 100000)
		x->next_us = now_us - 100000;
	for (unsigned i = 0; i < SEND_MOST; i++) {
		struct flight *f = flight_free(x);
		struct mono later = loop_now(x->service->loop).mono;
		struct held *h;
		size_t at = 0;

		if (f == NULL)
			return -1; /* the courier will wake us */
		if (x->next_us > now_us)
			return (x->next_us - now_us + 999) / 1000;
		h = pick(x, &at, &wait);
		if (h == NULL)
			return wait;
		if (!send_one(x, h, at, f)) {
			later.ms += MAILINGS_TELL_MS;
			mailing_put_off(&h->m, at, later);
			return MAILINGS_TELL_MS;
		}
		x->next_us += step_us;
	}
	return 0;
}

void
mailings_done(struct mailings *x, const struct job_frame *f)
{
	for (size_t i = 0; i < MAILINGS_FLIGHTS; i++) {
		struct flight *l = &x->flight[i];
		struct held *h = l->of;
		char why[MAILING_WHY];

		if (h == NULL || !uuid_is_equal(&l->page, &f->page) ||
		    l->try_now != f->try_now)
			continue;
		l->of = NULL;
		snprintf(why, sizeof why, "%.*s", SPAN_FMT(f->text));
		ended(x, h, l->at, f->result == JOB_ACCEPTED ? MAILING_OK :
			f->result == JOB_REFUSED ? MAILING_NEVER :
						   MAILING_LATER,
		    f->result == JOB_ACCEPTED ? "" : why);
		return;
	}
}

void
mailings_lost(struct mailings *x)
{
	for (struct held *h = x->first; h != NULL; h = h->next)
		mailing_lost(&h->m, loop_now(x->service->loop).mono);
	memset(x->flight, 0, sizeof x->flight);
}

void
mailings_look_late(struct mailings *x, int64_t now_ms)
{
	for (size_t i = 0; i < MAILINGS_FLIGHTS; i++) {
		struct flight *l = &x->flight[i];

		if (l->of == NULL || l->late_ms > now_ms)
			continue;
		ended(x, l->of, l->at, MAILING_LATER, "no word came");
		l->of = NULL;
	}
}
