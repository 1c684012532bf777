/* SPDX-License-Identifier: Apache-2.0
 *
 * The generic check of a body against the fields of its kind.
 */
#include "schema/check.h"

#include "base/code.h"
#include "base/host.h"
#include "base/instant.h"
#include "base/limits.h"
#include "base/prefix.h"
#include "base/text.h"
#include "base/uuid.h"
#include "schema/plain.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	PATH_MAX_BYTES = 96, /* as in struct fault */
	CODE_MAX = 64        /* a coded value that a newer version knows */
};

/* Seconds of 9999-12-31T23:59:59Z: what RFC 3339 can write. */
static const int64_t TS_MAX = 253402300799;

struct check {
	struct arena *a;
	struct fault *f;
	enum check_side side;
	char path[PATH_MAX_BYTES];
	size_t n; /* bytes of path in use; what does not fit is left away */
};

static MUST enum err check_value(struct check *c, const struct field *fd,
    struct json_val v);

static enum err
refuse(const struct check *c, enum err e, struct json_val v, const char *rule)
{
	return fault_at(c->f, e, v.type == JSON_ABSENT ? 0 : json_at(v),
	    c->path, "%s", rule);
}

static enum err
refuse_many(const struct check *c, struct json_val v, size_t most,
    const char *what)
{
	return fault_at(c->f, ERR_LIMIT, json_at(v), c->path,
	    "has more than %zu %s", most, what);
}

/* Lengthen the path; the result takes it back. */
static size_t __attribute__((format(printf, 2, 3)))
path_push(struct check *c, const char *format, ...)
{
	size_t before = c->n, room = sizeof c->path - c->n;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(c->path + c->n, room, format, ap);
	va_end(ap);
	c->n += n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1;
	return before;
}

static void
path_pop(struct check *c, size_t before)
{
	c->n = before;
	c->path[before] = '\0';
}

static MUST enum err
check_text(struct check *c, const struct field *fd, struct json_val v,
    struct span *out)
{
	struct text t;

	if (json_text(v, c->a, out) != ERR_NONE)
		return refuse(c, ERR_SCHEMA, v, "is not a string");
	if (out->n == 0)
		return refuse(c, ERR_SCHEMA, v, "is empty");
	if (out->n > fd->max_bytes)
		return refuse_many(c, v, fd->max_bytes, "bytes");
	if (text_parse(*out, &t) != ERR_NONE)
		return refuse(c, ERR_SCHEMA, v, "is not UTF-8");
	/* a reader is safe from these by show_record: only writers are held */
	for (size_t i = 0; i < out->n && c->side == CHECK_SENT; i++) {
		if (plain_is_hiding(out->p + i, out->n - i, fd->lines) != 0)
			return refuse(c, ERR_SCHEMA, v,
			    "has a control character");
	}
	if (fd->form != NULL && !form_match(fd->form, *out))
		return fault_at(c->f, ERR_SCHEMA, json_at(v), c->path,
		    "does not have the form %s", fd->form);
	return ERR_NONE;
}

static MUST enum err
check_ml(struct check *c, const struct field *fd, struct json_val v)
{
	struct json_val m;
	struct span s;

	if (v.type != JSON_OBJECT)
		return refuse(c, ERR_SCHEMA, v,
		    "is not an object of texts by language");
	if (json_count(v) == 0)
		return refuse(c, ERR_SCHEMA, v, "has no language");
	if (json_count(v) > fd->max_items)
		return refuse_many(c, v, fd->max_items, "languages");
	for (m = json_first(v); m.type != JSON_ABSENT; m = json_next(v, m)) {
		struct span tag = json_key(m, c->a);
		size_t before = path_push(c, ".%.*s", SPAN_FMT(tag));
		enum err e;

		if (!lang_is_tag(tag))
			return refuse(c, ERR_SCHEMA, m,
			    "is not under a language tag");
		if ((e = check_text(c, fd, m, &s)) != ERR_NONE)
			return e;
		path_pop(c, before);
	}
	return ERR_NONE;
}

