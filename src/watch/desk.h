/* SPDX-License-Identifier: Apache-2.0
 *
 * The watch desk of a node: all its escalations, and what each step makes: a
 * record that it was taken, then pages to people and words to other teams.
 *
 *   step due -> [write the escalation] -> durable -> [write pages, words]
 *   answered -> [write the stop] -> durable -> [write the escalation]
 *
 * Everything written has an id that follows from what it is, so that after a
 * restart at any moment what is missing is written and nothing is written
 * twice. What is not yet taken a step is not written at all: the caller names
 * it again (desk_arm) from what it knows of notices and answers.
 *
 * Storms: while more than DESK_STORM notices of one campaign are unanswered,
 * a person gets one page with their number each DESK_STORM_MS. Nobody is
 * called more than DESK_CALLS times in an hour; who is not called for that is
 * named in the record. Where nobody of a post is known to be there, the next
 * post is called at once as well: first, second, lead, alternate.
 *
 * Pure: the host writes and knows who is on watch.
 */
#ifndef WATCH_DESK_H
#define WATCH_DESK_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/uuid.h"
#include "crypto/hash.h"
#include "watch/escalation.h"

enum {
	DESK_STORM = 5,
	DESK_STORM_MS = 15 * 60000,
	DESK_CALLS = 12,
	DESK_CALLS_MS = 3600000,
	DESK_OUTS = 48,      /* pages and words of one step */
	DESK_HOLDERS = 8,    /* people of one post */
	DESK_ANSWERS = 8,
	DESK_LOGIN = 64,
	DESK_CAMPAIGN = 200,
	DESK_AGAIN_MS = 1000 /* after something could not be written */
};

/* What is unanswered. Texts are borrowed: the desk keeps its own of what it is
 * given, those of an item live as long as it. NULL is "". */
struct desk_notice {
	struct uuid id;
	struct digest digest;
	const char *origin;
	uint64_t number;
	int64_t iat_s;
	int64_t exp_s; /* for the host; 0: none, or not known */
	int level;
	bool exercise;
	const char *campaign; /* "" for none; DESK_CAMPAIGN at most */
	const char *issuer;
	const char *silent;   /* the team that does not answer */
};

/* Items are found by these without a look at all of them. */
enum desk_key { DESK_BY_DIGEST, DESK_BY_ID, DESK_KEYS };

struct desk_holder {
	char person[DESK_LOGIN + 1];
	unsigned channels; /* that have an address; the screen always */
	bool is_quiet;     /* it is night for this person */
	bool on_call;      /* by the roster, not only by role */
	bool is_absent;    /* is to be there, and that is not confirmed */
};

/* A page, or a word to another team. */
struct desk_out {
	struct uuid id;
	bool is_word;
	bool is_quiet;   /* not made: by night this channel is silent */
	enum told told;
	bool to_issuer;  /* a word to who issued it: nobody could be reached */
	char person[DESK_LOGIN + 1];
	enum post post;
	enum channel channel;
	unsigned count;  /* notices that it stands for; 0: this one */
	bool is_written;
	bool is_writing;
	bool has_failed;
};

struct desk_answer {
	char person[DESK_LOGIN + 1];
	unsigned posts;
	int64_t at_s;
};

struct desk_item {
	struct uuid id;
	enum ladder_case what;
	struct desk_notice notice;
	struct escalation e;
	int64_t step_ms;         /* wall time of the last step; 0: none */
	struct desk_item *next[DESK_KEYS]; /* of the same key; the desk's */
	/* there are very many items that nobody was called for yet: room is
	 * made when it is wanted */
	struct desk_answer *answer; /* at most DESK_ANSWERS */
	struct desk_out *out;       /* of the last step, at most DESK_OUTS */
	uint32_t answer_n, out_n;
	unsigned merged, held;   /* people who were not called: a storm, or
	                          * called too often */
	unsigned absent;         /* people whose presence is not confirmed */
	uint32_t at;             /* its place in the desk */
	uint64_t rev;            /* of the next record */
	struct digest digest;    /* of the last */
	bool has_record;
	struct desk_item *draft; /* what is being written; else NULL */
	enum escalation_end wanted; /* it is to end so */
	bool is_news;            /* an answer that is not in the record */
	bool is_shifted;         /* its time was set, which is not there yet */
	bool is_stopping;        /* the stop that comes first is being written, */
	bool is_stopped;         /* or is */
	int64_t retry_ms;        /* not before this, monotonic */
};

