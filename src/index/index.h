/* SPDX-License-Identifier: Apache-2.0
 *
 * The index: a reader of all logs of this node that keeps, in a file of its
 * own, what lists and searches need. Everything in it is derived: the file
 * may be removed at any time and is made again from the logs, to the same
 * views, whatever the order in which entries came.
 *
 * Bodies come newest-first while a mirror catches up, so no single number can
 * say what was taken: the cursor is the set of taken positions itself, written
 * in the same transaction as their effect. After index_open all body rows of
 * the store are held against that set once (their bytes are not read), and
 * index_arrived names what comes later.
 *
 * At rest: titles and texts above TLP:CLEAR stand here only wrapped under the
 * store key, words only as keyed digests; TLP:CLEAR stands as it is.
 * doc/internals/index.md has tables and rules.
 */
#ifndef INDEX_INDEX_H
#define INDEX_INDEX_H

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "base/uuid.h"
#include "crypto/hash.h"
#include "schema/kind.h"
#include "schema/tlp.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

struct index;

/* Borrowed while the index lives, except `team`, which is copied. */
struct index_config {
	const char *path;
	const struct schema *schema;
	const unsigned char *store_key; /* 32 bytes */
	struct span team; /* this node's own: what it issued, what it owes */
};

/* Where entries come from. `read` gives the body row and the opened JWS of a
 * position, as hub_read_entry does; spans live in `a`. ERR_NOT_FOUND,
 * ERR_DAMAGED and ERR_DECRYPT mean that it cannot be read now. */
struct index_source {
	void *ctx;
	struct store *store; /* logs, heads and body rows are scanned here */
	enum err (*read)(void *ctx, uint32_t log, uint64_t index,
	    struct arena *a, struct store_body *body, struct span *jws);
	/* The place of a log among the logs of its team, the newest epoch
	 * highest; NULL: the order of log ids. */
	uint32_t (*rank)(void *ctx, uint32_t log);
	/* The same for the log of an entry that another one carries; NULL or
	 * 0: not known, older than any. */
	uint32_t (*rank_of)(void *ctx, struct span origin);
};

/* Open or make the index. A file that is damaged, of another version, or made
 * with another schema, team or store key, is emptied: everything is then taken
 * again. ERR_BUSY, ERR_FULL, ERR_IO with a sentence in `f`. */
MUST enum err index_open(const struct index_config *config,
    struct index **out, struct fault *f);

/* Accepts NULL. */
void index_close(struct index *ix);

/* Take at most `most` entries, in one transaction; `taken` says how many
 * were (0 with ERR_NONE: nothing is waiting that was looked for in this slice;
 * index_lag tells whether there is more to look through). Work is bounded:
 * call it when idle, 8 entries or so at a time. An entry that cannot be read is
 * passed over and tried again after the next index_sweep or index_open. On
 * failure nothing of this slice is taken and it may be tried again; after
 * ERR_DAMAGED, of the file itself, only index_reset helps. */
MUST enum err index_step(struct index *ix, const struct index_source *source,
    unsigned most, unsigned *taken);

/* A body came, or changed its state: take it soon. Costs nothing; what is
 * named twice is taken once. */
void index_arrived(struct index *ix, uint32_t log, uint64_t index);

/* Look through all logs again, for bodies whose state changed unnamed (a key
 * was revoked, a body erased). Of a body that is erased nothing is left in the
 * file, nor beside it, after the step that finds it. */
void index_sweep(struct index *ix);

/* How many positions may still have to be looked at; 0: all is taken. */
uint64_t index_lag(const struct index *ix);

/* False from when a file was begun anew (the first time, another layout,
 * damage, index_reset) until a sweep over all logs has ended once; then it is
 * true while the file lives, over restarts too. While it is false, what is not
 * found may be there: nobody may act on that. If index_lag is 0, it is
 * true. */
bool index_is_whole(const struct index *ix);

