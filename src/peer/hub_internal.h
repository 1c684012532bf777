/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the hub share: its state and the steps of a turn. Not for
 * anybody outside peer/.
 *
 *   load.c     from the store into memory, and after a failed commit again
 *   own.c      appending to the own logs
 *   epoch.c    a new log when the old one may not be signed any more
 *   former.c   the logs that this team signed before the present one
 *   seek.c     sealed bodies and cosigned sizes that a rollback took away
 *   links.c    dialling, HELLO, documents and heads, closing
 *   intake.c   records and tiles that come in
 *   bodies.c   bodies that come in: open, verify, keep
 *   carrying.c entries inside them: releases, re-shared documents
 *   circles.c  keys of circles: making, using, waiting for them
 *   keywant.c  asking for those that do not come
 *   receipts.c receipts, cosignatures and heartbeats, both ways
 *   gather.c   receipts that wait to be written down together

 *   witness.c  which cosignatures are kept
 *   frozen.c   origins that have signed two histories
 *   judge.c    is an entry good?
 *   ids.c      which document has an id, which revision follows which
 *   rejudge.c  the same again when a keyset says otherwise
 *   embargoes.c what is released when its time has come
 *   serve.c    answering what peers want; sending what is owed
 *   fetch.c    attachments: serving and fetching
 *   sweep.c    those that nothing names any more go
 *   hub.c      the turn
 */
#ifndef PEER_HUB_INTERNAL_H
#define PEER_HUB_INTERNAL_H

#include "base/ranges.h"
#include "crypto/jwe.h"
#include "ledger/climb.h"
#include "ledger/fork.h"
#include "ledger/leaf.h"
#include "ledger/tree.h"
#include "peer/hub.h"
#include "peer/wire.h"
#include "record/carried.h"
#include "record/entry.h"
#include "record/erased.h"
#include "record/receipt.h"
#include "watch/backoff.h"
#include "watch/budget.h"
#include "watch/cadence.h"
#include "watch/circles.h"
#include "watch/delivery.h"
#include "watch/sweep.h"

/* What a body row's meta text says. */
struct body_meta {
	bool urgent;
	bool key; /* of a circle */
	bool open;
	struct span aud; /* teams separated by blanks */
	struct span why; /* of a quarantine */
};

enum hub_class { CLASS_CONTROL, CLASS_URGENT, CLASS_RECORDS, CLASS_OTHER,
	CLASS_BULK };

#define HUB_RECEIPTS_MOST (UINT64_C(1) << 48) /* in one chain */

enum {
	HUB_TILES_ASKED = 8,      /* tiles on their way at a time */
	HUB_FILL_MS = 10000,      /* patience with one who serves a gap */
	HUB_UNFIT_MS = 20000,     /* who gave nothing is not asked; doubled */
	HUB_ARRIVALS = 256,       /* bodies taken in one turn */
	HUB_BODY_MS = 10000,      /* and with one who was asked for bodies */
	HUB_BODY_TRIES = 3,       /* holders asked before it is damaged */
	HUB_REFUSALS = 64,        /* remembered, per origin */
	HUB_NOBODY_MS = 30000,    /* asked so long before answers count */
	HUB_GIVEN_UP_MS = 120000, /* and then asked for again */
	HUB_OFFER_MS = 120000,    /* others are offered what they may lack */
	HUB_OFFERS = 256,         /* newest sealed bodies offered, per origin */
	HUB_WANTS = 16,           /* pieces of attachments that wait, a link */
	HUB_JOBS = 512,           /* for the keeper, at a time */
	HUB_GATHER_MS = 10,       /* receipts wait for each other, at most, */
	HUB_GATHER = 64,          /* and so many */
	HUB_LAZY_MS = 1000,       /* marks that need no haste are written */
	HUB_READS = 64,           /* own bodies remembered within a turn */
	HUB_NOTES = 64,           /* own notes that cosignatures may name */
	HUB_NOTE_BYTES = 1024,
	HUB_ROOTS = 64,           /* own roots remembered by size */
	HUB_PROBE_MS = 2000,      /* is there room on the disk again? */
	HUB_STALL_MS = 60000,     /* sent but not receipted: sent again */
	HUB_HELLO_MS = 3000,      /* a new link has so long to say it before
	                           * another is dialled */
	HUB_HEADS_MS = 2000,      /* least time between two HEADS to a peer */
	HUB_STANDING_MS = 10000   /* suspensions begin and end by time */
};

/* A body of the own log read in this turn, for the next recipient. */
struct hub_read {
	bool known;
	enum err err;
	uint64_t index;
	struct store_body body; /* in the turn's arena */
	struct body_meta meta;
};

/* A sealed body that others may lack, to be offered at `due`. */
struct hub_offer {
	uint64_t index;
	struct mono due;
};

