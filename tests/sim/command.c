/* SPDX-License-Identifier: Apache-2.0
 *
 * What a scenario does to its nodes.
 */
#include "play.h"

#include "base/code.h"
#include "base/mem.h"
#include "base/limits.h"
#include "crypto/jwe.h"
#include "ledger/checkpoint.h"
#include "ledger/equivocation.h"
#include "record/entry.h"

#include <stdio.h>
#include <stdlib.h>

void
command_spent(struct play *p)
{
	for (unsigned i = 0; i < p->sim.n; i++)
		if ((p->armed & 1u << i) != 0 &&
		    !store_memory_is_armed(p->sim.node[i].store)) {
			p->sim.struck = true;
			p->armed &= ~(1u << i);
		}
}

static uint64_t
step_of(struct play *p)
{
	const char *n = play_after(p, "at-op");

	return n != NULL ? play_number(p, n) : 1;
}

/* --- notices --- */

static unsigned
readers_of(struct play *p)
{
	unsigned readers = 0;
	char *at = NULL;

	for (unsigned i = 2; i < p->argc; i++)
		if (strncmp(p->argv[i], "to=", 3) == 0)
			at = p->argv[i] + 3;
	while (at != NULL && *at != '\0') {
		struct sim_node *n = sim_find(&p->sim, span_of(at, 2));

		if (n == NULL || (at[2] != ',' && at[2] != '\0')) {
			play_fail(p, "to= names teams of two letters");
			break;
		}
		readers |= 1u << n->i;
		at += at[2] == ',' ? 3 : 2;
	}
	return readers;
}

/* ... rewrite FROM TO: in the payload, before it is signed; ' stands for ". */
static void
take_rewrite(struct play *p, struct sim_node *n)
{
	const char *from = play_after(p, "rewrite");
	const char *to = from != NULL ? play_after(p, from) : NULL;

	if (to == NULL) {
		play_fail(p, "rewrite FROM TO");
		return;
	}
	snprintf(n->from, sizeof n->from, "%s", from);
	snprintf(n->to, sizeof n->to, "%s", to);
	for (char *c = n->from; *c != '\0'; c++)
		*c = *c == '\'' ? '"' : *c;
	for (char *c = n->to; *c != '\0'; c++)
		*c = *c == '\'' ? '"' : *c;
}

/* ... kind NAME body TEXT [about INDEX]: one of that kind, about an entry of
 * its own; ' stands for ". */
static void
take_kind(struct play *p, struct sim_node *n)
{
	const char *kind = play_after(p, "kind");
	const char *body = play_after(p, "body");
	const char *about = play_after(p, "about");
	char *text;

	if (kind == NULL || body == NULL) {
		play_fail(p, "kind NAME body TEXT");
		return;
	}
	text = blobs_text(p, body);
	n->next_kind = arena_string(&p->sim.mem, span_str(kind));
	n->next_body = text;
	for (size_t i = 0; about != NULL && i < n->entry_n; i++)
		if (n->entry[i].index == play_number(p, about))
			n->next_about = &n->entry[i];
	if (about != NULL && n->next_about == NULL)
		play_fail(p, "there is no such entry");
}

/* A container that says another log than its own. */
static bool seals_elsewhere;

enum err __real_jwe_write(struct span log, const struct jwk *const *to,
    size_t n, struct span jws, const struct jwe_random *random,
    struct buf *out);
enum err __wrap_jwe_write(struct span log, const struct jwk *const *to,
    size_t n, struct span jws, const struct jwe_random *random,
    struct buf *out);

enum err
__wrap_jwe_write(struct span log, const struct jwk *const *to, size_t n,
    struct span jws, const struct jwe_random *random, struct buf *out)
{
	struct span other = span_str("almenara.example/log/zz/00000000");
	enum err e = __real_jwe_write(seals_elsewhere ? other : log, to, n,
	    jws, random, out);