/* Can all notices be found by their words? After an erasure the words of all
 * are put anew (those of one text cannot be taken out alone), newest first, in
 * the steps that find nothing else to do; until then false, and only notices
 * that came since `since_s` are found by words. Everything else is there
 * meanwhile, and index_lag does not count it. */
bool index_has_words(const struct index *ix, int64_t *since_s);

/* Forget everything and begin again (reindex). */
MUST enum err index_reset(struct index *ix);

/* --- rows --- */

enum index_flag {
	INDEX_NOTICE = 1,       /* stands in the inbox: of a kind that is issued
	                         * to the network, or of an unknown kind */
	INDEX_MINE = 2,         /* issued by the own team */
	INDEX_ACKNOWLEDGED = 4, /* this revision, by the own team */
	INDEX_OWED = 8,         /* the own team owes an acknowledgement */
	INDEX_UPDATED = 16,     /* there are earlier revisions */
	INDEX_ENDED = 32,       /* withdrawn or closed */
	INDEX_REPLACED = 64,    /* another record of its team stands instead */
	INDEX_URGENT = 128,     /* level 4 or 5 */
	INDEX_EXERCISE = 256,
	INDEX_ANSWER = 512,     /* is an acknowledgement */
	INDEX_PRIVATE = 1024,   /* of the private log */
	INDEX_UNKNOWN = 2048,   /* of a kind that is not known here */
	INDEX_NEWEST = 4096,    /* the newest revision of its record */
	INDEX_OPEN = 8192,      /* not sealed: everybody may read it */
	INDEX_RELEASED = 16384, /* carried by a release */
	INDEX_RESHARED = 32768, /* carried by another team */
	INDEX_CASE = 65536,     /* has a life cycle */
	INDEX_EMBARGOED = 131072 /* not released, as far as this row says */
};

/* One entry; of one that carries another, what it carries: its position is
 * that of the carrier, digest, id and time are those of the original, label
 * and openness those under which it is carried. All spans live during the callback, or in the arena given. */
struct index_row {
	uint64_t at; /* its place in lists, newest highest: index_filter */
	uint32_t log;
	uint64_t index;
	struct digest digest;
	struct uuid id;
	uint64_t rev;
	unsigned revisions; /* of its record, up to and with this one; 0 if it
	                     * is not the newest */
	struct span iss;
	struct span kind;
	bool has_tlp;
	enum tlp tlp;
	int level;       /* 0: none */
	int64_t iat_s;
	int64_t exp_s;   /* 0: none */
	bool has_re;
	struct digest re;
	enum store_body_state state;
	uint32_t flags;  /* enum index_flag */
	/* JSON object with those members of the body that one line needs
	 * (show_line, show_title): title, level, exercise, language, the
	 * fields marked `brief`, and `true` for one that ends the record. For
	 * an acknowledgement also `at`, `next_update`. "{}" if unreadable. */
	struct span brief;
};

/* Return false to stop. It must not call the index. */
typedef bool index_row_fn(void *ctx, const struct index_row *row);

/* --- what is new --- */

enum { INDEX_CHANGES = 128 };

/* The newest revision of each record of the shared logs that index_step has
 * worked out anew since this was asked last, each once: it came, was revised,
 * answered, withdrawn or set aside. A record that has no good revision left is
 * passed over. ERR_LIMIT, with nothing given: there were more than
 * INDEX_CHANGES, or the index was opened, swept or reset; look at everything.
 * Nothing of it outlives the process. There is one that asks: the watch. After
 * another error it may be asked again. */
MUST enum err index_changes(struct index *ix, index_row_fn *fn, void *ctx);

/* --- lists; newest first, by `iat`, then log and index --- */

