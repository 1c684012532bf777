/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames between node and web process.
 */
#include "web/talk.h"

#include "base/limits.h"
#include "base/reader.h"

void
talk_write(const struct talk_frame *f, struct buf *out)
{
	buf_put_u8(out, (uint8_t)f->type);
	if (f->type == TALK_HERE)
		return;
	if (f->type == TALK_ALIVE) {
		buf_put_u64(out, f->open);
		buf_put_u64(out, f->until_s);
		return;
	}
	if (f->type == TALK_CALL || f->type == TALK_REPLY) {
		buf_put_u64(out, f->id);
		buf_put_u8(out, f->op);
		buf_put_span32(out, f->text);
		return;
	}
	buf_put_mem(out, f->nonce, sizeof f->nonce);
	buf_put_mem(out, f->log, sizeof f->log);
	buf_put_u64(out, f->index);
	if (f->type == TALK_EVENT)
		buf_put_span16(out, f->text);
}

enum err
talk_parse(struct span in, struct talk_frame *out, struct fault *f)
{
	struct talk_frame x = { .type = TALK_HERE };
	struct reader r;
	uint8_t type;

	reader_init(&r, in);
	type = reader_u8(&r);
	if (type != TALK_ASK && type != TALK_HERE && type != TALK_EVENT &&
	    type != TALK_CALL && type != TALK_REPLY && type != TALK_ALIVE)
		return fault_at(f, ERR_SYNTAX, 0, "type",
		    "there is no such frame");
	x.type = (enum talk_type)type;
	if (x.type == TALK_CALL || x.type == TALK_REPLY) {
		x.id = reader_u64(&r);
		x.op = reader_u8(&r);
		x.text = reader_span32(&r, LIMIT_WEB_CALL);
	} else if (x.type == TALK_ALIVE) {
		x.open = reader_u64(&r);
		x.until_s = reader_u64(&r);
	} else if (x.type != TALK_HERE) {
		reader_copy(&r, x.nonce, sizeof x.nonce);
		reader_copy(&r, x.log, sizeof x.log);
		x.index = reader_u64(&r);
	}
	if (x.type == TALK_EVENT)
		x.text = reader_span16(&r, LIMIT_WEB_EVENT);
	if (reader_check(&r, true) != ERR_NONE)
		return fault_at(f, ERR_SYNTAX, r.at, "frame",
		    "is too short or too long");
	*out = x;
	return ERR_NONE;
}

void
talk_piece_write(const struct talk_piece *p, struct buf *out)
{
	buf_put_u64(out, p->form);
	buf_put_u8(out, p->file);
	buf_put_u64(out, p->at);
	buf_put(out, p->bytes);
}

enum err
talk_piece_parse(struct span in, struct talk_piece *out)
{
	struct talk_piece x = { 0 };
	struct reader r;

	reader_init(&r, in);
	x.form = reader_u64(&r);
	x.file = reader_u8(&r);
	x.at = reader_u64(&r);
	x.bytes = reader_rest(&r);
	if (reader_check(&r, false) != ERR_NONE)
		return ERR_SYNTAX;
	*out = x;
	return ERR_NONE;
}
