/* SPDX-License-Identifier: Apache-2.0
 *
 * The control socket's server.
 */
#include "node/control.h"

#include "base/log.h"
#include "base/mem.h"
#include "crypto/jws.h"
#include "node/exits.h"
#include "node/passed.h"
#include "node/request.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	CALLS_MAX = 16,          /* of one client, under way */
	OUT_MAX = 2 * LIMIT_CONTROL_FRAME,
	EVENTS_OUT_MAX = 1048576, /* a reader of events who is further behind
	                           * is let go, and has to look again */
	PATIENCE_MS = 10000,     /* for the rest of a frame to come */
	CATCH_UP = 64,           /* entries of the index in one turn */
	READ_PIECE = 65536
};

struct control_client {
	struct control *control;
	int fd;
	uint32_t uid;
	struct loop_watch *watch;
	struct loop_timer *patience;
	struct buf in;
	int file; /* passed, and not yet taken by a command; -1: none */
	struct buf out;
	size_t out_at;
	struct call *calls;
	unsigned call_n;
	bool wants_events;
	bool is_ending; /* close when everything is written */
	struct control_client *next;
};

struct control {
	struct service *service;
	int fd;
	struct loop_watch *watch;
	struct loop_timer *work; /* runs while there are working calls */
	struct control_client *clients;
	size_t client_n;
	struct call *working; /* also those whose client has gone */
	struct control_client *dead; /* freed at the end of the turn */
	struct loop_task bury;
};

