/* SPDX-License-Identifier: Apache-2.0
 *
 * What a reader accepts (RFC 9110 sections 12.5.3 and 12.5.4): the language of
 * Accept-Language, the codings of Accept-Encoding. A part that breaks the
 * grammar is passed over: a wish is no reason to refuse. Pure.
 */
#ifndef WEB_ACCEPT_H
#define WEB_ACCEPT_H

#include "base/span.h"
#include "schema/words.h"

#include <stdbool.h>

/* The language of ours that is wanted most, the earlier one of two equal
 * ones; `fallback` if none is, or "*" alone. "pt-BR" is Portuguese. */
enum lang accept_lang(struct span header, enum lang fallback);

enum coding { CODING_NONE, CODING_GZIP, CODING_BROTLI, CODING_COUNT };

/* "", "gzip", "br": the token of Content-Encoding, and the end of the name of
 * a file that was compressed beforehand: "", ".gz", ".br". */
const char *coding_token(enum coding c);
const char *coding_suffix(enum coding c);

/* The codings in the order in which they are to be tried, CODING_NONE last;
 * returns how many. Of two wanted alike brotli is the smaller. What the header
 * does not name is not sent. */
size_t accept_codings(struct span header, enum coding out[CODING_COUNT]);

#endif
