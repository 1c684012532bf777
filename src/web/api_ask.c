/* SPDX-License-Identifier: Apache-2.0
 *
 * What a program of an official asks for.
 */
#include "web/api_ask.h"

#include <string.h>

enum { PATH = sizeof API_PATH - 1, NUMBER = 19 /* digits, below 2^64 */ };

bool
api_is_path(struct span path)
{
	return path.n >= PATH && memcmp(path.p, API_PATH, PATH) == 0 &&
	    (path.n == PATH || path.p[PATH] == '/');
}

static bool
is_hex(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* An id as we write it: 8-4-4-4-12. */
static bool
is_id(struct span s)
{
	if (s.n != API_ID)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (is_dash ? s.p[i] != '-' : !is_hex(s.p[i]))
			return false;
	}
	return true;
}

static enum err
take_number(struct span s, const char *name, uint64_t low, uint64_t high,
    uint64_t *out, struct fault *f)
{
	uint64_t v = 0;

	if (s.p == NULL)
		return ERR_NONE;
	if (s.n == 0 || s.n > NUMBER)
		return fault_at(f, ERR_SYNTAX, 0, name, "is no number");
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return fault_at(f, ERR_SYNTAX, i, name,
			    "is no number");
		v = v * 10 + (uint64_t)(s.p[i] - '0');
	}
	if (v < low || v > high)
		return fault_at(f, ERR_SYNTAX, 0, name, "is out of bounds");
	*out = v;
	return ERR_NONE;
}

enum err
api_ask_parse(const struct api_raw *in, struct api_ask *out, struct fault *f)
{
	const uint64_t any = INT64_MAX;
	struct api_ask x = { .limit = API_LIMIT };
	struct span id;
	enum err e;

	if (in->authorization.p == NULL ||
	    bearer_parse(in->authorization, &x.token, f) != ERR_NONE)
		return fault_at(f, ERR_KEY, 0, "Authorization",
		    "has no token of this form");
	if (!api_is_path(in->path))
		return ERR_NOT_FOUND;
	if (in->path.n != PATH) {
		id = span_of(in->path.p + PATH + 1, in->path.n - PATH - 1);
		if (!is_id(id))
			return fault_at(f, ERR_NOT_FOUND, PATH + 1, "id",
			    "is no id");
		memcpy(x.id, id.p, API_ID);
	}
	e = take_number(in->since, "since", 0, any, &x.since_s, f);
	if (e == ERR_NONE)
		e = take_number(in->before, "before", 0, any, &x.before, f);
	if (e == ERR_NONE)
		e = take_number(in->limit, "limit", 1, API_LIMIT, &x.limit, f);
	if (e == ERR_NONE)
		*out = x;
	return e;
}
