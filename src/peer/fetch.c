/* SPDX-License-Identifier: Apache-2.0
 *
 * Attachments: the sealed bytes that entries name, asked for piece by piece
 * and given to whoever may have the entry (EXIT_PEER, as its body). Several
 * wants are under way at a time, so that a distant peer is kept busy; neither
 * side ever holds more than those. What comes is believed when its whole has
 * the digest that the entry commits to.
 */
#include "peer/fetch.h"

#include "base/mem.h"
#include "crypto/jws.h"
#include "peer/serve.h"
#include "record/carried.h"

#include <stdlib.h>

enum {
	WANTS = 4,              /* under way at a time, of one blob */
	FETCHES_AT_ONCE = 4,
	PATIENCE_MS = 15000,    /* with one who was asked */
	LEAVE_MS = 10000,       /* a permission is remembered */
	TOLD_BYTES = 1048576    /* how often progress is told */
};

struct waiter {
	hub_fetch_fn *told;
	void *ctx;
	struct waiter *next;
};

struct hub_fetch {
	const struct hub_log *log;
	uint64_t index;
	struct digest name;
	uint64_t size;
	uint64_t have;          /* bytes here */
	uint64_t asked;         /* bytes asked for */
	uint64_t told;          /* progress told up to here */
	struct hub_peer *from;  /* NULL: nobody yet */
	struct mono until;
	bool *tried;            /* by number of the peer */
	size_t tried_n;
	struct hash_stream *hash;
	bool is_over;
	enum err err;
	struct waiter *waiters;
	struct hub_fetch *next;
};

/* --- serving --- */

/* The body that lists attachments: of what the entry carries, if it carries
 * another. */
static enum err
carried_body(struct hub *h, const struct entry *entry, struct json_val *body)
{
	const struct kind *k = kind_find(h->parts.schema, entry->kind);
	struct carried inner;
	enum err e;

	if (k == NULL || k->carries == CARRIES_NOTHING)
		return ERR_NONE;
	e = carried_parse(entry, *body, k->carries, h->parts.schema, &h->turn,
	    &inner, NULL);
	if (e == ERR_NONE)
		*body = inner.body;
	return e;
}

/* Does entry `index` list the blob? */
static enum err
listed(struct hub *h, const struct hub_log *log, uint64_t index,
    const struct digest *name)
{
	struct attachment *list = NULL;
	struct store_body row;
	struct json_val body;
	struct entry entry;
	struct span text;
	struct jws jws;
	size_t n = 0;
	enum err e = hub_read_entry(h, log->stored.id, index, &h->turn, &row,
	    &text);

	if (e == ERR_NONE)
		e = jws_parse(text, ENTRY_TYP, &h->turn, &jws, NULL);
	if (e == ERR_NONE)
		e = entry_parse(jws.payload, &h->turn, &entry, &body, NULL);
	if (e == ERR_NONE)
		e = carried_body(h, &entry, &body);
	if (e == ERR_NONE)
		e = attachments_parse(body, &h->turn, &list, &n, NULL);
	if (e == ERR_NONE && attachment_find_sealed(list, n, name) == NULL)
		e = ERR_NOT_FOUND;
	return e;
}

/* May the peer have this blob for the sake of that entry? Remembered for a
 * while: it costs reading and opening the entry. */
static bool
has_leave(struct hub *h, struct hub_link *l, const struct hub_want *w)
{
	struct hub_leave *leave = &l->leave;

	if (!leave->known || leave->log != w->log ||
	    leave->index != w->index ||
	    !digest_is_equal(&leave->name, &w->name) ||
	    h->now.mono.ms >= leave->until.ms)
		*leave = (struct hub_leave){ .known = true, .log = w->log,
			.index = w->index, .name = w->name,
			.yes = serve_may_have(h, l->peer, w->log, w->index) &&
			    listed(h, w->log, w->index, &w->name) == ERR_NONE,
			.until = { h->now.mono.ms + LEAVE_MS } };
	return leave->yes;
}

/* How many of the bytes that are wanted there are; 0 if they are not to be
 * had. */
static uint32_t
to_give(struct hub *h, struct hub_link *l, const struct hub_want *w)
{
	struct blobs *blobs = h->parts.blobs;
	uint64_t size;

	if (blobs == NULL || w->log == NULL || !has_leave(h, l, w) ||
	    blobs_find(blobs, &w->name, &size) != ERR_NONE || w->at >= size)
		return 0;
	return size - w->at < w->n ? (uint32_t)(size - w->at) : w->n;
}

/* The answer to a want, in the scratch of the hub. */
static void
answer_write(struct hub *h, struct hub_link *l, const struct hub_want *w)
{
	uint32_t n = to_give(h, l, w);
	unsigned char *at;

	buf_clear(&h->scratch);
	at = wire_begin_blob(&w->name, w->at, n, &h->scratch);
	if (n == 0 || blobs_read(h->parts.blobs, &w->name, w->at, n, at) ==
	    ERR_NONE)
		return;
	buf_clear(&h->scratch);
	(void)wire_begin_blob(&w->name, w->at, 0, &h->scratch);
}

