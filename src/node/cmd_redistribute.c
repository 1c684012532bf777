/* SPDX-License-Identifier: Apache-2.0
 *
 * Command: redistribute. A notice goes to those whom the team serves in two
 * acts: the first says who that would be, why, and who is refused by which
 * line, and gives a code of exactly that; the second sends with that code.
 */
#include "node/command.h"

#include "base/mem.h"
#include "crypto/random.h"
#include "node/exits.h"
#include "node/mailings.h"
#include "node/passing.h"
#include "node/ruling.h"

#include <stdlib.h>
#include <string.h>

static const char not_sent[] = "nothing was sent";

enum {
	SLICE = 200,       /* of the register, in one turn */
	ROWS = 20,         /* that are shown unless more are asked for */
	REFUSALS = 16,     /* that are told apart */
	CODE = 8,
	PROGRESS = 5000
};

static const enum concern_why whys[CONCERN_WHYS] = { CONCERN_PRODUCT,
	CONCERN_DOMAIN, CONCERN_PREFIX, CONCERN_SECTOR, CONCERN_EARLIER };

struct refusal {
	const char *reason;
	const char *line;
	uint64_t count;
};

/* Sorted by its bytes. */
struct ids {
	struct uuid *at;
	size_t n, cap;
};

struct work {
	struct call *call;
	struct passing p;
	bool is_to_send, is_page;
	unsigned by;              /* reasons that count */
	uint64_t before;          /* place in the register */
	bool is_cut;
	unsigned left;            /* of this slice */
	uint64_t seen;
	uint64_t chosen, silent, refused, had;
	uint64_t why[CONCERN_WHYS];
	struct refusal refusal[REFUSALS];
	size_t refusal_n;
	struct ids now, earlier, target[MAILING_CHANNELS];
	bool has_missed;          /* some of this revision were not reached */
	struct digest set;        /* of what is proposed, so far */
	struct buf rows;
	struct json_out w;
	unsigned rows_n, rows_most;
};

/* --- sets of readers --- */

static void
ids_add(struct ids *s, const struct uuid *id)
{
	if (s->n == s->cap) {
		s->cap = s->cap == 0 ? 1024 : 2 * s->cap;
		s->at = mem_grow(s->at, s->cap * sizeof *s->at);
	}
	s->at[s->n++] = *id;
}

static int
ids_compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct uuid));
}

static bool
ids_have(const struct ids *s, const struct uuid *id)
{
	return s->n != 0 && bsearch(id, s->at, s->n, sizeof *s->at,
	    ids_compare) != NULL;
}

/* --- what went before --- */

static bool
see_earlier(void *ctx, const struct mailing_head *h, const struct mailing *m)
{
	struct work *x = ctx;
	bool same = digest_is_equal(&h->digest, &x->p.row.digest);

	for (size_t i = 0; i < m->n; i++) {
		if (!same)
			ids_add(&x->earlier, &m->one[i].who);
		else if (m->one[i].state == MAILING_GIVEN_UP)
			x->has_missed = true;
		else
			ids_add(&x->now, &m->one[i].who);
	}
	return true;
}

static const char *
act_of(const struct work *x)
{
	if ((x->p.row.flags & INDEX_ENDED) != 0)
		return "end";
	if (x->earlier.n != 0)
		return "update";
	return x->now.n != 0 || x->has_missed ? "again" : "first";
}

/* --- one organisation --- */

static void
put_whys(struct json_out *w, unsigned why)
{
	json_put_key(w, "why");
	json_put_open(w, '[');
	for (size_t i = 0; i < CONCERN_WHYS; i++)
		if ((why & whys[i]) != 0)
			json_put_str(w, concern_word(whys[i]));
	json_put_close(w, ']');
}

static void
put_row(struct work *x, const struct passing_reader *to, unsigned why,
    const struct passing_answer *answer, struct arena *a)
{
	struct json_out *w = &x->w;
	struct span name = span_str("");
	char id[UUID_TEXT + 1];

	if (x->rows_n == x->rows_most)
		return;
	x->rows_n++;
	uuid_write(&to->id, id);
	(void)!json_text(json_get(to->body, "name"), a, &name);
	json_put_open(w, '{');
	json_put_member_str(w, "id", id);
	json_put_member_span(w, "name", name);
	put_whys(w, why);
	json_put_member_str(w, "channel", !to->has_channel ? "" :
		mailing_channel_word(to->channel));
	json_put_member_str(w, "refused", answer->allow ? "" :
		answer->reason);
	json_put_member_str(w, "rule", ruling_line(x->call, &answer->rules));
	json_put_close(w, '}');
}

