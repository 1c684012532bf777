/* SPDX-License-Identifier: Apache-2.0
 *
 * The ledger's test vectors (tests/vectors/ledger_*.txt): values by name.
 */
#ifndef LEDGER_VECTORS_H
#define LEDGER_VECTORS_H

#include "base/buf.h"
#include "base/code.h"
#include "crypto/hash.h"

#include "cmocka_all.h"

#include <stdio.h>

struct vectors {
	struct buf text;
};

static inline void
vectors_load(struct vectors *v, const char *path)
{
	unsigned char block[4096];
	FILE *in = fopen(path, "rb");
	size_t n;

	assert_non_null(in);
	buf_init(&v->text, 1 << 20);
	while ((n = fread(block, 1, sizeof block, in)) > 0)
		buf_put_mem(&v->text, block, n);
	fclose(in);
	assert_ok(buf_check(&v->text));
}

/* The value of `name` with its last LF. */
static inline struct span
vectors_get(struct vectors *v, const char *name)
{
	const char *text = buf_str(&v->text), *at, *end;
	char key[80];

	snprintf(key, sizeof key, "\n@%s\n", name);
	at = strstr(text, key);
	if (at == NULL)
		fail_msg("no vector %s", name);
	at += strlen(key);
	end = strstr(at, "\n@");
	return span_of(at, end == NULL ? strlen(at) : (size_t)(end + 1 - at));
}

/* The same without its last LF. */
static inline struct span
vectors_line(struct vectors *v, const char *name)
{
	struct span s = vectors_get(v, name);

	return span_of(s.p, s.n - 1);
}

static inline struct digest
vectors_digest(struct vectors *v, const char *name)
{
	struct digest d;

	assert_ok(code_parse_hex_fixed(vectors_line(v, name), d.b,
	    sizeof d.b));
	return d;
}

#define assert_span(got, want) \
	assert_true(span_is_equal((got), (want)))
#define assert_digest(got, want) \
	assert_memory_equal((got).b, (want).b, 32)
#define assert_rule(fault, words) \
	assert_non_null(strstr((fault).rule, (words)))

#endif
