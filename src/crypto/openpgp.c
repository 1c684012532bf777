/* SPDX-License-Identifier: Apache-2.0
 *
 * Packets of OpenPGP. Section numbers are those of RFC 4880.
 */
#include "crypto/openpgp.h"

#include "base/code.h"

#include <stdio.h>

enum {
	TAG_SIGNATURE = 2,
	TAG_PUBLIC_KEY = 6,
	TAG_USER_ID = 13,
	EDDSA = 22,
	SHA256 = 8,
	ARMOUR_LINE = 48, /* bytes: 64 characters */
	PACKET_MAX = 4096
};

/* A key's body: version, time, algorithm, curve (1.3.6.1.4.1.11591.15.1), and
 * the point with the mark of its native form before it. */
static void
put_key_body(struct buf *out, const struct sign_public *key)
{
	static const unsigned char curve[] = { 9, 0x2b, 0x06, 0x01, 0x04, 0x01,
		0xda, 0x47, 0x0f, 0x01 };

	buf_put_u8(out, 4);
	buf_put_u32(out, OPENPGP_BORN);
	buf_put_u8(out, EDDSA);
	buf_put_mem(out, curve, sizeof curve);
	buf_put_u16(out, 263); /* bits: 0x40 has seven */
	buf_put_u8(out, 0x40);
	buf_put_mem(out, key->b, sizeof key->b);
}

/* 12.2 */
static void
fingerprint(const struct sign_public *key, unsigned char out[20])
{
	struct buf b, body;

	buf_init(&b, 256);
	buf_init(&body, 256);
	put_key_body(&body, key);
	buf_put_u8(&b, 0x99);
	buf_put_u16(&b, (uint16_t)body.n);
	buf_put(&b, buf_span(&body));
	hash_sha1(buf_span(&b), out);
	buf_release(&b);
	buf_release(&body);
}

void
openpgp_fingerprint(const struct sign_public *key, char out[OPENPGP_HEX])
{
	unsigned char f[OPENPGP_FINGERPRINT];

	fingerprint(key, f);
	for (size_t i = 0; i < sizeof f; i++)
		snprintf(out + 2 * i, 3, "%02X", f[i]);
}

/* 4.2.2: lengths of new packets. */
static void
put_packet(struct buf *out, unsigned tag, struct span body)
{
	buf_put_u8(out, (uint8_t)(0xc0 | tag));
	if (body.n < 192) {
		buf_put_u8(out, (uint8_t)body.n);
	} else {
		buf_put_u8(out, (uint8_t)(((body.n - 192) >> 8) + 192));
		buf_put_u8(out, (uint8_t)((body.n - 192) & 0xff));
	}
	buf_put(out, body);
}

/* 5.2.4: the part of a signature that it signs itself. */
static void
put_signed_part(struct buf *out, const struct sign_public *key,
    enum openpgp_what what, int64_t at_s)
{
	unsigned char f[OPENPGP_FINGERPRINT];
	struct buf sub;

	fingerprint(key, f);
	buf_init(&sub, 256);
	buf_put_mem(&sub, (const unsigned char[]){ 5, 2 }, 2); /* time */
	buf_put_u32(&sub, (uint32_t)at_s);
	if (what == OPENPGP_NAME) {
		/* may certify and sign; prefers SHA-256, SHA-512 */
		buf_put_mem(&sub, (const unsigned char[]){ 2, 27, 0x03, 3, 21,
		    SHA256, 10 }, 7);
	}
	buf_put_mem(&sub, (const unsigned char[]){ 22, 33, 4 }, 3); /* by */
	buf_put_mem(&sub, f, sizeof f);
	buf_put_mem(out, (const unsigned char[]){ 4, (unsigned char)what,
	    EDDSA, SHA256 }, 4);
	buf_put_u16(out, (uint16_t)sub.n);
	buf_put(out, buf_span(&sub));
	buf_release(&sub);
}

static int64_t
not_before_birth(int64_t at_s)
{
	return at_s < (int64_t)OPENPGP_BORN ? (int64_t)OPENPGP_BORN : at_s;
}

/* 5.2.4: a text is signed with the line ends of the Internet, without blanks
 * at the ends of lines when it is shown in the clear (7.1). */
static void
put_canonical(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.n;) {
		const unsigned char *lf = memchr(text.p + i, '\n', text.n - i);
		size_t end = lf != NULL ? (size_t)(lf - text.p) : text.n;
		size_t n = end;

		while (n > i && (text.p[n - 1] == ' ' ||
		    text.p[n - 1] == '\t' || text.p[n - 1] == '\r'))
			n--;
		buf_put(out, span_of(text.p + i, n - i));
		/* the last line end is that of the frame */
		if (lf != NULL && end + 1 < text.n)
			buf_put_str(out, "\r\n");
		i = end + 1;
	}
}

/* What stands before the signature's own part. */
static void
put_object(struct buf *out, const struct sign_public *key,
    enum openpgp_what what, struct span of)
{
	struct buf body;

	if (what != OPENPGP_NAME) {
		if (what == OPENPGP_TEXT)
			put_canonical(out, of);
		else
			buf_put(out, of);
		return;
	}
	buf_init(&body, 256);
	put_key_body(&body, key);
	buf_put_u8(out, 0x99);
	buf_put_u16(out, (uint16_t)body.n);
	buf_put(out, buf_span(&body));
	buf_release(&body);
	buf_put_u8(out, 0xb4);
	buf_put_u32(out, (uint32_t)of.n);
	buf_put(out, of);
}

