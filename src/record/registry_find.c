/* SPDX-License-Identifier: Apache-2.0
 *
 * What the registry's view answers. The pins are asked first, everywhere.
 */
#include "base/buf.h"
#include "record/name.h"
#include "record/registry_private.h"

#define WARNING_MS (INT64_C(30) * 24 * 3600 * 1000)

bool
registry_pins_team(const struct registry *r, enum pin_verdict verdict,
    struct span team)
{
	if (verdict == PIN_REFUSE && r->refused == 0)
		return false;
	for (size_t i = 0; i < r->pin_count; i++)
		if (r->pins[i].verdict == verdict && r->pins[i].team.n != 0 &&
		    span_is_equal(r->pins[i].team, team))
			return true;
	return false;
}

bool
registry_pins_kid(const struct registry *r, enum pin_verdict verdict,
    const struct digest *kid)
{
	if (verdict == PIN_REFUSE && r->refused == 0)
		return false;
	for (size_t i = 0; i < r->pin_count; i++)
		if (r->pins[i].verdict == verdict && r->pins[i].team.n == 0 &&
		    digest_is_equal(&r->pins[i].kid, kid))
			return true;
	return false;
}

const struct charter *
registry_charter(const struct registry *r)
{
	if (r->charter_count == 0)
		return NULL;
	return &r->charters[r->charter_count - 1]->u.charter;
}

const struct register_doc *
registry_register(const struct registry *r)
{
	return r->reg == NULL ? NULL : &r->reg->u.reg;
}

struct span
registry_domain(const struct registry *r)
{
	const struct charter *c = registry_charter(r);

	return c == NULL ? span_of(NULL, 0) : c->domain;
}

/* Asked for every key that is looked up: the thumbprint is not made unless a
 * key is refused at all. */
static bool
is_refused(const struct registry *r, const struct team *t)
{
	bool some = false;
	struct digest kid;

	for (size_t i = 0; r->refused != 0 && i < r->pin_count; i++)
		some = some || (r->pins[i].verdict == PIN_REFUSE &&
		    r->pins[i].team.n == 0);
	if (registry_pins_team(r, PIN_REFUSE, t->id))
		return true;
	if (!some)
		return false;
	kid = jwk_thumbprint(&t->identity);
	return registry_pins_kid(r, PIN_REFUSE, &kid);
}

const struct team *
registry_team(const struct registry *r, struct span id)
{
	const struct team *t;

	if (r->reg == NULL)
		return NULL;
	t = register_find(&r->reg->u.reg, id);
	return t == NULL || is_refused(r, t) ? NULL : t;
}

static const struct keyset *
find_keyset(const struct registry *r, struct span id)
{
	size_t i = registry_place(r->keysets, r->keyset_count, id);

	if (i == r->keyset_count || !span_is_equal(r->views[i].team, id))
		return NULL;
	return &r->views[i];
}

const struct keyset *
registry_keyset(const struct registry *r, struct span id)
{
	return registry_team(r, id) == NULL ? NULL : find_keyset(r, id);
}

static bool
is_suspended(const struct registry *r, struct span id, struct wall now)
{
	const struct register_doc *reg = &r->reg->u.reg;

	for (size_t i = 0; i < reg->suspended_count; i++)
		if (span_is_equal(reg->suspended[i].team, id) &&
		    now.ms < reg->suspended[i].until_s * 1000)
			return true;
	for (size_t i = 0; i < r->suspension_count; i++) {
		const struct suspension *s = &r->suspensions[i]->u.suspension;

		if (span_is_equal(s->team, id) &&
		    now.ms >= s->from_s * 1000 && now.ms < s->until_s * 1000)
			return true;
	}
	return false;
}

static bool
is_good(const struct registry *r, const struct team *t, struct wall now)
{
	if (is_refused(r, t))
		return false;
	if (registry_pins_team(r, PIN_ACCEPT, t->id))
		return true;
	return t->status == TEAM_MEMBER && !is_suspended(r, t->id, now);
}

bool
registry_is_good(const struct registry *r, struct span id, struct wall now)
{
	const struct team *t = registry_team(r, id);

	return t != NULL && is_good(r, t, now);
}

