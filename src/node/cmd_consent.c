/* SPDX-License-Identifier: Apache-2.0
 *
 * Command: consent. The origin of a document allows others to pass it on. The
 * sharing rules are asked for all whom that may reach, as if this team sent it
 * to them: what they refuse nobody else is allowed to do.
 */
#include "node/groups.h"
#include "node/issue.h"
#include "node/subject.h"
#include "node/trials.h"
#include "node/widening.h"

static const char not_sent[] = "it was not sent";

/* What is allowed. */
struct consenting {
	enum tlp tlp;
	bool is_named;   /* to these; else to all members */
	struct span *to; /* ascending */
	size_t to_n;
};

/* {"tlp":L,"to":[...],"note":{...}} */
static enum err
write_consent(struct call *c, const struct consenting *x, struct json *doc,
    struct fault *f)
{
	struct json_val note = json_get(c->args, "note");
	struct json_out w;
	struct buf b;

	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_str(&w, "tlp", tlp_label(x->tlp));
	if (x->is_named) {
		json_put_key(&w, "to");
		json_put_open(&w, '[');
		for (size_t i = 0; i < x->to_n; i++)
			json_put_span(&w, x->to[i]);
		json_put_close(&w, ']');
	}
	if (note.type == JSON_STRING) {
		json_put_key(&w, "note");
		json_put_open(&w, '{');
		json_put_key(&w, lang_tag(c->lang));
		json_put_raw(&w, json_raw(note));
		json_put_close(&w, '}');
	}
	json_put_close(&w, '}');
	return json_parse_buf(&b, &c->mem, doc, f);
}

/* The teams, those of groups too: who passes it on may know no group of ours,
 * or another of that name. If false, the call has been answered. */
static bool
read_teams(struct call *c, struct consenting *x)
{
	const struct registry *r = c->service->registry;
	struct groups_named by = { 0 };
	struct span *named = NULL;
	struct fault f = { 0 };
	size_t n = 0;
	bool all;
	enum err e = plan_parse_teams(c, json_get(c->args, "aud"), &all,
	    &named, &n, &f);

	if (e == ERR_NONE)
		e = groups_expand(c, named, n, x->tlp, &by, &f);
	if (e != ERR_NONE) {
		issue_refuse(c, "consent", e, "", not_sent, &f, "");
		return false;
	}
	x->to_n = by.team_n + by.member_n;
	x->to = arena_alloc(&c->mem, (x->to_n + 1) * sizeof *x->to);
	for (size_t i = 0; i < x->to_n; i++) {
		x->to[i] = i < by.team_n ? by.team[i] :
					   by.member[i - by.team_n];
		if (registry_team(r, x->to[i]) != NULL)
			continue;
		call_fail(c, ERR_AUDIENCE, EXIT_REFUSED, not_sent,
		    call_text(c, "%.*s is no team of the network",
			SPAN_FMT(x->to[i])), "almenara network show");
		return false;
	}
	x->to_n = entry_sort_teams(x->to, x->to_n);
	x->is_named = json_get(c->args, "aud").type == JSON_ARRAY;
	return true;
}

static bool
check_consentable(struct call *c, const struct subject *s,
    struct consenting *x)
{
	struct span asked = call_arg(c, "tlp");
	const char *why = NULL;
	enum tlp label;

	if (tlp_parse(s->record.entry.tlp, &label) != ERR_NONE)
		label = TLP_RED;
	x->tlp = label;
	if (asked.n != 0 && tlp_import(asked, &x->tlp) != ERR_NONE) {
		call_misused(c, "%.40s is no label of TLP 2.0",
		    arena_string(&c->mem, asked));
		return false;
	}
	if (trials_is(c->service, s->row.kind))
		why = "a test alert is for its readers alone";
	else if ((s->row.flags & INDEX_MINE) == 0)
		why = "only its origin consents";
	else if (label >= TLP_AMBER_STRICT)
		why = "TLP:RED and TLP:AMBER+STRICT are never passed on; "
		      "revise it to reach more readers";
	else if (s->record.entry.has_embargo)
		why = "it was under embargo; its release reaches more readers";
	else if (json_get(c->args, "aud").type != JSON_ARRAY &&
	    x->tlp == label)
		why = "say to whom, or under which more open label";
	if (why == NULL)
		return true;
	call_fail(c, ERR_RULE, EXIT_REFUSED, not_sent, why,
	    call_text(c, "almenara show %s", call_id(c, &s->row.id)));
	return false;
}

