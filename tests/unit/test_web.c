/* SPDX-License-Identifier: Apache-2.0
 *
 * web/: paths, wishes, ranges, validators, kinds of files, counts by address,
 * pages about what went wrong.
 */
#include "web/accept.h"
#include "web/crowd.h"
#include "web/fresh.h"
#include "web/kind.h"
#include "web/path.h"
#include "web/range.h"
#include "web/refusal.h"
#include "web/ring.h"

#include "cmocka_all.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

/* --- paths --- */

static void
test_paths_that_are(void **state)
{
	static const struct {
		const char *in, *name;
		bool is_folder, has_lang;
		enum lang lang;
	} rows[] = {
		{ "/", "", true, false, LANG_EN },
		{ "/es/", "es/", true, true, LANG_ES },
		{ "/pt", "pt", false, true, LANG_PT },
		{ "/fr/w/ALM-2026-0417/", "fr/w/ALM-2026-0417/", true, true,
		    LANG_FR },
		{ "/esx/", "esx/", true, false, LANG_EN },
		{ "/a%20b.txt", "a b.txt", false, false, LANG_EN },
		{ "/%C3%A9", "\xc3\xa9", false, false, LANG_EN },
		{ "/.well-known/security.txt", ".well-known/security.txt",
		    false, false, LANG_EN },
		{ "/a..b/c.", "a..b/c.", false, false, LANG_EN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct web_path p;

		if (web_path_parse(span_str(rows[i].in), &p, NULL) !=
		    ERR_NONE)
			fail_msg("%s", rows[i].in);
		assert_string_equal(p.name, rows[i].name);
		assert_int_equal(p.n, strlen(rows[i].name));
		assert_int_equal(p.is_folder, rows[i].is_folder);
		assert_int_equal(p.has_lang, rows[i].has_lang);
		if (p.has_lang)
			assert_int_equal(p.lang, rows[i].lang);
	}
}

static void
test_paths_that_are_not(void **state)
{
	static const char *const rows[] = { "", "es", "*",
		"http://x.example/", "//", "/a//b", "/..", "/../etc/passwd",
		"/a/../b", "/a/.", "/%2e%2e/", "/%2E./", "/.git/config",
		"/a/.well-known/x", "/.well-known/.x", "/a%2fb", "/a%2Fb",
		"/a%5cb", "/a\\b", "/%00", "/a%0d%0ab", "/\x7f", "/%7f", "/%",
		"/%4", "/%zz", "/%u002e", "/%c0%ae", "/\xff", "/%ed%a0%80" };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct web_path p = { .n = 77 };
		struct fault f = { 0 };

		if (web_path_parse(span_str(rows[i]), &p, &f) != ERR_SYNTAX)
			fail_msg("%s", rows[i]);
		assert_int_equal(p.n, 77);
		assert_string_equal(f.field, "path");
	}
}

static void
test_long_paths(void **state)
{
	char in[LIMIT_WEB_PATH + 3];
	struct web_path p;

	(void)state;
	memset(in, 'a', sizeof in);
	in[0] = '/';
	assert_ok(web_path_parse(span_of(in, LIMIT_WEB_PATH + 1), &p, NULL));
	assert_int_equal(p.n, LIMIT_WEB_PATH);
	assert_err(web_path_parse(span_of(in, LIMIT_WEB_PATH + 2), &p, NULL),
	    ERR_LIMIT);
}

/* --- wishes --- */

