/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of evidence: their digests, made piece by piece, and how they compare
 * with a manifest that was signed. No byte of them leaves the machine.
 */
#ifndef CLI_EVIDENCE_H
#define CLI_EVIDENCE_H

#include "cli/remark.h"
#include "crypto/hash.h"

#define EVIDENCE_REASON { "reason", 0, "TEXT", { { "why it was done", \
	"por qué se hizo", "por que se fez", "pourquoi ce fut fait" } } }
#define EVIDENCE_AT { "at", 0, "TIME", { { "when it was done (now)", \
	"cuándo se hizo (ahora)", "quando se fez (agora)", \
	"quand ce fut fait (maintenant)" } } }
#define EVIDENCE_WITNESS { "witness", 0, "NAME", { { "who saw it", \
	"quién lo presenció", "quem presenciou", "qui y assistait" } } }

/* One file: its name without folders, bytes, SHA-256. */
struct evidence_file {
	const char *name;
	uint64_t size;
	struct digest digest;
};

/* Read the operands from `first` on as files. CLI_OK or the trouble has been
 * told: two of one name, none at all, one that cannot be read. */
MUST int evidence_read(struct cli *c, size_t first,
    struct evidence_file **out, size_t *n);

/* Fetch the record that operand 0 names and keep its body in the arena. */
MUST int evidence_fetch(struct cli *c, struct json_val *body);

/* Hold files against the manifest of `body` and show each: good, changed,
 * missing, or not of it. CLI_OK if all of the manifest are there and good, else
 * CLI_UNVERIFIED. */
MUST int evidence_compare(struct cli *c, struct json_val body,
    const struct evidence_file *file, size_t n);

/* The member `act` of a step: --reason, --at, --witness, and these. Empty
 * texts are left out. */
void evidence_put_act(struct cli *c, struct json_out *w, int64_t at,
    const char *from, const char *to, bool hash_checked);

/* Are --reason and --at good? `at` is now if --at is not given. */
bool evidence_act_check(struct cli *c, int64_t *at, int *status);

#endif