/* Who lacks an open body that is not here either. */
struct hub_refusal {
	bool used;
	bool origin;            /* its origin too */
	uint64_t index;
	struct mono since;
	unsigned n;
	const struct hub_peer *by[HUB_BODY_TRIES];
};

struct hub_log {
	struct store_log stored;
	struct tree tree;
	struct digest root;
	struct buf checkpoint;
	uint64_t checkpoint_size;
	uint64_t cosigned_size; /* own: the fence */
	uint64_t cosigned_time_s;
	uint32_t flags;
	uint64_t newest;
	bool dirty;             /* the head must be written this turn */

	/* mirrors */
	struct ranges missing;  /* open bodies that are not here */
	struct ranges asked;    /* of those: asked for, until asked_until */
	struct mono asked_until;
	struct ranges lost;     /* damaged on this disk: repair.c */
	struct mono lost_due;
	unsigned lost_turn;
	struct ranges held_aud; /* sealed bodies opened here and not receipted */
	bool fresh_dirty;
	struct cadence cadence;
	uint64_t receipts;      /* in the chain with the origin */
	struct digest last_receipt;
	uint64_t told_size;     /* of the last receipt */
	uint64_t told_missing;
	bool witness;           /* its origin asked for a cosignature */
	struct mono cosigned_at;
	bool ever_cosigned;
	struct hub_peer *filler;
	struct mono fill_until;
	uint64_t fill_from;     /* the size as it was asked */
	struct climb *climb;
	struct buf climb_note;
	uint64_t climb_size;
	bool climb_compared;    /* it goes on from what is held */
	struct ranges tiles_asked; /* wanted tiles by number, see intake.c */
	struct hub_offer offers[HUB_OFFERS];
	size_t offer_count;

	/* frozen: frozen.c */
	struct buf proof;       /* of the two histories; may be "" */
	uint64_t parted;        /* entries below are of both branches .. */
	bool parted_known;      /* .. once this is set */
	uint64_t disputed;      /* shown as such from here; UINT64_MAX: none */
	bool astray;            /* closed, and not with the history held */
	struct fork *fork;      /* looking for that place .. */
	unsigned branch;        /* .. in this checkpoint of the proof .. */
	struct hub_peer *guide; /* .. by the tiles of a peer .. */
	unsigned guide_turn;
	struct mono guide_until;
	struct mono told_at;    /* somebody asked or showed it, and was told */
	const struct hub_peer *told_to;

	/* entries from late_from on came after its origin had said, at
	 * late_s, that nothing newer existed; said_* is what it says now */
	uint64_t late_from, late_s;
	uint64_t said_size, said_s;
	struct digest keys;     /* by what of its keyset it is judged */
	struct budget budget;   /* how fast it may grow */
	bool throttled;         /* it has grown faster: told once */
	uint64_t quarantined;   /* of its entries, as counted in the store */
	struct hub_refusal refusal[HUB_REFUSALS]; /* ring */
	unsigned refusal_at;
	struct ranges given_up; /* open bodies that nobody linked could give, */
	struct mono given_up_until; /* not asked for until then */
	bool rejudge;           /* its entries are to be judged again .. */
	uint64_t rejudge_at;    /* .. from here on, */
	uint32_t carrier_log;   /* and what carries them in other logs, */
	uint64_t carrier_at;    /* behind this place */
	/* mirrors after a rollback: seek.c */
	uint64_t boot_size;     /* at the start of this process */
	bool origin_said;       /* to this process, how far it goes: .. */
	uint64_t cosign_from;   /* .. so far; no less of it is cosigned */
	bool seeks;
	uint64_t seek_from, seek_until;
	struct ranges sought, sought_asked;
	struct mono seek_due;
	unsigned seek_turn;

	/* the own log */
	struct ranges open;     /* which of its entries are open */
};

/* What a peer may still lack of a former log of this team. */
struct hub_debt {
	struct hub_log *log;
	struct ranges due;      /* also what no checkpoint covers yet */
	struct mono offer_due;
};

struct hub_peer {
	char team[LIMIT_TEAM_NAME + 1];
	char node[LIMIT_NAME + 1];
	bool has_address;
	unsigned tries;         /* its addresses take turns */
	bool listed;            /* still in the newest registry */
	bool shuts_out;         /* it said that this team is not admitted */
	bool confirmed;         /* its identity was accepted here */
	struct mono unfit_until; /* it said that it holds more, and gave none */
	unsigned unfit;         /* so often in a row */
	bool dialling;
	struct hub_link *link;
	struct backoff backoff;
	struct silence silence;
	bool degraded;
	uint8_t cover;          /* by its last heartbeat */
	uint64_t theirs_due;
	struct delivery delivery;
	uint64_t records_size;  /* of the own log that it holds, as told */
	struct mono progress;   /* when it last receipted, or had nothing due */
	uint64_t receipts;      /* its receipts held here */
	uint64_t last_of;       /* the size that the last one speaks of */
	struct digest last_receipt;
	uint64_t durable_receipts; /* of those: committed, may be told */
	struct digest durable_last;
	unsigned stale_beats;   /* epoch_watch_peer */
	struct mono stale_at;
	struct hub_debt *debt;  /* one for each former log */
	size_t debt_n;
};

