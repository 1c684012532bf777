/* SPDX-License-Identifier: Apache-2.0
 *
 * A world for tests of the index: entries are made with record/entry.h and
 * signed; sealing is played, the opened text given.
 */
#ifndef TESTS_INDEX_WORLD_H
#define TESTS_INDEX_WORLD_H

#include "index_bed.h"

#include "base/json.h"
#include "base/mem.h"
#include "crypto/jws.h"
#include "record/entry.h"
#include "schema/show.h"

enum { ITEMS = 20000, LOGS = 4 };
enum { OWN, HOME, BR, CL };

struct item {
	unsigned log;
	uint64_t index;
	struct span jws; /* in the world's arena */
	struct digest d;
	struct uuid id;
	enum store_body_state state;
};

struct world {
	char folder[BED_FOLDER];
	char path[BED_PATH];
	struct schema *schema;
	struct arena mem;
	struct store *store;
	struct store_log log[LOGS];
	uint64_t size[LOGS];
	struct item *item;
	size_t n;
	struct index *ix;
	struct index_source source;
	bool unreadable;    /* every read fails */
	unsigned kill_at;   /* the process ends in this read; 0 = never */
	uint32_t seed;
};

WORLD const char *const team_of[LOGS] = { "uy", "uy", "br", "cl" };
WORLD const char *const origin_of[LOGS] = {
	"almenara.example/log/uy/7f3a09c2", "almenara.example/private/uy/1",
	"almenara.example/log/br/00000001", "almenara.example/log/cl/00000001"
};

WORLD uint32_t
draw(struct world *w)
{
	w->seed = w->seed * 1664525U + 1013904223U;
	return w->seed >> 8;
}

WORLD struct item *
item_at(struct world *w, uint32_t log, uint64_t index)
{
	for (size_t i = 0; i < w->n; i++) {
		if (w->log[w->item[i].log].id == log &&
		    w->item[i].index == index)
			return &w->item[i];
	}
	return NULL;
}

/* Index in the log is the place in this array too, so that it is found at
 * once in large worlds with one log. */
WORLD enum err
world_read(void *ctx, uint32_t log, uint64_t index, struct arena *a,
    struct store_body *body, struct span *jws)
{
	struct world *w = ctx;
	struct item *it = index < w->n && w->item[index].index == index &&
	    w->log[w->item[index].log].id == log ? &w->item[index] :
	    item_at(w, log, index);
	enum err e = store_get_body(w->store, log, index, a, body);

	if (w->kill_at != 0 && --w->kill_at == 0)
		_exit(9);
	if (e != ERR_NONE)
		return e;
	if (w->unreadable || it->jws.n == 0)
		return ERR_DECRYPT;
	*jws = arena_copy(a, it->jws);
	return ERR_NONE;
}

WORLD uint32_t
world_rank_of(void *ctx, struct span origin)
{
	struct world *w = ctx;

	for (int i = 0; i < LOGS; i++)
		if (span_is_str(origin, origin_of[i]))
			return w->log[i].id;
	return 0;
}

WORLD void
open_index(struct world *w)
{
	w->ix = bed_index(w->path, w->schema);
}

WORLD void
world_init(struct world *w)
{
	static const enum store_role role[LOGS] = { STORE_OWN, STORE_PRIVATE,
		STORE_MIRROR, STORE_MIRROR };

	memset(w, 0, sizeof *w);
	w->seed = 7;
	bed_folder(w->folder, w->path);
	assert_ok(schema_load(&schema_files, &w->schema, NULL));
	w->item = mem_array(ITEMS, sizeof *w->item);
	w->store = bed_store(origin_of, role, LOGS, w->log);
	w->source = (struct index_source){ w, w->store, world_read, NULL,
		world_rank_of };
	open_index(w);
}

WORLD void
world_release(struct world *w)
{
	index_close(w->ix);
	bed_remove(w->folder, w->path);
	store_free(w->store);
	schema_free(w->schema);
	arena_release(&w->mem);
	free(w->item);
}

/* What the next entry says. */
struct say {
	unsigned log;
	const char *kind, *tlp, *body;
	unsigned id; /* 0: a new one */
	uint64_t rev;
	const struct item *replaces, *re;
	int64_t iat_s;
	enum store_body_state state;
};

WORLD struct uuid
make_id(unsigned n)
{
	unsigned char r[10] = { 0, 0, 0, 0, 0, 0, 0, 0, (unsigned char)(n >> 8),
		(unsigned char)n };

	return uuid_make((struct wall){ 1767225600000 + n / 65536 }, r);
}