static void
count_refusal(struct work *x, const struct passing_answer *answer)
{
	const char *line = ruling_line(x->call, &answer->rules);
	size_t i = 0;

	x->refused++;
	while (i < x->refusal_n &&
	    (strcmp(x->refusal[i].reason, answer->reason) != 0 ||
		strcmp(x->refusal[i].line, line) != 0))
		i++;
	if (i == REFUSALS)
		return;
	if (i == x->refusal_n)
		x->refusal[x->refusal_n++] = (struct refusal){ answer->reason,
			line, 0 };
	x->refusal[i].count++;
}

/* The code stands for these readers, by these channels, in this order. */
static void
choose(struct work *x, const struct passing_reader *to)
{
	struct span parts[] = { digest_span(&x->set),
		span_of(to->id.b, sizeof to->id.b),
		span_str(mailing_channel_word(to->channel)) };

	x->chosen++;
	x->set = hash_sha256_spans(parts, 3);
	if (x->is_to_send)
		ids_add(&x->target[to->channel], &to->id);
}

static void
look_at(struct work *x, const struct passing_reader *to, struct arena *a)
{
	unsigned why = concern_match(&x->p.concern, to->body, a) & x->by;
	struct passing_answer answer;

	if (ids_have(&x->earlier, &to->id))
		why |= CONCERN_EARLIER;
	if (why == 0)
		return;
	if (ids_have(&x->now, &to->id)) {
		x->had++;
		return;
	}
	for (size_t i = 0; i < CONCERN_WHYS; i++)
		x->why[i] += (why & whys[i]) != 0;
	passing_decide(x->call->service, &x->p, EXIT_REDISTRIBUTE, to, a,
	    &answer);
	if (!answer.allow)
		count_refusal(x, &answer);
	else if (!to->has_channel)
		x->silent++;
	else
		choose(x, to);
	put_row(x, to, why, &answer, a);
}

/* A row of the register is read as the person who asks may read it. */
static bool
may_read(const struct work *x, const struct index_row *row)
{
	struct exit_notice n = exits_of_row(x->call->service, row);
	struct exit_pass pass = exits_to_caller(x->call, EXIT_REGISTER, &n);

	return exit_opens(&pass, EXIT_REGISTER, EXIT_TEXT);
}

static bool
see_row(void *ctx, const struct index_row *row)
{
	struct work *x = ctx;
	struct arena a = { 0 };
	struct passing_reader to;

	if (x->left == 0 || (x->is_page && x->rows_n == x->rows_most)) {
		x->is_cut = true;
		return false;
	}
	x->left--;
	x->seen++;
	x->before = row->at;
	if ((row->flags & INDEX_ENDED) == 0 && may_read(x, row) &&
	    passing_reader(x->call->service, row, &a, &to) == ERR_NONE)
		look_at(x, &to, &a);
	arena_release(&a);
	return true;
}

/* --- the answer --- */

static void
write_code(const struct work *x, char out[CODE + 1])
{
	static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

	for (size_t i = 0; i < CODE; i++)
		out[i] = letters[x->set.b[i] & 31];
	out[CODE] = '\0';
}

