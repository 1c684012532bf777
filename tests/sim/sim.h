/* SPDX-License-Identifier: Apache-2.0
 *
 * The simulator: several nodes in one process, with the production hub, keys
 * and signatures, and everything around it replaced: virtual clock, virtual
 * network (frames are delayed, overtaken by class, links are cut), memory
 * stores that lose what was not committed, and randomness from a seed. What a
 * seed did once it does again.
 *
 *   world.c      the whole, and its time
 *   keys.c       keys and documents of the network
 *   machine.c    a node boots, loses its power, is restored or copied
 *   guard.c      its sentinel and keeper, which a scenario can spoil
 *   entries.c    what nodes append
 *   grown.c      logs that are long already
 *   settled.c    is everything everywhere?
 *   wire.c       links between nodes
 *   embargo.c    I14, and what scenarios say of embargoes
 *   judge.c      the invariants, checked as frames leave and nodes boot
 *   views.c      those of what nodes make of the same things
 *   chaos.c      main: seeded random runs
 *   lists.c      main: more documents than a frame names
 *   standing.c   main: a team is suspended, and comes back
 *   play.c       main: scenarios as text (scenario/)
 */
#ifndef TESTS_SIM_SIM_H
#define TESTS_SIM_SIM_H

#include "base/ranges.h"
#include "crypto/keyring.h"
#include "ledger/leaf.h"
#include "ledger/tree.h"
#include "peer/hub.h"
#include "peer/wire.h"
#include "store/memory.h"

#include <stdbool.h>
#include <stdint.h>

enum { SIM_NODES = 6, SIM_CONNS = 64, SIM_TEAM = 3, SIM_LOGS = 48,
	SIM_EMBARGOES = 8 };

/* The header of a frame, and a TLS 1.3 record of its own around it. */
enum { SIM_FRAME_COST = 8 + 22 };

struct sim;
struct sim_node;

struct sim_frame {
	uint8_t type;
	int64_t due_ms;
	size_t n;
	unsigned char *bytes;
	struct sim_frame *next;
};

/* One end of a connection: what it has sent and is not there yet. */
struct sim_end {
	struct sim_conn *conn;
	struct sim_node *node;
	struct hub_link *link;  /* NULL: not up or closed here */
	bool closed;            /* this end has closed: what it sent still goes */
	struct sim_frame *head[4], **tail[4];
	size_t queued;
	int64_t last_ms[4]; /* when the last frame of a class arrives */
	int64_t busy_ms;    /* a slow reader takes the next one then */
};

struct sim_conn {
	bool used;
	struct sim_end end[2]; /* [0] dialled */
	int64_t up_ms;         /* when it comes up */
	bool up;
	bool cut;              /* nothing passes; both ends learn of it later */
	int64_t down_ms;
};

/* A log that somebody signs, as everybody has seen it: the judge's memory. */
struct sim_log {
	char origin[64];
	struct sim_node *owner;
	struct digest *leaf; /* as first shown to anybody */
	size_t leaf_n;
	struct tree tree; /* of the first of them: the largest checkpoint seen */
	uint64_t released;   /* largest checkpoint shown by its owner */
	uint64_t cosigned[SIM_NODES];       /* largest that each cosigned */
	struct ranges receipted[SIM_NODES]; /* bodies each said to hold */
	struct ranges accepted[SIM_NODES];  /* told as accepted */
};

/* An accepted entry, as its origin answered. */
struct sim_entry {
	struct sim_log *log;
	uint64_t index;
	struct digest digest;
	struct uuid id;
	uint64_t rev;
	unsigned readers; /* bit per node */
	bool urgent;
	bool spoiled;     /* made wrong on purpose: to be quarantined */
	int64_t released_ms;
	int64_t held_ms[SIM_NODES]; /* when each said it has it; 0: not yet */
};

/* What a node has told its people. */
struct sim_event {
	enum hub_event_type type;
	int64_t at_ms;
	struct sim_event *next;
	char text[160];
};

/* An entry under embargo; times by the simulator's wall clock. */
struct sim_embargo {
	struct digest digest;
	int64_t until_ms;
	int64_t released_ms; /* 0: not yet */
	uint64_t index;      /* of the release */
};

enum sim_mangle { MANGLE_NO, MANGLE_TWICE, MANGLE_SHORT, MANGLE_FLIP,
	MANGLE_SWAP, MANGLE_DROP };


struct sim_node {
	struct sim *sim;
	unsigned i;
	const char *called; /* in scenarios; its team, or a clone's old one */
	char team[SIM_TEAM];
	char origin[64], private_origin[64], name[64];
	struct keyring *keyring;
	struct keeper *keeper;
	struct store *store;
	struct blobs *blobs;
	struct sentinel *sentinel;
	struct registry *registry;
	struct hub *hub; /* NULL: down */
	int64_t boot_ms; /* when it comes back, if down */
	bool turn_due;
	bool isolated;   /* dials fail, nobody reaches it */
	unsigned crashes;

