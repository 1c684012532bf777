/* SPDX-License-Identifier: Apache-2.0
 *
 * The desk in the node.
 */
#include "node/escalations_inside.h"

#include "base/log.h"
#include "base/mem.h"
#include "node/duties.h"
#include "node/process.h"
#include "node/rosters.h"
#include "node/trials.h"
#include "schema/check.h"

#include <stdlib.h>

enum {
	INDEX_SLICE = 64,
	/* deliveries come first, here and at others on the same machine, and
	 * what comes together is looked at together: when it has been quiet
	 * for so long, and at the latest. What comes to all comes at once, so
	 * that each has its own place within the spread */
	SOON_MS = 250,
	SOON_MOST_MS = 400,
	SPREAD_MS = 300,
	LOOK_MS = 1000,       /* if nothing comes */
	COMPARE_MS = 15000,   /* all that is open, if nothing asks for it */
	COMPARE_EACH_MS = 1,  /* and so much more for each */
	SLICE_MS = 20,        /* between two slices of it */
	REST_MS = 4,          /* for each open one, between two such looks */
	POSTS_MS = 5000,      /* who is on watch */
	KEPT_EACH_MS = 5000,
	BACK = 2000,          /* entries that are read again at a start */
	HOUR_S = 3600
};

static void
arm_timer(struct escalations *m)
{
	int64_t news_ms = rest_due(&m->news).ms;
	int64_t at_ms = news_ms < m->look_ms ? news_ms : m->look_ms;
	int64_t wait_ms = at_ms - loop_now(m->service->loop).mono.ms;

	loop_timer_start(m->timer, wait_ms > 0 ? (uint64_t)wait_ms : 0, 0);
}

static void
look_after(struct escalations *m, int64_t wait_ms)
{
	if (wait_ms < 0 || wait_ms > LOOK_MS)
		wait_ms = LOOK_MS;
	m->look_ms = loop_now(m->service->loop).mono.ms + wait_ms;
	arm_timer(m);
}

/* No later than planned: a stream of events must not put it off for ever. */
static void
look_soon(struct escalations *m)
{
	if (m->service->is_stopping)
		return;
	rest_news(&m->news, SOON_MS + m->spread_ms / 2,
	    SOON_MOST_MS + m->spread_ms, loop_now(m->service->loop).mono);
	arm_timer(m);
}

void
escalations_stir(struct service *s)
{
	if (s->escalations == NULL)
		return;
	s->escalations->is_stirred = true;
	look_soon(s->escalations);
}

void
escalations_tell(struct service *s, const struct hub_event *e)
{
	struct escalations *m = s->escalations;

	if (m == NULL || (e->type != HUB_ACCEPTED && e->type != HUB_RELEASED &&
	    e->type != HUB_RECEIPTED && e->type != HUB_CHANGED &&
	    e->type != HUB_CLOCK))
		return;
	m->has_receipts = m->has_receipts || e->type == HUB_RECEIPTED;
	m->wants_all = m->wants_all || e->type == HUB_CHANGED ||
	    e->type == HUB_CLOCK;
	look_soon(m);
}

/* Until all that is open is compared with the index: at once in calm times,
 * but a look costs something for each, and in a storm events never end. */
static int64_t
rest_ms(const struct escalations *m)
{
	int64_t n = (int64_t)desk_count(m->desk), rest = n * REST_MS;

	if (m->compared_ms == 0 || m->compare_at != 0)
		return 0;
	if (!m->wants_all)
		rest = COMPARE_MS + n * COMPARE_EACH_MS;
	else if (rest > COMPARE_MS)
		rest = COMPARE_MS;
	return m->compared_ms + rest - loop_now(m->service->loop).mono.ms;
}

/* --- writing --- */

bool
escalations_exists(void *ctx, const struct uuid *id)
{
	struct escalations *m = ctx;
	struct arena a = { 0 };
	char text[UUID_TEXT + 1];
	struct index_row row;
	bool there;

	uuid_write(id, text);
	there = index_find(m->service->index, INDEX_AT_HOME, span_str(text),
	    &a, &row, NULL, NULL) == ERR_NONE ||
	    index_find(m->service->index, INDEX_SHARED, span_str(text), &a,
		&row, NULL, NULL) == ERR_NONE;
	arena_release(&a);
	return there;
}

