/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: attach takes a file that a person passes open; attachment_fetch
 * brings one here from other nodes; attachment_write gives its text out
 * (EXIT_ATTACHMENT).
 */
#include "node/attach_out.h"
#include "node/passed.h"
#include "node/uploads.h"

#include "base/limits.h"
#include "base/mem.h"
#include "crypto/secret.h"

#include <stdlib.h>

enum {
	PIECES_A_TURN = 16, /* what others wait for meanwhile */
	PROGRESS_UNIT = 1024
};

/* A file on its way from a person to the blobs. */
struct crossing {
	struct passed was;
	struct upload *up;
	uint64_t pieces;        /* that have crossed */
	unsigned char text[PIECE_SEALED];
};

static void
crossing_drop(struct call *c)
{
	struct crossing *x = c->state;

	upload_free(x->up);
	secret_wipe(x, sizeof *x);
	free(x);
}

static struct crossing *
crossing_create(struct call *c)
{
	struct crossing *x = mem_alloc(sizeof *x);

	c->state = x;
	c->drop = crossing_drop;
	return x;
}

/* --- in --- */

static void
not_attached(struct call *c, enum err e, const char *why)
{
	call_fail(c, e, EXIT_OF_ERROR, "the file cannot be attached", why, "");
}

static void
attach_end(struct call *c, struct crossing *x)
{
	struct attachment at = { 0 };
	enum err e;

	if (!passed_is_same(c->file, &x->was)) {
		not_attached(c, ERR_STATE, "it was changed meanwhile");
		return;
	}
	e = upload_end(x->up, &at);
	if (e != ERR_NONE) {
		not_attached(c, e, err_sentence(e));
		return;
	}
	json_put_open(&c->w, '{');
	json_put_key(&c->w, "attachment");
	attachment_write(&at, &c->w);
	json_put_close(&c->w, '}');
	secret_wipe(at.key, sizeof at.key);
	call_done(c);
}

static void
attach_step(struct call *c)
{
	struct crossing *x = c->state;
	enum err e = ERR_NONE;

	for (unsigned i = 0; i < PIECES_A_TURN && e == ERR_NONE &&
	     !upload_is_whole(x->up); i++) {
		size_t n = upload_next(x->up);

		e = passed_read(c->file, x->pieces * PIECE_TEXT, n, x->text);
		if (e == ERR_STATE) {
			not_attached(c, e, "it became shorter meanwhile");
			return;
		}
		if (e == ERR_NONE)
			e = upload_put(x->up, span_of(x->text, n));
		x->pieces++;
	}
	if (e != ERR_NONE) {
		not_attached(c, e, err_sentence(e));
	} else if (upload_is_whole(x->up)) {
		attach_end(c, x);
	} else {
		call_progress(c, x->pieces * (PIECE_TEXT / PROGRESS_UNIT),
		    x->was.size / PROGRESS_UNIT, "KiB");
		call_work(c, attach_step);
	}
}

void
cmd_attach(struct call *c)
{
	struct crossing *x;
	struct fault f = { 0 };
	enum err e;

	if (!attach_has_file(c))
		return;
	x = crossing_create(c);
	e = passed_check_in(c->file, LIMIT_ATTACHMENT, &x->was, &f);
	if (e == ERR_NONE)
		e = upload_create(c->service->uploads, call_arg(c, "name"),
		    call_arg(c, "media"), x->was.size, &x->up, &f);
	if (e != ERR_NONE)
		not_attached(c, e, call_text(c, "%s %s", f.field, f.rule));
	else
		call_work(c, attach_step);
}

/* --- out --- */

/* The attachment that the arguments name: of the notice `id` that of name
 * `name`, or the only one. If false, the call has been answered. */
static bool
open_attachment(struct call *c, struct index_row *row, struct attachment *out)
{
	struct span name = call_arg(c, "name");
	const struct attachment *at = NULL;
	struct attachment *list = NULL;
	struct record r;
	size_t n = 0;

	if (!call_find(c, INDEX_NOTICES, "id", row) ||
	    !call_read(c, row, EXIT_ATTACHMENT, &r))
		return false;
	if (exit_opens(&r.pass, EXIT_ATTACHMENT, EXIT_TEXT) &&
	    attachments_parse(r.body, &c->mem, &list, &n, NULL) == ERR_NONE)
		at = name.n != 0 ? attachment_find(list, n, name) :
		    n == 1	 ? &list[0] :
				   NULL;
	if (at != NULL) {
		*out = *at;
		return true;
	}
	call_fail(c, ERR_NOT_FOUND, EXIT_NOT_FOUND,
	    n == 0 ? "it has no attachments" :
		name.n == 0 ? "it has several attachments: which one?" :
			      "it has no attachment of that name", "",
	    call_text(c, "almenara show %s", call_id(c, &row->id)));
	return false;
}

static void
fetched(struct call *c)
{
	struct index_row row;
	struct attachment at;

	/* it may have been erased meanwhile */
	if (!open_attachment(c, &row, &at))
		return;
	json_put_open(&c->w, '{');
	attach_put(c, &at);
	json_put_close(&c->w, '}');
	secret_wipe(at.key, sizeof at.key);
	call_done(c);
}

void
cmd_attachment_fetch(struct call *c)
{
	struct index_row row;
	struct attachment at;

	if (!open_attachment(c, &row, &at))
		return;
	attach_fetch(c, &row, &at, fetched);
	secret_wipe(at.key, sizeof at.key);
}

void
cmd_attachment_write(struct call *c)
{
	struct index_row row;
	struct attachment at;

	if (!attach_has_file(c) || !open_attachment(c, &row, &at))
		return;
	attach_out(c, &at, call_text(c, "almenara attachment get %s",
	    call_id(c, &row.id)));
}
