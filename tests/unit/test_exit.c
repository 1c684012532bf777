/* SPDX-License-Identifier: Apache-2.0
 *
 * What goes out, against a second opinion: the table below is written from TLP
 * 2.0 and the handling rules of doc/protocol.md, and knows nothing of how
 * exit.c works. Every label, embargo, audience, standing, reader and way is
 * held against it, in all combinations.
 */
#include "rules/exit.h"

#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

enum { UNTIL_S = 2000 }; /* the embargo's end */

/* --- the second opinion --- */

/* For each reader the strictest label whose text may pass this way: C G A S R,
 * `-` for no text at all, `.` if the reader does not stand there. */
static const struct law {
	const char *way;
	/*                public, team, person, constituent, auditor, machine,
	 *                the node itself */
	const char *most;
	bool outside, acts, choice, evidence, home, line;
} laws[] = {
	{ "peer", ".R.....", false, false, false, false, false, false },
	{ "reshare", ".S.....", false, false, true, false, false, false },
	{ "show", "..R.-..", false, false, false, true, false, false },
	{ "list", "..R....", false, false, false, true, false, false },
	{ "file", "..R....", false, false, false, true, false, true },
	{ "proof", "..R....", false, false, false, true, false, true },
	{ "attachment", "..R....", false, false, false, false, false, false },
	{ "event", "..-.-..", false, false, false, false, false, false },
	{ "draft", "..R....", false, false, false, false, true, false },
	{ "staff", "..R.R..", false, false, false, false, true, false },
	{ "audit", "..R.R..", false, false, false, true, true, false },
	{ "brief", "...A...", true, false, false, false, false, false },
	{ "register", "..R....", false, false, false, false, true, false },
	{ "report", "..R....", false, false, false, false, true, false },
	{ "hand", ".S.....", false, false, true, false, true, false },
	{ "backup", "......R", false, false, false, true, true, false },
	{ "log", "......-", false, false, false, false, false, false },
	{ "mail", "..CC...", false, false, false, false, false, false },
	{ "sealed-mail", "..SA...", false, false, false, false, false, false },
	{ "page", "..-....", false, false, false, false, false, false },
	{ "redistribute", "...A...", true, false, true, false, false, false },
	{ "webhook", ".....A.", true, true, true, false, false, false },
	{ "gateway", "...A.A.", true, true, true, false, false, false },
	{ "api", "...A...", true, false, false, false, false, false },
	{ "stream", "C......", true, false, false, false, false, false },
	{ "site", "C......", true, false, false, false, false, false },
	{ "feed", "C......", true, false, false, false, false, false },
};

static enum tlp
most_of(char c)
{
	static const char letters[] = "CGASR";

	return (enum tlp)(strchr(letters, c) - letters);
}

/* TLP 2.0: how far a label lets somebody pass the text on. */
static bool
label_reaches(enum tlp tlp, enum exit_who who)
{
	switch (tlp) {
	case TLP_CLEAR: /* no limit */
		return true;
	case TLP_GREEN: /* the community and who is served, not the public */
		return who != EXIT_TO_PUBLIC;
	case TLP_AMBER: /* the organisation and its clients */
		return who != EXIT_TO_PUBLIC && who != EXIT_TO_TEAM;
	case TLP_AMBER_STRICT: /* the organisation only */
		return who != EXIT_TO_PUBLIC && who != EXIT_TO_TEAM &&
		    who != EXIT_TO_CONSTITUENT;
	case TLP_RED: /* the persons who got it */
		return who == EXIT_TO_PERSON || who == EXIT_TO_SELF;
	case TLP_COUNT:
		break;
	}
	return false;
}

/* One situation, told as a person would. */
struct scene {
	const struct law *law;
	enum exit_who who;
	enum tlp tlp;       /* as it counts */
	bool open, home, mine;
	bool own_reads;     /* this team is in its audience */
	bool team_reads;    /* the other team is */
	bool team_good, has_right, ruled;
	enum exit_standing standing;
	bool unconfirmed, exercise, pap_forbids, consented;
	bool secret;        /* under an embargo that has not ended */
};

