/* SPDX-License-Identifier: Apache-2.0
 *
 * One node among its peers: the own log, mirrors of all others, links, and
 * what is owed to whom. It joins the deciding machines of watch/ to a store,
 * a keeper and links, and knows no socket, clock, file or thread: the daemon
 * (node/) and the simulator (tests/sim) run the very same code.
 *
 * It works in turns. Events are reported as they come (hub_frame,
 * hub_append, ...) and only staged; hub_turn then does one group of work in
 * the one order that must hold:
 *
 *   1 keeper: sign own entries, open what came          (nothing durable yet)
 *   2 one transaction: records, bodies, heads, fence    COMMIT, durable
 *   3 keeper: own checkpoint, receipts, cosignatures    only of what is durable
 *   4 the sentinel, with that checkpoint's signature    durable
 *   5 release: pushes, receipts, answers leave the node
 *
 * The checkpoint's row in the store follows with a later transaction.
 *
 * doc/protocol.md, "Own log" and "Mirrors".
 */
#ifndef PEER_HUB_H
#define PEER_HUB_H

#include "base/arena.h"
#include "base/err.h"
#include "base/instant.h"
#include "base/span.h"
#include "base/uuid.h"
#include "crypto/hash.h"
#include "crypto/keeper.h"
#include "crypto/sign.h"
#include "ledger/tree.h"
#include "record/attachment.h"
#include "record/registry.h"
#include "rules/permit.h"
#include "schema/kind.h"
#include "store/blobs.h"
#include "store/sentinel.h"
#include "store/store.h"
#include "watch/embargo.h"
#include "watch/mirror.h"
#include "watch/silence.h"
#include "watch/start.h"
#include "watch/trust.h"

#include <stdbool.h>
#include <stdint.h>

struct hub;
struct hub_link; /* one authenticated connection */

/* What never changes while the hub lives. Spans are copied. */
struct hub_config {
	struct span team;
	struct span node;           /* full name, "<domain>/node/<team>" */
	struct span origin;         /* its first shared log; the store may
	                             * name a later one */
	struct span private_origin; /* its private log */
	struct sign_public private_public; /* key of the private log */
	int64_t ask_wait_ms;
	int64_t heartbeat_ms;
	int64_t silent_ms;
	int64_t unreachable_ms;
	int64_t dial_least_ms;
	int64_t dial_most_ms;
	bool compress;
	size_t circle_least; /* readers from which on a circle is made; 0: never */
	bool follow_erasure; /* what other teams erase is erased here too */
	/* for the price of a promise, in bench/ only */
	bool without_receipts;
};

/* Borrowed; must outlive the hub. The store key wraps opened text at rest. */
struct hub_parts {
	struct store *store;
	struct keeper *keeper;
	struct sentinel *sentinel; /* NULL: the file is missing or unreadable */
	struct registry *registry;
	const struct schema *schema;
	const unsigned char *store_key; /* 32 bytes */
	struct blobs *blobs; /* NULL: no attachments are kept here */
};

enum hub_event_type {
	HUB_STATE,     /* the node's own state changed: `text` says why */
	HUB_LINK_UP,   /* `team` */
	HUB_LINK_DOWN, /* `team`, `err`, `text` */
	HUB_REFUSED,   /* `team` sent something wrong: `err`, `text` */
	HUB_SILENCE,   /* the silence state of `team` changed: `text` */
	HUB_CLOCK,     /* the clock of `team` is off */
	HUB_ACCEPTED,  /* body `index` of `origin` is durable here */
	HUB_QUARANTINED, /* the same, by its origin's fault: `text` */
	HUB_CHANGED,   /* body `index` of `origin` is judged otherwise now, for
	                * what came after it: `text`, "" if it is good */
	HUB_RELEASED,  /* own log: everything up to `index` is released */
	HUB_NOTED,     /* own private log: entry `index` is durable */
	HUB_RECEIPTED, /* `team` holds more of the own log */
	HUB_DOCUMENT,  /* a register document was accepted */
	HUB_ALARM,     /* people must look: `text` */
	HUB_ERASED,    /* what entry `index` of `origin` names is deleted from
	                * the store: what is derived from it has to go too */
	HUB_EMBARGO,   /* of the own entry `index`: released, or a person is
	                * asked: `text` */
	HUB_SHUT_OUT,  /* `team` does not link with this node: `text` */
	HUB_SWEPT      /* attachments that nothing names any more are deleted:
	                * `text` says how many */
};

