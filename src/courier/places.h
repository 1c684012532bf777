/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a page may be sent: addresses of the inside (loopback, private,
 * link-local and the like) are refused, so that whoever can enter a webhook's
 * address cannot make this machine speak to its neighbours, unless the
 * configuration names their network. What is checked is the address that the
 * socket is opened to, not the name. Pure.
 */
#ifndef COURIER_PLACES_H
#define COURIER_PLACES_H

#include "base/prefix.h"

#include <stdbool.h>
#include <sys/socket.h>

enum { PLACES_MAX = 16 };

struct places {
	struct prefix at[PLACES_MAX];
	size_t n;
};

/* Is it in one of the networks that were named? */
bool places_have(const struct places *p, const struct sockaddr *sa);

/* Is it an address of the inside, or none to which anything can be sent? */
bool places_is_inside(const struct sockaddr *sa);

#endif
