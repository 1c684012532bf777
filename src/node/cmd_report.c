/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: reports, report, report_step: what the public has reported, for
 * the watch and nobody else. What is sealed is opened by the keeper for who
 * asks, and stands nowhere else in the clear.
 */
#include "node/cmd_report.h"

#include "base/code.h"
#include "crypto/hpke.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "node/obligations.h"

enum { OPENED_MOST = CMD_REPORT_OPENED };

/* --- reports --- */

struct listing {
	struct call *call;
	bool with_ended;
	unsigned room;
};

static void
put_head(struct call *c, const struct index_row *row, struct json_val body)
{
	static const char *const same[] = { "number", "topic", "state", "stage",
		"lane", "received", "language", "handed_to", "consent",
		"origin", "sector", "harm", "classified" };
	struct json_out *w = &c->w;
	const struct kind *k = kind_find(c->service->schema, row->kind);
	struct span text;

	json_put_member_str(w, "id", call_id(c, &row->id));
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		struct json_val v = json_get(body, same[i]);

		if (v.type == JSON_ABSENT)
			continue;
		json_put_key(w, same[i]);
		json_put_raw(w, json_raw(v));
	}
	for (size_t i = 1; i < 4; i++) {
		const struct field *f = field_find(k,
		    span_str(same[i]));
		const struct choice *x = NULL;

		if (json_text(json_get(body, same[i]), &c->mem, &text) ==
		    ERR_NONE && f != NULL && f->choices != NULL)
			x = choice_find(f->choices, text);
		if (x != NULL)
			json_put_member_str(w, i == 1 ? "topic_label" : i == 2 ?
			    "state_label" : "stage_label",
			    x->names.in[c->lang]);
	}
	obligations_put(c->service, body, &c->mem, w);
	json_put_member_u64(w, "changed", (uint64_t)row->iat_s);
	json_put_member_u64(w, "files", json_count(json_get(body, "files")));
	json_put_member_u64(w, "count", json_count(json_get(body,
	    "messages")));
}

static bool
see_report(void *ctx, const struct index_row *row)
{
	struct listing *l = ctx;
	struct record r;

	if (l->room == 0)
		return false;
	if ((!l->with_ended && (row->flags & INDEX_ENDED) != 0) ||
	    !call_look(l->call, row, EXIT_REPORT, &r) ||
	    !exit_opens(&r.pass, EXIT_REPORT, EXIT_TEXT))
		return true;
	l->room--;
	json_put_open(&l->call->w, '{');
	put_head(l->call, row, r.body);
	json_put_close(&l->call->w, '}');
	return true;
}

void
cmd_reports(struct call *c)
{
	struct listing l = { .call = c, .room = LIMIT_LIST_ROWS };
	enum err e;

	(void)!json_bool(json_get(c->args, "ended"), &l.with_ended);
	json_put_open(&c->w, '{');
	json_put_key(&c->w, "rows");
	json_put_open(&c->w, '[');
	e = index_home_all(c->service->index, "report", 0, see_report, &l);
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR, "the index cannot be read",
		    err_sentence(e), "almenara log reindex");
		return;
	}
	json_put_close(&c->w, ']');
	json_put_member_bool(&c->w, "intake", c->service->has_intake);
	json_put_close(&c->w, '}');
	call_done(c);
}

/* --- one --- */

struct finding {
	struct call *call;
	struct span number;
	bool is_found;
	struct uuid id;
};

static bool
see_number(void *ctx, const struct index_row *row)
{
	struct finding *x = ctx;
	struct json doc;

	if (json_parse_arena(row->brief, 4, 256, &x->call->mem, &doc, NULL) ==
	    ERR_NONE && json_is_str(json_get(json_root(&doc), "number"),
	    arena_string(&x->call->mem, x->number))) {
		x->is_found = true;
		x->id = row->id;
	}
	return !x->is_found;
}

bool
cmd_report_find(struct call *c, struct index_row *row)
{
	struct finding x = { .call = c, .number = call_arg(c, "id") };

	if (x.number.n > 8 && x.number.p[2] == '-' &&
	    index_home_all(c->service->index, "report", 0, see_number, &x) ==
		ERR_NONE && x.is_found)
		x.number = span_str(call_id(c, &x.id));
	if (!call_find_tail(c, INDEX_AT_HOME, x.number, row))
		return false;
	if (span_is_str(row->kind, "report"))
		return true;
	call_fail(c, ERR_NOT_FOUND, EXIT_NOT_FOUND,
	    "this is no report of the public", "", "almenara reports list");
	return false;
}

