/* SPDX-License-Identifier: Apache-2.0
 *
 * Sharing rules: every production of the grammar, every mistake with its line
 * and column, the first line that fits, and what no line can allow.
 */
#include "cmocka_all.h"

#include "base/instant.h"
#include "rules/permit.h"

static struct schema *schema;
static struct arena mem;

#define UUID "018f2f3e-7c1d-7a2b-9c3d-0123456789ab"

/* Everybody has an agreement, so that lines alone decide. */
#define AGREED "agreement \"" UUID "\" with all\n"

static int
setup(void **state)
{
	(void)state;
	return schema_load(&schema_files, &schema, NULL) != ERR_NONE;
}

static int
teardown(void **state)
{
	(void)state;
	schema_free(schema);
	return 0;
}

static int
forget(void **state)
{
	(void)state;
	arena_release(&mem);
	return 0;
}

static const struct rules *
rules_of(const char *text)
{
	const struct rules *r = NULL;
	struct fault f = { 0 };

	if (rules_parse(span_str(text), schema, &mem, &r, &f) != ERR_NONE)
		fail_msg("%s: %s", f.field, f.rule);
	return r;
}

static struct wall
on(const char *date)
{
	char text[32];
	struct wall t;

	snprintf(text, sizeof text, "%sT12:00:00Z", date);
	assert_int_equal(wall_parse(span_str(text), &t), ERR_NONE);
	return t;
}

/* A warning of level 3 to a team, TLP:GREEN, by a duty officer. */
static struct rules_ask
ask_to(const char *team)
{
	static struct span role[1];

	role[0] = span_str("duty_officer");
	return (struct rules_ask){ .kind = span_str("warning"),
		.tlp = TLP_GREEN, .level = 3, .own = span_str("uy"),
		.name = span_str(team), .role = role, .role_n = 1,
		.now = on("2026-11-21") };
}

static struct rules_answer
decide(const char *text, const struct rules_ask *ask)
{
	struct rules_answer a;

	rules_decide(rules_of(text), ask, &a);
	return a;
}

static bool
allows(const char *text, const struct rules_ask *ask)
{
	return decide(text, ask).allow;
}

/* --- deciding --- */

static void
nothing_is_shared_by_default(void **state)
{
	struct rules_ask ask = ask_to("br");
	struct rules_answer a;

	(void)state;
	ask.tlp = TLP_CLEAR;
	rules_decide(NULL, &ask, &a);
	assert_false(a.allow);
	assert_int_equal(a.line, 0);
	assert_true(span_is_str(a.text, "no line"));
	assert_string_equal(rules_why_token(a.why), "rule_no_line");
	a = decide("# nothing but this\n\n", &ask);
	assert_false(a.allow);
	assert_int_equal(a.why, RULES_NO_LINE);
	for (unsigned to = RULES_TO_TEAM; to <= RULES_TO_GATEWAY; to++)
		for (unsigned act = 0; act < RULES_ACTS; act++) {
			ask.to = (enum rules_to)to;
			ask.act = (enum rules_act)act;
			assert_false(allows(AGREED, &ask));
		}
}

static void
first_line_that_fits_decides(void **state)
{
	struct rules_ask br = ask_to("br"), xx = ask_to("xx");
	static const char text[] = "block release any to xx # never\n"
				   "allow release warning to all\n"
				   "block release any to all\n";
	struct rules_answer a = decide(text, &br);

	(void)state;
	assert_true(a.allow);
	assert_int_equal(a.line, 2);
	assert_true(span_is_str(a.text, "allow release warning to all"));
	a = decide(text, &xx);
	assert_false(a.allow);
	assert_int_equal(a.line, 1);
	assert_int_equal(a.why, RULES_BLOCKED);
	assert_true(span_is_str(a.text, "block release any to xx"));
	br.kind = span_str("advisory");
	a = decide(text, &br);
	assert_int_equal(a.line, 3);
	assert_int_equal(a.why, RULES_BLOCKED);
}

