/* SPDX-License-Identifier: Apache-2.0
 *
 * By when a state has to tell whom about a report: its profile, a file of lines
 *
 *	duty LAW STEP to "WHOM" within N minutes|hours|days|months of EVENT \
 *	    [topic WORD...] [sector WORD...] [harm WORD...]
 *
 * STEP is early-warning, notification, intermediate or final; EVENT is
 * received, classified, or an earlier step of the same LAW: what it counts from
 * is when that was done, or, while it was not, by when it had to be. A month
 * ends on the same day of the next, or on its last. A line fits a report that
 * has one of the words of each condition; a sector has all below it. Of several
 * lines of one step that fit, what ends first holds.
 *
 * Pure.
 */
#ifndef RULES_DEADLINE_H
#define RULES_DEADLINE_H

#include "base/err.h"
#include "base/span.h"
#include "schema/kind.h"

#include <stdbool.h>
#include <stdint.h>

enum deadline_step { DEADLINE_EARLY, DEADLINE_NOTIFICATION,
	DEADLINE_INTERMEDIATE, DEADLINE_FINAL, DEADLINE_STEPS };

enum { DEADLINE_RULES = 64, DEADLINE_WORDS = 12 };

struct deadline_words {
	struct span at[DEADLINE_WORDS];
	size_t n; /* 0: any */
};

struct deadline_rule {
	struct span law, whom;
	enum deadline_step step;
	unsigned within;
	enum deadline_unit { DEADLINE_MINUTES, DEADLINE_HOURS, DEADLINE_DAYS,
		DEADLINE_MONTHS } unit;
	enum deadline_event { DEADLINE_RECEIVED, DEADLINE_CLASSIFIED,
		DEADLINE_STEP } event;
	enum deadline_step of; /* with DEADLINE_STEP */
	struct deadline_words topic, sector, harm;
};

struct deadlines {
	struct deadline_rule rule[DEADLINE_RULES];
	size_t n;
};

/* Read a profile; the conditions are words of `report`, the kind of reports.
 * Spans of `out` borrow `text`. ERR_SYNTAX, ERR_LIMIT, ERR_SCHEMA (a word that
 * the kind has not), ERR_RULE (counted from a step that no line before has),
 * with "line:column" in the fault; `out` is untouched then. */
MUST enum err deadlines_parse(struct span text, const struct kind *report,
    struct deadlines *out, struct fault *f);

/* What is known of a report. */
struct deadline_facts {
	struct span topic, sector, harm; /* "": not known */
	int64_t received_s, classified_s; /* 0: not */
	const struct deadline_done {
		struct span law, step;
		int64_t at_s;
	} *done;
	size_t done_n;
};

struct deadline {
	struct span law, whom;
	enum deadline_step step;
	int64_t due_s, within_s;
	int64_t done_s; /* 0: it runs */
};

/* The duties that run for it or were fulfilled, in the order of steps; how
 * many. */
size_t deadlines_of(const struct deadlines *d, const struct deadline_facts *f,
    struct deadline out[DEADLINE_RULES]);

const char *deadline_word(enum deadline_step step);

/* `n` units after `s`. */
int64_t deadline_after(int64_t s, unsigned n, enum deadline_unit unit);

#endif