/* Make it and give it its place in the log; no body is there yet. */
WORLD struct item *
add(struct world *w, const struct say *s)
{
	static struct span aud[] = { { (const unsigned char *)"br", 2 },
		{ (const unsigned char *)"cl", 2 },
		{ (const unsigned char *)"uy", 2 } };
	unsigned char seed[32] = { 1 };
	struct sign_secret key;
	struct sign_public public;
	struct kid kid;
	struct item *it = &w->item[w->n];
	struct entry e = { 0 };
	struct buf payload, jws;
	struct digest z = { { 0 } };

	sign_derive(seed, &key, &public);
	kid = kid_of(&z);
	it->log = s->log;
	it->index = w->size[s->log]++;
	it->state = s->state;
	it->id = make_id(s->id != 0 ? s->id : 1000 + (unsigned)w->n);
	e.log = span_str(origin_of[s->log]);
	e.iss = span_str(team_of[s->log]);
	e.id = it->id;
	e.rev = s->rev;
	e.kind = span_str(s->kind);
	e.tlp = span_str(s->tlp);
	e.iat_s = s->iat_s != 0 ? s->iat_s : 1767225600 + (int64_t)w->n;
	e.sealed = strcmp(s->tlp, "TLP:CLEAR") != 0;
	e.aud = aud;
	e.aud_n = e.sealed ? 3 : 0;
	if (s->replaces != NULL) {
		e.replaces = arena_alloc(&w->mem, sizeof *e.replaces);
		e.replaces[0] = s->replaces->d;
		e.replaces_n = 1;
	}
	if (s->re != NULL) {
		e.has_re = true;
		e.re = s->re->d;
	}
	e.body = span_str(s->body);
	buf_init(&payload, 65536);
	buf_init(&jws, 98304);
	assert_ok(entry_write(&e, &payload));
	assert_ok(jws_write(ENTRY_TYP, &kid, buf_span(&payload), &key, &jws));
	it->jws = arena_copy(&w->mem, buf_span(&jws));
	it->d = hash_sha256(it->jws);
	buf_release(&payload);
	buf_release(&jws);
	w->n++;
	return it;
}

WORLD void
put_sizes(struct world *w)
{
	struct store_head head;
	struct arena a = { 0 };

	assert_ok(store_begin(w->store));
	for (int i = 0; i < LOGS; i++) {
		assert_ok(store_get_head(w->store, w->log[i].id, &a, &head));
		head.size = w->size[i];
		assert_ok(store_put_head(w->store, w->log[i].id, &head));
	}
	assert_ok(store_commit(w->store));
	arena_release(&a);
}

/* Its body becomes durable, in its present state. */
WORLD void
arrive(struct world *w, const struct item *it)
{
	struct store_body b = { .state = it->state,
		.bytes = span_str("{sealed}") };

	assert_ok(store_begin(w->store));
	assert_ok(store_put_body(w->store, w->log[it->log].id, it->index, &b));
	assert_ok(store_commit(w->store));
}

WORLD void
arrive_all(struct world *w)
{
	put_sizes(w);
	for (size_t i = 0; i < w->n; i++)
		arrive(w, &w->item[i]);
}

WORLD unsigned
follow(struct world *w)
{
	unsigned all = 0, n;

	for (int i = 0; i < 100000 && index_lag(w->ix) != 0; i++) {
		assert_ok(index_step(w->ix, &w->source, 8, &n));
		assert_true(n <= 8);
		all += n;
	}
	assert_int_equal(index_lag(w->ix), 0);
	return all;
}

#define WARN(t) "{\"title\":{\"es\":\"" t "\"},\"language\":\"es\"," \
	"\"severity\":\"Severe\",\"level\":4,\"impact\":{\"es\":\"ninguno\"}}"

