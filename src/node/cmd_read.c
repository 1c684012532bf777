/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: inbox, show, receipts.
 */
#include "node/reach.h"

#include "crypto/jws.h"
#include "node/awaited.h"
#include "node/claims.h"
#include "node/escalations.h"
#include "node/exits.h"
#include "node/overlap_links.h"
#include "node/receipt_find.h"
#include "record/erased.h"
#include "schema/show.h"

enum { SHOW_COLUMNS = 80 };

static bool
is_expired(struct call *c, const struct index_row *row)
{
	return trust_has_expired(hub_clock(c->service->hub), row->exp_s,
	    loop_now(c->service->loop).wall);
}

static const char *
state_word(struct call *c, const struct index_row *row)
{
	if (row->state == STORE_BODY_QUARANTINED)
		return "quarantined";
	if (row->state == STORE_BODY_VOID)
		return "void";
	if (row->state == STORE_BODY_ERASED)
		return "erased";
	if ((row->flags & INDEX_ENDED) != 0)
		return "withdrawn";
	if ((row->flags & INDEX_REPLACED) != 0)
		return "replaced";
	if (is_expired(c, row))
		return "expired";
	return (row->flags & INDEX_UPDATED) != 0 ? "updated" : "new";
}

static struct show_head
head_of(struct call *c, const struct index_row *row)
{
	return (struct show_head){ .kind = row->kind, .iss = row->iss,
		.rev = row->rev, .tlp = row->tlp, .has_tlp = row->has_tlp,
		.iat = { row->iat_s * 1000 }, .exp = { row->exp_s * 1000 },
		.is_expired = is_expired(c, row) };
}

/* --- inbox --- */

/* The brief of a row, parsed; an empty object if it is none. */
static struct json_val
brief_of(struct call *c, const struct index_row *row)
{
	struct json *doc = arena_alloc(&c->mem, sizeof *doc);

	if (json_parse_arena(arena_copy(&c->mem, row->brief), LIMIT_JSON_DEPTH,
		LIMIT_JSON_TOKENS, &c->mem, doc, NULL) != ERR_NONE)
		return (struct json_val){ 0 };
	return json_root(doc);
}

static void
put_title(struct call *c, const struct index_row *row, enum exit_way way,
    const struct exit_pass *pass)
{
	const struct show how = { .schema = c->service->schema,
		.lang = c->lang };
	const struct show_head head = head_of(c, row);
	struct buf title;

	if (!exit_opens(pass, way, EXIT_TEXT)) {
		json_put_member_str(&c->w, "title", "");
		return;
	}
	buf_init(&title, 8192);
	if (show_title(&how, &head, brief_of(c, row), &c->mem, &title) ==
	    ERR_NONE)
		json_put_member_span(&c->w, "title", buf_span(&title));
	buf_release(&title);
}

void
call_put_title(struct call *c, const struct index_row *row)
{
	const struct exit_notice n = exits_of_row(c->service, row);
	const struct exit_pass pass = exits_to_caller(c, EXIT_SHOW, &n);

	put_title(c, row, EXIT_SHOW, &pass);
}

static void
put_row(struct call *c, const struct index_row *row, enum exit_way way)
{
	const struct exit_notice n = exits_of_row(c->service, row);
	const struct exit_pass pass = exits_to_caller(c, way, &n);
	struct json_out *w = &c->w;

	if (!exit_opens(&pass, way, EXIT_CODED))
		return;
	json_put_open(w, '{');
	json_put_member_str(w, "id", call_id(c, &row->id));
	json_put_member_span(w, "iss", row->iss);
	json_put_member_span(w, "kind", row->kind);
	json_put_member_u64(w, "level", (uint64_t)row->level);
	json_put_member_str(w, "tlp", row->has_tlp ? tlp_label(row->tlp) : "");
	put_title(c, row, way, &pass);
	json_put_key(w, "iat");
	json_put_i64(w, row->iat_s);
	if (row->exp_s != 0)
		json_put_member_u64(w, "expires", (uint64_t)row->exp_s);
	json_put_member_str(w, "state", state_word(c, row));
	json_put_member_bool(w, "acknowledged",
	    (row->flags & INDEX_ACKNOWLEDGED) != 0);
	json_put_member_bool(w, "owed", (row->flags & INDEX_OWED) != 0);
	json_put_member_bool(w, "mine", (row->flags & INDEX_MINE) != 0);
	json_put_member_bool(w, "exercise", (row->flags & INDEX_EXERCISE) != 0);
	json_put_member_u64(w, "rev", row->rev);
	json_put_member_str(w, "digest", call_digest(c, &row->digest));
	json_put_member_u64(w, "at", row->at);
	if (row->state == STORE_BODY_QUARANTINED)
		json_put_member_bool(w, "quarantined", true);
	json_put_close(w, '}');
}

