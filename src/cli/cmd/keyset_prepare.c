/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara keyset prepare: the next keyset of this node's team, with new keys
 * made here. They wait in KEYRING.next until the identity key has signed, on
 * its own machine, and `keyset take` brings the signed file back.
 */
#include "base/limits.h"
#include "cli/ceremony.h"
#include "cli/control.h"
#include "cli/keyset_work.h"
#include "cli/node_config.h"
#include "cli/out.h"
#include "cli/pin_file.h"
#include "record/name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* What the running node says of its own log. */
struct cut {
	uint64_t size; /* of the log now */
	uint64_t cut;
};

static enum err
ask_cut(struct keyset_work *w, int64_t since_s, struct cut *out)
{
	struct cli *c = w->c;
	struct control_answer a;
	enum err e;

	w->failed = "keyset_cut";
	if (c->control == NULL)
		return fault_at(&w->f, ERR_NOT_FOUND, 0, "cut",
		    "the node does not run here: say --cut SIZE");
	e = control_call(c->control, "keyset_cut", span_str(cli_text(c,
	    "{\"before\":%lld}", (long long)since_s)), lang_tag(c->lang),
	    &a);
	if (e == ERR_NONE && !a.ok)
		e = fault_at(&w->f, ERR_DENIED, 0, "cut", "%s",
		    out_str(c, a.data, "what"));
	if (e == ERR_NONE) {
		out->size = out_u64(a.data, "size");
		out->cut = out_u64(a.data, "cut");
	}
	return e;
}

/* The key in use of a role, or the one of this thumbprint. */
static enum err
find_revoked(struct keyset_work *w, const char *word,
    const struct keyset_key **out)
{
	struct kid kid;
	enum key_role role;

	w->failed = word;
	if (keyset_role_find(word, &role) == ERR_NONE) {
		*out = keyset_newest(w, role);
		return *out != NULL ? ERR_NONE : ERR_NOT_FOUND;
	}
	if (kid_parse(span_str(word), &kid) != ERR_NONE)
		return fault_at(&w->f, ERR_USAGE, 0, "revoke",
		    "a role, or the thumbprint of a key");
	for (size_t i = 0; i < w->node->key_count; i++) {
		struct digest want = kid_digest(&kid);

		if (!digest_is_equal(&w->node->keys[i].kid, &want))
			continue;
		*out = &w->node->keys[i];
		return ERR_NONE;
	}
	return fault_at(&w->f, ERR_NOT_FOUND, 0, "revoke",
	    "this node's keyset has no such key");
}

/* One cut for each log that the key signs: a log without one would be void
 * from its beginning. */
static void
fill_cuts(struct keyset_work *w, const struct keyset_key *key, uint64_t cut,
    struct keyset_revoked *r)
{
	const struct keyset_log *in_use = keyset_log_in_use(w);

	r->cuts = arena_alloc(&w->c->arena,
	    w->node->key_count * sizeof *r->cuts);
	for (size_t i = 0; i < w->node->key_count; i++) {
		const struct keyset_key *k = &w->node->keys[i];
		const struct keyset_log *log;

		if (k->role != KEY_ENTRY ||
		    !digest_is_equal(&k->kid, &key->kid))
			continue;
		log = keyset_log_find(&w->next, k->log);
		r->cuts[r->cut_count++] = (struct keyset_cut){ k->log,
			log == in_use || log == NULL ? cut :
			log->closed ? log->size : 0 };
	}
}

static enum err
revoke_key(struct keyset_work *w, const char *word, const struct cut *at)
{
	const char *reason = args_find(&w->c->args, "reason");
	const struct keyset_key *key = NULL;
	struct keyset_revoked r = { 0 };
	enum key_role role;
	enum err e = find_revoked(w, word, &key);

	if (e != ERR_NONE || key == NULL)
		return e;
	if (reason == NULL)
		return fault_at(&w->f, ERR_USAGE, 0, "reason",
		    "--reason TEXT belongs to --revoke");
	r.kid = key->kid;
	r.reason = span_str(reason);
	role = key->role;
	if (role == KEY_ENTRY)
		fill_cuts(w, key, at->cut, &r);
	e = keyset_revoke(&w->next, &r, &w->f);
	/* the node needs another in its place */
	if (e == ERR_NONE && digest_is_equal(&keyset_newest(w, role)->kid,
	    &r.kid))
		e = keyset_rotate(w, key_role_token(role), at->cut);
	return e;
}

