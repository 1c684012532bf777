/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara authority register: propose the next register, a whole snapshot
 * made of the one before and of what changes.
 */
#include "base/limits.h"
#include "cli/ceremony.h"
#include "record/change.h"
#include "record/network.h"

#include <string.h>
#include <time.h>

enum { DAYS_USUAL = 730 };

struct work {
	struct cli *c;
	struct proposal p;
	struct registry *registry;
	struct register_doc next;
	const char *failed;
	struct fault f;
};

static enum err
begin(struct work *w, const char *folder)
{
	const struct register_doc *old;
	struct digest charter, hash = { { 0 } };
	enum err e = ceremony_with(w->c, folder, DOCUMENT_REGISTER,
	    span_of(NULL, 0), &w->p, &w->registry, &w->f);

	w->failed = folder;
	if (e != ERR_NONE)
		return e;
	if (!ceremony_hash(w->registry, DOCUMENT_CHARTER, span_of(NULL, 0),
	    &charter))
		return fault_at(&w->f, ERR_NOT_FOUND, 0, "with",
		    "there is no charter in it");
	old = registry_register(w->registry);
	if (old != NULL && !ceremony_hash(w->registry, DOCUMENT_REGISTER,
	    span_of(NULL, 0), &hash))
		return ERR_NOT_FOUND;
	change_register(old, &hash, &charter, &w->c->arena, &w->next);
	return ERR_NONE;
}

/* A team as its card says; the roles that it has stay. */
static enum err
card_read(struct work *w, const char *path, struct team *out)
{
	const struct team *old;
	struct team_card card;
	struct span text;
	enum err e = ceremony_file(w->c, path, 2 * LIMIT_DOCUMENT, &text);

	w->failed = path;
	if (e == ERR_NONE)
		e = team_card_parse(text, &w->c->arena, &card, &w->f);
	if (e != ERR_NONE)
		return e;
	*out = (struct team){ .id = card.team, .state = card.state,
		.identity = card.identity };
	old = register_find(&w->next, card.team);
	if (old != NULL) {
		out->roles = old->roles;
		out->role_count = old->role_count;
	}
	return ERR_NONE;
}

/* Another identity key alone: TEAM=FILE.pub as `authority key` writes it. */
static enum err
identity_change(struct work *w, const char *v)
{
	const char *eq = strchr(v, '=');
	const struct team *old;
	struct team team;
	struct json json;
	struct span text;
	enum err e;

	w->failed = v;
	if (eq == NULL)
		return fault_at(&w->f, ERR_USAGE, 0, "identity",
		    "TEAM=FILE.pub");
	old = register_find(&w->next, span_of(v, (size_t)(eq - v)));
	if (old == NULL)
		return fault_at(&w->f, ERR_NOT_FOUND, 0, "identity",
		    "the team is not in the register");
	team = *old;
	e = ceremony_file(w->c, eq + 1, 4096, &text);
	if (e == ERR_NONE)
		e = json_parse_arena(text, 4, 64, &w->c->arena, &json, &w->f);
	if (e == ERR_NONE)
		e = document_key(json_get(json_root(&json), "jwk"), "jwk",
		    true, &team.identity, &w->f);
	if (e == ERR_NONE)
		e = register_replace(&w->next, &team, &w->f);
	return e;
}

static enum err
suspend(struct work *w, const char *team)
{
	const char *reason = args_find(&w->c->args, "reason");
	int64_t until = 0;
	enum err e = ceremony_date(w->c, "until", &until, &w->f);

	w->failed = "--suspend TEAM --until YYYY-MM-DD --reason TEXT";
	if (e != ERR_NONE || until == 0 || reason == NULL)
		return ERR_USAGE;
	return register_suspend(&w->next, span_str(team), until,
	    span_str(reason), &w->f);
}

