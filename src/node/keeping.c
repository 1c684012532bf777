/* SPDX-License-Identifier: Apache-2.0
 *
 * The daily sweep, and the command rules_keep.
 */
#include "node/keeping.h"

#include "base/log.h"
#include "base/mem.h"
#include "node/exits.h"
#include "node/ruling.h"
#include "record/erased.h"
#include "rules/keep.h"

#include <stdlib.h>
#include <unistd.h>

enum {
	SLICE = 128, /* entries in a turn */
	PAUSE_MS = 5,
	LAG_MS = 1000, /* the index is behind */
	FIRST_MS = 60000,
	EVERY_MS = 86400000,
	AGAIN_MS = 3600000, /* there was more than LIMIT_KEEP_SWEEP */
	HOLDS_MOST = 1024,
	RULE_MAX = 400 /* as in schemas/kinds/retention.json */
};

/* What goes, with the line that says so. */
struct going {
	uint32_t log;
	uint64_t index;
	struct digest digest; /* of the entry at that place */
	struct uuid id;
	unsigned line;
	const char *rule;
};

struct keeping {
	struct service *service;
	struct loop_timer *timer;
	bool is_running, is_dry;
	struct call *call; /* who waits; NULL: nobody */
	struct arena mem;  /* of the sweep */
	size_t log;        /* where it is */
	uint64_t index;
	struct uuid *hold;
	size_t hold_n;
	struct going *going;
	size_t going_n;
	uint64_t looked, stays, told;
};

static void
again(struct keeping *x, uint64_t wait_ms)
{
	loop_timer_start(x->timer, wait_ms, 0);
}

/* --- what is known of a record --- */

static bool
see_hold(void *ctx, const struct index_row *row)
{
	struct keeping *x = ctx;
	struct span id;
	struct record r;

	if (x->hold_n < HOLDS_MOST && (row->flags & INDEX_ENDED) == 0 &&
	    record_read(x->service, row->log, row->index, &x->mem, &r) ==
		ERR_NONE &&
	    json_text(json_get(r.body, "record"), &x->mem, &id) == ERR_NONE &&
	    uuid_parse(id, &x->hold[x->hold_n]) == ERR_NONE)
		x->hold_n++;
	return true;
}

static bool
is_held(const struct keeping *x, const struct uuid *id)
{
	for (size_t i = 0; i < x->hold_n; i++)
		if (uuid_is_equal(&x->hold[i], id))
			return true;
	return x->hold_n == HOLDS_MOST; /* there may be more: nothing goes */
}

/* What the node works by, or cannot read others without. */
static bool
is_needed(const struct kind *k)
{
	static const char *const home[] = { "draft", "audit" };
	bool private = false;

	if (k == NULL || k->unites || k->leaves || k->binds || k->permits ||
	    k->erases || k->exercise || strcmp(k->name, "anchor") == 0)
		return true;
	for (size_t i = 0; i < sizeof home / sizeof *home; i++)
		private = private || strcmp(k->name, home[i]) == 0;
	return k->is_private && !private;
}

struct looking {
	struct service *service;
	struct arena *a;
	struct keep_facts *facts;
	int64_t now_s;
};

static bool
is_open(const struct looking *l, const struct index_row *row)
{
	const struct kind *k = kind_find(l->service->schema, row->kind);
	struct json *doc = arena_alloc(l->a, sizeof *doc);

	if (k == NULL || k->life == NULL || k->unites || k->binds ||
	    (row->flags & INDEX_NEWEST) == 0)
		return false;
	return json_parse_arena(arena_copy(l->a, row->brief),
		   LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, l->a, doc, NULL) !=
	    ERR_NONE ||
	    !life_is_final(k->life, life_now(k->life, json_root(doc),
		l->now_s, l->a));
}

static bool
see_revision(void *ctx, const struct index_row *row)
{
	struct looking *l = ctx;

	if (row->iat_s > l->facts->newest_s)
		l->facts->newest_s = row->iat_s;
	l->facts->embargoed |= (row->flags & INDEX_EMBARGOED) != 0;
	l->facts->open |= is_open(l, row);
	return true;
}

static bool
see_other(void *ctx, const struct index_row *row)
{
	struct looking *l = ctx;

	l->facts->in_case |= is_open(l, row);
	return true;
}

