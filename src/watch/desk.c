/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of escalations, and the order in which things are written.
 */
#include "watch/desk_inside.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

enum { BODY_MAX = 32768, ROOM = 16 };

/* A draft has the texts of its item. */
static void
draft_free(struct desk_item *it)
{
	if (it == NULL)
		return;
	free(it->answer);
	free(it->out);
	free(it);
}

static void
item_free(struct desk_item *it)
{
	draft_free(it->draft);
	if (it->notice.campaign[0] != '\0')
		free((void *)(uintptr_t)it->notice.campaign);
	draft_free(it);
}

/* Room for one more in an array that grows by doubling. */
static void *
grow(void *p, size_t n, size_t size)
{
	return (n & (n - 1)) == 0 ? mem_grow(p, (n == 0 ? 1 : 2 * n) * size) :
				    p;
}

/* A copy of such an array. */
static void *
grown(const void *p, size_t n, size_t size)
{
	size_t room = 1;
	void *copy;

	if (n == 0)
		return NULL;
	while (room < n)
		room *= 2;
	copy = mem_array(room, size);
	memcpy(copy, p, n * size);
	return copy;
}

struct desk_out *
desk_add_out(struct desk_item *it)
{
	if (it->out_n == DESK_OUTS)
		return NULL;
	it->out = grow(it->out, it->out_n, sizeof *it->out);
	it->out[it->out_n] = (struct desk_out){ 0 };
	return &it->out[it->out_n++];
}

struct desk_answer *
desk_add_answer(struct desk_item *it)
{
	if (it->answer_n == DESK_ANSWERS)
		return NULL;
	it->answer = grow(it->answer, it->answer_n, sizeof *it->answer);
	it->answer[it->answer_n] = (struct desk_answer){ 0 };
	return &it->answer[it->answer_n++];
}

struct uuid
desk_id(int64_t wall_ms, const char *what, const struct uuid *of,
    unsigned step, struct span who, unsigned how)
{
	unsigned char number[2] = { (unsigned char)step, (unsigned char)how };
	const struct span in[] = { span_str(what), span_of(of->b, sizeof of->b),
		span_of(number, sizeof number), who };
	struct digest d = hash_sha256_spans(in, 4);

	return uuid_make((struct wall){ wall_ms }, d.b);
}

static const char *
or_none(const char *text)
{
	return text != NULL ? text : "";
}

struct uuid
desk_case(enum ladder_case what, const struct desk_notice *n)
{
	const struct span in[] = { span_str(ladder_case_word(what)),
		digest_span(&n->digest), span_str(or_none(n->silent)) };
	struct digest d = hash_sha256_spans(in, 3);

	return uuid_make((struct wall){ n->iat_s * 1000 }, d.b);
}

/* --- finding --- */

/* Where the items with a key hang. */
static struct desk_item **
bucket_of(const struct desk *d, enum desk_key k, const unsigned char *key)
{
	uint64_t h = 0;

	/* the end of both is random, or a digest */
	for (int i = 8; i < 16; i++)
		h = h << 8 | key[i];
	return &d->bucket[k][h & (d->max - 1)];
}

static const unsigned char *
key_of(const struct desk_item *it, enum desk_key k)
{
	return k == DESK_BY_DIGEST ? it->notice.digest.b : it->notice.id.b;
}

static struct desk_item *
find(const struct desk *d, const struct digest *notice, const struct uuid *id)
{
	struct desk_item *it = *bucket_of(d, DESK_BY_DIGEST, notice->b);

	while (it != NULL && !uuid_is_equal(&it->id, id))
		it = it->next[DESK_BY_DIGEST];
	return it;
}

const struct desk_item *
desk_next(const struct desk *d, const struct uuid *notice,
    const struct desk_item *after)
{
	const struct desk_item *it = after == NULL ?
	    *bucket_of(d, DESK_BY_ID, notice->b) : after->next[DESK_BY_ID];

	while (it != NULL &&
	    !uuid_is_equal(&it->notice.id, notice))
		it = it->next[DESK_BY_ID];
	return it;
}

