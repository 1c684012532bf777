/* SPDX-License-Identifier: Apache-2.0
 *
 * Who belongs, as people change it: proposals and their signatures, what a
 * document changes, designations, pins, fingerprints, cuts; and how many
 * signatures a register costs.
 */
#include "registry_world.h"

#include "crypto/jws_general.h"
#include "record/change.h"
#include "record/diff.h"
#include "record/fingerprint.h"
#include "record/pins.h"
#include "record/proposal.h"

#include "cmocka_all.h"

/* How often a signature was verified: the linker puts this before the real
 * one (meson.build). */
static size_t verified;
bool __real_jws_general_verify(const struct jws_general *j, size_t i,
    const struct jwk *key);
bool __wrap_jws_general_verify(const struct jws_general *j, size_t i,
    const struct jwk *key);

bool
__wrap_jws_general_verify(const struct jws_general *j, size_t i,
    const struct jwk *key)
{
	verified++;
	return __real_jws_general_verify(j, i, key);
}

struct world {
	struct arena a;
	struct doc charter, reg;
	struct charter c;
	struct register_doc r;
	struct span with[4];
	struct wall now;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	w->c = world_charter(&w->a, 1, NULL, 1);
	w->charter = world_put_charter(&w->a, &w->c, WORLD_ALL);
	w->r = world_register(&w->a, 1, NULL, &w->charter.hash);
	w->reg = world_put_register(&w->a, &w->r, WORLD_ALL);
	w->with[0] = w->charter.bytes;
	w->with[1] = w->reg.bytes;
	w->now.ms = (int64_t)WORLD_NOW_S * 1000;
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	arena_release(&w->a);
	free(w);
	return 0;
}

static struct proposal
propose_register(struct world *w, const struct register_doc *r)
{
	struct proposal p;
	struct buf b;

	buf_init(&b, LIMIT_DOCUMENT);
	register_write(r, &b);
	assert_int_equal((int)proposal_make(buf_span(&b), w->with, 2, &w->a,
	    &p, NULL), ERR_NONE);
	buf_release(&b);
	return p;
}

static enum err
judge(struct world *w, const struct proposal *p, struct judgement *j,
    struct fault *f)
{
	return proposal_judge(p, w->now, &w->a, j, f);
}

static void
sign(struct world *w, struct proposal *p, const char *label, enum err want)
{
	struct jwk key = world_key(label);
	struct judgement j;

	assert_int_equal((int)judge(w, p, &j, NULL), ERR_NONE);
	assert_int_equal((int)proposal_sign(p, &j, &key, &w->a, p, NULL),
	    (int)want);
	judgement_release(&j);
}

static struct register_doc
next_register(struct world *w)
{
	struct register_doc r;

	change_register(&w->r, &w->reg.hash, &w->charter.hash, &w->a, &r);
	return r;
}

/* Signatures one after another, by those who are asked, each once. */
static void
test_signing(void **state)
{
	struct world *w = *state;
	struct register_doc r = next_register(w);
	struct proposal p = propose_register(w, &r);
	struct judgement j;

	sign(w, &p, "holder 6", ERR_KEY);
	sign(w, &p, "holder 1", ERR_NONE);
	sign(w, &p, "holder 1", ERR_CONFLICT);
	sign(w, &p, "holder 4", ERR_NONE);
	assert_int_equal((int)judge(w, &p, &j, NULL), ERR_NONE);
	assert_false(j.is_complete);
	assert_int_equal(j.electorate[0].have, 2);
	assert_int_equal(j.electorate[0].need, 3);
	judgement_release(&j);
	sign(w, &p, "holder 2", ERR_NONE);
	assert_int_equal((int)judge(w, &p, &j, NULL), ERR_NONE);
	assert_true(j.is_complete);
	judgement_release(&j);
}

