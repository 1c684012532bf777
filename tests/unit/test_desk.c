/* SPDX-License-Identifier: Apache-2.0
 *
 * watch/ladder.c and watch/desk.c rule by rule: what may be tightened, who is
 * called and who is not, what an answer stops.
 */
#include "base/mem.h"
#include "schema/kind.h"
#include "watch/desk.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

enum { WRITES = 256, BASE_MS = 1000000 };

struct written {
	enum desk_kind kind;
	struct desk_ticket ticket;
	char body[4096];
};

struct world {
	struct ladders ladders;
	struct desk *desk;
	int64_t ms;
	struct written w[WRITES];
	size_t n, told;
	unsigned channels;
	bool is_quiet, is_nobody;
	unsigned absent; /* posts whose holder is not known to be there */
};

static struct now
now_of(const struct world *w)
{
	return (struct now){ { BASE_MS + w->ms }, { w->ms } };
}

static size_t
holders(void *ctx, enum post post, struct desk_holder *out, size_t max)
{
	struct world *w = ctx;

	(void)max;
	if (w->is_nobody && post == POST_FIRST)
		return 0;
	*out = (struct desk_holder){ .channels = w->channels,
		.is_quiet = w->is_quiet,
		.is_absent = (w->absent & 1U << post) != 0 };
	snprintf(out->person, sizeof out->person, "%s", post_word(post));
	return 1;
}

static bool
exists(void *ctx, const struct uuid *id)
{
	struct world *w = ctx;

	for (size_t i = 0; i < w->told; i++)
		if (memcmp(&w->w[i].ticket.id, id, sizeof *id) == 0)
			return true;
	return false;
}

static void
put(void *ctx, const struct desk_write *d, const struct desk_ticket *t)
{
	struct world *w = ctx;
	struct written *o = &w->w[w->n++];

	assert_true(w->n < WRITES && d->body.n < sizeof o->body);
	o->kind = d->kind;
	o->ticket = *t;
	memcpy(o->body, d->body.p, d->body.n);
}

/* Let `ms` pass and write all there is to write. */
static void
pass(struct world *w, int64_t ms)
{
	w->ms += ms;
	do {
		while (w->told < w->n) {
			struct written *o = &w->w[w->told++];
			struct digest d = hash_sha256(span_str(o->body));

			desk_written(w->desk, &o->ticket, &d, now_of(w));
		}
		(void)desk_step(w->desk, now_of(w), true);
	} while (w->told < w->n);
}

static size_t
count(const struct world *w, enum desk_kind kind, const char *text)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++)
		n += w->w[i].kind == kind &&
		    strstr(w->w[i].body, text) != NULL;
	return n;
}

static struct digest
arm_as(struct world *w, enum ladder_case what, unsigned char which, int level,
    const char *campaign)
{
	struct desk_notice n = { .level = level, .number = which,
		.origin = "a.example/log/br/1", .issuer = "br",
		.silent = "uy" };

	n.digest = hash_sha256(span_of(&which, 1));
	n.id = uuid_make(now_of(w).wall, n.digest.b);
	n.campaign = campaign;
	assert_true(desk_arm(w->desk, what, &n, now_of(w).wall, now_of(w),
	    true));
	return n.digest;
}

static struct digest
arm(struct world *w, unsigned char which, int level, const char *campaign)
{
	return arm_as(w, LADDER_RECIPIENT, which, level, campaign);
}

static int
set_up(void **state)
{
	struct world *w = mem_alloc(sizeof *w);
	const struct desk_host host = { w, holders, exists, put, NULL };

	assert_int_equal(ladders_load(&schema_files, &w->ladders, NULL),
	    ERR_NONE);
	w->desk = desk_create(&w->ladders, &host);
	w->channels = 1U << CHANNEL_PUSH | 1U << CHANNEL_COMMAND |
	    1U << CHANNEL_MAIL;
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	desk_free(w->desk);
	free(w);
	return 0;
}

