/* reaches: proposal_parse proposal_judge document_draft designations_parse
 * diff_documents
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a proposal: what is read is written again to the same, judging
 * it and saying what it changes never fails otherwise than by an error, and
 * merging it with itself adds nothing.
 */
#include "fuzz.h"

#include "base/limits.h"
#include "record/diff.h"
#include "record/proposal.h"

static void
check_again(const struct proposal *p, struct arena *a)
{
	struct proposal again, both;
	struct buf b;

	buf_init(&b, 2 * LIMIT_PROPOSAL);
	if (proposal_write(p, &b) == ERR_NONE) {
		FUZZ_CHECK(proposal_parse(buf_span(&b), a, &again, NULL) ==
		    ERR_NONE);
		FUZZ_CHECK(again.with_count == p->with_count);
		FUZZ_CHECK(digest_is_equal(&again.doc.hash, &p->doc.hash));
		FUZZ_CHECK(again.doc.jws.count == p->doc.jws.count);
		FUZZ_CHECK(proposal_merge(p, &again, a, &both, NULL) ==
		    ERR_NONE);
		FUZZ_CHECK(both.doc.jws.count == p->doc.jws.count);
	}
	buf_release(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct wall now = { INT64_C(1800000000000) };
	struct arena a = { 0 };
	struct difference_list l = { .a = &a };
	struct judgement j = { 0 };
	struct fault f = { 0 };
	struct proposal p;

	if (proposal_parse(span_of(data, n), &a, &p, &f) == ERR_NONE) {
		check_again(&p, &a);
		if (proposal_judge(&p, now, &a, &j, &f) == ERR_NONE) {
			FUZZ_CHECK(j.electorate_count != 0);
			FUZZ_CHECK(diff_documents(j.has_before ? &j.before :
			    NULL, &j.what, &l) == ERR_NONE);
			judgement_release(&j);
		} else {
			FUZZ_CHECK(f.rule[0] != '\0');
		}
	}
	arena_release(&a);
	return 0;
}
