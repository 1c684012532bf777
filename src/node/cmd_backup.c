/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: backup_begin, backup_read, backup_end. What is given out is sealed
 * to a key that is not here (backups.c); that it was begun and how it ended
 * stands in the audit trail.
 */
#include "node/backups.h"
#include "node/command.h"

#include "base/code.h"

static void
fail(struct call *c, enum err e, const struct fault *f)
{
	call_fail(c, e, e == ERR_NOT_FOUND ? EXIT_NOT_FOUND : EXIT_OF_ERROR,
	    "no backup was made", call_text(c, "%s: %s", f->field, f->rule),
	    e == ERR_DAMAGED ? "almenara log verify" : "almenara doctor");
}

/* If false, the call has been answered. */
static bool
arg_key(struct call *c, struct jwk *out)
{
	struct fault f = { 0 };

	if (jwk_parse(json_get(c->args, "key"), out, &f) == ERR_NONE &&
	    !out->has_secret && out->kind != JWK_ED25519)
		return true;
	call_misused(c, "key is no public key to which something can be "
	    "sealed: %s", f.rule);
	jwk_wipe(out);
	return false;
}

static bool
arg_backup(struct call *c, uint64_t *out)
{
	if (json_u64(json_get(c->args, "backup"), out) == ERR_NONE)
		return true;
	call_misused(c, "backup is no number");
	return false;
}

static bool
arg_is_true(const struct call *c, const char *name)
{
	return json_get(c->args, name).type == JSON_TRUE;
}

void
cmd_backup_begin(struct call *c)
{
	struct fault f = { 0 };
	struct digest kid;
	struct jwk key;
	uint64_t id = 0;
	enum err e;

	if (!arg_key(c, &key))
		return;
	kid = jwk_thumbprint(&key);
	e = backups_begin(c->service->backups, c->caller.uid, &key,
	    arg_is_true(c, "folder"), &id, &f);
	audit(c->service, &c->caller, "backup", NULL, kid_of(&kid).s,
	    e == ERR_NONE ? "begun" : "refused", f.rule);
	if (e != ERR_NONE) {
		fail(c, e, &f);
		return;
	}
	json_put_open(&c->w, '{');
	json_put_member_u64(&c->w, "backup", id);
	json_put_member_span(&c->w, "team", c->service->own_team);
	json_put_member_span(&c->w, "origin",
	    hub_log(c->service->hub, 0).origin);
	json_put_close(&c->w, '}');
	call_done(c);
}

static void
put_offer(struct call *c, const struct backups_slice *told)
{
	struct buf hex;

	buf_init(&hex, 2 * sizeof told->name.b);
	code_write_hex(&hex, digest_span(&told->name));
	if (told->is_manifest)
		json_put_member_str(&c->w, "offer", "manifest");
	else
		json_put_member_span(&c->w, "offer", buf_span(&hex));
	buf_release(&hex);
}

void
cmd_backup_read(struct call *c)
{
	struct backups_slice told = { .done = 0 };
	struct fault f = { 0 };
	struct buf bytes, coded;
	uint64_t id;
	enum err e;

	if (!arg_backup(c, &id))
		return;
	buf_init(&bytes, BACKUPS_MOST);
	e = backups_read(c->service->backups, c->caller.uid, id,
	    arg_is_true(c, "has"), &bytes, &told, &f);
	if (e != ERR_NONE) {
		buf_release(&bytes);
		fail(c, e, &f);
		return;
	}
	buf_init(&coded, 2 * BACKUPS_MOST);
	code_write_base64(&coded, buf_span(&bytes));
	json_put_open(&c->w, '{');
	json_put_member_span(&c->w, "data", buf_span(&coded));
	json_put_member_u64(&c->w, "done", told.done);
	json_put_member_u64(&c->w, "of", told.of);
	json_put_member_bool(&c->w, "end", told.is_last);
	if (told.is_offer)
		put_offer(c, &told);
	if (told.is_whole || told.is_last)
		json_put_member_str(&c->w, "digest",
		    call_digest(c, &told.digest));
	if (told.is_last)
		json_put_member_u64(&c->w, "left_out", told.left_out);
	json_put_close(&c->w, '}');
	buf_release(&bytes);
	buf_release(&coded);
	call_done(c);
}

/* Who wrote it has read it back, or says why there is none. */
void
cmd_backup_end(struct call *c)
{
	struct span digest = call_arg(c, "digest");
	const char *why = arena_string(&c->mem, call_arg(c, "failed"));
	struct digest d;
	bool is_written = entry_parse_digest(digest, &d) == ERR_NONE;
	uint64_t id;

	if (!arg_backup(c, &id))
		return;
	if (!backups_end(c->service->backups, c->caller.uid, id)) {
		fail(c, ERR_NOT_FOUND, &(struct fault){ .field = "backup",
		    .rule = "there is no such backup" });
		return;
	}
	audit(c->service, &c->caller, "backup", is_written ? &d : NULL, "",
	    is_written ? "written" : "failed", why);
	json_put_open(&c->w, '{');
	json_put_close(&c->w, '}');
	call_done(c);
}
