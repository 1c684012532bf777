/* SPDX-License-Identifier: Apache-2.0
 *
 * Links to peers: dialling, HELLO, which of two links stays, the lists of
 * documents and heads that are compared, and closing.
 */
#include "peer/links.h"

#include "base/limits.h"
#include "base/mem.h"
#include "ledger/checkpoint.h"
#include "peer/bodies.h"
#include "peer/epoch.h"
#include "peer/fetch.h"
#include "peer/former.h"
#include "peer/frozen.h"
#include "peer/intake.h"
#include "peer/load.h"
#include "peer/receipts.h"
#include "peer/rejudge.h"
#include "peer/seek.h"
#include "peer/serve.h"

#include <stdio.h>
#include <stdlib.h>

/* Heads in one frame: those with the longest names fit. */
enum { LINKS_HEADS = LIMIT_FRAME / (LIMIT_NAME + 64) };

/* --- the state that two nodes compare --- */

static int
compare_logs(const void *a, const void *b)
{
	const struct hub_log *const *x = a, *const *y = b;

	return span_compare((*x)->stored.origin, (*y)->stored.origin);
}

/* Logs that stand in HEADS: shared, with records, by name. */
static size_t
shared_logs(struct hub *h, struct hub_log ***out)
{
	struct hub_log **v = arena_alloc(&h->turn, h->log_n * sizeof *v);
	size_t n = 0;

	for (size_t i = 0; i < h->log_n; i++)
		if (h->log[i]->stored.role != STORE_PRIVATE &&
		    h->log[i]->checkpoint_size != 0 &&
		    !frozen_is(h, h->log[i]))
			v[n++] = h->log[i];
	qsort(v, n, sizeof *v, compare_logs);
	*out = v;
	return n;
}

/* The newest checkpoint that is held whole; of a log that was frozen, how it
 * was closed. */
static struct wire_head
head_of(struct hub *h, struct hub_log *l)
{
	struct wire_head head = { l->stored.origin, l->checkpoint_size,
		l->root };

	if ((l->flags & STORE_FROZEN) != 0 && frozen_head(h, l, &head))
		return head;
	if ((l->tree.size != l->checkpoint_size || l->dirty) &&
	    log_root_at(h, l, l->checkpoint_size, &head.root) != ERR_NONE)
		head.size = 0;
	return head;
}

struct digest
links_state(struct hub *h)
{
	struct hub_log **logs;
	struct digest documents;
	struct buf all;
	size_t n;

	if (h->state_known)
		return h->state_digest;
	n = shared_logs(h, &logs);
	documents = registry_digest(h->parts.registry);
	buf_init(&all, n * (LIMIT_NAME + 64) + sizeof documents.b);
	for (size_t i = 0; i < n; i++) {
		struct wire_head head = head_of(h, logs[i]);

		wire_write_head(&head, &all);
	}
	buf_put(&all, digest_span(&documents));
	h->state_digest = hash_sha256(buf_span(&all));
	h->state_known = true;
	buf_release(&all);
	return h->state_digest;
}

static void
send_docs(struct hub *h, struct hub_link *l)
{
	size_t n = registry_document_count(h->parts.registry), i = 0;
	struct hub_peer *p = l->peer;
	struct buf out;

	buf_init(&out, LIMIT_FRAME);
	do {
		size_t end = n - i > WIRE_DOCS_MAX ? i + WIRE_DOCS_MAX : n;

		buf_clear(&out);
		buf_put_u16(&out, (uint16_t)(end - i));
		for (; i < end; i++) {
			struct registry_document d = registry_document_at(
			    h->parts.registry, i);
			struct wire_doc m = { (uint8_t)d.kind, d.team,
				d.version, d.hash };

			wire_write_doc(&m, &out);
		}
		hub_send(h, p, CLASS_CONTROL, WIRE_DOCS, buf_span(&out));
	} while (i < n && p->link == l);
	buf_release(&out);
}

