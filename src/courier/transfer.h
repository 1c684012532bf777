/* SPDX-License-Identifier: Apache-2.0
 *
 * Sending by SMTP and HTTP, many at once and none waiting for another, over
 * libcurl; transfer.c is the only file that includes it. No redirect is
 * followed, no proxy asked, no cookie kept; each transfer ends in its time,
 * and of an answer LIMIT_PAGE_ANSWER bytes are read.
 *
 * A webhook gets what it gets as POST, with
 *
 *	Idempotency-Key: <id of the page>
 *	Almenara-Signature: t=<seconds>,v1=<hex>
 *
 * where v1 is HMAC-SHA-256, under the secret shared with that host, of
 * "<seconds>.<id>.<body>". Of what it answers nothing counts but a code that
 * acknowledges, and that only with such a header of its own, over its own
 * seconds, the same id and the body of the answer.
 */
#ifndef COURIER_TRANSFER_H
#define COURIER_TRANSFER_H

#include "courier/credentials.h"
#include "courier/job.h"
#include "courier/places.h"

#include <poll.h>

enum transfer_tls {
	TRANSFER_STARTTLS, /* or nothing is sent */
	TRANSFER_TLS,      /* from the first byte */
	TRANSFER_TRY,      /* STARTTLS with anybody, if it is offered */
	TRANSFER_PLAIN
};

/* Borrowed. */
struct transfer_config {
	const char *relay;   /* host:port; "": no mail */
	const char *from;
	const char *ca;      /* file of certificates; "": the system's */
	enum transfer_tls tls;
	struct places places;
	const struct credentials *credentials;
};

typedef void transfer_done_fn(void *ctx, const struct uuid *page,
    uint32_t try_now, enum job_result result, const char *why);

struct transfers;

/* A receiver's answer was signed as what it got was, and is {"code": CODE}:
 * somebody answers a page. `from` is its host. */
typedef void transfer_code_fn(void *ctx, struct span code, struct span from);

/* ERR_IO if the library does not start. */
MUST enum err transfers_create(const struct transfer_config *config,
    transfer_done_fn *done, transfer_code_fn *code, void *ctx,
    struct transfers **out);
void transfers_free(struct transfers *t); /* accepts NULL */

/* Begin; `done` is called once, now or from transfers_wait. */
void transfers_start(struct transfers *t, const struct job *j);

/* End it, if nothing of the text can have gone out: then `done` is called.
 * One that is further is left to end by itself. */
void transfers_cancel(struct transfers *t, const struct uuid *page);

/* Wait at most `wait_ms` for transfers or what `more` asks for. */
void transfers_wait(struct transfers *t, struct pollfd *more, size_t n,
    int wait_ms);

/* What an HTTP status means for a page. */
enum job_result transfer_http_result(long status);

/* The host of a URL, with its port if it has one: "" if it is none that a page
 * may go to (https and http, no user). */
struct span transfer_host(struct span url);

#endif
