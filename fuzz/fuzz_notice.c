/* reaches: json_parse_arena kind_find body_check body_is_end level_check
 * show_record show_line show_title
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Input is {"kind": ..., "body": ...}. Whatever the body is, it is checked on
 * both sides against that kind and against every other, and shown in all
 * languages; nothing shown can steer a terminal, and what a sender may sign a
 * receiver accepts.
 */
#include "fuzz.h"

#include "base/limits.h"
#include "base/text.h"
#include "schema/check.h"
#include "schema/plain.h"
#include "schema/show.h"

static struct schema *all;

static void
check_shown(struct buf *out)
{
	struct text t;

	FUZZ_CHECK(text_parse(buf_span(out), &t) == ERR_NONE);
	for (size_t i = 0; i < out->n; i++)
		FUZZ_CHECK(out->p[i] == '\n' || plain_is_hiding(out->p + i,
		    out->n - i, false) == 0);
}

static void
show_all(struct span kind, struct json_val body, struct arena *a)
{
	struct show_head head = { .kind = kind, .iss = kind, .id = kind,
		.rev = 1, .tlp = TLP_RED, .has_tlp = true, .iat = { 1000 } };
	struct buf out;

	buf_init(&out, LIMIT_SHOWN);
	for (unsigned i = 0; i < LANG_COUNT * 2; i++) {
		struct show how = { .schema = all, .lang = (enum lang)(i / 2),
			.columns = i % 2 * 40, .full = i % 2 != 0,
			.ascii = i % 2 != 0, .offset_min = (int)i * -60 };

		buf_clear(&out);
		if (show_record(&how, &head, body, a, &out) == ERR_NONE)
			check_shown(&out);
		buf_clear(&out);
		if (show_line(&how, &head, body, a, &out) == ERR_NONE)
			check_shown(&out);
		buf_clear(&out);
		if (show_title(&how, &head, body, a, &out) == ERR_NONE)
			check_shown(&out);
	}
	buf_release(&out);
}

static void
check_all(struct json_val body, struct arena *a)
{
	for (size_t i = 0; i < kind_count(all); i++) {
		struct fault f = { 0 }, g = { 0 };
		const struct kind *k = kind_at(all, i);
		enum err sent = body_check(all, k, body, CHECK_SENT, a, &f);
		enum err got = body_check(all, k, body, CHECK_RECEIVED, a, &g);

		FUZZ_CHECK(sent == ERR_NONE || f.rule[0] != '\0');
		FUZZ_CHECK(got == ERR_NONE || g.rule[0] != '\0');
		FUZZ_CHECK(sent != ERR_NONE || got == ERR_NONE);
		(void)body_is_end(k, body);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct span kind = span_of(NULL, 0);
	struct json_val body;
	struct json doc;

	if (all == NULL)
		FUZZ_CHECK(schema_load(&schema_files, &all, NULL) == ERR_NONE);
	if (size > LIMIT_PAYLOAD || json_parse_arena(span_of(data, size),
	    LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, &a, &doc, NULL) != ERR_NONE)
		goto out;
	if (json_text(json_get(json_root(&doc), "kind"), &a, &kind) !=
	    ERR_NONE)
		kind = span_of(NULL, 0);
	body = json_get(json_root(&doc), "body");
	check_all(body, &a);
	show_all(kind, body, &a);
out:
	arena_release(&a);
	return 0;
}
