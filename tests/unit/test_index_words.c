/* SPDX-License-Identifier: Apache-2.0
 *
 * An index of which a part goes: after an erasure nothing of what was erased
 * is left in its file, all else is found as before, by words too once these
 * were put anew; and it knows of itself whether it was ever whole.
 */
#include "index_bed.h"

#include "base/mem.h"
#include "crypto/jws.h"
#include "record/erased.h"

#include <sys/wait.h>

enum { HOME, BR, LOGS };
enum { MOST = 1600, STEP = 16, START_S = 1767225600 };

struct item {
	int log;
	uint64_t index;
	struct span jws; /* in the world's arena */
	struct digest d;
	unsigned reads;
};

struct world {
	char folder[BED_FOLDER], path[BED_PATH];
	struct schema *schema;
	struct arena mem;
	struct store *store;
	struct store_log log[LOGS];
	uint64_t size[LOGS];
	struct item item[MOST];
	size_t n;
	struct index *ix;
	struct index_source source;
	unsigned kill_at;    /* the process ends in this read; 0: never */
	enum err fails;      /* every read does, */
	unsigned fails_at;   /* or this one; 0: none */
	size_t unreadable;   /* this one cannot be read; SIZE_MAX: none */
	uint32_t seed;
};

static const char *const team_of[LOGS] = { "uy", "br" };
static const char *const origin_of[LOGS] = {
	"almenara.example/private/uy/1", "almenara.example/log/br/00000001"
};

static uint32_t
draw(struct world *w)
{
	w->seed = w->seed * 1664525U + 1013904223U;
	return w->seed >> 8;
}

static enum err
world_read(void *ctx, uint32_t log, uint64_t index, struct arena *a,
    struct store_body *body, struct span *jws)
{
	struct world *w = ctx;
	enum err e = store_get_body(w->store, log, index, a, body);

	if (w->kill_at != 0 && --w->kill_at == 0)
		_exit(9);
	if (w->fails_at != 0 && --w->fails_at == 0)
		return ERR_IO;
	if (e != ERR_NONE || w->fails != ERR_NONE)
		return e != ERR_NONE ? e : w->fails;
	for (size_t i = 0; i < w->n; i++) {
		struct item *it = &w->item[i];

		if (w->log[it->log].id != log || it->index != index)
			continue;
		it->reads++;
		if (it->jws.n == 0 || i == w->unreadable)
			return ERR_DECRYPT;
		*jws = arena_copy(a, it->jws);
		return ERR_NONE;
	}
	return ERR_NOT_FOUND;
}

static void
open_index(struct world *w)
{
	w->ix = bed_index(w->path, w->schema);
}

static struct world *
world_make(void)
{
	static const enum store_role role[LOGS] = { STORE_PRIVATE,
		STORE_MIRROR };
	struct world *w = mem_alloc(sizeof *w);

	w->seed = 7;
	w->unreadable = SIZE_MAX;
	bed_folder(w->folder, w->path);
	assert_ok(schema_load(&schema_files, &w->schema, NULL));
	w->store = bed_store(origin_of, role, LOGS, w->log);
	w->source = (struct index_source){ w, w->store, world_read, NULL,
		NULL };
	open_index(w);
	return w;
}

static void
world_end(struct world *w)
{
	index_close(w->ix);
	bed_remove(w->folder, w->path);
	store_free(w->store);
	schema_free(w->schema);
	arena_release(&w->mem);
	free(w);
}

/* --- entries --- */

static void
put_body(struct world *w, const struct item *it, enum store_body_state state)
{
	struct store_body b = { .state = state, .bytes = span_str("{}") };
	struct store_head head;
	struct arena a = { 0 };
	uint32_t log = w->log[it->log].id;

	assert_ok(store_begin(w->store));
	assert_ok(store_get_head(w->store, log, &a, &head));
	head.size = w->size[it->log];
	assert_ok(store_put_head(w->store, log, &head));
	assert_ok(store_put_body(w->store, log, it->index, &b));
	assert_ok(store_commit(w->store));
	arena_release(&a);
}