size_t
registry_good_teams(const struct registry *r, struct wall now,
    const struct team **out, size_t max)
{
	size_t n = 0;

	if (r->reg == NULL)
		return 0;
	for (size_t i = 0; i < r->reg->u.reg.team_count && n < max; i++)
		if (is_good(r, &r->reg->u.reg.teams[i], now))
			out[n++] = &r->reg->u.reg.teams[i];
	return n;
}

/* Not refused here, and not revoked unless accepted here. */
static bool
is_usable(const struct registry *r, const struct keyset *k,
    const struct digest *kid)
{
	if (registry_pins_kid(r, PIN_REFUSE, kid))
		return false;
	return registry_pins_kid(r, PIN_ACCEPT, kid) ||
	    keyset_revoked_find(k, kid) == NULL;
}

static void
fill_key(const struct registry *r, const struct keyset *k,
    const struct keyset_node *node, const struct keyset_key *key,
    struct registry_key *out)
{
	out->team = register_find(&r->reg->u.reg, k->team);
	out->keyset = k;
	out->node = node;
	out->key = key;
	out->revoked = keyset_revoked_find(k, &key->kid);
}

static const struct keyset_key *
find_in_node(const struct keyset_node *node, const struct digest *kid,
    enum key_role role)
{
	for (size_t i = 0; i < node->key_count; i++)
		if (node->keys[i].role == role &&
		    digest_is_equal(&node->keys[i].kid, kid))
			return &node->keys[i];
	return NULL;
}

enum err
registry_key_find(const struct registry *r, struct span team,
    const struct digest *kid, enum key_role role, struct registry_key *out)
{
	const struct keyset *k = registry_keyset(r, team);

	if (k == NULL || registry_pins_kid(r, PIN_REFUSE, kid))
		return ERR_NOT_FOUND;
	for (size_t i = 0; i < k->node_count; i++) {
		const struct keyset_key *key =
		    find_in_node(&k->nodes[i], kid, role);

		if (key == NULL)
			continue;
		fill_key(r, k, &k->nodes[i], key, out);
		return ERR_NONE;
	}
	return ERR_NOT_FOUND;
}

enum key_state
registry_entry_state(const struct registry *r, struct span team,
    const struct digest *kid, struct span origin, uint64_t index)
{
	const struct keyset *k = registry_keyset(r, team);
	const struct keyset_log *log;

	if (k == NULL || registry_pins_kid(r, PIN_REFUSE, kid))
		return KEY_UNKNOWN;
	if (!registry_pins_kid(r, PIN_ACCEPT, kid))
		return keyset_entry_state(k, kid, origin, index);
	/* the pin undoes the key's revocation, not the end of the log */
	log = keyset_log_find(k, origin);
	if (log != NULL && log->closed && index >= log->size)
		return KEY_VOID;
	return keyset_range_state(k, kid, origin, index);
}

enum err
registry_log_find(const struct registry *r, struct span origin,
    struct registry_log *out)
{
	struct span id = name_log_team(origin);
	const struct keyset *k = registry_keyset(r, id);
	const struct keyset_log *log;

	if (k == NULL)
		return ERR_NOT_FOUND;
	log = keyset_log_find(k, origin);
	if (log == NULL)
		return ERR_NOT_FOUND;
	out->team = registry_team(r, id);
	out->log = log;
	return ERR_NONE;
}

const struct keyset_log *
registry_log_in_use(const struct registry *r, struct span team)
{
	const struct keyset *k = registry_keyset(r, team);

	for (size_t i = k == NULL ? 0 : k->log_count; i > 0; i--)
		if (!k->logs[i - 1].closed)
			return &k->logs[i - 1];
	return NULL;
}

const struct epoch *
registry_epoch_find(const struct registry *r, struct span origin)
{
	for (size_t i = 0; i < r->epoch_count; i++)
		if (r->epochs[i]->counts &&
		    span_is_equal(r->epochs[i]->u.epoch.origin, origin))
			return &r->epochs[i]->u.epoch;
	return NULL;
}