static void
test_a_ladder_may_be_tightened_only(void **state)
{
	static const struct {
		const char *key, *text, *rule;
		enum err e;
	} row[] = {
		{ "4", "0s first by push; 5m first second lead by command; "
		       "6m alternate authority by mail tell neighbour; "
		       "exhausted 10m; answers first lead; quiet never", "",
		    ERR_NONE },
		{ "5", "0s first by screen push; 11m first second by command;"
		       "exhausted 60m", "the least of the network is: second "
		       "by 10m", ERR_RULE },
		{ "5", "0s first by screen; 5m first second lead authority "
		       "alternate by command tell neighbour secretariat; "
		       "exhausted 60m", "the least of the network is: first "
		       "by 0m", ERR_RULE },
		{ "5", "0s first by push; 5m first second lead authority "
		       "alternate by command; exhausted 60m",
		    "the least of the network is: neighbour by 45m",
		    ERR_RULE },
		{ "4", "0s first by push; 5m first second lead by command; "
		       "6m alternate authority by mail tell neighbour; "
		       "exhausted 5h", "the least of the network is: "
		       "exhausted by 240m", ERR_RULE },
		{ "4", "0s first by push; 5m first second lead by command; "
		       "6m alternate authority by mail tell neighbour; "
		       "exhausted 1h; quiet kept",
		    "the least of the network is: quiet never", ERR_RULE },
		{ "6", "", "\"6\" is not 1 to 5, with -no-receipt, "
		       "-no-answer, -test or -assess, or without",
		    ERR_NOT_FOUND },
		{ "5-assess", "90m", "", ERR_NONE },
		{ "5-assess", "3h", "the least of the network is: assess by "
		       "120m", ERR_RULE },
		{ "5-assess", "", "the least of the network is: assess by "
		       "120m", ERR_RULE },
		{ "4-assess", "1h 2h", "\"2h\" stands behind the time",
		    ERR_SYNTAX },
		{ "4-assess", "soon", "\"soon\" is no time such as 30s, 10m, "
		       "2h, up to a week", ERR_SYNTAX },
		{ "1-assess", "5h", "", ERR_NONE },
		{ "5", "0s frist by push; exhausted 1h",
		    "\"frist\" is no post", ERR_SYNTAX },
		{ "5", "0s first by; exhausted 1h", "\"\" is no channel",
		    ERR_SYNTAX },
		{ "5", "0s first; exhausted 1h", "\";\" stands where \"by\" and "
		       "channels must", ERR_SYNTAX },
		{ "5", "5m first by push; 5m lead by push; exhausted 1h",
		    "\"5m\" is not after the step before", ERR_SYNTAX },
		{ "5", "0s first by push", "\"exhausted\" is missing or not "
		       "after the last step", ERR_SYNTAX },
		{ "5", "999999h first by push", "\"999999h\" is no time such "
		       "as 30s, 10m, 2h, up to a week", ERR_SYNTAX },
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct fault f = { 0 };
		struct ladders l = w->ladders;

		assert_int_equal(ladders_tighten(&l, span_str(row[i].key),
		    span_str(row[i].text), &f), row[i].e);
		assert_string_equal(f.rule, row[i].rule);
		assert_int_equal(memcmp(&l, &w->ladders, sizeof l) == 0,
		    row[i].e != ERR_NONE);
	}
}

static void
test_an_answer_stops_the_pages(void **state)
{
	struct world *w = *state;
	struct digest of = arm(w, 1, 5, "");

	pass(w, 0);
	assert_int_equal(count(w, DESK_PAGE, "\"first\""), 3);
	assert_int_equal(count(w, DESK_PAGE, "\"channel\":\"push\""), 1);
	desk_answered(w->desk, &of, span_str("ana"), 1U << POST_FIRST,
	    now_of(w));
	pass(w, 0);
	assert_int_equal(count(w, DESK_STOP, "\"why\":\"answered\""), 1);
	/* the stop is durable before the record that says why */
	assert_int_equal(w->w[w->n - 2].kind, DESK_STOP);
	assert_non_null(strstr(w->w[w->n - 1].body,
	    "\"end\":\"answered\""));
	assert_non_null(strstr(w->w[w->n - 1].body, "\"person\":\"ana\""));
	assert_int_equal(desk_count(w->desk), 0);
	/* and it is not begun anew */
	pass(w, 3600000);
	assert_int_equal(count(w, DESK_PAGE, "command"), 1);
}

