/* SPDX-License-Identifier: Apache-2.0
 *
 * Who did what and what left, found in the index: by object, actor, act, team
 * and time; as many rows are looked at as are given, whatever there is beside.
 */
#include "index_bed.h"

#include "base/mem.h"
#include "crypto/jws.h"
#include "index/statements.h"
#include "record/entry.h"

enum { OWN, HOME, BR, LOGS };
enum { EPOCH_S = 1772323200 /* 2026-03-01 */, MONTH_S = 31 * 86400 };

struct world {
	char folder[BED_FOLDER], path[BED_PATH];
	struct schema *schema;
	struct arena mem;
	struct store *store;
	struct store_log log[LOGS];
	struct {
		struct span *jws;
		uint64_t n, cap;
	} at[LOGS];
	struct index *ix;
	struct index_source source;
	unsigned ids;
};

static const char *const origin_of[LOGS] = {
	"almenara.example/log/uy/7f3a09c2", "almenara.example/private/uy/1",
	"almenara.example/log/br/00000001"
};

static enum err
world_read(void *ctx, uint32_t log, uint64_t index, struct arena *a,
    struct store_body *body, struct span *jws)
{
	struct world *w = ctx;
	enum err e = store_get_body(w->store, log, index, a, body);

	for (int i = 0; e == ERR_NONE && i < LOGS; i++)
		if (w->log[i].id == log)
			*jws = w->at[i].jws[index];
	return e;
}

static void
open_index(struct world *w)
{
	w->ix = bed_index(w->path, w->schema);
}

static void
world_init(struct world *w)
{
	static const enum store_role role[LOGS] = { STORE_OWN, STORE_PRIVATE,
		STORE_MIRROR };

	memset(w, 0, sizeof *w);
	bed_folder(w->folder, w->path);
	assert_ok(schema_load(&schema_files, &w->schema, NULL));
	w->store = bed_store(origin_of, role, LOGS, w->log);
	w->source = (struct index_source){ w, w->store, world_read, NULL,
		NULL };
	open_index(w);
}

static void
world_release(struct world *w)
{
	index_close(w->ix);
	bed_remove(w->folder, w->path);
	store_free(w->store);
	schema_free(w->schema);
	arena_release(&w->mem);
	for (int i = 0; i < LOGS; i++)
		free(w->at[i].jws);
}

static void
keep_jws(struct world *w, int log, struct span jws)
{
	if (w->at[log].n == w->at[log].cap) {
		uint64_t cap = w->at[log].cap * 2 + 16;
		struct span *more = mem_array(cap, sizeof *more);

		if (w->at[log].n != 0)
			memcpy(more, w->at[log].jws,
			    w->at[log].n * sizeof *more);
		free(w->at[log].jws);
		w->at[log].jws = more;
		w->at[log].cap = cap;
	}
	w->at[log].jws[w->at[log].n++] = arena_copy(&w->mem, jws);
}

/* An entry of a log; `aud`: NULL for an open one. */
static void
add(struct world *w, int log, const char *kind, const char *aud,
    int64_t iat_s, const char *body)
{
	unsigned char seed[32] = { 1 }, r[10] = { 0 };
	struct store_body row = { .state = STORE_BODY_HELD,
		.bytes = span_str("{sealed}") };
	struct sign_secret key;
	struct sign_public public;
	struct digest z = { { 0 } };
	struct kid kid = kid_of(&z);
	struct span to[2] = { span_str(aud != NULL ? aud : ""),
		span_str("uy") };
	struct entry e = { .log = span_str(origin_of[log]),
		.iss = span_str(log == BR ? "br" : "uy"),
		.kind = span_str(kind), .iat_s = iat_s,
		.tlp = span_str(aud != NULL ? "TLP:AMBER" : "TLP:CLEAR"),
		.sealed = aud != NULL, .aud = to, .body = span_str(body) };
	struct buf payload, jws;

	e.aud_n = aud == NULL ? 0 : strcmp(aud, "uy") == 0 ? 1 : 2;
	r[8] = (unsigned char)(++w->ids >> 8);
	r[9] = (unsigned char)w->ids;
	e.id = uuid_make((struct wall){ 1767225600000 + w->ids }, r);
	sign_derive(seed, &key, &public);
	buf_init(&payload, 65536);
	buf_init(&jws, 98304);
	assert_ok(entry_write(&e, &payload));
	assert_ok(jws_write(ENTRY_TYP, &kid, buf_span(&payload), &key, &jws));
	keep_jws(w, log, buf_span(&jws));
	assert_ok(store_put_body(w->store, w->log[log].id, w->at[log].n - 1,
	    &row));
	buf_release(&payload);
	buf_release(&jws);
}

