/* SPDX-License-Identifier: Apache-2.0
 *
 * Notices on their way to those whom the team serves: a reader of the private
 * log with a durable cursor (kinds mailing-part, mailing, mailing-result;
 * watch/mailing.h decides), which sends through the courier at a bounded rate
 * and never before pages to persons. The parts are there before the record
 * `mailing` itself, which releases them: without it nothing is sent.
 */
#ifndef NODE_MAILINGS_H
#define NODE_MAILINGS_H

#include "courier/job.h"
#include "node/service_inside.h"
#include "watch/mailing.h"

struct mailings;

/* What the record `mailing` says. */
struct mailing_head {
	struct uuid id, notice;
	struct digest digest;  /* of the revision that is sent */
	uint64_t rev;
	int level;
	int64_t at_s;
	char act[8];
	uint64_t first;        /* its entries in the private log */
	uint64_t last;
	bool is_over;
};

MUST enum err mailings_create(struct service *s, struct mailings **out);
void mailings_free(struct mailings *x); /* accepts NULL */

/* At the end of each turn of the hub: what is new, and what is due. */
void mailings_turn(struct mailings *x);

/* --- from the courier (pages.c) --- */

void mailings_done(struct mailings *x, const struct job_frame *f);
void mailings_lost(struct mailings *x);

/* --- for commands --- */

typedef bool mailings_fn(void *ctx, const struct mailing_head *h,
    const struct mailing *m);

/* Those of a notice, the newest first; false ends. What has ended is read
 * from the log again. */
void mailings_each(struct mailings *x, const struct uuid *notice,
    mailings_fn *fn, void *ctx);

/* Try now what waits of a notice. How many that are. */
size_t mailings_hasten(struct mailings *x, const struct uuid *notice);

struct mailings_found {
	struct uuid mailing, notice, who;
};

/* Whose code (watch/mailing_code.h) is it, of what was sent on since `since_s`;
 * of `notice` alone if that is not NULL. False: of nobody. */
bool mailings_find(struct mailings *x, const char *code, int64_t since_s,
    const struct uuid *notice, struct mailings_found *out);

/* --- mailings_text.c --- */

struct mailing_text {
	struct span to, subject, text;
	struct span key, plain; /* of a letter that is sealed; "" */
};

/* What one reader gets. False, with a reason: it may not, or never can. */
bool mailing_compose(struct service *s, const struct mailing_head *h,
    const struct mailing_one *one, const char *code, struct arena *a,
    struct mailing_text *out, const char **why);

#endif
