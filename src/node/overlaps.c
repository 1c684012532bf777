/* SPDX-License-Identifier: Apache-2.0
 *
 * Comparing what was seen.
 */
#include "node/overlaps.h"

#include "base/log.h"
#include "base/mem.h"
#include "node/drafts.h"
#include "record/observable.h"
#include "schema/level.h"

#include <stdlib.h>

enum {
	HOLDERS = 64,     /* of the observables of one record */
	IN_ONE_LOOK = 32, /* records */
	AGAIN_MS = 100,
	BEHIND_MS = 1000,
	REFUSED_MS = 5000
};

struct overlaps {
	struct service *service;
	struct loop_timer *timer;
	bool is_stirred;
	bool is_writing;
	struct uuid id; /* of what is written */
};

struct look {
	struct service *service;
	struct arena mem;
	struct index_row row;
	struct span exercise, observable;
	struct overlap_side fresh, holder[HOLDERS];
	size_t holder_n;
	struct span shared; /* the observable that the last holder has */
	enum tlp tlp;       /* the strictest of all */
};

/* --- reading --- */

struct rows {
	struct arena *a;
	struct index_row *row;
	size_t n;
};

static bool
keep_row(void *ctx, const struct index_row *row)
{
	struct rows *r = ctx;

	if (r->n == LIMIT_OVERLAPS)
		return false;
	r->row[r->n] = *row;
	r->row[r->n].iss = r->row[r->n].brief = span_str("");
	r->row[r->n++].kind = arena_copy(r->a, row->kind);
	return true;
}

bool
overlaps_read(struct service *s, const struct index_row *row,
    struct arena *a, struct overlap *out)
{
	struct record r;

	if (!span_is_str(row->kind, "overlap") ||
	    record_read(s, row->log, row->index, a, &r) != ERR_NONE ||
	    overlap_parse(r.body, a, out, NULL) != ERR_NONE)
		return false;
	out->id = row->id;
	out->rev = row->rev;
	out->digest = row->digest;
	return true;
}

struct overlap *
overlaps_all(struct service *s, struct arena *a, size_t *n)
{
	struct rows r = { a, arena_alloc(a, LIMIT_OVERLAPS *
	    sizeof *r.row), 0 };
	struct overlap *list;

	(void)!index_home_all(s->index, "overlap", 0, keep_row, &r);
	list = arena_alloc(a, (r.n + 1) * sizeof *list);
	*n = 0;
	for (size_t i = 0; i < r.n; i++)
		*n += overlaps_read(s, &r.row[i], a, &list[*n]);
	return list;
}

/* --- comparing --- */

/* What nobody else is told of, not even that it is there. */
static bool
is_shut(const struct index_row *row)
{
	return !row->has_tlp || row->tlp == TLP_RED ||
	    (row->flags & INDEX_EMBARGOED) != 0;
}

/* Keyed digests are shown to the whole circle: there is nobody to be asked, and
 * that two are about the same secret does not make them one affair. */
static bool
is_blind(const struct service *s, const struct index_row *row)
{
	const struct kind *k = kind_find(s->schema, row->kind);

	return k != NULL && k->blinds;
}

static struct overlap_side
side_of(const struct look *x, const struct index_row *row, struct arena *a)
{
	bool blind = is_blind(x->service, row);

	return (struct overlap_side){ .team = arena_copy(a, row->iss),
		.id = row->id, .digest = row->digest,
		.has_re = row->has_re && !blind, .re = row->re,
		.is_shut = blind || is_shut(row) };
}

static void
take_label(struct look *x, const struct index_row *row)
{
	if (!is_shut(row))
		x->tlp = tlp_stricter(x->tlp, row->tlp);
}

static bool
keep_holder(void *ctx, const struct index_row *row)
{
	struct look *x = ctx;

	/* what two others of the circle share is theirs to find */
	if (is_blind(x->service, row) && (row->flags & INDEX_MINE) == 0 &&
	    (x->row.flags & INDEX_MINE) == 0)
		return true;
	if (x->holder_n == HOLDERS)
		return false;
	for (size_t i = 0; i < x->holder_n; i++)
		if (span_is_equal(x->holder[i].team, row->iss) &&
		    uuid_is_equal(&x->holder[i].id, &row->id))
			return true;
	x->holder[x->holder_n++] = side_of(x, row, &x->mem);
	x->shared = x->observable;
	take_label(x, row);
	return true;
}

