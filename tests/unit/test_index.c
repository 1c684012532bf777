/* SPDX-License-Identifier: Apache-2.0
 *
 * The index over a store in memory: entries are made with record/entry.h and
 * signed; sealing is played by the world below, which gives the opened text.
 */
#include "index/index.h"

#include "base/json.h"
#include "base/mem.h"
#include "crypto/jws.h"
#include "index/fold.h"
#include "record/entry.h"
#include "schema/show.h"
#include "store/memory.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

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
	char folder[64];
	char path[96];
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

static const unsigned char store_key[32] = "an example key of 32 bytes, yes";
static const char *const team_of[LOGS] = { "uy", "uy", "br", "cl" };
static const char *const origin_of[LOGS] = {
	"almenara.example/log/uy/7f3a09c2", "almenara.example/private/uy/1",
	"almenara.example/log/br/00000001", "almenara.example/log/cl/00000001"
};

static uint32_t
draw(struct world *w)
{
	w->seed = w->seed * 1664525U + 1013904223U;
	return w->seed >> 8;
}

static struct item *
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
static enum err
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

static uint32_t
world_rank_of(void *ctx, struct span origin)
{
	struct world *w = ctx;

	for (int i = 0; i < LOGS; i++)
		if (span_is_str(origin, origin_of[i]))
			return w->log[i].id;
	return 0;
}

static void
open_index(struct world *w)
{
	struct index_config c = { w->path, w->schema, store_key,
		span_str("uy") };
	struct fault f = { .rule = "" };
	enum err e = index_open(&c, &w->ix, &f);

	if (e != ERR_NONE)
		fail_msg("%s: %s", err_token(e), f.rule);
}

static void
world_init(struct world *w)
{
	static const enum store_role role[LOGS] = { STORE_OWN, STORE_PRIVATE,
		STORE_MIRROR, STORE_MIRROR };

	memset(w, 0, sizeof *w);
	w->seed = 7;
	snprintf(w->folder, sizeof w->folder, "/tmp/test_index.XXXXXX");
	assert_non_null(mkdtemp(w->folder));
	snprintf(w->path, sizeof w->path, "%s/index.db", w->folder);
	assert_ok(schema_load(&schema_files, &w->schema, NULL));
	w->item = mem_array(ITEMS, sizeof *w->item);
	w->store = store_memory_create();
	assert_ok(store_begin(w->store));
	for (int i = 0; i < LOGS; i++)
		assert_ok(store_add_log(w->store, role[i],
		    span_str(origin_of[i]), &w->log[i]));
	assert_ok(store_commit(w->store));
	w->source = (struct index_source){ w, w->store, world_read, NULL,
		world_rank_of };
	open_index(w);
}

static void
world_release(struct world *w)
{
	static const char *const tail[] = { "", "-wal", "-shm" };
	char name[128];

	index_close(w->ix);
	for (size_t i = 0; i < 3; i++) {
		snprintf(name, sizeof name, "%s%s", w->path, tail[i]);
		unlink(name);
	}
	assert_int_equal(rmdir(w->folder), 0);
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

static struct uuid
make_id(unsigned n)
{
	unsigned char r[10] = { 0, 0, 0, 0, 0, 0, 0, 0, (unsigned char)(n >> 8),
		(unsigned char)n };

	return uuid_make((struct wall){ 1767225600000 + n / 65536 }, r);
}

/* Make it and give it its place in the log; no body is there yet. */
static struct item *
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

static void
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
static void
arrive(struct world *w, const struct item *it)
{
	struct store_body b = { .state = it->state,
		.bytes = span_str("{sealed}") };

	assert_ok(store_begin(w->store));
	assert_ok(store_put_body(w->store, w->log[it->log].id, it->index, &b));
	assert_ok(store_commit(w->store));
}

static void
arrive_all(struct world *w)
{
	put_sizes(w);
	for (size_t i = 0; i < w->n; i++)
		arrive(w, &w->item[i]);
}

static unsigned
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

/* --- views as text --- */

static bool
dump_row(void *ctx, const struct index_row *r)
{
	char id[UUID_TEXT + 1], d[ENTRY_DIGEST_TEXT + 1];
	struct buf *b = ctx;

	uuid_write(&r->id, id);
	entry_write_digest(&r->digest, d);
	buf_put_format(b, "%s %s %llu %.*s %.*s %d tlp%d L%d %lld f%x s%d n%u"
	    " %.*s\n", id, d, (unsigned long long)r->rev, SPAN_FMT(r->iss),
	    SPAN_FMT(r->kind), (int)r->index, r->has_tlp ? (int)r->tlp : -1,
	    r->level, (long long)r->iat_s, r->flags, (int)r->state,
	    r->revisions, SPAN_FMT(r->brief));
	return true;
}

static void
dump_lists(struct world *w, struct buf *b)
{
	struct index_counts c;
	static const struct index_filter list[] = { { .ended = true },
		{ .quarantined = true }, { .unacknowledged = true },
		{ .mine = true }, { .kind = { (const unsigned char *)"warning",
		7 } }, { .search = { (const unsigned char *)"acao", 4 } } };

	for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
		buf_put_format(b, "-- list %zu\n", i);
		assert_ok(index_inbox(w->ix, &list[i], dump_row, b, NULL));
	}
	buf_put_str(b, "-- home\n");
	assert_ok(index_drafts(w->ix, dump_row, b));
	assert_ok(index_persons(w->ix, dump_row, b));
	assert_ok(index_count(w->ix, &c));
	buf_put_format(b, "%llu %llu %llu %llu\n",
	    (unsigned long long)c.entries, (unsigned long long)c.notices,
	    (unsigned long long)c.owed, (unsigned long long)c.quarantined);
	for (int i = 0; i < 6; i++)
		buf_put_format(b, "%llu %llu, ",
		    (unsigned long long)c.by_level[i],
		    (unsigned long long)c.owed_by_level[i]);
}

