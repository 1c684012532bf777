/* SPDX-License-Identifier: Apache-2.0
 *
 * The JSON writer: compact text into a bounded buffer.
 */
#include "base/json.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>

void
json_out_init(struct json_out *w, struct buf *out)
{
	*w = (struct json_out){ .out = out };
}

static void
begin_value(struct json_out *w)
{
	if (w->comma)
		buf_put_u8(w->out, ',');
	w->comma = true;
}

void
json_put_open(struct json_out *w, char bracket)
{
	begin_value(w);
	buf_put_u8(w->out, (uint8_t)bracket);
	w->comma = false;
}

void
json_put_close(struct json_out *w, char bracket)
{
	buf_put_u8(w->out, (uint8_t)bracket);
	w->comma = true;
}

static void
put_escape(struct buf *out, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char from[] = "\"\\\b\f\n\r\t";
	static const char to[] = "\"\\bfnrt";
	const char *at = c == '\0' ? NULL : strchr(from, c);
	char text[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };

	if (at != NULL)
		text[1] = to[at - from];
	buf_put_mem(out, text, at != NULL ? 2 : sizeof text);
}

static void
put_quoted(struct buf *out, struct span text)
{
	size_t from = 0;

	buf_put_u8(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = text.p[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_put_mem(out, text.p + from, i - from);
		put_escape(out, c);
		from = i + 1;
	}
	if (from < text.n)
		buf_put_mem(out, text.p + from, text.n - from);
	buf_put_u8(out, '"');
}

void
json_put_key_span(struct json_out *w, struct span key)
{
	begin_value(w);
	put_quoted(w->out, key);
	buf_put_u8(w->out, ':');
	w->comma = false;
}

void
json_put_key(struct json_out *w, const char *key)
{
	json_put_key_span(w, span_str(key));
}

void
json_put_span(struct json_out *w, struct span text)
{
	begin_value(w);
	put_quoted(w->out, text);
}

void
json_put_str(struct json_out *w, const char *text)
{
	json_put_span(w, span_str(text));
}

void
json_put_raw(struct json_out *w, struct span json)
{
	begin_value(w);
	buf_put(w->out, json);
}

void
json_put_rest(struct json_out *w, struct json_val object,
    const char *const *without, struct arena *a)
{
	for (struct json_val m = json_first(object); m.type != JSON_ABSENT;
	     m = json_next(object, m)) {
		struct span key = json_key(m, a);
		const char *const *at = without;

		while (at != NULL && *at != NULL && !span_is_str(key, *at))
			at++;
		if (at != NULL && *at != NULL)
			continue;
		json_put_key_span(w, key);
		json_put_raw(w, json_raw(m));
	}
}

void
json_put_bool(struct json_out *w, bool v)
{
	json_put_raw(w, span_str(v ? "true" : "false"));
}

void
json_put_null(struct json_out *w)
{
	json_put_raw(w, span_str("null"));
}

void
json_put_u64(struct json_out *w, uint64_t v)
{
	char text[24];
	size_t at = sizeof text;

	do {
		text[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v != 0);
	json_put_raw(w, span_of(text + at, sizeof text - at));
}

void
json_put_i64(struct json_out *w, int64_t v)
{
	char text[24];

	json_put_raw(w, span_of(text,
	    (size_t)snprintf(text, sizeof text, "%" PRId64, v)));
}

/* Significant digits and the power of ten of the first of them, such that
 * they read back as `v`, which is above zero: 15 digits are always kept by a
 * normal double, 17 always tell it. printf's point is skipped, whatever the locale
 * makes of it, and strtod is given none. */
static size_t
find_digits(double v, char digits[static 24], int *power)
{
	char text[64];
	size_t n = 0;

	for (int precision = v < DBL_MIN ? 1 : 15; precision <= 17; precision++) {
		char back[64];
		char *e;

		snprintf(text, sizeof text, "%.*e", precision - 1, v);
		e = strchr(text, 'e');
		if (e == NULL)
			return 0;
		n = 0;
		for (const char *p = text; p < e; p++)
			if (*p >= '0' && *p <= '9')
				digits[n++] = *p;
		*power = (int)strtol(e + 1, NULL, 10);
		snprintf(back, sizeof back, "%.*se%d", (int)n, digits,
		    *power - (int)n + 1);
		if (strtod(back, NULL) >= v && strtod(back, NULL) <= v)
			break;
	}
	while (n > 1 && digits[n - 1] == '0')
		n--;
	return n;
}

/* The layout of ECMA-262, Number::toString: plain from 1e-6 to below 1e21. */
void
json_put_double(struct json_out *w, double v)
{
	char d[24];
	int power = 0;
	size_t n;

	if (!isfinite(v)) {
		w->out->over = true;
		return;
	}
	begin_value(w);
	if (signbit(v))
		buf_put_u8(w->out, '-');
	if (fpclassify(v) == FP_ZERO) {
		buf_put_u8(w->out, '0');
		return;
	}
	n = find_digits(fabs(v), d, &power);
	if (power < -6 || power >= 21) {
		buf_put_mem(w->out, d, 1);
		if (n > 1)
			buf_put_u8(w->out, '.');
		buf_put_mem(w->out, d + 1, n - 1);
		buf_put_format(w->out, "e%+d", power);
		return;
	}
	if (power < 0)
		buf_put_str(w->out, "0.");
	for (int i = -1; i > power; i--)
		buf_put_u8(w->out, '0');
	for (int i = 0; i < (int)n || i <= power; i++) {
		if (i == power + 1 && power >= 0)
			buf_put_u8(w->out, '.');
		buf_put_u8(w->out, (uint8_t)(i < (int)n ? d[i] : '0'));
	}
}

void
json_put_member_str(struct json_out *w, const char *key, const char *v)
{
	json_put_key(w, key);
	json_put_str(w, v);
}

void
json_put_member_span(struct json_out *w, const char *key, struct span v)
{
	json_put_key(w, key);
	json_put_span(w, v);
}

void
json_put_member_u64(struct json_out *w, const char *key, uint64_t v)
{
	json_put_key(w, key);
	json_put_u64(w, v);
}

void
json_put_member_bool(struct json_out *w, const char *key, bool v)
{
	json_put_key(w, key);
	json_put_bool(w, v);
}
