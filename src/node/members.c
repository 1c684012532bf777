/* SPDX-License-Identifier: Apache-2.0
 *
 * What the node does when the register documents or the pins say something new
 * about members: begin again with the keys that its own keyset now lists, ask
 * the operator to confirm an identity, and warn of dates that come near.
 */
#include "base/log.h"
#include "node/control.h"
#include "node/documents.h"
#include "node/service_inside.h"
#include "record/fingerprint.h"

#include <stdlib.h>

enum {
	RENEW_MS = 1500, /* for the others to have the keyset before */
	DAY_MS = 24 * 3600 * 1000
};

static void
tell(struct service *s, struct span team, const char *text)
{
	struct hub_event e = { .type = HUB_ALARM, .team = team,
		.err = ERR_STATE, .text = text };

	log_event(LOG_WARNING, "member", log_span("team", team),
	    log_str("text", text));
	if (s->control != NULL)
		control_tell(s->control, &e);
}

/* --- the own keys --- */

struct digest
members_own_keyset(const struct service *s)
{
	struct digest none = { { 0 } };

	for (size_t i = 0; i < registry_document_count(s->registry); i++) {
		struct registry_document d =
		    registry_document_at(s->registry, i);

		if (d.kind == DOCUMENT_KEYSET &&
		    span_is_equal(d.team, s->own_team))
			return d.hash;
	}
	return none;
}

/* The keeper reads its keys once: to take new ones the pair begins again. Not
 * at once, so that those who are linked know the new keys before they see
 * them. */
static void
on_renew(void *ctx)
{
	struct service *s = ctx;

	log_event(LOG_NOTICE, "service.renew",
	    log_str("why", "the own keyset has changed"));
	s->is_renewed = true;
	service_stop(s);
}

static void
look_at_own(struct service *s)
{
	struct digest now = members_own_keyset(s);

	if (digest_is_equal(&now, &s->own_keyset))
		return;
	s->own_keyset = now;
	loop_timer_start(s->renew, RENEW_MS, 0);
}

/* --- the own standing --- */

static bool
is_suspended(const struct service *s, int64_t *until_s)
{
	struct registry_warning w[LIMIT_TEAMS];
	struct wall now = loop_now(s->loop).wall;
	const struct team *t = registry_team(s->registry, s->own_team);
	size_t n = registry_warnings(s->registry, now, w, LIMIT_TEAMS);

	*until_s = 0;
	if (t == NULL || t->status != TEAM_MEMBER ||
	    registry_is_good(s->registry, s->own_team, now))
		return false;
	for (size_t i = 0; i < n; i++)
		if (w[i].kind == DOCUMENT_SUSPENSION &&
		    span_is_equal(w[i].team, s->own_team))
			*until_s = w[i].expires_s;
	return true;
}

enum standing
members_standing(const struct service *s, int64_t *until_s)
{
	const struct team *t = registry_team(s->registry, s->own_team);

	if (is_suspended(s, until_s))
		return STANDING_SUSPENDED;
	if (registry_register(s->registry) == NULL ||
	    (t != NULL && t->status == TEAM_MEMBER))
		return STANDING_GOOD;
	return t == NULL ? STANDING_UNLISTED : STANDING_REMOVED;
}

const char *
members_standing_word(enum standing s)
{
	static const char *const words[] = { [STANDING_GOOD] = "good",
		[STANDING_SUSPENDED] = "suspended",
		[STANDING_REMOVED] = "removed",
		[STANDING_UNLISTED] = "unlisted" };

	return words[s];
}

static void
look_at_standing(struct service *s)
{
	static const char *const texts[] = {
		[STANDING_GOOD] = "this team is in good standing again",
		[STANDING_SUSPENDED] = "this team is suspended: no node links "
		    "with it until that ends; almenara network show",
		[STANDING_REMOVED] = "this team was removed from the register: "
		    "no node links with it; ask the holders of authority, "
		    "almenara network show",
		[STANDING_UNLISTED] = "this team is not in the register: no "
		    "node links with it; almenara network show" };
	int64_t until_s;
	enum standing now = members_standing(s, &until_s);

	if (now == s->standing)
		return;
	s->standing = now;
	tell(s, s->own_team, texts[now]);
}

/* --- confirmation --- */

static bool
was_asked(struct service *s, const struct digest *kid)
{
	for (size_t i = 0; i < s->asked_n; i++)
		if (digest_is_equal(&s->asked[i], kid))
			return true;
	return false;
}

bool
members_wants_confirmation(const struct service *s, const struct team *t)
{
	return t->status == TEAM_MEMBER &&
	    !span_is_equal(t->id, s->own_team) &&
	    registry_team(s->registry, t->id) != NULL &&
	    !registry_is_confirmed(s->registry, t->id);
}

static void
ask(struct service *s)
{
	const struct register_doc *r = registry_register(s->registry);

	for (size_t i = 0; r != NULL && i < r->team_count; i++) {
		const struct team *t = &r->teams[i];
		struct digest kid = jwk_thumbprint(&t->identity);

		if (!members_wants_confirmation(s, t) ||
		    was_asked(s, &kid) || s->asked_n == LIMIT_TEAMS)
			continue;
		s->asked[s->asked_n++] = kid;
		tell(s, t->id, "confirmation wanted: compare its fingerprint "
		    "by voice, then almenara pin accept");
	}
}

/* --- dates --- */

static void
on_daily(void *ctx)
{
	struct service *s = ctx;
	struct registry_warning w[LIMIT_TEAMS];
	size_t n = registry_warnings(s->registry, loop_now(s->loop).wall, w,
	    LIMIT_TEAMS);
	char text[128], until[INSTANT_TEXT_MAX];

	for (size_t i = 0; i < n; i++) {
		wall_write((struct wall){ w[i].expires_s * 1000 }, until);
		snprintf(text, sizeof text, "%s: %s %s",
		    document_kind_token(w[i].kind), w[i].expired ?
		    "past its date since" : "until", until);
		tell(s, w[i].team, text);
	}
}

/* --- all --- */

void
members_start(struct service *s)
{
	s->renew = loop_timer_create(s->loop, on_renew, s);
	s->daily = loop_timer_create(s->loop, on_daily, s);
	s->own_keyset = members_own_keyset(s);
	look_at_standing(s);
	ask(s);
	loop_timer_start(s->daily, 0, DAY_MS);
}

void
members_stop(struct service *s)
{
	loop_timer_free(s->renew);
	loop_timer_free(s->daily);
}

void
members_changed(struct service *s)
{
	if (s->renew == NULL || s->is_stopping)
		return; /* opening */
	look_at_own(s);
	look_at_standing(s);
	ask(s);
}
