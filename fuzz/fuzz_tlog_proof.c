/* reaches: tlog_proof_parse tlog_proof_parse_bare tlog_proof_check add_checkpoint_parse proof_step
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Proof files and requests to witnesses: what is read is written back byte
 * for byte, and no proof of an entry is accepted without signatures.
 */
#include "base/limits.h"
#include "ledger/add_checkpoint.h"
#include "ledger/leaf.h"
#include "ledger/tlog_proof.h"

#include "fuzz.h"

#define LOG_VKEY                                                               \
	"almenara.example/log/uy/7f3a09c2+ab84359e+"                           \
	"AYOGJihkdYptTjW0HHjyiSX21keBfB6IOXEv2hALBpp+"
#define WITNESS_VKEY                                                           \
	"almenara.example/node/br+5620e135+"                                   \
	"BM2kHndh7q4sAB1TmgahmehL4IWgzrqlIUBMZz3lMjbN"

static void
check_proof(struct span in, struct buf *out)
{
	struct digest leaf = leaf_hash(in);
	struct note_key log, witness;
	struct fault f = { 0 };
	struct checkpoint c;
	struct tlog_proof p;

	if (tlog_proof_parse(in, &p, &f) != ERR_NONE) {
		FUZZ_CHECK(f.rule[0] != '\0');
		return;
	}
	tlog_proof_write(&p, out);
	FUZZ_CHECK(span_is_equal(buf_span(out), in));
	FUZZ_CHECK(note_key_parse(span_str(LOG_VKEY), &log) == ERR_NONE);
	FUZZ_CHECK(note_key_parse(span_str(WITNESS_VKEY), &witness) ==
	    ERR_NONE);
	/* the hash of the file itself is no leaf of the tree in it */
	FUZZ_CHECK(tlog_proof_check(&p, &leaf, &log, &witness, 1, 1, &c, &f) !=
	    ERR_NONE);
	FUZZ_CHECK(f.rule[0] != '\0');
}

static void
check_bare(struct span in, struct buf *out)
{
	struct fault f = { 0 };
	struct tlog_proof p;

	if (tlog_proof_parse_bare(in, &p, &f) != ERR_NONE) {
		FUZZ_CHECK(f.rule[0] != '\0');
		return;
	}
	tlog_proof_write_bare(&p, out);
	FUZZ_CHECK(span_is_equal(buf_span(out), in));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	struct add_checkpoint a;
	struct buf out;

	buf_init(&out, 2 * (size_t)LIMIT_NOTE + 65536);
	check_proof(in, &out);
	buf_clear(&out);
	check_bare(in, &out);
	buf_clear(&out);
	if (add_checkpoint_parse(in, &a, NULL) == ERR_NONE) {
		add_checkpoint_write(&a, &out);
		FUZZ_CHECK(span_is_equal(buf_span(&out), in));
	}
	buf_release(&out);
	return 0;
}
