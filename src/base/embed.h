/* SPDX-License-Identifier: Apache-2.0
 *
 * Files carried inside the program: tools/embed.c turns a folder into a C
 * source that defines one `struct embed_set`, so the programs need no data
 * files at run time and a file added to the folder is in the next build.
 */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

#include "base/span.h"

struct embed {
	const char *name;       /* path below the folder: "kinds/warning.json" */
	const unsigned char *p; /* the bytes, with a NUL behind them */
	size_t n;               /* without that NUL */
};

/* Sorted by name (strcmp order). */
struct embed_set {
	const struct embed *file;
	size_t count;
};

/* The file called `name`, NULL if there is none. */
static inline const struct embed *
embed_find(const struct embed_set *s, const char *name)
{
	for (size_t i = 0; i < s->count; i++) {
		if (strcmp(s->file[i].name, name) == 0)
			return &s->file[i];
	}
	return NULL;
}

#endif
