/* SPDX-License-Identifier: Apache-2.0
 *
 * Whom does a notice concern? What its text names (sectors, products,
 * observables) against what an organisation has (sector, products, domains,
 * networks; schemas/kinds/constituent.json). Pure.
 */
#ifndef RECORD_CONCERN_H
#define RECORD_CONCERN_H

#include "base/arena.h"
#include "base/json.h"
#include "base/prefix.h"
#include "base/span.h"

#include <stdbool.h>

enum concern_why {
	CONCERN_PRODUCT = 1,
	CONCERN_DOMAIN = 2,
	CONCERN_PREFIX = 4,
	CONCERN_SECTOR = 8,
	CONCERN_EARLIER = 16 /* it was told of an earlier revision */
};

enum { CONCERN_WHYS = 5, CONCERN_MOST = 1024 };

struct concern_product {
	struct span words; /* of vendor, family and name, in lower case */
	struct span cpe;   /* "vendor:product:version", in lower case; "" */
	struct span purl;  /* without version; "" */
};

/* All in the arena of concern_make; what is more than CONCERN_MOST of a kind is
 * left out. */
struct concern {
	struct span *sector;
	size_t sector_n;
	struct concern_product *product;
	size_t product_n;
	struct span *host;
	size_t host_n;
	struct prefix *net;
	size_t net_n;
};

/* What the body of a notice names. Observables that it calls harmless are not
 * looked at. */
void concern_make(struct json_val body, struct arena *a, struct concern *out);

/* Why it concerns the organisation: a set of concern_why; 0: it does not. A
 * sector concerns those below and above it; a product by CPE (versions that
 * both say must be equal), by package URL, or by its words, all of which must
 * stand in what the notice names. `a` is for the work alone. */
unsigned concern_match(const struct concern *c, struct json_val constituent,
    struct arena *a);

/* "product", the stable word of one reason. */
const char *concern_word(enum concern_why why);

#endif