static bool
is_letter(const struct scene *s)
{
	return strcmp(s->law->way, "mail") == 0 ||
	    strcmp(s->law->way, "sealed-mail") == 0;
}

/* May the text reach the reader? */
static bool
may_have_text(const struct scene *s)
{
	char most = s->law->most[s->who];
	bool is_staff = s->who == EXIT_TO_PERSON;

	if (most == '.' || most == '-')
		return false;
	if (s->home && !s->law->home)
		return false;
	if (s->who == EXIT_TO_AUDITOR && !s->home)
		return false;
	if (s->tlp > most_of(most))
		return false;
	if ((is_staff || s->who == EXIT_TO_CONSTITUENT ||
		s->who == EXIT_TO_MACHINE) && !s->has_right)
		return false;
	if ((s->standing == EXIT_VOID || s->standing == EXIT_SET_ASIDE) &&
	    !s->law->evidence)
		return false;
	/* an exercise stays among those who play it, whatever the way */
	if (s->exercise && (s->who == EXIT_TO_PUBLIC ||
		s->who == EXIT_TO_CONSTITUENT || s->who == EXIT_TO_MACHINE))
		return false;
	if (s->law->outside && (s->exercise || s->unconfirmed ||
		s->standing == EXIT_SUPERSEDED))
		return false;
	if (s->law->acts && !is_staff && s->pap_forbids)
		return false;
	if (s->law->choice && (!s->ruled || s->unconfirmed))
		return false;
	if (s->law->line && !s->ruled)
		return false;
	if (s->who == EXIT_TO_TEAM) {
		if (!s->team_good)
			return false;
		if (s->team_reads)
			return !(s->open && s->secret) &&
			    !(s->law->choice && s->tlp == TLP_RED);
		/* beyond the audience: re-sharing, and not of a secret */
		return s->law->choice && !s->secret && s->tlp != TLP_RED &&
		    (label_reaches(s->tlp, s->who) || s->consented);
	}
	if (s->who == EXIT_TO_SELF || s->who == EXIT_TO_AUDITOR)
		return true;
	if (!s->home && !s->own_reads)
		return false;
	if (is_staff) /* a letter is read on its way, or kept where it came */
		return !(s->secret && is_letter(s));
	return !s->secret && label_reaches(s->tlp, s->who);
}

/* Who is not of this team learns not even that there is something, except by
 * a letter, which says that there is what the label would let her read. */
static bool
may_know(const struct scene *s)
{
	return s->who == EXIT_TO_PERSON || s->who == EXIT_TO_AUDITOR ||
	    s->who == EXIT_TO_SELF ||
	    (!s->exercise && is_letter(s) &&
		label_reaches(s->tlp, s->who));
}

/* --- every situation --- */

enum embargo { NONE, RUNNING, OVER_UNRELEASED, RELEASED, RELEASED_EARLY,
	EMBARGOES };
enum aud { BOTH, ONLY_OWN, ONLY_OTHER, NEITHER, OPEN, AUDS };

static const char *const pap_words[] = { "", "PAP:GREEN", "PAP:AMBER" };

struct counts {
	uint64_t seen, opened, wrong;
};

static const struct law *
law_of(enum exit_way way)
{
	for (size_t i = 0; i < sizeof laws / sizeof *laws; i++)
		if (strcmp(laws[i].way, exit_word(way)) == 0)
			return &laws[i];
	fail_msg("no law for the way \"%s\"", exit_word(way));
	return NULL;
}

