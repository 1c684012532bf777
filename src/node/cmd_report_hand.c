/* SPDX-License-Identifier: Apache-2.0
 *
 * Command: report_hand. A report of the public goes to the team that is
 * responsible: as a sealed entry of the log to that team alone, with the
 * consent of who made it, and with how to reach her only if she allowed that
 * too. Files go that are chosen, sealed anew; they may show who she is, so they
 * need the same as how to reach her. The one decision on ways out is asked, and
 * then the sharing rules.
 */
#include "node/cmd_report.h"

#include "base/log.h"
#include "crypto/secret.h"
#include "node/issue.h"
#include "record/registry.h"

static const char not_handed[] = "the report was not handed on";

struct handing {
	struct index_row row;
	struct record report;
	struct span team;
	bool with_contact;
	struct span attachments; /* JSON; empty: none */
};

static void
on_noted(void *ctx, enum err e, const char *why)
{
	(void)ctx;
	(void)why;
	if (e != ERR_NONE)
		log_event(LOG_WARNING, "report.hand", log_err("error", e));
}

static void
refuse(struct call *c, enum err e, const char *why, const char *next)
{
	audit(c->service, &c->caller, "report_hand", &c->object,
	    call_id(c, &c->object_id), "refused", why);
	call_fail(c, e, EXIT_REFUSED, not_handed, why, next);
}

/* May the text go to that team, and how to reach who wrote it? If false, the
 * call was answered. */
static bool
may_go(struct call *c, struct handing *h)
{
	struct service *s = c->service;
	struct wall now = loop_now(s->loop).wall;
	struct json_val consent = json_get(h->report.body, "consent");
	struct exit_notice n = record_facts(s, &h->row, &h->report, &c->mem);
	const struct exit_reader to = { .who = EXIT_TO_TEAM, .team = h->team,
		.own = s->own_team,
		.good = registry_is_good(s->registry, h->team, now),
		.rule = EXIT_RULE_PERMITS };
	const char *reason = "";
	struct exit_pass pass;

	/* the label that it goes under; who made it stands for its origin */
	n.has_tlp = true;
	n.tlp = TLP_AMBER_STRICT;
	h->with_contact = json_is_str(consent, "contact");
	n.consented = h->with_contact || json_is_str(consent, "text");
	(void)exit_decide(&n, EXIT_HAND, &to, now, &pass, &reason);
	h->with_contact = h->with_contact &&
	    exit_opens(&pass, EXIT_HAND, EXIT_NAMES);
	if (exit_opens(&pass, EXIT_HAND, EXIT_TEXT))
		return true;
	if (!n.consented)
		refuse(c, ERR_DENIED, "who made it has not allowed that; ask "
		    "her: she can allow it where she follows it",
		    call_text(c, "almenara reports answer %s --state waiting "
			"--text TEXT", arena_string(&c->mem,
			call_arg(c, "id"))));
	else
		refuse(c, ERR_DENIED, call_text(c, "%.*s may not have it: %s",
		    SPAN_FMT(h->team), reason), "almenara peer list");
	return false;
}

/* --- what goes --- */

static void
put_same(struct json_val from, const char *const *names, size_t n,
    struct json_out *w)
{
	for (size_t i = 0; i < n; i++) {
		struct json_val v = json_get(from, names[i]);

		if (v.type == JSON_ABSENT)
			continue;
		json_put_key(w, names[i]);
		json_put_raw(w, json_raw(v));
	}
}

static void
write_body(struct call *c, const struct handing *h, struct json_val said,
    struct buf *b)
{
	static const char *const head[] = { "number", "topic", "received",
		"language" };
	static const char *const text[] = { "what", "ongoing", "when",
		"product", "vendor", "version", "exploited", "informed",
		"publish" };
	static const char *const reach[] = { "contact", "credit" };
	struct json_out w;

	json_out_init(&w, b);
	json_put_open(&w, '{');
	put_same(h->report.body, head, sizeof head / sizeof *head, &w);
	put_same(said, text, sizeof text / sizeof *text, &w);
	if (h->with_contact)
		put_same(said, reach, sizeof reach / sizeof *reach, &w);
	if (call_arg(c, "note").n != 0)
		json_put_member_span(&w, "note", call_arg(c, "note"));
	if (h->attachments.n != 0) {
		json_put_key(&w, "attachments");
		json_put_raw(&w, h->attachments);
	}
	json_put_close(&w, '}');
}

/* What she wrote, opened, in the memory of the call. */
static enum err
open_said(struct call *c, const struct handing *h, struct json *said)
{
	struct span sealed;
	struct buf b;
	enum err e = json_text(json_get(h->report.body, "sealed"), &c->mem,
	    &sealed);

	buf_init(&b, CMD_REPORT_OPENED);
	if (e == ERR_NONE)
		e = cmd_report_open(c->service, sealed, REPORT_AAD, &b);
	if (e == ERR_NONE)
		e = json_parse_arena(arena_copy(&c->mem, buf_span(&b)),
		    LIMIT_JSON_DEPTH, 4096, &c->mem, said, NULL);
	if (b.p != NULL)
		secret_wipe(b.p, b.cap);
	buf_release(&b);
	return e;
}