/* A piece of an attachment that a peer wants, until the queue has room. */
struct hub_want {
	struct hub_log *log;
	uint64_t index;
	struct digest name;
	uint64_t at;
	uint32_t n;
};

/* The attachment that a peer was last found to be entitled to. */
struct hub_leave {
	bool known;
	bool yes;
	const struct hub_log *log;
	uint64_t index;
	struct digest name;
	struct mono until; /* then it is looked at again */
};

struct hub_link {
	void *conn;
	struct hub_peer *peer;
	struct digest tls_kid;  /* the key that it proved */
	bool dialled;
	bool said_hello;        /* ours has been sent */
	bool hello;             /* theirs has come */
	bool answered;          /* it knew nothing newer of our own log */
	bool counted;           /* in start.up */
	struct mono since;
	struct mono heads_at;   /* when HEADS were sent last */
	bool heads_ever;
	struct mono asked_since; /* questions are counted from here */
	uint32_t questions;
	uint32_t owe_bodies;    /* credit to be returned at the turn's end */
	uint64_t owe_bytes;
	const struct hub_log *suspect; /* it sent what does not go on from .. */
	struct mono suspect_until; /* .. ours, and has until then to prove it */
	struct hub_leave leave;
	struct hub_want wants[HUB_WANTS];
	size_t want_n;
	struct hub_link *next;
};

/* An append that waits for its turn. */
/* Bodies that are to be deleted (erasure.c). */
struct hub_erasure {
	bool is_due;
	struct mono at;       /* when to look again */
	/* all logs are read down from their ends for this entry: */
	bool is_reading;
	uint32_t log;
	uint64_t index;
	size_t at_log;        /* now this one, */
	uint64_t next;        /* below here */
	struct uuid draft[ERASED_MOST];
	size_t draft_n;
};

/* Keys of circles that are asked for (keywant.c). */
struct hub_keywant {
	struct mono due;
	bool is_begun;       /* a round: `id` is the last one .. */
	struct digest id;
	bool is_looking;     /* .. and looked for in this log, below */
	uint32_t log;
	uint64_t below;
	unsigned turn;       /* rounds so far */
};

/* Tables of the store that keywant.c reads and circles.c writes. */
#define CIRCLE_PLACES "circle"
#define CIRCLE_WAITS "circle-wait"

struct hub_pending {
	struct hub_draft draft; /* spans in `mem` */
	struct arena mem;
	struct buf payload;
	struct digest digest;   /* of the JWS */
	struct buf jws;
	struct buf container;
	struct digest circle;    /* to which it could be sealed .. */
	bool wants_circle;       /* .. and no key is in force */
	struct hub_appended result;
	hub_append_fn *done;
	void *ctx;
	struct hub_pending *next;
};

/* The key of a circle as it is held here. */
struct hub_circle {
	const struct hub_log *log;
	uint64_t index;
	struct span jws; /* the entry that hands it out; the turn's arena */
};

/* A body that came in this turn. */
struct hub_arrival {
	struct hub_log *log;
	uint64_t index;
	struct digest entry;     /* D of its record */
	bool sealed;
	struct span bytes;       /* in the turn's arena */
	char from[LIMIT_TEAM_NAME + 1];
	bool in_circle;          /* sealed by the key of `circle` .. */
	struct digest circle;
	struct hub_circle key;   /* .. which is here if `key.log` is */
	bool waited;             /* in the store, for that key */
	bool was_refused;        /* in the store, and judged anew */
	size_t job;              /* of the keeper batch, if sealed */
	bool staged;
	struct hub_arrival *next;
};

/* An event to be told after the commit. */
struct hub_news {
	struct hub_event event;
	struct hub_news *next;
};

/* A frame to be sent after the commit. */
struct hub_frame_out {
	struct hub_peer *peer;
	unsigned klass;
	uint8_t type;
	struct span payload; /* in the turn's arena */
	struct hub_frame_out *next;
};

/* A new log that was asked for, until it is open. */
struct hub_opening {
	bool wanted;
	char reason[LIMIT_REASON + 1];
	hub_append_fn *done;
	void *ctx;
};

/* A checkpoint of the own log as it was signed; the keeper signs no smaller
 * one again. */
struct hub_note {
	uint64_t size;
	size_t n;
	unsigned char bytes[HUB_NOTE_BYTES];
};

/* How far the cosignatures were thinned, see witness.c. */
struct hub_thin {
	uint64_t at;   /* the size looked at last */
	uint64_t hour; /* its hour, and what stays of that: */
	uint64_t best;
	size_t n;      /* cosignatures; 0: nothing was looked at yet */
};

