/* SPDX-License-Identifier: Apache-2.0
 *
 * The leak guard: what it finds, what it must not take for a leak, and how
 * often it cries on real documents.
 */
#include "base/limits.h"
#include "rules/guard.h"

#include "cmocka_all.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row {
	const char *text;
	const char *found; /* codes without "guard-", in order */
};

static const struct row rows[] = {
	/* addresses */
	{ "seen at 10.1.2.3 and 192.168.7.1:80", "address address" },
	{ "from 172.16.0.9, not 172.32.0.9", "address" },
	{ "defanged 10[.]20[.]30[.]40", "address" },
	{ "public 8.8.8.8, 192.0.2.7, 11.0.0.1", "" },
	{ "the ranges 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16", "" },
	{ "the net 10.4.0.0/16", "address" },
	{ "version 10.2.3.4 and v10.2.3.4", "" },
	{ "10.2.3.4.5 or 110.2.3.4 or 10.2.3.400", "" },
	{ "host fd12:3456:789a::1 and fc00:1:2::", "address address" },
	{ "2001:db8::1, face:b00c::1, fd:1:2", "" },
	/* hosts */
	{ "mail.corp.local and db1.internal", "host host" },
	{ "dc01.ad.gub.uy is inside", "host" },
	{ "www.gub.uy is not, nor bad.gub.uy", "" },
	{ "com.sun.internal, /usr/x.local, settings.local.php", "" },
	{ "a local host, localhost, .local", "" },
	/* persons */
	{ "write to ana.perez@mides.example.uy", "mail" },
	{ "write to csirt@cert.example, security@vendor.com", "" },
	{ "you@example.com and @handle and a@b", "" },
	{ "call +598 2 901 2929 now", "phone" },
	{ "+55 (61) 3411-2323, +1", "phone" },
	{ "2+12345678 or +2026 or 1+1", "" },
	/* national numbers, and the same with a wrong check digit */
	{ "CPF 529.982.247-25", "person-id" },
	{ "CPF 529.982.247-26, 111.111.111-11", "" },
	{ "RUT 12.345.678-5", "person-id" },
	{ "RUT 12.345.678-6", "" },
	{ "RUN 10.000.013-K", "person-id" },
	{ "CUIL 20-12345678-6", "person-id" },
	{ "CUIT 30-12345678-6, 20-12345678-7", "" },
	{ "CI 1.234.567-2", "person-id" },
	{ "CI 171003406-5 of EC, 171003406-6", "person-id" },
	{ "001-1391858-5 of DO, 001-1391858-6", "person-id" },
	{ "HEGG560427MVZRRL04", "person-id" },
	{ "HEGG560427MVZRRL05", "" },
	{ "X529.982.247-25, 529.982.247-25a", "" },
	/* secrets */
	{ "password: Hunter2!", "credential" },
	{ "contraseña: Mate2026", "credential" },
	{ "senha = Caf3zinho", "credential" },
	{ "mot de passe : Baguette9", "credential" },
	{ "the password is weak; password reset; password: see below", "" },
	{ "password=<redacted>, password: $PASS123", "" },
	{ "ftp://root:toor99@10.0.0.5/", "credential address" },
	{ "https://example.net/a:b@c", "" },
	{ "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl", "key" },
	{ "-----BEGIN PUBLIC KEY-----\nMCow", "" },
	{ "AKIAIOSFODNN7EXAMPLE", "key" },
	{ "AKIA and ASIA are words", "" },
	{ "AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ", "key" },
	{ "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln", "key" },
	{ "eyJhbGciOiJIUzI1NiJ9 alone", "" },
	/* labels; the text goes out as TLP:GREEN */
	{ "was TLP:RED, now TLP:AMBER+STRICT", "words words" },
	{ "tlp amber", "words" },
	{ "TLP:GREEN and TLP:CLEAR and TLP:WHITE", "" },
	{ "TLP: no label; TLPS:RED", "" },
	/* hostile */
	{ "", "" },
	{ "@", "" },
	{ "::::::::::::::", "" },
	{ "1.", "" },
	{ "TLP:", "" },
};