static void
send_heads(struct hub *h, struct hub_link *l)
{
	struct hub_log **logs;
	size_t n = shared_logs(h, &logs), i = 0;
	struct hub_peer *p = l->peer;
	struct buf out;

	buf_init(&out, LIMIT_FRAME);
	do {
		size_t end = n - i > LINKS_HEADS ? i + LINKS_HEADS : n;

		buf_clear(&out);
		buf_put_u16(&out, (uint16_t)(end - i));
		for (; i < end; i++) {
			struct wire_head head = head_of(h, logs[i]);

			wire_write_head(&head, &out);
		}
		hub_send(h, p, CLASS_RECORDS, WIRE_HEADS, buf_span(&out));
	} while (i < n && p->link == l);
	buf_release(&out);
}

/* Both lists, at most every HUB_HEADS_MS. */
void
links_send_lists(struct hub *h, struct hub_link *l)
{
	if (l->heads_ever && h->now.mono.ms - l->heads_at.ms < HUB_HEADS_MS)
		return;
	l->heads_ever = true;
	l->heads_at = h->now.mono;
	send_docs(h, l);
	if (l->peer->link == l)
		send_heads(h, l);
}

/* --- up --- */

struct hub_link *
hub_link_up(struct hub *h, void *conn, const struct digest *tls_kid,
    struct span node, struct now now)
{
	struct registry_key key;
	struct hub_peer *p;
	struct hub_link *l;

	h->now = now;
	p = node.n != 0 ? hub_find_node(h, node) : NULL;
	if (p != NULL)
		p->dialling = false;
	if (registry_tls_find(h->parts.registry, tls_kid, node, &key) !=
		ERR_NONE ||
	    !registry_is_good(h->parts.registry, key.team->id, now.wall)) {
		if (p != NULL)
			hub_dial_failed(h, node, now);
		return NULL;
	}
	p = hub_find_peer(h, key.team->id);
	if (p == NULL || !span_is_str(key.node->name, p->node))
		return NULL;
	l = mem_alloc(sizeof *l);
	l->conn = conn;
	l->peer = p;
	l->tls_kid = *tls_kid;
	l->dialled = node.n != 0;
	l->since = now.mono;
	l->next = h->links;
	h->links = l;
	return l;
}

bool
hub_refusal(const struct hub *h, const struct digest *tls_kid, struct now now,
    struct buf *out)
{
	struct wire_bye m = { .token = span_str(err_token(ERR_DENIED)) };
	struct registry_key key;

	if (registry_tls_find(h->parts.registry, tls_kid, span_str(""),
		&key) != ERR_NONE ||
	    registry_is_good(h->parts.registry, key.team->id, now.wall))
		return false;
	m.text = span_str(key.team->status == TEAM_FORMER ?
	    "this team was removed from the register" :
	    "this team is suspended");
	wire_write_bye(&m, out);
	return true;
}

void
links_bye(struct hub *h, struct hub_link *l, struct span in)
{
	struct hub_peer *p = l->peer;
	const char *text = "goodbye";
	struct wire_bye m;
	char why[300];
	bool is_first = true;

	if (wire_parse_bye(in, &m) != ERR_NONE) {
		links_close(h, l, ERR_CLOSED, text, false);
		return;
	}
	text = arena_string(&h->turn, m.text);
	for (size_t i = 0; i < h->peer_n; i++)
		is_first = is_first && !h->peer[i]->shuts_out;
	if (span_is_str(m.token, err_token(ERR_DENIED))) {
		p->shuts_out = true;
		snprintf(why, sizeof why, "another node does not link with "
		    "this one any more (almenara status); it says: %.160s",
		    text);
		if (is_first)
			hub_notify(h, HUB_SHUT_OUT, span_str(p->team),
			    span_str(p->node), 0, ERR_DENIED, why);
	}
	links_close(h, l, ERR_CLOSED, text, false);
}

/* The newest open log of the peer's team, as we hold it. */
static struct wire_head
theirs(struct hub *h, const struct hub_peer *p)
{
	const struct keyset_log *used = registry_log_in_use(
	    h->parts.registry, span_str(p->team));
	struct wire_head none = { 0 };
	struct hub_log *l;

	if (used == NULL)
		return none;
	none.origin = used->origin;
	l = hub_find_log(h, none.origin);
	return l != NULL && l->checkpoint_size != 0 ? head_of(h, l) : none;
}

