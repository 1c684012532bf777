/* SPDX-License-Identifier: Apache-2.0
 *
 * store/sqlite: what was replaced and shredded is in no file of the store.
 */
#include "store_world.h"

#include "store/copy.h"
#include "store/page.h"
#include "store/sqlite_fault.h"

#include <fcntl.h>

enum { LOGS = 6, TOKEN = 24, TEXT_MAX = 6400, ROUNDS = 1200 };

/* What was said: bodies and items, by a number that all their text repeats. */
struct said {
	uint32_t log; /* 0: an item */
	uint64_t index;
	bool is_erased;
	size_t seen;  /* bytes of it in the files */
};

struct field {
	struct bed *b;
	uint64_t random;
	uint32_t log[LOGS];
	uint64_t size[LOGS];
	struct said said[2 * ROUNDS];
	size_t n;
	char text[TEXT_MAX + TOKEN];
};

static uint64_t
any(struct field *f, uint64_t below)
{
	f->random ^= f->random << 13;
	f->random ^= f->random >> 7;
	f->random ^= f->random << 17;
	return (f->random >> 11) % below;
}

static struct span
text_of(struct field *f, size_t number, size_t n)
{
	char token[2 * TOKEN];

	for (size_t at = 0; at < n; at += TOKEN) {
		snprintf(token, sizeof token, "[#%06u:%06u:said so]",
		    (unsigned)number, (unsigned)(at / TOKEN));
		memcpy(f->text + at, token, TOKEN);
	}
	return span_of(f->text, n);
}

/* The number of the text that stands at `p`, or -1. */
static long
number_at(const char *p)
{
	static const char shape[] = "[#dddddd:dddddd:";

	for (size_t i = 0; shape[i] != '\0'; i++)
		if (shape[i] == 'd' ? p[i] < '0' || p[i] > '9' :
		    p[i] != shape[i])
			return -1;
	return strtol(p + 2, NULL, 10);
}

/* ---- filling ---- */

static void
field_open(struct field *f, struct bed *b, uint64_t seed)
{
	char origin[16];

	memset(f, 0, sizeof *f);
	f->b = b;
	f->random = seed * 0x9e3779b97f4a7c15ULL | 1;
	assert_ok(store_begin(b->s));
	for (int i = 0; i < LOGS; i++) {
		snprintf(origin, sizeof origin, "log.%d", i);
		f->log[i] = add_log(b->s, i == 0 ? STORE_OWN : i == 1 ?
		    STORE_PRIVATE : STORE_MIRROR, origin);
	}
	assert_ok(store_commit(b->s));
}

static void
say_item(struct field *f)
{
	char key[16];

	f->said[f->n] = (struct said){ .index = any(f, 1000000) * 10000 + f->n };
	snprintf(key, sizeof key, "%010llu",
	    (unsigned long long)f->said[f->n].index);
	assert_ok(store_put_item(f->b->s, "draft", span_str(key),
	    text_of(f, f->n, 200 + (size_t)any(f, 1500))));
	f->n++;
}

static void
say_body(struct field *f, size_t from, size_t to)
{
	size_t l = (size_t)any(f, LOGS);
	uint64_t i = f->size[l]++;
	struct store_body body = { .state = STORE_BODY_HELD,
		.meta = span_str("meta") };
	struct store_head head = { .size = i + 1 };

	/* of some logs the newest of a batch come first */
	if (l >= LOGS / 2)
		i = i / 16 * 16 + 15 - i % 16;
	f->said[f->n] = (struct said){ .log = f->log[l], .index = i };
	body.bytes = text_of(f, f->n, from + (size_t)any(f, to - from + 1));
	assert_ok(store_put_body(f->b->s, f->log[l], i, &body));
	assert_ok(store_put_record(f->b->s, f->log[l], i,
	    content(&f->b->a, i, 66)));
	assert_ok(store_put_head(f->b->s, f->log[l], &head));
	f->n++;
}

static void
fill(struct field *f, size_t n, size_t from, size_t to)
{
	char team[16];

	for (size_t i = 0; i < n;) {
		assert_ok(store_begin(f->b->s));
		for (uint64_t k = 1 + any(f, 40); k != 0 && i < n; k--, i++) {
			say_body(f, from, to);
			if (any(f, 4) == 0)
				say_item(f);
			snprintf(team, sizeof team, "team.%d",
			    (int)any(f, 30));
			assert_ok(store_put_receipt(f->b->s, f->log[0],
			    span_str(team), i, i,
			    content(&f->b->a, i, 600)));
		}
		assert_ok(store_commit(f->b->s));
		arena_reset(&f->b->a);
	}
}