/* Whoever else holds any of it. False if it cannot be read. */
static bool
find_holders(struct look *x)
{
	struct observable *o = arena_alloc(&x->mem,
	    LIMIT_OBSERVABLES * sizeof *o);
	struct service *s = x->service;
	struct record r;
	size_t n;

	if (record_read(s, x->row.log, x->row.index, &x->mem, &r) != ERR_NONE)
		return false;
	if (json_text(json_get(r.body, "exercise"), &x->mem, &x->exercise) !=
	    ERR_NONE)
		x->exercise = span_str((x->row.flags & INDEX_EXERCISE) != 0 ?
			"?" : "");
	x->fresh = side_of(x, &x->row, &x->mem);
	x->tlp = TLP_GREEN;
	take_label(x, &x->row);
	n = observables_of(r.body, &x->mem, o);
	for (size_t i = 0; i < n; i++) {
		x->observable = o[i].text;
		(void)!index_holders(s->index, o[i].text, x->exercise,
		    x->fresh.team, keep_holder, x);
	}
	return true;
}

/* --- writing --- */

/* The same finding has the same ids, also after a crash. */
static struct uuid
id_of(const struct look *x, const struct overlap *o, const char *what)
{
	struct digest d;
	struct buf b;

	buf_init(&b, 65536);
	buf_put_format(&b, "%s\n", what);
	for (size_t i = 0; i < o->n; i++) {
		buf_put(&b, o->side[i].team);
		buf_put_u8(&b, '\n');
		buf_put(&b, span_of(o->side[i].id.b, sizeof o->side[i].id.b));
	}
	d = hash_sha256(buf_span(&b));
	buf_release(&b);
	return uuid_make((struct wall){ x->row.iat_s * 1000 }, d.b);
}

static void
put_names(struct json_out *w, const char *member, const struct names *n)
{
	json_put_key(w, member);
	json_put_open(w, '{');
	for (int i = 0; i < LANG_COUNT; i++)
		json_put_member_str(w, lang_tag((enum lang)i), n->in[i]);
	json_put_close(w, '}');
}

/* What the other readers may know: that there is something, and no word of
 * what anybody has written. */
static void
write_content(const struct overlap *o, struct buf *out)
{
	static const struct names title = { {
		"The same was seen by several teams",
		"Varios equipos vieron lo mismo",
		"Várias equipes viram o mesmo",
		"Plusieurs équipes ont vu la même chose" } };
	static const struct names observation = { {
		"Several teams hold the same observable. They do not know of "
		"one another.",
		"Varios equipos tienen el mismo observable. No saben unos de "
		"otros.",
		"Várias equipes têm o mesmo observável. Não sabem umas das "
		"outras.",
		"Plusieurs équipes détiennent le même observable. Elles "
		"s’ignorent." } };
	static const struct names question = { {
		"Who else sees something of the kind?",
		"¿Quién más ve algo así?",
		"Quem mais vê algo assim?",
		"Qui d’autre voit quelque chose de tel ?" } };
	struct json_out w;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	put_names(&w, "title", &title);
	json_put_member_str(&w, "language", lang_tag(LANG_EN));
	if (o->exercise.n != 0)
		json_put_member_span(&w, "exercise", o->exercise);
	json_put_member_str(&w, "severity", "Unknown");
	json_put_member_str(&w, "urgency", "Unknown");
	json_put_member_str(&w, "certainty", "Possible");
	json_put_member_u64(&w, "level", 2);
	json_put_key(&w, "rsit");
	json_put_open(&w, '[');
	json_put_str(&w, "other/undetermined");
	json_put_close(&w, ']');
	put_names(&w, "observation", &observation);
	put_names(&w, "question", &question);
	json_put_close(&w, '}');
}

static const struct kind *
proposed_kind(const struct service *s)
{
	for (size_t i = 0; i < kind_count(s->schema); i++)
		if (kind_at(s->schema, i)->proposed)
			return kind_at(s->schema, i);
	return NULL;
}

static void
append_draft(struct look *x, const struct overlap *o, const struct kind *k)
{
	struct service *s = x->service;
	struct hub_draft d = home_draft(s, "draft");
	struct draft_text t = { .kind = span_str(k->name), .state = "draft",
		.author = span_str("(node)"),
		.tlp = span_str(tlp_label(x->tlp)) };
	struct buf content, b;

	buf_init(&content, LIMIT_PAYLOAD);
	buf_init(&b, LIMIT_PAYLOAD);
	write_content(o, &content);
	t.content = buf_span(&content);
	draft_write(&t, &b);
	d.has_id = true;
	d.id = o->draft;
	d.body = buf_span(&b);
	hub_append(s->hub, &d, draft_on_moved, s);
	buf_release(&b);
	buf_release(&content);
}

