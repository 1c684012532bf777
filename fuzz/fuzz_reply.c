/* reaches: reply_parse reply_is_code mail_write mail_is_address
 * credentials_parse prefix_parse transfer_host courier_parse
 * contacts_parse
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a letter that answers: a code that is found has its one form,
 * an address is one that a letter can be written to. The same bytes as
 * subject, text and address of a letter: no line of it is more than RFC 5322
 * allows, and none is there that the writer did not put. And as the other
 * texts that the courier reads.
 */
#include "fuzz.h"

#include "base/mem.h"
#include "courier/credentials.h"
#include "courier/mail.h"
#include "courier/places.h"
#include "courier/reply.h"
#include "courier/transfer.h"
#include "watch/contacts.h"

#include <stdlib.h>

static void
check_reply(struct span in)
{
	struct reply r;
	char code[REPLY_CODE + 1];

	reply_parse(in, &r);
	FUZZ_CHECK(r.code[0] == '\0' ||
	    (reply_is_code(span_str(r.code), code) &&
		strcmp(r.code, code) == 0));
	FUZZ_CHECK(r.code[0] != '\0' || r.word[0] == '\0');
	FUZZ_CHECK(strlen(r.word) <= REPLY_WORD &&
	    strchr(r.word, ' ') == NULL);
	FUZZ_CHECK(r.from[0] == '\0' || mail_is_address(span_str(r.from)));
}

/* Headers that the writer puts: nothing else stands before the empty line. */
static bool
is_known(struct span line)
{
	static const char *const names[] = { "Date: ", "From: Almenara <",
		"To: <", "Message-ID: <", "Subject: ", " =?UTF-8?B?",
		"Auto-Submitted: auto-generated", "Importance: high",
		"X-Priority: 1", "MIME-Version: 1.0", "Content-T" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (line.n >= strlen(names[i]) &&
		    memcmp(line.p, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

static void
check_letter(struct span text)
{
	bool in_head = true;

	for (size_t at = 0; at < text.n;) {
		const unsigned char *end = memmem(text.p + at, text.n - at,
		    "\r\n", 2);
		struct span line;

		FUZZ_CHECK(end != NULL);
		line = span_of(text.p + at, (size_t)(end - text.p) - at);
		at += line.n + 2;
		in_head = in_head && line.n != 0;
		FUZZ_CHECK(line.n <= 998);
		FUZZ_CHECK(memchr(line.p, '\r', line.n) == NULL &&
		    memchr(line.p, '\n', line.n) == NULL);
		FUZZ_CHECK(!in_head || is_known(line));
		FUZZ_CHECK(in_head || line.n <= 76);
	}
	FUZZ_CHECK(!in_head);
}

static void
check_mail(struct span in)
{
	size_t a = in.n / 4, b = in.n / 2;
	struct mail m = { .from = span_str("watch@uy.example"),
		.to = span_of(in.p, a), .subject = span_of(in.p + a, b - a),
		.text = span_of(in.p + b, in.n - b), .at_s = 1795253267 };
	struct fault f = { 0 };
	struct buf out;

	if (!mail_is_address(m.to))
		m.to = span_str("ana@uy.example");
	buf_init(&out, 4194304);
	if (mail_write(&m, &out, &f) == ERR_NONE)
		check_letter(buf_span(&out));
	else
		FUZZ_CHECK(out.n == 0 && f.rule[0] != '\0');
	buf_release(&out);
}

/* What is read is written again the same. */
static void
check_contacts(struct span in)
{
	struct contacts c;
	struct buf again;

	if (contacts_parse(in, &c) != ERR_NONE)
		return;
	buf_init(&again, in.n);
	contacts_write(&c, &again);
	FUZZ_CHECK(span_is_equal(buf_span(&again), in));
	buf_release(&again);
	contacts_release(&c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	struct credentials *c = mem_alloc(sizeof *c);
	struct now now = { { 1795253267000 }, { 1 } };
	struct courier q;
	struct fault f = { 0 };
	struct prefix p;

	check_reply(in);
	check_mail(in);
	check_contacts(in);
	FUZZ_CHECK(transfer_host(in).n <= in.n);
	FUZZ_CHECK(prefix_parse(in, &p) != ERR_NONE || p.bits <= 128);
	FUZZ_CHECK(credentials_parse(in, c, &f) == ERR_NONE ||
	    f.rule[0] != '\0');
	if (courier_parse(in, 1000, now, &q) == ERR_NONE)
		courier_release(&q);
	free(c);
	return 0;
}