	seals_elsewhere = false;
	return e;
}

/* release NODE [to=A,B] [open] [urgent] [times N] [tlp LABEL]
 *     [kind NAME body TEXT [about INDEX]] [spoiled|bad-signature|no-jws|nested|elsewhere|
 *     unknown-kind|rewrite FROM TO] */
static void
do_release(struct play *p)
{
	static char nested[65000];
	struct sim_node *n = play_node(p, 1);
	const char *times = play_after(p, "times");
	uint64_t count = times != NULL ? play_number(p, times) : 1;
	bool spoiled = play_has(p, "spoiled");

	if (n->hub == NULL) {
		play_fail(p, "that node is down");
		return;
	}
	if (play_has(p, "bad-signature"))
		n->poison = POISON_SIGNATURE;
	if (play_has(p, "no-jws"))
		n->poison = POISON_TEXT;
	if (play_has(p, "rewrite"))
		take_rewrite(p, n);
	spoiled = spoiled || n->poison != POISON_NO || n->from[0] != '\0';
	if (play_after(p, "tlp") != NULL)
		n->next_tlp = arena_string(&p->sim.mem,
		    span_str(play_after(p, "tlp")));
	if (play_has(p, "kind"))
		take_kind(p, n);
	n->is_elsewhere = seals_elsewhere = play_has(p, "elsewhere");
	spoiled = spoiled || n->is_elsewhere;
	if (play_has(p, "unknown-kind"))
		n->next_kind = "heliograph";
	if (play_has(p, "nested")) {
		size_t half = sizeof nested / 2 - 8;

		spoiled = true;
		memcpy(nested, "{\"x\":", 5);
		memset(nested + 5, '[', half);
		memset(nested + 5 + half, ']', half);
		memcpy(nested + 5 + 2 * half, "}", 2);
		n->next_body = nested;
	}
	for (uint64_t i = 0; i < count; i++)
		sim_append(n, readers_of(p), play_has(p, "urgent"), spoiled);
}

/* revise NODE INDEX [to=A,B] [wrong|same] [kind NAME body TEXT]: the next revision of its entry, one
 * that names another before it, or another text of the same revision. */
static void
do_revise(struct play *p)
{
	struct sim_node *n = play_node(p, 1);
	uint64_t index = play_number(p, play_word(p, 2));

	for (size_t i = 0; n->hub != NULL && i < n->entry_n; i++)
		if (n->entry[i].index == index)
			n->next_of = &n->entry[i];
	if (n->next_of == NULL) {
		play_fail(p, "there is no such entry");
		return;
	}
	if (play_has(p, "kind"))
		take_kind(p, n);
	n->next_wrong = play_has(p, "wrong");
	n->next_same = play_has(p, "same");
	sim_append(n, readers_of(p), false, n->next_wrong || n->next_same);
}

/* The same said under another id: the signature is none of it. */
static struct span
forge(struct play *p, struct span jws)
{
	const unsigned char *first = memchr(jws.p, '.', jws.n);
	const unsigned char *last = memrchr(jws.p, '.', jws.n);
	struct buf payload, out;
	char *id;

	buf_init(&payload, LIMIT_PAYLOAD + 1);
	buf_init(&out, LIMIT_JWS);
	if (code_parse_base64url(span_of(first + 1,
				     (size_t)(last - first - 1)),
		&payload) != ERR_NONE)
		play_fail(p, "it is no entry");
	buf_put_u8(&payload, 0);
	id = strstr((char *)payload.p, "\"id\":\"");
	if (id != NULL)
		id[41] = id[41] == '0' ? '1' : '0';
	payload.n--;
	buf_put(&out, span_of(jws.p, (size_t)(first + 1 - jws.p)));
	code_write_base64url(&out, buf_span(&payload));
	buf_put(&out, span_of(last, (size_t)(jws.p + jws.n - last)));
	jws = arena_copy(&p->sim.mem, buf_span(&out));
	buf_release(&payload);
	buf_release(&out);
	return jws;
}

