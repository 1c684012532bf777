/* SPDX-License-Identifier: Apache-2.0
 *
 * The index: what is found by words and values, and what of them is on the
 * disk.
 */
#include "index_world.h"

#include "index/statements.h"
#include "schema/fold.h"

#include <sqlite3.h>
#include <sys/stat.h>

static void
test_search(void **state)
{
	struct world *w;
	struct seen s;

	make_small(state);
	w = *state;
	arrive_all(w);
	follow(w);
	s = search(w, "acao");
	assert_int_equal(s.n, 2);
	assert_true(has(&s, 1, NULL) && has(&s, 6, NULL));
	assert_int_equal(search(w, "AÇÃO urgente").n, 1);
	assert_int_equal(search(w, "acao luna").n, 0);
	assert_int_equal(search(w, "bancos").n, 0); /* was corrected away */
	assert_int_equal(search(w, "corrigida").n, 1);
	assert_int_equal(search(w, "Falsa").n, 0);   /* quarantined */
	assert_int_equal(search(w, "...").n, 0);
	assert_int_equal(search(w, "\" OR p* NEAR(").n, 0);
	assert_int_equal(search(w, "ninguno").n, 4);
	/* the withdrawn revision of CVE-... has no such word any more */
	assert_int_equal(search(w, "cve-2026-1234").n, 0);
	end_small(w);
}

static void
test_find(void **state)
{
	struct world *w;
	struct arena a = { 0 };
	struct index_row r;
	struct seen s = { 0 };
	char id[UUID_TEXT + 1], d[ENTRY_DIGEST_TEXT + 1];

	make_small(state);
	w = *state;
	arrive_all(w);
	follow(w);
	uuid_write(&w->item[0].id, id);
	assert_ok(index_find(w->ix, INDEX_NOTICES, span_str(id), &a, &r, NULL,
	    NULL));
	assert_int_equal(r.rev, 1);
	assert_memory_equal(&r.digest, &w->item[1].d, 32);
	assert_ok(index_find(w->ix, INDEX_NOTICES, span_str(id + 30), &a, &r,
	    NULL, NULL));
	assert_int_equal(r.rev, 1);
	/* ids of this world differ in the last two characters only */
	assert_err(index_find(w->ix, INDEX_SHARED, span_str("0000"), &a, &r,
	    NULL, NULL), ERR_NOT_FOUND);
	entry_write_digest(&w->item[0].d, d);
	assert_ok(index_find(w->ix, INDEX_NOTICES, span_str(d + 33), &a, &r,
	    NULL, NULL));
	assert_int_equal(r.rev, 0); /* exactly that entry */
	assert_ok(index_find(w->ix, INDEX_NOTICES, span_str(d), &a, &r,
	    NULL, NULL));
	assert_err(index_find(w->ix, INDEX_NOTICES, span_str("01"), &a, &r,
	    NULL, NULL), ERR_USAGE);
	uuid_write(&w->item[15].id, id);
	assert_ok(index_draft(w->ix, span_str(id + 28), &a, &r, NULL, NULL));
	assert_int_equal(r.rev, 1);
	assert_err(index_find(w->ix, INDEX_NOTICES, span_str(id), &a, &r,
	    NULL, NULL), ERR_NOT_FOUND);
	/* two records with one tail */
	add(w, &(struct say){ BR, "warning", "TLP:GREEN", WARN("Otra"),
	    .id = 65536 + 1 });
	arrive_all(w);
	index_sweep(w->ix);
	follow(w);
	uuid_write(&w->item[0].id, id);
	assert_err(index_find(w->ix, INDEX_NOTICES, span_str(id + 30), &a, &r,
	    see, &s), ERR_CONFLICT);
	assert_int_equal(s.n, 2);
	assert_ok(index_find(w->ix, INDEX_NOTICES, span_str(id), &a, &r, NULL,
	    NULL));
	arena_release(&a);
	end_small(w);
}

static bool
file_has(const char *path, const char *word)
{
	size_t n = strlen(word), size = 0;
	FILE *f = fopen(path, "rb");
	struct buf b;
	bool found = false;

	if (f == NULL)
		return false;
	buf_init(&b, 1 << 26);
	do {
		unsigned char *p = buf_extend(&b, 65536);

		size = fread(p, 1, 65536, f);
		b.n -= 65536 - size;
	} while (size == 65536);
	fclose(f);
	for (size_t i = 0; i + n <= b.n && !found; i++)
		found = strncasecmp((const char *)b.p + i, word, n) == 0;
	buf_release(&b);
	return found;
}

/* A copied file reveals no word of what is above TLP:CLEAR. */
static void
test_sealed_at_rest(void **state)
{
	static const char *const hidden[] = { "urgente", "bancos", "ninguno!",
		"Vigilancia", "Guardia", "anaperez", "not_affected",
		"affected", "Lua cheia", "cheia" };
	struct world *w;
	char wal[128];

	make_small(state);
	w = *state;
	arrive_all(w);
	follow(w);
	snprintf(wal, sizeof wal, "%s-wal", w->path);
	for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
		assert_false(file_has(w->path, hidden[i]));
		assert_false(file_has(wal, hidden[i]));
	}
	/* what is TLP:CLEAR stands there: the look above sees something */
	assert_true(file_has(wal, "parche") || file_has(w->path, "parche"));
	end_small(w);
}

