/* SPDX-License-Identifier: Apache-2.0
 *
 * Attachments: serving and fetching.
 */
#ifndef PEER_FETCH_H
#define PEER_FETCH_H

#include "peer/hub_inside.h"

/* BLOB_WANT: the answer waits for room, so that an attachment is in
 * nobody's way. ERR_LIMIT if the peer has asked too much at once. */
MUST enum err fetch_serve(struct hub *h, struct hub_link *l, struct span in);

/* BLOB: a piece that was asked for. Errors close the link. */
MUST enum err fetch_take(struct hub *h, struct hub_link *l, struct span in);

/* A link is gone: whoever was fetched from there is fetched elsewhere. */
void fetch_forget_link(struct hub *h, const struct hub_link *l);

/* Ask for pieces, give up on slow peers, finish. */
void fetch_step(struct hub *h);

/* Answer wants, as far as the queue has room. */
void fetch_pump(struct hub *h, struct hub_link *l);

/* When fetch_step has something to do again. */
struct mono fetch_wake(const struct hub *h);

/* Forget all; files that were begun stay for the next start. */
void fetch_release(struct hub *h);

#endif
