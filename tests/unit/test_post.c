/* SPDX-License-Identifier: Apache-2.0
 *
 * courier/: letters, codes in replies, addresses of the inside, credentials,
 * what an answer of HTTP means.
 */
#include "courier/credentials.h"
#include "courier/mail.h"
#include "courier/places.h"
#include "courier/reply.h"
#include "courier/transfer.h"

#include "cmocka_all.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

static void
test_addresses(void **state)
{
	static const struct {
		const char *s;
		bool good;
	} rows[] = {
		{ "ana@uy.example", true }, { "a.b+c@x-y.example", true },
		{ "o'neill@uy.example", true }, { "", false },
		{ "ana", false }, { "@uy.example", false },
		{ "ana@", false }, { ".ana@uy.example", false },
		{ "ana.@uy.example", false }, { "a..b@uy.example", false },
		{ "ana@uy..example", false }, { "-ana@uy.example", false },
		{ "ana@uy.example\r\nBcc: x@y.example", false },
		{ "ana@uy.example>", false }, { "a b@uy.example", false },
		{ "\"a\"@uy.example", false }, { "ana@[127.0.0.1]", false },
		{ "a@b@uy.example", false }, { "\xc3\xa9@uy.example", false },
		{ "a,b@uy.example", false }, { "a;b@uy.example", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (mail_is_address(span_str(rows[i].s)) != rows[i].good)
			fail_msg("%s", rows[i].s);
	assert_false(mail_is_address(span_of("a@b\0c", 5)));
}

static struct mail
letter(const char *subject, const char *text)
{
	return (struct mail){ .from = span_str("watch@uy.example"),
		.to = span_str("ana@uy.example"),
		.subject = span_str(subject), .text = span_str(text),
		.page = { { 1, 0x97, 0xa5, 0xe2, 0x7c, 0x1d, 0x7a, 0x2b, 0x9c,
		    0x3d, 1, 0x23, 0x45, 0x67, 0x89, 0xab } },
		.at_s = 1795253267 };
}

static void
test_a_letter(void **state)
{
	struct mail m = letter("Nivel 5", ".x\nFrom here\nfin \xc3\xa9 ");
	struct fault f = { 0 };
	struct buf b;

	(void)state;
	buf_init(&b, 65536);
	assert_int_equal(mail_write(&m, &b, &f), ERR_NONE);
	assert_string_equal(buf_str(&b),
	    "Date: Sat, 21 Nov 2026 09:27:47 +0000\r\n"
	    "From: Almenara <watch@uy.example>\r\n"
	    "To: <ana@uy.example>\r\n"
	    "Message-ID: <0197a5e2-7c1d-7a2b-9c3d-0123456789ab@uy.example>"
	    "\r\nSubject: Nivel 5\r\nAuto-Submitted: auto-generated\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	    "=2Ex\r\n=46rom here\r\nfin =C3=A9=20\r\n");
	buf_release(&b);
}

/* The head is that of any letter; of the text nothing stands outside. */
static void
test_a_sealed_letter(void **state)
{
	static const char armored[] = "-----BEGIN PGP MESSAGE-----\n\nab\n"
	    "-----END PGP MESSAGE-----\n";
	struct mail m = letter("Nivel 5", "secret");
	struct fault f = { 0 };
	struct buf b;

	(void)state;
	buf_init(&b, 65536);
	assert_int_equal(mail_write_sealed(&m, JOB_KEY_SMIME,
	    span_str("0123456789012345678901234567890123456789012345678901"
		"23456789"), &b, &f), ERR_NONE);
	assert_non_null(strstr(buf_str(&b), "Subject: Nivel 5\r\n"));
	assert_non_null(strstr(buf_str(&b),
	    "smime-type=enveloped-data;\r\n"));
	/* 57 bytes a line */
	assert_non_null(strstr(buf_str(&b), "\r\n\r\nMDEyMzQ1Njc4OTAxMjM0"
	    "NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2\r\n"
	    "Nzg5\r\n"));
	buf_clear(&b);
	assert_int_equal(mail_write_sealed(&m, JOB_KEY_OPENPGP,
	    span_str(armored), &b, &f), ERR_NONE);
	assert_non_null(strstr(buf_str(&b), "multipart/encrypted;\r\n"));
	assert_non_null(strstr(buf_str(&b), "\r\n\r\nVersion: 1\r\n\r\n--=_"
	    "0197a5e2-7c1d-7a2b-9c3d-0123456789ab\r\n"));
	assert_non_null(strstr(buf_str(&b), "\r\nab\r\n-----END"));
	assert_null(strstr(buf_str(&b), "secret"));
	m.subject = span_str("a\r\nBcc: x@y.example");
	assert_int_equal(mail_write_sealed(&m, JOB_KEY_OPENPGP,
	    span_str(armored), &b, &f), ERR_SYNTAX);
	buf_release(&b);
}

/* What a key is, between the processes: whole, or not at all. */
static void
test_key_frames(void **state)
{
	const struct job_frame f = { .type = JOB_CHECKED, .request = 7,
		.word = JOB_YES, .key = JOB_KEY_OPENPGP,
		.fingerprint = span_str("AB12"), .from = span_str("ana"),
		.until_s = 1795253267, .text = span_str("key") };
	struct job_frame got;
	struct fault fault = { 0 };
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	job_write(&f, &b);
	assert_int_equal(job_parse(buf_span(&b), &got, &fault), ERR_NONE);
	assert_int_equal(got.key, JOB_KEY_OPENPGP);
	assert_int_equal(got.until_s, 1795253267);
	assert_true(span_is_str(got.fingerprint, "AB12"));
	assert_true(span_is_str(got.text, "key"));
	b.p[6] = JOB_KEYS;
	assert_int_equal(job_parse(buf_span(&b), &got, &fault), ERR_SYNTAX);
	buf_release(&b);
}

static void
test_subjects(void **state)
{
	struct mail m = letter("\xc3\x89pr\xc3\xa9uve", "");
	static const char *const bad[] = { "a\r\nBcc: x", "a\nb", "a\rb",
		"a\x7f", "a\x01", "\xff" };
	struct fault f = { 0 };
	char many[600];
	struct buf b;

	(void)state;
	buf_init(&b, 65536);
	assert_int_equal(mail_write(&m, &b, &f), ERR_NONE);
	assert_non_null(strstr(buf_str(&b),
	    "Subject: =?UTF-8?B?w4lwcsOpdXZl?=\r\n"));
	/* what looks like an encoded word is none */
	m = letter("=?UTF-8?B?eA==?=", "");
	buf_clear(&b);
	assert_int_equal(mail_write(&m, &b, &f), ERR_NONE);
	assert_non_null(strstr(buf_str(&b), "=?UTF-8?B?PT9VVEYt"));
	/* long: folded between characters, no line over 78 */
	for (size_t i = 0; i + 2 < sizeof many; i += 2)
		memcpy(many + i, "\xc3\xa9", 3);
	m = letter(many, "");
	buf_clear(&b);
	assert_int_equal(mail_write(&m, &b, &f), ERR_NONE);
	assert_null(strstr(buf_str(&b), "\xc3"));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		m = letter(bad[i], "");
		buf_clear(&b);
		assert_int_equal(mail_write(&m, &b, &f), ERR_SYNTAX);
		assert_string_equal(f.field, "subject");
		assert_int_equal(b.n, 0);
	}
	buf_release(&b);
}

static void
test_codes(void **state)
{
	static const struct {
		const char *letter, *code, *from;
	} rows[] = {
		{ "From: Ana <ana@uy.example>\r\n\r\nBN3Q2-N5RR2\r\n",
		    "BN3Q2-N5RR2", "ana@uy.example" },
		{ "from: ana@uy.example\n\nit is bn3q2-n5rr2.\n",
		    "BN3Q2-N5RR2", "ana@uy.example" },
		{ "\n\nbn3q2n5rr2\n", "BN3Q2-N5RR2", "" },
		{ "\n\nBN3Q2-N5RRO\n", "BN3Q2-N5RR0", "" }, /* O for 0 */
		{ "\n\n> BN3Q2-N5RR2\n", "", "" },          /* quoted */
		{ "Subject: BN3Q2-N5RR2\n\nhello\n", "", "" },
		{ "\n\nbackground\n", "", "" },             /* a word */
		{ "\n\nxBN3Q2-N5RR2\n", "", "" },
		{ "\n\nBN3Q2-N5RRU\n", "", "" },            /* no U */
		{ "Auto-Submitted: auto-replied\n\nBN3Q2-N5RR2\n", "", "" },
		{ "Auto-Submitted: no\n\nBN3Q2-N5RR2\n", "BN3Q2-N5RR2", "" },
		{ "From: <a@b\n", "", "" }, { "", "", "" },
		/* what stands below is the old letter */
		{ "\n\nno\n-----Original Message-----\nBN3Q2-N5RR2\n", "",
		    "" },
		{ "\n\nno\n________________\nBN3Q2-N5RR2\n", "", "" },
		/* parts: the plain text, also in base64, not the other */
		{ "Content-Type: multipart/alternative; boundary=xy\n\n"
		  "--xy\nContent-Type: text/plain\n"
		  "Content-Transfer-Encoding: base64\n\n"
		  "c8OtOgpCTjNRMi1O\nNVJSMgo=\n--xy\n"
		  "Content-Type: text/html\n\n<p>AAAAA-11111</p>\n--xy--\n",
		    "BN3Q2-N5RR2", "" },
		{ "Content-Type: text/html\n\n<p> BN3Q2-N5RR2 </p>\n", "",
		    "" },
		{ "Content-Transfer-Encoding: base64\n\n=bad\n", "", "" },
		{ "\n\nAna\n-- \nBN3Q2-N5RR2\n", "", "" }, /* signature */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct reply r;

		reply_parse(span_str(rows[i].letter), &r);
		if (strcmp(r.code, rows[i].code) != 0 ||
		    strcmp(r.from, rows[i].from) != 0)
			fail_msg("%s: %s %s", rows[i].letter, r.code, r.from);
	}
}

/* What those who are served say behind their code. */
static void
test_words(void **state)
{
	static const struct {
		const char *line, *word;
	} rows[] = {
		{ "BN3Q2-N5RR2", "" }, { "BN3Q2-N5RR2 .", "" },
		{ "BN3Q2-N5RR2 seen", "seen" },
		{ "BN3Q2-N5RR2: Seen, thank you", "seen" },
		{ "Code bn3q2-n5rr2 NOT SEEN", "not_seen" },
		{ "BN3Q2-N5RR2 no visto", "not_seen" },
		{ "BN3Q2-N5RR2 n\xc3\xa3o visto", "not_seen" },
		{ "BN3Q2-N5RR2 n=C3=A3o visto", "not_seen" },
		{ "BN3Q2-N5RR2 non vu", "not_seen" },
		{ "BN3Q2-N5RR2. Falso positivo.", "false_positive" },
		{ "BN3Q2-N5RR2 faux positif", "false_positive" },
		{ "BN3Q2-N5RR2 \xc3\xbatil", "useful" },
		{ "BN3Q2-N5RR2 useful", "useful" },
		{ "BN3Q2-N5RR2 not useful", "not_useful" },
		{ "BN3Q2-N5RR2 corrigido", "corrected" },
		{ "BN3Q2-N5RR2 vu", "seen" },
		{ "BN3Q2-N5RR2 perhaps", "?" },
		{ "seen BN3Q2-N5RR2", "" }
	};
	char text[200];
	struct reply r;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		snprintf(text, sizeof text, "\n\n%s\nseen\n", rows[i].line);
		reply_parse(span_str(text), &r);
		assert_string_equal(r.code, "BN3Q2-N5RR2");
		if (strcmp(r.word, rows[i].word) != 0)
			fail_msg("%s: %s", rows[i].line, r.word);
	}
}

static bool
is_inside(const char *text)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
		return places_is_inside((const struct sockaddr *)&in);
	assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
	return places_is_inside((const struct sockaddr *)&in6);
}