/* The one list of commands. */
static const struct command commands[] = {
	{ "status", RIGHT_STATUS, ACT_NONE, true, cmd_status },
	{ "peers", RIGHT_STATUS, ACT_NONE, false, cmd_peers },
	{ "log", RIGHT_STATUS, ACT_NONE, false, cmd_log },
	{ "log_verify", RIGHT_STATUS, ACT_NONE, false, cmd_log_verify },
	{ "log_show", RIGHT_STATUS, ACT_NONE, false, cmd_log_show },
	{ "log_reindex", RIGHT_ADMIN, ACT_REINDEX, false, cmd_log_reindex },
	{ "clock_accept", RIGHT_RELEASE, ACT_CLOCK_ACCEPT, false,
	    cmd_clock_accept },
	{ "log_export", RIGHT_READ, ACT_EXPORT, true, cmd_log_export },
	{ "documents", RIGHT_STATUS, ACT_NONE, false, cmd_documents },
	{ "network_offer", RIGHT_ADMIN, ACT_NETWORK_OFFER, false,
	    cmd_network_offer },
	{ "courier", RIGHT_STATUS, ACT_NONE, false, cmd_courier },
	{ "courier_test", RIGHT_ADMIN, ACT_COURIER, true, cmd_courier_test },
	{ "courier_retry", RIGHT_ADMIN, ACT_COURIER, false,
	    cmd_courier_retry },
	{ "courier_stop", RIGHT_ADMIN, ACT_COURIER, false, cmd_courier_stop },
	{ "events", RIGHT_READ, ACT_FOLLOW, false, cmd_events },
	{ "epoch_new", RIGHT_ADMIN, ACT_EPOCH_NEW, true, cmd_epoch_new },
	{ "backup_begin", RIGHT_ADMIN, ACT_BACKUP, false, cmd_backup_begin },
	{ "backup_read", RIGHT_ADMIN, ACT_NONE, false, cmd_backup_read },
	{ "backup_end", RIGHT_ADMIN, ACT_BACKUP, false, cmd_backup_end },
	{ "rules", RIGHT_STATUS, ACT_NONE, false, cmd_rules },
	{ "rules_load", RIGHT_ADMIN, ACT_RULES_LOAD, false, cmd_rules_load },
	{ "rules_explain", RIGHT_READ, ACT_VIEW, true, cmd_rules_explain },
	{ "rules_try", RIGHT_READ, ACT_NONE, true, cmd_rules_try },
	{ "pins_reload", RIGHT_ADMIN, ACT_PIN, false, cmd_pins_reload },
	{ "keyset_cut", RIGHT_ADMIN, ACT_NONE, false, cmd_keyset_cut },
	{ "persons", RIGHT_STATUS, ACT_NONE, true, cmd_persons },
	{ "person_add", RIGHT_ADMIN, ACT_PERSON_ADD, true, cmd_person_add },
	{ "drafts", RIGHT_READ, ACT_LIST, true, cmd_drafts },
	{ "draft", RIGHT_READ, ACT_VIEW, true, cmd_draft },
	{ "draft_save", RIGHT_DRAFT, ACT_DRAFT, true, cmd_draft_save },
	{ "draft_discard", RIGHT_DRAFT, ACT_DISCARD, true, cmd_draft_discard },
	{ "preview", RIGHT_READ, ACT_PREVIEW, true, cmd_preview },
	{ "release", RIGHT_RELEASE, ACT_RELEASE, true, cmd_release },
	{ "update", RIGHT_RELEASE, ACT_UPDATE, true, cmd_update },
	{ "cancel", RIGHT_RELEASE, ACT_CANCEL, true, cmd_cancel },
	{ "approve", RIGHT_APPROVE, ACT_APPROVE, true, cmd_approve },
	{ "return", RIGHT_APPROVE, ACT_RETURN, true, cmd_return },
	{ "review", RIGHT_RELEASE, ACT_REVIEW, true, cmd_review },
	{ "waiting", RIGHT_READ, ACT_LIST, true, cmd_waiting },
	{ "inbox", RIGHT_READ, ACT_LIST, true, cmd_inbox },
	{ "show", RIGHT_READ, ACT_VIEW, true, cmd_show },
	{ "ack", RIGHT_ANSWER, ACT_ACKNOWLEDGE, true, cmd_ack },
	{ "escalations", RIGHT_STATUS, ACT_NONE, false, cmd_escalations },
	{ "roster", RIGHT_STATUS, ACT_NONE, true, cmd_roster },
	{ "roster_add", RIGHT_RELEASE, ACT_ROSTER, true, cmd_roster_add },
	{ "roster_swap", RIGHT_RELEASE, ACT_ROSTER, true, cmd_roster_swap },
	{ "roster_leave", RIGHT_RELEASE, ACT_ROSTER, true, cmd_roster_leave },
	{ "roster_drop", RIGHT_RELEASE, ACT_ROSTER, true, cmd_roster_drop },
	{ "escalate", RIGHT_ANSWER, ACT_ESCALATE, true, cmd_escalate },
	{ "prove", RIGHT_READ, ACT_PROVE, true, cmd_prove },
	{ "audit", RIGHT_AUDIT, ACT_ASK, true, cmd_audit },
	{ "audit_seen", RIGHT_AUDIT, ACT_ASK, true, cmd_audit_seen },
	{ "audit_left", RIGHT_AUDIT, ACT_ASK, true, cmd_audit_left },
	{ "audit_case", RIGHT_AUDIT, ACT_ASK, true, cmd_audit_case },
	{ "audit_verify", RIGHT_AUDIT, ACT_ASK, false, cmd_audit_verify },
	{ "attach", RIGHT_DRAFT, ACT_ATTACH, false, cmd_attach },
	{ "attachment_fetch", RIGHT_READ, ACT_NONE, true,
	    cmd_attachment_fetch },
	{ "attachment_write", RIGHT_READ, ACT_ATTACHMENT, false,
	    cmd_attachment_write },
	{ "receipts", RIGHT_READ, ACT_VIEW, true, cmd_receipts },
	{ "feedback", RIGHT_DRAFT, ACT_ABOUT, true, cmd_sighting },
	{ "sightings", RIGHT_READ, ACT_VIEW, true, cmd_sightings },
	{ "sighting_tally", RIGHT_DRAFT, ACT_ABOUT, true,
	    cmd_sighting_tally },
	{ "exercise_inject", RIGHT_DRAFT, ACT_INJECT, true,
	    cmd_exercise_inject },
	{ "exercise_injects", RIGHT_READ, ACT_LIST, true,
	    cmd_exercise_injects },
	{ "exercise_report", RIGHT_READ, ACT_VIEW, true,
	    cmd_exercise_report },
	{ "embargo_list", RIGHT_READ, ACT_LIST, true, cmd_embargo_list },
	{ "embargo_release", RIGHT_RELEASE, ACT_EMBARGO_RELEASE, true,
	    cmd_embargo_release },
	{ "embargo_extend", RIGHT_RELEASE, ACT_EMBARGO_EXTEND, true,
	    cmd_embargo_extend },
	{ "about", RIGHT_ANSWER, ACT_ABOUT, true, cmd_about },
	{ "consent", RIGHT_RELEASE, ACT_CONSENT, true, cmd_consent },
	{ "reshare", RIGHT_RELEASE, ACT_RESHARE, true, cmd_reshare },
	{ "readers", RIGHT_READ, ACT_VIEW, true, cmd_readers },
	{ "cases", RIGHT_READ, ACT_LIST, true, cmd_cases },
	{ "case", RIGHT_READ, ACT_VIEW, true, cmd_case },
	{ "case_open", RIGHT_DRAFT, ACT_CASE_OPEN, true, cmd_case_open },
	{ "case_step", RIGHT_STATUS, ACT_CASE_STEP, true, cmd_case_step },
	{ "groups", RIGHT_READ, ACT_LIST, true, cmd_groups },
	{ "group", RIGHT_READ, ACT_VIEW, true, cmd_group },
	{ "group_new", RIGHT_RELEASE, ACT_GROUP_NEW, true, cmd_group_new },
	{ "group_change", RIGHT_RELEASE, ACT_GROUP_CHANGE, true,
	    cmd_group_change },
	{ "group_leave", RIGHT_RELEASE, ACT_GROUP_LEAVE, true,
	    cmd_group_leave },
	{ "registers", RIGHT_READ, ACT_NONE, false, cmd_registers },
	{ "register", RIGHT_READ, ACT_LIST, true, cmd_register },
	{ "register_row", RIGHT_READ, ACT_VIEW, true, cmd_register_row },
	{ "register_put", RIGHT_DRAFT, ACT_REGISTER, true, cmd_register_put },
	{ "brief", RIGHT_RELEASE, ACT_BRIEF, true, cmd_brief },
};

