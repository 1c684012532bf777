/* SPDX-License-Identifier: Apache-2.0
 *
 * What a scenario says must be true. A wrong expectation fails it with the
 * number of its line.
 */
#include "play.h"

#include "crypto/jwe.h"
#include "crypto/jws.h"
#include "ledger/proof.h"
#include "ledger/tlog_proof.h"
#include "record/receipt.h"

#include <stdio.h>

/* --- notices --- */

static int
find_log(const struct sim_node *n, const char *origin)
{
	for (size_t i = 0; n->hub != NULL && i < hub_log_count(n->hub); i++)
		if (span_is_str(hub_log(n->hub, i).origin, origin))
			return (int)i;
	return -1;
}

static int
log_of(const struct sim_node *n, const struct sim_node *o)
{
	return find_log(n, o->origin);
}

/* The state of an entry's body at `n`; -1 if it is not there or is not the
 * text that its origin accepted. */
static int
state_at(struct sim_node *n, const struct sim_entry *e)
{
	struct arena a = { 0 };
	struct store_body body;
	int i = find_log(n, e->log->origin), state = -1;
	struct digest d;
	struct span jws;

	if (i >= 0 && hub_read_entry(n->hub, hub_log(n->hub, (size_t)i).id,
			  e->index, &a, &body, &jws) == ERR_NONE) {
		d = hash_sha256(jws);
		if (digest_is_equal(&d, &e->digest) ||
		    body.state == STORE_BODY_ERASED) /* a stub */
			state = (int)body.state;
	}
	arena_release(&a);
	return state;
}

static bool
all_hold(struct sim *s)
{
	for (unsigned i = 0; i < s->n; i++) {
		if (s->node[i].waiting != 0) {
			snprintf(s->unsettled, sizeof s->unsettled,
			    "%s has not appended it yet", s->node[i].team);
			return false;
		}
		for (size_t k = 0; k < s->node[i].entry_n; k++)
			for (unsigned r = 0; r < s->n; r++) {
				const struct sim_entry *e =
				    &s->node[i].entry[k];

				if ((e->readers & 1u << r) == 0 ||
				    judge_is_lost(s, e) ||
				    s->node[r].boot_ms == INT64_MAX)
					continue;
				if (state_at(&s->node[r], e) >= 0)
					continue;
				snprintf(s->unsettled, sizeof s->unsettled,
				    "%s lacks entry %llu of %s",
				    s->node[r].team,
				    (unsigned long long)e->index,
				    s->node[i].team);
				return false;
			}
	}
	return true;
}

/* Wait until `good` or for as long as `within` says (15 minutes). */
static void
wait_for(struct play *p, bool (*good)(struct sim *s))
{
	const char *within = play_after(p, "within");
	int64_t end = p->sim.now.mono.ms +
	    (within != NULL ? play_time(p, within) : PLAY_HEAL_MS);

	while (!good(&p->sim) && p->sim.failed == NULL) {
		if (p->sim.now.mono.ms >= end)
			sim_fail(&p->sim, "it has not come to that: %s",
			    p->sim.unsettled);
		sim_run(&p->sim, 500);
	}
}

/* expect delivered [within TIME]: everybody is up, everything is everywhere
 * and receipted; and the invariants' last word. */
static void
expect_delivered(struct play *p)
{
	command_spent(p);
	wait_for(p, sim_is_settled);
	if (p->sim.failed == NULL)
		judge_end(&p->sim);
}

/* expect held [within TIME]: every reader that is not gone for good has every
 * entry, whatever its origin knows of it. */
static void
expect_held(struct play *p)
{
	command_spent(p);
	wait_for(p, all_hold);
}

static const struct sim_entry *
entry_of(struct play *p, struct sim_node *o, const char *index)
{
	uint64_t want = play_number(p, index);

	for (size_t i = 0; i < o->entry_n; i++)
		if (o->entry[i].index == want)
			return &o->entry[i];
	play_fail(p, "that entry was never accepted");
	return NULL;
}

static void
expect_body(struct play *p, int want, const char *else_what)
{
	struct sim_node *n = play_node(p, 2), *o = play_node(p, 3);
	const struct sim_entry *e = entry_of(p, o, play_word(p, 4));
	int state = e != NULL ? state_at(n, e) : -1;

	if (e != NULL && state != want)
		sim_fail(&p->sim, "%s (state %d)", else_what, state);
}

