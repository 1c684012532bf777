/* reaches: cms_look cms_seal
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as the certificate of a reader of letters: what is accepted is in
 * force, has a fingerprint, and can be sealed to; what is written of it is
 * accepted again with the same fingerprint.
 */
#include "fuzz.h"

#include "base/limits.h"
#include "crypto/cms.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int64_t now_s = 1795253267;
	struct cms_card card, again;
	struct fault f = { 0 };
	struct buf pem, twice;

	buf_init(&pem, LIMIT_PAGE_CERTIFICATE);
	buf_init(&twice, LIMIT_PAGE_CERTIFICATE);
	if (cms_look(span_of(data, size), now_s, &card, &pem, &f) !=
	    ERR_NONE) {
		FUZZ_CHECK(f.rule[0] != '\0');
		goto out;
	}
	FUZZ_CHECK(card.until_s > now_s && card.fingerprint[0] != '\0');
	FUZZ_CHECK(cms_look(buf_span(&pem), now_s, &again, &twice, &f) ==
	    ERR_NONE);
	FUZZ_CHECK(memcmp(card.fingerprint, again.fingerprint,
	    sizeof card.fingerprint) == 0);
	buf_clear(&twice);
	(void)!cms_seal(buf_span(&pem), now_s, span_str("text"), &twice, &f);
out:
	buf_release(&pem);
	buf_release(&twice);
	return 0;
}