static void
did(struct world *w, const char *actor, const char *act, const char *subject,
    int64_t iat_s)
{
	char body[512];

	snprintf(body, sizeof body, "{\"actor\":\"%s\",\"act\":\"%s\","
	    "\"subject\":\"%s\"}", actor, act, subject);
	add(w, HOME, "audit", "uy", iat_s, body);
}

static void
follow(struct world *w)
{
	struct store_head head;
	struct arena a = { 0 };
	unsigned n;

	(void)!store_begin(w->store); /* it may be open already */
	for (int i = 0; i < LOGS; i++) {
		assert_ok(store_get_head(w->store, w->log[i].id, &a, &head));
		head.size = w->at[i].n;
		assert_ok(store_put_head(w->store, w->log[i].id, &head));
	}
	assert_ok(store_commit(w->store));
	arena_release(&a);
	index_sweep(w->ix);
	for (int i = 0; i < 100000 && index_lag(w->ix) != 0; i++)
		assert_ok(index_step(w->ix, &w->source, 64, &n));
	assert_int_equal(index_lag(w->ix), 0);
}

/* --- asking --- */

struct got {
	uint64_t index[2048], at[2048];
	uint32_t log;
	size_t n;
};

static bool
note(void *ctx, uint64_t at, uint32_t log, uint64_t index)
{
	struct got *g = ctx;

	assert_true(g->n < 2048);
	assert_true(g->n == 0 || at < g->at[g->n - 1]);
	g->at[g->n] = at;
	g->index[g->n++] = index;
	g->log = log;
	return true;
}

static struct index_traced
ask(struct world *w, const struct index_trace_ask *q, struct got *g)
{
	struct index_traced seen = { 0 };

	g->n = 0;
	assert_ok(index_traces(w->ix, q, note, g, &seen));
	assert_int_equal(seen.given, g->n);
	return seen;
}

static size_t
count(struct world *w, enum index_trace_by by, const char *value)
{
	struct got *g = mem_alloc(sizeof *g);
	struct index_traced seen = ask(w, &(struct index_trace_ask){ .by = by,
	    .value = span_str(value) }, g);
	size_t n = g->n;

	assert_int_equal(seen.looked, n);
	assert_int_equal(seen.next, 0);
	free(g);
	return n;
}

#define NOTICE "018f2f3e-7c1d-7a2b-9c3d-0123456789ab"

static void
fill(struct world *w)
{
	assert_ok(store_begin(w->store));
	did(w, "ana", "view", NOTICE, EPOCH_S);
	did(w, "ana", "log_export", NOTICE, EPOCH_S + 10);
	did(w, "rui", "view", NOTICE, EPOCH_S + MONTH_S);
	did(w, "rui", "view", "inbox", EPOCH_S + MONTH_S + 1);
	add(w, OWN, "warning", "br", EPOCH_S - 1, "{\"n\":0}");
	add(w, OWN, "warning", "br", EPOCH_S, "{\"n\":1}");
	add(w, OWN, "warning", "cl", EPOCH_S + 5, "{\"n\":2}");
	add(w, OWN, "warning", NULL, EPOCH_S + 6, "{\"n\":3}");
	add(w, OWN, "warning", "br", EPOCH_S + MONTH_S - 1, "{\"n\":4}");
	add(w, OWN, "warning", "br", EPOCH_S + MONTH_S, "{\"n\":5}");
	add(w, BR, "warning", "cl", EPOCH_S + 7, "{\"n\":6}");
	follow(w);
}

