/* SPDX-License-Identifier: Apache-2.0
 *
 * A terminal's screen that is drawn anew again and again: as much as has room,
 * without a flicker, and what has none is counted.
 */
#ifndef CLI_SCREEN_H
#define CLI_SCREEN_H

#include "cli/cli.h"

#include <stdio.h>

struct screen {
	FILE *real; /* standard output, while another stream stands for it */
	char *text;
	size_t n;
};

/* From here on standard output is kept; how large the terminal is now is in
 * c->term. False if there is no memory for it: then it goes out as always. */
bool screen_begin(struct cli *c, struct screen *s);

/* Show what was kept, from the top. */
void screen_end(struct cli *c, struct screen *s);

/* How many bytes of `text` fill at most `rows` rows of `columns`; `left` is how
 * many lines come after these. Escape sequences take no room. */
size_t screen_fit(const char *text, size_t n, unsigned columns, unsigned rows,
    size_t *left);

#endif
