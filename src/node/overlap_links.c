/* SPDX-License-Identifier: Apache-2.0
 *
 * Telling origins of one another.
 */
#include "node/overlap_links.h"

#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>

enum {
	AGAIN_MS = 1000,
	SLICE = 8,           /* overlaps in one turn */
	PAUSE_MS = 50,
	REST_MS = 30000,     /* something failed that is no decision */
	REFUSED_MS = 3600000,
	REFUSED_MOST = 64
};

struct overlap_links {
	struct service *service;
	struct loop_timer *timer;
	bool is_stirred, is_telling;
	struct uuid id;      /* of the overlap that is told */
	struct index_row row[LIMIT_OVERLAPS];
	size_t n, at;        /* that are being looked at */
	struct { struct uuid id; int64_t at_ms; } refused[REFUSED_MOST];
	size_t refused_n;
};

/* --- what was told --- */

const struct kind *
overlap_link_kind(const struct service *s)
{
	for (size_t i = 0; i < kind_count(s->schema); i++)
		if (kind_at(s->schema, i)->introduces)
			return kind_at(s->schema, i);
	return NULL;
}

size_t
overlap_link_sides(struct json_val body, struct arena *a,
    struct overlap_side out[LIMIT_OVERLAP_SIDES])
{
	struct json_val list = json_get(body, "sides");
	struct span id;
	size_t n = 0;

	if (list.type != JSON_ARRAY)
		return 0;
	for (struct json_val v = json_first(list);
	     v.type != JSON_ABSENT && n < LIMIT_OVERLAP_SIDES;
	     v = json_next(list, v)) {
		out[n] = (struct overlap_side){ .is_shut = false };
		if (json_text(json_get(v, "team"), a, &out[n].team) ==
			ERR_NONE &&
		    json_text(json_get(v, "id"), a, &id) == ERR_NONE &&
		    uuid_parse(id, &out[n].id) == ERR_NONE)
			n++;
	}
	return n;
}

/* Of the overlap's time, so that it is the same after a crash. */
static struct uuid
id_of(const struct overlap *o)
{
	const struct digest d = hash_sha256_spans((const struct span[]){
	    span_str("overlap link\n"), span_of(o->id.b, sizeof o->id.b) }, 2);
	int64_t ms = 0;

	for (size_t i = 0; i < 6; i++)
		ms = ms << 8 | o->id.b[i];
	return uuid_make((struct wall){ ms }, d.b);
}

static void
find_told(struct call *c, const struct overlap *o, struct overlap_link *x)
{
	struct service *s = c->service;
	struct record r;
	enum err e = index_find(s->index, INDEX_SHARED,
	    span_str(call_id(c, &x->id)), &c->mem, &x->row, NULL, NULL);

	/* who has read it may take its id, and stops it thereby from being
	 * told to more: nobody else is told something wrong */
	x->is_sent = e == ERR_CONFLICT || (e == ERR_NONE &&
	    (x->row.flags & INDEX_MINE) != 0);
	if (e == ERR_CONFLICT) {
		x->told_n = o->n;
		memcpy(x->told, o->side, o->n * sizeof *o->side);
	} else if (x->is_sent && record_read(s, x->row.log, x->row.index,
	    &c->mem, &r) == ERR_NONE) {
		x->told_n = overlap_link_sides(r.body, &c->mem, x->told);
	}
}

void
overlap_link_of(struct call *c, const struct overlap *o,
    struct overlap_link *out)
{
	struct index_row row;

	*out = (struct overlap_link){ .id = id_of(o), .tlp = TLP_AMBER };
	for (size_t i = 0; i < o->n; i++) {
		out->agreed[i] = overlaps_side(c, o, &o->side[i], &row) ==
		    OVERLAPS_AGREED;
		if (out->agreed[i] && row.has_tlp)
			out->tlp = tlp_stricter(out->tlp, row.tlp);
	}
	/* without two there is nothing to be found */
	if (!overlap_link_is_due(o, out->agreed, NULL, 0))
		return;
	find_told(c, o, out);
	out->is_due = overlap_link_is_due(o, out->agreed, out->told,
	    out->told_n);
}

/* --- telling --- */

static bool
is_refused(const struct overlap_links *m, const struct uuid *id)
{
	int64_t now_ms = loop_now(m->service->loop).mono.ms;

	for (size_t i = 0; i < REFUSED_MOST; i++)
		if (m->refused[i].at_ms != 0 &&
		    uuid_is_equal(&m->refused[i].id, id) &&
		    now_ms - m->refused[i].at_ms < REFUSED_MS)
			return true;
	return false;
}