static void
test_languages(void **state)
{
	static const struct {
		const char *in;
		enum lang want;
	} rows[] = {
		{ "", LANG_PT }, { "de", LANG_PT }, { "*", LANG_PT },
		{ "es", LANG_ES }, { "es-UY,es;q=0.9,en;q=0.8", LANG_ES },
		{ "de;q=0.9, fr;q=0.4, en;q=0.7", LANG_EN },
		{ "FR-ca", LANG_FR }, { "en;q=0, es;q=0.1", LANG_ES },
		{ "en;q=2, es;q=0.1", LANG_ES }, { "en;q=x,fr", LANG_FR },
		{ ",,;q=1,es", LANG_ES }, { "est", LANG_PT },
		{ "fr;q=0.5,es;q=0.5", LANG_FR }, { "en;q=0.001", LANG_EN },
		{ "en;level=1;q=0.2,es;q=0.5", LANG_ES },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (accept_lang(span_str(rows[i].in), LANG_PT) !=
		    rows[i].want)
			fail_msg("%s", rows[i].in);
}

static void
test_codings(void **state)
{
	static const struct {
		const char *in, *want; /* first letters */
	} rows[] = {
		{ "", "n" }, { "identity", "n" }, { "gzip", "gn" },
		{ "br", "bn" }, { "gzip, deflate, br", "bgn" },
		{ "gzip;q=1, br;q=0.5", "gbn" }, { "gzip;q=0", "n" },
		{ "*", "bgn" }, { "*;q=0", "n" }, { "br;q=0,*", "gn" },
		{ "GZIP", "gn" }, { "gzip;q=1.5", "n" }, { "x-gzip", "n" },
		{ "gzip;q=0.0", "n" }, { "zstd", "n" },
	};
	static const char letters[] = { [CODING_NONE] = 'n',
		[CODING_GZIP] = 'g', [CODING_BROTLI] = 'b' };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		enum coding out[CODING_COUNT];
		char got[CODING_COUNT + 1] = "";
		size_t n = accept_codings(span_str(rows[i].in), out);

		for (size_t k = 0; k < n; k++)
			got[k] = letters[out[k]];
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].in, got);
	}
}

/* --- ranges --- */