/* Those of them with which the client passes an open file. */
static command_fn *const with_file[] = { cmd_attach, cmd_attachment_write };

/* --- clients --- */

static void client_parse(struct control_client *cl);
static void client_write(struct control_client *cl);

/* Which events to wait for: no reading while it has enough under way or does
 * not take its answers. */
static void
client_arm(struct control_client *cl)
{
	bool is_full = cl->call_n >= CALLS_MAX ||
	    cl->out.n - cl->out_at > LIMIT_CONTROL_FRAME || cl->is_ending;

	if (cl->watch != NULL)
		loop_watch_set(cl->watch, (is_full ? 0 : LOOP_READ) |
			(cl->out.n > cl->out_at ? LOOP_WRITE : 0));
}

static void
bury(void *ctx)
{
	struct control *c = ctx;

	while (c->dead != NULL) {
		struct control_client *cl = c->dead;

		c->dead = cl->next;
		buf_release(&cl->in);
		buf_release(&cl->out);
		free(cl);
	}
}

static void
client_close(struct control_client *cl)
{
	struct control *c = cl->control;
	struct control_client **at = &c->clients;

	if (cl->watch == NULL)
		return;
	for (struct call *call = cl->calls; call != NULL; call = call->next)
		call->client = NULL;
	cl->calls = NULL;
	loop_watch_free(cl->watch);
	cl->watch = NULL;
	loop_timer_free(cl->patience);
	close(cl->fd);
	if (cl->file >= 0)
		close(cl->file);
	cl->file = -1;
	while (*at != cl)
		at = &(*at)->next;
	*at = cl->next;
	c->client_n--;
	cl->next = c->dead;
	c->dead = cl;
	loop_defer(c->service->loop, &c->bury, bury, c);
}

static void
client_write(struct control_client *cl)
{
	while (cl->watch != NULL && cl->out_at < cl->out.n) {
		ssize_t n = send(cl->fd, cl->out.p + cl->out_at,
		    cl->out.n - cl->out_at, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0) {
			client_close(cl);
			return;
		}
		cl->out_at += (size_t)n;
	}
	if (cl->out_at == cl->out.n) {
		buf_clear(&cl->out);
		cl->out_at = 0;
		if (cl->is_ending) {
			client_close(cl);
			return;
		}
	} else if (cl->out_at > OUT_MAX / 2) {
		buf_consume(&cl->out, cl->out_at);
		cl->out_at = 0;
	}
	client_arm(cl);
}

/* Queue a frame: `body` is the JSON. */
static void
client_put(struct control_client *cl, struct span body)
{
	if (cl->watch == NULL)
		return;
	buf_put_span32(&cl->out, body);
	if (cl->out.over) {
		log_event(LOG_NOTICE, "control.slow",
		    log_uint("uid", cl->uid));
		client_close(cl);
		return;
	}
	client_write(cl);
}

static void
put_error(struct json_out *w, enum err e, const char *what, const char *why,
    const char *next)
{
	json_put_key(w, "error");
	json_put_open(w, '{');
	json_put_member_str(w, "code", err_token(e));
	json_put_member_str(w, "what", what);
	json_put_member_str(w, "why", why);
	json_put_member_str(w, "next", next);
	json_put_close(w, '}');
}

/* The client does not speak the protocol: say so, once, and close. */
static void
client_refuse(struct control_client *cl, enum err e, const char *what)
{
	struct json_out w;
	struct buf b;

	log_event(LOG_NOTICE, "control.refused", log_uint("uid", cl->uid),
	    log_err("error", e), log_str("text", what));
	buf_init(&b, 4096);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_u64(&w, "id", 0);
	json_put_member_bool(&w, "ok", false);
	put_error(&w, e, what, "", "");
	json_put_member_u64(&w, "exit", EXIT_MISUSED);
	json_put_close(&w, '}');
	cl->is_ending = true;
	client_put(cl, buf_span(&b));
	buf_release(&b);
}

