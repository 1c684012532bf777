/* SPDX-License-Identifier: Apache-2.0
 *
 * store/sqlite: what only the disk can do: kill, full, failed sync, flipped
 * bits.
 */
#include "store_world.h"

#include "store/sqlite_fault.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>

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

static off_t
journal_size(const struct bed *b)
{
	char name[sizeof b->path + 8];
	struct stat st;

	snprintf(name, sizeof name, "%s-wal", b->path);
	assert_int_equal(stat(name, &st), 0);
	return st.st_size;
}

/* It grows once; what is in it after a loss of power is all there. */
static void
test_disk_written_ahead(void **state)
{
	enum { AHEAD = 4 << 20 };
	struct bed *b = *state;
	struct seen seen = { .n = 0 };
	uint64_t before;
	uint32_t id;

	b->is_ahead = true;
	bed_reopen(b);
	id = one_log(b->s);
	assert_int_equal(journal_size(b), AHEAD);
	before = b->s->syncs;
	for (uint64_t i = 0; i < 60; i++)
		assert_ok(add_entry(b, id, i, 3000));
	assert_int_equal(b->s->syncs - before, 60);
	assert_int_equal(journal_size(b), AHEAD);
	/* larger than that in one piece */
	assert_ok(store_begin(b->s));
	for (uint64_t i = 60; i < 90; i++)
		assert_ok(put_entry(b, id, i, 250000));
	assert_ok(store_commit(b->s));
	assert_true(journal_size(b) > AHEAD);
	bed_reopen(b);
	assert_ok(store_scan_records(b->s, id, 0, 99, see_record, &seen));
	assert_int_equal(seen.n, 90);
	assert_ok(store_sqlite_check(b->s, NULL));
}

/* A real full disk, where this process may mount one. */
static void
really_full(struct bed *b)
{
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
	assert_true(journal_size(b) < 1 << 20);
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
test_disk_really_full(void **state)
{
	really_full(*state);
}

/* What is written ahead takes no room from what is written. */
static void
test_disk_full_and_ahead(void **state)
{
	struct bed *b = *state;

	b->is_ahead = true;
	really_full(b);
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
		b->is_ahead = round % 2 != 0;
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

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		ON_DISK(test_disk_second_handles),
		ON_DISK(test_disk_one_sync_a_commit),
		ON_DISK(test_disk_refuses_foreign_and_newer),
		ON_DISK(test_disk_full_rolls_back),
		ON_DISK(test_disk_failed_sync_is_final),
		ON_DISK(test_disk_failed_checkpoint_is_final),
		ON_DISK(test_disk_checkpoints_are_rare),
		ON_DISK(test_disk_io_error_is_final),
		ON_DISK(test_disk_written_ahead),
		ON_DISK(test_disk_really_full),
		ON_DISK(test_disk_full_and_ahead),
		ON_DISK(test_disk_killed_process),
		ON_DISK(test_disk_flipped_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
