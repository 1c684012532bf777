/* SPDX-License-Identifier: Apache-2.0
 *
 * The same from several origins: what is news, what is not, who may be told of
 * it, and that a record of it is read as it was written.
 */
#include "watch/overlap.h"

#include "record/observable.h"

#include "cmocka_all.h"

static struct overlap_side
side(const char *team, unsigned char id)
{
	struct overlap_side x = { .team = span_str(team) };

	memset(x.id.b, id, sizeof x.id.b);
	x.id.b[6] = 0x70 | (id & 15);
	x.id.b[8] = 0x80 | (id & 15);
	memset(&x.digest, id, sizeof x.digest);
	return x;
}

static const struct overlap none;

static enum overlap_due
decide(const struct overlap *known, size_t n, const char *exercise,
    struct overlap_side fresh, const struct overlap_side *holder,
    size_t holder_n, struct overlap *out)
{
	return overlap_decide(known, n, span_str("net:203.0.113.7"),
	    span_str(exercise), &fresh, holder, holder_n, out);
}

static void
test_two_origins_are_linked_once(void **state)
{
	struct overlap_side other[] = { side("br", 1) };
	struct overlap known[1], o;

	(void)state;
	assert_int_equal(decide(&none, 0, "", side("uy", 2), other, 1,
	    &known[0]), OVERLAP_NEW);
	assert_int_equal(known[0].n, 2);
	assert_int_equal(overlap_open_teams(&known[0]), 2);
	/* either of them again */
	assert_int_equal(decide(known, 1, "", side("uy", 2), other, 1, &o),
	    OVERLAP_NOTHING);
	other[0] = side("uy", 2);
	assert_int_equal(decide(known, 1, "", side("br", 1), other, 1, &o),
	    OVERLAP_NOTHING);
	/* a third one joins them, also one that was put aside */
	known[0].is_done = true;
	assert_int_equal(decide(known, 1, "", side("cl", 3), other, 1, &o),
	    OVERLAP_MORE);
	assert_int_equal(o.n, 3);
	assert_false(o.is_done);
	/* nobody else holds it */
	assert_int_equal(decide(known, 1, "", side("cl", 3), other, 0, &o),
	    OVERLAP_NOTHING);
}

static void
test_one_affair_is_no_overlap(void **state)
{
	struct overlap_side a = side("br", 1), b = side("uy", 2),
	    c = side("cl", 3);
	struct overlap o;

	(void)state;
	/* of one team */
	b.team = a.team;
	assert_int_equal(decide(&none, 0, "", b, &a, 1, &o), OVERLAP_NOTHING);
	/* a sighting of the notice itself, whichever comes first */
	b = side("uy", 2);
	b.has_re = true;
	b.re = a.digest;
	assert_int_equal(decide(&none, 0, "", b, &a, 1, &o), OVERLAP_NOTHING);
	assert_int_equal(decide(&none, 0, "", a, &b, 1, &o), OVERLAP_NOTHING);
	/* two of the same notice */
	c.has_re = true;
	c.re = b.re;
	assert_int_equal(decide(&none, 0, "", c, &b, 1, &o), OVERLAP_NOTHING);
	memset(&c.re, 9, sizeof c.re);
	assert_int_equal(decide(&none, 0, "", c, &b, 1, &o), OVERLAP_NEW);
}

static void
test_exercises_stay_apart(void **state)
{
	struct overlap_side a = side("br", 1), b = side("uy", 2);
	struct overlap known, o;

	(void)state;
	assert_int_equal(decide(&none, 0, "EX", b, &a, 1, &known),
	    OVERLAP_NEW);
	assert_true(span_is_str(known.exercise, "EX"));
	/* the same sides, but what is known is of an exercise */
	assert_int_equal(decide(&known, 1, "", b, &a, 1, &o), OVERLAP_NEW);
	assert_int_equal(o.exercise.n, 0);
}

static void
test_what_is_shut_is_told_to_nobody(void **state)
{
	struct overlap_side a = side("br", 1), b = side("uy", 2);
	struct overlap known, o;

	(void)state;
	a.is_shut = true;
	assert_int_equal(decide(&none, 0, "", b, &a, 1, &known), OVERLAP_NEW);
	assert_int_equal(overlap_open_teams(&known), 1);
	/* the embargo ends: that is news */
	a.is_shut = false;
	assert_int_equal(decide(&known, 1, "", a, &b, 1, &o), OVERLAP_MORE);
	assert_int_equal(o.n, 2);
	assert_int_equal(overlap_open_teams(&o), 2);
}

