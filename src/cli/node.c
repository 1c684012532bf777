/* SPDX-License-Identifier: Apache-2.0
 *
 * Asking the node.
 */
#include "cli/node.h"

#include "base/limits.h"
#include "cli/control.h"
#include "cli/node_config.h"
#include "cli/out.h"
#include "schema/plain.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { PROGRESS_LINE_S = 10 };

struct progress {
	struct cli *c;
	time_t told;
	bool is_open; /* a line on the terminal that will be redrawn */
};

static void
progress_show(void *ctx, uint64_t done, uint64_t of, struct span text)
{
	struct progress *p = ctx;
	bool redraw = p->c->term.err_tty && !p->c->term.accessible;
	time_t now = time(NULL);
	char count[64] = "";
	struct buf b;

	if (p->c->quiet || out_is_json(p->c) ||
	    (!redraw && now - p->told < PROGRESS_LINE_S))
		return;
	p->told = now;
	if (of > 0)
		snprintf(count, sizeof count, " %llu/%llu (%llu %%)",
		    (unsigned long long)done, (unsigned long long)of,
		    (unsigned long long)(done * 100 / of));
	else
		snprintf(count, sizeof count, " %llu",
		    (unsigned long long)done);
	buf_init(&b, 4096);
	plain_cut(&b, text, 50);
	fprintf(stderr, redraw ? "\r\033[K%s%s" : "%s%s\n", buf_str(&b),
	    count);
	p->is_open = redraw;
	buf_release(&b);
}

static void
progress_end(struct progress *p)
{
	if (p->is_open)
		fprintf(stderr, "\r\033[K");
	p->is_open = false;
}

void
request_open(struct request *r)
{
	buf_init(&r->b, LIMIT_CONTROL_FRAME);
	json_out_init(&r->w, &r->b);
	json_put_open(&r->w, '{');
}

/* The node's own words; it answers in our language. */
static int
answer_fail(struct cli *c, const struct control_answer *a)
{
	const char *code = out_str(c, a->data, "code");
	const char *why = out_str(c, a->data, "why");
	const char *next = out_str(c, a->data, "next");
	enum cli_exit x = a->exit != 0 ? (enum cli_exit)a->exit :
	    cli_exit_of(err_find(code));

	return cli_fail(c, &(struct trouble){ .exit = x, .code = code,
	    .what = out_str(c, a->data, "what"),
	    .why = why[0] != '\0' ? why : NULL,
	    .next = next[0] != '\0' ? next : NULL });
}

static int
call_fail(struct cli *c, enum err e)
{
	return cli_fail(c, &(struct trouble){ .exit = cli_exit_of(e),
	    .code = err_token(e),
	    .what = T(c, "the node did not answer",
	    "el nodo no respondió", "o nó não respondeu",
	    "le nœud n’a pas répondu"),
	    .why = err_sentence(e), .next = node_doctor(c) });
}

int
request_send(struct request *r, struct cli *c, const char *cmd,
    struct json_val *data)
{
	return request_send_file(r, c, cmd, -1, data);
}

int
request_send_file(struct request *r, struct cli *c, const char *cmd,
    int file, struct json_val *data)
{
	struct progress p = { .c = c, .told = time(NULL) };
	struct control_answer a;
	int status = cli_control(c);
	enum err e;

	json_put_close(&r->w, '}');
	if (status == CLI_OK) {
		control_set_progress(c->control, progress_show, &p);
		e = r->b.over ? ERR_LIMIT : control_call_file(c->control, cmd,
		    buf_span(&r->b), lang_tag(c->lang), file, &a);
		progress_end(&p);
		if (e != ERR_NONE)
			status = call_fail(c, e);
		else if (!a.ok)
			status = answer_fail(c, &a);
		else
			*data = a.data;
	}
	buf_release(&r->b);
	return status;
}

int
node_call(struct cli *c, const char *cmd, struct json_val *data)
{
	struct request r;

	request_open(&r);
	return request_send(&r, c, cmd, data);
}

int
node_call_id(struct cli *c, const char *cmd, struct json_val *data)
{
	struct request r;

	request_open(&r);
	json_put_member_str(&r.w, "id", c->args.operand[0]);
	return request_send(&r, c, cmd, data);
}

struct json_val
node_keep(struct cli *c, struct json_val v)
{
	struct json *json = arena_alloc(&c->arena, sizeof *json);

	if (v.type == JSON_ABSENT || json_parse_arena(arena_copy(&c->arena,
	    json_raw(v)), LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, &c->arena,
	    json, NULL) != ERR_NONE)
		return (struct json_val){ 0 };
	return json_root(json);
}

void
request_put_option(struct request *r, struct cli *c, const char *option,
    const char *member)
{
	const char *v = args_find(&c->args, option);

	if (v != NULL)
		json_put_member_str(&r->w, member, v);
}

static void
teams_put(struct request *r, const char *list)
{
	while (*list != '\0') {
		size_t n = strcspn(list, ", ");

		if (n > 0)
			json_put_span(&r->w, span_of(list, n));
		list += n;
		list += strspn(list, ", ");
	}
}

void
request_put_audience(struct request *r, struct cli *c)
{
	const char *name = args_has(&c->args, "aud") ? "aud" : "to";
	const char *v = args_find(&c->args, name);

	if (v == NULL)
		return;
	json_put_key(&r->w, "aud");
	if (strcmp(v, "all") == 0) {
		json_put_str(&r->w, "all");
		return;
	}
	json_put_open(&r->w, '[');
	for (size_t i = 0; (v = args_find_at(&c->args, name, i)) != NULL;
	    i++)
		teams_put(r, v);
	json_put_close(&r->w, ']');
}
