/* SPDX-License-Identifier: Apache-2.0
 *
 * A notice to many as the private log has it: entries in, one that is held out.
 */
#include "node/mailings_inside.h"

#include "base/mem.h"
#include "node/command.h"

#include <stdlib.h>

bool
mailings_id(struct json_val v, struct arena *a, struct uuid *out)
{
	struct span s;

	return json_text(v, a, &s) == ERR_NONE &&
	    uuid_parse(s, out) == ERR_NONE;
}

struct held *
mailings_held(struct mailings *x, const struct uuid *id)
{
	for (struct held *h = x->first; h != NULL; h = h->next)
		if (uuid_is_equal(&h->head.id, id))
			return h;
	return NULL;
}

struct held *
mailings_hold(const struct uuid *id, const struct record *r)
{
	struct held *h = mem_alloc(sizeof *h);

	mailing_init(&h->m);
	h->head = (struct mailing_head){ .id = *id, .first = r->index,
		.at_s = r->entry.iat_s };
	return h;
}

void
mailings_drop(struct mailings *x, struct held *h)
{
	for (struct held **at = &x->first; *at != NULL; at = &(*at)->next)
		if (*at == h) {
			*at = h->next;
			break;
		}
	for (size_t i = 0; i < MAILINGS_FLIGHTS; i++)
		if (x->flight[i].of == h)
			x->flight[i].of = NULL;
	mailing_release(&h->m);
	free(h);
}

void
mailings_take_part(struct held *h, const struct record *r, struct arena *a)
{
	static const char *const fields[MAILING_CHANNELS] = {
		[MAILING_MAIL] = "mail", [MAILING_WEBHOOK] = "webhook" };

	for (int c = 0; c < MAILING_CHANNELS; c++) {
		struct json_val list = json_get(r->body, fields[c]);

		for (struct json_val v = json_first(list);
		     v.type != JSON_ABSENT; v = json_next(list, v)) {
			struct uuid who;

			if (mailings_id(v, a, &who))
				(void)!mailing_add(&h->m, &who,
				    (enum mailing_channel)c);
		}
	}
	h->parts_seen++;
}

void
mailings_take_head(struct held *h, const struct record *r, struct arena *a)
{
	struct mailing_head *d = &h->head;
	struct span text;
	uint64_t n = 0;

	(void)mailings_id(json_get(r->body, "notice"), a, &d->notice);
	if (json_text(json_get(r->body, "digest"), a, &text) == ERR_NONE)
		(void)!entry_parse_digest(text, &d->digest);
	(void)!json_u64(json_get(r->body, "rev"), &d->rev);
	if (json_u64(json_get(r->body, "level"), &n) == ERR_NONE)
		d->level = (int)n;
	if (json_u64(json_get(r->body, "parts"), &n) == ERR_NONE)
		h->parts = n;
	if (json_text(json_get(r->body, "act"), a, &text) == ERR_NONE)
		snprintf(d->act, sizeof d->act, "%.*s", SPAN_FMT(text));
	d->at_s = r->entry.iat_s;
	h->record = hash_sha256(r->jws);
	h->is_released = h->parts_seen == h->parts;
}

static void
take_ends(struct held *h, struct json_val list, enum mailing_state state,
    struct arena *a)
{
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v)) {
		struct json_val at = v.type == JSON_OBJECT ?
		    json_get(v, "at") : v;
		struct span why = span_str("");
		uint64_t n;

		if (v.type == JSON_OBJECT)
			(void)!json_text(json_get(v, "why"), a, &why);
		if (json_u64(at, &n) == ERR_NONE)
			mailing_see(&h->m, n, state, arena_string(a, why));
	}
}

void
mailings_take_result(struct held *h, const struct record *r, struct arena *a)
{
	take_ends(h, json_get(r->body, "reached"), MAILING_REACHED, a);
	take_ends(h, json_get(r->body, "given_up"), MAILING_GIVEN_UP, a);
	take_ends(h, json_get(r->body, "failed"), MAILING_WAITING, a);
}
