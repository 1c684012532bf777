/* SPDX-License-Identifier: Apache-2.0
 *
 * The last events.
 */
#include "web/ring.h"

#include "base/buf.h"
#include "base/code.h"
#include "base/mem.h"

#include <inttypes.h>
#include <stdlib.h>

enum { ID_MOST = 2 * TALK_LOG + 1 + 20 };

static struct ring_event *
slot(struct ring *r, uint64_t serial)
{
	return &r->at[serial % LIMIT_WEB_EVENTS];
}

static void
drop_first(struct ring *r)
{
	struct ring_event *e = slot(r, r->first++);

	free(e->p);
	*e = (struct ring_event){ 0, NULL, 0 };
}

void
ring_release(struct ring *r)
{
	while (r->first != r->end)
		drop_first(r);
}

uint64_t
ring_next(const struct ring *r)
{
	return r->first == r->end ? 0 :
	    r->at[(r->end - 1) % LIMIT_WEB_EVENTS].index + 1;
}

bool
ring_put(struct ring *r, const unsigned char log[TALK_LOG], uint64_t index,
    struct span json)
{
	struct buf b;

	if (json.n == 0 || memchr(json.p, '\n', json.n) != NULL ||
	    memchr(json.p, '\r', json.n) != NULL)
		return false;
	if (memcmp(r->log, log, TALK_LOG) != 0)
		ring_release(r);
	else if (index < ring_next(r))
		return false;
	memcpy(r->log, log, TALK_LOG);
	if (r->end - r->first == LIMIT_WEB_EVENTS)
		drop_first(r);
	buf_init(&b, LIMIT_WEB_EVENT + 128);
	buf_put_str(&b, "id: ");
	code_write_hex(&b, span_of(log, TALK_LOG));
	buf_put_format(&b, "-%" PRIu64 "\nevent: notice\ndata: ", index);
	buf_put(&b, json);
	buf_put_str(&b, "\n\n");
	*slot(r, r->end++) = (struct ring_event){ index,
		mem_copy(b.p, b.n), b.n };
	buf_release(&b);
	return true;
}

struct span
ring_at(const struct ring *r, uint64_t serial)
{
	const struct ring_event *e = &r->at[serial % LIMIT_WEB_EVENTS];

	return span_of(e->p, e->n);
}

/* "0123456789abcdef-42"; false if it is none. */
static bool
id_parse(struct span id, unsigned char log[TALK_LOG], uint64_t *index)
{
	uint64_t v = 0;

	if (id.n < 2 * TALK_LOG + 2 || id.n > ID_MOST ||
	    id.p[(size_t)2 * TALK_LOG] != '-' ||
	    code_parse_hex_fixed(span_of(id.p, (size_t)2 * TALK_LOG), log,
	    TALK_LOG) != ERR_NONE)
		return false;
	for (size_t i = 2 * TALK_LOG + 1; i < id.n; i++) {
		uint64_t digit = id.p[i] - (uint64_t)'0';

		if (digit > 9 || v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*index = v;
	return true;
}

uint64_t
ring_after(const struct ring *r, struct span id, bool *is_gap)
{
	unsigned char log[TALK_LOG];
	uint64_t index, at = r->end;

	*is_gap = false;
	if (id.p == NULL || !id_parse(id, log, &index))
		return r->end;
	*is_gap = memcmp(log, r->log, TALK_LOG) != 0;
	if (*is_gap)
		return r->first;
	while (at > r->first &&
	    r->at[(at - 1) % LIMIT_WEB_EVENTS].index > index)
		at--;
	/* what was dropped may have been behind what it has seen */
	*is_gap = at == r->first && r->first != 0 && r->first != r->end &&
	    r->at[r->first % LIMIT_WEB_EVENTS].index > index + 1;
	return at;
}
