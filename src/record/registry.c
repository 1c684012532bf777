/* SPDX-License-Identifier: Apache-2.0
 *
 * The registry: which of the documents offered count. What the resulting
 * view answers is in registry_find.c.
 */
#include "record/registry.h"

#include "base/mem.h"
#include "record/registry_private.h"

struct registry *
registry_create(const struct digest *root, const struct pin *pins,
    size_t pin_count)
{
	struct registry *r = mem_alloc(sizeof *r);

	r->root = *root;
	registry_set_pins(r, pins, pin_count);
	return r;
}

void
registry_set_pins(struct registry *r, const struct pin *pins, size_t n)
{
	arena_release(&r->pin_text);
	free(r->pins);
	r->pins = mem_array(n, sizeof *r->pins);
	r->pin_count = n;
	r->refused = 0;
	for (size_t i = 0; i < n; i++) {
		r->pins[i] = pins[i];
		r->pins[i].team = arena_copy(&r->pin_text, pins[i].team);
		r->refused += pins[i].verdict == PIN_REFUSE;
	}
}

void
registry_held_free(struct held *h)
{
	if (h == NULL)
		return;
	arena_release(&h->arena);
	free(h);
}

void
registry_free(struct registry *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->charter_count; i++)
		registry_held_free(r->charters[i]);
	for (size_t i = 0; i < r->keyset_count; i++)
		registry_held_free(r->keysets[i]);
	for (size_t i = 0; i < r->parked_count; i++)
		registry_held_free(r->parked[i]);
	for (size_t i = 0; i < r->suspension_count; i++)
		registry_held_free(r->suspensions[i]);
	for (size_t i = 0; i < r->epoch_count; i++)
		registry_held_free(r->epochs[i]);
	registry_held_free(r->reg);
	registry_held_free(r->designations);
	arena_release(&r->view_mem);
	arena_release(&r->pin_text);
	free(r->pins);
	free(r);
}

/* The first alarms stay: a flood of later ones must not push them out. The
 * same pair is noted once, whichever of the two came first. */
void
registry_alarm(struct registry *r, enum document_kind kind, uint64_t version,
    const struct digest *held, const struct digest *other, const char *text)
{
	struct registry_alarm *alarm;

	for (size_t i = 0; i < r->alarm_count; i++)
		if (digest_is_equal(&r->alarms[i].other, other) &&
		    digest_is_equal(&r->alarms[i].held, held))
			return;
	if (r->alarm_count == REGISTRY_ALARMS)
		return;
	alarm = &r->alarms[r->alarm_count++];
	alarm->kind = kind;
	alarm->version = version;
	alarm->held = *held;
	alarm->other = *other;
	snprintf(alarm->text, sizeof alarm->text, "%s", text);
}

static void
raise_alarm(struct registry *r, enum document_kind kind, uint64_t version,
    const struct digest *held, const struct digest *other,
    struct span team)
{
	char text[REGISTRY_ALARM_TEXT];

	snprintf(text, sizeof text,
	    "two different payloads of %s%s%.*s version %llu are signed",
	    document_kind_token(kind), team.n == 0 ? "" : " ",
	    SPAN_FMT(team), (unsigned long long)version);
	registry_alarm(r, kind, version, held, other, text);
}

static enum registry_result
refuse(enum registry_result result, struct fault *f, const char *field,
    const char *rule)
{
	(void)fault_at(f, ERR_STATE, 0, field, "%s", rule);
	return result;
}

static enum registry_result
conflict(struct registry *r, struct held *h, const struct held *old,
    uint64_t version, struct span team, struct fault *f)
{
	if (digest_is_equal(&h->doc.hash, &old->doc.hash))
		return REGISTRY_SAME;
	raise_alarm(r, h->doc.kind, version, &old->doc.hash, &h->doc.hash,
	    team);
	return refuse(REGISTRY_CONFLICT, f, "version",
	    "another payload of this version is held");
}

/* charters */

static enum registry_result
offer_known_charter(struct registry *r, struct held *h, struct fault *f)
{
	const struct charter *c = &h->u.charter;
	size_t i = (size_t)(c->version - r->charters[0]->u.charter.version);

	if (digest_is_equal(&h->doc.hash, &r->charters[i]->doc.hash))
		return REGISTRY_SAME;
	if (i == 0)
		return refuse(REGISTRY_INVALID, f, "version",
		    "not the charter that this node trusts");
	if (charter_check_next(c, &h->doc, &r->charters[i - 1]->u.charter,
	    &r->charters[i - 1]->doc.hash, f) != ERR_NONE)
		return REGISTRY_INVALID;
	return conflict(r, h, r->charters[i], c->version, span_of(NULL, 0),
	    f);
}

