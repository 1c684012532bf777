/* SPDX-License-Identifier: Apache-2.0
 *
 * The diagnostic log of a process: level, event token, key=value pairs, one
 * line each, to standard error; with the systemd journal behind it
 * (JOURNAL_STREAM) each line begins with its priority, "<4>". Layers up to
 * watch/ never log; above, a failure is logged once, by whoever gives up.
 * Never a record body, a key or anything over TLP:CLEAR: this log is not
 * evidence and is read by people who may not read notices.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_ERROR, LOG_WARNING, LOG_NOTICE, LOG_DETAIL, LOG_DEBUG };

/* Once at start: the process' name in each line ("node"), the most talkative
 * level that is written, and the descriptor (2). */
void log_init(const char *process, enum log_level most, int fd);
void log_set_level(enum log_level most);
/* The level of a word ("notice"); LOG_NOTICE for any other word. */
enum log_level log_level_find(const char *word);

bool log_is_on(enum log_level level);

/* A value of a pair; made by the functions below. */
struct log_value {
	const char *key; /* NULL ends the list */
	enum { LOG_VALUE_SPAN, LOG_VALUE_INT, LOG_VALUE_UINT } type;
	struct span s;
	int64_t i;
	uint64_t u;
};

static inline struct log_value
log_str(const char *key, const char *s)
{
	return (struct log_value){ .key = key, .type = LOG_VALUE_SPAN,
		.s = span_str(s != NULL ? s : "") };
}

static inline struct log_value
log_span(const char *key, struct span s)
{
	return (struct log_value){ .key = key, .type = LOG_VALUE_SPAN,
		.s = s };
}

static inline struct log_value
log_int(const char *key, int64_t i)
{
	return (struct log_value){ .key = key, .type = LOG_VALUE_INT, .i = i };
}

static inline struct log_value
log_uint(const char *key, uint64_t u)
{
	return (struct log_value){ .key = key, .type = LOG_VALUE_UINT,
		.u = u };
}

static inline struct log_value
log_err(const char *key, enum err e)
{
	return log_str(key, err_token(e));
}

void log_write(enum log_level level, const char *event,
    const struct log_value *values);

/* log_event(LOG_NOTICE, "peer.session.up", log_str("team", t),
 *     log_uint("behind", n));
 * Values with blanks, quotes or control bytes are quoted and escaped, so that
 * a line is always one line; a value is cut at 512 bytes. */
#define log_event(level, ...) log_event_(level, __VA_ARGS__, \
    (struct log_value){ .key = NULL })
#define log_event_(level, event, ...) \
	log_write(level, event, (const struct log_value[]){ __VA_ARGS__ })

#endif