/* --- answering --- */

static void
call_free(struct call *c)
{
	if (c->client != NULL) {
		struct call **at = &c->client->calls;

		while (*at != c)
			at = &(*at)->next;
		*at = c->next;
		c->client->call_n--;
	}
	if (c->drop != NULL)
		c->drop(c);
	if (c->file >= 0)
		close(c->file);
	buf_release(&c->data);
	arena_release(&c->mem);
	free(c);
}

/* Send what is in `b` to the call's client, and end the call. */
static void
call_end(struct call *c, const struct buf *b)
{
	struct control_client *cl = c->client;

	call_free(c);
	if (cl == NULL)
		return;
	client_put(cl, buf_span(b));
	/* what came while it was busy is looked at in a turn of its own: this
	 * one may be in the middle of the hub's */
	if (cl->watch != NULL && cl->in.n != 0)
		loop_timer_start(cl->control->work, 0, 0);
}

/* What nobody has recorded is recorded here. */
static void
tell_done(struct call *c)
{
	bool dry = false;

	if (c->is_told || c->command->act == ACT_NONE)
		return;
	(void)!json_bool(json_get(c->args, "dry_run"), &dry);
	audit_call(c, dry ? "dry run" : "done", "");
}

static void
tell_refused(struct call *c, enum err e, const char *what, const char *why)
{
	if (c->is_told || c->command == NULL || c->command->act == ACT_NONE ||
	    (e != ERR_RULE && e != ERR_DENIED && e != ERR_AUDIENCE))
		return;
	audit_call(c, "refused", call_text(c, "%s%s%s", what,
	    why[0] != '\0' ? ": " : "", why));
}

/* What the node ran by itself has nobody to write to. */
static bool
tell_home(struct call *c, enum err e, const char *what, const char *why)
{
	if (c->ended == NULL)
		return false;
	c->ended(c->ended_ctx, e, e == ERR_NONE ? "" :
		call_text(c, "%.500s%s%.500s", what,
		    why[0] != '\0' ? ": " : "", why));
	call_free(c);
	return true;
}

void
call_done(struct call *c)
{
	struct json_out w;
	struct buf b;

	if (buf_check(&c->data) != ERR_NONE) {
		call_fail(c, ERR_LIMIT, EXIT_FAILED,
		    "the answer is larger than a frame may be",
		    "ask for less, with a limit", "");
		return;
	}
	tell_done(c);
	if (tell_home(c, ERR_NONE, "", ""))
		return;
	buf_init(&b, LIMIT_CONTROL_FRAME);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_u64(&w, "id", c->id);
	json_put_member_bool(&w, "ok", true);
	json_put_key(&w, "data");
	json_put_raw(&w, c->data.n != 0 ? buf_span(&c->data) : span_str("{}"));
	json_put_close(&w, '}');
	call_end(c, &b);
	buf_release(&b);
}

static enum command_exit
exit_of(enum err e)
{
	static const unsigned char of[ERR_COUNT] = {
		[ERR_NOT_FOUND] = EXIT_NOT_FOUND,
		[ERR_DENIED] = EXIT_SIGN_IN,
		[ERR_USAGE] = EXIT_MISUSED,
		[ERR_SYNTAX] = EXIT_MISUSED,
		[ERR_RULE] = EXIT_REFUSED,
		[ERR_AUDIENCE] = EXIT_REFUSED,
		[ERR_SCHEMA] = EXIT_REFUSED,
		[ERR_LIMIT] = EXIT_REFUSED,
		[ERR_SIGNATURE] = EXIT_BAD_PROOF,
		[ERR_PROOF] = EXIT_BAD_PROOF,
		[ERR_DIGEST] = EXIT_BAD_PROOF,
		[ERR_DAMAGED] = EXIT_BAD_PROOF,
		[ERR_TIMEOUT] = EXIT_TOO_LATE,
	};

	return of[e] != 0 ? (enum command_exit)of[e] : EXIT_FAILED;
}

void
call_fail(struct call *c, enum err e, enum command_exit exit,
    const char *what, const char *why, const char *next)
{
	struct json_out w;
	struct buf b;

	tell_refused(c, e, what, why);
	if (tell_home(c, e != ERR_NONE ? e : ERR_STATE, what, why))
		return;
	buf_init(&b, LIMIT_CONTROL_FRAME);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_u64(&w, "id", c->id);
	json_put_member_bool(&w, "ok", false);
	put_error(&w, e, what, why, next);
	json_put_member_u64(&w, "exit",
	    exit == EXIT_OF_ERROR ? exit_of(e) : exit);
	json_put_close(&w, '}');
	call_end(c, &b);
	buf_release(&b);
}

