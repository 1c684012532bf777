/* SPDX-License-Identifier: Apache-2.0
 *
 * The same observable from several origins (watch/overlap.h): the reader that
 * notices it. What the index has taken and nobody has compared yet is compared
 * in its order; what is found becomes a record of the private log with the draft
 * of a watch, and then an alarm. Only then is it marked as seen: a node that
 * died in between does it again, and finds what it wrote.
 */
#ifndef NODE_OVERLAPS_H
#define NODE_OVERLAPS_H

#include "node/command.h"
#include "watch/overlap.h"

struct draft;
struct plan;

void overlaps_start(struct service *s);
void overlaps_stop(struct service *s);

/* The index has taken something. */
void overlaps_stir(struct service *s);

/* Read the record of a row; false if it is none. Spans in `a`. */
bool overlaps_read(struct service *s, const struct index_row *row,
    struct arena *a, struct overlap *out);

/* The newest ones, at most LIMIT_OVERLAPS, in `a`. */
struct overlap *overlaps_all(struct service *s, struct arena *a, size_t *n);

/* Append a first or a next revision. */
void overlaps_append(struct service *s, const struct overlap *o,
    hub_append_fn *done, void *ctx);

/* What became of asking an origin whether it may be named (overlaps_sides.c). */
enum overlaps_state {
	OVERLAPS_OWN,
	OVERLAPS_SHUT,     /* its label or embargo forbid to ask */
	OVERLAPS_GONE,     /* it is not here, or was set aside */
	OVERLAPS_CIRCLE,   /* a keyed digest: its whole circle knows */
	OVERLAPS_UNASKED,
	OVERLAPS_ASKED,
	OVERLAPS_AGREED,
	OVERLAPS_DECLINED
};

/* As far as who asks may see it; the node itself sees all. `row` is that of the
 * side unless it is gone. */
enum overlaps_state overlaps_side(struct call *c, const struct overlap *o,
    const struct overlap_side *side, struct index_row *row);

/* The user number of who asked that side; false if nobody is known. */
bool overlaps_asker(struct call *c, const struct overlap *o,
    const struct overlap_side *side, uint32_t *uid);

/* May the draft go where the plan wants it to? ERR_RULE if it comes of an
 * overlap and would show one origin to another; with the team in `f`. */
MUST enum err overlaps_check(struct call *c, const struct draft *d,
    const struct plan *p, struct fault *f);

#endif
