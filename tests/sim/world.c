/* SPDX-License-Identifier: Apache-2.0
 *
 * The simulated world: nodes and time.
 */
#include "sim.h"

#include "base/code.h"
#include "base/limits.h"
#include "base/mem.h"
#include "ledger/note.h"
#include "record/entry.h"
#include "record/network.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const teams[SIM_NODES] = { "br", "cl", "ht", "jm", "us",
	"uy" };

/* --- randomness --- */

/* splitmix64 */
static uint64_t
next(uint64_t *x)
{
	uint64_t z = *x += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint32_t
sim_random(struct sim *s, uint32_t below)
{
	return (uint32_t)(next(&s->rng) >> 32) % below;
}

void
sim_fail(struct sim *s, const char *format, ...)
{
	char text[sizeof s->failed_text];
	va_list ap;

	if (s->failed != NULL)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	if (s->forgiven != NULL && text[0] == 'I' &&
	    strchr(s->forgiven, text[1]) != NULL && text[2] == ':') {
		if (s->breached[0] == '\0')
			memcpy(s->breached, text, sizeof text);
		return;
	}
	memcpy(s->failed_text, text, sizeof text);
	s->failed = s->failed_text;
}

/* --- keys and documents: the same for every seed --- */

struct jwk
sim_key(enum jwk_kind kind, const char *team, const char *role)
{
	unsigned char seed[32];
	struct digest d;
	struct jwk k;
	char label[64];

	snprintf(label, sizeof label, "sim %s %s", team, role);
	d = hash_sha256(span_str(label));
	memcpy(seed, d.b, sizeof seed);
	jwk_from_seed(kind, seed, &k);
	return k;
}

static void
must(enum err e, const char *what)
{
	if (e == ERR_NONE)
		return;
	fprintf(stderr, "simulator: %s: %s\n", what, err_sentence(e));
	abort();
}

static void
make_keyring(struct sim_node *n)
{
	static const struct {
		enum keyring_role role;
		const char *label;
		enum jwk_kind kind;
	} rows[] = {
		{ KEYRING_ENTRY, "entry", JWK_ED25519 },
		{ KEYRING_LOG, "log", JWK_ED25519 },
		{ KEYRING_COSIGN, "cosign", JWK_ED25519 },
		{ KEYRING_PRIVATE, "private", JWK_ED25519 },
		{ KEYRING_TLS, "tls", JWK_ED25519 },
	};
	/* half the nodes have a P-256 key for sealing */
	struct jwk enc = sim_key(n->i % 2 != 0 ? JWK_P256 : JWK_X25519, n->team,
	    "enc");

	n->keyring = keyring_create();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct jwk k = sim_key(rows[i].kind, n->team, rows[i].label);
		const char *name = rows[i].role == KEYRING_LOG ? n->origin :
		    rows[i].role == KEYRING_PRIVATE	       ? n->private_origin :
		    rows[i].role == KEYRING_COSIGN	       ? n->name :
								 "";

		must(keyring_add(n->keyring, rows[i].role, span_str(name), &k),
		    "keyring");
	}
	must(keyring_add(n->keyring, KEYRING_ENC, span_str(""), &enc), "enc");
}

static struct span
make_keyset(struct sim *s, struct sim_node *n)
{
	struct jwk identity = sim_key(JWK_ED25519, n->team, "identity");
	struct span addr = span_str("192.0.2.1:6800"), vkey;
	const struct jwk *enc = &keyring_find(n->keyring, KEYRING_ENC)->jwk;
	struct sign_public log = jwk_sign_public(
	    &keyring_find(n->keyring, KEYRING_LOG)->jwk);
	struct node_plan plan = { .domain = span_str("almenara.example"),
		.team = span_str(n->team), .node = span_str(n->name),
		.origin = span_str(n->origin), .addrs = &addr, .addr_count = 1,
		.entry = &keyring_find(n->keyring, KEYRING_ENTRY)->jwk,
		.cosign = &keyring_find(n->keyring, KEYRING_COSIGN)->jwk,
		.enc = &enc, .enc_count = 1,
		.tls = &keyring_find(n->keyring, KEYRING_TLS)->jwk };
	struct note_key key;
	struct buf b;

	must(note_key_make(plan.origin, NOTE_ED25519, &log, &key), "vkey");
	buf_init(&b, LIMIT_DOCUMENT);
	note_key_write(&key, &b);
	vkey = arena_copy(&s->mem, buf_span(&b));
	plan.vkey = vkey;
	buf_clear(&b);
	must(node_make(&plan, &identity, &b, NULL), "keyset");
	addr = arena_copy(&s->mem, buf_span(&b));
	buf_release(&b);
	return addr;
}

