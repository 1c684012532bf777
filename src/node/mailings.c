/* SPDX-License-Identifier: Apache-2.0
 *
 * Notices to many, joined to log and courier.
 */
#include "node/mailings.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/reader.h"
#include "crypto/random.h"
#include "crypto/wrap.h"
#include "node/command.h"
#include "node/pages.h"
#include "watch/mailing_code.h"

#include <stdlib.h>
#include <string.h>

enum {
	READ_MOST = 64,       /* entries in one turn, when behind */
	CURSOR_STEP = 512,    /* the cursor is written so often at least */
	FLIGHTS = 16,         /* letters under way: pages find room beside */
	SEND_MOST = 32,       /* looked at in one turn */
	TELL_MOST = 200,      /* results in one record */
	TELL_MS = 1000,       /* and no later than this */
	FAILED_MOST = 200,
	ORPHAN_S = 600,       /* parts that nothing has released */
	GRACE_MS = 5000
};

static const char space[] = "mailings";

/* One that has not ended. */
struct held {
	struct mailing m;
	struct mailing_head head;
	struct digest record;   /* of the record `mailing` */
	size_t parts, parts_seen;
	bool is_released;
	size_t failed[FAILED_MOST]; /* tries that are to be written */
	size_t failed_n;
	int64_t tell_ms;        /* results wait since; 0: none */
	bool is_writing;
	struct held *next;
};

struct flight {
	struct held *of; /* NULL: free */
	size_t at;
	struct uuid page;
	uint32_t try_now;
	int64_t late_ms;
};

struct mailings {
	struct service *service;
	struct loop_timer *timer;
	struct hash_key *key;    /* of codes and of the ids of letters */
	uint64_t cursor, written;
	uint64_t mine;           /* what this process writes begins here */
	struct held *first;
	struct flight flight[FLIGHTS];
	int64_t next_us;         /* the next letter may go */
};

/* --- the log --- */

static bool
take_id(struct json_val v, struct arena *a, struct uuid *out)
{
	struct span s;

	return json_text(v, a, &s) == ERR_NONE &&
	    uuid_parse(s, out) == ERR_NONE;
}

static bool
is_same(const struct uuid *a, const struct uuid *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

static struct held *
held_find(struct mailings *x, const struct uuid *id)
{
	for (struct held *h = x->first; h != NULL; h = h->next)
		if (is_same(&h->head.id, id))
			return h;
	return NULL;
}

static struct held *
held_make(const struct uuid *id, const struct record *r)
{
	struct held *h = mem_alloc(sizeof *h);

	mailing_init(&h->m);
	h->head = (struct mailing_head){ .id = *id, .first = r->index,
		.at_s = r->entry.iat_s };
	return h;
}

static void
held_free(struct mailings *x, struct held *h)
{
	for (struct held **at = &x->first; *at != NULL; at = &(*at)->next)
		if (*at == h) {
			*at = h->next;
			break;
		}
	for (size_t i = 0; i < FLIGHTS; i++)
		if (x->flight[i].of == h)
			x->flight[i].of = NULL;
	mailing_release(&h->m);
	free(h);
}

static void
take_part(struct held *h, const struct record *r, struct arena *a)
{
	static const char *const fields[MAILING_CHANNELS] = {
		[MAILING_MAIL] = "mail", [MAILING_WEBHOOK] = "webhook" };

	for (int c = 0; c < MAILING_CHANNELS; c++) {
		struct json_val list = json_get(r->body, fields[c]);

		for (struct json_val v = json_first(list);
		     v.type != JSON_ABSENT; v = json_next(list, v)) {
			struct uuid who;

			if (take_id(v, a, &who))
				(void)!mailing_add(&h->m, &who,
				    (enum mailing_channel)c);
		}
	}
	h->parts_seen++;
}

static void
take_head(struct held *h, const struct record *r, struct arena *a)
{
	struct mailing_head *d = &h->head;
	struct span text;
	uint64_t n = 0;

	(void)take_id(json_get(r->body, "notice"), a, &d->notice);
	if (json_text(json_get(r->body, "digest"), a, &text) == ERR_NONE)
		(void)!entry_parse_digest(text, &d->digest);
	(void)!json_u64(json_get(r->body, "rev"), &d->rev);
	if (json_u64(json_get(r->body, "level"), &n) == ERR_NONE)
		d->level = (int)n;
	if (json_u64(json_get(r->body, "parts"), &n) == ERR_NONE)
		h->parts = n;
	if (json_text(json_get(r->body, "act"), a, &text) == ERR_NONE)
		snprintf(d->act, sizeof d->act, "%.*s", SPAN_FMT(text));
	d->at_s = r->entry.iat_s;
	h->record = hash_sha256(r->jws);
	h->is_released = h->parts_seen == h->parts;
}

static void
take_ends(struct held *h, struct json_val list, enum mailing_state state,
    struct arena *a)
{
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v)) {
		struct json_val at = v.type == JSON_OBJECT ?
		    json_get(v, "at") : v;
		struct span why = span_str("");
		uint64_t n;

		if (v.type == JSON_OBJECT)
			(void)!json_text(json_get(v, "why"), a, &why);
		if (json_u64(at, &n) == ERR_NONE)
			mailing_see(&h->m, n, state, arena_string(a, why));
	}
}

