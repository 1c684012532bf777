/* SPDX-License-Identifier: Apache-2.0
 *
 * What a backup says of itself: the JSON at its beginning and the signed one at
 * its end (store/archive.h). doc/backup.md.
 */
#ifndef RECORD_BACKUP_H
#define RECORD_BACKUP_H

#include "base/limits.h"
#include "crypto/jwk.h"
#include "record/document.h"

#define BACKUP_TYP "almenara-backup+jws"

struct backup_head {
	bool is_keys;        /* the keyring alone; else the store */
	struct span team;
	struct span node;
	struct span log;     /* its own log when it was made */
	struct span private_log;
	struct jwk signer;   /* public key of the private log */
	int64_t made_s;
	uint64_t layout;     /* of the rows: STORE_LAYOUT of store/copy.h */
	const struct digest *keys; /* thumbprints of the node's keys */
	size_t key_n;
};

/* Append the JSON. */
void backup_head_write(const struct backup_head *h, struct buf *out);

/* ERR_SYNTAX, ERR_SCHEMA, ERR_UNSUPPORTED (another version), ERR_LIMIT. Spans
 * live in `a`. */
MUST enum err backup_head_parse(struct span json, struct arena *a,
    struct backup_head *out, struct fault *f);

/* The end: the digest of all that came before it, and how many damaged rows
 * were left out. */
struct backup_end {
	struct digest digest;
	uint64_t left_out;
};

/* The payload of the JWS. */
void backup_end_write(const struct backup_end *e, struct buf *out);

/* The JWS, signed by `signer`: ERR_SIGNATURE if not, else as its parts. */
MUST enum err backup_end_parse(struct span jws,
    const struct sign_public *signer, struct backup_end *out,
    struct fault *f);

#endif
