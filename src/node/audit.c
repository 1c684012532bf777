/* SPDX-License-Identifier: Apache-2.0
 *
 * The audit trail: records of kind `audit` in the private log.
 */
#include "node/anchors.h"
#include "node/ruling.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "schema/check.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	AUDIT_MAX = 16384,
	RECENT = 256, /* acts that need not be told again yet */
	VIEW_QUIET_MS = 60000,
	LIST_QUIET_MS = 3600000
};

struct hub_draft
home_draft(struct service *s, const char *kind)
{
	return (struct hub_draft){ .is_private = true,
		.kind = span_str(kind), .tlp = span_str("TLP:RED"),
		.aud = &s->own_team, .aud_n = 1 };
}

enum err
home_check(struct service *s, struct span kind, struct span body,
    struct arena *a, struct json *doc, struct fault *f)
{
	const struct kind *k = kind_find(s->schema, kind);
	enum err e = json_parse_arena(body, LIMIT_JSON_DEPTH,
	    LIMIT_JSON_TOKENS, a, doc, f);

	if (e != ERR_NONE)
		return e;
	if (k == NULL)
		return fault_at(f, ERR_SCHEMA, 0, "kind", "is not known here");
	return body_check(s->schema, k, json_root(doc), CHECK_SENT, a, f);
}

/* Nobody waits for it; if it cannot be written, neither can what it tells. */
static void
on_audited(void *ctx, const struct hub_appended *result)
{
	struct service *s = ctx;

	if (result->err == ERR_NONE) {
		anchors_stir(s);
	} else if (!s->is_stopping) {
		log_event(LOG_WARNING, "audit.lost",
		    log_err("error", result->err),
		    log_str("text", result->text));
	}
}

void
audit(struct service *s, const struct caller *who, const char *act,
    const struct digest *object, const char *subject, const char *outcome,
    const char *reason)
{
	audit_by(s, who, act, object, subject, outcome, reason, NULL);
}

static void
put_text(struct json_out *w, const char *name, const char *text, size_t most)
{
	struct text t;
	size_t n = strlen(text);

	if (n > most && text_parse(span_str(text), &t) == ERR_NONE)
		n = text_cut(t, most);
	if (n > most)
		n = 0;
	if (n != 0)
		json_put_member_span(w, name, span_of(text, n));
}

static void
put_digest(struct json_out *w, const char *name, const struct digest *d)
{
	char text[ENTRY_DIGEST_TEXT + 1];

	if (d == NULL)
		return;
	entry_write_digest(d, text);
	json_put_member_str(w, name, text);
}

/* The person, else the post, else the user of the system. */
static void
put_actor(struct json_out *w, const struct caller *who)
{
	char user[32];

	snprintf(user, sizeof user, "uid %u", who->uid);
	put_text(w, "actor", who->login[0] != '\0' ? who->login :
		who->post[0] != '\0' ? who->post : user, 120);
	put_text(w, "post", who->post, 120);
}

static void
put_ruling(struct json_out *w, const struct ruling *r)
{
	if (r->is_asked)
		put_text(w, "rule", r->line, 400);
	if (r->is_asked && r->has_rules)
		put_digest(w, "rules", &r->rules);
	if (r->draft != NULL)
		put_text(w, "draft", r->draft, 64);
	if (r->approved_n == 0)
		return;
	json_put_key(w, "approved");
	json_put_open(w, '[');
	for (size_t i = 0; i < r->approved_n; i++)
		json_put_span(w, r->approved[i]);
	json_put_close(w, ']');
}

struct told {
	struct service *service;
	audit_done_fn *done;
	void *ctx;
};

static void
on_told(void *ctx, const struct hub_appended *result)
{
	struct told *t = ctx;

	on_audited(t->service, result);
	t->done(t->ctx, result->err);
	free(t);
}

static void
append(struct service *s, const struct buf *body, struct told *told)
{
	struct hub_draft d = home_draft(s, "audit");

	assert(buf_check(body) == ERR_NONE);
	d.body = buf_span(body);
	if (told != NULL)
		hub_append(s->hub, &d, on_told, told);
	else
		hub_append(s->hub, &d, on_audited, s);
	service_stir(s);
}

