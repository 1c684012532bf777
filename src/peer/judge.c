/* SPDX-License-Identifier: Apache-2.0
 *
 * Is an entry of another node, or of our own, good? Steps 11 to 18 of the
 * validation order in doc/protocol.md. Its bytes are the origin's own, so
 * what is wrong is the origin's fault: kept, quarantined, shown. The answer
 * depends on the documents, and on the other revisions, that are here: it is
 * asked again when those change (rejudge.c, ids.c).
 */
#include "peer/judge.h"

#include "base/limits.h"
#include "crypto/circle.h"
#include "crypto/jwe.h"
#include "crypto/jws.h"
#include "peer/carrying.h"
#include "peer/circles.h"
#include "peer/ids.h"
#include "peer/rejudge.h"
#include "schema/check.h"

#include <stdarg.h>
#include <stdio.h>

const char judged_no_key[] = "signed by a key that was not in force";

enum {
	AHEAD_S = 300,        /* so far may a clock be ahead */
	BEHIND_S = 24 * 3600  /* and a time behind what was said before */
};

void
judged_condemn(struct judged *j, enum store_body_state state,
    const char *format, ...)
{
	va_list ap;

	j->state = state;
	va_start(ap, format);
	vsnprintf(j->why, sizeof j->why, format, ap);
	va_end(ap);
}

/* Step 12: the key was in force at this index and signed it. */
static bool
check_key(struct hub *h, const struct judge_at *a, struct span team,
    const struct jws *jws, struct judged *j)
{
	struct digest kid = kid_digest(&jws->kid);
	enum key_state state = registry_entry_state(h->parts.registry, team,
	    &kid, a->log->stored.origin, a->index);
	struct sign_public public;
	struct registry_key key;

	if (registry_key_find(h->parts.registry, team, &kid, KEY_ENTRY,
		&key) != ERR_NONE ||
	    (state != KEY_IN_FORCE && state != KEY_VOID)) {
		judged_condemn(j, STORE_BODY_QUARANTINED,
		    "%s", judged_no_key);
		return false;
	}
	public = jwk_sign_public(&key.key->key);
	if (!a->again && !jws_is_signed_by(jws, &public)) {
		judged_condemn(j, STORE_BODY_QUARANTINED,
		    "the signature does not verify");
		return false;
	}
	if (state == KEY_VOID)
		judged_condemn(j, STORE_BODY_VOID, "signed by a revoked key");
	return true;
}

/* Steps 13 and 14: form, kind, place. */
static bool
check_form(struct hub *h, const struct judge_at *a, struct span team,
    const struct jws *jws, struct judged *j)
{
	struct json_val body;
	const struct kind *k;
	struct fault f = { 0 };
	uint64_t level;

	if (entry_parse(jws->payload, &h->turn, &j->entry, &body, &f) !=
	    ERR_NONE) {
		judged_condemn(j, STORE_BODY_QUARANTINED, "%.40s %.100s", f.field,
		    f.rule);
		return false;
	}
	k = kind_find(h->parts.schema, j->entry.kind);
	if (k != NULL && body_check(h->parts.schema, k, body, CHECK_RECEIVED,
			     &h->turn, &f) != ERR_NONE) {
		judged_condemn(j, STORE_BODY_QUARANTINED, "%.40s %.100s", f.field,
		    f.rule);
		return false;
	}
	j->kind = k;
	j->body = body;
	j->urgent = k != NULL && k->notice &&
	    json_u64(json_get(body, "level"), &level) == ERR_NONE &&
	    level >= 4;
	if (!span_is_equal(j->entry.log, a->log->stored.origin) ||
	    !span_is_equal(j->entry.iss, team)) {
		judged_condemn(j, STORE_BODY_QUARANTINED,
		    "it was made for another log or by another team");
		return false;
	}
	if (j->entry.sealed != a->sealed) {
		judged_condemn(j, STORE_BODY_QUARANTINED,
		    "it is sealed where it says open, or the other way");
		return false;
	}
	return true;
}

/* Which team of the audience has the sealing key `kid`; its place, or
 * SIZE_MAX. Recipients stand in the order of the audience: first the team
 * behind the last one that was found is asked, then that one, which may have
 * two keys, then all others. Revoked keys are known too. */
static size_t
reader_of(struct hub *h, const struct entry *e, const struct digest *kid,
    size_t *at)
{
	struct registry_key key;

	for (size_t i = 0; i < e->aud_n; i++) {
		size_t back = i == 1 ? e->aud_n - 1 : i == 0 ? 0 : i - 1;
		size_t k = (*at + back) % e->aud_n;

		if (registry_key_find(h->parts.registry, e->aud[k], kid,
			KEY_ENC, &key) != ERR_NONE)
			continue;
		*at = k + 1;
		return k;
	}
	return SIZE_MAX;
}

static bool
is_strangers(struct hub *h, const struct digest *kid)
{
	const struct team *good[LIMIT_TEAMS];
	struct registry_key key;
	size_t n = registry_good_teams(h->parts.registry, h->now.wall, good,
	    LIMIT_TEAMS);

	for (size_t i = 0; i < n; i++)
		if (registry_key_find(h->parts.registry, good[i]->id, kid,
			KEY_ENC, &key) == ERR_NONE)
			return true;
	return false;
}

/* The recipients are the audience, no more and no less. A key that is in no
 * keyset here may be a newer one of a team whose other keys do not occur. */
