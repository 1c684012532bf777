/* SPDX-License-Identifier: Apache-2.0
 *
 * CSAF 6.1.14, 6.1.16 to 6.1.22, 6.1.30: version, status and revision history.
 * Versions are compared by semantic versioning 2.0.0; an integer is a major
 * version alone. Numbers are compared as digits, so none is too long.
 */
#include "gateways/csaf_inside.h"

#include "base/instant.h"

#include <stdlib.h>

struct version {
	struct span part[3]; /* digits; part 1 and 2 empty: an integer */
	struct span pre;     /* without the hyphen */
};

struct revision {
	struct wall date;
	struct span beyond; /* digits of the second after milliseconds */
	struct version v;
	struct json_val at;
};

struct history {
	struct revision *at; /* by date, then by version */
	size_t count;
};

static bool
is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static struct span
take_digits(struct span *s)
{
	size_t n = 0;
	struct span out;

	while (n < s->n && is_digit(s->p[n]))
		n++;
	out = span_of(s->p, n);
	*s = n == s->n ? (struct span){ 0 } :
	    span_of(s->p + n, s->n - n);
	return out;
}

static struct version
read_version(struct span s)
{
	struct version v = { 0 };
	const unsigned char *plus = s.n == 0 ? NULL : memchr(s.p, '+', s.n);

	if (plus != NULL)
		s.n = (size_t)(plus - s.p);
	for (int i = 0; i < 3; i++) {
		v.part[i] = take_digits(&s);
		if (s.n == 0 || s.p[0] != '.')
			break;
		s = span_of(s.p + 1, s.n - 1);
	}
	if (s.n > 0 && s.p[0] == '-')
		v.pre = span_of(s.p + 1, s.n - 1);
	return v;
}

static bool
is_integer(const struct version *v)
{
	return v->part[1].n == 0;
}

static bool
is_zero(struct span digits)
{
	return digits.n == 0 || (digits.n == 1 && digits.p[0] == '0');
}

/* Digits without leading zeros: the longer is the greater. */
static int
compare_digits(struct span a, struct span b)
{
	static const struct span zero = { (const unsigned char *)"0", 1 };

	a = a.n == 0 ? zero : a;
	b = b.n == 0 ? zero : b;
	return a.n != b.n ? (a.n > b.n) - (a.n < b.n) : span_compare(a, b);
}

static bool
is_number(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!is_digit(s.p[i]))
			return false;
	}
	return s.n > 0;
}

static struct span
take_part(struct span *s)
{
	const unsigned char *dot = s->n == 0 ? NULL : memchr(s->p, '.', s->n);
	struct span out = *s;

	*s = (struct span){ 0 };
	if (dot != NULL) {
		*s = span_of(dot + 1, (size_t)(out.p + out.n - dot) - 1);
		out.n = (size_t)(dot - out.p);
	}
	return out;
}

static int
compare_pre(struct span a, struct span b)
{
	if (a.n == 0 || b.n == 0) /* none is later than any */
		return (a.n == 0) - (b.n == 0);
	while (a.n > 0 && b.n > 0) {
		struct span x = take_part(&a), y = take_part(&b);
		bool nx = is_number(x), ny = is_number(y);
		int c = nx && ny ? compare_digits(x, y) :
		    nx != ny ? (nx ? -1 : 1) : span_compare(x, y);

		if (c != 0)
			return c;
	}
	return (a.n > 0) - (b.n > 0);
}

static int
compare_release(const struct version *a, const struct version *b)
{
	int c = 0;

	for (int i = 0; i < 3 && c == 0; i++)
		c = compare_digits(a->part[i], b->part[i]);
	return c;
}

static int
compare_versions(const struct version *a, const struct version *b)
{
	int c = compare_release(a, b);

	return c != 0 ? c : compare_pre(a->pre, b->pre);
}

/* Digits of a fraction beyond milliseconds, without zeros at the end. */
static struct span
beyond_milliseconds(struct span date)
{
	const unsigned char *dot = date.n == 0 ? NULL :
	    memchr(date.p, '.', date.n);
	struct span rest;

	if (dot == NULL)
		return (struct span){ 0 };
	rest = span_of(dot + 1, (size_t)(date.p + date.n - dot) - 1);
	rest = take_digits(&rest);
	if (rest.n <= 3)
		return (struct span){ 0 };
	rest = span_of(rest.p + 3, rest.n - 3);
	while (rest.n > 0 && rest.p[rest.n - 1] == '0')
		rest.n--;
	return rest;
}

static int
compare_dates(const struct revision *a, const struct revision *b)
{
	if (a->date.ms != b->date.ms)
		return a->date.ms < b->date.ms ? -1 : 1;
	return span_compare(a->beyond, b->beyond);
}

static int
compare_revisions(const void *x, const void *y)
{
	const struct revision *a = x, *b = y;
	int c = compare_dates(a, b);

	if (c == 0)
		c = compare_versions(&a->v, &b->v);
	return c != 0 ? c : (a->at.i > b->at.i) - (a->at.i < b->at.i);
}

static struct history
read_history(const struct csaf_doc *d)
{
	struct json_val list = json_get(d->tracking, "revision_history");
	struct history h = { 0 };

	h.at = arena_alloc(d->a, (json_count(list) + 1) * sizeof *h.at);
	CSAF_EACH(r, list) {
		struct revision *rev = &h.at[h.count++];
		struct span date = csaf_text(d, r, "date");

		rev->at = json_get(r, "number");
		rev->v = read_version(csaf_string(d, rev->at));
		rev->beyond = beyond_milliseconds(date);
		if (wall_parse(date, &rev->date) != ERR_NONE)
			rev->date.ms = 0;
	}
	qsort(h.at, h.count, sizeof *h.at, compare_revisions);
	return h;
}