static void
test_where_several_answer_each_must(void **state)
{
	struct world *w = *state;
	struct digest of;

	assert_int_equal(ladders_tighten(&w->ladders, span_str("5"),
	    span_str("0s first by screen push command; 10m first second by "
	    "command; 15m lead by command; 30m authority alternate by command "
	    "tell neighbour secretariat; exhausted 60m; answers first lead"),
	    NULL), ERR_NONE);
	of = arm(w, 1, 5, "");
	pass(w, 0);
	desk_answered(w->desk, &of, span_str("ana"), 1U << POST_FIRST,
	    now_of(w));
	pass(w, 0);
	assert_int_equal(desk_count(w->desk), 1);
	assert_int_equal(count(w, DESK_STOP, "\"person\":\"ana\""), 1);
	/* one who does not say who it was is not the other one */
	desk_answered(w->desk, &of, span_str(""), 0, now_of(w));
	pass(w, 15 * 60000);
	assert_int_equal(count(w, DESK_PAGE, "\"post\":\"lead\""), 1);
	desk_answered(w->desk, &of, span_str("eva"), 1U << POST_LEAD,
	    now_of(w));
	pass(w, 0);
	assert_int_equal(desk_count(w->desk), 0);
}

static void
test_a_failed_channel_stops_no_other(void **state)
{
	struct world *w = *state;
	size_t n;

	(void)arm(w, 1, 3, "");
	w->channels = 1U << CHANNEL_MAIL | 1U << CHANNEL_PUSH;
	pass(w, 0);
	assert_int_equal(count(w, DESK_PAGE, ""), 2); /* screen, mail */
	for (size_t i = 0; i < w->n; i++)
		if (strstr(w->w[i].body, "\"channel\":\"mail\"") != NULL &&
		    w->w[i].kind == DESK_PAGE) {
			desk_failed(w->desk, &w->w[i].ticket.id, now_of(w),
			    true);
			desk_failed(w->desk, &w->w[i].ticket.id, now_of(w),
			    true);
		}
	pass(w, 0);
	assert_int_equal(count(w, DESK_PAGE, "\"channel\":\"push\""), 1);
	/* when all have failed the next step does not wait */
	n = w->n;
	for (size_t i = 0; i < n; i++)
		if (w->w[i].kind == DESK_PAGE)
			desk_failed(w->desk, &w->w[i].ticket.id, now_of(w),
			    true);
	pass(w, 0);
	assert_int_equal(count(w, DESK_PAGE, "\"post\":\"second\""), 1);
}

static void
test_a_post_without_anybody_does_not_wait(void **state)
{
	struct world *w = *state;

	w->is_nobody = true;
	(void)arm(w, 1, 5, "");
	pass(w, 0);
	/* step 2 calls the second officer, at once; the lead in five minutes */
	assert_int_equal(count(w, DESK_PAGE, "\"post\":\"second\""), 1);
	assert_int_equal(count(w, DESK_PAGE, "\"post\":\"lead\""), 0);
	pass(w, 5 * 60000);
	assert_int_equal(count(w, DESK_PAGE, "\"post\":\"lead\""), 1);
}

static void
test_a_storm_is_one_page(void **state)
{
	struct world *w = *state;

	for (unsigned char i = 0; i < 9; i++) {
		(void)arm(w, i, 5, "the same");
		pass(w, 1000);
	}
	assert_int_equal(count(w, DESK_PAGE, "\"channel\":\"push\""), 6);
	assert_int_equal(count(w, DESK_PAGE, "\"count\":6"), 3);
	/* the steps are taken all the same, and say so */
	assert_int_equal(count(w, DESK_ESCALATION, "\"merged\":1"), 3);
	(void)arm(w, 20, 5, "another");
	pass(w, 0);
	assert_int_equal(count(w, DESK_PAGE, "\"channel\":\"push\""), 7);
}

static void
test_nobody_is_called_all_the_time(void **state)
{
	struct world *w = *state;

	for (unsigned char i = 0; i < 14; i++) {
		(void)arm(w, i, 4, "");
		pass(w, 1000);
	}
	assert_int_equal(count(w, DESK_PAGE, "\"channel\":\"push\""),
	    DESK_CALLS);
	assert_int_equal(count(w, DESK_ESCALATION, "\"held\":1"), 2);
}