static void
sentence_of_the_manual_means_what_it_says(void **state)
{
	static const char text[] = AGREED
	    "group caribbean { bb tt, jm }\n"
	    "allow release warning advisory up to amber level 4 to caribbean "
	    "by duty_officer approvals 1\n";
	struct rules_ask ask = ask_to("tt");
	struct span lead = span_str("team_lead");
	struct rules_answer a;

	(void)state;
	ask.tlp = TLP_AMBER;
	a = decide(text, &ask);
	assert_true(a.allow);
	assert_int_equal(a.approvals, 1);
	assert_int_equal(a.line, 3);
	ask.kind = span_str("watch");
	assert_false(allows(text, &ask));
	ask.kind = span_str("advisory");
	assert_true(allows(text, &ask));
	ask.tlp = TLP_AMBER_STRICT;
	assert_false(allows(text, &ask));
	ask.tlp = TLP_AMBER;
	ask.level = 5;
	assert_false(allows(text, &ask));
	ask.level = 4;
	ask.name = span_str("br");
	assert_false(allows(text, &ask));
	ask.name = span_str("jm");
	ask.role = &lead;
	a = decide(text, &ask);
	assert_false(a.allow);
	assert_int_equal(a.why, RULES_NOT_BY_YOU);
	assert_int_equal(a.line, 3);
	ask.any_role = true;
	assert_true(allows(text, &ask));
}

static void
bounds_have_two_ends(void **state)
{
	struct rules_ask ask = ask_to("br");

	(void)state;
	ask.level = 4;
	assert_true(allows("allow release any at least level 4 to all",
	    &ask));
	ask.level = 3;
	assert_false(allows("allow release any at least level 4 to all",
	    &ask));
	ask.level = 0; /* a kind that has none is urgent for nobody */
	assert_false(allows("allow release any at least level 1 to all",
	    &ask));
	assert_true(allows("allow release any up to level 1 to all", &ask));
	assert_false(allows("allow release any at least amber to all", &ask));
	assert_true(allows("allow release any at least green to all", &ask));
	assert_false(allows("allow release any up to clear to all", &ask));
}

static void
groups_end_at_their_label(void **state)
{
	static const char text[] = AGREED
	    "group near { br ar } up to green\n"
	    "group wide { near cl }\n"
	    "allow release any to wide\n";
	struct rules_ask ask = ask_to("br");

	(void)state;
	assert_true(allows(text, &ask));
	ask.tlp = TLP_AMBER;
	assert_false(allows(text, &ask));
	ask.name = span_str("cl");
	assert_true(allows(text, &ask));
	/* and no group softens a block */
	ask.name = span_str("br");
	assert_false(allows(AGREED "group near { br } up to green\n"
	    "block release any to near\nallow release any to all\n", &ask));
}

static void
lists_stand_for_their_words(void **state)
{
	static const char text[] =
	    "list alarms { warning watch }\n"
	    "list chiefs { team_lead \"Head of watch\" }\n"
	    "list near {\n\tbr # big\n\tar\n}\n"
	    "allow release alarms \\\n  to near, cl and \"by\" by chiefs\n";
	struct span post = span_str("Head of watch");
	struct rules_ask ask = ask_to("ar");
	struct rules_answer a;

	(void)state;
	ask.role_n = 0;
	ask.post = post;
	a = decide(text, &ask);
	assert_true(a.allow);
	assert_int_equal(a.line, 7);
	assert_true(span_is_str(a.text,
	    "allow release alarms to near cl and \"by\" by chiefs"));
	ask.name = span_str("by");
	assert_true(allows(text, &ask));
	ask.kind = span_str("mitigation");
	assert_false(allows(text, &ask));
	/* a post that is called like a role is none */
	ask.kind = span_str("watch");
	ask.post = span_str("team_lead");
	assert_false(allows(text, &ask));
}

static void
exercise_and_issuer_are_told_apart(void **state)
{
	struct rules_ask ask = ask_to("br");

	(void)state;
	assert_false(allows("allow release any to all only exercise", &ask));
	assert_true(allows("allow release any to all only real", &ask));
	ask.exercise = true;
	assert_true(allows("allow release any to all only exercise", &ask));
	assert_false(allows("allow release any to all only real", &ask));
	ask = ask_to("");
	ask.act = RULES_REDISTRIBUTE;
	ask.to = RULES_TO_SECTOR;
	ask.name = span_str("energy/electricity");
	ask.iss = span_str("cl");
	assert_true(allows("allow redistribute any from cl to sector energy",
	    &ask));
	assert_false(allows("allow redistribute any from br to sector energy",
	    &ask));
	ask.iss = span_str("");
	assert_false(allows("allow redistribute any from cl to sector energy",
	    &ask));
	assert_true(allows("allow redistribute any from uy to sector energy",
	    &ask));
}

