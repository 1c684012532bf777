/* SPDX-License-Identifier: Apache-2.0
 *
 * Whole messages over a stream socket between two of our processes: a u32
 * big-endian length, then the bytes. Blocks, with an end to its patience.
 * The two take turns: a message is sent when the one before was read whole.
 */
#ifndef NODE_PARCEL_H
#define NODE_PARCEL_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

/* Within `wait_ms` in all (0: for ever): ERR_TIMEOUT, ERR_CLOSED, ERR_IO. */
MUST enum err parcel_send(int fd, struct span body, unsigned wait_ms);

/* Append the next message to `out`, whose room bounds it: ERR_LIMIT. Memory
 * is taken once, for the whole message. ERR_CLOSED only between messages,
 * ERR_IO within one. */
MUST enum err parcel_receive(int fd, unsigned wait_ms, struct buf *out);

#endif