static size_t
add(struct world *w, int log, const char *kind, const char *tlp,
    const char *body, int64_t iat_s)
{
	static struct span aud[] = { { (const unsigned char *)"br", 2 },
		{ (const unsigned char *)"uy", 2 } };
	unsigned char seed[32] = { 1 }, r[10] = { 0 };
	const struct digest z = { { 0 } };
	struct item *it = &w->item[w->n];
	struct entry e = { 0 };
	struct sign_secret key;
	struct sign_public public;
	struct kid kid = kid_of(&z);
	struct buf payload, jws;

	assert_true(w->n < MOST);
	sign_derive(seed, &key, &public);
	r[8] = (unsigned char)(w->n >> 8);
	r[9] = (unsigned char)w->n;
	e.log = span_str(origin_of[log]);
	e.iss = span_str(team_of[log]);
	e.id = uuid_make((struct wall){ START_S * 1000LL }, r);
	e.kind = span_str(kind);
	e.tlp = span_str(tlp);
	e.iat_s = iat_s;
	e.sealed = strcmp(tlp, "TLP:CLEAR") != 0;
	e.aud = aud;
	e.aud_n = e.sealed ? 2 : 0;
	e.body = span_str(body);
	buf_init(&payload, 65536);
	buf_init(&jws, 98304);
	assert_ok(entry_write(&e, &payload));
	assert_ok(jws_write(ENTRY_TYP, &kid, buf_span(&payload), &key, &jws));
	it->log = log;
	it->index = w->size[log]++;
	it->jws = arena_copy(&w->mem, buf_span(&jws));
	it->d = hash_sha256(it->jws);
	buf_release(&payload);
	buf_release(&jws);
	put_body(w, it, STORE_BODY_HELD);
	return w->n++;
}

/* A word that nothing else has, to its end: what a word shares with the one
 * before it in the full text does not stand there. */
static const char *
word_of(size_t i)
{
	static char text[17];
	uint64_t v = (i + 1) * 0x9e3779b97f4a7c15ULL;

	for (size_t at = 0; at < sizeof text - 1; at++, v = v << 4 | v >> 60)
		text[at] = (char)('a' + (v >> 60));
	return text;
}

/* A notice with a word of its own; every second one in clear. */
static size_t
notice(struct world *w, int64_t iat_s)
{
	char body[1200];

	/* of many lengths, so that rows move between pages */
	snprintf(body, sizeof body, "{\"title\":{\"es\":\"Aviso %s comun %.*s\"}"
	    ",\"language\":\"es\",\"severity\":\"Severe\",\"level\":4,"
	    "\"impact\":{\"es\":\"ninguno\"}}", word_of(w->n),
	    (int)(draw(w) % 700), "x y x y x y x y x y x y x y x y x y x y x y "
	    "x y x y x y x y x y x y x y x y x y x y x y x y x y x y x y x y x "
	    "y x y x y x y x y x y x y x y x y x y x y x y x y x y x y x y x y "
	    "x y x y x y x y x y x y x y x y x y x y x y x y x y x y x y x y x "
	    "y x y x y x y x y x y x y x y x y x y x y x y x y x y x y x y x y");
	return add(w, BR, "warning", w->n % 2 == 0 ? "TLP:CLEAR" :
	    "TLP:AMBER", body, iat_s);
}

/* As peer/erasure.c leaves it: a stub in its place. */
static void
erase(struct world *w, size_t i)
{
	struct item *it = &w->item[i];
	struct digest by = { { 5 } };
	struct buf stub;

	buf_init(&stub, 65536);
	assert_ok(erased_write(it->jws, &it->d, &by, &w->mem, &stub));
	it->jws = arena_copy(&w->mem, buf_span(&stub));
	put_body(w, it, STORE_BODY_ERASED);
	buf_release(&stub);
}

