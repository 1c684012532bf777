/* SPDX-License-Identifier: Apache-2.0
 *
 * Connections for the hub.
 */
#include "node/peering.h"

#include "base/log.h"
#include "base/mem.h"
#include "net/conn.h"
#include "peer/wire.h"

#include <errno.h>
#include <stdlib.h>

enum { STRANGERS_TOLD = 10, STRANGERS_MS = 60000 };

struct peering {
	struct service *service;
	struct tls *tls;
	struct conn_group *group;
	size_t open; /* connections that have a `struct peer_conn` */
	uint64_t strangers; /* since ... */
	struct mono strangers_since;
};

/* One connection; given to the hub as its `conn`. */
struct peer_conn {
	struct service *service;
	struct conn *conn;
	struct hub_link *link; /* NULL: the hub has forgotten it */
	char node[LIMIT_NAME + 1]; /* whom we dialled, "" if it came in */
	bool is_up;
};

/* --- connections --- */

static struct peer_conn *
open_conn(struct service *s, struct span node)
{
	struct peer_conn *pc = mem_alloc(sizeof *pc);

	pc->service = s;
	memcpy(pc->node, node.p, node.n);
	s->peering->open++;
	return pc;
}

static void
forget_conn(struct peer_conn *pc)
{
	pc->service->peering->open--;
	free(pc);
}

/* The thumbprint by which keysets know this key (RFC 7638). */
static struct digest
thumbprint(const struct tls_public *key)
{
	struct jwk jwk = { .kind = key->kind == TLS_ED25519 ? JWK_ED25519 :
							      JWK_P256 };

	if (key->kind == TLS_ED25519) {
		memcpy(jwk.x, key->b, sizeof jwk.x);
	} else {
		memcpy(jwk.x, key->b + 1, sizeof jwk.x);
		memcpy(jwk.y, key->b + 1 + sizeof jwk.x, sizeof jwk.y);
	}
	return jwk_thumbprint(&jwk);
}

/* Whose team is not admitted any more is told so. */
static bool
say_why(struct peer_conn *pc, struct conn *c, const struct digest *kid)
{
	struct service *s = pc->service;
	struct buf bye;
	bool said;

	buf_init(&bye, LIMIT_REASON + 256);
	said = pc->node[0] == '\0' &&
	    hub_refusal(s->hub, kid, loop_now(s->loop), &bye) &&
	    conn_send(c, CONN_CONTROL, WIRE_BYE, buf_span(&bye)) == ERR_NONE;
	if (said)
		conn_finish(c);
	buf_release(&bye);
	return said;
}

static enum err
up(struct peer_conn *pc, struct conn *c, const struct tls_public *peer)
{
	struct service *s = pc->service;
	struct digest kid = thumbprint(peer);

	pc->conn = c;
	pc->is_up = true;
	pc->link = hub_link_up(s->hub, pc, &kid, span_str(pc->node),
	    loop_now(s->loop));
	if (pc->link != NULL)
		return ERR_NONE;
	log_event(LOG_NOTICE, "peer.unknown",
	    log_str("address", conn_address(c)),
	    log_str("dialled", pc->node),
	    log_str("kid", kid_of(&kid).s));
	if (say_why(pc, c, &kid))
		return ERR_NONE;
	forget_conn(pc);
	return ERR_KEY;
}

static enum err
on_up_dialled(void *ctx, struct conn *c, const struct tls_public *peer)
{
	return up(ctx, c, peer);
}

static void
on_frame(void *ctx, struct conn *c, uint8_t type, struct span payload)
{
	struct peer_conn *pc = ctx;

	(void)c;
	/* after the hub's goodbye nothing is read any more */
	if (pc->link != NULL &&
	    !hub_frame(pc->service->hub, pc->link, type, payload,
		loop_now(pc->service->loop)))
		return;
}

static void
on_room(void *ctx, struct conn *c)
{
	struct peer_conn *pc = ctx;

	(void)c;
	if (pc->link != NULL)
		hub_link_room(pc->service->hub, pc->link);
}

static void
on_down(void *ctx, struct conn *c, enum err why, const char *detail)
{
	struct peer_conn *pc = ctx;
	struct service *s = pc->service;

	log_event(why == ERR_CLOSED ? LOG_DEBUG : LOG_DETAIL, "peer.conn.down",
	    log_str("address", conn_address(c)), log_str("node", pc->node),
	    log_err("error", why), log_str("detail", detail));
	if (pc->link != NULL)
		hub_link_down(s->hub, pc->link, why, loop_now(s->loop));
	else if (!pc->is_up && s->hub != NULL)
		hub_dial_failed(s->hub, span_str(pc->node), loop_now(s->loop));
	forget_conn(pc);
}

static const struct conn_calls dialled_calls = { .on_up = on_up_dialled,
	.on_frame = on_frame, .on_room = on_room, .on_down = on_down };

