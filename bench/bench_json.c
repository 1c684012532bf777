/* SPDX-License-Identifier: Apache-2.0
 *
 * The strict JSON reader against jansson, over documents of about 2 and 80
 * KiB that are made from a seed and look like records: ids, digests, prose in
 * several languages, numbers, nesting. And the time of a 2 KiB document as a
 * part of the one signature check that every record needs anyway.
 */
#include "bench.h"
#include "json_rival.h"

#include "base/json.h"
#include "base/limits.h"
#include "crypto/sign.h"

#include <stdint.h>
#include <stdio.h>

struct scene {
	struct buf text;
	struct json_tok tape[LIMIT_JSON_TOKENS];
	struct sign_public key;
	unsigned char sig[SIGN_BYTES];
	bool strict; /* jansson refuses a member twice */
};

static uint32_t state;

/* Knuth's linear congruence: the same documents everywhere. */
static uint32_t
next(void)
{
	state = state * 1664525u + 1013904223u;
	return state >> 8;
}

static void
put_prose(struct json_out *w, size_t words)
{
	static const char *const word[] = { "aviso", "sistema", "afectado",
		"correcci\xc3\xb3n", "the", "patch", "urg\xc3\xaancia", "de",
		"la", "versi\xc3\xb3n", "\"quoted\"", "before", "rede",
		"exposto", "servidor", "line\nbreak" };
	struct buf b;

	buf_init(&b, 65536);
	for (size_t i = 0; i < words; i++) {
		buf_put_str(&b, i != 0 ? " " : "");
		buf_put_str(&b, word[next() % 16]);
	}
	json_put_span(w, buf_span(&b));
	buf_release(&b);
}

static void
put_token(struct json_out *w, size_t n)
{
	static const char digit[] = "0123456789abcdef";
	char text[65] = "";

	for (size_t i = 0; i < n && i < sizeof text - 1; i++)
		text[i] = digit[next() % 16];
	json_put_str(w, text);
}

static void
put_item(struct json_out *w)
{
	json_put_open(w, '{');
	json_put_key(w, "id");
	put_token(w, 32);
	json_put_key(w, "sha256");
	put_token(w, 64);
	json_put_member_u64(w, "first_seen", 1767225600 + next());
	json_put_member_bool(w, "confirmed", next() % 2 != 0);
	json_put_key(w, "title");
	put_prose(w, 8);
	json_put_key(w, "score");
	json_put_double(w, (double)(next() % 100) / 10);
	json_put_key(w, "ports");
	json_put_open(w, '[');
	for (int i = 0; i < 4; i++)
		json_put_u64(w, next() % 65536);
	json_put_close(w, ']');
	json_put_key(w, "source");
	json_put_open(w, '{');
	json_put_member_str(w, "team", "uy");
	json_put_key(w, "note");
	put_prose(w, 20);
	json_put_close(w, '}');
	json_put_close(w, '}');
}

static void
make_document(size_t items, struct buf *out)
{
	struct json_out w;

	state = 20260101;
	buf_clear(out);
	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_u64(&w, "v", 1);
	json_put_member_str(&w, "kind", "advisory");
	json_put_key(&w, "items");
	json_put_open(&w, '[');
	for (size_t i = 0; i < items; i++)
		put_item(&w);
	json_put_close(&w, ']');
	json_put_close(&w, '}');
	if (out->over)
		bench_die("the document does not fit");
}

static void
own(void *arg)
{
	struct scene *s = arg;
	struct json doc;

	if (json_parse(buf_span(&s->text), LIMIT_JSON_DEPTH, s->tape,
		LIMIT_JSON_TOKENS, &doc, NULL) != ERR_NONE)
		bench_die("the document does not parse");
}

static void
rival(void *arg)
{
	struct scene *s = arg;

	if (!json_rival_parse(s->text.p, s->text.n, s->strict))
		bench_die("jansson does not parse the document");
}

static void
check(void *arg)
{
	struct scene *s = arg;

	if (!sign_check(&s->key, buf_span(&s->text), s->sig))
		bench_die("the signature does not verify");
}

static void
compare(struct bench *b, struct scene *s, const char *size, size_t round)
{
	double mine, theirs, strict;
	char name[64];

	mine = bench_us(own, s, 40);
	bench_row(b, "product", size, round, mine, "us");
	bench_row(b, "product rate", size, round, (double)s->text.n / mine,
	    "MB/s");
	s->strict = false;
	theirs = bench_us(rival, s, 40);
	bench_row(b, "jansson", size, round, theirs, "us");
	s->strict = true;
	strict = bench_us(rival, s, 40);
	bench_row(b, "jansson, no duplicates", size, round, strict, "us");
	snprintf(name, sizeof name, "times jansson, %s", size);
	bench_put(b, name, 8, false, theirs / mine);
}

int
main(int argc, char **argv)
{
	static const unsigned char seed[32] = { 7 };
	static struct scene s;
	static struct bench b;
	struct sign_secret secret;
	double mine, one;

	bench_start(&b, "json", argc, argv);
	buf_init(&s.text, LIMIT_DOCUMENT);
	sign_derive(seed, &secret, &s.key);
	for (size_t round = 0; round < BENCH_ROUNDS; round++) {
		make_document(170, &s.text);
		compare(&b, &s, "80 KiB", round);
		make_document(4, &s.text);
		compare(&b, &s, "2 KiB", round);
		sign_make(&secret, buf_span(&s.text), s.sig);
		one = bench_us(check, &s, 40);
		bench_row(&b, "sign_check", "2 KiB", round, one, "us");
		mine = bench_us(own, &s, 40);
		bench_put(&b, "part of one sign_check, 2 KiB", 0.15, true,
		    mine / one);
	}
	buf_release(&s.text);
	return bench_end(&b);
}