static void
hang(struct desk *d, struct desk_item *it)
{
	for (enum desk_key k = 0; k < DESK_KEYS; k++) {
		struct desk_item **b = bucket_of(d, k, key_of(it, k));

		it->next[k] = *b;
		*b = it;
	}
}

static void
make_room(struct desk *d)
{
	d->max = d->max == 0 ? ROOM : 2 * d->max;
	d->item = mem_grow(d->item, d->max * sizeof *d->item);
	for (size_t k = 0; k < DESK_KEYS; k++) {
		free(d->bucket[k]);
		d->bucket[k] = mem_array(d->max, sizeof *d->bucket[k]);
	}
	for (size_t i = 0; i < d->n; i++)
		hang(d, d->item[i]);
}

static const char *
keep_name(struct desk *d, const char *name)
{
	for (size_t i = 0; i < d->name_n; i++)
		if (strcmp(d->name[i], or_none(name)) == 0)
			return d->name[i];
	d->name = grow(d->name, d->name_n, sizeof *d->name);
	d->name[d->name_n++] = mem_string(or_none(name));
	return d->name[d->name_n - 1];
}

/* From here on `it` is the desk's, with texts of its own. */
static void
add(struct desk *d, struct desk_item *it)
{
	struct desk_notice *n = &it->notice;

	n->origin = keep_name(d, n->origin);
	n->issuer = keep_name(d, n->issuer);
	n->silent = keep_name(d, n->silent);
	n->campaign = or_none(n->campaign)[0] != '\0' ?
	    mem_string(n->campaign) : "";
	if (d->n == d->max)
		make_room(d);
	it->at = (uint32_t)d->n;
	d->item[d->n++] = it;
	hang(d, it);
}

static void
drop(struct desk *d, struct desk_item *it)
{
	for (enum desk_key k = 0; k < DESK_KEYS; k++) {
		struct desk_item **b = bucket_of(d, k, key_of(it, k));

		while (*b != it)
			b = &(*b)->next[k];
		*b = it->next[k];
	}
	d->item[it->at] = d->item[--d->n];
	d->item[it->at]->at = it->at;
	item_free(it);
}

const struct ladder *
desk_ladder(const struct desk *d, const struct desk_item *it)
{
	return &d->ladders->at[it->what][it->notice.level];
}

bool
desk_knows(const struct desk *d, enum ladder_case what,
    const struct desk_notice *n)
{
	struct uuid id = desk_case(what, n);

	return n->level < 1 || n->level >= LADDER_LEVELS ||
	    d->ladders->at[what][n->level].n == 0 ||
	    find(d, &n->digest, &id) != NULL ||
	    d->host.exists(d->host.ctx, &id);
}

bool
desk_arm(struct desk *d, enum ladder_case what, const struct desk_notice *n,
    struct wall at, struct now now, bool is_trusted)
{
	struct uuid id = desk_case(what, n);
	struct desk_item *it;

	if (desk_knows(d, what, n))
		return false;
	it = mem_alloc(sizeof *it);
	it->id = id;
	it->what = what;
	it->notice = *n;
	escalation_arm(&it->e, desk_ladder(d, it), at, now, is_trusted);
	add(d, it);
	return true;
}

/* Nobody was called, and the next step calls people here: no need to wait.
 * Other teams are told no earlier for that. */
static void
hasten_if_vain(struct desk *d, struct desk_item *it, struct now now,
    bool is_trusted)
{
	const struct ladder *l = desk_ladder(d, it);
	bool is_vain = it->merged == 0 && it->held == 0;

	for (size_t i = 0; i < it->out_n; i++)
		is_vain = is_vain && !it->out[i].is_word &&
		    it->out[i].has_failed;
	if (is_vain && it->e.step < l->n && l->step[it->e.step].tell == 0)
		escalation_hasten(&it->e, l, now, is_trusted);
}

