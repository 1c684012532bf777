/* SPDX-License-Identifier: Apache-2.0
 *
 * store/sentinel: the file of two slots, torn and flipped, and the memory one.
 */
#include "base/mem.h"
#include "store/sentinel.h"

#include "cmocka_all.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SLOT = 4096 };

struct bed {
	char folder[64];
	char path[80];
};

static int
setup(void **state)
{
	struct bed *b = mem_alloc(sizeof *b);

	snprintf(b->folder, sizeof b->folder, "/tmp/test-sentinel-XXXXXX");
	assert_non_null(mkdtemp(b->folder));
	snprintf(b->path, sizeof b->path, "%s/sentinel", b->folder);
	*state = b;
	return 0;
}

static int
teardown(void **state)
{
	struct bed *b = *state;

	(void)unlink(b->path);
	assert_int_equal(rmdir(b->folder), 0); /* nothing else is left */
	free(b);
	return 0;
}

static struct sentinel_state
state_of(uint64_t size)
{
	struct sentinel_state st = { .origin = "log.bol", .size = size };

	st.root = hash_sha256(span_of(&size, sizeof size));
	return st;
}

static void
assert_state(struct sentinel *s, uint64_t size)
{
	struct sentinel_state got, want = state_of(size);

	assert_ok(sentinel_read(s, &got));
	assert_int_equal(got.size, size);
	assert_string_equal(got.origin, want.origin);
	assert_true(digest_is_equal(&got.root, &want.root));
}

static enum err
put(struct sentinel *s, uint64_t size)
{
	struct sentinel_state st = state_of(size);

	return sentinel_write(s, &st);
}