static void
make_documents(struct sim *s)
{
	struct jwk authority = sim_key(JWK_ED25519, "network", "authority");
	struct network_holder holder = { span_str("one"), &authority };
	struct team_card *cards = arena_alloc(&s->mem, s->n * sizeof *cards);
	struct network_plan plan = { .domain = span_str("almenara.example"),
		.holders = &holder, .holder_count = 1, .k_charter = 1,
		.k_register = 1, .k_suspend = 1, .cards = cards,
		.card_count = s->n, .charter_expires_s = s->expires_s,
		.register_expires_s = s->expires_s };
	struct buf charter, reg;

	s->document_n = 2;
	for (unsigned i = 0; i < s->n; i++) {
		struct sim_node *n = &s->node[i];
		char *state = arena_string(&s->mem, span_str(n->team));

		state[0] = (char)(state[0] - 32);
		state[1] = (char)(state[1] - 32);
		cards[i] = (struct team_card){ .team = span_str(n->team),
			.state = span_str(state),
			.name = span_str(n->team),
			.identity = sim_key(JWK_ED25519, n->team, "identity"),
			.keyset = make_keyset(s, n) };
		s->document[s->document_n++] = n->keyset = cards[i].keyset;
	}
	buf_init(&charter, LIMIT_DOCUMENT);
	buf_init(&reg, LIMIT_DOCUMENT);
	must(network_make(&plan, &charter, &reg, &s->root, NULL), "network");
	s->document[0] = arena_copy(&s->mem, buf_span(&charter));
	s->document[1] = arena_copy(&s->mem, buf_span(&reg));
	buf_release(&charter);
	buf_release(&reg);
}

struct span
sim_suspension(struct sim *s, unsigned i, int64_t seconds)
{
	struct jwk authority = sim_key(JWK_ED25519, "network", "authority");
	const struct jwk *secrets[] = { &authority };
	int64_t now_s = s->now.wall.ms / 1000;
	struct suspension suspension = {
		.team = span_str(s->node[i].team), .from_s = now_s,
		.until_s = now_s + seconds, .reason = span_str("a test") };
	struct arena a = { 0 };
	struct document d;
	struct buf payload, b;
	struct span out;

	must(document_parse(s->document[1], &a, &d, NULL), "register");
	suspension.register_hash = d.hash;
	buf_init(&payload, LIMIT_DOCUMENT);
	buf_init(&b, LIMIT_DOCUMENT);
	suspension_write(&suspension, &payload);
	must(document_sign(buf_span(&payload), secrets, 1, &b), "suspension");
	out = arena_copy(&s->mem, buf_span(&b));
	buf_release(&payload);
	buf_release(&b);
	arena_release(&a);
	return out;
}

/* --- nodes --- */

static void
host_random(void *ctx, void *out, size_t n)
{
	struct sim_node *node = ctx;
	unsigned char *p = out;

	if (node->counts_epochs && n == 4 && node->hub != NULL &&
	    start_is(hub_start(node->hub), START_EPOCH)) {
		memset(out, 1, n); /* the first that this store opens */
		return;
	}
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)sim_random(node->sim, 256);
}

/* --- a sentinel and a keeper that a scenario can interfere with --- */

struct guard {
	struct sentinel base;
	struct sim_node *n;
};

static struct sim_node *
guarded(struct sentinel *s)
{
	return ((struct guard *)(void *)s)->n;
}

static enum err
guard_write(struct sentinel *s, const struct sentinel_state *in)
{
	struct sim_node *n = guarded(s);

	if (sim_is_dead(n) || n->unguarded)
		return ERR_IO;
	if (n->kill_sentinel != 0 && --n->kill_sentinel == 0) {
		if (n->kill_kept)
			sentinel_memory_set(n->sentinel, in);
		sim_die(n);
		return ERR_IO;
	}
	return sentinel_write(n->sentinel, in);
}

static enum err
guard_read(struct sentinel *s, struct sentinel_state *out)
{
	return sentinel_read(guarded(s)->sentinel, out);
}

struct pen {
	struct keeper base;
	struct sim_node *n;
};