static void
check_small(struct world *w)
{
	struct got *g = mem_alloc(sizeof *g);
	struct index_trace_ask q = { .by = INDEX_TRACE_LEFT,
		.value = span_str("br"), .from_s = EPOCH_S,
		.until_s = EPOCH_S + MONTH_S };

	assert_int_equal(count(w, INDEX_TRACE_ALL, ""), 4);
	assert_int_equal(count(w, INDEX_TRACE_OF, NOTICE), 3);
	assert_int_equal(count(w, INDEX_TRACE_OF, "inbox"), 1);
	assert_int_equal(count(w, INDEX_TRACE_ACTOR, "ana"), 2);
	assert_int_equal(count(w, INDEX_TRACE_ACTOR, "an"), 0);
	assert_int_equal(count(w, INDEX_TRACE_ACT, "view"), 3);
	/* in March, both sealed to it and open, not what is for itself */
	assert_int_equal(ask(w, &q, g).looked, 3);
	assert_int_equal(g->log, w->log[OWN].id);
	assert_int_equal(g->index[0], 4);
	assert_int_equal(g->index[1], 3);
	assert_int_equal(g->index[2], 1);
	q.value = span_str("cl");
	assert_int_equal(ask(w, &q, g).given, 2);
	q.value = span_str("uy");
	assert_int_equal(ask(w, &q, g).given, 1);
	/* two properties at once */
	q = (struct index_trace_ask){ .by = INDEX_TRACE_ACTOR,
		.value = span_str("ana"), .and_n = 1,
		.and_by = INDEX_TRACE_ACT, .and_value = span_str("view") };
	assert_int_equal(ask(w, &q, g).given, 1);
	assert_int_equal(g->index[0], 0);
	free(g);
}

static void
test_found(void **state)
{
	struct world *w = mem_alloc(sizeof *w);

	(void)state;
	world_init(w);
	fill(w);
	check_small(w);
	/* made again it says the same, and after a restart */
	assert_ok(index_reset(w->ix));
	follow(w);
	check_small(w);
	index_close(w->ix);
	open_index(w);
	check_small(w);
	world_release(w);
	free(w);
}

/* --- many --- */

static void
test_work_is_what_is_given(void **state)
{
	struct world *w = mem_alloc(sizeof *w);
	struct index_trace_ask q = { .by = INDEX_TRACE_OF,
		.value = span_str(NOTICE) };
	struct got *g = mem_alloc(sizeof *g);
	char other[64];

	(void)state;
	world_init(w);
	fill(w);
	for (int round = 0; round < 2; round++) {
		const struct index_trace_ask left = {
			.by = INDEX_TRACE_LEFT, .value = span_str("br"),
			.from_s = EPOCH_S, .until_s = EPOCH_S + MONTH_S };

		assert_int_equal(ask(w, &q, g).looked, 3);
		assert_int_equal(ask(w, &left, g).looked, 3);
		assert_ok(store_begin(w->store));
		for (int i = 0; i < 1000 && round == 0; i++) {
			snprintf(other, sizeof other, "{\"n\":%d}", 100 + i);
			add(w, OWN, "warning", "cl", EPOCH_S + 20 + i, other);
			add(w, OWN, "warning", "br",
			    EPOCH_S + MONTH_S + 20 + i, other);
		}
		for (int i = 0; i < 3000; i++) {
			snprintf(other, sizeof other, "other-%d", i);
			did(w, i % 2 ? "ana" : "rui", "view", other,
			    EPOCH_S + i);
		}
		follow(w);
	}
	/* pages: each row once, none left out */
	q = (struct index_trace_ask){ .by = INDEX_TRACE_ACTOR,
		.value = span_str("ana"), .limit = 7 };
	for (size_t all = 0, pages = 0;; pages++) {
		struct index_traced seen = ask(w, &q, g);

		all += g->n;
		assert_true(seen.looked <= 7 && pages < 1000);
		q.before = seen.next;
		if (seen.next != 0)
			continue;
		assert_int_equal(all, 3002);
		break;
	}
	/* no answer is longer than a list may be */
	q = (struct index_trace_ask){ .by = INDEX_TRACE_ALL,
		.value = span_str(""), .limit = 100000 };
	assert_int_equal(ask(w, &q, g).given, LIMIT_LIST_ROWS);
	/* a second property that nothing has does not run through all */
	q = (struct index_trace_ask){ .by = INDEX_TRACE_ALL,
		.value = span_str(""), .and_n = 1,
		.and_by = INDEX_TRACE_ACT, .and_value = span_str("none") };
	assert_int_equal(ask(w, &q, g).looked, INDEX_LOOK_MAX);
	world_release(w);
	free(g);
	free(w);
}

