/* SPDX-License-Identifier: Apache-2.0
 *
 * ledger/note, cosignature, checkpoint: vectors, and each refusal for its own
 * reason.
 */
#include "ledger/checkpoint.h"
#include "ledger/cosignature.h"

#include "ledger_vectors.h"

static struct vectors vectors;
static struct note_key log_key, br, cl;
static struct sign_secret log_secret;

static void
test_keys(void **state)
{
	static const char *const names[] = { "log vkey", "br vkey", "cl vkey",
	    "published vkey" };
	struct note_key key, again;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 512);
	for (i = 0; i < 4; i++) {
		assert_ok(note_key_parse(vectors_line(&vectors, names[i]),
		    &key));
		buf_clear(&b);
		note_key_write(&key, &b);
		assert_span(buf_span(&b), vectors_line(&vectors, names[i]));
		assert_ok(note_key_make(note_key_name(&key), key.type,
		    &key.public, &again));
		assert_memory_equal(again.id, key.id, 4);
	}
	buf_release(&b);
}

static void
test_bad_keys(void **state)
{
	static const struct {
		const char *vkey;
		enum err want;
	} rows[] = {
		{ "", ERR_SYNTAX },
		{ "name", ERR_SYNTAX },
		{ "name+ab84359e", ERR_SYNTAX },
		{ "name+ab84359e+", ERR_SYNTAX },
		{ "name+AB84359E+AYOGJihkdYptTjW0HHjyiSX21keBfB6IOXEv2hALBpp+",
		    ERR_CANONICAL },
		{ "name+ab84359e+AYOGJihkdYptTjW0HHjyiSX21keBfB6IOXEv2hALBpp+",
		    ERR_DIGEST },
		{ "na me+ab84359e+AYOGJihkdYptTjW0HHjyiSX21keBfB6IOXEv2hALBpp+",
		    ERR_SYNTAX },
		{ "+ab84359e+AYOGJihkdYptTjW0HHjyiSX21keBfB6IOXEv2hALBpp+",
		    ERR_SYNTAX },
		{ "name+ab84359e+AoOGJihkdYptTjW0HHjyiSX21keBfB6IOXEv2hALBpp+",
		    ERR_UNSUPPORTED },
		{ "name+ab84359e+AYOG", ERR_SYNTAX },
		{ "name+ab84359e+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		    ERR_KEY },
	};
	struct note_key key;
	size_t i;
	enum err e;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		e = note_key_parse(span_str(rows[i].vkey), &key);
		if (e != rows[i].want)
			fail_msg("%s: %s", rows[i].vkey, err_token(e));
	}
}

static void
test_published_note(void **state)
{
	struct note_key key;
	struct note_found found;
	struct note note;
	struct fault f;
	struct buf b;

	(void)state;
	assert_ok(note_key_parse(vectors_line(&vectors, "published vkey"),
	    &key));
	assert_ok(note_parse(vectors_get(&vectors, "published note"), &note,
	    NULL));
	assert_ok(note_check(&note, &key, 1, &found, NULL));
	assert_true(found.valid);
	buf_init(&b, 4096);
	buf_put(&b, vectors_get(&vectors, "published note"));
	b.p[0] ^= 1;
	assert_ok(note_parse(buf_span(&b), &note, NULL));
	assert_err(note_check(&note, &key, 1, &found, &f), ERR_SIGNATURE);
	assert_true(found.valid); /* untouched */
	buf_release(&b);
}