struct writing {
	struct escalations *m;
	struct desk_ticket ticket;
};

static void
on_written(void *ctx, const struct hub_appended *result)
{
	struct writing *w = ctx;
	struct escalations *m = w->m;
	struct service *s = m->service;
	struct now now = loop_now(s->loop);
	bool is_good = result->err == ERR_NONE;

	if (is_good) {
		m->refused_ms = 0;
	} else if (!s->is_stopping) {
		if (m->refused_ms == 0)
			m->refused_ms = now.mono.ms;
		if (m->refused++ % 60 == 0)
			log_event(LOG_ERROR, "escalation.unwritten",
			    log_err("error", result->err),
			    log_str("text", result->text));
	}
	if (m->desk != NULL)
		desk_written(m->desk, &w->ticket, is_good ? &result->digest :
		    NULL, now);
	free(w);
	m->has_written = true;
	look_soon(m);
	if (!s->is_stopping)
		look_after(m, 0); /* for what may be written now */
}

static const char *const kind_of[] = { [DESK_ESCALATION] = "escalation",
	[DESK_PAGE] = "page", [DESK_STOP] = "page-stop",
	[DESK_WORD] = "unanswered" };

static void
append(struct escalations *m, const char *kind, struct hub_draft *d,
    const struct desk_ticket *t)
{
	struct service *s = m->service;
	struct writing *w = mem_alloc(sizeof *w);
	struct arena a = { 0 };
	struct fault f = { 0 };
	struct json doc;
	enum err e = home_check(s, span_str(kind), d->body, &a, &doc, &f);

	/* a mistake of this program: it is told, and paging goes on */
	if (e != ERR_NONE)
		log_event(LOG_ERROR, "escalation.malformed",
		    log_str("kind", kind), log_str("field", f.field),
		    log_str("rule", f.rule));
	*w = (struct writing){ m, *t };
	hub_append(s->hub, d, on_written, w);
	service_stir(s);
	arena_release(&a);
}

/* To whom a word goes; "" if to nobody that could read it. */
static struct span
reader_of(struct escalations *m, const struct desk_write *w)
{
	struct service *s = m->service;
	const struct desk_notice *n = &w->item->notice;
	struct span bad, to = w->out->to_issuer ? span_str(n->issuer) :
	    escalations_told(s, w->out->told, span_str(n->silent));

	if (to.n == 0 || span_is_equal(to, s->own_team) ||
	    hub_find_unsealable(s->hub, &to, 1, loop_now(s->loop).wall, &bad))
		return span_str("");
	return to;
}

void
escalations_write(void *ctx, const struct desk_write *w,
    const struct desk_ticket *t)
{
	struct escalations *m = ctx;
	struct service *s = m->service;
	struct hub_draft d = home_draft(s, kind_of[w->kind]);
	struct span to;

	d.has_id = true;
	d.id = w->id;
	d.rev = w->rev;
	d.body = w->body;
	d.urgent = true;
	if (w->replaces != NULL) {
		d.replaces = w->replaces;
		d.replaces_n = 1;
	}
	if (w->kind == DESK_WORD) {
		to = reader_of(m, w);
		if (to.n == 0) {
			/* the record of the step says that it was wanted */
			if (m->done_n < ESCALATIONS_WAITING)
				m->done[m->done_n++] = *t;
			return;
		}
		d.is_private = false;
		d.tlp = span_str("TLP:AMBER");
		d.aud = &to;
		d.aud_n = 1;
	}
	append(m, kind_of[w->kind], &d, t);
}

static void
put_notice(struct json_out *w, const struct desk_notice *n)
{
	char id[UUID_TEXT + 1], digest[ENTRY_DIGEST_TEXT + 1];

	uuid_write(&n->id, id);
	entry_write_digest(&n->digest, digest);
	json_put_key(w, "notice");
	json_put_open(w, '{');
	json_put_member_str(w, "id", id);
	json_put_member_str(w, "digest", digest);
	json_put_member_str(w, "origin", n->origin);
	json_put_member_u64(w, "number", n->number);
	json_put_close(w, '}');
}