void
fetch_pump(struct hub *h, struct hub_link *l)
{
	struct hub_peer *p = l->peer;
	size_t done = 0;

	if (l->want_n == 0)
		return;
	while (done < l->want_n && h->host.has_room(h->host.ctx, l->conn)) {
		answer_write(h, l, &l->wants[done++]);
		hub_send(h, p, CLASS_BULK, WIRE_BLOB, buf_span(&h->scratch));
		if (p->link != l)
			return;
	}
	l->want_n -= done;
	memmove(l->wants, l->wants + done, l->want_n * sizeof *l->wants);
}

/* The answer waits for room: an attachment is never in anybody's way. */
enum err
fetch_serve(struct hub *h, struct hub_link *l, struct span in)
{
	struct wire_blob_want m;
	struct hub_log *log;
	enum err e = wire_parse_blob_want(in, &m);

	if (e != ERR_NONE)
		return e;
	if (l->want_n == HUB_WANTS)
		return ERR_LIMIT;
	log = hub_find_log(h, m.origin);
	if (log != NULL && (log->stored.role == STORE_PRIVATE ||
	    m.index >= log->checkpoint_size))
		log = NULL;
	l->wants[l->want_n++] = (struct hub_want){ log, m.index, m.name, m.at,
		m.n };
	if (l->peer->link == l)
		fetch_pump(h, l);
	return ERR_NONE;
}

/* --- fetching --- */

static void
tell(struct hub_fetch *f)
{
	struct waiter *next;

	f->told = f->have;
	for (struct waiter *w = f->waiters; w != NULL; w = next) {
		next = w->next;
		w->told(w->ctx, &(struct hub_fetched){ f->is_over, f->err,
		    f->have, f->size });
	}
}

static void
end(struct hub_fetch *f, enum err e)
{
	f->is_over = true;
	f->err = e;
	f->from = NULL;
}

/* From the beginning again, from somebody else. */
static void
start_over(struct hub *h, struct hub_fetch *f)
{
	if (h->parts.blobs != NULL)
		blobs_part_drop(h->parts.blobs, &f->name);
	hash_stream_free(f->hash);
	f->hash = hash_stream_create();
	f->have = 0;
	f->asked = 0;
	f->from = NULL;
}

static void
finish(struct hub *h, struct hub_fetch *f)
{
	struct digest d = hash_stream_now(f->hash);

	if (!digest_is_equal(&d, &f->name)) {
		hub_notify(h, HUB_REFUSED, span_str(f->from->team),
		    f->log->stored.origin, f->index, ERR_DIGEST,
		    "an attachment is not what its entry says");
		start_over(h, f);
		return;
	}
	end(f, blobs_part_finish(h->parts.blobs, &f->name, &f->name));
}

static void
ask_more(struct hub *h, struct hub_fetch *f)
{
	struct wire_blob_want m = { .origin = f->log->stored.origin,
		.index = f->index, .name = f->name };

	while (f->from != NULL && f->asked < f->size &&
	    f->asked - f->have < (uint64_t)WANTS * WIRE_BLOB_MAX) {
		uint64_t rest = f->size - f->asked;

		m.at = f->asked;
		m.n = rest < WIRE_BLOB_MAX ? (uint32_t)rest : WIRE_BLOB_MAX;
		f->asked += m.n;
		buf_clear(&h->scratch);
		wire_write_blob_want(&m, &h->scratch);
		hub_send(h, f->from, CLASS_RECORDS, WIRE_BLOB_WANT,
		    buf_span(&h->scratch));
	}
}

enum err
fetch_take(struct hub *h, struct hub_link *l, struct span in)
{
	struct hub_fetch *f = h->fetches;
	struct wire_blob m;
	enum err e = wire_parse_blob(in, &m);

	if (e != ERR_NONE)
		return e;
	while (f != NULL && (f->from != l->peer || f->is_over ||
	    !digest_is_equal(&f->name, &m.name)))
		f = f->next;
	/* late, of one that was given up or begun again */
	if (f == NULL || m.at != f->have)
		return ERR_NONE;
	if (m.bytes.n == 0 || m.bytes.n > f->size - f->have) {
		f->asked = f->have;
		f->from = NULL;
		return ERR_NONE;
	}
	e = blobs_part_add(h->parts.blobs, &f->name, f->have, m.bytes);
	if (e != ERR_NONE) {
		end(f, e);
		return ERR_NONE;
	}
	hash_stream_add(f->hash, m.bytes);
	f->have += m.bytes.n;
	f->until.ms = h->now.mono.ms + PATIENCE_MS;
	if (f->have == f->size)
		finish(h, f);
	else
		ask_more(h, f);
	return ERR_NONE;
}

