/* SPDX-License-Identifier: Apache-2.0
 *
 * Letters.
 */
#include "courier/mail.h"

#include "base/code.h"
#include "base/text.h"

#include <time.h>

enum {
	LINE_MOST = 75,  /* RFC 2045 6.7: 76 with the soft break */
	WORD_BYTES = 42, /* of text in an encoded word: 56 as base64 */
	PLAIN_MOST = 900 /* of an ASCII subject on its one line */
};

/* --- addresses --- */

static bool
is_host(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '-';
}

static bool
is_atom(unsigned char c)
{
	return is_host(c) ||
	    (c != '\0' && strchr("!#$%&'*+/=?^_`{|}~", c) != NULL);
}

/* Words of such characters between dots. */
static bool
is_dotted(struct span s, bool (*is)(unsigned char))
{
	bool in_word = false;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.' ? !in_word : !is(s.p[i]))
			return false;
		in_word = s.p[i] != '.';
	}
	return in_word;
}

bool
mail_is_address(struct span s)
{
	const unsigned char *at = s.n == 0 ? NULL : memrchr(s.p, '@', s.n);
	struct span local;

	if (at == NULL || s.n > 254)
		return false;
	local = span_of(s.p, (size_t)(at - s.p));
	/* one that begins with a hyphen is an option to some program */
	return local.n != 0 && local.n <= 64 && local.p[0] != '-' &&
	    is_dotted(local, is_atom) &&
	    is_dotted(span_of(at + 1, s.n - local.n - 1), is_host);
}

/* --- headers --- */

static bool
is_ascii(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 0x80)
			return false;
	return true;
}

/* An ASCII subject stands as it is, unless it could be taken for an encoded
 * word; any other is encoded in words that end between characters. */
static void
put_subject(struct span s, struct buf *out)
{
	struct text t = { s };

	if (is_ascii(s) && s.n <= PLAIN_MOST &&
	    (s.n == 0 || memmem(s.p, s.n, "=?", 2) == NULL)) {
		buf_put(out, s);
		return;
	}
	while (t.s.n != 0) {
		size_t n = text_cut(t, WORD_BYTES);

		buf_put_str(out, "=?UTF-8?B?");
		code_write_base64(out, span_of(t.s.p, n));
		buf_put_str(out, "?=");
		t.s = span_of(t.s.p + n, t.s.n - n);
		if (t.s.n != 0)
			buf_put_str(out, "\r\n ");
	}
}

static void
put_date(int64_t at_s, struct buf *out)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t t = (time_t)at_s;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL)
		tm = (struct tm){ .tm_mday = 1, .tm_year = 70 };
	buf_put_format(out, "%.3s, %02d %.3s %04d %02d:%02d:%02d +0000",
	    days + (size_t)3 * (size_t)tm.tm_wday, tm.tm_mday,
	    months + (size_t)3 * (size_t)tm.tm_mon, tm.tm_year + 1900,
	    tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static enum err
check(const struct mail *m, struct fault *f)
{
	struct text t;

	if (!mail_is_address(m->from))
		return fault_at(f, ERR_SYNTAX, 0, "from",
		    "is no plain mail address");
	if (!mail_is_address(m->to))
		return fault_at(f, ERR_SYNTAX, 0, "to",
		    "is no plain mail address");
	for (size_t i = 0; i < m->subject.n; i++)
		if (m->subject.p[i] < 0x20 || m->subject.p[i] == 0x7f)
			return fault_at(f, ERR_SYNTAX, i, "subject",
			    "holds a control character");
	if (text_parse(m->subject, &t) != ERR_NONE)
		return fault_at(f, ERR_SYNTAX, 0, "subject", "is not UTF-8");
	if (text_parse(m->text, &t) != ERR_NONE)
		return fault_at(f, ERR_SYNTAX, 0, "text", "is not UTF-8");
	return ERR_NONE;
}

static void
put_head(const struct mail *m, struct buf *out)
{
	const unsigned char *at = memrchr(m->from.p, '@', m->from.n);
	struct span domain = span_of(at,
	    m->from.n - (size_t)(at - m->from.p));
	char id[UUID_TEXT + 1];

	uuid_write(&m->page, id);
	buf_put_str(out, "Date: ");
	put_date(m->at_s, out);
	buf_put_format(out, "\r\nFrom: Almenara <%.*s>\r\nTo: <%.*s>\r\n"
	    "Message-ID: <%s%.*s>\r\nSubject: ", SPAN_FMT(m->from),
	    SPAN_FMT(m->to), id, SPAN_FMT(domain));
	put_subject(m->subject, out);
	/* RFC 3834: whoever answers by itself does not answer this */
	buf_put_str(out, "\r\nAuto-Submitted: auto-generated\r\n");
	if (m->is_urgent)
		buf_put_str(out, "Importance: high\r\nX-Priority: 1\r\n");
}

enum err
mail_write_head(const struct mail *m, struct buf *out, struct fault *f)
{
	enum err e = check(m, f);

	if (e == ERR_NONE)
		put_head(m, out);
	return e;
}

/* --- the text --- */

/* Does the character stand for itself in quoted-printable? Not a blank at the
 * end of a line, and not what carriers change at the start of one: a dot, and
 * "From ". */
static bool
is_plain(unsigned char c, bool begins, bool ends)
{
	if (c < 0x20 || c >= 0x7f || c == '=')
		return false;
	return !(c == ' ' && ends) && !(begins && (c == '.' || c == 'F'));
}

static void
put_quoted(struct span s, struct buf *out)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t column = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];
		bool ends = i + 1 == s.n || s.p[i + 1] == '\n';

		if (c == '\n') {
			buf_put_str(out, "\r\n");
			column = 0;
			continue;
		}
		if (column + 3 > LINE_MOST) {
			buf_put_str(out, "=\r\n");
			column = 0;
		}
		if (is_plain(c, column == 0, ends)) {
			buf_put_u8(out, c);
			column++;
			continue;
		}
		buf_put_u8(out, '=');
		buf_put_u8(out, (uint8_t)hex[c >> 4]);
		buf_put_u8(out, (uint8_t)hex[c & 15]);
		column += 3;
	}
	if (column != 0)
		buf_put_str(out, "\r\n");
}

