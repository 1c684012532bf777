/* SPDX-License-Identifier: Apache-2.0
 *
 * record/carried.c and handling.c: entries inside entries, and who may pass
 * on what to whom.
 */
#include "base/limits.h"
#include "record/carried.h"
#include "record/handling.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <string.h>

static struct schema *schema;
static struct arena mem;

static int
setup(void **state)
{
	(void)state;
	return schema_load(&schema_files, &schema, NULL) != ERR_NONE;
}

static int
teardown(void **state)
{
	(void)state;
	arena_release(&mem);
	schema_free(schema);
	return 0;
}

/* --- passing on --- */

struct team_list {
	struct span at[8];
	size_t n;
};

static struct team_list
teams(const char *names)
{
	struct team_list l = { .n = 0 };

	for (; *names != '\0'; names += names[2] == ' ' ? 3 : 2)
		l.at[l.n++] = span_of(names, 2);
	return l;
}

static struct json_val
parse_body(const char *text)
{
	struct json *doc = arena_alloc(&mem, sizeof *doc);

	assert_int_equal(json_parse_arena(span_str(text), 8, 256, &mem, doc,
	    NULL), ERR_NONE);
	return json_root(doc);
}

enum { EMBARGOED = 1, FOREIGN_CONSENT = 2, OTHER_CONSENT = 4 };

struct pass {
	const char *label, *had;    /* of the original; "" open */
	const char *as, *to;        /* "" open */
	const char *consent;        /* body, or NULL */
	unsigned flags;
	const char *rule;           /* part of it; NULL: may pass */
};

static const struct pass passes[] = {
	{ "TLP:RED", "br cl uy", "TLP:RED", "br cl uy", NULL, 0, "never" },
	{ "TLP:RED", "br uy", "TLP:RED", "ar uy",
	    "{\"tlp\":\"TLP:GREEN\"}", 0, "never" },
	{ "TLP:AMBER+STRICT", "br uy", "TLP:RED", "ar uy", NULL, 0, "never" },
	{ "TLP:AMBER+STRICT", "br uy", "TLP:AMBER+STRICT", "ar br uy",
	    "{\"tlp\":\"TLP:AMBER\",\"to\":[\"ar\"]}", 0, "never" },
	{ "TLP:AMBER", "br uy", "TLP:AMBER", "ar br uy", NULL, 0,
	    "constituents" },
	{ "TLP:AMBER", "br cl uy", "TLP:AMBER", "br cl uy", NULL, 0, NULL },
	{ "TLP:AMBER", "br uy", "TLP:AMBER", "ar br uy",
	    "{\"tlp\":\"TLP:AMBER\",\"to\":[\"ar\"]}", 0, NULL },
	{ "TLP:AMBER", "br uy", "TLP:AMBER", "br cl uy",
	    "{\"tlp\":\"TLP:AMBER\",\"to\":[\"ar\"]}", 0, "cl may" },
	{ "TLP:AMBER", "br uy", "TLP:AMBER", "ar uy",
	    "{\"tlp\":\"TLP:AMBER\",\"to\":[\"ar\"]}", FOREIGN_CONSENT,
	    "not of its origin" },
	{ "TLP:AMBER", "br uy", "TLP:AMBER", "ar uy",
	    "{\"tlp\":\"TLP:AMBER\",\"to\":[\"ar\"]}", OTHER_CONSENT,
	    "another document" },
	{ "TLP:AMBER", "br uy", "TLP:GREEN", "br uy", NULL, 0, "stricter" },
	{ "TLP:AMBER", "br uy", "TLP:GREEN", "ar br cl uy",
	    "{\"tlp\":\"TLP:GREEN\"}", 0, NULL },
	{ "TLP:AMBER", "br uy", "TLP:CLEAR", "",
	    "{\"tlp\":\"TLP:GREEN\"}", 0, "stricter" },
	{ "TLP:AMBER", "br uy", "TLP:CLEAR", "",
	    "{\"tlp\":\"TLP:CLEAR\"}", 0, NULL },
	{ "TLP:GREEN", "br uy", "TLP:GREEN", "ar br cl uy", NULL, 0, NULL },
	{ "TLP:GREEN", "br uy", "TLP:AMBER", "ar uy", NULL, 0, NULL },
	{ "TLP:GREEN", "br uy", "TLP:GREEN", "ar br", NULL, 0,
	    "origin must be" },
	{ "TLP:GREEN", "br uy", "TLP:CLEAR", "", NULL, 0, "stricter" },
	{ "TLP:CLEAR", "", "TLP:CLEAR", "", NULL, 0, NULL },
	{ "TLP:CLEAR", "", "TLP:AMBER", "ar uy", NULL, 0, NULL },
	{ "TLP:CLEAR", "br uy", "TLP:CLEAR", "", NULL, EMBARGOED,
	    "embargo" },
	{ "TLP:CLEAR", "br uy", "TLP:RED", "br uy", NULL, EMBARGOED,
	    "embargo" },
};

