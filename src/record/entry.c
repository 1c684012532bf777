/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading and writing the payload of an entry.
 */
#include "record/entry.h"

#include "base/code.h"
#include "base/limits.h"

#include <stdlib.h>

bool
entry_is_team_id(struct span s)
{
	if (s.n < 2 || s.n > LIMIT_TEAM_NAME)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') ||
			(s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '-'))
			return false;
	return true;
}

static int
compare_teams(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

size_t
entry_sort_teams(struct span *teams, size_t n)
{
	size_t kept = 0;

	if (n == 0)
		return 0;
	qsort(teams, n, sizeof *teams, compare_teams);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || !span_is_equal(teams[kept - 1], teams[i]))
			teams[kept++] = teams[i];
	return kept;
}

bool
entry_has_reader(const struct entry *e, struct span team)
{
	if (!e->sealed)
		return true;
	for (size_t i = 0; i < e->aud_n; i++)
		if (span_is_equal(e->aud[i], team))
			return true;
	return false;
}

void
entry_write_digest(const struct digest *d, char out[ENTRY_DIGEST_TEXT + 1])
{
	struct buf b = { .p = (unsigned char *)out,
		.cap = ENTRY_DIGEST_TEXT + 1, .max = ENTRY_DIGEST_TEXT };

	code_write_base64url(&b, digest_span(d));
	out[ENTRY_DIGEST_TEXT] = '\0';
}

enum err
entry_parse_digest(struct span s, struct digest *out)
{
	return code_parse_base64url_fixed(s, out->b, sizeof out->b);
}

/* One parse in progress. */
struct ctx {
	struct arena *a;
	struct fault *f;
	struct entry e;
	struct json_val body;
	unsigned seen; /* bit per row of `members` */
};

static enum err
wrong(struct ctx *c, struct json_val v, const char *field, const char *rule)
{
	return fault_at(c->f, ERR_SCHEMA, json_at(v), field, "%s", rule);
}

static enum err
text_of(struct ctx *c, struct json_val v, const char *field, size_t max,
    struct span *out)
{
	struct span s;

	if (json_text(v, c->a, &s) != ERR_NONE)
		return wrong(c, v, field, "must be a string");
	if (s.n == 0 || s.n > max)
		return wrong(c, v, field, "is empty or too long");
	*out = s;
	return ERR_NONE;
}

static enum err
time_of(struct ctx *c, struct json_val v, const char *field, int64_t *out)
{
	/* up to the year 9999: no reader overflows on it */
	if (json_i64(v, out) != ERR_NONE || *out < 0 || *out > 253402300799)
		return wrong(c, v, field, "must be POSIX seconds");
	return ERR_NONE;
}

static enum err
digest_of(struct ctx *c, struct json_val v, const char *field,
    struct digest *out)
{
	struct span s;

	if (json_text(v, c->a, &s) != ERR_NONE ||
	    entry_parse_digest(s, out) != ERR_NONE)
		return wrong(c, v, field,
		    "must be a SHA-256 digest in base64url");
	return ERR_NONE;
}

static enum err
read_v(struct ctx *c, struct json_val v)
{
	uint64_t n;

	if (json_u64(v, &n) != ERR_NONE)
		return wrong(c, v, "v", "must be an integer");
	if (n != 1)
		return fault_at(c->f, ERR_UNSUPPORTED, json_at(v), "v",
		    "entry version is not 1");
	return ERR_NONE;
}

static enum err
read_log(struct ctx *c, struct json_val v)
{
	return text_of(c, v, "log", LIMIT_NAME, &c->e.log);
}

static enum err
read_iss(struct ctx *c, struct json_val v)
{
	enum err e = text_of(c, v, "iss", LIMIT_TEAM_NAME, &c->e.iss);

	if (e == ERR_NONE && !entry_is_team_id(c->e.iss))
		e = wrong(c, v, "iss", "is not a team id");
	return e;
}

static enum err
read_id(struct ctx *c, struct json_val v)
{
	struct span s;

	if (json_text(v, c->a, &s) != ERR_NONE ||
	    uuid_parse(s, &c->e.id) != ERR_NONE || !uuid_is_v7(&c->e.id))
		return wrong(c, v, "id", "must be a UUID of version 7");
	return ERR_NONE;
}

static enum err
read_rev(struct ctx *c, struct json_val v)
{
	if (json_u64(v, &c->e.rev) != ERR_NONE || c->e.rev == 0 ||
	    c->e.rev > UINT32_MAX)
		return wrong(c, v, "rev", "must be a positive integer");
	return ERR_NONE;
}

static enum err
read_kind(struct ctx *c, struct json_val v)
{
	enum err e = text_of(c, v, "kind", ENTRY_KIND_MAX, &c->e.kind);

	for (size_t i = 0; e == ERR_NONE && i < c->e.kind.n; i++) {
		unsigned char x = c->e.kind.p[i];

		if (!((x >= 'a' && x <= 'z') || (x >= '0' && x <= '9') ||
			x == '-' || x == '_'))
			e = wrong(c, v, "kind", "is not a kind name");
	}
	return e;
}

