/* SPDX-License-Identifier: Apache-2.0
 *
 * The node's side of the way to the keeper, and the start message.
 */
#include "node/keeper.h"

#include "base/arena.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/reader.h"
#include "crypto/keeper_wire.h"
#include "crypto/secret.h"
#include "node/parcel.h"

#include <unistd.h>

enum { START_MAX = 65536, JWK_MAX = 512,
	JWK_TOKENS = 32 };

struct keeper_client {
	struct keeper keeper; /* first: a pointer to it is one to us */
	int fd;
	unsigned wait_ms;
	bool is_dead;
};

/* --- the start message --- */

static void
put_key(const struct keyring_key *k, struct buf *out)
{
	struct buf jwk;

	buf_put_u8(out, (uint8_t)k->role);
	buf_put_span8(out, span_str(k->name));
	buf_init(&jwk, JWK_MAX);
	jwk_write_public(&k->jwk, &jwk);
	buf_put_span16(out, buf_span(&jwk));
	buf_release(&jwk);
}

void
keeper_start_write(enum err e, const struct keyring *ring, struct buf *out)
{
	const struct keyring_key *tls;
	const struct keyring_key *k;
	uint8_t n = 0;

	buf_put_u16(out, (uint16_t)e);
	if (e != ERR_NONE)
		return;
	tls = keyring_find(ring, KEYRING_TLS);
	buf_put_mem(out, keyring_store_key(ring), 32);
	buf_put_u8(out, tls->jwk.kind == JWK_P256 ? TLS_P256 : TLS_ED25519);
	buf_put_mem(out, tls->jwk.d, sizeof tls->jwk.d);
	while (n < KEEPER_PUBLIC_MAX && keyring_at(ring, n) != NULL)
		n++;
	buf_put_u8(out, n);
	for (size_t i = 0; i < n && (k = keyring_at(ring, i)) != NULL; i++)
		put_key(k, out);
}

static enum err
key_parse(struct reader *r, struct arena *a, struct keeper_public *out)
{
	uint8_t role = reader_u8(r);
	struct span name = reader_span8(r, LIMIT_NAME);
	struct span text = reader_span16(r, JWK_MAX);
	struct json doc;
	enum err e = reader_check(r, false);

	if (e != ERR_NONE || role >= KEYRING_ROLE_COUNT)
		return ERR_SYNTAX;
	e = json_parse_arena(text, 2, JWK_TOKENS, a, &doc, NULL);
	if (e == ERR_NONE)
		e = jwk_parse_public(json_root(&doc), &out->jwk, NULL);
	if (e != ERR_NONE)
		return ERR_SYNTAX;
	out->role = (enum keyring_role)role;
	memcpy(out->name, name.p, name.n);
	out->name[name.n] = '\0';
	out->kid = jwk_kid(&out->jwk);
	return ERR_NONE;
}

enum err
keeper_start_parse(struct span in, struct keeper_start *out)
{
	struct keeper_start *s;
	struct arena a = { 0 };
	struct reader r;
	uint16_t told;
	uint8_t kind;
	enum err e;

	reader_init(&r, in);
	told = reader_u16(&r);
	if (told != ERR_NONE)
		return told < ERR_COUNT ? (enum err)told : ERR_SYNTAX;
	s = mem_alloc(sizeof *s);
	reader_copy(&r, s->store_key, sizeof s->store_key);
	kind = reader_u8(&r);
	reader_copy(&r, s->tls_secret, sizeof s->tls_secret);
	s->tls_kind = kind == TLS_P256 ? TLS_P256 : TLS_ED25519;
	s->n_keys = reader_u8(&r);
	e = s->n_keys <= KEEPER_PUBLIC_MAX && kind <= TLS_P256 ? ERR_NONE :
	    ERR_SYNTAX;
	for (size_t i = 0; e == ERR_NONE && i < s->n_keys; i++)
		e = key_parse(&r, &a, &s->keys[i]);
	if (e == ERR_NONE)
		e = reader_check(&r, true);
	if (e == ERR_NONE)
		*out = *s;
	keeper_start_wipe(s);
	free(s);
	arena_release(&a);
	return e;
}

