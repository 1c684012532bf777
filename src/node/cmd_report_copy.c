/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of a report on their way into an entry: each is opened piece by piece
 * and sealed under a fresh key. So the key that seals a report's file never
 * leaves this node, and what is erased of one leaves the other whole. Copies
 * that no entry names go by the sweep (watch/sweep.h).
 */
#include "node/cmd_report.h"

#include "base/mem.h"
#include "crypto/secret.h"
#include "node/uploads.h"

#include <stdlib.h>

enum {
	PIECES_A_TURN = 16, /* what others wait for meanwhile */
	NAME_LONG = 190     /* bytes; a number has no room before it */
};

struct copying {
	cmd_report_copied_fn *then;
	struct attachment from[LIMIT_ATTACHMENTS], to[LIMIT_ATTACHMENTS];
	size_t n, done;
	uint64_t pieces;        /* of the one that is copied */
	struct upload *up;
	unsigned char text[PIECE_SEALED];
};

static void
copying_drop(struct call *c)
{
	struct copying *x = c->state;

	upload_free(x->up);
	secret_wipe(x, sizeof *x);
	free(x);
}

/* Names are what strangers said: two may be the same, which attachments of an
 * entry may not. Then a number goes before it, or takes its place. */
static struct span
name_of(struct call *c, const struct copying *x)
{
	struct span name = x->from[x->done].name;

	while (attachment_find(x->to, x->done, name) != NULL)
		name = span_str(name.n > NAME_LONG ?
			call_text(c, "%zu", x->done + 1) :
			call_text(c, "%zu-%.*s", x->done + 1, SPAN_FMT(name)));
	return name;
}

/* --- one file --- */

static enum err
begin(struct call *c, struct copying *x)
{
	const struct attachment *at = &x->from[x->done];

	x->pieces = 0;
	return upload_create(c->service->uploads, name_of(c, x),
	    at->media, at->size, &x->up, NULL);
}

static enum err
copy_piece(struct call *c, struct copying *x)
{
	const struct attachment *at = &x->from[x->done];
	bool is_last = x->pieces + 1 == pieces_count(at->size);
	size_t n = upload_next(x->up) + PIECE_TAG;
	enum err e = blobs_read(c->service->blobs, &at->sealed,
	    x->pieces * PIECE_SEALED, n, x->text);

	if (e == ERR_NONE)
		e = piece_open(at->key, x->pieces, is_last,
		    span_of(x->text, n), x->text);
	if (e == ERR_NONE)
		e = upload_put(x->up, span_of(x->text, n - PIECE_TAG));
	x->pieces++;
	return e;
}

static enum err
end(struct call *c, struct copying *x)
{
	struct attachment *to = &x->to[x->done];
	enum err e = upload_end(x->up, to);

	if (e == ERR_NONE && !digest_is_equal(&to->text,
	    &x->from[x->done].text))
		e = ERR_DIGEST;
	if (e == ERR_NONE) {
		to->name = arena_copy(&c->mem, to->name);
		to->media = arena_copy(&c->mem, to->media);
		x->done++;
	}
	upload_free(x->up);
	x->up = NULL;
	return e;
}

/* --- all of them --- */

static void
not_copied(struct call *c, struct copying *x, enum err e)
{
	call_fail(c, e, EXIT_OF_ERROR, "the report was not handed on",
	    call_text(c, "a file of it (%.*s) cannot be read or sealed: %s",
		SPAN_FMT(x->from[x->done].name), e == ERR_DECRYPT ||
		e == ERR_DIGEST ? "what lies on the disk is not what came" :
		err_sentence(e)), "almenara doctor");
}

/* What is left of it: the list. */
static void
finish(struct call *c)
{
	struct copying *x = c->state;
	cmd_report_copied_fn *then = x->then;
	struct span list;
	struct json_out w;
	struct buf b;

	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	json_put_open(&w, '[');
	for (size_t i = 0; i < x->n; i++)
		attachment_write(&x->to[i], &w);
	json_put_close(&w, ']');
	list = arena_copy(&c->mem, buf_span(&b));
	secret_wipe(b.p, b.cap);
	buf_release(&b);
	copying_drop(c);
	c->drop = NULL;
	c->state = NULL;
	then(c, list);
}

static void
copy_step(struct call *c)
{
	struct copying *x = c->state;
	enum err e = ERR_NONE;

	for (unsigned i = 0; i < PIECES_A_TURN && e == ERR_NONE &&
	     x->done < x->n; i++) {
		if (x->up == NULL)
			e = begin(c, x);
		if (e == ERR_NONE)
			e = copy_piece(c, x);
		if (e == ERR_NONE && upload_is_whole(x->up))
			e = end(c, x);
	}
	if (e != ERR_NONE)
		not_copied(c, x, e);
	else if (x->done == x->n)
		finish(c);
	else
		call_work(c, copy_step);
}

void
cmd_report_copy(struct call *c, struct json_val body, struct json_val which,
    cmd_report_copied_fn *then)
{
	struct copying *x = mem_alloc(sizeof *x);

	x->then = then;
	c->state = x;
	c->drop = copying_drop;
	if (cmd_report_choose(c, body, which, x->from, &x->n))
		call_work(c, copy_step);
}