	/* what a scenario has in store for it */
	struct sentinel *guard;    /* what the hub gets: dies on demand */
	struct keeper *pen;        /* the same of the keeper: bad entries */
	uint64_t kill_send;        /* the power goes at this coming frame */
	uint64_t kill_sentinel;    /* or at this write of the sentinel */
	bool kill_kept;            /* which is on the disk all the same */
	bool dying;
	bool full;                 /* no write succeeds */
	bool unguarded;            /* none of its sentinel does */
	int64_t clock_ms;          /* its wall clock is off */
	uint64_t rate;             /* bytes a second that it reads; 0: all */
	uint8_t version;           /* that it speaks in HELLO; 0: the true one */
	bool rude;                 /* it says something before HELLO */
	const struct sim_node *pretends; /* in HELLO it is this one */
	uint64_t claims;           /* receipts that it says to hold; 0: the truth */
	enum { POISON_NO, POISON_SIGNATURE, POISON_TEXT } poison;
	bool is_elsewhere;         /* wrong by its container alone */
	char from[128], to[128];   /* rewritten in the next payload */
	const char *next_kind, *next_body; /* of the next entry */
	enum { PERMIT_FITS, PERMIT_NONE, PERMIT_OTHER_LABEL,
		PERMIT_OTHER_READER } next_permit;
	const struct sim_entry *next_of;   /* which it is a revision of .. */
	const struct sim_entry *next_about; /* or about */
	bool next_wrong, next_same;        /* .. naming another before it, or
	                                    * with the same number */
	const char *next_tlp;
	int64_t next_until_ms;     /* not 0: it is under embargo */
	bool next_publish;
	struct store *backup;
	struct sentinel_state backup_sentinel;
	bool counts_epochs;        /* the name of a new log is no secret */
	bool restored;             /* so its old promises are off */
	bool forked;               /* it signs two histories: the same */
	struct span keyset;        /* the newest of its team */
	unsigned strangers;        /* bit per node not accepted here */
	uint64_t register_seen;    /* I10: the newest version so far .. */
	int64_t documents_ms;      /* .. and when a document came last */
	int64_t split_ms[SIM_NODES][SIM_NODES]; /* I13: since when; by whom */
	bool damaged;              /* it may have to take things twice */
	struct sim_event *event, **event_tail;
	unsigned refused;          /* appends that it would not take */
	char refusal[256];

	/* what it has done in all its lives */
	struct sim_entry *entry;
	size_t entry_n;
	unsigned waiting; /* appends not answered */
	char opening[128]; /* how its last wish for a new log ended; "" yet */
	struct sim_embargo embargo[SIM_EMBARGOES];
	unsigned embargo_n;
	uint64_t dials;
};

struct sim {
	uint64_t seed;
	uint64_t rng;
	struct now now;
	unsigned n;
	struct sim_node node[SIM_NODES];
	struct sim_conn conn[SIM_CONNS];
	const struct schema *schema;
	size_t circle_least;
	int64_t latency_ms; /* most, of a frame */
	bool cut[SIM_NODES][SIM_NODES]; /* frames from a to b are lost */
	bool follows;    /* what other teams erase is erased here too */
	bool verbose;
	bool to_self; /* entries are sealed to their origin too */
	bool rolled_back; /* somebody was: alarms are no breach */
	const char *forgiven; /* breaches that a wrong rule is to lead to */
	char breached[512];   /* the first of those */
	struct sim_log log[SIM_LOGS];
	size_t log_n;
	bool scripted; /* alarms and states are for the scenario to judge */
	bool struck;   /* a fault that was armed has come */
	enum sim_mangle mangle[SIM_NODES][SIM_NODES];
	uint8_t mangle_type; /* 0: any */
	unsigned mangle_every, mangled;
	bool calm; /* healing: nothing goes wrong any more */
	uint64_t events, frames, bytes;
	uint64_t sent[SIM_NODES]; /* bytes by sender, with SIM_FRAME_COST */
	int64_t views_ms; /* when views_step looks again */
	const char *failed; /* the first breach, or NULL */
	char failed_text[512];
	char unsettled[256];
	struct arena mem;
	struct span document[SIM_NODES + 2];
	size_t document_n;
	int64_t expires_s;
	struct digest root;
};

/* --- world.c --- */
/* `expires_ms`: so long charter and register are in date; 0: for years. From
 * `circle_least` readers on nodes seal to circles; 0: never. `follows`: what another erases
 * is erased here too. */
void sim_init(struct sim *s, unsigned nodes, uint64_t seed,
    const struct schema *schema, int64_t expires_ms, size_t circle_least,
    bool follows);