/* The same bytes come back from the file; copies come together. */
static void
test_file_and_merge(void **state)
{
	struct world *w = *state;
	struct register_doc r = next_register(w), other = next_register(w);
	struct proposal p = propose_register(w, &r), a = p, b = p, q;
	struct judgement j;
	struct buf file;

	sign(w, &a, "holder 1", ERR_NONE);
	sign(w, &b, "holder 2", ERR_NONE);
	sign(w, &b, "holder 3", ERR_NONE);
	assert_int_equal((int)proposal_merge(&a, &b, &w->a, &q, NULL),
	    ERR_NONE);
	assert_int_equal((int)proposal_merge(&q, &p, &w->a, &q, NULL),
	    ERR_NONE);
	buf_init(&file, LIMIT_PROPOSAL);
	assert_int_equal((int)proposal_write(&q, &file), ERR_NONE);
	assert_int_equal((int)proposal_parse(arena_copy(&w->a,
	    buf_span(&file)), &w->a, &q, NULL), ERR_NONE);
	buf_release(&file);
	assert_int_equal((int)judge(w, &q, &j, NULL), ERR_NONE);
	assert_int_equal(j.electorate[0].have, 3);
	judgement_release(&j);
	other.expires_s++;
	b = propose_register(w, &other);
	assert_int_equal((int)proposal_merge(&q, &b, &w->a, &q, NULL),
	    ERR_CONFLICT);
}

/* What cannot follow cannot be signed, and the fault names the rule. */
static void
test_unsignable(void **state)
{
	struct world *w = *state;
	struct register_doc r = next_register(w);
	struct proposal p;
	struct judgement j;
	struct fault f = { 0 };

	r.version = 3;
	p = propose_register(w, &r);
	assert_int_equal((int)judge(w, &p, &j, &f), ERR_STATE);
	assert_string_equal(f.field, "version");
	r = next_register(w);
	r.prev.b[0] ^= 1;
	p = propose_register(w, &r);
	assert_int_equal((int)judge(w, &p, &j, &f), ERR_STATE);
	assert_string_equal(f.field, "prev");
	r = next_register(w);
	r.charter.b[0] ^= 1;
	p = propose_register(w, &r);
	assert_int_equal((int)judge(w, &p, &j, &f), ERR_STATE);
	assert_string_equal(f.field, "charter");
	r = next_register(w);
	r.expires_s = WORLD_NOW_S;
	p = propose_register(w, &r);
	assert_int_equal((int)judge(w, &p, &j, &f), ERR_STATE);
	assert_string_equal(f.field, "expires");
	/* a register by too few is no ground to stand on */
	w->with[1] = world_put_register(&w->a, &w->r, 0x06).bytes;
	r = next_register(w);
	p = propose_register(w, &r);
	assert_int_equal((int)judge(w, &p, &j, &f), ERR_SIGNATURE);
}

/* Is what `b` holds refused, and at which member? */
static void
assert_unsignable(struct world *w, struct buf *b, size_t with,
    const char *field)
{
	struct fault f = { 0 };
	struct proposal p;
	struct judgement j;

	assert_int_equal((int)proposal_make(buf_span(b), w->with, with, &w->a,
	    &p, NULL), ERR_NONE);
	assert_int_equal((int)judge(w, &p, &j, &f), ERR_STATE);
	assert_string_equal(f.field, field);
	buf_clear(b);
}

static void
test_others_unsignable(void **state)
{
	struct world *w = *state;
	struct charter c = world_charter(&w->a, 2, &w->charter.hash, 1);
	struct suspension s = { .register_hash = w->reg.hash,
		.team = span_str("zz"), .from_s = WORLD_NOW_S,
		.until_s = WORLD_NOW_S + 60, .reason = span_str("test") };
	struct buf b;

	buf_init(&b, LIMIT_DOCUMENT);
	c.domain = span_str("other.example");
	charter_write(&c, &b);
	assert_unsignable(w, &b, 1, "domain");
	suspension_write(&s, &b);
	assert_unsignable(w, &b, 2, "team");
	s.team = span_str("uy");
	s.register_hash.b[0] ^= 1;
	suspension_write(&s, &b);
	assert_unsignable(w, &b, 2, "register");
	s.register_hash = w->reg.hash;
	s.until_s = WORLD_NOW_S;
	s.from_s = WORLD_NOW_S - 60;
	suspension_write(&s, &b);
	assert_unsignable(w, &b, 2, "expires");
	buf_release(&b);
}