enum err
desk_resume(struct desk *d, const struct uuid *id, uint64_t rev,
    const struct digest *digest, struct span body, struct now now,
    bool is_trusted)
{
	struct desk_item *it = mem_alloc(sizeof *it);
	struct arena a = { 0 };
	enum err e = desk_parse_item(body, &a, it, NULL);

	if (e != ERR_NONE || find(d, &it->notice.digest, id) != NULL) {
		draft_free(it);
		arena_release(&a);
		return e;
	}
	it->id = *id;
	it->rev = rev + 1;
	it->digest = *digest;
	it->has_record = true;
	for (size_t i = 0; i < it->out_n; i++)
		it->out[i].is_written = it->out[i].is_quiet ||
		    d->host.exists(d->host.ctx, &it->out[i].id);
	it->is_shifted = escalation_resume(&it->e, desk_ladder(d, it), now,
	    is_trusted);
	add(d, it);
	arena_release(&a);
	if (it->out_n == 0)
		hasten_if_vain(d, it, now, is_trusted);
	return ERR_NONE;
}

void
desk_recall(struct desk *d, struct span person, struct span dedup,
    struct span call, int64_t ago_ms, struct mono now)
{
	struct desk_call *c = &d->call[d->call_n++ % DESK_RECALL];

	*c = (struct desk_call){ .at_ms = now.ms - ago_ms };
	snprintf(c->person, sizeof c->person, "%.*s", SPAN_FMT(person));
	snprintf(c->call, sizeof c->call, "%.*s", SPAN_FMT(call));
	snprintf(c->dedup, sizeof c->dedup, "%.*s", SPAN_FMT(dedup));
}

/* --- life --- */

struct desk *
desk_create(const struct ladders *ladders, const struct desk_host *host)
{
	struct desk *d = mem_alloc(sizeof *d);

	d->ladders = ladders;
	d->host = *host;
	d->was_trusted = true;
	make_room(d);
	return d;
}

void
desk_free(struct desk *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->n; i++)
		item_free(d->item[i]);
	for (size_t i = 0; i < d->name_n; i++)
		free(d->name[i]);
	for (size_t k = 0; k < DESK_KEYS; k++)
		free(d->bucket[k]);
	free(d->name);
	free(d->item);
	free(d);
}

/* --- writing --- */

static void
write_one(struct desk *d, struct desk_item *it, enum desk_kind kind,
    const struct uuid *id, const struct desk_out *o, struct buf *body)
{
	const struct desk_ticket t = { it->id, it->notice.digest, *id, kind };
	const struct desk_write w = { .kind = kind, .id = *id,
		.rev = kind == DESK_ESCALATION ? it->rev : 0,
		.replaces = kind == DESK_ESCALATION && it->has_record ?
		    &it->digest : NULL,
		.body = buf_span(body), .item = it, .out = o };

	d->host.write(d->host.ctx, &w, &t);
}

/* What the item is to become is written; until then it stays what it is. */
static void
write_draft(struct desk *d, struct desk_item *it, struct desk_item *draft)
{
	struct buf b;

	buf_init(&b, BODY_MAX);
	desk_write_item(draft, desk_ladder(d, it), &b);
	it->draft = draft;
	write_one(d, it, DESK_ESCALATION, &it->id, NULL, &b);
	buf_release(&b);
}

static struct desk_item *
draft_of(const struct desk_item *it)
{
	struct desk_item *draft = mem_copy(it, sizeof *it);

	draft->draft = NULL;
	draft->out = grown(it->out, it->out_n, sizeof *it->out);
	draft->answer = grown(it->answer, it->answer_n, sizeof *it->answer);
	return draft;
}

