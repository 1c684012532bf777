/* reaches: template_compile template_render
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a template, the first one saying of which form: what compiles is
 * filled twice, with harmless values and with ones that would break out, and
 * has the same brackets and quotes both times.
 */
#include "fuzz.h"

#include "site/template.h"

static enum err
find(void *ctx, const char *name, struct span *out)
{
	const struct span *text = ctx;

	if (name[0] == 'p')
		*out = span_str("<i title=\"{{v}}\">{{v}}</i>");
	else
		*out = *text;
	return name[0] == 'p' || name[0] == 'a' ? ERR_NONE : ERR_NOT_FOUND;
}

/* How many of these are in what is made of `json`. */
static size_t
count(const struct template *t, const char *json, const char *which)
{
	struct arena a = { 0 };
	struct json doc;
	struct buf out;
	size_t n = 0;

	buf_init(&out, 1 << 20);
	FUZZ_CHECK(json_parse_arena(span_str(json), 8, 100, &a, &doc, NULL) ==
	    ERR_NONE);
	if (template_render(t, json_root(&doc), NULL, &a, &out, NULL, NULL) !=
	    ERR_NONE)
		out.n = 0;
	for (size_t i = 0; i < out.n; i++)
		n += strchr(which, out.p[i]) != NULL;
	buf_release(&out);
	arena_release(&a);
	return n;
}

static void
word(void *ctx, struct span one, struct span many)
{
	size_t *n = ctx;

	*n += one.n + many.n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const names[] = { "a.html", "a.xml", "a.txt" };
	struct span text = span_of(data + 1, n - 1);
	const struct template_source from = { &text, find };
	struct fault f = { 0 };
	struct template *t;
	size_t words = 0;
	unsigned form;

	if (n == 0)
		return 0;
	form = data[0] % 3;
	if (template_compile(&from, names[form], &t, &f) != ERR_NONE) {
		FUZZ_CHECK(f.rule[0] != '\0' && f.field[0] != '\0');
		return 0;
	}
	template_words(t, word, &words);
	FUZZ_CHECK(words <= n + 1024);
	if (form != 2)
		FUZZ_CHECK(count(t, "{\"v\":\"x\",\"l\":[\"y\",\"z\"],"
		    "\"o\":{\"n\":2}}", "<>\"'`") ==
		    count(t, "{\"v\":\"'><script>\\\" onclick=x \",\"l\":["
			"\"\\\"><b>\",\"--></title>'\"],\"o\":{\"n\":2}}",
			"<>\"'`"));
	template_free(t);
	return 0;
}