/* expect shown|quarantined|void|erased|absent NODE ORIGIN INDEX */
static void
expect_shown(struct play *p)
{
	expect_body(p, STORE_BODY_HELD, "it is not shown as good");
}

static void
expect_quarantined(struct play *p)
{
	expect_body(p, STORE_BODY_QUARANTINED, "it is not quarantined");
}

/* expect flagged NODE ORIGIN INDEX "part of the text": good, and marked. */
static void
expect_flagged(struct play *p)
{
	struct sim_node *n = play_node(p, 2), *o = play_node(p, 3);
	struct arena a = { 0 };
	struct store_body body = { .state = STORE_BODY_HELD };
	int i = log_of(n, o);
	char *meta;

	expect_shown(p);
	if (i >= 0 && store_get_body(n->store, hub_log(n->hub, (size_t)i).id,
			  play_number(p, play_word(p, 4)), &a, &body) !=
		ERR_NONE)
		play_fail(p, "it is not there");
	meta = arena_string(&a, body.meta);
	if (strstr(meta, play_word(p, 5)) == NULL)
		sim_fail(&p->sim, "it is not so marked: %s", meta);
	arena_release(&a);
}

static void
expect_void(struct play *p)
{
	expect_body(p, STORE_BODY_VOID, "it is not void");
}

static void
expect_erased(struct play *p)
{
	expect_body(p, STORE_BODY_ERASED, "it is not erased");
}

static void
expect_absent(struct play *p)
{
	expect_body(p, -1, "it is there");
}

/* expect damaged NODE ORIGIN INDEX: it is so marked. */
static void
expect_damaged(struct play *p)
{
	struct sim_node *n = play_node(p, 2), *o = play_node(p, 3);
	struct arena a = { 0 };
	struct store_body body = { .state = STORE_BODY_HELD };
	int i = log_of(n, o);
	enum err e = i < 0 ? ERR_NOT_FOUND :
			     store_get_body(n->store,
				 hub_log(n->hub, (size_t)i).id,
				 play_number(p, play_word(p, 4)), &a, &body);

	if (e != ERR_NONE || body.state != STORE_BODY_DAMAGED)
		sim_fail(&p->sim, "it is not marked as damaged (%s, %d)",
		    err_token(e), (int)body.state);
	arena_release(&a);
}

/* expect entries NODE N: accepted so far. */
static void
expect_entries(struct play *p)
{
	struct sim_node *n = play_node(p, 2);

	if (n->entry_n != play_number(p, play_word(p, 3)))
		sim_fail(&p->sim, "%zu entries were accepted", n->entry_n);
}

/* expect due NODE TEAM N */
static void
expect_due(struct play *p)
{
	struct sim_node *n = play_node(p, 2);
	const char *team = play_node(p, 3)->team;
	uint64_t due = 0;

	for (size_t i = 0; n->hub != NULL && i < hub_peer_count(n->hub); i++)
		if (span_is_str(hub_peer(n->hub, i, sim_now(n)).team, team))
			due = hub_peer(n->hub, i, sim_now(n)).due;
	if (due != play_number(p, play_word(p, 4)))
		sim_fail(&p->sim, "%llu are due", (unsigned long long)due);
}

/* expect urgent NODE ORIGIN below TIME: so long did the newest urgent one
 * take from its release. */
static void
expect_urgent(struct play *p)
{
	struct sim_node *n = play_node(p, 2), *o = play_node(p, 3);
	const char *most = play_after(p, "below");
	const struct sim_entry *e = NULL;

	for (size_t i = 0; i < o->entry_n; i++)
		if (o->entry[i].urgent)
			e = &o->entry[i];
	if (e == NULL || most == NULL || e->held_ms[n->i] == 0)
		play_fail(p, "it has not come");
	else if (e->held_ms[n->i] - e->released_ms >= play_time(p, most))
		sim_fail(&p->sim, "it took %lld ms",
		    (long long)(e->held_ms[n->i] - e->released_ms));
}

