/* SPDX-License-Identifier: Apache-2.0
 *
 * store/: one conformance suite, run on each store; then what only the disk
 * can do (kill, full, failed sync, flipped bits) and only memory (power cuts
 * on demand).
 */
#include "base/mem.h"
#include "store/memory.h"
#include "store/sqlite.h"
#include "store/sqlite_fault.h"

#include "cmocka_all.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* One store under test: a path for SQLite, NULL for memory. */
struct bed {
	char folder[64];
	char path[80];
	bool disk;
	struct store *s;
	struct arena a;
};

static void
clean(const struct bed *b)
{
	static const char *const tail[] = { "", "-wal", "-shm", ".lock" };
	char name[128];

	for (size_t i = 0; i < sizeof tail / sizeof tail[0]; i++) {
		snprintf(name, sizeof name, "%s%s", b->path, tail[i]);
		(void)unlink(name);
	}
}

static void
bed_open(struct bed *b)
{
	struct fault f = { .rule = "" };
	enum err e;

	if (!b->disk) {
		b->s = store_memory_create();
		return;
	}
	e = store_sqlite_open(b->path, NULL, &b->s, &f);
	if (e != ERR_NONE)
		print_error("%s: %s\n", err_token(e), f.rule);
	assert_ok(e);
}

static void
bed_reopen(struct bed *b)
{
	if (b->disk) {
		store_free(b->s);
		bed_open(b);
	} else {
		store_memory_cut(b->s);
	}
}

static int
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

static int
setup_memory(void **state)
{
	return setup(state, false);
}

static int
setup_disk(void **state)
{
	return setup(state, true);
}

static int
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

static uint32_t
add_log(struct store *s, enum store_role role, const char *origin)
{
	struct store_log l = { .id = 0 };

	assert_ok(store_add_log(s, role, span_str(origin), &l));
	assert_true(span_is_str(l.origin, origin));
	return l.id;
}

static uint32_t
one_log(struct store *s)
{
	uint32_t id;

	assert_ok(store_begin(s));
	id = add_log(s, STORE_OWN, "log.bol");
	assert_ok(store_commit(s));
	return id;
}

/* Contents that tell which they are. */
static struct span
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

static enum err
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

static bool
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

static bool
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
static void
see_text(struct seen *s, const char *format, ...) PRINTF_LIKE(2, 3);

static void
see_text(struct seen *s, const char *format, ...)
{
	size_t n = strlen(s->text);
	va_list ap;

	va_start(ap, format);
	vsnprintf(s->text + n, sizeof s->text - n, format, ap);
	va_end(ap);
	s->n++;
}

static bool
see_log(void *ctx, const struct store_log *l)
{
	see_text(ctx, "%u:%d:%.*s ", l->id, (int)l->role,
	    SPAN_FMT(l->origin));
	return true;
}

static bool
see_document(void *ctx, const struct store_document *d)
{
	see_text(ctx, "%.*s/%.*s/%llu/%02x=%.*s ", SPAN_FMT(d->kind),
	    SPAN_FMT(d->team), (unsigned long long)d->version, d->hash.b[0],
	    SPAN_FMT(d->bytes));
	return true;
}

static bool
see_receipt(void *ctx, uint64_t seq, struct span jws)
{
	see_text(ctx, "%llu=%.*s ", (unsigned long long)seq, SPAN_FMT(jws));
	return true;
}

static bool
see_item(void *ctx, struct span key, struct span value)
{
	see_text(ctx, "%.*s=%.*s ", SPAN_FMT(key), SPAN_FMT(value));
	return true;
}

/* ---- conformance: every sentence of store.h ---- */

static void
test_transactions(void **state)
{
	struct bed *b = *state;
	struct store *s = b->s;
	struct store_log l;
	struct span v;
	uint32_t id;

	assert_err(store_commit(s), ERR_STATE);
	store_rollback(s);
	assert_err(store_add_log(s, STORE_OWN, span_str("x"), &l), ERR_STATE);
	assert_err(store_put_item(s, "t", span_str("k"), span_str("v")),
	    ERR_STATE);
	assert_ok(store_begin(s));
	assert_err(store_begin(s), ERR_STATE);
	id = add_log(s, STORE_OWN, "log.bol");
	assert_ok(put_entry(b, id, 0, 100));
	assert_ok(store_put_item(s, "t", span_str("k"), span_str("v")));
	assert_ok(store_get_item(s, "t", span_str("k"), &b->a, &v));
	assert_true(span_is_str(v, "v"));
	store_rollback(s);
	assert_err(store_get_item(s, "t", span_str("k"), &b->a, &v),
	    ERR_NOT_FOUND);
	assert_ok(store_begin(s));
	assert_err(store_put_record(s, id, 0, span_str("r")), ERR_NOT_FOUND);
	assert_ok(store_put_item(s, "t", span_str("k"), span_str("w")));
	assert_ok(store_commit(s));
	assert_err(store_commit(s), ERR_STATE);
	bed_reopen(b);
	assert_ok(store_get_item(b->s, "t", span_str("k"), &b->a, &v));
	assert_true(span_is_str(v, "w"));
	/* undo restores what was replaced and what was removed */
	assert_ok(store_begin(b->s));
	assert_ok(store_put_item(b->s, "t", span_str("k"), span_str("x")));
	assert_ok(store_put_item(b->s, "t", span_str("k"), span_str("")));
	assert_err(store_get_item(b->s, "t", span_str("k"), &b->a, &v),
	    ERR_NOT_FOUND);
	store_rollback(b->s);
	assert_ok(store_get_item(b->s, "t", span_str("k"), &b->a, &v));
	assert_true(span_is_str(v, "w"));
	/* left open: gone */
	assert_ok(store_begin(b->s));
	assert_ok(store_put_item(b->s, "t", span_str("k"), span_str("x")));
	bed_reopen(b);
	assert_ok(store_get_item(b->s, "t", span_str("k"), &b->a, &v));
	assert_true(span_is_str(v, "w"));
}

