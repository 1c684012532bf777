/* SPDX-License-Identifier: Apache-2.0
 *
 * What a backup is made of: the sealed file (crypto/vault), its members
 * (store/archive), all rows of a store at one moment (store/copy), and what it
 * says of itself (record/backup).
 */
#include "base/limits.h"
#include "base/mem.h"
#include "crypto/jws.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "crypto/vault.h"
#include "record/backup.h"
#include "store/archive.h"
#include "store/memory.h"
#include "store/sqlite.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LOG "test.example/log/uy/12345678"

static struct jwk
key_of(unsigned char first)
{
	unsigned char seed[32] = { 0, first };
	struct jwk k;

	jwk_from_seed(JWK_X25519, seed, &k);
	return k;
}

static struct jwk
public_of(const struct jwk *k)
{
	struct jwk p = *k;

	p.has_secret = false;
	memset(p.d, 0, sizeof p.d);
	return p;
}

/* --- the sealed file --- */

static void
seal(const struct jwk *to, struct span text, struct buf *out)
{
	struct vault_writer *w = mem_alloc(sizeof *w);
	struct jwk public = public_of(to);

	assert_int_equal(vault_begin(w, &public, span_str(LOG), random_fill, out),
	    ERR_NONE);
	/* in uneven parts: what comes out does not depend on them */
	for (size_t at = 0, n = 1; at < text.n; at += n, n = n * 3 + 1) {
		if (n > text.n - at)
			n = text.n - at;
		vault_put(w, span_of(text.p + at, n), out);
	}
	vault_end(w, out);
	free(w);
}

static enum err
open_all(const struct jwk *key, struct span file, struct buf *out)
{
	unsigned char *piece = mem_alloc(PIECE_SEALED);
	struct vault_reader r = { .number = 0 };
	struct vault_head head = { .n = 0 };
	struct arena a = { 0 };
	enum err e = vault_parse_head(file, &a, &head, NULL);

	if (e == ERR_NONE)
		e = vault_open(file, key, &r, NULL);
	for (size_t at = head.n; e == ERR_NONE && at < file.n;) {
		bool is_last = file.n - at <= PIECE_SEALED;
		size_t n = is_last ? file.n - at : PIECE_SEALED;

		e = vault_next(&r, span_of(file.p + at, n), is_last, piece);
		if (e == ERR_NONE)
			buf_put_mem(out, piece, n - PIECE_TAG);
		at += n;
	}
	vault_close(&r);
	arena_release(&a);
	free(piece);
	return e;
}

static void
test_vault(void **state)
{
	static const size_t sizes[] = { 0, 1, PIECE_TEXT - 1, PIECE_TEXT,
		PIECE_TEXT + 1, 3 * PIECE_TEXT };
	struct jwk key = key_of(1);
	unsigned char *text = mem_alloc(3 * PIECE_TEXT);

	(void)state;
	for (size_t i = 0; i < 3 * PIECE_TEXT; i++)
		text[i] = (unsigned char)(i * 5 + i / 251);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct buf file, back;

		buf_init(&file, 1 << 20);
		buf_init(&back, 1 << 20);
		seal(&key, span_of(text, sizes[i]), &file);
		assert_int_equal(open_all(&key, buf_span(&file), &back),
		    ERR_NONE);
		assert_true(span_is_equal(buf_span(&back),
		    span_of(text, sizes[i])));
		buf_release(&file);
		buf_release(&back);
	}
	free(text);
}

static void
test_vault_refused(void **state)
{
	struct jwk key = key_of(1), other = key_of(2);
	unsigned char *text = mem_alloc(2 * PIECE_TEXT);
	struct buf file, back;

	(void)state;
	buf_init(&file, 1 << 20);
	buf_init(&back, 1 << 20);
	seal(&key, span_of(text, 2 * PIECE_TEXT), &file);
	assert_int_equal(open_all(&other, buf_span(&file), &back), ERR_KEY);
	for (size_t at = 0; at < file.n; at += at < 4096 ? 13 : 9973) {
		file.p[at] ^= 1;
		buf_clear(&back);
		assert_int_not_equal(open_all(&key, buf_span(&file), &back),
		    ERR_NONE);
		file.p[at] ^= 1;
	}
	for (size_t n = 0; n < file.n; n += n < 4096 ? 13 : 9973) {
		buf_clear(&back);
		assert_false(open_all(&key, span_of(file.p, n), &back) ==
		    ERR_NONE && back.n == 2 * PIECE_TEXT);
	}
	buf_clear(&back);
	/* the first piece alone, as if it were all */
	assert_int_not_equal(open_all(&key, span_of(file.p,
	    file.n - PIECE_SEALED), &back), ERR_NONE);
	buf_release(&file);
	buf_release(&back);
	free(text);
}

