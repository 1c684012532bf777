/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages to persons, seen and steered by people: courier, courier_test,
 * courier_retry, courier_stop; and answered by their code: ack_code.
 */
#include "node/command.h"

#include "node/answers.h"
#include "node/exits.h"
#include "node/pages.h"
#include "node/proving.h"
#include "schema/check.h"

enum { SHOWN_MOST = 200 };

/* --- courier --- */

static void
put_channels(struct call *c)
{
	json_put_key(&c->w, "channels");
	json_put_open(&c->w, '[');
	for (int i = 0; i < COURIER_CHANNELS; i++) {
		const struct pages_channel *k = pages_channel(
		    c->service->pages, (enum courier_channel)i);

		json_put_open(&c->w, '{');
		json_put_member_str(&c->w, "channel",
		    courier_channel_word((enum courier_channel)i));
		json_put_member_u64(&c->w, "proved", (uint64_t)k->proved_s);
		json_put_member_u64(&c->w, "failed", (uint64_t)k->failed_s);
		json_put_member_str(&c->w, "why", k->why);
		json_put_close(&c->w, '}');
	}
	json_put_close(&c->w, ']');
}

static void
put_item(struct call *c, const struct courier_item *it)
{
	static const char *const states[] = { [COURIER_WAITING] = "waiting",
		[COURIER_UNDER_WAY] = "under-way",
		[COURIER_TELLING] = "ended" };

	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "page", call_id(c, &it->page.id));
	json_put_member_str(&c->w, "channel",
	    courier_channel_word(it->page.channel));
	json_put_member_u64(&c->w, "level", (uint64_t)it->page.level);
	json_put_member_str(&c->w, "state", states[it->state]);
	json_put_member_u64(&c->w, "tries", it->tries);
	json_put_member_str(&c->w, "why", it->why);
	json_put_member_u64(&c->w, "since", (uint64_t)it->page.at_s);
	json_put_member_u64(&c->w, "from", (uint64_t)it->page.from_s);
	json_put_close(&c->w, '}');
}

/* Whom it would call, and whether it would reach them. */
static bool
put_person(void *ctx, const struct index_row *row)
{
	struct call *c = ctx;
	struct record r;
	struct span login;

	if (!call_look(c, row, EXIT_STAFF, &r) ||
	    !exit_opens(&r.pass, EXIT_STAFF, EXIT_TEXT) ||
	    json_get(r.body, "active").type == JSON_FALSE ||
	    json_text(json_get(r.body, "login"), &c->mem, &login) != ERR_NONE)
		return true;
	json_put_open(&c->w, '{');
	json_put_member_span(&c->w, "person", login);
	proving_put(c->service, r.body, row->iat_s, &c->mem, &c->w);
	json_put_close(&c->w, '}');
	return true;
}

void
cmd_courier(struct call *c)
{
	const struct courier *q = pages_queue(c->service->pages);

	json_put_open(&c->w, '{');
	json_put_member_bool(&c->w, "up", pages_is_up(c->service->pages));
	json_put_member_u64(&c->w, "waiting", q->n);
	put_channels(c);
	json_put_key(&c->w, "persons");
	json_put_open(&c->w, '[');
	(void)!index_persons(c->service->index, put_person, c);
	json_put_close(&c->w, ']');
	json_put_key(&c->w, "pages");
	json_put_open(&c->w, '[');
	for (size_t i = 0; i < q->n && i < SHOWN_MOST; i++)
		put_item(c, &q->item[i]);
	json_put_close(&c->w, ']');
	json_put_close(&c->w, '}');
	call_done(c);
}

/* --- writing --- */

static void
on_written(void *ctx, const struct hub_appended *result)
{
	struct call *c = ctx;

	if (!call_is_written(c, result, "nothing was sent or stopped"))
		return;
	call_done(c);
}

/* --- courier_test --- */

static void
write_test(struct call *c, struct span login, struct span channel,
    hub_append_fn *done, void *ctx)
{
	struct uuid id = proving_test(c->service, login, channel, done, ctx);

	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "page", call_id(c, &id));
	json_put_member_span(&c->w, "channel", channel);
	json_put_close(&c->w, '}');
}

/* The kinds of channels that the person has, each once, or the one asked
 * for. */
static size_t
wanted_channels(struct call *c, const struct record *r,
    struct span out[COURIER_CHANNELS])
{
	struct json_val list = json_get(r->body, "channels");
	struct span only = call_arg(c, "channel");
	bool has[COURIER_CHANNELS] = { false };
	size_t n = 0;

	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v)) {
		enum courier_channel k;
		struct span word;

		if (json_text(json_get(v, "kind"), &c->mem, &word) !=
		    ERR_NONE)
			continue;
		k = courier_channel_find(word);
		if (k == COURIER_CHANNELS || has[k] ||
		    (only.n != 0 && !span_is_equal(only, word)))
			continue;
		has[k] = true;
		out[n++] = word;
	}
	return n;
}

