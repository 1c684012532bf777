/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is on watch: who has taken the post, and whom the roster names; on posts
 * of which neither is so, the persons of this node by their roles.
 */
#include "node/escalations_inside.h"

#include "node/duties.h"
#include "node/rosters.h"
#include "node/zone_file.h"
#include "watch/hours.h"

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
	const char *const *named; /* by turn and roster; NULL: by role */
	size_t named_n;
	struct desk_holder *out;
	size_t n, max;
	bool any;     /* is there a person at all? */
	bool is_kept; /* the post is: who has it is to be there */
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
quiet_hours(struct json_val body, struct arena *a, struct hours *h,
    const struct zone **z)
{
	struct json_val q = json_get(body, "quiet");
	struct span from, until, name;

	return json_text(json_get(q, "from"), a, &from) == ERR_NONE &&
	    json_text(json_get(q, "until"), a, &until) == ERR_NONE &&
	    json_text(json_get(q, "zone"), a, &name) == ERR_NONE &&
	    hours_parse(from, until, h, NULL) == ERR_NONE &&
	    zone_file_load(name, a, z, NULL) == ERR_NONE;
}

/* Hours that cannot be read are none: in doubt it is day. */
bool
escalations_is_quiet(struct service *s, struct json_val body, struct arena *a)
{
	const struct zone *z;
	struct hours h;

	return quiet_hours(body, a, &h, &z) &&
	    hours_has(&h, z, loop_now(s->loop).wall.ms / 1000);
}

bool
escalations_quiet_ends(struct json_val body, int64_t at_s, struct arena *a,
    int64_t *out)
{
	const struct zone *z;
	struct hours h;

	if (!quiet_hours(body, a, &h, &z))
		return false;
	*out = hours_next_end(&h, z, at_s);
	return true;
}

static void
fill(struct asked *want, struct json_val body, struct span login,
    struct arena *a)
{
	struct desk_holder *h = &want->out[want->n++];

	*h = (struct desk_holder){ .channels = channels_of(body, a),
		.is_quiet = escalations_is_quiet(want->service, body, a),
		.on_call = want->named != NULL };
	snprintf(h->person, sizeof h->person, "%.*s", SPAN_FMT(login));
	h->is_absent = (want->is_kept || duties_keeps(want->service,
	    h->person)) && duties_presence(want->service, h->person) ==
	    PRESENCE_NONE;
}

static bool
see_person(void *ctx, const struct index_row *row)
{
	struct asked *want = ctx;
	struct arena a = { 0 };
	struct record r;
	struct span login;

	if (record_read(want->service, row->log, row->index, &a, &r) ==
		ERR_NONE &&
	    json_get(r.body, "active").type != JSON_FALSE) {
		want->any = true;
		if (json_text(json_get(r.body, "login"), &a, &login) ==
			ERR_NONE &&
		    login.n <= DESK_LOGIN && login.n != 0 &&
		    is_asked(want, r.body, login))
			fill(want, r.body, login, &a);
	}
	arena_release(&a);
	return want->n < want->max;
}

/* By turn, and by the roster unless it names the same; SIZE_MAX if neither
 * has the post. */
static size_t
find_named(struct service *s, enum post post, const char **out, size_t max)
{
	const struct roster *r = rosters_now(s);
	const char *by_roster[DESK_HOLDERS];
	size_t n = duties_holders(s, post, out, max), k = 0;
	bool is_known;

	if (n == 0 && !roster_has(r, post))
		return SIZE_MAX;
	if (roster_has(r, post))
		k = roster_holders(r, post, loop_now(s->loop).wall.ms / 1000,
		    by_roster, DESK_HOLDERS);
	for (size_t i = 0; i < k && n < max; i++) {
		is_known = duties_relieved(s, post, by_roster[i]);
		for (size_t j = 0; j < n; j++)
			is_known |= strcmp(out[j], by_roster[i]) == 0;
		if (!is_known)
			out[n++] = by_roster[i];
	}
	return n;
}

size_t
escalations_holders(void *ctx, enum post post, struct desk_holder *out,
    size_t max)
{
	struct escalations *m = ctx;
	struct service *s = m->service;
	const char *named[DESK_HOLDERS];
	struct asked want = { .service = s, .post = post, .out = out,
		.max = max };
	size_t n = find_named(s, post, named, DESK_HOLDERS);

	if (n != SIZE_MAX) {
		want.named = named;
		want.named_n = n;
		want.is_kept = true;
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

size_t
escalations_people(struct service *s, enum post post,
    struct desk_holder *out, size_t max)
{
	return s->escalations != NULL ?
	    escalations_holders(s->escalations, post, out, max) : 0;
}

bool
escalations_find_person(struct escalations *m, const char *person,
    struct desk_holder *out)
{
	const char *named[] = { person };
	struct asked want = { .service = m->service, .out = out, .max = 1,
		.named = named, .named_n = 1 };

	(void)!index_persons(m->service->index, see_person, &want);
	return want.n == 1;
}

bool
escalations_has_role(struct service *s, enum post post, struct span person)
{
	struct arena a = { 0 };
	struct index_row row;
	struct record r;
	bool has = index_person_by_user(s->index, person, &a, &row) ==
		ERR_NONE &&
	    record_read(s, row.log, row.index, &a, &r) == ERR_NONE &&
	    has_role(r.body, post);

	arena_release(&a);
	return has;
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