static void
check_pass(const struct pass *p)
{
	struct digest of = hash_sha256(span_str("the document"));
	struct team_list had = teams(p->had), to = teams(p->to);
	struct entry original = { .iss = span_str("uy"),
		.tlp = span_str(p->label), .sealed = had.n != 0,
		.aud = had.at, .aud_n = had.n,
		.has_embargo = (p->flags & EMBARGOED) != 0 };
	struct entry consent = { .iss = span_str(
		(p->flags & FOREIGN_CONSENT) != 0 ? "cl" : "uy"),
		.has_re = true, .re = of };
	struct handling h = { .of = &of, .original = &original,
		.by = span_str("br"), .open = to.n == 0, .to = to.at,
		.to_n = to.n };
	struct fault f = { .rule = "" };
	enum err e;

	if ((p->flags & OTHER_CONSENT) != 0)
		consent.re.b[0] ^= 1;
	if (p->consent != NULL) {
		h.consent = &consent;
		h.consent_body = parse_body(p->consent);
	}
	assert_int_equal(tlp_parse(span_str(p->as), &h.tlp), ERR_NONE);
	e = handling_check(&h, &mem, &f);
	if (e != (p->rule != NULL ? ERR_RULE : ERR_NONE) ||
	    (p->rule != NULL && strstr(f.rule, p->rule) == NULL))
		fail_msg("%s as %s to '%s': %s", p->label, p->as, p->to,
		    f.rule);
}

static void
test_who_may_pass_on_what(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof passes / sizeof *passes; i++)
		check_pass(&passes[i]);
}

static void
test_nobody_passes_on_the_own(void **state)
{
	struct digest of = { { 0 } };
	struct entry original = { .iss = span_str("br"),
		.tlp = span_str("TLP:GREEN"), .sealed = true };
	struct handling h = { .of = &of, .original = &original,
		.by = span_str("br"), .tlp = TLP_GREEN };
	struct fault f;

	(void)state;
	assert_int_equal(handling_check(&h, &mem, &f), ERR_RULE);
	assert_string_equal(f.field, "of");
}

static void
test_an_embargo_is_handled_strictly_until_the_release(void **state)
{
	struct entry e = { .tlp = span_str("TLP:CLEAR"), .sealed = true,
		.has_embargo = true };
	enum tlp released = TLP_GREEN;

	(void)state;
	assert_int_equal(handling_label(&e, NULL), TLP_AMBER_STRICT);
	assert_int_equal(handling_label(&e, &released), TLP_GREEN);
	e.tlp = span_str("TLP:RED");
	assert_int_equal(handling_label(&e, NULL), TLP_RED);
	e.has_embargo = false;
	e.tlp = span_str("TLP:AMBER");
	assert_int_equal(handling_label(&e, NULL), TLP_AMBER);
}

/* --- entries inside entries --- */

/* A signed entry with this body; `out` is what its reader sees. */
static struct span
sign(const char *iss, const char *kind, const char *tlp, const char *body,
    struct entry *out)
{
	static const unsigned char random[10], seed[32] = { 7 };
	struct entry e = { .iss = span_str(iss), .kind = span_str(kind),
		.log = span_str("almenara.example/log/uy/7f3a09c2"),
		.tlp = span_str(tlp), .iat_s = 1795000000,
		.id = uuid_make((struct wall){ 1795000000000 }, random),
		.body = span_str(body) };
	struct span aud[] = { span_str("br"), span_str("uy") };
	struct sign_secret secret;
	struct sign_public public;
	struct kid kid;
	struct buf payload, jws;
	struct span text;

