/* SPDX-License-Identifier: Apache-2.0
 *
 * Record kinds as data. A kind, its fields, limits, coded values and labels
 * are read at start from the JSON files of schemas/ (carried in the program
 * by base/embed.h); schemas/README.md defines their form. Nothing in C names a
 * kind: what differs by kind is an attribute here.
 */
#ifndef SCHEMA_KIND_H
#define SCHEMA_KIND_H

#include "base/embed.h"
#include "base/err.h"
#include "schema/level.h"
#include "schema/life.h"
#include "schema/words.h"

#include <stdbool.h>
#include <stdint.h>

/* A coded value and its words. */
struct choice {
	const char *value;
	struct names names;
	int weight; /* in computations (levels), else 0 */
};

/* A named or inline enumeration. */
struct choices {
	const char *name; /* "" if inline */
	const struct choice *at;
	size_t count;
};

enum field_type {
	FIELD_TEXT,   /* string, may have line breaks if `lines` */
	FIELD_ML,     /* object: language tag -> text */
	FIELD_INT,
	FIELD_NUM,
	FIELD_BOOL,
	FIELD_TS,     /* integer, POSIX seconds */
	FIELD_DATE,   /* "2026-11-21" */
	FIELD_ENUM,   /* a value of `choices` */
	FIELD_LEVEL,  /* integer 1..5, schemas/levels.json */
	FIELD_LIST,   /* array of `item` */
	FIELD_OBJECT, /* object with `field` members */
	FIELD_CC,     /* ISO 3166 alpha-2, upper case */
	FIELD_LANG,   /* BCP 47 */
	FIELD_URL,    /* https, http, mailto, tel */
	FIELD_TEAM,   /* team name of the register */
	FIELD_ID,     /* UUID text */
	FIELD_DIGEST, /* SHA-256, 43 characters base64url */
	FIELD_HEX,    /* lower-case hexadecimal, even length */
	FIELD_DOMAIN, /* name of a domain, base/host.h */
	FIELD_MAIL,   /* address of e-mail */
	FIELD_PREFIX, /* network or address, base/prefix.h */
	FIELD_ANY,    /* any JSON value */
	FIELD_TYPE_COUNT
};

enum field_need {
	NEED_NOT,    /* optional */
	NEED_ISSUED, /* required unless the record ends here (`ends`) */
	NEED_ALWAYS  /* required even then */
};

struct field {
	const char *name;
	enum field_type type;
	enum field_need need;
	bool lines;  /* text and ml: line breaks allowed */
	bool ends;   /* its presence ends the record: withdrawn, closed */
	bool brief;  /* belongs to the short view */
	bool hidden; /* shown only in the full view */
	bool raw;    /* names, codes, software: there is nothing to translate */
	unsigned rank; /* order of showing, small first */
	size_t max_bytes; /* text, ml (each language), url, hex */
	size_t max_items; /* list, ml (languages) */
	size_t least;     /* items of a list, bytes of a hex, at the least */
	int64_t low, high; /* int and num, both included */
	const char *form; /* pattern a text must match, or NULL */
	struct names names; /* label */
	const struct choices *choices; /* enum */
	const struct field *item;      /* list; its name is "" */
	const struct field *field;     /* object */
	size_t field_count;
};

/* What a kind carries: the signed entry of somebody, verbatim, in its body
 * (record/carried.h). */
enum kind_carries { CARRIES_NOTHING, CARRIES_RELEASE, CARRIES_RESHARE };

struct kind {
	const char *name;
	struct names names;
	struct names meaning; /* a sentence */
	bool notice;  /* issued to the network and shown in the inbox */
	bool is_private; /* lives in the private log only */
	bool is_register; /* is kept by people as rows of a register */
	bool answers; /* recipients owe an acknowledgement */
	bool is_answer; /* is itself an acknowledgement: stops the clock */
	bool levelled; /* has a level, computed as levels.json says */
	bool reviewed; /* a second person approves before it is issued */
	bool about;   /* `re` of the envelope must name an entry */
	bool nonce;   /* `n` of the envelope is required (fixed ids) */
	bool unites;  /* its body is a group, record/group.h */
	bool leaves;  /* its team leaves the group that it is about */
	bool binds;   /* its team signs an agreement, record/agreement.h */
	bool permits; /* the origin of `re` allows it to be passed on */
	bool alarms;  /* the team whose entry it is about must look */
	bool erases;  /* bodies of its own team are deleted by it */
	bool to_origin; /* goes to that team alone, else to all its readers */
	bool own;      /* sealed to its own team alone, always TLP:RED */
	bool exercise; /* is an exercise itself; its name marks what belongs */
	bool tests;    /* tries the way to people; marked as an exercise is */
	bool feedback; /* is counted by its first coded field, by team */
	bool proposed; /* a node proposes one when origins hold the same */
	bool asks_name;  /* asks an origin whether it may be named for that */
	bool gives_name; /* answers it */
	bool hands;      /* hands a report of the public to another team */
	bool hand_state; /* how that one stands there */
	bool introduces; /* names to one another those who agreed: `sides` */
	bool blind_key; /* hands a circle the secret of its digests */
	bool blinds;    /* holds such digests: record/blind.h */
	bool guides;   /* is advice that stands: no notice of something */
	bool describes; /* says who its team is: stands beside its site's news */
	bool sums;     /* says how much feedback there is, without names */
	enum kind_carries carries;
	const struct life *life; /* NULL: it has no states */
	const struct field *field;
	size_t field_count;
};

/* Everything read from schemas/. Immutable after loading. */
struct schema;

/* The files built into the program. */
extern const struct embed_set schema_files;

/* Read a whole set. ERR_SYNTAX, ERR_LIMIT or ERR_SCHEMA with the place in `f`
 * (field: "kinds/warning.json: impact", at: byte of that file). The files are
 * borrowed only during the call. Caller frees with schema_free. `out` is
 * untouched on failure. */
MUST enum err schema_load(const struct embed_set *files, struct schema **out,
    struct fault *f);

/* Accepts NULL. */
void schema_free(struct schema *s);

size_t kind_count(const struct schema *s);
const struct kind *kind_at(const struct schema *s, size_t i);

/* NULL if the kind is not known here. */
const struct kind *kind_find(const struct schema *s, struct span name);

/* Does it tell of something that happens: belongs in lists, feeds and streams
 * of the public, beside advice and descriptions that stand? */
bool kind_is_news(const struct kind *k);

/* The field of `k`, NULL if it has none of that name. */
const struct field *field_find(const struct kind *k, struct span name);

/* A named list such as "rsit" or "sectors"; NULL if there is none. */
const struct choices *choices_find(const struct schema *s, const char *name);

/* The value in the list, NULL if it is none of them. */
const struct choice *choice_find(const struct choices *c, struct span value);

const struct levels *schema_levels(const struct schema *s);

#endif