/* The signed text of an entry as `n` holds it, or a forged one that looks like
 * it; in the simulator's memory. */
static struct span
text_held(struct play *p, struct sim_node *n, struct span origin,
    uint64_t index, bool forged)
{
	struct store_body body;
	struct span jws = span_str("");

	for (size_t i = 0; n->hub != NULL && i < hub_log_count(n->hub); i++) {
		struct hub_log_info log = hub_log(n->hub, i);

		if (span_is_equal(log.origin, origin) &&
		    hub_read_entry(n->hub, log.id, index, &p->sim.mem, &body,
			&jws) != ERR_NONE)
			jws = span_str("");
	}
	if (jws.n == 0) {
		play_fail(p, "it does not hold that entry");
		return jws;
	}
	return forged ? forge(p, jws) : arena_copy(&p->sim.mem, jws);
}

/* erase NODE INDEX: it says that its own entry is to be erased. */
static void
do_erase(struct play *p)
{
	struct sim_node *n = play_node(p, 1);
	uint64_t index = play_number(p, play_word(p, 2));
	char digest[ENTRY_DIGEST_TEXT + 1], id[UUID_TEXT + 1];
	struct buf body;

	buf_init(&body, LIMIT_PAYLOAD);
	for (size_t i = 0; i < n->entry_n; i++)
		if (n->entry[i].index == index) {
			entry_write_digest(&n->entry[i].digest, digest);
			uuid_write(&n->entry[i].id, id);
			buf_put_format(&body, "{\"instrument\":\"Judgment 1\","
			    "\"reason\":{\"en\":\"none\"},\"of\":[{\"log\":"
			    "\"%s\",\"index\":%llu,\"digest\":\"%s\","
			    "\"id\":\"%s\"}],\"author_post\":\"lead\"}",
			    n->origin, (unsigned long long)index, digest, id);
		}
	n->next_kind = "erase";
	n->next_body = arena_string(&p->sim.mem, buf_span(&body));
	buf_release(&body);
	sim_append(n, readers_of(p), false, false);
}

/* ... consent N [said-at M]: with the consent that OF gave at N, as given at
 * M. */
static void
put_consent(struct play *p, struct sim_node *n, const struct sim_node *of,
    struct buf *body)
{
	const char *given = play_after(p, "consent");
	const char *at = play_after(p, "said-at");

	if (given == NULL)
		return;
	buf_put_format(body, "\"consent_index\":%s,\"consent\":\"%.*s\",",
	    at != NULL ? at : given,
	    SPAN_FMT(text_held(p, n, span_str(of->origin),
		play_number(p, given), false)));
}

/* reshare NODE OF INDEX [to=A,B] [at N] [forged] [after OWN]
 *     [consent N [said-at M]]: it passes on what OF said, as said at N; or what
 * it never said; as the next revision of an entry of its own. */
static void
do_reshare(struct play *p)
{
	struct sim_node *n = play_node(p, 1), *of = play_node(p, 2);
	const char *at = play_after(p, "at"), *after = play_after(p, "after");
	struct span jws = text_held(p, n, span_str(of->origin),
	    play_number(p, play_word(p, 3)), play_has(p, "forged"));
	struct digest d = hash_sha256(jws);
	char digest[ENTRY_DIGEST_TEXT + 1];
	struct buf body;

	entry_write_digest(&d, digest);
	buf_init(&body, LIMIT_PAYLOAD);
	buf_put_str(&body, "{");
	put_consent(p, n, of, &body);
	buf_put_format(&body, "\"of\":\"%s\",\"log\":\"%s\",\"index\":%s,"
	    "\"jws\":\"%.*s\"}", digest, of->origin,
	    at != NULL ? at : play_word(p, 3), SPAN_FMT(jws));
	n->next_kind = "reshare";
	n->next_body = arena_string(&p->sim.mem, buf_span(&body));
	buf_release(&body);
	for (size_t i = 0; after != NULL && i < n->entry_n; i++)
		if (n->entry[i].index == play_number(p, after))
			n->next_of = &n->entry[i];
	sim_append(n, readers_of(p), false, play_has(p, "forged"));
}

