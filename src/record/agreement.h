/* SPDX-License-Identifier: Apache-2.0
 *
 * Agreements on handling between teams: the terms are a policy of IEP 2.0
 * (FIRST), named by its id. A team signs, or leaves, by a record of its own
 * log (a kind that `binds`) that holds the terms whole; two teams are bound
 * when both have signed the same terms, byte for byte, and neither has left.
 * Nobody owns an agreement, and nobody changes it: other terms are another one.
 * Pure.
 */
#ifndef RECORD_AGREEMENT_H
#define RECORD_AGREEMENT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/instant.h"
#include "base/json.h"
#include "crypto/hash.h"
#include "schema/tlp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A team's newest word on an agreement. */
struct agreement {
	struct span team;    /* whose word it is: agreement_parse leaves it */
	struct span id;      /* UUID, lower case */
	struct span name;
	struct span text;    /* of the terms, as it was signed */
	struct digest terms; /* of that text */
	enum tlp most;       /* nothing stricter goes by it */
	int64_t from_ms, until_ms; /* in force within [from, until) */
	bool left;
};

/* Read the body of a record of that kind. ERR_SCHEMA with the field in `f`.
 * Spans in `a` and in the text of the body. */
MUST enum err agreement_parse(struct json_val body, struct arena *a,
    struct agreement *out, struct fault *f);

/* Write terms from a policy of IEP 2.0 as another system has it (JSON object;
 * null is as good as absent). `id` is taken if the policy has none. ERR_SCHEMA
 * with the member in `f`: one that IEP 2.0 does not have, one without which
 * nothing binds (name, tlp), a value that is none. */
MUST enum err agreement_write(struct json_val policy, const char *id,
    struct arena *a, struct json_out *w, struct fault *f);

/* What binds two teams; the greater is the more. */
enum agreement_bond {
	AGREEMENT_NONE,          /* nothing that the other team has signed,
	                          * or none has */
	AGREEMENT_UNSIGNED_HERE, /* signed by the other team alone */
	AGREEMENT_LEFT,          /* the other team has left it */
	AGREEMENT_OTHER_TERMS,   /* under one id each signed a text of its own */
	AGREEMENT_OVER,          /* not in force on this day */
	AGREEMENT_LABEL,         /* it ends at a lower label */
	AGREEMENT_BOUND
};

/* The newest word of each team on each agreement, in any order. */
struct agreements {
	const struct agreement *at;
	size_t n;
};

/* How far are `own` and `team` bound for something of this label? `which` (may
 * be NULL) gets the word of `team`, or else of `own`, that says most; NULL if
 * there is none. */
enum agreement_bond agreements_bond(const struct agreements *v,
    struct span own, struct span team, enum tlp label, struct wall now,
    const struct agreement **which);

/* The word of `team` on agreement `id`; NULL if it has said none. */
const struct agreement *agreements_find(const struct agreements *v,
    struct span team, struct span id);

#endif
