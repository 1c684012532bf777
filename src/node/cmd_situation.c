/* SPDX-License-Identifier: Apache-2.0
 *
 * Command: brief. Documents for an authority of the own state, as far as
 * their labels allow, and the record of what it was given.
 */
#include "node/command.h"

#include "base/limits.h"
#include "crypto/random.h"
#include "schema/check.h"

static const char not_made[] = "the brief was not made";

struct brief {
	struct index_row row[LIMIT_BRIEF_SOURCES];
	struct record record[LIMIT_BRIEF_SOURCES];
	size_t n;
	enum tlp tlp; /* the strictest of all */
};

/* One document, or the call was answered. */
static bool
take(struct call *c, struct brief *b, struct json_val id)
{
	struct index_row *row = &b->row[b->n];
	struct record *r = &b->record[b->n];
	struct span tail;
	enum tlp tlp;

	if (json_text(id, &c->mem, &tail) != ERR_NONE) {
		call_misused(c, "ids are texts");
		return false;
	}
	if (!call_find_tail(c, INDEX_NOTICES, tail, row) ||
	    !call_read(c, row, EXIT_BRIEF, r))
		return false;
	if (!exit_opens(&r->pass, EXIT_BRIEF, EXIT_TEXT)) {
		call_fail(c, ERR_DENIED, EXIT_REFUSED, not_made,
		    call_text(c, "%s is not for authorities by its label",
			call_id(c, &row->id)), "");
		return false;
	}
	if (row->has_tlp)
		tlp = row->tlp;
	else
		tlp = TLP_RED;
	b->tlp = tlp > b->tlp ? tlp : b->tlp;
	b->n++;
	return true;
}

static void
put_documents(struct call *c, const struct brief *b)
{
	struct json_out *w = &c->w;

	json_put_key(w, "rows");
	json_put_open(w, '[');
	for (size_t i = 0; i < b->n; i++) {
		const struct index_row *row = &b->row[i];

		json_put_open(w, '{');
		json_put_member_str(w, "id", call_id(c, &row->id));
		json_put_member_str(w, "digest",
		    call_digest(c, &row->digest));
		json_put_member_span(w, "iss", row->iss);
		json_put_member_span(w, "kind", row->kind);
		json_put_member_u64(w, "rev", row->rev);
		json_put_member_u64(w, "iat", (uint64_t)row->iat_s);
		json_put_member_str(w, "tlp",
		    row->has_tlp ? tlp_label(row->tlp) : "");
		json_put_key(w, "body");
		json_put_raw(w, json_raw(b->record[i].body));
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

static void
write_record(struct call *c, const struct brief *b, struct buf *out)
{
	struct span asked = call_arg(c, "asked");
	struct json_out w;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_span(&w, "audience", call_arg(c, "for"));
	json_put_member_str(&w, "tlp", tlp_label(b->tlp));
	json_put_member_str(&w, "language", lang_tag(c->lang));
	if (asked.n != 0)
		json_put_member_span(&w, "asked", asked);
	json_put_key(&w, "based_on");
	json_put_open(&w, '[');
	for (size_t i = 0; i < b->n; i++)
		json_put_str(&w, call_digest(c, &b->row[i].digest));
	json_put_close(&w, ']');
	json_put_close(&w, '}');
}

static void
on_made(void *ctx, const struct hub_appended *result)
{
	struct call *c = ctx;

	if (!call_is_written(c, result, not_made))
		return;
	json_put_member_str(&c->w, "brief", call_id(c, &result->id));
	json_put_close(&c->w, '}');
	call_done(c);
}

/* What was given is recorded before it is given. */
static void
record(struct call *c, const struct brief *b)
{
	struct hub_draft d = home_draft(c->service, "authority-brief");
	unsigned char random[10];
	struct fault f = { 0 };
	struct json doc;
	struct buf body;
	enum err e;

	buf_init(&body, LIMIT_PAYLOAD - 1024);
	write_record(c, b, &body);
	e = home_check(c->service, d.kind, buf_span(&body), &c->mem, &doc,
	    &f);
	if (e != ERR_NONE) {
		buf_release(&body);
		call_fail(c, e, EXIT_OF_ERROR, not_made,
		    call_text(c, "%s %s", f.field, f.rule),
		    "almenara help situation brief");
		return;
	}
	random_fill(random, sizeof random);
	d.has_id = true;
	d.id = uuid_make(loop_now(c->service->loop).wall, random);
	d.body = buf_span(&body);
	json_put_open(&c->w, '{');
	json_put_member_span(&c->w, "for", call_arg(c, "for"));
	json_put_member_span(&c->w, "asked", call_arg(c, "asked"));
	json_put_member_str(&c->w, "tlp", tlp_label(b->tlp));
	put_documents(c, b);
	hub_append(c->service->hub, &d, on_made, c);
	for (size_t i = 0; i < b->n; i++)
		audit(c->service, &c->caller, "brief", &b->row[i].digest,
		    arena_string(&c->mem, call_arg(c, "for")), "given", "");
	service_stir(c->service);
	buf_release(&body);
}

void
cmd_brief(struct call *c)
{
	struct json_val ids = json_get(c->args, "ids");
	struct brief *b = arena_alloc(&c->mem, sizeof *b);

	*b = (struct brief){ .tlp = TLP_CLEAR };
	if (ids.type != JSON_ARRAY || json_count(ids) == 0 ||
	    json_count(ids) > LIMIT_BRIEF_SOURCES) {
		call_misused(c, "ids: 1 to %d documents", LIMIT_BRIEF_SOURCES);
		return;
	}
	if (call_arg(c, "for").n == 0) {
		call_misused(c, "for: which authority reads it");
		return;
	}
	for (struct json_val v = json_first(ids); v.type != JSON_ABSENT;
	     v = json_next(ids, v))
		if (!take(c, b, v))
			return;
	record(c, b);
}