/* Whom it may reach that did not have it. A label for everybody is for more
 * than the members, whoever is named. */
static struct widening
reach_of(struct call *c, const struct subject *s, const struct consenting *x)
{
	const struct team *good[LIMIT_TEAMS] = { NULL };
	struct widening w = { .open = x->tlp == TLP_CLEAR, .all = true,
		.had = s->audience.team, .had_n = s->audience.n,
		.n = x->to_n };

	if (!x->is_named)
		w.n = registry_good_teams(c->service->registry,
		    loop_now(c->service->loop).wall, good, LIMIT_TEAMS);
	w.team = arena_alloc(&c->mem, (w.n + 1) * sizeof *w.team);
	for (size_t i = 0; i < w.n; i++)
		w.team[i] = x->is_named ? x->to[i] : good[i]->id;
	return w;
}

static void
refuse_by_line(struct call *c, const struct subject *s,
    const struct rules_answer *a, struct span who, const struct ruling *said)
{
	const char *id = call_id(c, &s->row.id), *why, *next = said->next;
	const char *word = rules_why(c->service->schema, a->why, c->lang);

	if (a->allow) {
		why = call_text(c, "a line asks for another person, and "
		    "consent has no place for one: %s", said->line);
		next = call_text(c, "almenara update %s", id);
	} else if (who.n != 0)
		why = call_text(c, "%.*s could get it then: %s (%s)",
		    SPAN_FMT(who), word, said->line);
	else
		why = call_text(c, "everybody could get it then: %s (%s)",
		    word, said->line);
	ruling_audit(c, said, "consent", &s->row.digest, id, "refused", why);
	call_fail(c, ERR_RULE, EXIT_REFUSED, not_sent, why,
	    next[0] != '\0' ? next : "almenara rules show");
}

/* May this team itself send it there, now, without another person? If false,
 * the call has been answered. */
static bool
check_rules(struct call *c, const struct subject *s,
    const struct consenting *x, struct ruling *out)
{
	const struct rules *r = c->service->rulebook.rules;
	struct json_val body = s->record.body;
	struct rules_ask ask = ruling_ask(c, s->row.kind, x->tlp,
	    level_of(body), json_get(body, "exercise").type != JSON_ABSENT);
	struct widening w = reach_of(c, s, x);
	struct span who = span_str("");
	struct rules_answer a;
	enum err e = widening_ask(r, &ask, body, &c->mem, &w, &who, &a);

	*out = (struct ruling){ .is_asked = true, .has_rules = r != NULL,
		.line = ruling_line(c, &a), .next = ruling_next(c, &a),
		.approvals = a.approvals };
	if (r != NULL)
		out->rules = *rules_digest(r);
	if (e == ERR_NONE && a.approvals == 0)
		return true;
	refuse_by_line(c, s, &a, who, out);
	return false;
}

void
cmd_consent(struct call *c)
{
	const struct kind *k = issue_kind_permitting(c->service);
	struct plan_ask ask = { .any_kind = true, .has_re = true };
	struct consenting x = { 0 };
	struct ruling ruling;
	struct fault f = { 0 };
	struct subject s;
	struct json doc;
	enum err e;

	if (k == NULL) {
		call_misused(c, "this node knows no kind that permits");
		return;
	}
	if (!subject_open(c, &s) || !check_consentable(c, &s, &x) ||
	    !read_teams(c, &x) || !check_rules(c, &s, &x, &ruling))
		return;
	e = write_consent(c, &x, &doc, &f);
	if (e != ERR_NONE) {
		issue_refuse(c, "consent", e, call_id(c, &s.row.id), not_sent,
		    &f, "");
		return;
	}
	ask.kind = span_str(k->name);
	ask.re = s.row.digest;
	ask.body = json_root(&doc);
	ask.permits = &ruling;
	subject_address(c, &s, false, &ask);
	issue_run(c, &ask, "consent", not_sent);
}