/* Whom it was for and who has not said that it came. */
static bool
is_owed(struct service *s, const struct hub_log_info *log, uint64_t index)
{
	if (log->role != STORE_OWN)
		return false;
	for (size_t i = 0; i < hub_peer_count(s->hub); i++) {
		struct hub_peer_info p = hub_peer(s->hub, i,
		    loop_now(s->loop));

		if (p.due != 0 && p.due_from <= index)
			return true;
	}
	return false;
}

/* What the index has of it; what it does not know yet is taken for open. */
static void
look_up(struct keeping *x, const struct record *r, struct arena *a,
    struct keep_facts *f)
{
	struct service *s = x->service;
	struct looking l = { s, a, f, loop_now(s->loop).wall.ms / 1000 };
	const struct index_notice want = { .revision = see_revision,
		.other = see_other, .ctx = &l };
	struct digest d = hash_sha256(r->jws);
	struct index_row row;

	f->held = is_held(x, &r->entry.id);
	if (index_by_digest(s->index, &d, a, &row) != ERR_NONE ||
	    index_notice(s->index, &row, &want, a, NULL) != ERR_NONE)
		f->open = true;
}

/* --- one entry --- */

static void
put_row(struct keeping *x, const struct hub_log_info *log, uint64_t index,
    const struct record *r, const struct keep_facts *f,
    const struct keep_answer *a)
{
	struct call *c = x->call;
	bool home = log->role == STORE_PRIVATE;
	struct exit_notice n = exits_of_entry(x->service, log->id, &r->entry,
	    r->body, r->stored.state, NULL, &c->mem);
	struct exit_pass list = exits_to_caller(c, EXIT_LIST, &n);
	struct exit_pass draft = exits_to_caller(c, EXIT_DRAFT, &n);
	struct json_out *w = &c->w;

	if (x->told >= LIMIT_LIST_ROWS ||
	    !(home ? exit_opens(&draft, EXIT_DRAFT, EXIT_CODED) :
		     exit_opens(&list, EXIT_LIST, EXIT_CODED)))
		return;
	x->told++;
	json_put_open(w, '{');
	json_put_member_str(w, "id", call_id(c, &r->entry.id));
	json_put_member_span(w, "log", log->origin);
	json_put_member_u64(w, "index", index);
	json_put_member_span(w, "kind", r->entry.kind);
	json_put_member_span(w, "tlp", r->entry.tlp);
	json_put_member_u64(w, "newest", (uint64_t)f->newest_s);
	json_put_member_u64(w, "due", (uint64_t)a->due_s);
	json_put_member_bool(w, "goes", a->why == KEEP_GOES);
	json_put_member_str(w, "rule", call_text(c, "%u: %.*s", a->line,
	    SPAN_FMT(a->text)));
	json_put_member_str(w, "code", keep_why_token(a->why));
	json_put_member_str(w, "why",
	    keep_why(x->service->schema, a->why, c->lang));
	json_put_close(w, '}');
}

static void
note(struct keeping *x, const struct hub_log_info *log, uint64_t index,
    const struct record *r, const struct keep_answer *a)
{
	struct going *g = &x->going[x->going_n++];
	char *rule = arena_alloc(&x->mem, RULE_MAX + 1);
	size_t most = RULE_MAX - 16;

	snprintf(rule, RULE_MAX + 1, "%u: %.*s", a->line,
	    (int)(a->text.n < most ? a->text.n : most),
	    (const char *)a->text.p);
	*g = (struct going){ log->id, index, hash_sha256(r->leaf_jws),
		r->carrier.id, a->line, rule };
}

static void
look_at(struct keeping *x, const struct hub_log_info *log, uint64_t index,
    struct arena *a)
{
	struct service *s = x->service;
	struct wall now = loop_now(s->loop).wall;
	struct keep_facts f = { .tlp = TLP_RED };
	struct keep_answer answer;
	struct record r;

