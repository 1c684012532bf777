/* SPDX-License-Identifier: Apache-2.0
 *
 * What a form bears so that posts of machines cost more than those of people:
 * a token that only this process can make (HMAC), good from some seconds after
 * the form was shown until it is old, and once; and the proof of work over it,
 * a number whose SHA-256 with the token begins with so many zero bits. Neither
 * names who asks. Pure.
 */
#ifndef WEB_TOKEN_H
#define WEB_TOKEN_H

#include "base/span.h"
#include "crypto/hash.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	TOKEN_TEXT = 54,          /* base64url of 40 bytes */
	TOKEN_WAIT_MS = 10000,    /* nobody reads a form faster */
	TOKEN_LIFE_MS = 4 * 3600 * 1000,
	TOKEN_SPENT = 8192,       /* that are remembered, the newest: what is
	                           * as old as one that is not is old too */
	TOKEN_BITS = 18,          /* of the work, */
	TOKEN_BITS_MOST = 24,     /* when many come, and */
	TOKEN_BITS_FROM = 64      /* how many posts a minute are many */
};

/* A token of `now_ms` (any clock that does not jump back) with work of `bits`
 * bits. */
void token_write(const struct hash_key *key, int64_t now_ms, unsigned bits,
    const unsigned char nonce[12], char out[TOKEN_TEXT + 1]);

enum token_state {
	TOKEN_GOOD,
	TOKEN_EARLY,  /* good, but sent faster than people read */
	TOKEN_OLD,
	TOKEN_USED,
	TOKEN_FORGED  /* not made with this key, or no token */
};

/* The ones that were used. All zero at the start; about 200 KiB. */
struct token_spent {
	struct {
		unsigned char nonce[12];
		int64_t at_ms;   /* when it was made */
	} at[TOKEN_SPENT];
	size_t n, next;
	int64_t forgotten_ms;    /* the newest that is forgotten; if any is */
	bool has_forgotten;
};

/* `bits` is set unless it is forged. Nothing is spent. One that may have been
 * used and was forgotten is TOKEN_OLD: no flood makes a used one good again. */
enum token_state token_judge(const struct hash_key *key,
    const struct token_spent *spent, struct span text, int64_t now_ms,
    unsigned *bits);

/* Of a token that is not forged. */
void token_spend(struct token_spent *spent, struct span text);

/* Is the decimal number `answer`, of at most 16 digits, the work for it? */
bool token_is_worked(struct span text, struct span answer, unsigned bits);

/* The work; for clients. */
uint64_t token_work(struct span text, unsigned bits);

/* How much work, if so many posts came in the last minute. */
unsigned token_bits(size_t posts);

#endif
