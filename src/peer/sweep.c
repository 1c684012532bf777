/* SPDX-License-Identifier: Apache-2.0
 *
 * Attachments that nothing names any more are deleted: of drafts that were
 * discarded or say something else now, of uploads that never came into one,
 * and what an erasure left behind because its bytes came later. All logs are
 * read for names, from their ends, in small slices; any text of 43 letters in
 * an entry may be one. What came meanwhile is read again before anything goes,
 * and while something is on its way nothing does. Since when nobody names a
 * blob is a row of the store, so that a restart neither forgets nor hastens
 * it. The deciding is in watch/sweep.h.
 */
#include "peer/sweep.h"

#include "base/mem.h"
#include "crypto/jws.h"
#include "peer/judge.h"
#include "record/carried.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	SLICE = 32,          /* entries read in a turn */
	STEP_MS = 50,        /* and the next slice */
	REMOVES = 8,         /* deleted in a turn */
	JUDGED = 256,        /* looked at in a turn */
	LATE_MOST = 256      /* entries that came during a pass */
};

static const char space[] = "unnamed";

struct late {
	uint32_t log;
	uint64_t index;
};

enum phase { PHASE_IDLE, PHASE_READ, PHASE_JUDGE };

struct hub_sweep {
	struct sweep pass;
	enum phase phase;
	struct mono due;
	size_t log;             /* read now .. */
	uint64_t next;          /* .. from here down */
	bool is_unsure;         /* something could not be read */
	struct late late[LATE_MOST];
	size_t late_n;
	size_t at;              /* judged up to here */
	uint64_t removed, removed_bytes; /* by this pass */
	struct hub_swept told;
};

void
sweep_create(struct hub *h)
{
	h->sweep = mem_alloc(sizeof *h->sweep);
	h->sweep->due.ms = h->now.mono.ms + SWEEP_FIRST_MS;
}

void
sweep_free(struct hub *h)
{
	if (h->sweep != NULL)
		sweep_release(&h->sweep->pass);
	free(h->sweep);
	h->sweep = NULL;
}

void
sweep_abandon(struct hub *h)
{
	if (h->sweep == NULL || h->sweep->phase == PHASE_IDLE)
		return;
	h->sweep->phase = PHASE_IDLE;
	h->sweep->due.ms = h->now.mono.ms + SWEEP_FIRST_MS;
	sweep_release(&h->sweep->pass);
}

struct hub_swept
hub_swept(const struct hub *h)
{
	return h->sweep->told;
}

/* --- names in an entry --- */

static void
names_take(struct sweep *s, const struct json *doc, struct arena *a)
{
	struct digest name;
	struct span text;

	for (uint32_t i = 0; doc != NULL && i < doc->count; i++) {
		const struct json_val v = { doc, i,
			(enum json_type)doc->tok[i].type };

		if (v.type == JSON_STRING && !doc->tok[i].key &&
		    json_text(v, a, &text) == ERR_NONE &&
		    text.n == ENTRY_DIGEST_TEXT &&
		    entry_parse_digest(text, &name) == ERR_NONE)
			sweep_name(s, &name);
	}
}

/* A draft, or what else stays at home, says nothing any more if there is a
 * newer revision of it or it was discarded. */
static bool
is_silent(struct hub *h, const struct entry *e, struct json_val body)
{
	return sweep_is_draft_old(&h->sweep->pass, &e->id, e->rev) ||
	    json_is_str(json_get(body, "state"), "discarded");
}

static void
entry_take(struct hub *h, uint32_t log, bool is_private, uint64_t index)
{
	struct hub_sweep *s = h->sweep;
	struct store_body row;
	struct json_val body;
	struct carried inner;
	struct entry entry;
	const struct kind *k;
	struct span text;
	struct json json;
	struct jws jws;
	enum err e = hub_read_entry(h, log, index, &h->turn, &row, &text);

	/* what was never here, or never opened, named nothing to this node */
	if (e != ERR_NONE) {
		s->is_unsure |= e != ERR_NOT_FOUND && e != ERR_DECRYPT;
		return;
	}
	if (jws_parse(text, ENTRY_TYP, &h->turn, &jws, NULL) != ERR_NONE)
		return; /* set aside: it says nothing */
	if (entry_parse(jws.payload, &h->turn, &entry, &body, NULL) !=
	    ERR_NONE) {
		if (json_parse_arena(jws.payload, LIMIT_JSON_DEPTH,
			LIMIT_JWS, &h->turn, &json, NULL) == ERR_NONE)
			names_take(&s->pass, &json, &h->turn);
		return;
	}
	if (is_private && is_silent(h, &entry, body))
		return;
	names_take(&s->pass, body.doc, &h->turn);
	k = kind_find(h->parts.schema, entry.kind);
	if (k != NULL && k->carries != CARRIES_NOTHING &&
	    carried_parse(&entry, body, k->carries, h->parts.schema, &h->turn,
		&inner, NULL) == ERR_NONE)
		names_take(&s->pass, inner.body.doc, &h->turn);
}

void
sweep_see(struct hub *h, const struct hub_log *l, uint64_t index)
{
	struct hub_sweep *s = h->sweep;

	if (s == NULL || s->phase == PHASE_IDLE)
		return;
	if (s->late_n == LATE_MOST)
		s->is_unsure = true;
	else
		s->late[s->late_n++] = (struct late){ l->stored.id, index };
}

/* --- a pass --- */

static void
count_blob(void *ctx, const struct digest *name, uint64_t size)
{
	(void)name;
	sweep_count(ctx, size);
}

static void
put_blob(void *ctx, const struct digest *name, uint64_t size)
{
	sweep_put(ctx, name, size);
}