void
overlaps_append(struct service *s, const struct overlap *o,
    hub_append_fn *done, void *ctx)
{
	struct hub_draft d = home_draft(s, "overlap");
	struct buf b;

	buf_init(&b, LIMIT_PAYLOAD);
	overlap_write(o, &b);
	d.has_id = true;
	d.id = o->id;
	d.rev = o->rev;
	d.replaces = &o->digest;
	d.replaces_n = o->rev != 0;
	d.body = buf_span(&b);
	hub_append(s->hub, &d, done, ctx);
	service_stir(s);
	buf_release(&b);
}

static void
on_written(void *ctx, const struct hub_appended *result)
{
	struct service *s = ctx;
	struct overlaps *m = s->overlaps;
	char id[UUID_TEXT + 1], text[160];

	if (m == NULL || s->is_stopping)
		return;
	m->is_writing = false;
	if (result->err != ERR_NONE) {
		log_event(LOG_WARNING, "overlap.unwritten",
		    log_err("error", result->err),
		    log_str("text", result->text));
		loop_timer_start(m->timer, REFUSED_MS, 0);
		return;
	}
	uuid_write(&m->id, id);
	snprintf(text, sizeof text, "several origins hold the same "
	    "observable: almenara overlap show %s", id);
	service_alarm(s, text);
	loop_timer_start(m->timer, AGAIN_MS, 0);
}

/* --- looking --- */

/* True if something is written now. */
static bool
look_at(struct overlaps *m, struct look *x)
{
	const struct kind *k = proposed_kind(x->service);
	const struct overlap *known;
	struct overlap *o;
	enum overlap_due due;
	size_t n;

	if (!find_holders(x) || x->holder_n == 0)
		return false;
	known = overlaps_all(x->service, &x->mem, &n);
	o = arena_alloc(&x->mem, sizeof *o);
	due = overlap_decide(known, n, x->shared, x->exercise, &x->fresh,
	    x->holder, x->holder_n, o);
	if (due == OVERLAP_NOTHING)
		return false;
	if (due == OVERLAP_NEW)
		o->id = id_of(x, o, "overlap");
	else
		o->rev++;
	if (!o->has_draft && k != NULL && overlap_open_teams(o) > 1) {
		o->has_draft = true;
		o->draft = id_of(x, o, "draft");
		append_draft(x, o, k);
	}
	m->is_writing = true;
	m->id = o->id;
	overlaps_append(x->service, o, on_written, x->service);
	return true;
}

/* Work for one look; false if nothing waits. */
static bool
look_at_next(struct overlaps *m)
{
	struct look x = { .service = m->service };
	uint64_t number;
	bool more = index_unseen(m->service->index, &x.mem, &x.row,
	    &number) == ERR_NONE;

	if (more && !look_at(m, &x))
		more = index_seen(m->service->index, number) == ERR_NONE;
	arena_release(&x.mem);
	return more;
}

static void
on_timer(void *ctx)
{
	struct overlaps *m = ctx;
	struct service *s = m->service;
	const char *why;
	unsigned i;

	if (s->is_stopping || m->is_writing)
		return;
	/* what was written must have been taken */
	if (index_lag(s->index) != 0) {
		loop_timer_start(m->timer, BEHIND_MS, 0);
		return;
	}
	if (hub_may_append(s->hub, &why) != ERR_NONE) {
		loop_timer_start(m->timer, REFUSED_MS, 0);
		return;
	}
	m->is_stirred = false;
	for (i = 0; i < IN_ONE_LOOK && !m->is_writing; i++)
		if (!look_at_next(m))
			return;
	if (m->is_writing)
		return;
	m->is_stirred = true;
	loop_timer_start(m->timer, AGAIN_MS, 0);
}

/* --- life --- */

void
overlaps_start(struct service *s)
{
	struct overlaps *m = mem_alloc(sizeof *m);

	m->service = s;
	m->timer = loop_timer_create(s->loop, on_timer, m);
	s->overlaps = m;
	overlaps_stir(s);
}

void
overlaps_stop(struct service *s)
{
	if (s->overlaps == NULL)
		return;
	loop_timer_free(s->overlaps->timer);
	free(s->overlaps);
	s->overlaps = NULL;
}

void
overlaps_stir(struct service *s)
{
	struct overlaps *m = s->overlaps;

	if (m == NULL || m->is_stirred || m->is_writing)
		return;
	m->is_stirred = true;
	loop_timer_start(m->timer, AGAIN_MS, 0);
}
