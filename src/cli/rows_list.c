/* SPDX-License-Identifier: Apache-2.0
 *
 * What is done with rows of a register that are there: listed, shown, changed,
 * ended.
 */
#include "cli/rows.h"

#include "base/limits.h"
#include "cli/node.h"
#include "cli/out.h"
#include "schema/show.h"

#include <stdio.h>

/* --- a list --- */

struct listing {
	const struct kind *kind;
	struct table table;
	size_t in_table;
	struct buf b;
	struct json_out w;
};

/* However many rows follow, those of one table are held. */
static void
flush_table(struct cli *c, struct listing *l)
{
	out_table(c, &l->table);
	table_init(&l->table, &c->term, rows_heads(c, l->kind));
	l->in_table = 0;
}

static int
take_row(struct cli *c, struct json_val row, void *ctx)
{
	struct listing *l = ctx;

	if (!out_is_json(c)) {
		if (l->in_table++ == LIMIT_LIST_ROWS)
			flush_table(c, l);
		rows_put(c, l->kind, row, &l->table);
	} else if (c->jsonl) {
		printf("%.*s\n", SPAN_FMT(json_raw(row)));
	} else {
		json_put_raw(&l->w, json_raw(row));
	}
	return CLI_OK;
}

int
rows_list(struct cli *c, const struct kind *k)
{
	struct listing l = { .kind = k };
	unsigned long most = INT64_MAX;
	struct fault f;
	int status;

	if (args_number(&c->args, "most", 1, INT64_MAX, &most, &f) != ERR_NONE)
		return cli_usage(c, cli_text(c, "--%s: %s", f.field, f.rule));
	table_init(&l.table, &c->term, rows_heads(c, k));
	out_open(c, &l.b, &l.w);
	json_put_key(&l.w, "rows");
	json_put_open(&l.w, '[');
	status = rows_each(c, k, args_has(&c->args, "all"), most, take_row,
	    &l);
	json_put_close(&l.w, ']');
	if (status == CLI_OK && !out_is_json(c)) {
		out_table(c, &l.table);
		buf_release(&l.b);
		return status;
	}
	table_release(&l.table);
	if (status == CLI_OK && !c->jsonl)
		out_close(&l.b, &l.w);
	else
		buf_release(&l.b);
	return status;
}

/* --- one row --- */

int
rows_show(struct cli *c, const char *name)
{
	struct show how = { .schema = cli_schema(c), .lang = c->lang,
		.columns = c->term.columns, .ascii = !c->term.utf8 };
	struct show_head head = { .kind = span_str("") };
	const struct kind *k;
	struct json_val row;
	struct buf b;
	enum err e;
	int status = rows_fetch(c, name, &k, &row);

	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, row);
		return CLI_OK;
	}
	head = (struct show_head){ .kind = span_str(k->name),
		.id = out_tail(out_text(c, row, "id")),
		.rev = out_u64(row, "rev") };
	buf_init(&b, LIMIT_SHOWN);
	e = show_record(&how, &head, json_get(row, "body"), &c->arena, &b);
	if (e == ERR_NONE)
		fwrite(b.p, 1, b.n, stdout);
	buf_release(&b);
	return e == ERR_NONE ? CLI_OK :
	    cli_fail_file(c, e, c->args.operand[0], NULL);
}


int
rows_set(struct cli *c, const char *name)
{
	const struct kind *k;
	struct json_val row;
	int status = rows_fetch(c, name, &k, &row);

	return status == CLI_OK ? rows_save(c, k, row, 1) : status;
}

/* The body with the field that ends it. */
static void
put_ended(struct json_out *w, struct json_val body, const char *field,
    const char *reason, struct arena *a)
{
	json_put_open(w, '{');
	json_put_rest(w, body, JSON_WITHOUT(field), a);
	json_put_member_str(w, field, reason);
	json_put_close(w, '}');
}

static int
remove_row(struct cli *c, const struct kind *k, struct json_val row)
{
	const struct field *fd = k->field;
	struct json_val data;
	struct json_out w;
	struct buf b;
	int status;

	while (!fd->ends) /* each register has one: schema/kind.c */
		fd++;
	buf_init(&b, LIMIT_PAYLOAD + 1024);
	json_out_init(&w, &b);
	put_ended(&w, json_get(row, "body"), fd->name,
	    args_find(&c->args, "reason"), &c->arena);
	status = rows_change(c, k, row, buf_span(&b), &data);
	buf_release(&b);
	if (status == CLI_OK && out_is_json(c))
		out_data(c, data);
	else if (status == CLI_OK)
		cli_say(c, "%s", T(c, "removed; nothing of it is lost: "
		    "almenara register list --all",
		    "dada de baja; nada se pierde: almenara register list "
		    "--all", "removida; nada se perde: almenara register "
		    "list --all", "retirée ; rien n’est perdu : almenara "
		    "register list --all"));
	return status;
}

int
rows_remove(struct cli *c, const char *name)
{
	const struct kind *k;
	struct json_val row;
	int status;

	if (!args_has(&c->args, "reason"))
		return cli_usage(c, "--reason");
	status = rows_fetch(c, name, &k, &row);
	return status == CLI_OK ? remove_row(c, k, row) : status;
}