static void
test_ranges(void **state)
{
	static const struct {
		const char *in;
		uint64_t size;
		enum range_kind kind;
		uint64_t from, n;
	} rows[] = {
		{ "bytes=0-9", 100, RANGE_PART, 0, 10 },
		{ "bytes=90-", 100, RANGE_PART, 90, 10 },
		{ "bytes=90-200", 100, RANGE_PART, 90, 10 },
		{ "bytes=-10", 100, RANGE_PART, 90, 10 },
		{ "bytes=-200", 100, RANGE_PART, 0, 100 },
		{ "Bytes=99-99", 100, RANGE_PART, 99, 1 },
		{ "bytes=100-", 100, RANGE_BEYOND, 0, 0 },
		{ "bytes=0-", 0, RANGE_BEYOND, 0, 0 },
		{ "bytes=-0", 100, RANGE_BEYOND, 0, 0 },
		{ "bytes=-5", 0, RANGE_BEYOND, 0, 0 },
		{ "bytes=18446744073709551615-", 100, RANGE_BEYOND, 0, 0 },
		{ "bytes=99999999999999999999999-", 9, RANGE_BEYOND, 0, 0 },
		{ "bytes=0-99999999999999999999999", 9, RANGE_PART, 0, 9 },
		{ "bytes=5-4", 100, RANGE_WHOLE, 0, 0 },
		{ "bytes=0-1,5-6", 100, RANGE_WHOLE, 0, 0 },
		{ "bytes=", 100, RANGE_WHOLE, 0, 0 },
		{ "bytes=-", 100, RANGE_WHOLE, 0, 0 },
		{ "bytes=a-b", 100, RANGE_WHOLE, 0, 0 },
		{ "bytes=1", 100, RANGE_WHOLE, 0, 0 },
		{ "bytes= 0-1", 100, RANGE_WHOLE, 0, 0 },
		{ "bytes=-1-2", 100, RANGE_WHOLE, 0, 0 },
		{ "lines=0-1", 100, RANGE_WHOLE, 0, 0 },
		{ "", 100, RANGE_WHOLE, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct range r = range_of(span_str(rows[i].in),
		    rows[i].size);

		if (r.kind != rows[i].kind || r.from != rows[i].from ||
		    r.n != rows[i].n)
			fail_msg("%s of %u", rows[i].in,
			    (unsigned)rows[i].size);
	}
}

/* --- validators --- */

static void
test_dates(void **state)
{
	static const char *const none[] = { "", "Sun, 06 Nov 1994 08:49:37",
		"Mon, 06 Nov 1994 08:49:37 GMT",
		"Sun, 06 Nov 1994 25:49:37 GMT",
		"Sun, 06 nov 1994 08:49:37 GMT",
		"Sun, 31 Feb 1994 08:49:37 GMT",
		"Sun, 06-Nov-1994 08:49:37 GMT",
		"Sunday, 06-Nov-94 08:49:37 GMT" };
	char text[HTTP_DATE_TEXT];
	int64_t t = 0;

	(void)state;
	http_date_write(784111777, text);
	assert_string_equal(text, "Sun, 06 Nov 1994 08:49:37 GMT");
	assert_true(http_date_parse(span_str(text), &t));
	assert_int_equal(t, 784111777);
	http_date_write(0, text);
	assert_string_equal(text, "Thu, 01 Jan 1970 00:00:00 GMT");
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		if (http_date_parse(span_str(none[i]), &t))
			fail_msg("%s", none[i]);
}

static void
test_conditions(void **state)
{
	static const char then[] = "Sun, 06 Nov 1994 08:49:37 GMT";
	static const char later[] = "Sun, 06 Nov 1994 08:49:38 GMT";
	static const char earlier[] = "Sun, 06 Nov 1994 08:49:36 GMT";
	static const struct {
		const char *match, *none, *since, *unmodified;
		enum fresh want;
	} rows[] = {
		{ NULL, NULL, NULL, NULL, FRESH_SEND },
		{ NULL, "\"a\"", NULL, NULL, FRESH_UNCHANGED },
		{ NULL, "W/\"a\"", NULL, NULL, FRESH_UNCHANGED },
		{ NULL, "\"x\", \"a\"", NULL, NULL, FRESH_UNCHANGED },
		{ NULL, "*", NULL, NULL, FRESH_UNCHANGED },
		{ NULL, "\"b\"", NULL, NULL, FRESH_SEND },
		{ NULL, "a", NULL, NULL, FRESH_SEND },
		{ NULL, "\"a", NULL, NULL, FRESH_SEND },
		{ NULL, "", NULL, NULL, FRESH_SEND },
		{ NULL, "\"b\"", later, NULL, FRESH_SEND },
		{ NULL, NULL, then, NULL, FRESH_UNCHANGED },
		{ NULL, NULL, later, NULL, FRESH_UNCHANGED },
		{ NULL, NULL, earlier, NULL, FRESH_SEND },
		{ NULL, NULL, "yesterday", NULL, FRESH_SEND },
		{ "\"a\"", NULL, NULL, NULL, FRESH_SEND },
		{ "W/\"a\"", NULL, NULL, NULL, FRESH_FAILED },
		{ "\"b\"", "\"a\"", NULL, NULL, FRESH_FAILED },
		{ "\"a\"", NULL, NULL, earlier, FRESH_SEND },
		{ NULL, NULL, NULL, earlier, FRESH_FAILED },
		{ NULL, NULL, NULL, then, FRESH_SEND },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct fresh_ask ask = { .if_range = { 0 } };

		if (rows[i].match != NULL)
			ask.if_match = span_str(rows[i].match);
		if (rows[i].none != NULL)
			ask.if_none_match = span_str(rows[i].none);
		if (rows[i].since != NULL)
			ask.if_modified_since = span_str(rows[i].since);
		if (rows[i].unmodified != NULL)
			ask.if_unmodified_since = span_str(
			    rows[i].unmodified);
		if (fresh_decide(&ask, span_str("\"a\""), 784111777) !=
		    rows[i].want)
			fail_msg("row %zu", i);
	}
}

static void
test_if_range(void **state)
{
	static const struct {
		const char *in;
		bool want;
	} rows[] = {
		{ "\"a\"", true }, { "\"b\"", false }, { "W/\"a\"", false },
		{ "Sun, 06 Nov 1994 08:49:37 GMT", true },
		{ "Sun, 06 Nov 1994 08:49:38 GMT", false }, { "", false },
	};
	struct fresh_ask ask = { .if_range = { 0 } };

	(void)state;
	assert_true(fresh_may_range(&ask, span_str("\"a\""), 784111777));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ask.if_range = span_str(rows[i].in);
		if (fresh_may_range(&ask, span_str("\"a\""), 784111777) !=
		    rows[i].want)
			fail_msg("%s", rows[i].in);
	}
}

/* --- files --- */