bool
links_hello(struct hub *h, struct hub_link *l)
{
	struct hub_log *own = hub_own(h);
	struct wire_hello m = { .least = WIRE_VERSION, .most = WIRE_VERSION,
		.team = h->config.team, .node = h->config.node,
		.features = h->config.compress ? WIRE_FEATURE_ZSTD : 0,
		.state = links_state(h), .own = head_of(h, own),
		.yours = theirs(h, l->peer), .receipts = l->peer->durable_receipts,
		.last_receipt = l->peer->durable_last };

	buf_clear(&h->scratch);
	wire_write_hello(&m, &h->scratch);
	l->said_hello = true;
	if (h->host.send(h->host.ctx, l->conn, CLASS_CONTROL, WIRE_HELLO,
		buf_span(&h->scratch)) == ERR_NONE)
		return true;
	links_close(h, l, ERR_BUSY, "HELLO could not be sent", false);
	return false;
}

/* Two links to one node: that which the smaller name dialled stays; of two
 * that were dialled by the same, the newer. False if `l` must go. */
static bool
settle(struct hub *h, struct hub_link *l)
{
	struct hub_link *old = l->peer->link;
	bool mine_smaller = span_compare(h->config.node,
				span_str(l->peer->node)) < 0;

	if (old == NULL || old == l)
		return true;
	if (old->dialled != l->dialled && old->dialled == mine_smaller)
		return false;
	links_close(h, old, ERR_EXISTS, "another link to this node", true);
	return true;
}

/* Somebody says that our own log is larger, or other, than we hold it. That
 * is a claim: only a checkpoint signed by our own key counts. */
void
links_ask_own(struct hub *h, struct hub_link *l)
{
	struct hub_log *own = hub_own(h);
	struct wire_records_want want = { own->stored.origin, own->tree.size };

	buf_clear(&h->scratch);
	wire_write_records_want(&want, &h->scratch);
	hub_send(h, l->peer, CLASS_CONTROL, WIRE_RECORDS_WANT,
	    buf_span(&h->scratch));
}

/* It names another log of ours. One before the present one: it has not heard
 * of that yet. Else it may know of a later one, which its documents prove. */
static bool
is_earlier(const struct hub *h, struct span origin)
{
	struct registry_log found;

	return registry_log_find(h->parts.registry, origin, &found) ==
	    ERR_NONE;
}

/* What the peer knows of our own log: does it know more than we do? */
static void
hear_of_own(struct hub *h, struct hub_link *l, const struct wire_head *m)
{
	struct hub_log *own = hub_own(h);
	struct digest root;

	if (!span_is_equal(m->origin, own->stored.origin)) {
		l->peer->records_size = 0;
		if (m->origin.n != 0 && !is_earlier(h, m->origin))
			return; /* or the time of asking is over */
	} else if (m->size == 0) {
		l->peer->records_size = 0;
	} else if (m->size <= own->tree.size &&
	    log_root_at(h, own, m->size, &root) == ERR_NONE &&
	    digest_is_equal(&root, &m->root)) {
		l->peer->records_size = m->size;
	} else {
		links_ask_own(h, l);
		return;
	}
	if (!l->answered && l->counted)
		start_answered(&h->start);
	l->answered = true;
}

/* What it said of its log: the log is there. */
static void
hear_said(struct hub *h, struct hub_link *l, struct hub_log *log)
{
	receipts_resend(h, l, log, l->said.receipts, &l->said.last);
	seek_hear(h, log, l->peer, l->said.size);
	/* what was cosigned may have been lost with the last link */
	log->witness = log->tree.size != 0;
}

