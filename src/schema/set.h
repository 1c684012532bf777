/* SPDX-License-Identifier: Apache-2.0
 *
 * What schema_load fills, for the files of this folder only.
 */
#ifndef SCHEMA_SET_H
#define SCHEMA_SET_H

#include "base/arena.h"
#include "schema/kind.h"
#include "schema/tlp.h"

/* A floor raises a level when all that it names is so. */
struct level_floor {
	unsigned states_down; /* 0: does not look at it */
	double cvss;          /* 0: does not look at it */
	bool exploited;
	int level;
};

enum { LEVEL_FLOORS_MAX = 32 };

struct levels {
	struct level at[LEVEL_MAX];
	const struct choices *severity, *urgency, *certainty;
	struct level_floor floor[LEVEL_FLOORS_MAX];
	size_t floor_count;
};

struct word_row {
	const char *id;
	struct names names;
};

struct tlp_row {
	struct names names, rule;
};

struct schema {
	struct arena mem; /* holds everything below */
	struct kind *kind;
	size_t kind_count;
	struct choices *list;
	size_t list_count;
	struct levels levels;
	struct tlp_row tlp[TLP_COUNT];
	struct word_row *word;
	size_t word_count;
};

/* What is being read, for places in faults. */
struct load {
	const struct embed_set *files;
	struct schema *s;
	struct arena tmp;
	struct fault *f;
	const char *file;
};

/* ERR_SCHEMA at `v` of the present file. `what` names the thing, "" if none. */
MUST enum err load_refuse(const struct load *ld, struct json_val v,
    const char *what, const char *rule);

/* Parse the file into ld->tmp and make it the present one. */
MUST enum err load_open(struct load *ld, const struct embed *file,
    struct json_val *out);

/* Members en, es, pt, fr of `v`. */
MUST enum err load_names(struct load *ld, struct json_val v, const char *what,
    struct names *out);

/* A required string member, copied. */
MUST enum err load_string(struct load *ld, struct json_val v, const char *key,
    const char **out);

/* ERR_SCHEMA if `v` has a member that is not in the NULL-ended list. */
MUST enum err load_only(struct load *ld, struct json_val v, const char *what,
    const char *const *known);

/* Values of an array of {value, weight?, en, es, pt, fr}. */
MUST enum err load_choices(struct load *ld, struct json_val array,
    const char *name, struct choices *out);

/* The parts of schema_load that live in other files. */
MUST enum err load_kind(struct load *ld, const struct embed *file,
    struct kind *out);
MUST enum err load_life(struct load *ld, struct json_val v, struct kind *k);
MUST enum err load_levels(struct load *ld, const struct embed *file);

#endif
