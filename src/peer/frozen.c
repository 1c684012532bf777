/* SPDX-License-Identifier: Apache-2.0
 *
 * Origins that have signed two histories. The proof (ledger/equivocation.h)
 * is made or taken, verified, made durable and told to everybody once; from
 * then on nothing of that log is cosigned or passed on, and no branch is
 * chosen. Both stay where they are: entries of both hold, later ones are
 * shown as disputed. Where they part is found by asking a peer that holds the
 * other branch for a few tiles (ledger/fork.h). A keyset that closes the log
 * ends it. doc/protocol.md, "Equivocation".
 */
#include "peer/frozen.h"

#include "base/limits.h"
#include "ledger/checkpoint.h"
#include "ledger/equivocation.h"
#include "peer/intake.h"
#include "peer/load.h"

enum {
	TELL_MS = 1000,      /* least time between two tellings of one log */
	GUIDE_MS = 10000,    /* patience with one who is asked for tiles */
	GUIDES_MS = 60000    /* all were asked in vain: again after */
};

static const char alarm_text[] =
    "the origin has signed two histories: it is frozen";

static const struct keyset_log *closing(const struct hub *h,
    const struct hub_log *l);

/* --- what is durable: u8 known, u64 parted, the proof --- */

static void
save(struct hub *h, struct hub_log *l)
{
	struct buf b;

	buf_init(&b, LIMIT_FRAME);
	buf_put_u8(&b, l->parted_known);
	buf_put_u64(&b, l->parted);
	buf_put(&b, buf_span(&l->proof));
	if (hub_stage(h))
		hub_write(h, store_put_item(h->parts.store, "equivocation",
				 l->stored.origin, buf_span(&b)));
	buf_release(&b);
	frozen_refresh(h, l);
}

