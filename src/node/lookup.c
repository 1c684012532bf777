/* SPDX-License-Identifier: Apache-2.0
 *
 * What the commands share: finding entries and reading them again.
 */
#include "node/command.h"

#include "crypto/jws.h"
#include "node/exits.h"
#include "node/ruling.h"
#include "record/carried.h"

size_t
log_find(const struct service *s, uint32_t id)
{
	for (size_t i = 0; i < hub_log_count(s->hub); i++)
		if (hub_log(s->hub, i).id == id)
			return i;
	return SIZE_MAX;
}

const char *
call_id(struct call *c, const struct uuid *id)
{
	char *text = arena_alloc(&c->mem, UUID_TEXT + 1);

	uuid_write(id, text);
	return text;
}

const char *
call_digest(struct call *c, const struct digest *d)
{
	char *text = arena_alloc(&c->mem, ENTRY_DIGEST_TEXT + 1);

	entry_write_digest(d, text);
	return text;
}

void
call_unwritten(struct call *c, enum err e, const char *what, const char *why)
{
	const char *next = "almenara status";

	if (e == ERR_FULL)
		next = call_text(c, "free room on the volume of %s; the node "
		    "goes on by itself", c->service->config->data_dir);
	call_fail(c, e, EXIT_FAILED, what, why, next);
}

bool
call_is_written(struct call *c, const struct hub_appended *result,
    const char *what)
{
	if (result->err == ERR_NONE)
		return true;
	call_unwritten(c, result->err, what, result->text);
	return false;
}

bool
call_cannot_append(struct call *c, const char *what)
{
	const char *why;
	enum err e = hub_may_append(c->service->hub, &why);

	if (e == ERR_NONE || start_is(hub_start(c->service->hub), START_ASK))
		return false;
	call_unwritten(c, e, what, why);
	return true;
}

bool
call_is_dry(const struct call *c)
{
	bool dry;

	return json_bool(json_get(c->args, "dry_run"), &dry) == ERR_NONE &&
	    dry;
}

const char *
call_fault(struct call *c, const struct fault *f)
{
	return call_text(c, "%s%s%s", f->field, f->field[0] != '\0' ? ": " : "",
	    f->rule);
}

/* --- finding --- */

struct several {
	struct call *call;
	struct buf names;
};

static bool
see_one_of_several(void *ctx, const struct index_row *row)
{
	struct several *s = ctx;
	char id[UUID_TEXT + 1];

	uuid_write(&row->id, id);
	buf_put_format(&s->names, "%s%s (%.*s)", s->names.n != 0 ? ", " : "",
	    id, SPAN_FMT(row->iss));
	return true;
}

static const char *
listing(enum index_scope scope)
{
	return scope == INDEX_DRAFTS ? "almenara draft list" : "almenara inbox";
}

bool
call_find_tail(struct call *c, enum index_scope scope, struct span tail,
    struct index_row *out)
{
	struct several several = { .call = c };
	static const struct names nothing = { {
		"there is nothing with the id", "no hay nada con el id",
		"não há nada com o id", "il n’y a rien sous l’id" } };
	const char *shown = arena_string(&c->mem, tail), *why = "";
	enum err e;

	buf_init(&several.names, 2048);
	e = index_find(c->service->index, scope, tail, &c->mem, out,
	    see_one_of_several, &several);
	if (several.names.n != 0)
		why = arena_string(&c->mem, buf_span(&several.names));
	buf_release(&several.names);
	if (e == ERR_NONE) {
		c->has_object = true;
		c->object = out->digest;
		c->object_id = out->id;
		return true;
	}
	if (e == ERR_NOT_FOUND)
		call_fail(c, e, EXIT_NOT_FOUND,
		    call_text(c, "%s %.80s", nothing.in[c->lang], shown),
		    "", listing(scope));
	else if (e == ERR_CONFLICT)
		call_fail(c, e, EXIT_NOT_FOUND,
		    call_text(c, "several have an id that ends in %.80s",
			shown), why, listing(scope));
	else if (e == ERR_USAGE)
		call_misused(c, "%.80s is too short or no id; give the last "
		    "four characters or more", shown);
	else
		call_fail(c, e, EXIT_OF_ERROR, "the index cannot be read",
		    err_sentence(e), "almenara log reindex");
	return false;
}