/* What is replaced is so by a stub, as an erasure does it. */
static void
replace(struct field *f, struct said *s)
{
	struct store_body stub = { .state = STORE_BODY_ERASED,
		.bytes = span_str("{\"iss\":\"bol\",\"kind\":\"notice\"}"),
		.meta = span_str("meta") };
	char key[16];

	snprintf(key, sizeof key, "%010llu", (unsigned long long)s->index);
	assert_ok(s->log != 0 ?
	    store_put_body(f->b->s, s->log, s->index, &stub) :
	    store_put_item(f->b->s, "draft", span_str(key), span_str("")));
	s->is_erased = true;
}

static size_t
erase_some(struct field *f, uint64_t one_of)
{
	size_t erased = 0;

	assert_ok(store_begin(f->b->s));
	for (size_t i = 0; i < f->n; i++) {
		if (f->said[i].is_erased || any(f, one_of) != 0)
			continue;
		replace(f, &f->said[i]);
		erased++;
	}
	assert_ok(store_commit(f->b->s));
	return erased;
}

/* ---- looking ---- */

static void
look_at(struct field *f, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *p;

	if (fd < 0)
		return; /* no journal */
	assert_int_equal(fstat(fd, &st), 0);
	p = mem_alloc((size_t)st.st_size + 1);
	assert_int_equal(read(fd, p, (size_t)st.st_size), st.st_size);
	for (off_t i = 0; i + TOKEN <= st.st_size; i++) {
		long k = p[i] == '[' ? number_at(p + i) : -1;

		if (k >= 0 && (size_t)k < f->n)
			f->said[k].seen += TOKEN;
	}
	free(p);
	close(fd);
}

/* How many of what was erased still stand in the files, in whatever part. */
static size_t
left(struct field *f, const char *path)
{
	static const char *const tail[] = { "", "-wal", "-shm" };
	char name[128];
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		f->said[i].seen = 0;
	for (size_t i = 0; i < sizeof tail / sizeof tail[0]; i++) {
		snprintf(name, sizeof name, "%s%s", path, tail[i]);
		look_at(f, name);
	}
	for (size_t i = 0; i < f->n; i++) {
		n += f->said[i].is_erased && f->said[i].seen != 0;
		/* what was not is seen, so others would be */
		assert_true(f->said[i].is_erased || f->said[i].seen != 0);
	}
	return n;
}

/* ---- tests ---- */

static void
test_nothing_is_left(void **state)
{
	static const size_t size[][2] = { { 300, 900 }, { 300, 900 },
		{ 1000, 2000 }, { 300, 6000 } };
	struct bed *b = *state;
	struct field *f = mem_alloc(sizeof *f);

	for (size_t round = 0; round < 4; round++) {
		store_free(b->s);
		clean(b);
		bed_open(b);
		field_open(f, b, round + 1);
		fill(f, ROUNDS * 3 / 4, size[round][0], size[round][1]);
		assert_in_range(erase_some(f, 6), 100, 300);
		assert_ok(store_shred(b->s));
		assert_int_equal(left(f, b->path), 0);
		/* nor does it come back out of the memory */
		fill(f, ROUNDS / 4, size[round][0], size[round][1]);
		assert_int_equal(left(f, b->path), 0);
		erase_some(f, 6);
		assert_ok(store_shred(b->s));
		assert_int_equal(left(f, b->path), 0);
		assert_ok(store_sqlite_check(b->s, NULL));
	}
	free(f);
}

static bool
put_row(void *ctx, const struct store_row *r)
{
	assert_ok(store_copy_put(ctx, r));
	return true;
}

/* As a backup is made and put back. */
static void
test_copy_has_nothing(void **state)
{
	struct bed *b = *state, *other = NULL;
	struct field *f = mem_alloc(sizeof *f);
	struct store_cursor c = { .kind = 0 };

	setup_disk((void **)&other);
	field_open(f, b, 9);
	fill(f, 400, 300, 900);
	erase_some(f, 6);
	assert_ok(store_begin(other->s));
	assert_ok(store_copy(b->s, &c, put_row, other->s, NULL));
	assert_ok(store_commit(other->s));
	assert_int_equal(left(f, other->path), 0);
	teardown((void **)&other);
	free(f);
}

/* A text put into the gap of a page of each kind that is large enough for it,
 * as a program without this care would leave it. How many. */
static size_t
soil(struct field *f)
{
	unsigned char page[4096];
	int fd = open(f->b->path, O_RDWR | O_CLOEXEC);
	size_t n = 0;

	assert_true(fd >= 0);
	for (off_t at = 0; pread(fd, page, 4096, at) == 4096; at += 4096) {
		unsigned char *h = page + (at == 0 ? 100 : 0);
		size_t end = (size_t)(h - page) + (h[0] < 8 ? 12 : 8) +
		    2 * (size_t)(h[3] << 8 | h[4]);
		size_t to = (size_t)(h[5] << 8 | h[6]);

		if ((h[0] != 2 && h[0] != 5 && h[0] != 10 && h[0] != 13) ||
		    end + TOKEN > to)
			continue;
		text_of(f, 0, TOKEN);
		assert_int_equal(pwrite(fd, f->text, TOKEN,
		    at + (off_t)(n % 2 ? end : to - TOKEN)), TOKEN);
		n++;
	}
	close(fd);
	return n;
}

