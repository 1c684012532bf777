/* SPDX-License-Identifier: Apache-2.0
 *
 * Command: report_file: a file that came with a report of the public, or with
 * a message about it, given out to who asks; and the list of them. What opens
 * one is sealed with what was typed; record and sealed text meet by the digest
 * of the sealed bytes. Name and type are what somebody said: no more. Those of
 * a report that another team has handed over are attachments of its entry.
 */
#include "node/cmd_report.h"

#include "base/code.h"
#include "crypto/secret.h"
#include "node/attach_out.h"

enum { FILES_MOST = LIMIT_REPORT_FILES * (LIMIT_REPORT_MESSAGES + 1) };

struct enclosed {
	bool is_open;        /* the rest is known: */
	struct attachment at;
};

struct enclosing {
	struct enclosed *at; /* FILES_MOST of them, in the memory of the call;
	                      * to be wiped */
	size_t n;
	bool is_handed;
	struct index_row entry; /* then: whose attachments they are */
};

/* What is said of the file of this digest; its words in the memory of the
 * call. */
static bool
find_said(struct call *c, struct json_val list, const struct digest *sealed,
    struct attachment *out)
{
	struct attachment at;

	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		if (attachment_parse(v, &c->mem, &at, NULL) != ERR_NONE ||
		    !digest_is_equal(&at.sealed, sealed))
			continue;
		at.name = arena_copy(&c->mem, at.name);
		at.media = arena_copy(&c->mem, at.media);
		*out = at;
		secret_wipe(at.key, sizeof at.key);
		return true;
	}
	return false;
}

/* The files that `body` names, with what is sealed in it. */
static void
add(struct call *c, struct json_val body, const char *aad,
    struct enclosing *to)
{
	struct json_val files = json_get(body, "files"), said = { 0 };
	struct span text;
	struct json doc;
	struct buf b;

	if (json_count(files) == 0)
		return;
	buf_init(&b, CMD_REPORT_OPENED);
	if (json_text(json_get(body, "sealed"), &c->mem, &text) == ERR_NONE &&
	    cmd_report_open(c->service, text, aad, &b) == ERR_NONE &&
	    json_parse_arena(buf_span(&b), LIMIT_JSON_DEPTH, 4096, &c->mem,
		&doc, NULL) == ERR_NONE)
		said = json_get(json_root(&doc), "files");
	for (struct json_val v = json_first(files); v.type != JSON_ABSENT &&
	    to->n < FILES_MOST; v = json_next(files, v)) {
		struct enclosed *x = &to->at[to->n++];

		*x = (struct enclosed){ .is_open = false };
		(void)!json_u64(json_get(v, "size"), &x->at.size);
		if (json_text(json_get(v, "sealed"), &c->mem, &text) ==
			ERR_NONE &&
		    entry_parse_digest(text, &x->at.sealed) == ERR_NONE)
			x->is_open = find_said(c, said, &x->at.sealed,
			    &x->at);
	}
	if (b.p != NULL)
		secret_wipe(b.p, b.cap);
	buf_release(&b);
}

/* What another team has handed over. */
static void
add_handed(struct call *c, struct span id, struct enclosing *to)
{
	struct attachment *list = NULL;
	struct record r;
	size_t n = 0;

	to->is_handed = true;
	if (index_find(c->service->index, INDEX_SHARED, id, &c->mem,
		&to->entry, NULL, NULL) != ERR_NONE ||
	    !call_look(c, &to->entry, EXIT_ATTACHMENT, &r) ||
	    !exit_opens(&r.pass, EXIT_ATTACHMENT, EXIT_TEXT) ||
	    attachments_parse(r.body, &c->mem, &list, &n, NULL) != ERR_NONE)
		return;
	for (size_t i = 0; i < n && to->n < FILES_MOST; i++)
		to->at[to->n++] = (struct enclosed){ .is_open = true,
			.at = list[i] };
}

/* Numbered from 1 as they came: a number stays what it is. */
static void
collect(struct call *c, struct json_val body, struct enclosing *to)
{
	struct json_val list = json_get(body, "messages");
	struct index_row row;
	struct record r;
	struct span id;

	*to = (struct enclosing){ .at = arena_alloc(&c->mem,
		FILES_MOST * sizeof *to->at) };
	if (json_text(json_get(json_get(body, "origin"), "entry"), &c->mem,
		&id) == ERR_NONE)
		add_handed(c, id, to);
	else
		add(c, body, REPORT_AAD, to);
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v))
		if (json_text(v, &c->mem, &id) == ERR_NONE &&
		    index_find(c->service->index, INDEX_AT_HOME, id, &c->mem,
			&row, NULL, NULL) == ERR_NONE &&
		    call_look(c, &row, EXIT_REPORT, &r))
			add(c, r.body, REPORT_AAD_MESSAGE, to);
}

