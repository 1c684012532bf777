/* SPDX-License-Identifier: Apache-2.0
 *
 * A letter of plain text (RFC 5322, RFC 2047, RFC 2045). Nothing that comes
 * from outside can end a header line: addresses are of a strict form, a
 * subject has no control character. Message-ID follows from the page's id, so
 * that a letter sent twice is the same letter. Pure.
 */
#ifndef COURIER_MAIL_H
#define COURIER_MAIL_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "base/uuid.h"
#include "courier/job.h"

#include <stdbool.h>
#include <stdint.h>

struct mail {
	struct span from;
	struct span to;
	struct span subject; /* UTF-8 */
	struct span text;    /* UTF-8, lines end in LF */
	struct uuid page;
	int64_t at_s;
	bool is_urgent;
};

/* An address that can stand in a header and in an SMTP command as it is:
 * dot-atom "@" names of letters, digits and hyphens, 254 bytes at most. */
bool mail_is_address(struct span s);

/* Append the letter, lines end in CR LF. ERR_SYNTAX, with what is wrong in
 * `f`: an address, a control character in the subject, text that is not
 * UTF-8. */
MUST enum err mail_write(const struct mail *m, struct buf *out,
    struct fault *f);

/* Append its headers without those of MIME, and its MIME part alone, for what
 * wraps it. */
MUST enum err mail_write_head(const struct mail *m, struct buf *out,
    struct fault *f);
MUST enum err mail_write_part(const struct mail *m, struct buf *out,
    struct fault *f);

/* Append the letter around its part, sealed: DER of S/MIME, or an armored
 * OpenPGP message (RFC 3156). As mail_write. */
MUST enum err mail_write_sealed(const struct mail *m, enum job_key by,
    struct span sealed, struct buf *out, struct fault *f);

#endif
