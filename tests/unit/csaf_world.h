/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of gateways/csaf stand on: the schema, an arena for all of a
 * program's tests, and files.
 */
#ifndef TESTS_CSAF_WORLD_H
#define TESTS_CSAF_WORLD_H

#include "base/limits.h"
#include "gateways/csaf.h"
#include "schema/check.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#define WORLD __attribute__((unused)) static

enum { CSAF_TEST_PATH = 256, CSAF_TEST_FILE = 4 << 20 };

static struct schema *all;
static struct arena mem;
static struct csaf_context context;

WORLD int
setup(void **state)
{
	struct fault f = { 0 };

	(void)state;
	if (schema_load(&schema_files, &all, &f) != ERR_NONE) {
		print_error("%s: %s\n", f.field, f.rule);
		return -1;
	}
	context = (struct csaf_context){ .schema = all,
		.sha256 = span_str("9f86d081884c7d659a2feaa0c55ad015"
		    "a3bf4f1b2b0b822cd15d6c15b0f00a08"),
		.author_post = span_str("Duty officer") };
	return 0;
}

WORLD int
teardown(void **state)
{
	(void)state;
	schema_free(all);
	arena_release(&mem);
	return 0;
}

/* The whole file, empty if there is none. */
WORLD struct span
read_file(const char *path)
{
	FILE *in = fopen(path, "rb");
	unsigned char *p;
	size_t n;

	if (in == NULL)
		return (struct span){ 0 };
	p = arena_alloc(&mem, CSAF_TEST_FILE);
	n = fread(p, 1, CSAF_TEST_FILE, in);
	fclose(in);
	return span_of(p, n);
}

/* A file of the shared data; NULL if there is no shared data. */
WORLD const char *
shared(const char *name)
{
	static char path[512];
	const char *root = getenv("ALMENARA_SHARED");
	FILE *in;

	snprintf(path, sizeof path, "%s/data/csaf/%s",
	    root == NULL ? "../shared" : root, name);
	in = fopen(path, "rb");
	if (in == NULL)
		return NULL;
	fclose(in);
	return path;
}

WORLD struct json_val
parse(struct span text, size_t tokens)
{
	struct json *doc = arena_alloc(&mem, sizeof *doc);
	struct fault f = { 0 };

	if (json_parse_arena(text, LIMIT_IMPORT_DEPTH, tokens, &mem, doc,
	    &f) != ERR_NONE)
		fail_msg("%s at %zu", f.rule, f.at);
	return json_root(doc);
}

/* The draft with what a person must add. */
WORLD struct span
filled(const struct csaf_draft *draft)
{
	struct json_val body = parse(draft->body, LIMIT_JSON_TOKENS);
	struct buf b;
	struct span out;

	buf_init(&b, CSAF_BODY_MAX + 512);
	buf_put(&b, span_of(draft->body.p, draft->body.n - 1));
	buf_put_str(&b, ",\"states\":[\"UY\"],\"sectors\":[\"government\"],"
	    "\"requested_action\":\"check\"");
	if (json_get(body, "exploitation").type == JSON_ABSENT)
		buf_put_str(&b, ",\"exploitation\":\"none_known\"");
	if (json_get(body, "fix").type == JSON_ABSENT)
		buf_put_str(&b, ",\"fix\":\"none\"");
	buf_put_str(&b, "}");
	assert_int_equal(buf_check(&b), ERR_NONE);
	out = arena_copy(&mem, buf_span(&b));
	buf_release(&b);
	return out;
}

/* With that it must be a body that may be signed. */
WORLD void
assert_body(const char *name, const struct csaf_draft *draft)
{
	const struct kind *k = kind_find(all, span_str("advisory"));
	struct json_val body = parse(filled(draft), LIMIT_JSON_TOKENS);
	struct fault f = { 0 };

	assert_true(draft->body.n <= CSAF_BODY_MAX);
	if (body_check(all, k, body, CHECK_SENT, &mem, &f) != ERR_NONE)
		fail_msg("%s: %s %s", name, f.field, f.rule);
}

/* Is `part` of `n` bytes, without brackets, a line of `left_out`? */
WORLD bool
is_left_out(const struct csaf_draft *d, const char *part, size_t n)
{
	for (size_t i = 0; i < d->left_out_count; i++) {
		struct span s = d->left_out[i];
		char bare[CSAF_TEST_PATH];
		size_t k = 0;

		for (size_t x = 0; x < s.n && k < sizeof bare - 1; x++) {
			if (s.p[x] != '[' && s.p[x] != ']')
				bare[k++] = (char)s.p[x];
		}
		bare[k] = '\0';
		if (k > n && strncmp(bare, part, n) == 0 && bare[n] == ' ')
			return true;
	}
	return false;
}

/* "CSAF 6.1.27.9: ..." has the number `id`. */
WORLD bool
has_number(const char *rule, struct span id)
{
	return strncmp(rule, "CSAF ", 5) == 0 &&
	    strncmp(rule + 5, (const char *)id.p, id.n) == 0 &&
	    rule[5 + id.n] == ':';
}

#endif