static void
spoil(struct sim_node *n, struct keeper_job *job)
{
	if (n->poison == POISON_TEXT) {
		buf_clear(&job->out);
		buf_put_str(&job->out, "{\"this\":\"is no JWS\"}");
	} else {
		/* another character of the signature */
		job->out.p[job->out.n - 20] ^= 1;
	}
	n->poison = POISON_NO;
}

/* A payload in which the origin says something else. */
static void
rewrite(struct sim_node *n, struct keeper_job *job)
{
	struct arena *a = &n->sim->mem;
	char *text = arena_string(a, job->in), *at = strstr(text, n->from);
	struct buf b;

	if (at == NULL) {
		sim_fail(n->sim, "there is no %s in %s", n->from, text);
		return;
	}
	buf_init(&b, LIMIT_PAYLOAD);
	buf_put_mem(&b, text, (size_t)(at - text));
	buf_put_str(&b, n->to);
	buf_put_str(&b, at + strlen(n->from));
	job->in = arena_copy(a, buf_span(&b));
	buf_release(&b);
	n->from[0] = '\0';
}

static enum err
pen_run(struct keeper *k, struct keeper_job *jobs, size_t n,
    keeper_done_fn *done, void *ctx)
{
	struct sim_node *node = ((struct pen *)(void *)k)->n;
	enum err e;

	for (size_t i = 0; i < n; i++)
		if (node->from[0] != '\0' &&
		    jobs[i].what == KEEPER_SIGN_JWS &&
		    strcmp(jobs[i].typ, ENTRY_TYP) == 0)
			rewrite(node, &jobs[i]);
	e = keeper_run(node->keeper, jobs, n);
	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		if (node->poison != POISON_NO &&
		    jobs[i].what == KEEPER_SIGN_JWS &&
		    strcmp(jobs[i].typ, ENTRY_TYP) == 0)
			spoil(node, &jobs[i]);
	for (size_t i = 0; e == ERR_NONE && i < n; i += KEEPER_STEP)
		done(ctx, i, n - i < KEEPER_STEP ? n - i : KEEPER_STEP);
	return e;
}

static void
make_guards(struct sim_node *n)
{
	static const struct sentinel_ops ops = { .write = guard_write,
		.read = guard_read };
	struct guard *g = mem_alloc(sizeof *g);
	struct pen *p = mem_alloc(sizeof *p);

	g->base.ops = &ops;
	g->n = n;
	n->guard = &g->base;
	p->base.run = pen_run;
	p->n = n;
	n->pen = &p->base;
}

static void
down(struct sim_node *n)
{
	hub_free(n->hub);
	n->hub = NULL;
	registry_free(n->registry);
	n->registry = NULL;
	keyring_keeper_free(n->keeper);
	n->keeper = NULL;
}

void
sim_pin(struct sim_node *n)
{
	struct pin pins[SIM_NODES];
	size_t k = 0;

	for (unsigned i = 0; i < n->sim->n; i++) {
		struct jwk key = sim_key(JWK_ED25519, n->sim->node[i].team,
		    "identity");

		if ((n->strangers & 1u << i) == 0)
			pins[k++] = (struct pin){ .verdict = PIN_ACCEPT,
				.kid = jwk_thumbprint(&key) };
	}
	if (n->hub != NULL)
		hub_set_pins(n->hub, pins, k, sim_now(n));
	else
		registry_set_pins(n->registry, pins, k);
}

struct kept {
	struct sim_node *n;
	bool more;
};

static bool
see_document(void *ctx, const struct store_document *d)
{
	struct kept *k = ctx;

	if (registry_offer(k->n->registry, d->bytes, NULL) ==
	    REGISTRY_ACCEPTED)
		k->more = true;
	return true;
}

/* The documents that everybody began with, then those in the store. */
static void
load_registry(struct sim_node *n)
{
	struct kept k = { n, true };
	struct sim *s = n->sim;

	n->registry = registry_create(&s->root, NULL, 0);
	for (size_t i = 0; i < s->document_n; i++)
		if (registry_offer(n->registry, s->document[i], NULL) !=
		    REGISTRY_ACCEPTED)
			must(ERR_STATE, "a document was refused");
	while (k.more) {
		k.more = false;
		must(store_scan_documents(n->store, see_document, &k),
		    "documents");
	}
}

static bool
offer_stored(void *ctx, const struct store_document *d)
{
	(void)registry_offer(ctx, d->bytes, NULL);
	return true;
}