struct hub_event {
	enum hub_event_type type;
	struct span team;
	struct span origin;
	uint64_t index;
	enum err err;
	const char *text; /* no content above TLP:CLEAR; may be "" */
};

/* The world as the hub sees it. Calls come from inside hub_turn (dial, send,
 * close, notify) or from where the hub is called. */
/* An embargo whose time has come: what goes out, and to whom. */
struct hub_widening {
	struct span payload;     /* of the original */
	const struct digest *of; /* its D */
	struct uuid original, id; /* its id, and that of the release */
	enum tlp tlp;            /* TLP:CLEAR: to everybody */
	struct span *team;       /* else to these */
};

struct hub_host {
	void *ctx;
	/* Queue a frame; `klass` 0 control, 1 urgent, 2 records, 3 other. An
	 * error closes the link at the end of the turn. */
	enum err (*send)(void *ctx, void *conn, unsigned klass, uint8_t type,
	    struct span payload);
	/* May more of classes 2 and 3 be queued now? If not, call
	 * hub_link_room when there is room again. */
	bool (*has_room)(void *ctx, void *conn);
	/* Flush and close; the hub has forgotten the link already. */
	void (*close)(void *ctx, void *conn);
	/* HELLO agreed on it: compress what is sent from now on. */
	void (*set_zstd)(void *ctx, void *conn, bool on);
	/* An address for a team's node that goes before those of its keyset,
	 * "" if there is none; lives as long as the hub. May be NULL. */
	struct span (*find_address)(void *ctx, struct span team);
	/* Connect to a peer, then hub_link_up or hub_dial_failed. */
	void (*dial)(void *ctx, struct span node, struct span address);
	/* May it go? Those of the `n` teams who may not have it are taken out.
	 * May be NULL: it may. */
	bool (*may_widen)(void *ctx, const struct hub_widening *x, size_t *n);
	void (*random)(void *ctx, void *out, size_t n);
	void (*notify)(void *ctx, const struct hub_event *e);
};

/* Load everything from the store and decide whether the own log may go on
 * (watch/start.h). The own and the private log are made if the store is new.
 * ERR_DAMAGED, ERR_IO from the store. The hub is returned also when the own
 * log may not go on: it still serves reads. */
MUST enum err hub_create(const struct hub_config *config,
    const struct hub_parts *parts, const struct hub_host *host,
    struct now now, struct hub **out);
void hub_free(struct hub *h); /* accepts NULL */

/* --- links --- */

/* A connection is authenticated by the TLS key with thumbprint `tls_kid`.
 * `node` is the peer that was dialled, "" if it came in. NULL if the key is
 * in no keyset, or the peer is suspended or refused: close it. */
struct hub_link *hub_link_up(struct hub *h, void *conn,
    const struct digest *tls_kid, struct span node, struct now now);

/* What is to be said to who proved this key and is not linked with, appended
 * to `out` as the payload of a BYE. False if nothing is: no team has the key,
 * or it is revoked. */
bool hub_refusal(const struct hub *h, const struct digest *tls_kid,
    struct now now, struct buf *out);

/* The connection ended, or has room again. */
void hub_link_down(struct hub *h, struct hub_link *l, enum err why,
    struct now now);
void hub_link_room(struct hub *h, struct hub_link *l);

void hub_dial_failed(struct hub *h, struct span node, struct now now);

/* A frame came. The link may be closed by it (then host.close was called and
 * false is returned: `l` is void). */
MUST bool hub_frame(struct hub *h, struct hub_link *l, uint8_t type,
    struct span payload, struct now now);

/* Do the turn's work. Call it once after all events of a loop turn, and when
 * hub_wake's time has come. */
void hub_turn(struct hub *h, struct now now);

/* When hub_turn wants to be called at the latest. */
struct mono hub_wake(const struct hub *h);

/* Finish: cosign and sign what is staged, say goodbye on all links. */
void hub_stop(struct hub *h, struct now now);

