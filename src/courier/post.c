/* SPDX-License-Identifier: Apache-2.0
 *
 * The courier at work.
 */
#include "courier/post.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "courier/envelope.h"
#include "courier/mail.h"
#include "courier/reply.h"
#include "crypto/random.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	LETTERS = 8,          /* read at once */
	LETTER_WAIT_MS = 20000,
	IDLE_MS = 60000
};

/* A program that pipes a letter in, and waits for the word. */
struct letter {
	int fd; /* -1: free */
	uint32_t request;
	bool is_asked;
	int64_t until_ms;
	struct buf text;
};

/* A letter that is to be sealed first, until its end is told. */
struct sealing {
	struct uuid page;
	uint32_t try_now, request;
	bool is_sent;   /* sealed, or given up to be */
	char why[160];  /* it went without its text; "" */
	struct buf frame;
	struct job job; /* points into it */
	struct sealing *next;
};

struct post {
	struct post_config config;
	struct sealing *sealing;
	struct buf sealed; /* room for an answer */
	struct transfers *transfers;
	bool is_started;      /* the node knows of this courier */
	unsigned char nonce[JOB_NONCE];
	struct letter letter[LETTERS];
	uint32_t request;
	enum err end;
	bool is_over;
};

/* --- to the node --- */

/* Blocks while the node is busy: it reads each turn. */
static void
put(struct post *p, const struct job_frame *f)
{
	struct buf b;

	buf_init(&b, LIMIT_PAGE_FRAME);
	job_write(f, &b);
	if (buf_check(&b) != ERR_NONE || send(p->config.node_fd, b.p, b.n,
	    MSG_NOSIGNAL) < 0)
		p->is_over = true;
	buf_release(&b);
}

static struct sealing **
sealing_find(struct post *p, const struct uuid *page, uint32_t try_now)
{
	struct sealing **at = &p->sealing;

	while (*at != NULL && ((*at)->try_now != try_now ||
	    memcmp(&(*at)->page, page, sizeof *page) != 0))
		at = &(*at)->next;
	return at;
}

static void
sealing_free(struct sealing **at)
{
	struct sealing *x = *at;

	*at = x->next;
	buf_release(&x->frame);
	free(x);
}

/* Of what came to its reader a reason is told only if it came without its
 * text: what a hook or a server says of success is not news. */
static void
on_done(void *ctx, const struct uuid *page, uint32_t try_now,
    enum job_result result, const char *why)
{
	struct post *p = ctx;
	struct sealing **at = sealing_find(p, page, try_now);
	struct job_frame f = { .type = JOB_DONE, .page = *page,
		.try_now = try_now, .result = result,
		.text = span_str(why) };

	if (result == JOB_ACCEPTED)
		f.text = span_str(*at != NULL ? (*at)->why : "");
	put(p, &f);
	if (*at != NULL)
		sealing_free(at);
}

/* A receiver's answer had a code in it; nobody waits for the word. */
static void
on_code(void *ctx, struct span code, struct span from)
{
	struct post *p = ctx;
	const struct job_frame f = { .type = JOB_REPLY,
		.request = ++p->request, .way = JOB_WEBHOOK, .text = code,
		.from = from };

	put(p, &f);
}

/* --- letters that are sealed --- */

/* The reader learns that there is something, the node why no more. */
static void
send_plain(struct post *p, struct sealing *x, struct span why)
{
	x->is_sent = true;
	snprintf(x->why, sizeof x->why, "not sealed: %.*s", SPAN_FMT(why));
	x->job.text = x->job.plain;
	transfers_start(p->transfers, &x->job);
}