static enum err
retire(struct keyset_work *w, const char *word)
{
	struct kid gone[LIMIT_KEYS_PER_NODE];
	size_t n = 0, count;
	enum key_role role;
	enum err e = keyset_role_find(word, &role);

	w->failed = word;
	if (e != ERR_NONE || role == KEY_ENTRY)
		return fault_at(&w->f, ERR_USAGE, 0, "retire",
		    "cosign, enc or tls; what an entry key signed stays");
	for (size_t i = 0; i < w->node->key_count; i++)
		if (w->node->keys[i].role == role)
			gone[n++] = kid_of(&w->node->keys[i].kid);
	count = keyset_retire(&w->next, w->node, role, 1);
	if (count == 0)
		return fault_at(&w->f, ERR_NOT_FOUND, 0, "retire",
		    "only the key in use is there");
	for (size_t i = 0; i < n; i++) {
		bool is_there = false;

		for (size_t k = 0; k < w->node->key_count; k++) {
			struct kid kid = kid_of(&w->node->keys[k].kid);

			is_there = is_there || kid_is_equal(&kid, &gone[i]);
		}
		/* the secret stays for those who sealed to it late */
		if (!is_there)
			(void)!keyring_retire(w->ring, &gone[i],
			    (uint64_t)time(NULL));
	}
	return ERR_NONE;
}

static enum err
close_log(struct keyset_work *w, const char *origin)
{
	const char *root = args_find(&w->c->args, "root");
	unsigned long size = 0;
	struct digest d;
	struct kid kid;
	enum err e = args_number(&w->c->args, "size", 0,
	    DOCUMENT_NUMBER_MAX, &size, &w->f);

	w->failed = "--close ORIGIN --size N --root ROOT";
	if (e != ERR_NONE || root == NULL || !args_has(&w->c->args, "size") ||
	    kid_parse(span_str(root), &kid) != ERR_NONE)
		return ERR_USAGE;
	d = kid_digest(&kid); /* 32 bytes in base64url, as a root is */
	return keyset_close_log(&w->next, span_str(origin), size, &d, &w->f);
}

static enum err
addresses(struct keyset_work *w)
{
	struct span *list = arena_alloc(&w->c->arena,
	    KEYSET_ADDRESSES * sizeof *list);
	size_t n = 0;
	const char *v;

	while (n < KEYSET_ADDRESSES &&
	    (v = args_find_at(&w->c->args, "address", n)) != NULL) {
		w->failed = v;
		list[n++] = span_str(v);
		if (!name_is_address(span_str(v)))
			return fault_at(&w->f, ERR_USAGE, 0, "address",
			    "an address is host:port");
	}
	if (n != 0)
		keyset_set_addresses(w->node, list, n);
	return ERR_NONE;
}

static enum err
find_cut(struct keyset_work *w, struct cut *at)
{
	unsigned long given = 0;
	const char *since = args_find(&w->c->args, "since");
	int64_t since_s = (int64_t)time(NULL);
	struct wall t;
	enum err e = ERR_NONE;

	if (since != NULL) {
		w->failed = "--since";
		if (wall_parse(span_str(since), &t) != ERR_NONE)
			return fault_at(&w->f, ERR_USAGE, 0, "since",
			    "a time is 2026-11-20T14:00:00Z");
		since_s = t.ms / 1000;
	}
	if (w->c->control != NULL || !args_has(&w->c->args, "cut"))
		e = ask_cut(w, since_s, at);
	if (e == ERR_NONE && args_has(&w->c->args, "cut")) {
		w->failed = "--cut";
		e = args_number(&w->c->args, "cut", 0, DOCUMENT_NUMBER_MAX,
		    &given, &w->f);
		at->cut = given;
	}
	return e;
}

static enum err
change(struct keyset_work *w)
{
	struct args *a = &w->c->args;
	struct cut at = { 0, 0 };
	const char *v;
	enum err e = ERR_NONE;

	if (args_has(a, "revoke"))
		e = find_cut(w, &at);
	for (size_t i = 0; e == ERR_NONE &&
	    (v = args_find_at(a, "rotate", i)) != NULL; i++)
		e = keyset_rotate(w, v, 0);
	for (size_t i = 0; e == ERR_NONE &&
	    (v = args_find_at(a, "revoke", i)) != NULL; i++)
		e = revoke_key(w, v, &at);
	for (size_t i = 0; e == ERR_NONE &&
	    (v = args_find_at(a, "retire", i)) != NULL; i++)
		e = retire(w, v);
	for (size_t i = 0; e == ERR_NONE &&
	    (v = args_find_at(a, "close", i)) != NULL; i++)
		e = close_log(w, v);
	return e == ERR_NONE ? addresses(w) : e;
}

