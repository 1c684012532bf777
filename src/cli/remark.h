/* SPDX-License-Identifier: Apache-2.0
 *
 * What the commands share that send something about a document, or work on a
 * case: the members of a body from options, and the views of a case.
 */
#ifndef CLI_REMARK_H
#define CLI_REMARK_H

#include "cli/send.h"

#define REMARK_TO { "to", 0, "TEAM,...", { { "to these teams", \
	"a estos equipos", "a estas equipes", "à ces équipes" } } }
#define REMARK_NOTE { "note", 0, "TEXT", { { "a remark for the readers", \
	"una observación para los lectores", \
	"uma observação para os leitores", \
	"une remarque pour les lecteurs" } } }
#define REMARK_UNTIL(en, es, pt, fr) \
	{ "until", 0, "TIME", { { en, es, pt, fr } } }

/* A time of an option as POSIX seconds; false (and the usage told, its exit
 * code in `status`) if it is no RFC 3339 time. Absent: 0. */
bool remark_time(struct cli *c, const char *option, int64_t *out,
    int *status);

/* Members of an object that is being written, if the option was given: a text
 * in the user's language, a text as it is, a list of what commas part. */
void remark_put_ml(struct cli *c, struct json_out *w, const char *option,
    const char *member);
void remark_put_text(struct cli *c, struct json_out *w, const char *option,
    const char *member);
void remark_put_list(struct cli *c, struct json_out *w, const char *option,
    const char *member);

/* What passes a document on: operand 0 as `id`, its label, its readers, a note
 * and a reason, as far as given. A `send_put_fn`; `ctx` is not used. */
void remark_put_passing(struct cli *c, struct request *r, void *ctx);

/* Send a remark of kind `kind` about operand 0: `put` writes the members of
 * its body. */
typedef void remark_body_fn(struct cli *c, struct json_out *w);
MUST int remark_send(struct cli *c, const char *kind, remark_body_fn *put);

/* Open a case; about operand 0 if `about`. Take the step `action` of the case
 * that is operand 0. */
MUST int remark_case_open(struct cli *c, const char *kind, bool about,
    remark_body_fn *put);
MUST int remark_case_step(struct cli *c, const char *action,
    remark_body_fn *put);

/* The cases of a kind as a table; one of them in full. */
MUST int remark_case_list(struct cli *c, const char *kind);
MUST int remark_case_show(struct cli *c);

/* Findings of exercises, in full, as a table. */
void remark_findings(struct cli *c, struct json_val rows);

/* The table of readers in the answer `data`. */
void remark_readers(struct cli *c, struct json_val data);

#endif
