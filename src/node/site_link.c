/* SPDX-License-Identifier: Apache-2.0
 *
 * The node's side of the way to the writer of the public site.
 */
#include "node/site_link.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/reader.h"
#include "ledger/checkpoint.h"
#include "node/site_wire.h"
#include "site/manifest.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

struct site_link {
	struct service *service;
	int fd;
	struct loop_watch *watch;
	struct site_link_state state;
	bool is_behind; /* something was not told: all anew when it listens */
};

static bool
say(struct site_link *l, struct span m)
{
	if (l->fd < 0 ||
	    send(l->fd, m.p, m.n, MSG_NOSIGNAL | MSG_DONTWAIT) ==
		(ssize_t)m.n)
		return true;
	/* it starts, or is busy: then it looks through everything */
	l->is_behind = true;
	return false;
}

static bool
say_place(struct site_link *l, enum site_message what, uint32_t log,
    uint64_t n)
{
	struct buf b;
	bool said;

	buf_init(&b, 16);
	buf_put_u8(&b, (uint8_t)what);
	buf_put_u32(&b, log);
	buf_put_u64(&b, n);
	said = say(l, buf_span(&b));
	buf_release(&b);
	return said;
}

static bool
say_letter(struct site_link *l, enum site_message what)
{
	const unsigned char c = (unsigned char)what;

	return say(l, span_of(&c, 1));
}

/* What they block for the public is blocked on the site. */
static bool
say_rules(struct site_link *l)
{
	const struct rules *r = l->service->rulebook.rules;
	struct buf b;
	bool said;

	buf_init(&b, SITE_MESSAGE_TO_MAX);
	buf_put_u8(&b, SITE_RULES);
	if (r != NULL)
		buf_put(&b, rules_text(r));
	said = say(l, buf_span(&b));
	buf_release(&b);
	return said;
}

static void
say_again(struct site_link *l)
{
	if (say_rules(l))
		(void)say_letter(l, SITE_AGAIN);
}

void
site_link_tell(struct site_link *l, const struct hub_event *e)
{
	const struct service *s;

	if (l == NULL || l->fd < 0)
		return;
	s = l->service;
	if (e->type == HUB_DOCUMENT)
		say_again(l);
	else if (e->type == HUB_ERASED)
		(void)say_letter(l, SITE_FORGET);
	if (e->type != HUB_ACCEPTED && e->type != HUB_QUARANTINED &&
	    e->type != HUB_CHANGED && e->type != HUB_RELEASED &&
	    e->type != HUB_ERASED)
		return;
	for (size_t i = 0; i < hub_log_count(s->hub); i++)
		if (span_is_equal(hub_log(s->hub, i).origin, e->origin))
			(void)say_place(l, e->type == HUB_RELEASED ?
			    SITE_RELEASED : SITE_ENTRY,
			    hub_log(s->hub, i).id, e->type == HUB_RELEASED ?
			    e->index + 1 : e->index);
}

void
site_link_again(struct site_link *l)
{
	if (l != NULL && l->fd >= 0)
		say_again(l);
}

static bool
say_build(struct site_link *l)
{
	struct buf b;
	bool said;

	buf_init(&b, 16);
	buf_put_u8(&b, SITE_BUILD);
	buf_put_u64(&b, l->state.asked);
	said = say(l, buf_span(&b));
	buf_release(&b);
	return said;
}

uint64_t
site_link_build(struct site_link *l)
{
	if (l == NULL || l->fd < 0)
		return 0;
	l->state.asked++;
	return say_build(l) ? l->state.asked : 0;
}

struct site_link_state
site_link_state(const struct site_link *l)
{
	return l == NULL ? (struct site_link_state){ 0 } : l->state;
}

/* --- signing --- */

static enum err
sign(struct site_link *l, const struct manifest *m, struct buf *out)
{
	struct service *s = l->service;
	struct keeper_job job = { .what = KEEPER_SIGN_JWS,
		.key = KEEPER_ENTRY, .typ = MANIFEST_TYP };
	struct buf payload;
	enum err e;

	buf_init(&payload, LIMIT_PAYLOAD);
	manifest_write(m, &payload);
	job.in = buf_span(&payload);
	buf_init(&job.out, LIMIT_JWS);
	e = keeper_run(keeper_client_keeper(s->keeper), &job, 1);
	if (e == ERR_NONE)
		e = job.result;
	if (e == ERR_NONE)
		buf_put(out, buf_span(&job.out));
	buf_release(&job.out);
	buf_release(&payload);
	return e;
}

static void
on_sign(struct site_link *l, struct reader *r)
{
	struct service *s = l->service;
	struct manifest m = { .team = s->own_team, .key = s->entry_jwk,
		.at_s = loop_now(s->loop).wall.ms / 1000 };
	struct buf b;
	enum err e;

	reader_copy(r, m.list.b, sizeof m.list.b);
	m.files = reader_u64(r);
	if (reader_check(r, true) != ERR_NONE)
		return;
	buf_init(&b, SITE_MESSAGE_MAX);
	buf_put_u8(&b, SITE_SIGNED);
	e = sign(l, &m, &b);
	if (e == ERR_NONE && say(l, buf_span(&b)))
		l->state.at_s = m.at_s;
	if (e != ERR_NONE)
		log_event(LOG_ERROR, "site.sign", log_err("error", e));
	buf_release(&b);
}

