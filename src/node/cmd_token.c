/* SPDX-License-Identifier: Apache-2.0
 *
 * Tokens by which officials read notices: records of the private log. A
 * token itself is in the answer to who makes it, and nowhere else. Commands:
 * tokens, token_create, token_revoke.
 */
#include "node/command.h"

#include "base/code.h"
#include "crypto/bearer.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "node/officials.h"

enum { DAY_S = 86400, DAYS = 90 /* unless it is said */, LISTED = 512 };

static const char not_made[] = "the token was not made";
static const char not_revoked[] = "the token was not revoked";
static const char next_list[] = "almenara token list";

/* --- tokens --- */

struct listing {
	struct call *call;
	unsigned n;
};

static bool
see_token(void *ctx, const struct index_row *row)
{
	struct listing *x = ctx;
	struct call *c = x->call;
	struct record r;

	if (!call_look(c, row, EXIT_STAFF, &r) ||
	    !exit_opens(&r.pass, EXIT_STAFF, EXIT_TEXT))
		return true;
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "id", call_id(c, &row->id));
	json_put_member_u64(&c->w, "at", (uint64_t)row->iat_s);
	json_put_rest(&c->w, r.body, JSON_WITHOUT("digest"), &c->mem);
	json_put_close(&c->w, '}');
	return ++x->n < LISTED;
}

void
cmd_tokens(struct call *c)
{
	struct listing x = { c, 0 };

	json_put_open(&c->w, '{');
	json_put_key(&c->w, "rows");
	json_put_open(&c->w, '[');
	if (index_home_all(c->service->index, OFFICIALS_KIND, 0, see_token,
	    &x) != ERR_NONE) {
		call_fail(c, ERR_IO, EXIT_OF_ERROR,
		    "the index cannot be read", "", "almenara log reindex");
		return;
	}
	json_put_close(&c->w, ']');
	json_put_close(&c->w, '}');
	call_done(c);
}

/* --- writing --- */

static void
on_written(void *ctx, const struct hub_appended *result)
{
	struct call *c = ctx;

	if (!call_is_written(c, result, "the token is as it was"))
		return;
	json_put_member_str(&c->w, "id", call_id(c, &result->id));
	json_put_close(&c->w, '}');
	call_done_indexed(c);
}

static bool
count(void *ctx, const struct index_row *row)
{
	size_t *n = ctx;

	(void)row;
	return ++*n < OFFICIALS_MOST;
}

/* What it is to be. ERR_USAGE and the like, with a fault. */
static enum err
read_wish(struct call *c, enum tlp *most, int64_t *until_s, struct fault *f)
{
	struct json_val until = json_get(c->args, "until");
	struct span label = call_arg(c, "most");
	int64_t now_s = call_now_s(c);
	size_t n = 0;

	*most = TLP_GREEN;
	*until_s = now_s + (int64_t)DAYS * DAY_S;
	if (call_arg(c, "for").n == 0)
		return fault_at(f, ERR_USAGE, 0, "for", "is missing");
	if (label.n != 0 && tlp_import(label, most) != ERR_NONE)
		return fault_at(f, ERR_USAGE, 0, "most",
		    "is CLEAR, GREEN or AMBER");
	if (*most > TLP_AMBER)
		return fault_at(f, ERR_RULE, 0, "most",
		    "is at most TLP:AMBER: an official is not of the team");
	if (until.type != JSON_ABSENT && json_i64(until, until_s) != ERR_NONE)
		return fault_at(f, ERR_USAGE, 0, "until", "is no time");
	if (*until_s <= now_s)
		return fault_at(f, ERR_RULE, 0, "until", "has passed already");
	if (*until_s > now_s + (int64_t)OFFICIALS_DAYS * DAY_S)
		return fault_at(f, ERR_RULE, 0, "until",
		    "is more than %d days away", OFFICIALS_DAYS);
	if (index_home(c->service->index, OFFICIALS_KIND, count, &n) !=
	    ERR_NONE)
		return fault_at(f, ERR_IO, 0, "", "the index cannot be read");
	return n < OFFICIALS_MOST ? ERR_NONE : fault_at(f, ERR_LIMIT, 0, "",
	    "there are %d already: revoke those that have expired",
	    OFFICIALS_MOST);
}

