/* SPDX-License-Identifier: Apache-2.0
 *
 * Receipts, cosignatures and heartbeats, both ways.
 */
#ifndef PEER_RECEIPTS_H
#define PEER_RECEIPTS_H

#include "peer/hub_inside.h"

/* RECEIPT: verified, and given to gather.c or receipts_keep. Errors close
 * the link. */
enum err receipts_take(struct hub *h, struct hub_link *l, struct span in);

/* COSIGNATURE of an own checkpoint. Errors close the link. */
enum err receipts_take_cosignature(struct hub *h, struct hub_link *l,
    struct span in);

/* HEARTBEAT: liveness, and what the peer owes. Errors close the link. */
enum err receipts_take_heartbeat(struct hub *h, struct hub_link *l,
    struct span in);

/* Write down one that was verified. One that does not follow is told of in
 * the next HELLO again. */
void receipts_keep(struct hub *h, struct hub_peer *p, uint64_t seq,
    struct span jws, const struct receipt *r);

/* Step 2: what will be cosigned. */
void receipts_mark(struct hub *h);

/* In the turn's arena. */
struct receipts_plan;

/* Jobs of step 3, from jobs[first] on, below `max`: own checkpoints, then
 * cosignatures, receipts and a heartbeat. `out_n`: how many jobs there are
 * then. */
struct receipts_plan *receipts_plan(struct hub *h, struct keeper_job *jobs,
    size_t first, size_t max, size_t *out_n);

/* What became of those jobs: frames, rows, checkpoints. */
void receipts_done(struct hub *h, struct receipts_plan *plan,
    struct keeper_job *jobs);

/* The origin holds `held` of our receipts, the last with SHA-256 `last`. It
 * gets those that it lacks; if it holds more than are here (we crashed
 * before they were written down), or others, our chain goes on behind its. */
void receipts_resend(struct hub *h, struct hub_link *l, struct hub_log *log,
    uint64_t held, const struct digest *last);

/* What the peer still owes of a log, into the transaction. */
void receipts_save_board(struct hub *h, const struct hub_log *log,
    const struct hub_peer *p, const struct ranges *due);

/* `of`: the size it speaks of if it is theirs, 0 if it is ours. */
MUST enum err receipts_put(struct hub *h, const struct hub_log *l,
    struct span team, uint64_t of, uint64_t seq, struct span jws);

/* The indices that a receipt for a log says are held, of those in `open` and
 * what it lists. Added to `out`. */
void receipts_held(const struct receipt *r, const struct ranges *open,
    struct ranges *out);

/* What of a mirror is not receipted yet, as a mark that a crash may take. */
void receipts_save_fresh(struct hub *h, struct hub_log *l);

/* When the next receipt, cosignature or heartbeat is due. */
struct mono receipts_wake(const struct hub *h);

#endif