void
links_new_mirror(struct hub *h, struct hub_log *log)
{
	struct digest of = hash_sha256(log->stored.origin);

	for (size_t i = 0; i < h->peer_n; i++) {
		struct hub_link *l = h->peer[i]->link;

		if (l == NULL || !l->said.is_early ||
		    !digest_is_equal(&l->said.origin, &of))
			continue;
		l->said.is_early = false;
		hear_said(h, l, log);
	}
}

enum err
links_take_hello(struct hub *h, struct hub_link *l, struct span in)
{
	struct hub_peer *p = l->peer;
	struct registry_log found;
	struct digest state;
	struct wire_hello m;
	struct hub_log *log;
	enum err e = wire_parse_hello(in, &m);

	if (e != ERR_NONE || l->hello)
		return e != ERR_NONE ? e : ERR_STATE;
	if (m.least > WIRE_VERSION || m.most < WIRE_VERSION)
		return ERR_UNSUPPORTED;
	if (!span_is_str(m.team, p->team) || !span_is_str(m.node, p->node))
		return ERR_KEY;
	if (!settle(h, l))
		return ERR_EXISTS;
	if (!l->said_hello && !links_hello(h, l))
		return ERR_CLOSED;
	l->peer->shuts_out = false;
	l->hello = true;
	p->link = l;
	delivery_link_lost(&p->delivery);
	backoff_up(&p->backoff, h->now.mono);
	if (start_is(&h->start, START_ASK)) {
		start_link_up(&h->start, h->now.mono);
		l->counted = true;
	}
	h->host.set_zstd(h->host.ctx, l->conn, h->config.compress &&
		(m.features & WIRE_FEATURE_ZSTD) != 0);
	hub_notify(h, HUB_LINK_UP, span_str(p->team), span_str(p->node), 0,
	    ERR_NONE, "");
	hear_of_own(h, l, &m.yours);
	if (p->link != l)
		return ERR_NONE;
	for (size_t i = 0; i < p->debt_n; i++)
		p->debt[i].offer_due = h->now.mono;
	log = hub_find_log(h, m.own.origin);
	if (log == NULL && m.own.size != 0 && registry_log_find(
		h->parts.registry, m.own.origin, &found) == ERR_NONE)
		log = load_mirror(h, m.own.origin);
	l->said = (struct hub_said){ log == NULL, hash_sha256(m.own.origin),
		m.own.size, m.receipts, m.last_receipt };
	if (log != NULL && log->stored.role == STORE_MIRROR)
		hear_said(h, l, log);
	bodies_new_holder(h);
	state = links_state(h);
	if (p->link == l && !digest_is_equal(&state, &m.state))
		links_send_lists(h, l);
	if (p->link == l && p->records_size < h->released)
		serve_push(h, l, hub_own(h), p->records_size, false);
	return ERR_NONE;
}

/* --- documents --- */

/* Under a later charter a lower version of a register is the newer, so that of
 * them only the hash tells; which is which the registry says. */
enum err
links_take_docs(struct hub *h, struct hub_link *l, struct span in)
{
	struct reader r;
	unsigned n;
	enum err e = ERR_NONE;

	reader_init(&r, in);
	n = reader_u16(&r);
	if (n > WIRE_DOCS_MAX)
		return ERR_LIMIT;
	for (unsigned i = 0; i < n && e == ERR_NONE; i++) {
		struct wire_doc m;
		bool held = false;

		e = wire_read_doc(&r, &m);
		for (size_t k = 0; e == ERR_NONE && !held &&
		     k < registry_document_count(h->parts.registry); k++) {
			struct registry_document d = registry_document_at(
			    h->parts.registry, k);

			held = (uint8_t)d.kind == m.kind &&
			    span_is_equal(d.team, m.team) &&
			    (digest_is_equal(&d.hash, &m.hash) ||
				(d.version > m.version &&
				    d.kind != DOCUMENT_EPOCH &&
				    d.kind != DOCUMENT_REGISTER &&
				    d.kind != DOCUMENT_DESIGNATIONS));
		}
		if (e != ERR_NONE || held || l->peer->link != l)
			continue;
		buf_clear(&h->scratch);
		wire_write_doc(&m, &h->scratch);
		hub_send(h, l->peer, CLASS_CONTROL, WIRE_DOC_WANT,
		    buf_span(&h->scratch));
	}
	return e != ERR_NONE ? e : reader_check(&r, true);
}