/* --- a store --- */

static void
put(struct store *s, uint64_t index, const char *body)
{
	const struct store_body b = { STORE_BODY_HELD, span_str(body),
		span_str(""), span_str("m") };
	unsigned char record[34] = { 1, 0 };

	record[2] = (unsigned char)index;
	assert_int_equal(store_begin(s), ERR_NONE);
	assert_int_equal(store_put_record(s, 1, index,
	    span_of(record, sizeof record)), ERR_NONE);
	assert_int_equal(store_put_body(s, 1, index, &b), ERR_NONE);
	assert_int_equal(store_put_item(s, "board", span_str(body),
	    span_str("value")), ERR_NONE);
	assert_int_equal(store_commit(s), ERR_NONE);
}

static void
begin_log(struct store *s)
{
	struct store_log l;

	assert_int_equal(store_begin(s), ERR_NONE);
	assert_int_equal(store_add_log(s, STORE_OWN, span_str(LOG), &l), ERR_NONE);
	assert_int_equal(store_commit(s), ERR_NONE);
}

struct copying {
	struct store *to;
	struct buf *archive;
	size_t each, n; /* rows in a slice */
	uint64_t rows[ROW_KINDS];
};

static bool
copy_row(void *ctx, const struct store_row *r)
{
	struct copying *c = ctx;

	c->rows[r->kind]++;
	if (c->to != NULL)
		assert_int_equal(store_copy_put(c->to, r), ERR_NONE);
	if (c->archive != NULL)
		archive_put_row(c->archive, r);
	return ++c->n % c->each != 0;
}

static enum err
copy_all(struct store *s, struct copying *c, uint64_t *left_out)
{
	struct store_cursor *cursor = mem_alloc(sizeof *cursor);
	enum err e = ERR_NONE;

	while (e == ERR_NONE && cursor->kind < ROW_KINDS)
		e = store_copy(s, cursor, copy_row, c, NULL);
	if (left_out != NULL)
		*left_out = cursor->left_out;
	free(cursor);
	return e;
}

static bool
see_body(void *ctx, uint64_t index, const struct store_body *b)
{
	size_t *n = ctx;

	(void)index;
	*n += b->state == STORE_BODY_HELD;
	return true;
}

static void
test_copy(void **state)
{
	struct store *from = store_memory_create();
	char folder[] = "/tmp/almenara-unit.XXXXXX", path[64];

	(void)state;
	assert_non_null(mkdtemp(folder));
	begin_log(from);
	for (uint64_t i = 0; i < 20; i++)
		put(from, i, i % 2 == 0 ? "even" : "odd");
	for (size_t each = 1; each < 50; each += 16) {
		struct copying c = { .each = each };
		struct store *again;
		size_t n = 0;

		snprintf(path, sizeof path, "%s/%zu", folder, each);
		assert_int_equal(store_sqlite_open(path, NULL, &c.to, NULL),
		    ERR_NONE);
		assert_int_equal(store_begin(c.to), ERR_NONE);
		assert_int_equal(copy_all(from, &c, NULL), ERR_NONE);
		assert_int_equal(store_commit(c.to), ERR_NONE);
		store_free(c.to);
		assert_int_equal(c.rows[ROW_RECORD], 20);
		assert_int_equal(c.rows[ROW_ITEM], 2);
		assert_int_equal(store_sqlite_open(path, NULL, &again, NULL),
		    ERR_NONE);
		assert_int_equal(store_sqlite_check(again, NULL), ERR_NONE);
		assert_int_equal(store_scan_bodies(again, 1, 0, 100, true,
		    see_body, &n), ERR_NONE);
		assert_int_equal(n, 20);
		store_free(again);
		unlink(path);
		snprintf(path, sizeof path, "%s/%zu.lock", folder, each);
		unlink(path);
	}
	rmdir(folder);
	store_free(from);
}

