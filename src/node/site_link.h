/* SPDX-License-Identifier: Apache-2.0
 *
 * The node's side of the way to the writer of the public site: it says what
 * came, and signs the lists of files that the writer asks about. What it signs
 * it writes itself; the writer brings a digest and a number.
 */
#ifndef NODE_SITE_LINK_H
#define NODE_SITE_LINK_H

#include "node/command.h"

struct site_link;

/* `fd` -1: there is no site. */
MUST enum err site_link_create(struct service *s, int fd,
    struct site_link **out);
void site_link_free(struct site_link *l); /* accepts NULL */

/* What the hub tells. */
void site_link_tell(struct site_link *l, const struct hub_event *e);

/* Register or pins are others now. */
void site_link_again(struct site_link *l);

/* Everything is to be written anew; the number of this wish, 0 if there is no
 * site or its writer does not listen. */
uint64_t site_link_build(struct site_link *l);

struct site_link_state {
	bool has_site;
	uint64_t asked, done;      /* numbers of wishes */
	uint64_t files, changes, faults;
	int64_t at_s;              /* of the last signature; 0: none */
	bool has_publish;          /* a command carries it on: */
	int64_t published_s, failed_s; /* the last of each; 0: none */
	uint64_t failures;         /* in a row */
	char why[120];             /* of the last failure */
};
struct site_link_state site_link_state(const struct site_link *l);

#endif
