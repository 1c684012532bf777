/* SPDX-License-Identifier: Apache-2.0
 *
 * Who will read: every label with every way to say an audience, teams that
 * cannot be sealed to, and revisions.
 */
#include "node/audience.h"
#include "registry_world.h"

#include "cmocka_all.h"

/* Teams: br and uy can read; cl is suspended or has no key, as a test says.
 * uy is the own team. */
struct world {
	struct arena a;
	struct registry *r;
};

enum cl_is { CL_GOOD, CL_SUSPENDED, CL_KEYLESS, CL_FORMER, CL_STRANGER };

static void
offer(struct world *w, struct doc d)
{
	struct fault f = { 0 };

	if (registry_offer(w->r, d.bytes, &f) != REGISTRY_ACCEPTED)
		fail_msg("%s: %s", f.field, f.rule);
}

static void
offer_keyset(struct world *w, const char *team, bool with_enc)
{
	struct keyset k = world_keyset(&w->a, team, 1, NULL);
	struct keyset_node *n = &k.nodes[0];
	char label[32];

	snprintf(label, sizeof label, "%s identity", team);
	if (!with_enc) { /* of entry, cosign, enc and tls */
		n->keys[2] = n->keys[3];
		n->key_count = 3;
	}
	offer(w, world_put_keyset(&w->a, &k, label));
}

static struct digest
identity_of(const char *label)
{
	struct jwk key = world_key(label);

	return jwk_thumbprint(&key);
}

static void
world_make(struct world *w, enum cl_is cl)
{
	struct charter c = world_charter(&w->a, 1, NULL, 1);
	struct doc charter = world_put_charter(&w->a, &c, WORLD_ALL);
	struct register_doc reg = world_register(&w->a, 1, NULL,
	    &charter.hash);
	struct suspended s = { .team = span_str("cl"),
		.until_s = WORLD_EXPIRES_S, .reason = span_str("test") };
	struct pin pins[2] = { { .verdict = PIN_ACCEPT },
		{ .verdict = PIN_ACCEPT } };

	w->r = registry_create(&charter.hash, NULL, 0);
	if (cl == CL_SUSPENDED) {
		reg.suspended = &s;
		reg.suspended_count = 1;
	} else if (cl == CL_FORMER) {
		reg.teams[1].status = TEAM_FORMER;
	}
	offer(w, charter);
	offer(w, world_put_register(&w->a, &reg, WORLD_ALL));
	offer_keyset(w, "br", true);
	offer_keyset(w, "cl", cl != CL_KEYLESS);
	offer_keyset(w, "uy", true);
	/* the own team, uy, is among those that nobody had to accept */
	pins[0].kid = identity_of("br identity");
	pins[1].kid = identity_of("cl identity");
	registry_set_pins(w->r, pins, cl == CL_STRANGER ? 1 : 2);
}

static void
world_end(struct world *w)
{
	registry_free(w->r);
	arena_release(&w->a);
}

static struct wall
now(void)
{
	return (struct wall){ INT64_C(1000) * WORLD_NOW_S };
}

/* Words of `list` as spans; "" is none. */
static size_t
split(const char *list, struct span *out)
{
	size_t n = 0;

	while (*list != '\0') {
		size_t len = strcspn(list, " ");

		out[n++] = span_of(list, len);
		list += len + (list[len] == ' ');
	}
	return n;
}

static const char *
join(struct arena *a, const struct span *v, size_t n)
{
	struct buf b;
	const char *text;

	buf_init(&b, 256);
	for (size_t i = 0; i < n; i++) {
		if (i != 0)
			buf_put_u8(&b, ' ');
		buf_put(&b, v[i]);
	}
	text = arena_string(a, buf_span(&b));
	buf_release(&b);
	return text;
}

struct row {
	const char *name;
	enum cl_is cl;
	enum tlp tlp;
	const char *said;  /* "all", names and @members, or "" */
	const char *had;   /* earlier readers; "*": was open */
	enum err err;
	const char *readers;
	const char *left_out; /* or what the refusal says */
};

#define OPEN "*"

