/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames between node and courier.
 */
#include "courier/job.h"

#include "base/limits.h"
#include "base/reader.h"

static void
write_job(const struct job *j, struct buf *out)
{
	buf_put_u8(out, (uint8_t)j->channel);
	buf_put_mem(out, j->page.b, sizeof j->page.b);
	buf_put_u32(out, j->try_now);
	buf_put_u32(out, j->wait_ms);
	buf_put_u64(out, (uint64_t)j->at_s);
	buf_put_u8(out, j->level);
	buf_put_span16(out, j->to);
	buf_put_span16(out, j->subject);
	buf_put_span32(out, j->text);
	buf_put_span16(out, j->certificate);
	buf_put_span16(out, j->plain);
}

void
job_write(const struct job_frame *f, struct buf *out)
{
	buf_put_u8(out, (uint8_t)f->type);
	switch (f->type) {
	case JOB_HELLO:
	case JOB_START:
		buf_put_mem(out, f->nonce, sizeof f->nonce);
		break;
	case JOB_SEND:
		write_job(&f->job, out);
		break;
	case JOB_DONE:
		buf_put_mem(out, f->page.b, sizeof f->page.b);
		buf_put_u32(out, f->try_now);
		buf_put_u8(out, (uint8_t)f->result);
		buf_put_span8(out, f->text);
		break;
	case JOB_CANCEL:
		buf_put_mem(out, f->page.b, sizeof f->page.b);
		break;
	case JOB_REPLY:
		buf_put_u32(out, f->request);
		buf_put_u8(out, (uint8_t)f->way);
		buf_put_span8(out, f->text);
		buf_put_span16(out, f->from);
		break;
	case JOB_ANSWER:
		buf_put_u32(out, f->request);
		buf_put_u8(out, (uint8_t)f->word);
		buf_put_span16(out, f->text);
		break;
	case JOB_CHECK:
		buf_put_u32(out, f->request);
		buf_put_span16(out, f->text);
		break;
	case JOB_CHECKED:
		buf_put_u32(out, f->request);
		buf_put_u8(out, (uint8_t)f->word);
		buf_put_u8(out, (uint8_t)f->key);
		buf_put_span8(out, f->fingerprint);
		buf_put_span16(out, f->from);
		buf_put_u64(out, (uint64_t)f->until_s);
		buf_put_span16(out, f->text);
		break;
	}
}

static enum err
parse_job(struct reader *r, struct job *j, struct fault *f)
{
	uint8_t channel = reader_u8(r);

	reader_copy(r, j->page.b, sizeof j->page.b);
	j->try_now = reader_u32(r);
	j->wait_ms = reader_u32(r);
	j->at_s = (int64_t)reader_u64(r);
	j->level = reader_u8(r);
	j->to = reader_span16(r, LIMIT_PAGE_ADDRESS);
	j->subject = reader_span16(r, LIMIT_PAGE_SUBJECT);
	j->text = reader_span32(r, LIMIT_PAGE_TEXT);
	j->certificate = reader_span16(r, LIMIT_PAGE_CERTIFICATE);
	j->plain = reader_span16(r, LIMIT_PAGE_PLAIN);
	if (!r->bad && (channel >= JOB_CHANNELS || j->level > 5))
		return fault_at(f, ERR_SYNTAX, 1, "job",
		    "there is no such channel or level");
	j->channel = (enum job_channel)channel;
	return ERR_NONE;
}

static enum err
parse_done(struct reader *r, struct job_frame *out, struct fault *f)
{
	uint8_t n;

	reader_copy(r, out->page.b, sizeof out->page.b);
	out->try_now = reader_u32(r);
	n = reader_u8(r);
	out->text = reader_span8(r, UINT8_MAX);
	if (n >= JOB_RESULTS)
		return fault_at(f, ERR_SYNTAX, 21, "result",
		    "there is no such result");
	out->result = (enum job_result)n;
	return ERR_NONE;
}

static enum err
parse_answer(struct reader *r, struct job_frame *out, struct fault *f)
{
	uint8_t word;

	out->request = reader_u32(r);
	word = reader_u8(r);
	out->text = reader_span16(r, LIMIT_PAGE_SUBJECT);
	if (word >= JOB_WORDS)
		return fault_at(f, ERR_SYNTAX, 5, "word",
		    "there is no such word");
	out->word = (enum job_word)word;
	return ERR_NONE;
}

static enum err
parse_reply(struct reader *r, struct job_frame *out, struct fault *f)
{
	uint8_t way;

	out->request = reader_u32(r);
	way = reader_u8(r);
	out->text = reader_span8(r, UINT8_MAX);
	out->from = reader_span16(r, LIMIT_PAGE_ADDRESS);
	if (way >= JOB_CHANNELS)
		return fault_at(f, ERR_SYNTAX, 5, "way",
		    "there is no such channel");
	out->way = (enum job_channel)way;
	return ERR_NONE;
}

static enum err
parse_checked(struct reader *r, struct job_frame *out, struct fault *f)
{
	uint8_t word, key;

	out->request = reader_u32(r);
	word = reader_u8(r);
	key = reader_u8(r);
	out->fingerprint = reader_span8(r, UINT8_MAX);
	out->from = reader_span16(r, LIMIT_PAGE_ADDRESS);
	out->until_s = (int64_t)reader_u64(r);
	out->text = reader_span16(r, LIMIT_PAGE_CERTIFICATE);
	if (word >= JOB_WORDS || key >= JOB_KEYS)
		return fault_at(f, ERR_SYNTAX, 5, "word",
		    "there is no such word or kind of key");
	out->word = (enum job_word)word;
	out->key = (enum job_key)key;
	return ERR_NONE;
}

static enum err
parse_body(struct reader *r, struct job_frame *out, struct fault *f)
{
	switch (out->type) {
	case JOB_HELLO:
	case JOB_START:
		reader_copy(r, out->nonce, sizeof out->nonce);
		return ERR_NONE;
	case JOB_SEND:
		return parse_job(r, &out->job, f);
	case JOB_DONE:
		return parse_done(r, out, f);
	case JOB_CANCEL:
		reader_copy(r, out->page.b, sizeof out->page.b);
		return ERR_NONE;
	case JOB_REPLY:
		return parse_reply(r, out, f);
	case JOB_ANSWER:
		return parse_answer(r, out, f);
	case JOB_CHECK:
		out->request = reader_u32(r);
		out->text = reader_span16(r, LIMIT_PAGE_KEY);
		return ERR_NONE;
	case JOB_CHECKED:
		return parse_checked(r, out, f);
	}
	return fault_at(f, ERR_SYNTAX, 0, "type", "there is no such frame");
}

enum err
job_parse(struct span in, struct job_frame *out, struct fault *f)
{
	struct job_frame x = { .type = JOB_HELLO };
	struct reader r;
	enum err e;

	if (in.n > LIMIT_PAGE_FRAME)
		return fault_at(f, ERR_LIMIT, LIMIT_PAGE_FRAME, "frame",
		    "is longer than %d bytes", LIMIT_PAGE_FRAME);
	reader_init(&r, in);
	x.type = (enum job_type)reader_u8(&r);
	e = parse_body(&r, &x, f);
	if (e == ERR_NONE && reader_check(&r, true) != ERR_NONE)
		e = fault_at(f, ERR_SYNTAX, r.at, "frame",
		    "has not the length that it says");
	if (e == ERR_NONE)
		*out = x;
	return e;
}