	x->looked++;
	if (record_read(s, log->id, index, a, &r) != ERR_NONE ||
	    r.stored.state != STORE_BODY_HELD)
		return;
	f.kind = r.entry.kind;
	f.newest_s = r.entry.iat_s;
	(void)!tlp_parse(r.entry.tlp, &f.tlp);
	keep_decide(s->rulebook.rules, &f, now, &answer);
	if (answer.why != KEEP_GOES)
		return;
	f.needed = is_needed(kind_find(s->schema, f.kind));
	if (!f.needed)
		look_up(x, &r, a, &f);
	f.owed = is_owed(s, log, index);
	keep_decide(s->rulebook.rules, &f, now, &answer);
	if (answer.why == KEEP_NOT_YET || answer.why == KEEP_NEEDED)
		return; /* a newer revision; or as if no line were there */
	if (x->call != NULL)
		put_row(x, log, index, &r, &f, &answer);
	if (answer.why != KEEP_GOES)
		x->stays++;
	else if (x->going_n < LIMIT_KEEP_SWEEP)
		note(x, log, index, &r, &answer);
}

/* --- what goes --- */

static void
on_written(void *ctx, const struct hub_appended *result)
{
	(void)ctx;
	if (result->err != ERR_NONE)
		log_event(LOG_WARNING, "retention.unwritten",
		    log_err("error", result->err),
		    log_str("text", result->text));
}

static void
put_target(struct service *s, struct json_out *w, const struct going *g)
{
	char digest[ENTRY_DIGEST_TEXT + 1], id[UUID_TEXT + 1];
	size_t log = log_find(s, g->log);

	entry_write_digest(&g->digest, digest);
	uuid_write(&g->id, id);
	json_put_open(w, '{');
	json_put_member_span(w, "log", hub_log(s->hub, log).origin);
	json_put_member_u64(w, "index", g->index);
	json_put_member_str(w, "digest", digest);
	json_put_member_str(w, "id", id);
	json_put_close(w, '}');
}

/* One record: as many of one line as it has room for. Returns how many. */
static size_t
write_one(struct keeping *x, const struct going *g, size_t n,
    const struct caller *who)
{
	struct service *s = x->service;
	struct hub_draft d = home_draft(s, "retention");
	struct ruling ruling = { .is_asked = true, .has_rules = true,
		.rules = *rules_digest(s->rulebook.rules), .line = g->rule };
	char digest[ENTRY_DIGEST_TEXT + 1], count[48];
	struct json_out w;
	struct buf b;
	size_t k = 0;

	entry_write_digest(&ruling.rules, digest);
	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_str(&w, "rule", g->rule);
	json_put_member_str(&w, "rules", digest);
	json_put_key(&w, "of");
	json_put_open(&w, '[');
	for (; k < n && k < ERASED_MOST && g[k].line == g->line; k++)
		put_target(s, &w, &g[k]);
	json_put_close(&w, ']');
	json_put_close(&w, '}');
	d.body = buf_span(&b);
	hub_append(s->hub, &d, on_written, NULL);
	buf_release(&b);
	snprintf(count, sizeof count, "%zu records", k);
	audit_by(s, who, "retention", NULL, "", "done", count, &ruling);
	return k;
}

static int
by_line(const void *x, const void *y)
{
	const struct going *a = x, *b = y;

	return a->line != b->line ? (a->line < b->line ? -1 : 1) :
	    a->log != b->log	  ? (a->log < b->log ? -1 : 1) :
	    a->index < b->index	  ? -1 :
				    a->index > b->index;
}

static void
write_all(struct keeping *x)
{
	struct caller node = { .uid = (uint32_t)geteuid(), .is_node = true,
		.post = "node" };
	const struct caller *who = x->call != NULL ? &x->call->caller : &node;

	qsort(x->going, x->going_n, sizeof *x->going, by_line);
	for (size_t i = 0; i < x->going_n;)
		i += write_one(x, &x->going[i], x->going_n - i, who);
	service_stir(x->service);
}

/* --- the sweep --- */