static enum err
read_tlp(struct ctx *c, struct json_val v)
{
	static const char *const labels[] = { "TLP:CLEAR", "TLP:GREEN",
		"TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED" };
	enum err e = text_of(c, v, "tlp", 16, &c->e.tlp);

	if (e != ERR_NONE)
		return e;
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
		if (span_is_str(c->e.tlp, labels[i]))
			return ERR_NONE;
	return wrong(c, v, "tlp", "is not a TLP 2.0 label");
}

static enum err
read_iat(struct ctx *c, struct json_val v)
{
	return time_of(c, v, "iat", &c->e.iat_s);
}

static enum err
read_aud(struct ctx *c, struct json_val v)
{
	uint32_t n = json_count(v), i = 0;
	struct span *aud;

	if (v.type != JSON_ARRAY || n == 0 || n > LIMIT_RECIPIENTS)
		return wrong(c, v, "aud", "must be an array of 1 to 256 teams");
	aud = arena_alloc(c->a, n * sizeof *aud);
	for (struct json_val m = json_first(v); m.type != JSON_ABSENT;
	     m = json_next(v, m), i++) {
		if (json_text(m, c->a, &aud[i]) != ERR_NONE ||
		    !entry_is_team_id(aud[i]))
			return wrong(c, m, "aud", "is not a team id");
		if (i != 0 && span_compare(aud[i - 1], aud[i]) >= 0)
			return wrong(c, m, "aud", "teams must ascend");
	}
	c->e.sealed = true;
	c->e.aud = aud;
	c->e.aud_n = n;
	return ERR_NONE;
}

static enum err
read_exp(struct ctx *c, struct json_val v)
{
	c->e.has_exp = true;
	return time_of(c, v, "exp", &c->e.exp_s);
}

static enum err
read_replaces(struct ctx *c, struct json_val v)
{
	uint32_t n = json_count(v), i = 0;
	enum err e = ERR_NONE;

	if (v.type != JSON_ARRAY || n == 0 || n > ENTRY_REPLACES_MAX)
		return wrong(c, v, "replaces",
		    "must be an array of 1 to 64 digests");
	c->e.replaces = arena_alloc(c->a, n * sizeof *c->e.replaces);
	for (struct json_val m = json_first(v);
	     e == ERR_NONE && m.type != JSON_ABSENT; m = json_next(v, m))
		e = digest_of(c, m, "replaces", &c->e.replaces[i++]);
	c->e.replaces_n = n;
	return e;
}

static enum err
read_re(struct ctx *c, struct json_val v)
{
	c->e.has_re = true;
	return digest_of(c, v, "re", &c->e.re);
}

static enum err
read_embargo(struct ctx *c, struct json_val v)
{
	struct json_val until = json_get(v, "until"), then = json_get(v, "then");

	if (v.type != JSON_OBJECT || json_count(v) != 2 ||
	    (!json_is_str(then, "publish") && !json_is_str(then, "ask")))
		return wrong(c, v, "embargo",
		    "must be {until, then: \"publish\" or \"ask\"}");
	c->e.has_embargo = true;
	c->e.embargo_publish = json_is_str(then, "publish");
	return time_of(c, until, "embargo.until", &c->e.embargo_until_s);
}

static enum err
read_nonce(struct ctx *c, struct json_val v)
{
	struct span s;

	if (json_text(v, c->a, &s) != ERR_NONE ||
	    code_parse_base64url_fixed(s, c->e.nonce, sizeof c->e.nonce) !=
		ERR_NONE)
		return wrong(c, v, "n", "must be 16 bytes in base64url");
	c->e.has_nonce = true;
	return ERR_NONE;
}

static enum err
read_body(struct ctx *c, struct json_val v)
{
	if (v.type != JSON_OBJECT)
		return wrong(c, v, "body", "must be an object");
	c->e.body = json_raw(v);
	c->body = v;
	return ERR_NONE;
}

/* The envelope, one row a member. */
static const struct member {
	const char *name;
	bool required;
	enum err (*read)(struct ctx *c, struct json_val v);
} members[] = {
	{ "v", true, read_v },
	{ "log", true, read_log },
	{ "id", true, read_id },
	{ "rev", false, read_rev },
	{ "iss", true, read_iss },
	{ "kind", true, read_kind },
	{ "tlp", true, read_tlp },
	{ "iat", true, read_iat },
	{ "aud", false, read_aud },
	{ "exp", false, read_exp },
	{ "replaces", false, read_replaces },
	{ "re", false, read_re },
	{ "embargo", false, read_embargo },
	{ "n", false, read_nonce },
	{ "body", true, read_body },
};
enum { MEMBERS = sizeof members / sizeof *members };

