/* SPDX-License-Identifier: Apache-2.0
 *
 * The registry: the resolved view of all newest valid register documents.
 * Pure: documents in, answers out. The view is a function of the documents
 * offered, not of their order, as long as the caller offers again what was
 * REGISTRY_UNVERIFIABLE after every REGISTRY_ACCEPTED. (Only where somebody
 * signed two different payloads with one version does the first one count,
 * and an alarm says so.)
 *
 * Which document is newest:
 *   charter   a chain without gaps from the pinned one: each needs its
 *             predecessor here, its hash and both thresholds;
 *   register  under any charter of the chain; the later charter wins, then
 *             the higher version, so that authorities who were replaced
 *             cannot outbid their successors. Versions may be skipped;
 *   keyset    signed by the identity key of the newest register; highest
 *             version wins, versions may be skipped. When the register
 *             changes an identity, the keyset signed by the old one leaves
 *             the view until the new identity has signed one;
 *   suspension  one for each team and register; lapses with the register;
 *   epoch     signed by an entry key of the team's newest keyset; adds a log
 *             to that keyset's, as long as the keyset does not list it itself.
 *   designations  as the register.
 * A `prev` that names another payload than the one held is an alarm for
 * registers and keysets, not a refusal: the higher version still unites all.
 * Expiry warns; it stops nothing.
 */
#ifndef RECORD_REGISTRY_H
#define RECORD_REGISTRY_H

#include "base/instant.h"
#include "record/designation.h"
#include "record/epoch.h"
#include "record/keyset.h"
#include "record/register.h"

struct registry;

enum registry_result {
	REGISTRY_ACCEPTED,     /* newer than what was held; the view changed */
	REGISTRY_SAME,         /* held already (perhaps other signatures) */
	REGISTRY_OLDER,        /* valid once, superseded */
	REGISTRY_CONFLICT,     /* another payload of the version held: alarm */
	REGISTRY_UNVERIFIABLE, /* needs a document not held: keep and retry */
	REGISTRY_INVALID       /* refused, see the fault */
};

/* The local pin file: consulted first, and it always wins. A refused team or
 * identity key: the team is as if unknown. A refused hot key: not found. An
 * accepted team is in good standing whatever the register says of it (but it
 * must stand there). An accepted hot key counts as not revoked. Pins do not
 * concern authorities. A refusal wins over an acceptance. */
enum pin_verdict { PIN_ACCEPT, PIN_REFUSE };

struct pin {
	enum pin_verdict verdict;
	/* a team id; or, with an empty team, a key's thumbprint */
	struct span team;
	struct digest kid;
};

enum { REGISTRY_ALARM_TEXT = 192, REGISTRY_ALARMS = 64 };

/* Something that people must look at. */
struct registry_alarm {
	enum document_kind kind;
	uint64_t version;
	struct digest held;
	struct digest other;
	char text[REGISTRY_ALARM_TEXT]; /* English, one line */
};

/* Found by kid: a hot key and where it stands. Borrowed from the registry
 * until the next registry_offer. */
struct registry_key {
	const struct team *team;
	const struct keyset *keyset;
	const struct keyset_node *node;
	const struct keyset_key *key;
	const struct keyset_revoked *revoked; /* NULL: not revoked */
};

struct registry_log {
	const struct team *team;
	const struct keyset_log *log;
};

/* A team's identity for local consent. */
struct registry_identity {
	struct digest kid;  /* thumbprint = fingerprint */
	bool confirmed;     /* a pin accepts this key; one on the team is not
	                     * enough, since the key may have been swapped */
	bool suspended;     /* at the time asked for */
};

struct registry_document {
	enum document_kind kind;
	struct span team; /* keyset and suspension; else empty */
	uint64_t version; /* suspension: that of the register */
	struct digest hash;
	struct span bytes;
};

/* What is near or past its date: charter and register expire, a designation is
 * to be reviewed, a suspension ends. */
struct registry_warning {
	enum document_kind kind;
	struct span team; /* designation and suspension; else empty */
	int64_t expires_s;
	bool expired; /* else: within 30 days */
	struct span reason; /* of a suspension; else empty */
	size_t document;    /* that says so: of registry_document_at */
};

enum designation_state {
	DESIGNATION_NONE,  /* none, or it names another state */
	DESIGNATION_VALID,
	DESIGNATION_STALE  /* its review is past: holds, and warns */
};

/* `root` is the payload hash of the charter that this node trusts from the
 * start: the first one, or a re-founding one. Pins are copied. */
struct registry *registry_create(const struct digest *root,
    const struct pin *pins, size_t pin_count);
void registry_free(struct registry *r); /* accepts NULL */

/* Offer a document as it came from anybody. `f` (may be NULL) tells why for
 * CONFLICT, UNVERIFIABLE and INVALID. After ACCEPTED all borrowed pointers
 * are stale. */
enum registry_result registry_offer(struct registry *r, struct span bytes,
    struct fault *f);

const struct charter *registry_charter(const struct registry *r); /* or NULL */
const struct register_doc *registry_register(
    const struct registry *r); /* or NULL */
struct span registry_domain(const struct registry *r); /* empty: no charter */