static const char *PRINTF_LIKE(2, 0)
format_text(struct call *c, const char *format, va_list ap)
{
	char text[1024];

	vsnprintf(text, sizeof text, format, ap);
	return arena_string(&c->mem, span_str(text));
}

const char *
call_text(struct call *c, const char *format, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, format);
	text = format_text(c, format, ap);
	va_end(ap);
	return text;
}

void
call_misused(struct call *c, const char *format, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, format);
	text = format_text(c, format, ap);
	va_end(ap);
	call_fail(c, ERR_USAGE, EXIT_MISUSED, text, "", "");
}

void
call_progress(struct call *c, uint64_t done, uint64_t of, const char *text)
{
	struct json_out w;
	struct buf b;

	if (c->client == NULL)
		return;
	buf_init(&b, 4096);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_u64(&w, "id", c->id);
	json_put_key(&w, "progress");
	json_put_open(&w, '{');
	json_put_member_u64(&w, "done", done);
	json_put_member_u64(&w, "of", of);
	json_put_member_str(&w, "text", text);
	json_put_close(&w, '}');
	json_put_close(&w, '}');
	client_put(c->client, buf_span(&b));
	buf_release(&b);
}

struct span
call_arg(struct call *c, const char *name)
{
	struct span s;

	return json_text(json_get(c->args, name), &c->mem, &s) == ERR_NONE ?
	    s :
	    span_str("");
}

bool
caller_may(const struct caller *who, enum right right)
{
	return (who->rights & (unsigned)right) != 0;
}

void
call_subscribe(struct call *c)
{
	if (c->client != NULL)
		c->client->wants_events = true;
}

/* --- long work --- */

/* Requests that waited are looked at, and every working call gets one step;
 * `step` may end the call. */
static void
on_work(void *ctx)
{
	struct control *c = ctx;
	struct call *list = c->working, *next;

	c->working = NULL;
	for (struct control_client *cl = c->clients, *after; cl != NULL;
	     cl = after) {
		after = cl->next;
		if (cl->in.n != 0)
			client_parse(cl);
	}
	for (; list != NULL; list = next) {
		command_fn *step = list->step;

		next = list->work_next;
		list->work_next = NULL;
		list->step = NULL;
		if (list->client == NULL)
			call_free(list);
		else
			step(list);
	}
	if (c->working != NULL)
		loop_timer_start(c->work, 0, 0);
}

void
call_work(struct call *c, command_fn *step)
{
	struct control *control = c->service->control;

	c->step = step;
	c->work_next = control->working;
	control->working = c;
	loop_timer_start(control->work, 0, 0);
}

/* A query waits until the index has seen all that is durable. */
static void
run_caught_up(struct call *c)
{
	enum err e = service_index(c->service, CATCH_UP);

	/* an index that cannot be written (a full disk) still answers, with
	 * what it knows */
	if (e == ERR_NONE && index_lag(c->service->index) != 0)
		call_work(c, run_caught_up);
	else
		c->command->run(c);
}

/* --- requests --- */

static const struct command *
command_find(struct span name)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (span_is_str(name, commands[i].name))
			return &commands[i];
	return NULL;
}

/* The file that the client has passed is for this command, if one is. */
static void
call_take_file(struct call *c)
{
	for (size_t i = 0; i < sizeof with_file / sizeof *with_file; i++)
		if (c->command->run == with_file[i]) {
			c->file = c->client->file;
			c->client->file = -1;
		}
}

static void
call_run_for(struct call *c, uint32_t uid, struct span name)
{
	c->command = command_find(name);
	if (c->command == NULL) {
		call_fail(c, ERR_USAGE, EXIT_MISUSED,
		    call_text(c, "there is no command %.60s",
			arena_string(&c->mem, name)), "", "almenara help");
		return;
	}
	if (c->client != NULL)
		call_take_file(c);
	caller_find(c->service, uid, &c->caller);
	c->caller.is_told = &c->is_told;
	if (c->caller.rights == 0) {
		call_fail(c, ERR_DENIED, EXIT_SIGN_IN,
		    call_text(c, "this node does not know user %u", uid),
		    "no person record has this user number",
		    "almenara person add");
		return;
	}
	if (!caller_may(&c->caller, c->command->right)) {
		audit_call(c, "denied", c->command->name);
		call_fail(c, ERR_DENIED, EXIT_SIGN_IN,
		    call_text(c, "%s may not do this", c->caller.post),
		    "none of the roles of this person allows it", "");
		return;
	}
	if (c->command->reads_index)
		run_caught_up(c);
	else
		c->command->run(c);
}