static enum registry_result
offer_charter(struct registry *r, struct held *h, struct fault *f)
{
	struct charter *c = &h->u.charter;
	const struct held *last;

	if (charter_parse(&h->doc, &h->arena, c, f) != ERR_NONE)
		return REGISTRY_INVALID;
	if (r->charter_count == 0) {
		if (!digest_is_equal(&h->doc.hash, &r->root))
			return refuse(REGISTRY_UNVERIFIABLE, f, "prev",
			    "the charter that this node trusts is missing");
		if (charter_check_first(c, &h->doc, f) != ERR_NONE)
			return REGISTRY_INVALID;
		r->charters[r->charter_count++] = h;
		return REGISTRY_ACCEPTED;
	}
	last = r->charters[r->charter_count - 1];
	if (c->version < r->charters[0]->u.charter.version)
		return REGISTRY_OLDER;
	if (c->version <= last->u.charter.version)
		return offer_known_charter(r, h, f);
	if (c->version > last->u.charter.version + 1)
		return refuse(REGISTRY_UNVERIFIABLE, f, "version",
		    "the charter before this one is missing");
	if (charter_check_next(c, &h->doc, &last->u.charter, &last->doc.hash,
	    f) != ERR_NONE)
		return REGISTRY_INVALID;
	if (r->charter_count == LIMIT_CHARTERS)
		return refuse(REGISTRY_INVALID, f, "version",
		    "the chain of charters is too long");
	r->charters[r->charter_count++] = h;
	return REGISTRY_ACCEPTED;
}

/* registers */

static struct span
held_team(const struct held *h)
{
	return h->doc.kind == DOCUMENT_KEYSET ? h->u.keyset.team :
	    h->u.suspension.team;
}