static void
look(const struct scene *s, const struct exit_notice *n, enum exit_way way,
    const struct exit_reader *to, struct wall now, struct counts *c)
{
	struct exit_pass pass;
	const char *why;
	enum exit_answer answer = exit_decide(n, way, to, now, &pass, &why);
	bool text = exit_opens(&pass, way, EXIT_TEXT);
	bool whole = exit_opens(&pass, way, EXIT_WHOLE);
	bool want = may_have_text(s);

	c->seen++;
	c->opened += text;
	if (text != want || (whole && !want) ||
	    (pass.fields != 0 && !want && !may_know(s)) ||
	    (answer == EXIT_DENY) != (pass.fields == 0) ||
	    exit_opens(&pass, (enum exit_way)((way + 1) % EXIT_WAYS),
		EXIT_TEXT)) {
		if (c->wrong++ < 10)
			print_error("%s to %d: TLP %d open %d mine %d "
			    "own %d other %d secret %d standing %d: %s, "
			    "text %d, should be %d\n", s->law->way, (int)s->who,
			    (int)s->tlp, s->open, s->mine, s->own_reads,
			    s->team_reads, s->secret, (int)s->standing, why,
			    text, want);
	}
}

/* The dimensions as one number, taken apart. */
static unsigned
take(unsigned *rest, unsigned of)
{
	unsigned v = *rest % of;

	*rest /= of;
	return v;
}

static void
look_at_all_ways(unsigned code, struct counts *c)
{
	static const struct span br = { (const unsigned char *)"br", 2 };
	struct span aud[2];
	enum embargo embargo = (enum embargo)take(&code, EMBARGOES);
	enum aud who = (enum aud)take(&code, AUDS);
	unsigned label = take(&code, 6), pap = take(&code, 3);
	enum exit_standing standing = (enum exit_standing)take(&code, 5);
	unsigned bits = take(&code, 256);
	bool before = embargo == RUNNING || embargo == RELEASED_EARLY;
	const struct wall now = { (before ? UNTIL_S - 1 : UNTIL_S) * 1000 };
	struct exit_notice n = { .home = (bits & 1) != 0,
		.has_tlp = label < TLP_COUNT, .tlp = (enum tlp)(label % 5),
		.mine = (bits & 2) != 0, .open = who == OPEN, .aud = aud,
		.standing = standing, .unconfirmed = (bits & 4) != 0,
		.exercise = (bits & 8) != 0, .pap = span_str(pap_words[pap]),
		.has_embargo = embargo != NONE, .embargo_until_s = UNTIL_S,
		.released = embargo == RELEASED || embargo == RELEASED_EARLY,
		.consented = (bits & 16) != 0 };
	struct exit_reader to = { .team = br, .own = span_str("uy"),
		.good = (bits & 32) != 0, .may_read = (bits & 64) != 0,
		.rule = (bits & 128) != 0 ? EXIT_RULE_PERMITS :
					    EXIT_RULE_NONE };
	struct scene s = { .tlp = label < TLP_COUNT ? n.tlp : TLP_RED,
		.open = n.open, .home = n.home, .mine = n.mine,
		.own_reads = n.mine || who == BOTH || who == ONLY_OWN ||
		    who == OPEN,
		.team_reads = who == BOTH || who == ONLY_OTHER || who == OPEN,
		.team_good = to.good, .has_right = to.may_read,
		.ruled = to.rule == EXIT_RULE_PERMITS, .standing = standing,
		.unconfirmed = n.unconfirmed, .exercise = n.exercise,
		.pap_forbids = pap == 2, .consented = n.consented,
		/* the origin's word ends it; this node's own not early */
		.secret = embargo == RUNNING || embargo == OVER_UNRELEASED ||
		    (embargo == RELEASED_EARLY && n.mine) };

	if (who == BOTH || who == ONLY_OWN)
		aud[n.aud_n++] = to.own;
	if (who == BOTH || who == ONLY_OTHER)
		aud[n.aud_n++] = br;
	for (int w = 0; w < EXIT_WAYS; w++) {
		s.law = law_of((enum exit_way)w);
		for (int r = EXIT_TO_PUBLIC; r <= EXIT_TO_SELF; r++) {
			s.who = to.who = (enum exit_who)r;
			look(&s, &n, (enum exit_way)w, &to, now, c);
		}
	}
}