static void
test_kinds(void **state)
{
	static const struct {
		const char *name, *type;
		bool is_for_ever, is_foreign;
	} rows[] = {
		{ "es/index.html", "text/html; charset=utf-8", false, false },
		{ "style.0a1b2c3d4e5f.css", "text/css; charset=utf-8", true,
		    false },
		{ "style.0a1b2c3d4e5.css", "text/css; charset=utf-8", false,
		    false },
		{ "style.0A1B2C3D4E5F.css", "text/css; charset=utf-8", false,
		    false },
		{ "style-0a1b2c3d4e5f0a1b.css", "text/css; charset=utf-8",
		    true, false },
		{ "a-b/report-0a1b2c3d4e5f0a1b.js",
		    "text/javascript; charset=utf-8", true, false },
		{ "0a1b2c3d4e5f0a1b.css", "text/css; charset=utf-8", false,
		    false },
		{ "a/0a1b2c3d4e5f0a1b.css", "text/css; charset=utf-8", false,
		    false },
		{ "ALM-2026-0417.json", "application/json", false, false },
		{ "018f2f3e-7c1d-7a2b-9c3d-0123456789ab.json",
		    "application/json", false, false },
		{ "w/uy/018f/notice.cap", "application/cap+xml", false, false },
		{ "manifest.jws", "application/jose", false, false },
		{ "x.exe", "application/octet-stream", false, true },
		{ "x", "application/octet-stream", false, true },
		{ ".html", "application/octet-stream", false, true },
		{ "", "application/octet-stream", false, true },
		{ ".well-known/change-password",
		    "text/plain; charset=utf-8", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct web_kind k = web_kind_of(span_str(rows[i].name));

		assert_string_equal(k.type, rows[i].type);
		assert_int_equal(strstr(k.cache, "immutable") != NULL,
		    rows[i].is_for_ever);
		assert_int_equal(k.is_foreign, rows[i].is_foreign);
	}
}

/* What other sites frame, and what they ask for each minute. */
static void
test_kinds_for_other_sites(void **state)
{
	static const struct {
		const char *name;
		bool is_framed, is_brief;
	} rows[] = {
		{ "es/widget.html", true, true },
		{ "es/banner.json", false, true },
		{ "widget.html", false, false },
		{ "es/w/widget.html", false, false },
		{ "es/w/banner.json", false, false },
		{ "es/index.html", false, false },
		{ "widget.js", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct web_kind k = web_kind_of(span_str(rows[i].name));

		assert_int_equal(k.is_framed, rows[i].is_framed);
		assert_int_equal(strstr(k.cache, "max-age=30,") != NULL,
		    rows[i].is_brief);
	}
}

/* Each says what and what next, in each language, and well-formed. */
static void
test_refusals(void **state)
{
	static const unsigned all[] = { 400, 404, 405, 412, 413, 414, 416,
		429, 503, 599 };
	static const char *const busy[] = { "cannot be shown",
		"no se puede mostrar", "não pode ser mostrada",
		"ne peut pas" };

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		for (int l = 0; l < LANG_COUNT; l++) {
			struct buf b;
			char want[24];

			buf_init(&b, 4096);
			refusal_write(all[i], (enum lang)l, &b);
			assert_ok(buf_check(&b));
			snprintf(want, sizeof want, "<html lang=\"%s\">",
			    lang_tag((enum lang)l));
			assert_non_null(strstr(buf_str(&b), want));
			assert_null(strstr(buf_str(&b), "(null)"));
			if (all[i] != 503 && all[i] != 599)
				assert_null(strstr(buf_str(&b), busy[l]));
			buf_release(&b);
		}
	}
}

/* --- counts --- */

static crowd_key
key_of(const char *text)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	struct sockaddr_in four = { .sin_family = AF_INET };

	if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
		return crowd_key_of((struct sockaddr *)&four);
	assert_int_equal(inet_pton(AF_INET6, text, &six.sin6_addr), 1);
	return crowd_key_of((struct sockaddr *)&six);
}

static void
test_keys(void **state)
{
	struct sockaddr other = { .sa_family = AF_UNIX };

	(void)state;
	assert_true(key_of("192.0.2.1") == key_of("::ffff:192.0.2.1"));
	assert_true(key_of("192.0.2.1") != key_of("192.0.2.2"));
	assert_true(key_of("2001:db8:0:1::1") == key_of("2001:db8:0:1::2"));
	assert_true(key_of("2001:db8:0:1::1") != key_of("2001:db8:0:2::1"));
	assert_true(key_of("::1") != 0);
	assert_true(key_of("0.0.0.0") != 0);
	assert_true(crowd_key_of(&other) == 0);
}

