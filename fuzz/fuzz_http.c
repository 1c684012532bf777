/* reaches: web_path_parse accept_lang accept_codings range_of fresh_decide
 * fresh_may_range http_date_parse web_kind_of ring_put ring_after talk_parse
 * talk_piece_parse
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as what a request brings: a path that is taken names nothing
 * outside of the site, a range lies within its file, a date that is read is
 * written alike, and no header is too strange to be answered.
 */
#include "fuzz.h"

#include "web/accept.h"
#include "web/fresh.h"
#include "web/kind.h"
#include "web/path.h"
#include "web/range.h"
#include "web/ring.h"

static void
check_path(struct span in)
{
	struct web_path p;
	struct fault f = { 0 };

	if (web_path_parse(in, &p, &f) != ERR_NONE) {
		FUZZ_CHECK(f.rule[0] != '\0');
		return;
	}
	FUZZ_CHECK(strlen(p.name) == p.n && p.n <= LIMIT_WEB_PATH);
	FUZZ_CHECK(p.name[0] != '/' && strstr(p.name, "//") == NULL);
	FUZZ_CHECK(strstr(p.name, "/.") == NULL);
	FUZZ_CHECK(p.name[0] != '.' ||
	    strncmp(p.name, ".well-known", 11) == 0);
	FUZZ_CHECK(web_kind_of(span_of(p.name, p.n)).type != NULL);
}

static void
check_range(struct span in)
{
	static const uint64_t sizes[] = { 0, 1, 100, UINT64_MAX };

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct range r = range_of(in, sizes[i]);

		FUZZ_CHECK(r.kind != RANGE_PART || (r.n != 0 &&
		    r.from < sizes[i] && r.n <= sizes[i] - r.from));
	}
}

static void
check_date(struct span in)
{
	char text[HTTP_DATE_TEXT];
	int64_t t;

	if (!http_date_parse(in, &t))
		return;
	http_date_write(t, text);
	FUZZ_CHECK(span_is_str(in, text));
}

static void
check_codings(struct span in)
{
	enum coding out[CODING_COUNT];
	size_t n = accept_codings(in, out);

	FUZZ_CHECK(n >= 1 && n <= CODING_COUNT &&
	    out[n - 1] == CODING_NONE);
	for (size_t i = 1; i < n; i++)
		FUZZ_CHECK(out[i] != out[i - 1]);
}

/* As a frame of the other process, an event and the id of one. */
static void
check_stream(struct span in)
{
	static const unsigned char log[TALK_LOG] = { 1 };
	struct ring r = { .end = 0 };
	struct talk_frame f;
	struct talk_piece p;
	struct buf again;
	uint64_t at;
	bool is_gap;

	if (talk_piece_parse(in, &p) == ERR_NONE) {
		buf_init(&again, in.n);
		talk_piece_write(&p, &again);
		FUZZ_CHECK(span_is_equal(in, buf_span(&again)));
		buf_release(&again);
	}
	if (talk_parse(in, &f, NULL) == ERR_NONE) {
		buf_init(&again, LIMIT_WEB_EVENT + 64);
		talk_write(&f, &again);
		FUZZ_CHECK(span_is_equal(in, buf_span(&again)));
		buf_release(&again);
	}
	for (uint64_t i = 0; i < 3; i++)
		FUZZ_CHECK(ring_put(&r, log, i * 5, span_str("{}")));
	if (in.n <= LIMIT_WEB_EVENT && ring_put(&r, log, 99, in)) {
		struct span e = ring_at(&r, r.end - 1);
		const unsigned char *end = memmem(e.p, e.n, "\n\n", 2);

		FUZZ_CHECK(end == e.p + e.n - 2);
	}
	at = ring_after(&r, in, &is_gap);
	FUZZ_CHECK(at >= r.first && at <= r.end);
	ring_release(&r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size), tag = span_str("\"a\"");
	const struct fresh_ask asks[] = { { .if_match = in },
		{ .if_none_match = in }, { .if_modified_since = in },
		{ .if_unmodified_since = in }, { .if_range = in } };

	check_path(in);
	check_range(in);
	check_date(in);
	check_codings(in);
	check_stream(in);
	FUZZ_CHECK(accept_lang(in, LANG_FR) < LANG_COUNT);
	for (size_t i = 0; i < sizeof asks / sizeof *asks; i++) {
		(void)fresh_decide(&asks[i], tag, 784111777);
		(void)fresh_may_range(&asks[i], tag, 784111777);
	}
	return 0;
}
