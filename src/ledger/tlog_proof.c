/* SPDX-License-Identifier: Apache-2.0
 *
 * The proof file.
 */
#include "ledger/tlog_proof.h"

#include "base/code.h"
#include "base/mem.h"
#include "ledger/line.h"

#include <inttypes.h>

#define HEAD      "c2sp.org/tlog-proof@v1"
#define HEAD_BARE "almenara-receipt-proof@v1"

void
tlog_proof_write_bare(const struct tlog_proof *p, struct buf *out)
{
	buf_put_format(out, HEAD_BARE "\nindex %" PRIu64 "\n", p->index);
	proof_write(&p->proof, out);
	buf_put_u8(out, '\n');
}

void
tlog_proof_write(const struct tlog_proof *p, struct buf *out)
{
	buf_put_str(out, HEAD "\n");
	if (p->extra.n != 0) {
		buf_put_str(out, "extra ");
		buf_put(out, p->extra);
		buf_put_u8(out, '\n');
	}
	buf_put_format(out, "index %" PRIu64 "\n", p->index);
	proof_write(&p->proof, out);
	buf_put_u8(out, '\n');
	buf_put(out, p->checkpoint);
}

static enum err
extra_check(struct span extra)
{
	struct buf b;
	enum err e;

	if (extra.n == 0)
		return ERR_SYNTAX;
	buf_init(&b, LIMIT_NOTE);
	e = code_parse_base64(extra, &b);
	buf_release(&b);
	return e;
}

static enum err
index_parse(struct span line, struct tlog_proof *p, const char **rule)
{
	struct span digits;

	*rule = "no index line";
	if (line_after(line, "index ", &digits) != ERR_NONE)
		return ERR_SYNTAX;
	*rule = "an index is decimal without leading zeros";
	return line_u64(digits, TREE_SIZE_MAX - 1, &p->index);
}

/* The optional extra line and the index line off the front of `rest`. */
static enum err
head_parse(struct span *rest, struct tlog_proof *p, const char **rule)
{
	struct span line;
	enum err e;

	*rule = "the file begins with " HEAD;
	if (line_step(rest, &line) != ERR_NONE || !span_is_str(line, HEAD))
		return ERR_SYNTAX;
	*rule = "no index line";
	if (line_step(rest, &line) != ERR_NONE)
		return ERR_SYNTAX;
	if (line_after(line, "extra ", &p->extra) == ERR_NONE) {
		*rule = "extra is canonical base64";
		e = extra_check(p->extra);
		if (e != ERR_NONE)
			return e;
		*rule = "no index line";
		if (line_step(rest, &line) != ERR_NONE)
			return ERR_SYNTAX;
	}
	return index_parse(line, p, rule);
}

static enum err
bare_head_parse(struct span *rest, struct tlog_proof *p, const char **rule)
{
	struct span line;

	*rule = "the file begins with " HEAD_BARE;
	if (line_step(rest, &line) != ERR_NONE ||
	    !span_is_str(line, HEAD_BARE))
		return ERR_SYNTAX;
	*rule = "no index line";
	if (line_step(rest, &line) != ERR_NONE)
		return ERR_SYNTAX;
	return index_parse(line, p, rule);
}

static enum err
lines_parse(struct span in, struct span *rest, struct tlog_proof *p,
    bool bare, struct fault *f)
{
	const char *rule;
	enum err e;

	if (in.n > LIMIT_TLOG_PROOF)
		return fault_at(f, ERR_LIMIT, 0, NULL,
		    "a proof file over %d bytes", LIMIT_TLOG_PROOF);
	e = bare ? bare_head_parse(rest, p, &rule) :
		   head_parse(rest, p, &rule);
	if (e != ERR_NONE)
		return fault_at(f, e, in.n - rest->n, NULL, "%s", rule);
	e = proof_step(rest, &p->proof, f);
	if (e != ERR_NONE && f != NULL)
		f->at += in.n - rest->n;
	return e;
}

enum err
tlog_proof_parse_bare(struct span in, struct tlog_proof *out,
    struct fault *f)
{
	struct tlog_proof p = { 0 };
	struct span rest = in;
	enum err e = lines_parse(in, &rest, &p, true, f);

	if (e != ERR_NONE)
		return e;
	if (rest.n != 0)
		return fault_at(f, ERR_SYNTAX, in.n - rest.n, NULL,
		    "the file ends with the empty line");
	*out = p;
	return ERR_NONE;
}

enum err
tlog_proof_parse(struct span in, struct tlog_proof *out, struct fault *f)
{
	struct tlog_proof p = { 0 };
	struct span rest = in;
	enum err e = lines_parse(in, &rest, &p, false, f);

	if (e != ERR_NONE)
		return e;
	p.checkpoint = rest;
	*out = p;
	return ERR_NONE;
}

/* Valid cosigners with different public keys: one key under two names is one
 * witness. */
static size_t
count_valid(const struct note_key *keys, const struct note_found *found,
    size_t n)
{
	size_t i, j, count = 0;

	for (i = 0; i < n; i++) {
		if (!found[i].valid || keys[i].type != NOTE_COSIGNATURE)
			continue;
		for (j = 0; j < i; j++)
			if (found[j].valid && memcmp(keys[i].public.b,
			    keys[j].public.b, sizeof keys[i].public.b) == 0)
				break;
		count += j == i;
	}
	return count;
}

enum err
tlog_proof_check(const struct tlog_proof *p, const struct digest *leaf,
    const struct note_key *log, const struct note_key *cosigners, size_t n,
    size_t need, struct checkpoint *out, struct fault *f)
{
	struct note_found *found = mem_array(n, sizeof *found);
	struct checkpoint c;
	size_t have = 0;
	enum err e;

	e = checkpoint_check_cosigned(p->checkpoint, log, cosigners, n, &c,
	    found, f);
	if (e == ERR_NONE)
		have = count_valid(cosigners, found, n);
	free(found);
	if (e != ERR_NONE)
		return e;
	if (have < need)
		return fault_at(f, ERR_SIGNATURE, 0, NULL,
		    "%zu known cosigners, %zu needed", have, need);
	e = proof_check_inclusion(&p->proof, p->index, c.size, leaf, &c.root,
	    f);
	if (e == ERR_NONE)
		*out = c;
	return e;
}