struct hub_root {
	uint64_t size;
	struct digest root;
};

struct hub {
	struct hub_config config;
	struct arena names;      /* copies of the configuration's spans */
	struct hub_parts parts;
	struct hub_host host;
	struct start start;
	struct now now;          /* of the present call */

	struct hub_log **log;    /* [0] own, [1] private, then mirrors */
	size_t log_n;
	struct hub_erasure erasure;
	struct hub_peer **peer;
	size_t peer_n;
	struct hub_link *links;

	struct arena turn;       /* dropped at the end of hub_turn */
	struct hub_read read[HUB_READS]; /* by index, forgotten each turn */
	struct keeper_job *jobs; /* HUB_JOBS, of the present step */
	bool in_transaction;
	bool write_failed;       /* this turn's transaction must not commit */
	enum err write_err;
	bool must_commit;        /* more than marks is staged */
	bool lazy;               /* staged marks that may wait */
	struct mono lazy_due;
	struct hub_pending *pending, **pending_tail;
	size_t pending_n;
	struct hub_arrival *arrivals, **arrivals_tail;
	size_t arrival_n;
	struct hub_gathered *gathered, **gathered_tail;
	size_t gathered_n;
	struct mono gather_due;
	struct hub_frame_out *out, **out_tail;
	struct hub_news *news, **news_tail;
	struct buf scratch;      /* for one frame at a time */
	struct hub_opening opening;
	bool seeking, seeking_now; /* ever; for the own log of now */
	size_t alarms;           /* of the registry, told so far */
	uint64_t best_size;      /* of the own log, proved by a peer */
	struct digest best_root;

	struct hub_root roots[HUB_ROOTS]; /* of the own log, ring by size */
	struct hub_note notes[HUB_NOTES]; /* the same */
	struct hub_thin thin;
	uint64_t released;       /* own size that peers may know */
	struct mono heartbeat_due;
	uint8_t cover;          /* what they say of the own watch */
	struct mono witness_due;
	struct mono probe_due;
	struct mono standing_due;
	struct trust trust;
	struct mono clock_due;   /* when its time is written down again */
	struct embargo embargo;
	uint64_t embargo_written; /* its cursor, as it is at rest */
	uint32_t embargo_log;     /* the own log that it follows */
	size_t scrub_log;        /* bodies looked through since the start: */
	uint64_t scrub_at;       /* up to here */
	struct mono scrub_due;
	struct digest state_digest;
	bool state_known;
	struct hub_fetch *fetches;
	struct hub_sweep *sweep;
	struct hub_keywant keywant;
	struct circles circles;  /* of the own log: */
	uint32_t circles_log;
	struct digest *opens;    /* circles whose key has come: */
	size_t opens_n;          /* what waits for it is looked at again */
	bool stopping;
};

static inline struct hub_log *
hub_own(const struct hub *h)
{
	return h->log[0];
}

/* --- load.c --- */
MUST enum err load_all(struct hub *h);
void load_release(struct hub *h);
/* The present store's view of one log again (after a failed commit). */
MUST enum err load_log(struct hub *h, struct hub_log *l);
void load_peers(struct hub *h); /* the registry changed */
struct hub_log *load_mirror(struct hub *h, struct span origin);
void log_release(struct hub_log *l);
struct hub_log *load_add(struct hub *h, const struct store_log *stored);
/* What `p` is owed of `log`: by its board row, and whatever came after. */
typedef void load_due_fn(void *ctx, uint64_t index,
    const struct body_meta *m);
MUST enum err load_due(struct hub *h, const struct hub_log *log,
    const struct hub_peer *p, load_due_fn *fn, void *ctx);
MUST enum err load_board(struct hub *h, struct hub_peer *p);

/* --- hub.c --- */
/* Open the turn's transaction if none is open; it will be committed in this
 * turn. False if writing is not possible now; then nothing may be staged. */
bool hub_stage(struct hub *h);
/* The same for marks that may be lost in a crash: committed with the next
 * turn that must, or within HUB_LAZY_MS. */
bool hub_stage_lazy(struct hub *h);
/* Remember that a staged write failed: the turn will roll back. */
void hub_write(struct hub *h, enum err e);
/* Commit what is staged. False if it failed (and was dealt with). */
bool hub_commit(struct hub *h);
/* The turn cannot be finished: forget it and stop, or say FULL. */
void hub_failed(struct hub *h, enum err e);
struct hub_log *hub_find_log(const struct hub *h, struct span origin);
/* By the number that it has in the store. */
struct hub_log *hub_find_log_id(const struct hub *h, uint32_t id);
struct hub_peer *hub_find_peer(const struct hub *h, struct span team);
struct hub_peer *hub_find_node(const struct hub *h, struct span node);
void hub_notify(struct hub *h, enum hub_event_type type, struct span team,
    struct span origin, uint64_t index, enum err err, const char *text);
