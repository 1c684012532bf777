/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of a site's files and its signature. `manifest.txt` has a line for
 * each file, as sha256sum(1) writes and checks them; `manifest.jws` is a JWS by
 * an entry key of the team over
 *
 *	{"kind":"site","v":1,"team":T,"at":S,"files":N,"manifest":H,"key":JWK}
 *
 * with H the SHA-256 of manifest.txt in hexadecimal. Whoever knows the key, or
 * the network's documents, can check any copy. Pure.
 */
#ifndef SITE_MANIFEST_H
#define SITE_MANIFEST_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "crypto/hash.h"
#include "crypto/jwk.h"
#include "crypto/jws.h"

#include <stdbool.h>
#include <stdint.h>

#define MANIFEST_LIST "manifest.txt"
#define MANIFEST_SIGNED "manifest.jws"
#define MANIFEST_TYP "almenara-site+jws"

/* Does it stand beside what is listed: the list, its signature, and their
 * compressed forms? */
bool manifest_is_beside(const char *path);

/* One line. */
void manifest_put(struct buf *out, const struct digest *d, const char *path);

/* Read the next line of `*rest`, and pass over it. The path is harmless: not
 * absolute, without "..", "//", hidden names but ".well-known", or anything
 * else that no site has. ERR_NOT_FOUND at the end, ERR_SYNTAX. */
MUST enum err manifest_next(struct span *rest, struct digest *d,
    struct span *path);

struct manifest {
	struct span team;
	int64_t at_s;
	uint64_t files;
	struct digest list;
	struct jwk key;
	struct kid kid;
};

void manifest_write(const struct manifest *m, struct buf *out);

/* Take the signed statement apart, and check that the key it names has signed
 * it. That this key is the team's is the caller's to know. ERR_SYNTAX,
 * ERR_SCHEMA, ERR_KEY, ERR_SIGNATURE. Spans in `a`. */
MUST enum err manifest_parse(struct span jws, struct arena *a,
    struct manifest *out, struct fault *f);

#endif
