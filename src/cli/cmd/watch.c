/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara watch: what needs somebody, all night. On a terminal the list is
 * drawn anew with each event and at least every few seconds; into a pipe goes a
 * line for each change. On a terminal it arms the watch: who called it is
 * present for as long as it runs; it rings for what is urgent, and goes on when
 * the node begins again. With --check it says by its exit status whether the
 * watch is kept: for monitors outside of this machine's own.
 */
#include "base/instant.h"
#include "cli/control.h"
#include "cli/duty_show.h"
#include "cli/escalated.h"
#include "cli/node.h"
#include "cli/out.h"
#include "cli/screen.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { AGAIN_MS = 5000, LOST_S = 2, RING_S = 30, URGENT = 4 };

/* One sitting before the screen. */
struct sitting {
	bool is_screen;
	bool was_there;     /* a node that answered once is awaited */
	bool is_following;  /* events come */
	uint64_t lost_s;    /* the node is away since; 0 */
	uint64_t newest_s;  /* the last urgent step that was rung for */
	uint64_t rung_s;
};

static int
check(struct cli *c)
{
	struct json_val data, watch;
	int status = node_call(c, "escalations", &data);

	if (status != CLI_OK)
		return status;
	watch = json_get(data, "health");
	if (out_is_json(c))
		out_data(c, data);
	else if (out_is_true(watch, "ok"))
		cli_say(c, T(c, "the watch is kept: %s open",
		    "la guardia funciona: %s abiertos",
		    "o plantão funciona: %s abertos",
		    "la veille est assurée : %s en cours"),
		    out_str(c, watch, "open"));
	else
		return cli_fail(c, &(struct trouble){ .exit = CLI_FAILED,
		    .code = "stalled",
		    .what = T(c, "the watch is not kept",
			"la guardia no funciona", "o plantão não funciona",
			"la veille n’est pas assurée"),
		    .why = out_str(c, watch, "why"),
		    .next = "almenara doctor" });
	return out_is_true(watch, "ok") ? CLI_OK : CLI_FAILED;
}

static int
notices_show(struct cli *c)
{
	const char *const heads[] = { cli_word(c, "id"), cli_word(c, "level"),
		cli_word(c, "from"), cli_word(c, "title"), NULL };
	struct json_val data, rows;
	struct request r;
	struct table t;
	int status;

	request_open(&r);
	json_put_member_bool(&r.w, "unacknowledged", true);
	status = request_send(&r, c, "inbox", &data);
	if (status != CLI_OK)
		return status;
	rows = json_get(data, "rows");
	if (json_count(rows) == 0)
		return CLI_OK;
	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		table_put(&t, out_tail(out_text(c, v, "id")), STYLE_BOLD);
		table_put(&t, out_text(c, v, "level"),
		    out_u64(v, "level") >= 4 ? STYLE_BAD : STYLE_PLAIN);
		table_put(&t, out_text(c, v, "iss"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "title"), STYLE_PLAIN);
	}
	out_table(c, &t);
	return CLI_OK;
}

/* --- the bell --- */

/* The time of the newest urgent one of `rows`; is an own answer owed? */
static uint64_t
newest(struct json_val rows, const char *when, bool *is_owed)
{
	uint64_t most = 0;

	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		if (out_u64(v, "level") < URGENT)
			continue;
		if (out_u64(v, when) > most)
			most = out_u64(v, when);
		*is_owed |= json_is_str(json_get(v, "case"), "recipient") &&
		    !out_is_true(v, "exercise");
	}
	return most;
}

/* At each urgent step, and again as long as an answer is owed here. */
static void
ring(struct sitting *s, struct json_val data, uint64_t now_s)
{
	bool is_owed = false;
	uint64_t step = newest(json_get(data, "escalations"), "at", &is_owed);
	uint64_t over = newest(json_get(data, "over"), "since", &is_owed);

	if (over > step)
		step = over;
	if (step <= s->newest_s && !(is_owed && now_s >= s->rung_s + RING_S))
		return;
	if (step > s->newest_s)
		s->newest_s = step;
	s->rung_s = now_s;
	putchar('\a');
}

/* --- drawing --- */

/* Silence must look different from failure: the hour is always there. */
static void
head_show(struct cli *c, struct json_val data, uint64_t now_s)
{
	struct json_val watch = json_get(data, "health");
	bool is_well = out_is_true(watch, "ok");

	printf("%s%s  %s%s%s\n", term_on(&c->term, is_well ? STYLE_GOOD :
	    STYLE_BAD), out_time(c, now_s), is_well ?
	    T(c, "watch kept", "guardia en marcha", "plantão em marcha",
		"veille assurée") :
	    T(c, "WATCH NOT KEPT: ", "SIN GUARDIA: ", "SEM PLANTÃO: ",
		"VEILLE NON ASSURÉE : "), out_str(c, watch, "why"),
	    term_off(&c->term));
	if (duty_line(c, data)[0] != '\0')
		printf("%s\n", duty_line(c, data));
}