/* Every relation that views are made of. */
WORLD void
fill_small(struct world *w)
{
	struct item *a, *b, *c;

	a = add(w, &(struct say){ BR, "warning", "TLP:AMBER",
	    WARN("Ação urgente contra bancos"), .id = 1 });
	b = add(w, &(struct say){ BR, "warning", "TLP:AMBER",
	    WARN("Ação urgente, corrigida"), .id = 1, .rev = 1,
	    .replaces = a });
	add(w, &(struct say){ OWN, "acknowledgement", "TLP:AMBER",
	    "{\"answer\":\"affected\",\"by_post\":\"Guardia\"}", .re = a });
	add(w, &(struct say){ CL, "acknowledgement", "TLP:AMBER",
	    "{\"answer\":\"assessing\",\"by_post\":\"Turno\"}", .re = b });
	add(w, &(struct say){ CL, "acknowledgement", "TLP:AMBER",
	    "{\"answer\":\"not_affected\",\"by_post\":\"Turno\"}", .re = b });
	c = add(w, &(struct say){ CL, "advisory", "TLP:CLEAR",
	    WARN("Parche para CVE-2026-1234"), .id = 2 });
	add(w, &(struct say){ OWN, "acknowledgement", "TLP:AMBER",
	    "{\"answer\":\"not_affected\",\"by_post\":\"Guardia\"}",
	    .re = c });
	add(w, &(struct say){ CL, "advisory", "TLP:CLEAR",
	    "{\"withdrawn\":{\"reason\":{\"es\":\"error\"}}}", .id = 2,
	    .rev = 1, .replaces = c });
	c = add(w, &(struct say){ BR, "watch", "TLP:GREEN",
	    WARN("Vigilancia vieja"), .id = 3 });
	add(w, &(struct say){ BR, "watch", "TLP:GREEN",
	    WARN("Vigilancia nueva"), .id = 4, .replaces = c });
	add(w, &(struct say){ BR, "comment", "TLP:GREEN",
	    "{\"text\":{\"es\":\"nota\"},\"author_post\":\"x\"}", .re = c });
	add(w, &(struct say){ OWN, "warning", "TLP:RED",
	    WARN("Propia"), .id = 5 });
	add(w, &(struct say){ CL, "moon-phase", "TLP:GREEN",
	    "{\"title\":\"Lua cheia: ação\",\"level\":2,\"x\":[{\"y\":1}]}",
	    .id = 6 });
	add(w, &(struct say){ CL, "warning", "TLP:GREEN", WARN("Falsa"),
	    .id = 2, .rev = 2, .replaces = c, .state = STORE_BODY_QUARANTINED });
	add(w, &(struct say){ BR, "warning", "TLP:GREEN", WARN("Anulada"),
	    .id = 7, .state = STORE_BODY_VOID });
	c = add(w, &(struct say){ HOME, "draft", "TLP:AMBER",
	    "{\"kind\":\"warning\",\"state\":\"draft\",\"author\":\"ana\","
	    "\"content\":{}}", .id = 8 });
	add(w, &(struct say){ HOME, "draft", "TLP:AMBER",
	    "{\"kind\":\"warning\",\"state\":\"review\",\"author\":\"ana\","
	    "\"content\":{}}", .id = 8, .rev = 1, .replaces = c });
	c = add(w, &(struct say){ HOME, "draft", "TLP:AMBER",
	    "{\"kind\":\"watch\",\"state\":\"draft\",\"author\":\"ana\","
	    "\"content\":{}}", .id = 9 });
	add(w, &(struct say){ HOME, "draft", "TLP:AMBER",
	    "{\"kind\":\"watch\",\"state\":\"discarded\",\"author\":\"ana\","
	    "\"content\":{}}", .id = 9, .rev = 1, .replaces = c });
	c = add(w, &(struct say){ HOME, "person", "TLP:RED",
	    "{\"login\":\"anaperez\",\"name\":\"Ana\",\"post\":\"Guardia\","
	    "\"roles\":[\"duty\"],\"active\":true}", .id = 10 });
	add(w, &(struct say){ HOME, "person", "TLP:RED",
	    "{\"login\":\"anaperez\",\"name\":\"Ana\",\"post\":\"Jefa\","
	    "\"roles\":[\"duty\"],\"active\":true}", .id = 10, .rev = 1, .replaces = c });
	add(w, &(struct say){ HOME, "person", "TLP:RED",
	    "{\"login\":\"luis\",\"name\":\"Luis\",\"post\":\"Guardia\","
	    "\"roles\":[\"duty\"],\"active\":false}", .id = 11 });
}

WORLD void
make_small(void **state)
{
	struct world *w = mem_alloc(sizeof *w);

	world_init(w);
	fill_small(w);
	*state = w;
}

WORLD void
end_small(struct world *w)
{
	world_release(w);
	free(w);
}

/* The word for row i of the small world, as a list gives it. */
struct seen {
	size_t n;
	struct uuid id[64];
	uint32_t flags[64];
	char brief[256];
	bool more;
};

WORLD bool
see(void *ctx, const struct index_row *r)
{
	struct seen *s = ctx;

	assert_true(s->n < 64);
	s->id[s->n] = r->id;
	s->flags[s->n++] = r->flags;
	snprintf(s->brief, sizeof s->brief, "%.*s", SPAN_FMT(r->brief));
	return true;
}

WORLD bool
has(const struct seen *s, unsigned id, uint32_t *flags)
{
	struct uuid u = make_id(id);

	for (size_t i = 0; i < s->n; i++) {
		if (!uuid_is_equal(&u, &s->id[i]))
			continue;
		if (flags != NULL)
			*flags = s->flags[i];
		return true;
	}
	return false;
}

WORLD struct seen
inbox(struct world *w, struct index_filter f)
{
	struct seen s = { 0 };

	assert_ok(index_inbox(w->ix, &f, see, &s, NULL));
	return s;
}

WORLD struct seen
search(struct world *w, const char *words)
{
	return inbox(w, (struct index_filter){ .search = span_str(words),
	    .ended = true });
}

#endif
