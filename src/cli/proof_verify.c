/* SPDX-License-Identifier: Apache-2.0
 *
 * Checking a folder of proof, without a node.
 */
#include "cli/proof_folder.h"

#include "base/limits.h"
#include "cli/file.h"
#include "cli/out.h"
#include "cli/proof_check.h"
#include "crypto/jws.h"

#include <string.h>

enum { ENTRIES = 1024 };

struct check {
	struct cli *c;
	const char *path;
	struct registry *registry;
	struct table t;
	struct json_out w;
	struct proof_entry newest; /* the entry that receipts are held to */
	struct revision {
		struct digest digest, replaces;
		uint64_t rev;
		struct uuid id;
		bool has_replaces;
		bool is_event; /* of a chain that must be whole */
	} *entry; /* found good */
	size_t entries;
	unsigned good, bad;
};

static enum err
read_file(struct check *k, const char *name, struct span *out)
{
	struct buf b;
	enum err e;

	buf_init(&b, LIMIT_DOCUMENT);
	e = file_read(cli_text(k->c, "%s/%s", k->path, name), &b);
	if (e == ERR_NONE)
		*out = arena_copy(&k->c->arena, buf_span(&b));
	buf_release(&b);
	return e;
}

static void
tell_as(struct check *k, const char *name, bool good, const char *word,
    const char *text)
{
	k->good += good;
	k->bad += !good;
	table_put_str(&k->t, name);
	table_put(&k->t, span_str(cli_word(k->c, word)),
	    good ? STYLE_GOOD : STYLE_BAD);
	table_put_str(&k->t, text);
	json_put_open(&k->w, '{');
	json_put_member_str(&k->w, "file", name);
	json_put_member_bool(&k->w, "good", good);
	json_put_member_str(&k->w, "text", text);
	json_put_close(&k->w, '}');
}

static void
tell(struct check *k, const char *name, enum err e, const char *text)
{
	tell_as(k, name, e == ERR_NONE,
	    e == ERR_NONE ? "proof_good" : "proof_bad", text);
}

static const char *
fault_text(struct check *k, enum err e, const struct fault *f)
{
	return f->rule[0] != '\0' ? cli_text(k->c, "%s %s", f->field,
	    f->rule) : err_sentence(e);
}

/* --- documents --- */

static void
documents_offer(struct check *k, const struct file_list *list)
{
	bool grew = true;

	while (grew) {
		grew = false;
		for (size_t i = 0; i < list->n; i++) {
			const char *name = cli_text(k->c, "documents/%s",
			    list->names[i]);
			struct span text;

			if (strcmp(list->names[i], "root") != 0 &&
			    read_file(k, name, &text) == ERR_NONE)
				grew |= registry_offer(k->registry, text,
				    NULL) == REGISTRY_ACCEPTED;
		}
	}
}

static int
documents_read(struct check *k, const char *root)
{
	const char *folder = cli_text(k->c, "%s/documents", k->path);
	struct span text = span_str(root != NULL ? root : "");
	struct file_list list;
	struct digest d;
	enum err e = ERR_NONE;

	if (root == NULL)
		e = read_file(k, "documents/root", &text);
	while (text.n > 0 && text.p[text.n - 1] == '\n')
		text.n--;
	if (e == ERR_NONE)
		e = entry_parse_digest(text, &d);
	if (e == ERR_NONE)
		e = file_list_read(folder, &list);
	if (e != ERR_NONE)
		return cli_fail_file(k->c, e, folder, NULL);
	k->registry = registry_create(&d, NULL, 0);
	documents_offer(k, &list);
	file_list_release(&list);
	tell(k, "documents/", registry_register(k->registry) != NULL ?
	    ERR_NONE : ERR_SIGNATURE, registry_register(k->registry) != NULL ?
	    cli_text(k->c, "%s %.*s", cli_word(k->c, root != NULL ?
	    "proof_root" : "proof_root_unsaid"), SPAN_FMT(text)) :
	    "no register leads back to that charter");
	return CLI_OK;
}

/* --- entries, answers, receipts --- */