static void
dump(struct world *w, struct buf *b)
{
	struct index_notice want = { dump_row, dump_row, dump_row, b };
	struct arena a = { 0 };

	buf_clear(b);
	dump_lists(w, b);
	for (size_t i = 0; i < w->n; i++) {
		struct index_audience aud = { 0 };
		struct index_row r;

		if (index_by_digest(w->ix, &w->item[i].d, &a, &r) != ERR_NONE)
			continue;
		buf_put_str(b, "-- item\n");
		assert_ok(index_notice(w->ix, &r, &want, &a, &aud));
		buf_put_format(b, "open%d", aud.open);
		for (size_t k = 0; k < aud.n; k++)
			buf_put_format(b, " %.*s", SPAN_FMT(aud.team[k]));
		buf_put_u8(b, '\n');
	}
	arena_release(&a);
	assert_ok(buf_check(b));
}

#define WARN(t) "{\"title\":{\"es\":\"" t "\"},\"language\":\"es\"," \
	"\"severity\":\"Severe\",\"level\":4,\"impact\":{\"es\":\"ninguno\"}}"

/* Every relation that views are made of. */
static void
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

static void
make_small(void **state)
{
	struct world *w = mem_alloc(sizeof *w);

	world_init(w);
	fill_small(w);
	*state = w;
}

static void
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

static bool
see(void *ctx, const struct index_row *r)
{
	struct seen *s = ctx;

	assert_true(s->n < 64);
	s->id[s->n] = r->id;
	s->flags[s->n++] = r->flags;
	snprintf(s->brief, sizeof s->brief, "%.*s", SPAN_FMT(r->brief));
	return true;
}

static bool
has(const struct seen *s, unsigned id, uint32_t *flags)
{
	struct uuid u = make_id(id);

	for (size_t i = 0; i < s->n; i++) {
		if (memcmp(&u, &s->id[i], sizeof u) != 0)
			continue;
		if (flags != NULL)
			*flags = s->flags[i];
		return true;
	}
	return false;
}

static struct seen
inbox(struct world *w, struct index_filter f)
{
	struct seen s = { 0 };

	assert_ok(index_inbox(w->ix, &f, see, &s, NULL));
	return s;
}

static struct seen
search(struct world *w, const char *words)
{
	return inbox(w, (struct index_filter){ .search = span_str(words),
	    .ended = true });
}

/* --- the tests --- */

static void
test_view(void **state)
{
	struct world *w;
	struct seen s;
	uint32_t f;

	make_small(state);
	w = *state;
	arrive_all(w);
	assert_int_equal(follow(w), w->n);
	s = inbox(w, (struct index_filter){ 0 });
	/* 1 corrected, 4 in place of 3, 5 own, 6 unknown */
	assert_int_equal(s.n, 4);
	assert_true(has(&s, 1, &f));
	assert_true((f & INDEX_UPDATED) && (f & INDEX_OWED));
	assert_false(f & INDEX_ACKNOWLEDGED); /* only the first revision was */
	assert_true(has(&s, 4, &f) && (f & INDEX_OWED));
	assert_true(has(&s, 5, &f) && (f & INDEX_MINE) && !(f & INDEX_OWED));
	assert_true(has(&s, 6, &f) && (f & INDEX_UNKNOWN) &&
	    !(f & INDEX_OWED));
	s = inbox(w, (struct index_filter){ .ended = true });
	assert_int_equal(s.n, 6);
	assert_true(has(&s, 3, &f) && (f & INDEX_REPLACED));
	assert_true(has(&s, 2, &f) && (f & INDEX_ENDED) && (f & INDEX_OWED));
	assert_false(has(&s, 7, NULL)); /* void */
	s = inbox(w, (struct index_filter){ .unacknowledged = true });
	assert_int_equal(s.n, 3); /* 1, 4, and 2: withdrawn after our answer */
	s = inbox(w, (struct index_filter){ .quarantined = true });
	assert_int_equal(s.n, 1);
	s = inbox(w, (struct index_filter){ .kind = span_str("watch") });
	assert_int_equal(s.n, 1);
	end_small(w);
}