static MUST enum err
check_number(struct check *c, const struct field *fd, struct json_val v)
{
	int64_t n;
	double d;

	if (fd->type == FIELD_NUM) {
		if (json_double(v, &d) != ERR_NONE)
			return refuse(c, ERR_SCHEMA, v, "is not a number");
		if (d < (double)fd->low || d > (double)fd->high)
			return refuse(c, ERR_SCHEMA, v, "is out of bounds");
		return ERR_NONE;
	}
	if (json_i64(v, &n) != ERR_NONE)
		return refuse(c, ERR_SCHEMA, v, "is not a whole number");
	if (fd->type == FIELD_TS && (n < 0 || n > TS_MAX))
		return refuse(c, ERR_SCHEMA, v,
		    "is not a time in seconds of POSIX");
	if (fd->type == FIELD_LEVEL && (n < LEVEL_MIN || n > LEVEL_MAX))
		return refuse(c, ERR_SCHEMA, v, "is not a level from 1 to 5");
	if (n < fd->low || n > fd->high)
		return refuse(c, ERR_SCHEMA, v, "is out of bounds");
	return ERR_NONE;
}

static MUST enum err
check_enum(struct check *c, const struct field *fd, struct json_val v)
{
	struct span s;

	if (json_text(v, c->a, &s) != ERR_NONE)
		return refuse(c, ERR_SCHEMA, v, "is not a string");
	if (choice_find(fd->choices, s) != NULL)
		return ERR_NONE;
	if (c->side == CHECK_RECEIVED && s.n <= CODE_MAX &&
	    form_match("*+", s))
		return ERR_NONE;
	return refuse(c, ERR_SCHEMA, v, "is not one of the values");
}

static MUST enum err
check_list(struct check *c, const struct field *fd, struct json_val v)
{
	struct json_val m;
	size_t i = 0;

	if (v.type != JSON_ARRAY)
		return refuse(c, ERR_SCHEMA, v, "is not an array");
	if (json_count(v) < fd->least)
		return refuse(c, ERR_SCHEMA, v, "has too few items");
	if (json_count(v) > fd->max_items)
		return refuse_many(c, v, fd->max_items, "items");
	for (m = json_first(v); m.type != JSON_ABSENT; m = json_next(v, m)) {
		size_t before = path_push(c, "[%zu]", i++);
		enum err e = check_value(c, fd->item, m);

		if (e != ERR_NONE)
			return e;
		path_pop(c, before);
	}
	return ERR_NONE;
}

static const struct field *
find(const struct field *fd, size_t count, struct span name)
{
	for (size_t i = 0; i < count; i++) {
		if (span_is_str(name, fd[i].name))
			return &fd[i];
	}
	return NULL;
}

/* Tell the first member that is missing by its path, and the others, so that a
 * person who fills a form in is told once. */
static enum err
refuse_missing(struct check *c, const struct field *fd, size_t count,
    enum field_need need, struct json_val v)
{
	char rule[sizeof c->f->rule] = "is missing";
	size_t n = strlen(rule), first = count;

	for (size_t i = 0; i < count; i++) {
		size_t more = strlen(fd[i].name) + 2;

		if (fd[i].need < need ||
		    json_get(v, fd[i].name).type != JSON_ABSENT)
			continue;
		if (first == count) {
			first = i;
			continue;
		}
		if (n + sizeof "; also " + more > sizeof rule)
			break;
		n += (size_t)snprintf(rule + n, sizeof rule - n, "%s%s",
		    n == sizeof "is missing" - 1 ? "; also " : ", ",
		    fd[i].name);
	}
	if (first == count)
		return ERR_NONE;
	path_push(c, "%s%s", c->n == 0 ? "" : ".", fd[first].name);
	return refuse(c, ERR_SCHEMA, v, rule);
}

/* Members of `v` against `fd`; the least need that must be met is `need`. */
static MUST enum err
check_members(struct check *c, const struct field *fd, size_t count,
    enum field_need need, struct json_val v)
{
	const char *dot = c->n == 0 ? "" : ".";
	struct json_val m;

