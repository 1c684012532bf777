/* SPDX-License-Identifier: Apache-2.0
 *
 * Differences between documents of charter, register, suspension and
 * designations. Keysets are in diff_keyset.c.
 */
#include "record/diff_private.h"

void
diff_put(struct difference_list *l, struct difference d)
{
	struct difference *bigger;

	if (l->count == l->cap) {
		l->cap = l->cap * 2 + 16;
		bigger = arena_alloc(l->a, l->cap * sizeof *bigger);
		if (l->count != 0)
			memcpy(bigger, l->row, l->count * sizeof *bigger);
		l->row = bigger;
	}
	l->row[l->count++] = d;
}

static void
put_key(struct difference_list *l, enum diff_what what, struct span subject,
    struct span after, const struct jwk *key)
{
	diff_put(l, (struct difference){ .what = what, .subject = subject,
	    .after = after, .kid = jwk_thumbprint(key), .has_kid = true });
}

static void
put_numbers(struct difference_list *l, enum diff_what what, uint64_t before,
    uint64_t after)
{
	if (before != after)
		diff_put(l, (struct difference){ .what = what,
		    .number_before = before, .number_after = after });
}

/* --- charter --- */

static const struct authority *
authority_find(const struct charter *c, struct span name)
{
	for (size_t i = 0; i < c->authority_count; i++)
		if (span_is_equal(c->authorities[i].name, name))
			return &c->authorities[i];
	return NULL;
}

/* Those of `c` whose name is not in `other`. */
static size_t
authorities_only(const struct charter *c, const struct charter *other,
    const struct authority **out)
{
	size_t n = 0;

	for (size_t i = 0; i < c->authority_count; i++)
		if (authority_find(other, c->authorities[i].name) == NULL)
			out[n++] = &c->authorities[i];
	return n;
}

static void
diff_authorities(const struct charter *old, const struct charter *new,
    struct difference_list *l)
{
	const struct authority *gone[LIMIT_DOCUMENT_SIGNATURES],
	    *come[LIMIT_DOCUMENT_SIGNATURES];
	size_t n_gone = authorities_only(old, new, gone);
	size_t n_come = authorities_only(new, old, come);

	if (n_gone == 1 && n_come == 1) {
		put_key(l, DIFF_AUTHORITY_REPLACED, gone[0]->name,
		    come[0]->name, &come[0]->key);
	} else {
		for (size_t i = 0; i < n_gone; i++)
			diff_put(l, (struct difference){
			    .what = DIFF_AUTHORITY_GONE,
			    .subject = gone[i]->name });
		for (size_t i = 0; i < n_come; i++)
			put_key(l, DIFF_AUTHORITY_NEW, come[i]->name,
			    span_of(NULL, 0), &come[i]->key);
	}
	for (size_t i = 0; i < new->authority_count; i++) {
		const struct authority *a = &new->authorities[i];
		const struct authority *was = authority_find(old, a->name);
		struct digest x, y;

		if (was == NULL)
			continue;
		x = jwk_thumbprint(&was->key);
		y = jwk_thumbprint(&a->key);
		if (!digest_is_equal(&x, &y))
			put_key(l, DIFF_AUTHORITY_KEY, a->name,
			    span_of(NULL, 0), &a->key);
	}
}

static void
diff_charter(const struct charter *old, const struct charter *new,
    struct difference_list *l)
{
	diff_authorities(old, new, l);
	put_numbers(l, DIFF_K_CHARTER, old->k_charter, new->k_charter);
	put_numbers(l, DIFF_K_REGISTER, old->k_register, new->k_register);
	put_numbers(l, DIFF_K_SUSPEND, old->k_suspend, new->k_suspend);
	put_numbers(l, DIFF_EXPIRES, (uint64_t)old->expires_s,
	    (uint64_t)new->expires_s);
}

/* --- register --- */

static bool
has_same_roles(const struct team *a, const struct team *b)
{
	if (a->role_count != b->role_count)
		return false;
	for (size_t i = 0; i < a->role_count; i++)
		if (!span_is_equal(a->roles[i], b->roles[i]))
			return false;
	return true;
}

static void
diff_team(const struct team *old, const struct team *new,
    struct difference_list *l)
{
	struct digest x = jwk_thumbprint(&old->identity);
	struct digest y = jwk_thumbprint(&new->identity);

	if (!digest_is_equal(&x, &y))
		put_key(l, DIFF_TEAM_IDENTITY, new->id, span_of(NULL, 0),
		    &new->identity);
	if (old->status != new->status)
		diff_put(l, (struct difference){ .what =
		    new->status == TEAM_MEMBER ? DIFF_TEAM_BACK :
		    DIFF_TEAM_FORMER, .subject = new->id });
	if (!span_is_equal(old->state, new->state))
		diff_put(l, (struct difference){ .what = DIFF_TEAM_STATE,
		    .subject = new->id, .before = old->state,
		    .after = new->state });
	if (!has_same_roles(old, new))
		diff_put(l, (struct difference){ .what = DIFF_TEAM_ROLES,
		    .subject = new->id });
}

static const struct suspended *
suspended_find(const struct register_doc *r, struct span team)
{
	for (size_t i = 0; i < r->suspended_count; i++)
		if (span_is_equal(r->suspended[i].team, team))
			return &r->suspended[i];
	return NULL;
}