/* What a keyset has revoked or closed does not come back by the next. */
static void
test_nothing_comes_back(void **state)
{
	struct world *w = *state;
	struct keyset k = world_keyset(&w->a, "uy", 1, NULL), next;
	struct keyset_revoked revoked = { .kid = hash_sha256(span_str("a")),
		.reason = span_str("lost") };
	struct proposal p;
	struct judgement j;
	struct doc d;
	struct buf b;

	k.revoked = &revoked;
	k.revoked_count = 1;
	k.logs[0].closed = true;
	k.logs[0].size = 7;
	d = world_put_keyset(&w->a, &k, "uy identity");
	w->with[2] = d.bytes;
	buf_init(&b, LIMIT_DOCUMENT);
	next = world_keyset(&w->a, "uy", 2, &d.hash);
	keyset_write(&next, &b);
	assert_unsignable(w, &b, 3, "revoked");
	next.revoked = &revoked;
	next.revoked_count = 1;
	keyset_write(&next, &b);
	assert_unsignable(w, &b, 3, "logs");
	next.logs[0].closed = true;
	next.logs[0].size = 8;
	keyset_write(&next, &b);
	assert_unsignable(w, &b, 3, "logs");
	next.logs[0].size = 7;
	keyset_write(&next, &b);
	assert_int_equal((int)proposal_make(buf_span(&b), w->with, 3, &w->a,
	    &p, NULL), ERR_NONE);
	assert_int_equal((int)judge(w, &p, &j, NULL), ERR_NONE);
	judgement_release(&j);
	buf_clear(&b);
	next = world_keyset(&w->a, "pe", 1, NULL);
	keyset_write(&next, &b);
	assert_unsignable(w, &b, 2, "team");
	buf_release(&b);
}

/* Under documents past their date a register is renewed, and only then may
 * it add. */
static void
test_expired_adds_nobody(void **state)
{
	struct world *w = *state;
	struct register_doc r = next_register(w);
	struct proposal p;
	struct judgement j;
	struct fault f = { 0 };
	struct team *more = arena_alloc(&w->a, 4 * sizeof *more);

	memcpy(more, r.teams, 3 * sizeof *more);
	more[3] = more[2];
	more[3].id = span_str("ve");
	more[3].state = span_str("VE");
	more[3].identity = world_key("ve identity");
	w->now.ms = w->r.expires_s * 1000;
	r.expires_s += 100000;
	p = propose_register(w, &r);
	assert_int_equal((int)judge(w, &p, &j, NULL), ERR_NONE);
	judgement_release(&j);
	r.teams = more;
	r.team_count = 4;
	p = propose_register(w, &r);
	assert_int_equal((int)judge(w, &p, &j, &f), ERR_STATE);
	assert_string_equal(f.field, "teams");
	/* and before that date it may */
	w->now.ms -= 1000;
	assert_int_equal((int)judge(w, &p, &j, &f), ERR_NONE);
	judgement_release(&j);
}

/* A charter asks two lists; alone it founds anew and asks its own. */
static void
test_charters(void **state)
{
	struct world *w = *state;
	struct charter c = world_charter(&w->a, 2, &w->charter.hash, 2);
	struct proposal p;
	struct judgement j;
	struct buf b;

	buf_init(&b, LIMIT_DOCUMENT);
	charter_write(&c, &b);
	assert_int_equal((int)proposal_make(buf_span(&b), w->with, 1, &w->a,
	    &p, NULL), ERR_NONE);
	sign(w, &p, "holder 6", ERR_NONE);
	sign(w, &p, "holder 2", ERR_NONE);
	sign(w, &p, "holder 3", ERR_NONE);
	sign(w, &p, "holder 4", ERR_NONE);
	assert_int_equal((int)judge(w, &p, &j, NULL), ERR_NONE);
	assert_int_equal(j.electorate_count, 2);
	assert_int_equal(j.electorate[0].have, 3); /* of the old list */
	assert_int_equal(j.electorate[1].have, 4);
	assert_false(j.is_complete);
	judgement_release(&j);
	sign(w, &p, "holder 1", ERR_NONE);
	assert_int_equal((int)judge(w, &p, &j, NULL), ERR_NONE);
	assert_true(j.is_complete);
	judgement_release(&j);
	assert_int_equal((int)proposal_make(buf_span(&b), NULL, 0, &w->a, &p,
	    NULL), ERR_NONE);
	assert_int_equal((int)judge(w, &p, &j, NULL), ERR_NONE);
	assert_int_equal(j.electorate_count, 1);
	judgement_release(&j);
	buf_release(&b);
}