	if (strcmp(tlp, "TLP:CLEAR") != 0) {
		e.sealed = true;
		e.aud = aud;
		e.aud_n = 2;
	}
	kid = kid_of(&(struct digest){ { 1 } });
	sign_derive(seed, &secret, &public);
	buf_init(&payload, LIMIT_PAYLOAD);
	buf_init(&jws, LIMIT_JWS);
	assert_int_equal(entry_write(&e, &payload), ERR_NONE);
	assert_int_equal(jws_write(ENTRY_TYP, &kid, buf_span(&payload),
	    &secret, &jws), ERR_NONE);
	assert_int_equal(jws.n, carried_jws_size(payload.n));
	text = arena_copy(&mem, buf_span(&jws));
	assert_int_equal(entry_parse(arena_copy(&mem, buf_span(&payload)),
	    &mem, out, NULL, NULL), ERR_NONE);
	buf_release(&payload);
	buf_release(&jws);
	return text;
}

static const char *
release_of(struct span jws, enum tlp tlp)
{
	struct digest of = hash_sha256(jws);
	struct buf b;
	const char *text;

	buf_init(&b, LIMIT_PAYLOAD);
	carried_write_release(&of, tlp, 5, jws, span_str(""), &b);
	text = arena_string(&mem, buf_span(&b));
	buf_release(&b);
	return text;
}

static enum err
parse(const struct entry *outer, const char *body, enum kind_carries what,
    struct carried *out, struct fault *f)
{
	return carried_parse(outer, parse_body(body), what, schema, &mem, out,
	    f);
}

static void
test_a_release_carries_the_original(void **state)
{
	struct entry inner, outer;
	struct span jws = sign("uy", "comment", "TLP:GREEN", "{}", &inner);
	const char *body = release_of(jws, TLP_CLEAR);
	struct carried c;
	struct fault f;

	(void)state;
	(void)sign("uy", "release", "TLP:CLEAR", body, &outer);
	assert_int_equal(parse(&outer, body, CARRIES_RELEASE, &c, &f),
	    ERR_NONE);
	assert_int_equal(c.index, 5);
	assert_true(span_is_equal(c.jws.text, jws));
	assert_true(span_is_equal(c.log, inner.log));
	assert_true(span_is_str(c.entry.kind, "comment"));
}

/* One byte of `text` changed where `what` begins, `at` further on. */
static const char *
spoil(const char *text, const char *what, size_t at)
{
	char *copy = arena_string(&mem, span_str(text));
	char *p = strstr(copy, what);

	assert_non_null(p);
	p[at] = p[at] == 'A' ? 'B' : 'A';
	return copy;
}

static void
test_what_does_not_hold_together_is_refused(void **state)
{
	struct entry inner, outer, nested;
	struct span jws = sign("uy", "comment", "TLP:GREEN", "{}", &inner);
	const char *body = release_of(jws, TLP_CLEAR);
	struct span whole = sign("uy", "release", "TLP:CLEAR", body, &outer);
	struct carried c = { .index = 99 };
	struct fault f;

	(void)state;
	/* another digest, another text, another team, another label */
	assert_int_equal(parse(&outer, spoil(body, "\"of\":\"", 8),
	    CARRIES_RELEASE, &c, &f), ERR_DIGEST);
	assert_string_equal(f.field, "jws");
	assert_int_not_equal(parse(&outer, spoil(body, "\"jws\":\"", 250),
	    CARRIES_RELEASE, &c, &f), ERR_NONE);
	outer.iss = span_str("br");
	assert_int_equal(parse(&outer, body, CARRIES_RELEASE, &c, &f),
	    ERR_SCHEMA);
	assert_non_null(strstr(f.rule, "another team"));
	outer.iss = span_str("uy");
	outer.tlp = span_str("TLP:GREEN");
	assert_int_equal(parse(&outer, body, CARRIES_RELEASE, &c, &f),
	    ERR_SCHEMA);
	assert_string_equal(f.field, "tlp");
	/* what carries is not carried */
	body = release_of(whole, TLP_CLEAR);
	(void)sign("uy", "release", "TLP:CLEAR", body, &nested);
	assert_int_equal(parse(&nested, body, CARRIES_RELEASE, &c, &f),
	    ERR_SCHEMA);
	assert_non_null(strstr(f.rule, "carries another"));
	/* a re-shared document names its log */
	assert_int_equal(parse(&nested, release_of(jws, TLP_CLEAR),
	    CARRIES_RESHARE, &c, &f), ERR_SCHEMA);
	assert_string_equal(f.field, "log");
	assert_int_equal(c.index, 99);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_may_pass_on_what),
		cmocka_unit_test(test_nobody_passes_on_the_own),
		cmocka_unit_test(
		    test_an_embargo_is_handled_strictly_until_the_release),
		cmocka_unit_test(test_a_release_carries_the_original),
		cmocka_unit_test(test_what_does_not_hold_together_is_refused),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
