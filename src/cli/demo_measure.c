/* SPDX-License-Identifier: Apache-2.0
 *
 * Asking the nodes of the demonstration.
 */
#include "cli/demo_measure.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	STEP_MS = 20,
	QUICK_MS = 1, /* while measuring */
	NOTICE_WAIT_MS = 20000,
	HEAL_WAIT_MS = 60000
};

static struct span
args_id(struct demo_world *w, const char *id, const char *more)
{
	return span_str(cli_text(w->c, "{\"id\":\"%s\"%s}", id, more));
}

static size_t
linked_count(struct demo_world *w, struct json_val peers)
{
	size_t n = 0;

	for (struct json_val v = json_first(peers); v.type != JSON_ABSENT;
	    v = json_next(peers, v))
		n += out_is_true(v, "linked");
	(void)w;
	return n;
}

enum err
demo_links_wait(struct demo_world *w, bool all, int wait_ms)
{
	int64_t until = clock_mono_ms() + wait_ms;
	size_t want = w->n - 1 - !all;
	struct json_val data;
	enum err e;

	for (;;) {
		e = demo_call(w, DEMO_SENDER, "peers", span_str(""), &data);
		if (e != ERR_NONE || linked_count(w, json_get(data,
		    "peers")) >= want)
			return e;
		if (demo_is_stopped())
			return ERR_STATE;
		if (clock_mono_ms() > until) {
			w->failed = "peers";
			return ERR_TIMEOUT;
		}
		demo_sleep_ms(STEP_MS);
	}
}

enum err
demo_release(struct demo_world *w, struct span draft, struct demo_notice *out)
{
	struct demo_notice n = { .name = out->name };
	struct json_val data;
	struct span id;
	enum err e = demo_call(w, DEMO_SENDER, "draft_save", draft, &data);

	if (e != ERR_NONE)
		return e;
	n.released_ms = clock_mono_ms();
	e = demo_call(w, DEMO_SENDER, "release",
	    args_id(w, out_str(w->c, data, "draft"), ""), &data);
	if (e != ERR_NONE)
		return e;
	id = out_text(w->c, data, "notice");
	if (id.n == 0 || id.n >= sizeof n.id)
		return ERR_SYNTAX;
	memcpy(n.id, id.p, id.n);
	*out = n;
	return ERR_NONE;
}

static size_t
node_find(const struct demo_world *w, const char *team)
{
	size_t i = 0;

	while (i < w->n && strcmp(w->node[i].team, team) != 0)
		i++;
	return i;
}

enum err
demo_board(struct demo_world *w, const struct demo_notice *n,
    enum demo_delivery now[DEMO_NODES])
{
	struct json_val data, rows;
	enum err e = demo_call(w, DEMO_SENDER, "receipts",
	    args_id(w, n->id, ""), &data);

	if (e != ERR_NONE)
		return e;
	for (size_t i = 0; i < w->n; i++)
		now[i] = DEMO_QUEUED;
	rows = json_get(data, "rows");
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	    v = json_next(rows, v)) {
		size_t i = node_find(w, out_str(w->c, v, "team"));
		struct json_val state = json_get(v, "state");

		if (i < w->n)
			now[i] = json_is_str(state, "acknowledged") ?
			    DEMO_ANSWERED : json_is_str(state, "stored") ?
			    DEMO_STORED : DEMO_QUEUED;
	}
	return ERR_NONE;
}

enum err
demo_delivered_wait(struct demo_world *w, const struct demo_notice *n,
    bool all, int wait_ms)
{
	int64_t until = clock_mono_ms() + wait_ms;
	enum demo_delivery now[DEMO_NODES];
	enum err e;

	for (;;) {
		bool is_all = true;

		e = demo_board(w, n, now);
		if (e != ERR_NONE)
			return e;
		for (size_t i = 0; i < w->n; i++)
			is_all = is_all && (i == DEMO_SENDER ||
			    (i == w->cut && !all) || now[i] != DEMO_QUEUED);
		if (is_all)
			return ERR_NONE;
		if (demo_is_stopped())
			return ERR_STATE;
		if (clock_mono_ms() > until) {
			w->failed = cli_text(w->c, "receipts %s", n->id);
			return ERR_TIMEOUT;
		}
		demo_sleep_ms(QUICK_MS);
	}
}

enum err
demo_answer(struct demo_world *w, size_t i, const struct demo_notice *n)
{
	struct json_val data;

	return demo_call(w, i, "ack", args_id(w, n->id,
	    ",\"answer\":\"assessing\""), &data);
}

/* --- the account --- */

static int
double_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static enum err
notices_release(struct demo_world *w, struct span draft, size_t count,
    struct demo_notice *n, double *took)
{
	enum err e = ERR_NONE;