static void
put(const struct caller *who, const char *act, const struct digest *object,
    const char *subject, const char *outcome, const char *reason,
    const struct ruling *ruling, struct buf *b)
{
	char client[32];
	struct json_out w;

	assert(act_find(span_str(act)) != ACT_NONE);
	snprintf(client, sizeof client, "control uid %u", who->uid);
	json_out_init(&w, b);
	json_put_open(&w, '{');
	put_actor(&w, who);
	json_put_member_str(&w, "act", act);
	put_digest(&w, "object", object);
	put_text(&w, "subject", subject, 200);
	put_text(&w, "client", who->via != NULL ? who->via :
		who->is_node ? "node" : client, 120);
	put_text(&w, "outcome", outcome, 64);
	put_text(&w, "reason", reason, 2000);
	if (ruling != NULL)
		put_ruling(&w, ruling);
	json_put_close(&w, '}');
}

void
audit_by(struct service *s, const struct caller *who, const char *act,
    const struct digest *object, const char *subject, const char *outcome,
    const char *reason, const struct ruling *ruling)
{
	struct buf b;

	if (who->is_told != NULL)
		*who->is_told = true;
	if (s->is_stopping)
		return;
	buf_init(&b, AUDIT_MAX);
	put(who, act, object, subject, outcome, reason, ruling, &b);
	append(s, &b, NULL);
	buf_release(&b);
}

void
audit_before(struct service *s, const struct caller *who, const char *act,
    const struct digest *object, const char *subject, const char *reason,
    audit_done_fn *done, void *ctx)
{
	struct told *t;
	struct buf b;

	if (s->is_stopping) {
		done(ctx, ERR_STATE);
		return;
	}
	t = mem_alloc(sizeof *t);
	*t = (struct told){ s, done, ctx };
	buf_init(&b, AUDIT_MAX);
	put(who, act, object, subject, "done", reason, NULL, &b);
	append(s, &b, t);
	buf_release(&b);
}

void
audit_self(struct service *s, const char *act, const struct digest *object,
    const char *subject, const char *outcome, const char *reason)
{
	struct caller who = { .uid = (uint32_t)geteuid(), .is_node = true,
		.post = "node" };

	audit(s, &who, act, object, subject, outcome, reason);
}

/* --- of a call --- */

struct audit_recent {
	struct {
		uint32_t uid;
		enum act act;
		bool is_refused;
		struct digest object;
		int64_t until_ms; /* monotonic; 0: free */
	} at[RECENT];
	size_t next; /* the oldest */
};

static int64_t
quiet_ms(enum act act)
{
	return act == ACT_LIST || act == ACT_FOLLOW ? LIST_QUIET_MS :
	    act == ACT_VIEW || act == ACT_ATTACHMENT || act == ACT_PREVIEW ?
						       VIEW_QUIET_MS :
						       0;
}

/* Has it been told already, a moment ago? Else it will have been. */
static bool
is_again(struct call *c, bool is_refused)
{
	struct service *s = c->service;
	enum act act = c->command->act;
	/* a list is told apart by its command */
	struct digest of = c->has_object ? c->object :
	    hash_sha256(span_str(c->command->name));
	int64_t now_ms = loop_now(s->loop).mono.ms;
	int64_t quiet = is_refused ? VIEW_QUIET_MS : quiet_ms(act);
	struct audit_recent *r;

	if (quiet == 0)
		return false;
	if (s->recent == NULL)
		s->recent = mem_alloc(sizeof *s->recent);
	r = s->recent;
	for (size_t i = 0; i < RECENT; i++)
		if (r->at[i].until_ms > now_ms &&
		    r->at[i].uid == c->caller.uid && r->at[i].act == act &&
		    r->at[i].is_refused == is_refused &&
		    digest_is_equal(&r->at[i].object, &of))
			return true;
	r->at[r->next].uid = c->caller.uid;
	r->at[r->next].act = act;
	r->at[r->next].is_refused = is_refused;
	r->at[r->next].object = of;
	r->at[r->next].until_ms = now_ms + quiet;
	r->next = (r->next + 1) % RECENT;
	return false;
}

void
audit_call(struct call *c, const char *outcome, const char *reason)
{
	bool is_refused = strcmp(outcome, "refused") == 0 ||
	    strcmp(outcome, "denied") == 0;
	enum act act = c->command->act;

	c->is_told = true;
	if (is_again(c, is_refused))
		return;
	/* the question is what there is to know of it */
	if (reason[0] == '\0' && (act == ACT_ASK || act == ACT_ATTACH ||
	    act == ACT_ATTACHMENT))
		reason = arena_string(&c->mem, json_raw(c->args));
	audit(c->service, &c->caller,
	    act_token(act != ACT_NONE ? act : ACT_FOLLOW),
	    c->has_object ? &c->object : NULL,
	    c->has_object ? call_id(c, &c->object_id) : c->command->name,
	    outcome, reason);
}
