/* SPDX-License-Identifier: Apache-2.0
 *
 * Keyed digests of what was seen.
 */
#include "record/blind.h"

#include "record/entry.h"

#include <stdlib.h>
#include <string.h>

void
blind_key_write(const struct blind_key *key, struct buf *out)
{
	struct digest as_text;
	char text[ENTRY_DIGEST_TEXT + 1];
	struct json_out w;

	/* as many bytes as a digest, written alike */
	memcpy(as_text.b, key->secret, BLIND_SECRET);
	entry_write_digest(&as_text, text);
	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_span(&w, "group", key->group);
	json_put_member_str(&w, "secret", text);
	json_put_close(&w, '}');
	explicit_bzero(&as_text, sizeof as_text);
	explicit_bzero(text, sizeof text);
}

enum err
blind_key_parse(struct json_val body, struct arena *a, struct blind_key *out,
    struct fault *f)
{
	struct digest secret;
	struct blind_key k;
	struct span s;

	if (json_text(json_get(body, "group"), a, &k.group) != ERR_NONE ||
	    k.group.n == 0)
		return fault_at(f, ERR_SCHEMA, 0, "group", "is no name");
	if (json_text(json_get(body, "secret"), a, &s) != ERR_NONE ||
	    entry_parse_digest(s, &secret) != ERR_NONE)
		return fault_at(f, ERR_SCHEMA, 0, "secret", "is not %d bytes "
		    "in base64url", BLIND_SECRET);
	memcpy(k.secret, secret.b, BLIND_SECRET);
	explicit_bzero(&secret, sizeof secret);
	*out = k;
	explicit_bzero(&k, sizeof k);
	return ERR_NONE;
}

static int
by_digest(const void *x, const void *y)
{
	const struct blind_one *a = x, *b = y;

	return memcmp(&a->digest, &b->digest, sizeof a->digest);
}

size_t
blind_make(const struct blind_key *key, const struct span *observable,
    size_t n, struct blind_one *out)
{
	struct hash_key *h = hash_key_create(span_of(key->secret,
	    BLIND_SECRET));
	size_t kept = 0;
	struct buf b;

	buf_init(&b, LIMIT_PAYLOAD);
	for (size_t i = 0; i < n; i++) {
		b.n = 0;
		buf_put_str(&b, "almenara blind 1\n");
		buf_put(&b, observable[i]);
		out[i] = (struct blind_one){ hash_hmac(h, buf_span(&b)),
			observable[i] };
	}
	if (b.p != NULL)
		explicit_bzero(b.p, b.cap);
	buf_release(&b);
	hash_key_free(h);
	if (n != 0)
		qsort(out, n, sizeof *out, by_digest);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || by_digest(&out[kept - 1], &out[i]) != 0)
			out[kept++] = out[i];
	return kept;
}

void
blind_write(const struct blind_one *one, size_t n, struct buf *out)
{
	char text[ENTRY_DIGEST_TEXT + 1];
	struct json_out w;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_key(&w, BLIND_MEMBER);
	json_put_open(&w, '[');
	for (size_t i = 0; i < n; i++) {
		entry_write_digest(&one[i].digest, text);
		json_put_str(&w, text);
	}
	json_put_close(&w, ']');
	json_put_close(&w, '}');
}
