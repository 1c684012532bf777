/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara roster import: shifts of a calendar. The file is read here, and only
 * whole; what would change is shown, and done with --apply.
 */
#include "base/instant.h"
#include "cli/file.h"
#include "cli/node.h"
#include "cli/out.h"
#include "gateways/ical.h"
#include "node/zone_file.h"

enum { DAY_S = 86400 };

static int
refuse(struct cli *c, enum err e, const struct fault *f)
{
	return cli_fail(c, &(struct trouble){ .exit = CLI_REFUSED,
	    .code = err_token(e),
	    .what = T(c, "the calendar was not taken",
		"no se tomó el calendario", "o calendário não foi aceito",
		"le calendrier n’a pas été accepté"),
	    .why = f->at == 0 ? cli_text(c, "%s: %s", f->field, f->rule) :
		cli_text(c, "VEVENT %zu, %s: %s", f->at, f->field,
		    f->rule) });
}

static void
put_wall(struct request *r, const char *key, int64_t local_s, size_t n)
{
	char text[INSTANT_TEXT_MAX];

	wall_write((struct wall){ local_s * 1000 }, text);
	json_put_member_span(&r->w, key, span_of(text, n));
}

/* The day of the last one that begins by then. */
static enum err
put_until(struct request *r, struct cli *c, const struct ical_shift *s,
    struct fault *f)
{
	int64_t every_s = (int64_t)s->every * DAY_S, last_s = s->until_s;
	const struct zone *z;
	enum err e;

	if (!s->has_until || s->every == 0)
		return ERR_NONE;
	if (s->until_is_utc) {
		e = zone_file_load(s->zone, &c->arena, &z, f);
		if (e != ERR_NONE)
			return e;
		last_s += zone_offset(z, last_s);
	}
	if (last_s < s->start_s)
		return fault_at(f, ERR_SCHEMA, 0, "RRULE",
		    "ends before it begins");
	last_s -= (last_s - s->start_s) % every_s;
	put_wall(r, "until", last_s, 10);
	return ERR_NONE;
}

static enum err
put_shift(struct request *r, struct cli *c, const struct ical_shift *s,
    struct fault *f)
{
	enum err e;

	json_put_open(&r->w, '{');
	json_put_member_span(&r->w, "post", s->post);
	json_put_key(&r->w, "persons");
	json_put_open(&r->w, '[');
	for (size_t i = 0; i < s->person_n; i++)
		json_put_span(&r->w, s->person[i]);
	json_put_close(&r->w, ']');
	json_put_member_span(&r->w, "zone", s->zone);
	put_wall(r, "start", s->start_s, 16);
	put_wall(r, "end", s->end_s, 16);
	json_put_member_u64(&r->w, "every", s->every);
	e = put_until(r, c, s, f);
	json_put_close(&r->w, '}');
	return e;
}

static enum err
put_file(struct request *r, struct cli *c, struct fault *f)
{
	const char *post = args_find(&c->args, "post");
	const char *zone = args_find(&c->args, "zone");
	struct ical_shifts all = { 0 };
	struct buf b;
	enum err e;

	buf_init(&b, LIMIT_CALENDAR);
	e = file_read(c->args.operand[0], &b);
	if (e != ERR_NONE)
		e = fault_at(f, e, 0, "file", e == ERR_LIMIT ?
		    "has more than %d bytes" : "cannot be read (at most %d "
		    "bytes)", LIMIT_CALENDAR);
	if (e == ERR_NONE)
		e = ical_parse(buf_span(&b), span_str(post != NULL ? post :
		    ""), span_str(zone != NULL ? zone : ""), &c->arena, &all,
		    f);
	buf_release(&b);
	json_put_key(&r->w, "shifts");
	json_put_open(&r->w, '[');
	for (size_t i = 0; e == ERR_NONE && i < all.n; i++)
		e = put_shift(r, c, &all.at[i], f);
	json_put_close(&r->w, ']');
	return e;
}

static void
rows_show(struct cli *c, struct json_val rows)
{
	const char *const heads[] = { T(c, "CHANGE", "CAMBIO", "MUDANÇA",
	    "CHANGEMENT"), cli_word(c, "post"), cli_word(c, "from"),
		T(c, "UNTIL", "HASTA", "ATÉ", "JUSQU’À"),
		T(c, "DAYS", "DÍAS", "DIAS", "JOURS"),
		T(c, "ZONE", "ZONA", "FUSO", "FUSEAU"),
		T(c, "LAST BY", "ÚLTIMO", "ÚLTIMO", "DERNIÈRE"),
		T(c, "IN TURN", "POR TURNO", "POR TURNO", "À TOUR DE RÔLE"),
		NULL };
	struct table t;

	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		struct json_val s = json_get(v, "shift");
		bool is_new = out_is_true(v, "new");

		table_put(&t, span_str(is_new ? T(c, "new", "nuevo", "novo",
		    "nouveau") : T(c, "as it is", "como está", "como está",
		    "inchangé")), is_new ? STYLE_GOOD : STYLE_DIM);
		table_put(&t, out_text(c, s, "post"), STYLE_BOLD);
		table_put(&t, out_text(c, s, "start"), STYLE_PLAIN);
		table_put(&t, out_text(c, s, "end"), STYLE_PLAIN);
		table_put(&t, out_text(c, s, "every"), STYLE_PLAIN);
		table_put(&t, out_text(c, s, "zone"), STYLE_PLAIN);
		table_put(&t, out_text(c, s, "until"), STYLE_PLAIN);
		table_put_str(&t, out_join(c, json_get(s, "persons")));
	}
	out_table(c, &t);
}

static int
run(struct cli *c)
{
	bool is_dry = !args_has(&c->args, "apply");
	struct fault f = { 0 };
	struct json_val data;
	struct request r;
	int status;
	enum err e;

	request_open(&r);
	e = put_file(&r, c, &f);
	if (e != ERR_NONE) {
		buf_release(&r.b);
		return refuse(c, e, &f);
	}
	json_put_member_bool(&r.w, "dry_run", is_dry);
	status = request_send(&r, c, "roster_import", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_rows(c, data, "rows");
		return CLI_OK;
	}
	rows_show(c, json_get(data, "rows"));
	cli_say(c, is_dry ? T(c, "%s would be new; nothing was changed: "
	    "--apply", "%s serían nuevos; no se cambió nada: --apply",
	    "%s seriam novos; nada foi mudado: --apply",
	    "%s seraient nouvelles ; rien n’a changé : --apply") :
	    T(c, "%s are new", "%s son nuevos", "%s são novos",
	    "%s sont nouvelles"), out_str(c, data, "new"));
	return CLI_OK;
}

const struct command command_roster_import = {
	.name = "roster import", .group = GROUP_WATCH, .operands = "FILE",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Shifts of a calendar (.ics): shown; done with --apply",
	    "Turnos de un calendario (.ics): se muestran; con --apply se hace",
	    "Turnos de um calendário (.ics): mostra; com --apply faz",
	    "Gardes d’un calendrier (.ics) : montre ; fait avec --apply" } },
	.option = {
		{ "apply", 0, NULL, { { "change the roster",
		    "cambiar la lista de turnos", "mudar a escala",
		    "changer le tableau" } } },
		{ "post", 0, "POST", { { "of events that name persons alone",
		    "de eventos que solo nombran personas",
		    "de eventos que só nomeiam pessoas",
		    "d’événements qui ne nomment que des personnes" } } },
		{ "zone", 0, "ZONE", { { "of times without one",
		    "de horas sin zona", "de horas sem fuso",
		    "d’heures sans fuseau" } } },
	},
};