static void
test_the_full_one_takes_no_more(void **state)
{
	struct overlap known = { .exercise = span_str("") }, o;
	struct overlap_side other = side("t0", 1);

	(void)state;
	for (unsigned char i = 0; i < LIMIT_OVERLAP_SIDES; i++) {
		known.side[known.n] = side("t0", (unsigned char)(i + 1));
		known.n++;
	}
	assert_int_equal(decide(&known, 1, "", side("uy", 99), &other, 1, &o),
	    OVERLAP_NOTHING);
}

static void
test_nobody_is_guessed(void **state)
{
	struct span crowd[OVERLAP_CROWD + 2] = { span_str("br"),
		span_str("uy") };
	struct span named[] = { span_str("cl"), span_str("br"),
		span_str("uy") };
	struct overlap_side b = side("uy", 2), a = side("br", 1);
	struct overlap o;
	struct span who;

	(void)state;
	for (size_t i = 2; i < OVERLAP_CROWD + 2; i++)
		crowd[i] = span_str("xx");
	assert_int_equal(decide(&none, 0, "", b, &a, 1, &o), OVERLAP_NEW);
	assert_false(overlap_may_go(&o, named, 1, crowd, 2, &who));
	assert_false(overlap_may_go(&o, named, 2, crowd, 2, &who));
	assert_true(span_is_str(who, "uy"));
	assert_true(overlap_may_go(&o, named, 3, crowd, 2, &who));
	/* to one of them alone, and to so many that it tells nothing */
	assert_true(overlap_may_go(&o, named, 1, crowd, 1, &who));
	assert_false(overlap_may_go(&o, named, 1, crowd, OVERLAP_CROWD + 1,
	    &who));
	assert_true(overlap_may_go(&o, named, 1, crowd, OVERLAP_CROWD + 2,
	    &who));
}

static void
test_who_agreed_is_told_once(void **state)
{
	struct overlap o = { .n = 3, .side = { side("br", 1), side("uy", 2),
	    side("br", 3) } };
	struct overlap_side told[3] = { side("br", 1), side("uy", 2),
		side("br", 3) };

	(void)state;
	/* one team alone, though by two records */
	assert_false(overlap_link_is_due(&o, (bool[]){ true, false, true },
	    NULL, 0));
	assert_false(overlap_link_is_due(&o, (bool[]){ false, true, false },
	    NULL, 0));
	assert_true(overlap_link_is_due(&o, (bool[]){ true, true, false },
	    NULL, 0));
	/* told; and a further one agrees, of a team that was told of another */
	assert_false(overlap_link_is_due(&o, (bool[]){ true, true, false },
	    told, 2));
	assert_true(overlap_link_is_due(&o, (bool[]){ true, true, true },
	    told, 2));
	assert_false(overlap_link_is_due(&o, (bool[]){ true, true, true },
	    told, 3));
	/* who was told, and now says no, is not told again by that */
	assert_false(overlap_link_is_due(&o, (bool[]){ true, false, true },
	    told, 2));
	/* an id alone is not the record: another team can take it */
	told[1].team = span_str("cl");
	assert_true(overlap_link_is_due(&o, (bool[]){ true, true, false },
	    told, 2));
}

static void
test_its_record(void **state)
{
	struct overlap_side b = side("uy", 2), a = side("br", 1);
	struct overlap o, back;
	struct arena mem = { 0 };
	struct fault f = { 0 };
	struct json doc;
	struct buf out;

	(void)state;
	a.has_re = true;
	b.is_shut = true;
	assert_int_equal(decide(&none, 0, "EX", b, &a, 1, &o), OVERLAP_NEW);
	o.has_draft = true;
	o.draft = a.id;
	buf_init(&out, 65536);
	overlap_write(&o, &out);
	assert_int_equal(json_parse_arena(buf_span(&out), 16, 1000, &mem,
	    &doc, NULL), ERR_NONE);
	assert_int_equal(overlap_parse(json_root(&doc), &mem, &back, &f),
	    ERR_NONE);
	assert_int_equal(back.n, 2);
	assert_true(span_is_equal(back.observable, o.observable));
	assert_true(span_is_equal(back.exercise, o.exercise));
	assert_memory_equal(&back.draft, &o.draft, sizeof o.draft);
	for (size_t i = 0; i < 2; i++) {
		assert_true(span_is_equal(back.side[i].team, o.side[i].team));
		assert_memory_equal(&back.side[i].digest, &o.side[i].digest,
		    sizeof(struct digest));
		assert_int_equal(back.side[i].is_shut, o.side[i].is_shut);
		assert_int_equal(back.side[i].has_re, o.side[i].has_re);
	}
	assert_int_equal(json_parse_arena(span_str("{\"observable\":\"x\","
	    "\"sides\":[{\"team\":\"uy\",\"id\":\"x\"}]}"), 16, 1000, &mem,
	    &doc, NULL), ERR_NONE);
	assert_int_equal(overlap_parse(json_root(&doc), &mem, &back, &f),
	    ERR_SCHEMA);
	assert_string_equal(f.field, "id");
	buf_release(&out);
	arena_release(&mem);
}