enum err
registry_tls_find(const struct registry *r, const struct digest *kid,
    struct span node, struct registry_key *out)
{
	for (size_t i = 0; i < r->keyset_count; i++) {
		const struct keyset *k = &r->views[i];

		if (registry_team(r, k->team) == NULL ||
		    !is_usable(r, k, kid))
			continue;
		for (size_t j = 0; j < k->node_count; j++) {
			const struct keyset_node *n = &k->nodes[j];
			const struct keyset_key *key =
			    find_in_node(n, kid, KEY_TLS);

			if (key == NULL || (node.n != 0 &&
			    !span_is_equal(n->name, node)))
				continue;
			fill_key(r, k, n, key, out);
			return ERR_NONE;
		}
	}
	return ERR_NOT_FOUND;
}

const struct keyset_node *
registry_node_find(const struct registry *r, struct span name,
    const struct team **team)
{
	for (size_t i = 0; i < r->keyset_count; i++) {
		const struct keyset *k = &r->views[i];
		const struct team *t = registry_team(r, k->team);

		for (size_t j = 0; t != NULL && j < k->node_count; j++) {
			if (!span_is_equal(k->nodes[j].name, name))
				continue;
			if (team != NULL)
				*team = t;
			return &k->nodes[j];
		}
	}
	return NULL;
}

size_t
registry_cosign_keys(const struct registry *r, struct span node,
    struct registry_key *out, size_t max)
{
	const struct team *t = NULL;
	const struct keyset_node *node_row = registry_node_find(r, node, &t);
	const struct keyset *k = node_row == NULL ? NULL :
	    find_keyset(r, t->id);
	size_t n = 0;

	for (size_t i = k == NULL ? 0 : node_row->key_count;
	    i > 0 && n < max; i--) {
		const struct keyset_key *key = &node_row->keys[i - 1];

		if (key->role == KEY_COSIGN && is_usable(r, k, &key->kid))
			fill_key(r, k, node_row, key, &out[n++]);
	}
	return n;
}

enum err
registry_cosign_find(const struct registry *r, struct span node,
    const struct digest *kid, struct registry_key *out)
{
	struct registry_key key[LIMIT_KEYS_PER_NODE];
	size_t n = registry_cosign_keys(r, node, key, LIMIT_KEYS_PER_NODE);

	for (size_t i = 0; i < n; i++)
		if (kid == NULL || digest_is_equal(&key[i].key->kid, kid)) {
			*out = key[i];
			return ERR_NONE;
		}
	return ERR_NOT_FOUND;
}

size_t
registry_enc_keys(const struct registry *r, struct span team,
    const struct keyset_key **out, size_t max)
{
	const struct keyset *k = registry_keyset(r, team);
	size_t n = 0;

	if (k == NULL)
		return 0;
	for (size_t i = 0; i < k->node_count; i++) {
		const struct keyset_node *node = &k->nodes[i];

		for (size_t j = 0; j < node->key_count && n < max; j++)
			if (node->keys[j].role == KEY_ENC &&
			    is_usable(r, k, &node->keys[j].kid))
				out[n++] = &node->keys[j];
	}
	return n;
}

size_t
registry_nodes(const struct registry *r, const struct keyset_node **out,
    size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < r->keyset_count; i++) {
		const struct keyset *k = &r->views[i];
		const struct team *t = registry_team(r, k->team);

		if (t == NULL || (t->status != TEAM_MEMBER &&
		    !registry_pins_team(r, PIN_ACCEPT, t->id)))
			continue;
		for (size_t j = 0; j < k->node_count && n < max; j++)
			out[n++] = &k->nodes[j];
	}
	return n;
}

enum err
registry_identity(const struct registry *r, struct span team,
    struct wall now, struct registry_identity *out)
{
	const struct team *t = registry_team(r, team);

	if (t == NULL)
		return ERR_NOT_FOUND;
	out->kid = jwk_thumbprint(&t->identity);
	out->confirmed = registry_is_confirmed(r, team);
	out->suspended = is_suspended(r, team, now);
	return ERR_NONE;
}

bool
registry_is_confirmed(const struct registry *r, struct span team)
{
	const struct team *t = registry_team(r, team);
	struct digest kid;

	if (t == NULL || r->pin_count == 0)
		return false;
	kid = jwk_thumbprint(&t->identity);
	return registry_pins_kid(r, PIN_ACCEPT, &kid);
}

bool
registry_may_add(const struct registry *r, struct wall now)
{
	const struct charter *c = registry_charter(r);

	return c != NULL && now.ms < c->expires_s * 1000 && r->reg != NULL &&
	    now.ms < r->reg->u.reg.expires_s * 1000;
}