static const char *
check_recipients(struct hub *h, const struct entry *e,
    const struct keeper_opened *opened)
{
	bool *seen = arena_alloc(&h->turn, e->aud_n * sizeof *seen);
	size_t at = 0, covered = 0, unknown = 0;

	for (size_t i = 0; i < opened->count; i++) {
		const struct digest *kid = &opened->readers[i];
		size_t team = reader_of(h, e, kid, &at);

		if (team == SIZE_MAX && is_strangers(h, kid))
			return "sealed to a team outside its audience";
		if (team == SIZE_MAX)
			unknown++;
		else if (!seen[team])
			covered++;
		if (team != SIZE_MAX)
			seen[team] = true;
	}
	if (covered == e->aud_n && unknown != 0)
		return "sealed to a key that belongs to nobody";
	if (covered + unknown < e->aud_n)
		return "a team of its audience cannot open it";
	return NULL;
}

/* Step 8: a container says for which log it was made. */
static bool
check_container(struct hub *h, const struct judge_at *a, struct judged *j)
{
	if (a->container.n == 0 || jwe_is_of_log(a->container,
		a->log->stored.origin, &h->turn))
		return true;
	judged_condemn(j, STORE_BODY_QUARANTINED,
	    "its container was made for another log");
	return false;
}

/* Step 15: we are meant, and nobody is who is not named. */
static bool
check_audience(struct hub *h, const struct judge_at *a, struct judged *j)
{
	const char *wrong = NULL;

	if (!a->sealed || a->again)
		return true; /* keys come and go after it was sealed */
	if (!entry_has_reader(&j->entry, h->config.team))
		wrong = "sealed to us but we are not in its audience";
	else if (a->circle != NULL)
		wrong = circles_judge(h, a->log, a->index, a->circle,
		    &j->entry);
	else
		wrong = check_recipients(h, &j->entry, &a->opened);
	if (wrong != NULL)
		judged_condemn(j, STORE_BODY_QUARANTINED, "%s", wrong);
	return wrong == NULL;
}

/* A time that cannot be, by what is known of when it was made: shown, never
 * a reason to refuse. */
static void
flag_time(const struct hub *h, const struct judge_at *a, struct judged *j)
{
	const struct hub_log *l = a->log;

	if (j->entry.iat_s > h->now.wall.ms / 1000 + AHEAD_S)
		snprintf(j->why, sizeof j->why, "%s",
		    "its time is more than five minutes ahead");
	else if (a->index >= l->late_from && l->late_s != 0 &&
	    j->entry.iat_s < (int64_t)l->late_s - BEHIND_S)
		snprintf(j->why, sizeof j->why, "%s",
		    "its time is more than a day before its origin last said "
		    "that nothing newer existed");
}

/* A key that is handed out must be one, and be sealed. */
static bool
check_handed_out(struct hub *h, const struct judge_at *a, struct judged *j)
{
	const char *wrong;

	j->hands_out = span_is_str(j->entry.kind, CIRCLE_KIND);
	if (!j->hands_out)
		return true;
	wrong = circles_judge_key(h, &j->entry, a->opened.jws);
	if (wrong != NULL)
		judged_condemn(j, STORE_BODY_QUARANTINED, "%s", wrong);
	return wrong == NULL;
}

/* Step 17: what it carries, and whether it may be passed on so. */
static bool
check_carried(struct hub *h, const struct judge_at *a, struct judged *j)
{
	struct carrying c;
	bool good;

	if (j->kind == NULL || j->kind->carries == CARRIES_NOTHING)
		return true;
	good = carrying_check(h, a->log, a->index, &j->entry, j->body, j->kind,
	    &c);
	for (size_t i = 0; i < c.place_n; i++) {
		rejudge_with(h, a->log, a->index, c.place[i].log);
		if (good && c.place[i].is_early)
			rejudge_when(h, a->log, a->index, c.place[i].log,
			    c.place[i].index);
	}
	if (!good) {
		judged_condemn(j, c.is_void ? STORE_BODY_VOID :
			STORE_BODY_QUARANTINED, "%s", c.why);
		if (c.is_void || span_is_str(span_str(c.why), carrying_no_key))
			ids_give_up(h, a->log, a->index, &j->entry);
		return false;
	}
	j->urgent = c.urgent;
	j->is_erased = c.is_erased;
	j->by = c.by;
	snprintf(j->why, sizeof j->why, "%s", c.why);
	if (c.is_breach)
		j->alarm = j->why;
	return true;
}

void
judge_text(struct hub *h, const struct judge_at *a, struct judged *j)
{
	struct span text = a->opened.jws;
	struct registry_log found;
	struct span team;
	struct jws jws;
	struct fault f = { 0 };
	const char *why;

	j->state = STORE_BODY_HELD;
	j->digest = hash_sha256(text);
	if (registry_log_find(h->parts.registry, a->log->stored.origin,
		&found) != ERR_NONE) {
		judged_condemn(j, STORE_BODY_QUARANTINED,
		    "its log has no keyset");
		return;
	}
	team = found.team->id;
	if (jws_parse(text, ENTRY_TYP, &h->turn, &jws, &f) != ERR_NONE) {
		judged_condemn(j, STORE_BODY_QUARANTINED, "%.150s", f.rule);
		return;
	}
	if (!check_key(h, a, team, &jws, j) ||
	    !check_form(h, a, team, &jws, j) || !check_container(h, a, j) ||
	    !check_audience(h, a, j) ||
	    !check_handed_out(h, a, j) || j->state != STORE_BODY_HELD)
		return;
	why = ids_claim(h, a->log, a->index, &j->entry, &j->digest);
	if (why != NULL) {
		judged_condemn(j, STORE_BODY_QUARANTINED, "%s", why);
		return;
	}
	if (!check_carried(h, a, j))
		return;
	/* somebody says that something went wrong */
	if (j->kind != NULL && j->kind->alarms)
		j->alarm = arena_string(&h->turn,
		    span_str(j->kind->names.in[LANG_EN]));
	if (j->why[0] == '\0')
		flag_time(h, a, j);
}