enum err
links_take_doc_want(struct hub *h, struct hub_link *l, struct span in)
{
	struct reader r;
	struct wire_doc m;
	enum err e;

	reader_init(&r, in);
	e = wire_read_doc(&r, &m);
	if (e != ERR_NONE)
		return e;
	for (size_t k = 0; k < registry_document_count(h->parts.registry);
	     k++) {
		struct registry_document d = registry_document_at(
		    h->parts.registry, k);

		if ((uint8_t)d.kind == m.kind &&
		    span_is_equal(d.team, m.team) && d.version == m.version)
			hub_send(h, l->peer, CLASS_CONTROL, WIRE_DOC, d.bytes);
		if (l->peer->link != l)
			break;
	}
	return ERR_NONE;
}

static void
keep_document(struct hub *h, size_t i)
{
	struct registry_document d = registry_document_at(h->parts.registry,
	    i);
	struct store_document row = { span_str(document_kind_token(d.kind)),
		d.team, d.version, d.hash, d.bytes };

	if (hub_stage(h))
		hub_write(h, store_put_document(h->parts.store, &row));
}

enum registry_result
hub_offer_document(struct hub *h, struct span bytes, struct now now,
    struct fault *f)
{
	enum registry_result result = registry_offer(h->parts.registry, bytes,
	    f);
	const struct registry_alarm *alarm;
	struct hub_link *next;
	size_t alarms;

	h->now = now;
	alarm = registry_alarms(h->parts.registry, &alarms);
	if (result == REGISTRY_ACCEPTED && alarms > h->alarms)
		hub_notify(h, HUB_ALARM, span_str(""), span_str(""), 0,
		    ERR_CONFLICT, alarm[alarms - 1].text);
	h->alarms = alarms;
	if (result != REGISTRY_ACCEPTED)
		return result;
	for (size_t i = 0; i < registry_document_count(h->parts.registry); i++)
		if (span_is_equal(registry_document_at(h->parts.registry, i)
				      .bytes, bytes))
			keep_document(h, i);
	h->state_known = false;
	for (size_t i = 0; i < h->log_n; i++)
		frozen_refresh(h, h->log[i]);
	rejudge_look(h);
	links_judge(h);
	epoch_judge(h);
	hub_notify(h, HUB_DOCUMENT, span_str(""), span_str(""), 0, ERR_NONE,
	    "a register document was accepted");
	for (struct hub_link *l = h->links; l != NULL; l = next) {
		next = l->next;
		l->heads_ever = false;
		if (l->hello && l->peer->link == l)
			links_send_lists(h, l);
	}
	return result;
}

void
hub_set_pins(struct hub *h, const struct pin *pins, size_t n, struct now now)
{
	h->now = now;
	registry_set_pins(h->parts.registry, pins, n);
	h->state_known = false; /* a team may be refused, or known again */
	rejudge_look(h);
	links_judge(h);
	for (size_t i = 0; i < h->peer_n; i++)
		delivery_link_lost(&h->peer[i]->delivery);
	hub_notify(h, HUB_DOCUMENT, span_str(""), span_str(""), 0, ERR_NONE,
	    "the pins were changed");
}

enum err
links_take_doc(struct hub *h, struct hub_link *l, struct span in)
{
	struct fault f = { 0 };
	enum registry_result result = hub_offer_document(h, in, h->now, &f);

	if (result == REGISTRY_CONFLICT)
		hub_notify(h, HUB_ALARM, span_str(l->peer->team), span_str(""),
		    0, ERR_CONFLICT,
		    "two different register documents bear one version");
	if (result == REGISTRY_INVALID)
		return ERR_SIGNATURE;
	return ERR_NONE;
}

/* --- heads --- */

