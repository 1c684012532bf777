/* SPDX-License-Identifier: Apache-2.0
 *
 * The queue of pages, joined to log and courier.
 */
#include "node/pages.h"

#include "base/log.h"
#include "base/mem.h"
#include "node/answers.h"
#include "node/command.h"
#include "node/control.h"
#include "node/escalations_inside.h"
#include "node/letter_keys.h"
#include "node/mailings.h"
#include "node/process.h"
#include "crypto/random.h"
#include "schema/check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	READ_MOST = 64,      /* entries in one turn, when behind */
	CURSOR_STEP = 512,   /* the cursor is written so often at least */
	NOT_YET_MS = 1000,   /* until the courier may be there */
	REST_MAX = 134 * LIMIT_PAGES + 65536
};

static const char space[] = "pages";

struct pages {
	struct service *service;
	struct courier queue;
	uint64_t written;        /* the cursor at rest */
	int fd;
	struct loop_watch *watch;
	struct loop_timer *timer;
	bool is_asked;           /* the parent runs a courier */
	bool is_up;              /* it has said hello */
	struct pages_channel channel[COURIER_CHANNELS];
	struct contacts contacts;
	bool is_unsealed_told;   /* once in a start: contacts tell each day */
};

/* --- the log --- */

static bool
take_id(struct json_val v, struct arena *a, struct uuid *out)
{
	struct span s;

	return json_text(v, a, &s) == ERR_NONE &&
	    uuid_parse(s, out) == ERR_NONE;
}

static void
take_key(const struct span *parts, size_t n, unsigned char out[COURIER_KEY])
{
	struct digest d = hash_sha256_spans(parts, n);

	memcpy(out, d.b, COURIER_KEY);
}

static void
page_keys(struct json_val body, struct arena *a, struct courier_page *p)
{
	struct span parts[] = { span_str(""), span_str("\n"), span_str("") };
	struct span dedup;

	(void)!json_text(json_get(body, "person"), a, &parts[0]);
	(void)!json_text(json_get(body, "channel"), a, &parts[2]);
	take_key(parts, 1, p->person);
	take_key(parts, 3, p->to);
	if (json_text(json_get(body, "dedup"), a, &dedup) == ERR_NONE)
		take_key(&dedup, 1, p->dedup);
}

/* Letters of low level wait for the end of the person's quiet hours, or the
 * hour of the configuration for who has none. */
static int64_t
daily_s(struct service *s, const struct record *r, int64_t at_s,
    struct arena *a)
{
	const int64_t day = 86400;
	int64_t hour_s = (int64_t)s->config->digest_hour * 3600;
	struct index_row row;
	struct span login;
	struct record person;
	int64_t end_s;

	if (json_text(json_get(r->body, "person"), a, &login) == ERR_NONE &&
	    index_person_by_user(s->index, login, a, &row) == ERR_NONE &&
	    record_read(s, row.log, row.index, a, &person) == ERR_NONE &&
	    escalations_quiet_ends(person.body, at_s, a, &end_s))
		return end_s;
	return at_s + (hour_s - at_s % day + day) % day;
}

static bool
page_parse(struct service *s, const struct record *r, struct arena *a,
    struct courier_page *out)
{
	struct courier_page p = { .index = r->index, .at_s = r->entry.iat_s,
		.level = 3 };
	struct span channel;
	uint64_t level;

	if (!take_id(json_get(r->body, "id"), a, &p.id) ||
	    json_text(json_get(r->body, "channel"), a, &channel) != ERR_NONE)
		return false;
	p.channel = courier_channel_find(channel);
	if (p.channel == COURIER_CHANNELS)
		return false;
	if (json_u64(json_get(r->body, "level"), &level) == ERR_NONE &&
	    level <= 5)
		p.level = (int)level;
	(void)!json_i64(json_get(r->body, "until"), &p.until_s);
	(void)take_id(json_get(r->body, "escalation"), a, &p.escalation);
	page_keys(r->body, a, &p);
	if (p.channel == COURIER_MAIL && p.level <= 2) {
		p.from_s = daily_s(s, r, p.at_s, a);
		p.gathered = p.from_s < p.until_s;
		if (!p.gathered)
			p.from_s = 0;
	}
	*out = p;
	return true;
}

