/* SPDX-License-Identifier: Apache-2.0
 *
 * Signed notes: reading, verifying, writing.
 */
#include "ledger/note.h"

#include "base/code.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "ledger/cosignature.h"
#include "ledger/line.h"

#include <assert.h>

static const char dash[] = "\xe2\x80\x94 "; /* U+2014 and a blank */

enum { VKEY_MAX = 8192 }; /* room to name what is not supported */

enum err
note_name_check(struct span name)
{
	size_t i;

	if (name.n == 0 || name.n > LIMIT_NAME)
		return ERR_SYNTAX;
	for (i = 0; i < name.n; i++)
		if (name.p[i] <= ' ' || name.p[i] >= 0x7f ||
		    name.p[i] == '+')
			return ERR_SYNTAX;
	return ERR_NONE;
}

enum err
note_key_registered(struct span name, enum note_type type,
    const struct sign_public *public, struct note_key *out)
{
	unsigned char head[2] = { '\n', (unsigned char)type };
	struct span in[3] = { name, span_of(head, 2),
	    span_of(public->b, sizeof public->b) };
	struct note_key key = { 0 };
	struct digest d;

	if (note_name_check(name) != ERR_NONE)
		return ERR_SYNTAX;
	d = hash_sha256_spans(in, 3);
	memcpy(key.name, name.p, name.n);
	memcpy(key.id, d.b, sizeof key.id);
	key.type = type;
	key.public = *public;
	*out = key;
	return ERR_NONE;
}

enum err
note_key_make(struct span name, enum note_type type,
    const struct sign_public *public, struct note_key *out)
{
	enum err e = sign_public_check(public);

	return e != ERR_NONE ? e : note_key_registered(name, type, public, out);
}

/* `blob` is the decoded third part of a vkey: type || key. */
static enum err
key_of_blob(struct span name, struct span blob,
    const unsigned char id[NOTE_ID_BYTES], struct note_key *out)
{
	struct sign_public public;
	struct note_key key;
	enum err e;

	if (blob.n == 0)
		return ERR_SYNTAX;
	if (blob.p[0] != NOTE_ED25519 && blob.p[0] != NOTE_COSIGNATURE)
		return ERR_UNSUPPORTED;
	if (blob.n != 1 + sizeof public.b)
		return ERR_SYNTAX;
	memcpy(public.b, blob.p + 1, sizeof public.b);
	e = note_key_make(name, blob.p[0] == NOTE_ED25519 ? NOTE_ED25519 :
	    NOTE_COSIGNATURE, &public, &key);
	if (e != ERR_NONE)
		return e;
	if (memcmp(id, key.id, NOTE_ID_BYTES) != 0)
		return ERR_DIGEST;
	*out = key;
	return ERR_NONE;
}

enum err
note_key_parse(struct span vkey, struct note_key *out)
{
	unsigned char id[NOTE_ID_BYTES];
	const unsigned char *plus;
	struct span name, rest;
	struct buf blob;
	enum err e;

	plus = vkey.n == 0 ? NULL : memchr(vkey.p, '+', vkey.n);
	if (plus == NULL || vkey.n > VKEY_MAX)
		return ERR_SYNTAX;
	name = span_of(vkey.p, (size_t)(plus - vkey.p));
	rest = span_of(plus + 1, vkey.n - name.n - 1);
	if (rest.n < 2 * NOTE_ID_BYTES + 1 ||
	    rest.p[2 * NOTE_ID_BYTES] != '+')
		return ERR_SYNTAX;
	e = code_parse_hex_fixed(span_of(rest.p, 2 * NOTE_ID_BYTES), id,
	    sizeof id);
	if (e != ERR_NONE)
		return e;
	rest = span_of(rest.p + 9, rest.n - 9);
	buf_init(&blob, VKEY_MAX);
	e = code_parse_base64(rest, &blob);
	if (e == ERR_NONE)
		e = key_of_blob(name, buf_span(&blob), id, out);
	buf_release(&blob);
	return e;
}

