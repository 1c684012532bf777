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

/* What cannot be proved (yet) is left out and counted. `newest` (may be NULL)
 * gets the newest revision that is not. */
static void
put_entries(struct call *c, const char *key, const struct found *f,
    uint64_t *unproved, const struct index_row **newest)
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
		if (newest != NULL &&
		    (*newest == NULL || f->row[i].rev >= (*newest)->rev))
			*newest = &f->row[i];
	}
	json_put_close(w, ']');
}

static void
put_receipt(struct call *c, struct span team, const struct receipt_found *r)
{
	struct json_out *w = &c->w;
	struct buf proof;

	if (r->jws.n == 0)
		return;
	buf_init(&proof, LIMIT_TLOG_PROOF);
	tlog_proof_write_bare(&r->shown.proof, &proof);
	json_put_open(w, '{');
	json_put_member_span(w, "team", team);
	json_put_key(w, "at");
	json_put_i64(w, r->shown.at_s);
	json_put_member_span(w, "jws", r->jws);
	json_put_member_span(w, "proof", buf_span(&proof));
	json_put_close(w, '}');
	buf_release(&proof);
}

/* A key that is not in force matters only where nothing else shows it; another
 * history of the own log always does. */
static void
put_refused(struct call *c, struct span team, const struct receipt_found *r)
{
	struct json_out *w = &c->w;

	if (r->refused == RECEIPT_SHOWS_NOTHING ||
	    (r->jws.n != 0 && r->refused != RECEIPT_OF_OTHER))
		return;
	json_put_open(w, '{');
	json_put_member_span(w, "team", team);
	json_put_member_str(w, "why", receipt_shows_token(r->refused));
	json_put_member_u64(w, "size", r->refused_size);
	json_put_close(w, '}');
}

static void
put_receipts(struct call *c, const struct index_row *row)
{
	struct service *s = c->service;
	size_t n = (row->flags & INDEX_MINE) != 0 ? hub_peer_count(s->hub) : 0;
	struct receipt_found *found = arena_alloc(&c->mem,
	    (n + 1) * sizeof *found);
	struct hub_peer_info p;

	json_put_key(&c->w, "receipts");
	json_put_open(&c->w, '[');
	for (size_t i = 0; i < n; i++) {
		p = hub_peer(s->hub, i, loop_now(s->loop));
		receipt_find_shown(s, &p, row, &c->mem, &found[i]);
		put_receipt(c, p.team, &found[i]);
	}
	json_put_close(&c->w, ']');
	json_put_key(&c->w, "receipts_refused");
	json_put_open(&c->w, '[');
	for (size_t i = 0; i < n; i++) {
		p = hub_peer(s->hub, i, loop_now(s->loop));
		put_refused(c, p.team, &found[i]);
	}
	json_put_close(&c->w, ']');
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
	const struct index_row *newest = NULL;
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
	put_entries(c, "entries", &revisions, &unproved, &newest);
	put_entries(c, "acknowledgements", &answers, &unproved, NULL);
	/* who verifies holds receipts against the newest of the folder */
	put_receipts(c, newest != NULL ? newest : &row);
	put_documents(c);
	json_put_member_u64(&c->w, "unproved", unproved);
	json_put_member_u64(&c->w, "witnesses_wanted", EXPORT_WITNESSES);
	json_put_close(&c->w, '}');
	call_done(c);
}
