/* SPDX-License-Identifier: Apache-2.0
 *
 * Command: prove. All that shows to somebody outside what was said to whom:
 * each revision of a notice and each answer to it with its proof, the
 * receipts of its readers, and the documents that say whose keys these are.
 */
#include "node/export.h"
#include "node/receipt_find.h"
#include "node/ruling.h"

#include "record/registry.h"

enum { ENTRIES_MAX = 1024 };

struct found {
	struct call *call;
	struct index_row *row;
	size_t n;
};

static bool
see_row(void *ctx, const struct index_row *row)
{
	struct found *f = ctx;
	struct index_row *copy = &f->row[f->n];

	if (f->n == ENTRIES_MAX)
		return false;
	*copy = *row;
	copy->iss = arena_copy(&f->call->mem, row->iss);
	copy->kind = arena_copy(&f->call->mem, row->kind);
	copy->brief = span_str("{}");
	f->n++;
	return true;
}

static struct found
found_none(struct call *c)
{
	return (struct found){ c, arena_alloc(&c->mem,
	    ENTRIES_MAX * sizeof(struct index_row)), 0 };
}

/* What cannot be proved (yet) is left out and counted. */
static void
put_entries(struct call *c, const char *key, const struct found *f,
    uint64_t *unproved)
{
	struct json_out *w = &c->w;

	json_put_key(w, key);
	json_put_open(w, '[');
	for (size_t i = 0; i < f->n; i++) {
		struct export x;

		if (!call_look(c, &f->row[i], EXIT_PROOF, &x.record) ||
		    !exit_opens(&x.record.pass, EXIT_PROOF, EXIT_WHOLE) ||
		    x.record.jws.n == 0 ||
		    export_make(c, &f->row[i], &x) != ERR_NONE) {
			(*unproved)++;
			continue;
		}
		json_put_open(w, '{');
		json_put_member_span(w, "team", f->row[i].iss);
		json_put_member_u64(w, "rev", f->row[i].rev);
		export_write(c, &x);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

static void
put_receipts(struct call *c, const struct index_row *row)
{
	struct service *s = c->service;
	struct json_out *w = &c->w;

	json_put_key(w, "receipts");
	json_put_open(w, '[');
	for (size_t i = 0; i < hub_peer_count(s->hub) &&
	     (row->flags & INDEX_MINE) != 0; i++) {
		struct hub_peer_info p = hub_peer(s->hub, i,
		    loop_now(s->loop));
		struct span jws = span_str("");
		int64_t at = receipt_find(s, &p, row, &c->mem, &jws);

		if (at == 0)
			continue;
		json_put_open(w, '{');
		json_put_member_span(w, "team", p.team);
		json_put_key(w, "at");
		json_put_i64(w, at);
		json_put_member_span(w, "jws", jws);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

static void
put_documents(struct call *c)
{
	const struct registry *r = c->service->registry;
	struct json_out *w = &c->w;

	json_put_key(w, "documents");
	json_put_open(w, '[');
	for (size_t i = 0; i < registry_document_count(r); i++) {
		struct registry_document d = registry_document_at(r, i);

		json_put_open(w, '{');
		json_put_member_str(w, "kind", document_kind_token(d.kind));
		json_put_member_span(w, "team", d.team);
		json_put_member_u64(w, "version", d.version);
		json_put_member_str(w, "hash", call_digest(c, &d.hash));
		json_put_member_span(w, "bytes", d.bytes);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

void
cmd_prove(struct call *c)
{
	struct found revisions = found_none(c), answers = found_none(c);
	struct index_notice want = { .revision = see_row, .ctx = &revisions };
	struct index_audience audience;
	struct index_row row;
	uint64_t unproved = 0;
	struct record r;
	enum err e;

	if (!call_find(c, INDEX_SHARED, "id", &row) ||
	    !call_read(c, &row, EXIT_PROOF, &r))
		return;
	e = index_notice(c->service->index, &row, &want, &c->mem, &audience);
	want = (struct index_notice){ .answer = see_row, .ctx = &answers };
	if (e == ERR_NONE)
		e = index_notice(c->service->index, &row, &want, &c->mem,
		    &audience);
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR, "the index cannot be read",
		    err_sentence(e), "almenara log reindex");
		return;
	}
	ruling_audit(c, r.ruling, "prove", &row.digest, call_id(c, &row.id),
	    "done", "");
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "id", call_id(c, &row.id));
	json_put_member_str(&c->w, "digest", call_digest(c, &row.digest));
	put_entries(c, "entries", &revisions, &unproved);
	put_entries(c, "acknowledgements", &answers, &unproved);
	put_receipts(c, &row);
	put_documents(c);
	json_put_member_u64(&c->w, "unproved", unproved);
	json_put_member_u64(&c->w, "witnesses_wanted", EXPORT_WITNESSES);
	json_put_close(&c->w, '}');
	call_done(c);
}