static bool
see_row(void *ctx, const struct index_row *row)
{
	put_row(ctx, row, EXIT_LIST);
	return true;
}

static bool
flag(struct call *c, const char *name)
{
	bool on = false;

	return json_bool(json_get(c->args, name), &on) == ERR_NONE && on;
}

void
cmd_inbox(struct call *c)
{
	struct index_filter filter = {
		.unacknowledged = flag(c, "unacknowledged"),
		.mine = flag(c, "mine"),
		.quarantined = flag(c, "quarantined"),
		.ended = flag(c, "ended"), .kind = call_arg(c, "kind"),
		.team = call_arg(c, "team"), .search = call_arg(c, "search"),
		.limit = 200 };
	uint64_t limit = 200, next = 0;
	int64_t since_s;
	enum err e;

	if (filter.search.n != 0 && call_await_words(c, cmd_inbox))
		return;
	since_s = filter.search.n != 0 ? call_words_since(c) : 0;
	if (filter.kind.n != 0 &&
	    kind_find(c->service->schema, filter.kind) == NULL) {
		call_misused(c, "%.60s is no kind of notice",
		    arena_string(&c->mem, filter.kind));
		return;
	}
	if (json_u64(json_get(c->args, "limit"), &limit) == ERR_NONE &&
	    limit != 0)
		filter.limit = limit < LIMIT_LIST_ROWS ? (unsigned)limit :
							 LIMIT_LIST_ROWS;
	(void)!json_u64(json_get(c->args, "before"), &filter.before);
	json_put_open(&c->w, '{');
	json_put_key(&c->w, "rows");
	json_put_open(&c->w, '[');
	e = index_inbox(c->service->index, &filter, see_row, c, &next);
	if (e != ERR_NONE) {
		call_fail(c, e, e == ERR_LIMIT ? EXIT_MISUSED : EXIT_OF_ERROR,
		    e == ERR_LIMIT ? "too many words to search for" :
				     "the index cannot be read",
		    err_sentence(e),
		    e == ERR_LIMIT ? "" : "almenara log reindex");
		return;
	}
	json_put_close(&c->w, ']');
	json_put_member_u64(&c->w, "next", next);
	if (since_s != 0)
		json_put_member_u64(&c->w, "searched_since",
		    (uint64_t)since_s);
	json_put_close(&c->w, '}');
	call_done(c);
}

/* --- show --- */

/* Every member of the payload but its body. */
static void
put_envelope(struct call *c, const struct record *r)
{
	struct json *doc = arena_alloc(&c->mem, sizeof *doc);
	struct json_val root;

	json_put_key(&c->w, "envelope");
	json_put_open(&c->w, '{');
	if (json_parse_arena(r->payload, LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS,
		&c->mem, doc, NULL) == ERR_NONE) {
		root = json_root(doc);
		json_put_rest(&c->w, root, JSON_WITHOUT("body"), &c->mem);
	}
	json_put_close(&c->w, '}');
}

static void
put_place(struct call *c, const struct index_row *row)
{
	size_t log = log_find(c->service, row->log);

	json_put_member_span(&c->w, "log", log != SIZE_MAX ?
		hub_log(c->service->hub, log).origin : span_str(""));
	json_put_member_u64(&c->w, "index", row->index);
	json_put_member_str(&c->w, "digest", call_digest(c, &row->digest));
}