enum err
mail_write_part(const struct mail *m, struct buf *out, struct fault *f)
{
	enum err e = check(m, f);

	if (e != ERR_NONE)
		return e;
	buf_put_str(out, "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
	put_quoted(m->text, out);
	return ERR_NONE;
}

enum err
mail_write(const struct mail *m, struct buf *out, struct fault *f)
{
	enum err e = mail_write_head(m, out, f);

	if (e != ERR_NONE)
		return e;
	buf_put_str(out, "MIME-Version: 1.0\r\n");
	return mail_write_part(m, out, f);
}

/* --- sealed --- */

static void
put_smime(struct span der, struct buf *out)
{
	const size_t line = 57; /* 76 letters of base64 */

	buf_put_str(out, "MIME-Version: 1.0\r\n"
	    "Content-Type: application/pkcs7-mime; smime-type=enveloped-data;"
	    "\r\n name=\"smime.p7m\"\r\n"
	    "Content-Transfer-Encoding: base64\r\n"
	    "Content-Disposition: attachment; filename=\"smime.p7m\"\r\n\r\n");
	for (size_t at = 0; at < der.n; at += line) {
		size_t n = der.n - at < line ? der.n - at : line;

		code_write_base64(out, span_of(der.p + at, n));
		buf_put_str(out, "\r\n");
	}
}

/* Lines of armor hold no "--" at their start but its own, of five hyphens. */
static void
put_pgp(const struct uuid *page, struct span armored, struct buf *out)
{
	char id[UUID_TEXT + 1];

	uuid_write(page, id);
	buf_put_format(out, "MIME-Version: 1.0\r\n"
	    "Content-Type: multipart/encrypted;\r\n"
	    " protocol=\"application/pgp-encrypted\";\r\n"
	    " boundary=\"=_%s\"\r\n\r\n--=_%s\r\n"
	    "Content-Type: application/pgp-encrypted\r\n\r\n"
	    "Version: 1\r\n\r\n--=_%s\r\n"
	    "Content-Type: application/octet-stream; "
	    "name=\"encrypted.asc\"\r\n\r\n", id, id, id);
	for (size_t i = 0; i < armored.n; i++) {
		if (armored.p[i] == '\n' && (i == 0 ||
			armored.p[i - 1] != '\r'))
			buf_put_u8(out, '\r');
		buf_put_u8(out, armored.p[i]);
	}
	buf_put_format(out, "\r\n--=_%s--\r\n", id);
}

enum err
mail_write_sealed(const struct mail *m, enum job_key by, struct span sealed,
    struct buf *out, struct fault *f)
{
	enum err e = mail_write_head(m, out, f);

	if (e != ERR_NONE)
		return e;
	if (by == JOB_KEY_OPENPGP)
		put_pgp(&m->page, sealed, out);
	else
		put_smime(sealed, out);
	return ERR_NONE;
}