static void
test_file(void **state)
{
	struct bed *b = *state;
	struct sentinel_state st = state_of(0);
	struct sentinel *s = NULL, *other = NULL;
	struct stat info;

	assert_err(sentinel_open(b->path, &s), ERR_NOT_FOUND);
	assert_null(s);
	assert_ok(sentinel_create(b->path, &st, &s));
	assert_state(s, 0);
	assert_int_equal(stat(b->path, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0600);
	assert_err(sentinel_create(b->path, &st, &other), ERR_EXISTS);
	assert_err(sentinel_open(b->path, &other), ERR_BUSY);
	for (uint64_t i = 1; i < 10; i++) {
		assert_ok(put(s, i));
		assert_state(s, i);
		assert_int_equal(s->syncs, i);
	}
	/* the size of the file never changes: nothing to journal */
	assert_int_equal(stat(b->path, &info), 0);
	assert_int_equal(info.st_size, 2 * SLOT);
	sentinel_close(s);
	assert_ok(sentinel_open(b->path, &s));
	assert_state(s, 9);
	sentinel_close(s);
}

/* Every way to tear the write of 3: after n bytes of the slot are new. */
static void
test_torn_write_leaves_the_old(void **state)
{
	struct bed *b = *state;
	struct sentinel_state st = state_of(1);
	unsigned char before[2 * SLOT], after[2 * SLOT], torn[2 * SLOT];
	struct sentinel *s;
	size_t at;
	int fd;

	assert_ok(sentinel_create(b->path, &st, &s));
	assert_ok(put(s, 2));
	fd = open(b->path, O_RDWR | O_CLOEXEC);
	assert_int_equal(pread(fd, before, 2 * SLOT, 0), 2 * SLOT);
	assert_ok(put(s, 3));
	assert_int_equal(pread(fd, after, 2 * SLOT, 0), 2 * SLOT);
	at = memcmp(before, after, SLOT) != 0 ? 0 : SLOT;
	assert_memory_equal(before + SLOT - at, after + SLOT - at, SLOT);
	for (size_t n = 0; n <= SLOT; n += n < 600 ? 7 : 512) {
		memcpy(torn, before, sizeof torn);
		memcpy(torn + at, after + at, n);
		assert_int_equal(pwrite(fd, torn, 2 * SLOT, 0), 2 * SLOT);
		assert_state(s, memcmp(torn, after, 2 * SLOT) == 0 ? 3 : 2);
	}
	/* and it can be written again afterwards */
	memcpy(torn, before, sizeof torn);
	torn[at + 100] ^= 1;
	assert_int_equal(pwrite(fd, torn, 2 * SLOT, 0), 2 * SLOT);
	assert_ok(put(s, 4));
	assert_state(s, 4);
	close(fd);
	sentinel_close(s);
}

/* The checkpoint's signature is kept with it, and none where none was. */
static void
test_signature(void **state)
{
	struct bed *b = *state;
	struct sentinel_state st = state_of(1), got;
	struct sentinel *s;

	assert_ok(sentinel_create(b->path, &st, &s));
	for (int i = 0; i < SENTINEL_SIGNATURE; i++)
		st.signature[i] = (unsigned char)(i + 1);
	st.is_signed = true;
	assert_ok(sentinel_write(s, &st));
	sentinel_close(s);
	assert_ok(sentinel_open(b->path, &s));
	assert_ok(sentinel_read(s, &got));
	assert_true(got.is_signed);
	assert_memory_equal(got.signature, st.signature, SENTINEL_SIGNATURE);
	assert_ok(put(s, 2));
	assert_ok(sentinel_read(s, &got));
	assert_false(got.is_signed);
	assert_state(s, 2);
	sentinel_close(s);
}

static void
test_damage(void **state)
{
	struct bed *b = *state;
	struct sentinel_state st = state_of(1);
	unsigned char all[2 * SLOT];
	struct sentinel *s, *other = NULL;
	int fd;

	assert_ok(sentinel_create(b->path, &st, &s));
	assert_ok(put(s, 2));
	fd = open(b->path, O_RDWR | O_CLOEXEC);
	assert_int_equal(pread(fd, all, 2 * SLOT, 0), 2 * SLOT);
	all[20] ^= 1;
	all[SLOT + 4000] ^= 1;
	assert_int_equal(pwrite(fd, all, 2 * SLOT, 0), 2 * SLOT);
	assert_err(sentinel_read(s, &st), ERR_DAMAGED);
	/* who has it open knows what stood there, and may write on */
	assert_ok(put(s, 3));
	assert_state(s, 3);
	assert_int_equal(pwrite(fd, all, 2 * SLOT, 0), 2 * SLOT);
	sentinel_close(s);
	assert_err(sentinel_open(b->path, &other), ERR_DAMAGED);
	assert_int_equal(ftruncate(fd, 100), 0);
	assert_err(sentinel_open(b->path, &other), ERR_DAMAGED);
	assert_null(other);
	close(fd);
}

static void
test_memory(void **state)
{
	struct sentinel *s = sentinel_memory();
	struct sentinel_state st;

	(void)state;
	assert_err(sentinel_read(s, &st), ERR_NOT_FOUND);
	assert_ok(put(s, 1));
	sentinel_memory_cut(s);
	assert_state(s, 1);
	sentinel_memory_fail(s, 1, ERR_IO, false);
	assert_err(put(s, 2), ERR_IO);
	assert_err(put(s, 2), ERR_STATE);
	sentinel_memory_cut(s);
	assert_state(s, 1);
	sentinel_memory_fail(s, 2, ERR_IO, true);
	assert_ok(put(s, 2));
	assert_err(put(s, 3), ERR_IO);
	sentinel_memory_cut(s);
	assert_state(s, 3);
	sentinel_memory_fail(s, 1, ERR_FULL, false);
	assert_err(put(s, 4), ERR_FULL);
	assert_ok(put(s, 4));
	st = state_of(1);
	sentinel_memory_set(s, &st);
	assert_state(s, 1);
	sentinel_memory_erase(s);
	assert_err(sentinel_read(s, &st), ERR_NOT_FOUND);
	sentinel_close(s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_file, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_torn_write_leaves_the_old, setup, teardown),
		cmocka_unit_test_setup_teardown(test_signature, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_damage, setup, teardown),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
