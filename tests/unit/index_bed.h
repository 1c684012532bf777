/* SPDX-License-Identifier: Apache-2.0
 *
 * What every test of the index needs: a folder, a store in memory with logs,
 * and the index over it.
 */
#ifndef TESTS_INDEX_BED_H
#define TESTS_INDEX_BED_H

#include "index/index.h"
#include "store/memory.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define WORLD __attribute__((unused)) static

enum { BED_FOLDER = 64, BED_PATH = 96 };

WORLD const unsigned char store_key[32] = "an example key of 32 bytes, yes";

WORLD void
bed_folder(char folder[BED_FOLDER], char path[BED_PATH])
{
	snprintf(folder, BED_FOLDER, "/tmp/test_index.XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, BED_PATH, "%s/index.db", folder);
}

WORLD struct store *
bed_store(const char *const *origin, const enum store_role *role, int n,
    struct store_log *log)
{
	struct store *s = store_memory_create();

	assert_ok(store_begin(s));
	for (int i = 0; i < n; i++)
		assert_ok(store_add_log(s, role[i], span_str(origin[i]),
		    &log[i]));
	assert_ok(store_commit(s));
	return s;
}

/* Of the team uy. */
WORLD struct index *
bed_index(const char *path, const struct schema *schema)
{
	struct index_config c = { path, schema, store_key, span_str("uy") };
	struct fault f = { .rule = "" };
	struct index *ix;
	enum err e = index_open(&c, &ix, &f);

	if (e != ERR_NONE)
		fail_msg("%s: %s", err_token(e), f.rule);
	return ix;
}

WORLD void
bed_remove(const char *folder, const char *path)
{
	static const char *const tail[] = { "", "-wal", "-shm" };
	char name[BED_PATH + 8];

	for (size_t i = 0; i < sizeof tail / sizeof *tail; i++) {
		snprintf(name, sizeof name, "%s%s", path, tail[i]);
		unlink(name);
	}
	assert_int_equal(rmdir(folder), 0);
}

#endif
