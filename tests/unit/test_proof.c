/* SPDX-License-Identifier: Apache-2.0
 *
 * What is taken out of a node with its receipts (node/receipt_proof,
 * cli/proof_check): an origin that keeps two histories of its log shows
 * nobody's receipt for the one as a receipt for the other.
 */
#include "cli/proof_check.h"
#include "crypto/jws.h"
#include "ledger/leaf.h"
#include "ledger/tlog_proof.h"
#include "node/receipt_proof.h"
#include "record/receipt.h"

#include "ledger_log.h"
#include "registry_test.h"

#define ORIGIN WORLD_DOMAIN "/log/uy/7f3a09c2"

enum { PLACE = 5, SIZE = 9, READER_SIZE = 7 };

/* The log of uy with its entry at PLACE, and another history of it, in which
 * something else stands there, and the entry before it. */
struct stage {
	struct world *w;
	struct span entry, record, proof;
	struct log log, other;
	struct proof_entry good;
};

static struct span
kept(struct stage *s, struct buf *b)
{
	struct span text = arena_copy(&s->w->a, buf_span(b));

	buf_release(b);
	return text;
}

static struct span
sign(struct stage *s, const char *typ, const char *label, struct buf *payload)
{
	struct jwk key = world_key(label);
	struct kid kid = jwk_kid(&key);
	struct sign_secret secret;
	struct buf b;

	buf_init(&b, LIMIT_JWS);
	jwk_sign_secret(&key, &secret);
	assert_int_equal(jws_write(typ, &kid, buf_span(payload), &secret, &b),
	    ERR_NONE);
	buf_release(payload);
	return kept(s, &b);
}

static void
make_entry(struct stage *s)
{
	static const unsigned char random[10] = { 1 };
	struct entry e = { .log = span_str(ORIGIN), .iss = span_str("uy"),
		.id = uuid_make(now(), random), .kind = span_str("warning"),
		.tlp = span_str("TLP:CLEAR"), .iat_s = WORLD_NOW_S,
		.body = span_str("{}") };
	struct leaf leaf = { 0 };
	struct buf b;

	buf_init(&b, LIMIT_PAYLOAD);
	assert_int_equal(entry_write(&e, &b), ERR_NONE);
	s->entry = sign(s, ENTRY_TYP, "uy entry", &b);
	leaf.entry = hash_sha256(s->entry);
	buf_init(&b, LEAF_SEALED_BYTES);
	leaf_write(&leaf, &b);
	s->record = kept(s, &b);
}

static void
make_logs(struct stage *s)
{
	log_init(&s->log, SIZE);
	log_init(&s->other, SIZE);
	log_fill(&s->log, PLACE, UINT64_MAX);
	log_append(&s->log, leaf_hash(s->record));
	log_fill(&s->log, SIZE, UINT64_MAX);
	log_fill(&s->other, PLACE - 1, UINT64_MAX);
	log_append(&s->other, leaf_hash(s->record));
	log_fill(&s->other, SIZE, UINT64_MAX);
}

/* The place of the entry under a checkpoint that the log has signed. */
static void
make_proof(struct stage *s)
{
	struct jwk key = world_key("uy log");
	struct sign_public public = jwk_sign_public(&key);
	struct tree_source source = log_source(&s->log);
	struct checkpoint c = { span_str(ORIGIN), SIZE,
		tree_root(&s->log.tree) };
	unsigned char sig[SIGN_BYTES];
	struct tlog_proof p = { .index = PLACE };
	struct sign_secret secret;
	struct note_key vkey;
	struct buf text, b;

	jwk_sign_secret(&key, &secret);
	buf_init(&text, CHECKPOINT_TEXT_MAX);
	checkpoint_write(&c, &text);
	sign_make(&secret, buf_span(&text), sig);
	assert_int_equal(note_key_make(span_str(ORIGIN), NOTE_ED25519, &public,
	    &vkey), ERR_NONE);
	buf_init(&b, LIMIT_NOTE);
	checkpoint_write_note(buf_span(&text), &vkey, span_of(sig, sizeof sig),
	    &b);
	buf_release(&text);
	p.checkpoint = kept(s, &b);
	buf_init(&b, 256);
	code_write_base64(&b, s->record);
	p.extra = kept(s, &b);
	assert_int_equal(proof_make_inclusion(&source, PLACE, SIZE, &p.proof),
	    ERR_NONE);
	buf_init(&b, LIMIT_TLOG_PROOF);
	tlog_proof_write(&p, &b);
	s->proof = kept(s, &b);
}