static void
do_embargo(struct play *p)
{
	embargo_command(p, readers_of(p));
}

/* --- time --- */

static void
do_run(struct play *p)
{
	sim_run(&p->sim, play_time(p, play_word(p, 1)));
}

/* flap A B every 2s for 60s */
static void
do_flap(struct play *p)
{
	struct sim_node *a = play_node(p, 1), *b = play_node(p, 2);
	const char *every = play_after(p, "every");
	const char *length = play_after(p, "for");
	int64_t step, left;

	if (every == NULL || length == NULL) {
		play_fail(p, "flap A B every TIME for TIME");
		return;
	}
	step = play_time(p, every);
	for (left = play_time(p, length); left > 0 && step > 0; left -= step) {
		wire_cut(&p->sim, a->i, b->i);
		sim_run(&p->sim, step);
	}
}

/* --- links --- */

static void
cut_way(struct play *p, bool both)
{
	struct sim_node *a = play_node(p, 1), *b = play_node(p, 2);

	p->sim.cut[a->i][b->i] = true;
	if (both)
		p->sim.cut[b->i][a->i] = true;
	wire_cut(&p->sim, a->i, b->i);
}

static void
do_cut(struct play *p)
{
	cut_way(p, true);
}

static void
do_oneway(struct play *p)
{
	cut_way(p, false);
}

static void
do_join(struct play *p)
{
	struct sim_node *a = play_node(p, 1), *b = play_node(p, 2);

	p->sim.cut[a->i][b->i] = p->sim.cut[b->i][a->i] = false;
}

static void
do_drop(struct play *p)
{
	wire_cut(&p->sim, play_node(p, 1)->i, play_node(p, 2)->i);
}

/* slow NODE BYTES: it reads so many bytes a second of each link. */
static void
do_slow(struct play *p)
{
	play_node(p, 1)->rate = play_number(p, play_word(p, 2));
}

static uint8_t
frame_type(struct play *p, const char *name)
{
	for (unsigned t = 1; t < WIRE_TYPE_COUNT; t++)
		if (strcmp(wire_type_name((uint8_t)t), name) == 0)
			return (uint8_t)t;
	play_fail(p, "there is no such frame");
	return 0;
}

/* mangle A B twice|short|flip|swap|drop [only TYPE] [every N] */
static void
do_mangle(struct play *p)
{
	static const char *const names[] = { "no", "twice", "short", "flip",
		"swap", "drop" };
	struct sim_node *a = play_node(p, 1), *b = play_node(p, 2);
	const char *only = play_after(p, "only");
	const char *every = play_after(p, "every");

	p->sim.mangle_type = only != NULL ? frame_type(p, only) : 0;
	p->sim.mangle_every = every != NULL ?
	    (unsigned)play_number(p, every) : 1;
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(play_word(p, 3), names[i]) == 0) {
			p->sim.mangle[a->i][b->i] = (enum sim_mangle)i;
			return;
		}
	play_fail(p, "twice, short, flip, swap or drop");
}

