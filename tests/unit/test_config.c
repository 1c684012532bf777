/* SPDX-License-Identifier: Apache-2.0
 *
 * node/config: every tests/unit/config/<name>.conf must give <name>.out: the
 * canonical form, or the faults. Drop a pair to add a case;
 * `test_config <name>.conf` prints what it gives.
 */
#include "base/limits.h"
#include "node/config.h"

#include "cmocka_all.h"

#include <dirent.h>

static const char folder[] = "tests/unit/config";

static void
file_read(const char *name, struct buf *out)
{
	char path[512], chunk[4096];
	FILE *f;
	size_t n;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "r");
	if (f == NULL)
		return;
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_put_mem(out, chunk, n);
	fclose(f);
}

/* What the daemon would say to this file. */
static enum err
answer(struct span text, const char *name, struct buf *out)
{
	struct config c;
	enum err e = config_parse(text, name, &c, out);

	if (e != ERR_NONE)
		return e;
	config_print(&c, out);
	config_release(&c);
	return e;
}

static bool
check_pair(const char *conf)
{
	struct buf in, want, got, again;
	char out[300];
	bool ok;

	buf_init(&in, LIMIT_CONFIG);
	buf_init(&want, LIMIT_CONFIG);
	buf_init(&got, LIMIT_CONFIG);
	buf_init(&again, LIMIT_CONFIG);
	snprintf(out, sizeof out, "%.*s.out", (int)(strlen(conf) - 5), conf);
	file_read(conf, &in);
	file_read(out, &want);
	ok = true;
	if (answer(buf_span(&in), conf, &got) == ERR_NONE)
		/* canonical: it parses back to itself */
		ok = answer(buf_span(&got), conf, &again) == ERR_NONE &&
		    span_is_equal(buf_span(&got), buf_span(&again));
	ok = ok && want.n != 0 && span_is_equal(buf_span(&got),
	    buf_span(&want));
	if (!ok)
		print_message("# %s gives\n%s", conf, buf_str(&got));
	buf_release(&in);
	buf_release(&want);
	buf_release(&got);
	buf_release(&again);
	return ok;
}

static void
test_pairs(void **state)
{
	DIR *d = opendir(folder);
	unsigned n = 0, bad = 0;
	struct dirent *e;

	(void)state;
	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		size_t len = strlen(e->d_name);

		if (len < 6 || strcmp(e->d_name + len - 5, ".conf") != 0)
			continue;
		n++;
		bad += !check_pair(e->d_name);
	}
	closedir(d);
	assert_true(n >= 4);
	assert_int_equal(bad, 0);
}

/* A file that cannot be read says so by name, and nothing is made. */
static void
test_unreadable(void **state)
{
	struct config c = { .file = NULL };
	struct buf faults;

	(void)state;
	buf_init(&faults, 1000);
	assert_err(config_read("/nonexistent/x.conf", &c, &faults),
	    ERR_NOT_FOUND);
	assert_string_equal(buf_str(&faults), "/nonexistent/x.conf: cannot "
	    "be read: No such file or directory\n");
	assert_null(c.file);
	buf_release(&faults);
}

static void
test_map_find(void **state)
{
	struct config c;
	struct buf faults;

	(void)state;
	buf_init(&faults, 1000);
	assert_ok(config_parse(span_str("team ve\npeers {\nmx b:2\nco a:1\n}"),
	    "f", &c, &faults));
	assert_string_equal(config_map_find(&c.peers, "co"), "a:1");
	assert_string_equal(config_map_find(&c.peers, "mx"), "b:2");
	assert_null(config_map_find(&c.peers, "pe"));
	config_release(&c);
	buf_release(&faults);
}

/* The sample is a valid file, and so it is with everything uncommented. */
static void
test_sample_is_valid(void **state)
{
	struct buf sample, faults;
	struct config c;

	(void)state;
	buf_init(&sample, LIMIT_CONFIG);
	buf_init(&faults, LIMIT_CONFIG);
	config_write_sample(&sample);
	assert_ok(config_parse(buf_span(&sample), "sample", &c, &faults));
	config_release(&c);
	for (size_t i = 0; i < sample.n; i++)
		if (sample.p[i] == '#' && sample.p[i + 1] != ' ' &&
		    (i == 0 || sample.p[i - 1] == '\n'))
			sample.p[i] = ' ';
	if (config_parse(buf_span(&sample), "sample", &c, &faults) != ERR_NONE)
		fail_msg("%s", buf_str(&faults));
	assert_int_equal(c.listen.n, 2);
	config_release(&c);
	buf_release(&sample);
	buf_release(&faults);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_map_find),
		cmocka_unit_test(test_sample_is_valid),
	};
	struct buf in, out;

	if (argc != 2)
		return cmocka_run_group_tests_name("config", tests, NULL,
		    NULL);
	buf_init(&in, LIMIT_CONFIG);
	buf_init(&out, LIMIT_CONFIG);
	file_read(argv[1], &in);
	(void)!answer(buf_span(&in), argv[1], &out);
	fputs(buf_str(&out), stdout);
	return 0;
}
