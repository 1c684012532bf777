/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of this folder share. One entry is one row of `entry`, by
 * its place in lists (`k`: iat, log, index). The newest good revision of each
 * record has a row of `head` under the same `k`: what stands there is a
 * function of `entry` and `link` alone (view.c), worked out anew for every
 * record that a new entry touches, so that order of arrival cannot matter.
 */
#ifndef INDEX_INSIDE_H
#define INDEX_INSIDE_H

#include "base/buf.h"
#include "index/index.h"
#include "record/entry.h"
#include "store/db.h"

enum {
	INDEX_ID_TEXT = 32,     /* hexadecimal, reversed */
	INDEX_MARK = '.',       /* after it, if it is of an exercise */
	INDEX_ID = INDEX_ID_TEXT + 1,
	INDEX_D = ENTRY_DIGEST_TEXT + 1,
	INDEX_HINTS = 1024,     /* named positions that wait */
	INDEX_BRIEF_MAX = 8192,
	INDEX_WORDS_MAX = 4096, /* of one entry */
	INDEX_LOOK_MAX = 5000,  /* rows that one query looks at */
	INDEX_IAT_SHIFT = 29,   /* of `iat` in `k` */
	INDEX_NO_TLP = -1
};

enum statement {
	S_AT, S_HAS, S_PUT, S_STATE, S_DROP, S_DROP_LINK, S_DROP_FINDER,
	S_DROP_THING,
	S_SAY, S_UNSAY, S_LINK, S_FINDER, S_WORDS, S_WORDLESS, S_LINKS_OF, S_BY_D, S_NEWEST,
	S_REVS, S_ACKED, S_ACTED, S_REPLACED, S_HEAD_DROP, S_HEAD_PUT, S_RANGE,
	S_META_PUT, S_META_GET, S_ROW, S_SEARCH, S_LIST_OWED, S_LIST_STANDS,
	S_LIST_ALL, S_LIST_KIND, S_LIST_TEAM, S_LIST_BAD, S_LIST_HEADS, S_LIST_HEADS_ALL,
	S_PERSON, S_FIND_ID, S_FIND_D, S_ID_NEWEST, S_ID_LAST, S_FIRST_D,
	S_CHAIN, S_COPIES, S_ORIGINALS, S_ANSWERS, S_OTHERS, S_AUDIENCE, S_COUNT_LEVEL,
	S_COUNT_OWED, S_COUNT_EXERCISE, S_NEWEST_REAL, S_COUNT_ENTRY,
	S_COUNT_BAD, S_TRACE, S_TRACE_AT, S_UNSEEN_PUT, S_UNSEEN, S_SEEN,
	S_THING, S_THING_PUT, STATEMENTS
};

struct position {
	uint32_t log;
	uint64_t index;
};

/* One record: all revisions of an id. */
struct chain {
	char id[INDEX_ID + 1];
	char iss[ENTRY_KIND_MAX + 1];
	bool home; /* of the private log */
};

struct index {
	struct db *db;
	struct db_stmt *st[STATEMENTS];
	char *path;
	const struct schema *schema;
	const unsigned char *key;
	struct hash_key *words; /* of the digests of words */
	char *team;
	struct digest print; /* of what everything here depends on */

	struct position hint[INDEX_HINTS];
	size_t hint_first, hint_n;
	bool sweeping;
	bool again;          /* sweep once more after this one */
	uint32_t sweep_log;  /* this log and those above are still to come */
	bool sweep_inside;   /* sweep_at is set */
	uint64_t sweep_at;   /* below this, of that log */
	uint64_t sweep_left; /* positions, an upper bound */

	/* as they stand in `meta` */
	int64_t wordless;    /* below this `k` no row has its words; 0: none */
	bool is_whole;

	bool must_shred;     /* the journal may hold what was erased */

	struct chain changed[INDEX_CHANGES]; /* since index_changes */
	size_t changed_n;
	bool has_forgotten;  /* there were more */

	struct arena turn;
};

/* The statement, made when first asked for. */
MUST enum err index_statement(struct index *ix, enum statement s,
    struct db_stmt **out);

/* --- take.c --- */

/* A body row as the store has it now. */
struct found {
	struct position at;
	enum store_body_state state;
	bool home;
	uint32_t rank;
	struct span origin; /* of its log */
};

/* Bring the row of one position up to what the store has; `done` false if it
 * cannot be read now. Inside a transaction. */
MUST enum err index_take(struct index *ix, const struct index_source *source,
    const struct found *f, bool *done);

/* Remove a row whose body is not there any more. */
MUST enum err index_drop(struct index *ix, struct position at);

/* Put the words of a row that has none; nothing if they cannot be read now.
 * Inside a transaction. */