/* garbage A B TYPE HEX|zeros N [times N]: B gets it as if A had sent it. */
static void
do_garbage(struct play *p)
{
	struct sim_node *a = play_node(p, 1), *b = play_node(p, 2);
	uint8_t type = frame_type(p, play_word(p, 3));
	const char *hex = play_word(p, 4);
	const char *zeros = play_after(p, "zeros");
	const char *times = play_after(p, "times");
	uint64_t left = times != NULL ? play_number(p, times) : 1;
	struct buf b2;

	buf_init(&b2, 1 << 20);
	if (zeros != NULL) {
		uint64_t n = play_number(p, zeros);

		while (n-- != 0)
			buf_put_u8(&b2, 0);
	} else {
		for (; hex[0] != '\0' && hex[1] != '\0'; hex += 2) {
			char two[3] = { hex[0], hex[1], '\0' };

			buf_put_u8(&b2, (uint8_t)strtoul(two, NULL, 16));
		}
	}
	for (; left != 0; left--)
		if (!wire_inject(&p->sim, a->i, b->i, type, buf_span(&b2))) {
			play_fail(p, "there is no link between them");
			break;
		}
	buf_release(&b2);
}

/* lie A B LOG SIZE: A tells B that it holds so much of LOG's log. */
static void
do_lie(struct play *p)
{
	struct sim_node *a = play_node(p, 1), *b = play_node(p, 2);
	struct wire_head head = {
		.origin = span_str(play_node(p, 3)->origin),
		.size = play_number(p, play_word(p, 4)),
		.root = hash_sha256(span_str("no such history"))
	};
	struct buf out;

	buf_init(&out, 1024);
	buf_put_u16(&out, 1);
	wire_write_head(&head, &out);
	if (!wire_inject(&p->sim, a->i, b->i, WIRE_HEADS, buf_span(&out)))
		play_fail(p, "there is no link between them");
	buf_release(&out);
}

/* accuse A B ORIGIN: A sends B a proof against the origin that proves nothing. */
static void
do_accuse(struct play *p)
{
	struct sim_node *a = play_node(p, 1), *b = play_node(p, 2);
	struct sim_node *o = play_node(p, 3);
	struct equivocation e = { .a = span_str("") };
	struct buf out;

	for (size_t i = 0; a->hub != NULL && i < hub_log_count(a->hub); i++)
		if (span_is_str(hub_log(a->hub, i).origin, o->origin))
			e.a = e.b = hub_log(a->hub, i).checkpoint;
	buf_init(&out, LIMIT_FRAME);
	equivocation_write(&e, &out);
	if (!wire_inject(&p->sim, a->i, b->i, WIRE_EQUIVOCATION,
		buf_span(&out)))
		play_fail(p, "there is no link between them");
	buf_release(&out);
}

/* rude NODE: it speaks before HELLO. pretend NODE OTHER: in HELLO it says that
 * it is another. Until `heal`. */
static void
do_rude(struct play *p)
{
	play_node(p, 1)->rude = true;
}

static void
do_pretend(struct play *p)
{
	play_node(p, 1)->pretends = play_node(p, 2);
}

/* fork ORIGIN A B SIZE [unsigned]: B gets, by way of A, a checkpoint of another
 * history that the origin has signed, or that nobody has. */
static void
do_fork(struct play *p)
{
	struct sim_node *o = play_node(p, 1);
	struct sim_node *a = play_node(p, 2), *b = play_node(p, 3);
	struct checkpoint c = { span_str(o->origin),
		play_number(p, play_word(p, 4)),
		hash_sha256(span_str("the other branch")) };
	const struct jwk *jwk = &keyring_find(o->keyring, KEYRING_LOG)->jwk;
	struct sign_public public = jwk_sign_public(jwk);
	struct wire_push push = { .origin = c.origin, .first = c.size };
	struct buf text, note, out;
	unsigned char sig[64];
	struct note_key key;
	struct sign_secret secret;

	o->forked = !play_has(p, "unsigned");
	buf_init(&text, CHECKPOINT_TEXT_MAX);
	buf_init(&note, 4096);
	buf_init(&out, 8192);
	checkpoint_write(&c, &text);
	jwk_sign_secret(jwk, &secret);
	sign_make(&secret, buf_span(&text), sig);
	sig[0] ^= play_has(p, "unsigned");
	if (note_key_make(c.origin, NOTE_ED25519, &public, &key) != ERR_NONE)
		play_fail(p, "that origin has no key");
	checkpoint_write_note(buf_span(&text), &key, span_of(sig, sizeof sig),
	    &note);
	push.note = buf_span(&note);
	wire_write_push(&push, &out);
	if (!wire_inject(&p->sim, a->i, b->i, WIRE_PUSH, buf_span(&out)))
		play_fail(p, "there is no link between them");
	buf_release(&text);
	buf_release(&note);
	buf_release(&out);
}

