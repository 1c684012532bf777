/* SPDX-License-Identifier: Apache-2.0
 *
 * Checkpoints.
 */
#include "ledger/checkpoint.h"

#include "base/code.h"
#include "base/mem.h"
#include "ledger/line.h"
#include "ledger/tree.h"

#include <inttypes.h>

void
checkpoint_write(const struct checkpoint *c, struct buf *out)
{
	buf_put(out, c->origin);
	buf_put_format(out, "\n%" PRIu64 "\n", c->size);
	code_write_base64(out, digest_span(&c->root));
	buf_put_u8(out, '\n');
}

enum err
checkpoint_parse(struct span text, struct checkpoint *out, struct fault *f)
{
	struct checkpoint c = { 0 };
	struct span rest = text, size, root;
	enum err e;

	if (line_step(&rest, &c.origin) != ERR_NONE ||
	    line_step(&rest, &size) != ERR_NONE ||
	    line_step(&rest, &root) != ERR_NONE)
		return fault_at(f, ERR_SYNTAX, text.n, NULL,
		    "a checkpoint is three lines, each ended by LF");
	if (rest.n != 0)
		return fault_at(f, ERR_SYNTAX, text.n - rest.n, NULL,
		    "a checkpoint has no extension lines");
	e = note_name_check(c.origin);
	if (e != ERR_NONE)
		return fault_at(f, e, 0, "origin",
		    "an origin is ASCII without blank and +");
	e = line_u64(size, TREE_SIZE_MAX, &c.size);
	if (e != ERR_NONE)
		return fault_at(f, e, c.origin.n + 1, "size",
		    "a size is decimal without leading zeros");
	e = code_parse_base64_fixed(root, c.root.b, sizeof c.root.b);
	if (e != ERR_NONE)
		return fault_at(f, e, (size_t)(root.p - text.p), "root",
		    "a root is 32 bytes in canonical base64");
	*out = c;
	return ERR_NONE;
}

void
checkpoint_write_note(struct span text, const struct note_key *log,
    struct span sig, struct buf *out)
{
	note_write(text, out);
	note_line_write(log, sig, out);
}

enum err
checkpoint_read(struct span note, struct checkpoint *out, struct fault *f)
{
	struct note parsed;
	enum err e;

	e = note_parse(note, &parsed, f);
	if (e == ERR_NONE)
		e = checkpoint_parse(parsed.text, out, f);
	return e;
}

enum err
checkpoint_check(struct span note, const struct note_key *log,
    struct checkpoint *out, struct fault *f)
{
	return checkpoint_check_cosigned(note, log, NULL, 0, out, NULL, f);
}

/* `keys` is the log and after it the cosigners, `found` likewise. */
static enum err
check_all(struct span note, const struct note_key *keys, size_t n,
    struct checkpoint *out, struct note_found *found, struct fault *f)
{
	struct note parsed;
	struct checkpoint c;
	enum err e;

	e = note_parse(note, &parsed, f);
	if (e == ERR_NONE)
		e = checkpoint_parse(parsed.text, &c, f);
	if (e != ERR_NONE)
		return e;
	if (!span_is_str(c.origin, keys[0].name))
		return fault_at(f, ERR_KEY, 0, "origin",
		    "the origin is not %s", keys[0].name);
	e = note_check(&parsed, keys, n, found, f);
	if (e != ERR_NONE)
		return e;
	if (!found[0].valid)
		return fault_at(f, ERR_KEY, parsed.text.n, NULL,
		    "no signature by the log's key");
	*out = c;
	return ERR_NONE;
}

enum err
checkpoint_check_cosigned(struct span note, const struct note_key *log,
    const struct note_key *cosigners, size_t n, struct checkpoint *out,
    struct note_found *found, struct fault *f)
{
	struct note_key *keys;
	struct note_found *all;
	enum err e;

	if (log->type != NOTE_ED25519)
		return fault_at(f, ERR_KEY, 0, NULL,
		    "%s is no log key", log->name);
	keys = mem_array(n + 1, sizeof *keys);
	all = mem_array(n + 1, sizeof *all);
	keys[0] = *log;
	if (n != 0)
		memcpy(keys + 1, cosigners, n * sizeof *keys);
	e = check_all(note, keys, n + 1, out, all, f);
	if (e == ERR_NONE && n != 0)
		memcpy(found, all + 1, n * sizeof *all);
	free(keys);
	free(all);
	return e;
}