/* expect backlog NODE ORIGIN: not all of it is there yet. */
static void
expect_backlog(struct play *p)
{
	struct sim_node *n = play_node(p, 2), *o = play_node(p, 3);
	int i = log_of(n, o);

	if (i >= 0 && hub_log(n->hub, (size_t)i).bodies_missing == 0)
		play_fail(p, "the backlog is there already");
}

/* --- nodes --- */

/* expect state NODE STATE ["part of the reason"] */
static void
expect_state(struct play *p)
{
	struct sim_node *n = play_node(p, 2);
	const struct start *s = n->hub != NULL ? hub_start(n->hub) : NULL;
	const char *name = s != NULL ? machine_name(&s->machine) : "down";

	p->expected |= 1u << n->i;
	if (strcmp(name, play_word(p, 3)) != 0 ||
	    (p->argc > 4 && (s == NULL || strstr(s->why, p->argv[4]) == NULL)))
		sim_fail(&p->sim, "%s is %s: %s", n->team, name,
		    s != NULL ? s->why : "");
}

/* expect opened NODE: the new log that was asked for. */
static void
expect_opened(struct play *p)
{
	struct sim_node *n = play_node(p, 2);

	if (strncmp(n->opening, "ok:", 3) != 0)
		sim_fail(&p->sim, "it is not open: %s", n->opening);
}

/* expect open-or-again NODE: it goes on with the new log, or one is opened
 * now. */
static void
expect_open_or_again(struct play *p)
{
	struct sim_node *n = play_node(p, 2);

	p->expected |= 1u << n->i;
	if (n->hub != NULL && start_is(hub_start(n->hub), START_RESTORED))
		sim_open(n);
	else if (n->hub == NULL || !start_is(hub_start(n->hub), START_READY))
		play_fail(p, "it can neither go on nor be opened");
}

/* expect logs NODE N: it has signed so many. */
static void
expect_logs(struct play *p)
{
	struct sim_node *n = play_node(p, 2);
	uint64_t count = 0;

	for (size_t i = 0; n->hub != NULL && i < hub_log_count(n->hub); i++)
		count += hub_log(n->hub, i).role != STORE_PRIVATE &&
		    span_is_str(hub_log(n->hub, i).team, n->team);
	if (count != play_number(p, play_word(p, 3)))
		sim_fail(&p->sim, "it has %llu", (unsigned long long)count);
}

/* expect stopped A B: of two machines of a team at least one. */
static void
expect_stopped(struct play *p)
{
	bool stopped = false;

	for (unsigned i = 2; i < 4; i++) {
		struct sim_node *n = play_node(p, i);

		p->expected |= 1u << n->i;
		stopped = stopped || (n->hub != NULL &&
			start_is(hub_start(n->hub), START_RESTORED));
	}
	if (!stopped)
		play_fail(p, "both go on");
}

/* expect breached I1|I6 ...: the judge has found what was forgiven. */
static void
expect_breached(struct play *p)
{
	for (unsigned i = 2; i < p->argc; i++)
		if (strncmp(p->sim.breached, p->argv[i],
			strlen(p->argv[i])) == 0)
			return;
	sim_fail(&p->sim, "no breach was found: %s", p->sim.breached);
}

static bool
has_event(const struct sim_node *n, const char *kind, const char *text)
{
	static const struct {
		const char *name;
		enum hub_event_type type;
	} rows[] = { { "alarm", HUB_ALARM }, { "refused", HUB_REFUSED },
		{ "clock", HUB_CLOCK }, { "embargo", HUB_EMBARGO }, { "silence", HUB_SILENCE },
		{ "link-up", HUB_LINK_UP }, { "link-down", HUB_LINK_DOWN },
		{ "quarantine", HUB_QUARANTINED }, { "state", HUB_STATE },
		{ "swept", HUB_SWEPT }, { "shut-out", HUB_SHUT_OUT } };

	for (const struct sim_event *e = n->event; e != NULL; e = e->next)
		for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
			if (strcmp(rows[i].name, kind) == 0 &&
			    rows[i].type == e->type &&
			    strstr(e->text, text) != NULL)
				return true;
	return false;
}

/* expect told NODE KIND ["part of the text"]; expect untold ... */
static void
expect_told(struct play *p)
{
	struct sim_node *n = play_node(p, 2);

	p->expected |= 1u << n->i;
	if (!has_event(n, play_word(p, 3), p->argc > 4 ? p->argv[4] : ""))
		play_fail(p, "nobody was told");
}

