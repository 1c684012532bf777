/* SPDX-License-Identifier: Apache-2.0
 *
 * Judging a proposal: the documents in it make a registry of their own, by
 * the very rules of the nodes, and what is proposed must follow from it.
 */
#include "record/proposal.h"

#include "base/limits.h"
#include "record/name.h"

/* What the steps of judging share. */
struct judge {
	const struct proposal *p;
	struct judgement *j;
	struct wall now;
	struct arena *a;
	struct fault *f;
};

static enum err
refuse(const struct judge *g, const char *field, const char *rule)
{
	return fault_at(g->f, ERR_STATE, 0, field, "%s", rule);
}

/* --- the documents in it --- */

/* The charter with the lowest version is what all rests on. */
static enum err
find_root(struct judge *g, struct digest *out)
{
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i < g->p->with_count; i++) {
		struct document d;
		struct charter c;
		enum err e = document_parse(g->p->with[i], g->a, &d, g->f);

		if (e != ERR_NONE)
			return e;
		if (d.kind != DOCUMENT_CHARTER)
			continue;
		e = charter_parse(&d, g->a, &c, g->f);
		if (e != ERR_NONE)
			return e;
		if (c.version < least) {
			least = c.version;
			*out = d.hash;
		}
	}
	return least != UINT64_MAX ? ERR_NONE :
	    refuse(g, "with", "no charter is with it");
}

static enum err
take_documents(struct judge *g)
{
	bool done[LIMIT_PROPOSAL_WITH] = { false };
	size_t left = g->p->with_count;
	bool more = true;

	while (left != 0 && more) {
		more = false;
		for (size_t i = 0; i < g->p->with_count; i++) {
			enum registry_result r;

			if (done[i])
				continue;
			r = registry_offer(g->j->registry, g->p->with[i],
			    g->f);
			if (r == REGISTRY_UNVERIFIABLE)
				continue;
			if (r > REGISTRY_OLDER)
				return ERR_SIGNATURE; /* `f` says why */
			done[i] = more = true;
			left--;
		}
	}
	return left == 0 ? ERR_NONE : ERR_SIGNATURE;
}

/* The document of this kind (and team) in the registry's view. */
static enum err
read_held(struct judge *g, enum document_kind kind, struct span team,
    bool *found)
{
	const struct registry *r = g->j->registry;
	struct document d;
	enum err e;

	*found = false;
	for (size_t i = registry_document_count(r); i > 0; i--) {
		struct registry_document held = registry_document_at(r,
		    i - 1);

		if (held.kind != kind || !span_is_equal(held.team, team))
			continue;
		e = document_parse(held.bytes, g->a, &d, g->f);
		if (e == ERR_NONE)
			e = parsed_read(&d, registry_domain(r), g->a,
			    &g->j->before, g->f);
		*found = e == ERR_NONE;
		return e;
	}
	return ERR_NONE;
}

/* --- who must sign --- */

static void
add_charter(struct judge *g, const struct charter *c, unsigned need)
{
	struct electorate *e =
	    &g->j->electorate[g->j->electorate_count++];

	e->charter = c->version;
	e->need = need;
	e->count = c->authority_count;
	e->elector = arena_alloc(g->a, e->count * sizeof *e->elector);
	for (size_t i = 0; i < e->count; i++) {
		e->elector[i].name = c->authorities[i].name;
		e->elector[i].key = &c->authorities[i].key;
	}
}

static void
add_identity(struct judge *g, const struct team *t)
{
	struct electorate *e =
	    &g->j->electorate[g->j->electorate_count++];

	e->need = e->count = 1;
	e->elector = arena_alloc(g->a, sizeof *e->elector);
	e->elector->name = t->id;
	e->elector->key = &t->identity;
}

static void
count_signers(struct judge *g)
{
	struct judgement *j = g->j;

	j->is_complete = true;
	for (size_t i = 0; i < j->electorate_count; i++) {
		struct electorate *e = &j->electorate[i];

		for (size_t k = 0; e->elector != NULL && k < e->count; k++) {
			struct elector *who = &e->elector[k];

			who->kid = jwk_thumbprint(who->key);
			who->has_signed = document_signers(&g->p->doc,
			    &who->key, 1, NULL) == 1;
			e->have += who->has_signed;
		}
		j->is_complete = j->is_complete && e->have >= e->need;
	}
}

/* --- the rules of succession --- */

/* After a re-founding what was before does not verify any more. */
static bool
is_refounded(const struct judge *g)
{
	return registry_document_count(g->j->registry) != 0 &&
	    registry_document_at(g->j->registry, 0).version > 1;
}

