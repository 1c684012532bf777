/* SPDX-License-Identifier: Apache-2.0
 *
 * The hub's host: links of net/, the loop's clock, the system's randomness.
 */
#include "node.h"

#include "base/limits.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "net/conn.h"
#include "store/sqlite.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

struct link {
	struct node *node;
	struct conn *c;
	struct hub_link *hub; /* NULL before it is up, and after its end */
	char name[LIMIT_NAME + 1];
};

static void
check(enum err e, const char *what)
{
	if (e == ERR_NONE)
		return;
	fprintf(stderr, "%s: %s\n", what, err_sentence(e));
	exit(1);
}

/* --- from the links to the hub --- */

static enum err
link_on_up(void *ctx, struct conn *c, const struct tls_public *peer)
{
	struct link *l = ctx;
	struct jwk key = { .kind = JWK_ED25519 };
	struct digest kid;

	memcpy(key.x, peer->b, 32);
	kid = jwk_thumbprint(&key);
	l->c = c;
	if (l->node->on_up != NULL)
		l->node->on_up();
	l->hub = hub_link_up(l->node->hub, l, &kid, span_str(l->name),
	    loop_now(l->node->loop));
	if (l->hub != NULL)
		return ERR_NONE;
	free(l);
	return ERR_KEY;
}

static void
link_on_frame(void *ctx, struct conn *c, uint8_t type, struct span payload)
{
	struct link *l = ctx;

	(void)c;
	if (l->hub != NULL && !hub_frame(l->node->hub, l->hub, type, payload,
				  loop_now(l->node->loop)))
		l->hub = NULL;
}

static void
link_on_room(void *ctx, struct conn *c)
{
	struct link *l = ctx;

	(void)c;
	if (l->hub != NULL)
		hub_link_room(l->node->hub, l->hub);
}

static void
link_on_down(void *ctx, struct conn *c, enum err why, const char *detail)
{
	struct link *l = ctx;
	struct now now = loop_now(l->node->loop);

	(void)c;
	(void)detail;
	if (l->hub != NULL)
		hub_link_down(l->node->hub, l->hub, why, now);
	else if (l->c == NULL)
		hub_dial_failed(l->node->hub, span_str(l->name), now);
	free(l);
}

static const struct conn_calls link_calls = { .on_up = link_on_up,
	.on_frame = link_on_frame, .on_room = link_on_room,
	.on_down = link_on_down };

static enum err
accept_on_up(void *ctx, struct conn *c, const struct tls_public *peer)
{
	struct link *l = mem_alloc(sizeof *l);

	l->node = ctx;
	conn_attach(c, &link_calls, l);
	return link_on_up(l, c, peer);
}

static const struct conn_calls accept_calls = { .on_up = accept_on_up };

/* --- from the hub to the links --- */

static enum err
host_send(void *ctx, void *conn, unsigned klass, uint8_t type,
    struct span payload)
{
	struct link *l = conn;

	(void)ctx;
	return conn_send(l->c, (enum conn_class)klass, type, payload);
}

static bool
host_has_room(void *ctx, void *conn)
{
	struct link *l = conn;

	(void)ctx;
	return conn_has_room(l->c);
}

static void
host_close(void *ctx, void *conn)
{
	struct link *l = conn;

	(void)ctx;
	l->hub = NULL;
	conn_finish(l->c);
}

static void
host_set_zstd(void *ctx, void *conn, bool on)
{
	struct link *l = conn;

	(void)ctx;
	conn_set_zstd(l->c, on);
}

static void
host_dial(void *ctx, struct span name, struct span address)
{
	struct node *n = ctx;
	struct link *l = mem_alloc(sizeof *l);
	char text[LIMIT_ADDRESS + 1];
	struct conn *c;

	l->node = n;
	snprintf(l->name, sizeof l->name, "%.*s", SPAN_FMT(name));
	snprintf(text, sizeof text, "%.*s", SPAN_FMT(address));
	check(conn_dial(n->group, text, &link_calls, l, &c), text);
}

static void
host_random(void *ctx, void *out, size_t n)
{
	(void)ctx;
	random_fill(out, n);
}

static void
host_notify(void *ctx, const struct hub_event *e)
{
	struct node *n = ctx;

	if (e->type == HUB_REFUSED || e->type == HUB_QUARANTINED ||
	    e->type == HUB_ALARM)
		fprintf(stderr, "%.*s: %.*s %s\n", SPAN_FMT(n->self->team),
		    SPAN_FMT(e->team), e->text);
	if (n->notify != NULL)
		n->notify(n->ctx, e);
}

/* --- the turn --- */

static void
on_timer(void *ctx)
{
	(void)ctx; /* the turn's end does it */
}

static void
on_turn_end(void *ctx)
{
	struct node *n = ctx;
	struct now now = loop_now(n->loop);
	int64_t wait;

	hub_turn(n->hub, now);
	wait = hub_wake(n->hub).ms - now.mono.ms;
	loop_timer_start(n->timer, wait > 0 ? (uint64_t)wait : 0, 0);
}

/* --- opening --- */

