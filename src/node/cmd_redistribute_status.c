/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: redistribute_status, redistribute_retry. What became of a notice
 * that was sent to those whom the team serves, by mailing and reader.
 */
#include "node/command.h"

#include "node/exits.h"
#include "node/mailings.h"
#include "node/passing.h"

struct status {
	struct call *call;
	unsigned rows; /* that may still be written */
};

static const char *
name_of(struct call *c, const struct uuid *who)
{
	struct span name;
	struct index_row row;
	struct passing_reader r;

	if (index_find(c->service->index, INDEX_AT_HOME,
		span_str(call_id(c, who)), &c->mem, &row, NULL, NULL) !=
		ERR_NONE ||
	    passing_reader(c->service, &row, &c->mem, &r) != ERR_NONE ||
	    json_text(json_get(r.body, "name"), &c->mem, &name) != ERR_NONE)
		return "";
	return arena_string(&c->mem, name);
}

static bool
is_unreached(const struct mailing_one *one)
{
	return one->state == MAILING_GIVEN_UP ||
	    (one->state == MAILING_WAITING && one->tries != 0);
}

static bool
put_mailing(void *ctx, const struct mailing_head *h, const struct mailing *m)
{
	struct status *s = ctx;
	struct call *c = s->call;
	struct json_out *w = &c->w;

	json_put_open(w, '{');
	json_put_member_str(w, "mailing", call_id(c, &h->id));
	json_put_member_u64(w, "rev", h->rev);
	json_put_member_str(w, "act", h->act);
	json_put_member_u64(w, "at", (uint64_t)h->at_s);
	json_put_member_bool(w, "over", h->is_over);
	json_put_member_u64(w, "count", m->n);
	json_put_member_u64(w, "waiting", m->count[MAILING_WAITING]);
	json_put_member_u64(w, "under_way", m->count[MAILING_UNDER_WAY]);
	json_put_member_u64(w, "reached", m->count[MAILING_REACHED] +
		m->count[MAILING_TELLING]);
	json_put_member_u64(w, "given_up", m->count[MAILING_GIVEN_UP]);
	json_put_key(w, "unreached");
	json_put_open(w, '[');
	for (size_t i = 0; i < m->n && s->rows != 0; i++) {
		const struct mailing_one *one = &m->one[i];

		if (!is_unreached(one))
			continue;
		s->rows--;
		json_put_open(w, '{');
		json_put_member_str(w, "id", call_id(c, &one->who));
		json_put_member_str(w, "name", name_of(c, &one->who));
		json_put_member_str(w, "channel", mailing_channel_word(
			(enum mailing_channel)one->channel));
		json_put_member_u64(w, "tries", one->tries);
		json_put_member_bool(w, "given_up",
		    one->state == MAILING_GIVEN_UP);
		json_put_member_str(w, "why", mailing_why(m, i));
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
	json_put_close(w, '}');
	return true;
}

void
cmd_redistribute_status(struct call *c)
{
	struct status s = { .call = c, .rows = LIMIT_LIST_ROWS };
	struct index_row row;
	struct record r;

	if (!call_find(c, INDEX_NOTICES, "id", &row) ||
	    !call_read(c, &row, EXIT_SHOW, &r))
		return;
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "id", call_id(c, &row.id));
	json_put_member_u64(&c->w, "rev", row.rev);
	json_put_key(&c->w, "rows");
	json_put_open(&c->w, '[');
	mailings_each(c->service->mailings, &row.id, put_mailing, &s);
	json_put_close(&c->w, ']');
	json_put_close(&c->w, '}');
	call_done(c);
}

void
cmd_redistribute_retry(struct call *c)
{
	struct index_row row;
	struct record r;

	if (!call_find(c, INDEX_NOTICES, "id", &row) ||
	    !call_read(c, &row, EXIT_SHOW, &r))
		return;
	json_put_open(&c->w, '{');
	json_put_member_u64(&c->w, "waiting",
	    mailings_hasten(c->service->mailings, &row.id));
	json_put_close(&c->w, '}');
	call_done(c);
}