static const struct row rows[] = {
	/* the labels, with nothing, "all" and names */
	{ "clear", CL_GOOD, TLP_CLEAR, "", "", ERR_NONE, OPEN, "" },
	{ "clear, all", CL_GOOD, TLP_CLEAR, "all", "", ERR_NONE, OPEN, "" },
	{ "clear, named", CL_GOOD, TLP_CLEAR, "br", "", ERR_RULE, "", "" },
	{ "green", CL_GOOD, TLP_GREEN, "", "", ERR_NONE, "br cl uy", "" },
	{ "green, all", CL_GOOD, TLP_GREEN, "all", "", ERR_NONE, "br cl uy",
	    "" },
	{ "green, named", CL_GOOD, TLP_GREEN, "br", "", ERR_RULE, "", "" },
	{ "amber", CL_GOOD, TLP_AMBER, "", "", ERR_AUDIENCE, "", "" },
	{ "amber, all", CL_GOOD, TLP_AMBER, "all", "", ERR_NONE, "br cl uy",
	    "" },
	{ "amber, named", CL_GOOD, TLP_AMBER, "cl", "", ERR_NONE, "cl uy",
	    "" },
	{ "strict", CL_GOOD, TLP_AMBER_STRICT, "", "", ERR_AUDIENCE, "", "" },
	{ "strict, all", CL_GOOD, TLP_AMBER_STRICT, "all", "", ERR_NONE,
	    "br cl uy", "" },
	{ "strict, named", CL_GOOD, TLP_AMBER_STRICT, "br cl", "", ERR_NONE,
	    "br cl uy", "" },
	{ "red", CL_GOOD, TLP_RED, "", "", ERR_AUDIENCE, "", "" },
	{ "red, all", CL_GOOD, TLP_RED, "all", "", ERR_NONE, "br cl uy", "" },
	{ "red, named", CL_GOOD, TLP_RED, "br", "", ERR_NONE, "br uy", "" },
	/* order, doubles, the own team */
	{ "in order, once", CL_GOOD, TLP_RED, "uy cl br cl", "", ERR_NONE,
	    "br cl uy", "" },
	{ "only oneself", CL_GOOD, TLP_RED, "uy", "", ERR_NONE, "uy", "" },
	{ "a stranger", CL_GOOD, TLP_RED, "br xx", "", ERR_AUDIENCE, "",
	    "is no team" },
	/* who cannot be sealed to: named is refused, meant is left out */
	{ "suspended, named", CL_SUSPENDED, TLP_AMBER, "br cl", "",
	    ERR_AUDIENCE, "", "good standing" },
	{ "keyless, named", CL_KEYLESS, TLP_AMBER, "br cl", "", ERR_AUDIENCE,
	    "", "no key" },
	{ "unconfirmed, named", CL_STRANGER, TLP_AMBER, "br cl", "",
	    ERR_AUDIENCE, "", "nobody has accepted" },
	{ "unconfirmed, green", CL_STRANGER, TLP_GREEN, "", "", ERR_NONE,
	    "br uy", "cl" },
	{ "unconfirmed, all", CL_STRANGER, TLP_RED, "all", "", ERR_NONE,
	    "br uy", "cl" },
	{ "had it, now unconfirmed", CL_STRANGER, TLP_AMBER, "", "br cl uy",
	    ERR_NONE, "br uy", "cl" },
	{ "former, named", CL_FORMER, TLP_AMBER, "br cl", "", ERR_AUDIENCE,
	    "", "good standing" },
	{ "keyless, green", CL_KEYLESS, TLP_GREEN, "", "", ERR_NONE, "br uy",
	    "cl" },
	{ "keyless, all", CL_KEYLESS, TLP_RED, "all", "", ERR_NONE, "br uy",
	    "cl" },
	{ "suspended, green", CL_SUSPENDED, TLP_GREEN, "", "", ERR_NONE,
	    "br uy", "" },
	{ "suspended, all", CL_SUSPENDED, TLP_AMBER, "all", "", ERR_NONE,
	    "br uy", "" },
	{ "clear is for everybody", CL_SUSPENDED, TLP_CLEAR, "", "", ERR_NONE,
	    OPEN, "" },
	/* groups: their members, behind an @, are meant and not named */
	{ "clear, group", CL_GOOD, TLP_CLEAR, "@br", "", ERR_RULE, "", "" },
	{ "green, group", CL_GOOD, TLP_GREEN, "@br", "", ERR_NONE, "br uy",
	    "" },
	{ "green, group and team", CL_GOOD, TLP_GREEN, "cl @br", "", ERR_RULE,
	    "", "" },
	{ "amber, group", CL_GOOD, TLP_AMBER, "@br cl", "", ERR_NONE,
	    "br cl uy", "" },
	{ "red, group and team", CL_GOOD, TLP_RED, "cl @br", "", ERR_NONE,
	    "br cl uy", "" },
	{ "unconfirmed, group", CL_STRANGER, TLP_AMBER, "@br cl", "",
	    ERR_NONE, "br uy", "cl" },
	{ "suspended, group", CL_SUSPENDED, TLP_GREEN, "@br cl", "", ERR_NONE,
	    "br uy", "cl" },
	{ "keyless, group", CL_KEYLESS, TLP_RED, "@cl", "", ERR_NONE, "uy",
	    "cl" },
	{ "all have left", CL_GOOD, TLP_AMBER, "@", "", ERR_NONE, "uy", "" },
	{ "group, and who had it", CL_GOOD, TLP_AMBER, "@br", "cl uy",
	    ERR_NONE, "br cl uy", "" },
	/* revisions go to everybody who has an earlier one */
	{ "who had it has it again", CL_GOOD, TLP_AMBER, "", "br uy",
	    ERR_NONE, "br uy", "" },
	{ "and others with them", CL_GOOD, TLP_RED, "cl", "br uy", ERR_NONE,
	    "br cl uy", "" },
	{ "wider", CL_GOOD, TLP_GREEN, "", "br uy", ERR_NONE, "br cl uy", "" },
	{ "opened", CL_GOOD, TLP_CLEAR, "", "br uy", ERR_NONE, OPEN, "" },
	{ "once open, open", CL_GOOD, TLP_CLEAR, "", OPEN, ERR_NONE, OPEN,
	    "" },
	{ "not closed again", CL_GOOD, TLP_RED, "br", OPEN, ERR_RULE, "", "" },
	{ "nor to all teams", CL_GOOD, TLP_GREEN, "", OPEN, ERR_RULE, "", "" },
	{ "had it, now suspended", CL_SUSPENDED, TLP_AMBER, "", "br cl uy",
	    ERR_NONE, "br uy", "cl" },
	{ "had it, now keyless", CL_KEYLESS, TLP_RED, "br", "cl uy", ERR_NONE,
	    "br uy", "cl" },
	{ "had it, green, now suspended", CL_SUSPENDED, TLP_GREEN, "",
	    "br cl uy", ERR_NONE, "br uy", "cl" },
	{ "had it, named, now suspended", CL_SUSPENDED, TLP_AMBER, "cl",
	    "cl uy", ERR_AUDIENCE, "", "" }
};

