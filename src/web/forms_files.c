/* SPDX-License-Identifier: Apache-2.0
 *
 * Files that come with a form. Each is sealed under a key of its own, piece by
 * piece as it comes (crypto/pieces.h), and the pieces go to the node: no more
 * than one of a file is here at a time, and nothing of it in the clear lies
 * anywhere else. What opens them is sealed to the team with what was typed.
 * The node takes one piece of all forms at a time, by turns, and who sends
 * waits: so the socket between the two stays free for what is short.
 */
#include "web/forms_inside.h"

#include "base/code.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "crypto/secret.h"

#include <stdlib.h>

enum {
	PIECE_WAIT_MS = 10000, /* for the answer to one, */
	TURN_MS = 60000,       /* and until it is its turn */
	QUEUE_MOST = 2 * LIMIT_WEB_CALL,
	QUEUE_HEAD = 5         /* op, length */
};

static void
fail(struct visit *v, enum forms_error wrong)
{
	v->wrong[wrong] = true;
	forms_files_drop(v);
}

/* --- to the node --- */

static bool
tell_drop(const struct forms *i, uint64_t form)
{
	struct talk_frame f = { .type = TALK_CALL, .op = TALK_DROP };
	struct talk_piece p = { .form = form };
	struct buf b;
	bool is_told;

	buf_init(&b, 64);
	talk_piece_write(&p, &b);
	f.text = buf_span(&b);
	is_told = forms_put(i, &f);
	buf_release(&b);
	return is_told;
}

/* If it does not hear it now it is told again; those for which there is no room
 * it forgets by itself, once nothing more of them comes. */
static void
drop_at_node(struct forms *i, uint64_t form)
{
	if (!tell_drop(i, form) && i->drops < LIMIT_REPORT_VISITS)
		i->drop[i->drops++] = form;
}

bool
forms_files_wait(const struct visit *v)
{
	return v->files.queue.n != 0;
}

static struct visit *
next_in_turn(const struct forms *i)
{
	struct visit *best = NULL;

	for (struct visit *v = i->visits; v != NULL; v = v->next)
		if (forms_files_wait(v) &&
		    (best == NULL || v->files.turn < best->files.turn))
			best = v;
	return best;
}

/* If the node takes nothing now, it is tried again each second. */
static void
pump(struct forms *i)
{
	struct visit *v = i->piece_call == 0 ? next_in_turn(i) : NULL;
	struct talk_frame f = { .type = TALK_CALL };
	const struct buf *q;

	if (v == NULL)
		return;
	q = &v->files.queue;
	f.id = i->next_call + 1;
	f.op = q->p[0];
	f.text = span_of(q->p + QUEUE_HEAD, (size_t)q->p[1] << 24 |
	    (size_t)q->p[2] << 16 | (size_t)q->p[3] << 8 | q->p[4]);
	if (!forms_put(i, &f))
		return;
	i->piece_call = v->files.waits = ++i->next_call;
	i->piece_until_ms = i->now_ms + PIECE_WAIT_MS;
}

static void
put_call(struct visit *v, enum talk_op op, struct span sealed)
{
	struct forms_files *s = &v->files;
	struct talk_piece p = { s->form, (uint8_t)(s->n - 1), s->sealed_n,
		sealed };
	struct buf b;

	buf_init(&b, LIMIT_WEB_CALL);
	talk_piece_write(&p, &b);
	if (!forms_files_wait(v)) {
		s->turn = ++v->forms->next_turn;
		s->until_ms = v->forms->now_ms + TURN_MS;
	}
	buf_put_u8(&s->queue, (uint8_t)op);
	buf_put_span32(&s->queue, buf_span(&b));
	buf_release(&b);
	pump(v->forms);
}

static void
on_taken(struct visit *v, uint8_t op)
{
	struct forms_files *s = &v->files;
	size_t n = QUEUE_HEAD + ((size_t)s->queue.p[1] << 24 |
	    (size_t)s->queue.p[2] << 16 | (size_t)s->queue.p[3] << 8 |
	    s->queue.p[4]);

	s->waits = 0;
	if (op == TALK_DONE) {
		buf_consume(&s->queue, n);
		s->turn = ++v->forms->next_turn;
		s->until_ms = v->forms->now_ms + TURN_MS;
	} else {
		fail(v, op == TALK_FULL ? WRONG_FULL : WRONG_LATER);
	}
	if (!forms_files_wait(v))
		http_go_on(v->call);
}

