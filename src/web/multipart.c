/* SPDX-License-Identifier: Apache-2.0
 *
 * Parts of forms. A delimiter begins with CR and has no other, so a
 * false start is never the beginning of a later one but at its end.
 */
#include "web/multipart.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

/* --- Content-Type --- */

static bool
is_boundary_char(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') ||
	    (c != '\0' && strchr("'()+_,-./:=?", c) != NULL);
}

static bool
starts(struct span s, const char *with)
{
	size_t n = strlen(with);

	return s.n >= n && strncasecmp((const char *)s.p, with, n) == 0;
}

struct span
multipart_boundary(struct span type)
{
	static const char form[] = "multipart/form-data";
	const struct span none = { NULL, 0 };
	struct span b;
	size_t n = 0;

	if (type.p == NULL || !starts(type, form))
		return none;
	b = span_of(type.p + sizeof form - 1, type.n - (sizeof form - 1));
	while (b.n != 0 && (*b.p == ';' || *b.p == ' '))
		b = span_of(b.p + 1, b.n - 1);
	if (!starts(b, "boundary="))
		return none;
	b = span_of(b.p + 9, b.n - 9);
	if (b.n >= 2 && b.p[0] == '"' && b.p[b.n - 1] == '"')
		b = span_of(b.p + 1, b.n - 2);
	while (n < b.n && is_boundary_char(b.p[n]))
		n++;
	return n == b.n && n != 0 && n <= MULTIPART_BOUNDARY ? b : none;
}

void
multipart_init(struct multipart *m, struct span boundary,
    const struct multipart_sink *sink)
{
	*m = (struct multipart){ .sink = sink, .state = MULTIPART_FIRST,
		.matched = 2 };
	memcpy(m->delimiter, "\r\n--", 4);
	memcpy(m->delimiter + 4, boundary.p, boundary.n);
	m->delimiter_n = 4 + boundary.n;
}

bool
multipart_is_whole(const struct multipart *m)
{
	return m->state == MULTIPART_DONE;
}

/* --- names of files --- */

/* Bytes of a character at `s` that is not to be shown: a control, also those
 * of C1 (C2 80 to 9F), and what turns the direction of writing (U+200E, F,
 * U+202A to E, U+2066 to 9). 0: it may be. */
static size_t
hidden(struct span s)
{
	if (s.p[0] < ' ' || s.p[0] == 0x7f || s.p[0] == '/' || s.p[0] == '\\')
		return 1;
	if (s.n >= 2 && s.p[0] == 0xc2 && s.p[1] < 0xa0)
		return 2;
	if (s.n < 3 || s.p[0] != 0xe2)
		return 0;
	return (s.p[1] == 0x80 && (s.p[2] == 0x8e || s.p[2] == 0x8f ||
	    (s.p[2] >= 0xaa && s.p[2] <= 0xae))) ||
	    (s.p[1] == 0x81 && s.p[2] >= 0xa6 && s.p[2] <= 0xa9) ? 3 : 0;
}