void
escalations_page(struct escalations *m, const struct desk_holder *h,
    enum post post, const char *reason, int level, bool exercise,
    const struct desk_notice *about, const struct uuid *of, int64_t until_s)
{
	static const struct desk_ticket nobody;

	for (enum channel by = 0; by < CHANNEL_COUNT; by++) {
		const struct span in[] = { span_str(reason),
			span_of(of->b, sizeof of->b), span_str(h->person),
			span_str(channel_word(by)) };
		struct digest mark = hash_sha256_spans(in, 4);
		struct hub_draft d = home_draft(m->service, "page");
		char text[UUID_TEXT + 1];
		struct json_out w;
		struct buf b;

		d.has_id = true;
		d.id = uuid_make((struct wall){ until_s * 1000 }, mark.b);
		if ((h->channels & 1U << by) == 0 || by == CHANNEL_MAIL ||
		    escalations_exists(m, &d.id))
			continue;
		uuid_write(&d.id, text);
		buf_init(&b, 2048);
		json_out_init(&w, &b);
		json_put_open(&w, '{');
		json_put_member_str(&w, "id", text);
		json_put_member_str(&w, "person", h->person);
		json_put_member_str(&w, "post", post_word(post));
		json_put_member_str(&w, "channel", channel_word(by));
		json_put_member_str(&w, "reason", reason);
		if (about != NULL)
			put_notice(&w, about);
		if (level != 0)
			json_put_member_u64(&w, "level", (uint64_t)level);
		json_put_member_bool(&w, "exercise", exercise);
		json_put_member_u64(&w, "until", (uint64_t)until_s);
		json_put_close(&w, '}');
		d.body = buf_span(&b);
		append(m, "page", &d, &nobody);
		buf_release(&b);
	}
}

void
escalations_call(struct service *s, enum post post, const char *person,
    const char *reason, const struct uuid *of, int64_t until_s)
{
	struct escalations *m = s->escalations;
	struct desk_holder h[DESK_HOLDERS];
	size_t n = 0;

	if (m == NULL)
		return;
	if (person == NULL)
		n = escalations_holders(m, post, h, DESK_HOLDERS);
	else if (escalations_find_person(m, person, &h[0]))
		n = 1;
	for (size_t i = 0; i < n; i++)
		escalations_page(m, &h[i], post, reason, 0, false, NULL, of,
		    until_s);
}

size_t
escalations_remind(struct service *s, const char *person, const char *reason,
    const struct desk_notice *about, const struct uuid *of, int64_t until_s)
{
	struct escalations *m = s->escalations;
	struct desk_holder h[DESK_HOLDERS];
	size_t n = 0;

	if (m == NULL)
		return 0;
	if (person == NULL)
		n = escalations_holders(m, POST_FIRST, h, DESK_HOLDERS);
	else
		n = escalations_find_person(m, person, &h[0]);
	for (size_t i = 0; i < n; i++)
		escalations_page(m, &h[i], POST_FIRST, reason, about->level,
		    about->exercise, about, of, until_s);
	return n;
}

bool
escalations_may_call(struct service *s, const char *person, int level)
{
	struct escalations *m = s->escalations;
	struct desk_holder h;

	return m != NULL && escalations_find_person(m, person, &h) &&
	    !h.is_absent && (!h.is_quiet ||
	    m->ladders.at[LADDER_RECIPIENT][level].quiet == QUIET_NEVER);
}

int64_t
escalations_assess_s(const struct service *s, int level)
{
	return s->escalations != NULL && level > 0 && level < LADDER_LEVELS ?
	    s->escalations->ladders.assess_ms[level] / 1000 : 0;
}

/* --- reading --- */

static void
on_desk(void *ctx, const struct desk_item *it)
{
	struct escalations *m = ctx;
	char text[160], id[UUID_TEXT + 1];

	uuid_write(&it->notice.id, id);
	if (it->e.end == ESCALATION_EXHAUSTED)
		snprintf(text, sizeof text, "nobody answers %s: all steps were "
		    "taken", id);
	else if (it->e.end == ESCALATION_OPEN && !ladder_is_owed(it->what))
		snprintf(text, sizeof text, "%s does not answer %s: step %u",
		    it->notice.silent, id, it->e.step);
	else if (it->e.end == ESCALATION_OPEN && it->e.step > 1)
		snprintf(text, sizeof text, "%s awaits an answer: step %u",
		    id, it->e.step);
	else
		return;
	service_alarm(m->service, text);
}