static void
put_word(void *ctx, struct span word)
{
	buf_put_format(ctx, "%.*s|", SPAN_FMT(word));
}

static void
test_fold(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	fold_text(span_str("Ação, CORAÇÕES (niño) Straße e\xcc\x81" "té"),
	    put_word, &b);
	assert_string_equal(buf_str(&b),
	    "acao|coracoes|nino|strasse|ete|");
	buf_clear(&b);
	fold_text(span_str("CVE-2026-1234."), put_word, &b);
	assert_string_equal(buf_str(&b),
	    "cve|2026|1234|cve-2026|cve-2026-1234|");
	buf_clear(&b);
	fold_text(span_str("http://192.0.2.7/x"), put_word, &b);
	assert_string_equal(buf_str(&b),
	    "http|192|0|2|7|192.0|192.0.2|192.0.2.7|x|");
	buf_clear(&b);
	fold_query(span_str("192.0.2.7 mal-vado.org"), put_word, &b);
	assert_string_equal(buf_str(&b), "192.0.2.7|mal|vado|org|");
	buf_clear(&b);
	fold_text(span_str("\xff\xc3(\xe2\x82 ok \xc3"), put_word, &b);
	assert_string_equal(buf_str(&b), "ok|");
	buf_release(&b);
}

static bool
see_team(void *ctx, const struct index_row *row)
{
	struct buf *b = ctx;

	buf_put(b, row->iss);
	buf_put_u8(b, ' ');
	return true;
}

/* A team that sees the same every day hides nobody behind its own records. */
static void
test_holders(void **state)
{
	static const char body[] = "{\"observables\":[{\"type\":\"domain\","
	    "\"value\":\"evil.example\"}]}";
	struct span seen = span_str("domain:evil.example");
	struct world *w;
	struct buf teams;

	make_small(state);
	w = *state;
	add(w, &(struct say){ CL, "sighting", "TLP:GREEN", body, .id = 0 });
	for (int i = 0; i < 70; i++)
		add(w, &(struct say){ BR, "sighting", "TLP:GREEN", body,
		    .id = 0 });
	arrive_all(w);
	follow(w);
	buf_init(&teams, 4096);
	assert_ok(index_holders(w->ix, seen, span_str(""), span_str("br"),
	    see_team, &teams));
	assert_string_equal(buf_str(&teams), "cl ");
	buf_clear(&teams);
	assert_ok(index_holders(w->ix, seen, span_str(""), span_str("cl"),
	    see_team, &teams));
	assert_int_equal(teams.n, 64 * 3);
	buf_clear(&teams);
	assert_ok(index_holders(w->ix, seen, span_str("sim"), span_str("br"),
	    see_team, &teams));
	assert_int_equal(teams.n, 0);
	buf_release(&teams);
	end_small(w);
}

/* Steps of SQLite for one question after whom else holds what `but` has. */
static int
steps_of(struct world *w, const char *but)
{
	sqlite3_stmt *st, *which;
	sqlite3 *db;
	int n;

	index_close(w->ix); /* it has the file for itself */
	assert_int_equal(sqlite3_open(w->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT f FROM thing LIMIT 1",
	    -1, &which, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(which), SQLITE_ROW);
	assert_int_equal(sqlite3_prepare_v2(db, index_sql[S_THING], -1, &st,
	    NULL), SQLITE_OK);
	sqlite3_bind_int64(st, 1, sqlite3_column_int64(which, 0));
	sqlite3_bind_text(st, 2, but, -1, SQLITE_STATIC);
	while (sqlite3_step(st) == SQLITE_ROW)
		;
	n = sqlite3_stmt_status(st, SQLITE_STMTSTATUS_VM_STEP, 0);
	sqlite3_finalize(st);
	sqlite3_finalize(which);
	sqlite3_close(db);
	w->ix = bed_index(w->path, w->schema);
	follow(w);
	return n;
}

/* What a team says very often costs no more each time it says it. */
static void
test_a_campaign_is_not_walked_through(void **state)
{
	static const char body[] = "{\"observables\":[{\"type\":\"domain\","
	    "\"value\":\"evil.example\"}]}";
	struct world *w;
	int own[2], other[2];

	make_small(state);
	w = *state;
	add(w, &(struct say){ CL, "sighting", "TLP:GREEN", body, .id = 0 });
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 400; i++)
			add(w, &(struct say){ BR, "sighting", "TLP:GREEN",
			    body, .id = 0 });
		arrive_all(w);
		follow(w);
		own[round] = steps_of(w, "br");
		other[round] = steps_of(w, "cl");
	}
	assert_true(own[1] < own[0] + 10);
	assert_true(other[1] < other[0] + other[0] / 10);
	end_small(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_holders),
		cmocka_unit_test(test_a_campaign_is_not_walked_through),
		cmocka_unit_test(test_sealed_at_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