static void
test_the_night_is_kept_below_level_4(void **state)
{
	struct world *w = *state;

	w->is_quiet = true;
	(void)arm(w, 1, 3, "");
	pass(w, 4 * 3600000);
	assert_int_equal(count(w, DESK_PAGE, "\"channel\":\"push\""), 0);
	assert_int_equal(count(w, DESK_PAGE, "\"channel\":\"screen\""), 2);
	/* what was not made is on record */
	assert_int_equal(count(w, DESK_ESCALATION,
	    "\"channel\":\"push\",\"quiet\":true"), 1);
	(void)arm(w, 2, 4, "");
	pass(w, 0);
	assert_int_equal(count(w, DESK_PAGE, "\"channel\":\"push\""), 1);
	(void)arm(w, 3, 5, "");
	pass(w, 0);
	assert_int_equal(count(w, DESK_PAGE, "\"channel\":\"command\""), 1);
	assert_int_equal(count(w, DESK_ESCALATION, "\"quiet\":true"), 1);
}

/* The screen fails, as by night it does: neither is a loud channel used
 * instead, nor does the lead hear of it earlier. */
static void
test_a_failure_by_night_wakes_nobody(void **state)
{
	struct world *w = *state;
	struct uuid page;

	w->is_quiet = true;
	w->channels = 1U << CHANNEL_PUSH | 1U << CHANNEL_COMMAND;
	(void)arm(w, 1, 3, "");
	pass(w, 4 * 3600000);
	for (size_t i = 0, n = w->n; i < n; i++) {
		if (w->w[i].kind != DESK_PAGE)
			continue;
		page = w->w[i].ticket.id;
		desk_failed(w->desk, &page, now_of(w), true);
	}
	pass(w, 1000);
	assert_int_equal(count(w, DESK_PAGE, "\"channel\":\"screen\""), 2);
	assert_int_equal(count(w, DESK_PAGE, ""), 2);
	assert_int_equal(count(w, DESK_PAGE, "\"post\":\"lead\""), 0);
}

static void
test_who_is_not_there_does_not_delay(void **state)
{
	struct world *w = *state;

	w->absent = 1U << POST_FIRST | 1U << POST_SECOND;
	(void)arm(w, 1, 4, "");
	pass(w, 0);
	/* the first officer is called all the same, and those behind */
	assert_int_equal(count(w, DESK_PAGE, "\"post\":\"first\""), 2);
	assert_int_equal(count(w, DESK_PAGE, "\"post\":\"second\""), 2);
	assert_int_equal(count(w, DESK_PAGE, "\"post\":\"lead\""), 2);
	assert_int_equal(count(w, DESK_PAGE, "\"post\":\"alternate\""), 0);
	assert_int_equal(count(w, DESK_ESCALATION, "\"absent\":2"), 1);
	/* later steps come in their time */
	pass(w, 20 * 60000 - 1);
	assert_int_equal(count(w, DESK_PAGE, ""), 6);
	w->absent = 0;
	pass(w, 1);
	assert_int_equal(count(w, DESK_PAGE, "\"step\":2"), 1);
	assert_int_equal(count(w, DESK_ESCALATION, "\"absent\":0"), 1);
}

static void
test_nobody_there_at_all_leaves_the_authority_in_peace(void **state)
{
	struct world *w = *state;

	w->absent = ~0U;
	(void)arm(w, 1, 5, "");
	pass(w, 0);
	assert_int_equal(count(w, DESK_PAGE, "\"post\":\"alternate\""), 3);
	assert_int_equal(count(w, DESK_PAGE, "\"post\":\"authority\""), 0);
}

static void
test_by_hand_and_by_withdrawal(void **state)
{
	struct world *w = *state;
	struct digest of = arm(w, 1, 5, ""), other = { { 7 } };

	pass(w, 60000);
	assert_int_equal(desk_hasten(w->desk, &other, now_of(w), true),
	    ERR_NOT_FOUND);
	assert_int_equal(desk_hasten(w->desk, &of, now_of(w), true),
	    ERR_NONE);
	pass(w, 0);
	assert_int_equal(count(w, DESK_PAGE, "\"post\":\"second\""), 1);
	/* the next one comes five minutes after it, not after fifteen */
	pass(w, 5 * 60000 - 1);
	assert_int_equal(count(w, DESK_PAGE, "\"post\":\"lead\""), 0);
	pass(w, 1);
	assert_int_equal(count(w, DESK_PAGE, "\"post\":\"lead\""), 1);
	desk_cancel(w->desk, &of);
	pass(w, 3600000);
	assert_int_equal(count(w, DESK_STOP, "\"why\":\"cancelled\""), 1);
	assert_int_equal(count(w, DESK_WORD, ""), 0);
	assert_int_equal(desk_count(w->desk), 0);
}

