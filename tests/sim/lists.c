/* SPDX-License-Identifier: Apache-2.0
 *
 * A node comes to a network whose documents are more than one frame of DOCS
 * names: all of them reach it, and the logs that they name.
 */
#include "sim.h"

#include "base/limits.h"
#include "record/charter.h"
#include "record/register.h"

#include "../unit/registry_world.h"

#include <stdio.h>

enum { TEAMS = 60, LOGS = 2, CHARTERS = 1000, ALL_LOGS = TEAMS * LOGS };
_Static_assert(CHARTERS + TEAMS > WIRE_DOCS_MAX, "DOCS fit one frame");

static struct sim s;

static bool
check(const char *what, bool good)
{
	static unsigned n;

	printf("%s %u - %s\n", good ? "ok" : "not ok", ++n, what);
	return good;
}

/* The first node has it; nobody else yet. */
static void
offer(struct span bytes)
{
	struct fault f = { 0 };

	if (hub_offer_document(s.node[0].hub, bytes, s.now, &f) ==
	    REGISTRY_ACCEPTED)
		return;
	printf("# refused: %s: %s\n", f.field, f.rule);
	sim_must(ERR_STATE, "a document");
}

static struct digest
offer_signed(struct buf *payload)
{
	struct jwk authority = sim_key(JWK_ED25519, "network", "authority");
	const struct jwk *secrets[] = { &authority };
	struct digest hash = hash_sha256(buf_span(payload));
	struct buf b;

	buf_init(&b, LIMIT_DOCUMENT);
	sim_must(document_sign(buf_span(payload), secrets, 1, &b), "signing");
	offer(arena_copy(&s.mem, buf_span(&b)));
	buf_release(&b);
	buf_clear(payload);
	return hash;
}

/* Years of elections, each of which named the same one. */
static struct digest
elect(struct buf *payload)
{
	struct document d;
	struct charter c;
	struct digest last;

	sim_must(document_parse(s.document[0], &s.mem, &d, NULL), "charter");
	sim_must(charter_parse(&d, &s.mem, &c, NULL), "charter");
	last = d.hash;
	while (c.version < CHARTERS) {
		c.version++;
		c.prev = last;
		charter_write(&c, payload);
		last = offer_signed(payload);
	}
	return last;
}

static void
admit(const struct digest *charter, struct span *team, struct buf *payload)
{
	struct document d;
	struct register_doc r;
	struct team *teams;

	sim_must(document_parse(s.document[1], &s.mem, &d, NULL), "register");
	sim_must(register_parse(&d, &s.mem, &r, NULL), "register");
	teams = arena_alloc(&s.mem, (r.team_count + TEAMS) * sizeof *teams);
	memcpy(teams, r.teams, r.team_count * sizeof *teams);
	for (unsigned i = 0; i < TEAMS; i++)
		teams[r.team_count++] = (struct team){ .id = team[i],
			.state = span_str("UY"), .status = TEAM_MEMBER,
			.identity = world_hot(&s.mem, (const char *)team[i].p,
			    "identity") };
	r.teams = teams;
	r.version++;
	r.prev = d.hash;
	r.charter = *charter;
	register_write(&r, payload);
	(void)offer_signed(payload);
}

/* The key of each log is derived from its name. */
static void
name_logs(const char *team, struct keyset *k)
{
	k->logs = arena_alloc(&s.mem, LOGS * sizeof *k->logs);
	k->log_count = LOGS;
	for (unsigned i = 0; i < LOGS; i++) {
		char tag[16];
		struct sign_public public;
		struct jwk key;
		struct buf b;

		snprintf(tag, sizeof tag, "/%08x", i);
		k->logs[i].origin = world_text(&s.mem, WORLD_DOMAIN "/log/",
		    team, tag);
		key = world_key((const char *)k->logs[i].origin.p);
		public = jwk_sign_public(&key);
		buf_init(&b, 512);
		vkey_write(&b, k->logs[i].origin, VKEY_LOG, &public);
		k->logs[i].vkey = arena_copy(&s.mem, buf_span(&b));
		buf_release(&b);
	}
	k->nodes[0].keys[0].log = k->logs[0].origin;
}

static void
crowd(struct keyset *k)
{
	struct span team[TEAMS];
	struct digest charter;
	struct buf payload;

	buf_init(&payload, LIMIT_DOCUMENT);
	for (unsigned i = 0; i < TEAMS; i++) {
		char id[8];

		snprintf(id, sizeof id, "t%02u", i);
		team[i] = arena_copy(&s.mem, span_str(id));
	}
	charter = elect(&payload);
	admit(&charter, team, &payload);
	for (unsigned i = 0; i < TEAMS; i++) {
		const char *id = (const char *)team[i].p;

		k[i] = world_keyset(&s.mem, id, 1, NULL);
		name_logs(id, &k[i]);
		offer(world_put_keyset(&s.mem, &k[i], arena_string(&s.mem,
		    world_text(&s.mem, "", id, " identity"))).bytes);
	}
	buf_release(&payload);
}

static void
mirror(struct sim_node *n, const struct keyset *k)
{
	sim_crash(n, INT64_MAX);
	for (unsigned i = 0; i < TEAMS; i++)
		for (size_t j = 0; j < k[i].log_count; j++) {
			struct span origin = k[i].logs[j].origin;
			struct jwk key = world_key((const char *)origin.p);

			sim_grow(n, origin, &key, 1);
		}
	n->boot_ms = s.now.mono.ms;
}

/* Logs of the crowd that `n` holds with their record. */
static unsigned
mirrored(const struct sim_node *n)
{
	unsigned held = 0;

	for (size_t i = 0; i < hub_log_count(n->hub); i++) {
		struct hub_log_info log = hub_log(n->hub, i);

		held += sim_find(&s, log.team) == NULL && log.size == 1;
	}
	return held;
}

int
main(void)
{
	static struct keyset keysets[TEAMS];
	struct schema *schema;
	bool good;

	if (schema_load(&schema_files, &schema, NULL) != ERR_NONE)
		return 1;
	printf("1..4\n");
	sim_init(&s, 2, 1, schema, 0, 0, false);
	s.node[1].isolated = true;
	crowd(keysets);
	s.node[0].turn_due = true;
	sim_run(&s, 5000);
	mirror(&s.node[0], keysets);
	sim_run(&s, 5000);
	good = check("one node has them",
	    mirrored(&s.node[0]) == ALL_LOGS &&
	    registry_document_count(s.node[0].registry) > WIRE_DOCS_MAX);
	s.node[1].isolated = false;
	sim_run(&s, 120000);
	good &= check("the other has each document",
	    registry_document_count(s.node[1].registry) ==
	    registry_document_count(s.node[0].registry));
	good &= check("and each log",
	    mirrored(&s.node[1]) == ALL_LOGS);
	good &= check("and nothing is amiss", s.failed == NULL);
	if (s.failed != NULL)
		printf("# %s\n", s.failed_text);
	sim_release(&s);
	schema_free(schema);
	return !good;
}