enum err
frozen_load(struct hub *h, struct hub_log *l)
{
	struct span value;
	struct reader r;
	enum err e;

	frozen_release(l);
	frozen_refresh(h, l);
	if ((l->flags & STORE_FROZEN) == 0)
		return ERR_NONE;
	buf_init(&l->proof, LIMIT_FRAME);
	e = store_get_item(h->parts.store, "equivocation", l->stored.origin,
	    &h->turn, &value);
	if (e == ERR_NONE) {
		reader_init(&r, value);
		l->parted_known = reader_u8(&r) != 0;
		l->parted = reader_u64(&r);
		buf_put(&l->proof, reader_rest(&r));
		frozen_refresh(h, l);
	}
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

void
frozen_release(struct hub_log *l)
{
	buf_release(&l->proof);
	fork_free(l->fork);
	l->fork = NULL;
	l->guide = NULL;
	l->guide_turn = l->branch = 0;
	l->guide_until.ms = 0;
	l->parted = 0;
	l->parted_known = false;
}

/* --- closed by a keyset --- */

/* What the identity key says of it; NULL if the log goes on. */
static const struct keyset_log *
closing(const struct hub *h, const struct hub_log *l)
{
	struct registry_log found;

	if (registry_log_find(h->parts.registry, l->stored.origin, &found) !=
		ERR_NONE || !found.log->closed)
		return NULL;
	return found.log;
}

bool
frozen_is(const struct hub *h, const struct hub_log *l)
{
	return (l->flags & STORE_FROZEN) != 0 && closing(h, l) == NULL;
}

void
frozen_refresh(struct hub *h, struct hub_log *l)
{
	const struct keyset_log *k = closing(h, l);
	struct digest root;

	l->astray = false;
	l->disputed = UINT64_MAX;
	if ((l->flags & STORE_FROZEN) == 0)
		return;
	l->astray = k != NULL && k->size <= l->tree.size &&
	    log_root_at(h, l, k->size, &root) == ERR_NONE &&
	    !digest_is_equal(&root, &k->root);
	if (k == NULL || l->astray)
		l->disputed = l->parted_known ? l->parted : 0;
}

/* In HEADS a log that was frozen stands as its keyset closes it, at everybody
 * alike, or not at all: nobody is led to fetch a branch. */
bool
frozen_head(const struct hub *h, const struct hub_log *l,
    struct wire_head *out)
{
	const struct keyset_log *k = closing(h, l);

	if (k == NULL)
		return false;
	*out = (struct wire_head){ l->stored.origin, k->size, k->root };
	return true;
}

/* Of a log that was frozen and is closed, nothing but its end is taken. */
bool
frozen_takes(const struct hub *h, const struct hub_log *l, uint64_t size,
    const struct digest *root)
{
	const struct keyset_log *k = closing(h, l);

	return (l->flags & STORE_FROZEN) == 0 ||
	    (k != NULL && size == k->size &&
		digest_is_equal(root, &k->root));
}

/* --- freezing and telling --- */

/* Nothing of it is on its way any more. */
static void
stop_filling(struct hub_log *l)
{
	climb_free(l->climb);
	l->climb = NULL;
	ranges_clear(&l->tiles_asked);
	l->filler = NULL;
}

static void
tell_all(struct hub *h, const struct hub_log *l)
{
	for (size_t i = 0; i < h->peer_n; i++)
		if (h->peer[i]->link != NULL && h->peer[i]->link->hello)
			hub_send_later(h, h->peer[i], CLASS_CONTROL,
			    WIRE_EQUIVOCATION, buf_span(&l->proof));
}

static void
stop_own(struct hub *h, const struct hub_link *from, uint64_t size)
{
	if (start_proved_behind(&h->start, from->peer->team, size,
	    hub_own(h)->tree.size))
		hub_notify(h, HUB_STATE, span_str(from->peer->team),
		    h->config.origin, size, ERR_RESTORED, h->start.why);
}

/* `proof` may be NULL: then only we can know, until it comes. */
static void
freeze(struct hub *h, struct hub_log *l, const struct hub_link *from,
    const struct equivocation *proof, uint64_t size)
{
	bool was_frozen = (l->flags & STORE_FROZEN) != 0;

	if (!hub_stage(h) || (was_frozen && l->proof.n != 0))
		return;
	l->flags |= STORE_FROZEN;
	l->dirty = true;
	h->state_known = false;
	stop_filling(l);
	if (!was_frozen) {
		frozen_release(l);
		buf_init(&l->proof, LIMIT_FRAME);
	}
	if (proof != NULL)
		equivocation_write(proof, &l->proof);
	save(h, l);
	if (l->proof.n != 0)
		tell_all(h, l);
	if (!was_frozen)
		hub_notify(h, HUB_ALARM, span_str(from->peer->team),
		    l->stored.origin, size, ERR_CONFLICT, alarm_text);
	if (l == hub_own(h))
		stop_own(h, from, size);
}

/* Our checkpoint alone: who holds more of another history proves it. */
static void
send_checkpoint(struct hub *h, struct hub_log *l, struct hub_link *to)
{
	struct wire_push m = { .origin = l->stored.origin,
		.note = buf_span(&l->checkpoint),
		.first = l->checkpoint_size };

	buf_clear(&h->scratch);
	wire_write_push(&m, &h->scratch);
	hub_send(h, to->peer, CLASS_RECORDS, WIRE_PUSH, buf_span(&h->scratch));
}

/* `to` does not know yet, or it would not ask for this log, or show it. */
void
frozen_tell(struct hub *h, struct hub_log *l, struct hub_link *to)
{
	if (h->now.mono.ms - l->told_at.ms < TELL_MS && l->told_to == to->peer)
		return;
	l->told_at = h->now.mono;
	l->told_to = to->peer;
	if (l->proof.n != 0)
		hub_send_later(h, to->peer, CLASS_CONTROL, WIRE_EQUIVOCATION,
		    buf_span(&l->proof));
	else if (l->checkpoint.n != 0)
		send_checkpoint(h, l, to);
}

/* --- two checkpoints that contradict each other --- */

static enum err
key_of(struct hub *h, struct span origin, struct note_key *out,
    struct registry_log *found)
{
	enum err e = registry_log_find(h->parts.registry, origin, found);

	if (e == ERR_NONE)
		e = note_key_registered(origin, NOTE_ED25519,
		    &found->log->key, out);
	return e;
}

/* `note` is a verified checkpoint of not more than we hold, with another root
 * than ours there. */
void
frozen_contradicted(struct hub *h, struct hub_log *l, struct hub_link *from,
    struct span note, uint64_t size)
{
	struct tree_source source = log_source(h, l);
	struct registry_log found;
	struct equivocation proof;
	struct note_key key;
	enum err e;

	/* while records come by tiles no checkpoint of ours covers them */
	if (l->checkpoint_size < size)
		return;
	e = key_of(h, l->stored.origin, &key, &found);
	if (e == ERR_NONE)
		e = equivocation_make(buf_span(&l->checkpoint), note, &key,
		    &source, &proof, NULL);
	if (e == ERR_NONE)
		freeze(h, l, from, &proof, size);
}

/* Records that do not go on from ours, under a checkpoint that the origin
 * signed: either they are nonsense, or its history is another one, and the
 * sender, who holds more, can prove that. ERR_PROOF if it has not. */
enum err
frozen_suspect(struct hub *h, struct hub_log *l, struct hub_link *from)
{
	if (l->checkpoint.n == 0 || l->checkpoint_size == 0)
		return ERR_PROOF;
	if (from->suspect == l)
		return h->now.mono.ms < from->suspect_until.ms ? ERR_NONE :
								 ERR_PROOF;
	from->suspect = l;
	from->suspect_until.ms = h->now.mono.ms + HUB_FILL_MS;
	send_checkpoint(h, l, from);
	return ERR_NONE;
}

/* Tiles that lead to a root that the origin signed do not go on from ours. */
void
frozen_differs(struct hub *h, struct hub_log *l, struct hub_link *from,
    struct span note, uint64_t size)
{
	struct buf key;

	buf_init(&key, LIMIT_NAME + 16);
	buf_put(&key, l->stored.origin);
	buf_put_u64(&key, size);
	if (hub_stage(h))
		hub_write(h, store_put_item(h->parts.store, "branch",
				 buf_span(&key), note));
	buf_release(&key);
	freeze(h, l, from, NULL, size);
	frozen_tell(h, l, from);
}

/* --- frame 19 --- */

/* Is it about what the keyset has left behind already? */
static bool
is_moot(const struct registry_log *found, const struct checkpoint *a)
{
	return found->log->closed && a->size > found->log->size;
}

enum err
frozen_take(struct hub *h, struct hub_link *l, struct span in)
{
	struct registry_log found;
	struct equivocation proof;
	struct checkpoint a, b;
	struct hub_log *log;
	struct note_key key;
	enum err e = equivocation_parse(in, &h->turn, &proof, NULL);

	if (e == ERR_NONE)
		e = checkpoint_read(proof.a, &a, NULL);
	if (e == ERR_NONE)
		e = checkpoint_read(proof.b, &b, NULL);
	if (e != ERR_NONE)
		return e;
	log = hub_find_log(h, a.origin);
	if (log != NULL && (log->stored.role == STORE_PRIVATE ||
		((log->flags & STORE_FROZEN) != 0 && log->proof.n != 0)))
		return ERR_NONE;
	if (key_of(h, a.origin, &key, &found) != ERR_NONE)
		return ERR_NONE; /* its keyset is on its way */
	e = equivocation_check(&proof, &key, NULL);
	if (e != ERR_NONE || is_moot(&found, &a) ||
	    !start_may_write(&h->start))
		return e;
	log = load_mirror(h, a.origin);
	if (log != NULL)
		freeze(h, log, l, &proof, b.size);
	return ERR_NONE;
}

/* --- where the branches part --- */

/* Do we hold the history of size and root, or the beginning of it? */
static bool
holds(struct hub *h, struct hub_log *l, uint64_t size,
    const struct digest *root)
{
	struct digest ours;

	return size <= l->tree.size &&
	    log_root_at(h, l, size, &ours) == ERR_NONE &&
	    digest_is_equal(&ours, root);
}

/* The next checkpoint of the proof that what is held has yet to be compared
 * with. False if there is none left. */
static bool
other_branch(struct hub *h, struct hub_log *l, struct checkpoint *out)
{
	struct equivocation proof;
	struct checkpoint c[2];

	if (equivocation_parse(buf_span(&l->proof), &h->turn, &proof, NULL) !=
		ERR_NONE ||
	    checkpoint_read(proof.a, &c[0], NULL) != ERR_NONE ||
	    checkpoint_read(proof.b, &c[1], NULL) != ERR_NONE)
		return false;
	for (; l->branch < 2; l->branch++) {
		*out = c[l->branch];
		if (!holds(h, l, out->size, &out->root) &&
		    !(l->branch == 1 && proof.has_proof &&
			holds(h, l, c[0].size, &proof.alt_root)))
			return true;
	}
	return false;
}

static void
ask_guide(struct hub *h, struct hub_log *l)
{
	struct tile t[HUB_TILES_ASKED];
	size_t n = fork_want(l->fork, t, HUB_TILES_ASKED);

	for (size_t i = 0; i < n && l->guide != NULL; i++) {
		struct wire_tile m = { .origin = l->stored.origin,
			.size = fork_size(l->fork), .entries = t[i].entries,
			.level = (uint8_t)t[i].level, .n = t[i].n,
			.width = (uint16_t)t[i].width };

		buf_clear(&h->scratch);
		wire_write_tile(&m, false, &h->scratch);
		hub_send(h, l->guide, CLASS_RECORDS, WIRE_TILE_WANT,
		    buf_span(&h->scratch));
	}
}

/* The next linked peer; NULL if all were asked in this round. */
static struct hub_peer *
next_guide(struct hub *h, struct hub_log *l)
{
	while (l->guide_turn < h->peer_n) {
		struct hub_peer *p = h->peer[l->guide_turn++];

		if (p->link != NULL && p->link->hello)
			return p;
	}
	l->guide_turn = 0;
	return NULL;
}

static void search(struct hub *h, struct hub_log *l);

/* One branch has been compared as far as it goes. */
static void
go_on(struct hub *h, struct hub_log *l)
{
	uint64_t common;

	if (!fork_is_done(l->fork, &common)) {
		ask_guide(h, l);
		return;
	}
	if (common < l->parted)
		l->parted = common;
	l->branch++;
	l->guide_turn = 0;
	search(h, l);
}

static void
search(struct hub *h, struct hub_log *l)
{
	struct checkpoint other;

	fork_free(l->fork);
	l->fork = NULL;
	if (l->branch == 0)
		l->parted = l->tree.size;
	if (!other_branch(h, l, &other)) {
		l->parted_known = true;
		l->guide = NULL;
		save(h, l);
		return;
	}
	l->guide = next_guide(h, l);
	l->guide_until.ms = h->now.mono.ms +
	    (l->guide != NULL ? GUIDE_MS : GUIDES_MS);
	if (l->guide == NULL)
		return;
	l->fork = fork_create(l->tree.size, other.size, &other.root);
	go_on(h, l);
}

/* It was closed with more than is held: one peer after the other is asked,
 * for HEADS are the same at all. */
static void
fill(struct hub *h, struct hub_log *l, uint64_t size)
{
	struct hub_peer *p = next_guide(h, l);

	l->guide_until.ms = h->now.mono.ms + (p != NULL ? GUIDE_MS : GUIDES_MS);
	if (p != NULL)
		intake_behind(h, l, p->link, size);
}

void
frozen_step(struct hub *h)
{
	for (size_t i = 2; i < h->log_n; i++) {
		struct hub_log *l = h->log[i];
		const struct keyset_log *k;

		if ((l->flags & STORE_FROZEN) == 0 ||
		    h->now.mono.ms < l->guide_until.ms)
			continue;
		k = closing(h, l);
		if (k != NULL && l->tree.size < k->size)
			fill(h, l, k->size);
		else if (!l->parted_known && l->proof.n != 0)
			search(h, l);
	}
}

/* A tile that `from` was asked for to find the place. */
void
frozen_tile(struct hub *h, struct hub_log *l, struct hub_link *from,
    const struct tile *t, const struct wire_tile *m)
{
	struct tree_source source = log_source(h, l);
	enum err e = ERR_NOT_FOUND;

	if (l->fork == NULL || l->guide != from->peer ||
	    m->size != fork_size(l->fork))
		return;
	if (m->bytes.n != 0)
		e = fork_accept(l->fork, t, m->bytes, &source);
	if (e != ERR_NONE && e != ERR_STATE) {
		l->guide_until = h->now.mono; /* it holds another one */
		return;
	}
	go_on(h, l);
}

void
frozen_forget(struct hub *h, const struct hub_peer *p)
{
	for (size_t i = 2; i < h->log_n; i++)
		if (h->log[i]->guide == p) {
			h->log[i]->guide = NULL;
			h->log[i]->guide_until = h->now.mono;
		}
}
