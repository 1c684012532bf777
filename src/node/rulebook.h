/* SPDX-License-Identifier: Apache-2.0
 *
 * The sharing rules in force at this node: read at the start and at SIGHUP,
 * kept when a newer file has a mistake, and written into the private log when
 * they change, so that years later a decision can be held against the very
 * text it cites. Without rules nothing is shared.
 */
#ifndef NODE_RULEBOOK_H
#define NODE_RULEBOOK_H

#include "rules/rules.h"

struct call;
struct service;

struct rulebook {
	struct arena mem;
	const struct rules *rules; /* NULL: nothing is shared */
	char refused[640]; /* "file:line:column: rule" of a newer file with a
	                    * mistake; "" if what is there is in force */
	struct call *waiting; /* for the next rulebook_take */
};

/* At the start, before the sandbox. If the file has a mistake, the last good
 * text is taken from the state folder. */
void rulebook_open(struct service *s);

/* The file as the parent opened it; -1: there is none, so nothing is shared
 * from now on. A file with a mistake changes nothing but `refused`. */
void rulebook_take(struct service *s, int fd);

void rulebook_close(struct rulebook *b);

/* Where the file lies, by the newest configuration; in `a`. */
const char *rulebook_path(const struct service *s, struct arena *a);

#endif