/* After this turn's commit, or never if that fails. `text` is copied. */
void hub_notify_later(struct hub *h, enum hub_event_type type,
    struct span team, struct span origin, uint64_t index, const char *text);
struct tree_source log_source(struct hub *h, struct hub_log *l);
MUST enum err log_root_at(struct hub *h, struct hub_log *l, uint64_t size,
    struct digest *out);
/* Append records to a log in memory and in the transaction. */
MUST enum err log_append(struct hub *h, struct hub_log *l,
    struct span record);
void log_write_head(struct hub *h, struct hub_log *l);
void log_write_head_lazy(struct hub *h, struct hub_log *l);
/* Send now (only what needs no durability) or after the turn's commit. */
void hub_send(struct hub *h, struct hub_peer *p, unsigned klass,
    uint8_t type, struct span payload);
void hub_send_later(struct hub *h, struct hub_peer *p, unsigned klass,
    uint8_t type, struct span payload);

/* --- own.c --- */
/* The JWS as it is kept at rest, under the store key; and read again. */
MUST enum err own_wrap(struct hub *h, const struct hub_log *l, uint64_t index,
    struct span jws, struct buf *out);
MUST enum err own_unwrap(struct hub *h, const struct hub_log *l,
    uint64_t index, struct span wrapped, struct buf *out);
size_t own_jobs(struct hub *h, struct keeper_job *jobs, size_t max);
void own_stage(struct hub *h, struct keeper_job *jobs);
bool own_has_staged(const struct hub *h);
MUST enum err own_checkpoint(struct hub *h, struct hub_log *l,
    struct span sig);
/* The signed note for `size`, "" if it is not remembered. Borrowed. */
struct span own_note(const struct hub *h, uint64_t size);
void own_release(struct hub *h);  /* step 5: pushes and answers */
void own_refuse(struct hub *h, enum err e, const char *why);

/* --- epoch.c --- */
/* Which log is the own one: what the store says, else the configuration. */
MUST enum err epoch_find_own(struct hub *h);
/* Was the own log made for an epoch, was nothing of it ever let go, and is
 * `origin` the one before it? Then a sentinel of that one is of this moment. */
bool epoch_is_fresh(struct hub *h, struct span origin);
/* Was the store made from a backup that had this log as its own? */
bool epoch_is_restored(struct hub *h);
/* Do the documents name a later log of this team? */
void epoch_judge(struct hub *h);
void epoch_step(struct hub *h);  /* open the log that was asked for */
/* A peer signs a log that is not its team's latest, or one shorter than we
 * hold: its people must know. */
void epoch_watch_peer(struct hub *h, struct hub_peer *p,
    const struct wire_head *own);

/* --- former.c --- */
bool former_is(const struct hub *h, const struct hub_log *l);
MUST enum err former_load(struct hub *h, struct hub_peer *p);
void former_release(struct hub_peer *p);
uint64_t former_due(const struct hub_debt *d); /* how much can be offered */
/* A body of a former log came back: who else was to have it? */
void former_arrived(struct hub *h, struct hub_log *l, uint64_t index,
    const struct body_meta *m);
enum err former_receipt(struct hub *h, struct hub_link *l,
    const struct wire_receipt *m, const struct receipt *r,
    struct hub_log *log);
void former_step(struct hub *h); /* offer what others may lack */
/* The next time that an index of it is asked for. */
void former_ask(struct hub *h, struct hub_log *l);

/* --- seek.c --- */
MUST enum err seek_find(struct hub *h);
MUST enum err seek_load(struct hub *h, struct hub_log *l);
void seek_release(struct hub_log *l);
void seek_new(struct hub *h, struct hub_log *l);
/* Its origin holds more receipts of ours than we do, or others. */
void seek_again(struct hub *h, struct hub_log *l);
void seek_record(struct hub_log *l, uint64_t index, struct span record);
void seek_answered(struct hub_log *l, uint64_t index, bool for_good);
/* Is as much of it here as may have been cosigned before this process? */
bool seek_may_cosign(const struct hub_log *l);
/* A peer says, over its own link, that this log goes as far as `size`; it
 * counts if the log is the peer's. */
void seek_hear(struct hub *h, struct hub_log *l, const struct hub_peer *p,
    uint64_t size);
void seek_step(struct hub *h);

/* --- links.c --- */
void links_step(struct hub *h);   /* dial what is due, duplicates, HEADS */
void links_judge(struct hub *h);  /* let go of who is not admitted any more */
/* False if it could not be sent: then the link is closed, `l` is gone. */
bool links_hello(struct hub *h, struct hub_link *l);

struct mono links_dial_due(const struct hub *h, const struct hub_peer *p);
/* Where to dial a peer in its next try, "" if nowhere. */
struct span links_address(const struct hub *h, const struct hub_peer *p);
enum err links_take_hello(struct hub *h, struct hub_link *l, struct span in);
enum err links_take_docs(struct hub *h, struct hub_link *l, struct span in);
enum err links_take_doc_want(struct hub *h, struct hub_link *l,
    struct span in);
