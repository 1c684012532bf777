/* SPDX-License-Identifier: Apache-2.0
 *
 * Founding a network: first keysets, team cards, first charter and register.
 * Everything made here goes through the parser and the checks again before it
 * is given out, so that no node can refuse what a founder was told is good.
 */
#include "record/network.h"

#include "base/limits.h"
#include "base/mem.h"
#include "record/name.h"

#include <stdlib.h>

enum { NAME_LINE = 256 };

/* A payload signed by `secrets` goes to `out`. */
static enum err
sign_payload(const struct buf *payload, const struct jwk *const *secrets,
    size_t n, struct buf *out, struct fault *f)
{
	enum err e = buf_check(payload);

	if (e == ERR_NONE)
		e = document_sign(buf_span(payload), secrets, n, out);
	if (e == ERR_NONE)
		e = buf_check(out);
	if (e != ERR_NONE)
		return fault_at(f, e, 0, "signatures",
		    "the document cannot be signed: %s", err_sentence(e));
	return ERR_NONE;
}

/* cards */

/* The domain is not known when a card is read: take it from the first name in
 * the keyset and hold all others against it. */
struct span
keyset_domain(const struct document *d)
{
	struct json_val logs = json_get(json_root(&d->json), "logs");
	struct json_val log = json_first(logs);
	struct json_val origin = json_get(log, "origin");
	struct span raw = json_raw(origin);

	if (origin.type != JSON_STRING || raw.n < 2)
		return span_of(NULL, 0);
	raw = span_of(raw.p + 1, raw.n - 2);
	for (size_t i = 0; i < raw.n; i++)
		if (raw.p[i] == '/')
			return span_of(raw.p, i);
	return span_of(NULL, 0);
}

static enum err
check_card_keyset(const struct team_card *card, struct arena *a,
    struct span domain, struct fault *f)
{
	struct document d;
	struct keyset k = { 0 };
	enum err e = document_parse(card->keyset, a, &d, f);

	if (e != ERR_NONE)
		return e;
	if (domain.n == 0)
		domain = keyset_domain(&d);
	e = keyset_parse(&d, domain, a, &k, f);
	if (e == ERR_NONE && !span_is_equal(k.team, card->team))
		return fault_at(f, ERR_SCHEMA, 0, "keyset",
		    "the keyset is of another team");
	if (e == ERR_NONE)
		e = keyset_check(&d, &card->identity, f);
	return e;
}

enum err
team_card_parse(struct span bytes, struct arena *a, struct team_card *out,
    struct fault *f)
{
	static const char *const keys[] = { "team", "state", "name",
		"identity", "keyset", NULL };
	struct team_card card = { 0 };
	struct json json;
	struct json_val root;
	enum err e;

	if (bytes.n > 2 * LIMIT_DOCUMENT)
		return fault_at(f, ERR_LIMIT, 0, NULL,
		    "larger than any team card may be");
	e = json_parse_arena(bytes, LIMIT_JSON_DEPTH, LIMIT_DOCUMENT_TOKENS,
	    a, &json, f);
	if (e != ERR_NONE)
		return e;
	root = json_root(&json);
	e = document_members(root, keys, f);
	if (e == ERR_NONE)
		e = document_team(json_get(root, "team"), "team", a,
		    &card.team, f);
	if (e == ERR_NONE)
		e = document_text(json_get(root, "state"), "state", 2, a,
		    &card.state, f);
	if (e == ERR_NONE && !name_is_state(card.state))
		return fault_at(f, ERR_SCHEMA, json_at(json_get(root,
		    "state")), "state", "a state is two capitals of ISO 3166");
	if (e == ERR_NONE)
		e = document_line(json_get(root, "name"), "name", NAME_LINE,
		    a, &card.name, f);
	if (e == ERR_NONE)
		e = document_key(json_get(root, "identity"), "identity", true,
		    &card.identity, f);
	if (e != ERR_NONE)
		return e;
	card.keyset = json_raw(json_get(root, "keyset"));
	e = check_card_keyset(&card, a, span_of(NULL, 0), f);
	if (e == ERR_NONE)
		*out = card;
	return e;
}

void
team_card_write(const struct team_card *card, struct buf *out)
{
	struct json_out w;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_span(&w, "team", card->team);
	json_put_member_span(&w, "state", card->state);
	json_put_member_span(&w, "name", card->name);
	document_put_key(&w, "identity", &card->identity);
	json_put_key(&w, "keyset");
	json_put_raw(&w, card->keyset);
	json_put_close(&w, '}');
}

/* charter and register */

static enum err
make_charter(const struct network_plan *plan,
    const struct jwk *const *secrets, struct buf *out, struct digest *hash,
    struct fault *f)
{
	struct arena a = { 0 };
	struct document d;
	struct charter c = {
		.version = 1,
		.domain = plan->domain,
		.k_charter = plan->k_charter,
		.k_register = plan->k_register,
		.k_suspend = plan->k_suspend,
		.expires_s = plan->charter_expires_s,
	};
	struct buf payload;
	enum err e;