enum err
cmd_report_open(struct service *s, struct span text, const char *aad,
    struct buf *out)
{
	struct keeper_job j = { .what = KEEPER_OPEN_INTAKE,
		.typ = REPORT_INFO, .with = span_str(aad) };
	struct buf raw;
	enum err e;

	buf_init(&raw, OPENED_MOST);
	e = code_parse_base64url(text, &raw);
	j.in = buf_span(&raw);
	j.out = *out;
	if (e == ERR_NONE)
		e = keeper_run(keeper_client_keeper(s->keeper), &j, 1);
	*out = j.out;
	buf_release(&raw);
	return e != ERR_NONE ? e : j.result;
}

/* The object, without the keys of its files. */
static void
put_object(struct call *c, struct json_val v)
{
	json_put_open(&c->w, '{');
	for (struct json_val m = json_first(v); m.type != JSON_ABSENT;
	    m = json_next(v, m)) {
		struct span key = json_key(m, &c->mem);

		if (span_is_str(key, "files") ||
		    span_is_str(key, "attachments"))
			continue;
		json_put_key_span(&c->w, key);
		json_put_raw(&c->w, json_raw(m));
	}
	json_put_close(&c->w, '}');
}

/* As a member: the object inside, or null. */
static void
put_opened(struct call *c, const char *name, struct span sealed,
    const char *aad)
{
	struct buf b;
	struct json doc;

	buf_init(&b, OPENED_MOST);
	json_put_key(&c->w, name);
	if (cmd_report_open(c->service, sealed, aad, &b) == ERR_NONE &&
	    json_parse_arena(buf_span(&b), LIMIT_JSON_DEPTH, 4096, &c->mem,
		&doc, NULL) == ERR_NONE &&
	    json_root(&doc).type == JSON_OBJECT)
		put_object(c, json_root(&doc));
	else
		json_put_null(&c->w);
	if (b.p != NULL)
		secret_wipe(b.p, b.cap);
	buf_release(&b);
}

static void
put_message(struct call *c, struct json_val id)
{
	struct index_row row;
	struct record r;
	struct span text;

	if (json_text(id, &c->mem, &text) != ERR_NONE ||
	    index_find(c->service->index, INDEX_AT_HOME, text, &c->mem, &row,
		NULL, NULL) != ERR_NONE ||
	    !call_look(c, &row, EXIT_REPORT, &r) ||
	    json_text(json_get(r.body, "sealed"), &c->mem, &text) != ERR_NONE)
		return;
	json_put_open(&c->w, '{');
	json_put_key(&c->w, "from");
	json_put_raw(&c->w, json_raw(json_get(r.body, "from")));
	json_put_member_u64(&c->w, "at", (uint64_t)row.iat_s);
	put_opened(c, "message", text, REPORT_AAD_MESSAGE);
	json_put_close(&c->w, '}');
}

/* What another team has handed over stands in its entry. */
static void
put_handed_here(struct call *c, struct json_val body)
{
	struct span id = span_str("");
	struct index_row row;
	struct record r;

	(void)!json_text(json_get(json_get(body, "origin"), "entry"), &c->mem,
	    &id);
	json_put_key(&c->w, "report");
	if (id.n != 0 && index_find(c->service->index, INDEX_SHARED, id,
	    &c->mem, &row, NULL, NULL) == ERR_NONE &&
	    call_look(c, &row, EXIT_SHOW, &r) && r.body.type == JSON_OBJECT)
		put_object(c, r.body);
	else
		json_put_null(&c->w);
}

/* How it stands at the team that it was handed to, as far as that has said. */
static void
put_there(struct call *c, struct json_val body)
{
	struct service *s = c->service;
	struct span id, team, state;
	struct index_row row, at;
	struct record r;

	if (json_text(json_get(body, "hand"), &c->mem, &id) != ERR_NONE ||
	    json_text(json_get(body, "handed_to"), &c->mem, &team) !=
		ERR_NONE ||
	    index_find(s->index, INDEX_SHARED, id, &c->mem, &row, NULL,
		NULL) != ERR_NONE)
		return;
	json_put_key(&c->w, "there");
	json_put_open(&c->w, '{');
	json_put_member_span(&c->w, "entry", id);
	if (reports_status_of(s, &row, team, &c->mem, &at, &r) &&
	    call_look(c, &at, EXIT_SHOW, &r) &&
	    json_text(json_get(r.body, "state"), &c->mem, &state) ==
		ERR_NONE) {
		json_put_key(&c->w, "number");
		json_put_raw(&c->w, json_raw(json_get(r.body, "number")));
		json_put_member_span(&c->w, "state", state);
		json_put_member_u64(&c->w, "at", (uint64_t)at.iat_s);
	}
	json_put_close(&c->w, '}');
}

