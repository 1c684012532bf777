/* SPDX-License-Identifier: Apache-2.0
 *
 * Long texts sealed to one key.
 */
#include "crypto/vault.h"

#include "base/code.h"
#include "base/limits.h"
#include "crypto/jwe.h"
#include "crypto/secret.h"

#include <string.h>

#define MAGIC "almenara-vault-1\n"
#define INSIDE "vault-1."

enum { MAGIC_N = sizeof MAGIC - 1, INSIDE_N = sizeof INSIDE - 1,
	KEY_TEXT = 43 };

/* --- writing --- */

static enum err
container_write(const struct vault_writer *w, const struct jwk *to,
    struct span log, random_fn *random, struct buf *out)
{
	unsigned char epk[1][32];
	struct jwe_random fresh = { .epk = (const unsigned char (*)[32])epk };
	struct buf text;
	enum err e;

	random(epk, sizeof epk);
	random(fresh.cek, sizeof fresh.cek);
	random(fresh.iv, sizeof fresh.iv);
	buf_init(&text, INSIDE_N + KEY_TEXT);
	(void)buf_extend(&text, INSIDE_N + KEY_TEXT);
	buf_clear(&text);
	buf_put_str(&text, INSIDE);
	code_write_base64url(&text, span_of(w->key, sizeof w->key));
	e = jwe_write(log, &to, 1, buf_span(&text), &fresh, out);
	secret_wipe(text.p, text.cap);
	secret_wipe(&fresh, sizeof fresh);
	secret_wipe(epk, sizeof epk);
	buf_release(&text);
	return e;
}

enum err
vault_begin(struct vault_writer *w, const struct jwk *to, struct span log,
    random_fn *random, struct buf *out)
{
	size_t before = out->n;
	enum err e;

	w->n = 0;
	w->number = 0;
	random(w->key, sizeof w->key);
	buf_put_str(out, MAGIC);
	e = container_write(w, to, log, random, out);
	buf_put_str(out, "\n");
	if (e == ERR_NONE && out->n - before > LIMIT_VAULT_HEAD)
		e = ERR_LIMIT;
	if (e == ERR_NONE)
		e = buf_check(out);
	if (e != ERR_NONE)
		vault_wipe(w);
	return e;
}

static void
piece_put(struct vault_writer *w, bool is_last, struct buf *out)
{
	unsigned char *p = buf_extend(out, w->n + PIECE_TAG);

	if (p != NULL)
		piece_seal(w->key, w->number, is_last, span_of(w->text, w->n),
		    p);
	w->number++;
	w->n = 0;
}

/* A full piece is kept until it is known whether it is the last. */
void
vault_put(struct vault_writer *w, struct span text, struct buf *out)
{
	while (text.n != 0) {
		size_t n = sizeof w->text - w->n;

		if (n == 0) {
			piece_put(w, false, out);
			continue;
		}
		if (n > text.n)
			n = text.n;
		memcpy(w->text + w->n, text.p, n);
		w->n += n;
		text = span_of(text.p + n, text.n - n);
	}
}

void
vault_end(struct vault_writer *w, struct buf *out)
{
	piece_put(w, true, out);
	vault_wipe(w);
}

void
vault_wipe(struct vault_writer *w)
{
	secret_wipe(w, sizeof *w);
}

/* --- reading --- */

/* The container and the length of the head. */
static enum err
head_find(struct span in, struct span *container, size_t *n, struct fault *f)
{
	const unsigned char *end;
	size_t most = in.n < LIMIT_VAULT_HEAD ? in.n : LIMIT_VAULT_HEAD;

	if (in.n < MAGIC_N || memcmp(in.p, MAGIC, MAGIC_N) != 0) {
		if (in.n >= MAGIC_N && memcmp(in.p, MAGIC, MAGIC_N - 2) == 0)
			return fault_at(f, ERR_UNSUPPORTED, 0, "head",
			    "a later version wrote this file");
		return fault_at(f, ERR_SYNTAX, 0, "head",
		    "this is no backup: it begins otherwise");
	}
	end = memchr(in.p + MAGIC_N, '\n', most - MAGIC_N);
	if (end == NULL)
		return fault_at(f, ERR_SYNTAX, MAGIC_N, "head",
		    "its second line does not end");
	*container = span_of(in.p + MAGIC_N,
	    (size_t)(end - in.p) - MAGIC_N);
	*n = (size_t)(end + 1 - in.p);
	return ERR_NONE;
}

enum err
vault_parse_head(struct span in, struct arena *a, struct vault_head *out,
    struct fault *f)
{
	struct span container;
	struct jwe jwe;
	size_t n = 0;
	enum err e = head_find(in, &container, &n, f);

	if (e == ERR_NONE)
		e = jwe_parse(container, a, &jwe, f);
	if (e != ERR_NONE)
		return e;
	if (jwe.count != 1)
		return fault_at(f, ERR_SCHEMA, MAGIC_N, "head",
		    "it is for several keys");
	*out = (struct vault_head){ n, jwe.recipients[0].kid, jwe.log };
	return ERR_NONE;
}

static enum err
key_take(struct span text, struct vault_reader *out, struct fault *f)
{
	if (text.n != INSIDE_N + KEY_TEXT ||
	    memcmp(text.p, INSIDE, INSIDE_N) != 0 ||
	    code_parse_base64url_fixed(span_of(text.p + INSIDE_N, KEY_TEXT),
		out->key, sizeof out->key) != ERR_NONE)
		return fault_at(f, ERR_SYNTAX, MAGIC_N, "head",
		    "no key of a backup is in it");
	return ERR_NONE;
}

enum err
vault_open(struct span in, const struct jwk *key, struct vault_reader *out,
    struct fault *f)
{
	struct arena a = { 0 };
	struct span container;
	struct buf text;
	struct jwe jwe;
	size_t n;
	enum err e = head_find(in, &container, &n, f);

	*out = (struct vault_reader){ .number = 0 };
	buf_init(&text, LIMIT_VAULT_HEAD);
	(void)buf_extend(&text, LIMIT_VAULT_HEAD);
	buf_clear(&text);
	if (e == ERR_NONE)
		e = jwe_parse(container, &a, &jwe, f);
	if (e == ERR_NONE) {
		e = jwe_open(&jwe, key, &text, f);
		if (e == ERR_KEY)
			e = fault_at(f, e, MAGIC_N, "head",
			    "it was sealed to another key");
	}
	if (e == ERR_NONE)
		e = key_take(buf_span(&text), out, f);
	secret_wipe(text.p, text.cap);
	buf_release(&text);
	arena_release(&a);
	return e;
}

enum err
vault_next(struct vault_reader *r, struct span sealed, bool is_last,
    unsigned char *out)
{
	enum err e = piece_open(r->key, r->number, is_last, sealed, out);

	if (e == ERR_NONE)
		r->number++;
	return e;
}

void
vault_close(struct vault_reader *r)
{
	secret_wipe(r, sizeof *r);
}