static void
test_at_the_end_others_are_told_and_no_more(void **state)
{
	struct world *w = *state;

	(void)arm(w, 1, 5, "secret name");
	pass(w, 10 * 60000);
	pass(w, 5 * 60000);
	pass(w, 15 * 60000);
	pass(w, 15 * 60000);
	assert_int_equal(count(w, DESK_WORD, "\"silent\":\"uy\""), 2);
	pass(w, 15 * 60000);
	/* the third word is for who issued it */
	assert_int_equal(count(w, DESK_WORD, "\"what\":\"exhausted\""), 1);
	assert_int_equal(count(w, DESK_WORD, "secret"), 0);
	assert_int_equal(count(w, DESK_WORD, "digest"), 0);
	assert_int_equal(count(w, DESK_ESCALATION, "\"end\":\"exhausted\""),
	    1);
	assert_int_equal(desk_count(w->desk), 0);
}

/* --- test alerts --- */

static void
test_a_test_calls_whom_its_ladder_says_and_nobody_else(void **state)
{
	struct world *w = *state;
	struct digest of;

	/* nobody is known to be there, and one has no push message */
	w->absent = 1U << POST_FIRST;
	w->channels = 1U << CHANNEL_COMMAND | 1U << CHANNEL_MAIL;
	of = arm_as(w, LADDER_TEST, 1, 4, "");
	pass(w, 0);
	assert_int_equal(count(w, DESK_PAGE, "\"reason\":\"trial\""),
	    1);
	assert_int_equal(count(w, DESK_PAGE, "\"channel\":\"screen\""), 1);
	assert_int_equal(count(w, DESK_PAGE, ""), 1);
	/* that it fails is what a test is to show; the post's other way is
	 * tried too, and nobody else's */
	for (size_t i = 0; i < w->told; i++)
		if (w->w[i].kind == DESK_PAGE)
			desk_failed(w->desk, &w->w[i].ticket.id, now_of(w),
			    true);
	pass(w, 23 * 3600000);
	assert_int_equal(count(w, DESK_PAGE, "\"channel\":\"command\""), 1);
	assert_int_equal(count(w, DESK_PAGE, "\"post\":\"first\""), 2);
	assert_int_equal(count(w, DESK_PAGE, ""), 2);
	desk_answered(w->desk, &of, span_str("ana"), 1U << POST_FIRST,
	    now_of(w));
	pass(w, 0);
	assert_int_equal(count(w, DESK_ESCALATION, "\"end\":\"answered\""),
	    1);
	assert_int_equal(count(w, DESK_ESCALATION, "\"case\":\"test\""),
	    w->n - count(w, DESK_PAGE, "") - count(w, DESK_STOP, ""));
}

static void
test_a_test_that_nobody_answers_is_told_to_nobody(void **state)
{
	struct world *w = *state;

	(void)arm_as(w, LADDER_TEST, 1, 5, "");
	pass(w, 0);
	assert_int_equal(count(w, DESK_PAGE, ""), 3);
	pass(w, 24 * 3600000);
	assert_int_equal(count(w, DESK_ESCALATION, "\"end\":\"exhausted\""),
	    1);
	assert_int_equal(count(w, DESK_WORD, ""), 0);
	assert_int_equal(desk_count(w->desk), 0);
}

static void
test_the_night_is_kept_for_a_test_of_any_level(void **state)
{
	struct world *w = *state;

	w->is_quiet = true;
	(void)arm_as(w, LADDER_TEST, 1, 5, "");
	pass(w, 0);
	assert_int_equal(count(w, DESK_PAGE, "\"channel\":\"screen\""), 1);
	assert_int_equal(count(w, DESK_PAGE, ""), 1);
}

