/* SPDX-License-Identifier: Apache-2.0
 *
 * The leak guard on what is about to be sent: its sources and the stricter
 * records that share a passage with it are found by the index, which holds
 * digests of words only; texts are compared in memory.
 */
#include "node/plan.h"

enum {
	CANDIDATES = 16, /* records that are read again */
	ROWS = 8,        /* looked at for one window */
	SOURCES = 32
};

/* --- passages of stricter records --- */

struct place {
	uint32_t log;
	uint64_t index;
};

struct search {
	struct call *call;
	const struct plan *plan;
	struct place found[CANDIDATES];
	size_t n;
};

static bool
note_candidate(void *ctx, const struct index_row *row)
{
	struct search *s = ctx;
	enum tlp tlp = row->has_tlp ? row->tlp : TLP_RED;

	if (tlp <= s->plan->tlp || row->state != STORE_BODY_HELD ||
	    uuid_is_equal(&row->id, &s->plan->draft.id))
		return true;
	for (size_t i = 0; i < s->n; i++)
		if (s->found[i].log == row->log &&
		    s->found[i].index == row->index)
			return true;
	s->found[s->n++] = (struct place){ row->log, row->index };
	return s->n < CANDIDATES;
}

static bool
note_any(void *ctx, const struct index_row *row)
{
	(void)row;
	*(bool *)ctx = true;
	return false;
}

static bool
holds_stricter(struct call *c, enum tlp than)
{
	const struct index_filter f = { .ended = true, .limit = 1,
		.stricter = true, .than = than };
	bool any = false;

	/* what cannot be looked up is looked for */
	return index_inbox(c->service->index, &f, note_any, &any, NULL) !=
	    ERR_NONE || any;
}

static void
look_for_copies(struct call *c, struct json_val body, struct plan *p)
{
	struct search *s = arena_alloc(&c->mem, sizeof *s);
	struct span window[GUARD_WINDOWS];
	struct record r;
	size_t n;

	if (p->tlp == TLP_RED)
		return;
	p->compared_since_s = call_words_since(c);
	if (!holds_stricter(c, p->tlp))
		return;
	s->call = c;
	s->plan = p;
	n = guard_windows(body, &c->mem, window);
	for (size_t i = 0; i < n && s->n < CANDIDATES; i++) {
		const struct index_filter f = { .search = window[i],
			.ended = true, .limit = ROWS, .stricter = true,
			.than = p->tlp };

		(void)!index_inbox(c->service->index, &f, note_candidate, s,
		    NULL);
	}
	for (size_t i = 0; i < s->n; i++)
		if (record_read(c->service, s->found[i].log,
			s->found[i].index, &c->mem, &r) == ERR_NONE &&
		    guard_copied(body, r.body, &c->mem, p->guard))
			return; /* one is enough to look again */
}

/* --- sources --- */

static bool
source_of(struct call *c, const struct index_row *row,
    struct guard_source *out)
{
	const struct index_notice nothing = { 0 };
	struct index_audience aud = { 0 };

	if (index_notice(c->service->index, row, &nothing, &c->mem, &aud) !=
	    ERR_NONE)
		return false;
	*out = (struct guard_source){ .has_tlp = row->has_tlp,
		.tlp = row->tlp, .open = aud.open, .aud = aud.team,
		.aud_n = aud.n };
	return true;
}

/* What the body says it is related to. */
static size_t
related(struct call *c, struct json_val body, struct guard_source *out,
    size_t max)
{
	struct json_val list = json_get(body, "related");
	struct index_row row;
	struct digest d;
	struct span text;
	size_t n = 0;

	if (list.type != JSON_ARRAY)
		return 0;
	for (struct json_val m = json_first(list);
	     m.type != JSON_ABSENT && n < max; m = json_next(list, m))
		if (json_text(m, &c->mem, &text) == ERR_NONE &&
		    entry_parse_digest(text, &d) == ERR_NONE &&
		    index_by_digest(c->service->index, &d, &c->mem, &row) ==
			ERR_NONE)
			n += source_of(c, &row, &out[n]);
	return n;
}

static void
look_at_sources(struct call *c, const struct plan_ask *ask,
    struct json_val body, struct plan *p)
{
	struct guard_source source[SOURCES + 2];
	size_t n = related(c, body, source, SOURCES);

