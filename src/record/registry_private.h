/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of a registry, shared by registry.c (which document counts),
 * registry_epoch.c (the same of epochs, and the keysets with them) and
 * registry_find.c (what the view answers). No other file includes this.
 */
#ifndef RECORD_REGISTRY_PRIVATE_H
#define RECORD_REGISTRY_PRIVATE_H

#include "base/limits.h"
#include "record/epoch.h"
#include "record/registry.h"

/* A document with what was parsed out of it, in memory of its own. */
struct held {
	struct arena arena;
	struct document doc;
	union {
		struct charter charter;
		struct register_doc reg;
		struct suspension suspension;
		struct keyset keyset;
		struct epoch epoch;
		struct designations designations;
	} u;
	struct digest signer; /* keyset: the identity that signed it */
	bool counts; /* an epoch: it is part of the view */
};

struct registry {
	struct digest root;
	struct arena pin_text;
	struct pin *pins;
	size_t pin_count;
	size_t refused; /* pins that refuse: mostly none */
	struct held *charters[LIMIT_CHARTERS]; /* a chain, ascending */
	size_t charter_count;
	struct held *reg;
	size_t reg_charter; /* index of the charter that `reg` stands under */
	struct held *keysets[LIMIT_TEAMS]; /* ascending by team */
	size_t keyset_count;
	struct keyset views[LIMIT_TEAMS]; /* the same with their epochs */
	struct arena view_mem;
	struct held *epochs[LIMIT_EPOCHS]; /* ascending by team, then tag */
	size_t epoch_count;
	struct held *parked[LIMIT_TEAMS]; /* signed by former identities */
	size_t parked_count;
	struct held *suspensions[LIMIT_TEAMS]; /* ascending by team */
	size_t suspension_count;
	struct held *designations; /* NULL: none yet */
	size_t designations_charter;
	struct registry_alarm alarms[REGISTRY_ALARMS];
	size_t alarm_count;
};

/* registry_epoch.c */
enum registry_result registry_offer_epoch(struct registry *r, struct held *h,
    struct fault *f);
/* After any change: the keysets as epochs extend them. */
void registry_make_views(struct registry *r);
void registry_held_free(struct held *h); /* accepts NULL */
void registry_alarm(struct registry *r, enum document_kind kind,
    uint64_t version, const struct digest *held, const struct digest *other,
    const char *text);

bool registry_pins_team(const struct registry *r, enum pin_verdict verdict,
    struct span team);
bool registry_pins_kid(const struct registry *r, enum pin_verdict verdict,
    const struct digest *kid);

/* Where `team` stands in a list ascending by team, or would. */
size_t registry_place(struct held *const *list, size_t n, struct span team);

#endif