static struct call *
call_create(struct control_client *cl, struct span text)
{
	struct call *c = mem_alloc(sizeof *c);

	c->service = cl->control->service;
	c->client = cl;
	c->file = -1;
	c->next = cl->calls;
	cl->calls = c;
	cl->call_n++;
	buf_init(&c->data, LIMIT_CONTROL_FRAME - 256);
	json_out_init(&c->w, &c->data);
	c->text = arena_copy(&c->mem, text);
	return c;
}

void
call_home(struct service *s, uint32_t uid, const char *cmd, const char *args,
    call_ended_fn *ended, void *ctx)
{
	struct call *c = mem_alloc(sizeof *c);

	c->service = s;
	c->ended = ended;
	c->ended_ctx = ctx;
	c->file = -1;
	c->lang = lang_of(span_str(s->config->lang), LANG_EN);
	buf_init(&c->data, LIMIT_CONTROL_FRAME - 256);
	json_out_init(&c->w, &c->data);
	c->text = arena_copy(&c->mem, span_str(args));
	if (json_parse_arena(c->text, LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS,
		&c->mem, &c->doc, NULL) != ERR_NONE) {
		call_misused(c, "the arguments of %.40s are no JSON", cmd);
		return;
	}
	c->args = json_root(&c->doc);
	call_run_for(c, uid, span_str(cmd));
}

static void
client_request(struct control_client *cl, struct span text)
{
	struct call *c = call_create(cl, text);
	struct fault f = { 0 };
	struct request r;
	enum err e = request_parse(c->text, &c->mem, &c->doc, &r, &f);

	if (e != ERR_NONE) {
		call_free(c);
		client_refuse(cl, e, f.rule);
		return;
	}
	c->id = r.id;
	c->args = r.args;
	c->lang = lang_of(r.lang.n != 0 ? r.lang :
					  span_str(c->service->config->lang),
	    LANG_EN);
	call_run_for(c, cl->uid, r.cmd);
}

static void
on_impatient(void *ctx)
{
	struct control_client *cl = ctx;

	client_refuse(cl, ERR_TIMEOUT, "the rest of a frame did not come");
	if (cl->watch != NULL)
		client_close(cl); /* it does not take the word either */
}

static void
client_parse(struct control_client *cl)
{
	while (cl->watch != NULL && !cl->is_ending &&
	    cl->in.n >= REQUEST_HEAD &&
	    cl->call_n < CALLS_MAX) {
		struct span text;
		struct buf frame;

		if (request_frame(buf_span(&cl->in), &text) != ERR_NONE) {
			client_refuse(cl, ERR_LIMIT,
			    "a frame is 1 byte to 4 MiB long");
			return;
		}
		if (text.n == 0)
			break;
		buf_init(&frame, text.n);
		buf_put(&frame, text);
		buf_consume(&cl->in, REQUEST_HEAD + frame.n);
		client_request(cl, buf_span(&frame));
		buf_release(&frame);
	}
	if (cl->watch == NULL || cl->is_ending)
		return;
	if (cl->in.n == 0 || cl->call_n >= CALLS_MAX)
		loop_timer_stop(cl->patience);
	else if (!loop_timer_is_running(cl->patience))
		loop_timer_start(cl->patience, PATIENCE_MS, 0);
	client_arm(cl);
}

static void
client_read(struct control_client *cl)
{
	unsigned char piece[READ_PIECE];
	bool too_many;
	int file;
	ssize_t n = passed_recv(cl->fd, piece, sizeof piece, &file, &too_many);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		client_close(cl);
		return;
	}
	if (too_many || (file >= 0 && cl->file >= 0)) {
		if (file >= 0)
			close(file);
		client_refuse(cl, ERR_LIMIT, "one file is passed at a time");
		return;
	}
	if (file >= 0)
		cl->file = file;
	buf_put_mem(&cl->in, piece, (size_t)n);
	if (cl->in.over) {
		client_refuse(cl, ERR_LIMIT, "too much was sent at once");
		return;
	}
	client_parse(cl);
}

static void
on_client(void *ctx, unsigned ready)
{
	struct control_client *cl = ctx;

	if ((ready & LOOP_WRITE) != 0)
		client_write(cl);
	if (cl->watch != NULL && (ready & LOOP_READ) != 0)
		client_read(cl);
}

static void
on_accept(void *ctx, unsigned ready)
{
	struct control *c = ctx;
	struct control_client *cl;
	struct ucred who = { 0 };
	socklen_t n = sizeof who;
	int fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)ready;
	if (fd < 0)
		return;
	cl = mem_alloc(sizeof *cl);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) != 0 ||
	    loop_watch_create(c->service->loop, fd, on_client, cl,
		&cl->watch) != ERR_NONE) {
		close(fd);
		free(cl);
		return;
	}
	cl->control = c;
	cl->fd = fd;
	cl->file = -1;
	cl->uid = who.uid;
	cl->patience = loop_timer_create(c->service->loop, on_impatient, cl);
	buf_init(&cl->in, LIMIT_CONTROL_FRAME + REQUEST_HEAD + READ_PIECE);
	buf_init(&cl->out, OUT_MAX);
	cl->next = c->clients;
	c->clients = cl;
	c->client_n++;
	if (c->client_n > LIMIT_CONTROL_CLIENTS)
		client_refuse(cl, ERR_BUSY, "too many clients at once");
	else
		client_arm(cl);
}