bool
call_find(struct call *c, enum index_scope scope, const char *name,
    struct index_row *out)
{
	struct span tail = call_arg(c, name);

	if (tail.n != 0)
		return call_find_tail(c, scope, tail, out);
	call_misused(c, "the argument %s is missing", name);
	return false;
}

/* --- reading --- */

/* What the entry carries stands in its stead, as in the index. */
static void
unfold(struct service *s, struct arena *a, struct record *r)
{
	const struct kind *k = kind_find(s->schema, r->entry.kind);
	struct carried c;

	if (k == NULL || k->carries == CARRIES_NOTHING ||
	    r->stored.state == STORE_BODY_QUARANTINED ||
	    carried_parse(&r->carrier, r->body, k->carries, s->schema, a, &c,
		NULL) != ERR_NONE)
		return;
	r->is_carried = true;
	r->index = c.index;
	r->entry = c.entry;
	r->body = c.body;
	r->jws = c.jws.text;
	r->payload = c.jws.payload;
}

enum err
record_read(struct service *s, uint32_t log, uint64_t index, struct arena *a,
    struct record *out)
{
	struct record r = { 0 };
	struct jws jws;
	enum err e = hub_read_entry(s->hub, log, index, a, &r.stored, &r.jws);

	if (e == ERR_NONE)
		e = jws_parse(r.jws, ENTRY_TYP, a, &jws, NULL);
	if (e == ERR_NONE) {
		r.payload = jws.payload;
		e = entry_parse(jws.payload, a, &r.entry, &r.body, NULL);
	}
	if (e != ERR_NONE)
		return e;
	r.leaf_jws = r.jws;
	r.index = index;
	r.carrier = r.entry;
	unfold(s, a, &r);
	*out = r;
	return e;
}

struct exit_notice
record_facts(const struct service *s, const struct index_row *row,
    const struct record *r, struct arena *a)
{
	struct exit_notice n = exits_of_entry(s, row->log, &r->entry, r->body,
	    r->stored.state, row, a);

	if (r->is_carried)
		exits_carried(&n, &r->carrier, row);
	return n;
}

static enum exit_rule
ask_rules(struct call *c, const struct index_row *row, enum exit_way way,
    const struct exit_notice *n, struct record *r)
{
	struct ruling *ruling;
	enum exit_rule rule;

	if (!exit_needs_line(way))
		return EXIT_RULE_NONE;
	ruling = arena_alloc(&c->mem, sizeof *ruling);
	rule = ruling_export(c, way, row, r->body, n, ruling, &r->why);
	r->ruling = ruling;
	return rule;
}

/* What the pass does not open is taken out again. */
static enum err
admit(struct call *c, const struct index_row *row, enum exit_way way,
    struct record *r)
{
	struct exit_notice n = record_facts(c->service, row, r, &c->mem);
	const char *reason;

	r->pass = exits_by_line(c, way, &n, ask_rules(c, row, way, &n, r),
	    &reason);
	if (!exit_opens(&r->pass, way, EXIT_PLACE))
		return strcmp(reason, "rule") == 0 ? ERR_RULE : ERR_DENIED;
	if (!exit_opens(&r->pass, way, EXIT_TEXT)) {
		r->body = (struct json_val){ 0 };
		r->payload = span_str("");
	}
	/* a stub is not what was signed */
	if (!exit_opens(&r->pass, way, EXIT_WHOLE) ||
	    r->stored.state == STORE_BODY_ERASED)
		r->jws = r->leaf_jws = span_str("");
	return ERR_NONE;
}