static void
redistribution_goes_to_those_served(void **state)
{
	struct rules_ask ask = ask_to("ute");

	(void)state;
	ask.act = RULES_REDISTRIBUTE;
	ask.to = RULES_TO_CONSTITUENT;
	assert_false(allows("allow redistribute any to sector energy", &ask));
	ask.sector = span_str("energy/electricity");
	assert_true(allows("allow redistribute any to sector energy", &ask));
	assert_true(allows("allow redistribute any to constituents", &ask));
	assert_true(allows("allow redistribute any to constituent antel ute",
	    &ask));
	assert_false(allows("allow redistribute any to constituent antel",
	    &ask));
	assert_false(allows("allow redistribute any to sector financial",
	    &ask));
	ask.sector = span_str("energyx");
	assert_false(allows("allow redistribute any to sector energy", &ask));
	ask.tlp = TLP_AMBER_STRICT; /* not beyond the team, says TLP 2.0 */
	assert_int_equal(decide("allow redistribute any to constituents",
	    &ask).why, RULES_LABEL);
	ask.tlp = TLP_AMBER;
	assert_true(allows("allow redistribute any to constituents", &ask));
}

/* The question as those ask it who pass something on. */
static void
redistribution_is_asked_in_one_way(void **state)
{
	const struct rules *r = rules_of(
	    "block redistribute any to constituent antel\n"
	    "allow redistribute any to sector energy\n"
	    "allow release any to all\n");
	const struct span ute = span_str("ute"), none = span_str("");
	const struct span sector = span_str("energy/electricity");
	struct rules_ask ask = ask_to("br");
	struct rules_answer why;

	(void)state;
	assert_true(rules_redistribute(r, &ask, ute, sector, &why));
	assert_int_equal(why.line, 2);
	assert_true(rules_redistribute(r, &ask, none, sector, NULL));
	assert_false(rules_redistribute(r, &ask, ute, none, &why));
	assert_int_equal(why.why, RULES_NO_LINE);
	assert_false(rules_redistribute(r, &ask, span_str("antel"), sector,
	    &why));
	assert_int_equal(why.why, RULES_BLOCKED);
	assert_false(rules_redistribute(r, &ask, none,
	    span_str("financial"), NULL));
	assert_false(rules_redistribute(NULL, &ask, ute, sector, NULL));
	ask.tlp = TLP_AMBER_STRICT;
	assert_false(rules_redistribute(r, &ask, ute, sector, &why));
	assert_int_equal(why.why, RULES_LABEL);
}

static void
export_goes_to_gateways(void **state)
{
	struct rules_ask ask = ask_to("file");

	(void)state;
	ask.act = RULES_EXPORT;
	ask.to = RULES_TO_GATEWAY;
	assert_true(allows("allow export warning to gateway file", &ask));
	assert_false(allows("allow export warning to gateway proof", &ask));
	ask.name = span_str("api");
	assert_int_equal(decide("block export warning to gateway api",
	    &ask).why, RULES_BLOCKED);
	assert_int_not_equal(decide("block export warning to gateway file",
	    &ask).why, RULES_BLOCKED);
	assert_false(allows("allow release warning to all", &ask));
	/* what is done is told apart, not only to whom */
	ask = ask_to("");
	ask.tlp = TLP_CLEAR;
	ask.to = RULES_TO_PUBLIC;
	assert_false(allows("allow export warning to public", &ask));
	assert_true(allows("allow release export warning to public", &ask));
	ask.act = RULES_EXPORT;
	assert_false(allows("allow release warning to public", &ask));
	assert_true(allows("allow export warning to public", &ask));
}