/* Until nothing is behind; words may be. */
static void
follow(struct world *w)
{
	unsigned n;

	for (int i = 0; i < 100000 && index_lag(w->ix) != 0; i++)
		assert_ok(index_step(w->ix, &w->source, STEP, &n));
	assert_int_equal(index_lag(w->ix), 0);
}

static bool
has_words(struct world *w)
{
	int64_t since_s;

	return index_has_words(w->ix, &since_s);
}

/* Until words are there too; index_lag says nothing of them. */
static unsigned
follow_words(struct world *w)
{
	unsigned n, steps = 0;

	for (; steps < 100000 && !has_words(w); steps++) {
		assert_ok(index_step(w->ix, &w->source, STEP, &n));
		assert_int_equal(n, 0);
		assert_int_equal(index_lag(w->ix), 0);
	}
	assert_true(has_words(w));
	return steps;
}

static bool
count_row(void *ctx, const struct index_row *r)
{
	(void)r;
	++*(unsigned *)ctx;
	return true;
}

static unsigned
found(struct world *w, const char *words)
{
	const struct index_filter f = { .search = span_str(words),
		.ended = true };
	unsigned n = 0;

	assert_ok(index_inbox(w->ix, &f, count_row, &n, NULL));
	return n;
}

/* Is the end of the word in the file, or in what stands beside it? Letters of
 * either case. */
static bool
is_left(const struct buf *file, const char *word)
{
	size_t n = strlen(word += 5);

	for (size_t i = 0; i + n <= file->n; i++)
		if ((file->p[i] | 32) == word[0] &&
		    strncasecmp((const char *)file->p + i, word, n) == 0)
			return true;
	return false;
}

static void
read_files(const struct world *w, struct buf *out)
{
	static const char *const tail[] = { "", "-wal" };
	char name[128];
	size_t got;
	FILE *f;

	buf_clear(out);
	for (size_t i = 0; i < 2; i++) {
		snprintf(name, sizeof name, "%s%s", w->path, tail[i]);
		f = fopen(name, "rb");
		if (f == NULL)
			continue;
		do {
			unsigned char *p = buf_extend(out, 65536);

			got = fread(p, 1, 65536, f);
			out->n -= 65536 - got;
		} while (got == 65536);
		fclose(f);
	}
}

/* `n` notices, of times in no order, as they come from many logs. */
static void
fill(struct world *w, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t at = notice(w, START_S + (int64_t)(draw(w) % 100000));

		index_arrived(w->ix, w->log[BR].id, w->item[at].index);
		if (i % 8 == 7)
			follow(w);
	}
	follow(w);
}

/* --- the tests --- */

