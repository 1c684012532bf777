/* SPDX-License-Identifier: Apache-2.0
 *
 * store/blobs: one suite, on a folder and in memory; and what a folder keeps
 * over its opening. record/attachment: what may stand in a list.
 */
#include "base/mem.h"
#include "record/attachment.h"
#include "store/blobs.h"

#include "cmocka_all.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/almenara-blobs-XXXXXX";
static char path[sizeof folder + 8];

static struct digest
named(const char *text)
{
	return hash_sha256(span_str(text));
}

static int
setup_folder(void **state)
{
	struct blobs *b;

	if (blobs_open(path, &b) != ERR_NONE)
		return -1;
	*state = b;
	return 0;
}

static int
setup_memory(void **state)
{
	*state = blobs_memory();
	return 0;
}

static void
empty(void *ctx, const struct digest *name, uint64_t size)
{
	struct digest **next = ctx;

	(void)size;
	*(*next)++ = *name;
}

static int
teardown(void **state)
{
	struct digest all[8], *end = all;

	assert_int_equal(blobs_walk(*state, empty, &end), ERR_NONE);
	for (struct digest *d = all; d < end; d++)
		assert_int_equal(blobs_remove(*state, d), ERR_NONE);
	blobs_close(*state);
	return 0;
}

static void
put(struct blobs *b, const char *text)
{
	struct digest part = named("part"), name = named(text);

	assert_int_equal(blobs_part_add(b, &part, 0, span_str(text)),
	    ERR_NONE);
	assert_int_equal(blobs_part_finish(b, &part, &name), ERR_NONE);
}

static void
test_appears_whole(void **state)
{
	struct digest part = named("part"), name = named("hello world");
	struct blobs *b = *state;
	unsigned char out[5];
	uint64_t size;

	assert_int_equal(blobs_part_add(b, &part, 0, span_str("hello ")),
	    ERR_NONE);
	assert_int_equal(blobs_find(b, &part, &size), ERR_NOT_FOUND);
	assert_int_equal(blobs_part_add(b, &part, 6, span_str("world")),
	    ERR_NONE);
	assert_int_equal(blobs_find(b, &name, &size), ERR_NOT_FOUND);
	assert_int_equal(blobs_part_finish(b, &part, &name), ERR_NONE);
	assert_int_equal(blobs_find(b, &name, &size), ERR_NONE);
	assert_int_equal(size, 11);
	assert_int_equal(blobs_read(b, &name, 6, 5, out), ERR_NONE);
	assert_memory_equal(out, "world", 5);
	assert_int_equal(blobs_read(b, &name, 7, 5, out), ERR_LIMIT);
	assert_int_equal(blobs_read(b, &part, 0, 1, out), ERR_NOT_FOUND);
	/* a second one under that name changes nothing */
	put(b, "hello world");
	assert_int_equal(blobs_read(b, &name, 0, 5, out), ERR_NONE);
	assert_memory_equal(out, "hello", 5);
}

static void
test_parts(void **state)
{
	struct digest part = named("part"), name = named("x");
	struct blobs *b = *state;

	assert_int_equal(blobs_part_finish(b, &part, &name), ERR_NOT_FOUND);
	assert_int_equal(blobs_part_add(b, &part, 3, span_str("x")),
	    ERR_STATE);
	assert_int_equal(blobs_part_add(b, &part, 0, span_str("abc")),
	    ERR_NONE);
	/* not its end: dropped, and may begin again */
	assert_int_equal(blobs_part_add(b, &part, 2, span_str("x")),
	    ERR_STATE);
	assert_int_equal(blobs_part_finish(b, &part, &name), ERR_NOT_FOUND);
	assert_int_equal(blobs_part_add(b, &part, 0, span_str("x")),
	    ERR_NONE);
	blobs_part_drop(b, &part);
	blobs_part_drop(b, &part);
	assert_int_equal(blobs_part_finish(b, &part, &name), ERR_NOT_FOUND);
}

static void
test_walk_and_remove(void **state)
{
	struct digest one = named("one"), all[4], *end = all;
	struct blobs *b = *state;

	put(b, "one");
	put(b, "two");
	assert_int_equal(blobs_walk(b, empty, &end), ERR_NONE);
	assert_int_equal(end - all, 2);
	assert_int_equal(blobs_remove(b, &one), ERR_NONE);
	assert_int_equal(blobs_remove(b, &one), ERR_NOT_FOUND);
	end = all;
	assert_int_equal(blobs_walk(b, empty, &end), ERR_NONE);
	assert_int_equal(end - all, 1);
}