/* One moment, whatever is written meanwhile. */
static void
test_moment(void **state)
{
	static const struct store_sqlite_options options = {
		.read_only = true, .snapshot = true };
	char folder[] = "/tmp/almenara-unit.XXXXXX", path[64];
	struct store_cursor *cursor = mem_alloc(sizeof *cursor);
	struct copying c = { .each = 7 };
	struct store *s, *moment;
	uint64_t i = 0;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/s", folder);
	assert_int_equal(store_sqlite_open(path, NULL, &s, NULL), ERR_NONE);
	begin_log(s);
	for (; i < 30; i++)
		put(s, i, "before");
	assert_int_equal(store_sqlite_open(path, &options, &moment, NULL),
	    ERR_NONE);
	while (cursor->kind < ROW_KINDS) {
		put(s, i++, "later");
		assert_int_equal(store_copy(moment, cursor, copy_row, &c,
		    NULL), ERR_NONE);
	}
	assert_true(i > 35);
	assert_int_equal(c.rows[ROW_RECORD], 30);
	assert_int_equal(c.rows[ROW_BODY], 30);
	assert_int_equal(c.rows[ROW_ITEM], 1);
	store_free(moment);
	store_free(s);
	free(cursor);
	for (size_t k = 0; k < 4; k++) {
		static const char *const ends[] = { "", ".lock", "-wal",
			"-shm" };

		snprintf(path, sizeof path, "%s/s%s", folder, ends[k]);
		unlink(path);
	}
	rmdir(folder);
}

/* What others hold is left out, what nobody else has is refused. */
static void
test_damage(void **state)
{
	struct store *s = store_memory_create();
	struct copying c = { .each = 5 };
	uint64_t left_out = 0;

	(void)state;
	begin_log(s);
	for (uint64_t i = 0; i < 5; i++)
		put(s, i, "text");
	assert_int_equal(store_memory_damage(s, STORE_PART_BODY, 1, 3, 9,
	    false), ERR_NONE);
	assert_int_equal(copy_all(s, &c, &left_out), ERR_NONE);
	assert_int_equal(left_out, 1);
	assert_int_equal(c.rows[ROW_BODY], 4);
	assert_int_equal(store_memory_damage(s, STORE_PART_RECORD, 1, 3, 9,
	    false), ERR_NONE);
	assert_int_equal(copy_all(s, &c, NULL), ERR_DAMAGED);
	store_free(s);
}

/* --- members --- */

static const char data[] = "the bytes of an attachment";

/* A whole archive; `which` members are left out, by their letters. */
static void
write_archive(struct buf *out, const char *without)
{
	struct store *s = store_memory_create();
	struct copying c = { .each = 1000, .archive = out };
	struct digest d = hash_sha256(span_str(data));

	begin_log(s);
	put(s, 0, "text");
	if (strchr(without, 'H') == NULL)
		archive_put_head(out, span_str("{}"));
	if (strchr(without, 'F') == NULL)
		archive_put_file(out, span_str("documents/root"),
		    span_str("x"));
	if (strchr(without, 'R') == NULL)
		assert_int_equal(copy_all(s, &c, NULL), ERR_NONE);
	if (strchr(without, 'A') == NULL)
		archive_put_blob(out, &d, sizeof data - 1);
	if (strchr(without, 'D') == NULL) {
		archive_put_data(out, span_of(data, 5));
		archive_put_data(out, span_of(data + 5, sizeof data - 6));
	}
	if (strchr(without, 'E') == NULL)
		archive_put_end(out, span_str("jws"));
	store_free(s);
}

static enum err
read_archive(struct span in, size_t each, struct archive_counts *counts)
{
	static const struct archive_take nothing = { 0 };
	struct archive_reader r;
	struct fault f = { 0 };
	enum err e = ERR_NONE;

	archive_reader_init(&r, &nothing);
	for (size_t at = 0; e == ERR_NONE && at < in.n; at += each)
		e = archive_read(&r, span_of(in.p + at,
		    each < in.n - at ? each : in.n - at), &f);
	if (e == ERR_NONE)
		e = archive_finish(&r, &f);
	assert_true(e == ERR_NONE || f.rule[0] != '\0');
	if (counts != NULL)
		*counts = r.counts;
	archive_reader_release(&r);
	return e;
}