	buf_init(&payload, LIMIT_DOCUMENT);
	c.authorities = arena_alloc(&a,
	    plan->holder_count * sizeof *c.authorities);
	c.authority_count = plan->holder_count;
	for (size_t i = 0; i < plan->holder_count; i++) {
		c.authorities[i].name = plan->holders[i].name;
		c.authorities[i].key = *plan->holders[i].secret;
	}
	charter_write(&c, &payload);
	e = sign_payload(&payload, secrets, plan->holder_count, out, f);
	if (e == ERR_NONE)
		e = document_parse(buf_span(out), &a, &d, f);
	if (e == ERR_NONE)
		e = charter_parse(&d, &a, &c, f);
	if (e == ERR_NONE)
		e = charter_check_first(&c, &d, f);
	if (e == ERR_NONE)
		*hash = d.hash;
	buf_release(&payload);
	arena_release(&a);
	return e;
}

static int
compare_teams(const void *a, const void *b)
{
	const struct team *x = a;
	const struct team *y = b;

	return span_compare(x->id, y->id);
}

static enum err
fill_teams(const struct network_plan *plan, struct arena *a,
    struct register_doc *r, struct fault *f)
{
	enum err e;

	r->teams = arena_alloc(a, plan->card_count * sizeof *r->teams);
	r->team_count = plan->card_count;
	for (size_t i = 0; i < plan->card_count; i++) {
		const struct team_card *card = &plan->cards[i];

		e = check_card_keyset(card, a, plan->domain, f);
		if (e != ERR_NONE)
			return e;
		r->teams[i].id = card->team;
		r->teams[i].state = card->state;
		r->teams[i].identity = card->identity;
		r->teams[i].status = TEAM_MEMBER;
	}
	qsort(r->teams, r->team_count, sizeof *r->teams, compare_teams);
	for (size_t i = 1; i < r->team_count; i++)
		if (span_is_equal(r->teams[i - 1].id, r->teams[i].id))
			return fault_at(f, ERR_EXISTS, 0, "teams",
			    "two cards of team %.*s",
			    SPAN_FMT(r->teams[i].id));
	return ERR_NONE;
}

static enum err
make_register(const struct network_plan *plan,
    const struct jwk *const *secrets, const struct digest *charter,
    struct buf *out, struct fault *f)
{
	struct arena a = { 0 };
	struct document d;
	struct register_doc r = {
		.version = 1,
		.charter = *charter,
		.expires_s = plan->register_expires_s,
	};
	struct buf payload;
	enum err e;

	buf_init(&payload, LIMIT_DOCUMENT);
	e = fill_teams(plan, &a, &r, f);
	if (e != ERR_NONE)
		goto out;
	register_write(&r, &payload);
	e = sign_payload(&payload, secrets, plan->holder_count, out, f);
	if (e == ERR_NONE)
		e = document_parse(buf_span(out), &a, &d, f);
	if (e == ERR_NONE)
		e = register_parse(&d, &a, &r, f);
out:
	buf_release(&payload);
	arena_release(&a);
	return e;
}

static enum err
check_plan(const struct network_plan *plan, struct fault *f)
{
	if (plan->holder_count == 0 ||
	    plan->holder_count > LIMIT_DOCUMENT_SIGNATURES)
		return fault_at(f, ERR_LIMIT, 0, "authorities",
		    "between 1 and %d authorities", LIMIT_DOCUMENT_SIGNATURES);
	if (plan->card_count > LIMIT_TEAMS)
		return fault_at(f, ERR_LIMIT, 0, "teams",
		    "more than %d teams", LIMIT_TEAMS);
	for (size_t i = 0; i < plan->holder_count; i++)
		if (!plan->holders[i].secret->has_secret)
			return fault_at(f, ERR_KEY, 0, "authorities",
			    "no secret key of %.*s",
			    SPAN_FMT(plan->holders[i].name));
	return ERR_NONE;
}

enum err
network_make(const struct network_plan *plan, struct buf *charter,
    struct buf *register_doc, struct digest *charter_hash, struct fault *f)
{
	const struct jwk *secrets[LIMIT_DOCUMENT_SIGNATURES];
	struct buf c, r;
	struct digest hash;
	enum err e = check_plan(plan, f);

	if (e != ERR_NONE)
		return e;
	for (size_t i = 0; i < plan->holder_count; i++)
		secrets[i] = plan->holders[i].secret;
	buf_init(&c, LIMIT_DOCUMENT);
	buf_init(&r, LIMIT_DOCUMENT);
	e = make_charter(plan, secrets, &c, &hash, f);
	if (e == ERR_NONE)
		e = make_register(plan, secrets, &hash, &r, f);
	if (e == ERR_NONE) {
		buf_put(charter, buf_span(&c));
		buf_put(register_doc, buf_span(&r));
		*charter_hash = hash;
	}
	buf_release(&c);
	buf_release(&r);
	return e;
}