void
sim_boot(struct sim_node *n)
{
	struct sim *s = n->sim;
	struct hub_config config = { .team = span_str(n->team),
		.follow_erasure = n->sim->follows,
		.node = span_str(n->name), .origin = span_str(n->origin),
		.private_origin = span_str(n->private_origin),
		.private_public = jwk_sign_public(
		    &keyring_find(n->keyring, KEYRING_PRIVATE)->jwk),
		.ask_wait_ms = 3000, .heartbeat_ms = 30000,
		.silent_ms = 90000, .unreachable_ms = 180000,
		.dial_least_ms = 500, .dial_most_ms = 60000,
		.circle_least = s->circle_least };
	struct hub_parts parts = { .store = n->store, .blobs = n->blobs,
		.sentinel = n->guard, .schema = s->schema,
		.store_key = keyring_store_key(n->keyring) };
	struct hub_host host = { .ctx = n, .random = host_random };
	enum err e;

	n->keeper = keyring_keeper_create(n->keyring);
	load_registry(n);
	sim_pin(n);
	must(store_scan_documents(n->store, offer_stored, n->registry),
	    "documents");
	parts.keeper = n->pen;
	parts.registry = n->registry;
	wire_host(n, &host);
	e = hub_create(&config, &parts, &host, sim_now(n), &n->hub);
	if (e != ERR_NONE && s->scripted) {
		down(n); /* it does not come up: that is for the scenario */
		n->boot_ms = INT64_MAX;
		return;
	}
	must(e, "boot");
	n->turn_due = true;
	judge_boot(n);
}

void
sim_crash(struct sim_node *n, int64_t back_ms)
{
	if (n->hub == NULL)
		return;
	n->crashes++;
	/* from here on nothing it does can reach disk or network */
	store_memory_kill(n->store, 1);
	wire_node_gone(n);
	down(n);
	store_memory_revive(n->store);
	store_memory_cut(n->store);
	sentinel_memory_cut(n->sentinel);
	n->boot_ms = back_ms;
	n->dying = false;
	n->kill_send = n->kill_sentinel = 0;
	n->unguarded = false;
}

void
sim_init(struct sim *s, unsigned nodes, uint64_t seed,
    const struct schema *schema, int64_t expires_ms, size_t circle_least,
    bool follows)
{
	struct sentinel_state first = { .size = 0 };

	*s = (struct sim){ .seed = seed, .rng = seed, .n = nodes,
		.mangle_every = 1, .circle_least = circle_least,
		.follows = follows,
		.schema = schema, .latency_ms = 20,
		.now = { { 1767225600000 }, { 1000 } } };
	s->expires_s = expires_ms == 0 ? 2000000000 :
	    (s->now.wall.ms + expires_ms) / 1000;
	first.root = tree_empty_root();
	for (unsigned i = 0; i < nodes; i++) {
		struct sim_node *n = &s->node[i];

		n->sim = s;
		n->i = i;
		n->called = teams[i];
		n->event_tail = &n->event;
		memcpy(n->team, teams[i], SIM_TEAM);
		snprintf(n->origin, sizeof n->origin,
		    "almenara.example/log/%s/0000000%u", n->team, i);
		snprintf(n->private_origin, sizeof n->private_origin,
		    "almenara.example/private/%s/0000000%u", n->team, i);
		snprintf(n->name, sizeof n->name, "almenara.example/node/%s",
		    n->team);
		make_keyring(n);
		n->store = store_memory_create();
		n->blobs = blobs_memory();
		n->sentinel = sentinel_memory();
		make_guards(n);
		memcpy(first.origin, n->origin, sizeof n->origin);
		must(sentinel_write(n->sentinel, &first), "sentinel");
	}
	make_documents(s);
	for (unsigned i = 0; i < nodes; i++)
		sim_boot(&s->node[i]);
}

void
sim_release(struct sim *s)
{
	for (unsigned i = 0; i < s->n; i++) {
		struct sim_node *n = &s->node[i];

		wire_node_gone(n);
		if (n->hub != NULL)
			down(n);
		store_free(n->store);
		blobs_close(n->blobs);
		sentinel_close(n->sentinel);
		store_free(n->backup);
		free(n->guard);
		free(n->pen);
		keyring_free(n->keyring);
		free(n->entry);
		judge_release(n);
	}
	for (size_t i = 0; i < s->log_n; i++) {
		free(s->log[i].leaf);
		for (unsigned k = 0; k < SIM_NODES; k++) {
			ranges_release(&s->log[i].receipted[k]);
			ranges_release(&s->log[i].accepted[k]);
		}
	}
	arena_release(&s->mem);
}