static const char *
entry_text(struct check *k, const struct proof_entry *e)
{
	return cli_text(k->c, "%.*s %.*s %llu/%llu, %s %zu%s%s%s%s%s",
	    SPAN_FMT(e->entry.iss), SPAN_FMT(e->entry.kind),
	    (unsigned long long)e->index, (unsigned long long)e->size,
	    cli_word(k->c, "proof_witnesses"), e->witnesses,
	    e->by_s != 0 ? ", " : "",
	    e->by_s != 0 ? cli_word(k->c, "proof_time") : "",
	    e->by_s != 0 ? cli_text(k->c, " %s", out_time(k->c, e->by_s)) :
			   "",
	    e->is_void ? ", " : "",
	    e->is_void ? cli_word(k->c, "proof_void") : "");
}

static void
keep_revision(struct check *k, const struct proof_entry *e)
{
	const struct kind *kind = kind_find(cli_schema(k->c), e->entry.kind);
	struct revision *r = &k->entry[k->entries];

	if (k->entries == ENTRIES)
		return;
	*r = (struct revision){ .digest = e->digest, .id = e->entry.id,
		.rev = e->entry.rev, .is_event = kind != NULL &&
		    kind->life != NULL && kind->life->event != NULL };
	if (e->entry.replaces_n != 0) {
		r->replaces = e->entry.replaces[0];
		r->has_replaces = true;
	}
	k->entries++;
}

static const struct revision *
revision_find(const struct check *k, const struct uuid *id, uint64_t rev)
{
	for (size_t i = 0; i < k->entries; i++)
		if (k->entry[i].rev == rev &&
		    memcmp(&k->entry[i].id, id, sizeof *id) == 0)
			return &k->entry[i];
	return NULL;
}

/* Each event of a chain names the one before it, from the first on: one that
 * was taken out of the folder is missed, whichever it was but the last. Of
 * other records a revision may have been erased. */
static void
chain_check(struct check *k)
{
	for (size_t i = 0; i < k->entries; i++) {
		const struct revision *r = &k->entry[i], *before;
		struct fault f = { 0 };
		enum err e;

		if (r->rev == 0 || !r->is_event)
			continue;
		before = revision_find(k, &r->id, r->rev - 1);
		if (before != NULL && r->has_replaces &&
		    digest_is_equal(&before->digest, &r->replaces))
			continue;
		e = fault_at(&f, ERR_NOT_FOUND, 0, "replaces",
		    "names a revision that is not in this folder");
		tell(k, cli_text(k->c, "rev %llu", (unsigned long long)r->rev),
		    e, fault_text(k, e, &f));
	}
}

/* What people read beside an entry is what was signed. */
static enum err
reading_check(struct check *k, const char *name, struct span jws,
    struct fault *f)
{
	struct jws parts;
	struct span text;
	enum err e = read_file(k, name, &text);

	if (e != ERR_NONE)
		return e == ERR_NOT_FOUND ? ERR_NONE : e;
	e = jws_parse(jws, ENTRY_TYP, &k->c->arena, &parts, f);
	if (e == ERR_NONE && !span_is_equal(text, parts.payload))
		e = fault_at(f, ERR_SIGNATURE, 0, name,
		    "is not what was signed");
	return e;
}

static void
entry_check(struct check *k, const char *name, bool is_answer)
{
	size_t stem = strlen(name) - 4; /* without ".jws" */
	struct span jws = span_str(""), proof = span_str("");
	struct proof_entry e = { 0 };
	struct fault f = { 0 };
	bool about = false, whole;
	enum err err = read_file(k, name, &jws);

	if (err == ERR_NONE)
		err = read_file(k, cli_text(k->c, "%.*s.tlog-proof", (int)stem,
		    name), &proof);
	if (err == ERR_NONE)
		err = proof_check_entry(k->registry, jws, proof, &k->c->arena,
		    &e, &f);
	for (size_t i = 0; i < k->entries && err == ERR_NONE; i++)
		about |= e.entry.has_re &&
		    digest_is_equal(&e.entry.re, &k->entry[i].digest);
	if (err == ERR_NONE && is_answer && !about)
		err = fault_at(&f, ERR_RULE, 0, "re",
		    "names none of the entries of this folder");
	whole = err == ERR_NONE;
	if (whole)
		err = reading_check(k, cli_text(k->c, "%.*s.json", (int)stem,
		    name), jws, &f);
	if (err == ERR_NONE && !is_answer && e.witnesses < PROOF_WITNESSES)
		err = fault_at(&f, ERR_SIGNATURE, 0, "checkpoint",
		    "is cosigned by %zu other teams, not by %d", e.witnesses,
		    PROOF_WITNESSES);
	tell(k, name, err, err == ERR_NONE ? entry_text(k, &e) :
	    fault_text(k, err, &f));
	/* what lacks only witnesses is still what the receipts speak of */
	if (!whole || is_answer)
		return;
	keep_revision(k, &e);
	if (k->newest.size == 0 || e.entry.rev >= k->newest.entry.rev)
		k->newest = e;
}