/* --- writing --- */

/* A new entry, of the shared or of the private log. All spans are copied.
 * Into the shared log goes nothing without a permit that fits kind, label and
 * audience (rules/permit.h); what the node says by itself needs none to be
 * given: the lines that are built in decide. */
struct hub_draft {
	struct permit permit;
	bool is_private;
	struct span kind;
	struct span tlp;
	bool has_id; /* else a new UUIDv7 is made */
	struct uuid id;
	uint64_t rev;
	const struct span *aud; /* teams; empty for TLP:CLEAR */
	size_t aud_n;
	const struct digest *replaces;
	size_t replaces_n;
	bool has_re;
	struct digest re;
	bool has_exp;
	int64_t exp_s;
	bool has_embargo;
	int64_t embargo_until_s;
	bool embargo_publish; /* at the time, by itself; else a person is asked */
	bool urgent;
	struct span body; /* JSON object */
};

struct hub_appended {
	enum err err;
	const char *text; /* why not, a sentence; "" if err is ERR_NONE */
	struct uuid id;
	uint64_t index;
	struct digest digest;
};

typedef void hub_append_fn(void *ctx, const struct hub_appended *result);

/* Append an entry. `done`, which may be NULL, is called during the next
 * hub_turn, after step 5 (released) and what the host is told of it, or with
 * the reason of the refusal; nothing is appended then. At most 128 are taken
 * in one turn, others wait. */
void hub_append(struct hub *h, const struct hub_draft *draft,
    hub_append_fn *done, void *ctx);

/* How many entries wait to be appended. Who takes work from others stops while
 * there are many: none of them is durable yet. */
size_t hub_waiting(const struct hub *h);

/* A rollback was recognised and a person wants to go on: open a new log under
 * a random name. `reason` is one line, LIMIT_REASON at most. `done` is called
 * in a later turn, when the new log's first entry is released, or with the
 * reason why not; at once if the state is not that of START_RESTORED. */
void hub_open_epoch(struct hub *h, struct span reason, hub_append_fn *done,
    void *ctx, struct now now);

/* ERR_NONE if an entry could be appended now, else ERR_RESTORED, ERR_FULL,
 * ERR_STATE with a sentence in `why` (borrowed). */
MUST enum err hub_may_append(const struct hub *h, const char **why);

/* May what waits for a time (embargoes, suspensions) be done by this node's
 * clock (watch/trust.h)? And a person's word that the clock is right. */
enum trust_state hub_clock(const struct hub *h);
void hub_clock_confirm(struct hub *h, struct now now);

/* The embargoes of the own log that are still to be released, by index. */
size_t hub_embargo_count(const struct hub *h);
struct embargo_item hub_embargo(const struct hub *h, size_t i);

/* Which of `aud` could not read a sealed entry because they have no key to
 * seal to, are not in good standing, or have an identity that was not accepted
 * here? Gives the first. False if all can. */
bool hub_find_unsealable(const struct hub *h, const struct span *aud,
    size_t aud_n, struct wall now, struct span *out);

/* Where a stolen entry key of the own log is cut by default: the largest size
 * that at least `least` other teams had cosigned before `time_s` (of fewer
 * teams than that: all of them); 0 if there was none. */
MUST enum err hub_cut(struct hub *h, size_t least, uint64_t time_s,
    uint64_t *size);

/* A document from a local person or file; kept and forwarded if it is valid
 * and newer. */
enum registry_result hub_offer_document(struct hub *h, struct span bytes,
    struct now now, struct fault *f);

/* Other pins stand in the local file now: what they say holds at once. */
void hub_set_pins(struct hub *h, const struct pin *pins, size_t n,
    struct now now);

/* --- attachments --- */

/* How a fetch goes: bytes of the sealed blob here, and at the end `is_over`
 * with ERR_NONE, or why not: ERR_NOT_FOUND (nobody linked has it and gives
 * it), ERR_FULL, ERR_IO, ERR_CLOSED (the node is stopping). */
struct hub_fetched {
	bool is_over;
	enum err err;
	uint64_t have;
	uint64_t size;
};
typedef void hub_fetch_fn(void *ctx, const struct hub_fetched *told);