enum desk_kind { DESK_ESCALATION, DESK_PAGE, DESK_STOP, DESK_WORD };

/* To be appended. Its spans live during the call. */
struct desk_write {
	enum desk_kind kind;
	struct uuid id;
	uint64_t rev;
	const struct digest *replaces; /* NULL for a first revision */
	struct span body;
	const struct desk_item *item;
	const struct desk_out *out;    /* of a page or word */
};

/* What a write was; given back to desk_written. */
struct desk_ticket {
	struct uuid item;
	struct digest notice; /* that it is about */
	struct uuid id;
	enum desk_kind kind;
};

struct desk_host {
	void *ctx;
	/* Who is on this post now? At most `max`, the count is returned. */
	size_t (*holders)(void *ctx, enum post post, struct desk_holder *out,
	    size_t max);
	/* Is there a record with this id? */
	bool (*exists)(void *ctx, const struct uuid *id);
	/* Append; then, not before this returns, call desk_written. */
	void (*write)(void *ctx, const struct desk_write *w,
	    const struct desk_ticket *t);
	/* It is durable that a step was taken, or that it ended. */
	void (*notify)(void *ctx, const struct desk_item *it);
};

struct desk;

/* The id of the record of its escalation, whether there is one or not. */
struct uuid desk_case(enum ladder_case what, const struct desk_notice *n);

/* `host` is copied; `ladders` must outlive the desk. */
struct desk *desk_create(const struct ladders *ladders,
    const struct desk_host *host);
void desk_free(struct desk *d); /* accepts NULL */

/* Is it open, or has it ended? */
bool desk_knows(const struct desk *d, enum ladder_case what,
    const struct desk_notice *n);

/* Nobody has answered this since `at`. Nothing happens if it is known, has
 * ended once, or its level has no ladder. True if it was not known. */
bool desk_arm(struct desk *d, enum ladder_case what,
    const struct desk_notice *n, struct wall at, struct now now,
    bool is_trusted);

/* A record that has not ended, read after a restart. ERR_SCHEMA and the like
 * if it is none. */
MUST enum err desk_resume(struct desk *d, const struct uuid *id, uint64_t rev,
    const struct digest *digest, struct span body, struct now now,
    bool is_trusted);

/* A page of the past, for the limits: its time is `ago_ms`. `dedup` is that of
 * the page. */
void desk_recall(struct desk *d, struct span person, struct span dedup,
    struct span call, int64_t ago_ms, struct mono now);

/* Take all steps that are due; returns how long nothing is, -1: for ever. */
int64_t desk_step(struct desk *d, struct now now, bool is_trusted);

/* What was to be written is durable, or is not (`digest` NULL). */
void desk_written(struct desk *d, const struct desk_ticket *t,
    const struct digest *digest, struct now now);

/* A person of this state answered the notice. `person` "" if who it was is
 * not known any more: then it ends if one answer is enough. */
void desk_answered(struct desk *d, const struct digest *notice,
    struct span person, unsigned posts, struct now now);

/* `silent` receipted, or answered, what it was silent about. */
void desk_heard(struct desk *d, enum ladder_case what,
    const struct digest *notice, struct span silent);

/* The notice was withdrawn or replaced: all about it ends. */
void desk_cancel(struct desk *d, const struct digest *notice);

/* The next step now. ERR_NOT_FOUND if nothing of it is open. */
MUST enum err desk_hasten(struct desk *d, const struct digest *notice,
    struct now now, bool is_trusted);

/* A page could not be delivered: the person's next channel, or else the next
 * step. Harmless for a page that is not of the last step, and twice. */
void desk_failed(struct desk *d, const struct uuid *page, struct now now,
    bool is_trusted);

/* The wall clock is trusted again. */
void desk_resync(struct desk *d, struct now now);

size_t desk_count(const struct desk *d);
const struct desk_item *desk_at(const struct desk *d, size_t i);

/* Those about the notice with this id, whatever its revision: the first if
 * `after` is NULL. NULL behind the last. */
const struct desk_item *desk_next(const struct desk *d,
    const struct uuid *notice, const struct desk_item *after);
const struct ladder *desk_ladder(const struct desk *d,
    const struct desk_item *it);

/* When the next step is due, by the wall clock; its end after the last. */
struct wall desk_due(const struct desk_item *it, struct now now);

#endif