static void
test_logs_and_heads(void **state)
{
	struct bed *b = *state;
	struct store_head h = { .size = 0 }, got;
	struct seen seen = { .n = 0 };
	struct digest empty = hash_sha256(span_of(NULL, 0));
	struct store_log l;
	uint32_t own;

	assert_ok(store_begin(b->s));
	own = add_log(b->s, STORE_OWN, "log.bol");
	assert_int_equal(add_log(b->s, STORE_PRIVATE, "private"), own + 1);
	assert_int_equal(add_log(b->s, STORE_MIRROR, "log.per"), own + 2);
	assert_ok(store_commit(b->s));
	assert_int_equal(add_log(b->s, STORE_PRIVATE, "private"), own + 1);
	assert_err(store_add_log(b->s, STORE_MIRROR, span_str("log.bol"), &l),
	    ERR_CONFLICT);
	assert_err(store_get_head(b->s, own + 3, &b->a, &got), ERR_NOT_FOUND);
	assert_ok(store_get_head(b->s, own, &b->a, &got));
	assert_int_equal(got.size, 0);
	assert_int_equal(got.frontier.n + got.checkpoint.n, 0);
	assert_true(digest_is_equal(&got.root, &empty));
	assert_ok(add_entry(b, own, 6, 10));
	bed_reopen(b);
	assert_ok(store_scan_logs(b->s, see_log, &seen));
	assert_string_equal(seen.text, "1:0:log.bol 2:1:private 3:2:log.per ");
	assert_ok(store_get_head(b->s, own, &b->a, &got));
	assert_int_equal(got.size, 7);
	assert_int_equal(got.checkpoint_size, 6);
	assert_int_equal(got.cosigned_size, 6);
	assert_int_equal(got.cosigned_time_s, 5);
	assert_int_equal(got.bodies_low, 2);
	assert_int_equal(got.flags, STORE_CLOSED);
	assert_true(span_is_str(got.checkpoint, "note"));
	assert_true(span_is_equal(got.frontier, content(&b->a, 6, 320)));
	empty = hash_sha256(content(&b->a, 6, 10));
	assert_true(digest_is_equal(&got.root, &empty));
	assert_ok(store_begin(b->s));
	h.frontier = content(&b->a, 0, STORE_FRONTIER_MAX + 1);
	assert_err(store_put_head(b->s, own, &h), ERR_LIMIT);
	h.frontier.n = STORE_FRONTIER_MAX;
	assert_ok(store_put_head(b->s, own, &h));
	assert_err(store_put_head(b->s, own + 3, &h), ERR_NOT_FOUND);
	store_rollback(b->s);
}

static void
test_records(void **state)
{
	struct bed *b = *state;
	uint32_t id = one_log(b->s), other;
	struct seen seen = { .n = 0 };

	assert_ok(store_begin(b->s));
	other = add_log(b->s, STORE_MIRROR, "log.per");
	for (uint64_t i = 0; i < 300; i++) {
		/* out of order: a mirror fills from both ends */
		uint64_t at = i % 2 == 0 ? i / 2 : 299 - i / 2;

		assert_ok(store_put_record(b->s, id, at,
		    content(&b->a, at, 66)));
	}
	assert_ok(store_put_record(b->s, other, 5, content(&b->a, 5, 66)));
	assert_ok(store_put_record(b->s, id, 7, content(&b->a, 7, 66)));
	assert_err(store_put_record(b->s, id, 7, content(&b->a, 8, 66)),
	    ERR_CONFLICT);
	assert_err(store_put_record(b->s, id, 7, content(&b->a, 7, 65)),
	    ERR_CONFLICT);
	assert_err(store_put_record(b->s, id, 400, content(&b->a, 8, 67)),
	    ERR_LIMIT);
	assert_err(store_put_record(b->s, id, UINT64_MAX, span_str("x")),
	    ERR_LIMIT);
	/* a refusal does not spoil the transaction */
	assert_ok(store_commit(b->s));
	bed_reopen(b);
	assert_ok(store_scan_records(b->s, id, 0, UINT64_MAX, see_record,
	    &seen));
	assert_int_equal(seen.n, 300);
	assert_false(seen.bad);
	seen = (struct seen){ .first = 10 };
	assert_ok(store_scan_records(b->s, id, 10, 20, see_record, &seen));
	assert_int_equal(seen.n, 20);
	assert_false(seen.bad);
	seen = (struct seen){ .stop_at = 3 };
	assert_ok(store_scan_records(b->s, id, 0, 20, see_record, &seen));
	assert_int_equal(seen.n, 3);
	seen = (struct seen){ .first = 5 };
	assert_ok(store_scan_records(b->s, other, 0, 900, see_record, &seen));
	assert_int_equal(seen.n, 1);
	assert_false(seen.bad);
	assert_ok(store_scan_records(b->s, id, 0, 0, see_record, &seen));
	assert_ok(store_scan_records(b->s, 77, 0, 9, see_record, &seen));
	assert_int_equal(seen.n, 1);
}

