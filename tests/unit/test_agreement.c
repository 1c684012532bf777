/* SPDX-License-Identifier: Apache-2.0
 *
 * Agreements: what is a word on one, terms from a policy of IEP 2.0, and who
 * is bound to whom.
 */
#include "record/agreement.h"

#include "base/limits.h"

#include "cmocka_all.h"

#define ID "018f2f3e-7c1d-7a2b-9c3d-0123456789ab"
#define OTHER_ID "018f2f3e-7c1d-7a2b-9c3d-0123456789ac"

static struct arena arena;

static int
forget(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static struct json_val
json(const char *text)
{
	struct json *doc = arena_alloc(&arena, sizeof *doc);

	assert_ok(json_parse_arena(span_str(text), LIMIT_JSON_DEPTH,
	    LIMIT_JSON_TOKENS, &arena, doc, NULL));
	return json_root(doc);
}

#define TERMS(more)                                                           \
	"{\"id\":\"" ID "\",\"name\":\"South\",\"iep_version\":\"2.0\","       \
	"\"tlp\":\"TLP:AMBER\"" more "}"
#define BODY(state, terms) "{\"state\":\"" state "\",\"terms\":" terms "}"

static struct wall
on(const char *date)
{
	char text[32];
	struct wall t;

	snprintf(text, sizeof text, "%sT12:00:00Z", date);
	assert_ok(wall_parse(span_str(text), &t));
	return t;
}

static void
test_what_is_one(void **state)
{
	static const struct {
		const char *text, *field;
	} bad[] = {
		{ "{}", "state" },
		{ "{\"state\":\"closed\",\"terms\":" TERMS("") "}", "state" },
		{ "{\"state\":\"signed\"}", "terms" },
		{ BODY("signed", "7"), "terms" },
		{ BODY("signed", "{\"id\":\"12\"}"), "id" },
		{ BODY("signed", "{\"id\":\"" ID "\"}"), "name" },
		{ BODY("left", "{\"id\":\"" ID "\",\"name\":\"x\","
		  "\"tlp\":\"AMBER\"}"), "tlp" },
		{ BODY("signed", TERMS(",\"start_date\":\"soon\"")),
		    "start_date" },
		{ BODY("signed", TERMS(",\"end_date\":\"2027-02-30\"")),
		    "end_date" },
		{ BODY("signed", TERMS(",\"start_date\":\"2027-01-02\","
		    "\"end_date\":\"2027-01-01\"")), "end_date" },
	};
	struct agreement x = { .from_ms = 77 };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct fault f = { 0 };

		assert_err(agreement_parse(json(bad[i].text), &arena, &x, &f),
		    ERR_SCHEMA);
		assert_string_equal(f.field, bad[i].field);
		assert_int_equal(x.from_ms, 77);
	}
	assert_ok(agreement_parse(json(BODY("left",
	    TERMS(",\"end_date\":\"2027-12-31\""))), &arena, &x, NULL));
	assert_true(x.left);
	assert_true(span_is_str(x.id, ID));
	assert_int_equal(x.most, TLP_AMBER);
	/* to the end of its last day */
	assert_true(on("2027-12-31").ms < x.until_ms);
	assert_true(on("2028-01-01").ms > x.until_ms);
}

static struct span
written(const char *policy, struct fault *f, enum err *e)
{
	struct json_out w;
	struct span out;
	struct buf b;

	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	*e = agreement_write(json(policy), OTHER_ID, &arena, &w, f);
	out = arena_copy(&arena, buf_span(&b));
	buf_release(&b);
	return out;
}

static void
test_policy_becomes_terms(void **state)
{
	static const struct {
		const char *text, *field;
	} bad[] = {
		{ "[]", "policy" },
		{ "{\"name\":\"x\"}", "tlp" },
		{ "{\"tlp\":\"amber\"}", "name" },
		{ "{\"name\":\"x\",\"tlp\":\"purple\"}", "tlp" },
		{ "{\"name\":\"x\",\"tlp\":\"red\",\"iep_version\":1}",
		    "iep_version" },
		{ "{\"name\":\"x\",\"tlp\":\"red\",\"colour\":1}", "policy" },
		{ "{\"name\":\"x\",\"tlp\":\"red\",\"attribution\":\"\"}",
		    "attribution" },
		{ "{\"name\":7,\"tlp\":\"red\"}", "name" },
	};
	struct agreement x = { .from_ms = 77 };
	struct fault f = { 0 };
	struct span text;
	enum err e;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		f = (struct fault){ 0 };
		(void)written(bad[i].text, &f, &e);
		assert_err(e, ERR_SCHEMA);
		assert_string_equal(f.field, bad[i].field);
	}
	text = written("{\"tlp\":\"amber\",\"attribution\":\"MUST-NOT\","
	    "\"end_date\":null,\"name\":\"x\",\"iep_version\":2.0}", &f, &e);
	assert_ok(e);
	assert_true(span_is_str(text, "{\"id\":\"" OTHER_ID "\",\"name\":"
	    "\"x\",\"iep_version\":\"2.0\",\"tlp\":\"TLP:AMBER\","
	    "\"attribution\":\"must-not\"}"));
	/* what was written is read */
	assert_ok(agreement_parse(json(arena_string(&arena,
	    span_str("{\"state\":\"signed\",\"terms\":{\"id\":\"" OTHER_ID
	    "\",\"name\":\"x\",\"tlp\":\"TLP:AMBER\"}}"))), &arena, &x, NULL));
}

