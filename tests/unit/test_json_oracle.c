/* SPDX-License-Identifier: Apache-2.0
 *
 * base/json against jansson, over generated and mutated documents (seeded)
 * and, where it is at hand, over the shared data. They must agree on what is
 * accepted and on every value. Known differences, each counted apart: we
 * refuse noncharacters (RFC 7493) and depth over our limit; jansson refuses
 * numbers that fit no double or 64-bit integer, and names that hold U+0000,
 * takes -0 for the integer 0 and swallows a NUL behind a number or word.
 */
#include "base/json.h"

#include "cmocka_all.h"
#include "json_oracle.h"

#include <fts.h>

enum {
	TAPE = 1 << 20,
	DEPTH = 48,
	CASES = 12000,
	VALUE_MAX = 1 << 26
};

static struct json_tok tape[TAPE];
static uint64_t seed;

static struct {
	unsigned both;    /* accepted by both, values equal */
	unsigned neither; /* refused by both */
	unsigned twins;   /* of them: both say that a name stands twice */
	unsigned ours;    /* refused by us only, for a known reason */
	unsigned theirs;  /* refused by jansson only, for a known reason */
} tally;

static unsigned
pick(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)((seed >> 32) % n);
}

static void
put_one_of(struct buf *out, const char *const *list, unsigned n)
{
	buf_put_str(out, list[pick(n)]);
}

static void
put_string(struct buf *out)
{
	static const char *const parts[] = { "a", "b", "ab", "\\u0061", " ",
		"\\n", "\\\"", "\\\\", "\\/", "/", "\xc3\xb1", "\\u00f1",
		"\\u00F1", "\xe2\x82\xac", "\\u20AC", "\\ud83d\\ude00",
		"\xf0\x9f\x98\x80", "0123456789abcdef", "\\u0001", "\\b",
		"\\f", "\\r", "\\t", "x", "\x7f", "\\u007f" };

	buf_put_u8(out, '"');
	for (unsigned n = pick(4); n > 0; n--)
		put_one_of(out, parts, sizeof parts / sizeof parts[0]);
	buf_put_u8(out, '"');
}

static void
put_blank(struct buf *out)
{
	static const char *const blanks[] = { "", "", "", "", " ", "\n", "\t",
		"\r\n  " };

	put_one_of(out, blanks, sizeof blanks / sizeof blanks[0]);
}

static void
put_scalar(struct buf *out)
{
	static const char *const words[] = { "null", "true", "false", "0",
		"-0", "0.0", "1e5", "-1.25E-3", "9223372036854775807",
		"-9223372036854775808", "0.1", "5e-324", "1e308", "12345678" };

	if (pick(2) == 0)
		put_string(out);
	else
		put_one_of(out, words, sizeof words / sizeof words[0]);
}

static void
put_value(struct buf *out, unsigned depth)
{
	unsigned kind = pick(5);
	unsigned n = pick(10) == 0 ? pick(60) : pick(6);

	put_blank(out);
	if (depth == 0 || kind > 2) {
		put_scalar(out);
		put_blank(out);
		return;
	}
	buf_put_u8(out, kind != 0 ? '{' : '[');
	put_blank(out);
	for (unsigned i = 0; i < n; i++) {
		if (i != 0)
			buf_put_u8(out, ',');
		if (kind != 0) {
			put_blank(out);
			if (pick(8) == 0)
				put_string(out);
			else
				buf_put_format(out, "\"k%u\"", i);
			put_blank(out);
			buf_put_u8(out, ':');
		}
		put_value(out, n > 6 ? 0 : depth - 1);
	}
	buf_put_u8(out, kind != 0 ? '}' : ']');
	put_blank(out);
}

/* A few bytes changed, taken out or put in; `text` has room for them. */
static size_t
mutate(unsigned char *text, size_t n)
{
	static const char bytes[] = "{}[]:,\"\\\\u00d8dceEfnt-+.0123456789/ \n"
	    "\x01\x7f\x80\xbf\xc2\xc3\xe0\xed\xa0\xef\xb7\xbf\xbe\xf0\xf4\xff";
	size_t at = 0;

	for (unsigned k = 1 + pick(3); k > 0 && n > 0; k--) {
		unsigned char c = (unsigned char)bytes[pick(sizeof bytes)];

		at = pick((unsigned)n);
		switch (pick(4)) {
		case 0:
			text[at] = c;
			break;
		case 1:
			memmove(text + at, text + at + 1, n - at - 1);
			n--;
			break;
		case 2:
			memmove(text + at + 1, text + at, n - at);
			text[at] = c;
			n++;
			break;
		default:
			text[at] ^= (unsigned char)(1U << pick(8));
			break;
		}
	}
	return n;
}

static void
put_text_of(struct buf *out, struct span s)
{
	buf_put_u8(out, 's');
	buf_put_span32(out, s);
}

static void
dump_number(struct buf *out, struct json_val v)
{
	int64_t n = 0;
	double d = 0;
	uint64_t bits;

	if (json_i64(v, &n) == ERR_NONE || span_is_str(json_raw(v), "-0")) {
		buf_put_u8(out, 'i');
		buf_put_u64(out, (uint64_t)n);
		return;
	}
	assert_ok(json_double(v, &d));
	memcpy(&bits, &d, sizeof bits);
	buf_put_u8(out, 'd');
	buf_put_u64(out, bits);
}

