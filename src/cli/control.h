/* SPDX-License-Identifier: Apache-2.0
 *
 * The client's end of the control socket: requests and answers as JSON behind
 * a length, one at a time, with a time limit; progress on the way, and events
 * on a connection that subscribed (doc/control.md).
 */
#ifndef CLI_CONTROL_H
#define CLI_CONTROL_H

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"

#include <stdbool.h>
#include <stdint.h>

enum { CONTROL_TIMEOUT_MS = 30000 };

struct control;

/* Connect to the socket. ERR_NOT_FOUND (no socket), ERR_CLOSED (nobody
 * listens), ERR_DENIED, ERR_USAGE (path too long), ERR_TIMEOUT, ERR_IO. */
MUST enum err control_open(const char *path, int timeout_ms,
    struct control **out);
void control_close(struct control *c); /* accepts NULL */

/* Called for each progress message; `of` is 0 if the end is not known. */
typedef void control_progress_fn(void *ctx, uint64_t done, uint64_t of,
    struct span text);
void control_set_progress(struct control *c, control_progress_fn *fn,
    void *ctx);

/* An answer; `root` is the "data" or the "error" and lives until the next
 * call on this connection. */
struct control_answer {
	bool ok;
	int exit;             /* of an error */
	struct json_val data; /* JSON_ABSENT if there is none */
};

/* Send `cmd` with `args` (a JSON object, or empty) and wait for its answer;
 * the time limit starts anew with each progress message. ERR_TIMEOUT,
 * ERR_CLOSED, ERR_IO; ERR_LIMIT for a request over LIMIT_CONTROL_FRAME;
 * ERR_SYNTAX for an answer that is none. After an error the connection is of
 * no more use. */
MUST enum err control_call(struct control *c, const char *cmd,
    struct span args, const char *lang, struct control_answer *out);

/* The same, passing the open file `file` along (-1: none). */
MUST enum err control_call_file(struct control *c, const char *cmd,
    struct span args, const char *lang, int file, struct control_answer *out);

/* The next event of a connection that called "events", waiting at most
 * `wait_ms` (-1: for ever). ERR_TIMEOUT if none came: ask again. The value
 * lives until the next call. */
MUST enum err control_event(struct control *c, int wait_ms,
    struct json_val *out);

/* For poll(2) beside other descriptors. */
int control_fd(const struct control *c);

#endif
