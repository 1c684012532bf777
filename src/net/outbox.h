/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames that wait to be written, in classes: within a class first in, first
 * out; between classes the lower number always first. Pure memory.
 */
#ifndef NET_OUTBOX_H
#define NET_OUTBOX_H

#include "base/buf.h"
#include "base/span.h"

enum { OUTBOX_CLASSES = 5 };

struct outbox_frame;

struct outbox {
	struct {
		struct outbox_frame *first, *last;
	} class[OUTBOX_CLASSES];
	size_t bytes; /* of all frames */
};

/* A zeroed outbox is empty and ready. Frees every frame. */
void outbox_release(struct outbox *o);

/* Add a copy of a frame, head and rest, at the end of its class (0 to
 * OUTBOX_CLASSES - 1). */
void outbox_put(struct outbox *o, unsigned class, struct span head,
    struct span rest);

/* Move whole frames to the end of `out` while it holds fewer than `most`
 * bytes; so one frame may reach beyond. `out` must have room for `most` and
 * the longest frame. */
void outbox_take(struct outbox *o, size_t most, struct buf *out);

#endif