static bool
write_outs(struct desk *d, struct desk_item *it)
{
	bool any = false;
	struct buf b;

	for (size_t i = 0; i < it->out_n; i++) {
		struct desk_out *o = &it->out[i];

		if (o->is_written)
			continue;
		any = o->is_writing = true;
		buf_init(&b, BODY_MAX);
		if (o->is_word)
			desk_write_word(it, o, &b);
		else
			desk_write_page(it, desk_ladder(d, it), o, &b);
		write_one(d, it, o->is_word ? DESK_WORD : DESK_PAGE, &o->id, o,
		    &b);
		buf_release(&b);
	}
	return any;
}

static void
write_stop(struct desk *d, struct desk_item *it, struct now now)
{
	bool is_end = it->wanted != ESCALATION_OPEN;
	const char *person = is_end || it->answer_n == 0 ? "" :
	    it->answer[it->answer_n - 1].person;
	struct uuid id = desk_id(it->e.from_ms, "stop", &it->id, it->e.step,
	    span_str(person), it->wanted);
	struct buf b;

	it->is_stopped = d->host.exists(d->host.ctx, &id);
	if (it->is_stopped)
		return;
	it->is_stopping = true;
	buf_init(&b, BODY_MAX);
	desk_write_stop(it, person, it->wanted, now.wall, &b);
	write_one(d, it, DESK_STOP, &id, NULL, &b);
	buf_release(&b);
}

/* Paging stops first, then the record says why. */
static void
write_news(struct desk *d, struct desk_item *it, struct now now)
{
	struct desk_item *draft;

	if (!it->is_stopped)
		write_stop(d, it, now);
	if (!it->is_stopped)
		return;
	draft = draft_of(it);
	if (it->wanted != ESCALATION_OPEN)
		draft->e = escalation_ended(&it->e, it->wanted);
	it->is_news = false;
	write_draft(d, it, draft);
}

static void
add_word_to_issuer(struct desk *d, struct desk_item *it)
{
	struct desk_out *o;

	it->out_n -= it->out_n == DESK_OUTS;
	o = desk_add_out(it);
	if (o == NULL)
		return;
	o->is_word = o->to_issuer = true;
	o->id = desk_id(it->e.from_ms, "exhausted", &it->id, 0, span_str(""),
	    0);
	o->is_written = d->host.exists(d->host.ctx, &o->id);
}

/* Its issuer is told, then it ends. */
static void
exhaust(struct desk *d, struct desk_item *it)
{
	bool is_told = it->out_n != 0 && it->out[it->out_n - 1].to_issuer;
	struct desk_item *draft;

	if (it->what == LADDER_RECIPIENT && !is_told) {
		add_word_to_issuer(d, it);
		is_told = true;
		if (write_outs(d, it))
			return;
	}
	draft = draft_of(it);
	draft->e = escalation_after(&it->e, desk_ladder(d, it),
	    ESCALATION_EXHAUST);
	if (is_told)
		draft->out_n--;
	write_draft(d, it, draft);
}

static void
take_step(struct desk *d, struct desk_item *it, struct now now)
{
	struct desk_item *draft = draft_of(it);

	draft->e = escalation_after(&it->e, desk_ladder(d, it),
	    ESCALATION_STEP);
	draft->step_ms = now.wall.ms;
	desk_plan(d, draft, now);
	write_draft(d, it, draft);
}

static bool
is_busy(const struct desk_item *it)
{
	bool busy = it->draft != NULL || it->is_stopping;

	for (size_t i = 0; i < it->out_n; i++)
		busy = busy || it->out[i].is_writing;
	return busy;
}

/* What comes first: what the last step still lacks, what people said, time. */
static int64_t
step_item(struct desk *d, struct desk_item *it, struct now now)
{
	const struct ladder *l = desk_ladder(d, it);
	enum escalation_act act;
	int64_t wait_ms;

	if (is_busy(it))
		return -1;
	if (now.mono.ms < it->retry_ms)
		return it->retry_ms - now.mono.ms;
	if (it->wanted == ESCALATION_OPEN && write_outs(d, it))
		return -1;
	if (it->wanted != ESCALATION_OPEN || it->is_news) {
		write_news(d, it, now);
		return -1;
	}
	act = escalation_look(&it->e, l, now.mono, &wait_ms);
	if (act == ESCALATION_WAIT && it->is_shifted)
		write_draft(d, it, draft_of(it));
	else if (act == ESCALATION_STEP)
		take_step(d, it, now);
	else if (act == ESCALATION_EXHAUST)
		exhaust(d, it);
	return wait_ms;
}