const struct pin *
registry_pins(const struct registry *r, size_t *count)
{
	*count = r->pin_count;
	return r->pins;
}

const struct pin *
registry_pin(const struct registry *r, struct span team)
{
	const struct team *t = r->reg == NULL ? NULL :
	    register_find(&r->reg->u.reg, team);
	const struct pin *best = NULL;
	struct digest kid = { { 0 } };

	if (t != NULL)
		kid = jwk_thumbprint(&t->identity);
	for (size_t i = 0; i < r->pin_count; i++) {
		const struct pin *p = &r->pins[i];

		if (p->team.n != 0 ? !span_is_equal(p->team, team) :
		    t == NULL || !digest_is_equal(&p->kid, &kid))
			continue;
		if (best == NULL || p->verdict == PIN_REFUSE)
			best = p;
	}
	return best;
}

enum designation_state
registry_designation(const struct registry *r, struct span team,
    struct wall now, const struct designation **out)
{
	const struct team *t = r->reg == NULL ? NULL :
	    register_find(&r->reg->u.reg, team);
	const struct designation *d = r->designations == NULL ? NULL :
	    designations_find(&r->designations->u.designations, team);

	if (t == NULL || d == NULL || !span_is_equal(t->state, d->state))
		return DESIGNATION_NONE;
	if (out != NULL)
		*out = d;
	return now.ms >= d->review_s * 1000 ? DESIGNATION_STALE :
	    DESIGNATION_VALID;
}

size_t
registry_document_count(const struct registry *r)
{
	size_t n = r->charter_count + (r->reg != NULL) +
	    r->suspension_count + r->keyset_count + (r->designations != NULL);

	for (size_t i = 0; i < r->epoch_count; i++)
		n += r->epochs[i]->counts;
	return n;
}

static const struct held *
held_at(const struct registry *r, size_t i)
{
	if (i < r->charter_count)
		return r->charters[i];
	i -= r->charter_count;
	if (r->reg != NULL) {
		if (i == 0)
			return r->reg;
		i--;
	}
	if (i < r->suspension_count)
		return r->suspensions[i];
	i -= r->suspension_count;
	if (i < r->keyset_count)
		return r->keysets[i];
	i -= r->keyset_count;
	for (size_t k = 0; k < r->epoch_count; k++)
		if (r->epochs[k]->counts && i-- == 0)
			return r->epochs[k];
	return r->designations;
}

struct registry_document
registry_document_at(const struct registry *r, size_t i)
{
	const struct held *h = held_at(r, i);
	struct registry_document d = {
		.kind = h->doc.kind,
		.hash = h->doc.hash,
		.bytes = h->doc.bytes,
	};

	switch (h->doc.kind) {
	case DOCUMENT_CHARTER:
		d.version = h->u.charter.version;
		break;
	case DOCUMENT_REGISTER:
		d.version = h->u.reg.version;
		break;
	case DOCUMENT_SUSPENSION:
		d.version = r->reg->u.reg.version;
		d.team = h->u.suspension.team;
		break;
	case DOCUMENT_KEYSET:
		d.version = h->u.keyset.version;
		d.team = h->u.keyset.team;
		break;
	case DOCUMENT_EPOCH:
		d.version = epoch_tag(h->u.epoch.origin);
		d.team = h->u.epoch.team;
		break;
	case DOCUMENT_DESIGNATIONS:
		d.version = h->u.designations.version;
		break;
	case DOCUMENT_KIND_COUNT:
		break;
	}
	return d;
}

/* Under which its signatures count; NULL: no authority signs it. */
static const struct charter *
charter_of(const struct registry *r, const struct held *h)
{
	switch (h->doc.kind) {
	case DOCUMENT_CHARTER:
		return &h->u.charter;
	case DOCUMENT_REGISTER:
	case DOCUMENT_SUSPENSION:
		return &r->charters[r->reg_charter]->u.charter;
	case DOCUMENT_DESIGNATIONS:
		return &r->charters[r->designations_charter]->u.charter;
	case DOCUMENT_KEYSET:
	case DOCUMENT_EPOCH:
	case DOCUMENT_KIND_COUNT:
		break;
	}
	return NULL;
}