bool
forms_files_reply(struct forms *i, const struct talk_frame *f)
{
	struct visit *v = i->visits;

	if (i->piece_call == 0 || f->id != i->piece_call)
		return false;
	i->piece_call = 0;
	while (v != NULL && v->files.waits != f->id)
		v = v->next;
	if (v != NULL)
		on_taken(v, f->op);
	pump(i);
	return true;
}

void
forms_files_step(struct forms *i)
{
	const struct talk_frame late = { .type = TALK_REPLY,
		.id = i->piece_call, .op = TALK_LATER };

	while (i->drops != 0 && tell_drop(i, i->drop[i->drops - 1]))
		i->drops--;
	if (i->piece_call != 0 && i->now_ms >= i->piece_until_ms)
		(void)forms_files_reply(i, &late);
	for (struct visit *v = i->visits; v != NULL; v = v->next)
		if (forms_files_wait(v) && i->now_ms >= v->files.until_ms) {
			fail(v, WRONG_LATER);
			http_go_on(v->call);
		}
	pump(i);
}

/* --- as they come --- */

/* Of the type that it says it has: what could be one. */
static void
take_media(struct span media, char out[101])
{
	bool is_one = media.n != 0 && media.n <= 100;
	size_t slashes = 0;

	for (size_t k = 0; k < media.n && is_one; k++) {
		slashes += media.p[k] == '/';
		is_one = media.p[k] > ' ' && media.p[k] < 0x7f &&
		    (media.p[k] != '/' || (k != 0 && k + 1 != media.n));
	}
	if (!is_one || slashes != 1)
		media = span_str("application/octet-stream");
	memcpy(out, media.p, media.n);
	out[media.n] = '\0';
}

void
forms_file_begin(struct visit *v, const struct multipart_part *p)
{
	struct forms_files *s = &v->files;

	s->is_part = p->is_file && span_is_str(p->name, "files");
	if (!s->is_part)
		return;
	/* one that was not chosen comes too, without name and bytes */
	s->next = (struct forms_file){ 0 };
	if (p->file.n != 0)
		multipart_file_name(p->file, s->next.name);
	take_media(p->media, s->next.media);
}

static bool
may_take_piece(struct visit *v)
{
	struct forms *i = v->forms;

	return pace_take(&i->pieces, i->is_limited ? http_from(v->call) : 0,
	    i->now_ms);
}

static void
file_open(struct visit *v)
{
	struct forms_files *s = &v->files;
	struct forms_file *f;

	if (s->n == LIMIT_REPORT_FILES) {
		fail(v, WRONG_LARGE);
		return;
	}
	if (!may_take_piece(v)) {
		fail(v, WRONG_FULL);
		return;
	}
	if (s->form == 0) {
		s->form = ++v->forms->next_form;
		s->piece = mem_alloc(PIECE_SEALED);
		buf_init(&s->queue, QUEUE_MOST);
	}
	f = &s->file[s->n++];
	*f = s->next;
	if (f->name[0] == '\0')
		multipart_file_name(span_str(""), f->name);
	random_fill(f->key, sizeof f->key);
	s->text = hash_stream_create();
	s->sealed = hash_stream_create();
	s->pieces = s->sealed_n = 0;
	s->piece_n = 0;
	s->is_open = true;
}

static void
seal_piece(struct visit *v, bool is_last)
{
	struct forms_files *s = &v->files;
	struct forms_file *f = &s->file[s->n - 1];
	struct span sealed = span_of(s->piece, s->piece_n + PIECE_TAG);

	piece_seal(f->key, s->pieces++, is_last, span_of(s->piece,
	    s->piece_n), s->piece);
	hash_stream_add(s->sealed, sealed);
	put_call(v, is_last ? TALK_FILE : TALK_PIECE, sealed);
	s->sealed_n += sealed.n;
	s->piece_n = 0;
}

