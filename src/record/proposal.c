/* SPDX-License-Identifier: Apache-2.0
 *
 * Proposals: the file, signing and merging. Judging is in proposal_judge.c.
 */
#include "record/proposal.h"

#include "base/code.h"
#include "base/limits.h"

enum err
parsed_read(const struct document *d, struct span domain, struct arena *a,
    struct parsed *out, struct fault *f)
{
	struct parsed p = { .doc = *d };
	enum err e = ERR_SCHEMA;

	switch (d->kind) {
	case DOCUMENT_CHARTER:
		e = charter_parse(d, a, &p.u.charter, f);
		break;
	case DOCUMENT_REGISTER:
		e = register_parse(d, a, &p.u.reg, f);
		break;
	case DOCUMENT_SUSPENSION:
		e = suspension_parse(d, a, &p.u.suspension, f);
		break;
	case DOCUMENT_KEYSET:
		e = keyset_parse(d, domain, a, &p.u.keyset, f);
		break;
	case DOCUMENT_DESIGNATIONS:
		e = designations_parse(d, a, &p.u.designations, f);
		break;
	case DOCUMENT_EPOCH: /* a node signs it, not people */
	case DOCUMENT_KIND_COUNT:
		break;
	}
	if (e == ERR_NONE)
		*out = p;
	return e;
}

/* --- the file --- */

static enum err
parse_with(struct json_val list, struct arena *a, struct proposal *p,
    struct fault *f)
{
	enum err e = document_list(list, "with", LIMIT_PROPOSAL_WITH, f);

	if (e != ERR_NONE)
		return e;
	p->with = arena_alloc(a, json_count(list) * sizeof *p->with);
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v))
		p->with[p->with_count++] = json_raw(v);
	return ERR_NONE;
}

static enum err
parse_payload(struct json_val v, struct arena *a, struct document *out,
    struct fault *f)
{
	struct span text;
	struct buf b;
	enum err e = document_text(v, "payload", LIMIT_PROPOSAL, a, &text, f);

	if (e != ERR_NONE)
		return e;
	buf_init(&b, LIMIT_DOCUMENT);
	e = code_parse_base64url(text, &b);
	if (e != ERR_NONE)
		e = fault_at(f, e, json_at(v), "payload",
		    "base64url of at most 1 MiB belongs here");
	else
		e = document_draft(arena_copy(a, buf_span(&b)), a, out, f);
	buf_release(&b);
	return e;
}

enum err
proposal_parse(struct span bytes, struct arena *a, struct proposal *out,
    struct fault *f)
{
	static const char *const fresh[] = { "v", "with", "payload", NULL };
	static const char *const begun[] = { "v", "with", "signed", NULL };
	struct proposal p = { 0 };
	struct json_val root, done;
	struct json json;
	uint64_t v;
	enum err e;

	if (bytes.n > LIMIT_PROPOSAL)
		return fault_at(f, ERR_LIMIT, 0, NULL,
		    "larger than any proposal may be");
	e = json_parse_arena(bytes, LIMIT_JSON_DEPTH, LIMIT_DOCUMENT_TOKENS,
	    a, &json, f);
	if (e != ERR_NONE)
		return e;
	root = json_root(&json);
	done = json_get(root, "signed");
	e = document_members(root, done.type == JSON_ABSENT ? fresh : begun,
	    f);
	if (e == ERR_NONE)
		e = document_u64(json_get(root, "v"), "v", 1, 1, &v, f);
	if (e == ERR_NONE)
		e = parse_with(json_get(root, "with"), a, &p, f);
	if (e == ERR_NONE && done.type != JSON_ABSENT)
		e = document_parse(json_raw(done), a, &p.doc, f);
	else if (e == ERR_NONE)
		e = parse_payload(json_get(root, "payload"), a, &p.doc, f);
	if (e == ERR_NONE)
		*out = p;
	return e;
}

enum err
proposal_write(const struct proposal *p, struct buf *out)
{
	struct json_out w;
	struct buf text;

	buf_init(&text, 2 * LIMIT_DOCUMENT);
	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_u64(&w, "v", 1);
	json_put_key(&w, "with");
	json_put_open(&w, '[');
	for (size_t i = 0; i < p->with_count; i++)
		json_put_raw(&w, p->with[i]);
	json_put_close(&w, ']');
	if (p->doc.jws.count != 0) {
		json_put_key(&w, "signed");
		json_put_raw(&w, p->doc.bytes);
	} else {
		code_write_base64url(&text, p->doc.payload);
		json_put_member_span(&w, "payload", buf_span(&text));
	}
	json_put_close(&w, '}');
	buf_put_str(out, "\n");
	buf_release(&text);
	return out->n > LIMIT_PROPOSAL ? ERR_LIMIT : buf_check(out);
}