void sim_release(struct sim *s);
struct sim_node *sim_find(struct sim *s, struct span team);
uint32_t sim_random(struct sim *s, uint32_t below);
/* Let virtual time pass: up to `ms` or until nothing is left to do. */
void sim_run(struct sim *s, int64_t ms);
void sim_fail(struct sim *s, const char *format, ...) PRINTF_LIKE(2, 3);
/* For what only a fault of the simulator itself can break: abort. */
void sim_must(enum err e, const char *what);

/* --- keys.c --- */
/* A secret key; the same for every seed. */
struct jwk sim_key(enum jwk_kind kind, const char *team, const char *role);
/* A suspension of the team of node `i` for the next `seconds`. */
struct span sim_suspension(struct sim *s, unsigned i, int64_t seconds);
/* The keyring of a node; charter, register and keysets that all begin with. */
void keys_make_ring(struct sim_node *n);
void keys_make_documents(struct sim *s);

/* --- machine.c --- */
void sim_boot(struct sim_node *n);
/* The power goes: what is not durable is lost. It boots at `back_ms`. */
void sim_crash(struct sim_node *n, int64_t back_ms);
/* The power goes within what it is doing now. */
void sim_die(struct sim_node *n);
/* Is its power gone, in the middle of whatever it is doing? */
bool sim_is_dead(const struct sim_node *n);
/* The hub and what it was made with are let go. */
void machine_down(struct sim_node *n);
/* Its own clock: the wall may be off, the other never is. */
struct now sim_now(const struct sim_node *n);
/* Its people accept the identities of all but those it has for strangers. */
void sim_pin(struct sim_node *n);
/* A rolled back node opens a new log; what comes of it is in n->opening. */
void sim_open(struct sim_node *n);
/* The store of `n` is that of its backup; with its sentinel, or not. */
void sim_backup(struct sim_node *n);
void sim_restore(struct sim_node *n, bool with_sentinel, int64_t back_ms);
/* A wrong rule: the log of the restored node `n` becomes as long as the copy
 * of `from`, and it goes on with it. */
void sim_adopt(struct sim_node *n, struct sim_node *from);
/* `to` is a copy of the machine `from` from now on. */
void sim_clone(struct sim_node *from, struct sim_node *to,
    bool with_sentinel);

/* --- guard.c --- */
/* n->guard and n->pen: what a scenario has in store for `n` comes by them. */
void guard_make(struct sim_node *n);

/* --- entries.c --- */
/* Append an entry at node `n` for the nodes of `readers` (0: open). */
void sim_append(struct sim_node *n, unsigned readers, bool urgent,
    bool spoiled);
/* Append an entry to its private log, of a draft if `kind` says so: a new one,
 * or a revision of `id`. */
void sim_note(struct sim_node *n, const char *kind, const struct uuid *id,
    uint64_t rev, const char *body);

/* --- grown.c --- */
/* The log `origin`, empty so far on the disk of `n`, which is down, has so many
 * records that nobody here can open, under a checkpoint by `key`. */
void sim_grow(struct sim_node *n, struct span origin, const struct jwk *key,
    uint64_t records);

/* --- settled.c --- */
bool sim_is_settled(struct sim *s);
/* Everything is repaired; run until all is delivered, or fail. */
void sim_heal(struct sim *s, int64_t most_ms);

/* --- wire.c --- */
void wire_host(struct sim_node *n, struct hub_host *host);
/* Deliver what is due; false if nothing was. */
bool wire_step(struct sim *s);
int64_t wire_next(const struct sim *s);
void wire_node_gone(struct sim_node *n);
void wire_cut(struct sim *s, unsigned a, unsigned b);
/* Put a frame on the way as if `from` had sent it. False: no link. */
bool wire_inject(struct sim *s, unsigned from, unsigned to, uint8_t type,
    struct span payload);

/* --- embargo.c --- */
void embargo_note(struct sim_node *n, const struct digest *d,
    int64_t until_ms);
/* `n` has released entry `index` of its own log. */
void embargo_judge(struct sim_node *n, uint64_t index);

/* --- judge.c --- */
void judge_sent(struct sim_node *from, struct sim_node *to, uint8_t type,
    struct span payload);
void judge_boot(struct sim_node *n);
void judge_event(struct sim_node *n, const struct hub_event *e);
void judge_end(struct sim *s);
void judge_release(struct sim_node *n);
/* The log of this name; made when it is new and a team's of ours. */
struct sim_log *judge_log(struct sim *s, struct span origin);
/* Is it held by `n`, the log's owner too? */
bool judge_holds(struct sim_node *n, const struct sim_log *log,
    uint64_t index);
/* How much of a log its copy can show: what its checkpoint covers. */
uint64_t judge_shown(const struct hub_log_info *log);
/* Was it on a disk that was rolled back, and nowhere else? */
bool judge_is_lost(struct sim *s, const struct sim_entry *e);

/* --- views.c --- */
bool views_linked(struct sim_node *a, const struct sim_node *b);
void views_document(struct sim_node *n);
void views_step(struct sim *s);
void views_end(struct sim *s);

#endif