/* The part is written as it would stand in the letter. */
static bool
ask_for_sealing(struct post *p, const struct sealing *x)
{
	const struct job *j = &x->job;
	const struct mail m = { .from = span_str(p->config.transfer.from),
		.to = j->to, .subject = j->subject, .text = j->text };
	struct envelope_ask ask = { .request = x->request,
		.wait_ms = j->wait_ms / 2, .now_s = (int64_t)time(NULL),
		.key = j->certificate };
	struct fault f = { 0 };
	struct buf part;
	bool good;

	buf_init(&part, ENVELOPE_PART);
	good = mail_write_part(&m, &part, &f) == ERR_NONE &&
	    buf_check(&part) == ERR_NONE;
	ask.part = buf_span(&part);
	good = good && envelope_send(p->config.seal_fd, &ask);
	buf_release(&part);
	return good;
}

static void
seal(struct post *p, const struct job *j)
{
	struct job_frame f = { .type = JOB_SEND, .job = *j };
	struct sealing *x = mem_alloc(sizeof *x);
	struct fault fault = { 0 };

	*x = (struct sealing){ .page = j->page, .try_now = j->try_now,
		.request = ++p->request, .next = p->sealing };
	p->sealing = x;
	buf_init(&x->frame, LIMIT_PAGE_FRAME);
	job_write(&f, &x->frame);
	if (job_parse(buf_span(&x->frame), &f, &fault) != ERR_NONE)
		abort(); /* it was read just so */
	x->job = f.job;
	if (!ask_for_sealing(p, x))
		send_plain(p, x, span_str("what seals letters takes none now"));
}

static void
tell_checked(struct post *p, const struct envelope_answer *a)
{
	const struct job_frame f = { .type = JOB_CHECKED,
		.request = a->request, .word = a->is_good ? JOB_YES : JOB_NO,
		.key = a->kind, .fingerprint = a->fingerprint,
		.from = a->who, .until_s = a->until_s, .text = a->data };

	put(p, &f);
}

static void
take_sealed(struct post *p, const struct envelope_answer *a)
{
	struct sealing *x = p->sealing;

	while (x != NULL && (x->request != a->request || x->is_sent))
		x = x->next;
	if (x == NULL)
		return; /* stopped meanwhile */
	if (!a->is_good) {
		send_plain(p, x, a->data);
		return;
	}
	x->is_sent = true;
	x->job.sealed = a->data;
	x->job.sealed_by = a->kind;
	transfers_start(p->transfers, &x->job);
}

/* Requests of the node have the upper half of the numbers. */
static const uint32_t of_node = UINT32_C(1) << 31;

static void
read_sealed(struct post *p)
{
	struct envelope_answer a;
	enum err e = envelope_take(p->config.seal_fd, &p->sealed, &a);

	if (e == ERR_CLOSED) {
		p->end = ERR_CLOSED; /* begin again with all of it */
		p->is_over = true;
	} else if (e == ERR_NONE && (a.request & of_node) != 0) {
		a.request &= ~of_node;
		tell_checked(p, &a);
	} else if (e == ERR_NONE) {
		take_sealed(p, &a);
	}
}

static void
check_key(struct post *p, const struct job_frame *f)
{
	const struct envelope_ask ask = {
		.request = f->request | of_node,
		.wait_ms = ENVELOPE_WAIT_MS, .now_s = (int64_t)time(NULL),
		.key = f->text };
	const struct envelope_answer no = { .request = f->request,
		.data = span_str("key cannot be looked at now: try again") };

	if (!envelope_send(p->config.seal_fd, &ask))
		tell_checked(p, &no);
}

/* --- from the node --- */

static void
send_job(struct post *p, const struct job *j)
{
	const char *why;
	enum job_result r;

	if (j->channel == JOB_MAIL && j->certificate.n != 0) {
		seal(p, j);
		return;
	}
	if (j->channel != JOB_COMMAND) {
		transfers_start(p->transfers, j);
		return;
	}
	r = hooks_send(&p->config.hooks, p->config.hook_fd, j, &why);
	if (r != JOB_ACCEPTED)
		on_done(p, &j->page, j->try_now, r, why);
}

static void
stop_job(struct post *p, const struct uuid *page)
{
	struct sealing *x = p->sealing;

	while (x != NULL && (x->is_sent ||
	    memcmp(&x->page, page, sizeof *page) != 0))
		x = x->next;
	if (x != NULL)
		on_done(p, page, x->try_now, JOB_FAILED, "stopped");
	else
		transfers_cancel(p->transfers, page);
}

