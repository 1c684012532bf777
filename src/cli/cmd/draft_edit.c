/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara draft edit: options or a file over a draft; without either, the
 * editor of the person (VISUAL, EDITOR) on the draft as JSON.
 */
#include "base/limits.h"
#include "cli/draft_body.h"
#include "cli/draft_saved.h"
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
run(struct cli *c)
{
	struct draft_saved d;
	struct json_val whole;
	struct buf b;
	int status = draft_saved_read(c, c->args.operand[0], &d);

	if (status != CLI_OK)
		return status;
	if (c->args.count > 1)
		status = draft_file_read(c, c->args.operand[1], &whole,
		    &d.body);
	else if (!draft_body_is_given(c) && !args_has(&c->args, "tlp") &&
	    !args_has(&c->args, "aud"))
		status = cli_can_ask(c) ? editor_ask(c, &d.body) :
		    cli_usage(c, "FILE, --title, --set");
	if (status != CLI_OK)
		return status;
	buf_init(&b, LIMIT_CONTROL_FRAME / 2);
	status = draft_body_make(c, d.kind, d.body, &b);
	if (status == CLI_OK)
		status = draft_saved_write(c, &d, buf_span(&b));
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