static void
test_places(void **state)
{
	static const char *const in[] = { "127.0.0.1", "127.255.255.255",
		"0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255",
		"192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
		"255.255.255.255", "::1", "::", "fe80::1", "fd00::1",
		"ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
		"64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1" };
	static const char *const out[] = { "8.8.8.8", "172.32.0.1",
		"172.15.0.1", "100.128.0.1", "2606:4700::1",
		"::ffff:8.8.8.8" };
	static const char *const bad[] = { "", "/8", "10.0.0.0/33", "x",
		"10.0.0.0/", "10.0.0.0/8x", "::/129", "10.0.0/8" };
	struct sockaddr_in sa = { .sin_family = AF_INET };
	struct places named = { .n = 1 };

	(void)state;
	for (size_t i = 0; i < sizeof in / sizeof *in; i++)
		if (!is_inside(in[i]))
			fail_msg("%s is of the inside", in[i]);
	for (size_t i = 0; i < sizeof out / sizeof *out; i++)
		if (is_inside(out[i]))
			fail_msg("%s is not of the inside", out[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(prefix_parse(span_str(bad[i]), &named.at[0]),
		    ERR_SYNTAX);
	assert_int_equal(prefix_parse(span_str("10.1.0.0/17"), &named.at[0]),
	    ERR_NONE);
	assert_int_equal(inet_pton(AF_INET, "10.1.127.9", &sa.sin_addr), 1);
	assert_true(places_have(&named, (const struct sockaddr *)&sa));
	assert_int_equal(inet_pton(AF_INET, "10.1.128.9", &sa.sin_addr), 1);
	assert_false(places_have(&named, (const struct sockaddr *)&sa));
}

static void
test_credentials(void **state)
{
	static const char text[] = "# ours\n\nmail uy pass\n"
	    "webhook a.example 0123456789abcdef\n"
	    "webhook a.example:8443 fedcba9876543210\n"
	    "push ntfy.example tk_x\n";
	struct credentials *c = malloc(sizeof *c);
	const struct credential *k;
	struct fault f = { 0 };

	(void)state;
	assert_non_null(c);
	assert_int_equal(credentials_parse(span_str(text), c, &f), ERR_NONE);
	k = credentials_find(c, CREDENTIAL_WEBHOOK, span_str("a.example:443"));
	assert_true(k != NULL && span_is_str(k->secret, "0123456789abcdef"));
	k = credentials_find(c, CREDENTIAL_WEBHOOK,
	    span_str("a.example:8443"));
	assert_true(k != NULL && span_is_str(k->secret, "fedcba9876543210"));
	assert_null(credentials_find(c, CREDENTIAL_WEBHOOK,
	    span_str("ntfy.example")));
	assert_non_null(credentials_find(c, CREDENTIAL_MAIL, span_str("x")));
	assert_int_equal(credentials_parse(span_str("mail uy\n"), c, &f),
	    ERR_CONFIG);
	assert_int_equal(credentials_parse(span_str("smtp a b\n"), c, &f),
	    ERR_CONFIG);
	assert_int_equal(credentials_parse(span_str("mail a b c\n"), c, &f),
	    ERR_CONFIG);
	assert_int_equal(credentials_parse(span_str("\nwebhook a short\n"), c,
	    &f), ERR_LIMIT);
	assert_int_equal(f.at, 2);
	free(c);
}

static void
test_http(void **state)
{
	static const struct {
		long status;
		enum job_result result;
	} rows[] = { { 200, JOB_ACCEPTED }, { 204, JOB_ACCEPTED },
		{ 301, JOB_REFUSED }, { 302, JOB_REFUSED },
		{ 307, JOB_REFUSED }, { 400, JOB_REFUSED },
		{ 404, JOB_REFUSED }, { 408, JOB_FAILED },
		{ 425, JOB_FAILED }, { 429, JOB_FAILED },
		{ 500, JOB_FAILED }, { 503, JOB_FAILED }, { 0, JOB_FAILED } };
	static const struct {
		const char *url, *host;
	} urls[] = { { "https://a.example/x", "a.example" },
		{ "http://[::1]:80/x", "[::1]:80" },
		{ "https://a.example?q", "a.example" },
		{ "https://u@a.example/", "" }, { "file:///etc/passwd", "" },
		{ "https://a.example/\r\nX: y", "" }, { "a.example", "" },
		{ "https://a.example\\@b.example/", "" }, { "https://", "" },
		{ "gopher://a.example/", "" }, { "HTTPS://a.example/", "" } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(transfer_http_result(rows[i].status),
		    rows[i].result);
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
		if (!span_is_str(transfer_host(span_str(urls[i].url)),
			urls[i].host))
			fail_msg("%s", urls[i].url);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_a_letter),
		cmocka_unit_test(test_a_sealed_letter),
		cmocka_unit_test(test_key_frames),
		cmocka_unit_test(test_subjects),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_credentials),
		cmocka_unit_test(test_http),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
