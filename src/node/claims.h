/* SPDX-License-Identifier: Apache-2.0
 *
 * Who works on what: the live records of kinds of which one stands for each
 * value of a field (schema/life.h), about one document. They are shown before
 * it is read, and a second claimant is asked to join.
 */
#ifndef NODE_CLAIMS_H
#define NODE_CLAIMS_H

#include "node/subject.h"

struct claim {
	struct index_row row;
	const struct kind *kind;
	struct span value; /* of the field `one` */
	int64_t until_s;   /* 0: until it is ended */
	struct claim *next;
};

/* The live ones about the record of `row`, oldest first, in the memory of the
 * call; what the person may not see is not among them. */
struct claim *claims_find(struct call *c, const struct index_row *row);

/* Write the member `claims` about it. */
void claims_put(struct call *c, const struct index_row *row);

/* May this team open one of kind `k` with this body about `s`? If another team
 * holds it and `join` is not said, or this one does, the call is answered and
 * false returned. `holder` gets whom it joins, or NULL. */
bool claims_may_open(struct call *c, const struct kind *k,
    struct json_val body, const struct subject *s, const struct claim **holder);

/* --- lapsed ones are told --- */

void claims_start(struct service *s);
void claims_stop(struct service *s);

/* Something came that may lapse. */
void claims_stir(struct service *s);

#endif
