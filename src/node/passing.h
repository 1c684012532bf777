/* SPDX-License-Identifier: Apache-2.0
 *
 * May this notice go to this organisation that the team serves? What is known
 * of both, put before the sharing rules (rules/rules.h) and the exit decision
 * (rules/exit.h). Asked when it is proposed, and again when it is sent.
 */
#ifndef NODE_PASSING_H
#define NODE_PASSING_H

#include "node/command.h"
#include "record/concern.h"
#include "rules/rules.h"
#include "watch/mailing.h"

/* The notice: all in the arena of passing_open. */
struct passing {
	struct index_row row;
	struct record record;
	struct exit_notice facts;
	struct concern concern;
	struct rules_ask ask;
};

/* One organisation. Its spans live in the arena that its row was read into. */
struct passing_reader {
	struct uuid id;
	struct json_val body;
	bool is_served;              /* false: it was removed */
	bool has_channel;
	enum mailing_channel channel;
	struct span to;              /* address */
};

struct passing_answer {
	bool allow;
	struct exit_pass pass;
	const char *reason;          /* of exit_decide, or "approvals" */
	struct rules_answer rules;
};

/* The notice of `row`; who asks has `ask` roles. ERR_NOT_FOUND, ERR_DAMAGED,
 * ERR_DECRYPT if it cannot be read. */
MUST enum err passing_open(struct service *s, const struct index_row *row,
    const struct rules_ask *ask, struct arena *a, struct passing *out);

/* The organisation of a row of the register. */
MUST enum err passing_reader(struct service *s, const struct index_row *row,
    struct arena *a, struct passing_reader *out);

/* Decide by `way`: that of redistribution; and that of mail, whether anybody on
 * its way may read the text too. */
void passing_decide(struct service *s, const struct passing *p,
    enum exit_way way, const struct passing_reader *to, struct arena *a,
    struct passing_answer *out);

#endif
