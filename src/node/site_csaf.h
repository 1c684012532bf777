/* SPDX-License-Identifier: Apache-2.0
 *
 * The site as a CSAF 2.0 trusted provider: the own team's notices that feeds
 * may carry, each with its digests and an OpenPGP signature, and the lists by
 * which they are found. Documents of other teams are theirs to provide. Also
 * signs those texts of the site that people check with gpg.
 */
#ifndef NODE_SITE_CSAF_H
#define NODE_SITE_CSAF_H

#include "crypto/sign.h"
#include "site/files.h"
#include "site/pages.h"

struct site_csaf;

/* Have `n` digests signed, and say by which key; `n` 0 asks for the key. */
typedef enum err site_csaf_sign_fn(void *ctx, const struct digest *d,
    size_t n, struct sign_public *key, unsigned char (*sig)[SIGN_BYTES]);

/* All is borrowed. */
struct site_csaf *site_csaf_create(const struct site_about *about,
    const struct schema *schema, struct files *files, site_csaf_sign_fn *sign,
    void *ctx);
void site_csaf_free(struct site_csaf *c); /* accepts NULL */

/* Where the document of a notice is, below the root: in `out`. False if it has
 * none. */
enum { SITE_CSAF_PATH = 160 };
bool site_csaf_place(const struct site_csaf *c, const struct site_notice *n,
    char out[SITE_CSAF_PATH]);

/* Write what a notice says, and its digests; its signature follows with those
 * of others, at the latest at the end. ERR_SCHEMA, ERR_LIMIT: it cannot be
 * said in CSAF, and nothing was written. */
MUST enum err site_csaf_notice(struct site_csaf *c,
    const struct site_notice *n);

/* The notice `id` may no longer be shown. */
MUST enum err site_csaf_gone(struct site_csaf *c, const char *id);

/* What waits is signed and written; then the lists of all `n` notices. */
MUST enum err site_csaf_end(struct site_csaf *c,
    const struct site_notice *const *notice, size_t n, int64_t now_s);

/* A text of the site, signed in the clear as of `at_s`. */
MUST enum err site_csaf_text(struct site_csaf *c, const char *path,
    struct span text, int64_t at_s);

/* Ask for the key anew: it may be another after a change of keys. */
MUST enum err site_csaf_again(struct site_csaf *c);

#endif
