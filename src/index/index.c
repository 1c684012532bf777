/* SPDX-License-Identifier: Apache-2.0
 *
 * The file, and the steps by which it follows the logs.
 */
#include "index/index.h"

#include "base/mem.h"
#include "crypto/wrap.h"
#include "index/statements.h"

#include <stdlib.h>

enum {
	APPLICATION_ID = 0x416c6d69, /* "Almi" */
	VERSION = 7,                 /* another one: made again */
	CACHE_KIB = 2048,
	SLICE = 256,                 /* positions compared at once */
	SLICES = 16,                 /* in one step */
	MOST = 64                    /* entries in one step */
};

/* --- opening --- */

enum err
index_statement(struct index *ix, enum statement s, struct db_stmt **out)
{
	enum err e = ERR_NONE;

	if (ix->st[s] == NULL)
		e = db_prepare(ix->db, index_sql[s], &ix->st[s]);
	*out = ix->st[s];
	return e;
}

static void
print_kind(struct buf *b, const struct kind *k)
{
	buf_put_format(b, "%s %d%d%d%d\n", k->name, k->notice, k->is_private,
	    k->answers, k->is_answer);
	for (size_t i = 0; i < k->field_count; i++)
		buf_put_format(b, " %s %d %d%d\n", k->field[i].name,
		    (int)k->field[i].type, k->field[i].ends,
		    k->field[i].brief);
}

/* A digest of all that the rows depend on, beside the logs. */
static struct digest
print_of(const struct index *ix)
{
	struct buf b;
	struct digest d;

	buf_init(&b, 1048576 * 4);
	buf_put_format(&b, "%d %s %016llx\n", VERSION, ix->team,
	    (unsigned long long)wrap_token_digest(ix->words,
	    span_str("index print")));
	for (size_t i = 0; i < kind_count(ix->schema); i++)
		print_kind(&b, kind_at(ix->schema, i));
	d = hash_sha256(buf_span(&b));
	buf_release(&b);
	return d;
}

static void
close_file(struct index *ix)
{
	for (int s = 0; s < STATEMENTS; s++) {
		db_finalize(ix->st[s]);
		ix->st[s] = NULL;
	}
	db_close(ix->db);
	ix->db = NULL;
}

static enum err
open_file(struct index *ix, struct fault *f)
{
	struct db_options o = { .application = APPLICATION_ID,
		.cache_kib = CACHE_KIB };
	enum err e;

	e = db_open(ix->path, &o, &ix->db, f);

	/* pages that are given up too: words that were merged away stand in
	 * them, and nobody comes back for them */
	return e != ERR_NONE ? e :
	    db_exec(ix->db, "PRAGMA secure_delete = ON");
}

/* Does the file hold rows that go on from here? */
static bool
is_usable(struct index *ix)
{
	struct db_stmt *st;
	bool row = false;

	if (index_statement(ix, S_META_GET, &st) != ERR_NONE)
		return false;
	db_bind_text(st, 1, span_str("print"));
	if (db_step(st, &row) == ERR_NONE && row)
		row = span_is_equal(db_span(st, 0), digest_span(&ix->print));
	db_reset(st);
	return row;
}

static enum err
fill(struct index *ix)
{
	struct db_stmt *st;
	enum err e = db_begin(ix->db);

	if (e == ERR_NONE)
		e = db_exec(ix->db, index_tables);
	if (e == ERR_NONE)
		e = index_statement(ix, S_META_PUT, &st);
	if (e == ERR_NONE) {
		db_bind_text(st, 1, span_str("print"));
		db_bind_blob(st, 2, digest_span(&ix->print));
		e = db_run(st);
	}
	if (e == ERR_NONE)
		e = db_commit(ix->db);
	if (e != ERR_NONE)
		db_rollback(ix->db);
	return e;
}

/* The file itself goes, so that no page of it is left. */
static enum err
begin_again(struct index *ix, struct fault *f)
{
	enum err e;

	close_file(ix);
	e = db_remove(ix->path);
	if (e != ERR_NONE)
		return fault_at(f, e, 0, NULL, "the index cannot be removed");
	e = open_file(ix, f);
	if (e != ERR_NONE)
		return e;
	e = fill(ix);
	if (e == ERR_NONE)
		e = index_meta_load(ix);
	return e == ERR_NONE ? e : fault_at(f, e, 0, NULL,
	    "the index cannot be made: %s", db_error(ix->db));
}

