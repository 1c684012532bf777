/* SPDX-License-Identifier: Apache-2.0
 *
 * HTTP/1.1 and TLS 1.3 towards everybody, thin over libmicrohttpd; http.c is
 * the only file that includes microhttpd.h. One thread and no wait of its own:
 * who owns the server polls http_fd and calls http_step. The server holds
 * every reader to its limits: so many connections in all and from one address,
 * so long for the head of a request, so long to take an answer, by its size
 * and LIMIT_WEB_RATE. A request is answered in the call of `on_request`, once.
 */
#ifndef WEB_HTTP_H
#define WEB_HTTP_H

#include "base/err.h"
#include "base/limits.h"
#include "base/span.h"
#include "web/crowd.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct http;
struct http_call;
struct http_body;

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_OTHER };

/* What came of a request, for the log: nothing of who asked. */
struct http_done {
	enum http_method method;
	unsigned status;
	uint64_t size; /* of the whole body of the answer; 0: not known */
};

struct http_config {
	size_t connections; /* of all servers that share `crowd` */
	size_t each;        /* from one address; 0: no limit */
	int64_t wait_ms;    /* for TLS and the head of a request, and between
	                     * two; twice as long for the answer */
	struct crowd *crowd;
	const char *certificate, *key; /* PEM, NUL-ended; NULL: no TLS */
	/* Headers of every answer that has none of the name, as "Name",
	 * "value", NULL; outlives it. */
	const char *const *headers;
	void (*on_request)(void *ctx, struct http_call *call);
	void (*on_done)(void *ctx, const struct http_done *done);
	void *ctx;
};

/* Serve on `fd`, which is listening, and is the server's from now on. ERR_KEY
 * if certificate and key are not of each other, ERR_IO if the library does not
 * start. */
MUST enum err http_create(const struct http_config *config, int fd,
    struct http **out);
void http_free(struct http *h); /* accepts NULL */

/* What to poll for reading, and how long at most, -1: for ever. */
int http_fd(const struct http *h);
int http_wait_ms(const struct http *h);

/* Handle what is ready. `now_ms` is monotonic. */
void http_step(struct http *h, int64_t now_ms);

/* End those that are over their time, and those that are held and whose reader
 * has gone. Call each second or so. */
void http_sweep(struct http *h, int64_t now_ms);

/* --- a request --- */

enum http_method http_method(const struct http_call *call);

/* Its path as it came, without the query. */
struct span http_path(const struct http_call *call);

/* An argument of the query: "?name=..", its encodings not undone; a NULL pointer
 * if it did not come. */
struct span http_argument(const struct http_call *call, const char *name);

/* A header; a NULL pointer if it did not come. */
struct span http_header(const struct http_call *call, const char *name);

/* Does it carry content? Then it is answered before that has come, and the
 * connection ends; or it is taken. */
bool http_has_body(const struct http_call *call);

/* Of whom takes the content of a request. */
struct http_taker {
	/* The next bytes; how many it took. If fewer than all, the reader
	 * waits until http_go_on, and the others come again. */
	size_t (*bytes)(void *ctx, struct span s);
	/* All has come: answer, or http_hold to be asked again after
	 * http_go_on. */
	void (*end)(void *ctx);
	/* The request is over, answered or not; once, last. */
	void (*gone)(void *ctx);
	void *ctx;
};

/* Take the content, in the call of `on_request`, instead of an answer: as many
 * bytes as Content-Length says, at most `most`. False if it says none, or
 * more: nothing is taken, answer. A reader has time by LIMIT_WEB_RATE, for
 * what she has sent already: who trickles is let go. */
bool http_take(struct http_call *call, const struct http_taker *taker,
    uint64_t most);

/* The reader waits for the answer, or with its next bytes, until
 * http_go_on. */
void http_hold(struct http_call *call);
void http_go_on(struct http_call *call);

/* Let the reader of a request without content wait for its answer, in the call
 * of `on_request`: `end` is called once after http_go_on, to answer; `bytes`
 * never. */
void http_wait(struct http_call *call, const struct http_taker *taker);

/* Can nobody on the way read it: does it come by TLS, or from this machine? */
bool http_is_private(const struct http_call *call);

/* Where it comes from. */
crowd_key http_from(const struct http_call *call);

/* --- answers --- */

/* A body, with headers; owned by the caller, and by each answer that is under
 * way. Any number of calls may be answered with it. */
struct http_body *http_body_of(struct span bytes);          /* copied */
struct http_body *http_body_take(void *bytes, size_t n);    /* freed by it */

/* `n` bytes of a file from `from` on; the descriptor is closed by it. */
struct http_body *http_body_file(int fd, uint64_t from, uint64_t n);

/* An answer without end, for this call: `room` is called whenever there is
 * room for `most` more bytes, and says how many it put: 0 to be left alone
 * until http_wake, -1 at the end. `gone` is called once, last; `sleep` is good
 * until then. */
struct http_sleep;
typedef ssize_t http_room_fn(void *ctx, char *out, size_t most);
struct http_body *http_body_live(struct http_call *call, http_room_fn *room,
    void (*gone)(void *ctx), void *ctx, struct http_sleep **sleep);

/* End it once the reader's machine has not acknowledged for so long what was
 * sent to it; seen when it is woken. */
void http_unacked_most(struct http_sleep *s, int64_t ms);

/* There is something for it again. */
void http_wake(struct http_sleep *s);

/* Send parts, up to HTTP_PARTS, to one that sleeps, past the library: how many
 * bytes its socket took. 0 if it does not sleep, by TLS, and if its end is to
 * come. `room` goes on behind what was taken; http_wake, if not all was. */
enum { HTTP_PARTS = 8 };
size_t http_send(struct http_sleep *s, const struct span *parts, size_t n);

/* Has the reader closed her end? Only asked of one that sleeps. */
bool http_is_left(const struct http_sleep *s);

/* End it. */
void http_cut(struct http_sleep *s);

void http_body_header(struct http_body *b, const char *name,
    const char *value);

/* Gives up the caller's hold. Accepts NULL. */
void http_body_free(struct http_body *b);

/* Answer. Of a HEAD only the headers are sent. */
void http_answer(struct http_call *call, unsigned status,
    struct http_body *b);

#endif