static bool
count_row(void *ctx, const struct index_row *r)
{
	(void)r;
	++*(unsigned *)ctx;
	return true;
}

static void
test_notice(void **state)
{
	struct world *w;
	struct arena a = { 0 };
	struct index_audience aud;
	struct index_row r;
	unsigned n = 0;

	make_small(state);
	w = *state;
	arrive_all(w);
	follow(w);
	assert_ok(index_by_digest(w->ix, &w->item[0].d, &a, &r));
	assert_ok(index_notice(w->ix, &r, &(struct index_notice){
	    .revision = count_row, .ctx = &n }, &a, &aud));
	assert_int_equal(n, 2);
	assert_false(aud.open);
	assert_int_equal(aud.n, 3);
	assert_true(span_is_str(aud.team[0], "br"));
	n = 0; /* ours to the first, the later one of cl to the second */
	assert_ok(index_notice(w->ix, &r, &(struct index_notice){
	    .answer = count_row, .ctx = &n }, &a, NULL));
	assert_int_equal(n, 2);
	assert_ok(index_by_digest(w->ix, &w->item[8].d, &a, &r));
	n = 0;
	assert_ok(index_notice(w->ix, &r, &(struct index_notice){
	    .other = count_row, .ctx = &n }, &a, &aud));
	assert_int_equal(n, 1);
	assert_ok(index_by_digest(w->ix, &w->item[5].d, &a, &r));
	assert_ok(index_notice(w->ix, &r, &(struct index_notice){ 0 }, &a,
	    &aud));
	assert_true(aud.open);
	arena_release(&a);
	end_small(w);
}

static void
test_home(void **state)
{
	struct world *w;
	struct arena a = { 0 };
	struct index_row r;
	struct seen s = { 0 };

	make_small(state);
	w = *state;
	arrive_all(w);
	follow(w);
	assert_ok(index_drafts(w->ix, see, &s));
	assert_int_equal(s.n, 1);
	assert_non_null(strstr(s.brief, "\"review\""));
	s.n = 0;
	assert_ok(index_persons(w->ix, see, &s));
	assert_int_equal(s.n, 2);
	assert_ok(index_person_by_user(w->ix, span_str("anaperez"), &a, &r));
	assert_non_null(strstr((const char *)r.brief.p, "Jefa"));
	assert_err(index_person_by_user(w->ix, span_str("luis"), &a, &r),
	    ERR_NOT_FOUND); /* not active */
	assert_err(index_person_by_user(w->ix, span_str("eva"), &a, &r),
	    ERR_NOT_FOUND);
	arena_release(&a);
	end_small(w);
}

static void
test_any_order(void **state)
{
	struct world *w;
	struct buf first, b;

	make_small(state);
	w = *state;
	buf_init(&first, 1 << 22);
	buf_init(&b, 1 << 22);
	put_sizes(w);
	for (int round = 0; round < 40; round++) {
		size_t order[64];
		unsigned n;

		store_free(w->store);
		w->store = store_memory_create();
		w->source.store = w->store;
		assert_ok(store_begin(w->store));
		for (int i = 0; i < LOGS; i++)
			assert_ok(store_add_log(w->store, i == OWN ? STORE_OWN :
			    i == HOME ? STORE_PRIVATE : STORE_MIRROR,
			    span_str(origin_of[i]), &w->log[i]));
		assert_ok(store_commit(w->store));
		put_sizes(w);
		assert_ok(index_reset(w->ix));
		follow(w);
		for (size_t i = 0; i < w->n; i++)
			order[i] = i;
		for (size_t i = w->n; i > 1 && round > 0; i--) {
			size_t k = draw(w) % i, t = order[i - 1];

			order[i - 1] = round == 1 ? order[i - 1] : order[k];
			if (round != 1)
				order[k] = t;
		}
		for (size_t i = 0; i < w->n; i++) {
			struct item *it = &w->item[order[round == 1 ?
			    w->n - 1 - i : i]];

			arrive(w, it);
			index_arrived(w->ix, w->log[it->log].id, it->index);
			if (draw(w) % 3 == 0)
				assert_ok(index_step(w->ix, &w->source,
				    1 + draw(w) % 4, &n));
		}
		follow(w);
		dump(w, round == 0 ? &first : &b);
		if (round > 0)
			assert_string_equal(buf_str(&b), buf_str(&first));
	}
	/* and as a whole, by sweeping */
	assert_ok(index_reset(w->ix));
	follow(w);
	dump(w, &b);
	assert_string_equal(buf_str(&b), buf_str(&first));
	buf_release(&first);
	buf_release(&b);
	end_small(w);
}

