/* SPDX-License-Identifier: Apache-2.0
 *
 * Sending with the eyes open.
 */
#include "cli/send.h"

#include "base/instant.h"
#include "cli/out.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { WAIT_STEP_MS = 100 };

bool
send_times_check(struct cli *c, int *status)
{
	const char *until = args_find(&c->args, "embargo");
	const char *then = args_find(&c->args, "then");
	const char *expires = args_find(&c->args, "expires");
	struct wall t;

	if (expires != NULL && wall_parse(span_str(expires), &t) != ERR_NONE) {
		*status = cli_usage(c, "--expires 2026-11-21T12:00:00Z");
		return false;
	}
	if ((until == NULL || wall_parse(span_str(until), &t) == ERR_NONE) &&
	    (then == NULL || (until != NULL &&
		(strcmp(then, "publish") == 0 || strcmp(then, "ask") == 0))))
		return true;
	*status = cli_usage(c,
	    "--embargo 2026-11-21T12:00:00Z --then publish|ask");
	return false;
}

void
send_put_times(struct request *r, struct cli *c)
{
	const char *until = args_find(&c->args, "embargo");
	const char *then = args_find(&c->args, "then");
	const char *expires = args_find(&c->args, "expires");
	struct wall t;

	if (expires != NULL && wall_parse(span_str(expires), &t) == ERR_NONE)
		json_put_member_u64(&r->w, "expires",
		    (uint64_t)(t.ms / 1000));
	if (until == NULL || wall_parse(span_str(until), &t) != ERR_NONE)
		return;
	json_put_key(&r->w, "embargo");
	json_put_open(&r->w, '{');
	json_put_member_u64(&r->w, "until", (uint64_t)(t.ms / 1000));
	json_put_member_str(&r->w, "then", then != NULL ? then : "ask");
	json_put_close(&r->w, '}');
}

/* "AR BO BR", the own state left away. */
static const char *
states_of(struct cli *c, struct json_val plan, size_t *count)
{
	struct json_val readers = json_get(plan, "readers");
	const char *all = "";

	*count = 0;
	for (struct json_val v = json_first(readers); v.type != JSON_ABSENT;
	    v = json_next(readers, v)) {
		const char *state = out_str(c, v, "state");

		if (out_is_true(v, "own"))
			continue;
		if (state[0] == '\0')
			state = out_str(c, v, "team");
		++*count;
		all = cli_text(c, "%s%s%s", all, all[0] != '\0' ? " " : "",
		    state);
	}
	return all;
}

const char *
send_effect(struct cli *c, struct json_val plan)
{
	size_t n;
	const char *states = states_of(c, plan, &n);
	const char *level = out_u64(plan, "level") > 0 ?
	    cli_text(c, ", %s %s", cli_word(c, "level"),
	    out_str(c, plan, "level")) : "";

	if (out_is_true(plan, "open"))
		return cli_text(c, T(c,
		    "everybody, also outside the network, %s%s",
		    "todo el mundo, también fuera de la red, %s%s",
		    "todo o mundo, também fora da rede, %s%s",
		    "tout le monde, même hors du réseau, %s%s"),
		    out_str(c, plan, "tlp"), level);
	return cli_text(c, "%zu %s (%s), %s%s", n,
	    word_count(cli_schema(c), "state", n, c->lang), states,
	    out_str(c, plan, "tlp"), level);
}

void
send_show_plan(struct cli *c, struct json_val plan)
{
	struct json_val w = json_get(plan, "warnings");

	out_pair(c, "to", span_str(send_effect(c, plan)));
	for (struct json_val v = json_first(w); v.type != JSON_ABSENT;
	    v = json_next(w, v)) {
		struct span s;

		if (json_text(v, &c->arena, &s) == ERR_NONE)
			out_pair(c, "remark", s);
	}
	send_tell_findings(c, plan);
}

void
send_tell_findings(struct cli *c, struct json_val plan)
{
	struct json_val list = json_get(plan, "findings");
	uint64_t since_s = out_u64(plan, "compared_since");

	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v))
		cli_say(c, "  ! %s: %s (%s)", out_str(c, v, "rule"),
		    out_str(c, v, "text"), out_str(c, v, "field"));
	if (since_s != 0)
		cli_say(c, T(c, "  ! not compared with passages of notices "
		    "from before %s: after an erasure their words are being "
		    "put anew. almenara status",
		    "  ! sin comparar con pasajes de comunicaciones de antes "
		    "de %s: tras un borrado se rehacen sus palabras. almenara "
		    "status",
		    "  ! sem comparar com trechos de comunicações de antes de "
		    "%s: após um apagamento suas palavras são refeitas. "
		    "almenara status",
		    "  ! non comparé aux passages de communications d’avant "
		    "%s : après un effacement, leurs mots sont refaits. "
		    "almenara status"), out_time(c, since_s));
}