static void
public_gets_only_what_is_clear(void **state)
{
	struct rules_ask ask = ask_to("");

	(void)state;
	ask.to = RULES_TO_PUBLIC;
	ask.tlp = TLP_CLEAR;
	assert_true(allows("allow release any to public", &ask));
	assert_false(allows("allow release any to all", &ask));
	ask.tlp = TLP_GREEN;
	assert_int_equal(decide("allow release any to public", &ask).why,
	    RULES_LABEL);
}

/* --- agreements --- */

static void
without_agreement_green_is_the_most(void **state)
{
	struct rules_ask ask = ask_to("br");
	struct rules_answer a;

	(void)state;
	assert_true(allows("allow release any to all", &ask));
	ask.tlp = TLP_AMBER;
	a = decide("allow release any to all", &ask);
	assert_false(a.allow);
	assert_int_equal(a.why, RULES_NO_AGREEMENT);
	assert_int_equal(a.line, 1);
	ask.agreed = true; /* nobody asks for one */
	assert_true(allows("allow release any to all", &ask));
}

/* A word on the agreement of UUID. */
static struct agreement
word_of(const char *team, bool left)
{
	return (struct agreement){ .team = span_str(team),
		.id = span_str(UUID), .terms = { { 7 } }, .most = TLP_AMBER,
		.from_ms = INT64_MIN, .until_ms = INT64_MAX, .left = left };
}

static void
signatures_bind_at_once(void **state)
{
	static const char all[] = "allow release any to all\n";
	static const char line[] =
	    "allow release any to all\nagreement " UUID " with all\n";
	struct agreement v[2] = { word_of("br", false), word_of("uy", false) };
	const struct agreements two = { v, 2 }, one = { v, 1 };
	struct rules_ask ask = ask_to("br");
	struct rules_answer a;

	(void)state;
	ask.tlp = TLP_AMBER;
	ask.signed_by = &one;
	a = decide(all, &ask);
	assert_int_equal(a.why, RULES_UNSIGNED_HERE);
	assert_true(span_is_str(a.agreement, UUID));
	assert_true(allows(line, &ask)); /* nothing was said here by record */
	ask.signed_by = &two;
	a = decide(all, &ask);
	assert_true(a.allow);
	assert_int_equal(a.line, 1);
	assert_false(allows("block release any to all", &ask));
	ask.tlp = TLP_RED;
	assert_int_equal(decide(all, &ask).why, RULES_AGREEMENT);
	/* lines claim nothing where this team has said its word */
	assert_int_equal(decide(line, &ask).why, RULES_AGREEMENT);
	ask.tlp = TLP_AMBER;
	ask.name = span_str("cl");
	assert_int_equal(decide(line, &ask).why, RULES_NO_AGREEMENT);
	ask.name = span_str("br");
	v[0].left = true;
	assert_int_equal(decide(line, &ask).why, RULES_LEFT);
	v[1].left = true;
	v[0].left = false;
	assert_int_equal(decide(line, &ask).why, RULES_UNSIGNED_HERE);
	/* nor for a team that has left, whoever has not signed */
	v[0].left = true;
	ask.signed_by = &one;
	assert_int_equal(decide(line, &ask).why, RULES_NO_AGREEMENT);
	ask.tlp = TLP_GREEN;
	assert_true(allows(line, &ask));
}

static void
signed_terms_are_the_same_and_in_force(void **state)
{
	static const char all[] = "allow release any to all\n";
	struct agreement v[2] = { word_of("br", false), word_of("uy", false) };
	const struct agreements two = { v, 2 };
	struct rules_ask ask = ask_to("br");

	(void)state;
	ask.tlp = TLP_AMBER;
	ask.signed_by = &two;
	v[0].terms.b[0] = 8;
	assert_int_equal(decide(all, &ask).why, RULES_OTHER_TERMS);
	v[0].terms.b[0] = 7;
	v[1].until_ms = ask.now.ms;
	assert_int_equal(decide(all, &ask).why, RULES_OVER);
	/* another one, by a line, is good for what is not bound by this */
	assert_true(allows("allow release any to all\nagreement "
	    "\"018f2f3e-7c1d-7a2b-9c3d-0123456789ff\" with br\n", &ask));
}

