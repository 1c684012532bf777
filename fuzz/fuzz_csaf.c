/* reaches: csaf_import csaf_is_document cvss_parse
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes are imported; what is accepted gives a body that is JSON, fits
 * and is small enough, and the same twice.
 */
#include "fuzz.h"

#include "base/json.h"
#include "base/limits.h"
#include "gateways/csaf.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct schema *schema;
	struct csaf_context context = {
		.sha256 = span_str("9f86d081884c7d659a2feaa0c55ad015"
		    "a3bf4f1b2b0b822cd15d6c15b0f00a08"),
		.author_post = span_str("x") };
	struct csaf_draft d = { 0 }, twin = { 0 };
	struct arena a = { 0 };
	struct fault f = { 0 };
	struct json doc;
	enum err e;

	if (schema == NULL)
		FUZZ_CHECK(schema_load(&schema_files, &schema, NULL) ==
		    ERR_NONE);
	context.schema = schema;
	e = csaf_import(span_of(data, size), &context, &a, &d, &f);
	FUZZ_CHECK(e == csaf_import(span_of(data, size), &context, &a, &twin,
	    NULL));
	if (e != ERR_NONE) {
		FUZZ_CHECK(f.rule[0] != '\0' && d.body.n == 0);
		goto out;
	}
	FUZZ_CHECK(span_is_equal(d.body, twin.body));
	FUZZ_CHECK(d.body.n <= CSAF_BODY_MAX);
	FUZZ_CHECK(json_parse_arena(d.body, LIMIT_JSON_DEPTH,
	    LIMIT_JSON_TOKENS, &a, &doc, NULL) == ERR_NONE);
out:
	arena_release(&a);
	return 0;
}
