/* SPDX-License-Identifier: Apache-2.0
 *
 * Verifier keys of signed notes.
 */
#include "record/vkey.h"

#include "base/code.h"
#include "base/limits.h"
#include "crypto/hash.h"

enum { ID_HEX = 8, KEY_BYTES = 33 };

uint32_t
vkey_id(struct span name, uint8_t type, const struct sign_public *key)
{
	unsigned char head[2] = { 0x0a, type };
	struct span parts[] = { name, { head, sizeof head },
		{ key->b, sizeof key->b } };
	struct digest d = hash_sha256_spans(parts, 3);

	return (uint32_t)d.b[0] << 24 | (uint32_t)d.b[1] << 16 |
	    (uint32_t)d.b[2] << 8 | d.b[3];
}

/* Split at the first two '+': base64 may hold more of them. */
static enum err
split(struct span text, struct span out[3], struct fault *f)
{
	size_t begin = 0;
	size_t part = 0;

	for (size_t i = 0; i < text.n && part < 2; i++) {
		if (text.p[i] != '+')
			continue;
		out[part++] = span_of(text.p + begin, i - begin);
		begin = i + 1;
	}
	if (part != 2)
		return fault_at(f, ERR_SYNTAX, 0, "vkey",
		    "a verifier key is name+id+key");
	out[2] = span_of(text.p + begin, text.n - begin);
	return ERR_NONE;
}

static bool
is_note_name(struct span s)
{
	if (s.n == 0 || s.n > LIMIT_NAME)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= 0x20 || s.p[i] >= 0x7f)
			return false;
	return true;
}

enum err
vkey_parse(struct span text, struct vkey *out, struct fault *f)
{
	struct span part[3];
	unsigned char id[4];
	unsigned char key[KEY_BYTES];
	struct vkey v = { 0 };
	enum err e = split(text, part, f);

	if (e != ERR_NONE)
		return e;
	if (!is_note_name(part[0]))
		return fault_at(f, ERR_SYNTAX, 0, "vkey",
		    "the name has a blank or is no ASCII");
	if (part[1].n != ID_HEX)
		return fault_at(f, ERR_SYNTAX, part[0].n + 1, "vkey",
		    "the key id is not 8 hex digits");
	e = code_parse_hex_fixed(part[1], id, sizeof id);
	if (e != ERR_NONE)
		return fault_at(f, e, part[0].n + 1, "vkey",
		    "the key id is not lower-case hex");
	e = code_parse_base64_fixed(part[2], key, sizeof key);
	if (e != ERR_NONE)
		return fault_at(f, e, part[0].n + ID_HEX + 2, "vkey",
		    "the key is not base64 of 33 bytes");
	if (key[0] != VKEY_LOG && key[0] != VKEY_COSIGN)
		return fault_at(f, ERR_UNSUPPORTED, part[0].n + ID_HEX + 2,
		    "vkey", "unknown signature type");
	v.name = part[0];
	v.type = key[0];
	v.id = (uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 |
	    (uint32_t)id[2] << 8 | id[3];
	memcpy(v.key.b, key + 1, sizeof v.key.b);
	if (v.id != vkey_id(v.name, v.type, &v.key))
		return fault_at(f, ERR_DIGEST, part[0].n + 1, "vkey",
		    "the key id is not that of the key");
	if (sign_public_check(&v.key) != ERR_NONE)
		return fault_at(f, ERR_KEY, part[0].n + ID_HEX + 2, "vkey",
		    "the key is weak");
	*out = v;
	return ERR_NONE;
}

void
vkey_write(struct buf *out, struct span name, uint8_t type,
    const struct sign_public *key)
{
	unsigned char bytes[KEY_BYTES];

	bytes[0] = type;
	memcpy(bytes + 1, key->b, sizeof key->b);
	buf_put(out, name);
	buf_put_format(out, "+%08x+", vkey_id(name, type, key));
	code_write_base64(out, span_of(bytes, sizeof bytes));
}