enum err links_take_doc(struct hub *h, struct hub_link *l, struct span in);
enum err links_take_heads(struct hub *h, struct hub_link *l, struct span in);
void links_ask_own(struct hub *h, struct hub_link *l);
void links_send_lists(struct hub *h, struct hub_link *l);
void links_bye(struct hub *h, struct hub_link *l, struct span in);
void links_close(struct hub *h, struct hub_link *l, enum err why,
    const char *text, bool say);
struct digest links_state(struct hub *h);

/* --- intake.c --- */
enum err intake_push(struct hub *h, struct hub_link *l, struct span in);
enum err intake_tile(struct hub *h, struct hub_link *l, struct span in);
void intake_note(struct hub *h, struct hub_log *log, struct hub_link *l);
void intake_behind(struct hub *h, struct hub_log *log, struct hub_link *l,
    uint64_t size);
void intake_step(struct hub *h);  /* give up on slow fillers, ask others */
void intake_forget(struct hub *h, struct hub_peer *p);

/* --- bodies.c --- */
enum err bodies_take(struct hub *h, struct hub_link *l, struct span in);
enum err bodies_take_none(struct hub *h, struct hub_link *l, struct span in);
enum err bodies_take_offer(struct hub *h, struct hub_link *l, struct span in);
/* A sealed body that is in the store in this state, as if it had come now;
 * NULL if there is none. */
struct hub_arrival *bodies_arrive_again(struct hub *h, struct hub_log *log,
    uint64_t index, enum store_body_state state);
size_t bodies_jobs(struct hub *h, struct keeper_job *jobs, size_t max);
/* Those that come before job `done`, which is not done yet; SIZE_MAX: all. */
void bodies_stage(struct hub *h, struct keeper_job *jobs, size_t done);
void bodies_step(struct hub *h);  /* ask for missing ones; offers */

MUST enum err bodies_load(struct hub *h, struct hub_log *l);
void bodies_new_holder(struct hub *h); /* ask again for what was given up */
MUST enum err bodies_find_leaf(struct hub *h, const struct hub_log *log,
    uint64_t index, struct leaf *out);

/* carrying.c: what an entry of a kind that carries holds. False if it is to
 * be set aside; `why` also tells of a breach. */
struct carrying {
	struct span log;  /* that what it carries is of; "" if unreadable */
	bool is_void;     /* that was signed by a revoked key */
	bool is_breach;
	bool is_erased;   /* its origin erased what it carries .. */
	struct digest by; /* .. by this */
	bool urgent; /* what it carries is */
	char why[160];
};
extern const char carrying_no_key[];
/* An own entry of a kind that carries is staged at `index`. */
void carrying_stage(struct hub *h, const struct kind *k, struct span body,
    uint64_t index);
bool carrying_check(struct hub *h, const struct hub_log *log, uint64_t index,
    const struct entry *outer, struct json_val body, const struct kind *k,
    struct carrying *out);

/* --- circles.c --- */
MUST enum err circles_load(struct hub *h);
void circles_release(struct hub *h);
/* Arrivals anew of what has waited for a key that is here now. */
void circles_step(struct hub *h);
/* The circle of a draft whose readers have the keys `kid`, which are put in
 * order. */
struct digest circles_name(struct hub *h, const struct hub_pending *p,
    struct digest *kid, size_t n);
/* Seal the JWS of `p`, whose circle is set: ERR_NOT_FOUND if no key of it is
 * in force. */
MUST enum err circles_seal(struct hub *h, struct hub_pending *p,
    const struct jwe_random *random);
/* An own entry at `index` is staged: if it hands out a key, write down which. */
void circles_stage(struct hub *h, const struct hub_pending *p);
/* An own entry is released: a key is in force, or one is to be made. */
void circles_see(struct hub *h, const struct hub_pending *p);
/* Is the arrival sealed to a circle, and is its key here? */
void circles_look(struct hub *h, struct hub_arrival *a);
/* It waits for its key, or does so no more. */
void circles_wait(struct hub *h, const struct hub_arrival *a, bool waits);
/* A good entry that hands out a key was staged. */
void circles_learn(struct hub *h, const struct hub_log *log, uint64_t index,
    const struct digest *id);
/* What is wrong with an entry that came by this key; NULL: nothing. */
const char *circles_judge(struct hub *h, const struct hub_log *log,
    uint64_t index, const struct hub_circle *key, const struct entry *e);
/* What is wrong with an entry that hands out a key; NULL: nothing. */
const char *circles_judge_key(struct hub *h, const struct entry *e,
    struct span jws);

/* --- keywant.c --- */
void keywant_step(struct hub *h);
struct mono keywant_wake(const struct hub *h);