	if (v.type != JSON_OBJECT)
		return refuse(c, ERR_SCHEMA, v, "is not an object");
	for (m = json_first(v); m.type != JSON_ABSENT; m = json_next(v, m)) {
		struct span key = json_key(m, c->a);
		const struct field *one = find(fd, count, key);
		size_t before = path_push(c, "%s%.*s", dot, SPAN_FMT(key));
		enum err e = ERR_NONE;

		if (one != NULL)
			e = check_value(c, one, m);
		else if (c->side == CHECK_SENT)
			e = refuse(c, ERR_SCHEMA, m, "is not known here");
		if (e != ERR_NONE)
			return e;
		path_pop(c, before);
	}
	return refuse_missing(c, fd, count, need, v);
}

static bool
is_country(struct span s)
{
	return s.n == 2 && s.p[0] >= 'A' && s.p[0] <= 'Z' && s.p[1] >= 'A' &&
	    s.p[1] <= 'Z';
}

/* RFC 3339 full-date. */
static bool
is_date(struct span s)
{
	char text[INSTANT_TEXT_MAX];
	struct wall t;

	if (!form_match("####-##-##", s))
		return false;
	snprintf(text, sizeof text, "%.*sT00:00:00Z", SPAN_FMT(s));
	return wall_parse(span_str(text), &t) == ERR_NONE;
}

static bool
is_url(struct span s)
{
	static const char *const schemes[] = { "https://", "http://",
		"mailto:", "tel:" };

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] <= 0x20 || s.p[i] == 0x7f || s.p[i] == '"' ||
		    s.p[i] == '<' || s.p[i] == '>')
			return false;
	}
	for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
		size_t n = strlen(schemes[i]);

		if (s.n > n && memcmp(s.p, schemes[i], n) == 0)
			return true;
	}
	return false;
}

static bool
is_team(struct span s)
{
	if (s.n < 2 || s.n > LIMIT_TEAM_NAME)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') ||
		    (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '-'))
			return false;
	}
	return true;
}

static bool
is_hex(const struct field *fd, struct span s)
{
	return s.n % 2 == 0 && s.n >= fd->least && s.n <= fd->max_bytes &&
	    form_match("$+", s);
}

/* Dot-atom and domain of RFC 5322: what a letter can be sent to as it is. */
static bool
is_mail(struct span s)
{
	const unsigned char *at = s.n == 0 ? NULL : memchr(s.p, '@', s.n);
	size_t n = at == NULL ? 0 : (size_t)(at - s.p);
	char host[HOST_TEXT];

	if (n == 0 || n > 64 || s.n > 254)
		return false;
	for (size_t i = 0; i < n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f ||
		    strchr("()<>[]:;,\"\\", s.p[i]) != NULL)
			return false;
	return host_parse(span_of(at + 1, s.n - n - 1), host) == ERR_NONE;
}