static void
put_counts(struct work *x)
{
	struct json_out *w = &x->call->w;

	json_put_member_u64(w, "count", x->chosen);
	json_put_member_u64(w, "no_channel", x->silent);
	json_put_member_u64(w, "refused", x->refused);
	json_put_member_u64(w, "already", x->had);
	json_put_key(w, "why");
	json_put_open(w, '{');
	for (size_t i = 0; i < CONCERN_WHYS; i++)
		json_put_member_u64(w, concern_word(whys[i]), x->why[i]);
	json_put_close(w, '}');
	json_put_key(w, "refusals");
	json_put_open(w, '[');
	for (size_t i = 0; i < x->refusal_n; i++) {
		json_put_open(w, '{');
		json_put_member_str(w, "reason", x->refusal[i].reason);
		json_put_member_str(w, "rule", x->refusal[i].line);
		json_put_member_u64(w, "count", x->refusal[i].count);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

static void
put_answer(struct work *x)
{
	struct call *c = x->call;
	char code[CODE + 1];

	write_code(x, code);
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "id", call_id(c, &x->p.row.id));
	json_put_member_u64(&c->w, "rev", x->p.row.rev);
	json_put_member_str(&c->w, "tlp", x->p.facts.has_tlp ?
		tlp_label(x->p.facts.tlp) : "");
	json_put_member_str(&c->w, "act", act_of(x));
	json_put_member_str(&c->w, "code", x->chosen == 0 || x->is_page ? "" :
		code);
	put_counts(x);
	json_put_member_u64(&c->w, "next", x->is_cut ? x->before : 0);
	json_put_key(&c->w, "rows");
	json_put_open(&c->w, '[');
	json_put_raw(&c->w, buf_span(&x->rows));
	json_put_close(&c->w, ']');
}

static void
work_drop(struct call *c)
{
	struct work *x = c->state;

	free(x->now.at);
	free(x->earlier.at);
	for (int i = 0; i < MAILING_CHANNELS; i++)
		free(x->target[i].at);
	buf_release(&x->rows);
	c->state = NULL;
}

/* --- sending --- */

struct sending {
	struct work *work;
	struct uuid id;
	size_t parts, waiting;
	enum err err;
	const char *text;
};

static void
on_released(void *ctx, const struct hub_appended *result)
{
	struct sending *s = ctx;
	struct work *x = s->work;
	struct call *c = x->call;

	if (!call_is_written(c, result, not_sent))
		return;
	put_answer(x);
	json_put_member_str(&c->w, "mailing", call_id(c, &s->id));
	json_put_close(&c->w, '}');
	service_stir(c->service);
	call_done(c);
}

/* All parts are durable: this releases them. */
static void
release_all(struct sending *s)
{
	struct work *x = s->work;
	struct call *c = x->call;
	struct hub_draft d = home_draft(c->service, "mailing");
	struct json_out w;
	struct buf b;

	buf_init(&b, 4096);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_str(&w, "notice", call_id(c, &x->p.row.id));
	json_put_member_str(&w, "digest", call_digest(c, &x->p.row.digest));
	json_put_member_u64(&w, "rev", x->p.row.rev);
	json_put_member_str(&w, "act", act_of(x));
	json_put_member_str(&w, "by", c->caller.login[0] != '\0' ?
		c->caller.login : c->caller.post);
	json_put_member_u64(&w, "count", x->chosen);
	json_put_member_u64(&w, "parts", s->parts);
	json_put_member_u64(&w, "level", (uint64_t)x->p.row.level);
	json_put_close(&w, '}');
	d.has_id = true;
	d.id = s->id;
	d.body = buf_span(&b);
	hub_append(c->service->hub, &d, on_released, s);
	audit(c->service, &c->caller, "redistribute", &x->p.row.digest,
	    call_id(c, &x->p.row.id), "sent", call_text(c, "%llu readers",
		(unsigned long long)x->chosen));
	service_stir(c->service);
	buf_release(&b);
}

static void
on_part(void *ctx, const struct hub_appended *result)
{
	struct sending *s = ctx;
	struct call *c = s->work->call;

	if (result->err != ERR_NONE && s->err == ERR_NONE) {
		s->err = result->err;
		s->text = call_text(c, "%s", result->text);
	}
	if (--s->waiting != 0)
		return;
	if (s->err == ERR_NONE)
		release_all(s);
	else
		call_unwritten(c, s->err, not_sent, s->text);
}

static void
write_part(struct sending *s, enum mailing_channel channel,
    const struct uuid *at, size_t n)
{
	struct call *c = s->work->call;
	struct hub_draft d = home_draft(c->service, "mailing-part");
	char id[UUID_TEXT + 1];
	struct json_out w;
	struct buf b;

	buf_init(&b, LIMIT_PAYLOAD - 1024);
	json_out_init(&w, &b);
	uuid_write(&s->id, id);
	json_put_open(&w, '{');
	json_put_member_str(&w, "mailing", id);
	json_put_member_u64(&w, "part", s->parts++);
	json_put_key(&w, mailing_channel_word(channel));
	json_put_open(&w, '[');
	for (size_t i = 0; i < n; i++) {
		uuid_write(&at[i], id);
		json_put_str(&w, id);
	}
	json_put_close(&w, ']');
	json_put_close(&w, '}');
	d.body = buf_span(&b);
	s->waiting++;
	hub_append(c->service->hub, &d, on_part, s);
	buf_release(&b);
}

static void
send_all(struct work *x)
{
	struct call *c = x->call;
	struct sending *s = arena_alloc(&c->mem, sizeof *s);
	unsigned char random[10];

	random_fill(random, sizeof random);
	*s = (struct sending){ .work = x,
		.id = uuid_make(loop_now(c->service->loop).wall, random) };
	for (int k = 0; k < MAILING_CHANNELS; k++)
		for (size_t at = 0; at < x->target[k].n; at += MAILING_PART) {
			size_t n = x->target[k].n - at;

			write_part(s, (enum mailing_channel)k,
			    &x->target[k].at[at],
			    n < MAILING_PART ? n : MAILING_PART);
		}
	service_stir(c->service);
}

static void
finish(struct work *x)
{
	struct call *c = x->call;
	const char *again = call_text(c, "almenara redistribute %s",
	    call_id(c, &x->p.row.id));
	char code[CODE + 1];

	write_code(x, code);
	if (!x->is_to_send) {
		put_answer(x);
		json_put_close(&c->w, '}');
		call_done(c);
	} else if (x->chosen == 0) {
		call_fail(c, ERR_AUDIENCE, EXIT_REFUSED, not_sent,
		    "there is nobody to send it to", again);
	} else if (x->chosen > LIMIT_MAILING) {
		call_fail(c, ERR_LIMIT, EXIT_REFUSED, not_sent,
		    call_text(c, "more than %d readers", LIMIT_MAILING),
		    again);
	} else if (!span_is_str(call_arg(c, "code"), code)) {
		call_fail(c, ERR_CONFLICT, EXIT_REFUSED, not_sent,
		    "the readers are not those that the code was for", again);
	} else {
		send_all(x);
	}
}

/* --- redistribute --- */

static void
step(struct call *c)
{
	struct work *x = c->state;
	uint64_t was = x->seen;
	enum err e;

	x->left = SLICE;
	x->is_cut = false;
	e = index_home_all(c->service->index, "constituent", x->before,
	    see_row, x);
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR, "the index cannot be read",
		    err_sentence(e), "almenara log reindex");
		return;
	}
	if (was / PROGRESS != x->seen / PROGRESS)
		call_progress(c, x->seen, 0, "constituents");
	if (x->is_cut && !(x->is_page && x->rows_n == x->rows_most))
		call_work(c, step);
	else
		finish(x);
}