static enum err
make_plan(struct call *c, const struct handing *h, struct json_val said,
    struct plan *p, struct fault *f)
{
	const struct kind *k = reports_kind(c->service, true);
	struct plan_ask ask = { .any_kind = true,
		.kind = span_str(k != NULL ? k->name : ""),
		.tlp = span_str("TLP:AMBER+STRICT") };
	struct json body, aud;
	struct json_out w;
	struct buf b;
	enum err e;

	buf_init(&b, LIMIT_PAYLOAD);
	write_body(c, h, said, &b);
	e = json_parse_buf(&b, &c->mem, &body, f);
	if (e != ERR_NONE)
		return e;
	buf_init(&b, 256);
	json_out_init(&w, &b);
	json_put_open(&w, '[');
	json_put_span(&w, h->team);
	json_put_close(&w, ']');
	e = json_parse_buf(&b, &c->mem, &aud, f);
	if (e != ERR_NONE)
		return e;
	ask.body = json_root(&body);
	ask.aud = json_root(&aud);
	e = plan_make(c, &ask, p, f);
	return e != ERR_NONE ? e : plan_check_alone(p, f);
}

/* --- the command --- */

static bool
may_be_handed(struct call *c, const struct handing *h)
{
	struct json_val state = json_get(h->report.body, "state");
	const char *why = NULL;

	if (json_is_str(state, "withdrawn"))
		why = "who made it has withdrawn it";
	else if (json_get(h->report.body, "sealed").type == JSON_ABSENT)
		why = "another team handed it over: only that one hands it on";
	else if (reports_is_busy(c->service, &h->row))
		why = "it is being changed by somebody now";
	else if (span_is_equal(h->team, c->service->own_team))
		why = "it is with this team";
	else if (registry_team(c->service->registry, h->team) == NULL)
		why = call_text(c, "%.*s is no team of the network",
		    SPAN_FMT(h->team));
	if (why == NULL)
		return true;
	refuse(c, ERR_RULE, why, "almenara reports list");
	return false;
}

/* Does issue_plan write it, and not only tell the plan? */
static bool
is_written(struct call *c)
{
	struct hub *hub = c->service->hub;
	bool dry = false;
	const char *why;

	if (hub_may_append(hub, &why) != ERR_NONE &&
	    !start_is(hub_start(hub), START_ASK))
		return false;
	return json_bool(json_get(c->args, "dry_run"), &dry) != ERR_NONE ||
	    !dry;
}

/* The entry is written before the report says so. Who finds a report of which
 * only the first is true hands it on again, which is one report there. */
static void
hand(struct call *c, struct handing *h, const struct plan *p,
    struct report_change *change)
{
	struct service *s = c->service;
	bool is_sent = is_written(c);

	change->state = span_str("handed");
	change->handed_to = h->team;
	change->hand = span_str(call_id(c, &p->draft.id));
	issue_plan(c, p, "report_hand", not_handed);
	if (is_sent)
		reports_change(s, &h->row, change, on_noted, NULL);
}

static void
write_and_hand(struct call *c, struct handing *h)
{
	struct report_change change = { .state = span_str("") };
	struct span text = call_arg(c, "text");
	struct fault f = { 0 };
	struct json said;
	struct plan p;
	enum err e = open_said(c, h, &said);

	if (e == ERR_NONE && text.n != 0)
		e = cmd_report_write(c, h->report.body, text, &change);
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR, not_handed, "no intake key of "
		    "this node fits", "almenara keyset show");
		return;
	}
	e = make_plan(c, h, json_root(&said), &p, &f);
	if (e != ERR_NONE)
		issue_refuse(c, "report_hand", e, call_id(c, &h->row.id),
		    not_handed, &f, "almenara rules check");
	else
		hand(c, h, &p, &change);
}

static bool
may_all_go(struct call *c, struct handing *h)
{
	if (!cmd_report_find(c, &h->row) ||
	    !call_read(c, &h->row, EXIT_REPORT, &h->report) ||
	    !may_be_handed(c, h) || !may_go(c, h))
		return false;
	if (json_count(json_get(c->args, "files")) == 0 || h->with_contact)
		return true;
	refuse(c, ERR_DENIED, "files may show who made it, and she has not "
	    "allowed that; ask her: she can allow it where she follows it",
	    call_text(c, "almenara reports answer %s --state waiting "
		"--text TEXT", arena_string(&c->mem, call_arg(c, "id"))));
	return false;
}

/* With the files sealed, which took a while: she may have changed her mind. */
static void
hand_with_files(struct call *c, struct span attachments)
{
	struct handing h = { .team = call_arg(c, "to"),
		.attachments = attachments };

	if (may_all_go(c, &h))
		write_and_hand(c, &h);
}

void
cmd_report_hand(struct call *c)
{
	struct handing h = { .team = call_arg(c, "to") };
	struct json_val files = json_get(c->args, "files");

	if (h.team.n == 0)
		call_misused(c, "the argument to is missing");
	else if (files.type != JSON_ABSENT && files.type != JSON_ARRAY)
		call_misused(c, "files is a list of numbers");
	else if (!may_all_go(c, &h))
		return;
	else if (json_count(files) == 0)
		write_and_hand(c, &h);
	else
		cmd_report_copy(c, h.report.body, files, hand_with_files);
}