static void
test_nodes(void **state)
{
	struct bed *b = *state;
	uint32_t id = one_log(b->s);
	struct digest d = hash_sha256(span_str("a")), got;
	struct digest other = hash_sha256(span_str("b"));

	assert_ok(store_begin(b->s));
	assert_ok(store_put_node(b->s, id, 1, 0, &d));
	assert_ok(store_put_node(b->s, id, 1, 0, &d));
	assert_err(store_put_node(b->s, id, 1, 0, &other), ERR_CONFLICT);
	assert_ok(store_put_node(b->s, id, 2, 0, &other));
	assert_err(store_put_node(b->s, id, 0, 0, &other), ERR_LIMIT);
	assert_err(store_put_node(b->s, id + 1, 1, 0, &d), ERR_NOT_FOUND);
	assert_ok(store_commit(b->s));
	bed_reopen(b);
	assert_ok(store_get_node(b->s, id, 1, 0, &got));
	assert_true(digest_is_equal(&got, &d));
	assert_ok(store_get_node(b->s, id, 2, 0, &got));
	assert_true(digest_is_equal(&got, &other));
	assert_err(store_get_node(b->s, id, 1, 1, &got), ERR_NOT_FOUND);
}

static void
test_bodies(void **state)
{
	struct bed *b = *state;
	uint32_t id = one_log(b->s);
	struct seen seen = { .size = LIMIT_CONTAINER, .whole = true };
	struct store_body body, got;

	for (uint64_t i = 0; i < 3; i++)
		assert_ok(add_entry(b, id, i, LIMIT_CONTAINER));
	bed_reopen(b);
	assert_ok(store_scan_bodies(b->s, id, 0, 9, true, see_body, &seen));
	assert_int_equal(seen.n, 3);
	assert_false(seen.bad);
	seen = (struct seen){ .first = 1 };
	assert_ok(store_scan_bodies(b->s, id, 1, 9, false, see_body, &seen));
	assert_int_equal(seen.n, 2);
	assert_false(seen.bad);
	assert_err(store_get_body(b->s, id, 3, &b->a, &got), ERR_NOT_FOUND);
	assert_ok(store_get_body(b->s, id, 2, &b->a, &got));
	assert_true(span_is_equal(got.opened,
	    content(&b->a, 3, LIMIT_CONTAINER / 2)));
	assert_true(span_is_equal(got.bytes,
	    content(&b->a, 2, LIMIT_CONTAINER)));
	/* replaced, also by nothing */
	body = (struct store_body){ .state = STORE_BODY_DAMAGED };
	assert_ok(store_begin(b->s));
	assert_ok(store_put_body(b->s, id, 2, &body));
	body.bytes = content(&b->a, 1, LIMIT_CONTAINER + 1);
	assert_err(store_put_body(b->s, id, 2, &body), ERR_LIMIT);
	assert_ok(store_commit(b->s));
	assert_ok(store_get_body(b->s, id, 2, &b->a, &got));
	assert_int_equal(got.state, STORE_BODY_DAMAGED);
	assert_int_equal(got.bytes.n + got.opened.n + got.meta.n, 0);
}

static enum err
put_document(struct store *s, const char *kind, const char *team,
    uint64_t version, const char *text)
{
	struct store_document d = { span_str(kind), span_str(team), version,
		hash_sha256(span_str(text)), span_str(text) };

	return store_put_document(s, &d);
}

static void
test_documents(void **state)
{
	struct bed *b = *state;
	struct seen seen = { .n = 0 };

	assert_ok(store_begin(b->s));
	assert_ok(put_document(b->s, "register", "", 300, "c"));
	assert_ok(put_document(b->s, "register", "", 2, "b"));
	assert_ok(put_document(b->s, "keyset", "per", 1, "a"));
	assert_ok(put_document(b->s, "keyset", "bol", 2, "b"));
	assert_ok(put_document(b->s, "keyset", "bol", 2, "b"));
	assert_err(put_document(b->s, "keyset", "bol", 2, "c"), ERR_CONFLICT);
	assert_ok(store_commit(b->s));
	bed_reopen(b);
	assert_ok(store_scan_documents(b->s, see_document, &seen));
	assert_string_equal(seen.text, "keyset/bol/2/3e=b keyset/per/1/ca=a "
	    "register//2/3e=b register//300/2e=c ");
}

