/* SPDX-License-Identifier: Apache-2.0
 *
 * Cosignatures.
 */
#include "ledger/cosignature.h"

#include <assert.h>
#include <inttypes.h>

enum { MESSAGE_MAX = LIMIT_NOTE + 64 };

void
cosignature_write_message(struct span text, uint64_t time_s, struct buf *out)
{
	buf_put_format(out, "cosignature/v1\ntime %" PRIu64 "\n", time_s);
	buf_put(out, text);
}

void
cosignature_make(const struct sign_secret *key, struct span text,
    uint64_t time_s, unsigned char out[COSIGNATURE_BYTES])
{
	struct buf m;
	unsigned i;

	assert(text.n <= LIMIT_NOTE);
	buf_init(&m, MESSAGE_MAX);
	cosignature_write_message(text, time_s, &m);
	for (i = 0; i < 8; i++)
		out[i] = (unsigned char)(time_s >> (56 - 8 * i));
	sign_make(key, buf_span(&m), out + 8);
	buf_release(&m);
}

uint64_t
cosignature_time(const unsigned char sig[COSIGNATURE_BYTES])
{
	uint64_t t = 0;
	unsigned i;

	for (i = 0; i < 8; i++)
		t = t << 8 | sig[i];
	return t;
}

bool
cosignature_check(const struct sign_public *key, struct span text,
    const unsigned char sig[COSIGNATURE_BYTES])
{
	struct buf m;
	bool ok;

	buf_init(&m, MESSAGE_MAX);
	cosignature_write_message(text, cosignature_time(sig), &m);
	ok = buf_check(&m) == ERR_NONE &&
	    sign_check(key, buf_span(&m), sig + 8);
	buf_release(&m);
	return ok;
}

enum err
cosignature_line_check(struct span line, const struct note_key *key,
    struct span text, uint64_t *time_s, struct fault *f)
{
	struct note_signature s;
	enum err e;

	e = note_line_parse(line, &s, f);
	if (e != ERR_NONE)
		return e;
	if (key->type != NOTE_COSIGNATURE || !note_line_is_by(&s, key))
		return fault_at(f, ERR_KEY, 0, NULL,
		    "no cosignature by %s", key->name);
	e = note_line_check(&s, key, text, time_s);
	if (e != ERR_NONE)
		return fault_at(f, e, 0, NULL,
		    "the cosignature by %s is bad", key->name);
	return ERR_NONE;
}
