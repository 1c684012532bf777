/* SPDX-License-Identifier: Apache-2.0
 *
 * The live stream: server-sent events (WHATWG HTML, section 9.2) of notices
 * that are for everybody, each with its position in the log, so that a reader
 * who was cut off goes on where she was. A comment each heartbeat shows that
 * it lives. One event is written once and read by all. Who does not take what
 * there is for two heartbeats is let go: she comes again by herself.
 */
#ifndef WEB_STREAM_H
#define WEB_STREAM_H

#include "web/http.h"
#include "web/talk.h"

struct stream;

/* `node_fd` is the socket pair to the node, borrowed; -1: none, and nothing is
 * told. Caller frees, after the servers. */
struct stream *stream_create(int node_fd, int64_t beat_ms, int64_t now_ms);
void stream_free(struct stream *s); /* accepts NULL */

/* Who is told of replies of the node, and that it has begun. */
typedef void stream_reply_fn(void *ctx, const struct talk_frame *f);
void stream_on_reply(struct stream *s, stream_reply_fn *fn, void *ctx);

/* Answer with the stream. */
void stream_answer(struct stream *s, struct http_call *call);

/* Something has come from the node. */
void stream_read(struct stream *s);

/* When stream_beat is due; then call it. */
int64_t stream_due_ms(const struct stream *s);
void stream_beat(struct stream *s, int64_t now_ms);

#endif
