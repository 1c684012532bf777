/* SPDX-License-Identifier: Apache-2.0
 *
 * May this record go out by this way to this reader? One decision for the
 * whole program, over one table of ways (exits.def): labels by TLP 2.0,
 * embargo and re-sharing by doc/protocol.md. It allows, allows with fields
 * left out, or denies, each with a stable reason.
 *
 * What writes content out takes a `struct exit_pass`, and only exit_decide
 * makes one that opens anything: a way out that was not decided writes
 * nothing.
 *
 * Pure.
 */
#ifndef RULES_EXIT_H
#define RULES_EXIT_H

#include "base/instant.h"
#include "base/span.h"
#include "schema/tlp.h"

#include <stdbool.h>
#include <stdint.h>

enum exit_way {
#define EXIT(name, word, readers, ceiling, fields, flags, files) EXIT_##name,
#include "rules/exits.def"
#undef EXIT
	EXIT_WAYS
};

/* What may pass, from what everybody in the network sees anyway to the signed
 * bytes themselves. */
enum exit_field {
	EXIT_PLACE = 1, /* log, index, id */
	EXIT_LEVEL = 2,
	EXIT_CODED = 4, /* kind, label, issuer, times, state: no free text */
	EXIT_TEXT = 8,  /* title and body */
	EXIT_NAMES = 16, /* audience, and what others answered */
	EXIT_WHOLE = 32 /* the signed bytes */
};

enum exit_standing {
	EXIT_STANDS,
	EXIT_ENDED,      /* withdrawn or closed: says so itself */
	EXIT_SUPERSEDED, /* a newer revision or record stands instead */
	EXIT_VOID,       /* its key was revoked */
	EXIT_SET_ASIDE   /* quarantined by its origin's fault */
};

/* What is known of a record. All spans are borrowed for the call. */
struct exit_notice {
	bool home;        /* of the private log: no notice at all */
	bool has_tlp;     /* false: unknown, treated as TLP:RED */
	enum tlp tlp;
	bool mine;        /* issued by the own team */
	bool open;        /* not sealed */
	const struct span *aud; /* of a sealed one; NULL if only words are */
	size_t aud_n;
	struct span aud_words;  /* the same as words separated by blanks */
	bool aud_checked; /* was opened here and found to be for this team */
	enum exit_standing standing;
	bool unconfirmed; /* its issuer's identity is not accepted here */
	bool exercise;    /* never beyond the teams and their persons */
	struct span pap;  /* "PAP:AMBER"; "" if it says none */
	bool has_embargo;
	int64_t embargo_until_s;
	bool released;    /* its origin has released it */
	bool consented;   /* its origin consents to this reader */
};

enum exit_who {
	EXIT_TO_PUBLIC,      /* anybody */
	EXIT_TO_TEAM,        /* another node */
	EXIT_TO_PERSON,      /* of this node */
	EXIT_TO_CONSTITUENT, /* whom this team serves */
	EXIT_TO_AUDITOR,
	EXIT_TO_MACHINE,     /* of this team */
	EXIT_TO_SELF         /* this node, at rest */
};

enum exit_rule {
	EXIT_RULE_NONE, /* no rule was asked */
	EXIT_RULE_PERMITS,
	EXIT_RULE_DENIES
};

struct exit_reader {
	enum exit_who who;
	struct span team;  /* of a team */
	struct span own;   /* this node's team */
	bool good;         /* team: in good standing, not suspended */
	bool may_read;     /* person: has the right; constituent, machine:
	                    * is registered and concerned */
	enum exit_rule rule; /* what rules_decide says to redistribution or
	                      * export to this reader */
};

enum exit_answer { EXIT_DENY, EXIT_STRIP, EXIT_ALLOW };

/* A zeroed pass opens nothing. Only exit_decide writes one. */
struct exit_pass {
	enum exit_way way;
	unsigned fields;  /* enum exit_field */
	const void *stamp; /* of exit_decide */
};

/* Decide. `reason` (may be NULL) gets a stable word: "allowed", or the rule
 * that left fields out or denied, see exit_reason_at. A denial makes a pass
 * that opens nothing. */
enum exit_answer exit_decide(const struct exit_notice *n, enum exit_way way,
    const struct exit_reader *to, struct wall now, struct exit_pass *out,
    const char **reason);

/* Does the pass open this field by this way? */
bool exit_opens(const struct exit_pass *pass, enum exit_way way,
    enum exit_field field);

/* The word of a way, and the other way round; EXIT_WAYS if there is none. */
const char *exit_word(enum exit_way way);

/* Is it made yet? */
bool exit_is_built(enum exit_way way);

/* Does it lead to the gateway of that word, which `export` lines name? */
bool exit_needs_line(enum exit_way way);

/* Or may lines of that word take something away from it? */
bool exit_hears_line(enum exit_way way);

/* All reasons, in the order in which they are looked at; NULL past the end. */
const char *exit_reason_at(size_t i);

#endif