static bool
take_by(struct call *c, unsigned *out)
{
	struct json_val list = json_get(c->args, "by");
	unsigned by = 0;

	*out = CONCERN_PRODUCT | CONCERN_DOMAIN | CONCERN_PREFIX |
	    CONCERN_SECTOR;
	if (list.type != JSON_ARRAY)
		return true;
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v)) {
		size_t i = 0;

		while (i < CONCERN_WHYS &&
		    !json_is_str(v, concern_word(whys[i])))
			i++;
		if (i == CONCERN_WHYS) {
			call_misused(c, "by: product, domain, network, sector, "
			    "earlier");
			return false;
		}
		by |= whys[i];
	}
	*out = by;
	return true;
}

static struct work *
work_begin(struct call *c, const struct index_row *row)
{
	struct rules_ask ask = ruling_ask(c, row->kind, row->tlp, 0, false);
	struct work *x = arena_alloc(&c->mem, sizeof *x);
	uint64_t most = ROWS;
	enum err e;

	*x = (struct work){ .call = c };
	e = passing_open(c->service, row, &ask, &c->mem, &x->p);
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR, not_sent, err_sentence(e), "");
		return NULL;
	}
	(void)!json_bool(json_get(c->args, "send"), &x->is_to_send);
	x->is_page = json_u64(json_get(c->args, "before"), &x->before) ==
	    ERR_NONE;
	(void)!json_u64(json_get(c->args, "rows"), &most);
	x->rows_most = most > LIMIT_LIST_ROWS ? LIMIT_LIST_ROWS :
	    (unsigned)most;
	buf_init(&x->rows, LIMIT_CONTROL_FRAME / 2);
	json_out_init(&x->w, &x->rows);
	x->set = x->p.row.digest;
	return x;
}

void
cmd_redistribute(struct call *c)
{
	struct index_row row;
	struct record r;
	struct work *x;
	unsigned by;

	if (!call_find(c, INDEX_NOTICES, "id", &row) ||
	    !call_read(c, &row, EXIT_SHOW, &r) || !take_by(c, &by))
		return;
	x = work_begin(c, &row);
	if (x == NULL)
		return;
	x->by = by;
	c->state = x;
	c->drop = work_drop;
	mailings_each(c->service->mailings, &x->p.row.id, see_earlier, x);
	if (x->now.n != 0)
		qsort(x->now.at, x->now.n, sizeof *x->now.at, ids_compare);
	if (x->earlier.n != 0)
		qsort(x->earlier.at, x->earlier.n, sizeof *x->earlier.at,
		    ids_compare);
	call_work(c, step);
}
