/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: status, peers, log, documents, network_offer, events.
 */
#include "node/anchors.h"
#include "node/approvals.h"
#include "node/command.h"
#include "node/duties.h"
#include "node/escalations.h"
#include "node/face.h"
#include "node/last_proved.h"
#include "node/obligations.h"
#include "node/pledges.h"
#include "node/promises.h"
#include "record/fingerprint.h"
#include "record/pins.h"

static const char *
mirror_word(enum mirror_state state)
{
	static const char *const words[] = { [MIRROR_UNKNOWN] = "unknown",
		[MIRROR_CURRENT] = "current", [MIRROR_FILLING] = "filling",
		[MIRROR_FROZEN] = "frozen", [MIRROR_CLOSED] = "closed" };

	return words[state];
}

static const char *
role_word(enum store_role role)
{
	return role == STORE_OWN	? "own" :
	    role == STORE_PRIVATE	? "private" :
					  "mirror";
}

static void
put_logs(struct call *c)
{
	struct service *s = c->service;
	struct json_out *w = &c->w;

	json_put_key(w, "logs");
	json_put_open(w, '[');
	for (size_t i = 0; i < hub_log_count(s->hub); i++) {
		struct hub_log_info l = hub_log(s->hub, i);

		json_put_open(w, '{');
		json_put_member_span(w, "origin", l.origin);
		json_put_member_str(w, "role", role_word(l.role));
		json_put_member_span(w, "team", l.team);
		json_put_member_u64(w, "size", l.size);
		json_put_member_str(w, "root", call_digest(c, &l.root));
		json_put_member_u64(w, "newest", l.newest);
		json_put_member_u64(w, "missing", l.bodies_missing);
		json_put_member_str(w, "state",
		    l.role == STORE_MIRROR ? mirror_word(l.state) : "");
		if (l.disputed != UINT64_MAX)
			json_put_member_u64(w, "disputed_from", l.disputed);
		if (l.astray)
			json_put_member_bool(w, "astray", true);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

/* What this operator, and this state, think of a team. */
static void
put_trust(struct call *c, struct span id)
{
	static const char *const words[] = { [DESIGNATION_NONE] = "none",
		[DESIGNATION_VALID] = "in_force",
		[DESIGNATION_STALE] = "stale" };
	struct registry *r = c->service->registry;
	const struct team *t = registry_team(r, id);
	const struct pin *pin = registry_pin(r, id);
	struct json_out *w = &c->w;

	json_put_member_bool(w, "confirm", t != NULL &&
	    members_wants_confirmation(c->service, t));
	json_put_member_str(w, "pin", pin == NULL ? "" :
	    pin->verdict == PIN_ACCEPT ? "accept" : "refuse");
	json_put_member_str(w, "designation", words[registry_designation(r,
	    id, loop_now(c->service->loop).wall, NULL)]);
}

/* Teams of the register whose identity waits for the operator. */
static void
put_confirmations(struct call *c)
{
	const struct register_doc *r = registry_register(
	    c->service->registry);
	struct json_out *w = &c->w;

	json_put_key(w, "confirm");
	json_put_open(w, '[');
	for (size_t i = 0; r != NULL && i < r->team_count; i++) {
		const struct team *t = &r->teams[i];
		struct digest kid = jwk_thumbprint(&t->identity);
		struct buf words;

		if (!members_wants_confirmation(c->service, t))
			continue;
		buf_init(&words, 512);
		fingerprint_words(&kid, &words);
		json_put_open(w, '{');
		json_put_member_span(w, "team", t->id);
		json_put_member_str(w, "kid", kid_of(&kid).s);
		json_put_member_str(w, "words", buf_str(&words));
		json_put_close(w, '}');
		buf_release(&words);
	}
	json_put_close(w, ']');
}

static void
put_pins(struct call *c)
{
	struct json_out *w = &c->w;
	size_t n;
	const struct pin *pin = registry_pins(c->service->registry, &n);

	json_put_key(w, "pins");
	json_put_open(w, '[');
	for (size_t i = 0; i < n; i++) {
		struct buf b;

		buf_init(&b, 256);
		pin_write(&pin[i], &b);
		json_put_str(w, buf_str(&b));
		buf_release(&b);
	}
	json_put_close(w, ']');
}

static void put_dates(struct call *c);

static void
put_peers(struct call *c, const struct last_proved *proved)
{
	struct service *s = c->service;
	struct json_out *w = &c->w;

	json_put_key(w, "peers");
	json_put_open(w, '[');
	for (size_t i = 0; i < hub_peer_count(s->hub); i++) {
		struct hub_peer_info p = hub_peer(s->hub, i,
		    loop_now(s->loop));

		json_put_open(w, '{');
		json_put_member_span(w, "team", p.team);
		json_put_member_span(w, "node", p.node);
		json_put_member_bool(w, "linked", p.linked);
		json_put_member_str(w, "silence", silence_name(p.silence));
		json_put_key(w, "heard_s");
		json_put_i64(w, p.heard_ms_ago < 0 ? -1 :
			p.heard_ms_ago / 1000);
		json_put_member_u64(w, "due", p.due);
		json_put_member_u64(w, "receipts", p.receipts);
		json_put_member_u64(w, "theirs_due", p.theirs_due);
		json_put_member_bool(w, "clock_off", p.clock_off);
		json_put_member_bool(w, "degraded", p.degraded);
		duties_put_cover(w, p.cover);
		json_put_member_bool(w, "frozen", p.frozen);
		json_put_member_bool(w, "confirmed", p.confirmed);
		put_trust(c, p.team);
		if (proved != NULL)
			last_proved_put(c, proved, &p);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

static const char *
state_word(const struct service *s)
{
	static const char *const words[] = { [START_BOOT] = "boot",
		[START_ASK] = "asking", [START_READY] = "ready",
		[START_FULL] = "full", [START_RESTORED] = "restored",
		[START_EPOCH] = "epoch",
		[START_HALT] = "halted" };

	return words[hub_start(s->hub)->machine.state];
}

struct duty_counts {
	uint64_t due, overdue;
};

static void
count_duty(void *ctx, const struct duty *d)
{
	struct duty_counts *n = ctx;

	n->due += d->review.state == REVIEW_DUE;
	n->overdue += d->review.state == REVIEW_OVERDUE;
}

/* Why others do not link with this node: by what it holds itself, and who says
 * that it is not admitted there. */
static void
put_standing(struct call *c)
{
	struct service *s = c->service;
	struct json_out *w = &c->w;
	int64_t until_s = 0;

	json_put_member_str(w, "standing",
	    members_standing_word(members_standing(s, &until_s)));
	if (until_s != 0)
		json_put_member_u64(w, "standing_until", (uint64_t)until_s);
	json_put_key(w, "shut_out_by");
	json_put_open(w, '[');
	for (size_t i = 0; i < hub_peer_count(s->hub); i++) {
		struct hub_peer_info p = hub_peer(s->hub, i,
		    loop_now(s->loop));

		if (p.shuts_out)
			json_put_span(w, p.team);
	}
	json_put_close(w, ']');
}

static void
put_attachments(struct call *c)
{
	struct hub_swept swept = hub_swept(c->service->hub);
	struct json_out *w = &c->w;

	if (swept.at_s == 0)
		return;
	json_put_key(w, "attachments");
	json_put_open(w, '{');
	json_put_member_u64(w, "count", swept.count);
	json_put_member_u64(w, "bytes", swept.bytes);
	json_put_member_u64(w, "unnamed", swept.unnamed);
	json_put_member_u64(w, "removed", swept.removed);
	json_put_member_bool(w, "unsure", swept.is_unsure);
	json_put_member_u64(w, "looked", (uint64_t)swept.at_s);
	json_put_close(w, '}');
}

void
cmd_status(struct call *c)
{
	struct service *s = c->service;
	struct index_counts n = { 0 };
	struct json_out *w = &c->w;
	const char *why;
	enum err may = hub_may_append(s->hub, &why);
	int64_t since_s = call_words_since(c);
	struct duty_counts duties = { 0 };

	approvals_duties(s, &c->mem, count_duty, &duties);
	if (index_count(s->index, &n) != ERR_NONE)
		n = (struct index_counts){ 0 };
	json_put_open(w, '{');
	json_put_member_str(w, "team", s->config->team);
	json_put_member_str(w, "node", s->node);
	json_put_member_str(w, "state", state_word(s));
	json_put_member_str(w, "why", may == ERR_NONE ? "" : why);
	json_put_member_bool(w, "clock_trusted",
	    hub_clock(s->hub) == TRUST_TRUSTED);
	json_put_member_str(w, "post", c->caller.post);
	put_logs(c);
	put_peers(c, NULL);
	json_put_member_str(w, "rules_refused", s->rulebook.refused);
	json_put_member_bool(w, "rules", s->rulebook.rules != NULL);
	put_confirmations(c);
	put_pins(c);
	put_dates(c);
	anchors_put(s, w);
	promises_put(s, w);
	pledges_put_counts(s, w);
	obligations_put_counts(s, w);
	/* counts of an index that is made anew are those of its part */
	if (!index_is_whole(s->index))
		json_put_member_u64(w, "index_left", index_lag(s->index));
	if (since_s != 0)
		json_put_member_u64(w, "searched_since", (uint64_t)since_s);
	json_put_member_u64(w, "notices", n.notices);
	json_put_member_u64(w, "exercises", n.exercises);
	json_put_member_u64(w, "unacknowledged", n.owed);
	json_put_member_u64(w, "quarantined", n.quarantined);
	json_put_member_u64(w, "reviews_due", duties.due);
	json_put_member_u64(w, "reviews_overdue", duties.overdue);
	escalations_put_health(s, w);
	duties_put(s, w);
	put_standing(c);
	put_attachments(c);
	face_put(s, w);
	json_put_member_str(w, "version", ALMENARA_VERSION);
	json_put_close(w, '}');
	call_done(c);
}

void
cmd_clock_accept(struct call *c)
{
	struct service *s = c->service;
	bool was = hub_clock(s->hub) == TRUST_TRUSTED;

	hub_clock_confirm(s->hub, loop_now(s->loop));
	audit(s, &c->caller, "clock_accept", NULL, "", "done",
	    was ? "it was trusted" : "confirmed by a person");
	json_put_open(&c->w, '{');
	json_put_member_bool(&c->w, "trusted", was);
	json_put_close(&c->w, '}');
	call_done(c);
}

void
cmd_peers(struct call *c)
{
	json_put_open(&c->w, '{');
	put_peers(c, last_proved_read(c));
	json_put_close(&c->w, '}');
	call_done(c);
}

void
cmd_log(struct call *c)
{
	json_put_open(&c->w, '{');
	put_logs(c);
	json_put_close(&c->w, '}');
	call_done(c);
}

/* --- documents --- */

/* Which authorities signed the document: who suspends a team is seen. */
static void
put_signers(struct call *c, size_t document)
{
	struct span name[LIMIT_DOCUMENT_SIGNATURES];
	size_t n = registry_signers(c->service->registry, document, name);

	json_put_key(&c->w, "by");
	json_put_open(&c->w, '[');
	for (size_t i = 0; i < n; i++)
		json_put_span(&c->w, name[i]);
	json_put_close(&c->w, ']');
}

static void
put_dates(struct call *c)
{
	struct registry_warning warning[LIMIT_TEAMS];
	struct json_out *w = &c->w;
	size_t n = registry_warnings(c->service->registry,
	    loop_now(c->service->loop).wall, warning, LIMIT_TEAMS);

	json_put_key(w, "warnings");
	json_put_open(w, '[');
	for (size_t i = 0; i < n; i++) {
		json_put_open(w, '{');
		json_put_member_str(w, "kind",
		    document_kind_token(warning[i].kind));
		json_put_member_span(w, "team", warning[i].team);
		json_put_key(w, "expires");
		json_put_i64(w, warning[i].expires_s);
		json_put_member_bool(w, "expired", warning[i].expired);
		json_put_member_span(w, "reason", warning[i].reason);
		put_signers(c, warning[i].document);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

static void
put_alarms(struct call *c)
{
	size_t n;
	const struct registry_alarm *alarm = registry_alarms(
	    c->service->registry, &n);
	struct json_out *w = &c->w;

	json_put_key(w, "alarms");
	json_put_open(w, '[');
	for (size_t i = 0; i < n; i++)
		json_put_str(w, alarm[i].text);
	json_put_close(w, ']');
}

void
cmd_documents(struct call *c)
{
	struct registry *r = c->service->registry;
	struct json_out *w = &c->w;
	bool full = false;

	if (json_bool(json_get(c->args, "full"), &full) != ERR_NONE)
		full = false;
	json_put_open(w, '{');
	if (registry_document_count(r) != 0) {
		/* the first charter: all others stand under it */
		struct digest root = registry_document_at(r, 0).hash;

		document_put_digest(w, "root", &root);
	}
	json_put_key(w, "documents");
	json_put_open(w, '[');
	for (size_t i = 0; i < registry_document_count(r); i++) {
		struct registry_document d = registry_document_at(r, i);

		json_put_open(w, '{');
		json_put_member_str(w, "kind", document_kind_token(d.kind));
		json_put_member_span(w, "team", d.team);
		json_put_member_u64(w, "version", d.version);
		json_put_member_str(w, "hash", call_digest(c, &d.hash));
		if (full) {
			json_put_key(w, "document");
			json_put_span(w, d.bytes);
		}
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
	put_dates(c);
	put_alarms(c);
	json_put_close(w, '}');
	call_done(c);
}

void
cmd_network_offer(struct call *c)
{
	static const char *const words[] = {
		[REGISTRY_ACCEPTED] = "accepted", [REGISTRY_SAME] = "same",
		[REGISTRY_OLDER] = "older", [REGISTRY_CONFLICT] = "conflict",
		[REGISTRY_UNVERIFIABLE] = "unverifiable",
		[REGISTRY_INVALID] = "invalid" };
	struct json_val v = json_get(c->args, "document");
	struct span bytes = v.type == JSON_STRING ? call_arg(c, "document") :
						    json_raw(v);
	struct fault f = { 0 };
	enum registry_result result;

	if (v.type == JSON_ABSENT || bytes.n > LIMIT_DOCUMENT) {
		call_misused(c, "document is missing or larger than 1 MiB");
		return;
	}
	result = hub_offer_document(c->service->hub, bytes,
	    loop_now(c->service->loop), &f);
	audit(c->service, &c->caller, "network_offer", NULL, "",
	    words[result], f.rule);
	if (result >= REGISTRY_CONFLICT) {
		call_fail(c, result == REGISTRY_CONFLICT ? ERR_CONFLICT :
							   ERR_SIGNATURE,
		    EXIT_REFUSED, "the document was not taken",
		    call_text(c, "%s: %s %s", words[result], f.field, f.rule),
		    "almenara doctor");
		return;
	}
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "result", words[result]);
	json_put_close(&c->w, '}');
	call_done(c);
}

void
cmd_events(struct call *c)
{
	call_subscribe(c);
	call_done(c);
}