/* A child is killed inside a step; what it had committed is there, what it
 * had not is taken by the next. */
static void
test_killed(void **state)
{
	struct world *w;
	struct buf whole, b;
	struct index_counts c;

	make_small(state);
	w = *state;
	buf_init(&whole, 1 << 22);
	buf_init(&b, 1 << 22);
	arrive_all(w);
	follow(w);
	dump(w, &whole);
	for (unsigned at = 1; at <= w->n; at += 3) {
		int status;
		pid_t pid;

		assert_ok(index_reset(w->ix));
		index_close(w->ix);
		w->ix = NULL;
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			unsigned n;

			open_index(w);
			w->kill_at = at;
			while (index_step(w->ix, &w->source, 4, &n) ==
			    ERR_NONE && index_lag(w->ix) != 0)
				;
			_exit(0);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(WEXITSTATUS(status), 9);
		open_index(w);
		assert_ok(index_count(w->ix, &c));
		/* whole steps only, of 4 each */
		assert_int_equal(c.entries, (at - 1) / 4 * 4);
		assert_int_equal(follow(w), w->n - c.entries);
		dump(w, &b);
		assert_string_equal(buf_str(&b), buf_str(&whole));
	}
	buf_release(&whole);
	buf_release(&b);
	end_small(w);
}

/* What a revoked key signed is removed, and an erased body; a healed one
 * comes back. */
static void
test_changes(void **state)
{
	struct world *w;
	struct index_counts c;
	struct seen s;
	uint32_t f;

	make_small(state);
	w = *state;
	arrive_all(w);
	follow(w);
	w->item[1].state = STORE_BODY_VOID; /* revision 2 of 1 */
	w->item[9].state = STORE_BODY_DAMAGED; /* what stood instead of 3 */
	arrive(w, &w->item[1]);
	arrive(w, &w->item[9]);
	assert_int_equal(index_lag(w->ix), 0);
	index_sweep(w->ix);
	follow(w);
	s = inbox(w, (struct index_filter){ 0 });
	assert_true(has(&s, 1, &f) && (f & INDEX_ACKNOWLEDGED) &&
	    !(f & INDEX_UPDATED) && !(f & INDEX_OWED));
	assert_true(has(&s, 3, &f) && !(f & INDEX_REPLACED));
	assert_false(has(&s, 4, NULL));
	assert_ok(index_count(w->ix, &c));
	assert_int_equal(c.stale, 1);
	w->item[9].state = STORE_BODY_HELD;
	arrive(w, &w->item[9]);
	index_arrived(w->ix, w->log[BR].id, w->item[9].index);
	follow(w);
	s = inbox(w, (struct index_filter){ 0 });
	assert_false(has(&s, 3, NULL));
	assert_true(has(&s, 4, NULL));
	end_small(w);
}

static void
test_unreadable(void **state)
{
	struct world *w;
	struct index_counts c;

	make_small(state);
	w = *state;
	w->unreadable = true;
	arrive_all(w);
	assert_int_equal(follow(w), 1); /* the quarantined one is shown */
	assert_ok(index_count(w->ix, &c));
	assert_int_equal(c.entries, 1);
	w->unreadable = false;
	index_sweep(w->ix);
	assert_int_equal(follow(w), w->n - 1);
	end_small(w);
}

static void
test_search(void **state)
{
	struct world *w;
	struct seen s;

	make_small(state);
	w = *state;
	arrive_all(w);
	follow(w);
	s = search(w, "acao");
	assert_int_equal(s.n, 2);
	assert_true(has(&s, 1, NULL) && has(&s, 6, NULL));
	assert_int_equal(search(w, "AÇÃO urgente").n, 1);
	assert_int_equal(search(w, "acao luna").n, 0);
	assert_int_equal(search(w, "bancos").n, 0); /* was corrected away */
	assert_int_equal(search(w, "corrigida").n, 1);
	assert_int_equal(search(w, "Falsa").n, 0);   /* quarantined */
	assert_int_equal(search(w, "...").n, 0);
	assert_int_equal(search(w, "\" OR p* NEAR(").n, 0);
	assert_int_equal(search(w, "ninguno").n, 4);
	/* the withdrawn revision of CVE-... has no such word any more */
	assert_int_equal(search(w, "cve-2026-1234").n, 0);
	end_small(w);
}