static bool
has(const struct difference_list *l, enum diff_what what, const char *subject)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->row[i].what == what &&
		    span_is_str(l->row[i].subject, subject))
			return true;
	return false;
}

static void
test_differences(void **state)
{
	struct world *w = *state;
	struct parsed old = { .doc.kind = DOCUMENT_REGISTER, .u.reg = w->r };
	struct parsed new = { .doc.kind = DOCUMENT_REGISTER,
		.u.reg = next_register(w) };
	struct team pe = { .id = span_str("pe"), .state = span_str("PE"),
		.identity = world_key("pe identity") };
	struct difference_list l = { .a = &w->a };

	assert_int_equal((int)diff_documents(&old, &new, &l), ERR_NONE);
	assert_int_equal(l.count, 0);
	assert_int_equal((int)register_add(&new.u.reg, &pe, NULL), ERR_NONE);
	assert_int_equal((int)register_add(&new.u.reg, &pe, NULL),
	    ERR_EXISTS);
	assert_int_equal((int)register_set_status(&new.u.reg, span_str("cl"),
	    TEAM_FORMER, NULL), ERR_NONE);
	assert_int_equal((int)register_suspend(&new.u.reg, span_str("uy"),
	    WORLD_NOW_S + 60, span_str("why"), NULL), ERR_NONE);
	new.u.reg.teams[0].identity = world_key("other");
	assert_int_equal((int)diff_documents(&old, &new, &l), ERR_NONE);
	assert_int_equal(l.count, 4);
	assert_true(has(&l, DIFF_TEAM_NEW, "pe"));
	assert_true(has(&l, DIFF_TEAM_FORMER, "cl"));
	assert_true(has(&l, DIFF_SUSPENDED, "uy"));
	assert_true(has(&l, DIFF_TEAM_IDENTITY, "br"));
	l.count = 0;
	assert_int_equal((int)diff_documents(&new, &old, &l), ERR_NONE);
	assert_true(has(&l, DIFF_TEAM_GONE, "pe"));
	assert_true(has(&l, DIFF_TEAM_BACK, "cl"));
	assert_true(has(&l, DIFF_RESUMED, "uy"));
	old.doc.kind = DOCUMENT_CHARTER;
	assert_int_equal((int)diff_documents(&old, &new, &l), ERR_CONFLICT);
}

/* --- designations --- */

static struct doc
put_designations(struct world *w, uint64_t version,
    const struct digest *prev, int64_t review_s, unsigned mask)
{
	struct designation d = { .team = span_str("uy"),
		.state = span_str("UY"), .instrument = span_str("Law 1"),
		.authority = span_str("Parliament"), .issued_s = 1000,
		.review_s = review_s };
	struct designations s = { .version = version, .count = 1,
		.charter = w->charter.hash, .list = &d };
	struct doc out;
	struct buf b;

	if (prev != NULL)
		s.prev = *prev;
	buf_init(&b, LIMIT_DOCUMENT);
	designations_write(&s, &b);
	out = world_sign_mask(&w->a, buf_span(&b), mask);
	buf_release(&b);
	return out;
}

