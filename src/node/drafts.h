/* SPDX-License-Identifier: Apache-2.0
 *
 * Drafts: records of kind `draft` in the private log, a revision for each
 * save, so that who wrote and who released is never in doubt.
 */
#ifndef NODE_DRAFTS_H
#define NODE_DRAFTS_H

#include "node/command.h"

struct draft {
	struct index_row row;
	struct record record;
	struct span kind, state, author, approver, tlp;
	struct span replaces; /* digest of what it revises, or "" */
	const struct uuid *notice; /* as which it is issued now, or NULL */
	struct json_val audience; /* array, or absent */
	struct json_val content;
};

/* The draft that the argument `id` names; if false, the call was answered. */
bool draft_open(struct call *c, struct draft *out);

/* The draft of `d->row`, for the node's own use: nothing of it may be written
 * out. Errors as record_read. */
MUST enum err draft_read(struct call *c, struct draft *d);

/* The body of a draft record, written by this one function. */
struct draft_text {
	struct span kind;
	const char *state;
	struct span author;
	struct span approver; /* "" for none */
	struct span tlp;      /* "" for not chosen */
	const struct span *team; /* NULL: not chosen */
	size_t team_n;
	struct span content;  /* JSON object */
	struct span returned; /* why it came back; "" for none */
	struct span replaces; /* digest of what it revises, "" for nothing */
	const struct uuid *notice; /* as which it is issued, or NULL */
	bool alone;
};

void draft_write(const struct draft_text *t, struct buf *out);

/* Append a first revision (earlier == NULL; out->id is made) or the next one.
 * ERR_SCHEMA, ERR_LIMIT with `f`; nothing is appended then. */
MUST enum err draft_append(struct call *c, const struct draft_text *text,
    const struct draft *earlier, hub_append_fn *done, void *ctx,
    struct uuid *id, struct fault *f);

/* The same with only the state changed, without waiting for it. `returned`:
 * why it goes back to its author, or "". */
MUST enum err draft_move(struct call *c, const struct draft *d,
    const char *state, bool alone, struct span returned, struct fault *f);

/* It waits for another person again; nobody has judged it. */
MUST enum err draft_reopen(struct call *c, const struct draft *d,
    struct fault *f);

/* Fill in what an author knows by herself: her post and her language. So what
 * another person approves is what will be sent. In the memory of the call. */
struct span draft_complete(struct call *c, const struct kind *k,
    struct json_val body);

/* For appends to the private log that nobody waits for; ctx the service. */
hub_append_fn draft_on_moved;

/* Who writes, as it stands in a draft: the login, or "administrator". */
struct span draft_author(const struct caller *who);

#endif