struct sim_node *
sim_find(struct sim *s, struct span team)
{
	for (unsigned i = 0; i < s->n; i++)
		if (span_is_str(team, s->node[i].team))
			return &s->node[i];
	return NULL;
}

/* --- entries --- */

struct wait {
	struct sim_node *node;
	int64_t until_ms; /* 0: no embargo */
	struct sim_entry entry;
};

static void
appended(void *ctx, const struct hub_appended *result)
{
	struct wait *w = ctx;
	struct sim_node *n = w->node;

	n->waiting--;
	if (sim_is_dead(n)) {
		free(w);
		return;
	}
	if (result->err != ERR_NONE) {
		n->refused++;
		snprintf(n->refusal, sizeof n->refusal, "%s: %s",
		    err_token(result->err), result->text);
	} else {
		w->entry.log = judge_log(n->sim, hub_log(n->hub, 0).origin);
		w->entry.index = result->index;
		w->entry.digest = result->digest;
		w->entry.id = result->id;
		w->entry.released_ms = n->sim->now.mono.ms;
		n->entry = mem_grow(n->entry,
		    (n->entry_n + 1) * sizeof *n->entry);
		n->entry[n->entry_n++] = w->entry;
		if (w->until_ms != 0)
			embargo_note(n, &result->digest, w->until_ms);
	}
	free(w);
}

/* The rules of every node here: everything goes, by decision all the same. */
static void
sim_permit(const struct sim_node *n, struct hub_draft *d)
{
	static const char text[] =
	    "agreement 018f2f3e-7c1d-7a2b-9c3d-0123456789ab with all\n"
	    "allow release any to all and public\n";
	struct rules_ask ask = { .kind = d->kind, .own = span_str(n->team),
		.now = n->sim->now.wall };
	const struct rules *r;
	struct arena mem = { 0 };

	if (rules_parse(span_str(text), NULL, &mem, &r, NULL) != ERR_NONE ||
	    tlp_parse(d->tlp, &ask.tlp) != ERR_NONE ||
	    permit_decide(r, &ask, d->aud, d->aud_n, &d->permit, NULL,
		NULL) != ERR_NONE)
		abort();
	arena_release(&mem);
}

/* The permit that the next entry comes with: its own, none, or one that was
 * decided for something else. */
static void
permit_next(struct sim_node *n, struct hub_draft *d)
{
	struct hub_draft other = *d;

	if (n->next_permit == PERMIT_OTHER_LABEL)
		other.tlp = span_str("TLP:RED");
	if (n->next_permit == PERMIT_OTHER_READER && other.aud_n != 0)
		other.aud_n--;
	if (n->next_permit != PERMIT_NONE)
		sim_permit(n, &other);
	d->permit = other.permit;
	n->next_permit = PERMIT_FITS;
}

void
sim_append(struct sim_node *n, unsigned readers, bool urgent, bool spoiled)
{
	static const char form[] = "{\"title\":{\"en\":\"Exercise %u\"},"
	    "\"language\":\"en\",\"author_post\":\"duty officer\","
	    "\"exercise\":\"SIM\",\"level\":%u,\"severity\":\"%s\","
	    "\"urgency\":\"Immediate\",\"certainty\":\"Observed\","
	    "\"rsit\":[\"availability/outage\"],"
	    "\"sectors\":[\"government\"],\"states\":[\"UY\"],"
	    "\"requested_action\":\"check\",\"attack_vector\":\"mail\","
	    "\"impact\":{\"en\":\"none\"},\"outlook\":\"stable\"}";
	struct span aud[SIM_NODES];
	struct hub_draft d = { .kind = span_str("warning"), .aud = aud,
		.tlp = span_str(readers != 0 ? "TLP:AMBER" : "TLP:CLEAR"),
		.urgent = urgent };
	struct wait *w = mem_alloc(sizeof *w);
	struct digest replaces;
	char body[600];

	snprintf(body, sizeof body, form, (unsigned)n->entry_n,
	    spoiled && n->poison == POISON_NO && n->from[0] == '\0' &&
	    !n->is_elsewhere &&
	    n->next_of == NULL ? 9u : urgent ? 4u : 3u, urgent ? "Severe" : "Moderate");
	d.body = span_str(n->next_body != NULL ? n->next_body : body);
	if (n->next_kind != NULL)
		d.kind = span_str(n->next_kind);
	if (n->next_tlp != NULL)
		d.tlp = span_str(n->next_tlp);
	d.has_embargo = n->next_until_ms != 0;
	d.embargo_until_s = n->next_until_ms / 1000;
	d.embargo_publish = n->next_publish;
	n->next_body = n->next_kind = n->next_tlp = NULL;
	if (n->next_of != NULL) {
		d.has_id = true;
		d.id = n->next_of->id;
		d.rev = n->next_of->rev + !n->next_same;
		replaces = n->next_of->digest;
		replaces.b[0] ^= n->next_wrong;
		d.replaces = &replaces;
		d.replaces_n = d.rev != 0;
	}
	if (n->next_about != NULL) {
		d.has_re = true;
		d.re = n->next_about->digest;
	}
	for (unsigned i = 0; i < n->sim->n; i++)
		if ((readers & 1u << i) != 0 ||
		    (readers != 0 && n->sim->to_self && i == n->i))
			aud[d.aud_n++] = span_str(n->sim->node[i].team);
	*w = (struct wait){ n, n->next_until_ms, { .readers = readers != 0 ? readers :
						(1u << n->sim->n) - 1,
		.urgent = urgent, .spoiled = spoiled } };
	w->entry.readers &= ~(1u << n->i);
	w->entry.rev = d.rev;
	n->next_of = n->next_about = NULL;
	n->next_wrong = n->next_same = false;
	n->next_until_ms = 0;
	n->waiting++;
	permit_next(n, &d);
	hub_append(n->hub, &d, appended, w);
	n->turn_due = true;
}