static bool
see_revision(void *ctx, const struct index_row *row)
{
	struct call *c = ctx;
	const struct exit_notice n = exits_of_row(c->service, row);
	const struct exit_pass pass = exits_to_caller(c, EXIT_SHOW, &n);
	struct json_out *w = &c->w;

	if (!exit_opens(&pass, EXIT_SHOW, EXIT_CODED))
		return true;
	json_put_open(w, '{');
	json_put_member_u64(w, "rev", row->rev);
	put_place(c, row);
	json_put_key(w, "iat");
	json_put_i64(w, row->iat_s);
	json_put_member_str(w, "tlp", row->has_tlp ? tlp_label(row->tlp) : "");
	json_put_member_str(w, "state", state_word(c, row));
	put_title(c, row, EXIT_SHOW, &pass);
	json_put_close(w, '}');
	return true;
}

static bool
see_original(void *ctx, const struct index_row *row)
{
	struct call *c = ctx;
	const struct exit_notice n = exits_of_row(c->service, row);
	const struct exit_pass pass = exits_to_caller(c, EXIT_SHOW, &n);

	if (!exit_opens(&pass, EXIT_SHOW, EXIT_CODED))
		return true;
	json_put_open(&c->w, '{');
	put_place(c, row);
	json_put_close(&c->w, '}');
	return true;
}

static bool
see_answer(void *ctx, const struct index_row *row)
{
	struct call *c = ctx;
	const struct exit_notice n = exits_of_row(c->service, row);
	const struct exit_pass pass = exits_to_caller(c, EXIT_SHOW, &n);
	struct json_out *w = &c->w;
	struct json_val brief = brief_of(c, row);

	if (!exit_opens(&pass, EXIT_SHOW, EXIT_NAMES))
		return true;
	json_put_open(w, '{');
	json_put_member_span(w, "team", row->iss);
	json_put_member_str(w, "re", call_digest(c, &row->re));
	json_put_key(w, "iat");
	json_put_i64(w, row->iat_s);
	json_put_rest(w, brief, NULL, &c->mem);
	json_put_close(w, '}');
	return true;
}

static bool
see_other(void *ctx, const struct index_row *row)
{
	/* of what has states, as it stands now */
	if ((row->flags & INDEX_CASE) == 0 || (row->flags & INDEX_NEWEST) != 0)
		put_row(ctx, row, EXIT_SHOW);
	return true;
}

/* One list of the record's family. */
static void
put_family(struct call *c, const struct index_row *row, const char *key,
    const struct index_notice *want)
{
	struct index_audience audience;

	json_put_key(&c->w, key);
	json_put_open(&c->w, '[');
	(void)!index_notice(c->service->index, row, want, &c->mem, &audience);
	json_put_close(&c->w, ']');
}

static const char *
why_of(struct call *c, const struct store_body *stored)
{
	const unsigned char *bar = stored->meta.n != 0 ?
	    memchr(stored->meta.p, '|', stored->meta.n) :
	    NULL;

	if (bar == NULL)
		return "";
	bar++;
	return arena_string(&c->mem,
	    span_of(bar, stored->meta.n - (size_t)(bar - stored->meta.p)));
}

/* When, by whom and by which instrument it was erased; "" in the members that
 * the erasing entry does not give. */
static void
put_erased(struct call *c, struct json_val stub, struct buf *text)
{
	static const struct names on = { { "erased on", "suprimida el",
		"suprimida em", "effacée le" } };
	static const struct names of_law = { { "instrument", "instrumento",
		"instrumento", "instrument" } };
	static const struct names from = { { "by", "por", "por", "par" } };
	struct span instrument = span_str(""), post = span_str("");
	char when[INSTANT_TEXT_MAX] = "";
	struct digest of, by = { 0 };
	struct index_row row = { 0 };
	struct record r = { 0 };

	if (erased_parse(stub, &c->mem, &of, &by) == ERR_NONE &&
	    index_by_digest(c->service->index, &by, &c->mem, &row) ==
		ERR_NONE && call_look(c, &row, EXIT_SHOW, &r)) {
		wall_write((struct wall){ row.iat_s * 1000 }, when);
		(void)!json_text(json_get(r.body, "instrument"), &c->mem,
		    &instrument);
		(void)!json_text(json_get(r.body, "author_post"), &c->mem,
		    &post);
	}
	buf_put_format(text, "%s %s %s %.*s (%.*s), %s: %.*s\n",
	    on.in[c->lang], when, from.in[c->lang], SPAN_FMT(r.entry.iss),
	    SPAN_FMT(post), of_law.in[c->lang], SPAN_FMT(instrument));
	json_put_key(&c->w, "erased");
	json_put_open(&c->w, '{');
	json_put_key(&c->w, "at");
	json_put_i64(&c->w, when[0] != '\0' ? row.iat_s : 0);
	json_put_member_span(&c->w, "by", r.entry.iss);
	json_put_member_span(&c->w, "post", post);
	json_put_member_span(&c->w, "instrument", instrument);
	json_put_member_str(&c->w, "digest", call_digest(c, &by));
	json_put_close(&c->w, '}');
}

