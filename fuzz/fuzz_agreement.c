/* reaches: agreement_parse agreement_write agreements_bond
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any JSON is read as a word on an agreement and as a policy: what is refused
 * names a member, what is written of a policy is read again, and nobody is
 * bound by one word alone.
 */
#include "fuzz.h"

#include "base/limits.h"
#include "record/agreement.h"

static enum err
read_text(struct span text, struct arena *a, struct agreement *out,
    struct fault *f)
{
	struct json *doc = arena_alloc(a, sizeof *doc);
	enum err e = json_parse_arena(text, LIMIT_JSON_DEPTH,
	    LIMIT_JSON_TOKENS, a, doc, f);

	return e != ERR_NONE ? e :
	    agreement_parse(json_root(doc), a, out, f);
}

static void
check_word(struct agreement x)
{
	const struct wall now = { 1795262400000 };
	struct agreement v[2] = { x, x };
	struct agreements set = { v, 1 };
	struct span own = span_str("uy"), team = span_str("br");

	FUZZ_CHECK(x.from_ms < x.until_ms && x.name.n != 0);
	v[0].team = team;
	v[1].team = own;
	FUZZ_CHECK(agreements_bond(&set, own, team, TLP_AMBER, now, NULL) <=
	    AGREEMENT_UNSIGNED_HERE);
	set.n = 2;
	FUZZ_CHECK((agreements_bond(&set, own, team, x.most, now, NULL) ==
	    AGREEMENT_BOUND) == (!x.left && now.ms >= x.from_ms &&
	    now.ms < x.until_ms));
}

static void
check_policy(struct json_val policy, struct arena *a)
{
	struct agreement x;
	struct fault f = { 0 };
	struct json_out w;
	struct buf b;

	buf_init(&b, 8 * LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_str(&w, "state", "signed");
	json_put_key(&w, "terms");
	if (agreement_write(policy, "018f2f3e-7c1d-7a2b-9c3d-0123456789ab", a,
		&w, &f) != ERR_NONE) {
		FUZZ_CHECK(f.field[0] != '\0' && f.rule[0] != '\0');
	} else {
		json_put_close(&w, '}');
		/* of an id, a name and days only form is looked at later */
		if (read_text(buf_span(&b), a, &x, &f) == ERR_NONE)
			check_word(x);
		else
			FUZZ_CHECK(f.field[0] != '\0');
	}
	buf_release(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = { 0 };
	struct agreement x;
	struct fault f = { 0 };
	struct json doc;

	if (json_parse_arena(span_of(data, n), LIMIT_JSON_DEPTH,
		LIMIT_JSON_TOKENS, &a, &doc, NULL) == ERR_NONE) {
		if (agreement_parse(json_root(&doc), &a, &x, &f) == ERR_NONE)
			check_word(x);
		else
			FUZZ_CHECK(f.field[0] != '\0' && f.rule[0] != '\0');
		check_policy(json_root(&doc), &a);
	}
	arena_release(&a);
	return 0;
}
