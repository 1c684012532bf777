/* SPDX-License-Identifier: Apache-2.0
 *
 * The questions of the audit trail over very many records: how long each takes
 * and how many rows of the index it looks at.
 *
 *	bench_audit [RECORDS]
 */
#include "base/mem.h"
#include "crypto/jws.h"
#include "index/index.h"
#include "record/entry.h"
#include "store/db.h"
#include "store/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { MANY = 1000000, LOGS = 2, BEGIN_S = 1772323200, SLICE = 64 };

static const char notice[] = "018f2f3e-7c1d-7a2b-9c3d-0123456789ab";
static const unsigned char key[32] = "an example key of 32 bytes, yes";

struct world {
	struct store *store;
	struct store_log log[LOGS];
	uint64_t size[LOGS];
	struct index *ix;
	struct sign_secret secret;
	struct kid kid;
};

static void
must(enum err e, const char *what)
{
	if (e == ERR_NONE)
		return;
	fprintf(stderr, "bench_audit: %s: %s\n", what, err_token(e));
	exit(1);
}

static double
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The body row holds the entry as it is: sealing is no part of this. */
static enum err
world_read(void *ctx, uint32_t log, uint64_t index, struct arena *a,
    struct store_body *body, struct span *jws)
{
	struct world *w = ctx;
	enum err e = store_get_body(w->store, log, index, a, body);

	if (e == ERR_NONE)
		*jws = body->bytes;
	return e;
}

static void
put(struct world *w, int log, const char *kind, const char *aud,
    int64_t iat_s, const char *body)
{
	unsigned char r[10] = { (unsigned char)log };
	struct span to[2] = { span_str(aud), span_str("uy") };
	struct entry e = { .iss = span_str("uy"), .kind = span_str(kind),
		.log = w->log[log].origin, .tlp = span_str("TLP:AMBER"),
		.iat_s = iat_s, .sealed = true, .aud = to,
		.aud_n = log == 0 ? 2 : 1, .body = span_str(body) };
	struct store_body row = { .state = STORE_BODY_HELD };
	struct buf payload, jws;

	if (log != 0)
		to[0] = to[1];
	memcpy(r + 2, &w->size[log], 8);
	e.id = uuid_make((struct wall){ iat_s * 1000 }, r);
	buf_init(&payload, 65536);
	buf_init(&jws, 98304);
	must(entry_write(&e, &payload), "entry");
	must(jws_write(ENTRY_TYP, &w->kid, buf_span(&payload), &w->secret,
	    &jws), "jws");
	row.bytes = buf_span(&jws);
	must(store_put_body(w->store, w->log[log].id, w->size[log]++, &row),
	    "body");
	buf_release(&payload);
	buf_release(&jws);
}

static void
fill(struct world *w, unsigned many)
{
	char body[512];

	must(store_begin(w->store), "begin");
	for (unsigned i = 0; i < many; i++) {
		bool is_notice = i % (many / 100) == 0;

		snprintf(body, sizeof body, "{\"actor\":\"user%u\","
		    "\"act\":\"view\",\"subject\":\"%s%u\"}", i % 40,
		    is_notice ? notice : "018f2f3e-7c1d-7a2b-9c3d-",
		    is_notice ? 0 : i);
		if (is_notice)
			snprintf(body, sizeof body, "{\"actor\":\"user%u\","
			    "\"act\":\"view\",\"subject\":\"%s\"}", i % 40,
			    notice);
		put(w, 1, "audit", "uy", BEGIN_S + i, body);
		if (i % 100 == 0)
			put(w, 0, "comment", i % 1000 == 0 ? "br" : "cl",
			    BEGIN_S + i, "{\"text\":{\"en\":\"x\"}}");
	}
	for (int i = 0; i < LOGS; i++) {
		struct store_head head = { .size = w->size[i] };

		must(store_put_head(w->store, w->log[i].id, &head), "head");
	}
	must(store_commit(w->store), "commit");
}

static bool
read_it(void *ctx, uint64_t at, uint32_t log, uint64_t index)
{
	struct world *w = ctx;
	struct arena a = { 0 };
	struct store_body body;
	struct span jws;

	(void)at;
	must(world_read(w, log, index, &a, &body, &jws), "read");
	arena_release(&a);
	return true;
}

static void
ask(struct world *w, const char *what, const struct index_trace_ask *q)
{
	struct index_traced seen;
	double t = now_s();

	must(index_traces(w->ix, q, read_it, w, &seen), "traces");
	printf("%s\t%u rows\t%u looked at\t%.1f ms\n", what, seen.given,
	    seen.looked, (now_s() - t) * 1e3);
}

int
main(int argc, char **argv)
{
	unsigned many = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : MANY;
	struct world *w = mem_alloc(sizeof *w);
	char folder[] = "/tmp/bench_audit.XXXXXX", path[64];
	unsigned char seed[32] = { 1 };
	struct sign_public public;
	struct digest z = { { 0 } };
	struct schema *schema;
	struct index_source source = { w, NULL, world_read, NULL, NULL };
	struct index_config config = { path, NULL, key, span_str("uy") };
	unsigned taken;
	double t;

	if (many < 1000 || mkdtemp(folder) == NULL)
		return 2;
	snprintf(path, sizeof path, "%s/index.db", folder);
	sign_derive(seed, &w->secret, &public);
	w->kid = kid_of(&z);
	must(schema_load(&schema_files, &schema, NULL), "schema");
	config.schema = schema;
	source.store = w->store = store_memory_create();
	must(store_begin(w->store), "begin");
	must(store_add_log(w->store, STORE_OWN,
	    span_str("almenara.example/log/uy/7f3a09c2"), &w->log[0]), "log");
	must(store_add_log(w->store, STORE_PRIVATE,
	    span_str("almenara.example/private/uy/1"), &w->log[1]), "log");
	must(store_commit(w->store), "commit");
	must(index_open(&config, &w->ix, NULL), "index");
	t = now_s();
	fill(w, many);
	printf("records\t%u\t%.1f s\n", many, now_s() - t);
	t = now_s();
	while (index_lag(w->ix) != 0)
		must(index_step(w->ix, &source, SLICE, &taken), "step");
	printf("indexed\t%.1f s\n", now_s() - t);
	ask(w, "who has seen a notice", &(struct index_trace_ask){
	    .by = INDEX_TRACE_OF, .value = span_str(notice) });
	ask(w, "what left for a team in a tenth of the time",
	    &(struct index_trace_ask){ .by = INDEX_TRACE_LEFT,
	    .value = span_str("br"), .from_s = BEGIN_S,
	    .until_s = BEGIN_S + many / 10 });
	ask(w, "what one person did", &(struct index_trace_ask){
	    .by = INDEX_TRACE_ACTOR, .value = span_str("user7") });
	index_close(w->ix);
	must(db_remove(path), "remove");
	rmdir(folder);
	store_free(w->store);
	schema_free(schema);
	free(w);
	return 0;
}