static void
check_row(const struct row *row)
{
	struct span named[8], member[8], had[8];
	struct audience_ask ask = { .tlp = row->tlp, .own = span_str("uy"),
		.named = named, .member = member, .had = had };
	struct audience untouched = { .n = 77 }, out = untouched;
	struct fault f = { 0 };
	struct world w = { 0 };
	enum err e;

	world_make(&w, row->cl);
	ask.all = strcmp(row->said, "all") == 0;
	ask.grouped = strchr(row->said, '@') != NULL;
	if (ask.grouped) {
		ask.member_n = split(strchr(row->said, '@') + 1, member);
		ask.named_n = row->said[0] == '@' ? 0 : 1;
		(void)split(row->said, named);
	} else {
		ask.named_n = ask.all ? 0 : split(row->said, named);
	}
	ask.had_open = strcmp(row->had, OPEN) == 0;
	ask.had_n = ask.had_open ? 0 : split(row->had, had);
	e = audience_make(w.r, &ask, now(), &w.a, &out, &f);
	if (e != row->err)
		fail_msg("%s: %s, not %s", row->name, err_token(e),
		    err_token(row->err));
	if (e != ERR_NONE) {
		assert_int_equal(out.n, untouched.n);
		assert_true(f.rule[0] != '\0');
		if (strstr(f.rule, row->left_out) == NULL)
			fail_msg("%s: %s", row->name, f.rule);
	} else {
		const char *readers = out.open ? OPEN :
		    join(&w.a, out.team, out.n);
		const char *left = join(&w.a, out.left_out, out.left_out_n);

		if (strcmp(readers, row->readers) != 0 ||
		    strcmp(left, row->left_out) != 0)
			fail_msg("%s: %s without %s", row->name, readers,
			    left);
		assert_true(!out.open || out.n == 0);
	}
	world_end(&w);
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check_row(&rows[i]);
}