	for (size_t i = 0; i < count && e == ERR_NONE; i++) {
		e = demo_release(w, draft, &n[i]);
		if (e == ERR_NONE)
			e = demo_delivered_wait(w, &n[i], false,
			    NOTICE_WAIT_MS);
		took[i] = (double)(clock_mono_ms() - n[i].released_ms);
	}
	return e;
}

/* The recipient whose turn it is to answer. */
static size_t
answerer(const struct demo_world *w, size_t notice)
{
	size_t i = w->n < 2 ? 0 : notice % (w->n - 1);

	return i < DEMO_SENDER ? i : i + 1;
}

static enum err
notices_answer(struct demo_world *w, const struct demo_notice *n, size_t count)
{
	enum err e = ERR_NONE;

	for (size_t i = 0; i < count && e == ERR_NONE; i++)
		e = demo_answer(w, answerer(w, i), &n[i]);
	return e;
}

/* What the recipients themselves hold, by their inboxes and their copies of
 * the sender's log. */
enum err
demo_held_count(struct demo_world *w, const struct demo_notice *n, size_t count,
    size_t node, struct demo_account *out)
{
	struct json_val data, rows;
	enum err e = demo_call(w, node, "inbox", span_str(cli_text(w->c,
	    "{\"limit\":%d}", (int)LIMIT_LIST_ROWS)), &data);

	if (e != ERR_NONE)
		return e;
	rows = json_get(data, "rows");
	for (size_t i = 0; i < count; i++) {
		size_t times = 0;

		for (struct json_val v = json_first(rows);
		    v.type != JSON_ABSENT; v = json_next(rows, v))
			times += json_is_str(json_get(v, "id"), n[i].id);
		out->delivered += times > 0;
		out->duplicated += times > 1 ? times - 1 : 0;
	}
	return ERR_NONE;
}

static enum err
board_count(struct demo_world *w, const struct demo_notice *n,
    struct demo_account *out)
{
	enum demo_delivery now[DEMO_NODES];
	enum err e = demo_board(w, n, now);

	for (size_t i = 0; i < w->n && e == ERR_NONE; i++) {
		if (i == DEMO_SENDER)
			continue;
		out->receipted += now[i] != DEMO_QUEUED;
		out->acknowledged += now[i] == DEMO_ANSWERED;
	}
	return e;
}

static enum err
boards_count(struct demo_world *w, const struct demo_notice *n, size_t count,
    struct demo_account *out)
{
	int64_t until = clock_mono_ms() + NOTICE_WAIT_MS;
	enum err e;

	/* answers are on their way for a moment */
	for (;;) {
		out->receipted = out->acknowledged = 0;
		e = ERR_NONE;
		for (size_t i = 0; i < count && e == ERR_NONE; i++)
			e = board_count(w, &n[i], out);
		if (e != ERR_NONE || out->acknowledged >= count ||
		    demo_is_stopped() || clock_mono_ms() > until)
			return e;
		demo_sleep_ms(STEP_MS);
	}
}

static enum err
measure(struct demo_world *w, struct span draft, struct demo_notice *n,
    double *took, struct demo_account *a)
{
	enum err e = notices_release(w, draft, a->notices, n, took);

	if (e == ERR_NONE) {
		gate_open(&w->gate);
		e = demo_delivered_wait(w, &n[a->notices - 1], true,
		    HEAL_WAIT_MS);
	}
	if (e == ERR_NONE)
		e = notices_answer(w, n, a->notices);
	if (e == ERR_NONE)
		e = boards_count(w, n, a->notices, a);
	for (size_t i = 0; i < w->n && e == ERR_NONE; i++) {
		if (i != DEMO_SENDER)
			e = demo_held_count(w, n, a->notices, i, a);
	}
	return e;
}

enum err
demo_measure(struct demo_world *w, struct span draft, size_t count,
    struct demo_account *out)
{
	struct demo_account a = { .notices = count,
		.expected = count * (w->n - 1) };
	struct demo_notice *n = mem_array(count, sizeof *n);
	double *took = mem_array(count, sizeof *took);
	enum err e = measure(w, draft, n, took, &a);

	if (e == ERR_NONE) {
		qsort(took, count, sizeof *took, double_compare);
		a.p50_ms = took[(count - 1) / 2];
		a.p99_ms = took[(count - 1) * 99 / 100];
		a.lost = a.expected - a.delivered;
		a.ok = a.lost == 0 && a.duplicated == 0 &&
		    a.receipted == a.expected && a.acknowledged == count;
		*out = a;
	}
	free(n);
	free(took);
	return e;
}