static void
expect_untold(struct play *p)
{
	struct sim_node *n = play_node(p, 2);

	if (has_event(n, play_word(p, 3), p->argc > 4 ? p->argv[4] : ""))
		play_fail(p, "it was told");
}

static bool
has_circle(struct sim_node *o, uint64_t index, struct digest *id,
    uint64_t *by)
{
	struct store_body body = { 0 };
	struct arena a = { 0 };
	uint32_t log = hub_log(o->hub, 0).id;
	uint64_t size = hub_log(o->hub, 0).size;
	struct span jws;
	bool is;

	is = store_get_body(o->store, log, index, &a, &body) == ERR_NONE &&
	    jwe_find_circle(body.bytes, &a, id);
	*by = UINT64_MAX;
	for (uint64_t i = 0; is && i < size; i++) {
		struct digest d;

		if (hub_read_entry(o->hub, log, i, &a, &body, &jws) !=
		    ERR_NONE)
			continue;
		d = hash_sha256(jws);
		if (digest_is_equal(&d, id))
			*by = i;
	}
	arena_release(&a);
	return is;
}

/* expect circle ORIGIN INDEX no|BY: its entry is sealed for each reader, or by
 * the key that entry BY handed out. */
static void
expect_circle(struct play *p)
{
	struct sim_node *o = play_node(p, 2);
	uint64_t index = play_number(p, play_word(p, 3)), by;
	const char *want = play_word(p, 4);
	struct digest id;
	bool is = has_circle(o, index, &id, &by);

	if (strcmp(want, "no") == 0) {
		if (is)
			play_fail(p, "it is sealed to a circle");
	} else if (!is) {
		play_fail(p, "it is not sealed to a circle");
	} else if (by != play_number(p, want)) {
		sim_fail(&p->sim, "the key is that of entry %llu",
		    (unsigned long long)by);
	}
}

static bool
count_item(void *ctx, struct span key, struct span value)
{
	uint64_t *n = ctx;

	(void)key;
	(void)value;
	(*n)++;
	return true;
}

/* expect waiting NODE N: so many bodies wait for the key of their circle. */
static void
expect_waiting(struct play *p)
{
	struct sim_node *n = play_node(p, 2);
	uint64_t got = 0;

	if (store_scan_items(n->store, "circle-wait", count_item, &got) !=
		ERR_NONE || got != play_number(p, play_word(p, 3)))
		sim_fail(&p->sim, "%llu wait for a key",
		    (unsigned long long)got);
}

/* expect refusal NODE ["part of the reason"]: an append was not taken. */
static void
expect_refusal(struct play *p)
{
	struct sim_node *n = play_node(p, 2);

	if (n->refused == 0 ||
	    (p->argc > 3 && strstr(n->refusal, p->argv[3]) == NULL))
		sim_fail(&p->sim, "%u were refused; %s", n->refused,
		    n->refusal);
}

/* expect mirror NODE ORIGIN STATE */
static void
expect_mirror(struct play *p)
{
	struct sim_node *n = play_node(p, 2);
	int i = log_of(n, play_node(p, 3));
	const char *name = i < 0 ? "none" :
	    mirror_name(hub_log(n->hub, (size_t)i).state);

	if (strcmp(name, play_word(p, 4)) != 0)
		sim_fail(&p->sim, "the mirror is %s", name);
}

/* expect disputed NODE ORIGIN FROM|none */
static void
expect_disputed(struct play *p)
{
	struct sim_node *n = play_node(p, 2);
	const char *from = play_word(p, 4);
	int i = log_of(n, play_node(p, 3));
	uint64_t want = strcmp(from, "none") == 0 ? UINT64_MAX :
						    play_number(p, from);
	uint64_t got = i < 0 ? UINT64_MAX : hub_log(n->hub, (size_t)i).disputed;

	if (got != want)
		sim_fail(&p->sim, "disputed from %llu on",
		    (unsigned long long)got);
}

/* expect astray NODE ORIGIN: closed, and it holds another branch. */
static void
expect_astray(struct play *p)
{
	struct sim_node *n = play_node(p, 2);
	int i = log_of(n, play_node(p, 3));

	if (i < 0 || !hub_log(n->hub, (size_t)i).astray)
		play_fail(p, "it does not hold another branch");
}

