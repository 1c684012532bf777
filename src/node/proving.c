/* SPDX-License-Identifier: Apache-2.0
 *
 * Testing the ways to persons.
 */
#include "node/proving.h"

#include "base/log.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "node/escalations_inside.h"
#include "node/pages.h"
#include "schema/check.h"

#include <stdlib.h>

enum { TEST_S = 900, /* then a test is given up */
	FIRST_MS = 60000, DAY_S = 86400 };

struct proving {
	struct service *service;
	struct loop_timer *timer;
};

/* One look at everybody. */
struct look {
	struct service *service;
	int64_t now_s;
	unsigned flagged;
	bool is_told; /* one of them was not told today */
};

/* --- a test --- */

struct uuid
proving_test(struct service *s, struct span login, struct span channel,
    hub_append_fn *done, void *ctx)
{
	struct hub_draft d = home_draft(s, "page");
	struct wall now = loop_now(s->loop).wall;
	unsigned char random[10];
	char id[UUID_TEXT + 1];
	struct json_out w;
	struct buf b;

	random_fill(random, sizeof random);
	d.has_id = true;
	d.id = uuid_make(now, random);
	uuid_write(&d.id, id);
	buf_init(&b, 4096);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_str(&w, "id", id);
	json_put_member_span(&w, "person", login);
	json_put_member_str(&w, "post", "first");
	json_put_member_span(&w, "channel", channel);
	json_put_member_str(&w, "reason", "test");
	json_put_member_u64(&w, "level", 3);
	json_put_member_bool(&w, "exercise", false);
	json_put_member_u64(&w, "until", (uint64_t)(now.ms / 1000 + TEST_S));
	json_put_close(&w, '}');
	d.body = buf_span(&b);
	hub_append(s->hub, &d, done, ctx);
	service_stir(s);
	buf_release(&b);
	return d.id;
}

/* --- the ways of one person --- */

typedef void way_fn(void *ctx, struct span login, struct span word,
    enum courier_channel channel,
    const unsigned char person[COURIER_KEY]);

/* Each kind of channel once. */
static void
each_way(struct json_val person, struct arena *a, way_fn *fn, void *ctx)
{
	struct json_val list = json_get(person, "channels");
	bool seen[COURIER_CHANNELS] = { [COURIER_SCREEN] = true };
	unsigned char key[COURIER_KEY];
	struct span login, word;

	if (json_text(json_get(person, "login"), a, &login) != ERR_NONE)
		return;
	pages_person_key(login, key);
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v)) {
		enum courier_channel k;

		if (json_text(json_get(v, "kind"), a, &word) != ERR_NONE ||
		    (k = courier_channel_find(word)) == COURIER_CHANNELS ||
		    seen[k])
			continue;
		seen[k] = true;
		fn(ctx, login, word, k, key);
	}
}

/* --- showing --- */

struct putting {
	struct service *service;
	int64_t since_s;
	struct json_out *w;
};

static int64_t
period_s(const struct service *s)
{
	return (int64_t)s->config->prove_days * DAY_S;
}

static void
put_way(void *ctx, struct span login, struct span word,
    enum courier_channel channel, const unsigned char person[COURIER_KEY])
{
	struct putting *p = ctx;
	struct service *s = p->service;
	const struct contact *k = contacts_find(pages_contacts(s->pages),
	    person, channel);
	enum contact_state state = contact_judge(k, p->since_s, period_s(s),
	    loop_now(s->loop).wall.ms / 1000);

	(void)login;
	json_put_open(p->w, '{');
	json_put_member_span(p->w, "channel", word);
	json_put_member_str(p->w, "state", contact_state_word(state));
	json_put_member_bool(p->w, "flagged", contact_is_flagged(state));
	json_put_member_u64(p->w, "proved", k == NULL ? 0 :
		(uint64_t)k->proved_s);
	json_put_member_u64(p->w, "failed", k == NULL ? 0 :
		(uint64_t)k->failed_s);
	json_put_member_u64(p->w, "tested", k == NULL ? 0 :
		(uint64_t)k->tested_s);
	json_put_member_u64(p->w, "answered", k == NULL ? 0 :
		(uint64_t)k->answered_s);
	json_put_member_str(p->w, "why", k == NULL ? "" : k->why);
	json_put_close(p->w, '}');
}