static void
test_checkpoint_is_written_the_same(void **state)
{
	struct checkpoint c;
	struct buf text, note;
	unsigned char sig[SIGN_BYTES];

	(void)state;
	buf_init(&text, CHECKPOINT_TEXT_MAX);
	buf_init(&note, LIMIT_NOTE);
	assert_ok(checkpoint_parse(vectors_get(&vectors, "checkpoint text"),
	    &c, NULL));
	assert_int_equal(c.size, 7);
	checkpoint_write(&c, &text);
	assert_span(buf_span(&text), vectors_get(&vectors,
	    "checkpoint text"));
	sign_make(&log_secret, buf_span(&text), sig);
	checkpoint_write_note(buf_span(&text), &log_key,
	    span_of(sig, sizeof sig), &note);
	assert_span(buf_span(&note), vectors_get(&vectors,
	    "checkpoint signed"));
	buf_release(&text);
	buf_release(&note);
}

static void
test_checkpoint_check(void **state)
{
	struct note_key cosigners[2] = { br, cl };
	struct note_found found[2];
	struct checkpoint c;
	struct fault f;

	(void)state;
	assert_ok(checkpoint_check(vectors_get(&vectors, "checkpoint signed"),
	    &log_key, &c, NULL));
	assert_int_equal(c.size, 7);
	assert_span(c.origin, span_str(log_key.name));
	assert_ok(checkpoint_check_cosigned(vectors_get(&vectors,
	    "checkpoint cosigned"), &log_key, cosigners, 2, &c, found, NULL));
	assert_true(found[0].valid && found[1].valid);
	assert_true(found[0].time_s == 1767225600 &&
	    found[1].time_s == 1767225602);
	/* no cosignature is no error, no log signature is one */
	assert_ok(checkpoint_check_cosigned(vectors_get(&vectors,
	    "checkpoint signed"), &log_key, cosigners, 2, &c, found, NULL));
	assert_false(found[0].valid || found[1].valid);
	assert_err(checkpoint_check(vectors_get(&vectors,
	    "checkpoint signed"), &br, &c, &f), ERR_KEY);
	assert_rule(f, "no log key");
	assert_err(checkpoint_check(vectors_get(&vectors, "published note"),
	    &log_key, &c, &f), ERR_SYNTAX);
	assert_ok(checkpoint_read(vectors_get(&vectors, "checkpoint signed"),
	    &c, NULL));
}

static void
test_bad_checkpoints(void **state)
{
#define O "almenara.example/log/uy/7f3a09c2\n"
#define R "odDy3eYqHWZp5w8FNDCo4gn/9Pkrn5zlGcXn5xLkunc="
	static const struct {
		const char *text;
		enum err want;
		const char *rule;
	} rows[] = {
		{ O "07\n" R "\n", ERR_CANONICAL, "leading zeros" },
		{ O "00\n" R "\n", ERR_CANONICAL, "leading zeros" },
		{ O "+7\n" R "\n", ERR_SYNTAX, "decimal" },
		{ O "\n" R "\n", ERR_SYNTAX, "decimal" },
		{ O "9223372036854775808\n" R "\n", ERR_LIMIT, "decimal" },
		{ O "99999999999999999999999\n" R "\n", ERR_LIMIT,
		    "decimal" },
		{ O "7\n" R, ERR_SYNTAX, "three lines" },
		{ O "7\n", ERR_SYNTAX, "three lines" },
		{ O "7\n" R "\nmore\n", ERR_SYNTAX, "extension" },
		{ O "7\n" R " \n", ERR_CANONICAL, "root" },
		{ O "7\nodDy3eYqHWZp5w8FNDCo4gn/9Pkrn5zlGcXn5xLkund=\n",
		    ERR_CANONICAL, "root" },
		{ O "7\nodDy3eYqHWZp5w8FNDCo4gn_9Pkrn5zlGcXn5xLkunc=\n",
		    ERR_SYNTAX, "root" },
		{ O "7\nodDy\n", ERR_SYNTAX, "root" },
		{ "\n7\n" R "\n", ERR_SYNTAX, "origin" },
		{ "a b\n7\n" R "\n", ERR_SYNTAX, "origin" },
		{ "a+b\n7\n" R "\n", ERR_SYNTAX, "origin" },
		{ "\xc3\xb1\n7\n" R "\n", ERR_SYNTAX, "origin" },
		{ O "9223372036854775807\n" R "\n", ERR_NONE, NULL },
		{ O "0\n" R "\n", ERR_NONE, NULL },
	};
	struct checkpoint c;
	struct fault f;
	size_t i;
	enum err e;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		e = checkpoint_parse(span_str(rows[i].text), &c, &f);
		if (e != rows[i].want || (e != ERR_NONE &&
		    strstr(f.rule, rows[i].rule) == NULL))
			fail_msg("row %zu: %s, %s", i, err_token(e), f.rule);
	}
}

