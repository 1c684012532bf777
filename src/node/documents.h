/* SPDX-License-Identifier: Apache-2.0
 *
 * The documents folder: `root` is a text file with the payload hash of the
 * charter that this node trusts (43 characters of base64url), `pins` (may be
 * absent) are lines "accept|refuse team|key NAME", and every *.json is a
 * register document to start from.
 */
#ifndef NODE_DOCUMENTS_H
#define NODE_DOCUMENTS_H

#include "base/err.h"
#include "base/instant.h"
#include "peer/hub.h"
#include "record/registry.h"
#include "store/store.h"

/* A registry that trusts the folder's root and pins and holds the documents of
 * the store. ERR_NOT_FOUND or ERR_SYNTAX with a sentence in `f`, errors of the
 * store. Caller frees. */
MUST enum err documents_open(const char *folder, struct store *store,
    struct registry **out, struct fault *f);

/* The pins of the folder, in memory of `a`. ERR_SYNTAX, ERR_LIMIT, ERR_IO. */
MUST enum err documents_pins(const char *folder, struct arena *a,
    struct pin **out, size_t *count, struct fault *f);

/* Offer every *.json of the folder to the hub, again and again until none is
 * accepted any more, then, if one was, what the store has and the registry had
 * no use for before. Refused ones of the folder are logged. Returns how many
 * were taken. */
unsigned documents_offer(const char *folder, struct store *store,
    struct hub *hub, struct now now);

/* `root`, `pins` and every *.json as they are now; spans live during the call.
 * Stops when `fn` is false. ERR_NOT_FOUND (no root), ERR_IO, ERR_LIMIT. */
typedef bool documents_fn(void *ctx, const char *name, struct span bytes);
MUST enum err documents_read(const char *folder, documents_fn *fn, void *ctx);

#endif