/* Nothing asked: the key that the keeper would sign with. */
static enum err
sign_digests(struct site_link *l, const struct digest *d, size_t n,
    struct buf *out)
{
	struct keeper_job job[SITE_DIGESTS_MAX];
	static const struct digest nothing;
	size_t jobs = n == 0 ? 1 : n;
	enum err e;

	for (size_t i = 0; i < jobs; i++) {
		job[i] = (struct keeper_job){ .what = KEEPER_SIGN_DIGEST,
			.key = KEEPER_ENTRY,
			.in = digest_span(n == 0 ? &nothing : &d[i]) };
		buf_init(&job[i].out, KEEPER_SIGNED_DIGEST);
	}
	e = keeper_run(keeper_client_keeper(l->service->keeper), job, jobs);
	for (size_t i = 0; i < jobs; i++) {
		if (e == ERR_NONE)
			e = job[i].result;
		if (e == ERR_NONE && job[i].out.n != KEEPER_SIGNED_DIGEST)
			e = ERR_SYNTAX;
		if (e == ERR_NONE && i == 0)
			buf_put_mem(out, job[i].out.p, 32);
		if (e == ERR_NONE && n != 0)
			buf_put_mem(out, job[i].out.p + 32, SIGN_BYTES);
		buf_release(&job[i].out);
	}
	return e;
}

static void
on_digests(struct site_link *l, struct reader *r)
{
	uint32_t number = reader_u32(r);
	struct span rest = reader_rest(r);
	struct digest d[SITE_DIGESTS_MAX];
	size_t n = rest.n / sizeof *d;
	struct buf b;
	enum err e;

	if (r->bad || rest.n % sizeof *d != 0 || n > SITE_DIGESTS_MAX)
		return;
	if (n != 0)
		memcpy(d, rest.p, rest.n);
	buf_init(&b, SITE_MESSAGE_MAX);
	buf_put_u8(&b, SITE_DIGESTS_SIGNED);
	buf_put_u32(&b, number);
	e = sign_digests(l, d, n, &b);
	if (e == ERR_NONE)
		(void)say(l, buf_span(&b));
	else
		log_event(LOG_ERROR, "site.digests", log_err("error", e));
	buf_release(&b);
}

/* The store's own checkpoint may be the one before. */
static void
on_hello(struct site_link *l)
{
	struct hub_log_info own = hub_log(l->service->hub, 0);
	struct checkpoint c;

	/* it looks through everything when it begins */
	l->is_behind = false;
	if (own.checkpoint.n == 0 ||
	    checkpoint_read(own.checkpoint, &c, NULL) != ERR_NONE)
		c.size = 0;
	/* it begins with that, and knows the rules then */
	if (say_rules(l))
		(void)say_place(l, SITE_RELEASED, own.id, c.size);
}

static void
on_done(struct site_link *l, struct reader *r)
{
	l->state.done = reader_u64(r);
	l->state.files = reader_u64(r);
	l->state.changes = reader_u64(r);
	l->state.faults = reader_u64(r);
	if (l->is_behind) {
		l->is_behind = false;
		say_again(l);
	}
}

static void
on_published(struct site_link *l, struct reader *r)
{
	struct site_link_state *s = &l->state;
	struct span why;

	s->published_s = (int64_t)reader_u64(r);
	s->failed_s = (int64_t)reader_u64(r);
	s->failures = reader_u32(r);
	why = reader_rest(r);
	snprintf(s->why, sizeof s->why, "%.*s", SPAN_FMT(why));
}

static void
on_site(void *ctx, unsigned ready)
{
	unsigned char m[SITE_MESSAGE_MAX];
	struct site_link *l = ctx;
	ssize_t n = recv(l->fd, m, sizeof m, MSG_DONTWAIT);
	struct reader r;

	(void)ready;
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		loop_watch_set(l->watch, 0); /* the parent is gone */
		return;
	}
	if (n < 0)
		return;
	reader_init(&r, span_of(m, (size_t)n));
	switch (reader_u8(&r)) {
	case SITE_HELLO:
		on_hello(l);
		break;
	case SITE_SIGN:
		on_sign(l, &r);
		break;
	case SITE_DIGESTS:
		on_digests(l, &r);
		break;
	case SITE_DONE:
		on_done(l, &r);
		break;
	case SITE_PUBLISHED:
		on_published(l, &r);
		break;
	default:
		log_event(LOG_ERROR, "site.message");
	}
}

enum err
site_link_create(struct service *s, int fd, struct site_link **out)
{
	struct site_link *l = mem_alloc(sizeof *l);
	enum err e = ERR_NONE;

	l->service = s;
	l->fd = s->config->site_url[0] != '\0' ? fd : -1;
	l->state.has_site = l->fd >= 0;
	l->state.has_publish = l->state.has_site &&
	    s->config->site_publish[0] != '\0';
	if (l->fd >= 0)
		e = loop_watch_create(s->loop, l->fd, on_site, l, &l->watch);
	if (e == ERR_NONE && l->fd >= 0)
		loop_watch_set(l->watch, LOOP_READ);
	if (e == ERR_NONE)
		*out = l;
	else
		free(l);
	return e;
}

void
site_link_free(struct site_link *l)
{
	if (l == NULL)
		return;
	loop_watch_free(l->watch);
	free(l);
}
