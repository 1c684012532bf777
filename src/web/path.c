/* SPDX-License-Identifier: Apache-2.0
 *
 * Paths of requests.
 */
#include "web/path.h"

#include "base/text.h"

static int
hex_value(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* One byte of the name at `*at`, which goes on behind it. */
static enum err
byte_read(struct span in, size_t *at, unsigned char *out, struct fault *f)
{
	unsigned char c = in.p[*at];
	size_t from = (*at)++;
	int high, low;

	if (c == '%') {
		high = in.n - *at >= 2 ? hex_value(in.p[*at]) : -1;
		low = in.n - *at >= 2 ? hex_value(in.p[*at + 1]) : -1;
		if (high < 0 || low < 0)
			return fault_at(f, ERR_SYNTAX, from, "path",
			    "%% without two hexadecimal digits");
		c = (unsigned char)(high * 16 + low);
		*at += 2;
		if (c == '/')
			return fault_at(f, ERR_SYNTAX, from, "path",
			    "an encoded /");
	}
	if (c < 0x20 || c == 0x7f || c == '\\')
		return fault_at(f, ERR_SYNTAX, from, "path",
		    "a control character or backslash");
	*out = c;
	return ERR_NONE;
}

/* May this part of a path, which is the `i`th, be? */
static enum err
part_check(struct span part, size_t i, bool is_last, struct fault *f)
{
	if (part.n == 0 && is_last)
		return ERR_NONE; /* behind the "/" of a folder */
	if (part.n == 0)
		return fault_at(f, ERR_SYNTAX, 0, "path", "an empty part");
	if (part.p[0] == '.' && (i != 0 || !span_is_str(part, ".well-known")))
		return fault_at(f, ERR_SYNTAX, 0, "path",
		    "a part that begins with a dot");
	return ERR_NONE;
}

static enum err
parts_check(struct span name, struct fault *f)
{
	size_t from = 0, i = 0;
	enum err e = ERR_NONE;

	for (size_t at = 0; e == ERR_NONE && at <= name.n; at++) {
		if (at != name.n && name.p[at] != '/')
			continue;
		e = part_check(span_of(name.p + from, at - from), i++,
		    at == name.n, f);
		from = at + 1;
	}
	return e;
}

static void
lang_take(struct web_path *p)
{
	const char *slash = memchr(p->name, '/', p->n);
	size_t n = slash != NULL ? (size_t)(slash - p->name) : p->n;

	for (int l = 0; l < LANG_COUNT; l++) {
		if (!span_is_str(span_of(p->name, n), lang_tag((enum lang)l)))
			continue;
		p->has_lang = true;
		p->lang = (enum lang)l;
	}
}

enum err
web_path_parse(struct span in, struct web_path *out, struct fault *f)
{
	struct web_path p = { .n = 0 };
	struct text text;
	enum err e = ERR_NONE;

	if (in.n == 0 || in.p[0] != '/')
		return fault_at(f, ERR_SYNTAX, 0, "path",
		    "does not begin with /");
	for (size_t at = 1; at < in.n; p.n++) {
		unsigned char c = 0;

		if (p.n == LIMIT_WEB_PATH)
			return fault_at(f, ERR_LIMIT, at, "path",
			    "longer than %d bytes", LIMIT_WEB_PATH);
		e = byte_read(in, &at, &c, f);
		if (e != ERR_NONE)
			return e;
		p.name[p.n] = (char)c;
	}
	if (text_parse(span_of(p.name, p.n), &text) != ERR_NONE)
		return fault_at(f, ERR_SYNTAX, 0, "path", "is not UTF-8");
	e = parts_check(span_of(p.name, p.n), f);
	if (e != ERR_NONE)
		return e;
	p.is_folder = p.n == 0 || p.name[p.n - 1] == '/';
	lang_take(&p);
	memcpy(out->name, p.name, p.n + 1);
	out->n = p.n;
	out->is_folder = p.is_folder;
	out->has_lang = p.has_lang;
	out->lang = p.lang;
	return ERR_NONE;
}
