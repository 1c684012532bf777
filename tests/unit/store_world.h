/* SPDX-License-Identifier: Apache-2.0
 *
 * The stores on which their tests run, and what is put into them and seen in
 * them.
 */
#ifndef TESTS_STORE_WORLD_H
#define TESTS_STORE_WORLD_H

#include "base/mem.h"
#include "store/memory.h"
#include "store/sqlite.h"

#include "cmocka_all.h"

#include <sys/stat.h>
#include <unistd.h>

#define WORLD __attribute__((unused)) static

/* One store under test: a path for SQLite, NULL for memory. */
struct bed {
	char folder[64];
	char path[80];
	bool disk;
	bool is_ahead;
	struct store *s;
	struct arena a;
};

WORLD void
clean(const struct bed *b)
{
	static const char *const tail[] = { "", "-wal", "-shm", ".lock" };
	char name[128];

	for (size_t i = 0; i < sizeof tail / sizeof tail[0]; i++) {
		snprintf(name, sizeof name, "%s%s", b->path, tail[i]);
		(void)unlink(name);
	}
}

WORLD void
bed_open(struct bed *b)
{
	const struct store_sqlite_options o = { .is_ahead = b->is_ahead };
	struct fault f = { .rule = "" };
	enum err e;

	if (!b->disk) {
		b->s = store_memory_create();
		return;
	}
	e = store_sqlite_open(b->path, &o, &b->s, &f);
	if (e != ERR_NONE)
		print_error("%s: %s\n", err_token(e), f.rule);
	assert_ok(e);
}

WORLD void
bed_reopen(struct bed *b)
{
	if (b->disk) {
		store_free(b->s);
		bed_open(b);
	} else {
		store_memory_cut(b->s);
	}
}

WORLD int
setup(void **state, bool disk)
{
	struct bed *b = mem_alloc(sizeof *b);

	b->disk = disk;
	snprintf(b->folder, sizeof b->folder, "/tmp/test-store-XXXXXX");
	assert_non_null(mkdtemp(b->folder));
	snprintf(b->path, sizeof b->path, "%s/log.db", b->folder);
	bed_open(b);
	*state = b;
	return 0;
}

WORLD int
setup_memory(void **state)
{
	return setup(state, false);
}

WORLD int
setup_disk(void **state)
{
	return setup(state, true);
}

WORLD int
teardown(void **state)
{
	struct bed *b = *state;

	store_free(b->s);
	clean(b);
	(void)rmdir(b->folder);
	arena_release(&b->a);
	free(b);
	return 0;
}

WORLD uint32_t
add_log(struct store *s, enum store_role role, const char *origin)
{
	struct store_log l = { .id = 0 };

	assert_ok(store_add_log(s, role, span_str(origin), &l));
	assert_true(span_is_str(l.origin, origin));
	return l.id;
}

WORLD uint32_t
one_log(struct store *s)
{
	uint32_t id;

	assert_ok(store_begin(s));
	id = add_log(s, STORE_OWN, "log.bol");
	assert_ok(store_commit(s));
	return id;
}

/* Contents that tell which they are. */
WORLD struct span
content(struct arena *a, uint64_t i, size_t n)
{
	unsigned char *p = arena_alloc(a, n + 1);

	for (size_t k = 0; k < n; k++)
		p[k] = (unsigned char)(i * 131 + k * 7 + (k >> 8));
	return span_of(p, n);
}

static enum err
put_entry(struct bed *b, uint32_t log, uint64_t i, size_t n)
{
	struct store_body body = { STORE_BODY_HELD, content(&b->a, i, n),
		content(&b->a, i + 1, n / 2), span_str("meta") };
	struct store_head h = { .size = i + 1,
		.frontier = content(&b->a, i, 320),
		.checkpoint = span_str("note"), .checkpoint_size = i,
		.cosigned_size = i, .cosigned_time_s = 5, .bodies_low = 2,
		.flags = STORE_CLOSED };
	enum err e;

	h.root = hash_sha256(body.bytes);
	e = store_put_body(b->s, log, i, &body);
	if (e == ERR_NONE)
		e = store_put_record(b->s, log, i, content(&b->a, i, 66));
	if (e == ERR_NONE)
		e = store_put_head(b->s, log, &h);
	return e;
}