static void
test_designations(void **state)
{
	struct world *w = *state;
	struct registry *r = registry_create(&w->charter.hash, NULL, 0);
	struct doc few = put_designations(w, 1, NULL, WORLD_EXPIRES_S, 0x06);
	struct doc one = put_designations(w, 1, NULL, WORLD_EXPIRES_S, 0x0e);
	struct doc fork = put_designations(w, 1, NULL, 2000, 0x0e);
	struct doc two = put_designations(w, 2, &one.hash, WORLD_NOW_S + 60,
	    0x0e);
	const struct designation *d = NULL;
	struct registry_warning warning[8];
	struct wall later = { w->now.ms + 61000 };
	struct fault f = { 0 };

	assert_int_equal((int)registry_offer(r, one.bytes, &f),
	    (int)REGISTRY_UNVERIFIABLE);
	(void)registry_offer(r, w->charter.bytes, NULL);
	(void)registry_offer(r, w->reg.bytes, NULL);
	assert_int_equal((int)registry_offer(r, few.bytes, &f),
	    (int)REGISTRY_INVALID);
	assert_string_equal(f.field, "signatures");
	assert_int_equal((int)registry_designation(r, span_str("uy"), w->now,
	    &d), (int)DESIGNATION_NONE);
	assert_int_equal((int)registry_offer(r, one.bytes, &f),
	    (int)REGISTRY_ACCEPTED);
	assert_int_equal((int)registry_offer(r, one.bytes, &f),
	    (int)REGISTRY_SAME);
	assert_int_equal((int)registry_offer(r, fork.bytes, &f),
	    (int)REGISTRY_CONFLICT);
	assert_int_equal((int)registry_designation(r, span_str("uy"), w->now,
	    &d), (int)DESIGNATION_VALID);
	assert_true(span_is_str(d->instrument, "Law 1"));
	assert_int_equal((int)registry_designation(r, span_str("br"), w->now,
	    &d), (int)DESIGNATION_NONE);
	assert_int_equal(registry_warnings(r, w->now, warning, 8), 0);
	assert_int_equal((int)registry_offer(r, two.bytes, &f),
	    (int)REGISTRY_ACCEPTED);
	assert_int_equal((int)registry_offer(r, one.bytes, &f),
	    (int)REGISTRY_OLDER);
	/* near its review it is told of, past it it is stale and holds */
	assert_int_equal(registry_warnings(r, w->now, warning, 8), 1);
	assert_true(span_is_str(warning[0].team, "uy"));
	assert_false(warning[0].expired);
	assert_int_equal((int)registry_designation(r, span_str("uy"), later,
	    &d), (int)DESIGNATION_STALE);
	assert_true(registry_is_good(r, span_str("uy"), later));
	registry_free(r);
}

/* --- pins --- */

static enum err
parse_pins(const char *text, struct pins *p)
{
	struct fault f = { 0 };
	enum err e = pins_parse(span_str(text), p, &f);

	if (e != ERR_NONE)
		assert_string_equal(f.field, "pins");
	return e;
}

static void
test_pins(void **state)
{
	struct world *w = *state;
	struct pins *p = calloc(1, sizeof *p), *q = calloc(1, sizeof *q);
	struct pin_line line = { .pin = { .verdict = PIN_REFUSE,
		.team = span_str("uy") }, .remark = span_str("as agreed") };
	struct buf b;

	assert_int_equal((int)parse_pins("# a remark\n\naccept team br\n"
	    "refuse team cl  because  \r\n", p), ERR_NONE);
	assert_int_equal(p->n, 2);
	assert_true(span_is_str(p->line[1].remark, "because"));
	assert_int_equal((int)parse_pins("allow team br\n", p), ERR_SYNTAX);
	assert_int_equal((int)parse_pins("accept team BR\n", p), ERR_SYNTAX);
	assert_int_equal((int)parse_pins("accept key abc\n", p), ERR_SYNTAX);
	assert_int_equal(p->n, 2);
	/* the other verdict gives way; the same twice is refused */
	assert_int_equal((int)pins_add(p, &line, NULL), ERR_NONE);
	assert_int_equal((int)pins_add(p, &line, NULL), ERR_EXISTS);
	line.pin.verdict = PIN_ACCEPT;
	assert_int_equal((int)pins_add(p, &line, NULL), ERR_NONE);
	assert_int_equal(p->n, 3);
	assert_int_equal(pins_accept_all(p, &w->r, span_str("joined")), 3);
	assert_int_equal(pins_accept_all(p, &w->r, span_str("joined")), 0);
	buf_init(&b, LIMIT_PINS_FILE);
	pins_write(p, &b);
	assert_int_equal((int)pins_parse(buf_span(&b), q, NULL), ERR_NONE);
	assert_int_equal(q->n, p->n);
	for (size_t i = 0; i < q->n; i++) {
		assert_true(pin_is_equal(&q->line[i].pin, &p->line[i].pin));
		assert_true(span_is_equal(q->line[i].remark,
		    p->line[i].remark));
	}
	buf_release(&b);
	free(p);
	free(q);
}