/* The form of oracle_read. */
static void
dump(struct buf *out, struct json_val v, struct arena *a)
{
	static const char letters[] = "?nft?sao";
	struct span s = { 0 };

	if (v.type == JSON_NUMBER) {
		dump_number(out, v);
		return;
	}
	if (json_text(v, a, &s) == ERR_NONE) {
		put_text_of(out, s);
		return;
	}
	buf_put_u8(out, (uint8_t)letters[v.type]);
	if (v.type == JSON_ARRAY || v.type == JSON_OBJECT)
		buf_put_u32(out, json_count(v));
	for (struct json_val m = json_first(v); m.type != JSON_ABSENT;
	    m = json_next(v, m)) {
		if (v.type == JSON_OBJECT)
			put_text_of(out, json_key(m, a));
		dump(out, m, a);
	}
}

static bool
is_ours_alone(struct span text, enum err e, const struct fault *f)
{
	return e == ERR_LIMIT || strstr(f->rule, "noncharacter") != NULL ||
	    (f->at < text.n && text.p[f->at] == '\0');
}

/* Read `text` with both and count; false if they differ without a reason. */
static bool
agree(struct span text, struct buf *mine, struct buf *other)
{
	struct arena a = { 0 };
	struct json doc;
	struct fault f = { 0 };
	enum err e = json_parse(text, DEPTH, tape, TAPE, &doc, &f);
	enum oracle o;
	bool good = true;

	buf_clear(mine);
	buf_clear(other);
	o = oracle_read(text, other);
	if (e != ERR_NONE && o != ORACLE_ACCEPTS) {
		tally.neither++;
		tally.twins += e == ERR_CONFLICT && o == ORACLE_REFUSES_TWIN;
	} else if (e != ERR_NONE) {
		tally.ours++;
		good = is_ours_alone(text, e, &f);
	} else if (o != ORACLE_ACCEPTS) {
		tally.theirs++;
		good = o == ORACLE_CANNOT_NUMBER || o == ORACLE_CANNOT_NUL;
	} else {
		tally.both++;
		dump(mine, json_root(&doc), &a);
		good = !mine->over && !other->over &&
		    span_is_equal(buf_span(mine), buf_span(other));
	}
	if (!good)
		print_message("# ours: %s, jansson: %d, text: %.*s\n",
		    e != ERR_NONE ? f.rule : "accepted", (int)o,
		    SPAN_FMT(text));
	arena_release(&a);
	return good;
}

static void
test_generated_documents(void **state)
{
	struct buf text, mine, other;

	(void)state;
	seed = 20260301;
	memset(&tally, 0, sizeof tally);
	buf_init(&text, 1 << 20);
	buf_init(&mine, VALUE_MAX);
	buf_init(&other, VALUE_MAX);
	for (unsigned i = 0; i < CASES; i++) {
		size_t n;

		buf_clear(&text);
		put_value(&text, pick(5));
		assert_ok(buf_check(&text));
		n = text.n;
		buf_put_str(&text, "    "); /* room for mutate */
		if (pick(2) == 0)
			n = mutate(text.p, n);
		if (!agree(span_of(text.p, n), &mine, &other))
			fail_msg("case %u", i);
	}
	print_message("# %u accepted by both, %u by neither (%u twins), "
	    "refused by us alone %u, by jansson alone %u\n", tally.both,
	    tally.neither, tally.twins, tally.ours, tally.theirs);
	assert_true(tally.both > CASES / 4 && tally.neither > CASES / 10);
	assert_true(tally.twins > CASES / 100);
	assert_true(tally.ours + tally.theirs < CASES / 50);
	buf_release(&text);
	buf_release(&mine);
	buf_release(&other);
}

static void
read_file(const char *path, struct buf *out)
{
	FILE *in = fopen(path, "rb");
	unsigned char *p;
	long n;

	assert_non_null(in);
	assert_int_equal(fseek(in, 0, SEEK_END), 0);
	n = ftell(in);
	rewind(in);
	buf_clear(out);
	p = buf_extend(out, (size_t)n);
	assert_non_null(p);
	assert_int_equal(fread(p, 1, (size_t)n, in), n);
	fclose(in);
}

static void
test_shared_data(void **state)
{
	const char *shared = getenv("ALMENARA_SHARED");
	char folder[4096];
	char *roots[2] = { folder, NULL };
	struct buf text, mine, other;
	FTS *walk;

	(void)state;
	snprintf(folder, sizeof folder, "%s/data",
	    shared != NULL ? shared : "../shared");
	memset(&tally, 0, sizeof tally);
	buf_init(&text, VALUE_MAX);
	buf_init(&mine, VALUE_MAX);
	buf_init(&other, VALUE_MAX);
	walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	assert_non_null(walk);
	for (FTSENT *e; (e = fts_read(walk)) != NULL;) {
		if (e->fts_info != FTS_F || e->fts_namelen < 5 ||
		    strcmp(e->fts_name + e->fts_namelen - 5, ".json") != 0)
			continue;
		read_file(e->fts_path, &text);
		if (!agree(buf_span(&text), &mine, &other))
			fail_msg("%s", e->fts_path);
	}
	fts_close(walk);
	if (tally.both == 0)
		print_message("# skipped: needs the shared data\n");
	else
		print_message("# %u files accepted by both, %u by neither, "
		    "%u by us, %u by jansson alone\n", tally.both,
		    tally.neither, tally.ours, tally.theirs);
	buf_release(&text);
	buf_release(&mine);
	buf_release(&other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_generated_documents),
		cmocka_unit_test(test_shared_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