static void
test_crowd(void **state)
{
	struct crowd *c = crowd_create(10);

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_true(crowd_enter(c, 7, 3));
	assert_false(crowd_enter(c, 7, 3));
	assert_int_equal(crowd_of(c, 7), 3);
	assert_true(crowd_enter(c, 8, 3));
	for (int i = 0; i < 6; i++)
		assert_true(crowd_enter(c, 0, 1)); /* no address: no limit */
	assert_int_equal(crowd_all(c), 10);
	assert_false(crowd_enter(c, 9, 3));
	crowd_leave(c, 7);
	assert_true(crowd_enter(c, 7, 3));
	crowd_free(c);
}

/* Come and go in an order of their own: every count stays right. */
static void
test_crowd_comes_and_goes(void **state)
{
	enum { KEYS = 300, STEPS = 40000 };
	struct crowd *c = crowd_create(KEYS);
	size_t n[KEYS] = { 0 }, all = 0;
	uint32_t x = 1;

	(void)state;
	for (int i = 0; i < STEPS; i++) {
		size_t k;

		x = x * 1664525 + 1013904223;
		k = (x >> 8) % KEYS;
		if ((x >> 30) != 0 && n[k] < 4 && all < KEYS) {
			assert_true(crowd_enter(c, 1 + k, 4));
			n[k]++;
			all++;
		} else if (n[k] != 0) {
			crowd_leave(c, 1 + k);
			n[k]--;
			all--;
		}
		if (i % 97 == 0)
			for (size_t j = 0; j < KEYS; j++)
				assert_int_equal(crowd_of(c, 1 + j), n[j]);
		assert_int_equal(crowd_all(c), all);
	}
	crowd_free(c);
}

/* --- the stream --- */

static const unsigned char log_a[TALK_LOG] = { 1, 2, 3, 4, 5, 6, 7, 8 };
static const unsigned char log_b[TALK_LOG] = { 9 };

/* The position of the first event that is given after `id`; UINT64_MAX: none
 * is there yet. */
static uint64_t
after(const struct ring *r, const char *id, bool *is_gap)
{
	struct span s = { NULL, 0 };
	uint64_t at;

	if (id != NULL)
		s = span_str(id);
	at = ring_after(r, s, is_gap);
	assert_true(at >= r->first && at <= r->end);
	return at == r->end ? UINT64_MAX : r->at[at % LIMIT_WEB_EVENTS].index;
}

static void
test_ring(void **state)
{
	struct ring r = { .end = 0 };
	bool is_gap;

	(void)state;
	assert_int_equal(ring_next(&r), 0);
	assert_true(ring_put(&r, log_a, 7, span_str("{}")));
	assert_true(ring_put(&r, log_a, 9, span_str("{\"a\":1}")));
	assert_false(ring_put(&r, log_a, 9, span_str("{}")));
	assert_false(ring_put(&r, log_a, 8, span_str("{}")));
	assert_false(ring_put(&r, log_a, 10, span_str("{\n}")));
	assert_false(ring_put(&r, log_a, 10, span_str("")));
	assert_int_equal(ring_next(&r), 10);
	assert_true(span_is_str(ring_at(&r, r.end - 1),
	    "id: 0102030405060708-9\nevent: notice\ndata: {\"a\":1}\n\n"));
	assert_true(after(&r, NULL, &is_gap) == UINT64_MAX && !is_gap);
	assert_true(after(&r, "0102030405060708-7", &is_gap) == 9 && !is_gap);
	assert_true(after(&r, "0102030405060708-8", &is_gap) == 9 && !is_gap);
	assert_true(after(&r, "0102030405060708-3", &is_gap) == 7 && !is_gap);
	assert_true(after(&r, "0102030405060708-9", &is_gap) == UINT64_MAX);
	assert_true(after(&r, "0102030405060708-99", &is_gap) == UINT64_MAX);
	assert_true(after(&r, "ff02030405060708-9", &is_gap) == 7 && is_gap);
	ring_release(&r);
}

static void
test_ids_that_are_none(void **state)
{
	static const char *const rows[] = { "", "7", "0102030405060708",
		"0102030405060708-", "0102030405060708-x",
		"0102030405060708-7 ", "0102030405060708_7",
		"010203040506070G-7", "0102030405060708-18446744073709551616",
		"0102030405060708-99999999999999999999999999" };
	struct ring r = { .end = 0 };
	bool is_gap = true;

	(void)state;
	assert_true(ring_put(&r, log_a, 7, span_str("{}")));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (after(&r, rows[i], &is_gap) != UINT64_MAX || is_gap)
			fail_msg("%s", rows[i]);
	ring_release(&r);
}