void
note_key_write(const struct note_key *key, struct buf *out)
{
	unsigned char blob[33];

	blob[0] = (unsigned char)key->type;
	memcpy(blob + 1, key->public.b, sizeof key->public.b);
	buf_put_str(out, key->name);
	buf_put_u8(out, '+');
	code_write_hex(out, span_of(key->id, sizeof key->id));
	buf_put_u8(out, '+');
	code_write_base64(out, span_of(blob, sizeof blob));
}

/* key id || signature of a line, in base64. */
static enum err
signature_decode(struct span base64, struct note_signature *out)
{
	struct buf b;
	enum err e;

	buf_init(&b, LIMIT_NOTE);
	e = code_parse_base64(base64, &b);
	if (e == ERR_NONE && b.n <= NOTE_ID_BYTES)
		e = ERR_SYNTAX;
	if (e == ERR_NONE) {
		memcpy(out->id, b.p, NOTE_ID_BYTES);
		out->n = b.n - NOTE_ID_BYTES;
		if (out->n <= sizeof out->bytes)
			memcpy(out->bytes, b.p + NOTE_ID_BYTES, out->n);
	}
	buf_release(&b);
	return e;
}

enum err
note_line_parse(struct span line, struct note_signature *out, struct fault *f)
{
	struct note_signature s = { .line = line };
	struct span rest = line, text, body;
	const unsigned char *blank;
	enum err e;

	if (line.n > LIMIT_NOTE)
		return fault_at(f, ERR_LIMIT, 0, NULL,
		    "a signature line over %d bytes", LIMIT_NOTE);
	e = line_step(&rest, &text);
	if (e != ERR_NONE || rest.n != 0)
		return fault_at(f, ERR_SYNTAX, 0, NULL,
		    "a signature line is one line ended by LF");
	e = line_after(text, dash, &body);
	if (e != ERR_NONE)
		return fault_at(f, e, 0, NULL,
		    "a signature line begins with U+2014 and a blank");
	blank = body.n == 0 ? NULL : memchr(body.p, ' ', body.n);
	if (blank == NULL)
		return fault_at(f, ERR_SYNTAX, 0, NULL,
		    "a signature line has a name and a signature");
	s.name = span_of(body.p, (size_t)(blank - body.p));
	e = note_name_check(s.name);
	if (e != ERR_NONE)
		return fault_at(f, e, sizeof dash - 1, NULL,
		    "a key name is ASCII without blank and +");
	e = signature_decode(span_of(blank + 1, body.n - s.name.n - 1), &s);
	if (e != ERR_NONE)
		return fault_at(f, e, (size_t)(blank + 1 - line.p), NULL,
		    "a signature is canonical base64 of key id and bytes");
	*out = s;
	return ERR_NONE;
}

/* The place of the last empty line: text is all up to and with its first LF.
 * 0 if there is none. */
static size_t
text_end(struct span in)
{
	size_t i;

	for (i = in.n; i >= 2; i--)
		if (in.p[i - 1] == '\n' && in.p[i - 2] == '\n')
			return i - 1;
	return 0;
}

static enum err
characters_check(struct span in, struct fault *f)
{
	struct text t;
	size_t i;
	enum err e;

	e = text_parse(in, &t);
	if (e != ERR_NONE)
		return fault_at(f, e, 0, NULL, "a note is UTF-8");
	for (i = 0; i < in.n; i++)
		if (in.p[i] < ' ' && in.p[i] != '\n')
			return fault_at(f, ERR_SYNTAX, i, NULL,
			    "a note has no control character but LF");
	return ERR_NONE;
}

static enum err
lines_parse(struct span rest, size_t at, struct note *out, struct fault *f)
{
	struct span line, start;
	enum err e;

	while (rest.n != 0) {
		start = rest;
		if (out->count == LIMIT_NOTE_SIGNATURES)
			return fault_at(f, ERR_LIMIT, at, NULL,
			    "more than %d signatures", LIMIT_NOTE_SIGNATURES);
		e = line_step(&rest, &line);
		if (e != ERR_NONE)
			return fault_at(f, e, at, NULL,
			    "the last line does not end in LF");
		line.n++;
		e = note_line_parse(line, &out->signature[out->count], f);
		if (e != ERR_NONE) {
			if (f != NULL)
				f->at += at;
			return e;
		}
		out->count++;
		at += start.n - rest.n;
	}
	return ERR_NONE;
}