static void
refuse(struct overlap_links *m, const char *why)
{
	char id[UUID_TEXT + 1], text[200];
	size_t i = m->refused_n++ % REFUSED_MOST;

	m->refused[i].id = m->id;
	m->refused[i].at_ms = loop_now(m->service->loop).mono.ms;
	uuid_write(&m->id, id);
	log_event(LOG_WARNING, "overlap.untold", log_str("overlap", id),
	    log_str("why", why));
	snprintf(text, sizeof text, "origins agreed to be named to one another "
	    "and were not told: almenara overlap tell %s", id);
	service_alarm(m->service, text);
}

static void
on_told(void *ctx, enum err e, const char *why)
{
	struct service *s = ctx;
	struct overlap_links *m = s->overlap_links;

	if (m == NULL || s->is_stopping)
		return;
	m->is_telling = false;
	if (e == ERR_RULE || e == ERR_AUDIENCE || e == ERR_DENIED ||
	    e == ERR_SCHEMA || e == ERR_LIMIT)
		refuse(m, why);
	/* the rest of the list too; what failed otherwise is found again */
	m->is_stirred = true;
	loop_timer_start(m->timer, e == ERR_NONE || e == ERR_EXISTS ?
	    AGAIN_MS : REST_MS, 0);
}

/* True if it is told now. */
static bool
look_at(struct overlap_links *m, struct call *c, const struct index_row *row)
{
	struct overlap *o = arena_alloc(&c->mem, sizeof *o);
	struct overlap_link *x = arena_alloc(&c->mem, sizeof *x);
	uint32_t uid;
	size_t i = 0;

	if (is_refused(m, &row->id) ||
	    !overlaps_read(m->service, row, &c->mem, o))
		return false;
	overlap_link_of(c, o, x);
	if (!x->is_due)
		return false;
	m->id = o->id;
	while (i < o->n && !(x->agreed[i] &&
	    overlaps_asker(c, o, &o->side[i], &uid)))
		i++;
	if (i == o->n) {
		refuse(m, "who asked is no active person any more");
		return false;
	}
	m->is_telling = true;
	call_home(m->service, uid, "overlap_tell", call_text(c,
		"{\"id\":\"%s\"}", call_id(c, &o->id)), "overlap agreed",
	    on_told, m->service);
	return true;
}

/* --- looking --- */

static bool
keep(void *ctx, const struct index_row *row)
{
	struct overlap_links *m = ctx;

	if (m->n == LIMIT_OVERLAPS)
		return false;
	m->row[m->n] = *row;
	m->row[m->n].iss = m->row[m->n].brief = span_str("");
	m->row[m->n++].kind = span_str("overlap");
	return true;
}

static void
on_timer(void *ctx)
{
	struct overlap_links *m = ctx;
	struct service *s = m->service;
	struct call c = { .service = s, .caller = { .is_node = true } };

	if (s->is_stopping || m->is_telling)
		return;
	/* what was told, and what was answered, must have been taken */
	if (index_lag(s->index) != 0) {
		loop_timer_start(m->timer, AGAIN_MS, 0);
		return;
	}
	if (m->at == m->n) {
		m->at = m->n = 0;
		m->is_stirred = false;
		(void)!index_home(s->index, "overlap", keep, m);
	}
	for (unsigned i = 0; i < SLICE && m->at < m->n && !m->is_telling; i++)
		(void)look_at(m, &c, &m->row[m->at++]);
	arena_release(&c.mem);
	if (!m->is_telling && (m->at < m->n || m->is_stirred))
		loop_timer_start(m->timer, m->at < m->n ? PAUSE_MS : AGAIN_MS,
		    0);
}

/* --- life --- */

void
overlap_links_start(struct service *s)
{
	struct overlap_links *m = mem_alloc(sizeof *m);

	m->service = s;
	m->timer = loop_timer_create(s->loop, on_timer, m);
	s->overlap_links = m;
	overlap_links_stir(s);
}

void
overlap_links_stop(struct service *s)
{
	if (s->overlap_links == NULL)
		return;
	loop_timer_free(s->overlap_links->timer);
	free(s->overlap_links);
	s->overlap_links = NULL;
}

void
overlap_links_stir(struct service *s)
{
	struct overlap_links *m = s->overlap_links;

	if (m == NULL || m->is_stirred)
		return;
	m->is_stirred = true;
	if (!m->is_telling && m->at == m->n)
		loop_timer_start(m->timer, AGAIN_MS, 0);
}