int64_t
desk_step(struct desk *d, struct now now, bool is_trusted)
{
	int64_t least = -1;

	if (is_trusted && !d->was_trusted)
		desk_resync(d, now);
	d->was_trusted = is_trusted;
	for (size_t i = 0; i < d->n; i++) {
		struct desk_item *it = d->item[i];
		int64_t wait_ms;

		/* nothing was ever said of it */
		if (it->wanted != ESCALATION_OPEN && !it->has_record &&
		    !is_busy(it)) {
			drop(d, it);
			i--;
			continue;
		}
		wait_ms = step_item(d, it, now);
		if (wait_ms >= 0 && (least < 0 || wait_ms < least))
			least = wait_ms;
	}
	return least;
}

/* --- what was written --- */

static void
draft_written(struct desk *d, struct desk_item *it,
    const struct digest *digest, struct now now)
{
	struct desk_item *draft = it->draft;
	bool is_step = draft->e.step != it->e.step;
	unsigned answered = it->e.answered;

	it->draft = NULL;
	it->e = draft->e;
	it->e.answered |= answered;
	it->step_ms = draft->step_ms;
	free(it->out);
	it->out = draft->out;
	it->out_n = draft->out_n;
	draft->out = NULL;
	it->merged = draft->merged;
	it->held = draft->held;
	it->absent = draft->absent;
	it->is_stopped = it->is_shifted = false;
	it->has_record = true;
	it->digest = *digest;
	it->rev++;
	draft_free(draft);
	if (d->host.notify != NULL)
		d->host.notify(d->host.ctx, it);
	if (it->e.state == ESCALATION_DONE)
		drop(d, it);
	else if (is_step && it->out_n == 0)
		hasten_if_vain(d, it, now, d->was_trusted);
}

static void
out_written(struct desk *d, struct desk_item *it, const struct uuid *id,
    bool is_good, struct now now)
{
	for (size_t i = 0; i < it->out_n; i++) {
		struct desk_out *o = &it->out[i];

		if (!uuid_is_equal(&o->id, id))
			continue;
		o->is_writing = false;
		o->is_written = is_good;
		if (is_good && !o->is_word)
			desk_called(d, it, o, now.mono);
	}
}

void
desk_written(struct desk *d, const struct desk_ticket *t,
    const struct digest *digest, struct now now)
{
	struct desk_item *it = find(d, &t->notice, &t->item);

	if (it == NULL)
		return;
	if (digest == NULL)
		it->retry_ms = now.mono.ms + DESK_AGAIN_MS;
	if (t->kind == DESK_STOP) {
		it->is_stopping = false;
		it->is_stopped = digest != NULL;
	} else if (t->kind != DESK_ESCALATION) {
		out_written(d, it, &t->id, digest != NULL, now);
	} else if (digest != NULL) {
		draft_written(d, it, digest, now);
	} else if (it->draft != NULL) {
		it->is_news = it->is_news || it->is_stopped;
		draft_free(it->draft);
		it->draft = NULL;
	}
}

/* --- what people and others say --- */

static bool
is_about(const struct desk_item *it, const struct digest *notice)
{
	return it->e.state != ESCALATION_DONE &&
	    digest_is_equal(&it->notice.digest, notice);
}