static void
take_head(struct hub *h, struct hub_link *l, const struct wire_head *m)
{
	struct hub_log *log = hub_find_log(h, m->origin);
	struct registry_log found;
	struct digest root;

	if (log == hub_own(h)) {
		if (m->size > l->peer->records_size ||
		    m->size > log->tree.size)
			hear_of_own(h, l, m);
		return;
	}
	if (m->size == 0 ||
	    registry_log_find(h->parts.registry, m->origin, &found) !=
		ERR_NONE ||
	    (log != NULL && log->stored.role != STORE_MIRROR))
		return;
	if (log == NULL)
		log = load_mirror(h, m->origin);
	if (log == NULL)
		return;
	if (!frozen_takes(h, log, m->size, &m->root)) {
		if (frozen_is(h, log))
			frozen_tell(h, log, l);
		return;
	}
	if (m->size > log->tree.size) {
		intake_behind(h, log, l, m->size);
		return;
	}
	/* the sentinel may have been lost with the newest checkpoint */
	if (m->size > log->checkpoint_size && former_is(h, log))
		intake_note(h, log, l);
	/* the same size or less: another root is another history, which was
	 * decided if it was frozen and is closed */
	if ((log->flags & STORE_FROZEN) == 0 && log_root_at(h, log, m->size, &root) == ERR_NONE &&
	    !digest_is_equal(&root, &m->root)) {
		struct wire_records_want want = { m->origin, UINT64_MAX };

		buf_clear(&h->scratch);
		wire_write_records_want(&want, &h->scratch);
		hub_send(h, l->peer, CLASS_CONTROL, WIRE_RECORDS_WANT,
		    buf_span(&h->scratch));
	}
}

enum err
links_take_heads(struct hub *h, struct hub_link *l, struct span in)
{
	struct reader r;
	unsigned n;
	enum err e = ERR_NONE;

	reader_init(&r, in);
	n = reader_u16(&r);
	if (n > WIRE_HEADS_MAX)
		return ERR_LIMIT;
	for (unsigned i = 0; i < n && e == ERR_NONE; i++) {
		struct wire_head m;

		e = wire_read_head(&r, &m);
		if (e == ERR_NONE && l->peer->link == l)
			take_head(h, l, &m);
	}
	return e != ERR_NONE ? e : reader_check(&r, true);
}

/* --- down --- */

static void
unlink_link(struct hub *h, struct hub_link *l)
{
	struct hub_link **at = &h->links;

	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
}

static void
forget(struct hub *h, struct hub_link *l, enum err why, const char *text)
{
	struct hub_peer *p = l->peer;
	uint32_t random;

	unlink_link(h, l);
	if (l->counted)
		start_link_down(&h->start, l->answered);
	if (p->link == l) {
		p->link = NULL;
		delivery_link_lost(&p->delivery);
		intake_forget(h, p);
		fetch_forget_link(h, l);
		hub_notify(h, HUB_LINK_DOWN, span_str(p->team),
		    span_str(p->node), 0, why, text);
	}
	if (p->link == NULL) {
		h->host.random(h->host.ctx, &random, sizeof random);
		backoff_failed(&p->backoff, random, h->now.mono);
	}
	free(l);
}

void
links_close(struct hub *h, struct hub_link *l, enum err why, const char *text,
    bool say)
{
	struct wire_bye m = { span_str(err_token(why)), span_str(text) };
	void *conn = l->conn;

	if (say) {
		struct buf out;

		buf_init(&out, 2048);
		wire_write_bye(&m, &out);
		(void)!h->host.send(h->host.ctx, conn, CLASS_CONTROL, WIRE_BYE,
		    buf_span(&out));
		buf_release(&out);
	}
	if (why != ERR_NONE && why != ERR_CLOSED && why != ERR_EXISTS && say)
		hub_notify(h, HUB_REFUSED, span_str(l->peer->team),
		    span_str(l->peer->node), 0, why, text);
	forget(h, l, why, text);
	h->host.close(h->host.ctx, conn);
}

