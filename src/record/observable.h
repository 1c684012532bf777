/* SPDX-License-Identifier: Apache-2.0
 *
 * Observables (schemas/lists/observable_type.json) in one form, so that the
 * same thing that two people write differently is found to be the same: names
 * of hosts in lower case, addresses in their shortest form, digests in lower
 * case, marks that keep a link from being clicked ("hxxp", "[.]") taken out.
 * Pure.
 */
#ifndef RECORD_OBSERVABLE_H
#define RECORD_OBSERVABLE_H

#include "base/arena.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/prefix.h"
#include "base/span.h"

#include <stdbool.h>

struct observable {
	struct span text; /* "domain:evil.example"; "" if it is of no use */
	struct span host; /* the name of a host in it, or "" */
	struct prefix net; /* an address or network in it, if has_net */
	bool has_net;
};

/* What is not of the form of its type, or of a type without one, is taken as it
 * stands, without blanks around it. In `a`. */
struct observable observable_make(struct span type, struct span value,
    struct arena *a);

/* The same of a value whose type nobody has said; "" if it looks like none. */
struct observable observable_guess(struct span value, struct arena *a);

/* What the body of a record says to have been seen: its members `observables`,
 * `observable` and `blind` (record/blind.h), each once, without what links nothing: what is marked as
 * harmless or was not seen, ports and numbers of networks, and addresses that
 * everybody has at home. Returns how many; spans in `a`. */
size_t observables_of(struct json_val body, struct arena *a,
    struct observable out[LIMIT_OBSERVABLES]);

#endif