static void
write_token(struct call *c, const struct digest *d, enum tlp most,
    int64_t until_s, struct buf *out)
{
	struct json_out w;
	struct buf b;

	buf_init(&b, 64);
	code_write_base64url(&b, digest_span(d));
	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_span(&w, "for", call_arg(c, "for"));
	json_put_member_str(&w, "most", tlp_label(most));
	json_put_member_u64(&w, "until", (uint64_t)until_s);
	json_put_member_span(&w, "digest", buf_span(&b));
	json_put_member_str(&w, "by", c->caller.login[0] != '\0' ?
	    c->caller.login : c->caller.post);
	json_put_member_str(&w, "state", "in_force");
	json_put_close(&w, '}');
	buf_release(&b);
}

static void
append(struct call *c, const struct index_row *earlier, struct span body)
{
	struct service *s = c->service;
	struct hub_draft d = home_draft(s, OFFICIALS_KIND);
	unsigned char random[10];

	d.has_id = true;
	if (earlier != NULL) {
		d.id = earlier->id;
		d.rev = earlier->rev + 1;
		d.replaces = &earlier->digest;
		d.replaces_n = 1;
	} else {
		random_fill(random, sizeof random);
		d.id = uuid_make(loop_now(s->loop).wall, random);
	}
	d.body = body;
	hub_append(s->hub, &d, on_written, c);
	service_stir(s);
}

/* The one time that it is shown. */
static struct digest
make_token(struct call *c)
{
	unsigned char random[BEARER_RANDOM];
	char text[BEARER_TEXT + 1];
	struct digest d;

	random_fill(random, sizeof random);
	bearer_write(random, text);
	d = bearer_digest(span_str(text));
	json_put_member_str(&c->w, "token", text);
	secret_wipe(random, sizeof random);
	secret_wipe(text, sizeof text);
	return d;
}

void
cmd_token_create(struct call *c)
{
	struct fault f = { 0 };
	struct digest d;
	struct json doc;
	struct buf b;
	enum tlp most;
	int64_t until_s;
	enum err e = read_wish(c, &most, &until_s, &f);

	if (e != ERR_NONE) {
		call_fail(c, e, e == ERR_USAGE ? EXIT_MISUSED : EXIT_REFUSED,
		    not_made, call_fault(c, &f), next_list);
		return;
	}
	json_put_open(&c->w, '{');
	d = make_token(c);
	buf_init(&b, 4096);
	write_token(c, &d, most, until_s, &b);
	e = buf_check(&b);
	if (e == ERR_NONE)
		e = home_check(c->service, span_str(OFFICIALS_KIND),
		    buf_span(&b), &c->mem, &doc, &f);
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_MISUSED, not_made, call_fault(c, &f),
		    next_list);
	} else {
		json_put_member_str(&c->w, "most", tlp_label(most));
		json_put_member_u64(&c->w, "until", (uint64_t)until_s);
		json_put_member_bool(&c->w, "served",
		    c->service->config->site_api);
		audit(c->service, &c->caller, "token", NULL,
		    arena_string(&c->mem, call_arg(c, "for")), "made",
		    tlp_label(most));
		append(c, NULL, buf_span(&b));
	}
	buf_release(&b);
}

void
cmd_token_revoke(struct call *c)
{
	struct index_row row;
	struct json_out w;
	struct record r;
	struct buf b;

	if (!call_find(c, INDEX_AT_HOME, "id", &row))
		return;
	if (!span_is_str(row.kind, OFFICIALS_KIND) ||
	    !call_look(c, &row, EXIT_STAFF, &r) ||
	    !json_is_str(json_get(r.body, "state"), "in_force")) {
		call_fail(c, ERR_NOT_FOUND, EXIT_NOT_FOUND, not_revoked,
		    "this is no token in force", next_list);
		return;
	}
	buf_init(&b, 4096);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_rest(&w, r.body, JSON_WITHOUT("state"), &c->mem);
	json_put_member_str(&w, "state", "done");
	json_put_close(&w, '}');
	json_put_open(&c->w, '{');
	audit(c->service, &c->caller, "token", &row.digest,
	    call_id(c, &row.id), "revoked", "");
	append(c, &row, buf_span(&b));
	buf_release(&b);
}