static void
test_what_others_left(void **state)
{
	struct bed *b = *state;
	struct field *f = mem_alloc(sizeof *f);
	size_t soiled;

	field_open(f, b, 5);
	fill(f, 300, 300, 2000);
	assert_ok(store_begin(b->s));
	replace(f, &f->said[0]);
	assert_ok(store_commit(b->s));
	store_free(b->s);
	soiled = soil(f);
	assert_in_range(soiled, 50, 1000);
	bed_open(b);
	/* a disk that fails on the way leaves the rest for the next time */
	for (unsigned long nth = 1; nth < 60; nth += 20) {
		struct store_sqlite_fault fault = { .write_nth = nth };

		store_sqlite_faults(b->s, &fault);
		assert_err(store_shred(b->s), ERR_IO);
		left(f, b->path);
		assert_in_range(f->said[0].seen, TOKEN, soiled * TOKEN);
		bed_reopen(b);
		assert_ok(store_sqlite_check(b->s, NULL));
	}
	assert_ok(store_shred(b->s));
	assert_int_equal(left(f, b->path), 0);
	assert_ok(store_sqlite_check(b->s, NULL));
	free(f);
}

/* A sync that failed there is as final as any. */
static void
test_failed_sync(void **state)
{
	struct bed *b = *state;
	struct field *f = mem_alloc(sizeof *f);
	struct store_sqlite_fault fault = { .sync_nth = 1 };

	field_open(f, b, 6);
	fill(f, 100, 300, 2000);
	store_free(b->s);
	soil(f);
	bed_open(b);
	store_sqlite_faults(b->s, &fault);
	assert_err(store_shred(b->s), ERR_IO);
	assert_ok(store_begin(b->s));
	say_item(f);
	assert_err(store_commit(b->s), ERR_IO);
	assert_err(store_begin(b->s), ERR_STATE);
	free(f);
}

static void
test_while_others_read(void **state)
{
	struct store_sqlite_options o = { .read_only = true,
		.snapshot = true };
	struct bed *b = *state;
	struct field *f = mem_alloc(sizeof *f);
	struct store *reader = NULL;

	field_open(f, b, 7);
	fill(f, 100, 300, 900);
	assert_ok(store_sqlite_open(b->path, &o, &reader, NULL));
	erase_some(f, 6);
	assert_err(store_shred(b->s), ERR_BUSY);
	assert_true(left(f, b->path) > 5);
	store_free(reader);
	assert_ok(store_shred(b->s));
	assert_int_equal(left(f, b->path), 0);
	free(f);
}

static void
copy_file(const char *from, const char *to, const char *tail)
{
	char name[128];
	unsigned char block[65536];
	ssize_t n;
	int in, out;

	snprintf(name, sizeof name, "%s%s", from, tail);
	in = open(name, O_RDONLY | O_CLOEXEC);
	snprintf(name, sizeof name, "%s%s", to, tail);
	out = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(in >= 0 && out >= 0);
	while ((n = read(in, block, sizeof block)) > 0)
		assert_int_equal(write(out, block, (size_t)n), n);
	assert_int_equal(n, 0);
	close(in);
	close(out);
}

static bool
count_body(void *ctx, uint64_t index, const struct store_body *body)
{
	(void)index;
	*(size_t *)ctx += body->state == STORE_BODY_HELD;
	return true;
}

static size_t
bodies(struct field *f, struct store *s)
{
	size_t n = 0;

	for (size_t i = 0; i < LOGS; i++)
		assert_ok(store_scan_bodies(s, f->log[i], 0, UINT64_MAX, true,
		    count_body, &n));
	return n;
}

/* What a loss of power leaves, the file and its journal at any moment, has
 * everything: pages in a journal are under a sum and must stay as they are. */
static void
test_journal_stays_whole(void **state)
{
	struct bed *b = *state, *other = NULL;
	struct field *f = mem_alloc(sizeof *f);

	setup_disk((void **)&other);
	field_open(f, b, 8);
	for (size_t n = 40; n <= ROUNDS; n += 40) {
		fill(f, 40, 300, 900);
		store_free(other->s);
		clean(other);
		copy_file(b->path, other->path, "");
		copy_file(b->path, other->path, "-wal");
		bed_open(other);
		assert_int_equal(bodies(f, other->s), n);
	}
	teardown((void **)&other);
	free(f);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		ON_DISK(test_nothing_is_left),
		ON_DISK(test_copy_has_nothing),
		ON_DISK(test_what_others_left),
		ON_DISK(test_failed_sync),
		ON_DISK(test_while_others_read),
		ON_DISK(test_journal_stays_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
