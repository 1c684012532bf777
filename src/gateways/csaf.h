/* SPDX-License-Identifier: Apache-2.0
 *
 * CSAF 2.0 (OASIS Standard, errata 01): a security advisory of others becomes
 * the body of a draft `advisory` notice. Nothing is issued: a person reads the
 * draft, completes states, sectors and what is asked, and confirms the label.
 *
 * A document that breaks a rule on which the draft relies is refused with that
 * rule; csaf_unchecked lists the mandatory tests that are left to others.
 * Whatever the draft does not carry is named in its `left_out`.
 */
#ifndef GATEWAYS_CSAF_H
#define GATEWAYS_CSAF_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "schema/kind.h"
#include "schema/tlp.h"

#include <stdbool.h>
#include <stddef.h>

/* Bytes of a draft body: a payload without its envelope. */
enum { CSAF_BODY_MAX = 65536 - 4096 };

/* What the importer cannot know from the document alone. */
struct csaf_context {
	const struct schema *schema;
	struct span sha256;      /* of the document: 64 lower-case hex digits */
	struct span author_post; /* who imports */
	struct span attachment;  /* JSON object that lists the document itself
	                          * as an attachment, or "" */
};

struct csaf_draft {
	enum tlp tlp;
	bool tlp_stated;    /* false: AMBER until a person decides */
	int level;
	struct span body;   /* JSON object, kind `advisory`; in the arena */
	struct span title;  /* in the arena */
	struct span id;     /* document.tracking.id; in the arena */
	struct span *left_out; /* JSON paths and how many; in the arena */
	size_t left_out_count;
};

/* Does `root` look like a CSAF document of any version? Says nothing of
 * whether it is a good one. */
bool csaf_is_document(struct json_val root);

/* Read `document` (at most LIMIT_IMPORT bytes). `out` lives in `a` and borrows
 * nothing from `document`.
 * ERR_UNSUPPORTED: JSON, but no CSAF document or not of version 2.0: to be
 * passed over by name. ERR_SYNTAX, ERR_CONFLICT: no strict JSON. ERR_LIMIT:
 * too large, too deep, or not even the needed fields fit. ERR_SCHEMA: refused;
 * `f` (may be NULL) has the JSON path and the rule, which begins with
 * "CSAF 6.1.n: " for a mandatory test, "CSAF schema: " for the structure.
 * `out` is untouched on failure. */
MUST enum err csaf_import(struct span document,
    const struct csaf_context *context, struct arena *a,
    struct csaf_draft *out, struct fault *f);

/* Is it a document that keeps the rules? As csaf_import, without the draft. */
MUST enum err csaf_check(struct span document, struct fault *f);

/* The mandatory tests, in the order in which they are checked; NULL at the
 * end. */
struct csaf_rule_name {
	const char *number; /* "6.1.1" */
	const char *name;
};
const struct csaf_rule_name *csaf_checked(size_t i);

/* What is deliberately not checked, and why; NULL at the end. */
struct csaf_unchecked {
	const char *number;
	const char *reason;
};
const struct csaf_unchecked *csaf_unchecked(size_t i);

#endif
