/* SPDX-License-Identifier: Apache-2.0
 *
 * Whom this state has to tell of a report of the public, and by when
 * (rules/deadline.h): the profile of the configuration, applied to the reports
 * that are open. That a duty ends soon, or has ended, calls the post and
 * becomes a record of the audit trail, each once; as in node/pledges.h the pages
 * come first, under ids that follow from what they are for.
 */
#ifndef NODE_OBLIGATIONS_H
#define NODE_OBLIGATIONS_H

#include "node/command.h"
#include "rules/deadline.h"

/* Read the profile, if there is one. ERR_CONFIG, told in the log. */
MUST enum err obligations_open(struct service *s);
void obligations_close(struct service *s);

void obligations_start(struct service *s);
void obligations_stop(struct service *s);

/* A report may have come or changed. */
void obligations_stir(struct service *s);

/* The duties of the report of `body`; how many. Spans in `a` and the profile. */
size_t obligations_of(const struct service *s, struct json_val body,
    struct arena *a, struct deadline out[DEADLINE_RULES]);

/* Write the member `deadlines` of one report: law, step, to, due, state (open,
 * near, late, done), done (when). Nothing without a profile. */
void obligations_put(const struct service *s, struct json_val body,
    struct arena *a, struct json_out *w);

/* Those of all open reports by the last look, the first due first, as the
 * member `deadlines`: also number. */
void obligations_put_all(const struct service *s, struct json_out *w);

/* Write the members deadlines_near and deadlines_late. */
void obligations_put_counts(const struct service *s, struct json_out *w);

#endif