static void
noted(void *ctx, const struct hub_appended *result)
{
	struct sim_node *n = ctx;

	if (result->err != ERR_NONE && !sim_is_dead(n))
		sim_fail(n->sim, "a private entry: %s", result->text);
}

void
sim_note(struct sim_node *n, const char *kind, const struct uuid *id,
    uint64_t rev, const char *body)
{
	const struct digest before = hash_sha256(span_str(kind));
	const struct span team = span_str(n->team);
	struct hub_draft d = { .is_private = true, .kind = span_str(kind),
		.tlp = span_str("TLP:RED"), .body = span_str(body),
		.has_id = true, .id = *id, .rev = rev, .replaces = &before,
		.replaces_n = rev != 0, .aud = &team, .aud_n = 1 };

	hub_append(n->hub, &d, noted, n);
	n->turn_due = true;
}

/* --- time --- */

/* Its own clock: the wall may be off, the other never is. */
struct now
sim_now(const struct sim_node *n)
{
	struct now now = n->sim->now;

	now.wall.ms += n->clock_ms;
	return now;
}

bool
sim_is_dead(const struct sim_node *n)
{
	return n->dying || store_memory_is_dead(n->store);
}

void
sim_die(struct sim_node *n)
{
	n->dying = true;
	n->sim->struck = true;
	store_memory_kill(n->store, 1);
}

/* --- backups and what follows --- */

void
sim_backup(struct sim_node *n)
{
	store_free(n->backup);
	n->backup = store_memory_copy(n->store);
	must(sentinel_read(n->sentinel, &n->backup_sentinel), "sentinel");
}

void
sim_restore(struct sim_node *n, bool with_sentinel, int64_t back_ms)
{
	sim_crash(n, back_ms);
	n->restored = true;
	n->sim->rolled_back = true;
	store_free(n->store);
	n->store = store_memory_copy(n->backup);
	if (with_sentinel)
		sentinel_memory_set(n->sentinel, &n->backup_sentinel);
}

struct adopt {
	struct store *to;
	uint32_t log;
	struct tree tree;
};

static bool
adopt_record(void *ctx, uint64_t index, struct span record)
{
	struct adopt *a = ctx;
	struct digest leaf = leaf_hash(record);
	struct tree_done done = { 0 };

	must(store_put_record(a->to, a->log, index, record), "adopting");
	tree_append(&a->tree, &leaf, &done);
	for (size_t i = 0; i < done.count; i++)
		must(store_put_node(a->to, a->log, done.node[i].level,
			 done.node[i].n, &done.node[i].hash), "adopting");
	return true;
}

struct id_of {
	const char *origin;
	uint32_t id;
};

static bool
find_id(void *ctx, const struct store_log *log)
{
	struct id_of *want = ctx;

	if (span_is_str(log->origin, want->origin))
		want->id = log->id;
	return true;
}