struct resuming {
	struct escalations *m;
	struct index_row row[4096];
	size_t n;
};

static bool
see_open(void *ctx, const struct index_row *row)
{
	struct resuming *r = ctx;

	r->row[r->n++] = *row;
	return r->n < sizeof r->row / sizeof *r->row;
}

static void
resume_one(struct escalations *m, const struct index_row *row)
{
	struct service *s = m->service;
	struct arena a = { 0 };
	struct record r;
	enum err e = record_read(s, row->log, row->index, &a, &r);

	if (e == ERR_NONE)
		e = desk_resume(m->desk, &row->id, row->rev, &row->digest,
		    json_raw(r.body), loop_now(s->loop),
		    hub_clock(s->hub) == TRUST_TRUSTED);
	if (e != ERR_NONE)
		log_event(LOG_ERROR, "escalation.lost", log_err("error", e),
		    log_uint("index", row->index));
	arena_release(&a);
}

/* The pages of the last hour, for the limits. */
static bool
see_page(void *ctx, const struct index_row *row)
{
	struct escalations *m = ctx;
	struct service *s = m->service;
	struct now now = loop_now(s->loop);
	int64_t ago_ms = now.wall.ms - row->iat_s * 1000;
	struct span person, dedup = span_str(""), of;
	struct arena a = { 0 };
	char call[UUID_TEXT + 24];
	uint64_t step = 0;
	struct record r;

	if (ago_ms > HOUR_S * 1000)
		return false;
	if (record_read(s, row->log, row->index, &a, &r) == ERR_NONE &&
	    json_text(json_get(r.body, "person"), &a, &person) == ERR_NONE &&
	    json_text(json_get(r.body, "escalation"), &a, &of) == ERR_NONE &&
	    json_u64(json_get(r.body, "step"), &step) == ERR_NONE) {
		(void)!json_text(json_get(r.body, "dedup"), &a, &dedup);
		snprintf(call, sizeof call, "%.*s/%u", SPAN_FMT(of),
		    (unsigned)step);
		desk_recall(m->desk, person, dedup, span_str(call),
		    ago_ms > 0 ? ago_ms : 0, now.mono);
	}
	arena_release(&a);
	return true;
}

static void
resume(struct escalations *m)
{
	const struct desk_host host = { m, escalations_holders,
		escalations_exists, escalations_write, on_desk };
	struct service *s = m->service;
	struct resuming *all = mem_alloc(sizeof *all);
	uint64_t size = hub_log(s->hub, 1).size;

	m->desk = desk_create(&m->ladders, &host);
	m->cursor = size > BACK ? size - BACK : 0;
	all->m = m;
	(void)!index_home(s->index, "escalation", see_open, all);
	(void)!index_home(s->index, "page", see_page, m);
	for (size_t i = 0; i < all->n; i++)
		resume_one(m, &all->row[i]);
	if (all->n != 0)
		log_event(LOG_NOTICE, "escalation.resumed",
		    log_uint("open", all->n));
	free(all);
}

/* What became of pages: a failed channel does not stop the others. */
static void
read_attempt(struct escalations *m, uint64_t index)
{
	struct service *s = m->service;
	struct arena a = { 0 };
	struct record r;
	struct span page;
	struct uuid id;

	if (record_read(s, hub_log(s->hub, 1).id, index, &a, &r) == ERR_NONE &&
	    span_is_str(r.entry.kind, "attempt") &&
	    (json_is_str(json_get(r.body, "result"), "failed") ||
		json_is_str(json_get(r.body, "result"), "given-up")) &&
	    json_text(json_get(r.body, "page"), &a, &page) == ERR_NONE &&
	    uuid_parse(page, &id) == ERR_NONE)
		desk_failed(m->desk, &id, loop_now(s->loop),
		    hub_clock(s->hub) == TRUST_TRUSTED);
	arena_release(&a);
}