/* designations */

static enum err
check_designations(struct span bytes, struct fault *f)
{
	struct arena a = { 0 };
	struct designations s;
	struct document d;
	enum err e = document_parse(bytes, &a, &d, f);

	if (e == ERR_NONE)
		e = designations_parse(&d, &a, &s, f);
	arena_release(&a);
	return e;
}

static int
compare_designations(const void *a, const void *b)
{
	const struct designation *x = a;
	const struct designation *y = b;

	return span_compare(x->team, y->team);
}

enum err
network_designate(const struct network_plan *plan,
    const struct digest *charter, const struct designation *act,
    struct buf *out, struct fault *f)
{
	const struct jwk *secrets[LIMIT_DOCUMENT_SIGNATURES];
	struct designations s = { .version = 1, .charter = *charter,
		.count = plan->card_count };
	struct buf payload, doc;
	enum err e = check_plan(plan, f);

	if (e != ERR_NONE)
		return e;
	s.list = mem_array(plan->card_count, sizeof *s.list);
	for (size_t i = 0; i < plan->card_count; i++) {
		s.list[i] = *act;
		s.list[i].team = plan->cards[i].team;
		s.list[i].state = plan->cards[i].state;
	}
	qsort(s.list, s.count, sizeof *s.list, compare_designations);
	for (size_t i = 0; i < plan->holder_count; i++)
		secrets[i] = plan->holders[i].secret;
	buf_init(&payload, LIMIT_DOCUMENT);
	buf_init(&doc, LIMIT_DOCUMENT);
	designations_write(&s, &payload);
	e = sign_payload(&payload, secrets, plan->holder_count, &doc, f);
	if (e == ERR_NONE)
		e = check_designations(buf_span(&doc), f);
	if (e == ERR_NONE)
		buf_put(out, buf_span(&doc));
	buf_release(&payload);
	buf_release(&doc);
	free(s.list);
	return e;
}

/* keysets */

static void
fill_keys(const struct node_plan *plan, struct keyset_node *node)
{
	struct keyset_key *k = node->keys;

	*k++ = (struct keyset_key){ .role = KEY_ENTRY, .key = *plan->entry,
		.log = plan->origin, .from = 0, .until = KEYSET_OPEN };
	*k++ = (struct keyset_key){ .role = KEY_COSIGN,
		.key = *plan->cosign };
	for (size_t i = 0; i < plan->enc_count; i++)
		*k++ = (struct keyset_key){ .role = KEY_ENC,
			.key = *plan->enc[i] };
	*k++ = (struct keyset_key){ .role = KEY_TLS, .key = *plan->tls };
	if (plan->intake != NULL)
		*k++ = (struct keyset_key){ .role = KEY_INTAKE,
			.key = *plan->intake };
	node->key_count = (size_t)(k - node->keys);
}

static enum err
sign_keyset(const struct keyset *k, struct span domain,
    const struct jwk *identity_secret, struct buf *out, struct fault *f)
{
	struct arena a = { 0 };
	struct document d;
	struct keyset again;
	struct buf payload;
	enum err e;

	buf_init(&payload, LIMIT_DOCUMENT);
	keyset_write(k, &payload);
	e = sign_payload(&payload, &identity_secret, 1, out, f);
	if (e == ERR_NONE)
		e = document_parse(buf_span(out), &a, &d, f);
	if (e == ERR_NONE)
		e = keyset_parse(&d, domain, &a, &again, f);
	if (e == ERR_NONE)
		e = keyset_check(&d, identity_secret, f);
	buf_release(&payload);
	arena_release(&a);
	return e;
}

enum err
node_make(const struct node_plan *plan, const struct jwk *identity_secret,
    struct buf *out, struct fault *f)
{
	struct keyset_log log = { .origin = plan->origin,
		.vkey = plan->vkey };
	struct keyset_node node = { .name = plan->node,
		.addr_count = plan->addr_count };
	struct keyset k = { .team = plan->team, .version = 1,
		.nodes = &node, .node_count = 1, .logs = &log,
		.log_count = 1 };
	struct buf document;
	enum err e;

	if (plan->enc_count == 0 ||
	    plan->enc_count > LIMIT_KEYS_PER_NODE - 4)
		return fault_at(f, ERR_LIMIT, 0, "nodes.keys",
		    "no enc key, or too many");
	node.addrs = mem_array(plan->addr_count, sizeof *node.addrs);
	for (size_t i = 0; i < plan->addr_count; i++)
		node.addrs[i] = plan->addrs[i];
	node.keys = mem_array(plan->enc_count + 4, sizeof *node.keys);
	fill_keys(plan, &node);
	buf_init(&document, LIMIT_DOCUMENT);
	e = sign_keyset(&k, plan->domain, identity_secret, &document, f);
	if (e == ERR_NONE)
		buf_put(out, buf_span(&document));
	buf_release(&document);
	free(node.keys);
	free(node.addrs);
	return e;
}