static void
test_archive(void **state)
{
	struct archive_counts n;
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	write_archive(&b, "");
	for (size_t each = 1; each < 5000; each = each * 3 + 1) {
		assert_int_equal(read_archive(buf_span(&b), each, &n),
		    ERR_NONE);
		assert_int_equal(n.files, 1);
		assert_int_equal(n.blobs, 1);
		assert_int_equal(n.blob_bytes, sizeof data - 1);
		assert_int_equal(n.rows[ROW_RECORD], 1);
	}
	for (size_t i = 0; i < b.n; i++)
		assert_int_not_equal(read_archive(span_of(b.p, i), 512, NULL),
		    ERR_NONE);
	buf_release(&b);
}

static void
test_archive_order(void **state)
{
	static const struct {
		const char *without;
		bool good;
	} rows[] = { { "F", true }, { "R", true }, { "AD", true },
		{ "H", false }, { "A", false }, { "D", false },
		{ "E", false } };
	struct buf b;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		buf_init(&b, 1 << 20);
		write_archive(&b, rows[i].without);
		assert_int_equal(read_archive(buf_span(&b), 100, NULL) ==
		    ERR_NONE, rows[i].good);
		/* nothing comes twice, and nothing after the end */
		write_archive(&b, rows[i].without);
		assert_int_not_equal(read_archive(buf_span(&b), 100, NULL),
		    ERR_NONE);
		buf_release(&b);
	}
}

/* One row, of a store that has it. */
static void
put_item_row(struct buf *out, const char *key)
{
	struct store *s = store_memory_create();
	struct copying c = { .each = 1000, .archive = out };

	assert_int_equal(store_begin(s), ERR_NONE);
	assert_int_equal(store_put_item(s, "board", span_str(key),
	    span_str("value")), ERR_NONE);
	assert_int_equal(store_commit(s), ERR_NONE);
	assert_int_equal(copy_all(s, &c, NULL), ERR_NONE);
	store_free(s);
}

/* A letter for each member, and what reading them gives. */
static void
test_archive_members(void **state)
{
	static const struct {
		const char *members;
		enum err err;
	} rows[] = { { "HFfabADdE", ERR_NONE }, { "HRE", ERR_SYNTAX },
		{ "HaFE", ERR_SYNTAX }, { "HADdFE", ERR_SYNTAX },
		{ "HADdaE", ERR_SYNTAX }, { "HHE", ERR_SYNTAX },
		{ "HabE", ERR_NONE }, { "HbaE", ERR_SYNTAX },
		{ "HaaE", ERR_SYNTAX }, { "HADdADdE", ERR_SYNTAX },
		{ "HADDE", ERR_SYNTAX }, { "HADddE", ERR_SYNTAX },
		{ "HAdDE", ERR_DIGEST }, { "HAE", ERR_SYNTAX },
		{ "HXE", ERR_DAMAGED }, { "H?E", ERR_SYNTAX },
		{ "HEa", ERR_SYNTAX }, { "HLE", ERR_LIMIT } };
	struct digest d = hash_sha256(span_str(data));
	struct buf b;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		buf_init(&b, 1 << 20);
		for (const char *m = rows[i].members; *m != '\0'; m++) {
			size_t before = b.n;

			if (*m == 'H')
				archive_put_head(&b, span_str("{}"));
			if (*m == 'F' || *m == 'f')
				archive_put_file(&b, span_str("documents/a"),
				    span_str("x"));
			if (*m == 'a' || *m == 'b' || *m == 'X')
				put_item_row(&b, *m == 'b' ? "b" : "a");
			if (*m == 'X')
				b.p[b.n - 1] ^= 1;
			if (*m == 'A')
				archive_put_blob(&b, &d, sizeof data - 1);
			if (*m == 'D')
				archive_put_data(&b, span_of(data, 5));
			if (*m == 'd')
				archive_put_data(&b, span_of(data + 5,
				    sizeof data - 6));
			if (*m == 'E')
				archive_put_end(&b, span_str("jws"));
			if (*m == '?' || *m == 'R')
				buf_put_mem(&b, *m == '?' ? "?\0\0\0\0" :
				    "R\0\0\0\0", 5);
			if (*m == 'L')
				buf_put_mem(&b, "F\xff\xff\xff\xff", 5);
			assert_true(b.n > before);
		}
		if (read_archive(buf_span(&b), 64, NULL) != rows[i].err)
			fail_msg("%s: another answer", rows[i].members);
		buf_release(&b);
	}
}

