/* SPDX-License-Identifier: Apache-2.0
 *
 * almenarad.conf, checked against the rows of node/config.def and nothing
 * else. A line is a name and its values, "#" begins a comment:
 *
 *	team ve
 *	listen "0.0.0.0:6800" "[::]:6800"	# lists take several
 *	peers {
 *		co 192.0.2.1:6800
 *	}
 *
 * A value with blanks, quotes, braces or "#" stands in quotes, where a
 * backslash makes the next quote or backslash plain. There is no include and
 * no variable: what the file says is what is used.
 */
#ifndef NODE_CONFIG_H
#define NODE_CONFIG_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

struct config_list {
	char **items; /* NUL-ended */
	size_t n;
};

struct config_map {
	char **keys; /* NUL-ended, sorted */
	char **values;
	size_t n;
};

/* One member per row of config.def; NUMBERs in the unit of their name. */
struct config {
	char *file; /* where it was read from */
#define TEXT(name, need, value, most, help) char *name;
#define WORD(name, value, words, help) char *name; /* one of the words */
#define NUMBER(name, value, least, most, help) uint32_t name;
#define SWITCH(name, value, help) bool name;
#define LIST(name, most, most_bytes, help) struct config_list name;
#define MAP(name, of, most, most_bytes, help) struct config_map name;
#include "node/config.def"
#undef TEXT
#undef WORD
#undef NUMBER
#undef SWITCH
#undef LIST
#undef MAP
};

/* Parse `text`; `file` is the name used in messages. All faults, not only the
 * first, are appended to `faults` as lines
 *	almenarad.conf:12: heartbeat_s: 900 is not within 1 to 300
 * ERR_CONFIG if there is any; then `out` is untouched. */
MUST enum err config_parse(struct span text, const char *file,
    struct config *out, struct buf *faults);

/* Read and parse a file. ERR_NOT_FOUND or ERR_IO with a line in `faults`;
 * ERR_LIMIT over LIMIT_CONFIG. */
MUST enum err config_read(const char *path, struct config *out,
    struct buf *faults);

/* The same from an open file; `path` is for messages. `fd` stays open. */
MUST enum err config_read_fd(int fd, const char *path, struct config *out,
    struct buf *faults);

/* Where the sharing rules lie: `rules`, or beside the configuration. */
const char *config_rules_path(const struct config *c, struct arena *a);

/* Accepts a zeroed config. */
void config_release(struct config *c);

/* The whole configuration in canonical form, defaults included; parses back
 * to the same. */
void config_print(const struct config *c, struct buf *out);

/* A sample file with every option, its help and default, commented out. */
void config_write_sample(struct buf *out);

/* The list of options for almenarad.conf.5, in mdoc. */
void config_write_manual(struct buf *out);

/* The value given for `key`, or NULL. */
const char *config_map_find(const struct config_map *m, const char *key);

#endif