void
hub_link_down(struct hub *h, struct hub_link *l, enum err why, struct now now)
{
	h->now = now;
	/* not the cable's fault: what came were no frames */
	if (why == ERR_UNSUPPORTED || why == ERR_LIMIT || why == ERR_SYNTAX)
		hub_notify(h, HUB_REFUSED, span_str(l->peer->team),
		    span_str(l->peer->node), 0, why,
		    "bytes that are no frame");
	forget(h, l, why, err_sentence(why));
}

void
hub_dial_failed(struct hub *h, struct span node, struct now now)
{
	struct hub_peer *p = hub_find_node(h, node);
	uint32_t random;

	h->now = now;
	if (p == NULL)
		return;
	p->dialling = false;
	h->host.random(h->host.ctx, &random, sizeof random);
	backoff_failed(&p->backoff, random, now.mono);
}

/* Who is let go gets what decided it: it would hear of it nowhere else. */
static void
show_why(struct hub *h, struct hub_link *l)
{
	struct hub_peer *p = l->peer;

	for (size_t i = 0; i < registry_document_count(h->parts.registry) &&
	     l->hello && p->link == l; i++) {
		struct registry_document d =
		    registry_document_at(h->parts.registry, i);

		if (d.kind == DOCUMENT_REGISTER ||
		    (d.kind == DOCUMENT_SUSPENSION &&
			span_is_str(d.team, p->team)))
			(void)!h->host.send(h->host.ctx, l->conn,
			    CLASS_CONTROL, WIRE_DOC, d.bytes);
	}
}

/* A document may revoke a key or suspend a team, and a suspension begins and
 * ends by time. */
void
links_judge(struct hub *h)
{
	struct registry_key key;
	struct hub_link *next;

	load_peers(h);
	h->standing_due.ms = h->now.mono.ms + HUB_STANDING_MS;
	for (struct hub_link *l = h->links; l != NULL; l = next) {
		next = l->next;
		if (l->peer->listed &&
		    registry_tls_find(h->parts.registry, &l->tls_kid,
			span_str(l->peer->node), &key) == ERR_NONE)
			continue;
		show_why(h, l);
		links_close(h, l, ERR_DENIED,
		    "its key or team is not admitted any more", true);
	}
}

struct span
links_address(const struct hub *h, const struct hub_peer *p)
{
	const struct keyset_node *node = registry_node_find(h->parts.registry,
	    span_str(p->node), NULL);
	struct span other = h->host.find_address == NULL ? span_str("") :
	    h->host.find_address(h->host.ctx, span_str(p->team));

	if (other.n != 0 || node == NULL || node->addr_count == 0)
		return other;
	return node->addrs[p->tries % node->addr_count];
}

/* When to dial a peer; never, if there is no reason to. A link over which
 * HELLO is under way needs no second one beside it. */
struct mono
links_dial_due(const struct hub *h, const struct hub_peer *p)
{
	struct mono due = p->backoff.due;

	if (!p->listed || p->link != NULL || p->dialling || !p->has_address)
		return (struct mono){ INT64_MAX };
	for (const struct hub_link *l = h->links; l != NULL; l = l->next)
		if (l->peer == p && !l->hello &&
		    due.ms < l->since.ms + HUB_HELLO_MS)
			due.ms = l->since.ms + HUB_HELLO_MS;
	return due;
}

/* Say HELLO on new links: now that all events of this turn, those of an
 * older link among them, have been dealt with. Dial what is due. */
void
links_step(struct hub *h)
{
	struct hub_link *next;

	for (struct hub_link *l = h->links; l != NULL; l = next) {
		next = l->next;
		if (!l->said_hello)
			(void)links_hello(h, l);
	}
	if (h->stopping)
		return;
	if (h->now.mono.ms >= h->standing_due.ms &&
	    h->trust.state != TRUST_JUMPED)
		links_judge(h);
	for (size_t i = 0; i < h->peer_n; i++) {
		struct hub_peer *p = h->peer[i];

		if (h->now.mono.ms < links_dial_due(h, p).ms)
			continue;
		p->dialling = true;
		h->host.dial(h->host.ctx, span_str(p->node),
		    links_address(h, p));
		p->tries++;
	}
}
