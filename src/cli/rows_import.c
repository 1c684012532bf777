/* SPDX-License-Identifier: Apache-2.0
 *
 * Many rows of a register from a file of JSON lines, each a row's body, or
 * {id, rev, body} as a list with --jsonl gives them; or from a table.
 */
#include "cli/rows.h"

#include "base/limits.h"
#include "cli/file.h"
#include "cli/out.h"
#include "schema/check.h"

#include <string.h>

enum { IMPORT_FILE_MAX = 256 * 1024 * 1024, SAY_EACH = 2000 };

struct import {
	struct cli *c;
	const struct kind *kind;
	const char *path;
	struct span rest; /* what was not looked at yet */
	size_t line;      /* number of the last line taken */
};

/* The next line that is not blank; false at the end. */
static bool
next_line(struct import *im, struct span *out)
{
	while (im->rest.n != 0) {
		const unsigned char *end = memchr(im->rest.p, '\n',
		    im->rest.n);
		size_t n = end != NULL ? (size_t)(end - im->rest.p) :
		    im->rest.n;

		*out = span_of(im->rest.p, n);
		n += end != NULL;
		im->rest = span_of(im->rest.p + n, im->rest.n - n);
		im->line++;
		for (size_t i = 0; i < out->n; i++)
			if (out->p[i] != ' ' && out->p[i] != '\t' &&
			    out->p[i] != '\r')
				return true;
	}
	return false;
}

static enum err
line_check(struct import *im, struct span line, struct arena *a,
    struct json_val *row, bool *is_body, struct fault *f)
{
	struct json *json = arena_alloc(a, sizeof *json);
	struct json_val body;
	enum err e = json_parse_arena(line, LIMIT_JSON_DEPTH,
	    LIMIT_JSON_TOKENS, a, json, f);

	if (e != ERR_NONE)
		return e;
	*row = json_root(json);
	body = json_get(*row, "body");
	*is_body = body.type != JSON_OBJECT;
	return body_check(cli_schema(im->c), im->kind, *is_body ? *row : body,
	    CHECK_SENT, a, f);
}

static int
tell_line(struct import *im, enum err e, const struct fault *f)
{
	struct cli *c = im->c;

	return cli_fail(c, &(struct trouble){ .exit = cli_exit_of(e),
	    .code = err_token(e),
	    .what = cli_text(c, T(c, "line %zu of %s is no row of this "
		"register: nothing was written",
		"la línea %zu de %s no es una fila de este registro: no se "
		"escribió nada", "a linha %zu de %s não é uma linha deste "
		"registro: nada foi escrito", "la ligne %zu de %s n’est pas "
		"une ligne de ce registre : rien n’a été écrit"), im->line,
		im->path),
	    .why = cli_text(c, "%s %s", f->field, f->rule) });
}

static int
check_all(struct import im, size_t *lines)
{
	struct arena a = { 0 };
	struct fault f = { 0 };
	struct json_val row;
	struct span line;
	bool is_body;
	enum err e = ERR_NONE;

	while (e == ERR_NONE && next_line(&im, &line)) {
		e = line_check(&im, line, &a, &row, &is_body, &f);
		arena_reset(&a);
		*lines += e == ERR_NONE;
	}
	arena_release(&a);
	return e == ERR_NONE ? CLI_OK : tell_line(&im, e, &f);
}

/* As many lines as one request may hold into the array in `w`. */
static size_t
take_batch(struct import *im, struct json_out *w, struct buf *b)
{
	struct arena a = { 0 };
	struct json_val row;
	struct span line;
	bool is_body;
	size_t n = 0;

	while (n < LIMIT_REGISTER_ROWS && b->n < LIMIT_CONTROL_FRAME / 2 &&
	    next_line(im, &line) && line_check(im, line, &a, &row, &is_body,
		NULL) == ERR_NONE) {
		if (is_body) {
			json_put_open(w, '{');
			json_put_key(w, "body");
			json_put_raw(w, json_raw(row));
			json_put_close(w, '}');
		} else {
			json_put_raw(w, json_raw(row));
		}
		arena_reset(&a);
		n++;
	}
	arena_release(&a);
	return n;
}

static int
write_all(struct import *im, size_t lines)
{
	struct cli *c = im->c;
	int status = CLI_OK;
	size_t done = 0;

	while (status == CLI_OK && done < lines) {
		struct json_val data;
		struct json_out w;
		struct buf b;
		size_t n;

		buf_init(&b, LIMIT_CONTROL_FRAME);
		json_out_init(&w, &b);
		json_put_open(&w, '[');
		n = take_batch(im, &w, &b);
		json_put_close(&w, ']');
		status = rows_write(c, im->kind, buf_span(&b), &data);
		buf_release(&b);
		if (status == CLI_OK && done / SAY_EACH !=
			(done + n) / SAY_EACH)
			cli_say(c, "  %zu / %zu", done + n, lines);
		done += status == CLI_OK ? n : 0;
	}
	if (status != CLI_OK)
		cli_say(c, T(c, "%zu of %zu rows were written",
		    "se escribieron %zu de %zu filas",
		    "foram escritas %zu de %zu linhas",
		    "%zu lignes sur %zu ont été écrites"), done, lines);
	else if (!out_is_json(c))
		cli_say(c, T(c, "%zu rows", "%zu filas", "%zu linhas",
		    "%zu lignes"), done);
	return status;
}

static bool
is_table(const char *path)
{
	size_t n = strlen(path);

	return n > 4 && strcasecmp(path + n - 4, ".csv") == 0;
}

/* A table becomes lines of JSON. */
static int
read_table(struct import *im, struct buf *b)
{
	struct fault f = { 0 };
	struct buf lines;
	enum err e;

	buf_init(&lines, IMPORT_FILE_MAX);
	e = rows_csv(im->kind, buf_span(b), &lines, &f);
	im->line = f.at;
	buf_release(b);
	*b = lines;
	return e == ERR_NONE ? CLI_OK : tell_line(im, e, &f);
}

int
rows_import(struct cli *c, const struct kind *k, const char *path)
{
	struct import im = { .c = c, .kind = k, .path = path };
	size_t lines = 0;
	struct buf b;
	int status = CLI_OK;
	enum err e;

	buf_init(&b, IMPORT_FILE_MAX);
	e = file_read(path, &b);
	if (e != ERR_NONE)
		status = cli_fail_file(c, e, path, NULL);
	else if (is_table(path))
		status = read_table(&im, &b);
	im.rest = buf_span(&b);
	im.line = 0;
	if (status == CLI_OK)
		status = check_all(im, &lines);
	if (status == CLI_OK)
		status = write_all(&im, lines);
	buf_release(&b);
	if (status == CLI_OK && out_is_json(c)) {
		struct json_out w;

		out_open(c, &b, &w);
		json_put_member_u64(&w, "rows", lines);
		out_close(&b, &w);
	}
	return status;
}