static void
take_result(struct held *h, const struct record *r, struct arena *a)
{
	take_ends(h, json_get(r->body, "reached"), MAILING_REACHED, a);
	take_ends(h, json_get(r->body, "given_up"), MAILING_GIVEN_UP, a);
	take_ends(h, json_get(r->body, "failed"), MAILING_WAITING, a);
}

/* --- reading on --- */

static void
see_part(struct mailings *x, const struct record *r, const struct uuid *id,
    struct arena *a)
{
	struct held *h = held_find(x, id);

	if (h == NULL) {
		h = held_make(id, r);
		h->next = x->first;
		x->first = h;
	}
	take_part(h, r, a);
}

static void
see_head(struct mailings *x, const struct record *r, struct arena *a)
{
	struct held *h = held_find(x, &r->entry.id);

	if (h == NULL)
		return;
	if (json_get(r->body, "ended").type != JSON_ABSENT) {
		held_free(x, h);
		return;
	}
	take_head(h, r, a);
	log_event(LOG_NOTICE, "mailing.released",
	    log_uint("readers", h->m.n));
}

/* Results that this process has written are known. */
static void
see_result(struct mailings *x, const struct record *r, const struct uuid *id,
    struct arena *a)
{
	struct held *h = held_find(x, id);

	if (h != NULL && r->index < x->mine)
		take_result(h, r, a);
}

static void
see(struct mailings *x, uint64_t index)
{
	struct service *s = x->service;
	struct arena a = { 0 };
	struct record r;
	struct uuid id;

	if (record_read(s, hub_log(s->hub, 1).id, index, &a, &r) ==
	    ERR_NONE) {
		bool has = take_id(json_get(r.body, "mailing"), &a, &id);

		if (has && span_is_str(r.entry.kind, "mailing-part"))
			see_part(x, &r, &id, &a);
		else if (span_is_str(r.entry.kind, "mailing"))
			see_head(x, &r, &a);
		else if (has && span_is_str(r.entry.kind, "mailing-result"))
			see_result(x, &r, &id, &a);
	}
	arena_release(&a);
}

static bool
read_on(struct mailings *x)
{
	uint64_t size = hub_log(x->service->hub, 1).size;

	for (unsigned i = 0; i < READ_MOST && x->cursor < size; i++)
		see(x, x->cursor++);
	return x->cursor >= size;
}

/* Where the next start has to begin. */
static uint64_t
lowest(const struct mailings *x)
{
	uint64_t low = x->cursor;

	for (const struct held *h = x->first; h != NULL; h = h->next)
		if (h->head.first < low)
			low = h->head.first;
	return low;
}

