/* SPDX-License-Identifier: Apache-2.0
 *
 * The same observable, held by several origins, each of which told this node
 * and not the others. What is known is a record of the private log; here it
 * is decided whether another one is due, who may be asked, and whether a
 * notice may go to an audience without showing one origin to the other. Pure.
 *
 *	a record comes -> who else holds it -> overlap_decide -> a record
 */
#ifndef WATCH_OVERLAP_H
#define WATCH_OVERLAP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/span.h"
#include "base/uuid.h"
#include "crypto/hash.h"

#include <stdbool.h>
#include <stddef.h>

/* Fewer other readers than that tell an origin who the other one may be. */
enum { OVERLAP_CROWD = 8 };

/* A record that holds it. */
struct overlap_side {
	struct span team;
	struct uuid id;
	struct digest digest; /* of its newest revision */
	bool has_re;          /* it is about another record */
	struct digest re;
	/* its label or its embargo forbid that anybody is told of it */
	bool is_shut;
};

struct overlap {
	struct uuid id;
	struct uuid draft;    /* of the watch that is proposed, */
	bool has_draft;       /* if one is */
	bool is_done;         /* people have put it aside */
	struct span exercise; /* its name; "" for what is real */
	struct span observable;
	struct overlap_side side[LIMIT_OVERLAP_SIDES];
	size_t n;
	/* of the record that said so */
	uint64_t rev;
	struct digest digest;
};

enum overlap_due {
	OVERLAP_NOTHING,
	OVERLAP_NEW,  /* `out` is a first record, without ids */
	OVERLAP_MORE  /* `out` is the next revision of one that is known */
};

/* `fresh` holds `observable`, and so do `holder`. Spans of `out` are those of
 * the arguments. Of the same team, or about one another, or about the same
 * record, they are no news: who answers a notice has read it. */
enum overlap_due overlap_decide(const struct overlap *known, size_t known_n,
    struct span observable, struct span exercise,
    const struct overlap_side *fresh, const struct overlap_side *holder,
    size_t holder_n, struct overlap *out);

/* Of how many teams something may be told: a watch is proposed if there are
 * two or more. */
size_t overlap_open_teams(const struct overlap *o);

/* May a notice that comes of it go to `aud`? `named` are the teams that agreed
 * to be named, and the own one. Not if an origin that did not agree stands in an
 * audience so small that another origin can guess it. `out` gets that team. */
bool overlap_may_go(const struct overlap *o, const struct span *named,
    size_t named_n, const struct span *aud, size_t aud_n, struct span *out);

/* Are those whose sides are marked in `agreed` to be told of one another: of two
 * teams or more, and one of the sides is not among the `told`? */
bool overlap_link_is_due(const struct overlap *o, const bool *agreed,
    const struct overlap_side *told, size_t told_n);

/* The body of its record; and back, spans in `a`. ERR_SCHEMA, with the member
 * in `f`. Not the fields of the record itself: id, rev, digest. */
void overlap_write(const struct overlap *o, struct buf *out);
MUST enum err overlap_parse(struct json_val body, struct arena *a,
    struct overlap *out, struct fault *f);

#endif
