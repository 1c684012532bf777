/* reaches: json_parse json_parse_arena json_first json_next json_get json_key
 * json_text json_is_str json_u64 json_i64 json_double json_bool json_put_*
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes are read; what is accepted is walked, written back and read again,
 * and must be the same. Both ways of giving the tape must agree.
 */
#include "fuzz.h"

#include "base/json.h"

#include <string.h>

enum { TOKENS = 4096, DEPTH = 16, OUTPUT = 1 << 20 };

static void write_value(struct json_out *w, struct json_val v,
    struct arena *a);

static void
write_inside(struct json_out *w, struct json_val v, struct arena *a)
{
	uint32_t n = 0;

	for (struct json_val m = json_first(v); m.type != JSON_ABSENT;
	    m = json_next(v, m), n++) {
		if (v.type == JSON_OBJECT)
			json_put_key_span(w, json_key(m, a));
		else
			FUZZ_CHECK(json_key(m, a).n == 0);
		write_value(w, m, a);
	}
	FUZZ_CHECK(n == json_count(v));
}

static void
write_number(struct json_out *w, struct json_val v)
{
	uint64_t u;
	int64_t i;
	double d;
	enum err e;

	if (json_u64(v, &u) == ERR_NONE)
		json_put_u64(w, u);
	else if (json_i64(v, &i) == ERR_NONE)
		json_put_i64(w, i);
	else if ((e = json_double(v, &d)) == ERR_NONE)
		json_put_double(w, d);
	else {
		FUZZ_CHECK(e == ERR_LIMIT);
		json_put_raw(w, json_raw(v));
	}
}

static void
write_value(struct json_out *w, struct json_val v, struct arena *a)
{
	struct span text;
	bool b;

	if (v.type == JSON_OBJECT || v.type == JSON_ARRAY) {
		json_put_open(w, v.type == JSON_OBJECT ? '{' : '[');
		write_inside(w, v, a);
		json_put_close(w, v.type == JSON_OBJECT ? '}' : ']');
	} else if (v.type == JSON_NUMBER) {
		write_number(w, v);
	} else if (json_text(v, a, &text) == ERR_NONE) {
		json_put_span(w, text);
	} else if (json_bool(v, &b) == ERR_NONE) {
		json_put_bool(w, b);
	} else {
		FUZZ_CHECK(v.type == JSON_NULL);
		json_put_null(w);
	}
}

/* Every name is found, and finds its own value. */
static void
check_members(struct json_val v, struct arena *a)
{
	if (json_count(v) > 64)
		return;
	for (struct json_val m = json_first(v); m.type != JSON_ABSENT;
	    m = json_next(v, m)) {
		struct span name = json_key(m, a);
		struct span key = arena_copy(a, name);

		check_members(m, a);
		if (v.type != JSON_OBJECT || memchr(key.p, '\0', key.n) != NULL)
			continue;
		FUZZ_CHECK(json_get(v, (const char *)key.p).i == m.i);
	}
}

static void
same_value(struct json_val x, struct json_val y, struct arena *a)
{
	struct span s, t;
	double c, d;

	FUZZ_CHECK(x.type == y.type && json_count(x) == json_count(y));
	if (json_text(x, a, &s) == ERR_NONE)
		FUZZ_CHECK(json_text(y, a, &t) == ERR_NONE &&
		    span_is_equal(s, t));
	if (x.type == JSON_NUMBER && json_double(x, &c) == ERR_NONE)
		FUZZ_CHECK(json_double(y, &d) == ERR_NONE &&
		    memcmp(&c, &d, sizeof c) == 0);
	for (struct json_val m = json_first(x), n = json_first(y);
	    m.type != JSON_ABSENT; m = json_next(x, m), n = json_next(y, n)) {
		FUZZ_CHECK(span_is_equal(json_key(m, a), json_key(n, a)));
		same_value(m, n, a);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct json_tok tape[TOKENS];
	struct arena a = { 0 };
	struct span text = span_of(data, size);
	struct fault f = { 0 }, g = { 0 };
	struct json doc, twin, again;
	struct json_out w;
	struct buf out;
	enum err e = json_parse(text, DEPTH, tape, TOKENS, &doc, &f);
	enum err d = json_parse_arena(text, DEPTH, TOKENS, &a, &twin, &g);

	buf_init(&out, OUTPUT);
	FUZZ_CHECK(e == d && f.at == g.at && f.at <= size);
	if (e != ERR_NONE) {
		FUZZ_CHECK(f.rule[0] != '\0' && strcmp(f.rule, g.rule) == 0);
		goto out;
	}
	FUZZ_CHECK(doc.count == twin.count);
	json_out_init(&w, &out);
	write_value(&w, json_root(&doc), &a);
	check_members(json_root(&doc), &a);
	if (buf_check(&out) != ERR_NONE)
		goto out;
	FUZZ_CHECK(json_parse_arena(buf_span(&out), DEPTH, TOKENS, &a, &again,
	    NULL) == ERR_NONE);
	same_value(json_root(&doc), json_root(&again), &a);
out:
	buf_release(&out);
	arena_release(&a);
	return 0;
}
