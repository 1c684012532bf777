/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: embargo_list, embargo_release, embargo_extend.
 * Releases at their time are the hub's (peer/embargoes.c).
 */
#include "node/issue.h"
#include "node/reach.h"

#include "record/carried.h"

static const char not_released[] = "it was not released";

/* --- list --- */

static bool
see_row(void *ctx, const struct index_row *row)
{
	struct call *c = ctx;
	struct json_out *w = &c->w;
	struct record r;

	if (!call_look(c, row, EXIT_SHOW, &r) || !r.entry.has_embargo)
		return true;
	json_put_open(w, '{');
	json_put_member_str(w, "id", call_id(c, &row->id));
	json_put_member_span(w, "iss", row->iss);
	json_put_member_span(w, "kind", row->kind);
	json_put_member_bool(w, "mine", (row->flags & INDEX_MINE) != 0);
	call_put_title(c, row);
	json_put_member_span(w, "tlp", r.entry.tlp);
	reach_put_embargo(c, &r);
	json_put_close(w, '}');
	return true;
}

void
cmd_embargo_list(struct call *c)
{
	static const char *const clock[] = { [TRUST_TRUSTED] = "trusted",
		[TRUST_UNSURE] = "unsure", [TRUST_JUMPED] = "jumped" };
	const struct index_filter filter = { .embargoed = true };
	enum err e;

	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "clock", clock[hub_clock(c->service->hub)]);
	json_put_key(&c->w, "rows");
	json_put_open(&c->w, '[');
	e = index_inbox(c->service->index, &filter, see_row, c, NULL);
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR, "the index cannot be read",
		    err_sentence(e), "almenara log reindex");
		return;
	}
	json_put_close(&c->w, ']');
	json_put_close(&c->w, '}');
	call_done(c);
}

/* --- release --- */

/* An own document that is or was under embargo. */
static bool
open_embargoed(struct call *c, struct index_row *row, struct record *r)
{
	if (!call_find(c, INDEX_NOTICES, "id", row) ||
	    !call_read(c, row, EXIT_SHOW, r))
		return false;
	/* the whole of it, to go into its release */
	if (record_read(c->service, row->log, row->index, &c->mem, r) !=
	    ERR_NONE)
		*r = (struct record){ 0 };
	if ((row->flags & INDEX_MINE) == 0)
		call_fail(c, ERR_RULE, EXIT_REFUSED, not_released,
		    call_text(c, "its origin, %.32s, releases it; wait, or "
			"telephone", arena_string(&c->mem, row->iss)),
		    "almenara peer list");
	else if (r->stored.state == STORE_BODY_ERASED)
		/* a release carries the signed text verbatim, or nothing */
		call_fail(c, ERR_NOT_FOUND, EXIT_NOT_FOUND, not_released,
		    "its text was erased: there is nothing to release",
		    call_text(c, "almenara show %s", call_id(c, &row->id)));
	else if (!r->entry.has_embargo)
		call_fail(c, ERR_STATE, EXIT_REFUSED, not_released,
		    "it is not under embargo", call_text(c,
			"almenara show %s", call_id(c, &row->id)));
	else
		return true;
	return false;
}

/* {"en":"..."}: a reason in the language of the request; "" if none. */
static struct span
reason_of(struct call *c)
{
	struct json_val reason = json_get(c->args, "reason");
	struct span text;
	struct json_out w;
	struct buf b;

	if (reason.type != JSON_STRING)
		return span_str("");
	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_key(&w, lang_tag(c->lang));
	json_put_raw(&w, json_raw(reason));
	json_put_close(&w, '}');
	text = arena_copy(&c->mem, buf_span(&b));
	buf_release(&b);
	return text;
}

/* The label that it gets: asked for, or the one that it was written with. */
static bool
label_of(struct call *c, const struct record *r, enum tlp *out)
{
	struct span asked = call_arg(c, "tlp");
	enum err e = asked.n != 0 ? tlp_import(asked, out) :
				    tlp_parse(r->entry.tlp, out);

	if (e != ERR_NONE)
		call_misused(c, "%.40s is no label of TLP 2.0",
		    arena_string(&c->mem, asked));
	return e == ERR_NONE;
}

static void
release(struct call *c, const struct index_row *row, const struct record *r,
    enum tlp tlp, struct span early)
{
	const struct kind *k = issue_kind_carrying(c->service,
	    CARRIES_RELEASE);
	struct plan_ask ask = { .any_kind = true,
		.tlp = span_str(tlp_label(tlp)),
		.aud = json_get(c->args, "aud"), .also = r->entry.aud,
		.also_n = r->entry.aud_n, .of = r };
	struct fault f = { 0 };
	struct json doc;
	struct buf b;
	enum err e;

	if (k == NULL) {
		call_misused(c, "this node knows no kind that releases");
		return;
	}
	if (tlp == TLP_CLEAR)
		ask.also_n = 0;
	ask.kind = span_str(k->name);
	buf_init(&b, LIMIT_JWS);
	carried_write_release(&row->digest, tlp, r->index, r->jws, early, &b);
	e = json_parse_buf(&b, &c->mem, &doc, &f);
	ask.body = json_root(&doc);
	if (e != ERR_NONE)
		issue_refuse(c, "embargo_release", e, call_id(c, &row->id),
		    not_released, &f, "");
	else
		issue_run(c, &ask, "embargo_release", not_released);
}

/* A person releases it: at its time, or before, by a decision that is logged
 * with its reason; later, to more readers. */
void
cmd_embargo_release(struct call *c)
{
	struct span early = reason_of(c);
	struct index_row row;
	struct record r;
	enum tlp tlp;

	if (!open_embargoed(c, &row, &r) || !label_of(c, &r, &tlp))
		return;
	if (!r.is_carried && early.n == 0 &&
	    call_now_s(c) <
		r.entry.embargo_until_s) {
		call_fail(c, ERR_RULE, EXIT_REFUSED, not_released,
		    "its time has not come; an earlier release needs a reason "
		    "and is logged", call_text(c,
			"almenara embargo release %s --reason TEXT",
			call_id(c, &row.id)));
		return;
	}
	release(c, &row, &r, tlp, early);
}

/* --- extend --- */

void
cmd_embargo_extend(struct call *c)
{
	struct plan_ask ask = { 0 };
	struct index_row row;
	struct record r;
	int64_t until;

	if (json_i64(json_get(c->args, "until"), &until) != ERR_NONE) {
		call_misused(c, "until is missing: the new time");
		return;
	}
	if (!open_embargoed(c, &row, &r))
		return;
	if (r.is_carried) {
		call_fail(c, ERR_STATE, EXIT_REFUSED, "it was not extended",
		    "it has been released", call_text(c, "almenara show %s",
			call_id(c, &row.id)));
		return;
	}
	ask.kind = row.kind;
	ask.earlier = &row;
	ask.body = r.body;
	issue_keep_embargo(&r, &ask);
	ask.embargo.until_s = until;
	issue_run(c, &ask, "embargo_extend", "it was not extended");
}