/* expect size NODE ORIGIN N: of its mirror. */
static void
expect_size(struct play *p)
{
	struct sim_node *n = play_node(p, 2);
	int i = log_of(n, play_node(p, 3));
	uint64_t size = i < 0 ? 0 : hub_log(n->hub, (size_t)i).size;

	if (size != play_number(p, play_word(p, 4)))
		sim_fail(&p->sim, "it holds %llu", (unsigned long long)size);
}

/* expect cosigned NODE ORIGIN below|at N: the newest size that it cosigned. */
static void
expect_cosigned(struct play *p)
{
	uint64_t size = judge_log(&p->sim,
	    span_str(play_node(p, 3)->origin))->cosigned[play_node(p, 2)->i];
	uint64_t n = play_number(p, play_word(p, 5));
	bool below = strcmp(play_word(p, 4), "below") == 0;

	if (below ? size >= n : size != n)
		sim_fail(&p->sim, "the newest is %llu",
		    (unsigned long long)size);
}

/* expect frames-below N: sent by all since `mark`. */
static void
expect_frames(struct play *p)
{
	uint64_t sent = p->sim.frames - p->marked_frames;

	if (sent >= play_number(p, play_word(p, 2)))
		sim_fail(&p->sim, "%llu frames were sent",
		    (unsigned long long)sent);
}

/* expect bytes-below N: the same in bytes, frame headers not counted. */
static void
expect_bytes(struct play *p)
{
	uint64_t sent = p->sim.bytes - p->marked_bytes;

	if (sent >= play_number(p, play_word(p, 2)))
		sim_fail(&p->sim, "%llu bytes were sent",
		    (unsigned long long)sent);
}

/* expect sent-below NODE N: bytes that it sent, frames and TLS included. */
static void
expect_sent(struct play *p)
{
	struct sim_node *n = play_node(p, 2);
	uint64_t sent = p->sim.sent[n->i] - p->marked_sent[n->i];

	if (sent >= play_number(p, play_word(p, 3)))
		sim_fail(&p->sim, "it sent %llu bytes",
		    (unsigned long long)sent);
}

/* expect syncs-below NODE N: its store was asked to sync less often. */
static void
expect_syncs(struct play *p)
{
	struct sim_node *n = play_node(p, 2);
	uint64_t syncs = n->store->syncs -
	    p->marked_syncs[n - p->sim.node];

	if (syncs >= play_number(p, play_word(p, 3)))
		sim_fail(&p->sim, "it synced %llu times",
		    (unsigned long long)syncs);
}

/* expect dials-below NODE N */
static void
expect_dials(struct play *p)
{
	struct sim_node *n = play_node(p, 2);
	uint64_t dials = n->dials - p->marked_dials[n->i];

	if (dials >= play_number(p, play_word(p, 3)))
		sim_fail(&p->sim, "it dialled %llu times",
		    (unsigned long long)dials);
}

/* --- proofs --- */

struct chain {
	struct play *p;
	struct arena *a;
	uint64_t next;
	struct digest last;
};

static bool
see_receipt(void *ctx, uint64_t seq, struct span text)
{
	struct chain *c = ctx;
	struct receipt r = { 0 };
	struct jws jws;

	if (seq != c->next++)
		play_fail(c->p, "a number is missing in the chain");
	if (jws_parse(text, RECEIPT_TYP, c->a, &jws, NULL) != ERR_NONE ||
	    receipt_parse(jws.payload, c->a, &r, NULL) != ERR_NONE)
		play_fail(c->p, "a receipt cannot be read");
	else if (seq != 0 &&
	    (!r.has_since || !digest_is_equal(&r.since, &c->last)))
		play_fail(c->p, "a receipt does not name the one before");
	c->last = hash_sha256(text);
	receipt_release(&r);
	return true;
}

