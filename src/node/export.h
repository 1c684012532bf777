/* SPDX-License-Identifier: Apache-2.0
 *
 * An entry with what proves it to others: the signed text, its place in the
 * log by a C2SP tlog-proof, and how many others have cosigned.
 */
#ifndef NODE_EXPORT_H
#define NODE_EXPORT_H

#include "node/command.h"

enum { EXPORT_WITNESSES = 3 }; /* others whose cosignature a proof should bear */

struct export {
	struct record record; /* as call_read gave it, by the caller's way out */
	struct index_row row;
	struct span origin;
	struct span proof;
	struct span note;
	size_t witnesses;
};

/* Make the proof of `row`; `x->record` was read before. All of it in the
 * memory of the call. ERR_NOT_FOUND if no checkpoint covers it yet,
 * ERR_DAMAGED, ERR_IO. */
MUST enum err export_make(struct call *c, const struct index_row *row,
    struct export *x);

/* The members jws, proof, checkpoint, origin, index, digest, witnesses. */
void export_write(struct call *c, const struct export *x);

#endif
