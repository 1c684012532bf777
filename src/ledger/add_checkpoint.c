/* SPDX-License-Identifier: Apache-2.0
 *
 * The body of an add-checkpoint request.
 */
#include "ledger/add_checkpoint.h"

#include "ledger/line.h"

#include <inttypes.h>

void
add_checkpoint_write(const struct add_checkpoint *a, struct buf *out)
{
	buf_put_format(out, "old %" PRIu64 "\n", a->old_size);
	proof_write(&a->proof, out);
	buf_put_u8(out, '\n');
	buf_put(out, a->checkpoint);
}

enum err
add_checkpoint_parse(struct span in, struct add_checkpoint *out,
    struct fault *f)
{
	struct add_checkpoint a = { 0 };
	struct span rest = in, line, digits;
	enum err e;

	if (in.n > LIMIT_TLOG_PROOF)
		return fault_at(f, ERR_LIMIT, 0, NULL,
		    "a request over %d bytes", LIMIT_TLOG_PROOF);
	if (line_step(&rest, &line) != ERR_NONE ||
	    line_after(line, "old ", &digits) != ERR_NONE)
		return fault_at(f, ERR_SYNTAX, 0, NULL, "no old line");
	e = line_u64(digits, TREE_SIZE_MAX, &a.old_size);
	if (e != ERR_NONE)
		return fault_at(f, e, 4, NULL,
		    "a size is decimal without leading zeros");
	e = proof_step(&rest, &a.proof, f);
	if (e != ERR_NONE) {
		if (f != NULL)
			f->at += in.n - rest.n;
		return e;
	}
	a.checkpoint = rest;
	*out = a;
	return ERR_NONE;
}
