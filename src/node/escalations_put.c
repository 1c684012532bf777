/* SPDX-License-Identifier: Apache-2.0
 *
 * Escalations for people and monitors. Commands: escalations, escalate.
 */
#include "node/escalations_inside.h"

#include "node/duties.h"
#include "node/obligations.h"
#include "node/outdated.h"
#include "node/overlap_links.h"
#include "node/pledges.h"

enum { STALLED_MS = 10000, BEHIND_MS = 60000 };

static const char *const states[] = { [ESCALATION_ARMED] = "armed",
	[ESCALATION_CALLING] = "calling", [ESCALATION_DONE] = "done" };

static void
put_pages(struct json_out *w, const struct desk_item *it)
{
	json_put_key(w, "pages");
	json_put_open(w, '[');
	for (size_t i = 0; i < it->out_n; i++) {
		const struct desk_out *o = &it->out[i];

		json_put_open(w, '{');
		if (o->is_word) {
			json_put_member_str(w, "told", told_word(o->told));
		} else {
			json_put_member_str(w, "person", o->person);
			json_put_member_str(w, "post", post_word(o->post));
			json_put_member_str(w, "channel",
			    channel_word(o->channel));
			json_put_member_bool(w, "failed", o->has_failed);
			if (o->is_quiet)
				json_put_member_bool(w, "quiet", true);
		}
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

static void
put_item(struct call *c, const struct desk_item *it)
{
	struct escalations *m = c->service->escalations;
	struct now now = loop_now(c->service->loop);
	struct json_out *w = &c->w;

	json_put_open(w, '{');
	json_put_member_str(w, "id", call_id(c, &it->id));
	json_put_member_str(w, "notice", call_id(c, &it->notice.id));
	json_put_member_u64(w, "level", (uint64_t)it->notice.level);
	json_put_member_bool(w, "exercise", it->notice.exercise);
	json_put_member_str(w, "case", ladder_case_word(it->what));
	json_put_member_str(w, "issuer", it->notice.issuer);
	json_put_member_str(w, "silent", it->notice.silent);
	json_put_member_str(w, "state", states[it->e.state]);
	json_put_member_u64(w, "step", it->e.step);
	json_put_member_u64(w, "steps", desk_ladder(m->desk, it)->n);
	json_put_member_u64(w, "at", (uint64_t)(it->step_ms / 1000));
	json_put_member_u64(w, "due",
	    (uint64_t)(desk_due(it, now).ms / 1000));
	json_put_member_u64(w, "held", it->held);
	json_put_member_u64(w, "merged", it->merged);
	json_put_member_u64(w, "absent", it->absent);
	put_pages(w, it);
	json_put_close(w, '}');
}

const struct desk_item *
escalations_at(const struct service *s, size_t i)
{
	const struct escalations *m = s->escalations;

	return m != NULL && m->desk != NULL && i < desk_count(m->desk) ?
	    desk_at(m->desk, i) : NULL;
}

void
escalations_put(struct call *c, const struct digest *notice)
{
	struct escalations *m = c->service->escalations;

	json_put_key(&c->w, "escalations");
	json_put_open(&c->w, '[');
	for (size_t i = 0; m != NULL && m->desk != NULL &&
	     i < desk_count(m->desk); i++) {
		const struct desk_item *it = desk_at(m->desk, i);

		if (notice == NULL ||
		    digest_is_equal(&it->notice.digest, notice))
			put_item(c, it);
	}
	json_put_close(&c->w, ']');
}

/* --- health --- */

static int64_t
overdue_ms(const struct escalations *m, struct now now)
{
	int64_t most = 0;

	for (size_t i = 0; m->desk != NULL && i < desk_count(m->desk); i++) {
		int64_t late = now.mono.ms - desk_at(m->desk, i)->e.due.ms;

		if (late > most)
			most = late;
	}
	return most;
}

static const char *
what_ails(struct service *s)
{
	const struct escalations *m = s->escalations;
	struct now now = loop_now(s->loop);

	if (m == NULL || m->desk == NULL)
		return m != NULL && now.mono.ms - m->stepped_ms < BEHIND_MS ?
		    "" : "what was open before the start is not read yet";
	if (now.mono.ms - m->stepped_ms > STALLED_MS)
		return "the escalations are not looked at";
	if (m->refused_ms != 0 && now.mono.ms - m->refused_ms > STALLED_MS)
		return "steps cannot be written";
	if (overdue_ms(m, now) > STALLED_MS)
		return "a step is overdue";
	return "";
}

bool
escalations_is_well(struct service *s)
{
	return what_ails(s)[0] == '\0';
}

void
escalations_put_health(struct service *s, struct json_out *w)
{
	const struct escalations *m = s->escalations;
	const char *why = what_ails(s);

	json_put_key(w, "health");
	json_put_open(w, '{');
	json_put_member_bool(w, "ok", why[0] == '\0');
	json_put_member_str(w, "why", why);
	json_put_member_u64(w, "open", m != NULL && m->desk != NULL ?
		desk_count(m->desk) : 0);
	json_put_member_u64(w, "overdue_ms", m != NULL ?
		(uint64_t)overdue_ms(m, loop_now(s->loop)) : 0);
	json_put_member_u64(w, "cursor", m != NULL ? m->cursor : 0);
	json_put_member_u64(w, "head", hub_log(s->hub, 1).size);
	json_put_close(w, '}');
}

/* --- commands --- */

void
cmd_escalations(struct call *c)
{
	json_put_open(&c->w, '{');
	escalations_put(c, NULL);
	escalations_put_over(c);
	escalations_put_health(c->service, &c->w);
	duties_put(c->service, &c->w);
	outdated_put(c->service, &c->w);
	overlap_links_put_watch(c);
	pledges_put(c->service, &c->w);
	pledges_put_awaited(c->service, &c->w);
	obligations_put_all(c->service, &c->w);
	json_put_close(&c->w, '}');
	call_done(c);
}

void
cmd_escalate(struct call *c)
{
	static const struct names none_open = { {
		"no further step of this notice is open",
		"no queda ningún paso abierto de esta comunicación",
		"não há mais passo aberto deste comunicado",
		"aucune étape de cette communication n’est plus ouverte" } };
	static const struct names is_over = { {
		"it was answered, withdrawn, or all steps were taken",
		"se respondió, se retiró o se dieron todos los pasos",
		"foi respondido, retirado, ou todos os passos foram dados",
		"elle a reçu réponse, a été retirée, ou toutes les étapes ont "
		"été franchies" } };
	struct escalations *m = c->service->escalations;
	struct service *s = c->service;
	struct index_row row;
	enum err e = ERR_NOT_FOUND;

	if (!call_find(c, INDEX_NOTICES, "id", &row))
		return;
	if (m != NULL && m->desk != NULL)
		e = desk_hasten(m->desk, &row.digest, loop_now(s->loop),
		    hub_clock(s->hub) == TRUST_TRUSTED);
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_NOT_FOUND, none_open.in[c->lang],
		    is_over.in[c->lang],
		    call_text(c, "almenara receipts %s",
			call_id(c, &row.id)));
		return;
	}
	audit(s, &c->caller, "escalate", &row.digest, call_id(c, &row.id),
	    "asked", "");
	escalations_stir(s);
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "notice", call_id(c, &row.id));
	escalations_put(c, &row.digest);
	json_put_close(&c->w, '}');
	call_done(c);
}