/* --- fingerprints --- */

static int
compare_words(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* 512 words, none twice, and none at an even place sounds like an odd one. */
static void
test_words(void **state)
{
	char word[512][FINGERPRINT_WORD];
	struct digest kid = { { 0 } };
	struct buf b;

	(void)state;
	for (unsigned i = 0; i < 256; i++) {
		fingerprint_word((unsigned char)i, false, word[i]);
		fingerprint_word((unsigned char)i, true, word[256 + i]);
		assert_true(strlen(word[i]) == 5);
		assert_true(strlen(word[256 + i]) == 7);
	}
	qsort(word, 512, sizeof word[0], compare_words);
	for (unsigned i = 1; i < 512; i++)
		assert_string_not_equal(word[i - 1], word[i]);
	buf_init(&b, 1024);
	kid.b[0] = 0x12;
	kid.b[1] = 0xfe;
	fingerprint_words(&kid, &b);
	assert_true(strncmp(buf_str(&b), "bofil kadelun badek ", 20) == 0);
	buf_release(&b);
}

/* --- cuts --- */

static void
test_cut(void **state)
{
	static const struct seen_cosignature seen[] = {
		{ 5, 100, { (const unsigned char *)"br", 2 } },
		{ 9, 200, { (const unsigned char *)"br", 2 } },
		{ 7, 150, { (const unsigned char *)"cl", 2 } },
		{ 7, 150, { (const unsigned char *)"cl", 2 } },
		{ 8, 300, { (const unsigned char *)"pe", 2 } },
		{ 4, 120, { (const unsigned char *)"pe", 2 } } };

	(void)state;
	assert_int_equal(change_cut(seen, 6, 3, 1000), 7);
	assert_int_equal(change_cut(seen, 6, 3, 300), 4);
	assert_int_equal(change_cut(seen, 6, 3, 120), 0);
	assert_int_equal(change_cut(seen, 6, 2, 201), 7);
	assert_int_equal(change_cut(seen, 6, 1, 1000), 9);
	assert_int_equal(change_cut(seen, 6, 4, 1000), 0);
}

/* --- cost --- */

/* A register of 200 teams costs as many signatures as its threshold, however
 * many are on it, and none again for the keysets that are held. */
static void
test_register_costs_its_threshold(void **state)
{
	struct world *w = *state;
	struct registry *r = registry_create(&w->charter.hash, NULL, 0);
	struct register_doc big = next_register(w);
	struct keyset k = world_keyset(&w->a, "uy", 1, NULL);
	struct doc keyset = world_put_keyset(&w->a, &k, "uy identity");
	struct doc d;

	for (int i = 0; i < 197; i++) {
		char id[16], label[32];
		struct team t = { .state = span_str("XX") };

		snprintf(id, sizeof id, "t%03d", i);
		snprintf(label, sizeof label, "%s identity", id);
		t.id = arena_copy(&w->a, span_str(id));
		t.identity = world_key(label);
		assert_int_equal((int)register_add(&big, &t, NULL), ERR_NONE);
	}
	d = world_put_register(&w->a, &big, 0x3e); /* five have signed */
	(void)registry_offer(r, w->charter.bytes, NULL);
	(void)registry_offer(r, w->reg.bytes, NULL);
	(void)registry_offer(r, keyset.bytes, NULL);
	verified = 0;
	assert_int_equal((int)registry_offer(r, d.bytes, NULL),
	    (int)REGISTRY_ACCEPTED);
	assert_int_equal(verified, 3);
	assert_non_null(registry_keyset(r, span_str("uy")));
	registry_free(r);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_signing), TEST(test_file_and_merge),
		TEST(test_unsignable), TEST(test_others_unsignable),
		TEST(test_nothing_comes_back), TEST(test_expired_adds_nobody), TEST(test_charters),
		TEST(test_differences), TEST(test_designations),
		TEST(test_pins), TEST(test_words), TEST(test_cut),
		TEST(test_register_costs_its_threshold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