/* repair.c: a body that cannot be read any more, and how it comes back. */
void repair_lost(struct hub *h, struct hub_log *log, uint64_t index);
void repair_step(struct hub *h);
struct mono repair_wake(const struct hub *h);
/* The meta text of a body row: urgency and audience. */
void bodies_write_meta(const struct entry *e, bool urgent, const char *why,
    struct buf *out);
/* Its first letter: `u` urgent, `k` the key of a circle, `-` neither. */
char bodies_mark(bool urgent, bool key);
/* The bytes of a body are those of its record (ERR_DIGEST). */
MUST enum err bodies_check(struct hub *h, const struct hub_log *log,
    uint64_t index, struct span bytes);
/* Does its record say that it is sealed? True if that cannot be read. */
bool bodies_is_sealed(struct hub *h, const struct hub_log *log,
    uint64_t index);
MUST enum err bodies_parse_meta(struct span in, struct body_meta *out);
bool body_meta_has(const struct body_meta *m, struct span team);

/* --- judge.c --- */
struct judge_at {
	const struct hub_circle *circle; /* by whose key it came; or NULL */
	const struct hub_log *log;
	uint64_t index;
	bool sealed;
	bool again;            /* it was good once: only what may change */
	struct keeper_opened opened; /* its text; its readers, if sealed */
};

struct judged {
	enum store_body_state state;
	struct entry entry; /* zero if it could not be read */
	struct digest digest; /* of the JWS */
	const struct kind *kind; /* NULL: not known */
	struct json_val body;
	bool urgent;
	bool hands_out;      /* the key of a circle */
	bool is_erased;      /* what it carries was, by this: */
	struct digest by;
	const char *alarm; /* what people must be told, or NULL */
	char why[160];
};

extern const char judged_no_key[];
void judge_text(struct hub *h, const struct judge_at *at, struct judged *out);
void judged_condemn(struct judged *j, enum store_body_state state,
    const char *format, ...) PRINTF_LIKE(3, 4);

/* --- ids.c --- */
/* The document `d` at this place is good so far: is its name its own, and
 * does it name the revision before it? NULL, or why not. Others that must give
 * way, or follow, are judged anew. */
const char *ids_claim(struct hub *h, const struct hub_log *log,
    uint64_t index, const struct entry *e, const struct digest *d);
/* An entry of our own takes its name; it is known to be free. */
void ids_put(struct hub *h, const struct hub_log *log, uint64_t index,
    const struct entry *e, const struct digest *d);
/* It is void: its name is free again. */
void ids_give_up(struct hub *h, const struct hub_log *log, uint64_t index,
    const struct entry *e);
/* Another state of a body that is held. */
void ids_revise(struct hub *h, const struct hub_log *log, uint64_t index,
    enum store_body_state state, const char *why);
/* May this reason of a quarantine pass? */
bool ids_may_change(struct span why);
/* The place of a log among its team's. */
size_t ids_epoch(const struct hub *h, const struct hub_log *l);

/* --- rejudge.c --- */
void rejudge_look(struct hub *h); /* documents or pins have changed */
void rejudge_begin(struct hub *h, struct hub_log *l); /* a new mirror */
MUST enum err rejudge_load(struct hub *h, struct hub_log *l);
void rejudge_step(struct hub *h);
/* Entry `index` of `l` carries one of log `origin`: it is judged again with
 * those of that log. */
void rejudge_with(struct hub *h, const struct hub_log *l, uint64_t index,
    struct span origin);
/* One entry, for what came after it. */
void rejudge_one(struct hub *h, struct hub_log *l, uint64_t index);
bool rejudge_is_due(const struct hub *h);

/* --- receipts.c --- */
enum err receipts_take(struct hub *h, struct hub_link *l, struct span in);
enum err receipts_take_cosignature(struct hub *h, struct hub_link *l,
    struct span in);
enum err receipts_take_heartbeat(struct hub *h, struct hub_link *l,
    struct span in);
void receipts_keep(struct hub *h, struct hub_peer *p, uint64_t seq,
    struct span jws, const struct receipt *r);
void receipts_mark(struct hub *h); /* step 2: what will be cosigned */
/* Jobs of step 3: own checkpoints first, then cosignatures, receipts and a
 * heartbeat; and what becomes of their results. */
struct receipts_plan;
struct receipts_plan *receipts_plan(struct hub *h, struct keeper_job *jobs,
    size_t first, size_t max, size_t *out_n);
void receipts_done(struct hub *h, struct receipts_plan *plan,
    struct keeper_job *jobs);
void receipts_resend(struct hub *h, struct hub_link *l, struct hub_log *log,
    uint64_t held, const struct digest *last);
void receipts_save_board(struct hub *h, const struct hub_log *log,
    const struct hub_peer *p, const struct ranges *due);
