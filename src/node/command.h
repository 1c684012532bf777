/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands of the control protocol, seen from inside the node: one row each in
 * commands.def, one function each in cmd_<group>.c, and the `struct
 * call` that such a function answers, at once or in a later turn.
 * doc/control.md describes what goes over the socket.
 */
#ifndef NODE_COMMAND_H
#define NODE_COMMAND_H

#include "base/json.h"
#include "node/act.h"
#include "node/service_inside.h"
#include "record/entry.h"
#include "rules/exit.h"
#include "schema/words.h"

/* Exit statuses for the almenara command; part of the protocol. */
enum command_exit {
	EXIT_OF_ERROR = 0, /* that which suits the error */
	EXIT_FAILED = 1,
	EXIT_MISUSED = 2,
	EXIT_NOT_FOUND = 3,
	EXIT_SIGN_IN = 4,
	EXIT_REFUSED = 5,
	EXIT_WAITS = 6,
	EXIT_UNDELIVERED = 7,
	EXIT_BAD_PROOF = 8,
	EXIT_TOO_LATE = 9
};

/* What a person may do, by role (cmd_person.c). */
enum right {
	RIGHT_STATUS = 1,   /* state of node, peers and logs; no content */
	RIGHT_READ = 2,     /* notices */
	RIGHT_DRAFT = 4,
	RIGHT_RELEASE = 8,  /* release what another wrote, or alone if urgent */
	RIGHT_APPROVE = 16, /* approve what is not urgent, and for the public */
	RIGHT_ANSWER = 32,  /* acknowledge */
	RIGHT_ADMIN = 64,   /* persons, documents, upkeep */
	RIGHT_AUDIT = 128,  /* who did what: the audit trail */
	RIGHT_ALL = 255
};

enum { CALLER_ROLES = 8 };

/* Who asks. */
struct caller {
	uint32_t uid;
	bool is_node;       /* nobody: the node does it by itself */
	bool is_admin;      /* runs the node, or is root; no person record */
	char login[65];     /* "" for an administrator */
	char post[121];     /* "administrator" for one */
	char role[CALLER_ROLES][33]; /* of schemas/lists/roles.json */
	size_t role_n;
	unsigned rights;
	const char *via;    /* how it came, if not by the socket; NULL */
	bool *is_told;      /* set when audit() has recorded what is done */
};

struct call;
struct control_client;

typedef void command_fn(struct call *c);

/* What is done before it runs. */
enum command_how {
	PLAIN,      /* nothing */
	FRESH,      /* the index is brought up to date */
	TAKES_FILE  /* the same; it takes the open file that the client has
	             * passed */
};

struct command {
	const char *name;
	enum right right;
	enum act act;     /* what the audit trail calls it */
	enum command_how how;
	command_fn *run;
};

/* How a command ended that the node ran by itself; `why` is "" if it did what
 * it should. */
typedef void call_ended_fn(void *ctx, enum err e, const char *why);

struct call {
	struct service *service;
	call_ended_fn *ended; /* of call_home; NULL */
	void *ended_ctx;
	const char *via;      /* of call_home; NULL */
	struct control_client *client; /* NULL: gone, nobody listens */
	const struct command *command;
	struct caller caller;
	bool is_told;         /* it stands in the audit trail */
	unsigned words_turns; /* of call_await_words */
	bool has_object;      /* call_find has found what it is about: */
	struct digest object;
	struct uuid object_id;
	uint64_t id;
	enum lang lang;
	struct arena mem;     /* lives as long as the call */
	struct span text;     /* the request */
	struct json doc;
	struct json_val args;
	int file;             /* that came with it, or -1; closed with it */
	struct buf data;      /* of the answer, a JSON object */
	struct json_out w;    /* writes into it */
	command_fn *step;     /* long work: called once a turn */
	void (*drop)(struct call *c); /* frees what `state` owns; may be NULL */
	void *state;
	struct call *next;      /* of the same client */
	struct call *work_next; /* of all that work */
};

/* Run a command for the person with this user number, who is not there: with
 * her rights as they are now. `args` is a JSON object; `via` is what the audit
 * trail says of how it came, NULL if there is nothing to say. `ended` is called
 * in this turn or a later one. */
void call_home(struct service *s, uint32_t uid, const char *cmd,
    const char *args, const char *via, call_ended_fn *ended, void *ctx);