static void
pass_begin(struct hub *h)
{
	struct hub_sweep *s = h->sweep;

	s->due.ms = h->now.mono.ms + SWEEP_EVERY_MS;
	sweep_reset(&s->pass);
	if (blobs_walk(h->parts.blobs, count_blob, &s->pass) != ERR_NONE ||
	    blobs_walk(h->parts.blobs, put_blob, &s->pass) != ERR_NONE)
		return;
	sweep_begin(&s->pass);
	s->phase = PHASE_READ;
	s->log = h->log_n;
	s->next = 0;
	s->late_n = s->at = 0;
	s->removed = s->removed_bytes = 0;
	s->told.unnamed = 0;
	s->is_unsure = false;
}

/* A slice of what is to be read; true at the end. */
static bool
logs_read(struct hub *h)
{
	struct hub_sweep *s = h->sweep;

	for (unsigned i = 0; i < SLICE && !sweep_is_idle(&s->pass); i++) {
		while (s->next == 0) {
			if (s->log == 0)
				return true;
			s->next = h->log[--s->log]->tree.size;
		}
		entry_take(h, h->log[s->log]->stored.id,
		    h->log[s->log]->stored.role == STORE_PRIVATE, --s->next);
	}
	return sweep_is_idle(&s->pass);
}

static void
mark_put(struct hub *h, const struct digest *name, int64_t since_s)
{
	struct buf value;

	if (!hub_stage_lazy(h))
		return;
	buf_init(&value, 8);
	if (since_s != 0)
		buf_put_u64(&value, (uint64_t)since_s);
	hub_write(h, store_put_item(h->parts.store, space,
			 span_of(name->b, sizeof name->b), buf_span(&value)));
	buf_release(&value);
}

static int64_t
mark_get(struct hub *h, const struct digest *name)
{
	struct span value;
	struct reader r;

	if (store_get_item(h->parts.store, space,
		span_of(name->b, sizeof name->b), &h->turn, &value) !=
		ERR_NONE || value.n != 8)
		return 0;
	reader_init(&r, value);
	return (int64_t)reader_u64(&r);
}

static void
blob_remove(struct hub *h, const struct sweep_blob *b)
{
	struct hub_sweep *s = h->sweep;
	enum err e = blobs_remove(h->parts.blobs, &b->name);

	if (e != ERR_NONE && e != ERR_NOT_FOUND) {
		s->is_unsure = true;
		return;
	}
	s->removed++;
	s->removed_bytes += b->size;
	mark_put(h, &b->name, 0);
}

/* True if it was deleted, which takes its time. */
static bool
blob_judge(struct hub *h, const struct sweep_blob *b)
{
	struct hub_sweep *s = h->sweep;
	int64_t since_s = mark_get(h, &b->name);

	switch (sweep_judge(b->is_named, since_s, h->now.wall,
	    trust_is_trusted(&h->trust))) {
	case SWEEP_KEEP:
		if (since_s != 0)
			mark_put(h, &b->name, 0);
		break;
	case SWEEP_MARK:
		mark_put(h, &b->name, h->now.wall.ms / 1000);
		s->told.unnamed++;
		break;
	case SWEEP_WAIT:
		s->told.unnamed++;
		break;
	case SWEEP_REMOVE:
		blob_remove(h, b);
		return true;
	}
	return false;
}

static void
pass_end(struct hub *h)
{
	struct hub_sweep *s = h->sweep;
	char text[120];

	s->phase = PHASE_IDLE;
	s->due.ms = h->now.mono.ms + SWEEP_EVERY_MS;
	s->told.at_s = h->now.wall.ms / 1000;
	s->told.count = s->pass.count - s->removed;
	s->told.bytes = s->pass.bytes - s->removed_bytes;
	s->told.removed += s->removed;
	s->told.is_unsure = s->is_unsure;
	if (s->removed != 0) {
		snprintf(text, sizeof text, "%llu attachments that nothing "
		    "names any more were deleted, %llu bytes",
		    (unsigned long long)s->removed,
		    (unsigned long long)s->removed_bytes);
		hub_notify(h, HUB_SWEPT, span_str(""), span_str(""), 0,
		    ERR_NONE, text);
	}
	sweep_release(&s->pass);
}

/* What is on its way may name what is to go, and cannot be read yet. */
static bool
is_busy(const struct hub *h)
{
	return h->pending != NULL || h->arrivals != NULL;
}

static void
blobs_judge(struct hub *h)
{
	struct hub_sweep *s = h->sweep;
	unsigned removed = 0, judged = 0;

	if (is_busy(h))
		return;
	while (s->late_n != 0) {
		const struct late *l = &s->late[--s->late_n];

		entry_take(h, l->log, false, l->index);
	}
	while (!s->is_unsure && s->at < s->pass.n && judged++ < JUDGED &&
	    removed < REMOVES)
		removed += blob_judge(h, &s->pass.blob[s->at++]);
	if (s->is_unsure || s->at == s->pass.n)
		pass_end(h);
}

void
sweep_step(struct hub *h)
{
	struct hub_sweep *s = h->sweep;

	if (h->parts.blobs == NULL || h->now.mono.ms < s->due.ms ||
	    !start_is(&h->start, START_READY))
		return;
	if (s->phase == PHASE_IDLE)
		pass_begin(h);
	else if (s->phase == PHASE_READ && logs_read(h))
		s->phase = PHASE_JUDGE;
	else if (s->phase == PHASE_JUDGE)
		blobs_judge(h);
	if (s->phase != PHASE_IDLE)
		s->due.ms = h->now.mono.ms + STEP_MS;
}

struct mono
sweep_wake(const struct hub *h)
{
	return h->parts.blobs != NULL && start_is(&h->start, START_READY) ?
	    h->sweep->due : (struct mono){ h->now.mono.ms + 1000 };
}