static void
test_archive_names(void **state)
{
	static const char *const good[] = { "almenarad.conf",
		"almenara.rules", "keyring", "documents/root",
		"documents/keyset-uy-2.json" };
	static const char *const bad[] = { "", "documents/", "documents/..",
		"documents/.x", "documents/a/b", "../almenarad.conf", "/etc/x",
		"documents/a b", "data/log.db", "documents/\xc3\xa9" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(archive_is_name(span_str(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(archive_is_name(span_str(bad[i])));
}

/* --- what it says of itself --- */

static void
test_head(void **state)
{
	struct digest keys[] = { { { 1 } }, { { 2 } } };
	unsigned char seed[32] = { 3 };
	struct backup_head h = { .team = span_str("uy"),
		.node = span_str("test.example/node/uy"), .log = span_str(LOG),
		.private_log = span_str("p"), .made_s = 1700000000,
		.layout = 2, .keys = keys, .key_n = 2 }, back;
	struct arena a = { 0 };
	struct buf b;

	(void)state;
	jwk_from_seed(JWK_ED25519, seed, &h.signer);
	buf_init(&b, 8192);
	backup_head_write(&h, &b);
	assert_int_equal(backup_head_parse(buf_span(&b), &a, &back, NULL),
	    ERR_NONE);
	assert_false(back.is_keys);
	assert_true(span_is_equal(back.log, span_str(LOG)));
	assert_int_equal(back.made_s, h.made_s);
	assert_int_equal(back.key_n, 2);
	assert_memory_equal(back.keys, keys, sizeof keys);
	assert_false(back.signer.has_secret);
	for (size_t n = 0; n < b.n; n++)
		assert_int_not_equal(backup_head_parse(span_of(b.p, n), &a,
		    &back, NULL), ERR_NONE);
	assert_int_equal(back.layout, 2);
	/* a later one, and one from before the layout was told */
	for (const char *v = "31"; *v != '\0'; v++) {
		assert_int_equal(b.p[5], v[0] == '3' ? '2' : '3'); /* {"v":2 */
		b.p[5] = (unsigned char)*v;
		assert_int_equal(backup_head_parse(buf_span(&b), &a, &back,
		    NULL), ERR_UNSUPPORTED);
	}
	buf_release(&b);
	arena_release(&a);
}

static void
test_end(void **state)
{
	const struct backup_end end = { hash_sha256(span_str("all")), 7 };
	unsigned char seed[2][32] = { { 3 }, { 4 } };
	struct sign_secret secret;
	struct sign_public public[2];
	struct backup_end back;
	struct buf payload, jws;
	struct jwk key[2];
	struct kid kid;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		jwk_from_seed(JWK_ED25519, seed[i], &key[i]);
		public[i] = jwk_sign_public(&key[i]);
	}
	kid = jwk_kid(&key[0]);
	jwk_sign_secret(&key[0], &secret);
	buf_init(&payload, 4096);
	buf_init(&jws, 4096);
	backup_end_write(&end, &payload);
	assert_int_equal(jws_write(BACKUP_TYP, &kid, buf_span(&payload),
	    &secret, &jws), ERR_NONE);
	assert_int_equal(backup_end_parse(buf_span(&jws), &public[0], &back,
	    NULL), ERR_NONE);
	assert_int_equal(back.left_out, 7);
	assert_true(digest_is_equal(&back.digest, &end.digest));
	assert_int_equal(backup_end_parse(buf_span(&jws), &public[1], &back,
	    NULL), ERR_SIGNATURE);
	buf_release(&payload);
	buf_release(&jws);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vault),
		cmocka_unit_test(test_vault_refused),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_moment),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_archive),
		cmocka_unit_test(test_archive_order),
		cmocka_unit_test(test_archive_members),
		cmocka_unit_test(test_archive_names),
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
