/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara authority designate: propose the next designations: the act by
 * which a government names its team, or that one has ended.
 */
#include "base/limits.h"
#include "cli/ceremony.h"
#include "record/change.h"

struct work {
	struct cli *c;
	struct proposal p;
	struct registry *registry;
	struct designations next;
	const char *failed;
	struct fault f;
};

static enum err
begin(struct work *w, const char *folder)
{
	struct designations old;
	struct digest charter, hash;
	struct document d;
	bool has_old;
	enum err e = ceremony_with(w->c, folder, DOCUMENT_DESIGNATIONS,
	    span_of(NULL, 0), &w->p, &w->registry, &w->f);

	w->failed = folder;
	if (e != ERR_NONE)
		return e;
	if (!ceremony_hash(w->registry, DOCUMENT_CHARTER, span_of(NULL, 0),
	    &charter))
		return fault_at(&w->f, ERR_NOT_FOUND, 0, "with",
		    "there is no charter in it");
	has_old = ceremony_hash(w->registry, DOCUMENT_DESIGNATIONS,
	    span_of(NULL, 0), &hash);
	if (has_old) {
		/* designations come last in the view */
		size_t n = registry_document_count(w->registry);

		e = document_parse(registry_document_at(w->registry,
		    n - 1).bytes, &w->c->arena, &d, &w->f);
		if (e == ERR_NONE)
			e = designations_parse(&d, &w->c->arena, &old, &w->f);
	}
	if (e == ERR_NONE)
		change_designations(has_old ? &old : NULL, &hash, &charter,
		    &w->c->arena, &w->next);
	return e;
}

static enum err
fill(struct work *w, struct designation *d)
{
	struct args *a = &w->c->args;
	const char *word = args_find(a, "dissemination");
	const char *v;
	enum err e;

	if ((v = args_find(a, "instrument")) != NULL)
		d->instrument = span_str(v);
	if ((v = args_find(a, "authority")) != NULL)
		d->authority = span_str(v);
	if ((v = args_find(a, "note")) != NULL)
		d->note = span_str(v);
	w->failed = "--dissemination own_decision|with_approval|no";
	e = word == NULL ? ERR_NONE :
	    dissemination_parse(span_str(word), &d->dissemination);
	if (e != ERR_NONE)
		return ERR_USAGE;
	w->failed = "--issued, --review";
	e = ceremony_date(w->c, "issued", &d->issued_s, &w->f);
	if (e == ERR_NONE)
		e = ceremony_date(w->c, "review", &d->review_s, &w->f);
	return e;
}

/* A first designation needs all of it; of one that is there what is given
 * changes: "--review" alone reconfirms it. */
static enum err
designate(struct work *w, struct span team)
{
	const struct designation *old = designations_find(&w->next, team);
	const struct register_doc *reg = registry_register(w->registry);
	const struct team *t = reg == NULL ? NULL : register_find(reg, team);
	const char *state = args_find(&w->c->args, "state");
	struct designation d = { .team = team };
	enum err e;

	w->failed = "--team";
	if (t == NULL && state == NULL)
		return fault_at(&w->f, ERR_NOT_FOUND, 0, "team",
		    "not in the register yet: say --state too");
	if (old != NULL)
		d = *old;
	d.state = state != NULL ? span_str(state) : t->state;
	e = fill(w, &d);
	if (e != ERR_NONE)
		return e;
	if (d.instrument.n == 0 || d.authority.n == 0 || d.issued_s == 0 ||
	    d.review_s == 0) {
		w->failed = "--instrument, --authority, --issued, --review";
		return ERR_USAGE;
	}
	return designations_put(&w->next, &d, &w->f);
}

static int
run(struct cli *c)
{
	struct work w = { .c = c, .failed = "" };
	const char *with = args_find(&c->args, "with");
	const char *team = args_find(&c->args, "team");
	const char *end = args_find(&c->args, "end");
	struct buf payload;
	int status;
	enum err e;

	if (!args_has(&c->args, "out"))
		return cli_usage(c, "--out FILE");
	if (with == NULL)
		return cli_usage(c, "--with FOLDER");
	if ((team == NULL) == (end == NULL))
		return cli_usage(c, "--team TEAM | --end TEAM");
	e = begin(&w, with);
	if (e == ERR_NONE)
		e = team != NULL ? designate(&w, span_str(team)) :
		    designations_end(&w.next, span_str(end), &w.f);
	if (e != ERR_NONE) {
		registry_free(w.registry);
		return ceremony_refused(c, e, w.failed, &w.f);
	}
	buf_init(&payload, LIMIT_DOCUMENT);
	designations_write(&w.next, &payload);
	status = ceremony_finish(c, &w.p, &payload);
	buf_release(&payload);
	registry_free(w.registry);
	return status;
}

const struct command command_authority_designate = {
	.name = "authority designate", .group = GROUP_NETWORK, .operands = "",
	.run = run,
	.summary = { { "Propose the act that designates a team",
	    "Proponer el acto que designa a un equipo",
	    "Propor o ato que designa uma equipe",
	    "Proposer l’acte qui désigne une équipe" } },
	.option = {
		CEREMONY_OUT,
		CEREMONY_WITH,
		{ "team", 0, "TEAM", { { "who is designated",
		    "quién es designado", "quem é designada",
		    "qui est désignée" } } },
		{ "end", 0, "TEAM", { { "whose designation has ended",
		    "cuya designación terminó", "cuja designação terminou",
		    "dont la désignation a pris fin" } } },
		{ "state", 0, "CC", { { "of a team not in the register yet",
		    "de un equipo aún no registrado",
		    "de uma equipe ainda não registrada",
		    "d’une équipe pas encore au registre" } } },
		{ "instrument", 0, "TEXT", { { "the act, as it is cited",
		    "el acto, como se cita", "o ato, como é citado",
		    "l’acte, tel qu’il est cité" } } },
		{ "authority", 0, "TEXT", { { "who signed it for the state",
		    "quién lo firmó por el Estado",
		    "quem o assinou pelo Estado",
		    "qui l’a signé pour l’État" } } },
		{ "note", 0, "TEXT", { { "the diplomatic note",
		    "la nota diplomática", "a nota diplomática",
		    "la note diplomatique" } } },
		{ "issued", 0, "YYYY-MM-DD", { { "its date", "su fecha",
		    "sua data", "sa date" } } },
		{ "review", 0, "YYYY-MM-DD", { { "to be reconfirmed by then",
		    "por confirmar hasta entonces",
		    "a reconfirmar até então", "à reconfirmer d’ici là" } } },
		{ "dissemination", 0, "WORD", { {
		    "own_decision, with_approval or no",
		    "own_decision, with_approval o no",
		    "own_decision, with_approval ou no",
		    "own_decision, with_approval ou no" } } },
	},
};