static void
do_version(struct play *p)
{
	play_node(p, 1)->version = (uint8_t)play_number(p, play_word(p, 2));
}

/* claim NODE N: in HELLO it says that it holds N receipts. */
static void
do_claim(struct play *p)
{
	play_node(p, 1)->claims = play_number(p, play_word(p, 2));
}

/* --- nodes --- */

/* crash NODE [at-op N | at-send N | at-sentinel before|after] [for TIME] */
static void
do_crash(struct play *p)
{
	struct sim_node *n = play_node(p, 1);
	const char *send = play_after(p, "at-send");
	const char *sentinel = play_after(p, "at-sentinel");
	const char *length = play_after(p, "for");

	if (send != NULL) {
		n->kill_send = play_number(p, send);
	} else if (sentinel != NULL) {
		n->kill_sentinel = 1;
		n->kill_kept = strcmp(sentinel, "after") == 0;
	} else if (play_has(p, "at-op")) {
		store_memory_kill(n->store, step_of(p));
		p->armed |= 1u << n->i;
	} else {
		command_spent(p);
		p->armed &= ~(1u << n->i);
		sim_crash(n, p->sim.now.mono.ms +
			(length != NULL ? play_time(p, length) : 1000));
	}
}

static void
do_gone(struct play *p)
{
	sim_crash(play_node(p, 1), INT64_MAX);
}

/* grow NODE N: while it is gone its log has got so many records for others. */
static void
do_grow(struct play *p)
{
	struct sim_node *n = play_node(p, 1);

	if (n->hub != NULL || n->entry_n != 0) {
		play_fail(p, "it is up, or has released something");
		return;
	}
	sim_grow(n, span_str(n->origin),
	    &keyring_find(n->keyring, KEYRING_LOG)->jwk,
	    play_number(p, play_word(p, 2)));
}

static void
do_boot(struct play *p)
{
	play_node(p, 1)->boot_ms = p->sim.now.mono.ms;
}

/* full NODE [at-op N]: once, or until `room`. */
static void
do_full(struct play *p)
{
	struct sim_node *n = play_node(p, 1);

	if (!play_has(p, "at-op")) {
		n->full = true;
		return;
	}
	store_memory_arm(n->store, step_of(p), ERR_FULL);
	p->armed |= 1u << n->i;
}

static void
do_room(struct play *p)
{
	struct sim_node *n = play_node(p, 1);

	n->full = false;
	store_memory_arm(n->store, 0, ERR_NONE);
}

/* fsync-error NODE [at-op N] [kept] */
static void
do_fsync_error(struct play *p)
{
	struct sim_node *n = play_node(p, 1);

	if (play_has(p, "kept"))
		store_memory_arm_kept(n->store, step_of(p));
	else
		store_memory_arm(n->store, step_of(p), ERR_IO);
	p->armed |= 1u << n->i;
}

/* sentinel-error NODE: its file cannot be written, until it boots again. */
static void
do_sentinel_error(struct play *p)
{
	play_node(p, 1)->unguarded = true;
}

/* quarantined NODE ORIGIN N: it counts so many of that origin from its next
 * start on. */
