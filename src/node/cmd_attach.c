/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: attach_begin, attach_add and attach_end take a file from a person;
 * attachment_fetch brings one here from other nodes; attachment_read gives its
 * text out (EXIT_ATTACHMENT), checked piece by piece.
 */
#include "node/command.h"
#include "node/uploads.h"

#include "base/code.h"
#include "base/mem.h"
#include "crypto/secret.h"

#include <stdlib.h>

enum { PIECES_A_READ = 16, PROGRESS_UNIT = 1024 };

static bool
arg_u64(struct call *c, const char *name, uint64_t *out)
{
	if (json_u64(json_get(c->args, name), out) == ERR_NONE)
		return true;
	call_misused(c, "%s is no number", name);
	return false;
}

/* --- in --- */

void
cmd_attach_begin(struct call *c)
{
	struct fault f = { 0 };
	uint64_t size, id;
	enum err e;

	if (!arg_u64(c, "size", &size))
		return;
	e = uploads_begin(c->service->uploads, c->caller.uid,
	    call_arg(c, "name"), call_arg(c, "media"), size,
	    loop_now(c->service->loop).mono, &id, &f);
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR, "the file cannot be attached",
		    call_text(c, "%s %s", f.field, f.rule), "");
		return;
	}
	json_put_open(&c->w, '{');
	json_put_member_u64(&c->w, "upload", id);
	json_put_close(&c->w, '}');
	call_done(c);
}

static void
broken_off(struct call *c, enum err e)
{
	call_fail(c, e, e == ERR_NOT_FOUND ? EXIT_NOT_FOUND : EXIT_OF_ERROR,
	    "the file was not attached", e == ERR_NOT_FOUND ?
	    "there is no such upload, or it was given up" :
	    e == ERR_STATE ? "less came than was announced" :
	    e == ERR_LIMIT ? "more came than was announced" :
	    err_sentence(e), "");
}

void
cmd_attach_add(struct call *c)
{
	struct span text = call_arg(c, "data");
	uint64_t id, have;
	struct buf bytes;
	enum err e;

	if (!arg_u64(c, "upload", &id))
		return;
	buf_init(&bytes, LIMIT_CONTROL_FRAME);
	e = code_parse_base64(text, &bytes);
	if (e != ERR_NONE) {
		buf_release(&bytes);
		call_misused(c, "data is no base64");
		return;
	}
	e = uploads_add(c->service->uploads, c->caller.uid, id,
	    buf_span(&bytes), loop_now(c->service->loop).mono, &have);
	secret_wipe(bytes.p, bytes.n);
	buf_release(&bytes);
	if (e != ERR_NONE) {
		broken_off(c, e);
		return;
	}
	json_put_open(&c->w, '{');
	json_put_member_u64(&c->w, "have", have);
	json_put_close(&c->w, '}');
	call_done(c);
}

void
cmd_attach_end(struct call *c)
{
	struct attachment at;
	uint64_t id;
	enum err e;

	if (!arg_u64(c, "upload", &id))
		return;
	e = uploads_end(c->service->uploads, c->caller.uid, id, &at);
	if (e != ERR_NONE) {
		broken_off(c, e);
		return;
	}
	json_put_open(&c->w, '{');
	json_put_key(&c->w, "attachment");
	attachment_write(&at, &c->w);
	json_put_close(&c->w, '}');
	secret_wipe(at.key, sizeof at.key);
	call_done(c);
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

/* Open pieces [first, ...) into `out`, at most PIECES_A_READ. */
static enum err
pieces_open(struct call *c, const struct attachment *at, uint64_t first,
    struct buf *out)
{
	uint64_t count = pieces_count(at->size);
	unsigned char *piece = mem_alloc(PIECE_SEALED);
	enum err e = ERR_NONE;

	for (uint64_t i = first; i < count && i < first + PIECES_A_READ &&
	     e == ERR_NONE; i++) {
		bool is_last = i + 1 == count;
		size_t n = is_last ? (size_t)(pieces_sealed_size(at->size) -
		    i * PIECE_SEALED) : PIECE_SEALED;

		e = blobs_read(c->service->blobs, &at->sealed,
		    i * PIECE_SEALED, n, piece);
		if (e == ERR_NONE)
			e = piece_open(at->key, i, is_last,
			    span_of(piece, n), piece);
		if (e == ERR_NONE)
			buf_put_mem(out, piece, n - PIECE_TAG);
	}
	secret_wipe(piece, PIECE_SEALED);
	free(piece);
	return e;
}

void
cmd_attachment_read(struct call *c)
{
	struct attachment at;
	struct index_row row;
	struct buf text, coded;
	uint64_t offset;
	enum err e;

	if (!arg_u64(c, "offset", &offset))
		return;
	if (offset % PIECE_TEXT != 0) {
		call_misused(c, "offset is no multiple of %d", PIECE_TEXT);
		return;
	}
	if (!open_attachment(c, &row, &at))
		return;
	buf_init(&text, PIECES_A_READ * PIECE_TEXT);
	buf_init(&coded, 2 * PIECES_A_READ * PIECE_TEXT);
	e = pieces_open(c, &at, offset / PIECE_TEXT, &text);
	if (e != ERR_NONE) {
		buf_release(&text);
		buf_release(&coded);
		call_fail(c, e, e == ERR_NOT_FOUND ? EXIT_NOT_FOUND :
		    EXIT_OF_ERROR, "the attachment cannot be read",
		    e == ERR_NOT_FOUND ? "it is not here yet" :
		    "what lies on the disk is not what was signed",
		    call_text(c, "almenara attachment get %s",
		    call_id(c, &row.id)));
		return;
	}
	code_write_base64(&coded, buf_span(&text));
	json_put_open(&c->w, '{');
	put_attachment(c, &at);
	json_put_member_span(&c->w, "data", buf_span(&coded));
	json_put_close(&c->w, '}');
	secret_wipe(text.p, text.n);
	buf_release(&text);
	buf_release(&coded);
	call_done(c);
}