static void
letter_close(struct letter *l)
{
	close(l->fd);
	l->fd = -1;
	buf_release(&l->text);
}

static void
answer(struct post *p, const struct job_frame *f)
{
	static const char *const words[JOB_WORDS] = { [JOB_NO] = "no ",
		[JOB_YES] = "ok ", [JOB_LATER] = "later " };

	for (size_t i = 0; i < LETTERS; i++) {
		struct letter *l = &p->letter[i];

		if (l->fd < 0 || !l->is_asked || l->request != f->request)
			continue;
		(void)!send(l->fd, words[f->word], strlen(words[f->word]),
		    MSG_NOSIGNAL | MSG_DONTWAIT);
		(void)!send(l->fd, f->text.p, f->text.n,
		    MSG_NOSIGNAL | MSG_DONTWAIT);
		letter_close(l);
	}
}

static void
take_frame(struct post *p, struct span in)
{
	struct job_frame f;
	struct fault fault = { 0 };

	if (job_parse(in, &f, &fault) != ERR_NONE) {
		log_event(LOG_ERROR, "courier.frame",
		    log_str("field", fault.field), log_str("rule",
		    fault.rule));
		return;
	}
	if (f.type == JOB_START)
		p->is_started = memcmp(f.nonce, p->nonce,
		    sizeof p->nonce) == 0;
	else if (!p->is_started)
		return; /* was for the courier before */
	else if (f.type == JOB_SEND)
		send_job(p, &f.job);
	else if (f.type == JOB_CANCEL)
		stop_job(p, &f.page);
	else if (f.type == JOB_CHECK)
		check_key(p, &f);
	else if (f.type == JOB_ANSWER)
		answer(p, &f);
}

static void
read_node(struct post *p)
{
	static unsigned char room[LIMIT_PAGE_FRAME + 1];
	ssize_t n = recv(p->config.node_fd, room, sizeof room, MSG_DONTWAIT);

	if (n > 0)
		take_frame(p, span_of(room, (size_t)n));
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		p->is_over = true;
}

/* --- hooks --- */

static void
read_hooks(struct post *p)
{
	struct uuid page;
	uint32_t try_now;
	enum job_result result;
	char why[120];
	enum err e = hooks_take(p->config.hook_fd, &page, &try_now, &result,
	    why, sizeof why);

	if (e == ERR_NONE)
		on_done(p, &page, try_now, result, why);
	else if (e == ERR_CLOSED) {
		p->end = ERR_CLOSED; /* begin again with all of it */
		p->is_over = true;
	}
}

/* --- letters --- */