static void
do_quarantined(struct play *p)
{
	struct sim_node *n = play_node(p, 1), *o = play_node(p, 2);
	uint64_t count = play_number(p, play_word(p, 3));
	struct buf value;

	buf_init(&value, 8);
	buf_put_u64(&value, count);
	sim_crash(n, p->sim.now.mono.ms + 1000);
	if (store_begin(n->store) != ERR_NONE ||
	    store_put_item(n->store, "quarantined", span_str(o->origin),
		buf_span(&value)) != ERR_NONE ||
	    store_commit(n->store) != ERR_NONE)
		play_fail(p, "its store takes nothing");
	buf_release(&value);
}

static void
do_clock(struct play *p)
{
	play_node(p, 1)->clock_ms = play_time(p, play_word(p, 2));
}

/* accept-clock NODE: its people say that the clock is right. */
static void
do_accept_clock(struct play *p)
{
	hub_clock_confirm(play_node(p, 1)->hub, sim_now(play_node(p, 1)));
}

static bool
see_origin(void *ctx, const struct store_log *log)
{
	struct store_log *want = ctx;

	if (!span_is_equal(log->origin, want->origin))
		return true;
	want->id = log->id;
	return false;
}

/* damage NODE body|record|meta|head ORIGIN INDEX bit N [quiet] */
static void
do_damage(struct play *p)
{
	static const char *const parts[] = { "record", "body", "meta", "head",
		"document", "item" };
	struct sim_node *n = play_node(p, 1);
	struct store_log log = { .origin = span_str(play_node(p, 3)->origin) };
	const char *bit = play_after(p, "bit");
	enum err e = ERR_NOT_FOUND;

	n->damaged = true;
	if (store_scan_logs(n->store, see_origin, &log) != ERR_NONE)
		play_fail(p, "the store cannot be read");
	for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++)
		if (strcmp(play_word(p, 2), parts[i]) == 0)
			e = store_memory_damage(n->store,
			    (enum store_memory_part)i, log.id,
			    play_number(p, play_word(p, 4)),
			    bit != NULL ? play_number(p, bit) : 0,
			    play_has(p, "quiet"));
	if (e != ERR_NONE)
		play_fail(p, "there is no such row to damage");
}

/* --- backups --- */

static void
do_backup(struct play *p)
{
	struct sim_node *n = play_node(p, 1);

	sim_backup(n);
}

/* restore NODE [with-sentinel] [twin] [asking PEER...]: the node comes back
 * with its backup, an hour or a month old; as a twin it may sign a second
 * history. `asking` is a rule that this program does not have: it believes the
 * longest copy of these peers, and goes on with the old log. */
static void
do_restore(struct play *p)
{
	struct sim_node *n = play_node(p, 1);
	bool asked = false;

	if (n->backup == NULL) {
		play_fail(p, "there is no backup");
		return;
	}
	sim_restore(n, play_has(p, "with-sentinel"),
	    p->sim.now.mono.ms + 1000);
	n->forked = play_has(p, "twin");
	for (unsigned i = 2; i < p->argc; i++) {
		if (asked)
			sim_adopt(n, play_node(p, i));
		asked = asked || strcmp(p->argv[i], "asking") == 0;
	}
}

/* isolate NODE, rejoin NODE: nobody reaches it, or everybody again. */
static void
do_isolate(struct play *p)
{
	struct sim_node *n = play_node(p, 1);

	n->isolated = true;
	for (unsigned i = 0; i < p->sim.n; i++)
		wire_cut(&p->sim, n->i, i);
}

static void
do_rejoin(struct play *p)
{
	play_node(p, 1)->isolated = false;
}

/* clone A B [with-sentinel]: machine B becomes a copy of A, keys and all. */
static void
do_clone(struct play *p)
{
	sim_clone(play_node(p, 1), play_node(p, 2),
	    play_has(p, "with-sentinel"));
}

/* forgive I1 I6...: a wrong rule is played; these breaches are what is to be
 * found. */
