/* SPDX-License-Identifier: Apache-2.0
 *
 * The header is not parsed as JSON: it is compared with the one spelling it
 * may have, which leaves nothing for a second reader to understand otherwise.
 */
#include "crypto/jws.h"

#include "base/limits.h"
#include "crypto/strict.h"

#define HEAD "{\"alg\":\"Ed25519\",\"kid\":\""
#define MIDDLE "\",\"typ\":\""
#define TAIL "\"}"

enum { HEADER_MAX = 256, KID = sizeof(struct kid) - 1 };

static void
put_header(const char *typ, const struct kid *kid, struct buf *out)
{
	buf_put_str(out, HEAD);
	buf_put_mem(out, kid->s, KID);
	buf_put_str(out, MIDDLE);
	buf_put_str(out, typ);
	buf_put_str(out, TAIL);
}

void
jws_header_write(const char *typ, const struct kid *kid, struct buf *out)
{
	struct buf b;

	buf_init(&b, HEADER_MAX);
	put_header(typ, kid, &b);
	if (b.over)
		out->over = true;
	code_write_base64url(out, buf_span(&b));
	buf_release(&b);
}

static bool
takes(struct span *s, const char *what)
{
	size_t n = strlen(what);

	if (s->n < n || memcmp(s->p, what, n) != 0)
		return false;
	*s = span_of(s->p + n, s->n - n);
	return true;
}

static enum err
parse_plain(struct span in, const char *typ, struct kid *out, struct fault *f)
{
	struct span s = in;

	if (takes(&s, "{\"alg\":\"") && !takes(&s, "Ed25519\""))
		return fault_at(f, ERR_UNSUPPORTED, 0, "alg",
		    "the algorithm is not Ed25519");
	s = in;
	if (!takes(&s, HEAD) || s.n < KID ||
	    kid_parse(span_of(s.p, KID), out) != ERR_NONE)
		return fault_at(f, ERR_CANONICAL, 0, "protected",
		    "the header is not exactly alg, kid, typ");
	s = span_of(s.p + KID, s.n - KID);
	if (takes(&s, MIDDLE) && takes(&s, typ) && span_is_str(s, TAIL))
		return ERR_NONE;
	s = span_of(in.p + sizeof HEAD - 1 + KID,
	    in.n - (sizeof HEAD - 1) - KID);
	if (takes(&s, MIDDLE) && !takes(&s, typ))
		return fault_at(f, ERR_UNSUPPORTED, 0, "typ",
		    "the type is not %s", typ);
	return fault_at(f, ERR_CANONICAL, 0, "protected",
	    "the header is not exactly alg, kid, typ");
}

enum err
jws_header_parse(struct span in, const char *typ, struct kid *out,
    struct fault *f)
{
	struct kid kid;
	struct buf b;
	enum err e;

	buf_init(&b, HEADER_MAX);
	e = code_parse_base64url(in, &b);
	if (e == ERR_NONE)
		e = parse_plain(buf_span(&b), typ, &kid, f);
	else if (e == ERR_CANONICAL)
		e = fault_at(f, e, 0, "protected",
		    "base64url is not canonical");
	else
		e = fault_at(f, e, 0, "protected", e == ERR_LIMIT ?
		    "the header is too long" : "the header is not base64url");
	if (e == ERR_NONE)
		*out = kid;
	buf_release(&b);
	return e;
}

static enum err
base64_fault(enum err e, size_t at, const char *field, struct fault *f)
{
	if (e == ERR_CANONICAL)
		return fault_at(f, e, at, field, "base64url is not canonical");
	if (e == ERR_LIMIT)
		return fault_at(f, e, at, field, "longer than it may be");
	return fault_at(f, e, at, field, "not base64url of the right length");
}

enum err
jws_parse(struct span text, const char *typ, struct arena *a, struct jws *out,
    struct fault *f)
{
	struct jws j = { .text = text };
	const unsigned char *end = text.p + text.n, *one, *two;
	enum err e;

	if (text.n > LIMIT_JWS)
		return fault_at(f, ERR_LIMIT, LIMIT_JWS, NULL,
		    "longer than a JWS may be");
	one = text.n != 0 ? memchr(text.p, '.', text.n) : NULL;
	two = one != NULL ? memchr(one + 1, '.', (size_t)(end - one - 1)) :
	    NULL;
	if (two == NULL)
		return fault_at(f, ERR_SYNTAX, text.n, NULL,
		    "a JWS has three parts");
	e = jws_header_parse(span_of(text.p, (size_t)(one - text.p)), typ,
	    &j.kid, f);
	if (e != ERR_NONE)
		return e;
	e = code_parse_base64url_fixed(
	    span_of(two + 1, (size_t)(end - two - 1)), j.sig, sizeof j.sig);
	if (e != ERR_NONE)
		return base64_fault(e, (size_t)(two + 1 - text.p), "signature",
		    f);
	e = strict_blob(span_of(one + 1, (size_t)(two - one - 1)),
	    LIMIT_PAYLOAD, a, &j.payload);
	if (e != ERR_NONE)
		return base64_fault(e, (size_t)(one + 1 - text.p), "payload",
		    f);
	j.input = span_of(text.p, (size_t)(two - text.p));
	*out = j;
	return ERR_NONE;
}

bool
jws_is_signed_by(const struct jws *j, const struct sign_public *key)
{
	return sign_check(key, j->input, j->sig);
}

enum err
jws_write(const char *typ, const struct kid *kid, struct span payload,
    const struct sign_secret *key, struct buf *out)
{
	unsigned char sig[SIGN_BYTES];
	struct buf b;
	enum err e = ERR_LIMIT;

	if (payload.n > LIMIT_PAYLOAD)
		return ERR_LIMIT;
	buf_init(&b, LIMIT_JWS);
	/* at once: what has grown by halves was copied each time */
	buf_reserve(&b, 2 * HEADER_MAX + payload.n * 4 / 3);
	jws_header_write(typ, kid, &b);
	buf_put_str(&b, ".");
	code_write_base64url(&b, payload);
	if (buf_check(&b) != ERR_NONE)
		goto out;
	sign_make(key, buf_span(&b), sig);
	buf_put_str(&b, ".");
	code_write_base64url(&b, span_of(sig, sizeof sig));
	if (buf_check(&b) != ERR_NONE)
		goto out;
	buf_put(out, buf_span(&b));
	e = buf_check(out);
out:
	buf_release(&b);
	return e;
}
