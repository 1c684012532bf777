/* SPDX-License-Identifier: Apache-2.0
 *
 * What the node knows of a record and of who asks, put before the one decision
 * of rules/exit.h.
 */
#ifndef NODE_EXITS_H
#define NODE_EXITS_H

#include "node/command.h"
#include "rules/exit.h"
#include "rules/rules.h"

/* What a record is judged by, beside itself. */
struct exits_about {
	const struct registry *registry;
	struct span own; /* this node's team */
};

/* What lines of the rules tell records apart by, beside the label. */
struct exits_what {
	struct span kind, iss;
	int level;
};

/* As the two below, of whatever process holds the log. `home`: of the private
 * log. */
struct exit_notice exits_about_row(const struct exits_about *x,
    const struct index_row *row);
struct exit_notice exits_about_entry(const struct exits_about *x, bool home,
    const struct entry *e, struct json_val body,
    enum store_body_state state, const struct index_row *row,
    struct arena *a);

/* What is carried is judged as what carries it lets it: by its openness, its
 * audience and its label. */
void exits_carried(struct exit_notice *n, const struct entry *carrier,
    const struct index_row *row);

/* Facts of a line of a list; what only the text says is not known then. */
struct exit_notice exits_of_row(const struct service *s,
    const struct index_row *row);

/* Facts of an entry; `row` may be NULL. `log` is its place. */
struct exit_notice exits_of_entry(const struct service *s, uint32_t log,
    const struct entry *e, struct json_val body,
    enum store_body_state state, const struct index_row *row,
    struct arena *a);

/* May an official outside the team, who may read up to `most`, have it by the
 * rules `r`? Lines that block the way `api` hold, and those that strip what is
 * in the body; none is needed, for a person of the team gave the token. `out`
 * gets what the rules say, `stripped` as of ruling_by_gateway. */
struct exit_pass exits_to_official(const struct service *s,
    const struct rules *r, enum tlp most, const struct exits_what *what,
    struct json_val body, const struct exit_notice *n, struct arena *a,
    struct rules_answer *out, struct span *stripped);

/* May the person who asks have it by this way? */
struct exit_pass exits_to_caller(const struct call *c, enum exit_way way,
    const struct exit_notice *n);

/* The same by a way that needs a line of the rules: what they say to it. */
struct exit_pass exits_by_line(const struct call *c, enum exit_way way,
    const struct exit_notice *n, enum exit_rule rule, const char **reason);

/* By a way to every person with the right to read. */
struct exit_pass exits_to_readers(struct service *s, enum exit_way way,
    const struct exit_notice *n);

/* Does a line block for the public site what its issuer has released to the
 * public? EXIT_RULE_DENIES, else EXIT_RULE_NONE: no line is needed. */
enum exit_rule exits_blocked(const struct rules *r, struct span own,
    const struct exits_what *what, const struct exit_notice *n,
    struct wall now);

/* By a way to everybody. */
struct exit_pass exits_to_public(struct service *s, enum exit_way way,
    const struct exits_what *what, const struct exit_notice *n);

/* Onto the public site by other rules, whose answer `a` gets. */
struct exit_pass exits_to_site(const struct service *s, const struct rules *r,
    const struct exits_what *what, const struct exit_notice *n,
    struct rules_answer *a);

/* Into a backup, which holds all that the node has: so the strictest record
 * decides, one of the private log that was set aside and has no label. */
struct exit_pass exits_to_backup(struct service *s);

/* Into a line of the log; NULL: of a record nothing is known about. */
struct exit_pass exits_to_log(struct service *s, const struct exit_notice *n);

#endif