/* The origin, else any other that is linked and was not tried. */
static struct hub_peer *
choose(struct hub *h, struct hub_fetch *f)
{
	struct hub_peer *found = NULL;
	struct registry_log origin;
	bool known = registry_log_find(h->parts.registry,
	    f->log->stored.origin, &origin) == ERR_NONE;

	if (f->tried_n < h->peer_n) {
		f->tried = mem_grow(f->tried, h->peer_n * sizeof *f->tried);
		while (f->tried_n < h->peer_n)
			f->tried[f->tried_n++] = false;
	}
	for (size_t i = 0; i < h->peer_n; i++) {
		struct hub_peer *p = h->peer[i];

		if (f->tried[i] || p->link == NULL || !p->link->hello)
			continue;
		if (found == NULL ||
		    (known && span_is_str(origin.team->id, p->team)))
			found = p;
	}
	for (size_t i = 0; i < h->peer_n; i++)
		if (h->peer[i] == found)
			f->tried[i] = true;
	return found;
}

static void
step_one(struct hub *h, struct hub_fetch *f)
{
	if (f->from != NULL && h->now.mono.ms >= f->until.ms) {
		f->asked = f->have;
		f->from = NULL;
	}
	if (f->from != NULL || f->is_over)
		return;
	f->from = choose(h, f);
	if (f->from == NULL) {
		end(f, ERR_NOT_FOUND);
		return;
	}
	f->until.ms = h->now.mono.ms + PATIENCE_MS;
	f->asked = f->have;
	ask_more(h, f);
}

static void
fetch_free(struct hub *h, struct hub_fetch *f)
{
	if (h->parts.blobs != NULL)
		blobs_part_drop(h->parts.blobs, &f->name);
	while (f->waiters != NULL) {
		struct waiter *w = f->waiters;

		f->waiters = w->next;
		free(w);
	}
	hash_stream_free(f->hash);
	free(f->tried);
	free(f);
}

void
fetch_step(struct hub *h)
{
	struct hub_fetch **at = &h->fetches;
	unsigned running = 0;

	while (*at != NULL) {
		struct hub_fetch *f = *at;

		if (!f->is_over && running < FETCHES_AT_ONCE) {
			step_one(h, f);
			running++;
		}
		if (f->is_over || f->have - f->told >= TOLD_BYTES)
			tell(f);
		if (!f->is_over) {
			at = &f->next;
			continue;
		}
		*at = f->next;
		fetch_free(h, f);
	}
}

struct mono
fetch_wake(const struct hub *h)
{
	struct mono t = { h->now.mono.ms + 60000 };

	unsigned running = 0;

	for (const struct hub_fetch *f = h->fetches;
	     f != NULL && running < FETCHES_AT_ONCE; f = f->next) {
		if (f->is_over || f->from == NULL)
			return h->now.mono;
		if (f->until.ms < t.ms)
			t = f->until;
		running++;
	}
	return t;
}

void
fetch_forget_link(struct hub *h, const struct hub_link *l)
{
	for (struct hub_fetch *f = h->fetches; f != NULL; f = f->next)
		if (f->from == l->peer) {
			f->asked = f->have;
			f->from = NULL;
		}
}

void
fetch_release(struct hub *h)
{
	while (h->fetches != NULL) {
		struct hub_fetch *f = h->fetches;

		h->fetches = f->next;
		end(f, ERR_CLOSED);
		tell(f);
		fetch_free(h, f);
	}
}

/* --- asking for it --- */

static struct hub_fetch *
fetch_begin(struct hub *h, uint32_t log, uint64_t index,
    const struct attachment *at)
{
	struct hub_fetch *f, **end_of = &h->fetches;
	uint64_t size;

	while (*end_of != NULL) {
		if (digest_is_equal(&(*end_of)->name, &at->sealed))
			return *end_of;
		end_of = &(*end_of)->next;
	}
	f = mem_alloc(sizeof *f);
	f->index = index;
	f->name = at->sealed;
	f->size = pieces_sealed_size(at->size);
	f->hash = hash_stream_create();
	for (size_t i = 0; i < h->log_n; i++)
		if (h->log[i]->stored.id == log)
			f->log = h->log[i];
	if (f->log == NULL || h->parts.blobs == NULL) {
		end(f, ERR_NOT_FOUND);
	} else if (blobs_find(h->parts.blobs, &f->name, &size) == ERR_NONE) {
		f->have = size;
		end(f, ERR_NONE);
	}
	*end_of = f;
	return f;
}

void
hub_fetch(struct hub *h, uint32_t log, uint64_t index,
    const struct attachment *at, hub_fetch_fn *told, void *ctx)
{
	struct hub_fetch *f = fetch_begin(h, log, index, at);
	struct waiter *w = mem_alloc(sizeof *w);

	*w = (struct waiter){ told, ctx, f->waiters };
	f->waiters = w;
}

void
hub_fetch_leave(struct hub *h, const void *ctx)
{
	for (struct hub_fetch *f = h->fetches; f != NULL; f = f->next)
		for (struct waiter **at = &f->waiters; *at != NULL;) {
			struct waiter *w = *at;

			if (w->ctx != ctx) {
				at = &w->next;
				continue;
			}
			*at = w->next;
			free(w);
		}
}