static enum err
read_for(struct call *c, const struct index_row *row, enum exit_way way,
    struct record *out)
{
	enum err e = record_read(c->service, row->log, row->index, &c->mem,
	    out);

	return e == ERR_NONE ? admit(c, row, way, out) : e;
}

bool
call_look(struct call *c, const struct index_row *row, enum exit_way way,
    struct record *out)
{
	return read_for(c, row, way, out) == ERR_NONE;
}

/* The line, or that there is none and which it would be. */
static void
fail_by_rules(struct call *c, const struct index_row *row, enum exit_way way,
    const struct record *r)
{
	const char *why = call_text(c, "%s (%.380s)", r->why,
	    r->ruling->line);

	if (strcmp(r->ruling->line, "no line") == 0)
		why = call_text(c, "%s: allow export %.*s to gateway %s",
		    r->why, SPAN_FMT(row->kind), exit_word(way));
	ruling_audit(c, r->ruling, act_token(c->command->act), &row->digest,
	    call_id(c, &row->id), "refused", why);
	call_fail(c, ERR_RULE, EXIT_REFUSED,
	    "the sharing rules do not let it be taken out", why,
	    call_text(c, "almenara rules explain %s", call_id(c, &row->id)));
}

bool
call_read(struct call *c, const struct index_row *row, enum exit_way way,
    struct record *out)
{
	struct record r = { 0 };
	enum err e = read_for(c, row, way, &r);

	if (e == ERR_NONE) {
		*out = r;
		return true;
	}
	if (e == ERR_RULE && r.ruling != NULL)
		fail_by_rules(c, row, way, &r);
	else if (e == ERR_DENIED)
		call_fail(c, e, EXIT_SIGN_IN, "it may not be seen this way",
		    call_text(c, "the rules for \"%s\" forbid it",
			exit_word(way)), "");
	else
		call_fail(c, e, e == ERR_DECRYPT ? EXIT_REFUSED : EXIT_OF_ERROR,
		    e == ERR_DECRYPT ? "it is sealed and not to this team" :
				       "the entry cannot be read",
		    err_sentence(e), "");
	return false;
}

/* --- views --- */

static bool
see_view(void *ctx, uint64_t at, uint32_t log, uint64_t index)
{
	bool *found = ctx;

	(void)at;
	(void)log;
	(void)index;
	*found = true;
	return false;
}

bool
call_was_opened(struct call *c, const struct digest *d)
{
	char text[ENTRY_DIGEST_TEXT + 1];
	struct index_trace_ask ask = { .by = INDEX_TRACE_OF, .and_n = 1,
		.and_by = INDEX_TRACE_ACT,
		.and_value = span_str(act_token(ACT_VIEW)), .limit = 1 };
	bool found = false;

	entry_write_digest(d, text);
	ask.value = span_str(text);
	(void)!index_traces(c->service->index, &ask, see_view, &found, NULL);
	return found;
}

/* --- logs --- */

bool
call_which_log(struct call *c, size_t *out)
{
	struct hub *h = c->service->hub;
	struct span which = call_arg(c, "which");

	if (which.n == 0)
		which = span_str("own");
	for (size_t i = 0; i < hub_log_count(h); i++) {
		struct hub_log_info l = hub_log(h, i);

		if ((span_is_str(which, "own") && l.role == STORE_OWN) ||
		    (span_is_str(which, "private") &&
			l.role == STORE_PRIVATE) ||
		    span_is_equal(which, l.origin) ||
		    (l.role == STORE_MIRROR &&
			span_is_equal(which, l.team))) {
			*out = i;
			return true;
		}
	}
	call_fail(c, ERR_NOT_FOUND, EXIT_NOT_FOUND,
	    call_text(c, "there is no log %.200s here",
		arena_string(&c->mem, which)), "", "almenara peer list");
	return false;
}