/* Whatever is asked: if it may go, every earlier reader is a reader or is
 * told to be left out, and the own team reads. */
static void
test_earlier_readers_stay(void **state)
{
	static const char *const said[] = { "", "all", "br", "cl", "br uy" };
	static const char *const before[] = { "", "br", "cl uy", "br cl uy" };
	struct span named[8], had[8];

	(void)state;
	for (enum cl_is cl = CL_GOOD; cl <= CL_STRANGER; cl++) {
		struct world w = { 0 };

		world_make(&w, cl);
		for (unsigned i = 0; i < 5 * 5 * 4; i++) {
			struct audience_ask ask = {
				.tlp = (enum tlp)(TLP_CLEAR + (int)(i % 5)),
				.own = span_str("uy"), .named = named,
				.had = had };
			struct audience out;

			ask.all = i / 5 % 5 == 1;
			ask.named_n = ask.all ? 0 :
			    split(said[i / 5 % 5], named);
			ask.had_n = split(before[i / 25], had);
			if (audience_make(w.r, &ask, now(), &w.a, &out, NULL)
				!= ERR_NONE || out.open)
				continue;
			for (size_t k = 0; k <= ask.had_n; k++) {
				struct span team = k < ask.had_n ? had[k] :
				    ask.own;
				unsigned seen = 0;

				for (size_t t = 0; t < out.n; t++)
					seen += span_is_equal(out.team[t],
					    team);
				for (size_t t = 0; t < out.left_out_n; t++)
					seen += span_is_equal(out.left_out[t],
					    team);
				assert_int_equal(seen, 1);
			}
			for (size_t t = 0; t < out.n; t++)
				assert_true(span_is_equal(out.team[t],
				    ask.own) || audience_can_read(w.r,
				    out.team[t], now()));
		}
		world_end(&w);
	}
}

static void
test_can_read(void **state)
{
	static const bool wanted[] = { true, false, false, false, false };

	(void)state;
	for (enum cl_is cl = CL_GOOD; cl <= CL_STRANGER; cl++) {
		struct world w = { 0 };

		world_make(&w, cl);
		assert_int_equal(audience_can_read(w.r, span_str("cl"), now()),
		    wanted[cl]);
		assert_false(audience_can_read(w.r, span_str("xx"), now()));
		world_end(&w);
	}
}

/* Nobody can be sealed to at all, not even the own team. */
static void
test_nobody(void **state)
{
	struct audience_ask ask = { .tlp = TLP_GREEN, .own = span_str("cl") };
	struct audience out = { .n = 77 };
	struct world w = { 0 };

	(void)state;
	w.r = registry_create(&(struct digest){ { 0 } }, NULL, 0);
	assert_err(audience_make(w.r, &ask, now(), &w.a, &out, NULL),
	    ERR_AUDIENCE);
	assert_int_equal(out.n, 77);
	world_end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows),
		cmocka_unit_test(test_earlier_readers_stay),
		cmocka_unit_test(test_can_read),
		cmocka_unit_test(test_nobody) };

	return cmocka_run_group_tests_name("audience", tests, NULL, NULL);
}
