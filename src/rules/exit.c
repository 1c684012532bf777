/* SPDX-License-Identifier: Apache-2.0
 *
 * The one decision on what goes out.
 */
#include "rules/exit.h"

enum {
	PUBLIC = 1U << EXIT_TO_PUBLIC,
	TEAM = 1U << EXIT_TO_TEAM,
	PERSON = 1U << EXIT_TO_PERSON,
	CONSTITUENT = 1U << EXIT_TO_CONSTITUENT,
	AUDITOR = 1U << EXIT_TO_AUDITOR,
	MACHINE = 1U << EXIT_TO_MACHINE,
	SELF = 1U << EXIT_TO_SELF
};

enum {
	PLACE = EXIT_PLACE,
	LEVEL = EXIT_LEVEL,
	CODED = EXIT_CODED,
	TEXT = EXIT_TEXT,
	NAMES = EXIT_NAMES,
	WHOLE = EXIT_WHOLE
};

enum {
	HOME = 1,
	OUTSIDE = 2,
	ACTS = 4,
	CHOICE = 8,
	EVIDENCE = 16,
	LATER = 32,
	TRAIL = 64,
	LINE = 128,
	STAYS = 256,
	HEARS = 512
};

struct way {
	const char *word;
	unsigned readers;
	enum tlp ceiling;
	unsigned fields;
	unsigned flags;
};