void
cmd_courier_test(struct call *c)
{
	struct span login = call_arg(c, "person");
	struct span channel[COURIER_CHANNELS];
	struct index_row row;
	struct record r;
	size_t n;

	if (index_person_by_user(c->service->index, login, &c->mem, &row) !=
		ERR_NONE ||
	    !call_look(c, &row, EXIT_STAFF, &r)) {
		call_fail(c, ERR_NOT_FOUND, EXIT_NOT_FOUND,
		    "there is no such person", "", "almenara person list");
		return;
	}
	n = wanted_channels(c, &r, channel);
	if (n == 0) {
		call_fail(c, ERR_NOT_FOUND, EXIT_NOT_FOUND,
		    "the person has no such channel", "",
		    "almenara person add");
		return;
	}
	json_put_open(&c->w, '{');
	json_put_key(&c->w, "pages");
	json_put_open(&c->w, '[');
	for (size_t i = 0; i + 1 < n; i++)
		write_test(c, login, channel[i], NULL, NULL);
	write_test(c, login, channel[n - 1], on_written, c);
	json_put_close(&c->w, ']');
	json_put_close(&c->w, '}');
}

/* --- courier_retry, courier_stop --- */

/* The page whose id ends in the argument `page`; false if answered. */
static bool
find_page(struct call *c, struct uuid *out)
{
	const struct courier *q = pages_queue(c->service->pages);
	struct span tail = call_arg(c, "page");
	size_t found = 0;

	for (size_t i = 0; i < q->n && tail.n >= 4; i++) {
		struct span id = span_str(call_id(c, &q->item[i].page.id));

		if (tail.n > id.n || !span_is_equal(tail,
		    span_of(id.p + id.n - tail.n, tail.n)))
			continue;
		*out = q->item[i].page.id;
		found++;
	}
	if (found == 1)
		return true;
	call_fail(c, ERR_NOT_FOUND, EXIT_NOT_FOUND, found == 0 ?
	    "no page with this id waits" : "several pages end in this id", "",
	    "almenara courier status");
	return false;
}

void
cmd_courier_retry(struct call *c)
{
	bool has_page = call_arg(c, "page").n != 0;
	struct uuid page;

	if (has_page && !find_page(c, &page))
		return;
	json_put_open(&c->w, '{');
	json_put_member_u64(&c->w, "pages", pages_retry(c->service->pages,
	    has_page ? &page : NULL));
	json_put_close(&c->w, '}');
	call_done(c);
}

void
cmd_courier_stop(struct call *c)
{
	struct hub_draft d = home_draft(c->service, "page-stop");
	struct json_out w;
	struct uuid page;
	struct buf b;

	if (!find_page(c, &page))
		return;
	buf_init(&b, 1024);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_str(&w, "page", call_id(c, &page));
	json_put_member_str(&w, "why", "cancelled");
	json_put_member_u64(&w, "at",
	    (uint64_t)call_now_s(c));
	json_put_close(&w, '}');
	d.body = buf_span(&b);
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "page", call_id(c, &page));
	json_put_close(&c->w, '}');
	hub_append(c->service->hub, &d, on_written, c);
	buf_release(&b);
}

/* --- ack_code --- */

static void
on_coded(void *ctx, enum answer_verdict v, const char *text)
{
	static const enum command_exit exits[ANSWER_VERDICTS] = {
		[ANSWER_WRONG] = EXIT_NOT_FOUND, [ANSWER_OTHER] = EXIT_SIGN_IN,
		[ANSWER_LATER] = EXIT_FAILED };
	struct call *c = ctx;

	c->is_told = true; /* answers.c has, or the acknowledgement */
	if (v != ANSWER_GOOD && v != ANSWER_PROVED) {
		call_fail(c, v == ANSWER_WRONG ? ERR_NOT_FOUND :
		    v == ANSWER_LATER ? ERR_BUSY : ERR_RULE,
		    exits[v] != EXIT_OF_ERROR ? exits[v] : EXIT_REFUSED,
		    text, "", "almenara inbox");
		return;
	}
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "text", text);
	json_put_close(&c->w, '}');
	call_done(c);
}

void
cmd_ack_code(struct call *c)
{
	const struct answers_ask ask = { .code = call_arg(c, "code"),
		.way = "command", .from = span_str(c->caller.login),
		.who = &c->caller, .answer = call_arg(c, "answer"),
		.comment = call_arg(c, "comment") };

	if (ask.code.n == 0) {
		call_misused(c, "code is missing");
		return;
	}
	answers_take(c->service, &ask, on_coded, c);
}
