/* SPDX-License-Identifier: Apache-2.0
 *
 * Origins that agreed to be named are told of one another: one record, sealed to
 * all of them, by this node and in the name of who asked them. Whether it was sent
 * is found in the log, under an id that follows from the overlap's, and is noted
 * nowhere else: after a kill it is sent once. A further origin that agrees makes a
 * next revision of it.
 */
#ifndef NODE_OVERLAP_LINKS_H
#define NODE_OVERLAP_LINKS_H

#include "node/overlaps.h"

void overlap_links_start(struct service *s);
void overlap_links_stop(struct service *s);

/* An answer may have come. */
void overlap_links_stir(struct service *s);

/* What was told of an overlap, and what may be. */
struct overlap_link {
	struct uuid id;
	bool is_sent;
	struct index_row row;  /* if it is sent: the newest revision */
	struct overlap_side told[LIMIT_OVERLAP_SIDES]; /* team and id alone */
	size_t told_n;
	bool agreed[LIMIT_OVERLAP_SIDES]; /* of the overlap's sides */
	enum tlp tlp;          /* the strictest of those */
	bool is_due;
};

/* As far as who asks may see it; the node itself sees all. */
void overlap_link_of(struct call *c, const struct overlap *o,
    struct overlap_link *out);

/* The sides in the body of such a record, in `a`; how many. */
size_t overlap_link_sides(struct json_val body, struct arena *a,
    struct overlap_side out[LIMIT_OVERLAP_SIDES]);

/* The kind of such a record; NULL if this node knows none. */
const struct kind *overlap_link_kind(const struct service *s);

/* Write the member `links` of a notice: what it is linked with, by whose word:
 * id, what (`link`: a record that came or went, `overlap`: found here), iss,
 * teams. */
void overlap_links_put(struct call *c, const struct index_row *notice);

/* Write the member `overlaps`: what was found, or told to this team, and nobody
 * has opened yet: id, what, exercise, since. */
void overlap_links_put_watch(struct call *c);

#endif