static int
call(struct cli *c, const char *cmd, send_put_fn *put, void *ctx, bool dry,
    struct json_val *data)
{
	struct request r;

	request_open(&r);
	put(c, &r, ctx);
	if (dry)
		json_put_member_bool(&r.w, "dry_run", true);
	return request_send(&r, c, cmd, data);
}

/* How many readers have no receipt yet. */
static int
undelivered(struct cli *c, const char *notice, size_t *missing, size_t *all)
{
	struct json_val data, rows;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "id", notice);
	status = request_send(&r, c, "receipts", &data);
	if (status != CLI_OK)
		return status;
	rows = json_get(data, "rows");
	*missing = *all = 0;
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	    v = json_next(rows, v)) {
		++*all;
		*missing += !json_is_str(json_get(v, "state"), "stored") &&
		    !json_is_str(json_get(v, "state"), "acknowledged");
	}
	return CLI_OK;
}

static int
receipts_wait(struct cli *c, const char *notice)
{
	const struct timespec step = { 0, WAIT_STEP_MS * 1000000L };
	unsigned long seconds = 0;
	size_t missing = 0, all = 0;
	struct fault f;
	int status;

	if (args_number(&c->args, "wait", 0, 86400, &seconds, &f) != ERR_NONE)
		return cli_usage(c, cli_text(c, "--%s: %s", f.field, f.rule));
	for (unsigned long i = 0; ; i++) {
		status = undelivered(c, notice, &missing, &all);
		if (status != CLI_OK)
			return status;
		if (missing == 0) {
			cli_say(c, T(c, "%zu of %zu receipts",
			    "%zu de %zu acuses", "%zu de %zu recibos",
			    "%zu reçus sur %zu"), all, all);
			return CLI_OK;
		}
		if (i >= seconds * 1000 / WAIT_STEP_MS)
			break;
		nanosleep(&step, NULL);
	}
	return cli_fail(c, &(struct trouble){ .exit = CLI_UNDELIVERED,
	    .what = cli_text(c, T(c,
	    "released; %zu of %zu have not confirmed yet",
	    "emitida; %zu de %zu aún no confirmaron",
	    "emitido; %zu de %zu ainda não confirmaram",
	    "émise ; %zu sur %zu n’ont pas encore confirmé"), missing, all),
	    .next = cli_text(c, "almenara receipts %s", notice) });
}

static int
done_tell(struct cli *c, const char *cmd, struct json_val data)
{
	const char *notice = out_str(c, data, "notice");
	const char *to = send_effect(c, data);

	if (out_is_json(c))
		out_data(c, data);
	else
		printf("%s\n", notice);
	cli_say(c, T(c, "released to %s", "emitida a %s", "emitido a %s",
	    "émise à %s"), to);
	/* a test is for what persons answer, receipts stand there too */
	cli_say(c, "  %s: almenara %s %.*s", cli_word(c, "next_step"),
	    strcmp(cmd, "test_alert_send") == 0 ? "test-alert results" :
						  "receipts",
	    SPAN_FMT(out_tail(span_str(notice))));
	if (args_has(&c->args, "wait"))
		return receipts_wait(c, notice);
	return CLI_OK;
}

int
send_run(struct cli *c, const char *cmd, send_put_fn *put, void *ctx)
{
	bool dry = args_has(&c->args, "dry-run");
	struct json_val data;
	int status;

	if (dry || (cli_can_ask(c) && !args_has(&c->args, "yes"))) {
		status = call(c, cmd, put, ctx, true, &data);
		if (status != CLI_OK)
			return status;
		if (dry && out_is_json(c))
			out_data(c, data);
		else if (dry)
			send_show_plan(c, data);
		if (dry)
			return CLI_OK;
		send_tell_findings(c, data);
		if (!cli_ask(c, cli_text(c, T(c, "send to %s?",
		    "¿enviar a %s?", "enviar a %s?", "envoyer à %s ?"),
		    send_effect(c, data))))
			return cli_fail(c, &(struct trouble){
			    .exit = CLI_FAILED, .code = "interrupted",
			    .what = T(c, "nothing was sent",
			    "no se envió nada", "nada foi enviado",
			    "rien n’a été envoyé") });
	}
	if (!cli_can_ask(c) && !args_has(&c->args, "yes"))
		return cli_usage(c, T(c,
		    "nobody is there to ask: give --yes or --dry-run",
		    "no hay a quién preguntar: use --yes o --dry-run",
		    "não há a quem perguntar: use --yes ou --dry-run",
		    "il n’y a personne à qui demander : --yes ou --dry-run"));
	status = call(c, cmd, put, ctx, false, &data);
	return status == CLI_OK ? done_tell(c, cmd, data) : status;
}