const struct keeper_public *
keeper_start_find(const struct keeper_start *s, enum keyring_role role)
{
	for (size_t i = s->n_keys; i-- > 0;)
		if (s->keys[i].role == role)
			return &s->keys[i];
	return NULL;
}

void
keeper_start_wipe(struct keeper_start *s)
{
	secret_wipe(s, sizeof *s);
}

/* --- batches --- */

/* Opened texts pass through it. */
static void
wipe_buf(struct buf *b)
{
	if (b->p != NULL)
		secret_wipe(b->p, b->cap);
	buf_release(b);
}

static enum err
batch_send(struct keeper_client *c, const struct keeper_job *jobs, size_t n)
{
	struct buf bytes;
	enum err e;

	buf_init(&bytes, LIMIT_KEEPER_BATCH);
	e = keeper_wire_write_jobs(jobs, n, &bytes);
	if (e == ERR_NONE)
		e = parcel_send(c->fd, buf_span(&bytes), c->wait_ms);
	wipe_buf(&bytes);
	return e;
}

static enum err
batch_receive(struct keeper_client *c, struct keeper_job *jobs, size_t n)
{
	struct buf bytes;
	enum err e;

	buf_init(&bytes, LIMIT_KEEPER_BATCH);
	e = parcel_receive(c->fd, c->wait_ms, &bytes);
	if (e == ERR_NONE)
		e = keeper_wire_parse_results(buf_span(&bytes), jobs, n, NULL);
	wipe_buf(&bytes);
	return e;
}

/* Send the next step of the jobs. One too large for any batch is not sent:
 * that is its own fault. How many the step has is in `out_n`. */
static enum err
step_send(struct keeper_client *c, struct keeper_job *jobs, size_t n,
    size_t *out_n, bool *out_sent)
{
	size_t fit = n == 0 ? 0 : keeper_wire_fit(jobs,
	    n < KEEPER_STEP ? n : KEEPER_STEP);

	*out_sent = fit != 0;
	*out_n = fit;
	if (n == 0 || fit != 0)
		return fit == 0 ? ERR_NONE : batch_send(c, jobs, fit);
	jobs->result = ERR_LIMIT;
	*out_n = 1;
	return ERR_NONE;
}

/* One message is under way at a time: while the keeper has it, the caller
 * works on the results of the one before. */
static enum err
client_run(struct keeper *k, struct keeper_job *jobs, size_t n,
    keeper_done_fn *done, void *ctx)
{
	struct keeper_client *c = (struct keeper_client *)k;
	size_t at = 0, now, next;
	bool sent, sent_next;
	enum err e = c->is_dead ? ERR_CLOSED :
	    step_send(c, jobs, n, &now, &sent);

	while (e == ERR_NONE && at < n) {
		if (sent)
			e = batch_receive(c, jobs + at, now);
		if (e == ERR_NONE)
			e = step_send(c, jobs + at + now, n - at - now, &next,
			    &sent_next);
		if (e != ERR_NONE)
			break;
		done(ctx, at, now);
		at += now;
		now = next;
		sent = sent_next;
	}
	/* an answer that comes late would be taken for that to another
	 * question */
	c->is_dead = e != ERR_NONE;
	return e;
}

enum err
keeper_client_create(int fd, unsigned wait_ms, struct keeper_client **out,
    struct keeper_start *out_start)
{
	struct keeper_client *c;
	struct buf start;
	enum err e;

	buf_init(&start, START_MAX);
	e = parcel_receive(fd, wait_ms, &start);
	if (e == ERR_NONE)
		e = keeper_start_parse(buf_span(&start), out_start);
	if (start.p != NULL)
		secret_wipe(start.p, start.cap);
	buf_release(&start);
	if (e != ERR_NONE)
		return e;
	c = mem_alloc(sizeof *c);
	c->keeper.run = client_run;
	c->fd = fd;
	c->wait_ms = wait_ms;
	*out = c;
	return ERR_NONE;
}

struct keeper *
keeper_client_keeper(struct keeper_client *c)
{
	return &c->keeper;
}

void
keeper_client_free(struct keeper_client *c)
{
	if (c == NULL)
		return;
	close(c->fd);
	free(c);
}