/* The proof that goes with it; none in a folder of an older program. Who
 * takes it out must not make anything look better, so that is no more than
 * untied. */
static enum err
receipt_read(struct check *k, const char *name, struct span team,
    struct span *jws, struct span *proof)
{
	enum err e = read_file(k, name, jws);

	if (e == ERR_NONE)
		e = read_file(k, cli_text(k->c, "receipt-%.*s.proof",
		    SPAN_FMT(team)), proof);
	return e == ERR_NOT_FOUND && jws->n != 0 ? ERR_NONE : e;
}

/* receipt-TEAM.jws: the team is as the receipt says, held to the name. */
static void
receipt_check(struct check *k, const char *name)
{
	size_t n = strlen(name) - strlen("receipt-.jws");
	struct span team = span_of(name + strlen("receipt-"), n);
	struct span jws = span_str(""), proof = span_str("");
	struct fault f = { 0 };
	int64_t at = 0;
	enum err e = receipt_read(k, name, team, &jws, &proof);

	if (e == ERR_NONE)
		e = proof_check_receipt(k->registry, team, jws, proof,
		    &k->newest, &k->c->arena, &at, &f);
	if (e == ERR_NONE)
		tell_as(k, name, true, "proof_good", cli_text(k->c,
		    "%.*s, %s, %s", SPAN_FMT(team), out_time(k->c,
		    (uint64_t)at), cli_word(k->c, "proof_tied")));
	else
		tell_as(k, name, false, e == ERR_NOT_FOUND ? "proof_untied" :
		    "proof_bad", fault_text(k, e, &f));
}

static bool
is_named(const char *name, const char *begin)
{
	size_t n = strlen(name), k = strlen(begin);

	return n > k + 4 && strncmp(name, begin, k) == 0 &&
	    strcmp(name + n - 4, ".jws") == 0;
}

static void
files_check(struct check *k, const struct file_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (is_named(list->names[i], "entry-"))
			entry_check(k, list->names[i], false);
	chain_check(k);
	for (size_t i = 0; i < list->n; i++) {
		if (is_named(list->names[i], "ack-"))
			entry_check(k, list->names[i], true);
		else if (is_named(list->names[i], "receipt-"))
			receipt_check(k, list->names[i]);
	}
}

int
proof_folder_check(struct cli *c, const char *path, const char *root)
{
	const char *const heads[] = { cli_word(c, "file"),
		cli_word(c, "state"), cli_word(c, "proof_text"), NULL };
	struct check k = { .c = c, .path = path,
		.entry = arena_alloc(&c->arena, ENTRIES * sizeof *k.entry) };
	struct file_list list;
	struct buf b;
	enum err e = file_list_read(path, &list);
	int status;

	if (e != ERR_NONE)
		return cli_fail_file(c, e, path, NULL);
	table_init(&k.t, &c->term, heads);
	out_open(c, &b, &k.w);
	json_put_key(&k.w, "files");
	json_put_open(&k.w, '[');
	status = documents_read(&k, root);
	if (status == CLI_OK) {
		files_check(&k, &list);
		if (k.entries == 0)
			tell(&k, "entry-0.jws", ERR_NOT_FOUND,
			    err_sentence(ERR_NOT_FOUND));
	}
	json_put_close(&k.w, ']');
	json_put_member_bool(&k.w, "good", k.bad == 0);
	if (status == CLI_OK && out_is_json(c)) {
		out_close(&b, &k.w);
	} else {
		buf_release(&b);
	}
	if (status == CLI_OK && !out_is_json(c))
		out_table(c, &k.t);
	else
		table_release(&k.t);
	registry_free(k.registry);
	file_list_release(&list);
	return status != CLI_OK ? status : k.bad != 0 ? CLI_UNVERIFIED : CLI_OK;
}
