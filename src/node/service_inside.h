/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the node's process share: the parts of the service. Not
 * for anybody outside node/. All of it lives on the one loop.
 *
 *   service.c    running and closing in the order that must hold
 *   service_open.c  opening, in that order
 *   documents.c  the documents folder
 *   members.c    own keys, confirmations, dates
 *   peering.c    connections for the hub's links
 *   control.c    the control socket, calls and events
 *   pages.c      pages to persons, and the way to the courier
 *   site_link.c  the way to the writer of the public site
 *   cmd_*.c      the commands
 */
#ifndef NODE_SERVICE_INSIDE_H
#define NODE_SERVICE_INSIDE_H

#include "base/limits.h"
#include "index/index.h"
#include "net/loop.h"
#include "node/config.h"
#include "node/keeper.h"
#include "node/rulebook.h"
#include "peer/hub.h"
#include "watch/lapse.h"
#include "watch/rest.h"

struct agreements_book;
struct answers;
struct backups;
struct broadcast;
struct control;
struct duties;
struct escalations;
struct keeping;
struct letter_keys;
struct mailings;
struct pages;
struct proving;
struct trials;
struct obligations;
struct officials;
struct reports;
struct site_link;
struct rosters;
struct peering;
struct uploads;

enum standing {
	STANDING_GOOD,
	STANDING_SUSPENDED,
	STANDING_REMOVED,
	STANDING_UNLISTED /* the register does not know it */
};

struct service {
	const struct config *config; /* as the process was started */
	struct config fresh;         /* read again by SIGHUP, or zero */
	struct loop *loop;
	struct loop_timer *wake;
	struct rest index_rest;      /* until the index is taken further */
	struct loop_timer *idle;     /* a slice of the index after this */
	bool index_has_news;         /* since its readers were stirred */
	int64_t index_from_ms;       /* not before: bodies stream in */
	int64_t accepted_ms;     /* when the last body came */
	struct loop_timer *last;     /* ends a stop that hangs */
	struct loop_timer *reviews;  /* the clock of reviews (approvals.h) */
	struct loop_timer *lapses;   /* of what frees itself (claims.h) */
	struct lapse lapse;
	bool drill_plays;          /* an inject is on its way (drills.h) */
	bool schedule_runs;        /* a test alert by schedule (schedules.h) */
	int64_t schedule_rest_ms;  /* something failed: not before */
	struct digest drill_told;  /* the real notice that stopped exercises */
	struct store *store;
	struct sentinel *sentinel;
	struct schema *schema;
	struct registry *registry;
	struct keeper_client *keeper;
	struct hub *hub;
	struct blobs *blobs;
	struct uploads *uploads;
	struct backups *backups;
	struct index *index;
	struct escalations *escalations; /* NULL before they are open */
	struct duties *duties;           /* NULL before they are open */
	struct rosters *rosters;         /* NULL before the first look */
	struct peering *peering;
	struct control *control;
	struct pages *pages;
	struct trials *trials;       /* test alerts: the policy */
	struct proving *proving;     /* ways to persons are tested; NULL */
	struct broadcast *broadcast; /* NULL before it is open */
	struct answers *answers;     /* codes in replies to pages */
	struct mailings *mailings;
	struct letter_keys *letter_keys;
	struct reports *reports;     /* of the public */
	struct officials *officials; /* who have a token; NULL: none came */
	struct site_link *site;      /* the way to the writer of the site */
	struct rulebook rulebook;
	struct keeping *keeping;
	struct agreements_book *agreements; /* NULL before the first look */
	struct anchors *anchors;     /* of the private log */
	struct outdated *outdated;   /* what was sent on and has changed */
	struct overlaps *overlaps;   /* what several origins hold */
	struct overlap_links *overlap_links; /* tells them of one another */
	struct promises *promises;   /* clocks of cases */
	struct pledges *pledges;     /* and of notices of others */
	struct obligations *obligations; /* to report; NULL: no profile */
	struct audit_recent *recent; /* audit.c: what was told just now */
	unsigned char store_key[32];
	struct sign_public private_public; /* signs the private log */
	struct jwk private_jwk;            /* the same */
	struct jwk entry_jwk;              /* signs entries */
	struct jwk intake_jwk;             /* reports are sealed to it, */
	bool has_intake;                   /* if there is one */
	struct digest keys[KEEPER_PUBLIC_MAX]; /* thumbprints of the keyring */
	size_t key_n;
	char index_path[4352];
	struct span own_team;
	char origin[LIMIT_NAME + 1];
	char private_origin[LIMIT_NAME + 1];
	char node[LIMIT_NAME + 1];
	/* members.c */
	struct loop_timer *renew;    /* begin again with other keys */
	struct loop_timer *daily;
	struct digest own_keyset;    /* hash of the one that was looked at */
	enum standing standing;      /* as it was told last */
	struct digest asked[LIMIT_TEAMS]; /* to be confirmed: told once */
	size_t asked_n;
	bool is_renewed;             /* the parent starts the pair again */
	bool in_turn;                /* hub_turn is running */
	bool is_stopping;
	struct mono stop_at;
	enum err end;                /* what service_run returns */
};

/* Do hub_turn soon: something was staged outside the hub's events. */
void service_stir(struct service *s);

/* Tell people that they must look: an event and a line of the log. No content
 * above TLP:CLEAR in `text`. */
void service_alarm(struct service *s, const char *text);

/* Finish what is staged, say goodbye, and end the process. */
void service_stop(struct service *s);

/* --- service_open.c --- */

/* Open everything that needs files or keys, in the order of need. What failed
 * is logged, and what was opened before it stays open: service.c closes it. */
MUST enum err service_open(struct service *s, int keeper_fd);

/* What the hub tells: `ctx` is the service. */
void service_told(void *ctx, const struct hub_event *e);

/* --- members.c --- */

void members_start(struct service *s);
void members_stop(struct service *s);

/* A register document or the pins have changed. */
void members_changed(struct service *s);

/* Is the operator to be asked about the identity of this team? */
bool members_wants_confirmation(const struct service *s,
    const struct team *t);

/* The hash of the own team's newest keyset, zero if there is none. */
struct digest members_own_keyset(const struct service *s);

/* How the own team stands by the documents that are held here; `until_s` gets
 * the end of a suspension, else 0. And its word. */
enum standing members_standing(const struct service *s, int64_t *until_s);
const char *members_standing_word(enum standing s);

/* Take at most `most` waiting entries into the index. Errors are logged. */
MUST enum err service_index(struct service *s, unsigned most);

/* How long the index should rest now: while bodies stream in they come first,
 * and it takes an eighth of the time of this thread, to which both belong. */
int64_t service_index_rest(const struct service *s);

#endif
