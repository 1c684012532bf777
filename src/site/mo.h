/* SPDX-License-Identifier: Apache-2.0
 *
 * Catalogues of words as msgfmt(1) writes them (GNU gettext, "The Format of GNU
 * MO Files"), read from memory and never trusted: every offset is checked when
 * one is opened. The C library's own reader serves one language in a process,
 * and none on a machine without the locale; this one serves all at once.
 * Pure.
 */
#ifndef SITE_MO_H
#define SITE_MO_H

#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

enum { MO_PLURAL_STEPS = 64, MO_FORMS = 6 };

/* The rule that counts, in the order of a calculator with a stack. */
struct mo_plural {
	unsigned forms;
	size_t n;
	struct {
		unsigned char what;
		uint32_t value;
	} step[MO_PLURAL_STEPS];
};

struct mo {
	struct span text;
	uint32_t count;
	uint32_t names, words; /* offsets of the tables */
	bool swapped;
	struct mo_plural plural;
};

/* Look at all of `text`, which is borrowed. ERR_SYNTAX (not such a file, an
 * offset outside, text without its NUL, an empty form for many, names not in
 * order, a rule that cannot be read), ERR_UNSUPPORTED (another major version), ERR_LIMIT; `f` (may be
 * NULL) says where. */
MUST enum err mo_open(struct span text, struct mo *out, struct fault *f);

/* The words for `name`; an empty span if there are none. `many` is the plural
 * of a counted one, "" of others. */
struct span mo_find(const struct mo *m, struct span name, struct span many);

/* Which form is for `n`; less than `forms`. */
unsigned mo_form(const struct mo *m, uint64_t n);

/* The form number `i` of what mo_find gave. */
struct span mo_pick(struct span words, unsigned i);

/* Entry `i` < count, for those who compare: its name as in the file. */
struct span mo_name(const struct mo *m, uint32_t i);

#endif