static void
test_find(void **state)
{
	struct world *w;
	struct arena a = { 0 };
	struct index_row r;
	struct seen s = { 0 };
	char id[UUID_TEXT + 1], d[ENTRY_DIGEST_TEXT + 1];

	make_small(state);
	w = *state;
	arrive_all(w);
	follow(w);
	uuid_write(&w->item[0].id, id);
	assert_ok(index_find(w->ix, INDEX_NOTICES, span_str(id), &a, &r, NULL,
	    NULL));
	assert_int_equal(r.rev, 1);
	assert_memory_equal(&r.digest, &w->item[1].d, 32);
	assert_ok(index_find(w->ix, INDEX_NOTICES, span_str(id + 30), &a, &r,
	    NULL, NULL));
	assert_int_equal(r.rev, 1);
	/* ids of this world differ in the last two characters only */
	assert_err(index_find(w->ix, INDEX_SHARED, span_str("0000"), &a, &r,
	    NULL, NULL), ERR_NOT_FOUND);
	entry_write_digest(&w->item[0].d, d);
	assert_ok(index_find(w->ix, INDEX_NOTICES, span_str(d + 33), &a, &r,
	    NULL, NULL));
	assert_int_equal(r.rev, 0); /* exactly that entry */
	assert_ok(index_find(w->ix, INDEX_NOTICES, span_str(d), &a, &r,
	    NULL, NULL));
	assert_err(index_find(w->ix, INDEX_NOTICES, span_str("01"), &a, &r,
	    NULL, NULL), ERR_USAGE);
	uuid_write(&w->item[15].id, id);
	assert_ok(index_draft(w->ix, span_str(id + 28), &a, &r, NULL, NULL));
	assert_int_equal(r.rev, 1);
	assert_err(index_find(w->ix, INDEX_NOTICES, span_str(id), &a, &r,
	    NULL, NULL), ERR_NOT_FOUND);
	/* two records with one tail */
	add(w, &(struct say){ BR, "warning", "TLP:GREEN", WARN("Otra"),
	    .id = 65536 + 1 });
	arrive_all(w);
	index_sweep(w->ix);
	follow(w);
	uuid_write(&w->item[0].id, id);
	assert_err(index_find(w->ix, INDEX_NOTICES, span_str(id + 30), &a, &r,
	    see, &s), ERR_CONFLICT);
	assert_int_equal(s.n, 2);
	assert_ok(index_find(w->ix, INDEX_NOTICES, span_str(id), &a, &r, NULL,
	    NULL));
	arena_release(&a);
	end_small(w);
}

static bool
file_has(const char *path, const char *word)
{
	size_t n = strlen(word), size = 0;
	FILE *f = fopen(path, "rb");
	struct buf b;
	bool found = false;

	if (f == NULL)
		return false;
	buf_init(&b, 1 << 26);
	do {
		unsigned char *p = buf_extend(&b, 65536);

		size = fread(p, 1, 65536, f);
		b.n -= 65536 - size;
	} while (size == 65536);
	fclose(f);
	for (size_t i = 0; i + n <= b.n && !found; i++)
		found = strncasecmp((const char *)b.p + i, word, n) == 0;
	buf_release(&b);
	return found;
}

/* A copied file reveals no word of what is above TLP:CLEAR. */
static void
test_sealed_at_rest(void **state)
{
	static const char *const hidden[] = { "urgente", "bancos", "ninguno!",
		"Vigilancia", "Guardia", "anaperez", "not_affected",
		"affected", "Lua cheia", "cheia" };
	struct world *w;
	char wal[128];

	make_small(state);
	w = *state;
	arrive_all(w);
	follow(w);
	snprintf(wal, sizeof wal, "%s-wal", w->path);
	for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
		assert_false(file_has(w->path, hidden[i]));
		assert_false(file_has(wal, hidden[i]));
	}
	/* what is TLP:CLEAR stands there: the look above sees something */
	assert_true(file_has(wal, "parche") || file_has(w->path, "parche"));
	end_small(w);
}

static void
test_other_key(void **state)
{
	static const unsigned char other[32] = "another key of thirty-two bytes";
	struct world *w;
	struct index_config c;
	struct index_counts n;
	FILE *f;

	make_small(state);
	w = *state;
	arrive_all(w);
	follow(w);
	index_close(w->ix);
	c = (struct index_config){ w->path, w->schema, other, span_str("uy") };
	assert_ok(index_open(&c, &w->ix, NULL));
	assert_ok(index_count(w->ix, &n));
	assert_int_equal(n.entries, 0);
	assert_int_equal(follow(w), w->n);
	index_close(w->ix);
	/* a broken file is made again */
	f = fopen(w->path, "r+b");
	assert_non_null(f);
	assert_int_equal(fwrite("garbage garbage garbage", 1, 23, f), 23);
	fclose(f);
	assert_ok(index_open(&c, &w->ix, NULL));
	assert_int_equal(follow(w), w->n);
	end_small(w);
}

static void
put_word(void *ctx, struct span word)
{
	buf_put_format(ctx, "%.*s|", SPAN_FMT(word));
}