void
escalations_read_word(struct escalations *m, uint32_t log, uint64_t index)
{
	struct service *s = m->service;
	struct desk_holder h[DESK_HOLDERS];
	struct arena a = { 0 };
	struct record r;
	struct span silent;
	uint64_t level = 0;
	size_t n;

	if (record_read(s, log, index, &a, &r) == ERR_NONE &&
	    span_is_str(r.entry.kind, "unanswered") &&
	    r.entry.iat_s > loop_now(s->loop).wall.ms / 1000 - HOUR_S &&
	    !span_is_equal(r.entry.iss, s->own_team) &&
	    r.stored.state == STORE_BODY_HELD &&
	    json_text(json_get(r.body, "silent"), &a, &silent) == ERR_NONE &&
	    json_u64(json_get(r.body, "level"), &level) == ERR_NONE) {
		char text[160];

		snprintf(text, sizeof text, "%.*s says that %.*s does not "
		    "answer: almenara watch", SPAN_FMT(r.entry.iss),
		    SPAN_FMT(silent));
		service_alarm(s, text);
		n = escalations_holders(m, POST_FIRST, h, DESK_HOLDERS);
		for (size_t i = 0; i < n; i++)
			escalations_page(m, &h[i], POST_FIRST, "unanswered",
			    (int)level, json_get(r.body, "exercise").type ==
			    JSON_TRUE, NULL, &r.entry.id,
			    r.entry.iat_s + HOUR_S);
	}
	arena_release(&a);
}

static void
read_new(struct escalations *m)
{
	uint64_t size = hub_log(m->service->hub, 1).size;

	for (unsigned n = 0; m->cursor < size && n < INDEX_SLICE; n++)
		read_attempt(m, m->cursor++);
}

/* --- shifts --- */

/* A post that nobody will hold within the hour: the lead is called. */
static void
look_for_gap(struct escalations *m)
{
	struct service *s = m->service;
	struct desk_holder h[DESK_HOLDERS];
	struct roster_span gap;
	char text[160], from[INSTANT_TEXT_MAX];
	struct digest mark;
	struct uuid of;
	enum post post;
	size_t n;

	if (!rosters_find_gap(s, &post, &gap))
		return;
	wall_write((struct wall){ gap.from_s * 1000 }, from);
	snprintf(text, sizeof text, "nobody is %s on watch from %s on: "
	    "almenara roster show", post_word(post), from);
	service_alarm(s, text);
	mark = hash_sha256(span_str(post_word(post)));
	of = uuid_make((struct wall){ gap.to_s * 1000 }, mark.b);
	n = escalations_holders(m, POST_LEAD, h, DESK_HOLDERS);
	for (size_t i = 0; i < n; i++)
		escalations_page(m, &h[i], POST_LEAD, "shift-gap", 0, false,
		    NULL, &of, gap.to_s);
}

/* --- time --- */

static void
compare(struct escalations *m, bool is_trusted)
{
	int64_t now_ms = loop_now(m->service->loop).mono.ms;

	if (!escalations_compare_changes(m, is_trusted))
		m->wants_all = true;
	if (rest_ms(m) <= 0) {
		m->wants_all = m->wants_all && m->compare_at != 0;
		if (escalations_compare(m, is_trusted))
			m->compared_ms = now_ms;
	}
	if (m->is_stirred || now_ms - m->posts_ms >= POSTS_MS) {
		m->is_stirred = false;
		m->posts_ms = now_ms;
		look_for_gap(m);
		duties_look(m->service);
	}
}

/* To the parent, which hears nothing if this is not reached. */
static void
say_kept(struct escalations *m)
{
	if (m->stepped_ms - m->said_ms < KEPT_EACH_MS ||
	    !escalations_is_well(m->service))
		return;
	m->said_ms = m->stepped_ms;
	process_kept();
}

/* False if no step can be taken yet. */
static bool
look_at_news(struct escalations *m, bool is_trusted, enum err *out)
{
	struct service *s = m->service;
	enum err e = ERR_NONE;

	rest_clear(&m->news);
	for (int i = 0; i < 4 && e == ERR_NONE && index_lag(s->index) != 0 &&
	     service_index_rest(s) == 0; i++)
		e = service_index(s, INDEX_SLICE);
	*out = e;
	m->is_behind = index_lag(s->index) != 0;
	if (!m->is_behind && m->desk == NULL)
		resume(m);
	if (m->desk == NULL) {
		look_after(m, SOON_MS);
		return false;
	}
	/* who is not found now may be there: nobody else is called for her */
	if (!index_is_whole(s->index)) {
		m->stepped_ms = loop_now(s->loop).mono.ms;
		say_kept(m);
		look_after(m, e == ERR_NONE ? service_index_rest(s) : SOON_MS);
		return false;
	}
	if (!m->is_behind)
		compare(m, is_trusted);
	return true;
}