size_t
registry_signers(const struct registry *r, size_t i, struct span *names)
{
	const struct held *h = held_at(r, i);
	const struct charter *c = charter_of(r, h);
	const struct jwk *keys[LIMIT_DOCUMENT_SIGNATURES];
	bool signed_by[LIMIT_DOCUMENT_SIGNATURES] = { false };
	size_t n = 0;

	if (c == NULL)
		return 0;
	for (size_t k = 0; k < c->authority_count; k++)
		keys[k] = &c->authorities[k].key;
	document_signers(&h->doc, keys, c->authority_count, signed_by);
	for (size_t k = 0; k < c->authority_count; k++)
		if (signed_by[k])
			names[n++] = c->authorities[k].name;
	return n;
}

struct digest
registry_digest(const struct registry *r)
{
	size_t n = registry_document_count(r);
	struct digest sum;
	struct buf b;

	buf_init(&b, n * (1 + 1 + LIMIT_TEAM_NAME + 8 + sizeof sum.b));
	for (size_t i = 0; i < n; i++) {
		struct registry_document d = registry_document_at(r, i);

		buf_put_u8(&b, (uint8_t)d.kind);
		buf_put_span8(&b, d.team);
		buf_put_u64(&b, d.version);
		buf_put(&b, digest_span(&d.hash));
	}
	sum = hash_sha256(buf_span(&b));
	buf_release(&b);
	return sum;
}

struct warnings {
	struct registry_warning *out;
	size_t max, n;
	struct wall now;
};

static void
warn(struct warnings *w, struct registry_warning x)
{
	int64_t left_ms = x.expires_s * 1000 - w->now.ms;

	if (left_ms > WARNING_MS || w->n == w->max)
		return;
	x.expired = left_ms <= 0;
	w->out[w->n++] = x;
}

/* What suspends ends by itself: told while it lasts. */
static void
warn_suspension(struct warnings *w, struct registry_warning x)
{
	x.kind = DOCUMENT_SUSPENSION;
	if (w->now.ms < x.expires_s * 1000)
		warn(w, x);
}

size_t
registry_warnings(const struct registry *r, struct wall now,
    struct registry_warning *out, size_t max)
{
	const struct charter *c = registry_charter(r);
	struct warnings w = { out, max, 0, now };
	const struct register_doc *reg = registry_register(r);
	size_t at = r->charter_count; /* the register, if there is one */

	if (c != NULL)
		warn(&w, (struct registry_warning){ .kind = DOCUMENT_CHARTER,
			.expires_s = c->expires_s, .document = at - 1 });
	if (reg == NULL)
		return w.n;
	warn(&w, (struct registry_warning){ .kind = DOCUMENT_REGISTER,
		.expires_s = reg->expires_s, .document = at });
	for (size_t i = 0; i < reg->suspended_count; i++)
		warn_suspension(&w, (struct registry_warning){
			.team = reg->suspended[i].team, .document = at,
			.expires_s = reg->suspended[i].until_s,
			.reason = reg->suspended[i].reason });
	for (size_t i = 0; i < r->suspension_count; i++) {
		const struct suspension *s = &r->suspensions[i]->u.suspension;

		warn_suspension(&w, (struct registry_warning){
			.team = s->team, .expires_s = s->until_s,
			.reason = s->reason, .document = at + 1 + i });
	}
	for (size_t i = 0; i < reg->team_count; i++) {
		const struct designation *d;

		if (reg->teams[i].status == TEAM_MEMBER &&
		    registry_designation(r, reg->teams[i].id, now, &d) !=
		    DESIGNATION_NONE)
			warn(&w, (struct registry_warning){
				.kind = DOCUMENT_DESIGNATIONS, .team = d->team,
				.expires_s = d->review_s,
				.document = registry_document_count(r) - 1 });
	}
	return w.n;
}

const struct registry_alarm *
registry_alarms(const struct registry *r, size_t *count)
{
	*count = r->alarm_count;
	return r->alarms;
}

uint32_t
registry_log_rank(const struct registry *r, struct span origin)
{
	const struct keyset *k = registry_keyset(r, name_log_team(origin));
	const struct keyset_log *log = k != NULL ? keyset_log_find(k, origin) :
						   NULL;

	return log != NULL ? (uint32_t)(log - k->logs) + 1 : 0;
}