static enum err
on_up_accepted(void *ctx, struct conn *c, const struct tls_public *peer)
{
	struct peer_conn *pc = open_conn(ctx, span_str(""));

	conn_attach(c, &dialled_calls, pc);
	return up(pc, c, peer);
}

/* Strangers can come by the thousand; the log tells of some, then how many. */
static void
on_stranger(void *ctx, const char *address, enum err why, const char *detail)
{
	struct service *s = ctx;
	struct peering *p = s->peering;
	struct mono now = loop_now(s->loop).mono;

	if (now.ms - p->strangers_since.ms >= STRANGERS_MS) {
		if (p->strangers > STRANGERS_TOLD)
			log_event(LOG_NOTICE, "peer.strangers",
			    log_uint("more", p->strangers - STRANGERS_TOLD));
		p->strangers = 0;
		p->strangers_since = now;
	}
	if (p->strangers++ < STRANGERS_TOLD)
		log_event(LOG_NOTICE, "peer.stranger",
		    log_str("address", address), log_err("error", why),
		    log_str("detail", detail));
}

static const struct conn_calls accepted_calls = { .on_up = on_up_accepted,
	.on_frame = on_frame, .on_room = on_room,
	.on_stranger = on_stranger };

/* --- what the hub asks for --- */

static enum err
host_send(void *ctx, void *conn, unsigned klass, uint8_t type,
    struct span payload)
{
	struct peer_conn *pc = conn;

	(void)ctx;
	return conn_send(pc->conn, (enum conn_class)klass, type, payload);
}

static bool
host_has_room(void *ctx, void *conn)
{
	struct peer_conn *pc = conn;

	(void)ctx;
	return conn_has_room(pc->conn);
}

static void
host_close(void *ctx, void *conn)
{
	struct peer_conn *pc = conn;

	(void)ctx;
	pc->link = NULL;
	conn_finish(pc->conn);
}

static void
host_set_zstd(void *ctx, void *conn, bool on)
{
	struct peer_conn *pc = conn;

	(void)ctx;
	conn_set_zstd(pc->conn, on);
}

static struct span
host_find_address(void *ctx, struct span team)
{
	struct service *s = ctx;
	char id[LIMIT_TEAM_NAME + 1];
	const char *address;

	snprintf(id, sizeof id, "%.*s", SPAN_FMT(team));
	address = config_map_find(&s->config->peers, id);
	return span_str(address != NULL ? address : "");
}

static void
host_dial(void *ctx, struct span node, struct span address)
{
	struct service *s = ctx;
	struct peer_conn *pc = open_conn(s, node);
	char where[LIMIT_ADDRESS + 1];
	enum err e;

	snprintf(where, sizeof where, "%.*s", SPAN_FMT(address));
	e = conn_dial(s->peering->group, where, &dialled_calls, pc,
	    &pc->conn);
	if (e == ERR_NONE)
		return;
	log_event(LOG_WARNING, "peer.address", log_span("node", node),
	    log_str("address", where),
	    log_err("error", e));
	forget_conn(pc);
	hub_dial_failed(s->hub, node, loop_now(s->loop));
}

void
peering_fill_host(struct hub_host *host)
{
	host->send = host_send;
	host->has_room = host_has_room;
	host->close = host_close;
	host->set_zstd = host_set_zstd;
	host->find_address = host_find_address;
	host->dial = host_dial;
}

/* --- life --- */

enum err
peering_create(struct service *s, const struct keeper_start *start,
    struct peering **out)
{
	const struct conn_limits limits = { .handshake_ms =
						s->config->handshake_ms };
	struct peering *p = mem_alloc(sizeof *p);
	enum err e = tls_create(start->tls_kind, start->tls_secret, &p->tls);
	uint16_t port;

	p->service = s;
	if (e != ERR_NONE) {
		log_event(LOG_ERROR, "peer.tls", log_err("error", e));
		free(p);
		return e;
	}
	p->group = conn_group_create(s->loop, p->tls, &limits);
	for (size_t i = 0; e == ERR_NONE && i < s->config->listen.n; i++) {
		const char *address = s->config->listen.items[i];

		e = conn_listen(p->group, address, &accepted_calls, s, &port);
		if (e == ERR_NONE)
			log_event(LOG_NOTICE, "peer.listen",
			    log_str("address", address),
			    log_uint("port", port));
		else
			log_event(LOG_ERROR, "peer.listen",
			    log_str("address", address), log_err("error", e),
			    log_str("system", e == ERR_IO ? strerror(errno) :
							    ""));
	}
	if (e == ERR_NONE)
		*out = p;
	else
		peering_free(p);
	return e;
}

void
peering_free(struct peering *p)
{
	if (p == NULL)
		return;
	conn_group_free(p->group);
	tls_free(p->tls);
	free(p);
}

bool
peering_is_busy(const struct peering *p)
{
	return p->open != 0;
}