size_t
registry_place(struct held *const *list, size_t n, struct span team)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (span_compare(held_team(list[mid]), team) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void
insert_at(struct held **list, size_t *n, size_t i, struct held *h)
{
	memmove(list + i + 1, list + i, (*n - i) * sizeof *list);
	list[i] = h;
	*n += 1;
}

static void
park(struct registry *r, struct held *h)
{
	if (r->parked_count == LIMIT_TEAMS) {
		registry_held_free(r->parked[0]);
		r->parked_count--;
		memmove(r->parked, r->parked + 1,
		    r->parked_count * sizeof *r->parked);
	}
	r->parked[r->parked_count++] = h;
}

static bool
is_current(const struct registry *r, const struct held *h)
{
	const struct team *t =
	    register_find(&r->reg->u.reg, h->u.keyset.team);
	struct digest kid;

	if (t == NULL)
		return false;
	/* its signature was verified when it came */
	kid = jwk_thumbprint(&t->identity);
	return digest_is_equal(&kid, &h->signer);
}

/* After a change of register: keysets by identities that are no longer in it
 * are parked, for a later register may bring them back, and the view must not
 * depend on which register was seen in between. At most one keyset of a team
 * and identity is held, for none is accepted while its identity is parked. */
static void
settle(struct registry *r)
{
	struct held *all[2 * LIMIT_TEAMS];
	size_t n = r->parked_count + r->keyset_count;

	memcpy(all, r->parked, r->parked_count * sizeof *all);
	memcpy(all + r->parked_count, r->keysets,
	    r->keyset_count * sizeof *all);
	r->parked_count = 0;
	r->keyset_count = 0;
	for (size_t i = 0; i < n; i++) {
		if (is_current(r, all[i]))
			insert_at(r->keysets, &r->keyset_count,
			    registry_place(r->keysets, r->keyset_count,
			    held_team(all[i])), all[i]);
		else
			park(r, all[i]);
	}
	/* a suspension names its register, so all of them lapse */
	for (size_t i = 0; i < r->suspension_count; i++)
		registry_held_free(r->suspensions[i]);
	r->suspension_count = 0;
}

static int
compare_rank(size_t charter_a, uint64_t version_a, size_t charter_b,
    uint64_t version_b)
{
	if (charter_a != charter_b)
		return charter_a < charter_b ? -1 : 1;
	if (version_a != version_b)
		return version_a < version_b ? -1 : 1;
	return 0;
}

/* Two signed payloads of one version show in a `prev` too. */
static void
check_fork(struct registry *r, enum document_kind kind, uint64_t version,
    const struct digest *hash, uint64_t later_version,
    const struct digest *later_prev, struct span team)
{
	if (version + 1 == later_version &&
	    !digest_is_equal(hash, later_prev))
		raise_alarm(r, kind, version, hash, later_prev, team);
}

static enum registry_result
place_register(struct registry *r, struct held *h, size_t charter,
    struct fault *f)
{
	const struct span none = span_of(NULL, 0);
	const struct register_doc *new = &h->u.reg;
	const struct register_doc *old;
	int rank;

	if (r->reg != NULL) {
		old = &r->reg->u.reg;
		rank = compare_rank(charter, new->version, r->reg_charter,
		    old->version);
		if (rank == 0)
			return conflict(r, h, r->reg, new->version, none, f);
		if (rank < 0) {
			check_fork(r, DOCUMENT_REGISTER, new->version,
			    &h->doc.hash, old->version, &old->prev, none);
			return REGISTRY_OLDER;
		}
		check_fork(r, DOCUMENT_REGISTER, old->version,
		    &r->reg->doc.hash, new->version, &new->prev, none);
		registry_held_free(r->reg);
	}
	r->reg = h;
	r->reg_charter = charter;
	settle(r);
	return REGISTRY_ACCEPTED;
}

static enum registry_result
offer_register(struct registry *r, struct held *h, struct fault *f)
{
	struct register_doc *reg = &h->u.reg;

	if (register_parse(&h->doc, &h->arena, reg, f) != ERR_NONE)
		return REGISTRY_INVALID;
	for (size_t i = 0; i < r->charter_count; i++) {
		const struct held *c = r->charters[i];

		if (!digest_is_equal(&c->doc.hash, &reg->charter))
			continue;
		if (register_check(&h->doc, &c->u.charter, f) != ERR_NONE)
			return REGISTRY_INVALID;
		return place_register(r, h, i, f);
	}
	return refuse(REGISTRY_UNVERIFIABLE, f, "charter",
	    "the charter that it stands under is missing");
}

/* keysets and suspensions */

static enum registry_result
place_keyset(struct registry *r, struct held *h, struct fault *f)
{
	const struct keyset *new = &h->u.keyset;
	size_t i = registry_place(r->keysets, r->keyset_count, new->team);
	const struct keyset *old;

	if (i == r->keyset_count ||
	    !span_is_equal(held_team(r->keysets[i]), new->team)) {
		/* teams of the register, so never more than fit */
		insert_at(r->keysets, &r->keyset_count, i, h);
		return REGISTRY_ACCEPTED;
	}
	old = &r->keysets[i]->u.keyset;
	if (new->version == old->version)
		return conflict(r, h, r->keysets[i], new->version, new->team,
		    f);
	if (new->version < old->version) {
		check_fork(r, DOCUMENT_KEYSET, new->version, &h->doc.hash,
		    old->version, &old->prev, new->team);
		return REGISTRY_OLDER;
	}
	check_fork(r, DOCUMENT_KEYSET, old->version, &r->keysets[i]->doc.hash,
	    new->version, &new->prev, new->team);
	registry_held_free(r->keysets[i]);
	r->keysets[i] = h;
	return REGISTRY_ACCEPTED;
}

static enum registry_result
offer_keyset(struct registry *r, struct held *h, struct fault *f)
{
	struct keyset *k = &h->u.keyset;
	const struct team *team;
	struct digest kid;

	if (r->reg == NULL)
		return refuse(REGISTRY_UNVERIFIABLE, f, "team",
		    "no register is held yet");
	if (keyset_parse(&h->doc, registry_domain(r), &h->arena, k, f) !=
	    ERR_NONE)
		return REGISTRY_INVALID;
	team = register_find(&r->reg->u.reg, k->team);
	if (team == NULL)
		return refuse(REGISTRY_UNVERIFIABLE, f, "team",
		    "the team is not in the register held");
	kid = jwk_thumbprint(&team->identity);
	if (!document_claims(&h->doc, &kid))
		return refuse(REGISTRY_UNVERIFIABLE, f, "signatures",
		    "not signed by the team's identity key in the register");
	if (keyset_check(&h->doc, &team->identity, f) != ERR_NONE)
		return REGISTRY_INVALID;
	h->signer = kid;
	return place_keyset(r, h, f);
}

static enum registry_result
offer_suspension(struct registry *r, struct held *h, struct fault *f)
{
	struct suspension *s = &h->u.suspension;
	size_t i;

	if (suspension_parse(&h->doc, &h->arena, s, f) != ERR_NONE)
		return REGISTRY_INVALID;
	if (r->reg == NULL ||
	    !digest_is_equal(&s->register_hash, &r->reg->doc.hash))
		return refuse(REGISTRY_UNVERIFIABLE, f, "register",
		    "the register that it stands on is not the one held");
	if (suspension_check(&h->doc, &r->charters[r->reg_charter]->u.charter,
	    f) != ERR_NONE)
		return REGISTRY_INVALID;
	if (register_find(&r->reg->u.reg, s->team) == NULL)
		return refuse(REGISTRY_INVALID, f, "team",
		    "the team is not in the register");
	i = registry_place(r->suspensions, r->suspension_count, s->team);
	if (i < r->suspension_count &&
	    span_is_equal(held_team(r->suspensions[i]), s->team))
		return conflict(r, h, r->suspensions[i],
		    r->reg->u.reg.version, s->team, f);
	insert_at(r->suspensions, &r->suspension_count, i, h);
	return REGISTRY_ACCEPTED;
}

/* designations */

static enum registry_result
place_designations(struct registry *r, struct held *h, size_t charter,
    struct fault *f)
{
	const struct span none = span_of(NULL, 0);
	const struct designations *new = &h->u.designations, *old;
	int rank;

	if (r->designations != NULL) {
		old = &r->designations->u.designations;
		rank = compare_rank(charter, new->version,
		    r->designations_charter, old->version);
		if (rank == 0)
			return conflict(r, h, r->designations, new->version,
			    none, f);
		if (rank < 0) {
			check_fork(r, DOCUMENT_DESIGNATIONS, new->version,
			    &h->doc.hash, old->version, &old->prev, none);
			return REGISTRY_OLDER;
		}
		check_fork(r, DOCUMENT_DESIGNATIONS, old->version,
		    &r->designations->doc.hash, new->version, &new->prev,
		    none);
		registry_held_free(r->designations);
	}
	r->designations = h;
	r->designations_charter = charter;
	return REGISTRY_ACCEPTED;
}

static enum registry_result
offer_designations(struct registry *r, struct held *h, struct fault *f)
{
	struct designations *s = &h->u.designations;

	if (designations_parse(&h->doc, &h->arena, s, f) != ERR_NONE)
		return REGISTRY_INVALID;
	for (size_t i = 0; i < r->charter_count; i++) {
		const struct held *c = r->charters[i];

		if (!digest_is_equal(&c->doc.hash, &s->charter))
			continue;
		if (designations_check(&h->doc, &c->u.charter, f) != ERR_NONE)
			return REGISTRY_INVALID;
		return place_designations(r, h, i, f);
	}
	return refuse(REGISTRY_UNVERIFIABLE, f, "charter",
	    "the charter that it stands under is missing");
}

enum registry_result
registry_offer(struct registry *r, struct span bytes, struct fault *f)
{
	static enum registry_result (*const offers[DOCUMENT_KIND_COUNT])(
	    struct registry *, struct held *, struct fault *) = {
		[DOCUMENT_CHARTER] = offer_charter,
		[DOCUMENT_REGISTER] = offer_register,
		[DOCUMENT_SUSPENSION] = offer_suspension,
		[DOCUMENT_KEYSET] = offer_keyset,
		[DOCUMENT_EPOCH] = registry_offer_epoch,
		[DOCUMENT_DESIGNATIONS] = offer_designations,
	};
	enum registry_result result = REGISTRY_INVALID;
	struct held *h;

	if (bytes.n > LIMIT_DOCUMENT)
		return refuse(REGISTRY_INVALID, f, "",
		    "larger than any document may be");
	h = mem_alloc(sizeof *h);
	bytes = arena_copy(&h->arena, bytes);
	if (document_parse(bytes, &h->arena, &h->doc, f) == ERR_NONE)
		result = offers[h->doc.kind](r, h, f);
	if (result == REGISTRY_ACCEPTED)
		registry_make_views(r);
	else
		registry_held_free(h);
	return result;
}
