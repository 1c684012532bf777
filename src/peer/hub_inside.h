/* SPDX-License-Identifier: Apache-2.0
 *
 * The state of the hub, which the files of peer/ share, and staging, telling
 * and sending in a turn (hub.c). Each file has a header of its own for what
 * the others may ask of it. Not for anybody outside peer/.
 */
#ifndef PEER_HUB_INSIDE_H
#define PEER_HUB_INSIDE_H

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
	HUB_OWN = 128,            /* own entries of one turn */
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
	bool dirty;             /* the head must be written this turn, */
	bool dirty_lazy;        /* or by the next commit */

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
	bool knows_early;       /* then: the first of its records, here or not, */
	uint64_t early;         /* that others wait for; UINT64_MAX if none */
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

/* What a peer said in HELLO of a log of its own that is not known here yet. */
struct hub_said {
	bool is_early;
	struct digest origin; /* SHA-256 of the log's name */
	uint64_t size;
	uint64_t receipts;    /* of ours that it holds, */
	struct digest last;   /* the last of them */
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
	struct hub_said said;
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

/* An append that waits for its turn. */
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

/* By its name; NULL if it is not here. */
struct hub_log *hub_find_log(const struct hub *h, struct span origin);

/* By the number that it has in the store; NULL. */
struct hub_log *hub_find_log_id(const struct hub *h, uint32_t id);

/* By its team; NULL if it is none. */
struct hub_peer *hub_find_peer(const struct hub *h, struct span team);

/* By the name of its node; NULL if it is none. */
struct hub_peer *hub_find_node(const struct hub *h, struct span node);

/* Tell the host now: of what needs no durability. */
void hub_notify(struct hub *h, enum hub_event_type type, struct span team,
    struct span origin, uint64_t index, enum err err, const char *text);

/* After this turn's commit, or never if that fails. `text` is copied. */
void hub_notify_later(struct hub *h, enum hub_event_type type,
    struct span team, struct span origin, uint64_t index, const char *text);

/* The hashes of a log for the tree; in the turn's arena. */
struct tree_source log_source(struct hub *h, struct hub_log *l);

/* The root at a size, also one of before; those of the own log are remembered.
 * Errors of the tree and of the store. */
MUST enum err log_root_at(struct hub *h, struct hub_log *l, uint64_t size,
    struct digest *out);

/* Append records to a log in memory and in the transaction. */
MUST enum err log_append(struct hub *h, struct hub_log *l,
    struct span record);

/* Its head changed: it is written at the end of this turn. */
void log_write_head(struct hub *h, struct hub_log *l);

/* The same for marks that a crash may take: it is written by the next commit,
 * once, whatever changes until then. */
void log_write_head_lazy(struct hub *h, struct hub_log *l);

/* Send now: only what needs no durability. */
void hub_send(struct hub *h, struct hub_peer *p, unsigned klass,
    uint8_t type, struct span payload);

/* After the commit, in the order of the calls. */
void hub_send_later(struct hub *h, struct hub_peer *p, unsigned klass,
    uint8_t type, struct span payload);

#endif
