/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara draft edit: options or a file over a draft; without either, the
 * editor of the person (VISUAL, EDITOR) on the draft as JSON.
 */
#include "base/limits.h"
#include "cli/draft_body.h"
#include "cli/file.h"
#include "cli/node.h"
#include "cli/out.h"
#include "cli/send.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Run the editor on `path` and wait for it. */
static bool
editor_run(struct cli *c, const char *path)
{
	const char *editor = getenv("VISUAL");
	char *argv[5] = { arena_string(&c->arena, span_str("/bin/sh")),
		arena_string(&c->arena, span_str("-c")), NULL, NULL, NULL };
	int status;
	pid_t pid;

	if (editor == NULL || editor[0] == '\0')
		editor = getenv("EDITOR");
	if (editor == NULL || editor[0] == '\0')
		editor = "vi";
	/* the variable may hold options, so a shell takes it apart; the path
	 * is an argument and is not read by it */
	argv[2] = cli_text(c, "%s \"$0\"", editor);
	argv[3] = arena_string(&c->arena, span_str(path));
	if (posix_spawn(&pid, argv[0], NULL, NULL, argv, environ) != 0)
		return false;
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return false;
	}
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int
editor_ask(struct cli *c, struct json_val *body)
{
	const char *base = getenv("TMPDIR");
	char *folder = cli_text(c, "%s/almenara-XXXXXX",
	    base != NULL && base[0] == '/' ? base : "/tmp");
	struct json_val whole;
	const char *path;
	int status = CLI_FAILED;
	struct buf b;

	if (mkdtemp(folder) == NULL)
		return cli_fail_file(c, ERR_IO, folder, NULL);
	path = cli_text(c, "%s/draft.json", folder);
	buf_init(&b, LIMIT_CONTROL_FRAME);
	buf_put(&b, json_raw(*body));
	buf_put_str(&b, "\n");
	if (file_write_new(path, 0600, buf_span(&b)) == ERR_NONE &&
	    editor_run(c, path))
		status = draft_file_read(c, path, &whole, body);
	else
		status = cli_fail(c, &(struct trouble){ .exit = CLI_FAILED,
		    .what = T(c, "the editor failed; nothing was changed",
		    "falló el editor; no se cambió nada",
		    "o editor falhou; nada foi alterado",
		    "l’éditeur a échoué ; rien n’a été changé") });
	buf_release(&b);
	file_remove_tree(folder);
	return status;
}

static int
save(struct cli *c, const char *id, const struct kind *k, struct json_val aud,
    struct span tlp, struct span body)
{
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "id", id);
	json_put_member_str(&r.w, "kind", k->name);
	if (args_has(&c->args, "tlp"))
		request_put_option(&r, c, "tlp", "tlp");
	else if (tlp.n > 0)
		json_put_member_span(&r.w, "tlp", tlp);
	if (args_has(&c->args, "aud")) {
		request_put_audience(&r, c);
	} else if (aud.type != JSON_ABSENT) {
		json_put_key(&r.w, "aud");
		json_put_raw(&r.w, json_raw(aud));
	}
	json_put_key(&r.w, "body");
	json_put_raw(&r.w, body);
	status = request_send(&r, c, "draft_save", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_data(c, data);
	else
		printf("%s\n", out_str(c, data, "draft"));
	draft_faults_tell(c, data);
	return CLI_OK;
}

/* A copy of a value that outlives the answer that it came in. */
static struct json_val
keep(struct cli *c, struct json_val v)
{
	struct json *json = arena_alloc(&c->arena, sizeof *json);

	if (v.type == JSON_ABSENT || json_parse_arena(arena_copy(&c->arena,
	    json_raw(v)), LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, &c->arena,
	    json, NULL) != ERR_NONE)
		return (struct json_val){ 0 };
	return json_root(json);
}

static int
run(struct cli *c)
{
	const char *id = c->args.operand[0];
	struct json_val data, body, aud, whole;
	const struct kind *k;
	struct request r;
	struct span tlp;
	struct buf b;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "id", id);
	status = request_send(&r, c, "draft", &data);
	if (status != CLI_OK)
		return status;
	body = keep(c, json_get(data, "body"));
	aud = keep(c, json_get(data, "aud"));
	tlp = arena_copy(&c->arena, out_text(c, data, "tlp"));
	k = kind_find(c->schema, out_text(c, data, "kind"));
	if (k == NULL)
		return cli_usage(c, out_str(c, data, "kind"));
	if (c->args.count > 1)
		status = draft_file_read(c, c->args.operand[1], &whole, &body);
	else if (!draft_body_is_given(c) && !args_has(&c->args, "tlp") &&
	    !args_has(&c->args, "aud"))
		status = cli_can_ask(c) ? editor_ask(c, &body) :
		    cli_usage(c, "FILE, --title, --set");
	if (status != CLI_OK)
		return status;
	buf_init(&b, LIMIT_CONTROL_FRAME / 2);
	status = draft_body_make(c, k, body, &b);
	if (status == CLI_OK)
		status = save(c, id, k, aud, tlp, buf_span(&b));
	buf_release(&b);
	return status;
}

const struct command command_draft_edit = {
	.name = "draft edit", .group = GROUP_SHARE, .operands = "DRAFT [FILE]",
	.least = 1, .most = 2, .run = run,
	.summary = { { "Change a draft: options, a file, or your editor",
	    "Cambiar un borrador: opciones, un archivo o su editor",
	    "Mudar um rascunho: opções, um arquivo ou seu editor",
	    "Modifier un brouillon : options, fichier ou éditeur" } },
	.option = { SEND_TLP, SEND_AUD, DRAFT_BODY_OPTIONS },
};