static void
see_page(struct pages *p, const struct record *r, struct arena *a)
{
	struct courier_page page;

	if (!page_parse(p->service, r, a, &page))
		return;
	if (json_is_str(json_get(r->body, "reason"), "test"))
		contacts_see_test(&p->contacts, page.person, page.channel,
		    page.at_s);
	if (!courier_see_page(&p->queue, &page,
	    loop_now(p->service->loop)))
		service_alarm(p->service, "too many pages wait: one is not "
		    "sent. almenara courier status");
}

static void
see_stop(struct pages *p, const struct record *r, struct arena *a)
{
	unsigned char person[COURIER_KEY];
	struct uuid what;
	struct span who;
	bool has_who = json_text(json_get(r->body, "person"), a, &who) ==
	    ERR_NONE;

	if (has_who)
		take_key(&who, 1, person);
	if (take_id(json_get(r->body, "page"), a, &what))
		courier_see_stop(&p->queue, &what, has_who ? person : NULL);
	if (take_id(json_get(r->body, "escalation"), a, &what))
		courier_see_stop(&p->queue, &what, has_who ? person : NULL);
}

/* When a channel last worked, and why not. */
static void
note_channel(struct pages *p, const struct record *r,
    enum courier_result result, struct arena *a)
{
	struct span word, why;
	struct pages_channel *c;
	enum courier_channel k;

	if (json_text(json_get(r->body, "channel"), a, &word) != ERR_NONE)
		return;
	k = courier_channel_find(word);
	if (k == COURIER_CHANNELS || result == COURIER_CANCELLED)
		return;
	c = &p->channel[k];
	if (result == COURIER_ACCEPTED) {
		c->proved_s = r->entry.iat_s;
		return;
	}
	c->failed_s = r->entry.iat_s;
	if (json_text(json_get(r->body, "why"), a, &why) == ERR_NONE)
		snprintf(c->why, sizeof c->why, "%.*s", SPAN_FMT(why));
}

/* The same for the person who was called. */
static void
note_contact(struct pages *p, const struct record *r,
    enum courier_result result, const struct courier_item *it,
    struct arena *a)
{
	char text[CONTACT_WHY] = "";
	struct span why;

	if (it == NULL)
		return;
	if (json_text(json_get(r->body, "why"), a, &why) == ERR_NONE)
		snprintf(text, sizeof text, "%.*s", SPAN_FMT(why));
	contacts_see(&p->contacts, it->page.person, it->page.channel, result,
	    r->entry.iat_s, text);
}

static void
see_attempt(struct pages *p, const struct record *r, struct arena *a)
{
	enum courier_result result;
	struct span word;
	struct uuid page;
	uint64_t tries;
	uint32_t random;

	if (!take_id(json_get(r->body, "page"), a, &page) ||
	    json_text(json_get(r->body, "result"), a, &word) != ERR_NONE ||
	    json_u64(json_get(r->body, "tries"), &tries) != ERR_NONE)
		return;
	result = courier_result_find(word);
	note_channel(p, r, result, a);
	note_contact(p, r, result, courier_find(&p->queue, &page), a);
	random_fill(&random, sizeof random);
	if (result != COURIER_RESULTS)
		courier_see_attempt(&p->queue, &page, result,
		    (uint32_t)tries, loop_now(p->service->loop), random);
}

/* A person has answered a test: that is proof to its end. */
static void
see_answer(struct pages *p, const struct record *r, struct arena *a)
{
	unsigned char person[COURIER_KEY];
	struct span login, word;

	if (!json_is_str(json_get(r->body, "act"), act_token(ACT_REPLY)) ||
	    !json_is_str(json_get(r->body, "outcome"), "proved") ||
	    json_text(json_get(r->body, "actor"), a, &login) != ERR_NONE ||
	    json_text(json_get(r->body, "reason"), a, &word) != ERR_NONE ||
	    courier_channel_find(word) == COURIER_CHANNELS)
		return;
	take_key(&login, 1, person);
	contacts_see_answer(&p->contacts, person, courier_channel_find(word),
	    r->entry.iat_s);
}

