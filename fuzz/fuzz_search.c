/* reaches: query_parse finder_parse finder_find finder_show
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as what is asked of a joint site, behind it a line break and a file
 * of words: what is taken is text within its limits, and what is found are
 * lines of the file, each once.
 */
#include "fuzz.h"

#include "base/mem.h"
#include "base/text.h"
#include "site/finder.h"
#include "web/query.h"

#include <stdlib.h>

static void
check_query(const struct query *q)
{
	struct text t;

	FUZZ_CHECK(q->n <= LIMIT_WEB_QUERY && q->words[q->n] == '\0' &&
	    strlen(q->words) == q->n);
	FUZZ_CHECK(text_parse(span_of(q->words, q->n), &t) == ERR_NONE);
	FUZZ_CHECK(q->page >= 1 && q->page <= QUERY_PAGE_MOST);
	FUZZ_CHECK(q->level >= 0 && q->level <= 5);
}

static void
search(const struct finder *f, const struct query *query)
{
	uint32_t *at = mem_array(f->n + 1, sizeof *at);
	bool *seen = mem_array(f->n + 1, sizeof *seen);
	struct finder_query q = { .level = query->level,
		.by_match = query->by_match };
	struct arena a = { 0 };
	struct json_out w;
	struct buf b;
	size_t n;

	memcpy(q.state, query->state, sizeof q.state);
	finder_ask(&q, span_of(query->words, query->n));
	FUZZ_CHECK(q.n <= LIMIT_WEB_TERMS);
	n = finder_find(f, &q, at);
	FUZZ_CHECK(n <= f->n);
	buf_init(&b, 65536);
	for (size_t i = 0; i < n; i++) {
		FUZZ_CHECK(at[i] < f->n && !seen[at[i]]);
		seen[at[i]] = true;
		buf_clear(&b);
		json_out_init(&w, &b);
		json_put_open(&w, '{');
		(void)!finder_show(&f->line[at[i]], LANG_FR, &a, &w);
	}
	buf_release(&b);
	arena_release(&a);
	free(at);
	free(seen);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size == 0 ? NULL : memchr(data, '\n', size);
	size_t n = end == NULL ? size : (size_t)(end - data);
	const struct query_raw raw = { span_of(data, n),
		span_of(data, n < 2 ? n : 2), span_of(data, n < 1 ? n : 1),
		span_of(NULL, 0), span_of(data, n < 3 ? n : 3) };
	const struct query_raw words = { .words = raw.words };
	struct query q;
	struct finder f;

	if (query_parse(&raw, &q, NULL) == ERR_NONE)
		check_query(&q);
	if (query_parse(&words, &q, NULL) != ERR_NONE)
		return 0;
	check_query(&q);
	if (end == NULL || finder_parse(span_of(end + 1, size - n - 1), &f,
	    NULL) != ERR_NONE)
		return 0;
	q.by_match = size % 2 == 0;
	search(&f, &q);
	finder_release(&f);
	return 0;
}