static void
agreement_has_days_and_a_label(void **state)
{
	static const char text[] =
	    "allow release any to all\n"
	    "agreement " UUID " with br cl from 2026-11-01 until 2026-11-30 "
	    "up to amber policy \"IEP 2.0, see file 12\"\n";
	struct rules_ask ask = ask_to("br");
	struct span id;
	unsigned line;

	(void)state;
	ask.tlp = TLP_AMBER;
	assert_true(allows(text, &ask));
	ask.now = on("2026-11-30");
	assert_true(allows(text, &ask));
	ask.now = on("2026-12-01");
	assert_int_equal(decide(text, &ask).why, RULES_NO_AGREEMENT);
	ask.now = on("2026-10-31");
	assert_int_equal(decide(text, &ask).why, RULES_NO_AGREEMENT);
	ask.now = on("2026-11-01");
	ask.tlp = TLP_RED;
	assert_int_equal(decide(text, &ask).why, RULES_AGREEMENT);
	ask.tlp = TLP_AMBER;
	ask.name = span_str("ar");
	assert_int_equal(decide(text, &ask).why, RULES_NO_AGREEMENT);
	assert_true(rules_is_agreed(rules_of(text), span_str("cl"), ask.now,
	    &id, &line));
	assert_true(span_is_str(id, UUID));
	assert_int_equal(line, 2);
}

/* --- strip and keep --- */

static void
strip_adds_up(void **state)
{
	static const char text[] =
	    "strip author_post from any\n"
	    "strip targets observables from warning to public\n"
	    "strip targets author_post from warning to br\n";
	struct rules_ask ask = ask_to("br");
	struct rules_answer a = decide(text, &ask);

	(void)state;
	assert_int_equal(a.strip_n, 2);
	assert_true(span_is_str(a.strip[0], "author_post"));
	assert_true(span_is_str(a.strip[1], "targets"));
	ask.name = span_str("cl");
	assert_int_equal(decide(text, &ask).strip_n, 1);
	ask.to = RULES_TO_PUBLIC;
	a = decide(text, &ask);
	assert_int_equal(a.strip_n, 3);
	assert_true(span_is_str(a.strip[2], "observables"));
}

static void
keep_says_how_long(void **state)
{
	const struct rules *r = rules_of("keep audit 10 years\n"
	    "keep warning at least red 6 months\n"
	    "keep warning forever\n"
	    "keep any 1 day\n");
	uint32_t days = 0;
	unsigned line = 0;

	(void)state;
	assert_true(rules_keep(r, span_str("audit"), TLP_RED, &days, &line));
	assert_int_equal(days, 3660);
	assert_int_equal(line, 1);
	assert_true(rules_keep(r, span_str("warning"), TLP_RED, &days, NULL));
	assert_int_equal(days, 186);
	assert_false(rules_keep(r, span_str("warning"), TLP_AMBER, &days,
	    NULL));
	assert_true(rules_keep(r, span_str("watch"), TLP_AMBER, &days,
	    &line));
	assert_int_equal(days, 1);
	assert_int_equal(line, 4);
	assert_false(rules_keep(NULL, span_str("watch"), TLP_RED, &days,
	    NULL));
}

static void
names_of_teams_are_told(void **state)
{
	const struct rules *r = rules_of("group near { br ar }\n"
	    "allow release any to near\n\nallow export any from cl to public\n");
	static const char *const want[] = { "br", "ar", "cl" };
	struct span name;
	unsigned line;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_true(rules_team_at(r, i, &name, &line));
		assert_true(span_is_str(name, want[i]));
		assert_int_equal(line, i < 2 ? 2 : 4);
	}
	assert_false(rules_team_at(r, 3, &name, &line));
}

/* --- mistakes --- */