static int
setup_stage(void **state)
{
	struct stage *s = calloc(1, sizeof *s);
	struct fault f = { 0 };

	(void)setup((void **)&s->w);
	offer_all(s->w);
	make_entry(s);
	make_logs(s);
	make_proof(s);
	assert_int_equal(proof_check_entry(s->w->r, s->entry, s->proof,
	    &s->w->a, &s->good, &f), ERR_NONE);
	*state = s;
	return 0;
}

static int
teardown_stage(void **state)
{
	struct stage *s = *state;

	log_release(&s->log);
	log_release(&s->other);
	(void)teardown((void **)&s->w);
	free(s);
	return 0;
}

/* br says that it holds all below `size` of that history. */
static struct span
receipt_of(struct stage *s, struct log *log, uint64_t size, bool missing)
{
	struct tree_source source = log_source(log);
	struct receipt r = { .log = span_str(ORIGIN), .size = size,
		.by = span_str("br"), .at_s = WORLD_NOW_S };
	struct buf b;

	assert_int_equal(tree_root_at(&source, size, &r.root), ERR_NONE);
	if (missing)
		ranges_add(&r.missing, PLACE, PLACE);
	buf_init(&b, LIMIT_PAYLOAD);
	assert_int_equal(receipt_write(&r, &b), ERR_NONE);
	receipt_release(&r);
	return sign(s, RECEIPT_TYP, "br entry", &b);
}

static struct span
bare(struct stage *s, const struct tlog_proof *p)
{
	struct buf b;

	buf_init(&b, LIMIT_TLOG_PROOF);
	tlog_proof_write_bare(p, &b);
	return kept(s, &b);
}

/* The place of what is at `index` in that history. */
static struct span
place_at(struct stage *s, struct log *log, uint64_t index, uint64_t size)
{
	struct tree_source source = log_source(log);
	struct tlog_proof p = { .index = index };

	assert_int_equal(proof_make_inclusion(&source, index, size, &p.proof),
	    ERR_NONE);
	return bare(s, &p);
}

static struct span
place_in(struct stage *s, struct log *log, uint64_t size)
{
	return place_at(s, log, PLACE, size);
}

static enum receipt_shows
show(struct stage *s, struct span receipt, struct receipt_shown *out)
{
	struct receipt_entry e = { span_str(ORIGIN), SIZE,
		log_source(&s->log), PLACE, true, span_str("br") };

	*out = (struct receipt_shown){ 0 };
	return receipt_show(s->w->r, &e, receipt, out);
}

static enum err
check(struct stage *s, struct span receipt, struct span proof)
{
	struct fault f = { 0 };
	int64_t at = 0;
	enum err e = proof_check_receipt(s->w->r, span_str("br"), receipt,
	    proof, &s->good, &s->w->a, &at, &f);

	assert_int_equal(at, e == ERR_NONE ? WORLD_NOW_S : 0);
	assert_true((f.rule[0] != '\0') == (e != ERR_NONE));
	return e;
}

/* br revokes the key by which it signed. */
static void
revoke(struct stage *s)
{
	struct keyset k = world_keyset(&s->w->a, "br", 2,
	    &s->w->keysets[0].hash);
	struct keyset_cut cut = { k.logs[0].origin, 3 };
	struct keyset_revoked revoked = { .kid = label_kid("br entry"),
		.cuts = &cut, .cut_count = 1, .reason = span_str("stolen") };
	struct doc d;

	k.nodes[0].keys[0].kid = label_kid("br entry");
	k.revoked = &revoked;
	k.revoked_count = 1;
	d = world_put_keyset(&s->w->a, &k, "br identity");
	assert_offer(s->w, &d, REGISTRY_ACCEPTED);
}

static void
test_shown(void **state)
{
	struct stage *s = *state;
	struct receipt_shown shown;

	for (uint64_t size = PLACE + 1; size <= SIZE; size++) {
		struct span receipt = receipt_of(s, &s->log, size, false);

		assert_int_equal(show(s, receipt, &shown), RECEIPT_SHOWS);
		assert_int_equal(shown.at_s, WORLD_NOW_S);
		assert_int_equal(check(s, receipt, bare(s, &shown.proof)),
		    ERR_NONE);
	}
	assert_int_equal(show(s, receipt_of(s, &s->log, PLACE, false), &shown),
	    RECEIPT_SHOWS_NOTHING);
	assert_int_equal(show(s, receipt_of(s, &s->log, SIZE, true), &shown),
	    RECEIPT_SHOWS_NOTHING);
}