void
sim_adopt(struct sim_node *n, struct sim_node *from)
{
	struct id_of ours = { n->origin, 0 }, theirs = { n->origin, 0 };
	struct adopt a = { .to = n->store };
	struct sentinel_state s = { .size = 0 };
	struct store_head mine, head;
	struct arena mem = { 0 };

	must(store_scan_logs(n->store, find_id, &ours), "adopting");
	must(store_scan_logs(from->store, find_id, &theirs), "adopting");
	must(store_get_head(n->store, ours.id, &mem, &mine), "adopting");
	must(store_get_head(from->store, theirs.id, &mem, &head), "adopting");
	if (head.size >= mine.size) {
		a.log = ours.id;
		must(store_begin(n->store), "adopting");
		must(store_scan_records(from->store, theirs.id, 0, head.size,
			 adopt_record, &a), "adopting");
		head.cosigned_size = head.checkpoint_size;
		head.flags = 0;
		must(store_put_head(n->store, ours.id, &head), "adopting");
		must(store_commit(n->store), "adopting");
		s.size = head.size;
		s.root = head.root;
		memcpy(s.origin, n->origin, sizeof n->origin);
		sentinel_memory_set(n->sentinel, &s);
	}
	arena_release(&mem);
}

void
sim_clone(struct sim_node *from, struct sim_node *to, bool with_sentinel)
{
	struct sentinel_state s;

	sim_crash(to, to->sim->now.mono.ms + 1000);
	memcpy(to->team, from->team, sizeof to->team);
	memcpy(to->origin, from->origin, sizeof to->origin);
	memcpy(to->name, from->name, sizeof to->name);
	memcpy(to->private_origin, from->private_origin,
	    sizeof to->private_origin);
	keyring_free(to->keyring);
	make_keyring(to);
	store_free(to->store);
	to->store = store_memory_copy(from->store);
	must(sentinel_read(from->sentinel, &s), "sentinel");
	if (with_sentinel)
		sentinel_memory_set(to->sentinel, &s);
	else
		sentinel_memory_erase(to->sentinel);
	to->restored = true;
	to->sim->rolled_back = true;
}

static void
opened(void *ctx, const struct hub_appended *result)
{
	struct sim_node *n = ctx;

	snprintf(n->opening, sizeof n->opening, "%s: %s",
	    err_token(result->err), result->text);
}

void
sim_open(struct sim_node *n)
{
	n->opening[0] = '\0';
	hub_open_epoch(n->hub, span_str("the simulator rolled it back"),
	    opened, n, sim_now(n));
	n->turn_due = true;
}

static void
turn(struct sim_node *n)
{
	n->turn_due = false;
	/* there is a person who goes on */
	if (!n->sim->scripted && n->restored &&
	    start_is(hub_start(n->hub), START_RESTORED))
		sim_open(n);
	if (n->full)
		store_memory_arm(n->store, 1, ERR_FULL);
	hub_turn(n->hub, sim_now(n));
	if (sim_is_dead(n) || (!n->sim->scripted &&
				  start_is(hub_start(n->hub), START_HALT)))
		sim_crash(n, n->sim->now.mono.ms + 50 +
			sim_random(n->sim, 4000));
}

static int64_t
next_time(const struct sim *s)
{
	int64_t t = wire_next(s);

	for (unsigned i = 0; i < s->n; i++) {
		const struct sim_node *n = &s->node[i];
		int64_t due = n->hub == NULL ? n->boot_ms :
		    n->turn_due		     ? s->now.mono.ms :
					       hub_wake(n->hub).ms;

		if (due < t)
			t = due;
	}
	return t;
}

static void
advance(struct sim *s, int64_t to)
{
	if (to <= s->now.mono.ms)
		return;
	s->now.wall.ms += to - s->now.mono.ms;
	s->now.mono.ms = to;
}

static void
step_nodes(struct sim *s)
{
	for (unsigned i = 0; i < s->n; i++) {
		struct sim_node *n = &s->node[i];

		if (n->hub == NULL && n->boot_ms <= s->now.mono.ms)
			sim_boot(n);
		else if (n->hub != NULL &&
		    (n->turn_due || hub_wake(n->hub).ms <= s->now.mono.ms))
			turn(n);
	}
}

void
sim_run(struct sim *s, int64_t ms)
{
	int64_t end = s->now.mono.ms + ms;

	while (s->failed == NULL) {
		int64_t t = next_time(s);

		if (t > end)
			break;
		advance(s, t);
		/* a few frames, then a turn, as a loop would */
		for (unsigned k = sim_random(s, 6); k != 0 && wire_step(s); k--)
			;
		if (sim_random(s, 3) != 0)
			(void)wire_step(s);
		step_nodes(s);
		views_step(s);
		if (++s->events > 4000000)
			sim_fail(s, "the simulation does not come to rest");
	}
	advance(s, end);
}