static const char *
codes(const struct guard *g, struct buf *b)
{
	buf_clear(b);
	for (size_t i = 0; i < g->n; i++)
		buf_put_format(b, "%s%s", i > 0 ? " " : "",
		    guard_code(g->hit[i].rule) + 6);
	buf_put_u8(b, '\0');
	return (const char *)b->p;
}

static struct json_val
body_of(struct arena *a, const char *text)
{
	struct json *doc = arena_alloc(a, sizeof *doc);
	struct json_out w;
	struct buf b;

	buf_init(&b, 1 << 20);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_str(&w, "note", text);
	json_put_close(&w, '}');
	assert_int_equal(json_parse_arena(arena_copy(a, buf_span(&b)), 16,
	    32768, a, doc, NULL), ERR_NONE);
	buf_release(&b);
	return json_root(doc);
}

static void
test_texts(void **state)
{
	const struct span inside[] = { span_str("ad.gub.uy") };
	const struct guard_ask ask = { .tlp = TLP_GREEN, .domain = inside,
		.domain_n = 1 };
	struct arena a = { 0 };
	unsigned wrong = 0;
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct guard g = { 0 };

		guard_text(&ask, body_of(&a, rows[i].text), &a, &g);
		if (strcmp(codes(&g, &b), rows[i].found) != 0) {
			print_error("\"%s\": %s, not %s\n", rows[i].text,
			    codes(&g, &b), rows[i].found);
			wrong++;
		}
		for (size_t k = 0; k < g.n; k++) {
			assert_string_equal(g.hit[k].field, "note");
			assert_true(g.hit[k].at + g.hit[k].n <=
			    strlen(rows[i].text));
		}
	}
	assert_int_equal(wrong, 0);
	buf_release(&b);
	arena_release(&a);
}

static void
test_words_in_four_languages(void **state)
{
	(void)state;
	for (int r = 0; r < GUARD_RULES; r++)
		for (int l = 0; l < LANG_COUNT; l++)
			assert_true(guard_sentence((enum guard_rule)r,
			    (enum lang)l)[0] != '\0');
}

/* --- sources --- */

static void
test_sources(void **state)
{
	const struct span br = span_str("br"), cl = span_str("cl");
	const struct span both[] = { br, cl };
	const struct guard_source amber = { .has_tlp = true,
		.tlp = TLP_AMBER, .aud = &br, .aud_n = 1 };
	const struct guard_source clear = { .has_tlp = true,
		.tlp = TLP_CLEAR, .open = true };
	const struct guard_source import = { .has_tlp = true,
		.tlp = TLP_RED };
	struct guard g = { 0 };

	(void)state;
	guard_sources(TLP_AMBER, false, &br, 1, &amber, 1, &g);
	guard_sources(TLP_RED, false, both, 2, &clear, 1, &g);
	assert_int_equal(g.n, 0);
	guard_sources(TLP_AMBER, false, both, 2, &amber, 1, &g);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.hit[0].rule, GUARD_AUDIENCE);
	guard_sources(TLP_CLEAR, true, NULL, 0, &amber, 1, &g);
	assert_int_equal(g.n, 3);
	assert_int_equal(g.hit[1].rule, GUARD_LABEL);
	assert_int_equal(g.hit[2].rule, GUARD_AUDIENCE);
	guard_sources(TLP_AMBER, false, both, 2, &import, 1, &g);
	assert_int_equal(g.n, 4);
	assert_int_equal(g.hit[3].rule, GUARD_LABEL);
}

/* --- copies --- */

#define SECRET "the attackers entered through the maintenance account of " \
    "the pension fund and stayed for nine weeks before anybody saw them"

