/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara authority charter: propose a first charter, the next one, or one
 * that founds the network anew after too many keys were lost.
 */
#include "base/limits.h"
#include "cli/ceremony.h"
#include "record/change.h"

#include <time.h>

enum { DAYS_USUAL = 3650 };

struct work {
	struct cli *c;
	struct proposal p;
	struct registry *registry; /* NULL for a first charter */
	struct charter next;
	const char *failed;
	struct fault f;
};

static enum err
holder_read(struct work *w, const char *path, struct authority *out)
{
	static const char *const keys[] = { "name", "jwk", NULL };
	struct json json;
	struct span text;
	enum err e = ceremony_file(w->c, path, 4096, &text);

	w->failed = path;
	if (e == ERR_NONE)
		e = json_parse_arena(text, 4, 64, &w->c->arena, &json, &w->f);
	if (e == ERR_NONE)
		e = document_members(json_root(&json), keys, &w->f);
	if (e == ERR_NONE)
		e = document_line(json_get(json_root(&json), "name"), "name",
		    LIMIT_NAME, &w->c->arena, &out->name, &w->f);
	if (e == ERR_NONE)
		e = document_key(json_get(json_root(&json), "jwk"), "jwk",
		    true, &out->key, &w->f);
	return e;
}

static enum err
begin(struct work *w, const char *folder)
{
	const struct charter *old;
	struct digest hash;
	enum err e = ceremony_with(w->c, folder, DOCUMENT_CHARTER,
	    span_of(NULL, 0), &w->p, &w->registry, &w->f);

	w->failed = folder;
	if (e != ERR_NONE)
		return e;
	old = registry_charter(w->registry);
	if (old == NULL || !ceremony_hash(w->registry, DOCUMENT_CHARTER,
	    span_of(NULL, 0), &hash))
		return fault_at(&w->f, ERR_NOT_FOUND, 0, "with",
		    "there is no charter in it");
	change_charter(old, &hash, &w->c->arena, &w->next);
	if (!args_has(&w->c->args, "refound"))
		return ERR_NONE;
	/* nobody of the old list is asked, so nothing old goes with it */
	w->next.authority_count = 0;
	w->next.k_charter = 0;
	w->p.with_count = 0;
	return ERR_NONE;
}

static enum err
people(struct work *w)
{
	struct args *a = &w->c->args;
	struct authority who;
	const char *v;
	enum err e = ERR_NONE;

	for (size_t i = 0; e == ERR_NONE &&
	    (v = args_find_at(a, "remove", i)) != NULL; i++)
		e = charter_remove(&w->next, span_str(v), &w->f);
	for (size_t i = 0; e == ERR_NONE &&
	    (v = args_find_at(a, "add", i)) != NULL; i++) {
		e = holder_read(w, v, &who);
		if (e == ERR_NONE)
			e = charter_add(&w->next, &who, &w->f);
	}
	return e;
}

/* Those that are not given stay, as far as there are holders enough; of a
 * first charter two thirds, a half and the half without the last. */
static enum err
thresholds(struct work *w)
{
	struct charter *n = &w->next;
	unsigned long h = n->authority_count, days = DAYS_USUAL;
	unsigned long k[3] = { n->k_charter, n->k_register, n->k_suspend };
	static const char *const names[3] = { "k-charter", "k-register",
		"k-suspend" };
	enum err e = ERR_NONE;

	w->failed = "--k-charter, --k-register, --k-suspend, --days";
	if (k[0] == 0) {
		k[0] = (2 * h) / 3 + 1 > h ? h : (2 * h) / 3 + 1;
		k[1] = h / 2 + 1;
		k[2] = h > 1 ? h / 2 : 1;
	}
	for (size_t i = 0; i < 3 && e == ERR_NONE; i++)
		e = args_number(&w->c->args, names[i], 1, h, &k[i], &w->f);
	if (e == ERR_NONE)
		e = args_number(&w->c->args, "days", 1, 36500, &days, &w->f);
	n->k_charter = (unsigned)k[0];
	n->k_register = (unsigned)k[1];
	n->k_suspend = (unsigned)k[2];
	n->expires_s = (int64_t)time(NULL) + (int64_t)days * DAY_S;
	return e;
}

static int
run(struct cli *c)
{
	struct work w = { .c = c, .failed = "" };
	const char *with = args_find(&c->args, "with");
	const char *domain = args_find(&c->args, "domain");
	struct buf payload;
	int status;
	enum err e = ERR_NONE;

	if (!args_has(&c->args, "out"))
		return cli_usage(c, "--out FILE");
	if (with == NULL && domain == NULL)
		return cli_usage(c, "--with FOLDER | --domain DOMAIN");
	if (with != NULL) {
		e = begin(&w, with);
	} else {
		change_charter(NULL, NULL, &c->arena, &w.next);
		w.next.domain = span_str(domain);
	}
	if (e == ERR_NONE)
		e = people(&w);
	if (e == ERR_NONE)
		e = thresholds(&w);
	if (e != ERR_NONE) {
		registry_free(w.registry);
		return ceremony_refused(c, e, w.failed, &w.f);
	}
	buf_init(&payload, LIMIT_DOCUMENT);
	charter_write(&w.next, &payload);
	status = ceremony_finish(c, &w.p, &payload);
	buf_release(&payload);
	registry_free(w.registry);
	return status;
}

const struct command command_authority_charter = {
	.name = "authority charter", .group = GROUP_NETWORK, .operands = "",
	.run = run,
	.summary = { { "Propose a charter: who holds authority",
	    "Proponer una carta: quién tiene autoridad",
	    "Propor uma carta: quem tem autoridade",
	    "Proposer une charte : qui détient l’autorité" } },
	.option = {
		CEREMONY_OUT,
		CEREMONY_WITH,
		{ "domain", 0, "DOMAIN", { { "of a first charter",
		    "de una primera carta", "de uma primeira carta",
		    "d’une première charte" } } },
		{ "add", 0, "FILE.pub", { { "a holder (repeatable)",
		    "un titular (repetible)", "um titular (repetível)",
		    "un titulaire (répétable)" } } },
		{ "remove", 0, "NAME", { { "a holder who leaves (repeatable)",
		    "un titular que se va (repetible)",
		    "um titular que sai (repetível)",
		    "un titulaire qui part (répétable)" } } },
		{ "k-charter", 0, "N", { { "signatures that a charter needs",
		    "firmas que requiere una carta",
		    "assinaturas que uma carta requer",
		    "signatures requises pour une charte" } } },
		{ "k-register", 0, "N", { { "signatures that a register needs",
		    "firmas que requiere un registro",
		    "assinaturas que um registro requer",
		    "signatures requises pour un registre" } } },
		{ "k-suspend", 0, "N", { {
		    "signatures that a suspension needs",
		    "firmas que requiere una suspensión",
		    "assinaturas que uma suspensão requer",
		    "signatures requises pour une suspension" } } },
		{ "refound", 0, NULL, { {
		    "found anew: the old authorities are not asked",
		    "fundar de nuevo: no se consulta a las anteriores",
		    "fundar de novo: as anteriores não são consultadas",
		    "refonder : les anciennes ne sont pas consultées" } } },
		CEREMONY_DAYS,
	},
};
