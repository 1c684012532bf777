/* SPDX-License-Identifier: Apache-2.0
 *
 * Embargoes of the own log.
 */
#include "watch/embargo.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/reader.h"

#include <stdlib.h>
#include <string.h>

void
embargo_release(struct embargo *e)
{
	free(e->item);
	*e = (struct embargo){ 0 };
}

static void
drop(struct embargo *e, size_t i)
{
	e->n--;
	memmove(e->item + i, e->item + i + 1, (e->n - i) * sizeof *e->item);
	e->changed = true;
}

static void
add(struct embargo *e, const struct embargo_fact *f)
{
	e->item = mem_grow(e->item, (e->n + 1) * sizeof *e->item);
	e->item[e->n++] = (struct embargo_item){ .index = f->index,
		.digest = f->digest, .id = f->id, .rev = f->rev,
		.until_s = f->until_s, .publish = f->publish };
	e->changed = true;
}

bool
embargo_see(struct embargo *e, const struct embargo_fact *f)
{
	if (f->index < e->cursor)
		return true;
	e->cursor = f->index + 1;
	for (size_t i = e->n; i-- != 0;) {
		const struct embargo_item *x = &e->item[i];

		if (f->releases ? digest_is_equal(&x->digest, &f->of) :
				  uuid_is_equal(&x->id, &f->id) &&
			    f->rev > x->rev)
			drop(e, i);
	}
	if (!f->has_embargo)
		return true;
	if (e->n >= LIMIT_EMBARGOES)
		return false;
	add(e, f);
	return true;
}

static bool
is_due(const struct embargo_item *x, struct now now)
{
	return now.wall.ms >= x->until_s * 1000 && !x->under_way &&
	    !x->told && now.mono.ms >= x->again.ms;
}

enum embargo_act
embargo_step(struct embargo *e, bool trusted, struct now now,
    struct embargo_item *out)
{
	for (size_t i = 0; trusted && i < e->n; i++) {
		struct embargo_item *x = &e->item[i];

		if (!is_due(x, now))
			continue;
		x->under_way = x->publish;
		x->told = !x->publish;
		*out = *x;
		return x->publish ? EMBARGO_RELEASE : EMBARGO_ASK;
	}
	return EMBARGO_NOTHING;
}

bool
embargo_failed(struct embargo *e, uint64_t index, struct now now)
{
	for (size_t i = 0; i < e->n; i++) {
		struct embargo_item *x = &e->item[i];
		bool is_first = x->again.ms == 0;

		if (x->index != index)
			continue;
		x->under_way = false;
		x->again.ms = now.mono.ms + EMBARGO_AGAIN_MS;
		return is_first;
	}
	return false;
}

void
embargo_write(const struct embargo *e, struct buf *out)
{
	buf_put_u8(out, 1); /* version */
	buf_put_u64(out, e->cursor);
	buf_put_u32(out, (uint32_t)e->n);
	for (size_t i = 0; i < e->n; i++) {
		const struct embargo_item *x = &e->item[i];

		buf_put_u64(out, x->index);
		buf_put(out, digest_span(&x->digest));
		buf_put_mem(out, x->id.b, sizeof x->id.b);
		buf_put_u64(out, x->rev);
		buf_put_u64(out, (uint64_t)x->until_s);
		buf_put_u8(out, x->publish);
	}
}

enum err
embargo_parse(struct span in, struct embargo *out)
{
	struct embargo e = { 0 };
	struct reader r;
	uint32_t n;

	reader_init(&r, in);
	if (reader_u8(&r) != 1)
		return ERR_DAMAGED;
	e.cursor = reader_u64(&r);
	n = reader_u32(&r);
	if (n > LIMIT_EMBARGOES)
		return ERR_DAMAGED;
	e.item = mem_grow(NULL, (n + 1) * sizeof *e.item);
	for (; e.n < n; e.n++) {
		struct embargo_item *x = &e.item[e.n];

		*x = (struct embargo_item){ .index = reader_u64(&r) };
		reader_copy(&r, x->digest.b, sizeof x->digest.b);
		reader_copy(&r, x->id.b, sizeof x->id.b);
		x->rev = reader_u64(&r);
		x->until_s = (int64_t)reader_u64(&r);
		x->publish = reader_u8(&r) == 1;
	}
	if (reader_check(&r, true) != ERR_NONE) {
		embargo_release(&e);
		return ERR_DAMAGED;
	}
	*out = e;
	return ERR_NONE;
}