static void
test_steps_for_a_test_are_the_state_s_own(void **state)
{
	static const struct {
		const char *text;
		enum err e;
	} row[] = {
		{ "0s first by screen; exhausted 1h", ERR_NONE },
		{ "", ERR_NONE },
		{ "0s first by push; 1h lead by mail; exhausted 4h; quiet "
		  "kept", ERR_NONE },
		{ "0s first by push tell neighbour; exhausted 4h", ERR_RULE },
		{ "0s frist by push; exhausted 4h", ERR_SYNTAX },
	};
	struct world *w = *state;
	struct desk_notice n = { .level = 5, .silent = "uy" };

	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct ladders l = w->ladders;

		assert_int_equal(ladders_tighten(&l, span_str("5-test"),
		    span_str(row[i].text), NULL), row[i].e);
		assert_memory_equal(l.at[LADDER_RECIPIENT],
		    w->ladders.at[LADDER_RECIPIENT],
		    sizeof l.at[LADDER_RECIPIENT]);
	}
	assert_int_equal(ladders_tighten(&w->ladders, span_str("5-test"),
	    span_str(""), NULL), ERR_NONE);
	assert_false(desk_arm(w->desk, LADDER_TEST, &n, now_of(w).wall,
	    now_of(w), true));
}

/* A state that is away owes an answer to each of very many notices, and to all
 * but a few nobody will be called: each is little, and is found at once. */
static void
test_very_many_are_little(void **state)
{
	enum { MANY = 20000, REVISIONS = 3 };
	struct world *w = *state;
	struct desk_notice n = { .level = 4, .origin = "a.example/log/br/1",
		.issuer = "br", .silent = "cl", .campaign = "" };
	const struct desk_item *it = NULL;
	struct uuid id[2];
	size_t found = 0;

	assert_true(sizeof *it <= 320);
	for (uint32_t i = 0; i < MANY; i++) {
		n.digest = hash_sha256(span_of((unsigned char *)&i, sizeof i));
		if (i % REVISIONS == 0)
			n.id = uuid_make(now_of(w).wall, n.digest.b);
		id[i == MANY / 2 / REVISIONS * REVISIONS] = n.id;
		assert_true(desk_arm(w->desk, LADDER_NO_RECEIPT, &n,
		    now_of(w).wall, now_of(w), true));
		/* the texts are the desk's own, each once */
		it = desk_at(w->desk, desk_count(w->desk) - 1);
		assert_ptr_not_equal(it->notice.origin, n.origin);
		assert_ptr_equal(it->notice.origin,
		    desk_at(w->desk, 0)->notice.origin);
		assert_true(it->answer == NULL && it->out == NULL);
	}
	for (it = NULL; (it = desk_next(w->desk, &id[1], it)) != NULL; found++)
		desk_heard(w->desk, LADDER_NO_RECEIPT, &it->notice.digest,
		    span_str("cl"));
	assert_int_equal(found, REVISIONS);
	(void)desk_step(w->desk, now_of(w), true);
	assert_int_equal(desk_count(w->desk), MANY - REVISIONS);
	assert_null(desk_next(w->desk, &id[1], NULL));
	assert_non_null(desk_next(w->desk, &id[0], NULL));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_ladder_may_be_tightened_only),
		TEST(test_an_answer_stops_the_pages),
		TEST(test_where_several_answer_each_must),
		TEST(test_a_failed_channel_stops_no_other),
		TEST(test_a_post_without_anybody_does_not_wait),
		TEST(test_a_storm_is_one_page),
		TEST(test_nobody_is_called_all_the_time),
		TEST(test_the_night_is_kept_below_level_4),
		TEST(test_a_failure_by_night_wakes_nobody),
		TEST(test_who_is_not_there_does_not_delay),
		TEST(test_nobody_there_at_all_leaves_the_authority_in_peace),
		TEST(test_by_hand_and_by_withdrawal),
		TEST(test_at_the_end_others_are_told_and_no_more),
		TEST(test_a_test_calls_whom_its_ladder_says_and_nobody_else),
		TEST(test_a_test_that_nobody_answers_is_told_to_nobody),
		TEST(test_the_night_is_kept_for_a_test_of_any_level),
		TEST(test_steps_for_a_test_are_the_state_s_own),
		TEST(test_very_many_are_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