static enum err
put_receipt(struct bed *b, uint32_t id, const char *team, uint64_t of,
    uint64_t seq, const char *jws)
{
	return store_put_receipt(b->s, id, span_str(team), of, seq,
	    span_str(jws));
}

static void
assert_receipts(struct bed *b, const char *team, uint64_t of, uint64_t seq,
    const char *want)
{
	struct seen seen = { .n = 0 };

	assert_ok(store_scan_receipts(b->s, one_log(b->s), span_str(team), of,
	    seq, see_receipt, &seen));
	assert_string_equal(seen.text, want);
}

static void
test_receipts(void **state)
{
	struct bed *b = *state;
	uint32_t id = one_log(b->s);

	assert_ok(store_begin(b->s));
	assert_ok(put_receipt(b, id, "per", 0, 0, "a"));
	assert_ok(put_receipt(b, id, "per", 0, 1, "b"));
	assert_ok(put_receipt(b, id, "per", 0, 1, "b"));
	assert_err(put_receipt(b, id, "per", 0, 1, "c"), ERR_CONFLICT);
	/* a crash lost number 2 */
	assert_ok(put_receipt(b, id, "per", 0, 3, "d"));
	assert_ok(put_receipt(b, id, "pe", 0, 0, "z"));
	assert_ok(store_commit(b->s));
	bed_reopen(b);
	assert_receipts(b, "per", 0, 0, "0=a 1=b 3=d ");
	assert_receipts(b, "per", 0, 1, "1=b 3=d ");
	assert_receipts(b, "per", 1, 0, "");
}

/* Of many teams, by what they speak of. */
static void
test_receipts_by_size(void **state)
{
	struct bed *b = *state;
	uint32_t id = one_log(b->s);

	assert_ok(store_begin(b->s));
	assert_ok(put_receipt(b, id, "per", 4, 0, "a"));
	assert_ok(put_receipt(b, id, "bol", 4, 7, "x"));
	assert_ok(put_receipt(b, id, "per", 9, 1, "b"));
	assert_ok(put_receipt(b, id, "per", 9, 2, "c"));
	assert_ok(put_receipt(b, id, "pe", 300, 8, "y"));
	assert_ok(put_receipt(b, id, "per", UINT64_MAX, 3, "d"));
	assert_err(put_receipt(b, id, "per", 9, 2, "d"), ERR_CONFLICT);
	assert_ok(store_commit(b->s));
	bed_reopen(b);
	assert_receipts(b, "per", 0, 0, "0=a 1=b 2=c 3=d ");
	assert_receipts(b, "per", 5, 0, "1=b 2=c 3=d ");
	assert_receipts(b, "per", 9, 2, "2=c 3=d ");
	assert_receipts(b, "bol", 0, 0, "7=x ");
	assert_receipts(b, "bol", 5, 0, "");
	assert_receipts(b, "pe", 0, 0, "8=y ");
	assert_receipts(b, "p", 0, 0, "");
	assert_receipts(b, "per", UINT64_MAX, 0, "3=d ");
}

static void
test_items(void **state)
{
	struct bed *b = *state;
	struct seen seen = { .n = 0 };
	struct span v = span_str("kept");

	assert_ok(store_begin(b->s));
	assert_ok(store_put_item(b->s, "board", span_str("b"), span_str("2")));
	assert_ok(store_put_item(b->s, "board", span_str("ab"),
	    span_str("1")));
	assert_ok(store_put_item(b->s, "board", span_str(""), span_str("0")));
	assert_ok(store_put_item(b->s, "boar", span_str("d"), span_str("x")));
	assert_ok(store_put_item(b->s, "boards", span_str("e"),
	    span_str("y")));
	assert_ok(store_put_item(b->s, "board", span_str("c"), span_str("3")));
	assert_ok(store_put_item(b->s, "board", span_str("b"), span_str("")));
	assert_ok(store_put_item(b->s, "board", span_str("q"), span_str("")));
	assert_ok(store_commit(b->s));
	bed_reopen(b);
	assert_ok(store_scan_items(b->s, "board", see_item, &seen));
	assert_string_equal(seen.text, "=0 ab=1 c=3 ");
	seen = (struct seen){ .n = 0 };
	assert_ok(store_scan_items_from(b->s, "board", span_str("ab"),
	    see_item, &seen));
	assert_string_equal(seen.text, "ab=1 c=3 ");
	seen = (struct seen){ .n = 0 };
	assert_ok(store_scan_items_from(b->s, "board", span_str("b"), see_item,
	    &seen));
	assert_string_equal(seen.text, "c=3 ");
	seen = (struct seen){ .n = 0 };
	assert_ok(store_scan_items_from(b->s, "board", span_str("d"), see_item,
	    &seen));
	assert_string_equal(seen.text, "");
	assert_err(store_get_item(b->s, "board", span_str("b"), &b->a, &v),
	    ERR_NOT_FOUND);
	assert_true(span_is_str(v, "kept"));
}