/* What was dropped is told as a gap, and only to who has not seen it. */
static void
test_ring_is_full(void **state)
{
	struct ring r = { .end = 0 };
	char id[64];
	bool is_gap;

	(void)state;
	for (uint64_t i = 0; i < LIMIT_WEB_EVENTS + 10; i++)
		assert_true(ring_put(&r, log_a, 2 * i, span_str("{}")));
	assert_int_equal(r.end - r.first, LIMIT_WEB_EVENTS);
	assert_true(after(&r, "0102030405060708-5", &is_gap) == 20);
	assert_true(is_gap);
	assert_true(after(&r, "0102030405060708-19", &is_gap) == 20);
	assert_false(is_gap);
	snprintf(id, sizeof id, "0102030405060708-%d",
	    2 * LIMIT_WEB_EVENTS + 16);
	assert_true(after(&r, id, &is_gap) == 2 * LIMIT_WEB_EVENTS + 18);
	assert_false(is_gap);
	assert_true(ring_put(&r, log_b, 0, span_str("{}")));
	assert_int_equal(r.end - r.first, 1);
	ring_release(&r);
}

static void
test_talk(void **state)
{
	struct talk_frame f = { .type = TALK_EVENT, .nonce = { 1 },
		.log = { 2 }, .index = 3, .text = span_str("{}") }, got;
	struct fault fault = { 0 };
	struct buf b;

	(void)state;
	buf_init(&b, 256);
	talk_write(&f, &b);
	assert_ok(talk_parse(buf_span(&b), &got, &fault));
	assert_int_equal(got.index, 3);
	assert_memory_equal(got.nonce, f.nonce, TALK_NONCE);
	assert_memory_equal(got.log, f.log, TALK_LOG);
	assert_true(span_is_str(got.text, "{}"));
	for (size_t n = 0; n < b.n; n++)
		assert_err(talk_parse(span_of(b.p, n), &got, &fault),
		    ERR_SYNTAX);
	buf_put_u8(&b, 0);
	assert_err(talk_parse(buf_span(&b), &got, &fault), ERR_SYNTAX);
	buf_release(&b);
	assert_err(talk_parse(span_str("X"), &got, &fault), ERR_SYNTAX);
	assert_ok(talk_parse(span_str("H"), &got, NULL));
	f = (struct talk_frame){ .type = TALK_ALIVE, .open = 7,
		.until_s = UINT64_C(1) << 40 };
	buf_init(&b, 256);
	talk_write(&f, &b);
	assert_ok(talk_parse(buf_span(&b), &got, &fault));
	assert_int_equal(got.open, 7);
	assert_true(got.until_s == f.until_s);
	assert_err(talk_parse(span_of(b.p, b.n - 1), &got, &fault),
	    ERR_SYNTAX);
	buf_release(&b);
}

static void
test_talk_piece(void **state)
{
	const struct talk_piece p = { .form = UINT64_C(1) << 60, .file = 4,
		.at = UINT64_C(1) << 40, .bytes = span_str("sealed") };
	struct talk_piece got = { 0 };
	struct buf b;

	(void)state;
	buf_init(&b, 256);
	talk_piece_write(&p, &b);
	assert_ok(talk_piece_parse(buf_span(&b), &got));
	assert_true(got.form == p.form && got.at == p.at);
	assert_int_equal(got.file, 4);
	assert_true(span_is_equal(got.bytes, p.bytes));
	assert_ok(talk_piece_parse(span_of(b.p, b.n - 6), &got));
	assert_int_equal(got.bytes.n, 0);
	assert_err(talk_piece_parse(span_of(b.p, b.n - 7), &got), ERR_SYNTAX);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths_that_are),
		cmocka_unit_test(test_paths_that_are_not),
		cmocka_unit_test(test_long_paths),
		cmocka_unit_test(test_languages),
		cmocka_unit_test(test_codings),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_if_range),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_kinds_for_other_sites),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_crowd),
		cmocka_unit_test(test_crowd_comes_and_goes),
		cmocka_unit_test(test_ring),
		cmocka_unit_test(test_ids_that_are_none),
		cmocka_unit_test(test_ring_is_full),
		cmocka_unit_test(test_talk),
		cmocka_unit_test(test_talk_piece),
	};

	return cmocka_run_group_tests_name("web", tests, NULL, NULL);
}