static void
diff_suspended(const struct register_doc *old, const struct register_doc *new,
    struct difference_list *l)
{
	for (size_t i = 0; i < new->suspended_count; i++) {
		const struct suspended *s = &new->suspended[i];
		const struct suspended *was = suspended_find(old, s->team);

		if (was != NULL && was->until_s == s->until_s &&
		    span_is_equal(was->reason, s->reason))
			continue;
		diff_put(l, (struct difference){ .what = was == NULL ?
		    DIFF_SUSPENDED : DIFF_SUSPENSION_CHANGED,
		    .subject = s->team, .after = s->reason,
		    .number_after = (uint64_t)s->until_s });
	}
	for (size_t i = 0; i < old->suspended_count; i++)
		if (suspended_find(new, old->suspended[i].team) == NULL)
			diff_put(l, (struct difference){
			    .what = DIFF_RESUMED,
			    .subject = old->suspended[i].team });
}

static void
diff_register(const struct register_doc *old, const struct register_doc *new,
    struct difference_list *l)
{
	for (size_t i = 0; i < old->team_count; i++)
		if (register_find(new, old->teams[i].id) == NULL)
			diff_put(l, (struct difference){
			    .what = DIFF_TEAM_GONE,
			    .subject = old->teams[i].id });
	for (size_t i = 0; i < new->team_count; i++) {
		const struct team *t = &new->teams[i];
		const struct team *was = register_find(old, t->id);

		if (was != NULL)
			diff_team(was, t, l);
		else
			put_key(l, DIFF_TEAM_NEW, t->id, t->state,
			    &t->identity);
	}
	diff_suspended(old, new, l);
	if (old->version != 0 && !digest_is_equal(&old->charter,
	    &new->charter))
		diff_put(l, (struct difference){ .what = DIFF_CHARTER });
	put_numbers(l, DIFF_EXPIRES, (uint64_t)old->expires_s,
	    (uint64_t)new->expires_s);
}

/* --- designations --- */

static void
diff_designation(const struct designation *old, const struct designation *new,
    struct difference_list *l)
{
	if (!span_is_equal(old->instrument, new->instrument) ||
	    !span_is_equal(old->authority, new->authority) ||
	    !span_is_equal(old->note, new->note) ||
	    !span_is_equal(old->state, new->state) ||
	    old->issued_s != new->issued_s)
		diff_put(l, (struct difference){
		    .what = DIFF_DESIGNATION_CHANGED, .subject = new->team,
		    .before = old->instrument, .after = new->instrument });
	if (old->review_s != new->review_s)
		diff_put(l, (struct difference){ .what = DIFF_REVIEW,
		    .subject = new->team,
		    .number_before = (uint64_t)old->review_s,
		    .number_after = (uint64_t)new->review_s });
	if (old->dissemination != new->dissemination)
		diff_put(l, (struct difference){ .what = DIFF_DISSEMINATION,
		    .subject = new->team,
		    .before = span_str(dissemination_token(
		    old->dissemination)),
		    .after = span_str(dissemination_token(
		    new->dissemination)) });
}

static void
diff_designations(const struct designations *old,
    const struct designations *new, struct difference_list *l)
{
	for (size_t i = 0; i < old->count; i++)
		if (designations_find(new, old->list[i].team) == NULL)
			diff_put(l, (struct difference){
			    .what = DIFF_DESIGNATION_ENDED,
			    .subject = old->list[i].team });
	for (size_t i = 0; i < new->count; i++) {
		const struct designation *d = &new->list[i];
		const struct designation *was = designations_find(old,
		    d->team);

		if (was != NULL)
			diff_designation(was, d, l);
		else
			diff_put(l, (struct difference){
			    .what = DIFF_DESIGNATED, .subject = d->team,
			    .before = d->authority, .after = d->instrument,
			    .number_after = (uint64_t)d->review_s });
	}
}

enum err
diff_documents(const struct parsed *old, const struct parsed *new,
    struct difference_list *out)
{
	static const struct parsed nothing;

	if (old != NULL && new->doc.kind != DOCUMENT_SUSPENSION &&
	    old->doc.kind != new->doc.kind)
		return ERR_CONFLICT;
	if (old == NULL)
		old = &nothing;
	switch (new->doc.kind) {
	case DOCUMENT_CHARTER:
		diff_charter(&old->u.charter, &new->u.charter, out);
		break;
	case DOCUMENT_REGISTER:
		diff_register(&old->u.reg, &new->u.reg, out);
		break;
	case DOCUMENT_SUSPENSION:
		diff_put(out, (struct difference){ .what = DIFF_SUSPENDED,
		    .subject = new->u.suspension.team,
		    .after = new->u.suspension.reason,
		    .number_after = (uint64_t)new->u.suspension.until_s });
		break;
	case DOCUMENT_KEYSET:
		diff_keyset(&old->u.keyset, &new->u.keyset, out);
		break;
	case DOCUMENT_DESIGNATIONS:
		diff_designations(&old->u.designations,
		    &new->u.designations, out);
		break;
	case DOCUMENT_EPOCH: /* a node signs it, not people */
	case DOCUMENT_KIND_COUNT:
		break;
	}
	return ERR_NONE;
}