void
cmd_report(struct call *c)
{
	struct index_row row;
	struct record r;
	struct span sealed;
	struct json_val list;

	if (!cmd_report_find(c, &row) || !call_read(c, &row, EXIT_REPORT, &r))
		return;
	json_put_open(&c->w, '{');
	put_head(c, &row, r.body);
	if (json_text(json_get(r.body, "sealed"), &c->mem, &sealed) ==
	    ERR_NONE)
		put_opened(c, "report", sealed, REPORT_AAD);
	else
		put_handed_here(c, r.body);
	put_there(c, r.body);
	list = json_get(r.body, "messages");
	json_put_key(&c->w, "messages");
	json_put_open(&c->w, '[');
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v))
		put_message(c, v);
	json_put_close(&c->w, ']');
	cmd_report_put_files(c, r.body);
	json_put_close(&c->w, '}');
	call_done(c);
}

/* --- report_step --- */

static void
on_stepped(void *ctx, enum err e, const char *why)
{
	struct call *c = ctx;

	if (e != ERR_NONE) {
		call_fail(c, e, e == ERR_STATE || e == ERR_BUSY ||
		    e == ERR_LIMIT ? EXIT_REFUSED : EXIT_OF_ERROR,
		    "the report was not changed", why, "almenara reports list");
		return;
	}
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "id", call_id(c, &c->object_id));
	json_put_close(&c->w, '}');
	call_done(c);
}

/* `text` sealed to `to`, as base64url in the memory of the call. */
static enum err
seal(struct call *c, const struct jwk *to, struct span text, struct span *out)
{
	unsigned char seed[32];
	struct buf raw, b;
	enum err e;

	random_fill(seed, sizeof seed);
	buf_init(&raw, OPENED_MOST);
	buf_init(&b, 2 * OPENED_MOST);
	e = hpke_seal(to, seed, span_str(REPORT_INFO),
	    span_str(REPORT_AAD_MESSAGE), text, &raw);
	secret_wipe(seed, sizeof seed);
	code_write_base64url(&b, buf_span(&raw));
	if (e == ERR_NONE)
		*out = arena_copy(&c->mem, buf_span(&b));
	buf_release(&raw);
	buf_release(&b);
	return e;
}

/* Of the team to who reported: sealed to both. */
enum err
cmd_report_write(struct call *c, struct json_val body, struct span text,
    struct report_change *out)
{
	struct service *s = c->service;
	struct jwk reader = { .kind = JWK_X25519 };
	struct digest key;
	struct json_out w;
	struct span t;
	struct buf b;
	enum err e = !s->has_intake ? ERR_KEY :
	    text.n > LIMIT_REPORT_TEXT ? ERR_LIMIT : ERR_NONE;

	if (e == ERR_NONE)
		e = json_text(json_get(body, "reader"), &c->mem, &t);
	if (e == ERR_NONE)
		e = entry_parse_digest(t, &key);
	if (e != ERR_NONE)
		return e;
	memcpy(reader.x, key.b, sizeof reader.x);
	buf_init(&b, OPENED_MOST);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_span(&w, "text", text);
	json_put_close(&w, '}');
	e = seal(c, &s->intake_jwk, buf_span(&b), &out->sealed);
	if (e == ERR_NONE)
		e = seal(c, &reader, buf_span(&b), &out->copy);
	secret_wipe(b.p, b.cap);
	buf_release(&b);
	out->is_message = out->by_team = true;
	return e;
}

/* Who made it has her code from another team, which alone can write to her. */
static void
fail_elsewhere(struct call *c, struct json_val body)
{
	struct json_val from = json_get(body, "origin");
	struct span team = span_str(""), entry = span_str("");

	(void)!json_text(json_get(from, "team"), &c->mem, &team);
	(void)!json_text(json_get(from, "entry"), &c->mem, &entry);
	call_fail(c, ERR_RULE, EXIT_REFUSED, "nothing was written to the "
	    "reporter", call_text(c, "only %.*s, who handed it over, can "
		"write to her; tell that team", SPAN_FMT(team)),
	    call_text(c, "almenara comment %.*s --text TEXT",
		SPAN_FMT(entry)));
}