static void
test_bad_notes(void **state)
{
#define S "\xe2\x80\x94 name "
	static const struct {
		const char *note;
		enum err want;
		const char *rule;
	} rows[] = {
		{ "text\n\n" S "AAAAAAA=\n", ERR_NONE, NULL },
		{ "a\n\nb\n\n" S "AAAAAAA=\n", ERR_NONE, NULL },
		{ "", ERR_SYNTAX, "empty line" },
		{ "text\n" S "AAAAAAA=\n", ERR_SYNTAX, "empty line" },
		{ "text\n\n", ERR_SYNTAX, "no signature" },
		{ "text\n\n" S "AAAAAAA=", ERR_SYNTAX, "LF" },
		{ "text\n\n- name AAAAAAA=\n", ERR_SYNTAX, "U+2014" },
		{ "text\n\n\xe2\x80\x94name AAAAAAA=\n", ERR_SYNTAX,
		    "U+2014" },
		{ "text\n\n\xe2\x80\x94 name\n", ERR_SYNTAX, "name and" },
		{ "text\n\n\xe2\x80\x94  AAAAAAA=\n", ERR_SYNTAX,
		    "key name" },
		{ "text\n\n\xe2\x80\x94 n+m AAAAAAA=\n", ERR_SYNTAX,
		    "key name" },
		{ "text\n\n" S "AAAAAAA\n", ERR_CANONICAL, "base64" },
		{ "text\n\n" S "AAAAAAB=\n", ERR_CANONICAL, "base64" },
		{ "text\n\n" S "AAAAAAA= \n", ERR_CANONICAL, "base64" },
		{ "text\n\n" S "AAAAAA==\n", ERR_SYNTAX, "base64" },
		{ "text\r\n\n" S "AAAAAAA=\n", ERR_SYNTAX, "control" },
		{ "\xff\n\n" S "AAAAAAA=\n", ERR_SYNTAX, "UTF-8" },
	};
	struct note note;
	struct fault f;
	size_t i;
	enum err e;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		e = note_parse(span_str(rows[i].note), &note, &f);
		if (e != rows[i].want || (e != ERR_NONE &&
		    strstr(f.rule, rows[i].rule) == NULL))
			fail_msg("row %zu: %s, %s", i, err_token(e), f.rule);
	}
}

static void
test_note_limits(void **state)
{
	struct note note;
	struct fault f;
	struct buf b;
	unsigned i;

	(void)state;
	buf_init(&b, 2 * LIMIT_NOTE);
	buf_put_str(&b, "text\n\n");
	for (i = 0; i < LIMIT_NOTE_SIGNATURES; i++)
		buf_put_str(&b, S "AAAAAAA=\n");
	assert_ok(note_parse(buf_span(&b), &note, NULL));
	assert_int_equal(note.count, LIMIT_NOTE_SIGNATURES);
	buf_put_str(&b, S "AAAAAAA=\n");
	assert_err(note_parse(buf_span(&b), &note, &f), ERR_LIMIT);
	assert_rule(f, "signatures");
	buf_clear(&b);
	memset(buf_extend(&b, LIMIT_NOTE - 19), 'a', LIMIT_NOTE - 19);
	buf_put_str(&b, "\n\n" S "AAAAAAA=\n");
	assert_int_equal(b.n, LIMIT_NOTE + 1);
	assert_err(note_parse(buf_span(&b), &note, &f), ERR_LIMIT);
	assert_ok(note_parse(span_of(b.p + 1, b.n - 1), &note, &f));
	/* an ML-DSA-44 line: known to nobody here, carried all the same */
	buf_clear(&b);
	buf_put_str(&b, "text\n\n" S);
	for (i = 0; i < 808; i++)
		buf_put_str(&b, "AAAA");
	buf_put_str(&b, "\n");
	assert_ok(note_parse(buf_span(&b), &note, &f));
	assert_int_equal(note.signature[0].n, 2420);
	buf_release(&b);
}

