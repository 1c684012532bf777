/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of the public on their way in.
 */
#include "node/report_pieces.h"

#include "base/log.h"
#include "base/mem.h"
#include "crypto/pieces.h"
#include "crypto/random.h"
#include "record/entry.h"

#include <stdlib.h>

enum { DAY_MS = 86400000 };

struct report_piece {
	bool is_used, is_whole;
	uint64_t form;
	uint8_t file;
	struct digest part, name; /* its name until the end; once it is whole */
	uint64_t size;
	struct hash_stream *hash;
	int64_t begun_ms, seen_ms;
};

struct report_pieces {
	struct blobs *blobs;
	uint64_t day;
	uint64_t room;          /* bytes of it that may still be kept */
	int64_t room_ms;
	struct report_piece at[REPORT_PIECES_OPEN];
};

/* --- parts --- */

static void
leave(struct report_piece *x)
{
	hash_stream_free(x->hash);
	*x = (struct report_piece){ .is_used = false };
}

static void
drop(struct report_pieces *p, struct report_piece *x)
{
	blobs_part_drop(p->blobs, &x->part);
	p->room += x->size;
	leave(x);
}

void
report_pieces_drop(struct report_pieces *p, uint64_t form)
{
	for (size_t i = 0; i < REPORT_PIECES_OPEN; i++)
		if (p->at[i].is_used && p->at[i].form == form)
			drop(p, &p->at[i]);
}

void
report_pieces_forget(struct report_pieces *p)
{
	for (size_t i = 0; i < REPORT_PIECES_OPEN; i++)
		if (p->at[i].is_used)
			drop(p, &p->at[i]);
}

bool
report_pieces_look(struct report_pieces *p, int64_t now_ms)
{
	bool any = false;

	for (size_t i = 0; i < REPORT_PIECES_OPEN; i++) {
		struct report_piece *x = &p->at[i];

		if (x->is_used && now_ms - x->seen_ms >= REPORT_PIECES_IDLE_MS)
			drop(p, x);
		any |= x->is_used;
	}
	return any;
}

/* --- room --- */

static struct report_piece *
find(struct report_pieces *p, uint64_t form, uint8_t file)
{
	for (size_t i = 0; i < REPORT_PIECES_OPEN; i++)
		if (p->at[i].is_used && p->at[i].form == form &&
		    p->at[i].file == file)
			return &p->at[i];
	return NULL;
}

static uint64_t
form_size(const struct report_pieces *p, uint64_t form)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < REPORT_PIECES_OPEN; i++)
		if (p->at[i].is_used && p->at[i].form == form)
			sum += p->at[i].size;
	return sum;
}

/* A free place; if there is none, one of the form that comes slowest: seen
 * from its first file, which is the oldest. */
static struct report_piece *
make_place(struct report_pieces *p, int64_t now_ms)
{
	struct report_piece *slowest = NULL;
	uint64_t least = UINT64_MAX, rate;

	for (size_t i = 0; i < REPORT_PIECES_OPEN; i++) {
		struct report_piece *x = &p->at[i];
		int64_t age = now_ms - x->begun_ms;

		if (!x->is_used)
			return x;
		if (age < REPORT_PIECES_FAIR_MS)
			continue;
		rate = form_size(p, x->form) * 1000 / (uint64_t)age;
		if (rate < least) {
			least = rate;
			slowest = x;
		}
	}
	log_event(LOG_WARNING, "report.files-busy",
	    log_uint("ended", slowest != NULL));
	if (slowest != NULL)
		report_pieces_drop(p, slowest->form);
	return slowest;
}

static bool
has_room(struct report_pieces *p, size_t n, int64_t now_ms)
{
	int64_t since = now_ms - p->room_ms;
	uint64_t back = (uint64_t)(since < DAY_MS ? since : DAY_MS) *
	    p->day / DAY_MS;

	p->room += back;
	if (p->room > p->day)
		p->room = p->day;
	p->room_ms = now_ms;
	if (p->room < n)
		log_event(LOG_WARNING, "report.files-full");
	return p->room >= n;
}

/* As much as a form may bring. */
static bool
is_within(const struct report_pieces *p, uint64_t form, size_t n)
{
	return form_size(p, form) + n <=
	    pieces_sealed_size(LIMIT_REPORT_BYTES) +
	    (uint64_t)LIMIT_REPORT_FILES * PIECE_TAG;
}

/* --- pieces --- */

