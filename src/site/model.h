/* SPDX-License-Identifier: Apache-2.0
 *
 * What the pages of the site say, as JSON that templates are filled with
 * (site/template.h): built from notices that the exit decision has let out to
 * the public, and from nothing else. What is said of a notice is a function of
 * it, of the site's settings and of the language, so that the same log always
 * gives the same bytes. Pure.
 */
#ifndef SITE_MODEL_H
#define SITE_MODEL_H

#include "base/instant.h"
#include "base/json.h"
#include "base/uuid.h"
#include "crypto/hash.h"
#include "schema/kind.h"
#include "site/catalogue.h"

/* Who runs the site. All strings NUL-ended; "" where nothing is known. */
struct site_about {
	const char *url;   /* ends in "/"; "" only in tests */
	const char *name;
	const char *team;
	const char *state; /* ISO 3166-1 alpha-2 */
	const char *phone; /* as people write it */
	const char *mail;
	bool is_joint;     /* says of each notice whose it is */
	char style[40];    /* the name of the style sheet's file */
};

/* An earlier revision that was public too, as far as that may still be told. */
struct site_past {
	uint64_t rev;
	int64_t iat_s;
};

enum site_stand {
	SITE_STANDS,
	SITE_CLOSED,    /* over: says so itself */
	SITE_WITHDRAWN  /* was wrong: says so itself */
};

enum { SITE_PAST_MAX = 64 };

/* Where a notice was found: what a joint site says of its origin. */
struct site_mark {
	struct span log;     /* of this origin; "" where there is no mark */
	struct span by;      /* whose log that is, if another team's: it passed
	                      * the notice on; else "" */
	struct digest root;  /* of the checkpoint that it was verified against */
	int64_t at_s;        /* when it was first found there */
};

/* One record, by its newest revision. Spans are borrowed. */
struct site_notice {
	struct span iss;
	const char *state; /* of its team; "" */
	struct uuid id;
	uint64_t rev;
	int64_t iat_s;
	int64_t exp_s;     /* 0: none */
	const struct kind *kind;
	int level;         /* 0: none */
	enum site_stand stand;
	struct json_val body;
	struct digest digest;
	struct site_past past[SITE_PAST_MAX]; /* oldest first */
	size_t past_n;
	bool in_feed;      /* the decision opens that way too */
	const char *csaf;  /* its document, below the root; NULL: none */
	struct site_mark mark;
};

/* What a team says of itself, in a record that describes it. */
struct site_card {
	struct json_val body; /* absent: nothing */
	int64_t iat_s;        /* 0: not known */
};

/* How far a team's log is held here. Never how long it is: that would tell of
 * what is not public. */
struct site_held {
	bool is_held;
	bool is_whole;    /* up to its newest checkpoint that came */
	bool is_disputed; /* two histories were signed */
	int64_t until_s;  /* when that checkpoint was verified: a full hour */
	int64_t since_s;  /* since when it is held */
	const char *log;
};

/* A team of the network. All strings NUL-ended. */
struct site_team {
	const char *id;
	const char *state;
	const char *key_words; /* fingerprint of its identity: as words */
	const char *key_hex;   /* and in hexadecimal; "" */
	bool is_own;
	struct site_card card;
	struct site_held held;
};

struct site_model {
	const struct site_about *about;
	const struct schema *schema;
	const struct catalogue *words; /* one for each language */
	struct arena *a;
	struct buf *out;               /* the JSON */
};

/* "w/uy/0190b7e2-.../": where the pages of a notice lie, below the root or
 * below a language. */
enum { SITE_PLACE = 96 };
void site_place(const struct site_notice *n, char out[SITE_PLACE]);

/* How many folders deep a path is: how to come back to the root. */
const char *site_root(const char *path, struct arena *a);

/* Everything that each page has, and opens the object: site, lang, langs,
 * root, path; `page` is below the language ("" home, "archive/"). */
void model_begin(const struct site_model *m, struct json_out *w,
    enum lang lang, const char *page);
/* The same with the root given, for a page shown at any address. */
void model_begin_at(const struct site_model *m, struct json_out *w,
    enum lang lang, const char *page, const char *root);
void model_end(const struct site_model *m, struct json_out *w);

/* The name of a state, its code if it is not known. */
const char *model_state(const struct site_model *m, const char *state,
    enum lang lang);

/* A time as {"iso", "text"}. */
void model_time(struct json_out *w, const char *key, int64_t s);

/* Lines of a text, as a list. */
void model_lines(struct json_out *w, const char *key, struct span text);

/* "tel": a number without what stands between its figures. */
void model_tel(struct json_out *w, struct span phone);

/* A language by its own name, by its tag if that is not known here. */
struct span model_language(struct span tag);

/* Members of one notice in a language: what lists show, or all. */
void model_notice(const struct site_model *m, struct json_out *w,
    enum lang lang, const struct site_notice *n, bool whole);

/* What the CAP message of a notice says, a whole object. */
void model_cap(const struct site_model *m, const struct site_notice *n);

/* The own team by RFC 2350; what it does not say itself as `brought` has it.
 */
void model_card(const struct site_model *m, struct json_out *w,
    enum lang lang, const struct site_team *own,
    const struct site_card *brought);

/* The states of the network by name, and the teams of each, as "states". */
void model_network(const struct site_model *m, struct json_out *w,
    enum lang lang, const struct site_team *team, size_t n);

/* Advice that stands: title, summary, steps, what to avoid. */
void model_guide(const struct site_model *m, struct json_out *w,
    enum lang lang, struct json_val body);

/* Where a notice of a joint site is from, as "origin"; else nothing. */
void model_origin(const struct site_model *m, struct json_out *w,
    enum lang lang, const struct site_notice *n);

/* A member of the network on a joint site: whose log it is, how far it is
 * held, how many of its notices stand on the site. */
void model_member(const struct site_model *m, struct json_out *w,
    enum lang lang, const struct site_team *t, uint64_t notices);

/* {"id", "url", "title", ...}: an item of a JSON feed. */
void model_feed_item(const struct site_model *m, struct json_out *w,
    enum lang lang, const struct site_notice *n);

/* Does the notice say something in this language itself? */
bool site_speaks(const struct site_notice *n, enum lang lang, struct arena *a);

/* The title, in the nearest language. */
struct span site_title(const struct site_notice *n, enum lang lang,
    struct arena *a, struct span *tag);

#endif