/* Bring an attachment here that entry `index` of log `log` lists, from any
 * linked node of its audience, the origin first: `told` is called during
 * later turns. Several may wait for one blob. It is kept under its digest,
 * once it has that digest. Nothing is asked if it is here already. */
void hub_fetch(struct hub *h, uint32_t log, uint64_t index,
    const struct attachment *at, hub_fetch_fn *told, void *ctx);

/* `ctx` waits no more; what is under way goes on. */
void hub_fetch_leave(struct hub *h, const void *ctx);

/* What lies there, as the last pass saw it that looked for what nothing names
 * any more (watch/sweep.h). */
struct hub_swept {
	int64_t at_s;     /* 0: there was none yet */
	uint64_t count, bytes;
	uint64_t unnamed; /* that will go if nothing names them */
	uint64_t removed; /* by this process */
	bool is_unsure;   /* nothing went: an entry cannot be read */
};
struct hub_swept hub_swept(const struct hub *h);

/* What heartbeats say of the watch of this node, of HUB_COVER_*: nothing (0),
 * or HUB_COVER_SAID, with HUB_COVERED if somebody keeps it, and HUB_COVER_EN <<
 * number for each language (schema/words.h) that is spoken there. */
enum {
	HUB_COVER_SAID = 2,
	HUB_COVERED = 4,
	HUB_COVER_EN = 8
};
void hub_set_cover(struct hub *h, uint8_t cover);

/* --- reading --- */

const struct start *hub_start(const struct hub *h);

struct hub_log_info {
	uint32_t id;
	enum store_role role;
	struct span origin;
	struct span team;
	uint64_t size;
	struct digest root;
	struct span checkpoint;  /* newest note; may be "" */
	uint64_t newest;         /* largest checkpoint size seen */
	uint64_t bodies_missing; /* open bodies not here */
	enum mirror_state state;
	/* two histories were signed: entries from here on are disputed, but
	 * shown; UINT64_MAX: none is */
	uint64_t disputed;
	bool astray; /* closed, and not with the history that is held here */
};
size_t hub_log_count(const struct hub *h);
struct hub_log_info hub_log(const struct hub *h, size_t i);

struct hub_peer_info {
	struct span team;
	struct span node;
	bool linked;
	enum silence_state silence;
	int64_t heard_ms_ago; /* -1: never */
	bool clock_off;
	bool degraded;
	uint8_t cover; /* enum of hub_set_cover; 0: it says nothing */
	bool frozen;    /* it signed two histories of a log */
	bool confirmed; /* its identity was accepted here */
	bool shuts_out; /* it said that this team is not admitted */
	uint64_t due;      /* bodies of ours it has not receipted, */
	uint64_t due_from; /* the first of them */
	uint64_t receipts; /* of it that we hold, */
	uint64_t last_of;  /* and of how much the last one speaks */
	uint64_t theirs_due; /* bodies of its log that it still owes us */
};
size_t hub_peer_count(const struct hub *h);
struct hub_peer_info hub_peer(const struct hub *h, size_t i, struct now now);

/* Has `team` receipted entry `index` of `log`, the own one or a former? */
bool hub_is_delivered(const struct hub *h, uint32_t log, struct span team,
    uint64_t index);

/* Was it sent on the present link, and not yet receipted? */
bool hub_is_sent(const struct hub *h, struct span team, uint64_t index);

/* The opened JWS of a body: verbatim for open entries, unwrapped for sealed
 * ones. ERR_NOT_FOUND, ERR_DAMAGED; ERR_DECRYPT if it was never opened. */
MUST enum err hub_read_entry(struct hub *h, uint32_t log, uint64_t index,
    struct arena *a, struct store_body *body, struct span *jws);

/* The tree of a log as a source for roots and proofs. */
struct tree_source hub_tree_source(struct hub *h, size_t i);

/* The oldest signed note of the own log that covers entry `index` and has
 * good cosignatures of at least `need` (1 or more) other teams, and of how
 * many; ERR_NOT_FOUND if there is none yet. Cosignatures of other logs go to
 * their origins. */
MUST enum err hub_find_witnessed(struct hub *h, uint64_t index, size_t need,
    struct arena *a, struct span *note, size_t *count);

#endif