enum err
index_open(const struct index_config *config, struct index **out,
    struct fault *f)
{
	struct index *ix = mem_alloc(sizeof *ix);
	enum err e;

	ix->path = mem_string(config->path);
	ix->schema = config->schema;
	ix->key = config->store_key;
	ix->words = wrap_words_key(ix->key);
	ix->team = mem_alloc(config->team.n + 1);
	memcpy(ix->team, config->team.p, config->team.n);
	ix->print = print_of(ix);
	e = open_file(ix, f);
	if (e == ERR_NONE && is_usable(ix))
		e = index_meta_load(ix);
	else if (e == ERR_DAMAGED || e == ERR_NONE)
		e = begin_again(ix, f);
	/* it may have ended between an erasure and this */
	ix->must_shred = true;
	if (e != ERR_NONE) {
		index_close(ix);
		return e;
	}
	index_sweep(ix);
	*out = ix;
	return ERR_NONE;
}

void
index_close(struct index *ix)
{
	if (ix == NULL)
		return;
	close_file(ix);
	arena_release(&ix->turn);
	hash_key_free(ix->words);
	free(ix->path);
	free(ix->team);
	free(ix);
}

enum err
index_reset(struct index *ix)
{
	enum err e = begin_again(ix, NULL);

	if (e == ERR_NONE)
		index_sweep(ix);
	return e;
}

/* --- what waits --- */

void
index_arrived(struct index *ix, uint32_t log, uint64_t index)
{
	size_t at = (ix->hint_first + ix->hint_n) % INDEX_HINTS;

	if (ix->hint_n == INDEX_HINTS) {
		ix->again = true;
		return;
	}
	ix->hint[at] = (struct position){ log, index };
	ix->hint_n++;
}

void
index_sweep(struct index *ix)
{
	ix->has_forgotten = true;
	ix->sweeping = true;
	ix->again = false;
	ix->sweep_inside = false;
	ix->sweep_log = 0;
	ix->sweep_left = 0;
}

uint64_t
index_lag(const struct index *ix)
{
	uint64_t n = ix->hint_n + (ix->again ? 1 : 0);

	/* before its first slice a sweep does not know how much there is */
	if (ix->sweeping)
		n += ix->sweep_left != 0 ? ix->sweep_left : 1;
	return n;
}

struct work {
	struct index *ix;
	const struct index_source *source;
	struct store_log *log;
	size_t log_n;
	struct found found[MOST];
	bool gone[MOST]; /* no body is there that can be shown */
	size_t n, most;
	size_t hints; /* of them */
	bool has_swept; /* all logs, to the end */
};

static bool
count_log(void *ctx, const struct store_log *log)
{
	(void)log;
	++*(size_t *)ctx;
	return true;
}

static bool
keep_log(void *ctx, const struct store_log *log)
{
	struct work *w = ctx;

	w->log[w->log_n] = *log;
	w->log[w->log_n++].origin = arena_copy(&w->ix->turn, log->origin);
	return true;
}

static enum err
read_logs(struct work *w)
{
	size_t n = 0;
	enum err e = store_scan_logs(w->source->store, count_log, &n);

	if (e != ERR_NONE)
		return e;
	w->log = arena_alloc(&w->ix->turn, (n + 1) * sizeof *w->log);
	return store_scan_logs(w->source->store, keep_log, w);
}

static bool
is_shown(int state)
{
	return state == STORE_BODY_HELD || state == STORE_BODY_QUARANTINED ||
	    state == STORE_BODY_VOID || state == STORE_BODY_ERASED;
}

static void
add(struct work *w, const struct store_log *log, uint64_t index, int state)
{
	struct found *f = &w->found[w->n];

	f->at = (struct position){ log->id, index };
	f->home = log->role == STORE_PRIVATE;
	f->origin = log->origin;
	f->rank = w->source->rank != NULL ?
	    w->source->rank(w->source->ctx, log->id) : log->id;
	w->gone[w->n] = !is_shown(state);
	if (!w->gone[w->n])
		f->state = (enum store_body_state)state;
	w->n++;
}

