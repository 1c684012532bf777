/* SPDX-License-Identifier: Apache-2.0
 *
 * Command: redistribute_feedback. What one of those who are served answers to
 * a notice is kept at home; the origin learns that it was seen, not by whom.
 */
#include "node/command.h"

#include "node/mailings.h"

#include <string.h>

struct answerer {
	struct span who;    /* the tail of an id */
	bool is_found;
	struct mailings_found found;
};

static bool
find_answerer(void *ctx, const struct mailing_head *h,
    const struct mailing *m)
{
	struct answerer *x = ctx;
	char id[UUID_TEXT + 1];

	for (size_t i = 0; i < m->n && !x->is_found; i++) {
		uuid_write(&m->one[i].who, id);
		x->is_found = x->who.n >= 4 && x->who.n <= UUID_TEXT &&
		    memcmp(id + UUID_TEXT - x->who.n, x->who.p, x->who.n) ==
			0;
		if (x->is_found)
			x->found = (struct mailings_found){ h->id, h->notice,
				m->one[i].who };
	}
	return !x->is_found;
}

static void
on_sighted(void *ctx, enum err e, const char *why)
{
	struct call *c = ctx;

	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR,
		    "the answer is kept; its origin was not told", why,
		    "almenara help sighting");
		return;
	}
	json_put_close(&c->w, '}');
	call_done(c);
}

static void
on_kept(void *ctx, const struct hub_appended *result)
{
	struct call *c = ctx;
	struct service *s = c->service;

	if (!call_is_written(c, result, "the answer was not kept"))
		return;
	/* the origin learns that it was seen, not by whom */
	call_home(s, c->caller.uid, "feedback", call_text(c,
	    "{\"kind\":\"sighting\",\"id\":\"%s\",\"body\":{\"result\":"
	    "\"%s\",\"count\":1}}", call_id(c, &c->object_id),
	    arena_string(&c->mem, call_arg(c, "result"))), NULL, on_sighted,
	    c);
}

static bool
is_result(struct call *c)
{
	const struct kind *k = kind_find(c->service->schema,
	    span_str("constituent-feedback"));
	const struct field *f = k == NULL ? NULL :
	    field_find(k, span_str("result"));

	if (f != NULL && choice_find(f->choices, call_arg(c, "result")) !=
	    NULL)
		return true;
	call_misused(c, "result: seen, not_seen, false_positive, useful, "
	    "not_useful, corrected");
	return false;
}

static void
keep_answer(struct call *c, const struct index_row *row,
    const struct answerer *x)
{
	struct hub_draft d = home_draft(c->service, "constituent-feedback");
	struct span comment = call_arg(c, "comment");
	struct json_out w;
	struct buf b;

	buf_init(&b, LIMIT_PAYLOAD - 1024);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_str(&w, "notice", call_id(c, &row->id));
	json_put_member_str(&w, "mailing", call_id(c, &x->found.mailing));
	json_put_member_str(&w, "who", call_id(c, &x->found.who));
	json_put_member_span(&w, "result", call_arg(c, "result"));
	if (comment.n != 0)
		json_put_member_span(&w, "comment", comment);
	json_put_member_str(&w, "by", c->caller.login[0] != '\0' ?
		c->caller.login : c->caller.post);
	json_put_close(&w, '}');
	d.body = buf_span(&b);
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "id", call_id(c, &row->id));
	json_put_member_str(&c->w, "who", call_id(c, &x->found.who));
	c->object_id = row->id;
	hub_append(c->service->hub, &d, on_kept, c);
	service_stir(c->service);
	buf_release(&b);
}

void
cmd_redistribute_feedback(struct call *c)
{
	struct answerer x = { .who = call_arg(c, "who") };
	struct span code = call_arg(c, "code");
	struct index_row row;
	struct record r;

	if (!call_find(c, INDEX_NOTICES, "id", &row) ||
	    !call_read(c, &row, EXIT_SHOW, &r) || !is_result(c))
		return;
	if (code.n != 0)
		x.is_found = mailings_find(c->service->mailings,
		    arena_string(&c->mem, code), 0, &row.id, &x.found);
	else
		mailings_each(c->service->mailings, &row.id, find_answerer,
		    &x);
	if (x.is_found)
		keep_answer(c, &row, &x);
	else
		call_fail(c, ERR_NOT_FOUND, EXIT_NOT_FOUND,
		    "nobody with this code was sent this notice", "",
		    call_text(c, "almenara redistribute status %s",
			call_id(c, &row.id)));
}