/* `of`: the size it speaks of if it is theirs, 0 if it is ours. */
MUST enum err receipts_put(struct hub *h, const struct hub_log *l,
    struct span team, uint64_t of, uint64_t seq, struct span jws);
/* The indices that a receipt for a log says are held, of those in `open` and
 * what it lists. Added to `out`. */
void receipts_held(const struct receipt *r, const struct ranges *open,
    struct ranges *out);
void receipts_save_fresh(struct hub *h, struct hub_log *l);
struct mono receipts_wake(const struct hub *h);

/* --- frozen.c --- */
MUST enum err frozen_load(struct hub *h, struct hub_log *l);
void frozen_release(struct hub_log *l);
enum err frozen_take(struct hub *h, struct hub_link *l, struct span in);
void frozen_step(struct hub *h);  /* where do the branches part? */
void frozen_forget(struct hub *h, const struct hub_peer *p);
/* Frozen, and no keyset has closed it yet. */
bool frozen_is(const struct hub *h, const struct hub_log *l);
/* A keyset came: set `astray` and `disputed`. */
void frozen_refresh(struct hub *h, struct hub_log *l);
/* Its row of HEADS; false if it must not stand there. */
bool frozen_head(const struct hub *h, const struct hub_log *l,
    struct wire_head *out);
/* May records up to this checkpoint be taken at all? */
bool frozen_takes(const struct hub *h, const struct hub_log *l, uint64_t size,
    const struct digest *root);
void frozen_contradicted(struct hub *h, struct hub_log *l,
    struct hub_link *from, struct span note, uint64_t size);
MUST enum err frozen_suspect(struct hub *h, struct hub_log *l,
    struct hub_link *from);
void frozen_differs(struct hub *h, struct hub_log *l, struct hub_link *from,
    struct span note, uint64_t size);
void frozen_tell(struct hub *h, struct hub_log *l, struct hub_link *to);
void frozen_tile(struct hub *h, struct hub_log *l, struct hub_link *from,
    const struct tile *t, const struct wire_tile *m);
/* --- embargoes.c --- */
/* --- erasure.c --- */

/* In the transaction that keeps entry `index`, which erases. */
void erasure_note(struct hub *h, uint32_t log, uint64_t index);
void erasure_load(struct hub *h);
void erasure_step(struct hub *h);
/* The logs are others now: they are read again. */
void erasure_abandon(struct hub *h);
/* Was the text that it carries erased, and this node follows? By what? */
bool erasure_covers(struct hub *h, const struct carried *c,
    struct digest *by);
/* Keep only a stub of this good entry, which came now. */
void erasure_refuse(struct hub *h, struct hub_log *l, uint64_t index,
    const struct entry *e, struct span jws, const struct digest *by);

/* --- embargoes.c --- */

MUST enum err embargoes_load(struct hub *h);
void embargoes_step(struct hub *h);  /* read on, act, write down */
/* An own entry has become durable and is released. */
void embargoes_see(struct hub *h, const struct hub_pending *p);

/* --- gather.c --- */
void gather_put(struct hub *h, struct hub_peer *p, uint64_t seq,
    struct span jws, struct receipt *r);
void gather_step(struct hub *h);
void gather_drop(struct hub *h);

/* --- witness.c --- */
/* A cosignature came: look at one older checkpoint, and perhaps drop it. */
void witness_thin(struct hub *h);

/* --- serve.c --- */
enum err serve_records(struct hub *h, struct hub_link *l, struct span in);
enum err serve_tile(struct hub *h, struct hub_link *l, struct span in);
enum err serve_body(struct hub *h, struct hub_link *l, struct span in);
void serve_pump(struct hub *h, struct hub_peer *p);
void serve_push(struct hub *h, struct hub_link *l, struct hub_log *log,
    uint64_t first, bool witness);

/* May the peer have the body of this entry, and is it here? */
bool serve_may_have(struct hub *h, const struct hub_peer *p,
    struct hub_log *log, uint64_t index);

/* --- fetch.c --- */
MUST enum err fetch_serve(struct hub *h, struct hub_link *l, struct span in);
MUST enum err fetch_take(struct hub *h, struct hub_link *l, struct span in);
/* A link is gone: whoever was fetched from there is fetched elsewhere. */
void fetch_forget_link(struct hub *h, const struct hub_link *l);
void fetch_step(struct hub *h);
/* Answer wants, as far as the queue has room. */
void fetch_pump(struct hub *h, struct hub_link *l);
struct mono fetch_wake(const struct hub *h);
void fetch_release(struct hub *h);

/* --- sweep.c --- */
void sweep_create(struct hub *h);
void sweep_free(struct hub *h);
/* A text at this place is staged: what it names stays. */
void sweep_see(struct hub *h, const struct hub_log *l, uint64_t index);
/* The logs are others now: what was read of them does not count. */
void sweep_abandon(struct hub *h);
void sweep_step(struct hub *h);
struct mono sweep_wake(const struct hub *h);

#endif