static void
do_forgive(struct play *p)
{
	char *which = p->forgiven;

	for (unsigned i = 1; i < p->argc && i < sizeof p->forgiven; i++)
		*which++ = p->argv[i][1];
	*which = '\0';
	p->sim.forgiven = p->forgiven;
}

/* epoch NODE [counted]: its people go on with a new log; `counted` is a rule
 * that this program does not have: its name follows from the store. */
static void
do_epoch(struct play *p)
{
	struct sim_node *n = play_node(p, 1);

	n->counts_epochs = play_has(p, "counted");
	if (n->hub == NULL)
		play_fail(p, "that node is down");
	else
		sim_open(n);
}

static void
do_sentinel_erase(struct play *p)
{
	struct sim_node *n = play_node(p, 1);

	n->restored = true;
	sentinel_memory_erase(n->sentinel);
}

static void
do_sentinel_old(struct play *p)
{
	struct sim_node *n = play_node(p, 1);

	sentinel_memory_set(n->sentinel, &n->backup_sentinel);
}

/* Links and disks are sound again; what armed faults are left is disarmed. */
static void
do_heal(struct play *p)
{
	struct sim *s = &p->sim;

	command_spent(p);
	memset(s->cut, 0, sizeof s->cut);
	memset(s->mangle, 0, sizeof s->mangle);
	for (unsigned i = 0; i < s->n; i++) {
		struct sim_node *n = &s->node[i];

		n->isolated = n->full = false;
		n->rate = n->claims = 0;
		n->rude = false;
		n->pretends = NULL;
		n->version = 0;
		n->kill_send = n->kill_sentinel = 0;
		store_memory_arm(n->store, 0, ERR_NONE);
		store_memory_kill(n->store, 0);
	}
	p->armed = 0;
}

static void
do_mark(struct play *p)
{
	p->marked_frames = p->sim.frames;
	p->marked_bytes = p->sim.bytes;
	for (unsigned i = 0; i < p->sim.n; i++) {
		p->marked_syncs[i] = p->sim.node[i].store->syncs;
		p->marked_sent[i] = p->sim.sent[i];
		p->marked_dials[i] = p->sim.node[i].dials;
	}
}

bool
command_run(struct play *p)
{
	static const struct {
		const char *name;
		void (*run)(struct play *p);
	} rows[] = { { "release", do_release },
		{ "revise", do_revise }, { "erase", do_erase }, { "reshare", do_reshare }, { "run", do_run },
		{ "embargo", do_embargo }, { "confirm", embargo_confirm },
		{ "blob", blobs_command }, { "note", blobs_note },
		{ "flap", do_flap }, { "cut", do_cut },
		{ "oneway", do_oneway }, { "join", do_join },
		{ "drop", do_drop }, { "slow", do_slow },
		{ "mangle", do_mangle }, { "garbage", do_garbage },
		{ "lie", do_lie }, { "fork", do_fork },
		{ "accuse", do_accuse },
		{ "rude", do_rude }, { "pretend", do_pretend },
		{ "version", do_version }, { "claim", do_claim },
		{ "crash", do_crash }, { "gone", do_gone },
		{ "grow", do_grow },
		{ "boot", do_boot }, { "full", do_full },
		{ "room", do_room }, { "fsync-error", do_fsync_error },
		{ "clock", do_clock }, { "accept-clock", do_accept_clock }, { "damage", do_damage },
		{ "backup", do_backup }, { "restore", do_restore },
		{ "sentinel-erase", do_sentinel_erase }, { "epoch", do_epoch },
		{ "isolate", do_isolate }, { "rejoin", do_rejoin },
		{ "clone", do_clone }, { "forgive", do_forgive },
		{ "sentinel-error", do_sentinel_error },
		{ "quarantined", do_quarantined },
		{ "sentinel-old", do_sentinel_old }, { "heal", do_heal },
		{ "mark", do_mark } };

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(p->argv[0], rows[i].name) == 0) {
			rows[i].run(p);
			return true;
		}
	return false;
}