static void
test_words_are_put_anew(void **state)
{
	struct world *w = world_make();
	struct arena a = { 0 };
	struct index_row r;
	size_t later, older;
	unsigned n;

	(void)state;
	add(w, HOME, "person", "TLP:RED", "{\"login\":\"ana\",\"name\":\"Ana\","
	    "\"post\":\"Guardia\",\"roles\":[\"duty_officer\"],"
	    "\"active\":true}", START_S);
	fill(w, 200);
	assert_true(has_words(w));
	erase(w, 50);
	erase(w, 51);
	index_sweep(w->ix);
	follow(w);
	for (size_t i = 0; i < w->n; i++)
		w->item[i].reads = 0;
	/* all is there but for words */
	assert_false(has_words(w));
	assert_true(index_is_whole(w->ix));
	assert_ok(index_person_by_user(w->ix, span_str("ana"), &a, &r));
	n = 0;
	assert_ok(index_inbox(w->ix, &(struct index_filter){ .ended = true },
	    count_row, &n, NULL));
	assert_int_equal(n, 198);
	assert_ok(index_step(w->ix, &w->source, STEP, &n));
	assert_in_range(found(w, "comun"), 1, STEP);
	/* what comes meanwhile is found at once, or in its turn */
	later = notice(w, START_S + 200000);
	older = notice(w, START_S);
	index_arrived(w->ix, w->log[BR].id, w->item[later].index);
	index_arrived(w->ix, w->log[BR].id, w->item[older].index);
	follow(w);
	assert_int_equal(found(w, word_of(later)), 1);
	assert_int_equal(found(w, word_of(older)), 0);
	w->item[older].reads = 0;
	assert_in_range(follow_words(w), 200 / STEP - 1, 200 / STEP + 2);
	for (size_t i = 1; i < w->n; i++) {
		bool gone = i == 50 || i == 51;

		assert_int_equal(found(w, word_of(i)), gone ? 0 : 1);
		/* each once, and not what has no words */
		assert_int_equal(w->item[i].reads, gone ? 0 : 1);
	}
	assert_int_equal(w->item[0].reads, 0);
	assert_int_equal(found(w, "comun"), 200);
	assert_ok(index_by_digest(w->ix, &w->item[50].d, &a, &r));
	assert_int_equal(r.state, STORE_BODY_ERASED);
	arena_release(&a);
	world_end(w);
}

/* Titles, words, what was merged away, and the journal. */
static void
test_nothing_is_left(void **state)
{
	struct world *w = world_make();
	struct buf file;
	size_t seen = 0;

	(void)state;
	buf_init(&file, 1 << 26);
	fill(w, 1200);
	read_files(w, &file);
	assert_true(is_left(&file, word_of(100)));
	for (size_t i = 100; i < 400; i += 2)
		erase(w, i);
	index_sweep(w->ix);
	follow(w);
	read_files(w, &file);
	for (size_t i = 100; i < 400; i += 2)
		if (is_left(&file, word_of(i)))
			fail_msg("%s is left", word_of(i));
	follow_words(w);
	read_files(w, &file);
	for (size_t i = 100; i < 400; i += 2)
		assert_false(is_left(&file, word_of(i)));
	for (size_t i = 400; i < 500; i += 2)
		seen += is_left(&file, word_of(i));
	assert_int_equal(seen, 50); /* it does see what is there */
	buf_release(&file);
	world_end(w);
}

/* A row that was dropped before, whose words stayed, is erased now; and one
 * of which not even a stub is left. */
static void
test_words_of_a_row_that_went(void **state)
{
	struct world *w = world_make();
	struct index_counts c;
	struct arena a = { 0 };
	struct index_row r;
	struct buf file;

	(void)state;
	buf_init(&file, 1 << 24);
	fill(w, 40);
	put_body(w, &w->item[10], STORE_BODY_DAMAGED);
	index_sweep(w->ix);
	follow(w);
	assert_ok(index_count(w->ix, &c));
	assert_int_equal(c.stale, 1);
	assert_true(has_words(w));
	erase(w, 10);
	index_sweep(w->ix);
	follow(w);
	read_files(w, &file);
	assert_false(is_left(&file, word_of(10)));
	follow_words(w);
	put_body(w, &w->item[12], STORE_BODY_ERASED);
	w->item[12].jws = span_of(NULL, 0);
	index_sweep(w->ix);
	follow(w);
	read_files(w, &file);
	assert_false(is_left(&file, word_of(12)));
	assert_err(index_by_digest(w->ix, &w->item[12].d, &a, &r),
	    ERR_NOT_FOUND);
	follow_words(w);
	assert_ok(index_count(w->ix, &c));
	assert_int_equal(c.stale, 0);
	assert_int_equal(found(w, "comun"), 38);
	arena_release(&a);
	buf_release(&file);
	world_end(w);
}

/* Killed in a step, it goes on where that began; what cannot be read now is
 * passed over. */