void
forms_file_bytes(struct visit *v, struct span in)
{
	struct forms_files *s = &v->files;

	if (!s->is_part || forms_is_wrong(v))
		return;
	if (!s->is_open)
		file_open(v);
	while (in.n != 0 && s->is_open) {
		size_t room = PIECE_TEXT - s->piece_n;
		size_t n = in.n < room ? in.n : room;

		if (room == 0) {
			/* more comes: it was not the last */
			seal_piece(v, false);
			if (!may_take_piece(v))
				fail(v, WRONG_FULL);
			continue;
		}
		hash_stream_add(s->text, span_of(in.p, n));
		memcpy(s->piece + s->piece_n, in.p, n);
		s->piece_n += n;
		s->file[s->n - 1].size += n;
		s->all += n;
		in = span_of(in.p + n, in.n - n);
		if (s->all > LIMIT_REPORT_BYTES)
			fail(v, WRONG_LARGE);
	}
}

void
forms_file_end(struct visit *v)
{
	struct forms_files *s = &v->files;
	struct forms_file *f;

	if (!s->is_part || forms_is_wrong(v))
		return;
	if (!s->is_open && s->next.name[0] != '\0')
		file_open(v); /* an empty one */
	if (!s->is_open)
		return;
	f = &s->file[s->n - 1];
	seal_piece(v, true);
	f->text = hash_stream_now(s->text);
	f->sealed = hash_stream_now(s->sealed);
	hash_stream_free(s->text);
	hash_stream_free(s->sealed);
	s->text = s->sealed = NULL;
	s->is_open = s->is_part = false;
}

void
forms_files_drop(struct visit *v)
{
	struct forms_files *s = &v->files;

	if (s->form == 0)
		return;
	drop_at_node(v->forms, s->form);
	hash_stream_free(s->text);
	hash_stream_free(s->sealed);
	secret_wipe(s->piece, PIECE_SEALED);
	free(s->piece);
	buf_release(&s->queue);
	secret_wipe(s, sizeof *s);
	*s = (struct forms_files){ 0 };
}

/* --- what is said of them --- */

void
forms_put_size(struct json_out *w, const char *name, uint64_t bytes)
{
	char text[32];

	if (bytes < 1024)
		snprintf(text, sizeof text, "%u B", (unsigned)bytes);
	else if (bytes < 1048576)
		snprintf(text, sizeof text, "%.1f KiB",
		    (double)bytes / 1024);
	else
		snprintf(text, sizeof text, "%.1f MiB",
		    (double)bytes / 1048576);
	json_put_member_str(w, name, text);
}

static void
put_bytes(struct json_out *w, const char *name, const void *p)
{
	struct buf b;

	buf_init(&b, 64);
	code_write_base64url(&b, span_of(p, 32));
	json_put_member_span(w, name, buf_span(&b));
	if (b.p != NULL)
		secret_wipe(b.p, b.cap);
	buf_release(&b);
}

/* As an attachment of a notice: record/attachment.h. */
static void
write_one(const struct forms_file *f, struct json_out *w)
{
	json_put_open(w, '{');
	json_put_member_str(w, "name", f->name);
	json_put_member_str(w, "media", f->media);
	json_put_member_u64(w, "size", f->size);
	put_bytes(w, "digest", f->text.b);
	json_put_member_u64(w, "sealed_size", pieces_sealed_size(f->size));
	put_bytes(w, "sealed_digest", f->sealed.b);
	put_bytes(w, "key", f->key);
	json_put_close(w, '}');
}

static void
name_one(const struct forms_file *f, struct json_out *w)
{
	json_put_open(w, '{');
	put_bytes(w, "sealed", f->sealed.b);
	json_put_member_u64(w, "size", f->size);
	json_put_close(w, '}');
}

static void
show_one(const struct forms_file *f, struct json_out *w)
{
	json_put_open(w, '{');
	json_put_member_str(w, "name", f->name);
	forms_put_size(w, "size", f->size);
	json_put_close(w, '}');
}

static void
put_files(const struct visit *v, struct json_out *w,
    void (*put)(const struct forms_file *f, struct json_out *w))
{
	if (v->files.n == 0)
		return;
	json_put_key(w, "files");
	json_put_open(w, '[');
	for (size_t k = 0; k < v->files.n; k++)
		put(&v->files.file[k], w);
	json_put_close(w, ']');
}

void
forms_files_write(const struct visit *v, struct json_out *w)
{
	put_files(v, w, write_one);
}

void
forms_files_name(const struct visit *v, struct json_out *w)
{
	put_files(v, w, name_one);
}

void
forms_files_show(const struct visit *v, struct json_out *w)
{
	put_files(v, w, show_one);
}