/* Is it a weakness, and this one of its stages? If false, the call was
 * answered. */
static bool
may_stage(struct call *c, struct json_val body, struct span stage)
{
	const struct field *f = field_find(kind_find(c->service->schema,
	    span_str("report")), span_str("stage"));

	if (!json_is_str(json_get(body, "topic"), "weakness"))
		call_fail(c, ERR_RULE, EXIT_REFUSED,
		    "the report was not changed", "only a report of a "
		    "weakness has stages of coordination",
		    "almenara reports list");
	else if (choice_find(f->choices, stage) == NULL)
		call_misused(c, "a stage is received, confirmed, informed, "
		    "mended or published");
	else
		return true;
	return false;
}

void
cmd_report_step(struct call *c)
{
	struct span text = call_arg(c, "text");
	struct report_change change = { .state = call_arg(c, "state"),
		.stage = call_arg(c, "stage"), .sector = call_arg(c, "sector"),
		.harm = call_arg(c, "harm") };
	struct index_row row;
	struct record r;
	enum err e = ERR_NONE;

	if (text.n + change.state.n + change.stage.n + change.sector.n +
	    change.harm.n == 0) {
		call_misused(c, "a text, a state, a stage, a sector or a harm "
		    "belongs here");
		return;
	}
	if (span_is_str(change.state, "withdrawn") ||
	    span_is_str(change.state, "received")) {
		call_misused(c, "only who made it withdraws it, and it is "
		    "received once");
		return;
	}
	if (!cmd_report_find(c, &row) || !call_read(c, &row, EXIT_REPORT, &r))
		return;
	if (change.stage.n != 0 && !may_stage(c, r.body, change.stage))
		return;
	if (text.n != 0 && json_get(r.body, "reader").type == JSON_ABSENT) {
		fail_elsewhere(c, r.body);
		return;
	}
	if (text.n != 0)
		e = cmd_report_write(c, r.body, text, &change);
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR, "the answer cannot be sealed",
		    e == ERR_KEY ? "this node has no intake key, or the "
		    "reporter's is broken" : err_sentence(e), e == ERR_KEY ?
		    "almenara keyset prepare --rotate intake" : "");
		return;
	}
	reports_change(c->service, &row, &change, on_stepped, c);
}

/* --- report_told --- */

/* The duty that runs for it and is meant; NULL: none. */
static const struct deadline *
find_duty(struct call *c, const struct deadline *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_is_equal(all[i].law, call_arg(c, "law")) &&
		    span_is_str(call_arg(c, "step"),
			deadline_word(all[i].step)))
			return &all[i];
	return NULL;
}

static struct span
write_told(struct call *c, const struct deadline *d, int64_t at_s)
{
	struct json_out w;
	struct span out;
	struct buf b;

	buf_init(&b, 512);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_span(&w, "law", d->law);
	json_put_member_str(&w, "step", deadline_word(d->step));
	json_put_member_u64(&w, "at", (uint64_t)at_s);
	json_put_close(&w, '}');
	out = arena_copy(&c->mem, buf_span(&b));
	buf_release(&b);
	return out;
}

void
cmd_report_told(struct call *c)
{
	struct report_change change = { .state = span_str("") };
	struct deadline all[DEADLINE_RULES];
	const struct deadline *d;
	int64_t at_s = call_now_s(c), received_s = 0;
	const char *why = NULL, *next;
	struct index_row row;
	struct record r;

	(void)!json_i64(json_get(c->args, "at"), &at_s);
	if (!cmd_report_find(c, &row) || !call_read(c, &row, EXIT_REPORT, &r))
		return;
	d = find_duty(c, all, obligations_of(c->service, r.body, &c->mem,
	    all));
	(void)!json_i64(json_get(r.body, "received"), &received_s);
	if (d == NULL)
		why = "no duty of that law and step runs for it";
	else if (d->done_s != 0)
		why = "that was done already";
	else if (at_s > call_now_s(c) || at_s < received_s)
		why = "the time is not between when it came and now";
	if (why != NULL) {
		next = call_text(c, "almenara reports show %s",
		    arena_string(&c->mem, call_arg(c, "id")));
		call_fail(c, ERR_RULE, EXIT_REFUSED, "nothing was noted", why,
		    next);
		return;
	}
	change.told = write_told(c, d, at_s);
	reports_change(c->service, &row, &change, on_stepped, c);
}
