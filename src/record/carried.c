/* SPDX-License-Identifier: Apache-2.0
 *
 * Entries inside entries.
 */
#include "record/carried.h"

#include "base/limits.h"

struct reading {
	const struct entry *outer;
	struct json_val body;
	const struct schema *schema;
	struct arena *a;
	struct fault *f;
	struct carried c;
};

static enum err
wrong(const struct reading *r, const char *field, const char *rule)
{
	return fault_at(r->f, ERR_SCHEMA, json_at(r->body), field, "%s", rule);
}

static enum err
index_of(struct reading *r, const char *field, uint64_t *out)
{
	return json_u64(json_get(r->body, field), out) == ERR_NONE ? ERR_NONE :
	    wrong(r, field, "must be a place in a log");
}

/* A JWS in the member `field`, and the entry in it. */
static enum err
entry_of(struct reading *r, const char *field, struct jws *jws,
    struct entry *entry, struct json_val *body)
{
	struct span text;
	enum err e;

	if (json_text(json_get(r->body, field), r->a, &text) != ERR_NONE)
		return wrong(r, field, "must be a signed entry");
	e = jws_parse(text, ENTRY_TYP, r->a, jws, r->f);
	return e != ERR_NONE ? e :
	    entry_parse(jws->payload, r->a, entry, body, r->f);
}

static enum err
read_original(struct reading *r)
{
	struct carried *c = &r->c;
	struct digest got;
	struct span of;
	enum err e = entry_of(r, "jws", &c->jws, &c->entry, &c->body);

	if (e == ERR_NONE)
		e = index_of(r, "index", &c->index);
	if (e != ERR_NONE)
		return e;
	if (json_text(json_get(r->body, "of"), r->a, &of) != ERR_NONE ||
	    entry_parse_digest(of, &c->of) != ERR_NONE)
		return wrong(r, "of", "must be a digest");
	got = hash_sha256(c->jws.text);
	if (!digest_is_equal(&got, &c->of))
		return fault_at(r->f, ERR_DIGEST, json_at(r->body), "jws",
		    "is not the text that is named");
	c->log = c->entry.log;
	c->kind = kind_find(r->schema, c->entry.kind);
	if (c->kind != NULL && c->kind->carries != CARRIES_NOTHING)
		return wrong(r, "jws", "carries another entry itself");
	return ERR_NONE;
}

static enum err
read_release(struct reading *r)
{
	if (!span_is_equal(r->c.entry.iss, r->outer->iss))
		return wrong(r, "jws", "is released by another team");
	if (!json_is_str(json_get(r->body, "tlp"),
		arena_string(r->a, r->outer->tlp)))
		return wrong(r, "tlp", "is not the label of the envelope");
	return ERR_NONE;
}

static enum err
read_reshare(struct reading *r)
{
	struct carried *c = &r->c;
	struct json_val consent = json_get(r->body, "consent");
	struct span log;
	enum err e;

	if (json_text(json_get(r->body, "log"), r->a, &log) != ERR_NONE ||
	    !span_is_equal(log, c->log))
		return wrong(r, "log", "is not the log that it was made for");
	if (consent.type == JSON_ABSENT)
		return ERR_NONE;
	e = entry_of(r, "consent", &c->consent_jws, &c->consent,
	    &c->consent_body);
	if (e == ERR_NONE)
		e = index_of(r, "consent_index", &c->consent_index);
	c->has_consent = e == ERR_NONE;
	return e;
}

enum err
carried_parse(const struct entry *outer, struct json_val body,
    enum kind_carries what, const struct schema *schema, struct arena *a,
    struct carried *out, struct fault *f)
{
	struct reading r = { .outer = outer, .body = body, .schema = schema,
		.a = a, .f = f };
	enum err e = read_original(&r);

	if (e == ERR_NONE)
		e = what == CARRIES_RELEASE ? read_release(&r) :
					      read_reshare(&r);
	if (e == ERR_NONE)
		*out = r.c;
	return e;
}

enum err
carried_verify(const struct registry *r, const struct jws *jws,
    struct span team, struct span log, uint64_t index,
    enum key_state *state)
{
	struct digest kid = kid_digest(&jws->kid);
	enum key_state is = registry_entry_state(r, team, &kid, log, index);
	struct registry_log found;
	struct registry_key key;
	struct sign_public public;

	if (registry_log_find(r, log, &found) != ERR_NONE ||
	    !span_is_equal(found.team->id, team) ||
	    registry_key_find(r, team, &kid, KEY_ENTRY, &key) != ERR_NONE ||
	    (is != KEY_IN_FORCE && is != KEY_VOID))
		return ERR_KEY;
	public = jwk_sign_public(&key.key->key);
	if (!jws_is_signed_by(jws, &public))
		return ERR_SIGNATURE;
	*state = is;
	return ERR_NONE;
}

void
carried_write_release(const struct digest *of, enum tlp tlp, uint64_t index,
    struct span jws, struct span early, struct buf *out)
{
	char d[ENTRY_DIGEST_TEXT + 1];
	struct json_out w;

	entry_write_digest(of, d);
	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_str(&w, "of", d);
	json_put_member_str(&w, "tlp", tlp_label(tlp));
	json_put_member_u64(&w, "index", index);
	if (early.n != 0) {
		json_put_key(&w, "early");
		json_put_raw(&w, early);
	}
	json_put_member_span(&w, "jws", jws);
	json_put_close(&w, '}');
}

size_t
carried_jws_size(size_t payload)
{
	/* header with its kid, two dots, signature; 4 for 3 bytes */
	enum { HEADER = 128, SIGNATURE = 86 };

	return HEADER + 1 + (payload * 4 + 2) / 3 + 1 + SIGNATURE;
}
