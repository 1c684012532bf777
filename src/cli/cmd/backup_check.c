/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara backup check: would this backup do? Opened with the private key,
 * where that is; read whole, and nothing is written.
 */
#include "cli/backup_look.h"
#include "cli/ceremony.h"
#include "cli/out.h"

#include <inttypes.h>
#include <stdio.h>

static void
put_json(struct cli *c, const struct backup_look *l,
    const struct archive_counts *n, bool has_keys)
{
	struct digest signer = jwk_thumbprint(&l->head.signer);
	struct json_out w;
	struct buf b;

	out_open(c, &b, &w);
	json_put_member_span(&w, "team", l->head.team);
	json_put_member_span(&w, "node", l->head.node);
	json_put_member_span(&w, "origin", l->head.log);
	json_put_member_u64(&w, "made", (uint64_t)l->head.made_s);
	document_put_digest(&w, "signer", &signer);
	json_put_member_bool(&w, "keys", has_keys);
	json_put_key(&w, "logs");
	json_put_open(&w, '[');
	for (const struct backup_log *log = l->logs; log != NULL;
	     log = log->next) {
		json_put_open(&w, '{');
		json_put_member_span(&w, "origin", log->origin);
		json_put_member_u64(&w, "size", log->size);
		document_put_digest(&w, "root", &log->root);
		json_put_close(&w, '}');
	}
	json_put_close(&w, ']');
	json_put_member_u64(&w, "records", n->rows[ROW_RECORD]);
	json_put_member_u64(&w, "bodies", n->rows[ROW_BODY]);
	json_put_member_u64(&w, "documents", n->rows[ROW_DOCUMENT]);
	json_put_member_u64(&w, "receipts", n->rows[ROW_RECEIPT]);
	json_put_member_u64(&w, "files", n->files);
	json_put_member_u64(&w, "attachments", n->blobs);
	json_put_member_u64(&w, "attachment_bytes", n->blob_bytes);
	json_put_member_u64(&w, "left_out", l->end.left_out);
	out_close(&b, &w);
}

static void
put_words(struct cli *c, const struct backup_look *l,
    const struct archive_counts *n, bool has_keys)
{
	struct digest signer = jwk_thumbprint(&l->head.signer);

	printf("%.*s\n%.*s\n%s\n      %s\n", SPAN_FMT(l->head.node),
	    SPAN_FMT(l->head.log), out_time(c, (uint64_t)l->head.made_s),
	    ceremony_print(c, &signer));
	for (const struct backup_log *log = l->logs; log != NULL;
	     log = log->next)
		printf("%.*s: %" PRIu64 "\n", SPAN_FMT(log->origin),
		    log->size);
	cli_say(c, T(c, "%" PRIu64 " records give their roots; %" PRIu64
	    " texts, %" PRIu64 " attachments, %" PRIu64 " left out as damaged",
	    "%" PRIu64 " registros dan sus raíces; %" PRIu64
	    " textos, %" PRIu64 " adjuntos, %" PRIu64 " omitidos por daño",
	    "%" PRIu64 " registros dão suas raízes; %" PRIu64
	    " textos, %" PRIu64 " anexos, %" PRIu64 " omitidos por dano",
	    "%" PRIu64 " enregistrements donnent leurs racines ; %" PRIu64
	    " textes, %" PRIu64 " pièces jointes, %" PRIu64 " omis car abîmés"),
	    n->rows[ROW_RECORD], n->rows[ROW_BODY], n->blobs,
	    l->end.left_out);
	if (!has_keys)
		cli_say(c, "%s", T(c, "Whether the keys are there was not "
		    "looked at: --keyring FILE",
		    "No se miró si están las claves: --keyring ARCHIVO",
		    "Não se olhou se as chaves estão lá: --keyring ARQUIVO",
		    "La présence des clés n’a pas été vérifiée : "
		    "--keyring FICHIER"));
}

static int
run(struct cli *c)
{
	const char *key_path = args_find(&c->args, "key");
	const char *keys_path = args_find(&c->args, "keyring");
	struct archive_counts counts = { 0 };
	struct backup_look look, keys;
	struct fault f = { 0 };
	struct jwk key;
	int status;
	enum err e;

	if (key_path == NULL)
		return cli_usage(c, "--key FILE");
	e = ceremony_vault_key(c, key_path, &key, &f);
	if (e != ERR_NONE)
		return ceremony_refused(c, e, key_path, &f);
	status = backup_look_read(c, c->args.operand[0], keys_path, &key,
	    NULL, &look, &keys, &counts);
	jwk_wipe(&key);
	if (status == CLI_OK && out_is_json(c))
		put_json(c, &look, &counts, keys_path != NULL);
	else if (status == CLI_OK)
		put_words(c, &look, &counts, keys_path != NULL);
	backup_look_release(&look);
	backup_look_release(&keys);
	return status;
}

const struct command command_backup_check = {
	.name = "backup check", .group = GROUP_RUN, .operands = "FILE|DIR",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Open a backup and check all of it",
	    "Abrir un respaldo y comprobarlo todo",
	    "Abrir uma cópia e verificar tudo",
	    "Ouvrir une sauvegarde et tout vérifier" } },
	.option = { VAULT_PRIVATE, CEREMONY_PASS,
		{ "keyring", 0, "FILE", { {
		    "the sealed keys: are all of them there?",
		    "las claves selladas: ¿están todas?",
		    "as chaves seladas: estão todas lá?",
		    "les clés scellées : y sont-elles toutes ?" } } },
	},
};