static bool PRINTF_LIKE(2, 3)
unsettled(struct sim *s, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(s->unsettled, sizeof s->unsettled, format, ap);
	va_end(ap);
	return false;
}

/* A mirror is as long as anybody's copy, and has its bodies. */
static bool
is_whole(struct sim *s, struct sim_node *n, struct hub_log_info log)
{
	struct sim_node *from = sim_find(s, log.team);
	uint64_t most = 0;

	if (from == NULL || from->hub == NULL)
		return unsettled(s, "an origin is down");
	for (unsigned i = 0; i < s->n; i++)
		for (size_t k = 0; s->node[i].hub != NULL &&
		     k < hub_log_count(s->node[i].hub); k++) {
			struct hub_log_info x = hub_log(s->node[i].hub, k);

			if (span_is_equal(x.origin, log.origin) &&
			    judge_shown(&x) > most)
				most = judge_shown(&x);
		}
	/* what was lost with a disk is told apart by the entries */
	if (judge_shown(&log) == most && (log.bodies_missing == 0 || from->restored))
		return true;
	return unsettled(s, "%s has %llu of %llu of %.*s, lacks %llu bodies",
	    n->team, (unsigned long long)log.size, (unsigned long long)most,
	    SPAN_FMT(log.origin), (unsigned long long)log.bodies_missing);
}

/* After a rollback: everybody who reads it has it again, the origin too. */
static bool
is_back(struct sim *s, struct sim_node *n, const struct sim_entry *e)
{
	unsigned who = e->readers | (n->restored ? 1u << n->i : 0);

	if (!s->rolled_back || judge_is_lost(s, e))
		return true;
	for (unsigned i = 0; i < s->n; i++)
		if ((who & 1u << i) != 0 &&
		    !judge_holds(&s->node[i], e->log, e->index))
			return unsettled(s, "%s lacks entry %llu of %s",
			    s->node[i].team, (unsigned long long)e->index,
			    e->log->origin);
	return true;
}

/* Every accepted entry is held by every reader and the origin has receipts
 * for all of it. */
bool
sim_is_settled(struct sim *s)
{
	for (unsigned i = 0; i < s->n; i++) {
		struct sim_node *n = &s->node[i];

		if (n->hub == NULL || n->waiting != 0 ||
		    !start_is(hub_start(n->hub), START_READY))
			return unsettled(s, "%s is %s, %u appends wait; "
			    "%s", n->team, n->hub == NULL ? "down" :
			    machine_name(&hub_start(n->hub)->machine),
			    n->waiting, n->hub == NULL ? "" :
			    hub_start(n->hub)->why);
		for (size_t p = 0; p < hub_peer_count(n->hub); p++) {
			struct hub_peer_info peer = hub_peer(n->hub, p, s->now);

			if (peer.due != 0)
				return unsettled(s, "%s owes %llu to %.*s, "
				    "linked %d", n->team,
				    (unsigned long long)peer.due,
				    SPAN_FMT(peer.team), peer.linked);
		}
		for (size_t l = 2; l < hub_log_count(n->hub); l++)
			if (!is_whole(s, n, hub_log(n->hub, l)))
				return false;
		for (size_t k = 0; k < n->entry_n; k++)
			if (!is_back(s, n, &n->entry[k]))
				return false;
	}
	return true;
}

void
sim_heal(struct sim *s, int64_t most_ms)
{
	int64_t end = s->now.mono.ms + most_ms;

	s->calm = true;
	memset(s->cut, 0, sizeof s->cut);
	memset(s->mangle, 0, sizeof s->mangle);
	for (unsigned i = 0; i < s->n; i++) {
		s->node[i].isolated = false;
		s->node[i].full = false;
		s->node[i].rate = 0;
		s->node[i].version = 0;
		s->node[i].claims = 0;
		store_memory_arm(s->node[i].store, 0, ERR_NONE);
	}
	do
		sim_run(s, 1000);
	while (s->failed == NULL && !sim_is_settled(s) &&
	    s->now.mono.ms < end);
	if (s->failed == NULL && !sim_is_settled(s))
		sim_fail(s, "I12: not everything is delivered %lld s after "
		    "all was repaired: %s", (long long)(most_ms / 1000),
		    s->unsettled);
	if (s->failed == NULL)
		judge_end(s);
}