static void
test_fold(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	fold_text(span_str("Ação, CORAÇÕES (niño) Straße e\xcc\x81" "té"),
	    put_word, &b);
	assert_string_equal(buf_str(&b),
	    "acao|coracoes|nino|strasse|ete|");
	buf_clear(&b);
	fold_text(span_str("CVE-2026-1234."), put_word, &b);
	assert_string_equal(buf_str(&b),
	    "cve|2026|1234|cve-2026|cve-2026-1234|");
	buf_clear(&b);
	fold_text(span_str("http://192.0.2.7/x"), put_word, &b);
	assert_string_equal(buf_str(&b),
	    "http|192|0|2|7|192.0|192.0.2|192.0.2.7|x|");
	buf_clear(&b);
	fold_query(span_str("192.0.2.7 mal-vado.org"), put_word, &b);
	assert_string_equal(buf_str(&b), "192.0.2.7|mal|vado|org|");
	buf_clear(&b);
	fold_text(span_str("\xff\xc3(\xe2\x82 ok \xc3"), put_word, &b);
	assert_string_equal(buf_str(&b), "ok|");
	buf_release(&b);
}

static int64_t
clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* 10,000 entries: complete, found, and listed page by page. */
static void
test_many(void **state)
{
	enum { N = 10000 };
	struct world *w = mem_alloc(sizeof *w);
	struct seen s;
	uint64_t next = 0;
	size_t all = 0;
	int64_t from;

	(void)state;
	world_init(w);
	for (unsigned i = 0; i < N; i++) {
		char body[512];

		snprintf(body, sizeof body, "{\"title\":{\"es\":\"Alerta %u "
		    "común palabra%u\"},\"level\":%u}", i, i % 100, 1 + i % 5);
		add(w, &(struct say){ BR, "warning",
		    i % 2 != 0 ? "TLP:GREEN" : "TLP:CLEAR", body,
		    .id = 1 + i });
	}
	arrive_all(w);
	from = clock_us();
	assert_int_equal(follow(w), N);
	print_message("# %d entries taken in %lld ms\n", N,
	    (long long)(clock_us() - from) / 1000);
	from = clock_us();
	s = inbox(w, (struct index_filter){ .search = span_str("comun"),
	    .limit = 20 });
	print_message("# a common word: %lld us\n",
	    (long long)(clock_us() - from));
	assert_int_equal(s.n, 20);
	assert_true(has(&s, N, NULL) && has(&s, N - 19, NULL));
	s = inbox(w, (struct index_filter){ .search =
	    span_str("palabra7 comun"), .limit = 50 });
	assert_int_equal(s.n, 50);
	do {
		s = (struct seen){ 0 };
		assert_ok(index_inbox(w->ix, &(struct index_filter){
		    .before = next, .limit = 64 }, see, &s, &next));
		all += s.n;
	} while (next != 0);
	assert_int_equal(all, N);
	world_release(w);
	free(w);
}

/* --- what others carry --- */

static const char *
carry(struct world *w, const struct item *it, const char *tlp, bool reshare)
{
	struct buf b;
	const char *text;
	char d[ENTRY_DIGEST_TEXT + 1];

	entry_write_digest(&it->d, d);
	buf_init(&b, 65536);
	buf_put_format(&b, "{\"of\":\"%s\",\"index\":%d,", d,
	    (int)it->index);
	if (reshare)
		buf_put_format(&b, "\"log\":\"%s\",", origin_of[it->log]);
	else
		buf_put_format(&b, "\"tlp\":\"%s\",", tlp);
	buf_put_format(&b, "\"jws\":\"%.*s\"}", SPAN_FMT(it->jws));
	text = arena_string(&w->mem, buf_span(&b));
	buf_release(&b);
	return text;
}

struct given {
	unsigned n;
	uint32_t flags[8];
	uint64_t index[8], rev[8];
	enum tlp tlp[8];
};

static bool
give(void *ctx, const struct index_row *r)
{
	struct given *s = ctx;

	assert_true(s->n < 8);
	s->flags[s->n] = r->flags;
	s->index[s->n] = r->index;
	s->rev[s->n] = r->rev;
	s->tlp[s->n++] = r->tlp;
	return true;
}

static const char carried_body[] = "{\"title\":{\"en\":\"Valve\"},"
    "\"level\":4}";

/* A document that was sealed to us and is released is one notice, open and
 * newly placed; its release and copies change neither that nor its revisions,
 * in whatever order they come. */
