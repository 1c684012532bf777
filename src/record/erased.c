/* SPDX-License-Identifier: Apache-2.0
 *
 * Erasure: targets and stubs.
 */
#include "record/erased.h"

#include "base/code.h"
#include "base/limits.h"
#include "crypto/jws.h"

#include <string.h>

enum { SIGNATURE_TEXT = 86 }; /* 64 bytes in base64url */

static enum err
digest_member(struct json_val v, const char *name, struct arena *a,
    struct digest *out)
{
	struct span s;

	if (json_text(json_get(v, name), a, &s) != ERR_NONE)
		return ERR_SCHEMA;
	return entry_parse_digest(s, out) == ERR_NONE ? ERR_NONE : ERR_SCHEMA;
}

static enum err
target_parse(struct json_val v, struct arena *a, struct erased_target *out)
{
	struct span id;

	if (json_text(json_get(v, "log"), a, &out->log) != ERR_NONE ||
	    json_u64(json_get(v, "index"), &out->index) != ERR_NONE ||
	    json_text(json_get(v, "id"), a, &id) != ERR_NONE ||
	    uuid_parse(id, &out->id) != ERR_NONE)
		return ERR_SCHEMA;
	return digest_member(v, "digest", a, &out->digest);
}

enum err
erased_targets(struct json_val body, struct arena *a,
    struct erased_target **out, size_t *n)
{
	struct json_val list = json_get(body, "of");
	struct erased_target *t;
	size_t count = 0;
	enum err e = ERR_NONE;

	if (list.type != JSON_ARRAY)
		return ERR_SCHEMA;
	if (json_count(list) > ERASED_MOST)
		return ERR_LIMIT;
	t = arena_alloc(a, ERASED_MOST * sizeof *t);
	for (struct json_val v = json_first(list);
	     v.type != JSON_ABSENT && e == ERR_NONE; v = json_next(list, v))
		e = target_parse(v, a, &t[count++]);
	if (e != ERR_NONE)
		return e;
	*out = t;
	*n = count;
	return ERR_NONE;
}

/* The payload with nothing in its body but what it stands for. */
static enum err
payload_write(struct entry e, const struct digest *d, const struct digest *by,
    struct buf *out)
{
	char text[ENTRY_DIGEST_TEXT + 1];
	struct json_out w;
	struct buf body;
	enum err err;

	buf_init(&body, 256);
	json_out_init(&w, &body);
	json_put_open(&w, '{');
	entry_write_digest(d, text);
	json_put_member_str(&w, "erased", text);
	entry_write_digest(by, text);
	json_put_member_str(&w, "by", text);
	json_put_close(&w, '}');
	e.body = buf_span(&body);
	err = entry_write(&e, out);
	buf_release(&body);
	return err;
}

enum err
erased_write(struct span jws, const struct digest *d, const struct digest *by,
    struct arena *a, struct buf *out)
{
	const unsigned char *dot = jws.n != 0 ? memchr(jws.p, '.', jws.n) :
						NULL;
	struct buf payload;
	struct entry entry;
	struct jws j;
	enum err e = dot == NULL ? ERR_SYNTAX :
	    jws_parse(jws, ENTRY_TYP, a, &j, NULL);

	if (e == ERR_NONE)
		e = entry_parse(j.payload, a, &entry, NULL, NULL);
	if (e != ERR_NONE)
		return ERR_SYNTAX;
	buf_init(&payload, LIMIT_PAYLOAD);
	e = payload_write(entry, d, by, &payload);
	if (e == ERR_NONE) {
		buf_put(out, span_of(jws.p, (size_t)(dot - jws.p)));
		buf_put_u8(out, '.');
		code_write_base64url(out, buf_span(&payload));
		buf_put_u8(out, '.');
		for (unsigned i = 0; i < SIGNATURE_TEXT; i++)
			buf_put_u8(out, 'A');
		e = buf_check(out);
	}
	buf_release(&payload);
	return e;
}

enum err
erased_parse(struct json_val body, struct arena *a, struct digest *d,
    struct digest *by)
{
	struct digest of, cause;
	enum err e = digest_member(body, "erased", a, &of);

	if (e == ERR_NONE)
		e = digest_member(body, "by", a, &cause);
	if (e != ERR_NONE)
		return e;
	*d = of;
	if (by != NULL)
		*by = cause;
	return ERR_NONE;
}
