/* SPDX-License-Identifier: Apache-2.0
 *
 * What became of the letters, written down: some hundred ends a record, and a
 * last revision that says how all of it ended.
 */
#include "node/mailings_inside.h"

#include "base/log.h"
#include "base/mem.h"
#include "node/command.h"

#include <stdlib.h>

enum {
	TELL_MOST = 200 /* results in one record */
};

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
	struct held *h = mailings_held(w->x, &w->id);

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

void
mailings_tell(struct mailings *x, struct held *h, int64_t now_ms)
{
	size_t n = h->m.count[MAILING_TELLING] + h->failed_n;

	if (h->is_writing)
		return;
	if (n != 0 && h->tell_ms == 0)
		h->tell_ms = now_ms;
	if (n >= TELL_MOST / 2 || (n != 0 &&
		(h->tell_ms + MAILINGS_TELL_MS <= now_ms ||
		    h->m.count[MAILING_UNDER_WAY] +
		    h->m.count[MAILING_WAITING] == 0)))
		write_results(x, h);
	else if (mailing_is_over(&h->m))
		write_end(x, h);
}
