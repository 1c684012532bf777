/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is on watch: whom the roster names; on posts that it does not have, the
 * persons of this node by their roles.
 */
#include "node/escalations_inside.h"

#include "node/rosters.h"

#include <stdio.h>

/* Who stands in where there is no roster. */
static const char *const by_role[POST_COUNT][2] = {
	[POST_FIRST] = { "duty_officer", NULL },
	[POST_SECOND] = { "duty_officer", "analyst" },
	[POST_LEAD] = { "team_lead", NULL },
	[POST_ALTERNATE] = { "policy_contact", "team_lead" },
	[POST_AUTHORITY] = { "national_authority", NULL },
};

struct asked {
	struct service *service;
	enum post post;
	const char *const *named; /* by the roster; NULL: by their roles */
	size_t named_n;
	struct desk_holder *out;
	size_t n, max;
	bool any; /* is there a person at all? */
};

static bool
has_role(struct json_val body, enum post post)
{
	struct json_val roles = json_get(body, "roles");

	for (struct json_val r = json_first(roles); r.type != JSON_ABSENT;
	     r = json_next(roles, r))
		for (size_t i = 0; i < 2; i++)
			if (by_role[post][i] != NULL &&
			    json_is_str(r, by_role[post][i]))
				return true;
	return false;
}

static bool
is_asked(const struct asked *want, struct json_val body, struct span login)
{
	if (want->named == NULL)
		return has_role(body, want->post);
	for (size_t i = 0; i < want->named_n; i++)
		if (span_is_str(login, want->named[i]))
			return true;
	return false;
}

static unsigned
channels_of(struct json_val body, struct arena *a)
{
	struct json_val list = json_get(body, "channels");
	unsigned set = 1U << CHANNEL_SCREEN;
	struct span kind;

	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v))
		if (json_text(json_get(v, "kind"), a, &kind) == ERR_NONE &&
		    channel_find(kind) != CHANNEL_COUNT)
			set |= 1U << channel_find(kind);
	return set;
}

static bool
see_person(void *ctx, const struct index_row *row)
{
	struct asked *want = ctx;
	struct arena a = { 0 };
	struct desk_holder *h = &want->out[want->n];
	struct record r;
	struct span login;

	if (record_read(want->service, row->log, row->index, &a, &r) ==
		ERR_NONE &&
	    json_get(r.body, "active").type != JSON_FALSE) {
		want->any = true;
		if (json_text(json_get(r.body, "login"), &a, &login) ==
			ERR_NONE &&
		    login.n <= DESK_LOGIN && login.n != 0 &&
		    is_asked(want, r.body, login)) {
			*h = (struct desk_holder){
				.channels = channels_of(r.body, &a),
				.on_call = want->named != NULL };
			snprintf(h->person, sizeof h->person, "%.*s",
			    SPAN_FMT(login));
			want->n++;
		}
	}
	arena_release(&a);
	return want->n < want->max;
}

size_t
escalations_holders(void *ctx, enum post post, struct desk_holder *out,
    size_t max)
{
	struct escalations *m = ctx;
	struct service *s = m->service;
	const struct roster *r = rosters_now(s);
	const char *named[DESK_HOLDERS];
	struct asked want = { .service = s, .post = post, .out = out,
		.max = max };

	if (roster_has(r, post)) {
		want.named = named;
		want.named_n = roster_holders(r, post,
		    loop_now(s->loop).wall.ms / 1000, named, DESK_HOLDERS);
	}
	(void)!index_persons(s->index, see_person, &want);
	/* a node without persons is its administrator's alone */
	if (!want.any && post == POST_FIRST && max != 0) {
		*out = (struct desk_holder){
			.channels = 1U << CHANNEL_SCREEN };
		snprintf(out->person, sizeof out->person, "administrator");
		want.n = 1;
	}
	return want.n;
}

unsigned
escalations_posts_of(struct service *s, struct span person)
{
	struct desk_holder h[DESK_HOLDERS];
	unsigned set = 0;

	for (enum post p = 0; p < POST_COUNT; p++) {
		size_t n = escalations_holders(s->escalations, p, h,
		    DESK_HOLDERS);

		for (size_t i = 0; i < n; i++)
			if (span_is_str(person, h[i].person))
				set |= 1U << p;
	}
	return set;
}

struct span
escalations_told(struct service *s, enum told told, struct span silent)
{
	char name[LIMIT_TEAM_NAME + 1];
	const char *found = NULL;

	if (told == TOLD_RECIPIENT)
		return silent;
	if (told == TOLD_SECRETARIAT)
		return span_str(s->config->secretariat);
	snprintf(name, sizeof name, "%.*s", SPAN_FMT(silent));
	found = config_map_find(&s->config->neighbours, name);
	return span_str(found != NULL ? found : "");
}