static void
put_text(struct call *c, const struct index_row *row, const struct record *r)
{
	const struct show how = { .schema = c->service->schema,
		.lang = c->lang, .columns = SHOW_COLUMNS,
		.full = flag(c, "full") };
	struct show_head head = head_of(c, row);
	struct buf text;

	head.id = span_str(call_id(c, &row->id));
	buf_init(&text, LIMIT_SHOWN);
	if (row->state == STORE_BODY_ERASED) {
		put_erased(c, r->body, &text);
		json_put_member_span(&c->w, "text", buf_span(&text));
	} else if (exit_opens(&r->pass, EXIT_SHOW, EXIT_TEXT) &&
	    show_record(&how, &head, r->body, &c->mem, &text) == ERR_NONE)
		json_put_member_span(&c->w, "text", buf_span(&text));
	buf_release(&text);
}

void
cmd_show(struct call *c)
{
	const struct index_notice revisions = { .revision = see_revision,
		.ctx = c };
	const struct index_notice answers = { .answer = see_answer,
		.ctx = c };
	const struct index_notice others = { .other = see_other, .ctx = c };
	struct json_out *w = &c->w;
	struct index_row row;
	struct record r;
	size_t log;

	if (!call_find(c, INDEX_SHARED, "id", &row) ||
	    !call_read(c, &row, EXIT_SHOW, &r))
		return;
	log = log_find(c->service, row.log);
	json_put_open(w, '{');
	json_put_key(w, "notice");
	json_put_open(w, '{');
	put_envelope(c, &r);
	json_put_key(w, "body");
	if (exit_opens(&r.pass, EXIT_SHOW, EXIT_TEXT) &&
	    row.state != STORE_BODY_ERASED)
		json_put_raw(w, json_raw(r.body));
	else
		json_put_null(w);
	put_family(c, &row, "revisions", &revisions);
	json_put_key(&c->w, "originals");
	json_put_open(&c->w, '[');
	(void)!index_originals(c->service->index, &row, see_original, c);
	json_put_close(&c->w, ']');
	put_family(c, &row, "acknowledgements", &answers);
	put_family(c, &row, "others", &others);
	claims_put(c, &row);
	overlap_links_put(c, &row);
	escalations_put(c, &row.digest);
	json_put_member_str(w, "digest", call_digest(c, &row.digest));
	json_put_member_span(w, "log", log != SIZE_MAX ?
		hub_log(c->service->hub, log).origin : span_str(""));
	json_put_member_u64(w, "index", row.index);
	json_put_member_str(w, "state", state_word(c, &row));
	json_put_member_bool(w, "disputed", log != SIZE_MAX &&
	    row.index >= hub_log(c->service->hub, log).disputed);
	json_put_member_bool(w, "confirmed",
	    (row.flags & INDEX_MINE) != 0 ||
	    registry_is_confirmed(c->service->registry, row.iss));
	/* it may quote what is wrong with the text */
	json_put_member_str(w, "why",
	    exit_opens(&r.pass, EXIT_SHOW, EXIT_TEXT) ?
		why_of(c, &r.stored) : "");
	json_put_member_bool(w, "acknowledged",
	    (row.flags & INDEX_ACKNOWLEDGED) != 0);
	json_put_member_bool(w, "owed", (row.flags & INDEX_OWED) != 0);
	json_put_member_bool(w, "mine", (row.flags & INDEX_MINE) != 0);
	reach_put(c, &row, &r);
	json_put_close(w, '}');
	put_text(c, &row, &r);
	json_put_close(w, '}');
	call_done(c);
}

