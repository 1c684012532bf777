/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys of circles, in and out of entries.
 */
#include "crypto/circle.h"

#include "base/limits.h"
#include "crypto/jws.h"
#include "crypto/secret.h"
#include "crypto/strict.h"

void
circle_write(const unsigned char key[CIRCLE_KEY], struct buf *out)
{
	buf_put_str(out, "{\"key\":\"");
	code_write_base64url(out, span_of(key, CIRCLE_KEY));
	buf_put_str(out, "\"}");
}

static enum err
parse_payload(struct json_val v, struct arena *a, struct circle *out,
    struct fault *f)
{
	static const char *const names[] = { "key" };
	struct json_val body = json_get(v, "body");
	enum err e;

	if (!json_is_str(json_get(v, "kind"), CIRCLE_KIND))
		return fault_at(f, ERR_SCHEMA, json_at(v), "kind",
		    "it hands out no key of a circle");
	e = strict_members(body, names, 1, f);
	if (e == ERR_NONE)
		e = strict_bytes(json_get(body, "key"), "key", out->key,
		    CIRCLE_KEY, f);
	if (e == ERR_NONE)
		e = json_text(json_get(v, "log"), a, &out->log);
	return e;
}

enum err
circle_parse(struct span jws, struct arena *a, struct circle *out,
    struct fault *f)
{
	struct circle c = { .id = hash_sha256(jws) };
	struct json doc;
	struct jws j;
	enum err e = jws_parse(jws, "almenara-entry+jws", a, &j, f);

	if (e == ERR_NONE)
		e = json_parse_arena(j.payload, LIMIT_JSON_DEPTH,
		    LIMIT_JSON_TOKENS, a, &doc, f);
	if (e == ERR_NONE)
		e = parse_payload(json_root(&doc), a, &c, f);
	if (e == ERR_NONE)
		*out = c;
	secret_wipe(&c, sizeof c);
	return e;
}
