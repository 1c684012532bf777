/* SPDX-License-Identifier: Apache-2.0
 *
 * How far a document has come: its embargo, its release, who passed it on to
 * whom, and every team that can read it, all from the logs.
 */
#ifndef NODE_REACH_H
#define NODE_REACH_H

#include "node/command.h"

/* Write the member `embargo` {until, then, state, released?, early?}, if it
 * has or had one. `state`: waiting; paused (the clock is not trusted); due
 * (its time has come); dark (and its origin is silent); released. */
void reach_put_embargo(struct call *c, const struct record *r);

/* Write `handling`, how it may be handled now, `embargo` and `copies`. */
void reach_put(struct call *c, const struct index_row *row,
    const struct record *r);

/* Write the member `readers`: every team to whom a revision, a release or a
 * copy was sealed: team, by, how (original, release, reshare), tlp, state
 * (sent, stored; unknown for logs of others). An open one has team "". */
void reach_put_readers(struct call *c, const struct index_row *row);

/* Write the member teams: to whom the record went and by whom, what receipts
 * say of it and what was answered. */
void reach_put_teams(struct call *c, const struct index_row *row);

#endif