static void
write_down(struct mailings *x)
{
	struct store *store = x->service->store;
	uint64_t low = lowest(x);
	struct buf b;

	if (low < x->written + CURSOR_STEP)
		return;
	buf_init(&b, 8);
	buf_put_u64(&b, low);
	if (store_begin(store) == ERR_NONE &&
	    (store_put_item(store, space,
		span_str(x->service->private_origin), buf_span(&b)) !=
		ERR_NONE || store_commit(store) != ERR_NONE))
		store_rollback(store);
	/* if it could not be written, more is read at the next start */
	x->written = low;
	buf_release(&b);
}

/* What was begun before this process and never released goes to nobody. */
static void
drop_orphans(struct mailings *x, int64_t now_s)
{
	struct held *next;

	for (struct held *h = x->first; h != NULL; h = next) {
		next = h->next;
		if (!h->is_released && h->head.at_s + ORPHAN_S < now_s)
			held_free(x, h);
	}
}

/* --- results --- */

struct writing {
	struct mailings *x;
	struct uuid id;
	bool is_end;
	size_t n;
	struct { size_t at; uint8_t state; } told[TELL_MOST];
};

static void
on_written(void *ctx, const struct hub_appended *result)
{
	struct writing *w = ctx;
	struct held *h = held_find(w->x, &w->id);

	if (h != NULL && result->err == ERR_NONE) {
		for (size_t i = 0; i < w->n; i++)
			mailing_see(&h->m, w->told[i].at,
			    (enum mailing_state)w->told[i].state,
			    mailing_why(&h->m, w->told[i].at));
		h->head.last = result->index;
	} else if (h != NULL) {
		mailing_untold(&h->m);
	}
	if (h != NULL)
		h->is_writing = false;
	free(w);
}

