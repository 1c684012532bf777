/* SPDX-License-Identifier: Apache-2.0
 *
 * The code in a letter that answers a page. The letter is foreign and may be
 * anything: what is wanted of it is one word of a strict form. Pure.
 */
#ifndef COURIER_REPLY_H
#define COURIER_REPLY_H

#include "base/span.h"

#include <stdbool.h>

enum { REPLY_CODE = 11 /* XXXXX-XXXXX */, REPLY_FROM = 254, REPLY_WORD = 15 };

struct reply {
	char code[REPLY_CODE + 1]; /* "" if it holds none */
	/* what stands behind the code in its line, in any of four languages:
	 * "seen", "not_seen", "false_positive", "useful", "not_useful",
	 * "corrected"; "" if nothing does, "?" if it is something else */
	char word[REPLY_WORD + 1];
	char from[REPLY_FROM + 1]; /* of its From header; "" if unclear */
};

/* Two fives of letters and digits without those that look alike (Crockford's
 * base32), in lower or upper case, with or without the hyphen: written to
 * `code` in upper case with it. */
bool reply_is_code(struct span word, char code[REPLY_CODE + 1]);

/* Looks at the letter's own lines, not at what it quotes with ">" or below a
 * line such as "-----Original Message-----". Of several parts those of plain
 * text count, also in base64; the first code found is taken. A letter that a
 * machine says to have sent (RFC 3834) has none. */
void reply_parse(struct span letter, struct reply *out);

#endif