/* --- events --- */

/* Its coded values, for those who may read: never its text. */
static void
put_coded(struct control *c, struct json_out *w, const struct entry *entry,
    struct json_val body, const struct exit_pass *pass, const char **name)
{
	char id[UUID_TEXT + 1], re[ENTRY_DIGEST_TEXT + 1];
	const struct kind *k = kind_find(c->service->schema, entry->kind);

	if (exit_opens(pass, EXIT_EVENT, EXIT_PLACE)) {
		uuid_write(&entry->id, id);
		json_put_member_str(w, "id", id);
		json_put_member_u64(w, "rev", entry->rev);
	}
	if (exit_opens(pass, EXIT_EVENT, EXIT_LEVEL))
		json_put_member_u64(w, "level", (uint64_t)level_of(body));
	if (!exit_opens(pass, EXIT_EVENT, EXIT_CODED))
		return;
	json_put_member_span(w, "iss", entry->iss);
	json_put_member_span(w, "kind", entry->kind);
	if (entry->has_re) {
		entry_write_digest(&entry->re, re);
		json_put_member_str(w, "re", re);
	}
	if (k != NULL && k->is_answer)
		*name = "acknowledged";
}

/* What the entry says of itself. */
static void
put_entry(struct control *c, struct json_out *w, const struct hub_event *e,
    const char **name)
{
	struct service *s = c->service;
	struct arena a = { 0 };
	struct store_body body;
	struct exit_notice n;
	struct exit_pass pass;
	struct entry entry;
	struct json_val v;
	struct span text;
	struct jws jws;
	uint32_t log = UINT32_MAX;

	for (size_t i = 0; i < hub_log_count(s->hub); i++)
		if (span_is_equal(hub_log(s->hub, i).origin, e->origin))
			log = hub_log(s->hub, i).id;
	if (log != UINT32_MAX &&
	    hub_read_entry(s->hub, log, e->index, &a, &body, &text) ==
		ERR_NONE &&
	    jws_parse(text, ENTRY_TYP, &a, &jws, NULL) == ERR_NONE &&
	    entry_parse(jws.payload, &a, &entry, &v, NULL) == ERR_NONE) {
		n = exits_of_entry(s, log, &entry, v, body.state, NULL, &a);
		pass = exits_to_readers(s, EXIT_EVENT, &n);
		put_coded(c, w, &entry, v, &pass, name);
	}
	arena_release(&a);
}

static const char *
event_name(enum hub_event_type type)
{
	switch (type) {
	case HUB_LINK_UP:
	case HUB_LINK_DOWN:
	case HUB_SILENCE:
	case HUB_CLOCK:
		return "link";
	case HUB_ACCEPTED:
		return "accepted";
	case HUB_RELEASED:
		return "released";
	case HUB_RECEIPTED:
		return "receipted";
	case HUB_STATE:
	case HUB_DOCUMENT:
		return "state";
	case HUB_EMBARGO:
		return "embargo";
	case HUB_ERASED:
		return "erased";
	case HUB_QUARANTINED:
	case HUB_CHANGED:
	case HUB_REFUSED:
	case HUB_ALARM:
		break;
	}
	return "alarm";
}

/* Nothing below this is owed to a team any more; at most `size`. */
static uint64_t
whole_below(const struct control *c, struct span team, uint64_t size)
{
	struct service *s = c->service;

	for (size_t i = 0; i < hub_peer_count(s->hub); i++) {
		struct hub_peer_info p = hub_peer(s->hub, i,
		    loop_now(s->loop));

		if (span_is_equal(p.team, team))
			return p.due != 0 && p.due_from < size ? p.due_from :
								 size;
	}
	return size;
}