/* A signature of a known (name, id) that is bad rejects the note, one of an
 * unknown key does not. */
static void
test_bad_and_unknown_signatures(void **state)
{
	struct note_key stranger = log_key, keys[2] = { br, cl };
	struct note_found found[2];
	unsigned char sig[72] = { 0 };
	struct checkpoint c;
	struct fault f;
	struct buf b;

	(void)state;
	buf_init(&b, LIMIT_NOTE);
	buf_put(&b, vectors_get(&vectors, "checkpoint cosigned"));
	stranger.id[0] ^= 1;
	note_line_write(&stranger, span_of(sig, 64), &b);
	snprintf(stranger.name, sizeof stranger.name, "other");
	note_line_write(&stranger, span_of(sig, 64), &b);
	assert_ok(checkpoint_check_cosigned(buf_span(&b), &log_key, keys, 2,
	    &c, found, NULL));
	note_line_write(&br, span_of(sig, 72), &b);
	assert_ok(checkpoint_check(buf_span(&b), &log_key, &c, NULL));
	assert_err(checkpoint_check_cosigned(buf_span(&b), &log_key, keys, 2,
	    &c, found, &f), ERR_SIGNATURE);
	assert_rule(f, "node/br");
	buf_clear(&b);
	buf_put(&b, vectors_get(&vectors, "checkpoint signed"));
	note_line_write(&log_key, span_of(sig, 64), &b);
	assert_err(checkpoint_check(buf_span(&b), &log_key, &c, &f),
	    ERR_SIGNATURE);
	/* only a stranger signed */
	buf_clear(&b);
	note_write(vectors_get(&vectors, "checkpoint text"), &b);
	note_line_write(&stranger, span_of(sig, 64), &b);
	assert_err(checkpoint_check(buf_span(&b), &log_key, &c, &f), ERR_KEY);
	assert_rule(f, "no signature by");
	/* a log that signs for another name */
	stranger = log_key;
	snprintf(stranger.name, sizeof stranger.name, "another");
	assert_err(checkpoint_check(vectors_get(&vectors,
	    "checkpoint signed"), &stranger, &c, &f), ERR_KEY);
	assert_rule(f, "origin");
	buf_release(&b);
}