static void
put_ends(struct json_out *w, const char *name, const struct held *h,
    const size_t *at, size_t n)
{
	json_put_key(w, name);
	json_put_open(w, '[');
	for (size_t i = 0; i < n; i++) {
		json_put_open(w, '{');
		json_put_member_u64(w, "at", at[i]);
		if (mailing_why(&h->m, at[i])[0] != '\0')
			json_put_member_str(w, "why",
			    mailing_why(&h->m, at[i]));
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

static void
put_results(struct json_out *w, struct held *h, struct writing *x)
{
	size_t given_up[TELL_MOST], n = 0, at = 0;

	json_put_key(w, "reached");
	json_put_open(w, '[');
	while (x->n < TELL_MOST &&
	    (at = mailing_tell(&h->m, at)) != SIZE_MAX) {
		x->told[x->n].at = at;
		x->told[x->n++].state = h->m.one[at].ends;
		if (h->m.one[at].ends == MAILING_REACHED)
			json_put_u64(w, at);
		else
			given_up[n++] = at;
	}
	json_put_close(w, ']');
	put_ends(w, "given_up", h, given_up, n);
	put_ends(w, "failed", h, h->failed, h->failed_n);
	h->failed_n = 0;
}

static void
write_results(struct mailings *x, struct held *h)
{
	struct writing *w = mem_alloc(sizeof *w);
	struct hub_draft d = home_draft(x->service, "mailing-result");
	char id[UUID_TEXT + 1];
	struct json_out out;
	struct buf b;

	*w = (struct writing){ .x = x, .id = h->head.id };
	uuid_write(&h->head.id, id);
	buf_init(&b, LIMIT_PAYLOAD - 2048);
	json_out_init(&out, &b);
	json_put_open(&out, '{');
	json_put_member_str(&out, "mailing", id);
	put_results(&out, h, w);
	json_put_close(&out, '}');
	d.body = buf_span(&b);
	h->is_writing = true;
	h->tell_ms = 0;
	hub_append(x->service->hub, &d, on_written, w);
	service_stir(x->service);
	buf_release(&b);
}

/* The last revision of the record says how it ended, and where to look. */
static void
write_end(struct mailings *x, struct held *h)
{
	struct writing *w = mem_alloc(sizeof *w);
	struct service *s = x->service;
	struct hub_draft d = home_draft(s, "mailing");
	const struct mailing_head *p = &h->head;
	char notice[UUID_TEXT + 1], digest[ENTRY_DIGEST_TEXT + 1];
	struct json_out out;
	struct buf b;

	*w = (struct writing){ .x = x, .id = p->id };
	uuid_write(&p->notice, notice);
	entry_write_digest(&p->digest, digest);
	digest[ENTRY_DIGEST_TEXT] = '\0';
	buf_init(&b, 4096);
	json_out_init(&out, &b);
	json_put_open(&out, '{');
	json_put_member_u64(&out, "ended",
	    (uint64_t)(loop_now(s->loop).wall.ms / 1000));
	json_put_member_str(&out, "notice", notice);
	json_put_member_str(&out, "digest", digest);
	json_put_member_u64(&out, "rev", p->rev);
	json_put_member_str(&out, "act", p->act);
	json_put_member_str(&out, "by", "");
	json_put_member_u64(&out, "count", h->m.n);
	json_put_member_u64(&out, "parts", h->parts);
	json_put_member_u64(&out, "level", (uint64_t)p->level);
	json_put_member_u64(&out, "first", p->first);
	json_put_member_u64(&out, "last", x->cursor);
	json_put_member_u64(&out, "reached", h->m.count[MAILING_REACHED]);
	json_put_member_u64(&out, "given_up", h->m.count[MAILING_GIVEN_UP]);
	json_put_close(&out, '}');
	d.has_id = true;
	d.id = p->id;
	d.rev = 1;
	d.replaces = &h->record;
	d.replaces_n = 1;
	d.body = buf_span(&b);
	h->is_writing = true;
	if (h->m.count[MAILING_GIVEN_UP] != 0)
		service_alarm(s, "some of those who are served were not "
		    "reached: almenara redistribute status");
	log_event(LOG_NOTICE, "mailing.ended",
	    log_uint("reached", h->m.count[MAILING_REACHED]),
	    log_uint("given_up", h->m.count[MAILING_GIVEN_UP]));
	hub_append(s->hub, &d, on_written, w);
	service_stir(s);
	buf_release(&b);
}

/* True if it has nothing to wait for. */
static void
tell(struct mailings *x, struct held *h, int64_t now_ms)
{
	size_t n = h->m.count[MAILING_TELLING] + h->failed_n;

	if (h->is_writing)
		return;
	if (n != 0 && h->tell_ms == 0)
		h->tell_ms = now_ms;
	if (n >= TELL_MOST / 2 || (n != 0 &&
		(h->tell_ms + TELL_MS <= now_ms ||
		    h->m.count[MAILING_UNDER_WAY] +
		    h->m.count[MAILING_WAITING] == 0)))
		write_results(x, h);
	else if (mailing_is_over(&h->m))
		write_end(x, h);
}

/* --- sending --- */

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
	for (size_t i = 0; i < FLIGHTS; i++)
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
	if (result == MAILING_LATER && h->failed_n < FAILED_MOST &&
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

/* How long until more can be done; -1: nothing waits. */
static int64_t
send_some(struct mailings *x)
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
			later.ms += TELL_MS;
			mailing_put_off(&h->m, at, later);
			return TELL_MS;
		}
		x->next_us += step_us;
	}
	return 0;
}