static enum err
one_change(struct work *w, const char *option, const char *v)
{
	struct team team;
	enum err e;

	w->failed = v;
	if (strcmp(option, "add") == 0 || strcmp(option, "replace") == 0) {
		e = card_read(w, v, &team);
		if (e != ERR_NONE)
			return e;
		return option[0] == 'a' ? register_add(&w->next, &team,
		    &w->f) : register_replace(&w->next, &team, &w->f);
	}
	if (strcmp(option, "remove") == 0)
		return register_set_status(&w->next, span_str(v), TEAM_FORMER,
		    &w->f);
	if (strcmp(option, "restore") == 0)
		return register_set_status(&w->next, span_str(v), TEAM_MEMBER,
		    &w->f);
	if (strcmp(option, "identity") == 0)
		return identity_change(w, v);
	if (strcmp(option, "suspend") == 0)
		return suspend(w, v);
	if (strcmp(option, "resume") == 0)
		return register_suspend(&w->next, span_str(v), 0,
		    span_of(NULL, 0), &w->f);
	return ERR_NONE;
}

static enum err
dates(struct work *w)
{
	unsigned long days = DAYS_USUAL;
	enum err e = args_number(&w->c->args, "days", 1, 3650, &days, &w->f);

	w->failed = "--days";
	w->next.expires_s = (int64_t)time(NULL) + (int64_t)days * DAY_S;
	return e;
}

static int
run(struct cli *c)
{
	struct work w = { .c = c, .failed = "" };
	const char *with = args_find(&c->args, "with");
	struct buf payload;
	int status;
	enum err e;

	if (!args_has(&c->args, "out"))
		return cli_usage(c, "--out FILE");
	if (with == NULL)
		return cli_usage(c, "--with FOLDER");
	e = begin(&w, with);
	/* in the order in which they were given */
	for (size_t i = 0; i < c->args.given_count && e == ERR_NONE; i++)
		e = one_change(&w, c->args.given[i].option->name,
		    c->args.given[i].value);
	if (e == ERR_NONE)
		e = dates(&w);
	if (e != ERR_NONE) {
		registry_free(w.registry);
		return ceremony_refused(c, e, w.failed, &w.f);
	}
	buf_init(&payload, LIMIT_DOCUMENT);
	register_write(&w.next, &payload);
	status = ceremony_finish(c, &w.p, &payload);
	buf_release(&payload);
	registry_free(w.registry);
	return status;
}

const struct command command_authority_register = {
	.name = "authority register", .group = GROUP_NETWORK, .operands = "",
	.run = run,
	.summary = { { "Propose a register: which teams belong",
	    "Proponer un registro: qué equipos pertenecen",
	    "Propor um registro: que equipes pertencem",
	    "Proposer un registre : quelles équipes en sont" } },
	.option = {
		CEREMONY_OUT,
		CEREMONY_WITH,
		{ "add", 0, "CARD", { { "a new team by its card (repeatable)",
		    "un equipo nuevo por su ficha (repetible)",
		    "uma equipe nova por sua ficha (repetível)",
		    "une nouvelle équipe par sa fiche (répétable)" } } },
		{ "replace", 0, "CARD", { {
		    "another team in the place of the one of this name",
		    "otro equipo en lugar del de ese nombre",
		    "outra equipe no lugar da que tem esse nome",
		    "une autre équipe à la place de celle de ce nom" } } },
		{ "remove", 0, "TEAM", { {
		    "no longer a member; what it wrote stays readable",
		    "deja de ser miembro; lo escrito sigue legible",
		    "deixa de ser membro; o que escreveu continua legível",
		    "n’est plus membre ; ses écrits restent lisibles" } } },
		{ "restore", 0, "TEAM", { { "a member again",
		    "miembro de nuevo", "membro de novo",
		    "de nouveau membre" } } },
		{ "identity", 0, "TEAM=FILE.pub", { {
		    "another identity key of a team",
		    "otra clave de identidad de un equipo",
		    "outra chave de identidade de uma equipe",
		    "une autre clé d’identité d’une équipe" } } },
		{ "suspend", 0, "TEAM", { { "until a date, for a reason",
		    "hasta una fecha, por un motivo",
		    "até uma data, por um motivo",
		    "jusqu’à une date, pour un motif" } } },
		{ "until", 0, "YYYY-MM-DD", { { "of --suspend",
		    "de --suspend", "de --suspend", "de --suspend" } } },
		{ "reason", 0, "TEXT", { { "of --suspend", "de --suspend",
		    "de --suspend", "de --suspend" } } },
		{ "resume", 0, "TEAM", { { "end a suspension",
		    "terminar una suspensión", "terminar uma suspensão",
		    "mettre fin à une suspension" } } },
		CEREMONY_DAYS,
	},
};
