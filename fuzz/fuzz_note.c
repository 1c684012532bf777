/* reaches: note_parse note_line_parse note_key_parse note_check
 * checkpoint_parse checkpoint_check cosignature_line_check
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a key, a signature line, a note and a checkpoint; then, since
 * no fuzzer finds a signature, as the text of a note that a log signs and a
 * witness cosigns. What is read is written back byte for byte.
 */
#include "ledger/checkpoint.h"
#include "ledger/cosignature.h"
#include "ledger/note.h"

#include "fuzz.h"

enum { TIME_S = 1767225600 };

static struct note_key log_key, witness_key;
static struct sign_secret log_secret, witness_secret;

static void
key_make(const char *name, const char *label, enum note_type type,
    struct sign_secret *secret, struct note_key *key)
{
	struct digest seed = hash_sha256(span_str(label));
	struct sign_public public;

	sign_derive(seed.b, secret, &public);
	FUZZ_CHECK(note_key_make(span_str(name), type, &public, key) ==
	    ERR_NONE);
}

static void
check_key(struct span in)
{
	struct note_key key;
	struct buf out;

	if (note_key_parse(in, &key) != ERR_NONE)
		return;
	buf_init(&out, 1024);
	note_key_write(&key, &out);
	FUZZ_CHECK(span_is_equal(buf_span(&out), in));
	buf_release(&out);
}

static void
check_checkpoint(struct span text)
{
	struct checkpoint c;
	struct fault f = { 0 };
	struct buf out;

	if (checkpoint_parse(text, &c, &f) != ERR_NONE) {
		FUZZ_CHECK(f.rule[0] != '\0');
		return;
	}
	buf_init(&out, CHECKPOINT_TEXT_MAX);
	checkpoint_write(&c, &out);
	FUZZ_CHECK(span_is_equal(buf_span(&out), text));
	buf_release(&out);
}

static void
check_note(struct span in)
{
	struct note_key keys[2] = { log_key, witness_key };
	struct note_found found[2];
	struct checkpoint c;
	struct fault f = { 0 };
	struct buf out;
	struct note n;

	if (note_parse(in, &n, &f) != ERR_NONE) {
		FUZZ_CHECK(f.rule[0] != '\0');
		return;
	}
	FUZZ_CHECK(n.count >= 1 && n.count <= LIMIT_NOTE_SIGNATURES);
	buf_init(&out, LIMIT_NOTE);
	note_write(n.text, &out);
	for (size_t i = 0; i < n.count; i++) {
		struct note_signature again;

		buf_put(&out, n.signature[i].line);
		FUZZ_CHECK(note_line_parse(n.signature[i].line, &again,
		    NULL) == ERR_NONE);
		FUZZ_CHECK(again.n == n.signature[i].n);
	}
	FUZZ_CHECK(span_is_equal(buf_span(&out), in));
	buf_release(&out);
	if (note_check(&n, keys, 2, found, NULL) != ERR_NONE)
		FUZZ_CHECK(checkpoint_check_cosigned(in, &log_key,
		    &witness_key, 1, &c, found, NULL) != ERR_NONE);
	check_checkpoint(n.text);
}

/* A text that ends in LF can be signed; whoever signed it is then found. */
static void
check_signed(struct span text)
{
	unsigned char sig[SIGN_BYTES], co[COSIGNATURE_BYTES];
	struct note_key keys[2] = { log_key, witness_key };
	struct note_found found[2] = { 0 };
	struct checkpoint c;
	struct buf out;
	struct note n;

	buf_init(&out, LIMIT_NOTE);
	sign_make(&log_secret, text, sig);
	cosignature_make(&witness_secret, text, TIME_S, co);
	note_write(text, &out);
	note_line_write(&log_key, span_of(sig, sizeof sig), &out);
	note_line_write(&witness_key, span_of(co, sizeof co), &out);
	if (note_parse(buf_span(&out), &n, NULL) == ERR_NONE &&
	    span_is_equal(n.text, text)) {
		FUZZ_CHECK(note_check(&n, keys, 2, found, NULL) == ERR_NONE);
		FUZZ_CHECK(found[0].valid && found[1].valid &&
		    found[1].time_s == TIME_S);
		if (checkpoint_check(buf_span(&out), &log_key, &c, NULL) ==
		    ERR_NONE)
			FUZZ_CHECK(span_is_equal(c.origin,
			    note_key_name(&log_key)));
	}
	buf_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	struct note_signature line;
	uint64_t time_s;

	if (log_key.name[0] == '\0') {
		key_make("almenara.example/log/uy/7f3a09c2", "log",
		    NOTE_ED25519, &log_secret, &log_key);
		key_make("almenara.example/node/br", "witness",
		    NOTE_COSIGNATURE, &witness_secret, &witness_key);
	}
	check_key(in);
	check_note(in);
	check_checkpoint(in);
	if (note_line_parse(in, &line, NULL) != ERR_NONE)
		FUZZ_CHECK(cosignature_line_check(in, &witness_key, in,
		    &time_s, NULL) != ERR_NONE);
	if (size > 0 && data[size - 1] == '\n' && size < LIMIT_NOTE / 2)
		check_signed(in);
	return 0;
}