static void
test_cosignature(void **state)
{
	struct span text = vectors_get(&vectors, "checkpoint text");
	unsigned char seed[32], sig[COSIGNATURE_BYTES];
	struct digest d = hash_sha256(span_str(
	    "almenara test key: br cosign"));
	struct sign_secret secret;
	struct sign_public public;
	struct note note;
	struct fault f;
	struct buf b;
	uint64_t time_s = 0;

	(void)state;
	memcpy(seed, d.b, 32);
	sign_derive(seed, &secret, &public);
	assert_memory_equal(public.b, br.public.b, 32);
	buf_init(&b, LIMIT_NOTE);
	cosignature_write_message(text, 1767225600, &b);
	assert_span(buf_span(&b), vectors_get(&vectors, "br message"));
	cosignature_make(&secret, text, 1767225600, sig);
	assert_true(cosignature_check(&public, text, sig));
	buf_clear(&b);
	note_line_write(&br, span_of(sig, sizeof sig), &b);
	assert_ok(note_parse(vectors_get(&vectors, "checkpoint cosigned"),
	    &note, NULL));
	assert_span(buf_span(&b), note.signature[1].line);
	assert_ok(cosignature_line_check(buf_span(&b), &br, text, &time_s,
	    NULL));
	assert_int_equal(time_s, 1767225600);
	assert_err(cosignature_line_check(buf_span(&b), &cl, text, &time_s,
	    &f), ERR_KEY);
	assert_err(cosignature_line_check(note.signature[0].line, &log_key,
	    text, &time_s, &f), ERR_KEY);
	assert_err(cosignature_line_check(span_of(b.p, b.n - 1), &br, text,
	    &time_s, &f), ERR_SYNTAX);
	/* the time is signed too */
	sig[7] ^= 1;
	assert_false(cosignature_check(&public, text, sig));
	sig[7] ^= 1;
	/* over the note with its signature lines instead of the text */
	cosignature_make(&secret, vectors_get(&vectors, "checkpoint signed"),
	    1767225600, sig);
	buf_clear(&b);
	note_line_write(&br, span_of(sig, sizeof sig), &b);
	assert_err(cosignature_line_check(buf_span(&b), &br, text, &time_s,
	    &f), ERR_SIGNATURE);
	buf_release(&b);
}

/* A 0x01 signature under the id of the 0x04 key of the same public key. */
static void
test_log_signature_is_no_cosignature(void **state)
{
	struct span text = vectors_get(&vectors, "checkpoint text");
	struct note_key as_cosigner;
	struct note_signature line;
	unsigned char blob[68];
	struct buf b;
	uint64_t t;

	(void)state;
	assert_ok(note_key_make(note_key_name(&log_key), NOTE_COSIGNATURE,
	    &log_key.public, &as_cosigner));
	assert_memory_not_equal(as_cosigner.id, log_key.id, 4);
	memcpy(blob, as_cosigner.id, 4);
	sign_make(&log_secret, text, blob + 4);
	buf_init(&b, 1024);
	buf_put_format(&b, "\xe2\x80\x94 %s ", log_key.name);
	code_write_base64(&b, span_of(blob, sizeof blob));
	buf_put_u8(&b, '\n');
	assert_ok(note_line_parse(buf_span(&b), &line, NULL));
	assert_true(note_line_is_by(&line, &as_cosigner));
	assert_err(note_line_check(&line, &as_cosigner, text, &t),
	    ERR_SIGNATURE);
	assert_err(cosignature_line_check(buf_span(&b), &as_cosigner, text,
	    &t, NULL), ERR_SIGNATURE);
	buf_release(&b);
}

static int
load(void **state)
{
	struct sign_public public;
	unsigned char seed[32];

	(void)state;
	vectors_load(&vectors, "tests/vectors/ledger_note.txt");
	assert_ok(code_parse_hex_fixed(vectors_line(&vectors, "log seed"),
	    seed, sizeof seed));
	sign_derive(seed, &log_secret, &public);
	assert_ok(note_key_parse(vectors_line(&vectors, "log vkey"),
	    &log_key));
	assert_ok(note_key_parse(vectors_line(&vectors, "br vkey"), &br));
	assert_ok(note_key_parse(vectors_line(&vectors, "cl vkey"), &cl));
	return 0;
}

static int
unload(void **state)
{
	(void)state;
	buf_release(&vectors.text);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_bad_keys),
		cmocka_unit_test(test_published_note),
		cmocka_unit_test(test_checkpoint_is_written_the_same),
		cmocka_unit_test(test_checkpoint_check),
		cmocka_unit_test(test_bad_checkpoints),
		cmocka_unit_test(test_bad_notes),
		cmocka_unit_test(test_note_limits),
		cmocka_unit_test(test_bad_and_unknown_signatures),
		cmocka_unit_test(test_cosignature),
		cmocka_unit_test(test_log_signature_is_no_cosignature),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