enum err
proposal_make(struct span payload, struct span *with, size_t with_count,
    struct arena *a, struct proposal *out, struct fault *f)
{
	struct proposal p = { .with = with, .with_count = with_count };
	enum err e = document_draft(arena_copy(a, payload), a, &p.doc, f);

	if (e == ERR_NONE && with_count > LIMIT_PROPOSAL_WITH)
		e = fault_at(f, ERR_LIMIT, 0, "with", "too many documents");
	if (e == ERR_NONE)
		*out = p;
	return e;
}

/* --- signatures --- */

/* The same proposal around other bytes of its document. */
static enum err
with_document(const struct proposal *p, const struct buf *b, struct arena *a,
    struct proposal *out, struct fault *f)
{
	struct proposal next = *p;
	enum err e = buf_check(b);

	if (e == ERR_NONE)
		e = document_parse(arena_copy(a, buf_span(b)), a, &next.doc,
		    f);
	if (e == ERR_NONE)
		*out = next;
	return e;
}

enum err
proposal_sign(const struct proposal *p, const struct judgement *j,
    const struct jwk *secret, struct arena *a, struct proposal *out,
    struct fault *f)
{
	struct digest kid = jwk_thumbprint(secret);
	const struct elector *who = judgement_find(j, &kid);
	struct buf b;
	enum err e;

	if (who == NULL)
		return fault_at(f, ERR_KEY, 0, "key",
		    "this key may not sign here: its holder is not asked");
	if (who->has_signed)
		return fault_at(f, ERR_CONFLICT, 0, "signatures",
		    "%.*s has signed already", SPAN_FMT(who->name));
	buf_init(&b, LIMIT_DOCUMENT);
	e = p->doc.jws.count == 0 ?
	    document_sign(p->doc.payload, &secret, 1, &b) :
	    document_countersign(p->doc.bytes, secret, &b);
	if (e == ERR_NONE)
		e = with_document(p, &b, a, out, f);
	else
		e = fault_at(f, e, 0, "signatures",
		    "it cannot be signed with this key");
	buf_release(&b);
	return e;
}

static void
put_sig(struct json_out *w, const struct jws_general_sig *s)
{
	struct buf b;

	buf_init(&b, 128);
	code_write_base64url(&b, span_of(s->sig, sizeof s->sig));
	json_put_open(w, '{');
	json_put_member_span(w, "protected", s->protected_b64);
	json_put_member_span(w, "signature", buf_span(&b));
	json_put_close(w, '}');
	buf_release(&b);
}

/* All signatures of one, then those of the other by keys that are new. */
static void
put_union(const struct document *d, const struct document *o, struct buf *b)
{
	struct json_out w;

	json_out_init(&w, b);
	json_put_open(&w, '{');
	json_put_member_span(&w, "payload", d->jws.payload_b64);
	json_put_key(&w, "signatures");
	json_put_open(&w, '[');
	for (size_t i = 0; i < d->jws.count; i++)
		put_sig(&w, &d->jws.sigs[i]);
	for (size_t i = 0; i < o->jws.count; i++)
		if (!document_claims(d, &o->jws.sigs[i].kid))
			put_sig(&w, &o->jws.sigs[i]);
	json_put_close(&w, ']');
	json_put_close(&w, '}');
}

enum err
proposal_merge(const struct proposal *p, const struct proposal *other,
    struct arena *a, struct proposal *out, struct fault *f)
{
	struct proposal next = *p;
	struct buf b;
	enum err e;

	if (!span_is_equal(p->doc.payload, other->doc.payload))
		return fault_at(f, ERR_CONFLICT, 0, "payload",
		    "the two files propose different things");
	if (other->doc.jws.count == 0 || p->doc.jws.count == 0) {
		if (p->doc.jws.count == 0)
			next.doc = other->doc;
		*out = next;
		return ERR_NONE;
	}
	buf_init(&b, LIMIT_DOCUMENT);
	put_union(&p->doc, &other->doc, &b);
	e = with_document(p, &b, a, out, f);
	buf_release(&b);
	return e;
}