/* expect receipts NODE TEAM AT-LEAST: a whole chain of them is held. */
static void
expect_receipts(struct play *p)
{
	struct sim_node *n = play_node(p, 2);
	struct store_log log = { .id = hub_log(n->hub, 0).id };
	struct arena a = { 0 };
	struct chain c = { .p = p, .a = &a };
	enum err e = store_scan_receipts(n->store, log.id,
	    span_str(play_node(p, 3)->team), 0, 0, see_receipt, &c);

	if (e != ERR_NONE || c.next < play_number(p, play_word(p, 4)))
		sim_fail(&p->sim, "%llu receipts are held",
		    (unsigned long long)c.next);
	arena_release(&a);
}

static void
cosigner_keys(struct sim *s, struct note_key *out)
{
	for (unsigned i = 0; i < s->n; i++) {
		struct sim_node *n = &s->node[i];
		struct sign_public key = jwk_sign_public(
		    &keyring_find(n->keyring, KEYRING_COSIGN)->jwk);

		if (note_key_make(span_str(n->name), NOTE_COSIGNATURE, &key,
			&out[i]) != ERR_NONE)
			sim_fail(s, "a key cannot be made");
	}
}

static enum err
prove(struct sim_node *n, const struct sim_entry *e, struct span note,
    struct tlog_proof *out)
{
	struct tree_source source = hub_tree_source(n->hub, 0);
	struct checkpoint c;
	enum err err = checkpoint_read(note, &c, NULL);

	*out = (struct tlog_proof){ .index = e->index, .checkpoint = note };
	if (err == ERR_NONE)
		err = proof_make_inclusion(&source, e->index, c.size, &out->proof);
	return err;
}

/* expect witnessed NODE N [INDEX]: an entry is proved by the log's key and N
 * others, by the text of a proof file. */
static void
expect_witnessed(struct play *p)
{
	struct sim_node *n = play_node(p, 2);
	uint64_t need = play_number(p, play_word(p, 3));
	const struct sim_entry *e = entry_of(p, n, play_word(p, 4));
	struct sign_public public = jwk_sign_public(
	    &keyring_find(n->keyring, KEYRING_LOG)->jwk);
	struct note_key log, keys[SIM_NODES];
	struct arena a = { 0 };
	struct tlog_proof proof;
	struct checkpoint c;
	struct digest leaf;
	struct span note;
	struct buf text;
	size_t found;
	enum err err;

	if (e == NULL)
		return;
	buf_init(&text, LIMIT_TLOG_PROOF);
	cosigner_keys(&p->sim, keys);
	err = note_key_make(span_str(n->origin), NOTE_ED25519, &public, &log);
	if (err == ERR_NONE)
		err = hub_find_witnessed(n->hub, e->index, (size_t)need, &a,
		    &note, &found);
	if (err == ERR_NONE)
		err = prove(n, e, note, &proof);
	if (err == ERR_NONE) {
		tlog_proof_write(&proof, &text);
		err = tlog_proof_parse(buf_span(&text), &proof, NULL);
	}
	leaf = e->log->leaf[e->index];
	if (err == ERR_NONE)
		err = tlog_proof_check(&proof, &leaf, &log, keys, p->sim.n,
		    (size_t)need, &c, NULL);
	if (err != ERR_NONE)
		sim_fail(&p->sim, "there is no such proof: %s",
		    err_sentence(err));
	buf_release(&text);
	arena_release(&a);
}

static bool
count_note(void *ctx, struct span key, struct span value)
{
	(void)key;
	(void)value;
	++*(uint64_t *)ctx;
	return true;
}

/* expect notes NODE N: so many of its checkpoints are kept with who cosigned
 * them. */
static void
expect_notes(struct play *p)
{
	struct sim_node *n = play_node(p, 2);
	uint64_t want = play_number(p, play_word(p, 3)), is = 0, lines = 0;

	if (store_scan_items(n->store, "note", count_note, &is) != ERR_NONE ||
	    store_scan_items(n->store, "cosignature", count_note, &lines) !=
		ERR_NONE || is != want || lines > is * (p->sim.n - 1))
		sim_fail(&p->sim, "%llu checkpoints and %llu cosignatures are "
		    "kept", (unsigned long long)is, (unsigned long long)lines);
}

/* expect register NODE VERSION: that counts there. */
static void
expect_register(struct play *p)
{
	const struct register_doc *r = registry_register(
	    play_node(p, 2)->registry);

	if (r == NULL || r->version != play_number(p, play_word(p, 3)))
		sim_fail(&p->sim, "it is register %llu",
		    r == NULL ? 0 : (unsigned long long)r->version);
}

