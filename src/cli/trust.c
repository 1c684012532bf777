/* SPDX-License-Identifier: Apache-2.0
 *
 * Confirmations, pins and dates as lines for people.
 */
#include "cli/trust.h"

#include "cli/out.h"

#include <string.h>

static void
tell_confirmations(struct cli *c, struct json_val list, trust_line_fn *fn,
    void *ctx)
{
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		const char *team = out_str(c, v, "team");

		fn(ctx, team, cli_text(c, T(c, "confirmation wanted: %s",
		    "falta confirmar: %s", "falta confirmar: %s",
		    "à confirmer : %s"), out_str(c, v, "words")),
		    cli_text(c, "almenara pin accept %s", team));
	}
}

/* Every pin but those that only accept an identity as the register has it. */
static void
tell_pins(struct cli *c, struct json_val list, trust_line_fn *fn, void *ctx)
{
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		struct span text;

		if (json_text(v, &c->arena, &text) != ERR_NONE)
			continue;
		if (text.n > 11 && memcmp(text.p, "accept key ", 11) == 0)
			continue;
		fn(ctx, T(c, "pin", "marca", "marca", "repère"),
		    cli_text(c, "%.*s", SPAN_FMT(text)),
		    "almenara pin list");
	}
}

const char *
trust_date(struct cli *c, struct json_val v)
{
	const char *reason = out_str(c, v, "reason");
	const char *when = cli_text(c, "%s %s", out_is_true(v, "expired") ?
	    T(c, "past its date since", "vencido desde", "vencido desde",
	    "échu depuis le") : T(c, "until", "hasta", "até", "jusqu’au"),
	    out_time(c, out_u64(v, "expires")));

	if (reason[0] == '\0')
		return when;
	return cli_text(c, T(c, "%s, by %s: %s", "%s, por %s: %s",
	    "%s, por %s: %s", "%s, par %s : %s"), when,
	    out_join(c, json_get(v, "by")), reason);
}

static void
tell_dates(struct cli *c, struct json_val list, trust_line_fn *fn, void *ctx)
{
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		const char *team = out_str(c, v, "team");

		fn(ctx, cli_text(c, "%s%s%s", out_str(c, v, "kind"),
		    team[0] != '\0' ? " " : "", team),
		    trust_date(c, v), "almenara network show");
	}
}

/* The audit trail, and the clocks of cases. */
static void
tell_duties(struct cli *c, struct json_val status, trust_line_fn *fn,
    void *ctx)
{
	struct json_val audit = json_get(status, "audit");
	uint64_t late = out_u64(status, "cases_late");
	uint64_t near = out_u64(status, "cases_near");

	if (json_is_str(json_get(audit, "state"), "bad"))
		fn(ctx, T(c, "audit trail", "auditoría", "auditoria",
		    "audit"), out_str(c, audit, "why"),
		    "almenara audit verify");
	if (late + near != 0)
		fn(ctx, T(c, "clocks of cases", "plazos de casos",
		    "prazos de casos", "délais des dossiers"),
		    cli_text(c, T(c, "%llu have run out, %llu run out soon",
			"%llu vencidos, %llu por vencer",
			"%llu vencidos, %llu a vencer",
			"%llu échus, %llu bientôt échus"),
			(unsigned long long)late, (unsigned long long)near),
		    "almenara breach list");
	late = out_u64(status, "deadlines_late");
	near = out_u64(status, "deadlines_near");
	if (late + near != 0)
		fn(ctx, T(c, "duties to report", "deberes de informar",
		    "deveres de informar", "obligations de signaler"),
		    cli_text(c, T(c, "%llu are late, %llu are due soon",
			"%llu vencidos, %llu por vencer",
			"%llu vencidos, %llu a vencer",
			"%llu en retard, %llu bientôt dues"),
			(unsigned long long)late, (unsigned long long)near),
		    "almenara reports list");
	late = out_u64(status, "pledges_late");
	near = out_u64(status, "pledges_near");
	if (late + near != 0)
		fn(ctx, T(c, "assessments and news owed",
		    "evaluaciones y novedades debidas",
		    "avaliações e novidades devidas",
		    "évaluations et nouvelles dues"),
		    cli_text(c, T(c, "%llu are late, %llu are due soon",
			"%llu vencidas, %llu por vencer",
			"%llu vencidas, %llu a vencer",
			"%llu en retard, %llu bientôt dues"),
			(unsigned long long)late, (unsigned long long)near),
		    "almenara watch");
}

/* Why the links of this node are down, and who can change it. */
static void
tell_standing(struct cli *c, struct json_val status, trust_line_fn *fn,
    void *ctx)
{
	static const struct {
		const char *word;
		struct names what;
	} rows[] = {
		{ "suspended", { { "this team is suspended: no node links "
		    "with it until that ends",
		    "este equipo está suspendido: ningún nodo se conecta con "
		    "él hasta que eso termine",
		    "esta equipe está suspensa: nenhum nó se conecta a ela "
		    "até que isso termine",
		    "cette équipe est suspendue : aucun nœud ne se relie à "
		    "elle jusqu’à la fin" } } },
		{ "removed", { { "this team was removed from the register: no "
		    "node links with it; ask the holders of authority",
		    "este equipo fue retirado del registro: ningún nodo se "
		    "conecta con él; pregunte a los titulares de autoridad",
		    "esta equipe foi retirada do registro: nenhum nó se "
		    "conecta a ela; pergunte aos titulares de autoridade",
		    "cette équipe a été retirée du registre : aucun nœud ne "
		    "se relie à elle ; demandez aux détenteurs d’autorité" } } },
		{ "unlisted", { { "this team is not in the register: no node "
		    "links with it", "este equipo no está en el registro: "
		    "ningún nodo se conecta con él",
		    "esta equipe não está no registro: nenhum nó se conecta "
		    "a ela", "cette équipe n’est pas au registre : aucun nœud "
		    "ne se relie à elle" } } },
	};
	struct json_val by = json_get(status, "shut_out_by");
	const char *team = out_str(c, status, "team");

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (json_is_str(json_get(status, "standing"), rows[i].word)) {
			fn(ctx, team, rows[i].what.in[c->lang],
			    "almenara network show");
			return;
		}
	if (json_count(by) != 0)
		fn(ctx, team, cli_text(c, T(c, "%llu nodes say that it is not "
		    "admitted, by documents that this node does not have; ask "
		    "another team for them",
		    "%llu nodos dicen que no está admitido, por documentos "
		    "que este nodo no tiene; pídalos a otro equipo",
		    "%llu nós dizem que não está admitida, por documentos que "
		    "este nó não tem; peça-os a outra equipe",
		    "%llu nœuds disent qu’elle n’est pas admise, par des "
		    "documents que ce nœud n’a pas ; demandez-les à une autre "
		    "équipe"), (unsigned long long)json_count(by)),
		    "almenara network offer FILE");
}

void
trust_tell(struct cli *c, struct json_val status, trust_line_fn *fn,
    void *ctx)
{
	tell_standing(c, status, fn, ctx);
	tell_confirmations(c, json_get(status, "confirm"), fn, ctx);
	tell_pins(c, json_get(status, "pins"), fn, ctx);
	tell_dates(c, json_get(status, "warnings"), fn, ctx);
	tell_duties(c, status, fn, ctx);
}