static int
lists_show(struct cli *c, struct json_val data)
{
	escalated_over(c, data);
	escalated_show(c, data);
	escalated_outdated(c, data);
	escalated_pledges(c, data);
	escalated_awaited(c, data);
	escalated_deadlines(c, json_get(data, "deadlines"), span_str(""));
	escalated_overlaps(c, data);
	return notices_show(c);
}

static uint64_t
now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec;
}

static int
draw(struct cli *c, struct sitting *s)
{
	struct screen screen;
	struct json_val data;
	int status = node_call(c, "escalations", &data);
	bool is_kept = false;

	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	if (s->is_screen) {
		ring(s, data, now_s());
		is_kept = screen_begin(c, &screen);
	}
	head_show(c, data, now_s());
	status = lists_show(c, data);
	if (is_kept)
		screen_end(c, &screen);
	return fflush(stdout) == 0 ? status : CLI_FAILED;
}

/* Whoever sits here must not find an ended program in the morning. */
static void
await_node(struct cli *c, struct sitting *s)
{
	control_close(c->control);
	c->control = NULL;
	s->is_following = false;
	if (s->lost_s == 0) {
		s->lost_s = now_s();
		putchar('\a');
	}
	sleep(LOST_S);
	printf("%s%s%s %s%s\n", s->is_screen ? "\033[H\033[2J" : "",
	    term_on(&c->term, STYLE_BAD), T(c, "NO WATCH: no word of the node "
		"since", "SIN GUARDIA: sin noticias del nodo desde",
		"SEM PLANTÃO: sem notícia do nó desde",
		"VEILLE NON ASSURÉE : sans nouvelles du nœud depuis"),
	    out_time(c, s->lost_s), term_off(&c->term));
	fflush(stdout);
}

/* Each drawing says that a person sits here: for as long as it goes on she is
 * known to be there. Into a pipe nobody looks. */
static int
arm(struct cli *c)
{
	struct json_val data;

	return c->term.out_tty && args_find(&c->args, "count") == NULL ?
	    node_call(c, "watch_arm", &data) : CLI_OK;
}

/* Draw, and wait until there is something to draw. */
static int
sit(struct cli *c, struct sitting *s, bool is_last)
{
	struct json_val v;
	int status = arm(c);
	enum err e;

	s->was_there |= status == CLI_OK;
	if (status == CLI_OK)
		status = draw(c, s);
	if (status != CLI_OK || is_last)
		return status;
	s->lost_s = 0;
	if (!s->is_following)
		status = node_call(c, "events", &v);
	if (status != CLI_OK)
		return status;
	s->is_following = true;
	e = control_event(c->control, AGAIN_MS, &v);
	if (e == ERR_NONE || e == ERR_TIMEOUT)
		return CLI_OK;
	return cli_fail(c, &(struct trouble){ .exit = cli_exit_of(e),
	    .code = err_token(e),
	    .what = T(c, "the node went away", "el nodo se fue",
		"o nó se foi", "le nœud est parti") });
}

static int
run(struct cli *c)
{
	struct sitting s = { .is_screen = c->term.out_tty &&
	    !c->term.accessible && !out_is_json(c) };
	unsigned long count = 0;
	struct fault f;
	int status;
	enum err e = args_number(&c->args, "count", 1, 1000000, &count, &f);

	if (e != ERR_NONE)
		return cli_usage(c, cli_text(c, "--%s: %s", f.field, f.rule));
	if (args_has(&c->args, "check"))
		return check(c);
	for (unsigned long i = 1;; i++) {
		status = sit(c, &s, i == count);
		if (i == count)
			return status;
		if (status != CLI_OK && (!s.was_there || !c->term.out_tty ||
		    count != 0 || out_is_json(c)))
			return status;
		if (status != CLI_OK)
			await_node(c, &s);
		arena_reset(&c->arena);
	}
}

const struct command command_watch = {
	.name = "watch", .group = GROUP_WATCH, .operands = "", .run = run,
	.summary = { { "What needs somebody, live; --check for monitors",
	    "Lo que requiere a alguien, en vivo; --check para monitores",
	    "O que precisa de alguém, ao vivo; --check para monitores",
	    "Ce qui attend quelqu’un, en direct ; --check pour la "
	    "supervision" } },
	.option = {
		{ "check", 0, NULL, { { "only say whether the watch is kept "
		    "(exit 1 if not)", "decir solo si la guardia funciona "
		    "(sale con 1 si no)", "dizer só se o plantão funciona "
		    "(sai com 1 se não)", "dire seulement si la veille est "
		    "assurée (1 sinon)" } } },
		{ "count", 0, "N", { { "end after so many drawings",
		    "terminar después de tantas vistas",
		    "terminar após tantas telas",
		    "finir après tant d’affichages" } } },
	},
};
