/* SPDX-License-Identifier: Apache-2.0
 *
 * Founding a network: a team makes its keyset and a team card; the
 * authorities make charter and register out of the cards. Pure: secrets come
 * in as keys, documents go out as bytes.
 */
#ifndef RECORD_NETWORK_H
#define RECORD_NETWORK_H

#include "record/designation.h"
#include "record/keyset.h"
#include "record/register.h"

/* What a team hands to the authorities, by a way they trust. The file is JSON
 * {"team","state","name","identity","keyset"}; identity is a public JWK and
 * keyset the signed document. */
struct team_card {
	struct span team;
	struct span state;
	struct span name; /* for people, one line */
	struct jwk identity;
	struct span keyset; /* document bytes */
};

/* `a` holds what `out` points to, `bytes` must outlive it. The keyset is
 * checked against the identity; ERR_SIGNATURE if it is not signed by it. */
MUST enum err team_card_parse(struct span bytes, struct arena *a,
    struct team_card *out, struct fault *f);
void team_card_write(const struct team_card *card, struct buf *out);

/* The domain in the name of a keyset's first log, where no charter is at hand to
 * say it; empty if it has none, and for other kinds. */
struct span keyset_domain(const struct document *d);

struct network_holder {
	struct span name;
	const struct jwk *secret; /* authority key with its secret part */
};

struct network_plan {
	struct span domain;
	const struct network_holder *holders;
	size_t holder_count;
	unsigned k_charter;
	unsigned k_register;
	unsigned k_suspend;
	const struct team_card *cards; /* any order */
	size_t card_count;
	int64_t charter_expires_s;
	int64_t register_expires_s;
};

/* Write charter version 1 and register version 1, signed by all holders; the
 * charter's payload hash is what every node pins. Both outputs are untouched
 * on failure: ERR_SCHEMA, ERR_LIMIT, ERR_KEY, ERR_EXISTS (a team twice). */
MUST enum err network_make(const struct network_plan *plan, struct buf *charter,
    struct buf *register_doc, struct digest *charter_hash, struct fault *f);

/* Designations version 1 for the same teams and holders, all by one founding
 * act; their own instruments take its place later. Needs the charter's hash. */
MUST enum err network_designate(const struct network_plan *plan,
    const struct digest *charter, const struct designation *act,
    struct buf *out, struct fault *f);

/* The public keys of one node of one log, for a first keyset. */
struct node_plan {
	struct span domain;
	struct span team;
	struct span node;   /* its name */
	struct span origin; /* of its log */
	struct span vkey;   /* of the log key, note type 0x01 */
	const struct span *addrs;
	size_t addr_count;
	const struct jwk *entry;
	const struct jwk *cosign;
	const struct jwk *const *enc; /* one or more */
	size_t enc_count;
	const struct jwk *tls;
	const struct jwk *intake; /* NULL: takes no public reports */
};

/* Append the keyset document, version 1, signed by the identity secret. It is
 * parsed and checked again before it is given out. */
MUST enum err node_make(const struct node_plan *plan,
    const struct jwk *identity_secret, struct buf *out, struct fault *f);

#endif
