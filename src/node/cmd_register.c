/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: registers, register, register_row, register_put. A register is a
 * kind of the private log whose records people keep as rows: constituents,
 * critical services. Nothing here names a kind; schemas/ says which there are.
 */
#include "node/command.h"

#include "crypto/random.h"
#include "schema/check.h"

#include <string.h>

static const char not_written[] = "the register was not changed";

/* The register that the argument `kind` names; NULL: the call was answered. */
static const struct kind *
which(struct call *c)
{
	struct span name = call_arg(c, "kind");
	const struct kind *k = kind_find(c->service->schema, name);

	if (k != NULL && k->is_register)
		return k;
	call_fail(c, ERR_NOT_FOUND, EXIT_NOT_FOUND,
	    call_text(c, "there is no register \"%.60s\"",
		arena_string(&c->mem, name)), "", "almenara register list");
	return NULL;
}

/* --- registers --- */

void
cmd_registers(struct call *c)
{
	const struct schema *s = c->service->schema;
	struct json_out *w = &c->w;

	json_put_open(w, '{');
	json_put_key(w, "rows");
	json_put_open(w, '[');
	for (size_t i = 0; i < kind_count(s); i++) {
		const struct kind *k = kind_at(s, i);

		if (!k->is_register)
			continue;
		json_put_open(w, '{');
		json_put_member_str(w, "kind", k->name);
		json_put_member_str(w, "label", k->names.in[c->lang]);
		json_put_member_str(w, "meaning", k->meaning.in[c->lang]);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
	json_put_close(w, '}');
	call_done(c);
}

/* --- register: a page of its rows --- */

struct page {
	struct call *call;
	bool with_ended;
	unsigned room;
	bool is_cut;
	uint64_t last; /* place of the last row looked at */
};

static void
put_row(struct call *c, const struct index_row *row, struct json_val body)
{
	struct json_out *w = &c->w;

	json_put_member_str(w, "id", call_id(c, &row->id));
	json_put_member_u64(w, "rev", row->rev);
	json_put_member_u64(w, "at", (uint64_t)row->iat_s);
	json_put_member_bool(w, "ended", (row->flags & INDEX_ENDED) != 0);
	json_put_key(w, "body");
	json_put_raw(w, json_raw(body));
}

static bool
see_row(void *ctx, const struct index_row *row)
{
	struct page *p = ctx;
	struct record r;

	if (p->room == 0 || p->call->data.n > LIMIT_CONTROL_FRAME / 2) {
		p->is_cut = true;
		return false;
	}
	p->last = row->at;
	if (((row->flags & INDEX_ENDED) != 0 && !p->with_ended) ||
	    !call_look(p->call, row, EXIT_REGISTER, &r) ||
	    !exit_opens(&r.pass, EXIT_REGISTER, EXIT_TEXT))
		return true;
	p->room--;
	json_put_open(&p->call->w, '{');
	put_row(p->call, row, r.body);
	json_put_close(&p->call->w, '}');
	return true;
}

void
cmd_register(struct call *c)
{
	struct page p = { .call = c, .room = LIMIT_REGISTER_ROWS };
	const struct kind *k = which(c);
	uint64_t before = 0;
	enum err e;

	if (k == NULL)
		return;
	(void)!json_u64(json_get(c->args, "before"), &before);
	(void)!json_bool(json_get(c->args, "ended"), &p.with_ended);
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "kind", k->name);
	json_put_key(&c->w, "rows");
	json_put_open(&c->w, '[');
	e = index_home_all(c->service->index, k->name, before, see_row, &p);
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR, "the index cannot be read",
		    err_sentence(e), "almenara log reindex");
		return;
	}
	json_put_close(&c->w, ']');
	json_put_member_u64(&c->w, "next", p.is_cut ? p.last : 0);
	json_put_close(&c->w, '}');
	call_done(c);
}

/* --- register_row --- */

static bool
open_row(struct call *c, struct index_row *row, const struct kind **k)
{
	if (!call_find(c, INDEX_AT_HOME, "id", row))
		return false;
	*k = kind_find(c->service->schema, row->kind);
	if (*k != NULL && (*k)->is_register)
		return true;
	call_fail(c, ERR_NOT_FOUND, EXIT_NOT_FOUND,
	    "this is no row of a register", "", "almenara register list");
	return false;
}

void
cmd_register_row(struct call *c)
{
	const struct kind *k;
	struct index_row row;
	struct record r;

	if (!open_row(c, &row, &k) || !call_read(c, &row, EXIT_REGISTER, &r))
		return;
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "kind", k->name);
	put_row(c, &row, r.body);
	json_put_close(&c->w, '}');
	call_done(c);
}

/* --- register_put --- */

/* Rows on their way to the log: answered when the last one is there. */
struct put {
	struct call *call;
	size_t waiting;
	enum err err; /* the first refusal */
	const char *text;
	struct hub_draft draft[LIMIT_REGISTER_ROWS];
	struct digest replaces[LIMIT_REGISTER_ROWS];
	size_t n;
};

