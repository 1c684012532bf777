/* SPDX-License-Identifier: Apache-2.0
 *
 * Answering what peers want; sending what is owed.
 */
#ifndef PEER_SERVE_H
#define PEER_SERVE_H

#include "peer/hub_inside.h"

/* RECORDS_WANT. Errors close the link. */
enum err serve_records(struct hub *h, struct hub_link *l, struct span in);

/* TILE_WANT. Errors close the link. */
enum err serve_tile(struct hub *h, struct hub_link *l, struct span in);

/* BODY_WANT: each is answered, by BODY or BODY_NONE. Errors close the link. */
enum err serve_body(struct hub *h, struct hub_link *l, struct span in);

/* Send the peer what it is owed of the own log, as far as its window and
 * the queue have room. */
void serve_pump(struct hub *h, struct hub_peer *p);

/* Records from `first` to the newest checkpoint of a log, with it; the
 * checkpoint alone if the gap is large. */
void serve_push(struct hub *h, struct hub_link *l, struct hub_log *log,
    uint64_t first, bool witness);

/* May the peer have the body of this entry, and is it here? */
bool serve_may_have(struct hub *h, const struct hub_peer *p,
    struct hub_log *log, uint64_t index);

#endif