static void
test_a_release_stands_for_its_document(void **state)
{
	static const uint8_t order[][4] = { { 0, 1, 2, 3 }, { 3, 2, 1, 0 },
		{ 2, 0, 3, 1 }, { 1, 3, 0, 2 } };

	(void)state;
	for (size_t o = 0; o < sizeof order / sizeof *order; o++) {
		struct world *w = mem_alloc(sizeof *w);
		struct item *it[4];
		struct index_notice want = { .revision = give };
		struct index_audience audience;
		struct given list = { 0 }, chain = { 0 }, copies = { 0 };
		struct index_row row;
		struct arena a = { 0 };

		world_init(w);
		it[0] = add(w, &(struct say){ .log = 2, .kind = "warning",
				   .tlp = "TLP:AMBER", .id = 5,
				   .body = carried_body });
		it[1] = add(w, &(struct say){ .log = 2, .kind = "release",
				   .tlp = "TLP:CLEAR",
				   .body = carry(w, it[0], "TLP:CLEAR",
				       false) });
		it[2] = add(w, &(struct say){ .log = 3, .kind = "reshare",
				   .tlp = "TLP:AMBER",
				   .body = carry(w, it[0], "", true) });
		it[3] = add(w, &(struct say){ .log = 3, .kind = "comment",
				   .tlp = "TLP:AMBER", .re = it[0],
				   .body = "{}" });
		put_sizes(w);
		for (unsigned i = 0; i < 4; i++) {
			arrive(w, it[order[o][i]]);
			index_sweep(w->ix);
			follow(w);
		}
		assert_ok(index_inbox(w->ix, &(struct index_filter){ 0 }, give,
		    &list, NULL));
		assert_int_equal(list.n, 1);
		assert_int_equal(list.index[0], 1);
		assert_int_equal(list.tlp[0], TLP_CLEAR);
		assert_true((list.flags[0] & INDEX_RELEASED) != 0);
		assert_true((list.flags[0] & INDEX_OPEN) != 0);
		assert_ok(index_by_digest(w->ix, &it[0]->d, &a, &row));
		assert_true(span_is_str(row.iss, "br"));
		want.ctx = &chain;
		assert_ok(index_notice(w->ix, &row, &want, &a, &audience));
		assert_int_equal(chain.n, 1);
		assert_true(audience.open);
		assert_ok(index_copies(w->ix, &it[0]->d, give, &copies));
		assert_int_equal(copies.n, 2);
		arena_release(&a);
		world_release(w);
		free(w);
	}
}

/* A later revision that only came by another team is the newest one. */
static void
test_a_copy_of_a_later_revision_is_newer(void **state)
{
	struct world *w = mem_alloc(sizeof *w);
	struct given list = { 0 };
	struct item *first, *second;

	(void)state;
	world_init(w);
	first = add(w, &(struct say){ .log = 2, .kind = "warning",
			   .tlp = "TLP:GREEN", .id = 5,
			   .body = carried_body });
	second = add(w, &(struct say){ .log = 2, .kind = "warning", .id = 5,
			    .rev = 1, .replaces = first, .tlp = "TLP:GREEN",
			    .body = carried_body });
	arrive(w, add(w, &(struct say){ .log = 3, .kind = "reshare",
			     .tlp = "TLP:GREEN",
			     .body = carry(w, second, "", true) }));
	arrive(w, first);
	put_sizes(w);
	index_sweep(w->ix);
	follow(w);
	assert_ok(index_inbox(w->ix, &(struct index_filter){ 0 }, give, &list,
	    NULL));
	assert_int_equal(list.n, 1);
	assert_int_equal(list.rev[0], 1);
	assert_true((list.flags[0] & INDEX_RESHARED) != 0);
	world_release(w);
	free(w);
}

/* A mark is part of the name: what answers or revises across it is about
 * nothing that is here. */