static void
test_every_situation(void **state)
{
	const unsigned all = EMBARGOES * AUDS * 6 * 3 * 5 * 256;
	struct counts c = { 0 };

	(void)state;
	assert_int_equal(sizeof laws / sizeof *laws, EXIT_WAYS);
	for (unsigned code = 0; code < all;
	     code += getenv("ALMENARA_TENTH") != NULL ? 11 : 1)
		look_at_all_ways(code, &c);
	print_message("# %llu decisions, %llu with text, %llu wrong\n",
	    (unsigned long long)c.seen, (unsigned long long)c.opened,
	    (unsigned long long)c.wrong);
	assert_int_equal(c.wrong, 0);
	assert_true(c.opened > 1000);
}

/* --- what is left of a record without its text, and why --- */

struct row {
	const char *name;
	enum exit_way way;
	enum exit_who who;
	struct exit_notice n;
	enum exit_rule rule;
	enum exit_answer answer;
	const char *why;
	unsigned fields;
};

#define HELD .has_tlp = true, .aud_checked = true
#define CODED (EXIT_PLACE | EXIT_LEVEL | EXIT_CODED)

static const struct row rows[] = {
	{ "a line of the log tells of a public one", EXIT_LOG, EXIT_TO_SELF,
	    { HELD, .tlp = TLP_CLEAR, .open = true }, EXIT_RULE_NONE,
	    EXIT_ALLOW, "allowed", CODED },
	{ "and of a stricter one where it is", EXIT_LOG, EXIT_TO_SELF,
	    { HELD, .tlp = TLP_GREEN }, EXIT_RULE_NONE, EXIT_STRIP,
	    "less-label", EXIT_PLACE },
	{ "also under embargo", EXIT_LOG, EXIT_TO_SELF,
	    { HELD, .tlp = TLP_CLEAR, .has_embargo = true }, EXIT_RULE_NONE,
	    EXIT_STRIP, "less-label", EXIT_PLACE },
	{ "and of one without a label", EXIT_LOG, EXIT_TO_SELF, { 0 },
	    EXIT_RULE_NONE, EXIT_STRIP, "less-label", EXIT_PLACE },
	{ "a letter says how urgent", EXIT_MAIL, EXIT_TO_PERSON,
	    { HELD, .tlp = TLP_RED }, EXIT_RULE_NONE, EXIT_STRIP,
	    "less-label", EXIT_PLACE | EXIT_LEVEL },
	{ "a sealed one has the text", EXIT_SEALED_MAIL, EXIT_TO_PERSON,
	    { HELD, .tlp = TLP_AMBER_STRICT }, EXIT_RULE_NONE, EXIT_ALLOW,
	    "allowed", CODED | EXIT_TEXT },
	{ "but not of TLP:RED", EXIT_SEALED_MAIL, EXIT_TO_PERSON,
	    { HELD, .tlp = TLP_RED }, EXIT_RULE_NONE, EXIT_STRIP,
	    "less-label", EXIT_PLACE | EXIT_LEVEL },
	{ "nor while it is embargoed", EXIT_SEALED_MAIL, EXIT_TO_PERSON,
	    { HELD, .tlp = TLP_GREEN, .has_embargo = true },
	    EXIT_RULE_NONE, EXIT_STRIP, "less-label",
	    EXIT_PLACE | EXIT_LEVEL },
	{ "an auditor sees that it is", EXIT_SHOW, EXIT_TO_AUDITOR,
	    { HELD, .tlp = TLP_AMBER }, EXIT_RULE_NONE, EXIT_STRIP,
	    "less-auditor", CODED },
	{ "a person, what was never for this team", EXIT_SHOW,
	    EXIT_TO_PERSON, { .has_tlp = true, .tlp = TLP_AMBER,
		.standing = EXIT_SET_ASIDE }, EXIT_RULE_NONE, EXIT_STRIP,
	    "less-unread", CODED },
	{ "events carry no text", EXIT_EVENT, EXIT_TO_PERSON,
	    { HELD, .tlp = TLP_CLEAR, .open = true }, EXIT_RULE_NONE,
	    EXIT_ALLOW, "allowed", CODED },
	{ "nor of what is void", EXIT_EVENT, EXIT_TO_PERSON,
	    { HELD, .tlp = TLP_CLEAR, .open = true, .standing = EXIT_VOID },
	    EXIT_RULE_NONE, EXIT_DENY, "void", 0 },
	{ "a draft is for the desk", EXIT_SITE, EXIT_TO_PUBLIC,
	    { .home = true, HELD, .tlp = TLP_CLEAR, .open = true },
	    EXIT_RULE_NONE, EXIT_DENY, "private", 0 },
	{ "the public is at no other way", EXIT_SHOW, EXIT_TO_PUBLIC,
	    { HELD, .tlp = TLP_CLEAR, .open = true }, EXIT_RULE_NONE,
	    EXIT_DENY, "reader", 0 },
	{ "the site has no history", EXIT_SITE, EXIT_TO_PUBLIC,
	    { HELD, .tlp = TLP_CLEAR, .open = true,
		.standing = EXIT_SUPERSEDED }, EXIT_RULE_NONE, EXIT_DENY,
	    "superseded", 0 },
	{ "but says what was withdrawn", EXIT_SITE, EXIT_TO_PUBLIC,
	    { HELD, .tlp = TLP_CLEAR, .open = true, .standing = EXIT_ENDED },
	    EXIT_RULE_NONE, EXIT_ALLOW, "allowed",
	    CODED | EXIT_TEXT | EXIT_WHOLE },
	{ "no exercise on the site", EXIT_SITE, EXIT_TO_PUBLIC,
	    { HELD, .tlp = TLP_CLEAR, .open = true, .exercise = true },
	    EXIT_RULE_NONE, EXIT_DENY, "exercise", 0 },
	{ "nor what nobody has confirmed", EXIT_FEED, EXIT_TO_PUBLIC,
	    { HELD, .tlp = TLP_CLEAR, .open = true, .unconfirmed = true },
	    EXIT_RULE_NONE, EXIT_DENY, "unconfirmed", 0 },
	{ "GREEN is not for the public", EXIT_FEED, EXIT_TO_PUBLIC,
	    { HELD, .tlp = TLP_GREEN }, EXIT_RULE_NONE, EXIT_DENY, "label",
	    0 },
	{ "embargo", EXIT_FEED, EXIT_TO_PUBLIC,
	    { HELD, .tlp = TLP_CLEAR, .has_embargo = true }, EXIT_RULE_NONE,
	    EXIT_DENY, "embargo", 0 },
	{ "no file without a line", EXIT_FILE, EXIT_TO_PERSON,
	    { HELD, .tlp = TLP_CLEAR, .open = true }, EXIT_RULE_NONE,
	    EXIT_DENY, "rule", 0 },
	{ "nor by a block", EXIT_PROOF, EXIT_TO_PERSON,
	    { HELD, .tlp = TLP_CLEAR, .open = true }, EXIT_RULE_DENIES,
	    EXIT_DENY, "rule", 0 },
	{ "a line opens it, also what has ended", EXIT_PROOF, EXIT_TO_PERSON,
	    { HELD, .tlp = TLP_AMBER, .standing = EXIT_VOID },
	    EXIT_RULE_PERMITS, EXIT_ALLOW, "allowed",
	    CODED | EXIT_TEXT | EXIT_NAMES | EXIT_WHOLE },
	{ "constituents by a rule alone", EXIT_REDISTRIBUTE,
	    EXIT_TO_CONSTITUENT, { HELD, .tlp = TLP_AMBER }, EXIT_RULE_NONE,
	    EXIT_DENY, "rule", 0 },
	{ "a rule opens it", EXIT_REDISTRIBUTE, EXIT_TO_CONSTITUENT,
	    { HELD, .tlp = TLP_AMBER }, EXIT_RULE_PERMITS, EXIT_ALLOW,
	    "allowed", CODED | EXIT_TEXT },
	{ "but not above AMBER", EXIT_REDISTRIBUTE, EXIT_TO_CONSTITUENT,
	    { HELD, .tlp = TLP_AMBER_STRICT }, EXIT_RULE_PERMITS, EXIT_DENY,
	    "label", 0 },
	{ "a rule that denies holds where none is needed", EXIT_SITE,
	    EXIT_TO_PUBLIC, { HELD, .tlp = TLP_CLEAR, .open = true },
	    EXIT_RULE_DENIES, EXIT_DENY, "rule", 0 },
	{ "nor on PAP:RED", EXIT_GATEWAY, EXIT_TO_MACHINE,
	    { HELD, .tlp = TLP_CLEAR, .open = true, .pap = {
		(const unsigned char *)"PAP:RED", 7 } }, EXIT_RULE_PERMITS,
	    EXIT_DENY, "pap", 0 },
	{ "it may on PAP:CLEAR", EXIT_GATEWAY, EXIT_TO_MACHINE,
	    { HELD, .tlp = TLP_CLEAR, .open = true, .pap = {
		(const unsigned char *)"PAP:CLEAR", 9 } }, EXIT_RULE_PERMITS,
	    EXIT_ALLOW, "allowed", CODED | EXIT_TEXT },
	{ "no machine acts on PAP:AMBER", EXIT_WEBHOOK, EXIT_TO_MACHINE,
	    { HELD, .tlp = TLP_GREEN, .pap = { (const unsigned char *)
		"PAP:AMBER", 9 } }, EXIT_RULE_PERMITS, EXIT_DENY, "pap", 0 },
};