static void
see(struct pages *p, uint64_t index)
{
	struct arena a = { 0 };
	struct record r;

	if (record_read(p->service, hub_log(p->service->hub, 1).id, index, &a,
		&r) == ERR_NONE) {
		if (span_is_str(r.entry.kind, "page"))
			see_page(p, &r, &a);
		else if (span_is_str(r.entry.kind, "page-stop"))
			see_stop(p, &r, &a);
		else if (span_is_str(r.entry.kind, "attempt"))
			see_attempt(p, &r, &a);
		else if (span_is_str(r.entry.kind, "audit"))
			see_answer(p, &r, &a);
	}
	arena_release(&a);
}

/* True if nothing is left to read. */
static bool
read_on(struct pages *p)
{
	uint64_t size = hub_log(p->service->hub, 1).size;

	for (unsigned i = 0; i < READ_MOST && p->queue.cursor < size; i++)
		see(p, p->queue.cursor++);
	return p->queue.cursor >= size;
}

static enum err
put_rest(struct pages *p)
{
	struct store *store = p->service->store;
	struct buf queue, contacts;
	enum err e = ERR_LIMIT;

	buf_init(&queue, REST_MAX);
	buf_init(&contacts, REST_MAX);
	courier_write(&p->queue, &queue);
	contacts_write(&p->contacts, &contacts);
	if (buf_check(&queue) == ERR_NONE && buf_check(&contacts) == ERR_NONE)
		e = store_put_item(store, space,
		    span_str(p->service->private_origin), buf_span(&queue));
	if (e == ERR_NONE)
		e = store_put_item(store, space, span_str("channels"),
		    span_of(p->channel, sizeof p->channel));
	if (e == ERR_NONE)
		e = store_put_item(store, space, span_str("contacts"),
		    buf_span(&contacts));
	buf_release(&queue);
	buf_release(&contacts);
	return e;
}

/* The queue at rest, for the next start: what it lacks stands in the log. */
static void
write_down(struct pages *p)
{
	struct store *store = p->service->store;

	if (p->queue.cursor < p->written + CURSOR_STEP)
		return;
	if (store_begin(store) == ERR_NONE && (put_rest(p) != ERR_NONE ||
	    store_commit(store) != ERR_NONE))
		store_rollback(store);
	/* if it could not be written, more is read at the next start */
	p->written = p->queue.cursor;
}

/* --- attempts --- */

struct writing {
	struct pages *pages;
	struct uuid page;
	enum courier_result result;
	char why[COURIER_WHY];
};

static void
on_written(void *ctx, const struct hub_appended *result)
{
	struct writing *x = ctx;
	struct service *s = x->pages->service;

	if (result->err != ERR_NONE) {
		courier_unwritten(&x->pages->queue, &x->page,
		    loop_now(s->loop));
	} else {
		if (x->result == COURIER_GIVEN_UP)
			service_alarm(s, "a page was given up: "
			    "almenara courier status");
	}
	free(x);
}

static void
write_attempt(struct pages *p, const struct courier_item *it)
{
	struct service *s = p->service;
	struct writing *x = mem_alloc(sizeof *x);
	struct hub_draft d = home_draft(s, "attempt");
	char id[UUID_TEXT + 1];
	struct json_out w;
	struct buf b;

	*x = (struct writing){ .pages = p, .page = it->page.id,
		.result = it->result };
	uuid_write(&it->page.id, id);
	buf_init(&b, 4096);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_str(&w, "page", id);
	json_put_member_str(&w, "channel",
	    courier_channel_word(it->page.channel));
	json_put_member_str(&w, "result", courier_result_word(it->result));
	if (it->why[0] != '\0')
		json_put_member_str(&w, "why", it->why);
	json_put_member_u64(&w, "tries", it->tries);
	json_put_member_u64(&w, "at",
	    (uint64_t)(loop_now(s->loop).wall.ms / 1000));
	json_put_close(&w, '}');
	d.body = buf_span(&b);
	log_event(it->result == COURIER_GIVEN_UP ? LOG_WARNING : LOG_DETAIL,
	    "page.attempt", log_str("page", id),
	    log_str("channel", courier_channel_word(it->page.channel)),
	    log_str("result", courier_result_word(it->result)),
	    log_uint("tries", it->tries), log_str("why", it->why));
	hub_append(s->hub, &d, on_written, x);
	service_stir(s);
	buf_release(&b);
}