void
proving_put(struct service *s, struct json_val person, int64_t since_s,
    struct arena *a, struct json_out *w)
{
	struct putting p = { s, since_s, w };

	json_put_key(w, "contacts");
	json_put_open(w, '[');
	each_way(person, a, put_way, &p);
	json_put_close(w, ']');
}

/* --- looking --- */

struct looked {
	struct look *look;
	int64_t since_s;
	bool is_quiet;
};

static void
look_at(void *ctx, struct span login, struct span word,
    enum courier_channel channel, const unsigned char person[COURIER_KEY])
{
	struct looked *x = ctx;
	struct service *s = x->look->service;
	struct contacts *all = pages_contacts(s->pages);
	const struct contact *k = contacts_find(all, person, channel);
	int64_t now_s = x->look->now_s;
	enum contact_state state = contact_judge(k, x->since_s, period_s(s),
	    now_s);

	if (contact_is_flagged(state)) {
		x->look->flagged++;
		if (contact_tell(all, person, channel, now_s)) {
			x->look->is_told = true;
			k = contacts_find(all, person, channel);
			log_event(LOG_WARNING, "contact.unproved",
			    log_span("person", login),
			    log_span("channel", word),
			    log_str("state", contact_state_word(state)),
			    log_str("why", k != NULL ? k->why : ""));
		}
	}
	/* nobody is waked for a test */
	if (!x->is_quiet && contact_wants_test(k, period_s(s), now_s)) {
		contacts_see_test(all, person, channel, now_s);
		(void)proving_test(s, login, word, NULL, NULL);
	}
}

static bool
see_person(void *ctx, const struct index_row *row)
{
	struct look *l = ctx;
	struct looked x = { .look = l, .since_s = row->iat_s };
	struct arena a = { 0 };
	struct record r;

	if (record_read(l->service, row->log, row->index, &a, &r) ==
		ERR_NONE &&
	    json_get(r.body, "active").type != JSON_FALSE) {
		x.is_quiet = escalations_is_quiet(l->service, r.body, &a);
		each_way(r.body, &a, look_at, &x);
	}
	arena_release(&a);
	return true;
}

static void
on_timer(void *ctx)
{
	struct proving *p = ctx;
	struct service *s = p->service;
	struct look l = { .service = s,
		.now_s = loop_now(s->loop).wall.ms / 1000 };
	char text[160];

	if (s->is_stopping)
		return;
	loop_timer_start(p->timer, (uint64_t)s->config->prove_look_s * 1000,
	    0);
	/* by a clock in doubt all would be old; and what was said must have
	 * been read */
	if (hub_clock(s->hub) != TRUST_TRUSTED || index_lag(s->index) != 0 ||
	    !pages_is_read(s->pages))
		return;
	(void)!index_persons(s->index, see_person, &l);
	if (!l.is_told)
		return;
	snprintf(text, sizeof text, "ways to persons that fail or are not "
	    "proved: %u. almenara courier status", l.flagged);
	service_alarm(s, text);
}

/* --- life --- */

void
proving_start(struct service *s)
{
	int64_t first_ms = (int64_t)s->config->prove_look_s * 1000;

	if (s->config->prove_days == 0)
		return;
	s->proving = mem_alloc(sizeof *s->proving);
	s->proving->service = s;
	s->proving->timer = loop_timer_create(s->loop, on_timer, s->proving);
	loop_timer_start(s->proving->timer, (uint64_t)(first_ms < FIRST_MS ?
		first_ms : FIRST_MS), 0);
}

void
proving_stop(struct service *s)
{
	if (s->proving == NULL)
		return;
	loop_timer_free(s->proving->timer);
	free(s->proving);
	s->proving = NULL;
}
