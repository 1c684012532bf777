/* SPDX-License-Identifier: Apache-2.0
 *
 * CSAF 2.0, the other way: a notice of the own team that everybody may read
 * becomes an advisory for machines. It is written in the notice's own language
 * and always gives the same bytes. What is written is put to the mandatory
 * tests of csaf.h before it is handed out, and read again by csaf_import it
 * says the same. Pure.
 */
#ifndef GATEWAYS_CSAF_OUT_H
#define GATEWAYS_CSAF_OUT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "schema/kind.h"

#include <stddef.h>
#include <stdint.h>

struct csaf_out {
	const struct schema *schema;
	const struct kind *kind;
	struct json_val body;
	const char *id;        /* document.tracking.id */
	const char *publisher; /* its name */
	const char *namespace; /* its address, as a URL */
	const char *contact;   /* "" if there is none */
	const char *self;      /* where the document will be */
	const char *page;      /* the notice for people */
	const int64_t *at_s;   /* when each revision was issued, oldest first */
	size_t revisions;      /* at least 1: the last is this one */
};

/* Append the document. ERR_SCHEMA: what was written breaks a rule of CSAF, in
 * `f` (may be NULL). ERR_LIMIT: it does not fit. `out` is then to be thrown
 * away. */
MUST enum err csaf_write(const struct csaf_out *n, struct arena *a,
    struct buf *out, struct fault *f);

#endif
