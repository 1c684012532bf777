/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys from the system's randomness; nothing of a measured network is kept.
 */
#include "world.h"

#include "base/limits.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "record/network.h"
#include "record/vkey.h"

#include <stdlib.h>

enum { EXPIRES_S = 2000000000 };

static void
check(enum err e, const char *what)
{
	if (e == ERR_NONE)
		return;
	fprintf(stderr, "%s: %s\n", what, err_sentence(e));
	exit(1);
}

static struct span
text(struct arena *a, const char *format, size_t i, unsigned port)
{
	struct buf b;
	struct span s;

	buf_init(&b, 256);
	buf_put_str(&b, format);
	buf_put_format(&b, "%zu", i);
	if (port != 0)
		buf_put_format(&b, ":%u", port);
	s = arena_copy(a, buf_span(&b));
	buf_release(&b);
	return s;
}

static void
make_names(struct world *w, size_t i, unsigned port)
{
	struct world_node *n = &w->node[i];
	struct arena *a = &w->mem;
	struct buf b;

	n->team = text(a, "team-", i, 0);
	n->node = text(a, BENCH_DOMAIN "/node/team-", i, 0);
	buf_init(&b, 256);
	buf_put_format(&b, BENCH_DOMAIN "/log/%.*s/%08zx", SPAN_FMT(n->team),
	    i);
	n->origin = arena_copy(a, buf_span(&b));
	buf_clear(&b);
	buf_put_format(&b, BENCH_DOMAIN "/private/%.*s", SPAN_FMT(n->team));
	n->private_origin = arena_copy(a, buf_span(&b));
	buf_clear(&b);
	buf_put_format(&b, "127.0.0.1:%u", port + (unsigned)i);
	n->address = arena_copy(a, buf_span(&b));
	buf_release(&b);
}

static const struct jwk *
key_of(const struct keyring *r, enum keyring_role role)
{
	return &keyring_find(r, role)->jwk;
}

static void
make_node(struct world *w, size_t i, unsigned port, bool dialled)
{
	struct world_node *n = &w->node[i];
	unsigned char random[JWK_RANDOM];
	struct node_plan plan = { .domain = span_str(BENCH_DOMAIN) };
	struct keyring *keys;
	const struct jwk *enc;
	struct sign_public log;
	struct buf vkey, out, file;
	struct fault f = { 0 };

	make_names(w, i, port);
	check(keyring_make(n->origin, n->node, n->private_origin, JWK_X25519,
		  JWK_ED25519, random_fill, &keys), "keyring");
	buf_init(&file, LIMIT_KEYFILE);
	check(keyring_write(keys, span_str(""), NULL, &file), "keyring");
	n->keyfile = arena_copy(&w->mem, buf_span(&file));
	buf_release(&file);
	random_fill(random, sizeof random);
	jwk_make(JWK_ED25519, random, &n->identity);
	log = jwk_sign_public(key_of(keys, KEYRING_LOG));
	buf_init(&vkey, 512);
	vkey_write(&vkey, n->origin, VKEY_LOG, &log);
	plan.team = n->team;
	plan.node = n->node;
	plan.origin = n->origin;
	plan.vkey = buf_span(&vkey);
	plan.addrs = &n->address;
	plan.addr_count = dialled ? 1 : 0;
	plan.entry = key_of(keys, KEYRING_ENTRY);
	plan.cosign = key_of(keys, KEYRING_COSIGN);
	plan.tls = key_of(keys, KEYRING_TLS);
	enc = key_of(keys, KEYRING_ENC);
	plan.enc = &enc;
	plan.enc_count = 1;
	buf_init(&out, LIMIT_DOCUMENT);
	check(node_make(&plan, &n->identity, &out, &f), f.rule);
	n->keyset = arena_copy(&w->mem, buf_span(&out));
	buf_release(&vkey);
	buf_release(&out);
	keyring_free(keys);
}

static void
make(struct world *w, size_t n, unsigned port, bool star)
{
	struct team_card *cards = mem_array(n, sizeof *cards);
	unsigned char random[JWK_RANDOM];
	struct jwk authority;
	struct network_holder holder = { span_str("holder"), &authority };
	struct network_plan plan = { .domain = span_str(BENCH_DOMAIN),
		.holders = &holder, .holder_count = 1, .k_charter = 1,
		.k_register = 1, .k_suspend = 1, .cards = cards,
		.card_count = n, .charter_expires_s = EXPIRES_S,
		.register_expires_s = EXPIRES_S };
	struct buf charter, doc;
	struct fault f = { 0 };

	*w = (struct world){ .n = n };
	w->node = arena_alloc(&w->mem, n * sizeof *w->node);
	random_fill(random, sizeof random);
	jwk_make(JWK_ED25519, random, &authority);
	for (size_t i = 0; i < n; i++) {
		make_node(w, i, port, port != 0 && (!star || i == 0));
		cards[i] = (struct team_card){ .team = w->node[i].team,
			.state = span_str("UY"), .name = w->node[i].team,
			.identity = w->node[i].identity,
			.keyset = w->node[i].keyset };
	}
	buf_init(&charter, LIMIT_DOCUMENT);
	buf_init(&doc, LIMIT_DOCUMENT);
	check(network_make(&plan, &charter, &doc, &w->root, &f), f.rule);
	w->charter = arena_copy(&w->mem, buf_span(&charter));
	w->register_doc = arena_copy(&w->mem, buf_span(&doc));
	buf_release(&charter);
	buf_release(&doc);
	free(cards);
}

