/* SPDX-License-Identifier: Apache-2.0
 *
 * Is an entry good?
 */
#ifndef PEER_JUDGE_H
#define PEER_JUDGE_H

#include "peer/hub_inside.h"

struct judge_at {
	const struct hub_circle *circle; /* by whose key it came; or NULL */
	const struct hub_log *log;
	uint64_t index;
	bool sealed;
	bool again;            /* it was good once: only what may change */
	struct span container; /* of what is sealed and came; else "" */
	struct keeper_opened opened; /* its text; its readers, if sealed */
};

struct judged {
	enum store_body_state state;
	struct entry entry; /* zero if it could not be read */
	struct digest digest; /* of the JWS */
	const struct kind *kind; /* NULL: not known */
	struct json_val body;
	bool urgent;
	bool hands_out;      /* the key of a circle */
	bool is_erased;      /* what it carries was, by this: */
	struct digest by;
	const char *alarm; /* what people must be told, or NULL */
	char why[160];
};

/* As carrying_no_key, for the entry itself. */
extern const char judged_no_key[];

/* Is the text of an entry good? The rules of "Validation order" in
 * doc/protocol.md that need the text, in that order; the first that is broken
 * decides. `out` borrows from the turn's arena. */
void judge_text(struct hub *h, const struct judge_at *at, struct judged *out);

/* Not good, in this state, for this reason. */
void judged_condemn(struct judged *j, enum store_body_state state,
    const char *format, ...) PRINTF_LIKE(3, 4);

#endif
