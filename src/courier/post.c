/* SPDX-License-Identifier: Apache-2.0
 *
 * The courier at work.
 */
#include "courier/post.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "courier/reply.h"
#include "crypto/random.h"

#include <errno.h>
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

struct post {
	struct post_config config;
	struct transfers *transfers;
	bool is_started;      /* the node knows of this courier */
	unsigned char nonce[JOB_NONCE];
	struct letter letter[LETTERS];
	uint32_t request;
	enum err end;
	bool is_over;
};

static int64_t
clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

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

static void
on_done(void *ctx, const struct uuid *page, uint32_t try_now,
    enum job_result result, const char *why)
{
	const struct job_frame f = { .type = JOB_DONE, .page = *page,
		.try_now = try_now, .result = result,
		.text = span_str(why) };

	put(ctx, &f);
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

/* --- from the node --- */

static void
send_job(struct post *p, const struct job *j)
{
	const char *why;
	enum job_result r;

	if (j->channel != JOB_COMMAND) {
		transfers_start(p->transfers, j);
		return;
	}
	r = hooks_send(&p->config.hooks, p->config.hook_fd, j, &why);
	if (r != JOB_ACCEPTED)
		on_done(p, &j->page, j->try_now, r, why);
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
		transfers_cancel(p->transfers, &f.page);
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
		.until_ms = clock_ms() + LETTER_WAIT_MS };
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
	struct reply r;

	reply_parse(buf_span(&l->text), &r);
	if (r.code[0] == '\0') {
		letter_refuse(l, "no the letter holds no reply code");
		return;
	}
	f.text = span_str(r.code);
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

enum { NODE, HOOK, REPLY, FIRST_LETTER, FDS = FIRST_LETTER + LETTERS };

static int
look_for(struct post *p, struct pollfd fds[FDS])
{
	int64_t now = clock_ms(), wait = IDLE_MS;
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
	free(p);
	return e;
}
