/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows of config.def as data, for config.c (reading) and config_print.c
 * (writing). Included by these two files only.
 */
#ifndef NODE_CONFIG_OPTION_H
#define NODE_CONFIG_OPTION_H

#include "node/config.h"

#include <stddef.h>
#include <stdint.h>

enum option_type {
	OPTION_TEXT,
	OPTION_WORD,
	OPTION_NUMBER,
	OPTION_SWITCH,
	OPTION_LIST,
	OPTION_MAP
};

enum option_need {
	OPTION_TEAM,
	OPTION_OPTIONAL,
	OPTION_PATH,
	OPTION_ADDRESS,
	OPTION_LADDER
};

struct option {
	const char *name;
	enum option_type type;
	size_t at;             /* of the member in struct config */
	enum option_need need; /* TEXT; of what a MAP is */
	const char *text;      /* default of TEXT and WORD */
	const char *words;     /* WORD */
	uint32_t number;       /* default of NUMBER and SWITCH */
	uint32_t least;        /* NUMBER */
	uint32_t most;         /* NUMBER; bytes of TEXT; items of LIST, MAP */
	uint32_t most_bytes;   /* of an item */
	const char *help;
};

extern const struct option options[];
extern const size_t options_count;

/* The member of `c` that belongs to `o`. */
static inline void *
option_at(struct config *c, const struct option *o)
{
	return (char *)c + o->at;
}

static inline const void *
option_in(const struct config *c, const struct option *o)
{
	return (const char *)c + o->at;
}

#endif