static void
test_an_exercise_touches_nothing_real(void **state)
{
	static const char real[] = "{\"title\":{\"en\":\"R\"},\"level\":5}";
	static const char drill[] = "{\"title\":{\"en\":\"D\"},\"level\":5,"
				    "\"exercise\":\"FARO\"}";
	static const char yes[] = "{\"answer\":\"affected\"}";
	static const char drilled[] = "{\"answer\":\"affected\","
				      "\"exercise\":\"FARO\"}";
	struct world *w = mem_alloc(sizeof *w);
	const struct item *r, *d;
	struct index_row row;
	struct index_counts n;
	struct given list = { 0 };

	(void)state;
	world_init(w);
	r = add(w, &(struct say){ .log = 2, .kind = "warning",
		       .tlp = "TLP:GREEN", .id = 5, .body = real });
	d = add(w, &(struct say){ .log = 2, .kind = "warning",
		       .tlp = "TLP:GREEN", .id = 6, .body = drill });
	arrive(w, r);
	arrive(w, d);
	/* an answer of an exercise to what is real, and the reverse */
	arrive(w, add(w, &(struct say){ .log = 0, .kind = "acknowledgement",
			     .tlp = "TLP:AMBER", .re = r, .body = drilled }));
	arrive(w, add(w, &(struct say){ .log = 0, .kind = "acknowledgement",
			     .tlp = "TLP:AMBER", .re = d, .body = yes }));
	/* a revision of what is real, marked */
	arrive(w, add(w, &(struct say){ .log = 2, .kind = "warning", .id = 5,
			     .rev = 1, .replaces = r, .tlp = "TLP:GREEN",
			     .body = drill }));
	put_sizes(w);
	index_sweep(w->ix);
	follow(w);
	assert_ok(index_count(w->ix, &n));
	assert_int_equal(n.notices, 1);
	assert_int_equal(n.owed, 1);
	assert_int_equal(n.exercises, 2);
	assert_ok(index_newest_real(w->ix, 5, &w->mem, &row));
	assert_true(digest_is_equal(&row.digest, &r->d));
	assert_true((row.flags & (INDEX_OWED | INDEX_NEWEST)) ==
	    (INDEX_OWED | INDEX_NEWEST));
	assert_ok(index_by_digest(w->ix, &d->d, &w->mem, &row));
	assert_true((row.flags & (INDEX_OWED | INDEX_EXERCISE)) ==
	    (INDEX_OWED | INDEX_EXERCISE));
	/* its own answer is one */
	arrive(w, add(w, &(struct say){ .log = 0, .kind = "acknowledgement",
			     .tlp = "TLP:AMBER", .re = d, .body = drilled }));
	put_sizes(w);
	index_sweep(w->ix);
	follow(w);
	assert_ok(index_by_digest(w->ix, &d->d, &w->mem, &row));
	assert_int_equal(row.flags & INDEX_OWED, 0);
	assert_ok(index_inbox(w->ix, &(struct index_filter){ 0 }, give, &list,
	    NULL));
	assert_int_equal(list.n, 3);
	world_release(w);
	free(w);
}

struct told {
	size_t n;
	struct digest d; /* of the last */
	uint32_t flags;
};

static bool
tell(void *ctx, const struct index_row *row)
{
	struct told *t = ctx;

	t->n++;
	t->d = row->digest;
	t->flags = row->flags;
	return true;
}

static struct told
changes_of(struct world *w)
{
	struct told t = { 0 };

	follow(w);
	assert_ok(index_changes(w->ix, tell, &t));
	return t;
}

static void
come(struct world *w, const struct item *it)
{
	put_sizes(w);
	arrive(w, it);
	index_arrived(w->ix, w->log[it->log].id, it->index);
}

/* Each record once, by its newest revision; at a start, and if there are too
 * many, that everything is to be looked at. */
static void
test_what_has_changed(void **state)
{
	struct say notice = { .log = 2, .kind = "warning",
		.tlp = "TLP:GREEN", .id = 5,
		.body = "{\"title\":{\"en\":\"R\"},\"level\":5}" };
	struct world *w = mem_alloc(sizeof *w);
	const struct item *first, *second;
	struct told t = { 0 };

	(void)state;
	world_init(w);
	follow(w);
	assert_int_equal(index_changes(w->ix, tell, &t), ERR_LIMIT);
	assert_int_equal(changes_of(w).n, 0);
	first = add(w, &notice);
	notice.rev = 1;
	notice.replaces = first;
	second = add(w, &notice);
	come(w, first);
	come(w, second);
	t = changes_of(w);
	assert_int_equal(t.n, 1);
	assert_true(digest_is_equal(&t.d, &second->d));
	assert_true((t.flags & INDEX_OWED) != 0);
	assert_int_equal(changes_of(w).n, 0);
	/* an answer changes what it answers */
	come(w, add(w, &(struct say){ .log = 0, .kind = "acknowledgement",
			   .tlp = "TLP:AMBER", .re = second,
			   .body = "{\"answer\":\"affected\"}" }));
	t = changes_of(w);
	assert_int_equal(t.n, 1);
	assert_true(digest_is_equal(&t.d, &second->d));
	assert_true((t.flags & INDEX_OWED) == 0);
	/* more than is kept */
	notice = (struct say){ .log = 2, .kind = "warning",
		.tlp = "TLP:GREEN", .body = notice.body };
	for (int i = 0; i < INDEX_CHANGES + 1; i++)
		come(w, add(w, &notice));
	follow(w);
	assert_int_equal(index_changes(w->ix, tell, &t), ERR_LIMIT);
	assert_int_equal(changes_of(w).n, 0);
	world_release(w);
	free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_release_stands_for_its_document),
		cmocka_unit_test(test_a_copy_of_a_later_revision_is_newer),
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_view),
		cmocka_unit_test(test_notice),
		cmocka_unit_test(test_home),
		cmocka_unit_test(test_any_order),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_sealed_at_rest),
		cmocka_unit_test(test_other_key),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_an_exercise_touches_nothing_real),
		cmocka_unit_test(test_what_has_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