/* --- who is bound --- */

static struct agreement
word_of(const char *team, const char *body)
{
	struct agreement x = { .from_ms = 0 };

	assert_ok(agreement_parse(json(body), &arena, &x, NULL));
	x.team = span_str(team);
	return x;
}

static enum agreement_bond
bond(const struct agreement *v, size_t n, enum tlp label,
    const struct agreement **which)
{
	const struct agreements set = { v, n };

	return agreements_bond(&set, span_str("uy"), span_str("br"), label,
	    on("2026-11-21"), which);
}

static void
test_both_must_have_signed(void **state)
{
	struct agreement v[3] = { word_of("cl", BODY("signed", TERMS(""))) };
	const struct agreement *which;

	(void)state;
	assert_int_equal(bond(v, 0, TLP_AMBER, &which), AGREEMENT_NONE);
	assert_null(which);
	assert_int_equal(bond(v, 1, TLP_AMBER, &which), AGREEMENT_NONE);
	assert_null(which);
	v[1] = word_of("br", BODY("signed", TERMS("")));
	assert_int_equal(bond(v, 2, TLP_AMBER, &which),
	    AGREEMENT_UNSIGNED_HERE);
	assert_ptr_equal(which, &v[1]);
	v[2] = word_of("uy", BODY("signed", TERMS("")));
	assert_int_equal(bond(v, 3, TLP_AMBER, NULL), AGREEMENT_BOUND);
	assert_int_equal(bond(v, 3, TLP_AMBER_STRICT, NULL), AGREEMENT_LABEL);
	/* of this team alone: the other may sign it */
	v[1].team = span_str("pe");
	assert_int_equal(bond(v, 3, TLP_AMBER, &which), AGREEMENT_NONE);
	assert_ptr_equal(which, &v[2]);
}

static void
test_leaving_and_other_terms(void **state)
{
	struct agreement v[2] = { word_of("br", BODY("left", TERMS(""))),
		word_of("uy", BODY("signed", TERMS(""))) };

	(void)state;
	assert_int_equal(bond(v, 2, TLP_AMBER, NULL), AGREEMENT_LEFT);
	assert_int_equal(bond(v, 1, TLP_AMBER, NULL), AGREEMENT_NONE);
	v[0].left = false;
	v[1].left = true;
	assert_int_equal(bond(v, 2, TLP_AMBER, NULL),
	    AGREEMENT_UNSIGNED_HERE);
	v[1] = word_of("uy", BODY("signed", TERMS(",\"attribution\":\"may\"")));
	assert_int_equal(bond(v, 2, TLP_AMBER, NULL), AGREEMENT_OTHER_TERMS);
	v[0] = word_of("br", BODY("signed",
	    TERMS(",\"end_date\":\"2026-11-20\"")));
	v[1] = v[0];
	v[1].team = span_str("uy");
	assert_int_equal(bond(v, 2, TLP_AMBER, NULL), AGREEMENT_OVER);
	v[0] = word_of("br", BODY("signed",
	    TERMS(",\"start_date\":\"2026-11-21\"")));
	v[1] = v[0];
	v[1].team = span_str("uy");
	assert_int_equal(bond(v, 2, TLP_AMBER, NULL), AGREEMENT_BOUND);
}

/* One that binds counts, whatever became of another. */
static void
test_most_generous_counts(void **state)
{
	struct agreement v[4] = { word_of("br", BODY("left", TERMS(""))),
		word_of("uy", BODY("left", TERMS(""))),
		word_of("br", BODY("signed", TERMS(""))),
		word_of("uy", BODY("signed", TERMS(""))) };
	const struct agreement *which;

	(void)state;
	v[2].id = v[3].id = span_str(OTHER_ID);
	assert_int_equal(bond(v, 4, TLP_AMBER, &which), AGREEMENT_BOUND);
	assert_ptr_equal(which, &v[2]);
	assert_int_equal(bond(v, 2, TLP_AMBER, NULL), AGREEMENT_LEFT);
}

#define TEST(fn) cmocka_unit_test_teardown(fn, forget)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_is_one),
		TEST(test_policy_becomes_terms),
		TEST(test_both_must_have_signed),
		TEST(test_leaving_and_other_terms),
		TEST(test_most_generous_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