struct slice {
	uint64_t first;
	int has[SLICE];  /* state in the index, -1: none */
	int body[SLICE]; /* state in the store */
};

static bool
see_body(void *ctx, uint64_t index, const struct store_body *body)
{
	struct slice *s = ctx;

	s->body[index - s->first] = (int)body->state;
	return true;
}

static enum err
read_rows(struct work *w, uint32_t log, uint64_t last, struct slice *s)
{
	struct db_stmt *st;
	bool row = true;
	enum err e = index_statement(w->ix, S_RANGE, &st);

	if (e != ERR_NONE)
		return e;
	db_bind_int(st, 1, log);
	db_bind_int(st, 2, (int64_t)s->first);
	db_bind_int(st, 3, (int64_t)last);
	while ((e = db_step(st, &row)) == ERR_NONE && row)
		s->has[db_int(st, 0) - (int64_t)s->first] = (int)db_int(st, 1);
	return e;
}

/* Positions [s->first, last) of a log, there and here. */
static enum err
read_slice(struct work *w, uint32_t log, uint64_t last, struct slice *s)
{
	enum err e;

	for (size_t i = 0; i < SLICE; i++)
		s->has[i] = s->body[i] = -1;
	e = store_scan_bodies(w->source->store, log, s->first,
	    last - s->first, false, see_body, s);
	return e != ERR_NONE ? e : read_rows(w, log, last, s);
}

static enum err
use_hint(struct work *w, struct position at)
{
	struct slice s = { .first = at.index };
	enum err e;

	for (size_t i = 0; i < w->log_n; i++) {
		if (w->log[i].id != at.log)
			continue;
		e = read_slice(w, at.log, at.index + 1, &s);
		if (e == ERR_NONE && (is_shown(s.body[0]) || s.has[0] >= 0))
			add(w, &w->log[i], at.index, s.body[0]);
		return e;
	}
	return ERR_NONE; /* of no log that is known: nothing to take */
}

static enum err
use_hints(struct work *w)
{
	struct index *ix = w->ix;
	enum err e = ERR_NONE;

	while (e == ERR_NONE && w->hints < ix->hint_n && w->n < w->most &&
	    w->hints < SLICE)
		e = use_hint(w, ix->hint[(ix->hint_first + w->hints++) %
		    INDEX_HINTS]);
	return e;
}

static enum err
log_size(struct work *w, uint32_t id, uint64_t *out)
{
	struct store_head head;
	enum err e = store_get_head(w->source->store, id, &w->ix->turn,
	    &head);

	if (e == ERR_NONE)
		*out = head.size;
	return e;
}

static enum err
begin_sweep(struct work *w)
{
	uint64_t size, all = 1;
	enum err e = ERR_NONE;

	for (size_t i = 0; e == ERR_NONE && i < w->log_n; i++) {
		e = log_size(w, w->log[i].id, &size);
		if (e == ERR_NONE)
			all += size;
	}
	if (e == ERR_NONE)
		w->ix->sweep_left = all;
	return e;
}

/* The next log of the sweep; ends it if there is none. */
static enum err
next_log(struct work *w, const struct store_log **out)
{
	struct index *ix = w->ix;
	enum err e = ERR_NONE;

	*out = NULL;
	for (size_t i = 0; i < w->log_n; i++) {
		if (w->log[i].id >= ix->sweep_log &&
		    (*out == NULL || w->log[i].id < (*out)->id))
			*out = &w->log[i];
	}
	if (*out == NULL) {
		ix->sweeping = false;
		w->has_swept = true;
		if (ix->again)
			index_sweep(ix);
		return e;
	}
	if (ix->sweep_inside && ix->sweep_log == (*out)->id)
		return e;
	e = log_size(w, (*out)->id, &ix->sweep_at);
	if (e == ERR_NONE) {
		ix->sweep_log = (*out)->id;
		ix->sweep_inside = true;
	}
	return e;
}