static struct report_piece *
begin(struct report_pieces *p, const struct talk_piece *t, int64_t now_ms)
{
	struct report_piece *x = make_place(p, now_ms);

	if (x == NULL)
		return NULL;
	*x = (struct report_piece){ .is_used = true, .form = t->form,
		.file = t->file, .hash = hash_stream_create(),
		.begun_ms = now_ms };
	random_fill(x->part.b, sizeof x->part.b);
	return x;
}

static enum err
put(struct report_pieces *p, const struct talk_piece *t, bool is_last,
    int64_t now_ms)
{
	struct report_piece *x = find(p, t->form, t->file);
	enum err e;

	if (t->file >= LIMIT_REPORT_FILES || t->bytes.n < PIECE_TAG ||
	    t->bytes.n > PIECE_SEALED ||
	    (!is_last && t->bytes.n != PIECE_SEALED) ||
	    !is_within(p, t->form, t->bytes.n))
		return ERR_SCHEMA;
	if (!has_room(p, t->bytes.n, now_ms))
		return ERR_FULL;
	if (x == NULL && t->at == 0 && (x = begin(p, t, now_ms)) == NULL)
		return ERR_FULL;
	if (x == NULL || x->is_whole || x->size != t->at)
		return ERR_STATE;
	e = blobs_part_add(p->blobs, &x->part, t->at, t->bytes);
	if (e != ERR_NONE)
		return e;
	hash_stream_add(x->hash, t->bytes);
	x->size += t->bytes.n;
	for (size_t i = 0; i < REPORT_PIECES_OPEN; i++)
		if (p->at[i].is_used && p->at[i].form == t->form)
			p->at[i].seen_ms = now_ms;
	p->room -= t->bytes.n;
	if (is_last) {
		x->name = hash_stream_now(x->hash);
		x->is_whole = true;
	}
	return ERR_NONE;
}

enum err
report_pieces_put(struct report_pieces *p, const struct talk_piece *t,
    bool is_last, int64_t now_ms)
{
	enum err e = put(p, t, is_last, now_ms);

	/* of a form of which something is missing nothing is of use */
	if (e != ERR_NONE)
		report_pieces_drop(p, t->form);
	return e;
}

/* --- what is kept --- */

static enum err
keep(struct report_pieces *p, struct json_val v, struct arena *a,
    struct digest *name)
{
	struct report_piece *x = NULL;
	struct span text;
	uint64_t size, is;
	enum err e;

	if (json_text(json_get(v, "sealed"), a, &text) != ERR_NONE ||
	    entry_parse_digest(text, name) != ERR_NONE ||
	    json_u64(json_get(v, "size"), &size) != ERR_NONE)
		return ERR_SCHEMA;
	for (size_t i = 0; i < REPORT_PIECES_OPEN && x == NULL; i++)
		if (p->at[i].is_whole && digest_is_equal(&p->at[i].name, name))
			x = &p->at[i];
	if (x == NULL)
		return ERR_STATE;
	if (pieces_find_size(x->size, &is) != ERR_NONE || is != size)
		return ERR_SCHEMA;
	/* sealed anew each time, so it is another's: not to be taken away with
	 * this form */
	if (blobs_find(p->blobs, name, &is) == ERR_NONE)
		return ERR_EXISTS;
	e = blobs_part_finish(p->blobs, &x->part, name);
	leave(x);
	return e;
}

enum err
report_pieces_keep(struct report_pieces *p, struct json_val files,
    struct arena *a, struct report_kept *out)
{
	struct report_kept kept = { .n = 0 };
	enum err e = json_count(files) > LIMIT_REPORT_FILES ? ERR_LIMIT :
	    ERR_NONE;

	for (struct json_val v = json_first(files); e == ERR_NONE &&
	    v.type != JSON_ABSENT; v = json_next(files, v)) {
		e = keep(p, v, a, &kept.name[kept.n]);
		kept.n += e == ERR_NONE;
	}
	if (e == ERR_NONE)
		*out = kept;
	else
		report_pieces_unkeep(p, &kept);
	return e;
}

void
report_pieces_unkeep(struct report_pieces *p, const struct report_kept *kept)
{
	/* one that cannot be deleted is found by the sweep: nobody names it */
	for (size_t i = 0; i < kept->n; i++)
		(void)!blobs_remove(p->blobs, &kept->name[i]);
}

/* --- life --- */

struct report_pieces *
report_pieces_create(struct blobs *blobs, uint64_t day, int64_t now_ms)
{
	struct report_pieces *p = mem_alloc(sizeof *p);

	p->blobs = blobs;
	p->day = p->room = day;
	p->room_ms = now_ms;
	return p;
}

void
report_pieces_free(struct report_pieces *p)
{
	if (p != NULL)
		report_pieces_forget(p);
	free(p);
}