/* The plan: both runs by the key, merged as they come. */
static void
test_plan(void **state)
{
	struct db_options o = { .application = 0x416c6d69, .cache_kib = 64,
		.read_only = true };
	struct world *w = mem_alloc(sizeof *w);
	struct db_stmt *st;
	struct db *db;
	struct buf b;
	bool row;
	int searches = 0;

	(void)state;
	world_init(w);
	fill(w);
	index_close(w->ix); /* a file is open once */
	w->ix = NULL;
	assert_ok(db_open(w->path, &o, &db, NULL));
	buf_init(&b, 4096);
	buf_put_format(&b, "EXPLAIN QUERY PLAN %s", index_sql[S_TRACE]);
	assert_ok(db_prepare(db, buf_str(&b), &st));
	while (db_step(st, &row) == ERR_NONE && row) {
		char line[256];

		snprintf(line, sizeof line, "%.*s", SPAN_FMT(db_span(st, 3)));
		assert_null(strstr(line, "SCAN finder"));
		assert_null(strstr(line, "TEMP B-TREE"));
		searches += strstr(line, "SEARCH finder USING PRIMARY KEY "
		    "(f=? AND k>? AND k<?)") != NULL;
	}
	assert_int_equal(searches, 2);
	db_finalize(st);
	db_close(db);
	buf_release(&b);
	world_release(w);
	free(w);
}

/* What finds a case, its steps, and what is about it: by a key of an index,
 * never through a table, however many entries there are. */
static void
test_a_case_is_found_by_keys(void **state)
{
	static const enum statement asked[] = { S_FIND_ID, S_FIND_D, S_FIRST_D,
		S_ID_NEWEST, S_ID_LAST, S_BY_D, S_CHAIN, S_ORIGINALS, S_COPIES,
		S_ANSWERS, S_OTHERS, S_AUDIENCE, S_TRACE_AT, S_ACKED };
	struct db_options o = { .application = 0x416c6d69, .cache_kib = 64,
		.read_only = true };
	struct world *w = mem_alloc(sizeof *w);
	struct db *db;

	(void)state;
	world_init(w);
	fill(w);
	index_close(w->ix);
	assert_ok(db_open(w->path, &o, &db, NULL));
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		struct db_stmt *st;
		struct buf b;
		bool row;
		int searches = 0;

		buf_init(&b, 8192);
		buf_put_format(&b, "EXPLAIN QUERY PLAN %s",
		    index_sql[asked[i]]);
		assert_ok(db_prepare(db, buf_str(&b), &st));
		while (db_step(st, &row) == ERR_NONE && row) {
			char line[256];

			snprintf(line, sizeof line, "%.*s",
			    SPAN_FMT(db_span(st, 3)));
			if (strncmp(line, "SCAN", 4) == 0)
				fail_msg("%s: %s", index_sql[asked[i]], line);
			searches += strncmp(line, "SEARCH", 6) == 0;
		}
		assert_true(searches > 0);
		db_finalize(st);
		buf_release(&b);
	}
	db_close(db);
	open_index(w);
	world_release(w);
	free(w);
}

/* --- at rest, and beside --- */

static bool
never(void *ctx, const struct index_row *row)
{
	(void)row;
	++*(int *)ctx;
	return true;
}

static void
test_names_are_not_in_the_file(void **state)
{
	struct world *w = mem_alloc(sizeof *w);
	static char all[1 << 20];
	int heads = 0;
	size_t n;
	FILE *f;

	(void)state;
	world_init(w);
	assert_ok(store_begin(w->store));
	did(w, "mariaquintero", "view", NOTICE, EPOCH_S);
	follow(w);
	assert_int_equal(count(w, INDEX_TRACE_ACTOR, "mariaquintero"), 1);
	/* no record of the trail stands among what people revise */
	assert_ok(index_home(w->ix, "audit", never, &heads));
	assert_int_equal(heads, 0);
	index_close(w->ix);
	f = fopen(w->path, "rb");
	assert_non_null(f);
	n = fread(all, 1, sizeof all, f);
	fclose(f);
	assert_true(n > 4096 && n < sizeof all);
	assert_null(memmem(all, n, "mariaquintero", 13));
	assert_null(memmem(all, n, NOTICE, 36));
	open_index(w);
	world_release(w);
	free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_work_is_what_is_given),
		cmocka_unit_test(test_plan),
		cmocka_unit_test(test_a_case_is_found_by_keys),
		cmocka_unit_test(test_names_are_not_in_the_file),
	};

	return cmocka_run_group_tests_name("trace", tests, NULL, NULL);
}
