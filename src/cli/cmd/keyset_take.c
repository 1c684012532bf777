/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara keyset take: the keyset that the identity key signed comes back.
 * The document goes into the documents folder, then the keyring that waits
 * takes the place of the one in use, then the node is told, which begins again
 * with it. A crash in between is healed by saying it once more.
 */
#include "base/limits.h"
#include "cli/ceremony.h"
#include "cli/control.h"
#include "cli/file.h"
#include "cli/keyset_work.h"
#include "cli/node_config.h"
#include "cli/out.h"
#include "cli/pin_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static bool
has_key(const struct keyset *k, const struct digest *kid)
{
	for (size_t i = 0; i < k->node_count; i++)
		for (size_t j = 0; j < k->nodes[i].key_count; j++)
			if (digest_is_equal(&k->nodes[i].keys[j].kid, kid))
				return keyset_revoked_find(k, kid) == NULL;
	return false;
}

/* Every key that the node would use must be in what was signed. */
static enum err
check_ring(const struct keyset_work *w, const struct keyset *k,
    struct fault *f)
{
	static const enum keyring_role roles[] = { KEYRING_ENTRY,
		KEYRING_COSIGN, KEYRING_ENC, KEYRING_TLS, KEYRING_INTAKE };

	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
		const struct keyring_key *key = keyring_find(w->ring,
		    roles[i]);
		struct digest kid;

		if (key == NULL)
			continue;
		kid = kid_digest(&key->kid);
		if (!has_key(k, &kid))
			return fault_at(f, ERR_KEY, 0, "nodes.keys",
			    "the %s key made here is not in it: was "
			    "another one prepared since?",
			    keyring_role_token(roles[i]));
	}
	return ERR_NONE;
}

static enum err
document_put(struct cli *c, const char *folder, const struct parsed *p)
{
	const char *path = cli_text(c, "%s/keyset-%.*s-%" PRIu64 ".json",
	    folder, SPAN_FMT(p->u.keyset.team), p->u.keyset.version);
	enum err e = file_write_new(path, 0644, p->doc.bytes);

	if (e == ERR_EXISTS)
		e = ERR_NONE;
	return e == ERR_NONE ? file_sync_folder(folder) : e;
}

static enum err
ring_put(struct keyset_work *w)
{
	if (access(w->next_path, F_OK) != 0)
		return ERR_NONE;
	return rename(w->next_path, w->ring_path) == 0 ? ERR_NONE : ERR_IO;
}

static enum err
offer_one(struct cli *c, struct span bytes, struct control_answer *a)
{
	struct json_out w;
	struct buf b;
	enum err e;

	buf_init(&b, LIMIT_CONTROL_FRAME);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_span(&w, "document", bytes);
	json_put_close(&w, '}');
	e = control_call(c->control, "network_offer", buf_span(&b),
	    lang_tag(c->lang), a);
	buf_release(&b);
	return e;
}

/* First what it was read against: a register that changes the identity may be
 * news to this node. */
static int
offer(struct cli *c, const struct proposal *p)
{
	struct control_answer a = { 0 };
	enum err e = ERR_NONE;

	if (c->control == NULL) {
		cli_say(c, "%s", T(c, "no node runs here: it holds from the "
		    "next start", "no hay nodo en marcha: vale desde el "
		    "próximo arranque", "nenhum nó em execução: vale a partir "
		    "do próximo início", "aucun nœud ne tourne : valable dès "
		    "le prochain démarrage"));
		return CLI_OK;
	}
	for (size_t i = 0; i < p->with_count && e == ERR_NONE; i++)
		e = offer_one(c, p->with[i], &a);
	if (e == ERR_NONE)
		e = offer_one(c, p->doc.bytes, &a);
	if (e == ERR_NONE && a.ok)
		return CLI_OK;
	return cli_fail(c, &(struct trouble){ .exit = CLI_FAILED,
	    .what = T(c, "the node did not take the keyset",
	    "el nodo no tomó el juego de claves",
	    "o nó não recebeu o conjunto de chaves",
	    "le nœud n’a pas pris le jeu de clés"),
	    .why = e != ERR_NONE ? err_sentence(e) : out_str(c, a.data,
	    "why"), .next = "almenara doctor" });
}

/* The keyring that waits, if there is one. */
static enum err
next_ring(struct keyset_work *w)
{
	return access(w->next_path, F_OK) != 0 ? ERR_NONE :
	    keyset_ring_read(w, w->next_path);
}

static int
run(struct cli *c)
{
	struct wall now = { (int64_t)time(NULL) * 1000 };
	const char *path = c->args.operand[0];
	struct judgement j = { 0 };
	struct fault f = { 0 };
	struct keyset_work w;
	struct proposal p;
	int status;
	enum err e = ceremony_read(c, path, &p, &f);

	if (e == ERR_NONE)
		e = proposal_judge(&p, now, &c->arena, &j, &f);
	if (e == ERR_NONE && j.what.doc.kind != DOCUMENT_KEYSET)
		e = fault_at(&f, ERR_SCHEMA, 0, "kind", "no keyset");
	if (e == ERR_NONE && !j.is_complete)
		e = fault_at(&f, ERR_SIGNATURE, 0, "signatures",
		    "the identity key has not signed it yet");
	if (e != ERR_NONE) {
		judgement_release(&j);
		return ceremony_refused(c, e, path, &f);
	}
	status = keyset_open(c, &w);
	if (status != CLI_OK) {
		judgement_release(&j);
		return status;
	}
	e = next_ring(&w);
	if (e == ERR_NONE)
		e = check_ring(&w, &j.what.u.keyset, &f);
	if (e == ERR_NONE)
		e = document_put(c, w.config.documents, &j.what);
	if (e == ERR_NONE)
		e = ring_put(&w);
	status = e != ERR_NONE ? ceremony_refused(c, e, path, &f) :
	    offer(c, &p);
	if (status == CLI_OK)
		ceremony_show(c, &p, &j);
	keyset_release(&w);
	judgement_release(&j);
	return status;
}

const struct command command_keyset_take = {
	.name = "keyset take", .group = GROUP_NETWORK,
	.operands = "PROPOSAL", .least = 1, .most = 1, .run = run,
	.summary = { { "Bring the signed keyset back and use its keys",
	    "Traer el juego firmado y usar sus claves",
	    "Trazer o conjunto assinado e usar suas chaves",
	    "Rapporter le jeu signé et employer ses clés" } },
	.option = { NODE_CONFIG_CONF, NODE_CONFIG_DIR },
};