void
mailings_done(struct mailings *x, const struct job_frame *f)
{
	for (size_t i = 0; i < FLIGHTS; i++) {
		struct flight *l = &x->flight[i];
		struct held *h = l->of;
		char why[MAILING_WHY];

		if (h == NULL || !is_same(&l->page, &f->page) ||
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

/* Whoever sends has its time; what comes later is not believed. */
static void
look_late(struct mailings *x, int64_t now_ms)
{
	for (size_t i = 0; i < FLIGHTS; i++) {
		struct flight *l = &x->flight[i];

		if (l->of == NULL || l->late_ms > now_ms)
			continue;
		ended(x, l->of, l->at, MAILING_LATER, "no word came");
		l->of = NULL;
	}
}

void
mailings_turn(struct mailings *x)
{
	struct now now = loop_now(x->service->loop);
	int64_t wait;

	if (!read_on(x)) {
		loop_timer_start(x->timer, 0, 0);
		return;
	}
	write_down(x);
	if (x->first == NULL)
		return;
	drop_orphans(x, now.wall.ms / 1000);
	look_late(x, now.mono.ms);
	wait = send_some(x);
	for (struct held *h = x->first; h != NULL; h = h->next)
		if (h->is_released)
			tell(x, h, now.mono.ms);
	loop_timer_start(x->timer, wait >= 0 && wait < TELL_MS ?
		(uint64_t)wait : TELL_MS, 0);
}

/* --- for commands --- */

enum { PAST_MOST = 256 }; /* redistributions of one notice */

/* Where the last words of those stand that have ended. */
struct past {
	struct mailings *x;
	const struct uuid *notice;
	uint64_t at[PAST_MOST];
	size_t n;
};

/* One that has ended, from its entries. */
static struct held *
read_again(struct mailings *x, const struct record *last)
{
	struct service *s = x->service;
	struct held *h = held_make(&last->entry.id, last);
	uint64_t end = 0;

	(void)!json_u64(json_get(last->body, "first"), &h->head.first);
	(void)!json_u64(json_get(last->body, "last"), &end);
	for (uint64_t i = h->head.first; i < end; i++) {
		struct arena a = { 0 };
		struct record r;
		struct uuid id;

		if (record_read(s, hub_log(s->hub, 1).id, i, &a, &r) ==
			ERR_NONE &&
		    take_id(json_get(r.body, "mailing"), &a, &id) &&
		    is_same(&id, &h->head.id)) {
			if (span_is_str(r.entry.kind, "mailing-part"))
				take_part(h, &r, &a);
			else if (span_is_str(r.entry.kind, "mailing-result"))
				take_result(h, &r, &a);
		}
		arena_release(&a);
	}
	return h;
}

static bool
see_past(void *ctx, const struct index_row *row)
{
	struct past *p = ctx;
	struct arena a = { 0 };
	struct record r;
	struct uuid notice;

	if ((row->flags & INDEX_ENDED) != 0 &&
	    record_read(p->x->service, row->log, row->index, &a, &r) ==
		ERR_NONE &&
	    take_id(json_get(r.body, "notice"), &a, &notice) &&
	    is_same(&notice, p->notice))
		p->at[p->n++] = row->index;
	arena_release(&a);
	return p->n < PAST_MOST;
}

static bool
give_past(struct mailings *x, uint64_t at, mailings_fn *fn, void *ctx)
{
	struct service *s = x->service;
	struct arena a = { 0 };
	struct record r;
	struct held *h;
	bool more = true;

	if (record_read(s, hub_log(s->hub, 1).id, at, &a, &r) == ERR_NONE) {
		h = read_again(x, &r);
		take_head(h, &r, &a);
		h->head.is_over = true;
		more = fn(ctx, &h->head, &h->m);
		mailing_release(&h->m);
		free(h);
	}
	arena_release(&a);
	return more;
}

void
mailings_each(struct mailings *x, const struct uuid *notice, mailings_fn *fn,
    void *ctx)
{
	struct past *p = mem_alloc(sizeof *p);
	bool more = true;

	*p = (struct past){ .x = x, .notice = notice };
	for (struct held *h = x->first; h != NULL && more; h = h->next)
		if (h->is_released && is_same(&h->head.notice, notice))
			more = fn(ctx, &h->head, &h->m);
	if (more)
		(void)!index_home_all(x->service->index, "mailing", 0,
		    see_past, p);
	for (size_t i = 0; i < p->n && more; i++)
		more = give_past(x, p->at[i], fn, ctx);
	free(p);
}

/* --- from a code to who has it --- */

enum { FIND_MOST = 512 }; /* redistributions, the newest */

struct finding {
	struct mailings *x;
	const char *code;
	int64_t since_s;
	const struct uuid *notice; /* NULL: of all */
	struct mailings_found *out;
	uint64_t ended[FIND_MOST]; /* where their last words stand */
	size_t ended_n;
};

static bool
is_meant(const struct finding *f, const struct mailing_head *h)
{
	return h->at_s >= f->since_s &&
	    (f->notice == NULL || is_same(f->notice, &h->notice));
}

static bool
find_among(struct finding *f, const struct held *h)
{
	size_t at;

	if (!mailing_code_find(f->x->key, &h->head.id, f->code, h->m.n, &at))
		return false;
	*f->out = (struct mailings_found){ h->head.id, h->head.notice,
		h->m.one[at].who };
	return true;
}

/* Its readers are read from the log only if one of them has it. */
static bool
find_in_ended(struct finding *f, uint64_t at)
{
	struct service *s = f->x->service;
	struct arena a = { 0 };
	struct record r;
	struct held *h, head = { .is_released = false };
	uint64_t count = 0;
	size_t place;
	bool found = false;

	if (record_read(s, hub_log(s->hub, 1).id, at, &a, &r) == ERR_NONE) {
		take_head(&head, &r, &a);
		(void)!json_u64(json_get(r.body, "count"), &count);
		found = is_meant(f, &head.head) && mailing_code_find(
		    f->x->key, &r.entry.id, f->code, count, &place);
	}
	if (found) {
		h = read_again(f->x, &r);
		h->head.notice = head.head.notice;
		found = find_among(f, h);
		mailing_release(&h->m);
		free(h);
	}
	arena_release(&a);
	return found;
}

static bool
see_ended(void *ctx, const struct index_row *row)
{
	struct finding *f = ctx;

	if (row->iat_s < f->since_s)
		return false;
	if ((row->flags & INDEX_ENDED) != 0)
		f->ended[f->ended_n++] = row->index;
	return f->ended_n < FIND_MOST;
}

bool
mailings_find(struct mailings *x, const char *code, int64_t since_s,
    const struct uuid *notice, struct mailings_found *out)
{
	struct finding *f = mem_alloc(sizeof *f);
	bool found = false;

	*f = (struct finding){ .x = x, .code = code, .since_s = since_s,
		.notice = notice, .out = out };
	for (struct held *h = x->first; h != NULL && !found; h = h->next)
		found = h->is_released && is_meant(f, &h->head) &&
		    find_among(f, h);
	if (!found)
		(void)!index_home_all(x->service->index, "mailing", 0,
		    see_ended, f);
	for (size_t i = 0; i < f->ended_n && !found; i++)
		found = find_in_ended(f, f->ended[i]);
	free(f);
	return found;
}

size_t
mailings_hasten(struct mailings *x, const struct uuid *notice)
{
	size_t n = 0;

	for (struct held *h = x->first; h != NULL; h = h->next)
		if (is_same(&h->head.notice, notice))
			n += mailing_hasten(&h->m,
			    loop_now(x->service->loop).mono);
	service_stir(x->service);
	return n;
}

/* --- life --- */

/* Any event ends in a turn. */
static void
on_timer(void *ctx)
{
	(void)ctx;
}

enum err
mailings_create(struct service *s, struct mailings **out)
{
	struct mailings *x = mem_alloc(sizeof *x);
	struct arena a = { 0 };
	struct span value;
	struct reader r;
	enum err e = store_get_item(s->store, space,
	    span_str(s->private_origin), &a, &value);

	x->service = s;
	x->timer = loop_timer_create(s->loop, on_timer, x);
	x->key = wrap_words_key(s->store_key);
	x->mine = hub_log(s->hub, 1).size;
	if (e == ERR_NONE) {
		reader_init(&r, value);
		x->cursor = x->written = reader_u64(&r);
	}
	arena_release(&a);
	*out = x;
	return ERR_NONE;
}

void
mailings_free(struct mailings *x)
{
	if (x == NULL)
		return;
	while (x->first != NULL)
		held_free(x, x->first);
	hash_key_free(x->key);
	loop_timer_free(x->timer);
	free(x);
}