/* What the identity key's machine needs to judge it. */
static enum err
company(struct keyset_work *w, struct proposal *p)
{
	size_t n = registry_document_count(w->registry);

	p->with = arena_alloc(&w->c->arena, n * sizeof *p->with);
	for (size_t i = 0; i < n; i++) {
		struct registry_document d = registry_document_at(
		    w->registry, i);

		if (d.kind == DOCUMENT_CHARTER ||
		    d.kind == DOCUMENT_REGISTER ||
		    (d.kind == DOCUMENT_KEYSET && span_is_equal(d.team,
		    span_str(w->config.team))))
			p->with[p->with_count++] = arena_copy(&w->c->arena,
			    d.bytes);
	}
	return ERR_NONE;
}

static int
run(struct cli *c)
{
	struct keyset_work w;
	struct proposal p = { 0 };
	struct buf payload;
	int status;
	enum err e;

	if (!args_has(&c->args, "out"))
		return cli_usage(c, "--out FILE");
	status = keyset_open(c, &w);
	if (status != CLI_OK)
		return status;
	e = change(&w);
	if (e == ERR_NONE)
		e = company(&w, &p);
	if (e == ERR_NONE)
		e = keyset_ring_write(&w, w.next_path);
	if (e != ERR_NONE) {
		status = cli_fail_file(c, e, cli_text(c, "%s", w.failed),
		    &w.f);
		keyset_release(&w);
		return status;
	}
	buf_init(&payload, LIMIT_DOCUMENT);
	keyset_write(&w.next, &payload);
	status = ceremony_finish(c, &p, &payload);
	buf_release(&payload);
	if (status != CLI_OK)
		unlink(w.next_path);
	else
		cli_say(c, T(c, "Sign it where the identity key is (almenara "
		    "authority sign), then here: almenara keyset take",
		    "Fírmela donde está la clave de identidad (almenara "
		    "authority sign) y luego aquí: almenara keyset take",
		    "Assine onde está a chave de identidade (almenara "
		    "authority sign) e depois aqui: almenara keyset take",
		    "Signez là où est la clé d’identité (almenara authority "
		    "sign), puis ici : almenara keyset take"));
	keyset_release(&w);
	return status;
}

const struct command command_keyset_prepare = {
	.name = "keyset prepare", .group = GROUP_NETWORK, .operands = "",
	.run = run,
	.summary = { { "Make new keys and the keyset to be signed",
	    "Crear claves nuevas y el juego por firmar",
	    "Criar chaves novas e o conjunto a assinar",
	    "Créer de nouvelles clés et le jeu à signer" } },
	.option = {
		CEREMONY_OUT,
		{ "rotate", 0, "ROLE", { {
		    "a new key beside the old: entry, cosign, enc, tls, "
		    "intake, log",
		    "clave nueva junto a la vieja: entry, cosign, enc, tls, "
		    "intake, log", "chave nova junto à velha: entry, cosign, enc, "
		    "tls, intake, log", "nouvelle clé à côté : entry, cosign, enc, "
		    "tls, intake, log" } } },
		{ "retire", 0, "ROLE", { { "take the older keys of a role away",
		    "quitar las claves viejas de una función",
		    "retirar as chaves velhas de uma função",
		    "retirer les anciennes clés d’un rôle" } } },
		{ "revoke", 0, "ROLE|KEY", { { "a key that others have",
		    "una clave que otros tienen", "uma chave que outros têm",
		    "une clé que d’autres détiennent" } } },
		{ "reason", 0, "TEXT", { { "of --revoke: all will read it",
		    "de --revoke: todos lo leerán",
		    "de --revoke: todos o lerão",
		    "de --revoke : tous la liront" } } },
		{ "since", 0, "TIME", { { "of --revoke: believed stolen since",
		    "de --revoke: robada desde", "de --revoke: roubada desde",
		    "de --revoke : volée depuis" } } },
		{ "cut", 0, "SIZE", { {
		    "of --revoke entry: what counts is below this size",
		    "de --revoke entry: vale lo que está por debajo",
		    "de --revoke entry: vale o que está abaixo",
		    "de --revoke entry : compte ce qui est au-dessous" } } },
		{ "close", 0, "ORIGIN", { { "end a log at --size and --root",
		    "cerrar un registro en --size y --root",
		    "fechar um registro em --size e --root",
		    "clore un journal à --size et --root" } } },
		{ "size", 0, "N", { { "of --close", "de --close",
		    "de --close", "de --close" } } },
		{ "root", 0, "ROOT", { { "of --close", "de --close",
		    "de --close", "de --close" } } },
		{ "address", 0, "HOST:PORT", { {
		    "where others dial this node (repeatable)",
		    "dónde otros llaman a este nodo (repetible)",
		    "onde outros chamam este nó (repetível)",
		    "où les autres appellent ce nœud (répétable)" } } },
		NODE_CONFIG_CONF,
		NODE_CONFIG_DIR,
	},
};