static enum err
read_member(struct ctx *c, struct json_val v)
{
	struct span key = json_key(v, c->a);

	for (unsigned i = 0; i < MEMBERS; i++) {
		if (!span_is_str(key, members[i].name))
			continue;
		c->seen |= 1u << i;
		return members[i].read(c, v);
	}
	return fault_at(c->f, ERR_SCHEMA, json_at(v), NULL,
	    "'%.*s' is no member of an entry", (int)(key.n < 40 ? key.n : 40),
	    (const char *)key.p);
}

/* Rules between members. */
static enum err
check_together(struct ctx *c, struct json_val root)
{
	bool clear = span_is_str(c->e.tlp, "TLP:CLEAR");

	for (unsigned i = 0; i < MEMBERS; i++)
		if (members[i].required && (c->seen & 1u << i) == 0)
			return wrong(c, root, members[i].name, "is missing");
	if (c->e.rev != 0 && c->e.replaces_n == 0)
		return wrong(c, root, "replaces",
		    "a revision must name what it replaces");
	if (clear && c->e.sealed && !c->e.has_embargo)
		return wrong(c, root, "aud", "TLP:CLEAR has no audience");
	if (!clear && !c->e.sealed)
		return wrong(c, root, "aud",
		    "is missing: only TLP:CLEAR is open");
	return ERR_NONE;
}

enum err
entry_parse(struct span payload, struct arena *a, struct entry *out,
    struct json_val *out_body, struct fault *f)
{
	struct ctx c = { .a = a, .f = f };
	struct json *doc = arena_alloc(a, sizeof *doc);
	struct json_val root;
	enum err e;

	if (payload.n > LIMIT_PAYLOAD)
		return fault_at(f, ERR_LIMIT, 0, NULL,
		    "payload is larger than %d bytes", LIMIT_PAYLOAD);
	e = json_parse_arena(payload, LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, a,
	    doc, f);
	if (e != ERR_NONE)
		return e;
	root = json_root(doc);
	if (root.type != JSON_OBJECT)
		return wrong(&c, root, NULL, "an entry must be an object");
	for (struct json_val m = json_first(root);
	     e == ERR_NONE && m.type != JSON_ABSENT; m = json_next(root, m))
		e = read_member(&c, m);
	if (e == ERR_NONE)
		e = check_together(&c, root);
	if (e != ERR_NONE)
		return e;
	*out = c.e;
	if (out_body != NULL)
		*out_body = c.body;
	return ERR_NONE;
}

static void
put_digest(struct json_out *w, const struct digest *d)
{
	char text[ENTRY_DIGEST_TEXT + 1];

	entry_write_digest(d, text);
	json_put_str(w, text);
}

static void
put_lists(struct json_out *w, const struct entry *e)
{
	if (e->sealed) {
		json_put_key(w, "aud");
		json_put_open(w, '[');
		for (size_t i = 0; i < e->aud_n; i++)
			json_put_span(w, e->aud[i]);
		json_put_close(w, ']');
	}
	if (e->has_exp) {
		json_put_key(w, "exp");
		json_put_i64(w, e->exp_s);
	}
	if (e->replaces_n != 0) {
		json_put_key(w, "replaces");
		json_put_open(w, '[');
		for (size_t i = 0; i < e->replaces_n; i++)
			put_digest(w, &e->replaces[i]);
		json_put_close(w, ']');
	}
}

static void
put_rest(struct json_out *w, const struct entry *e)
{
	if (e->has_re) {
		json_put_key(w, "re");
		put_digest(w, &e->re);
	}
	if (e->has_embargo) {
		json_put_key(w, "embargo");
		json_put_open(w, '{');
		json_put_key(w, "until");
		json_put_i64(w, e->embargo_until_s);
		json_put_member_str(w, "then",
		    e->embargo_publish ? "publish" : "ask");
		json_put_close(w, '}');
	}
	if (e->has_nonce) {
		struct buf n;

		buf_init(&n, 32);
		code_write_base64url(&n, span_of(e->nonce, sizeof e->nonce));
		json_put_member_span(w, "n", buf_span(&n));
		buf_release(&n);
	}
}

enum err
entry_write(const struct entry *e, struct buf *out)
{
	struct json_out w;
	size_t start = out->n;
	char id[UUID_TEXT + 1];

	uuid_write(&e->id, id);
	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_u64(&w, "v", 1);
	json_put_member_span(&w, "log", e->log);
	json_put_member_str(&w, "id", id);
	if (e->rev != 0)
		json_put_member_u64(&w, "rev", e->rev);
	json_put_member_span(&w, "iss", e->iss);
	json_put_member_span(&w, "kind", e->kind);
	json_put_member_span(&w, "tlp", e->tlp);
	json_put_key(&w, "iat");
	json_put_i64(&w, e->iat_s);
	put_lists(&w, e);
	put_rest(&w, e);
	json_put_key(&w, "body");
	json_put_raw(&w, e->body);
	json_put_close(&w, '}');
	if (buf_check(out) != ERR_NONE || out->n - start > LIMIT_PAYLOAD) {
		out->n = start;
		return ERR_LIMIT;
	}
	return ERR_NONE;
}