struct digest
openpgp_digest(const struct sign_public *key, enum openpgp_what what,
    struct span of, int64_t at_s)
{
	struct span parts[3];
	struct buf object, part, end;
	struct digest d;

	buf_init(&object, 2 * of.n + 256);
	buf_init(&part, 256);
	buf_init(&end, 16);
	put_object(&object, key, what, of);
	put_signed_part(&part, key, what, not_before_birth(at_s));
	buf_put_u8(&end, 4);
	buf_put_u8(&end, 0xff);
	buf_put_u32(&end, (uint32_t)part.n);
	parts[0] = buf_span(&object);
	parts[1] = buf_span(&part);
	parts[2] = buf_span(&end);
	d = hash_sha256_spans(parts, 3);
	buf_release(&object);
	buf_release(&part);
	buf_release(&end);
	return d;
}

/* 3.2: bits, then bytes without leading zeroes. */
static void
put_number(struct buf *out, const unsigned char *p, size_t n)
{
	unsigned bits = 0;

	while (n > 0 && *p == 0) {
		p++;
		n--;
	}
	for (unsigned c = n > 0 ? *p : 0; c != 0; c >>= 1)
		bits++;
	buf_put_u16(out, (uint16_t)(n == 0 ? 0 : (n - 1) * 8 + bits));
	if (n != 0)
		buf_put_mem(out, p, n);
}

static void
put_signature_packet(struct buf *out, const struct sign_public *key,
    enum openpgp_what what, struct span of, int64_t at_s,
    const unsigned char sig[SIGN_BYTES])
{
	struct digest d = openpgp_digest(key, what, of, at_s);
	unsigned char f[OPENPGP_FINGERPRINT];
	struct buf b;

	fingerprint(key, f);
	buf_init(&b, 1024);
	put_signed_part(&b, key, what, not_before_birth(at_s));
	buf_put_u16(&b, 10); /* unsigned: the short name of the key */
	buf_put_mem(&b, (const unsigned char[]){ 9, 16 }, 2);
	buf_put_mem(&b, f + sizeof f - 8, 8);
	buf_put_mem(&b, d.b, 2);
	put_number(&b, sig, 32);
	put_number(&b, sig + 32, 32);
	put_packet(out, TAG_SIGNATURE, buf_span(&b));
	buf_release(&b);
}

/* --- armour: 6 --- */

static uint32_t
crc24(struct span in)
{
	uint32_t crc = 0xb704ce;

	for (size_t i = 0; i < in.n; i++) {
		crc ^= (uint32_t)in.p[i] << 16;
		for (int bit = 0; bit < 8; bit++) {
			crc <<= 1;
			if ((crc & 0x1000000) != 0)
				crc ^= 0x1864cfb;
		}
	}
	return crc & 0xffffff;
}

static void
put_armour(struct buf *out, const char *what, struct span in)
{
	uint32_t crc = crc24(in);
	unsigned char sum[3] = { (unsigned char)(crc >> 16),
		(unsigned char)(crc >> 8), (unsigned char)crc };

	buf_put_format(out, "-----BEGIN PGP %s-----\n\n", what);
	for (size_t i = 0; i < in.n; i += ARMOUR_LINE) {
		code_write_base64(out, span_of(in.p + i, in.n - i <
		    ARMOUR_LINE ? in.n - i : ARMOUR_LINE));
		buf_put_str(out, "\n");
	}
	buf_put_str(out, "=");
	code_write_base64(out, span_of(sum, sizeof sum));
	buf_put_format(out, "\n-----END PGP %s-----\n", what);
}

void
openpgp_put_key(struct buf *out, const struct sign_public *key,
    struct span name, const unsigned char sig[SIGN_BYTES])
{
	struct buf b, body;

	buf_init(&b, PACKET_MAX);
	buf_init(&body, 256);
	put_key_body(&body, key);
	put_packet(&b, TAG_PUBLIC_KEY, buf_span(&body));
	put_packet(&b, TAG_USER_ID, name);
	put_signature_packet(&b, key, OPENPGP_NAME, name, OPENPGP_BORN, sig);
	put_armour(out, "PUBLIC KEY BLOCK", buf_span(&b));
	buf_release(&b);
	buf_release(&body);
}

void
openpgp_put_signature(struct buf *out, const struct sign_public *key,
    enum openpgp_what what, struct span of, int64_t at_s,
    const unsigned char sig[SIGN_BYTES])
{
	struct buf b;

	buf_init(&b, PACKET_MAX);
	put_signature_packet(&b, key, what, of, at_s, sig);
	put_armour(out, "SIGNATURE", buf_span(&b));
	buf_release(&b);
}

void
openpgp_put_signed(struct buf *out, const struct sign_public *key,
    struct span text, int64_t at_s, const unsigned char sig[SIGN_BYTES])
{
	buf_put_str(out, "-----BEGIN PGP SIGNED MESSAGE-----\n"
	    "Hash: SHA256\n\n");
	for (size_t i = 0; i < text.n;) {
		const unsigned char *lf = memchr(text.p + i, '\n', text.n - i);
		size_t n = lf != NULL ? (size_t)(lf - text.p) + 1 - i :
		    text.n - i;

		if (text.p[i] == '-')
			buf_put_str(out, "- ");
		buf_put(out, span_of(text.p + i, n));
		i += n;
	}
	openpgp_put_signature(out, key, OPENPGP_TEXT, text, at_s, sig);
}
