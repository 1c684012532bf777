/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands about the documents of others and of the own team: about (a
 * dispute, a comment, a broken embargo: whatever kind is about another),
 * reshare, readers. None of them changes what it is about.
 */
#include "node/exits.h"
#include "node/issue.h"
#include "node/reach.h"
#include "node/subject.h"
#include "node/trials.h"

#include "record/carried.h"
#include "record/handling.h"

static const char not_sent[] = "it was not sent";
static const char not_passed[] = "it was not passed on";

void
cmd_about(struct call *c)
{
	const struct kind *k = kind_find(c->service->schema,
	    call_arg(c, "kind"));
	struct plan_ask ask = { .any_kind = true, .has_re = true,
		.body = json_get(c->args, "body") };
	struct subject s;

	if (k == NULL || !k->about || k->is_answer || k->permits ||
	    k->notice || k->life != NULL) {
		call_misused(c, "%.64s is no kind of remark",
		    arena_string(&c->mem, call_arg(c, "kind")));
		return;
	}
	if (ask.body.type != JSON_OBJECT) {
		call_misused(c, "body is no JSON object");
		return;
	}
	if (!subject_open(c, &s))
		return;
	ask.kind = span_str(k->name);
	ask.re = s.row.digest;
	subject_address(c, &s, k->to_origin, &ask);
	issue_run(c, &ask, "about", not_sent);
}

/* --- reshare --- */

enum { CONSENTS_MOST = 64 };

struct consents {
	const struct schema *schema;
	struct span iss; /* of the document */
	struct { uint32_t log; uint64_t index; } at[CONSENTS_MOST];
	size_t n;
};

static bool
keep_consent(void *ctx, const struct index_row *row)
{
	struct consents *x = ctx;
	const struct kind *k = kind_find(x->schema, row->kind);

	if (k == NULL || !k->permits || !span_is_equal(row->iss, x->iss))
		return true;
	if (x->n == CONSENTS_MOST)
		return false;
	x->at[x->n].log = row->log;
	x->at[x->n++].index = row->index;
	return true;
}

/* {"of":D,"log":L,"index":N,"consent":..,"note":{..},"jws":..} */
static enum err
write_reshare(struct call *c, const struct subject *s,
    const struct record *consent, struct json *doc, struct fault *f)
{
	struct json_val note = json_get(c->args, "note");
	struct json_out w;
	struct buf b;
	enum err e;

	buf_init(&b, LIMIT_JWS * 2);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_str(&w, "of", call_digest(c, &s->row.digest));
	json_put_member_span(&w, "log", s->record.entry.log);
	json_put_member_u64(&w, "index", s->record.index);
	if (consent != NULL) {
		json_put_member_span(&w, "consent", consent->jws);
		json_put_member_u64(&w, "consent_index", consent->index);
	}
	if (note.type == JSON_STRING) {
		json_put_key(&w, "note");
		json_put_open(&w, '{');
		json_put_key(&w, lang_tag(c->lang));
		json_put_raw(&w, json_raw(note));
		json_put_close(&w, '}');
	}
	json_put_member_span(&w, "jws", s->record.jws);
	json_put_close(&w, '}');
	e = json_parse_buf(&b, &c->mem, doc, f);
	return e;
}

/* May it go to each of them by this way out? The person asks for it by name,
 * which is what the node's own rules would ask for. */
static enum err
check_exit(struct call *c, const struct subject *s, const struct plan *p,
    bool consented, struct fault *f)
{
	struct wall now = loop_now(c->service->loop).wall;
	struct exit_notice n = exits_of_entry(c->service, s->row.log,
	    &s->record.entry, s->record.body, s->row.state, &s->row, &c->mem);
	const char *reason = "";
	struct exit_pass pass;

	n.consented = consented;
	n.aud_checked = true;
	for (size_t i = 0; i < p->aud.n; i++) {
		const struct exit_reader to = { .who = EXIT_TO_TEAM,
			.team = p->aud.team[i], .own = c->service->own_team,
			.good = registry_is_good(c->service->registry,
			    p->aud.team[i], now),
			.rule = EXIT_RULE_PERMITS };

		if (exit_decide(&n, EXIT_RESHARE, &to, now, &pass, &reason) ==
		    EXIT_DENY)
			return fault_at(f, ERR_RULE, 0, "to",
			    "%.*s may not have it: %s", SPAN_FMT(to.team),
			    reason);
	}
	return ERR_NONE;
}