static const struct way ways[EXIT_WAYS] = {
#define EXIT(name, word, readers, ceiling, fields, flags, files) \
	[EXIT_##name] = { word, readers, TLP_##ceiling, fields, flags },
#include "rules/exits.def"
#undef EXIT
};

/* Denials in the order in which they are looked at, then what only leaves
 * fields out. */
enum reason {
	NO_EXIT,
	NO_READER,
	NO_PRIVATE,
	NO_RIGHT,
	NO_STANDING,
	NO_VOID,
	NO_SET_ASIDE,
	NO_SUPERSEDED,
	NO_AUDIENCE,
	NO_EMBARGO,
	NO_LABEL,
	NO_UNCONFIRMED,
	NO_EXERCISE,
	NO_PAP,
	NO_RULE,
	LESS_LABEL,
	LESS_AUDITOR,
	LESS_UNREAD,
	ALLOWED,
	REASONS
};

static const char *const reasons[REASONS] = {
	[NO_EXIT] = "exit-unknown",
	[NO_READER] = "reader",
	[NO_PRIVATE] = "private",
	[NO_RIGHT] = "right",
	[NO_STANDING] = "standing",
	[NO_VOID] = "void",
	[NO_SET_ASIDE] = "quarantined",
	[NO_SUPERSEDED] = "superseded",
	[NO_AUDIENCE] = "audience",
	[NO_EMBARGO] = "embargo",
	[NO_LABEL] = "label",
	[NO_UNCONFIRMED] = "unconfirmed",
	[NO_EXERCISE] = "exercise",
	[NO_PAP] = "pap",
	[NO_RULE] = "rule",
	[LESS_LABEL] = "less-label",
	[LESS_AUDITOR] = "less-auditor",
	[LESS_UNREAD] = "less-unread",
	[ALLOWED] = "allowed"
};

static const char stamp; /* its address makes a pass good */

/* The question, with what follows from it. */
struct question {
	const struct exit_notice *n;
	const struct exit_reader *to;
	const struct way *way;
	enum tlp tlp;
	struct wall now;
};

static bool
has_word(struct span words, struct span word)
{
	for (size_t i = 0; i < words.n;) {
		size_t end = i;

		while (end < words.n && words.p[end] != ' ')
			end++;
		if (span_is_equal(span_of(words.p + i, end - i), word))
			return true;
		i = end + 1;
	}
	return false;
}

static bool
is_in_audience(const struct exit_notice *n, struct span team)
{
	if (n->open)
		return true;
	if (team.n == 0)
		return false;
	for (size_t i = 0; i < n->aud_n; i++)
		if (span_is_equal(n->aud[i], team))
			return true;
	return has_word(n->aud_words, team);
}

/* Has this node's own team the text by right? */
static bool
is_ours(const struct question *q)
{
	return q->n->home || q->n->mine || q->n->aud_checked ||
	    is_in_audience(q->n, q->to->own);
}

static bool
is_embargoed(const struct question *q)
{
	const struct exit_notice *n = q->n;

	if (!n->has_embargo)
		return false;
	/* nobody but the origin ends an embargo; the own one not early */
	return !n->released ||
	    (n->mine && q->now.ms / 1000 < n->embargo_until_s);
}

/* --- who --- */

static enum reason
check_reader(const struct question *q)
{
	const struct exit_reader *to = q->to;

	if ((q->way->readers & 1U << to->who) == 0)
		return NO_READER;
	if (q->n->home && (q->way->flags & HOME) == 0)
		return NO_PRIVATE;
	if ((to->who == EXIT_TO_PERSON || to->who == EXIT_TO_CONSTITUENT ||
		to->who == EXIT_TO_MACHINE) && !to->may_read)
		return NO_RIGHT;
	if (to->who == EXIT_TO_TEAM && !to->good)
		return NO_STANDING;
	return ALLOWED;
}

static enum reason
check_standing(const struct question *q)
{
	if ((q->way->flags & EVIDENCE) != 0)
		return ALLOWED;
	if (q->n->standing == EXIT_VOID)
		return NO_VOID;
	if (q->n->standing == EXIT_SET_ASIDE)
		return NO_SET_ASIDE;
	/* a reader beyond the network keeps no history */
	if (q->n->standing == EXIT_SUPERSEDED &&
	    (q->way->flags & OUTSIDE) != 0)
		return NO_SUPERSEDED;
	return ALLOWED;
}

/* --- the label: TLP 2.0 --- */

/* Another node gets what it is an audience of, by right; anything else only
 * as a community (GREEN) or by the origin's consent. RED is shared by nobody
 * but its origin. */
static enum reason
check_team(const struct question *q, bool shares)
{
	bool reads = is_in_audience(q->n, q->to->team);

	if (is_embargoed(q) && (q->n->open || !reads))
		return reads || shares ? NO_EMBARGO : NO_AUDIENCE;
	if (shares && q->tlp == TLP_RED)
		return NO_LABEL;
	if (reads)
		return ALLOWED;
	if (!shares)
		return NO_AUDIENCE;
	return q->tlp <= TLP_GREEN || q->n->consented ? ALLOWED : NO_LABEL;
}

/* The strictest label that may leave the team towards this reader. */
static enum tlp
reach_of(enum exit_who who)
{
	switch (who) {
	case EXIT_TO_PUBLIC:
		return TLP_CLEAR;
	case EXIT_TO_CONSTITUENT:
		return TLP_AMBER;
	case EXIT_TO_MACHINE:
		return TLP_AMBER_STRICT;
	case EXIT_TO_TEAM:
	case EXIT_TO_PERSON:
	case EXIT_TO_AUDITOR:
	case EXIT_TO_SELF:
		break;
	}
	return TLP_RED;
}

static enum reason
check_beyond(const struct question *q)
{
	if (q->to->who == EXIT_TO_PERSON || q->to->who == EXIT_TO_AUDITOR ||
	    q->to->who == EXIT_TO_SELF)
		return ALLOWED;
	if (!is_ours(q))
		return NO_AUDIENCE;
	if (is_embargoed(q))
		return NO_EMBARGO;
	if (q->tlp > reach_of(q->to->who) ||
	    ((q->way->flags & OUTSIDE) != 0 && q->tlp > q->way->ceiling))
		return NO_LABEL;
	return ALLOWED;
}

static enum reason
check_label(const struct question *q)
{
	bool shares = (q->way->flags & CHOICE) != 0;

	return q->to->who == EXIT_TO_TEAM ? check_team(q, shares) :
	    check_beyond(q);
}

/* --- what else forbids it --- */

static enum reason
check_rest(const struct question *q)
{
	const struct exit_notice *n = q->n;
	unsigned flags = q->way->flags;

	if (n->unconfirmed && (flags & (OUTSIDE | CHOICE)) != 0)
		return NO_UNCONFIRMED;
	/* who does not play would take it for real, and a machine acts on it */
	if (n->exercise && ((flags & OUTSIDE) != 0 ||
		q->to->who == EXIT_TO_PUBLIC ||
		q->to->who == EXIT_TO_CONSTITUENT ||
		q->to->who == EXIT_TO_MACHINE))
		return NO_EXERCISE;
	if ((flags & ACTS) != 0 && q->to->who != EXIT_TO_PERSON &&
	    n->pap.n != 0 && !span_is_str(n->pap, "PAP:GREEN") &&
	    !span_is_str(n->pap, "PAP:CLEAR"))
		return NO_PAP;
	if (q->to->rule == EXIT_RULE_DENIES ||
	    ((flags & (CHOICE | LINE)) != 0 &&
		q->to->rule != EXIT_RULE_PERMITS))
		return NO_RULE;
	return ALLOWED;
}

static enum reason
check(const struct question *q)
{
	enum reason r = check_reader(q);

	if (r == ALLOWED)
		r = check_standing(q);
	if (r == ALLOWED)
		r = check_label(q);
	return r == ALLOWED ? check_rest(q) : r;
}

/* --- what is left out --- */

/* A line of the log, or a letter that anybody may open on its way, says no
 * more of a stricter record than where it is and how urgent. */
static unsigned
above_ceiling(const struct question *q)
{
	return q->to->who == EXIT_TO_SELF ? EXIT_PLACE :
	    EXIT_PLACE | EXIT_LEVEL;
}

static unsigned
strip(const struct question *q, enum reason *why)
{
	const unsigned text = EXIT_TEXT | EXIT_NAMES | EXIT_WHOLE;
	unsigned fields = q->way->fields;

	*why = ALLOWED;
	if (q->tlp > q->way->ceiling ||
	    (is_embargoed(q) && (q->way->ceiling == TLP_CLEAR ||
		(q->way->flags & STAYS) != 0))) {
		*why = LESS_LABEL;
		fields &= above_ceiling(q);
	}
	if (q->to->who == EXIT_TO_AUDITOR && !q->n->home &&
	    (fields & text) != 0) {
		*why = LESS_AUDITOR;
		fields &= ~text | ((q->way->flags & TRAIL) != 0 ?
			(unsigned)EXIT_NAMES : 0);
	}
	if (q->to->who == EXIT_TO_PERSON && !is_ours(q) &&
	    (fields & text) != 0) {
		*why = LESS_UNREAD;
		fields &= ~text;
	}
	return fields;
}

enum exit_answer
exit_decide(const struct exit_notice *n, enum exit_way way,
    const struct exit_reader *to, struct wall now, struct exit_pass *out,
    const char **reason)
{
	struct question q = { .n = n, .to = to, .now = now,
		.tlp = n->has_tlp ? n->tlp : TLP_RED };
	enum reason why = NO_EXIT;

	*out = (struct exit_pass){ .way = way };
	if ((unsigned)way < EXIT_WAYS) {
		q.way = &ways[way];
		why = check(&q);
	}
	if (why == ALLOWED) {
		out->fields = strip(&q, &why);
		out->stamp = &stamp;
	}
	if (reason != NULL)
		*reason = reasons[why];
	return why == ALLOWED ? EXIT_ALLOW :
	    why > NO_RULE     ? EXIT_STRIP :
				EXIT_DENY;
}

bool
exit_opens(const struct exit_pass *pass, enum exit_way way,
    enum exit_field field)
{
	return pass->stamp == &stamp && pass->way == way &&
	    (pass->fields & field) != 0;
}

const char *
exit_word(enum exit_way way)
{
	return (unsigned)way < EXIT_WAYS ? ways[way].word : "";
}

bool
exit_is_built(enum exit_way way)
{
	return (unsigned)way < EXIT_WAYS && (ways[way].flags & LATER) == 0;
}

bool
exit_needs_line(enum exit_way way)
{
	return (unsigned)way < EXIT_WAYS && (ways[way].flags & LINE) != 0;
}

bool
exit_hears_line(enum exit_way way)
{
	return (unsigned)way < EXIT_WAYS &&
	    (ways[way].flags & (LINE | HEARS)) != 0;
}

const char *
exit_reason_at(size_t i)
{
	return i < REASONS ? reasons[i] : NULL;
}
