/* SPDX-License-Identifier: Apache-2.0
 *
 * The leak guard: what in a text its author may not have meant to send.
 * Addresses of inside, personal data, credentials and keys, a passage of a
 * stricter record, a label stricter than the one chosen, readers beyond those
 * of the sources. It warns; whether a warning needs a reason is the node's
 * setting. It is no proof of absence: what is pictured, spelt out or worded
 * anew is not found.
 *
 * Pure. Works on any bytes; time grows with the length of the text.
 */
#ifndef RULES_GUARD_H
#define RULES_GUARD_H

#include "base/arena.h"
#include "base/json.h"
#include "base/span.h"
#include "schema/tlp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum guard_rule {
	GUARD_COPY,       /* a passage of a record with a stricter label */
	GUARD_AUDIENCE,   /* more readers than a source has */
	GUARD_LABEL,      /* less strict than a source */
	GUARD_WORDS,      /* the text names a stricter label */
	GUARD_ADDRESS,    /* of a private network */
	GUARD_HOST,       /* name of an inside host */
	GUARD_MAIL,       /* of a person */
	GUARD_PHONE,
	GUARD_PERSON_ID,  /* national number, its check digits fit */
	GUARD_CREDENTIAL,
	GUARD_KEY,        /* private key or token */
	GUARD_RULES
};

enum {
	GUARD_HITS = 64,    /* told at most; more are counted */
	GUARD_RUN = 12,     /* words in a row that make a copied passage */
	GUARD_WINDOW = 6,   /* words to look for candidates by: any run of
	                     * GUARD_RUN has one such window within */
	GUARD_WINDOWS = 64  /* looked for at most, spread over the text */
};

struct guard_hit {
	enum guard_rule rule;
	char field[96]; /* path in the body; "" for the whole */
	size_t at;      /* byte in that text */
	size_t n;       /* bytes */
};

struct guard {
	struct guard_hit hit[GUARD_HITS];
	size_t n;
	size_t more;    /* not kept */
};

/* What the text is held against. */
struct guard_ask {
	enum tlp tlp;
	const struct span *domain; /* of the own inside, "corp.gov.uy" */
	size_t domain_n;
};

/* Look through all texts of a body. Adds to `g`, which was zeroed. */
void guard_text(const struct guard_ask *ask, struct json_val body,
    struct arena *a, struct guard *g);

/* A source: what `re`, a revision or an import came from. */
struct guard_source {
	bool has_tlp;
	enum tlp tlp;
	bool open;              /* everybody had it */
	const struct span *aud;
	size_t aud_n;
};

/* The readers of what is sent, or everybody. */
void guard_sources(enum tlp tlp, bool open, const struct span *aud,
    size_t aud_n, const struct guard_source *source, size_t n,
    struct guard *g);

/* Words of the body as questions for an index that finds records which have
 * all of them; at most GUARD_WINDOWS, in `a`. */
size_t guard_windows(struct json_val body, struct arena *a,
    struct span out[GUARD_WINDOWS]);

/* Do both have GUARD_RUN words in a row? If so a hit is added that says
 * where in `body`. */
bool guard_copied(struct json_val body, struct json_val other,
    struct arena *a, struct guard *g);

/* The stable code, "guard-mail"; and a sentence. */
const char *guard_code(enum guard_rule rule);
const char *guard_sentence(enum guard_rule rule, enum lang lang);

/* --- guard_id.c: national numbers of persons, by their check digits --- */

/* The length of the number that begins at `at` and is none of a longer one;
 * 0 if there is none. */
size_t guard_person_id(struct span text, size_t at);

#endif
