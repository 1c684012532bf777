/* SPDX-License-Identifier: Apache-2.0
 *
 * Receipts for others.
 */
#include "node/receipt_proof.h"

#include "crypto/jws.h"

bool
receipt_holds(const struct receipt *r, uint64_t index, bool open)
{
	return ranges_has(&r->held, index) ||
	    (open && index < r->size && !ranges_has(&r->missing, index));
}

static bool
is_signed(const struct registry *r, struct span team, const struct jws *jws)
{
	struct digest kid = kid_digest(&jws->kid);
	struct sign_public public;
	struct registry_key key;

	if (registry_key_find(r, team, &kid, KEY_ENTRY, &key) != ERR_NONE ||
	    key.revoked != NULL)
		return false;
	public = jwk_sign_public(&key.key->key);
	return jws_is_signed_by(jws, &public);
}

static enum receipt_shows
place(const struct receipt_entry *e, const struct receipt *r,
    struct tlog_proof *out)
{
	struct digest root;

	if (r->size > e->size)
		return RECEIPT_OF_OTHER;
	if (tree_root_at(&e->source, r->size, &root) != ERR_NONE)
		return RECEIPT_UNREADABLE;
	if (!digest_is_equal(&root, &r->root))
		return RECEIPT_OF_OTHER;
	*out = (struct tlog_proof){ .index = e->index };
	return proof_make_inclusion(&e->source, e->index, r->size,
		   &out->proof) == ERR_NONE ?
	    RECEIPT_SHOWS : RECEIPT_UNREADABLE;
}

static enum receipt_shows
show(const struct registry *reg, const struct receipt_entry *e,
    const struct jws *jws, const struct receipt *r, struct receipt_shown *out)
{
	if (!span_is_equal(r->log, e->origin) ||
	    !span_is_equal(r->by, e->team) || e->index >= r->size ||
	    !receipt_holds(r, e->index, e->open))
		return RECEIPT_SHOWS_NOTHING;
	out->at_s = r->at_s;
	out->size = r->size;
	if (!is_signed(reg, e->team, jws))
		return RECEIPT_BY_OTHER_KEY;
	return place(e, r, &out->proof);
}

enum receipt_shows
receipt_show(const struct registry *reg, const struct receipt_entry *e,
    struct span text, struct receipt_shown *out)
{
	enum receipt_shows shows = RECEIPT_SHOWS_NOTHING;
	struct receipt r = { 0 };
	struct arena a = { 0 };
	struct jws jws;

	if (jws_parse(text, RECEIPT_TYP, &a, &jws, NULL) == ERR_NONE &&
	    receipt_parse(jws.payload, &a, &r, NULL) == ERR_NONE)
		shows = show(reg, e, &jws, &r, out);
	receipt_release(&r);
	arena_release(&a);
	return shows;
}

const char *
receipt_shows_token(enum receipt_shows s)
{
	switch (s) {
	case RECEIPT_BY_OTHER_KEY:
		return "key";
	case RECEIPT_OF_OTHER:
		return "history";
	case RECEIPT_UNREADABLE:
		return "unreadable";
	case RECEIPT_SHOWS_NOTHING:
	case RECEIPT_SHOWS:
		break;
	}
	return "";
}
