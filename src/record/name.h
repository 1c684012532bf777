/* SPDX-License-Identifier: Apache-2.0
 *
 * Names: domain (fixed once in the charter), team id, log origin
 * "<domain>/log/<team>/<tag>" and node name "<domain>/node/<team>[-<n>]".
 * ASCII, no blank, no '+' (signed notes use both as separators).
 */
#ifndef RECORD_NAME_H
#define RECORD_NAME_H

#include "base/buf.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

/* Lower-case host name of at least two labels, at most LIMIT_DOMAIN bytes. */
bool name_is_domain(struct span s);

/* [a-z0-9-]{2,32}. */
bool name_is_team(struct span s);

/* A lower-case word [a-z0-9-]{1,32}: roles of a team. */
bool name_is_word(struct span s);

/* Two upper-case letters (ISO 3166-1 alpha-2). */
bool name_is_state(struct span s);

/* Printable UTF-8 without control characters, 1 to `max` bytes. */
bool name_is_line(struct span s, size_t max);

/* "<host>:<port>"; an IPv6 host stands in brackets; port 1..65535. */
bool name_is_address(struct span s);

/* Is `s` a log origin of `team` under `domain` with a tag of 8 lower-case hex
 * digits? */
bool name_is_log(struct span s, struct span domain, struct span team);

/* Is `s` a node name of `team` under `domain`? n is 1..999, no leading 0. */
bool name_is_node(struct span s, struct span domain, struct span team);

/* Does `s` end in "-<n>", so that it could be the node of a team `s`[0..stem)?
 * A register refuses a team of that form beside that other team, or one node
 * name would belong to two. */
bool name_is_numbered(struct span s, size_t *stem);

/* The team in a log origin; an empty span if `s` has not that form. A node
 * name does not tell its team from its number: look it up. */
struct span name_log_team(struct span s);

void name_put_log(struct buf *out, struct span domain, struct span team,
    uint32_t tag);

/* number 0 = no suffix. */
void name_put_node(struct buf *out, struct span domain, struct span team,
    unsigned number);

#endif
