/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is connected, counted by address: an IPv4 address, or the /64 that one
 * customer of IPv6 has. No more than the count is kept, and that no longer
 * than the connections. Pure.
 */
#ifndef WEB_CROWD_H
#define WEB_CROWD_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sockaddr;

/* An address as a key: 0 is none. */
typedef uint64_t crowd_key;

/* The key of a peer's address: of IPv6 with IPv4 in it that of the IPv4. 0 for
 * another family. */
crowd_key crowd_key_of(const struct sockaddr *sa);

struct crowd;

/* Counts up to `most` connections at once, all together. Caller frees. */
struct crowd *crowd_create(size_t most);
void crowd_free(struct crowd *c); /* accepts NULL */

/* One more of `key`, unless there are `each_most` of it, or `most` of all:
 * false, and nothing is counted. Key 0 is not limited by itself. */
bool crowd_enter(struct crowd *c, crowd_key key, size_t each_most);
void crowd_leave(struct crowd *c, crowd_key key);

size_t crowd_of(const struct crowd *c, crowd_key key);
size_t crowd_all(const struct crowd *c);

#endif