static void
answer(struct put *p)
{
	struct call *c = p->call;

	if (p->err != ERR_NONE) {
		call_unwritten(c, p->err, not_written, p->text);
		return;
	}
	json_put_open(&c->w, '{');
	json_put_key(&c->w, "ids");
	json_put_open(&c->w, '[');
	for (size_t i = 0; i < p->n; i++)
		json_put_str(&c->w, call_id(c, &p->draft[i].id));
	json_put_close(&c->w, ']');
	json_put_close(&c->w, '}');
	call_done(c);
}

static void
on_put(void *ctx, const struct hub_appended *result)
{
	struct put *p = ctx;

	if (result->err != ERR_NONE && p->err == ERR_NONE) {
		p->err = result->err;
		p->text = call_text(p->call, "%s", result->text);
	}
	if (--p->waiting == 0)
		answer(p);
}

/* A row that exists is changed only by who has seen its newest revision. */
static enum err
find_earlier(const struct put *p, struct json_val row, const struct kind *k,
    struct hub_draft *d, struct digest *replaces, struct fault *f)
{
	struct call *c = p->call;
	struct index_row found;
	struct span id;
	uint64_t rev;

	if (json_text(json_get(row, "id"), &c->mem, &id) != ERR_NONE ||
	    index_find(c->service->index, INDEX_AT_HOME, id, &c->mem, &found,
		NULL, NULL) != ERR_NONE ||
	    !span_is_str(found.kind, k->name))
		return fault_at(f, ERR_NOT_FOUND, 0, "id",
		    "is no row of this register");
	if (json_u64(json_get(row, "rev"), &rev) == ERR_NONE &&
	    rev != found.rev)
		return fault_at(f, ERR_CONFLICT, 0, "rev",
		    "is not the newest: somebody has changed this row");
	for (size_t i = 0; i < p->n; i++)
		if (uuid_is_equal(&p->draft[i].id, &found.id))
			return fault_at(f, ERR_CONFLICT, 0, "id",
			    "is named twice");
	d->id = found.id;
	d->rev = found.rev + 1;
	*replaces = found.digest;
	d->replaces = replaces;
	d->replaces_n = 1;
	return ERR_NONE;
}

static enum err
take_row(struct put *p, const struct kind *k, struct json_val row,
    struct fault *f)
{
	struct call *c = p->call;
	struct json_val body = json_get(row, "body");
	struct hub_draft d = home_draft(c->service, k->name);
	unsigned char random[10];
	enum err e;

	if (body.type != JSON_OBJECT)
		return fault_at(f, ERR_SCHEMA, 0, "body", "is no object");
	e = body_check(c->service->schema, k, body, CHECK_SENT, &c->mem, f);
	if (e != ERR_NONE)
		return e;
	d.has_id = true;
	d.body = json_raw(body);
	if (json_get(row, "id").type != JSON_ABSENT) {
		e = find_earlier(p, row, k, &d, &p->replaces[p->n], f);
	} else {
		random_fill(random, sizeof random);
		d.id = uuid_make(loop_now(c->service->loop).wall, random);
	}
	if (e == ERR_NONE)
		p->draft[p->n++] = d;
	return e;
}

/* All rows are right before the first is written. */
static enum err
take_rows(struct put *p, const struct kind *k, struct json_val rows,
    struct fault *f)
{
	if (rows.type != JSON_ARRAY || json_count(rows) == 0 ||
	    json_count(rows) > LIMIT_REGISTER_ROWS)
		return fault_at(f, ERR_LIMIT, 0, "rows",
		    "is no array of 1 to %d rows", LIMIT_REGISTER_ROWS);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	    v = json_next(rows, v)) {
		struct fault one = { 0 };
		enum err e = take_row(p, k, v, &one);

		if (e != ERR_NONE)
			return fault_at(f, e, p->n, one.field, "%s",
			    one.rule);
	}
	return ERR_NONE;
}

void
cmd_register_put(struct call *c)
{
	const struct kind *k = which(c);
	struct fault f = { 0 };
	struct put *p;
	enum err e;

	if (k == NULL)
		return;
	p = arena_alloc(&c->mem, sizeof *p);
	*p = (struct put){ .call = c };
	e = take_rows(p, k, json_get(c->args, "rows"), &f);
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR, not_written,
		    call_text(c, "row %zu: %s %s", f.at + 1, f.field, f.rule),
		    call_text(c, "almenara register list %s", k->name));
		return;
	}
	p->waiting = p->n;
	for (size_t i = 0; i < p->n; i++)
		hub_append(c->service->hub, &p->draft[i], on_put, p);
	audit(c->service, &c->caller, "register_put", NULL, k->name,
	    call_text(c, "%zu rows", p->n), "");
	service_stir(c->service);
}