MUST enum err index_take_words(struct index *ix,
    const struct index_source *source, const struct found *f, int64_t k);

/* --- again.c --- */

/* A number of `meta`; untouched if it is not there. */
MUST enum err index_meta_get(struct index *ix, const char *name,
    int64_t *out);

/* `wordless` and `is_whole`, after opening. */
MUST enum err index_meta_load(struct index *ix);

/* A sweep over all logs has ended. Inside a transaction. */
MUST enum err index_whole_put(struct index *ix);

/* The full text begins anew, without words of any row. Inside a
 * transaction. */
MUST enum err index_words_forget(struct index *ix);

/* Put words of at most `most` rows that have none, newest first. Inside a
 * transaction. */
MUST enum err index_words_step(struct index *ix,
    const struct index_source *source, unsigned most);

/* Empty the journal; again in the next step if it cannot be done now. */
void index_shred(struct index *ix);

/* Wrap and unwrap a value of a row; `which` keeps columns apart. Unwrapping
 * goes into `a`. */
MUST enum err index_wrap(const struct index *ix, struct position at,
    char which, struct span text, struct buf *out);
MUST enum err index_unwrap(const struct index *ix, struct position at,
    char which, struct span wrapped, struct arena *a, struct span *out);

/* The number by which a person is found: `what` such as "login". */
int64_t index_finder(const struct index *ix, const char *what,
    struct span value);

/* base64url, reversed, so that a tail is a beginning; marked behind if it is of
 * an exercise. */
void index_write_d(const struct digest *d, bool exercise,
    char out[INDEX_D + 1]);
MUST enum err index_parse_d(struct span s, struct digest *out);
void index_write_id(const struct uuid *u, bool exercise,
    char out[INDEX_ID + 1]);
MUST enum err index_parse_id(struct span s, struct uuid *out);

/* --- trace.c --- */

/* The numbers by which an audit record is found. */
MUST enum err index_trace_put(struct index *ix, int64_t k,
    struct json_val body);

/* And those by which an own entry of the shared log is, by its readers. */
MUST enum err index_trace_put_left(struct index *ix, int64_t k,
    const struct entry *outer);

/* --- thing.c --- */

/* The numbers by which a record is found that says what was seen; it waits to
 * be looked at. `exercise` is the name of one, "" for what is real. */
MUST enum err index_things_put(struct index *ix, int64_t k, struct span iss,
    struct json_val body, struct span exercise);

/* --- words.c --- */

/* Append the words of all texts in `v`, each once, as they stand in the
 * file: plainly, or as keyed digests. */
void index_words(const struct index *ix, struct json_val v, bool plain,
    struct arena *a, struct buf *out);

/* The label of a record as a word of its full text. No word of a text begins
 * so: they begin with "p" or "s". */
#define INDEX_LABEL_WORD "l%d"

/* Append the question for what is stricter than `than` and has the longest
 * words of `query`; `n` says how many words that are. */
MUST enum err index_question_stricter(const struct index *ix,
    struct span query, enum tlp than, struct buf *out, unsigned *n);

/* Append the question to the full text. ERR_LIMIT for too many words; `n`
 * says how many there are. */
MUST enum err index_question(const struct index *ix, struct span query,
    struct buf *out, unsigned *n);

/* --- view.c --- */

/* Work out the head of a record anew. */
MUST enum err index_view(struct index *ix, const struct chain *c);

/* Work out all records that this entry touches beside its own: those that it
 * replaces (its links are there already) and the one that it is about. */
MUST enum err index_view_touched(struct index *ix, int64_t k,
    struct span re);

/* --- rows.c --- */

/* The columns that index_row_of reads, and their tables `e` and `h`. */
#define INDEX_ROW \
	"e.k, e.log, e.idx, e.d, e.id, e.iss, e.rev, e.kind, e.tlp, e.level, " \
	"e.iat, e.exp, e.flags, e.re, e.state, " \
	"(SELECT brief FROM said WHERE n = e.said), " \
	"ifnull(h.flags, 0), ifnull(h.revs, 0) "
#define INDEX_FROM "FROM entry e LEFT JOIN head h ON h.k = e.k "

/* The present row of a statement; brief in `a`, other spans copied into it if
 * `keep`. ERR_DAMAGED. */
MUST enum err index_row_of(const struct index *ix, struct db_stmt *st,
    struct arena *a, bool keep, struct index_row *out);

/* Give all rows of `st`, then reset it. */
MUST enum err index_give(struct index *ix, struct db_stmt *st,
    index_row_fn *fn, void *ctx);

/* The first row, kept in `a`; ERR_NOT_FOUND. Resets it. */
MUST enum err index_one(struct index *ix, struct db_stmt *st, struct arena *a,
    struct index_row *out);

#endif
