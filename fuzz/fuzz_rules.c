/* reaches: rules_parse rules_decide rules_keep rules_is_agreed
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any text is read; what is refused names line and column; what is accepted
 * decides: what it allows it cites a line of itself for, nothing beyond GREEN
 * goes where there is no agreement, and nothing but CLEAR to the public.
 */
#include "fuzz.h"

#include "base/limits.h"
#include "rules/permit.h"

static const struct schema *
schema(void)
{
	static struct schema *s;

	if (s == NULL)
		FUZZ_CHECK(schema_load(&schema_files, &s, NULL) == ERR_NONE);
	return s;
}

static void
ask_all(const struct rules *r)
{
	static const char *const names[] = { "br", "cl", "energy", "file" };
	struct rules_ask ask = { .kind = span_str("warning"), .level = 3,
		.own = span_str("uy"), .any_role = true };
	struct rules_answer a;

	for (unsigned i = 0; i < RULES_ACTS * 5 * TLP_COUNT * 4; i++) {
		ask.act = (enum rules_act)(i % RULES_ACTS);
		ask.to = (enum rules_to)(i / RULES_ACTS % 5);
		ask.tlp = (enum tlp)(i / RULES_ACTS / 5 % TLP_COUNT);
		ask.name = span_str(names[i / RULES_ACTS / 5 / TLP_COUNT]);
		rules_decide(r, &ask, &a);
		FUZZ_CHECK(a.allow == (a.why == RULES_ALLOWED));
		FUZZ_CHECK((a.line == 0) == (a.why == RULES_NO_LINE));
		if (!a.allow)
			continue;
		FUZZ_CHECK(ask.to != RULES_TO_PUBLIC || ask.tlp == TLP_CLEAR);
		FUZZ_CHECK(ask.to != RULES_TO_TEAM || ask.tlp <= TLP_GREEN ||
		    rules_is_agreed(r, ask.name, ask.now, NULL, NULL));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena mem = { 0 };
	struct fault f = { 0 };
	const struct rules *r = NULL;
	unsigned line;
	struct span name;
	uint32_t days;

	if (rules_parse(span_of(data, n), schema(), &mem, &r, &f) !=
	    ERR_NONE) {
		FUZZ_CHECK(r == NULL && f.rule[0] != '\0');
		FUZZ_CHECK(strchr(f.field, ':') != NULL && f.at <= n);
	} else {
		FUZZ_CHECK(span_is_equal(rules_text(r), span_of(data, n)));
		ask_all(r);
		(void)rules_keep(r, span_str("audit"), TLP_RED, &days, &line);
		for (size_t i = 0; rules_team_at(r, i, &name, &line); i++)
			FUZZ_CHECK(line != 0 && name.n != 0);
	}
	arena_release(&mem);
	return 0;
}