static void
test_folder_keeps(void **state)
{
	struct digest part = named("part"), name = named("kept");
	struct stat st;
	struct blobs *b;
	uint64_t size;
	char file[256];

	(void)state;
	assert_int_equal(blobs_open(path, &b), ERR_NONE);
	put(b, "kept");
	blobs_close(b);
	/* a part of a process that died */
	snprintf(file, sizeof file, "%s/%064d.part", path, 7);
	close(open(file, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(blobs_open(path, &b), ERR_NONE);
	assert_int_equal(stat(file, &st), -1);
	assert_int_equal(blobs_find(b, &name, &size), ERR_NONE);
	assert_int_equal(size, 4);
	assert_int_equal(blobs_part_finish(b, &part, &name), ERR_NOT_FOUND);
	assert_int_equal(blobs_remove(b, &name), ERR_NONE);
	blobs_close(b);
	assert_int_equal(blobs_open("/proc/almenara", &b), ERR_NOT_FOUND);
}

/* --- the list in an entry --- */

#define D43 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define ONE(name, size, sealed) "{\"name\":\"" name "\",\"media\":\"a/b\",\"size\":" size \
	",\"digest\":\"" D43 "\",\"sealed_size\":" sealed \
	",\"sealed_digest\":\"" D43 "\",\"key\":\"" D43 "\"}"

static enum err
parse(struct arena *a, const char *text, struct attachment **out, size_t *n)
{
	struct fault f = { 0 };
	struct json doc;

	assert_int_equal(json_parse_arena(span_str(text), 16, 4096, a, &doc,
	    NULL), ERR_NONE);
	return attachments_parse(json_root(&doc), a, out, n, &f);
}

static void
test_list(void **state)
{
	struct attachment *list;
	struct arena a = { 0 };
	struct json_out w;
	struct buf b;
	size_t n = 7;

	(void)state;
	assert_int_equal(parse(&a, "{}", &list, &n), ERR_NONE);
	assert_int_equal(n, 0);
	assert_int_equal(parse(&a, "{\"attachments\":[" ONE("a.pdf", "5", "21")
	    "," ONE("b", "65537", "65569") "]}", &list, &n), ERR_NONE);
	assert_int_equal(n, 2);
	assert_int_equal(list[1].size, 65537);
	assert_ptr_equal(attachment_find(list, n, span_str("b")), &list[1]);
	assert_null(attachment_find(list, n, span_str("c")));
	assert_ptr_equal(attachment_find_sealed(list, n, &list[0].sealed),
	    &list[0]);
	buf_init(&b, 4096);
	json_out_init(&w, &b);
	attachment_write(&list[0], &w);
	assert_string_equal(buf_str(&b), ONE("a.pdf", "5", "21"));
	buf_release(&b);
	arena_release(&a);
}

static void
test_list_refused(void **state)
{
	static const char *const bad[] = {
		"{\"attachments\":{}}",
		"{\"attachments\":[1]}",
		"{\"attachments\":[" ONE("", "5", "21") "]}",
		"{\"attachments\":[" ONE(".a", "5", "21") "]}",
		"{\"attachments\":[" ONE("../a", "5", "21") "]}",
		"{\"attachments\":[" ONE("a\\u000a", "5", "21") "]}",
		"{\"attachments\":[" ONE("a\\\\b", "5", "21") "]}",
		"{\"attachments\":[" ONE("a", "5", "22") "]}",
		"{\"attachments\":[" ONE("a", "-1", "15") "]}",
		"{\"attachments\":[" ONE("a", "67108865", "67125265") "]}",
		("{\"attachments\":[" ONE("a", "5", "21") ","
		    ONE("a", "5", "21") "]}"),
		("{\"attachments\":[{\"name\":\"a\",\"media\":\"ab\",\"size\":0,"
		    "\"sealed_size\":16}]}"),
	};
	struct attachment *list;
	struct arena a = { 0 };
	size_t n = 7;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(parse(&a, bad[i], &list, &n), ERR_SCHEMA);
	assert_int_equal(n, 7);
	arena_release(&a);
}

#define ON_BOTH(test) \
	{ #test " in a folder", test, setup_folder, teardown, NULL }, \
	{ #test " in memory", test, setup_memory, teardown, NULL }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(test_appears_whole),
		ON_BOTH(test_parts),
		ON_BOTH(test_walk_and_remove),
		cmocka_unit_test(test_folder_keeps),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_list_refused),
	};
	int failed;

	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(path, sizeof path, "%s/blobs", folder);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(path);
	rmdir(folder);
	return failed;
}
