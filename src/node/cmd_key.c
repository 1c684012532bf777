/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: person_key, constituent_key. By which letters to somebody are
 * sealed: looked at before it is registered, and again each time it is used.
 */
#include "node/command.h"

#include "node/letter_keys.h"
#include "schema/check.h"

static const char not_set[] = "the key was not registered";

/* What stands in the record, as JSON, in the memory of the call. */
static struct span
key_json(struct call *c, const struct job_frame *f)
{
	struct json_out w;
	struct span s;
	struct buf b;

	buf_init(&b, 4 * LIMIT_PAGE_CERTIFICATE);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_str(&w, "kind", f->key == JOB_KEY_OPENPGP ?
		"openpgp" : "smime");
	json_put_member_span(&w, "fingerprint", f->fingerprint);
	if (f->from.n != 0)
		json_put_member_span(&w, "who", f->from);
	if (f->until_s > 0)
		json_put_member_u64(&w, "until", (uint64_t)f->until_s);
	json_put_member_span(&w, "text", f->text);
	json_put_close(&w, '}');
	s = arena_copy(&c->mem, buf_span(&b));
	buf_release(&b);
	return s;
}

/* The same for who asked, without the key itself. */
static void
put_answer(struct call *c, const struct job_frame *f)
{
	json_put_member_str(&c->w, "kind", f->key == JOB_KEY_OPENPGP ?
		"openpgp" : "smime");
	json_put_member_span(&c->w, "fingerprint", f->fingerprint);
	json_put_member_span(&c->w, "who", f->from);
	json_put_member_u64(&c->w, "until", f->until_s > 0 ?
		(uint64_t)f->until_s : 0);
}

static bool
is_good(struct call *c, const struct job_frame *f)
{
	if (f->word == JOB_YES)
		return true;
	call_fail(c, ERR_KEY, EXIT_REFUSED, not_set,
	    arena_string(&c->mem, f->text), "");
	return false;
}

/* --- of a person --- */

static void
person_set(struct call *c, struct span key)
{
	struct index_row row;
	struct record r;

	if (!person_find(c, call_arg(c, "unix_user"), &row, &r))
		call_fail(c, ERR_NOT_FOUND, EXIT_NOT_FOUND,
		    "there is no such person", "", "almenara person list");
	else
		person_revise(c, &row, r.body, key);
}

static void
on_person_key(struct call *c, const struct job_frame *f)
{
	struct span key;

	if (!is_good(c, f))
		return;
	key = key_json(c, f);
	json_put_open(&c->w, '{');
	put_answer(c, f);
	person_set(c, key);
}

void
cmd_person_key(struct call *c)
{
	if (call_arg(c, "unix_user").n == 0)
		call_misused(c, "unix_user is missing");
	else if (json_get(c->args, "key").type == JSON_NULL) {
		json_put_open(&c->w, '{');
		person_set(c, span_str("null"));
	} else
		letter_keys_check(c, call_arg(c, "key"), on_person_key);
}

/* --- of who is served --- */

static void
on_written(void *ctx, const struct hub_appended *result)
{
	struct call *c = ctx;

	if (!call_is_written(c, result, not_set))
		return;
	json_put_member_str(&c->w, "id", call_id(c, &result->id));
	json_put_close(&c->w, '}');
	call_done(c);
}

/* What stands there, with another key or none. */
static void
write_body(struct call *c, struct json_val body, struct span key,
    struct buf *out)
{
	struct json_out w;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_rest(&w, body, JSON_WITHOUT("mail_key"), &c->mem);
	if (!span_is_str(key, "null")) {
		json_put_key(&w, "mail_key");
		json_put_raw(&w, key);
	}
	json_put_close(&w, '}');
}

static void
constituent_set(struct call *c, struct span key)
{
	struct hub_draft d = home_draft(c->service, "constituent");
	struct index_row row;
	struct record r;
	struct buf b;

	if (!call_find(c, INDEX_AT_HOME, "id", &row))
		return;
	if (!span_is_str(row.kind, "constituent") ||
	    record_read(c->service, row.log, row.index, &c->mem, &r) !=
		ERR_NONE) {
		call_fail(c, ERR_NOT_FOUND, EXIT_NOT_FOUND,
		    "there is no such constituent", "",
		    "almenara constituent list");
		return;
	}
	buf_init(&b, LIMIT_PAYLOAD - 1024);
	write_body(c, r.body, key, &b);
	d.has_id = true;
	d.id = row.id;
	d.rev = row.rev + 1;
	d.replaces = &row.digest;
	d.replaces_n = 1;
	d.body = buf_span(&b);
	hub_append(c->service->hub, &d, on_written, c);
	audit(c->service, &c->caller, "register_put", NULL, "constituent",
	    "mail_key", "");
	service_stir(c->service);
	buf_release(&b);
}

static void
on_constituent_key(struct call *c, const struct job_frame *f)
{
	struct span key;

	if (!is_good(c, f))
		return;
	key = key_json(c, f);
	json_put_open(&c->w, '{');
	put_answer(c, f);
	constituent_set(c, key);
}

void
cmd_constituent_key(struct call *c)
{
	if (call_arg(c, "id").n == 0)
		call_misused(c, "id is missing");
	else if (json_get(c->args, "key").type == JSON_NULL) {
		json_put_open(&c->w, '{');
		constituent_set(c, span_str("null"));
	} else
		letter_keys_check(c, call_arg(c, "key"), on_constituent_key);
}
