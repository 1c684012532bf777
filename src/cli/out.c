/* SPDX-License-Identifier: Apache-2.0
 *
 * Results on standard output.
 */
#include "cli/out.h"

#include "base/instant.h"
#include "base/limits.h"
#include "schema/plain.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { TAIL = 8, PAIR_COLUMNS = 18 };

bool
out_is_json(const struct cli *c)
{
	return c->json || c->jsonl;
}

void
out_open(struct cli *c, struct buf *b, struct json_out *w)
{
	char schema[64];

	snprintf(schema, sizeof schema, "almenara.%s/1", c->command->name);
	for (char *p = schema; *p != '\0'; p++) {
		if (*p == ' ')
			*p = '-';
	}
	buf_init(b, 16 * LIMIT_CONTROL_FRAME);
	json_out_init(w, b);
	json_put_open(w, '{');
	json_put_member_str(w, "schema", schema);
}

void
out_close(struct buf *b, struct json_out *w)
{
	json_put_close(w, '}');
	buf_put_str(b, "\n");
	fwrite(b->p, 1, b->n, stdout);
	buf_release(b);
}

void
out_data(struct cli *c, struct json_val data)
{
	struct json_out w;
	struct buf b;

	out_open(c, &b, &w);
	json_put_rest(&w, data, NULL, &c->arena);
	out_close(&b, &w);
}

int
out_id(struct cli *c, struct json_val data)
{
	if (out_is_json(c))
		out_data(c, data);
	else
		printf("%s\n", out_str(c, data, "id"));
	return CLI_OK;
}

void
out_rows(struct cli *c, struct json_val data, const char *rows)
{
	struct json_val list = json_get(data, rows);

	if (!c->jsonl) {
		out_data(c, data);
		return;
	}
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v))
		out_data(c, v);
}

void
out_table(struct cli *c, struct table *t)
{
	struct buf b;

	buf_init(&b, 16 * LIMIT_CONTROL_FRAME);
	table_write(t, &b);
	fwrite(b.n > 0 ? b.p : (const unsigned char *)"", 1, b.n, stdout);
	if (table_rows(t) == 0)
		cli_say(c, "%s", T(c, "nothing", "nada", "nada", "rien"));
	buf_release(&b);
	table_release(t);
}

void
out_list(struct cli *c, struct json_val data, const char *rows,
    const char *const *heads, out_row_fn *put)
{
	struct json_val list = json_get(data, rows);
	struct table t;

	if (out_is_json(c)) {
		out_rows(c, data, rows);
		return;
	}
	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v))
		put(c, v, &t);
	out_table(c, &t);
}

void
out_pair(struct cli *c, const char *word_id, struct span text)
{
	const char *label = cli_word(c, word_id);
	struct buf b;

	if (text.n == 0)
		return;
	buf_init(&b, LIMIT_CONTROL_FRAME);
	if (c->term.columns == 0) {
		buf_put_format(&b, "%s\t", word_id);
		plain_put(&b, text, false);
	} else {
		unsigned n = plain_columns(span_str(label));

		buf_put_format(&b, "%s%s%s%*s", term_on(&c->term, STYLE_BOLD),
		    label, term_off(&c->term),
		    n < PAIR_COLUMNS ? (int)(PAIR_COLUMNS - n) : 1, "");
		plain_put(&b, text, false);
	}
	printf("%s\n", buf_str(&b));
	buf_release(&b);
}

struct span
out_text(struct cli *c, struct json_val v, const char *key)
{
	struct json_val m = json_get(v, key);
	struct span s;

	if (m.type == JSON_ABSENT || m.type == JSON_NULL)
		return span_str("");
	if (json_text(m, &c->arena, &s) == ERR_NONE)
		return s;
	return json_raw(m);
}

const char *
out_str(struct cli *c, struct json_val v, const char *key)
{
	return arena_string(&c->arena, out_text(c, v, key));
}

bool
out_is_true(struct json_val v, const char *key)
{
	return json_get(v, key).type == JSON_TRUE;
}

uint64_t
out_u64(struct json_val v, const char *key)
{
	uint64_t n;

	return json_u64(json_get(v, key), &n) == ERR_NONE ? n : 0;
}

const char *
out_time(struct cli *c, uint64_t s)
{
	/* seconds of today have ten digits, milliseconds thirteen */
	uint64_t ms = s > 99999999999 ? s : s * 1000;
	char *text = arena_alloc(&c->arena, INSTANT_TEXT_MAX + 16);
	time_t t = (time_t)(ms / 1000);
	struct tm tm;

	if (s == 0 || ms > INT64_MAX)
		return "";
	if (c->term.columns > 0 && localtime_r(&t, &tm) != NULL)
		strftime(text, INSTANT_TEXT_MAX, "%Y-%m-%d %H:%M:%S", &tm);
	else
		wall_write((struct wall){ (int64_t)ms }, text);
	return text;
}

struct span
out_tail(struct span id)
{
	return id.n > TAIL ? span_of(id.p + id.n - TAIL, TAIL) : id;
}

const char *
out_join(struct cli *c, struct json_val array)
{
	const char *all = "";

	for (struct json_val v = json_first(array); v.type != JSON_ABSENT;
	    v = json_next(array, v)) {
		struct span s;

		if (json_text(v, &c->arena, &s) == ERR_NONE)
			all = cli_text(c, "%s%s%.*s", all,
			    all[0] != '\0' ? " " : "", SPAN_FMT(s));
	}
	return all;
}