static void
test_killed(void **state)
{
	for (unsigned at = 1; at < 60; at += 7) {
		struct world *w = world_make();
		int status;
		pid_t pid;

		fill(w, 60);
		erase(w, 20);
		index_close(w->ix);
		w->ix = NULL;
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			unsigned n;

			open_index(w);
			follow(w);
			w->kill_at = at;
			while (index_step(w->ix, &w->source, STEP, &n) ==
			    ERR_NONE && !has_words(w))
				;
			_exit(0);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(WEXITSTATUS(status), 9);
		open_index(w);
		assert_true(index_is_whole(w->ix));
		assert_false(has_words(w));
		/* those of whole steps */
		assert_int_equal(found(w, "comun"), (at - 1) / STEP * STEP);
		for (size_t i = 0; i < w->n; i++)
			w->item[i].reads = 0;
		w->unreadable = 59;
		follow(w);
		follow_words(w);
		for (size_t i = 0, n = 0; i < w->n; i++) {
			assert_true(w->item[i].reads <= 1);
			n += w->item[i].reads;
			if (i + 1 == w->n)
				assert_int_equal(n, 59 - (at - 1) / STEP *
				    STEP);
		}
		assert_int_equal(found(w, word_of(20)), 0);
		assert_true(found(w, "comun") >= 58);
		world_end(w);
	}
	(void)state;
}

/* A step that fails puts nothing, and is done again. */
static void
test_failed(void **state)
{
	struct world *w = world_make();
	unsigned n;

	(void)state;
	fill(w, 40);
	erase(w, 20);
	erase(w, 21);
	index_sweep(w->ix);
	/* after the first of them has emptied the full text */
	w->fails_at = 2;
	assert_err(index_step(w->ix, &w->source, STEP, &n), ERR_IO);
	assert_true(has_words(w));
	assert_int_equal(found(w, "comun"), 40);
	follow(w);
	assert_false(has_words(w));
	w->fails = ERR_IO;
	assert_err(index_step(w->ix, &w->source, STEP, &n), ERR_IO);
	w->fails = ERR_NONE;
	assert_int_equal(found(w, "comun"), 0);
	follow_words(w);
	assert_int_equal(found(w, "comun"), 38);
	world_end(w);
}

static void
reopen(struct world *w)
{
	index_close(w->ix);
	open_index(w);
}

static void
test_whole(void **state)
{
	struct world *w = world_make();
	unsigned n;
	FILE *f;

	(void)state;
	assert_false(index_is_whole(w->ix));
	follow(w);
	assert_true(index_is_whole(w->ix)); /* of nothing */
	fill(w, 100);
	assert_ok(index_reset(w->ix));
	for (int i = 0; i < 3; i++) {
		assert_false(index_is_whole(w->ix));
		assert_ok(index_step(w->ix, &w->source, 8, &n));
		assert_int_equal(n, 8);
		reopen(w);
	}
	assert_false(index_is_whole(w->ix));
	/* what cannot be taken now is not there */
	w->fails = ERR_IO;
	assert_err(index_step(w->ix, &w->source, 8, &n), ERR_IO);
	assert_false(index_is_whole(w->ix));
	w->fails = ERR_NONE;
	follow(w);
	assert_true(index_is_whole(w->ix));
	reopen(w);
	assert_true(index_is_whole(w->ix));
	index_sweep(w->ix); /* nothing is forgotten by that */
	assert_true(index_is_whole(w->ix));
	/* a broken file is begun anew */
	index_close(w->ix);
	f = fopen(w->path, "r+b");
	assert_non_null(f);
	assert_int_equal(fwrite("garbage garbage garbage", 1, 23, f), 23);
	fclose(f);
	open_index(w);
	assert_false(index_is_whole(w->ix));
	follow(w);
	assert_true(index_is_whole(w->ix));
	world_end(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_are_put_anew),
		cmocka_unit_test(test_nothing_is_left),
		cmocka_unit_test(test_words_of_a_row_that_went),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_failed),
		cmocka_unit_test(test_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