void
world_make(struct world *w, size_t n, unsigned port)
{
	make(w, n, port, false);
}

void
world_make_star(struct world *w, size_t n, unsigned port)
{
	make(w, n, port, true);
}

void
world_release(struct world *w)
{
	arena_release(&w->mem);
}

/* Everybody's identity was accepted. */
static void
pin_all(struct registry *r)
{
	const struct register_doc *reg = registry_register(r);
	struct pin *pins = mem_array(reg->team_count, sizeof *pins);

	for (size_t i = 0; i < reg->team_count; i++)
		pins[i] = (struct pin){ .verdict = PIN_ACCEPT,
			.kid = jwk_thumbprint(&reg->teams[i].identity) };
	registry_set_pins(r, pins, reg->team_count);
	free(pins);
}

struct registry *
world_registry(const struct world *w)
{
	struct registry *r = registry_create(&w->root, NULL, 0);
	struct fault f = { 0 };

	if (registry_offer(r, w->charter, &f) != REGISTRY_ACCEPTED ||
	    registry_offer(r, w->register_doc, &f) != REGISTRY_ACCEPTED)
		check(ERR_SCHEMA, f.rule);
	for (size_t i = 0; i < w->n; i++)
		if (registry_offer(r, w->node[i].keyset, &f) !=
		    REGISTRY_ACCEPTED)
			check(ERR_SCHEMA, f.rule);
	pin_all(r);
	return r;
}

/* --- notices --- */

static const char head[] =
    "\"language\":\"en\",\"author_post\":\"Duty officer\","
    "\"states\":[\"UY\",\"BR\"],\"sectors\":[\"financial\",\"government\"],"
    "\"requested_action\":\"check\",\"level\":4,\"severity\":\"Severe\","
    "\"urgency\":\"Immediate\",\"certainty\":\"Observed\","
    "\"rsit\":[\"malicious-code/infected-system\"],"
    "\"attack_vector\":\"VPN concentrator without its fix\","
    "\"impact\":{\"en\":\"Payments have stopped in one state.\"},"
    "\"outlook\":\"worsening\",\"cve\":[\"CVE-2026-12345\"],"
    "\"techniques\":[\"T1486\",\"T1133\"],";

/* Words with the entropy of prose, by a generator of Knuth's constants. */
static void
put_prose(unsigned seed, size_t n, struct buf *out)
{
	static const char *const words[] = { "server", "payment", "group",
		"since", "morning", "access", "vendor", "patch", "account",
		"network", "encrypted", "backup", "credential", "report",
		"remote", "state", "bank", "ministry", "traffic", "log",
		"observed", "closed", "restored", "unknown", "address",
		"certificate", "mail", "phishing", "update", "version",
		"service", "port" };
	uint64_t x = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
	size_t end = out->n + n;

	while (out->n < end) {
		x = x * UINT64_C(6364136223846793005) +
		    UINT64_C(1442695040888963407);
		buf_put_str(out, words[x >> 59]);
		if ((x >> 40 & 7) == 0)
			buf_put_format(out, " %u", (unsigned)(x >> 44 & 0xfff));
		buf_put_u8(out, ' ');
	}
}

void
world_body(unsigned i, size_t size, struct buf *out)
{
	size_t fixed = sizeof head + 600, prose = size > fixed + 64 ?
		size - fixed : 64;

	buf_put_format(out, "{\"title\":{\"en\":\"Payment servers are being "
	    "encrypted, report %u\"},\"summary\":{\"en\":\"", i);
	put_prose(i, prose, out);
	buf_put_str(out, "\"},");
	buf_put_str(out, head);
	buf_put_str(out, "\"observables\":[");
	for (unsigned k = 0; k < 4; k++)
		buf_put_format(out, "%s{\"type\":\"sha256\",\"value\":\""
		    "%08x%08x%08x%08x%08x%08x%08x%08x\"}", k != 0 ? "," : "",
		    i * 2654435761u, k * 40503u + i, i * 69069u + k, i + 77u,
		    i * 1664525u, k * 22695477u, i ^ 0xdeadbeefu, k + 12345u);
	buf_put_str(out, "]}");
}
