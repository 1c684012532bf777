/* SPDX-License-Identifier: Apache-2.0
 *
 * What releasing would do, decided once: the body completed and checked, the
 * level, the audience, the draft for the hub. `preview` shows it and `release`,
 * `update` and `cancel` do it; there is no second way.
 */
#ifndef NODE_PLAN_H
#define NODE_PLAN_H

#include "node/audience.h"
#include "node/command.h"
#include "node/ruling.h"
#include "rules/guard.h"

/* Nobody but the advance group reads it before `until_s`. */
struct plan_embargo {
	bool set;
	int64_t until_s;
	bool publish; /* then it is released by itself; else a person is asked */
};

/* What is asked for. */
struct plan_ask {
	struct span kind;
	struct span tlp;          /* "" takes that of the earlier revision */
	struct json_val aud;      /* array of teams, "all", or absent */
	struct json_val body;
	const struct index_row *earlier; /* newest revision, NULL: the first */
	struct ruling *ruling; /* gets what the rules say, also if they refuse;
	                        * may be NULL */
	bool any_role; /* who releases is not known yet */
	struct span drafted_tlp; /* that the draft had before; "" for none */
	bool any_kind;           /* also what does not stand in the inbox */
	bool has_re;
	struct digest re;
	struct plan_embargo embargo;
	int64_t exp_s;    /* 0: it does not expire */
	const struct span *also; /* readers, as far as they can be sealed to */
	size_t also_n;
	const struct record *of; /* what it releases from its embargo, or passes on */
	const struct ruling *permits; /* what the rules say of all that it lets
	                               * others do; NULL: nothing */
};

struct plan {
	const struct kind *kind;
	enum tlp tlp;
	struct audience aud;
	struct span body;      /* as it will be signed */
	struct json body_doc;
	int level;             /* 0: the kind has none */
	bool urgent;
	struct ruling ruling;
	struct plan_embargo embargo;
	struct hub_draft draft; /* for hub_append */
	struct digest replaces;
	struct guard *guard;   /* what it should perhaps not say */
	int64_t compared_since_s; /* with passages of notices that came since;
	                           * 0: of all */
};

/* ERR_NONE, or why it may not go, with place and rule in `f`: ERR_SCHEMA,
 * ERR_LIMIT, ERR_RULE, ERR_AUDIENCE, ERR_SYNTAX, ERR_IO. All of `out` is in
 * the memory of the call. */
MUST enum err plan_make(struct call *c, const struct plan_ask *ask,
    struct plan *out, struct fault *f);

/* May it go on the word of one person, if its way has no place for another?
 * ERR_RULE with the line that asks for one. What releases or prolongs an
 * embargo may: it shows what was approved, or shows it later. */
MUST enum err plan_check_alone(const struct plan *p, struct fault *f);

/* Would this body do, once the node has filled in what it knows by itself? As
 * plan_make judges it. */
MUST enum err plan_check_body(struct call *c, const struct kind *k,
    struct json_val body, struct fault *f);

/* The teams of a JSON list, or "all". ERR_SYNTAX. */
MUST enum err plan_parse_teams(struct call *c, struct json_val v, bool *all,
    struct span **out, size_t *out_n, struct fault *f);

/* Hold a plan against the leak guard (guarding.c). */
void guarding_look(struct call *c, const struct plan_ask *ask,
    struct plan *p);

/* The codes of what the guard found, and the reason of the person who sends it
 * all the same; "" if it found nothing and no reason is given. */
const char *guarding_note(struct call *c, const struct plan *p);

/* If true, the call has been answered: the guard has found something, this
 * node is strict, and no reason was given. */
bool guarding_refuses(struct call *c, const struct plan *p, const char *act);

/* Write the member `findings`. */
void guarding_write(struct call *c, const struct plan *p);

/* Write the members readers, open, level, urgent, warnings, unsealable. */
void plan_write(struct call *c, const struct plan *p);

#endif
