/* SPDX-License-Identifier: Apache-2.0
 *
 * A batch of jobs for the keeper and its results, as bytes for the socket
 * pair between node and keeper process. All integers big-endian.
 * Jobs: u32 count; each u8 what, u8 key, u8-length typ, 32 want, u64 time,
 * u32 most bytes of output, u32-length input, u32-length `with`.
 * Results: u32 count; each u16 error, u32-length output (empty on error).
 */
#ifndef CRYPTO_KEEPER_WIRE_H
#define CRYPTO_KEEPER_WIRE_H

#include "base/arena.h"
#include "crypto/keeper.h"

/* How many of the first jobs fit into one batch; 0 if not even the first. */
size_t keeper_wire_fit(const struct keeper_job *jobs, size_t n);

/* Append a batch. ERR_LIMIT if keeper_wire_fit is below `n`. */
MUST enum err keeper_wire_write_jobs(const struct keeper_job *jobs, size_t n,
    struct buf *out);

/* Read a batch: jobs and texts in `a`, inputs borrowed from `in`, outputs
 * initialised (the caller releases each job's `out`). ERR_SYNTAX, ERR_LIMIT;
 * `out_jobs` is untouched on failure. */
MUST enum err keeper_wire_parse_jobs(struct span in, struct arena *a,
    struct keeper_job **out_jobs, size_t *out_n, struct fault *f);

/* Append the results of `n` jobs. ERR_LIMIT. */
MUST enum err keeper_wire_write_results(const struct keeper_job *jobs,
    size_t n, struct buf *out);

/* Put the results into the `n` jobs that were sent (result, and out filled).
 * ERR_SYNTAX if they are not the results of `n` jobs, ERR_LIMIT if one is
 * longer than its job allowed; then no job is touched. */
MUST enum err keeper_wire_parse_results(struct span in,
    struct keeper_job *jobs, size_t n, struct fault *f);

#endif
