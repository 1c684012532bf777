/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests on the control socket, and their answers.
 */
#include "node/control_inside.h"

#include "base/log.h"
#include "base/mem.h"
#include "node/duties.h"
#include "node/refusals.h"

#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	CATCH_UP = 64,     /* entries of the index in one turn */
	WORDS_TURNS = 256  /* a search waits that long for words */
};

/* The one list of commands. */
static const struct command commands[] = {
#define COMMAND(name, who, act, how) \
	{ #name, RIGHT_##who, ACT_##act, how, cmd_##name },
#define QUIET(name, who, how, why) \
	{ #name, RIGHT_##who, ACT_NONE, how, cmd_##name },
#include "node/commands.def"
};
#undef COMMAND
#undef QUIET

void
call_put_error(struct json_out *w, enum err e, const char *what,
    const char *why, const char *next)
{
	json_put_key(w, "error");
	json_put_open(w, '{');
	json_put_member_str(w, "code", err_token(e));
	json_put_member_str(w, "what", what);
	json_put_member_str(w, "why", why);
	json_put_member_str(w, "next", next);
	json_put_close(w, '}');
}

/* --- answering --- */

void
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
	if (!c->is_told && c->command->act != ACT_NONE)
		audit_call(c, call_is_dry(c) ? "dry run" : "done", "");
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

static void
await_index(struct call *c)
{
	enum err e = service_index(c->service, CATCH_UP);

	if (e == ERR_NONE && index_lag(c->service->index) != 0)
		call_work(c, await_index);
	else
		call_done(c);
}

void
call_done_indexed(struct call *c)
{
	call_work(c, await_index);
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
	call_put_error(&w, e, refusals_find(what, c->lang),
	    refusals_find(why, c->lang), refusals_find(next, c->lang));
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
	text = format_text(c, refusals_find(format, c->lang), ap);
	va_end(ap);
	return text;
}

void
call_misused(struct call *c, const char *format, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, format);
	text = format_text(c, refusals_find(format, c->lang), ap);
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

void
call_arm(struct call *c)
{
	struct control_client *cl = c->client;

	if (cl == NULL || c->caller.login[0] == '\0')
		return;
	duties_session(c->service, c->caller.login, cl->armed[0] == '\0');
	snprintf(cl->armed, sizeof cl->armed, "%s", c->caller.login);
}

/* --- long work --- */

/* `step` may end the call. */
void
calls_step(struct control *c)
{
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
		if (list->client == NULL && list->ended == NULL)
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

int64_t
call_words_since(struct call *c)
{
	int64_t now_s = loop_now(c->service->loop).wall.ms / 1000;
	int64_t since_s;

	if (index_has_words(c->service->index, &since_s))
		return 0;
	return since_s < now_s ? since_s : now_s;
}

bool
call_await_words(struct call *c, command_fn *again)
{
	if (call_words_since(c) == 0 ||
	    c->words_turns == WORDS_TURNS ||
	    service_index(c->service, CATCH_UP) != ERR_NONE)
		return false;
	c->words_turns++;
	call_work(c, again);
	return true;
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
	if (c->command->how != TAKES_FILE)
		return;
	c->file = c->client->file;
	c->client->file = -1;
}

/* Run it for who asks, as the index knows her. */
static void
call_run(struct call *c)
{
	caller_find(c->service, c->caller.uid, &c->caller);
	c->caller.is_told = &c->is_told;
	c->caller.via = c->via;
	if (c->caller.rights == 0) {
		call_fail(c, ERR_DENIED, EXIT_SIGN_IN,
		    call_text(c, "this node does not know user %u",
			c->caller.uid),
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
	if (c->command->how != PLAIN && index_is_whole(c->service->index))
		run_caught_up(c);
	else
		c->command->run(c);
}

/* What keeps a node running does not wait until it knows everybody, for who
 * runs it: what persons alone may do does. */
static bool
is_upkeep(const struct call *c)
{
	return caller_runs_node(c->caller.uid) &&
	    (c->command->right == RIGHT_STATUS ||
		c->command->right == RIGHT_ADMIN) &&
	    (c->command->how != FRESH || c->command->run == cmd_status);
}

/* An index that is made anew does not know everybody yet: who is not found
 * may be there, and have other rights than nobody has. */
static void
run_known(struct call *c)
{
	struct index *ix = c->service->index;
	enum err e = index_is_whole(ix) || is_upkeep(c) ? ERR_NONE :
	    service_index(c->service, CATCH_UP);

	if (e != ERR_NONE)
		call_fail(c, e, EXIT_FAILED, "the index cannot be made, and "
		    "without it this node knows nobody", err_sentence(e),
		    "almenara status");
	else if (index_is_whole(ix) || is_upkeep(c))
		call_run(c);
	else
		call_work(c, run_known);
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
	c->caller.uid = uid;
	run_known(c);
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
    const char *via, call_ended_fn *ended, void *ctx)
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
	if (via != NULL)
		c->via = call_text(c, "%s", via);
	if (json_parse_arena(c->text, LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS,
		&c->mem, &c->doc, NULL) != ERR_NONE) {
		call_misused(c, "the arguments of %.40s are no JSON", cmd);
		return;
	}
	c->args = json_root(&c->doc);
	call_run_for(c, uid, span_str(cmd));
}

void
call_begin(struct control_client *cl, struct span text)
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
}int64_t
call_now_s(const struct call *c)
{
	return loop_now(c->service->loop).wall.ms / 1000;
}