struct index_filter {
	bool unacknowledged; /* only what the own team owes */
	bool mine;           /* only the own team's */
	bool quarantined;    /* instead: bodies set aside by origin's fault */
	bool cases;          /* instead of notices: what has a life cycle, of
	                      * one `kind` */
	bool any;            /* instead: all of one `kind`, whatever it is */
	bool embargoed;      /* only what is under embargo */
	bool ended;          /* also withdrawn, closed and replaced ones */
	struct span kind;    /* "" = all */
	struct span team;    /* the issuer; "" = all */
	struct span search;  /* words that must all occur; "" = all */
	/* for finding passages again: only what is stricter than .., which is
	 * sealed, and by the longest words of `search` alone, so more than has
	 * all of them may come */
	bool stricter;
	enum tlp than;
	uint64_t before;     /* only rows with a smaller `at`; 0 = all */
	unsigned limit;      /* at most LIMIT_LIST_ROWS; 0 = that many */
};

/* The newest revision of each notice that passes. A search looks at a bounded
 * number of hits: `next` (may be NULL) is the `before` to go on with, 0 when
 * there is no more. ERR_LIMIT for more than LIMIT_SEARCH_TERMS words;
 * ERR_USAGE for `cases` without a kind; ERR_DAMAGED, ERR_IO. */
MUST enum err index_inbox(struct index *ix, const struct index_filter *filter,
    index_row_fn *fn, void *ctx, uint64_t *next);

/* The newest revision of each draft that is neither issued nor discarded,
 * and of each person. */
MUST enum err index_drafts(struct index *ix, index_row_fn *fn, void *ctx);
MUST enum err index_persons(struct index *ix, index_row_fn *fn, void *ctx);

/* The newest revision of each record of this kind in the private log, except
 * those that are issued, discarded or done. */
MUST enum err index_home(struct index *ix, const char *kind, index_row_fn *fn,
    void *ctx);

/* The same, with those too, newest first, below the place `before` (0: from
 * the newest). */
MUST enum err index_home_all(struct index *ix, const char *kind,
    uint64_t before, index_row_fn *fn, void *ctx);

/* The person, not made inactive, with this Unix user name. If several claim
 * it, the newest. Spans of `out` in `a`. ERR_NOT_FOUND. */
MUST enum err index_person_by_user(struct index *ix, struct span user,
    struct arena *a, struct index_row *out);

/* The newest notice of this level that stands and is of no exercise. Spans of
 * `out` in `a`. ERR_NOT_FOUND. */
MUST enum err index_newest_real(struct index *ix, int level, struct arena *a,
    struct index_row *out);

/* --- who did what --- */

/* By what records of the audit trail are found; INDEX_TRACE_LEFT finds own
 * entries of the shared log instead. */
enum index_trace_by {
	INDEX_TRACE_ALL,   /* value "" */
	INDEX_TRACE_OF,    /* a digest, or the id of a record, as text */
	INDEX_TRACE_ACTOR,
	INDEX_TRACE_ACT,
	INDEX_TRACE_LEFT   /* a team that could read it: also what is open */
};

struct index_trace_ask {
	enum index_trace_by by;
	struct span value;
	/* and this too, if and_n is 1; each row of `by` is looked at for it */
	unsigned and_n;
	enum index_trace_by and_by;
	struct span and_value;
	int64_t from_s, until_s; /* [from, until), of `iat`; 0: no bound */
	uint64_t before;         /* as in struct index_filter */
	unsigned limit;          /* at most LIMIT_LIST_ROWS; 0 = that many */
};

struct index_traced {
	unsigned given, looked; /* rows */
	uint64_t next;          /* the `before` to go on with; 0: no more */
};

/* Return false to stop. It must not call the index. */
typedef bool index_trace_fn(void *ctx, uint64_t at, uint32_t log,
    uint64_t index);

/* The places of what passes, newest first. As many rows are looked at as are
 * given, but for those of a second property. ERR_DAMAGED, ERR_IO. */
MUST enum err index_traces(struct index *ix,
    const struct index_trace_ask *ask, index_trace_fn *fn, void *ctx,
    struct index_traced *out);

/* --- one record --- */

