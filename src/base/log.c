/* SPDX-License-Identifier: Apache-2.0
 *
 * The diagnostic log: one write per line, so that lines of several processes
 * on one descriptor do not mix.
 */
#include "base/log.h"

#include "base/buf.h"
#include "base/instant.h"

#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 4096, VALUE_MAX_BYTES = 512 };

static struct {
	const char *process;
	enum log_level most;
	int fd;
	bool is_journal;
} state = { "almenara", LOG_NOTICE, STDERR_FILENO, false };

/* words of the file, and priorities of syslog (RFC 5424 6.2.1) */
static const struct {
	const char *word;
	int priority;
} levels[] = {
	[LOG_ERROR] = { "error", 3 },
	[LOG_WARNING] = { "warning", 4 },
	[LOG_NOTICE] = { "notice", 5 },
	[LOG_DETAIL] = { "detail", 6 },
	[LOG_DEBUG] = { "debug", 7 },
};

/* sd_journal: JOURNAL_STREAM is "device:inode" of the stream that is ours. */
static bool
is_journal(int fd)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char own[64];
	struct stat st;

	if (stream == NULL || fstat(fd, &st) != 0)
		return false;
	snprintf(own, sizeof own, "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	return strcmp(own, stream) == 0;
}

void
log_init(const char *process, enum log_level most, int fd)
{
	state.process = process;
	state.most = most;
	state.fd = fd;
	state.is_journal = is_journal(fd);
}

void
log_set_level(enum log_level most)
{
	state.most = most;
}

enum log_level
log_level_find(const char *word)
{
	for (unsigned i = 0; i <= LOG_DEBUG; i++)
		if (strcmp(levels[i].word, word) == 0)
			return (enum log_level)i;
	return LOG_NOTICE;
}

bool
log_is_on(enum log_level level)
{
	return level <= state.most;
}

static bool
is_plain(unsigned char c)
{
	return c > 0x20 && c != '"' && c != '\\' && c != '=' && c != 0x7f;
}

static void
put_quoted(struct buf *out, struct span s)
{
	size_t n = s.n < VALUE_MAX_BYTES ? s.n : VALUE_MAX_BYTES;
	bool quote = n == 0;

	for (size_t i = 0; i < n; i++)
		quote = quote || !is_plain(s.p[i]);
	if (!quote) {
		buf_put(out, span_of(s.p, n));
	} else {
		buf_put_u8(out, '"');
		for (size_t i = 0; i < n; i++) {
			if (s.p[i] == '"' || s.p[i] == '\\')
				buf_put_format(out, "\\%c", s.p[i]);
			else if (s.p[i] < 0x20 || s.p[i] == 0x7f)
				buf_put_format(out, "\\x%02x", s.p[i]);
			else
				buf_put_u8(out, s.p[i]);
		}
		buf_put_u8(out, '"');
	}
	if (n < s.n)
		buf_put_str(out, "...");
}

static void
put_value(struct buf *out, const struct log_value *v)
{
	buf_put_format(out, " %s=", v->key);
	switch (v->type) {
	case LOG_VALUE_SPAN:
		put_quoted(out, v->s);
		break;
	case LOG_VALUE_INT:
		buf_put_format(out, "%" PRId64, v->i);
		break;
	case LOG_VALUE_UINT:
		buf_put_format(out, "%" PRIu64, v->u);
		break;
	}
}

/* The rest of a line that is too long is dropped, by whole pairs. */
static void
put_values(struct buf *out, const struct log_value *values)
{
	for (; values->key != NULL; values++) {
		size_t before = out->n;

		put_value(out, values);
		if (out->over) {
			out->over = false;
			out->n = before;
			return;
		}
	}
}

void
log_write(enum log_level level, const char *event,
    const struct log_value *values)
{
	char time_text[INSTANT_TEXT_MAX];
	struct timespec t;
	struct buf line;
	ssize_t written;

	if (!log_is_on(level))
		return;
	buf_init(&line, LINE_MAX_BYTES);
	if (state.is_journal) {
		buf_put_format(&line, "<%d>", levels[level].priority);
	} else {
		clock_gettime(CLOCK_REALTIME, &t);
		wall_write((struct wall){ (int64_t)t.tv_sec * 1000 }, time_text);
		buf_put_format(&line, "%s %s ", time_text, levels[level].word);
	}
	buf_put_format(&line, "%s %s", state.process, event);
	line.max--; /* for the line feed */
	put_values(&line, values);
	line.max++;
	buf_put_u8(&line, '\n');
	/* nowhere to complain if this fails */
	written = write(state.fd, line.p, line.n);
	(void)written;
	buf_release(&line);
}