static const struct {
	const char *text, *place, *rule;
	enum err err;
} mistakes[] = {
	{ "alow release any to all", "1:1", "a line begins with", ERR_SYNTAX },
	{ "\n  allow warning to all", "2:9", "neither 'release'", ERR_SYNTAX },
	{ "allow release to all", "1:15", "a name is missing", ERR_SYNTAX },
	{ "allow release warnings to all", "1:15", "no kind", ERR_SCHEMA },
	{ "allow release any", "1:18", "'to' is missing", ERR_SYNTAX },
	{ "allow release any to", "1:21", "a name is missing", ERR_SYNTAX },
	{ "allow release any to All", "1:22", "no team's id", ERR_SCHEMA },
	{ "allow release any to br to cl", "1:25", "given twice",
	    ERR_CONFLICT },
	{ "allow release any to any", "1:1", "'to any' is for block",
	    ERR_RULE },
	{ "allow release any to all by boss", "1:29", "no role",
	    ERR_SCHEMA },
	{ "allow release any to all approvals", "1:35", "a number",
	    ERR_SYNTAX },
	{ "allow release any to all approvals 9", "1:36", "0 to 8",
	    ERR_LIMIT },
	{ "allow release any to all approvals 99999999999", "1:36", "0 to 8",
	    ERR_LIMIT },
	{ "block release any to all approvals 1", "1:26", "does not stand",
	    ERR_SYNTAX },
	{ "allow release any up amber to all", "1:22", "'to' is missing",
	    ERR_SYNTAX },
	{ "allow release any up to purple to all", "1:25", "neither a label",
	    ERR_SYNTAX },
	{ "allow release any up to level 6 to all", "1:31", "1 to 5",
	    ERR_LIMIT },
	{ "allow release any at level 3 to all", "1:22", "'least'",
	    ERR_SYNTAX },
	{ "allow release any at least red up to green to all", "1:1",
	    "nothing is", ERR_CONFLICT },
	{ "allow release any to all only games", "1:31", "'exercise' or",
	    ERR_SYNTAX },
	{ "allow release any to sector energy", "1:1", "release goes to",
	    ERR_RULE },
	{ "allow redistribute any to br", "1:1", "redistribute goes",
	    ERR_RULE },
	{ "allow redistribute any to sector pizza", "1:34", "no sector",
	    ERR_SCHEMA },
	{ "allow redistribute any to gateway file", "1:1", "only export",
	    ERR_RULE },
	/* what no way out ever asks for */
	{ "allow export any to gateway misp", "1:29",
	    "no gateway; there is file proof api", ERR_SCHEMA },
	{ "allow export any to gateway api", "1:1", "needs no line",
	    ERR_RULE },
	{ "allow export any to br", "1:1", "export goes to", ERR_RULE },
	{ "allow release export any to all", "1:1", "export goes to",
	    ERR_RULE },
	{ "group near { br }\nblock export any to near", "2:1",
	    "export goes to", ERR_RULE },
	{ "block export any to constituents", "1:1", "export goes to",
	    ERR_RULE },
	{ "allow redistribute any to public", "1:1", "redistribute goes",
	    ERR_RULE },
	{ "block release redistribute any to public", "1:1",
	    "redistribute goes", ERR_RULE },
	{ "allow redistribute export any to sector energy", "1:1",
	    "export goes to", ERR_RULE },
	{ "allow export any to gateway file approvals 1", "1:1",
	    "nobody approves", ERR_RULE },
	{ "strip victims from any", "1:7", "no member", ERR_SCHEMA },
	{ "strip targets", "1:14", "'from' is missing", ERR_SYNTAX },
	{ "keep audit", "1:11", "a number", ERR_SYNTAX },
	{ "keep any up to red up to red 1 day", "1:20", "given twice",
	    ERR_CONFLICT },
	{ "keep audit 10", "1:14", "'days', 'months'", ERR_SYNTAX },
	{ "keep audit 0 years", "1:12", "1 to 1000", ERR_LIMIT },
	{ "agreement 12 with br", "1:11", "its UUID", ERR_SYNTAX },
	{ "agreement " UUID, "1:47", "'with' is missing", ERR_SYNTAX },
	{ "agreement " UUID " with br until 2027-13-01", "1:62", "no date",
	    ERR_SYNTAX },
	{ "agreement " UUID " with br policy amber", "1:63", "quotes",
	    ERR_SYNTAX },
	{ "group near br", "1:12", "between braces", ERR_SYNTAX },
	{ "group near { br", "1:16", "not closed", ERR_SYNTAX },
	{ "group near { br { cl } }", "1:17", "braces do not", ERR_SYNTAX },
	{ "group near { }", "1:15", "a name is missing", ERR_SYNTAX },
	{ "group near { br to cl }", "1:17", "'to' does not", ERR_SYNTAX },
	{ "group near { br } up to level 3", "1:1", "no level", ERR_SYNTAX },
	{ "group { br }", "1:7", "a name is missing", ERR_SYNTAX },
	{ "group to { br }", "1:7", "word of the language", ERR_SCHEMA },
	{ "group warning { br }", "1:7", "already", ERR_SCHEMA },
	{ "group a { br }\nlist a { cl }", "2:6", "given twice",
	    ERR_CONFLICT },
	{ "group a { br }\nallow release a to br", "2:15", "a group of",
	    ERR_SCHEMA },
	{ "group a { br! }", "1:13", "only between quotes", ERR_SYNTAX },
	{ "}", "1:1", "no brace", ERR_SYNTAX },
	{ "allow release any to \"br", "1:22", "quote is not", ERR_SYNTAX },
	{ "allow release any to \"br\"cl", "1:26", "after the quote",
	    ERR_SYNTAX },
	{ "allow release any to br\"cl\"", "1:24", "before the quote",
	    ERR_SYNTAX },
	{ "# a\xc3\xb1o\nlist \xff", "1:1", "not UTF-8", ERR_SYNTAX },
	{ "list a { \"a\xc3\xb1o\" } x", "1:18", "does not stand",
	    ERR_SYNTAX },
};