/* --- the courier --- */

static bool
put(struct pages *p, const struct job_frame *f)
{
	struct buf b;
	bool good;

	buf_init(&b, LIMIT_PAGE_FRAME);
	job_write(f, &b);
	good = buf_check(&b) == ERR_NONE && send(p->fd, b.p, b.n,
	    MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)b.n;
	buf_release(&b);
	return good;
}

static void
ask_for_courier(struct pages *p)
{
	if (!p->is_asked && p->fd >= 0)
		p->is_asked = process_ask_courier();
}

bool
pages_post(struct pages *p, const struct job_frame *f)
{
	if (p->is_up && put(p, f))
		return true;
	ask_for_courier(p);
	return false;
}

/* It came to its reader and said that there is something, no more. */
static void
tell_unsealed(struct pages *p, const struct job_frame *f)
{
	char id[UUID_TEXT + 1];

	uuid_write(&f->page, id);
	log_event(LOG_WARNING, "page.unsealed", log_str("page", id),
	    log_span("why", f->text));
	if (!p->is_unsealed_told)
		service_alarm(p->service, "a letter went without its text, "
		    "because the key of its reader cannot be used: almenara "
		    "courier status");
	p->is_unsealed_told = true;
}

static void
take_done(struct pages *p, const struct job_frame *f)
{
	char why[COURIER_WHY];

	if (f->result == JOB_ACCEPTED && f->text.n != 0)
		tell_unsealed(p, f);

	if (courier_find(&p->queue, &f->page) == NULL)
		mailings_done(p->service->mailings, f);
	snprintf(why, sizeof why, "%.*s", SPAN_FMT(f->text));
	courier_done(&p->queue, &f->page, f->try_now,
	    f->result == JOB_ACCEPTED ? COURIER_ACCEPTED : COURIER_FAILED,
	    f->result == JOB_REFUSED, why);
}

static void
take_hello(struct pages *p, const struct job_frame *f)
{
	struct job_frame start = { .type = JOB_START };

	memcpy(start.nonce, f->nonce, sizeof start.nonce);
	courier_lost(&p->queue, loop_now(p->service->loop));
	mailings_lost(p->service->mailings);
	letter_keys_lost(p->service);
	p->is_up = put(p, &start);
	courier_ready(&p->queue, loop_now(p->service->loop));
	letter_keys_ready(p->service);
	log_event(LOG_NOTICE, "courier.up", log_uint("pages", p->queue.n));
}

/* --- answers --- */

struct answering {
	struct pages *pages;
	uint32_t request;
};

static void
on_answered(void *ctx, enum answer_verdict v, const char *text)
{
	struct answering *x = ctx;
	struct job_frame f = { .type = JOB_ANSWER, .request = x->request,
		.word = v == ANSWER_GOOD || v == ANSWER_PROVED ? JOB_YES :
		    v == ANSWER_LATER ? JOB_LATER : JOB_NO,
		.text = span_str(text) };

	if (f.text.n > LIMIT_PAGE_SUBJECT)
		f.text.n = LIMIT_PAGE_SUBJECT;
	(void)put(x->pages, &f);
	free(x);
}

static void
take_reply(struct pages *p, const struct job_frame *f)
{
	struct answering *x = mem_alloc(sizeof *x);
	const struct answers_ask ask = { .code = f->text, .from = f->from,
		.way = f->way == JOB_WEBHOOK ? "webhook" : "mail" };

	*x = (struct answering){ p, f->request };
	answers_take(p->service, &ask, on_answered, x);
}