static void
letter_accept(struct post *p)
{
	struct letter *l = NULL;
	int fd;

	for (size_t i = 0; i < LETTERS; i++)
		if (p->letter[i].fd < 0)
			l = &p->letter[i];
	if (l == NULL)
		return; /* waits in the queue of the socket */
	fd = accept4(p->config.reply_fd, NULL, NULL,
	    SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return;
	*l = (struct letter){ .fd = fd, .request = ++p->request,
		.until_ms = clock_mono_ms() + LETTER_WAIT_MS };
	buf_init(&l->text, LIMIT_PAGE_REPLY);
}

static void
letter_refuse(struct letter *l, const char *why)
{
	(void)!send(l->fd, why, strlen(why), MSG_NOSIGNAL | MSG_DONTWAIT);
	letter_close(l);
}

static void
letter_ask(struct post *p, struct letter *l)
{
	struct job_frame f = { .type = JOB_REPLY, .request = l->request,
		.way = JOB_MAIL };
	char text[REPLY_CODE + REPLY_WORD + 2];
	struct reply r;

	reply_parse(buf_span(&l->text), &r);
	if (r.code[0] == '\0') {
		letter_refuse(l, "no the letter holds no reply code");
		return;
	}
	snprintf(text, sizeof text, "%s%s%s", r.code,
	    r.word[0] != '\0' ? " " : "", r.word);
	f.text = span_str(text);
	f.from = span_str(r.from);
	l->is_asked = true;
	put(p, &f);
}

static void
letter_read(struct post *p, struct letter *l)
{
	unsigned char room[4096];
	ssize_t n = recv(l->fd, room, sizeof room, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0)
		letter_close(l);
	else if (n == 0)
		letter_ask(p, l);
	else {
		buf_put_mem(&l->text, room, (size_t)n);
		if (l->text.over)
			letter_refuse(l, "no the letter is too long");
	}
}

/* --- the loop --- */

enum { NODE, HOOK, REPLY, SEAL, FIRST_LETTER, FDS = FIRST_LETTER + LETTERS };

static int
look_for(struct post *p, struct pollfd fds[FDS])
{
	int64_t now = clock_mono_ms(), wait = IDLE_MS;
	bool has_room = false;

	for (size_t i = 0; i < LETTERS; i++) {
		struct letter *l = &p->letter[i];

		if (l->fd >= 0 && now >= l->until_ms)
			letter_refuse(l, "later it took too long");
		has_room |= l->fd < 0;
		if (l->fd >= 0 && l->until_ms - now < wait)
			wait = l->until_ms - now;
		fds[FIRST_LETTER + i] = (struct pollfd){ .fd = l->is_asked ?
		    -1 : l->fd, .events = POLLIN };
	}
	fds[NODE] = (struct pollfd){ .fd = p->config.node_fd,
		.events = POLLIN };
	fds[HOOK] = (struct pollfd){ .fd = p->config.hook_fd,
		.events = POLLIN };
	fds[SEAL] = (struct pollfd){ .fd = p->config.seal_fd,
		.events = POLLIN };
	fds[REPLY] = (struct pollfd){ .fd = has_room ? p->config.reply_fd :
		-1, .events = POLLIN };
	return (int)wait;
}

static void
turn(struct post *p)
{
	struct pollfd fds[FDS], used[FDS];
	size_t place[FDS], n = 0;
	int wait = look_for(p, fds);

	for (size_t i = 0; i < FDS; i++)
		if (fds[i].fd >= 0) {
			place[n] = i;
			used[n++] = fds[i];
		}
	transfers_wait(p->transfers, used, n, wait);
	for (size_t i = 0; i < n && !p->is_over; i++) {
		if (used[i].revents == 0)
			continue;
		if (place[i] == NODE)
			read_node(p);
		else if (place[i] == HOOK)
			read_hooks(p);
		else if (place[i] == SEAL)
			read_sealed(p);
		else if (place[i] == REPLY)
			letter_accept(p);
		else if (p->letter[place[i] - FIRST_LETTER].fd >= 0)
			letter_read(p, &p->letter[place[i] - FIRST_LETTER]);
	}
}

enum err
post_run(const struct post_config *config)
{
	struct post *p = mem_alloc(sizeof *p);
	struct job_frame hello = { .type = JOB_HELLO };
	enum err e;

	p->config = *config;
	buf_init(&p->sealed, ENVELOPE_FRAME);
	for (size_t i = 0; i < LETTERS; i++)
		p->letter[i].fd = -1;
	e = transfers_create(&config->transfer, on_done, on_code, p,
	    &p->transfers);
	if (e == ERR_NONE) {
		random_fill(p->nonce, sizeof p->nonce);
		memcpy(hello.nonce, p->nonce, sizeof p->nonce);
		put(p, &hello);
		while (!p->is_over)
			turn(p);
		e = p->end;
	}
	for (size_t i = 0; i < LETTERS; i++)
		if (p->letter[i].fd >= 0)
			letter_close(&p->letter[i]);
	transfers_free(p->transfers);
	while (p->sealing != NULL)
		sealing_free(&p->sealing);
	buf_release(&p->sealed);
	free(p);
	return e;
}