	if (ask->earlier != NULL)
		n += source_of(c, ask->earlier, &source[n]);
	/* the label of a draft is that of what it was made from */
	source[n] = (struct guard_source){ .has_tlp = true };
	n += tlp_import(ask->drafted_tlp, &source[n].tlp) == ERR_NONE;
	guard_sources(p->tlp, p->aud.open, p->aud.team, p->aud.n, source, n,
	    p->guard);
}

/* --- the whole --- */

static const struct span *
own_domains(struct call *c, size_t *n)
{
	const char *s = c->service->config->guard_domains;
	struct span *v = arena_alloc(&c->mem,
	    (strlen(s) / 2 + 1) * sizeof *v);

	for (*n = 0; *s != '\0'; s += strspn(s, " ")) {
		size_t len = strcspn(s, " ");

		if (len != 0)
			v[(*n)++] = span_of(s, len);
		s += len;
	}
	return v;
}

void
guarding_look(struct call *c, const struct plan_ask *ask, struct plan *p)
{
	struct json_val body = json_root(&p->body_doc);
	struct guard_ask how = { .tlp = p->tlp };

	p->guard = arena_alloc(&c->mem, sizeof *p->guard);
	*p->guard = (struct guard){ 0 };
	p->compared_since_s = 0;
	if (!p->aud.open && p->aud.n <= 1)
		return; /* it stays at home */
	how.domain = own_domains(c, &how.domain_n);
	look_at_sources(c, ask, body, p);
	look_for_copies(c, body, p);
	guard_text(&how, body, &c->mem, p->guard);
}

const char *
guarding_note(struct call *c, const struct plan *p)
{
	struct span reason = call_arg(c, "reason");
	unsigned seen = 0;
	struct buf b;
	const char *text;

	buf_init(&b, 4096);
	for (size_t i = 0; i < p->guard->n; i++) {
		enum guard_rule rule = p->guard->hit[i].rule;

		if ((seen & 1U << rule) == 0)
			buf_put_format(&b, "%s%s", b.n != 0 ? " " : "",
			    guard_code(rule));
		seen |= 1U << rule;
	}
	if (p->compared_since_s != 0)
		buf_put_format(&b, "%spassages of before %lld not compared",
		    b.n != 0 ? ", " : "", (long long)p->compared_since_s);
	if (reason.n != 0)
		buf_put_format(&b, "%s%.*s", b.n != 0 ? ": " : "",
		    (int)(reason.n < 1500 ? reason.n : 1500),
		    (const char *)reason.p);
	text = arena_string(&c->mem, buf_span(&b));
	buf_release(&b);
	return text;
}

bool
guarding_refuses(struct call *c, const struct plan *p, const char *act)
{
	if (p->guard->n == 0 || !c->service->config->guard_strict ||
	    call_arg(c, "reason").n != 0)
		return false;
	audit(c->service, &c->caller, act, NULL, call_id(c, &p->draft.id),
	    "refused", guarding_note(c, p));
	call_fail(c, ERR_RULE, EXIT_REFUSED, "the leak guard warns",
	    call_text(c, "%s: %s (%s); this node wants a reason",
		guard_code(p->guard->hit[0].rule),
		guard_sentence(p->guard->hit[0].rule, c->lang),
		p->guard->hit[0].field),
	    "change it, or say why with --reason");
	return true;
}

void
guarding_write(struct call *c, const struct plan *p)
{
	struct json_out *w = &c->w;

	json_put_key(w, "findings");
	json_put_open(w, '[');
	for (size_t i = 0; i < p->guard->n; i++) {
		const struct guard_hit *h = &p->guard->hit[i];

		json_put_open(w, '{');
		json_put_member_str(w, "rule", guard_code(h->rule));
		json_put_member_str(w, "field", h->field);
		json_put_member_u64(w, "at", h->at);
		json_put_member_u64(w, "length", h->n);
		json_put_member_str(w, "text",
		    guard_sentence(h->rule, c->lang));
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
	json_put_member_u64(w, "findings_more", p->guard->more);
	if (p->compared_since_s != 0)
		json_put_member_u64(w, "compared_since",
		    (uint64_t)p->compared_since_s);
}