/* From the newest down: what people ask for first is there first. */
static enum err
sweep_slice(struct work *w, const struct store_log *log)
{
	struct index *ix = w->ix;
	struct slice s = { .first = ix->sweep_at > SLICE ?
		ix->sweep_at - SLICE : 0 };
	enum err e = read_slice(w, log->id, ix->sweep_at, &s);

	while (e == ERR_NONE && ix->sweep_at > s.first && w->n < w->most) {
		size_t i = (size_t)(--ix->sweep_at - s.first);
		int wanted = is_shown(s.body[i]) ? s.body[i] : -1;

		if (s.has[i] != wanted)
			add(w, log, ix->sweep_at, s.body[i]);
		if (ix->sweep_left > 1)
			ix->sweep_left--;
	}
	if (ix->sweep_at == 0) {
		ix->sweep_inside = false;
		ix->sweep_log++;
	}
	return e;
}

static enum err
use_sweep(struct work *w)
{
	const struct store_log *log;
	enum err e = ERR_NONE;

	if (w->ix->sweeping && w->ix->sweep_left == 0)
		e = begin_sweep(w);
	for (int i = 0; i < SLICES && e == ERR_NONE && w->ix->sweeping &&
	    w->n < w->most; i++) {
		e = next_log(w, &log);
		if (e == ERR_NONE && log != NULL)
			e = sweep_slice(w, log);
	}
	return e;
}

static enum err
take_found(struct work *w, unsigned *taken)
{
	enum err e = ERR_NONE;
	unsigned n = 0;

	for (size_t i = 0; e == ERR_NONE && i < w->n; i++) {
		bool done = w->gone[i];

		e = w->gone[i] ? index_drop(w->ix, w->found[i].at) :
		    index_take(w->ix, w->source, &w->found[i], &done);
		n += done;
	}
	*taken = n;
	return e;
}

/* All of one step, in one transaction. Words wait for everything else. */
static enum err
take_all(struct work *w, unsigned *taken)
{
	struct index *ix = w->ix;
	const int64_t wordless = ix->wordless;
	bool is_new = w->has_swept && !ix->is_whole;
	bool is_idle = index_lag(ix) == 0 && wordless != 0;
	unsigned n = 0;
	enum err e;

	*taken = 0;
	if (w->n == 0 && !is_new && !is_idle)
		return ERR_NONE;
	e = db_begin(ix->db);
	if (e == ERR_NONE)
		e = take_found(w, &n);
	if (e == ERR_NONE && is_new)
		e = index_whole_put(ix);
	if (e == ERR_NONE && is_idle && w->n == 0)
		e = index_words_step(ix, w->source, (unsigned)w->most);
	if (e == ERR_NONE)
		e = db_commit(ix->db);
	if (e == ERR_NONE) {
		*taken = n;
		ix->is_whole |= is_new;
	} else {
		db_rollback(ix->db);
		ix->wordless = wordless;
	}
	return e;
}

enum err
index_step(struct index *ix, const struct index_source *source, unsigned most,
    unsigned *taken)
{
	struct work *w;
	bool sweeping = ix->sweeping;
	enum err e;

	if (ix->db == NULL)
		return ERR_STATE; /* a reset that failed */
	w = arena_alloc(&ix->turn, sizeof *w);
	w->ix = ix;
	w->source = source;
	w->most = most < MOST ? most : MOST;
	e = read_logs(w);
	if (e == ERR_NONE)
		e = use_hints(w);
	if (e == ERR_NONE && !ix->sweeping && ix->again)
		index_sweep(ix);
	if (e == ERR_NONE)
		e = use_sweep(w);
	if (e == ERR_NONE)
		e = take_all(w, taken);
	if (e == ERR_NONE) {
		ix->hint_first = (ix->hint_first + w->hints) % INDEX_HINTS;
		ix->hint_n -= w->hints;
	} else if (sweeping) {
		index_sweep(ix); /* it went past what was not taken */
	}
	if (e == ERR_NONE && ix->must_shred)
		index_shred(ix);
	arena_reset(&ix->turn);
	return e;
}