/* --- what a body says to have been seen --- */

static const char *
list_of(const char *body, struct arena *a)
{
	struct observable *o = arena_alloc(a, LIMIT_OBSERVABLES * sizeof *o);
	struct json doc;
	struct buf b;
	const char *text;
	size_t n;

	assert_int_equal(json_parse_arena(span_str(body), 16, 1000, a, &doc,
	    NULL), ERR_NONE);
	n = observables_of(json_root(&doc), a, o);
	buf_init(&b, 4096);
	for (size_t i = 0; i < n; i++)
		buf_put_format(&b, "%.*s ", SPAN_FMT(o[i].text));
	text = arena_string(a, buf_span(&b));
	buf_release(&b);
	return text;
}

static void
test_what_was_seen(void **state)
{
	static const struct {
		const char *body, *want;
	} row[] = {
		{ "{}", "" },
		{ "{\"observables\":[{\"type\":\"domain\",\"value\":"
		  "\"Evil[.]example\"},{\"type\":\"domain\",\"value\":"
		  "\"evil.example\"},{\"type\":\"ipv4\",\"value\":"
		  "\"203.0.113.9\"}]}", "domain:evil.example net:203.0.113.9 " },
		/* what links nothing */
		{ "{\"observables\":[{\"type\":\"port\",\"value\":\"443\"},"
		  "{\"type\":\"asn\",\"value\":\"64500\"},{\"type\":\"ipv4\","
		  "\"value\":\"192.168.1.1\"},{\"type\":\"cidr\",\"value\":"
		  "\"10.1.0.0/16\"},{\"type\":\"domain\",\"value\":"
		  "\"good.example\",\"role\":\"benign\"},{\"type\":\"url\","
		  "\"value\":\"http://127.0.0.1/x\"}]}", "" },
		/* a sighting: nobody says what it is */
		{ "{\"result\":\"seen\",\"observable\":\"hxxp://Evil.example\"}",
		    "url:http://evil.example/ " },
		{ "{\"result\":\"seen\",\"observable\":"
		  "\"D41D8CD98F00B204E9800998ECF8427E\"}",
		    "digest:d41d8cd98f00b204e9800998ecf8427e " },
		{ "{\"result\":\"seen\",\"observable\":\"a@Evil.example\"}",
		    "email:a@evil.example " },
		{ "{\"result\":\"seen\",\"observable\":\"2001:DB8::1\"}",
		    "net:2001:db8::1 " },
		{ "{\"result\":\"seen\",\"observable\":\"evil.example.\"}",
		    "domain:evil.example " },
		{ "{\"result\":\"seen\",\"observable\":\"just words\"}", "" },
		{ "{\"result\":\"not_seen\",\"observable\":\"evil.example\"}",
		    "" },
		{ "{\"observables\":7,\"observable\":{}}", "" },
		{ "{\"observables\":[7,{\"type\":7},{\"value\":\"x\"}]}", "" }
	};
	struct arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		assert_string_equal(list_of(row[i].body, &a), row[i].want);
	arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_origins_are_linked_once),
		cmocka_unit_test(test_one_affair_is_no_overlap),
		cmocka_unit_test(test_exercises_stay_apart),
		cmocka_unit_test(test_what_is_shut_is_told_to_nobody),
		cmocka_unit_test(test_the_full_one_takes_no_more),
		cmocka_unit_test(test_nobody_is_guessed),
		cmocka_unit_test(test_who_agreed_is_told_once),
		cmocka_unit_test(test_its_record),
		cmocka_unit_test(test_what_was_seen)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