static void
note_answer(struct desk *d, struct desk_item *it, struct span person,
    unsigned posts, struct now now)
{
	struct desk_answer *a;
	struct escalation next = escalation_answered(&it->e, desk_ladder(d, it),
	    posts);

	for (size_t i = 0; i < it->answer_n; i++)
		if (span_is_str(person, it->answer[i].person))
			return;
	a = person.n != 0 ? desk_add_answer(it) : NULL;
	if (a != NULL) {
		*a = (struct desk_answer){ .posts = posts,
			.at_s = now.wall.ms / 1000 };
		snprintf(a->person, sizeof a->person, "%.*s",
		    SPAN_FMT(person));
	}
	it->e.answered = next.answered;
	it->is_news = true;
	if (next.state == ESCALATION_DONE)
		it->wanted = ESCALATION_ANSWERED;
}

void
desk_answered(struct desk *d, const struct digest *notice, struct span person,
    unsigned posts, struct now now)
{
	for (struct desk_item *it = *bucket_of(d, DESK_BY_DIGEST, notice->b);
	     it != NULL; it = it->next[DESK_BY_DIGEST]) {
		if (is_about(it, notice) && ladder_is_owed(it->what) &&
		    (person.n != 0 || desk_ladder(d, it)->answers == 0))
			note_answer(d, it, person, posts, now);
	}
}

void
desk_heard(struct desk *d, enum ladder_case what, const struct digest *notice,
    struct span silent)
{
	for (struct desk_item *it = *bucket_of(d, DESK_BY_DIGEST, notice->b);
	     it != NULL; it = it->next[DESK_BY_DIGEST])
		if (is_about(it, notice) && it->what == what &&
		    span_is_str(silent, it->notice.silent))
			it->wanted = ESCALATION_ANSWERED;
}

void
desk_cancel(struct desk *d, const struct digest *notice)
{
	for (struct desk_item *it = *bucket_of(d, DESK_BY_DIGEST, notice->b);
	     it != NULL; it = it->next[DESK_BY_DIGEST])
		if (is_about(it, notice) && it->wanted == ESCALATION_OPEN)
			it->wanted = ESCALATION_CANCELLED;
}

enum err
desk_hasten(struct desk *d, const struct digest *notice, struct now now,
    bool is_trusted)
{
	enum err e = ERR_NOT_FOUND;

	for (struct desk_item *it = *bucket_of(d, DESK_BY_DIGEST, notice->b);
	     it != NULL; it = it->next[DESK_BY_DIGEST]) {
		if (!is_about(it, notice) || is_busy(it) ||
		    it->e.step >= desk_ladder(d, it)->n)
			continue;
		escalation_hasten(&it->e, desk_ladder(d, it), now, is_trusted);
		e = ERR_NONE;
	}
	return e;
}

static void
page_failed(struct desk *d, struct desk_item *it, struct desk_out *o,
    struct now now, bool is_trusted)
{
	size_t n = it->out_n;

	if (o->has_failed)
		return;
	o->has_failed = true;
	if (desk_plan_other(d, it, o)) {
		it->out[n].is_written = d->host.exists(d->host.ctx,
		    &it->out[n].id);
		return;
	}
	/* a step under way would be hastened twice */
	if (!is_busy(it))
		hasten_if_vain(d, it, now, is_trusted);
}

void
desk_failed(struct desk *d, const struct uuid *page, struct now now,
    bool is_trusted)
{
	for (size_t i = 0; i < d->n; i++) {
		struct desk_item *it = d->item[i];

		for (size_t k = 0; k < it->out_n; k++)
			if (uuid_is_equal(&it->out[k].id, page)) {
				page_failed(d, it, &it->out[k], now,
				    is_trusted);
				break;
			}
	}
}

void
desk_resync(struct desk *d, struct now now)
{
	for (size_t i = 0; i < d->n; i++)
		escalation_resync(&d->item[i]->e, desk_ladder(d, d->item[i]),
		    now);
}

size_t
desk_count(const struct desk *d)
{
	return d->n;
}

const struct desk_item *
desk_at(const struct desk *d, size_t i)
{
	return d->item[i];
}

struct wall
desk_due(const struct desk_item *it, struct now now)
{
	return (struct wall){ now.wall.ms + it->e.due.ms - now.mono.ms };
}