static void
take_frame(struct pages *p, struct span in)
{
	struct fault fault = { 0 };
	struct job_frame f;

	if (job_parse(in, &f, &fault) != ERR_NONE)
		log_event(LOG_ERROR, "courier.frame",
		    log_str("field", fault.field),
		    log_str("rule", fault.rule));
	else if (f.type == JOB_HELLO)
		take_hello(p, &f);
	else if (f.type == JOB_DONE)
		take_done(p, &f);
	else if (f.type == JOB_REPLY)
		take_reply(p, &f);
	else if (f.type == JOB_CHECKED)
		letter_keys_take(p->service, &f);
}

static void
on_courier(void *ctx, unsigned ready)
{
	static unsigned char room[LIMIT_PAGE_FRAME + 1];
	struct pages *p = ctx;
	ssize_t n;

	(void)ready;
	while ((n = recv(p->fd, room, sizeof room, MSG_DONTWAIT)) > 0)
		take_frame(p, span_of(room, (size_t)n));
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		loop_watch_set(p->watch, 0); /* the parent is gone */
	service_stir(p->service);
}

/* --- what is to be done --- */

struct deed {
	enum courier_act act;
	struct courier_item item;
	struct courier_page with[COURIER_GATHER];
	size_t with_n;
	struct deed *next;
};

struct deeds {
	struct arena a;
	struct deed *first, **last;
};

/* The queue must not be touched while it says what to do. */
static void
keep_act(void *ctx, enum courier_act act, const struct courier_item *item,
    const struct courier_item *const *with, size_t n)
{
	struct deeds *all = ctx;
	struct deed *x = arena_alloc(&all->a, sizeof *x);

	x->act = act;
	x->item = *item;
	for (size_t i = 0; i < n; i++)
		x->with[x->with_n++] = with[i]->page;
	*all->last = x;
	all->last = &x->next;
}

static bool
hand_over(struct pages *p, const struct deed *x, const struct page_text *t)
{
	static const enum job_channel channel[] = {
		[COURIER_MAIL] = JOB_MAIL, [COURIER_WEBHOOK] = JOB_WEBHOOK,
		[COURIER_COMMAND] = JOB_COMMAND, [COURIER_PUSH] = JOB_PUSH };
	const struct courier_page *page = &x->item.page;
	const struct job_frame f = { .type = JOB_SEND,
		.job = { .channel = channel[page->channel], .page = page->id,
		    .try_now = x->item.try_now,
		    .wait_ms = p->service->config->courier_wait_s * 1000,
		    .at_s = page->at_s, .level = (uint8_t)page->level,
		    .to = t->to, .subject = t->subject, .text = t->text,
		    .certificate = t->key, .plain = t->plain } };

	return p->is_up && put(p, &f);
}

static void
send_page(struct pages *p, const struct deed *x, struct arena *a)
{
	struct service *s = p->service;
	const struct courier_page *page = &x->item.page;
	struct page_text t;
	const char *why = "";

	if (!page_compose(s, &x->item, x->with, x->with_n, a, &t, &why)) {
		courier_done(&p->queue, &page->id, x->item.try_now,
		    COURIER_FAILED, true, why);
	} else if (page->channel == COURIER_SCREEN) {
		bool seen = control_page(s->control, t.to, t.subject);

		courier_done(&p->queue, &page->id, x->item.try_now, seen ?
		    COURIER_ACCEPTED : COURIER_FAILED, false,
		    "no screen of this person is open");
	} else if (!hand_over(p, x, &t)) {
		struct mono later = loop_now(s->loop).mono;

		ask_for_courier(p);
		later.ms += NOT_YET_MS;
		courier_put_off(&p->queue, &page->id, later);
	}
}

static void
do_act(struct pages *p, const struct deed *x, struct arena *a)
{
	const struct job_frame cancel = { .type = JOB_CANCEL,
		.page = x->item.page.id };

	if (x->act == COURIER_SEND)
		send_page(p, x, a);
	else if (x->act == COURIER_WRITE)
		write_attempt(p, &x->item);
	else
		(void)put(p, &cancel);
}