static bool
is_inside_character(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

size_t
multipart_file_name(struct span file, char out[MULTIPART_SHOWN + 1])
{
	struct span s = file;
	struct text t;
	bool is_text;
	size_t n = 0, k;

	if (s.n > MULTIPART_SHOWN)
		s = span_of(s.p + s.n - MULTIPART_SHOWN, MULTIPART_SHOWN);
	/* its front was cut here or before, perhaps within a character */
	while (s.n != 0 && is_inside_character(*s.p))
		s = span_of(s.p + 1, s.n - 1);
	is_text = text_parse(s, &t) == ERR_NONE;
	for (size_t i = 0; i < s.n; i += k) {
		size_t skip = hidden(span_of(s.p + i, s.n - i));
		bool is_kept = skip == 0 && (is_text || s.p[i] < 0x80) &&
		    (s.p[i] != '.' || n != 0);

		k = skip != 0 ? skip : 1;
		out[n++] = '_';
		if (is_kept)
			memcpy(&out[n - 1], &s.p[i], 1);
	}
	if (n == 0) {
		memcpy(out, "file", 4);
		n = 4;
	}
	out[n] = '\0';
	return n;
}

/* --- the head of a part --- */

/* The value of `key="..."` in a line; browsers write %22 for a quote within.
 * False if it is not there. */
static bool
quoted(struct span line, const char *key, struct span *out)
{
	size_t k = strlen(key), end;

	for (size_t i = 0; i + k + 2 <= line.n; i++) {
		if (memcmp(line.p + i, key, k) != 0 || i == 0 ||
		    (line.p[i - 1] != ' ' && line.p[i - 1] != ';') ||
		    line.p[i + k] != '=' || line.p[i + k + 1] != '"')
			continue;
		i += k + 2;
		for (end = i; end < line.n && line.p[end] != '"'; end++)
			;
		if (end == line.n)
			return false;
		*out = span_of(line.p + i, end - i);
		return true;
	}
	return false;
}

/* What follows the last separator of a path: some browsers send whole
 * paths. */
static struct span
file_part(struct span s)
{
	for (size_t i = s.n; i > 0; i--)
		if (s.p[i - 1] == '/' || s.p[i - 1] == '\\')
			return span_of(s.p + i, s.n - i);
	return s;
}

static void
take_line(struct span line, struct multipart_part *p, bool *has_name)
{
	static const char disposition[] = "content-disposition: form-data;";
	static const char type[] = "content-type: ";

	if (starts(line, disposition)) {
		*has_name = quoted(line, "name", &p->name);
		p->is_file = quoted(line, "filename", &p->file);
		p->file = file_part(p->file);
	} else if (starts(line, type)) {
		p->media = span_of(line.p + sizeof type - 1,
		    line.n - (sizeof type - 1));
	}
}

static enum err
on_head(struct multipart *m, struct fault *f)
{
	struct multipart_part p = { .media = span_str("") };
	struct span rest = span_of(m->head, m->head_n);
	bool has_name = false;

	while (rest.n != 0) {
		const unsigned char *lf = memchr(rest.p, '\n', rest.n);
		size_t n = lf != NULL ? (size_t)(lf - rest.p) : rest.n;

		take_line(span_of(rest.p, n != 0 && rest.p[n - 1] == '\r' ?
		    n - 1 : n), &p, &has_name);
		rest = lf != NULL ? span_of(lf + 1, rest.n - n - 1) :
				    span_of(NULL, 0);
	}
	if (!has_name || p.name.n == 0 || p.name.n > MULTIPART_NAME)
		return fault_at(f, ERR_SYNTAX, m->parts, "part",
		    "has no name, or a too long one");
	if (p.file.n > MULTIPART_FILE)
		p.file = span_of(p.file.p + p.file.n - MULTIPART_FILE,
		    MULTIPART_FILE);
	if (++m->parts > MULTIPART_PARTS)
		return fault_at(f, ERR_LIMIT, m->parts, "part",
		    "there are more than %d", MULTIPART_PARTS);
	m->state = MULTIPART_IN_BODY;
	m->matched = 0;
	return m->sink->part(m->sink->ctx, &p);
}

static enum err
put_head(struct multipart *m, unsigned char c, struct fault *f)
{
	size_t n = m->head_n;

	if (c == '\0' || n == MULTIPART_HEAD)
		return fault_at(f, c == '\0' ? ERR_SYNTAX : ERR_LIMIT, n,
		    "head", c == '\0' ? "has a zero byte" :
		    "is longer than %d bytes", MULTIPART_HEAD);
	m->head[m->head_n++] = c;
	n = m->head_n;
	if (n < 4 || memcmp(m->head + n - 4, "\r\n\r\n", 4) != 0)
		return ERR_NONE;
	m->head_n -= 4;
	return on_head(m, f);
}

/* --- bodies --- */

static enum err
give(struct multipart *m, struct span s)
{
	return s.n == 0 ? ERR_NONE : m->sink->bytes(m->sink->ctx, s);
}

/* As much as is of the body; `used` says how much that was. */
static enum err
put_body(struct multipart *m, struct span in, size_t *used)
{
	size_t i = 0, from = 0;
	enum err e = ERR_NONE;

	while (e == ERR_NONE && i < in.n && m->matched < m->delimiter_n) {
		if (in.p[i] == (unsigned char)m->delimiter[m->matched]) {
			if (m->matched++ == 0)
				e = give(m, span_of(in.p + from, i - from));
			i++;
			from = i;
		} else if (m->matched != 0) {
			/* it was none: what seemed to be it is of the body */
			e = give(m, span_of(m->delimiter, m->matched));
			m->matched = 0;
			from = i;
		} else {
			const unsigned char *cr = memchr(in.p + i, '\r',
			    in.n - i);

			i = cr != NULL ? (size_t)(cr - in.p) : in.n;
		}
	}
	if (e == ERR_NONE && m->matched == 0)
		e = give(m, span_of(in.p + from, i - from));
	*used = i;
	if (e == ERR_NONE && m->matched == m->delimiter_n) {
		m->state = MULTIPART_AFTER;
		m->head_n = 0;
		e = m->sink->end(m->sink->ctx);
	}
	return e;
}

static enum err
put_first(struct multipart *m, unsigned char c, struct fault *f)
{
	if (c != (unsigned char)m->delimiter[m->matched])
		return fault_at(f, ERR_SYNTAX, m->matched, "body",
		    "does not begin with its boundary");
	if (++m->matched == m->delimiter_n) {
		m->state = MULTIPART_AFTER;
		m->head_n = 0;
	}
	return ERR_NONE;
}

static enum err
put_after(struct multipart *m, unsigned char c, struct fault *f)
{
	static const char line[] = "\r\n", last[] = "--";

	m->head[m->head_n++] = c;
	if (memcmp(m->head, line, m->head_n) == 0)
		m->state = m->head_n == 2 ? MULTIPART_IN_HEAD : m->state;
	else if (memcmp(m->head, last, m->head_n) == 0)
		m->state = m->head_n == 2 ? MULTIPART_DONE : m->state;
	else
		return fault_at(f, ERR_SYNTAX, m->parts, "boundary",
		    "is followed by neither a line nor the end");
	if (m->head_n == 2)
		m->head_n = 0;
	return ERR_NONE;
}

enum err
multipart_put(struct multipart *m, struct span in, struct fault *f)
{
	enum err e = m->state == MULTIPART_BROKEN ? ERR_STATE : ERR_NONE;

	while (e == ERR_NONE && in.n != 0 && m->state != MULTIPART_DONE) {
		size_t used = 1;

		switch (m->state) {
		case MULTIPART_FIRST:
			e = put_first(m, *in.p, f);
			break;
		case MULTIPART_AFTER:
			e = put_after(m, *in.p, f);
			break;
		case MULTIPART_IN_HEAD:
			e = put_head(m, *in.p, f);
			break;
		case MULTIPART_IN_BODY:
			e = put_body(m, in, &used);
			break;
		case MULTIPART_DONE:
		case MULTIPART_BROKEN:
			break;
		}
		in = span_of(in.p + used, in.n - used);
	}
	if (e != ERR_NONE)
		m->state = MULTIPART_BROKEN;
	return e;
}
