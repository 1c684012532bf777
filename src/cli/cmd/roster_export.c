/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara roster export: the shifts as a calendar, to standard output.
 */
#include "base/instant.h"
#include "cli/node.h"
#include "cli/out.h"
#include "gateways/ical.h"
#include "node/zone_file.h"

#include <stdio.h>
#include <time.h>

enum { EXPORT_MAX = 4 * LIMIT_CALENDAR };

/* A wall time as if it were UTC; `rest` is what the text lacks. */
static int64_t
wall_of(struct cli *c, struct json_val v, const char *key, const char *rest)
{
	struct wall t;

	return wall_parse(span_str(cli_text(c, "%s%s", out_str(c, v, key),
	    rest)), &t) == ERR_NONE ? t.ms / 1000 : 0;
}

static struct ical_shift
shift_of(struct cli *c, struct json_val v)
{
	struct json_val list = json_get(v, "persons");
	struct ical_shift s = { .post = out_text(c, v, "post"),
		.zone = out_text(c, v, "zone"),
		.start_s = wall_of(c, v, "first", ":00Z"),
		.end_s = wall_of(c, v, "last", ":00Z"),
		.every = (unsigned)out_u64(v, "every"),
		.has_until = json_get(v, "until").type != JSON_ABSENT,
		.until_s = wall_of(c, v, "until", "T23:59:59Z") };

	for (struct json_val p = json_first(list); p.type != JSON_ABSENT &&
	     s.person_n < ICAL_PERSONS; p = json_next(list, p))
		if (json_text(p, &c->arena, &s.person[s.person_n]) ==
		    ERR_NONE)
			s.person_n++;
	return s;
}

/* Was the zone of this one written with an earlier one? */
static bool
has_zone(struct cli *c, struct json_val rows, struct json_val upto,
    struct span zone)
{
	if (span_is_str(zone, "UTC"))
		return true;
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT &&
	     json_raw(v).p != json_raw(upto).p; v = json_next(rows, v))
		if (span_is_equal(out_text(c, v, "zone"), zone))
			return true;
	return false;
}

static enum err
put_all(struct cli *c, struct json_val rows, struct buf *b, struct fault *f)
{
	int64_t now_s = (int64_t)time(NULL);
	const struct zone *z;
	enum err e = ERR_NONE;

	ical_begin(b);
	for (int pass = 0; pass < 2; pass++)
		for (struct json_val v = json_first(rows); e == ERR_NONE &&
		     v.type != JSON_ABSENT; v = json_next(rows, v)) {
			struct ical_shift s = shift_of(c, v);

			e = zone_file_load(s.zone, &c->arena, &z, f);
			if (e != ERR_NONE)
				break;
			if (pass == 1)
				ical_put_shift(&s, z, out_text(c, v, "id"),
				    now_s, b);
			else if (!has_zone(c, rows, v, s.zone))
				ical_put_zone(s.zone, z, s.start_s, b);
		}
	ical_end(b);
	return e != ERR_NONE ? e : buf_check(b);
}

static int
run(struct cli *c)
{
	struct fault f = { 0 };
	struct json_val data;
	struct buf b;
	enum err e;
	int status = node_call(c, "roster", &data);

	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	buf_init(&b, EXPORT_MAX);
	e = put_all(c, json_get(data, "shifts"), &b, &f);
	if (e == ERR_NONE && fwrite(b.p, 1, b.n, stdout) != b.n)
		e = ERR_IO;
	buf_release(&b);
	return e == ERR_NONE ? CLI_OK : cli_fail(c, &(struct trouble){
	    .exit = CLI_FAILED, .code = err_token(e),
	    .what = T(c, "the roster was not written",
		"no se escribió la lista", "a escala não foi escrita",
		"le tableau n’a pas été écrit"),
	    .why = cli_text(c, "%s %s", f.field, f.rule) });
}

const struct command command_roster_export = {
	.name = "roster export", .group = GROUP_WATCH, .operands = "",
	.run = run,
	.summary = { { "The shifts as a calendar (iCalendar), to the output",
	    "Los turnos como calendario (iCalendar), a la salida",
	    "Os turnos como calendário (iCalendar), para a saída",
	    "Les gardes en calendrier (iCalendar), vers la sortie" } },
};