static void
test_other_history(void **state)
{
	struct stage *s = *state;
	struct span receipt = receipt_of(s, &s->other, READER_SIZE, false);
	struct span here = place_in(s, &s->log, READER_SIZE);
	struct span there = place_in(s, &s->other, READER_SIZE);
	struct receipt_shown shown;

	/* the origin gives none out, and says why */
	assert_int_equal(show(s, receipt, &shown), RECEIPT_OF_OTHER);
	assert_int_equal(shown.size, READER_SIZE);
	assert_string_equal(receipt_shows_token(RECEIPT_OF_OTHER), "history");
	/* and if it does, no proof of either history makes it do */
	assert_int_equal(check(s, receipt, here), ERR_PROOF);
	assert_int_equal(check(s, receipt, there), ERR_PROOF);
	/* not where the entry does stand in that one */
	assert_int_equal(check(s, receipt, place_at(s, &s->other, PLACE - 1,
	    READER_SIZE)), ERR_PROOF);
	/* nor does a receipt of this one with a proof of another tree */
	receipt = receipt_of(s, &s->log, READER_SIZE, false);
	assert_int_equal(check(s, receipt, here), ERR_NONE);
	assert_int_equal(check(s, receipt, there), ERR_PROOF);
	assert_int_equal(check(s, receipt, place_in(s, &s->log, SIZE)),
	    ERR_PROOF);
}

/* More of the log than is here is another history too. */
static void
test_more_than_here(void **state)
{
	struct stage *s = *state;
	struct receipt_entry e = { span_str(ORIGIN), READER_SIZE,
		log_source(&s->log), PLACE, true, span_str("br") };
	struct receipt_shown shown = { 0 };

	assert_int_equal(receipt_show(s->w->r, &e, receipt_of(s, &s->log, SIZE,
	    false), &shown), RECEIPT_OF_OTHER);
}

static void
test_unreadable(void **state)
{
	struct stage *s = *state;
	struct span receipt = receipt_of(s, &s->log, READER_SIZE, false);
	struct receipt_shown shown;

	s->log.count[0] = 2;
	assert_int_equal(show(s, receipt, &shown), RECEIPT_UNREADABLE);
}

/* A folder of an older program: told, and not good. */
static void
test_untied(void **state)
{
	struct stage *s = *state;
	struct span receipt = receipt_of(s, &s->log, READER_SIZE, false);

	assert_int_equal(check(s, receipt, span_str("")), ERR_NOT_FOUND);
	/* what is wrong anyway is no better without a proof */
	assert_int_equal(check(s, receipt_of(s, &s->log, SIZE, true),
	    span_str("")), ERR_RULE);
}

static void
test_forged(void **state)
{
	struct stage *s = *state;
	struct span receipt = receipt_of(s, &s->log, READER_SIZE, false);
	struct span proof = place_in(s, &s->log, READER_SIZE);
	struct tlog_proof p;
	struct buf more;

	assert_int_equal(tlog_proof_parse_bare(proof, &p, NULL), ERR_NONE);
	p.proof.hash[1].b[7] ^= 1;
	assert_int_equal(check(s, receipt, bare(s, &p)), ERR_PROOF);
	p.proof.hash[1].b[7] ^= 1;
	p.proof.count--;
	assert_int_equal(check(s, receipt, bare(s, &p)), ERR_PROOF);
	p.proof.count++;
	p.index = PLACE - 1;
	assert_int_equal(check(s, receipt, bare(s, &p)), ERR_PROOF);
	/* the proof of the entry is none of the receipt */
	assert_int_equal(check(s, receipt, s->proof), ERR_SYNTAX);
	assert_int_equal(check(s, receipt, span_of(proof.p, proof.n - 1)),
	    ERR_SYNTAX);
	buf_init(&more, LIMIT_TLOG_PROOF);
	buf_put(&more, proof);
	buf_put_u8(&more, '\n');
	assert_int_equal(check(s, receipt, kept(s, &more)), ERR_SYNTAX);
}

static void
test_revoked(void **state)
{
	struct stage *s = *state;
	struct span receipt = receipt_of(s, &s->log, READER_SIZE, false);
	struct span proof = place_in(s, &s->log, READER_SIZE);
	struct receipt_shown shown;

	assert_int_equal(check(s, receipt, proof), ERR_NONE);
	revoke(s);
	assert_int_equal(check(s, receipt, proof), ERR_KEY);
	assert_int_equal(show(s, receipt, &shown), RECEIPT_BY_OTHER_KEY);
	assert_string_equal(receipt_shows_token(RECEIPT_BY_OTHER_KEY), "key");
}

#define STAGED(name)                                                          \
	cmocka_unit_test_setup_teardown(name, setup_stage, teardown_stage)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STAGED(test_shown),
		STAGED(test_other_history),
		STAGED(test_more_than_here),
		STAGED(test_unreadable),
		STAGED(test_untied),
		STAGED(test_forged),
		STAGED(test_revoked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
