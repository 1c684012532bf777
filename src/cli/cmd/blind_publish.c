/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara blind publish: keyed digests of what this team has seen go to the
 * circle. What is one word or one line of a file is one observable.
 */
#include "base/limits.h"
#include "cli/file.h"
#include "cli/send.h"

#include <stdlib.h>
#include <string.h>

enum { FILE_MOST = 1048576 };

struct seen {
	struct span file;
};

static void
put(struct cli *c, struct request *r, void *ctx)
{
	const struct seen *x = ctx;
	const unsigned char *p = x->file.p;
	size_t left = x->file.n;

	json_put_member_str(&r->w, "id", c->args.operand[0]);
	json_put_key(&r->w, "seen");
	json_put_open(&r->w, '[');
	for (size_t i = 1; i < c->args.count; i++)
		json_put_str(&r->w, c->args.operand[i]);
	while (left != 0) {
		const unsigned char *end = memchr(p, '\n', left);
		size_t n = end == NULL ? left : (size_t)(end - p);
		size_t text = n;

		while (text != 0 && p[text - 1] <= ' ')
			text--;
		if (text != 0 && p[0] != '#')
			json_put_span(&r->w, span_of(p, text));
		p += end == NULL ? n : n + 1;
		left -= end == NULL ? n : n + 1;
	}
	json_put_close(&r->w, ']');
}

static int
run(struct cli *c)
{
	const char *path = args_find(&c->args, "file");
	struct seen x = { .file = span_str("") };
	struct buf b;
	int status;
	enum err e;

	if (path == NULL && c->args.count < 2)
		return cli_usage(c, "OBSERVABLE... | --file FILE");
	buf_init(&b, FILE_MOST);
	if (path != NULL) {
		e = file_read(path, &b);
		if (e != ERR_NONE) {
			buf_release(&b);
			return cli_fail_file(c, e, path, NULL);
		}
		x.file = buf_span(&b);
	}
	status = send_run(c, "blind_publish", put, &x);
	buf_release(&b);
	return status;
}

const struct command command_blind_publish = {
	.name = "blind publish", .group = GROUP_WATCH,
	.operands = "SECRET [OBSERVABLE...]", .least = 1, .most = 16,
	.run = run,
	.summary = { { "Show the circle keyed digests of what was seen",
	    "Mostrar al círculo resúmenes con clave de lo visto",
	    "Mostrar ao círculo resumos com chave do que foi visto",
	    "Montrer au cercle des empreintes à clé de ce qui a été vu" } },
	.option = {
		{ "file", 'f', "FILE", { { "one observable a line, at most 500; - is standard input",
		    "un observable por línea, 500 como máximo; - es la entrada estándar",
		    "um observável por linha, no máximo 500; - é a entrada padrão",
		    "un observable par ligne, 500 au plus ; - est l’entrée standard" } } },
		SEND_DRY_RUN,
		SEND_YES,
	},
};
