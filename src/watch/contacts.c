/* SPDX-License-Identifier: Apache-2.0
 *
 * Ways to persons.
 */
#include "watch/contacts.h"

#include "base/mem.h"
#include "base/reader.h"

#include <stdio.h>
#include <stdlib.h>

enum { VERSION = 2 };

void
contacts_release(struct contacts *c)
{
	free(c->at);
	*c = (struct contacts){ 0 };
}

struct contact *
contacts_find(const struct contacts *c,
    const unsigned char person[COURIER_KEY], enum courier_channel channel)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->at[i].channel == channel &&
		    memcmp(c->at[i].person, person, COURIER_KEY) == 0)
			return &c->at[i];
	return NULL;
}

/* NULL if there are too many. */
static struct contact *
get(struct contacts *c, const unsigned char person[COURIER_KEY],
    enum courier_channel channel)
{
	struct contact *k = contacts_find(c, person, channel);

	if (k != NULL || c->n == CONTACTS_MOST)
		return k;
	if (c->n == c->cap) {
		c->cap = c->cap == 0 ? 16 : c->cap * 2;
		c->at = mem_grow(c->at, c->cap * sizeof *c->at);
	}
	k = &c->at[c->n++];
	*k = (struct contact){ .channel = channel };
	memcpy(k->person, person, COURIER_KEY);
	return k;
}

void
contacts_see_test(struct contacts *c, const unsigned char person[COURIER_KEY],
    enum courier_channel channel, int64_t at_s)
{
	struct contact *k = get(c, person, channel);

	if (k != NULL && k->tested_s < at_s)
		k->tested_s = at_s;
}

void
contacts_see_answer(struct contacts *c,
    const unsigned char person[COURIER_KEY], enum courier_channel channel,
    int64_t at_s)
{
	struct contact *k = get(c, person, channel);

	if (k == NULL)
		return;
	k->answered_s = k->proved_s = at_s;
	if (k->failed_s != 0)
		k->why[0] = '\0';
	k->failed_s = 0;
}

void
contacts_see(struct contacts *c, const unsigned char person[COURIER_KEY],
    enum courier_channel channel, enum courier_result result, int64_t at_s,
    const char *why)
{
	struct contact *k;

	if (result == COURIER_CANCELLED || result >= COURIER_RESULTS)
		return;
	k = get(c, person, channel);
	if (k == NULL)
		return;
	if (result == COURIER_ACCEPTED) {
		k->proved_s = at_s;
		k->failed_s = 0;
	} else {
		k->failed_s = at_s;
	}
	snprintf(k->why, sizeof k->why, "%s", why);
}

enum contact_state
contact_judge(const struct contact *k, int64_t since_s, int64_t period_s,
    int64_t now_s)
{
	if (k != NULL && k->failed_s != 0)
		return CONTACT_FAILING;
	if (k == NULL || k->proved_s == 0)
		return now_s - since_s < CONTACT_DAY_S ? CONTACT_NEW :
							 CONTACT_NEVER;
	if (k->why[0] != '\0')
		return CONTACT_UNSEALED;
	return now_s - k->proved_s < period_s + CONTACT_DAY_S ?
	    CONTACT_PROVED : CONTACT_OLD;
}

bool
contact_is_flagged(enum contact_state s)
{
	return s == CONTACT_OLD || s == CONTACT_NEVER ||
	    s == CONTACT_FAILING || s == CONTACT_UNSEALED;
}

bool
contact_wants_test(const struct contact *k, int64_t period_s, int64_t now_s)
{
	if (k == NULL)
		return true;
	if (k->tested_s != 0 && now_s - k->tested_s < CONTACT_DAY_S)
		return false;
	return k->failed_s != 0 || k->proved_s == 0 ||
	    now_s - k->proved_s >= period_s;
}

bool
contact_tell(struct contacts *c, const unsigned char person[COURIER_KEY],
    enum courier_channel channel, int64_t now_s)
{
	struct contact *k = get(c, person, channel);

	if (k == NULL || (k->told_s != 0 && now_s - k->told_s < CONTACT_DAY_S))
		return false;
	k->told_s = now_s;
	return true;
}

const char *
contact_state_word(enum contact_state s)
{
	static const char *const words[CONTACT_STATES] = {
		[CONTACT_PROVED] = "proved", [CONTACT_NEW] = "new",
		[CONTACT_OLD] = "old", [CONTACT_NEVER] = "never",
		[CONTACT_FAILING] = "failing",
		[CONTACT_UNSEALED] = "unsealed" };

	return words[s];
}

/* --- at rest --- */

void
contacts_write(const struct contacts *c, struct buf *out)
{
	buf_put_u8(out, VERSION);
	buf_put_u32(out, (uint32_t)c->n);
	for (size_t i = 0; i < c->n; i++) {
		const struct contact *k = &c->at[i];

		buf_put_mem(out, k->person, COURIER_KEY);
		buf_put_u8(out, (uint8_t)k->channel);
		buf_put_u64(out, (uint64_t)k->proved_s);
		buf_put_u64(out, (uint64_t)k->failed_s);
		buf_put_u64(out, (uint64_t)k->tested_s);
		buf_put_u64(out, (uint64_t)k->answered_s);
		buf_put_span8(out, span_str(k->why));
	}
}

static bool
parse_one(struct reader *r, struct contacts *c)
{
	unsigned char person[COURIER_KEY];
	struct contact *k;
	struct span why;
	uint8_t channel;

	reader_copy(r, person, sizeof person);
	channel = reader_u8(r);
	if (r->bad || channel >= COURIER_CHANNELS || contacts_find(c, person,
	    (enum courier_channel)channel) != NULL)
		return false;
	k = get(c, person, (enum courier_channel)channel);
	if (k == NULL)
		return false;
	k->proved_s = (int64_t)reader_u64(r);
	k->failed_s = (int64_t)reader_u64(r);
	k->tested_s = (int64_t)reader_u64(r);
	k->answered_s = (int64_t)reader_u64(r);
	why = reader_span8(r, CONTACT_WHY - 1);
	if (r->bad || (why.n != 0 && memchr(why.p, 0, why.n) != NULL))
		return false;
	snprintf(k->why, sizeof k->why, "%.*s", SPAN_FMT(why));
	return true;
}

enum err
contacts_parse(struct span in, struct contacts *out)
{
	struct contacts c = { 0 };
	struct reader r;
	uint8_t version;
	uint32_t n;
	bool good = true;

	reader_init(&r, in);
	version = reader_u8(&r);
	n = reader_u32(&r);
	for (uint32_t i = 0; good && i < n && !r.bad; i++)
		good = parse_one(&r, &c);
	if (!good || version != VERSION || reader_check(&r, true) !=
	    ERR_NONE) {
		contacts_release(&c);
		return ERR_DAMAGED;
	}
	*out = c;
	return ERR_NONE;
}
