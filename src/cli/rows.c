/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of registers.
 */
#include "cli/rows.h"

#include "base/limits.h"
#include "cli/draft_body.h"
#include "cli/node.h"
#include "cli/out.h"
#include "schema/show.h"

#include <stdio.h>
#include <string.h>

enum { ROWS_COLUMNS = 7 };

const struct kind *
rows_kind(struct cli *c, const char *name, int *status)
{
	const struct kind *k = kind_find(cli_schema(c), span_str(name));

	if (k != NULL && k->is_register)
		return k;
	*status = cli_fail(c, &(struct trouble){ .exit = CLI_NOT_FOUND,
	    .what = cli_text(c, T(c, "there is no register \"%s\"",
		"no hay un registro \"%s\"", "não há um registro \"%s\"",
		"il n’y a pas de registre \"%s\""), name),
	    .next = "almenara register list" });
	return NULL;
}

/* --- asking --- */

int
rows_each(struct cli *c, const struct kind *k, bool with_ended,
    uint64_t most, rows_fn *fn, void *ctx)
{
	uint64_t before = 0, seen = 0;

	do {
		struct json_val data, rows;
		struct request r;
		int status;

		request_open(&r);
		json_put_member_str(&r.w, "kind", k->name);
		json_put_member_u64(&r.w, "before", before);
		json_put_member_bool(&r.w, "ended", with_ended);
		status = request_send(&r, c, "register", &data);
		rows = json_get(data, "rows");
		for (struct json_val v = json_first(rows);
		     status == CLI_OK && v.type != JSON_ABSENT && seen < most;
		     v = json_next(rows, v), seen++)
			status = fn(c, v, ctx);
		if (status != CLI_OK)
			return status;
		before = out_u64(data, "next");
	} while (before != 0 && seen < most);
	return CLI_OK;
}

int
rows_fetch(struct cli *c, const char *name, const struct kind **k,
    struct json_val *row)
{
	int status = node_call_id(c, "register_row", row);

	if (status == CLI_OK)
		*k = rows_kind(c, out_str(c, *row, "kind"), &status);
	if (status != CLI_OK || name == NULL || strcmp((*k)->name, name) == 0)
		return status;
	return cli_fail(c, &(struct trouble){ .exit = CLI_NOT_FOUND,
	    .what = cli_text(c, T(c, "this is a row of the register \"%s\"",
		"es una fila del registro \"%s\"",
		"é uma linha do registro \"%s\"",
		"c’est une ligne du registre \"%s\""), (*k)->name),
	    .next = cli_text(c, "almenara register show %s",
		c->args.operand[0]) });
}

int
rows_write(struct cli *c, const struct kind *k, struct span rows,
    struct json_val *data)
{
	struct request r;

	request_open(&r);
	json_put_member_str(&r.w, "kind", k->name);
	json_put_key(&r.w, "rows");
	json_put_raw(&r.w, rows);
	return request_send(&r, c, "register_put", data);
}

int
rows_change(struct cli *c, const struct kind *k, struct json_val row,
    struct span body, struct json_val *data)
{
	struct json_out w;
	struct buf b;
	int status;

	buf_init(&b, LIMIT_PAYLOAD + 256);
	json_out_init(&w, &b);
	json_put_open(&w, '[');
	json_put_open(&w, '{');
	if (row.type != JSON_ABSENT) {
		json_put_member_span(&w, "id", out_text(c, row, "id"));
		json_put_member_u64(&w, "rev", out_u64(row, "rev"));
	}
	json_put_key(&w, "body");
	json_put_raw(&w, body);
	json_put_close(&w, '}');
	json_put_close(&w, ']');
	status = rows_write(c, k, buf_span(&b), data);
	buf_release(&b);
	return status;
}

int
rows_save(struct cli *c, const struct kind *k, struct json_val row,
    size_t file)
{
	struct json_val whole, data = { 0 }, body = json_get(row, "body");
	int status = CLI_OK;
	struct buf made;

	if (c->args.count > file)
		status = draft_file_read(c, c->args.operand[file], &whole,
		    &body);
	else if (!draft_body_is_given(c))
		status = cli_usage(c, "FILE, --set");
	if (status != CLI_OK)
		return status;
	buf_init(&made, LIMIT_PAYLOAD);
	status = draft_body_make(c, k, body, &made);
	if (status == CLI_OK)
		status = rows_change(c, k, row, buf_span(&made), &data);
	buf_release(&made);
	if (status == CLI_OK && out_is_json(c))
		out_data(c, data);
	else if (status == CLI_OK)
		printf("%s\n", out_join(c, json_get(data, "ids")));
	return status;
}

/* --- showing --- */

static bool
is_column(const struct field *fd)
{
	return fd->brief && !fd->ends;
}

const char *const *
rows_heads(struct cli *c, const struct kind *k)
{
	const char **heads = arena_alloc(&c->arena,
	    (ROWS_COLUMNS + 2) * sizeof *heads);
	size_t n = 0;

	heads[n++] = cli_word(c, "id");
	for (size_t i = 0; i < k->field_count && n <= ROWS_COLUMNS; i++)
		if (is_column(&k->field[i]))
			heads[n++] = k->field[i].names.in[c->lang];
	heads[n] = NULL;
	return heads;
}

/* A value as one cell: coded values in words, lists with commas between. */
static const char *
cell(struct cli *c, const struct field *fd, struct json_val v)
{
	struct show how = { .schema = cli_schema(c), .lang = c->lang };
	struct span s, tag;

	if (v.type == JSON_ABSENT)
		return "";
	if (fd->type == FIELD_ML)
		return arena_string(&c->arena, show_ml(v, c->lang,
		    span_str(""), &c->arena, &tag));
	if (fd->type == FIELD_LIST) {
		const char *all = "";

		for (struct json_val m = json_first(v); m.type != JSON_ABSENT;
		     m = json_next(v, m))
			all = cli_text(c, "%s%s%s", all,
			    all[0] == '\0' ? "" : ", ", cell(c, fd->item, m));
		return all;
	}
	if (json_text(v, &c->arena, &s) != ERR_NONE)
		s = json_raw(v);
	return fd->type == FIELD_ENUM ?
	    show_choice(&how, fd, s, &c->arena) : arena_string(&c->arena, s);
}

void
rows_put(struct cli *c, const struct kind *k, struct json_val row,
    struct table *t)
{
	struct json_val body = json_get(row, "body");
	bool ended = out_is_true(row, "ended");

	table_put(t, out_tail(out_text(c, row, "id")), STYLE_BOLD);
	for (size_t i = 0, n = 1; i < k->field_count && n <= ROWS_COLUMNS;
	     i++) {
		const struct field *fd = &k->field[i];

		if (!is_column(fd))
			continue;
		n++;
		table_put(t, span_str(cell(c, fd, json_get(body, fd->name))),
		    ended ? STYLE_DIM : STYLE_PLAIN);
	}
}