/* Strings with a fixed shape of their own. */
static MUST enum err
check_shape(struct check *c, const struct field *fd, struct json_val v)
{
	unsigned char digest[32];
	char host[HOST_TEXT];
	struct prefix prefix;
	struct uuid id;
	struct span s;
	bool is_good = false;
	const char *rule = "is not of its type";

	if (json_text(v, c->a, &s) != ERR_NONE)
		return refuse(c, ERR_SCHEMA, v, "is not a string");
	if (fd->type == FIELD_CC) {
		is_good = is_country(s);
		rule = "is not a country code of two capital letters";
	} else if (fd->type == FIELD_LANG) {
		is_good = lang_is_tag(s);
		rule = "is not a language tag";
	} else if (fd->type == FIELD_URL) {
		is_good = s.n <= fd->max_bytes && is_url(s);
		rule = "is not an https, http, mailto or tel address";
	} else if (fd->type == FIELD_TEAM) {
		is_good = is_team(s);
		rule = "is not a team name";
	} else if (fd->type == FIELD_ID) {
		is_good = uuid_parse(s, &id) == ERR_NONE;
		rule = "is not an identifier (UUID)";
	} else if (fd->type == FIELD_DIGEST) {
		is_good = code_parse_base64url_fixed(s, digest,
		    sizeof digest) == ERR_NONE;
		rule = "is not 32 bytes in base64url";
	} else if (fd->type == FIELD_HEX) {
		is_good = is_hex(fd, s);
		rule = "is not hexadecimal of the right length";
	} else if (fd->type == FIELD_DATE) {
		is_good = is_date(s);
		rule = "is not a date";
	} else if (fd->type == FIELD_DOMAIN) {
		is_good = host_parse(s, host) == ERR_NONE;
		rule = "is not the name of a domain";
	} else if (fd->type == FIELD_MAIL) {
		is_good = is_mail(s);
		rule = "is not an address of e-mail";
	} else if (fd->type == FIELD_PREFIX) {
		is_good = prefix_parse(s, &prefix) == ERR_NONE;
		rule = "is not an address or network of addresses";
	}
	return is_good ? ERR_NONE : refuse(c, ERR_SCHEMA, v, rule);
}

static enum err
check_value(struct check *c, const struct field *fd, struct json_val v)
{
	struct span s;

	switch (fd->type) {
	case FIELD_TEXT:
		return check_text(c, fd, v, &s);
	case FIELD_ML:
		return check_ml(c, fd, v);
	case FIELD_INT:
	case FIELD_NUM:
	case FIELD_TS:
	case FIELD_LEVEL:
		return check_number(c, fd, v);
	case FIELD_BOOL:
		if (v.type != JSON_TRUE && v.type != JSON_FALSE)
			return refuse(c, ERR_SCHEMA, v,
			    "is neither true nor false");
		return ERR_NONE;
	case FIELD_ENUM:
		return check_enum(c, fd, v);
	case FIELD_LIST:
		return check_list(c, fd, v);
	case FIELD_OBJECT:
		return check_members(c, fd->field, fd->field_count,
		    NEED_ISSUED, v);
	case FIELD_CC:
	case FIELD_LANG:
	case FIELD_URL:
	case FIELD_TEAM:
	case FIELD_ID:
	case FIELD_DIGEST:
	case FIELD_HEX:
	case FIELD_DATE:
	case FIELD_DOMAIN:
	case FIELD_MAIL:
	case FIELD_PREFIX:
		return check_shape(c, fd, v);
	case FIELD_ANY:
	case FIELD_TYPE_COUNT:
		break;
	}
	return ERR_NONE;
}

static bool
is_final(const struct life *l, struct json_val body)
{
	struct json_val state = json_get(body, l->field);

	for (size_t i = 0; i < l->step_count; i++)
		if (json_is_str(state, l->step[i].to))
			return life_is_final(l, span_str(l->step[i].to));
	return false;
}

bool
body_is_end(const struct kind *k, struct json_val body)
{
	for (size_t i = 0; i < k->field_count; i++) {
		if (k->field[i].ends &&
		    json_get(body, k->field[i].name).type != JSON_ABSENT)
			return true;
	}
	return k->life != NULL && is_final(k->life, body);
}

enum err
body_check(const struct schema *s, const struct kind *k, struct json_val body,
    enum check_side side, struct arena *a, struct fault *f)
{
	struct check c = { .a = a, .f = f, .side = side };
	bool is_end = body_is_end(k, body);
	enum err e;

	e = check_members(&c, k->field, k->field_count,
	    is_end ? NEED_ALWAYS : NEED_ISSUED, body);
	if (e == ERR_NONE && k->levelled && !is_end && side == CHECK_SENT)
		e = level_check(schema_levels(s), body, a, f);
	return e;
}

enum err
value_check(const struct field *fd, struct json_val v, const char *path,
    enum check_side side, struct arena *a, struct fault *f)
{
	struct check c = { .a = a, .f = f, .side = side };

	path_push(&c, "%s", path);
	return check_value(&c, fd, v);
}