WORLD enum err
add_entry(struct bed *b, uint32_t log, uint64_t i, size_t n)
{
	enum err e = store_begin(b->s);

	if (e == ERR_NONE) {
		e = put_entry(b, log, i, n);
		if (e == ERR_NONE)
			e = store_commit(b->s);
		else
			store_rollback(b->s);
	}
	arena_reset(&b->a);
	return e;
}

struct seen {
	struct bed *b;
	uint64_t n, first, stop_at;
	bool bad;
	bool whole;
	size_t size;
	char text[512];
};

WORLD bool
see_record(void *ctx, uint64_t index, struct span record)
{
	struct seen *s = ctx;
	struct arena a = { NULL };

	if (index != s->first + s->n ||
	    !span_is_equal(record, content(&a, index, 66)))
		s->bad = true;
	arena_release(&a);
	s->n++;
	return s->stop_at == 0 || s->n < s->stop_at;
}

WORLD bool
see_body(void *ctx, uint64_t index, const struct store_body *body)
{
	struct seen *s = ctx;
	struct arena a = { NULL };

	if (index != s->first + s->n || body->state != STORE_BODY_HELD ||
	    !span_is_str(body->meta, "meta"))
		s->bad = true;
	if (s->whole ?
	    !span_is_equal(body->bytes, content(&a, index, s->size)) :
	    body->bytes.n != 0)
		s->bad = true;
	arena_release(&a);
	s->n++;
	return s->stop_at == 0 || s->n < s->stop_at;
}

/* Adds each thing to a text, so that order is compared too. */
WORLD void
see_text(struct seen *s, const char *format, ...) PRINTF_LIKE(2, 3);

WORLD void
see_text(struct seen *s, const char *format, ...)
{
	size_t n = strlen(s->text);
	va_list ap;

	va_start(ap, format);
	vsnprintf(s->text + n, sizeof s->text - n, format, ap);
	va_end(ap);
	s->n++;
}

WORLD bool
see_log(void *ctx, const struct store_log *l)
{
	see_text(ctx, "%u:%d:%.*s ", l->id, (int)l->role,
	    SPAN_FMT(l->origin));
	return true;
}

WORLD bool
see_document(void *ctx, const struct store_document *d)
{
	see_text(ctx, "%.*s/%.*s/%llu/%02x=%.*s ", SPAN_FMT(d->kind),
	    SPAN_FMT(d->team), (unsigned long long)d->version, d->hash.b[0],
	    SPAN_FMT(d->bytes));
	return true;
}

WORLD bool
see_receipt(void *ctx, uint64_t seq, struct span jws)
{
	see_text(ctx, "%llu=%.*s ", (unsigned long long)seq, SPAN_FMT(jws));
	return true;
}

WORLD bool
see_item(void *ctx, struct span key, struct span value)
{
	see_text(ctx, "%.*s=%.*s ", SPAN_FMT(key), SPAN_FMT(value));
	return true;
}

WORLD enum err
put_document(struct store *s, const char *kind, const char *team,
    uint64_t version, const char *text)
{
	struct store_document d = { span_str(kind), span_str(team), version,
		hash_sha256(span_str(text)), span_str(text) };

	return store_put_document(s, &d);
}

#define ON_EACH(f) \
	{ #f "_in_memory", f, setup_memory, teardown, NULL }, \
	{ #f "_on_disk", f, setup_disk, teardown, NULL }
#define ON_DISK(f) { #f, f, setup_disk, teardown, NULL }
#define IN_MEMORY(f) { #f, f, setup_memory, teardown, NULL }

#endif
