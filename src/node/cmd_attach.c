/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: attach takes a file that a person passes open; attachment_fetch
 * brings one here from other nodes; attachment_write gives its text out into a
 * file that is passed open (EXIT_ATTACHMENT), checked piece by piece.
 */
#include "node/command.h"
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

/* A file on its way between a person and the blobs. */
struct crossing {
	struct passed was;      /* in */
	struct upload *up;      /* in */
	struct attachment at;   /* out */
	struct uuid id;         /* out: of the notice */
	struct digest notice;   /* out */
	struct hash_stream *hash; /* out */
	uint64_t pieces;        /* that have crossed */
	unsigned char text[PIECE_SEALED];
};

static void
crossing_drop(struct call *c)
{
	struct crossing *x = c->state;

	upload_free(x->up);
	hash_stream_free(x->hash);
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

/* The file that came with the request. If false, the call was answered. */
static bool
has_file(struct call *c)
{
	if (c->file >= 0)
		return true;
	call_misused(c, "an open file has to be passed with this request");
	return false;
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

	if (!has_file(c))
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
put_attachment(struct call *c, const struct attachment *at)
{
	char text[ENTRY_DIGEST_TEXT + 1];

	entry_write_digest(&at->text, text);
	json_put_member_span(&c->w, "name", at->name);
	json_put_member_span(&c->w, "media", at->media);
	json_put_member_u64(&c->w, "size", at->size);
	json_put_member_str(&c->w, "digest", text);
}

static void
leave(struct call *c)
{
	hub_fetch_leave(c->service->hub, c);
}

static void
on_fetched(void *ctx, const struct hub_fetched *told)
{
	struct call *c = ctx;

	if (!told->is_over) {
		call_progress(c, told->have / PROGRESS_UNIT,
		    told->size / PROGRESS_UNIT, "KiB");
		return;
	}
	c->drop = NULL;
	if (told->err != ERR_NONE) {
		call_fail(c, told->err, told->err == ERR_NOT_FOUND ?
		    EXIT_TOO_LATE : EXIT_OF_ERROR,
		    "the attachment could not be fetched",
		    told->err == ERR_NOT_FOUND ?
		    "no node that is linked now has it and may give it" :
		    err_sentence(told->err), "almenara peer list");
		return;
	}
	json_put_open(&c->w, '{');
	put_attachment(c, c->state);
	json_put_close(&c->w, '}');
	call_done(c);
}

void
cmd_attachment_fetch(struct call *c)
{
	struct attachment *at = arena_alloc(&c->mem, sizeof *at);
	struct index_row row;

	if (!open_attachment(c, &row, at))
		return;
	c->state = at;
	c->drop = leave;
	hub_fetch(c->service->hub, row.log, row.index, at, on_fetched, c);
	service_stir(c->service);
}

/* Open piece `i` and put it where it belongs in the file. */
static enum err
piece_out(struct call *c, struct crossing *x, uint64_t i)
{
	bool is_last = i + 1 == pieces_count(x->at.size);
	size_t n = is_last ? (size_t)(pieces_sealed_size(x->at.size) -
	    i * PIECE_SEALED) : PIECE_SEALED;
	enum err e = blobs_read(c->service->blobs, &x->at.sealed,
	    i * PIECE_SEALED, n, x->text);

	if (e == ERR_NONE)
		e = piece_open(x->at.key, i, is_last, span_of(x->text, n),
		    x->text);
	if (e != ERR_NONE)
		return e;
	n -= PIECE_TAG;
	hash_stream_add(x->hash, span_of(x->text, n));
	return passed_write(c->file, i * PIECE_TEXT, n, x->text);
}

static void
not_written(struct call *c, struct crossing *x, enum err e)
{
	call_fail(c, e, e == ERR_NOT_FOUND ? EXIT_NOT_FOUND : EXIT_OF_ERROR,
	    "the attachment cannot be written", e == ERR_NOT_FOUND ?
	    "it is not here yet" : e == ERR_DENIED ?
	    "the file is not open for writing" :
	    e == ERR_FULL || e == ERR_IO ? err_sentence(e) :
	    "what lies on the disk is not what was signed",
	    call_text(c, "almenara attachment get %s", call_id(c, &x->id)));
}

static void
write_end(struct call *c, struct crossing *x)
{
	struct digest d = hash_stream_now(x->hash);

	if (!digest_is_equal(&d, &x->at.text)) {
		not_written(c, x, ERR_DIGEST);
		return;
	}
	audit(c->service, &c->caller, "attachment", &x->notice,
	    call_id(c, &x->id), "done", "");
	json_put_open(&c->w, '{');
	put_attachment(c, &x->at);
	json_put_close(&c->w, '}');
	call_done(c);
}

static void
write_step(struct call *c)
{
	struct crossing *x = c->state;
	uint64_t count = pieces_count(x->at.size);
	enum err e = ERR_NONE;

	for (unsigned i = 0; i < PIECES_A_TURN && x->pieces < count &&
	     e == ERR_NONE; i++)
		e = piece_out(c, x, x->pieces++);
	if (e != ERR_NONE) {
		not_written(c, x, e);
	} else if (x->pieces == count) {
		write_end(c, x);
	} else {
		call_progress(c, x->pieces * (PIECE_TEXT / PROGRESS_UNIT),
		    x->at.size / PROGRESS_UNIT, "KiB");
		call_work(c, write_step);
	}
}

void
cmd_attachment_write(struct call *c)
{
	struct index_row row;
	struct fault f = { 0 };
	struct attachment at;
	struct crossing *x;
	enum err e;

	if (!has_file(c) || !open_attachment(c, &row, &at))
		return;
	x = crossing_create(c);
	x->at = at;
	x->id = row.id;
	x->notice = row.digest;
	x->hash = hash_stream_create();
	e = passed_check_out(c->file, &f);
	if (e != ERR_NONE)
		call_fail(c, e, EXIT_OF_ERROR, "the attachment cannot be "
		    "written", call_text(c, "%s %s", f.field, f.rule), "");
	else
		call_work(c, write_step);
}