static void
write_event(struct control *c, const struct hub_event *e, struct buf *out)
{
	const char *name = event_name(e->type);
	struct json_out w, d;
	struct buf data;

	buf_init(&data, 8192);
	json_out_init(&d, &data);
	json_put_open(&d, '{');
	json_put_member_span(&d, "team", e->team);
	json_put_member_span(&d, "log", e->origin);
	json_put_member_u64(&d, "index", e->index);
	json_put_member_str(&d, "error",
	    e->err == ERR_NONE ? "" : err_token(e->err));
	json_put_member_str(&d, "text", e->type == HUB_LINK_UP ? "up" :
		e->type == HUB_LINK_DOWN && e->text[0] == '\0' ? "down" :
								 e->text);
	if (e->type == HUB_LINK_UP || e->type == HUB_LINK_DOWN)
		json_put_member_bool(&d, "up", e->type == HUB_LINK_UP);
	if (e->type == HUB_RECEIPTED)
		json_put_member_u64(&d, "whole",
		    whole_below(c, e->team, e->index));
	if (e->type == HUB_ACCEPTED || e->type == HUB_RELEASED)
		put_entry(c, &d, e, &name);
	json_put_close(&d, '}');
	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_str(&w, "event", name);
	json_put_member_u64(&w, "at",
	    (uint64_t)loop_now(c->service->loop).wall.ms);
	json_put_key(&w, "data");
	json_put_raw(&w, buf_span(&data));
	json_put_close(&w, '}');
	buf_release(&data);
}

void
control_tell(struct control *c, const struct hub_event *e)
{
	struct control_client *next;
	struct buf event;

	buf_init(&event, 16384);
	for (struct control_client *cl = c->clients; cl != NULL; cl = next) {
		next = cl->next;
		if (!cl->wants_events)
			continue;
		if (event.n == 0)
			write_event(c, e, &event);
		if (cl->out.n - cl->out_at > EVENTS_OUT_MAX) {
			log_event(LOG_NOTICE, "control.slow",
			    log_uint("uid", cl->uid));
			client_close(cl);
			continue;
		}
		client_put(cl, buf_span(&event));
	}
	buf_release(&event);
}

/* The caller may have been given other rights, or another name, since. */
static bool
is_of(struct control_client *cl, struct span login)
{
	struct caller who;

	caller_find(cl->control->service, cl->uid, &who);
	return who.login[0] != '\0' && span_is_str(login, who.login);
}

bool
control_page(struct control *c, struct span login, struct span text)
{
	struct control_client *next;
	struct json_out w;
	struct buf event;
	bool seen = false;

	buf_init(&event, 16384);
	json_out_init(&w, &event);
	json_put_open(&w, '{');
	json_put_member_str(&w, "event", "page");
	json_put_member_u64(&w, "at",
	    (uint64_t)loop_now(c->service->loop).wall.ms);
	json_put_key(&w, "data");
	json_put_open(&w, '{');
	json_put_member_span(&w, "text", text);
	json_put_close(&w, '}');
	json_put_close(&w, '}');
	for (struct control_client *cl = c->clients; cl != NULL; cl = next) {
		next = cl->next;
		if (!cl->wants_events || cl->watch == NULL ||
		    cl->out.n - cl->out_at > EVENTS_OUT_MAX ||
		    !is_of(cl, login))
			continue;
		client_put(cl, buf_span(&event));
		seen |= cl->watch != NULL;
	}
	buf_release(&event);
	return seen;
}

/* --- life --- */

static enum err
listen_on(const char *path, int *out)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	struct stat st;
	int fd;

	if (strlen(path) >= sizeof sa.sun_path)
		return ERR_LIMIT;
	memcpy(sa.sun_path, path, strlen(path) + 1);
	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
		unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return ERR_IO;
	if (bind(fd, (struct sockaddr *)&sa, sizeof sa) != 0 ||
	    chmod(path, 0660) != 0 || listen(fd, 64) != 0) {
		int saved = errno;

		close(fd);
		errno = saved;
		return ERR_IO;
	}
	*out = fd;
	return ERR_NONE;
}

enum err
control_create(struct service *s, struct control **out)
{
	struct control *c = mem_alloc(sizeof *c);
	enum err e = listen_on(s->config->control_socket, &c->fd);

	c->service = s;
	if (e == ERR_NONE) {
		e = loop_watch_create(s->loop, c->fd, on_accept, c, &c->watch);
		if (e != ERR_NONE)
			close(c->fd);
	}
	if (e != ERR_NONE) {
		log_event(LOG_ERROR, "control.listen",
		    log_str("path", s->config->control_socket),
		    log_err("error", e), log_str("system", strerror(errno)));
		free(c);
		return e;
	}
	c->work = loop_timer_create(s->loop, on_work, c);
	loop_watch_set(c->watch, LOOP_READ);
	*out = c;
	return ERR_NONE;
}

void
control_free(struct control *c)
{
	if (c == NULL)
		return;
	while (c->clients != NULL)
		client_close(c->clients);
	while (c->working != NULL) {
		struct call *call = c->working;

		c->working = call->work_next;
		call_free(call);
	}
	loop_defer_cancel(c->service->loop, &c->bury);
	bury(c);
	loop_timer_free(c->work);
	loop_watch_free(c->watch);
	close(c->fd);
	free(c);
}
