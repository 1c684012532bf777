/* SPDX-License-Identifier: Apache-2.0
 *
 * What a register document changes against the one before it, as a list of
 * facts that people read before they sign. The words for them, in four
 * languages, are the command's (cli/ceremony.c).
 */
#ifndef RECORD_DIFF_H
#define RECORD_DIFF_H

#include "record/proposal.h"

enum diff_what {
	/* charter: subject = the authority's name */
	DIFF_AUTHORITY_NEW,
	DIFF_AUTHORITY_GONE,
	DIFF_AUTHORITY_REPLACED, /* after = the name in its place */
	DIFF_AUTHORITY_KEY,
	DIFF_K_CHARTER, /* before and after are numbers */
	DIFF_K_REGISTER,
	DIFF_K_SUSPEND,
	DIFF_EXPIRES,   /* times; of charter or register */
	DIFF_CHARTER,   /* it stands under another charter than before */
	/* register: subject = the team */
	DIFF_TEAM_NEW, /* after = state */
	DIFF_TEAM_GONE,
	DIFF_TEAM_FORMER,
	DIFF_TEAM_BACK,
	DIFF_TEAM_IDENTITY,
	DIFF_TEAM_STATE,
	DIFF_TEAM_ROLES,
	DIFF_SUSPENDED, /* after = reason, time in number_after */
	DIFF_SUSPENSION_CHANGED,
	DIFF_RESUMED,
	/* designations: subject = the team */
	DIFF_DESIGNATED, /* after = instrument */
	DIFF_DESIGNATION_ENDED,
	DIFF_DESIGNATION_CHANGED,
	DIFF_REVIEW, /* times */
	DIFF_DISSEMINATION,
	/* keyset: subject = node or log */
	DIFF_NODE_NEW,
	DIFF_NODE_GONE,
	DIFF_ADDRESSES,
	DIFF_KEY_NEW, /* after = role */
	DIFF_KEY_GONE,
	DIFF_KEY_ENDS,    /* number_after = index */
	DIFF_KEY_REVOKED, /* after = reason; a row for each cut follows */
	DIFF_CUT,         /* number_after = size */
	DIFF_LOG_NEW,
	DIFF_LOG_CLOSED,
	DIFF_WHAT_COUNT
};

struct difference {
	enum diff_what what;
	struct span subject, before, after;
	uint64_t number_before, number_after;
	struct digest kid; /* fingerprint of the key concerned, if has_kid */
	bool has_kid;
};

struct difference_list {
	struct arena *a;
	struct difference *row;
	size_t count, cap;
};

/* Append what `new` changes; `old` may be NULL (all of it is new; of a
 * suspension always). Both must be of one kind: ERR_CONFLICT. Rows borrow
 * from the documents. */
MUST enum err diff_documents(const struct parsed *old,
    const struct parsed *new, struct difference_list *out);

#endif