/* --- receipts --- */

struct answer {
	struct span team;
	struct span answer;
	struct span by_post;
	int64_t at_s;
};

struct board {
	struct call *call;
	struct answer answer[LIMIT_TEAMS];
	size_t n;
	struct awaited awaited[LIMIT_TEAMS]; /* promises that are not kept */
	size_t awaited_n;
};

static bool
note_answer(void *ctx, const struct index_row *row)
{
	struct board *b = ctx;
	struct json_val brief = brief_of(b->call, row);
	struct answer *a;

	if (b->n == LIMIT_TEAMS)
		return false;
	a = &b->answer[b->n++];
	*a = (struct answer){ .team = arena_copy(&b->call->mem, row->iss),
		.at_s = row->iat_s };
	(void)!json_text(json_get(brief, "answer"), &b->call->mem, &a->answer);
	(void)!json_text(json_get(brief, "by_post"), &b->call->mem,
	    &a->by_post);
	return true;
}

static void
put_delivery(struct call *c, const struct board *b,
    const struct index_row *row, const struct hub_peer_info *p)
{
	struct service *s = c->service;
	const struct answer *a = NULL;
	struct span team = p->team;
	bool stored = hub_is_delivered(s->hub, row->log, team, row->index);
	struct json_out *w = &c->w;

	for (size_t i = 0; i < b->n; i++)
		if (span_is_equal(b->answer[i].team, team))
			a = &b->answer[i];
	json_put_open(w, '{');
	json_put_member_span(w, "team", team);
	json_put_member_str(w, "state", a != NULL ? "acknowledged" :
		stored				    ? "stored" :
		hub_is_sent(s->hub, team, row->index) ? "sent" :
							"queued");
	json_put_key(w, "at");
	json_put_i64(w, a != NULL ? a->at_s :
		stored	    ? receipt_find(s, p, row) :
			      0);
	json_put_member_span(w, "answer",
	    a != NULL ? a->answer : span_str(""));
	json_put_member_span(w, "by_post",
	    a != NULL ? a->by_post : span_str(""));
	for (size_t i = 0; i < b->awaited_n; i++)
		if (span_is_str(team, b->awaited[i].team)) {
			json_put_member_u64(w, "next_update",
			    (uint64_t)b->awaited[i].due_s);
			json_put_member_str(w, "promise",
			    pledge_awaits_word(b->awaited[i].state));
		}
	json_put_close(w, '}');
}

static bool
is_reader(const struct record *r, struct span team)
{
	return !r->entry.sealed || entry_has_reader(&r->entry, team);
}

/* The delivery board of an own notice: each other team that it is for. */
void
cmd_receipts(struct call *c)
{
	struct service *s = c->service;
	struct board *b = arena_alloc(&c->mem, sizeof *b);
	const struct index_notice answers = { .answer = note_answer,
		.ctx = b };
	struct index_audience audience;
	struct index_row row;
	struct record r;

	b->call = c;
	if (!call_find(c, INDEX_SHARED, "id", &row) ||
	    !call_read(c, &row, EXIT_SHOW, &r))
		return;
	if ((row.flags & INDEX_MINE) == 0) {
		call_fail(c, ERR_RULE, EXIT_REFUSED,
		    "only the team that issued a notice has its receipts", "",
		    "");
		return;
	}
	(void)!index_notice(s->index, &row, &answers, &c->mem, &audience);
	b->awaited_n = awaited_of(s, &row, &c->mem, b->awaited, LIMIT_TEAMS);
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "id", call_id(c, &row.id));
	json_put_key(&c->w, "rows");
	json_put_open(&c->w, '[');
	for (size_t i = 0; i < hub_peer_count(s->hub); i++) {
		struct hub_peer_info p = hub_peer(s->hub, i,
		    loop_now(s->loop));

		if (is_reader(&r, p.team))
			put_delivery(c, b, &row, &p);
	}
	json_put_close(&c->w, ']');
	escalations_put(c, &row.digest);
	json_put_close(&c->w, '}');
	call_done(c);
}