void
pages_turn(struct pages *p)
{
	struct service *s = p->service;
	struct deeds all = { .last = &all.first };
	int64_t wait;

	/* a person who is not found yet is not gone; the index is taken
	 * further by turns, and after the last of them this goes on */
	if (!index_is_whole(s->index))
		return;
	if (!read_on(p)) {
		loop_timer_start(p->timer, 0, 0);
		return;
	}
	if (s->config->reply_socket[0] != '\0')
		ask_for_courier(p); /* it listens for answers */
	if (p->queue.n == 0 && p->queue.cursor < p->written + CURSOR_STEP)
		return;
	wait = courier_step(&p->queue, loop_now(s->loop), keep_act, &all);
	for (struct deed *x = all.first; x != NULL; x = x->next)
		do_act(p, x, &all.a);
	if (all.first != NULL)
		wait = 0; /* what was done may have made more due */
	arena_release(&all.a);
	write_down(p);
	if (wait >= 0)
		loop_timer_start(p->timer, (uint64_t)wait, 0);
	else
		loop_timer_stop(p->timer);
}

/* --- for commands --- */

const struct courier *
pages_queue(const struct pages *p)
{
	return &p->queue;
}

const struct pages_channel *
pages_channel(const struct pages *p, enum courier_channel c)
{
	return &p->channel[c];
}

struct contacts *
pages_contacts(struct pages *p)
{
	return &p->contacts;
}

void
pages_person_key(struct span login, unsigned char out[COURIER_KEY])
{
	take_key(&login, 1, out);
}

bool
pages_is_read(const struct pages *p)
{
	return p->queue.cursor >= hub_log(p->service->hub, 1).size;
}

bool
pages_is_up(const struct pages *p)
{
	return p->is_up;
}

size_t
pages_retry(struct pages *p, const struct uuid *page)
{
	service_stir(p->service);
	return courier_retry(&p->queue, page, loop_now(p->service->loop));
}

/* --- life --- */

/* Any event ends in a turn. */
static void
on_timer(void *ctx)
{
	(void)ctx;
}

static enum err
load(struct pages *p)
{
	struct service *s = p->service;
	int64_t wait_ms = (int64_t)s->config->courier_wait_s * 1000;
	struct arena a = { 0 };
	struct span value;
	enum err e = store_get_item(s->store, space,
	    span_str(s->private_origin), &a, &value);

	courier_init(&p->queue, wait_ms);
	/* what cannot be read is read from the log again */
	if (e == ERR_NONE)
		(void)!courier_parse(value, wait_ms, loop_now(s->loop),
		    &p->queue);
	p->written = p->queue.cursor;
	if (e == ERR_NONE && store_get_item(s->store, space,
	    span_str("channels"), &a, &value) == ERR_NONE &&
	    value.n == sizeof p->channel)
		memcpy(p->channel, value.p, value.n);
	if (e == ERR_NONE && store_get_item(s->store, space,
	    span_str("contacts"), &a, &value) == ERR_NONE)
		(void)!contacts_parse(value, &p->contacts);
	arena_release(&a);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

enum err
pages_create(struct service *s, int fd, struct pages **out)
{
	struct pages *p = mem_alloc(sizeof *p);
	enum err e;

	p->service = s;
	p->fd = fd;
	p->timer = loop_timer_create(s->loop, on_timer, p);
	e = load(p);
	if (e == ERR_NONE && fd >= 0)
		e = loop_watch_create(s->loop, fd, on_courier, p, &p->watch);
	if (e != ERR_NONE) {
		log_event(LOG_ERROR, "pages.load", log_err("error", e));
		pages_free(p);
		return e;
	}
	if (fd >= 0)
		loop_watch_set(p->watch, LOOP_READ);
	*out = p;
	return ERR_NONE;
}

void
pages_free(struct pages *p)
{
	if (p == NULL)
		return;
	loop_watch_free(p->watch);
	loop_timer_free(p->timer);
	courier_release(&p->queue);
	contacts_release(&p->contacts);
	if (p->fd >= 0)
		close(p->fd);
	free(p);
}