static void
open_files(struct node *n, const char *dir)
{
	const struct store_sqlite_options options = { .is_ahead = true };
	struct sentinel_state first = { 0 };
	char path[512];
	struct fault f = { 0 };
	enum err e;

	snprintf(path, sizeof path, "%s/%.*s", dir, SPAN_FMT(n->self->team));
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s/%.*s/log.db", dir,
	    SPAN_FMT(n->self->team));
	check(store_sqlite_open(path, &options, &n->store, &f), "store");
	snprintf(path, sizeof path, "%s/%.*s/sentinel", dir,
	    SPAN_FMT(n->self->team));
	memcpy(first.origin, n->self->origin.p, n->self->origin.n);
	first.root = tree_empty_root();
	e = sentinel_open(path, &n->sentinel);
	if (e == ERR_NOT_FOUND)
		e = sentinel_create(path, &first, &n->sentinel);
	check(e, "sentinel");
}

static void
open_links(struct node *n, bool listens)
{
	const struct jwk *key = &keyring_find(n->keys, KEYRING_TLS)->jwk;
	struct conn_limits limits = { 0 };
	char address[64];
	uint16_t port;

	check(tls_create(TLS_ED25519, key->d, &n->tls), "tls");
	n->group = conn_group_create(n->loop, n->tls, &limits);
	if (!listens)
		return;
	snprintf(address, sizeof address, "%.*s", SPAN_FMT(n->self->address));
	check(conn_listen(n->group, address, &accept_calls, n, &port),
	    address);
}

void
node_open(struct node *n, const struct world *w, size_t i, const char *dir,
    const struct node_options *o)
{
	struct hub_config c = { .ask_wait_ms = o->ask_wait_ms,
		.heartbeat_ms = 30000, .silent_ms = 90000,
		.unreachable_ms = 180000, .dial_least_ms = 50,
		.dial_most_ms = 2000, .compress = o->compress,
		.without_receipts = o->without_receipts };
	const struct hub_host host = { .ctx = n, .send = host_send,
		.has_room = host_has_room, .close = host_close,
		.set_zstd = host_set_zstd, .dial = host_dial,
		.random = host_random, .notify = host_notify };
	struct hub_parts parts;
	struct fault f = { 0 };

	mem_keep();
	n->self = &w->node[i];
	n->loop = loop_create();
	n->registry = world_registry(w);
	check(keyring_parse(n->self->keyfile, span_str(""), &n->keys, &f),
	    f.rule);
	n->keeper = keyring_keeper_create(n->keys);
	check(schema_load(&schema_files, &n->schema, &f), f.rule);
	open_files(n, dir);
	open_links(n, o->listens);
	c.team = n->self->team;
	c.node = n->self->node;
	c.origin = n->self->origin;
	c.private_origin = n->self->private_origin;
	c.private_public = jwk_sign_public(
	    &keyring_find(n->keys, KEYRING_PRIVATE)->jwk);
	parts = (struct hub_parts){ .store = n->store, .keeper = n->keeper,
		.sentinel = n->sentinel, .registry = n->registry,
		.schema = n->schema,
		.store_key = keyring_store_key(n->keys) };
	check(hub_create(&c, &parts, &host, loop_now(n->loop), &n->hub),
	    "hub");
	n->timer = loop_timer_create(n->loop, on_timer, n);
	loop_timer_start(n->timer, 0, 0);
	loop_on_turn_end(n->loop, on_turn_end, n);
}

void
node_close(struct node *n)
{
	conn_group_free(n->group);
	loop_timer_free(n->timer);
	hub_free(n->hub);
	loop_free(n->loop);
	tls_free(n->tls);
	store_free(n->store);
	sentinel_close(n->sentinel);
	keyring_keeper_free(n->keeper);
	keyring_free(n->keys);
	registry_free(n->registry);
	schema_free(n->schema);
}

size_t
node_linked(const struct node *n)
{
	struct now now = loop_now(n->loop);
	size_t linked = 0;

	for (size_t i = 0; i < hub_peer_count(n->hub); i++)
		linked += hub_peer(n->hub, i, now).linked;
	return linked;
}

/* Parsed once, as a node does when the rules come into force. */
static const struct rules *
allow_all(void)
{
	static const char text[] =
	    "agreement 018f2f3e-7c1d-7a2b-9c3d-0123456789ab with all\n"
	    "allow release any to all and public\n";
	static const struct rules *rules;
	static struct arena mem;

	if (rules == NULL)
		check(rules_parse(span_str(text), NULL, &mem, &rules, NULL),
		    "the rules of the bench");
	return rules;
}

void
node_permit(struct hub_draft *d)
{
	struct rules_ask ask = { .kind = d->kind };

	check(tlp_parse(d->tlp, &ask.tlp), "the label of the bench");
	check(permit_decide(allow_all(), &ask, d->aud, d->aud_n, &d->permit,
	    NULL, NULL), "the permit of the bench");
}

void
node_release(struct node *n, unsigned i, size_t size, const struct span *aud,
    size_t aud_n, hub_append_fn *done, void *ctx)
{
	struct hub_draft d = { .kind = span_str("warning"),
		.tlp = span_str("TLP:AMBER"), .aud = aud, .aud_n = aud_n,
		.urgent = true };
	struct buf body;

	buf_init(&body, LIMIT_PAYLOAD);
	world_body(i, size, &body);
	d.body = buf_span(&body);
	node_permit(&d);
	hub_append(n->hub, &d, done, ctx);
	buf_release(&body);
}