static void
each_mistake_has_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
		const struct rules *r = NULL;
		struct fault f = { 0 };
		enum err e = rules_parse(span_str(mistakes[i].text), schema,
		    &mem, &r, &f);

		if (e != mistakes[i].err ||
		    strcmp(f.field, mistakes[i].place) != 0 ||
		    strstr(f.rule, mistakes[i].rule) == NULL)
			fail_msg("%s\n\tgives %s %s: %s", mistakes[i].text,
			    err_token(e), f.field, f.rule);
		assert_null(r);
	}
}

static void
quantities_have_an_end(void **state)
{
	const struct rules *r = NULL;
	struct fault f;
	struct buf b;

	(void)state;
	buf_init(&b, 4 * LIMIT_RULES);
	for (unsigned i = 0; i <= LIMIT_RULES_LINES; i++)
		buf_put_str(&b, "keep any 1 day\n");
	assert_int_equal(rules_parse(buf_span(&b), schema, &mem, &r, &f),
	    ERR_LIMIT);
	assert_string_equal(f.field, "1025:1");
	b.n = 0;
	/* lists of lists grow without end in few bytes */
	buf_put_str(&b, "list l0 { br br br br br br br br }\n");
	for (int i = 1; i < 9; i++)
		buf_put_format(&b, "list l%d { l%d l%d l%d l%d }\n", i,
		    i - 1, i - 1, i - 1, i - 1);
	assert_int_equal(rules_parse(buf_span(&b), schema, &mem, &r, &f),
	    ERR_LIMIT);
	b.n = 0;
	buf_put_str(&b, "strip");
	for (int i = 0; i <= LIMIT_RULES_STRIP; i++)
		buf_put_format(&b, " targets.m%d", i);
	buf_put_str(&b, " from any");
	assert_int_equal(rules_parse(buf_span(&b), schema, &mem, &r, &f),
	    ERR_LIMIT);
	while (b.n <= LIMIT_RULES)
		buf_put_str(&b, "                                \n");
	assert_int_equal(rules_parse(buf_span(&b), schema, &mem, &r, &f),
	    ERR_LIMIT);
	assert_null(r);
	buf_release(&b);
}

/* --- permits --- */

