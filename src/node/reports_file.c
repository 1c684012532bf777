/* SPDX-License-Identifier: Apache-2.0
 *
 * A new report gets its number and is put away.
 */
#include "node/reports_inside.h"

#include "base/log.h"
#include "base/mem.h"
#include "record/registry.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

/* --- numbers --- */

struct counting {
	const struct reports *reports;
	struct arena mem;
	uint64_t last;
};

/* "UY-2026-00123" */
static bool
see_number(void *ctx, const struct index_row *row)
{
	struct counting *x = ctx;
	char start[24];
	struct json doc;
	struct span s;
	uint64_t v = 0;
	size_t n;

	n = (size_t)snprintf(start, sizeof start, "-%d-", x->reports->year);
	if (json_parse_arena(row->brief, 4, 256, &x->mem, &doc, NULL) !=
		ERR_NONE ||
	    json_text(json_get(json_root(&doc), "number"), &x->mem, &s) !=
		ERR_NONE || s.n < 2 + n || memcmp(s.p + 2, start, n) != 0)
		return true;
	for (size_t i = 2 + n; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		v = v * 10 + (uint64_t)(s.p[i] - '0');
	if (v > x->last)
		x->last = v;
	arena_reset(&x->mem);
	return true;
}

enum err
reports_number(struct reports *r, char out[24])
{
	struct service *s = r->service;
	const struct team *team = registry_team(s->registry, s->own_team);
	time_t now = (time_t)(loop_now(s->loop).wall.ms / 1000);
	struct counting x = { .reports = r };
	struct tm tm;
	enum err e = ERR_NONE;

	gmtime_r(&now, &tm);
	if (r->year != tm.tm_year + 1900) {
		if (!reports_catch_up(s))
			return ERR_BUSY;
		r->year = tm.tm_year + 1900;
		e = index_home_all(s->index, "report", 0, see_number, &x);
		arena_release(&x.mem);
		r->last = x.last;
	}
	if (e != ERR_NONE) {
		r->year = 0;
		return e;
	}
	snprintf(out, 24, "%.*s-%d-%05" PRIu64, team != NULL &&
	    team->state.n == 2 ? 2 : 0, team != NULL ?
	    (const char *)team->state.p : "", r->year, ++r->last);
	return ERR_NONE;
}

/* --- a new one --- */

struct filing {
	struct service *service;
	uint64_t call;
	bool is_slow;
	char number[24];
	struct report_kept kept;
};

static void
on_filed(void *ctx, const struct hub_appended *result)
{
	struct filing *x = ctx;
	struct service *s = x->service;
	char text[160];

	if (result->err == ERR_NONE) {
		reports_reply(s, x->call, TALK_DONE, span_str(x->number));
		log_event(LOG_NOTICE, "report.received",
		    log_str("number", x->number),
		    log_uint("slow", x->is_slow));
		snprintf(text, sizeof text, "report %s from the public: "
		    "almenara reports show %s", x->number, x->number);
		if (!x->is_slow)
			service_alarm(s, text);
	} else {
		reports_reply_error(s, x->call, result->err);
		report_pieces_unkeep(s->reports->pieces, &x->kept);
	}
	free(x);
}

static void
put_report(const struct filing *x, struct json_val v, int64_t now_s,
    struct json_out *w)
{
	static const char *const same[] = { "topic", "lane", "language",
		"consent", "reader", "sealed", "files" };

	json_put_open(w, '{');
	json_put_member_str(w, "number", x->number);
	json_put_member_str(w, "state", "received");
	json_put_member_u64(w, "received", (uint64_t)now_s);
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		struct json_val m = json_get(v, same[i]);

		if (m.type == JSON_ABSENT)
			continue;
		json_put_key(w, same[i]);
		json_put_raw(w, json_raw(m));
	}
	json_put_close(w, '}');
}

void
reports_file(struct service *s, uint64_t call, struct json_val v,
    struct arena *a)
{
	struct filing *x = mem_alloc(sizeof *x);
	struct hub_draft d = home_draft(s, "report");
	struct digest find = { 0 };
	struct json_out w;
	struct buf b;
	enum err e = reports_digest(v, "find", a, &find) ? ERR_NONE : ERR_SCHEMA;

	*x = (struct filing){ .service = s, .call = call,
		.is_slow = json_is_str(json_get(v, "lane"), "slow") };
	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	/* only what another team has handed over does without */
	if (e == ERR_NONE && (json_get(v, "reader").type == JSON_ABSENT ||
	    json_get(v, "sealed").type == JSON_ABSENT))
		e = ERR_SCHEMA;
	if (e == ERR_NONE)
		e = report_pieces_keep(s->reports->pieces,
		    json_get(v, "files"), a, &x->kept);
	if (e == ERR_NONE)
		e = reports_number(s->reports, x->number);
	if (e == ERR_NONE) {
		put_report(x, v, loop_now(s->loop).wall.ms / 1000, &w);
		d.id = reports_id(&find);
		e = buf_check(&b);
	}
	if (e == ERR_NONE)
		e = reports_append(s, &d, buf_span(&b), a, on_filed, x);
	if (e != ERR_NONE) {
		reports_reply_error(s, call, e);
		report_pieces_unkeep(s->reports->pieces, &x->kept);
		free(x);
	}
	buf_release(&b);
}
