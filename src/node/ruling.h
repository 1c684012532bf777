/* SPDX-License-Identifier: Apache-2.0
 *
 * What the sharing rules say of one release: for each reader the line that
 * decides; who is left out; what is left out; and the permit. Told to the
 * person and to the audit trail, also when the answer is no.
 */
#ifndef NODE_RULING_H
#define NODE_RULING_H

#include "node/audience.h"
#include "node/command.h"
#include "rules/permit.h"

/* A reader that the rules refuse. */
struct ruling_refused {
	struct span team; /* "": the public */
	const char *line; /* "12: block release any to xx", or "no line" */
	enum rules_why why;
	const char *next; /* a command, "" for none */
};

/* Zeroed: the rules were not asked. All in the memory of the call. */
struct ruling {
	bool is_asked;
	bool has_rules;
	struct digest rules; /* of the text in force */
	const char *line;    /* the one that decided, as above */
	const char *next;    /* of a refusal: ruling_next */
	unsigned approvals;  /* of other persons */
	struct permit permit;
	struct span *strip;
	size_t strip_n;
	struct ruling_refused *refused;
	size_t refused_n;
	/* for the audit trail alone: the draft ("" for none), and who approved
	 * it as it is */
	const char *draft;
	const struct span *approved;
	size_t approved_n;
};

/* The question for the rules, as this person asks it; without reader. */
struct rules_ask ruling_ask(struct call *c, struct span kind, enum tlp tlp,
    int level, bool exercise);

/* Decide about `aud`: readers that are refused are taken out of it if they
 * are not among `named`. ERR_RULE, with the line, if one of those is refused,
 * if the public is, or if nobody but the own team is left for that reason.
 * `out` is filled in any case. */
MUST enum err ruling_make(struct call *c, const struct rules_ask *ask,
    const struct span *named, size_t named_n, struct audience *aud,
    struct ruling *out, struct fault *f);

/* Are all of `aud` bound by an agreement for this label, but for those `had`,
 * whom the document went to before? For what the lines that are built in let
 * out. ERR_RULE, with the first who is not. */
MUST enum err ruling_bound(struct call *c, const struct rules_ask *ask,
    const struct span *had, size_t had_n, const struct audience *aud,
    struct ruling *out, struct fault *f);

/* May a record be handed to the gateway that `way` leads to (exit_word)? What
 * a line strips cannot be cut from signed bytes: a body that has it does not
 * go. `out` is filled in any case, `why` is a sentence. */
enum exit_rule ruling_export(struct call *c, enum exit_way way,
    const struct index_row *row, struct json_val body,
    const struct exit_notice *n, struct ruling *out, const char **why);

/* What rules `r` say to the same about `ask`, whose act and reader are set
 * here. The first member of the body that they strip ("" for none): then
 * `out->allow` is false too. `a` for the time of the call; in the other, a
 * sentence of it. */
struct span ruling_by_gateway(const struct rules *r, enum exit_way way,
    const struct rules_ask *ask, struct json_val body, struct arena *a,
    struct rules_answer *out);
const char *ruling_why(struct call *c, const struct rules_answer *a,
    struct span stripped);

/* "12: allow release any to all" or "no line", in the call's memory. */
const char *ruling_line(struct call *c, const struct rules_answer *a);

/* What a person can do about a refusal: a command, in the call's memory; "" if
 * there is nothing but other rules. */
const char *ruling_next(struct call *c, const struct rules_answer *a);

/* Append `body` without the members that `strip` names (`n` paths). */
void ruling_strip(struct arena *a, const struct span *strip, size_t n,
    struct json_val body, struct json_out *w);

/* Has `body` the member of this path, in whatever object of an array? */
bool ruling_has_member(struct arena *a, struct span path,
    struct json_val body);

/* Write the members rule, rules, approvals, refused, stripped. */
void ruling_write(struct call *c, const struct ruling *r);

/* audit, with the line that decided. `r` may not have been asked. */
void ruling_audit(struct call *c, const struct ruling *r, const char *act,
    const struct digest *object, const char *subject, const char *outcome,
    const char *reason);

#endif
