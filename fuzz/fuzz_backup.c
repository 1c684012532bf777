/* reaches: archive_read archive_finish store_row_check backup_head_parse
 * backup_end_parse vault_parse_head
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as what is inside a backup, and as the head of a sealed one. What
 * is read does not depend on how it comes in parts; and what is taken of it
 * writes the same archive again.
 */
#include "fuzz.h"

#include "base/limits.h"
#include "crypto/vault.h"
#include "record/backup.h"
#include "store/archive.h"

#include <string.h>

struct taken {
	struct buf again;
	struct digest blob;
	struct sign_public signer;
};

static enum err
take_head(void *ctx, struct span json, struct fault *f)
{
	struct taken *t = ctx;
	struct backup_head h;
	struct arena a = { 0 };

	if (backup_head_parse(json, &a, &h, f) == ERR_NONE)
		t->signer = jwk_sign_public(&h.signer);
	arena_release(&a);
	archive_put_head(&t->again, json);
	return ERR_NONE;
}

static enum err
take_file(void *ctx, struct span name, struct span bytes, struct fault *f)
{
	struct taken *t = ctx;

	(void)f;
	FUZZ_CHECK(archive_is_name(name));
	FUZZ_CHECK(memmem(name.p, name.n, "..", 2) == NULL ||
	    memchr(name.p, '/', name.n) == NULL ||
	    name.p[sizeof "documents"] != '.');
	archive_put_file(&t->again, name, bytes);
	return ERR_NONE;
}

static enum err
take_row(void *ctx, const struct store_row *r, struct fault *f)
{
	struct taken *t = ctx;

	FUZZ_CHECK(store_row_check(r, f) == ERR_NONE);
	archive_put_row(&t->again, r);
	return ERR_NONE;
}

static enum err
take_blob(void *ctx, const struct digest *name, uint64_t size,
    struct fault *f)
{
	struct taken *t = ctx;

	(void)f;
	archive_put_blob(&t->again, name, size);
	return ERR_NONE;
}

static enum err
take_data(void *ctx, struct span bytes, bool is_last, struct fault *f)
{
	struct taken *t = ctx;

	(void)is_last;
	(void)f;
	FUZZ_CHECK(bytes.n != 0 && bytes.n <= ARCHIVE_DATA);
	archive_put_data(&t->again, bytes);
	return ERR_NONE;
}

static enum err
take_end(void *ctx, struct span jws, const struct digest *digest,
    struct fault *f)
{
	struct digest before;
	struct backup_end end;
	struct taken *t = ctx;

	before = hash_sha256(buf_span(&t->again));
	FUZZ_CHECK(digest_is_equal(&before, digest));
	(void)!backup_end_parse(jws, &t->signer, &end, f);
	archive_put_end(&t->again, jws);
	return ERR_NONE;
}

static enum err
read_parts(struct span in, size_t each, struct buf *again)
{
	struct taken t = { 0 };
	const struct archive_take take = { take_head, take_file, take_row,
		take_blob, take_data, take_end, &t };
	struct archive_reader r;
	struct fault f = { 0 };
	enum err e = ERR_NONE;

	buf_init(&t.again, 2 * in.n + 64);
	archive_reader_init(&r, &take);
	for (size_t at = 0; e == ERR_NONE && at < in.n; at += each)
		e = archive_read(&r, span_of(in.p + at,
		    each < in.n - at ? each : in.n - at), &f);
	if (e == ERR_NONE)
		e = archive_finish(&r, &f);
	FUZZ_CHECK(e == ERR_NONE || f.rule[0] != '\0');
	archive_reader_release(&r);
	*again = t.again;
	return e;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct span in = span_of(bytes, n);
	struct vault_head head;
	struct arena a = { 0 };
	struct fault f = { 0 };
	struct buf one, two;
	enum err e;

	if (vault_parse_head(in, &a, &head, &f) == ERR_NONE)
		FUZZ_CHECK(head.n <= n && head.n <= LIMIT_VAULT_HEAD &&
		    bytes[head.n - 1] == '\n');
	else
		FUZZ_CHECK(f.rule[0] != '\0');
	arena_release(&a);
	e = read_parts(in, n == 0 ? 1 : n, &one);
	FUZZ_CHECK(read_parts(in, 7, &two) == e);
	FUZZ_CHECK(span_is_equal(buf_span(&one), buf_span(&two)));
	if (e == ERR_NONE)
		FUZZ_CHECK(span_is_equal(buf_span(&one), in));
	buf_release(&one);
	buf_release(&two);
	return 0;
}