static void
permit_fits_what_was_decided_only(void **state)
{
	const struct rules *r = rules_of(AGREED
	    "allow release any to br approvals 2\n"
	    "allow release any up to green to all\n");
	const struct span aud[] = { span_str("uy"), span_str("br"),
		span_str("cl") };
	const struct span turned[] = { span_str("cl"), span_str("uy"),
		span_str("br"), span_str("br") };
	struct rules_ask ask = ask_to("");
	struct permit none = { 0 }, p = { 0 };
	struct rules_answer a;
	struct span who;

	(void)state;
	assert_false(permit_fits(&none, ask.kind, span_str("TLP:GREEN"), aud,
	    3));
	assert_int_equal(permit_decide(r, &ask, aud, 3, &p, &who, &a),
	    ERR_NONE);
	assert_int_equal(p.line, 2);
	assert_int_equal(p.approvals, 2);
	assert_true(permit_fits(&p, ask.kind, span_str("TLP:GREEN"), turned,
	    4));
	assert_false(permit_fits(&p, ask.kind, span_str("TLP:GREEN"), aud,
	    2));
	assert_false(permit_fits(&p, ask.kind, span_str("TLP:GREEN"), NULL,
	    0));
	assert_false(permit_fits(&p, ask.kind, span_str("TLP:CLEAR"), aud,
	    3));
	assert_false(permit_fits(&p, span_str("watch"),
	    span_str("TLP:GREEN"), aud, 3));
	p.made = NULL; /* made by another hand */
	assert_false(permit_fits(&p, ask.kind, span_str("TLP:GREEN"), aud,
	    3));
	/* the line that asks for the most, wherever its reader stands */
	assert_int_equal(permit_decide(r, &ask, turned, 4, &p, NULL, NULL),
	    ERR_NONE);
	assert_int_equal(p.approvals, 2);
	assert_int_equal(p.line, 2);
	ask.tlp = TLP_AMBER;
	assert_int_equal(permit_decide(r, &ask, aud, 3, &none, &who, &a),
	    ERR_RULE);
	assert_null(none.made);
	assert_true(span_is_str(who, "cl"));
	assert_int_equal(a.why, RULES_NO_LINE);
}

static void
built_in_lines_permit_answers_alone(void **state)
{
	const struct span aud[] = { span_str("br") };
	const struct span own = span_str("uy");
	struct permit p = { 0 };

	(void)state;
	assert_int_equal(permit_built_in(own, span_str("acknowledgement"),
	    TLP_AMBER, aud, 1, &p), ERR_NONE);
	assert_true(p.built_in);
	assert_true(p.line != 0);
	assert_true(permit_fits(&p, span_str("acknowledgement"),
	    span_str("TLP:AMBER"), aud, 1));
	assert_int_equal(permit_built_in(own, span_str("acknowledgement"),
	    TLP_CLEAR, NULL, 0, &p), ERR_RULE);
	assert_int_equal(permit_built_in(own, span_str("warning"), TLP_GREEN,
	    aud, 1, &p), ERR_RULE);
}

static void
every_reason_has_words(void **state)
{
	(void)state;
	for (unsigned w = 0; w < RULES_WHYS; w++)
		for (unsigned l = 0; l < LANG_COUNT; l++) {
			const char *s = rules_why(schema, (enum rules_why)w,
			    (enum lang)l);

			assert_string_not_equal(s,
			    rules_why_token((enum rules_why)w));
		}
}

#define TEST(fn) cmocka_unit_test_teardown(fn, forget)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_shared_by_default),
		TEST(first_line_that_fits_decides),
		TEST(sentence_of_the_manual_means_what_it_says),
		TEST(bounds_have_two_ends),
		TEST(groups_end_at_their_label),
		TEST(lists_stand_for_their_words),
		TEST(exercise_and_issuer_are_told_apart),
		TEST(redistribution_goes_to_those_served),
		TEST(redistribution_is_asked_in_one_way),
		TEST(export_goes_to_gateways),
		TEST(public_gets_only_what_is_clear),
		TEST(without_agreement_green_is_the_most),
		TEST(agreement_has_days_and_a_label),
		TEST(signatures_bind_at_once),
		TEST(signed_terms_are_the_same_and_in_force),
		TEST(strip_adds_up),
		TEST(keep_says_how_long),
		TEST(names_of_teams_are_told),
		TEST(each_mistake_has_its_place),
		TEST(quantities_have_an_end),
		TEST(permit_fits_what_was_decided_only),
		TEST(built_in_lines_permit_answers_alone),
		TEST(every_reason_has_words),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