static bool
is_status(const struct csaf_doc *d, const char *status)
{
	return json_is_str(json_get(d->tracking, "status"), status);
}

static struct version
document_version(const struct csaf_doc *d)
{
	return read_version(csaf_text(d, d->tracking, "version"));
}

static enum err
unsorted_history(const struct csaf_doc *d, struct fault *f)
{
	struct history h = read_history(d);

	for (size_t i = 1; i < h.count; i++) {
		if (compare_versions(&h.at[i - 1].v, &h.at[i].v) > 0)
			return csaf_refuse(d, h.at[i].at, f,
			    "a later revision has a smaller number");
	}
	return ERR_NONE;
}

static enum err
other_version(const struct csaf_doc *d, struct fault *f)
{
	struct history h = read_history(d);
	struct version v = document_version(d);
	const struct version *last = &h.at[h.count - 1].v;
	int c = is_status(d, "draft") ? compare_release(&v, last) :
	    compare_versions(&v, last);

	if (c == 0)
		return ERR_NONE;
	return csaf_refuse(d, json_get(d->tracking, "version"), f,
	    "the version is not that of the last revision");
}

static enum err
draft_status(const struct csaf_doc *d, struct fault *f)
{
	struct version v = document_version(d);

	if (is_status(d, "draft") || (!is_zero(v.part[0]) && v.pre.n == 0))
		return ERR_NONE;
	return csaf_refuse(d, json_get(d->tracking, "status"), f,
	    "a version 0 or before a release is a draft");
}

static enum err
zero_revision(const struct csaf_doc *d, struct fault *f)
{
	struct history h = read_history(d);

	if (is_status(d, "draft"))
		return ERR_NONE;
	for (size_t i = 0; i < h.count; i++) {
		if (is_zero(h.at[i].v.part[0]))
			return csaf_refuse(d, h.at[i].at, f,
			    "a released document has a revision 0");
	}
	return ERR_NONE;
}

static enum err
pre_revision(const struct csaf_doc *d, struct fault *f)
{
	struct history h = read_history(d);

	for (size_t i = 0; i < h.count; i++) {
		if (h.at[i].v.pre.n != 0)
			return csaf_refuse(d, h.at[i].at, f,
			    "a revision is before a release");
	}
	return ERR_NONE;
}

static enum err
pre_version(const struct csaf_doc *d, struct fault *f)
{
	if (is_status(d, "draft") || document_version(d).pre.n == 0)
		return ERR_NONE;
	return csaf_refuse(d, json_get(d->tracking, "version"), f,
	    "a released document has a version before a release");
}

/* Is `b` one more than `a`? */
static bool
is_successor(struct span a, struct span b)
{
	size_t i = a.n, j = b.n;
	bool carry = true;

	while (j > 0) {
		int x = i > 0 ? a.p[--i] - '0' : 0;
		int y = b.p[--j] - '0';

		x += carry;
		carry = x == 10;
		if (x % 10 != y)
			return false;
	}
	return i == 0 && !carry;
}

static enum err
missing_revision(const struct csaf_doc *d, struct fault *f)
{
	struct history h = read_history(d);
	struct span first = h.at[0].v.part[0];

	if (!is_zero(first) && !span_is_str(first, "1"))
		return csaf_refuse(d, h.at[0].at, f,
		    "the first revision is neither 0 nor 1");
	for (size_t i = 1; i < h.count; i++) {
		struct span a = h.at[i - 1].v.part[0], b = h.at[i].v.part[0];

		if (compare_digits(a, b) != 0 && !is_successor(a, b))
			return csaf_refuse(d, h.at[i].at, f,
			    "a revision before this one is missing");
	}
	return ERR_NONE;
}

static enum err
repeated_revision(const struct csaf_doc *d, struct fault *f)
{
	struct history h = read_history(d);

	/* 6.1.14 holds: equal numbers are neighbours */
	for (size_t i = 1; i < h.count; i++) {
		if (compare_versions(&h.at[i - 1].v, &h.at[i].v) == 0)
			return csaf_refuse(d, h.at[i].at, f,
			    "a revision is there twice");
	}
	return ERR_NONE;
}

static enum err
mixed_versions(const struct csaf_doc *d, struct fault *f)
{
	struct history h = read_history(d);
	struct version v = document_version(d);

	for (size_t i = 0; i < h.count; i++) {
		if (is_integer(&h.at[i].v) != is_integer(&v))
			return csaf_refuse(d, h.at[i].at, f,
			    "integer and semantic versions are mixed");
	}
	return ERR_NONE;
}

const struct csaf_rule csaf_rules_versions[] = {
	{ { "6.1.30", "mixed integer and semantic versioning" },
	    mixed_versions },
	{ { "6.1.14", "sorted revision history" }, unsorted_history },
	{ { "6.1.19", "revision history entries for pre-release versions" },
	    pre_revision },
	{ { "6.1.20", "non-draft document version" }, pre_version },
	{ { "6.1.16", "latest document version" }, other_version },
	{ { "6.1.17", "document status draft" }, draft_status },
	{ { "6.1.18", "released revision history" }, zero_revision },
	{ { "6.1.21", "missing item in revision history" }, missing_revision },
	{ { "6.1.22", "multiple definition in revision history" },
	    repeated_revision },
	{ { NULL, NULL }, NULL }
};