static void
end(struct keeping *x)
{
	struct call *c = x->call;
	bool more = x->going_n == LIMIT_KEEP_SWEEP;

	if (!x->is_dry && x->going_n != 0)
		write_all(x);
	if (x->looked != 0)
		log_event(LOG_NOTICE, "retention.swept",
		    log_uint("entries", x->looked),
		    log_uint("go", x->is_dry ? 0 : x->going_n),
		    log_uint("stay", x->stays));
	x->is_running = false;
	x->call = NULL;
	if (c != NULL) {
		json_put_close(&c->w, ']');
		json_put_member_u64(&c->w, "goes", x->going_n);
		json_put_member_u64(&c->w, "stays", x->stays);
		json_put_member_bool(&c->w, "dry", x->is_dry);
		json_put_member_bool(&c->w, "more", more);
		json_put_close(&c->w, '}');
		c->drop = NULL;
		call_done(c);
	}
	arena_release(&x->mem);
	again(x, more && !x->is_dry ? AGAIN_MS : EVERY_MS);
}

static void
begin(struct keeping *x)
{
	x->is_running = true;
	x->log = 0;
	x->index = 0;
	x->looked = x->stays = x->told = 0;
	x->going_n = x->hold_n = 0;
	x->hold = arena_alloc(&x->mem, HOLDS_MOST * sizeof *x->hold);
	x->going = arena_alloc(&x->mem, LIMIT_KEEP_SWEEP * sizeof *x->going);
	if (index_home(x->service->index, "hold", see_hold, x) != ERR_NONE)
		x->hold_n = HOLDS_MOST;
}

static void
slice(struct keeping *x)
{
	struct service *s = x->service;
	struct arena a = { 0 };

	for (unsigned i = 0; i < SLICE && x->log < hub_log_count(s->hub) &&
	     x->going_n < LIMIT_KEEP_SWEEP; i++) {
		const struct hub_log_info log = hub_log(s->hub, x->log);

		if (x->index >= log.size) {
			x->log++;
			x->index = 0;
			continue;
		}
		look_at(x, &log, x->index++, &a);
		arena_reset(&a);
	}
	arena_release(&a);
}

static void
on_timer(void *ctx)
{
	struct keeping *x = ctx;
	struct service *s = x->service;
	const char *why;

	if (s->is_stopping)
		return;
	if (!x->is_running && (!keep_is_asked(s->rulebook.rules) ||
		hub_may_append(s->hub, &why) != ERR_NONE)) {
		again(x, AGAIN_MS);
		return;
	}
	/* what the index has not seen may hold something */
	if (index_lag(s->index) != 0) {
		again(x, LAG_MS);
		return;
	}
	if (!x->is_running) {
		x->is_dry = false;
		begin(x);
	}
	slice(x);
	if (x->log == hub_log_count(s->hub) || x->going_n == LIMIT_KEEP_SWEEP ||
	    !keep_is_asked(s->rulebook.rules))
		end(x);
	else
		again(x, PAUSE_MS);
}

void
keeping_start(struct service *s)
{
	struct keeping *x = memset(mem_alloc(sizeof *x), 0, sizeof *x);

	x->service = s;
	x->timer = loop_timer_create(s->loop, on_timer, x);
	s->keeping = x;
	again(x, FIRST_MS);
}

void
keeping_stop(struct service *s)
{
	struct keeping *x = s->keeping;

	if (x == NULL)
		return;
	loop_timer_free(x->timer);
	arena_release(&x->mem);
	free(x);
	s->keeping = NULL;
}

/* --- the command --- */

static void
leave(struct call *c)
{
	struct keeping *x = c->service->keeping;

	if (x != NULL && x->call == c)
		x->call = NULL;
}

void
cmd_rules_keep(struct call *c)
{
	struct keeping *x = c->service->keeping;
	const char *why = "";
	bool dry = call_is_dry(c);
	enum err e;

	if (x == NULL || x->is_running) {
		call_fail(c, ERR_BUSY, EXIT_FAILED,
		    "the logs are being read through already", "",
		    "almenara rules keep --dry-run");
		return;
	}
	e = dry ? ERR_NONE : hub_may_append(c->service->hub, &why);
	if (e != ERR_NONE) {
		call_unwritten(c, e, "nothing was deleted", why);
		return;
	}
	audit(c->service, &c->caller, "retention", NULL, "", "asked",
	    dry ? "dry run" : "");
	x->call = c;
	x->is_dry = dry;
	c->drop = leave;
	json_put_open(&c->w, '{');
	json_put_key(&c->w, "rows");
	json_put_open(&c->w, '[');
	begin(x);
	again(x, 0);
}