static void
wipe(struct enclosing *e)
{
	secret_wipe(e->at, FILES_MOST * sizeof *e->at);
}

static void
put_one(struct call *c, size_t n, const struct enclosed *x)
{
	char hex[2 * sizeof x->at.text.b + 1];

	json_put_open(&c->w, '{');
	json_put_member_u64(&c->w, "n", n);
	json_put_member_bool(&c->w, "open", x->is_open);
	json_put_member_u64(&c->w, "size", x->at.size);
	if (x->is_open) {
		for (size_t i = 0; i < sizeof x->at.text.b; i++)
			snprintf(hex + 2 * i, 3, "%02x", x->at.text.b[i]);
		json_put_member_span(&c->w, "name", x->at.name);
		json_put_member_span(&c->w, "media", x->at.media);
		json_put_member_str(&c->w, "sha256", hex);
	}
	json_put_close(&c->w, '}');
}

void
cmd_report_put_files(struct call *c, struct json_val body)
{
	struct enclosing all;

	collect(c, body, &all);
	json_put_key(&c->w, "enclosed");
	json_put_open(&c->w, '[');
	for (size_t i = 0; i < all.n; i++)
		put_one(c, i + 1, &all.at[i]);
	json_put_close(&c->w, ']');
	wipe(&all);
}

/* --- one of them --- */

/* Of the report that is asked for. If false, the call was answered. */
static bool
find_one(struct call *c, struct enclosed *x, struct enclosing *all)
{
	const char *show = call_text(c, "almenara reports show %s",
	    arena_string(&c->mem, call_arg(c, "id")));
	struct index_row row;
	struct record r;
	uint64_t n = 0;

	if (json_u64(json_get(c->args, "n"), &n) != ERR_NONE || n == 0) {
		call_misused(c, "the number of a file belongs here, from 1");
		return false;
	}
	if (!attach_has_file(c) || !cmd_report_find(c, &row) ||
	    !call_read(c, &row, EXIT_REPORT, &r))
		return false;
	collect(c, r.body, all);
	if (n <= all->n)
		*x = all->at[n - 1];
	wipe(all); /* before the call is answered: it goes with it */
	if (n > all->n)
		call_fail(c, ERR_NOT_FOUND, EXIT_NOT_FOUND,
		    all->n == 0 ? "no file came with it" :
		    "it has no file of that number", "", show);
	else if (!x->is_open)
		call_fail(c, ERR_DECRYPT, EXIT_REFUSED,
		    "the file cannot be opened", "no intake key of this node "
		    "fits, or what was sealed says nothing of it", show);
	return n <= all->n && x->is_open;
}

static void
write_one(struct call *c)
{
	struct enclosed x = { .is_open = false };
	struct enclosing all;

	if (find_one(c, &x, &all))
		attach_out(c, &x.at, call_text(c, "almenara reports show %s",
		    arena_string(&c->mem, call_arg(c, "id"))));
	secret_wipe(&x, sizeof x);
}

void
cmd_report_file(struct call *c)
{
	struct enclosed x = { .is_open = false };
	struct enclosing all;

	if (find_one(c, &x, &all)) {
		/* the other team keeps it until it is asked for */
		if (all.is_handed)
			attach_fetch(c, &all.entry, &x.at, write_one);
		else
			write_one(c);
	}
	secret_wipe(&x, sizeof x);
}

bool
cmd_report_choose(struct call *c, struct json_val body, struct json_val which,
    struct attachment *out, size_t *n)
{
	const char *why = NULL;
	struct enclosing all;
	uint64_t number = 0;

	collect(c, body, &all);
	*n = 0;
	for (struct json_val v = json_first(which); why == NULL &&
	    v.type != JSON_ABSENT; v = json_next(which, v)) {
		if (json_u64(v, &number) != ERR_NONE || number == 0 ||
		    number > all.n)
			why = call_text(c, "it has no file %.*s",
			    SPAN_FMT(json_raw(v)));
		else if (!all.at[number - 1].is_open)
			why = call_text(c, "file %.*s cannot be opened",
			    SPAN_FMT(json_raw(v)));
		else if (*n == LIMIT_ATTACHMENTS)
			why = "more files than an entry may bring";
		else
			out[(*n)++] = all.at[number - 1].at;
	}
	wipe(&all);
	if (why == NULL)
		return true;
	secret_wipe(out, *n * sizeof *out);
	call_fail(c, ERR_NOT_FOUND, EXIT_NOT_FOUND, why, "",
	    call_text(c, "almenara reports show %s",
		arena_string(&c->mem, call_arg(c, "id"))));
	return false;
}