/* Answer with what was written through c->w (one object) and free the call. */
void call_done(struct call *c);

/* The same when the index has read all that is written: rights and turns are
 * looked up there, and hold once this is answered. */
void call_done_indexed(struct call *c);

/* Answer with an error and free the call. `what` is a sentence; `why` and
 * `next` (a command line) may be "". Sentences are English here, with a row in
 * node/refusals.def, and answered in the language of who asked; the formats of
 * call_text and call_misused too. */
void call_fail(struct call *c, enum err e, enum command_exit exit,
    const char *what, const char *why, const char *next);

/* The same for a mistake in the arguments. */
void call_misused(struct call *c, const char *format, ...) PRINTF_LIKE(2, 3);

/* Tell how far long work has come. */
void call_progress(struct call *c, uint64_t done, uint64_t of,
    const char *text);

/* A copy of a format in the memory of the call. */
const char *call_text(struct call *c, const char *format, ...)
    PRINTF_LIKE(2, 3);

/* The string argument `name`; "" if there is none or it is no string. */
struct span call_arg(struct call *c, const char *name);

/* Go on with `step` in later turns, once in each. */
void call_work(struct call *c, command_fn *step);

/* Only notices that came since then are found by their words, and that is to
 * be told; 0: all are (index_has_words). */
int64_t call_words_since(struct call *c);

/* Wait until all are: true if `again` runs in a later turn (it may be the
 * command itself, if nothing was written yet). It does not wait for ever. */
bool call_await_words(struct call *c, command_fn *again);

bool caller_may(const struct caller *who, enum right right);

/* From now on events go to the call's client. */
void call_subscribe(struct call *c);

/* The call's client is a session that is armed; told again, it is heard. */
void call_arm(struct call *c);

/* --- cmd_read.c --- */

/* Write the member `title` of a row, in the language of the call. */
void call_put_title(struct call *c, const struct index_row *row);

/* --- lookup.c --- */

/* An entry that was read again: all in the memory of the call. */
struct record {
	struct store_body stored;
	struct span jws;
	struct span payload;
	struct entry entry;
	struct json_val body;
	struct exit_pass pass; /* of call_read */
	/* by a way that needs a line of the rules: what they said */
	const struct ruling *ruling;
	const char *why;
	/* the entry at the position itself, if it carries the other */
	bool is_carried;
	uint64_t index;      /* of the original in its own log */
	struct entry carrier;
	struct span leaf_jws; /* its text: equal to `jws` if it carries none */
};

/* Find what the argument `name` (any tail of an id or digest) stands for. If
 * false, the call has been answered. */
bool call_find(struct call *c, enum index_scope scope, const char *name,
    struct index_row *out);

/* The same for a tail at hand. */
bool call_find_tail(struct call *c, enum index_scope scope, struct span tail,
    struct index_row *out);

/* Read an entry by its place, for the node's own use: it has no pass, and
 * nothing of it may be written out. ERR_NOT_FOUND, ERR_DAMAGED, ERR_DECRYPT;
 * ERR_SYNTAX and the like if it is quarantined for that. */
MUST enum err record_read(struct service *s, uint32_t log, uint64_t index,
    struct arena *a, struct record *out);

/* What the decision on what goes out is to know of it. */
struct exit_notice record_facts(const struct service *s,
    const struct index_row *row, const struct record *r, struct arena *a);

/* Read what a row stands for, to give it to who asks by `way`: what that way
 * does not open is not in `out`. If false, the call has been answered. */
bool call_read(struct call *c, const struct index_row *row, enum exit_way way,
    struct record *out);

/* The same without an answer; false if it cannot be read or may not be seen. */
bool call_look(struct call *c, const struct index_row *row, enum exit_way way,
    struct record *out);

/* Has a person opened the record with this digest? */
bool call_was_opened(struct call *c, const struct digest *d);

/* Answer that an append was refused: `what` did not happen, and what a person
 * can do about it. */
void call_unwritten(struct call *c, enum err e, const char *what,
    const char *why);

/* True if the append went well. Else it was answered that `what` did not
 * happen. */
MUST bool call_is_written(struct call *c, const struct hub_appended *result,
    const char *what);

/* True if the node cannot append now; then it was answered that `what` did
 * not happen. While the node still asks its peers at its start, an append
 * waits: that is no reason. */