enum index_scope {
	INDEX_NOTICES, /* what may stand in the inbox */
	INDEX_SHARED,  /* any entry of a shared log */
	INDEX_DRAFTS,
	INDEX_AT_HOME  /* any entry of the private log */
};

/* The record whose id ends in `tail` (hexadecimal, hyphens do not count), or
 * the entry whose digest (base64url) does; at least 4 characters. For an id
 * the newest good revision is given, or the last one if none is good. ERR_USAGE
 * if too short, ERR_NOT_FOUND, ERR_CONFLICT if several have it: then `fn` (may
 * be NULL) is called for each, at most 16. Spans of `out` in `a`. */
MUST enum err index_find(struct index *ix, enum index_scope scope,
    struct span tail, struct arena *a, struct index_row *out,
    index_row_fn *fn, void *ctx);

/* index_find among drafts. */
MUST enum err index_draft(struct index *ix, struct span tail, struct arena *a,
    struct index_row *out, index_row_fn *fn, void *ctx);

/* The entry with this digest, the earliest position of it. ERR_NOT_FOUND. */
MUST enum err index_by_digest(struct index *ix, const struct digest *d,
    struct arena *a, struct index_row *out);

/* Who can read a record: all audiences of its good revisions together,
 * ascending; `open` if one of them is open. */
struct index_audience {
	bool open;
	struct span *team; /* in the arena */
	size_t n;
};

/* What belongs to the record of `row` (any of its revisions). `revision` is
 * called for each entry of it, oldest first (also void and quarantined ones:
 * see `state`); `answer` for the newest acknowledgement of each team to each
 * revision; `other` for whatever else is about it (comments, mitigations,
 * disputes), oldest first. Each function may be NULL. */
struct index_notice {
	index_row_fn *revision;
	index_row_fn *answer;
	index_row_fn *other;
	void *ctx;
};
MUST enum err index_notice(struct index *ix, const struct index_row *row,
    const struct index_notice *want, struct arena *a,
    struct index_audience *audience);

/* The releases and re-shared copies of the document `d`: the original's rows
 * with the positions of what carries them, in the order of logs. */
MUST enum err index_copies(struct index *ix, const struct digest *d,
    index_row_fn *fn, void *ctx);

/* The rows of the record of `row` that are no copies: the places of the
 * originals that are here. */
MUST enum err index_originals(struct index *ix, const struct index_row *row,
    index_row_fn *fn, void *ctx);

/* --- what was seen (record/observable.h) --- */

/* The oldest record with observables that was taken and not yet looked at,
 * and its number for index_seen; in `a`. ERR_NOT_FOUND. What waits stands in
 * the file: it is derived like everything there, and after index_reset all
 * waits again. */
MUST enum err index_unseen(struct index *ix, struct arena *a,
    struct index_row *out, uint64_t *number);

/* It was looked at, and all before it. */
MUST enum err index_seen(struct index *ix, uint64_t number);

/* The newest revisions, at most 64, of records that stand and hold this
 * observable in its one form, and belong to the exercise of this name: "" for
 * what is real. Those of the team `but` are left out, however many: they hide
 * nobody else's. Of each team no more than the newest 256 are looked at. */
MUST enum err index_holders(struct index *ix, struct span observable,
    struct span exercise, struct span but, index_row_fn *fn, void *ctx);

/* --- numbers --- */

struct index_counts {
	uint64_t entries;     /* taken */
	uint64_t notices;     /* that stand: neither ended nor replaced; here
	                       * and below without those of exercises */
	uint64_t by_level[6]; /* of those; 0: without a level */
	uint64_t owed;        /* acknowledgements by the own team */
	uint64_t owed_by_level[6];
	uint64_t exercises;   /* notices of exercises that stand */
	uint64_t quarantined;
	uint64_t stale;       /* removed entries whose word digests remain until
	                       * the next erasure or index_reset */
};
MUST enum err index_count(struct index *ix, struct index_counts *out);

#endif