/* What was written now lets the desk go on; the index takes it with the next
 * news. */
static bool
is_for_desk(const struct escalations *m)
{
	struct service *s = m->service;

	return m->has_written && m->desk != NULL && !m->is_behind &&
	    index_is_whole(s->index) &&
	    !rest_is_due(&m->news, loop_now(s->loop).mono);
}

static void
on_timer(void *ctx)
{
	struct escalations *m = ctx;
	struct service *s = m->service;
	bool is_trusted = hub_clock(s->hub) == TRUST_TRUSTED;
	bool with_news = !is_for_desk(m);
	uint64_t cursor = m->cursor;
	enum err e = ERR_NONE;
	int64_t wait_ms;

	if (s->is_stopping)
		return;
	m->look_ms = INT64_MAX;
	m->has_written = false;
	if (with_news && !look_at_news(m, is_trusted, &e))
		return;
	read_new(m);
	wait_ms = desk_step(m->desk, loop_now(s->loop), is_trusted);
	for (size_t i = 0; i < m->done_n; i++) {
		static const struct digest nothing;

		desk_written(m->desk, &m->done[i], &nothing,
		    loop_now(s->loop));
	}
	if (!m->is_behind && m->wants_all &&
	    (wait_ms < 0 || wait_ms > rest_ms(m)))
		wait_ms = rest_ms(m);
	if (m->compare_at != 0 && (wait_ms < 0 || wait_ms > SLICE_MS))
		wait_ms = SLICE_MS;
	/* what gets on goes on at once; a full disk is looked at later */
	if (m->is_behind && e == ERR_NONE)
		wait_ms = service_index_rest(s);
	if (m->done_n != 0 ||
	    (m->cursor != cursor && m->cursor < hub_log(s->hub, 1).size))
		wait_ms = 0;
	m->done_n = 0;
	m->stepped_ms = loop_now(s->loop).mono.ms;
	say_kept(m);
	if (wait_ms < 0 || wait_ms > m->look_ms - m->stepped_ms)
		wait_ms = m->look_ms - m->stepped_ms; /* planned meanwhile */
	look_after(m, wait_ms);
}

void
escalations_answered(struct service *s, const struct digest *notice,
    const struct caller *who)
{
	struct escalations *m = s->escalations;
	struct span person = span_str(who->login[0] != '\0' ? who->login :
							      who->post);

	duties_acted(s, person);
	if (m == NULL || m->desk == NULL)
		return;
	desk_answered(m->desk, notice, person,
	    escalations_posts_of(s, person), loop_now(s->loop));
	look_after(m, 0);
}

/* --- life --- */

static enum err
tighten(struct escalations *m)
{
	const struct config_map *own = &m->service->config->escalation;
	struct fault f = { 0 };
	enum err e = ladders_load(&schema_files, &m->ladders, &f);

	for (size_t i = 0; e == ERR_NONE && i < own->n; i++) {
		e = ladders_tighten(&m->ladders, span_str(own->keys[i]),
		    span_str(own->values[i]), &f);
		if (e != ERR_NONE)
			log_event(LOG_ERROR, "escalation.config",
			    log_str("ladder", own->keys[i]),
			    log_uint("at", f.at), log_str("rule", f.rule));
	}
	return e;
}

enum err
escalations_open(struct service *s)
{
	struct escalations *m = mem_alloc(sizeof *m);
	enum err e;

	m->service = s;
	e = tighten(m);
	if (e == ERR_NONE)
		e = trials_open(s);
	if (e != ERR_NONE) {
		free(m);
		return ERR_CONFIG;
	}
	m->timer = loop_timer_create(s->loop, on_timer, m);
	m->stepped_ms = loop_now(s->loop).mono.ms;
	m->spread_ms = rest_spread(span_str(s->node), SPREAD_MS);
	s->escalations = m;
	look_after(m, SOON_MS);
	return ERR_NONE;
}

void
escalations_close(struct service *s)
{
	struct escalations *m = s->escalations;

	trials_close(s);
	if (m == NULL)
		return;
	desk_free(m->desk);
	loop_timer_free(m->timer);
	free(m);
	s->escalations = NULL;
}