/* Plan it with this consent (NULL: none), and judge it as every reader will:
 * record/handling.h. */
static enum err
plan_with(struct call *c, const struct subject *s,
    const struct record *consent, struct plan *p, struct fault *f)
{
	const struct kind *k = issue_kind_carrying(c->service,
	    CARRIES_RESHARE);
	struct plan_ask ask = { .any_kind = true, .also = &s->row.iss,
		.also_n = 1, .tlp = call_arg(c, "tlp"),
		.aud = json_get(c->args, "aud"), .of = &s->record };
	struct handling h = { .of = &s->row.digest,
		.original = &s->record.entry, .by = c->service->own_team };
	struct json doc;
	enum err e;

	if (k == NULL)
		return fault_at(f, ERR_UNSUPPORTED, 0, "kind",
		    "this node knows none that re-shares");
	if (trials_is(c->service, s->row.kind))
		return fault_at(f, ERR_RULE, 0, "id",
		    "a test alert is for its readers alone");
	if (s->record.jws.n > LIMIT_CARRIED_JWS)
		return fault_at(f, ERR_LIMIT, 0, "id", "it has %zu bytes; what "
		    "carries it has room for %d", s->record.jws.n,
		    LIMIT_CARRIED_JWS);
	if (ask.tlp.n == 0)
		ask.tlp = span_str(tlp_label(ask.aud.type == JSON_ARRAY ?
			tlp_stricter(s->row.tlp, TLP_AMBER) : s->row.tlp));
	e = write_reshare(c, s, consent, &doc, f);
	if (e != ERR_NONE)
		return e;
	ask.kind = span_str(k->name);
	ask.body = json_root(&doc);
	e = plan_make(c, &ask, p, f);
	if (e != ERR_NONE)
		return e;
	p->draft.replaces = &p->replaces;
	h.tlp = p->tlp;
	h.open = p->aud.open;
	h.to = p->aud.team;
	h.to_n = p->aud.n;
	if (consent != NULL) {
		h.consent = &consent->entry;
		h.consent_body = consent->body;
	}
	e = handling_check(&h, &c->mem, f);
	return e != ERR_NONE ? e : check_exit(c, s, p, consent != NULL, f);
}

void
cmd_reshare(struct call *c)
{
	struct consents *x = arena_alloc(&c->mem, sizeof *x);
	const struct index_notice want = { .other = keep_consent, .ctx = x };
	struct record consent;
	struct fault f = { 0 };
	struct subject s;
	struct plan p;
	enum err e;

	if (!subject_open(c, &s))
		return;
	x->schema = c->service->schema;
	x->iss = s.row.iss;
	(void)!index_notice(c->service->index, &s.row, &want, &c->mem, NULL);
	e = plan_with(c, &s, NULL, &p, &f);
	/* the newest consent first */
	while (e == ERR_RULE && x->n-- != 0) {
		struct fault other = { 0 };

		if (record_read(c->service, x->at[x->n].log,
			x->at[x->n].index, &c->mem, &consent) != ERR_NONE ||
		    plan_with(c, &s, &consent, &p, &other) != ERR_NONE)
			continue;
		e = ERR_NONE;
	}
	if (e != ERR_NONE)
		issue_refuse(c, "reshare", e, call_id(c, &s.row.id),
		    not_passed, &f, call_text(c,
			"ask %.32s: almenara consent",
			arena_string(&c->mem, s.row.iss)));
	else
		issue_plan(c, &p, "reshare", not_passed);
}

/* --- readers --- */

void
cmd_readers(struct call *c)
{
	struct subject s;

	if (!subject_open(c, &s))
		return;
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "id", call_id(c, &s.row.id));
	reach_put_readers(c, &s.row);
	json_put_close(&c->w, '}');
	call_done(c);
}
