/* SPDX-License-Identifier: Apache-2.0
 *
 * Cosignatures (c2sp.org/tlog-cosignature, type 0x04): u64be time followed by
 * Ed25519 over "cosignature/v1" LF "time <decimal>" LF and the checkpoint
 * text. A heartbeat is a node's cosignature on its own newest checkpoint: at
 * that time nothing newer existed.
 */
#ifndef LEDGER_COSIGNATURE_H
#define LEDGER_COSIGNATURE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "crypto/sign.h"
#include "ledger/note.h"

#include <stdbool.h>
#include <stdint.h>

enum { COSIGNATURE_BYTES = 72 };

/* The bytes that are signed. `text` is the checkpoint text alone, without
 * the empty line and without signature lines. */
void cosignature_write_message(struct span text, uint64_t time_s,
    struct buf *out);

/* Cosign `text` at `time_s` (seconds of POSIX time). */
void cosignature_make(const struct sign_secret *key, struct span text,
    uint64_t time_s, unsigned char out[COSIGNATURE_BYTES]);

bool cosignature_check(const struct sign_public *key, struct span text,
    const unsigned char sig[COSIGNATURE_BYTES]);

/* The time that a cosignature states. */
uint64_t cosignature_time(const unsigned char sig[COSIGNATURE_BYTES]);

/* Read a line (with its LF) and verify it by `key` over `text`. ERR_SYNTAX,
 * ERR_CANONICAL, ERR_KEY (it is by another key, or `key` is none of type
 * 0x04) or ERR_SIGNATURE. */
MUST enum err cosignature_line_check(struct span line,
    const struct note_key *key, struct span text, uint64_t *time_s,
    struct fault *f);

#endif