/* The team of this id, whatever its status; NULL if unknown or refused. */
const struct team *registry_team(const struct registry *r, struct span id);
const struct keyset *registry_keyset(const struct registry *r, struct span id);

/* Member and not suspended at `now` (an accepting pin overrides suspension).
 * Such teams ascending by id: up to `max` into `out`, returns how many. */
bool registry_is_good(const struct registry *r, struct span id,
    struct wall now);
size_t registry_good_teams(const struct registry *r, struct wall now,
    const struct team **out, size_t max);

/* The key `kid` of `team` in `role`. Several teams may list one public key
 * (it is public), so the team is always asked for: that of a payload's `iss`
 * or of a HELLO. Revoked keys are found too; see `revoked`. */
MUST enum err registry_key_find(const struct registry *r, struct span team,
    const struct digest *kid, enum key_role role, struct registry_key *out);

/* The rule of a key in force, with pins: may `kid` of `team` have signed
 * index `index` of `origin`? */
enum key_state registry_entry_state(const struct registry *r, struct span team,
    const struct digest *kid, struct span origin, uint64_t index);

MUST enum err registry_log_find(const struct registry *r, struct span origin,
    struct registry_log *out);

/* Its place in its team's keyset, from 1; 0 if it is not there. */
uint32_t registry_log_rank(const struct registry *r, struct span origin);

/* The log that `team` signs now: the last that is not closed, of its keyset
 * and then of its epochs by their order. NULL if there is none. */
const struct keyset_log *registry_log_in_use(const struct registry *r,
    struct span team);

/* The epoch that opened the log `origin`, as long as no keyset of the team
 * lists that log; else NULL. */
const struct epoch *registry_epoch_find(const struct registry *r,
    struct span origin);

/* Who may present this TLS key? With an empty `node` the first in order of
 * team, else exactly that node. Revoked or refused: ERR_NOT_FOUND. */
MUST enum err registry_tls_find(const struct registry *r,
    const struct digest *kid, struct span node, struct registry_key *out);

/* The key with which node `node` cosigns; by its newest not revoked key.
 * ERR_NOT_FOUND. With `kid` not NULL, exactly that key. */
MUST enum err registry_cosign_find(const struct registry *r, struct span node,
    const struct digest *kid, struct registry_key *out);

/* All keys with which node `node` may cosign, newest first: a rotation lists the
 * next beside the last. Up to `max` into `out`, returns how many. */
size_t registry_cosign_keys(const struct registry *r, struct span node,
    struct registry_key *out, size_t max);

/* Recipients' keys for sealing to `team`: `enc` keys that are not revoked. */
size_t registry_enc_keys(const struct registry *r, struct span team,
    const struct keyset_key **out, size_t max);

/* The node of this name; NULL if unknown. `team` (may be NULL) is its team. */
const struct keyset_node *registry_node_find(const struct registry *r,
    struct span name, const struct team **team);

/* Nodes of all member teams in order of team, then of keyset. */
size_t registry_nodes(const struct registry *r,
    const struct keyset_node **out, size_t max);

MUST enum err registry_identity(const struct registry *r, struct span team,
    struct wall now, struct registry_identity *out);

/* Local consent: has the operator accepted the identity key that the register
 * states for `team` now (by a pin on the key)? Until then the team gets
 * nothing sealed, and what it sends is shown as unconfirmed. False of a team
 * that is unknown or refused. The own team is confirmed by whoever asks. */
bool registry_is_confirmed(const struct registry *r, struct span team);

/* Neither charter nor register has expired: nothing may be added under one
 * that has, no team, no consent. What is there goes on. */
bool registry_may_add(const struct registry *r, struct wall now);

/* Put other pins in the place of those given at creation; copied. What was
 * found before may be judged otherwise now. */
void registry_set_pins(struct registry *r, const struct pin *pins, size_t n);

/* Documents of the view, sorted by kind, team, version: for forwarding and
 * for the digest that HELLO compares. All charters of the chain are in it.
 * registry_document_at(i) with i < registry_document_count(). */
size_t registry_document_count(const struct registry *r);
struct registry_document registry_document_at(const struct registry *r,
    size_t i);

/* Names of the authorities that signed the i-th of these, in the order of the
 * charter under which it stands, at most LIMIT_DOCUMENT_SIGNATURES; none of a
 * keyset or epoch, which its team signs. Verifies all its signatures. */
size_t registry_signers(const struct registry *r, size_t i,
    struct span *names);

/* SHA-256 over (kind u8, team span8, version u64, hash) of each of these. */
struct digest registry_digest(const struct registry *r);

/* The designation of a team of the register; `out` (may be NULL) is set unless
 * there is none. */
enum designation_state registry_designation(const struct registry *r,
    struct span team, struct wall now, const struct designation **out);

/* Which pin decides about this team or its identity key, refusals first;
 * NULL: none. */
const struct pin *registry_pin(const struct registry *r, struct span team);
const struct pin *registry_pins(const struct registry *r, size_t *count);

/* Sorted by kind and team; up to `max` into `out`, returns how many. */
size_t registry_warnings(const struct registry *r, struct wall now,
    struct registry_warning *out, size_t max);

/* Conflicts seen, oldest first, at most REGISTRY_ALARMS are kept. */
const struct registry_alarm *registry_alarms(const struct registry *r,
    size_t *count);

#endif
