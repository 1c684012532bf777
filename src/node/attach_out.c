/* SPDX-License-Identifier: Apache-2.0
 *
 * Attachments on their way out to a person.
 */
#include "node/attach_out.h"

#include "base/mem.h"
#include "crypto/secret.h"
#include "node/passed.h"
#include "store/blobs.h"

#include <stdlib.h>

enum {
	PIECES_A_TURN = 16, /* what others wait for meanwhile */
	PROGRESS_UNIT = 1024
};

struct leaving {
	struct attachment at;
	const char *again;
	struct hash_stream *hash;
	uint64_t pieces;        /* that were written */
	unsigned char text[PIECE_SEALED];
};

static void
leaving_drop(struct call *c)
{
	struct leaving *x = c->state;

	hash_stream_free(x->hash);
	secret_wipe(x, sizeof *x);
	free(x);
}

/* --- from other nodes --- */

struct coming {
	command_fn *then;
};

static void
leave(struct call *c)
{
	hub_fetch_leave(c->service->hub, c);
	free(c->state);
}

static void
on_fetched(void *ctx, const struct hub_fetched *told)
{
	struct call *c = ctx;
	struct coming *x = c->state;
	command_fn *then = x->then;

	if (!told->is_over) {
		call_progress(c, told->have / PROGRESS_UNIT,
		    told->size / PROGRESS_UNIT, "KiB");
		return;
	}
	c->drop = NULL;
	c->state = NULL;
	free(x);
	if (told->err == ERR_NONE) {
		call_work(c, then); /* not in the middle of the hub's turn */
		return;
	}
	call_fail(c, told->err, told->err == ERR_NOT_FOUND ?
	    EXIT_TOO_LATE : EXIT_OF_ERROR,
	    "the attachment could not be fetched",
	    told->err == ERR_NOT_FOUND ?
	    "no node that is linked now has it and may give it" :
	    err_sentence(told->err), "almenara peer list");
}

void
attach_fetch(struct call *c, const struct index_row *row,
    const struct attachment *at, command_fn *then)
{
	struct coming *x = mem_alloc(sizeof *x);

	x->then = then;
	c->state = x;
	c->drop = leave;
	hub_fetch(c->service->hub, row->log, row->index, at, on_fetched, c);
	service_stir(c->service);
}

/* --- into a file --- */

bool
attach_has_file(struct call *c)
{
	if (c->file >= 0)
		return true;
	call_misused(c, "an open file has to be passed with this request");
	return false;
}

void
attach_put(struct call *c, const struct attachment *at)
{
	char text[ENTRY_DIGEST_TEXT + 1];

	entry_write_digest(&at->text, text);
	json_put_member_span(&c->w, "name", at->name);
	json_put_member_span(&c->w, "media", at->media);
	json_put_member_u64(&c->w, "size", at->size);
	json_put_member_str(&c->w, "digest", text);
}

/* Open piece `i` and put it where it belongs in the file. */
static enum err
piece_out(struct call *c, struct leaving *x, uint64_t i)
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
not_written(struct call *c, struct leaving *x, enum err e)
{
	call_fail(c, e, e == ERR_NOT_FOUND ? EXIT_NOT_FOUND : EXIT_OF_ERROR,
	    "the attachment cannot be written", e == ERR_NOT_FOUND ?
	    "it is not here yet" : e == ERR_DENIED ?
	    "the file is not open for writing" :
	    e == ERR_FULL || e == ERR_IO ? err_sentence(e) :
	    "what lies on the disk is not what was signed", x->again);
}

static void
write_end(struct call *c, struct leaving *x)
{
	struct digest d = hash_stream_now(x->hash);

	if (!digest_is_equal(&d, &x->at.text)) {
		not_written(c, x, ERR_DIGEST);
		return;
	}
	audit(c->service, &c->caller, "attachment", &c->object,
	    call_id(c, &c->object_id), "done", "");
	json_put_open(&c->w, '{');
	attach_put(c, &x->at);
	json_put_close(&c->w, '}');
	call_done(c);
}

static void
write_step(struct call *c)
{
	struct leaving *x = c->state;
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
attach_out(struct call *c, const struct attachment *at, const char *again)
{
	struct leaving *x = mem_alloc(sizeof *x);
	struct fault f = { 0 };
	enum err e;

	c->state = x;
	c->drop = leaving_drop;
	x->at = *at;
	x->again = again;
	x->hash = hash_stream_create();
	e = passed_check_out(c->file, &f);
	if (e != ERR_NONE)
		call_fail(c, e, EXIT_OF_ERROR, "the attachment cannot be "
		    "written", call_text(c, "%s %s", f.field, f.rule), "");
	else
		call_work(c, write_step);
}
