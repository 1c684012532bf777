/* SPDX-License-Identifier: Apache-2.0
 *
 * Notices that went to those whom the team serves, and of which a newer
 * revision stands now, or that were withdrawn: their readers act on what holds
 * no more until somebody sends it on. Told once for each revision, as a record
 * of the audit trail and an alarm, and shown until it was sent.
 */
#ifndef NODE_OUTDATED_H
#define NODE_OUTDATED_H

#include "node/command.h"

void outdated_start(struct service *s);
void outdated_stop(struct service *s);

/* The index has taken something. */
void outdated_stir(struct service *s);

/* Write the member `outdated`: notice, rev (that was sent), act (`update`,
 * `end`), count (of its readers), since. No content. */
void outdated_put(struct service *s, struct json_out *w);

#endif
