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

static void
tell_dates(struct cli *c, struct json_val list, trust_line_fn *fn, void *ctx)
{
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		const char *team = out_str(c, v, "team");

		fn(ctx, cli_text(c, "%s%s%s", out_str(c, v, "kind"),
		    team[0] != '\0' ? " " : "", team),
		    cli_text(c, "%s %s", out_is_true(v, "expired") ?
		    T(c, "past its date since", "vencido desde",
		    "vencido desde", "échu depuis le") :
		    T(c, "until", "hasta", "até", "jusqu’au"),
		    out_time(c, out_u64(v, "expires"))),
		    "almenara network show");
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
}

void
trust_tell(struct cli *c, struct json_val status, trust_line_fn *fn,
    void *ctx)
{
	tell_confirmations(c, json_get(status, "confirm"), fn, ctx);
	tell_pins(c, json_get(status, "pins"), fn, ctx);
	tell_dates(c, json_get(status, "warnings"), fn, ctx);
	tell_duties(c, status, fn, ctx);
}