bool call_cannot_append(struct call *c, const char *what);

/* Is only asked what would happen (the argument `dry_run`)? */
bool call_is_dry(const struct call *c);

/* Place and rule of a fault as one text, in the memory of the call. */
const char *call_fault(struct call *c, const struct fault *f);

/* Id and digest as text, in the memory of the call. */
const char *call_id(struct call *c, const struct uuid *id);
const char *call_digest(struct call *c, const struct digest *d);

/* Seconds since 1970, as the turn began. */
int64_t call_now_s(const struct call *c);

/* The position of the log with this number, SIZE_MAX if there is none. */
size_t log_find(const struct service *s, uint32_t id);

/* The log that the argument `which` names: "own" (or nothing), "private", an
 * origin, or a team that has one. If false, the call has been answered. */
bool call_which_log(struct call *c, size_t *out);

/* --- cmd_case.c --- */

/* Write the member `member`: the cases that pass, as the command `cases` does,
 * and are of the exercise of this name, "" for all; with their bodies if `full`.
 * Nothing is written if the index cannot be read. */
MUST enum err cases_put(struct call *c, const char *member,
    const struct index_filter *filter, struct span exercise, bool full);

/* --- cmd_person.c --- */

/* The person with this Unix user, active or else made inactive: `row` and `r` in
 * the memory of the call. False if there is none. */
bool person_find(struct call *c, struct span login, struct index_row *row,
    struct record *r);

/* Revise a person: `key` is her member `mail_key` as JSON, `null` takes it
 * away. The answer's object is open; it gets the member `person`. */
void person_revise(struct call *c, const struct index_row *row,
    struct json_val body, struct span key);

/* Who is the user behind a socket? `rights` is 0 if nobody knows. While the
 * index is not whole nobody is known, and who runs the node has the rights of
 * its upkeep alone. */
void caller_find(struct service *s, uint32_t uid, struct caller *out);

/* Is it root, or the user as whom the node runs? */
bool caller_runs_node(uint32_t uid);

/* The user number of a person; false if the system knows none. */
bool caller_uid_find(struct span login, uint32_t *out);

/* May any active person do this? A node without such a person is its
 * administrator's alone. */
bool persons_may(struct service *s, enum right right);

/* --- audit.c --- */

/* An entry of the private log: for this team alone. */
struct hub_draft home_draft(struct service *s, const char *kind);

/* Is `body` a good body of `kind`? It is read into `doc`, in `a`; `body` must
 * outlive that. ERR_SCHEMA and what json_parse() says, with a fault. */
MUST enum err home_check(struct service *s, struct span kind, struct span body,
    struct arena *a, struct json *doc, struct fault *f);

/* Put an audit record into the private log, in the same turn as what comes
 * before or after it. `object` may be NULL. */
void audit(struct service *s, const struct caller *who, const char *act,
    const struct digest *object, const char *subject, const char *outcome,
    const char *reason);

/* The same with what the sharing rules said (node/ruling.h), NULL: they were
 * not asked. */
struct ruling;
void audit_by(struct service *s, const struct caller *who, const char *act,
    const struct digest *object, const char *subject, const char *outcome,
    const char *reason, const struct ruling *ruling);

/* The same of what is done once it is told, and not before: `done` is called
 * when the record is durable, or with why it is not. */
typedef void audit_done_fn(void *ctx, enum err e);
void audit_before(struct service *s, const struct caller *who,
    const char *act, const struct digest *object, const char *subject,
    const char *reason, audit_done_fn *done, void *ctx);

/* The same of what the node does without being asked. */
void audit_self(struct service *s, const char *act,
    const struct digest *object, const char *subject, const char *outcome,
    const char *reason);

/* The same, of what a call is about: for a command that has told nothing
 * itself. What one user does again and again with one record is told once a
 * minute, a list once an hour. */
void audit_call(struct call *c, const char *outcome, const char *reason);

#define COMMAND(name, who, act, how) void cmd_##name(struct call *c);
#define QUIET(name, who, how, why) \
	_Static_assert(sizeof(why) > 8, "why is nothing recorded?"); \
	void cmd_##name(struct call *c);
#include "node/commands.def"
#undef COMMAND
#undef QUIET

/* The file of rules was looked at: answer who waits for that. */
void cmd_rules_loaded(struct service *s);

#endif