static enum err
check_follows(struct judge *g, uint64_t version, const struct digest *prev,
    uint64_t old)
{
	if (!g->j->has_before)
		return version == 1 || is_refounded(g) ? ERR_NONE :
		    refuse(g, "version",
		    "the document before it is not with it");
	if (version != old + 1)
		return fault_at(g->f, ERR_STATE, 0, "version",
		    "version %llu does not follow version %llu",
		    (unsigned long long)version, (unsigned long long)old);
	if (!digest_is_equal(prev, &g->j->before.doc.hash))
		return refuse(g, "prev",
		    "prev is not the hash of the document before it");
	return ERR_NONE;
}

static enum err
check_date(struct judge *g, int64_t expires_s)
{
	return g->now.ms < expires_s * 1000 ? ERR_NONE :
	    refuse(g, "expires", "it would be past its date already");
}

static enum err
check_charter_hash(struct judge *g, const struct digest *charter)
{
	const struct registry *r = g->j->registry;
	struct registry_document newest = { 0 };

	for (size_t i = 0; i < registry_document_count(r); i++) {
		struct registry_document d = registry_document_at(r, i);

		if (d.kind == DOCUMENT_CHARTER)
			newest = d;
	}
	return digest_is_equal(&newest.hash, charter) ? ERR_NONE :
	    refuse(g, "charter", "it does not stand under the newest charter");
}

static enum err
judge_charter(struct judge *g)
{
	const struct charter *c = &g->j->what.u.charter;
	const struct charter *old = &g->j->before.u.charter;
	enum err e = check_date(g, c->expires_s);

	/* alone it founds a network, or founds one anew */
	if (e == ERR_NONE && g->j->has_before)
		e = check_follows(g, c->version, &c->prev, old->version);
	if (e != ERR_NONE)
		return e;
	if (g->j->has_before) {
		if (!span_is_equal(c->domain, old->domain))
			return refuse(g, "domain",
			    "the domain is fixed by the first charter");
		add_charter(g, old, old->k_charter);
	}
	add_charter(g, c, c->k_charter);
	return ERR_NONE;
}

/* Under documents past their date nothing is added: they are renewed first. */
static enum err
check_added(struct judge *g, const struct register_doc *r)
{
	const struct register_doc *old = registry_register(g->j->registry);

	if (old == NULL || registry_may_add(g->j->registry, g->now))
		return ERR_NONE;
	for (size_t i = 0; i < r->team_count; i++) {
		const struct team *t = &r->teams[i];
		const struct team *was = register_find(old, t->id);

		if (t->status == TEAM_MEMBER &&
		    (was == NULL || was->status != TEAM_MEMBER))
			return fault_at(g->f, ERR_STATE, 0, "teams",
			    "%.*s cannot be added: charter or register has "
			    "expired; renew it first", SPAN_FMT(t->id));
	}
	return ERR_NONE;
}

static enum err
judge_register(struct judge *g)
{
	const struct register_doc *r = &g->j->what.u.reg;
	const struct charter *c = registry_charter(g->j->registry);
	enum err e = check_charter_hash(g, &r->charter);

	if (e == ERR_NONE)
		e = check_follows(g, r->version, &r->prev,
		    g->j->before.u.reg.version);
	if (e == ERR_NONE)
		e = check_date(g, r->expires_s);
	if (e == ERR_NONE)
		e = check_added(g, r);
	if (e == ERR_NONE)
		add_charter(g, c, c->k_register);
	return e;
}

static enum err
judge_designations(struct judge *g)
{
	const struct designations *s = &g->j->what.u.designations;
	const struct charter *c = registry_charter(g->j->registry);
	enum err e = check_charter_hash(g, &s->charter);

	if (e == ERR_NONE)
		e = check_follows(g, s->version, &s->prev,
		    g->j->before.u.designations.version);
	if (e == ERR_NONE)
		add_charter(g, c, c->k_register);
	return e;
}

static enum err
judge_suspension(struct judge *g)
{
	const struct suspension *s = &g->j->what.u.suspension;
	const struct charter *c = registry_charter(g->j->registry);
	const struct registry *r = g->j->registry;

	if (registry_register(r) == NULL || !g->j->has_before ||
	    !digest_is_equal(&s->register_hash, &g->j->before.doc.hash))
		return refuse(g, "register",
		    "it does not name the newest register");
	if (register_find(registry_register(r), s->team) == NULL)
		return refuse(g, "team", "the team is not in the register");
	add_charter(g, c, c->k_suspend);
	return check_date(g, s->until_s);
}