/* A callback may read, also of the kind being scanned. */
static bool
see_nested(void *ctx, uint64_t index, struct span record)
{
	struct seen *s = ctx;
	struct seen inner = { .first = 0 };

	(void)record;
	assert_ok(store_scan_records(s->b->s, 1, 0, 5, see_record, &inner));
	assert_int_equal(inner.n, 5);
	assert_int_equal(index, s->n);
	s->n++;
	return true;
}

static void
test_callbacks_may_read(void **state)
{
	struct bed *b = *state;
	uint32_t id = one_log(b->s);
	struct seen seen = { .b = b };

	for (uint64_t i = 0; i < 5; i++)
		assert_ok(add_entry(b, id, i, 50));
	assert_ok(store_scan_records(b->s, id, 0, 5, see_nested, &seen));
	assert_int_equal(seen.n, 5);
}

/* ---- the disk ---- */

static void
test_disk_second_handles(void **state)
{
	struct bed *b = *state;
	struct store_sqlite_options ro = { .read_only = true };
	struct seen seen = { .n = 0 };
	struct store *s = NULL;
	struct stat st;
	uint32_t id = one_log(b->s);

	assert_int_equal(stat(b->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_err(store_sqlite_open(b->path, NULL, &s, NULL), ERR_BUSY);
	assert_null(s);
	assert_ok(store_sqlite_open(b->path, &ro, &s, NULL));
	assert_err(store_begin(s), ERR_STATE);
	assert_ok(add_entry(b, id, 0, 3000));
	assert_ok(store_begin(b->s));
	assert_ok(put_entry(b, id, 1, 3000));
	assert_ok(store_scan_records(s, id, 0, 9, see_record, &seen));
	assert_int_equal(seen.n, 1);
	assert_ok(store_commit(b->s));
	seen = (struct seen){ .n = 0 };
	assert_ok(store_scan_records(s, id, 0, 9, see_record, &seen));
	assert_int_equal(seen.n, 2);
	assert_ok(store_sqlite_check(s, NULL));
	store_free(s);
	ro.read_only = true;
	assert_err(store_sqlite_open("/nonexistent/x", &ro, &s, NULL),
	    ERR_NOT_FOUND);
}

static void
test_disk_one_sync_a_commit(void **state)
{
	struct bed *b = *state;
	uint32_t id = one_log(b->s);
	uint64_t before;

	assert_ok(add_entry(b, id, 0, 3000));
	before = b->s->syncs;
	for (uint64_t i = 1; i <= 20; i++)
		assert_ok(add_entry(b, id, i, 3000));
	assert_int_equal(b->s->syncs - before, 20);
}

static void
test_disk_refuses_foreign_and_newer(void **state)
{
	struct bed *b = *state;
	struct fault f;
	struct store *s = NULL;
	static const unsigned char newer[4] = { 0, 0, 0, 99 };
	int fd;

	assert_ok(add_entry(b, one_log(b->s), 0, 10));
	store_free(b->s);
	b->s = NULL;
	fd = open(b->path, O_RDWR | O_CLOEXEC);
	assert_int_equal(pwrite(fd, newer, 4, 60), 4); /* user_version */
	assert_err(store_sqlite_open(b->path, NULL, &s, &f), ERR_UNSUPPORTED);
	assert_non_null(strstr(f.rule, "version 99"));
	assert_int_equal(pwrite(fd, newer, 4, 68), 4); /* application_id */
	assert_err(store_sqlite_open(b->path, NULL, &s, &f), ERR_DAMAGED);
	assert_int_equal(pwrite(fd, "nonsense", 8, 0), 8);
	assert_err(store_sqlite_open(b->path, NULL, &s, &f), ERR_DAMAGED);
	assert_true(strlen(f.rule) > 10);
	close(fd);
}

static void
test_disk_full_rolls_back(void **state)
{
	struct bed *b = *state;
	uint32_t id = one_log(b->s);
	struct store_sqlite_fault none = { .write_nth = 0 };
	struct seen seen = { .n = 0 };

	/* so large that one is several writes to the disk */
	assert_ok(add_entry(b, id, 0, 250000));
	for (unsigned long nth = 1; nth <= 4; nth++) {
		struct store_sqlite_fault full = { .write_nth = (nth + 1) / 2,
			.write_is_full = true, .write_stays = true };

		store_sqlite_faults(b->s, &full);
		assert_err(add_entry(b, id, nth, 250000), ERR_FULL);
		store_sqlite_faults(b->s, &none);
		assert_ok(add_entry(b, id, nth, 250000));
	}
	bed_reopen(b);
	assert_ok(store_scan_records(b->s, id, 0, 99, see_record, &seen));
	assert_int_equal(seen.n, 5);
	assert_false(seen.bad);
	assert_ok(store_sqlite_check(b->s, NULL));
}

static void
test_disk_failed_sync_is_final(void **state)
{
	struct bed *b = *state;
	uint32_t id = one_log(b->s);
	struct store_sqlite_fault f = { .sync_nth = 1 };
	struct seen seen = { .n = 0 };

	assert_ok(add_entry(b, id, 0, 3000));
	store_sqlite_faults(b->s, &f);
	assert_err(add_entry(b, id, 1, 3000), ERR_IO);
	store_sqlite_faults(b->s, &(struct store_sqlite_fault){ 0 });
	assert_err(store_begin(b->s), ERR_STATE);
	assert_err(store_commit(b->s), ERR_STATE);
	/* what was committed before can still be read */
	assert_ok(store_scan_records(b->s, id, 0, 1, see_record, &seen));
	assert_int_equal(seen.n, 1);
	bed_reopen(b);
	seen = (struct seen){ .n = 0 };
	assert_ok(store_scan_records(b->s, id, 0, 9, see_record, &seen));
	assert_in_range(seen.n, 1, 2);
}

/* SQLite itself would hide this one and try again later. */
static void
test_disk_failed_checkpoint_is_final(void **state)
{
	struct bed *b = *state;
	uint32_t id = one_log(b->s);
	uint64_t i, before;

	for (i = 0; i < 2000; i++) {
		struct store_sqlite_fault f = { .sync_nth = 2 };
		enum err e;

		/* the first sync is the commit's; more come only with a
		 * checkpoint */
		store_sqlite_faults(b->s, &f);
		before = b->s->syncs;
		e = add_entry(b, id, i, 3000);
		if (e != ERR_NONE) {
			assert_err(e, ERR_IO);
			break;
		}
		assert_int_equal(b->s->syncs, before + 1);
	}
	assert_in_range(i, 50, 1000);
	assert_err(store_begin(b->s), ERR_STATE);
}

/* Once in a while a commit moves the WAL into the file. Were that to fail
 * silently, every later one would try it again. */
static void
test_disk_checkpoints_are_rare(void **state)
{
	struct bed *b = *state;
	uint32_t id = one_log(b->s);
	uint64_t before = b->s->syncs;
	struct seen seen = { .whole = true, .size = 3000 };

	for (uint64_t i = 0; i < 1000; i++)
		assert_ok(add_entry(b, id, i, 3000));
	assert_in_range(b->s->syncs - before, 1003, 1050);
	bed_reopen(b);
	assert_ok(store_scan_bodies(b->s, id, 0, UINT64_MAX, true, see_body,
	    &seen));
	assert_int_equal(seen.n, 1000);
	assert_false(seen.bad);
}

static void
test_disk_io_error_is_final(void **state)
{
	struct bed *b = *state;
	uint32_t id = one_log(b->s);
	struct store_sqlite_fault f = { .write_nth = 1 };

	assert_ok(add_entry(b, id, 0, 3000));
	store_sqlite_faults(b->s, &f);
	assert_err(add_entry(b, id, 1, 3000), ERR_IO);
	assert_err(add_entry(b, id, 1, 3000), ERR_STATE);
}

/* A real full disk, where this process may mount one. */
static void
test_disk_really_full(void **state)
{
	struct bed *b = *state;
	uint64_t i;
	uint32_t id;
	enum err e = ERR_NONE;

	store_free(b->s);
	clean(b);
	if (mount("none", b->folder, "tmpfs", 0, "size=2m") != 0) {
		print_message("skipped: may not mount a small tmpfs\n");
		bed_open(b);
		return;
	}
	bed_open(b);
	id = one_log(b->s);
	for (i = 0; i < 1000 && e == ERR_NONE; i++)
		e = add_entry(b, id, i, 30000);
	assert_err(e, ERR_FULL);
	assert_true(i > 10);
	/* still readable, and usable for what fits */
	assert_ok(store_begin(b->s));
	store_rollback(b->s);
	assert_ok(store_sqlite_check(b->s, NULL));
	store_free(b->s);
	assert_int_equal(umount2(b->folder, MNT_DETACH), 0);
	bed_open(b);
}

static void
child_writes(struct bed *b, int fd, uint32_t id, uint64_t from)
{
	bed_open(b);
	for (uint64_t i = from;; i++) {
		if (add_entry(b, id, i, 3000) != ERR_NONE ||
		    write(fd, &i, sizeof i) != (ssize_t)sizeof i)
			_exit(1);
	}
}

/* Whatever the child reported is there; at most one more, whole. */
static void
test_disk_killed_process(void **state)
{
	struct bed *b = *state;
	uint32_t id = one_log(b->s);
	uint64_t n = 0;

	for (int round = 0; round < 30; round++) {
		struct seen seen = { .n = 0 };
		struct store_head h = { .size = 0 };
		uint64_t i, reported = n;
		int p[2], status;
		pid_t pid;

		store_free(b->s);
		b->s = NULL;
		assert_int_equal(pipe(p), 0);
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			close(p[0]);
			child_writes(b, p[1], id, n);
		}
		close(p[1]);
		/* after some commits, at no particular moment of the next */
		for (int k = round % 5; k >= 0; k--)
			if (read(p[0], &i, sizeof i) == (ssize_t)sizeof i)
				reported = i + 1;
		usleep((unsigned)(round * 61 % 700));
		kill(pid, SIGKILL);
		while (read(p[0], &i, sizeof i) == (ssize_t)sizeof i)
			reported = i + 1;
		close(p[0]);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		bed_open(b);
		assert_ok(store_scan_records(b->s, id, 0, UINT64_MAX,
		    see_record, &seen));
		assert_false(seen.bad);
		assert_in_range(seen.n, reported, reported + 1);
		n = seen.n;
		seen = (struct seen){ .whole = true, .size = 3000 };
		assert_ok(store_scan_bodies(b->s, id, 0, UINT64_MAX, true,
		    see_body, &seen));
		assert_false(seen.bad);
		assert_int_equal(seen.n, n);
		assert_ok(store_get_head(b->s, id, &b->a, &h));
		assert_int_equal(h.size, n);
		arena_reset(&b->a);
	}
	assert_true(n > 30);
}

static bool
see_flipped(void *ctx, uint64_t index, const struct store_body *body)
{
	struct seen *s = ctx;

	if (body->state == STORE_BODY_DAMAGED) {
		s->n++;
		return true;
	}
	s->n = index - s->first;
	return see_body(ctx, index, body);
}

/* Read everything; wrong content is the one thing that must not happen. */
static void
read_flipped(const struct bed *b, uint32_t id, uint64_t entries)
{
	struct seen seen = { .whole = true, .size = 900 };
	struct arena a = { NULL };
	struct store_head h;
	struct store *s;
	struct span v;
	enum err e = store_sqlite_open(b->path, NULL, &s, NULL);

	if (e != ERR_NONE)
		goto judge;
	e = store_scan_bodies(s, id, 0, entries, true, see_flipped, &seen);
	assert_false(seen.bad);
	if (e == ERR_NONE) {
		seen = (struct seen){ .n = 0 };
		e = store_scan_records(s, id, 0, entries, see_record, &seen);
		assert_false(seen.bad);
	}
	if (e == ERR_NONE)
		e = store_get_head(s, id, &a, &h);
	if (e == ERR_NONE) {
		assert_int_equal(h.size, entries);
		assert_true(span_is_equal(h.frontier,
		    content(&a, entries - 1, 320)));
		e = store_get_item(s, "t", span_str("k"), &a, &v);
	}
	if (e == ERR_NONE)
		assert_true(span_is_str(v, "value"));
	store_free(s);
judge:
	/* a flip in a key hides the row */
	assert_true(e == ERR_NONE || e == ERR_DAMAGED || e == ERR_IO ||
	    e == ERR_NOT_FOUND || e == ERR_UNSUPPORTED);
	arena_release(&a);
}

static void
test_disk_flipped_bits(void **state)
{
	enum { ENTRIES = 40, ROUNDS = 300 };
	struct bed *b = *state;
	uint32_t id = one_log(b->s);
	uint64_t x = 88172645463325252ULL;
	unsigned char byte;
	struct stat st;
	int fd;

	for (uint64_t i = 0; i < ENTRIES; i++)
		assert_ok(add_entry(b, id, i, 900));
	assert_ok(store_begin(b->s));
	assert_ok(store_put_item(b->s, "t", span_str("k"),
	    span_str("value")));
	assert_ok(store_commit(b->s));
	store_free(b->s);
	b->s = NULL;
	fd = open(b->path, O_RDWR | O_CLOEXEC);
	assert_int_equal(fstat(fd, &st), 0);
	for (int i = 0; i < ROUNDS; i++) {
		off_t at;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		at = (off_t)(x % (uint64_t)st.st_size);
		assert_int_equal(pread(fd, &byte, 1, at), 1);
		byte ^= (unsigned char)(1U << (x >> 40) % 8);
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		read_flipped(b, id, ENTRIES);
		byte ^= (unsigned char)(1U << (x >> 40) % 8);
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	}
	read_flipped(b, id, ENTRIES);
	close(fd);
}

/* ---- memory ---- */

static void
test_memory_arms(void **state)
{
	struct bed *b = *state;
	uint32_t id = one_log(b->s);
	struct seen seen = { .n = 0 };

	for (uint64_t nth = 1; nth <= 4; nth++) {
		store_memory_arm(b->s, nth, ERR_FULL);
		assert_err(add_entry(b, id, 0, 10), ERR_FULL);
		assert_ok(store_scan_records(b->s, id, 0, 9, see_record,
		    &seen));
		assert_int_equal(seen.n, 0);
	}
	assert_ok(add_entry(b, id, 0, 10));
	store_memory_arm(b->s, 4, ERR_IO);
	assert_err(add_entry(b, id, 1, 10), ERR_IO);
	assert_err(store_begin(b->s), ERR_STATE);
	store_memory_cut(b->s);
	assert_ok(store_scan_records(b->s, id, 0, 9, see_record, &seen));
	assert_int_equal(seen.n, 1);
	store_memory_arm_kept(b->s, 4);
	assert_err(add_entry(b, id, 1, 10), ERR_IO);
	store_memory_cut(b->s);
	seen.n = 0;
	assert_ok(store_scan_records(b->s, id, 0, 9, see_record, &seen));
	assert_int_equal(seen.n, 2);
	assert_ok(add_entry(b, id, 2, 10));
}

static void
test_memory_kill(void **state)
{
	struct bed *b = *state;
	uint32_t id = one_log(b->s);
	struct seen seen = { .n = 0 };

	assert_ok(add_entry(b, id, 0, 10));
	for (uint64_t nth = 1; nth <= 4; nth++) {
		store_memory_kill(b->s, nth);
		assert_err(add_entry(b, id, 1, 10), ERR_IO);
		assert_true(store_memory_is_dead(b->s));
		assert_err(store_scan_records(b->s, id, 0, 9, see_record,
		    &seen), ERR_IO);
		store_memory_revive(b->s);
		seen.n = 0;
		assert_ok(store_scan_records(b->s, id, 0, 9, see_record,
		    &seen));
		assert_int_equal(seen.n, 1);
	}
	assert_ok(add_entry(b, id, 1, 10));
}

static void
test_memory_damage(void **state)
{
	struct bed *b = *state;
	uint32_t id = one_log(b->s);
	struct seen seen = { .n = 0 };
	struct store_body body;
	struct store_head h;
	struct span v;

	assert_ok(store_begin(b->s));
	assert_ok(put_entry(b, id, 0, 100));
	assert_ok(put_document(b->s, "charter", "", 1, "text"));
	assert_ok(store_put_item(b->s, "t", span_str("k"), span_str("v")));
	assert_ok(store_commit(b->s));
	assert_err(store_memory_damage(b->s, STORE_PART_RECORD, id, 1, 0,
	    false), ERR_NOT_FOUND);
	assert_ok(store_memory_damage(b->s, STORE_PART_RECORD, id, 0, 9,
	    false));
	assert_err(store_scan_records(b->s, id, 0, 9, see_record, &seen),
	    ERR_DAMAGED);
	/* written again, it is whole again */
	assert_ok(store_begin(b->s));
	assert_ok(store_put_record(b->s, id, 0, content(&b->a, 0, 66)));
	assert_ok(store_commit(b->s));
	assert_ok(store_scan_records(b->s, id, 0, 9, see_record, &seen));
	assert_false(seen.bad);
	assert_ok(store_memory_damage(b->s, STORE_PART_RECORD, id, 0, 9,
	    true));
	assert_ok(store_scan_records(b->s, id, 0, 9, see_record, &seen));
	assert_true(seen.bad);
	assert_ok(store_memory_damage(b->s, STORE_PART_BODY, id, 0, 3,
	    false));
	assert_err(store_get_body(b->s, id, 0, &b->a, &body), ERR_DAMAGED);
	assert_ok(store_memory_damage(b->s, STORE_PART_HEAD, id, 0, 3,
	    false));
	assert_err(store_get_head(b->s, id, &b->a, &h), ERR_DAMAGED);
	assert_ok(store_memory_damage(b->s, STORE_PART_ITEM, 0, 0, 3, false));
	assert_err(store_get_item(b->s, "t", span_str("k"), &b->a, &v),
	    ERR_DAMAGED);
	assert_ok(store_memory_damage(b->s, STORE_PART_DOCUMENT, 0, 0, 3,
	    false));
	assert_err(store_scan_documents(b->s, see_document, &seen),
	    ERR_DAMAGED);
}

#define ON_EACH(f) \
	{ #f "_in_memory", f, setup_memory, teardown, NULL }, \
	{ #f "_on_disk", f, setup_disk, teardown, NULL }
#define ON_DISK(f) { #f, f, setup_disk, teardown, NULL }
#define IN_MEMORY(f) { #f, f, setup_memory, teardown, NULL }

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		ON_EACH(test_transactions),
		ON_EACH(test_logs_and_heads),
		ON_EACH(test_records),
		ON_EACH(test_nodes),
		ON_EACH(test_bodies),
		ON_EACH(test_documents),
		ON_EACH(test_receipts),
		ON_EACH(test_receipts_by_size),
		ON_EACH(test_items),
		ON_EACH(test_callbacks_may_read),
		ON_DISK(test_disk_second_handles),
		ON_DISK(test_disk_one_sync_a_commit),
		ON_DISK(test_disk_refuses_foreign_and_newer),
		ON_DISK(test_disk_full_rolls_back),
		ON_DISK(test_disk_failed_sync_is_final),
		ON_DISK(test_disk_failed_checkpoint_is_final),
		ON_DISK(test_disk_checkpoints_are_rare),
		ON_DISK(test_disk_io_error_is_final),
		ON_DISK(test_disk_really_full),
		ON_DISK(test_disk_killed_process),
		ON_DISK(test_disk_flipped_bits),
		IN_MEMORY(test_memory_arms),
		IN_MEMORY(test_memory_kill),
		IN_MEMORY(test_memory_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
