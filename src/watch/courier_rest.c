/* SPDX-License-Identifier: Apache-2.0
 *
 * The queue of pages at rest: so that a start reads the log from the cursor
 * on, and not from its beginning. What was under way is waiting again; how it
 * ended stands in the log beyond the cursor, or nowhere.
 */
#include "watch/courier.h"

#include "base/limits.h"
#include "base/reader.h"

enum { VERSION = 1, STOPPED = 1, GATHERED = 2 };

static void
write_item(const struct courier_item *it, struct buf *out)
{
	const struct courier_page *p = &it->page;

	buf_put_mem(out, p->id.b, sizeof p->id.b);
	buf_put_mem(out, p->escalation.b, sizeof p->escalation.b);
	buf_put_mem(out, p->person, sizeof p->person);
	buf_put_mem(out, p->to, sizeof p->to);
	buf_put_mem(out, p->dedup, sizeof p->dedup);
	buf_put_u8(out, (uint8_t)p->channel);
	buf_put_u8(out, (uint8_t)p->level);
	buf_put_u64(out, p->index);
	buf_put_u64(out, (uint64_t)p->at_s);
	buf_put_u64(out, (uint64_t)p->from_s);
	buf_put_u64(out, (uint64_t)p->until_s);
	buf_put_u32(out, it->tries);
	buf_put_u8(out, (uint8_t)((it->is_stopped ? STOPPED : 0) |
			    (p->gathered ? GATHERED : 0)));
}

void
courier_write(const struct courier *q, struct buf *out)
{
	buf_put_u8(out, VERSION);
	buf_put_u64(out, q->cursor);
	buf_put_u16(out, COURIER_SENT);
	for (size_t i = 0; i < COURIER_SENT; i++) {
		const struct courier_sent *s =
		    &q->sent[(q->sent_at + i) % COURIER_SENT];

		buf_put_mem(out, s->to, sizeof s->to);
		buf_put_mem(out, s->dedup, sizeof s->dedup);
		buf_put_u64(out, (uint64_t)s->at_s);
	}
	buf_put_u32(out, (uint32_t)q->n);
	for (size_t i = 0; i < q->n; i++)
		write_item(&q->item[i], out);
}

static bool
parse_item(struct reader *r, struct courier_page *p, uint32_t *tries,
    bool *is_stopped)
{
	uint8_t channel, flags;

	*p = (struct courier_page){ .level = 0 };
	reader_copy(r, p->id.b, sizeof p->id.b);
	reader_copy(r, p->escalation.b, sizeof p->escalation.b);
	reader_copy(r, p->person, sizeof p->person);
	reader_copy(r, p->to, sizeof p->to);
	reader_copy(r, p->dedup, sizeof p->dedup);
	channel = reader_u8(r);
	p->level = reader_u8(r);
	p->index = reader_u64(r);
	p->at_s = (int64_t)reader_u64(r);
	p->from_s = (int64_t)reader_u64(r);
	p->until_s = (int64_t)reader_u64(r);
	*tries = reader_u32(r);
	flags = reader_u8(r);
	*is_stopped = (flags & STOPPED) != 0;
	p->gathered = (flags & GATHERED) != 0;
	p->channel = (enum courier_channel)channel;
	return !r->bad && channel < COURIER_CHANNELS && p->level <= 5;
}

static bool
parse_items(struct reader *r, struct now now, struct courier *q)
{
	uint32_t n = reader_u32(r);

	for (uint32_t i = 0; i < n; i++) {
		struct courier_page p;
		uint32_t tries;
		bool is_stopped;

		if (!parse_item(r, &p, &tries, &is_stopped) ||
		    !courier_see_page(q, &p, now) || q->n != i + 1)
			return false;
		q->item[i].tries = tries;
		if (is_stopped)
			courier_see_stop(q, &p.id, NULL);
	}
	return true;
}

enum err
courier_parse(struct span in, int64_t wait_ms, struct now now,
    struct courier *out)
{
	struct courier q;
	struct reader r;
	uint8_t version;

	courier_init(&q, wait_ms);
	reader_init(&r, in);
	version = reader_u8(&r);
	q.cursor = reader_u64(&r);
	if (version != VERSION || reader_u16(&r) != COURIER_SENT)
		return ERR_DAMAGED;
	for (size_t i = 0; i < COURIER_SENT; i++) {
		reader_copy(&r, q.sent[i].to, sizeof q.sent[i].to);
		reader_copy(&r, q.sent[i].dedup, sizeof q.sent[i].dedup);
		q.sent[i].at_s = (int64_t)reader_u64(&r);
	}
	if (!parse_items(&r, now, &q) || reader_check(&r, true) != ERR_NONE) {
		courier_release(&q);
		return ERR_DAMAGED;
	}
	*out = q;
	return ERR_NONE;
}