/* expect expired NODE: nothing may be added under its documents. */
static void
expect_expired(struct play *p)
{
	struct sim_node *n = play_node(p, 2);

	if (registry_may_add(n->registry, sim_now(n).wall))
		play_fail(p, "its documents are in date");
}

/* expect clock NODE trusted|doubted */
static void
expect_clock(struct play *p)
{
	bool trusted = hub_clock(play_node(p, 2)->hub) ==
	    TRUST_TRUSTED;

	if (trusted != (strcmp(play_word(p, 3), "trusted") == 0))
		play_fail(p, trusted ? "its clock is trusted" :
				       "its clock is doubted");
}

/* expect linked|unlinked A B */
static void
expect_linked(struct play *p)
{
	struct sim_node *n = play_node(p, 2);
	const char *team = play_node(p, 3)->team;
	bool want = strcmp(play_word(p, 1), "linked") == 0, is = false;

	for (size_t i = 0; n->hub != NULL && i < hub_peer_count(n->hub); i++)
		if (span_is_str(hub_peer(n->hub, i, sim_now(n)).team, team))
			is = hub_peer(n->hub, i, sim_now(n)).linked;
	if (is != want)
		play_fail(p, is ? "they are linked" : "they are not linked");
}

bool
expect_run(struct play *p)
{
	static const struct {
		const char *name;
		void (*run)(struct play *p);
	} rows[] = { { "delivered", expect_delivered },
		{ "held", expect_held }, { "shown", expect_shown },
		{ "quarantined", expect_quarantined },
		{ "void", expect_void }, { "flagged", expect_flagged }, { "erased", expect_erased }, { "absent", expect_absent }, { "damaged", expect_damaged },
		{ "entries", expect_entries }, { "due", expect_due },
		{ "urgent", expect_urgent }, { "backlog", expect_backlog },
		{ "state", expect_state }, { "told", expect_told },
		{ "circle", expect_circle }, { "waiting", expect_waiting },
		{ "untold", expect_untold }, { "refusal", expect_refusal },
		{ "mirror", expect_mirror },
		{ "disputed", expect_disputed },
		{ "astray", expect_astray }, { "size", expect_size }, { "cosigned", expect_cosigned },
		{ "released", embargo_expect }, { "embargoed", embargo_expect },
		{ "reached", embargo_expect_reached },
		{ "frames-below", expect_frames },
		{ "bytes-below", expect_bytes },
		{ "sent-below", expect_sent },
		{ "syncs-below", expect_syncs },
		{ "dials-below", expect_dials },
		{ "receipts", expect_receipts },
		{ "opened", expect_opened }, { "logs", expect_logs },
		{ "open-or-again", expect_open_or_again },
		{ "stopped", expect_stopped }, { "breached", expect_breached },
		{ "witnessed", expect_witnessed },
		{ "notes", expect_notes },
		{ "blob", blobs_expect }, { "no-blob", blobs_expect },
		{ "register", expect_register },
		{ "clock", expect_clock }, { "expired", expect_expired }, { "linked", expect_linked },
		{ "unlinked", expect_linked } };

	if (strcmp(p->argv[0], "expect") != 0)
		return false;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(play_word(p, 1), rows[i].name) == 0) {
			rows[i].run(p);
			return true;
		}
	return false;
}

/* Alarms and nodes that do not go on must have been foreseen. */
void
expect_end(struct play *p)
{
	if (p->begun)
		views_end(&p->sim);
	for (unsigned i = 0; p->begun && i < p->sim.n; i++) {
		struct sim_node *n = &p->sim.node[i];

		if ((p->expected & 1u << i) != 0)
			continue;
		for (const struct sim_event *e = n->event; e != NULL;
		     e = e->next)
			if (e->type == HUB_ALARM)
				sim_fail(&p->sim, "%s raised an alarm that "
				    "nobody expects: %s", n->team, e->text);
		if (n->hub != NULL && !start_is(hub_start(n->hub),
					  START_READY))
			sim_fail(&p->sim, "%s is %s at the end: %s", n->team,
			    machine_name(&hub_start(n->hub)->machine),
			    hub_start(n->hub)->why);
	}
}