static void
test_what_is_left(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *r = &rows[i];
		const struct exit_reader to = { .who = r->who,
			.own = span_str("uy"), .good = true, .may_read = true,
			.rule = r->rule };
		struct exit_pass pass;
		const char *why;
		enum exit_answer a = exit_decide(&r->n, r->way, &to,
		    (struct wall){ 0 }, &pass, &why);

		if (a != r->answer || strcmp(why, r->why) != 0 ||
		    pass.fields != r->fields)
			fail_msg("%s: %d %s %#x", r->name, (int)a, why,
			    pass.fields);
	}
}

/* --- a peer: audience, standing, suspension --- */

static void
test_peer(void **state)
{
	static const struct {
		const char *aud; /* as words */
		const char *team;
		bool good;
		const char *why;
	} cases[] = {
		{ "br cl", "br", true, "allowed" },
		{ "br cl", "cl", true, "allowed" },
		{ "br cl", "uy", true, "audience" },
		{ "br cl", "b", true, "audience" },
		{ "br cl", "br cl", true, "audience" },
		{ "brazil cl", "br", true, "audience" },
		{ "", "br", true, "audience" },
		{ "br", "", true, "audience" },
		{ "br cl", "br", false, "standing" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct exit_notice n = { .mine = true,
			.aud_words = span_str(cases[i].aud) };
		const struct exit_reader to = { .who = EXIT_TO_TEAM,
			.team = span_str(cases[i].team),
			.own = span_str("uy"), .good = cases[i].good };
		struct exit_pass pass;
		const char *why;

		(void)exit_decide(&n, EXIT_PEER, &to, (struct wall){ 0 },
		    &pass, &why);
		assert_string_equal(why, cases[i].why);
		assert_int_equal(exit_opens(&pass, EXIT_PEER, EXIT_WHOLE),
		    strcmp(why, "allowed") == 0);
	}
}

static void
test_no_pass_without_a_decision(void **state)
{
	struct exit_pass pass = { .way = EXIT_SHOW, .fields = ~0U };
	const struct exit_notice n = { 0 };
	const struct exit_reader to = { .who = EXIT_TO_SELF };
	const char *why;

	(void)state;
	assert_false(exit_opens(&pass, EXIT_SHOW, EXIT_TEXT));
	assert_int_equal(exit_decide(&n, EXIT_WAYS, &to, (struct wall){ 0 },
	    &pass, &why), EXIT_DENY);
	assert_string_equal(why, "exit-unknown");
	for (size_t i = 0; exit_reason_at(i) != NULL; i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(exit_reason_at(i),
			    exit_reason_at(j));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_situation),
		cmocka_unit_test(test_what_is_left),
		cmocka_unit_test(test_peer),
		cmocka_unit_test(test_no_pass_without_a_decision),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