/* Nothing that was revoked or closed comes back. */
static enum err
check_kept(struct judge *g, const struct keyset *k, const struct keyset *old)
{
	for (size_t i = 0; i < old->revoked_count; i++)
		if (keyset_revoked_find(k, &old->revoked[i].kid) == NULL)
			return refuse(g, "revoked",
			    "a revocation of the keyset before is missing");
	for (size_t i = 0; i < old->log_count; i++) {
		const struct keyset_log *l = keyset_log_find(k,
		    old->logs[i].origin);

		if (l == NULL || (old->logs[i].closed &&
		    (!l->closed || l->size != old->logs[i].size)))
			return refuse(g, "logs",
			    "a log of the keyset before is missing or opened "
			    "again");
	}
	return ERR_NONE;
}

static enum err
judge_keyset(struct judge *g)
{
	const struct keyset *k = &g->j->what.u.keyset;
	const struct keyset *old = &g->j->before.u.keyset;
	const struct team *t = registry_team(g->j->registry, k->team);
	enum err e;

	if (t == NULL)
		return refuse(g, "team", "the team is not in the register");
	add_identity(g, t);
	/* the identity may be new: then the old keyset is not in the view */
	if (!g->j->has_before)
		return ERR_NONE;
	e = check_follows(g, k->version, &k->prev, old->version);
	return e != ERR_NONE ? e : check_kept(g, k, old);
}

/* --- all of it --- */

static enum err
read_all(struct judge *g)
{
	static const enum document_kind before[DOCUMENT_KIND_COUNT] = {
		[DOCUMENT_CHARTER] = DOCUMENT_CHARTER,
		[DOCUMENT_REGISTER] = DOCUMENT_REGISTER,
		[DOCUMENT_SUSPENSION] = DOCUMENT_REGISTER,
		[DOCUMENT_KEYSET] = DOCUMENT_KEYSET,
		[DOCUMENT_DESIGNATIONS] = DOCUMENT_DESIGNATIONS,
	};
	struct judgement *j = g->j;
	const struct document *d = &g->p->doc;
	bool is_first = d->kind == DOCUMENT_CHARTER && g->p->with_count == 0;
	enum err e = ERR_NONE;

	if (!is_first)
		e = find_root(g, &j->root);
	else
		j->root = d->hash;
	if (e != ERR_NONE)
		return e;
	j->registry = registry_create(&j->root, NULL, 0);
	e = take_documents(g);
	if (e == ERR_NONE)
		e = parsed_read(d, registry_domain(j->registry), g->a,
		    &j->what, g->f);
	if (e == ERR_NONE)
		e = read_held(g, before[d->kind], d->kind == DOCUMENT_KEYSET ?
		    j->what.u.keyset.team : span_of(NULL, 0), &j->has_before);
	return e;
}

enum err
proposal_judge(const struct proposal *p, struct wall now, struct arena *a,
    struct judgement *out, struct fault *f)
{
	static enum err (*const judges[DOCUMENT_KIND_COUNT])(
	    struct judge *) = {
		[DOCUMENT_CHARTER] = judge_charter,
		[DOCUMENT_REGISTER] = judge_register,
		[DOCUMENT_SUSPENSION] = judge_suspension,
		[DOCUMENT_KEYSET] = judge_keyset,
		[DOCUMENT_DESIGNATIONS] = judge_designations,
	};
	struct judgement j = { 0 };
	struct fault none = { 0 };
	struct judge g = { p, &j, now, a, f != NULL ? f : &none };
	enum err e = p->doc.kind == DOCUMENT_EPOCH ?
	    refuse(&g, "kind", "no holder signs such a document") :
	    read_all(&g);

	if (e == ERR_NONE)
		e = judges[p->doc.kind](&g);
	if (e != ERR_NONE) {
		registry_free(j.registry);
		return e;
	}
	count_signers(&g);
	*out = j;
	return ERR_NONE;
}

void
judgement_release(struct judgement *j)
{
	registry_free(j->registry);
	*j = (struct judgement){ 0 };
}

const struct elector *
judgement_find(const struct judgement *j, const struct digest *kid)
{
	for (size_t i = 0; i < j->electorate_count; i++)
		for (size_t k = 0; k < j->electorate[i].count; k++)
			if (digest_is_equal(&j->electorate[i].elector[k].kid,
			    kid))
				return &j->electorate[i].elector[k];
	return NULL;
}