enum err
note_parse(struct span in, struct note *out, struct fault *f)
{
	struct note note = { 0 };
	size_t end;
	enum err e;

	if (in.n > LIMIT_NOTE)
		return fault_at(f, ERR_LIMIT, 0, NULL,
		    "a note over %d bytes", LIMIT_NOTE);
	e = characters_check(in, f);
	if (e != ERR_NONE)
		return e;
	end = text_end(in);
	if (end == 0)
		return fault_at(f, ERR_SYNTAX, in.n, NULL,
		    "no empty line before the signatures");
	note.text = span_of(in.p, end);
	if (end + 1 == in.n)
		return fault_at(f, ERR_SYNTAX, in.n, NULL, "no signature");
	e = lines_parse(span_of(in.p + end + 1, in.n - end - 1), end + 1,
	    &note, f);
	if (e == ERR_NONE)
		*out = note;
	return e;
}

bool
note_line_is_by(const struct note_signature *line,
    const struct note_key *key)
{
	return span_is_str(line->name, key->name) &&
	    memcmp(line->id, key->id, NOTE_ID_BYTES) == 0;
}

enum err
note_line_check(const struct note_signature *line,
    const struct note_key *key, struct span text, uint64_t *time_s)
{
	bool ok, timed = key->type == NOTE_COSIGNATURE;

	if (!note_line_is_by(line, key) ||
	    line->n != (size_t)(timed ? COSIGNATURE_BYTES : SIGN_BYTES))
		return ERR_SIGNATURE;
	ok = timed ? cosignature_check(&key->public, text, line->bytes) :
	    sign_check(&key->public, text, line->bytes);
	if (!ok)
		return ERR_SIGNATURE;
	if (time_s != NULL)
		*time_s = timed ? cosignature_time(line->bytes) : 0;
	return ERR_NONE;
}

/* All lines of one key. */
static enum err
check_key(const struct note *note, const struct note_key *key,
    struct note_found *out, struct fault *f)
{
	const struct note_signature *s;
	uint64_t time_s = 0;
	size_t i;
	enum err e;

	*out = (struct note_found){ 0 };
	for (i = 0; i < note->count; i++) {
		s = &note->signature[i];
		if (!note_line_is_by(s, key))
			continue;
		e = note_line_check(s, key, note->text, &time_s);
		if (e != ERR_NONE)
			return fault_at(f, e, (size_t)(s->line.p -
			    note->text.p), NULL,
			    "the signature by %s is bad", key->name);
		out->valid = true;
		if (time_s > out->time_s)
			out->time_s = time_s;
	}
	return ERR_NONE;
}

enum err
note_check(const struct note *note, const struct note_key *keys, size_t n,
    struct note_found *found, struct fault *f)
{
	struct note_found *all = mem_array(n, sizeof *all);
	enum err e = ERR_NONE;
	size_t i;

	for (i = 0; i < n && e == ERR_NONE; i++)
		e = check_key(note, &keys[i], &all[i], f);
	if (e == ERR_NONE && n != 0)
		memcpy(found, all, n * sizeof *all);
	free(all);
	return e;
}

void
note_write(struct span text, struct buf *out)
{
	assert(text.n != 0 && text.p[text.n - 1] == '\n');
	buf_put(out, text);
	buf_put_u8(out, '\n');
}

void
note_line_write(const struct note_key *key, struct span sig, struct buf *out)
{
	unsigned char blob[NOTE_ID_BYTES + NOTE_SIGNATURE_BYTES];

	assert(sig.n == (key->type == NOTE_COSIGNATURE ?
	    (size_t)COSIGNATURE_BYTES : (size_t)SIGN_BYTES));
	memcpy(blob, key->id, NOTE_ID_BYTES);
	memcpy(blob + NOTE_ID_BYTES, sig.p, sig.n);
	buf_put_str(out, dash);
	buf_put_str(out, key->name);
	buf_put_u8(out, ' ');
	code_write_base64(out, span_of(blob, NOTE_ID_BYTES + sig.n));
	buf_put_u8(out, '\n');
}