static void
test_copies(void **state)
{
	static const struct {
		const char *mine;
		bool copied;
	} cases[] = {
		{ SECRET, true },
		{ "We add: " SECRET ". Patch now.", true },
		{ "We add: The attackers ENTERED, through the maintenance "
		  "account of the pension -- fund and.", true },
		/* eleven words in a row */
		{ "Note: the attackers entered through the maintenance account "
		  "of the pension x", false },
		{ "nothing of it stands here, but words like the attackers and "
		  "the pension fund and maintenance account", false },
		{ "", false },
	};
	struct arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct json_val mine = body_of(&a, cases[i].mine);
		struct guard g = { 0 };
		bool got = guard_copied(mine, body_of(&a, "Intro words. "
		    SECRET " and more"), &a, &g);

		if (got != cases[i].copied || g.n != cases[i].copied)
			fail_msg("case %zu: %d", i, got);
	}
	arena_release(&a);
}

/* Any run of GUARD_RUN words has a whole window in it, wherever it begins. */
static void
test_windows_cover_runs(void **state)
{
	struct span out[GUARD_WINDOWS];
	struct arena a = { 0 };
	char text[8192];

	(void)state;
	for (unsigned lead = 0; lead < 20; lead++) {
		bool found = false;
		size_t n, used = 0;

		for (unsigned i = 0; i < lead + GUARD_RUN + 5; i++)
			used += (size_t)snprintf(text + used,
			    sizeof text - used, "%s%u ",
			    i >= lead && i < lead + GUARD_RUN ? "copy" :
								"own", i);
		n = guard_windows(body_of(&a, text), &a, out);
		for (size_t i = 0; i < n; i++)
			found = found ||
			    memmem(out[i].p, out[i].n, "own", 3) == NULL;
		assert_true(found);
	}
	arena_release(&a);
}

/* --- how often it cries --- */

struct rate {
	unsigned documents, cried, hits[GUARD_RULES];
};

static char *
read_whole(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	char *p = malloc(1 << 22);

	assert_non_null(p);
	*n = f != NULL ? fread(p, 1, 1 << 22, f) : 0;
	if (f != NULL)
		fclose(f);
	return p;
}

static void
measure(const char *pattern, struct rate *r)
{
	const struct guard_ask ask = { .tlp = TLP_GREEN };
	glob_t all = { 0 };

	if (glob(pattern, 0, NULL, &all) != 0)
		return;
	for (size_t i = 0; i < all.gl_pathc; i++) {
		struct arena a = { 0 };
		struct guard g = { 0 };
		struct json doc;
		size_t n;
		char *text = read_whole(all.gl_pathv[i], &n);

		if (json_parse_arena(span_of(text, n), LIMIT_IMPORT_DEPTH,
			4 << 20, &a, &doc, NULL) == ERR_NONE) {
			guard_text(&ask, json_root(&doc), &a, &g);
			r->documents++;
			r->cried += g.n != 0;
			for (size_t k = 0; k < g.n; k++) {
				r->hits[g.hit[k].rule]++;
				if (getenv("GUARD_SHOW") != NULL)
					print_message("# %s %s %s\n",
					    all.gl_pathv[i],
					    guard_code(g.hit[k].rule),
					    g.hit[k].field);
			}
		}
		arena_release(&a);
		free(text);
	}
	globfree(&all);
}

static void
test_real_documents(void **state)
{
	struct rate r = { 0 };

	(void)state;
	measure("../shared/data/csaf/cisa/*/*/*/*.json", &r);
	measure("../shared/data/csaf/oasis-2.0/examples/csaf/*.json", &r);
	measure("../shared/data/csaf/oasis-2.0/examples/csaf/*/*.json", &r);
	measure("../shared/data/kev/known_exploited_vulnerabilities.json",
	    &r);
	if (r.documents == 0) {
		print_message("# skipped: needs the shared data\n");
		return;
	}
	print_message("# %u real advisories, %u with a warning:", r.documents,
	    r.cried);
	for (int k = 0; k < GUARD_RULES; k++)
		if (r.hits[k] != 0)
			print_message(" %s %u", guard_code((enum guard_rule)k),
			    r.hits[k]);
	print_message("\n");
	/* fewer than one in twenty */
	assert_true(r.cried * 20 < r.documents);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_words_in_four_languages),
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_windows_cover_runs),
		cmocka_unit_test(test_real_documents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
