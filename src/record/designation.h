/* SPDX-License-Identifier: Apache-2.0
 *
 * The designations: for each team the act by which its government named it,
 * one snapshot signed by k_register authorities, who thereby say that they
 * have seen the instruments. It stands beside the register, whose bytes stay
 * what they are. Without one in force a team releases nothing; one whose
 * review is past is stale, which warns and stops nothing.
 */
#ifndef RECORD_DESIGNATION_H
#define RECORD_DESIGNATION_H

#include "record/charter.h"

/* May the team warn other states by its own decision? */
enum dissemination {
	DISSEMINATION_OWN,      /* "own_decision" */
	DISSEMINATION_APPROVED, /* "with_approval": never alone */
	DISSEMINATION_NO,       /* "no" */
	DISSEMINATION_COUNT
};

enum { DESIGNATION_LINE = 256 };

struct designation {
	struct span team;
	struct span state;      /* ISO 3166-1 alpha-2, as in the register */
	struct span instrument; /* "Decree 36/2015": one line each */
	struct span authority;  /* who signed it for the government */
	struct span note;       /* of the diplomatic note; may be empty */
	int64_t issued_s;
	int64_t review_s;       /* to be reconfirmed by then; > issued_s */
	enum dissemination dissemination;
};

struct designations {
	uint64_t version;
	struct digest prev;    /* zero in version 1 */
	struct digest charter; /* payload hash of the charter it stands under */
	struct designation *list; /* ascending by team */
	size_t count;
};

const char *dissemination_token(enum dissemination d);
MUST enum err dissemination_parse(struct span word, enum dissemination *out);

/* Parse the payload of `d`; `a` holds what `out` points to. Errors as
 * charter_parse; `out` is untouched on failure. */
MUST enum err designations_parse(const struct document *d, struct arena *a,
    struct designations *out, struct fault *f);
void designations_write(const struct designations *s, struct buf *out);

/* One member of the list, as it stands there and in a team card. */
MUST enum err designation_parse(struct json_val v, struct arena *a,
    struct designation *out, struct fault *f);
void designation_write(struct json_out *w, const struct designation *d);

/* Have at least c's k_register authorities signed? ERR_SIGNATURE if not. */
MUST enum err designations_check(const struct document *d,
    const struct charter *c, struct fault *f);

/* That of a team or NULL. */
const struct designation *designations_find(const struct designations *s,
    struct span team);

#endif
