/* SPDX-License-Identifier: Apache-2.0
 *
 * crypto/openpgp: what it writes is what gpg and sqv read, where they are
 * installed; and a known key has a known name.
 */
#include "crypto/openpgp.h"

#include "cmocka_all.h"

#include "base/mem.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct pgp {
	struct sign_secret secret;
	struct sign_public public;
};

static char folder[] = "/tmp/test_openpgp.XXXXXX";

static int
setup(void **state)
{
	(void)state;
	return mkdtemp(folder) != NULL ? 0 : -1;
}

/* A line of shell, in the folder; its exit. */
static int
run(const char *script)
{
	char *const argv[] = { mem_string("sh"), mem_string("-c"),
		mem_string("cd \"$0\" && eval \"$1\""), folder,
		mem_string(script), NULL };
	pid_t pid;
	int status = -1;

	if (posix_spawnp(&pid, "sh", NULL, NULL, argv, environ) != 0 ||
	    waitpid(pid, &status, 0) != pid)
		status = -1;
	free(argv[0]);
	free(argv[1]);
	free(argv[2]);
	free(argv[4]);
	return status;
}

static int
teardown(void **state)
{
	(void)state;
	return run("gpgconf --homedir home --kill all 2> /dev/null;"
	    "rm -rf \"$0\"");
}

static void
save(const char *name, const struct buf *b)
{
	char path[256];
	FILE *out;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	out = fopen(path, "wb");
	assert_non_null(out);
	assert_int_equal(fwrite(b->p, 1, b->n, out), b->n);
	assert_int_equal(fclose(out), 0);
}

static struct pgp
key_of(unsigned char seed)
{
	unsigned char bytes[32] = { seed };
	struct pgp k;

	sign_derive(bytes, &k.secret, &k.public);
	return k;
}

static void
sign(const struct pgp *k, enum openpgp_what what, struct span of, int64_t at,
    unsigned char sig[SIGN_BYTES])
{
	struct digest d = openpgp_digest(&k->public, what, of, at);

	sign_make(&k->secret, digest_span(&d), sig);
}

static void
save_key(const struct pgp *k, const char *name)
{
	const struct span user = span_str("CERT of the test <a@b.example>");
	unsigned char sig[SIGN_BYTES];
	struct buf b;

	buf_init(&b, 8192);
	sign(k, OPENPGP_NAME, user, OPENPGP_BORN, sig);
	openpgp_put_key(&b, &k->public, user, sig);
	save(name, &b);
	buf_release(&b);
}

static void
save_file(const struct pgp *k, struct span text, int64_t at)
{
	unsigned char sig[SIGN_BYTES];
	struct buf b;

	buf_init(&b, 65536);
	buf_put(&b, text);
	save("file", &b);
	buf_clear(&b);
	sign(k, OPENPGP_FILE, text, at, sig);
	openpgp_put_signature(&b, &k->public, OPENPGP_FILE, text, at, sig);
	save("file.asc", &b);
	buf_release(&b);
}

static bool
has(const char *tool)
{
	char script[128];

	snprintf(script, sizeof script, "command -v %s > /dev/null", tool);
	if (run(script) == 0)
		return true;
	print_message("# skipped: %s is not installed\n", tool);
	return false;
}

/* A number of a signature may begin with zeroes: many are tried. */
static void
test_sqv(void **state)
{
	static const char *const check =
	    "sqv --keyring key.asc file.asc file > /dev/null 2>&1";

	(void)state;
	if (!has("sqv"))
		return;
	for (int i = 0; i < 40; i++) {
		struct pgp k = key_of((unsigned char)(i % 4));
		char text[64];

		snprintf(text, sizeof text, "%d\r\n text \n", i);
		save_key(&k, "key.asc");
		save_file(&k, span_str(text), 1790000000 + i);
		assert_int_equal(run(check), 0);
	}
	/* and what was changed is found */
	assert_int_equal(run("echo x >> file"), 0);
	assert_int_not_equal(run(check), 0);
}

static void
test_gpg(void **state)
{
	static const char *const file = "gpg --homedir home --batch --verify"
	    " file.asc file > /dev/null 2>&1";
	static const char *const text_file = "gpg --homedir home --batch"
	    " --verify text.asc > /dev/null 2>&1";
	const char *text = "Contact: x\n- dashes\n-- more\nblank at the end \n"
	    "ñandú\n\nlast\n";
	struct pgp k = key_of(7), other = key_of(8);
	unsigned char sig[SIGN_BYTES];
	struct buf b;

	(void)state;
	if (!has("gpg"))
		return;
	save_key(&k, "key.asc");
	assert_int_equal(run("mkdir -m 700 home && gpg --homedir home"
	    " --batch --import key.asc > /dev/null 2>&1"), 0);
	save_file(&k, span_str("{\"a\":1}\n"), 1790000000);
	assert_int_equal(run(file), 0);
	save_file(&other, span_str("{\"a\":1}\n"), 1790000000);
	assert_int_not_equal(run(file), 0);
	buf_init(&b, 65536);
	sign(&k, OPENPGP_TEXT, span_str(text), 1790000000, sig);
	openpgp_put_signed(&b, &k.public, span_str(text), 1790000000, sig);
	save("text.asc", &b);
	assert_int_equal(run(text_file), 0);
	assert_int_equal(run("sed -i s/last/lost/ text.asc"), 0);
	assert_int_not_equal(run(text_file), 0);
	buf_release(&b);
}

/* The name of a key depends on the key alone. */
static void
test_fingerprint(void **state)
{
	struct pgp k = key_of(1), other = key_of(2);
	char one[OPENPGP_HEX], two[OPENPGP_HEX], script[256];

	(void)state;
	openpgp_fingerprint(&k.public, one);
	openpgp_fingerprint(&other.public, two);
	assert_int_equal(strlen(one), 40);
	assert_string_not_equal(one, two);
	if (!has("gpg"))
		return;
	save_key(&k, "key.asc");
	snprintf(script, sizeof script, "gpg --homedir . --batch --show-keys "
	    "key.asc 2> /dev/null | grep -q %s", one);
	assert_int_equal(run(script), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sqv),
		cmocka_unit_test(test_gpg),
		cmocka_unit_test(test_fingerprint),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
