/* SPDX-License-Identifier: Apache-2.0
 *
 * Places under a digest.
 */
#include "peer/places.h"

static void
put_key(const struct digest *of, struct place at, struct buf *out)
{
	buf_init(out, PLACES_KEY);
	buf_put(out, digest_span(of));
	buf_put_u32(out, at.log);
	buf_put_u64(out, at.index);
}

void
places_put(struct hub *h, const char *table, const struct digest *of,
    struct place at, bool is_kept)
{
	struct buf key;

	put_key(of, at, &key);
	hub_write(h, store_put_item(h->parts.store, table, buf_span(&key),
			 span_str(is_kept ? "1" : "")));
	buf_release(&key);
}

enum err
places_parse(struct span key, struct digest *of, struct place *at)
{
	struct digest d;
	struct place p;
	struct reader r;

	reader_init(&r, key);
	reader_copy(&r, d.b, sizeof d.b);
	p.log = reader_u32(&r);
	p.index = reader_u64(&r);
	if (reader_check(&r, true) != ERR_NONE)
		return ERR_SYNTAX;
	*of = d;
	*at = p;
	return ERR_NONE;
}

struct finding {
	const struct digest *of;
	struct places *out;
	size_t most;
};

static bool
see_place(void *ctx, struct span key, struct span value)
{
	struct finding *f = ctx;
	struct digest of;

	(void)value;
	if (f->out->n == f->most ||
	    places_parse(key, &of, &f->out->at[f->out->n]) != ERR_NONE ||
	    !digest_is_equal(&of, f->of))
		return false;
	f->out->n++;
	return true;
}

enum err
places_find(struct hub *h, const char *table, const struct digest *of,
    struct place from, size_t most, struct places *out)
{
	struct finding f = { of, out, most };
	struct buf key;
	enum err e;

	out->n = 0;
	put_key(of, from, &key);
	e = store_scan_items_from(h->parts.store, table, buf_span(&key),
	    see_place, &f);
	buf_release(&key);
	return e;
}
